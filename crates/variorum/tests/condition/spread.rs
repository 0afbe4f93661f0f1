//! How far the filter's estimate of the evidence varies, as a table.
//!
//! `cargo test --release -p variorum --test condition spread -- --ignored --nocapture` prints the table of the book's page
//! on how it was tested.

use crate::support::{month, played, program, settings};
use variorum::lower::Reports;
use variorum::model::program::Program;

/// An event that is reported every sixth month, or every other month, over five years, by a source that errs. It makes
/// the next one likelier, so that past mistakes are paid for.
fn model(reports: u32) -> Program {
    let mut text = "model \"Reports\"\n\
        time monthly from 2020-01 to 2024-12\n\
        source nis \"A service\"\n\
        stock heat = 0, at least 0\n\
        flow heat -= 0.3 * heat per month\n\
        event clash \"E\" hazard 0.05 * (1 + 2 * heat) / 1 month then heat += 1\n\
        question clash \"Q\" = happened(clash) by 2024-12\n"
        .to_owned();
    let every = 60 / reports;
    for report in 0..reports {
        let date = month(report * every + every - 1);
        text += &format!("observe {date} clash reported by nis, hits 90%, false alarms 2% assumed \"a test\"\n");
    }
    program(&text)
}

/// Per half of so many trajectories: the variance of log Ẑ and the effective sample size of the draws' evidences, as a
/// share. There is nothing uncertain in the model, so that all of it is the filter's.
fn spread(program: &Program, reports: Reports, per_draw: usize, draws: u64) -> (f64, f64, f64) {
    let chunks = played(program, reports, &settings(1, draws, per_draw));
    let logs: Vec<f64> = chunks.iter().flat_map(|chunk| &chunk.evidence).copied().collect();
    let alive: Vec<f64> = logs.iter().copied().filter(|log| *log > f64::NEG_INFINITY).collect();
    let mean = alive.iter().sum::<f64>() / alive.len() as f64;
    let variance = alive.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / (alive.len() as f64 - 1.0);
    let (mut sum, mut squares) = (0.0, 0.0);
    for halves in logs.chunks_exact(2) {
        let evidence = halves.iter().map(|log| 0.5 * (log - mean).exp()).sum::<f64>();
        sum += evidence;
        squares += evidence * evidence;
    }
    let count = logs.len() as f64 / 2.0;
    (variance, sum * sum / squares / count, mean + (sum / count).ln())
}

/// Steering by reports pays at any number of reports and trajectories, and both have the same evidence.
#[test]
fn steering_by_reports_varies_less() {
    for count in [10, 30] {
        let program = model(count);
        let steer = spread(&program, Reports::Steer, 32, 1024);
        let weigh = spread(&program, Reports::Weigh, 32, 1024);
        assert!(2.0 * steer.0 < weigh.0 && steer.1 > weigh.1, "{count}: {steer:?} {weigh:?}");
        // Estimates from 1024 draws each; the variance of a mean by the effective sample size.
        let error = ((1.0 / steer.1 - 1.0 + 1.0 / weigh.1 - 1.0) / 1024.0).sqrt();
        assert!((steer.2 - weigh.2).abs() < 4.5 * error, "{count}: {steer:?} {weigh:?}");
    }
}

#[test]
#[ignore = "prints a table for the book"]
fn table() {
    println!("| reports | trajectories in a half | Var log Ẑ, steered | weighed | ESS, steered | weighed |");
    println!("|---|---|---|---|---|---|");
    for count in [10, 30] {
        let program = model(count);
        for per_draw in [16, 64, 256] {
            let [(steer, steer_ess, _), (weigh, weigh_ess, _)] =
                [Reports::Steer, Reports::Weigh].map(|reports| spread(&program, reports, per_draw, 4096));
            println!(
                "| {count} | {} | {steer:.2} | {weigh:.2} | {:.0}% | {:.0}% |",
                per_draw / 2,
                100.0 * steer_ess,
                100.0 * weigh_ess
            );
        }
    }
}
