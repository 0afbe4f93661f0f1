//! Running a plan: a loop over operations, each of which is a loop over the lanes of a batch.
//!
//! A chunk is 64 parameter draws with all their trajectories, cut into batches of lanes. Everything random is a pure
//! function of its key, lanes never see each other, and sums are taken trajectory by trajectory in order; so neither
//! the size of a batch nor the order in which chunks are run changes a bit.

use crate::columns::{Columns, LANE_MULTIPLE, Others, lanes_for};
use crate::filter::{Filtering, Half};
use crate::kernels::{Softmax, binary, chain, each, first, happens, lookup, softmax, ternary, uniform, uniforms};
use crate::law::Sampler;
use crate::math::elementary::{exp, exp_m1, exp_moderate, ln, max, min, pow, truth};
use crate::math::normal::standard_normal;
use crate::op::{Binary, Op, Operand, Sparse, Unary, blend, clean, invalid};
use crate::plan::{Plan, PlanParam, PlanQuestion, QuestionKind};
use crate::random::{Stream, counter, parameter};
use pulp::{Simd, WithSimd};
use std::collections::BTreeMap;
use std::ops::Range;

/// Parameter draws in a chunk.
pub const CHUNK_DRAWS: u64 = 64;
/// Lanes of a batch unless said otherwise: the columns of a usual model stay in the second-level cache, and there are enough
/// lanes for what an operation costs by itself.
pub const DEFAULT_LANES: usize = 256;

/// Where some lanes only need an operation, so many go together: as many vectors as a chain has side by side, on any machine.
/// What they are filled up with is thrown away, and costs less than a rest that is done vector by vector.
const SPARSE_MULTIPLE: usize = 32;

/// What the trajectories of a chunk answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkResult {
    /// Its draws.
    pub draws: Range<u64>,
    /// Trajectories per draw.
    pub per_draw: usize,
    /// Number of questions.
    pub questions: usize,
    /// By question: the answer of each trajectory, by draw, half and slot: a number, or the first step (counted from 0)
    /// in which something held, infinite if it never did.
    pub values: Vec<Vec<f64>>,
    /// By question: whether its condition came true, by draw, half and slot; empty where it has none.
    pub given: Vec<Vec<bool>>,
    /// Sums over the trajectories of a half that are asked, by draw, half and question: of their values, or the number of
    /// those that answer yes. Where the plan has a filter, each counts by its weight.
    pub sums: Vec<f64>,
    /// Where the plan has a filter: the weights, by draw, half and slot, of mean 1 in a half; all 0 in a dead one.
    pub weights: Vec<f64>,
    /// Where the plan has a filter: the logarithm of the evidence, by draw and half; minus infinity of a dead one. The
    /// weight of a draw whose parameters were proposed is in it, as it is in `path`.
    pub evidence: Vec<f64>,
    /// Where the plan has a filter: the logarithm of the evidence so far, by draw, half and mark.
    pub path: Vec<f64>,
    /// What was counted, by counter.
    pub counts: Vec<u64>,
}

impl ChunkResult {
    fn new(plan: &Plan, draws: Range<u64>, per_draw: usize) -> ChunkResult {
        let count = (draws.end - draws.start) as usize;
        let room = |question: &PlanQuestion| Vec::with_capacity(question.given.map_or(0, |_| count * per_draw));
        ChunkResult {
            draws,
            per_draw,
            questions: plan.questions.len(),
            sums: vec![0.0; count * 2 * plan.questions.len()],
            weights: Vec::with_capacity(plan.filter.as_ref().map_or(0, |_| count * per_draw)),
            evidence: Vec::with_capacity(plan.filter.as_ref().map_or(0, |_| 2 * count)),
            path: vec![0.0; plan.filter.as_ref().map_or(0, |_| 2 * count * plan.marks)],
            values: plan.questions.iter().map(|_| Vec::with_capacity(count * per_draw)).collect(),
            given: plan.questions.iter().map(room).collect(),
            counts: vec![0; plan.counters.len()],
        }
    }

    /// The sum over a half: `draw` counts from the chunk's first, `half` is 0 or 1. 0 for what does not exist.
    #[must_use]
    pub fn sum(&self, draw: usize, half: usize, question: usize) -> f64 {
        self.sums.get((draw * 2 + half) * self.questions + question).copied().unwrap_or(0.0)
    }

