//! The same bits, however a model is run.

use super::build::*;
use super::{run, settings};
use std::sync::atomic::{AtomicBool, Ordering};
use variorum::lower::lower;
use variorum_engine::ensemble::{EnsembleError, Settings, ensemble};
use variorum_engine::run::ChunkResult;
use variorum_model::program::Law;

#[path = "../../examples/strait/model.rs"]
mod model;

/// A hash of the bits of all sums, and of all answers to the question that is answered by a number (FNV-1a).
fn checksum(chunks: &[ChunkResult]) -> u64 {
    let numbers = chunks.iter().flat_map(|chunk| chunk.sums.iter().chain(&chunk.values[2]));
    numbers.fold(0xcbf2_9ce4_8422_2325, |hash, number| {
        number
            .to_bits()
            .to_le_bytes()
            .iter()
            .fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

#[test]
fn lanes_and_threads_do_not_matter() {
    let program = model::strait();
    let base = Settings { draws: 5..300, ..settings(0, 6) };
    let expected = run(&program, &base);
    assert_eq!(expected.len(), 5, "chunks begin at multiples of 64");
    for (lanes, threads) in [(8, 1), (24, 3), (64, 2), (1000, 2), (128, 7)] {
        assert_eq!(run(&program, &Settings { lanes, threads, ..base.clone() }), expected, "{lanes} {threads}");
    }
}

#[test]
fn a_trajectory_is_the_same_among_more() {
    let mut program = program(7);
    program.params = vec![param("rate", Law::Uniform { low: -1.0, high: 1.0 })];
    program.quantities = vec![stock("x", (None, None), n(0.0))];
    program.flows = vec![flow(0, variorum_model::program::Expr::Param(0), Some(n(0.3)))];
    program.questions = vec![value_at("x", x(0), 6)];
    let few = run(&program, &settings(70, 4));
    let many = run(&program, &settings(70, 10));
    for (few, many) in few.iter().zip(&many) {
        for (trajectory, value) in few.values[0].iter().enumerate() {
            let (draw, half, slot) = (trajectory / 4, trajectory / 2 % 2, trajectory % 2);
            assert_eq!(*value, many.values[0][draw * 10 + half * 5 + slot]);
        }
    }
}

#[test]
fn the_bits_of_a_model_are_pinned() {
    let chunks = run(&model::strait(), &settings(256, 2));
    let total =
        |question: usize| chunks.iter().flat_map(|chunk| chunk.sums.iter().skip(question).step_by(3)).sum::<f64>();
    let shares = [total(0) / 512.0, total(1) / 512.0, total(2) / 512.0];
    for (share, expected) in shares.iter().zip([0.62232, 0.80180, 0.71548]) {
        assert!((share - expected).abs() < 0.07, "{shares:?}");
    }
    assert_eq!(checksum(&chunks), 0x96d3_4daf_b18c_6ca4, "{:#x}", checksum(&chunks));
}

#[test]
fn plans_run_in_lockstep_and_stop_at_chunks() {
    let plan = lower(&model::strait()).unwrap();
    let plans = [plan.clone(), plan];
    for threads in [1, 3] {
        let stop = AtomicBool::new(false);
        let mut seen = Vec::new();
        let settings = Settings { threads, ..settings(64 * 20, 2) };
        let done = ensemble(&plans, &settings, &stop, &mut |chunk, results| {
            assert_eq!(results[0], results[1]);
            seen.push(chunk);
            stop.store(chunk == 4, Ordering::Relaxed);
        });
        assert_eq!(done, Ok(64 * 5));
        assert_eq!(seen, vec![0, 1, 2, 3, 4]);
    }
}

#[test]
fn odd_numbers_of_trajectories_are_refused() {
    let plan = lower(&model::strait()).unwrap();
    for per_draw in [0, 1, 3, 258] {
        let done =
            ensemble(std::slice::from_ref(&plan), &settings(1, per_draw), &AtomicBool::new(false), &mut |_, _| {});
        assert_eq!(done, Err(EnsembleError::PerDraw(per_draw)));
    }
}
