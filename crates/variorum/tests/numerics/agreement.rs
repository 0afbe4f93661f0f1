//! The engine and the oracle give the same numbers, draw by draw, on generated models.

use super::generate::{Manner, generate};
use super::harness::{Sample, asking_everything, compare, loaded, played, programs};

/// A quarter of the models is numerically nasty.
pub fn manner(seed: u64) -> Manner {
    if seed % 4 == 3 { Manner::Nasty } else { Manner::Tame }
}

fn agree(seeds: std::ops::Range<u64>) {
    let mut faults = Vec::new();
    for seed in seeds {
        let draft = generate(seed, manner(seed));
        let loaded = loaded(&draft.text());
        let both = programs(&loaded).and_then(|programs| Ok([programs, played(&loaded)?].concat()));
        let programs = match both {
            Ok(programs) => programs,
            Err(errors) => {
                faults.push(format!("seed {seed} does not pass the checker:\n{errors}"));
                continue;
            }
        };
        for program in programs {
            // Draws on both sides of a chunk's end.
            let sample = Sample { seed: seed ^ 77, draws: 62..65, per_draw: 4 };
            for (what, program) in [(" asking everything", &asking_everything(&program)), ("", &program)] {
                if let Err(found) = compare(program, &sample) {
                    faults.push(format!("seed {seed}{what}: {}", found.what));
                    break;
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

// Four tests, so that they run side by side.

#[test]
fn on_generated_models_1() {
    agree(0..125);
}

#[test]
fn on_generated_models_2() {
    agree(125..250);
}

#[test]
fn on_generated_models_3() {
    agree(250..375);
}

#[test]
fn on_generated_models_4() {
    agree(375..500);
}

/// Searches further, or shows one model and what goes wrong with it:
/// `NUMERICS_SEEDS=500..9000 cargo test --release -p variorum --test numerics search -- --ignored --nocapture`.
#[test]
#[ignore = "for people who look for faults, or into one"]
fn search() {
    let seeds = std::env::var("NUMERICS_SEEDS").unwrap();
    let (first, last) = seeds.split_once("..").unwrap_or((&seeds, ""));
    let first: u64 = first.parse().unwrap();
    let last = last.parse().unwrap_or_else(|_| {
        println!("{}", generate(first, manner(first)).text());
        first + 1
    });
    agree(first..last);
}
