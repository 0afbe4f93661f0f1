//! From values to the segments of a plan.
//!
//! Columns that no question depends on are not kept, what depends on parameters alone moves to the prelude, and each
//! segment gets the operations that its stores need, arguments first.

use super::range;
use super::regions::{Arrangement, Region, Unit};
use super::sets::{Numbering, Set};
use super::slots::Slots;
use super::step::Roots;
use super::values::{Class, Node, Response, Value, Values};
use std::collections::{BTreeMap, BTreeSet};
use variorum_engine::allocate::Code;
use variorum_engine::filter::PlanFilter;
use variorum_engine::op::{Binary, Op, Operand, Sparse, Unary};
use variorum_engine::plan::{CounterKind, PlanBuilder};
use variorum_model::program::Key;

/// Segments, and what is needed of them.
pub(crate) struct Emitter<'a> {
    values: &'a Values,
    slots: &'a Slots,
    /// By slot: its column, if anything depends on it.
    columns: Vec<Option<u32>>,
    /// By stream: its place in the plan.
    streams: BTreeMap<u32, u32>,
    counters: BTreeMap<u32, u32>,
    /// Columns of parameters.
    params: Vec<u32>,
    /// Columns of values that the prelude computes.
    hoisted: BTreeMap<Value, u32>,
    /// For use within a segment, and within a region of it: the numbers of values.
    numbers: [Numbering; 2],
}

impl<'a> Emitter<'a> {
    /// Finds the columns that questions and counters depend on.
    pub(crate) fn new(
        values: &'a Values,
        slots: &'a Slots,
        segments: &[&Roots],
        params: Vec<u32>,
        builder: &mut PlanBuilder,
    ) -> Self {
        let live = live(values, slots, segments);
        let columns = live.iter().zip(&slots.names).map(|(live, name)| live.then(|| builder.column(name)));
        Emitter {
            values,
            slots,
            columns: columns.collect(),
            streams: BTreeMap::new(),
            counters: BTreeMap::new(),
            params,
            hoisted: BTreeMap::new(),
            numbers: Default::default(),
        }
    }

    /// The column of a slot that something depends on.
    pub(crate) fn column(&self, slot: u32) -> Option<u32> {
        self.columns.get(slot as usize).copied().flatten()
    }

    /// What is done at the end of steps in which something was seen.
    pub(crate) fn filter(&self, due: Vec<u32>) -> Option<PlanFilter> {
        let weight = self.column(self.slots.weight?)?;
        let spares = self.slots.streams.iter().filter_map(|stream| stream.spare);
        let of_slot = spares.filter_map(|spare| self.column(spare)).collect();
        Some(PlanFilter { weight, of_slot, due, key: Key::of("resample").0 })
    }

    /// What a segment leaves in columns that something depends on, and what it counts.
    fn live_roots(&self, roots: &Roots) -> Vec<Value> {
        let stores = roots.stores.iter().filter(|(slot, _)| self.columns[*slot as usize].is_some());
        let stores = stores.map(|(_, value)| *value).chain(roots.counts.iter().map(|(_, condition)| *condition));
        stores.chain(roots.marks.iter().map(|(_, weight)| *weight)).collect()
    }

    /// The operations that the live ones among these roots need.
    pub(crate) fn segment(&mut self, roots: &Roots, builder: &mut PlanBuilder) -> Code {
        let arrangement = Arrangement::new(self.values, &self.live_roots(roots));
        let mut writer = Writer::new(self, builder, 0);
        for unit in &arrangement.order {
            match unit {
                Unit::Value(value) => writer.compute(*value, &|value| arrangement.dense.contains(value)),
                Unit::Region(region) => writer.region(&arrangement.regions[*region]),
            }
        }
        for (counter, condition) in &roots.counts {
            writer.count(*counter, *condition);
        }
        for (_, weight) in &roots.marks {
            let weight = writer.column(*weight);
            writer.code.ops.push(Op::Mark { weight });
        }
        for (slot, value) in &roots.stores {
            if let Some(column) = writer.emitter.columns[*slot as usize] {
                let operand = writer.operand(*value);
                writer.code.stores.push((column, operand));
            }
        }
        writer.finish()
    }

    /// What the prelude computes; to be called when all segments are there.
    pub(crate) fn prelude(mut self, builder: &mut PlanBuilder) -> Code {
        let hoisted = std::mem::take(&mut self.hoisted);
        let mut needed: BTreeSet<Value> = BTreeSet::new();
        let mut open: Vec<Value> = hoisted.keys().copied().collect();
        while let Some(value) = open.pop() {
            if needed.insert(value) {
                self.values.node(value).arguments(|argument| open.push(argument));
            }
        }
        let mut writer = Writer::new(&mut self, builder, 0);
        for value in &needed {
            if writer.emitter.values.class(*value) == Class::Params {
                writer.compute(*value, &|value| needed.contains(&value));
            }
        }
        for (value, column) in hoisted {
            let operand = writer.operand(value);
            writer.code.stores.push((column, operand));
        }
        writer.finish()
    }
}

