//! Signs, comments and literals of other languages and of print: each is reported once, with what to write instead,
//! and taken for what it was meant to be.

use super::{Lexer, is_small_number, short};
use crate::diagnostic::Code;
use crate::kind::SyntaxKind;

impl Lexer<'_> {
    /// Signs of other languages, with what is meant.
    pub(super) fn foreign_sign(&mut self) -> Option<SyntaxKind> {
        use SyntaxKind as K;
        let rest = self.rest();
        let kind = if rest.starts_with("==") {
            let length = rest.len() - rest.trim_start_matches('=').len();
            self.foreign(length, K::Equal, "`==` is written with a single sign here", "write `=`")
        } else if rest.starts_with("**") {
            self.foreign(2, K::Caret, "a power is written with `^` here", "write `x ^ 2`")
        } else if rest.starts_with("&&") {
            self.foreign(2, K::Keyword, "`&&` is written as a word here", "write `and`")
        } else if rest.starts_with("||") {
            self.foreign(2, K::Keyword, "`||` is written as a word here", "write `or`")
        } else if rest.starts_with(":=") {
            self.foreign(2, K::Equal, "a value is given with `=` here", "write `=`")
        } else if rest.starts_with("<>") {
            self.foreign(2, K::NotEqual, "`<>` is written `!=` here", "write `!=`")
        } else if rest.starts_with("=<") {
            self.foreign(2, K::LessEqual, "`=<` is written `<=` here", "write `<=`")
        } else if rest.starts_with("=>") {
            self.foreign(2, K::GreaterEqual, "`=>` is written `>=` here", "write `>=`; effects follow `then`")
        } else if rest.starts_with("...") {
            let length = rest.len() - rest.trim_start_matches('.').len();
            let help = self.interval_around(length);
            self.foreign(length, K::DotDot, "an interval is written with two points", &help)
        } else if rest.starts_with("//") {
            let help = "a comment begins with `#`; a division has a single `/`";
            self.foreign_comment("`//` begins no comment here", help)
        } else if rest.starts_with("--") && self.is_dashed_comment() {
            let help = "a comment begins with `#`; the opposite of a negative number is `-(-x)`";
            self.foreign_comment("`--` begins no comment here", help)
        } else if rest.starts_with("/*") {
            self.block_comment()
        } else if rest.starts_with(';') && self.open_parentheses > 0 {
            self.foreign(1, K::Comma, "values in parentheses stand between commas here", "write `,`")
        } else if rest.starts_with(';') {
            let help = "leave it out at the end of a line; write `,` between effects and other items of a list";
            self.foreign(1, K::Semicolon, "a `;` ends nothing here", help)
        } else if rest.starts_with("->") {
            self.foreign(2, K::Equal, "`->` means nothing here", "a value is given with `=`; effects follow `then`")
        } else if rest.starts_with("|>") {
            self.foreign(2, K::Slash, "`|>` means nothing here", "name the steps of a calculation with `let`")
        } else if let Some((length, help)) = percent_operator(rest) {
            let message = format!("`{}` means nothing here", rest.get(..length)?);
            // `5%%` is a slip, `5 %% 2` an operator.
            let is_slip = length == 2 && !self.is_after_space();
            self.foreign(length, if is_slip { K::Percent } else { K::Slash }, &message, help)
        } else {
            return self.sign_of_print();
        };
        Some(kind)
    }

    /// A sign of printed mathematics or of a word processor.
    fn sign_of_print(&mut self) -> Option<SyntaxKind> {
        use SyntaxKind as K;
        let sign = self.rest().chars().next()?;
        let interval = self.interval_around(sign.len_utf8());
        let (kind, help) = match sign {
            '–' | '—' if self.is_between_numbers(sign) => (K::DotDot, interval.as_str()),
            '−' | '–' | '—' | '‐' | '‑' => (K::Minus, "write `-` for minus, and `10 .. 20` for an interval"),
            '×' | '·' | '∙' | '⋅' => (K::Star, "write `*`"),
            '÷' | '∕' => (K::Slash, "write `/`"),
            '≤' => (K::LessEqual, "write `<=`"),
            '≥' => (K::GreaterEqual, "write `>=`"),
            '≠' => (K::NotEqual, "write `!=`"),
            '…' => (K::DotDot, interval.as_str()),
            '∧' => (K::Keyword, "write `and`"),
            '∨' => (K::Keyword, "write `or`"),
            '¬' => (K::Keyword, "write `not`"),
            '∈' => (K::Keyword, "write `in`"),
            _ if is_small_number(sign) => (K::Unknown, "write a power as `x ^ 2`, a fraction as `0.5`"),
            _ => return None,
        };
        let start = self.position;
        self.position += sign.len_utf8();
        self.report(Code::UnknownCharacter, start, format!("a model does not use `{sign}`"), help);
        Some(kind)
    }

    /// The numbers before and after a sign of some length.
    fn numbers_around(&self, length: usize) -> (&str, &str) {
        let is_part = |character: char| character.is_ascii_digit() || matches!(character, '.' | '_' | '%');
        let before = self.text.get(..self.position).unwrap_or_default().trim_end_matches(' ');
        let after = self.rest().get(length..).unwrap_or_default().trim_start_matches(' ');
        let before = before.get(before.trim_end_matches(is_part).len()..).unwrap_or_default();
        let after = after.get(..after.len() - after.trim_start_matches(is_part).len()).unwrap_or_default();
        (before, after)
    }

    /// What to write for an interval with another sign.
    fn interval_around(&self, length: usize) -> String {
        let (low, high) = self.numbers_around(length);
        if low.is_empty() || high.is_empty() || low.ends_with('.') || high.starts_with('.') {
            return "write `10 .. 20`".to_owned();
        }
        let percent = if high.ends_with('%') && !low.ends_with('%') { "%" } else { "" };
        format!("write `{}{percent} .. {}`", short(low), short(high))
    }

    /// `±`
    pub(super) fn plus_minus_sign(&mut self) -> SyntaxKind {
        let start = self.position;
        let (middle, deviation) = self.numbers_around('±'.len_utf8());
        let help = crate::parser::help_for_plus_minus(middle, deviation);
        self.position += '±'.len_utf8();
        self.report(Code::UnknownCharacter, start, "a model does not use `±`", help);
        SyntaxKind::Unknown
    }

    fn is_after_space(&self) -> bool {
        let before = self.text.get(..self.position).and_then(|before| before.chars().next_back());
        before.is_none_or(char::is_whitespace)
    }

    /// Whether a dash stands between numbers, as in `10–20` and `5% – 10%`: it was meant as an interval.
    fn is_between_numbers(&self, dash: char) -> bool {
        let before = self.text.get(..self.position).unwrap_or_default();
        let after = self.rest().strip_prefix(dash).unwrap_or_default();
        let before = before.strip_suffix(' ').unwrap_or(before);
        let after = after.strip_prefix(' ').unwrap_or(after);
        before.ends_with(|last: char| last.is_ascii_digit() || last == '%')
            && after.starts_with(|first: char| first.is_ascii_digit())
    }

    /// Whether `--` here is a comment of another language rather than two minus signs: `a --b` is, `a--b` is not.
    fn is_dashed_comment(&self) -> bool {
        let before = self.text.get(..self.position).and_then(|before| before.chars().next_back());
        let after = self.rest().chars().nth(2);
        before.is_none_or(char::is_whitespace)
            && after.is_none_or(|after| after.is_whitespace() || after.is_alphabetic() || after == '-')
    }

    fn foreign_comment(&mut self, message: &str, help: &str) -> SyntaxKind {
        let start = self.position;
        self.skip_line();
        self.report_span(Code::ForeignHabit, start, start + 2, message, help);
        SyntaxKind::ForeignComment
    }

    fn block_comment(&mut self) -> SyntaxKind {
        let start = self.position;
        let close = if start < self.unclosed_comments_from { self.rest().find("*/") } else { None };
        if let Some(close) = close {
            self.position += close + 2;
        } else {
            self.unclosed_comments_from = self.unclosed_comments_from.min(start);
            self.skip_line();
        }
        let help = "a comment begins with `#` and runs to the end of its line";
        self.report_span(Code::ForeignHabit, start, start + 2, "`/*` begins no comment here", help);
        SyntaxKind::ForeignComment
    }

    /// `"""`, with which other languages begin texts of several lines: as the first thing of a line it is a remark.
    pub(super) fn triple_quotes(&mut self) -> SyntaxKind {
        let start = self.position;
        let inside = self.rest().get(3..).unwrap_or_default();
        let close = if start < self.unclosed_triple_quotes_from { inside.find("\"\"\"") } else { None };
        let kind = if self.line_is_empty { SyntaxKind::ForeignComment } else { SyntaxKind::Text };
        match close {
            Some(close) => self.position += close + 6,
            None => {
                self.unclosed_triple_quotes_from = self.unclosed_triple_quotes_from.min(start);
                self.skip_line();
            }
        }
        let help = "a text stands between two `\"` on one line; a remark begins with `#`";
        self.report_span(Code::ForeignHabit, start, start + 3, "`\"\"\"` begins nothing here", help);
        kind
    }

    // ---- numbers and dates

    /// A number or a date in the manner of other countries: `25'000`, `1.250.000`, `25.000`, `5.11.2024`.
    pub(super) fn foreign_digits(&mut self) -> Option<SyntaxKind> {
        let start = self.position;
        let rest = self.rest();
        if let Some((length, date)) = dotted_date(rest) {
            self.position += length;
            let text = self.text.get(start..self.position)?;
            let message = format!("`{text}` is not how a date is written here");
            let help =
                date.map_or("a date is `2024`, `2024-11` or `2024-11-05`".to_owned(), |date| format!("write `{date}`"));
            self.report(Code::ForeignHabit, start, message, help);
            return Some(SyntaxKind::Date);
        }
        for (separator, name, least) in [('\'', "`'`", 1), ('’', "`’`", 1), ('.', "points", 2)] {
            if let Some(length) = thousands_length(rest, separator, least) {
                self.position += length;
                let plain = rest.get(..length)?.replace(separator, "_");
                let message = format!("thousands are not set apart by {name} here");
                self.report(Code::ForeignHabit, start, message, format!("write `{}`", short(&plain)));
                return Some(SyntaxKind::Number);
            }
        }
        if let Some(length) = thousands_length(rest, '.', 1)
            && rest.get(..length).is_some_and(|text| text.ends_with(".000"))
        {
            self.position += length;
            let whole = rest.get(..length - 4)?;
            let message = format!("`{whole}.000` is {whole} here: decimals follow a point");
            self.report(
                Code::ForeignHabit,
                start,
                message,
                format!("write `{whole}_000` for thousands, `{whole}` otherwise"),
            );
            return Some(SyntaxKind::Number);
        }
        None
    }
}

