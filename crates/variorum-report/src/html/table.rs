//! Tables that stay tables where a narrow page lays them out as cards.

use super::markup::{Attribute, Markup};

/// A table with a caption for those who do not see it, the names of its columns, and its rows.
///
/// Roles are written out: a browser forgets them where the style sheet lays rows out as cards.
pub fn table(into: &mut Markup, class: &str, caption: &str, columns: &[&str], rows: impl FnOnce(&mut Markup)) {
    written(into, class, (caption, &[("class", "unseen")]), columns, rows);
}

/// The same with a caption for everybody.
pub fn captioned(into: &mut Markup, class: &str, caption: &str, columns: &[&str], rows: impl FnOnce(&mut Markup)) {
    written(into, class, (caption, &[]), columns, rows);
}

fn written(
    into: &mut Markup,
    class: &str,
    (caption, how): (&str, &[Attribute<'_>]),
    columns: &[&str],
    rows: impl FnOnce(&mut Markup),
) {
    into.element("table", &[("class", class), ("role", "table")], |table| {
        table.leaf("caption", how, caption);
        table.element("thead", &[("role", "rowgroup")], |head| {
            head.element("tr", &[("role", "row")], |row| {
                for column in columns {
                    row.leaf("th", &[("role", "columnheader"), ("scope", "col")], column);
                }
            });
        });
        table.element("tbody", &[("role", "rowgroup")], rows);
    });
}

/// A row.
pub fn row(into: &mut Markup, class: &str, cells: impl FnOnce(&mut Markup)) {
    let mut attributes: Vec<Attribute<'_>> = vec![("role", "row")];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    into.element("tr", &attributes, cells);
}

/// The cell that names its row.
pub fn head(into: &mut Markup, inside: impl FnOnce(&mut Markup)) {
    into.element("th", &[("role", "rowheader"), ("scope", "row")], inside);
}

/// A cell. The label says what it is where rows are laid out as cards; empty: it speaks for itself.
pub fn cell(into: &mut Markup, class: &str, label: &str, inside: impl FnOnce(&mut Markup)) {
    let mut attributes: Vec<Attribute<'_>> = vec![("role", "cell")];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    if !label.is_empty() {
        attributes.push(("data-label", label));
    }
    into.element("td", &attributes, inside);
}

/// A cell of text.
pub fn text(into: &mut Markup, class: &str, label: &str, text: &str) {
    cell(into, class, label, |inside| {
        inside.text(text);
    });
}

/// A row of one cell over so many columns.
pub fn note(into: &mut Markup, columns: usize, text: &str) {
    let columns = columns.to_string();
    row(into, "note", |cells| cells.leaf("td", &[("role", "cell"), ("colspan", &columns)], text));
}
