//! What is kept of a run, and how an answer has moved from run to run.
//!
//! The library touches neither disk nor clock: [`entry`] says what is to be kept, `variorum-ledger` keeps it, and
//! [`history`] sets side by side what was kept.

use crate::answers::{Answer, Answers, Probability, QuestionAnswers};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// What is known of a run besides its answers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Circumstances {
    /// When it was recorded, in universal time: `2025-03-01T09:30:00Z`.
    pub recorded: String,
    /// The version of the program.
    pub version: String,
    /// Where the model was read, as it was named.
    pub model: String,
    /// The last day of what was used, if that was limited.
    pub as_of: Option<String>,
    /// The day on which the last of the observations that were used was known; none without observations.
    pub observed_to: Option<String>,
}

/// A run to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What is known of it besides its answers.
    pub circumstances: Circumstances,
    /// The model's title.
    pub title: String,
    /// The model's fingerprint.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if it was interrupted.
    pub complete: bool,
    /// The scenario's name, if one was played.
    pub scenario: Option<String>,
    /// The questions in the order of the model.
    pub questions: Vec<EntryQuestion>,
}

/// A question with its answers.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryQuestion {
    /// Its name.
    pub name: String,
    /// In words.
    pub text: String,
    /// The rest of it as JSON: window, what sources said, what the world has answered.
    pub document: String,
    /// By reading, in the order of the model.
    pub answers: Vec<EntryAnswer>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryAnswer {
    /// The reading.
    pub reading: String,
    /// Parameter draws behind it.
    pub draws: u64,
    /// What people look at first, before anything was seen.
    pub figures: Figures,
    /// The same on condition of what was seen, where anything was.
    pub after: Option<Figures>,
    /// All of it as JSON.
    pub document: String,
}

/// The figures of an answer that people look at first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Figures {
    /// `probability`, `number`, `date` or `void`.
    pub kind: String,
    /// The probability (of a date: that it comes within the window at all), or the predictive median of a number; none of a
    /// void answer.
    pub value: Option<f64>,
    /// 90% interval: of the probability given the parameters, or of the outcomes of a number; none where the sample is too
    /// small.
    pub interval: Option<[f64; 2]>,
    /// Monte Carlo standard error: of the probability, or of the mean of a number.
    pub error: Option<f64>,
    /// The standard word of a probability; the unit of a number.
    pub word: String,
}

/// What is to be kept of a run.
///
/// # Errors
/// An answer cannot be written as JSON.
pub fn entry(answers: &Answers, circumstances: Circumstances) -> Result<Entry, serde_json::Error> {
    let mut questions = Vec::new();
    for question in &answers.questions {
        let mut kept = Vec::new();
        for reading in &question.readings {
            kept.push(EntryAnswer {
                reading: reading.reading.clone(),
                draws: reading.draws,
                figures: figures(&reading.answer),
                after: reading.after.as_ref().map(|after| figures(&after.answer)),
                document: serde_json::to_string(reading)?,
            });
        }
        let rest = QuestionAnswers { readings: Vec::new(), ..question.clone() };
        questions.push(EntryQuestion {
            name: question.name.clone(),
            text: question.text.clone(),
            document: serde_json::to_string(&rest)?,
            answers: kept,
        });
    }
    Ok(Entry {
        circumstances,
        title: answers.head.model.clone(),
        fingerprint: answers.head.fingerprint.clone(),
        seed: answers.head.seed,
        per_draw: answers.head.per_draw,
        complete: answers.head.complete,
        scenario: answers.scenario.clone(),
        questions,
    })
}

fn figures(answer: &Answer) -> Figures {
    let finite = |error: f64| error.is_finite().then_some(error);
    let likely = |kind: &str, answer: &Probability| Figures {
        kind: kind.to_owned(),
        value: Some(answer.probability),
        interval: answer.interval,
        error: finite(answer.error),
        word: answer.word.clone(),
    };
    match answer {
        Answer::Probability(answer) => likely("probability", answer),
        Answer::Date(answer) => likely("date", &answer.ever),
        Answer::Number(answer) => Figures {
            kind: "number".to_owned(),
            value: Some(answer.median),
            interval: Some(answer.predictive),
            error: finite(answer.error),
            word: answer.unit.clone(),
        },
        Answer::Void { .. } => Figures { kind: "void".to_owned(), ..Figures::default() },
    }
}

