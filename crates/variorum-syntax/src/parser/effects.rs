//! What an event or an option does: `then war = yes, front += 3`, and what is written instead of it.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;

/// What an effect looks like.
const EFFECT_HELP: &str = "for instance `then war[Korea] = yes, front[RU] += 1000 people`";

/// The value of an effect that is being read.
#[derive(Clone, Copy)]
pub(super) struct EffectValue {
    /// Where it begins.
    start: usize,
    /// How deep the expressions directly in it are.
    depth: u32,
    /// Whether it is a number that is added, taken away or multiplied by.
    is_number: bool,
}

impl<'t> Parser<'t> {
    /// `then war = yes, front += 3`
    pub(super) fn then(&mut self) {
        self.start(K::Then);
        self.keyword();
        let mut first = self.position;
        self.effect();
        loop {
            if self.at(K::Comma) && self.nth(1) != K::Keyword {
                self.bump();
                first = self.position;
                self.effect();
            } else if let Some(tokens) = self.joint_of_effects() {
                first = self.joined_effect(first, tokens);
            } else {
                break;
            }
        }
        self.finish();
    }

    /// How many tokens stand before a further effect in the place of a comma; none if no effect follows.
    fn joint_of_effects(&self) -> Option<usize> {
        if self.is_done() || self.foreign_probability_tokens() > 0 {
            return None;
        }
        let comma = usize::from(self.at(K::Comma));
        let is_word = matches!(self.nth_word(comma), "and" | "or" | "plus" | "also" | "with" | "while")
            && !self.at_effect_sign(comma + 1);
        let word = usize::from(is_word);
        let then = usize::from(word > 0 && matches!(self.nth_word(comma + word), "then" | "also"));
        let tokens = comma + word + then;
        (self.at_effect(tokens) && (comma == 0 || word > 0)).then_some(tokens)
    }

    /// An effect after something other than a comma; the last one began at the position `first`. Where this one begins.
    fn joined_effect(&mut self, first: usize, tokens: usize) -> usize {
        // Of a `;` enough was said.
        let is_silent = self.is_silent() || self.is_after_semicolon();
        let (span, end) = (self.here(), self.position);
        let (found, is_choice) = (self.found(), self.word() == "or");
        if tokens > 0 {
            self.start(K::Error);
            for _ in 0..tokens {
                self.bump();
            }
            self.finish();
        }
        self.stay_silent();
        let second = self.position;
        self.effect();
        if !is_silent && is_choice {
            let message = "all effects happen, so that no `or` stands between them";
            let help = "write two events, of which one `excludes` the other, or a `choice` with an option for each";
            self.push(Diagnostic::new(Code::Expected, span, message).help(help));
        } else if !is_silent {
            let help = match (self.repeated(first, end), self.repeated(second, self.position)) {
                (Some(one), Some(two)) => format!("write `{one}, {two}`"),
                _ => "write a comma and nothing else between them".to_owned(),
            };
            let message = format!("a comma stands between two effects, but {found}");
            self.push(Diagnostic::new(Code::Expected, span, message).label("expected `,`").help(help));
        }
        second
    }

    // ---- where an effect ends

    fn at_effect_sign(&self, ahead: usize) -> bool {
        matches!(self.nth(ahead), K::Equal | K::PlusEqual | K::MinusEqual | K::StarEqual)
    }

    /// How far ahead the sign of an effect is whose name begins `ahead`.
    fn sign_of_effect(&self, ahead: usize) -> Option<usize> {
        /// `name[A, B] +=` has so many tokens before its sign.
        const REACH: usize = 6;
        if self.nth(ahead) != K::Name {
            return None;
        }
        let mut sign = ahead + 1;
        if self.nth(sign) == K::LeftBracket {
            sign = (sign..sign + REACH).find(|inside| self.nth(*inside) == K::RightBracket)? + 1;
        }
        self.at_effect_sign(sign).then_some(sign)
    }

    /// Whether `war =` or `front[RU] +=` begins `ahead`.
    fn at_effect(&self, ahead: usize) -> bool {
        self.sign_of_effect(ahead).is_some()
    }

