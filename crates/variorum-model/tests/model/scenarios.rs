//! Scenarios: what they do to quantities, and what they change besides.

use crate::harness::{findings, loaded, show};
use variorum_model::model::Model;
use variorum_model::program::Intervention;
use variorum_model::scenario::parse;
use variorum_syntax::diagnostic::Diagnostic;

const WORLD: &str = "\
unit men
ladder aid[states] = none < shells < planes
flag war
stock front : men in 0 .. 1000 = 500
param level : men = 100 .. 200
flow front -= front * 0.1 / month
event attack hazard 5% per month then war = yes
let unused_ = aid[KR] = none
question q \"Q\" = war by 2025-12
";

fn world(rest: &str) -> String {
    format!("{WORLD}{rest}")
}

fn interventions(lines: &str, scenario: &str) -> Vec<String> {
    let loaded = loaded(lines);
    let model = Model::check(&loaded);
    assert!(!model.has_errors(), "{}", findings(lines));
    let scenario = model.scenario(scenario).unwrap();
    let program = model.scenario_program(&model.readings[0], scenario).unwrap();
    let show = |done: &Intervention| {
        let name = &program.quantities[done.quantity].name;
        format!("{name} = {} from {} until {:?}", show(&program, &done.value), done.from, done.until)
    };
    program.interventions.iter().map(show).collect()
}

#[test]
fn what_is_set_and_held() {
    let lines = world(
        "\
scenario arms \"Arms\"
  set aid[KR] = planes at 2025-03
  hold war = no until 2025-04
  hold front = 2 * level from 2025-02 until 2025-03
  set front = 300 .. 400 at 2025-05
  for each s in allies
    hold aid[s] = shells
",
    );
    assert_eq!(
        interventions(&lines, "arms"),
        [
            "aid[KR] = 2 from 2 until None",
            "war = 0 from 0 until Some(3)",
            "front = Multiply(2, level) from 1 until Some(2)",
            "front = scenario arms#1 from 4 until None",
            "aid[KP] = 1 from 0 until Some(11)",
            "aid[RU] = 1 from 0 until Some(11)",
        ]
    );
}

#[test]
fn a_scenario_changes_statements_as_a_reading_does() {
    let lines = world(
        "\
reading doves \"Doves\"
  event attack hazard 1% per month then war = yes
reading baseline \"Baseline\"
scenario peace \"Peace\"
  switch off attack
  param level = 0
",
    );
    let loaded = loaded(&lines);
    let model = Model::check(&loaded);
    assert!(!model.has_errors(), "{}", findings(&lines));
    let scenario = model.scenario("peace").unwrap();
    // It may switch off what the reading says itself.
    for reading in &model.readings {
        let program = model.scenario_program(reading, scenario).unwrap();
        assert_eq!((program.events.len(), program.scenario.as_deref()), (0, Some("peace")));
        assert_eq!(reading.program.as_ref().unwrap().scenario, None);
    }
}

#[test]
fn a_scenario_of_one_line() {
    let loaded = loaded(WORLD);
    let model = Model::check(&loaded);
    let line = "hold aid[KR] = planes from 2025-03";
    let program = model.scenario_program(&model.readings[0], &parse(line, line).unwrap()).unwrap();
    assert_eq!(program.scenario.as_deref(), Some(line));
    assert_eq!(program.interventions.len(), 1);
    let told = |line: &str| -> Vec<&'static str> {
        let found = parse("x", line)
            .and_then(|scenario| model.scenario_program(&model.readings[0], &scenario).map(|_| ()))
            .unwrap_err();
        found.iter().map(|found: &Diagnostic| found.code.id()).collect()
    };
    assert_eq!(told("hold aid[KR] = planes from 2024-03"), ["date-outside"]);
    assert_eq!(told("hold aid[XX] = planes"), ["unknown-name"]);
    assert_eq!(told("hold front = 2000"), ["out-of-bounds"]);
    assert_eq!(told("switch off nothing"), ["unknown-name"]);
    assert!(!told("hold aid[KR]").is_empty());
}

#[test]
fn what_is_wrong_with_scenarios() {
    assert_eq!(
        findings(&world(
            "\
scenario one \"One\"
  hold war = yes until 2025-04
  hold war = no from 2025-04
  set front = 3 at 2025-02
  set front = 4 at 2025-02
  hold front = 5 from 2025-01 until 2025-02
  hold aid[KR] = bombs
  set level = 3 at 2025-02
  hold attack = yes
  hold unused_ = yes
  hold front = war
  hold aid[states] = none
  hold front = 5 men from 2025-08 until 2025-07
  set war = 3 at 2025-07
scenario one \"Again\"
  set war = yes at 2025-01
"
        )),
        "\
12 `hold war`: bad-scenario: this is held twice at one time
  11 `hold war`: the first
14 `set front`: bad-scenario: this is set twice at one time
  13 `set front`: the first
15 `hold front`: bad-scenario: this is set while it is held
  13 `set front`: the first
16 `bombs`: unknown-level: this ladder has no level `bombs`
17 `level`: bad-scenario: `level` is a parameter, and `set` and `hold` are for stocks, ladders and flags
18 `attack`: bad-scenario: `attack` is an event, and `set` and `hold` are for stocks, ladders and flags
19 `unused_`: bad-scenario: `unused_` is a formula, and `set` and `hold` are for stocks, ladders and flags
20 `war`: wrong-kind: `war` changes with time, and this is settled before the start
21 `states`: wrong-kind: `states` is a group, and one actor or place is needed here
22 `2025-07`: bad-time: this ends before it begins
23 `3`: type-mismatch: a condition is needed here, something that holds or does not
24 `one`: duplicate-name: `one` is declared twice
  10 `one`: declared here first
"
    );
}

#[test]
fn what_a_scenario_breaks_elsewhere_is_told_with_it() {
    assert_eq!(
        findings(&world(
            "\
event siege hazard 1% per month excludes attack then war = no
scenario broken \"Broken\"
  event attack on 2025-03 chance 10% then war = yes
"
        )),
        "\
10 `attack`: bad-event: only events with hazards compete
  11 `broken`: in this scenario
"
    );
}

#[test]
fn scenarios_stand_at_the_margin_and_keep_nothing() {
    assert_eq!(
        findings(&world(
            "scenario s \"S\"\n  for each a in states\n    set aid[a] = none at 2025-02\n  set war = yes at 2025-02\n"
        )),
        ""
    );
    // A parameter that only a scenario uses is used.
    let lines = world("scenario s \"S\"\n  hold front = level\n");
    let loaded = loaded(&lines);
    let codes: Vec<&str> = Model::check(&loaded).diagnostics.iter().map(|found| found.code.id()).collect();
    assert!(!codes.contains(&"unused-parameter"), "{codes:?}");
}
