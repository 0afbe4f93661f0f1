//! From a checked program to a plan: the one place where model and engine meet.
//!
//! A step is executed symbolically: quantities hold values instead of numbers, choices expand their game tree, and
//! what comes out are the values that columns hold at the end of the step. Steps that differ (by the parity of the
//! calendar step, in which random numbers come in pairs, by the choices and events that are due, by the questions that
//! ask) get segments of their own.
//!
//! | module | |
//! |---|---|
//! | [`validate`] | every index exists |
//! | [`slots`] | what a trajectory carries from step to step |
//! | [`values`], [`range`] | values, each kept once, and what is known of them |
//! | [`expression`] | expressions and effects as values |
//! | [`game`] | how a choice by utility is made |
//! | [`step`] | choices, events, flows, questions |
//! | [`regions`] | what only some trajectories need |
//! | [`emit`] | values to segments |

mod calendar;
mod emit;
mod expression;
mod game;
mod laws;
mod range;
mod regions;
mod slots;
mod step;
mod validate;
mod values;

use calendar::Window;
use emit::Emitter;
use expression::{Moment, Reader, clamp};
use game::Game;
use range::Range;
use slots::Slots;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use step::{Moving, Part, Roots, StepKind};
use values::{Value, Values};
use variorum_engine::copula::Factor;
use variorum_engine::law::{LawError, Sampler};
use variorum_engine::op::{Binary, Unary};
use variorum_engine::plan::{
    MAX_STEPS, Plan, PlanBuilder, PlanCopula, PlanError, PlanParam, PlanQuestion, QuestionKind,
};
use variorum_model::program::{Program, Query};

/// Most operations that one decision may take; each reply within sight multiplies them by its options.
pub const MAX_GAME_OPERATIONS: usize = 200_000;
/// Up to so many kinds of steps, a step is one segment; beyond, each choice has its own, so that the plan stays small.
const MAX_WHOLE_STEPS: usize = 16;

/// Why a program has no plan.
#[derive(Clone, Debug, PartialEq)]
pub enum LowerError {
    /// The replies that a decision foresees are too many.
    GameTooLarge {
        /// The choice that is decided.
        choice: String,
        /// How many operations there were when it was given up.
        operations: usize,
    },
    /// No such law exists.
    Law {
        /// The parameter.
        param: String,
        /// What is wrong with it.
        error: LawError,
    },
    /// The plan is too large.
    Plan(PlanError),
    /// The program breaks its own rules; the checker makes no such program.
    Malformed {
        /// What is wrong.
        what: String,
    },
}

impl fmt::Display for LowerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LowerError::GameTooLarge { choice, operations } => write!(
                f,
                "the choice {choice} foresees so many replies that it takes more than {operations} operations; \
                 {MAX_GAME_OPERATIONS} is the limit"
            ),
            LowerError::Law { param, error } => write!(f, "{param}: {error}"),
            LowerError::Plan(error) => error.fmt(f),
            LowerError::Malformed { what } => write!(f, "malformed program: {what}"),
        }
    }
}

impl std::error::Error for LowerError {}

impl From<PlanError> for LowerError {
    fn from(error: PlanError) -> LowerError {
        LowerError::Plan(error)
    }
}

/// Makes a plan of a program.
///
/// # Errors
/// If a parameter's law does not exist, if the game or the plan is too large, or if the program is malformed.
pub fn lower(program: &Program) -> Result<Plan, LowerError> {
    lower_in_parts(program, MAX_WHOLE_STEPS)
}

/// [`lower`] with a bound of its own on the kinds of steps that become one segment each. The results are the same.
///
/// # Errors
/// As [`lower`].
#[doc(hidden)]
pub fn lower_in_parts(program: &Program, max_whole_steps: usize) -> Result<Plan, LowerError> {
    validate::validate(program)?;
    if program.clock.steps as usize > MAX_STEPS {
        let count = program.clock.steps as usize;
        return Err(PlanError::TooLarge { what: "steps", count, limit: MAX_STEPS }.into());
    }
    let samplers = samplers(program)?;
    let mut slots = Slots::new(program);
    loop {
        let lowering = Lowering::new(program, &slots, &samplers, max_whole_steps)?;
        let surprises = lowering.surprises();
        if surprises.is_empty() {
            return lowering.emit(&samplers);
        }
        // What was supposed of these columns is not so: suppose nothing and begin again.
        surprises.into_iter().for_each(|slot| slots.ranges[slot as usize] = Range::ANY);
    }
}

