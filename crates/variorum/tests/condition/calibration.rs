//! Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018).
//!
//! Parameters are drawn, a trajectory is played by the oracle, and what is seen of it goes into the model. Among so many
//! samples of the posterior the parameter, and a state that was not seen, must have every rank equally often: 500 times
//! over, by chi-square. The same numbers with weights that are broken on purpose, each being squared, as if all had been
//! seen twice, must be found out. (What it cannot find out is a posterior that makes nothing of what was seen; that the
//! closed forms do.)

use crate::support::{event, played, program, quantity, record, reported, seen, settings};
use std::ops::RangeInclusive;
use variorum::engine::run::ChunkResult;
use variorum::lower::Reports;
use variorum::model::program::{Expr, Fact, Function, Program};
use variorum::oracle::{History, Oracle};

const REPLICAS: u64 = 500;
/// Samples of each posterior; there are as many ranks, and one more.
const SAMPLES: usize = 19;
/// The 1 - 10^-4 quantile of chi-square with 19 degrees of freedom.
const BOUND: f64 = 50.795;

/// Random numbers of the world, from 0 to 1: a generator of its own (SplitMix64, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// By Box and Muller.
    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }
}

/// A model, what is seen of a trajectory, and how many draws and trajectories it takes.
struct Case {
    name: &'static str,
    program: Program,
    see: fn(&mut Program, &History, &mut Dice),
    draws: u64,
    per_draw: usize,
}

/// Posterior samples, by question: every trajectory with its weight to the power that is given.
fn samples(chunks: &[ChunkResult], questions: usize, power: f64, dice: &mut Dice) -> Vec<Vec<f64>> {
    let logs = chunks.iter().flat_map(|chunk| &chunk.evidence).copied();
    let highest = logs.fold(f64::NEG_INFINITY, f64::max);
    assert!(highest > f64::NEG_INFINITY, "starved");
    let mut places = Vec::new();
    let mut total = 0.0;
    for (number, chunk) in chunks.iter().enumerate() {
        let half = chunk.per_draw / 2;
        for (place, weight) in chunk.weights.iter().enumerate() {
            total += (weight * (chunk.evidence[place / half] - highest).exp()).powf(power);
            places.push((total, number, place));
        }
    }
    let mut found = vec![Vec::new(); questions];
    for _ in 0..SAMPLES {
        let at = dice.uniform() * total;
        let (_, number, place) = places[places.partition_point(|(sum, ..)| *sum <= at)];
        for (question, found) in found.iter_mut().enumerate() {
            found.push(chunks[number].values[question][place]);
        }
    }
    found
}

/// Among equals any place is as good as the other.
fn rank(truth: f64, samples: &[f64], dice: &mut Dice) -> usize {
    let below = samples.iter().filter(|sample| **sample < truth).count();
    let same = samples.iter().filter(|sample| **sample == truth).count();
    below + (dice.uniform() * (same + 1) as f64) as usize
}

fn chi_square(counts: &[u32]) -> f64 {
    let expected = REPLICAS as f64 / counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) - expected) * (f64::from(*count) - expected) / expected).sum()
}

/// All questions of the case are answered by numbers; the first is the parameter.
fn calibrated(case: &Case) {
    let oracle = Oracle::new(&case.program, 2018).unwrap();
    let questions = case.program.questions.len();
    let mut counts = [1.0, 2.0].map(|power| (power, vec![vec![0; SAMPLES + 1]; questions]));
    for replica in 0..REPLICAS {
        let mut dice = Dice(replica << 32);
        let truth = oracle.history(replica, 0, 0);
        let mut program = case.program.clone();
        (case.see)(&mut program, &truth, &mut dice);
        let chunks = played(&program, Reports::Steer, &settings(replica, case.draws, case.per_draw));
        for (power, counts) in &mut counts {
            let samples = samples(&chunks, questions, *power, &mut dice);
            for question in 0..questions {
                counts[question][rank(truth.answers[question], &samples[question], &mut dice)] += 1;
            }
        }
    }
    for question in 0..questions {
        let [right, broken] = [0, 1].map(|which: usize| chi_square(&counts[which].1[question]));
        let what = format!("{}, {}", case.name, case.program.questions[question].name);
        println!("{what}: {right:.1}; with broken weights {broken:.1}");
        assert!(right < BOUND, "{what}: chi-square {right}: {:?}", counts[0].1[question]);
        assert!(question > 0 || broken > BOUND, "{what}: nothing is found in broken weights: {broken}");
    }
}

