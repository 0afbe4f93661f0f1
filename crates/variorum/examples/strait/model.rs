//! Two sides of a strait: two choices by utility, five events and six flows in each of 60 months.

use variorum_model::program::{
    Actor, Choice, ChoiceOption, Clock, Effect, EffectOp, Event, EventRule, Expr, Flow, Function, Key, Law, Occasion,
    Param, Program, Quantity, QuantityKind, Query, Question, Rule, UtilityTerm,
};

const STEPS: u32 = 60;
/// What A gains by its own choice (row) and B's (column), alone and times the tension.
const MA: [[f64; 3]; 3] = [[0.0, -0.2, 0.5], [0.1, -0.6, 1.0], [0.2, -0.3, 0.4]];
const NA: [[f64; 3]; 3] = [[0.0, -0.1, 0.1], [-0.1, -0.5, 0.2], [0.1, 0.0, 0.1]];
/// What B gains by its own choice (row) and A's (column).
const MB: [[f64; 3]; 3] = [[0.1, -0.4, 0.3], [-0.2, 0.2, -0.1], [0.0, -0.1, 0.2]];
const NB: [[f64; 3]; 3] = [[0.0, -0.3, 0.1], [-0.1, 0.3, -0.2], [0.1, 0.2, 0.1]];

// Quantities and parameters by their place.
const TENSION: usize = 0;
const RESOLVE_A: usize = 1;
const RESOLVE_B: usize = 2;
const STABLE_A: usize = 3;
const STABLE_B: usize = 4;
const ECONOMY: usize = 5;
const STANCE_A: usize = 6;
const STANCE_B: usize = 7;
const WAR: usize = 8;
const COUP: usize = 9;
const R: Expr = Expr::Param(0);
const C: Expr = Expr::Param(1);
const H: Expr = Expr::Param(2);

fn x(quantity: usize) -> Expr {
    Expr::Quantity(quantity)
}

fn n(number: f64) -> Expr {
    Expr::Number(number)
}

fn apply(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Apply(function, arguments)
}

fn times(a: Expr, b: Expr) -> Expr {
    apply(Function::Multiply, vec![a, b])
}

fn minus(a: Expr, b: Expr) -> Expr {
    apply(Function::Subtract, vec![a, b])
}

/// a + b + c …
fn sum(terms: Vec<Expr>) -> Expr {
    let sum = terms.into_iter().reduce(|a, b| apply(Function::Add, vec![a, b]));
    sum.unwrap_or(Expr::Number(0.0))
}

/// k x, k' x' … added up.
fn linear(terms: Vec<(f64, Expr)>) -> Expr {
    sum(terms.into_iter().map(|(k, x)| times(n(k), x)).collect())
}

/// 1 where a stance is the given one.
fn is(quantity: usize, level: f64) -> Expr {
    apply(Function::Equal, vec![x(quantity), n(level)])
}

fn by_level(quantity: usize, values: Vec<Expr>) -> Expr {
    apply(Function::Lookup, [vec![x(quantity)], values].concat())
}

fn table(row: usize, column: usize, numbers: [[f64; 3]; 3]) -> Expr {
    let rows = numbers.into_iter().map(|row| by_level(column, row.map(n).into()));
    by_level(row, rows.collect())
}

fn param(name: &str, law: Law, bounds: Option<(f64, f64)>) -> Param {
    Param {
        name: name.to_owned(),
        draw: name.to_owned(),
        key: Key::of(name),
        law,
        low: bounds.map(|bounds| bounds.0),
        high: bounds.map(|bounds| bounds.1),
        clip: true,
        within: None,
        scale: 1.0,
    }
}

fn stock(name: &str, start: f64) -> Quantity {
    let kind = QuantityKind::Stock { low: Some(0.0), high: Some(1.0) };
    Quantity { name: name.to_owned(), kind, start: n(start) }
}

fn ladder(name: &str, levels: &[&str]) -> Quantity {
    let levels = levels.iter().map(|level| (*level).to_owned()).collect();
    Quantity { name: name.to_owned(), kind: QuantityKind::Ladder { levels }, start: n(0.0) }
}

fn actor(name: &str, precision: f64, foresight: u32, utility: Vec<Expr>) -> Actor {
    let term = |value: Expr| UtilityTerm { path: format!("utility {name}"), value };
    Actor {
        name: name.to_owned(),
        precision: Some(n(precision)),
        foresight: Some(foresight),
        horizon: 0.0,
        patience: n(1.0),
        utility: utility.into_iter().map(term).collect(),
    }
}