    /// Whether the name here, after a number, begins the next effect rather than being a unit.
    pub(super) fn unit_is_effect(&self) -> bool {
        let Some((effect, sign)) = self.effect.zip(self.sign_of_effect(0)) else { return false };
        self.nth(sign) != K::Equal
            || effect.is_number && effect.depth == self.depth
            || matches!(self.nth_word(sign + 1), "yes" | "no" | "next" | "previous")
    }

    /// Whether the `and` or `or` here stands between two effects rather than between two conditions.
    pub(super) fn joins_effects(&self) -> bool {
        let Some(effect) = self.effect else { return false };
        if matches!(self.nth_word(1), "then" | "also") {
            return true;
        }
        let Some(sign) = self.sign_of_effect(1) else { return false };
        // `yes and b = no` can only be two effects, `n > 3 and b = no` is a condition.
        let is_literal = self.text_at(effect.start).starts_with(|first: char| first.is_ascii_digit())
            || matches!(self.text_at(effect.start), "yes" | "no");
        let is_plain = is_literal && self.position <= effect.start + 2;
        self.nth(sign) != K::Equal || effect.depth == self.depth && (effect.is_number || is_plain)
    }

    // ---- one effect

    fn effect(&mut self) {
        let begins_line = self.token(self.position).is_some_and(|token| token.first_on_line);
        if matches!(self.word(), "if" | "when" | "unless") && !begins_line && self.at_value_ahead() {
            self.conditional_effect();
            return;
        }
        self.start(K::Effect);
        let first = self.position;
        if matches!(self.word(), "not" | "no") && self.nth(1) == K::Name {
            let help = format!("write `{} = no`", self.nth_text(1));
            self.expected("what the effect changes", help);
            self.node(K::Error, Self::bump);
            self.reference("what the effect changes");
            self.finish();
            self.stay_silent();
            return;
        }
        if matches!(self.word(), "add" | "subtract") && self.nth(1) == K::Number {
            self.addition_in_words();
            self.finish();
            return;
        }
        if self.effect_verb().is_some() && self.nth(1) == K::Name {
            self.effect_in_words();
            self.finish();
            return;
        }
        self.reference("what the effect changes");
        if self.equals_sign() {
            if matches!(self.word(), "next" | "previous") {
                let help = "a ladder climbs with `= next level`, descends with `= previous level`";
                self.keyword();
                if self.word() == "level" { self.keyword() } else { self.expected("`level`", help) }
            } else if self.at_sign_after_equals() {
                self.sign_after_equals(first);
            } else {
                self.effect_value(false);
            }
        } else if matches!(self.kind(), K::PlusEqual | K::MinusEqual | K::StarEqual) {
            self.bump();
            self.effect_value(true);
        } else {
            self.effect_without_sign(first);
        }
        self.finish();
    }

    fn effect_value(&mut self, is_number: bool) {
        let outer = self.effect.replace(EffectValue { start: self.position, depth: self.depth + 1, is_number });
        self.expression();
        self.effect = outer;
    }

    /// Whether `+ 0.1`, or `- 0.1` as in `x =- 0.1`, follows the `=`.
    fn at_sign_after_equals(&self) -> bool {
        self.at(K::Plus) || matches!(self.kind(), K::Minus | K::Star) && self.is_glued(0) && !self.is_glued(1)
    }

    /// `tension = +0.1`, `tension =- 0.1`
    fn sign_after_equals(&mut self, first: usize) {
        let is_silent = self.is_silent();
        let name = self.repeated(first, self.position - 1).unwrap_or_else(|| "x".to_owned());
        let (sign, span) = (self.nth_text(0), self.span_at(self.position - 1).to(self.here()));
        self.node(K::Error, Self::bump);
        let start = self.position;
        self.stay_silent();
        self.effect_value(false);
        if !is_silent {
            let value = self.repeated(start, self.position).unwrap_or_else(|| "0.1".to_owned());
            let (what, set) = match sign {
                "-" => ("take away", format!("{name} = -{value}")),
                "*" => ("multiply", format!("{name} = {value}")),
                _ => ("add", format!("{name} = {value}")),
            };
            let help = format!("write `{name} {sign}= {value}` to {what}, `{set}` to set");
            let message = format!("`= {sign}` may mean to {what} or to set");
            self.push(Diagnostic::new(Code::Expected, span, message).help(help));
        }
    }

