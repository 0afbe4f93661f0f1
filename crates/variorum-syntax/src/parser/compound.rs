//! Statements that hold other statements: `reading` and `for each`, and what stands only inside of a reading.

use super::Parser;
use super::clauses::Seen;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::words::{self, Rule};

/// How many `for each` may stand inside each other: the number of statements that they stand for is a product.
pub const MAX_LOOPS: u32 = 16;

/// `set name[A, B]` has so many tokens.
const REACH_OF_NAME: usize = 7;

/// How the range of a `for each` is written.
const FOR_EACH_HELP: &str = "for instance `for each a in rivals`, `for each pair a, b in rivals except KP`";

/// What a statement stands in.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The statement that is not a `for each`, if there is one.
    pub holder: Holder,
    /// How many `for each` are open.
    pub loops: u32,
}

/// A statement that holds others and stands for itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// None: the margin of the file.
    File,
    /// A `reading`.
    Reading,
    /// A `scenario`.
    Scenario,
}

impl Around {
    /// What a statement at the margin stands in.
    pub(super) const FILE: Around = Around { holder: Holder::File, loops: 0 };

    /// Why a statement of a kind cannot stand here, and what to do about it; nothing if it can.
    fn refusal(self, rule: &Rule) -> Option<(String, String)> {
        if self.loops > 0 && is_of_the_whole_model(rule.kind) {
            let message = format!("a `for each` cannot repeat {}", rule.noun);
            return Some((message, "begin it at the left margin, outside the `for each`".to_owned()));
        }
        let (message, help) = match (self.holder, rule.kind) {
            (Holder::Reading, K::Reading) => {
                ("a reading cannot stand inside another reading", "begin it at the column of the other reading")
            }
            (Holder::Reading, K::Scenario) => (
                "a scenario cannot stand inside a reading",
                "begin it at the left margin: a scenario is there for every reading",
            ),
            (Holder::Scenario, K::Scenario) => {
                ("a scenario cannot stand inside another scenario", "begin it at the column of the other scenario")
            }
            (Holder::Scenario, K::Reading) => {
                ("a reading cannot stand inside a scenario", "begin it at the column of the scenario")
            }
            (Holder::Reading, K::Observe | K::Record) => (
                "what was seen belongs to all readings, not to one",
                "move it to the left margin, outside the reading: a reading in which it cannot have been so is at odds with it",
            ),
            (Holder::Scenario, kind) if is_shared(kind) => (
                "this belongs to the whole model, not to one scenario",
                "move it to the left margin, outside the scenario",
            ),
            _ => return None,
        };
        Some((message.to_owned(), help.to_owned()))
    }
}

/// Whether statements of this kind belong to no reading and no scenario.
pub(super) fn is_shared(kind: K) -> bool {
    is_of_the_whole_model(kind) || matches!(kind, K::Observe | K::Record)
}

/// Whether statements of this kind belong to the whole model, so that there can only be one of each.
fn is_of_the_whole_model(kind: K) -> bool {
    matches!(
        kind,
        K::Model
            | K::Time
            | K::Use
            | K::Source
            | K::Actor
            | K::Place
            | K::Group
            | K::Unit
            | K::Claim
            | K::Reading
            | K::Scenario
            | K::Question
    )
}

impl<'t> Parser<'t> {
    /// A statement with all that is indented under it.
    pub(super) fn statement(&mut self, around: Around) {
        let outer = self.open_block();
        let word = self.word();
        let (is_in_reading, is_in_scenario) = (around.holder == Holder::Reading, around.holder == Holder::Scenario);
        if let Some(rule) = words::statement(word) {
            match around.refusal(rule) {
                Some((message, help)) => {
                    self.report_misplaced(&message, &help);
                    self.whole_statement_is_wrong();
                }
                None => self.known_statement(rule, around),
            }
        } else if word == "switch" && around.holder != Holder::File {
            self.switch_off();
        } else if word == "option" && around.holder != Holder::File {
            self.option(true);
        } else if word == "keeps" && is_in_reading {
            self.keeps();
        } else if word == "set" && is_in_scenario {
            self.set();
        } else if word == "hold" && is_in_scenario {
            self.hold();
        } else if words::NOT_YET.contains(&word) {
            let message = format!("this version of the language does not have `{word}` yet");
            let diagnostic = Diagnostic::new(Code::NotYet, self.here(), message)
                .help("leave the statement out, or put `#` before each of its lines");
            self.report(diagnostic);
            self.whole_statement_is_wrong();
        } else {
            self.unknown_statement(around);
        }
        self.end_statement();
        self.close_block(outer);
    }

