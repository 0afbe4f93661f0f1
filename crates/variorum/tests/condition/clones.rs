//! What resampling does: a trajectory that explains what was seen takes the place of those that do not, and from then on
//! each copy has a future of its own.

use crate::support::{played, program, settings};
use variorum::lower::Reports;
use variorum::model::program::Program;
use variorum::oracle::Oracle;

const HALF: usize = 32;
const SEED: u64 = 3;
const DRAWS: u64 = 40;

/// A walk that is measured closely at the end of its third month.
fn walk() -> Program {
    program(
        "model \"Walk\"\n\
         time monthly from 2020-01 to 2020-06\n\
         stock x = 0\n\
         flow x += 0 noise normal 1 per month\n\
         event push \"E\" hazard 20% per month then x += 0.5\n\
         observe 2020-03 x = 2 error 0.1 assumed \"a test\"\n\
         question at_february \"Q\" = value x at 2020-02\n\
         question at_march \"Q\" = value x at 2020-03\n\
         question at_april \"Q\" = value x at 2020-04\n\
         question at_june \"Q\" = value x at 2020-06\n",
    )
}

/// How many different numbers there are.
fn different(numbers: &[f64]) -> usize {
    let mut sorted: Vec<u64> = numbers.iter().map(|number| number.to_bits()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}

#[test]
fn copies_share_a_past_and_no_future() {
    let walk = walk();
    let settings = settings(SEED, DRAWS, 2 * HALF);
    let conditioned = played(&walk, Reports::Steer, &settings);
    let free = played(&walk.unobserved(), Reports::Steer, &settings);
    let oracle = Oracle::new(&walk, SEED).unwrap();
    let mut copies = 0;
    for (chunk, free) in conditioned.iter().zip(&free) {
        for (place, draw) in chunk.draws.clone().enumerate() {
            for half in [0, 1] {
                let slots = half * HALF..(half + 1) * HALF;
                let of = |question: usize| &chunk.of_draw(place, question)[slots.clone()];
                let free_of = |question: usize| &free.of_draw(place, question)[slots.clone()];
                // It was resampled once, after which all count alike.
                let resampled = oracle.filter(draw, half as u32, HALF as u32, true).resampled;
                let [(2, ancestors)] = &resampled[..] else { panic!("draw {draw}, half {half}: {resampled:?}") };
                assert!(chunk.weights_of(place).unwrap()[slots.clone()].iter().all(|weight| *weight == 1.0));
                // Everything up to then is the ancestor's, what was not seen and is only asked about included.
                for (slot, ancestor) in ancestors.iter().enumerate() {
                    assert_eq!(of(0)[slot], free_of(0)[*ancestor]);
                    assert_eq!(of(1)[slot], free_of(1)[*ancestor]);
                }
                assert_eq!(different(of(0)), different(of(1)));
                copies += HALF - different(of(1));
                // From then on it is the slot's chance that counts: no two do the same, and each moves as the trajectory
                // in its place would have moved. (Pushes do not depend on where it is.)
                assert_eq!((different(of(2)), different(of(3))), (HALF, HALF), "draw {draw}, half {half}");
                for slot in 0..HALF {
                    let (moved, would_have) = (of(2)[slot] - of(1)[slot], free_of(2)[slot] - free_of(1)[slot]);
                    assert!((moved - would_have).abs() < 1e-12, "draw {draw}, half {half}, slot {slot}");
                }
            }
        }
    }
    assert!(copies > DRAWS as usize * HALF, "only {copies} copies in {} places", DRAWS as usize * 2 * HALF);
}
