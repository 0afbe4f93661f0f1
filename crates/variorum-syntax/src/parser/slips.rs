//! Slips of people who write a model as they would say it: rates in words, words of a source, sums over a group that
//! is not named, and what a reading or a scenario does.

use super::Parser;
use super::compound::{Around, Holder};
use crate::diagnostic::{Code, Diagnostic};
use crate::kind::SyntaxKind as K;
use crate::lexer::short;

impl<'t> Parser<'t> {
    // ---- rates

    /// Whether no unit of time can be read here.
    pub(super) fn lacks_unit_of_time(&self) -> bool {
        self.is_done() || !self.at(K::Name) && !matches!(self.word(), "every")
    }

    /// `1 in 20` without its unit of time; the first number stands at the position `first`.
    pub(super) fn count_without_time(&mut self, first: usize) {
        let count = self.repeated(first, self.position).unwrap_or_else(|| "1 in 20".to_owned());
        let clause = first.checked_sub(1).map_or("", |before| self.text_at(before));
        let is_year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
        let (number, last) = count.split_once(" in ").unwrap_or_default();
        let help = if is_year(last) {
            format!("write `on {last}-01 chance {number}` for a chance on a date, `{number} per year` for a rate")
        } else if matches!(clause, "hazard" | "considered") {
            format!("write `{clause} {count} years`, or another unit of time")
        } else {
            let number = |text: &str| crate::literals::foreign_number(text.trim());
            let ends = count.split_once(" in ").and_then(|(a, b)| number(a).zip(number(b)));
            let share = ends.filter(|(a, b)| *a > 0.0 && a <= b).map(|(a, b)| format!("{:.1}", 100.0 * a / b));
            let share = share.unwrap_or_else(|| "5".to_owned());
            format!(
                "write `{}%` for a probability, `{count} years` for how often over time",
                share.trim_end_matches(".0")
            )
        };
        let diagnostic = Diagnostic::new(Code::Expected, self.here(), format!("`{count}` has no unit of time"));
        self.report(diagnostic.label("expected a unit of time").help(help));
    }

    /// Passes over `of` in `chance of 10%`.
    pub(super) fn foreign_of(&mut self) {
        if self.word() == "of" {
            self.expected("a value", "leave out `of`: a number follows at once");
            self.node(K::Error, Self::bump);
            self.stay_silent();
        }
    }

    /// Passes over `times` in `3 times a year`.
    pub(super) fn foreign_times(&mut self) {
        let is_word = matches!(self.word(), "times" | "time" | "x");
        let next = self.nth_word(1);
        if !is_word || !matches!(next, "a" | "an" | "per" | "each" | "every" | "in") {
            return;
        }
        let number = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
        let rest = match self.nth(2) {
            K::Number => format!("in {} {}", self.nth_text(2), self.nth_text(3)),
            _ => format!("per {}", self.nth_text(2)),
        };
        self.foreign("how often stands as a plain number here", format!("write `{} {}`", short(number), short(&rest)));
        self.node(K::Error, Self::bump);
        self.stay_silent();
    }

    /// Whether `once a year`, `twice per month` or `once in 20 years` is next; or `every 20 years`.
    pub(super) fn at_rate_in_words(&self) -> bool {
        match self.word() {
            "once" | "twice" | "one" => {
                matches!(self.nth_word(1), "a" | "an" | "per" | "each" | "every" | "in")
                    && matches!(self.nth(2), K::Name | K::Number)
            }
            "every" => matches!(self.nth(1), K::Name | K::Number),
            _ => false,
        }
    }

    pub(super) fn rate_in_words(&mut self) {
        let number = if self.word() == "twice" { "2" } else { "1" };
        let span = self.here();
        let is_silent = self.is_silent();
        self.start(K::ErrorExpr);
        if self.word() != "every" {
            self.bump();
        }
        self.bump();
        let is_count = self.at(K::Number);
        let start = self.position;
        self.bump();
        if is_count && self.at(K::Name) {
            self.bump();
        }
        let time = self.repeated(start, self.position).unwrap_or_else(|| "year".to_owned());
        self.finish();
        if !is_silent {
            let help = format!("write `{number} {} {time}`", if is_count { "in" } else { "per" });
            self.push(Diagnostic::new(Code::ForeignHabit, span, "a rate is written with numbers here").help(help));
        }
        self.stay_silent();
    }