fn choice(name: &str, actor: usize, occasion: Occasion, stance: usize, options: [&str; 3]) -> Choice {
    let option = |(level, name): (usize, &&str)| ChoiceOption {
        name: (*name).to_owned(),
        title: (*name).to_owned(),
        weight: None,
        effects: vec![set(stance, level as f64)],
    };
    Choice {
        name: name.to_owned(),
        key: Key::of(name),
        title: name.to_owned(),
        actor,
        occasion,
        when: None,
        rule: Rule::Utility,
        options: options.iter().enumerate().map(option).collect(),
        default: 0,
    }
}

fn set(quantity: usize, value: f64) -> Effect {
    Effect { quantity, op: EffectOp::Set, value: n(value) }
}

fn shrink(quantity: usize, factor: f64) -> Effect {
    Effect { quantity, op: EffectOp::Multiply, value: n(factor) }
}

fn event(name: &str, when: Option<Expr>, factor: Expr, exponent: Expr, effects: Vec<Effect>) -> Event {
    let hazard = times(factor, apply(Function::Exp, vec![exponent]));
    Event {
        name: name.to_owned(),
        key: Key::of(name),
        title: name.to_owned(),
        when,
        rule: EventRule::Hazard(hazard),
        effects,
    }
}

fn flow(name: &str, stock: usize, rate: Expr, noise: Option<f64>) -> Flow {
    Flow { path: format!("flow {name}"), key: Key::of(name), stock, rate, noise: noise.map(n) }
}

fn question(name: &str, query: Query) -> Question {
    Question { name: name.to_owned(), text: name.to_owned(), query, given: None }
}

