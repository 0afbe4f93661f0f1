//! The epidemic among eleven: final sizes, and whether it is over by a date.
//!
//! Three references: the chain of jumps, whose absorption gives the law of the final size (Bailey 1953); Kolmogorov's
//! forward equations, solved by uniformisation; and the chain with steps that the model's steps are by definition.
//! Seen to fail: with the exclusion taken from the baseline (final sizes), with hazards that ignore the number of
//! infectives, and with a contagion that is 5% too large.

use crate::{Answered, close, first_order, model, with_steps};

/// Susceptibles and infectives at the beginning.
const SUSCEPTIBLE: usize = 10;
const INFECTIVE: usize = 1;
const CONTAGION: f64 = 0.2;
const REMOVAL: f64 = 1.0;

/// The names of the questions for 0, 1 … 10 cases.
const SIZES: [&str; 11] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Probabilities by susceptibles and infectives.
type States = Vec<Vec<f64>>;

fn start() -> States {
    let mut states = vec![vec![0.0; SUSCEPTIBLE + INFECTIVE + 1]; SUSCEPTIBLE + 1];
    states[SUSCEPTIBLE][INFECTIVE] = 1.0;
    states
}

/// Rates of infection and of removal, per month.
fn rates(susceptible: usize, infective: usize) -> (f64, f64) {
    (CONTAGION * susceptible as f64 * infective as f64, REMOVAL * infective as f64)
}

/// Moves what is in each state: `part` gives the shares that see an infection alone, a removal alone, and both.
fn moved(states: &States, part: &dyn Fn(f64, f64) -> (f64, f64, f64)) -> States {
    let mut after = states.clone();
    for susceptible in 0..=SUSCEPTIBLE {
        for infective in 1..=SUSCEPTIBLE + INFECTIVE - susceptible {
            let weight = states[susceptible][infective];
            let (infection, removal) = rates(susceptible, infective);
            let (infected, removed, both) = part(infection, removal);
            after[susceptible][infective] -= weight * (infected + removed + both);
            if susceptible > 0 {
                after[susceptible - 1][infective + 1] += weight * infected;
                after[susceptible - 1][infective] += weight * both;
            }
            after[susceptible][infective - 1] += weight * removed;
        }
    }
    after
}

/// A step of the model: at most one event, with probability 1 - exp(-H Δ), in proportion to the hazards.
fn exclusive(step: f64) -> impl Fn(f64, f64) -> (f64, f64, f64) {
    move |infection, removal| {
        let one = -(-(infection + removal) * step).exp_m1();
        (one * infection / (infection + removal), one * removal / (infection + removal), 0.0)
    }
}

/// A step without the exclusion: each event by itself.
fn independent(step: f64) -> impl Fn(f64, f64) -> (f64, f64, f64) {
    move |infection, removal| {
        let (p, q) = (-(-infection * step).exp_m1(), -(-removal * step).exp_m1());
        (p * (1.0 - q), q * (1.0 - p), p * q)
    }
}

fn after_steps(steps: u32, part: &dyn Fn(f64, f64) -> (f64, f64, f64)) -> States {
    (0..steps).fold(start(), |states, _| moved(&states, part))
}

/// The states after so many months in continuous time: a Poisson number of steps of the uniformised chain.
fn after_months(months: f64) -> States {
    // No state is left faster than this: the largest of I (0.2 S + 1) with S + I <= 11.
    const FASTEST: f64 = 16.8;
    let mut states = start();
    let mut after = vec![vec![0.0; SUSCEPTIBLE + INFECTIVE + 1]; SUSCEPTIBLE + 1];
    let mut weight = (-FASTEST * months).exp();
    assert!(weight > 0.0, "too long for this way of summing");
    // The mean number of steps is at most 404; that there are 700 is less likely than 1e-30.
    for count in 1..700_u32 {
        for (row, into) in states.iter().zip(after.iter_mut()) {
            for (state, into) in row.iter().zip(into.iter_mut()) {
                *into += weight * state;
            }
        }
        weight *= FASTEST * months / f64::from(count);
        states = moved(&states, &|infection, removal| (infection / FASTEST, removal / FASTEST, 0.0));
    }
    after
}

/// The probability that nobody is infective.
fn over(states: &States) -> f64 {
    states.iter().map(|row| row[0]).sum()
}

/// The law of the final size, by the chain of jumps: from (s, i) the next event is an infection with probability
/// s / (s + ρ), ρ being the relative removal rate. Every state is left once at most, so one sweep in the order of
/// falling s and, for each s, of falling i absorbs all.
fn final_sizes() -> Vec<f64> {
    let relative = REMOVAL / CONTAGION;
    let mut states = start();
    for susceptible in (0..=SUSCEPTIBLE).rev() {
        for infective in (1..=SUSCEPTIBLE + INFECTIVE - susceptible).rev() {
            let weight = states[susceptible][infective];
            let share = susceptible as f64 / (susceptible as f64 + relative);
            if susceptible > 0 {
                states[susceptible - 1][infective + 1] += weight * share;
            }
            states[susceptible][infective - 1] += weight * (1.0 - share);
        }
    }
    (0..=SUSCEPTIBLE).map(|cases| states[SUSCEPTIBLE - cases][0]).collect()
}

