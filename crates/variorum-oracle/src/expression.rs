//! The value of an expression: recursion on its tree.

use variorum_model::program::{Expr, Function, Program};

/// Everything that an expression may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) program: &'a Program,
    pub(crate) params: &'a [f64],
    pub(crate) state: &'a [f64],
    /// The events that count as having happened; empty where none may be asked for.
    pub(crate) happened: &'a [bool],
    /// The outcomes of this step's choices; empty where they may not be asked for.
    pub(crate) chosen: &'a [Option<usize>],
}

impl View<'_> {
    /// The value of an expression.
    pub(crate) fn value(&self, expr: &Expr) -> f64 {
        self.tree(expr, &mut Vec::new())
    }

    /// The value of an expression, given those of the first formulas. Formulas refer only to earlier ones: taken in
    /// order, none is computed twice, however many others share it.
    fn tree(&self, expr: &Expr, formulas: &mut Vec<f64>) -> f64 {
        match expr {
            Expr::Number(number) => *number,
            Expr::Param(param) => self.params[*param],
            Expr::Quantity(quantity) => self.state[*quantity],
            Expr::Formula(formula) => {
                while formulas.len() <= *formula {
                    let value = self.tree(&self.program.formulas[formulas.len()].value, formulas);
                    formulas.push(value);
                }
                formulas[*formula]
            }
            Expr::Happened(event) => truth(self.happened.get(*event) == Some(&true)),
            Expr::Chosen { choice, option } => truth(self.chosen.get(*choice) == Some(&Some(*option))),
            Expr::Apply(function, arguments) => {
                let values: Vec<f64> = arguments.iter().map(|argument| self.tree(argument, formulas)).collect();
                apply(*function, &values)
            }
        }
    }

    /// Whether a condition holds: its value is not 0.
    pub(crate) fn holds(&self, condition: &Expr) -> bool {
        holds(self.value(condition))
    }

    /// Whether a condition holds that may be missing.
    pub(crate) fn allows(&self, condition: Option<&Expr>) -> bool {
        condition.is_none_or(|condition| self.holds(condition))
    }

    /// A hazard, probability or rate: negative ones and those that are not numbers count as 0.
    pub(crate) fn weight(&self, expr: &Expr) -> f64 {
        count(self.value(expr))
    }
}

/// A function of numbers. What has no value is not a number; arities have been checked.
pub(crate) fn apply(function: Function, arguments: &[f64]) -> f64 {
    match (function, arguments) {
        (Function::Add, [a, b]) => a + b,
        (Function::Subtract, [a, b]) => a - b,
        (Function::Multiply, [a, b]) => a * b,
        (Function::Divide, [a, b]) => a / b,
        (Function::Power, [a, b]) => power(*a, *b),
        (Function::Negate, [a]) => -a,
        (Function::Equal, [a, b]) => truth(a == b),
        (Function::NotEqual, [a, b]) => truth(a != b),
        (Function::Less, [a, b]) => truth(a < b),
        (Function::AtMost, [a, b]) => truth(a <= b),
        (Function::Greater, [a, b]) => truth(a > b),
        (Function::AtLeast, [a, b]) => truth(a >= b),
        (Function::And, [a, b]) => truth(holds(*a) && holds(*b)),
        (Function::Or, [a, b]) => truth(holds(*a) || holds(*b)),
        (Function::Not, [a]) => truth(!holds(*a)),
        (Function::If, [condition, then, otherwise]) => *if holds(*condition) { then } else { otherwise },
        (Function::Lookup, [level, values @ ..]) => lookup(*level, values),
        (Function::Exp, [a]) => libm::exp(*a),
        (Function::Ln, [a]) => libm::log(*a),
        (Function::Sqrt, [a]) => libm::sqrt(*a),
        (Function::Abs, [a]) => libm::fabs(*a),
        (Function::Min, [a, b]) => min(*a, *b),
        (Function::Max, [a, b]) => max(*a, *b),
        (Function::Clip, [x, low, high]) => max(*low, min(*high, *x)),
        (Function::HazardWithin, [a, b]) => -libm::log(1.0 - a) / b,
        (Function::Sum, []) => 0.0,
        (Function::Sum, [first, rest @ ..]) => rest.iter().fold(*first, |sum, number| sum + number),
        (Function::AnyOf, all) => truth(all.iter().any(|value| holds(*value))),
        (Function::AllOf, all) => truth(all.iter().all(|value| holds(*value))),
        _ => f64::NAN,
    }
}

