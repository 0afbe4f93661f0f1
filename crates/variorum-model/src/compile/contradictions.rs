//! Observations that cannot all be right, and those that are said twice.

use super::checks::allowed;
use crate::program::{Expr, Fact, Function, Observation, Program, QuantityKind};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What an observation speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Event(usize),
    Choice(usize),
    /// A ladder or a flag at the end of the step.
    Ladder(usize),
}

/// What is certain about a subject in a step: which of its outcomes are possible. Of an event these are no (0) and yes
/// (1), of a choice its options, of a ladder its levels.
type Outcomes = BTreeSet<usize>;

/// Compares what is certain, step by step. `places` are those of the observations.
pub fn contradictions(program: &Program, places: &[Span], diagnostics: &mut Vec<Diagnostic>) {
    let mut known = BTreeMap::<(u32, Subject), Vec<(Outcomes, usize, &Fact)>>::new();
    let mut together = BTreeMap::<(u32, usize), (usize, usize)>::new();
    let groups = program.exclusions.iter().enumerate();
    let exclusive: BTreeMap<usize, usize> =
        groups.flat_map(|(index, group)| group.events.iter().map(move |event| (*event, index))).collect();
    for (index, observation) in program.observations.iter().enumerate() {
        let Some((subject, outcomes)) = certain(program, observation) else { continue };
        let span = |index: usize| places.get(index).copied().unwrap_or_default();
        let earlier = known.entry((observation.from, subject)).or_default();
        if let Some((_, other, _)) = earlier.iter().find(|(others, ..)| others.is_disjoint(&outcomes)) {
            diagnostics.push(
                Diagnostic::new(Code::Contradictory, span(index), "these observations cannot both be right")
                    .label("seen so")
                    .also(span(*other), "and otherwise at the same time")
                    .help(
                        "delete the one that is wrong; if nobody knows which is, let who says so be able to err: `reported by SOURCE, hits 95%, false alarms 2%`",
                    ),
            );
        } else if let Some((_, other, _)) = earlier.iter().find(|(.., fact)| **fact == observation.fact) {
            let (path, first) = (&observation.name, program.observations.get(*other).map_or("", |seen| &seen.name));
            diagnostics.push(
                Diagnostic::new(Code::RepeatedObservation, span(index), format!("`{path}` says the same as `{first}`"))
                    .label("the second time")
                    .also(span(*other), "the first time")
                    .help("write it once, with `from` for each source"),
            );
        }
        // Of events that exclude each other one happens at most.
        if let Subject::Event(event) = subject
            && outcomes.contains(&1)
            && let Some(exclusion) = exclusive.get(&event).copied()
        {
            let (first, other) = *together.entry((observation.from, exclusion)).or_insert((event, index));
            if first != event {
                let name = |event: usize| program.events.get(event).map_or("", |event| event.name.as_str());
                let message = format!("`{}` and `{}` exclude each other in one step", name(first), name(event));
                diagnostics.push(
                    Diagnostic::new(Code::Contradictory, span(index), message)
                        .label("happened too?")
                        .also(span(other), "happened")
                        .help("move one of the dates, or let the events happen together: delete `excludes`"),
                );
            }
        }
        earlier.push((outcomes, index, &observation.fact));
    }
}

/// What an observation in one step makes certain; nothing if that is a report, a number, or more than can be seen at once.
fn certain(program: &Program, observation: &Observation) -> Option<(Subject, Outcomes)> {
    if observation.report.is_some() || observation.from != observation.to {
        return None;
    }
    match &observation.fact {
        Fact::Event { event } => Some((Subject::Event(*event), BTreeSet::from([1]))),
        Fact::Choice { choice, option } => Some((Subject::Choice(*choice), BTreeSet::from([*option]))),
        Fact::Condition(condition) => of_condition(program, condition),
        Fact::Number { .. } | Fact::Impossible { .. } => None,
    }
}

fn of_condition(program: &Program, condition: &Expr) -> Option<(Subject, Outcomes)> {
    match condition {
        Expr::Happened(event) => return Some((Subject::Event(*event), BTreeSet::from([1]))),
        Expr::Chosen { choice, option } => return Some((Subject::Choice(*choice), BTreeSet::from([*option]))),
        Expr::Apply(Function::Not, args) => {
            if let [Expr::Happened(event)] = args.as_slice() {
                return Some((Subject::Event(*event), BTreeSet::from([0])));
            }
        }
        _ => {}
    }
    // One ladder and nothing else is read.
    let mut ladders = BTreeSet::new();
    let mut is_simple = true;
    condition.visit(&mut |expr| match expr {
        Expr::Quantity(quantity) => {
            ladders.insert(*quantity);
        }
        Expr::Number(_) | Expr::Apply(..) => {}
        Expr::Param(_) | Expr::Formula(_) | Expr::Happened(_) | Expr::Chosen { .. } => is_simple = false,
    });
    let ladder = ladders.first().copied().filter(|_| is_simple && ladders.len() == 1)?;
    match &program.quantities.get(ladder)?.kind {
        QuantityKind::Ladder { levels } => Some((Subject::Ladder(ladder), allowed(condition, ladder, levels.len()))),
        QuantityKind::Stock { .. } => None,
    }
}
