//! What has been seen, against closed forms and against the mean of the oracle's filters.

use variorum_model::program::{
    Day, Exclusion, Expr, Fact, Key, Law, Observation, Occasion, Program, Query, Record, Report, Rule,
};
use variorum_oracle::Oracle;

use crate::build::*;
use crate::closed::solved;

const UNKNOWN: Day = Day { year: 2020, month: 1, day: 1 };

fn seen(from: u32, to: u32, fact: Fact) -> Observation {
    let name = format!("observe {from} to {to} {fact:?}");
    Observation { name, from, to, known: UNKNOWN, fact, report: None }
}

fn reported(observation: Observation, hits: f64, false_alarms: f64) -> Observation {
    let report = Report { source: "nis".into(), hits: number(hits), false_alarms: number(false_alarms) };
    Observation { report: Some(report), ..observation }
}

fn happened(event: usize) -> Fact {
    Fact::Event { event }
}

fn complete(from: u32, to: u32, events: &[usize], choices: &[usize]) -> Record {
    Record { name: "record".into(), from, to, known: None, events: events.into(), choices: choices.into() }
}

fn shots(steps: u32, p: f64) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, None, None)];
    program.events = vec![event("shot", None, hazard(-libm::log(1.0 - p)), &[add(0, 1.0)])];
    program.questions = vec![ask(quantity(0), steps - 1), first(Expr::Happened(0), 0, steps - 1)];
    program
}

#[track_caller]
fn evidence(program: &Program, known: f64) {
    close(libm::exp(solved(program).log_evidence), known, 1e-13);
}

/// The mean of the oracle's estimates, and of its estimates times each answer, must lie within five standard errors.
#[track_caller]
fn filters_agree(program: &Program, draws: u64) {
    let solution = solved(program);
    let scale = solution.log_evidence;
    let oracle = Oracle::new(program, 77).unwrap();
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); 1 + program.questions.len()];
    for draw in 0..draws {
        let filtered = oracle.filter(draw, (draw % 2) as u32, 12, draw % 3 > 0);
        let evidence = libm::exp(filtered.log_evidence - scale);
        found[0].push(evidence);
        for (place, question) in program.questions.iter().enumerate() {
            let worth = |answer: f64| match question.query {
                Query::Value { .. } => answer,
                _ => f64::from(u8::from(answer.is_finite())),
            };
            let each = filtered.weights.iter().zip(&filtered.histories);
            let sum: f64 = each
                .filter(|(weight, _)| **weight > 0.0)
                .map(|(weight, history)| {
                    weight * f64::from(u8::from(history.given[place])) * worth(history.answers[place])
                })
                .sum();
            found[1 + place].push(evidence * sum / 12.0);
        }
    }
    let answers = solution.questions.iter().map(|answered| {
        let given = answered.given;
        given * if answered.values.is_empty() { answered.yes() } else { answered.mean() }
    });
    for (place, (numbers, known)) in found.iter().zip(std::iter::once(1.0).chain(answers)).enumerate() {
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        let error = libm::sqrt(variance / n) + 1e-12;
        assert!(libm::fabs(mean - known) < 5.0 * error, "{place}: {mean} is not {known} +- {error}");
        assert!(error < 0.05 * (1.0 + libm::fabs(known)), "{place}: {error} tells nothing of {known}");
    }
}

#[test]
fn windows_records_and_reports() {
    // Seen to fail with records that are silent to the end of a window, and with a memory of the last step alone.
    let (p, q): (f64, f64) = (0.2, 0.8);
    let mut program = shots(7, p);
    program.observations = vec![seen(2, 5, happened(0))];
    evidence(&program, 1.0 - libm::pow(q, 4.0));
    close(solved(&program).questions[0].mean(), 3.0 * p + 4.0 * p / (1.0 - libm::pow(q, 4.0)), 1e-13);
    filters_agree(&program, 3000);
    program.records = vec![complete(0, 6, &[0], &[])];
    evidence(&program, 4.0 * p * libm::pow(q, 6.0));
    close(solved(&program).questions[0].mean(), 1.0, 1e-13);
    filters_agree(&program, 100);
    program.observations = vec![reported(seen(1, 2, happened(0)), 0.7, 0.2), seen(4, 4, happened(0))];
    evidence(&program, p * libm::pow(q, 4.0) * (0.7 * (1.0 - q * q) + 0.2 * q * q));
    filters_agree(&program, 3000);
    // Two windows that overlap, and a record that falls silent in each.
    program.observations = vec![seen(0, 3, happened(0)), seen(2, 5, happened(0))];
    filters_agree(&program, 6000);
    // Seen in two ways: the window is full already.
    program.records.clear();
    program.observations = vec![seen(3, 3, happened(0)), seen(2, 5, happened(0))];
    evidence(&program, p);
    filters_agree(&program, 3000);
}

#[test]
fn conditions_numbers_and_what_cannot_be() {
    let mut program = shots(4, 0.3);
    program.observations = vec![
        seen(1, 2, Fact::Condition(equal(quantity(0), number(1.0)))),
        seen(3, 3, Fact::Number { value: quantity(0), observed: 1.5, error: number(0.5) }),
        reported(seen(2, 3, Fact::Impossible { statement: "event war".into() }), 0.5, 0.25),
    ];
    program.questions.push(given(ever(Expr::Happened(0), 3, 3), Expr::Happened(0), 0, 1));
    filters_agree(&program, 6000);
    let path = solved(&program).path;
    assert_eq!(path.iter().map(|mark| (mark.step, mark.statement)).collect::<Vec<_>>(), [(2, 0), (3, 1), (3, 2)]);
    let one = 1.0 - libm::pow(0.7, 2.0) - 0.09 + 0.49 * 0.3;
    close(path[0].log_evidence, libm::log(one), 1e-13);
    close(path[2].log_evidence - path[1].log_evidence, libm::log(0.25), 1e-13);
    program.observations[2].report = None;
    let solution = solved(&program);
    assert_eq!(solution.log_evidence, f64::NEG_INFINITY);
    assert!(solution.questions.iter().all(|answered| answered.given == 0.0 && answered.first.is_empty()));
}