/// A segment in the making and the steps in which it runs.
struct Group {
    name: String,
    roots: Roots,
}

/// A program as values.
struct Lowering<'p> {
    program: &'p Program,
    slots: &'p Slots,
    windows: Vec<Window>,
    values: Values,
    start: Roots,
    groups: Vec<Group>,
    /// By step: the groups, in order.
    schedule: Vec<Vec<usize>>,
}

/// What tells one group from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum GroupKey {
    /// A step from its first choice to its last flow.
    Step(StepKind),
    /// One choice.
    Choice(usize, StepKind),
    /// Events and flows.
    Events(StepKind),
    /// What the questions of a window remember.
    Record(usize),
    /// Forgetting these dated choices.
    Forget(BTreeSet<usize>),
}

impl<'p> Lowering<'p> {
    fn new(
        program: &'p Program,
        slots: &'p Slots,
        samplers: &[Sampler],
        max_whole_steps: usize,
    ) -> Result<Lowering<'p>, LowerError> {
        let mut values = Values::default();
        let params = params(program, samplers, &mut values);
        let start = start(program, slots, &mut values, &params);
        let mut lowering = Lowering {
            program,
            slots,
            windows: calendar::windows(program),
            values,
            start,
            groups: Vec::new(),
            schedule: Vec::new(),
        };
        let kinds: Vec<StepKind> = (0..program.clock.steps).map(|step| lowering.kind(step)).collect();
        let whole = kinds.iter().collect::<BTreeSet<_>>().len() <= max_whole_steps;
        let mut game = Game::new(program);
        let mut known: BTreeMap<GroupKey, usize> = BTreeMap::new();
        for (step, kind) in (0..).zip(kinds) {
            let mut scheduled = Vec::new();
            for key in lowering.keys(step, kind, whole) {
                let group = match known.get(&key) {
                    Some(group) => *group,
                    None => {
                        let group = lowering.group(&mut game, &params, &key)?;
                        lowering.groups.push(group);
                        known.insert(key, lowering.groups.len() - 1);
                        lowering.groups.len() - 1
                    }
                };
                scheduled.push(group);
            }
            lowering.schedule.push(scheduled);
        }
        Ok(lowering)
    }

    fn kind(&self, step: u32) -> StepKind {
        let kind = StepKind::of(self.program, step);
        // Parity matters only where random numbers come in pairs.
        StepKind { odd: kind.odd && self.slots.streams.iter().any(|stream| stream.spare.is_some()), ..kind }
    }

    /// The groups of a step, in order.
    fn keys(&self, step: u32, kind: StepKind, whole: bool) -> Vec<GroupKey> {
        let mut keys = Vec::new();
        let due = kind.due.clone();
        if whole {
            keys.push(GroupKey::Step(kind));
        } else {
            for choice in 0..self.program.choices.len() {
                let root = self.slots.roots[choice];
                let none = BTreeSet::new;
                if game::is_at_a_rate(self.program, root) {
                    keys.push(GroupKey::Choice(choice, StepKind { due: none(), dated: none(), ..kind }));
                } else if due.contains(&root) {
                    keys.push(GroupKey::Choice(choice, StepKind { due: due.clone(), dated: none(), ..kind }));
                }
            }
            keys.push(GroupKey::Events(StepKind { due: BTreeSet::new(), ..kind }));
        }
        let windows = self.windows.iter().enumerate();
        let open = windows.filter(|(_, window)| (window.from..=window.to).contains(&step));
        keys.extend(open.map(|(window, _)| GroupKey::Record(window)));
        if !due.is_empty() {
            keys.push(GroupKey::Forget(due));
        }
        keys
    }

    fn group(&mut self, game: &mut Game<'p>, params: &[Value], key: &GroupKey) -> Result<Group, LowerError> {
        let program = self.program;
        let nothing = StepKind { odd: false, due: BTreeSet::new(), dated: BTreeSet::new() };
        let forgotten = |due: &BTreeSet<usize>| StepKind { due: due.clone(), ..nothing.clone() };
        let choices = (0..program.choices.len()).map(Part::Choice);
        let name = |what: &str, kind: &StepKind| name_of(program, what, kind);
        let (name, kind, parts): (String, StepKind, Vec<Part>) = match key {
            GroupKey::Step(kind) => {
                (name("step", kind), kind.clone(), choices.chain([Part::Events, Part::Flows]).collect())
            }
            GroupKey::Choice(choice, kind) => {
                let what = format!("choice {}", program.choices[*choice].name);
                (name(&what, kind), kind.clone(), vec![Part::Choice(*choice)])
            }
            GroupKey::Events(kind) => (name("events and flows", kind), kind.clone(), vec![Part::Events, Part::Flows]),
            GroupKey::Record(_) => ("record".to_owned(), nothing.clone(), Vec::new()),
            GroupKey::Forget(due) => ("forget".to_owned(), forgotten(due), Vec::new()),
        };
        let whole = matches!(key, GroupKey::Step(_));
        let mut moving = Moving::new(program, &mut self.values, game, self.slots, params, &kind, whole);
        parts.into_iter().try_for_each(|part| moving.part(part))?;
        match key {
            GroupKey::Record(window) => moving.record(&self.windows[*window]),
            GroupKey::Forget(_) => moving.forget(),
            _ => {}
        }
        Ok(Group { name, roots: moving.finish() })
    }

    /// Columns whose contents are not within what was supposed of them.
    fn surprises(&self) -> BTreeSet<u32> {
        let stores = self.groups.iter().map(|group| &group.roots).chain([&self.start]).flat_map(|roots| &roots.stores);
        let surprising =
            |(slot, value): &&(u32, Value)| !self.slots.ranges[*slot as usize].contains(self.values.range(*value));
        stores.filter(surprising).map(|(slot, _)| *slot).collect()
    }

    fn emit(&self, samplers: &[Sampler]) -> Result<Plan, LowerError> {
        let program = self.program;
        let name = format!("{} / {}", program.model, program.reading);
        let mut builder = PlanBuilder::new(&name, program.clock.first, program.clock.steps);
        let columns: Vec<u32> = program.params.iter().map(|param| builder.column(&param.name)).collect();
        for ((param, sampler), column) in program.params.iter().zip(samplers).zip(&columns) {
            let (name, key) = (param.name.clone(), param.key.0);
            builder.param(PlanParam { name, key, sampler: sampler.clone(), column: *column });
        }
        copulas(program)?.into_iter().for_each(|copula| builder.copula(copula));
        let segments: Vec<&Roots> = self.groups.iter().map(|group| &group.roots).collect();
        let mut emitter = Emitter::new(&self.values, self.slots, &segments, columns, &mut builder);
        let start = emitter.segment(&self.start, &mut builder);
        builder.start(start);
        let mut places: Vec<Option<u32>> = Vec::new();
        for group in &self.groups {
            let code = emitter.segment(&group.roots, &mut builder);
            let empty = code.ops.is_empty() && code.stores.is_empty();
            places.push((!empty).then(|| builder.segment(&group.name, code)));
        }
        for (step, groups) in (0..).zip(&self.schedule) {
            let segments = groups.iter().filter_map(|group| places[*group]);
            segments.for_each(|segment| builder.schedule(step, segment));
        }
        for (index, question) in program.questions.iter().enumerate() {
            let kind = match question.query {
                Query::Ever { .. } | Query::First { .. } => QuestionKind::Share,
                Query::Value { .. } => QuestionKind::Value,
            };
            let column = emitter.column(self.slots.questions[index]).unwrap_or_default();
            let given = self.slots.given[index].and_then(|slot| emitter.column(slot));
            builder.question(PlanQuestion { name: question.name.clone(), column, kind, given });
        }
        let prelude = emitter.prelude(&mut builder);
        builder.prelude(prelude);
        Ok(builder.finish()?)
    }
}

