//! What is set and what is held: in the world, and in the minds of those who look ahead.

use super::agreement::agree;
use super::build::*;
use super::{run, settings, values};
use variorum::lower::{LowerError, lower};
use variorum_model::program::{EffectOp, Expr, Intervention, Law, Occasion, Program, Rule};

fn set_at(quantity: usize, value: Expr, from: u32) -> Intervention {
    Intervention { quantity, value, from, until: None, known: 0 }
}

fn hold(quantity: usize, value: Expr, from: u32, until: u32) -> Intervention {
    Intervention { quantity, value, from, until: Some(until), known: 0 }
}

/// A stock that grows by 1 a month, asked for at the end of every step.
fn growing(steps: u32) -> Program {
    let mut program = program(steps);
    program.quantities = vec![stock("x", (Some(0.0), Some(100.0)), n(5.0))];
    program.flows = vec![flow(0, n(1.0), None)];
    program.questions = (0..steps).map(|step| value_at(&format!("{step}"), x(0), step)).collect();
    program
}

fn path(program: &Program) -> Vec<f64> {
    run(program, &settings(1, 2))[0].values.iter().map(|values| values[0]).collect()
}

#[test]
fn what_is_set_moves_on_and_what_is_held_does_not() {
    // Seen to fail with what is set acting a step late, and with flows into what is held.
    let mut program = growing(6);
    program.interventions = vec![set_at(0, n(10.0), 2)];
    assert_eq!(path(&program), [6.0, 7.0, 11.0, 12.0, 13.0, 14.0]);
    program.interventions = vec![hold(0, n(50.0), 1, 3)];
    assert_eq!(path(&program), [6.0, 50.0, 50.0, 50.0, 51.0, 52.0]);
    // Values lie within the bounds; what is held is not set; of what is set in one step the last counts.
    program.interventions =
        vec![hold(0, n(500.0), 1, 3), set_at(0, n(1.0), 2), set_at(0, n(20.0), 5), set_at(0, n(-3.0), 5)];
    assert_eq!(path(&program), [6.0, 100.0, 100.0, 100.0, 100.0, 1.0]);
    program.interventions = vec![hold(0, n(50.0), 0, 1), hold(0, n(60.0), 2, 2), set_at(0, n(7.0), 4)];
    assert_eq!(path(&program), [50.0, 50.0, 60.0, 61.0, 8.0, 9.0]);
    agree(&program, 2, 2).unwrap();
}

#[test]
fn effects_on_what_is_held_are_cut_and_nothing_else_is() {
    let mut program = growing(4);
    program.quantities.push(stock("count", (None, None), n(0.0)));
    let add = |quantity: usize| effect(quantity, EffectOp::Add, plus(x(0), n(100.0)));
    program.events = vec![event("push", None, n(1e9), vec![add(0), effect(1, EffectOp::Add, x(0))])];
    program.quantities[0] = stock("x", (None, None), n(5.0));
    program.actors = vec![actor("A", 1.0, None, 0.0, x(0))];
    let act = choice("act", 0, Occasion::Steps(vec![1, 2]), &[vec![], vec![add(0), effect(1, EffectOp::Add, n(0.5))]]);
    program.choices = vec![weighted(act, Rule::Probabilities, &[n(1.0)])];
    program.questions.push(value_at("count", x(1), 3));
    program.questions.push(ever("push", Expr::Happened(0), 1, 1));
    program.interventions = vec![hold(0, n(2.0), 1, 2)];
    // Step 0: 5 + 105 + 1. Then held at 2. Step 3: 2 + 102 + 1. The count: 110, 2 + 0.5, 2 + 0.5, 104.
    assert_eq!(path(&program), [111.0, 2.0, 2.0, 105.0, 110.0 + 2.5 + 2.5 + 104.0, 1.0]);
    agree(&program, 2, 2).unwrap();
}

#[test]
fn values_are_drawn_with_the_parameters() {
    let mut program = growing(3);
    program.params =
        vec![variorum_model::program::Param { scale: 2.0, ..param("p", Law::Uniform { low: 0.0, high: 10.0 }) }];
    program.interventions = vec![hold(0, times(n(3.0), Expr::Param(0)), 1, 1)];
    program.questions = vec![value_at("held", x(0), 1), value_at("after", x(0), 2)];
    let chunks = run(&program, &settings(100, 2));
    let mut distinct = std::collections::BTreeSet::new();
    for (held, after) in chunks.iter().flat_map(|chunk| chunk.values[0].iter().zip(&chunk.values[1])) {
        assert_eq!(*after, if *held < 99.0 { held + 1.0 } else { 100.0 });
        distinct.insert(held.to_bits());
    }
    assert!(distinct.len() > 80);
    agree(&program, 20, 2).unwrap();
}

