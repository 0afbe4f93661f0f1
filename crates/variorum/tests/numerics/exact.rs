//! Engine and oracle against the exact solver, on random finite programs: the errors divided by their standard errors have
//! to be distributed as they should.

use super::finite::{finite, observe, observed};
use std::sync::atomic::AtomicBool;
use variorum::engine::ensemble::{Settings, ensemble};
use variorum::engine::math::normal;
use variorum::lower::{Reports, lower_conditioned};
use variorum::run::{Run, Unwatched, tallies};
use variorum::tally::Tally;
use variorum_exact::{Answered, ExactError, Limits, Solution, solve};
use variorum_model::program::{Program, Query};
use variorum_oracle::Oracle;

fn solved(program: &Program) -> Result<Solution, ExactError> {
    solve(program, &Limits::default(), &Default::default(), &mut |_, _| ())
}

/// Errors over standard errors, by program.
#[derive(Default)]
struct Scores(Vec<Vec<f64>>);

impl Scores {
    /// Whether these are numbers of a standard normal law: none too large, the mean of the squares 1, and the law itself
    /// by the test of Kolmogorov and Smirnov on one number of each program, since those of one program depend on each other.
    #[track_caller]
    fn are_normal(&self, largest: f64, squares: f64) {
        let all: Vec<f64> = self.0.iter().flatten().copied().collect();
        let worst = all.iter().fold(0.0, |worst: f64, z| if z.abs() > worst { z.abs() } else { worst });
        let mean = all.iter().map(|z| z * z).sum::<f64>() / all.len() as f64;
        let mut single: Vec<f64> =
            self.0.iter().enumerate().filter(|(_, z)| !z.is_empty()).map(|(at, z)| z[at % z.len()]).collect();
        single.sort_by(f64::total_cmp);
        let n = single.len() as f64;
        let distance = single.iter().enumerate().fold(0.0, |worst: f64, (rank, z)| {
            let p = normal::normal_cdf(*z);
            let far = [(rank as f64 + 1.0) / n - p, p - rank as f64 / n];
            far.into_iter().fold(worst, |worst, far| if far > worst { far } else { worst })
        });
        let known = 1.95 / n.sqrt();
        println!(
            "{} numbers: largest {worst:.2}, mean square {mean:.3}, distance {distance:.3} of {known:.3}",
            all.len()
        );
        assert!(worst < largest && (mean - 1.0).abs() < squares, "largest {worst}, mean square {mean}");
        // Exceeded with probability 0.001.
        assert!(distance < known, "distance {distance} of {} numbers", single.len());
    }
}

