//! Parameters that are drawn together: correlations, and words of one source.

use variorum_model::program::{Copula, Key, Law, Param, Program};
use variorum_oracle::Oracle;
use variorum_oracle::special::{normal_below, normal_quantile};

use crate::build::*;

fn named(name: &str, law: Law) -> Param {
    Param { name: name.into(), draw: name.into(), key: Key::of(name), ..param(law) }
}

fn correlated(ranks: &[&[f64]]) -> Program {
    let mut program = empty(1);
    let flat = Law::Uniform { low: 0.0, high: 1.0 };
    program.params = ["a", "b", "c", "d"].map(|name| named(name, flat.clone())).into();
    let params = [3, 0, 1][..ranks.len()].to_vec();
    program.copulas = vec![Copula { params, ranks: ranks.iter().map(|row| row.to_vec()).collect() }];
    program
}

/// The same draws without correlations.
fn free(program: &Program) -> Program {
    Program { copulas: Vec::new(), ..program.clone() }
}

/// Spearman's rank correlation of numbers spread evenly from 0 to 1.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let mean = pairs.iter().map(|(a, b)| (a - 0.5) * (b - 0.5)).sum::<f64>() / pairs.len() as f64;
    12.0 * mean
}

#[test]
fn the_first_keeps_its_numbers_and_the_others_lean_on_it() {
    let program = correlated(&[&[1.0, -0.6], &[-0.6, 1.0]]);
    let alone = free(&program);
    let (tied, free) = (Oracle::new(&program, 4).unwrap(), Oracle::new(&alone, 4).unwrap());
    let golden = (libm::sqrt(5.0) - 1.0) / 2.0;
    for draw in 0..20 {
        let (found, u) = (tied.params(draw), free.params(draw));
        // In the order of the copula: the fourth parameter, then the first.
        close(found[3], u[3], 1e-15);
        let score = -golden * normal_quantile(u[3]) + libm::sqrt(golden) * normal_quantile(u[0]);
        close(found[0], normal_below(score), 1e-15);
        assert_eq!(found[1..3], u[1..3]);
    }
}

#[test]
fn ranks_are_correlated_as_written() {
    let ranks: [&[f64]; 3] = [&[1.0, 0.6, -0.3], &[0.6, 1.0, 0.2], &[-0.3, 0.2, 1.0]];
    let program = correlated(&ranks);
    let oracle = Oracle::new(&program, 9).unwrap();
    let drawn: Vec<Vec<f64>> = (0..20_000).map(|draw| oracle.params(draw)).collect();
    for (row, a) in [3, 0, 1].into_iter().enumerate() {
        for (column, b) in [3, 0, 1].into_iter().enumerate().take(row) {
            let pairs: Vec<(f64, f64)> = drawn.iter().map(|params| (params[a], params[b])).collect();
            // A product of two numbers in -1/2 .. 1/2 has a deviation of at most 1/4; of independent ones 1/12.
            close(rank_correlation(&pairs), ranks[row][column], 12.0 * 5.0 * 0.1 / libm::sqrt(20_000.0));
        }
        // Each of them is spread as before.
        let mean = drawn.iter().map(|params| params[a]).sum::<f64>() / 20_000.0;
        close(mean, 0.5, 5.0 * libm::sqrt(1.0 / 12.0 / 20_000.0));
    }
}

#[test]
fn no_correlation_leaves_everything_as_it_is() {
    let program = correlated(&[&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0]]);
    let alone = free(&program);
    let (tied, free) = (Oracle::new(&program, 4).unwrap(), Oracle::new(&alone, 4).unwrap());
    for draw in 0..50 {
        for (found, known) in tied.params(draw).into_iter().zip(free.params(draw)) {
            close(found, known, 1e-15);
        }
    }
}

#[test]
fn impossible_correlations_are_refused() {
    let program = correlated(&[&[1.0, 0.9, 0.9], &[0.9, 1.0, -0.9], &[0.9, -0.9, 1.0]]);
    let refusal = Oracle::new(&program, 4).unwrap_err().to_string();
    assert_eq!(refusal, "the law of d: no variables have these correlations with each other");
}

#[test]
fn one_reader_reads_all_words_of_a_source() {
    let mut program = empty(1);
    let table = |low: f64, high: f64| Law::Table(vec![(0.0, low), (0.5, low + 0.1), (1.0, high)]);
    program.params = vec![named("a#1", table(0.0, 0.3)), named("b#1", table(0.5, 0.9)), named("c#1", table(0.0, 0.3))];
    for (place, source) in ["said x", "said x", "said y"].into_iter().enumerate() {
        program.params[place].draw = source.into();
        program.params[place].key = Key::of(source);
    }
    let oracle = Oracle::new(&program, 2).unwrap();
    let mut differ = 0;
    for draw in 0..20 {
        let u = variorum_oracle::random::parameter(2, Key::of("said x"), draw);
        let line = |low: f64, high: f64| {
            if u < 0.5 { low + 0.2 * u } else { low + 0.1 + (2.0 * u - 1.0) * (high - low - 0.1) }
        };
        let found = oracle.params(draw);
        close(found[0], line(0.0, 0.3), 1e-15);
        close(found[1], line(0.5, 0.9), 1e-15);
        differ += u32::from(found[2] != found[0]);
    }
    assert_eq!(differ, 20);
}