    /// The answers of a draw's trajectories, the first half before the second: `draw` counts from the chunk's first.
    #[must_use]
    pub fn of_draw(&self, draw: usize, question: usize) -> &[f64] {
        let values = self.values.get(question).map_or(&[][..], Vec::as_slice);
        values.get(draw * self.per_draw..(draw + 1) * self.per_draw).unwrap_or_default()
    }

    /// Which of a draw's trajectories are asked, in the same order; none if all are.
    #[must_use]
    pub fn asked(&self, draw: usize, question: usize) -> Option<&[bool]> {
        let given = self.given.get(question).filter(|given| !given.is_empty())?;
        given.get(draw * self.per_draw..(draw + 1) * self.per_draw)
    }

    /// The weights of a draw's trajectories, in the same order; none where all count alike.
    #[must_use]
    pub fn weights_of(&self, draw: usize) -> Option<&[f64]> {
        self.weights.get(draw * self.per_draw..(draw + 1) * self.per_draw)
    }

    /// The logarithm of the evidence of a draw's halves: 0 where nothing was seen.
    #[must_use]
    pub fn evidence_of(&self, draw: usize) -> [f64; 2] {
        [0, 1].map(|half| self.evidence.get(2 * draw + half).copied().unwrap_or(0.0))
    }

    /// The logarithms of the evidence of a half at every mark, in order.
    #[must_use]
    pub fn path_of(&self, draw: usize, half: usize) -> &[f64] {
        let marks = self.path.len() / self.evidence.len().max(1);
        self.path.get((2 * draw + half) * marks..(2 * draw + half + 1) * marks).unwrap_or_default()
    }

    /// The weight of those trajectories of a half that are asked; their number where all count alike.
    #[must_use]
    pub fn weight_asked(&self, draw: usize, half: usize, question: usize) -> f64 {
        let size = self.per_draw / 2;
        let Some(weights) = self.weights_of(draw) else { return self.count(draw, half, question) as f64 };
        let weights = weights.iter().skip(half * size).take(size);
        match self.asked(draw, question) {
            None => weights.sum(),
            Some(asked) => {
                let asked = asked.iter().skip(half * size);
                weights.zip(asked).filter(|(_, asked)| **asked).map(|(weight, _)| weight).sum()
            }
        }
    }

    /// How many trajectories of a half are asked.
    #[must_use]
    pub fn count(&self, draw: usize, half: usize, question: usize) -> usize {
        let size = self.per_draw / 2;
        let asked = self.asked(draw, question).map(|asked| asked.iter().skip(half * size).take(size));
        asked.map_or(size, |asked| asked.filter(|asked| **asked).count())
    }
}

/// Which instructions are used; that changes no bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instructions {
    /// The widest vectors that the processor has.
    Best,
    /// What every processor has.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the test that compares them"))]
    Plain,
}

/// Trajectories side by side.
#[derive(Debug)]
struct Lanes {
    columns: Columns,
    /// Counter words of the trajectories.
    c0: Vec<u32>,
    c1: Vec<u32>,
    /// How many there are, filled up to whole cache lines.
    count: usize,
}

impl Lanes {
    fn new(columns: usize, capacity: usize) -> Lanes {
        let counters = || Vec::with_capacity(capacity);
        Lanes { columns: Columns::new(columns, capacity), c0: counters(), c1: counters(), count: 0 }
    }
}

/// The columns of one thread, used again for every batch.
#[derive(Debug)]
pub(crate) struct Machine {
    /// The trajectories of a batch.
    all: Lanes,
    /// Those that an operation is for.
    some: Lanes,
    /// Which those are.
    places: Vec<u32>,
    capacity: usize,
    instructions: Instructions,
    /// Parameters by draw, then by parameter.
    params: Vec<f64>,
    /// Uniforms of the parameters of one draw.
    uniforms: Vec<f64>,
    /// What has been drawn by the laws of the last chunk: plans that are played side by side have most parameters in common.
    drawn: Drawn,
    /// By draw: the logarithm of what it weighs for how its parameters were drawn.
    log_weights: Vec<f64>,
    /// The filters of a batch.
    halves: Vec<Half>,
    replaced: Vec<(usize, usize)>,
}

