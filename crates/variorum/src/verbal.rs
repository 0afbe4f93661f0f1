//! Words of probability as plain data: the dictionary, and what one phrase means and how to use it.

use crate::answers::Meaning as Said;
use serde::Serialize;
use variorum_model::verbal::{self, Meaning, NO_NUMBER, Phrase, SURVEYS, Survey, Yardstick};
use variorum_syntax::ast::SaidValue;

/// All that is known of words of probability.
#[derive(Clone, Debug, Serialize)]
pub struct Dictionary {
    /// Where the numbers come from, in the order in which a phrase is looked up.
    pub surveys: &'static [Survey],
    /// What readers take phrases to mean. A phrase may stand here once for each survey.
    pub phrases: &'static [Phrase],
    /// What bodies prescribe.
    pub yardsticks: &'static [Yardstick],
    /// Phrases that stand for no number.
    pub no_number: &'static [&'static str],
}

/// What one phrase means.
#[derive(Clone, Debug, Serialize)]
pub struct Lookup {
    /// The phrase as it was given.
    pub phrase: String,
    /// `surveyed`, `no_number` or `unknown`.
    pub kind: &'static str,
    /// What each survey that has it found. `said` takes the first.
    pub surveyed: Vec<Phrase>,
    /// What bodies prescribe.
    pub yardsticks: Vec<Yardstick>,
    /// The surveyed phrase that is written most like one that is not known.
    pub nearest: Option<String>,
}

/// The dictionary.
#[must_use]
pub fn dictionary() -> Dictionary {
    Dictionary { surveys: &SURVEYS, phrases: verbal::phrases(), yardsticks: verbal::yardsticks(), no_number: NO_NUMBER }
}

/// Looks a phrase up.
#[must_use]
pub fn look_up(phrase: &str) -> Lookup {
    let folded = verbal::fold(phrase);
    let (kind, nearest) = match verbal::meaning(&folded) {
        Meaning::Surveyed(_) => ("surveyed", None),
        Meaning::NoNumber => ("no_number", None),
        Meaning::Unknown { nearest } => ("unknown", nearest),
    };
    let yardsticks = verbal::yardsticks().iter().filter(|yardstick| yardstick.phrase == folded);
    Lookup {
        kind,
        surveyed: verbal::surveyed(&folded).cloned().collect(),
        yardsticks: yardsticks.cloned().collect(),
        nearest,
        phrase: phrase.to_owned(),
    }
}

/// What a source's own forecast means: none for words that stand for no number, or that nobody was asked about.
#[must_use]
pub fn said(value: &SaidValue) -> Option<Said> {
    match value {
        SaidValue::Phrase(phrase) => match verbal::meaning(&phrase.value) {
            Meaning::Surveyed(phrase) => {
                let [low, _, median, _, high] = phrase.quantiles;
                Some(Said { median, range: [low, high], survey: Some(phrase.survey.clone()) })
            }
            Meaning::NoNumber | Meaning::Unknown { .. } => None,
        },
        SaidValue::Number(number) => {
            let number = number.value;
            let value = if number.percent { number.value / 100.0 } else { number.value };
            Some(Said { median: value, range: [value, value], survey: None })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use variorum_syntax::ast::{At, Number};

    #[test]
    fn forecasts_as_numbers() {
        let phrase = |text: &str| SaidValue::Phrase(At { value: text.to_owned(), span: Default::default() });
        let found = said(&phrase("Highly unlikely")).unwrap();
        assert_eq!((found.median, found.range, found.survey.as_deref()), (0.05, [0.01, 0.2], Some("cap2026")));
        assert!(said(&phrase("a possibility")).is_none() && said(&phrase("in the stars")).is_none());
        let number = SaidValue::Number(At { value: Number { value: 30.0, percent: true }, span: Default::default() });
        let found = said(&number).unwrap();
        assert_eq!((found.median, found.range, found.survey), (0.3, [0.3, 0.3], None));
    }

    #[test]
    fn a_phrase_of_several_origins() {
        let found = look_up("Unlikely");
        assert_eq!((found.kind, found.surveyed.len(), found.yardsticks.len()), ("surveyed", 2, 5));
        assert_eq!(found.surveyed[0].survey, "cap2026");
        let unknown = look_up("unlikly");
        assert_eq!((unknown.kind, unknown.nearest.as_deref()), ("unknown", Some("unlikely")));
    }
}