    /// Reports `considered monthly` and `considered every month`; nothing is read of what follows the word otherwise.
    pub(super) fn considered_in_words(&mut self) -> bool {
        let unit = match self.word() {
            "monthly" => "month",
            "quarterly" => "quarter",
            "yearly" | "annually" => "year",
            "weekly" => "week",
            "daily" => "day",
            "every" => {
                let date = "a choice that comes up at fixed times has no `considered`";
                let end = if self.nth(1) == K::Number { 3 } else { 2 };
                let time =
                    self.repeated(self.position, self.position + end).unwrap_or_else(|| "every month".to_owned());
                let rate = match self.nth(1) {
                    K::Number => format!("1 in {}", time.strip_prefix("every ").unwrap_or("2 months")),
                    _ => format!("1 per {}", self.nth_text(1)),
                };
                let help = format!("write `{time}` alone, or `considered {rate}` for random times with this mean");
                self.foreign(date, help);
                self.start(K::ErrorExpr);
                for _ in 0..end {
                    self.bump();
                }
                self.finish();
                return true;
            }
            _ => return false,
        };
        let help = format!(
            "write `every {unit}` without `considered` for each {unit}, `considered 1 per {unit}` for once a {unit} in \
             the mean, at random times"
        );
        self.foreign("`considered` is followed by a rate", help);
        self.node(K::ErrorExpr, Self::bump);
        true
    }

    // ---- chances

    /// Whether the value that began at the position `first` ends with `per` and a unit of time.
    fn ends_with_per(&self, first: usize) -> bool {
        self.position > first + 2 && self.text_at(self.position - 2) == "per"
    }

    /// The value of a `chance`, which its keyword began. Whether it turned out to be a hazard.
    pub(super) fn chance(&mut self, has_date: bool) -> bool {
        let span = self.here();
        self.keyword();
        self.foreign_of();
        let checkpoint = self.checkpoint();
        let (first, is_silent) = (self.position, self.is_silent());
        self.whole_value();
        if !self.ends_with_per(first) {
            return false;
        }
        let has_date = has_date || (0..REACH_OF_DATE).any(|ahead| self.nth_word(ahead) == "on");
        let value = self.repeated(first, self.position).unwrap_or_else(|| "10% per year".to_owned());
        let plain = self.repeated(first, self.position - 2).unwrap_or_else(|| "10%".to_owned());
        let (message, help) = if has_date {
            ("the chance of an event with a date has no `per`", format!("write `chance {plain}`"))
        } else {
            (
                "a chance belongs to one date; what may happen at any time has a hazard",
                format!("write `hazard {value}`"),
            )
        };
        if has_date {
            self.start_at(checkpoint, K::ErrorExpr);
            self.finish();
        }
        if !is_silent {
            self.push(Diagnostic::new(Code::MisplacedClause, span, message).help(help));
        }
        !has_date
    }

    // ---- words of a source

    /// Whether `hart said "likely"` is next, where a value should be.
    pub(super) fn at_words_of_source(&self) -> bool {
        self.at(K::Name) && self.nth_word(1) == "said" && self.nth(2) == K::Text
    }

    pub(super) fn words_of_source(&mut self) {
        let (is_silent, span) = (self.is_silent(), self.here().to(self.span_at(self.position + 1)));
        let needs_time = self.position.checked_sub(1).is_some_and(|before| self.text_at(before) == "hazard");
        let source = self.nth_text(0);
        self.start(K::ErrorExpr);
        self.bump();
        self.bump();
        let words = short(self.nth_text(0));
        self.bump();
        self.finish();
        if !is_silent {
            let time = self.time_after_words(needs_time);
            let help = format!(
                "write `said {words}{time} from {source}:ANCHOR`, with the ANCHOR that `variorum cite FILE \"words\"` prints"
            );
            let message = "as a number, a source's words stand before their source";
            self.push(Diagnostic::new(Code::Expected, span, message).help(help));
        }
        self.stay_silent();
    }

