//! Statements below `for each`: their names, and what readings do with them.

use crate::harness::{codes, findings, names, program, program_of, show};
use variorum_model::program::{EffectOp, EventRule, Law, Occasion};

const CLASHES: &str = "\
flag war[states, states]
param rate[KP, KR] = 2% .. 6%
for each a, b in states
  event clash[a, b] hazard 1% .. 3% per year then war[a, b] = yes
";

#[test]
fn each_binding_has_its_names() {
    let program = program(CLASHES);
    let wanted = ["clash[KP, KR]", "clash[KP, RU]", "clash[KR, KP]", "clash[KR, RU]", "clash[RU, KP]", "clash[RU, KR]"];
    assert_eq!(names(&program.events, |event| &event.name), wanted);
    // Numbers in place are drawn for each binding apart.
    let mut params: Vec<String> = wanted.iter().map(|name| format!("{name}#1")).collect();
    params.push("rate[KP, KR]".to_owned());
    assert_eq!(names(&program.params, |param| &param.name), params);
    for event in &program.events {
        let target = &program.quantities[event.effects[0].quantity].name;
        assert_eq!(*target, event.name.replace("clash", "war"));
    }
}

#[test]
fn pairs_come_once_in_the_groups_order() {
    let program = program("for each pair a, b in states except RU\n  event x[b, a] hazard 1% per year\n");
    assert_eq!(names(&program.events, |event| &event.name), ["x[KR, KP]"]);
}

#[test]
fn everything_can_stand_below_for_each() {
    let program = program(
        "\
stock arms[states] = 1, at least 0
flag ready[states]
ladder alert[states] = low < high
for each a in states
  param will[a] = 0.2 .. 0.4
  let strength[a] = arms[a] * will[a]
  choice arm[a] by a considered 4 per year when not ready[a]
    option yes_ then ready[a] = yes, arms[a] += 1
    option wait default
  flow decay[a]: arms[a] -= 0.1 * arms[a] / month
  utility safety[a]: a = strength[a]
  horizon a = 6 months
  for each b in states except a
    choice answer[a, b] by b after arm[a] = yes_
      option yes_ 30% then alert[b] = next level
      option no_ default
precision states = 2 .. 6
",
    );
    assert_eq!(program.choices.len(), 3 + 6);
    let answer = program.choices.iter().find(|choice| choice.name == "answer[KR, RU]").unwrap();
    let Occasion::After { choice, option } = &answer.occasion else { panic!("{:?}", answer.occasion) };
    assert_eq!((program.choices[*choice].name.as_str(), *option), ("arm[KR]", Some(0)));
    assert_eq!(program.actors[answer.actor].name, "RU");
    assert_eq!(program.quantities[answer.options[0].effects[0].quantity].name, "alert[RU]");
    assert_eq!(answer.options[0].effects[0].op, EffectOp::NextLevel);
    assert_eq!(names(&program.flows, |flow| &flow.path), ["flow decay[KP]", "flow decay[KR]", "flow decay[RU]"]);
    for actor in &program.actors {
        assert_eq!(actor.horizon, 6.0);
        assert_eq!(actor.utility[0].path, format!("utility safety[{}]", actor.name));
        assert_eq!(show(&program, &actor.utility[0].value), format!("strength[{}]", actor.name));
        assert_eq!(show(&program, actor.precision.as_ref().unwrap()), format!("precision {}#1", actor.name));
    }
}

