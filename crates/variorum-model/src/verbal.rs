//! Words of probability: what surveyed readers take them to mean, and which stand for no number.
//!
//! The quantiles are those of `data/verbal.csv`, whose README names the surveys and their licences. A phrase is looked
//! up in the surveys in a fixed order ([`SURVEYS`]), the large one first. Prescribed scales ([`yardsticks`]) say what
//! authors of one house ought to mean; they are shown beside the surveys, and no number is drawn from them.

use crate::names::nearest;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A survey of readers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Survey {
    /// Its key in the table.
    pub key: &'static str,
    /// Who asked whom.
    pub reference: &'static str,
    /// On what terms the data may be used.
    pub licence: &'static str,
}

/// The surveys, in the order in which a phrase is looked up.
pub const SURVEYS: [Survey; 2] = [
    Survey {
        key: "cap2026",
        reference: "Kucharski AJ (2026), CAPphrase: Comparative and Absolute Probability phrase dataset, \
                    doi:10.5281/zenodo.18750055",
        licence: "CC BY 4.0",
    },
    Survey {
        key: "zonination2015",
        reference: "zonination (2015), Perceptions of Probability and Numbers, github.com/zonination/perceptions",
        licence: "MIT",
    },
];

/// Phrases that grant only that a thing can be, or that readers spread over most of the range, and that no survey at
/// hand has. They are recorded as what a source said, and never made a number. Folded as [`fold`] does it.
pub const NO_NUMBER: &[&str] = &[
    "can happen",
    "cannot be discounted",
    "cannot be dismissed",
    "cannot be excluded",
    "cannot be ruled out",
    "cannot rule out",
    "can't be ruled out",
    "can't rule out",
    "chance",
    "conceivable",
    "conceivably",
    "could",
    "distinct possibility",
    "fair chance",
    "imaginable",
    "it is possible",
    "may",
    "maybe",
    "might",
    "non zero",
    "nonzero",
    "not impossible",
    "not inconceivable",
    "not out of the question",
    "not to be ruled out",
    "not unthinkable",
    "not zero",
    "perhaps",
    "possibility",
    "possible",
    "possibly",
    "potentially",
    "real possibility",
    "real risk",
    "risk",
    "serious possibility",
    "serious risk",
    "some chance",
    "some possibility",
    "thinkable",
];

/// What one survey's readers take a phrase to mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phrase {
    /// The phrase, folded.
    pub text: String,
    /// The key of the survey, one of [`SURVEYS`].
    pub survey: String,
    /// How many people answered.
    pub n: u32,
    /// The 5%, 25%, 50%, 75% and 95% quantiles of their answers, as fractions.
    pub quantiles: [f64; 5],
}

/// What one body prescribes that a phrase shall mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Yardstick {
    /// The phrase, folded.
    pub phrase: String,
    /// Who prescribes it.
    pub body: String,
    /// Lower end, as a fraction.
    pub low: f64,
    /// Upper end, as a fraction.
    pub high: f64,
}

/// What a phrase means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A survey has it.
    Surveyed(&'static Phrase),
    /// It stands for no number ([`NO_NUMBER`]).
    NoNumber,
    /// Nobody at hand was asked.
    Unknown {
        /// The phrase with a known meaning that is written most like it.
        nearest: Option<String>,
    },
}

/// What a phrase means. Case, white space, hyphens and an article before it make no difference.
#[must_use]
pub fn meaning(phrase: &str) -> Meaning {
    let folded = fold(phrase);
    if let Some(found) = surveyed(&folded).next() {
        return Meaning::Surveyed(found);
    }
    if NO_NUMBER.contains(&folded.as_str()) {
        return Meaning::NoNumber;
    }
    let known = phrases().iter().map(|phrase| phrase.text.as_str());
    // Else the longest that stands in it, as `unlikely` in `quite unlikely`.
    let words = format!(" {folded} ");
    let inside = known.clone().filter(|known| words.contains(&format!(" {known} "))).max_by_key(|known| known.len());
    Meaning::Unknown { nearest: nearest(&folded, known).or(inside).map(str::to_owned) }
}

