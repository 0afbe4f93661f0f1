//! Every operation on columns gives the bits of its scalar definition, in chains and out of them, for all lanes and for
//! some.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::sync::atomic::AtomicBool;
use variorum_engine::allocate::Code;
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::math::happens;
use variorum_engine::op::{Binary, Op, Operand, Sparse, Unary, softmax};
use variorum_engine::plan::{PlanBuilder, PlanError, PlanQuestion, QuestionKind};
use variorum_engine::random::aleatory;

const SEED: u64 = 11;
const FIRST: i32 = 7;
const DRAWS: u64 = 100;
const PER_DRAW: usize = 6;

/// A column of a value is what comes out of one trajectory.
type Expected = Box<dyn Fn(f64, f64, f64) -> f64>;

/// Segments of one step, in which x and y lie around 0 and u is a uniform.
#[derive(Default)]
struct Trial {
    ops: Vec<Op>,
    next: u32,
    asked: Vec<(u32, Expected)>,
}

const X: u32 = 0;
const Y: u32 = 1;
const U: u32 = 2;

impl Trial {
    fn new() -> Trial {
        Trial { next: 3, ..Trial::default() }
    }

    fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn ask(&mut self, expected: Expected, op: impl FnOnce(u32) -> Op) -> u32 {
        let to = self.fresh();
        self.ops.push(op(to));
        self.asked.push((to, expected));
        to
    }

    /// All values, against what they should be.
    fn run(self, lanes: usize) {
        let mut builder = PlanBuilder::new("trial", FIRST, 1);
        let inputs = ["x", "y", "u"].map(|name| builder.column(name));
        let streams = ["x", "y", "u"].map(|name| builder.stream(name, u64::from(name.as_bytes()[0])));
        // x and y from -12 to 12, with zeros among them.
        let mut start = Code::default();
        for (place, (column, stream)) in inputs.into_iter().zip(streams).enumerate() {
            let base = 8 * place as u32;
            start.ops.push(Op::Uniform { to: base, stream });
            let (mut last, number) = (base, Operand::Number);
            if place < 2 {
                let binary = |to, kind, left, right| Op::Binary { to, kind, left: Operand::Column(left), right };
                start.ops.push(binary(base + 1, Binary::Subtract, base, number(0.5)));
                start.ops.push(binary(base + 2, Binary::Multiply, base + 1, number(24.0)));
                start.ops.push(binary(base + 3, Binary::Max, base + 2, number(-11.0)));
                let zero = binary(base + 4, Binary::Less, base, number(0.1));
                start.ops.push(zero);
                let (condition, no) = (base + 4, Operand::Column(base + 3));
                start.ops.push(Op::Select { to: base + 5, condition, yes: number(0.0), no });
                last = base + 5;
            }
            start.stores.push((column, Operand::Column(last)));
        }
        builder.start(start);
        let mut code = Code { inputs: inputs.to_vec(), ops: self.ops, stores: Vec::new() };
        for (place, (value, _)) in self.asked.iter().enumerate() {
            let column = builder.column(&format!("result {place}"));
            code.stores.push((column, Operand::Column(*value)));
            let name = format!("question {place}");
            builder.question(PlanQuestion { name, column, kind: QuestionKind::Value, given: None });
        }
        let segment = builder.segment("trial", code);
        builder.schedule(0, segment);
        let plan = builder.finish().unwrap();
        assert!(plan.to_string().contains("trial"));

        let settings = Settings { seed: SEED, draws: 0..DRAWS, per_draw: PER_DRAW, lanes, threads: 1 };
        ensemble(&[plan], &settings, &AtomicBool::new(false), &mut |_, results| {
            let result = &results[0];
            for (place, (_, expected)) in self.asked.iter().enumerate() {
                for (trajectory, value) in result.values[place].iter().enumerate() {
                    let (draw, rest) = (trajectory / PER_DRAW, trajectory % PER_DRAW);
                    let draw = result.draws.start + draw as u64;
                    let (half, slot) = (rest / (PER_DRAW / 2), rest % (PER_DRAW / 2));
                    let uniform = |name: u8| aleatory(SEED, draw, half as u32, slot as u32, FIRST, u64::from(name));
                    let spread = |u: f64| if u < 0.1 { 0.0 } else { ((u - 0.5) * 24.0).max_of(-11.0) };
                    let (x, y, u) = (spread(uniform(b'x')), spread(uniform(b'y')), uniform(b'u'));
                    let wanted = expected(x, y, u);
                    let same = wanted.to_bits() == value.to_bits() || wanted.is_nan() && value.is_nan();
                    assert!(same, "result {place}: {value} in place of {wanted} at {x}, {y}, {u}");
                }
            }
        })
        .unwrap();
    }
}

