//! From conditioned runs to evidences, comparisons and weights.

use super::flips::flips;
use super::{Evidence, Observed, Pair, ReadingEvidence, State, Weight, Weights};
use crate::condition::{Conditioned, Conditioning, condition, condition_by, forbidden};
use crate::run::{Run, RunError, Watch};
use crate::runs::each;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use variorum_engine::math::exp;
use variorum_model::as_of::source_day;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Day, Fact, Program};

/// Which comparisons are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every pair of readings.
    Pairs,
    /// All readings together, on what was seen since the last was written; no pairs.
    Since,
}

/// A reading on condition of what was seen.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// All that was seen.
    pub whole: Conditioned,
    /// By day: what was known by then. Days by which nothing was known are left out; those by which the same was known
    /// share a run.
    pub by: BTreeMap<Day, Arc<Conditioned>>,
}

/// A logarithm with its error, in bits; minus infinity where a reading has not what was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits {
    pub(super) log2: f64,
    pub(super) error: f64,
}

impl Bits {
    fn of(conditioned: &Conditioned) -> Bits {
        Bits { log2: conditioned.log2(), error: conditioned.error() }
    }
}

impl Weighed {
    /// What moves [`Weighed::after`], by draw: of all that was seen, and, to be taken away, of what was seen before.
    fn runs(&self, day: Option<Day>) -> [Option<&Conditioned>; 2] {
        [Some(&self.whole), day.and_then(|day| self.by.get(&day)).map(Arc::as_ref)]
    }

    /// log2 p(y after a day | y up to it).
    pub(super) fn after(&self, day: Option<Day>) -> Bits {
        let [_, earlier] = self.runs(day);
        let Some(earlier) = earlier else { return Bits::of(&self.whole) };
        Bits { log2: self.whole.log2() - earlier.log2(), error: error_of([(&self.whole, 1.0), (earlier, -1.0)]) }
    }
}

/// For what was known by some day: half as exact as the whole of what was seen, since what a comparison tells is a bit or two.
fn quick(run: &Run, per_draw: u32) -> Run {
    Run { draws: (run.draws / 4).max(1), per_draw, ..run.clone() }
}

/// The day on which the last of a reading's sources spoke.
pub(super) fn written(model: &Model<'_>, reading: &ReadingOf<'_>) -> Option<Day> {
    reading.voices.iter().filter_map(|source| source_day(&model.shared, source)).max()
}

