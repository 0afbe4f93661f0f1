//! Random expressions of a given dimension that read no more than they may.

use super::Writer;
use super::words::{Base, Dimension, HAZARD, PLAIN, Reads};

impl Writer {
    /// A number of a dimension, in parentheses unless it is a single word or literal.
    pub fn number(&mut self, dimension: Dimension, reads: Reads, depth: u32) -> String {
        if depth == 0 || self.dice.chance(0.25) {
            return self.leaf(dimension, reads);
        }
        if self.nasty && self.dice.chance(0.08) {
            return self.nasty_number(dimension, reads, depth);
        }
        let below = depth - 1;
        match self.dice.below(14) {
            12 | 13 => {
                let narrower = if self.dice.chance(0.5) { below } else { 0 };
                match self.aggregate(dimension, reads, narrower) {
                    Some(text) => text,
                    None => self.leaf(dimension, reads),
                }
            }
            // 0 has every dimension.
            0 if self.dice.chance(0.1) => format!("(0 + {})", self.number(dimension, reads, below)),
            0 => format!("({} + {})", self.number(dimension, reads, below), self.number(dimension, reads, below)),
            1 => format!("({} - {})", self.number(dimension, reads, below), self.number(dimension, reads, below)),
            2 => format!("({} * {})", self.number(PLAIN, reads, below), self.number(dimension, reads, below)),
            3 => {
                let over = self.number(dimension, reads, below);
                let under = self.number(PLAIN, reads, below);
                if self.nasty { format!("({over} / {under})") } else { format!("({over} / (0.5 + abs({under})))") }
            }
            4 => {
                let function = self.dice.one_of(&["min", "max"]);
                format!(
                    "{function}({}, {})",
                    self.number(dimension, reads, below),
                    self.number(dimension, reads, below)
                )
            }
            5 => {
                let (low, high) = (self.literal(dimension), self.literal(dimension));
                format!("clip({}, {low}, {high})", self.number(dimension, reads, below))
            }
            6 => {
                let condition = self.condition(reads, below);
                let (yes, no) = (self.number(dimension, reads, below), self.number(dimension, reads, below));
                format!("(if {condition} then {yes} else {no})")
            }
            7 => {
                let condition = self.condition(reads, below);
                let value = self.number(dimension, reads, below);
                let otherwise = self.number(dimension, reads, below);
                if self.dice.chance(0.3) {
                    format!("({value} if {condition} else {otherwise})")
                } else {
                    format!("({value} if {condition})")
                }
            }
            8 if reads >= Reads::State && !self.names.ladders.is_empty() => self.lookup(dimension, reads, below),
            9 => format!("(-{})", self.number(dimension, reads, below)),
            10 => format!("abs({})", self.number(dimension, reads, below)),
            _ => self.of_its_kind(dimension, reads, below),
        }
    }

    /// What only numbers of this dimension can be.
    fn of_its_kind(&mut self, dimension: Dimension, reads: Reads, depth: u32) -> String {
        let amount = dimension.amount();
        if dimension == HAZARD && self.dice.chance(0.4) {
            let probability = self.number(PLAIN, reads, depth);
            let probability =
                if self.nasty { format!("abs({probability})") } else { format!("clip({probability}, 0, 0.9)") };
            let time = self.dice.one_of(&["3 months", "1 year", "26 weeks", "0.5 years"]);
            return format!("({probability} within {time})");
        }
        if dimension.rate {
            // A product is no literal: `40% per year` would mean a hazard.
            let number = format!("({} * 1)", self.number(amount, reads, depth));
            return match self.dice.below(3) {
                0 => format!("({number} per year)"),
                1 => format!("({number} / 2.5 months)"),
                _ => format!("({number} per quarter)"),
            };
        }
        if dimension != PLAIN {
            return format!("({} * 2 months)", self.number(dimension.per_time(), reads, depth));
        }
        match self.dice.below(6) {
            0 => {
                let base = self.dice.one_of(&[Base::People, Base::Money]);
                let other = Dimension { base, rate: self.dice.chance(0.3) };
                let (over, under) = (self.number(other, reads, depth), self.number(other, reads, 0));
                if self.nasty {
                    format!("({over} / {under})")
                } else {
                    format!("({over} / max(abs({under}), {}))", self.literal(other))
                }
            }
            1 => {
                let x = self.number(PLAIN, reads, depth);
                if self.nasty { format!("exp({x})") } else { format!("exp(clip({x}, -2, 2))") }
            }
            2 => {
                let x = self.number(PLAIN, reads, depth);
                if self.nasty { format!("ln({x})") } else { format!("ln(0.1 + abs({x}))") }
            }
            3 => {
                let x = self.number(PLAIN, reads, depth);
                if self.nasty { format!("sqrt({x})") } else { format!("sqrt(abs({x}))") }
            }
            4 => {
                let x = self.number(PLAIN, reads, depth);
                let power = self.dice.one_of(&["2", "3", "0.5", "-1", "1.7", "0"]);
                if self.nasty { format!("({x} ^ {power})") } else { format!("((0.2 + abs({x})) ^ {power})") }
            }
            _ => format!("({})", self.condition(reads, depth)),
        }
    }

