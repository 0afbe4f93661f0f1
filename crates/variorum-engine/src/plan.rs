//! Plans: everything a run needs to know, and nothing that has a text.
//!
//! A plan owns persistent columns (parameters, state, what questions remember), a prelude that is run once per batch,
//! an initial segment, and segments of which a schedule names those to be run in each step. The builder checks every
//! index once, so that running needs no further checks.

use crate::allocate::{Code, Segment};
use crate::copula::Factor;
use crate::filter::PlanFilter;
use crate::law::Sampler;
use crate::op::{Op, Operand, Role, SOFTMAX_OPTIONS};
use crate::proposal::{Proposal, Proposed};
use crate::random::parameter;
use std::fmt;

/// Most operations that a plan may have (some 100 bytes each).
pub const MAX_OPERATIONS: usize = 4_000_000;
/// Most columns, persistent and temporary, that a plan may have. With the fewest lanes they take 64 MB for each thread.
pub const MAX_COLUMNS: usize = 1_000_000;
/// Most steps that a plan may have.
pub const MAX_STEPS: usize = 100_000;
/// Most marks of the evidence in a run.
pub const MAX_MARKS: usize = 100_000;
/// Most segments that a schedule may name, over all steps (4 bytes each).
pub const MAX_SCHEDULED: usize = 50_000_000;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// The plan is larger than this engine takes.
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        count: usize,
        /// How much there may be.
        limit: usize,
    },
    /// Something refers to what does not exist, or code breaks a rule; a fault of whoever built it.
    Malformed {
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::TooLarge { what, count, limit } => {
                write!(f, "the model needs {count} {what}, and {limit} is the limit")
            }
            PlanError::Malformed { what } => write!(f, "malformed plan: {what}"),
        }
    }
}

impl std::error::Error for PlanError {}

/// A number drawn once per parameter draw.
#[derive(Clone, Debug)]
pub struct PlanParam {
    /// Its name.
    pub name: String,
    /// Key of its random number.
    pub key: u64,
    /// Its law.
    pub sampler: Sampler,
    /// Its column.
    pub column: u32,
}

/// Parameters that are drawn together.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanCopula {
    /// The parameters, by their place among those of the plan.
    pub params: Vec<u32>,
    /// What joins their uniforms.
    pub factor: Factor,
}

/// A source of uniforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The statement's name.
    pub name: String,
    /// Its key.
    pub key: u64,
}

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// By yes or no: the column holds the first step in which something held, or infinity.
    Share,
    /// By a number.
    Value,
}

/// A question: its column at the end of a trajectory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanQuestion {
    /// Its name.
    pub name: String,
    /// Its column.
    pub column: u32,
    /// How it is answered.
    pub kind: QuestionKind,
    /// The column of a condition: only those trajectories are asked where that is not 0.
    pub given: Option<u32>,
}

/// What a counter counts, in trajectories times steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CounterKind {
    /// Probabilities whose sum exceeded 1 and that were scaled.
    Scaled,
    /// Hazards or probabilities that were negative, infinite or no numbers.
    Invalid,
}

/// A counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The statement.
    pub name: String,
    /// What is counted.
    pub kind: CounterKind,
}

/// A segment with its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedSegment {
    pub(crate) name: String,
    pub(crate) ops: Vec<Op>,
}

/// A plan, ready to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) name: String,
    pub(crate) first: i32,
    pub(crate) columns: Vec<String>,
    pub(crate) temporaries: usize,
    pub(crate) params: Vec<PlanParam>,
    pub(crate) copulas: Vec<PlanCopula>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) questions: Vec<PlanQuestion>,
    pub(crate) counters: Vec<Counter>,
    pub(crate) prelude: NamedSegment,
    pub(crate) start: NamedSegment,
    pub(crate) segments: Vec<NamedSegment>,
    pub(crate) schedule: Vec<Vec<u32>>,
    pub(crate) filter: Option<PlanFilter>,
    /// Where there is a filter: the columns that a copy of a trajectory takes along.
    pub(crate) copied: Vec<u32>,
    /// How often the evidence is marked in a run.
    pub(crate) marks: usize,
    /// Where there is a filter: how parameters are drawn, if not by their laws.
    proposed: Option<Proposed>,
}