impl Machine {
    /// Columns for any of the plans; a place for the lanes, rounded up to whole cache lines, or for fewer if there are very
    /// many columns, but for a whole half where a plan has a filter.
    pub(crate) fn new(plans: &[Plan], lanes: usize, per_draw: usize) -> Machine {
        let columns = plans.iter().map(Plan::column_count).max().unwrap_or(0);
        let inner = plans.iter().map(Plan::inner_column_count).max().unwrap_or(0);
        let half = if plans.iter().any(|plan| plan.filter.is_some()) { per_draw / 2 } else { 1 };
        let capacity = lanes_for(columns + inner, lanes).max(half.next_multiple_of(LANE_MULTIPLE));
        Machine {
            all: Lanes::new(columns, capacity),
            some: Lanes::new(inner, capacity),
            places: Vec::with_capacity(capacity),
            capacity,
            instructions: Instructions::Best,
            params: Vec::new(),
            uniforms: Vec::new(),
            drawn: Drawn::default(),
            log_weights: Vec::new(),
            halves: Vec::new(),
            replaced: Vec::new(),
        }
    }

    /// Runs all trajectories of a chunk.
    pub(crate) fn chunk(&mut self, plan: &Plan, seed: u64, draws: Range<u64>, per_draw: usize) -> ChunkResult {
        let mut result = ChunkResult::new(plan, draws.clone(), per_draw);
        self.draw_params(plan, seed, draws.clone());
        let count = (draws.end - draws.start) as usize * per_draw;
        let mut first = 0;
        let half = per_draw / 2;
        // The particles of a filter stay together.
        let most = if plan.filter.is_some() { self.capacity / half * half } else { self.capacity };
        while first < count {
            let used = most.min(count - first);
            self.place(plan, &draws, per_draw, first, used);
            self.halves.clear();
            let begin = |number: usize| Half { log_evidence: self.log_weights[number / 2] };
            self.halves.extend((first / half..(first + used) / half).map(begin));
            let (all, some, places) = (&mut self.all, &mut self.some, &mut self.places);
            let marks = first / half * plan.marks..(first + used) / half * plan.marks;
            let filtering = plan.filter.as_ref().map(|filter| Filtering {
                filter,
                copied: &plan.copied,
                seed,
                first: 2 * draws.start + (first / half) as u64,
                halves: &mut self.halves,
                path: &mut result.path[marks],
                reached: 0,
                size: half,
                replaced: &mut self.replaced,
            });
            let batch = Batch { plan, seed, all, some, places, used, counts: &mut result.counts, filtering };
            match self.instructions {
                Instructions::Best => pulp::Arch::new().dispatch(batch),
                Instructions::Plain => batch.with_simd(pulp::Scalar),
            }
            self.collect(plan, &mut result, first, used);
            first += used;
        }
        result
    }

    /// Draws the parameters of a chunk.
    fn draw_params(&mut self, plan: &Plan, seed: u64, draws: Range<u64>) {
        self.params.clear();
        self.log_weights.clear();
        if plan.is_by_laws() {
            let (count, params) = ((draws.end - draws.start) as usize, plan.params.len());
            self.log_weights.resize(count, 0.0);
            self.params.resize(count * params, 0.0);
            for (index, param) in plan.params.iter().enumerate() {
                let values = self.drawn.of(seed, &draws, param);
                let places = self.params.iter_mut().skip(index).step_by(params);
                places.zip(values).for_each(|(place, value)| *place = *value);
            }
            return;
        }
        for draw in draws {
            self.log_weights.push(plan.uniforms(seed, draw, &mut self.uniforms));
            for copula in &plan.copulas {
                copula.factor.join(&copula.params, &mut self.uniforms);
            }
            let values = plan.params.iter().zip(&self.uniforms).map(|(param, uniform)| param.sampler.draw(*uniform));
            self.params.extend(values);
        }
    }

