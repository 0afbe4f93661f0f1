//! Values: every number that a step computes, each kept once.
//!
//! A value is a pure function of parameters, of what columns hold when a segment begins, and of random numbers. Equal
//! functions are the same value, so what two branches of a game tree have in common is computed once. Constants are
//! folded with the engine's own functions; all other simplifications keep every bit of every number.

use super::range::{self, Range};
use std::hash::{Hash, Hasher};
use variorum_engine::math::elementary::happens;
use variorum_engine::op::{Binary, Unary, softmax};

/// A value, by its place among all. Arguments come before what is computed from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Value(u32);

impl Value {
    /// The value at a place.
    pub(crate) fn at(place: usize) -> Value {
        Value(place as u32)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// A number, by its bits.
    Number(u64),
    /// A parameter.
    Param(u32),
    /// What a persistent column holds when the segment begins.
    Slot(u32),
    /// The uniform of a stream in this step.
    Uniform(u32),
    /// The uniform of a stream in the next step, this one being even.
    Spare(u32),
    Unary(Unary, Value),
    Binary(Binary, Value, Value),
    Select(Value, Value, Value),
    Lookup(Value, Vec<Value>),
    /// Uniform and hazard.
    Happens(Value, Value),
    /// low ≤ x < high, as (x, low, high).
    Between(Value, Value, Value),
    /// The first step in which something holds: what is known before this step, and the condition in it.
    First(Value, Value),
    /// A value where a condition holds, and 0 elsewhere, as (condition, value, choice): what only few trajectories need.
    /// All those of a choice under one condition are computed together.
    Where(Value, Value, usize),
    /// The quantal response to qualities: no number itself, but what its parts are taken from.
    Response(Response),
    /// The probability of an option in a response.
    Part(Value, usize),
}

/// What a quantal response is computed from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Response {
    pub(crate) precision: Value,
    /// By option.
    pub(crate) qualities: Vec<Value>,
    /// The option that is left where qualities are no numbers.
    pub(crate) default: usize,
}

impl Node {
    /// Calls `visit` for every argument.
    pub(crate) fn arguments(&self, mut visit: impl FnMut(Value)) {
        match self {
            Node::Number(_) | Node::Param(_) | Node::Slot(_) | Node::Uniform(_) | Node::Spare(_) => {}
            Node::Unary(_, a) => visit(*a),
            Node::Binary(_, a, b) | Node::Happens(a, b) | Node::First(a, b) | Node::Where(a, b, _) => {
                [*a, *b].into_iter().for_each(visit);
            }
            Node::Select(a, b, c) | Node::Between(a, b, c) => [*a, *b, *c].into_iter().for_each(visit),
            Node::Lookup(level, values) => {
                visit(*level);
                values.iter().copied().for_each(visit);
            }
            Node::Response(response) => {
                visit(response.precision);
                response.qualities.iter().copied().for_each(visit);
            }
            Node::Part(response, _) => visit(*response),
        }
    }
}

/// What a value depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Nothing.
    Number,
    /// Parameters: it is computed once per trajectory.
    Params,
    /// The state or chance: it is computed in every step.
    State,
}

#[derive(Debug)]
struct Entry {
    node: Node,
    range: Range,
    class: Class,
}

/// All values.
#[derive(Debug, Default)]
pub(crate) struct Values {
    entries: Vec<Entry>,
    places: Places,
}

/// Where values stand, by what they are: a hash table with linear probing, of which nothing but what it finds is seen.
#[derive(Debug, Default)]
struct Places {
    /// One more than the place; 0 where there is none. A power of two, at most half of it full.
    slots: Vec<u32>,
    count: usize,
}

