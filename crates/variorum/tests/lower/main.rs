//! Lowering and running together: small programs against numbers that are computed here by other means, trajectory by
//! trajectory, and the promise that nothing but the seed, the draw and the slot decides what happens.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod agreement;
mod build;
mod draws;
mod games;
mod invariance;
mod questions;
mod random;
mod replies;
mod scenarios;
mod size;

use build::*;
use std::sync::atomic::AtomicBool;
use variorum::lower::{LowerError, lower};
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::math::{exp_m1, normal_quantile};
use variorum_engine::plan::CounterKind;
use variorum_engine::random::aleatory;
use variorum_engine::run::ChunkResult;
use variorum_model::program::{EffectOp, EventRule, Expr, Function, Key, Law, Occasion, Program, Rule};

const SEED: u64 = 20_260_101;

fn settings(draws: u64, per_draw: usize) -> Settings {
    Settings { seed: SEED, draws: 0..draws, per_draw, lanes: 128, threads: 1 }
}

/// All chunks of a run.
fn run(program: &Program, settings: &Settings) -> Vec<ChunkResult> {
    let plan = lower(program).unwrap();
    let mut chunks = Vec::new();
    let done =
        ensemble(&[plan], settings, &AtomicBool::new(false), &mut |_, results| chunks.extend_from_slice(results));
    assert_eq!(done, Ok(settings.draws.end - settings.draws.start));
    chunks
}

/// The value of question 0 in each trajectory of the given draws, which are two per draw.
fn values(program: &Program, draws: u64) -> Vec<f64> {
    run(program, &settings(draws, 2)).into_iter().flat_map(|chunk| chunk.values[0].clone()).collect()
}

/// The share of trajectories that answer question 0 with yes.
fn share(program: &Program, draws: u64, per_draw: usize) -> f64 {
    let chunks = run(program, &settings(draws, per_draw));
    let questions = program.questions.len();
    let sum: f64 = chunks.iter().flat_map(|chunk| chunk.sums.iter().step_by(questions)).sum();
    sum / (draws as f64 * per_draw as f64)
}

/// The uniform of a statement in a step, of slot 0 of a half.
fn uniform(name: &str, trajectory: usize, step: u32) -> f64 {
    let (draw, half) = (trajectory as u64 / 2, trajectory as u32 % 2);
    aleatory(SEED, draw, half, 0, FIRST + step as i32, Key::of(name).0)
}

#[test]
fn decay() {
    let mut program = program(12);
    program.quantities = vec![stock("x", (None, None), n(1.0))];
    program.flows = vec![flow(0, times(n(-0.1), x(0)), None)];
    program.questions = vec![value_at("x", x(0), 11)];
    let mut expected = 1.0;
    for _ in 0..12 {
        expected += -0.1 * expected;
    }
    assert_eq!(values(&program, 3), vec![expected; 6]);
}

#[test]
fn an_odd_first_step_and_short_steps_draw_as_keyed() {
    for (first, parts) in [(FIRST, 1), (FIRST + 1, 1), (FIRST * 4 + 3, 4)] {
        let mut program = program(5);
        program.clock.first = first;
        program.clock.parts = parts;
        program.quantities = vec![stock("x", (Some(-0.1), Some(0.2)), n(0.0))];
        program.flows = vec![flow(0, n(0.01), Some(n(0.1)))];
        program.questions = vec![value_at("x", x(0), 4)];
        let length = 1.0 / f64::from(parts);
        let expected = |trajectory: usize| {
            (0..5).fold(0.0, |x: f64, step| {
                let (draw, half) = (trajectory as u64 / 2, trajectory as u32 % 2);
                let z = normal_quantile(aleatory(SEED, draw, half, 0, first + step, Key::of("flow 0").0));
                (x + (0.01 * length + z * (0.1 * length.sqrt()))).clamp(-0.1, 0.2)
            })
        };
        let expected: Vec<f64> = (0..200).map(expected).collect();
        assert_eq!(values(&program, 100), expected);
    }
}

