//! Programs that are played only to the last step of which anything was seen have the evidence of whole runs, bit for bit:
//! it is what readings are weighed by where nothing is asked.
//!
//! With the last step left out on purpose, both tests failed.

use super::agreement::manner;
use super::generate::observations::with_observations;
use super::harness::{loaded, programs};
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use variorum::lower::{Conditioned, Reports, lower_conditioned, lower_evidence};
use variorum::{load, shipped};
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_model::program::Program;

/// The logarithms of the evidence of every half of these draws, and of its path, as bits.
fn evidence(lowered: Conditioned, draws: Range<u64>, per_draw: usize) -> Vec<u64> {
    let settings = Settings { seed: 7, draws, per_draw, lanes: 64, threads: 2 };
    let mut logs = Vec::new();
    let done = ensemble(&[lowered.plan], &settings, &AtomicBool::new(false), &mut |_, chunks| {
        for chunk in chunks {
            for (place, _) in chunk.draws.clone().enumerate() {
                logs.extend(chunk.evidence_of(place).map(f64::to_bits));
                (0..2).for_each(|half| logs.extend(chunk.path_of(place, half).iter().map(|log| log.to_bits())));
            }
        }
    });
    assert_eq!(done, Ok(settings.draws.end - settings.draws.start));
    logs
}

/// Compares the two; whether the one is shorter, and how many halves were alive.
fn compare(program: &Program, reports: Reports, draws: Range<u64>, per_draw: usize) -> (bool, usize) {
    let whole = lower_conditioned(program, reports).unwrap();
    // As it is done where evidence is all that is wanted, and with questions that nobody will see answered.
    let unasked = Program { questions: Vec::new(), ..program.clone() };
    let shortened = lower_evidence(&unasked, reports).unwrap();
    let is_shorter = shortened.plan.steps() < whole.plan.steps();
    assert_eq!(whole.labels, shortened.labels, "{}", program.reading);
    let whole = evidence(whole, draws.clone(), per_draw);
    let shortened = evidence(shortened, draws, per_draw);
    assert!(!whole.is_empty() && whole == shortened, "{}: the evidence is another", program.reading);
    let alive = whole.iter().filter(|bits| **bits != f64::NEG_INFINITY.to_bits()).count();
    (is_shorter, alive)
}

#[test]
fn on_the_shipped_model() {
    let loaded = load(shipped::ROOT, &shipped::files()).unwrap();
    let programs = programs(&loaded).unwrap();
    let observed: Vec<&Program> = programs.iter().filter(|program| program.is_observed()).collect();
    assert!(observed.len() > 3);
    for program in observed {
        for reports in [Reports::Steer, Reports::Weigh] {
            let (is_shorter, alive) = compare(program, reports, 0..6, 16);
            assert!(is_shorter && alive > 0, "{}: {alive}", program.reading);
        }
    }
}

#[test]
fn on_generated_models() {
    let (mut compared, mut shorter, mut alive) = (0, 0, 0);
    for seed in 0..250 {
        let loaded = loaded(&with_observations(seed, manner(seed)).text());
        for program in programs(&loaded).unwrap().iter().filter(|program| program.is_observed()) {
            let reports = if seed % 3 == 0 { Reports::Weigh } else { Reports::Steer };
            let (is_shorter, living) = compare(program, reports, 62..66, 8);
            compared += 1;
            shorter += usize::from(is_shorter);
            alive += usize::from(living > 0);
        }
    }
    println!("{compared} programs, {shorter} of them shortened, {alive} with evidence");
    assert!(compared > 200 && 2 * shorter > compared && 2 * alive > compared, "{compared}, {shorter}, {alive}");
}
