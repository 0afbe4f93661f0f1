//! What an answer rests on: Shapley shares of its variance over parameters by where numbers come from, and how the
//! statements behind it stand to the reading's author (semantics, section 1).
//!
//! The groups of parameters are the players of a game whose coalition S is worth Var E[answer | the parameters of S]. A
//! group's Shapley value is what it adds to that, averaged over the orders in which the groups may become known (L. S.
//! Shapley, A value for n-person games, Contributions to the Theory of Games II, 1953; A. B. Owen, Sobol' indices and
//! Shapley value, SIAM/ASA Journal on Uncertainty Quantification 2 (2014) 245-251). The shares add up to one by
//! construction. The game of T(U), the variance that is left if all but U is known, has the same Shapley values, so the
//! runs of [`crate::freeze`] give them: T of a set from every two runs that differ in it.

use crate::answers::{Answers, OriginShare, Provenance, Standings};
use crate::freeze::{half_squares, players, products, redrawn_plans};
use crate::influence::{Bearing, Influence};
use crate::origins::{Kind, bears, kinds, together};
use crate::run::{Kept, Run, RunError, Watch};
use crate::runs::{Centre, Column, Estimate, Halves, Runs, each, progress, quotient};
use crate::statements::statements;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;

/// The most parameter draws that are used: with these a share's error is below a hundredth where chance is no hindrance.
pub const MAX_DRAWS: u64 = 1 << 14;
/// Half of a run's draws are used, but no fewer than these, if there are as many.
const FEWEST_DRAWS: u64 = 512;

/// What a reading's answers rest on, by question; empty if it was interrupted before there were two draws. Uses the draws
/// of `run`, half of them where they are many, and at most [`MAX_DRAWS`].
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn provenance(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Vec<Provenance>, RunError> {
    let all: Vec<usize> = (0..program.questions.len()).collect();
    provenance_of(model, reading, program, (&all, None), run, watch)
}

/// Adds to the answers of a run what they rest on. What an interruption leaves open stays unmeasured.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn measure(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    (answers, kept): (&mut Answers, &Kept),
    run: &Run,
    watch: &dyn Watch,
) -> Result<(), RunError> {
    let all = each(readings, run, watch, &|(reading, program), run, watch| {
        let all: Vec<usize> = (0..program.questions.len()).collect();
        let known = kept.of(&reading.name, run).map(|(_, columns)| columns);
        provenance_of(model, reading, program, (&all, known), run, watch)
    })?;
    for ((reading, _), found) in readings.iter().zip(all) {
        for (question, provenance) in answers.questions.iter_mut().zip(found) {
            if let Some(answer) = question.readings.iter_mut().find(|answer| answer.reading == reading.name) {
                answer.provenance = Some(provenance);
            }
        }
    }
    answers.head.complete &= !watch.stop().load(std::sync::atomic::Ordering::Relaxed);
    Ok(())
}

