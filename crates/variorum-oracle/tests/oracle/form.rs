//! Programs that break the rules of their form are refused, never misread.

use variorum_model::program::{Choice, Copula, EffectOp, Expr, Function, Law, Occasion, Program, Rule};
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
    program.interventions = vec![hold(0, 1.0, 0, 1)];
    program.params = vec![param(Law::Uniform { low: 0.0, high: 1.0 }), param(Law::Uniform { low: 0.0, high: 1.0 })];
    program.copulas = vec![Copula { params: vec![0, 1], ranks: vec![vec![1.0, 0.4], vec![0.4, 1.0]] }];
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
        ("event", |program| program.choices[1].occasion = Occasion::AfterEvent { event: 1 }),
        ("given", |program| program.questions = vec![given(ask(quantity(0), 1), quantity(1), 0, 2)]),
        ("given what", |program| program.questions = vec![given(ask(quantity(0), 1), quantity(2), 0, 1)]),
        ("first date", |program| program.questions = vec![first(quantity(1), 0, 2)]),
        ("held too long", |program| program.interventions = vec![hold(0, 1.0, 1, 2)]),
        ("held for no time", |program| program.interventions = vec![hold(0, 1.0, 1, 0)]),
        ("nothing is set", |program| program.interventions = vec![set_at(2, 1.0, 0)]),
        ("set to what the state is", |program| program.interventions[0].value = quantity(0)),
        ("a copula of what is not there", |program| program.copulas[0].params[1] = 2),
        ("a copula of one with itself", |program| program.copulas[0].params[1] = 0),
        ("two copulas of one", |program| program.copulas.push(program.copulas[0].clone())),
        ("correlations that differ", |program| program.copulas[0].ranks[1][0] = 0.5),
        ("no square", |program| program.copulas[0].ranks.truncate(1)),
        ("too much", |program| program.copulas[0].ranks = vec![vec![1.0, 1.5], vec![1.5, 1.0]]),
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
