//! The mean, the variance and the errors behind printed intervals, against laws that are known.
//!
//! Each test repeats an ensemble for 200 seeds. An estimate is right within its errors if its average over the seeds
//! lies within 4.5 standard errors of the truth (7 in a million), and a nominal coverage of 95% if the share of seeds
//! covered lies within 4.5 binomial standard errors. Seen to fail: with the halves' product replaced by the square of
//! the whole (noise counted as ignorance), without the correction of the squared mean, and with errors that ignore
//! the clusters.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_precision_loss, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use variorum::answers::Answer;
use variorum::engine::math::{beta_i, exp, ln, logistic, normal_quantile};
use variorum::engine::random::parameter;
use variorum::run::{Run, Unwatched, run};
use variorum::stats::{Numbers, Share, beta_interval};
use variorum::{check, checked, load};

const SEEDS: u64 = 200;
const DRAWS: u64 = 300;
const HALF: u64 = 8;

/// A uniform of its own for each purpose.
fn uniform(seed: u64, draw: u64, purpose: u64) -> f64 {
    parameter(seed, draw, purpose, 0)
}

/// Mean and variance of a function of a uniform, by the midpoint rule.
fn moments(of: &dyn Fn(f64) -> f64) -> (f64, f64) {
    const CELLS: u32 = 200_000;
    let values = (0..CELLS).map(|cell| of((f64::from(cell) + 0.5) / f64::from(CELLS)));
    let (mut sum, mut squares) = (0.0, 0.0);
    for value in values {
        sum += value;
        squares += value * value;
    }
    let mean = sum / f64::from(CELLS);
    (mean, squares / f64::from(CELLS) - mean * mean)
}

