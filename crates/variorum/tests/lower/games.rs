//! Choices by utility against games that are solved here by hand.

use super::build::*;
use super::{run, settings, share, uniform, values};
use variorum::lower::{LowerError, MAX_GAME_OPERATIONS, lower};
use variorum_engine::math::{exp, pow};
use variorum_model::program::{
    Actor, Choice, Effect, EffectOp, Expr, Flow, Function, Occasion, Program, QuantityKind, Rule,
};

fn after(choice: usize, option: Option<usize>) -> Occasion {
    Occasion::After { choice, option }
}

/// The probability of the second of two options.
fn response(precision: f64, first: f64, second: f64) -> f64 {
    let (a, b) = (precision * first, precision * second);
    let top = if a > b { a } else { b };
    exp(b - top) / (exp(a - top) + exp(b - top))
}

/// A centipede: who takes ends the game and gets the larger part of a pot that grows at each node. The ladder says where it
/// was taken, its last level that nobody did.
fn centipede(nodes: usize, precision: f64, foresight: Option<u32>) -> Program {
    let mut program = program(1);
    program.quantities = vec![ladder("taken", nodes + 1)];
    let pay = |player: usize| {
        let at = |node: usize| {
            let pot = f64::from(1u32 << node);
            if node == nodes || node % 2 != player { n(0.25 * pot) } else { n(pot) }
        };
        let table: Vec<Expr> = std::iter::once(x(0)).chain((0..=nodes).map(at)).collect();
        apply(Function::Lookup, &table)
    };
    program.actors = vec![actor("A", precision, foresight, 0.0, pay(0)), actor("B", precision, foresight, 0.0, pay(1))];
    for node in 0..nodes {
        let occasion = if node == 0 { Occasion::Steps(vec![0]) } else { after(node - 1, Some(1)) };
        // To take is the default; to pass moves on to where the next would take.
        let pass = vec![set(0, (node + 1) as f64)];
        program.choices.push(choice(&format!("node{node}"), node % 2, occasion, &[vec![], pass]));
    }
    program.questions = vec![value_at("taken", x(0), 0)];
    program
}

/// Probabilities of passing at each node, by backward induction.
fn passing(nodes: usize, precision: f64) -> Vec<f64> {
    let pay = |player: usize, node: usize| {
        let pot = f64::from(1u32 << node);
        if node == nodes || node % 2 != player { 0.25 * pot } else { pot }
    };
    let mut passing = vec![0.0; nodes];
    let mut on = [pay(0, nodes), pay(1, nodes)];
    for node in (0..nodes).rev() {
        let player = node % 2;
        passing[node] = response(precision, pay(player, node), on[player]);
        let weigh = |player: usize| (1.0 - passing[node]) * pay(player, node) + passing[node] * on[player];
        on = [weigh(0), weigh(1)];
    }
    passing
}

#[test]
fn a_centipede_is_played_by_quantal_response() {
    let expected = passing(4, 0.7);
    let taken: Vec<f64> = (0..3000)
        .map(|trajectory| {
            let taker = (0..4).find(|node| uniform(&format!("node{node}"), trajectory, 0) >= expected[*node]);
            taker.unwrap_or(4) as f64
        })
        .collect();
    assert_eq!(values(&centipede(4, 0.7, None), 1500), taken);
}

#[test]
fn who_foresees_nothing_expects_the_others_to_take() {
    // Passing at node 0 leads to node 1, where the other is expected to take: 0.25 * 2 against 1.
    let expected = response(0.7, 1.0, 0.5);
    let program = centipede(2, 0.7, Some(0));
    let passed = values(&program, 1500).into_iter().filter(|taken| *taken > 0.0).count();
    let wanted = (0..3000).filter(|trajectory| uniform("node0", *trajectory, 0) < expected).count();
    assert_eq!(passed, wanted);
}

/// Whether each trajectory took the second option of the choice called so, by its probability.
fn taken(name: &str, step: u32, probability: f64) -> Vec<f64> {
    (0..2000).map(|trajectory| f64::from(u8::from(uniform(name, trajectory, step) < probability))).collect()
}

