//! What divides the authors, for a report or a brief: on one question, among the readings that lie farthest apart.
//! Every value that is shown is as precise as [`in_report`] says; pairs for which that would take too long are left out.

use super::dossier::Played;
use super::failure;
use crate::output::Failure;
use variorum::answers::{Answer, Answers, QuestionAnswers};
use variorum::confidence::BASELINE;
use variorum::crux::{CruxAll, CruxError, crux_all, in_report};

/// Readings that a report compares: six pairs.
const MOST: usize = 4;

/// What divides the readings of authors on the question on which they differ most; all of them for a report, as far as there
/// are few, and the two that lie farthest apart for a brief. None with fewer than two, or if they answer all alike.
pub fn divided(played: &Played<'_, '_, '_>, answers: &Answers, all: bool) -> Result<Option<CruxAll>, Failure> {
    // The slow interpreter would take too long, and a scenario's programs are not those of the readings.
    if played.run.oracle || answers.scenario.is_some() {
        return Ok(None);
    }
    let Some(widest) = widest(answers) else { return Ok(None) };
    let chosen = if all { farthest(widest.question) } else { widest.readings.to_vec() };
    let readings: Vec<&str> = played.readings.iter().map(|(reading, _)| reading.name.as_str()).collect();
    let readings: Vec<&str> = readings.into_iter().filter(|name| chosen.contains(name)).collect();
    let question = Some(widest.question.name.as_str());
    let found = crux_all(played.model, &readings, question, in_report(played.run), played.run, played.watch);
    found.map(Some).map_err(|error| match error {
        CruxError::Run(error) => failure(error),
        // All names are the model's.
        CruxError::Unknown(why) | CruxError::Unseen(why) => Failure::Internal(why),
    })
}

/// Where an answer lies before anything was seen: its probability or mean, its predictive standard deviation, its error.
struct Place<'a> {
    reading: &'a str,
    at: f64,
    deviation: f64,
    error: f64,
}

fn places(question: &QuestionAnswers) -> Vec<Place<'_>> {
    let authors = question.readings.iter().filter(|reading| reading.reading != BASELINE);
    let likely = |p: f64| (p * (1.0 - p)).sqrt();
    authors
        .filter_map(|reading| {
            let (at, deviation, error) = match &reading.answer {
                Answer::Probability(answer) => (answer.probability, likely(answer.probability), answer.error),
                Answer::Date(answer) => (answer.ever.probability, likely(answer.ever.probability), answer.ever.error),
                Answer::Number(answer) => (answer.mean, answer.deviation, answer.error),
                Answer::Void { .. } => return None,
            };
            Some(Place { reading: reading.reading.as_str(), at, deviation, error })
        })
        .collect()
}

/// Two readings that lie farthest apart, on which question.
struct Widest<'a> {
    question: &'a QuestionAnswers,
    readings: [&'a str; 2],
    /// Whether their difference is more than chance.
    told: bool,
    /// In predictive standard deviations.
    size: f64,
}

/// The widest of all differences, in predictive standard deviations: of those that are more than chance, if there is one.
fn widest(answers: &Answers) -> Option<Widest<'_>> {
    let mut best: Option<Widest<'_>> = None;
    for question in &answers.questions {
        let places = places(question);
        for (number, a) in places.iter().enumerate() {
            for b in places.iter().skip(number + 1) {
                let difference = (b.at - a.at).abs();
                let deviation = (0.5 * (a.deviation * a.deviation + b.deviation * b.deviation)).sqrt();
                let error = (a.error * a.error + b.error * b.error).sqrt();
                let size = difference / deviation;
                if difference == 0.0 || size.is_nan() {
                    continue;
                }
                let told = difference > 2.0 * error;
                let is_wider = best.as_ref().is_none_or(|best| match (told, best.told) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => size > best.size,
                });
                if is_wider {
                    best = Some(Widest { question, readings: [a.reading, b.reading], told, size });
                }
            }
        }
    }
    best
}

/// The readings that have an answer; where they are many, those with the lowest and the highest.
fn farthest(question: &QuestionAnswers) -> Vec<&str> {
    let mut places = places(question);
    places.sort_by(|a, b| a.at.total_cmp(&b.at));
    let (half, all) = (MOST / 2, places.len());
    let is_far = |number: &usize| all <= MOST || *number < half || *number >= all - half;
    places.iter().enumerate().filter(|(number, _)| is_far(number)).map(|(_, place)| place.reading).collect()
}
