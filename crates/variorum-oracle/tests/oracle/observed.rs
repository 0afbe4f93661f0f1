//! Conditioned runs against closed forms.

use variorum_model::program::{
    Day, Effect, Expr, Fact, Function, Key, Law, Observation, Occasion, Program, Record, Report, Rule,
};
use variorum_oracle::{Filtered, Oracle};

use crate::build::*;

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

fn chosen(choice: usize, option: usize) -> Fact {
    Fact::Choice { choice, option }
}

fn measured(value: Expr, observed: f64, error: f64) -> Fact {
    Fact::Number { value, observed, error: number(error) }
}

fn complete(from: u32, to: u32, events: &[usize], choices: &[usize]) -> Record {
    Record { name: "record".into(), from, to, known: None, events: events.into(), choices: choices.into() }
}

fn filter(program: &Program, proposal: bool) -> Filtered {
    Oracle::new(program, 5).unwrap().filter(0, 0, 8, proposal)
}

/// Whether the mean of independent numbers lies within five of its standard errors of what is known.
#[track_caller]
fn mean_is(numbers: &[f64], known: f64) {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    close(mean, known, 5.0 * libm::sqrt(variance / n));
    assert!(libm::sqrt(variance / n) < 0.03 * libm::fabs(known), "too few draws to tell");
}

/// Ẑ of many halves, and Ẑ times the weighted mean of a question's answers; infinite ones count as 0, others as they
/// are, or as 1 if it is asked whether.
fn estimates(program: &Program, size: u32, draws: u64, proposal: bool, question: usize) -> (Vec<f64>, Vec<f64>) {
    let oracle = Oracle::new(program, 20_241_018).unwrap();
    let is_number = matches!(program.questions[question].query, variorum_model::program::Query::Value { .. });
    let halves = (0..draws).flat_map(|draw| [0, 1].map(|half| oracle.filter(draw, half, size, proposal)));
    let each = halves.map(|half| {
        let evidence = libm::exp(half.log_evidence);
        let answers = half.histories.iter().map(|history| history.answers[question]);
        let value = |answer: f64| if is_number { answer } else { f64::from(u8::from(answer.is_finite())) };
        let sum: f64 = half.weights.iter().zip(answers).map(|(weight, answer)| weight * value(answer)).sum();
        (evidence, evidence * sum / f64::from(size))
    });
    each.unzip()
}

fn log_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

#[test]
fn nothing_seen_changes_nothing() {
    let mut program = empty(3);
    program.events = vec![event("shot", None, hazard(0.5), &[])];
    program.questions = vec![ever(Expr::Happened(0), 0, 2)];
    let oracle = Oracle::new(&program, 5).unwrap();
    let filtered = oracle.filter(3, 1, 8, true);
    let histories: Vec<_> = (0..8).map(|slot| oracle.history(3, 1, slot)).collect();
    assert_eq!((filtered.log_evidence, filtered.weights, filtered.path), (0.0, vec![1.0; 8], vec![]));
    assert_eq!((filtered.histories, filtered.resampled), (histories, vec![]));
}

/// 80 occasions of one choice with a probability that is not known: 60 times it is taken.
#[test]
fn beta_and_bernoulli() {
    let mut program = empty(80);
    program.params = vec![param(Law::Beta { a: 6.0, b: 3.0 })];
    program.actors = vec![actor(0.0, None, number(0.0))];
    let steps = Occasion::Steps((0..80).collect());
    program.choices = vec![choice("offer", 0, steps, &[option(None, &[]), option(Some(0.0), &[])])];
    program.choices[0].rule = Rule::Probabilities;
    program.choices[0].options[1].weight = Some(Expr::Param(0));
    program.observations = (0..80).map(|step| seen(step, step, chosen(0, usize::from(step % 4 != 3)))).collect();
    let oracle = Oracle::new(&program, 5).unwrap();
    let (mut evidence, mut of_param) = (Vec::new(), Vec::new());
    for draw in 0..4000 {
        let p = oracle.params(draw)[0];
        let found = oracle.filter(draw, 0, 2, true);
        // Given the probability there is nothing left to chance.
        let known = 60.0 * libm::log(p) + 20.0 * libm::log(1.0 - p);
        close(found.log_evidence, known, 1e-11 * libm::fabs(known));
        assert_eq!((found.path.len(), found.path[79].log_evidence), (80, found.log_evidence));
        evidence.push(libm::exp(found.log_evidence - log_beta(66.0, 23.0) + log_beta(6.0, 3.0)));
        of_param.push(p * evidence[evidence.len() - 1]);
    }
    mean_is(&evidence, 1.0);
    mean_is(&of_param, 66.0 / 89.0);
}