/// Whether the character begins a sign that only other languages have.
pub(super) fn is_foreign_sign(character: char) -> bool {
    "−–—‐‑×·∙⋅÷∕≤≥≠…∧∨¬∈;".contains(character)
}

/// The length of an operator like `%in%`, and what to write instead.
fn percent_operator(rest: &str) -> Option<(usize, &'static str)> {
    let inside = rest.strip_prefix('%')?;
    let operators = [
        ("%", "there is no remainder; a percentage has one `%`"),
        ("/%", "write `/`"),
        ("in%", "name the values that count: `a = x or a = y`"),
        ("*%", "write the sum of the products out"),
        ("o%", "write the products out"),
        (">%", "name the steps of a calculation with `let`"),
    ];
    operators
        .iter()
        .find(|(operator, _)| inside.starts_with(operator))
        .map(|(operator, help)| (1 + operator.len(), *help))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Whether nothing that could belong to a number or a name stands at the beginning of `rest`.
fn ends_here(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| !next.is_alphanumeric() && next != '_')
}

/// The length of `5.11.2024` or `2024.11.05` at the beginning of `text`, and the date that it means.
fn dotted_date(text: &str) -> Option<(usize, Option<String>)> {
    let first = digits(text);
    let after_first = text.get(first..)?.strip_prefix('.')?;
    let second = digits(after_first);
    let after_second = after_first.get(second..)?.strip_prefix('.')?;
    let third = digits(after_second);
    let is_year_last = first <= 2 && third == 4;
    let is_year_first = first == 4 && (1..=2).contains(&third);
    if first == 0
        || !(1..=2).contains(&second)
        || !(is_year_last || is_year_first)
        || !ends_here(after_second.get(third..)?)
    {
        return None;
    }
    let (begin, end) = (text.get(..first)?, after_second.get(..third)?);
    let (year, day) = if is_year_last { (end, begin) } else { (begin, end) };
    let month = after_first.get(..second)?.parse::<u8>().ok()?;
    let date = format!("{year}-{month:02}-{:02}", day.parse::<u8>().ok()?);
    let exists = crate::literals::date(&date).is_some();
    Some((first + second + third + 2, exists.then_some(date)))
}

/// The length of `1.250.000` at the beginning of `text`, with `least` groups of three digits or more.
fn thousands_length(text: &str, separator: char, least: usize) -> Option<usize> {
    let first = digits(text);
    if !(1..=3).contains(&first) || text.starts_with('0') {
        return None;
    }
    let mut length = first;
    let mut groups = 0;
    while let Some(group) = text.get(length..)?.strip_prefix(separator)
        && digits(group) == 3
    {
        length += separator.len_utf8() + 3;
        groups += 1;
    }
    (groups >= least && ends_here(text.get(length..)?)).then_some(length)
}