fn sizes(states: &States) -> Vec<f64> {
    (0..=SUSCEPTIBLE).map(|cases| states[SUSCEPTIBLE - cases].iter().sum()).collect()
}

#[test]
fn the_references_agree_with_each_other() {
    let sizes = final_sizes();
    assert!((sizes.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    // A single infective is removed before it meets anybody with probability ρ / (n + ρ).
    assert!((sizes[0] - 5.0 / 15.0).abs() < 1e-12);
    // After two years one epidemic in a million or so is not over yet.
    let late = after_months(24.0);
    assert!((over(&late) - 1.0).abs() < 1e-5, "{}", over(&late));
    for (size, late) in sizes.iter().zip(self::sizes(&late)) {
        assert!((size - late).abs() < 1e-5, "{size} and {late}");
    }
}

/// In a step at most one event happens, in proportion to the hazards: the chain of jumps, and with it the law of the final
/// size, is that of continuous time whatever the step.
#[test]
fn final_sizes_do_not_depend_on_the_step() {
    let wanted = final_sizes();
    let mean: f64 = (0..=SUSCEPTIBLE).map(|cases| cases as f64 * wanted[cases]).sum();
    for cadence in ["4 per month", "32 per month"] {
        // A step holds one event, and there are at most 21: a year is enough even where a step is a week.
        let answers = Answered::new(&with_steps(&model("epidemic"), cadence), 2000);
        for (name, wanted) in SIZES.iter().zip(&wanted) {
            answers.agrees(name, "baseline", *wanted);
        }
        answers.agrees("cases", "baseline", mean);
        answers.agrees("caught", "baseline", wanted[10] / wanted[3..].iter().sum::<f64>());
    }
}

/// Dates do depend on it, as the model's own definition says, and the error goes with the step.
#[test]
fn when_it_is_over_converges_with_the_step() {
    let dates = [("over_2", 2_u32), ("over_4", 4), ("over_8", 8), ("ends", 12)];
    let cadences = [32_u32, 64, 128, 256];
    for (question, months) in dates {
        let wanted = over(&after_months(f64::from(months)));
        let error = |per_month: &u32| {
            let step = 1.0 / f64::from(*per_month);
            (over(&after_steps(months * per_month, &exclusive(step))) - wanted).abs()
        };
        let errors: Vec<f64> = cadences.iter().map(error).collect();
        // After a year what is left to happen is little, and of it so much in the tail that the order shows late.
        first_order(question, &errors, if months < 12 { 0.15 } else { 0.5 });
    }
    for per_month in [4_u32, 32] {
        let answers = Answered::new(&with_steps(&model("epidemic"), &format!("{per_month} per month")), 2000);
        let step = 1.0 / f64::from(per_month);
        for (question, months) in dates {
            answers.agrees(question, "baseline", over(&after_steps(months * per_month, &exclusive(step))));
            answers.agrees(question, "clashing", over(&after_steps(months * per_month, &independent(step))));
        }
    }
}

/// Without the exclusion an infective can infect and be removed in one step, and final sizes depend on the step.
#[test]
fn what_the_exclusion_is_worth() {
    let wanted = final_sizes();
    let mean = |sizes: &[f64]| -> f64 { sizes.iter().enumerate().map(|(cases, p)| cases as f64 * p).sum() };
    let clashing =
        |per_month: u32| mean(&sizes(&after_steps(12 * per_month, &independent(1.0 / f64::from(per_month)))));
    let errors: Vec<f64> = [4, 8, 16, 32].map(|per_month| (clashing(per_month) - mean(&wanted)).abs()).to_vec();
    first_order("clashing", &errors, 0.2);
    let answers = Answered::new(&model("epidemic"), 2000);
    answers.agrees("cases", "clashing", clashing(32));
}

/// Kermack and McKendrick: those who are never infected are S = 10 exp(-(11 - S) / ρ).
#[test]
fn the_fluid_limit() {
    let mut left = 1.0_f64;
    for _ in 0..200 {
        left = 10.0 * (-(11.0 - left) / 5.0).exp();
    }
    // In three years the last thousandths of an infective are gone too.
    let long = model("epidemic").replace("2025-12", "2027-12");
    let runs: Vec<f64> = [32, 64, 128]
        .iter()
        .map(|steps| Answered::certain(&with_steps(&long, &format!("{steps} per month"))))
        .map(|answers| (answers.value("cases", "fluid") - (10.0 - left)).abs())
        .collect();
    first_order("cases", &runs, 0.1);
    close("cases", Answered::certain(&model("epidemic")).value("cases", "fluid"), 10.0 - left, 3e-3);
}
