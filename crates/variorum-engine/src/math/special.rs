//! The logarithm of the gamma function, and what the gamma and beta distributions share: differences free of
//! cancellation, the quadrature of a tail and the search for a quantile.
//!
//! These functions prepare and draw parameters, one number at a time; they have branches and loops, but every loop has
//! a fixed bound. Densities are handled by Loader's method (Fast and accurate computation of binomial probabilities,
//! 2000): the large parts of the logarithms of powers and gamma functions cancel on paper, not in the machine.

use super::elementary::{artanh_series, exp, exp_m1, exp_series, horner, ln, ln_1p};

/// ln(2 pi) / 2.
pub(crate) const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
/// From here on Stirling's series serves for the gamma function.
const STIRLING: f64 = 10.0;

/// e^x - 1 - x without cancellation near 0.
pub(crate) fn exp_m1_minus(x: f64) -> f64 {
    if x.abs() < 0.34 { x * x * exp_series(x) } else { exp_m1(x) - x }
}

/// ln(1 + x) - x without cancellation near 0; NaN for x < -1.
///
/// With s = x/(2 + x): ln(1 + x) = 2s + s^3 P(s^2) and 2s - x = -s x.
pub(crate) fn ln_1p_minus(x: f64) -> f64 {
    if x > -0.29 && x < 0.41 {
        let s = x / (2.0 + x);
        let z = s * s;
        s * (z * artanh_series(z) - x)
    } else {
        ln_1p(x) - x
    }
}

/// ln(r) - d for d = r - 1, where both the ratio r > 0 and the difference d are known without loss.
pub(crate) fn ln_minus(r: f64, d: f64) -> f64 {
    if r < 0.5 { ln(r) - d } else { ln_1p_minus(d) }
}

/// ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi)/2) for x > 0: the error of Stirling's formula.
///
/// From 10 on by the asymptotic series (DLMF 5.11.1), whose first neglected term is below 2e-18.
pub(crate) fn stirling_error(x: f64) -> f64 {
    if x < STIRLING {
        return ln_gamma(x) - ((x - 0.5) * ln(x) - x + HALF_LN_TAU);
    }
    let inverse = 1.0 / x;
    inverse
        * horner(
            inverse * inverse,
            [
                0.083_333_333_333_333_33,
                -0.002_777_777_777_777_778,
                0.000_793_650_793_650_793_7,
                -0.000_595_238_095_238_095_3,
                0.000_841_750_841_750_841_8,
                -0.001_917_526_917_526_917_6,
                0.006_410_256_410_256_41,
                -0.029_550_653_594_771_242,
                0.179_644_372_368_830_57,
            ],
        )
}

/// ln Gamma(2 + t) for |t| <= 1/2; relative error of the fit 1.3e-18.
fn ln_gamma_near_two(t: f64) -> f64 {
    t * horner(
        t,
        [
            0.422_784_335_098_467_13,
            0.322_467_033_424_113_26,
            -0.067_352_301_053_198_31,
            0.020_580_808_427_780_574,
            -0.007_385_551_028_649_664,
            0.002_890_510_331_023_428,
            -0.001_192_753_912_760_172_7,
            0.000_509_669_515_682_665_8,
            -0.000_223_154_735_132_731_15,
            9.945_766_996_029_095e-5,
            -4.492_653_145_989_592_4e-5,
            2.050_561_785_782_556e-5,
            -9.437_234_847_538_434e-6,
            4.384_588_065_110_981e-6,
            -2.049_760_469_832_288_6e-6,
            9.203_179_169_801_559e-7,
            -4.200_324_832_601_37e-7,
            2.784_919_089_304_117e-7,
            -1.433_024_499_290_198e-7,
        ],
    )
}

