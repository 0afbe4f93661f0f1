//! Answers as plain data: the one document that the terminal, reports and other programs render.

use crate::evidence::{Evidence, Pooled};
use schemars::JsonSchema;
use serde::Serialize;

/// What was run, and how: the head of every document. Its fields stand among those of the document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Head {
    /// The model's title.
    pub model: String,
    /// Hash of what the model means: the same model gives the same answers.
    pub fingerprint: String,
    /// Nothing is used that became known after this day; none: all is used.
    pub as_of: Option<String>,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw; 0 where the model was solved exactly, without any.
    pub per_draw: u32,
    /// False if the run was interrupted: the answers then rest on fewer draws.
    pub complete: bool,
    /// First and last step's date.
    pub time: [String; 2],
}

/// The answers of a run. `variorum run --json` prints this; `variorum schema` describes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answers {
    /// Version of this document's form.
    pub format: u32,
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// The questions in the order of the model.
    pub questions: Vec<QuestionAnswers>,
    /// The scenario's name, if one is played.
    pub scenario: Option<String>,
    /// What was seen, and how the readings stand to it; none where nothing was seen, or it was left aside.
    pub evidence: Option<Evidence>,
    /// What was out of the ordinary while running.
    pub notes: Vec<String>,
}

/// The answers to one question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct QuestionAnswers {
    /// The question's name.
    pub name: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// For a conditional question, when its condition has to come true.
    pub given: Option<[String; 2]>,
    /// For a conditional question, its condition as written: `talks by 2025-06`.
    pub condition: Option<String>,
    /// By reading, in the order of the model.
    pub readings: Vec<ReadingAnswer>,
    /// What sources themselves said to it.
    pub said: Vec<Said>,
    /// What the world has answered.
    pub resolved: Option<Resolution>,
    /// The answers of all readings in one, where something was seen.
    pub pooled: Option<Pooled>,
}

/// One reading's answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingAnswer {
    /// The reading's name.
    pub reading: String,
    /// Parameter draws behind the answer; 0 in an exact solution, in which all errors are 0.
    pub draws: u64,
    /// For a conditional question: how often its condition came true. Only these trajectories answer.
    pub given: Option<Condition>,
    /// What the answer rests on, where it was measured.
    pub provenance: Option<Provenance>,
    /// The answer, before anything was seen.
    #[serde(flatten)]
    pub answer: Answer,
    /// The answer on condition of what was seen; none where nothing was, or the reading has it in no trajectory.
    pub after: Option<After>,
}

/// An answer on condition of what was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct After {
    /// For a conditional question: how often its own condition came true among what agrees with what was seen.
    pub given: Option<Condition>,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
}

/// A probability or a number.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// Of a question that is answered by yes or no.
    Probability(Probability),
    /// Of a question that is answered by a number.
    Number(Number),
    /// Of a question that is answered by a date.
    Date(FirstDate),
    /// Of a conditional question whose condition never came true.
    Void {
        /// Why there is no answer: structural, or that it was not seen among so many trajectories.
        reason: String,
    },
}

/// How often the condition of a conditional question comes true.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Condition {
    /// Its probability.
    pub probability: f64,
    /// Monte Carlo standard error of the probability, clustered by parameter draw.
    pub error: f64,
    /// Trajectories in which it came true; 0 in an exact solution.
    pub trajectories: u64,
}

/// How likely a yes is by a date.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CurvePoint {
    /// The step's date.
    pub date: String,
    /// Probability of a yes at the end of this step or before.
    pub probability: f64,
    /// Approximate 90% interval of that probability given the parameters; none as for [`Probability::interval`].
    pub interval: Option<[f64; 2]>,
}

/// When something first comes true.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FirstDate {
    /// How likely it comes true within the window at all.
    pub ever: Probability,
    /// The dates by which it has come true with probabilities of 5%, 50% and 95%; none: not within the window.
    pub quantiles: [Option<String>; 3],
    /// The same among the trajectories in which it comes true; none if there is none.
    pub if_ever: [Option<String>; 3],
}

/// What an answer rests on (semantics, section 1).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Provenance {
    /// Shapley shares of the variance of the answer over parameter draws, by where numbers come from; those above 0 add up
    /// to one with those that come out below by chance. Empty where nothing uncertain bears on the answer.
    pub shares: Vec<OriginShare>,
    /// The variance that is shared out: of the probability, or of the mean, given the parameters.
    pub variance: f64,
    /// Its standard error: where it is not well below the variance, the shares mean little.
    pub variance_error: f64,
    /// The statements on which the answer can depend, by how they stand to the reading's author.
    pub standings: Standings,
}