/// What each survey that has a folded phrase found, in the order of [`SURVEYS`].
pub fn surveyed(folded: &str) -> impl Iterator<Item = &'static Phrase> {
    SURVEYS.iter().filter_map(move |survey| {
        phrases().iter().find(|candidate| candidate.survey == survey.key && candidate.text == folded)
    })
}

/// Lower case, words separated by single spaces (a hyphen or a dash separates too), without an article at the
/// beginning.
#[must_use]
pub fn fold(phrase: &str) -> String {
    let apart = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}');
    let lower = phrase.to_lowercase().replace('\u{2019}', "'");
    let mut words: Vec<&str> = lower.split(apart).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.first().is_some_and(|word| matches!(*word, "a" | "an")) {
        words.remove(0);
    }
    words.join(" ")
}

/// All surveyed phrases, in the order of the table.
#[must_use]
pub fn phrases() -> &'static [Phrase] {
    &SURVEYED.0
}

/// All prescribed meanings, in the order of the table.
#[must_use]
pub fn yardsticks() -> &'static [Yardstick] {
    &SURVEYED.1
}

/// The law of a phrase: points of its quantile function, pairs of a cumulative probability and a value, to be joined by
/// lines. Beyond the outer quantiles it goes on for a quarter of what lies between them and the next ones, and not
/// beyond 0 and 1: the surveys' lowest and highest twentieths are mostly slips and jokes.
#[must_use]
pub fn table(phrase: &Phrase) -> Vec<(f64, f64)> {
    let [q05, q25, q50, q75, q95] = phrase.quantiles;
    let low = q05 - (q25 - q05) / 4.0;
    let high = q95 + (q95 - q75) / 4.0;
    vec![
        (0.0, if low > 0.0 { low } else { 0.0 }),
        (0.05, q05),
        (0.25, q25),
        (0.5, q50),
        (0.75, q75),
        (0.95, q95),
        (1.0, if high < 1.0 { high } else { 1.0 }),
    ]
}

const TABLE: &str = include_str!("../data/verbal.csv");

static SURVEYED: LazyLock<(Vec<Phrase>, Vec<Yardstick>)> = LazyLock::new(|| {
    let (mut phrases, mut yardsticks) = (Vec::new(), Vec::new());
    // The tests see to it that every row can be read.
    for row in rows().flatten() {
        let text = fold(&row.phrase);
        match (row.source.strip_prefix("range:"), row.n, row.q25, row.median, row.q75) {
            (Some(body), ..) => yardsticks.push(Yardstick {
                phrase: text,
                body: body.replace('_', " ").to_uppercase(),
                low: row.q05 / 100.0,
                high: row.q95 / 100.0,
            }),
            (None, Some(n), Some(q25), Some(median), Some(q75)) => phrases.push(Phrase {
                text,
                survey: row.source,
                n,
                quantiles: [row.q05, q25, median, q75, row.q95].map(|percent| percent / 100.0),
            }),
            _ => {}
        }
    }
    (phrases, yardsticks)
});

/// A row of the table, in percent.
#[derive(Deserialize)]
struct Row {
    phrase: String,
    source: String,
    n: Option<u32>,
    q05: f64,
    q25: Option<f64>,
    median: Option<f64>,
    q75: Option<f64>,
    q95: f64,
}

