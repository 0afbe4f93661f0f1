//! Intervals as they are written elsewhere: `10 - 20`, `10 to 20`, `between 10 and 20`, `15 ± 5`.
//!
//! A difference of two numbers that is the whole value of a clause would silently be a negative number; it was meant
//! as an interval. Inside formulas nothing is said of it.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;
use crate::literals;

/// What is wrong with all of them.
const MESSAGE: &str = "an interval is written with two points here";

impl<'t> Parser<'t> {
    /// A value that is all that its clause has.
    pub(super) fn whole_value(&mut self) {
        let outer = std::mem::replace(&mut self.whole, self.position);
        self.expression();
        self.whole = outer;
    }

    /// Whether a dash glued between two numbers follows the number that began at the position `first`, the second
    /// being the larger one: `10-20` as an interval. As a difference it would be negative.
    pub(super) fn at_dash_of_interval(&self, first: usize) -> bool {
        self.at_larger_number(first) && self.is_glued(0) && self.is_glued(1)
    }

    /// Whether a minus and a number follow the number that began at the position `first`, the second being larger.
    fn at_larger_number(&self, first: usize) -> bool {
        if self.mode.without_interval || !self.at(K::Minus) || self.nth(1) != K::Number {
            return false;
        }
        // A percent sign or a unit may stand behind it.
        let low = literals::foreign_number(self.text_between(first, self.position));
        let low = low.or_else(|| literals::number(self.text_at(first)));
        low.zip(literals::foreign_number(self.nth_text(1))).is_some_and(|(low, high)| low < high)
    }

    /// Whether the number that began at the position `first` is the lower end of an interval with a dash that is all
    /// that its clause has: `= 10 - 20 people`.
    pub(super) fn at_whole_interval(&self, first: usize) -> bool {
        if first != self.whole || !self.at_larger_number(first) {
            return false;
        }
        let mut end = 1 + self.number_tokens(1).max(1);
        end += self.percent_tokens(end);
        if self.nth(end) == K::Name && self.nth_word(end) != "noise" {
            end += 1;
        }
        match self.nth_word(end) {
            "per" => end += 2,
            "within" => end += 3,
            _ => {}
        }
        match self.nth(end) {
            K::End | K::Comma => true,
            K::Keyword => !matches!(self.nth_word(end), "and" | "or" | "if" | "else" | "per" | "within"),
            _ => false,
        }
    }

    /// `to 20 people` or `-20 people`, after the number and perhaps the unit from the position `first` on.
    pub(super) fn foreign_interval(&mut self, first: usize) {
        let is_dash = self.at(K::Minus);
        let is_whole = is_dash && self.at_whole_interval(first);
        let low = self.text_between(first, self.position);
        let (is_silent, span) = (self.is_silent(), self.span_at(first));
        if self.at(K::Name) {
            self.keyword()
        } else {
            self.bump()
        }
        let start = self.position;
        self.number_literal();
        self.percent();
        let high = self.text_between(start, self.position);
        self.unit();
        let unit = self.text_between(start, self.position).get(high.len()..).unwrap_or_default();
        let low = low.strip_suffix(unit).unwrap_or(low).trim_end();
        let percent = if high.ends_with('%') && !low.ends_with('%') { "%" } else { "" };
        if !is_silent {
            let mut help = format!("write `{}{percent} .. {}`", short(low), short(&format!("{high}{unit}")));
            if is_dash {
                let (open, close) = if is_whole { ("(", ")") } else { ("", "") };
                help.push_str(&format!(
                    ", or `{open}{}{unit} - {}{unit}{close}` for a difference, a negative number",
                    short(low),
                    short(high)
                ));
            }
            let span = span.to(self.span_at(self.position.saturating_sub(1)));
            self.push(Diagnostic::new(Code::ForeignHabit, span, MESSAGE).help(help));
        }
        self.stay_silent();
    }

    // ---- a middle and a deviation

    /// How many tokens the sign of `3 +- 1` has here, or of `3 +/- 1`.
    fn plus_minus_tokens(&self, first: usize) -> Option<usize> {
        if self.mode.without_interval || !self.at(K::Plus) {
            return None;
        }
        let slash = usize::from(self.nth(1) == K::Slash && self.is_glued(1));
        let sign = slash + 2;
        let is_sign = self.nth(sign - 1) == K::Minus && self.is_glued(sign - 1) && self.nth(sign) == K::Number;
        // `3 +-1` may be a sum in a formula.
        (is_sign && (slash > 0 || !self.is_glued(sign) || first == self.whole)).then_some(sign)
    }

    pub(super) fn at_plus_minus(&self, first: usize) -> bool {
        self.plus_minus_tokens(first).is_some()
    }