#[test]
fn a_markov_chain() {
    let mut program = program(30);
    program.quantities = vec![ladder("war", 2)];
    let (begins, ends) = (vec![set(0, 1.0)], vec![set(0, 0.0)]);
    program.events = vec![
        event("begin", Some(equal(x(0), 0.0)), n(0.05), begins),
        event("end", Some(equal(x(0), 1.0)), n(0.2), ends),
    ];
    program.questions = vec![value_at("war", x(0), 29), ever("ever", x(0), 0, 29)];
    let mut ever = 0.0;
    let expected: Vec<f64> = (0..4000)
        .map(|trajectory| {
            let (mut war, mut any) = (false, false);
            for step in 0..30 {
                let (name, hazard) = if war { ("end", 0.2) } else { ("begin", 0.05) };
                war ^= uniform(name, trajectory, step) < -exp_m1(-hazard);
                any |= war;
            }
            ever += f64::from(u8::from(any));
            f64::from(u8::from(war))
        })
        .collect();
    assert_eq!(values(&program, 2000), expected);
    let chunks = run(&program, &settings(2000, 2));
    assert_eq!(chunks.iter().flat_map(|chunk| chunk.sums.iter().skip(1).step_by(2)).sum::<f64>(), ever);
    assert!((ever / 4000.0 + exp_m1(-0.05 * 30.0)).abs() < 0.03);
}

#[test]
fn events_that_exclude_each_other_compete() {
    let mut program = program(1);
    program.quantities = vec![ladder("a", 2), ladder("b", 2)];
    program.events = vec![
        event("b", None, n(0.5), vec![set(1, 1.0)]),
        event("a", None, n(1.0), vec![set(0, 1.0)]),
        event("c", Some(n(0.0)), n(100.0), vec![set(0, 0.5)]),
    ];
    program.exclusions = vec![exclusion(&[1, 0, 2])];
    program.questions = vec![value_at("which", plus(x(0), times(n(2.0), x(1))), 0)];
    let chance = -exp_m1(-1.5);
    let expected: Vec<f64> = (0..2000)
        .map(|trajectory| match uniform("a|b", trajectory, 0) {
            u if u < 1.0 / 1.5 * chance => 1.0,
            u if u < chance => 2.0,
            _ => 0.0,
        })
        .collect();
    assert_eq!(values(&program, 1000), expected);
}

#[test]
fn effects_see_what_the_earlier_ones_left() {
    let mut program = program(2);
    program.quantities = vec![stock("x", (Some(0.0), Some(10.0)), n(4.0)), ladder("rung", 3)];
    let double = effect(0, EffectOp::Multiply, n(2.0));
    let add = effect(0, EffectOp::Add, x(0));
    let up = effect(1, EffectOp::NextLevel, n(0.0));
    program.events = vec![
        event("first", None, n(f64::INFINITY), vec![double, up.clone(), up.clone()]),
        event("second", Some(Expr::Happened(0)), n(1e9), vec![add, up]),
        event("third", None, n(1e9), vec![effect(0, EffectOp::Subtract, times(n(0.5), Expr::Happened(1)))]),
    ];
    program.questions = vec![value_at("x", x(0), 1), value_at("rung", x(1), 1)];
    // Step 0: 4 doubled is 8; the second does not see the first happen before step 1. Step 1: 10, doubled by itself and
    // clamped, less a half.
    assert_eq!(values(&program, 1), vec![9.5; 2]);
    let chunks = run(&program, &settings(1, 2));
    assert_eq!(chunks[0].values[1], vec![2.0; 2]);
    assert_eq!(chunks[0].counts, vec![4], "an infinite hazard is counted");
}

#[test]
fn dated_events_and_probabilities() {
    let mut program = program(6);
    program.quantities = vec![ladder("signed", 2)];
    let mut signed = event("sign", None, n(0.0), vec![set(0, 1.0)]);
    signed.rule = EventRule::Dated { step: 3, chance: n(0.3) };
    program.events = vec![signed];
    program.questions = vec![value_at("signed", x(0), 5)];
    let expected: Vec<f64> = (0..500).map(|t| f64::from(u8::from(uniform("sign", t, 3) < 0.3))).collect();
    assert_eq!(values(&program, 250), expected);
}

#[test]
fn choices_at_a_rate_compete_with_not_acting() {
    let mut program = program(1);
    program.quantities = vec![ladder("done", 3)];
    program.actors = vec![actor("A", 1.0, None, 0.0, n(0.0))];
    let act = choice("act", 0, Occasion::Considered(n(2.0)), &[vec![], vec![set(0, 1.0)], vec![set(0, 2.0)]]);
    program.choices = vec![weighted(act, Rule::Probabilities, &[n(0.2), n(0.1)])];
    program.questions = vec![value_at("done", x(0), 0)];
    let total = 2.0 * 0.2 + 2.0 * 0.1;
    let chance = -exp_m1(-total);
    let expected: Vec<f64> = (0..2000)
        .map(|trajectory| match uniform("act", trajectory, 0) {
            u if u < 2.0 * 0.2 / total * chance => 1.0,
            u if u < total / total * chance => 2.0,
            _ => 0.0,
        })
        .collect();
    assert_eq!(values(&program, 1000), expected);
}

