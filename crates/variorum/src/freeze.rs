//! Pick-freeze: what an answer owes to not knowing the parameters, by running the program with some of them redrawn.
//!
//! Every uncertain parameter has two independent values: θ_i, and θ'_i, which is what it gets if its uniform number is
//! taken under the key of its name with an apostrophe. A *run* is the program with the values θ' for some *players* and
//! θ for the others; since a value is a pure function of its key, a run is a program like any other, and all runs share
//! the numbers of chance. Let f(θ) be the answer given the parameters. If two runs differ in the players U and in nothing
//! else, then over draws
//!
//! ```text
//! T(U) = E (f - g)² / 2 = E Var[f | θ of the others]        Jansen (1999)
//! V - T(U) = Cov(f, g)  = Var E[f | θ of the others]        Sobol' (1993)
//! ```
//!
//! Of f only frequencies in two halves of a draw are known, whose chance is independent: a product of one half's number
//! with the other half's has the mean that f has, and no variance of chance in it. Divided by the variance of the same
//! runs this is the estimator of Janon, Klein, Lagnoux, Nodet and Prieur (2014), which none can better with such pairs.
//! Two runs that share no player have the covariance 0: what it comes out as by chance is a control variate, and is
//! regressed out (Lavenberg and Welch 1981).
//!
//! I. M. Sobol', Sensitivity estimates for nonlinear mathematical models, Mathematical Modelling and Computational
//! Experiments 1 (1993) 407-414. M. J. W. Jansen, Analysis of variance designs for model output, Computer Physics
//! Communications 117 (1999) 35-43. A. Janon et al., Asymptotic normality and efficiency of two Sobol index estimators,
//! ESAIM: Probability and Statistics 18 (2014) 342-364. S. S. Lavenberg and P. D. Welch, A perspective on the use of
//! control variables to increase the efficiency of Monte Carlo simulations, Management Science 27 (1981) 322-335.

use crate::lower::lower;
use crate::run::RunError;
use std::collections::BTreeMap;
use variorum_engine::plan::Plan;
use variorum_model::program::{Key, Law, Program};

/// Parameters that are drawn together, by index: one, those of a copula, or those that share one uniform number.
pub type Player = Vec<usize>;

/// The players of a program: its uncertain parameters, in order of the first of each.
#[must_use]
pub fn players(program: &Program) -> Vec<Player> {
    // Each parameter begins in a class of its own; what is drawn together is merged into the class of the first.
    let mut class: Vec<usize> = (0..program.params.len()).collect();
    let mut merge = |members: &[usize]| {
        let classes: Vec<usize> = members.iter().filter_map(|member| class.get(*member).copied()).collect();
        let Some(first) = classes.iter().min().copied() else { return };
        class.iter_mut().filter(|of| classes.contains(of)).for_each(|of| *of = first);
    };
    let mut draws = BTreeMap::<&str, Vec<usize>>::new();
    for (index, param) in program.params.iter().enumerate() {
        draws.entry(&param.draw).or_default().push(index);
    }
    draws.values().filter(|members| members.len() > 1).for_each(|members| merge(members));
    program.copulas.iter().for_each(|copula| merge(&copula.params));
    let mut players = BTreeMap::<usize, Player>::new();
    for (index, (param, class)) in program.params.iter().zip(&class).enumerate() {
        if !matches!(param.law, Law::Point(_)) {
            players.entry(*class).or_default().push(index);
        }
    }
    players.into_values().collect()
}

/// The key of a parameter's second value.
#[must_use]
pub fn second(draw: &str) -> Key {
    Key::of(&format!("{draw}'"))
}

/// The program in which these parameters have their second values.
#[must_use]
pub fn redrawn(program: &Program, params: impl IntoIterator<Item = usize>) -> Program {
    let mut program = program.clone();
    for index in params {
        if let Some(param) = program.params.get_mut(index) {
            param.key = second(&param.draw);
        }
    }
    program
}

/// Plans of a program in which the parameters of each set have their second values, by set. Only random numbers differ, so
/// that it is compiled once.
///
/// # Errors
/// The program is too large, or a law cannot be.
pub fn redrawn_plans(program: &Program, sets: &[Vec<usize>]) -> Result<Vec<Plan>, RunError> {
    let plan = lower(program).map_err(RunError::Lower)?;
    let of = |set: &Vec<usize>| {
        let mut plan = plan.clone();
        for index in set {
            if let Some(param) = program.params.get(*index) {
                plan.draw_by(*index, second(&param.draw).0);
            }
        }
        plan
    };
    Ok(sets.iter().map(of).collect())
}

/// By draw: the product of two runs' numbers across the halves, in which chance cancels.
#[must_use]
pub fn products(x: &[[f64; 2]], y: &[[f64; 2]]) -> Vec<f64> {
    x.iter().zip(y).map(|([xa, xb], [ya, yb])| 0.5 * (xa * yb + xb * ya)).collect()
}

/// By draw: half the squared difference of two runs, whose mean is T of the players in which they differ.
#[must_use]
pub fn half_squares(x: &[[f64; 2]], y: &[[f64; 2]]) -> Vec<f64> {
    x.iter().zip(y).map(|([xa, xb], [ya, yb])| 0.5 * (xa - ya) * (xb - yb)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_cancels_across_halves() {
        // Two runs of one draw whose halves have the chance 1 and -3: the squared difference of the answers is 4.
        let (x, y) = ([[5.0 + 1.0, 5.0 - 3.0]], [[3.0 + 1.0, 3.0 - 3.0]]);
        assert_eq!(half_squares(&x, &y), [2.0]);
    }
}
