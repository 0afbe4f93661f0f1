//! Horizon and patience.

use variorum_model::program::{Expr, Function, Occasion, Program};
use variorum_oracle::Oracle;

use crate::build::*;

/// A stock that an option raises from 2 to 4, with a flow; the actor wants much of it.
fn program(parts: u32, rate: Expr, horizon: f64, patience: f64) -> Program {
    let mut program = empty(1);
    program.clock.parts = parts;
    program.quantities = vec![stock(2.0, None, None)];
    program.flows = vec![flow(0, rate)];
    program.actors = vec![actor(1.0, None, quantity(0))];
    program.actors[0].horizon = horizon;
    program.actors[0].patience = number(patience);
    program.choices =
        vec![choice("raise", 0, Occasion::Steps(vec![0]), &[option(None, &[]), option(None, &[set(0, 4.0)])])];
    program
}

fn values(program: &Program) -> Vec<f64> {
    let oracle = Oracle::new(program, 1).unwrap();
    let params = oracle.params(0);
    oracle.values(0, &params, &oracle.opening(&params))
}

#[test]
fn without_horizon_the_state_counts() {
    assert_eq!(values(&program(1, number(3.0), 0.0, 0.5)), [2.0, 4.0]);
}

#[test]
fn a_straight_line_averages_to_its_middle() {
    for (parts, horizon) in [(1, 1.0), (1, 2.5), (4, 0.3), (3, 12.0)] {
        let found = values(&program(parts, number(3.0), horizon, 1.0));
        close(found[0], 2.0 + 1.5 * horizon, 1e-12);
        close(found[1], 4.0 + 1.5 * horizon, 1e-12);
    }
}

#[test]
fn three_visits_by_hand() {
    // Weights 1/2, 3/4, 1/4 at the months 0, 1, 1.5; the stock doubles its rate of growth as it grows.
    let found = values(&program(1, quantity(0), 1.5, 0.2));
    let g = |month: f64| libm::pow(0.2, month / 12.0);
    let weights = [0.5, 0.75 * g(1.0), 0.25 * g(1.5)];
    let known = (weights[0] * 2.0 + weights[1] * 4.0 + weights[2] * 6.0) / (weights[0] + weights[1] + weights[2]);
    close(found[0], known, 1e-13);
    close(found[1], 2.0 * known, 1e-13);
}

#[test]
fn impatience_tends_to_the_discounted_mean() {
    let (horizon, patience) = (24.0, 0.3);
    let k = -libm::log(patience) / 12.0;
    let mean_time = 1.0 / k - horizon * libm::exp(-k * horizon) / (1.0 - libm::exp(-k * horizon));
    for parts in [1, 4, 16] {
        let step = 1.0 / f64::from(parts);
        close(values(&program(parts, number(3.0), horizon, patience))[0], 2.0 + 3.0 * mean_time, 0.06 * step * step);
    }
}

#[test]
fn decay_tends_to_its_mean() {
    let mean = 2.0 * (1.0 - libm::exp(-0.5 * 6.0)) / (0.5 * 6.0);
    for parts in [16, 64] {
        let found = values(&program(parts, times(number(-0.5), quantity(0)), 6.0, 1.0));
        close(found[0], mean, 0.4 / f64::from(parts));
    }
}

#[test]
fn projections_know_bounds_but_neither_events_nor_noise_nor_outcomes() {
    let mut program = program(1, number(3.0), 2.0, 1.0);
    program.quantities[0] = stock(2.0, None, Some(6.0));
    program.flows[0].noise = Some(number(100.0));
    program.events = vec![event("sure", None, hazard(f64::INFINITY), &[set(0, -100.0)])];
    program.flows.push(flow(0, times(number(50.0), Expr::Chosen { choice: 0, option: 1 })));
    // 2, 5, 6 and 4, 6, 6 with the weights 1/4, 1/2, 1/4.
    assert_eq!(values(&program), [4.5, 5.5]);
}

#[test]
fn utility_terms_and_formulas_read_the_projected_state() {
    let mut program = program(1, number(1.0), 1.0, 1.0);
    program.formulas = vec![variorum_model::program::Formula {
        name: "square".into(),
        value: apply(Function::Power, &[quantity(0), number(2.0)]),
    }];
    program.actors[0].utility[0].value = Expr::Formula(0);
    let minus = variorum_model::program::UtilityTerm { path: "minus".into(), value: number(-1.0) };
    program.actors[0].utility.push(minus);
    assert_eq!(values(&program), [(3.0 + 8.0) / 2.0, (15.0 + 24.0) / 2.0]);
}