/// As [`provenance`], of some questions, by their indices; with what each draw answers to all questions, if that is known.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn provenance_of(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    (questions, known): (&[usize], Option<&[Column]>),
    run: &Run,
    watch: &dyn Watch,
) -> Result<Vec<Provenance>, RunError> {
    let asked: Vec<_> = questions.iter().filter_map(|index| program.questions.get(*index)).collect();
    let influence = Influence::of(program);
    let bearings: Vec<Bearing> = asked.iter().map(|question| influence.bearing(question)).collect();
    let matter: BTreeSet<usize> = bearings.iter().flat_map(|bearing| bearing.params.iter().copied()).collect();
    let kinds = kinds(reading, program);
    let mut groups = BTreeMap::<Kind, Vec<usize>>::new();
    for player in players(program) {
        if player.iter().any(|param| matter.contains(param)) {
            groups.entry(together(&kinds, &player)).or_default().extend(player);
        }
    }
    let masks = design(groups.len());
    let sets = masks.iter().map(|mask| {
        let chosen = groups.values().enumerate().filter(|(group, _)| mask >> group & 1 == 1);
        chosen.flat_map(|(_, params)| params.iter().copied()).collect()
    });
    let sets: Vec<Vec<usize>> = sets.collect();
    let mut columns: Vec<Vec<(usize, Column)>> = masks
        .iter()
        .map(|_| {
            let of = questions.iter().zip(&asked);
            of.map(|(index, question)| (*index, Column::new(question.given.is_some()))).collect()
        })
        .collect();
    // Shares need not be as exact as answers, and cost many runs.
    let draws = (run.draws / 2).clamp(FEWEST_DRAWS, MAX_DRAWS).min(run.draws);
    if !groups.is_empty() {
        let name = format!("{}: provenance", program.reading);
        let also = &mut |chunks: &[_]| progress(watch, &name, draws, chunks);
        // The first run is the reading as it is.
        let (as_it_is, new) = columns.split_at_mut(usize::from(known.is_some()));
        let size = usize::try_from(draws).unwrap_or(usize::MAX);
        for (index, column) in as_it_is.iter_mut().flatten() {
            known.and_then(|known| known.get(*index)).iter().for_each(|known| *column = known.first(size));
        }
        Runs::of_plans(redrawn_plans(program, &sets[as_it_is.len()..])?).extend(run, 0..draws, watch, also, new)?;
        // Where it was interrupted, what is known beforehand has more draws than the rest.
        let done = columns.iter().flatten().map(|(_, column)| column.len()).min().unwrap_or(0);
        if done < 2 {
            return Ok(Vec::new());
        }
        let longer = columns.iter_mut().flatten().filter(|(_, column)| column.len() > done);
        longer.for_each(|(_, column)| *column = column.first(done));
    }
    let rows = statements(model, reading);
    let mut list = Vec::new();
    for (place, bearing) in bearings.iter().enumerate() {
        let mut standings = Standings::default();
        for row in rows.iter().filter(|row| !row.off && row.paths.iter().any(|path| bears(bearing, path))) {
            match row.standing.as_str() {
                "own" => standings.own += 1,
                "borrowed" => standings.borrowed += 1,
                "contested" => standings.contested += 1,
                _ => standings.unsupported += 1,
            }
        }
        let counts: Vec<(Kind, usize)> = groups
            .iter()
            .map(|(kind, params)| (*kind, params.iter().filter(|param| bearing.params.contains(param)).count()))
            .collect();
        let by_run: Vec<&Column> = columns.iter().filter_map(|run| run.get(place)).map(|(_, column)| column).collect();
        let (shares, variance) = if bearing.params.is_empty() {
            (Vec::new(), Estimate { value: 0.0, error: 0.0 })
        } else {
            shapley(&masks, groups.len(), &by_run)
        };
        // What cannot be told from 0 cannot be shared out.
        let known = variance.value > 2.0 * variance.error;
        let shares = counts.into_iter().zip(shares).filter(|((_, count), _)| known && *count > 0);
        list.push(Provenance {
            shares: shares
                .map(|((kind, parameters), share)| OriginShare {
                    origin: kind.name().to_owned(),
                    parameters,
                    share: share.value,
                    error: share.error,
                })
                .collect(),
            variance: variance.value,
            variance_error: variance.error,
            standings,
        });
    }
    Ok(list)
}

/// The runs from which the Shapley values of so many groups (at most 5) follow: each is the set of groups that have their
/// second values, as bits. Every set of groups but the whole is where some two of them differ. These few, with more
/// draws, give smaller errors at the same cost than all 2^k.
#[must_use]
pub fn design(groups: usize) -> Vec<usize> {
    match groups {
        0 | 1 => vec![0],
        2 => vec![0b00, 0b01, 0b11],
        3 => vec![0b000, 0b001, 0b010, 0b100, 0b111],
        4 => vec![0b0000, 0b0001, 0b0010, 0b0100, 0b1000, 0b1111],
        _ => vec![0, 1, 2, 4, 8, 16, 3, 5, 6, 31],
    }
}

