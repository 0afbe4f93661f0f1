//! Why an answer is what it is: what it rests on, what it would move with, and what each statement is worth to it.

use crate::ablate::Effect;
use crate::answers::{Answer, Provenance};
use schemars::JsonSchema;
use serde::Serialize;

/// A question explained.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// The question's name.
    pub question: String,
    /// In words.
    pub text: String,
    /// By reading.
    pub readings: Vec<ReadingExplanation>,
}

/// One reading's answer explained.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingExplanation {
    /// The reading's name.
    pub reading: String,
    /// What people are shown.
    pub title: String,
    /// Its answer.
    pub answer: Answer,
    /// What it rests on, if asked for.
    pub provenance: Option<Provenance>,
    /// What it would move with, the most important first, if asked for.
    pub drivers: Vec<Driver>,
    /// What taking away each statement and claim does, if asked for: signed, and never to be summed.
    pub effects: Vec<Effect>,
    /// Claims that carry parameters and formulas alone, with these: they need a neutral value given by hand.
    pub needs_value: Vec<String>,
}

/// A parameter, or several that are drawn together, and the variance that it is worth (semantics, section 9).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Driver {
    /// Its name; several joined by `, `.
    pub parameter: String,
    /// The statement that it belongs to, as a path.
    pub statement: String,
    /// Where that stands, as `file:line`.
    pub place: String,
    /// `cited`, `base_rate`, `wording`, `assumed` or `mixed`.
    pub origin: String,
    /// Its law as written.
    pub written: String,
    /// Share of the variance that would go if it alone were known.
    pub first: f64,
    /// Standard error.
    pub first_error: f64,
    /// Share of the variance that would be left if all else were known.
    pub total: f64,
    /// Standard error.
    pub total_error: f64,
    /// The answer where it is in the lowest and the highest fifth of its law.
    pub ends: [f64; 2],
}
