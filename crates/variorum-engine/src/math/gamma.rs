//! The gamma distribution of unit rate: both tails and quantiles, for shapes from 0.01 to 10^7 and beyond.

use super::elementary::{exp, exp_m1, ln, min};
use super::normal::normal_quantile;
use super::special::{
    HALF_LN_TAU, Tail, decaying_integral, exp_m1_minus, ln_gamma, ln_minus, solve_tail, stirling_error,
};

/// From this shape on the tails are integrated numerically; below it the series and the fraction are short.
const LARGE: f64 = 40.0;
/// Bound on the terms of series and fractions; below [`LARGE`] they need a tenth of it.
const TERMS: u32 = 2_000;

/// One tail at x (positive, finite), in the coordinate y = ln x with density x^a e^-x / Gamma(a).
fn tail(a: f64, x: f64) -> Tail {
    let ln_density = ln_density(a, x);
    if a >= LARGE {
        // From x outwards, x e^d: the density falls by the factor e^-h with h(d) = (x - a) d + x (e^d - 1 - d).
        let lower = x < a;
        let sign = if lower { -1.0 } else { 1.0 };
        let slope = (x - a) * sign;
        let ratio = decaying_integral(slope, x, |d| slope * d + x * exp_m1_minus(sign * d));
        Tail { lower, ln_density, ratio }
    } else if x < a + 1.0 {
        Tail { lower: true, ln_density, ratio: series(a, x) }
    } else {
        Tail { lower: false, ln_density, ratio: fraction(a, x) }
    }
}

/// ln(x^a e^-x / Gamma(a)).
fn ln_density(a: f64, x: f64) -> f64 {
    if a < 10.0 {
        a * ln(x) - x - ln_gamma(a)
    } else {
        // With d = x/a - 1 it is a (ln(1 + d) - d) + ln(a)/2 - ln(2 pi)/2 - the error of Stirling's formula.
        a * ln_minus(x / a, (x - a) / a) + 0.5 * ln(a) - HALF_LN_TAU - stirling_error(a)
    }
}

/// P(a, x) / (x^a e^-x / Gamma(a)) by the power series (DLMF 8.11.4), for x up to about a.
fn series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut n = a;
    for _ in 0..TERMS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

/// Q(a, x) / (x^a e^-x / Gamma(a)) by the continued fraction of Legendre (DLMF 8.9.2), for x above about a.
///
/// Evaluated forwards by the modified method of Lentz (Thompson and Barnett, Coulomb and Bessel functions of complex
/// arguments and order, 1986).
fn fraction(a: f64, x: f64) -> f64 {
    /// Stands in for a vanishing denominator.
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    let mut n = 0.0;
    for _ in 0..TERMS {
        n += 1.0;
        let numerator = n * (a - n);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / if d == 0.0 { TINY } else { d };
        c = b + numerator / c;
        c = if c == 0.0 { TINY } else { c };
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

/// Either tail of the distribution at x.
fn probability(a: f64, x: f64, lower: bool) -> f64 {
    if !(a > 0.0 && a < f64::INFINITY && x >= 0.0) {
        f64::NAN
    } else if x == 0.0 || x == f64::INFINITY {
        if lower == (x == 0.0) { 0.0 } else { 1.0 }
    } else {
        tail(a, x).probability(lower)
    }
}

/// The regularised lower incomplete gamma function P(a, x): the probability of at most x under shape a and rate 1.
///
/// For a > 0 and x in [0, infinity]; NaN otherwise. Relative error near 1e-14 where P is the smaller tail.
#[must_use]
pub fn gamma_p(a: f64, x: f64) -> f64 {
    probability(a, x, true)
}

/// The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate where it is the smaller tail.
///
/// For a > 0 and x in [0, infinity]; NaN otherwise.
#[must_use]
pub fn gamma_q(a: f64, x: f64) -> f64 {
    probability(a, x, false)
}

/// The quantile of the gamma distribution of the given shape and rate 1: the x with P(shape, x) = p.
///
/// For a finite shape > 0 and p in [0, 1], NaN otherwise; 0 at p = 0, infinity at p = 1. The probability of the result
/// is p to about 1e-13 relative, or as near as the spacing of the numbers x allows. A quantile below the least positive
/// number, as shapes below 0.1 have them, is 0.
#[must_use]
pub fn gamma_quantile(shape: f64, p: f64) -> f64 {
    if p <= 0.5 { quantile(shape, p, true) } else { quantile(shape, 1.0 - p, false) }
}

/// The quantile by the probability of more than x: the x with Q(shape, x) = q. See [`gamma_quantile`].
#[must_use]
pub fn gamma_quantile_upper(shape: f64, q: f64) -> f64 {
    if q <= 0.5 { quantile(shape, q, false) } else { quantile(shape, 1.0 - q, true) }
}

/// The x whose lower or upper tail has the probability p, at most 1/2.
fn quantile(a: f64, p: f64, lower: bool) -> f64 {
    if !(a > 0.0 && a < f64::INFINITY && p >= 0.0) {
        return f64::NAN;
    }
    if p == 0.0 {
        return if lower { 0.0 } else { f64::INFINITY };
    }
    // P(a, x) <= x^a / Gamma(a + 1), nearly equal for small x: a lower bound, and a result where x is negligible.
    let ln_lower = if lower { ln(p) } else { super::elementary::ln_1p(-p) };
    let bound = (ln_lower + ln_gamma(a + 1.0)) / a;
    if bound < -40.0 {
        return exp(bound);
    }
    // Wilson and Hilferty (1931): the cube root of x/a is nearly normal.
    let z = normal_quantile(p) * if lower { 1.0 } else { -1.0 };
    let root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let start = super::elementary::max(exp(bound), if a < 1.0 { 0.0 } else { a * root * root * root });
    // In the far upper tail ln Q falls as -x, exponentially in y: a step too far would take long to undo.
    solve_tail(start, lower, ln(p), |x| tail(a, x), |x, step| x + x * exp_m1(min(step, 1.0)))
}