    /// Says which trajectory each lane is, and fills the columns of the parameters. The last cache line is filled up
    /// with copies of the last trajectory, which nobody looks at.
    fn place(&mut self, plan: &Plan, draws: &Range<u64>, per_draw: usize, first: usize, used: usize) {
        let lanes = used.next_multiple_of(LANE_MULTIPLE);
        let trajectories = (first..first + lanes).map(|trajectory| trajectory.min(first + used - 1));
        self.all.count = lanes;
        self.all.c0.clear();
        self.all.c1.clear();
        for trajectory in trajectories.clone() {
            let (draw, rest) = (trajectory / per_draw, trajectory % per_draw);
            let (half, slot) = (rest / (per_draw / 2), rest % (per_draw / 2));
            let (c0, c1) = counter(draws.start + draw as u64, half as u32, slot as u32);
            self.all.c0.push(c0);
            self.all.c1.push(c1);
        }
        let (first_draw, last_draw) = (first / per_draw, (first + used - 1) / per_draw);
        for (index, param) in plan.params.iter().enumerate() {
            let column = self.all.columns.get_mut(param.column, lanes);
            let mut begin = 0;
            for draw in first_draw..=last_draw {
                let end = if draw == last_draw { lanes } else { (draw + 1) * per_draw - first };
                column[begin..end].fill(self.params[draw * plan.params.len() + index]);
                begin = end;
            }
        }
    }

    /// Adds what the questions' columns hold, trajectory by trajectory.
    fn collect(&self, plan: &Plan, result: &mut ChunkResult, first: usize, used: usize) {
        let half = result.per_draw / 2;
        let weights = plan.filter.as_ref().map(|filter| self.all.columns.get(filter.weight, used));
        if let Some(weights) = weights {
            result.weights.extend(weights);
            result.evidence.extend(self.halves.iter().map(|half| half.log_evidence));
        }
        for (index, question) in plan.questions.iter().enumerate() {
            let column = self.all.columns.get(question.column, used);
            result.values[index].extend(column);
            let given = question.given.map(|given| self.all.columns.get(given, used));
            let is_asked = |lane: usize| given.is_none_or(|given| given[lane] != 0.0);
            if given.is_some() {
                result.given[index].extend((0..used).map(is_asked));
            }
            for (lane, value) in column.iter().enumerate().filter(|(lane, _)| is_asked(*lane)) {
                let answer = match question.kind {
                    QuestionKind::Share => truth(*value != f64::INFINITY),
                    QuestionKind::Value => *value,
                };
                // What cannot have been counts for nothing, whatever it is.
                let answer =
                    weights.map_or(answer, |weights| if weights[lane] > 0.0 { weights[lane] * answer } else { 0.0 });
                result.sums[(first + lane) / half * plan.questions.len() + index] += answer;
            }
        }
    }
}

/// Parameters of one chunk as their laws have them, by key.
#[derive(Debug, Default)]
struct Drawn {
    seed: u64,
    draws: Range<u64>,
    values: BTreeMap<u64, (Sampler, Vec<f64>)>,
}

impl Drawn {
    /// A parameter's values, by draw.
    fn of(&mut self, seed: u64, draws: &Range<u64>, param: &PlanParam) -> &[f64] {
        if (self.seed, &self.draws) != (seed, draws) {
            *self = Drawn { seed, draws: draws.clone(), values: BTreeMap::new() };
        }
        let draw = || {
            let value = |draw: u64| param.sampler.draw(parameter(seed, draw, param.key, 0));
            (param.sampler.clone(), draws.clone().map(value).collect())
        };
        let known = self.values.entry(param.key).or_insert_with(draw);
        // One random number may stand for several laws.
        if known.0 != param.sampler {
            *known = draw();
        }
        &known.1
    }
}

/// One batch, from the first step to the last.
struct Batch<'a> {
    plan: &'a Plan,
    seed: u64,
    all: &'a mut Lanes,
    some: &'a mut Lanes,
    places: &'a mut Vec<u32>,
    used: usize,
    counts: &'a mut [u64],
    filtering: Option<Filtering<'a>>,
}