fn rows() -> impl Iterator<Item = Result<Row, csv::Error>> {
    csv::Reader::from_reader(TABLE.as_bytes()).into_deserialize()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_read() {
        let lines = TABLE.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        assert_eq!(rows().map(Result::unwrap).count(), lines);
        assert_eq!(phrases().len() + yardsticks().len(), lines);
        assert!(phrases().len() > 30 && yardsticks().len() > 20);
        let surveys: BTreeSet<&str> = phrases().iter().map(|phrase| phrase.survey.as_str()).collect();
        assert_eq!(surveys, SURVEYS.iter().map(|survey| survey.key).collect());
        let pairs: BTreeSet<_> = phrases().iter().map(|phrase| (&phrase.survey, &phrase.text)).collect();
        assert_eq!(pairs.len(), phrases().len(), "a survey has a phrase twice");
    }

    #[test]
    fn quantiles_are_probabilities_and_ascend() {
        for phrase in phrases() {
            let points = table(phrase);
            assert_eq!((points[0].0, points[6].0), (0.0, 1.0));
            assert!(points[0].1 >= 0.0 && points[6].1 <= 1.0, "{phrase:?}");
            assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1), "{points:?}");
            assert!(points[0].1 < points[6].1, "{phrase:?} would be a point");
            assert!(phrase.n > 0);
        }
        for yardstick in yardsticks() {
            assert!(0.0 <= yardstick.low && yardstick.low < yardstick.high && yardstick.high <= 1.0, "{yardstick:?}");
        }
    }

    #[test]
    fn a_phrase_is_found_however_it_is_written() {
        let Meaning::Surveyed(found) = meaning("Unlikely") else { panic!("not found") };
        assert_eq!((found.survey.as_str(), found.n), ("cap2026", 5150));
        assert_eq!(found.quantiles, [0.05, 0.1, 0.2, 0.25, 0.4]);
        for written in ["highly-unlikely", " Highly  unlikely ", "highly\u{2010}unlikely", "highly\nunlikely"] {
            assert_eq!(meaning(written), meaning("highly unlikely"), "{written}");
        }
        assert_eq!(meaning("a remote chance"), meaning("remote chance"));
        // Only the small survey has this one.
        let Meaning::Surveyed(found) = meaning("we doubt") else { panic!("not found") };
        assert_eq!(found.survey, "zonination2015");
    }

    #[test]
    fn the_law_of_unlikely() {
        let Meaning::Surveyed(found) = meaning("unlikely") else { panic!("not found") };
        let points = table(found);
        // 5 - (10 - 5) / 4 and 40 + (40 - 25) / 4 percent.
        assert!((points[0].1 - 0.0375).abs() < 1e-12 && (points[6].1 - 0.4375).abs() < 1e-12, "{points:?}");
    }

    #[test]
    fn phrases_without_a_number() {
        for phrase in NO_NUMBER {
            assert_eq!(fold(phrase), *phrase, "not written as it is looked up");
            assert_eq!(meaning(phrase), Meaning::NoNumber, "{phrase} is surveyed");
        }
        assert!(NO_NUMBER.iter().collect::<BTreeSet<_>>().len() == NO_NUMBER.len());
        for written in ["a possibility", "Non-zero", "not zero", "a real risk", "can\u{2019}t be ruled out"] {
            assert_eq!(meaning(written), Meaning::NoNumber, "{written}");
        }
        // A phrase that was surveyed has the meaning that was found.
        assert!(matches!(meaning("a realistic possibility"), Meaning::Surveyed(_)));
        assert!(matches!(meaning("may happen"), Meaning::Surveyed(_)));
    }

    #[test]
    fn unknown_phrases_have_a_neighbour() {
        assert_eq!(meaning("unlikly"), Meaning::Unknown { nearest: Some("unlikely".to_owned()) });
        assert_eq!(meaning("the stars are favourable"), Meaning::Unknown { nearest: None });
        assert_eq!(meaning(""), Meaning::Unknown { nearest: None });
    }

    #[test]
    fn prescribed_scales() {
        let found: Vec<_> = yardsticks().iter().filter(|yardstick| yardstick.phrase == "very unlikely").collect();
        assert!(found.iter().any(|yardstick| yardstick.body == "US NIC" && yardstick.high == 0.2));
        assert!(found.iter().any(|yardstick| yardstick.body == "IPCC" && yardstick.low == 0.0));
    }
}
