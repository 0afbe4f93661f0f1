//! What the shipped model has to keep, whatever its numbers: no bare 0% or 100%, and a step that does not matter.
//!
//! `cargo test --release -p variorum --test shipped`

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use variorum::answers::{Answer, Answers};
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load, shipped};

/// Answers without the observations, with the root file's line of time replaced.
fn answers(time: &str, draws: u64) -> Answers {
    let mut files = shipped::files();
    let root = files.get_mut(shipped::ROOT).unwrap();
    assert!(root.contains("time monthly from"));
    *root = root.replace("time monthly from", time).replace("use \"observations.vor\"\n", "");
    let loaded = load(shipped::ROOT, &files).unwrap();
    let model = checked(&loaded);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let programs = check::programs(&model, &[]).unwrap();
    run(&model, &programs, &Run { draws, ..Run::default() }, &Unwatched::default()).unwrap()
}

/// The mean or probability, its Monte Carlo error, and how wide its 90% interval is: of a number, that of the outcomes.
fn place(answer: &Answer) -> Option<(f64, f64, f64)> {
    let width = |interval: [f64; 2]| interval[1] - interval[0];
    match answer {
        Answer::Probability(answer) => Some((answer.probability, answer.error, width(answer.interval?))),
        Answer::Date(answer) => Some((answer.ever.probability, answer.ever.error, width(answer.ever.interval?))),
        Answer::Number(answer) => Some((answer.mean, answer.error, width(answer.predictive))),
        Answer::Void { .. } => None,
    }
}

#[test]
fn nothing_is_certain_without_a_reason() {
    for question in &answers("time monthly from", 1250).questions {
        for reading in &question.readings {
            if let Answer::Probability(answer) = &reading.answer
                && (answer.probability == 0.0 || answer.probability == 1.0)
            {
                assert!(answer.reason.is_some(), "{} in {}: {}", question.name, reading.reading, answer.probability);
            }
        }
    }
}

/// Half months against months: within a tenth of the interval, and the Monte Carlo error of both.
#[test]
fn halving_the_step_moves_no_answer() {
    let (whole, half) = (answers("time monthly from", 4096), answers("time 2 per month from", 4096));
    let mut moved = Vec::new();
    for (a, b) in whole.questions.iter().zip(&half.questions) {
        for (x, y) in a.readings.iter().zip(&b.readings) {
            let (Some(x_place), Some(y_place)) = (place(&x.answer), place(&y.answer)) else { continue };
            let error = (x_place.1 * x_place.1 + y_place.1 * y_place.1).sqrt();
            if (x_place.0 - y_place.0).abs() > 0.1 * x_place.2 + 3.0 * error {
                moved.push(format!("{} in {}: {x_place:?}, {y_place:?}", a.name, x.reading));
            }
        }
    }
    assert!(moved.is_empty(), "{}", moved.join("\n"));
}
