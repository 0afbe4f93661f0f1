//! The quantities and what changes them: states, moments, effects.

use serde::Serialize;
use variorum_model::program::{Effect, EffectOp, Intervention, Program, QuantityKind};

use crate::Record;
use crate::expression::{View, clamp, max, min};

/// The values of all quantities.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct State(pub Vec<f64>);

/// A moment of the choices phase of a step.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Moment {
    /// The step.
    pub step: u32,
    /// The quantities now.
    pub state: State,
    /// The events of the step before.
    pub happened: Vec<bool>,
    /// How the choices of this step have come out so far.
    pub outcomes: Vec<Option<usize>>,
}

/// A program with its parameters drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'a> {
    pub(crate) program: &'a Program,
    pub(crate) params: &'a [f64],
}

impl<'a> World<'a> {
    /// The quantities before the first step.
    pub(crate) fn start(&self) -> State {
        let view = self.view(&[], &[], &[]);
        let values = (0..self.program.quantities.len()).map(|quantity| {
            let start = view.value(&self.program.quantities[quantity].start);
            self.bounded(quantity, start)
        });
        State(values.collect())
    }

    /// The moment at which a step begins: what is set then has been set, and what is held has its value.
    pub(crate) fn moment(&self, step: u32, mut state: State, happened: Vec<bool>) -> Moment {
        for set in self.program.interventions.iter().filter(|done| done.until.is_none() && done.from == step) {
            state.0[set.quantity] = self.imposed(set);
        }
        self.hold(step, &mut state);
        Moment { step, state, happened, outcomes: vec![None; self.program.choices.len()] }
    }

    /// The moment at which a step begins, after those that have been done.
    pub(crate) fn next(&self, step: u32, done: &[Record]) -> Moment {
        match done.last() {
            None => self.moment(step, self.start(), vec![false; self.program.events.len()]),
            Some(last) => self.moment(step, last.state.clone(), last.happened.clone()),
        }
    }

    /// Gives the quantities that are held in a step their values.
    pub(crate) fn hold(&self, step: u32, state: &mut State) {
        for held in self.program.interventions.iter().filter(|done| is_in_force(done, step)) {
            state.0[held.quantity] = self.imposed(held);
        }
    }

    /// The same for a step that lies ahead of another, as actors see it from there.
    pub(crate) fn foresee(&self, now: u32, step: u32, state: &mut State) {
        for held in self.program.interventions.iter().filter(|done| is_in_force(done, step) && is_known(done, now)) {
            state.0[held.quantity] = self.imposed(held);
        }
    }

    /// Whether it is seen in a step that a quantity is held in another.
    pub(crate) fn is_foreseen(&self, quantity: usize, now: u32, step: u32) -> bool {
        let mut done = self.program.interventions.iter().filter(|done| done.quantity == quantity);
        done.any(|done| is_in_force(done, step) && is_known(done, now))
    }

    /// Whether a quantity is held in a step, so that nothing changes it.
    pub(crate) fn is_held(&self, quantity: usize, step: u32) -> bool {
        self.program.interventions.iter().any(|done| done.quantity == quantity && is_in_force(done, step))
    }

    /// What an intervention makes of its quantity.
    fn imposed(&self, intervention: &Intervention) -> f64 {
        self.bounded(intervention.quantity, self.view(&[], &[], &[]).value(&intervention.value))
    }

    /// What expressions read.
    pub(crate) fn view<'s>(&'s self, state: &'s [f64], happened: &'s [bool], chosen: &'s [Option<usize>]) -> View<'s> {
        View { program: self.program, params: self.params, state, happened, chosen }
    }

    /// What expressions of choices read: the events of the step before, and no outcomes.
    pub(crate) fn view_of_choices<'s>(&'s self, moment: &'s Moment) -> View<'s> {
        self.view(&moment.state.0, &moment.happened, &[])
    }

    /// Applies effects in order, each reading the state that the earlier ones have left. What is held stays as it is.
    pub(crate) fn affect(
        &self,
        effects: &[Effect],
        step: u32,
        state: &mut State,
        happened: &[bool],
        chosen: &[Option<usize>],
    ) {
        for effect in effects.iter().filter(|effect| !self.is_held(effect.quantity, step)) {
            let value = self.view(&state.0, happened, chosen).value(&effect.value);
            let now = state.0[effect.quantity];
            let next = match effect.op {
                EffectOp::Set => value,
                EffectOp::Add => now + value,
                EffectOp::Subtract => now - value,
                EffectOp::Multiply => now * value,
                EffectOp::NextLevel => min(now + 1.0, self.highest_level(effect.quantity)),
                EffectOp::PreviousLevel => max(now - 1.0, 0.0),
            };
            state.0[effect.quantity] = self.bounded(effect.quantity, next);
        }
    }

    /// A stock's value within its bounds; a ladder's level as it is.
    pub(crate) fn bounded(&self, quantity: usize, value: f64) -> f64 {
        match self.program.quantities[quantity].kind {
            QuantityKind::Stock { low, high } => clamp(value, low, high),
            QuantityKind::Ladder { .. } => value,
        }
    }

    fn highest_level(&self, quantity: usize) -> f64 {
        match &self.program.quantities[quantity].kind {
            QuantityKind::Stock { .. } => f64::INFINITY,
            QuantityKind::Ladder { levels } => levels.len().saturating_sub(1) as f64,
        }
    }
}

/// Whether actors count with what is held: it has begun, or they know of it.
fn is_known(intervention: &Intervention, now: u32) -> bool {
    now >= intervention.from || now >= intervention.known
}

/// Whether an intervention holds its quantity in a step.
fn is_in_force(intervention: &Intervention, step: u32) -> bool {
    intervention.until.is_some_and(|until| intervention.from <= step && step <= until)
}
