//! What has been seen: `observe` and `record`.

use super::clauses::Seen;
use super::expressions::SUM;
use super::{Mode, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;
use crate::literals;
use crate::words::Rule;

/// How an observation is written.
const OBSERVE_HELP: &str = "for instance `observe 2024-10 attack` or `observe 2024-11 aid[KR] >= nonlethal`";

/// How a window is written.
const WINDOW_HELP: &str = "for instance `observe from 2024-10 to 2024-12 attack`";

/// How an error is written.
const ERROR_HELP: &str = "for instance `observe 2025-12 front[RU] = 600_000 people error 50_000 people`";

/// How a report is written.
const REPORT_HELP: &str = "for instance `reported by nis, hits 95%, false alarms 2%`";

/// How a record is written.
const RECORD_HELP: &str = "for instance `record complete to 2024-11 for invasion, attack`";

/// Words that are no units in what was seen.
const STOPS: &[&str] = &["error", "known", "reported", "hits", "false"];

/// So many tokens are looked at to find a date that stands behind what was seen.
const REACH: usize = 24;

impl<'t> Parser<'t> {
    /// Whether `observe` and a date are next.
    pub(super) fn at_observation(&self) -> bool {
        self.word() == "observe" && self.at_moment(1)
    }

    /// Whether a date or `from` and a date are `ahead`.
    pub(super) fn at_moment(&self, ahead: usize) -> bool {
        let is_from = self.nth_word(ahead) == "from";
        matches!(self.nth(ahead + usize::from(is_from)), K::Date | K::Number)
    }

    // ---- observations

    pub(super) fn observe(&mut self, rule: &Rule) {
        let findings = self.findings;
        if self.is_dated_behind() {
            self.dated_behind();
        } else {
            self.moment();
            if self.at(K::Colon) {
                self.foreign("no `:` follows the date here", "leave it out: `observe 2024-10 attack`");
                self.node(K::Error, Self::bump);
            } else if self.word() == "that" && matches!(self.nth(1), K::Name | K::Keyword) {
                self.expected("what was seen", "leave out `that`: `observe 2024-10 attack`");
                self.node(K::Error, Self::bump);
            }
            self.seen_value(findings);
        }
        self.clauses(rule, |p, seen, word| match word {
            "error" => {
                p.once(seen, word);
                p.node(K::Deviation, |p| {
                    p.keyword();
                    p.value_of_report("a number", ERROR_HELP);
                });
                true
            }
            "reported" => {
                p.once(seen, word);
                p.reported();
                true
            }
            _ if p.at_share(0) => {
                p.once(seen, "reported");
                p.reported();
                true
            }
            _ if p.at(K::Comma) => p.comma(),
            _ => p.known(seen, word),
        });
    }

    /// A comma, after which there is nothing but what has a place of its own.
    fn comma(&mut self) -> bool {
        let next = self.nth_word(1);
        if matches!(next, "error" | "known" | "reported") {
            let message = format!("no comma stands before `{next}`");
            let found = Diagnostic::new(Code::Expected, self.here(), message).help("leave the comma out");
            self.report(found);
        } else if self.at_share(1) {
            self.expected("who reports it before this", REPORT_HELP);
        } else {
            self.expected(
                "the end of what was seen",
                "what else was seen is an observation of its own, on a line below",
            );
            return false;
        }
        self.node(K::Error, Self::bump);
        self.stay_silent();
        true
    }

    /// `2024-10`, or `from 2024-10 to 2024-12`.
    fn moment(&mut self) {
        let is_preposition = matches!(self.word(), "in" | "on" | "at" | "during" | "by");
        if is_preposition && self.at_date_ahead(1) {
            let help = format!("leave out `{}`: `observe 2024-10 attack`", self.word());
            self.expected("a date", help);
            self.node(K::Error, Self::bump);
            self.stay_silent();
            self.date();
            return;
        }
        if self.word() == "between" && self.at_date_ahead(1) {
            self.expected("a date, or `from` and two dates", WINDOW_HELP);
            self.node(K::Error, Self::bump);
            self.stay_silent();
            self.date();
            if self.at_other_to() {
                self.node(K::Error, Self::bump);
                self.date();
                return;
            }
        } else if self.word() == "from" {
            self.keyword();
            self.date();
            if self.eat_word("to") {
                self.date();
                return;
            }
            if !self.at_other_to() {
                self.expected("`to` and the last date", WINDOW_HELP);
                return;
            }
        } else if self.at_date() {
            self.date();
            if self.at_other_to() || self.word() == "to" && self.at_date_ahead(1) {
                self.expected("`from` before the first of two dates", WINDOW_HELP);
                self.node(K::Error, Self::bump);
                self.date();
            }
            return;
        } else {
            self.expected("a date, or `from` and two dates", OBSERVE_HELP);
            return;
        }
        if self.at_other_to() || self.word() == "to" {
            self.expected("`to` before the last date", WINDOW_HELP);
            self.node(K::Error, Self::bump);
            self.date();
        }
    }

    /// Whether a date follows what others write for `to`.
    fn at_other_to(&self) -> bool {
        let is_sign = matches!(self.kind(), K::DotDot | K::Minus);
        let is_word = matches!(self.word(), "until" | "through" | "till" | "and");
        (is_sign || is_word) && matches!(self.nth(1), K::Date | K::Number)
    }

    /// What was seen.
    fn seen_value(&mut self, findings: usize) {
        if self.at_value() && !self.stops_value() {
            self.value_before_clauses();
        } else if self.findings == findings {
            self.expected("what was seen", OBSERVE_HELP);
        }
    }

    /// Whether a clause begins here rather than a name that is spelt like its first word.
    fn stops_value(&self) -> bool {
        match self.word() {
            "known" => self.nth_word(1) == "on",
            "reported" => self.nth_word(1) == "by",
            "false" => self.nth_word(1).starts_with("alarm"),
            "error" | "hits" => self.nth(1) == K::Number,
            _ => false,
        }
    }

    fn value_before_clauses(&mut self) {
        let stop_words = std::mem::replace(&mut self.stop_words, STOPS);
        self.expression();
        self.stop_words = stop_words;
    }

    /// Whether what was seen stands before its date: `observe attack in 2024-10`.
    fn is_dated_behind(&self) -> bool {
        self.at_value() && !self.at_date() && self.date_behind().is_some()
    }

    /// How far ahead the preposition stands that is followed by a date, before the next clause.
    fn date_behind(&self) -> Option<usize> {
        let is_end = |ahead: &usize| self.nth(*ahead) != K::End && !STOPS.contains(&self.nth_word(*ahead));
        let mut places = (1..REACH).take_while(is_end);
        places.find(|ahead| {
            matches!(self.nth_word(*ahead), "in" | "on" | "at" | "during" | "from") && self.at_moment_behind(*ahead)
        })
    }

    fn at_moment_behind(&self, ahead: usize) -> bool {
        match self.nth(ahead + 1) {
            K::Date => true,
            K::Number => literals::date(self.nth_text(ahead + 1)).is_some(),
            _ => false,
        }
    }

    fn dated_behind(&mut self) {
        let Some(ahead) = self.date_behind() else { return };
        let what = short(self.text_between(self.position, self.position + ahead));
        let date = short(self.nth_text(ahead + 1));
        self.expected("a date", format!("the date stands first: `observe {date} {what}`"));
        let stop_words = std::mem::replace(&mut self.stop_words, &["in", "on", "at", "during", "from"]);
        self.expression();
        self.stop_words = stop_words;
        if self.at_moment_behind(0) {
            self.node(K::Error, Self::bump);
            self.date();
        }
    }

    /// `known on 2024-10-18`, if it is next.
    fn known(&mut self, seen: &mut Seen<'t>, word: &'t str) -> bool {
        if word != "known" {
            return false;
        }
        let help = "for instance `known on 2024-10-18`";
        self.once(seen, word);
        self.start(K::Known);
        self.keyword();
        if !self.eat_word("on") {
            self.expected("`on` and a date", help);
            if matches!(self.word(), "at" | "in" | "by" | "from" | "since" | "until") && self.at_date_ahead(1) {
                self.node(K::Error, Self::bump);
            }
        }
        if self.at_date() {
            self.date();
        } else {
            self.expected("a date", help);
        }
        self.finish();
        true
    }

    /// `reported by nis, hits 95%, false alarms 2%`
    fn reported(&mut self) {
        let findings = self.findings;
        self.start(K::Reported);
        if !self.eat_word("reported") {
            self.expected("`reported by` and a source before this", REPORT_HELP);
            self.stay_silent();
        } else {
            if !self.eat_word("by") {
                self.expected("`by` and a source", REPORT_HELP);
            }
            if self.at_share(usize::from(self.at(K::Comma))) || self.at(K::Comma) {
                self.expected("the name of a source", REPORT_HELP);
            } else {
                self.name("the name of a source");
            }
        }
        let (mut hits, mut alarms) = (false, false);
        loop {
            let comma = usize::from(self.at(K::Comma));
            if !self.at_share(comma) {
                break;
            }
            if comma == 1 {
                self.bump();
            } else if matches!(self.word(), "and" | "with") {
                self.expected("`,`", REPORT_HELP);
                self.node(K::Error, Self::bump);
            }
            let is_hits = matches!(self.word(), "hits" | "hit" | "sensitivity" | "misses");
            if std::mem::replace(if is_hits { &mut hits } else { &mut alarms }, true) {
                let what = if is_hits { "hits" } else { "false alarms" };
                let message = format!("this is the second `{what}` of one report");
                let found =
                    Diagnostic::new(Code::MisplacedClause, self.here(), message).help("leave one of the two out");
                self.report(found);
            }
            if is_hits { self.hits() } else { self.false_alarms() }
        }
        let wanted = match (hits, alarms) {
            (true, true) => None,
            (false, true) => Some("`hits` and how likely such a report is if it was so"),
            _ => Some("`false alarms` and how likely such a report is if it was not"),
        };
        if let Some(wanted) = wanted.filter(|_| hits || alarms) {
            self.missing(findings, wanted, REPORT_HELP);
        } else if wanted.is_some() {
            self.missing(findings, "`hits` and `false alarms`", REPORT_HELP);
        }
        self.finish();
    }

    /// Whether a chance of a report begins `ahead`, also under the names that others give it.
    fn at_share(&self, ahead: usize) -> bool {
        let ahead = ahead + usize::from(matches!(self.nth_word(ahead), "and" | "with"));
        match self.nth_word(ahead) {
            "hits" | "hit" | "sensitivity" | "specificity" | "misses" | "alarms" => true,
            "false" => self.nth(ahead + 1) == K::Name || self.nth(ahead + 1) == K::Number,
            _ => false,
        }
    }

    fn hits(&mut self) {
        let word = self.word();
        if word == "misses" {
            self.expected("`hits`", "hits are what is missing to the misses: 5% is `hits 95%`");
        } else if word != "hits" {
            self.expected("`hits`", "how likely such a report is if it was so is `hits 95%`");
        }
        self.node(K::Hits, |p| {
            p.keyword();
            if p.word() == "rate" {
                p.expected("a probability", "for instance `hits 95%`");
                p.node(K::Error, Self::bump);
                p.stay_silent();
            }
            p.chance_of_report("`hits 95%`");
        });
    }

    fn false_alarms(&mut self) {
        let help = "how likely such a report is if it was not so is `false alarms 2%`";
        self.start(K::FalseAlarms);
        match (self.word(), self.nth_word(1)) {
            ("false", "alarms") => {
                self.keyword();
                self.keyword();
            }
            ("specificity", _) => {
                self.expected(
                    "`false alarms`",
                    "false alarms are what is missing to the specificity: 98% is `false alarms 2%`",
                );
                self.node(K::Error, Self::bump);
            }
            (first, _) => {
                self.expected("`false alarms`", help);
                let words = if first == "false" && self.nth(1) == K::Name { 2 } else { 1 };
                self.node(K::Error, |p| (0..words).for_each(|_| p.bump()));
                self.stay_silent();
            }
        }
        self.chance_of_report("`false alarms 2%`");
        self.finish();
    }

    /// A probability in a report. `95` is most likely meant as `95%`.
    fn chance_of_report(&mut self, example: &str) {
        if matches!(self.kind(), K::Equal | K::Colon) || self.word() == "of" {
            self.expected("a probability", format!("write {example}"));
            self.node(K::Error, Self::bump);
            self.stay_silent();
        }
        let text = self.nth_text(0);
        let is_large = self.at(K::Number) && literals::number(text).is_some_and(|number| number > 1.0);
        let is_bare =
            self.percent_tokens(1) == 0 && !matches!(self.nth_word(1), "of" | "in") && self.nth(1) != K::DotDot;
        if is_large && is_bare {
            self.expected("a probability", format!("write it with its sign: `{}%`", short(text)));
            self.node(K::ErrorExpr, Self::number_literal);
            return;
        }
        self.value_of_report("a probability", &format!("for instance {example}"));
    }

    /// A number, without comparisons: what follows `and` is no part of it.
    fn value_of_report(&mut self, what: &str, help: &str) {
        if self.at_value() && !self.stops_value() {
            let stop_words = std::mem::replace(&mut self.stop_words, STOPS);
            self.inside(Mode::default(), |p| p.binary(SUM));
            self.stop_words = stop_words;
        } else {
            self.expected(what, help);
        }
    }

    // ---- records

    pub(super) fn record(&mut self, rule: &Rule) {
        let findings = self.findings;
        if !self.eat_word("complete") {
            self.expected("`complete`", RECORD_HELP);
            while matches!(self.word(), "is" | "was" | "complete" | "completed" | "full" | "of") {
                self.node(K::Error, Self::bump);
            }
        }
        let seen = self.clauses(rule, |p, seen, word| {
            match word {
                "from" if p.at_date_ahead(1) => p.record_date(seen, word),
                "to" => p.record_date(seen, word),
                "until" | "by" | "through" | "till" if p.at_date_ahead(1) => {
                    p.expected("`to` and the last date", RECORD_HELP);
                    p.once(seen, "to");
                    p.node(K::Error, Self::bump);
                    p.date();
                }
                "for" => {
                    p.once(seen, word);
                    p.keyword();
                    p.references("an event or a choice");
                    while p.word() == "and" && p.nth(1) == K::Name {
                        p.expected("`,` between the names", "names of a list stand between commas");
                        p.node(K::Error, Self::bump);
                        p.references("an event or a choice");
                    }
                }
                "of" if !seen.has("for") && p.nth(1) == K::Name => {
                    p.expected("`for`", RECORD_HELP);
                    p.once(seen, "for");
                    p.node(K::Error, Self::bump);
                    p.references("an event or a choice");
                }
                _ => return p.known(seen, word),
            }
            true
        });
        if !seen.has("to") {
            self.missing(findings, "`to` and the last date of the record", RECORD_HELP);
        } else if !seen.has("for") {
            self.missing(findings, "`for` and the events and choices", RECORD_HELP);
        }
    }

    fn record_date(&mut self, seen: &mut Seen<'t>, word: &'t str) {
        self.once(seen, word);
        self.keyword();
        self.date();
    }
}
