//! What if: the same trajectories in the world as it is and with an intervention.

use crate::answers::Answer;
use schemars::JsonSchema;
use serde::Serialize;

/// Scenarios side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIf {
    /// The model's title.
    pub model: String,
    /// Hash of the model's files.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if the run was interrupted.
    pub complete: bool,
    /// First and last step's date.
    pub time: [String; 2],
    /// What is compared with the world as it is.
    pub scenarios: Vec<Played>,
    /// The questions in the order of the model.
    pub questions: Vec<WhatIfQuestion>,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// A scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Played {
    /// Its name, or the line that was given.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// What is done in it, line by line as written.
    pub actions: Vec<String>,
}

/// One question in all scenarios.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfQuestion {
    /// Its name.
    pub name: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// By reading.
    pub readings: Vec<WhatIfReading>,
}

/// One reading's answers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfReading {
    /// The reading's name.
    pub reading: String,
    /// The answer in the world as it is.
    pub without: Answer,
    /// The answers in the scenarios, in their order.
    pub scenarios: Vec<WhatIfAnswer>,
}

/// An answer in a scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfAnswer {
    /// The scenario's name.
    pub scenario: String,
    /// The answer in it.
    pub answer: Answer,
    /// By how much it moves the probability or the mean, on the same random numbers; none where either is void.
    pub difference: Option<f64>,
    /// Its standard error, clustered by draw.
    pub error: Option<f64>,
}
