//! One step: choices, then events, then flows, then the record.

use variorum_model::program::{Event, EventRule, Exclusion};

use crate::Record;
use crate::choose::{cumulated_acts, first_above};
use crate::expression::View;
use crate::random::Dice;
use crate::special::normal_quantile;
use crate::world::{Moment, State, World};

impl World<'_> {
    /// Runs a step from the moment at which it begins.
    pub(crate) fn step(&self, dice: &Dice, mut moment: Moment) -> Record {
        let calendar = self.program.clock.first.wrapping_add_unsigned(moment.step);
        self.play(dice, calendar, &mut moment);
        let Moment { step, mut state, happened: before, outcomes } = moment;
        let happened = self.happenings(dice, calendar, step, self.view(&state.0, &before, &outcomes));
        for (event, _) in self.program.events.iter().zip(&happened).filter(|(_, happened)| **happened) {
            self.affect(&event.effects, step, &mut state, &happened, &outcomes);
        }
        let state = self.flowed(dice, calendar, step, self.view(&state.0, &happened, &outcomes));
        Record { state, happened, outcomes }
    }

    /// What questions read at the end of a step.
    pub(crate) fn end_of_step<'s>(&'s self, record: &'s Record) -> View<'s> {
        self.view(&record.state.0, &record.happened, &record.outcomes)
    }

    /// Which events happen; all of them are judged in the same state.
    fn happenings(&self, dice: &Dice, calendar: i32, step: u32, view: View<'_>) -> Vec<bool> {
        let mut happened: Vec<bool> = self
            .program
            .events
            .iter()
            .map(|event| dice.uniform(event.key, calendar) < self.chance(event, step, view))
            .collect();
        for exclusion in &self.program.exclusions {
            let winner = self.winner(dice, calendar, exclusion, view);
            for event in &exclusion.events {
                happened[*event] = winner == Some(*event);
            }
        }
        happened
    }

    /// The probability of an event that stands alone.
    fn chance(&self, event: &Event, step: u32, view: View<'_>) -> f64 {
        if !view.allows(event.when.as_ref()) {
            return 0.0;
        }
        match &event.rule {
            EventRule::Hazard(hazard) => 1.0 - libm::exp(-view.weight(hazard) * self.program.clock.step()),
            EventRule::Dated { step: at, chance } if *at == step => view.weight(chance),
            EventRule::Dated { .. } => 0.0,
        }
    }

    /// Which of the events that exclude each other happens, if one does.
    fn winner(&self, dice: &Dice, calendar: i32, exclusion: &Exclusion, view: View<'_>) -> Option<usize> {
        let hazards: Vec<f64> = exclusion
            .events
            .iter()
            .map(|event| {
                let event = &self.program.events[*event];
                match &event.rule {
                    EventRule::Hazard(hazard) if view.allows(event.when.as_ref()) => view.weight(hazard),
                    _ => 0.0,
                }
            })
            .collect();
        let cumulated = cumulated_acts(&hazards, self.program.clock.step());
        first_above(&cumulated, dice.uniform(exclusion.key, calendar)).map(|place| exclusion.events[place])
    }

    /// The state after the flows; all of them read the same state.
    fn flowed(&self, dice: &Dice, calendar: i32, step: u32, view: View<'_>) -> State {
        let length = self.program.clock.step();
        let amounts = self.program.flows.iter().map(|flow| {
            let amount = view.value(&flow.rate) * length;
            match &flow.noise {
                None => amount,
                Some(noise) => {
                    let z = normal_quantile(dice.uniform(flow.key, calendar));
                    amount + z * (view.value(noise) * libm::sqrt(length))
                }
            }
        });
        self.after_flows(view.state, &amounts.collect::<Vec<f64>>(), step)
    }

    /// Adds to each stock what flows into it in a step or from it on, in order of declaration, then keeps it within its
    /// bounds. What is held in that step stays as it is.
    pub(crate) fn after_flows(&self, state: &[f64], amounts: &[f64], step: u32) -> State {
        let mut next = state.to_vec();
        let moves = |stock: usize| !self.is_held(stock, step);
        for (flow, amount) in self.program.flows.iter().zip(amounts).filter(|(flow, _)| moves(flow.stock)) {
            next[flow.stock] += amount;
        }
        for flow in self.program.flows.iter().filter(|flow| moves(flow.stock)) {
            next[flow.stock] = self.bounded(flow.stock, next[flow.stock]);
        }
        State(next)
    }
}