    /// What is left of a statement after its last part.
    fn end_statement(&mut self) {
        if self.at_inner_statement() && self.is_after_semicolon() {
            // The `;` was reported; what follows it is read as if it had a line of its own.
            self.stay_silent();
        } else if self.at_inner_statement() {
            let word = self.word();
            let message = format!("`{word}` begins a statement, but its line is indented under another one");
            let help = format!("begin `{word}` at the column of the statement above");
            self.report_misplaced(&message, &help);
        } else {
            self.skip_until(|_| false);
        }
    }

    fn report_misplaced(&mut self, message: &str, help: &str) {
        let diagnostic = Diagnostic::new(Code::MisplacedClause, self.here(), message).help(help);
        self.report(diagnostic);
    }

    pub(super) fn whole_statement_is_wrong(&mut self) {
        self.start(K::ErrorStatement);
        while !self.at(K::End) {
            self.bump();
        }
        self.finish();
        self.stay_silent();
    }

    /// Whether the next token is the first one of its line.
    fn begins_line(&self) -> bool {
        !self.at(K::End) && self.token(self.position).is_some_and(|token| token.first_on_line)
    }

    // ---- for each

    /// The range and the statements of a `for each`, whose first word was read.
    pub(super) fn for_each(&mut self, rule: &Rule, around: Around) {
        let findings = self.findings;
        if around.loops >= MAX_LOOPS {
            let message = format!("more than {MAX_LOOPS} `for each` stand inside each other here");
            let diagnostic = Diagnostic::new(Code::NestedTooDeep, self.here(), message)
                .help("every one of them multiplies the statements inside it: take two variables at once, or a group");
            self.report(diagnostic);
            self.node(K::Error, |p| {
                while !p.at(K::End) {
                    p.bump();
                }
            });
            self.stay_silent();
            return;
        }
        self.each();
        let first = self.position;
        self.range(FOR_EACH_HELP);
        let range = (first..self.position).map(|position| self.text_at(position));
        let variables: Vec<&str> = range.take_while(|word| *word != "in").filter(|word| *word != "pair").collect();
        if self.at(K::Comma) {
            self.expected("one group", "name the members together, `group some = RU, KP`, and write `in some`");
            self.skip_until(|p| p.begins_line() || p.at(K::Colon));
        }
        if self.at(K::Colon) {
            self.foreign("no `:` ends the line of a `for each` here", "leave it out: what is indented is repeated");
            self.node(K::Error, Self::bump);
        }
        let inside = Around { loops: around.loops + 1, ..around };
        let mut is_empty = true;
        while !self.at(K::End) {
            if self.begins_line() {
                self.statement(inside);
                is_empty = false;
            } else if words::statement(self.word()).is_some() && matches!(self.nth(1), K::Name | K::Text) {
                let what = format!("`{}` on a line of its own", self.word());
                self.expected(&what, "what is repeated is indented under the `for each`");
                self.statement(inside);
                is_empty = false;
            } else {
                self.unexpected(rule, &Seen::default());
            }
        }
        if is_empty && !self.unindented_body(&variables, inside) {
            let help = "they are indented under it, each on a line of its own";
            self.missing(findings, "the statements that are repeated", help);
        }
    }