impl Plan {
    /// The plan's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.schedule.len()
    }
    /// The questions, as results report them.
    #[must_use]
    pub fn questions(&self) -> &[PlanQuestion] {
        &self.questions
    }
    /// The counters, as results report them.
    #[must_use]
    pub fn counters(&self) -> &[Counter] {
        &self.counters
    }
    /// The parameters.
    #[must_use]
    pub fn params(&self) -> &[PlanParam] {
        &self.params
    }
    /// What is done about what was seen, if anything is.
    #[must_use]
    pub fn filter(&self) -> Option<&PlanFilter> {
        self.filter.as_ref()
    }
    /// From now on draws parameters so. Nothing is changed in a plan without a filter, whose draws have no weights.
    pub fn propose(&mut self, proposal: &Proposal) {
        self.proposed = self.filter.is_some().then(|| Proposed::new(proposal, &self.params));
    }
    /// The uniforms of a draw's parameters, in their order and before any are joined, and the logarithm of what the draw
    /// weighs for having been proposed: 0 where parameters are drawn by their laws.
    pub fn uniforms(&self, seed: u64, draw: u64, into: &mut Vec<f64>) -> f64 {
        into.clear();
        into.extend(self.params.iter().map(|param| parameter(seed, draw, param.key, 0)));
        self.proposed.as_ref().map_or(0.0, |proposed| proposed.tilt(seed, draw, into))
    }
    /// Whether each parameter is drawn by its law alone.
    pub(crate) fn is_by_laws(&self) -> bool {
        self.proposed.is_none() && self.copulas.is_empty()
    }
    /// How often the evidence is marked in a run, in order of the schedule.
    #[must_use]
    pub fn marks(&self) -> usize {
        self.marks
    }
    /// Draws a parameter, by its place, with other random numbers: those of this key. Nothing is changed where there is none.
    pub fn draw_by(&mut self, param: usize, key: u64) {
        self.params.get_mut(param).into_iter().for_each(|param| param.key = key);
    }
    /// From now on the evidence is not marked on its way: less work where only the whole of it is wanted.
    pub fn forget_marks(&mut self) {
        let of_segments = self.segments.iter_mut().chain([&mut self.prelude, &mut self.start]);
        of_segments.for_each(|segment| segment.ops.retain(|op| !matches!(op, Op::Mark { .. })));
        self.marks = 0;
    }
    /// The number of operations in all segments.
    #[must_use]
    pub fn operations(&self) -> usize {
        let segments = self.segments.iter().chain([&self.prelude, &self.start]);
        segments.flat_map(|segment| &segment.ops).map(Op::size).sum()
    }
    /// The number of columns, persistent and temporary.
    #[must_use]
    pub fn column_count(&self) -> usize {
        self.columns.len() + self.temporaries
    }
    /// The number of columns that operations for some lanes only need.
    pub(crate) fn inner_column_count(&self) -> usize {
        let segments = self.segments.iter().chain([&self.prelude, &self.start]);
        let inner = segments.flat_map(|segment| &segment.ops).map(|op| match op {
            Op::Sparse(sparse) => sparse.columns,
            _ => 0,
        });
        inner.max().unwrap_or(0)
    }
}

/// Builds a plan.
#[derive(Clone, Debug)]
pub struct PlanBuilder {
    name: String,
    first: i32,
    columns: Vec<String>,
    params: Vec<PlanParam>,
    copulas: Vec<PlanCopula>,
    streams: Vec<Stream>,
    questions: Vec<PlanQuestion>,
    counters: Vec<Counter>,
    prelude: Code,
    start: Code,
    segments: Vec<(String, Code)>,
    schedule: Vec<Vec<u32>>,
    scheduled: usize,
    filter: Option<PlanFilter>,
}

impl PlanBuilder {
    /// A plan of `steps` steps, the first of which has the calendar step `first`.
    #[must_use]
    pub fn new(name: &str, first: i32, steps: u32) -> PlanBuilder {
        PlanBuilder {
            name: name.to_owned(),
            first,
            columns: Vec::new(),
            params: Vec::new(),
            copulas: Vec::new(),
            streams: Vec::new(),
            questions: Vec::new(),
            counters: Vec::new(),
            prelude: Code::default(),
            start: Code::default(),
            segments: Vec::new(),
            schedule: vec![Vec::new(); (steps as usize).min(MAX_STEPS + 1)],
            scheduled: 0,
            filter: None,
        }
    }

    /// Weighs trajectories by what was seen.
    pub fn filter(&mut self, filter: PlanFilter) {
        self.filter = Some(filter);
    }

    /// A persistent column.
    pub fn column(&mut self, name: &str) -> u32 {
        self.columns.push(name.to_owned());
        self.columns.len() as u32 - 1
    }

    /// A parameter, whose column is filled before the prelude.
    pub fn param(&mut self, param: PlanParam) {
        self.params.push(param);
    }

