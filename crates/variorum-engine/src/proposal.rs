//! Parameters that are drawn from elsewhere than their laws, and what a draw weighs for that.
//!
//! Where what was seen leaves little of what parameters can be, draws from their laws are wasted. A [`Proposal`] draws them
//! by densities of its own over the uniforms that are put into their laws, and a draw then weighs p / q, the density of the
//! laws (1) over that of the proposal: importance sampling (Kahn and Marshall 1953). The weight goes into the evidence of
//! both halves before anything else does, so that whoever reads evidences need not know of it.
//!
//! A [`Tilt`] is the density of one uniform, a step function over [`BINS`] bins of equal width; the product of all tilts is
//! what a draw is made of, but for [`FROM_LAWS`] of the draws, which are made of the laws as they are. The density of this
//! mixture is at least [`FROM_LAWS`], so that no draw weighs more than its inverse, however bad the tilts are (defensive
//! mixtures; Hesterberg 1995). Parameters with one key have one uniform and one tilt. Uniforms are tilted before a copula
//! joins them.

use crate::math::elementary::{exp, ln};
use crate::plan::PlanParam;
use crate::random::{Domain, Stream, counter, parameter};

/// Bins of a tilt.
pub const BINS: usize = 16;
/// The probability that a draw is made of the laws as they are.
pub const FROM_LAWS: f64 = 0.1;
/// The extremes of the uniforms of [`crate::random`]: rounding must not carry any to 0 or 1.
const LEAST: f64 = f64::EPSILON / 2.0;

/// The density of the uniform of a key: a step function, by bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Tilt {
    key: u64,
    /// The probability of a bin.
    masses: [f64; BINS],
    /// The logarithm of the density in it.
    logs: [f64; BINS],
}

impl Tilt {
    /// The tilt with bins in these proportions; none unless all are positive and finite.
    #[must_use]
    pub fn new(key: u64, proportions: &[f64; BINS]) -> Option<Tilt> {
        let sum: f64 = proportions.iter().sum();
        let masses = proportions.map(|proportion| proportion / sum);
        let is_possible = |mass: &f64| *mass > 0.0 && *mass <= 1.0;
        masses.iter().all(is_possible).then(|| Tilt { key, masses, logs: masses.map(|mass| ln(mass * BINS as f64)) })
    }

    /// The key of the uniform.
    #[must_use]
    pub fn key(&self) -> u64 {
        self.key
    }

    /// The density, by bin.
    #[must_use]
    pub fn densities(&self) -> [f64; BINS] {
        self.masses.map(|mass| mass * BINS as f64)
    }

    /// Makes a uniform one of this density: the inverse of its distribution function.
    fn tilted(&self, uniform: f64) -> f64 {
        let (mut bin, mut below) = (0, 0.0);
        while bin + 1 < BINS && uniform >= below + self.masses[bin] {
            below += self.masses[bin];
            bin += 1;
        }
        let within = (uniform - below) / self.masses[bin];
        ((bin as f64 + within.clamp(0.0, 1.0)) / BINS as f64).clamp(LEAST, 1.0 - LEAST)
    }
}

/// The bin of a uniform.
#[must_use]
pub fn bin_of(uniform: f64) -> usize {
    ((uniform * BINS as f64) as usize).min(BINS - 1)
}

/// How parameters are drawn, if not by their laws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    tilts: Vec<Tilt>,
}

impl Proposal {
    /// A proposal of tilts of different keys.
    #[must_use]
    pub fn new(mut tilts: Vec<Tilt>) -> Proposal {
        tilts.sort_by_key(|tilt| tilt.key);
        tilts.dedup_by_key(|tilt| tilt.key);
        Proposal { tilts }
    }

    /// One that serves two readings alike: by key the mean of both densities.
    #[must_use]
    pub fn between(&self, other: &Proposal) -> Proposal {
        let densities = |proposal: &Proposal, key: u64| {
            proposal.tilts.iter().find(|tilt| tilt.key == key).map_or([1.0; BINS], Tilt::densities)
        };
        let keys = self.tilts.iter().chain(&other.tilts).map(|tilt| tilt.key);
        let tilt = |key: u64| {
            let (mut sum, more) = (densities(self, key), densities(other, key));
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            Tilt::new(key, &sum)
        };
        Proposal::new(keys.filter_map(tilt).collect())
    }

    /// The uniform of a key in a draw, before any copula.
    #[must_use]
    pub fn uniform(&self, seed: u64, draw: u64, key: u64) -> f64 {
        let drawn = parameter(seed, draw, key, 0);
        let tilt = self.tilts.iter().find(|tilt| tilt.key == key);
        tilt.filter(|_| !is_from_laws(seed, draw)).map_or(drawn, |tilt| tilt.tilted(drawn))
    }

    /// The tilts, by key.
    #[must_use]
    pub fn tilts(&self) -> &[Tilt] {
        &self.tilts
    }
}

/// Whether a draw is made of the laws as they are.
fn is_from_laws(seed: u64, draw: u64) -> bool {
    let (c0, c1) = counter(draw, 0, 0);
    Stream::new(seed, 0).pair(Domain::Proposal, c0, c1, 0).0 < FROM_LAWS
}

/// A proposal with the places of the parameters of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    tilts: Vec<(Tilt, Vec<usize>)>,
}

impl Proposed {
    /// Tilts of keys that no parameter has are left out, here and in the weights.
    #[must_use]
    pub fn new(proposal: &Proposal, params: &[PlanParam]) -> Proposed {
        let places =
            |key: u64| (0..).zip(params).filter(|(_, param)| param.key == key).map(|(place, _)| place).collect();
        let tilts = proposal.tilts.iter().map(|tilt| (tilt.clone(), places(tilt.key)));
        Proposed { tilts: tilts.filter(|(_, places): &(Tilt, Vec<usize>)| !places.is_empty()).collect() }
    }

