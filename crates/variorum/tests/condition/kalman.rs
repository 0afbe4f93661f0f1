//! A linear model with normal noise, measured with normal errors: the posterior is exact (Kalman 1960).
//!
//! A stock is pulled back to where an uncertain drift holds it, and shaken; for two years it is measured every month. All
//! that is asked is jointly normal, so evidence, means and the law of E[answer | parameters, what was seen] are closed
//! forms.

use crate::support::{agrees, average, conditioned, month, played, program, settings, value};
use std::f64::consts::{LN_2, PI};
use std::sync::LazyLock;
use variorum::answers::Answer;
use variorum::condition::{Conditioned, answer_of};
use variorum::engine::math::{normal_cdf, normal_quantile};
use variorum::engine::random::parameter;
use variorum::lower::Reports;
use variorum::model::program::Program;

const START: f64 = 0.5;
/// Mean and standard deviation of the drift per month.
const DRIFT: (f64, f64) = (0.2, 0.2);
const PULL: f64 = 0.2;
const SHOCK: f64 = 0.5;
const ERROR: f64 = 0.8;
/// Months in which it is measured, and all months.
const SEEN: u32 = 24;
const STEPS: u32 = 30;
/// The step of the question what was early on.
const EARLY: u32 = 5;

/// Above what the question asks whether it was: as likely as not.
fn high() -> f64 {
    (EXACT.mean[THEN] * 10.0).round() / 10.0
}

/// The months' measurements: from a drift of 0.35, rounded as they are written.
fn measured() -> Vec<f64> {
    let normal = |step: u32, purpose: u64| normal_quantile(parameter(20, u64::from(step), purpose, 0));
    let mut x = START;
    let measure = |step: u32| {
        x = x + (0.35 - PULL * x) + SHOCK * normal(step, 1);
        ((x + ERROR * normal(step, 2)) * 1000.0).round() / 1000.0
    };
    (0..SEEN).map(measure).collect()
}

fn model() -> Program {
    let mut text = format!(
        "model \"Kalman\"\n\
         time monthly from 2020-01 to {last}\n\
         param drift = normal({}, {}) assumed \"a test\"\n\
         stock x = {START} assumed \"a test\"\n\
         flow x += (drift - {PULL} * x) per month noise normal {SHOCK} per month assumed \"a test\"\n\
         question drift_now \"Q\" = value drift at {last}\n\
         question now \"Q\" = value x at {now}\n\
         question later \"Q\" = value x at {last}\n\
         question early \"Q\" = x > {high} at {early}\n",
        DRIFT.0,
        DRIFT.1,
        now = month(SEEN - 1),
        last = month(STEPS - 1),
        early = month(EARLY),
        high = high(),
    );
    for (step, number) in (0..).zip(measured()) {
        text += &format!("observe {} x = {number:.3} error {ERROR} assumed \"a test\"\n", month(step));
    }
    program(&text)
}

/// The drift and the stock at the end of each month: first the drift, then month by month.
struct Gaussian {
    mean: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    /// The natural logarithm of the density of what was measured.
    log_evidence: f64,
}

impl Gaussian {
    /// Before anything is measured: each number is a mean plus a linear form in independent standard normals, the first
    /// for the drift, then one per month.
    fn prior() -> Gaussian {
        let months = STEPS as usize;
        let form =
            |place: usize, by: f64| -> Vec<f64> { (0..=months).map(|i| if i == place { by } else { 0.0 }).collect() };
        let drift = form(0, DRIFT.1);
        let (mut means, mut forms) = (vec![DRIFT.0], vec![drift.clone()]);
        let (mut mean, mut x) = (START, form(0, 0.0));
        for month in 1..=months {
            mean = (1.0 - PULL) * mean + DRIFT.0;
            let shock = form(month, SHOCK);
            x = (0..=months).map(|i| (1.0 - PULL) * x[i] + drift[i] + shock[i]).collect();
            means.push(mean);
            forms.push(x.clone());
        }
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let covariance = forms.iter().map(|a| forms.iter().map(|b| product(a, b)).collect()).collect();
        Gaussian { mean: means, covariance, log_evidence: 0.0 }
    }