impl WithSimd for Batch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let plan = self.plan;
        let before = [(&plan.prelude, plan.first, false), (&plan.start, plan.first, false)];
        let is_due = |step: i32| {
            let filter = plan.filter.as_ref();
            filter.is_some_and(|filter| filter.due.binary_search(&(step as u32)).is_ok())
        };
        let steps = (0..).zip(&plan.schedule).flat_map(|(step, segments)| {
            let calendar = plan.first.wrapping_add(step);
            let (last, due) = (segments.len() - usize::from(!segments.is_empty()), is_due(step));
            let segments = segments.iter().enumerate();
            segments.map(move |(place, segment)| (&plan.segments[*segment as usize], calendar, due && place == last))
        });
        // One loop for everything, so that the interpreter is there once.
        for (segment, calendar, is_filtered) in before.into_iter().chain(steps) {
            self.run(simd, &segment.ops, calendar);
            if is_filtered && let Some(filtering) = &mut self.filtering {
                let last = calendar.wrapping_sub(plan.first) as usize + 1 == plan.schedule.len();
                filtering.end_step(&mut self.all.columns, calendar, last);
            }
        }
    }
}

impl<'a> Batch<'a> {
    /// Runs operations one after the other in the step with the given calendar number.
    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, ops: &'a [Op], calendar: i32) {
        let mut ops = ops.iter();
        // Where to go on once the operations for some lanes only are done. They run in the same loop, so that the
        // interpreter is there once.
        let mut outside: Option<(&Sparse, std::slice::Iter<'a, Op>)> = None;
        loop {
            let Some(op) = ops.next() else {
                let Some((sparse, rest)) = outside.take() else { return };
                self.scatter(sparse);
                ops = rest;
                continue;
            };
            let lanes = if outside.is_some() { &mut *self.some } else { &mut *self.all };
            let (columns, counters, count) = (&mut lanes.columns, (&*lanes.c0, &*lanes.c1), lanes.count);
            match op {
                Op::UniformPair { to, spare, stream } => {
                    let stream = stream_of(self.plan, self.seed, *stream);
                    uniforms(columns, (*to, *spare), stream, calendar, counters, count);
                }
                Op::Uniform { to, stream } => {
                    let stream = stream_of(self.plan, self.seed, *stream);
                    uniform(columns.get_mut(*to, count), stream, calendar, counters);
                }
                Op::Softmax { to, precision, qualities, default, moderate } => {
                    let (default, moderate) = (*default as usize, *moderate);
                    let of = Softmax { to, precision: *precision, qualities, default, moderate };
                    match qualities.len() {
                        2 => softmax::<2>(columns, &of, count),
                        3 => softmax::<3>(columns, &of, count),
                        _ => softmax::<4>(columns, &of, count),
                    }
                }
                Op::First { to, before, condition } => {
                    let step = f64::from(calendar.wrapping_sub(self.plan.first));
                    let (to, columns) = columns.split(*to, count);
                    first(to, columns, *before, *condition, step);
                }
                Op::Sparse(sparse) => {
                    self.gather(sparse);
                    outside = Some((sparse, ops));
                    ops = if self.places.is_empty() { [].iter() } else { sparse.code.ops.iter() };
                }
                Op::Count { counter, condition } => {
                    // Only trajectories count, not what fills up the last cache line.
                    let column = columns.get(*condition, self.used);
                    self.counts[*counter as usize] += column.iter().filter(|value| **value != 0.0).count() as u64;
                }
                Op::Mark { weight } => {
                    let weights = columns.get(*weight, self.used);
                    self.filtering.iter_mut().for_each(|filtering| filtering.mark(weights));
                }
                Op::Fill { to, .. }
                | Op::Copy { to, .. }
                | Op::Unary { to, .. }
                | Op::Binary { to, .. }
                | Op::Select { to, .. }
                | Op::Clip { to, .. }
                | Op::Lookup { to, .. }
                | Op::Happens { to, .. }
                | Op::Between { to, .. } => {
                    let (to, columns) = columns.split(*to, count);
                    compute(op, to, columns);
                }
                Op::Chain { to, first, links } => chain(simd, columns, *to, *first, links, count),
            }
        }
    }

