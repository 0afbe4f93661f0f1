//! What many statements share: the loop over clauses, provenance, names, units and bounds.

use super::Parser;
use super::values::MAX_PARTS;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;
use crate::words::{self, Rule};

/// What to do where an anchor is needed.
pub(super) const CITE: &str =
    "`variorum cite FILE \"words\"` prints the anchor of a passage, like `4.12-20#7c1e09k2m4tq`";

/// The clauses that a statement has had so far, with the place of each.
#[derive(Default)]
pub(super) struct Seen<'t> {
    clauses: Vec<(&'t str, Span)>,
}

impl Seen<'_> {
    /// Whether there was such a clause.
    pub(super) fn has(&self, clause: &str) -> bool {
        self.clauses.iter().any(|(seen, _)| *seen == clause)
    }
}

impl<'t> Parser<'t> {
    /// Reads clauses to the end of the statement. `read` reads one whose first word is given, or says that it is none.
    pub(super) fn clauses(
        &mut self,
        rule: &Rule,
        mut read: impl FnMut(&mut Self, &mut Seen<'t>, &'t str) -> bool,
    ) -> Seen<'t> {
        let mut seen = Seen::default();
        while !self.is_done() {
            let before = self.position;
            let word = self.word();
            let found = read(self, &mut seen, word) || (rule.provenance && self.provenance(&mut seen));
            if !found || self.position == before {
                self.unexpected(rule, &seen);
            }
        }
        seen
    }

    /// Notes a clause that a statement takes only once.
    pub(super) fn once(&mut self, seen: &mut Seen<'t>, clause: &'t str) {
        let first = seen.clauses.iter().find(|(name, _)| *name == clause).map(|(_, span)| *span);
        if let Some(first) = first {
            let (message, help) = match clause {
                "bounds" => {
                    ("these bounds are the second ones".to_owned(), "write both ends at once: `in 0 .. 100`".to_owned())
                }
                "probability" => {
                    ("this option has a second probability".to_owned(), "leave one of the two out".to_owned())
                }
                _ => (format!("this is the second `{clause}` of one statement"), "leave one of the two out".to_owned()),
            };
            let diagnostic = Diagnostic::new(Code::MisplacedClause, self.here(), message)
                .label("the second one")
                .also(first, "the first one")
                .help(help);
            self.report(diagnostic);
        } else {
            let span = self.here();
            seen.clauses.push((clause, span));
        }
    }

    /// Reports what no clause of the statement begins with, and passes over it up to the next clause.
    pub(super) fn unexpected(&mut self, rule: &Rule, seen: &Seen<'_>) {
        let word = self.word();
        let noun = rule.noun;
        if self.at(K::Keyword) && (words::CLAUSES.contains(&word) || words::PROVENANCE.contains(&word)) {
            let diagnostic = Diagnostic::new(Code::MisplacedClause, self.here(), format!("{noun} takes no `{word}`"))
                .help(help_for_misplaced(rule, word));
            self.report(diagnostic);
        } else if self.at(K::Comma) && self.nth(1) == K::Keyword {
            let next = self.nth_word(1);
            let message = format!("no comma stands before `{next}`");
            let diagnostic = Diagnostic::new(Code::Expected, self.here(), message).help("leave the comma out");
            self.report(diagnostic);
        } else if self.at(K::RightParenthesis) {
            let diagnostic = Diagnostic::new(Code::Expected, self.here(), "this `)` closes nothing")
                .help("leave it out, or open it with `(`");
            self.report(diagnostic);
        } else {
            let is_after_name =
                self.position.checked_sub(1).and_then(|last| self.token(last)).is_some_and(|last| last.kind == K::Name);
            if self.at(K::Number) && is_after_name && seen.has("=") {
                let name = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
                let help = if matches!(name, "min" | "max" | "low" | "high" | "over" | "under") {
                    "an interval is `10 .. 20`; what it can never be is a bound before the `=`: `in 0 .. 100`"
                        .to_owned()
                } else {
                    format!("a unit follows its number: `{} {}`", short(self.nth_text(0)), short(name))
                };
                self.expected("the end of the statement", help);
            }
            let needs_value = rule.signs.contains(&K::Equal) && !seen.has("=");
            if let Some(help) = self.help_for_unexpected(rule, needs_value) {
                self.expected(if needs_value { "`=`" } else { "the next part of the statement" }, help);
            }
            let what = if needs_value {
                "`=`"
            } else if rule.provenance && seen.has("=") {
                "the end of the statement"
            } else {
                "the next part of the statement"
            };
            self.expected(what, takes(rule));
        }
        // The `:` of `a ? b : c` begins no unit.
        let is_ternary = self.nth_text(0) == "?";
        self.start(K::Error);
        self.bump();
        while !self.is_done() && (!self.at_clause(rule) || is_ternary && self.at(K::Colon)) {
            self.bump();
        }
        self.finish();
        self.stay_silent();
    }

    /// What to write instead of some signs and words that continue no statement.
    fn help_for_unexpected(&self, rule: &Rule, needs_value: bool) -> Option<String> {
        let last = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
        let is_quantity = matches!(rule.kind, K::Param | K::Stock);
        match self.kind() {
            K::Colon if !rule.signs.contains(&K::Colon) => {
                Some(if needs_value { "write `=` in the place of `:`" } else { "leave the `:` out" }.to_owned())
            }
            K::Comma if is_quantity && self.nth(1) == K::Number => {
                Some(format!("write `{} .. {}` for an interval", short(last), short(self.nth_text(1))))
            }
            _ if self.word() == "if" && matches!(rule.kind, K::Event | K::Choice) => {
                Some("a condition follows `when`: write `when` in the place of `if`".to_owned())
            }
            _ if is_quantity && last == "unknown" => {
                Some("bounds stand before the `=`: `param p in 0 .. 1 = unknown`".to_owned())
            }
            _ => None,
        }
    }

    /// Whether a clause of the statement begins here.
    fn at_clause(&self, rule: &Rule) -> bool {
        let word = self.word();
        let first_on_line = self.token(self.position).is_some_and(|token| token.first_on_line);
        !word.is_empty() && rule.clauses.contains(&word)
            || rule.provenance && words::PROVENANCE.contains(&word)
            || rule.signs.contains(&self.kind())
            || match rule.kind {
                K::Claim => self.at_stance(),
                K::Question => self.at_said(),
                K::Reading => first_on_line || matches!(word, "switch" | "keeps" | "option"),
                K::Scenario => first_on_line || matches!(word, "switch" | "option" | "set" | "hold"),
                K::ForEach => first_on_line,
                K::Record => self.at(K::Comma),
                _ => false,
            }
    }

    /// `because`, `from`, `assumed` or `among`, if one is next.
    fn provenance(&mut self, seen: &mut Seen<'t>) -> bool {
        match self.word() {
            "because" => self.node(K::Because, |p| {
                p.keyword();
                p.names("the name of a claim");
            }),
            "from" => self.node(K::From, Self::origin),
            word @ "assumed" => {
                self.once(seen, word);
                self.node(K::Assumed, |p| {
                    p.keyword();
                    p.text("the reason", "for instance `assumed \"the source gives no size\"`");
                });
            }
            word @ "among" => {
                self.once(seen, word);
                self.node(K::Among, |p| {
                    p.keyword();
                    p.text("the reference class", "for instance `among \"years since the armistice\"`");
                });
            }
            _ => return false,
        }
        true
    }

    fn origin(&mut self) {
        self.keyword();
        if self.at_date() {
            self.expected("the name of a source", "for instance `from nis \"statement of 18 October 2024\"`");
            self.date();
            return;
        }
        self.name("the name of a source");
        if self.eat(K::Colon) {
            match self.kind() {
                K::Anchor => self.bump(),
                K::Text => {
                    self.expected("an anchor", "a place in words stands without the colon: `from nis \"statement\"`");
                    self.bump();
                }
                _ => self.expected("an anchor", CITE),
            }
        } else {
            match self.kind() {
                K::Text => self.bump(),
                K::Anchor => {
                    self.expected("`:` before the anchor", "for instance `from nyt:4.12-20#7c1e09k2m4tq`");
                    self.bump();
                }
                _ => {
                    let help =
                        "for instance `from nyt:4.12-20#7c1e09k2m4tq` or `from nis \"statement of 18 October 2024\"`";
                    self.expected("`:` and an anchor, or words that say where", help);
                }
            }
        }
        while self.at(K::Comma) && self.nth(1) == K::Anchor {
            self.expected("one anchor after each `from`", "write `from`, the source and `:` before each anchor");
            self.bump();
            self.bump();
        }
    }

    /// An expression after its keyword, as a clause that may stand once.
    pub(super) fn expression_clause(&mut self, seen: &mut Seen<'t>, kind: K) {
        let word = self.word();
        self.once(seen, word);
        self.node(kind, |p| {
            p.keyword();
            p.foreign_of();
            p.whole_value();
        });
    }

    // ---- names and texts

    /// A name; `what` says whose.
    pub(super) fn name(&mut self, what: &str) {
        if self.at(K::Unknown) {
            self.skip_until(|p| !p.at(K::Unknown));
        }
        match self.kind() {
            K::Name => {
                self.bump();
                self.hyphenated();
            }
            K::Keyword if self.is_meant_as_name() => {
                let word = self.nth_text(0);
                let message = format!("`{word}` is a word of the language and cannot be a name");
                let diagnostic = Diagnostic::new(Code::ReservedName, self.here(), message)
                    .help(format!("choose another name, for instance `{word}_` or `the_{word}`"));
                self.report(diagnostic);
                self.node(K::Error, Self::bump);
            }
            K::Keyword => {
                let help = format!("`{}` is a word of the language: the name stands before it", self.nth_text(0));
                self.expected(what, help);
            }
            K::Number => {
                let help = "a name begins with a letter and consists of letters, digits and `_`";
                self.expected(what, help);
                if self.nth(1) == K::Name && self.is_glued(1) {
                    self.node(K::Error, |p| {
                        p.bump();
                        p.bump();
                    });
                }
            }
            K::Text => {
                // What is declared has a name before its title; what is named is declared elsewhere.
                let help = if what.starts_with("the name of") {
                    "a name stands without quotes".to_owned()
                } else {
                    let text = short(self.nth_text(0));
                    format!("a short name without quotes stands before the text: `some_name {text}`")
                };
                self.expected(what, help);
            }
            _ => self.expected(what, "a name begins with a letter and consists of letters, digits and `_`"),
        }
    }

    /// What follows a name in `front-line`.
    fn hyphenated(&mut self) {
        let is_part = |p: &Self, ahead: usize| matches!(p.nth(ahead), K::Name | K::Number) && p.is_glued(ahead);
        if !(self.at(K::Minus) && self.is_glued(0) && is_part(self, 1)) {
            return;
        }
        let first = self.position.saturating_sub(1);
        let start = self.position;
        let mut end = start;
        while end - start < MAX_PARTS
            && self.token(end).is_some_and(|token| token.kind == K::Minus)
            && self.is_glued(end - start)
            && is_part(self, end + 1 - start)
        {
            end += 2;
        }
        let whole = self.text_between(first, end);
        let diagnostic = Diagnostic::new(Code::Expected, self.here(), "a name cannot have a `-` in it")
            .help(format!("write `{}`", short(&whole.replace('-', "_"))));
        self.report(diagnostic);
        self.start(K::Error);
        while self.position < end {
            self.bump();
        }
        self.finish();
    }

    /// Whether the reserved word here stands where it was surely meant as a name.
    pub(super) fn is_meant_as_name(&self) -> bool {
        let begins_clause = words::CLAUSES.contains(&self.word()) || matches!(self.word(), "if" | "not");
        match self.nth(1) {
            // A clause that takes a text at once; others, like `when`, cannot stand before one.
            K::Text => !matches!(self.word(), "assumed" | "among" | "because" | "by" | "from" | "said" | "option"),
            K::Keyword => !begins_clause,
            K::Name | K::Number | K::Date | K::Anchor | K::LeftParenthesis | K::Minus => false,
            _ => true,
        }
    }

    /// Names with commas between them.
    pub(super) fn names(&mut self, what: &str) {
        self.start(K::NameList);
        self.name(what);
        loop {
            if self.at_list_comma() {
                self.bump();
            } else if self.word() == "and" && self.nth(1) == K::Name {
                self.expected("`,` between the names", "names of a list stand between commas");
                self.node(K::Error, Self::bump);
            } else {
                break;
            }
            self.name(what);
        }
        self.finish();
    }

    /// Whether a comma here goes on with a list of names, rather than beginning bounds or a level at the start.
    fn at_list_comma(&self) -> bool {
        self.at(K::Comma) && !matches!(self.nth_word(1), "in" | "at" | "starts")
    }

    /// A text in quotes.
    pub(super) fn text(&mut self, what: &str, help: &str) {
        if self.at(K::Name)
            && matches!(self.nth_text(0), "f" | "F" | "r" | "R" | "b" | "u" | "fr")
            && self.nth(1) == K::Text
            && self.is_glued(1)
        {
            let help = format!("write {} alone", short(self.nth_text(1)));
            self.foreign("no letter stands before the quotation mark of a text here", help);
            self.node(K::Error, Self::bump);
        }
        if !self.eat(K::Text) {
            if self.at(K::Name) {
                self.expected(&format!("{what} in double quotes"), help);
            } else {
                self.expected(what, help);
            }
        }
    }

    /// `learning:` before the target of a flow or utility.
    pub(super) fn label(&mut self) {
        if self.at_label() {
            self.node(K::Label, |p| {
                p.reference("a label");
                p.eat(K::Colon);
            });
        }
    }

    /// Whether `losses:` or `losses[RU]:` is next.
    fn at_label(&self) -> bool {
        /// `name[A, B]:` has so many tokens.
        const REACH: usize = 7;
        if !self.at(K::Name) {
            return false;
        }
        let colon = (1..REACH).find(|ahead| self.nth(*ahead) == K::Colon);
        let is_inside = |ahead: usize| matches!(self.nth(ahead), K::LeftBracket | K::Name | K::Comma | K::RightBracket);
        colon.is_some_and(|colon| colon == 1 || self.nth(1) == K::LeftBracket && (1..colon).all(is_inside))
    }

    /// `=`, also as `<-`.
    pub(super) fn equals_sign(&mut self) -> bool {
        if self.at(K::Less) && self.nth(1) == K::Minus && self.is_glued(1) {
            self.foreign("a value is given with `=` here, not with `<-`", "write `=`");
            self.node(K::Error, |p| {
                p.bump();
                p.bump();
            });
            return true;
        }
        self.eat(K::Equal)
    }

    // ---- references

    /// Names with their entities, with commas between them.
    pub(super) fn references(&mut self, what: &str) {
        self.reference(what);
        while self.at_list_comma() {
            self.bump();
            self.reference(what);
        }
    }

    /// A name with its entities.
    pub(super) fn reference(&mut self, what: &str) {
        self.start(K::Reference);
        self.name(what);
        self.entities_in_brackets();
        if self.at(K::LeftParenthesis) && self.is_glued(0) {
            self.expected("`[`", "entities stand in square brackets: `front[RU]`");
            self.node(K::Error, |p| {
                while !matches!(p.kind(), K::End | K::RightParenthesis | K::Equal | K::Keyword) {
                    p.bump();
                }
                p.eat(K::RightParenthesis);
            });
        }
        self.finish();
    }

    /// `[KP, RU]`, if it is next.
    pub(super) fn entities_in_brackets(&mut self) {
        let open = self.position;
        if !self.eat(K::LeftBracket) {
            return;
        }
        let first = self.position;
        self.name("the name of an entity");
        while self.eat(K::Comma) {
            self.name("the name of an entity");
        }
        if self.at(K::RightBracket) && self.nth(1) == K::LeftBracket && self.nth(2) == K::Name {
            let one = self.repeated(first, self.position);
            let help = match one.zip(self.repeated(self.position + 2, self.position + 3)) {
                Some((one, two)) => format!("write `{}[{one}, {two}]`", short(self.text_at(open.saturating_sub(1)))),
                None => "write `tie[a, b]`".to_owned(),
            };
            self.foreign("both entities of a pair stand in one pair of brackets here", help);
            self.node(K::Error, |p| {
                p.bump();
                p.bump();
            });
            self.name("the name of an entity");
        }
        if !self.at(K::RightBracket) {
            let diagnostic = self
                .expectation("`]`")
                .also(self.span_at(open), "opened here")
                .help("entities stand in square brackets: `front[RU]`");
            self.report(diagnostic);
            if self.closes_soon(K::RightBracket) {
                self.skip_until(|p| p.at(K::RightBracket));
            }
        }
        self.eat(K::RightBracket);
    }

    /// Whether `closing` stands a few tokens further on, before the next clause.
    pub(super) fn closes_soon(&self, closing: K) -> bool {
        // A guess: what is further away was not meant to close this.
        const REACH: usize = 16;
        let kinds = (0..REACH).map(|ahead| self.nth(ahead));
        let mut before_clause = kinds.take_while(|kind| !matches!(kind, K::End | K::Keyword | K::Equal));
        before_clause.any(|kind| kind == closing)
    }

    // ---- units and bounds

    /// `people / month`
    pub(super) fn unit_expression(&mut self) {
        let help = "for instance `people`, `people / month` or `1 / year`";
        self.start(K::UnitExpr);
        if self.at(K::Number) && self.nth_text(0) == "1" {
            self.bump();
        } else if matches!(self.kind(), K::Name | K::Keyword) {
            self.name("a unit");
        } else {
            self.expected("a unit", help);
            self.skip_until(|p| matches!(p.kind(), K::Equal | K::Comma | K::Keyword));
        }
        loop {
            if matches!(self.kind(), K::Star | K::Slash) {
                self.bump();
            } else if self.word() == "per" {
                self.expected("`/`", "in a unit, `per` is written `/`: `people / month`");
                self.node(K::Error, Self::bump);
            } else {
                break;
            }
            if self.foreign_time_in_unit() {
                self.node(K::Error, Self::bump);
            } else {
                self.name("a unit");
            }
        }
        self.finish();
    }

    /// `in 0 .. 1`, `at least 0`, `at most 5`
    pub(super) fn bounds(&mut self) {
        self.start(K::Bounds);
        let is_range = self.word() == "in";
        self.keyword();
        if is_range {
            self.bound();
            if self.eat(K::DotDot) {
                self.bound();
            } else {
                self.expected("`..` and the upper end", "for instance `in 0 .. 1`; with one end only: `at least 0`");
                if matches!(self.word(), "to" | "and") && self.nth(1) == K::Number {
                    self.node(K::Error, Self::bump);
                    self.bound();
                }
            }
        } else if matches!(self.word(), "least" | "most") {
            self.keyword();
            self.bound();
        } else {
            self.expected("`least` or `most`", "for instance `at least 0`");
            if self.at(K::Number) {
                self.bound();
            }
        }
        self.finish();
    }
}

