//! What a crux is for other programs and for people.

use crate::compare::{StanceRow, places};
use crate::statements::StatementRow;
use schemars::JsonSchema;
use serde::Serialize;
use variorum_model::model::{Model, ReadingOf, verb};

/// What divides two readings. `variorum crux A B --json` prints this; `variorum schema crux` describes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Crux {
    /// The model's title.
    pub model: String,
    /// Hash of the model's files.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if it was interrupted.
    pub complete: bool,
    /// Whether all answers are those on condition of what was seen.
    pub given_observed: bool,
    /// Whether anything was seen at all.
    pub observed: bool,
    /// The readings; signs are those of the second less the first.
    pub readings: [String; 2],
    /// What people are shown of them.
    pub titles: [String; 2],
    /// The questions that were asked for, or the one on which the readings differ most.
    pub questions: Vec<CruxQuestion>,
    /// How far they differ on the others.
    pub others: Vec<Gap>,
}

/// What divides two readings on a question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CruxQuestion {
    /// The question's name.
    pub question: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// For a conditional question, when its condition has to come true.
    pub given: Option<[String; 2]>,
    /// The unit of a number (empty for plain ones); none for a probability.
    pub unit: Option<String>,
    /// The answers of both readings: probabilities or means. Not a number (null) where a condition never came true; so below.
    #[schemars(with = "[Option<f64>; 2]")]
    pub answers: [f64; 2],
    /// The second answer less the first.
    #[schemars(with = "Option<f64>")]
    pub difference: f64,
    /// Its standard error, clustered by draw.
    #[schemars(with = "Option<f64>")]
    pub error: f64,
    /// The predictive standard deviation of the answer: of a yes or no that of 0 and 1; root mean square of both readings.
    #[schemars(with = "Option<f64>")]
    pub deviation: f64,
    /// Parameter draws.
    pub draws: u64,
    /// Trajectories of each that were played.
    pub per_draw: u32,
    /// On condition of what was seen, the smallest effective sample size over draws of the mixtures that were played; none
    /// otherwise.
    pub effective: Option<f64>,
    /// How the values were found.
    pub method: Method,
    /// The largest error of a value that was aimed at.
    #[schemars(with = "Option<f64>")]
    pub wanted: f64,
    /// What divides them, what is worth most first. The values add up to the difference.
    pub players: Vec<Divider>,
    /// A mixture of the readings in which the condition never came true, so that there are no values: the paths that it
    /// takes from the second reading, all else being the first's.
    pub void: Option<Vec<String>>,
}

/// How values are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    /// From all mixtures of the two readings.
    Mixtures {
        /// How many.
        count: u64,
    },
    /// From some of the orders in which statements may change sides.
    Orders {
        /// How many.
        count: u64,
    },
}

/// Statements that divide two readings, and what they are worth together: what the second reading's version in place of the
/// first's adds to the answer, averaged over the orders in which all that divides the readings may change sides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Divider {
    /// The Shapley value, in points of probability as a share (0.1 is ten points), or in units of the mean.
    #[schemars(with = "Option<f64>")]
    pub value: f64,
    /// Its standard error, of chance and of the choice of orders together.
    #[schemars(with = "Option<f64>")]
    pub error: f64,
    /// False if it cannot bear on the question in any mixture, so that the value is 0.
    pub bears: bool,
    /// One statement, or several that need each other.
    pub statements: Vec<Divided>,
}

/// A statement on which two readings part.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Divided {
    /// Its path; without entities where it is said of several.
    pub path: String,
    /// The paths that it stands for.
    pub paths: Vec<String>,
    /// Its keyword.
    pub kind: String,
    /// What people are shown; empty where it has no title.
    pub title: String,
    /// What each reading has.
    pub sides: [Side; 2],
}

/// A reading's version of a statement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Side {
    /// The reading.
    pub reading: String,
    /// `own` (the reading says it itself), `shared` (it has what all share), `off` (it switches it off), or `absent`.
    pub state: String,
    /// The text as written, without its reasons, on one line; of what is switched off what would stand there.
    pub written: String,
    /// Of a choice, its options as written, as far as the other reading has them otherwise.
    pub options: Vec<String>,
    /// What people are shown; empty where it has no title.
    pub title: String,
    /// Where it stands, as `file:line`; empty where it is absent.
    pub place: String,
    /// How it stands to the reading's author: `own`, `borrowed`, `contested` or `unsupported`; empty where it is absent.
    pub standing: String,
    /// The claims behind it, with who says what of them.
    pub because: Vec<Behind>,
    /// Where its numbers come from: `cited`, `base_rate`, `wording`, `assumed` or `none`.
    pub origin: String,
    /// The same in words: the anchor, the reference class, the judgement.
    pub origin_text: String,
}