/// A flag that goes up and down by two events, seen through reports that err and through a stock measured with an error.
fn chain() -> Program {
    let mut program = empty(12);
    program.quantities = vec![ladder(2, 0.0)];
    let is = |level: f64| equal(quantity(0), number(level));
    program.events = vec![
        event("up", Some(is(0.0)), hazard(0.3), &[set(0, 1.0)]),
        event("down", Some(is(1.0)), hazard(0.5), &[set(0, 0.0)]),
    ];
    program.observations = (0..11)
        .map(|step| match step % 3 {
            0 => reported(seen(step, step, Fact::Condition(is(1.0))), 0.9, 0.15),
            1 => reported(seen(step, step, Fact::Condition(is(0.0))), 0.8, 0.1),
            _ => seen(step, step, measured(quantity(0), 0.8, 0.6)),
        })
        .collect();
    program.questions = vec![ask(quantity(0), 5), ask(quantity(0), 11)];
    program
}

/// Forward and backward over the two states: the probability of all that is seen, and with it the flag up at a step.
fn forward(program: &Program, up_at: u32) -> [f64; 2] {
    let (up, down) = (1.0 - libm::exp(-0.3), 1.0 - libm::exp(-0.5));
    let likelihood = |step: usize, state: f64| match (step, step % 3) {
        (11, _) => 1.0,
        (_, 0) => [0.15, 0.9][state as usize],
        (_, 1) => [0.8, 0.1][state as usize],
        _ => {
            let z = (0.8 - state) / 0.6;
            libm::exp(-z * z / 2.0) / (0.6 * libm::sqrt(2.0 * std::f64::consts::PI))
        }
    };
    let pass = |only: Option<u32>| {
        let mut mass = [1.0, 0.0];
        for step in 0..program.clock.steps {
            let [low, high] = mass;
            mass = [low * (1.0 - up) + high * down, low * up + high * (1.0 - down)];
            mass = [mass[0] * likelihood(step as usize, 0.0), mass[1] * likelihood(step as usize, 1.0)];
            if only == Some(step) {
                mass[0] = 0.0;
            }
        }
        mass[0] + mass[1]
    };
    [pass(None), pass(Some(up_at))]
}

#[test]
fn a_hidden_chain() {
    let program = chain();
    for (question, at) in [(0, 5), (1, 11)] {
        let [evidence, with] = forward(&program, at);
        let (found, found_with) = estimates(&program, 8, 4000, true, question);
        mean_is(&found, evidence);
        mean_is(&found_with, with);
    }
    let filtered = filter(&program, true);
    assert!(!filtered.resampled.is_empty());
    close(filtered.weights.iter().sum::<f64>(), 8.0, 1e-12);
    // With many particles the evidence of a half is close to the truth.
    let [evidence, _] = forward(&program, 5);
    let many = Oracle::new(&program, 5).unwrap().filter(0, 0, 4000, true);
    close(many.log_evidence, libm::log(evidence), 0.1);
}

/// An event that may come again and again, counted.
fn shots(steps: u32, rate: f64) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, None, None)];
    program.events = vec![event("shot", None, hazard(rate), &[add(0, 1.0)])];
    program.questions = vec![ask(quantity(0), steps - 1)];
    program
}