fn help_for_misplaced(rule: &Rule, word: &str) -> String {
    match (rule.kind, word) {
        (K::Choice, "then" | "default") => format!("`{word}` belongs to an option: indent it deeper than its `option`"),
        (K::Choice, "hazard") => "say when the choice comes up: `considered 2 per year`".to_owned(),
        (K::Set, "from" | "until") => {
            "a `set` acts once; what stays so is held: `hold aid[KR] = offensive from 2024-11 until 2025-06`".to_owned()
        }
        (K::Set, "on" | "by") => "the date stands after `at`: `set aid[KR] = offensive at 2024-11`".to_owned(),
        (K::Hold, "at" | "on" | "by") => {
            "a `hold` stands `from` a date `until` another; what acts once is `set … at` a date".to_owned()
        }
        (K::Set | K::Hold, _) => format!("{}; a remark stands behind `#`", takes(rule)),
        (K::Observe, "on" | "at" | "in" | "by" | "until") => {
            "the date stands right after `observe`; when it became known, after `known on`".to_owned()
        }
        (K::Record, "by" | "until" | "at") => "write `record complete to 2024-11 for attack`".to_owned(),
        (_, "option") => "an option belongs to a choice: indent it under its `choice`".to_owned(),
        (_, "said") => {
            "a source's words as a number stand without its name, `= said \"unlikely\"`; a forecast belongs to a question"
                .to_owned()
        }
        _ => takes(rule),
    }
}

