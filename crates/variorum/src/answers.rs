//! Answers as plain data: the one document that the terminal, reports and other programs render.

use schemars::JsonSchema;
use serde::Serialize;

/// The answers of a run. `variorum run --json` prints this; `variorum schema` describes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answers {
    /// Version of this document's form.
    pub format: u32,
    /// The model's title.
    pub model: String,
    /// Hash of the model's files: the same model gives the same answers.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if the run was interrupted: the answers then rest on fewer draws.
    pub complete: bool,
    /// First and last step's date.
    pub time: [String; 2],
    /// The questions in the order of the model.
    pub questions: Vec<QuestionAnswers>,
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
    /// By reading, in the order of the model.
    pub readings: Vec<ReadingAnswer>,
    /// What sources themselves said to it.
    pub said: Vec<Said>,
    /// What the world has answered.
    pub resolved: Option<Resolution>,
}

/// One reading's answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingAnswer {
    /// The reading's name.
    pub reading: String,
    /// Parameter draws behind the answer.
    pub draws: u64,
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
}

/// How likely a yes is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Probability {
    /// The probability.
    pub probability: f64,
    /// Approximate 90% interval of the probability given the parameters: what not knowing the parameters is worth.
    /// None where the sample is too small to tell it from chance.
    pub interval: Option<[f64; 2]>,
    /// The estimate of the variance of the probability given the parameters, behind the interval; by chance below 0.
    pub variance: f64,
    /// Monte Carlo standard error of the probability, clustered by parameter draw.
    pub error: f64,
    /// The standard word of estimative probability with its range.
    pub word: String,
    /// Why the answer is exactly 0 or 1, or what bound the sample supports; none otherwise.
    pub reason: Option<String>,
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
    /// Predictive standard deviation.
    pub deviation: f64,
    /// Mean.
    pub mean: f64,
    /// Approximate 90% interval of the mean given the parameters.
    pub interval: [f64; 2],
    /// Monte Carlo standard error of the mean, clustered by parameter draw.
    pub error: f64,
}

/// A source's own forecast. Its words become numbers in a later version.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Said {
    /// The source.
    pub source: String,
    /// Its words of probability.
    pub phrase: String,
    /// Anchors of the passage.
    pub anchors: Vec<String>,
    /// Why the modeller supplied the window of time, if the source named none.
    pub window_assumed: Option<String>,
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

impl ReadingAnswer {
    /// The Monte Carlo standard error.
    #[must_use]
    pub fn error(&self) -> f64 {
        match &self.answer {
            Answer::Probability(answer) => answer.error,
            Answer::Number(answer) => answer.error,
        }
    }
}