/// The errors of the engine's answers to a program.
fn engine_scores(seed: u64) -> Vec<f64> {
    let program = finite(seed);
    let solution = solved(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let run = Run { seed, draws: 640, per_draw: 8, threads: 1, ..Run::default() };
    let found = tallies(&program, &run, &Unwatched::default()).unwrap();
    let mut scores = Vec::new();
    for (index, (tally, answered)) in found.questions.iter().zip(&solution.questions).enumerate() {
        let at = format!("seed {seed}, question {index}");
        let asked = tally.asked();
        let often = asked.asked as f64 / asked.of as f64;
        if answered.given == 0.0 || answered.given > 1.0 - 1e-12 {
            assert!((often - answered.given).abs() < 1e-9, "{at}: given {often}, {}", answered.given);
        } else if asked.asked >= 100 && asked.of - asked.asked >= 100 {
            scores.push((asked.probability() - answered.given) / asked.error());
        }
        match tally {
            Tally::Share(share) => {
                let (yes, known) = (share.yes, answered.yes());
                // What cannot be never happens.
                assert!(known > 0.0 || yes == 0, "{at}: {yes} yes");
                assert!(known < 1.0 - 1e-12 || yes == asked.asked, "{at}: {yes} yes of {}", asked.asked);
                if yes >= 100 && asked.asked - yes >= 100 {
                    scores.push((share.mean() - known) / share.error());
                }
                if let Some(Some(curve)) = found.curves.get(index) {
                    scores.extend(curve_scores(&curve.shares(share), answered));
                }
            }
            Tally::Numbers(numbers) if asked.asked >= 400 && answered.deviation() > 1e-9 => {
                let heavy = answered.values.iter().any(|(value, p)| {
                    let z = (value - answered.mean()) / answered.deviation();
                    z * z * p > 0.5 && *p < 0.02
                });
                // Where a rare value carries the variance the error is not normal yet.
                if !heavy {
                    scores.push((numbers.mean() - answered.mean()) / numbers.error());
                }
            }
            Tally::Numbers(numbers) => {
                let (mean, known) = (numbers.mean(), answered.mean());
                let same = asked.asked == 0
                    || answered.deviation() > 1e-9
                    || (mean - known).abs() < 1e-9 * (1.0 + known.abs());
                assert!(same, "{at}: {mean} is not {known}");
            }
        }
    }
    scores
}

/// The middle step of a curve.
fn curve_scores(curve: &[(u32, variorum::stats::Share)], answered: &Answered) -> Option<f64> {
    let (step, share) = curve.get(curve.len() / 2)?;
    let known: f64 = answered.first.iter().filter(|(first, _)| first <= step).map(|(_, probability)| probability).sum();
    let enough = share.yes >= 100 && share.asked.asked - share.yes >= 100;
    enough.then(|| (share.mean() - known) / share.error())
}

#[test]
fn the_engine_on_finite_programs() {
    let scores = Scores((0..400).map(engine_scores).collect());
    assert!(scores.0.iter().flatten().count() > 1500);
    scores.are_normal(5.0, 0.15);
}

/// Whether a tenth of the variance of an answer (0 where it is not asked) comes from what happens less than once in a
/// hundred times.
fn turns_on_rare_things(answered: &Answered) -> bool {
    let given = answered.given;
    let asked: Vec<(f64, f64)> = match answered.values.is_empty() {
        true => vec![(1.0, answered.yes()), (0.0, 1.0 - answered.yes())],
        false => answered.values.clone(),
    };
    let mut cases: Vec<(f64, f64)> = asked.iter().map(|(value, p)| (*value, p * given)).collect();
    cases.push((0.0, 1.0 - given));
    let mean: f64 = cases.iter().map(|(value, p)| value * p).sum();
    let part = |rare: bool| -> f64 {
        let cases = cases.iter().filter(|(_, p)| !rare || *p < 0.01);
        cases.map(|(value, p)| (value - mean) * (value - mean) * p).sum()
    };
    part(true) > 0.1 * part(false)
}

/// What the oracle's filters make of observations, as errors of the evidence and of the weighted answers.
///
/// Seen to fail with weights that are not multiplied where windows open.
fn filter_scores(seed: u64, draws: u64) -> Vec<f64> {
    let program = observed(seed);
    let solution = solved(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let oracle = Oracle::new(&program, seed).unwrap();
    let size = 12;
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); 1 + program.questions.len()];
    for draw in 0..draws {
        for half in 0..2 {
            let filtered = oracle.filter(draw, half, size, !seed.is_multiple_of(3));
            let evidence = variorum::engine::math::exp(filtered.log_evidence - solution.log_evidence);
            found[0].push(evidence);
            for (index, question) in program.questions.iter().enumerate() {
                let worth = |answer: f64| match question.query {
                    Query::Value { .. } => answer,
                    _ => f64::from(u8::from(answer.is_finite())),
                };
                let each = filtered.weights.iter().zip(&filtered.histories);
                let each = each.filter(|(weight, history)| **weight > 0.0 && history.given[index]);
                let sum: f64 = each.map(|(weight, history)| weight * worth(history.answers[index])).sum();
                found[1 + index].push(evidence * sum / f64::from(size));
            }
        }
    }
    scores_of(seed, &solution, &found)
}

