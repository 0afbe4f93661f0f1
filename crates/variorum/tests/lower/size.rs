//! A large model: a world of 190 countries that trade, each with each other, and 30 of which may clash.

#![allow(clippy::print_stdout, reason = "how long it took is for people to see")]

use super::agreement::agree;
use super::build::*;
use super::settings;
use std::sync::atomic::AtomicBool;
use variorum::lower::lower;
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::run::ChunkResult;
use variorum_model::program::{EffectOp, Expr, Formula, Function, Law, Occasion, Program};

/// The place of what one country sells to another.
fn pair(countries: usize, a: usize, b: usize) -> usize {
    a * (countries - 1) + b - usize::from(b > a)
}

/// A stock and a flow for every ordered pair of countries, an event and a flag for every pair of the first few, and the
/// trade of every country as a sum.
fn world(countries: usize, clashing: usize, steps: u32) -> Program {
    let mut program = program(steps);
    program.params = vec![
        param("growth", Law::Uniform { low: 0.01, high: 0.03 }),
        param("heat", Law::LogNormal { log_mean: -7.0, log_sd: 0.5 }),
    ];
    let pairs = countries * (countries - 1);
    let pair = |a: usize, b: usize| pair(countries, a, b);
    let others = |a: usize| (0..countries).filter(move |b| *b != a);
    for a in 0..countries {
        for b in others(a) {
            let start = n(0.1 + 0.8 * ((a * 31 + b * 17) % 97) as f64 / 97.0);
            program.quantities.push(stock(&format!("trade[{a}, {b}]"), (Some(0.0), Some(2.0)), start));
        }
    }
    for a in 0..countries {
        let sold: Vec<Expr> = others(a).map(|b| x(pair(a, b))).collect();
        program.formulas.push(Formula { name: format!("sold[{a}]"), value: apply(Function::Sum, &sold) });
    }
    for a in 0..countries {
        for b in others(a) {
            // Trade grows towards the mean of both sides' trade, and loses what it is worth.
            let both = plus(Expr::Formula(a), Expr::Formula(b));
            let towards = apply(Function::Subtract, &[times(n(0.5 / countries as f64), both), x(pair(a, b))]);
            program.flows.push(flow(pair(a, b), times(Expr::Param(0), towards), None));
        }
    }
    for a in 0..clashing {
        for b in 0..a {
            let flag = program.quantities.len();
            program.quantities.push(ladder(&format!("war[{a}, {b}]"), 2));
            let hazard = apply(Function::Divide, &[Expr::Param(1), plus(n(0.1), x(pair(a, b)))]);
            let halved = |place: usize| effect(place, EffectOp::Multiply, n(0.5));
            let effects = vec![set(flag, 1.0), halved(pair(a, b)), halved(pair(b, a))];
            program.events.push(event(&format!("clash[{a}, {b}]"), Some(equal(x(flag), 0.0)), hazard, effects));
        }
    }
    let wars: Vec<Expr> = (pairs..program.quantities.len()).map(x).collect();
    program.questions = vec![
        ever("any war", apply(Function::AnyOf, &wars), 0, steps - 1),
        value_at("wars", apply(Function::Sum, &wars), steps - 1),
        value_at("sold", Expr::Formula(3), steps - 1),
    ];
    program
}

/// Seconds that this thread has been at work; where the system does not tell, nothing is measured.
fn seconds() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    statistics.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) * 1e-9
}

/// The same with 30 that want things: each thinks now and then of closing its markets to the next one, and answers every
/// clash by war or by giving way.
fn deciding(countries: usize, clashing: usize, steps: u32) -> Program {
    let mut program = world(countries, clashing, steps);
    let pairs = countries * (countries - 1);
    let pair = |a: usize, b: usize| pair(countries, a, b);
    for a in 0..clashing {
        let wars = (pairs..program.quantities.len()).filter(|flag| {
            let name = &program.quantities[*flag].name;
            name.contains(&format!("[{a},")) || name.contains(&format!(" {a}]"))
        });
        let wars: Vec<Expr> = wars.map(x).collect();
        let utility = apply(Function::Subtract, &[Expr::Formula(a), apply(Function::Sum, &wars)]);
        program.actors.push(actor(&format!("A{a}"), 0.5, None, 0.0, utility));
        let next = (a + 1) % clashing;
        let close =
            vec![effect(pair(a, next), EffectOp::Multiply, n(0.9)), effect(pair(next, a), EffectOp::Set, n(0.1))];
        let name = format!("close[{a}]");
        program.choices.push(choice(&name, a, Occasion::Considered(n(0.1)), &[vec![], close]));
    }
    let mut number = 0;
    for a in 0..clashing {
        for b in 0..a {
            let yield_ = vec![set(pairs + number, 0.0), effect(pair(b, a), EffectOp::Multiply, n(0.8))];
            let harder = vec![effect(pair(b, a), EffectOp::Set, n(0.0)), effect(pair(a, b), EffectOp::Set, n(0.0))];
            let after = Occasion::AfterEvent { event: number };
            program.choices.push(choice(&format!("answer[{a}, {b}]"), b, after, &[vec![], yield_, harder]));
            number += 1;
        }
    }
    program.questions.push(value_at("closed", x(pair(0, 1)), steps - 1));
    program
}

#[test]
fn a_small_world_is_as_the_oracle_has_it() {
    for mut program in [world(9, 5, 24), deciding(9, 5, 24)] {
        program.params[1].scale = 4.0;
        let seen = agree(&program, 20, 4).unwrap();
        assert!(seen.answers[0] > 5 && seen.answers[1] > 5);
    }
}

#[test]
fn a_large_world_is_lowered_and_run() {
    for program in [world(190, 30, 120), deciding(190, 30, 120)] {
        assert_eq!((program.flows.len(), program.events.len()), (35_910, 435));
        run_large(&program);
    }
}

fn run_large(program: &Program) {
    let clock = seconds();
    let plan = lower(program).unwrap();
    let lowered = seconds() - clock;
    println!("{} operations, {} columns, lowered in {lowered:.2} s", plan.operations(), plan.column_count());
    let plans = [plan];
    let run = |lanes: usize, draws: u64| {
        let mut chunks: Vec<ChunkResult> = Vec::new();
        let clock = seconds();
        let settings = Settings { lanes, ..settings(draws, 2) };
        ensemble(&plans, &settings, &AtomicBool::new(false), &mut |_, results| chunks.extend_from_slice(results))
            .unwrap();
        println!("{} trajectories with {lanes} lanes in {:.2} s", draws * 2, seconds() - clock);
        chunks
    };
    let chunks = run(128, 50);
    // Far above what it takes, for machines that have much else to do.
    assert!(lowered < 20.0);
    assert_eq!(
        run(8, 6)[0].values.iter().map(|values| values[..12].to_vec()).collect::<Vec<_>>(),
        chunks[0].values.iter().map(|values| values[..12].to_vec()).collect::<Vec<_>>()
    );
    let wars = &chunks[0].values[1];
    assert!(wars.iter().any(|count| *count > 10.0) && wars.iter().all(|count| *count < 400.0), "{wars:?}");
}
