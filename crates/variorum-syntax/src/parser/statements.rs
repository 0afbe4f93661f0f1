//! What statements look like: how each begins, and the order of its parts.

use super::Parser;
use super::clauses::Seen;
use super::compound::{Around, Holder, is_shared};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::words::{self, Rule};

impl Parser<'_> {
    /// The whole file.
    pub(super) fn file(&mut self) {
        // The first node must be open before trivia can be written.
        self.builder.start_node(rowan::SyntaxKind(K::File as u16));
        while self.position < self.significant.len() {
            let before = self.position;
            self.statement(Around::FILE);
            if self.position == before {
                // Every path above moves on; should one not, the file still ends.
                self.block = None;
                self.bump();
            }
        }
        self.write_until(self.tokens.len());
        self.finish();
    }

    pub(super) fn unknown_statement(&mut self, around: Around) {
        let word = self.word();
        let advice = self.help_for_verb(around).or_else(|| self.help_for_dated_line(around));
        let nearest = if self.at(K::Name) && advice.is_none() { words::nearest_statement(word) } else { None };
        let continues = matches!(self.nth(1), K::Name | K::Text)
            || nearest.is_some_and(|rule| rule.kind == K::Observe) && self.at_moment(1);
        let message = format!("a statement begins with its keyword, but {}", self.found());
        let diagnostic = Diagnostic::new(Code::UnknownStatement, self.here(), message);
        if let Some(rule) = nearest
            && continues
            && !words::STANCES.contains(&self.nth_word(1))
        {
            self.report(diagnostic.help(format!("did you mean `{}`?", rule.keyword)));
            // It is read as what it was meant to be: its names are then known to the rest of the model.
            self.known_statement(rule, around);
            return;
        }
        let help = advice.unwrap_or_else(|| self.help_for_unknown_statement(word, around, nearest));
        self.report(diagnostic.help(help));
        self.whole_statement_is_wrong();
    }

    fn help_for_unknown_statement(&self, word: &str, around: Around, nearest: Option<&Rule>) -> String {
        let next = self.nth_word(1);
        if words::STANCES.contains(&next) {
            return format!("what `{word}` {next} belongs to a claim: indent the line under its `claim`");
        }
        if next == "said" {
            return format!("what `{word}` said belongs to a question: indent the line under its `question`");
        }
        match word {
            "option" => return "an option belongs to a choice: indent it under its `choice`".to_owned(),
            "set" | "hold" => {
                return format!("`{word}` belongs to a scenario: write `scenario NAME` and indent this line under it");
            }
            "switch" if around.holder == Holder::File => {
                return "`switch off` belongs to a reading or a scenario: indent it under one of them".to_owned();
            }
            "keeps" => {
                return format!("`{word}` belongs to a reading: indent it under its `reading`");
            }
            "from" if self.nth_word(2) == "import" => {
                return "another file of the model is read by `use \"claims.vor\"`".to_owned();
            }
            "note" | "resolved" | "quoted" | "text" | "voices" => {
                return format!("`{word}` belongs to a statement above: indent its line under it");
            }
            "if" => {
                return "a condition stands in a formula, `let x = if a then b else c`, or behind the `when` of an event"
                    .to_owned();
            }
            "while" | "until" => {
                return "what goes on over time is a `flow`, what may happen at any time an `event`".to_owned();
            }
            "print" | "return" | "show" | "plot" => {
                return "what should come out is a `question`; a formula is `let NAME = …`".to_owned();
            }
            _ if words::CLAUSES.contains(&word) || words::PROVENANCE.contains(&word) => {
                return format!("`{word}` belongs to a statement above: indent its line under it");
            }
            "import" | "include" | "library" | "require" => {
                return "another file of the model is read by `use \"claims.vor\"`".to_owned();
            }
            "foreach" | "forall" | "each" | "loop" => {
                return "write `for each`, for instance `for each a in rivals`".to_owned();
            }
            "saw" | "seen" | "fact" | "evidence" | "happened" | "observation" | "observations" => {
                return "what was seen is `observe 2024-10 attack`, or `observe 2024-11 aid[KR] >= nonlethal`"
                    .to_owned();
            }
            "complete" => return "write `record complete to 2024-11 for attack`".to_owned(),
            "correlation" | "corr" | "cor" => return "write `correlate recruits, balance = 0.6`".to_owned(),
            "const" | "var" | "parameter" => return "a quantity nobody knows for certain is a `param`".to_owned(),
            "def" | "function" | "formula" => return "a formula is `let NAME = …`".to_owned(),
            _ => {}
        }
        if let Some(rule) = nearest {
            return format!("did you mean `{}`?", rule.keyword);
        }
        match self.nth(1) {
            K::Equal if self.at(K::Name) && self.line_of_scenario().is_some() && around.holder == Holder::Scenario => {
                self.line_of_scenario().unwrap_or_default()
            }
            K::Equal if around.holder == Holder::Reading && self.declared_as(word).is_some() => {
                let keyword = self.declared_as(word).unwrap_or("param");
                format!("a statement stands with its keyword in a reading too: `{keyword} {word} = …`")
            }
            K::Equal | K::LeftBracket if self.at(K::Name) && around.holder == Holder::Scenario => {
                format!(
                    "write `set {word} = … at DATE` for what is done once, `hold {word} = … from DATE` for what is kept so"
                )
            }
            K::PlusEqual | K::MinusEqual | K::StarEqual if self.at(K::Name) && around.holder == Holder::Scenario => {
                let sign = self.nth_text(1);
                format!("a change is an event with a date: `event NAME on DATE chance 100% then {word} {sign} …`")
            }
            K::Equal | K::Colon | K::LeftBracket if self.at(K::Name) => {
                format!(
                    "a number is `param {word} = …`, a formula `let {word} = …`, what changes over time `stock {word} = …`"
                )
            }
            K::PlusEqual | K::MinusEqual if self.at(K::Name) => {
                format!("what changes a stock in every step is `flow {word} += …`")
            }
            _ if around.holder == Holder::Scenario => {
                "a scenario holds `set`, `hold`, `switch off`, and statements as a reading has them".to_owned()
            }
            _ => {
                let keyword = |rule: &Rule| if rule.kind == K::ForEach { "for each" } else { rule.keyword };
                let is_in_reading = around.holder == Holder::Reading;
                let rules = words::STATEMENTS.iter().filter(|rule| !is_in_reading || !is_shared(rule.kind));
                let mut all: Vec<&str> = rules.map(keyword).collect();
                let mut place = "";
                if is_in_reading {
                    place = " in a reading";
                    all.extend(["switch off", "keeps", "option"]);
                }
                format!("the keywords{place} are {}; a line that continues a statement is indented", all.join(", "))
            }
        }
    }

    /// A statement whose keyword is next.
    pub(super) fn known_statement(&mut self, rule: &'static Rule, around: Around) {
        self.start(rule.kind);
        self.keyword();
        match rule.kind {
            K::Model => self.only_text(rule, "the model's title", "model \"Pyongyang and Moscow\""),
            K::Use => self.only_text(rule, "a file name", "use \"claims.vor\""),
            K::Time => self.time(rule),
            K::Source => self.source(rule),
            K::Actor | K::Place => self.entities(rule),
            K::Group => self.group(rule),
            K::Unit => self.units(rule),
            K::Claim => self.claim(rule),
            K::Param | K::Stock | K::Let => self.quantity(rule),
            K::Ladder => self.ladder(rule),
            K::Flag => self.flag(rule),
            K::Event => self.event(rule),
            K::Choice => self.choice(rule),
            K::Flow => self.flow(rule),
            K::Utility => self.utility(rule),
            K::Foresight => self.foresight(rule),
            K::Correlate => self.correlate(rule),
            K::Reading => self.reading(rule),
            K::Scenario => self.scenario(rule),
            K::ForEach => self.for_each(rule, around),
            K::Question => self.question(rule),
            K::Observe => self.observe(rule),
            K::Record => self.record(rule),
            _ => self.setting(rule),
        }
        self.finish();
    }

    fn only_text(&mut self, rule: &Rule, what: &str, example: &str) {
        self.text(what, &format!("for instance `{example}`"));
        self.clauses(rule, |_, _, _| false);
    }

    fn time(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.cadence();
        let seen = self.clauses(rule, |p, seen, word| {
            match word {
                "from" | "to" => {
                    p.once(seen, word);
                    p.keyword();
                    p.date();
                }
                _ => return false,
            }
            true
        });
        let help = "for instance `time monthly from 2023-09 to 2027-12`";
        if !seen.has("from") {
            self.missing(findings, "`from` and the first date", help);
        } else if !seen.has("to") {
            self.missing(findings, "`to` and the last date", help);
        }
    }

    fn cadence(&mut self) {
        let help = "write `monthly`, `quarterly`, `yearly`, `4 per month` or `every 2 months`";
        let is_month = |word: &str| matches!(word, "month" | "months");
        self.start(K::Cadence);
        match self.word() {
            "monthly" | "quarterly" | "yearly" => self.keyword(),
            "every" => {
                self.keyword();
                if self.at(K::Number) {
                    self.whole_number(1, "the number of months of a step");
                } else {
                    self.expected("a number of months", help);
                }
                if is_month(self.word()) { self.keyword() } else { self.expected("`months`", help) }
            }
            _ if self.at(K::Number) => {
                self.whole_number(1, "the number of steps of a month");
                if self.eat_word("per") {
                    if is_month(self.word()) { self.keyword() } else { self.expected("`month`", help) }
                } else {
                    self.expected("`per month`", help);
                }
            }
            "from" => self.expected("the length of a step", help),
            _ => {
                self.expected("the length of a step", help);
                self.skip_until(|p| matches!(p.word(), "from" | "to"));
            }
        }
        self.finish();
    }

    fn source(&mut self, rule: &Rule) {
        self.name("the source's name");
        self.text("the source's title", "for instance `source nis \"Public statements\"`");
        self.clauses(rule, |p, seen, word| {
            match word {
                "by" => {
                    p.once(seen, word);
                    p.start(K::By);
                    p.keyword();
                    p.text("who wrote it", "for instance `by \"Jonathan Corrado\"`");
                }
                "on" => {
                    p.once(seen, word);
                    p.start(K::On);
                    p.keyword();
                    p.date();
                }
                "text" => {
                    p.once(seen, word);
                    p.start(K::SourceText);
                    p.keyword();
                    p.text("the name of a file", "for instance `text \"corrado.txt\"`");
                }
                "quoted" => {
                    p.once(seen, word);
                    p.start(K::QuotedIn);
                    p.keyword();
                    if !p.eat_word("in") {
                        p.expected("`in`", "for instance `quoted in drezner`");
                    }
                    p.name("the source that quotes it");
                }
                _ => return false,
            }
            p.finish();
            true
        });
    }

    fn entities(&mut self, rule: &Rule) {
        loop {
            self.start(K::Entity);
            self.name("a name");
            self.eat(K::Text);
            self.finish();
            if !self.another(rule) {
                break;
            }
        }
        self.clauses(rule, |_, _, _| false);
    }

    /// Whether a comma and another item follow; what stands wrongly between them is passed over.
    fn another(&mut self, rule: &Rule) -> bool {
        if self.eat(K::Comma) {
            return true;
        }
        if self.is_done() {
            return false;
        }
        self.unexpected(rule, &Seen::default());
        self.eat(K::Comma)
    }

    fn group(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.name("the group's name");
        let seen = self.clauses(rule, |p, seen, _| {
            let found = p.equals_sign();
            if found {
                p.once(seen, "=");
                p.names("a member of the group");
            }
            found
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and the members", "for instance `group axis = RU, KP`");
        }
    }

    fn units(&mut self, rule: &Rule) {
        loop {
            self.start(K::UnitItem);
            self.name("the unit's name");
            if self.equals_sign() {
                if self.at(K::Number) {
                    self.number_literal();
                    self.unit_expression();
                } else {
                    self.expected("a number and a unit", "for instance `unit division = 10_000 people`");
                }
            }
            self.finish();
            if !self.another(rule) {
                break;
            }
        }
        self.clauses(rule, |_, _, _| false);
    }

    fn claim(&mut self, rule: &Rule) {
        self.name("the claim's name");
        self.text("the claim in your words", "for instance `claim bites \"Advanced weapons hurt Russia badly\"`");
        self.clauses(rule, |p, seen, word| {
            if word == "note" {
                p.once(seen, "note");
                p.node(K::Note, |p| {
                    p.keyword();
                    p.text("a note", "for instance `note \"the sign is inferred\"`");
                });
            } else if p.at_stance() {
                p.stance();
            } else {
                return false;
            }
            true
        });
    }

    /// `param`, `stock` and `let`: a name, a unit, bounds and a value.
    fn quantity(&mut self, rule: &Rule) {
        let findings = self.findings;
        match rule.kind {
            K::Param => self.reference("the parameter's name"),
            K::Let => self.reference("the formula's name"),
            _ => self.references("the stock's name"),
        }
        let seen = self.clauses(rule, |p, seen, word| {
            if p.at(K::Colon) {
                p.once(seen, ":");
                p.bump();
                p.unit_expression();
            } else if p.equals_sign() {
                p.once(seen, "=");
                if !p.foreign_nothing() {
                    if rule.kind == K::Let { p.expression() } else { p.whole_value() }
                }
            } else if rule.kind != K::Let && p.at(K::Comma) && matches!(p.nth_word(1), "in" | "at") {
                p.once(seen, "bounds");
                p.bump();
                p.bounds();
            } else if rule.kind != K::Let && matches!(word, "in" | "at") {
                if seen.has("=") {
                    p.expected(
                        "a comma before the bounds",
                        "for instance `= 10 .. 20, in 0 .. 100` or `= 10 .. 20, at least 0`",
                    );
                }
                p.once(seen, "bounds");
                p.bounds();
            } else if !seen.has("=") && matches!(p.kind(), K::Number | K::LeftParenthesis | K::Minus) {
                p.expected("`=`", "the value stands after `=`");
                p.once(seen, "=");
                p.expression();
            } else if !seen.has("=") && !seen.has(":") && p.at(K::Name) && matches!(p.nth(1), K::Equal) {
                p.expected("`:` before the unit", format!("write `: {word}`"));
                p.once(seen, ":");
                p.unit_expression();
            } else {
                return false;
            }
            true
        });
        if !seen.has("=") {
            let example = if rule.kind == K::Let { "= losses / 1000 people" } else { "= 10 .. 20" };
            self.missing(findings, "`=` and a value", format!("for instance `{} … {example}`", rule.keyword));
        }
    }

    fn ladder(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.references("the ladder's name");
        let seen = self.clauses(rule, |p, seen, word| {
            if p.equals_sign() {
                p.once(seen, "=");
                p.levels();
            } else if word == "starts" || p.at(K::Comma) && p.nth_word(1) == "starts" {
                p.once(seen, "starts");
                p.start(K::Starts);
                p.eat(K::Comma);
                p.keyword();
                p.name("the level at the start");
                p.finish();
            } else {
                return false;
            }
            true
        });
        if !seen.has("=") {
            let help = "for instance `ladder aid[KR] = none < nonlethal < offensive`";
            self.missing(findings, "`=` and the levels from the lowest", help);
        }
    }

    fn levels(&mut self) {
        let findings = self.findings;
        self.start(K::Levels);
        self.name("the lowest level");
        let mut count = 1;
        loop {
            let is_wrong = match self.kind() {
                K::Less => false,
                K::Comma => self.nth_word(1) != "starts",
                K::Greater | K::GreaterEqual | K::LessEqual => true,
                _ => break,
            };
            if is_wrong && findings == self.findings {
                self.expected("`<` between the levels", "write the levels from the lowest: `none < low < high`");
            } else if !is_wrong && !self.at(K::Less) {
                break;
            }
            self.bump();
            self.name("the next level");
            count += 1;
        }
        if count == 1 {
            self.expected("`<` and another level", "a ladder has at least two levels: `none < some`");
        }
        self.finish();
    }

    fn flag(&mut self, rule: &Rule) {
        self.references("the flag's name");
        self.clauses(rule, |p, seen, _| {
            let found = p.equals_sign();
            if found {
                p.once(seen, "=");
                p.truth("`yes` or `no`", "a flag starts with `= yes` or `= no`");
            }
            found
        });
    }

    fn event(&mut self, rule: &Rule) {
        self.reference("the event's name");
        self.eat(K::Text);
        self.clauses(rule, |p, seen, word| {
            match word {
                "when" => p.expression_clause(seen, K::When),
                "hazard" => p.expression_clause(seen, K::Hazard),
                "chance" => {
                    p.once(seen, word);
                    let checkpoint = p.checkpoint();
                    let is_hazard = p.chance(seen.has("on"));
                    p.start_at(checkpoint, if is_hazard { K::Hazard } else { K::Chance });
                    p.finish();
                }
                "on" => {
                    p.once(seen, word);
                    p.node(K::On, |p| {
                        p.keyword();
                        p.date();
                    });
                }
                "excludes" => p.node(K::Excludes, |p| {
                    p.keyword();
                    p.references("an event");
                }),
                "then" => p.then(),
                _ => {
                    let message = "an event has a hazard, or a chance on a date";
                    let help = "write `hazard 5% per year`, or `on 2024-11 chance 5%`";
                    let checkpoint = p.checkpoint();
                    if !p.foreign_probability(message, help) {
                        return false;
                    }
                    let (clause, kind) = if seen.has("on") { ("chance", K::Chance) } else { ("hazard", K::Hazard) };
                    p.once(seen, clause);
                    p.start_at(checkpoint, kind);
                    p.expression();
                    p.finish();
                }
            }
            true
        });
    }

    fn choice(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.reference("the choice's name");
        if self.word() == "by" {
            self.node(K::By, |p| {
                p.keyword();
                p.name("the actor who chooses");
            });
        } else {
            self.missing(
                findings,
                "`by` and the actor who chooses",
                "for instance `choice deploy by KP \"offer troops\"`",
            );
        }
        self.eat(K::Text);
        self.clauses(rule, |p, seen, word| {
            match word {
                "option" => p.option(false),
                "when" => p.expression_clause(seen, K::When),
                "considered" | "on" | "every" | "after" => p.occasion(),
                "by" if p.findings > findings => p.node(K::By, |p| {
                    p.keyword();
                    p.name("the actor who chooses");
                }),
                _ => return false,
            }
            true
        });
    }

    fn flow(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.label();
        self.reference("the stock that the flow changes");
        let seen = self.clauses(rule, |p, seen, word| {
            if matches!(p.kind(), K::PlusEqual | K::MinusEqual) {
                p.once(seen, "+=");
                p.bump();
                p.expression();
            } else if !seen.has("+=") && matches!(p.kind(), K::Equal | K::StarEqual) {
                p.expected("`+=` or `-=`", "a flow adds to its stock or takes from it: `flow front += recruits`");
                p.once(seen, "+=");
                p.bump();
                p.expression();
            } else if word == "noise" {
                p.once(seen, "noise");
                p.noise();
            } else {
                return false;
            }
            true
        });
        if !seen.has("+=") {
            self.missing(findings, "`+=` or `-=` and a rate", "for instance `flow learned[KP] += 0.02 / month`");
        }
    }

    fn utility(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.label();
        self.name("the actor whose utility it is");
        self.value_after_equals(rule, findings, "for instance `utility KP = 3 * learned[KP]`");
    }

    fn setting(&mut self, rule: &Rule) {
        let findings = self.findings;
        self.names("an actor");
        let example = match rule.kind {
            K::Horizon => "for instance `horizon KP, RU = 12 months`",
            K::Patience => "for instance `patience KP = 0.8`",
            _ => "for instance `precision KP, RU = 2 .. 6`",
        };
        self.value_after_equals(rule, findings, example);
    }

    fn correlate(&mut self, rule: &Rule) {
        let findings = self.findings;
        let (what, help) = ("the name of a parameter", "for instance `correlate recruits, balance = 0.6`");
        let is_call = self.at(K::LeftParenthesis);
        if is_call {
            self.foreign("no parentheses stand around the names here", help);
            self.node(K::Error, Self::bump);
        }
        self.reference(what);
        let mut is_alone = true;
        loop {
            if self.at(K::Comma) {
                self.bump();
            } else if matches!(self.word(), "and" | "with" | "to") && self.nth(1) == K::Name {
                self.expected("`,` between the names", help);
                self.node(K::Error, Self::bump);
            } else {
                break;
            }
            self.reference(what);
            is_alone = false;
        }
        if is_alone {
            self.missing(findings, "a comma and another parameter", help);
        }
        if is_call && self.at(K::RightParenthesis) {
            self.node(K::Error, Self::bump);
        }
        self.value_after_equals(rule, findings, help);
    }

    fn value_after_equals(&mut self, rule: &Rule, findings: usize, help: &str) {
        let seen = self.clauses(rule, |p, seen, _| {
            let mut found = p.equals_sign();
            if !found && !seen.has("=") && matches!(p.kind(), K::Number | K::LeftParenthesis | K::Minus) {
                p.expected("`=`", help);
                found = true;
            }
            if found {
                p.once(seen, "=");
                p.whole_value();
            }
            found
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and a value", help);
        }
    }

    fn foresight(&mut self, rule: &Rule) {
        let findings = self.findings;
        let help = "write `= all` or `= 2 replies`";
        self.names("an actor");
        let seen = self.clauses(rule, |p, seen, _| {
            let found = p.equals_sign();
            if found {
                p.once(seen, "=");
                p.start(K::Replies);
                if p.word() == "all" {
                    p.keyword();
                } else if p.at(K::Number) {
                    p.whole_number(0, "the number of replies");
                    if matches!(p.word(), "reply" | "replies") { p.keyword() } else { p.expected("`replies`", help) }
                } else {
                    p.expected("`all` or a number of replies", help);
                }
                p.finish();
            }
            found
        });
        if !seen.has("=") {
            self.missing(findings, "`=` and how many replies are foreseen", help);
        }
    }
}
