//! Sets of values, and numbers for values: both by the place of a value, since there may be very many.

use super::values::{Value, Values};

/// A set of values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    words: Vec<u64>,
}

impl Set {
    /// Nothing yet, with room for all values.
    pub(crate) fn new(values: &Values) -> Set {
        Set { words: vec![0; values.len().div_ceil(64)] }
    }

    pub(crate) fn contains(&self, value: Value) -> bool {
        self.words[value.index() / 64] >> (value.index() % 64) & 1 == 1
    }

    /// Adds a value; whether it was new.
    pub(crate) fn insert(&mut self, value: Value) -> bool {
        let (word, bit) = (&mut self.words[value.index() / 64], 1 << (value.index() % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// All in it, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> {
        let words = self.words.iter().enumerate();
        words.flat_map(|(place, word)| {
            // Without its lowest bit, until there is none.
            let rest = std::iter::successors(Some(*word), |rest| Some(rest & rest.wrapping_sub(1)));
            let rest = rest.take_while(|rest| *rest != 0);
            rest.map(move |rest| Value::at(place * 64 + rest.trailing_zeros() as usize))
        })
    }
}

/// Numbers given to values, to be forgotten all at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    /// By value: for which use the number was given, and the number.
    entries: Vec<(u32, u32)>,
    used: u32,
}

impl Numbering {
    /// Forgets everything, and makes room for all values.
    pub(crate) fn clear(&mut self, values: &Values) {
        self.used += 1;
        self.entries.resize(values.len(), (0, 0));
    }

    pub(crate) fn get(&self, value: Value) -> Option<u32> {
        let (used, number) = self.entries[value.index()];
        (used == self.used).then_some(number)
    }

    pub(crate) fn set(&mut self, value: Value, number: u32) {
        self.entries[value.index()] = (self.used, number);
    }
}
