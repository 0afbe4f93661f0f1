//! Expressions, by precedence, from the loosest operator to the tightest.
//!
//! Every call to `expression` leaves exactly one expression node in the tree, an empty `ErrorExpr` if need be, so that
//! the lowering can tell operands by their order. Depth and the number of operators are limited: what is read here is
//! walked by recursion in every later stage.

use rowan::Checkpoint;

use super::{Mode, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;

/// How many expressions may stand inside each other.
pub const MAX_DEPTH: u32 = 200;

/// How many operators with two sides one expression may have: `1 + 1 + …` is as deep as it is long.
pub const MAX_OPERATORS: u32 = 500;

/// What to do where the ends of an interval are formulas.
const INTERVAL_HELP: &str = "both ends of an interval are numbers: `10 .. 20`; for formulas write `uniform(a, b)`";

/// What to do where only one end is said.
const OPEN_HELP: &str =
    "write both ends, `10 .. 20`; what it can never be is a bound before the `=`: `param p at least 10 = …`";

/// How tight the operators with two sides are.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 4;
pub(super) const SUM: u8 = 5;
const PRODUCT: u8 = 6;

impl<'t> Parser<'t> {
    /// Any expression.
    pub(super) fn expression(&mut self) {
        self.inside(Mode::default(), Self::conditional);
    }

    /// A condition without a value.
    pub(super) fn condition(&mut self) {
        self.inside(Mode::default(), |p| p.binary(OR));
    }

    /// A value, perhaps on a condition.
    pub(super) fn conditional(&mut self) {
        let checkpoint = self.checkpoint();
        // `if(a, b, c)` is a value like any other, to which `+ 1` may be added.
        if self.word() == "if" && !self.is_spreadsheet_if() {
            self.if_then_else();
            return;
        }
        self.binary(OR);
        if self.word() == "if" {
            self.trailing_if(checkpoint);
        }
    }

    /// An end of bounds: no comparison, since `=` begins the value, and no interval, since `..` parts the ends.
    pub(super) fn bound(&mut self) {
        self.inside(Mode { without_interval: true, ..Mode::default() }, |p| p.binary(SUM));
    }

    /// The standard deviation of a noise, whose `per` follows it.
    pub(super) fn deviation(&mut self) {
        self.inside(Mode { without_per: true, ..Mode::default() }, |p| p.binary(SUM));
    }

    /// Whether a value begins here.
    pub(super) fn at_value(&self) -> bool {
        match self.kind() {
            K::Number | K::Name | K::LeftParenthesis | K::Minus => true,
            K::Keyword => match self.word() {
                "yes" | "no" | "unknown" | "lookup" | "if" | "not" => true,
                "all" => self.nth(1) == K::LeftParenthesis,
                "said" => self.nth(1) == K::Text,
                _ => false,
            },
            _ => false,
        }
    }

    /// Reads one level deeper, or gives up on the statement if that is too deep.
    pub(super) fn inside(&mut self, mode: Mode, read: impl FnOnce(&mut Self)) {
        if self.depth == 0 {
            self.operators = 0;
        }
        if self.depth >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} expressions stand inside each other here");
            self.give_up(message, "name a part of the formula with `let` and use the name");
            return;
        }
        let outer = std::mem::replace(&mut self.mode, mode);
        self.depth += 1;
        read(self);
        self.depth -= 1;
        self.mode = outer;
    }

    /// Takes the rest of the block as one value that could not be read.
    fn give_up(&mut self, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::NestedTooDeep, self.here(), message).help(help);
        self.report(diagnostic);
        self.start(K::ErrorExpr);
        while !self.at(K::End) {
            self.bump();
        }
        self.finish();
        self.stay_silent();
    }

    // ---- conditions

    /// `if a then b else c`
    fn if_then_else(&mut self) {
        self.start(K::IfExpr);
        if self.is_spreadsheet_if() {
            self.spreadsheet_if();
        } else {
            self.keyword();
            self.branches();
        }
        self.finish();
    }

    /// What follows `if` or `elif`.
    fn branches(&mut self) {
        let form = "write `if a then b else c`";
        self.inside(Mode::default(), |p| p.binary(OR));
        if self.at(K::Colon) {
            self.foreign("no `:` follows a condition here", form);
            self.node(K::Error, Self::bump);
            self.stay_silent();
        }
        if self.word() != "then" {
            self.expected("`then`", form);
        } else {
            self.keyword();
        }
        // Without parentheses a trailing `if` here would leave open whose the `else` is.
        self.inside(Mode::default(), |p| if p.word() == "if" { p.if_then_else() } else { p.binary(OR) });
        match self.word() {
            "else" => {
                self.keyword();
                if self.at(K::Colon) {
                    self.foreign("no `:` follows `else` here", form);
                    self.node(K::Error, Self::bump);
                }
                self.expression();
            }
            "elif" | "elsif" | "elseif" => {
                let message = format!("`{}` is two words here", self.word());
                self.foreign(&message, "write `else if`");
                self.inside(Mode::default(), |p| {
                    p.start(K::IfExpr);
                    p.keyword();
                    p.branches();
                    p.finish();
                });
            }
            _ => {
                let help = "write `if a then b else c`, or `b if a` for a value that is 0 otherwise";
                self.expected("`else` and a value", help);
                self.node(K::ErrorExpr, |_| {});
            }
        }
    }

    /// `b if a else c`, whose first part was read.
    fn trailing_if(&mut self, checkpoint: Checkpoint) {
        self.start_at(checkpoint, K::TrailingIfExpr);
        self.keyword();
        self.inside(Mode::default(), |p| p.binary(OR));
        if self.eat_word("else") {
            self.expression();
        }
        self.finish();
    }

    // ---- operators

    /// Operators at least as tight as `least`, and what they join.
    pub(super) fn binary(&mut self, least: u8) {
        let checkpoint = self.checkpoint();
        let left = self.position;
        if self.word() == "not" {
            if least > COMPARISON {
                let help = "put it in parentheses: `(not a)`";
                self.expected("a value without `not`", help);
            }
            self.start(K::UnaryExpr);
            self.keyword();
            self.inside(self.mode, |p| p.binary(COMPARISON));
            self.finish();
        } else {
            self.unary();
        }
        // The middle of a chain like `a < b < c`, once there was a comparison; one message for a chain is enough.
        let mut middle = None;
        let mut is_chained = false;
        while let Some(tightness) = self.operator() {
            if tightness < least {
                break;
            }
            if tightness == COMPARISON {
                if let Some(middle) = middle
                    && !is_chained
                {
                    self.chained(left, middle);
                    is_chained = true;
                }
                middle = Some(self.position + 1);
            }
            self.operators += 1;
            if self.operators > MAX_OPERATORS {
                self.start_at(checkpoint, K::BinaryExpr);
                let message = format!("this expression has more than {MAX_OPERATORS} operators");
                self.give_up(message, "name parts of the formula with `let` and use the names");
                self.finish();
                return;
            }
            self.start_at(checkpoint, K::BinaryExpr);
            let divides = self.at(K::Slash);
            self.operator_sign();
            if divides && self.foreign_time_in_unit() {
                self.node(K::ErrorExpr, Self::bump);
            } else {
                self.binary(tightness + 1);
            }
            self.finish();
        }
    }

    /// How tight the operator here is, if it is one.
    pub(super) fn operator(&self) -> Option<u8> {
        match self.kind() {
            K::Plus | K::Minus => Some(SUM),
            K::Star | K::Slash => Some(PRODUCT),
            kind if is_comparison(kind) => Some(COMPARISON),
            K::Keyword | K::Name => match self.word() {
                "and" | "or" if self.joins_effects() => None,
                "and" | "AND" | "And" => Some(AND),
                "or" | "OR" | "Or" => Some(OR),
                "is" if self.at_foreign_equality() => Some(COMPARISON),
                _ => None,
            },
            _ => None,
        }
    }

    fn operator_sign(&mut self) {
        if self.word() == "is" {
            self.foreign_equality();
        } else if self.at(K::Name) {
            let word = self.word().to_ascii_lowercase();
            self.foreign("words of the language are in lower case", format!("write `{word}`"));
            self.keyword();
        } else {
            self.bump();
        }
    }

    /// Reports the second operator of `a < b < c`.
    fn chained(&mut self, left: usize, middle: usize) {
        let first = self.text_between(left, middle);
        let between = self.text_between(middle, self.position);
        let sign = self.nth_text(0);
        let help = if first.len() + between.len() > 60 {
            "write `a < b and b < c`".to_owned()
        } else {
            format!("write `{first} {between} and {between} {sign} …`")
        };
        self.foreign("a comparison has two sides here", help);
    }

    fn unary(&mut self) {
        if self.at(K::Minus) && !self.is_interval(1) {
            self.start(K::UnaryExpr);
            self.bump();
            self.inside(self.mode, Self::unary);
            self.finish();
            return;
        }
        let checkpoint = self.checkpoint();
        self.timed();
        if self.at(K::Caret) {
            self.operators += 1;
            self.start_at(checkpoint, K::BinaryExpr);
            self.bump();
            self.inside(self.mode, Self::unary);
            self.finish();
        }
    }

    fn timed(&mut self) {
        let checkpoint = self.checkpoint();
        self.primary();
        if self.at(K::DotDot) && !self.mode.without_interval {
            let is_third = self.position.checked_sub(2).is_some_and(|before| self.text_at(before) == "..");
            let help =
                if is_third { "a low, a likely and a high value are `triangular(10, 20, 30)`" } else { INTERVAL_HELP };
            self.expected("a number on both sides of `..`", help);
            self.start_at(checkpoint, K::ErrorExpr);
            self.bump();
            if self.at_value() && !self.is_done() {
                // Further `..` in it need no further message.
                self.inside(Mode { without_interval: true, ..self.mode }, Self::unary);
            }
            self.finish();
            self.stay_silent();
            return;
        }
        match self.word() {
            "per" if !self.mode.without_per => {
                self.start_at(checkpoint, K::PerExpr);
                self.keyword();
                self.unit_of_time();
                self.finish();
            }
            "within" => {
                self.start_at(checkpoint, K::WithinExpr);
                self.within();
                self.finish();
            }
            _ => {}
        }
    }

    /// `within 6 months`
    pub(super) fn within(&mut self) {
        self.keyword();
        if self.at(K::Number) {
            let number = self.position;
            self.number_literal();
            if self.lacks_unit_of_time() {
                let time = self.repeated(number - 1, self.position).unwrap_or_else(|| "within 12".to_owned());
                let diagnostic = Diagnostic::new(Code::Expected, self.here(), format!("`{time}` has no unit of time"));
                self.report(diagnostic.label("expected a unit of time").help(format!("write `{time} months`")));
            } else {
                self.unit_of_time();
            }
        } else {
            let is_article = matches!(self.nth_text(0), "a" | "one" | "an" | "the") && self.nth(1) == K::Name;
            let help = if is_article {
                format!("write `within 1 {}`", short(self.nth_text(1)))
            } else {
                "for instance `30% within 6 months`".to_owned()
            };
            self.expected("a number and a unit of time", help);
            if matches!(self.nth_text(0), "a" | "one" | "an") && self.nth(1) == K::Name {
                self.node(K::Error, |p| {
                    p.bump();
                    p.bump();
                });
            }
        }
    }

    // ---- the smallest parts

    pub(super) fn primary(&mut self) {
        match self.kind() {
            K::Number => self.number(),
            K::Minus => self.interval(),
            K::LeftParenthesis => self.parenthesis(),
            K::Name if self.at_foreign_truth() => self.truth("", ""),
            K::LeftBracket => self.list(),
            K::Name | K::Keyword if self.at_between() => self.between(),
            K::Name if self.at_rough_number() => self.rough_number(),
            K::Name if self.at_words_of_source() => self.words_of_source(),
            K::Name | K::Keyword if self.at_rate_in_words() => self.rate_in_words(),
            K::Name if self.is_spreadsheet_if() => self.inside(self.mode, Self::if_then_else),
            K::Name if self.nth(1) == K::LeftParenthesis => self.function(),
            K::Name => self.node(K::ReferenceExpr, |p| {
                p.bump();
                p.entities_in_brackets();
            }),
            K::Keyword => match self.word() {
                "yes" | "no" => self.truth("", ""),
                "unknown" => self.node(K::UnknownExpr, Self::keyword),
                "lookup" => self.lookup(),
                "said" => self.said_words(),
                "and" | "or" if self.nth(1) == K::LeftParenthesis => self.function(),
                "all" if self.nth(1) == K::LeftParenthesis => self.function(),
                "if" if self.is_spreadsheet_if() => self.inside(self.mode, Self::if_then_else),
                "if" => {
                    self.expected("a value", "put the condition in parentheses: `1 + (if a then b else c)`");
                    self.inside(self.mode, Self::if_then_else);
                }
                "not" => {
                    self.expected("a value", "put it in parentheses: `(not a)`");
                    self.inside(self.mode, |p| p.binary(COMPARISON));
                }
                _ => self.no_value(),
            },
            _ => self.no_value(),
        }
    }

    /// Nothing that begins a value is here.
    pub(super) fn no_value(&mut self) {
        let before = self.position.checked_sub(1).and_then(|before| self.token(before));
        if self.at(K::Equal) && before.is_some_and(|before| before.kind == K::Equal) {
            self.foreign("a formula does not begin with a second `=` here", "leave one `=` out");
            self.node(K::Error, Self::bump);
            self.stay_silent();
        }
        let word = self.word();
        if self.at(K::Keyword) && self.is_meant_as_name() && !matches!(self.nth(1), K::End) {
            let message = format!("`{word}` is a word of the language and cannot be a name");
            let diagnostic = Diagnostic::new(Code::ReservedName, self.here(), message)
                .help(format!("choose another name, for instance `{word}_` or `the_{word}`"));
            self.report(diagnostic);
            self.node(K::ErrorExpr, Self::bump);
            return;
        }
        match self.kind() {
            K::Text => {
                let text = short(self.nth_text(0));
                let help = format!("names stand without quotes; a source's words as a number are `said {text}`");
                self.expected("a value", help);
            }
            K::Plus if self.nth(1) == K::Number => {
                self.expected("a value", format!("no sign stands before it: write `{}`", short(self.nth_text(1))));
            }
            K::Less | K::LessEqual | K::Greater | K::GreaterEqual if self.nth(1) == K::Number => {
                self.expected("a value", OPEN_HELP);
            }
            _ if word == "at" && matches!(self.nth_word(1), "least" | "most") => self.expected("a value", OPEN_HELP),
            K::Date if before.is_some_and(|before| is_comparison(before.kind)) => self.expected(
                "a value",
                "a date is compared with nothing; what changes on a date is a flag that an event sets: \
                 `event NAME on 2026-01 chance 100% then FLAG = yes`",
            ),
            K::Date => {
                let text = self.nth_text(0).replacen('-', " - ", 1);
                self.expected("a value", format!("a date is no value; for a difference write `{}`", short(&text)));
            }
            K::Anchor => self.expected("a value", "an anchor follows `from` and its source: `from nyt:4.12-20#…`"),
            _ => self.expected("a value", "for instance `3`, `10 .. 20 people`, `front[RU]` or `(a + b)`"),
        }
        if matches!(self.kind(), K::Text | K::Date | K::Anchor) {
            self.node(K::ErrorExpr, Self::bump);
            return;
        }
        self.skip_until(|p| !p.at_junk());
        if self.at_value() && !matches!(self.word(), "if" | "not") && !self.at(K::Minus) && !self.is_done() {
            self.primary();
        } else {
            self.node(K::ErrorExpr, |_| {});
        }
    }

    /// Whether the sign here can be passed over to find a value.
    fn at_junk(&self) -> bool {
        match self.kind() {
            // In bounds, these begin what comes next.
            K::Equal | K::DotDot => !self.mode.without_interval,
            K::Percent | K::NotEqual | K::Less | K::LessEqual | K::Greater | K::GreaterEqual | K::Plus => true,
            K::Star | K::Slash | K::Caret | K::PlusEqual | K::MinusEqual | K::StarEqual => true,
            K::Dot | K::LeftBracket | K::RightBracket | K::Unknown => true,
            _ => false,
        }
    }

    /// Whether `10% ..` begins `ahead` and is the beginning of an interval.
    fn is_interval(&self, ahead: usize) -> bool {
        let number = self.number_tokens(ahead);
        let percent = self.percent_tokens(ahead + number);
        number > 0 && !self.mode.without_interval && self.nth(ahead + number + percent) == K::DotDot
    }

    /// A number with what may follow it: percent, a unit, the other end of an interval, a base rate.
    fn number(&mut self) {
        if self.is_interval(0) {
            self.interval();
            return;
        }
        let checkpoint = self.checkpoint();
        let first = self.position;
        self.number_literal();
        self.percent();
        self.foreign_times();
        let next_number = self.nth(1) == K::Number;
        if self.word() == "in" && next_number && !self.number_ends_bound() {
            self.start_at(checkpoint, K::CountInTimeExpr);
            self.keyword();
            self.number_literal();
            if self.lacks_unit_of_time() { self.count_without_time(first) } else { self.unit_of_time() }
        } else if self.word() == "of" && next_number {
            self.start_at(checkpoint, K::CountOfExpr);
            self.keyword();
            self.number_literal();
        } else if self.at_dash_of_interval(first) || self.at_whole_interval(first) {
            self.start_at(checkpoint, K::ErrorExpr);
            self.foreign_interval(first);
        } else if self.at_plus_minus(first) {
            self.start_at(checkpoint, K::ErrorExpr);
            self.plus_minus(first);
        } else {
            let is_spoilt = self.unit();
            if self.at(K::DotDot) && !self.mode.without_interval {
                self.start_at(checkpoint, K::IntervalExpr);
                self.expected("the unit after the second number only", "for instance `10 .. 20 people`");
                self.bump();
                self.interval_end();
            } else if self.word() == "to" && self.nth(1) == K::Number && !self.mode.without_interval
                || self.at_whole_interval(first)
            {
                self.start_at(checkpoint, K::ErrorExpr);
                self.foreign_interval(first);
            } else if self.at_plus_minus(first) {
                self.start_at(checkpoint, K::ErrorExpr);
                self.plus_minus(first);
            } else {
                self.start_at(checkpoint, if is_spoilt { K::ErrorExpr } else { K::NumberExpr });
            }
        }
        self.finish();
    }

    /// Whether `in 0 .. 1` follows, bounds whose comma was forgotten, rather than `in 71 years`.
    fn number_ends_bound(&self) -> bool {
        let number = self.number_tokens(1);
        let percent = self.percent_tokens(1 + number);
        self.nth(1 + number + percent) == K::DotDot
    }

    /// The unit after a number, if there is one. Whether something else was found that spoils the number.
    pub(super) fn unit(&mut self) -> bool {
        if self.foreign_time_after_number() {
            return true;
        }
        self.foreign_multiple();
        let is_word_of_others =
            matches!(self.word(), "elif" | "elsif" | "elseif" | "AND" | "And" | "OR" | "Or" | "NOT" | "IF" | "ELSE")
                || self.word() == "for" && self.nth(1) == K::Name
                || self.at_foreign_equality();
        if self.at(K::Name) && !is_word_of_others && !self.is_done() && !self.unit_is_effect() {
            self.bump();
        }
        false
    }

    /// `-10% .. 20% people`, of which the first number is next.
    fn interval(&mut self) {
        self.start(K::IntervalExpr);
        self.eat(K::Minus);
        self.number_literal();
        self.percent();
        self.bump();
        self.interval_end();
        self.finish();
    }

    fn interval_end(&mut self) {
        if self.at(K::Number) || self.at(K::Minus) && self.nth(1) == K::Number {
            self.eat(K::Minus);
            self.number_literal();
            self.percent();
            self.unit();
        } else {
            self.expected("a number", INTERVAL_HELP);
            if self.at_value() && !self.is_done() {
                self.start(K::Error);
                self.inside(self.mode, Self::unary);
                self.finish();
                self.stay_silent();
            }
        }
    }

    fn parenthesis(&mut self) {
        self.start(K::ParenthesisExpr);
        let open = self.position;
        self.bump();
        self.expression();
        if self.at(K::Comma) {
            let diagnostic = self.expectation("`)`").also(self.span_at(open), "opened here");
            self.report(diagnostic.help("only functions take several values: `uniform(0, 1)`"));
        }
        self.close(open);
        self.finish();
    }

    /// `)`, opened at the position `open`.
    pub(super) fn close(&mut self, open: usize) {
        if !self.at(K::RightParenthesis) {
            let diagnostic = self.expectation("`)`").also(self.span_at(open), "opened here");
            self.report(diagnostic.help("close the parenthesis before the next part of the statement"));
            if self.closes_soon(K::RightParenthesis) {
                self.skip_until(|p| p.at(K::RightParenthesis));
            }
        }
        self.eat(K::RightParenthesis);
    }
}

/// Whether it is the sign of a comparison.
pub(super) fn is_comparison(kind: K) -> bool {
    matches!(kind, K::Equal | K::NotEqual | K::Less | K::LessEqual | K::Greater | K::GreaterEqual)
}