    /// Reads the statements after a `for each` that name its variables but are not indented under it. Whether there
    /// were any.
    fn unindented_body(&mut self, variables: &[&str], inside: Around) -> bool {
        let Some(outer) = self.block else { return false };
        let mut is_first = true;
        while self.at_unindented(outer.column, variables) {
            if is_first {
                let span = self.span_at(self.position);
                let message = "this statement is not indented under its `for each`";
                let help = "put two spaces before it, and before each further line that is to be repeated";
                self.push(Diagnostic::new(Code::Expected, span, message).help(help));
            }
            is_first = false;
            self.block = None;
            self.statement(inside);
            self.block = Some(outer);
        }
        !is_first
    }

    /// Whether a statement that names one of the variables begins a line at this column.
    fn at_unindented(&self, column: u32, variables: &[&str]) -> bool {
        let begins =
            |position: usize| self.token(position).is_some_and(|token| token.first_on_line && token.column <= column);
        let is_statement =
            words::statement(self.text_at(self.position)).is_some_and(|rule| !is_of_the_whole_model(rule.kind));
        if !is_statement || self.token(self.position).is_none_or(|token| !token.first_on_line || token.column != column)
        {
            return false;
        }
        let mut rest = (self.position + 1..self.significant.len()).take_while(|position| !begins(*position));
        // In `count(a in g: war[a])` the variable is one of its own.
        if rest
            .clone()
            .any(|position| self.text_at(position) == "in" && variables.contains(&self.text_at(position - 1)))
        {
            return false;
        }
        rest.any(|position| {
            variables.contains(&self.text_at(position))
                && matches!(self.text_at(position - 1), "[" | ",")
                && matches!(self.text_at(position + 1), "]" | ",")
        })
    }

    /// `each` after `for`, or what was written instead.
    fn each(&mut self) {
        let help = "write `for each`, for instance `for each a in rivals`";
        match self.word() {
            "each" => self.keyword(),
            "all" | "every" | "any" => {
                self.expected("`each`", help);
                self.node(K::Error, Self::bump);
            }
            _ if self.at(K::Name) => self.foreign("a repetition begins with `for each` here", help),
            _ => self.expected("`each`", help),
        }
    }

    /// `pair a, b in rivals except KP`
    pub(super) fn range(&mut self, help: &str) {
        let findings = self.findings;
        self.start(K::Range);
        while matches!(self.word(), "for" | "each" | "every" | "over") && matches!(self.nth(1), K::Name) {
            let help = format!("leave out `{}`", self.word());
            self.expected("a name for a member of the group", help);
            self.node(K::Error, Self::bump);
            self.stay_silent();
        }
        let is_pair = self.word() == "pair" && self.nth(1) == K::Name;
        if is_pair {
            self.keyword();
        }
        self.variables(is_pair, help);
        if self.eat_word("in") {
            self.group_of_range();
        } else if self.findings == findings {
            self.expected("`in` and the name of a group", help);
            if self.at(K::Name) && !self.begins_line() {
                self.node(K::Error, Self::bump);
            }
        }
        self.exceptions();
        self.finish();
    }

    /// One variable or two.
    fn variables(&mut self, is_pair: bool, help: &str) {
        let what = "a name for a member of the group";
        self.start(K::NameList);
        self.name_on_this_line(what, help);
        let mut count = 1;
        while self.at(K::Comma) {
            if count == 2 {
                self.expected("at most two names before `in`", "write a second `for each` inside this one");
                self.skip_until(|p| !matches!(p.kind(), K::Comma | K::Name) || p.begins_line());
                break;
            }
            self.bump();
            self.name_on_this_line(what, help);
            count += 1;
        }
        if is_pair && count == 1 {
            self.expected("a comma and a second name", "for instance `pair a, b in rivals`");
        }
        self.finish();
    }

    fn name_on_this_line(&mut self, what: &str, help: &str) {
        if self.at(K::End) || self.at_inner_statement() { self.expected(what, help) } else { self.name(what) }
    }

