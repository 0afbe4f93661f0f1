//! Where parameters are drawn from, if draws from their laws hardly ever agree with what was seen.
//!
//! Population Monte Carlo (Cappé, Guillin, Marin and Robert 2004; Bugallo and others 2017): in stages, draws are weighed,
//! and the next stage draws from where the weighty ones lie. A draw weighs W = p / q ½(Ẑa + Ẑb), q being the mixture of the
//! proposals of all stages so far, and all draws so far are looked at. The weights are tempered, W^β, β being the largest for
//! which enough draws count: so the stages go from the laws to the posterior by way of what lies between (Neal 2001; Koblents
//! and Míguez 2013). For each parameter the tempered weights are sorted by the uniform that the draw has for it, and the bins
//! make its next [`Tilt`].
//!
//! A hundred parameters of which what was seen says nothing must not add their noise. So the bins are split from coarse to
//! fine, as in a Pólya tree (Lavine 1992), and the two halves of each split are kept alike unless they differ by more than
//! chance would have it: the difference is shrunk by 1 - λ / z², z being its number of standard errors (the non-negative
//! garrote, Breiman 1995), and λ grows from level to level. A share of each tilt stays as the laws have it.
//!
//! The draws of the stages are not used for answers: these come from draws of their own, which have their own random numbers
//! (from [`FIRST_PROPOSED`] on). So given the proposal they are independent and alike, and whatever it is, the evidence is unbiased.

use super::Conditioning;
use crate::lower::{Conditioned as Lowered, lower_evidence};
use crate::run::{Run, RunError, Watch, settings};
use std::ops::Range;
use variorum_engine::ensemble::ensemble;
use variorum_engine::math::{exp, ln};
use variorum_engine::plan::Plan;
use variorum_engine::proposal::{BINS, Proposal, Proposed, Tilt, bin_of};
use variorum_model::program::{Law, Program};

/// Most stages after the one that draws by the laws.
const STAGES: u64 = 5;
/// Fewest draws of a stage.
const FIRST_DRAWS: u64 = 256;
/// So many draws are to count after tempering.
const TEMPERED: f64 = 400.0;
/// Trajectories in a stage.
const STAGE_TRAJECTORIES: u64 = 1 << 15;
/// But at least so many draws.
const STAGE_DRAWS: u64 = 1024;
/// What remains of the law in a tilt.
const FLOOR: f64 = 0.1;
/// By level of splits: what z² has to exceed for the halves to be taken for different.
const CHANCE: [f64; 4] = [2.0, 4.0, 6.0, 8.0];
/// The share of draws that count from which on a better proposal would cost more than it saves.
const WILL_DO: f64 = 0.06;
/// A proposal pays if the share of draws that count rises by this factor.
const RISES: f64 = 1.2;

/// The first of the draws of which answers are made, if they are proposed. Those by the laws begin with 0, as everywhere.
pub(super) const FIRST_PROPOSED: u64 = 1 << 47;
/// Stage k has the draws from k times this on; there are far fewer in one.
const APART: u64 = 1 << 40;

/// The draws of all stages. A draw counts as one of the mixture of all their proposals, whichever it came from (the balance
/// heuristic, Veach and Guibas 1995; adaptive multiple importance sampling, Cornuet, Marin, Mira and Robert 2012).
#[derive(Debug, Default)]
struct Pool {
    /// By draw, then by parameter: its uniform.
    uniforms: Vec<f64>,
    /// By draw: the logarithm of the evidence, without the weight of the proposal.
    evidence: Vec<f64>,
    /// By draw: the sum of the densities of all proposals.
    densities: Vec<f64>,
    /// How many there are.
    proposals: f64,
    /// The logarithms of the weights that the draws of the last stage have by themselves.
    last: Vec<f64>,
}

