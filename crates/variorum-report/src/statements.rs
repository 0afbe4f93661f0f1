//! The statements of a reading.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::statements::StatementRow;

/// The statements of a reading: how each stands to its author, where its numbers come from, what it says.
#[must_use]
pub fn statements(reading: &str, rows: &[StatementRow], style: Style) -> String {
    let mut out = vec![style.strong(reading)];
    let path = rows.iter().map(|row| row.path.chars().count()).max().unwrap_or(0).clamp(10, 34);
    for row in rows {
        let origin = match row.origin.as_str() {
            "none" => "",
            "base_rate" => "base rate",
            other => other,
        };
        let state = match (row.off, row.own) {
            (true, _) => "switched off",
            (_, true) => "its own",
            _ => "",
        };
        let many = if row.paths.len() > 1 { format!(" ({} of them)", row.paths.len()) } else { String::new() };
        let name = format!("{}{many}", row.path);
        // A long path has a line of its own.
        let columns = if name.chars().count() > path {
            out.push(wrap(&name, WIDTH, "  "));
            String::new()
        } else {
            name
        };
        let line = format!("  {} {:<12} {origin:<10} {state}", pad(&columns, path, false), row.standing);
        out.push(line.trim_end().to_owned());
        let title = if row.title.is_empty() { &row.written } else { &row.title };
        out.push(style.faint(&wrap(&format!("{title}, {}:{}", row.file, row.line), WIDTH, "      ")));
    }
    out.join("\n") + "\n"
}
