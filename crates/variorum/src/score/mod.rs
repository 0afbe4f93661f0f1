//! Who was right so far: forecasts against what the world has answered.
//!
//! [`rules`] has the scores of one forecast, [`moments`] means with their uncertainty, [`calibration`] whether what was
//! given 30% comes true in 30% of cases. [`model`] scores the readings of a model and what sources said themselves;
//! [`list`] any list of forecasts and outcomes.

pub mod calibration;
pub mod list;
pub mod model;
pub mod moments;
pub mod rules;

use moments::Moments;
use schemars::JsonSchema;
use serde::Serialize;

/// The name that the forecast of always 50% goes by.
pub const EVEN: &str = "50%";

/// A mean of paired differences.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Paired {
    /// The mean of the differences: the score of the one less that of the other, question by question.
    pub mean: f64,
    /// Its standard error; none with fewer than two questions.
    pub error: Option<f64>,
    /// 90% interval by Student's t with n - 1 degrees of freedom, as if questions had nothing to do with each other; none
    /// with fewer than two.
    pub interval: Option<[f64; 2]>,
}

impl Paired {
    /// Of differences.
    #[must_use]
    pub fn of(differences: &Moments) -> Paired {
        Paired { mean: differences.mean(), error: differences.error(), interval: differences.interval() }
    }
}

/// One forecaster against another, over the questions that both have answered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// Against whom.
    pub against: String,
    /// Questions that both have answered.
    pub n: u64,
    /// Of the Brier score: below 0 is better than the other.
    pub brier: Paired,
    /// Of the log score: above 0 is better than the other. None where either is minus infinity somewhere.
    pub log: Option<Paired>,
}

/// Mean scores over some questions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Means {
    /// Questions, or forecasts, that were scored.
    pub n: u64,
    /// Mean Brier score, from 0 (best) to 1.
    pub brier: f64,
    /// Mean log score in bits, at most 0 (best); none: minus infinity.
    pub log: Option<f64>,
    /// Forecasts of exactly 0% or 100% of which the opposite came true: the log score of each is minus infinity, and so is
    /// the mean.
    pub infinite: u64,
}

/// Sums the scores of forecasts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Brier scores.
    pub brier: Moments,
    /// Log scores, as far as they are finite.
    pub log: Moments,
    /// Log scores that are not.
    pub infinite: u64,
}

impl Sums {
    /// Adds a forecast.
    pub fn add(&mut self, probability: f64, yes: bool) {
        self.brier.add(rules::brier(probability, yes));
        match rules::log(probability, yes) {
            log if log.is_finite() => self.log.add(log),
            _ => self.infinite += 1,
        }
    }

    /// Adds what was summed apart.
    pub fn merge(&mut self, other: &Sums) {
        self.brier.merge(&other.brier);
        self.log.merge(&other.log);
        self.infinite += other.infinite;
    }

    /// The means; none of nothing.
    #[must_use]
    pub fn means(&self) -> Option<Means> {
        (self.brier.n() > 0).then(|| Means {
            n: self.brier.n(),
            brier: self.brier.mean(),
            log: (self.infinite == 0).then(|| self.log.mean()),
            infinite: self.infinite,
        })
    }
}