    /// Reports a hazard in words that say nothing of time; the words began at the position `first`.
    pub(super) fn words_without_time(&mut self, first: usize) {
        let words = self.repeated(first, self.position).unwrap_or_else(|| "said \"likely\"".to_owned());
        let help = format!(
            "write `hazard {words} within 12 months from SOURCE:ANCHOR`, or the time that is meant; `variorum cite FILE \
             \"words\"` prints the ANCHOR"
        );
        self.expected("`within` and a time", help);
    }

    /// The time that follows words of probability, or one that might.
    fn time_after_words(&self, is_needed: bool) -> String {
        let length = match self.word() {
            "within" => 3,
            "per" => 2,
            _ => return if is_needed { " within 12 months" } else { "" }.to_owned(),
        };
        let time = self.repeated(self.position, self.position + length);
        time.map_or(" within 12 months".to_owned(), |time| format!(" {time}"))
    }

    // ---- aggregates without a range

    /// What to write for `sum(arms)`, whose argument stands from one position up to before another.
    pub(super) fn help_for_single(&self, aggregate: &str, from: usize, to: usize) -> String {
        if to == from + 1
            && let group = self.text_at(from)
            && self.declared_as(group) == Some("group")
        {
            let member = self.free_variable(group);
            return match aggregate {
                "sum" => format!("write what is added for each of them: `sum({member} in {group}: x[{member}])`"),
                _ => format!(
                    "write what should hold of each of them: `{aggregate}({member} in {group}: x[{member}] > 0)`"
                ),
            };
        }
        let written = self
            .with_members(from, to)
            .map(|(member, group, value)| format!("write `{aggregate}({member} in {group}: {value})`"));
        written.unwrap_or_else(|| {
            let value = if aggregate == "sum" { "x[m]" } else { "x[m] > 0" };
            format!("name the group and its members: `{aggregate}(m in GROUP: {value})`")
        })
    }

    /// A formula with a variable in the place of a group, and the variable and the group.
    fn with_members(&self, from: usize, to: usize) -> Option<(String, &'t str, String)> {
        const REACH: usize = 24;
        if to > from + REACH {
            return None;
        }
        let mut group = None;
        let mut pieces: Vec<(bool, usize)> = Vec::new();
        let mut position = from;
        while position < to {
            let is_indexed = self.text_at(position + 1) == "[";
            let inside = self.text_at(position + 2);
            let of_name = if is_indexed && self.text_at(position + 3) == "]" {
                Some(inside).filter(|inside| self.declared_as(inside) == Some("group"))
            } else if is_indexed {
                None
            } else {
                self.group_of(self.text_at(position))
            };
            if of_name.is_some() && group.is_some() && group != of_name {
                return None;
            }
            pieces.push((of_name.is_some(), position));
            position += if of_name.is_some() && is_indexed { 4 } else { 1 };
            group = group.or(of_name);
        }
        let group = group?;
        let member = self.free_variable(group);
        let mut value = String::new();
        let mut end = self.span_at(from).start;
        for (is_member, position) in pieces {
            let span = self.span_at(position);
            if span.start > end {
                value.push(' ');
            }
            value.push_str(self.text_at(position));
            if is_member {
                value.push_str(&format!("[{member}]"));
            }
            let last = if is_member && self.text_at(position + 1) == "[" { position + 3 } else { position };
            end = self.span_at(last).end;
        }
        Some((member, group, value))
    }

    // ---- readings and scenarios

