//! The engine and the oracle, trajectory by trajectory, on programs that are written down by hand.

use super::{SEED, run, settings};
use variorum_model::program::{Program, Query};
use variorum_oracle::Oracle;

/// What may lie between two numbers: elementary functions differ by an ulp, and steps carry that on.
const TOLERANCE: f64 = 1e-9;

/// How often the conditions of questions came true and did not, and how often questions were answered by yes and by no.
#[derive(Debug, Default)]
pub struct Seen {
    pub given: [u32; 2],
    pub answers: [u32; 2],
}

/// Compares all answers, first steps and conditions of some draws.
pub fn agree(program: &Program, draws: u64, per_draw: usize) -> Result<Seen, String> {
    let oracle = Oracle::new(program, SEED).map_err(|error| format!("the oracle refuses: {error}"))?;
    let mut seen = Seen::default();
    for chunk in run(program, &settings(draws, per_draw)) {
        for (place, draw) in chunk.draws.clone().enumerate() {
            for trajectory in 0..per_draw {
                let (half, slot) = (trajectory / (per_draw / 2), trajectory % (per_draw / 2));
                let history = oracle.history(draw, half as u32, slot as u32);
                for (index, question) in program.questions.iter().enumerate() {
                    let found = chunk.of_draw(place, index)[trajectory];
                    let asked = chunk.asked(place, index).is_none_or(|asked| asked[trajectory]);
                    let (expected, given) = (history.answers[index], history.given[index]);
                    let size = if expected.abs() > 1.0 { expected.abs() } else { 1.0 };
                    let same = found == expected
                        || (found.is_nan() && expected.is_nan())
                        || (found - expected).abs() <= TOLERANCE * size;
                    let at = format!("draw {draw}, half {half}, slot {slot}, question {}", question.name);
                    if !same {
                        return Err(format!("{at}: engine {found:e}, oracle {expected:e}"));
                    }
                    if asked != given {
                        return Err(format!("{at}: the condition came true: engine {asked}, oracle {given}"));
                    }
                    seen.given[usize::from(given)] += 1;
                    if !matches!(question.query, Query::Value { .. }) {
                        seen.answers[usize::from(expected.is_finite())] += 1;
                    }
                }
            }
        }
    }
    Ok(seen)
}