/// The model.
pub fn strait() -> Program {
    let difference = || minus(x(RESOLVE_A), x(RESOLVE_B));
    let gains_a = vec![
        n(0.0),
        linear(vec![(0.8, R), (0.6, difference()), (-0.7, x(ECONOMY)), (-0.5, times(C, x(TENSION)))]),
        sum(vec![n(0.3), linear(vec![(-0.8, R), (0.5, x(ECONOMY)), (0.3, x(TENSION)), (-0.4, x(STABLE_A))])]),
    ];
    let gains_b = vec![
        n(0.0),
        minus(linear(vec![(0.5, C), (0.4, difference()), (0.4, x(TENSION))]), n(0.3)),
        sum(vec![n(0.2), linear(vec![(-0.6, x(STABLE_B)), (0.5, difference()), (-0.5, C)])]),
    ];
    let utility_a = vec![
        by_level(STANCE_A, gains_a),
        table(STANCE_A, STANCE_B, MA),
        times(x(TENSION), table(STANCE_A, STANCE_B, NA)),
    ];
    let utility_b = vec![
        by_level(STANCE_B, gains_b),
        table(STANCE_B, STANCE_A, MB),
        times(x(TENSION), table(STANCE_B, STANCE_A, NB)),
    ];
    let (a1, a2) = (|| is(STANCE_A, 1.0), || is(STANCE_A, 2.0));
    let (b1, b2) = (|| is(STANCE_B, 1.0), || is(STANCE_B, 2.0));
    let resolves = sum(vec![x(RESOLVE_A), x(RESOLVE_B)]);
    let events = vec![
        event(
            "incident",
            None,
            times(H, n(0.06)),
            linear(vec![(1.8, x(TENSION)), (0.7, a1()), (0.4, b1())]),
            Vec::new(),
        ),
        event(
            "proxy",
            None,
            times(H, n(0.03)),
            linear(vec![(1.2, x(TENSION)), (0.8, x(RESOLVE_A)), (-0.5, x(STABLE_B))]),
            Vec::new(),
        ),
        event(
            "coup",
            None,
            n(0.004),
            linear(vec![(2.5, minus(n(1.0), x(STABLE_A))), (1.5, x(ECONOMY)), (0.8, x(WAR))]),
            vec![set(COUP, 1.0), set(STABLE_A, 0.55), shrink(RESOLVE_A, 0.8), shrink(ECONOMY, 0.7)],
        ),
        event(
            "aid",
            None,
            n(0.08),
            linear(vec![(1.0, C), (1.0, x(TENSION)), (0.9, x(WAR)), (-0.8, x(RESOLVE_B))]),
            Vec::new(),
        ),
        event(
            "war",
            Some(apply(Function::Not, vec![x(WAR)])),
            times(H, n(0.0015)),
            linear(vec![(3.0, x(TENSION)), (1.5, a1()), (0.9, b1()), (0.8, resolves)]),
            vec![set(WAR, 1.0)],
        ),
    ];
    let (e1, e2, e4) = (|| Expr::Happened(0), || Expr::Happened(1), || Expr::Happened(3));
    let tension = linear(vec![
        (0.05, a1()),
        (0.03, b1()),
        (-0.05, a2()),
        (-0.02, b2()),
        (-0.06, minus(x(TENSION), n(0.2))),
        (0.10, e1()),
        (0.07, e2()),
        (0.15, x(WAR)),
    ]);
    let resolve_a = linear(vec![
        (0.04, a1()),
        (-0.02, a2()),
        (-0.03, x(RESOLVE_A)),
        (-0.02, times(x(ECONOMY), x(RESOLVE_A))),
        (-0.03, x(WAR)),
    ]);
    let resolve_b = linear(vec![(0.05, b1()), (-0.02, b2()), (-0.03, x(RESOLVE_B)), (0.06, e4()), (-0.02, x(WAR))]);
    let stable_a = linear(vec![
        (0.02, a1()),
        (-0.01, a2()),
        (-0.03, x(ECONOMY)),
        (-0.05, minus(x(STABLE_A), n(0.6))),
        (-0.02, x(WAR)),
        (0.01, e2()),
    ]);
    let stable_b = linear(vec![
        (0.01, b1()),
        (-0.03, b2()),
        (-0.04, minus(x(STABLE_B), n(0.6))),
        (0.03, e1()),
        (-0.02, e2()),
        (-0.015, x(WAR)),
    ]);
    let economy = linear(vec![
        (0.03, a1()),
        (-0.02, a2()),
        (0.05, times(e1(), C)),
        (0.10, times(x(WAR), C)),
        (-0.05, x(ECONOMY)),
    ]);
    let last = STEPS - 1;
    Program {
        model: "Strait".to_owned(),
        reading: "model".to_owned(),
        scenario: None,
        clock: Clock { first: 2024 * 12, steps: STEPS, months: 1, parts: 1 },
        params: vec![
            param("r", Law::Normal { mean: 0.5, sd: 0.15 }, Some((0.0, 1.0))),
            param("c", Law::Uniform { low: 0.2, high: 0.9 }, None),
            param("h", Law::LogNormal { log_mean: 0.0, log_sd: 0.4 }, None),
        ],
        quantities: vec![
            stock("T", 0.30),
            stock("RA", 0.40),
            stock("RB", 0.35),
            stock("SA", 0.60),
            stock("SB", 0.60),
            stock("EC", 0.20),
            ladder("a", &["hold", "coerce", "conciliate"]),
            ladder("b", &["stand", "mobilise", "concede"]),
            ladder("W", &["no", "yes"]),
            ladder("K", &["no", "yes"]),
        ],
        formulas: Vec::new(),
        actors: vec![actor("A", 3.0, 1, utility_a), actor("B", 2.5, 0, utility_b)],
        choices: vec![
            choice("act", 0, Occasion::Steps((0..STEPS).collect()), STANCE_A, ["hold", "coerce", "conciliate"]),
            choice(
                "answer",
                1,
                Occasion::After { choice: 0, option: None },
                STANCE_B,
                ["stand", "mobilise", "concede"],
            ),
        ],
        events,
        exclusions: Vec::new(),
        flows: vec![
            flow("T", TENSION, tension, Some(0.02)),
            flow("RA", RESOLVE_A, resolve_a, None),
            flow("RB", RESOLVE_B, resolve_b, None),
            flow("SA", STABLE_A, stable_a, None),
            flow("SB", STABLE_B, stable_b, None),
            flow("EC", ECONOMY, economy, None),
        ],
        copulas: Vec::new(),
        interventions: Vec::new(),
        observations: Vec::new(),
        records: Vec::new(),
        questions: vec![
            question("war", Query::Ever { condition: x(WAR), from: last, to: last }),
            question("coup", Query::Ever { condition: x(COUP), from: last, to: last }),
            question("T", Query::Value { value: x(TENSION), at: last, scale: 1.0, unit: String::new() }),
        ],
    }
}
