//! Readings with the same answer to the last bit. They share their random numbers, so that what differs between them and has a
//! bearing on a question moves some trajectory and with it the answer: where none is moved, the readings are one voice on it.

use variorum::answers::{Answer, FirstDate, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence::probability;

/// What it means, in a sentence.
pub const SAME: &str = "Readings in one row are the same by construction: they play the same random numbers, and nothing in \
                        which they differ has moved this answer in any trajectory. They are one voice, not several.";
/// Why they may part all the same.
pub const PARTED: &str = "After what was seen such readings may differ: by what else they hold, other numbers and other pasts \
                          agree with it.";

/// The readings of a question, those with the same answer before anything was seen together. After it they may differ.
pub fn groups(question: &QuestionAnswers) -> Vec<Vec<&ReadingAnswer>> {
    let mut groups: Vec<Vec<&ReadingAnswer>> = Vec::new();
    for reading in &question.readings {
        let group = groups.iter_mut().find(|group| group.first().is_some_and(|first| is_same(first, reading)));
        match group {
            Some(group) => group.push(reading),
            None => groups.push(vec![reading]),
        }
    }
    groups
}

/// Groups of readings by name, to be found again where the same question has other answers: after what was seen.
#[derive(Clone, Debug)]
pub struct Voices(Vec<Vec<String>>);

impl Voices {
    /// Those of a question, before anything was seen.
    pub fn of(question: &QuestionAnswers) -> Voices {
        let names = |group: Vec<&ReadingAnswer>| group.into_iter().map(|reading| reading.reading.clone()).collect();
        Voices(groups(question).into_iter().map(names).collect())
    }

    /// The readings of these groups that a question has.
    pub fn within<'q>(&self, question: &'q QuestionAnswers) -> Vec<Vec<&'q ReadingAnswer>> {
        let group = |names: &Vec<String>| -> Vec<&'q ReadingAnswer> {
            question.readings.iter().filter(|reading| names.contains(&reading.reading)).collect()
        };
        self.0.iter().map(group).filter(|group| !group.is_empty()).collect()
    }
}

/// The names of a group; all of them where it is everybody.
pub fn names(group: &[&ReadingAnswer], of: usize) -> String {
    if group.len() > 1 && group.len() == of {
        return "all readings".to_owned();
    }
    let names: Vec<&str> = group.iter().map(|reading| reading.reading.as_str()).collect();
    names.join(", ")
}

/// That the readings of a group are one voice: `3 readings, the same by construction`. Of what is certain only that it is so in
/// every trajectory.
pub fn one_voice(group: &[&ReadingAnswer]) -> String {
    let answer = group.first().and_then(|first| probability(&first.answer));
    let how = match answer {
        Some(answer) if answer.probability == 0.0 || answer.probability == 1.0 => "in every trajectory",
        _ => "by construction",
    };
    format!("{} readings, the same {how}", group.len())
}

fn is_same(a: &ReadingAnswer, b: &ReadingAnswer) -> bool {
    let condition = match (&a.given, &b.given) {
        (None, None) => true,
        (Some(a), Some(b)) => a.trajectories == b.trajectories && a.probability == b.probability,
        _ => false,
    };
    // Whoever has no answer after what was seen says why, and is not one of those who have.
    let after = a.after.is_some() == b.after.is_some();
    condition && after && a.draws == b.draws && same_answer(&a.answer, &b.answer)
}

/// Whether two answers are the same to the last bit, with all that is shown of them.
pub fn same_answer(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::Probability(a), Answer::Probability(b)) => same_probability(a, b),
        (Answer::Number(a), Answer::Number(b)) => same_number(a, b),
        (Answer::Date(a), Answer::Date(b)) => same_date(a, b),
        (Answer::Void { reason: a }, Answer::Void { reason: b }) => a == b,
        _ => false,
    }
}

fn same_probability(a: &Probability, b: &Probability) -> bool {
    a.probability == b.probability
        && a.error.to_bits() == b.error.to_bits()
        && a.interval == b.interval
        && a.reason == b.reason
        && a.curve.len() == b.curve.len()
        && a.curve.iter().zip(&b.curve).all(|(a, b)| a.probability == b.probability && a.interval == b.interval)
}

fn same_number(a: &Number, b: &Number) -> bool {
    a.mean == b.mean && a.median == b.median && a.predictive == b.predictive && a.quantiles == b.quantiles
}

fn same_date(a: &FirstDate, b: &FirstDate) -> bool {
    same_probability(&a.ever, &b.ever) && a.quantiles == b.quantiles && a.if_ever == b.if_ever
}