    /// Numbers that go wrong.
    fn nasty_number(&mut self, dimension: Dimension, reads: Reads, depth: u32) -> String {
        let trouble = match self.dice.below(9) {
            0 => "ln(-1)".to_owned(),
            1 => "sqrt(-2)".to_owned(),
            2 => "(1 / 0)".to_owned(),
            3 => "(0 / 0)".to_owned(),
            4 => "exp(1000)".to_owned(),
            5 => "(-1e300 * 1e300)".to_owned(),
            6 => "1e-320".to_owned(),
            7 => {
                let x = self.number(PLAIN, reads, depth - 1);
                format!("(1 / ({x} - {x}))")
            }
            _ => format!("ln({})", self.number(PLAIN, reads, depth - 1)),
        };
        if dimension == PLAIN { trouble } else { format!("({trouble} * {})", self.literal(dimension)) }
    }

    fn lookup(&mut self, dimension: Dimension, reads: Reads, depth: u32) -> String {
        let ladder = self.dice.one_of(&self.names.ladders);
        let mut levels = ladder.levels.clone();
        self.dice.shuffle(&mut levels);
        let some = self.dice.below(levels.len() + 1);
        let mut entries: Vec<String> = Vec::new();
        for level in levels.iter().take(some) {
            entries.push(format!("{level}: {}", self.number(dimension, reads, depth)));
        }
        if some < levels.len() {
            if entries.is_empty() {
                entries.push(format!("{}: {}", levels[0], self.number(dimension, reads, depth)));
            }
            entries.push(format!("else: {}", self.number(dimension, reads, depth)));
        }
        format!("lookup {} ({})", ladder.text, entries.join(", "))
    }

    fn leaf(&mut self, dimension: Dimension, reads: Reads) -> String {
        let mut known: Vec<String> = Vec::new();
        let fits = |named: &&super::words::Named| named.dimension == dimension && named.reads <= reads;
        for list in [&self.names.params, &self.names.formulas, &self.names.stocks] {
            known.extend(list.iter().filter(fits).map(|named| named.text.clone()));
        }
        if dimension == PLAIN && reads >= Reads::State {
            known.extend(self.names.flags.iter().cloned());
        }
        match self.dice.any_of(&known) {
            Some(text) if self.dice.chance(0.75) => text,
            _ if self.dice.chance(0.15) => format!("({})", self.uncertain(dimension)),
            _ => self.literal(dimension),
        }
    }

    /// A condition, in parentheses unless it is a single word or call.
    pub fn condition(&mut self, reads: Reads, depth: u32) -> String {
        if depth > 0 && self.dice.chance(0.4) {
            let below = depth - 1;
            return match self.dice.below(7) {
                5 | 6 => match self.any_or_all(reads, 0) {
                    Some(text) => text,
                    None => self.condition(reads, 0),
                },
                0 => format!("({} and {})", self.condition(reads, below), self.condition(reads, below)),
                1 => format!("({} or {})", self.condition(reads, below), self.condition(reads, below)),
                2 => format!("(not {})", self.condition(reads, below)),
                3 => format!("({} != {})", self.condition(reads, below), self.condition(reads, below)),
                _ => {
                    let (a, b, c) =
                        (self.condition(reads, below), self.condition(reads, below), self.condition(reads, below));
                    format!("(if {a} then {b} else {c})")
                }
            };
        }
        let mut simple: Vec<String> = Vec::new();
        if reads >= Reads::State {
            simple.extend(self.names.flags.iter().cloned());
            for ladder in self.names.ladders.iter().chain(&self.names.levels) {
                let level = self.dice.one_of(&ladder.levels);
                let sign = self.dice.one_of(&["=", "!=", "<", "<=", ">", ">="]);
                let turned = self.dice.chance(0.2) && !self.names.levels.iter().any(|other| other.text == ladder.text);
                simple.push(if turned {
                    format!("({level} {sign} {})", ladder.text)
                } else {
                    format!("({} {sign} {level})", ladder.text)
                });
                let twin =
                    self.names.ladders.iter().find(|twin| twin.text != ladder.text && twin.levels == ladder.levels);
                simple.extend(twin.map(|twin| format!("({} {sign} {})", ladder.text, twin.text)));
            }
        }
        simple.extend(self.names.truths.iter().filter(|truth| truth.reads <= reads).map(|truth| truth.text.clone()));
        if reads >= Reads::Before {
            simple.extend(self.names.events.iter().map(|event| format!("happened({event})")));
        }
        if reads >= Reads::Now {
            for choice in &self.names.choices {
                let option = self.dice.one_of(&choice.options);
                let sign = self.dice.one_of(&["=", "!="]);
                simple.push(format!("({} {sign} {option})", choice.name));
            }
        }
        match self.dice.any_of(&simple) {
            Some(text) if self.dice.chance(0.7) => text,
            _ if self.dice.chance(0.05) => self.dice.one_of(&["yes", "no"]).to_owned(),
            _ => {
                let base = self.dice.one_of(&[Base::Plain, Base::Plain, Base::People, Base::Money]);
                let dimension = Dimension { base, rate: false };
                let sign = self.dice.one_of(&["<", "<=", ">", ">=", ">", "<"]);
                let depth = if depth > 0 { 1 } else { 0 };
                format!("({} {sign} {})", self.number(dimension, reads, depth), self.literal(dimension))
            }
        }
    }
}
