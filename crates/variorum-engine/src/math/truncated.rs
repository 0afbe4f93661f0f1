//! Normal distributions truncated to an interval: quantiles, and the search for the one with given 5% and 95% quantiles.
//!
//! On the range from an anchor (one of the bounds) at x = 0 to x = length, in a unit of choice, the density of a
//! truncated normal is proportional to exp(-slope x - curvature x^2/2). This form stays finite where mean and standard
//! deviation do not: with no curvature it is a truncated exponential, or uniform, the limits of the family.

use super::elementary::{exp, ln, ln_1p};
use super::normal::{mills_ratio, normal_cdf, normal_quantile};
use super::special::gauss;

/// The standard normal 95% quantile.
const Z95: f64 = 1.644_853_626_951_472_6;
/// ln(19): the log odds of the 95% quantile.
const LOGIT_95: f64 = 2.944_438_979_166_440_3;
/// A bound farther from an interval than this many of its widths cuts off less than 1e-17 of any log-concave
/// distribution with that interval: beyond the 95% quantile its tail decays by at least ln(19) for each width.
const NEGLIGIBLE: f64 = 13.5;
/// More standard deviations than this between mean and range are handled from the anchor.
const REMOTE: f64 = 30.0;
/// A range of fewer standard deviations than this is handled from the anchor.
const NARROW: f64 = 0.03;

/// The logarithm of the integral of exp(-slope x - curvature x^2/2) over [from, to]; curvature >= 0, to may be infinite.
fn ln_mass(slope: f64, curvature: f64, from: f64, to: f64) -> f64 {
    let start = slope + curvature * from;
    let end = if curvature == 0.0 { slope } else { slope + curvature * to };
    if start >= 0.0 {
        ln_decreasing(start, curvature, to - from) - (slope + 0.5 * curvature * from) * from
    } else if end <= 0.0 {
        ln_decreasing(-end, curvature, to - from) - (slope + 0.5 * curvature * to) * to
    } else {
        // The mode lies inside: two decreasing parts from it.
        let mode = -slope / curvature;
        let (a, b) = (ln_decreasing(0.0, curvature, mode - from), ln_decreasing(0.0, curvature, to - mode));
        let (a, b) = if a > b { (a, b) } else { (b, a) };
        a + ln_1p(exp(b - a)) + 0.5 * slope * (slope / curvature)
    }
}

/// [`ln_mass`] over [0, length] for slope >= 0, where the density decreases.
fn ln_decreasing(slope: f64, curvature: f64, length: f64) -> f64 {
    if slope * length <= 2.0 && curvature * length * length <= 4.0 {
        return ln(gauss(0.0, length, |x| exp(-(slope + 0.5 * curvature * x) * x)));
    }
    // The difference of two infinite tails; the second is at most e^-2 of the first.
    let root = curvature.sqrt();
    let tail = |slope: f64| if slope > 1e8 * root { 1.0 / slope } else { mills_ratio(slope / root) / root };
    if length == f64::INFINITY {
        return ln(tail(slope));
    }
    let drop = exp(-(slope + 0.5 * curvature * length) * length);
    ln(tail(slope) - drop * tail(slope + curvature * length))
}

/// A root of an increasing or decreasing function between `a` and `b`, where its values `fa` and `fb` differ in sign.
///
/// Inverse quadratic interpolation where that is safe, bisection elsewhere: Chandrupatla, A new hybrid
/// quadratic/bisection algorithm for finding the zero of a nonlinear function without derivatives, Advances in
/// Engineering Software 28 (1997). At most 200 evaluations.
fn root(mut a: f64, mut fa: f64, mut b: f64, mut fb: f64, f: impl Fn(f64) -> f64) -> f64 {
    let mut t = 0.5;
    for _ in 0..200 {
        let x = a + t * (b - a);
        let fx = f(x);
        // The root lies between a, the newest point, and b; c is the one before.
        let (c, fc) = if (fx > 0.0) == (fa > 0.0) { (a, fa) } else { (b, fb) };
        if (fx > 0.0) != (fa > 0.0) {
            (b, fb) = (a, fa);
        }
        (a, fa) = (x, fx);
        let best = if fa.abs() < fb.abs() { a } else { b };
        let limit = (f64::EPSILON * best.abs() + f64::MIN_POSITIVE) / (b - a).abs();
        if limit > 0.5 || fa == 0.0 {
            break;
        }
        let xi = (a - b) / (c - b);
        let phi = (fa - fb) / (fc - fb);
        t = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb))
        } else {
            0.5
        };
        // Also turns a NaN, from equal values, into bisection.
        t = if t > limit && t < 1.0 - limit {
            t
        } else if t <= limit {
            limit
        } else if t > 0.5 {
            1.0 - limit
        } else {
            0.5
        };
    }
    if fa.abs() < fb.abs() { a } else { b }
}

/// Log odds of lying below x less those of `target`, for slope and curvature on [0, length].
fn log_odds(slope: f64, curvature: f64, length: f64, x: f64, target: f64) -> f64 {
    ln_mass(slope, curvature, 0.0, x) - ln_mass(slope, curvature, x, length) - target
}