    /// Puts the lanes that need an operation side by side.
    fn gather(&mut self, sparse: &Sparse) {
        let condition = self.all.columns.get(sparse.condition, self.used);
        self.places.clear();
        self.places.extend((0..).zip(condition).filter(|(_, holds)| **holds != 0.0).map(|(place, _)| place));
        let Some(last) = self.places.last() else { return };
        self.some.count = self.places.len().next_multiple_of(SPARSE_MULTIPLE).min(self.all.count);
        self.some.columns.gather(&self.all.columns, &sparse.inputs, self.places, self.some.count);
        let filling = std::iter::repeat_n(last, self.some.count - self.places.len());
        let counters = |from: &[u32], to: &mut Vec<u32>| {
            to.clear();
            to.extend(self.places.iter().chain(filling.clone()).map(|place| from[*place as usize]));
        };
        counters(&self.all.c0, &mut self.some.c0);
        counters(&self.all.c1, &mut self.some.c1);
    }

    /// Puts the results back.
    fn scatter(&mut self, sparse: &Sparse) {
        let (first, outputs) = (sparse.inputs.len(), &sparse.outputs);
        self.all.columns.scatter(&self.some.columns, first, outputs, self.places, self.all.count);
    }
}

fn stream_of(plan: &Plan, seed: u64, stream: u32) -> Stream {
    Stream::new(seed, plan.streams[stream as usize].key)
}

/// An operation whose one result depends on columns alone.
#[inline(always)]
fn compute(op: &Op, to: &mut [f64], columns: Others<'_>) {
    match op {
        Op::Fill { value, .. } => to.fill(*value),
        Op::Copy { from, .. } => to.copy_from_slice(columns.get(*from)),
        Op::Unary { kind, of, .. } => unary(*kind, to, columns.get(*of)),
        Op::Binary { kind, left, right, .. } => arithmetic(*kind, to, columns, *left, *right),
        Op::Select { condition, yes, no, .. } => {
            ternary!(to, columns, *condition, *yes, *no, |c, yes, no| blend(c != 0.0, yes, no));
        }
        Op::Clip { of, low, high, .. } => {
            ternary!(to, columns, *of, *low, *high, |x, low, high| max(low, min(high, x)));
        }
        Op::Lookup { level, values, .. } => lookup(to, columns, *level, values),
        Op::Happens { uniform, hazard, .. } => happens(to, columns, *uniform, *hazard),
        Op::Between { of, low, high, .. } => {
            ternary!(to, columns, *of, *low, *high, |x, low, high| truth((low <= x) & (x < high)));
        }
        // These are dealt with where operations are told apart.
        Op::Uniform { .. }
        | Op::UniformPair { .. }
        | Op::First { .. }
        | Op::Softmax { .. }
        | Op::Chain { .. }
        | Op::Sparse(_)
        | Op::Count { .. }
        | Op::Mark { .. } => {}
    }
}

#[inline(always)]
fn unary(kind: Unary, to: &mut [f64], of: &[f64]) {
    match kind {
        Unary::Negate => each!(to, (a = of) - a),
        Unary::Not => each!(to, (a = of) truth(a == 0.0)),
        Unary::Exp => each!(to, (a = of) exp(a)),
        Unary::ExpModerate => each!(to, (a = of) exp_moderate(a)),
        Unary::Ln => each!(to, (a = of) ln(a)),
        Unary::Sqrt => each!(to, (a = of) a.sqrt()),
        Unary::Abs => each!(to, (a = of) a.abs()),
        Unary::Clean => each!(to, (a = of) clean(a)),
        Unary::Invalid => each!(to, (a = of) invalid(a)),
        Unary::Chance => each!(to, (a = of) - exp_m1(-a)),
        Unary::Normal => each!(to, (a = of) standard_normal(a)),
    }
}

