//! What a state is worth to an actor: its utility averaged over its horizon, while the flows go on undisturbed.

use super::calendar::Holds;
use super::expression::{Frame, Reader, Scene, clamp};
use super::game::Look;
use super::state::State;
use super::values::{Value, Values};
use std::collections::BTreeMap;
use variorum_engine::math::pow;
use variorum_engine::op::Binary;
use variorum_model::program::{Actor, Expr, Program, Rule};

/// What matters to an actor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Concerns {
    /// By quantity: whether its utility depends on it, directly or through flows.
    pub(crate) quantities: Vec<bool>,
    /// What flows into those, in order.
    flows: Vec<usize>,
}

/// What matters to each actor who chooses by utility.
pub(crate) fn concerns(program: &Program) -> Vec<Option<Concerns>> {
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); program.quantities.len()];
    program.flows.iter().enumerate().for_each(|(index, flow)| into[flow.stock].push(index));
    let mut concerns: Vec<Option<Concerns>> = vec![None; program.actors.len()];
    for choice in program.choices.iter().filter(|choice| choice.rule == Rule::Utility) {
        if concerns[choice.actor].is_none() {
            concerns[choice.actor] = Some(concerns_of(program, &program.actors[choice.actor], &into));
        }
    }
    concerns
}

fn concerns_of(program: &Program, actor: &Actor, into: &[Vec<usize>]) -> Concerns {
    let mut concerned = vec![false; program.quantities.len()];
    let mut formulas = vec![false; program.formulas.len()];
    let mut open: Vec<&Expr> = actor.utility.iter().map(|term| &term.value).collect();
    while let Some(expr) = open.pop() {
        expr.visit(&mut |expr| match expr {
            Expr::Quantity(quantity) if !std::mem::replace(&mut concerned[*quantity], true) => {
                open.extend(into[*quantity].iter().map(|flow| &program.flows[*flow].rate));
            }
            Expr::Formula(formula) if !std::mem::replace(&mut formulas[*formula], true) => {
                open.push(&program.formulas[*formula].value);
            }
            _ => {}
        });
    }
    let flows = program.flows.iter().enumerate().filter(|(_, flow)| concerned[flow.stock]);
    Concerns { flows: flows.map(|(index, _)| index).collect(), quantities: concerned }
}

/// By quantity: how many steps ahead an actor looks to whom it matters.
pub(crate) fn seen(program: &Program, concerns: &[Option<Concerns>], quantity: usize) -> u32 {
    let mut furthest = 0;
    for (actor, concerns) in program.actors.iter().zip(concerns) {
        if concerns.as_ref().is_some_and(|concerns| concerns.quantities[quantity]) {
            furthest = furthest.max(step_of(actor.horizon, program.clock.step()));
        }
    }
    furthest
}

/// How many whole steps have passed after a time.
fn step_of(time: f64, step: f64) -> u32 {
    (time / step + 1e-9).floor() as u32
}

/// The lengths of the intervals into which a horizon is cut: steps, the last one shorter where it does not fit.
pub(crate) fn intervals(horizon: f64, step: f64) -> Vec<f64> {
    let whole = horizon / step;
    let nearest = whole.round();
    if (whole - nearest).abs() < 1e-9 {
        return vec![step; nearest as usize];
    }
    let mut intervals = vec![step; whole.floor() as usize];
    intervals.push(horizon - whole.floor() * step);
    intervals
}

/// The patience-weighted mean of an actor's utility over its horizon.
pub(crate) fn project(look: &mut Look<'_>, actor: usize, concerns: &Concerns, holds: &Holds, state: &State) -> Value {
    let program = look.frame.program;
    let actor = &program.actors[actor];
    let step = program.clock.step();
    let intervals = intervals(actor.horizon, step);
    let mut state = state.clone();
    let mut utilities = Vec::with_capacity(intervals.len() + 1);
    for index in 0..=intervals.len() {
        // The last time is the horizon itself, which need not be a multiple of the step.
        let now = if index == intervals.len() { step_of(actor.horizon, step) } else { index as u32 };
        impose(look.frame, holds, now, &mut state);
        utilities.push(utility(look, actor, &state));
        if let Some(interval) = intervals.get(index) {
            flow_for(look, *interval, concerns, holds, now, &mut state);
        }
    }
    let first = utilities[0];
    let patience = look.read(&state, &actor.patience);
    if utilities.iter().all(|utility| *utility == first) && is_its_own_mean(look.values, first, patience, actor.horizon)
    {
        return first;
    }
    let (mut above, mut below): (Option<Value>, Option<Value>) = (None, None);
    for (index, utility) in utilities.iter().enumerate() {
        let before = if index == 0 { 0.0 } else { intervals[index - 1] };
        let after = intervals.get(index).copied().unwrap_or(0.0);
        let width = look.values.number((before + after) / 2.0);
        let time = if index == intervals.len() { actor.horizon } else { index as f64 * step };
        let years = look.values.number(time / 12.0);
        let discount = look.values.binary(Binary::Power, patience, years);
        let weight = look.values.binary(Binary::Multiply, width, discount);
        let term = look.values.binary(Binary::Multiply, weight, *utility);
        above = Some(above.map_or(term, |sum| look.values.binary(Binary::Add, sum, term)));
        below = Some(below.map_or(weight, |sum| look.values.binary(Binary::Add, sum, weight)));
    }
    match (above, below) {
        (Some(above), Some(below)) => look.values.binary(Binary::Divide, above, below),
        _ => first,
    }
}

