//! The operations of a plan and what each computes for one lane.
//!
//! Every column holds doubles: conditions are 0 or 1, levels of a ladder 0, 1, 2 … The scalar functions here define the
//! bits; the kernels apply them to columns, and whoever folds constants calls them too, so both agree to the bit.

use crate::allocate::Code;
use crate::math::elementary::{exp, exp_m1, ln, max, min, pow, truth};
use crate::math::normal::standard_normal;

/// An argument: a column (before allocation: a value of the segment) or a number in the operation itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A column or value.
    Column(u32),
    /// A number.
    Number(f64),
}

/// Functions of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unary {
    /// -a
    Negate,
    /// 1 where a is 0, else 0
    Not,
    /// e to the power a
    Exp,
    /// The same, with the same bits, of what is known to lie within -700 and 700
    ExpModerate,
    /// Natural logarithm
    Ln,
    /// Square root
    Sqrt,
    /// Absolute value
    Abs,
    /// a, or 0 where it is negative or no number
    Clean,
    /// 1 where a is negative, infinite or no number
    Invalid,
    /// 1 - exp(-a): the probability of what has the hazard a
    Chance,
    /// The standard normal quantile of a uniform of a stream
    Normal,
}

/// Functions of two arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binary {
    /// a + b
    Add,
    /// a - b
    Subtract,
    /// a * b
    Multiply,
    /// a / b
    Divide,
    /// a to the power b
    Power,
    /// The smaller; NaN if one is
    Min,
    /// The larger; NaN if one is
    Max,
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
    /// Neither is 0
    And,
    /// One is not 0
    Or,
    /// a is not 0 and b is 0
    AndNot,
}

/// `yes` where the condition holds, else `no`.
#[inline(always)]
#[must_use]
pub fn blend(condition: bool, yes: f64, no: f64) -> f64 {
    // A blend of bits: a branch, or a selection between loads, would keep loops scalar.
    let mask = 0u64.wrapping_sub(u64::from(condition));
    f64::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}

/// x, or 0 where x is negative or no number.
#[inline(always)]
#[must_use]
pub fn clean(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & 0u64.wrapping_sub(u64::from(x > 0.0)))
}

impl Unary {
    /// The function's value.
    #[must_use]
    pub fn apply(self, a: f64) -> f64 {
        match self {
            Unary::Negate => -a,
            Unary::Not => truth(a == 0.0),
            Unary::Exp | Unary::ExpModerate => exp(a),
            Unary::Ln => ln(a),
            Unary::Sqrt => a.sqrt(),
            Unary::Abs => a.abs(),
            Unary::Clean => clean(a),
            Unary::Invalid => invalid(a),
            Unary::Chance => -exp_m1(-a),
            Unary::Normal => standard_normal(a),
        }
    }

    /// How plans show it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Unary::Negate => "-",
            Unary::Not => "not",
            Unary::Exp | Unary::ExpModerate => "exp",
            Unary::Ln => "ln",
            Unary::Sqrt => "sqrt",
            Unary::Abs => "abs",
            Unary::Clean => "clean",
            Unary::Invalid => "invalid",
            Unary::Chance => "chance",
            Unary::Normal => "normal",
        }
    }
}

/// 1 where x is negative, infinite or no number.
#[inline(always)]
#[must_use]
pub fn invalid(x: f64) -> f64 {
    truth((x < 0.0) | (x == f64::INFINITY) | x.is_nan())
}

impl Binary {
    /// The function's value.
    #[must_use]
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Power => pow(a, b),
            Binary::Min => min(a, b),
            Binary::Max => max(a, b),
            Binary::Equal => truth(a == b),
            Binary::NotEqual => truth(a != b),
            Binary::Less => truth(a < b),
            Binary::AtMost => truth(a <= b),
            Binary::Greater => truth(a > b),
            Binary::AtLeast => truth(a >= b),
            Binary::And => truth((a != 0.0) & (b != 0.0)),
            Binary::Or => truth((a != 0.0) | (b != 0.0)),
            Binary::AndNot => truth((a != 0.0) & (b == 0.0)),
        }
    }

    /// How plans show it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Power => "^",
            Binary::Min => "min",
            Binary::Max => "max",
            Binary::Equal => "=",
            Binary::NotEqual => "≠",
            Binary::Less => "<",
            Binary::AtMost => "≤",
            Binary::Greater => ">",
            Binary::AtLeast => "≥",
            Binary::And => "and",
            Binary::Or => "or",
            Binary::AndNot => "and not",
        }
    }

    /// Whether the arguments may change places.
    #[must_use]
    pub fn is_commutative(self) -> bool {
        use Binary::{Add, And, Equal, Max, Min, Multiply, NotEqual, Or};
        matches!(self, Add | Multiply | Min | Max | Equal | NotEqual | And | Or)
    }

    /// The function with its arguments in the other order, if there is one.
    #[must_use]
    pub fn mirrored(self) -> Option<Binary> {
        match self {
            Binary::Less => Some(Binary::Greater),
            Binary::Greater => Some(Binary::Less),
            Binary::AtMost => Some(Binary::AtLeast),
            Binary::AtLeast => Some(Binary::AtMost),
            other if other.is_commutative() => Some(other),
            _ => None,
        }
    }
}