/// By slot: whether a question, a counter or the weight depends on it.
fn live(values: &Values, slots: &Slots, segments: &[&Roots]) -> Vec<bool> {
    let mut stored: Vec<Vec<Value>> = vec![Vec::new(); slots.names.len()];
    let mut open: Vec<Value> = Vec::new();
    for roots in segments {
        roots.stores.iter().for_each(|(slot, value)| stored[*slot as usize].push(*value));
        open.extend(roots.counts.iter().map(|(_, condition)| *condition));
        open.extend(roots.marks.iter().map(|(_, weight)| *weight));
    }
    let mut live = vec![false; slots.names.len()];
    for slot in slots.questions.iter().chain(slots.given.iter().flatten()).chain(&slots.weight) {
        live[*slot as usize] = true;
        open.append(&mut stored[*slot as usize]);
    }
    let mut seen = Set::new(values);
    while let Some(value) = open.pop() {
        // What depends on parameters alone reads no column that is stored.
        if values.class(value) != Class::State || !seen.insert(value) {
            continue;
        }
        if let Node::Slot(slot) = values.node(value) {
            live[*slot as usize] = true;
            open.append(&mut stored[*slot as usize]);
        }
        values.node(value).arguments(|argument| open.push(argument));
    }
    live
}

/// Writes one segment. Columns are entered when they are first read; what operations define is numbered from a base
/// that no column reaches, until all columns are known.
struct Writer<'w, 'a> {
    emitter: &'w mut Emitter<'a>,
    builder: &'w mut PlanBuilder,
    code: Code,
    /// Which of the emitter's numberings is used: that of segments, or that of regions.
    level: usize,
    numbers: Numbering,
    inputs: BTreeMap<u32, u32>,
    next: u32,
}

/// Exponents up to which the engine's shorter exponential may be used.
const MODERATE_EXPONENT: f64 = 700.0;
/// Where the numbers of defined values begin.
const BASE: u32 = 1 << 30;

impl<'w, 'a> Writer<'w, 'a> {
    fn new(emitter: &'w mut Emitter<'a>, builder: &'w mut PlanBuilder, level: usize) -> Self {
        let mut numbers = std::mem::take(&mut emitter.numbers[level]);
        numbers.clear(emitter.values);
        let (code, inputs) = (Code::default(), BTreeMap::new());
        Writer { emitter, builder, code, level, numbers, inputs, next: BASE }
    }

    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// The number of a value that is being defined.
    fn define(&mut self, value: Value) -> u32 {
        let number = self.fresh();
        self.numbers.set(value, number);
        number
    }

    fn input(&mut self, column: u32) -> u32 {
        let code = &mut self.code;
        *self.inputs.entry(column).or_insert_with(|| {
            code.inputs.push(column);
            code.inputs.len() as u32 - 1
        })
    }

    fn operand(&mut self, value: Value) -> Operand {
        let node = self.emitter.values.node(value);
        if let Node::Number(bits) = node {
            return Operand::Number(f64::from_bits(*bits));
        }
        if let Some(number) = self.numbers.get(value) {
            return Operand::Column(number);
        }
        let column = match *node {
            Node::Param(param) => self.emitter.params[param as usize],
            Node::Slot(slot) => self.emitter.columns[slot as usize].unwrap_or_default(),
            // A value that has not been computed: the plan's builder refuses it.
            _ if self.emitter.values.class(value) == Class::State => return Operand::Column(BASE - 1),
            _ => {
                let (builder, count) = (&mut *self.builder, self.emitter.hoisted.len() + 1);
                *self.emitter.hoisted.entry(value).or_insert_with(|| builder.column(&format!("prelude {count}")))
            }
        };
        Operand::Column(self.input(column))
    }

    /// An argument that must be a column.
    fn column(&mut self, value: Value) -> u32 {
        match self.operand(value) {
            Operand::Column(column) => column,
            Operand::Number(number) => {
                let to = self.fresh();
                self.code.ops.push(Op::Fill { to, value: number });
                to
            }
        }
    }

    fn count(&mut self, counter: u32, condition: Value) {
        let (name, scaled) = &self.emitter.slots.counters[counter as usize];
        let kind = if *scaled { CounterKind::Scaled } else { CounterKind::Invalid };
        let builder = &mut *self.builder;
        let counter = *self.emitter.counters.entry(counter).or_insert_with(|| builder.counter(name, kind));
        let condition = self.column(condition);
        self.code.ops.push(Op::Count { counter, condition });
    }