/// Gives the quantities that are held so many steps from now their values.
pub(crate) fn impose(frame: Frame<'_>, holds: &Holds, step: u32, state: &mut State) {
    for hold in holds.at(step) {
        state.set(frame.loaded, hold.quantity, frame.imposed[hold.intervention]);
    }
}

/// Whether the weighted mean of one and the same value is that value: the weights must be finite, and where the value
/// may be infinite or no number none of them may be 0.
fn is_its_own_mean(values: &Values, value: Value, patience: Value, horizon: f64) -> bool {
    let (value, patience, years) = (values.range(value), values.range(patience), horizon / 12.0);
    let is_finite = !value.nan && value.low > f64::NEG_INFINITY && value.high < f64::INFINITY;
    let weights = (pow(patience.low, years), pow(patience.high, years));
    !patience.nan && patience.low >= 0.0 && weights.1 < f64::INFINITY && (is_finite || weights.0 > 0.0)
}

/// The sum of an actor's utility terms.
fn utility(look: &mut Look<'_>, actor: &Actor, state: &State) -> Value {
    let scene = look.scene();
    let mut reader = Reader::new(look.values, scene, state);
    let terms: Vec<Value> = actor.utility.iter().map(|term| reader.read(&term.value)).collect();
    let sum = terms.into_iter().reduce(|a, b| look.values.binary(Binary::Add, a, b));
    sum.unwrap_or_else(|| look.values.number(0.0))
}

/// Lets the flows run for an interval, without noise and events, as far as an actor is concerned. What is held when the
/// interval begins stays as it is.
fn flow_for(look: &mut Look<'_>, interval: f64, concerns: &Concerns, holds: &Holds, step: u32, state: &mut State) {
    let Frame { program, loaded, .. } = look.frame;
    let scene: Scene<'_> = look.scene();
    let held: Vec<usize> = holds.at(step).map(|hold| hold.quantity).collect();
    let flows = concerns.flows.iter().map(|flow| &program.flows[*flow]);
    let flows: Vec<_> = flows.filter(|flow| !held.contains(&flow.stock)).collect();
    let mut reader = Reader::new(look.values, scene, state);
    let rates: Vec<Value> = flows.iter().map(|flow| reader.read(&flow.rate)).collect();
    let interval = look.values.number(interval);
    let mut sums: BTreeMap<usize, Value> = BTreeMap::new();
    for (flow, rate) in flows.iter().zip(rates) {
        let change = look.values.binary(Binary::Multiply, rate, interval);
        let old = sums.get(&flow.stock).copied().unwrap_or_else(|| state.get(loaded, flow.stock));
        sums.insert(flow.stock, look.values.binary(Binary::Add, old, change));
    }
    let clamped = |(stock, sum): (usize, Value)| (stock, clamp(look.values, &program.quantities[stock].kind, sum));
    let new: Vec<(usize, Value)> = sums.into_iter().map(clamped).collect();
    state.set_all(loaded, new.into_iter());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_belong_to_steps() {
        assert_eq!([0.0, 0.99, 1.0, 2.5].map(|time| step_of(time, 1.0)), [0, 0, 1, 2]);
        // 3 weeks of a quarter of a month, which are no exact numbers.
        assert_eq!(step_of(0.3, 0.1), 3);
        assert_eq!(intervals(0.3, 0.1).len(), 3);
        assert_eq!(intervals(2.5, 1.0), vec![1.0, 1.0, 0.5]);
    }
}
