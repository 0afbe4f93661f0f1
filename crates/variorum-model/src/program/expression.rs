//! Expressions: trees of numbers.

use super::Program;
use serde::Serialize;

/// An expression: a tree of numbers.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// A number in base units.
    Number(f64),
    /// A parameter.
    Param(usize),
    /// The present value of a quantity.
    Quantity(usize),
    /// A formula.
    Formula(usize),
    /// Whether an event happened: in choices and what they foresee, and in the conditions, hazards and chances of events,
    /// in the step before; in the effects of events, in flows and in questions in this step. Before the first step
    /// nothing has happened.
    Happened(usize),
    /// Whether a choice came out so in this step. Only in events, flows and questions.
    Chosen {
        /// The choice.
        choice: usize,
        /// The option.
        option: usize,
    },
    /// A function of its arguments.
    Apply(Function, Vec<Expr>),
}

/// Functions. Conditions are 0 or 1; an argument read as a condition holds if it is not 0.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// a + b
    Add,
    /// a - b
    Subtract,
    /// a * b
    Multiply,
    /// a / b
    Divide,
    /// a to the power b: of a negative number only with a whole b (else NaN); anything to the power 0 is 1
    Power,
    /// -a
    Negate,
    /// a = b
    Equal,
    /// a ≠ b
    NotEqual,
    /// a < b
    Less,
    /// a ≤ b
    AtMost,
    /// a > b
    Greater,
    /// a ≥ b
    AtLeast,
    /// Both hold
    And,
    /// At least one holds
    Or,
    /// It does not hold
    Not,
    /// if a then b else c
    If,
    /// The first argument is a ladder's level; the others are the values for levels 0, 1, 2 …
    Lookup,
    /// e to the power a
    Exp,
    /// Natural logarithm
    Ln,
    /// Square root
    Sqrt,
    /// Absolute value
    Abs,
    /// The smaller of two; NaN if one is
    Min,
    /// The larger of two; NaN if one is
    Max,
    /// clip(x, low, high) = max(low, min(high, x))
    Clip,
    /// The hazard of a probability a within b months: -ln(1 - a) / b
    HazardWithin,
    /// The sum of any number of arguments, ((a + b) + c) + …; 0 of none
    Sum,
    /// At least one of any number of arguments holds; of none, no
    AnyOf,
    /// All of any number of arguments hold; of none, yes
    AllOf,
}

impl Expr {
    /// Visits this expression and all in it, the outer before the inner.
    pub fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        if let Expr::Apply(_, args) = self {
            args.iter().for_each(|arg| arg.visit(visit));
        }
    }

    /// As [`Expr::visit`], to change them.
    pub fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        visit(self);
        if let Expr::Apply(_, args) = self {
            args.iter_mut().for_each(|arg| arg.visit_mut(visit));
        }
    }

    /// The quantities that it reads, formulas looked through (each once, however many others share it).
    pub fn quantities(&self, program: &Program, into: &mut std::collections::BTreeSet<usize>) {
        let mut open = vec![self];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(next) = open.pop() {
            next.visit(&mut |expr| match expr {
                Expr::Quantity(quantity) => {
                    into.insert(*quantity);
                }
                Expr::Formula(formula) => {
                    if let Some(formula) = program.formulas.get(*formula).filter(|_| seen.insert(*formula)) {
                        open.push(&formula.value);
                    }
                }
                _ => {}
            });
        }
    }
}