trait MaxOf {
    fn max_of(self, other: f64) -> f64;
}

impl MaxOf for f64 {
    fn max_of(self, other: f64) -> f64 {
        variorum_engine::math::max(self, other)
    }
}

fn column(value: u32) -> Operand {
    Operand::Column(value)
}

const UNARY: [Unary; 9] = [
    Unary::Negate,
    Unary::Not,
    Unary::Exp,
    Unary::ExpModerate,
    Unary::Ln,
    Unary::Sqrt,
    Unary::Abs,
    Unary::Clean,
    Unary::Invalid,
];

const BINARY: [Binary; 16] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::Power,
    Binary::Min,
    Binary::Max,
    Binary::Equal,
    Binary::NotEqual,
    Binary::Less,
    Binary::AtMost,
    Binary::Greater,
    Binary::AtLeast,
    Binary::And,
    Binary::Or,
    Binary::AndNot,
];

/// Every operation there is, each asked for by itself.
fn everything() -> Trial {
    let mut trial = Trial::new();
    for kind in UNARY {
        trial.ask(Box::new(move |x, _, _| kind.apply(x)), |to| Op::Unary { to, kind, of: X });
    }
    for kind in [Unary::Chance, Unary::Normal] {
        trial.ask(Box::new(move |_, _, u| kind.apply(u)), |to| Op::Unary { to, kind, of: U });
    }
    for kind in BINARY {
        let binary = |left, right| move |to| Op::Binary { to, kind, left, right };
        trial.ask(Box::new(move |x, y, _| kind.apply(x, y)), binary(column(X), column(Y)));
        trial.ask(Box::new(move |x, _, _| kind.apply(x, -2.0)), binary(column(X), Operand::Number(-2.0)));
        trial.ask(Box::new(move |x, _, _| kind.apply(0.0, x)), binary(Operand::Number(0.0), column(X)));
    }
    let select = |yes, no| move |to| Op::Select { to, condition: X, yes, no };
    trial.ask(Box::new(|x, y, u| if x != 0.0 { y } else { u }), select(column(Y), column(U)));
    trial.ask(Box::new(|x, _, u| if x != 0.0 { 5.0 } else { u }), select(Operand::Number(5.0), column(U)));
    let clip = |to| Op::Clip { to, of: X, low: Operand::Number(-1.0), high: column(U) };
    trial.ask(Box::new(|x, _, u| Binary::Max.apply(-1.0, Binary::Min.apply(u, x))), clip);
    let values = vec![Operand::Number(0.5), column(Y), Operand::Number(2.5), column(U)];
    let lookup = |to| Op::Lookup { to, level: X, values };
    let level = |x: f64| {
        if x >= 3.0 {
            3
        } else if x >= 2.0 {
            2
        } else {
            usize::from(x >= 1.0)
        }
    };
    trial.ask(Box::new(move |x, y, u| [0.5, y, 2.5, u][level(x)]), lookup);
    let between = |to| Op::Between { to, of: X, low: Operand::Number(-1.0), high: column(Y) };
    trial.ask(Box::new(|x, y, _| f64::from(u8::from(-1.0 <= x && x < y))), between);
    // Hazards small and large, negative, and none at all.
    for scale in [0.001, 0.2, 1.0, 30.0] {
        let hazard = trial.fresh();
        let (left, right) = (column(X), Operand::Number(scale));
        trial.ops.push(Op::Binary { to: hazard, kind: Binary::Multiply, left, right });
        let clean = trial.fresh();
        trial.ops.push(Op::Unary { to: clean, kind: Unary::Clean, of: hazard });
        let expected = move |x: f64, _, u| happens(u, Unary::Clean.apply(x * scale));
        trial.ask(Box::new(expected), |to| Op::Happens { to, uniform: U, hazard: column(clean) });
    }
    trial.ask(Box::new(|_, _, u| happens(u, 0.3)), |to| Op::Happens { to, uniform: U, hazard: Operand::Number(0.3) });
    trial
}

/// Responses of two to four options, with and without what is no number.
fn responses(trial: &mut Trial) {
    let infinite = trial.fresh();
    // Infinite where x is 0, and no number nowhere.
    let (left, right) = (Operand::Number(1.0), column(X));
    trial.ops.push(Op::Binary { to: infinite, kind: Binary::Divide, left, right });
    for moderate in [false, true] {
        for options in 2..=4 {
            let third = if moderate { U } else { infinite };
            let qualities = vec![column(X), column(Y), column(third), Operand::Number(-1.5)][..options].to_vec();
            let to: Vec<u32> = (0..options).map(|_| trial.fresh()).collect();
            for (option, value) in to.iter().enumerate() {
                let expected = move |x: f64, y, u| {
                    let third = if moderate { u } else { 1.0 / x };
                    softmax(0.7, &[x, y, third, -1.5][..options], 1)[option]
                };
                trial.asked.push((*value, Box::new(expected)));
            }
            let precision = Operand::Number(0.7);
            let to = to.into_iter().map(Some).collect();
            trial.ops.push(Op::Softmax { to, precision, qualities, default: 1, moderate });
        }
    }
}

