//! From where to where readings answer, who alone makes a range as wide as it is, and who answers close to the line between two
//! words.

use crate::sentences::{self, list, span};
use variorum::answers::QuestionAnswers;
use variorum::confidence::probability;
use variorum::words::{percent, scale};

/// Of fewer answers none is said to lie outside the others.
const LEAST: usize = 4;
/// Without the one that lies outside, the range is at most this share of what it is with it.
const LEFT: f64 = 1.0 / 3.0;

/// The range of some readings' answers, and the one of them without which it would be much narrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread<'n> {
    /// The range; of all but the one outside, where there is one.
    pub ends: [f64; 2],
    /// Who lies outside, and where.
    pub outside: Option<(&'n str, f64)>,
}

/// The range of these answers; none where there are none.
pub fn spread<'n>(answers: &[(&'n str, f64)]) -> Option<Spread<'n>> {
    let mut sorted: Vec<(&str, f64)> = answers.iter().copied().filter(|(_, x)| x.is_finite()).collect();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let ends = |of: &[(&str, f64)]| Some([of.first()?.1, of.last()?.1]);
    let all = ends(&sorted)?;
    let width = |[low, high]: [f64; 2]| high - low;
    let mut found = Spread { ends: all, outside: None };
    if sorted.len() < LEAST {
        return Some(found);
    }
    if let ([first, rest @ ..], [others @ .., last]) = (sorted.as_slice(), sorted.as_slice()) {
        for (outside, within) in [(first, rest), (last, others)] {
            let Some(within) = ends(within) else { continue };
            if width(within) <= LEFT * width(all) && width(within) < width(found.ends) {
                found = Spread { ends: within, outside: Some(*outside) };
            }
        }
    }
    Some(found)
}

/// `6.2% in all but baseline, 73%`, or `2 400 to 3 400 km2 in all but nato_view, 960`; without one outside the range alone.
/// What looks alike is not outside.
pub fn in_words(answers: &[(&str, f64)], unit: &str, shown: &dyn Fn(f64) -> String) -> Option<String> {
    let spread = spread(answers)?;
    let range = |[low, high]: [f64; 2]| {
        let text = span(shown(low), &shown(high));
        if unit.is_empty() { text } else { format!("{text} {unit}") }
    };
    match spread.outside {
        Some((name, x)) if !spread.ends.map(shown).contains(&shown(x)) => {
            Some(format!("{} in all but {name}, {}", range(spread.ends), shown(x)))
        }
        outside => {
            let [low, high] = spread.ends;
            let x = outside.map_or(low, |(_, x)| x);
            Some(range([if x < low { x } else { low }, if x > high { x } else { high }]))
        }
    }
}

/// So near the line between two words, as a share of what is less of the line's probability and what it lacks to one, and in
/// points, it is as good as on it.
const NEAR: (f64, f64) = (0.08, 0.015);
/// So many are named.
const NAMED: usize = 4;

/// That readings with different words answer nearly the same: `the words part at 20%, and lee 20% and corrado 21% lie at that
/// line`. None where no two words meet so.
pub fn at_a_line(question: &QuestionAnswers) -> Option<String> {
    let answers = || {
        let readings = question.readings.iter();
        readings.filter_map(|reading| Some((reading.reading.as_str(), probability(&reading.answer)?)))
    };
    let lines = scale().iter().map(|(low, ..)| low / 100.0).skip(1);
    let found: Vec<String> = lines
        .filter_map(|line| {
            let rest = if line < 0.5 { line } else { 1.0 - line };
            let reach = if NEAR.0 * rest < NEAR.1 { NEAR.0 * rest } else { NEAR.1 };
            let near: Vec<(&str, f64, &str)> = answers()
                .filter(|(_, answer)| (answer.probability - line).abs() <= reach)
                .map(|(name, answer)| (name, answer.probability, answer.word.as_str()))
                .collect();
            let first = near.first()?;
            if near.iter().all(|other| other.2 == first.2) {
                return None;
            }
            let whose = if near.len() > NAMED {
                format!("{} lie", sentences::count(near.len(), "reading"))
            } else {
                let names: Vec<String> = near.iter().map(|(name, p, _)| format!("{name} {}", percent(*p))).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                format!("{} lie", list(&names))
            };
            Some(format!("the words part at {}, and {whose} at that line", percent(line)))
        })
        .collect();
    (!found.is_empty()).then(|| found.join("; "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn who_makes_a_range_wide_is_named() {
        let shown = |x: f64| percent(x);
        let of = |answers: &[(&str, f64)]| in_words(answers, "", &shown).unwrap();
        let three = [("a", 0.062), ("b", 0.062), ("c", 0.062)];
        assert_eq!(of(&[three[0], three[1], three[2], ("base", 0.73)]), "6.2% in all but base, 73%");
        assert_eq!(of(&[three[0], three[1], ("base", 0.73)]), "6.2% to 73%", "of three none is outside");
        let apart = [("a", 0.2), ("b", 0.25), ("c", 0.22), ("d", 0.02), ("e", 0.24)];
        assert_eq!(of(&apart), "20% to 25% in all but d, 2.0%");
        let even = [("a", 0.1), ("b", 0.2), ("c", 0.3), ("d", 0.4)];
        assert_eq!(of(&even), "10% to 40%");
        assert_eq!(of(&[("a", 0.3), ("b", 0.3), ("c", 0.3), ("d", 0.301)]), "30%", "what looks alike");
        assert_eq!(spread(&[]), None);
        let number = in_words(&[("a", 3.0), ("b", 3.0), ("c", 3.0), ("d", 1.0)], "km", &|x| format!("{x}"));
        assert_eq!(number.unwrap(), "3 km in all but d, 1");
    }
}
