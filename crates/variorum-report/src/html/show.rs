//! Numbers and words as the page shows them.

use crate::alike;
use crate::sentences::{self, Scale};
use variorum::answers::{Answer, Probability, ReadingAnswer};
use variorum::words::percent;

/// The 90% interval of a probability.
pub fn interval(answer: &Probability) -> String {
    answer.interval.map_or(SMALL.to_owned(), sentences::between)
}

/// What stands in the place of an interval that cannot be told from chance.
pub const SMALL: &str = "sample too small to tell";

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

/// An answer in a word or two: a probability, a median (which it says), the probability of a date.
pub fn brief(answer: &Answer, scale: &Scale) -> String {
    match answer {
        Answer::Probability(answer) => percent(answer.probability),
        Answer::Number(answer) => format!("median {}", number(scale, answer.median, 2)),
        Answer::Date(answer) => percent(answer.ever.probability),
        Answer::Void { .. } => "no answer".to_owned(),
    }
}

/// The readings of a row, and below them that they are one voice, where they are several.
pub fn heading(head: &mut super::markup::Markup, group: &[&ReadingAnswer], of: usize) {
    head.text(&alike::names(group, of));
    if group.len() > 1 {
        head.text(" ").leaf("small", &[], &alike::one_voice(group));
    }
}
