//! Expressions of a program as values, read at one moment of a step.

use super::calendar::Holds;
use super::state::State;
use super::values::{Value, Values};
use std::collections::BTreeMap;
use variorum_engine::op::{Binary, Unary};
use variorum_model::program::{Effect, EffectOp, Expr, Function, Program, QuantityKind};

/// What is the same in all segments.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) program: &'a Program,
    /// By parameter.
    pub(crate) params: &'a [Value],
    /// By quantity: what it holds when a segment begins.
    pub(crate) loaded: &'a [Value],
    /// By intervention: what it makes of its quantity.
    pub(crate) imposed: &'a [Value],
}

/// What expressions refer to beside the state.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) frame: Frame<'a>,
    /// By event.
    pub(crate) happened: &'a [Value],
    /// By choice and option; where there is nothing to refer to, nothing has been chosen.
    pub(crate) chosen: Option<&'a [Vec<Value>]>,
}

/// Reads expressions at one moment. Formulas are read once.
pub(crate) struct Reader<'a> {
    values: &'a mut Values,
    scene: Scene<'a>,
    state: &'a State,
    formulas: BTreeMap<usize, Value>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(values: &'a mut Values, scene: Scene<'a>, state: &'a State) -> Reader<'a> {
        Reader { values, scene, state, formulas: BTreeMap::new() }
    }

    /// The value of an expression. Every index in it has been checked.
    pub(crate) fn read(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Number(number) => self.values.number(*number),
            Expr::Param(param) => self.scene.frame.params[*param],
            Expr::Quantity(quantity) => self.state.get(self.scene.frame.loaded, *quantity),
            Expr::Formula(formula) => self.formula(*formula),
            Expr::Happened(event) => self.scene.happened[*event],
            Expr::Chosen { choice, option } => match self.scene.chosen {
                Some(chosen) => chosen[*choice][*option],
                None => self.values.truth(false),
            },
            Expr::Apply(function, arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(|argument| self.read(argument)).collect();
                apply(self.values, *function, &arguments)
            }
        }
    }

    fn formula(&mut self, formula: usize) -> Value {
        if let Some(value) = self.formulas.get(&formula) {
            return *value;
        }
        let program = self.scene.frame.program;
        let value = self.read(&program.formulas[formula].value);
        self.formulas.insert(formula, value);
        value
    }
}

/// The value of a function whose arguments have been counted.
fn apply(values: &mut Values, function: Function, arguments: &[Value]) -> Value {
    let kind = match function {
        Function::Add => Binary::Add,
        Function::Subtract => Binary::Subtract,
        Function::Multiply => Binary::Multiply,
        Function::Divide => Binary::Divide,
        Function::Power => Binary::Power,
        Function::Equal => Binary::Equal,
        Function::NotEqual => Binary::NotEqual,
        Function::Less => Binary::Less,
        Function::AtMost => Binary::AtMost,
        Function::Greater => Binary::Greater,
        Function::AtLeast => Binary::AtLeast,
        Function::And => Binary::And,
        Function::Or => Binary::Or,
        Function::Min => Binary::Min,
        Function::Max => Binary::Max,
        Function::Negate => return values.unary(Unary::Negate, arguments[0]),
        Function::Not => return values.unary(Unary::Not, arguments[0]),
        Function::Exp => return values.unary(Unary::Exp, arguments[0]),
        Function::Ln => return values.unary(Unary::Ln, arguments[0]),
        Function::Sqrt => return values.unary(Unary::Sqrt, arguments[0]),
        Function::Abs => return values.unary(Unary::Abs, arguments[0]),
        Function::If => return values.select(arguments[0], arguments[1], arguments[2]),
        Function::Clip => return values.clamp(arguments[0], Some(arguments[1]), Some(arguments[2])),
        Function::Lookup => {
            let value = values.lookup(arguments[0], &arguments[1..]);
            return value.unwrap_or(arguments[0]);
        }
        Function::HazardWithin => {
            let one = values.number(1.0);
            let rest = values.binary(Binary::Subtract, one, arguments[0]);
            let logarithm = values.unary(Unary::Ln, rest);
            let hazard = values.unary(Unary::Negate, logarithm);
            return values.binary(Binary::Divide, hazard, arguments[1]);
        }
        Function::Sum | Function::AnyOf | Function::AllOf => {
            let (kind, none) = match function {
                Function::Sum => (Binary::Add, 0.0),
                Function::AnyOf => (Binary::Or, 0.0),
                _ => (Binary::And, 1.0),
            };
            let none = values.number(none);
            let result = arguments.iter().copied().reduce(|left, right| values.binary(kind, left, right));
            return match (result, function) {
                (Some(sum), Function::Sum) => sum,
                // A single condition may be any number, and holds unless it is 0.
                (Some(holds), _) => values.binary(kind, holds, none),
                (None, _) => none,
            };
        }
    };
    values.binary(kind, arguments[0], arguments[1])
}

/// How many arguments a function takes at least, and at most.
pub(crate) fn arity(function: Function) -> (usize, usize) {
    match function {
        Function::Negate | Function::Not | Function::Exp | Function::Ln | Function::Sqrt | Function::Abs => (1, 1),
        Function::If | Function::Clip => (3, 3),
        Function::Lookup => (2, usize::MAX),
        Function::Sum | Function::AnyOf | Function::AllOf => (0, usize::MAX),
        _ => (2, 2),
    }
}

/// Applies effects one after the other, each reading the state that the former have left. What is held stays as it is.
pub(crate) fn apply_effects(
    values: &mut Values,
    scene: Scene<'_>,
    holds: &Holds,
    effects: &[Effect],
    state: &mut State,
) {
    let Frame { program, loaded, .. } = scene.frame;
    for effect in effects.iter().filter(|effect| !holds.now.contains(&effect.quantity)) {
        let by = Reader::new(values, scene, state).read(&effect.value);
        let old = state.get(loaded, effect.quantity);
        let kind = &program.quantities[effect.quantity].kind;
        let new = match effect.op {
            EffectOp::Set => by,
            EffectOp::Add => values.binary(Binary::Add, old, by),
            EffectOp::Subtract => values.binary(Binary::Subtract, old, by),
            EffectOp::Multiply => values.binary(Binary::Multiply, old, by),
            EffectOp::NextLevel => {
                let one = values.number(1.0);
                let top = values.number(top_level(kind));
                let next = values.binary(Binary::Add, old, one);
                values.binary(Binary::Min, next, top)
            }
            EffectOp::PreviousLevel => {
                let (zero, one) = (values.number(0.0), values.number(1.0));
                let previous = values.binary(Binary::Subtract, old, one);
                values.binary(Binary::Max, previous, zero)
            }
        };
        let new = clamp(values, kind, new);
        state.set(loaded, effect.quantity, new);
    }
}

/// The highest level of a ladder.
pub(crate) fn top_level(kind: &QuantityKind) -> f64 {
    match kind {
        QuantityKind::Ladder { levels } => levels.len().saturating_sub(1) as f64,
        QuantityKind::Stock { .. } => f64::INFINITY,
    }
}

/// A new content of a quantity, within its bounds.
pub(crate) fn clamp(values: &mut Values, kind: &QuantityKind, value: Value) -> Value {
    let QuantityKind::Stock { low, high } = kind else { return value };
    let low = low.map(|low| values.number(low));
    let high = high.map(|high| values.number(high));
    values.clamp(value, low, high)
}
