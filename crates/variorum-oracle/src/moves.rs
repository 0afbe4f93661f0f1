//! The parts of a step one by one, without luck: for whoever wants to know everything that may come out of it.

use variorum_model::program::{Expr, Key};

use crate::expression::View;
use crate::law::Distribution;
use crate::step::Luck;
use crate::world::{Moment, State, World};
use crate::{Oracle, Record};

/// Nothing is drawn any more but noise, and that is at its mean.
struct Calm;

impl Luck for Calm {
    fn choice(&mut self, _: &World<'_>, _: usize, _: bool, _: &Moment) -> Option<usize> {
        None
    }

    fn event(&mut self, _: &World<'_>, _: usize, _: u32, _: View<'_>) -> bool {
        false
    }

    fn exclusion(&mut self, _: &World<'_>, _: usize, _: u32, _: View<'_>) -> Option<usize> {
        None
    }

    fn noise(&mut self, _: Key, _: i32) -> f64 {
        0.5
    }
}

impl Oracle<'_> {
    /// The laws of the parameters, in their order.
    #[must_use]
    pub fn laws(&self) -> &[Distribution] {
        &self.laws
    }

    /// The quantities before the first step.
    #[must_use]
    pub fn start(&self, params: &[f64]) -> State {
        World { program: self.program, params }.start()
    }

    /// The moment before the first choice of a step, from the state and the events of the step before: what is set in the
    /// step has been set, and what is held has its value.
    #[must_use]
    pub fn begins(&self, step: u32, params: &[f64], state: State, happened: Vec<bool>) -> Moment {
        World { program: self.program, params }.moment(step, state, happened)
    }

    /// How a choice may come out at a moment, with the probabilities in this step: the options other than the default in
    /// order, then the default, or nothing (none) where it comes up by chance or not at all.
    #[must_use]
    pub fn outcomes(&self, choice: usize, params: &[f64], moment: &Moment) -> Vec<(Option<usize>, f64)> {
        World { program: self.program, params }.chances_of_choice(choice, moment)
    }

    /// After the choices: how probable it is that an event happens that stands alone, and (none) that it does not.
    #[must_use]
    pub fn event(&self, event: usize, params: &[f64], moment: &Moment) -> Vec<(Option<usize>, f64)> {
        let world = World { program: self.program, params };
        world.chances_of_event(event, moment.step, world.view_of_events(moment))
    }

    /// After the choices: how probable it is that each of the events happens that exclude each other, and that none does.
    #[must_use]
    pub fn exclusion(&self, exclusion: usize, params: &[f64], moment: &Moment) -> Vec<(Option<usize>, f64)> {
        let world = World { program: self.program, params };
        world.chances_of_exclusion(exclusion, world.view_of_events(moment))
    }

    /// What an event does to the state at a moment; `happened` tells of all events of this step.
    pub fn happen(&self, event: usize, params: &[f64], moment: &mut Moment, happened: &[bool]) {
        let effects = &self.program.events[event].effects;
        let Moment { step, state, outcomes, .. } = moment;
        World { program: self.program, params }.affect(effects, *step, state, happened, outcomes);
    }

    /// The end of a step after the effects of its events: the flows move the stocks, noise being at its mean.
    #[must_use]
    pub fn ends(&self, params: &[f64], moment: Moment, happened: Vec<bool>) -> Record {
        World { program: self.program, params }.flow(moment, happened, &mut Calm)
    }

    /// The value of an expression at the end of a step, as questions read it.
    #[must_use]
    pub fn value(&self, expr: &Expr, params: &[f64], record: &Record) -> f64 {
        World { program: self.program, params }.end_of_step(record).value(expr)
    }

    /// The value of an expression in parameters alone.
    #[must_use]
    pub fn of_params(&self, expr: &Expr, params: &[f64]) -> f64 {
        World { program: self.program, params }.view(&[], &[], &[]).value(expr)
    }
}
