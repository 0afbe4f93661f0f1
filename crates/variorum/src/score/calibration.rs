//! Calibration: of what was given 30%, how much came true; and the parts of a Brier score.

use schemars::JsonSchema;
use serde::Serialize;
use variorum_engine::math::beta_quantile;

/// How many bins.
pub const BINS: usize = 10;

/// One bin of forecasts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Bin {
    /// Forecasts from this probability,
    pub from: f64,
    /// and below this one (the last bin: up to it).
    pub to: f64,
    /// How many.
    pub n: u64,
    /// How many of them came true.
    pub yes: u64,
    /// Their mean forecast.
    pub forecast: f64,
    /// The share that came true.
    pub share: f64,
    /// 90% interval of that share, Beta(k + 1/2, n - k + 1/2): wide where there are few.
    pub interval: [f64; 2],
}

/// The parts of a Brier score by bins: reliability - resolution + uncertainty + rest (Murphy 1973). The rest is what
/// forecasts in one bin differ among themselves (Stephenson, Coelho and Jolliffe 2008).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Decomposition {
    /// Σ n (mean forecast - share that came true)² / N over the bins: 0 is perfect calibration.
    pub reliability: f64,
    /// Σ n (share that came true - base rate)² / N: how far the forecasts tell questions apart; more is better.
    pub resolution: f64,
    /// base rate (1 - base rate): the score of always saying the base rate.
    pub uncertainty: f64,
    /// What is left.
    pub rest: f64,
}

/// Counts forecasts in bins of width 0.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calibration {
    /// How many, how many came true, mean forecast.
    bins: [(u64, u64, f64); BINS],
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
impl Calibration {
    /// Adds a forecast.
    pub fn add(&mut self, probability: f64, yes: bool) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10")]
        let place = (probability.clamp(0.0, 1.0) * BINS as f64) as usize;
        if let Some((n, came, mean)) = self.bins.get_mut(place.min(BINS - 1)) {
            *n += 1;
            *came += u64::from(yes);
            *mean += (probability - *mean) / *n as f64;
        }
    }

    /// The bins that have forecasts.
    #[must_use]
    pub fn bins(&self) -> Vec<Bin> {
        let mut bins = Vec::new();
        for (place, &(n, yes, forecast)) in self.bins.iter().enumerate().filter(|(_, (n, _, _))| *n > 0) {
            let (k, rest) = (yes as f64 + 0.5, (n - yes) as f64 + 0.5);
            bins.push(Bin {
                from: place as f64 / BINS as f64,
                to: (place + 1) as f64 / BINS as f64,
                n,
                yes,
                forecast,
                share: yes as f64 / n as f64,
                interval: [beta_quantile(k, rest, 0.05), beta_quantile(k, rest, 0.95)],
            });
        }
        bins
    }

    /// The parts of a mean Brier score of these forecasts; none of nothing.
    #[must_use]
    pub fn decomposition(&self, brier: f64) -> Option<Decomposition> {
        let (all, came) = self.bins.iter().fold((0, 0), |(all, came), (n, yes, _)| (all + n, came + yes));
        if all == 0 {
            return None;
        }
        let base = came as f64 / all as f64;
        let (mut reliability, mut resolution) = (0.0, 0.0);
        for bin in self.bins() {
            let weight = bin.n as f64 / all as f64;
            reliability += weight * (bin.forecast - bin.share) * (bin.forecast - bin.share);
            resolution += weight * (bin.share - base) * (bin.share - base);
        }
        let uncertainty = base * (1.0 - base);
        let rest = brier - (reliability - resolution + uncertainty);
        Some(Decomposition { reliability, resolution, uncertainty, rest })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn forecasts_go_into_their_bins() {
        let mut counts = Calibration::default();
        for probability in [0.0, 0.099, 0.1, 0.3, 0.7, 0.999, 1.0] {
            counts.add(probability, probability > 0.5);
        }
        let found: Vec<(f64, u64, u64)> = counts.bins().iter().map(|bin| (bin.from, bin.n, bin.yes)).collect();
        assert_eq!(found, [(0.0, 2, 0), (0.1, 1, 0), (0.3, 1, 0), (0.7, 1, 1), (0.9, 2, 2)]);
        // Beta(1/2 + 0, 1/2 + 1) at 95% and 5%: one no among one.
        let [low, high] = counts.bins()[1].interval;
        assert!(low > 0.001 && low < 0.004 && high > 0.75 && high < 0.80, "{low} {high}");
    }

    /// Forecasts that are the same within each bin: nothing is left over (Murphy 1973).
    #[test]
    fn parts_add_up() {
        let mut counts = Calibration::default();
        let mut brier = 0.0;
        // 10% four times, one came true; 80% six times, three came true.
        let forecasts = [(0.1, 4, 1), (0.8, 6, 3)];
        for (probability, n, came) in forecasts {
            for k in 0..n {
                counts.add(probability, k < came);
                brier += super::super::rules::brier(probability, k < came) / 10.0;
            }
        }
        let parts = counts.decomposition(brier).unwrap();
        assert!((parts.reliability - (0.4 * 0.15 * 0.15 + 0.6 * 0.3 * 0.3)).abs() < 1e-12);
        assert!((parts.resolution - (0.4 * 0.15 * 0.15 + 0.6 * 0.1 * 0.1)).abs() < 1e-12);
        assert!((parts.uncertainty - 0.24).abs() < 1e-12 && parts.rest.abs() < 1e-12);
        assert!(Calibration::default().decomposition(0.0).is_none());
    }
}
