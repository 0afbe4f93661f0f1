//! Large models, and models that would be too large.

use crate::harness::codes;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;
use variorum_model::load::load;
use variorum_model::model::Model;
use variorum_syntax::diagnostic::{Diagnostic, Severity};

/// Many states with a stock and a flow for each pair, a formula that adds up over all others for each, and an event for
/// each pair of a smaller group.
fn world(states: usize, rivals: usize) -> String {
    let mut text = "model \"World\"\ntime monthly from 2025-01 to 2034-12\n".to_owned();
    let names = |count: usize| (0..count).map(|n| format!("S{n}")).collect::<Vec<_>>().join(", ");
    writeln!(text, "actor {}", names(states)).unwrap();
    writeln!(text, "group states = {}\ngroup rivals = {}", names(states), names(rivals)).unwrap();
    text.push_str(
        "\
param pull in 0 .. 1 = 0.1 .. 0.4 assumed \"given\"
for each a, b in states
  stock tie[a, b] in 0 .. 10 = 1 assumed \"given\"
  flow trade[a, b]: tie[a, b] += pull * (strength[b] - tie[a, b]) / 12 months assumed \"given\"
for each a in states
  let strength[a] = sum(b in states except a: tie[a, b]) / 100 assumed \"given\"
flag war[rivals, rivals]
for each a, b in rivals
  event clash[a, b] hazard 1% .. 3% per year then war[a, b] = yes, tie[a, b] *= 0.5 assumed \"given\"
question war \"War\" = any(a, b in rivals: war[a, b]) by 2034-12
",
    );
    text
}

#[test]
fn a_world_of_pairs_is_checked_quickly() {
    let files = BTreeMap::from([("model.vor".to_owned(), world(190, 30))]);
    let start = Instant::now();
    let loaded = load("model.vor", &files).unwrap();
    let model = Model::check(&loaded);
    let took = start.elapsed();
    assert!(model.diagnostics.is_empty(), "{:?}", model.diagnostics.first());
    let program = model.readings[0].program.as_ref().unwrap();
    assert_eq!((program.flows.len(), program.events.len(), program.formulas.len()), (190 * 189, 30 * 29, 190));
    // Measured on one core of a shared two-core machine: 0.3 s with optimisation. The bound is generous, so that it fails
    // for what grows with the square of the number of pairs, and not for a busy machine.
    println!("checked in {took:?}");
    assert!(took.as_secs() < 30, "{took:?}");
}

#[test]
fn a_mistake_in_each_of_many_is_told_quickly() {
    let text = world(190, 30)
        + "\
for each a, b in states
  event raid[a, b] when nothing > 1 hazard strength[q] * wrong per year then tie[a, c] = 1, tye[a, b] = 2
reading hawk \"Hawk\"
  for each a, b in states
    switch off clush[a, b]
    flow trade[a, b]: tie[a, x] += missing
    option go[a, b].there 5%
";
    let files = BTreeMap::from([("model.vor".to_owned(), text)]);
    let start = Instant::now();
    let loaded = load("model.vor", &files).unwrap();
    let model = Model::check(&loaded);
    let errors = model.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    assert_eq!(errors, 8, "{:#?}", model.diagnostics);
    // No name of a state: it is the same for all of them.
    let labels = |found: &Diagnostic| found.secondary.iter().any(|label| label.text.starts_with("here `S"));
    assert!(!model.diagnostics.iter().any(labels), "{:#?}", model.diagnostics);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn a_model_that_is_too_large_is_told_so() {
    let nested = |depth: usize| -> String {
        let mut text = format!("actor {0}\ngroup all_ = {0}\n", names(150));
        for level in 0..depth {
            writeln!(text, "{}for each v{level} in all_", "  ".repeat(level)).unwrap();
        }
        writeln!(text, "{}event boom[v0, v1] hazard 1% per year", "  ".repeat(depth)).unwrap();
        text
    };
    fn names(count: usize) -> String {
        (0..count).map(|n| format!("S{n}")).collect::<Vec<_>>().join(", ")
    }
    for depth in [3, 6] {
        let start = Instant::now();
        assert!(codes(&nested(depth)).contains(&"too-large"));
        assert!(start.elapsed().as_secs() < 60);
    }
    let sums = format!(
        "actor {0}\ngroup all_ = {0}\nstock x[all_] = 1\nlet y = sum(a in all_: sum(b in all_: sum(c in all_: sum(d in all_: x[a] * x[b] * x[c] * x[d]))))\n",
        names(150)
    );
    assert!(codes(&sums).contains(&"too-large"));
}
