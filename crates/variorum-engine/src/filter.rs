//! Particle filters: what has been seen weighs trajectories, and the weighty ones take the places of the others.
//!
//! Each half of a parameter draw is a filter of its own, of as many particles as it has slots. Multiplying weights is part
//! of a plan's segments; here is what follows at the end of a step: normalization, by which the evidence of the half
//! grows, and systematic resampling (Kitagawa 1996; Douc, Cappé and Moulines 2005, section 2.4) where the effective sample
//! size (Kong, Liu and Wong 1994) has fallen below half. The estimate of the evidence is unbiased (Del Moral 2004,
//! section 7.4.2). Sums run in the order of slots, so nothing depends on what other halves there are.

use crate::columns::Columns;
use crate::math::elementary::ln;
use crate::random::{Domain, Stream, block_of, counter};

/// What a plan has to say about filtering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFilter {
    /// The column of weights, 1 at the start.
    pub weight: u32,
    /// Columns that belong to a slot, not to the trajectory in it, above all random numbers yet to be used: they are not
    /// copied.
    pub of_slot: Vec<u32>,
    /// The steps in which weights are multiplied, ascending.
    pub due: Vec<u32>,
    /// Key of the random numbers of resampling.
    pub key: u64,
}

/// The filters of the halves of a batch while it is run.
#[derive(Debug)]
pub(crate) struct Filtering<'a> {
    pub(crate) filter: &'a PlanFilter,
    /// Columns that a copy takes along.
    pub(crate) copied: &'a [u32],
    pub(crate) seed: u64,
    /// The first half: twice the number of its draw, plus 0 or 1.
    pub(crate) first: u64,
    /// By half.
    pub(crate) halves: &'a mut [Half],
    /// By half and mark: the logarithm of the evidence when it was reached.
    pub(crate) path: &'a mut [f64],
    /// How many marks have been reached.
    pub(crate) reached: usize,
    /// Particles in a half.
    pub(crate) size: usize,
    /// Room for what is replaced.
    pub(crate) replaced: &'a mut Vec<(usize, usize)>,
}

impl Filtering<'_> {
    /// Notes the evidence that these weights, a column, make.
    pub(crate) fn mark(&mut self, weights: &[f64]) {
        let marks = self.path.len() / self.halves.len().max(1);
        for (half, (state, weights)) in self.halves.iter().zip(weights.chunks_exact(self.size)).enumerate() {
            if let Some(mark) = self.path.get_mut(half * marks + self.reached) {
                *mark = state.with(weights);
            }
        }
        self.reached += 1;
    }

    /// Ends a step in which weights were multiplied; resamples unless it is the last.
    pub(crate) fn end_step(&mut self, columns: &mut Columns, calendar: i32, last: bool) {
        let lanes = self.halves.len() * self.size;
        for half in 0..self.halves.len() {
            let range = half * self.size..(half + 1) * self.size;
            let weights = &mut columns.get_mut(self.filter.weight, lanes)[range.clone()];
            self.halves[half].normalize(weights);
            if last {
                continue;
            }
            let (seed, key, number) = (self.seed, self.filter.key, self.first + half as u64);
            let uniform = || uniform(seed, key, number / 2, (number % 2) as u32, calendar);
            replacements(weights, uniform, self.replaced);
            if self.replaced.is_empty() {
                continue;
            }
            for column in self.copied {
                let places = &mut columns.get_mut(*column, lanes)[range.clone()];
                // What is copied is itself not replaced.
                self.replaced.iter().for_each(|(slot, ancestor)| places[*slot] = places[*ancestor]);
            }
            columns.get_mut(self.filter.weight, lanes)[range].fill(1.0);
        }
    }
}

/// A half while it is run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Half {
    /// Logarithm of the evidence so far; minus infinity once the half is dead.
    pub(crate) log_evidence: f64,
}

impl Half {
    /// The logarithm of the evidence with weights that are not yet normalized.
    pub(crate) fn with(&self, weights: &[f64]) -> f64 {
        if self.log_evidence == f64::NEG_INFINITY { f64::NEG_INFINITY } else { self.log_evidence + ln(mean(weights)) }
    }

    /// Takes the mean of the weights into the evidence: afterwards it is 1, or all are 0.
    pub(crate) fn normalize(&mut self, weights: &mut [f64]) {
        let mean = mean(weights);
        if mean > 0.0 {
            self.log_evidence += ln(mean);
            weights.iter_mut().for_each(|weight| *weight /= mean);
        } else {
            self.log_evidence = f64::NEG_INFINITY;
            weights.fill(0.0);
        }
    }
}

