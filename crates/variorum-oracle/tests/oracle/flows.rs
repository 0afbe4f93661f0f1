//! Flows, effects and bounds.

use variorum_model::program::{EffectOp, Function, QuantityKind, Query};
use variorum_oracle::Oracle;

use crate::build::*;

#[test]
fn decay_is_the_power_of_its_step_and_tends_to_the_exponential() {
    for parts in [1, 4, 64] {
        let mut program = empty(12 * parts);
        program.clock.parts = parts;
        program.quantities = vec![stock(100.0, None, None)];
        program.flows = vec![flow(0, times(number(-0.1), quantity(0)))];
        program.questions = vec![ask(quantity(0), 12 * parts - 1)];
        let found = answers(&program)[0];
        let step = 1.0 / f64::from(parts);
        close(found, 100.0 * libm::pow(1.0 - 0.1 * step, 12.0 / step), 1e-11);
        close(found, 100.0 * libm::exp(-1.2), 2.0 * step);
    }
}

#[test]
fn all_flows_read_the_same_state() {
    let mut program = empty(1);
    program.quantities = vec![stock(1.0, None, None), stock(5.0, None, None)];
    program.flows = vec![flow(0, quantity(1)), flow(1, quantity(0))];
    program.questions = vec![ask(quantity(0), 0), ask(quantity(1), 0)];
    assert_eq!(answers(&program), [6.0, 6.0]);
}

#[test]
fn flows_are_summed_before_the_bounds_apply_and_effects_are_bounded_one_by_one() {
    let mut program = empty(1);
    program.quantities = vec![stock(5.0, Some(0.0), Some(6.0)), stock(5.0, Some(0.0), Some(6.0))];
    program.flows = vec![flow(0, number(10.0)), flow(0, number(-10.0))];
    program.events = vec![event("sure", None, dated(0, 1.0), &[add(1, 10.0), add(1, -5.0)])];
    program.questions = vec![ask(quantity(0), 0), ask(quantity(1), 0)];
    assert_eq!(answers(&program), [5.0, 1.0]);
}

#[test]
fn a_stock_starts_within_its_bounds() {
    let mut program = empty(1);
    program.quantities = vec![stock(-5.0, Some(0.5), None)];
    program.questions = vec![ask(quantity(0), 0)];
    assert_eq!(answers(&program), [0.5]);
}

#[test]
fn effects_act_in_order_on_stocks_and_ladders() {
    let mut program = empty(1);
    program.quantities = vec![stock(3.0, None, None), ladder(3, 1.0), ladder(3, 1.0), ladder(3, 0.0)];
    let level = |quantity, op| effect(quantity, op, number(0.0));
    let effects = [
        effect(0, EffectOp::Multiply, quantity(0)),
        effect(0, EffectOp::Subtract, number(2.0)),
        level(1, EffectOp::NextLevel),
        level(1, EffectOp::NextLevel),
        level(2, EffectOp::PreviousLevel),
        level(2, EffectOp::PreviousLevel),
        effect(3, EffectOp::Set, quantity(1)),
    ];
    program.events = vec![event("sure", None, dated(0, 1.0), &effects)];
    program.questions = (0..4).map(|index| ask(quantity(index), 0)).collect();
    assert_eq!(answers(&program), [7.0, 2.0, 0.0, 2.0]);
}

#[test]
fn the_variance_of_noise_grows_with_time_not_with_steps() {
    for parts in [1, 4] {
        let mut program = empty(6 * parts);
        program.clock.parts = parts;
        program.quantities = vec![stock(0.0, None, None)];
        program.flows = vec![flow(0, number(1.0))];
        program.flows[0].noise = Some(number(0.5));
        let deviation = plus(quantity(0), number(-6.0));
        program.questions =
            vec![ask(deviation.clone(), 6 * parts - 1), ask(times(deviation.clone(), deviation), 6 * parts - 1)];
        let found = means(&program, 4000);
        let variance = 6.0 * 0.25;
        close(found[0], 0.0, 5.0 * libm::sqrt(variance / 4000.0));
        close(found[1], variance, 5.0 * variance * libm::sqrt(2.0 / 4000.0));
    }
}

#[test]
fn questions_look_at_the_ends_of_steps_and_show_their_unit() {
    let mut program = empty(4);
    program.quantities = vec![stock(0.0, None, None)];
    program.flows = vec![flow(0, number(6.0))];
    let full = apply(Function::AtLeast, &[quantity(0), number(18.0)]);
    program.questions = vec![ever(full.clone(), 0, 1), ever(full.clone(), 0, 2), ever(full, 3, 3), ask(quantity(0), 1)];
    if let Query::Value { scale, .. } = &mut program.questions[3].query {
        *scale = 12.0;
    }
    assert_eq!(answers(&program), [f64::INFINITY, 2.0, 3.0, 1.0]);
}

#[test]
fn a_run_is_its_trajectories_and_depends_on_seed_and_place() {
    let mut program = empty(3);
    program.quantities = vec![stock(0.0, None, None)];
    program.quantities[0].kind = QuantityKind::Stock { low: None, high: None };
    program.flows = vec![flow(0, number(0.0))];
    program.flows[0].noise = Some(number(1.0));
    program.questions = vec![ask(quantity(0), 2)];
    let settings = variorum_oracle::Settings { seed: 5, per_draw: 4 };
    let draws = variorum_oracle::run(&program, settings, 3..5).unwrap();
    let oracle = Oracle::new(&program, 5).unwrap();
    assert_eq!(draws.len(), 2);
    assert_eq!(draws[1].halves[1], [oracle.trajectory(4, 1, 0), oracle.trajectory(4, 1, 1)]);
    let all: Vec<f64> = draws.iter().flat_map(|draw| draw.halves.iter().flatten().flatten().copied()).collect();
    assert!(all.iter().enumerate().all(|(place, x)| !all[..place].contains(x)));
    assert_ne!(Oracle::new(&program, 6).unwrap().trajectory(4, 1, 0), draws[1].halves[1][0]);
}