/// One thing after the other done to a running value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// running + x
    Add(u32),
    /// running + k
    AddNumber(f64),
    /// running - x
    Subtract(u32),
    /// x - running
    From(u32),
    /// k - running
    FromNumber(f64),
    /// running * x
    Multiply(u32),
    /// running * k
    MultiplyNumber(f64),
    /// running / k
    DivideNumber(f64),
    /// running + x * y
    AddProduct(u32, u32),
    /// running - x * y
    SubtractProduct(u32, u32),
    /// running + x * k
    AddScaled(u32, f64),
    /// The smaller of running and k, which is not 0
    MinNumber(f64),
    /// The larger of running and k; k is not -0
    MaxNumber(f64),
}

impl Link {
    fn columns(&mut self) -> [Option<&mut u32>; 2] {
        match self {
            Link::Add(x) | Link::Subtract(x) | Link::From(x) | Link::Multiply(x) | Link::AddScaled(x, _) => {
                [Some(x), None]
            }
            Link::AddProduct(x, y) | Link::SubtractProduct(x, y) => [Some(x), Some(y)],
            Link::AddNumber(_)
            | Link::FromNumber(_)
            | Link::MultiplyNumber(_)
            | Link::DivideNumber(_)
            | Link::MinNumber(_)
            | Link::MaxNumber(_) => [None, None],
        }
    }
}

/// Options that [`Op::Softmax`] takes.
pub const SOFTMAX_OPTIONS: std::ops::RangeInclusive<usize> = 2..=4;

/// exp(x_o) / Σ exp(x_o'), x being `precision` times the qualities, relative to the largest.
///
/// Where that leaves no numbers, the default has probability 1 and the others 0.
#[must_use]
pub fn softmax(precision: f64, qualities: &[f64], default: usize) -> Vec<f64> {
    let weighted: Vec<f64> = qualities.iter().map(|quality| precision * quality).collect();
    let largest = weighted.iter().copied().reduce(max).unwrap_or(0.0);
    let powers: Vec<f64> = weighted.iter().map(|x| exp(x - largest)).collect();
    let sum = powers.iter().copied().reduce(|a, b| a + b).unwrap_or(1.0);
    let share = |(option, power): (usize, &f64)| {
        let share = power / sum;
        if share.is_nan() { truth(option == default) } else { share }
    };
    powers.iter().enumerate().map(share).collect()
}

/// Operations that only some lanes need: these are gathered, computed side by side, and scattered again.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse {
    /// The lanes that need it: where this is not 0.
    pub condition: u32,
    /// What is gathered, into the columns 0, 1 … of the code.
    pub inputs: Vec<u32>,
    /// Where the results go, from the columns that follow those; 0 in all other lanes.
    pub outputs: Vec<u32>,
    /// What is computed: on values first, on columns of its own in a finished plan.
    pub code: Code,
    /// How many columns the code needs, in a finished plan.
    pub columns: usize,
}

