//! Questions: what is asked, on what condition, who said what, and what the world has answered.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::words::Rule;

/// How a question names its date.
const QUERY_HELP: &str = "for instance `= war[Korea] by 2027-12`";

/// How a question's condition is written.
const GIVEN_HELP: &str = "for instance `= war[Korea] by 2027-12 given talks by 2025-06`";

/// What a query may ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whether something holds.
    Truth,
    /// `value`: a number.
    Value,
    /// `first date`: when something first holds.
    FirstDate,
}

impl<'t> Parser<'t> {
    pub(super) fn question(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.name("the question's name");
        self.text("the question in words", "for instance `question korea \"War in Korea by the end of 2027\" = …`");
        let seen = self.clauses(rule, |p, seen, word| {
            if p.equals_sign() {
                p.once(seen, "=");
                p.query(true);
            } else if p.at_said() {
                p.said();
            } else if word == "resolved" {
                p.once(seen, "resolved");
                p.resolved();
            } else if word == "given" {
                p.once(seen, "given");
                p.given();
            } else if word == "if" && seen.has("=") && !seen.has("given") {
                p.expected("`given` before a condition", GIVEN_HELP);
                p.once(seen, "given");
                p.given();
            } else if !seen.has("=") && p.at_value() && !p.at(K::Name) {
                p.expected("`=` before what is asked", QUERY_HELP);
                p.once(seen, "=");
                p.query(true);
            } else {
                return false;
            }
            true
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and what is asked", QUERY_HELP);
        }
    }

    /// `given talks by 2025-06`, of which the first word is next.
    fn given(&mut self) {
        self.start(K::Given);
        self.keyword();
        self.query(false);
        self.finish();
    }

    /// What is asked, or, where only a condition can stand, a condition.
    fn query(&mut self, asks: bool) {
        self.start(K::Query);
        if self.query_by_comparison() {
            self.finish();
            return;
        }
        let asked = self.asked();
        if asked != Asked::Truth && !asks {
            let span = self.span_at(self.position.saturating_sub(1));
            let message = "a condition is asked for by `by`, `at` or `from`, not by a value";
            self.push(Diagnostic::new(Code::MisplacedClause, span, message).help(GIVEN_HELP));
        }
        // A number before `given` has no unit of that name.
        let stop_words = std::mem::replace(&mut self.stop_words, &["given"]);
        let first = self.position;
        self.expression();
        self.stop_words = stop_words;
        let condition = self.repeated(first, self.position);
        self.date_of_query(asked, &condition.unwrap_or_else(|| "CONDITION".to_owned()));
        self.finish();
    }

    /// `value`, `first date` or nothing.
    fn asked(&mut self) -> Asked {
        if let Some(asked) = self.asked_in_words() {
            return asked;
        }
        if self.eat_word("value") {
            self.foreign_of();
            return Asked::Value;
        }
        if self.word() == "first" && self.nth_word(1) == "date" {
            self.keyword();
            self.keyword();
            if matches!(self.word(), "when" | "of") {
                let help = "what should hold follows at once: `= first date war[Korea] by 2027-12`";
                self.expected("a condition", help);
                self.node(K::Error, Self::bump);
                self.stay_silent();
            }
            return Asked::FirstDate;
        }
        Asked::Truth
    }

    fn date_of_query(&mut self, asked: Asked, condition: &str) {
        if self.at(K::Comma) && matches!(self.nth_word(1), "by" | "at" | "from") {
            self.expected(&format!("`{}`", self.nth_word(1)), "leave the comma out");
            self.node(K::Error, Self::bump);
        }
        if !matches!(self.word(), "by" | "at" | "from") && self.date_in_other_words(asked, condition) {
            return;
        }
        let value_help = "a number is asked for at one date: `= value front[RU] at 2025-12`";
        let first_help = "for instance `= first date war[Korea] by 2027-12`";
        match (self.word(), asked) {
            ("by", Asked::Truth | Asked::FirstDate) | ("at", Asked::Truth | Asked::Value) => {
                self.keyword();
                self.date();
            }
            ("from", Asked::Truth) => {
                self.keyword();
                self.date();
                if self.eat_word("to") {
                    self.date();
                } else {
                    self.expected("`to` and the last date", "for instance `from 2024-01 to 2024-12`");
                }
            }
            ("by", Asked::Value) => {
                self.expected("`at` and a date", value_help);
                self.keyword();
                self.date();
            }
            (_, Asked::Value) => self.expected("`at` and a date", "for instance `= value front[RU] at 2025-12`"),
            ("at" | "until" | "on", Asked::FirstDate) => {
                self.expected("`by` and the last date that counts", first_help);
                self.keyword();
                self.date();
            }
            ("from", Asked::FirstDate) => {
                self.expected("`by` and the last date that counts", first_help);
                self.keyword();
                self.date();
                if self.eat_word("to") {
                    self.date();
                }
            }
            (_, Asked::FirstDate) => {}
            _ => {
                let condition = condition.split(" within ").next().unwrap_or(condition);
                let help = if self.is_done() {
                    format!("for instance `= {condition} by {}`", self.some_date())
                } else {
                    QUERY_HELP.to_owned()
                };
                self.expected("`by`, `at` or `from`, and a date", help);
            }
        }
    }

    // ---- forecasts

    /// Whether a line like `corrado said …` begins here.
    pub(super) fn at_said(&self) -> bool {
        matches!(self.kind(), K::Name | K::Keyword) && self.nth_word(1) == "said"
    }

    fn said(&mut self) {
        self.start(K::Said);
        self.name("the name of a source");
        self.keyword();
        let is_number = self.at(K::Number);
        if is_number {
            self.number_literal();
            self.percent();
            if self.at(K::DotDot) {
                self.expected(
                    "one number",
                    "a range is said in the source's words: `corrado said \"10 to 30 percent\"`",
                );
                self.skip_until(|p| p.is_done() || matches!(p.kind(), K::Anchor | K::Keyword | K::Name));
            }
        } else {
            self.text("a number, or the source's words", "for instance `corrado said \"not zero\"`");
        }
        if self.at_no_number() {
            self.no_number(is_number);
        }
        if self.at(K::Anchor) {
            self.anchors(false);
            if self.at_no_number() {
                self.expected("`no number` before the anchor", "it stands right after the source's words");
                self.no_number(is_number);
            }
        }
        if self.word() == "with" && self.nth_word(1) == "window" {
            self.expected("`window`", "leave out `with`: `window assumed \"the text names none\"`");
            self.node(K::Error, Self::bump);
        }
        if self.word() == "window" {
            let help = "for instance `window assumed \"the text names none\"`";
            self.start(K::Window);
            self.keyword();
            if !self.eat_word("assumed") {
                self.expected("`assumed`", help);
            }
            self.text("why", help);
            self.finish();
        }
        self.finish();
    }

    fn at_no_number(&self) -> bool {
        self.word() == "no" && !matches!(self.nth(1), K::Anchor)
    }

    /// `no number`
    fn no_number(&mut self, is_number: bool) {
        if is_number {
            let help = "it stands after words that mean no number: `corrado said \"not zero\" no number`";
            let diagnostic =
                Diagnostic::new(Code::MisplacedClause, self.here(), "what was said is a number").help(help);
            self.report(diagnostic);
        }
        self.keyword();
        if self.word() == "number" {
            self.keyword();
        } else {
            self.expected("`number`", "for instance `corrado said \"not zero\" no number`");
        }
    }

    // ---- the world

    fn resolved(&mut self) {
        self.start(K::Resolved);
        self.keyword();
        match self.kind() {
            K::Number => self.number_literal(),
            K::Minus if self.nth(1) == K::Number => {
                self.bump();
                self.number_literal();
            }
            _ if self.word() == "void" => self.keyword(),
            _ => self.truth("`yes`, `no`, `void` or a number", "for instance `resolved no on 2025-12-31`"),
        }
        loop {
            match self.word() {
                "on" => self.node(K::On, |p| {
                    p.keyword();
                    p.date();
                }),
                "from" => self.node(K::From, |p| {
                    p.keyword();
                    p.text("who says so", "for instance `from \"public record\"`");
                }),
                _ => break,
            }
        }
        self.finish();
    }
}
