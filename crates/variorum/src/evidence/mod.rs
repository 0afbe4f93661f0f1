//! What the observations say of the readings: how well each foretold what was seen, and how much that counts.
//!
//! Readings are compared by the probability of what was seen after both were written, given what had been seen before
//! (semantics, section 5): log2 p(y after t | y up to t) = log2 p(y) - log2 p(y up to t), t being the date of the later
//! source. The comparison on the whole record is hindsight: an author explains what he has read. A weight is relative to the
//! readings in the model, all of them wrong; it is not the probability that an author is right.
//!
//! | module | |
//! |---|---|
//! | here | the document |
//! | [`weighing`] | evidences to weights |
//! | [`exactly`] | the same of exact solutions |
//! | [`flips`] | what would turn a ranking |

mod exactly;
mod flips;
mod weighing;

use crate::answers::{After, Answer, Answers, QuestionAnswers, ReadingAnswer};
use crate::condition::{Conditioning, Forbidden, answer_of};
use crate::run::{Run, RunError, Watch};
use crate::watch::{Looking, WatchList};
use schemars::JsonSchema;
use serde::Serialize;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;

pub(crate) use exactly::evidence_of_solutions;
pub(crate) use weighing::observed;
pub use weighing::{Scope, Weighed, evidence_of_programs};

/// What was seen, and how the readings stand to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Evidence {
    /// What was seen, in the order of the dates at which it was known; records come with the day to which they go.
    pub observations: Vec<Observed>,
    /// By reading, in the order of the model.
    pub readings: Vec<ReadingEvidence>,
    /// Pairs of readings, each once.
    pub pairs: Vec<Pair>,
    /// On what was seen since the last of the readings was written.
    pub since: Weights,
    /// On all that was seen: hindsight.
    pub hindsight: Weights,
}

/// Something that was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Observed {
    /// `observe 2024-10 take = accept`, or `record complete to 2024-11 for attack`.
    pub name: String,
    /// In words, of an event or a choice that has a title; otherwise empty.
    pub title: String,
    /// The day on which it was known.
    pub known: String,
    /// Who reports it, where that can err.
    pub reported_by: Option<String>,
}

/// How well a reading foretold what was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingEvidence {
    /// The reading's name.
    pub reading: String,
    /// When the last of its sources spoke; none where it has none with a date.
    pub written: Option<String>,
    /// The binary logarithm of the probability (density, where numbers were measured) of all that was seen; none where it
    /// is 0 in all trajectories.
    pub log2: Option<f64>,
    /// Its standard error in bits.
    pub error: f64,
    /// What each observation took from it, in bits, in the order of `observations`; the order of play decides how much of
    /// what two of them say in common is put down to which.
    pub bits: Vec<f64>,
    /// Parameter draws.
    pub draws: u64,
    /// Trajectories per draw.
    pub per_draw: u32,
    /// The effective sample size over draws.
    pub effective: f64,
    /// Var log(Ẑa / Ẑb), by which the two halves of a draw disagree.
    pub disagreement: Option<f64>,
    /// `known`, `starved` (it came about in no trajectory) or `forbidden` (it cannot come about).
    pub state: State,
    /// Where it is forbidden: what, and by what.
    pub forbidden: Option<Forbidden>,
    /// Where it is starved: the observation or record at which the last trajectories were lost, in the order of play.
    pub lost: Option<String>,
}

impl ReadingEvidence {
    /// What is known of a reading that is starved.
    #[must_use]
    pub fn starved(&self) -> String {
        starved((self.draws, self.per_draw), self.lost.as_deref())
    }
}

/// That what was seen came about in none of so many parameter draws of so many trajectories, and where the last of them
/// were lost.
pub(crate) fn starved((draws, per_draw): (u64, u32), lost: Option<&str>) -> String {
    let lost = lost.map_or(String::new(), |lost| format!("; the last trajectories were lost at `{lost}`"));
    format!(
        "what was seen came about in none of {draws} parameter draws of {per_draw} trajectories, though it is not proved \
         impossible{lost}"
    )
}

/// Whether a reading has what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its evidence is known.
    Known,
    /// What was seen came about in no trajectory.
    Starved,
    /// What was seen cannot come about.
    Forbidden,
}

/// Two readings compared.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pair {
    /// One.
    pub first: String,
    /// The other.
    pub second: String,
    /// The date of the later of the two; none where neither has one, so that all counts.
    pub after: Option<String>,
    /// By how many bits the first foretold better what was seen after that date, given what was seen before; none where
    /// neither has what was seen. Infinite where one has not: then `better` tells.
    pub bits: Option<f64>,
    /// The standard error, what both have in common by playing the same draws taken into account.
    pub error: f64,
    /// The same on the whole record: hindsight.
    pub hindsight: Option<f64>,
    /// Its standard error.
    pub hindsight_error: f64,
    /// Which foretold better what was seen after the date; none where they are equal, or nothing was seen.
    pub better: Option<String>,
    /// What would turn that: parameters of precision and utility, and where they would have to lie. Only told of a pair whose
    /// difference is more than twice its error: what is not told from 0 has nothing to turn.
    pub flips: Vec<Flip>,
}

/// Where a parameter would have to lie for the other reading to be the better one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flip {
    /// The reading whose parameter it is.
    pub reading: String,
    /// The parameter.
    pub parameter: String,
    /// From which value, in the unit in which it is written.
    pub low: f64,
    /// To which: a fifth of what the reading holds plausible.
    pub high: f64,
    /// By how many bits the first would then be better; of the other sign than that of the pair.
    pub bits: f64,
    /// The standard error.
    pub error: f64,
}