    /// What to write for a verb that begins a line of a reading or a scenario, if it is one.
    pub(super) fn help_for_verb(&self, around: Around) -> Option<String> {
        let (word, next) = (self.word(), self.nth_word(1));
        let holder = match around.holder {
            Holder::File => return None,
            Holder::Reading => "a reading",
            Holder::Scenario => "a scenario",
        };
        let named = |ahead: usize| if self.nth(ahead) == K::Name { self.nth_text(ahead) } else { "NAME" };
        let object = |ahead: usize| {
            // `without event attack` names the statement by its keyword.
            let is_keyword = crate::words::statement(self.nth_word(ahead)).is_some() && self.nth(ahead + 1) == K::Name;
            named(ahead + usize::from(is_keyword || self.nth_word(ahead) == "the"))
        };
        match word {
            "turn" | "switched" | "turned" if next == "off" => Some(format!("write `switch off {}`", object(2))),
            "without" | "disable" | "remove" | "drop" | "exclude" | "omit" | "delete" | "deactivate" | "skip"
            | "switch_off" | "switchoff" | "turn_off" | "ignore" | "off" | "no" | "not" | "except"
                if self.nth(1) == K::Name =>
            {
                Some(format!("write `switch off {}`", object(1)))
            }
            "replace" | "override" | "change" | "redefine" | "modify" | "update" | "substitute" | "overwrite"
            | "with" | "assume"
                if self.nth(1) == K::Name =>
            {
                let name = object(1);
                let keyword = self.declared_as(name).unwrap_or("event");
                let value = if matches!(keyword, "param" | "let" | "stock") { " = …" } else { " …" };
                Some(format!(
                    "write the whole statement anew, with its keyword: `{keyword} {name}{value}`; in {holder} it takes \
                     the place of the shared one"
                ))
            }
            "keep" | "keeping" | "retain" | "accepts" if around.holder == Holder::Reading => {
                Some(format!("write `keeps {} \"why\"`", object(1)))
            }
            "set" | "hold" if around.holder == Holder::Reading => {
                let name = named(1);
                let keyword = self.declared_as(name).unwrap_or("param");
                let value = self.value_of_line();
                Some(format!(
                    "a reading gives another value by the statement anew, `{keyword} {name} = {value}`; `{word}` belongs to a \
                     `scenario`"
                ))
            }
            _ => None,
        }
    }

    /// What follows the `=` of a short line.
    fn value_of_line(&self) -> String {
        const REACH: usize = 12;
        let equal = (1..REACH).find(|ahead| self.nth(*ahead) == K::Equal);
        let end = (1..REACH).find(|ahead| self.nth(*ahead) == K::End || self.nth_word(*ahead) == "at");
        let value =
            equal.zip(end).and_then(|(equal, end)| self.repeated(self.position + equal + 1, self.position + end));
        value.unwrap_or_else(|| "…".to_owned())
    }

    /// What to write for a line like `war = yes at 2026-01` of a scenario.
    pub(super) fn line_of_scenario(&self) -> Option<String> {
        const REACH: usize = 16;
        let end = (2..REACH).find(|ahead| self.nth(*ahead) == K::End)?;
        let keyword = (2..end).find_map(|ahead| match self.nth_word(ahead) {
            "at" => Some("set"),
            "from" => Some("hold"),
            _ => None,
        })?;
        Some(format!("write `{keyword} {}`", self.repeated(self.position, self.position + end)?))
    }

    /// What to write for a line that begins with a date: `at 2026-01 set war = yes`.
    pub(super) fn help_for_dated_line(&self, around: Around) -> Option<String> {
        /// More than this is no single line that could be repeated.
        const REACH: usize = 24;
        if !matches!(self.word(), "at" | "on" | "in" | "from") || !matches!(self.nth(1), K::Date | K::Number) {
            return None;
        }
        let date = short(self.nth_text(1));
        let mut first = 2;
        let mut keyword = "set";
        while matches!(self.nth(first), K::Comma | K::Colon)
            || matches!(self.nth_word(first), "set" | "hold" | "then" | "do")
        {
            if self.nth_word(first) == "hold" {
                keyword = "hold";
            }
            first += 1;
        }
        let before_date = if keyword == "hold" { "from" } else { "at" };
        let end = (first..REACH).find(|ahead| self.nth(*ahead) == K::End)?;
        let done = self.repeated(self.position + first, self.position + end)?;
        let signs = [K::PlusEqual, K::MinusEqual, K::StarEqual];
        let is_change = (first..end).any(|ahead| signs.contains(&self.nth(ahead)));
        if !is_change && (first..end).all(|ahead| self.nth(ahead) != K::Equal) {
            return None;
        }
        let event = format!("`event NAME on {date} chance 100% then {done}`");
        Some(match around.holder {
            Holder::Scenario if is_change => format!("a change on a date is an event: {event}"),
            Holder::Scenario => format!("the date stands at the end: `{keyword} {done} {before_date} {date}`"),
            _ if is_change => format!("what happens on a date is an event: {event}"),
            _ => format!(
                "what happens on a date is an event, {event}; an intervention to compare with is a `scenario NAME` with \
                 the line `{keyword} {done} {before_date} {date}` indented under it"
            ),
        })
    }
}

/// How far behind a chance its date is looked for.
const REACH_OF_DATE: usize = 40;
