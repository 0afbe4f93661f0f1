//! What has been seen, and what it does to a trajectory: the contract of conditioned runs.
//!
//! Each half of a parameter draw, M/2 trajectories in their slots, is a particle filter. Every trajectory carries a weight,
//! 1 before the first step. In a step of a conditioned run:
//!
//! 1. **Choices and events are drawn with likelihoods.** Every outcome of a draw (of a choice: each option and nothing; of
//!    an event: yes and no; of events that exclude each other: each of them and none) has a likelihood, the product of what
//!    the observations and records say of it, in the order of observations, then of records. With the probabilities p_o of
//!    the outcomes, the weight is multiplied by S = Σ p_o L_o, and the outcome is drawn by the variable's own uniform u as
//!    ever, with p_o L_o / S in place of p_o: cumulated in the order of outcomes (of a choice the options other than the
//!    default in order, then the default or nothing; of an exclusion its events in order, then none; of an event yes, then
//!    no), as (p_1 L_1 + .. + p_o L_o) / S, and the first that exceeds u comes out. Where S = 0 the weight is 0, and
//!    whatever comes out does not matter. Where every likelihood in a draw is 1 for the whole step (no observation or
//!    record speaks of it), nothing changes.
//!    The probability of yes of an event is 1 - exp(-hazard * step) or its chance, cut to 0..1, and 0 where its `when` is
//!    false. Of a choice that does not come up, nothing has probability 1; of one that is considered at a rate or by
//!    hazards, not to act is nothing, and the default has probability 0.
//!    * A certain observation of an event or an option in one step: likelihood 1 of that, 0 of everything else.
//!    * A report on an event or an option in one step: `hits` of that, `false_alarms` of everything else.
//!    * An observation or report with a window of several steps, or of a reply, h and f being `hits` and `false_alarms` (1
//!      and 0 where it is certain): see *Windows* and *Replies* below.
//!    * A record, in its steps, of an event: 0 of yes; of a choice: 0 of every option but the default. It is silent on an
//!      event or choice in the step of a certain observation of the same event, or of any option of the same choice, and in
//!      all steps of a report on it; and while a certain observation with a window is waited for, on that event or option.
//! 2. **What is seen at the end of a step**, after the flows, in order of observations, multiplies the weight: a condition
//!    or a number in its step, 1 or 0, or `hits` or `false_alarms`, or the density (1 / (e √(2π))) exp(-((y - x) / e)² / 2),
//!    in base units (e not above 0, or any part no number: 0); with a window, at the end of its last step, whether the
//!    condition held at the end of some step of it. Without the proposal for reports, one on an event or option is dealt
//!    with so too, at the end of its last step, by whether it happened or came out so in some step of it.
//!    Negative hits and false alarms count as 0, those above 1 as 1, and those that are not numbers as 0.
//! 3. **Resampling**, at the end of a step in which any weight was multiplied, by half. With w_i in order of slots, m = (Σ
//!    w_i) / N, N = M/2: where m is 0 the half is dead, and stays so. Else log Ẑ, 0 at first, grows by ln m and every w_i
//!    becomes w_i / m. If then, and another step follows, (Σ w_i)² < N/2 * Σ w_i², the half is resampled: with one uniform u
//!    (of the domain of resampling, key of `resample`, slot 0 of the half, at this calendar step), slot i of 0..N has the ancestor of the
//!    first j with w_0 + .. + w_j > (i + u) / N * Σ w, or the last. The number of descendants n_j of each is kept, but
//!    not their order: each j with n_j > 0 stays in its slot, and the slots of those without descendants are filled, in
//!    ascending order, with the further copies, in ascending order of j. All weights become 1. A copy takes everything but
//!    random numbers: those belong to the slot.
//!
//! **Windows.** What was so in some step of a window is looked for until it has been so once. A trajectory carries a, how
//! much of the observation its weight has so far: 1 before the window. In a step of the window of which r steps are left,
//! while it is waited for, the likelihood is h / a of the outcome that was seen and a' / a of every other, after which a is
//! a'; once it has been so, 1 of all. In the last step a' = f. Before that, a' = f + (h - f) min(s p, 1/2), p being the
//! probability of that outcome in this step (0.001 where it is below 10⁻⁹) and s the largest power of two up to r: what
//! is still to come counts by a guess, which cancels when it has come. So the weight is in the end h or f, whatever was
//! guessed; but trajectories that wait are not preferred to those in which it has come, as they would be if they lost
//! nothing before the last step (a twisted filter, Whiteley and Lee 2014). An outcome that comes out in several steps is
//! waited for until the first.
//!
//! **Replies.** An observation or report of an option of a choice that comes up after another has come out in some way, with a
//! window or in one step, is waited for in that way too, over the draws of a step. Of the choice itself all is as above.
//! Of every choice before it, back to the one that replies to none, let p be the probability of coming out as it must for the
//! other to come up, and g = 2^-d, d being the number of choices that have yet to be made then, the last included; g = 0.99
//! where an observation before this one has seen the same in that step (not 1, lest the weight be 0 where h is). With g p in
//! place of p in a' where p is not below 10⁻⁹, the likelihood is (a' + (h - a') g) / a of coming out so, after which a is a' +
//! (h - a') g, and a' / a of everything else, after which a is a'. Where a draw that is a reply, the choice itself or one before
//! it, does not come up, before the last step of the window, the likelihood is 1, and a stays. So a report on a reply bears on
//! what it replies to, and few trajectories are wasted where that is rare.
//!
//! The evidence of a half is Ẑ; of a draw, ½(Ẑa + Ẑb). A trajectory's weight within its half is w_i after the last step.

