//! From texts to programs, and from programs to the outcomes of trajectories, by the engine and by the oracle.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use variorum::lower::lower;
use variorum::{Loaded, checked, load};
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::run::ChunkResult;
use variorum_model::program::{Expr, Program, QuantityKind, Query, Question};
use variorum_oracle::{History, Oracle};
use variorum_syntax::diagnostic::Severity;

/// A text as a model of one file.
pub fn loaded(text: &str) -> Loaded {
    let files = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
    load("model.vor", &files).unwrap()
}

/// The errors of a model, one to a line, with the lines that they are about.
pub fn errors(loaded: &Loaded) -> Vec<String> {
    let model = checked(loaded);
    let errors = model.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors
        .map(|found| {
            let span = found.primary.span;
            let text = loaded.files.get(span.file.0 as usize).map_or("", |file| file.text.as_str());
            let before = text.get(..span.start as usize).unwrap_or_default();
            let line = text.lines().nth(before.matches('\n').count()).unwrap_or_default();
            format!("{}: {} in `{}`", found.code.id(), found.message, line.trim())
        })
        .collect()
}

/// The programs of all readings of a model that must be right.
pub fn programs(loaded: &Loaded) -> Result<Vec<Program>, String> {
    let model = checked(loaded);
    if model.has_errors() {
        return Err(errors(loaded).join("\n"));
    }
    Ok(model.readings.into_iter().filter_map(|reading| reading.program).collect())
}

/// The programs of all readings of a model that must be right, in each of its scenarios.
pub fn played(loaded: &Loaded) -> Result<Vec<Program>, String> {
    let model = checked(loaded);
    let mut programs = Vec::new();
    for scenario in &model.shared.scenarios {
        let name = scenario.name.as_ref().map_or("", |name| name.value.as_str());
        for reading in &model.readings {
            let program = model.scenario_program(reading, scenario).map_err(|found| {
                let messages = found.iter().map(|finding| format!("{}: {}", finding.code.id(), finding.message));
                format!("{} in {name}: {}", reading.name, messages.collect::<Vec<_>>().join("; "))
            });
            programs.push(program?);
        }
    }
    Ok(programs)
}

/// The only program of a text that must be right.
pub fn program(text: &str) -> Program {
    let mut programs = programs(&loaded(text)).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    assert_eq!(programs.len(), 1, "one reading");
    programs.remove(0)
}

/// Which trajectories are run.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The seed.
    pub seed: u64,
    /// Parameter draws.
    pub draws: std::ops::Range<u64>,
    /// Trajectories per draw.
    pub per_draw: usize,
}

/// Runs a program on the engine.
pub fn chunks(program: &Program, sample: &Sample, lanes: usize, threads: usize) -> Result<Vec<ChunkResult>, String> {
    let plan = lower(program).map_err(|error| error.to_string())?;
    let settings =
        Settings { seed: sample.seed, draws: sample.draws.clone(), per_draw: sample.per_draw, lanes, threads };
    let mut chunks = Vec::new();
    let done = ensemble(&[plan], &settings, &AtomicBool::new(false), &mut |_, results| {
        chunks.extend_from_slice(results);
    });
    assert_eq!(done, Ok(sample.draws.end - sample.draws.start));
    Ok(chunks)
}

/// A program that asks, beside its own questions, for every parameter, and for every quantity, event and option at the
/// end of every step: so that nothing goes unseen, nothing is left out because nobody asks, and what differs first is
/// named first.
pub fn asking_everything(program: &Program) -> Program {
    let mut program = program.clone();
    let own = std::mem::take(&mut program.questions);
    let mut add = |name: String, value: Expr, at: u32| {
        let query = Query::Value { value, at, scale: 1.0, unit: String::new() };
        program.questions.push(Question { name, text: String::new(), query, given: None });
    };
    for (index, param) in program.params.iter().enumerate() {
        add(format!("parameter {}", param.name), Expr::Param(index), 0);
    }
    for at in 0..program.clock.steps {
        for (index, quantity) in program.quantities.iter().enumerate() {
            let what = if matches!(quantity.kind, QuantityKind::Stock { .. }) { "stock" } else { "ladder" };
            add(format!("{what} {} at step {at}", quantity.name), Expr::Quantity(index), at);
        }
        for (index, event) in program.events.iter().enumerate() {
            add(format!("event {} at step {at}", event.name), Expr::Happened(index), at);
        }
        for (choice, written) in program.choices.iter().enumerate() {
            for (option, of) in written.options.iter().enumerate() {
                let name = format!("choice {} = {} at step {at}", written.name, of.name);
                add(name, Expr::Chosen { choice, option }, at);
            }
        }
    }
    program.questions.extend(own);
    program
}

