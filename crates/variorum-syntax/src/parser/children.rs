//! What stands inside events, choices, claims and questions.

use super::Parser;
use super::clauses::{CITE, Seen};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::words::{self, Rule};

impl Parser<'_> {
    // ---- events and choices

    /// `then war = yes, front += 3`
    pub(super) fn then(&mut self) {
        self.start(K::Then);
        self.keyword();
        self.effect();
        while self.at(K::Comma) && self.nth(1) != K::Keyword {
            self.bump();
            self.effect();
        }
        self.finish();
    }

    fn effect(&mut self) {
        self.start(K::Effect);
        self.reference("what the effect changes");
        if self.equals_sign() {
            if matches!(self.word(), "next" | "previous") {
                let help = "a ladder climbs with `= next level`, descends with `= previous level`";
                self.keyword();
                if self.word() == "level" { self.keyword() } else { self.expected("`level`", help) }
            } else {
                self.expression();
            }
        } else if matches!(self.kind(), K::PlusEqual | K::MinusEqual | K::StarEqual) {
            self.bump();
            self.expression();
        } else {
            self.expected("`=`, `+=`, `-=` or `*=`", "for instance `then war[Korea] = yes, front[RU] += 1000 people`");
            self.skip_until(|p| p.is_done() || matches!(p.kind(), K::Comma | K::Keyword));
        }
        self.finish();
    }

    /// When a choice comes up; its keyword is next.
    pub(super) fn occasion(&mut self) {
        match self.word() {
            "considered" => self.node(K::Considered, |p| {
                p.keyword();
                p.expression();
            }),
            "on" => self.node(K::On, |p| {
                p.keyword();
                p.date();
            }),
            "every" => self.node(K::Every, Self::every),
            _ => self.node(K::After, |p| {
                p.keyword();
                p.reference("the choice that it replies to");
                if p.equals_sign() {
                    p.name("an option of that choice");
                }
            }),
        }
    }

    fn every(&mut self) {
        self.keyword();
        if self.at(K::Number) {
            self.number_literal();
        }
        self.name("a unit of time");
        while matches!(self.word(), "from" | "until") && self.at_date_ahead(1) {
            self.keyword();
            self.date();
        }
    }

    /// An option of a choice; in a reading, one of the choice that it names.
    pub(super) fn option(&mut self, in_reading: bool) {
        let outer = self.open_block();
        let stop_word = std::mem::replace(&mut self.stop_word, if in_reading { "" } else { "option" });
        if in_reading {
            self.start(K::OptionOf);
            self.keyword();
            self.reference("the name of a choice");
            if !self.eat(K::Dot) {
                self.expected("`.` and the option's name", "for instance `option take.accept default`");
            }
            self.start(K::ChoiceOption);
        } else {
            self.start(K::ChoiceOption);
            self.keyword();
        }
        self.name("the option's name");
        self.eat(K::Text);
        self.clauses(words::OPTION, |p, seen, word| {
            if word == "then" {
                p.then();
            } else if word == "default" {
                p.once(seen, "default");
                p.keyword();
            } else if p.at_value() {
                p.once(seen, "probability");
                p.expression();
            } else {
                return false;
            }
            true
        });
        self.finish();
        if in_reading {
            self.finish();
        }
        self.stop_word = stop_word;
        self.close_block(outer);
    }

    /// `noise normal 0.02 per month`
    pub(super) fn noise(&mut self) {
        let help = "for instance `noise normal 0.02 per month`";
        self.start(K::Noise);
        self.keyword();
        if !self.eat_word("normal") {
            self.expected("`normal`", help);
            if self.at(K::Name) && !matches!(self.nth(1), K::Keyword | K::End) {
                self.node(K::Error, Self::bump);
            }
        }
        self.deviation();
        if self.eat_word("per") {
            self.name("a unit of time");
        } else {
            self.expected("`per` and a unit of time", help);
        }
        self.finish();
    }

    // ---- claims

    /// Whether a line like `drezner asserts …` begins here.
    pub(super) fn at_stance(&self) -> bool {
        matches!(self.kind(), K::Name | K::Keyword) && words::STANCES.contains(&self.nth_word(1))
    }

    pub(super) fn stance(&mut self) {
        self.start(K::StanceLine);
        self.name("the name of a source");
        self.keyword();
        self.anchors();
        self.finish();
    }

    fn anchors(&mut self) {
        loop {
            match self.kind() {
                K::Anchor => self.bump(),
                K::Text => {
                    self.expected("an anchor", CITE);
                    self.node(K::Error, Self::bump);
                }
                _ => self.expected("an anchor", CITE),
            }
            if !self.eat(K::Comma) {
                break;
            }
        }
    }

    // ---- questions

    /// Whether a line like `corrado said …` begins here.
    pub(super) fn at_said(&self) -> bool {
        matches!(self.kind(), K::Name | K::Keyword) && self.nth_word(1) == "said"
    }

    pub(super) fn question(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.name("the question's name");
        self.text("the question in words", "for instance `question korea \"War in Korea by the end of 2027\" = …`");
        let seen = self.clauses(rule, |p, seen, word| {
            if p.equals_sign() {
                p.once(seen, "=");
                p.query(rule);
            } else if p.at_said() {
                p.said();
            } else if word == "resolved" {
                p.once(seen, "resolved");
                p.resolved();
            } else if word == "given" {
                p.not_yet_in_question(rule, "given");
            } else if !seen.has("=") && p.at_value() && !p.at(K::Name) {
                p.expected("`=` before what is asked", "for instance `= war[Korea] by 2027-12`");
                p.once(seen, "=");
                p.query(rule);
            } else {
                return false;
            }
            true
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and what is asked", "for instance `= war[Korea] by 2027-12`");
        }
    }

    fn not_yet_in_question(&mut self, rule: &Rule, what: &str) {
        let message = format!("this version of the language does not have `{what}` in questions yet");
        let help = "ask `EXPR by DATE`, `EXPR at DATE`, `EXPR from DATE to DATE` or `value EXPR at DATE`";
        let diagnostic = Diagnostic::new(Code::NotYet, self.here(), message).help(help);
        self.report(diagnostic);
        self.unexpected(rule, &Seen::default());
    }

    fn query(&mut self, rule: &Rule) {
        if self.nth_text(0) == "first" && self.nth_text(1) == "date" {
            self.not_yet_in_question(rule, "first date");
            return;
        }
        let help = "for instance `= war[Korea] by 2027-12`";
        self.start(K::Query);
        let is_value = self.eat_word("value");
        self.expression();
        match self.word() {
            "at" => {
                self.keyword();
                self.date();
            }
            "by" if is_value => {
                self.expected("`at` and a date", "a number is asked for at one date: `= value front[RU] at 2025-12`");
                self.keyword();
                self.date();
            }
            "by" => {
                self.keyword();
                self.date();
            }
            "from" if !is_value => {
                self.keyword();
                self.date();
                if self.eat_word("to") {
                    self.date();
                } else {
                    self.expected("`to` and the last date", "for instance `from 2024-01 to 2024-12`");
                }
            }
            _ if is_value => {
                self.expected("`at` and a date", "for instance `= value front[RU] at 2025-12`");
            }
            _ => self.expected("`by`, `at` or `from`, and a date", help),
        }
        self.finish();
    }

    fn said(&mut self) {
        self.start(K::Said);
        self.name("the name of a source");
        self.keyword();
        self.text("the source's words", "for instance `corrado said \"not zero\"`");
        if self.at(K::Anchor) {
            self.anchors();
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
