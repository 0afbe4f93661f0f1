//! The mechanisms of the shipped model that `claims.toml` lists work: each, taken away alone, moves the answer as said.
//!
//! 2^17 trajectories a clause, common random numbers, standard errors clustered by draw. Seen to fail
//! (as `variorum rows` on a copy of the model): with the sign of a clause turned round.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use variorum::rows::{Kind, failure, measure, parse};
use variorum::run::{Run, Unwatched};
use variorum::{checked, load, shipped};

/// The rows that this version promises.
const ROWS: [&str; 10] = ["J3", "J4", "J9", "D1", "D2", "D3", "D4", "D6", "L1", "L7"];

#[test]
fn every_listed_mechanism_works() {
    let files = shipped::files();
    let loaded = load(shipped::ROOT, &files).unwrap();
    let model = checked(&loaded);
    let rows = parse(&files["claims.toml"]).unwrap();
    let listed: BTreeSet<&str> = rows.clause.iter().map(|clause| clause.row.as_str()).collect();
    for row in ROWS {
        assert!(listed.contains(row), "{row} is not listed");
    }
    let settings = Run { draws: 8192, ..Run::default() };
    let mut wrong = Vec::new();
    for clause in &rows.clause {
        for claim in &clause.claim {
            assert!(model.shared.claims.contains_key(claim), "{}: there is no claim `{claim}`", clause.row);
        }
        if !matches!(clause.kind, Kind::Mechanism | Kind::Small) {
            continue;
        }
        let name = format!("{} ({}, {})", clause.row, clause.reading, clause.question);
        match measure(&model, clause, &settings, &Unwatched::default()) {
            Err(why) => wrong.push(format!("{name}: {why}")),
            Ok(effect) => {
                if let Some(why) = failure(clause, &effect) {
                    wrong.push(format!("{name}: {why}"));
                }
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-4 * (a.abs() + b.abs());
                let recorded = clause.measured.is_some_and(|measured| {
                    near(measured.with, effect.with_it)
                        && near(measured.without, effect.without_it)
                        && near(measured.error, effect.error)
                });
                if !recorded {
                    wrong.push(format!("{name}: what is recorded is not what is measured; see CONTRIBUTING.md"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
