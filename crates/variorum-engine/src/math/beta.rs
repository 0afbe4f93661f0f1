//! The beta distribution: both tails and quantiles, for shapes from 0.01 to 10^7 and beyond.
//!
//! A point is a pair (t, s) of the value and its complement 1 - t, so that neither end of the interval loses digits.

use super::elementary::{exp, exp_m1, ln, ln_1p};
use super::normal::normal_quantile;
use super::special::{
    HALF_LN_TAU, Tail, decaying_integral, exp_m1_minus, ln_1p_minus, ln_gamma, ln_minus, solve_tail, stirling_error,
};

/// If both shapes are at least this the tails are integrated numerically; otherwise the fraction is short.
const LARGE: f64 = 40.0;
/// Bound on the terms of the fraction.
const TERMS: u32 = 20_000;
/// Where the coordinate stops: no point is nearer to an end than this.
const EDGE: f64 = 1e-300;

/// One tail at the point (t, s), in the coordinate y = ln(t/s) with density t^a s^b / B(a, b).
fn tail(a: f64, b: f64, (t, s): (f64, f64)) -> Tail {
    let ln_density = ln_density(a, b, t, s);
    if a >= LARGE && b >= LARGE {
        let slope = b * t - a * s;
        let lower = slope < 0.0;
        let ratio = if lower { outer_integral(b, a, s, t) } else { outer_integral(a, b, t, s) };
        Tail { lower, ln_density, ratio }
    } else if t * (a + b + 2.0) < a + 1.0 {
        Tail { lower: true, ln_density, ratio: fraction(a, b, t, s) }
    } else {
        Tail { lower: false, ln_density, ratio: fraction(b, a, s, t) }
    }
}

/// The upper tail at a point above the mode of the density in y, divided by that density.
///
/// From y to y + d the density falls by the factor e^-h with h(d) = (a + b) ln(1 + t (e^d - 1)) - a d, also
/// (a + b) ln(1 + s (e^-d - 1)) + b d. The linear part is taken out, and the form with the smaller of t and s chosen:
/// then nothing cancels.
fn outer_integral(a: f64, b: f64, t: f64, s: f64) -> f64 {
    let n = a + b;
    let slope = b * t - a * s;
    decaying_integral(slope, n * t * s, |d| {
        let (part, d_signed) = if t <= s { (t, d) } else { (s, -d) };
        let w = part * exp_m1(d_signed);
        slope * d + n * (part * exp_m1_minus(d_signed) + ln_1p_minus(w))
    })
}

/// ln(t^a s^b / B(a, b)).
fn ln_density(a: f64, b: f64, t: f64, s: f64) -> f64 {
    if a > b {
        return ln_density(b, a, s, t);
    }
    let n = a + b;
    if a >= 10.0 {
        // Saddle point: with d = n t - a the powers are a (ln(1 + d/a) - d/a) + b (ln(1 - d/b) + d/b).
        let d = b * t - a * s;
        let powers = a * ln_minus(n * (t / a), d / a) + b * ln_minus(n * (s / b), -d / b);
        let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
        powers + 0.5 * ln(a * (b / n)) - HALF_LN_TAU + errors
    } else {
        a * ln(t) + b * ln_of_complement(s, t) - ln_gamma(a) + ln_gamma_ratio(b, a)
    }
}

/// ln(s) where t = 1 - s is known without loss.
fn ln_of_complement(s: f64, t: f64) -> f64 {
    if t < 0.5 { ln_1p(-t) } else { ln(s) }
}

/// ln(Gamma(b + a) / Gamma(b)) for a <= b.
///
/// For large b Stirling's formula, with the terms of size b ln b cancelled on paper.
fn ln_gamma_ratio(b: f64, a: f64) -> f64 {
    let n = a + b;
    if b < 10.0 {
        ln_gamma(n) - ln_gamma(b)
    } else {
        a * ln(n) + (b - 0.5) * ln_1p_minus(a / b) - 0.5 * (a / b) + stirling_error(n) - stirling_error(b)
    }
}

/// ln B(a, b) for a <= b, with the large terms cancelled on paper as in [`ln_density`].
fn ln_beta(a: f64, b: f64) -> f64 {
    if a < 10.0 {
        return ln_gamma(a) - ln_gamma_ratio(b, a);
    }
    let n = a + b;
    let errors = stirling_error(a) + stirling_error(b) - stirling_error(n);
    a * ln(a / n) - b * ln_1p(a / b) - 0.5 * ln(a * (b / n)) + HALF_LN_TAU + errors
}

