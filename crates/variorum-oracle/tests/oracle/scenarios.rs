//! What scenarios do: set, hold, and what actors foresee of it.

use variorum_model::program::{EffectOp, Expr, Intervention, Law, Occasion, Program};
use variorum_oracle::Oracle;

use crate::build::*;

/// A stock with a flow of one per month, asked for at the end of every step.
fn growing(steps: u32, interventions: &[Intervention]) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, Some(-5.0), Some(50.0))];
    program.flows = vec![flow(0, number(1.0))];
    program.interventions = interventions.to_vec();
    program.questions = (0..steps).map(|step| ask(quantity(0), step)).collect();
    program
}

#[test]
fn what_is_set_goes_on_from_there() {
    assert_eq!(answers(&growing(4, &[set_at(0, 10.0, 2)])), [1.0, 2.0, 11.0, 12.0]);
    assert_eq!(answers(&growing(2, &[set_at(0, 10.0, 0)])), [11.0, 12.0]);
    // In their order, and within the bounds.
    assert_eq!(answers(&growing(2, &[set_at(0, 10.0, 1), set_at(0, 99.0, 1)])), [1.0, 50.0]);
    assert_eq!(answers(&growing(2, &[set_at(0, -99.0, 0)])), [-4.0, -3.0]);
}

#[test]
fn what_is_held_stays_and_then_goes_on() {
    assert_eq!(answers(&growing(5, &[hold(0, 10.0, 1, 2)])), [1.0, 10.0, 10.0, 11.0, 12.0]);
    assert_eq!(answers(&growing(3, &[hold(0, 10.0, 0, 2)])), [10.0; 3]);
    assert_eq!(answers(&growing(2, &[hold(0, 77.0, 0, 0)])), [50.0, 50.0]);
    // Whatever is set meanwhile, wherever it is written.
    for interventions in [[set_at(0, 3.0, 1), hold(0, 10.0, 1, 1)], [hold(0, 10.0, 0, 1), set_at(0, 3.0, 1)]] {
        assert_eq!(answers(&growing(3, &interventions))[1..], [10.0, 11.0]);
    }
}

#[test]
fn a_program_begins_with_what_is_set_at_once() {
    let program = growing(2, &[hold(0, 10.0, 0, 1)]);
    let oracle = Oracle::new(&program, 1).unwrap();
    assert_eq!(oracle.history(0, 0, 0).start.0, [0.0]);
    assert_eq!(oracle.opening(&[]).state.0, [10.0]);
}

#[test]
fn values_are_those_of_the_draw() {
    let mut program = growing(1, &[hold(0, 0.0, 0, 0)]);
    program.params = vec![param(Law::Uniform { low: 1.0, high: 2.0 })];
    program.interventions[0].value = times(number(3.0), Expr::Param(0));
    let oracle = Oracle::new(&program, 1).unwrap();
    for draw in 0..5 {
        assert_eq!(oracle.trajectory(draw, 0, 0), [3.0 * oracle.params(draw)[0]]);
    }
}

/// A flag that an event raises in every step, beside a stock that counts; and a choice to lower the flag.
fn struggle(interventions: &[Intervention]) -> Program {
    let mut program = empty(4);
    program.quantities = vec![ladder(3, 0.0), stock(0.0, None, None)];
    program.actors = vec![actor(1.0, None, quantity(0))];
    program.events = vec![event(
        "rises",
        None,
        hazard(f64::INFINITY),
        &[effect(0, EffectOp::NextLevel, number(0.0)), effect(1, EffectOp::Add, plus(number(1.0), quantity(0)))],
    )];
    let options = [option(None, &[]), option(None, &[set(0, 0.0)])];
    program.choices = vec![choice("lower", 0, Occasion::Steps(vec![3]), &options)];
    program.interventions = interventions.to_vec();
    program.questions = (0..4).flat_map(|step| [ask(quantity(0), step), ask(quantity(1), step)]).collect();
    program
}