#[test]
fn the_projection_is_the_patient_mean_over_the_horizon() {
    let mut program = program(1);
    program.quantities =
        vec![stock("x", (Some(0.0), Some(1.5)), n(1.0)), ladder("on", 2), stock("unconcerned", (None, None), n(0.0))];
    program.flows = vec![flow(0, times(n(0.5), x(1)), None), flow(2, x(0), None)];
    program.actors = vec![Actor { patience: n(0.5), ..actor("A", 2.0, None, 2.5, x(0)) }];
    program.choices = vec![choice("switch", 0, Occasion::Steps(vec![0]), &[vec![], vec![set(1, 1.0)]])];
    program.questions = vec![value_at("on", x(1), 0)];
    let weights: Vec<f64> =
        [(0.5, 0.0), (1.0, 1.0), (0.75, 2.0), (0.25, 2.5)].map(|(w, t): (f64, f64)| w * pow(0.5, t / 12.0)).into();
    let mean =
        |path: [f64; 4]| path.iter().zip(&weights).map(|(u, w)| u * w).sum::<f64>() / weights.iter().sum::<f64>();
    let probability = response(2.0, mean([1.0; 4]), mean([1.0, 1.5, 1.5, 1.5]));
    assert_eq!(values(&program, 1000), taken("switch", 0, probability));
}

/// A decides in every step whether to raise x; B may undo it, if asked. The utility of A is x.
fn raise_and_undo(foresight: Option<u32>) -> Program {
    let mut program = program(1);
    program.quantities = vec![stock("x", (None, None), n(0.0)), ladder("raised", 2), ladder("closed", 2)];
    program.actors = vec![actor("A", 1.0, foresight, 0.0, x(0)), actor("B", 1.5, None, 0.0, times(n(-1.0), x(0)))];
    let raise = vec![effect(0, EffectOp::Add, n(1.0)), set(1, 1.0)];
    let undo = vec![effect(0, EffectOp::Subtract, n(2.0))];
    program.choices = vec![
        choice("raise", 0, Occasion::Steps(vec![0]), &[vec![], raise]),
        choice("undo", 1, after(0, Some(1)), &[vec![], undo]),
    ];
    program.questions = vec![value_at("raised", x(1), 0)];
    program
}

#[test]
fn replies_within_sight_are_weighed_and_those_beyond_take_their_default() {
    let undone = response(1.5, -1.0, 1.0);
    let seen = response(1.0, 0.0, (1.0 - undone) - undone);
    assert_eq!(values(&raise_and_undo(None), 1000), taken("raise", 0, seen));
    assert_eq!(values(&raise_and_undo(Some(1)), 1000), taken("raise", 0, seen));
    assert_eq!(values(&raise_and_undo(Some(0)), 1000), taken("raise", 0, response(1.0, 0.0, 1.0)));
}

#[test]
fn a_reply_whose_condition_fails_makes_no_move_but_is_counted() {
    let mut program = raise_and_undo(Some(1));
    program.choices[1].when = Some(equal(x(2), 0.0));
    // A second reply would undo more, and is seen only by who foresees two.
    let more = vec![effect(0, EffectOp::Subtract, n(5.0))];
    program.choices.push(choice("more", 1, after(0, Some(1)), &[vec![], more]));
    program.quantities[2].start = n(1.0);
    assert_eq!(values(&program, 1000), taken("raise", 0, response(1.0, 0.0, 1.0)));
    let more = response(1.5, -1.0, 4.0);
    program.actors[0].foresight = Some(2);
    let seen = response(1.0, 0.0, (1.0 - more) * 1.0 + more * -4.0);
    assert_eq!(values(&program, 1000), taken("raise", 0, seen));
    // The same where the condition is known only in the run.
    program.quantities[2].kind = QuantityKind::Stock { low: None, high: None };
    program.params = vec![param("closed", variorum_model::program::Law::Uniform { low: 1.0, high: 2.0 })];
    program.quantities[2].start = Expr::Param(0);
    assert_eq!(values(&program, 1000), taken("raise", 0, seen));
}

