//! Parameters that are drawn together: a Gaussian copula with given rank correlations.

use std::f64::consts::PI;

use variorum_model::program::Copula;

use crate::special::{normal_below, normal_quantile};

/// A pivot below this counts as 0.
const SINGULAR: f64 = 1e-9;

/// How the uniform numbers of some parameters are made to go together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tie {
    params: Vec<usize>,
    /// Rows of the Cholesky factor, each up to the diagonal.
    factor: Vec<Vec<f64>>,
}

impl Tie {
    /// The factor of a copula, unless there is no law with these correlations.
    pub(crate) fn new(copula: &Copula) -> Result<Tie, &'static str> {
        // The correlation of two normal variables whose ranks have the correlation r (Pearson 1907).
        let normal = |row: usize, column: usize| {
            if row == column { 1.0 } else { 2.0 * libm::sin(PI * copula.ranks[row][column] / 6.0) }
        };
        let size = copula.params.len();
        let mut factor: Vec<Vec<f64>> = Vec::new();
        for row in 0..size {
            let mut entries: Vec<f64> = Vec::new();
            for column in 0..=row {
                let known = if column == row { &entries } else { &factor[column] };
                let mut left = normal(row, column);
                for (a, b) in entries.iter().zip(known) {
                    left -= a * b;
                }
                let pivot = if column == row { left } else { factor[column][column] };
                let entry = match (column == row, pivot) {
                    (true, pivot) if pivot < -SINGULAR => return Err(IMPOSSIBLE),
                    (true, pivot) if pivot < SINGULAR => 0.0,
                    (true, pivot) => libm::sqrt(pivot),
                    // A variable that is known from those before leaves nothing to be explained by it.
                    (false, 0.0) if libm::fabs(left) > 2.0 * libm::sqrt(SINGULAR) => return Err(IMPOSSIBLE),
                    (false, 0.0) => 0.0,
                    (false, pivot) => left / pivot,
                };
                entries.push(entry);
            }
            factor.push(entries);
        }
        Ok(Tie { params: copula.params.clone(), factor })
    }

    /// Turns uniform numbers of all parameters that know nothing of each other into such that do.
    pub(crate) fn bind(&self, uniforms: &mut [f64]) {
        let scores: Vec<f64> = self.params.iter().map(|param| normal_quantile(uniforms[*param])).collect();
        for (param, row) in self.params.iter().zip(&self.factor) {
            let score = row.iter().zip(&scores).fold(0.0, |sum, (factor, score)| sum + factor * score);
            uniforms[*param] = normal_below(score);
        }
    }
}

const IMPOSSIBLE: &str = "no variables have these correlations with each other";

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(ranks: &[&[f64]]) -> Result<Tie, &'static str> {
        let ranks: Vec<Vec<f64>> = ranks.iter().map(|row| row.to_vec()).collect();
        Tie::new(&Copula { params: (0..ranks.len()).collect(), ranks })
    }

    #[test]
    fn two_variables() {
        let factor = tie(&[&[1.0, 0.6], &[0.6, 1.0]]).unwrap().factor;
        // 2 sin(0.1 π) = 0.618034, the golden section; what is left is the root of 1 - 0.381966.
        let golden = (libm::sqrt(5.0) - 1.0) / 2.0;
        assert_eq!((factor[0][0], factor[1].len()), (1.0, 2));
        assert!(libm::fabs(factor[1][0] - golden) < 1e-15 && libm::fabs(factor[1][1] - libm::sqrt(golden)) < 1e-15);
    }

    #[test]
    fn three_variables_by_hand() {
        // With r = 0.5, 0.4 and 0.3 the normal correlations are a, b and c.
        let of = |r: f64| 2.0 * libm::sin(PI * r / 6.0);
        let (a, b, c) = (of(0.5), of(0.4), of(0.3));
        let factor = tie(&[&[1.0, 0.5, 0.4], &[0.5, 1.0, 0.3], &[0.4, 0.3, 1.0]]).unwrap().factor;
        let second = libm::sqrt(1.0 - a * a);
        let last = (c - a * b) / second;
        let known = [b, last, libm::sqrt(1.0 - b * b - last * last)];
        assert!(factor[2].iter().zip(known).all(|(found, known)| libm::fabs(found - known) < 1e-15), "{factor:?}");
    }

    #[test]
    fn what_is_the_same_and_what_is_opposite() {
        let tie = tie(&[&[1.0, 1.0, -1.0], &[1.0, 1.0, -1.0], &[-1.0, -1.0, 1.0]]).unwrap();
        let mut uniforms = [0.3, 0.9, 0.5];
        tie.bind(&mut uniforms);
        for (found, known) in uniforms.into_iter().zip([0.3, 0.3, 0.7]) {
            assert!(libm::fabs(found - known) < 1e-15, "{uniforms:?}");
        }
    }

    #[test]
    fn impossible_correlations() {
        assert!(tie(&[&[1.0, 0.9, 0.9], &[0.9, 1.0, -0.9], &[0.9, -0.9, 1.0]]).is_err());
        assert!(tie(&[&[1.0, 1.0, 0.0], &[1.0, 1.0, 1.0], &[0.0, 1.0, 1.0]]).is_err());
        // With r = -1/2 each, the three normal correlations are -2 sin(π/12) = -0.5176, and -0.5 is as low as three can go.
        let half = &[&[1.0, -0.5, -0.5][..], &[-0.5, 1.0, -0.5], &[-0.5, -0.5, 1.0]];
        assert!(tie(half).is_err());
    }
}
