//! Parameters whose ranks are correlated: a Gaussian copula on their uniforms.
//!
//! Rank correlations r become correlations 2 sin(π r / 6) of normal numbers (Kruskal, Ordinal measures of association,
//! JASA 53, 1958); their Cholesky factor joins independent ones. Each parameter keeps its own uniform and its own law,
//! so one correlation more changes no parameter that it does not name.

use crate::math::{normal_cdf, normal_quantile};
use std::f64::consts::PI;
use std::fmt;

/// A pivot below this counts as 0, as does the rest of its column: the matrix may be singular.
const LEAST_PIVOT: f64 = 1e-9;
/// What may be left of a column whose pivot is 0: in a matrix that is one of correlations, the square of each number in
/// it is at most the pivot.
const MOST_LEFT: f64 = 1e-4;

/// Why numbers are no rank correlations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopulaError {
    /// The matrix is not square, not symmetric, or has other numbers than 1 on its diagonal.
    Form,
    /// A correlation is not between -1 and 1.
    Range,
    /// No numbers are correlated so: the matrix is not positive semidefinite. The row where that shows.
    Impossible(usize),
}

impl fmt::Display for CopulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CopulaError::Form => write!(f, "the matrix is no matrix of correlations"),
            CopulaError::Range => write!(f, "a correlation is not between -1 and 1"),
            CopulaError::Impossible(row) => {
                write!(f, "no numbers are correlated so (not positive semidefinite, in row {})", row + 1)
            }
        }
    }
}

impl std::error::Error for CopulaError {}

/// The lower triangular factor of a matrix of correlations.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// By row: the numbers up to the diagonal.
    rows: Vec<Vec<f64>>,
}

impl Factor {
    /// The factor that gives normal numbers whose ranks are correlated so: a row for each, with as many numbers.
    ///
    /// # Errors
    /// The numbers are no rank correlations, or cannot all be at once.
    pub fn of_ranks(ranks: &[Vec<f64>]) -> Result<Factor, CopulaError> {
        let size = ranks.len();
        if ranks.iter().any(|row| row.len() != size) {
            return Err(CopulaError::Form);
        }
        let is_formed = |i: usize, j: usize| if i == j { ranks[i][i] == 1.0 } else { ranks[i][j] == ranks[j][i] };
        for i in 0..size {
            for j in 0..=i {
                let number = ranks[i][j];
                if !(-1.0..=1.0).contains(&number) {
                    return Err(CopulaError::Range);
                }
                if !is_formed(i, j) {
                    return Err(CopulaError::Form);
                }
            }
        }
        let mut rows: Vec<Vec<f64>> = (0..size).map(|row| vec![0.0; row + 1]).collect();
        for column in 0..size {
            let left = |rows: &[Vec<f64>], row: usize| {
                let whole = if row == column { 1.0 } else { 2.0 * sine(PI * ranks[row][column] / 6.0) };
                (0..column).fold(whole, |left, k| left - rows[row][k] * rows[column][k])
            };
            let pivot = left(&rows, column);
            if pivot < LEAST_PIVOT {
                let is_possible =
                    pivot > -LEAST_PIVOT && (column + 1..size).all(|row| left(&rows, row).abs() <= MOST_LEFT);
                if !is_possible {
                    return Err(CopulaError::Impossible(column));
                }
                continue;
            }
            let root = pivot.sqrt();
            rows[column][column] = root;
            for row in column + 1..size {
                rows[row][column] = left(&rows, row) / root;
            }
        }
        Ok(Factor { rows })
    }

    /// How many parameters it joins.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rows.len()
    }

    /// Makes correlated uniforms of independent ones, which are given by their places among all.
    pub(crate) fn join(&self, places: &[u32], uniforms: &mut [f64]) {
        /// The extremes of the uniforms of [`crate::random`]: rounding must not carry any to 0 or 1.
        const LEAST: f64 = f64::EPSILON / 2.0;
        let normal: Vec<f64> = places.iter().map(|place| normal_quantile(uniforms[*place as usize])).collect();
        for (row, place) in self.rows.iter().zip(places) {
            let sum = row.iter().zip(&normal).fold(0.0, |sum, (factor, normal)| sum + factor * normal);
            uniforms[*place as usize] = normal_cdf(sum).clamp(LEAST, 1.0 - LEAST);
        }
    }
}

/// The sine of an angle of at most π / 6, by its series: the first term left out is below 10^-19.
fn sine(x: f64) -> f64 {
    const TERMS: u32 = 8;
    let square = x * x;
    let inner = (1..TERMS).rev().fold(1.0, |inner, term| {
        let term = f64::from(2 * term);
        1.0 - square / (term * (term + 1.0)) * inner
    });
    x * inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines() {
        // Against the halves of π / 6 by the formula of the half angle.
        let (mut angle, mut cosine) = (PI / 6.0, 0.75f64.sqrt());
        assert!((sine(angle) - 0.5).abs() < 1e-16);
        for _ in 0..20 {
            (angle, cosine) = (angle / 2.0, ((1.0 + cosine) / 2.0).sqrt());
            let squared = 1.0 - cosine * cosine;
            assert!((sine(angle) * sine(angle) - squared).abs() < 1e-15, "{angle}");
            assert_eq!(sine(-angle), -sine(angle));
        }
    }

    #[test]
    fn factors_multiply_to_the_correlations() -> Result<(), CopulaError> {
        let ranks = vec![vec![1.0, 0.6, -0.2], vec![0.6, 1.0, 0.3], vec![-0.2, 0.3, 1.0]];
        let factor = Factor::of_ranks(&ranks)?;
        for i in 0..3 {
            for j in 0..=i {
                let product: f64 = (0..=j).map(|k| factor.rows[i][k] * factor.rows[j][k]).sum();
                let expected = if i == j { 1.0 } else { 2.0 * sine(PI * ranks[i][j] / 6.0) };
                assert!((product - expected).abs() < 1e-15);
            }
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_is_refused_and_what_is_singular_is_not() {
        let of = |a: f64, b: f64, c: f64| {
            Factor::of_ranks(&[vec![1.0, a, b], vec![a, 1.0, c], vec![b, c, 1.0]]).map(|factor| factor.rows)
        };
        assert!(matches!(of(1.0, 1.0, 1.0), Ok(rows) if rows[2] == [rows[2][0], 0.0, 0.0] && rows[2][0] > 1.0 - 1e-15));
        assert!(of(1.0, -0.5, -0.5).is_ok());
        assert_eq!(of(1.0, 0.5, 0.4), Err(CopulaError::Impossible(1)));
        assert_eq!(of(0.9, 0.9, -0.9), Err(CopulaError::Impossible(2)));
        assert_eq!(of(1.1, 0.0, 0.0), Err(CopulaError::Range));
        assert_eq!(of(f64::NAN, 0.0, 0.0), Err(CopulaError::Range));
        assert_eq!(Factor::of_ranks(&[vec![1.0, 0.2], vec![0.1, 1.0]]), Err(CopulaError::Form));
        assert_eq!(Factor::of_ranks(&[vec![1.0, 0.2]]), Err(CopulaError::Form));
    }
}