#[test]
fn at_least_once_in_a_window() {
    let mut program = shots(7, 0.2);
    program.observations = vec![seen(2, 5, happened(0))];
    let p = 1.0 - libm::exp(-0.2);
    let once = 1.0 - (1.0 - p) * (1.0 - p) * (1.0 - p) * (1.0 - p);
    let (evidence, count) = estimates(&program, 4, 8000, true, 0);
    mean_is(&evidence, once);
    // Three steps outside, and four within of which one happened at least: E[n; n > 0] = E[n].
    mean_is(&count, 3.0 * p * once + 4.0 * p);
    // It weighs in every step of the window; in the first with two of the three steps to come, each as likely as this one.
    let filtered = filter(&program, true);
    assert_eq!(filtered.path.iter().map(|mark| mark.step).collect::<Vec<u32>>(), [2, 3, 4, 5]);
    close(filtered.path[0].log_evidence, libm::log(p + (1.0 - p) * 2.0 * p), 1e-15);
}

/// What comes within a window is not crowded out by what waits for it, however rare it is: with the weights of either
/// untouched until the last step, the evidence of a half would be ten and more times too large wherever it comes early.
#[test]
fn who_waits_does_not_crowd_out_who_has_seen() {
    for rate in [0.3, 1e-3, 1e-6] {
        let mut program = shots(4, rate);
        program.observations = vec![seen(1, 2, happened(0))];
        let p = 1.0 - libm::exp(-rate);
        let (evidence, _) = estimates(&program, 8, 400, true, 0);
        for found in evidence {
            close(found, p + (1.0 - p) * p, 1e-10 * p);
        }
        // Nor does it matter that something else is seen meanwhile.
        program.quantities.push(stock(0.0, None, None));
        program.events.push(event("noise", None, hazard(0.5), &[add(1, 1.0)]));
        program.observations.push(reported(seen(1, 1, happened(1)), 0.99, 0.01));
        let q = 1.0 - libm::exp(-0.5);
        let known = (p + (1.0 - p) * p) * (0.99 * q + 0.01 * (1.0 - q));
        let (evidence, _) = estimates(&program, 8, 400, true, 0);
        evidence.iter().for_each(|found| close(*found, known, 1e-10 * p));
    }
}

/// What cannot come in the first step of a window in some trajectories, and in others can, comes as often as it should.
#[test]
fn what_cannot_come_yet_may_come_later() {
    let mut program = shots(4, 0.0);
    // Once a door is open, in half of the trajectories before the window, in others later, shots are frequent.
    program.quantities.push(stock(0.0, None, None));
    let open = apply(Function::AtLeast, &[quantity(1), number(1.0)]);
    program.events =
        vec![event("shot", Some(open), hazard(0.1), &[add(0, 1.0)]), event("door", None, hazard(0.7), &[add(1, 1.0)])];
    let (p, d) = (1.0 - libm::exp(-0.1), 1.0 - libm::exp(-0.7));
    program.observations = vec![seen(1, 3, happened(0))];
    // Open before step 1, 2 or 3: three, two or one chances.
    let once = |n: i32| 1.0 - (0..n).fold(1.0, |none, _| none * (1.0 - p));
    let known = d * once(3) + (1.0 - d) * d * once(2) + (1.0 - d) * (1.0 - d) * d * once(1);
    let (evidence, _) = estimates(&program, 8, 8000, true, 0);
    mean_is(&evidence, known);
}

#[test]
fn a_window_and_a_record_say_exactly_once() {
    let mut program = shots(7, 0.2);
    program.observations = vec![seen(2, 5, happened(0))];
    program.records = vec![complete(0, 6, &[0], &[])];
    let p = 1.0 - libm::exp(-0.2);
    let (evidence, count) = estimates(&program, 4, 8000, true, 0);
    let q = 1.0 - p;
    let known = 4.0 * p * q * q * q * q * q * q;
    mean_is(&evidence, known);
    for (count, evidence) in count.iter().zip(&evidence) {
        close(*count, *evidence, 1e-12);
    }
    // The record speaks in every step; as long as the window waits, it leaves room for one.
    let of_record: Vec<u32> =
        filter(&program, true).path.iter().filter(|mark| mark.statement == 1).map(|mark| mark.step).collect();
    assert_eq!(of_record, [0, 1, 2, 3, 4, 5, 6]);
}

