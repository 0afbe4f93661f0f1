//! Short words for building programs.

use variorum_model::program::{
    Actor, Choice, ChoiceOption, Clock, Effect, EffectOp, Event, EventRule, Expr, Flow, Function, Given, Intervention,
    Key, Law, Occasion, Param, Program, Quantity, QuantityKind, Query, Question, Rule, UtilityTerm,
};
use variorum_oracle::Oracle;

pub fn empty(steps: u32) -> Program {
    Program {
        model: "test".into(),
        reading: "model".into(),
        scenario: None,
        clock: Clock { first: 12 * 2020, steps, months: 1, parts: 1 },
        params: Vec::new(),
        quantities: Vec::new(),
        formulas: Vec::new(),
        actors: Vec::new(),
        choices: Vec::new(),
        events: Vec::new(),
        exclusions: Vec::new(),
        flows: Vec::new(),
        copulas: Vec::new(),
        interventions: Vec::new(),
        observations: Vec::new(),
        records: Vec::new(),
        questions: Vec::new(),
    }
}

pub fn number(x: f64) -> Expr {
    Expr::Number(x)
}

pub fn quantity(index: usize) -> Expr {
    Expr::Quantity(index)
}

pub fn apply(function: Function, arguments: &[Expr]) -> Expr {
    Expr::Apply(function, arguments.to_vec())
}

pub fn times(a: Expr, b: Expr) -> Expr {
    apply(Function::Multiply, &[a, b])
}

pub fn plus(a: Expr, b: Expr) -> Expr {
    apply(Function::Add, &[a, b])
}

pub fn equal(a: Expr, b: Expr) -> Expr {
    apply(Function::Equal, &[a, b])
}

pub fn stock(start: f64, low: Option<f64>, high: Option<f64>) -> Quantity {
    Quantity { name: "stock".into(), kind: QuantityKind::Stock { low, high }, start: number(start) }
}

pub fn ladder(levels: usize, start: f64) -> Quantity {
    let levels = (0..levels).map(|level| format!("level {level}")).collect();
    Quantity { name: "ladder".into(), kind: QuantityKind::Ladder { levels }, start: number(start) }
}

pub fn flow(stock: usize, rate: Expr) -> Flow {
    let path = format!("flow into {stock}");
    Flow { key: Key::of(&path), path, stock, rate, noise: None }
}

pub fn effect(quantity: usize, op: EffectOp, value: Expr) -> Effect {
    Effect { quantity, op, value }
}

pub fn set(quantity: usize, value: f64) -> Effect {
    effect(quantity, EffectOp::Set, number(value))
}

pub fn add(quantity: usize, value: f64) -> Effect {
    effect(quantity, EffectOp::Add, number(value))
}

pub fn event(name: &str, when: Option<Expr>, rule: EventRule, effects: &[Effect]) -> Event {
    Event { name: name.into(), key: Key::of(name), title: name.into(), when, rule, effects: effects.to_vec() }
}

pub fn hazard(rate: f64) -> EventRule {
    EventRule::Hazard(number(rate))
}

pub fn dated(step: u32, chance: f64) -> EventRule {
    EventRule::Dated { step, chance: number(chance) }
}

/// An actor who looks at the state alone.
pub fn actor(precision: f64, foresight: Option<u32>, utility: Expr) -> Actor {
    Actor {
        name: "actor".into(),
        precision: Some(number(precision)),
        foresight,
        horizon: 0.0,
        patience: number(1.0),
        utility: vec![UtilityTerm { path: "utility".into(), value: utility }],
    }
}

pub fn option(weight: Option<f64>, effects: &[Effect]) -> ChoiceOption {
    ChoiceOption {
        name: "option".into(),
        title: "option".into(),
        weight: weight.map(number),
        effects: effects.to_vec(),
    }
}

/// A choice by utility whose first option is the default.
pub fn choice(name: &str, actor: usize, occasion: Occasion, options: &[ChoiceOption]) -> Choice {
    Choice {
        name: name.into(),
        key: Key::of(name),
        title: name.into(),
        actor,
        occasion,
        when: None,
        rule: Rule::Utility,
        options: options.to_vec(),
        default: 0,
    }
}

pub fn after(choice: usize, option: Option<usize>) -> Occasion {
    Occasion::After { choice, option }
}

pub fn param(law: Law) -> Param {
    Param {
        name: "param".into(),
        draw: "param".into(),
        key: Key::of("param"),
        law,
        low: None,
        high: None,
        clip: false,
        within: None,
        scale: 1.0,
    }
}

pub fn ask(value: Expr, at: u32) -> Question {
    let query = Query::Value { value, at, scale: 1.0, unit: String::new() };
    Question { name: "question".into(), text: String::new(), query, given: None }
}

pub fn ever(condition: Expr, from: u32, to: u32) -> Question {
    Question { name: "question".into(), text: String::new(), query: Query::Ever { condition, from, to }, given: None }
}

pub fn first(condition: Expr, from: u32, to: u32) -> Question {
    Question { query: Query::First { condition: condition.clone(), from, to }, ..ever(condition, from, to) }
}

/// A question asked only where a condition holds within a window.
pub fn given(question: Question, condition: Expr, from: u32, to: u32) -> Question {
    Question { given: Some(Given { condition, from, to }), ..question }
}

/// What sets a quantity once.
pub fn set_at(quantity: usize, value: f64, from: u32) -> Intervention {
    Intervention { quantity, value: number(value), from, until: None, known: 0 }
}

/// What holds a quantity.
pub fn hold(quantity: usize, value: f64, from: u32, until: u32) -> Intervention {
    Intervention { until: Some(until), ..set_at(quantity, value, from) }
}

/// The answers of one trajectory of a program.
pub fn answers(program: &Program) -> Vec<f64> {
    Oracle::new(program, 1).unwrap().trajectory(0, 0, 0)
}

/// The mean of each answer over many trajectories; of those by yes and no, how often it is yes.
pub fn means(program: &Program, trajectories: u32) -> Vec<f64> {
    let oracle = Oracle::new(program, 20_241_101).unwrap();
    let mut sums = vec![0.0; program.questions.len()];
    for number in 0..trajectories {
        let answers = oracle.trajectory(u64::from(number / 16), number / 8 % 2, number % 8);
        for ((sum, answer), question) in sums.iter_mut().zip(answers).zip(&program.questions) {
            let is_number = matches!(question.query, Query::Value { .. });
            *sum += if is_number { answer } else { f64::from(u8::from(answer.is_finite())) };
        }
    }
    sums.iter().map(|sum| sum / f64::from(trajectories)).collect()
}

/// Whether a frequency lies within five standard errors of a probability.
#[track_caller]
pub fn frequency(found: f64, probability: f64, trajectories: u32) {
    let error = libm::sqrt(probability * (1.0 - probability) / f64::from(trajectories));
    close(found, probability, 5.0 * error);
}

#[track_caller]
pub fn close(found: f64, known: f64, within: f64) {
    assert!(libm::fabs(found - known) <= within, "{found} is not {known} within {within:e}");
}
