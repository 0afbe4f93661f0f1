//! Habits of spreadsheets, of Python, of R and of everyday writing that a reader of tokens cannot know: each is named
//! once, with what to write instead, and read as what was meant where that is clear.

use super::Parser;
use super::advice::REPEATED;
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;

impl<'t> Parser<'t> {
    // ---- conditions of a spreadsheet

    /// Whether this is `if(a, b, c)`.
    pub(super) fn is_spreadsheet_if(&self) -> bool {
        let is_name = ["if", "ifelse", "if_else", "iif"].iter().any(|name| self.nth_text(0).eq_ignore_ascii_case(name));
        if !is_name || self.nth(1) != K::LeftParenthesis {
            return false;
        }
        // A guess: whoever writes more than this before the first comma does not write a spreadsheet.
        const REACH: usize = 64;
        let mut open = 0_u32;
        for ahead in 1..REACH {
            match self.nth(ahead) {
                K::LeftParenthesis | K::LeftBracket => open += 1,
                K::RightParenthesis | K::RightBracket => open = open.saturating_sub(1),
                K::Comma if open == 1 => return true,
                K::End => return false,
                _ => {}
            }
            if open == 0 {
                return false;
            }
        }
        false
    }

    /// `if(a, b, c)`, inside an `IfExpr` that is open.
    pub(super) fn spreadsheet_if(&mut self) {
        let (is_silent, span) = (self.is_silent(), self.here());
        let before = self.position.checked_sub(1).and_then(|position| self.token(position)).map(|token| token.kind);
        let is_operand = matches!(before, Some(K::Plus | K::Minus | K::Star | K::Slash | K::Caret));
        self.keyword();
        let open = self.position;
        self.bump();
        let condition = self.shown_argument();
        let mut branches = ["0", "0"];
        for branch in &mut branches {
            if self.eat(K::Comma) {
                *branch = self.shown_argument();
            } else {
                self.stay_silent();
                self.node(K::ErrorExpr, |_| {});
            }
        }
        self.close(open);
        if is_silent {
            return;
        }
        let [then, otherwise] = branches;
        let nests = |text: &str| ["if(", "else("].iter().any(|call| text.to_ascii_lowercase().contains(call));
        let help = if condition.len() + then.len() + otherwise.len() > 60 || nests(then) || nests(otherwise) {
            "write `if a then b else c`".to_owned()
        } else {
            let whole = format!("if {condition} then {then} else {otherwise}");
            if is_operand || self.operator().is_some() {
                format!("write `({whole})`, with the parentheses")
            } else {
                format!("write `{whole}`")
            }
        };
        self.push(Diagnostic::new(Code::ForeignHabit, span, "a condition is written in words here").help(help));
    }