#[inline(always)]
fn arithmetic(kind: Binary, to: &mut [f64], columns: Others<'_>, left: Operand, right: Operand) {
    match kind {
        Binary::Add => binary!(to, columns, left, right, |a, b| a + b),
        Binary::Subtract => binary!(to, columns, left, right, |a, b| a - b),
        Binary::Multiply => binary!(to, columns, left, right, |a, b| a * b),
        Binary::Divide => binary!(to, columns, left, right, |a, b| a / b),
        Binary::Power => binary!(to, columns, left, right, |a, b| pow(a, b)),
        Binary::Min => binary!(to, columns, left, right, |a, b| min(a, b)),
        Binary::Max => binary!(to, columns, left, right, |a, b| max(a, b)),
        Binary::Equal => binary!(to, columns, left, right, |a, b| truth(a == b)),
        Binary::NotEqual => binary!(to, columns, left, right, |a, b| truth(a != b)),
        Binary::Less => binary!(to, columns, left, right, |a, b| truth(a < b)),
        Binary::AtMost => binary!(to, columns, left, right, |a, b| truth(a <= b)),
        Binary::Greater => binary!(to, columns, left, right, |a, b| truth(a > b)),
        Binary::AtLeast => binary!(to, columns, left, right, |a, b| truth(a >= b)),
        Binary::And => binary!(to, columns, left, right, |a, b| truth((a != 0.0) & (b != 0.0))),
        Binary::Or => binary!(to, columns, left, right, |a, b| truth((a != 0.0) | (b != 0.0))),
        Binary::AndNot => binary!(to, columns, left, right, |a, b| truth((a != 0.0) & (b == 0.0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocate::Code;
    use crate::law::{Bounded, Law};
    use crate::op::Operand::{Column, Number};
    use crate::plan::{PlanBuilder, PlanError};

    /// A walk with noise and a response, whose speed is a parameter.
    fn walk() -> Result<Plan, PlanError> {
        let mut builder = PlanBuilder::new("walk", 3, 20);
        let [speed, x] = ["speed", "x"].map(|name| builder.column(name));
        let law = Bounded { law: Law::Normal { mean: 0.1, sd: 0.3 }, low: -1.0, high: 1.0, clip: false };
        let sampler = Sampler::new(&law).map_err(|error| PlanError::Malformed { what: error.to_string() })?;
        builder.param(PlanParam { name: "speed".to_owned(), key: 5, sampler, column: speed });
        builder.start(Code { inputs: Vec::new(), ops: Vec::new(), stores: vec![(x, Number(0.0))] });
        let stream = builder.stream("noise", 9);
        let binary = |to, kind, left, right| Op::Binary { to, kind, left, right };
        let ops = vec![
            Op::Uniform { to: 2, stream },
            Op::Unary { to: 3, kind: Unary::Normal, of: 2 },
            Op::Unary { to: 4, kind: Unary::Exp, of: 3 },
            binary(5, Binary::Multiply, Column(4), Number(0.3)),
            binary(6, Binary::Add, Column(5), Column(0)),
            binary(7, Binary::Add, Column(1), Column(6)),
            Op::Softmax {
                to: vec![None, Some(8), Some(9)],
                precision: Column(0),
                qualities: vec![Column(7), Number(1.0), Column(3)],
                default: 0,
                moderate: false,
            },
            binary(10, Binary::Power, Column(8), Column(9)),
            Op::Happens { to: 11, uniform: 2, hazard: Column(10) },
            binary(12, Binary::Subtract, Column(7), Column(11)),
        ];
        let segment = builder.segment("walk", Code { inputs: vec![0, 1], ops, stores: vec![(x, Column(12))] });
        (0..20).for_each(|step| builder.schedule(step, segment));
        builder.question(PlanQuestion { name: "x".to_owned(), column: x, kind: QuestionKind::Value, given: None });
        builder.finish()
    }

    /// Each width is a feature of its own of the crate that tells them apart.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn wide_vectors_are_used_where_there_are_any() {
        let has_any = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
        let is_plain = matches!(pulp::Arch::new(), pulp::Arch::Scalar);
        assert!(!has_any || !is_plain);
    }

    #[test]
    fn instructions_do_not_matter() -> Result<(), PlanError> {
        let plans = [walk()?];
        let mut best = Machine::new(&plans, DEFAULT_LANES, 8);
        let mut plain = Machine { instructions: Instructions::Plain, ..Machine::new(&plans, 24, 8) };
        let (best, plain) = (best.chunk(&plans[0], 1, 0..CHUNK_DRAWS, 8), plain.chunk(&plans[0], 1, 0..CHUNK_DRAWS, 8));
        assert_eq!(best, plain);
        let distinct: std::collections::BTreeSet<u64> = best.values[0].iter().map(|value| value.to_bits()).collect();
        assert!(distinct.len() > 500);
        Ok(())
    }
}
