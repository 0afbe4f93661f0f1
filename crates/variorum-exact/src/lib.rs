//! Finite models solved exactly, by forward propagation over reachable states.
//!
//! A model whose parameters have finitely many values, whose quantities can reach finitely many states, and whose flows have
//! no noise needs no random numbers: all ways through each step are followed, what comes to the same state is one again,
//! and questions are answered by sums. What has been seen multiplies, as the comment on observations in
//! [`variorum_model::program`] says. The solver is held against the engine and the oracle, of which it uses the evaluation
//! of expressions, choices and effects, and no random number.
//!
//! ```text
//! Program --relevant--> what matters --params--> combinations --(each)--> Moves --> Graph --ask--> Solution
//! ```
//!
//! | module | |
//! |---|---|
//! | `relevant` | what the questions and what has been seen depend on |
//! | `params` | the joint values of the parameters |
//! | `moves` | all ends of one step |
//! | `watched`, `seen` | what is read at the end of a step; what has been seen |
//! | `graph` | the states that are reached |
//! | `ask` | questions |
//!
//! Sums run in the order of sorted keys: the same bits on every machine.

mod ask;
mod error;
mod graph;
mod moves;
mod params;
mod relevant;
mod seen;
mod watched;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use variorum_model::program::{Program, Query};
use variorum_oracle::Oracle;

pub use error::ExactError;

use ask::Said;
use graph::{Graph, Work};
use moves::Moves;
use relevant::Relevant;
use seen::Seen;
use watched::Watched;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// States, counted in each step in which they are reached, for one combination of parameters.
    pub states: u64,
    /// Ways from one state to the next, counted likewise (24 bytes each).
    pub ways: u64,
    /// Combinations of values of parameters.
    pub combinations: u64,
}

impl Default for Limits {
    /// Two million states, twenty million ways, 4096 combinations.
    fn default() -> Limits {
        Limits { states: 2_000_000, ways: 20_000_000, combinations: 4096 }
    }
}

/// The probability (or density, where numbers were measured) of what was seen, up to some statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The step.
    pub step: u32,
    /// The observation's index, or the number of observations and the record's index.
    pub statement: usize,
    /// Natural logarithm.
    pub log_evidence: f64,
}

/// What follows from a program, exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The natural logarithm of the probability (or density) of all that was seen; minus infinity where it cannot be, and
    /// then no question has an answer.
    pub log_evidence: f64,
    /// How it comes about, in order of play. What was seen in a window counts at the end of its last step, what was
    /// seen of a reply where that comes up.
    pub path: Vec<Mark>,
    /// The probability of each combination of the parameters' values, given what was seen, and their values (of those
    /// that do not matter the median).
    pub worlds: Vec<(f64, Vec<f64>)>,
    /// States, counted in each step, of all combinations.
    pub states: u64,
    /// The answers.
    pub questions: Vec<Answered>,
}

/// The answer to a question, given what was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The probability that its condition comes true; 1 where it has none.
    pub given: f64,
    /// Given that: the steps at whose end it may first hold, with their probabilities, ascending. Their sum is the
    /// probability of a yes. Empty for a number.
    pub first: Vec<(u32, f64)>,
    /// Given that: the probability that it holds at the end of no step of the window.
    pub never: f64,
    /// Given that: the values that a number may have, in its unit, with their probabilities, ascending; what is no number
    /// comes last.
    pub values: Vec<(f64, f64)>,
    /// By combination of the parameters' values in which the condition may come true: its probability, given that
    /// it does, and with it the probability of a yes, or the mean.
    pub by_world: Vec<(f64, f64)>,
}

impl Answered {
    /// The probability of a yes; exactly 1 where there is no way to a no.
    #[must_use]
    pub fn yes(&self) -> f64 {
        if self.never == 0.0 && !self.first.is_empty() { 1.0 } else { self.by(u32::MAX) }
    }

    /// The probability of a yes at the end of a step or before.
    #[must_use]
    pub fn by(&self, step: u32) -> f64 {
        sum(self.first.iter().filter(|(first, _)| *first <= step).map(|(_, probability)| *probability))
    }

    /// The first step by which it has come to a yes with this probability, if there is one.
    #[must_use]
    pub fn first_by(&self, p: f64) -> Option<u32> {
        let mut by = 0.0;
        let reached = |(_, probability): &&(u32, f64)| {
            by += probability;
            by >= p * (1.0 - 1e-12)
        };
        self.first.iter().find(reached).map(|(step, _)| *step)
    }

    /// The mean of a number.
    #[must_use]
    pub fn mean(&self) -> f64 {
        sum(self.values.iter().map(|(value, probability)| value * probability))
    }

    /// The standard deviation of a number.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        libm::sqrt(sum(self.values.iter().map(|(value, probability)| (value - mean) * (value - mean) * probability)))
    }

    /// A quantile of a number: the least value that is not exceeded with this probability.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        quantile(&self.values, p)
    }

    /// A quantile of the probability of a yes, or of the mean, over the combinations of the parameters' values.
    #[must_use]
    pub fn quantile_by_world(&self, p: f64) -> f64 {
        let mut values: Vec<(f64, f64)> = self.by_world.iter().map(|(weight, answer)| (*answer, *weight)).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        quantile(&values, p)
    }

    /// The variance of the probability of a yes, or of the mean, over the combinations of the parameters' values.
    #[must_use]
    pub fn variance_by_world(&self) -> f64 {
        let mean = sum(self.by_world.iter().map(|(weight, answer)| weight * answer));
        sum(self.by_world.iter().map(|(weight, answer)| weight * (answer - mean) * (answer - mean)))
    }
}

