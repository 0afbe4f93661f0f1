//! Conditioned runs: one half of a parameter draw as a particle filter.

use serde::Serialize;
use variorum_model::program::Key;

use crate::expression::View;
use crate::random::Dice;
use crate::seen::{Seen, Variable};
use crate::step::Luck;
use crate::world::{Moment, World};
use crate::{History, Oracle, Record};

/// A half of a parameter draw, given what has been seen.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Filtered {
    /// log Ẑ, the natural logarithm of the estimated probability (density, where numbers were measured) of all that was
    /// seen; minus infinity in a half that is dead.
    pub log_evidence: f64,
    /// How it came about, in order of play.
    pub path: Vec<Mark>,
    /// The weight of each slot after the last step; their mean is 1, or they are all 0 in a half that is dead.
    pub weights: Vec<f64>,
    /// What each slot's trajectory did, that of its ancestors included.
    pub histories: Vec<History>,
    /// At the end of which steps the half was resampled, and which slot each slot's trajectory then came from.
    pub resampled: Vec<(u32, Vec<usize>)>,
}

/// The evidence after one observation or record has multiplied the weights once.
///
/// In a step, the choices come first in order of play, the events that
/// exclude each other in order of exclusions, and those that stand alone in order of declaration; where several statements
/// speak of one draw, observations before records, each multiplies by what it adds: S_k / S_{k-1}, S_k being Σ p_o times
/// the product of the first k likelihoods. Last comes what is seen at the end of the step, in order of observations.
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct Mark {
    /// The step.
    pub step: u32,
    /// The observation's index, or the number of observations and the record's index.
    pub statement: usize,
    /// log Ẑ so far, and the logarithm of the mean of the weights.
    pub log_evidence: f64,
}

/// A trajectory on its way.
#[derive(Clone)]
struct Particle {
    weight: f64,
    /// For each observation with a window, or of a reply, how much of it the weight has while it is waited for: 1 before
    /// the window, 0 once it has been so.
    awaited: Vec<f64>,
    steps: Vec<Record>,
}

/// A trajectory's luck in one step, given what has been seen.
struct Conditioned<'a> {
    dice: Dice,
    seen: &'a Seen<'a>,
    awaited: &'a mut [f64],
    weight: f64,
    /// Which statements have multiplied the weight, and what it was after that.
    trail: Vec<(usize, f64)>,
}

impl Conditioned<'_> {
    /// An outcome by its probability and likelihood; none where nothing speaks of the draw.
    fn outcome(
        &mut self,
        variable: Variable,
        step: u32,
        u: f64,
        chances: impl FnOnce() -> Vec<(Option<usize>, f64)>,
    ) -> Option<Option<usize>> {
        let speakers = self.seen.speakers(variable, step);
        if speakers.is_empty() {
            return None;
        }
        let chances = chances();
        let (outcomes, mut joint): (Vec<Option<usize>>, Vec<f64>) = chances.iter().copied().unzip();
        let before = self.weight;
        for speaker in &speakers {
            let likelihoods = self.seen.likelihoods(*speaker, variable, step, &chances, self.awaited);
            joint.iter_mut().zip(likelihoods).for_each(|(joint, likelihood)| *joint *= likelihood);
            self.weight = before * sum(&joint);
            self.trail.push((*speaker, self.weight));
        }
        let all = sum(&joint);
        let mut below = 0.0;
        let first = joint.iter().position(|joint| {
            below += joint;
            below / all > u
        });
        // Where nothing is possible it does not matter what comes out.
        let outcome = outcomes[first.unwrap_or(outcomes.len() - 1)];
        for speaker in speakers {
            let Some(before) = self.awaited.get_mut(speaker) else { continue };
            if let Some(awaited) = self.seen.awaited_after(speaker, variable, step, (&chances, *before), outcome) {
                *before = if *before == 0.0 { 0.0 } else { awaited };
            }
        }
        Some(outcome)
    }

    fn multiply(&mut self, statement: usize, by: f64) {
        self.weight *= by;
        self.trail.push((statement, self.weight));
    }
}

impl Luck for Conditioned<'_> {
    fn choice(&mut self, world: &World<'_>, choice: usize, comes_up: bool, moment: &Moment) -> Option<usize> {
        let u = self.dice.uniform(world.program.choices[choice].key, world.calendar(moment.step));
        let outcome =
            self.outcome(Variable::Choice(choice), moment.step, u, || world.chances_of_choice(choice, moment));
        outcome.unwrap_or_else(|| self.dice.choice(world, choice, comes_up, moment))
    }

    fn event(&mut self, world: &World<'_>, event: usize, step: u32, view: View<'_>) -> bool {
        let u = self.dice.uniform(world.program.events[event].key, world.calendar(step));
        let outcome = self.outcome(Variable::Event(event), step, u, || world.chances_of_event(event, step, view));
        outcome.map_or_else(|| self.dice.event(world, event, step, view), |outcome| outcome.is_some())
    }

    fn exclusion(&mut self, world: &World<'_>, exclusion: usize, step: u32, view: View<'_>) -> Option<usize> {
        let u = self.dice.uniform(world.program.exclusions[exclusion].key, world.calendar(step));
        let outcome =
            self.outcome(Variable::Exclusion(exclusion), step, u, || world.chances_of_exclusion(exclusion, view));
        outcome.unwrap_or_else(|| self.dice.exclusion(world, exclusion, step, view))
    }

    fn noise(&mut self, key: Key, calendar: i32) -> f64 {
        self.dice.noise(key, calendar)
    }
}

