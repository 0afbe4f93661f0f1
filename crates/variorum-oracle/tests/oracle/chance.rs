//! Events: chains, competition, dates, and what happened when.

use variorum_model::program::{EffectOp, EventRule, Exclusion, Expr, Function, Key, Program};

use crate::build::*;

#[test]
fn a_two_state_chain() {
    let (up, down) = (0.3, 0.1);
    let mut program = empty(6);
    program.quantities = vec![ladder(2, 0.0)];
    program.events = vec![
        event("up", Some(equal(quantity(0), number(0.0))), hazard(up), &[set(0, 1.0)]),
        event("down", Some(equal(quantity(0), number(1.0))), hazard(down), &[set(0, 0.0)]),
    ];
    program.questions = (0..6).map(|step| ask(quantity(0), step)).collect();
    let found = means(&program, 20_000);
    let mut known = 0.0;
    for found in found {
        known = known * libm::exp(-down) + (1.0 - known) * (1.0 - libm::exp(-up));
        frequency(found, known, 20_000);
    }
}

/// Events that exclude each other, ordered by name otherwise than by declaration.
fn competition(hazards: [f64; 3]) -> Program {
    let mut program = empty(1);
    program.events = vec![
        event("c", None, hazard(hazards[2]), &[]),
        event("a", None, hazard(hazards[0]), &[]),
        event("b", None, hazard(hazards[1]), &[]),
    ];
    program.exclusions = vec![Exclusion { name: "a|b|c".into(), key: Key::of("a|b|c"), events: vec![1, 2, 0] }];
    program.questions = [1, 2, 0].map(|index| ask(Expr::Happened(index), 0)).into();
    let all = apply(Function::Add, &[plus(Expr::Happened(0), Expr::Happened(1)), Expr::Happened(2)]);
    program.questions.push(ask(all, 0));
    program
}

#[test]
fn competing_hazards_share_their_total() {
    let found = means(&competition([0.2, 0.5, 0.3]), 20_000);
    let total = 1.0 - libm::exp(-1.0);
    for (found, share) in found.into_iter().zip([0.2, 0.5, 0.3, 1.0]) {
        frequency(found, share * total, 20_000);
    }
}

#[test]
fn at_most_one_of_competing_events_happens() {
    let mut program = competition([2.0, 5.0, 3.0]);
    let all = apply(Function::Add, &[plus(Expr::Happened(0), Expr::Happened(1)), Expr::Happened(2)]);
    program.questions = vec![ever(apply(Function::Greater, &[all, number(1.0)]), 0, 0)];
    assert_eq!(means(&program, 2000), [0.0]);
}

#[test]
fn competitors_without_hazard_leave_the_field() {
    let mut program = competition([-1.0, f64::NAN, 0.7]);
    frequency(means(&program, 5000)[2], 1.0 - libm::exp(-0.7), 5000);
    program.events[0].when = Some(number(0.0));
    assert_eq!(means(&program, 1000), [0.0; 4]);
    let certain = means(&competition([f64::INFINITY, f64::INFINITY, 3.0]), 5000);
    frequency(certain[0], 0.5, 5000);
    assert_eq!((certain[2], certain[3]), (0.0, 1.0));
}

#[test]
fn independent_events_may_coincide() {
    let mut program = empty(1);
    program.events = vec![event("a", None, hazard(0.7), &[]), event("b", None, dated(0, 0.4), &[])];
    program.questions = vec![ask(times(Expr::Happened(0), Expr::Happened(1)), 0)];
    frequency(means(&program, 10_000)[0], 0.4 * (1.0 - libm::exp(-0.7)), 10_000);
}

#[test]
fn hazards_mean_the_same_at_any_step() {
    for (steps, months, parts) in [(12, 1, 1), (48, 1, 4), (4, 3, 1)] {
        let mut program = empty(steps);
        (program.clock.months, program.clock.parts) = (months, parts);
        program.events = vec![event("a", None, hazard(0.06), &[])];
        program.questions = vec![ever(Expr::Happened(0), 0, steps - 1)];
        frequency(means(&program, 5000)[0], 1.0 - libm::exp(-0.72), 5000);
    }
}

#[test]
fn what_happened_is_of_the_step_before_in_conditions_and_of_this_step_after_them() {
    let mut program = empty(4);
    program.quantities = vec![stock(0.0, None, None), stock(0.0, None, None)];
    let count = effect(1, EffectOp::Add, plus(Expr::Happened(1), times(number(10.0), Expr::Happened(2))));
    program.events = vec![
        // Declared before the others, it still knows in its effects what happens in this step.
        event("watcher", None, EventRule::Hazard(number(f64::INFINITY)), &[count]),
        event("first", None, dated(1, 1.0), &[]),
        event("second", Some(Expr::Happened(1)), EventRule::Hazard(number(f64::INFINITY)), &[]),
    ];
    program.flows = vec![flow(0, Expr::Happened(1))];
    program.questions = (0..4).flat_map(|step| [ask(quantity(0), step), ask(quantity(1), step)]).collect();
    assert_eq!(answers(&program), [0.0, 0.0, 1.0, 1.0, 1.0, 11.0, 1.0, 11.0]);
}

#[test]
fn all_events_of_a_step_are_judged_before_any_takes_effect() {
    let mut program = empty(1);
    program.quantities = vec![ladder(2, 0.0)];
    let closed = Some(equal(quantity(0), number(0.0)));
    program.events = vec![
        event("close", closed.clone(), dated(0, 1.0), &[set(0, 1.0)]),
        event("pass", closed, dated(0, 1.0), &[]),
        event("late", None, dated(9, 1.0), &[]),
    ];
    program.questions = (0..3).map(|index| ask(Expr::Happened(index), 0)).collect();
    assert_eq!(answers(&program), [1.0, 1.0, 0.0]);
}
