//! The generated models exercise the whole language, and things happen in them.

use super::agreement::manner;
use super::generate::generate;
use super::harness::{Sample, chunks, loaded, programs};
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{EventRule, Expr, Occasion, Program, QuantityKind, Query, Rule};

/// What a program contains, in words: kinds of choices, laws, functions and so on.
fn contents(program: &Program) -> Vec<String> {
    let mut list = Vec::new();
    for choice in &program.choices {
        let occasion = match &choice.occasion {
            Occasion::Considered(_) => "considered",
            Occasion::Hazards => "hazards",
            Occasion::Steps(steps) if steps.len() > 1 => "every",
            Occasion::Steps(_) => "on a date",
            Occasion::After { option: Some(option), choice: trigger } => {
                let trigger = &program.choices[*trigger];
                let of_reply = matches!(trigger.occasion, Occasion::After { .. });
                match (*option == trigger.default, of_reply) {
                    (true, _) => "reply to a default",
                    (false, true) => "reply to a reply",
                    (false, false) => "reply",
                }
            }
            Occasion::After { option: None, .. } => "reply to anything",
        };
        let rule = match choice.rule {
            Rule::Utility => "by utility",
            Rule::Probabilities => "elicited",
            Rule::Hazards => "by hazards",
        };
        let when = if choice.when.is_some() { " when" } else { "" };
        list.push(format!("choice {occasion} {rule}{when}"));
        list.extend(
            choice.options.iter().flat_map(|option| &option.effects).map(|effect| format!("{:?} by choice", effect.op)),
        );
    }
    for event in &program.events {
        list.push(match event.rule {
            EventRule::Hazard(_) => "event with a hazard".to_owned(),
            EventRule::Dated { .. } => "event with a date".to_owned(),
        });
        list.extend(event.effects.iter().map(|effect| format!("{:?} by event", effect.op)));
    }
    list.extend(program.exclusions.iter().map(|_| "exclusion".to_owned()));
    for flow in &program.flows {
        list.push(if flow.noise.is_some() { "flow with noise" } else { "flow" }.to_owned());
    }
    for actor in program.actors.iter().filter(|actor| actor.precision.is_some()) {
        list.push(actor.foresight.map_or("foresight all".to_owned(), |foresight| format!("foresight {foresight}")));
        list.push(if actor.horizon == 0.0 { "horizon 0" } else { "horizon" }.to_owned());
        list.push(format!("{} terms of utility", actor.utility.len()));
    }
    for question in &program.questions {
        list.push(match question.query {
            Query::Ever { from, to, .. } if from == to => "question at".to_owned(),
            Query::Ever { from: 0, .. } => "question by".to_owned(),
            Query::Ever { .. } => "question from to".to_owned(),
            Query::Value { .. } => "question of a value".to_owned(),
        });
    }
    for param in &program.params {
        let law = format!("{:?}", param.law);
        let law = law.split(['(', ' ']).next().unwrap_or_default().to_owned();
        let shapes = ["Identity", "Logit", "Log"].into_iter();
        let shape = shapes.filter(|_| law == "Interval").find(|shape| format!("{:?}", param.law).contains(shape));
        let bounds = if param.clip {
            "clipped"
        } else if param.low.is_some() || param.high.is_some() {
            "bounded"
        } else {
            "free"
        };
        let within = if param.within.is_some() { " within" } else { "" };
        list.push(format!("{law} {}{bounds}{within}", shape.map_or(String::new(), |shape| format!("{shape} "))));
    }
    for quantity in &program.quantities {
        list.push(match &quantity.kind {
            QuantityKind::Stock { low, high } => format!("stock {} {}", low.is_some(), high.is_some()),
            QuantityKind::Ladder { levels } => format!("ladder of {}", levels.len()),
        });
    }
    for expr in program.clone().expressions_mut() {
        expr.visit(&mut |expr| match expr {
            Expr::Apply(function, _) => list.push(format!("{function:?}")),
            Expr::Happened(_) => list.push("Happened".to_owned()),
            Expr::Chosen { .. } => list.push("Chosen".to_owned()),
            Expr::Formula(_) => list.push("Formula".to_owned()),
            _ => {}
        });
    }
    list
}

