//! What is said of a program without running it, held against runs of generated models.

use super::agreement::manner;
use super::generate::{Draft, generate};
use super::harness::{Sample, asking_everything, chunks, compare, loaded, program};
use variorum::influence::Influence;
use variorum::model::program::{Expr, Function, Key, Law, Program, QuantityKind, Query, Question};
use variorum::origins::bears;
use variorum::{ablate, checked, reach};

fn shared(draft: &Draft) -> Program {
    program(&draft.without_readings().text())
}

/// A program that asks whether anything at all ever comes to pass: each level, each event, each option.
fn asking_whether(program: &Program) -> Program {
    let mut program = program.clone();
    let mut conditions = Vec::new();
    for (index, quantity) in program.quantities.iter().enumerate() {
        if let QuantityKind::Ladder { levels } = &quantity.kind {
            for level in 0..levels.len() {
                let arguments = vec![Expr::Quantity(index), Expr::Number(level as f64)];
                conditions.push(Expr::Apply(Function::Equal, arguments.clone()));
                conditions.push(Expr::Apply(Function::AtMost, arguments));
            }
        }
    }
    conditions.extend((0..program.events.len()).map(Expr::Happened));
    for (choice, of) in program.choices.iter().enumerate() {
        conditions.extend((0..of.options.len()).map(|option| Expr::Chosen { choice, option }));
    }
    let to = program.clock.steps - 1;
    for (number, condition) in conditions.into_iter().enumerate() {
        let not = Expr::Apply(Function::Not, vec![condition.clone()]);
        for (what, condition) in [("yes", condition), ("no", not)] {
            let name = format!("{what} {number}");
            program.questions.push(Question {
                name,
                text: String::new(),
                query: Query::Ever { condition, from: 0, to },
                given: None,
            });
        }
    }
    program
}

#[test]
fn structural_reasons_hold() {
    // An answer of exactly 0% or 100% that follows from the structure is that of every trajectory. Seen to fail with
    // the default's effects left out of what can be reached.
    let mut found = [0, 0];
    for seed in 0..200 {
        let program = asking_whether(&shared(&generate(seed, manner(seed))));
        let sample = Sample { seed, draws: 0..8, per_draw: 8 };
        let chunk = &chunks(&program, &sample, 64, 1).unwrap()[0];
        for (index, question) in program.questions.iter().enumerate() {
            let Some((outcome, reason)) = reach::reason(&program, &question.query) else { continue };
            found[usize::from(outcome)] += 1;
            let all = chunk.values[index].iter().all(|step| step.is_finite() == outcome);
            assert!(
                all,
                "seed {seed}: {} is said to be {outcome} because {reason}\n{:?}",
                question.name, question.query
            );
        }
    }
    assert!(found[0] > 100 && found[1] > 100, "only {found:?} reasons");
}

#[test]
fn parameters_that_cannot_matter_do_not() {
    // A question's answer stays the same to the last bit when those parameters on which it is said not to depend are
    // drawn anew. Seen to fail with the noise of flows left out of what is read.
    let (mut idle, mut moved) = (0, 0);
    for seed in 0..200 {
        let program = shared(&generate(seed, manner(seed)));
        let sample = Sample { seed, draws: 0..4, per_draw: 4 };
        let before = &chunks(&program, &sample, 16, 1).unwrap()[0];
        for (index, question) in program.questions.iter().enumerate() {
            let depends = Influence::of(&program).question(question);
            let mut other = program.clone();
            for (place, param) in other.params.iter_mut().enumerate() {
                let certain = matches!(param.law, Law::Point(_));
                if !depends.contains(&place) && !certain {
                    param.key = Key(param.key.0 ^ 1);
                    idle += 1;
                }
            }
            let after = &chunks(&other, &sample, 16, 1).unwrap()[0];
            let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            let sums =
                (0..8).all(|half| same(before.sum(half / 2, half % 2, index), after.sum(half / 2, half % 2, index)));
            let values = before.values[index].iter().zip(&after.values[index]).all(|(a, b)| same(*a, *b));
            let given = before.given[index] == after.given[index];
            assert!(sums && values && given, "seed {seed}: {} depends on more than {depends:?}", question.name);
            moved += u32::from(!depends.is_empty());
        }
    }
    assert!(idle > 500 && moved > 300, "{idle} idle parameters, {moved} questions that depend on some");
}

#[test]
fn statements_that_cannot_matter_do_not() {
    // A question's answer stays the same to the last bit without a statement that is said to have no bearing on it.
    let (mut idle, mut moved) = (0, 0);
    for seed in 0..120 {
        let loaded = loaded(&generate(seed, manner(seed)).text());
        let model = checked(&loaded);
        for reading in &model.readings {
            let Some(program) = &reading.program else { continue };
            let sample = Sample { seed, draws: 0..2, per_draw: 4 };
            let Ok(before) = chunks(program, &sample, 16, 1) else { continue };
            let influence = Influence::of(program);
            for without in ablate::candidates(&model, reading).0 {
                let Ok(after) = chunks(&without.program, &sample, 16, 1) else { continue };
                for (index, question) in program.questions.iter().enumerate() {
                    let bearing = influence.bearing(question);
                    let paths = without.paths.as_deref().unwrap_or_default();
                    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                    let values = before[0].values[index].iter().zip(&after[0].values[index]);
                    let unmoved = values.clone().all(|(a, b)| same(*a, *b));
                    if paths.iter().any(|path| bears(&bearing, path)) {
                        moved += u32::from(!unmoved);
                        continue;
                    }
                    idle += 1;
                    assert!(unmoved, "seed {seed}, {}: without {} another answer", question.name, without.name);
                }
            }
        }
    }
    assert!(idle > 500 && moved > 300, "{idle} without bearing, {moved} that moved an answer");
}

#[test]
fn models_with_something_taken_away() {
    // What ablation runs are programs too: engine and oracle give the same numbers.
    let mut compared = 0;
    for seed in 0..60 {
        let loaded = loaded(&generate(seed, manner(seed)).text());
        let model = checked(&loaded);
        for reading in &model.readings {
            let (without, _) = ablate::candidates(&model, reading);
            for (number, without) in
                without.iter().enumerate().filter(|(number, _)| (*number as u64 + seed).is_multiple_of(5))
            {
                let sample = Sample { seed: seed + number as u64, draws: 0..1, per_draw: 4 };
                compared += 1;
                if let Err(found) = compare(&asking_everything(&without.program), &sample) {
                    panic!("seed {seed}, without {}: {}", without.name, found.what);
                }
            }
        }
    }
    assert!(compared > 100, "only {compared} programs");
}