/// A segment's name: what it does, and what is due in its steps.
fn name_of(program: &Program, what: &str, kind: &StepKind) -> String {
    let mut name = format!("{what}{}", if kind.odd { ", odd" } else { "" });
    for choice in &kind.due {
        name += &format!(", {} due", program.choices[*choice].name);
    }
    for event in &kind.dated {
        name += &format!(", {} due", program.events[*event].name);
    }
    name
}

/// The laws of all parameters, in the units that were written.
fn samplers(program: &Program) -> Result<Vec<Sampler>, LowerError> {
    let sampler = |param: &variorum_model::program::Param| {
        let (low, high) = (param.low.unwrap_or(f64::NEG_INFINITY), param.high.unwrap_or(f64::INFINITY));
        let sampler = laws::sampler(&param.law, low, high, param.clip);
        sampler.map_err(|error| LowerError::Law { param: param.name.clone(), error })
    };
    program.params.iter().map(sampler).collect()
}

/// The correlations among parameters.
fn copulas(program: &Program) -> Result<Vec<PlanCopula>, LowerError> {
    let copula = |copula: &variorum_model::program::Copula| {
        let factor = Factor::of_ranks(&copula.ranks).map_err(|error| {
            let names = copula.params.iter().filter_map(|param| program.params.get(*param));
            let names: Vec<&str> = names.map(|param| param.name.as_str()).collect();
            LowerError::Malformed { what: format!("the correlations of {}: {error}", names.join(", ")) }
        })?;
        Ok(PlanCopula { params: copula.params.iter().map(|param| *param as u32).collect(), factor })
    };
    program.copulas.iter().map(copula).collect()
}

