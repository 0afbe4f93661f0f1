//! Slips in what a question asks: words of everyday language before the condition, dates that are compared, and dates
//! with the wrong word before them.

use super::Parser;
use super::advice::{after, before, first_of, last_of};
use super::expressions::is_comparison;
use super::questions::Asked;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;

/// How far the end of a condition is looked for.
const REACH: usize = 40;

impl Parser<'_> {
    /// The condition that begins `ahead`, up to its date, as a help repeats it.
    fn condition_ahead(&self, ahead: usize) -> String {
        let ends = |ahead: usize| {
            self.nth(ahead) == K::End
                || matches!(self.nth_word(ahead), "by" | "at" | "from" | "until" | "given" | "on" | "before" | "in")
        };
        let end = (ahead..ahead + REACH).find(|ahead| ends(*ahead));
        let text = end.and_then(|end| self.repeated(self.position + ahead, self.position + end));
        text.unwrap_or_else(|| "CONDITION".to_owned())
    }

    /// All that begins `ahead`, if it has a date as a question has it.
    fn whole_rest(&self, ahead: usize) -> Option<String> {
        let end = (ahead..ahead + REACH).find(|ahead| self.nth(*ahead) == K::End)?;
        let mut dates = (ahead..end).filter(|date| matches!(self.nth_word(*date), "by" | "at" | "from"));
        dates.find(|date| matches!(self.nth(date + 1), K::Date | K::Number))?;
        self.repeated(self.position + ahead, self.position + end)
    }

    /// The last date that a help may name: the one of the model if this file has it.
    pub(super) fn some_date(&self) -> String {
        self.last_date().map_or("2027-12".to_owned(), str::to_owned)
    }

    /// Whether a condition or a value begins `ahead`, rather than an operator or a date.
    fn at_condition(&self, ahead: usize) -> bool {
        match self.nth(ahead) {
            K::Name => !matches!(self.nth_word(ahead), "is" | "AND" | "OR" | "given" | "resolved"),
            K::LeftParenthesis => true,
            _ => self.nth_word(ahead) == "not",
        }
    }

    /// Words before a condition that mean one of the three ways of asking: reads them and says which.
    pub(super) fn asked_in_words(&mut self) -> Option<Asked> {
        let is_date = |word: &str| matches!(word, "date" | "time" | "month" | "day" | "year");
        let (word, next) = (self.word(), self.nth_word(1));
        let first_date = "when something first holds is asked with `first date`";
        let (length, asked, message) = match word {
            "value" if next == "first" && self.nth_word(2) == "date" => {
                (3, Asked::FirstDate, "`first date` has no `value` before it")
            }
            "date" | "when" if self.at_condition(1) => (1, Asked::FirstDate, first_date),
            "date" if matches!(next, "of" | "when") => (2, Asked::FirstDate, first_date),
            "first" | "earliest" if is_date(next) && self.at_condition(2) && next != "date" => {
                (2, Asked::FirstDate, first_date)
            }
            "earliest" if next == "date" => (2, Asked::FirstDate, first_date),
            "first" if next == "when" || self.at_condition(1) && next != "date" => {
                (if next == "when" { 2 } else { 1 }, Asked::FirstDate, first_date)
            }
            "probability" | "chance" | "likelihood" | "prob" | "odds" if matches!(next, "of" | "that") => {
                (2, Asked::Truth, "a question asks for a probability without saying so")
            }
            "how" if matches!(next, "likely" | "probable") => {
                (2, Asked::Truth, "a question asks for a probability without saying so")
            }
            "whether" | "will" | "does" | "is" if self.at_condition(1) => {
                (1, Asked::Truth, "what is asked begins with the condition itself")
            }
            _ => return None,
        };
        let mut length = length;
        if matches!(self.nth_word(length), "of" | "when") {
            length += 1;
        }
        let condition = self.condition_ahead(length);
        let help = match (asked, word) {
            (Asked::FirstDate, "when") => format!(
                "write `= first date {condition}` for when, `= {condition} by {}` for whether it holds by then",
                self.some_date()
            ),
            (Asked::FirstDate, _) => format!("write `= first date {condition}`"),
            _ => match self.whole_rest(length) {
                Some(rest) => format!("write `= {rest}`"),
                None => format!("write `= {condition} by {}`, with the date that is meant", self.some_date()),
            },
        };
        self.foreign(message, help);
        self.start(K::Error);
        for _ in 0..length {
            self.bump();
        }
        self.finish();
        self.stay_silent();
        Some(asked)
    }

    /// How far ahead the sign is that compares a condition with a date, as in `war < 2026-01`.
    fn date_compared(&self) -> Option<usize> {
        for ahead in 0..REACH {
            if self.nth(ahead) == K::End || matches!(self.nth_word(ahead), "by" | "at" | "from" | "until" | "given") {
                return None;
            }
            let ends = matches!(self.nth(ahead + 2), K::End | K::Keyword | K::RightParenthesis | K::Name);
            if is_comparison(self.nth(ahead)) && self.nth(ahead + 1) == K::Date && ends {
                return Some(ahead);
            }
        }
        None
    }

    /// Reads `war < 2026-01` as a whole, if it is next.
    pub(super) fn query_by_comparison(&mut self) -> bool {
        let Some(sign) = self.date_compared().filter(|sign| *sign > 0) else { return false };
        let mut first = 0;
        while matches!(self.nth_word(first), "first" | "date" | "value" | "when" | "of") && first + 1 < sign {
            first += 1;
        }
        let condition = self.repeated(self.position + first, self.position + sign);
        let condition = condition.unwrap_or_else(|| "CONDITION".to_owned());
        let (date, sign_text) = (self.nth_text(sign + 1), self.nth_text(sign));
        let by = if self.nth(sign) == K::Less { before(date) } else { None };
        let by = by.unwrap_or_else(|| date.to_owned());
        let span = self.span_at(self.position + sign).to(self.span_at(self.position + sign + 1));
        let help = format!(
            "write `= {condition} by {by}` for whether it holds by then, `= first date {condition}` for the date itself"
        );
        let message = format!("nothing is compared with a date, but found `{sign_text} {date}`");
        let is_silent = self.is_silent();
        self.start(K::ErrorExpr);
        for _ in 0..sign + 2 {
            self.bump();
        }
        self.finish();
        if !is_silent {
            self.push(Diagnostic::new(Code::Expected, span, message).label("expected `by`, or nothing").help(help));
        }
        self.stay_silent();
        true
    }

    /// Reads a date with another word before it than a question has: `in 2026`, `before 2026`, `between A and B`.
    pub(super) fn date_in_other_words(&mut self, asked: Asked, condition: &str) -> bool {
        let word = self.word();
        // `up to 2026`, `the end of 2026`
        let mut length = match (word, self.nth_word(1)) {
            ("up" | "prior", "to") | ("later", "than") => 2,
            ("on", "or") if self.nth_word(2) == "before" => 3,
            _ => 1,
        };
        if self.nth_word(length) == "the" {
            length += 1;
        }
        let is_known = matches!(
            word,
            "in" | "during"
                | "between"
                | "before"
                | "prior"
                | "until"
                | "till"
                | "through"
                | "up"
                | "on"
                | "after"
                | "later"
                | "since"
                | "to"
                | "within"
        );
        if !is_known || !matches!(self.nth(length), K::Date | K::Number) {
            return false;
        }
        let date = self.nth_text(length);
        let Some((from, mut to)) = first_of(date).zip(last_of(date)) else { return false };
        // A year of which the model has only the first months.
        if let Some(last) = self.last_date().filter(|last| last.len() > 4 && date.len() == 4 && last.starts_with(date))
        {
            to = to.min(last.to_owned());
        }
        let second = self.nth_text(length + 2);
        let is_pair =
            word == "between" && matches!(self.nth_word(length + 1), "and" | "to") && last_of(second).is_some();
        let ask = match (asked, word) {
            (Asked::Value, _) => format!("= value {condition} at {to}"),
            (Asked::FirstDate, "before" | "prior") => {
                format!("= first date {condition} by {}", before(date).unwrap_or(to))
            }
            (Asked::FirstDate, _) => format!("= first date {condition} by {to}"),
            (_, "between") if is_pair => {
                format!("= {condition} from {from} to {}", last_of(second).unwrap_or_default())
            }
            (_, "in" | "during" | "within") => format!("= {condition} from {from} to {to}"),
            (_, "before" | "prior") => format!("= {condition} by {}", before(date).unwrap_or(to)),
            (_, "after" | "later") => {
                format!("= {condition} from {} to {}", after(date).unwrap_or(from), self.some_date())
            }
            (_, "since") => format!("= {condition} from {from} to {}", self.some_date()),
            (_, "on") if length < 3 => format!("= {condition} at {to}"),
            _ => format!("= {condition} by {to}"),
        };
        let meaning = match (asked, word) {
            (Asked::Truth, "in" | "during" | "within" | "between" | "after" | "later" | "since") => {
                ", whether it holds at some time in these months"
            }
            (Asked::Truth, "on") if length < 3 => ", whether it holds then",
            (Asked::Truth, _) => ", whether it holds at some time until then",
            _ => "",
        };
        let expected = match asked {
            Asked::Truth => "`by`, `at` or `from`, and a date",
            Asked::Value => "`at` and a date",
            Asked::FirstDate => "`by` and the last date that counts",
        };
        self.expected(expected, format!("write `{ask}`{meaning}"));
        self.start(K::Error);
        for _ in 0..length + 1 + 2 * usize::from(is_pair) {
            self.bump();
        }
        self.finish();
        self.stay_silent();
        true
    }
}
