//! What the observations and the other questions of a model say of a question, apart from any run: since when its condition
//! has been met, which question asks the same without a condition, and whose words on it are a number of the model.

use crate::influence::Influence;
use crate::origins::bears;
use crate::statements::StatementRow;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{Effect, EffectOp, Expr, Fact, Function, Given, Program, Question};

/// The day on which it was known that a condition had come true, as far as single observations tell: of what was reported with
/// possible errors none does, and of what nobody observed none either. A run tells whether the condition is met at all.
#[must_use]
pub fn met(program: &Program, given: &Given) -> Option<String> {
    let mut seen: Vec<_> =
        program.observations.iter().filter(|seen| seen.report.is_none() && seen.to <= given.to).collect();
    seen.sort_by_key(|seen| (seen.to, seen.known.to_string()));
    let mut state = BTreeMap::<usize, f64>::new();
    for observation in seen {
        match &observation.fact {
            Fact::Event { event } => {
                let effects = program.events.get(*event).map(|event| event.effects.as_slice());
                apply(effects.unwrap_or_default(), &mut state);
            }
            Fact::Choice { choice, option } => {
                let option = program.choices.get(*choice).and_then(|choice| choice.options.get(*option));
                apply(option.map(|option| option.effects.as_slice()).unwrap_or_default(), &mut state);
            }
            Fact::Condition(condition) if *condition == given.condition => {}
            _ => continue,
        }
        let is_it = matches!(&observation.fact, Fact::Condition(condition) if *condition == given.condition);
        let holds = is_it || value(&given.condition, &state, &observation.fact).is_some_and(|value| value != 0.0);
        if holds && observation.from >= given.from {
            return Some(observation.known.to_string());
        }
    }
    None
}

/// What is set to a fixed value; of what is changed otherwise the value is no longer known.
fn apply(effects: &[Effect], state: &mut BTreeMap<usize, f64>) {
    for effect in effects {
        match (effect.op, &effect.value) {
            (EffectOp::Set, Expr::Number(value)) => state.insert(effect.quantity, *value),
            _ => state.remove(&effect.quantity),
        };
    }
}

/// The value of a condition, where what is known settles it.
fn value(expr: &Expr, state: &BTreeMap<usize, f64>, fact: &Fact) -> Option<f64> {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    match expr {
        Expr::Number(number) => Some(*number),
        Expr::Quantity(quantity) => state.get(quantity).copied(),
        Expr::Happened(event) => matches!(fact, Fact::Event { event: seen } if seen == event).then_some(1.0),
        Expr::Chosen { choice, option } => {
            let is_it = matches!(fact, Fact::Choice { choice: c, option: o } if c == choice && o == option);
            is_it.then_some(1.0)
        }
        Expr::Apply(function, parts) => {
            let mut values = parts.iter().map(|part| value(part, state, fact));
            match function {
                Function::And | Function::AllOf => {
                    let all: Vec<Option<f64>> = values.collect();
                    if all.iter().flatten().any(|value| *value == 0.0) {
                        return Some(0.0);
                    }
                    all.iter().all(Option::is_some).then_some(1.0)
                }
                Function::Or | Function::AnyOf => {
                    let all: Vec<Option<f64>> = values.collect();
                    if all.iter().flatten().any(|value| *value != 0.0) {
                        return Some(1.0);
                    }
                    all.iter().all(Option::is_some).then_some(0.0)
                }
                Function::Not => Some(truth(values.next()?? == 0.0)),
                _ => {
                    let (a, b) = (values.next()??, values.next()??);
                    Some(truth(match function {
                        Function::Equal => a == b,
                        Function::NotEqual => a != b,
                        Function::Less => a < b,
                        Function::AtMost => a <= b,
                        Function::Greater => a > b,
                        Function::AtLeast => a >= b,
                        _ => return None,
                    }))
                }
            }
        }
        Expr::Param(_) | Expr::Formula(_) => None,
    }
}

/// The question that asks the same without a condition.
#[must_use]
pub fn without_condition<'p>(program: &'p Program, question: &Question) -> Option<&'p str> {
    question.given.as_ref()?;
    let found = program.questions.iter().find(|other| other.given.is_none() && other.query == question.query);
    found.map(|other| other.name.as_str())
}

/// Of these passages (source and anchors) those that a reading's answer to a question rests on as numbers: a statement on
/// which the answer can depend has its number from there. `rows` are the reading's statements.
#[must_use]
pub fn inputs(
    program: &Program,
    question: &Question,
    rows: &[StatementRow],
    passages: &[(&str, &[String])],
) -> BTreeSet<String> {
    let bearing = Influence::of(program).bearing(question);
    let numbers = rows.iter().filter(|row| !row.off && row.origin != "none");
    let behind: Vec<&str> = numbers
        .filter(|row| row.paths.iter().any(|path| bears(&bearing, path)))
        .map(|row| row.origin_text.as_str())
        .collect();
    let is_input = |(source, anchors): &&(&str, &[String])| {
        let cited = anchors.iter().map(|anchor| format!("from {source}:{anchor}"));
        cited.into_iter().any(|cited| behind.iter().any(|text| text.split("; ").any(|part| part == cited)))
    };
    passages.iter().filter(is_input).map(|(source, _)| (*source).to_owned()).collect()
}