/// The natural logarithm of the gamma function for x > 0; infinity at 0 and infinity, NaN for x < 0 and NaN.
///
/// Relative error below 2e-15, near the zeros at 1 and 2 too. Below 10 the recurrence Gamma(x + 1) = x Gamma(x) leads
/// to the neighbourhood of 2, from 10 on Stirling's series serves.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        f64::NAN
    } else if x == 0.0 || x == f64::INFINITY {
        f64::INFINITY
    } else if x < 0.5 {
        ln_gamma_near_two(x) - ln_1p(x) - ln(x)
    } else if x < 1.5 {
        ln_gamma_near_two(x - 1.0) - ln_1p(x - 1.0)
    } else if x < STIRLING {
        let mut product = 1.0;
        let mut y = x;
        while y > 2.5 {
            y -= 1.0;
            product *= y;
        }
        ln_gamma_near_two(y - 2.0) + ln(product)
    } else {
        (x - 0.5) * ln(x) - x + HALF_LN_TAU + stirling_error(x)
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Tails of distributions

/// One tail of a distribution at a point, in a coordinate y in which its density is log-concave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// Whether it is the lower tail.
    pub lower: bool,
    /// The logarithm of the density with respect to y.
    pub ln_density: f64,
    /// The probability of the tail, divided by the density.
    pub ratio: f64,
}

impl Tail {
    /// The probability of the lower or of the upper tail.
    pub fn probability(self, lower: bool) -> f64 {
        let own = exp(self.ln_density) * self.ratio;
        // Rounding may carry a probability near 1 past it.
        let own = if own > 1.0 { 1.0 } else { own };
        if lower == self.lower { own } else { 1.0 - own }
    }

    /// The logarithm of the probability of the lower or upper tail, and that probability divided by the density.
    fn oriented(self, lower: bool) -> (f64, f64) {
        if lower == self.lower {
            (self.ln_density + ln(self.ratio), self.ratio)
        } else {
            let probability = self.probability(lower);
            (ln(probability), probability / exp(self.ln_density))
        }
    }
}

/// The nodes of Gauss and Legendre's rule of 16 points on [-1, 1], positive half, and their weights.
const NODES: [(f64, f64); 8] = [
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.755_404_408_355_003, 0.124_628_971_255_533_9),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_8),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
];

/// The integral of `f` from `a` to `b` by Gauss and Legendre's rule of 16 points.
pub(crate) fn gauss(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (centre, half) = (0.5 * (a + b), 0.5 * (b - a));
    let mut sum = 0.0;
    for (node, weight) in NODES {
        sum += weight * (f(centre - half * node) + f(centre + half * node));
    }
    half * sum
}

/// The integral of e^-h over [0, infinity) for a convex h with h(0) = 0, given its first two derivatives at 0.
///
/// h must stay within a factor of about two of that parabola until it has reached 35. The range is divided towards 0,
/// so that the first panels resolve an exponential as well as a normal decay; the error is near 1e-15 relative.
pub(crate) fn decaying_integral(slope: f64, curvature: f64, h: impl Fn(f64) -> f64) -> f64 {
    /// The value of the parabola where the range ends.
    const DEPTH: f64 = 70.0;
    let reach = 2.0 * DEPTH / (slope + (slope * slope + 2.0 * DEPTH * curvature).sqrt());
    let mut sum = 0.0;
    let mut start = 0.0;
    for end in [0.0625, 0.125, 0.25, 0.5, 1.0] {
        sum += gauss(start * reach, end * reach, |x| exp(-h(x)));
        start = end;
    }
    sum
}

/// The point at which the lower (or upper) tail has the probability whose logarithm is `ln_target`.
///
/// Newton's method on the logarithm of the probability as a function of y. A log-concave density has log-concave tails
/// (Prekopa 1973), so the logarithm is concave: after at most one step beyond the solution, all further steps approach
/// it from the side of the smaller tail, without overshooting. `moved(point, step)` is the point displaced by the step
/// in y. Ends when a step is lost in rounding, or no longer shrinks because of rounding, or after 200 steps.
pub(crate) fn solve_tail<S: Copy>(
    start: S,
    lower: bool,
    ln_target: f64,
    tail: impl Fn(S) -> Tail,
    moved: impl Fn(S, f64) -> S,
) -> S {
    let sign = if lower { -1.0 } else { 1.0 };
    let mut point = start;
    let mut last = f64::INFINITY;
    for _ in 0..200 {
        let (ln_probability, ratio) = tail(point).oriented(lower);
        let step = sign * ratio * (ln_probability - ln_target);
        if step.is_nan() {
            break;
        }
        point = moved(point, step);
        let size = step.abs();
        if size < 4e-16 || (size < 1e-6 && size > 0.5 * last) {
            break;
        }
        last = size;
    }
    point
}
