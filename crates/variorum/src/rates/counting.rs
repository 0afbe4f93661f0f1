//! Programs that count what happens in them.
//!
//! A counter is a stock. Of an event it is moved by a second event, certain in the step in which the first could be drawn, and
//! by an effect of the event itself; of an option by an event that is certain in the step in which the choice came out so.
//! Events read the state after the choices, so what is counted of them is what they were drawn by. A choice at a rate reads
//! the state in which it comes up: a choice that is certain, right before it, counts the time in which it could be made.
//! Nothing reads the counters, and random numbers have keys of their own, so that all else happens as it would.

use super::Per;
use variorum_model::program::{
    Choice, ChoiceOption, Effect, EffectOp, Event, EventRule, Expr, Function, Key, Occasion, Program, Quantity,
    QuantityKind, Query, Question, Rule,
};

/// A hazard per month by which something is certain in a step of any length: exp(-1e9 / 100) is 0.
const CERTAIN: f64 = 1e9;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Event(usize),
    Option { choice: usize, option: usize },
}

/// Something that can happen.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) per: Per,
    /// Its hazard, chance, or probability; none of an option that is chosen by utility.
    pub(super) numbers: Option<Expr>,
    /// Of a choice, how often it is considered.
    pub(super) considered: Option<Expr>,
    /// The paths of its statement, the closest first.
    pub(super) paths: Vec<String>,
    what: What,
}

/// All events, and all options that are not the default of their choice.
pub(super) fn counted(program: &Program) -> Vec<Counted> {
    let events = program.events.iter().enumerate().map(|(index, event)| {
        let (number, per) = match &event.rule {
            EventRule::Hazard(hazard) => (hazard, Per::Year),
            EventRule::Dated { chance, .. } => (chance, Per::Occasion),
        };
        Counted {
            name: format!("event {}", event.name),
            title: event.title.clone(),
            per,
            numbers: Some(number.clone()),
            considered: None,
            paths: vec![event.name.clone()],
            what: What::Event(index),
        }
    });
    let options = program.choices.iter().enumerate().flat_map(|(index, choice)| {
        let options = choice.options.iter().enumerate().filter(|(option, _)| *option != choice.default);
        options.map(move |(option, of)| Counted {
            name: format!("choice {} = {}", choice.name, of.name),
            title: format!("{}: {}", choice.title, of.title),
            per: if is_at_rate(choice) { Per::Year } else { Per::Occasion },
            numbers: of.weight.clone(),
            considered: match &choice.occasion {
                Occasion::Considered(rate) => Some(rate.clone()),
                _ => None,
            },
            paths: vec![format!("{}.{}", choice.name, of.name), choice.name.clone()],
            what: What::Option { choice: index, option },
        })
    });
    events.chain(options).collect()
}

/// Whether a choice is made at any time, at a rate, and not on occasions.
fn is_at_rate(choice: &Choice) -> bool {
    matches!(choice.occasion, Occasion::Considered(_) | Occasion::Hazards)
}

/// The program with nothing seen that answers, for each of these in turn, how often it happened by the end, and in how many
/// years it could, or on how many occasions.
pub(super) fn counting(program: &Program, list: &[Counted]) -> Program {
    let clock = program.clock;
    let mut counting =
        Counting { program: Program { questions: Vec::new(), ..program.unobserved() }, before: Vec::new() };
    let (step, last) = (clock.step() / 12.0, clock.steps.saturating_sub(1));
    for counted in list {
        let times = counting.stock(format!("times {}", counted.name));
        let exposure = counting.stock(format!("exposure {}", counted.name));
        let could = format!("could {}", counted.name);
        match counted.what {
            What::Event(index) => {
                let Some(event) = counting.program.events.get_mut(index) else { continue };
                event.effects.push(add(times, 1.0));
                let (when, rule) = (event.when.clone(), event.rule.clone());
                match rule {
                    EventRule::Hazard(hazard) => {
                        let may = Expr::Apply(Function::Greater, vec![hazard, Expr::Number(0.0)]);
                        let when = when.into_iter().fold(may, |may, when| Expr::Apply(Function::And, vec![when, may]));
                        counting.event(
                            could,
                            Some(when),
                            EventRule::Hazard(Expr::Number(CERTAIN)),
                            add(exposure, step),
                        );
                    }
                    EventRule::Dated { step, .. } => {
                        let rule = EventRule::Dated { step, chance: Expr::Number(1.0) };
                        counting.event(could, when, rule, add(exposure, 1.0));
                    }
                }
            }
            What::Option { choice, option } => {
                let certain = || EventRule::Hazard(Expr::Number(CERTAIN));
                let chosen = Expr::Chosen { choice, option };
                counting.event(format!("count {}", counted.name), Some(chosen), certain(), add(times, 1.0));
                let Some(made) = counting.program.choices.get(choice) else { continue };
                if is_at_rate(made) {
                    let before = considered(made, &could, add(exposure, step));
                    counting.before.push((choice, before));
                } else {
                    // On an occasion something comes out, be it the default.
                    let any = (0..made.options.len()).map(|option| Expr::Chosen { choice, option }).collect();
                    let any = Expr::Apply(Function::AnyOf, any);
                    counting.event(could, Some(any), certain(), add(exposure, 1.0));
                }
            }
        }
        for (name, stock) in [("times", times), ("exposure", exposure)] {
            let query = Query::Value { value: Expr::Quantity(stock), at: last, scale: 1.0, unit: String::new() };
            let name = format!("{name} {}", counted.name);
            counting.program.questions.push(Question { text: name.clone(), name, query, given: None });
        }
    }
    counting.finish()
}