impl Oracle<'_> {
    /// Runs one half of a draw, of so many slots, given what the program's observations and records say.
    ///
    /// With `proposal`, a report on an event or option bears on the draw itself; without it such reports are dealt with at the
    /// end of their last step, as other reports are: the evidence has the same expectation, and varies more.
    #[must_use]
    pub fn filter(&self, draw: u64, half: u32, size: u32, proposal: bool) -> Filtered {
        let params = self.params(draw);
        let world = World { program: self.program, params: &params };
        let seen = Seen::new(world, proposal);
        let dice = |slot| Dice { seed: self.seed, draw, half, slot };
        let fresh = Particle { weight: 1.0, awaited: vec![1.0; self.program.observations.len()], steps: Vec::new() };
        let mut particles = vec![fresh; size as usize];
        let mut filtered =
            Filtered { log_evidence: 0.0, path: Vec::new(), weights: vec![], histories: vec![], resampled: vec![] };
        for step in 0..self.program.clock.steps {
            let trails: Vec<Vec<(usize, f64)>> = particles
                .iter_mut()
                .zip(0..)
                .map(|(particle, slot)| advance(&world, &seen, step, dice(slot), particle))
                .collect();
            let Some(marks) = trails.first().filter(|trail| !trail.is_empty()) else { continue };
            for (place, (statement, _)) in marks.iter().enumerate() {
                let weights: Vec<f64> = trails.iter().map(|trail| trail[place].1).collect();
                let log_evidence = filtered.log_evidence + libm::log(mean(&weights));
                filtered.path.push(Mark { step, statement: *statement, log_evidence });
            }
            let mean = mean(&particles.iter().map(|particle| particle.weight).collect::<Vec<f64>>());
            filtered.log_evidence += libm::log(mean);
            if mean == 0.0 {
                continue;
            }
            particles.iter_mut().for_each(|particle| particle.weight /= mean);
            let weights: Vec<f64> = particles.iter().map(|particle| particle.weight).collect();
            if step + 1 < self.program.clock.steps && is_uneven(&weights) {
                let u = dice(0).resampling(Key::of("resample"), world.calendar(step));
                let ancestors = ancestors(&weights, u);
                particles = ancestors.iter().map(|from| Particle { weight: 1.0, ..particles[*from].clone() }).collect();
                filtered.resampled.push((step, ancestors));
            }
        }
        filtered.weights = particles.iter().map(|particle| particle.weight).collect();
        filtered.histories = particles.into_iter().map(|particle| self.told(&world, particle.steps)).collect();
        filtered
    }
}

/// Takes a particle through a step, and tells what has multiplied its weight.
fn advance(world: &World<'_>, seen: &Seen<'_>, step: u32, dice: Dice, particle: &mut Particle) -> Vec<(usize, f64)> {
    let (weight, awaited) = (particle.weight, &mut particle.awaited[..]);
    let mut luck = Conditioned { dice, seen, awaited, weight, trail: Vec::new() };
    let record = world.step(&mut luck, world.next(step, &particle.steps));
    particle.steps.push(record);
    for (observation, likelihood) in seen.at_end(step, &particle.steps) {
        luck.multiply(observation, likelihood);
    }
    particle.weight = luck.weight;
    luck.trail
}

/// Whether the effective sample size is below half.
fn is_uneven(weights: &[f64]) -> bool {
    let squares: Vec<f64> = weights.iter().map(|weight| weight * weight).collect();
    let total = sum(weights);
    total * total < weights.len() as f64 / 2.0 * sum(&squares)
}

/// Systematic resampling (Kitagawa 1996): which slot each slot's trajectory comes from. Whoever has descendants stays
/// where it is.
fn ancestors(weights: &[f64], u: f64) -> Vec<usize> {
    let size = weights.len();
    let total = sum(weights);
    let mut descendants = vec![0_usize; size];
    for slot in 0..size {
        let mark = (slot as f64 + u) / size as f64 * total;
        let mut below = 0.0;
        let ancestor = weights.iter().position(|weight| {
            below += weight;
            below > mark
        });
        descendants[ancestor.unwrap_or(size - 1)] += 1;
    }
    let further = descendants.iter().enumerate().flat_map(|(slot, number)| vec![slot; number.saturating_sub(1)]);
    let mut further = further.collect::<Vec<usize>>().into_iter();
    let of_slot = |(slot, number): (usize, &usize)| if *number > 0 { slot } else { further.next().unwrap_or(slot) };
    descendants.iter().enumerate().map(of_slot).collect()
}

fn mean(numbers: &[f64]) -> f64 {
    sum(numbers) / numbers.len() as f64
}

/// The sum, from the first to the last.
fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_stay_and_copies_fill_the_gaps_in_order() {
        // Marks at 1/2, 3/2, 5/2 and 7/2 of 4: the second slot has two, the fourth two.
        assert_eq!(ancestors(&[0.0, 2.0, 0.0, 2.0], 0.5), [1, 1, 3, 3]);
        assert_eq!(ancestors(&[0.0, 0.0, 4.0, 0.0], 0.5), [2, 2, 2, 2]);
        // Marks at 0.1, 1.1, 2.1, 3.1: one falls to the first, three to the last.
        assert_eq!(ancestors(&[0.6, 0.2, 0.1, 3.1], 0.1), [0, 3, 3, 3]);
        assert_eq!(ancestors(&[3.1, 0.2, 0.1, 0.6], 0.9), [0, 0, 0, 3]);
        assert_eq!(ancestors(&[1.0, 1.0, 1.0], 0.999), [0, 1, 2]);
    }

    #[test]
    fn half_the_effective_size_is_even_enough() {
        assert!(!is_uneven(&[2.0, 2.0, 0.0, 0.0]));
        assert!(is_uneven(&[2.1, 1.9, 0.0, 0.0]));
        assert!(!is_uneven(&[1.0]));
    }
}