    /// The operation that defines a value; its arguments have been defined.
    fn compute(&mut self, value: Value, needed: &dyn Fn(Value) -> bool) {
        let op = match self.emitter.values.node(value).clone() {
            Node::Number(_) | Node::Param(_) | Node::Slot(_) => return,
            Node::Uniform(stream) | Node::Spare(stream) => return self.draw(stream, value, needed),
            Node::Part(..) => return,
            Node::Where(condition, value_there, _) => {
                let condition = self.column(condition);
                let yes = self.operand(value_there);
                Op::Select { to: self.define(value), condition, yes, no: Operand::Number(0.0) }
            }
            Node::Response(response) => return self.respond(value, &response, needed),
            Node::Unary(kind, of) => {
                let moderate = kind == Unary::Exp && self.emitter.values.range(of).is_within(MODERATE_EXPONENT);
                let kind = if moderate { Unary::ExpModerate } else { kind };
                let of = self.column(of);
                Op::Unary { to: self.define(value), kind, of }
            }
            Node::Binary(kind, left, right) => {
                let (left, right) = (self.operand(left), self.operand(right));
                Op::Binary { to: self.define(value), kind, left, right }
            }
            Node::Select(condition, yes, no) => {
                let condition = self.column(condition);
                let (yes, no) = (self.operand(yes), self.operand(no));
                Op::Select { to: self.define(value), condition, yes, no }
            }
            Node::Lookup(level, values) => {
                let level = self.column(level);
                let values = values.into_iter().map(|value| self.operand(value)).collect();
                Op::Lookup { to: self.define(value), level, values }
            }
            Node::Happens(uniform, hazard) => {
                let uniform = self.column(uniform);
                let hazard = self.operand(hazard);
                Op::Happens { to: self.define(value), uniform, hazard }
            }
            Node::First(before, condition) => {
                let (before, condition) = (self.column(before), self.column(condition));
                Op::First { to: self.define(value), before, condition }
            }
            Node::Between(of, low, high) => {
                let of = self.column(of);
                let (low, high) = (self.operand(low), self.operand(high));
                Op::Between { to: self.define(value), of, low, high }
            }
        };
        self.code.ops.push(op);
    }

    /// Values that only some trajectories need.
    fn region(&mut self, region: &Region) {
        let condition = self.column(region.condition);
        let gathered: Vec<u32> = region.inputs.iter().map(|input| self.column(*input)).collect();
        let mut inside = Writer::new(&mut *self.emitter, &mut *self.builder, 1);
        region.inputs.iter().zip(0..).for_each(|(input, number)| inside.numbers.set(*input, number));
        inside.code.inputs = (0..gathered.len() as u32).collect();
        for value in region.inside.iter() {
            inside.compute(value, &|value| region.inside.contains(value));
        }
        for ((_, value), column) in region.outputs.iter().zip(gathered.len() as u32..) {
            let operand = inside.operand(*value);
            inside.code.stores.push((column, operand));
        }
        let code = inside.finish();
        let outputs = region.outputs.iter().map(|(value, _)| self.define(*value)).collect();
        let sparse = Sparse { condition, inputs: gathered, outputs, code, columns: 0 };
        self.code.ops.push(Op::Sparse(Box::new(sparse)));
    }

    /// Uniforms of a stream: of this step, of the next one, or both at once.
    fn draw(&mut self, source: u32, value: Value, needed: &dyn Fn(Value) -> bool) {
        if self.numbers.get(value).is_some() {
            return;
        }
        let named = &self.emitter.slots.streams[source as usize];
        let builder = &mut *self.builder;
        let stream = *self.emitter.streams.entry(source).or_insert_with(|| builder.stream(&named.name, named.key));
        let other = |node: &Node| self.emitter.values.find(node).filter(|value| needed(*value));
        let (now, next) = (other(&Node::Uniform(source)), other(&Node::Spare(source)));
        let op = match next {
            None => Op::Uniform { to: self.define(value), stream },
            Some(next) => {
                let to = match now {
                    Some(now) => self.define(now),
                    None => self.fresh(),
                };
                Op::UniformPair { to, spare: self.define(next), stream }
            }
        };
        self.code.ops.push(op);
    }

    /// A quantal response: the parts of it that are needed.
    fn respond(&mut self, value: Value, response: &Response, needed: &dyn Fn(Value) -> bool) {
        let values = self.emitter.values;
        let precision = values.range(response.precision);
        let weighted = |quality: &Value| range::binary(Binary::Multiply, precision, values.range(*quality));
        let moderate = response.qualities.iter().all(|quality| weighted(quality).is_within(MODERATE_EXPONENT / 2.0));
        let precision = self.operand(response.precision);
        let qualities: Vec<Operand> = response.qualities.iter().map(|quality| self.operand(*quality)).collect();
        let part = |option: usize| values.find(&Node::Part(value, option)).filter(|part| needed(*part));
        let parts: Vec<Option<Value>> = (0..qualities.len()).map(part).collect();
        let to = parts.into_iter().map(|part| part.map(|part| self.define(part))).collect();
        self.code.ops.push(Op::Softmax { to, precision, qualities, default: response.default as u32, moderate });
    }

    /// The code, with final numbers.
    fn finish(self) -> Code {
        let mut code = self.code;
        self.emitter.numbers[self.level] = self.numbers;
        let inputs = code.inputs.len() as u32;
        let renumber = |number: &mut u32| {
            if *number >= BASE {
                *number = *number - BASE + inputs;
            }
        };
        code.ops.iter_mut().for_each(|op| op.rename(&mut |_, number| renumber(number)));
        for (_, operand) in &mut code.stores {
            if let Operand::Column(number) = operand {
                renumber(number);
            }
        }
        code
    }
}
