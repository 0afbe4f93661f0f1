//! Closed forms, without anything having been seen.

use variorum_exact::{Answered, Limits, Solution, solve};
use variorum_model::program::{Exclusion, Expr, Function, Key, Law, Occasion, Program, Rule};

use crate::build::*;

pub fn solved(program: &Program) -> Solution {
    solve(program, &Limits::default(), &Default::default(), &mut |_, _| ()).unwrap()
}

fn answers(program: &Program) -> Vec<Answered> {
    solved(program).questions
}

/// Once in every step with this probability.
fn coin(p: f64) -> variorum_model::program::EventRule {
    hazard(-libm::log(1.0 - p))
}

#[test]
fn the_first_time_is_geometric() {
    let mut program = empty(10);
    program.events = vec![event("shot", None, coin(0.25), &[])];
    let shot = || Expr::Happened(0);
    program.questions = vec![ever(shot(), 2, 6), first(shot(), 0, 9)];
    let found = answers(&program);
    close(found[0].yes(), 1.0 - libm::pow(0.75, 5.0), 1e-14);
    close(found[0].never, libm::pow(0.75, 5.0), 1e-14);
    close(found[1].by(2), 1.0 - libm::pow(0.75, 3.0), 1e-14);
    assert_eq!((found[1].first_by(0.25), found[1].first_by(0.26), found[1].first_by(0.99)), (Some(0), Some(1), None));
    for (step, (found, probability)) in found[1].first.iter().enumerate() {
        assert_eq!(*found as usize, step);
        close(*probability, 0.25 * libm::pow(0.75, step as f64), 1e-14);
    }
    assert_eq!(found[1].first.len(), 10);
}

/// A gambler who stops at nothing and at four, with a coin that is not fair (Huygens 1657): the bounds of the stock are
/// those of the game.
#[test]
fn the_gambler_is_ruined() {
    let mut program = empty(400);
    program.quantities = vec![stock(1.0, Some(0.0), Some(4.0))];
    let plays = apply(
        Function::And,
        &[apply(Function::Greater, &[quantity(0), number(0.0)]), apply(Function::Less, &[quantity(0), number(4.0)])],
    );
    // Infinite hazards share a step equally, so finite ones that leave nothing else do as well.
    program.events = vec![
        event("lost", Some(plays.clone()), hazard(40.0), &[add(0, -1.0)]),
        event("won", Some(plays), hazard(60.0), &[add(0, 1.0)]),
    ];
    program.exclusions = vec![Exclusion { name: "game".into(), key: Key::of("game"), events: vec![0, 1] }];
    program.questions = vec![ever(equal(quantity(0), number(4.0)), 0, 399), ask(quantity(0), 399)];
    let found = answers(&program);
    let odds: f64 = 0.4 / 0.6;
    let won = (1.0 - odds) / (1.0 - libm::pow(odds, 4.0));
    close(found[0].yes(), won, 1e-12);
    close(found[1].mean(), 4.0 * won, 1e-11);
    assert_eq!((found[1].quantile(0.05), found[1].quantile(0.95)), (0.0, 4.0));
}

#[test]
fn numbers_have_their_law() {
    let mut program = empty(6);
    program.quantities = vec![stock(0.0, None, None)];
    program.events = vec![event("shot", None, coin(0.5), &[add(0, 1.0)])];
    program.questions = vec![ask(quantity(0), 5)];
    let found = &answers(&program)[0];
    let binomial = [1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0];
    assert_eq!(found.values.len(), 7);
    for ((value, probability), (count, ways)) in found.values.iter().zip((0..).zip(binomial)) {
        assert_eq!(*value, f64::from(count));
        close(*probability, ways / 64.0, 1e-14);
    }
    close(found.deviation(), libm::sqrt(1.5), 1e-13);
    // 22 of 64 lie at two and below, 42 at three.
    assert_eq!((found.quantile(22.0 / 64.0), found.quantile(0.35), found.quantile(0.5)), (2.0, 3.0, 3.0));
}

#[test]
fn what_is_given_may_come_before_or_after() {
    let mut program = empty(6);
    program.events = vec![event("shot", None, coin(0.5), &[])];
    let shot = || Expr::Happened(0);
    program.questions = vec![
        given(ever(shot(), 0, 1), shot(), 0, 3),
        given(ever(shot(), 3, 4), shot(), 0, 0),
        given(first(shot(), 0, 5), shot(), 5, 5),
        given(ask(shot(), 2), shot(), 2, 4),
        given(ever(shot(), 0, 5), number(0.0), 0, 5),
    ];
    let found = answers(&program);
    close(found[0].given, 15.0 / 16.0, 1e-14);
    close(found[0].yes(), 12.0 / 15.0, 1e-14);
    close(found[1].given, 0.5, 1e-14);
    close(found[1].yes(), 0.75, 1e-14);
    assert_eq!((found[2].yes(), found[2].never), (1.0, 0.0));
    close(found[2].first[0].1, 0.5, 1e-14);
    close(found[3].mean(), 0.5 / (7.0 / 8.0), 1e-14);
    assert_eq!((found[4].given, found[4].first.len(), found[4].by_world.len()), (0.0, 0, 0));
}