/// A choice at a rate, so often answered by a reply, and that by another.
fn replies(steps: u32, rate: f64, yes: [f64; 2]) -> Program {
    let mut program = empty(steps);
    program.quantities = vec![stock(0.0, None, None)];
    program.actors = vec![actor(0.0, None, number(0.0))];
    let hazards = [option(None, &[]), option(Some(rate), &[])];
    let reply = |p: f64, effects: &[Effect]| [option(None, &[]), option(Some(p), effects)];
    program.choices = vec![
        choice("offer", 0, Occasion::Hazards, &hazards),
        choice("take", 0, after(0, Some(1)), &reply(yes[0], &[])),
        choice("go", 0, after(1, Some(1)), &reply(yes[1], &[add(0, 1.0)])),
    ];
    program.choices[0].rule = Rule::Hazards;
    program.choices[1..].iter_mut().for_each(|reply| reply.rule = Rule::Probabilities);
    program.questions = vec![ask(quantity(0), steps - 1)];
    program
}

/// What is seen of a reply bears on that to which it replies, however rare that is: without that most of these halves would
/// have no trajectory in which it comes up.
#[test]
fn what_is_seen_of_a_reply_bears_on_its_trigger() {
    for rate in [0.1, 1e-3, 1e-6] {
        // With even chances the guesses on the way are right, so that every half gives the evidence.
        let mut program = replies(2, rate, [0.5, 0.5]);
        let p = 1.0 - libm::exp(-rate);
        for (choice, yes) in [(1, p / 2.0), (2, p / 4.0)] {
            program.observations = vec![reported(seen(1, 1, chosen(choice, 1)), 0.8, 1e-7)];
            let known = 0.8 * yes + 1e-7 * (1.0 - yes);
            let (evidence, _) = estimates(&program, 8, 200, true, 0);
            evidence.iter().for_each(|found| close(*found, known, 1e-12 * known));
            program.observations = vec![seen(1, 1, chosen(choice, 1))];
            let (evidence, _) = estimates(&program, 8, 200, true, 0);
            evidence.iter().for_each(|found| close(*found, yes, 1e-12 * yes));
        }
        // With others they are made good for.
        let mut program = replies(2, rate, [0.3, 0.8]);
        program.observations = vec![reported(seen(1, 1, chosen(2, 1)), 0.8, 0.1 * rate)];
        let yes = p * 0.3 * 0.8;
        let known = 0.8 * yes + 0.1 * rate * (1.0 - yes);
        let (evidence, count) = estimates(&program, 8, 4000, true, 0);
        mean_is(&evidence, known);
        mean_is(&count, 0.8 * yes + yes * known);
    }
}

#[test]
fn a_reply_in_a_window_is_waited_for() {
    let (p, yes) = (1.0 - libm::exp(-0.3), 0.7);
    let mut program = replies(4, 0.3, [yes, 1.0]);
    let never = |p: f64| (1.0 - p) * (1.0 - p) * (1.0 - p);
    program.observations = vec![seen(1, 3, chosen(1, 1))];
    let (evidence, count) = estimates(&program, 8, 8000, true, 0);
    let once = 1.0 - never(p * yes);
    mean_is(&evidence, once);
    // One step before the window, three within.
    mean_is(&count, p * yes * once + 3.0 * p * yes);
    // It bears on the offer and on the reply; in the last step one that was not made leaves nothing.
    let filtered = filter(&program, true);
    assert_eq!(filtered.path.iter().map(|mark| mark.step).collect::<Vec<u32>>(), [1, 1, 2, 2, 3, 3]);
    // With two steps to come, each as likely as half of the offer: where that was made, half of what is missing comes to it.
    close(filtered.path[0].log_evidence, libm::log(p * (p + (1.0 - p) / 2.0) + (1.0 - p) * p), 1e-15);
    // A record of the reply leaves room for one.
    program.records = vec![complete(0, 3, &[], &[1])];
    let (evidence, count) = estimates(&program, 8, 8000, true, 0);
    let known = 3.0 * p * yes * never(p * yes);
    mean_is(&evidence, known);
    count.iter().zip(&evidence).for_each(|(count, evidence)| close(*count, *evidence, 1e-12));
    // Reports, steering and weighed at the end.
    program.records.clear();
    program.observations = vec![reported(seen(1, 3, chosen(2, 1)), 0.9, 0.05)];
    for proposal in [true, false] {
        let (evidence, _) = estimates(&program, 8, 8000, proposal, 0);
        mean_is(&evidence, 0.9 * once + 0.05 * (1.0 - once));
    }
}