/// One operation on whole columns. `to` is never among the columns that are read, but for a chain's.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// The same number in every lane.
    Fill {
        /// Where to.
        to: u32,
        /// The number.
        value: f64,
    },
    /// A copy.
    Copy {
        /// Where to.
        to: u32,
        /// From where.
        from: u32,
    },
    /// A function of one column.
    Unary {
        /// Where to.
        to: u32,
        /// The function.
        kind: Unary,
        /// Its argument.
        of: u32,
    },
    /// A function of two arguments, at least one of them a column.
    Binary {
        /// Where to.
        to: u32,
        /// The function.
        kind: Binary,
        /// First argument.
        left: Operand,
        /// Second argument.
        right: Operand,
    },
    /// One or the other.
    Select {
        /// Where to.
        to: u32,
        /// What decides; holds where it is not 0.
        condition: u32,
        /// Taken where it holds.
        yes: Operand,
        /// Taken where it does not.
        no: Operand,
    },
    /// max(low, min(high, of)).
    Clip {
        /// Where to.
        to: u32,
        /// What is clipped.
        of: u32,
        /// Lower bound.
        low: Operand,
        /// Upper bound.
        high: Operand,
    },
    /// The value that belongs to a level; levels beyond the last count as the last.
    Lookup {
        /// Where to.
        to: u32,
        /// The level.
        level: u32,
        /// Values by level, at least one.
        values: Vec<Operand>,
    },
    /// Uniforms of a stream in this step: word 0 in even calendar steps, 1 in odd ones.
    Uniform {
        /// Where to.
        to: u32,
        /// The stream.
        stream: u32,
    },
    /// Uniforms of a stream for this even calendar step and, spared, for the next.
    UniformPair {
        /// Uniforms of this step.
        to: u32,
        /// Uniforms of the next step.
        spare: u32,
        /// The stream.
        stream: u32,
    },
    /// Whether `uniform` < 1 - exp(-hazard).
    Happens {
        /// Where to.
        to: u32,
        /// The uniform.
        uniform: u32,
        /// The hazard of the step, not negative.
        hazard: Operand,
    },
    /// Whether low ≤ of < high.
    Between {
        /// Where to.
        to: u32,
        /// What is compared.
        of: u32,
        /// Lower bound.
        low: Operand,
        /// Upper bound.
        high: Operand,
    },
    /// The first step in which a condition holds: the number of this step, counted from 0, where it holds and none was
    /// known before, which is infinite.
    First {
        /// Where to.
        to: u32,
        /// What is known so far.
        before: u32,
        /// The condition.
        condition: u32,
    },
    /// Several steps of arithmetic in one pass.
    Chain {
        /// Where to.
        to: u32,
        /// What the running value begins with.
        first: u32,
        /// What is done to it.
        links: Vec<Link>,
    },
    /// The quantal response to the qualities of 2 to 4 options, as [`softmax`] gives it.
    Softmax {
        /// By option: where its probability goes, if it is needed.
        to: Vec<Option<u32>>,
        /// The precision.
        precision: Operand,
        /// By option.
        qualities: Vec<Operand>,
        /// The option that is taken where nothing else is left.
        default: u32,
        /// Whether precision times quality is known to be within -350 and 350.
        moderate: bool,
    },
    /// Operations for some lanes only.
    Sparse(Box<Sparse>),
    /// Adds the number of lanes where the condition holds to a counter.
    Count {
        /// The counter.
        counter: u32,
        /// The condition.
        condition: u32,
    },
    /// Notes the evidence that these weights make, by half.
    Mark {
        /// The weights.
        weight: u32,
    },
}

impl Op {
    /// Calls `visit` for every column that is read.
    pub fn reads(&self, mut visit: impl FnMut(u32)) {
        self.visit(&mut |role, column| {
            if role == Role::Read {
                visit(column);
            }
        });
    }

    /// Calls `visit` for every column that is written.
    pub fn writes(&self, mut visit: impl FnMut(u32)) {
        self.visit(&mut |role, column| {
            if role == Role::Write {
                visit(column);
            }
        });
    }

