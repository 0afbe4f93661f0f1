//! What has no exact solution, and what is said of it.

use std::sync::atomic::AtomicBool;

use variorum_exact::{ExactError, Limits, solve};
use variorum_model::program::{Copula, Expr, Key, Law, Program};

use crate::build::*;

fn refusal(program: &Program, limits: &Limits) -> ExactError {
    solve(program, limits, &AtomicBool::new(false), &mut |_, _| ()).unwrap_err()
}

fn counting(steps: u32) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, None, None), ladder(2, 0.0)];
    program.events =
        vec![event("shot", None, hazard(1.0), &[add(0, 1.0)]), event("up", None, hazard(1.0), &[set(1, 1.0)])];
    program.questions = vec![ask(plus(quantity(0), quantity(1)), steps - 1)];
    program
}

#[test]
fn a_parameter_with_an_interval() {
    let mut program = counting(2);
    program.params = vec![param(Law::Beta { a: 1.0, b: 2.0 })];
    // Nothing depends on it yet.
    assert!(solve(&program, &Limits::default(), &AtomicBool::new(false), &mut |_, _| ()).is_ok());
    program.events[0].when = Some(Expr::Param(0));
    let found = refusal(&program, &Limits::default());
    assert_eq!(found, ExactError::Uncertain { param: "param".into() });
    assert!(found.to_string().contains("`param`") && found.to_string().contains("oneof"), "{found}");
    // An event on which no question depends.
    program.questions = vec![ask(quantity(1), 1)];
    assert!(solve(&program, &Limits::default(), &AtomicBool::new(false), &mut |_, _| ()).is_ok());
}

#[test]
fn correlated_and_too_many_values() {
    let mut program = counting(2);
    let law = Law::OneOf((0..20).map(|value| (f64::from(value), 0.05)).collect());
    program.params = ["a", "b", "c"]
        .map(|name| variorum_model::program::Param { name: name.into(), key: Key::of(name), ..param(law.clone()) })
        .into();
    program.questions = vec![ask(plus(Expr::Param(0), plus(Expr::Param(1), Expr::Param(2))), 0)];
    let found = refusal(&program, &Limits::default());
    assert!(matches!(&found, ExactError::Combinations { combinations: 8000, values: 20, .. }), "{found:?}");
    program.copulas = vec![Copula { params: vec![0, 2], ranks: vec![vec![1.0, 0.5], vec![0.5, 1.0]] }];
    assert_eq!(refusal(&program, &Limits::default()), ExactError::Correlated { param: "a".into() });
}

#[test]
fn a_noisy_flow() {
    let mut program = counting(2);
    program.flows = vec![flow(0, number(0.0))];
    program.flows[0].noise = Some(number(0.1));
    assert_eq!(refusal(&program, &Limits::default()), ExactError::Noise { flow: "flow into 0".into() });
}

#[test]
fn too_many_states_are_told_with_what_multiplies_them() {
    let program = counting(40);
    let limits = Limits { states: 300, ..Limits::default() };
    let ExactError::TooMany { what, found, limit, date, values } = refusal(&program, &limits) else { panic!() };
    assert_eq!((what, limit), ("states", 300));
    assert!(found > 300 && date.starts_with("2021-"), "{found} {date}");
    assert_eq!(values[0].0, "stock");
    assert!(values[0].1 > 10 && values[1] == ("ladder".to_owned(), 2), "{values:?}");
    let limits = Limits { ways: 300, ..Limits::default() };
    assert!(matches!(refusal(&program, &limits), ExactError::TooMany { what: "transitions", .. }));
    // Many independent flags branch too often within a single step.
    let mut program = empty(2);
    program.quantities = (0..30).map(|_| ladder(2, 0.0)).collect();
    program.events = (0..30).map(|index| event(&format!("e{index}"), None, hazard(0.5), &[set(index, 1.0)])).collect();
    program.questions = vec![ask((1..30).fold(quantity(0), |sum, index| plus(sum, quantity(index))), 1)];
    assert!(matches!(refusal(&program, &Limits::default()), ExactError::TooMany { what: "ways through one step", .. }));
}

#[test]
fn progress_is_told_and_a_stop_heeded() {
    let program = counting(5);
    let mut told = Vec::new();
    solve(&program, &Limits::default(), &AtomicBool::new(false), &mut |done, of| told.push((done, of))).unwrap();
    assert_eq!(told, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    let stopped = solve(&program, &Limits::default(), &AtomicBool::new(true), &mut |_, _| ());
    assert_eq!(stopped.unwrap_err(), ExactError::Stopped);
}