    /// `+- 1 people`, after the number and perhaps the unit from the position `first` on.
    pub(super) fn plus_minus(&mut self, first: usize) {
        let (is_silent, span) = (self.is_silent(), self.here());
        let middle = self.text_between(first, self.position);
        for _ in 0..self.plus_minus_tokens(first).unwrap_or(1) {
            self.bump();
        }
        let start = self.position;
        self.number_literal();
        self.percent();
        self.unit();
        let deviation = self.text_between(start, self.position);
        if !is_silent {
            let help = help_for_plus_minus(middle, deviation);
            self.push(Diagnostic::new(Code::ForeignHabit, span, MESSAGE).help(help));
        }
        self.stay_silent();
    }

    // ---- in words

    /// Whether `between 10 and 20` is next, or `from 10 to 20`.
    pub(super) fn at_between(&self) -> bool {
        let end = 1 + self.number_tokens(1);
        let is_from = self.word() == "from" && self.nth_word(end + self.percent_tokens(end)) == "to";
        self.nth(1) == K::Number && (self.word() == "between" || is_from)
    }

    /// Whether `about 10` is next.
    pub(super) fn at_rough_number(&self) -> bool {
        let words =
            ["about", "around", "roughly", "approximately", "approx", "circa", "ca", "some", "nearly", "almost"];
        self.nth(1) == K::Number && words.contains(&self.word())
    }

    pub(super) fn rough_number(&mut self) {
        let help = "write the ends between which it lies in 90 of 100 cases: `8 .. 12`";
        self.foreign("what is known roughly is an interval here", help);
        self.start(K::ErrorExpr);
        self.bump();
        self.stay_silent();
        self.primary();
        self.finish();
        self.stay_silent();
    }

    pub(super) fn between(&mut self) {
        let (is_silent, span) = (self.is_silent(), self.here());
        self.start(K::ErrorExpr);
        self.keyword();
        let first = self.position;
        self.number_literal();
        self.percent();
        let low = self.text_between(first, self.position);
        let mut help = "write `10 .. 20`".to_owned();
        if matches!(self.word(), "and" | "to") && self.nth(1) == K::Number {
            self.bump();
            let second = self.position;
            self.number_literal();
            self.percent();
            self.unit();
            help = format!("write `{} .. {}`", short(low), short(self.text_between(second, self.position)));
        }
        self.finish();
        if !is_silent {
            self.push(Diagnostic::new(Code::ForeignHabit, span, MESSAGE).help(help));
        }
        self.stay_silent();
    }
}

/// The number at the beginning of a text, and what follows it: a percent sign, a unit.
fn parts(text: &str) -> Option<(&str, &str)> {
    let length = literals::number_length(text);
    Some((text.get(..length)?, text.get(length..)?)).filter(|(number, _)| !number.is_empty())
}

/// What to write for `middle ± deviation`.
pub(crate) fn help_for_plus_minus(middle: &str, deviation: &str) -> String {
    let ends = || {
        let ((middle, middle_unit), (deviation, unit)) = (parts(middle)?, parts(deviation)?);
        let unit = if unit.is_empty() { middle_unit } else { unit };
        if !middle_unit.is_empty() && middle_unit != unit {
            return None;
        }
        let (mean, sd) = (literals::number(middle)?, literals::number(deviation)?);
        let decimals = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if middle.contains(['e', 'E']) || deviation.contains(['e', 'E']) || mean > 1e15 || sd > 1e15 {
            return None;
        }
        let places = decimals(middle).max(decimals(deviation));
        let (low, high) = (format!("{:.places$}", mean - sd), format!("{:.places$}", mean + sd));
        let percent = if unit.starts_with('%') { "%" } else { "" };
        Some(format!(
            "write `{low}{percent} .. {high}{unit}` for an interval of 90%, `normal({middle}{unit}, {deviation}{unit})` \
             for a standard deviation"
        ))
    };
    ends().unwrap_or_else(|| {
        "write both ends of the interval, `8 .. 12`, or `normal(10, 2)` with a standard deviation".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::help_for_plus_minus;

    #[test]
    fn a_middle_and_a_deviation() {
        for (middle, deviation, written) in [
            ("3", "1", "`2 .. 4` for an interval of 90%, `normal(3, 1)`"),
            ("0.3", "0.1", "`0.2 .. 0.4` for an interval of 90%, `normal(0.3, 0.1)`"),
            ("20%", "5%", "`15% .. 25%` for an interval of 90%, `normal(20%, 5%)`"),
            ("1_000", "50 people", "`950 .. 1050 people` for an interval of 90%, `normal(1_000 people, 50 people)`"),
            ("1e3", "50", "`8 .. 12`"),
        ] {
            assert!(help_for_plus_minus(middle, deviation).contains(written), "{middle} {deviation}");
        }
    }
}