impl Places {
    /// Where a node stands among the entries, or the slot in which its place would have to be noted.
    fn find(&self, entries: &[Entry], node: &Node) -> Result<Value, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        if self.slots.is_empty() {
            return Err(0);
        }
        let mut at = hash(node) as usize & mask;
        loop {
            match self.slots[at] {
                0 => return Err(at),
                place if entries[place as usize - 1].node == *node => return Ok(Value(place - 1)),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Notes the place of the last of the entries, in a slot that was found for it.
    fn note(&mut self, entries: &[Entry], slot: usize) {
        self.count += 1;
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = entries.len() as u32;
        }
        if 2 * self.count > self.slots.len() {
            let size = (4 * self.count).next_power_of_two().max(1024);
            self.slots = vec![0; size];
            for (place, entry) in (1..).zip(entries) {
                let mut at = hash(&entry.node) as usize & (size - 1);
                while self.slots[at] != 0 {
                    at = (at + 1) & (size - 1);
                }
                self.slots[at] = place;
            }
        }
    }
}

fn hash(node: &Node) -> u64 {
    let mut hash = NodeHash(0);
    node.hash(&mut hash);
    hash.finish()
}

/// Mixes words into one by rotation, exclusive or and multiplication.
struct NodeHash(u64);

impl Hasher for NodeHash {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn node(&self, value: Value) -> &Node {
        &self.entries[value.index()].node
    }

    pub(crate) fn range(&self, value: Value) -> Range {
        self.entries[value.index()].range
    }

    pub(crate) fn class(&self, value: Value) -> Class {
        self.entries[value.index()].class
    }

    /// The value that is this, if there is one.
    pub(crate) fn find(&self, node: &Node) -> Option<Value> {
        self.places.find(&self.entries, node).ok()
    }