/// A reply to whatever comes out, and two reports on it.
#[test]
fn reports_on_a_reply_to_anything() {
    let mut program = replies(1, 0.2, [0.3, 0.5]);
    program.choices[1].occasion = after(0, None);
    program.observations =
        vec![reported(seen(0, 0, chosen(1, 1)), 0.9, 0.01), reported(seen(0, 0, chosen(1, 1)), 0.6, 0.1)];
    let yes = (1.0 - libm::exp(-0.2)) * 0.3;
    let known = 0.9 * 0.6 * yes + 0.01 * 0.1 * (1.0 - yes);
    let (evidence, _) = estimates(&program, 8, 8000, true, 0);
    mean_is(&evidence, known);
    let statements: Vec<usize> = filter(&program, true).path.iter().map(|mark| mark.statement).collect();
    assert_eq!(statements, [0, 1, 0, 1]);
    // The second would never be made if it was so: an offer that is turned down is left.
    program.observations[1] = reported(seen(0, 0, chosen(1, 1)), 0.0, 0.5);
    let (evidence, _) = estimates(&program, 8, 8000, true, 0);
    mean_is(&evidence, 0.01 * 0.5 * (1.0 - yes));
}

#[test]
fn what_a_record_does_not_speak_of() {
    let mut program = shots(4, 0.2);
    let p = 1.0 - libm::exp(-0.2);
    program.records = vec![complete(0, 3, &[0], &[])];
    close(filter(&program, true).log_evidence, -0.8, 1e-12);
    program.observations = vec![seen(1, 1, happened(0))];
    let found = filter(&program, true);
    close(found.log_evidence, libm::log(p) - 0.6, 1e-12);
    assert!(found.histories.iter().all(|history| history.answers == [1.0]));
    // A report silences it as well, wherever it is dealt with.
    program.observations = vec![reported(seen(1, 1, happened(0)), 0.7, 0.2)];
    close(filter(&program, true).log_evidence, libm::log(0.7 * p + 0.2 * (1.0 - p)) - 0.6, 1e-12);
    program.observations = vec![reported(seen(1, 2, happened(0)), 0.7, 0.2)];
    let none = (1.0 - p) * (1.0 - p);
    for proposal in [true, false] {
        let (evidence, _) = estimates(&program, 8, 2000, proposal, 0);
        let known = none * (0.7 * (1.0 - none) + 0.2 * none);
        // What is guessed of the second step in the first is just what it is.
        if proposal {
            evidence.iter().for_each(|evidence| close(*evidence, known, 1e-12));
        } else {
            mean_is(&evidence, known);
        }
    }
}

#[test]
fn a_report_is_weighed_where_it_is_drawn_or_at_the_end_of_the_step() {
    let mut program = shots(2, 0.4);
    program.observations = vec![reported(seen(0, 0, happened(0)), 0.9, 0.05)];
    let p = 1.0 - libm::exp(-0.4);
    let evidence = 0.9 * p + 0.05 * (1.0 - p);
    let found = filter(&program, true);
    close(found.log_evidence, libm::log(evidence), 1e-15);
    assert_eq!(found.weights, [1.0; 8]);
    for proposal in [true, false] {
        let (found, count) = estimates(&program, 8, 4000, proposal, 0);
        mean_is(&count, 0.9 * p + p * evidence);
        if !proposal {
            mean_is(&found, evidence);
        }
    }
    // Chances that are none.
    for (hits, false_alarms, known) in [(7.0, -1.0, p), (f64::NAN, 0.5, 0.5 * (1.0 - p))] {
        program.observations = vec![reported(seen(0, 0, happened(0)), hits, false_alarms)];
        close(filter(&program, true).log_evidence, libm::log(known), 1e-14);
    }
}

