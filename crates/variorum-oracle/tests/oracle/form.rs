//! Programs that break the rules of their form are refused, never misread.

use variorum_model::program::{Choice, EffectOp, Expr, Function, Occasion, Program, Rule};
use variorum_oracle::Oracle;

use crate::build::*;

fn sound() -> Program {
    let mut program = empty(2);
    program.quantities = vec![stock(0.0, None, None), ladder(2, 0.0)];
    program.actors = vec![actor(1.0, None, quantity(0))];
    let options = [option(None, &[]), option(None, &[add(0, 1.0)])];
    program.choices =
        vec![choice("first", 0, Occasion::Steps(vec![0]), &options), choice("second", 0, after(0, None), &options)];
    program.events = vec![event("event", None, hazard(0.1), &[])];
    program.questions = vec![ask(quantity(0), 1)];
    program
}

#[test]
fn a_sound_program_is_accepted() {
    assert!(Oracle::new(&sound(), 1).is_ok());
}

/// What is broken, and how.
type Break = (&'static str, fn(&mut Program));

#[test]
fn broken_programs_are_refused() {
    let breaks: &[Break] = &[
        ("quantity", |program| program.questions = vec![ask(quantity(2), 1)]),
        ("last step", |program| program.questions = vec![ask(quantity(0), 2)]),
        ("arity", |program| program.questions = vec![ask(apply(Function::Add, &[number(1.0)]), 1)]),
        ("formula", |program| program.questions = vec![ask(Expr::Formula(0), 1)]),
        ("start", |program| program.quantities[0].start = quantity(1)),
        ("precision", |program| program.actors[0].precision = Some(quantity(0))),
        ("no precision", |program| program.actors[0].precision = None),
        ("horizon", |program| program.actors[0].horizon = f64::INFINITY),
        ("reply", |program| program.choices[0].occasion = after(1, None)),
        ("option", |program| program.choices[1].occasion = after(0, Some(2))),
        ("default", |program| program.choices[0].default = 2),
        ("weight", |program| program.choices[0].rule = Rule::Probabilities),
        ("hazards", |program| program.choices[0].occasion = Occasion::Hazards),
        ("ladder", |program| program.events[0].effects = vec![add(1, 1.0)]),
        ("stock", |program| program.events[0].effects = vec![effect(0, EffectOp::NextLevel, number(0.0))]),
        ("flow", |program| program.flows = vec![flow(1, number(1.0))]),
        ("clock", |program| program.clock.parts = 0),
    ];
    for (what, change) in breaks {
        let mut program = sound();
        change(&mut program);
        assert!(Oracle::new(&program, 1).is_err(), "{what}");
    }
}

#[test]
fn a_refusal_names_the_statement() {
    let mut program = sound();
    program.choices.push(Choice { actor: 5, ..program.choices[0].clone() });
    let error = Oracle::new(&program, 1).unwrap_err();
    assert_eq!(error.to_string(), "first: its actor is missing");
}
