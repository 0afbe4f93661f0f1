//! Small programs, written down by hand.

use variorum_model::program::{
    Actor, Choice, ChoiceOption, Clock, Effect, EffectOp, Event, EventRule, Exclusion, Expr, Flow, Function, Key, Law,
    Occasion, Param, Program, Quantity, QuantityKind, Query, Question, Rule, UtilityTerm,
};

pub const FIRST: i32 = 2024 * 12;

pub fn n(number: f64) -> Expr {
    Expr::Number(number)
}

pub fn x(quantity: usize) -> Expr {
    Expr::Quantity(quantity)
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

pub fn equal(a: Expr, b: f64) -> Expr {
    apply(Function::Equal, &[a, n(b)])
}

pub fn program(steps: u32) -> Program {
    Program {
        model: "Test".to_owned(),
        reading: "model".to_owned(),
        scenario: None,
        clock: Clock { first: FIRST, steps, months: 1, parts: 1 },
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

pub fn param(name: &str, law: Law) -> Param {
    Param {
        name: name.to_owned(),
        draw: name.to_owned(),
        key: Key::of(name),
        law,
        low: None,
        high: None,
        clip: false,
        within: None,
        scale: 1.0,
    }
}

pub fn stock(name: &str, bounds: (Option<f64>, Option<f64>), start: Expr) -> Quantity {
    let kind = QuantityKind::Stock { low: bounds.0, high: bounds.1 };
    Quantity { name: name.to_owned(), kind, start }
}

pub fn ladder(name: &str, levels: usize) -> Quantity {
    let levels = (0..levels).map(|level| format!("level {level}")).collect();
    Quantity { name: name.to_owned(), kind: QuantityKind::Ladder { levels }, start: n(0.0) }
}

pub fn actor(name: &str, precision: f64, foresight: Option<u32>, horizon: f64, utility: Expr) -> Actor {
    Actor {
        name: name.to_owned(),
        precision: Some(n(precision)),
        foresight,
        horizon,
        patience: n(1.0),
        utility: vec![UtilityTerm { path: format!("utility {name}"), value: utility }],
    }
}

/// A choice by utility; the first option is the default, and each option's effects are given.
pub fn choice(name: &str, actor: usize, occasion: Occasion, options: &[Vec<Effect>]) -> Choice {
    let option = |(index, effects): (usize, &Vec<Effect>)| ChoiceOption {
        name: format!("option{index}"),
        title: String::new(),
        weight: None,
        effects: effects.clone(),
    };
    Choice {
        name: name.to_owned(),
        key: Key::of(name),
        title: String::new(),
        actor,
        occasion,
        when: None,
        rule: Rule::Utility,
        options: options.iter().enumerate().map(option).collect(),
        default: 0,
    }
}

/// The same with probabilities or hazards of the options but the first.
pub fn weighted(choice: Choice, rule: Rule, weights: &[Expr]) -> Choice {
    let mut choice = Choice { rule, ..choice };
    for (option, weight) in choice.options.iter_mut().skip(1).zip(weights) {
        option.weight = Some(weight.clone());
    }
    choice
}

pub fn set(quantity: usize, value: f64) -> Effect {
    Effect { quantity, op: EffectOp::Set, value: n(value) }
}

pub fn effect(quantity: usize, op: EffectOp, value: Expr) -> Effect {
    Effect { quantity, op, value }
}

pub fn event(name: &str, when: Option<Expr>, hazard: Expr, effects: Vec<Effect>) -> Event {
    let key = Key::of(name);
    Event { name: name.to_owned(), key, title: String::new(), when, rule: EventRule::Hazard(hazard), effects }
}

pub fn exclusion(events: &[usize]) -> Exclusion {
    Exclusion { name: "a|b".to_owned(), key: Key::of("a|b"), events: events.to_vec() }
}

pub fn flow(stock: usize, rate: Expr, noise: Option<Expr>) -> Flow {
    Flow { path: format!("flow {stock}"), key: Key::of(&format!("flow {stock}")), stock, rate, noise }
}

pub fn value_at(name: &str, value: Expr, at: u32) -> Question {
    let query = Query::Value { value, at, scale: 1.0, unit: String::new() };
    Question { name: name.to_owned(), text: String::new(), query, given: None }
}

pub fn ever(name: &str, condition: Expr, from: u32, to: u32) -> Question {
    Question { name: name.to_owned(), text: String::new(), query: Query::Ever { condition, from, to }, given: None }
}