/// The probabilities of the oracle's own choices, event by event and reply by reply, on one tree.
#[test]
fn choices_replies_and_what_they_do() {
    let mut program = empty(3);
    program.quantities = vec![ladder(3, 0.0)];
    program.actors =
        vec![actor(2.0, None, quantity(0)), actor(1.0, None, Expr::Apply(Function::Negate, vec![quantity(0)]))];
    let options = |to: f64| [option(None, &[]), option(None, &[set(0, to)])];
    program.choices = vec![
        choice("offer", 0, Occasion::Steps(vec![1]), &options(1.0)),
        choice("reply", 1, after(0, Some(1)), &options(2.0)),
        choice(
            "last word",
            1,
            Occasion::AfterEvent { event: 0 },
            &[option(None, &[]), option(Some(0.3), &[set(0, 0.0)])],
        ),
    ];
    program.choices[2].rule = Rule::Probabilities;
    program.events = vec![event("shot", Some(Expr::Chosen { choice: 1, option: 1 }), coin(0.5), &[])];
    program.questions =
        vec![ask(quantity(0), 1), ask(quantity(0), 2), ever(Expr::Chosen { choice: 0, option: 0 }, 0, 2)];
    let found = answers(&program);
    let replies = 1.0 / (1.0 + libm::exp(1.0));
    // After an offer the level is 1, or 2 with the reply.
    let worth = 1.0 + replies;
    let offers = libm::exp(2.0 * worth) / (1.0 + libm::exp(2.0 * worth));
    close(found[0].mean(), offers * (1.0 + replies), 1e-13);
    close(found[1].mean(), offers * (1.0 - replies + 2.0 * replies * (1.0 - 0.5 * 0.3)), 1e-13);
    close(found[2].yes(), 1.0 - offers, 1e-13);
}

#[test]
fn parameters_of_several_values() {
    let mut program = empty(4);
    let values = |list: &[(f64, f64)]| param(Law::OneOf(list.to_vec()));
    program.params = vec![values(&[(0.2, 0.25), (0.6, 0.75)])];
    program.events = vec![event("shot", None, dated(0, 0.0), &[]), event("late", None, dated(1, 0.0), &[])];
    for event in &mut program.events {
        if let variorum_model::program::EventRule::Dated { chance, .. } = &mut event.rule {
            *chance = Expr::Param(0);
        }
    }
    let both = apply(Function::And, &[Expr::Happened(0), Expr::Happened(0)]);
    program.questions = vec![ever(both, 0, 0), given(ever(Expr::Happened(1), 1, 1), Expr::Happened(0), 0, 0)];
    let found = answers(&program);
    close(found[0].yes(), 0.5, 1e-15);
    assert_eq!((found[0].quantile_by_world(0.05), found[0].quantile_by_world(0.95)), (0.2, 0.6));
    close(found[0].variance_by_world(), 0.25 * 0.75 * 0.16, 1e-15);
    // 0.25 · 0.04 + 0.75 · 0.36 over 0.5.
    close(found[1].yes(), 0.28 / 0.5, 1e-14);
    // Two that share a random number go together; others do not.
    program.params = vec![values(&[(0.0, 0.25), (1.0, 0.75)]), values(&[(0.0, 0.5), (1.0, 0.5)])];
    program.questions = vec![ask(times(Expr::Param(0), Expr::Param(1)), 0)];
    close(answers(&program)[0].mean(), 0.5, 1e-15);
    program.params[1].key = Key::of("another");
    close(answers(&program)[0].mean(), 0.375, 1e-15);
    assert_eq!(solved(&program).worlds.len(), 4);
}

#[test]
fn effects_that_read_what_happens() {
    let mut program = empty(1);
    program.quantities = vec![stock(0.0, None, None)];
    let other =
        |event: usize| effect(0, variorum_model::program::EffectOp::Add, times(number(3.0), Expr::Happened(event)));
    program.events =
        vec![event("one", None, coin(0.5), &[add(0, 1.0), other(1)]), event("two", None, coin(0.25), &[add(0, 10.0)])];
    program.questions = vec![ask(quantity(0), 0)];
    let found = &answers(&program)[0];
    let known = [(0.0, 0.375), (1.0, 0.375), (10.0, 0.125), (14.0, 0.125)];
    for ((value, probability), (known, of)) in found.values.iter().zip(known) {
        assert_eq!(*value, known);
        close(*probability, of, 1e-14);
    }
}

#[test]
fn holds_flows_and_steps_alike() {
    let mut program = empty(5);
    program.quantities = vec![stock(0.0, Some(0.0), Some(10.0)), ladder(2, 0.0)];
    program.flows = vec![flow(0, plus(number(1.0), quantity(1)))];
    program.events = vec![event("up", None, coin(0.5), &[set(1, 1.0)])];
    program.interventions = vec![hold(1, 0.0, 0, 1), set_at(0, 2.0, 3)];
    program.questions = vec![ask(quantity(0), 2), ask(quantity(0), 4)];
    let found = answers(&program);
    close(found[0].mean(), 3.5, 1e-14);
    // Set to two, then one and one more with the flag up: 3/4 in step 3, 7/8 in step 4.
    close(found[1].mean(), 4.0 + 0.75 + 0.875, 1e-14);
}
