//! What has been seen, as likelihoods: of the outcomes of each draw, and of the world at the end of a step.

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

/// How a draw has to come out for what was seen to be so.
struct Way {
    /// The outcome; none if any will do.
    outcome: Option<usize>,
    /// How many choices have yet to be made then.
    draws: u32,
    /// Whether the draw is itself a reply.
    is_reply: bool,
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

    /// Which statements speak of a draw in a step: observations, then records, counted from the number of observations.
    pub(crate) fn speakers(&self, variable: Variable, step: u32) -> Vec<usize> {
        let program = self.world.program;
        let observations = program.observations.iter().enumerate().filter(|(_, seen)| covers(seen, step));
        let observations = observations.filter(|(_, seen)| self.way(variable, seen).is_some() && !self.waits(seen));
        // Where a record is silent even in a trajectory in which nothing is waited for, it says nothing.
        let nothing = vec![0.0; program.observations.len()];
        let records = program.records.iter().enumerate();
        let records = records.filter(|(_, record)| !self.denies(record, variable, step, &nothing).is_empty());
        let records = records.map(|(index, _)| program.observations.len() + index);
        observations.map(|(index, _)| index).chain(records).collect()
    }

    /// What one of them says of each outcome of the draw, by their probabilities. `awaited` has of each observation that is
    /// waited for how much of it the weight has.
    pub(crate) fn likelihoods(
        &self,
        speaker: usize,
        variable: Variable,
        step: u32,
        chances: &[(Option<usize>, f64)],
        awaited: &[f64],
    ) -> Vec<f64> {
        let program = self.world.program;
        let Some(seen) = program.observations.get(speaker) else {
            let denied = self.denies(&program.records[speaker - program.observations.len()], variable, step, awaited);
            let likelihood = |outcome: Option<usize>| truth(!outcome.is_some_and(|outcome| denied.contains(&outcome)));
            return chances.iter().map(|(outcome, _)| likelihood(*outcome)).collect();
        };
        let of = |(outcome, _): &(Option<usize>, f64)| match (self.is_awaited(seen), awaited[speaker]) {
            (false, _) => self.chances[speaker][usize::from(*outcome != self.outcome_of(variable, seen))],
            (true, 0.0) => 1.0,
            (true, had) => self.worth(speaker, variable, step, (chances, had), *outcome).0 / had,
        };
        chances.iter().map(of).collect()
    }

    /// How much the weight has afterwards of an observation that was waited for, once the draw has come out, if it had this
    /// much; none of what is not waited for.
    pub(crate) fn awaited_after(
        &self,
        speaker: usize,
        variable: Variable,
        step: u32,
        (chances, had): (&[(Option<usize>, f64)], f64),
        outcome: Option<usize>,
    ) -> Option<f64> {
        self.world.program.observations.get(speaker).filter(|seen| self.is_awaited(seen))?;
        Some(self.worth(speaker, variable, step, (chances, had), outcome).1)
    }

    /// What an observation of which the weight has this much is worth once a draw has come out: as far as it counts now,
    /// and as far as the weight has it while it is still waited for.
    fn worth(
        &self,
        speaker: usize,
        variable: Variable,
        step: u32,
        (chances, had): (&[(Option<usize>, f64)], f64),
        outcome: Option<usize>,
    ) -> (f64, f64) {
        let observations = &self.world.program.observations;
        let seen = &observations[speaker];
        let [hits, false_alarms] = self.chances[speaker];
        let Some(way) = self.way(variable, seen) else { return (had, had) };
        let leads_there =
            |outcome: &Option<usize>| outcome.is_some_and(|outcome| way.outcome.is_none_or(|must| must == outcome));
        // Another observation of the same is about as good as the first.
        let mut before = observations[..speaker].iter();
        let is_second = before.any(|other| other.fact == seen.fact && covers(other, step) && !self.waits(other));
        let chance = match (way.draws, is_second) {
            (0, _) => 1.0,
            (_, true) => 0.99,
            (draws, false) => libm::pow(0.5, f64::from(draws)),
        };
        let left = seen.to - step;
        let ahead = if left == 0 {
            false_alarms
        } else {
            let now = sum(chances.iter().filter(|(outcome, _)| leads_there(outcome)).map(|(_, chance)| *chance));
            let each = if now >= 1e-9 { now * chance } else { 1e-3 };
            let mut steps = 1;
            while 2 * steps <= left {
                steps *= 2;
            }
            false_alarms + (hits - false_alarms) * min(each * f64::from(steps), 0.5)
        };
        match (leads_there(&outcome), way.draws) {
            (true, 0) => (hits, 0.0),
            (true, _) => {
                let worth = ahead + (hits - ahead) * chance;
                (worth, worth)
            }
            // Where a reply does not come up, what it replies to has told already what may come later.
            (false, _) if outcome.is_none() && left > 0 && way.is_reply => (had, had),
            (false, _) => (ahead, ahead),
        }
    }