/// The slope with which x is the 5% quantile on [0, length], given the curvature.
fn slope_for(curvature: f64, length: f64, x: f64) -> f64 {
    // Without curvature and end the law is exponential. With either it needs at most that slope.
    let exponential = -ln(0.95) / x;
    if curvature == 0.0 && length == f64::INFINITY {
        return exponential;
    }
    let f = |slope: f64| log_odds(slope, curvature, length, x, -LOGIT_95);
    let (mut high, mut step) = (exponential, exponential);
    let mut f_high = f(high);
    for _ in 0..100 {
        if f_high > 0.0 {
            break;
        }
        high += step;
        f_high = f(high);
        step *= 2.0;
    }
    let (mut low, mut f_low) = (high - step, f(high - step));
    for _ in 0..200 {
        if f_low <= 0.0 {
            break;
        }
        (high, f_high) = (low, f_low);
        step *= 2.0;
        low -= step;
        f_low = f(low);
    }
    root(low, f_low, high, f_high, f)
}

/// Slope and curvature of the truncated normal on [0, length] whose 5% and 95% quantiles are the given ones.
///
/// None if there is none: if even the truncated exponential with this 5% quantile has its 95% quantile below. As the
/// curvature grows and the slope is chosen to keep the 5% quantile, the 95% quantile falls: two members of the family
/// differ by a factor whose logarithm is quadratic, so their distribution functions cross once. Both searches are thus
/// for the one root of a monotone function.
fn solve(length: f64, q05: f64, q95: f64) -> Option<(f64, f64)> {
    let excess = |curvature: f64| {
        let slope = slope_for(curvature, length, q05);
        log_odds(slope, curvature, length, q95, LOGIT_95)
    };
    let least = excess(0.0);
    // The limit itself, such as a uniform distribution, must not fail by rounding.
    if least > 1e-11 || least.is_nan() {
        return None;
    }
    if least > -1e-13 {
        return Some((slope_for(0.0, length, q05), 0.0));
    }
    // Truncation brings the quantiles together, so the standard deviation is at least that of the whole normal.
    let most = 2.0 * Z95 / (q95 - q05);
    let most = most * most * 1.001;
    let greatest = excess(most);
    let curvature = if greatest > 0.0 { root(0.0, least, most, greatest, excess) } else { most };
    Some((slope_for(curvature, length, q05), curvature))
}

/// A normal distribution truncated to an interval, prepared for drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TruncatedNormal {
    /// Bounds that cut nothing off.
    Whole {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Bounds between which the normal distribution function can be inverted.
    Ranged {
        /// Mean of the whole normal.
        mean: f64,
        /// Standard deviation of the whole normal.
        sd: f64,
        /// Probabilities of the whole normal below the lower and below the upper bound.
        below: (f64, f64),
        /// Probabilities of the whole normal above the lower and above the upper bound.
        above: (f64, f64),
    },
    /// A range in a far tail or so narrow that the density is nearly exponential: described from one bound.
    Anchored {
        /// The bound where the density is higher.
        anchor: f64,
        /// The unit of length, negative if the range extends downwards.
        unit: f64,
        /// The relative decrease of the density at the anchor, for each unit.
        slope: f64,
        /// The increase of that decrease.
        curvature: f64,
        /// The length of the range in units; may be infinite.
        length: f64,
        /// The logarithm of the integral of the density, taken as 1 at the anchor.
        ln_total: f64,
    },
}

impl TruncatedNormal {
    /// The normal of the given mean and standard deviation (positive) truncated to [low, high], either possibly infinite.
    ///
    /// None if the whole normal has no probability there that a number could hold: from about 37 standard deviations.
    #[must_use]
    pub fn new(mean: f64, sd: f64, low: f64, high: f64) -> Option<Self> {
        let (z_low, z_high) = ((low - mean) / sd, (high - mean) / sd);
        let width = if z_high - z_low < 1.0 { (high - low) / sd } else { z_high - z_low };
        if z_low > REMOTE || z_high < -REMOTE || width < NARROW {
            let upwards = z_low + z_high > 0.0;
            let nearest = if upwards { z_low } else { -z_high };
            if !(width > 0.0 && normal_cdf(-nearest) > 1e-300) {
                return None;
            }
            // A narrow range is its own unit, others are measured in standard deviations.
            let size = if width < 1.0 { width } else { 1.0 };
            let unit = if width < 1.0 { high - low } else { sd };
            let (anchor, unit) = if upwards { (low, unit) } else { (high, -unit) };
            return Some(Self::anchored(anchor, unit, nearest * size, size * size, width / size));
        }
        Some(Self::ranged(mean, sd, z_low, z_high))
    }