use super::{Clock, Expr, Param, Program};
use serde::Serialize;
use std::collections::BTreeSet;

/// A day. JSON: `2024-10-18`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day {
    /// Year.
    pub year: i32,
    /// Month, from 1.
    pub month: u8,
    /// Day, from 1.
    pub day: u8,
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something that was seen in one step, or in an unknown one of several.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Observation {
    /// Its path: `observe 2024-10 take = accept`.
    pub name: String,
    /// First step in which it may have been.
    pub from: u32,
    /// Last step, included.
    pub to: u32,
    /// The day on which it was known.
    pub known: Day,
    /// What was seen.
    pub fact: Fact,
    /// Who says so, and how far that can be trusted; none is certain. Never with a number, whose error says it.
    pub report: Option<Report>,
}

/// What was seen.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// An event happened.
    Event {
        /// Which.
        event: usize,
    },
    /// A choice came out so; never the default of a choice at a rate, which is no outcome.
    Choice {
        /// Which.
        choice: usize,
        /// How.
        option: usize,
    },
    /// A condition held at the end of the step, read as a question reads it.
    Condition(Expr),
    /// A number was measured at the end of the step, with a normal error.
    Number {
        /// What was measured.
        value: Expr,
        /// What came out, in base units.
        observed: f64,
        /// Standard deviation of the error, in base units, an expression in parameters.
        error: Expr,
    },
    /// Something that this reading says cannot be: likelihood 0 (`hits` 0 in a report: its false alarms).
    Impossible {
        /// The statement that is not in the reading: `event attack`.
        statement: String,
    },
}

/// A report that can err.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Report {
    /// Who reports.
    pub source: String,
    /// The chance of such a report if it was so, an expression in parameters.
    pub hits: Expr,
    /// The chance of such a report if it was not.
    pub false_alarms: Expr,
}

/// Apart from what is observed, none of these happened.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Record {
    /// Its path: `record complete to 2024-11 for invasion, attack`.
    pub name: String,
    /// First step.
    pub from: u32,
    /// Last step, included.
    pub to: u32,
    /// The day on which it was known as a whole, if that was said; otherwise each step was known on its last day.
    pub known: Option<Day>,
    /// The events.
    pub events: Vec<usize>,
    /// The choices.
    pub choices: Vec<usize>,
}