/// The Shapley shares of the groups, and the variance that they share out, from the runs of a [`design`].
#[must_use]
pub fn shapley(masks: &[usize], groups: usize, columns: &[&Column]) -> (Vec<Estimate>, Estimate) {
    let centre = Centre::of(columns);
    let runs: Vec<Halves> = columns.iter().map(|column| centre.deviations(column)).collect();
    let variance: Vec<f64> = average(runs.iter().map(|run| products(run, run)))
        .into_iter()
        .map(|product| product + centre.lacking)
        .collect();
    let whole = Estimate::mean(&variance);
    if groups == 1 {
        return (vec![Estimate { value: 1.0, error: 0.0 }], whole);
    }
    let everything = (1_usize << groups) - 1;
    let differing = |set: usize| differing(masks, &runs, set);
    // T of each set of groups, by draw.
    let left: Vec<Vec<f64>> = (0..=everything)
        .map(|set| match set {
            0 => vec![0.0; variance.len()],
            _ if set == everything => variance.clone(),
            _ => average(differing(set).into_iter().map(|(x, y)| half_squares(x, y))),
        })
        .collect();
    // Runs that share nothing: their covariance is 0.
    let control: Vec<f64> = average(differing(everything).into_iter().map(|(x, y)| products(x, y)))
        .into_iter()
        .map(|product| product + centre.lacking)
        .collect();
    let value = |group: usize| -> Vec<f64> {
        let mut sum = vec![0.0; variance.len()];
        for set in (0..=everything).filter(|set| set >> group & 1 == 0) {
            let weight = weight(set.count_ones(), groups);
            let (Some(without), Some(with)) = (left.get(set), left.get(set | 1 << group)) else { continue };
            for (sum, (with, without)) in sum.iter_mut().zip(with.iter().zip(without)) {
                *sum += weight * (with - without);
            }
        }
        sum
    };
    ((0..groups).map(|group| quotient(&value(group), &variance, &control)).collect(), whole)
}

/// The runs that differ in exactly this set of groups, two by two.
fn differing<'r>(masks: &[usize], runs: &'r [Halves], set: usize) -> Vec<(&'r Halves, &'r Halves)> {
    let mut pairs = Vec::new();
    for (place, (mask, run)) in masks.iter().zip(runs).enumerate() {
        let earlier = masks.iter().zip(runs).take(place);
        pairs.extend(earlier.filter(|(other, _)| *other ^ mask == set).map(|(_, other)| (run, other)));
    }
    pairs
}

/// The share of the orders of `groups` in which exactly these `before` precede a group: before! (groups - before - 1)! /
/// groups!.
pub(crate) fn weight(before: u32, groups: usize) -> f64 {
    let factorial = |n: usize| (1..=n).fold(1.0, |product, k| product * f64::from(u8::try_from(k).unwrap_or(u8::MAX)));
    let before = before as usize;
    factorial(before) * factorial(groups - before - 1) / factorial(groups)
}

/// The mean of several lists, place by place.
fn average(lists: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let mut sum = Vec::<f64>::new();
    let mut count = 0.0;
    for list in lists {
        if sum.is_empty() {
            sum = list;
        } else {
            sum.iter_mut().zip(list).for_each(|(sum, x)| *sum += x);
        }
        count += 1.0;
    }
    sum.iter_mut().for_each(|sum| *sum /= count);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_of_groups_is_where_two_runs_differ() {
        for groups in 2..=5 {
            let masks = design(groups);
            let sets: BTreeSet<usize> = masks.iter().flat_map(|a| masks.iter().map(move |b| a ^ b)).collect();
            assert_eq!(sets.len(), 1 << groups, "{groups} groups: {sets:?}");
        }
    }

    #[test]
    fn weights_of_a_group_add_up_to_one() {
        for groups in 2..=5 {
            let sum: f64 = (0..1_usize << (groups - 1)).map(|set| weight(set.count_ones(), groups)).sum();
            assert!((sum - 1.0).abs() < 1e-15, "{groups} groups: {sum}");
        }
    }
}