    /// The truncated normal on [low, high], either possibly infinite, with the given 5% and 95% quantiles.
    ///
    /// Needs low < q05 < q95 < high. None if the interval is too wide for the bounds: no truncated normal has it, as
    /// such a law would have to be denser at both bounds than between them, or fall more slowly than an exponential.
    #[must_use]
    pub fn with_quantiles(q05: f64, q95: f64, low: f64, high: f64) -> Option<Self> {
        let spread = q95 - q05;
        let low = if q05 - low > NEGLIGIBLE * spread { f64::NEG_INFINITY } else { low };
        let high = if high - q95 > NEGLIGIBLE * spread { f64::INFINITY } else { high };
        if low == f64::NEG_INFINITY && high == f64::INFINITY {
            return Some(Self::Whole { mean: q05 + 0.5 * spread, sd: spread / (2.0 * Z95) });
        }
        // From the finite bound, or the nearer one; for an upper bound everything is mirrored.
        let upwards = q05 - low <= high - q95;
        let (anchor, near, far, end) =
            if upwards { (low, q05 - low, q95 - low, high - low) } else { (high, high - q95, high - q05, high - low) };
        let (length, q_near) = (end / far, near / far);
        let (slope, curvature) = solve(length, q_near, 1.0)?;
        let unit = if upwards { far } else { -far };
        let sd_in_units = 1.0 / curvature.sqrt();
        let (z_near, z_far) = (slope * sd_in_units, slope * sd_in_units + length / sd_in_units);
        if curvature == 0.0 || z_near > REMOTE || z_far < -REMOTE || length < NARROW * sd_in_units {
            // Anchored where the density is higher.
            let far_slope = -(slope + curvature * length);
            return Some(if length < f64::INFINITY && far_slope > slope {
                let other = if upwards { high } else { low };
                Self::anchored(other, -unit, far_slope, curvature, length)
            } else {
                Self::anchored(anchor, unit, slope, curvature, length)
            });
        }
        let (mean, sd) = (anchor - unit * (slope / curvature), far * sd_in_units);
        Some(if upwards { Self::ranged(mean, sd, z_near, z_far) } else { Self::ranged(mean, sd, -z_far, -z_near) })
    }

    /// The form in terms of probabilities, for bounds in standard deviations from the mean.
    fn ranged(mean: f64, sd: f64, z_low: f64, z_high: f64) -> Self {
        let below = (normal_cdf(z_low), normal_cdf(z_high));
        let above = (normal_cdf(-z_low), normal_cdf(-z_high));
        if below.0 == 0.0 && above.1 == 0.0 {
            Self::Whole { mean, sd }
        } else {
            Self::Ranged { mean, sd, below, above }
        }
    }

    /// The form described from one bound.
    fn anchored(anchor: f64, unit: f64, slope: f64, curvature: f64, length: f64) -> Self {
        let ln_total = ln_mass(slope, curvature, 0.0, length);
        Self::Anchored { anchor, unit, slope, curvature, length, ln_total }
    }

    /// The quantile at `u` in [0, 1]: increasing, within the bounds but for rounding; the bounds themselves at 0 and 1.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        match *self {
            Self::Whole { mean, sd } => mean + sd * normal_quantile(u),
            Self::Ranged { mean, sd, below, above } => {
                let v = 1.0 - u;
                let (p, q) = (below.0 * v + below.1 * u, above.0 * v + above.1 * u);
                mean + sd * if p <= 0.5 { normal_quantile(p) } else { -normal_quantile(q) }
            }
            Self::Anchored { anchor, unit, slope, curvature, length, ln_total } => {
                let (v, w) = if unit > 0.0 { (u, 1.0 - u) } else { (1.0 - u, u) };
                anchor + unit * anchored_quantile(slope, curvature, length, ln_total, v, w)
            }
        }
    }
}

/// The x in [0, length] below which the fraction v = 1 - w of the mass lies; the density is 1 at 0 and lower at the end.
///
/// Newton's method on the logarithm of the smaller mass, which is concave, within a bracket; at most 100 steps.
fn anchored_quantile(slope: f64, curvature: f64, length: f64, ln_total: f64, v: f64, w: f64) -> f64 {
    if v <= 0.0 {
        return 0.0;
    }
    if w <= 0.0 {
        return length;
    }
    // The hazard of a log-concave law increases from 1/total: an upper limit, and a first guess if v is large.
    let total = exp(ln_total);
    let limit = -ln(w) * total;
    let (mut low, mut high) = (0.0, if limit < length { limit } else { length });
    let near = v <= 0.5;
    let ln_target = ln_total + ln(if near { v } else { w });
    let mut x = if near && v * total < high { v * total } else { 0.5 * high };
    let mut last = f64::INFINITY;
    for _ in 0..100 {
        let ln_part = if near { ln_mass(slope, curvature, 0.0, x) } else { ln_mass(slope, curvature, x, length) };
        let beyond = (ln_part > ln_target) == near;
        if beyond {
            high = x;
        } else {
            low = x;
        }
        // The mass divided by the density at x.
        let ratio = exp(ln_part + (slope + 0.5 * curvature * x) * x);
        let step = (ln_target - ln_part) * ratio * if near { 1.0 } else { -1.0 };
        let next = x + step;
        let next = if next > low && next < high { next } else { low + 0.5 * (high - low) };
        let change = (next - x).abs();
        x = next;
        if change <= 4e-16 * x || (change < 1e-13 * x && change > 0.5 * last) {
            break;
        }
        last = change;
    }
    x
}