    /// Moves the uniforms of a draw; returns the logarithm of its weight.
    pub(crate) fn tilt(&self, seed: u64, draw: u64, uniforms: &mut [f64]) -> f64 {
        if !is_from_laws(seed, draw) {
            for (tilt, places) in &self.tilts {
                let tilted = tilt.tilted(uniforms[places[0]]);
                places.iter().for_each(|place| uniforms[*place] = tilted);
            }
        }
        self.log_weight(uniforms)
    }

    /// The logarithm of what a draw with these uniforms weighs.
    #[must_use]
    pub fn log_weight(&self, uniforms: &[f64]) -> f64 {
        let log = self.tilts.iter().fold(0.0, |sum, (tilt, places)| sum + tilt.logs[bin_of(uniforms[places[0]])]);
        // Neither exponential can become too large.
        if log > 0.0 {
            -log - ln(1.0 - FROM_LAWS + FROM_LAWS * exp(-log))
        } else {
            -ln(FROM_LAWS + (1.0 - FROM_LAWS) * exp(log))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Bounded, Law, Sampler};
    use crate::random::parameter;

    fn rising(key: u64) -> Tilt {
        let mut proportions = [0.0; BINS];
        (1u32..).zip(&mut proportions).for_each(|(bin, proportion)| *proportion = f64::from(bin));
        Tilt::new(key, &proportions).expect("all are positive")
    }

    fn proposed(keys: &[u64], of: &[u64]) -> Proposed {
        let law = Bounded { law: Law::Uniform { low: 0.0, high: 1.0 }, low: 0.0, high: 1.0, clip: false };
        let sampler = Sampler::new(&law).expect("a law");
        let param = |key: &u64| PlanParam { name: String::new(), key: *key, sampler: sampler.clone(), column: 0 };
        let params: Vec<PlanParam> = of.iter().map(param).collect();
        Proposed::new(&Proposal::new(keys.iter().map(|key| rising(*key)).collect()), &params)
    }

    #[test]
    fn a_tilt_is_the_inverse_of_its_distribution() {
        let tilt = rising(1);
        // Bins 1, 2, ... 16 of 136: at the end of the third, 6 of 136.
        for (bin, total) in [(1.0, 1.0), (3.0, 6.0), (15.0, 120.0)] {
            assert!((tilt.tilted(total / 136.0) - bin / 16.0).abs() < 1e-15);
        }
        // Halfway through the second bin.
        assert!((tilt.tilted(2.0 / 136.0) - 1.5 / 16.0).abs() < 1e-15);
        let (first, last) = (tilt.tilted(LEAST), tilt.tilted(1.0 - LEAST));
        assert!(first > 0.0 && first < 1e-12 && last < 1.0 && last > 1.0 - 1e-12);
        let rises =
            (1..1000).all(|i| tilt.tilted(f64::from(i) / 1000.0) > tilt.tilted(f64::from(i - 1) / 1000.0 + LEAST));
        assert!(rises);
        assert!((tilt.densities().iter().sum::<f64>() - 16.0).abs() < 1e-12);
        assert_eq!(Tilt::new(1, &[0.0; BINS]), None);
        assert_eq!(Tilt::new(1, &[f64::INFINITY; BINS]), None);
    }

    /// The mean weight is 1, and weighted draws are uniform; without the weights they are where the tilt puts them.
    #[test]
    fn weighted_draws_are_draws_from_the_laws() {
        let plan = proposed(&[7, 9, 11], &[7, 8, 9]);
        let (mut sums, mut squares, draws) = ([0.0; 4], 0.0, 40_000);
        let mut plain = 0.0;
        for draw in 0..draws {
            let mut uniforms = [7, 8, 9].map(|key| parameter(3, draw, key, 0));
            let untouched = uniforms[1];
            let weight = exp(plan.tilt(3, draw, &mut uniforms));
            assert!(weight > 0.0 && weight < 1.0 / FROM_LAWS);
            assert_eq!(uniforms[1], untouched);
            plain += uniforms[0];
            squares += weight * weight;
            sums[0] += weight;
            (1..4).zip(uniforms).for_each(|(place, uniform)| sums[place] += weight * (uniform - 0.5));
        }
        let count = draws as f64;
        let error = (squares / count).sqrt() / count.sqrt();
        assert!((sums[0] / count - 1.0).abs() < 4.0 * error, "{sums:?} {error}");
        assert!(sums[1..].iter().all(|sum| (sum / count).abs() < 4.0 * 0.5 * error), "{sums:?} {error}");
        // A tenth of 1/2, and else Σ b (b - 1/2) / 16 / 136.
        let mean = 0.1 * 0.5 + 0.9 * (1496.0 - 68.0) / 16.0 / 136.0;
        assert!((plain / count - mean).abs() < 4.0 * 0.29 / count.sqrt(), "{} {mean}", plain / count);
    }

    #[test]
    fn parameters_of_one_key_stay_one() {
        let (twice, once) = (proposed(&[7], &[7, 8, 7]), proposed(&[7], &[7]));
        for draw in 0..100 {
            let mut uniforms = [7, 8, 7].map(|key| parameter(5, draw, key, 0));
            let mut alone = [uniforms[0]];
            assert_eq!(twice.tilt(5, draw, &mut uniforms), once.tilt(5, draw, &mut alone));
            assert_eq!([uniforms[0], uniforms[2]], [alone[0]; 2]);
        }
        // What is not there has no weight.
        assert!(proposed(&[9], &[7]).tilt(5, 0, &mut [0.5]).abs() < 1e-15);
    }
}
