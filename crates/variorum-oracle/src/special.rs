//! Special functions: the normal law's distribution and quantile, the incomplete beta and gamma functions.
//!
//! Formulas are those of the Digital Library of Mathematical Functions (dlmf.nist.gov), chapters 7 and 8. Continued
//! fractions are evaluated from the far end with a number of terms that suffices everywhere, which is slow and plain.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The standard normal distribution function.
#[must_use]
pub fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The mass of the standard normal law above z.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// The mass of the standard normal law between two numbers, without loss of precision in either tail.
#[must_use]
pub fn normal_between(from: f64, to: f64) -> f64 {
    if from > 0.0 {
        normal_above(from) - normal_above(to)
    } else if to < 0.0 {
        normal_below(to) - normal_below(from)
    } else {
        0.5 * (libm::erf(to * FRAC_1_SQRT_2) - libm::erf(from * FRAC_1_SQRT_2))
    }
}

/// The standard normal quantile.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else if p < 0.25 {
        normal_tail(p)
    } else if p <= 0.75 {
        // Near the middle the difference from 1/2 carries the precision.
        let surplus = p - 0.5;
        let excess = |z: f64| (0.5 * libm::erf(z * FRAC_1_SQRT_2) - surplus, normal_density(z));
        solve(-1.0, 1.0, surplus * libm::sqrt(2.0 * PI), excess)
    } else {
        -normal_tail(1.0 - p)
    }
}

/// The number below which the standard normal law has the small mass p. Logarithms make Newton's method converge.
fn normal_tail(p: f64) -> f64 {
    let excess = |z: f64| {
        let below = normal_below(z);
        (libm::log(below / p), normal_density(z) / below)
    };
    solve(-40.0, 0.0, -libm::sqrt(-2.0 * libm::log(p)), excess)
}

fn normal_density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * PI)
}

/// The zero of an increasing function, given with its slope: Newton's method, bisection where that leaves the bracket.
fn solve(mut low: f64, mut high: f64, start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut z = start;
    for _ in 0..200 {
        let (value, slope) = function(z);
        if value < 0.0 {
            low = z;
        } else {
            high = z;
        }
        let newton = z - value / slope;
        if libm::fabs(newton - z) <= f64::EPSILON * libm::fabs(z) {
            return newton;
        }
        z = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
    }
    z
}

/// The regularised incomplete beta function and its complement, `I_x(a, b)` and `1 - I_x(a, b)`; dlmf.nist.gov/8.17.22.
#[must_use]
pub fn beta_below_above(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x >= 1.0 {
        return (1.0, 0.0);
    }
    let log_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
    let front = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - log_beta);
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = front / a * beta_fraction(a, b, x);
        (below, 1.0 - below)
    } else {
        let above = front / b * beta_fraction(b, a, 1.0 - x);
        (1.0 - above, above)
    }
}

/// 1/(1+ d_1/(1+ d_2/(1+ …))).
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut rest = 1.0;
    for pair in (0..terms(crate::expression::max(a, b))).rev() {
        let m = f64::from(pair);
        let even = (m + 1.0) * (b - m - 1.0) * x / ((a + 2.0 * m + 1.0) * (a + 2.0 * m + 2.0));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        rest = 1.0 + odd / (1.0 + even / rest);
    }
    1.0 / rest
}

/// The regularised incomplete gamma functions `P(a, x)` and `Q(a, x)`; dlmf.nist.gov/8.7.1 and 8.9.2.
#[must_use]
pub fn gamma_below_above(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let below = front / a * gamma_series(a, x);
        (below, 1.0 - below)
    } else {
        let above = front / gamma_fraction(a, x);
        (1.0 - above, above)
    }
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + …
fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > sum * 1e-18 {
        term *= x / (a + n);
        sum += term;
        n += 1.0;
    }
    sum
}

/// x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - …)).
fn gamma_fraction(a: f64, x: f64) -> f64 {
    let level = |n: f64| x + 2.0 * n + 1.0 - a;
    let count = terms(a);
    let mut rest = level(f64::from(count));
    for n in (1..=count).rev() {
        let n = f64::from(n);
        rest = level(n - 1.0) - n * (n - a) / rest;
    }
    rest
}

