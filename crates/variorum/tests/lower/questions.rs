//! What questions remember of a trajectory: first steps, conditions; and sums, counts and quantifiers of many arguments.

use super::agreement::agree;
use super::build::*;
use super::{run, settings, uniform};
use variorum::answer::Answering;
use variorum::answers::Answer;
use variorum::run::{Run, Tallies, Unwatched, tallies};
use variorum_engine::math::exp_m1;
use variorum_model::program::{Expr, Function, Given, Law, Program, Query, Question};

fn first(name: &str, condition: Expr, from: u32, to: u32) -> Question {
    Question { query: Query::First { condition, from, to }, ..ever(name, n(0.0), from, to) }
}

fn given(question: Question, condition: Expr, from: u32, to: u32) -> Question {
    Question { given: Some(Given { condition, from, to }), ..question }
}

/// A war that begins and ends, a truce that only comes in war, and a coup.
fn wars() -> Program {
    let mut program = program(20);
    program.params = vec![param("heat", Law::Uniform { low: 0.01, high: 0.3 })];
    program.quantities = vec![ladder("war", 2), ladder("coup", 2), stock("x", (None, None), n(0.0))];
    program.events = vec![
        event("begin", Some(equal(x(0), 0.0)), Expr::Param(0), vec![set(0, 1.0)]),
        event("end", Some(equal(x(0), 1.0)), n(0.2), vec![set(0, 0.0)]),
        event("coup", None, plus(n(0.02), times(n(0.1), x(0))), vec![set(1, 1.0)]),
    ];
    program.flows = vec![flow(2, x(0), Some(n(0.5)))];
    program
}

#[test]
fn questions_remember_the_first_step() {
    let mut program = wars();
    program.questions = vec![
        ever("war", x(0), 3, 12),
        first("date", x(0), 0, 19),
        first("later", x(0), 5, 19),
        ever("moment", x(0), 7, 7),
        ever("always", n(1.0), 4, 9),
        ever("never", n(0.0), 4, 9),
    ];
    let chunks = run(&program, &settings(500, 2));
    let heat = |draw: u64| 0.01 * (1.0 - u(draw)) + 0.3 * u(draw);
    fn u(draw: u64) -> f64 {
        variorum_engine::random::parameter(super::SEED, draw, variorum_model::program::Key::of("heat").0, 0)
    }
    let mut seen = 0;
    for trajectory in 0..1000usize {
        let mut war = false;
        let mut steps = Vec::new();
        for step in 0..20 {
            let (name, hazard) = if war { ("end", 0.2) } else { ("begin", heat(trajectory as u64 / 2)) };
            war ^= uniform(name, trajectory, step) < -exp_m1(-hazard);
            steps.push(war);
        }
        let first =
            |from: u32, to: u32| (from..=to).find(|step| steps[*step as usize]).map_or(f64::INFINITY, f64::from);
        let expected = [first(3, 12), first(0, 19), first(5, 19), first(7, 7), 4.0, f64::INFINITY];
        let chunk = &chunks[trajectory / 128];
        for (question, expected) in expected.into_iter().enumerate() {
            assert_eq!(chunk.values[question][trajectory % 128], expected, "{trajectory} {question}");
        }
        assert_eq!(chunk.sum(trajectory % 128 / 2, trajectory % 2, 0), f64::from(u8::from(expected[0].is_finite())));
        seen += u32::from(expected[0].is_finite() && expected[0] != expected[1]);
    }
    assert!(seen > 100);
    agree(&program, 100, 4).unwrap();
}