/// The same of the engine's filters.
fn engine_filter_scores(seed: u64, draws: u64) -> Vec<f64> {
    let program = observed(seed);
    let solution = solved(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let reports = if seed.is_multiple_of(3) { Reports::Weigh } else { Reports::Steer };
    let plans = [lower_conditioned(&program, reports).unwrap_or_else(|error| panic!("seed {seed}: {error}")).plan];
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); 1 + program.questions.len()];
    let settings = Settings { seed, draws: 0..draws, per_draw: 24, lanes: 96, threads: 1 };
    let done = ensemble(&plans, &settings, &AtomicBool::new(false), &mut |_, chunks| {
        for chunk in chunks {
            for place in 0..(chunk.draws.end - chunk.draws.start) as usize {
                for (half, log) in chunk.evidence_of(place).into_iter().enumerate() {
                    let evidence = variorum::engine::math::exp(log - solution.log_evidence);
                    found[0].push(evidence);
                    for index in 0..program.questions.len() {
                        found[1 + index].push(evidence * chunk.sum(place, half, index) / 12.0);
                    }
                }
            }
        }
    });
    assert_eq!(done, Ok(draws));
    scores_of(seed, &solution, &found)
}

/// Errors of the evidence and of the weighted answers, over their standard errors: `found` has, by half, the evidence over
/// the true one, and that times what each question is answered with.
fn scores_of(seed: u64, solution: &Solution, found: &[Vec<f64>]) -> Vec<f64> {
    assert!(solution.log_evidence > f64::NEG_INFINITY, "seed {seed}: it was seen, so it can be");
    let answers = solution.questions.iter().map(|answered| match (answered.given == 0.0, answered.values.is_empty()) {
        (true, _) => 0.0,
        (false, true) => answered.given * answered.yes(),
        (false, false) => answered.given * answered.mean(),
    });
    let mut scores = Vec::new();
    let evidence = found[0].clone();
    for (place, (numbers, known)) in found.iter().zip(std::iter::once(1.0).chain(answers)).enumerate() {
        // The two halves of a draw share its parameters. An answer is held against what it should be with this evidence:
        // otherwise all of a program would err as the evidence does.
        let errors = numbers.iter().zip(&evidence).map(|(number, evidence)| match place {
            0 => number - 1.0,
            _ => number - known * evidence,
        });
        let errors: Vec<f64> = errors.collect();
        let errors: Vec<f64> = errors.chunks(2).map(|halves| (halves[0] + halves[1]) / 2.0).collect();
        let n = errors.len() as f64;
        let mean = errors.iter().sum::<f64>() / n;
        let moment = |of: fn(f64) -> f64| errors.iter().map(|x| of(x - mean)).sum::<f64>() / n;
        let (variance, skewness) = (moment(|x| x * x), moment(|x| x * x * x));
        let rare = place > 0 && turns_on_rare_things(&solution.questions[place - 1]);
        if rare || variance < 1e-12 * (1.0 + known * known) {
            // What happens once in a thousand times may not have happened here.
            let error = (variance / (n - 1.0)).sqrt();
            let close = mean.abs() < 0.02 * (1.0 + known.abs()) + 6.0 * error;
            assert!(close, "seed {seed}, {place}: off {known} by {mean}");
        } else if skewness.abs() < 2.5 * variance * variance.sqrt() {
            // Where few draws carry the sum the error is not normal.
            scores.push(mean / (variance / (n - 1.0)).sqrt());
        }
    }
    scores
}

/// 500 models, in two tests that run side by side.
fn engine_filters(seeds: std::ops::Range<u64>) {
    let scores: Vec<Vec<f64>> = seeds.clone().map(|seed| engine_filter_scores(seed, 256)).collect();
    for (seed, scores) in seeds.zip(&scores).filter(|(_, scores)| scores.iter().any(|z| z.abs() > 4.5)) {
        println!("seed {seed}: {scores:.2?}");
    }
    let scores = Scores(scores);
    assert!(scores.0.iter().flatten().count() > 500);
    scores.are_normal(5.0, 0.2);
}

#[test]
fn the_engines_filters_on_finite_programs_1() {
    engine_filters(0..250);
}

#[test]
fn the_engines_filters_on_finite_programs_2() {
    engine_filters(250..500);
}

#[test]
fn the_oracles_filters_on_finite_programs_1() {
    filters(0..75);
}

