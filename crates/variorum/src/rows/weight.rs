//! What observations say of a reading with a mechanism and without it: the evidence of programs in which nothing was seen
//! but what is named, on the same draws and random numbers.
//!
//! The evidence of a draw is estimated without bias by its two particle filters; that of the reading is the mean Z of those
//! of the draws. To the first order log Z̃ - log Z = mean of (z̃ / Z̃ - z / Z), z and z̃ being the evidences of one draw in the
//! two programs, so that the standard error of the difference is that of this mean: what the programs have in common, as
//! nearly all of them has, cancels (delta method, with the covariance).

use super::measure::Running;
use crate::ablate::Effect;
use crate::lower::{Reports, lower_evidence};
use crate::run::{RunError, settings};
use crate::runs::{Estimate, progress};
use std::collections::BTreeSet;
use variorum_engine::ensemble::ensemble;
use variorum_engine::math::{exp, ln};
use variorum_engine::plan::Plan;
use variorum_model::program::Program;

/// By draw, the logarithms of its halves' evidences.
type Logs = Vec<[f64; 2]>;

/// The program in which nothing was seen but the observations and records of these names.
///
/// # Errors
/// A name that is none of them, in words.
pub(super) fn only(program: &Program, names: &[String]) -> Result<Program, String> {
    let observations = program.observations.iter().map(|seen| &seen.name);
    let known: BTreeSet<&String> = observations.chain(program.records.iter().map(|record| &record.name)).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
        return Err(format!("nothing that was seen is called `{name}`; there is {}", known.join("; ")));
    }
    Ok(keeping(program, names))
}

/// As [`only`], where not all that is named has to be there: what was taken away may have been a part of it.
pub(super) fn keeping(program: &Program, names: &[String]) -> Program {
    let mut program = Program { questions: Vec::new(), ..program.clone() };
    program.observations.retain(|seen| names.contains(&seen.name));
    program.records.retain(|record| names.contains(&record.name));
    program
}

/// The evidences of programs with and without something: the first with it, and by how much each of the others differs.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub(super) fn weigh(programs: &[Program], name: &str, running: Running<'_>) -> Result<Option<Vec<Effect>>, RunError> {
    let Running { run, watch } = running;
    let mut plans = Vec::<Plan>::with_capacity(programs.len());
    for program in programs {
        plans.push(lower_evidence(program, Reports::Steer).map_err(RunError::Lower)?.plan);
    }
    let mut logs: Vec<Logs> = vec![Logs::new(); programs.len()];
    let done = ensemble(&plans, &settings(run, 0..run.draws), watch.stop(), &mut |_, chunks| {
        for (logs, chunk) in logs.iter_mut().zip(chunks) {
            logs.extend(chunk.draws.clone().enumerate().map(|(place, _)| chunk.evidence_of(place)));
        }
        progress(watch, name, run.draws, chunks);
    });
    if done.map_err(|error| RunError::Settings(error.to_string()))? < run.draws {
        return Ok(None);
    }
    let evidences: Vec<Evidence> = logs.iter().map(Evidence::of).collect();
    let Some((with, without)) = evidences.split_first() else { return Ok(Some(Vec::new())) };
    Ok(Some(without.iter().map(|without| difference(with, without)).collect()))
}

/// The evidence of a program.
struct Evidence {
    /// Its binary logarithm; minus infinity where what was seen came about in no trajectory.
    log2: f64,
    /// By draw, the evidence of the draw relative to it.
    relative: Vec<f64>,
}

impl Evidence {
    fn of(logs: &Logs) -> Evidence {
        let most = logs.iter().flatten().fold(f64::NEG_INFINITY, |most, log| if *log > most { *log } else { most });
        if most == f64::NEG_INFINITY {
            return Evidence { log2: most, relative: vec![0.0; logs.len()] };
        }
        let draws: Vec<f64> = logs.iter().map(|[a, b]| 0.5 * (exp(a - most) + exp(b - most))).collect();
        let mean = Estimate::mean(&draws).value;
        Evidence {
            log2: (ln(mean) + most) / std::f64::consts::LN_2,
            relative: draws.into_iter().map(|draw| draw / mean).collect(),
        }
    }
}

fn difference(with: &Evidence, without: &Evidence) -> Effect {
    let both = with.log2.is_finite() && without.log2.is_finite();
    let by_draw: Vec<f64> = with.relative.iter().zip(&without.relative).map(|(with, without)| with - without).collect();
    let error = if both { Estimate::mean(&by_draw).error / std::f64::consts::LN_2 } else { 0.0 };
    Effect {
        without: String::new(),
        title: String::new(),
        place: String::new(),
        standing: None,
        with_it: with.log2,
        without_it: without.log2,
        effect: with.log2 - without.log2,
        error,
        log_odds: None,
        deviations: None,
        after: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_programs_have_in_common_cancels() {
        // Evidences of 1/2 and 1/8, and half of these: one bit, without any error.
        let with = Evidence::of(&vec![[ln(0.5); 2], [ln(0.125); 2]]);
        let without = Evidence::of(&vec![[ln(0.25); 2], [ln(0.0625); 2]]);
        let found = difference(&with, &without);
        assert!((found.effect - 1.0).abs() < 1e-12 && found.error < 1e-12, "{found:?}");
        assert!((with.log2 - ln(0.3125) / std::f64::consts::LN_2).abs() < 1e-12);
        // One of two halves that is dead counts for half.
        let half = Evidence::of(&vec![[ln(0.5), f64::NEG_INFINITY]; 2]);
        assert!((half.log2 + 2.0).abs() < 1e-12);
        let never = Evidence::of(&vec![[f64::NEG_INFINITY; 2]; 2]);
        assert_eq!((difference(&half, &never).effect, difference(&half, &never).error), (f64::INFINITY, 0.0));
    }
}
