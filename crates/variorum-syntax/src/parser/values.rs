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
            K::Name => self.date_in_words(ahead).is_some(),
            _ => false,
        }
    }

    /// A date.
    pub(super) fn date(&mut self) {
        if self.word() == "the" && self.date_in_words(1).is_some() {
            self.node(K::Error, Self::bump);
        }
        self.start(K::DateValue);
        match self.kind() {
            K::Date | K::Number | K::Name if self.date_in_words(0).is_some() => self.report_date_in_words(),
            K::Date | K::Number => {
                let length = self.date_length();
                self.check_date(length);
                for _ in 0..length {
                    self.bump();
                }
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

    /// How many tokens something like `5 November 2024`, `Nov. 2024`, `2024-Q4` or `end of 2024` has that begins
    /// `ahead`, and what to write instead.
    fn date_in_words(&self, ahead: usize) -> Option<(usize, String)> {
        /// `November 5th, 2024` has six tokens, and a point may stand behind the month.
        const REACH: usize = 8;
        if self.nth_word(ahead) == "end" && self.nth_word(ahead + 1) == "of" && is_year(self.nth_text(ahead + 2)) {
            return Some((3, format!("write `{}-12`", self.nth_text(ahead + 2))));
        }
        let (mut year, mut month, mut quarter, mut day) = (None, None, None, None);
        let mut length = 0;
        for step in 0..REACH {
            let text = self.nth_text(ahead + step);
            let begins_line = self.token(self.position + ahead + step).is_some_and(|token| token.first_on_line);
            // After a year and a space a source may be called `may`.
            let is_apart = step > 0 && length == step && !self.is_glued(ahead + step);
            if step > 0 && begins_line || year.is_some() && is_apart {
                break;
            }
            match self.nth(ahead + step) {
                K::Number if is_year(text) && year.is_none() => year = Some(text),
                K::Number if text.len() <= 2 && day.is_none() && quarter.is_none() => {
                    day = Some(text.parse::<u8>().ok()?)
                }
                K::Name if month.is_none() && quarter.is_none() && words::month(text).is_some() => {
                    month = words::month(text);
                }
                K::Name if month.is_none() && quarter.is_none() && words::quarter(text).is_some() => {
                    quarter = words::quarter(text);
                }
                K::Name if matches!(text, "st" | "nd" | "rd" | "th") && self.is_glued(ahead + step) => {}
                K::Comma | K::Dot | K::Minus | K::Slash if step > 0 => continue,
                _ => break,
            }
            length = step + 1;
        }
        let year = year?;
        let help = match (month, quarter, day) {
            (None, Some(quarter), None) => {
                format!("its months are `{year}-{:02}` to `{year}-{:02}`", 3 * quarter - 2, 3 * quarter)
            }
            (Some(month), None, day) => {
                let date = day.map_or(format!("{year}-{month:02}"), |day| format!("{year}-{month:02}-{day:02}"));
                if literals::date(&date).is_some() { format!("write `{date}`") } else { DATE_HELP.to_owned() }
            }
            _ => return None,
        };
        Some((length, help))
    }

    fn report_date_in_words(&mut self) {
        let Some((length, help)) = self.date_in_words(0) else { return };
        let text = short(self.text_between(self.position, self.position + length));
        let message = format!("`{text}` is not how a date is written here");
        let span = self.here().to(self.span_at(self.position + length - 1));
        self.report(Diagnostic::new(Code::ForeignHabit, span, message).help(help));
        for _ in 0..length {
            self.bump();
        }
    }

    // ---- numbers

    /// How many tokens the number that begins `ahead` has: more than one if commas or spaces were written in it.
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
        if !first.starts_with('0') {
            while length < MAX_PARTS && self.is_spaced_group(ahead + length) {
                length += 1;
            }
        }
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

    /// Whether three digits `ahead` go on with a number after a space in the same line.
    fn is_spaced_group(&self, ahead: usize) -> bool {
        let text = self.nth_text(ahead);
        self.nth(ahead) == K::Number
            && self.token(self.position + ahead).is_some_and(|token| !token.first_on_line && !token.reported)
            && text.split('.').next().is_some_and(|whole| whole.len() == 3)
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    }

    /// A number, also one with commas or spaces.
    pub(super) fn number_literal(&mut self) {
        let length = self.number_tokens(0);
        if length <= 1 {
            self.bump();
            return;
        }
        let text = self.text_between(self.position, self.position + length);
        let (message, help) = if literals::is_decimal_comma(text) {
            ("the decimals of a number follow a point, not a comma", text.replace(',', "."))
        } else if text.contains(',') {
            ("thousands are not set apart by commas here", text.replace(',', "_"))
        } else {
            let groups: Vec<&str> = text.split_whitespace().collect();
            ("thousands are not set apart by spaces here", groups.join("_"))
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

/// Whether a number may be a year.
fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a date with slashes, points or single digits most likely means.
fn likely_date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
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