#[test]
fn one_of_those_that_exclude_each_other_is_certain() {
    let mut program = shots(1, 0.3);
    program.events.push(event("truce", None, hazard(0.6), &[]));
    program.exclusions = vec![variorum_model::program::Exclusion {
        name: "shot|truce".into(),
        key: Key::of("shot|truce"),
        events: vec![0, 1],
    }];
    program.observations = vec![seen(0, 0, happened(1))];
    let happens = 1.0 - libm::exp(-0.9);
    let found = filter(&program, true);
    close(found.log_evidence, libm::log(2.0 / 3.0 * happens), 1e-14);
    assert!(found.histories.iter().all(|history| history.steps[0].happened == [false, true]));
    // Two reports on two of them bear on one draw, one after the other.
    program.observations =
        vec![reported(seen(0, 0, happened(1)), 0.8, 0.1), reported(seen(0, 0, happened(0)), 0.7, 0.2)];
    let [shot, truce, none] = [happens / 3.0, 2.0 * happens / 3.0, 1.0 - happens];
    let found = filter(&program, true);
    close(found.path[0].log_evidence, libm::log(0.1 * shot + 0.8 * truce + 0.1 * none), 1e-14);
    close(found.log_evidence, libm::log(0.1 * 0.7 * shot + 0.8 * 0.2 * truce + 0.1 * 0.2 * none), 1e-14);
    assert_eq!(found.path.iter().map(|mark| mark.statement).collect::<Vec<usize>>(), [0, 1]);
    // A record of one leaves the other and none.
    program.observations.clear();
    program.records = vec![complete(0, 0, &[1], &[])];
    close(filter(&program, true).log_evidence, libm::log(shot + none), 1e-14);
}

#[test]
fn a_choice_by_utility_a_choice_at_a_rate_and_one_that_does_not_come_up() {
    let mut program = empty(2);
    program.quantities = vec![stock(0.0, None, None)];
    program.actors = vec![actor(1.0, None, quantity(0))];
    let options = [option(None, &[]), option(None, &[set(0, 2.0)]), option(None, &[set(0, 1.0)])];
    program.choices = vec![choice("dated", 0, Occasion::Steps(vec![1]), &options)];
    program.observations = vec![seen(1, 1, chosen(0, 2))];
    let odds = 1.0 + libm::exp(2.0) + libm::exp(1.0);
    close(filter(&program, true).log_evidence, 1.0 - libm::log(odds), 1e-14);
    program.choices[0].occasion = Occasion::Considered(number(0.5));
    let acts = libm::exp(1.0) + libm::exp(2.0);
    let hazard = 0.5 * acts / odds;
    let one = libm::exp(1.0) / acts * (1.0 - libm::exp(-hazard));
    // In the first step nobody acts, as a record says.
    program.records = vec![complete(0, 1, &[], &[0])];
    let found = filter(&program, true);
    close(found.log_evidence, libm::log(one) - hazard, 1e-14);
    assert!(found.histories.iter().all(|history| history.steps[1].outcomes == [Some(2)]));
    // It cannot come out so where it does not come up; that it did not is no news.
    program.choices[0].occasion = Occasion::Steps(vec![0]);
    program.records.clear();
    let found = filter(&program, true);
    assert_eq!((found.log_evidence, found.weights, found.path.len()), (f64::NEG_INFINITY, vec![0.0; 8], 1));
    program.records = vec![complete(1, 1, &[], &[0])];
    program.observations.clear();
    assert_eq!(filter(&program, true).log_evidence, 0.0);
}

