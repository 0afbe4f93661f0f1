//! When choices come up, how they are made, and which of them see each other.

use variorum_model::program::{Choice, Expr, Function, Occasion, Program, Rule};
use variorum_oracle::Oracle;

use crate::build::*;

fn chosen(choice: usize, option: usize) -> Expr {
    Expr::Chosen { choice, option }
}

/// One choice with written weights; the first option is the default.
fn elicited(occasion: Occasion, rule: Rule, weights: &[f64]) -> Program {
    let mut program = empty(1);
    program.actors = vec![actor(1.0, None, number(0.0))];
    let mut options = vec![option(None, &[])];
    options.extend(weights.iter().map(|weight| option(Some(*weight), &[])));
    program.choices = vec![Choice { rule, ..choice("choice", 0, occasion, &options) }];
    program.questions = (0..options.len()).map(|option| ask(chosen(0, option), 0)).collect();
    program
}

fn policy(program: &Program, choice: usize) -> Vec<f64> {
    let oracle = Oracle::new(program, 1).unwrap();
    oracle.policy(choice, &[], &oracle.opening(&[]))
}

#[test]
fn elicited_probabilities_leave_the_rest_to_the_default() {
    let at_start = Occasion::Steps(vec![0]);
    let program = elicited(at_start.clone(), Rule::Probabilities, &[0.25, 0.5]);
    assert_eq!(policy(&program, 0), [0.25, 0.25, 0.5]);
    for (found, known) in means(&program, 5000).into_iter().zip([0.25, 0.25, 0.5]) {
        frequency(found, known, 5000);
    }
    assert_eq!(policy(&elicited(at_start.clone(), Rule::Probabilities, &[1.5, 0.5]), 0), [0.0, 0.75, 0.25]);
    assert_eq!(policy(&elicited(at_start, Rule::Probabilities, &[-1.0, f64::NAN]), 0), [1.0, 0.0, 0.0]);
}

#[test]
fn outcomes_lie_along_the_unit_in_order_the_default_last() {
    let mut program = elicited(Occasion::Steps(vec![0]), Rule::Probabilities, &[0.3, 0.3]);
    program.choices[0].default = 1;
    program.choices[0].options.swap(0, 1);
    let oracle = Oracle::new(&program, 9).unwrap();
    for slot in 0..50 {
        let dice = variorum_oracle::random::Dice { seed: 9, draw: 0, half: 0, slot };
        let u = dice.uniform(program.choices[0].key, program.clock.first);
        let known = if u < 0.3 {
            0
        } else if u < 0.6 {
            2
        } else {
            1
        };
        assert_eq!(oracle.history(0, 0, slot).steps[0].outcomes, [Some(known)]);
    }
}

#[test]
fn considered_options_compete_and_not_acting_leaves_no_record() {
    let mut program = elicited(Occasion::Considered(number(2.0)), Rule::Probabilities, &[0.1, 0.3]);
    let acts = 1.0 - libm::exp(-0.8);
    let found = means(&program, 10_000);
    assert_eq!(found[0], 0.0);
    frequency(found[1], 0.25 * acts, 10_000);
    frequency(found[2], 0.75 * acts, 10_000);
    program.clock.parts = 4;
    program.clock.steps = 4;
    program.questions = vec![ever(apply(Function::Or, &[chosen(0, 1), chosen(0, 2)]), 0, 3)];
    frequency(means(&program, 5000)[0], acts, 5000);
}

#[test]
fn hazards_of_a_choice_compete() {
    let program = elicited(Occasion::Hazards, Rule::Hazards, &[0.2, -3.0, 0.6]);
    let acts = 1.0 - libm::exp(-0.8);
    let found = means(&program, 10_000);
    assert_eq!((found[0], found[2]), (0.0, 0.0));
    frequency(found[1], 0.25 * acts, 10_000);
    frequency(found[3], 0.75 * acts, 10_000);
    let policy = policy(&program, 0);
    close(policy[0], 1.0 - acts, 1e-15);
    close(policy[3], 0.75 * acts, 1e-15);
}