#[test]
fn events_choices_and_exclusions_are_found_by_entities() {
    let program = program(
        "\
for each a in states
  event strike[a] hazard 1% per year
  event truce[a] hazard 1% per year excludes strike[a]
  choice reply[a] by a after event strike[a]
    option hit 50%
    option sit default
  event echo[a] when happened(strike[a]) hazard 5% per month
question told \"Told\" = happened(strike[KR]) by 2025-06
question done \"Done\" = reply[RU] = hit by 2025-06
",
    );
    let wanted = ["strike[KP]|truce[KP]", "strike[KR]|truce[KR]", "strike[RU]|truce[RU]"];
    assert_eq!(names(&program.exclusions, |exclusion| &exclusion.name), wanted);
    let Occasion::AfterEvent { event } = program.choices[1].occasion else { panic!("{:?}", program.choices[1]) };
    assert_eq!(program.events[event].name, "strike[KR]");
    let echo = program.events.iter().find(|event| event.name == "echo[RU]").unwrap();
    assert_eq!(show(&program, echo.when.as_ref().unwrap()), "happened(strike[RU])");
    let asked: Vec<String> = program
        .questions
        .iter()
        .map(|question| match &question.query {
            variorum_model::program::Query::Ever { condition, .. } => show(&program, condition),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(asked, ["happened(strike[KR])", "reply[RU] = hit"]);
}

#[test]
fn a_reading_replaces_one_or_all() {
    let lines = format!(
        "{CLASHES}question war \"War\" = any(a, b in states: war[a, b]) by 2025-12
reading one \"One\"
  event clash[KP, KR] hazard 7% per year then war[KP, KR] = yes
reading whole \"All\"
  event clash hazard 8% per year
reading some \"Some\"
  for each b in states except KP
    event clash[KP, b] hazard 9% per year
reading baseline \"Baseline\"
  switch off clash[KP, KR], clash[KP, RU]
reading off \"Off\"
  switch off clash
reading outer \"Outer\"
  for each b in states except RU
    switch off clash[RU, b]
"
    );
    let hazards = |reading: &str| -> Vec<String> {
        let program = program_of(&lines, reading);
        let rule = |rule: &EventRule| match rule {
            EventRule::Hazard(hazard) => show(&program, hazard),
            EventRule::Dated { .. } => panic!("a date"),
        };
        program.events.iter().map(|event| format!("{} {}", event.name, rule(&event.rule))).collect()
    };
    assert_eq!(hazards("one")[..2], ["clash[KP, KR] HazardWithin(0.07, 12)", "clash[KP, RU] clash[KP, RU]#1"]);
    assert!(hazards("whole").iter().all(|event| event.ends_with(" HazardWithin(0.08, 12)")));
    assert_eq!(hazards("whole").len(), 6);
    assert_eq!(hazards("some")[1], "clash[KP, RU] HazardWithin(0.09, 12)");
    assert_eq!(hazards("some")[2], "clash[KR, KP] clash[KR, KP]#1");
    assert_eq!(hazards("baseline").len(), 4);
    assert_eq!(hazards("off").len(), 0);
    assert_eq!(hazards("outer").len(), 4);
    let program = program_of(&lines, "off");
    let variorum_model::program::Query::Ever { condition, .. } = &program.questions[0].query else { panic!() };
    assert!(show(&program, condition).starts_with("AnyOf(war[KP, KR], war[KP, RU], war[KR, KP]"));
}

#[test]
fn a_reading_replaces_options_of_one_or_all() {
    let lines = "\
flag up[states]
for each a in states
  choice arm[a] by a every month
    option go 10% then up[a] = yes
    option wait default
question up_ \"Up\" = all(a in states: up[a]) by 2025-12
reading whole \"All\"
  option arm.go 20%
reading one \"One\"
  option arm[KR].go 30% then up[KR] = yes
reading each \"Each\"
  for each s in allies
    option arm[s].go 40% then up[s] = yes
reading off \"Off\"
  switch off arm.go
reading baseline \"Baseline\"
  switch off arm[KP].go
";
    let weights = |reading: &str| -> Vec<String> {
        let program = program_of(lines, reading);
        let weight = |choice: &variorum_model::program::Choice| -> String {
            let option = &choice.options[0];
            let effects = option.effects.len();
            format!("{} {:?} {effects}", choice.name, option.weight.as_ref().map(|weight| show(&program, weight)))
        };
        program.choices.iter().map(weight).collect()
    };
    assert_eq!(weights("whole")[0], "arm[KP] Some(\"0.2\") 0");
    assert_eq!(weights("one")[..2], ["arm[KP] Some(\"0.1\") 1", "arm[KR] Some(\"0.3\") 1"]);
    assert_eq!(weights("each"), ["arm[KP] Some(\"0.4\") 1", "arm[KR] Some(\"0.1\") 1", "arm[RU] Some(\"0.4\") 1"]);
    assert_eq!(weights("off"), ["arm[KP] None 0", "arm[KR] None 0", "arm[RU] None 0"]);
    assert_eq!(weights("baseline")[..2], ["arm[KP] None 0", "arm[KR] Some(\"0.1\") 1"]);
    // The shared option has an effect, which `option arm.go 20%` loses.
    assert_eq!(
        findings(lines),
        "\
8 `go`: lost-effects: here `go` does nothing, since the whole option is replaced
  4 `up[a] = yes`: what the shared option does
"
    );
}

#[test]
fn a_switched_off_event_joins_those_that_it_excludes() {
    let lines = "\
event a hazard 1% per year
event b hazard 1% per year excludes a, c
event c hazard 1% per year
reading whole \"All\"
reading baseline \"Baseline\"
  switch off b
question q \"Q\" = happened(a) by 2025-12
";
    assert_eq!(program_of(lines, "whole").exclusions[0].name, "a|b|c");
    assert_eq!(program_of(lines, "baseline").exclusions[0].name, "a|c");
}

#[test]
fn parameters_keep_unit_and_bounds_of_what_they_replace() {
    let lines = "\
for each a in states
  param share[a] in 0 .. 1 = unknown
let all_ = sum(a in states: share[a])
reading baseline \"Baseline\"
  param share = 0.2 .. 0.4
";
    let program = program_of(lines, "baseline");
    assert_eq!(program.params.len(), 3);
    assert!(program.params.iter().all(|param| param.low == Some(0.0) && matches!(param.law, Law::Interval { .. })));
    assert!(!codes(lines).contains(&"unused-parameter"));
}