    /// Measures a number with an error.
    fn measure(&mut self, place: usize, observed: f64, error: f64) {
        let column: Vec<f64> = self.covariance.iter().map(|row| row[place]).collect();
        let variance = column[place] + error * error;
        let distance = observed - self.mean[place];
        self.log_evidence -= 0.5 * ((2.0 * PI * variance).ln() + distance * distance / variance);
        for i in 0..column.len() {
            self.mean[i] += column[i] * distance / variance;
            for j in 0..column.len() {
                self.covariance[i][j] -= column[i] * column[j] / variance;
            }
        }
    }

    fn posterior() -> Gaussian {
        let mut gaussian = Gaussian::prior();
        for (place, observed) in (1..).zip(measured()) {
            gaussian.measure(place, observed, ERROR);
        }
        gaussian
    }

    /// E[x | drift, what was measured] is linear in the drift: its mean and its variance over the drift.
    fn given_drift(&self, place: usize) -> (f64, f64) {
        let together = self.covariance[0][place];
        (self.mean[place], together * together / self.covariance[0][0])
    }

    /// P(x above something | drift, what was measured): its mean and variance over the drift, by the midpoint rule.
    fn above_given_drift(&self, place: usize, high: f64) -> (f64, f64) {
        let (mean, between) = self.given_drift(place);
        let within = (self.covariance[place][place] - between).sqrt();
        let (mut sum, mut squares) = (0.0, 0.0);
        for cell in 0..100_000 {
            let drift = normal_quantile((f64::from(cell) + 0.5) / 100_000.0);
            let p = normal_cdf((mean + between.sqrt() * drift - high) / within);
            sum += p / 100_000.0;
            squares += p * p / 100_000.0;
        }
        (sum, squares - sum * sum)
    }
}

const NOW: usize = SEEN as usize;
const LATER: usize = STEPS as usize;
const THEN: usize = EARLY as usize + 1;

const SEEDS: u64 = 200;
const DRAWS: u64 = 256;
/// Doubled where the halves of a draw still disagree too much.
const PER_DRAW: u32 = 128;

static MODEL: LazyLock<Program> = LazyLock::new(model);
static EXACT: LazyLock<Gaussian> = LazyLock::new(Gaussian::posterior);
static FOUND: LazyLock<Vec<Conditioned>> =
    LazyLock::new(|| (1..=SEEDS).map(|seed| conditioned(&MODEL, DRAWS, PER_DRAW, seed)).collect());

/// Mean, variance over parameters and 90% interval of an answer.
fn answer(question: &str, found: &Conditioned) -> (f64, f64, [f64; 2]) {
    let index = MODEL.questions.iter().position(|asked| asked.name == question).unwrap();
    match answer_of(&MODEL, index, found).unwrap().0 {
        Answer::Number(answer) => {
            let width = (answer.interval[1] - answer.interval[0]) / (2.0 * normal_quantile(0.95));
            (answer.mean, width * width, answer.interval)
        }
        Answer::Probability(answer) => (answer.probability, answer.variance, answer.interval.unwrap_or([f64::NAN; 2])),
        other => panic!("{other:?}"),
    }
}

#[test]
fn evidence_and_means() {
    let found = conditioned(&MODEL, 2_000, PER_DRAW, 7);
    let (log2, error) = (found.log2(), found.error());
    let exact = EXACT.log_evidence / LN_2;
    assert!((log2 - exact).abs() < 3.0 * error && error < 0.1, "{log2} ± {error}, not {exact}");
    agrees("drift", value(&MODEL, "drift_now", &found), EXACT.mean[0]);
    agrees("now", value(&MODEL, "now", &found), EXACT.mean[NOW]);
    agrees("later", value(&MODEL, "later", &found), EXACT.mean[LATER]);
    agrees("early", value(&MODEL, "early", &found), EXACT.above_given_drift(THEN, high()).0);
}