#[test]
fn elicited_replies_are_weighed_with_their_probabilities() {
    let mut program = raise_and_undo(None);
    let undo = program.choices.remove(1);
    program.choices.push(weighted(undo, Rule::Probabilities, &[n(0.3)]));
    let rest: f64 = 1.0 - 0.3;
    let seen = response(1.0, 0.0, rest - 0.3);
    assert_eq!(values(&program, 1000), taken("raise", 0, seen));
}

/// First comes a coin, then A's choice, then a reply to the coin that halves what A has raised.
#[test]
fn a_reply_to_an_earlier_choice_comes_up_where_that_came_out_so() {
    let mut program = program(1);
    program.quantities = vec![stock("x", (None, None), n(0.0)), ladder("raised", 2)];
    program.actors = vec![actor("A", 1.0, None, 0.0, x(0)), actor("B", 1.5, None, 0.0, times(n(-1.0), x(0)))];
    let steps = Occasion::Steps(vec![0]);
    let coin = weighted(choice("coin", 1, steps.clone(), &[vec![], vec![]]), Rule::Probabilities, &[n(0.5)]);
    let raise = vec![effect(0, EffectOp::Add, n(2.0)), set(1, 1.0)];
    let halve = vec![effect(0, EffectOp::Multiply, n(-0.5))];
    program.choices = vec![
        coin,
        choice("raise", 0, steps, &[vec![], raise]),
        choice("halve", 1, after(0, Some(1)), &[vec![], halve]),
    ];
    program.questions = vec![value_at("raised", x(1), 0)];
    let halved = response(1.5, -2.0, 1.0);
    let with = response(1.0, 0.0, (1.0 - halved) * 2.0 - halved);
    let without = response(1.0, 0.0, 2.0);
    let expected: Vec<f64> = (0..2000)
        .map(|trajectory| {
            let probability = if uniform("coin", trajectory, 0) < 0.5 { with } else { without };
            f64::from(u8::from(uniform("raise", trajectory, 0) < probability))
        })
        .collect();
    assert_eq!(values(&program, 1000), expected);
}

#[test]
fn considered_choices_have_hazards_and_foresee_no_reply_to_not_acting() {
    let mut program = raise_and_undo(None);
    program.choices[0].occasion = Occasion::Considered(n(3.0));
    // A reply to any outcome that would hurt, but does not come up without an act.
    program.choices[1].occasion = after(0, None);
    let undone = response(1.5, -1.0, 1.0);
    let act = response(1.0, 0.0, (1.0 - undone) - undone);
    let chance = -variorum_engine::math::exp_m1(-(3.0 * act));
    assert_eq!(values(&program, 1000), taken("raise", 0, chance));
}

/// Choices that are due together are foreseen, and those of other dates are not.
#[test]
fn dated_choices_see_those_that_are_due_with_them() {
    let mut program = program(3);
    program.quantities = vec![stock("x", (None, None), n(0.0)), ladder("raised", 2)];
    program.actors = vec![actor("A", 1.0, None, 0.0, x(0)), actor("B", 1.5, None, 0.0, times(n(-1.0), x(0)))];
    let raise = vec![effect(0, EffectOp::Add, n(1.0)), set(1, 1.0)];
    let spoil = vec![effect(0, EffectOp::Multiply, n(-1.0))];
    program.choices = vec![
        choice("raise", 0, Occasion::Steps(vec![0, 2]), &[vec![], raise]),
        choice("spoil", 1, Occasion::Steps(vec![2]), &[vec![], spoil]),
    ];
    program.flows = vec![flow(0, times(n(-1.0), x(0)), None)];
    program.events = vec![event("reset", None, n(1e9), vec![])];
    let first = value_at("first", x(1), 0);
    program.questions = vec![first];
    assert_eq!(values(&program, 1000), taken("raise", 0, response(1.0, 0.0, 1.0)));
    let spoiled = response(1.5, -1.0, 1.0);
    let seen = response(1.0, 0.0, (1.0 - spoiled) - spoiled);
    program.questions = vec![value_at("last", Expr::Chosen { choice: 0, option: 1 }, 2)];
    assert_eq!(values(&program, 1000), taken("raise", 2, seen));
}

