//! The states that can be reached, step by step, and all ways between them.

use std::sync::atomic::{AtomicBool, Ordering};

use variorum_model::program::Program;

use crate::error::ExactError;
use crate::moves::{MOST_BRANCHES, Moves, packed};
use crate::seen::{Memory, Seen};
use crate::watched::Numbered;
use crate::{Limits, Mark};

/// A way from a state at the beginning of a step to one at its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// What is read at its end.
    pub(crate) end: u32,
    /// Its probability, times what has been seen in this step makes of it, over the same summed over all ways through
    /// the step.
    pub(crate) weight: f64,
}

/// Everything that may happen in a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// The probability of each state at its beginning, given what was seen before.
    pub(crate) before: Vec<f64>,
    pub(crate) ways: Vec<Way>,
    /// How many states there are at its end.
    pub(crate) states: usize,
}

/// All steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub(crate) layers: Vec<Layer>,
    /// The logarithm of the probability of all that was seen.
    pub(crate) log_evidence: f64,
    pub(crate) path: Vec<Mark>,
    /// States, counted in each step.
    pub(crate) states: u64,
}

/// What may stop the work, and who is told of it.
pub(crate) struct Work<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) stop: &'a AtomicBool,
    /// One more step is done.
    pub(crate) step: &'a mut dyn FnMut(),
}

impl Graph {
    /// From the first step on; ends early where what was seen cannot be.
    pub(crate) fn grow(
        program: &Program,
        moves: &mut Moves<'_>,
        seen: &Seen,
        work: &mut Work<'_>,
    ) -> Result<Graph, ExactError> {
        let mut graph = Graph { states: 1, ..Graph::default() };
        let mut states: Vec<(u32, Memory)> = vec![(moves.first(), seen.nothing())];
        let mut before = vec![1.0];
        let mut ways_before = 0;
        let mut factors = Vec::new();
        for step in 0..program.clock.steps {
            let mut reached: Numbered<(u32, Vec<u64>)> = Numbered::default();
            let mut next: Vec<(u32, Memory)> = Vec::new();
            let statements: Vec<usize> = seen.statements(step).collect();
            let mut marks = vec![0.0; statements.len()];
            let mut ways: Vec<Way> = Vec::new();
            let remembers = seen.remembers(step);
            for (from, (core, memory)) in states.iter().enumerate() {
                if work.stop.load(Ordering::Relaxed) {
                    return Err(ExactError::Stopped);
                }
                let ends = moves.from(step, *core).map_err(|found| ExactError::TooMany {
                    what: "ways through one step",
                    found,
                    limit: MOST_BRANCHES,
                    date: program.clock.label(step),
                    values: Vec::new(),
                })?;
                for (end, probability) in ends.iter() {
                    let mut weight = *probability;
                    let arrival = moves.end(*end);
                    seen.factors(step, memory, &arrival.label, &mut factors);
                    for (mark, factor) in marks.iter_mut().zip(&factors) {
                        weight *= factor;
                        *mark += before[from] * weight;
                    }
                    if weight == 0.0 {
                        continue;
                    }
                    let memory = if remembers { seen.remember(step, memory, &arrival.label) } else { seen.nothing() };
                    let key = if remembers { packed(memory.iter().copied()) } else { Vec::new() };
                    let (to, is_new) = reached.of((arrival.core, key));
                    if is_new {
                        next.push((arrival.core, memory));
                    }
                    ways.push(Way { from: from as u32, to, end: *end, weight });
                }
                let ways_in_all = ways_before + ways.len() as u64;
                let states_in_all = graph.states + reached.len() as u64;
                let limits = work.limits;
                let too_many = |what, found, limit| {
                    let values = values(program, moves, &next);
                    ExactError::TooMany { what, found, limit, date: program.clock.label(step), values }
                };
                if states_in_all > limits.states {
                    return Err(too_many("states", states_in_all, limits.states));
                }
                if ways_in_all > limits.ways {
                    return Err(too_many("transitions", ways_in_all, limits.ways));
                }
            }
            graph.states += reached.len() as u64;
            ways_before += ways.len() as u64;
            let mark = |(statement, mass): (usize, f64)| Mark {
                step,
                statement,
                log_evidence: graph.log_evidence + libm::log(mass),
            };
            let marks: Vec<Mark> = statements.into_iter().zip(marks).map(mark).collect();
            graph.path.extend(marks);
            let mut after = vec![0.0; next.len()];
            ways.iter().for_each(|way| after[way.to as usize] += before[way.from as usize] * way.weight);
            let mass = after.iter().fold(0.0, |sum, mass| sum + mass);
            if mass <= 0.0 {
                graph.log_evidence = f64::NEG_INFINITY;
                return Ok(graph);
            }
            // Where nothing was seen the probabilities are 1 together, rounding aside.
            if seen.statements(step).next().is_some() {
                graph.log_evidence += libm::log(mass);
            }
            after.iter_mut().for_each(|probability| *probability /= mass);
            ways.iter_mut().for_each(|way| way.weight /= mass);
            graph.layers.push(Layer { before, ways, states: next.len() });
            (before, states) = (after, next);
            (work.step)();
        }
        Ok(graph)
    }
}

/// The quantities with the most values in some states.
fn values(program: &Program, moves: &Moves<'_>, states: &[(u32, Memory)]) -> Vec<(String, usize)> {
    let mut found: std::collections::BTreeMap<usize, std::collections::BTreeSet<u64>> = Default::default();
    for (core, _) in states {
        moves.quantities(*core).for_each(|(quantity, value)| {
            found.entry(quantity).or_default().insert(value);
        });
    }
    let mut counted: Vec<(String, usize)> =
        found.into_iter().map(|(quantity, values)| (program.quantities[quantity].name.clone(), values.len())).collect();
    counted.sort_by_key(|(_, values)| std::cmp::Reverse(*values));
    counted.truncate(3);
    counted.retain(|(_, values)| *values > 1);
    counted
}