/// Scores of 200 seeds: their squares add up to a chi-square of 200 degrees of freedom, which lies between 118.1 and 309.6
/// but for 1 in 100,000 each.
#[test]
fn errors_are_as_large_as_they_say() {
    let scores = |what: &str, score: &dyn Fn(&Conditioned) -> f64| {
        let scores: Vec<f64> = FOUND.iter().map(score).collect();
        let sum: f64 = scores.iter().map(|score| score * score).sum();
        let (mean, error) = average(&scores);
        println!("{what}: mean {mean:.2}, chi-square {sum:.0}");
        assert!((118.1..309.6).contains(&sum), "{what}: the chi-square of 200 scores is {sum}");
        assert!(mean.abs() < 4.5 * error, "{what}: the mean score is {mean} ± {error}");
    };
    scores("evidence", &|found| (found.log2() - EXACT.log_evidence / LN_2) / found.error());
    let of = |question: &'static str, exact: f64| {
        move |found: &Conditioned| {
            let (mean, error) = value(&MODEL, question, found);
            (mean - exact) / error
        }
    };
    scores("drift", &of("drift_now", EXACT.mean[0]));
    scores("now", &of("now", EXACT.mean[NOW]));
    scores("later", &of("later", EXACT.mean[LATER]));
    scores("early", &of("early", EXACT.above_given_drift(THEN, high()).0));
}

/// The 90% interval is of E[x | drift, what was measured], for which a half of 64 trajectories is enough: what they lack
/// to infinity makes up less than 3% of its width.
#[test]
fn the_interval_is_that_of_the_answer_given_the_parameters() {
    for (question, place) in [("now", NOW), ("later", LATER)] {
        let (mean, variance) = EXACT.given_drift(place);
        let width = normal_quantile(0.95) * variance.sqrt();
        for (end, exact) in [(0, mean - width), (1, mean + width)] {
            let ends: Vec<f64> = FOUND.iter().map(|found| answer(question, found).2[end]).collect();
            let (found, error) = average(&ends);
            println!("{question}, end {end}: {found:.4} ± {error:.4}, exact {exact:.4}, width {width:.4}");
            assert!(
                (found - exact).abs() < 4.5 * error + 0.03 * width,
                "{question}, end {end}: {found} ± {error}, not {exact}"
            );
        }
    }
}

/// Of a question by yes or no one could think to take the binomial variance p (1 - p) / (M - 1) of M trajectories from the
/// variance of the frequencies p, as one can before anything is seen. After resampling, trajectories share ancestors: the
/// frequencies vary far more than that. The product of the halves is right all the same.
#[test]
fn a_binomial_correction_is_wrong_where_the_halves_are_right() {
    let question = MODEL.questions.iter().position(|asked| asked.name == "early").unwrap();
    let (_, exact) = EXACT.above_given_drift(THEN, high());
    let (mut by_halves, mut by_binomial) = (Vec::new(), Vec::new());
    for (seed, found) in (1..).zip(FOUND.iter()) {
        by_halves.push(answer("early", found).1);
        if seed > 40 {
            continue;
        }
        let per_draw = found.per_draw;
        let reference = EXACT.log_evidence;
        let (mut weight, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for chunk in played(&MODEL, Reports::Steer, &settings(seed, DRAWS, per_draw as usize)) {
            for place in 0..(chunk.draws.end - chunk.draws.start) as usize {
                let halves = chunk.evidence_of(place).map(|log| 0.5 * (log - reference).exp());
                let shares = [0, 1].map(|half| chunk.sum(place, half, question) / f64::from(per_draw / 2));
                let evidence = halves[0] + halves[1];
                let p = (halves[0] * shares[0] + halves[1] * shares[1]) / evidence;
                weight += evidence;
                sum += evidence * p;
                squares += evidence * (p * p - p * (1.0 - p) / f64::from(per_draw - 1));
            }
        }
        by_binomial.push(squares / weight - (sum / weight) * (sum / weight));
    }
    let (halves, error) = average(&by_halves);
    let (binomial, binomial_error) = average(&by_binomial);
    println!("exact {exact:.5}; halves {halves:.5} ± {error:.5}; binomial {binomial:.5} ± {binomial_error:.5}");
    assert!((halves - exact).abs() < 4.5 * error + 0.1 * exact, "halves: {halves} ± {error}, not {exact}");
    assert!(
        binomial - exact > 4.5 * binomial_error + exact,
        "binomial: {binomial} ± {binomial_error}, and it is {exact}"
    );
}