/// A run as it was kept, with its answers to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its number in the ledger.
    pub run: i64,
    /// What is known of it besides its answers.
    pub circumstances: Circumstances,
    /// The model's title.
    pub title: String,
    /// The model's fingerprint.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if it was interrupted.
    pub complete: bool,
    /// The scenario's name, if one was played.
    pub scenario: Option<String>,
    /// The question in words.
    pub text: String,
    /// By reading.
    pub answers: Vec<KeptAnswer>,
}

/// An answer as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptAnswer {
    /// The reading.
    pub reading: String,
    /// Parameter draws behind it.
    pub draws: u64,
    /// The figures before anything was seen.
    pub figures: Figures,
    /// The same on condition of what was seen, where anything was.
    pub after: Option<Figures>,
}

impl KeptAnswer {
    /// What is believed now: after what was seen, if anything was.
    #[must_use]
    pub fn now(&self) -> &Figures {
        self.after.as_ref().unwrap_or(&self.figures)
    }
}

/// How the answer to a question has moved. `variorum history --json` prints this.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct History {
    /// Version of this document's form.
    pub format: u32,
    /// The ledger's file.
    pub ledger: String,
    /// The question's name.
    pub question: String,
    /// In words, as last recorded.
    pub text: String,
    /// The runs in the order in which they were recorded.
    pub runs: Vec<HistoryRun>,
    /// By reading, in the order in which they first answered.
    pub readings: Vec<HistoryReading>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HistoryRun {
    /// Its number in the ledger.
    pub run: i64,
    /// What is known of it besides its answers.
    #[serde(flatten)]
    pub circumstances: Circumstances,
    /// The model's title.
    pub title: String,
    /// The model's fingerprint.
    pub fingerprint: String,
    /// The seed of all random numbers.
    pub seed: u64,
    /// Parameter draws: of the reading that has most.
    pub draws: u64,
    /// Trajectories per parameter draw.
    pub per_draw: u32,
    /// False if it was interrupted.
    pub complete: bool,
    /// The scenario's name, if one was played.
    pub scenario: Option<String>,
    /// What is not as in the run before.
    pub changed: Vec<Change>,
}

/// Something that is not as in the run before.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// `fingerprint`, `title`, `model`, `text`, `seed`, `draws`, `per_draw`, `as_of`, `observed_to`, `scenario`, `version`.
    pub what: String,
    /// What it was.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
}

/// The answers of a reading.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HistoryReading {
    /// Its name.
    pub reading: String,
    /// Its answers in the order of the runs.
    pub points: Vec<HistoryPoint>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HistoryPoint {
    /// The run's number.
    pub run: i64,
    /// The figures: after what was seen, if anything was.
    #[serde(flatten)]
    pub figures: Figures,
    /// The figures before anything was seen, where anything was.
    pub before: Option<Figures>,
    /// The value less that of the run before, if both have one and are of a kind.
    pub moved: Option<f64>,
}

/// Sets side by side what was kept of a question. The runs have to be in the order in which they were recorded.
#[must_use]
pub fn history(ledger: &str, question: &str, kept: &[Kept]) -> History {
    let mut runs: Vec<HistoryRun> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for (place, one) in kept.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| kept.get(place));
        runs.push(HistoryRun {
            run: one.run,
            circumstances: one.circumstances.clone(),
            title: one.title.clone(),
            fingerprint: one.fingerprint.clone(),
            seed: one.seed,
            draws: draws(one),
            per_draw: one.per_draw,
            complete: one.complete,
            scenario: one.scenario.clone(),
            changed: before.map_or_else(Vec::new, |before| changes(before, one)),
        });
        names.extend(one.answers.iter().map(|answer| answer.reading.as_str()).filter(|name| seen.insert(*name)));
    }
    History {
        format: 1,
        ledger: ledger.to_owned(),
        question: question.to_owned(),
        text: kept.last().map_or_else(String::new, |last| last.text.clone()),
        runs,
        readings: names.into_iter().map(|name| reading(kept, name)).collect(),
    }
}