    /// Correlates parameters. No parameter may be in two copulas.
    pub fn copula(&mut self, copula: PlanCopula) {
        self.copulas.push(copula);
    }

    /// A stream of uniforms.
    pub fn stream(&mut self, name: &str, key: u64) -> u32 {
        self.streams.push(Stream { name: name.to_owned(), key });
        self.streams.len() as u32 - 1
    }

    /// A question.
    pub fn question(&mut self, question: PlanQuestion) {
        self.questions.push(question);
    }

    /// A counter.
    pub fn counter(&mut self, name: &str, kind: CounterKind) -> u32 {
        self.counters.push(Counter { name: name.to_owned(), kind });
        self.counters.len() as u32 - 1
    }

    /// What is run once per batch, after the parameters are there.
    pub fn prelude(&mut self, code: Code) {
        self.prelude = code;
    }

    /// What sets all other columns before the first step; it sees the calendar step of the first.
    pub fn start(&mut self, code: Code) {
        self.start = code;
    }

    /// A segment for the schedule.
    pub fn segment(&mut self, name: &str, code: Code) -> u32 {
        self.segments.push((name.to_owned(), code));
        self.segments.len() as u32 - 1
    }

    /// Runs a segment in a step, after those scheduled before.
    pub fn schedule(&mut self, step: u32, segment: u32) {
        // One more than there may be is kept, so that it shows.
        let Some(segments) = self.schedule.get_mut(step as usize).filter(|_| self.scheduled <= MAX_SCHEDULED) else {
            return;
        };
        segments.push(segment);
        self.scheduled += 1;
    }

    /// Checks and allocates everything.
    ///
    /// # Errors
    /// If the plan is too large or refers to what does not exist.
    pub fn finish(self) -> Result<Plan, PlanError> {
        within("steps", self.schedule.len(), MAX_STEPS)?;
        within("columns", self.columns.len(), MAX_COLUMNS)?;
        let codes = || self.segments.iter().map(|(_, code)| code).chain([&self.prelude, &self.start]);
        let size = |code: &Code| code.ops.iter().map(Op::size).sum::<usize>() + code.stores.len();
        within("operations", codes().map(size).sum(), MAX_OPERATIONS)?;
        codes().try_for_each(|code| self.check(code, self.columns.len(), false))?;
        let persistent = self.columns.len() as u32;
        let named = self.params.iter().map(|param| param.column).chain(self.questions.iter().map(|q| q.column));
        let named = named.chain(self.questions.iter().filter_map(|q| q.given));
        let named =
            named.chain(self.filter.iter().flat_map(|filter| filter.of_slot.iter().chain([&filter.weight]).copied()));
        index_within("column", named.max(), self.columns.len())?;
        within("segments in its steps", self.schedule.iter().map(Vec::len).sum(), MAX_SCHEDULED)?;
        let joined = || self.copulas.iter().flat_map(|copula| copula.params.iter().copied());
        index_within("parameter", joined().max(), self.params.len())?;
        distinct("joined parameter", joined())?;
        if self.copulas.iter().any(|copula| copula.params.len() != copula.factor.size()) {
            return Err(malformed("a copula of more or fewer parameters than its factor".into()));
        }
        index_within("segment", self.schedule.iter().flatten().max().copied(), self.segments.len())?;

        let marks_in = |code: &Code| code.ops.iter().filter(|op| matches!(op, Op::Mark { .. })).count();
        let marks_of: Vec<usize> = self.segments.iter().map(|(_, code)| marks_in(code)).collect();
        let marks = self.schedule.iter().flatten().map(|segment| marks_of[*segment as usize]).sum();
        within("marks", marks, MAX_MARKS)?;
        if self.filter.is_none() && marks > 0 || marks_in(&self.prelude) + marks_in(&self.start) > 0 {
            return Err(malformed("a mark where nothing is weighed".into()));
        }
        let copied = self.copied();

        let mut temporaries = 0;
        let mut allocate = |name: &str, code: Code| {
            let Segment { ops, temporaries: needed } = finish_code(code, persistent);
            temporaries = temporaries.max(needed);
            NamedSegment { name: name.to_owned(), ops }
        };
        let prelude = allocate("prelude", self.prelude);
        let start = allocate("start", self.start);
        let segments = self.segments.into_iter().map(|(name, code)| allocate(&name, code)).collect();
        within("columns", self.columns.len() + temporaries, MAX_COLUMNS)?;
        Ok(Plan {
            name: self.name,
            first: self.first,
            columns: self.columns,
            temporaries,
            params: self.params,
            copulas: self.copulas,
            streams: self.streams,
            questions: self.questions,
            counters: self.counters,
            prelude,
            start,
            segments,
            schedule: self.schedule,
            filter: self.filter,
            copied,
            marks,
            proposed: None,
        })
    }