/// More terms of a continued fraction than it takes: convergence slows down as the root of the largest parameter.
fn terms(largest: f64) -> u32 {
    200 + (10.0 * libm::sqrt(largest)) as u32
}

/// The least number from 0 to a bound at which a condition begins to hold, to the last bit.
#[must_use]
pub fn first_number_where(bound: f64, holds: impl Fn(f64) -> bool) -> f64 {
    // Positive numbers are in the order of their bits.
    let (mut low, mut high) = (0, bound.to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(f64::from_bits(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    f64::from_bits(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, known: f64, relative: f64) {
        assert!(libm::fabs(found - known) <= relative * libm::fabs(known), "{found:e} is not {known:e}");
    }

    #[test]
    fn normal_quantiles() {
        let known = [
            (1e-100, -21.273453560965324),
            (1e-10, -6.361_340_902_404_056),
            (0.05, -1.644_853_626_951_472_7),
            (0.2, -0.841_621_233_572_914_2),
            (0.500_000_1, 2.506_628_273_311_648e-7),
            (0.6, 0.253_347_103_135_799_7),
            (0.8, 0.841_621_233_572_914_4),
            (0.95, 1.644_853_626_951_472_3),
            (0.975, 1.959_963_984_540_053_9),
        ];
        for (p, z) in known {
            close(normal_quantile(p), z, 1e-15);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    #[test]
    fn normal_masses() {
        close(normal_between(-1.0, 1.0), 0.682_689_492_137_085_9, 1e-15);
        close(normal_between(8.0, 9.0), normal_between(-9.0, -8.0), 1e-15);
        close(normal_above(8.0), 6.220_960_574_271_785e-16, 1e-14);
    }

    #[test]
    fn incomplete_beta() {
        let known = [
            (0.5, 70.5, 1e-4, 0.094_357_056_585_747_54, 0.905_642_943_414_252_5),
            (2.5, 38.5, 0.1, 0.857_941_053_234_205_5, 0.142_058_946_765_794_5),
            (2.0, 3.0, 0.4, 0.5248, 0.4752),
            (0.5, 0.5, 0.9, 0.795_167_235_300_866_6, 0.204_832_764_699_133_43),
            (200.5, 100.5, 0.7, 0.895_332_869_693_369_6, 0.104_667_130_306_630_43),
            (3000.5, 2000.5, 0.61, 0.926_274_528_022_036_7, 0.073_725_471_977_963_34),
            (0.1, 5.0, 1e-20, 0.012_233_375, 0.987_766_625),
        ];
        for (a, b, x, below, above) in known {
            let found = beta_below_above(a, b, x);
            close(found.0, below, 2e-11);
            close(found.1, above, 2e-11);
        }
    }

    #[test]
    fn incomplete_gamma() {
        let known = [
            (0.5, 0.01, 0.112_462_916_018_284_9, 0.887_537_083_981_715),
            (2.5, 3.0, 0.693_781_081_586_721_6, 0.306_218_918_413_278_4),
            (2.5, 3.6, 0.793_814_080_290_444_1, 0.206_185_919_709_555_88),
            (0.5, 1.51, 0.917_756_533_853_393_8, 0.082_243_466_146_606_25),
            (0.5, 30.0, 0.999_999_999_999_990_5, 9.485_737_571_073_85e-15),
            (100.0, 80.0, 0.017_108_313_035_133_114, 0.982_891_686_964_867),
            (100.0, 130.0, 0.997_249_591_632_693_5, 0.002_750_408_367_306_526),
            (5000.0, 5100.0, 0.920_671_118_922_381, 0.079_328_881_077_618_98),
            (0.05, 1e-10, 0.324_834_494_518_134_57, 0.675_165_505_481_865_4),
        ];
        for (a, x, below, above) in known {
            let found = gamma_below_above(a, x);
            close(found.0, below, 2e-11);
            close(found.1, above, 2e-11);
        }
    }

    #[test]
    fn bisection_is_exact() {
        assert_eq!(first_number_where(f64::MAX, |x| x >= 1e-300), 1e-300);
        assert_eq!(first_number_where(1.0, |x| x >= 0.7), 0.7);
        assert_eq!(first_number_where(1.0, |_| false), 1.0);
        assert_eq!(first_number_where(1.0, |_| true), 0.0);
    }
}
