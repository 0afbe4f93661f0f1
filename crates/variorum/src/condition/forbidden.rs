//! Why a reading cannot have what was seen: a proof from its structure, as against a sample in which it did not come about.
//!
//! At first each observation is looked at by itself: whether the reading can ever have it. Then they are taken together, in
//! order of time: the levels that ladders can have are followed from one observation to the next, with nothing happening of
//! which a record says that it did not, and with the levels that agree with what was seen so far. If some observation can
//! then no longer be, those records and earlier observations are named without which it could.

use crate::reach::{Absent, Reach};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use variorum_model::program::{Expr, Fact, Observation, Program};

/// An observation that a reading forbids, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Forbidden {
    /// The observation: `observe 2024-10 take = accept`.
    pub observation: String,
    /// The statement that forbids it, or that is missing: `event attack`; of several records and observations that forbid it
    /// together, all of them.
    pub statement: String,
    /// Why.
    pub reason: String,
}

/// The first observation that cannot be in this program, if the structure shows one.
#[must_use]
pub fn forbidden(program: &Program) -> Option<Forbidden> {
    by_itself(program).or_else(|| together(program))
}

/// Whether an observation holds for certain: what is reported may be false, unless there are no false alarms.
fn is_certain(seen: &Observation) -> bool {
    seen.report.as_ref().is_none_or(|report| report.false_alarms == Expr::Number(0.0))
}

/// The first observation that can never be.
fn by_itself(program: &Program) -> Option<Forbidden> {
    let reach = Reach::of(program);
    program.observations.iter().filter(|seen| is_certain(seen)).find_map(|seen| {
        let (statement, reason) = match &seen.fact {
            Fact::Impossible { statement } => (statement.clone(), format!("this reading has no {statement}")),
            Fact::Event { event } if !reach.can_happen(*event) => {
                let name = format!("event {}", program.events.get(*event)?.name);
                let reason = "its condition cannot hold, or it has no chance".to_owned();
                (name, reason)
            }
            Fact::Choice { choice, option } if !reach.can_come_out(*choice, *option) => {
                let choice = program.choices.get(*choice)?;
                let option = &choice.options.get(*option)?.name;
                (format!("choice {}", choice.name), format!("it cannot come out as {option}"))
            }
            Fact::Condition(condition) => {
                let (_, reason) = reach.of_condition(condition).filter(|(outcome, _)| !outcome)?;
                (seen.name.clone(), reason)
            }
            _ => return None,
        };
        Some(Forbidden { observation: seen.name.clone(), statement, reason })
    })
}

/// The first observation, in order of time, that cannot be with the records and with what was seen before.
fn together(program: &Program) -> Option<Forbidden> {
    let all: BTreeSet<usize> = (0..program.observations.len() + program.records.len()).collect();
    let (place, mut reason) = refuted(program, &all, None)?;
    let mut needed = all;
    needed.remove(&place);
    for one in needed.clone() {
        needed.remove(&one);
        match refuted(program, &needed, Some(place)) {
            Some((_, without)) => reason = without,
            None => {
                needed.insert(one);
            }
        }
    }
    let observations = program.observations.iter().map(|seen| seen.name.as_str());
    let names: Vec<&str> = observations.chain(program.records.iter().map(|record| record.name.as_str())).collect();
    let observation = (*names.get(place)?).to_owned();
    let statements: Vec<&str> = needed.iter().filter_map(|place| names.get(*place).copied()).collect();
    let statement = if statements.is_empty() { observation.clone() } else { statements.join(" and ") };
    Some(Forbidden { observation, statement, reason })
}

/// The first observation (or, if it is one of them, the `wanted` one) that cannot be in its time, and why, with these
/// observations and records, by their place, kept in mind.
fn refuted(program: &Program, kept: &BTreeSet<usize>, wanted: Option<usize>) -> Option<(usize, String)> {
    let observations = &program.observations;
    let is_looked_at = |place: usize| wanted.is_none_or(|wanted| wanted == place) || kept.contains(&place);
    let seen: Vec<(usize, &Observation)> =
        observations.iter().enumerate().filter(|(place, seen)| is_certain(seen) && is_looked_at(*place)).collect();
    let ends: BTreeSet<u32> = seen.iter().map(|(_, seen)| seen.to).collect();
    let mut reach = Reach::start(program, absent(program, kept));
    // Of each observation with a window, whether it can have been so by now.
    let mut possible = vec![false; observations.len()];
    let mut from = 0;
    for end in ends {
        reach.play(from, end);
        for (place, seen) in &seen {
            let Some(can) = possible.get_mut(*place) else { continue };
            let is_asked = seen.from <= end && from <= seen.to;
            *can = *can || is_asked && can_be(&reach, &seen.fact);
            if seen.to != end {
                continue;
            }
            if !*can && wanted.is_none_or(|wanted| wanted == *place) {
                return Some((*place, why(program, &reach, seen)));
            }
            if let Fact::Condition(condition) = &seen.fact
                && seen.from == seen.to
                && seen.report.is_none()
                && kept.contains(place)
            {
                reach.keep(condition);
            }
        }
        from = end + 1;
    }
    None
}

/// When these records say that nothing happened. They are silent where the same was seen or reported.
fn absent(program: &Program, kept: &BTreeSet<usize>) -> Absent {
    let mut absent = Absent::default();
    for (place, record) in program.records.iter().enumerate() {
        if !kept.contains(&(program.observations.len() + place)) {
            continue;
        }
        let steps = |of: &dyn Fn(&Fact) -> bool| {
            let spoken: Vec<&Observation> = program.observations.iter().filter(|seen| of(&seen.fact)).collect();
            let is_silent = move |step: u32| spoken.iter().any(|seen| (seen.from..=seen.to).contains(&step));
            (record.from..=record.to).filter(move |step| !is_silent(*step))
        };
        for event in &record.events {
            let of = |fact: &Fact| matches!(fact, Fact::Event { event: seen } if seen == event);
            absent.events.entry(*event).or_default().extend(steps(&of));
        }
        for choice in &record.choices {
            let of = |fact: &Fact| matches!(fact, Fact::Choice { choice: seen, .. } if seen == choice);
            absent.choices.entry(*choice).or_default().extend(steps(&of));
        }
    }
    absent
}

fn can_be(reach: &Reach<'_>, fact: &Fact) -> bool {
    match fact {
        Fact::Event { event } => reach.can_happen(*event),
        Fact::Choice { choice, option } => reach.can_come_out(*choice, *option),
        Fact::Condition(condition) => reach.can(condition, true),
        Fact::Number { .. } => true,
        Fact::Impossible { .. } => false,
    }
}

/// Why an observation cannot be, once it is known that it cannot.
fn why(program: &Program, reach: &Reach<'_>, seen: &Observation) -> String {
    let by = program.clock.label(seen.to);
    match &seen.fact {
        Fact::Condition(condition) => match reach.reads(condition) {
            Some(reads) => format!("in {by} {reads}"),
            None => format!("nothing leads there by {by}"),
        },
        Fact::Choice { .. } => format!("it cannot come out so in {by}"),
        _ => format!("it cannot happen in {by}"),
    }
}
