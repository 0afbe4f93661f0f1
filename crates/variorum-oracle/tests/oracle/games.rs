//! Games of perfect information against the agent quantal response equilibrium (McKelvey and Palfrey 1998), found by
//! an independent backward recursion; and what limited foresight makes of them.

use variorum_model::program::{Choice, Occasion, Program, Rule};
use variorum_oracle::{Moment, Oracle};

use crate::build::*;

/// Payoffs of the four-move centipede game of McKelvey and Palfrey (1992): where each mover takes, and at the end.
const TAKEN: [[f64; 2]; 4] = [[0.4, 0.1], [0.2, 0.8], [1.6, 0.4], [0.8, 3.2]];
const END: [f64; 2] = [6.4, 1.6];

fn pay([first, second]: [f64; 2]) -> Vec<variorum_model::program::Effect> {
    vec![set(0, first), set(1, second)]
}

/// Two players in turn; passing (option 1) is answered by the next move, taking (option 0) ends it.
fn centipede(precisions: [f64; 2], default: usize) -> Program {
    let mut program = empty(1);
    program.quantities = vec![stock(0.0, None, None), stock(0.0, None, None)];
    program.actors = vec![actor(precisions[0], None, quantity(0)), actor(precisions[1], None, quantity(1))];
    program.choices = (0..4)
        .map(|node| {
            let occasion = if node == 0 { Occasion::Steps(vec![0]) } else { after(node - 1, Some(1)) };
            let passed = if node == 3 { pay(END) } else { Vec::new() };
            let options = [option(None, &pay(TAKEN[node])), option(None, &passed)];
            Choice { default, ..choice(&format!("move {node}"), node % 2, occasion, &options) }
        })
        .collect();
    program
}

/// The probability of taking at each node, from the last to the first.
fn recursion(precisions: [f64; 2]) -> [f64; 4] {
    let mut ahead = END;
    let mut takes = [0.0; 4];
    for node in (0..4).rev() {
        let mover = node % 2;
        let take = 1.0 / (1.0 + libm::exp(precisions[mover] * (ahead[mover] - TAKEN[node][mover])));
        takes[node] = take;
        ahead = [0, 1].map(|player| take * TAKEN[node][player] + (1.0 - take) * ahead[player]);
    }
    takes
}

/// The moment at which a node is reached.
fn reached(oracle: &Oracle<'_>, node: usize) -> Moment {
    (0..node).fold(oracle.opening(&[]), |moment, node| oracle.take(node, 1, &[], &moment))
}

#[test]
fn centipede_is_the_agent_quantal_response_equilibrium() {
    for precisions in [[0.0, 0.0], [0.5, 0.5], [1.0, 2.0], [3.0, 0.2], [20.0, 20.0], [500.0, 400.0]] {
        for default in [0, 1] {
            let program = centipede(precisions, default);
            let oracle = Oracle::new(&program, 1).unwrap();
            for (node, take) in recursion(precisions).into_iter().enumerate() {
                let policy = oracle.policy(node, &[], &reached(&oracle, node));
                close(policy[0], take, 1e-12);
                close(policy[0] + policy[1], 1.0, 1e-15);
            }
        }
    }
}

#[test]
fn centipede_is_played_as_its_policy_says() {
    let mut program = centipede([1.0, 2.0], 1);
    let chosen = |choice, option| variorum_model::program::Expr::Chosen { choice, option };
    program.questions = (0..4).map(|node| ask(chosen(node, 0), 0)).collect();
    program.questions.push(ask(chosen(3, 1), 0));
    let found = means(&program, 4000);
    let mut reached = 1.0;
    for (found, take) in found.iter().zip(recursion([1.0, 2.0])) {
        frequency(*found, reached * take, 4000);
        reached *= 1.0 - take;
    }
    frequency(found[4], reached, 4000);
}

/// Three moves in a row, each answering any outcome of the one before; each option of a move adds its own amount to a
/// stock that the players weigh differently. Defaults are the first options.
fn chain(foresight: [Option<u32>; 2]) -> Program {
    let mut program = empty(1);
    program.quantities = vec![stock(1.0, None, None)];
    let square = times(quantity(0), quantity(0));
    program.actors = vec![actor(0.7, foresight[0], square), actor(-0.9, foresight[1], quantity(0))];
    let options = |amount: f64| [option(None, &[]), option(None, &[add(0, amount)])];
    program.choices = vec![
        choice("one", 0, Occasion::Steps(vec![0]), &options(1.0)),
        choice("two", 1, after(0, None), &options(-2.0)),
        choice("three", 0, after(1, None), &options(3.0)),
    ];
    // The second move changes what the third is worth.
    program.choices[1].options[1].effects.push(effect(0, variorum_model::program::EffectOp::Multiply, quantity(0)));
    program
}

