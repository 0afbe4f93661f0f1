//! Scoring rules: what one forecast is worth once the outcome is known. All of them are proper: whoever says what they
//! believe expects the best score (Gneiting and Raftery 2007).

use variorum_engine::math::ln;

/// The Brier score of the probability of a yes: (p - o)², o being 1 for yes and 0 for no. From 0 (best) to 1; 50% always
/// has 0.25. Brier (1950) sums over both classes, yes and no, which is twice this.
#[must_use]
pub fn brier(probability: f64, yes: bool) -> f64 {
    let miss = if yes { 1.0 - probability } else { probability };
    miss * miss
}

/// The log score in bits: log₂ of the probability that was given to what happened (Good 1952). At most 0 (best); 50% always
/// has -1; minus infinity for a probability of 0.
#[must_use]
pub fn log(probability: f64, yes: bool) -> f64 {
    let given = if yes { probability } else { 1.0 - probability };
    if given <= 0.0 { f64::NEG_INFINITY } else { ln(given) / std::f64::consts::LN_2 }
}

/// The continuous ranked probability score of a number x, ∫ (F(z) - 1{z ≥ x})² dz (Matheson and Winkler 1976), in the unit
/// of the number: 0 is best, and for a forecast of one number it is the distance from x.
///
/// The forecast is given by pairs of probability and quantile, ascending in both; between them the quantile function Q is
/// taken to be linear, beyond them constant. The integral is taken as 2 ∫₀¹ (1{x < Q(τ)} - τ) (Q(τ) - x) dτ (Laio and
/// Tamea 2007), piece by piece, on which it is a polynomial of degree 2. None without a quantile, or if one is no number.
#[must_use]
pub fn crps(quantiles: &[[f64; 2]], x: f64) -> Option<f64> {
    let (first, last) = (quantiles.first()?, quantiles.last()?);
    if !x.is_finite() || quantiles.iter().flatten().any(|part| !part.is_finite()) {
        return None;
    }
    let mut knots = Vec::with_capacity(quantiles.len() + 2);
    knots.push([0.0, first[1]]);
    knots.extend_from_slice(quantiles);
    knots.push([1.0, last[1]]);
    let mut sum = 0.0;
    for pair in knots.windows(2) {
        let &[[from, low], [to, high]] = pair else { continue };
        if (low < x) == (high <= x) || low == high {
            sum += piece([from, to], [low, high], x, (low + high) / 2.0 > x);
        } else {
            // Q crosses x within this piece.
            let middle = from + (to - from) * ((x - low) / (high - low));
            sum += piece([from, middle], [low, x], x, false);
            sum += piece([middle, to], [x, high], x, true);
        }
    }
    Some(2.0 * sum)
}

/// The integral of (above - τ) (Q(τ) - x) over a piece on which Q is linear and on one side of x: Simpson's rule, which is
/// exact for it.
fn piece([from, to]: [f64; 2], [low, high]: [f64; 2], x: f64, above: bool) -> f64 {
    let side = if above { 1.0 } else { 0.0 };
    let middle = (side - (from + to) / 2.0) * ((low + high) / 2.0 - x);
    (to - from) / 6.0 * ((side - from) * (low - x) + 4.0 * middle + (side - to) * (high - x))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use variorum_engine::math::{normal_cdf, normal_density, normal_quantile};

    #[test]
    fn scores_of_one_forecast() {
        assert_eq!((brier(0.3, true), brier(0.5, false), brier(1.0, true)), (0.7 * 0.7, 0.25, 0.0));
        assert_eq!((log(0.5, true), log(0.5, false), log(0.25, true), log(0.75, false)), (-1.0, -1.0, -2.0, -2.0));
        assert_eq!((log(1.0, true), log(0.0, false)), (0.0, 0.0));
        assert_eq!((log(0.0, true), log(1.0, false)), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    }

    /// Whoever says what they believe expects the best score.
    #[test]
    fn the_rules_are_proper() {
        for believed in [0.03, 0.3, 0.5, 0.8] {
            let expected = |score: fn(f64, bool) -> f64, said: f64| {
                believed * score(said, true) + (1.0 - believed) * score(said, false)
            };
            for said in (1..100).map(|k| f64::from(k) / 100.0).filter(|said| (said - believed).abs() > 1e-9) {
                assert!(expected(brier, said) > expected(brier, believed), "{believed} {said}");
                assert!(expected(log, said) < expected(log, believed), "{believed} {said}");
            }
        }
    }

    #[test]
    fn crps_of_a_point_is_the_distance() {
        for x in [-3.0, 2.0, 7.5] {
            assert!((crps(&[[0.5, 2.0]], x).unwrap() - (x - 2.0_f64).abs()).abs() < 1e-12);
            assert!((crps(&[[0.1, 2.0], [0.9, 2.0]], x).unwrap() - (x - 2.0_f64).abs()).abs() < 1e-12);
        }
        assert_eq!(crps(&[], 1.0), None);
        assert_eq!(crps(&[[0.5, f64::NAN]], 1.0), None);
    }

    /// Of the uniform law on 0..1: (x³ + (1 - x)³) / 3 within it, and beyond it the distance from its nearer end and 1/3.
    #[test]
    fn crps_of_the_uniform_law() {
        let law = [[0.0, 0.0], [0.3, 0.3], [1.0, 1.0]];
        for x in [0.0, 0.1, 0.3, 0.5, 0.99, 1.0] {
            let rest = 1.0 - x;
            assert!((crps(&law, x).unwrap() - (x * x * x + rest * rest * rest) / 3.0).abs() < 1e-12, "{x}");
        }
        assert!((crps(&law, -1.0).unwrap() - (1.0 + 1.0 / 3.0)).abs() < 1e-12);
        assert!((crps(&law, 3.0).unwrap() - (1.0 / 3.0 + 2.0)).abs() < 1e-12);
    }

    /// Of the standard normal law: x (2Φ(x) - 1) + 2φ(x) - 1/√π (Gneiting and Raftery 2007, equation 21), approached by
    /// the quantiles that answers carry. What lies beyond them, 0.5% on each side, is not known to it.
    #[test]
    fn crps_of_the_normal_law() {
        let mut levels = vec![0.005, 0.025, 0.05];
        levels.extend((2..=18).map(|k| 0.05 * f64::from(k)));
        levels.extend([0.95, 0.975, 0.995]);
        let law: Vec<[f64; 2]> = levels.into_iter().map(|p| [p, normal_quantile(p)]).collect();
        for x in [-2.5, -1.0, 0.0, 0.4, 2.0] {
            let exact = x * (2.0 * normal_cdf(x) - 1.0) + 2.0 * normal_density(x) - (1.0 / std::f64::consts::PI).sqrt();
            assert!((crps(&law, x).unwrap() - exact).abs() < 0.006, "{x}: {} {exact}", crps(&law, x).unwrap());
        }
    }
}
