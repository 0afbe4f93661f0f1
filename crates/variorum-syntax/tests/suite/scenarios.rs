//! What is done in a scenario.

use crate::show::{good, shown};
use variorum_syntax::ast::StatementKind;

fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected, "of {text}");
}

#[test]
fn set_and_hold() {
    check(
        "scenario arms \"Arms now\"\n  set aid[KR] = offensive at 2024-11\n  hold war = no from 2024 until 2025-06-30",
        "scenario arms \"Arms now\" {set aid[KR] value=offensive at=2024-11; hold war value=no from=2024 until=2025-06-30}",
    );
    check(
        "scenario s\n  set front[RU] at 2024 = 2 * bite + 3 people\n  hold x = -1\n  hold y\n    until 2025\n    = 10 .. 20",
        "scenario s {set front[RU] value=(Add (Multiply 2 bite) (3 people)) at=2024; hold x value=(Minus 1); hold y value=(.. 10 20) until=2025}",
    );
}

#[test]
fn statements_of_a_scenario() {
    check(
        "scenario s\n  switch off e[KP, KR], take.accept\n  option take.accept 3% then a = b\n    because own\n  param p[KP] = 3 because c\n  event e hazard h\n    then x = yes\nflag y",
        "scenario s {switch off e[KP,KR],take.accept; option of take {accept p=3% then=a:Set:b because=own}; param p[KP] value=3 because=c; event e hazard=h then=x:Set:yes}\nflag y",
    );
    check(
        "scenario s\n  for each pair a, b in g except X\n    set tie[a, b] = 0 at 2025\n    for each c in h\n      hold f[c] = yes\n    switch off clash[a, b]",
        "scenario s {for each pair a,b in g except=X {set tie[a,b] value=0 at=2025; for each c in h {hold f[c] value=yes}; switch off clash[a,b]}}",
    );
}

#[test]
fn the_words_of_scenarios_may_be_names() {
    check("param set = hold * scenario", "param set value=(Multiply hold scenario)");
    check("reading r\n  param hold = 3", "reading r {param hold value=3}");
    check("scenario set\n  set hold = set at 2025", "scenario set {set hold value=set at=2025}");
}

#[test]
fn heads_in_scenarios() {
    let text = "scenario s \"S\"\n  set aid[KR] = x at 2025\n  hold war = no\n";
    let statement = &good(text)[0];
    let cut = |span: variorum_syntax::diagnostic::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(cut(statement.head), "scenario s");
    let StatementKind::Scenario(scenario) = &statement.kind else { panic!("no scenario") };
    let heads: Vec<_> = scenario.statements.iter().map(|inner| cut(inner.head)).collect();
    assert_eq!(heads, ["set aid[KR]", "hold war"]);
}
