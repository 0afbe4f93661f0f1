//! What stands inside choices, flows and claims.

use super::Parser;
use super::clauses::CITE;
use crate::kind::SyntaxKind as K;
use crate::words;

impl Parser<'_> {
    // ---- choices

    /// When a choice comes up; its keyword is next.
    pub(super) fn occasion(&mut self) {
        match self.word() {
            "considered" => self.node(K::Considered, |p| {
                p.keyword();
                if !p.considered_in_words() {
                    p.whole_value();
                }
            }),
            "on" => self.node(K::On, |p| {
                p.keyword();
                p.date();
            }),
            "every" => self.node(K::Every, Self::every),
            _ => self.node(K::After, Self::after),
        }
    }

    /// `after take = accept`, `after event invasion`
    fn after(&mut self) {
        self.keyword();
        if self.word() == "event" && self.nth(1) == K::Name {
            self.keyword();
            self.reference("the event that it replies to");
            if self.at(K::Equal) {
                self.expected("nothing but the name of the event", "an event has no options: `after event invasion`");
                self.node(K::Error, |p| {
                    p.bump();
                    if matches!(p.kind(), K::Name) || matches!(p.word(), "yes" | "no") {
                        p.bump();
                    }
                });
            }
            return;
        }
        self.reference("the choice that it replies to");
        let is_path = self.at(K::Dot) && self.nth(1) == K::Name;
        if is_path {
            self.expected("`=` before the option", "for instance `after take = accept`");
            self.node(K::Error, Self::bump);
        }
        if is_path || self.equals_sign() {
            self.name("an option of that choice");
        }
    }

    fn every(&mut self) {
        self.keyword();
        if self.at(K::Number) {
            self.number_literal();
        }
        self.unit_of_time();
        while matches!(self.word(), "from" | "until") && self.at_date_ahead(1) {
            self.keyword();
            self.date();
        }
    }

    /// An option of a choice; in a reading, one of the choice that it names.
    pub(super) fn option(&mut self, in_reading: bool) {
        let outer = self.open_block();
        let stop_words = std::mem::replace(&mut self.stop_words, if in_reading { &[] } else { &["option"] });
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
                p.foreign_probability(
                    "the probability of an option stands without a word before it",
                    "for instance `option accept 30%`",
                );
                p.once(seen, "probability");
                p.whole_value();
            } else {
                return false;
            }
            true
        });
        self.finish();
        if in_reading {
            self.finish();
        }
        self.stop_words = stop_words;
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
            self.unit_of_time();
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
        self.anchors(true);
        self.finish();
    }

    /// Anchors with commas between them; `words`: places in words too.
    pub(super) fn anchors(&mut self, words: bool) {
        loop {
            match self.kind() {
                K::Anchor => self.bump(),
                K::Text if words => self.bump(),
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
}
