//! Expressions, as written.

use super::{At, Name, Range, Reference, Text};
use crate::diagnostic::Span;

/// An expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is written.
    pub span: Span,
}

impl Expr {
    /// The expressions of which this one is made, in the order in which they are written.
    #[must_use]
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Call(_, args) => args.iter().collect(),
            ExprKind::Unary(_, inner)
            | ExprKind::Per(inner, _)
            | ExprKind::Within(inner, ..)
            | ExprKind::Aggregate(_, _, inner) => vec![inner],
            ExprKind::Binary(_, left, right) => vec![left, right],
            ExprKind::If(condition, then, otherwise) => {
                [condition, then].into_iter().chain(otherwise).map(|part| &**part).collect()
            }
            ExprKind::Lookup { entries, otherwise, .. } => {
                entries.iter().map(|(_, entry)| entry).chain(otherwise.as_deref()).collect()
            }
            ExprKind::OneOf(entries) => entries.iter().flat_map(|(value, weight)| [value, weight]).collect(),
            ExprKind::Number(..)
            | ExprKind::Interval(..)
            | ExprKind::CountInTime { .. }
            | ExprKind::CountOf { .. }
            | ExprKind::Truth(_)
            | ExprKind::Unknown
            | ExprKind::Reference(_)
            | ExprKind::Risk(..)
            | ExprKind::Said(_)
            | ExprKind::Error => Vec::new(),
        }
    }
}

/// A number as written: `25_000`, `3%` (value 3, percent).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Number {
    /// The digits' value; `3%` has 3.
    pub value: f64,
    /// Whether a percent sign follows.
    pub percent: bool,
}

/// The kinds of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `3`, `3%`, `100_000 people`: a number with the unit that follows it.
    Number(Number, Option<Name>),
    /// `10 .. 20 people`: both ends are in the unit that follows.
    Interval(Number, Number, Option<Name>),
    /// `2 in 71 years`: a count within a time, a base rate for a hazard.
    CountInTime {
        /// How often.
        count: f64,
        /// In how many units.
        time: f64,
        /// Of what unit.
        unit: Name,
    },
    /// `3 of 40`: a count among occasions, a base rate for a probability.
    CountOf {
        /// How often.
        count: f64,
        /// Of how many.
        of: f64,
    },
    /// `yes` or `no`.
    Truth(bool),
    /// `unknown`.
    Unknown,
    /// A name, perhaps with entities. May be a quantity, parameter, unit, level, option ….
    Reference(Reference),
    /// `exp(x)`, `uniform(0, 1)`, `happened(invasion)`, `above(aid[KR], nonlethal)`.
    Call(Name, Vec<Expr>),
    /// `not x`, `-x`.
    Unary(UnaryOp, Box<Expr>),
    /// `x + y` and so on.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `if c then x else y`; `x if c` has no `else`.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `x per month`; `5% per year` is a hazard.
    Per(Box<Expr>, Name),
    /// `30% within 6 months`: a hazard.
    Within(Box<Expr>, At<f64>, Name),
    /// `lookup aid[KR] (none: 0, nonlethal: 0.1, else: 1)`.
    Lookup {
        /// The ladder.
        on: Reference,
        /// A value for each level.
        entries: Vec<(Name, Expr)>,
        /// For the levels that are not listed.
        otherwise: Option<Box<Expr>>,
    },
    /// `sum(b in rivals except a: tie[a, b])`, `any(…)`.
    Aggregate(Aggregate, Range, Box<Expr>),
    /// `risk(invasion within 12 months)`.
    Risk(Reference, At<f64>, Name),
    /// `oneof(2: 0.2, 5: 0.8)`: values with their probabilities.
    OneOf(Vec<(Expr, Expr)>),
    /// `said "unlikely"`: what readers take the words to mean, as a probability.
    Said(Text),
    /// Did not parse; a diagnostic was given.
    Error,
}

/// What is made of a value for each entity of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aggregate {
    /// The sum.
    Sum,
    /// For how many a condition holds.
    Count,
    /// Whether it holds for one at least.
    Any,
    /// Whether it holds for every one.
    All,
}

/// Operators of one argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `not`
    Not,
    /// `-`
    Minus,
}

/// Operators of two arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `and`
    And,
    /// `or`
    Or,
}