/// Weights relative to the largest, by their logarithms, to a power; and their effective sample size.
fn weights(logs: &[f64], power: f64) -> (Vec<f64>, f64) {
    let most = logs.iter().fold(f64::NEG_INFINITY, |most, log| if *log > most { *log } else { most });
    if most == f64::NEG_INFINITY {
        return (vec![0.0; logs.len()], 0.0);
    }
    let weights: Vec<f64> = logs.iter().map(|log| exp(power * (log - most))).collect();
    let sum = weights.iter().sum::<f64>();
    let squares = weights.iter().map(|weight| weight * weight).sum::<f64>();
    (weights, sum * sum / squares)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(of: usize) -> f64 {
    of as f64
}

impl Pool {
    /// Adds a draw of the last stage, with the logarithm of its weight.
    fn add(&mut self, uniforms: &[f64], log_weight: f64, [a, b]: [f64; 2]) {
        let (less, more) = if a < b { (a, b) } else { (b, a) };
        let is_alive = more > f64::NEG_INFINITY;
        let log = if is_alive { more + ln(0.5 + 0.5 * exp(less - more)) } else { more };
        self.uniforms.extend(uniforms);
        self.evidence.push(log - log_weight);
        self.last.push(log);
    }

    /// The share of draws of the last stage that count.
    fn share(&self) -> f64 {
        weights(&self.last, 1.0).1 / count(self.last.len())
    }

    /// Takes in the last stage, which had the last of these proposals.
    fn take(&mut self, proposals: &[Proposed], params: usize) {
        self.last.clear();
        self.proposals = count(proposals.len());
        let taken = self.densities.len();
        self.densities.resize(self.evidence.len(), 0.0);
        let later = proposals.len().saturating_sub(1);
        for (draw, (density, uniforms)) in self.densities.iter_mut().zip(self.uniforms.chunks_exact(params)).enumerate()
        {
            let fresh = proposals.iter().skip(if draw < taken { later } else { 0 });
            *density = fresh.fold(*density, |sum, proposed| sum + exp(-proposed.log_weight(uniforms)));
        }
    }

    /// From where to draw next, by the places and keys of the parameters; and the power that was taken.
    fn fit(&self, params: usize, keys: &[(usize, u64)]) -> (Proposal, f64) {
        let of = self.evidence.iter().zip(&self.densities);
        let logs: Vec<f64> = of.map(|(log, density)| log - ln(density / self.proposals)).collect();
        let alive = count(logs.iter().filter(|log| **log > f64::NEG_INFINITY).count());
        let power = power(&logs, if TEMPERED < 0.8 * alive { TEMPERED } else { 0.8 * alive });
        let (weights, effective) = weights(&logs, power);
        let sum = weights.iter().sum::<f64>();
        let tilt = |(place, key): &(usize, u64)| {
            let mut counts = [0.0; BINS];
            for (uniforms, weight) in self.uniforms.chunks_exact(params).zip(&weights) {
                let uniform = uniforms.get(*place).copied().unwrap_or(0.5);
                if let Some(count) = counts.get_mut(bin_of(uniform)) {
                    *count += weight * effective / sum;
                }
            }
            let shares = split(&counts)?;
            Tilt::new(*key, &shares.map(|share| FLOOR + (1.0 - FLOOR) * share))
        };
        (Proposal::new(keys.iter().filter_map(tilt).collect()), power)
    }
}

/// The largest power up to 1 for which so many draws count; next to 0 where that is for none.
fn power(logs: &[f64], wanted: f64) -> f64 {
    if weights(logs, 1.0).1 >= wanted {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..20 {
        let middle = 0.5 * (low + high);
        if weights(logs, middle).1 >= wanted { low = middle } else { high = middle }
    }
    low
}

/// The density by bin that these counts speak for, by splits from coarse to fine; none where it is that of the law.
fn split(counts: &[f64; BINS]) -> Option<[f64; BINS]> {
    let mut density = [1.0; BINS];
    for (level, chance) in CHANCE.iter().enumerate() {
        let width = BINS >> level;
        for (density, counts) in density.chunks_exact_mut(width).zip(counts.chunks_exact(width)) {
            let (left, right) = counts.split_at(width / 2);
            let (left, right) = (left.iter().sum::<f64>(), right.iter().sum::<f64>());
            let squared = (left - right) * (left - right) / (left + right);
            if squared <= *chance || squared.is_nan() {
                continue;
            }
            let moved = (1.0 - *chance / squared) * (left - right) / (left + right);
            let (left, right) = density.split_at_mut(width / 2);
            left.iter_mut().for_each(|density| *density *= 1.0 + moved);
            right.iter_mut().for_each(|density| *density *= 1.0 - moved);
        }
    }
    (density != [1.0; BINS]).then_some(density)
}

/// Plays the draws of a stage.
fn play(
    pool: &mut Pool,
    plan: &[Plan; 1],
    run: &Run,
    draws: Range<u64>,
    (reading, watch): (&str, &dyn Watch),
) -> Result<bool, RunError> {
    let (first, wanted) = (draws.start, draws.end - draws.start);
    let mut uniforms = Vec::new();
    let done = ensemble(plan, &settings(run, draws), watch.stop(), &mut |_, chunks| {
        for (plan, chunk) in plan.iter().zip(chunks) {
            for (place, draw) in chunk.draws.clone().enumerate() {
                let log_weight = plan.uniforms(run.seed, draw, &mut uniforms);
                pool.add(&uniforms, log_weight, chunk.evidence_of(place));
            }
            watch.progress(reading, chunk.draws.end - first, wanted);
        }
    });
    Ok(done.map_err(|error| RunError::Settings(error.to_string()))? == wanted)
}

/// A proposal by which more draws count than by the laws; none if none is found, or the run is stopped.
pub(super) fn adapt(
    program: &Program,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Option<Proposal>, RunError> {
    let Lowered { mut plan, .. } = lower_evidence(program, conditioning.reports).map_err(RunError::Lower)?;
    plan.forget_marks();
    let mut keys: Vec<(usize, u64)> = Vec::new();
    for (place, param) in program.params.iter().enumerate() {
        let is_known = keys.iter().any(|(_, key)| *key == param.key.0);
        if !is_known && !matches!(param.law, Law::Point(_)) {
            keys.push((place, param.key.0));
        }
    }
    if keys.is_empty() {
        return Ok(None);
    }
    let params = program.params.len();
    let mut plans = [plan];
    let watched = (program.reading.as_str(), watch);
    let mut pool = Pool::default();
    // Who asks for few draws gets short stages.
    let draws = (STAGE_TRAJECTORIES / u64::from(run.per_draw)).max(STAGE_DRAWS).min(4 * run.draws).max(FIRST_DRAWS);
    let mut complete = play(&mut pool, &plans, run, 0..draws, watched)?;
    let mut proposals = vec![Proposed::new(&Proposal::default(), plans[0].params())];
    let by_laws = pool.share();
    let mut best = by_laws;
    for stage in 1..=STAGES {
        pool.take(&proposals, params);
        let (proposal, power) = pool.fit(params, &keys);
        if !complete || proposal.tilts().is_empty() {
            return Ok(None);
        }
        plans[0].propose(&proposal);
        proposals.push(Proposed::new(&proposal, plans[0].params()));
        complete = play(&mut pool, &plans, run, stage * APART..stage * APART + draws, watched)?;
        let share = pool.share();
        best = if share > best { share } else { best };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let is_enough = share * run.draws as f64 >= conditioning.aim(run);
        if power == 1.0 && is_enough || share >= WILL_DO {
            break;
        }
    }
    pool.take(&proposals, params);
    let (proposal, _) = pool.fit(params, &keys);
    Ok(Some(proposal).filter(|proposal| complete && best > RISES * by_laws && !proposal.tilts().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_explains_is_left_alone() {
        assert_eq!(split(&[25.0; BINS]), None);
        assert_eq!(split(&[0.0; BINS]), None);
        assert_eq!(split(&[f64::NAN; BINS]), None);
        // 210 and 190 of 400: z² = 1.
        let mut counts = [26.25; BINS];
        counts[8..].fill(23.75);
        assert_eq!(split(&counts), None);
        // 240 and 160: z² = 16, so that 7/8 of the difference is believed.
        let mut counts = [30.0; BINS];
        counts[8..].fill(20.0);
        let density = split(&counts).unwrap();
        assert!(density[..8].iter().all(|density| (density - 1.175).abs() < 1e-12));
        assert!(density[8..].iter().all(|density| (density - 0.825).abs() < 1e-12));
        // All in the last bin: each split leaves some to the other side.
        let mut counts = [0.0; BINS];
        counts[15] = 100.0;
        let density = split(&counts).unwrap();
        assert!(density.iter().all(|density| *density > 0.0) && density[15] > 12.0);
        assert!((density.iter().sum::<f64>() - 16.0).abs() < 1e-12);
    }

    #[test]
    fn weights_are_tempered_until_enough_count() {
        let logs: Vec<f64> = (0..1000).map(|draw| -0.1 * f64::from(draw) - 2000.0).collect();
        let tempered = power(&logs, 300.0);
        assert!((weights(&logs, tempered).1 - 300.0).abs() < 1.0, "{tempered}");
        assert_eq!(power(&logs, 10.0), 1.0);
        assert_eq!(weights(&[f64::NEG_INFINITY; 3], 0.5), (vec![0.0; 3], 0.0));
        assert!((weights(&[f64::NEG_INFINITY, -3.0, -3.0], 0.5).1 - 2.0).abs() < 1e-12);
    }

    /// Evidence u under a uniform law, in two stages: the mixture of both gives every draw its weight.
    #[test]
    fn draws_of_all_stages_count_as_of_their_mixture() {
        let rising: [f64; BINS] = std::array::from_fn(|bin| 0.25 + count(bin));
        let tilted = Proposal::new(vec![Tilt::new(1, &rising).unwrap()]);
        let law = variorum_engine::law::Law::Uniform { low: 0.0, high: 1.0 };
        let law = variorum_engine::law::Bounded { law, low: 0.0, high: 1.0, clip: false };
        let sampler = variorum_engine::law::Sampler::new(&law).unwrap();
        let params = [variorum_engine::plan::PlanParam { name: String::new(), key: 1, sampler, column: 0 }];
        let proposals = [Proposed::new(&Proposal::default(), &params), Proposed::new(&tilted, &params)];
        let mut pool = Pool::default();
        let places = 4096;
        for (stage, proposed) in proposals.iter().enumerate() {
            // Even steps of the distribution function: a density gives so many draws to a bin.
            for place in 0..places {
                let uniform = (count(place) + 0.5) / count(places);
                let log_weight = proposed.log_weight(&[uniform]);
                let copies = exp(-log_weight) * 8.0;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
                let copies = copies.round() as usize;
                for _ in 0..copies {
                    pool.add(&[uniform], log_weight, [ln(uniform) + log_weight; 2]);
                }
            }
            pool.take(&proposals[..=stage], 1);
        }
        let (fitted, power) = pool.fit(1, &[(0, 1)]);
        assert_eq!(power, 1.0);
        // The posterior has the density 2 u, less what is left of the law and what chance is granted.
        for (bin, density) in fitted.tilts()[0].densities().iter().enumerate() {
            let expected = FLOOR + (1.0 - FLOOR) * 2.0 * (count(bin) + 0.5) / 16.0;
            assert!((density - expected).abs() < 0.05, "{bin}: {density} {expected}");
        }
    }
}
