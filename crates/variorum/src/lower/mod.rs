//! From a checked program to a plan: the one place where model and engine meet.
//!
//! A step is executed symbolically: quantities hold values instead of numbers, choices expand their game tree, and
//! what comes out are the values that columns hold at the end of the step. Steps that differ (by the parity of the
//! calendar step, in which random numbers come in pairs, by the choices and events that are due, by what is held, by the
//! questions that ask) get segments of their own.
//!
//! | module | |
//! |---|---|
//! | [`validate`] | every index exists |
//! | [`calendar`] | what is due when |
//! | [`slots`] | what a trajectory carries from step to step |
//! | [`values`], [`range`], [`sets`] | values, each kept once, what is known of them, many of them |
//! | [`state`], [`expression`] | states, expressions and effects as values |
//! | [`game`], [`project`] | how a choice by utility is made, and what its outcomes are worth |
//! | [`step`] | choices, events, flows, questions |
//! | [`sights`], [`observe`] | what has been seen, and what it does to a step |
//! | [`regions`] | what only some trajectories need |
//! | [`emit`] | values to segments |

mod calendar;
mod emit;
mod expression;
mod game;
mod laws;
mod observe;
mod project;
mod range;
mod regions;
mod sets;
mod sights;
mod slots;
mod state;
mod step;
mod validate;
mod values;

use calendar::StepKind;
use emit::Emitter;
use expression::{Frame, Reader, Scene, clamp};
use game::Game;
use range::Range;
pub use sights::Reports;
use sights::{Looks, Sights};
use slots::{Root, Slots};
use state::State;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use step::{Moving, Part, Roots};
use values::{Value, Values};
use variorum_engine::copula::Factor;
use variorum_engine::law::{LawError, Sampler};
use variorum_engine::op::{Binary, Unary};
use variorum_engine::plan::{
    MAX_OPERATIONS, MAX_SCHEDULED, MAX_STEPS, Plan, PlanBuilder, PlanCopula, PlanError, PlanParam, PlanQuestion,
    QuestionKind,
};
use variorum_model::program::{Expr, Program, Query};

/// Most operations that one decision may take; each reply within sight multiplies them by its options.
pub const MAX_GAME_OPERATIONS: usize = 200_000;
/// Most values that a program may have, over all its segments (some 100 bytes each).
pub const MAX_VALUES: usize = 10_000_000;
/// Up to so many kinds of steps, a step is one segment; beyond, each choice has its own, so that the plan stays small.
const MAX_WHOLE_STEPS: usize = 16;
/// And only as long as the expressions of all those segments together have no more parts than this.
const MAX_WHOLE_PARTS: usize = 100_000;

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

/// The same up to the last step of which a question asks: enough for the answers, and for nothing that is counted over all
/// time.
///
/// # Errors
/// As [`lower`].
pub fn lower_asked(program: &Program) -> Result<Plan, LowerError> {
    lower_to_last(program, MAX_WHOLE_STEPS)
}

/// The same for what is played so little that to compile it takes longer: each kind of step is not a segment of its own. The
/// results are the same.
///
/// # Errors
/// As [`lower`].
pub(crate) fn lower_briefly(program: &Program) -> Result<Plan, LowerError> {
    lower_to_last(program, 0)
}

fn lower_to_last(program: &Program, max_whole_steps: usize) -> Result<Plan, LowerError> {
    let last = program.questions.iter().flat_map(|question| {
        let asked = match question.query {
            Query::Ever { to, .. } | Query::First { to, .. } => to,
            Query::Value { at, .. } => at,
        };
        question.given.iter().map(|given| given.to).chain([asked])
    });
    let mut sights = Sights::new(&program.unobserved(), Reports::Steer);
    sights.steps = last.max().map(|last| last.saturating_add(1).min(program.clock.steps));
    Ok(with_sights(program, &sights, max_whole_steps)?.plan)
}

/// [`lower`] with a bound of its own on the kinds of steps that become one segment each. The results are the same.
///
/// # Errors
/// As [`lower`].
#[doc(hidden)]
pub fn lower_in_parts(program: &Program, max_whole_steps: usize) -> Result<Plan, LowerError> {
    Ok(with_sights(program, &Sights::new(&program.unobserved(), Reports::Steer), max_whole_steps)?.plan)
}

/// A plan that is conditioned on what was seen.
#[derive(Clone, Debug)]
pub struct Conditioned {
    /// The plan.
    pub plan: Plan,
    /// By mark of the evidence: what weighed, an observation or, by its place after all observations, a record.
    pub labels: Vec<usize>,
}

/// Makes a plan of a program that is conditioned on its observations and records.
///
/// # Errors
/// As [`lower`].
pub fn lower_conditioned(program: &Program, reports: Reports) -> Result<Conditioned, LowerError> {
    with_sights(program, &Sights::new(program, reports), MAX_WHOLE_STEPS)
}

