//! Running a plan: a loop over operations, each of which is a loop over the lanes of a batch.
//!
//! A chunk is 64 parameter draws with all their trajectories, cut into batches of lanes. Everything random is a pure
//! function of its key, lanes never see each other, and sums are taken trajectory by trajectory in order; so neither
//! the size of a batch nor the order in which chunks are run changes a bit.

use crate::columns::{Columns, LANE_MULTIPLE, Others};
use crate::kernels::{Softmax, binary, chain, each, happens, lookup, softmax, ternary, uniform, uniforms};
use crate::math::elementary::{exp, exp_m1, exp_moderate, ln, max, min, pow, truth};
use crate::math::normal::standard_normal;
use crate::op::{Binary, Op, Operand, Unary, blend, clean, invalid};
use crate::plan::{Plan, QuestionKind};
use crate::random::{Stream, counter, parameter};
use pulp::Simd;
use std::ops::Range;

/// Parameter draws in a chunk.
pub const CHUNK_DRAWS: u64 = 64;
/// Lanes of a batch unless said otherwise: all columns of a usual model stay in the first-level cache.
pub const DEFAULT_LANES: usize = 128;

/// What the trajectories of a chunk answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkResult {
    /// Its draws.
    pub draws: Range<u64>,
    /// Trajectories per draw.
    pub per_draw: usize,
    /// Number of questions.
    pub questions: usize,
    /// Sums over the trajectories of a half, by draw, half and question; counts where the question asks for a share.
    pub sums: Vec<f64>,
    /// By question: the value of each trajectory, by draw, half and slot; empty where the question asks for a share.
    pub values: Vec<Vec<f64>>,
    /// What was counted, by counter.
    pub counts: Vec<u64>,
}

impl ChunkResult {
    fn new(plan: &Plan, draws: Range<u64>, per_draw: usize) -> ChunkResult {
        let count = (draws.end - draws.start) as usize;
        let values = plan.questions.iter().map(|question| match question.kind {
            QuestionKind::Share => Vec::new(),
            QuestionKind::Value => Vec::with_capacity(count * per_draw),
        });
        ChunkResult {
            draws,
            per_draw,
            questions: plan.questions.len(),
            sums: vec![0.0; count * 2 * plan.questions.len()],
            values: values.collect(),
            counts: vec![0; plan.counters.len()],
        }
    }

    /// The sum over a half: `draw` counts from the chunk's first, `half` is 0 or 1. 0 for what does not exist.
    #[must_use]
    pub fn sum(&self, draw: usize, half: usize, question: usize) -> f64 {
        self.sums.get((draw * 2 + half) * self.questions + question).copied().unwrap_or(0.0)
    }
}

/// The columns of one thread, used again for every batch.
#[derive(Debug)]
pub(crate) struct Machine {
    columns: Columns,
    lanes: usize,
    /// Counter words of the lanes' trajectories.
    c0: Vec<u32>,
    c1: Vec<u32>,
    /// Parameters by draw, then by parameter.
    params: Vec<f64>,
}

impl Machine {
    /// Columns for any of the plans; a place for the lanes, rounded up to whole cache lines.
    pub(crate) fn new(plans: &[Plan], lanes: usize) -> Machine {
        let lanes = lanes.max(1).next_multiple_of(LANE_MULTIPLE);
        let count = plans.iter().map(Plan::column_count).max().unwrap_or(0);
        Machine {
            columns: Columns::new(count, lanes),
            lanes,
            c0: Vec::with_capacity(lanes),
            c1: Vec::with_capacity(lanes),
            params: Vec::new(),
        }
    }

    /// Runs all trajectories of a chunk.
    pub(crate) fn chunk(&mut self, plan: &Plan, seed: u64, draws: Range<u64>, per_draw: usize) -> ChunkResult {
        let mut result = ChunkResult::new(plan, draws.clone(), per_draw);
        self.draw_params(plan, seed, draws.clone());
        let count = (draws.end - draws.start) as usize * per_draw;
        let mut first = 0;
        while first < count {
            let used = self.lanes.min(count - first);
            self.place(plan, &draws, per_draw, first, used);
            pulp::Arch::new().dispatch(Batch {
                plan,
                seed,
                columns: &mut self.columns,
                c0: &self.c0,
                c1: &self.c1,
                used,
                counts: &mut result.counts,
            });
            self.collect(plan, &mut result, first, used);
            first += used;
        }
        result
    }

    /// Draws the parameters of a chunk.
    fn draw_params(&mut self, plan: &Plan, seed: u64, draws: Range<u64>) {
        self.params.clear();
        for draw in draws {
            let values = plan.params.iter().map(|param| param.sampler.draw(parameter(seed, draw, param.key, 0)));
            self.params.extend(values);
        }
    }

