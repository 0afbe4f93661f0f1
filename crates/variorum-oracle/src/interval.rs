//! From an interval to a law: the normal law that, truncated to bounds, has given 5% and 95% quantiles.

use crate::special::{normal_between, normal_quantile};

/// Beyond so many standard deviations a normal law has no mass that a number could hold.
const FARTHEST: f64 = 37.0;

/// Mean and standard deviation of the untruncated law; the bounds may be infinite.
///
/// Truncation makes a law narrower, so the standard deviation is at least that of the law without bounds. With the
/// 5% quantile held in place by the mean, the 95% quantile grows with the standard deviation, up to that of an
/// exponential (or uniform) law between the same bounds; wider intervals have no such law.
pub(crate) fn normal_with_quantiles(q05: f64, q95: f64, bounds: (f64, f64)) -> Result<(f64, f64), &'static str> {
    if !(q05 < q95 && q05.is_finite() && q95.is_finite()) {
        return Err("the lower end of its interval is not below the upper end");
    }
    if !(bounds.0 < q05 && q95 < bounds.1) {
        return Err("its interval does not lie within its bounds");
    }
    let narrowest = (q95 - q05) / (2.0 * normal_quantile(0.95));
    if bounds == (f64::NEG_INFINITY, f64::INFINITY) {
        return Ok((q05 + (q95 - q05) / 2.0, narrowest));
    }
    // Where no mean fits the 5% quantile the law is too wide as well.
    let too_wide = |sd: f64| {
        let mean = mean_with_q05(q05, sd, bounds);
        mean.is_none_or(|mean| share_above(q95, mean, sd, bounds) > 0.05)
    };
    let (mut low, mut high) = (narrowest, narrowest);
    while !too_wide(high) {
        (low, high) = (high, 2.0 * high);
        if high > 1e9 * narrowest {
            return Err(TOO_WIDE);
        }
    }
    let sd = bisect(low, high, too_wide);
    match mean_with_q05(q05, sd, bounds) {
        Some(mean) if libm::fabs(share_above(q95, mean, sd, bounds) - 0.05) < 1e-9 => Ok((mean, sd)),
        _ => Err(TOO_WIDE),
    }
}

const TOO_WIDE: &str = "its interval is too wide: no such law, truncated to the bounds, has these quantiles";

/// The mean with which the truncated law has its 5% quantile in place.
fn mean_with_q05(q05: f64, sd: f64, bounds: (f64, f64)) -> Option<f64> {
    // The larger the mean, the less lies below.
    let too_large = |mean: f64| 1.0 - share_above(q05, mean, sd, bounds) < 0.05;
    let (low, high) = (q05 - FARTHEST * sd, q05 + FARTHEST * sd);
    (!too_large(low) && too_large(high)).then(|| bisect(low, high, too_large))
}

/// The share of the truncated law above a number.
fn share_above(x: f64, mean: f64, sd: f64, bounds: (f64, f64)) -> f64 {
    let z = |x: f64| (x - mean) / sd;
    let (below, above) = (normal_between(z(bounds.0), z(x)), normal_between(z(x), z(bounds.1)));
    above / (below + above)
}

/// The number between two others from which on a condition holds.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    #[track_caller]
    fn reproduces(q05: f64, q95: f64, bounds: (f64, f64)) {
        let (mean, sd) = normal_with_quantiles(q05, q95, bounds).unwrap();
        assert!(libm::fabs(share_above(q05, mean, sd, bounds) - 0.95) < 1e-12);
        assert!(libm::fabs(share_above(q95, mean, sd, bounds) - 0.05) < 1e-12);
    }

    #[test]
    fn without_bounds_it_is_the_midpoint() {
        let (mean, sd) = normal_with_quantiles(-1.0, 3.0, NONE).unwrap();
        assert_eq!((mean, sd), (1.0, 2.0 / normal_quantile(0.95)));
    }

    #[test]
    fn far_bounds_change_nothing() {
        let (mean, sd) = normal_with_quantiles(-1.0, 3.0, (-30.0, f64::INFINITY)).unwrap();
        assert!(libm::fabs(mean - 1.0) < 1e-12 && libm::fabs(sd - 2.0 / normal_quantile(0.95)) < 1e-12);
    }

    #[test]
    fn bounds_that_bite() {
        reproduces(-1.0, 3.0, (-2.0, f64::INFINITY));
        reproduces(-1.0, 3.0, (f64::NEG_INFINITY, 3.2));
        reproduces(0.06, 0.94, (0.0, 1.0));
        reproduces(0.051, 0.9, (0.0, 1.0));
        reproduces(0.055, 3.0, (0.0, f64::INFINITY));
        reproduces(0.5, 20.0, (0.0, f64::INFINITY));
    }

    #[test]
    fn too_wide_an_interval_has_no_law() {
        assert!(normal_with_quantiles(0.04, 0.96, (0.0, 1.0)).is_err());
        assert!(normal_with_quantiles(0.01, 1.0, (0.0, f64::INFINITY)).is_err());
        assert!(normal_with_quantiles(0.0, 1.0, (0.0, f64::INFINITY)).is_err());
        assert!(normal_with_quantiles(1.0, 1.0, NONE).is_err());
    }
}