    fn group_of_range(&mut self) {
        let what = "the name of a group";
        let help = "name the members together, `group some = RU, KP`, and write `in some`";
        match self.kind() {
            K::LeftBracket | K::LeftParenthesis | K::Number | K::Unknown => {
                self.expected(what, help);
                self.skip_until(|p| matches!(p.kind(), K::Colon | K::Keyword) || p.begins_line());
            }
            K::Name | K::Keyword => {
                self.name_on_this_line(what, help);
                if matches!(self.kind(), K::LeftBracket | K::LeftParenthesis | K::Dot) && !self.begins_line() {
                    self.expected("nothing but the name of a group", help);
                    self.skip_until(|p| matches!(p.kind(), K::Colon | K::Keyword) || p.begins_line());
                }
            }
            _ => self.expected(what, help),
        }
    }

    /// `except KP, RU`
    fn exceptions(&mut self) {
        if matches!(self.word(), "excluding" | "without" | "excludes" | "but" | "unless") && self.nth(1) == K::Name {
            self.expected("`except`", "for instance `in rivals except KP`");
            self.start(K::Except);
            self.node(K::Error, Self::bump);
        } else if self.word() == "except" {
            self.start(K::Except);
            self.keyword();
        } else {
            return;
        }
        let what = "a member that is left out";
        if self.at(K::End) || self.at_inner_statement() {
            self.expected(what, "for instance `in rivals except KP`");
        } else {
            self.names(what);
        }
        self.finish();
    }

    // ---- readings

    pub(super) fn reading(&mut self, rule: &Rule) {
        self.name("the reading's name");
        self.eat(K::Text);
        let mut seen = Seen::default();
        while !self.at(K::End) {
            let word = self.word();
            if word == "voices" && matches!(self.nth(1), K::Name | K::Keyword) {
                self.once(&mut seen, word);
                self.node(K::Voices, |p| {
                    p.keyword();
                    p.names("the name of a source");
                });
            } else if self.begins_line() || matches!(word, "switch" | "keeps" | "option") {
                self.statement(Around { holder: Holder::Reading, loops: 0 });
            } else {
                self.unexpected(rule, &seen);
            }
        }
    }

    // ---- scenarios

    pub(super) fn scenario(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.name("the scenario's name");
        self.eat(K::Text);
        let mut is_empty = true;
        while !self.at(K::End) {
            if self.begins_line() || matches!(self.word(), "switch" | "option" | "set" | "hold") {
                self.statement(Around { holder: Holder::Scenario, loops: 0 });
                is_empty = false;
            } else {
                self.unexpected(rule, &Seen::default());
            }
        }
        if is_empty {
            self.missing(findings, "what is done in it", "for instance `set aid[KR] = offensive at 2024-11` on a line");
        }
    }