#[test]
fn conditions_are_asked_of_the_whole_trajectory() {
    // Seen to fail with conditions remembered in the window of their question.
    let mut program = wars();
    program.questions = vec![
        given(ever("coup", x(1), 0, 19), x(0), 0, 6),
        given(ever("before", x(1), 0, 9), x(0), 15, 19),
        given(first("date", x(0), 0, 19), x(1), 0, 19),
        given(value_at("x", x(2), 10), apply(Function::And, &[x(0), x(1)]), 5, 19),
        given(ever("same", x(0), 4, 8), x(0), 4, 8),
        given(value_at("none", x(2), 10), n(0.0), 0, 19),
        given(value_at("all", x(2), 10), n(1.0), 3, 3),
    ];
    let seen = agree(&program, 200, 4).unwrap();
    assert!(seen.given[0] > 500 && seen.given[1] > 500, "{seen:?}");
    let chunks = run(&program, &settings(64, 4));
    for draw in 0..64 {
        for half in 0..2 {
            for (index, question) in program.questions.iter().enumerate() {
                let places = draw * 4 + half * 2..draw * 4 + half * 2 + 2;
                let asked = places.filter(|place| chunks[0].given[index][*place]);
                let values: Vec<f64> = asked.map(|place| chunks[0].values[index][place]).collect();
                assert_eq!(values.len(), chunks[0].count(draw, half, index));
                let is_number = matches!(question.query, Query::Value { .. });
                let yes = values.iter().filter(|value| value.is_finite()).count() as f64;
                let sum = if is_number { values.iter().fold(0.0, |sum, value| sum + value) } else { yes };
                assert_eq!(chunks[0].sum(draw, half, index), sum);
            }
        }
    }
}

fn answers(program: &Program, draws: u64, per_draw: u32) -> (Tallies, Vec<Answer>) {
    let run = Run { seed: super::SEED, draws, per_draw, threads: 1, ..Run::default() };
    let tallies = tallies(program, &run, &Unwatched::default()).unwrap();
    let answering = Answering::new(program);
    let answers = (0..program.questions.len()).filter_map(|index| answering.answer(index, &tallies)).collect();
    (tallies, answers)
}

#[test]
fn curves_are_the_answers_to_questions_of_their_own() {
    // Every point of a curve, against the answer to the question that ends there. Seen to fail with
    // every step a step late.
    let mut program = wars();
    program.questions = Vec::new();
    for condition in [None, Some(x(1))] {
        for to in 3..=12 {
            let question = ever(&format!("by {to}"), x(0), 3, to);
            program.questions.push(match &condition {
                Some(condition) => given(question, condition.clone(), 0, 19),
                None => question,
            });
        }
        program.questions.push(match &condition {
            Some(condition) => given(first("date", x(0), 3, 12), condition.clone(), 0, 19),
            None => first("date", x(0), 3, 12),
        });
    }
    let (tallies, answers) = answers(&program, 500, 8);
    for part in [0, 11] {
        let Answer::Probability(whole) = &answers[part + 9] else { panic!("no probability") };
        let Answer::Date(date) = &answers[part + 10] else { panic!("no date") };
        assert_eq!(whole.curve.len(), 10);
        for (place, point) in whole.curve.iter().enumerate() {
            let Answer::Probability(own) = &answers[part + place] else { panic!("no probability") };
            assert_eq!(point.date, program.clock.label(3 + place as u32));
            assert_eq!((point.probability, point.interval), (own.probability, own.interval));
            assert_eq!(date.ever.curve[place].probability, own.probability);
            assert!(own.interval.is_some_and(|[low, high]| low < own.probability && own.probability < high));
        }
        assert!(date.ever.probability > 0.5 && date.ever.probability < 0.95);
        let at = |share: f64, of: f64| {
            let reached = whole.curve.iter().find(|point| point.probability / of >= share);
            reached.map(|point| point.date.clone())
        };
        assert_eq!(date.quantiles, [0.05, 0.5, 0.95].map(|share| at(share, 1.0)));
        assert_eq!(date.if_ever, [0.05, 0.5, 0.95].map(|share| at(share, date.ever.probability)));
        assert!(date.quantiles[0].is_some() && date.quantiles[1].is_some() && date.quantiles[2].is_none());
        assert!(date.if_ever[2].is_some());
    }
    let Answer::Probability(moment) = &answers[0] else { panic!("no probability") };
    assert!(moment.curve.is_empty(), "a moment has no curve");
    assert!(tallies.curves[0].is_none());
    let condition = Answering::new(&program).condition(12, &tallies).unwrap();
    assert!(condition.probability > 0.1 && condition.probability < 0.9 && condition.error > 0.0);
    assert_eq!(condition.trajectories as f64, condition.probability * 4000.0);
    assert!(Answering::new(&program).condition(0, &tallies).is_none());
}

