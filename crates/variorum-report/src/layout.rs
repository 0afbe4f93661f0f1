//! Fitting text into columns.

use crate::Style;

/// Columns of a line.
pub const WIDTH: usize = 80;

/// Breaks text at spaces so that no line is longer than `width`; a word that is longer is broken where it has to be.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let room = width.saturating_sub(indent.chars().count());
    let room = if room == 0 { 1 } else { room };
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        if length > 0 && length + 1 + rest.len() > room {
            lines.push(format!("{indent}{line}"));
            line.clear();
            length = 0;
        }
        while rest.len() > room {
            let tail = rest.split_off(room);
            lines.push(format!("{indent}{}", rest.into_iter().collect::<String>()));
            rest = tail;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += rest.len();
        line.extend(rest);
    }
    if !line.is_empty() {
        lines.push(format!("{indent}{line}"));
    }
    lines.join("\n")
}

/// A name with what belongs to it beside it, or below it where a line has no room for both.
pub fn heading(name: &str, beside: &str, style: Style) -> String {
    if beside.is_empty() {
        return style.strong(&wrap(name, WIDTH, ""));
    }
    if name.chars().count() + 2 + beside.chars().count() <= WIDTH {
        return format!("{}  {}", style.strong(name), style.faint(beside));
    }
    format!("{}\n{}", style.strong(&wrap(name, WIDTH, "")), style.faint(&wrap(beside, WIDTH, "  ")))
}

/// Pads to a width; `right` puts the text at the right. Longer text is cut, with an ellipsis.
pub fn pad(text: &str, width: usize, right: bool) -> String {
    let length = text.chars().count();
    if length > width {
        let cut: String = text.chars().take(width.saturating_sub(1)).collect();
        return format!("{cut}…");
    }
    let space = " ".repeat(width - length);
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}

/// A name in so many columns; of a longer one the middle is left out, since long names often differ at their ends.
pub fn name(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width || width < 3 {
        return pad(text, width, false);
    }
    let end = (width - 1) / 2;
    let (start, rest): (String, String) =
        (text.chars().take(width - 1 - end).collect(), text.chars().skip(length - end).collect());
    format!("{start}…{rest}")
}

/// A dot with its interval on a line from `low` to `high`.
pub fn interval(dot: f64, ends: [f64; 2], low: f64, high: f64, width: usize) -> String {
    let place = |x: f64| -> usize {
        let share = ((x - low) / (high - low)).clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column"
        )]
        let column = (share * (width - 1) as f64).round() as usize;
        column
    };
    let [from, to] = ends;
    let (from, to, dot) = (place(from), place(to), place(dot));
    (0..width)
        .map(|column| match column {
            _ if column == dot => '●',
            _ if column >= from && column <= to => '─',
            _ => '·',
        })
        .collect()
}

/// That nothing is used which became known after a day.
pub(crate) fn as_of(day: Option<&str>) -> Option<String> {
    day.map(|day| format!("As of {day}: nothing is used that became known later."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit() {
        let text = wrap("one two three four five", 11, "  ");
        assert_eq!(text, "  one two\n  three\n  four five");
        assert_eq!(wrap("a abcdefghij b", 6, "  "), "  a\n  abcd\n  efgh\n  ij b");
        assert_eq!(pad("abcdef", 4, false), "abc…");
        assert_eq!(pad("ab", 4, true), "  ab");
        assert_eq!(name("abcdefgh_12", 8), "abcd…_12");
        assert_eq!(name("abc", 4), "abc ");
        assert_eq!(interval(0.5, [0.25, 0.75], 0.0, 1.0, 5), "·─●─·");
    }
}