    /// `set aid[KR] = offensive at 2024-11`
    fn set(&mut self) {
        let findings = self.findings;
        let help = "for instance `set aid[KR] = offensive at 2024-11`";
        self.start(K::Set);
        self.keyword();
        self.reference("the quantity that is set");
        let seen = self.clauses(words::SET, |p, seen, word| {
            if word == "at" {
                p.once(seen, word);
                p.keyword();
                p.date();
                return true;
            }
            p.intended_value(seen, help)
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and a value", help);
        } else if !seen.has("at") {
            self.missing(findings, "`at` and a date", help);
        }
        self.finish();
    }

    /// `hold aid[KR] = offensive from 2024-11 until 2025-06`
    fn hold(&mut self) {
        let findings = self.findings;
        let help = "for instance `hold aid[KR] = offensive from 2024-11 until 2025-06`";
        self.start(K::Hold);
        self.keyword();
        self.reference("the quantity that is held");
        let seen = self.clauses(words::HOLD, |p, seen, word| {
            match word {
                "from" | "until" => {
                    p.once(seen, word);
                    p.keyword();
                    p.date();
                }
                "to" if seen.has("from") => {
                    p.expected("`until`", help);
                    p.once(seen, "until");
                    p.keyword();
                    p.date();
                }
                _ => return p.intended_value(seen, help),
            }
            true
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and a value", help);
        }
        self.finish();
    }

    /// `= VALUE` of a `set` or a `hold`, or what was written instead.
    fn intended_value(&mut self, seen: &mut Seen<'t>, help: &str) -> bool {
        let has_value = seen.has("=");
        if self.equals_sign() {
            self.once(seen, "=");
            if matches!(self.word(), "next" | "previous") && self.nth_word(1) == "level" {
                self.expected("the name of a level", help);
                self.node(K::ErrorExpr, |p| {
                    p.bump();
                    p.bump();
                });
            } else {
                self.expression();
            }
            return true;
        }
        if has_value {
            return false;
        }
        let is_change = matches!(self.kind(), K::PlusEqual | K::MinusEqual | K::StarEqual);
        if is_change {
            self.change_of_scenario(seen);
            return true;
        } else if self.word() == "to" {
            self.expected("`=`", help);
            self.node(K::Error, Self::bump);
        } else if self.at_value() {
            self.expected("`=`", help);
        } else {
            return false;
        }
        self.once(seen, "=");
        self.expression();
        true
    }

    /// `+= 0.3` in a `set` or a `hold`: a change is an event.
    fn change_of_scenario(&mut self, seen: &mut Seen<'t>) {
        let finding = self.expectation("`=`");
        let (is_silent, sign) = (self.is_silent(), self.nth_text(0));
        let name = (1..=REACH_OF_NAME).find_map(|back| {
            let keyword = self.position.checked_sub(back)?;
            matches!(self.text_at(keyword), "set" | "hold").then(|| self.repeated(keyword + 1, self.position))?
        });
        let name = name.unwrap_or_else(|| "x".to_owned());
        self.once(seen, "=");
        self.node(K::Error, Self::bump);
        self.stay_silent();
        let start = self.position;
        self.expression();
        let value = self.repeated(start, self.position).unwrap_or_else(|| "…".to_owned());
        let has_date = matches!(self.word(), "at" | "from" | "on") && matches!(self.nth(1), K::Date | K::Number);
        let date = if has_date { self.nth_text(1) } else { "DATE" };
        if !has_date {
            // Where a change belongs into an event, the date of the `set` is not missed.
            self.once(seen, "at");
        }
        if is_silent {
            self.findings += 1;
        } else {
            self.push(finding.help(format!(
                "a scenario gives a value, not a change: write the value that results, or an event in its place, \
                 `event NAME on {date} chance 100% then {name} {sign} {value}`"
            )));
        }
    }

    fn switch_off(&mut self) {
        self.start(K::SwitchOff);
        self.keyword();
        if !self.eat_word("off") {
            let help = match self.word() {
                "on" => "what is in the model is on already; a reading that needs something else has its statement",
                _ => "for instance `switch off deploy, take.accept`",
            };
            self.expected("`off`", help);
            if self.word() == "on" {
                self.node(K::Error, Self::bump);
            }
        }
        self.path();
        while self.eat(K::Comma) {
            self.path();
        }
        self.clauses(words::SWITCH_OFF, |_, _, _| false);
        self.finish();
    }

    fn keeps(&mut self) {
        self.start(K::Keeps);
        self.keyword();
        self.path();
        self.text("why it is kept", "for instance `keeps take \"the column speaks of its price only\"`");
        self.clauses(words::KEEPS, |_, _, _| false);
        self.finish();
    }

    /// `deploy`, `take.accept`, `flow front[RU]`, `correlate recruits, balance`
    fn path(&mut self) {
        self.start(K::Path);
        let is_correlation = self.word() == "correlate";
        if self.at_path_keyword(0) {
            self.keyword();
            self.reference("the name of a statement");
            // The names of a correlation have commas between them: all that follow are its own.
            while is_correlation && self.at(K::Comma) && !self.at_path_keyword(1) {
                self.bump();
                self.reference("the name of a parameter");
            }
        } else {
            self.reference("the name of a statement");
        }
        if self.eat(K::Dot) {
            self.name("the name of an option");
        }
        self.finish();
    }

    /// Whether a word that begins the path of something without a name of its own is `ahead`.
    fn at_path_keyword(&self, ahead: usize) -> bool {
        let kinds = ["flow", "utility", "horizon", "precision", "patience", "foresight", "correlate"];
        kinds.contains(&self.nth_word(ahead)) && self.nth(ahead + 1) == K::Name
    }
}