/// Weights of readings, all of them being equal beforehand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Weights {
    /// Only what was known after this day counts; none where all does.
    pub after: Option<String>,
    /// How many observations count; of a record, only whether it goes beyond that day.
    pub observations: usize,
    /// By reading, in the order of the model; they add up to 1 unless no reading has what was seen.
    pub weights: Vec<Weight>,
}

/// A reading's weight.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Weight {
    /// The reading.
    pub reading: String,
    /// Its share of the evidence of all.
    pub weight: f64,
    /// The binary logarithm of the probability of what counts; none where it is 0.
    pub log2: Option<f64>,
    /// Its standard error in bits.
    pub error: f64,
}

/// The readings' answers to one question in one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pooled {
    /// Every reading counting alike, before anything was seen.
    pub equal_before: Option<f64>,
    /// Every reading that has what was seen counting alike, afterwards.
    pub equal_after: Option<f64>,
    /// By the weights on what was seen since the last of the readings was written, afterwards.
    pub weighted_after: Option<f64>,
}

/// The number that is pooled: a probability, or a mean.
#[must_use]
pub fn pooled_number(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::Probability(answer) => Some(answer.probability),
        Answer::Date(answer) => Some(answer.ever.probability),
        Answer::Number(answer) => Some(answer.mean),
        Answer::Void { .. } => None,
    }
}

/// Adds to answers what was seen: how the readings stand to it, and what each answers on that condition. Where nothing was
/// seen they stay as they are.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn conclude(
    answers: &mut Answers,
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<(), RunError> {
    conclude_looking(answers, model, readings, run, (conditioning, None), watch).map(|_| ())
}

/// The same, and in the same run the watch list that is `looking`, if there is one; none where nothing was seen, so that
/// there was no run.
///
/// # Errors
/// As for [`conclude`].
pub fn conclude_looking(
    answers: &mut Answers,
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    (conditioning, looking): (&Conditioning, Option<&Looking>),
    watch: &dyn Watch,
) -> Result<Option<WatchList>, RunError> {
    if !readings.iter().any(|(_, program)| program.is_observed()) {
        return Ok(None);
    }
    let asking = looking.map_or_else(|| readings.to_vec(), |looking| looking.readings(readings));
    let (evidence, weighed) = evidence_of_programs(model, &asking, run, (conditioning, Scope::Pairs), watch)?;
    for (index, question) in answers.questions.iter_mut().enumerate() {
        for answer in &mut question.readings {
            let place = readings.iter().position(|(reading, _)| reading.name == answer.reading);
            let known = place.and_then(|place| Some((readings.get(place)?.1, weighed.get(place)?)));
            let after = known.and_then(|(program, weighed)| answer_of(program, index, &weighed.whole));
            answer.after = after.map(|(answer, given)| After { answer, given });
        }
        question.pooled = Some(pool(question, &evidence));
    }
    answers.head.complete &= weighed.iter().all(|weighed| weighed.whole.complete);
    answers.notes.extend(notes(&evidence, conditioning.aim(run)));
    let list = looking.map(|looking| looking.list(model, readings, run, (evidence.since.weights.clone(), &weighed)));
    answers.evidence = Some(evidence);
    Ok(list)
}

/// The readings' answers to a question in one.
pub(crate) fn pool(question: &QuestionAnswers, evidence: &Evidence) -> Pooled {
    let weight_of = |reading: &str| {
        let weight = evidence.since.weights.iter().find(|weight| weight.reading == reading);
        weight.map_or(0.0, |weight| weight.weight)
    };
    let before = question.readings.iter().map(|answer| (1.0, pooled_number(&answer.answer)));
    let after = |answer: &ReadingAnswer| answer.after.as_ref().and_then(|after| pooled_number(&after.answer));
    let equal = question.readings.iter().map(|answer| (1.0, after(answer)));
    let weighted = question.readings.iter().map(|answer| (weight_of(&answer.reading), after(answer)));
    Pooled { equal_before: mixture(before), equal_after: mixture(equal), weighted_after: mixture(weighted) }
}

/// The weighted mean of the numbers that there are; none where none weighs anything.
fn mixture(parts: impl Iterator<Item = (f64, Option<f64>)>) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (weight, number) in parts.filter_map(|(weight, number)| Some((weight, number?))) {
        sum += weight * number;
        all += weight;
    }
    (all > 0.0).then(|| sum / all)
}

/// What was out of the ordinary.
pub(crate) fn notes(evidence: &Evidence, aim: f64) -> Vec<String> {
    let mut notes = Vec::new();
    for reading in &evidence.readings {
        let name = &reading.reading;
        match (&reading.state, &reading.forbidden) {
            (State::Forbidden, Some(why)) => notes.push(format!(
                "{name}: what was seen cannot be in it: `{}` is forbidden by {}: {}",
                why.observation, why.statement, why.reason
            )),
            (State::Known, _) if reading.effective < aim => notes.push(format!(
                "{name}: few parameter draws agree with what was seen: an effective sample size of {:.0} of {} draws",
                reading.effective, reading.draws
            )),
            (State::Known, _) => {}
            _ => notes.push(format!("{name}: {}", reading.starved())),
        }
    }
    notes
}