fn mean(weights: &[f64]) -> f64 {
    weights.iter().fold(0.0, |sum, weight| sum + weight) / weights.len() as f64
}

/// Whether the effective sample size, (Σ w)² / Σ w², is below half of the number of weights. False where all are 0.
fn is_poor(weights: &[f64]) -> bool {
    let (mut sum, mut squares) = (0.0, 0.0);
    for weight in weights {
        sum += weight;
        squares += weight * weight;
    }
    sum * sum < weights.len() as f64 / 2.0 * squares
}

/// What replaces what when normalized weights are resampled, as pairs of a slot and the slot that is copied into it; none
/// if they need not be. A slot with descendants keeps its place; the others are filled in ascending order.
pub(crate) fn replacements(weights: &[f64], uniform: impl FnOnce() -> f64, into: &mut Vec<(usize, usize)>) {
    into.clear();
    if !is_poor(weights) {
        return;
    }
    let count = weights.len();
    let total = weights.iter().fold(0.0, |sum, weight| sum + weight);
    let uniform = uniform();
    let mut descendants = vec![0usize; count];
    let (mut ancestor, mut reached) = (0, weights[0]);
    for slot in 0..count {
        let position = (slot as f64 + uniform) / count as f64 * total;
        while reached <= position && ancestor + 1 < count {
            ancestor += 1;
            reached += weights[ancestor];
        }
        descendants[ancestor] += 1;
    }
    let vacant = (0..count).filter(|slot| descendants[*slot] == 0);
    let further = (0..count).flat_map(|slot| std::iter::repeat_n(slot, descendants[slot].saturating_sub(1)));
    into.extend(vacant.zip(further));
}

/// The uniform of a half's resampling in a step.
pub(crate) fn uniform(seed: u64, key: u64, draw: u64, half: u32, calendar: i32) -> f64 {
    let (c0, c1) = counter(draw, half, 0);
    let (block, place) = block_of(calendar);
    let (even, odd) = Stream::new(seed, key).pair(Domain::Resampling, c0, c1, block);
    if place == 0 { even } else { odd }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: &[f64], uniform: f64) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        replacements(weights, || uniform, &mut found);
        found
    }

    #[test]
    fn survivors_stay_and_copies_fill_the_gaps() {
        assert_eq!(of(&[1.0, 1.0, 1.0, 1.0], 0.5), []);
        // Three quarters of the weight: positions 0.5, 1.5, 2.5 of 4 belong to the third, 3.5 to the last.
        assert_eq!(of(&[0.0, 0.0, 3.0, 1.0], 0.5), [(0, 2), (1, 2)]);
        assert_eq!(of(&[4.0, 0.0, 0.0, 0.0], 0.01), [(1, 0), (2, 0), (3, 0)]);
        // Dead halves are left alone.
        assert_eq!(of(&[0.0; 4], 0.5), []);
    }

    #[test]
    fn descendants_are_as_many_as_expected_on_average() {
        let weights = [0.1, 0.0, 2.7, 0.2, 0.0, 5.0, 0.0, 0.0];
        let total: f64 = weights.iter().sum();
        let (mut counts, rounds) = ([0.0; 8], 1000);
        for round in 0..rounds {
            let mut now = [1.0; 8];
            for (slot, ancestor) in of(&weights, (f64::from(round) + 0.5) / f64::from(rounds)) {
                now[slot] -= 1.0;
                now[ancestor] += 1.0;
            }
            counts.iter_mut().zip(now).for_each(|(count, now)| *count += now);
        }
        for (count, weight) in counts.iter().zip(weights) {
            let expected = weight / total * 8.0;
            assert!((count / f64::from(rounds) - expected).abs() < 2e-3, "{count} {expected}");
        }
    }

    #[test]
    fn evidence_grows_by_the_mean_of_the_weights() {
        let mut half = Half::default();
        let mut weights = [0.5, 0.0, 1.0, 0.5];
        assert!((half.with(&weights) - ln(0.5)).abs() < 1e-15);
        half.normalize(&mut weights);
        assert_eq!(weights, [1.0, 0.0, 2.0, 1.0]);
        assert!((half.log_evidence - ln(0.5)).abs() < 1e-15);
        let mut none = [0.0; 4];
        half.normalize(&mut none);
        assert_eq!(half.log_evidence, f64::NEG_INFINITY);
        assert_eq!(half.with(&[1.0]), f64::NEG_INFINITY);
    }
}
