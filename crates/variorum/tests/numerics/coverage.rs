//! The generated models exercise the whole language, and things happen in them.

use super::agreement::manner;
use super::generate::generate;
use super::harness::{Sample, chunks, loaded, played, programs};
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{EventRule, Expr, Function, Occasion, Program, QuantityKind, Query, Rule};

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
                    _ if matches!(trigger.occasion, Occasion::AfterEvent { .. }) => "reply to a reply to an event",
                    (false, true) => "reply to a reply",
                    (false, false) => "reply",
                }
            }
            Occasion::After { option: None, .. } => "reply to anything",
            Occasion::AfterEvent { .. } => "reply to an event",
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
        let kind = match question.query {
            Query::Ever { from, to, .. } if from == to => "question at",
            Query::Ever { from: 0, .. } => "question by",
            Query::Ever { .. } => "question from to",
            Query::First { .. } => "question of a first date",
            Query::Value { .. } => "question of a value",
        };
        let given = question.given.as_ref().map_or("", |_| " given");
        list.push(format!("{kind}{given}"));
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
    for copula in &program.copulas {
        list.push(format!("copula of {}", copula.params.len()));
    }
    for intervention in &program.interventions {
        let kind = match &program.quantities[intervention.quantity].kind {
            QuantityKind::Stock { .. } => "stock",
            QuantityKind::Ladder { levels } if levels.len() == 2 => "flag",
            QuantityKind::Ladder { .. } => "ladder",
        };
        list.push(format!("{kind} {}", if intervention.until.is_some() { "held" } else { "set" }));
    }
    let named = [
        ("parameter", program.params.iter().map(|param| &param.name).collect::<Vec<_>>()),
        ("event", program.events.iter().map(|event| &event.name).collect()),
        ("choice", program.choices.iter().map(|choice| &choice.name).collect()),
        ("flow", program.flows.iter().map(|flow| &flow.path).collect()),
        ("utility", program.actors.iter().flat_map(|actor| &actor.utility).map(|term| &term.path).collect()),
        ("exclusion", program.exclusions.iter().map(|exclusion| &exclusion.name).collect()),
    ];
    for (what, names) in named {
        for name in names.into_iter().filter(|name| name.contains('[')) {
            let of = if name.contains(", ") { "a pair" } else { "one" };
            list.push(format!("{what} of {of}"));
        }
    }
    for param in program.params.iter().filter(|param| param.draw != param.name) {
        let others = program.params.iter().filter(|other| other.draw == param.draw).count();
        list.push(if others > 1 { "words of a shared reader" } else { "words" }.to_owned());
    }
    for quantity in &program.quantities {
        list.push(match &quantity.kind {
            QuantityKind::Stock { low, high } => format!("stock {} {}", low.is_some(), high.is_some()),
            QuantityKind::Ladder { levels } => format!("ladder of {}", levels.len()),
        });
    }
    for term in program.actors.iter().flat_map(|actor| &actor.utility) {
        term.value.visit(&mut |expr| {
            let Expr::Apply(Function::If, arguments) = expr else { return list.extend(risk(expr).map(str::to_owned)) };
            if let [_, Expr::Number(1.0), otherwise] = arguments.as_slice() {
                list.extend(risk(otherwise).map(|_| "risk that may stand".to_owned()));
            }
        });
    }
    let (mut functions, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for expr in program.clone().expressions_mut() {
        expr.visit(&mut |expr| {
            kinds.extend(match expr {
                Expr::Apply(function, _) => {
                    functions.insert(*function);
                    None
                }
                Expr::Happened(_) => Some("Happened"),
                Expr::Chosen { .. } => Some("Chosen"),
                Expr::Formula(_) => Some("Formula"),
                _ => None,
            });
        });
    }
    list.extend(functions.into_iter().map(|function| format!("{function:?}")));
    list.extend(kinds.into_iter().map(str::to_owned));
    list
}

/// Whether an expression is how likely something is within a time: 1 - exp(-x).
fn risk(expr: &Expr) -> Option<&'static str> {
    let Expr::Apply(Function::Subtract, arguments) = expr else { return None };
    let [Expr::Number(1.0), Expr::Apply(Function::Exp, exponent)] = arguments.as_slice() else { return None };
    matches!(exponent.as_slice(), [Expr::Apply(Function::Negate, _)]).then_some("risk")
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
    "choice reply to an event by utility",
    "choice reply to an event by utility when",
    "choice reply to an event elicited",
    "choice reply to a reply to an event by utility",
    "choice reply to a reply to an event elicited",
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
    "question of a first date",
    "question at given",
    "question by given",
    "question from to given",
    "question of a value given",
    "question of a first date given",
    "copula of 2",
    "copula of 3",
    "stock set",
    "stock held",
    "flag set",
    "flag held",
    "ladder set",
    "ladder held",
    "parameter of one",
    "parameter of a pair",
    "event of one",
    "event of a pair",
    "choice of one",
    "choice of a pair",
    "flow of one",
    "flow of a pair",
    "utility of one",
    "utility of a pair",
    "exclusion of a pair",
    "words",
    "words of a shared reader",
    "OneOf free",
    "OneOf bounded",
    "Table bounded",
    "Table bounded within",
    "risk",
    "risk that may stand",
    "Sum",
    "AnyOf",
    "AllOf",
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
    let (mut conditional, mut void) = (0, 0);
    for seed in 0..500 {
        let loaded = loaded(&generate(seed, manner(seed)).text());
        let programs = programs(&loaded).unwrap();
        readings += programs.len();
        for program in programs.into_iter().chain(played(&loaded).unwrap()) {
            let mut contents = contents(&program);
            contents.sort();
            contents.dedup();
            contents.into_iter().for_each(|what| *counts.entry(what).or_insert(0) += 1);
            split += u32::from(kinds_of_steps(&program) > 16);
            let sample = Sample { seed, draws: 0..4, per_draw: 8 };
            for chunk in chunks(&program, &sample, 32, 1).unwrap() {
                for (values, given) in chunk.values.iter().zip(&chunk.given) {
                    asked += 1;
                    varied += u32::from(values.iter().any(|number| number.to_bits() != values[0].to_bits()));
                    conditional += u32::from(given.iter().any(|given| *given));
                    void += u32::from(given.iter().any(|given| !given));
                }
            }
        }
    }
    let missing: Vec<&&str> = WANTED.iter().filter(|what| counts.get(**what).is_none_or(|count| *count < 5)).collect();
    assert!(missing.is_empty(), "seen in fewer than 5 programs: {missing:?}\n{counts:#?}");
    assert!(readings > 800, "only {readings} readings");
    assert!(conditional > 300 && void > 300, "{conditional} conditions came true, {void} did not");
    assert!(split > 3, "only {split} programs have more kinds of steps than a plan writes out whole");
    // A question whose answer never varies tests little; among 32 trajectories rare things do not show.
    assert!(varied * 3 > asked, "only {varied} of {asked} answers vary");
}