/// Average and its standard error.
fn average(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

fn right(what: &str, values: &[f64], truth: f64) {
    let (mean, error) = average(values);
    assert!((mean - truth).abs() < 4.5 * error, "{what}: {mean} +- {error}, and it is {truth}");
}

fn covers(what: &str, scores: &[f64]) {
    let share = scores.iter().filter(|score| score.abs() < 1.96).count() as f64 / scores.len() as f64;
    let bound = 4.5 * (0.95 * 0.05 / scores.len() as f64).sqrt();
    // The estimated error makes the law of the score Student's, and skewed ones cover a little less.
    assert!((share - 0.95).abs() < bound, "{what}: {share} of the seeds are covered");
}

/// Ensembles in which the probability given the parameters has the law `of` (of a uniform).
fn law(what: &str, of: &dyn Fn(f64) -> f64) {
    let (mean, variance) = moments(of);
    let (mut means, mut variances, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..SEEDS {
        let mut share = Share::new(HALF);
        for draw in 0..DRAWS {
            let p = of(uniform(seed, draw, 1));
            let yes =
                |half: u64| (0..HALF).filter(|slot| uniform(seed, draw, 100 + half * HALF + slot) < p).count() as u64;
            share.add(yes(0), yes(1));
        }
        means.push(share.mean());
        variances.push(share.variance());
        scores.push((share.mean() - mean) / share.error());
    }
    right(&format!("{what}: mean"), &means, mean);
    right(&format!("{what}: variance"), &variances, variance);
    covers(what, &scores);
}

#[test]
fn log_normal_probabilities() {
    law("log-normal", &|u| {
        let p = exp(ln(0.08) + 0.7 * normal_quantile(u));
        if p < 0.95 { p } else { 0.95 }
    });
}

#[test]
fn two_point_probabilities() {
    law("two points", &|u| if u < 0.7 { 0.1 } else { 0.6 });
}

#[test]
fn logit_normal_probabilities() {
    law("logit-normal", &|u| logistic(-1.0 + 0.8 * normal_quantile(u)));
}

/// With ten draws the square of the mean is a tenth too large if its own error is left in.
#[test]
fn few_draws() {
    let of = |u: f64| if u < 0.7 { 0.1 } else { 0.6 };
    let (_, variance) = moments(&of);
    let mut variances = Vec::new();
    for seed in 0..4000 {
        let mut share = Share::new(HALF);
        for draw in 0..10 {
            let p = of(uniform(seed, draw, 1));
            let yes =
                |half: u64| (0..HALF).filter(|slot| uniform(seed, draw, 100 + half * HALF + slot) < p).count() as u64;
            share.add(yes(0), yes(1));
        }
        variances.push(share.variance());
    }
    right("few draws: variance", &variances, variance);
}

/// Without any uncertainty about parameters the variance is 0 on average, not that of small samples.
#[test]
fn certain_probabilities() {
    law("certain", &|_| 0.3);
}

/// A number whose mean given the parameters is normal with variance 4, under noise of variance 9.
#[test]
fn numbers() {
    let (mut means, mut variances, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..SEEDS {
        let mut numbers = Numbers::default();
        for draw in 0..DRAWS {
            let theta = 1000.0 + 2.0 * normal_quantile(uniform(seed, draw, 1));
            let value = |slot: u64| theta + 3.0 * normal_quantile(uniform(seed, draw, 100 + slot));
            let values: Vec<f64> = (0..2 * HALF).map(value).collect();
            numbers.add(&values);
        }
        means.push(numbers.mean());
        variances.push(numbers.variance());
        scores.push((numbers.mean() - 1000.0) / numbers.error());
    }
    right("numbers: mean", &means, 1000.0);
    right("numbers: variance", &variances, 4.0);
    covers("numbers", &scores);
}

#[test]
fn the_interval_is_that_of_the_beta_law_with_these_moments() {
    for (mean, variance) in [(0.3, 0.02), (0.05, 0.001), (0.9, 0.005), (0.5, 0.2)] {
        let size = mean * (1.0 - mean) / variance - 1.0;
        let (low, high) = beta_interval(mean, variance);
        assert!((beta_i(mean * size, (1.0 - mean) * size, low) - 0.05).abs() < 1e-9);
        assert!((beta_i(mean * size, (1.0 - mean) * size, high) - 0.95).abs() < 1e-9);
    }
    // The uniform law has mean 1/2 and variance 1/12.
    let (low, high) = beta_interval(0.5, 1.0 / 12.0);
    assert!((low - 0.05).abs() < 1e-9 && (high - 0.95).abs() < 1e-9);
    assert_eq!(beta_interval(0.4, -1e-3), (0.4, 0.4));
}

/// From the text to the interval: a hazard with a log-normal law, for two years.
#[test]
fn from_the_text() {
    let text = "model \"H\"\ntime monthly from 2024-01 to 2025-12\nflag war = no\n\
        event w when not war hazard 0.1 .. 0.4 per year then war = yes assumed \"r\"\n\
        question q \"war\" = war by 2025-12\n";
    let files = BTreeMap::from([("m.vor".to_owned(), text.to_owned())]);
    let loaded = load("m.vor", &files).unwrap();
    let model = checked(&loaded);
    assert!(model.diagnostics.is_empty(), "{:?}", model.diagnostics);
    let programs = check::programs(&model, &[]).unwrap();
    // 5% and 95% quantiles of a log-normal law lie 1.6449 deviations from the middle, on the scale of logarithms.
    let deviation = (ln(0.4) - ln(0.1)) / (2.0 * normal_quantile(0.95));
    let middle = 0.5 * (ln(0.4) + ln(0.1));
    let (mean, variance) = moments(&|u| 1.0 - exp(-2.0 * exp(middle + deviation * normal_quantile(u))));
    let (mut means, mut variances, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..SEEDS {
        let settings = Run { seed, draws: 256, ..Run::default() };
        let answers = run(&model, &programs, &settings, &Unwatched::default()).unwrap();
        let Answer::Probability(answer) = &answers.questions[0].readings[0].answer else { panic!("no probability") };
        means.push(answer.probability);
        variances.push(answer.variance);
        scores.push((answer.probability - mean) / answer.error);
    }
    right("from the text: mean", &means, mean);
    right("from the text: variance", &variances, variance);
    covers("from the text", &scores);
}
