//! What has been seen, as likelihoods: of the outcomes of each draw, and of the world at the end of a step.

use std::cmp::Ordering;

use variorum_model::program::{EventRule, Expr, Fact, Observation, Occasion, Record as Complete};

use crate::Record;
use crate::expression::{count, min};
use crate::world::World;

/// Something that is drawn in a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variable {
    /// How a choice comes out: an option, or nothing.
    Choice(usize),
    /// Whether an event happens that stands alone.
    Event(usize),
    /// Which of the events that exclude each other happens, or none.
    Exclusion(usize),
}

/// What observations and records say, with the parameters of a draw put in.
pub(crate) struct Seen<'a> {
    world: World<'a>,
    /// Whether reports on the outcome of one draw bear on the draw itself; otherwise on the end of the step.
    proposal: bool,
    /// For each observation the chance of it if it was so, and if not.
    chances: Vec<[f64; 2]>,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(world: World<'a>, proposal: bool) -> Self {
        let chance = |expr: &Expr| min(count(world.view(&[], &[], &[]).value(expr)), 1.0);
        let chances = world.program.observations.iter().map(|observation| match &observation.report {
            None => [1.0, 0.0],
            Some(report) => [chance(&report.hits), chance(&report.false_alarms)],
        });
        Seen { world, proposal, chances: chances.collect() }
    }

    /// The observations whose window opens in a step, with the number of its steps.
    pub(crate) fn opening(&self, step: u32) -> impl Iterator<Item = (usize, u32)> {
        let all = self.world.program.observations.iter().enumerate();
        all.filter(move |(_, seen)| seen.from == step && is_drawn(seen)).map(|(index, seen)| (index, length(seen)))
    }

    /// Which statements speak of a draw in a step: observations, then records, counted from the number of observations.
    pub(crate) fn speakers(&self, variable: Variable, step: u32) -> Vec<usize> {
        let program = self.world.program;
        let observations = program.observations.iter().enumerate().filter(|(_, seen)| covers(seen, step));
        let observations =
            observations.filter(|(_, seen)| self.outcome_of(variable, seen).is_some() && !self.waits(seen));
        // Where a record is silent even in a trajectory in which it is the step of no window, it says nothing.
        let elsewhere = vec![u32::MAX; program.observations.len()];
        let records = program.records.iter().enumerate();
        let records = records.filter(|(_, record)| !self.denies(record, variable, step, &elsewhere).is_empty());
        let records = records.map(|(index, _)| program.observations.len() + index);
        observations.map(|(index, _)| index).chain(records).collect()
    }

    /// What one of them says of each outcome of the draw. `drawn` has the step drawn for each observation whose window is
    /// open.
    pub(crate) fn likelihoods(
        &self,
        speaker: usize,
        variable: Variable,
        step: u32,
        outcomes: &[Option<usize>],
        drawn: &[u32],
    ) -> Vec<f64> {
        let program = self.world.program;
        let Some(seen) = program.observations.get(speaker) else {
            let denied = self.denies(&program.records[speaker - program.observations.len()], variable, step, drawn);
            let likelihood = |outcome: &Option<usize>| truth(!outcome.is_some_and(|outcome| denied.contains(&outcome)));
            return outcomes.iter().map(likelihood).collect();
        };
        let target = self.outcome_of(variable, seen);
        let [hits, false_alarms] = match (is_drawn(seen), step.cmp(&drawn[speaker])) {
            (false, _) => self.chances[speaker],
            (true, Ordering::Less) => [0.0, 1.0],
            (true, Ordering::Equal) => [1.0, 0.0],
            (true, Ordering::Greater) => [1.0, 1.0],
        };
        outcomes.iter().map(|outcome| if *outcome == target { hits } else { false_alarms }).collect()
    }

    /// What multiplies the weight at the end of a step, in order of observations; the step is the last of those done.
    pub(crate) fn at_end(&self, step: u32, done: &[Record]) -> Vec<(usize, f64)> {
        let program = self.world.program;
        let due = program.observations.iter().enumerate().filter(|(_, seen)| seen.to == step && self.waits(seen));
        due.map(|(index, seen)| (index, self.likelihood(index, seen, done))).collect()
    }

    fn likelihood(&self, index: usize, seen: &Observation, done: &[Record]) -> f64 {
        let in_window = &done[seen.from as usize..=seen.to as usize];
        let was_so = match &seen.fact {
            Fact::Event { event } => in_window.iter().any(|record| record.happened[*event]),
            Fact::Choice { choice, option } => in_window.iter().any(|record| record.outcomes[*choice] == Some(*option)),
            Fact::Condition(condition) => {
                in_window.iter().any(|record| self.world.end_of_step(record).holds(condition))
            }
            Fact::Impossible { .. } => false,
            Fact::Number { value, observed, error } => {
                let last = &in_window[in_window.len() - 1];
                let error = self.world.view(&[], &[], &[]).value(error);
                return density(*observed, self.world.end_of_step(last).value(value), error);
            }
        };
        self.chances[index][usize::from(!was_so)]
    }

    /// Whether an observation is dealt with at the end of its last step.
    fn waits(&self, seen: &Observation) -> bool {
        match seen.fact {
            Fact::Event { .. } | Fact::Choice { .. } => {
                seen.report.is_some() && (seen.from < seen.to || !self.proposal)
            }
            Fact::Condition(_) | Fact::Number { .. } | Fact::Impossible { .. } => true,
        }
    }

    /// Which outcome of a draw an observation speaks of, if it does.
    fn outcome_of(&self, variable: Variable, seen: &Observation) -> Option<usize> {
        match (variable, &seen.fact) {
            (Variable::Choice(drawn), Fact::Choice { choice, option }) => (drawn == *choice).then_some(*option),
            (Variable::Event(drawn), Fact::Event { event }) => (drawn == *event).then_some(*event),
            (Variable::Exclusion(drawn), Fact::Event { event }) => {
                self.world.program.exclusions[drawn].events.contains(event).then_some(*event)
            }
            _ => None,
        }
    }

    /// The outcomes of a draw of which a record says that they did not come out in a step.
    fn denies(&self, record: &Complete, variable: Variable, step: u32, drawn: &[u32]) -> Vec<usize> {
        let program = self.world.program;
        if step < record.from || record.to < step {
            return Vec::new();
        }
        let event_denied = |event: &usize| {
            let may_happen = match program.events[*event].rule {
                EventRule::Dated { step: at, .. } => at == step,
                EventRule::Hazard(_) => true,
            };
            record.events.contains(event)
                && may_happen
                && !self.is_silent(step, drawn, &|fact| matches!(fact, Fact::Event { event: seen } if seen == event))
        };
        match variable {
            Variable::Event(event) => [event].into_iter().filter(event_denied).collect(),
            Variable::Exclusion(exclusion) => {
                program.exclusions[exclusion].events.iter().copied().filter(event_denied).collect()
            }
            Variable::Choice(choice) => {
                let of_it = |fact: &Fact| matches!(fact, Fact::Choice { choice: seen, .. } if *seen == choice);
                if !record.choices.contains(&choice)
                    || !self.may_come_up(choice, step)
                    || self.is_silent(step, drawn, &of_it)
                {
                    return Vec::new();
                }
                let about = &program.choices[choice];
                (0..about.options.len()).filter(|option| *option != about.default).collect()
            }
        }
    }

    /// Whether a choice may come up in a step, as far as dates tell.
    fn may_come_up(&self, choice: usize, step: u32) -> bool {
        match &self.world.program.choices[choice].occasion {
            Occasion::Steps(steps) => steps.contains(&step),
            Occasion::After { choice, .. } => self.may_come_up(*choice, step),
            Occasion::Considered(_) | Occasion::Hazards | Occasion::AfterEvent { .. } => true,
        }
    }

    /// Whether records say nothing of something in a step, since an observation does.
    fn is_silent(&self, step: u32, drawn: &[u32], about: &dyn Fn(&Fact) -> bool) -> bool {
        let observations = self.world.program.observations.iter().zip(drawn);
        let mut speaking = observations.filter(|(seen, _)| covers(seen, step) && about(&seen.fact));
        speaking.any(|(seen, drawn)| !is_drawn(seen) || step == *drawn)
    }
}

/// Whether a step is drawn within an observation's window.
fn is_drawn(seen: &Observation) -> bool {
    let of_draw = matches!(seen.fact, Fact::Event { .. } | Fact::Choice { .. });
    of_draw && seen.report.is_none() && seen.from < seen.to
}

fn covers(seen: &Observation, step: u32) -> bool {
    seen.from <= step && step <= seen.to
}

fn length(seen: &Observation) -> u32 {
    seen.to - seen.from + 1
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// The normal density of an observed number; 0 where there is none.
fn density(observed: f64, value: f64, error: f64) -> f64 {
    let z = (observed - value) / error;
    let density = 1.0 / (error * libm::sqrt(2.0 * std::f64::consts::PI)) * libm::exp(-z * z / 2.0);
    if error > 0.0 && density.is_finite() { density } else { 0.0 }
}