/// A group of parameters and what it contributes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OriginShare {
    /// `cited`, `base_rate`, `wording`, `assumed`, or `mixed` where correlated parameters are of several kinds.
    pub origin: String,
    /// Uncertain parameters in it on which the answer can depend.
    pub parameters: usize,
    /// Its share of the variance.
    pub share: f64,
    /// The share's standard error.
    pub error: f64,
}

/// How many statements stand how to a reading's author.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct Standings {
    /// The author asserts a claim behind it.
    pub own: usize,
    /// Claims are behind it on which the author is silent.
    pub borrowed: usize,
    /// The author doubts or denies a claim behind it, and the reading keeps it.
    pub contested: usize,
    /// No claim is behind it.
    pub unsupported: usize,
}

/// How likely a yes is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Probability {
    /// The probability.
    pub probability: f64,
    /// Approximate 90% interval of the probability given the parameters: what not knowing the parameters is worth.
    /// None where the sample is too small to tell it from chance.
    pub interval: Option<[f64; 2]>,
    /// The estimate of the variance of the probability given the parameters, behind the interval; by chance below 0, and none
    /// (in JSON null) where too few trajectories meet the question's condition.
    #[schemars(with = "Option<f64>")]
    pub variance: f64,
    /// Monte Carlo standard error of the probability, clustered by parameter draw.
    pub error: f64,
    /// The standard word of estimative probability with its range.
    pub word: String,
    /// Why the answer is exactly 0 or 1, or what bound the sample supports; none otherwise.
    pub reason: Option<String>,
    /// How likely it is by each step of the window; empty for a moment.
    pub curve: Vec<CurvePoint>,
}

/// How large a number is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Number {
    /// The unit; empty for plain numbers.
    pub unit: String,
    /// Predictive median.
    pub median: f64,
    /// Predictive 90% interval: parameters and chance.
    pub predictive: [f64; 2],
    /// Predictive quantiles of 0.5%, 2.5%, 5%, 10%, 15% … 90%, 95%, 97.5%, 99.5%, as pairs of probability and value: for
    /// plots of the density.
    pub quantiles: Vec<[f64; 2]>,
    /// Predictive standard deviation.
    pub deviation: f64,
    /// Mean.
    pub mean: f64,
    /// Approximate 90% interval of the mean given the parameters.
    pub interval: [f64; 2],
    /// Monte Carlo standard error of the mean, clustered by parameter draw.
    pub error: f64,
}

/// A source's own forecast.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Said {
    /// The source.
    pub source: String,
    /// Its words of probability, or its number as written.
    pub phrase: String,
    /// What surveyed readers take the words to mean, or the number; none for words that stand for no number, which are
    /// recorded and never scored.
    pub meaning: Option<Meaning>,
    /// Anchors of the passage.
    pub anchors: Vec<String>,
    /// Why the modeller supplied the window of time, if the source named none.
    pub window_assumed: Option<String>,
}

/// What words of probability mean to readers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Meaning {
    /// Median of the readers; or the number.
    pub median: f64,
    /// 5% and 95% quantile of the readers; twice the number for a number.
    pub range: [f64; 2],
    /// The survey; none for a number.
    pub survey: Option<String>,
}

/// What the world has answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Resolution {
    /// `yes`, `no`, `void` or a number.
    pub outcome: String,
    /// When it was known.
    pub on: Option<String>,
    /// Who says so.
    pub from: Option<String>,
}

impl Provenance {
    /// The shares as people are shown them, which add up to one. The estimates are unbiased, so that by chance one may
    /// come out below 0 and others above one for it: what is below 0 is left out, and the rest is scaled.
    #[must_use]
    pub fn shown(&self) -> Vec<(&OriginShare, f64)> {
        let above = || self.shares.iter().filter(|share| share.share > 0.0);
        let all = above().fold(0.0, |sum, share| sum + share.share);
        above().map(|share| (share, share.share / all)).collect()
    }
}

impl Answers {
    /// Whether the model was solved exactly.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.head.per_draw == 0
    }
}

impl ReadingAnswer {
    /// The Monte Carlo standard error.
    #[must_use]
    pub fn error(&self) -> f64 {
        match &self.answer {
            Answer::Probability(answer) => answer.error,
            Answer::Number(answer) => answer.error,
            Answer::Date(answer) => answer.ever.error,
            Answer::Void { .. } => f64::NAN,
        }
    }
}