#[test]
fn elicited_probabilities_above_one_are_scaled_and_counted() {
    let mut program = program(2);
    program.quantities = vec![ladder("done", 3), ladder("count", 2)];
    program.actors = vec![actor("A", 1.0, None, 0.0, n(0.0))];
    program.params = vec![param("p", Law::Uniform { low: 0.0, high: 2.0 })];
    let act = choice("act", 0, Occasion::Steps(vec![1]), &[vec![], vec![set(0, 1.0)], vec![set(0, 2.0)]]);
    program.choices = vec![weighted(act, Rule::Probabilities, &[Expr::Param(0), n(-0.5)])];
    program.questions = vec![value_at("done", x(0), 1)];
    let chunks = run(&program, &settings(64, 2));
    let plan = lower(&program).unwrap();
    let counted = |kind: CounterKind| {
        let place = plan.counters().iter().position(|counter| counter.kind == kind).unwrap();
        chunks[0].counts[place]
    };
    assert_eq!(counted(CounterKind::Invalid), 128);
    let scaled = counted(CounterKind::Scaled);
    assert!((40..88).contains(&scaled), "{scaled}");
    let ones = chunks[0].values[0].iter().filter(|value| **value == 1.0).count() as u64;
    assert!(ones > scaled && !chunks[0].values[0].contains(&2.0));
}

#[test]
fn conditions_and_tables() {
    let mut program = program(3);
    program.quantities = vec![ladder("rung", 4), stock("x", (None, None), n(0.0))];
    program.events = vec![event("rise", None, n(1e9), vec![effect(0, EffectOp::NextLevel, n(0.0))])];
    let table = apply(Function::Lookup, &[x(0), n(0.5), x(1), n(3.0), n(7.0)]);
    let steep = apply(Function::If, &[apply(Function::Greater, &[x(0), n(1.0)]), table, n(-1.0)]);
    program.flows = vec![flow(1, steep, None)];
    program.questions = vec![value_at("x", x(1), 2)];
    assert_eq!(values(&program, 1), vec![-1.0 + 3.0 + 7.0; 2]);
}

#[test]
fn outcomes_are_seen_by_events_flows_and_questions_of_their_step_alone() {
    let mut program = program(4);
    program.quantities = vec![stock("x", (None, None), n(0.0))];
    program.actors = vec![actor("A", 1.0, None, 0.0, n(0.0))];
    let act = choice("act", 0, Occasion::Steps(vec![1, 2]), &[vec![], vec![]]);
    program.choices = vec![weighted(act, Rule::Probabilities, &[n(1.0)])];
    let chosen = Expr::Chosen { choice: 0, option: 1 };
    program.events = vec![event("echo", Some(chosen.clone()), n(1e9), vec![effect(0, EffectOp::Add, n(10.0))])];
    program.flows = vec![flow(0, plus(chosen.clone(), times(n(100.0), Expr::Happened(0))), None)];
    let counted = plus(times(n(1000.0), chosen), x(0));
    program.questions = vec![
        value_at("after", counted.clone(), 3),
        value_at("during", counted, 2),
        ever("before", Expr::Chosen { choice: 0, option: 1 }, 3, 3),
    ];
    let chunks = run(&program, &settings(1, 2));
    assert_eq!(chunks[0].values[0], vec![222.0; 2]);
    assert_eq!(chunks[0].values[1], vec![1222.0; 2]);
    assert_eq!(chunks[0].sum(0, 0, 2), 0.0);
}

#[test]
fn malformed_programs_are_refused() {
    let mut unknown = program(1);
    unknown.questions = vec![value_at("x", x(0), 0)];
    assert!(matches!(lower(&unknown), Err(LowerError::Malformed { .. })));
    let mut deep = program(1);
    let nested = (0..2000).fold(n(1.0), |expr, _| plus(expr, n(1.0)));
    deep.questions = vec![value_at("x", nested, 0)];
    assert!(matches!(lower(&deep), Err(LowerError::Malformed { .. })));
}