fn add(quantity: usize, value: f64) -> Effect {
    Effect { quantity, op: EffectOp::Add, value: Expr::Number(value) }
}

/// What is made right before a choice whenever it comes up.
fn considered(choice: &Choice, name: &str, effect: Effect) -> Choice {
    let option = |name: &str, weight: Option<Expr>, effects: Vec<Effect>| ChoiceOption {
        name: name.to_owned(),
        title: name.to_owned(),
        weight,
        effects,
    };
    Choice {
        name: name.to_owned(),
        key: Key::of(name),
        title: name.to_owned(),
        actor: choice.actor,
        occasion: Occasion::Hazards,
        when: choice.when.clone(),
        rule: Rule::Hazards,
        options: vec![option("no", None, Vec::new()), option("yes", Some(Expr::Number(CERTAIN)), vec![effect])],
        default: 0,
    }
}

/// A program in the making.
struct Counting {
    program: Program,
    /// Choices to be made before others, by the index of the other.
    before: Vec<(usize, Choice)>,
}

impl Counting {
    fn stock(&mut self, name: String) -> usize {
        let kind = QuantityKind::Stock { low: None, high: None };
        self.program.quantities.push(Quantity { name, kind, start: Expr::Number(0.0) });
        self.program.quantities.len() - 1
    }

    fn event(&mut self, name: String, when: Option<Expr>, rule: EventRule, effect: Effect) {
        let key = Key::of(&name);
        self.program.events.push(Event { title: name.clone(), name, key, when, rule, effects: vec![effect] });
    }

    /// Puts the choices in, and lets everything that names a choice name it still.
    fn finish(self) -> Program {
        let Counting { mut program, before } = self;
        let mut place = Vec::with_capacity(program.choices.len());
        let mut choices = Vec::with_capacity(program.choices.len() + before.len());
        for (index, choice) in std::mem::take(&mut program.choices).into_iter().enumerate() {
            choices.extend(before.iter().filter(|(of, _)| *of == index).map(|(_, choice)| choice.clone()));
            place.push(choices.len());
            choices.push(choice);
        }
        let moved = |choice: usize| place.get(choice).copied().unwrap_or(choice);
        for made in &mut choices {
            if let Occasion::After { choice, .. } = &mut made.occasion {
                *choice = moved(*choice);
            }
        }
        program.choices = choices;
        for expr in program.expressions_mut() {
            expr.visit_mut(&mut |expr| {
                if let Expr::Chosen { choice, .. } = expr {
                    *choice = moved(*choice);
                }
            });
        }
        program
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Run, Unwatched};
    use crate::runs::{Column, Runs};
    use std::collections::BTreeMap;

    const MODEL: &str = "model \"Counted\"\n\
        time monthly from 2025-01 to 2026-12\n\
        actor N\n\
        actor S\n\
        stock tension in 0 .. 9 = 1\n\
        flag gone = no\n\
        event clash \"C\" when tension > 0 hazard 0.2 .. 2 per year * tension then tension += 1 assumed \"a test\"\n\
        event thaw \"T\" when tension > 0 hazard 1 per year excludes clash then tension -= 1 assumed \"a test\"\n\
        choice leave by N \"L\" considered 3 per year when not gone assumed \"a test\"\n  option stay default\n  \
        option go then gone = yes, tension += 1\n\
        choice answer by S \"A\" after leave = go assumed \"a test\"\n  option calm default\n  \
        option fierce then tension += 1\n\
        event echo \"E\" when answer = fierce hazard 6 per year then tension += 2 assumed \"a test\"\n\
        utility N = tension assumed \"a test\"\n\
        utility S = -tension assumed \"a test\"\n\
        precision N, S = 1 assumed \"a test\"\n\
        question tension \"Q\" = value tension at 2026-12\n";

    #[test]
    fn who_counts_changes_nothing() {
        let files = BTreeMap::from([("m.vor".to_owned(), MODEL.to_owned())]);
        let loaded = crate::load("m.vor", &files).unwrap();
        let model = crate::checked(&loaded);
        let messages: Vec<&str> = model.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert!(!model.has_errors(), "{messages:?}");
        let program = model.readings[0].program.clone().unwrap();
        let list = counted(&program);
        let names: Vec<&str> = list.iter().map(|counted| counted.name.as_str()).collect();
        let expected = ["event clash", "event thaw", "event echo", "choice leave = go", "choice answer = fierce"];
        assert_eq!(names, expected);
        let mut counting = counting(&program, &list);
        let place = counting.questions.len();
        assert_eq!(place, 2 * list.len());
        counting.questions.extend(program.questions.iter().cloned());
        let run = Run { draws: 64, per_draw: 16, ..Run::default() };
        let mut columns = vec![vec![(0, Column::new(false))], vec![(place, Column::new(false))]];
        Runs::new(&[program, counting], 1)
            .unwrap()
            .extend(&run, 0..64, &Unwatched::default(), &mut |_| {}, &mut columns)
            .unwrap();
        let bits: Vec<u64> = columns.iter().flatten().map(|(_, column)| column.whole().to_bits()).collect();
        assert!(columns[0][0].1.error() > 0.0);
        assert_eq!(bits[0], bits[1]);
    }
}