    /// The number that a value is known to be.
    pub(crate) fn as_number(&self, value: Value) -> Option<f64> {
        match self.node(value) {
            Node::Number(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    /// States what is known of a value beyond what its arguments' ranges say. It may still be no number.
    pub(crate) fn narrow(&mut self, value: Value, low: f64, high: f64) {
        let range = &mut self.entries[value.index()].range;
        if low > range.low {
            range.low = low;
        }
        if high < range.high {
            range.high = high;
        }
    }

    fn intern(&mut self, node: Node, range: Range) -> Value {
        let slot = match self.places.find(&self.entries, &node) {
            Ok(value) => return value,
            Err(slot) => slot,
        };
        let class = match &node {
            Node::Number(_) => Class::Number,
            Node::Param(_) => Class::Params,
            Node::Slot(_) | Node::Uniform(_) | Node::Spare(_) => Class::State,
            _ => {
                let mut class = Class::Params;
                node.arguments(|argument| class = class.max(self.class(argument)));
                class
            }
        };
        let value = Value(self.entries.len() as u32);
        self.entries.push(Entry { node, range, class });
        self.places.note(&self.entries, slot);
        value
    }

    pub(crate) fn number(&mut self, number: f64) -> Value {
        // Machines differ in the bits of NaN, which therefore must not decide what is equal.
        let number = if number.is_nan() { f64::NAN } else { number };
        self.intern(Node::Number(number.to_bits()), Range::point(number))
    }

    pub(crate) fn truth(&mut self, truth: bool) -> Value {
        self.number(if truth { 1.0 } else { 0.0 })
    }

    pub(crate) fn param(&mut self, param: u32, range: Range) -> Value {
        self.intern(Node::Param(param), range)
    }

    pub(crate) fn slot(&mut self, slot: u32, range: Range) -> Value {
        self.intern(Node::Slot(slot), range)
    }

    pub(crate) fn uniform(&mut self, stream: u32) -> Value {
        self.intern(Node::Uniform(stream), Range::new(0.0, 1.0))
    }

    pub(crate) fn spare(&mut self, stream: u32) -> Value {
        self.intern(Node::Spare(stream), Range::new(0.0, 1.0))
    }

    pub(crate) fn unary(&mut self, kind: Unary, a: Value) -> Value {
        if let Some(number) = self.as_number(a) {
            return self.number(kind.apply(number));
        }
        let known = self.range(a);
        let inner = self.node(a).clone();
        match (kind, inner) {
            (Unary::Negate, Node::Unary(Unary::Negate, inner)) => return inner,
            (Unary::Not, Node::Unary(Unary::Not, inner)) if self.range(inner).truth => return inner,
            (Unary::Clean, _) if known.is_not_negative() => return a,
            (Unary::Invalid, _) if known.is_not_negative() && known.high < f64::INFINITY => return self.truth(false),
            _ => {}
        }
        self.intern(Node::Unary(kind, a), range::unary(kind, known))
    }

    pub(crate) fn binary(&mut self, kind: Binary, a: Value, b: Value) -> Value {
        if let (Some(x), Some(y)) = (self.as_number(a), self.as_number(b)) {
            return self.number(kind.apply(x, y));
        }
        // Numbers stand on the right where the order does not matter.
        if self.as_number(a).is_some()
            && let Some(mirrored) = kind.mirrored()
        {
            return self.binary(mirrored, b, a);
        }
        if let Some(same) = self.simplified(kind, a, b) {
            return same;
        }
        if let (Binary::Less, Node::Unary(Unary::Chance, hazard)) = (kind, self.node(b)) {
            return self.happens(a, *hazard);
        }
        let range = range::binary(kind, self.range(a), self.range(b));
        self.intern(Node::Binary(kind, a, b), range)
    }

    /// A value with the same bits that takes no further operation.
    fn simplified(&mut self, kind: Binary, a: Value, b: Value) -> Option<Value> {
        let (left, right) = (self.range(a), self.range(b));
        if let Some(truth) = range::decided(kind, left, right) {
            return Some(self.truth(truth));
        }
        let number = self.as_number(b);
        let is = |x: f64| number.is_some_and(|y| y.to_bits() == x.to_bits());
        let apart = |lower: Range, upper: Range| {
            !lower.nan && !upper.nan && lower.high <= upper.low && (lower.high != 0.0 || upper.low != 0.0)
        };
        match kind {
            Binary::Add if is(-0.0) => Some(a),
            Binary::Subtract if is(0.0) => Some(a),
            Binary::Multiply | Binary::Divide if is(1.0) => Some(a),
            Binary::Power if is(0.0) => Some(self.number(1.0)),
            Binary::Min | Binary::Max if a == b => Some(a),
            Binary::Min if apart(left, right) => Some(a),
            Binary::Min if apart(right, left) => Some(b),
            Binary::Max if apart(left, right) => Some(b),
            Binary::Max if apart(right, left) => Some(a),
            Binary::And if is(0.0) => Some(b),
            Binary::And if number.is_some() && left.truth => Some(a),
            Binary::Or if is(0.0) && left.truth => Some(a),
            Binary::Or if number.is_some_and(|y| y != 0.0) => Some(self.truth(true)),
            Binary::And | Binary::Or if a == b && left.truth => Some(a),
            Binary::AndNot if is(0.0) && left.truth => Some(a),
            Binary::AndNot if number.is_some_and(|y| y != 0.0) => Some(self.truth(false)),
            Binary::AndNot if self.as_number(a) == Some(0.0) => Some(self.truth(false)),
            Binary::AndNot if self.as_number(a).is_some() => Some(self.unary(Unary::Not, b)),
            Binary::NotEqual if number == Some(0.0) && left.truth => Some(a),
            Binary::Equal if number == Some(1.0) && left.truth => Some(a),
            Binary::Equal if number == Some(0.0) && left.truth => Some(self.unary(Unary::Not, a)),
            Binary::AtLeast if number == Some(1.0) && left.truth => Some(a),
            Binary::Greater if number == Some(0.0) && left.truth => Some(a),
            _ => None,
        }
    }

    pub(crate) fn and(&mut self, a: Value, b: Value) -> Value {
        self.binary(Binary::And, a, b)
    }

    pub(crate) fn select(&mut self, condition: Value, yes: Value, no: Value) -> Value {
        if yes == no {
            return yes;
        }
        if let Some(number) = self.as_number(condition) {
            return if number != 0.0 { yes } else { no };
        }
        if let Node::Unary(Unary::Not, inner) = *self.node(condition) {
            return self.select(inner, no, yes);
        }
        if self.range(condition).truth {
            let bits = |value: Option<f64>| value.map(f64::to_bits);
            let (yes, no) = (bits(self.as_number(yes)), bits(self.as_number(no)));
            match (yes, no) {
                (Some(0x3ff0_0000_0000_0000), Some(0)) => return condition,
                (Some(0), Some(0x3ff0_0000_0000_0000)) => return self.unary(Unary::Not, condition),
                _ => {}
            }
        }
        let range = self.range(yes).or(self.range(no));
        self.intern(Node::Select(condition, yes, no), range)
    }

    /// The value that belongs to a level; levels beyond the last count as the last.
    pub(crate) fn lookup(&mut self, level: Value, values: &[Value]) -> Option<Value> {
        let (first, rest) = values.split_first()?;
        let last = rest.last().unwrap_or(first);
        if rest.iter().all(|value| value == first) {
            return Some(*first);
        }
        if let Some(number) = self.as_number(level) {
            let place = (0..values.len()).rev().find(|place| number >= *place as f64).unwrap_or(0);
            return Some(values.get(place).copied().unwrap_or(*last));
        }
        if let ([yes], true) = (rest, self.range(level).truth) {
            return Some(self.select(level, *yes, *first));
        }
        let range = rest.iter().fold(self.range(*first), |range, value| range.or(self.range(*value)));
        Some(self.intern(Node::Lookup(level, values.to_vec()), range))
    }

    /// A value where a condition holds, and 0 elsewhere; computed for those trajectories alone, if that is worth while.
    pub(crate) fn only_where(&mut self, condition: Value, value: Value, choice: usize) -> Value {
        if self.class(condition) != Class::State || self.class(value) != Class::State {
            let zero = self.number(0.0);
            return self.select(condition, value, zero);
        }
        let range = self.range(value).or(Range::point(0.0));
        self.intern(Node::Where(condition, value, choice), range)
    }

    /// Whether `uniform` < 1 - exp(-hazard).
    pub(crate) fn happens(&mut self, uniform: Value, hazard: Value) -> Value {
        if self.as_number(hazard).is_some_and(|hazard| happens(0.0, hazard) == 0.0) {
            return self.truth(false);
        }
        self.intern(Node::Happens(uniform, hazard), Range::TRUTH)
    }

    /// Whether low ≤ x < high.
    pub(crate) fn between(&mut self, x: Value, low: Value, high: Value) -> Value {
        if low == high {
            return self.truth(false);
        }
        self.intern(Node::Between(x, low, high), Range::TRUTH)
    }

    /// This step where a condition holds and none is known before, which is infinite.
    pub(crate) fn first(&mut self, before: Value, condition: Value) -> Value {
        if self.as_number(condition) == Some(0.0) {
            return before;
        }
        self.intern(Node::First(before, condition), self.range(before))
    }

    /// The quantal response to at most as many options as the engine takes at once.
    pub(crate) fn response(&mut self, response: Response) -> Vec<Value> {
        let options = response.qualities.len();
        let qualities: Option<Vec<f64>> = response.qualities.iter().map(|quality| self.as_number(*quality)).collect();
        if let (Some(precision), Some(qualities)) = (self.as_number(response.precision), qualities) {
            let folded = softmax(precision, &qualities, response.default);
            return folded.into_iter().map(|probability| self.number(probability)).collect();
        }
        let response = self.intern(Node::Response(response), Range::ANY);
        (0..options).map(|option| self.intern(Node::Part(response, option), Range::new(0.0, 1.0))).collect()
    }

    /// max(low, min(high, x)), as far as there are bounds.
    pub(crate) fn clamp(&mut self, x: Value, low: Option<Value>, high: Option<Value>) -> Value {
        let x = high.map_or(x, |high| self.binary(Binary::Min, x, high));
        low.map_or(x, |low| self.binary(Binary::Max, x, low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_functions_are_one_value() {
        let mut values = Values::default();
        let x = values.slot(0, Range::ANY);
        let two = values.number(2.0);
        let (a, b) = (values.binary(Binary::Multiply, x, two), values.binary(Binary::Multiply, two, x));
        assert_eq!(a, b);
        assert_eq!(values.class(a), Class::State);
    }

    #[test]
    fn bits_are_kept() {
        let mut values = Values::default();
        let x = values.slot(0, Range::ANY);
        let (zero, one) = (values.number(0.0), values.number(1.0));
        assert_ne!(values.binary(Binary::Add, x, zero), x, "-0 + 0 is 0");
        assert_eq!(values.binary(Binary::Subtract, x, zero), x);
        assert_ne!(values.binary(Binary::Multiply, x, zero), zero);
        assert_eq!(values.binary(Binary::Multiply, one, x), x);
        assert_ne!(values.binary(Binary::And, x, one), x, "x may be 2");
    }

    #[test]
    fn numbers_are_folded() {
        let mut values = Values::default();
        let (two, three) = (values.number(2.0), values.number(3.0));
        let eight = values.binary(Binary::Power, two, three);
        assert_eq!(values.as_number(eight), Some(8.0));
        let nan = values.number(-f64::NAN);
        assert_eq!(nan, values.number(f64::NAN));
        assert_eq!(values.lookup(two, &[two, eight]), Some(eight));
    }
}
