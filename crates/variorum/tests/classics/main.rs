//! The models of `models/classics` against the results that they reproduce.
//!
//! Each reference is computed here from the formula of the theory, with the platform's mathematics and without a line of
//! the engine or the oracle. Random answers have to lie within 4.5 of their standard errors (7 in a million), with a
//! fixed seed; deterministic ones within what the explicit scheme owes to its step, which is measured by halving it.
//! What was seen to fail is said at each test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, and its references are to share no mathematics with the engine"
)]

mod centipede;
mod deterrence;
mod epidemic;
mod lanchester;
mod richardson;
mod verhulst;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use variorum::answers::Answer;
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/classics").canonicalize().unwrap()
}

/// The model of a folder of `models/classics`.
fn model(name: &str) -> String {
    std::fs::read_to_string(folder().join(name).join("model.vor")).unwrap()
}

/// The same model with steps of another length, `yearly` or `4 per month`.
fn with_steps(text: &str, cadence: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("time ")).unwrap();
    let (_, dates) = line.split_once(" from ").unwrap();
    text.replace(line, &format!("time {cadence} from {dates}"))
}

/// What a reading answers to a question: a probability (of a first date, that there is one), or a number's mean and
/// median.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// The probability, or the mean.
    value: f64,
    /// Its standard error.
    error: f64,
    /// The median of a number; for a probability the same as `value`.
    median: f64,
}

/// The answers of a model.
struct Answered(BTreeMap<(String, String), Found>);

impl Answered {
    /// The answers of a model, each draw of its parameters played 16 times.
    fn new(text: &str, draws: u64) -> Answered {
        Answered::played(text, &Run { draws, ..Run::default() })
    }

    fn played(text: &str, settings: &Run) -> Answered {
        let files = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
        let loaded = load("model.vor", &files).unwrap();
        let model = checked(&loaded);
        assert!(model.diagnostics.is_empty(), "{:?}", model.diagnostics);
        let programs = check::programs(&model, &[]).unwrap();
        let answers = run(&model, &programs, settings, &Unwatched::default()).unwrap();
        let mut found = BTreeMap::new();
        for question in &answers.questions {
            for reading in &question.readings {
                let (value, median) = match &reading.answer {
                    Answer::Probability(answer) => (answer.probability, answer.probability),
                    Answer::Number(answer) => (answer.mean, answer.median),
                    Answer::Date(answer) => (answer.ever.probability, answer.ever.probability),
                    Answer::Void { reason } => panic!("{}: {reason}", question.name),
                };
                let key = (question.name.clone(), reading.reading.clone());
                found.insert(key, Found { value, error: reading.error(), median });
            }
        }
        Answered(found)
    }

    /// The answers of a model in which nothing is left to chance: one draw shows all.
    fn certain(text: &str) -> Answered {
        Answered::ignorant(text, 2)
    }

    /// The answers of a model in which nothing is left to chance but the parameters: two trajectories show all of a draw.
    fn ignorant(text: &str, draws: u64) -> Answered {
        Answered::played(text, &Run { draws, per_draw: 2, ..Run::default() })
    }

    fn get(&self, question: &str, reading: &str) -> Found {
        *self.0.get(&(question.to_owned(), reading.to_owned())).unwrap_or_else(|| panic!("{question}@{reading}"))
    }

    fn value(&self, question: &str, reading: &str) -> f64 {
        self.get(question, reading).value
    }

    /// Fails unless the answer is `wanted` within 4.5 standard errors.
    fn agrees(&self, question: &str, reading: &str, wanted: f64) {
        let Found { value, error, .. } = self.get(question, reading);
        assert!(error > 0.0, "{question}@{reading}: {value} has no error");
        assert!((value - wanted).abs() < 4.5 * error, "{question}@{reading}: {value} +- {error}, and it is {wanted}");
    }
}

/// Fails unless `found` is `wanted` within a share `tolerance` of it.
fn close(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{what}: {found}, and it is {wanted}");
}

/// Fails unless each error is `2^order` times the next, `order` being 1 within `tolerance`: the steps are halved from one
/// error to the next.
fn first_order(what: &str, errors: &[f64], tolerance: f64) {
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((order - 1.0).abs() < tolerance, "{what}: order {order} in {errors:?}");
    }
}

/// Every model is listed, has a page, and is without warnings.
#[test]
fn every_model_has_a_page_and_no_warnings() {
    let index = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(index.contains(&format!("]({name}/README.md)")), "the index does not list {name}");
        let page = std::fs::read_to_string(path.join("README.md")).unwrap();
        assert!(page.contains("```expect"), "{name} states no answers");
        let text = model(&name);
        assert!(text.contains("\nreading baseline "), "{name} has no baseline");
        // `Answered::new` fails on any finding, warnings included.
        assert!(!Answered::new(&text, 100).0.is_empty(), "{name} has no questions");
        seen += 1;
    }
    assert_eq!(seen, 6);
}