/// Every parameter in base units.
fn params(program: &Program, samplers: &[Sampler], values: &mut Values) -> Vec<Value> {
    let mut params = Vec::with_capacity(samplers.len());
    for (index, (param, sampler)) in program.params.iter().zip(samplers).enumerate() {
        // The inverse of a distribution function is monotone: all draws lie between those of the extreme uniforms.
        let extreme = f64::EPSILON / 2.0;
        let (low, high) = (sampler.draw(extreme), sampler.draw(1.0 - extreme));
        let range = if low <= high { Range::new(low, high).widened() } else { Range::ANY };
        let drawn = match low == high {
            true => values.number(low),
            false => values.param(index as u32, range),
        };
        let drawn = match param.within {
            Some(within) => {
                let (one, within) = (values.number(1.0), values.number(within));
                let rest = values.binary(Binary::Subtract, one, drawn);
                let logarithm = values.unary(Unary::Ln, rest);
                let hazard = values.unary(Unary::Negate, logarithm);
                values.binary(Binary::Divide, hazard, within)
            }
            None => drawn,
        };
        let scale = values.number(param.scale);
        params.push(values.binary(Binary::Multiply, scale, drawn));
    }
    params
}

/// Everything before the first step.
fn start(program: &Program, slots: &Slots, values: &mut Values, params: &[Value]) -> Roots {
    let mut roots = Roots::default();
    for (quantity, slot) in program.quantities.iter().zip(&slots.quantities) {
        let moment = Moment { params, state: &[], happened: &[], chosen: None };
        let value = Reader::new(program, values, moment).read(&quantity.start);
        roots.stores.push((*slot, clamp(values, &quantity.kind, value)));
    }
    let zero = values.number(0.0);
    let others = slots.happened.iter().chain(slots.chosen.iter().flatten()).chain(slots.given.iter().flatten());
    roots.stores.extend(others.map(|slot| (*slot, zero)));
    let never = values.number(f64::INFINITY);
    for (question, slot) in program.questions.iter().zip(&slots.questions) {
        let is_number = matches!(question.query, Query::Value { .. });
        roots.stores.push((*slot, if is_number { zero } else { never }));
    }
    if program.clock.first.rem_euclid(2) == 1 {
        // The first step is the second of a pair.
        for (stream, source) in (0..).zip(&slots.streams) {
            roots.stores.extend(source.spare.map(|spare| (spare, values.uniform(stream))));
        }
    }
    roots
}
