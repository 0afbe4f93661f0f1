//! What a state is worth to an actor: its utility averaged over the horizon, the flows going on undisturbed.

use variorum_model::program::Actor;

use crate::expression::View;
use crate::world::{Moment, World};

/// A time of the projection.
struct Visit {
    /// Months from now.
    time: f64,
    /// Months until the next visit; 0 at the last.
    interval: f64,
}

impl World<'_> {
    /// The weighted mean of an actor's utility over its horizon, by the trapezoidal rule: no events, no noise, and every
    /// hold that is or will be in force, as far as it is known.
    pub(crate) fn prospect(&self, actor: &Actor, moment: &Moment) -> f64 {
        let visits = visits(actor.horizon, self.program.clock.step());
        let patience = self.view(&[], &[], &[]).value(&actor.patience);
        let mut state = moment.state.clone();
        let mut step = moment.step;
        if visits.len() == 1 {
            return utility(actor, self.view(&state.0, &moment.happened, &[]));
        }
        let (mut weighted, mut weights, mut interval_before) = (0.0, 0.0, 0.0);
        for visit in visits {
            if visit.time > 0.0 {
                step = self.step_at(moment.step, visit.time);
                self.foresee(moment.step, step, &mut state);
            }
            let view = self.view(&state.0, &moment.happened, &[]);
            let weight = (interval_before + visit.interval) / 2.0 * libm::pow(patience, visit.time / 12.0);
            weighted += weight * utility(actor, view);
            weights += weight;
            let amounts = self.program.flows.iter().map(|flow| view.value(&flow.rate) * visit.interval);
            let amounts: Vec<f64> = amounts.collect();
            if visit.interval > 0.0 {
                state = self.after_flows(&state.0, &amounts, &|stock| self.is_foreseen(stock, moment.step, step));
            }
            interval_before = visit.interval;
        }
        weighted / weights
    }

    /// The step to which a time belongs that lies so many months after a step's moment; the last one goes on for ever.
    fn step_at(&self, now: u32, time: f64) -> u32 {
        let later = libm::floor(time / self.program.clock.step() + 1e-9);
        let last = self.program.clock.steps.saturating_sub(1);
        if f64::from(now) + later < f64::from(last) { now + later as u32 } else { last }
    }
}

/// The times 0, step, 2 step … up to the horizon, which is always the last.
fn visits(horizon: f64, step: f64) -> Vec<Visit> {
    let mut visits = Vec::new();
    let mut number = 0.0;
    while number * step < horizon {
        let time = number * step;
        let is_whole = (number + 1.0) * step <= horizon;
        visits.push(Visit { time, interval: if is_whole { step } else { horizon - time } });
        number += 1.0;
    }
    visits.push(Visit { time: horizon, interval: 0.0 });
    visits
}

/// The sum of the terms, in order.
fn utility(actor: &Actor, view: View<'_>) -> f64 {
    actor.utility.iter().fold(0.0, |sum, term| sum + view.value(&term.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(horizon: f64, step: f64) -> Vec<(f64, f64)> {
        visits(horizon, step).iter().map(|visit| (visit.time, visit.interval)).collect()
    }

    #[test]
    fn the_last_interval_may_be_shorter() {
        assert_eq!(times(0.0, 1.0), [(0.0, 0.0)]);
        assert_eq!(times(0.25, 1.0), [(0.0, 0.25), (0.25, 0.0)]);
        assert_eq!(times(2.0, 1.0), [(0.0, 1.0), (1.0, 1.0), (2.0, 0.0)]);
        assert_eq!(times(2.5, 1.0), [(0.0, 1.0), (1.0, 1.0), (2.0, 0.5), (2.5, 0.0)]);
    }
}