/// What went differently in the engine and in the oracle.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// Which question, trajectory, numbers.
    pub what: String,
}

/// Relative error between two numbers; 0 where both are the same, infinite where only one is a number.
pub fn relative(a: f64, b: f64) -> f64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        return 0.0;
    }
    let largest = if a.abs() > b.abs() { a.abs() } else { b.abs() };
    let error = (a - b).abs() / largest;
    if error.is_nan() { f64::INFINITY } else { error }
}

/// The largest relative error of a number: elementary functions may differ by an ulp, and steps carry that on.
pub const TOLERANCE: f64 = 1e-9;

/// Where large numbers cancel each other, what is left is as uncertain as their last bits: an error of so much of their
/// size is none. The conditions that read such numbers still have to come out the same.
const CANCELLED: f64 = 1e-12;

/// Compares engine and oracle trajectory by trajectory.
pub fn compare(program: &Program, sample: &Sample) -> Result<(), Disagreement> {
    let scenario = program.scenario.as_ref().map_or(String::new(), |scenario| format!(" in {scenario}"));
    let fail = |what: String| Err(Disagreement { what: format!("{}{scenario}: {what}", program.reading) });
    let chunks = match chunks(program, sample, 8, 1) {
        Ok(chunks) => chunks,
        Err(error) => return fail(format!("the engine refuses: {error}")),
    };
    let oracle = match Oracle::new(program, sample.seed) {
        Ok(oracle) => oracle,
        Err(error) => return fail(format!("the oracle refuses: {error}")),
    };
    for chunk in &chunks {
        for (place, draw) in chunk.draws.clone().enumerate() {
            let half = (sample.per_draw / 2) as u32;
            let trajectories = (0..2).flat_map(|part| (0..half).map(move |slot| (part, slot)));
            let histories = trajectories.map(|(part, slot)| oracle.history(draw, part, slot));
            let histories: Vec<History> = histories.collect();
            let sizes: Vec<f64> = histories.iter().map(size).collect();
            for (index, question) in program.questions.iter().enumerate() {
                let at = format!("draw {draw}, question {}", question.name);
                let is_number = matches!(question.query, Query::Value { .. });
                let mut yes = [0.0, 0.0];
                for (slot, history) in histories.iter().enumerate() {
                    let at = format!("{at}, trajectory {slot}");
                    let (found, expected) = (chunk.of_draw(place, index)[slot], history.answers[index]);
                    // A step, or none, is the same or it is not.
                    let is_close = found == expected
                        || is_number && relative(found, expected) <= TOLERANCE
                        || is_number && (found - expected).abs() <= CANCELLED * sizes[slot];
                    if !is_close {
                        return fail(format!("{at}: engine {found:e}, oracle {expected:e}"));
                    }
                    let given = chunk.given[index].get(place * sample.per_draw + slot).copied().unwrap_or(true);
                    if given != history.given[index] {
                        return fail(format!("{at}: what is given came true, engine {given}, oracle {}", !given));
                    }
                    yes[slot / (sample.per_draw / 2)] += f64::from(u8::from(given && expected.is_finite()));
                }
                let sums = [0, 1].map(|half| chunk.sum(place, half, index));
                if !is_number && sums != yes {
                    return fail(format!("{at}: engine {sums:?} yes, oracle {yes:?}"));
                }
            }
        }
    }
    Ok(())
}

/// The size of the numbers that a trajectory computes with: the largest parameter or quantity, enormous ones aside.
fn size(history: &History) -> f64 {
    let states = history.steps.iter().map(|record| &record.state.0).chain([&history.start.0, &history.params]);
    let sizes = states.flatten().map(|number| number.abs()).filter(|size| *size < 1e6);
    sizes.fold(1.0, |largest, size| if size > largest { size } else { largest })
}
