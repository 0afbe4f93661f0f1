//! What the ways through all states say to a question: one pass forward, and one backward for all that is seen later.

use std::collections::BTreeMap;

use variorum_model::program::{Given, Program, Query};

use crate::graph::Graph;
use crate::moves::Moves;
use crate::watched::{Asked, bits};

/// What the ways say to one question, with given parameters and given all that was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// The probability that what is given comes true.
    pub(crate) given: f64,
    /// The probability that it does and something first holds in a step.
    pub(crate) first: BTreeMap<u32, f64>,
    /// The probability that it does and the same holds at the end of no step of the window.
    pub(crate) never: f64,
    /// The probability that what is given comes true and the number has a value (by its bits).
    pub(crate) values: BTreeMap<u64, f64>,
}

/// A condition and the place where it is read.
type Condition<'a> = (&'a Given, usize);

/// For each step, for each state at its beginning, and after the last: a probability of what comes from there on.
type Later = Vec<Vec<f64>>;

/// Asks all questions.
pub(crate) fn ask(program: &Program, graph: &Graph, moves: &Moves<'_>, asked: &[Asked]) -> Vec<Said> {
    let seen = later(graph, moves, None, &Vec::new());
    let questions = program.questions.iter().zip(asked).map(|(question, places)| {
        let given = question.given.as_ref().zip(places.given);
        let come = given.map(|given| later(graph, moves, Some(given), &seen));
        one(graph, moves, &question.query, places.asked, given, (&seen, come.as_ref()))
    });
    questions.collect()
}

/// Whether a condition that is given holds at the end of a step within its window.
fn comes_true(given: Option<Condition<'_>>, step: u32, label: &[u64]) -> bool {
    given.is_some_and(|(given, place)| given.from <= step && step <= given.to && label[place] != 0)
}

/// The pass backward: of all that is seen later, over what all ways make of it; with a condition only of the ways in which
/// it comes true, `seen` being the same without it.
fn later(graph: &Graph, moves: &Moves<'_>, given: Option<Condition<'_>>, seen: &Later) -> Later {
    let last = graph.layers.last().map_or(1, |layer| layer.states);
    let mut all = vec![vec![if given.is_some() { 0.0 } else { 1.0 }; last]];
    for (step, layer) in graph.layers.iter().enumerate().rev() {
        let after = &all[all.len() - 1];
        let mut before = vec![0.0; layer.before.len()];
        for way in &layer.ways {
            let is_true = comes_true(given, step as u32, &moves.end(way.end).label);
            let rest = if is_true { &seen[step + 1] } else { after };
            before[way.from as usize] += way.weight * rest[way.to as usize];
        }
        all.push(before);
    }
    all.reverse();
    all
}

fn one(
    graph: &Graph,
    moves: &Moves<'_>,
    query: &Query,
    asked: usize,
    given: Option<Condition<'_>>,
    (seen, come): (&Later, Option<&Later>),
) -> Said {
    let mut said = Said { given: come.map_or(1.0, |come| come[0][0]), ..Said::default() };
    let (from, to) = match query {
        Query::Ever { from, to, .. } | Query::First { from, to, .. } => (*from, *to),
        Query::Value { at, .. } => (*at, *at),
    };
    // Until then nothing has been answered, and nothing has come true.
    let begin = given.map_or(from, |(given, _)| std::cmp::min(from, given.from));
    let Some(first) = graph.layers.get(begin as usize) else { return said };
    // The probabilities of states that have not answered yet, before and after the condition came true.
    let mut open = [first.before.clone(), vec![0.0; first.before.len()]];
    for step in begin..=to {
        let Some(layer) = graph.layers.get(step as usize) else { break };
        let mut next = [vec![0.0; layer.states], vec![0.0; layer.states]];
        for way in &layer.ways {
            let label = &moves.end(way.end).label;
            let is_true = comes_true(given, step, label);
            for (before, masses) in open.iter().enumerate() {
                let mass = masses[way.from as usize] * way.weight;
                if mass == 0.0 {
                    continue;
                }
                let so_far = before == 1 || is_true;
                let later = if so_far { seen } else { come.unwrap_or(seen) };
                let rest = later[step as usize + 1][way.to as usize];
                match query {
                    Query::Value { scale, .. } if step == to => {
                        let value = f64::from_bits(label[asked]) / scale;
                        *said.values.entry(bits(value)).or_insert(0.0) += mass * rest;
                    }
                    Query::Ever { .. } | Query::First { .. } if from <= step && label[asked] != 0 => {
                        *said.first.entry(step).or_insert(0.0) += mass * rest;
                    }
                    _ => next[usize::from(so_far)][way.to as usize] += mass,
                }
            }
        }
        open = next;
    }
    let after = to as usize + 1;
    for (before, masses) in open.iter().enumerate() {
        let later = if before == 1 { seen } else { come.unwrap_or(seen) };
        said.never += masses.iter().zip(&later[after]).fold(0.0, |sum, (mass, rest)| sum + mass * rest);
    }
    said
}
