//! Models in which something has been seen.

use super::agreement::manner;
use super::generate::generate;
use super::generate::observations::with_observations;
use super::harness::{loaded, programs};
use std::collections::BTreeMap;
use variorum_model::program::{Day, Fact};

const SEEDS: std::ops::Range<u64> = 0..400;

#[test]
fn what_was_seen_is_of_every_kind() {
    let mut kinds = BTreeMap::<&str, u32>::new();
    for seed in SEEDS {
        let draft = with_observations(seed, manner(seed));
        let text = draft.text();
        let programs = programs(&loaded(&text)).unwrap_or_else(|errors| panic!("seed {seed}: {errors}\n{text}"));
        for program in &programs {
            for seen in &program.observations {
                let kind = match seen.fact {
                    Fact::Event { .. } => "event",
                    Fact::Choice { .. } => "choice",
                    Fact::Condition(_) => "condition",
                    Fact::Number { .. } => "number",
                    Fact::Impossible { .. } => "impossible",
                };
                *kinds.entry(kind).or_default() += 1;
                *kinds.entry(if seen.from == seen.to { "one step" } else { "window" }).or_default() += 1;
                *kinds.entry(if seen.report.is_some() { "reported" } else { "certain" }).or_default() += 1;
            }
            *kinds.entry("record").or_default() += u32::try_from(program.records.len()).unwrap();
            let own = program.params.iter().filter(|param| param.name.starts_with("observe "));
            *kinds.entry("uncertain").or_default() += u32::try_from(own.count()).unwrap();
        }
    }
    let rare: Vec<_> = kinds.iter().filter(|(_, count)| **count < 30).collect();
    assert!(kinds.len() == 11 && rare.is_empty(), "{kinds:?}");
}

/// Before anything was known, a model is that in which nothing is observed.
#[test]
fn what_was_not_known_yet_leaves_no_trace() {
    for seed in SEEDS {
        let (seen, unseen) = (with_observations(seed, manner(seed)), generate(seed, manner(seed)));
        let before = Day { year: 1900, month: 1, day: 1 };
        let seen: Vec<_> =
            programs(&loaded(&seen.text())).unwrap().iter().map(|program| program.as_of(before)).collect();
        let unseen = programs(&loaded(&unseen.text())).unwrap();
        assert!(seen == unseen, "seed {seed}");
    }
}