#[test]
fn what_is_held_is_changed_by_no_effect_and_all_else_goes_on() {
    // The event happens, and its other effect reads the level that is held.
    let program = struggle(&[hold(0, 0.0, 1, 2)]);
    assert_eq!(answers(&program)[..6], [1.0, 2.0, 0.0, 3.0, 0.0, 4.0]);
    let history = Oracle::new(&program, 1).unwrap().history(0, 0, 0);
    assert!(history.steps.iter().all(|record| record.happened[0]));
    // Set before the choices: the level of step 3 is known to the choice, and then rises again or not.
    let program = struggle(&[set_at(0, 2.0, 3)]);
    let history = Oracle::new(&program, 1).unwrap().history(0, 0, 0);
    let known = if history.steps[3].outcomes[0] == Some(1) { 1.0 } else { 2.0 };
    assert_eq!(history.steps[3].state.0[0], known);
}

fn worth(program: &Program, step: u32) -> Vec<f64> {
    let oracle = Oracle::new(program, 1).unwrap();
    let mut moment = oracle.opening(&[]);
    moment.step = step;
    oracle.values(0, &[], &moment)
}

#[test]
fn actors_know_that_what_is_held_cannot_be_moved() {
    // Lowering the flag from 2 is worth 0, except while it is held there.
    let mut program = struggle(&[set_at(0, 2.0, 0)]);
    assert_eq!(worth(&program, 3), [2.0, 0.0]);
    program.interventions.push(hold(0, 2.0, 3, 3));
    assert_eq!(worth(&program, 3), [2.0, 2.0]);
    assert_eq!(worth(&program, 2), [2.0, 0.0]);
}

/// Someone who wants much of the growing stock, and looks so many months ahead.
fn foresees(parts: u32, steps: u32, horizon: f64, interventions: &[Intervention]) -> f64 {
    let mut program = growing(steps, interventions);
    program.clock.parts = parts;
    program.actors = vec![actor(1.0, None, quantity(0))];
    program.actors[0].horizon = horizon;
    program.choices = vec![choice("idle", 0, Occasion::Steps(vec![0]), &[option(None, &[])])];
    worth(&program, 0)[0]
}

#[test]
fn projections_count_with_what_will_be_held() {
    // 0, 1, then held: 10, 10, then left at 10, and 11; by the trapezoidal rule.
    assert_eq!(foresees(1, 12, 5.0, &[hold(0, 10.0, 2, 3)]), (1.0 + 10.0 + 10.0 + 10.0 + 5.5) / 5.0);
    // In half months: 0, 0.5, 1, and held from 1.5 on, the last interval being 0.25 long.
    let known = (0.5 * 0.5 + 0.5 * 1.0 + 0.375 * 10.0 + 0.125 * 10.0) / 1.75;
    assert_eq!(foresees(2, 12, 1.75, &[hold(0, 10.0, 3, 9)]), known);
    // What is held now is released after one month.
    assert_eq!(foresees(1, 12, 2.0, &[hold(0, 4.0, 0, 0)]), (2.0 + 4.0 + 2.5) / 2.0);
}

#[test]
fn projections_know_nothing_of_what_will_be_set() {
    assert_eq!(foresees(1, 12, 4.0, &[set_at(0, 10.0, 1)]), 2.0);
    assert_eq!(foresees(1, 12, 4.0, &[set_at(0, 10.0, 0)]), 12.0);
}

#[test]
fn what_is_held_to_the_end_is_foreseen_to_be_held_beyond() {
    assert_eq!(foresees(1, 2, 4.0, &[hold(0, 3.0, 1, 1)]), (3.0 + 3.0 + 3.0 + 1.5) / 4.0);
    assert_eq!(foresees(1, 3, 4.0, &[hold(0, 3.0, 1, 1)]), (3.0 + 3.0 + 4.0 + 2.5) / 4.0);
}
