//! What is not to be told: models that are as they are meant, beside those that are not.

use crate::harness::codes;

/// Findings of these kinds in a model.
fn told(lines: &str) -> Vec<&'static str> {
    const KINDS: [&str; 9] = [
        "settled-comparison",
        "beyond-bounds",
        "odd-probability",
        "odd-patience",
        "frequent-event",
        "does-nothing",
        "unused-utility",
        "near-name",
        "never-yes",
    ];
    codes(lines).into_iter().filter(|code| KINDS.contains(code)).collect()
}

#[test]
fn comparisons_are_settled_by_bounds_in_every_reading() {
    let world = "stock a in 0 .. 1 = 0.5 assumed \"x\"\nstock b in 0 .. 2 = 0.5 assumed \"x\"\nflag war = no\nparam edge = 3 assumed \"x\"\n";
    let event = |when: &str| format!("{world}event e when {when} hazard 5% per year then war = yes assumed \"x\"\n");
    for when in
        ["a > 1", "a + b > 3", "a < 0", "b - a < -1", "max(a, b) > 2", "a * b >= 0", "-a > 0", "a / (1 + b) > 1"]
    {
        assert_eq!(told(&event(when)), ["settled-comparison"], "{when}");
    }
    // At the bound itself it may hold, and parameters may be anything in another reading.
    for when in ["a >= 1", "a <= 0", "a + b >= 3", "a > edge", "edge > 5", "a = 1", "a / b > 1", "a ^ 2 > b"] {
        assert_eq!(told(&event(when)), [""; 0], "{when}");
    }
    let wider = "reading one\n  stock a in 0 .. 5 = 0.5 assumed \"x\"\nreading two\n";
    assert_eq!(told(&format!("{}{wider}", event("a > 1"))), [""; 0]);
    // Of things that one statement stands for, all have to agree.
    let two = "stock c[KP] in 0 .. 1 = 0 assumed \"x\"\nstock c[KR] in 0 .. 3 = 0 assumed \"x\"\nflag war = no\n";
    let count =
        "event e when count(s in states except RU: c[s] > 2) > 0 hazard 5% per year then war = yes assumed \"x\"\n";
    assert_eq!(told(&format!("{two}{count}")), [""; 0]);
}

#[test]
fn effects_within_reach_are_not_beyond() {
    let effect = |effect: &str| {
        format!(
            "stock a in 0 .. 1 = 0.5 assumed \"x\"\nstock b at least 0 = 3 assumed \"x\"\nevent e hazard 5% per year then {effect} assumed \"x\"\n"
        )
    };
    for one in ["a = 2", "a += 2", "a -= 1.5", "a = 2 .. 3", "b = 0 - 1"] {
        assert_eq!(told(&effect(one)), ["beyond-bounds"], "{one}");
    }
    for one in ["a = 1", "a += 1", "a *= 7", "b -= 1000", "b = 1000", "a = b", "a += 0.5 .. 1.5"] {
        assert_eq!(told(&effect(one)), [""; 0], "{one}");
    }
}

#[test]
fn certain_answers_to_events_are_not_frequent() {
    let event = |event: &str| {
        format!(
            "flag war, peace = no\nevent first hazard 5% per year then peace = yes assumed \"x\"\nevent e {event} then war = yes assumed \"x\"\n"
        )
    };
    assert_eq!(told(&event("hazard 30 per year")), ["frequent-event"]);
    for one in ["hazard 12 per year", "when happened(first) hazard 1000 per month", "hazard 30 per year excludes first"]
    {
        assert_eq!(told(&event(one)), [""; 0], "{one}");
    }
}

#[test]
fn what_one_reading_or_scenario_uses_is_used() {
    let world = "flag war, truce = no\nevent attack hazard 5% per year then war = yes assumed \"x\"\nquestion t \"T\" = truce by 2025-12\n";
    assert_eq!(told(world), ["never-yes"]);
    assert_eq!(
        told(&format!(
            "{world}reading one\n  event parley hazard 5% per year then truce = yes assumed \"x\"\nreading two\n"
        )),
        [""; 0]
    );
    assert_eq!(told(&format!("{world}scenario s \"S\"\n  set truce = yes at 2025-03\n")), [""; 0]);
    let idle = "flag war = no\nevent summit hazard 5% per year assumed \"x\"\n";
    assert_eq!(told(idle), ["does-nothing"]);
    for use_ in [
        "question s \"S\" = happened(summit) by 2025-12",
        "event attack when not happened(summit) hazard 5% per year then war = yes assumed \"x\"",
        "event attack hazard 5% per year excludes summit then war = yes assumed \"x\"",
        "reading one\n  event summit hazard 5% per year then war = yes assumed \"x\"\nreading two",
    ] {
        assert_eq!(told(&format!("{idle}{use_}\n")), [""; 0], "{use_}");
    }
}

#[test]
fn near_names_are_slips_alone() {
    let world = "source hart \"T\"\nflag war = no\nevent strike hazard 5% per year then war = yes assumed \"x\"\n";
    let reading = |lines: &str| told(&format!("{world}{lines}\n"));
    let event = "hazard 9% per year then war = yes assumed \"x\"";
    assert_eq!(reading(&format!("reading one\n  event strikes {event}")), ["near-name"]);
    assert_eq!(reading("reading heart"), ["near-name"]);
    assert_eq!(reading(&format!("reading one\n  switch off strike\n  event strikes {event}")), [""; 0]);
    assert_eq!(reading(&format!("reading one\n  event strike_2 {event}")), [""; 0]);
    assert_eq!(reading("reading heart voices hart"), [""; 0]);
    assert_eq!(reading("reading hart\nreading heart"), [""; 0]);
    assert_eq!(reading("reading hart2"), [""; 0]);
}