    /// Says which trajectory each lane is, and fills the columns of the parameters. The last cache line is filled up
    /// with copies of the last trajectory, which nobody looks at.
    fn place(&mut self, plan: &Plan, draws: &Range<u64>, per_draw: usize, first: usize, used: usize) {
        let lanes = used.next_multiple_of(LANE_MULTIPLE);
        let trajectories = (first..first + lanes).map(|trajectory| trajectory.min(first + used - 1));
        self.c0.clear();
        self.c1.clear();
        for trajectory in trajectories.clone() {
            let (draw, rest) = (trajectory / per_draw, trajectory % per_draw);
            let (half, slot) = (rest / (per_draw / 2), rest % (per_draw / 2));
            let (c0, c1) = counter(draws.start + draw as u64, half as u32, slot as u32);
            self.c0.push(c0);
            self.c1.push(c1);
        }
        for (index, param) in plan.params.iter().enumerate() {
            let column = self.columns.get_mut(param.column, lanes);
            for (to, trajectory) in column.iter_mut().zip(trajectories.clone()) {
                *to = self.params[trajectory / per_draw * plan.params.len() + index];
            }
        }
    }

    /// Adds what the questions' columns hold, trajectory by trajectory.
    fn collect(&self, plan: &Plan, result: &mut ChunkResult, first: usize, used: usize) {
        let half = result.per_draw / 2;
        for (index, question) in plan.questions.iter().enumerate() {
            let column = self.columns.get(question.column, used);
            for (trajectory, value) in (first..).zip(column) {
                result.sums[trajectory / half * plan.questions.len() + index] += value;
            }
            if question.kind == QuestionKind::Value {
                result.values[index].extend(column);
            }
        }
    }
}

/// One batch, from the first step to the last.
struct Batch<'a> {
    plan: &'a Plan,
    seed: u64,
    columns: &'a mut Columns,
    c0: &'a [u32],
    c1: &'a [u32],
    used: usize,
    counts: &'a mut [u64],
}

impl pulp::WithSimd for Batch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let plan = self.plan;
        let before = [(&plan.prelude, plan.first), (&plan.start, plan.first)];
        let steps = (0..).zip(&plan.schedule).flat_map(|(step, segments)| {
            let calendar = plan.first.wrapping_add(step);
            segments.iter().map(move |segment| (&plan.segments[*segment as usize], calendar))
        });
        // One loop for everything, so that the interpreter is there once.
        for (segment, calendar) in before.into_iter().chain(steps) {
            self.run(simd, &segment.ops, calendar);
        }
    }
}

impl Batch<'_> {
    /// Runs operations one after the other in the step with the given calendar number.
    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, ops: &[Op], calendar: i32) {
        let lanes = self.used.next_multiple_of(LANE_MULTIPLE);
        for op in ops {
            let to = match op {
                Op::Fill { to, .. }
                | Op::Copy { to, .. }
                | Op::Unary { to, .. }
                | Op::Binary { to, .. }
                | Op::Select { to, .. }
                | Op::Clip { to, .. }
                | Op::Lookup { to, .. }
                | Op::Uniform { to, .. }
                | Op::Happens { to, .. }
                | Op::Between { to, .. }
                | Op::Chain { to, .. } => *to,
                Op::UniformPair { to, spare, stream } => {
                    let stream = self.stream(*stream);
                    uniforms(self.columns, (*to, *spare), stream, calendar, (self.c0, self.c1), lanes);
                    continue;
                }
                Op::Softmax { to, precision, qualities, default, moderate } => {
                    let (default, moderate) = (*default as usize, *moderate);
                    let of = Softmax { to, precision: *precision, qualities, default, moderate };
                    match qualities.len() {
                        2 => softmax::<2>(self.columns, &of, lanes),
                        3 => softmax::<3>(self.columns, &of, lanes),
                        _ => softmax::<4>(self.columns, &of, lanes),
                    }
                    continue;
                }
                Op::Count { counter, condition } => {
                    // Only trajectories count, not what fills up the last cache line.
                    let column = self.columns.get(*condition, self.used);
                    self.counts[*counter as usize] += column.iter().filter(|value| **value != 0.0).count() as u64;
                    continue;
                }
            };
            let stream = match op {
                Op::Uniform { stream, .. } => Some(self.stream(*stream)),
                _ => None,
            };
            let (to, columns) = self.columns.split(to, lanes);
            if let Some(stream) = stream {
                uniform(to, stream, calendar, (self.c0, self.c1));
            } else {
                compute(simd, op, to, columns);
            }
        }
    }

    #[inline(always)]
    fn stream(&self, stream: u32) -> Stream {
        Stream::new(self.seed, self.plan.streams[stream as usize].key)
    }
}

/// An operation whose one result depends on columns alone.
#[inline(always)]
fn compute<S: Simd>(simd: S, op: &Op, to: &mut [f64], columns: Others<'_>) {
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
        Op::Chain { first, links, .. } => chain(simd, to, columns, *first, links),
        // These are dealt with where operations are told apart.
        Op::Uniform { .. } | Op::UniformPair { .. } | Op::Softmax { .. } | Op::Count { .. } => {}
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
