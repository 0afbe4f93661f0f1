//! Literals where the parser knows more than the lexer: dates, numbers with commas, whole numbers, yes and no.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;
use crate::literals;
use crate::words;

/// How a date is written.
const DATE_HELP: &str = "a date is `2024`, `2024-11` or `2024-11-05`";

/// How many tokens of something like `1,250,000` or `5/11/2024` are looked at together.
pub(super) const MAX_PARTS: usize = 15;

impl Parser<'_> {
    // ---- dates

    /// Whether a date begins here, also in the manner of a letter.
    pub(super) fn at_date(&self) -> bool {
        self.at_date_ahead(0)
    }

    pub(super) fn at_date_ahead(&self, ahead: usize) -> bool {
        match self.nth(ahead) {
            K::Date | K::Number => true,
            K::Name => words::month(self.nth_text(ahead)).is_some() && self.nth(ahead + 1) == K::Number,
            _ => false,
        }
    }

    /// A date.
    pub(super) fn date(&mut self) {
        self.start(K::DateValue);
        match self.kind() {
            K::Date | K::Number => {
                let length = self.date_length();
                self.check_date(length);
                for _ in 0..length {
                    self.bump();
                }
            }
            K::Name if words::month(self.nth_text(0)).is_some() && self.nth(1) == K::Number => {
                let has_day = self.nth(2) == K::Comma && self.nth(3) == K::Number;
                let length = if has_day { 4 } else { 2 };
                self.month_name(length);
            }
            K::Text => {
                self.expected("a date", "a date stands without quotes: `2024-11`");
                self.bump();
            }
            _ => self.expected("a date", DATE_HELP),
        }
        self.finish();
    }

    /// How many tokens the date here has: more than one if it is none of ours.
    fn date_length(&self) -> usize {
        if self.at(K::Number) && words::month(self.nth_text(1)).is_some() && self.nth(2) == K::Number {
            return 3;
        }
        let mut length = 1;
        while length < MAX_PARTS
            && matches!(self.nth(length), K::Slash | K::Minus | K::Dot)
            && self.is_glued(length)
            && self.nth(length + 1) == K::Number
            && self.is_glued(length + 1)
        {
            length += 2;
        }
        length
    }

    fn check_date(&mut self, length: usize) {
        if length == 3 && self.nth(1) == K::Name {
            let parts = [self.nth_text(2), self.nth_text(1), self.nth_text(0)];
            self.report_month_name(3, parts);
            return;
        }
        let text = self.text_between(self.position, self.position + length);
        if length == 1 && (self.at(K::Date) || literals::date(text).is_some()) {
            return;
        }
        let help = likely_date(text).map_or(DATE_HELP.to_owned(), |date| format!("write `{date}`"));
        let shown = short(text);
        let uses_dashes = !text.contains(['/', '.']);
        let diagnostic = if uses_dashes {
            Diagnostic::new(Code::BadLiteral, self.here(), format!("`{shown}` is no date"))
        } else {
            Diagnostic::new(Code::ForeignHabit, self.here(), format!("`{shown}` is not how a date is written here"))
        };
        let span = self.here().to(self.span_at(self.position + length - 1));
        self.report_over(diagnostic.help(help), span);
    }

    fn report_over(&mut self, mut diagnostic: Diagnostic, span: crate::diagnostic::Span) {
        diagnostic.primary.span = span;
        self.report(diagnostic);
    }

    fn month_name(&mut self, length: usize) {
        let day = if length == 4 { self.nth_text(1) } else { "" };
        let parts = [self.nth_text(length - 1), self.nth_text(0), day];
        self.report_month_name(length, parts);
        for _ in 0..length {
            self.bump();
        }
    }

    fn report_month_name(&mut self, length: usize, [year, month, day]: [&str; 3]) {
        let month = words::month(month).unwrap_or(1);
        let date = match day.parse::<u8>() {
            Ok(day) => format!("{year}-{month:02}-{day:02}"),
            Err(_) => format!("{year}-{month:02}"),
        };
        let help = if literals::date(&date).is_some() { format!("write `{date}`") } else { DATE_HELP.to_owned() };
        let text = short(self.text_between(self.position, self.position + length));
        let message = format!("`{text}` is not how a date is written here");
        let span = self.here().to(self.span_at(self.position + length - 1));
        self.report_over(Diagnostic::new(Code::ForeignHabit, span, message).help(help), span);
    }

    // ---- numbers

    /// How many tokens the number that begins `ahead` has: more than one if commas were written in it.
    pub(super) fn number_tokens(&self, ahead: usize) -> usize {
        if self.nth(ahead) != K::Number {
            return 0;
        }
        let first = self.nth_text(ahead);
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if first.len() > 3 || !plain(first) {
            return 1;
        }
        let mut length = 1;
        while length < MAX_PARTS
            && self.nth(ahead + length) == K::Comma
            && self.is_glued(ahead + length)
            && self.nth(ahead + length + 1) == K::Number
            && self.is_glued(ahead + length + 1)
        {
            let group = self.nth_text(ahead + length + 1);
            let whole = group.split('.').next().unwrap_or_default();
            let is_thousands = whole.len() == 3 && plain(whole);
            // Between arguments a comma is what it should be, unless no number could be written as what follows it.
            let fits = if self.mode.in_arguments {
                is_thousands && whole.starts_with('0') && !first.starts_with('0')
            } else {
                is_thousands || (length == 1 && plain(group))
            };
            if !fits {
                break;
            }
            length += 2;
            if group.contains('.') {
                break;
            }
        }
        length
    }

    /// A number, also one with commas.
    pub(super) fn number_literal(&mut self) {
        let length = self.number_tokens(0);
        if length <= 1 {
            self.bump();
            return;
        }
        let text = self.text_between(self.position, self.position + length);
        let (message, help) = if literals::is_decimal_comma(text) {
            ("the decimals of a number follow a point, not a comma", text.replace(',', "."))
        } else {
            ("thousands are not set apart by commas here", text.replace(',', "_"))
        };
        let span = self.here().to(self.span_at(self.position + length - 1));
        let diagnostic = Diagnostic::new(Code::ForeignHabit, span, message).help(format!("write `{}`", short(&help)));
        self.report_over(diagnostic, span);
        self.start(K::ForeignNumber);
        for _ in 0..length {
            self.bump();
        }
        self.finish();
    }

    /// A number without decimals, from `least`.
    pub(super) fn whole_number(&mut self, least: u32, what: &str) {
        let text = self.nth_text(0);
        let value = literals::number(text);
        let fits = value
            .is_some_and(|value| value >= f64::from(least) && value <= f64::from(u32::MAX) && value.trunc() == value);
        if !fits {
            let message = format!("{what} is a whole number from {least}, not `{}`", short(text));
            let help = format!("write a whole number, for instance `{}`", least + 1);
            let diagnostic = Diagnostic::new(Code::BadLiteral, self.here(), message).help(help);
            self.report(diagnostic);
        }
        self.number_literal();
    }

    // ---- yes and no

    /// Whether the name here means yes or no in other languages.
    pub(super) fn at_foreign_truth(&self) -> bool {
        self.at(K::Name)
            && matches!(self.nth_text(0), "true" | "false" | "True" | "False" | "TRUE" | "FALSE")
            && !matches!(self.nth(1), K::LeftParenthesis | K::LeftBracket)
    }

    /// `yes` or `no`, also as `true` or `false`.
    pub(super) fn truth(&mut self, what: &str, help: &str) {
        if self.at_foreign_truth() {
            let word = if self.nth_text(0).eq_ignore_ascii_case("true") { "yes" } else { "no" };
            let message = format!("`{}` is written `{word}` here", self.nth_text(0));
            self.foreign(&message, format!("write `{word}`"));
            self.node(K::TruthExpr, Self::keyword);
        } else if matches!(self.word(), "yes" | "no") {
            self.node(K::TruthExpr, Self::keyword);
        } else {
            self.expected(what, help);
        }
    }
}

/// What a date with slashes, points or single digits most likely means.
fn likely_date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let is_year = |part: &str| part.len() == 4;
    let number = |part: &str| part.parse::<u8>().ok();
    let date = match parts.as_slice() {
        [year, month] if is_year(year) => format!("{year}-{:02}", number(month)?),
        [month, year] if is_year(year) => format!("{year}-{:02}", number(month)?),
        [year, month, day] if is_year(year) => format!("{year}-{:02}-{:02}", number(month)?, number(day)?),
        [first, second, year] if is_year(year) => {
            // `5/11/2024` is in May or in November; only a number above 12 tells.
            let (first, second) = (number(first)?, number(second)?);
            match (first > 12, second > 12) {
                (true, false) => format!("{year}-{second:02}-{first:02}"),
                (false, true) => format!("{year}-{first:02}-{second:02}"),
                _ => return None,
            }
        }
        _ => return None,
    };
    literals::date(&date).is_some().then_some(date)
}