    /// `tension + 0.1`, `war becomes yes`, `war`; the name of what changes began at the position `first`.
    fn effect_without_sign(&mut self, first: usize) {
        let expected = "`=`, `+=`, `-=` or `*=`";
        let name = self.repeated(first, self.position).unwrap_or_else(|| "x".to_owned());
        let is_silent = self.is_silent();
        let finding = self.expectation(expected);
        let sign = match self.kind() {
            K::Plus => "+=",
            K::Minus => "-=",
            K::Star => "*=",
            K::Colon => "=",
            K::Name if matches!(self.word(), "is" | "becomes" | "turns" | "be") => "=",
            _ => "",
        };
        let mut help = if self.is_done() || matches!(self.kind(), K::Comma | K::Keyword) {
            format!("write `{name} = yes` for a flag, `{name} += 1` for a number")
        } else {
            EFFECT_HELP.to_owned()
        };
        if !sign.is_empty() {
            self.start(K::Error);
            self.bump();
            // `x++`
            let is_step = matches!(sign, "+=" | "-=") && matches!(self.kind(), K::Plus | K::Minus) && self.is_glued(0);
            if is_step {
                self.bump();
            }
            self.finish();
            self.stay_silent();
            let start = self.position;
            if is_step && !self.at_value() {
                help = format!("write `{name} {sign} 1`");
                self.node(K::ErrorExpr, |_| {});
            } else {
                self.effect_value(sign != "=");
                let value = self.repeated(start, self.position).unwrap_or_else(|| "…".to_owned());
                help = format!("write `{name} {sign} {value}`");
            }
        } else {
            self.skip_until(|p| p.is_done() || matches!(p.kind(), K::Comma | K::Keyword));
        }
        self.stay_silent();
        if is_silent {
            self.findings += 1;
        } else {
            self.push(finding.help(help));
        }
    }

    /// `add 0.1 to tension`
    fn addition_in_words(&mut self) {
        let sign = if self.word() == "add" { "+=" } else { "-=" };
        let (is_silent, span, first) = (self.is_silent(), self.here(), self.position + 1);
        self.skip_until(|p| {
            p.is_done() || matches!(p.kind(), K::Comma | K::Keyword) && !matches!(p.word(), "to" | "from")
        });
        let text = self.repeated(first, self.position).unwrap_or_default();
        if !is_silent {
            let parts = text.split_once(" to ").or_else(|| text.split_once(" from "));
            let help = parts.map_or(EFFECT_HELP.to_owned(), |(value, name)| format!("write `{name} {sign} {value}`"));
            self.push(Diagnostic::new(Code::ForeignHabit, span, "an effect has a sign, no verb").help(help));
        }
        self.stay_silent();
    }

