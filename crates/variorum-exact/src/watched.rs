//! What is read off the end of a step, for questions and for what has been seen: a number for each thing.

use std::collections::BTreeMap;

use variorum_model::program::{Expr, Fact, Program, Query};
use variorum_oracle::{Oracle, Record};

/// Something that is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Thing<'p> {
    /// Whether a condition holds.
    Holds(&'p Expr),
    /// A number.
    Value(&'p Expr),
    /// Whether an event happened.
    Event(usize),
    /// Whether a choice came out so.
    Option(usize, usize),
    /// Whether a choice came out as anything but its default.
    Act(usize),
}

/// All that is read, each once.
#[derive(Clone, Default)]
pub(crate) struct Watched<'p> {
    things: Vec<Thing<'p>>,
}

/// The places of what a question reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) asked: usize,
    pub(crate) given: Option<usize>,
}

impl<'p> Watched<'p> {
    /// The place of a thing among the labels.
    pub(crate) fn place(&mut self, thing: Thing<'p>) -> usize {
        self.things.iter().position(|known| *known == thing).unwrap_or_else(|| {
            self.things.push(thing);
            self.things.len() - 1
        })
    }

    /// What the questions read.
    pub(crate) fn questions(&mut self, program: &'p Program) -> Vec<Asked> {
        let mut asked = |question: &'p variorum_model::program::Question| Asked {
            asked: self.place(match &question.query {
                Query::Ever { condition, .. } | Query::First { condition, .. } => Thing::Holds(condition),
                Query::Value { value, .. } => Thing::Value(value),
            }),
            given: question.given.as_ref().map(|given| self.place(Thing::Holds(&given.condition))),
        };
        program.questions.iter().map(&mut asked).collect()
    }

    /// What an observation reads; none if nothing.
    pub(crate) fn fact(&mut self, fact: &'p Fact) -> Option<usize> {
        let thing = match fact {
            Fact::Event { event } => Thing::Event(*event),
            Fact::Choice { choice, option } => Thing::Option(*choice, *option),
            Fact::Condition(condition) => Thing::Holds(condition),
            Fact::Number { value, .. } => Thing::Value(value),
            Fact::Impossible { .. } => return None,
        };
        Some(self.place(thing))
    }

    /// What is read at an end of a step.
    pub(crate) fn label(&self, program: &Program, oracle: &Oracle<'_>, params: &[f64], record: &Record) -> Vec<u64> {
        let truth = u64::from;
        let read = |thing: &Thing<'_>| match thing {
            Thing::Holds(condition) => truth(oracle.value(condition, params, record) != 0.0),
            Thing::Value(value) => bits(oracle.value(value, params, record)),
            Thing::Event(event) => truth(record.happened[*event]),
            Thing::Option(choice, option) => truth(record.outcomes[*choice] == Some(*option)),
            Thing::Act(choice) => {
                let default = program.choices[*choice].default;
                truth(record.outcomes[*choice].is_some_and(|option| option != default))
            }
        };
        self.things.iter().map(read).collect()
    }
}

/// The bits of a number; those of all that are no numbers are the same.
pub(crate) fn bits(number: f64) -> u64 {
    if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() }
}

/// Numbers for keys, in the order in which the keys come.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<K: Ord> {
    numbers: BTreeMap<K, u32>,
}

impl<K: Ord> Default for Numbered<K> {
    fn default() -> Self {
        Numbered { numbers: BTreeMap::new() }
    }
}

impl<K: Ord> Numbered<K> {
    /// The number of a key, and whether it is new.
    pub(crate) fn of(&mut self, key: K) -> (u32, bool) {
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        (number, number == next)
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }
}
