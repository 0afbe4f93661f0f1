//! The quantities and what changes them: states, moments, effects.

use serde::Serialize;
use variorum_model::program::{Effect, EffectOp, Program, QuantityKind};

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

    /// The moment at which a step begins.
    pub(crate) fn moment(&self, step: u32, state: State, happened: Vec<bool>) -> Moment {
        Moment { step, state, happened, outcomes: vec![None; self.program.choices.len()] }
    }

    /// What expressions read.
    pub(crate) fn view<'s>(&'s self, state: &'s [f64], happened: &'s [bool], chosen: &'s [Option<usize>]) -> View<'s> {
        View { program: self.program, params: self.params, state, happened, chosen }
    }

    /// What expressions of choices read: the events of the step before, and no outcomes.
    pub(crate) fn view_of_choices<'s>(&'s self, moment: &'s Moment) -> View<'s> {
        self.view(&moment.state.0, &moment.happened, &[])
    }

    /// Applies effects in order, each reading the state that the earlier ones have left.
    pub(crate) fn affect(&self, effects: &[Effect], state: &mut State, happened: &[bool], chosen: &[Option<usize>]) {
        for effect in effects {
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
