//! Replies to events: when they come up, and which choices are of one moment with them.

use variorum_model::program::{Expr, Occasion, Program};
use variorum_oracle::{Moment, Oracle};

use crate::build::*;

fn after_event(event: usize) -> Occasion {
    Occasion::AfterEvent { event }
}

/// How a program's first choice came out in each step.
fn outcomes(program: &Program) -> Vec<Option<usize>> {
    let history = Oracle::new(program, 1).unwrap().history(0, 0, 0);
    history.steps.iter().map(|record| record.outcomes[0]).collect()
}

#[test]
fn a_reply_comes_up_in_the_step_after_and_its_default_is_an_outcome() {
    let mut program = empty(4);
    program.quantities = vec![stock(0.0, None, None)];
    program.actors = vec![actor(0.0, None, number(0.0))];
    program.events = vec![event("shot", None, dated(1, 1.0), &[])];
    program.choices = vec![
        choice("answer", 0, after_event(0), &[option(None, &[add(0, 1.0)])]),
        choice("echo", 0, after(0, Some(0)), &[option(None, &[add(0, 10.0)])]),
    ];
    program.questions = (0..4).map(|step| ask(quantity(0), step)).collect();
    assert_eq!(outcomes(&program), [None, None, Some(0), None]);
    assert_eq!(answers(&program), [0.0, 0.0, 11.0, 11.0]);
}

#[test]
fn every_time_an_event_happens_is_answered() {
    let mut program = empty(4);
    program.actors = vec![actor(0.0, None, number(0.0))];
    program.events = vec![event("shot", None, hazard(f64::INFINITY), &[])];
    program.choices = vec![choice("answer", 0, after_event(0), &[option(None, &[])])];
    // The shot of the last step would be answered after it.
    assert_eq!(outcomes(&program), [None, Some(0), Some(0), Some(0)]);
    program.choices[0].when = Some(number(0.0));
    assert_eq!(outcomes(&program), [None; 4]);
}

#[test]
fn written_probabilities_hold_for_each_occasion() {
    let mut program = empty(2);
    program.actors = vec![actor(0.0, None, number(0.0))];
    program.events = vec![event("shot", None, hazard(0.5), &[])];
    let options = [option(None, &[]), option(Some(0.25), &[])];
    program.choices = vec![choice("answer", 0, after_event(0), &options)];
    program.choices[0].rule = variorum_model::program::Rule::Probabilities;
    program.questions = [0, 1].map(|option| ask(Expr::Chosen { choice: 0, option }, 1)).into();
    let found = means(&program, 20_000);
    let happens = 1.0 - libm::exp(-0.5);
    frequency(found[0], 0.75 * happens, 20_000);
    frequency(found[1], 0.25 * happens, 20_000);
}

/// In a step before which two events have happened: choices that add to a stock which one actor wants to be large. All
/// but the first are made by an actor who does not care.
fn crowded() -> Program {
    let mut program = empty(2);
    program.quantities = vec![stock(1.0, None, None)];
    program.actors = vec![actor(1.0, None, quantity(0)), actor(0.0, None, number(0.0))];
    program.events = vec![event("one", None, dated(0, 1.0), &[]), event("two", None, dated(0, 1.0), &[])];
    let adds = |amount: f64| [option(None, &[]), option(None, &[add(0, amount)])];
    program.choices = vec![
        choice("answer", 0, after_event(0), &adds(1.0)),
        choice("also", 1, after_event(0), &adds(4.0)),
        choice("reply", 1, after(1, Some(1)), &adds(8.0)),
        choice("other event", 1, after_event(1), &adds(100.0)),
        choice("by date", 1, Occasion::Steps(vec![1]), &adds(1000.0)),
        choice("by chance", 1, Occasion::Considered(number(100.0)), &adds(10_000.0)),
        choice("reply to that", 1, after(3, None), &adds(100_000.0)),
    ];
    program
}

fn second_step(program: &Program) -> Moment {
    let happened = vec![true; program.events.len()];
    Moment { step: 1, happened, ..Oracle::new(program, 1).unwrap().opening(&[]) }
}

fn values(program: &Program, choice: usize) -> Vec<f64> {
    Oracle::new(program, 1).unwrap().values(choice, &[], &second_step(program))
}

#[test]
fn choices_after_one_event_are_of_one_moment_with_their_replies() {
    // 1 + 1/2 (4 + 1/2 · 8), and one more.
    assert_eq!(values(&crowded(), 0), [5.0, 6.0]);
    // What came earlier is done, and its owner sees one reply.
    assert_eq!(values(&crowded(), 1), [0.0, 0.0]);
    let mut program = crowded();
    program.choices[1].actor = 0;
    assert_eq!(values(&program, 1), [1.0, 1.0 + 4.0 + 4.0]);
}

#[test]
fn choices_after_other_events_and_by_date_are_of_other_moments() {
    let mut program = crowded();
    program.choices[4].actor = 0;
    program.choices[3].actor = 0;
    // Other event: its own reply only. By date: nobody follows.
    assert_eq!(values(&program, 3), [1.0 + 50_000.0, 101.0 + 50_000.0]);
    assert_eq!(values(&program, 4), [1.0, 1001.0]);
}

#[test]
fn foresight_counts_choices_after_one_event() {
    let mut program = crowded();
    program.actors[0].foresight = Some(0);
    assert_eq!(values(&program, 0), [1.0, 2.0]);
    program.actors[0].foresight = Some(1);
    assert_eq!(values(&program, 0), [3.0, 4.0]);
    // An event that has not happened calls for no reply.
    let moment = Moment { happened: vec![false, true], ..second_step(&program) };
    assert_eq!(Oracle::new(&program, 1).unwrap().values(0, &[], &moment), [1.0, 2.0]);
}