impl Observation {
    /// Every expression in it.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let mut list = Vec::new();
        match &mut self.fact {
            Fact::Condition(condition) => list.push(condition),
            Fact::Number { value, error, .. } => list.extend([value, error]),
            Fact::Event { .. } | Fact::Choice { .. } | Fact::Impossible { .. } => {}
        }
        list.extend(self.report.iter_mut().flat_map(|report| [&mut report.hits, &mut report.false_alarms]));
        list
    }
}

impl Program {
    /// The program with what was known by the end of a day: later observations are left out, and records end with the
    /// last step that was over by then. A record that was known as a whole on a later day is left out.
    #[must_use]
    pub fn as_of(&self, day: Day) -> Program {
        let mut program = self.clone();
        let (known, later) =
            std::mem::take(&mut program.observations).into_iter().partition(|observation| observation.known <= day);
        program.observations = known;
        program.forget_numbers(&later);
        let clock = program.clock;
        program.records.retain_mut(|record| match record.known {
            Some(known) => known <= day,
            None => match clock.over_by(day) {
                Some(last) if last >= record.from => {
                    if last < record.to {
                        record.to = last;
                        record.name = ending(&record.name, &clock.label(last));
                    }
                    true
                }
                _ => false,
            },
        });
        program
    }

    /// Takes out the parameters of numbers that are written in place in these observations.
    fn forget_numbers(&mut self, observations: &[Observation]) {
        let names: BTreeSet<&str> = observations.iter().map(|observation| observation.name.as_str()).collect();
        let is_theirs = |param: &Param| param.name.split_once('#').is_some_and(|(path, _)| names.contains(path));
        let mut places = Vec::with_capacity(self.params.len());
        let mut kept = 0;
        for param in &self.params {
            places.push(kept);
            kept += usize::from(!is_theirs(param));
        }
        if kept == self.params.len() {
            return;
        }
        self.params.retain(|param| !is_theirs(param));
        self.move_params(&places);
    }

    /// The program with what was seen of the steps before this one; of windows, those that were over.
    #[must_use]
    pub fn seen_before(&self, step: u32) -> Program {
        let mut program = self.clone();
        program.observations.retain(|seen| seen.to < step);
        program.records.retain_mut(|record| {
            record.to = record.to.min(step.saturating_sub(1));
            step > 0 && record.from <= record.to
        });
        program
    }

    /// The program in which what a scenario holds comes as a surprise: no actor counts with it before the first step in
    /// which the scenario changes anything, so that all that comes before is as it is without the scenario.
    #[must_use]
    pub fn surprising(&self) -> Program {
        let mut program = self.clone();
        let first = program.interventions.iter().map(|intervention| intervention.from).min().unwrap_or(0);
        program.interventions.iter_mut().for_each(|intervention| intervention.known = first);
        program
    }

    /// The program before anything was seen.
    #[must_use]
    pub fn unobserved(&self) -> Program {
        Program { observations: Vec::new(), records: Vec::new(), ..self.clone() }
    }

    /// Whether anything was seen.
    #[must_use]
    pub fn is_observed(&self) -> bool {
        !self.observations.is_empty() || !self.records.is_empty()
    }
}

impl Clock {
    /// The last day of a step. Of a month in parts, day d belongs to part (d - 1) * parts / 31, rounded down.
    #[must_use]
    pub fn last_day(&self, step: u32) -> Day {
        let (months, parts) = (i64::from(self.months), i64::from(self.parts));
        let next = (i64::from(self.first) + i64::from(step) + 1) * months;
        let (month, part) = (next.div_euclid(parts), next.rem_euclid(parts));
        // The days of the month before the first of the next step's part.
        let before = (part * 31 + parts - 1).div_euclid(parts);
        let month = if before == 0 { month - 1 } else { month };
        let year = i32::try_from(month.div_euclid(12)).unwrap_or(i32::MAX);
        let month = u8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
        let length = days_in(year, month);
        let day = if before == 0 { length } else { u8::try_from(before).unwrap_or(length).min(length) };
        Day { year, month, day }
    }