#[test]
fn a_hidden_chain_through_reports() {
    let mut program = empty(10);
    program.quantities = vec![ladder(2, 0.0)];
    let is = |level: f64| equal(quantity(0), number(level));
    program.events = vec![
        event("up", Some(is(0.0)), hazard(0.3), &[set(0, 1.0)]),
        event("down", Some(is(1.0)), hazard(0.5), &[set(0, 0.0)]),
    ];
    program.observations = (0..10)
        .map(|step| reported(seen(step, step, Fact::Condition(is(f64::from(step % 3 / 2)))), 0.9, 0.2))
        .collect();
    program.questions = vec![ask(quantity(0), 4)];
    let (up, down) = (1.0 - libm::exp(-0.3), 1.0 - libm::exp(-0.5));
    let forward = |only: bool| {
        let mut mass = [1.0, 0.0];
        for step in 0..10 {
            let [low, high]: [f64; 2] = mass;
            mass = [low * (1.0 - up) + high * down, low * up + high * (1.0 - down)];
            for (state, mass) in mass.iter_mut().enumerate() {
                *mass *= if state == step % 3 / 2 { 0.9 } else { 0.2 };
            }
            if only && step == 4 {
                mass[0] = 0.0;
            }
        }
        mass[0] + mass[1]
    };
    let solution = solved(&program);
    close(solution.log_evidence, libm::log(forward(false)), 1e-13);
    close(solution.questions[0].mean(), forward(true) / forward(false), 1e-13);
    filters_agree(&program, 4000);
}

#[test]
fn choices_that_were_seen() {
    let mut program = empty(4);
    program.quantities = vec![ladder(3, 0.0)];
    program.actors = vec![actor(1.0, None, quantity(0))];
    let options = |to: f64| [option(None, &[]), option(Some(0.4), &[set(0, to)]), option(Some(0.2), &[set(0, 2.0)])];
    program.choices = vec![
        choice("rare", 0, Occasion::Considered(number(0.7)), &options(1.0)),
        choice("reply", 0, after(0, None), &options(0.0)),
    ];
    program.choices.iter_mut().for_each(|choice| choice.rule = Rule::Probabilities);
    program.events = vec![
        event("shot", Some(Expr::Chosen { choice: 0, option: 1 }), hazard(0.5), &[]),
        event("truce", None, hazard(0.2), &[]),
    ];
    program.exclusions = vec![Exclusion { name: "shot|truce".into(), key: Key::of("shot|truce"), events: vec![0, 1] }];
    program.questions = vec![ask(quantity(0), 3), first(Expr::Happened(1), 0, 3)];
    program.observations = vec![
        seen(0, 2, Fact::Choice { choice: 0, option: 1 }),
        reported(seen(1, 1, Fact::Choice { choice: 1, option: 0 }), 0.8, 0.3),
        reported(seen(2, 2, happened(1)), 0.9, 0.2),
    ];
    program.records = vec![complete(0, 3, &[0], &[0, 1])];
    filters_agree(&program, 8000);
    // An event of those that exclude each other for certain, and the other in a window.
    program.observations = vec![seen(1, 1, happened(0)), seen(0, 3, happened(1))];
    program.records = vec![complete(2, 3, &[0, 1], &[])];
    filters_agree(&program, 8000);
}

/// Beta-Bernoulli on a grid: three values of a parameter, 20 successes of 30.
#[test]
fn parameters_are_learnt() {
    let mut program = empty(30);
    program.params = vec![param(Law::OneOf(vec![(0.3, 0.5), (0.5, 0.3), (0.8, 0.2)]))];
    program.actors = vec![actor(0.0, None, number(0.0))];
    let steps = Occasion::Steps((0..30).collect());
    program.choices = vec![choice("offer", 0, steps, &[option(None, &[]), option(Some(0.0), &[])])];
    program.choices[0].rule = Rule::Probabilities;
    program.choices[0].options[1].weight = Some(Expr::Param(0));
    program.observations =
        (0..30).map(|step| seen(step, step, Fact::Choice { choice: 0, option: usize::from(step % 3 != 2) })).collect();
    program.questions = vec![ask(Expr::Param(0), 0)];
    let joint = [(0.3, 0.5), (0.5, 0.3), (0.8, 0.2)]
        .map(|(p, prior): (f64, f64)| prior * libm::pow(p, 20.0) * libm::pow(1.0 - p, 10.0));
    let all = joint[0] + joint[1] + joint[2];
    let solution = solved(&program);
    close(solution.log_evidence, libm::log(all), 1e-12);
    for ((weight, _), joint) in solution.worlds.iter().zip(joint) {
        close(*weight, joint / all, 1e-12);
    }
    close(solution.questions[0].mean(), (0.3 * joint[0] + 0.5 * joint[1] + 0.8 * joint[2]) / all, 1e-12);
    assert_eq!(solution.path.len(), 30);
    close(solution.path[0].log_evidence, libm::log(0.15 + 0.15 + 0.16), 1e-14);
}
