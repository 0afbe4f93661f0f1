//! How much an answer should be relied on, said apart from how likely it is, by a rule that anybody can follow.
//!
//! Intelligence Community Directive 203 (2015, section D.6.e.2) asks for confidence to be stated apart from likelihood,
//! as high, moderate or low. Here nobody judges: four grounds for doubt are looked for in the readings of authors
//! (`baseline` is none where there are others), and counted.
//!
//! - [`Ground::Assumed`]: in at least half of the readings in which it was measured, more than half of the variance of
//!   the answer comes from numbers that are assumed.
//! - [`Ground::Wide`]: in at least half of the readings the 90% interval reaches over three or more standard words (the
//!   regions below and above the scale count as words); of a number, that 90% of the outcomes spread over more than the
//!   size of their median.
//! - [`Ground::Apart`]: two readings' answers lie two or more words apart; of a number, one reading's median lies
//!   outside another's 90%.
//! - [`Ground::NoCase`]: a base rate on which the answer can depend counts no case, so that the prior speaks.
//!
//! None is high confidence, one moderate, more are low. Where it was not measured what the answer rests on, confidence
//! is moderate at most.

use crate::answers::{Answer, Probability, QuestionAnswers, ReadingAnswer};
use crate::influence::Influence;
use crate::words::rank;
use schemars::JsonSchema;
use serde::Serialize;
use variorum_model::program::{Law, Program, Question};

/// How much an answer should be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Two grounds for doubt or more.
    Low,
    /// One, or it was not measured what the answer rests on.
    Moderate,
    /// None.
    High,
}

/// A ground for doubt.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Most of the variance comes from assumed numbers: this share of it, in the middle reading.
    Assumed(f64),
    /// The interval is wide.
    Wide,
    /// The readings part.
    Apart,
    /// These base rates count no case.
    NoCase(Vec<String>),
}

/// Confidence in a question's answers, with its grounds.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Confidence {
    /// How much they should be relied on.
    pub level: Level,
    /// The grounds for doubt.
    pub grounds: Vec<Ground>,
    /// Whether it was measured, in any reading, what the answer rests on.
    pub measured: bool,
}

/// The reading that belongs to no author.
pub const BASELINE: &str = "baseline";

/// The readings of authors: all but the baseline, or that alone where there is no other.
#[must_use]
pub fn authors(readings: &[ReadingAnswer]) -> Vec<&ReadingAnswer> {
    let authors: Vec<&ReadingAnswer> = readings.iter().filter(|reading| reading.reading != BASELINE).collect();
    if authors.is_empty() { readings.iter().collect() } else { authors }
}

/// The confidence in a question's answers; `without_case` are the base rates of no case on which they can depend. None
/// where no reading has an answer.
#[must_use]
pub fn confidence(question: &QuestionAnswers, without_case: &[String]) -> Option<Confidence> {
    let answered = authors(&question.readings);
    let answered: Vec<&ReadingAnswer> =
        answered.into_iter().filter(|reading| !matches!(reading.answer, Answer::Void { .. })).collect();
    if answered.is_empty() {
        return None;
    }
    let mut grounds = Vec::new();
    let mut shares: Vec<f64> = answered.iter().filter_map(|reading| assumed(reading)).collect();
    shares.sort_by(f64::total_cmp);
    let measured = !shares.is_empty();
    let mostly = shares.iter().filter(|share| **share > 0.5).count();
    if measured && 2 * mostly >= shares.len() {
        grounds.push(Ground::Assumed(shares.get(shares.len() / 2).copied().unwrap_or_default()));
    }
    let wide: Vec<bool> = answered.iter().filter_map(|reading| is_wide(&reading.answer)).collect();
    if !wide.is_empty() && 2 * wide.iter().filter(|wide| **wide).count() >= wide.len() {
        grounds.push(Ground::Wide);
    }
    if apart(&answered) {
        grounds.push(Ground::Apart);
    }
    if !without_case.is_empty() {
        grounds.push(Ground::NoCase(without_case.to_vec()));
    }
    let level = match grounds.len() {
        0 if measured => Level::High,
        0 | 1 => Level::Moderate,
        _ => Level::Low,
    };
    Some(Confidence { level, grounds, measured })
}

/// The base rates without a single case on which a question can depend, by name: half a case, Jeffreys' prior, is all that
/// speaks in them.
#[must_use]
pub fn without_case(program: &Program, question: &Question) -> Vec<String> {
    let reached = Influence::of(program).question(question);
    let reached = reached.into_iter().filter_map(|param| program.params.get(param));
    let bare = reached.filter(|param| matches!(param.law, Law::Gamma { shape: 0.5, .. } | Law::Beta { a: 0.5, .. }));
    bare.map(|param| param.name.clone()).collect()
}

/// The share of the variance that comes from assumed numbers; 0 where nothing uncertain bears on the answer.
#[must_use]
pub fn assumed(reading: &ReadingAnswer) -> Option<f64> {
    let provenance = reading.provenance.as_ref()?;
    let shown = provenance.shown();
    let assumed = shown.iter().filter(|(share, _)| share.origin == "assumed");
    Some(assumed.fold(0.0, |sum, (_, share)| sum + share))
}

/// The probability of an answer that has one.
#[must_use]
pub fn probability(answer: &Answer) -> Option<&Probability> {
    match answer {
        Answer::Probability(answer) => Some(answer),
        Answer::Date(answer) => Some(&answer.ever),
        Answer::Number(_) | Answer::Void { .. } => None,
    }
}