    /// The first day of a step.
    #[must_use]
    pub fn first_day(&self, step: u32) -> Day {
        // The step before the first one has a last day as well.
        let before = Clock { first: self.first.saturating_sub(1), ..*self }.last_day(step);
        let length = days_in(before.year, before.month);
        match (before.day < length, before.month < 12) {
            (true, _) => Day { day: before.day + 1, ..before },
            (false, true) => Day { month: before.month + 1, day: 1, ..before },
            (false, false) => Day { year: before.year + 1, month: 1, day: 1 },
        }
    }

    /// The last step of which the last day was over by the end of a day; none if the first was not.
    #[must_use]
    pub fn over_by(&self, day: Day) -> Option<u32> {
        (0..self.steps).take_while(|step| self.last_day(*step) <= day).last()
    }
}

/// The name of a record in its parts: before its end, its end, and of what it is.
fn parts(name: &str) -> Option<(&str, &str, &str)> {
    let (head, of) = name.split_once(" for ")?;
    let (head, date) = head.rsplit_once(" to ")?;
    Some((head, date, of))
}

/// The name of a record that ends sooner: as it would be written.
fn ending(name: &str, date: &str) -> String {
    parts(name).map_or_else(|| name.to_owned(), |(head, _, of)| format!("{head} to {date} for {of}"))
}

impl Record {
    /// The end of this record as it is named and as it stands in a path, if that is the path of the statement that it is of:
    /// as of a day it may end sooner than it was written.
    #[must_use]
    pub fn ends<'a>(&'a self, path: &'a str) -> Option<(&'a str, &'a str)> {
        let ((head, date, of), (written_head, written, written_of)) = (parts(&self.name)?, parts(path)?);
        (head == written_head && of == written_of).then_some((date, written))
    }
}

/// How many days a month of the Gregorian calendar has.
#[must_use]
pub fn days_in(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_step() {
        let monthly = Clock { first: 12 * 2024 + 9, steps: 4, months: 1, parts: 1 };
        assert_eq!(monthly.last_day(0), Day { year: 2024, month: 10, day: 31 });
        assert_eq!(monthly.last_day(2), Day { year: 2024, month: 12, day: 31 });
        let quarterly = Clock { first: 4 * 2024 + 3, steps: 2, months: 3, parts: 1 };
        assert_eq!(quarterly.last_day(0), Day { year: 2024, month: 12, day: 31 });
        let weekly = Clock { first: 4 * (12 * 2024 + 9), steps: 8, months: 1, parts: 4 };
        let days: Vec<String> = (0..5).map(|step| weekly.last_day(step).to_string()).collect();
        assert_eq!(days, ["2024-10-08", "2024-10-16", "2024-10-24", "2024-10-31", "2024-11-08"]);
    }

    #[test]
    fn a_record_that_ends_sooner_is_named_so() {
        let name = ending("record complete from 2024-01 to 2025-12 for invasion, attack", "2024-11");
        assert_eq!(name, "record complete from 2024-01 to 2024-11 for invasion, attack");
        assert_eq!(ending("record complete to 2025-12 for a", "2024-11"), "record complete to 2024-11 for a");
    }

    #[test]
    fn what_was_over_by_a_day() {
        let monthly = Clock { first: 12 * 2024 + 9, steps: 4, months: 1, parts: 1 };
        let day = |month, day| Day { year: 2024, month, day };
        assert_eq!(monthly.over_by(day(10, 30)), None);
        assert_eq!(monthly.over_by(day(10, 31)), Some(0));
        assert_eq!(monthly.over_by(day(11, 30)), Some(1));
        assert_eq!(monthly.over_by(day(12, 30)), Some(1));
    }
}