#[test]
fn replies_come_up_in_the_same_step_and_only_after_their_trigger() {
    let mut program = elicited(Occasion::Considered(number(1.0)), Rule::Probabilities, &[0.3, 0.3]);
    program.quantities = vec![stock(0.0, None, None)];
    program.choices[0].options[2].effects = vec![add(0, 1.0)];
    let sure = |name: &str, occasion| Choice {
        rule: Rule::Probabilities,
        ..choice(name, 0, occasion, &[option(None, &[]), option(Some(1.0), &[])])
    };
    program.choices.push(sure("any", after(0, None)));
    program.choices.push(sure("second", after(0, Some(2))));
    program.choices.push(sure("reply to reply", after(2, Some(1))));
    // It reads the state that the choice before has left.
    program.choices.push(Choice { when: Some(quantity(0)), ..sure("conditional", after(0, None)) });
    let oracle = Oracle::new(&program, 3).unwrap();
    let mut seen = [0; 3];
    for slot in 0..200 {
        let outcomes = oracle.history(0, 0, slot).steps[0].outcomes.clone();
        let yes = |holds: bool| holds.then_some(1);
        let (acted, second) = (outcomes[0].is_some(), outcomes[0] == Some(2));
        assert_eq!(outcomes[1..], [yes(acted), yes(second), yes(second), yes(second)]);
        seen[outcomes[0].unwrap_or(0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 20));
}

#[test]
fn outcomes_are_known_to_events_flows_and_questions_but_not_to_choices() {
    let mut program = elicited(Occasion::Steps(vec![1]), Rule::Probabilities, &[1.0]);
    program.clock.steps = 3;
    program.quantities = vec![stock(0.0, None, None), stock(0.0, None, None)];
    let again = Choice { when: Some(chosen(0, 1)), ..program.choices[0].clone() };
    program.choices.push(Choice { name: "again".into(), ..again });
    program.events = vec![event("event", Some(chosen(0, 1)), hazard(f64::INFINITY), &[add(1, 1.0)])];
    program.flows = vec![flow(0, chosen(0, 1))];
    program.questions = vec![ask(quantity(0), 0), ask(quantity(0), 2), ask(quantity(1), 2), ask(chosen(0, 1), 2)];
    assert_eq!(answers(&program), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(Oracle::new(&program, 1).unwrap().history(0, 0, 0).steps[1].outcomes, [Some(1), None]);
}

#[test]
fn choices_and_their_effects_know_the_events_of_the_step_before() {
    let mut program = elicited(Occasion::Steps(vec![1, 2]), Rule::Probabilities, &[1.0]);
    program.clock.steps = 4;
    program.choices[0].when = Some(Expr::Happened(0));
    program.events = vec![event("event", None, dated(1, 1.0), &[])];
    let outcomes: Vec<_> =
        Oracle::new(&program, 1).unwrap().history(0, 0, 0).steps.iter().map(|record| record.outcomes[0]).collect();
    assert_eq!(outcomes, [None, None, Some(1), None]);
}

/// Two choices that each may add to a stock; the first wants it to be exactly 1.
fn pair(first: Occasion, second: Occasion) -> Program {
    let mut program = empty(2);
    program.quantities = vec![stock(0.0, None, None)];
    let want = equal(quantity(0), number(1.0));
    program.actors = vec![actor(1.0, None, want), actor(0.0, None, number(0.0))];
    let options = [option(None, &[]), option(None, &[add(0, 1.0)])];
    program.choices = vec![choice("first", 0, first, &options), choice("second", 1, second, &options)];
    program
}

#[test]
fn choices_of_one_date_see_each_other() {
    let now = Occasion::Steps(vec![0]);
    let blind = [1.0 / (1.0 + libm::exp(1.0)), 1.0 / (1.0 + libm::exp(-1.0))];
    let first = |occasion| policy(&pair(now.clone(), occasion), 0);
    assert_eq!(first(now.clone()), [0.5, 0.5]);
    close(first(Occasion::Steps(vec![1]))[0], blind[0], 1e-15);
    close(first(Occasion::Considered(number(100.0)))[0], blind[0], 1e-15);
    let considered = policy(&pair(Occasion::Considered(number(1.0)), now.clone()), 0);
    close(considered[1], blind[1], 1e-15);
}

#[test]
fn a_reply_to_one_dated_choice_is_seen_by_another() {
    let now = Occasion::Steps(vec![0]);
    // Played first, second, then a reply to the first: the second sees it because the first has been made.
    let mut program = pair(now.clone(), now);
    let options = [option(None, &[add(0, 1.0)]), option(None, &[add(0, 1.0)])];
    program.choices.push(choice("reply", 1, after(0, Some(1)), &options));
    program.choices[1].actor = 0;
    let oracle = Oracle::new(&program, 1).unwrap();
    let opening = oracle.opening(&[]);
    let unanswered = oracle.take(0, 0, &[], &opening);
    assert_eq!(oracle.values(1, &[], &unanswered), [0.0, 1.0]);
    let answered = oracle.take(0, 1, &[], &opening);
    assert_eq!(oracle.values(1, &[], &answered), [0.0, 0.0]);
}

#[test]
fn a_considered_choice_foresees_replies_to_its_acts_but_none_to_its_default() {
    let mut program = pair(Occasion::Considered(number(1.0)), after(0, None));
    program.choices[1].options = vec![option(None, &[add(0, 5.0)]), option(None, &[add(0, 5.0)])];
    program.actors[0].utility[0].value = quantity(0);
    let oracle = Oracle::new(&program, 1).unwrap();
    assert_eq!(oracle.values(0, &[], &oracle.opening(&[])), [0.0, 6.0]);
}

#[test]
fn where_a_worth_is_not_a_number_the_default_is_taken() {
    let mut program = pair(Occasion::Steps(vec![0]), Occasion::Steps(vec![1]));
    program.actors[0].utility[0].value = apply(Function::Ln, &[plus(quantity(0), number(-1.0))]);
    assert_eq!(policy(&program, 0), [1.0, 0.0]);
    program.actors[0].utility[0].value = times(number(1e300), quantity(0));
    assert_eq!(policy(&program, 0), [0.0, 1.0]);
}
