//! Why a reading cannot have what was seen: a proof from its structure, as against a sample in which it did not come about.

use crate::reach::Reach;
use schemars::JsonSchema;
use serde::Serialize;
use variorum_model::program::{Expr, Fact, Program};

/// An observation that a reading forbids, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Forbidden {
    /// The observation: `observe 2024-10 take = accept`.
    pub observation: String,
    /// The statement that forbids it, or that is missing: `event attack`.
    pub statement: String,
    /// Why.
    pub reason: String,
}

/// The first observation that cannot be in this program, if the structure shows one.
#[must_use]
pub fn forbidden(program: &Program) -> Option<Forbidden> {
    let reach = Reach::of(program);
    program.observations.iter().find_map(|seen| {
        // What is reported may be false, unless there are no false alarms.
        if seen.report.as_ref().is_some_and(|report| report.false_alarms != Expr::Number(0.0)) {
            return None;
        }
        let (statement, reason) = match &seen.fact {
            Fact::Impossible { statement } => (statement.clone(), format!("this reading has no {statement}")),
            Fact::Event { event } if !reach.can_happen(*event) => {
                let name = format!("event {}", program.events.get(*event)?.name);
                let reason = "its condition cannot hold, or it has no chance".to_owned();
                (name, reason)
            }
            Fact::Choice { choice, option } if !reach.can_come_out(*choice, *option) => {
                let choice = program.choices.get(*choice)?;
                let option = &choice.options.get(*option)?.name;
                (format!("choice {}", choice.name), format!("it cannot come out as {option}"))
            }
            Fact::Condition(condition) => {
                let (_, reason) = reach.of_condition(condition).filter(|(outcome, _)| !outcome)?;
                (seen.name.clone(), reason)
            }
            _ => return None,
        };
        Some(Forbidden { observation: seen.name.clone(), statement, reason })
    })
}