fn is_wide(answer: &Answer) -> Option<bool> {
    if let Some(answer) = probability(answer) {
        let [low, high] = answer.interval?;
        return Some(rank(high) - rank(low) >= 2);
    }
    match answer {
        Answer::Number(answer) => {
            let [low, high] = answer.predictive;
            Some(high - low > answer.median.abs())
        }
        _ => None,
    }
}

fn apart(answered: &[&ReadingAnswer]) -> bool {
    let ranks = || answered.iter().filter_map(|reading| probability(&reading.answer)).map(|p| rank(p.probability));
    if let (Some(lowest), Some(highest)) = (ranks().min(), ranks().max())
        && highest - lowest >= 2
    {
        return true;
    }
    let numbers = || {
        answered.iter().filter_map(|reading| match &reading.answer {
            Answer::Number(number) => Some(number),
            _ => None,
        })
    };
    numbers().any(|one| {
        let [low, high] = one.predictive;
        numbers().any(|other| other.median < low || other.median > high)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Number, OriginShare, Provenance, Standings};
    use crate::words::standard;

    fn answer(probability: f64, interval: [f64; 2], assumed: Option<f64>) -> ReadingAnswer {
        let provenance = assumed.map(|share| Provenance {
            shares: vec![
                OriginShare { origin: "assumed".to_owned(), parameters: 1, share, error: 0.01 },
                OriginShare { origin: "base_rate".to_owned(), parameters: 1, share: 1.0 - share, error: 0.01 },
            ],
            variance: 0.01,
            variance_error: 0.001,
            standings: Standings::default(),
        });
        let answer = Answer::Probability(Probability {
            probability,
            interval: Some(interval),
            variance: 0.01,
            error: 0.001,
            word: standard(probability),
            reason: None,
            curve: Vec::new(),
        });
        ReadingAnswer { reading: "author".to_owned(), draws: 100, given: None, provenance, answer, after: None }
    }

    fn question(readings: Vec<ReadingAnswer>) -> QuestionAnswers {
        QuestionAnswers {
            name: "q".to_owned(),
            text: String::new(),
            window: [String::new(), String::new()],
            given: None,
            condition: None,
            readings,
            said: Vec::new(),
            resolved: None,
            pooled: None,
        }
    }

    fn of(readings: Vec<ReadingAnswer>, bare: &[String]) -> (Level, Vec<Ground>) {
        let found = confidence(&question(readings), bare).unwrap();
        (found.level, found.grounds)
    }

    #[test]
    fn grounds_are_counted() {
        let firm = || answer(0.3, [0.25, 0.4], Some(0.2));
        assert_eq!(of(vec![firm(), firm()], &[]), (Level::High, vec![]));
        let guessed = || answer(0.3, [0.25, 0.4], Some(0.9));
        assert_eq!(of(vec![firm(), guessed()], &[]), (Level::Moderate, vec![Ground::Assumed(0.9)]));
        assert_eq!(of(vec![firm(), firm(), guessed()], &[]), (Level::High, vec![]), "one of three is not half");
        let wide = || answer(0.3, [0.04, 0.4], Some(0.2));
        assert_eq!(of(vec![wide()], &[]), (Level::Moderate, vec![Ground::Wide]), "almost no chance to unlikely");
        let far = answer(0.5, [0.46, 0.54], Some(0.2));
        assert_eq!(of(vec![firm(), far.clone()], &[]), (Level::High, vec![]), "neighbouring words");
        let further = answer(0.6, [0.56, 0.7], Some(0.2));
        assert_eq!(of(vec![firm(), further], &[]), (Level::Moderate, vec![Ground::Apart]));
        let bare = vec!["rare".to_owned()];
        assert_eq!(of(vec![wide()], &bare), (Level::Low, vec![Ground::Wide, Ground::NoCase(bare.clone())]));
        assert_eq!(of(vec![answer(0.3, [0.25, 0.4], None)], &[]), (Level::Moderate, vec![]), "not measured");
    }

    #[test]
    fn the_baseline_is_no_author() {
        let firm = answer(0.3, [0.25, 0.4], Some(0.2));
        let nobody = ReadingAnswer { reading: BASELINE.to_owned(), ..answer(0.9, [0.01, 0.99], Some(1.0)) };
        assert_eq!(of(vec![firm, nobody.clone()], &[]).0, Level::High);
        assert_eq!(of(vec![nobody], &[]).0, Level::Low, "alone it is judged all the same");
        let void =
            ReadingAnswer { answer: Answer::Void { reason: "never".to_owned() }, ..answer(0.3, [0.25, 0.4], None) };
        assert_eq!(confidence(&question(vec![void]), &[]), None);
    }

    #[test]
    fn numbers_have_grounds_too() {
        let number = |median: f64, predictive: [f64; 2]| {
            let answer = Answer::Number(Number {
                unit: String::new(),
                median,
                predictive,
                quantiles: Vec::new(),
                deviation: 1.0,
                mean: median,
                interval: predictive,
                error: 0.1,
            });
            ReadingAnswer { answer, ..answer_with_shares() }
        };
        let firm = || number(100.0, [80.0, 120.0]);
        assert_eq!(of(vec![firm(), firm()], &[]), (Level::High, vec![]));
        assert_eq!(of(vec![firm(), number(130.0, [110.0, 150.0])], &[]).1, vec![Ground::Apart]);
        assert_eq!(of(vec![number(100.0, [20.0, 130.0])], &[]).1, vec![Ground::Wide]);
    }

    fn answer_with_shares() -> ReadingAnswer {
        answer(0.3, [0.25, 0.4], Some(0.2))
    }
}