fn draws(run: &Kept) -> u64 {
    run.answers.iter().map(|answer| answer.draws).max().unwrap_or(0)
}

fn reading(kept: &[Kept], name: &str) -> HistoryReading {
    let mut points: Vec<HistoryPoint> = Vec::new();
    for run in kept {
        let Some(answer) = run.answers.iter().find(|answer| answer.reading == name) else { continue };
        let figures = answer.now();
        let moved = points.last().filter(|before| before.figures.kind == figures.kind).and_then(|before| {
            let (from, to) = (before.figures.value?, figures.value?);
            Some(to - from)
        });
        let before = answer.after.is_some().then(|| answer.figures.clone());
        points.push(HistoryPoint { run: run.run, figures: figures.clone(), before, moved });
    }
    HistoryReading { reading: name.to_owned(), points }
}

/// What is not as in the run before, the model first.
fn changes(before: &Kept, now: &Kept) -> Vec<Change> {
    let text = |x: &str| Some(x.to_owned());
    let (old, new) = (&before.circumstances, &now.circumstances);
    let pairs = [
        ("fingerprint", text(&before.fingerprint), text(&now.fingerprint)),
        ("title", text(&before.title), text(&now.title)),
        ("model", text(&old.model), text(&new.model)),
        ("text", text(&before.text), text(&now.text)),
        ("as_of", old.as_of.clone(), new.as_of.clone()),
        ("observed_to", old.observed_to.clone(), new.observed_to.clone()),
        ("scenario", before.scenario.clone(), now.scenario.clone()),
        ("seed", Some(before.seed.to_string()), Some(now.seed.to_string())),
        ("draws", Some(draws(before).to_string()), Some(draws(now).to_string())),
        ("per_draw", Some(before.per_draw.to_string()), Some(now.per_draw.to_string())),
        ("version", text(&old.version), text(&new.version)),
    ];
    let differ = pairs.into_iter().filter(|(_, from, to)| from != to);
    differ.map(|(what, from, to)| Change { what: what.to_owned(), from, to }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(run: i64, seed: u64, answers: &[(&str, &str, f64)]) -> Kept {
        Kept {
            run,
            circumstances: Circumstances {
                recorded: format!("2025-01-0{run}T00:00:00Z"),
                version: "1".to_owned(),
                model: "m.vor".to_owned(),
                as_of: None,
                observed_to: (run > 1).then(|| "2025-01-01".to_owned()),
            },
            title: "M".to_owned(),
            fingerprint: "f".to_owned(),
            seed,
            per_draw: 16,
            complete: true,
            scenario: None,
            text: "war".to_owned(),
            answers: answers
                .iter()
                .map(|(reading, kind, value)| {
                    let figures =
                        |value| Figures { kind: (*kind).to_owned(), value: Some(value), ..Figures::default() };
                    // From the second run on something was seen, which adds 1 to every answer.
                    let after = (run > 1).then(|| figures(*value));
                    let first = if run > 1 { *value - 1.0 } else { *value };
                    KeptAnswer { reading: (*reading).to_owned(), draws: 10, figures: figures(first), after }
                })
                .collect(),
        }
    }

    #[test]
    fn moves_and_what_changed() {
        let runs = [
            kept(1, 1, &[("a", "probability", 0.25), ("b", "probability", 0.5)]),
            kept(2, 1, &[("b", "number", 3.0)]),
            kept(3, 2, &[("b", "number", 5.0), ("a", "probability", 0.75)]),
        ];
        let found = history("l", "q", &runs);
        let moves: Vec<Vec<Option<f64>>> =
            found.readings.iter().map(|reading| reading.points.iter().map(|point| point.moved).collect()).collect();
        assert_eq!(moves, [vec![None, Some(0.5)], vec![None, None, Some(2.0)]]);
        let changed: Vec<Vec<&str>> =
            found.runs.iter().map(|run| run.changed.iter().map(|change| change.what.as_str()).collect()).collect();
        assert_eq!(changed, [vec![], vec!["observed_to"], vec!["seed"]]);
        let before = &found.readings[1].points;
        assert!(before[0].before.is_none());
        assert_eq!(before[1].before.as_ref().and_then(|figures| figures.value), Some(2.0));
        assert_eq!(history("l", "q", &[]).runs, []);
    }
}
