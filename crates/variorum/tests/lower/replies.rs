//! Replies to events: when they come up, which of them see each other, and that nobody else draws for them.

use super::agreement::agree;
use super::build::*;
use super::{run, settings, uniform};
use variorum::lower::lower;
use variorum_engine::math::exp_m1;
use variorum_model::program::{Expr, Occasion, Program, Rule};

const HAZARD: f64 = 0.3;

/// An attack, and who answers it.
fn attacked() -> Program {
    let mut program = program(8);
    program.quantities = vec![ladder("answered", 3), stock("x", (None, None), n(0.0))];
    program.actors = vec![actor("A", 2.0, None, 0.0, x(0)), actor("B", 1.5, None, 0.0, times(n(-1.0), x(0)))];
    program.events = vec![event("attack", None, n(HAZARD), vec![])];
    program
}

fn after() -> Occasion {
    Occasion::AfterEvent { event: 0 }
}

#[test]
fn a_reply_comes_up_in_the_step_after_the_event() {
    // Seen to fail, in its last lines, without the gate for replies to events.
    let mut program = attacked();
    let answer = choice("answer", 0, after(), &[vec![], vec![set(0, 1.0)], vec![set(0, 2.0)]]);
    program.choices = vec![weighted(answer, Rule::Probabilities, &[n(0.2), n(0.3)])];
    let chosen = |option: usize| Expr::Chosen { choice: 0, option };
    program.questions = vec![
        ever("default", chosen(0), 0, 7),
        ever("one", chosen(1), 0, 7),
        ever("two", chosen(2), 0, 7),
        ever("in the first step", plus(chosen(0), plus(chosen(1), chosen(2))), 0, 0),
    ];
    let chunks = run(&program, &settings(500, 2));
    for trajectory in 0..1000 {
        let attack = |step: u32| uniform("attack", trajectory, step) < -exp_m1(-HAZARD);
        let outcome = |step: u32| match uniform("answer", trajectory, step) {
            u if u < 0.2 => 1,
            u if u < 0.2 + 0.3 => 2,
            _ => 0,
        };
        let chunk = &chunks[trajectory / 128];
        for option in 0..3 {
            let first = (1..8).find(|step| attack(step - 1) && outcome(*step) == option);
            let expected = first.map_or(f64::INFINITY, f64::from);
            assert_eq!(chunk.values[option][trajectory % 128], expected, "{trajectory} {option}");
        }
        assert_eq!(chunk.values[3][trajectory % 128], f64::INFINITY);
    }
    agree(&program, 50, 2).unwrap();
    // The uniform of the reply is drawn only where it comes up.
    let plan = lower(&program).unwrap().to_string();
    let drawn = plan.lines().find(|line| line.contains("uniform of choice answer")).unwrap();
    assert!(drawn.starts_with("    "), "drawn for all trajectories: {drawn}");
}

#[test]
fn replies_to_one_event_foresee_each_other_and_those_to_another_do_not() {
    // A raises the level unless B, who comes next and prefers it low, would lower it for certain.
    let mut program = attacked();
    program.events.push(event("flood", None, n(0.5), vec![]));
    program.actors[1].precision = Some(n(1e6));
    let up = choice("up", 0, after(), &[vec![], vec![set(0, 2.0)]]);
    let down = choice("down", 1, after(), &[vec![], vec![set(0, 0.0)]]);
    program.choices = vec![up.clone(), down.clone()];
    program.questions = vec![ever("up", Expr::Chosen { choice: 0, option: 1 }, 1, 1)];
    let share = |program: &Program| {
        let of = |trajectory: &usize| uniform("attack", *trajectory, 0) < -exp_m1(-HAZARD);
        let chunks = run(program, &settings(2000, 2));
        let attacked: Vec<usize> = (0..4000).filter(of).collect();
        let yes = attacked.iter().filter(|place| chunks[**place / 128].values[0][**place % 128].is_finite()).count();
        yes as f64 / attacked.len() as f64
    };
    // B always answers: nothing is gained by it, and A is indifferent.
    let seen = share(&program);
    assert!((seen - 0.5).abs() < 0.06, "{seen}");
    agree(&program, 50, 2).unwrap();
    // B answers the flood: that is another moment. exp(2 * 2) against 1.
    program.choices[1].occasion = Occasion::AfterEvent { event: 1 };
    let unseen = share(&program);
    assert!((unseen - 0.982).abs() < 0.02, "{unseen}");
    agree(&program, 50, 2).unwrap();
}

#[test]
fn replies_to_replies_belong_to_the_moment() {
    let mut program = attacked();
    let answer = choice("answer", 0, after(), &[vec![], vec![set(0, 2.0)]]);
    let counter = Occasion::After { choice: 0, option: Some(1) };
    let mut counter = choice("counter", 1, counter, &[vec![], vec![set(0, 0.0)]]);
    counter.when = Some(Expr::Happened(0));
    let third = Occasion::After { choice: 1, option: None };
    let third = choice("third", 0, third, &[vec![], vec![set(0, 1.0)]]);
    program.choices = vec![answer, counter, third];
    program.questions = vec![value_at("level", x(0), 7), ever("third", Expr::Chosen { choice: 2, option: 1 }, 0, 7)];
    let seen = agree(&program, 300, 4).unwrap();
    assert!(seen.answers[0] > 100 && seen.answers[1] > 100);
}
