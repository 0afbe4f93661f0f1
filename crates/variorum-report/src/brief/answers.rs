//! Answers to one question in words: probabilities, dates, numbers.

use super::{Detail, Room, some};
use crate::sentences::{self, Scale};
use crate::spread;
use variorum::answers::{Answer, QuestionAnswers, ReadingAnswer};
use variorum::confidence::{BASELINE, probability};
use variorum::words::percent;

pub(super) fn voids(question: &QuestionAnswers) -> impl Iterator<Item = &ReadingAnswer> {
    question.readings.iter().filter(|reading| matches!(reading.answer, Answer::Void { .. }))
}

/// `Unlikely (20-45%) in drezner 45%, lee 32%; very unlikely (5-20%) in wary 17% [0.1-82%].`
pub(super) fn words(question: &QuestionAnswers, room: Room) -> String {
    let groups = sentences::by_word(question);
    let everybody = groups.len() == 1 && groups.iter().all(|(_, members)| members.len() > 1);
    let said = |(word, members): &(String, Vec<(&str, f64)>)| {
        if everybody {
            let (Some((_, high)), Some((_, low))) = (members.first(), members.last()) else { return word.clone() };
            return format!("{word} in all, {}", sentences::between([*low, *high]));
        }
        let number = |(name, p): &(&str, f64)| match room.detail {
            Detail::Numbers => format!("{name} {}", percent(*p)),
            _ => (*name).to_owned(),
        };
        let names: Vec<String> = members.iter().map(number).collect();
        if room.detail == Detail::Ends { word.clone() } else { format!("{word} in {}", names.join(", ")) }
    };
    let parts: Vec<String> = match groups.as_slice() {
        [highest, .., lowest] if room.detail < Detail::Words && groups.len() > 2 || room.detail == Detail::Ends => {
            vec![format!("{} down to {}", said(highest), said(lowest))]
        }
        groups => groups.iter().map(said).collect(),
    };
    let mut text = sentences::capital(&parts.join("; "));
    let intervals = question.readings.iter().filter_map(|reading| probability(&reading.answer)?.interval);
    if let Some(ends) = sentences::ends(&intervals.flatten().collect::<Vec<f64>>()) {
        text.push_str(&format!(" [{}]", sentences::between(ends)));
    }
    text + "."
}

/// `Median dates 2025-03 to 2026-10, after 2027-12 in wary [2024-02 to after 2027-12].`: where it has come with 50% by the end
/// of the window there is a median, else it lies beyond; in brackets the earliest 5% and the latest 95%.
pub(super) fn dates(question: &QuestionAnswers, room: Room) -> String {
    let [_, end] = &question.window;
    let beyond = format!("after {end}");
    let all: Vec<(&str, &[Option<String>; 3])> = question
        .readings
        .iter()
        .filter_map(|reading| match &reading.answer {
            Answer::Date(dates) => Some((reading.reading.as_str(), &dates.quantiles)),
            _ => None,
        })
        .collect();
    let span = |first: Option<&str>, last: Option<&str>| {
        sentences::span(first.unwrap_or(&beyond).to_owned(), last.unwrap_or(&beyond))
    };
    let known: Vec<&str> = all.iter().filter_map(|(_, [_, half, _])| half.as_deref()).collect();
    let later: Vec<&str> = all.iter().filter(|(_, [_, half, _])| half.is_none()).map(|(name, _)| *name).collect();
    let mut parts = Vec::new();
    if let (Some(first), Some(last)) = (known.iter().min(), known.iter().max()) {
        parts.push(span(Some(first), Some(last)));
    }
    if !later.is_empty() {
        let whose = if known.is_empty() { String::new() } else { format!(" in {}", some(&later, room.names)) };
        parts.push(format!("{beyond}{whose}"));
    }
    let early = all.iter().filter_map(|(_, [early, ..])| early.as_deref()).min();
    let late = all.iter().map(|(_, [.., late])| late.as_deref());
    let late = if late.clone().any(|late| late.is_none()) { None } else { late.flatten().max() };
    let median = if all.len() == 1 { "Median date" } else { "Median dates" };
    format!("{median} {} [{}].", parts.join(", "), span(early, late))
}

/// `Medians 2.3 to 2.5 billion USD, baseline 2.2 [1.0 to 5.6].`
pub(super) fn number(question: &QuestionAnswers) -> String {
    let scale = Scale::of(sentences::numbers(question));
    let medians = |baseline: bool| -> Vec<(&str, f64)> {
        let chosen = question.readings.iter().filter(move |reading| (reading.reading == BASELINE) == baseline);
        let median = |reading: &'_ ReadingAnswer| match &reading.answer {
            Answer::Number(number) => Some(number.median),
            _ => None,
        };
        chosen.filter_map(|reading| Some((reading.reading.as_str(), median(reading)?))).collect()
    };
    let shown = |x: f64| scale.show(x, 2);
    let mut parts = Vec::new();
    parts.extend(spread::in_words(&medians(false), &scale.unit, &shown));
    if let Some(of_nobody) = spread::in_words(&medians(true), "", &shown) {
        parts.push(format!("baseline {of_nobody}"));
    }
    let outcomes: Vec<f64> = sentences::numbers(question).flat_map(|number| number.predictive).collect();
    let outcomes = sentences::ends(&outcomes)
        .map_or(String::new(), |[low, high]| format!(" [{}]", sentences::span(shown(low), &shown(high))));
    let between = if parts.iter().any(|part| part.contains(',')) { "; " } else { ", " };
    format!("Medians {}{outcomes}.", parts.join(between))
}
