//! Shares of the variance of answers against closed forms: provenance, drivers, and their errors.
//!
//! Bounds are 4 standard errors as reported (a failure by chance once in 16,000 comparisons), and the errors themselves
//! are held against the spread over seeds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod after;
mod drivers;
mod explained;
mod ishigami;
mod provenance;
mod side;

use std::collections::BTreeMap;
use variorum::Loaded;
use variorum::model::program::{Copula, Expr, Given, Key, Program};
use variorum::run::Run;

/// Files of a model that must be sound.
fn loaded(text: &str) -> Loaded {
    let files = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
    variorum::load("model.vor", &files).unwrap()
}

/// A model with its only reading.
macro_rules! reading {
    ($loaded:ident, $model:ident, $reading:ident, $program:ident) => {
        let $model = variorum::checked(&$loaded);
        assert!(!$model.has_errors(), "{:#?}", $model.diagnostics);
        let $reading = &$model.readings[0];
        let $program = $reading.program.clone().unwrap();
    };
}
pub(crate) use reading;

/// So many parameter draws under a seed.
fn playing(seed: u64, draws: u64) -> Run {
    Run { seed, draws, ..Run::default() }
}

/// Lets two parameters take their values from one uniform number, as phrases of one source do.
fn same_number(program: &mut Program, names: [&str; 2], draw: &str) {
    for param in program.params.iter_mut().filter(|param| names.contains(&param.name.as_str())) {
        param.draw = draw.to_owned();
        param.key = Key::of(draw);
    }
}

/// Correlates the ranks of two parameters.
fn correlated(program: &mut Program, names: [&str; 2], rank: f64) {
    let params = names.map(|name| program.params.iter().position(|param| param.name == name).unwrap());
    program.copulas.push(Copula { params: params.to_vec(), ranks: vec![vec![1.0, rank], vec![rank, 1.0]] });
}

/// Asks a question only of the trajectories in which a flag is raised.
fn given(program: &mut Program, question: &str, flag: &str) {
    let quantity = program.quantities.iter().position(|quantity| quantity.name == flag).unwrap();
    let to = program.clock.steps - 1;
    let asked = program.questions.iter_mut().find(|asked| asked.name == question).unwrap();
    asked.given = Some(Given { condition: Expr::Quantity(quantity), from: 0, to });
}

/// Holds an estimate against a closed form.
fn near(what: &str, value: f64, error: f64, truth: f64) {
    assert!((value - truth).abs() <= 4.0 * error + 1e-12, "{what} is {value} +- {error} in place of {truth}");
}

/// The head of every model here.
const HEAD: &str = "model \"Shares\"\ntime monthly from 2025-01 to 2025-03\nsource s \"A source\"\n";
