//! Numbers and words as the page shows them.

use crate::sentences::{self, Scale};
use variorum::answers::{Answer, FirstDate, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::words::percent;

/// The 90% interval of a probability.
pub fn interval(answer: &Probability) -> String {
    sentences::interval(answer)
}

/// The standard word with its range.
pub fn word(answer: &Probability) -> String {
    answer.word.replace('-', "–")
}

/// A number in the question's scale, thousands set apart.
pub fn number(scale: &Scale, x: f64, digits: i32) -> String {
    scale.show(x, digits).replace('_', "\u{202f}").replace('-', "\u{2212}")
}

/// `40 000 to 60 000`.
pub fn span(scale: &Scale, [low, high]: [f64; 2], digits: i32) -> String {
    sentences::span(number(scale, low, digits), &number(scale, high, digits))
}

/// What the world answered, thousands set apart.
pub fn outcome(outcome: &str) -> String {
    if outcome.parse::<f64>().is_ok() || outcome.contains('_') {
        outcome.replace('_', "\u{202f}").replace('-', "\u{2212}")
    } else {
        outcome.to_owned()
    }
}

/// Text of numbers with a minus sign in place of each hyphen.
pub fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// A number beside an axis: without zeros that say nothing.
pub fn tick(scale: &Scale, x: f64) -> String {
    let text = number(scale, x, 3);
    if text.contains('.') && !text.contains('e') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// A difference with its sign: of probabilities in points, else as a number.
pub fn signed(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("\u{2212}{rest}"),
        None if text.chars().all(|c| matches!(c, '0' | '.')) => text.to_owned(),
        None => format!("+{text}"),
    }
}

/// An answer in a word or two: a probability, a median, a middle date.
pub fn brief(answer: &Answer, scale: &Scale) -> String {
    match answer {
        Answer::Probability(answer) => percent(answer.probability),
        Answer::Number(answer) => number(scale, answer.median, 2),
        Answer::Date(answer) => percent(answer.ever.probability),
        Answer::Void { .. } => "no answer".to_owned(),
    }
}

/// The readings of a question, those with the same answer together.
pub fn groups(question: &QuestionAnswers) -> Vec<Vec<&ReadingAnswer>> {
    let mut groups: Vec<Vec<&ReadingAnswer>> = Vec::new();
    for reading in &question.readings {
        let group = groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, reading)));
        match group {
            Some(group) => group.push(reading),
            None => groups.push(vec![reading]),
        }
    }
    groups
}

/// The names of a group; all of them where it is everybody.
pub fn names(group: &[&ReadingAnswer], of: usize) -> String {
    if group.len() > 1 && group.len() == of {
        return "all readings".to_owned();
    }
    let names: Vec<&str> = group.iter().map(|reading| reading.reading.as_str()).collect();
    names.join(", ")
}

fn same(a: &ReadingAnswer, b: &ReadingAnswer) -> bool {
    let condition = match (&a.given, &b.given) {
        (None, None) => true,
        (Some(a), Some(b)) => a.trajectories == b.trajectories && a.probability == b.probability,
        _ => false,
    };
    let after = match (&a.after, &b.after) {
        (None, None) => true,
        (Some(a), Some(b)) => same_answer(&a.answer, &b.answer),
        _ => false,
    };
    condition && after && a.draws == b.draws && same_answer(&a.answer, &b.answer)
}

fn same_answer(a: &Answer, b: &Answer) -> bool {
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
