//! What divides every two readings.

use super::document::{CruxAll, CruxPair};
use super::gaps::{gaps, play, widest};
use super::{Context, CruxError, Party, Precision, divide_on, party, places};
use crate::run::{Run, Watch, fingerprint};
use crate::statements::texts;
use variorum_model::model::Model;
use variorum_model::program::Program;

/// How precise a matrix of all pairs is, unless said: enough to see what divides most.
pub const OF_ALL: Precision = Precision { error: 0.01, exact: 3, first: 512 };

/// What divides every two of these readings most, on a question, or on the one on which they differ most. If it is
/// interrupted, with what there is. [`OF_ALL`] is precise enough to see what divides most.
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
    let context = Context { model, texts: texts(model), precision, run, watch };
    let programs: Vec<&Program> = parties.iter().map(|party| party.program).collect();
    let played = play(&programs, run, watch)?;
    let mut pairs = Vec::new();
    for (a, first) in parties.iter().enumerate() {
        for (b, second) in parties.iter().enumerate().skip(a + 1) {
            let gaps = gaps(&played, [a, b]);
            let place = asked.first().copied().or_else(|| widest(&gaps)).unwrap_or(0);
            let Some(gap) = gaps.into_iter().nth(place) else { continue };
            let crux = if context.is_stopped() {
                None
            } else {
                divide_on(&context, [first, second], &[place], &played, [a, b])?.into_iter().next()
            };
            let readings = [first.reading.name.clone(), second.reading.name.clone()];
            pairs.push(CruxPair { readings, gap, crux });
        }
    }
    Ok(CruxAll {
        model: model.shared.title.clone(),
        fingerprint: fingerprint(model),
        seed: run.seed,
        per_draw: run.per_draw,
        complete: played.complete && !context.is_stopped(),
        readings: parties.iter().map(|party| party.reading.name.clone()).collect(),
        question,
        pairs,
    })
}
