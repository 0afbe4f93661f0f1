//! What divides every two readings.

use super::document::{CruxAll, CruxPair};
use super::gaps::{gaps, play, widest};
use super::{Context, CruxError, ERROR, PAIRS, Party, Precision, divide_on, party, places};
use crate::run::{Run, Watch, fingerprint};
use variorum_model::model::Model;
use variorum_model::program::Program;

/// How precise a matrix of all pairs is, unless said: enough to see what divides most.
pub const OF_ALL: Precision =
    Precision { error: 0.01, exact: 3, first: 512, per_draw: u32::MAX, pairs: PAIRS, allowed: None };

/// How precise a report's are, and how much they may cost: as precise as those of two readings, for the pairs that lie
/// farthest apart. Of a draw two trajectories are played, since it is what nobody knows for certain that divides most draws
/// by their answers, and orders. Who asks for fewer draws than by default wants a quick look: the cost falls with the draws,
/// and errors may be as much larger as they are for it.
#[must_use]
pub fn in_report(run: &Run) -> Precision {
    const ALLOWED: f64 = 200_000.0;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let share = run.draws as f64 / Run::default().draws as f64;
    let share = if share < 1.0 { share } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 200,000")]
    let allowed = (ALLOWED * share) as u64;
    Precision { error: ERROR / share.sqrt(), exact: 3, first: 1024, per_draw: 2, pairs: 8, allowed: Some(allowed) }
}

/// What divides every two of these readings most, on a question, or on the one on which they differ most. If it is
/// interrupted, with what there is. [`OF_ALL`] is precise enough to see what divides most. Those farthest apart are taken
/// first, which matters where the work is limited.
///
/// # Errors
/// A reading or the question does not exist, a program is too large, or the settings cannot be.
pub fn crux_all(
    model: &Model<'_>,
    readings: &[&str],
    question: Option<&str>,
    precision: Precision,
    run: &Run,
    watch: &dyn Watch,
) -> Result<CruxAll, CruxError> {
    let parties = readings.iter().map(|name| party(model, name)).collect::<Result<Vec<Party<'_, '_>>, CruxError>>()?;
    let [first, _, ..] = parties.as_slice() else {
        return Err(CruxError::Unknown("two readings at least are needed to compare them".to_owned()));
    };
    let question = question.map(str::to_owned);
    let asked = places(first.program, question.as_slice())?;
    let context = Context::new(model, precision, run, watch);
    let programs: Vec<&Program> = parties.iter().map(|party| party.program).collect();
    let played = play(&programs, run, watch)?;
    let mut pairs = Vec::new();
    for a in 0..parties.len() {
        for b in a + 1..parties.len() {
            let gaps = gaps(&played, [a, b]);
            let place = asked.first().copied().or_else(|| widest(&gaps)).unwrap_or(0);
            pairs.extend(gaps.into_iter().nth(place).map(|gap| ([a, b], place, gap)));
        }
    }
    // What has no difference, since there is no answer, comes last.
    let size = |(.., gap): &&(_, _, super::Gap)| Some(gap.deviations()).filter(|size| !size.is_nan()).unwrap_or(-1.0);
    let mut order: Vec<&([usize; 2], usize, super::Gap)> = pairs.iter().collect();
    order.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let mut found = Vec::new();
    for (sides, place, gap) in order {
        let [Some(first), Some(second)] = sides.map(|side| parties.get(side)) else { continue };
        let readings = [first.reading.name.clone(), second.reading.name.clone()];
        let (mut crux, mut left_out) = (None, false);
        if !context.is_stopped() {
            crux = divide_on(&context, [first, second], &[*place], &played, *sides)?.into_iter().next();
            left_out = crux.is_none() && !context.is_stopped();
        }
        found.push((*sides, CruxPair { readings, gap: gap.clone(), crux, left_out }));
    }
    found.sort_by_key(|(sides, _)| *sides);
    Ok(CruxAll {
        model: model.shared.title.clone(),
        fingerprint: fingerprint(model),
        seed: run.seed,
        per_draw: run.per_draw,
        complete: played.complete && !context.is_stopped(),
        observed: programs.iter().any(|program| program.is_observed()),
        readings: parties.iter().map(|party| party.reading.name.clone()).collect(),
        question,
        pairs: found.into_iter().map(|(_, pair)| pair).collect(),
    })
}