/// What may follow in a statement.
fn takes(rule: &Rule) -> String {
    let mut words: Vec<String> = rule.clauses.iter().map(|word| format!("`{word}`")).collect();
    match rule.kind {
        K::Claim => words.insert(0, "`SOURCE asserts`, `SOURCE doubts`, `SOURCE denies`".to_owned()),
        K::Question => {
            words.insert(0, "`SOURCE said`".to_owned());
            words.insert(0, "`=` and what is asked".to_owned());
        }
        K::ChoiceOption => words.insert(0, "its probability".to_owned()),
        K::ForEach => words.push("indented statements".to_owned()),
        K::Set | K::Hold => words.insert(0, "`=` and a value".to_owned()),
        K::Scenario => words.push("indented statements, `set`, `hold`, `switch off`".to_owned()),
        K::Reading => words.push("indented statements, `switch off`, `keeps`".to_owned()),
        K::Flow => words.insert(0, "`+=`, `-=`".to_owned()),
        K::Correlate
        | K::Flag
        | K::Ladder
        | K::Utility
        | K::Horizon
        | K::Precision
        | K::Patience
        | K::Foresight
        | K::Group => {
            words.insert(0, "`=`".to_owned());
        }
        K::Observe => words = ["error", "known on", "reported by"].map(|word| format!("`{word}`")).to_vec(),
        K::Record => words = ["from", "to", "for", "known on"].map(|word| format!("`{word}`")).to_vec(),
        K::Param | K::Stock | K::Let => words.insert(0, "`:` and a unit, `=` and a value".to_owned()),
        K::Actor | K::Place | K::Unit => words.push("a comma and the next name".to_owned()),
        _ => {}
    }
    if rule.provenance {
        words.extend(words::PROVENANCE.iter().map(|word| format!("`{word}`")));
    }
    if words.is_empty() {
        return format!("nothing more belongs to {}: the next statement begins on a line of its own", rule.noun);
    }
    format!("{} can be followed by {}", rule.noun, words.join(", "))
}
