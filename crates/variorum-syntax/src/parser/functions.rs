//! What looks like a function: plain calls, and what has a form of its own between its parentheses or after its word.

use super::expressions::SUM;
use super::{Mode, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;
use crate::literals;
use crate::words;

/// The functions that take a range.
const AGGREGATES: &[&str] = &["sum", "count", "any", "all"];

/// More values than this are not looked at for being in the wrong places.
const MOST_ENTRIES: usize = 16;

/// How an aggregate is written.
const AGGREGATE_HELP: &str = "for instance `sum(b in rivals except a: tie[a, b])`";

impl<'t> Parser<'t> {
    /// A name with a parenthesis.
    pub(super) fn function(&mut self) {
        let word = self.word();
        if self.at_range(2) {
            self.aggregate(AGGREGATES.contains(&word));
        } else {
            match word {
                "risk" => self.risk(),
                "oneof" => self.one_of(),
                _ if self.foreign_function() => {}
                _ => self.call(),
            }
        }
    }

    /// `exp(x)`
    fn call(&mut self) {
        let mut is_wrong = false;
        let checkpoint = self.checkpoint();
        let name = self.nth_text(0);
        self.bump();
        let open = self.position;
        self.bump();
        if self.at(K::RightParenthesis) {
            self.expected("a value", format!("`{}` needs something between its parentheses", short(name)));
            self.node(K::ErrorExpr, |_| {});
        } else {
            self.argument();
            if self.word() == "for" && self.nth(1) == K::Name {
                self.comprehension(name, open + 1);
                is_wrong = true;
            }
            while self.eat(K::Comma) {
                self.argument();
            }
        }
        self.close(open);
        self.start_at(checkpoint, if is_wrong { K::ErrorExpr } else { K::CallExpr });
        self.finish();
    }

    pub(super) fn argument(&mut self) {
        self.inside(Mode { in_arguments: true, ..Mode::default() }, Self::conditional);
    }

    /// Whether this is `sum(x[b] for b in rivals)`.
    pub(super) fn is_comprehension(&self) -> bool {
        // A guess: whoever writes more than this before `for` writes no comprehension.
        const REACH: usize = 32;
        let mut ahead = (2..REACH).take_while(|ahead| self.nth(*ahead) != K::End);
        ahead.any(|ahead| self.nth_word(ahead) == "for" && self.nth(ahead + 1) == K::Name)
    }

    /// `for b in rivals` after the value, which began at the position `first`.
    fn comprehension(&mut self, name: &str, first: usize) {
        let value = self.text_between(first, self.position);
        let ends = matches!(self.nth(4), K::RightParenthesis | K::End);
        let range = if ends && self.nth_word(2) == "in" && self.nth(3) == K::Name {
            Some(self.text_between(self.position + 1, self.position + 4))
        } else {
            None
        };
        let help = match range {
            Some(range) if value.len() + range.len() < 60 => format!("write `{name}({range}: {value})`"),
            _ => AGGREGATE_HELP.to_owned(),
        };
        self.foreign("the range stands before the value here", help);
        self.skip_to_closing();
    }

    /// Passes over what stands before the `)` that closes the innermost open parenthesis.
    fn skip_to_closing(&mut self) {
        let is_clause = |p: &Self| {
            p.at(K::Keyword) && (words::CLAUSES.contains(&p.word()) || words::PROVENANCE.contains(&p.word()))
        };
        let mut open = 0_u32;
        self.start(K::Error);
        while !self.is_done() && !is_clause(self) && (open > 0 || !self.at(K::RightParenthesis)) {
            match self.kind() {
                K::LeftParenthesis => open += 1,
                K::RightParenthesis => open -= 1,
                _ => {}
            }
            self.bump();
        }
        self.finish();
        self.stay_silent();
    }

    // ---- aggregates

    /// Whether the range of an aggregate begins `ahead`: one name or more and `in`, perhaps after `pair`.
    fn at_range(&self, ahead: usize) -> bool {
        /// Names of which there should be two at most.
        const REACH: usize = 4;
        let mut ahead = ahead;
        while matches!(self.nth_word(ahead), "for" | "each" | "every" | "over" | "pair")
            && matches!(self.nth_word(ahead + 1), word if !word.is_empty() && word != "in")
        {
            if self.nth_word(ahead) == "pair" && self.nth(ahead + 1) == K::Name {
                return true;
            }
            ahead += 1;
        }
        for name in (ahead..).step_by(2).take(REACH) {
            if self.nth(name) != K::Name {
                return name > ahead && self.nth_word(name) == "in";
            }
            if self.nth_word(name + 1) == "in" {
                return true;
            }
            if self.nth(name + 1) != K::Comma {
                return false;
            }
        }
        false
    }

    /// `sum(b in rivals except a: tie[a, b])`
    fn aggregate(&mut self, is_known: bool) {
        if is_known {
            self.start(K::AggregateExpr);
        } else {
            self.expected("`sum`, `count`, `any` or `all` before a range", help_for_aggregate(self.nth_text(0)));
            self.start(K::ErrorExpr);
        }
        self.keyword();
        let open = self.position;
        self.bump();
        self.range(AGGREGATE_HELP);
        if self.eat(K::Colon) {
            self.expression();
        } else {
            self.aggregate_without_colon();
        }
        self.close(open);
        self.finish();
    }

    /// The value of an aggregate, after something other than its `:`.
    fn aggregate_without_colon(&mut self) {
        let is_condition = matches!(self.word(), "if" | "where" | "when" | "with" | "or");
        let help = if is_condition {
            "a condition belongs to the value: `sum(b in rivals: tie[a, b] if war[b])`"
        } else {
            AGGREGATE_HELP
        };
        self.expected("`:` and a value", help);
        if is_condition {
            self.skip_until(|p| matches!(p.kind(), K::Colon | K::RightParenthesis) || p.is_done());
        } else if self.at(K::Comma) {
            self.node(K::Error, Self::bump);
        }
        let has_value = self.eat(K::Colon) || self.at_value() && !self.is_done();
        if has_value { self.expression() } else { self.node(K::ErrorExpr, |_| {}) }
    }

    // ---- risks, values with probabilities, words

    /// `risk(invasion within 12 months)`
    fn risk(&mut self) {
        let help = "for instance `risk(invasion within 12 months)`";
        self.start(K::RiskExpr);
        self.keyword();
        let open = self.position;
        self.bump();
        self.reference("the name of an event");
        if self.word() == "within" {
            self.within();
        } else {
            self.expected("`within` and a time", help);
            self.skip_to_closing();
        }
        self.close(open);
        self.finish();
    }

    /// `oneof(2: 0.2, 5: 0.8)`
    fn one_of(&mut self) {
        let checkpoint = self.checkpoint();
        self.keyword();
        let open = self.position;
        self.bump();
        let mut is_wrong = false;
        let mut entries = Vec::new();
        loop {
            self.start(K::OneOfEntry);
            let start = self.position;
            self.inside(Mode { in_arguments: true, ..Mode::default() }, |p| p.binary(SUM));
            let middle = self.position;
            self.probability_of_value(&mut is_wrong);
            self.finish();
            if entries.len() < MOST_ENTRIES {
                entries.push((self.text_between(start, middle), self.text_between(middle + 1, self.position)));
            }
            if !self.eat(K::Comma) {
                break;
            }
        }
        let help = if is_wrong { None } else { swapped(&entries) };
        if let Some(help) = &help {
            let span = self.span_at(open.saturating_sub(1));
            let message = "in `oneof`, a value stands before its probability";
            self.push(Diagnostic::new(Code::Expected, span, message).help(help));
        }
        self.close(open);
        self.start_at(checkpoint, if help.is_some() { K::ErrorExpr } else { K::OneOfExpr });
        self.finish();
    }

    /// `: 0.2`, or what was written instead; one finding is enough.
    fn probability_of_value(&mut self, is_wrong: &mut bool) {
        if self.eat(K::Colon) {
            self.argument();
            return;
        }
        if *is_wrong {
            self.stay_silent();
        }
        self.expected("`:` and a probability", "for instance `oneof(2: 0.2, 5: 0.8)`");
        *is_wrong = true;
        if self.at(K::Equal) {
            self.node(K::Error, Self::bump);
            self.argument();
        } else {
            self.node(K::ErrorExpr, |_| {});
        }
    }

    /// `said "unlikely"`
    pub(super) fn said_words(&mut self) {
        let checkpoint = self.checkpoint();
        let first = self.position;
        let is_hazard = first.checked_sub(1).is_some_and(|before| self.text_at(before) == "hazard");
        self.keyword();
        self.text("the words", "for instance `said \"unlikely\" within 12 months`");
        let ends = self.is_done() || self.at(K::Keyword) && !matches!(self.word(), "within" | "per" | "if" | "from");
        // With a source behind them, the checker says what is missing.
        let needs_time = is_hazard && ends;
        if needs_time {
            self.words_without_time(first);
        }
        self.start_at(checkpoint, if needs_time { K::ErrorExpr } else { K::SaidExpr });
        self.finish();
    }

    // ---- lookups

    /// `lookup aid[KR] (none: 0, else: 1)`
    pub(super) fn lookup(&mut self) {
        let help = "for instance `lookup aid[KR] (none: 0, nonlethal: 0.1, else: 1)`";
        self.start(K::LookupExpr);
        self.keyword();
        self.reference_before_table();
        let open = self.position;
        if self.eat(K::LeftParenthesis) {
            self.entry(help);
            while self.eat(K::Comma) {
                self.entry(help);
            }
            self.close(open);
        } else {
            self.expected("`(` and a value for each level", help);
        }
        self.finish();
    }

    /// The ladder of a lookup. Unlike elsewhere, `(` right after the name begins the table.
    fn reference_before_table(&mut self) {
        self.start(K::Reference);
        self.name("the name of a ladder");
        self.entities_in_brackets();
        self.finish();
    }

    fn entry(&mut self, help: &str) {
        let is_else = self.word() == "else";
        self.start(if is_else { K::LookupElse } else { K::LookupEntry });
        if is_else {
            self.keyword()
        } else {
            self.name("a level")
        }
        if self.eat(K::Colon) {
            self.expression();
        } else {
            self.expected("`:` and a value", help);
            self.skip_until(|p| matches!(p.kind(), K::Comma | K::RightParenthesis | K::Keyword));
            self.node(K::ErrorExpr, |_| {});
        }
        self.finish();
    }
}

/// What to write for a `oneof` whose values and probabilities stand in each other's places, if they do: all that stands
/// first adds up to 1, and something that stands second is no probability.
fn swapped(entries: &[(&str, &str)]) -> Option<String> {
    let share = |text: &str| {
        let (number, scale) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |number| (number, 100.0));
        literals::number(number.trim()).map(|number| number / scale)
    };
    let mut sum = 0.0;
    for (first, _) in entries {
        sum += share(first).filter(|share| (0.0..=1.0).contains(share))?;
    }
    let is_percent = entries.iter().all(|(first, second)| first.ends_with('%') && !second.ends_with('%'));
    let is_value = |second: &str| share(second).is_none_or(|share| share > 1.0);
    if entries.len() < 2
        || entries.len() >= MOST_ENTRIES
        || (sum - 1.0).abs() > 1e-9
        || !entries.iter().any(|(_, second)| is_value(second))
        || !is_percent && entries.iter().any(|(_, second)| second.ends_with('%'))
    {
        return None;
    }
    let turned: Vec<String> = entries.iter().map(|(first, second)| format!("{second}: {first}")).collect();
    let turned = format!("oneof({})", turned.join(", "));
    Some(if turned.len() > 80 { "write `oneof(2: 20%, 5: 80%)`".to_owned() } else { format!("write `{turned}`") })
}

/// What to write for an aggregate that the language does not have.
fn help_for_aggregate(name: &str) -> String {
    match name.to_lowercase().as_str() {
        "exists" | "exist" | "some" | "or" | "anyof" | "one" => "write `any(b in rivals: war[b])`".to_owned(),
        "forall" | "every" | "each" | "and" | "allof" => "write `all(b in rivals: war[b])`".to_owned(),
        "mean" | "average" | "avg" => {
            "a mean is a sum divided by how many there are: `sum(b in rivals: x[b]) / sum(b in rivals: 1)`".to_owned()
        }
        "number" | "len" | "length" | "size" | "countif" => "write `count(b in rivals: war[b])`".to_owned(),
        "min" | "max" | "minimum" | "maximum" | "product" | "prod" => {
            format!("`{}` takes single values: `max(x[KP], x[RU])`", short(name))
        }
        "sum" | "sumif" | "total" | "all" | "any" | "count" => AGGREGATE_HELP.to_owned(),
        _ => "those four run over a group: `sum(b in rivals except a: tie[a, b])`".to_owned(),
    }
}