fn second(x: f64) -> f64 {
    (x - 2.0) * (x - 2.0)
}

/// The probability of the second option by the worth of the first and the second.
fn logit(precision: f64, first: f64, second: f64) -> f64 {
    1.0 / (1.0 + libm::exp(precision * (first - second)))
}

fn mix(p: f64, first: f64, second: f64) -> f64 {
    (1.0 - p) * first + p * second
}

/// The third move at a stock of x, and what anything is worth before it.
fn third(x: f64) -> f64 {
    logit(0.7, x * x, (x + 3.0) * (x + 3.0))
}

fn before_third(x: f64, worth: impl Fn(f64) -> f64) -> f64 {
    mix(third(x), worth(x), worth(x + 3.0))
}

#[test]
fn foresight_counts_from_the_own_node() {
    let square = |x: f64| x * x;
    // The first player sees one move ahead; the second, seen by the first, sees the third move with its own eyes.
    let second_move = |x: f64| logit(-0.9, before_third(x, |x| x), before_third(second(x), |x| x));
    let near = |x: f64| mix(second_move(x), square(x), square(second(x)));
    let far = |x: f64| mix(second_move(x), before_third(x, square), before_third(second(x), square));
    let blind_second_move = |x: f64| logit(-0.9, x, second(x));
    let blind = |x: f64| mix(blind_second_move(x), square(x), square(second(x)));
    let none = |x: f64| square(x);
    let check = |foresight, known: &dyn Fn(f64) -> f64| {
        let program = chain(foresight);
        let oracle = Oracle::new(&program, 1).unwrap();
        let values = oracle.values(0, &[], &oracle.opening(&[]));
        close(values[0], known(1.0), 1e-12);
        close(values[1], known(2.0), 1e-12);
    };
    check([Some(0), None], &none);
    check([Some(1), None], &near);
    check([Some(1), Some(1)], &near);
    check([Some(1), Some(0)], &blind);
    check([Some(2), None], &far);
    check([None, Some(7)], &far);
}

#[test]
fn a_move_whose_condition_fails_still_counts_as_foreseen() {
    for (foresight, sees_third) in [(1, false), (2, true)] {
        let mut program = chain([Some(foresight), None]);
        program.choices[1].when = Some(number(0.0));
        program.choices[2].occasion = after(0, None);
        let oracle = Oracle::new(&program, 1).unwrap();
        let values = oracle.values(0, &[], &oracle.opening(&[]));
        let known = |x: f64| if sees_third { before_third(x, |x| x * x) } else { x * x };
        close(values[0], known(1.0), 1e-12);
        close(values[1], known(2.0), 1e-12);
    }
}

#[test]
fn a_move_whose_condition_fails_has_no_outcome_to_answer() {
    let mut program = chain([None, None]);
    program.choices[1].when = Some(number(0.0));
    let oracle = Oracle::new(&program, 1).unwrap();
    assert_eq!(oracle.values(0, &[], &oracle.opening(&[])), [1.0, 4.0]);
    let outcomes = &oracle.history(0, 0, 0).steps[0].outcomes;
    assert!(outcomes[0].is_some());
    assert_eq!(outcomes[1..], [None, None]);
}

#[test]
fn a_move_that_does_not_come_up_does_not_count() {
    let mut program = chain([Some(1), None]);
    // The second move answers only the first option, the third answers the first move.
    program.choices[1].occasion = after(0, Some(0));
    program.choices[2].occasion = after(0, None);
    let oracle = Oracle::new(&program, 1).unwrap();
    let values = oracle.values(0, &[], &oracle.opening(&[]));
    close(values[1], before_third(2.0, |x| x * x), 1e-12);
}

#[test]
fn an_unforeseen_default_applies_its_effects_and_triggers_replies() {
    let mut program = chain([Some(0), None]);
    program.choices[1].options[0].effects = vec![add(0, 10.0)];
    program.choices[2].occasion = after(1, Some(0));
    program.choices[2].options[0].effects = vec![add(0, 100.0)];
    let oracle = Oracle::new(&program, 1).unwrap();
    assert_eq!(oracle.values(0, &[], &oracle.opening(&[])), [111.0 * 111.0, 112.0 * 112.0]);
}

#[test]
fn elicited_answers_are_foreseen_with_their_probabilities() {
    let mut program = chain([None, None]);
    program.choices[1].rule = Rule::Probabilities;
    program.choices[1].options[1].weight = Some(number(0.3));
    let oracle = Oracle::new(&program, 1).unwrap();
    let values = oracle.values(0, &[], &oracle.opening(&[]));
    let known = |x: f64| mix(0.3, before_third(x, |x| x * x), before_third(second(x), |x| x * x));
    close(values[0], known(1.0), 1e-12);
    close(values[1], known(2.0), 1e-12);
}