    /// Whether an observation is waited for over several steps, or over the choices to which what it speaks of replies.
    fn is_awaited(&self, seen: &Observation) -> bool {
        let of_draw = matches!(seen.fact, Fact::Event { .. } | Fact::Choice { .. });
        of_draw && (seen.from < seen.to || self.is_of_reply(seen)) && (seen.report.is_none() || self.proposal)
    }

    fn is_reply(&self, choice: usize) -> bool {
        matches!(self.world.program.choices[choice].occasion, Occasion::After { .. })
    }

    fn is_of_reply(&self, seen: &Observation) -> bool {
        matches!(seen.fact, Fact::Choice { choice, .. } if self.is_reply(choice))
    }

    /// If an observation is of what is drawn, or of a reply to it, however many replies are between: how it has to come out.
    fn way(&self, variable: Variable, seen: &Observation) -> Option<Way> {
        if let Some(outcome) = self.outcome_of(variable, seen) {
            return Some(Way { outcome: Some(outcome), draws: 0, is_reply: self.is_of_reply(seen) });
        }
        let (Variable::Choice(drawn), Fact::Choice { choice, .. }) = (variable, &seen.fact) else { return None };
        let (mut reply, mut draws) = (*choice, 0);
        while let Occasion::After { choice, option } = self.world.program.choices[reply].occasion {
            draws += 1;
            if choice == drawn {
                return Some(Way { outcome: option, draws, is_reply: self.is_reply(choice) });
            }
            reply = choice;
        }
        None
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
            Fact::Event { .. } | Fact::Choice { .. } => seen.report.is_some() && !self.proposal,
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
    fn denies(&self, record: &Complete, variable: Variable, step: u32, awaited: &[f64]) -> Vec<usize> {
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
                && !self.is_silent(step, awaited, &|fact| matches!(fact, Fact::Event { event: seen } if seen == event))
        };
        match variable {
            Variable::Event(event) => [event].into_iter().filter(event_denied).collect(),
            Variable::Exclusion(exclusion) => {
                program.exclusions[exclusion].events.iter().copied().filter(event_denied).collect()
            }
            Variable::Choice(choice) => {
                let of_it = |fact: &Fact| matches!(fact, Fact::Choice { choice: seen, .. } if *seen == choice);
                // While no option of it is waited for, a record is silent as it is on an event.
                let nothing = vec![0.0; awaited.len()];
                if !record.choices.contains(&choice)
                    || !self.may_come_up(choice, step)
                    || self.is_silent(step, &nothing, &of_it)
                {
                    return Vec::new();
                }
                let about = &program.choices[choice];
                let has_room = |option: &usize| {
                    let of_option = |fact: &Fact| *fact == Fact::Choice { choice, option: *option };
                    self.is_silent(step, awaited, &of_option)
                };
                (0..about.options.len()).filter(|option| *option != about.default && !has_room(option)).collect()
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

    /// Whether records say nothing of something in a step, since an observation does, or waits for it.
    fn is_silent(&self, step: u32, awaited: &[f64], about: &dyn Fn(&Fact) -> bool) -> bool {
        let observations = self.world.program.observations.iter().zip(awaited);
        let mut speaking = observations.filter(|(seen, _)| covers(seen, step) && about(&seen.fact));
        speaking.any(|(seen, awaited)| seen.report.is_some() || seen.from == seen.to || *awaited > 0.0)
    }
}

fn covers(seen: &Observation, step: u32) -> bool {
    seen.from <= step && step <= seen.to
}

fn sum(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
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