#[test]
fn conditions_numbers_and_what_cannot_be() {
    let mut program = shots(4, 0.2);
    let p = 1.0 - libm::exp(-0.2);
    // The count is one at the end of some step of the last two.
    program.observations = vec![seen(2, 3, Fact::Condition(equal(quantity(0), number(1.0))))];
    let q = 1.0 - p;
    let (evidence, _) = estimates(&program, 8, 4000, true, 0);
    mean_is(&evidence, 3.0 * p * q * q + q * q * q * p);
    program.observations = vec![reported(program.observations[0].clone(), 0.5, 0.25)];
    let (evidence, _) = estimates(&program, 8, 4000, true, 0);
    mean_is(&evidence, 0.25 + 0.25 * (3.0 * p * q * q + q * q * q * p));
    let normal = |z: f64| libm::exp(-z * z / 2.0) / (3.0 * libm::sqrt(2.0 * std::f64::consts::PI));
    program.observations = vec![seen(0, 0, measured(plus(quantity(0), number(10.0)), 11.5, 3.0))];
    let (evidence, _) = estimates(&program, 8, 4000, true, 0);
    mean_is(&evidence, q * normal(0.5) + p * normal(0.5 / 3.0));
    for error in [0.0, -1.0, f64::NAN] {
        program.observations = vec![seen(0, 0, measured(quantity(0), 0.0, error))];
        assert_eq!(filter(&program, true).log_evidence, f64::NEG_INFINITY);
    }
    let impossible = seen(1, 2, Fact::Impossible { statement: "event attack".into() });
    program.observations = vec![reported(impossible.clone(), 0.9, 0.125)];
    let found = filter(&program, true);
    close(found.log_evidence, libm::log(0.125), 1e-15);
    assert_eq!(found.path.iter().map(|mark| mark.step).collect::<Vec<u32>>(), [2]);
    program.observations = vec![impossible];
    assert_eq!(filter(&program, true).log_evidence, f64::NEG_INFINITY);
}

/// Copies are alike up to the step in which they were made, and go their own ways from there.
#[test]
fn copies_part_ways() {
    let mut program = empty(6);
    program.quantities = vec![stock(0.0, None, None)];
    program.flows = vec![flow(0, number(0.0))];
    program.flows[0].noise = Some(number(1.0));
    program.observations = vec![seen(2, 2, measured(quantity(0), 1.0, 0.2))];
    let found = Oracle::new(&program, 5).unwrap().filter(0, 0, 16, true);
    let [(step, ancestors)] = found.resampled.as_slice() else { panic!("{:?}", found.resampled) };
    assert_eq!((*step, found.weights.clone()), (2, vec![1.0; 16]));
    let mut copies = 0;
    for (slot, from) in ancestors.iter().enumerate().filter(|(slot, from)| slot != *from) {
        assert_eq!(ancestors[*from], *from);
        let [one, other] = [slot, *from].map(|slot| &found.histories[slot].steps);
        assert_eq!(one[..3], other[..3]);
        assert!((3..6).all(|step| one[step].state != other[step].state));
        copies += 1;
    }
    assert!(copies > 4);
    // A slot's noise is its own: the copy moves as it would have moved without the observation.
    let free = Oracle::new(&program, 5).unwrap();
    let moves = |steps: &[variorum_oracle::Record]| steps[4].state.0[0] - steps[3].state.0[0];
    for (slot, history) in found.histories.iter().enumerate() {
        close(moves(&history.steps), moves(&free.history(0, 0, slot as u32).steps), 1e-12);
    }
}

#[test]
fn seen_at_no_time_or_of_nothing() {
    let mut program = shots(3, 0.2);
    let refused = |program: &Program| Oracle::new(program, 1).is_err();
    for observation in
        [seen(2, 3, happened(0)), seen(2, 1, happened(0)), seen(0, 0, happened(1)), seen(0, 0, chosen(0, 0))]
    {
        program.observations = vec![observation];
        assert!(refused(&program));
    }
    program.observations = vec![seen(0, 1, measured(quantity(0), 1.0, 1.0))];
    assert!(refused(&program));
    program.observations = vec![seen(0, 0, Fact::Condition(Expr::Apply(Function::Not, vec![])))];
    assert!(refused(&program));
    program.observations.clear();
    for record in
        [complete(0, 3, &[0], &[]), complete(1, 0, &[0], &[]), complete(0, 0, &[1], &[]), complete(0, 0, &[], &[0])]
    {
        program.records = vec![record];
        assert!(refused(&program));
    }
}
