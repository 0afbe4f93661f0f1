//! Evidences of readings that were solved exactly: as [`super::weighing`], without errors and without what would turn a
//! ranking, which is found from draws.

use super::weighing::{Bits, compare, lost_at, observed, shares, written};
use super::{Evidence, ReadingEvidence, State, Weights};
use crate::condition::{Forbidden, forbidden};
use std::collections::BTreeMap;
use variorum_exact::Solution;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Day, Program};

/// What was seen, and how the readings stand to it, all of which were solved. `solve` solves what a reading knew by a day.
///
/// # Errors
/// Those of `solve`.
pub(crate) fn evidence_of_solutions<E>(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    solutions: &[Solution],
    solve: &mut dyn FnMut(&ReadingOf<'_>, &Program) -> Result<Solution, E>,
) -> Result<Evidence, E> {
    let dates: Vec<Option<Day>> = readings.iter().map(|(reading, _)| written(model, reading)).collect();
    let log2 = |solution: &Solution| solution.log_evidence / std::f64::consts::LN_2;
    // By reading and day: of what was known by then. Days by which nothing was known are left out.
    let mut by: Vec<BTreeMap<Day, f64>> = Vec::with_capacity(readings.len());
    for (reading, program) in readings {
        let mut earlier = BTreeMap::new();
        for day in dates.iter().flatten() {
            let known = Program { questions: Vec::new(), ..program.as_of(*day) };
            if known.is_observed() && !earlier.contains_key(day) {
                earlier.insert(*day, log2(&solve(reading, &known)?));
            }
        }
        by.push(earlier);
    }
    let bits_of = |place: usize, after: Option<Day>| {
        let whole = solutions.get(place).map_or(f64::NEG_INFINITY, log2);
        let earlier = after.and_then(|day| by.get(place)?.get(&day).copied()).unwrap_or(0.0);
        // What was impossible before is so still.
        Bits { log2: if whole.is_finite() { whole - earlier } else { whole }, error: 0.0 }
    };
    let observed = observed(readings.first().map(|(_, program)| *program));
    let mut list = Vec::with_capacity(readings.len());
    for (((reading, program), solution), written) in readings.iter().zip(solutions).zip(&dates) {
        let possible = solution.log_evidence.is_finite();
        let bits = bits_by_statement(solution, program.observations.len() + program.records.len());
        list.push(ReadingEvidence {
            reading: reading.name.clone(),
            written: written.map(|day| day.to_string()),
            log2: possible.then(|| log2(solution)),
            error: 0.0,
            bits: observed.iter().map(|(place, _)| bits.get(*place).copied().unwrap_or(0.0)).collect(),
            draws: 0,
            per_draw: 0,
            effective: 0.0,
            disagreement: None,
            state: if possible { State::Known } else { State::Forbidden },
            forbidden: if possible { None } else { forbidden(program).or_else(|| refuted(program, solution)) },
            lost: None,
        });
    }
    let mut pairs = Vec::new();
    for first in 0..readings.len() {
        for second in first + 1..readings.len() {
            let after = dates[first].max(dates[second]);
            let names = [first, second].map(|place| readings[place].0.name.as_str());
            let of = |after: Option<Day>| [bits_of(first, after), bits_of(second, after)];
            pairs.push(compare(names, after, &of, &|_| 0.0));
        }
    }
    let last = dates.iter().flatten().max().copied();
    let names: Vec<&str> = readings.iter().map(|(reading, _)| reading.name.as_str()).collect();
    let weights = |after: Option<Day>| {
        let bits: Vec<Bits> = (0..readings.len()).map(|place| bits_of(place, after)).collect();
        Weights {
            after: after.map(|day| day.to_string()),
            observations: observed.iter().filter(|(_, (known, _))| after.is_none_or(|after| *known > after)).count(),
            weights: shares(&names, &bits),
        }
    };
    Ok(Evidence {
        readings: list,
        pairs,
        since: weights(last),
        hindsight: weights(None),
        observations: observed.iter().map(|(_, (_, observed))| observed.clone()).collect(),
    })
}

/// By observation, and then by record: how many bits it took from the evidence.
fn bits_by_statement(solution: &Solution, count: usize) -> Vec<f64> {
    let mut bits = vec![0.0; count];
    let mut before = 0.0;
    for mark in &solution.path {
        let now = mark.log_evidence / std::f64::consts::LN_2;
        if !now.is_finite() {
            break;
        }
        if let Some(bits) = bits.get_mut(mark.statement) {
            *bits += now - before;
        }
        before = now;
    }
    bits
}

/// What a reading cannot have, where no proof from its structure says why.
fn refuted(program: &Program, solution: &Solution) -> Option<Forbidden> {
    let last = solution.path.last()?;
    let step = program.clock.label(last.step);
    Some(Forbidden {
        observation: lost_at(program, last.statement)?,
        statement: "all that can happen in this reading".to_owned(),
        reason: format!("with what was seen before, it has probability 0 in {step}"),
    })
}
