//! Programs from text, observations added to them, and comparisons.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use variorum::answers::Answer;
use variorum::condition::{Conditioned, Conditioning, answer_of, condition};
use variorum::engine::ensemble::{Settings, ensemble};
use variorum::engine::run::{ChunkResult, DEFAULT_LANES};
use variorum::lower::{Reports, lower_conditioned};
use variorum::model::program::{Day, Expr, Fact, Observation, Program, Record, Report};
use variorum::run::{Run, Unwatched};
use variorum::{checked, load};

/// The only reading of a model.
pub fn program(text: &str) -> Program {
    let world: BTreeMap<String, String> = BTreeMap::from([("m.vor".to_owned(), text.to_owned())]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    let messages: Vec<String> =
        model.diagnostics.iter().map(|found| format!("{}: {}", found.code.id(), found.message)).collect();
    assert!(!model.has_errors(), "{messages:?}");
    model.readings[0].program.clone().unwrap()
}

/// An observation in a step, or in a window.
pub fn seen(fact: Fact, steps: std::ops::RangeInclusive<u32>) -> Observation {
    let name = format!("observe {fact:?} {steps:?}");
    Observation {
        name,
        from: *steps.start(),
        to: *steps.end(),
        known: Day { year: 2025, month: 1, day: 1 },
        fact,
        report: None,
    }
}

/// The same, reported.
pub fn reported(observation: Observation, hits: f64, false_alarms: f64) -> Observation {
    let report =
        Report { source: "nis".to_owned(), hits: Expr::Number(hits), false_alarms: Expr::Number(false_alarms) };
    Observation { report: Some(report), ..observation }
}

pub fn event(program: &Program, name: &str) -> usize {
    program.events.iter().position(|event| event.name == name).unwrap()
}

pub fn quantity(program: &Program, name: &str) -> usize {
    program.quantities.iter().position(|quantity| quantity.name == name).unwrap()
}

pub fn choice(program: &Program, name: &str, option: &str) -> (usize, usize) {
    let choice = program.choices.iter().position(|choice| choice.name == name).unwrap();
    (choice, program.choices[choice].options.iter().position(|known| known.name == option).unwrap())
}

pub fn record(program: &Program, steps: std::ops::RangeInclusive<u32>, events: &[&str]) -> Record {
    Record {
        name: format!("record of {events:?}"),
        from: *steps.start(),
        to: *steps.end(),
        known: None,
        events: events.iter().map(|name| event(program, name)).collect(),
        choices: Vec::new(),
    }
}

/// A conditioned run of so many draws, and no more.
pub fn conditioned(program: &Program, draws: u64, per_draw: u32, seed: u64) -> Conditioned {
    let run = Run { draws, per_draw, seed, ..Run::default() };
    let conditioning = Conditioning { effective: 0.0, ..Conditioning::default() };
    condition(program, &run, &conditioning, &Unwatched::default()).unwrap()
}

/// The same, with reports that weigh outcomes in place of steering draws.
pub fn weighed(program: &Program, draws: u64, per_draw: u32, seed: u64) -> Conditioned {
    let run = Run { draws, per_draw, seed, ..Run::default() };
    let conditioning = Conditioning { effective: 0.0, reports: Reports::Weigh, ..Conditioning::default() };
    condition(program, &run, &conditioning, &Unwatched::default()).unwrap()
}

/// The probability or mean that a question is answered with, and its standard error.
pub fn value(program: &Program, question: &str, conditioned: &Conditioned) -> (f64, f64) {
    let index = program.questions.iter().position(|asked| asked.name == question).unwrap();
    match answer_of(program, index, conditioned).unwrap().0 {
        Answer::Probability(answer) => (answer.probability, answer.error),
        Answer::Number(answer) => (answer.mean, answer.error),
        Answer::Date(answer) => (answer.ever.probability, answer.ever.error),
        Answer::Void { reason } => panic!("void: {reason}"),
    }
}

/// The 90% interval of the mean given the parameters that a question for a number is answered with.
pub fn interval(program: &Program, question: &str, conditioned: &Conditioned) -> [f64; 2] {
    let index = program.questions.iter().position(|asked| asked.name == question).unwrap();
    match answer_of(program, index, conditioned).unwrap().0 {
        Answer::Number(answer) => answer.interval,
        other => panic!("{other:?}"),
    }
}

/// Fails unless a number is within 4.5 standard errors (and rounding) of what it should be.
#[track_caller]
pub fn agrees(what: &str, (found, error): (f64, f64), expected: f64) {
    let distance = (found - expected).abs();
    assert!(distance <= 4.5 * error + 1e-9 * (1.0 + expected.abs()), "{what}: {found} ± {error}, not {expected}");
}

/// The month of a step, in models that begin with 2020: `2020-03` of step 2.
pub fn month(step: u32) -> String {
    format!("{}-{:02}", 2020 + step / 12, step % 12 + 1)
}

/// What the trajectories of so many draws do on condition of what was seen, chunk by chunk.
pub fn played(program: &Program, reports: Reports, settings: &Settings) -> Vec<ChunkResult> {
    let plans = [lower_conditioned(program, reports).unwrap().plan];
    let mut chunks = Vec::new();
    let done = ensemble(&plans, settings, &AtomicBool::new(false), &mut |_, results| chunks.extend_from_slice(results));
    assert_eq!(done, Ok(settings.draws.end - settings.draws.start));
    chunks
}

/// So many draws of so many trajectories, on one thread.
pub fn settings(seed: u64, draws: u64, per_draw: usize) -> Settings {
    Settings { seed, draws: 0..draws, per_draw, lanes: DEFAULT_LANES, threads: 1 }
}

/// Average and its standard error.
pub fn average(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}
