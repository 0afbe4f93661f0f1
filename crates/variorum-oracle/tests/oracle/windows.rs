//! First dates, and what is asked only where something comes true.

use variorum_model::program::{Expr, Function, Program};
use variorum_oracle::Oracle;

use crate::build::*;

/// A stock that counts the months.
fn months(steps: u32) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, None, None)];
    program.flows = vec![flow(0, number(1.0))];
    program
}

fn at_least(amount: f64) -> Expr {
    apply(Function::AtLeast, &[quantity(0), number(amount)])
}

#[test]
fn first_dates_count_from_the_first_step_of_the_model() {
    let mut program = months(6);
    program.questions = vec![
        first(at_least(3.0), 0, 5),
        first(at_least(3.0), 4, 5),
        first(at_least(3.0), 0, 1),
        ever(at_least(3.0), 0, 5),
        first(apply(Function::Equal, &[quantity(0), number(6.0)]), 0, 5),
    ];
    assert_eq!(answers(&program), [2.0, 4.0, f64::INFINITY, 2.0, 5.0]);
}

#[test]
fn a_first_date_follows_the_geometric_law() {
    let mut program = empty(8);
    program.events = vec![event("it", None, hazard(0.3), &[])];
    program.questions = vec![first(Expr::Happened(0), 0, 7)];
    let oracle = Oracle::new(&program, 3).unwrap();
    let dates: Vec<f64> = (0..20_000).map(|draw| oracle.trajectory(draw, 0, 0)[0]).collect();
    for step in 0..8 {
        let seen = dates.iter().filter(|date| **date == f64::from(step)).count();
        let known = libm::exp(-0.3 * f64::from(step)) * (1.0 - libm::exp(-0.3));
        frequency(seen as f64 / 20_000.0, known, 20_000);
    }
}

#[test]
fn what_is_given_may_come_before_and_after() {
    let mut program = months(6);
    let value = ask(quantity(0), 2);
    program.questions = vec![
        value.clone(),
        given(value.clone(), at_least(6.0), 0, 5),
        given(value.clone(), at_least(6.0), 0, 4),
        given(value, at_least(1.0), 0, 0),
        given(ever(at_least(9.0), 0, 5), at_least(2.0), 1, 1),
    ];
    let history = Oracle::new(&program, 1).unwrap().history(0, 0, 0);
    assert_eq!(history.answers, [3.0, 3.0, 3.0, 3.0, f64::INFINITY]);
    assert_eq!(history.given, [true, true, false, true, true]);
}

#[test]
fn what_is_given_selects_trajectories() {
    // Of two events at most one happens: given the one, the other has not.
    let mut program = empty(1);
    program.events = vec![event("a", None, hazard(0.5), &[]), event("b", None, hazard(1.0), &[])];
    program.exclusions = vec![variorum_model::program::Exclusion {
        name: "a|b".into(),
        key: variorum_model::program::Key::of("a|b"),
        events: vec![0, 1],
    }];
    let either = apply(Function::AnyOf, &[Expr::Happened(0), Expr::Happened(1)]);
    program.questions = vec![given(ever(Expr::Happened(0), 0, 0), either, 0, 0)];
    let oracle = Oracle::new(&program, 3).unwrap();
    let histories: Vec<_> = (0..20_000).map(|draw| oracle.history(draw, 0, 0)).collect();
    let chosen: Vec<_> = histories.iter().filter(|history| history.given[0]).collect();
    let yes = chosen.iter().filter(|history| history.answers[0].is_finite()).count();
    frequency(chosen.len() as f64 / 20_000.0, 1.0 - libm::exp(-1.5), 20_000);
    frequency(yes as f64 / chosen.len() as f64, 1.0 / 3.0, chosen.len() as u32);
}