#[test]
fn questions_whose_condition_never_comes_true_have_no_answer() {
    let mut program = wars();
    program.quantities.push(ladder("peace", 2));
    let rare = apply(Function::Greater, &[x(2), n(1e9)]);
    program.questions = vec![
        given(ever("structural", x(0), 0, 19), equal(x(3), 1.0), 0, 19),
        given(value_at("unseen", x(2), 10), rare, 0, 19),
    ];
    let (_, answers) = answers(&program, 64, 4);
    let reason = |answer: &Answer| match answer {
        Answer::Void { reason } => reason.clone(),
        other => panic!("{other:?}"),
    };
    assert!(reason(&answers[0]).contains("peace can only be level 0"), "{}", reason(&answers[0]));
    assert!(reason(&answers[1]).contains("none of 256 trajectories"), "{}", reason(&answers[1]));
    // What cannot be asked must not keep a run from ending.
    program.questions.truncate(1);
    let run = Run { draws: 64, until_error: Some(0.1), threads: 1, ..Run::default() };
    assert_eq!(tallies(&program, &run, &Unwatched::default()).unwrap().draws, 64);
}

#[test]
fn numbers_have_quantiles() {
    let mut program = wars();
    program.questions = vec![value_at("x", x(2), 10)];
    let (_, answers) = answers(&program, 500, 8);
    let Answer::Number(number) = &answers[0] else { panic!("no number") };
    assert_eq!(number.quantiles.len(), 23);
    assert!(number.quantiles.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] <= pair[1][1]));
    let chunks = run(&program, &settings(500, 8));
    let mut values: Vec<f64> = chunks.iter().flat_map(|chunk| chunk.values[0].clone()).collect();
    values.sort_by(f64::total_cmp);
    for [p, value] in &number.quantiles {
        let expected = values[(p * 4000.0) as usize];
        assert!((value - expected).abs() < 0.05, "{p} {value} {expected}");
    }
}

#[test]
fn functions_of_many_arguments() {
    // Seen to fail with a single argument of any and all taken as it is.
    let mut program = program(1);
    program.quantities = vec![stock("x", (None, None), n(3.0)), stock("y", (None, None), n(0.0))];
    let any = |arguments: &[Expr]| apply(Function::AnyOf, arguments);
    let all = |arguments: &[Expr]| apply(Function::AllOf, arguments);
    let sum = |arguments: &[Expr]| apply(Function::Sum, arguments);
    let greater = |bound: f64| apply(Function::Greater, &[x(0), n(bound)]);
    let many: Vec<Expr> = (0..300).map(|k| times(x(0), n(0.1 * f64::from(k)))).collect();
    let expected = (0..300).map(|k| 3.0 * (0.1 * f64::from(k))).reduce(|a, b| a + b).unwrap();
    let cases = [
        (sum(&[]), 0.0),
        (sum(&[x(0)]), 3.0),
        (sum(&many), expected),
        (sum(&[n(1e16), x(0), n(-1e16)]), 1e16 + 3.0 - 1e16),
        (sum(&[greater(1.0), greater(2.0), greater(5.0)]), 2.0),
        (any(&[]), 0.0),
        (any(&[x(0)]), 1.0),
        (any(&[x(1)]), 0.0),
        (any(&[x(1), greater(5.0), x(0)]), 1.0),
        (all(&[]), 1.0),
        (all(&[x(0)]), 1.0),
        (all(&[x(0), x(0)]), 1.0),
        (all(&[x(0), x(1), x(0)]), 0.0),
    ];
    program.questions = cases.iter().map(|(expr, _)| value_at("case", expr.clone(), 0)).collect();
    let chunks = run(&program, &settings(1, 2));
    for (index, (expr, expected)) in cases.iter().enumerate() {
        assert_eq!(chunks[0].values[index][0], *expected, "{expr:?}");
    }
    agree(&program, 1, 2).unwrap();
}