/// Solves a program, given its observations and records.
///
/// `progress` is told how many of how many steps are done, over all combinations of the parameters.
///
/// # Errors
/// The program is malformed or not finite, or a limit is exceeded, or it was stopped.
pub fn solve(
    program: &Program,
    limits: &Limits,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Solution, ExactError> {
    let oracle = Oracle::new(program, 0).map_err(ExactError::Program)?;
    let relevant = Relevant::of(program);
    let noisy = program.flows.iter().find(|flow| flow.noise.is_some() && relevant.quantities.contains(&flow.stock));
    if let Some(flow) = noisy {
        return Err(ExactError::Noise { flow: flow.path.clone() });
    }
    let combinations = params::combinations(program, &oracle, &relevant, limits.combinations)?;
    let mut watched = Watched::default();
    let asked = watched.questions(program);
    seen::watch(program, &mut watched);
    let (mut done, of) = (0, combinations.len() as u64 * u64::from(program.clock.steps));
    let mut parts: Vec<Part> = Vec::new();
    for (prior, params) in combinations {
        let seen = Seen::new(program, &oracle, &params, &watched);
        let mut moves = Moves::new(program, &oracle, &relevant, &watched, params);
        let mut step = || {
            done += 1;
            progress(done, of);
        };
        let mut work = Work { limits, stop, step: &mut step };
        let graph = Graph::grow(program, &mut moves, &seen, &mut work)?;
        let possible = graph.log_evidence > f64::NEG_INFINITY;
        let said = if possible { ask::ask(program, &graph, &moves, &asked) } else { Vec::new() };
        let Graph { log_evidence, path, states, .. } = graph;
        parts.push(Part { prior, params: moves.params().to_vec(), log_evidence, path, states, said });
    }
    Ok(together(program, parts))
}

/// What was found with one combination of parameters.
struct Part {
    prior: f64,
    params: Vec<f64>,
    log_evidence: f64,
    path: Vec<Mark>,
    states: u64,
    said: Vec<Said>,
}

/// The mixture of all combinations, each weighing its probability times that of what was seen.
fn together(program: &Program, parts: Vec<Part>) -> Solution {
    let log_evidence = log_sum(parts.iter().map(|part| (part.prior, part.log_evidence)));
    let weight = |part: &Part| match log_evidence == f64::NEG_INFINITY {
        true => 0.0,
        false => part.prior * libm::exp(part.log_evidence - log_evidence),
    };
    let weights: Vec<f64> = parts.iter().map(weight).collect();
    // A part ends early where what was seen cannot be.
    let places = parts.iter().map(|part| part.path.len()).max().unwrap_or(0);
    let longest = parts.iter().find(|part| part.path.len() == places);
    let path = longest.map_or(&[][..], |part| &part.path).iter().enumerate().map(|(place, mark)| {
        let reached = |part: &Part| part.path.get(place).map_or(f64::NEG_INFINITY, |mark| mark.log_evidence);
        Mark { log_evidence: log_sum(parts.iter().map(|part| (part.prior, reached(part)))), ..*mark }
    });
    let question = |(index, question): (usize, &variorum_model::program::Question)| {
        let is_number = matches!(question.query, Query::Value { .. });
        let mut answered =
            Answered { given: 0.0, first: Vec::new(), never: 0.0, values: Vec::new(), by_world: Vec::new() };
        let (mut first, mut values): (BTreeMap<u32, f64>, BTreeMap<u64, f64>) = Default::default();
        for (said, weight) in
            parts.iter().zip(&weights).filter_map(|(part, weight)| Some((part.said.get(index)?, weight)))
        {
            answered.given += weight * said.given;
            answered.never += weight * said.never;
            said.first.iter().for_each(|(step, mass)| *first.entry(*step).or_insert(0.0) += weight * mass);
            said.values.iter().for_each(|(value, mass)| *values.entry(*value).or_insert(0.0) += weight * mass);
            let answer = match is_number {
                true => sum(said.values.iter().map(|(value, mass)| f64::from_bits(*value) * mass)),
                false => sum(said.first.values().copied()),
            };
            if said.given > 0.0 {
                answered.by_world.push((weight * said.given, answer / said.given));
            }
        }
        let given = answered.given;
        answered.never = if is_number || given == 0.0 { 0.0 } else { answered.never / given };
        answered.by_world.iter_mut().for_each(|(weight, _)| *weight /= given);
        answered.first = first.into_iter().map(|(step, mass)| (step, mass / given)).collect();
        answered.values = values.into_iter().map(|(value, mass)| (f64::from_bits(value), mass / given)).collect();
        answered.values.sort_by(|a, b| a.0.total_cmp(&b.0));
        answered.values.retain(|(_, mass)| *mass > 0.0);
        answered.first.retain(|(_, mass)| *mass > 0.0);
        answered
    };
    Solution {
        log_evidence,
        path: path.collect(),
        states: parts.iter().map(|part| part.states).sum(),
        questions: program.questions.iter().enumerate().map(question).collect(),
        worlds: weights.iter().zip(&parts).map(|(weight, part)| (*weight, part.params.clone())).collect(),
    }
}

/// The logarithm of a sum of weights times exponentials.
fn log_sum(terms: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let largest = terms.clone().fold(f64::NEG_INFINITY, |largest, (_, log)| if log > largest { log } else { largest });
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest + libm::log(sum(terms.map(|(weight, log)| weight * libm::exp(log - largest))))
}

/// The least value that is not exceeded with a probability; rounding in the sum does not count.
fn quantile(values: &[(f64, f64)], p: f64) -> f64 {
    let mut below = 0.0;
    let reached = values.iter().find(|(_, probability)| {
        below += probability;
        below >= p * (1.0 - 1e-12)
    });
    reached.or(values.last()).map_or(f64::NAN, |(value, _)| *value)
}

/// The sum, from the first to the last.
fn sum(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |sum, number| sum + number)
}