/// How many arguments a function takes; a look-up takes one and any number of values, some take any number.
pub(crate) fn takes(function: Function, arguments: usize) -> bool {
    match function {
        Function::Lookup => arguments >= 2,
        Function::Sum | Function::AnyOf | Function::AllOf => true,
        Function::Negate | Function::Not | Function::Exp | Function::Ln | Function::Sqrt | Function::Abs => {
            arguments == 1
        }
        Function::If | Function::Clip => arguments == 3,
        _ => arguments == 2,
    }
}

/// The smaller number, -0 being smaller than 0; not a number if one is not.
pub(crate) fn min(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

/// The larger number, 0 being larger than -0; not a number if one is not.
pub(crate) fn max(a: f64, b: f64) -> f64 {
    -min(-a, -b)
}

/// A number within bounds, where there are any.
pub(crate) fn clamp(x: f64, low: Option<f64>, high: Option<f64>) -> f64 {
    let x = high.map_or(x, |high| min(high, x));
    low.map_or(x, |low| max(low, x))
}

/// Negative weights, and those that are not numbers, count as 0.
pub(crate) fn count(weight: f64) -> f64 {
    if weight > 0.0 { weight } else { 0.0 }
}

fn power(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        1.0
    } else if a < 0.0 && libm::floor(b) != b {
        f64::NAN
    } else {
        libm::pow(a, b)
    }
}

fn lookup(level: f64, values: &[f64]) -> f64 {
    let at = values.iter().enumerate().find(|(place, _)| *place as f64 == level);
    at.map_or(f64::NAN, |(_, value)| *value)
}

fn holds(value: f64) -> bool {
    value != 0.0
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers() {
        assert_eq!(apply(Function::Power, &[f64::NAN, 0.0]), 1.0);
        assert_eq!(apply(Function::Power, &[-2.0, 3.0]), -8.0);
        assert!(apply(Function::Power, &[-2.0, 0.5]).is_nan());
        assert_eq!(apply(Function::Power, &[4.0, 0.5]), 2.0);
    }

    #[test]
    fn minimum_and_maximum_of_zeros_and_of_what_is_no_number() {
        assert!(apply(Function::Min, &[1.0, f64::NAN]).is_nan() && apply(Function::Max, &[f64::NAN, 1.0]).is_nan());
        assert!(min(0.0, -0.0).is_sign_negative() && min(-0.0, 0.0).is_sign_negative());
        assert!(max(0.0, -0.0).is_sign_positive() && max(-0.0, 0.0).is_sign_positive());
        assert_eq!(apply(Function::Clip, &[7.0, 0.0, 5.0]), 5.0);
        assert_eq!(apply(Function::Clip, &[7.0, 6.0, 5.0]), 6.0);
    }

    #[test]
    fn conditions() {
        assert_eq!(apply(Function::And, &[2.0, -1.0]), 1.0);
        assert_eq!(apply(Function::Or, &[0.0, -0.0]), 0.0);
        assert_eq!(apply(Function::Not, &[f64::NAN]), 0.0);
        assert_eq!(apply(Function::NotEqual, &[f64::NAN, f64::NAN]), 1.0);
        assert_eq!(apply(Function::If, &[0.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn any_number_of_arguments() {
        let sum = |numbers: &[f64]| apply(Function::Sum, numbers);
        assert_eq!((sum(&[]), sum(&[3.0])), (0.0, 3.0));
        assert_eq!(sum(&[0.1, 0.2, 0.3, 1e16, -1e16]), (((0.1 + 0.2) + 0.3) + 1e16) - 1e16);
        // It begins with the first number, not with 0.
        assert!(sum(&[-0.0]).is_sign_negative() && sum(&[]).is_sign_positive());
        assert_eq!(
            [&[][..], &[0.0, 0.0], &[0.0, -2.0], &[f64::NAN]].map(|all| apply(Function::AnyOf, all)),
            [0.0, 0.0, 1.0, 1.0]
        );
        assert_eq!([&[][..], &[1.0, f64::NAN], &[3.0, -0.0]].map(|all| apply(Function::AllOf, all)), [1.0, 1.0, 0.0]);
    }

    #[test]
    fn levels_and_hazards() {
        assert_eq!(apply(Function::Lookup, &[1.0, 10.0, 20.0, 30.0]), 20.0);
        assert!(apply(Function::Lookup, &[3.0, 10.0, 20.0, 30.0]).is_nan());
        assert_eq!(apply(Function::HazardWithin, &[1.0 - libm::exp(-0.75), 3.0]), 0.25);
        assert_eq!(apply(Function::HazardWithin, &[1.0, 3.0]), f64::INFINITY);
    }
}