/// Arithmetic whose intermediate results nobody asks for.
fn chains(trial: &mut Trial) {
    let mut binary = |kind, left, right| {
        let to = trial.fresh();
        trial.ops.push(Op::Binary { to, kind, left, right });
        Operand::Column(to)
    };
    let scaled = binary(Binary::Multiply, column(X), Operand::Number(0.3));
    let product = binary(Binary::Multiply, column(Y), column(U));
    let sum = binary(Binary::Add, scaled, product);
    let other = binary(Binary::Multiply, column(X), column(Y));
    let less = binary(Binary::Subtract, sum, other);
    let turned = binary(Binary::Subtract, Operand::Number(2.0), less);
    let from = binary(Binary::Subtract, column(Y), turned);
    let shifted = binary(Binary::Add, from, column(U));
    let times = binary(Binary::Multiply, shifted, column(X));
    let negated = binary(Binary::Subtract, times, Operand::Number(0.25));
    let lower = binary(Binary::Min, negated, Operand::Number(7.0));
    let expected = |x: f64, y: f64, u: f64| {
        let sum = (x * 0.3 + y * u) - x * y;
        let times = ((y - (2.0 - sum)) + u) * x - 0.25;
        Binary::Max.apply(Binary::Min.apply(times, 7.0), 0.0)
    };
    let end = |to| Op::Binary { to, kind: Binary::Max, left: lower, right: Operand::Number(0.0) };
    trial.ask(Box::new(expected), end);
}

#[test]
fn operations_give_the_bits_of_their_definition() {
    for lanes in [8, 128] {
        let mut trial = everything();
        responses(&mut trial);
        chains(&mut trial);
        trial.run(lanes);
    }
}

#[test]
fn operations_for_some_lanes_give_the_same_bits_there_and_0_elsewhere() {
    for (lanes, bound) in [(8, 0.5), (128, 0.3), (128, 2.0), (256, -1.0)] {
        let mut inside = everything();
        responses(&mut inside);
        chains(&mut inside);
        let own = inside.asked.len() as u32;
        let stores =
            inside.asked.iter().zip(3..3 + own).map(|((value, _), to)| (to, Operand::Column(*value))).collect();
        let mut trial = Trial::new();
        let condition = trial.fresh();
        let (left, right) = (column(U), Operand::Number(bound));
        trial.ops.push(Op::Binary { to: condition, kind: Binary::Less, left, right });
        let outputs: Vec<u32> = (0..own).map(|_| trial.fresh()).collect();
        let code = Code { inputs: vec![0, 1, 2], ops: inside.ops, stores };
        for (output, (_, expected)) in outputs.iter().zip(inside.asked) {
            let where_it_holds = move |x, y, u| if u < bound { expected(x, y, u) } else { 0.0 };
            trial.asked.push((*output, Box::new(where_it_holds)));
        }
        let inputs = vec![X, Y, U];
        trial.ops.push(Op::Sparse(Box::new(Sparse { condition, inputs, outputs, code, columns: 0 })));
        trial.run(lanes);
    }
}

#[test]
fn malformed_code_is_refused() {
    let column = |builder: &mut PlanBuilder| builder.column("x");
    let faults: [fn(u32) -> Code; 5] = [
        |x| Code { inputs: vec![x + 1], ..Code::default() },
        |x| Code { inputs: vec![x, x], ..Code::default() },
        |x| Code { stores: vec![(x, Operand::Column(0))], ..Code::default() },
        |_| Code { ops: vec![Op::Copy { to: 1, from: 0 }], ..Code::default() },
        |_| Code { ops: vec![Op::Uniform { to: 0, stream: 0 }], ..Code::default() },
    ];
    for fault in faults {
        let mut builder = PlanBuilder::new("fault", 0, 1);
        let code = fault(column(&mut builder));
        builder.segment("fault", code);
        assert!(matches!(builder.finish(), Err(PlanError::Malformed { .. })));
    }
    let large = PlanBuilder::new("large", 0, u32::MAX);
    assert!(matches!(large.finish(), Err(PlanError::TooLarge { what: "steps", .. })));
}