/// Takes note of an event, step by step: that it happened, or that it did not.
fn noted(program: &mut Program, truth: &History, name: &str, steps: RangeInclusive<u32>) {
    let event = event(program, name);
    for step in steps.clone() {
        if truth.steps[step as usize].happened[event] {
            program.observations.push(seen(Fact::Event { event }, step..=step));
        }
    }
    let record = record(program, steps, &[name]);
    program.records.push(record);
}

#[test]
fn counts_of_events() {
    let program = program(
        "model \"Counts\"\n\
         time monthly from 2020-01 to 2021-06\n\
         param p in 0 .. 1 = uniform(0.0, 1.0) assumed \"a test\"\n\
         stock heads = 0, at least 0\n\
         event toss \"E\" hazard -ln(1 - p) / 1 month then heads += 1\n\
         question p_now \"Q\" = value p at 2021-06\n\
         question heads_at_last \"Q\" = value heads at 2021-06\n",
    );
    let see = |program: &mut Program, truth: &History, _: &mut Dice| noted(program, truth, "toss", 0..=11);
    calibrated(&Case { name: "counts", program, see, draws: 1024, per_draw: 4 });
}

#[test]
fn a_hidden_chain_with_reports() {
    let program = program(
        "model \"Hidden\"\n\
         time monthly from 2020-01 to 2021-06\n\
         param start in 0 .. 1 = uniform(0.02, 0.6) assumed \"a test\"\n\
         param stop in 0 .. 1 = uniform(0.05, 0.5) assumed \"a test\"\n\
         flag active = no\n\
         stock months = 0\n\
         event switch_on \"E\" when not active hazard -ln(1 - start) / 1 month then active = yes, months += 1\n\
         event switch_off \"E\" when active hazard -ln(1 - stop) / 1 month then active = no\n\
         question start_now \"Q\" = value start at 2021-06\n\
         question stop_now \"Q\" = value stop at 2021-06\n\
         question months_at_last \"Q\" = value months at 2021-06\n",
    );
    let see = |program: &mut Program, truth: &History, dice: &mut Dice| {
        let (switch_on, active) = (event(program, "switch_on"), quantity(program, "active"));
        for step in 0..15 {
            let so = &truth.steps[step as usize];
            // Each month two sources say whether it began and whether it goes on. What says that it began steers.
            let (hits, alarms) = (0.8, 0.1);
            let says_yes = dice.uniform() < if so.happened[switch_on] { hits } else { alarms };
            program.observations.push(if says_yes {
                reported(seen(Fact::Event { event: switch_on }, step..=step), hits, alarms)
            } else {
                let no = Expr::Apply(Function::Not, vec![Expr::Happened(switch_on)]);
                reported(seen(Fact::Condition(no), step..=step), 1.0 - alarms, 1.0 - hits)
            });
            let (hits, alarms) = (0.85, 0.2);
            let on = Expr::Quantity(active);
            let says_on = dice.uniform() < if so.state.0[active] == 0.0 { alarms } else { hits };
            program.observations.push(if says_on {
                reported(seen(Fact::Condition(on), step..=step), hits, alarms)
            } else {
                let off = Expr::Apply(Function::Not, vec![on]);
                reported(seen(Fact::Condition(off), step..=step), 1.0 - alarms, 1.0 - hits)
            });
        }
    };
    calibrated(&Case { name: "hidden chain", program, see, draws: 512, per_draw: 32 });
}

#[test]
fn a_stock_that_is_measured() {
    let program = program(
        "model \"Kalman\"\n\
         time monthly from 2020-01 to 2021-06\n\
         param drift = normal(0.2, 0.3) assumed \"a test\"\n\
         stock x = 0.5\n\
         flow x += (drift - 0.2 * x) per month noise normal 0.5 per month\n\
         question drift_now \"Q\" = value drift at 2021-06\n\
         question x_between \"Q\" = value x at 2020-09\n\
         question x_at_last \"Q\" = value x at 2021-06\n",
    );
    let see = |program: &mut Program, truth: &History, dice: &mut Dice| {
        let x = quantity(program, "x");
        for step in [1, 3, 4, 6, 7, 9, 10, 12, 14] {
            let observed = truth.steps[step as usize].state.0[x] + 0.5 * dice.normal();
            let fact = Fact::Number { value: Expr::Quantity(x), observed, error: Expr::Number(0.5) };
            program.observations.push(seen(fact, step..=step));
        }
    };
    calibrated(&Case { name: "measured stock", program, see, draws: 512, per_draw: 32 });
}