/// I_t(a, b) B(a, b) / (t^a s^b) by a continued fraction, for t below about a/(a + b).
///
/// The even part of DLMF 8.17.22, in the form of DiDonato and Morris, Algorithm 708, ACM TOMS 18 (1992), where the
/// difference a s - b t stands on its own and keeps its digits. Evaluated forwards by the modified method of Lentz
/// (Thompson and Barnett, Coulomb and Bessel functions of complex arguments and order, 1986).
fn fraction(a: f64, b: f64, t: f64, s: f64) -> f64 {
    /// Stands in for a vanishing denominator.
    const TINY: f64 = 1e-300;
    let guarded = |x: f64| if x.abs() < TINY { TINY } else { x };
    let lambda = a * s - b * t;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / guarded(a / (a + 1.0) * (lambda + 1.0));
    let mut value = d;
    let mut n = 0.0;
    for _ in 0..TERMS {
        n += 1.0;
        let odd = a + 2.0 * n - 1.0;
        let numerator = ((a + n - 1.0) / odd * t) * ((a + b + n - 1.0) / odd * t) * n * (b - n);
        let denominator = n + n * (b - n) * t / odd + (a + n) / (a + 2.0 * n + 1.0) * (lambda + 1.0 + n * (1.0 + s));
        d = 1.0 / guarded(denominator + numerator * d);
        c = guarded(denominator + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

/// Whether the shapes are positive and finite.
fn valid(a: f64, b: f64) -> bool {
    a > 0.0 && b > 0.0 && a < f64::INFINITY && b < f64::INFINITY
}

/// The regularised incomplete beta function I_x(a, b): the probability of at most x under the shapes a and b.
///
/// For finite a, b > 0 and x in [0, 1]; NaN otherwise. Relative error near 1e-13 where it is the smaller tail.
#[must_use]
pub fn beta_i(a: f64, b: f64, x: f64) -> f64 {
    probability(a, b, x, true)
}

/// The complement 1 - I_x(a, b), accurate where it is the smaller tail; see [`beta_i`].
#[must_use]
pub fn beta_i_upper(a: f64, b: f64, x: f64) -> f64 {
    probability(a, b, x, false)
}

/// Either tail of the distribution at x.
fn probability(a: f64, b: f64, x: f64, lower: bool) -> f64 {
    if !(valid(a, b) && (0.0..=1.0).contains(&x)) {
        f64::NAN
    } else if x == 0.0 || x == 1.0 {
        if lower == (x == 0.0) { 0.0 } else { 1.0 }
    } else {
        tail(a, b, (x, 1.0 - x)).probability(lower)
    }
}

/// The quantile of the beta distribution: the x with I_x(a, b) = p.
///
/// For finite shapes a, b > 0 and p in [0, 1], NaN otherwise. The probability of the result is p to about 1e-12
/// relative, or as near as the spacing of the numbers x allows.
#[must_use]
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.5 { quantile(a, b, p, 1.0 - p, true).0 } else { quantile(a, b, 1.0 - p, p, false).0 }
}

/// The quantile by the probability of more than x: the x with 1 - I_x(a, b) = q. See [`beta_quantile`].
#[must_use]
pub fn beta_quantile_upper(a: f64, b: f64, q: f64) -> f64 {
    if q <= 0.5 { quantile(a, b, q, 1.0 - q, false).0 } else { quantile(a, b, 1.0 - q, q, true).0 }
}

/// The point whose lower or upper tail has the probability p, at most 1/2; `rest` is 1 - p.
fn quantile(a: f64, b: f64, p: f64, rest: f64, lower: bool) -> (f64, f64) {
    if !(valid(a, b) && p >= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if p == 0.0 {
        return if lower { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    // Near an end the tail is a power: I_t ~ t^a / (a B(a, b)). A result if the point is as near as that, and a start
    // for a shape below 1, where the mass is.
    let ln_beta = if a <= b { ln_beta(a, b) } else { ln_beta(b, a) };
    let (below, above) = if lower { (p, rest) } else { (rest, p) };
    let ln_t = (ln(below) + ln(a) + ln_beta) / a;
    let ln_s = (ln(above) + ln(b) + ln_beta) / b;
    if ln_t < -40.0 - ln(1.0 + b) {
        return (exp(ln_t), 1.0);
    }
    if ln_s < -40.0 - ln(1.0 + a) {
        return (1.0, exp(ln_s));
    }
    // Otherwise in y, nearly normal about ln(a/b).
    let z = normal_quantile(p) * if lower { 1.0 } else { -1.0 };
    let normal = exp(z * (1.0 / a + 1.0 / b).sqrt());
    let start = if a < 1.0 && below * (a + b) < b {
        let t = exp(ln_t);
        if t < 0.5 { (t, 1.0 - t) } else { (0.5, 0.5) }
    } else if b < 1.0 {
        let s = exp(ln_s);
        if s < 0.5 { (1.0 - s, s) } else { (0.5, 0.5) }
    } else {
        (a * normal / (a * normal + b), b / (a * normal + b))
    };
    solve_tail(start, lower, ln(p), |point| tail(a, b, point), moved)
}

/// The point displaced by a step in y, kept away from the ends.
fn moved((t, s): (f64, f64), step: f64) -> (f64, f64) {
    let factor = exp(-step.abs());
    let (t, s) = if step > 0.0 { (t, s * factor) } else { (t * factor, s) };
    let (t, s) = (t / (t + s), s / (t + s));
    (if t < EDGE { EDGE } else { t }, if s < EDGE { EDGE } else { s })
}