#[test]
fn many_kinds_of_steps_give_segments_of_their_own() {
    let mut program = program(48);
    program.quantities = vec![stock("x", (Some(-9.0), Some(9.0)), n(0.0))];
    program.actors = vec![actor("A", 1.0, Some(1), 1.0, x(0)), actor("B", 2.0, Some(1), 2.0, times(n(-1.0), x(0)))];
    program.flows = vec![
        flow(0, Expr::Chosen { choice: 2, option: 1 }, None),
        Flow { path: "drift".into(), ..flow(0, times(n(-0.1), x(0)), Some(n(0.2))) },
    ];
    let every = |count: usize| Occasion::Steps((0..48).step_by(count).collect());
    let by = |value: f64| vec![effect(0, EffectOp::Add, n(value))];
    program.choices = vec![
        choice("two", 0, every(2), &[vec![], by(1.0)]),
        choice("three", 1, every(3), &[by(0.1), by(-1.0)]),
        choice("reply", 1, after(1, None), &[vec![], by(-0.5)]),
        choice("five", 0, every(5), &[vec![], by(0.5)]),
        choice("seven", 1, every(7), &[vec![], by(-0.25)]),
    ];
    let reply: &mut Choice = &mut program.choices[2];
    reply.when = Some(apply(Function::Greater, &[x(0), n(-2.0)]));
    program.questions = vec![value_at("x", x(0), 47), ever("high", apply(Function::Greater, &[x(0), n(3.0)]), 0, 47)];
    let whole = variorum::lower::lower_in_parts(&program, usize::MAX).unwrap();
    let parts = variorum::lower::lower_in_parts(&program, 0).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let mut equal = 0;
    let done = variorum_engine::ensemble::ensemble(&[whole, parts], &settings(256, 4), &stop, &mut |_, results| {
        assert_eq!(results[0].values, results[1].values);
        assert_eq!(results[0].sums, results[1].sums);
        equal += 1;
    });
    assert_eq!((done, equal), (Ok(256), 4));
}

#[test]
fn utilities_that_are_no_numbers_leave_the_default() {
    let mut program = raise_and_undo(Some(0));
    program.actors[0].utility[0].value = apply(Function::Ln, &[plus(x(0), n(-3.0))]);
    assert_eq!(share_of_raised(program), 0.0);
}

fn share_of_raised(mut program: Program) -> f64 {
    program.questions = vec![ever("raised", x(1), 0, 0)];
    share(&program, 64, 4)
}

#[test]
fn a_game_that_is_too_large_is_refused() {
    let mut program = program(1);
    program.quantities = (0..24).map(|index| stock(&format!("x{index}"), (None, None), n(0.1))).collect();
    let utility = |actor: usize| {
        let terms = (0..24).map(|quantity| times(x(quantity), plus(x((quantity + actor) % 24), n(1.0))));
        terms.reduce(plus).unwrap()
    };
    program.actors = (0..2).map(|index| actor("A", 1.0, None, 0.0, utility(index))).collect();
    let raise = |quantity: usize| -> Vec<Effect> { vec![effect(quantity, EffectOp::Add, n(0.5))] };
    for index in 0..24 {
        let options = [vec![], raise(index)];
        program.choices.push(choice(&format!("c{index}"), index % 2, Occasion::Steps(vec![0]), &options));
    }
    program.questions = vec![value_at("x", x(0), 0)];
    match lower(&program) {
        Err(LowerError::GameTooLarge { choice, operations }) => {
            assert_eq!(choice, "c0");
            assert!(operations > MAX_GAME_OPERATIONS);
        }
        other => panic!("{:?}", other.map(|plan| plan.operations())),
    }
    program.actors.iter_mut().for_each(|actor| actor.foresight = Some(0));
    assert!(lower(&program).is_ok());
    assert_eq!(run(&program, &settings(1, 2)).len(), 1);
}