/// The same up to the last step of which anything was seen: enough for the evidence, and for nothing else.
///
/// # Errors
/// As [`lower`].
pub fn lower_evidence(program: &Program, reports: Reports) -> Result<Conditioned, LowerError> {
    let mut sights = Sights::new(program, reports);
    sights.steps = Some(sights.due().last().map_or(0, |last| last + 1));
    with_sights(program, &sights, MAX_WHOLE_STEPS)
}

/// [`lower_conditioned`] with a bound of its own on the kinds of steps that become one segment each.
///
/// # Errors
/// As [`lower`].
#[doc(hidden)]
pub fn lower_conditioned_in_parts(program: &Program, max_whole_steps: usize) -> Result<Conditioned, LowerError> {
    with_sights(program, &Sights::new(program, Reports::Steer), max_whole_steps)
}

/// Whether a program is one, and its laws are laws: all that can keep it from being lowered, but its size.
///
/// # Errors
/// As [`lower`], but for what is too large.
pub fn validated(program: &Program) -> Result<(), LowerError> {
    validate::validate(program)?;
    samplers(program)?;
    copulas(program).map(drop)
}

fn with_sights(program: &Program, sights: &Sights, max_whole_steps: usize) -> Result<Conditioned, LowerError> {
    validate::validate(program)?;
    within("steps", program.clock.steps as usize, MAX_STEPS)?;
    let samplers = samplers(program)?;
    let mut game = Game::new(program);
    let mut slots = Slots::new(program, &game.calendar, sights);
    loop {
        let lowering = Lowering::new(program, (&slots, sights), &samplers, game, max_whole_steps)?;
        let surprises = lowering.surprises();
        if surprises.is_empty() {
            return lowering.emit(&samplers);
        }
        // What was supposed of these columns is not so: suppose nothing and begin again.
        surprises.into_iter().for_each(|slot| slots.ranges[slot as usize] = Range::ANY);
        game = Game::new(program);
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
    sights: &'p Sights,
    values: Values,
    /// By parameter.
    params: Vec<Value>,
    /// By quantity: what it holds when a segment begins.
    loaded: Vec<Value>,
    /// By intervention.
    imposed: Vec<Value>,
    start: Roots,
    groups: Vec<Group>,
    /// By step: the groups, in order.
    schedule: Vec<Vec<usize>>,
}

/// What tells one group from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum GroupKey {
    /// What a scenario changes when a step begins.
    Act(Vec<usize>),
    /// A step from its first choice to its last flow.
    Step(StepKind),
    /// One choice.
    Choice(usize, StepKind),
    /// Events.
    Events(StepKind),
    /// Flows.
    Flows(StepKind),
    /// What the questions of a window remember.
    Record(usize),
    /// What is seen at the end of a step.
    Look(Looks),
    /// Forgetting these dated choices.
    Forget(BTreeSet<usize>),
}