#[test]
fn the_oracles_filters_on_finite_programs_2() {
    filters(75..150);
}

fn filters(seeds: std::ops::Range<u64>) {
    let scores = Scores(seeds.map(|seed| filter_scores(seed, 200)).collect());
    scores.are_normal(5.0, 0.4);
}

/// Looks into some programs: `EXACT_SEEDS=75..150 EXACT_DRAWS=2000 cargo test --release -p variorum --test numerics
/// exact::search -- --ignored --nocapture`.
#[test]
#[ignore = "for people who look for faults"]
fn search() {
    let seeds = std::env::var("EXACT_SEEDS").unwrap();
    let (first, last) = seeds.split_once("..").unwrap();
    let draws = std::env::var("EXACT_DRAWS").map_or(200, |draws| draws.parse().unwrap());
    let seeds = first.parse().unwrap()..last.parse().unwrap();
    let scores: Vec<Vec<f64>> = seeds.clone().map(|seed| filter_scores(seed, draws)).collect();
    for (seed, scores) in seeds.zip(&scores) {
        println!("{seed}: {scores:.2?}");
    }
    Scores(scores).are_normal(5.0, 0.4);
}

/// What the structure is said to forbid has probability 0, also where what was seen of two histories is taken together.
#[test]
fn what_is_forbidden_has_probability_0() {
    let mut proofs = 0;
    for seed in 0..600 {
        let mut program = finite(seed);
        let [one, other] = [0, 1].map(|which| observe(finite(seed), 2 * seed + which));
        program.observations = one.observations.into_iter().chain(other.observations).collect();
        program.records = one.records.into_iter().chain(other.records).collect();
        if let Some(forbidden) = variorum::condition::forbidden(&program)
            && let Ok(solution) = solved(&program)
        {
            assert_eq!(solution.log_evidence, f64::NEG_INFINITY, "{seed}: {forbidden:?}");
            proofs += usize::from(forbidden.reason.contains("can only be") && !forbidden.reason.starts_with("in this"));
        }
    }
    // Of three kinds of proofs this is the rarest.
    assert!(proofs > 2, "{proofs}");
}

#[test]
fn generated_programs_have_something_of_everything() {
    use variorum_model::program::{Fact, Law, Occasion};
    let programs: Vec<Program> = (0..300).map(observed).collect();
    let observations: Vec<_> = programs.iter().flat_map(|program| &program.observations).collect();
    let count = |holds: &dyn Fn(&variorum_model::program::Observation) -> bool| {
        observations.iter().filter(|seen| holds(seen)).count()
    };
    let draws =
        |seen: &variorum_model::program::Observation| matches!(seen.fact, Fact::Event { .. } | Fact::Choice { .. });
    assert!(count(&|seen| draws(seen) && seen.report.is_none() && seen.from == seen.to) > 100);
    assert!(count(&|seen| draws(seen) && seen.report.is_none() && seen.from < seen.to) > 25);
    assert!(count(&|seen| draws(seen) && seen.report.is_some() && seen.from == seen.to) > 50);
    assert!(count(&|seen| draws(seen) && seen.report.is_some() && seen.from < seen.to) > 25);
    assert!(count(&|seen| matches!(seen.fact, Fact::Condition(_)) && seen.from < seen.to) > 50);
    assert!(count(&|seen| matches!(seen.fact, Fact::Number { .. })) > 100);
    assert!(count(&|seen| matches!(seen.fact, Fact::Impossible { .. })) > 30);
    let of = |holds: &dyn Fn(&Program) -> bool| programs.iter().filter(|program| holds(program)).count();
    assert!(of(&|program| !program.records.is_empty()) > 100);
    assert!(of(&|program| program.params.iter().any(|param| matches!(param.law, Law::OneOf(_)))) > 100);
    assert!(of(&|program| !program.exclusions.is_empty() && !program.interventions.is_empty()) > 20);
    let after =
        |program: &Program| program.choices.iter().any(|choice| matches!(choice.occasion, Occasion::After { .. }));
    assert!(of(&after) > 50);
}
