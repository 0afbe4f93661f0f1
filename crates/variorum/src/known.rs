//! What the observations and the other questions of a model say of a question, apart from any run: since when its condition
//! has been met, which question asks the same without a condition, whose words on it are a number of the model, why what was
//! observed need not settle it, and how much of its window has gone by.

use crate::answers::{Answer, Probability};
use crate::confidence::probability;
use crate::influence::Influence;
use crate::origins::bears;
use crate::reach::Reach;
use crate::statements::StatementRow;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{Effect, EffectOp, Expr, Fact, Function, Given, Program, Query, Question};

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

/// Why what was observed need not settle a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsettled {
    /// No observation speaks of what it asks for.
    NotObserved,
    /// All that do are reports, each of which can err: who reports, and when that was known.
    Reported(Vec<(String, String)>),
    /// What is certain of them leaves it open.
    Open,
}

/// What a condition speaks of.
#[derive(Debug, Default)]
struct Spoken {
    quantities: BTreeSet<usize>,
    events: BTreeSet<usize>,
    choices: BTreeSet<usize>,
}

impl Spoken {
    fn hear(&mut self, program: &Program, expr: &Expr) {
        match expr {
            Expr::Number(_) | Expr::Param(_) => {}
            Expr::Quantity(quantity) => {
                self.quantities.insert(*quantity);
            }
            Expr::Happened(event) => {
                self.events.insert(*event);
            }
            Expr::Chosen { choice, .. } => {
                self.choices.insert(*choice);
            }
            Expr::Formula(formula) => {
                if let Some(formula) = program.formulas.get(*formula) {
                    self.hear(program, &formula.value);
                }
            }
            Expr::Apply(_, parts) => parts.iter().for_each(|part| self.hear(program, part)),
        }
    }

    /// Of a condition, with the events and choices that change what it speaks of.
    fn of(program: &Program, condition: &Expr) -> Spoken {
        let mut spoken = Spoken::default();
        spoken.hear(program, condition);
        let changes = |effects: &[Effect]| effects.iter().any(|effect| spoken.quantities.contains(&effect.quantity));
        let events = program.events.iter().enumerate().filter(|(_, event)| changes(&event.effects));
        let events: Vec<usize> = events.map(|(place, _)| place).collect();
        let choices = program.choices.iter().enumerate();
        let choices = choices.filter(|(_, choice)| choice.options.iter().any(|option| changes(&option.effects)));
        let choices: Vec<usize> = choices.map(|(place, _)| place).collect();
        spoken.events.extend(events);
        spoken.choices.extend(choices);
        spoken
    }

    fn meets(&self, program: &Program, fact: &Fact) -> bool {
        match fact {
            Fact::Event { event } => self.events.contains(event),
            Fact::Choice { choice, .. } => self.choices.contains(choice),
            Fact::Condition(expr) | Fact::Number { value: expr, .. } => {
                let mut other = Spoken::default();
                other.hear(program, expr);
                !self.quantities.is_disjoint(&other.quantities)
                    || !self.events.is_disjoint(&other.events)
                    || !self.choices.is_disjoint(&other.choices)
            }
            Fact::Impossible { .. } => false,
        }
    }
}

/// Why what was observed need not settle a question of yes or no, as far as its statements tell; whether it does, a run shows.
/// None of a question for a number.
#[must_use]
pub fn unsettled(program: &Program, question: &Question) -> Option<Unsettled> {
    let (Query::Ever { condition, to, .. } | Query::First { condition, to, .. }) = &question.query else { return None };
    let spoken = Spoken::of(program, condition);
    let seen = program.observations.iter().filter(|seen| seen.from <= *to && spoken.meets(program, &seen.fact));
    let (mut reports, mut certain) = (Vec::new(), false);
    for seen in seen {
        match &seen.report {
            Some(report) => reports.push((report.source.clone(), seen.known.to_string())),
            None => certain = true,
        }
    }
    certain |= program.records.iter().any(|record| {
        record.events.iter().any(|event| spoken.events.contains(event))
            || record.choices.iter().any(|choice| spoken.choices.contains(choice))
    });
    Some(match (certain, reports.is_empty()) {
        (true, _) => Unsettled::Open,
        (false, true) => Unsettled::NotObserved,
        (false, false) => Unsettled::Reported(reports),
    })
}

/// What can bring a quantity to a level or above it, as people are shown it: the events and options with such an effect that
/// can come about.
#[must_use]
pub fn setters(program: &Program, reach: &Reach<'_>, quantity: usize, level: f64) -> Vec<String> {
    let sets = |effects: &[Effect]| {
        effects.iter().filter(|effect| effect.quantity == quantity).any(|effect| match (effect.op, &effect.value) {
            (EffectOp::PreviousLevel, _) => false,
            (EffectOp::Set, Expr::Number(value)) => *value >= level,
            _ => true,
        })
    };
    let events = program.events.iter().enumerate();
    let events = events.filter(|(place, event)| reach.can_happen(*place) && sets(&event.effects));
    let mut titles: Vec<String> = events
        .map(|(_, event)| if event.title.is_empty() { event.name.clone() } else { event.title.clone() })
        .collect();
    for (place, choice) in program.choices.iter().enumerate() {
        let options = choice.options.iter().enumerate();
        let options = options.filter(|(option, of)| reach.can_come_out(place, *option) && sets(&of.effects));
        titles.extend(options.map(|(_, option)| format!("{}: {}", choice.title, option.title)));
    }
    titles
}

/// The part of a question's window that has gone by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gone {
    /// Months of the window that lie before the end of what was seen.
    pub months: f64,
    /// Of so many.
    pub of: f64,
    /// The last step of which anything was seen.
    pub to: String,
    /// How likely it has come about by then, after what was seen.
    pub by_then: f64,
    /// If it has not: what the answer before anything was seen becomes by that alone, with nothing learned besides.
    pub alone: Option<f64>,
}

/// How much of a question's window has gone by, and what that alone makes of the answer: of a yes with the probability F(t)
/// by the end of step t, F(end) becomes (F(end) - F(t)) / (1 - F(t)) if there was none by then. None of a question with a
/// condition.
#[must_use]
pub fn gone(program: &Program, question: &Question, before: &Answer, after: &Answer) -> Option<Gone> {
    if question.given.is_some() {
        return None;
    }
    let (Query::Ever { from, to, .. } | Query::First { from, to, .. }) = question.query else { return None };
    let observed = program.observations.iter().map(|seen| seen.to);
    let last = observed.chain(program.records.iter().map(|record| record.to)).max()?.min(to);
    if from >= to || last < from {
        return None;
    }
    let date = program.clock.label(last);
    let [before, after] = [probability(before)?, probability(after)?];
    let by = |of: &Probability| {
        let point = of.curve.iter().take_while(|point| point.date <= date).last();
        point.map_or(0.0, |point| point.probability)
    };
    let (was, is) = (by(before), by(after));
    let months = |steps: u32| f64::from(steps) * program.clock.step();
    Some(Gone {
        months: months(last - from + 1),
        of: months(to - from + 1),
        alone: (is == 0.0 && was < 1.0).then(|| (before.probability - was) / (1.0 - was)),
        by_then: is,
        to: date,
    })
}