    /// The sign that a verb stands for.
    fn effect_verb(&self) -> Option<&'static str> {
        match self.word() {
            "increase" | "raise" | "increment" | "grow" => Some("+="),
            "decrease" | "reduce" | "lower" | "decrement" | "cut" => Some("-="),
            "set" | "make" | "turn" | "start" | "begin" | "trigger" | "end" | "stop" => Some("="),
            _ => None,
        }
    }

    /// `increase tension by 0.1`, `set war = yes`
    fn effect_in_words(&mut self) {
        let sign = self.effect_verb().unwrap_or("=");
        let truth = if matches!(self.word(), "end" | "stop") { "no" } else { "yes" };
        let (is_silent, span) = (self.is_silent(), self.here());
        self.node(K::Error, Self::bump);
        let first = self.position;
        self.reference("what the effect changes");
        let name = self.repeated(first, self.position).unwrap_or_else(|| "x".to_owned());
        let mut sign = sign;
        if self.at_effect_sign(0) {
            sign = self.nth_text(0);
            self.bump();
        } else if matches!(self.word(), "by" | "to" | "as" | "with") {
            if self.word() == "to" {
                sign = "=";
            }
            self.node(K::Error, Self::bump);
        }
        let start = self.position;
        if self.at_value() && !self.is_done() && !self.at_effect(0) {
            self.stay_silent();
            self.effect_value(sign != "=");
        }
        let value = self.repeated(start, self.position);
        self.stay_silent();
        if !is_silent {
            let value = value.unwrap_or_else(|| if sign == "=" { truth } else { "1" }.to_owned());
            let message = "an effect has a sign, no verb";
            let help = format!("write `{name} {sign} {value}`");
            self.push(Diagnostic::new(Code::ForeignHabit, span, message).help(help));
        }
    }

    // ---- effects on a condition

    fn at_value_ahead(&self) -> bool {
        matches!(self.nth(1), K::Name | K::Number | K::LeftParenthesis) || self.nth_word(1) == "not"
    }

    /// `if war tension += 0.1`: an effect on a condition, which has the condition in its value.
    fn conditional_effect(&mut self) {
        let (is_silent, span) = (self.is_silent(), self.here());
        let is_negated = self.word() == "unless";
        self.start(K::Error);
        self.keyword();
        let start = self.position;
        let outer = self.effect.replace(EffectValue { start: self.position, depth: u32::MAX, is_number: false });
        self.condition();
        self.effect = outer;
        let condition = self.repeated(start, self.position);
        if self.word() == "then" || matches!(self.kind(), K::Colon | K::Comma) {
            self.bump();
        }
        let first = self.position;
        let sign = self.sign_of_effect(0).map(|sign| (self.position + sign, self.nth_text(sign)));
        if sign.is_some() {
            self.stay_silent();
            self.effect();
        }
        let one = sign.and_then(|(position, sign)| {
            Some((self.repeated(first, position)?, sign, self.repeated(position + 1, self.position)?))
        });
        let mut other = None;
        if self.word() == "else" {
            self.bump();
            let first = self.position;
            let sign = self.sign_of_effect(0).map(|sign| (self.position + sign, self.nth_text(sign)));
            if let Some((position, sign)) = sign {
                self.effect();
                let name = self.repeated(first, position);
                other = name.zip(self.repeated(position + 1, self.position)).map(|(name, value)| (name, sign, value));
            }
        }
        self.finish();
        if is_silent {
            return;
        }
        let condition = condition.map(|condition| if is_negated { format!("not ({condition})") } else { condition });
        let mut help = one.zip(condition).map_or_else(
            || "put it into the value: `tension += if war then 0.1 else 0`".to_owned(),
            |(one, condition)| help_for_condition(&condition, &one, other.as_ref()),
        );
        if self.at(K::Comma) && self.at_effect(1) {
            help.push_str("; each effect that depends on the condition has it in its own value");
        }
        let message = "no condition stands before an effect";
        self.push(Diagnostic::new(Code::Expected, span, message).label("expected what the effect changes").help(help));
        self.stay_silent();
    }
}

/// The name of what an effect changes, its sign and its value.
type Parts<'t> = (String, &'t str, String);

/// How an effect on a condition, and perhaps another one otherwise, are written.
fn help_for_condition(condition: &str, one: &Parts<'_>, other: Option<&Parts<'_>>) -> String {
    let unchanged = |name: &str, sign: &str| match sign {
        "=" => name.to_owned(),
        "*=" => "1".to_owned(),
        _ => "0".to_owned(),
    };
    let (name, sign, value) = one;
    if value.ends_with(" level") {
        return format!("write an event of its own: `event NAME when {condition} hazard … then {name} {sign} {value}`");
    }
    let write = |otherwise: &str| format!("{name} {sign} if {condition} then {value} else {otherwise}");
    match other {
        Some((other, other_sign, otherwise)) if other == name && other_sign == sign => {
            format!("write `{}`", write(otherwise))
        }
        Some((other, other_sign, otherwise)) => {
            let second = unchanged(other, other_sign);
            let first = write(&unchanged(name, sign));
            format!("write `{first}, {other} {other_sign} if {condition} then {second} else {otherwise}`")
        }
        None => format!("write `{}`", write(&unchanged(name, sign))),
    }
}