    /// An argument, and its text.
    fn shown_argument(&mut self) -> &'t str {
        let start = self.position;
        self.argument();
        self.text_between(start, self.position)
    }

    // ---- functions of others

    /// A function of other languages, if its name is one; nothing is read otherwise.
    pub(super) fn foreign_function(&mut self) -> bool {
        let Some(habit) = function_of_others(self.word()).filter(|_| !self.is_comprehension()) else { return false };
        let (is_silent, span) = (self.is_silent(), self.here());
        self.start(K::ErrorExpr);
        self.keyword();
        let open = self.position;
        let name = self.text_at(open - 1).to_ascii_lowercase();
        self.bump();
        let mut arguments = Vec::new();
        let mut has_cells = false;
        while !self.is_done() && !self.at(K::RightParenthesis) {
            let argument = self.shown_argument();
            if arguments.len() < MOST_ARGUMENTS {
                arguments.push(argument);
            }
            if self.at(K::Colon) {
                has_cells = true;
                self.node(K::Error, |p| {
                    p.bump();
                    if p.at(K::Name) {
                        p.bump();
                    }
                });
            }
            if !self.eat(K::Comma) {
                break;
            }
        }
        let end = self.position;
        self.close(open);
        self.finish();
        if !is_silent {
            let is_aggregate = arguments.len() == 1 && matches!(name.as_str(), "sum" | "count" | "any" | "all");
            let (message, help) = if is_aggregate && !has_cells {
                ("this runs over the members of a group here", self.help_for_single(&name, open + 1, end))
            } else if has_cells {
                ("a range of cells means nothing here", "a sum over a group is `sum(b in rivals: x[b])`".to_owned())
            } else {
                (habit.message, habit.help(&arguments))
            };
            self.push(Diagnostic::new(Code::ForeignHabit, span, message).help(help));
        }
        true
    }

    /// `[1, 2]`
    pub(super) fn list(&mut self) {
        let help =
            "values with probabilities are `oneof(1: 0.5, 2: 0.5)`; a `sum` over a group is `sum(b in rivals: x[b])`";
        self.foreign("there are no lists here", help);
        self.start(K::ErrorExpr);
        let mut open = 0_u32;
        while !self.is_done() {
            match self.kind() {
                K::LeftBracket => open += 1,
                K::RightBracket => open -= 1,
                K::Keyword | K::Equal => break,
                _ => {}
            }
            self.bump();
            if open == 0 {
                break;
            }
        }
        self.finish();
        self.stay_silent();
    }

    /// `None` and its like where a value should be.
    pub(super) fn foreign_nothing(&mut self) -> bool {
        let is_nothing = matches!(self.nth_text(0), "None" | "null" | "NULL" | "NA" | "nil" | "NaN" | "undefined");
        if !is_nothing || !matches!(self.nth(1), K::End | K::Keyword | K::Comma) {
            return false;
        }
        let message = format!("`{}` is no value here", self.nth_text(0));
        self.foreign(&message, "what nobody knows is `unknown`, with bounds: `param p in 0 .. 1 = unknown`");
        self.node(K::ErrorExpr, Self::bump);
        true
    }

    // ---- comparisons

    /// `is` between two values.
    pub(super) fn at_foreign_equality(&self) -> bool {
        self.at(K::Name)
            && self.word() == "is"
            && (matches!(self.nth(1), K::Name | K::Number)
                || matches!(self.nth_word(1), "not" | "yes" | "no" | "unknown"))
    }

    pub(super) fn foreign_equality(&mut self) {
        let is_negated = self.nth_word(1) == "not";
        let (message, sign) = if is_negated {
            ("a difference is written with a sign here", "!=")
        } else {
            ("equality is written with a sign here", "=")
        };
        self.foreign(message, format!("write `{sign}`"));
        self.bump_as(if is_negated { K::NotEqual } else { K::Equal });
        if is_negated {
            self.node(K::Error, Self::bump);
        }
    }

    // ---- percentages and multiples

    /// How many tokens the percent sign that begins `ahead`, or the word for it, has.
    pub(super) fn percent_tokens(&self, ahead: usize) -> usize {
        match self.nth_word(ahead) {
            _ if self.nth(ahead) == K::Percent => 1,
            "percent" | "pct" => 1,
            "per" if self.nth_word(ahead + 1) == "cent" => 2,
            _ => 0,
        }
    }

    /// The percent sign after a number, also as a word.
    pub(super) fn percent(&mut self) {
        if self.eat(K::Percent) {
            return;
        }
        let tokens = self.percent_tokens(0);
        if tokens == 0 {
            return;
        }
        let number = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
        let help = format!("write `{}%`", short(number));
        let span = self.here().to(self.span_at(self.position + tokens - 1));
        let message = "a percentage is written with `%` here";
        self.report(Diagnostic::new(Code::ForeignHabit, span, message).help(help));
        // The word stands for the sign.
        self.bump_as(K::Percent);
        if tokens == 2 {
            self.node(K::Error, Self::bump);
        }
    }

    /// `3 million people`, `25k`
    pub(super) fn foreign_multiple(&mut self) {
        let word = self.word();
        let is_glued = self.is_glued(0);
        let Some(zeros) = zeros(word).filter(|_| self.at(K::Name)) else { return };
        // After a space and with nothing behind it, it may be a unit of the model: `3 billion`, of dollars.
        if !is_glued && self.nth(1) != K::Name {
            return;
        }
        let number = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
        let mut help = match scaled(number, zeros) {
            Some(full) => format!("write the number in full: `{}`", short(&full)),
            None => "write the number in full: `3_000_000`".to_owned(),
        };
        if is_glued && word.len() == 1 {
            help.push_str(&format!("; before a unit stands a space: `{} {word}`", short(number)));
        }
        let message = format!("`{word}` is no part of a number here");
        self.foreign(&message, help);
        self.node(K::Error, Self::bump);
        self.stay_silent();
    }

    // ---- units of time

    /// A unit of time after `per`, `within` or `in`, where nothing else can stand.
    pub(super) fn unit_of_time(&mut self) {
        let is_article = matches!(self.word(), "a" | "an" | "one" | "each" | "every") && self.nth(1) == K::Name;
        let word = if is_article { self.nth_word(1) } else { self.word() };
        let meant = unit_of_time(word);
        if is_article || (self.at(K::Name) && meant.is_some()) {
            let help = format!("write `{}`", meant.unwrap_or(word));
            self.foreign("a unit of time is one word in full here", help);
            self.start(K::Error);
            self.bump();
            if is_article {
                self.bump();
            }
            self.finish();
        } else if self.lacks_unit_of_time() {
            self.expected("a unit of time", "for instance `month`, `months`, `year` or `years`");
        } else {
            self.name("a unit of time");
        }
    }

    /// `yr` after a `/`.
    pub(super) fn foreign_time_in_unit(&mut self) -> bool {
        // Shorter ones could be names of the model.
        let word = self.word();
        let is_meant = matches!(word, "yr" | "yrs" | "annum" | "mth" | "mths" | "wk" | "wks" | "qtr" | "qtrs");
        if is_meant {
            let help = format!("write `/ {}`", unit_of_time(word).unwrap_or("year"));
            self.foreign("a unit of time is one word in full here", help);
        }
        is_meant
    }

    /// `a year`, `annually` or `p.a.` after a number.
    pub(super) fn foreign_time_after_number(&mut self) -> bool {
        let is_unit =
            |word: &str| unit_of_time(word).is_some() || matches!(word, "year" | "month" | "week" | "day" | "quarter");
        let (length, unit) = match self.word() {
            "a" | "an" | "each" if is_unit(self.nth_word(1)) => {
                (2, unit_of_time(self.nth_word(1)).unwrap_or(self.nth_word(1)))
            }
            "every" if self.nth(1) == K::Number && self.nth(2) == K::Name => (3, "every"),
            "every" if is_unit(self.nth_word(1)) => (2, unit_of_time(self.nth_word(1)).unwrap_or(self.nth_word(1))),
            "in" if matches!(self.nth_word(1), "a" | "an" | "one") && self.nth(2) == K::Name => {
                let help = "both numbers are written with digits: `1 in 100 years`";
                self.foreign("how often is written with digits here", help);
                self.start(K::Error);
                while self.at(K::Name) || matches!(self.word(), "in") {
                    self.bump();
                }
                self.finish();
                self.stay_silent();
                return true;
            }
            "annually" | "yearly" => (1, "year"),
            "monthly" => (1, "month"),
            "weekly" => (1, "week"),
            "daily" => (1, "day"),
            "p" if self.nth(1) == K::Dot && self.nth_word(2) == "a" => {
                (if self.nth(3) == K::Dot { 4 } else { 3 }, "year")
            }
            _ => return false,
        };
        let span = self.here().to(self.span_at(self.position + length - 1));
        let help = match unit {
            "every" => {
                let number = self.position.checked_sub(1).map_or("1", |last| self.text_at(last));
                format!("write `{} in {} {}`", short(number), short(self.nth_text(1)), short(self.nth_text(2)))
            }
            _ => format!("write `per {unit}`"),
        };
        self.report(Diagnostic::new(Code::ForeignHabit, span, "a rate is written with `per` here").help(help));
        self.start(K::Error);
        for _ in 0..length {
            self.bump();
        }
        self.finish();
        self.stay_silent();
        true
    }

    // ---- probabilities

    /// How many tokens of something like `p =` or `with probability` stand before a probability.
    pub(super) fn foreign_probability_tokens(&self) -> usize {
        let is_word = |word: &str| {
            matches!(word, "p" | "P" | "pr" | "Pr" | "prob" | "probability" | "likelihood" | "odds" | "rate")
        };
        let mut length = 0;
        if matches!(self.word(), "with" | "has") {
            length += 1;
        }
        if self.nth(length) == K::Name && is_word(self.nth_word(length)) {
            length += 1;
        } else {
            return 0;
        }
        match self.nth(length) {
            K::Equal | K::Colon => length + 1,
            K::Number => length,
            _ if self.nth_word(length) == "of" && self.nth(length + 1) == K::Number => length + 1,
            _ => 0,
        }
    }

    /// `p = 0.3` for `30%`: passes over the words.
    pub(super) fn foreign_probability(&mut self, message: &str, help: &str) -> bool {
        let length = self.foreign_probability_tokens();
        if length == 0 {
            return false;
        }
        let span = self.here().to(self.span_at(self.position + length - 1));
        self.report(Diagnostic::new(Code::ForeignHabit, span, message).help(help));
        self.start(K::Error);
        for _ in 0..length {
            self.bump();
        }
        self.finish();
        true
    }
}