    /// What steps write, but for what belongs to slots and the weights: what a copy of a trajectory takes along.
    fn copied(&self) -> Vec<u32> {
        let Some(filter) = &self.filter else { return Vec::new() };
        let written = self.segments.iter().flat_map(|(_, code)| &code.stores).map(|(column, _)| *column);
        let mut written: Vec<u32> =
            written.filter(|column| *column != filter.weight && !filter.of_slot.contains(column)).collect();
        written.sort_unstable();
        written.dedup();
        written
    }

    /// Whether every value is defined once and before it is read, and everything else that code names exists.
    fn check(&self, code: &Code, columns: usize, inside: bool) -> Result<(), PlanError> {
        index_within("column", code.inputs.iter().max().copied(), columns)?;
        index_within("column", code.stores.iter().map(|(to, _)| *to).max(), columns)?;
        distinct("input column", code.inputs.iter().copied())?;
        distinct("store column", code.stores.iter().map(|(to, _)| *to))?;
        let results = |op: &Op| match op {
            Op::Sparse(sparse) => sparse.outputs.len(),
            _ => *SOFTMAX_OPTIONS.end(),
        };
        let limit = code.inputs.len() + code.ops.iter().map(results).sum::<usize>();
        let mut defined = vec![false; limit];
        defined.iter_mut().take(code.inputs.len()).for_each(|input| *input = true);
        for op in &code.ops {
            let mut fault = None;
            op.visit(&mut |role, value| match (role, defined.get_mut(value as usize)) {
                (Role::Read, Some(true)) => {}
                (Role::Write, Some(fresh)) if !*fresh => *fresh = true,
                _ => fault = Some(malformed(format!("value {value} in {op:?}"))),
            });
            match op {
                Op::Sparse(_) | Op::Count { .. } | Op::Mark { .. } | Op::First { .. } | Op::UniformPair { .. }
                    if inside =>
                {
                    return Err(malformed(format!("{op:?} inside another operation")));
                }
                Op::Uniform { stream, .. } | Op::UniformPair { stream, .. } => {
                    index_within("stream", Some(*stream), self.streams.len())?;
                }
                Op::Sparse(sparse) => {
                    let own = sparse.inputs.len() + sparse.outputs.len();
                    within("columns", own, MAX_COLUMNS)?;
                    self.check(&sparse.code, own, true)?;
                    if !sparse.code.stores.iter().map(|(to, _)| *to as usize).eq(sparse.inputs.len()..own) {
                        return Err(malformed("results that are not computed".into()));
                    }
                }
                Op::Softmax { to, qualities, default, .. } => {
                    let options = qualities.len();
                    if to.len() != options || !SOFTMAX_OPTIONS.contains(&options) || *default as usize >= options {
                        return Err(malformed(format!("a response of {options} options")));
                    }
                }
                Op::Count { counter, .. } => index_within("counter", Some(*counter), self.counters.len())?,
                Op::Lookup { values, .. } if values.is_empty() => {
                    return Err(malformed("a table without values".into()));
                }
                _ => {}
            }
            fault.map_or(Ok(()), Err)?;
        }
        for (_, value) in &code.stores {
            if let Operand::Column(value) = value
                && defined.get(*value as usize) != Some(&true)
            {
                return Err(malformed(format!("value {value} is stored but not defined")));
            }
        }
        Ok(())
    }
}

fn finish_code(mut code: Code, persistent: u32) -> Segment {
    code.drop_unused();
    code.fuse();
    code.allocate(persistent)
}

fn malformed(what: String) -> PlanError {
    PlanError::Malformed { what }
}

fn within(what: &'static str, count: usize, limit: usize) -> Result<(), PlanError> {
    if count > limit { Err(PlanError::TooLarge { what, count, limit }) } else { Ok(()) }
}

fn index_within(what: &str, largest: Option<u32>, count: usize) -> Result<(), PlanError> {
    match largest {
        Some(index) if index as usize >= count => Err(malformed(format!("{what} {index} of {count}"))),
        _ => Ok(()),
    }
}

fn distinct(what: &str, places: impl Iterator<Item = u32>) -> Result<(), PlanError> {
    let mut seen = std::collections::BTreeSet::new();
    for place in places {
        if !seen.insert(place) {
            return Err(malformed(format!("{what} {place} twice")));
        }
    }
    Ok(())
}