/// A claim behind a statement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Behind {
    /// Its key.
    pub claim: String,
    /// In the modeller's words.
    pub text: String,
    /// What the sources that the reading voices say of it; of a claim on which they are silent, what others say.
    pub stances: Vec<StanceRow>,
}

/// How far two readings differ on a question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gap {
    /// The question's name.
    pub question: String,
    /// In words.
    pub text: String,
    /// The unit of a number (empty for plain ones); none for a probability.
    pub unit: Option<String>,
    /// The answers of both readings: probabilities or means; null where a condition never came true.
    #[schemars(with = "[Option<f64>; 2]")]
    pub answers: [f64; 2],
    /// The second answer less the first.
    #[schemars(with = "Option<f64>")]
    pub difference: f64,
    /// Its standard error, clustered by draw.
    #[schemars(with = "Option<f64>")]
    pub error: f64,
    /// The predictive standard deviation of the answer; see [`CruxQuestion::deviation`].
    #[schemars(with = "Option<f64>")]
    pub deviation: f64,
    /// What errors are measured by: 1 for a probability, twice the larger deviation of the readings for a number.
    #[schemars(with = "Option<f64>")]
    pub scale: f64,
}

/// What divides every two readings. `variorum crux --all --json` prints this; `variorum schema crux-all` describes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CruxAll {
    /// The model's title.
    pub model: String,
    /// Hash of the model's files.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if it was interrupted.
    pub complete: bool,
    /// Whether anything was seen; the answers are those before it.
    pub observed: bool,
    /// The readings in the order of the model.
    pub readings: Vec<String>,
    /// The question that was asked for; none: of each pair the one on which it differs most.
    pub question: Option<String>,
    /// Every two readings, the first of each before the second in the order of the model.
    pub pairs: Vec<CruxPair>,
}

/// What divides two readings most.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CruxPair {
    /// The readings.
    pub readings: [String; 2],
    /// How far they differ, on which question.
    pub gap: Gap,
    /// The same with what divides them; none if it was interrupted before, or is left out.
    pub crux: Option<CruxQuestion>,
    /// Whether it is left out what divides them, since its values would not have become precise enough within the work that
    /// was allowed.
    pub left_out: bool,
}

impl CruxPair {
    /// What divides them most.
    #[must_use]
    pub fn most(&self) -> Option<&Divider> {
        self.crux.as_ref()?.players.first().filter(|divider| divider.value != 0.0)
    }
}

impl Gap {
    /// The difference in predictive standard deviations, without its sign: what makes probabilities and numbers comparable.
    #[must_use]
    pub fn deviations(&self) -> f64 {
        if self.difference == 0.0 { 0.0 } else { self.difference.abs() / self.deviation }
    }
}

impl Side {
    /// A reading's version, by its row among the reading's statements.
    pub(crate) fn of(model: &Model<'_>, reading: &ReadingOf<'_>, row: Option<&StatementRow>) -> Side {
        let name = reading.name.clone();
        let Some(row) = row else {
            return Side {
                reading: name,
                state: "absent".to_owned(),
                written: String::new(),
                options: Vec::new(),
                title: String::new(),
                place: String::new(),
                standing: String::new(),
                because: Vec::new(),
                origin: "none".to_owned(),
                origin_text: String::new(),
            };
        };
        let state = match (row.off, row.own) {
            (true, _) => "off",
            (_, true) => "own",
            _ => "shared",
        };
        Side {
            reading: name,
            state: state.to_owned(),
            written: row.written.clone(),
            options: Vec::new(),
            title: row.title.clone(),
            place: format!("{}:{}", row.file, row.line),
            standing: row.standing.clone(),
            because: row.because.iter().filter_map(|claim| behind(model, reading, claim)).collect(),
            origin: row.origin.clone(),
            origin_text: row.origin_text.clone(),
        }
    }
}

fn behind(model: &Model<'_>, reading: &ReadingOf<'_>, key: &str) -> Option<Behind> {
    let claim = model.shared.claims.get(key)?;
    let is_voiced = |source: &str| reading.voices.contains(source);
    let any = claim.stances.iter().any(|line| is_voiced(&line.source.value));
    let stances = claim.stances.iter().filter(|line| !any || is_voiced(&line.source.value)).map(|line| StanceRow {
        source: line.source.value.clone(),
        stance: verb(line.stance.value).to_owned(),
        anchors: places(line),
    });
    Some(Behind {
        claim: key.to_owned(),
        text: claim.text.as_ref().map_or(String::new(), |text| text.value.clone()),
        stances: stances.collect(),
    })
}