/// More arguments than this are not repeated in a help.
const MOST_ARGUMENTS: usize = 8;

/// A function that the language does not have.
struct FunctionOfOthers {
    message: &'static str,
    instead: Instead,
}

/// What to write instead of a function.
enum Instead {
    /// Its arguments with a sign between them.
    Joined(&'static str),
    /// A mean of its arguments.
    Mean,
    /// A word before its only argument.
    Before(&'static str),
    /// The same function under its name here.
    Named(&'static str),
    /// Something else.
    Words(&'static str),
}

impl FunctionOfOthers {
    fn help(&self, arguments: &[&str]) -> String {
        let fits = arguments.len() > 1
            && arguments.len() < MOST_ARGUMENTS
            && arguments.iter().map(|argument| argument.len()).sum::<usize>() < REPEATED;
        let arguments = if fits { arguments } else { &["a", "b"] };
        match self.instead {
            Instead::Joined(sign) => format!("write `{}`", arguments.join(sign)),
            Instead::Mean => format!("write `({}) / {}`", arguments.join(" + "), arguments.len()),
            Instead::Named(name) => format!("write `{name}`"),
            Instead::Before(word) => format!("write `{word} a`"),
            Instead::Words(words) => words.to_owned(),
        }
    }
}

/// What to say about a function that only other languages have.
fn function_of_others(name: &str) -> Option<FunctionOfOthers> {
    use Instead::{Before, Joined, Mean, Named, Words};
    let (message, instead) = match name.to_ascii_lowercase().as_str() {
        "and" | "all" => ("conditions are joined by `and` between them", Joined(" and ")),
        "or" | "any" => ("conditions are joined by `or` between them", Joined(" or ")),
        "not" => ("`not` is a word before a condition", Before("not")),
        "sum" | "add" | "plus" => ("single numbers are added with `+`", Joined(" + ")),
        "product" | "prod" | "multiply" => ("numbers are multiplied with `*`", Joined(" * ")),
        "average" | "mean" | "avg" => ("a mean is a sum, divided", Mean),
        "pow" | "power" => ("a power is written with `^`", Joined(" ^ ")),
        "c" | "list" | "array" | "vector" | "tuple" => (
            "there are no lists here",
            Words(
                "values with probabilities are `oneof(1: 0.5, 2: 0.5)`; members of a group are `group some = RU, KP`",
            ),
        ),
        "count" | "countif" | "counta" | "sumif" | "sumifs" | "countifs" | "sumproduct" => {
            ("an aggregate runs over a group here", Words("for instance `count(b in rivals: war[b])`"))
        }
        "vlookup" | "hlookup" | "xlookup" | "choose" | "switch" | "match" | "ifs" | "case_when" => (
            "a value for each level is looked up in a table here",
            Words("write `lookup aid[KR] (none: 0, nonlethal: 0.1, else: 1)`, or `if a then b else c`"),
        ),
        "rand" | "runif" | "random" | "randbetween" | "rand_between" => {
            ("what nobody knows is a law here", Words("write `uniform(low, high)`, or `5 .. 20`"))
        }
        "rnorm" | "gauss" | "dnorm" | "norminv" => {
            ("what nobody knows is a law here", Words("write `normal(mean, sd)`, or `5 .. 20`"))
        }
        "rlnorm" | "lognorm" | "lognorminv" => {
            ("what nobody knows is a law here", Words("write `lognormal(log_mean, log_sd)`, or `5 .. 20`"))
        }
        "rbeta" | "dbeta" => ("what nobody knows is a law here", Words("write `beta(a, b)`, or `5% .. 20%`")),
        "rgamma" | "dgamma" => ("what nobody knows is a law here", Words("write `gamma(shape, rate)`")),
        "rtriangle" | "rtriang" | "triangle" => {
            ("what nobody knows is a law here", Words("write `triangular(low, mode, high)`"))
        }
        "sample" | "discrete" | "rdiscrete" | "categorical" => {
            ("values with their probabilities are a law here", Words("write `oneof(2: 0.2, 5: 0.8)`"))
        }
        "p" | "pr" | "prob" | "probability" => (
            "a question asks for a probability without saying so",
            Words("write what should hold and when: `= war[Korea] by 2027-12`"),
        ),
        lower => {
            let known = LOWER_CASE.iter().find(|known| **known == lower && lower != name)?;
            ("functions are in lower case here", Named(known))
        }
    };
    Some(FunctionOfOthers { message, instead })
}

/// Functions that spreadsheets write in capitals.
const LOWER_CASE: &[&str] = &[
    "abs",
    "beta",
    "clip",
    "exp",
    "gamma",
    "happened",
    "ln",
    "lognormal",
    "lookup",
    "max",
    "min",
    "normal",
    "oneof",
    "risk",
    "sqrt",
    "triangular",
    "uniform",
];

/// How many zeros a word or a letter stands for after a number.
fn zeros(word: &str) -> Option<usize> {
    Some(match word {
        "hundred" => 2,
        "k" | "K" | "thousand" => 3,
        "m" | "M" | "mn" | "mio" | "Mio" | "mln" | "million" | "millions" => 6,
        "b" | "B" | "bn" | "Bn" | "bln" | "mrd" | "Mrd" | "billion" | "billions" => 9,
        "tn" | "trn" | "trillion" | "trillions" => 12,
        _ => return None,
    })
}

/// A number times a power of ten in the way of this language: `2.5` with six zeros is `2_500_000`.
fn scaled(number: &str, zeros: usize) -> Option<String> {
    let plain: String = number.chars().filter(|character| *character != '_').collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_plain(whole) || !is_plain(fraction) || fraction.len() > zeros || whole.len() > 6 {
        return None;
    }
    let digits = format!("{whole}{fraction}{}", "0".repeat(zeros - fraction.len()));
    let digits = digits.trim_start_matches('0');
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    Some(if grouped.is_empty() { "0".to_owned() } else { grouped })
}

/// The unit of time that an abbreviation stands for.
fn unit_of_time(word: &str) -> Option<&'static str> {
    Some(match word {
        "yr" | "annum" | "y" => "year",
        "yrs" => "years",
        "mo" | "mth" | "mon" => "month",
        "mos" | "mths" => "months",
        "wk" => "week",
        "wks" => "weeks",
        "qtr" => "quarter",
        "qtrs" => "quarters",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn multiples_are_written_in_full() {
        assert_eq!(scaled("25", 3).as_deref(), Some("25_000"));
        assert_eq!(scaled("2.5", 6).as_deref(), Some("2_500_000"));
        assert_eq!(scaled("0.25", 3).as_deref(), Some("250"));
        assert_eq!(scaled("1_000", 3).as_deref(), Some("1_000_000"));
        assert_eq!(scaled("0", 9).as_deref(), Some("0"));
        assert_eq!(scaled("1.2345", 3), None);
        assert_eq!(scaled("1e3", 3), None);
    }
}