/// Runs every reading on condition of what was seen, of all of it and of what was known when each of the readings was
/// written, and compares them. Where nothing was seen all weigh the same.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn evidence_of_programs(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    (conditioning, scope): (&Conditioning, Scope),
    watch: &dyn Watch,
) -> Result<(Evidence, Vec<Weighed>), RunError> {
    let dates: Vec<Option<Day>> = readings.iter().map(|(reading, _)| written(model, reading)).collect();
    let alone: Vec<(&Program, Option<Day>)> =
        readings.iter().zip(&dates).map(|((_, program), own)| (*program, *own)).collect();
    let list = each(&alone, run, watch, &|(program, own), run, watch| {
        let whole = condition(program, run, conditioning, watch)?;
        let mut by = BTreeMap::new();
        // A pair is compared from the later of its dates on, so what is earlier than a reading's own date is not asked.
        let last = dates.iter().flatten().max().copied();
        let in_scope = |day: &&Day| scope == Scope::Pairs || Some(**day) == last;
        let days: BTreeSet<Day> =
            dates.iter().flatten().filter(|day| own.is_none_or(|own| **day >= own)).filter(in_scope).copied().collect();
        let mut last: Option<(Program, Arc<Conditioned>)> = None;
        // What is too few trajectories by one day is too few by the next.
        let mut per_draw = run.per_draw;
        for day in days {
            let earlier = Program { questions: Vec::new(), ..program.as_of(day) };
            if !earlier.is_observed() || !whole.complete {
                continue;
            }
            let same = last.take().filter(|(known, _)| *known == earlier).map(|(_, found)| found);
            let found = match (same, &whole.proposal) {
                (Some(found), _) => found,
                (None, Some(proposal)) => {
                    let found = condition_by(&earlier, proposal, &quick(run, per_draw), conditioning, watch)?;
                    per_draw = found.per_draw;
                    Arc::new(found)
                }
                (None, None) => Arc::new(condition(&earlier, &quick(run, run.per_draw), conditioning, watch)?),
            };
            by.insert(day, Arc::clone(&found));
            last = Some((earlier, found));
        }
        Ok(Weighed { whole, by })
    })?;
    let last = dates.iter().flatten().max().copied();
    let observed = observed(readings.first().map(|(_, program)| *program));
    let order: Vec<usize> = observed.iter().map(|(place, _)| *place).collect();
    let of_reading =
        |(((reading, program), weighed), written): ((&(&ReadingOf<'_>, &Program), &Weighed), &Option<Day>)| {
            let whole = &weighed.whole;
            let forbidden = if whole.is_starved() { forbidden(program) } else { None };
            let state = match (whole.is_starved(), &forbidden) {
                (false, _) => State::Known,
                (true, None) => State::Starved,
                (true, Some(_)) => State::Forbidden,
            };
            let bits = whole.bits(program.observations.len() + program.records.len());
            let known = state == State::Known;
            ReadingEvidence {
                reading: reading.name.clone(),
                written: written.map(|day| day.to_string()),
                log2: known.then(|| whole.log2()),
                error: if known { whole.error() } else { 0.0 },
                bits: order.iter().map(|place| bits.get(*place).copied().unwrap_or(0.0)).map(finite).collect(),
                draws: whole.draws(),
                per_draw: whole.per_draw,
                effective: whole.effective(),
                disagreement: Some(whole.disagreement()).filter(|disagreement| !disagreement.is_nan()),
                state,
                forbidden,
                lost: (state == State::Starved).then(|| lost_at(program, whole.lost()?)).flatten(),
            }
        };
    let evidences = readings.iter().zip(&list).zip(&dates).map(of_reading).collect();
    let mut pairs = Vec::new();
    // Without the runs as of its own day a pair cannot be compared.
    let compared = if scope == Scope::Pairs { readings.len() } else { 0 };
    for first in 0..compared {
        for second in first + 1..readings.len() {
            pairs.push(pair(readings, &list, &dates, (first, second)));
        }
    }
    let count = |after: Option<Day>| {
        let later = |known: &Day| after.is_none_or(|after| *known > after);
        observed.iter().filter(|(_, (known, _))| later(known)).count()
    };
    let names: Vec<&str> = readings.iter().map(|(reading, _)| reading.name.as_str()).collect();
    let weights = |after: Option<Day>| {
        let bits: Vec<Bits> = list.iter().map(|weighed| weighed.after(after)).collect();
        Weights { after: after.map(|day| day.to_string()), observations: count(after), weights: shares(&names, &bits) }
    };
    let evidence = Evidence {
        readings: evidences,
        pairs,
        since: weights(last),
        hindsight: weights(None),
        observations: observed.into_iter().map(|(_, (_, observed))| observed).collect(),
    };
    Ok((evidence, list))
}

/// The name of what a reading's last trajectories were lost at: an observation, or after all observations a record.
pub(super) fn lost_at(program: &Program, place: usize) -> Option<String> {
    let observations = program.observations.iter().map(|seen| &seen.name);
    observations.chain(program.records.iter().map(|record| &record.name)).nth(place).cloned()
}

/// JSON has no infinities: an observation that a reading has not takes nothing that can be told.
fn finite(bits: f64) -> f64 {
    if bits.is_finite() { bits } else { 0.0 }
}

/// What people are shown of what was seen: an event's title, a choice's with that of the option.
fn title(program: &Program, fact: &Fact) -> String {
    let found = match fact {
        Fact::Event { event } => program.events.get(*event).map(|event| event.title.clone()),
        Fact::Choice { choice, option } => program.choices.get(*choice).and_then(|choice| {
            let option = choice.options.get(*option)?;
            Some(format!("{}: {}", choice.title, option.title))
        }),
        Fact::Condition(_) | Fact::Number { .. } | Fact::Impossible { .. } => None,
    };
    found.unwrap_or_default()
}

/// What was seen, in order of when it was known, each with its place among observations and then records.
pub(crate) fn observed(program: Option<&Program>) -> Vec<(usize, (Day, Observed))> {
    let Some(program) = program else { return Vec::new() };
    let observations = program.observations.iter().map(|seen| {
        let reported_by = seen.report.as_ref().map(|report| report.source.clone());
        (
            seen.known,
            Observed {
                name: seen.name.clone(),
                title: title(program, &seen.fact),
                known: seen.known.to_string(),
                reported_by,
            },
        )
    });
    let records = program.records.iter().map(|record| {
        let known = record.known.unwrap_or_else(|| program.clock.last_day(record.to));
        (
            known,
            Observed { name: record.name.clone(), title: String::new(), known: known.to_string(), reported_by: None },
        )
    });
    let mut all: Vec<(usize, (Day, Observed))> = observations.chain(records).enumerate().collect();
    all.sort_by_key(|(place, (known, _))| (*known, *place));
    all
}

/// The standard error, in bits, of the difference of two readings on what was seen after a day.
fn error_between(first: &Weighed, second: &Weighed, after: Option<Day>) -> f64 {
    let runs = first.runs(after).into_iter().chain(second.runs(after));
    error_of(runs.zip([1.0, -1.0, -1.0, 1.0]).filter_map(|(run, sign)| Some((run?, sign))))
}

/// The standard error, in bits, of a sum of evidences with signs. All runs play the same draws, and so err together: what a
/// draw does to each of them is added up before it is squared.
fn error_of<'c>(runs: impl IntoIterator<Item = (&'c Conditioned, f64)>) -> f64 {
    let mut by_draw: Vec<f64> = Vec::new();
    for (run, sign) in runs {
        for (place, move_by) in run.moves().enumerate() {
            match by_draw.get_mut(place) {
                Some(sum) => *sum += sign * move_by,
                None => by_draw.push(sign * move_by),
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let draws = by_draw.len() as f64;
    let squares = by_draw.iter().fold(0.0, |sum, moved| sum + moved * moved);
    (squares * draws / (draws - 1.0)).sqrt()
}

fn pair(
    readings: &[(&ReadingOf<'_>, &Program)],
    list: &[Weighed],
    dates: &[Option<Day>],
    (first, second): (usize, usize),
) -> Pair {
    let after = dates[first].max(dates[second]);
    let of = |after: Option<Day>| [list[first].after(after), list[second].after(after)];
    let error_of = |after: Option<Day>| error_between(&list[first], &list[second], after);
    let names = [first, second].map(|place| readings[place].0.name.as_str());
    let mut pair = compare(names, after, &of, &error_of);
    pair.flips = match pair.bits.filter(|bits| bits.abs() > 2.0 * pair.error) {
        Some(bits) => [(first, second, false), (second, first, true)]
            .into_iter()
            .flat_map(|(of, other, mirrored)| {
                let other = list[other].after(after);
                flips(readings[of], &list[of], after, other, (bits, mirrored))
            })
            .collect(),
        None => Vec::new(),
    };
    pair
}

/// Two readings compared by their bits on what was seen after a day, and the errors of the differences; without what would
/// turn that.
pub(super) fn compare(
    names: [&str; 2],
    after: Option<Day>,
    of: &dyn Fn(Option<Day>) -> [Bits; 2],
    error_of: &dyn Fn(Option<Day>) -> f64,
) -> Pair {
    let difference = |after: Option<Day>| {
        let [a, b] = of(after);
        // Where one has not what was seen, there is no number; which one is told apart from that.
        let both = a.log2.is_finite() && b.log2.is_finite();
        let error = if both { error_of(after) } else { 0.0 };
        let better = match (a.log2.is_finite(), b.log2.is_finite()) {
            (true, true) => Some(a.log2 - b.log2).filter(|bits| *bits != 0.0).map(|bits| bits > 0.0),
            (true, false) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        };
        (both.then_some(a.log2 - b.log2), error, better)
    };
    let (bits, error, better) = difference(after);
    let (hindsight, hindsight_error, _) = difference(None);
    let [first, second] = names.map(str::to_owned);
    Pair {
        better: better.map(|is_first| if is_first { first.clone() } else { second.clone() }),
        first,
        second,
        after: after.map(|day| day.to_string()),
        bits,
        error,
        hindsight,
        hindsight_error,
        flips: Vec::new(),
    }
}

/// Shares of the evidence.
pub(super) fn shares(readings: &[&str], bits: &[Bits]) -> Vec<Weight> {
    let most = bits
        .iter()
        .map(|bits| bits.log2)
        .filter(|log2| log2.is_finite())
        .fold(f64::NEG_INFINITY, |a, b| if a > b { a } else { b });
    let of = |log2: f64| if log2.is_finite() { exp((log2 - most) * std::f64::consts::LN_2) } else { 0.0 };
    let sum: f64 = bits.iter().map(|bits| of(bits.log2)).sum();
    let weight = |(reading, bits): (&&str, &Bits)| Weight {
        reading: (*reading).to_owned(),
        weight: if sum > 0.0 { of(bits.log2) / sum } else { 0.0 },
        log2: Some(bits.log2).filter(|log2| log2.is_finite()),
        error: if bits.log2.is_finite() { bits.error } else { 0.0 },
    };
    readings.iter().zip(bits).map(weight).collect()
}