/// How many kinds of steps there are, by what is due in them.
fn kinds_of_steps(program: &Program) -> usize {
    let due = |step: u32| {
        let choices = program.choices.iter().map(|choice| match &choice.occasion {
            Occasion::Steps(steps) => steps.contains(&step),
            _ => false,
        });
        let events =
            program.events.iter().map(|event| matches!(event.rule, EventRule::Dated { step: at, .. } if at == step));
        choices.chain(events).collect::<Vec<bool>>()
    };
    (0..program.clock.steps).map(due).collect::<BTreeSet<_>>().len()
}

/// What has to be there, each in several models.
const WANTED: &[&str] = &[
    "choice considered by utility",
    "choice considered elicited",
    "choice considered by utility when",
    "choice hazards by hazards",
    "choice hazards by hazards when",
    "choice every by utility",
    "choice every elicited",
    "choice on a date by utility",
    "choice on a date elicited",
    "choice reply by utility",
    "choice reply elicited when",
    "choice reply to a default by utility",
    "choice reply to a reply by utility",
    "choice reply to a reply elicited",
    "choice reply to anything by utility",
    "choice reply to anything elicited",
    "Set by choice",
    "Add by choice",
    "Subtract by choice",
    "Multiply by choice",
    "NextLevel by choice",
    "PreviousLevel by choice",
    "event with a hazard",
    "event with a date",
    "Set by event",
    "Add by event",
    "Subtract by event",
    "Multiply by event",
    "NextLevel by event",
    "PreviousLevel by event",
    "exclusion",
    "flow",
    "flow with noise",
    "foresight all",
    "foresight 0",
    "foresight 1",
    "foresight 2",
    "horizon 0",
    "horizon",
    "3 terms of utility",
    "question at",
    "question by",
    "question from to",
    "question of a value",
    "Point free",
    "Interval Identity free",
    "Interval Identity bounded",
    "Interval Log free",
    "Interval Log bounded",
    "Interval Logit bounded",
    "Interval Logit clipped",
    "Interval Logit bounded within",
    "Uniform free",
    "Uniform bounded",
    "Normal free",
    "Normal bounded",
    "Normal clipped",
    "LogNormal bounded",
    "LogNormal free",
    "Beta bounded",
    "Beta bounded within",
    "Gamma free",
    "Gamma bounded",
    "Triangular free",
    "Triangular bounded",
    "stock true true",
    "stock true false",
    "stock false false",
    "ladder of 2",
    "ladder of 3",
    "ladder of 5",
    "Add",
    "Subtract",
    "Multiply",
    "Divide",
    "Power",
    "Negate",
    "Equal",
    "NotEqual",
    "Less",
    "AtMost",
    "Greater",
    "AtLeast",
    "And",
    "Or",
    "Not",
    "If",
    "Lookup",
    "Exp",
    "Ln",
    "Sqrt",
    "Abs",
    "Min",
    "Max",
    "Clip",
    "HazardWithin",
    "Happened",
    "Chosen",
    "Formula",
];

#[test]
fn everything_is_exercised_and_something_happens() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let (mut readings, mut split, mut varied, mut asked) = (0, 0, 0, 0);
    for seed in 0..500 {
        let loaded = loaded(&generate(seed, manner(seed)).text());
        for program in programs(&loaded).unwrap() {
            readings += 1;
            let mut contents = contents(&program);
            contents.sort();
            contents.dedup();
            contents.into_iter().for_each(|what| *counts.entry(what).or_insert(0) += 1);
            split += u32::from(kinds_of_steps(&program) > 16);
            let sample = Sample { seed, draws: 0..4, per_draw: 8 };
            for chunk in chunks(&program, &sample, 32, 1).unwrap() {
                for (question, values) in chunk.values.iter().enumerate() {
                    let sums: Vec<f64> = (0..8).map(|half| chunk.sum(half / 2, half % 2, question)).collect();
                    let differs =
                        |numbers: &[f64]| numbers.iter().any(|number| number.to_bits() != numbers[0].to_bits());
                    asked += 1;
                    varied += u32::from(if values.is_empty() { differs(&sums) } else { differs(values) });
                }
            }
        }
    }
    let missing: Vec<&&str> = WANTED.iter().filter(|what| counts.get(**what).is_none_or(|count| *count < 5)).collect();
    assert!(missing.is_empty(), "seen in fewer than 5 programs: {missing:?}\n{counts:#?}");
    assert!(readings > 800, "only {readings} readings");
    assert!(split > 3, "only {split} programs have more kinds of steps than a plan writes out whole");
    // A question whose answer never varies tests little; among 32 trajectories rare things do not show.
    assert!(varied * 3 > asked, "only {varied} of {asked} answers vary");
}