/// One who decides in step 0 whether to pay 1 in one stock, and sees the other for six months: it grows by 1 a month.
fn foreseeing(steps: u32, holds: Vec<Intervention>) -> Program {
    let mut program = program(steps);
    program.quantities = vec![stock("x", (None, None), n(0.0)), ladder("act", 2)];
    program.flows = vec![flow(0, x(1), None)];
    // Who acts makes it grow; the utility is what it is worth.
    program.actors = vec![actor("A", 0.5, None, 5.0, x(0))];
    program.choices = vec![choice("act", 0, Occasion::Steps(vec![0]), &[vec![], vec![set(1, 1.0)]])];
    program.interventions = holds;
    program.questions = vec![value_at("act", Expr::Chosen { choice: 0, option: 1 }, 0)];
    program
}

/// How often it acts.
fn acts(program: &Program) -> f64 {
    let values = values(program, 20_000);
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn what_is_held_is_foreseen_at_its_time() {
    // The mean over six months of what grows: trapezoidal over the values at 0, 1 … 5. Seen to fail with holds left out of
    // the projection, with holds that are seen only once they are in force, and with a last step that does not go on.
    let logit = |worth: f64| 1.0 / (1.0 + variorum_engine::math::exp(-0.5 * worth));
    let mean = |values: [f64; 6]| (values.iter().sum::<f64>() - 0.5 * (values[0] + values[5])) / 5.0;
    let check = |steps: u32, holds: Vec<Intervention>, grown: [f64; 6], otherwise: [f64; 6]| {
        let program = foreseeing(steps, holds);
        let (found, expected) = (acts(&program), logit(mean(grown) - mean(otherwise)));
        // Four standard errors of 40,000 trajectories.
        assert!((found - expected).abs() < 0.01, "{:?}: {found} {expected}", program.interventions);
        agree(&program, 30, 2).unwrap();
    };
    let none = [0.0; 6];
    check(9, vec![], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], none);
    // The example of the book: held at 10 in the third and fourth month.
    let held = vec![hold(0, n(10.0), 2, 3)];
    check(9, held, [0.0, 1.0, 10.0, 10.0, 10.0, 11.0], [0.0, 0.0, 10.0, 10.0, 10.0, 10.0]);
    // What is held now and to the end is foreseen to be held beyond it.
    check(3, vec![hold(0, n(7.0), 0, 2)], [7.0; 6], [7.0; 6]);
    check(3, vec![hold(0, n(7.0), 0, 1)], [7.0, 7.0, 7.0, 8.0, 9.0, 10.0], [7.0; 6]);
    // What comes as a surprise is foreseen by nobody before it is known, and by all from then on. Seen to fail with holds
    // that are known from the beginning.
    let secret = |known: u32, from: u32, until: u32| vec![Intervention { known, ..hold(0, n(10.0), from, until) }];
    check(9, secret(2, 2, 3), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], none);
    check(9, secret(1, 2, 3), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], none);
    check(9, secret(3, 0, 3), [10.0, 10.0, 10.0, 10.0, 10.0, 11.0], [10.0; 6]);
    // What will be set is not foreseen.
    check(9, vec![set_at(0, n(-50.0), 1)], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], none);
    // The act itself moves nothing while its flag is held; once it is free, it stays as it is.
    check(9, vec![hold(1, n(0.0), 0, 3)], none, none);
    check(9, vec![hold(1, n(1.0), 2, 8)], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn ends_that_nobody_sees_make_no_segments_of_their_own() {
    // A year's hold in the middle of many years, nobody looking further than two months ahead: steps before, those that
    // see it coming, during, those that see it end, and after.
    let mut program = foreseeing(120, vec![hold(0, n(7.0), 50, 61)]);
    program.actors[0].horizon = 2.0;
    program.choices[0].occasion = Occasion::Considered(n(0.1));
    let plan = lower(&program).unwrap().to_string();
    let segments = plan.lines().filter(|line| line.starts_with("step")).count();
    // Each of none, two that see it begin, held, two that see it end, by parity (some of which do not come up).
    assert!((6..=12).contains(&segments), "{segments}\n{plan}");
    agree(&program, 1, 2).unwrap();
}

#[test]
fn what_cannot_be_done_is_refused() {
    let refused = |interventions: Vec<Intervention>| {
        let mut program = growing(6);
        program.interventions = interventions;
        assert!(matches!(lower(&program), Err(LowerError::Malformed { .. })), "{:?}", program.interventions);
    };
    refused(vec![hold(0, n(1.0), 0, 3), hold(0, n(2.0), 3, 4)]);
    refused(vec![hold(0, n(1.0), 3, 2)]);
    refused(vec![hold(7, n(1.0), 0, 2)]);
    refused(vec![set_at(0, x(0), 0)]);
}