impl<'p> Lowering<'p> {
    fn new(
        program: &'p Program,
        (slots, sights): (&'p Slots, &'p Sights),
        samplers: &[Sampler],
        mut game: Game<'p>,
        max_whole_steps: usize,
    ) -> Result<Lowering<'p>, LowerError> {
        let mut values = Values::default();
        let params = params(program, samplers, &mut values);
        let loaded = slots.quantities.iter().map(|slot| slots.load(&mut values, *slot)).collect();
        let frame = Frame { program, params: &params, loaded: &[], imposed: &[] };
        let imposed = imposed(frame, &mut values);
        let start = start(frame, slots, &mut values);
        let (groups, schedule) = (Vec::new(), Vec::new());
        let mut lowering =
            Lowering { program, slots, sights, values, params, loaded, imposed, start, groups, schedule };
        let steps = sights.steps.unwrap_or(program.clock.steps);
        let kinds: Vec<StepKind> = (0..steps).map(|step| lowering.kind(&game, step)).collect();
        let different = kinds.iter().collect::<BTreeSet<_>>().len();
        let whole = different <= max_whole_steps && different * parts(program) <= MAX_WHOLE_PARTS;
        let mut known: BTreeMap<GroupKey, usize> = BTreeMap::new();
        let mut scheduled_in_all = 0;
        for (step, kind) in (0..).zip(kinds) {
            let mut scheduled = Vec::new();
            for key in lowering.keys(&game, step, kind, whole) {
                let group = match known.get(&key) {
                    Some(group) => *group,
                    None => {
                        let group = lowering.group(&mut game, &key)?;
                        lowering.groups.push(group);
                        within("values", lowering.values.len(), MAX_VALUES)?;
                        known.insert(key, lowering.groups.len() - 1);
                        lowering.groups.len() - 1
                    }
                };
                scheduled.push(group);
            }
            scheduled_in_all += scheduled.len();
            within("segments in its steps", scheduled_in_all, MAX_SCHEDULED)?;
            lowering.schedule.push(scheduled);
        }
        Ok(lowering)
    }

    fn kind(&self, game: &Game<'_>, step: u32) -> StepKind {
        let kind = game.calendar.kind(step);
        // Parity matters only where random numbers come in pairs.
        let odd = kind.odd && self.slots.streams.iter().any(|stream| stream.spare.is_some());
        StepKind { odd, seen: self.sights.in_step(step), ..kind }
    }

    /// The groups of a step, in order.
    fn keys(&self, game: &Game<'_>, step: u32, kind: StepKind, whole: bool) -> Vec<GroupKey> {
        let mut keys = Vec::new();
        keys.extend(game.calendar.acts(step).map(|acts| GroupKey::Act(acts.clone())));
        let due = kind.due.clone();
        if whole {
            keys.push(GroupKey::Step(kind));
        } else {
            let none = BTreeSet::new;
            for (choice, root) in self.slots.roots.iter().enumerate() {
                let seen = self.sights.of_choice(kind.seen, choice);
                let kind = match root {
                    Root::Rate(_) | Root::Event(_) => StepKind { due: none(), dated: none(), seen, ..kind },
                    Root::Date(root) if due.contains(root) => {
                        StepKind { due: due.clone(), dated: none(), seen, ..kind }
                    }
                    // What was seen cannot have been where the choice is not due.
                    Root::Date(_) if seen > 0 => StepKind { due: none(), dated: none(), seen, ..kind },
                    Root::Date(_) => continue,
                };
                keys.push(GroupKey::Choice(choice, kind));
            }
            let noise = self.slots.flow_streams.iter().map(|stream| &self.slots.streams[*stream as usize]);
            let odd = kind.odd && noise.into_iter().any(|stream| stream.spare.is_some());
            let holds = game.calendar.present(kind.holds);
            let seen = self.sights.of_events(kind.seen);
            keys.push(GroupKey::Events(StepKind { due: none(), holds, seen, ..kind }));
            keys.push(GroupKey::Flows(StepKind { odd, due: none(), dated: none(), holds, seen: 0 }));
        }
        let windows = game.calendar.windows.iter().enumerate();
        let open = windows.filter(|(_, window)| (window.from..=window.to).contains(&step));
        keys.extend(open.map(|(window, _)| GroupKey::Record(window)));
        keys.extend(self.sights.looks.get(&step).map(|looks| GroupKey::Look(looks.clone())));
        if !due.is_empty() {
            keys.push(GroupKey::Forget(due));
        }
        keys
    }

    fn group(&mut self, game: &mut Game<'p>, key: &GroupKey) -> Result<Group, LowerError> {
        let program = self.program;
        let choices = (0..program.choices.len()).map(Part::Choice);
        let name = |what: &str, kind: &StepKind| name_of(program, game, what, kind);
        let (name, kind, parts): (String, StepKind, Vec<Part>) = match key {
            GroupKey::Act(_) => ("scenario".to_owned(), StepKind::default(), Vec::new()),
            GroupKey::Step(kind) => {
                (name("step", kind), kind.clone(), choices.chain([Part::Events, Part::Flows]).collect())
            }
            GroupKey::Choice(choice, kind) => {
                let what = format!("choice {}", program.choices[*choice].name);
                (name(&what, kind), kind.clone(), vec![Part::Choice(*choice)])
            }
            GroupKey::Events(kind) => (name("events", kind), kind.clone(), vec![Part::Events]),
            GroupKey::Flows(kind) => (name("flows", kind), kind.clone(), vec![Part::Flows]),
            GroupKey::Record(_) => ("record".to_owned(), StepKind::default(), Vec::new()),
            GroupKey::Look(_) => ("seen at the end".to_owned(), StepKind::default(), Vec::new()),
            GroupKey::Forget(due) => {
                ("forget".to_owned(), StepKind { due: due.clone(), ..StepKind::default() }, Vec::new())
            }
        };
        let whole = matches!(key, GroupKey::Step(_));
        let frame = Frame { program, params: &self.params, loaded: &self.loaded, imposed: &self.imposed };
        let window = match key {
            GroupKey::Record(window) => game.calendar.windows.get(*window).cloned(),
            _ => None,
        };
        let mut moving = Moving::new(program, &mut self.values, game, (self.slots, self.sights), frame, &kind, whole);
        parts.into_iter().try_for_each(|part| moving.part(part))?;
        match key {
            GroupKey::Act(interventions) => moving.act(interventions),
            GroupKey::Forget(_) => moving.forget(),
            GroupKey::Look(looks) => moving.look_back(looks),
            _ => {}
        }
        if let Some(window) = window {
            moving.record(&window);
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

    fn emit(&self, samplers: &[Sampler]) -> Result<Conditioned, LowerError> {
        let program = self.program;
        let name = format!("{} / {}", program.model, program.reading);
        let mut builder = PlanBuilder::new(&name, program.clock.first, self.schedule.len() as u32);
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
        let mut operations = 0;
        for group in &self.groups {
            let code = emitter.segment(&group.roots, &mut builder);
            operations += code.ops.len();
            // Sums, above all, become few operations once they are fused.
            within("operations before they are fused", operations, 4 * MAX_OPERATIONS)?;
            let empty = code.ops.is_empty() && code.stores.is_empty();
            places.push((!empty).then(|| builder.segment(&group.name, code)));
        }
        let mut labels = Vec::new();
        for (step, groups) in (0..).zip(&self.schedule) {
            for group in groups {
                labels.extend(self.groups[*group].roots.marks.iter().map(|(label, _)| *label));
                places[*group].iter().for_each(|segment| builder.schedule(step, *segment));
            }
        }
        emitter.filter(self.sights.due()).into_iter().for_each(|filter| builder.filter(filter));
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
        Ok(Conditioned { plan: builder.finish()?, labels })
    }
}

/// Whether there is no more of something than there may be.
fn within(what: &'static str, count: usize, limit: usize) -> Result<(), LowerError> {
    if count > limit { Err(PlanError::TooLarge { what, count, limit }.into()) } else { Ok(()) }
}

/// A segment's name: what it does, and what is due in its steps.
fn name_of(program: &Program, game: &Game<'_>, what: &str, kind: &StepKind) -> String {
    let mut name = format!("{what}{}", if kind.odd { ", odd" } else { "" });
    for choice in &kind.due {
        name += &format!(", {} due", program.choices[*choice].name);
    }
    for event in &kind.dated {
        name += &format!(", {} due", program.events[*event].name);
    }
    let holds = &game.calendar.holds[kind.holds];
    for hold in holds.ahead.iter().take(8) {
        let when = if hold.from > 0 { format!(" in {} steps", hold.from) } else { String::new() };
        let end =
            if hold.until < calendar::FOR_EVER { format!(" for {} steps", hold.until + 1) } else { String::new() };
        name += &format!(", {} held{when}{end}", program.quantities[hold.quantity].name);
    }
    if holds.ahead.len() > 8 {
        name += &format!(" and {} more", holds.ahead.len() - 8);
    }
    name
}

/// How large the expressions of a step are, choices apart: the number of their parts.
fn parts(program: &Program) -> usize {
    let mut parts = 0;
    let mut add = |expr: &Expr| expr.visit(&mut |_| parts += 1);
    program.formulas.iter().for_each(|formula| add(&formula.value));
    for event in &program.events {
        event.when.iter().for_each(&mut add);
        event.effects.iter().for_each(|effect| add(&effect.value));
    }
    program.flows.iter().for_each(|flow| add(&flow.rate));
    parts
}

/// The laws of all parameters, in the units that were written.
pub(crate) fn samplers(program: &Program) -> Result<Vec<Sampler>, LowerError> {
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

/// What each intervention makes of its quantity.
fn imposed(frame: Frame<'_>, values: &mut Values) -> Vec<Value> {
    let mut imposed = Vec::with_capacity(frame.program.interventions.len());
    for intervention in &frame.program.interventions {
        let value = of_params(frame, values, &intervention.value);
        imposed.push(clamp(values, &frame.program.quantities[intervention.quantity].kind, value));
    }
    imposed
}

/// The value of an expression in parameters.
pub(super) fn of_params(frame: Frame<'_>, values: &mut Values, expr: &Expr) -> Value {
    Reader::new(values, Scene { frame, happened: &[], chosen: None }, &State::default()).read(expr)
}

/// Everything before the first step.
fn start(frame: Frame<'_>, slots: &Slots, values: &mut Values) -> Roots {
    let program = frame.program;
    let mut roots = Roots::default();
    for (quantity, slot) in program.quantities.iter().zip(&slots.quantities) {
        let value = of_params(frame, values, &quantity.start);
        roots.stores.push((*slot, clamp(values, &quantity.kind, value)));
    }
    let zero = values.number(0.0);
    let others = slots.happened.iter().chain(slots.chosen.iter().flatten()).chain(slots.given.iter().flatten());
    let others = others.chain(slots.awaited.iter().chain(&slots.sightings).flatten());
    roots.stores.extend(others.map(|slot| (*slot, zero)));
    let one = values.number(1.0);
    roots.stores.extend(slots.weight.map(|slot| (slot, one)));
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