    /// Calls `visit` for every column: first for all that are read, then for all that are written.
    pub fn visit(&self, visit: &mut dyn FnMut(Role, u32)) {
        let operand = |operand: &Operand, visit: &mut dyn FnMut(Role, u32)| {
            if let Operand::Column(column) = operand {
                visit(Role::Read, *column);
            }
        };
        match self {
            Op::Fill { to, .. } | Op::Uniform { to, .. } => visit(Role::Write, *to),
            Op::Copy { to, from } => {
                visit(Role::Read, *from);
                visit(Role::Write, *to);
            }
            Op::Unary { to, of, .. } => {
                visit(Role::Read, *of);
                visit(Role::Write, *to);
            }
            Op::Binary { to, left, right, .. } => {
                [left, right].into_iter().for_each(|of| operand(of, visit));
                visit(Role::Write, *to);
            }
            Op::Select { to, condition, yes, no } => {
                visit(Role::Read, *condition);
                [yes, no].into_iter().for_each(|of| operand(of, visit));
                visit(Role::Write, *to);
            }
            Op::Clip { to, of, low, high } | Op::Between { to, of, low, high } => {
                visit(Role::Read, *of);
                [low, high].into_iter().for_each(|of| operand(of, visit));
                visit(Role::Write, *to);
            }
            Op::Lookup { to, level, values } => {
                visit(Role::Read, *level);
                values.iter().for_each(|of| operand(of, visit));
                visit(Role::Write, *to);
            }
            Op::UniformPair { to, spare, .. } => [*to, *spare].into_iter().for_each(|to| visit(Role::Write, to)),
            Op::Happens { to, uniform, hazard } => {
                visit(Role::Read, *uniform);
                operand(hazard, visit);
                visit(Role::Write, *to);
            }
            Op::First { to, before, condition } => {
                [*before, *condition].into_iter().for_each(|of| visit(Role::Read, of));
                visit(Role::Write, *to);
            }
            Op::Chain { to, first, links } => {
                visit(Role::Read, *first);
                for link in links {
                    let mut link = *link;
                    link.columns().into_iter().flatten().for_each(|column| visit(Role::Read, *column));
                }
                visit(Role::Write, *to);
            }
            Op::Softmax { to, precision, qualities, .. } => {
                operand(precision, visit);
                qualities.iter().for_each(|of| operand(of, visit));
                to.iter().flatten().for_each(|to| visit(Role::Write, *to));
            }
            Op::Sparse(sparse) => {
                visit(Role::Read, sparse.condition);
                sparse.inputs.iter().for_each(|input| visit(Role::Read, *input));
                sparse.outputs.iter().for_each(|output| visit(Role::Write, *output));
            }
            Op::Count { condition, .. } => visit(Role::Read, *condition),
            Op::Mark { weight } => visit(Role::Read, *weight),
        }
    }

    /// Lets `change` replace every column: first all that are read, then all that are written.
    pub fn rename(&mut self, change: &mut dyn FnMut(Role, &mut u32)) {
        fn operand(operand: &mut Operand, change: &mut dyn FnMut(Role, &mut u32)) {
            if let Operand::Column(column) = operand {
                change(Role::Read, column);
            }
        }
        match self {
            Op::Fill { to, .. } | Op::Uniform { to, .. } => change(Role::Write, to),
            Op::Copy { to, from } => {
                change(Role::Read, from);
                change(Role::Write, to);
            }
            Op::Unary { to, of, .. } => {
                change(Role::Read, of);
                change(Role::Write, to);
            }
            Op::Binary { to, left, right, .. } => {
                operand(left, change);
                operand(right, change);
                change(Role::Write, to);
            }
            Op::Select { to, condition, yes, no } => {
                change(Role::Read, condition);
                operand(yes, change);
                operand(no, change);
                change(Role::Write, to);
            }
            Op::Clip { to, of, low, high } | Op::Between { to, of, low, high } => {
                change(Role::Read, of);
                operand(low, change);
                operand(high, change);
                change(Role::Write, to);
            }
            Op::Lookup { to, level, values } => {
                change(Role::Read, level);
                values.iter_mut().for_each(|value| operand(value, change));
                change(Role::Write, to);
            }
            Op::UniformPair { to, spare, .. } => {
                change(Role::Write, to);
                change(Role::Write, spare);
            }
            Op::Happens { to, uniform, hazard } => {
                change(Role::Read, uniform);
                operand(hazard, change);
                change(Role::Write, to);
            }
            Op::First { to, before, condition } => {
                change(Role::Read, before);
                change(Role::Read, condition);
                change(Role::Write, to);
            }
            Op::Chain { to, first, links } => {
                change(Role::Read, first);
                for link in links {
                    link.columns().into_iter().flatten().for_each(|column| change(Role::Read, column));
                }
                change(Role::Write, to);
            }
            Op::Softmax { to, precision, qualities, .. } => {
                operand(precision, change);
                qualities.iter_mut().for_each(|quality| operand(quality, change));
                to.iter_mut().flatten().for_each(|to| change(Role::Write, to));
            }
            Op::Sparse(sparse) => {
                change(Role::Read, &mut sparse.condition);
                sparse.inputs.iter_mut().for_each(|input| change(Role::Read, input));
                sparse.outputs.iter_mut().for_each(|output| change(Role::Write, output));
            }
            Op::Count { condition, .. } => change(Role::Read, condition),
            Op::Mark { weight } => change(Role::Read, weight),
        }
    }

    /// The number of operations, with those inside.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Op::Sparse(sparse) => 1 + sparse.code.ops.iter().map(Op::size).sum::<usize>(),
            _ => 1,
        }
    }
}

/// What an operation does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It reads it.
    Read,
    /// It writes all of it.
    Write,
}
