//! What has been seen: what it means in each reading, when it was known, and what cannot have been so.

use crate::harness::{codes, findings, loaded, program, program_of, show};
use variorum_model::as_of;
use variorum_model::model::Model;
use variorum_model::program::{Fact, Observation, Program};

const WORLD: &str = "\
unit men
source nis \"Statements\" on 2025-03-10
ladder aid[states] = none < shells < planes
flag war
stock front : men in 0 .. 1000 = 500
let share = front / 1000 men
param sharp = 60% .. 90%
event attack hazard 5% per month then war = yes
event truce hazard 5% per month excludes attack then war = no
event vote on 2025-06 chance 50%
for each s in states
  event clash[s] hazard 5% per month
choice send by KR
  considered 2 per year
  option some_ 30% then aid[KR] = shells
  option most 10% then aid[KR] = planes
  option nothing default
choice speak by KP
  every 3 months
  option yes_ 30%
  option no_ default
question q \"Q\" = war by 2025-12
question rest \"Rest\" = happened(vote) or happened(clash[KP]) or speak = yes_ by 2025-12
";

fn world(rest: &str) -> String {
    format!("{WORLD}{rest}")
}

/// Observations and records, one a line.
fn seen(program: &Program) -> Vec<String> {
    let fact = |observation: &Observation| match &observation.fact {
        Fact::Event { event } => program.events[*event].name.clone(),
        Fact::Choice { choice, option } => {
            let choice = &program.choices[*choice];
            format!("{} = {}", choice.name, choice.options[*option].name)
        }
        Fact::Condition(condition) => show(program, condition),
        Fact::Number { value, observed, error } => {
            format!("{} = {observed} +- {}", show(program, value), show(program, error))
        }
        Fact::Impossible { statement } => format!("never: {statement}"),
    };
    let report = |observation: &Observation| match &observation.report {
        None => String::new(),
        Some(report) => {
            let (hits, alarms) = (show(program, &report.hits), show(program, &report.false_alarms));
            format!(" by {} {hits} {alarms}", report.source)
        }
    };
    let observations = program.observations.iter().map(|observation| {
        let Observation { from, to, known, .. } = observation;
        format!("{from}..{to} {known} {}{}", fact(observation), report(observation))
    });
    let records = program.records.iter().map(|record| {
        let events = record.events.iter().map(|event| program.events[*event].name.as_str());
        let choices = record.choices.iter().map(|choice| program.choices[*choice].name.as_str());
        let known = record.known.map_or(String::new(), |known| format!(" {known}"));
        format!(
            "{}..{}{known} none of {}",
            record.from,
            record.to,
            events.chain(choices).collect::<Vec<_>>().join(", ")
        )
    });
    observations.chain(records).collect()
}

fn seen_in(lines: &str) -> Vec<String> {
    let lines = world(lines);
    let found = findings(&lines);
    assert_eq!(found, "", "in {lines}");
    seen(&program(&lines))
}

#[test]
fn what_was_seen() {
    let lines = "\
observe 2025-03 attack
observe 2025-04 happened(clash[KP])
observe from 2025-04 to 2025-06 send = most
observe 2025-05 aid[KR] >= shells
observe 2025-05 not happened(truce)
observe 2025-08 war
observe 2025-07 speak != yes_
observe 2025-10 speak = no_
";
    assert_eq!(
        seen_in(lines),
        [
            "2..2 2025-03-31 attack",
            "3..3 2025-04-30 clash[KP]",
            "3..5 2025-06-30 send = most",
            "4..4 2025-05-31 AtLeast(aid[KR], 1)",
            "4..4 2025-05-31 Not(happened(truce))",
            "7..7 2025-08-31 war",
            "6..6 2025-07-31 Not(speak = yes_)",
            "9..9 2025-10-31 speak = no_",
        ]
    );
}

#[test]
fn numbers_are_in_the_unit_of_what_was_measured() {
    let lines = "\
observe 2025-03 front = 600 error 50 men
observe 2025-04 front = 0.6 * 1000 men error 10%
observe 2025-05 share = 40% error 0.05
observe 2025-06 front = -5 error 10% .. 20%
observe 2025-07 front = 1_200 men error (10 .. 20 men) + 3 men
";
    assert_eq!(
        seen_in(lines),
        [
            "2..2 2025-03-31 front = 600 +- 50",
            "3..3 2025-04-30 front = 600 +- 60",
            "4..4 2025-05-31 share = 0.4 +- 0.05",
            "5..5 2025-06-30 front = -5 +- Multiply(observe 2025-06 front = -5 error 10% .. 20%#1, 5)",
            "6..6 2025-07-31 front = 1200 +- Add(observe 2025-07 front = 1200 men error 10 .. 20 men + 3 men#1, 3)",
        ]
    );
}

#[test]
fn reports_name_who_may_err() {
    let lines = "\
observe 2025-03 attack reported by nis, hits 95%, false alarms 2%
observe 2025-04 war reported by nis, hits sharp, false alarms 1% .. 4%
";
    assert_eq!(
        seen_in(lines),
        [
            "2..2 2025-03-31 attack by nis 0.95 0.02",
            "3..3 2025-04-30 war by nis sharp observe 2025-04 war reported by nis#1",
        ]
    );
}

#[test]
fn days() {
    let lines = "\
observe 2025-03-10 attack
observe 2025-04-10 attack known on 2025-05
observe 2025-05-31 attack known on 2026-01-02
record complete to 2025-04 for attack
record complete from 2025-02 to 2025-03 for clash[KP] known on 2025-04-02
";
    assert_eq!(
        seen_in(lines),
        [
            "2..2 2025-03-10 attack",
            "3..3 2025-05-31 attack",
            "4..4 2026-01-02 attack",
            "0..3 none of attack",
            "1..2 2025-04-02 none of clash[KP]",
        ]
    );
}

#[test]
fn a_record_of_a_name_is_one_of_all_that_have_it() {
    assert_eq!(
        seen_in("record complete to 2025-04 for clash, send, attack\n"),
        ["0..3 none of attack, clash[KP], clash[KR], clash[RU], send"]
    );
    assert_eq!(
        seen_in("for each s in allies\n  observe 2025-02 clash[s]\n  record complete to 2025-04 for clash[s]\n"),
        ["1..1 2025-02-28 clash[KP]", "1..1 2025-02-28 clash[RU]", "0..3 none of clash[KP]", "0..3 none of clash[RU]",]
    );
}

#[test]
fn what_a_reading_lacks_speaks_against_it() {
    let lines = world(
        "\
reading doves \"Doves\"
  switch off attack, send.most, speak
reading hawks \"Hawks\"
  event raid hazard 5% per month
  choice send by KR
    considered 2 per year
    option most 10% then aid[KR] = planes
    option nothing default
reading baseline \"Baseline\"
observe 2025-03 attack
observe 2025-03 raid
observe 2025-04 send = most
observe 2025-05 send = some_
observe 2025-07 speak = no_
observe 2025-08 happened(raid) or war
",
    );
    assert_eq!(findings(&lines), "");
    assert_eq!(
        seen(&program_of(&lines, "doves")),
        [
            "2..2 2025-03-31 never: event attack",
            "2..2 2025-03-31 never: raid",
            "3..3 2025-04-30 never: option send.most",
            "4..4 2025-05-31 send = some_",
            "6..6 2025-07-31 never: choice speak",
            "7..7 2025-08-31 never: happened(raid) or war",
        ]
    );
    let hawks = seen(&program_of(&lines, "hawks"));
    assert_eq!(hawks[1], "2..2 2025-03-31 raid");
    assert_eq!(hawks[3], "4..4 2025-05-31 never: option send.some_");
    assert_eq!(hawks[5], "7..7 2025-08-31 Or(happened(raid), war)");
}

#[test]
fn what_no_reading_has_is_a_mistake() {
    for (line, expected) in [
        ("observe 2025-03 attak", "`attak`: unknown-name: nothing is called `attak`"),
        ("observe 2025-03 clash[Korea]", "`clash[Korea]`: wrong-entities: there is no `clash[Korea]`"),
        ("observe 2025-03 send = moost", "`moost`: unknown-name: `send` has no option `moost`"),
        ("observe 2025-03 aid[KR] >= plane", "`plane`: unknown-level: this ladder has no level `plane`"),
        ("record complete to 2025-03 for attak", "`attak`: unknown-name: nothing is called `attak`"),
    ] {
        let found = findings(&world(&format!("{line}\nreading baseline\nreading other\n  switch off vote\n")));
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn what_cannot_be_seen_so() {
    for (lines, code) in [
        ("observe 2024-12 attack", "date-outside"),
        ("observe from 2025-03 to 2026-01 attack", "date-outside"),
        ("observe 2025 attack", "bad-observation"),
        ("observe from 2025-06 to 2025-03 attack", "bad-time"),
        ("observe 2025-03 send", "bad-observation"),
        ("observe 2025-03 send = nothing", "bad-observation"),
        ("observe 2025-02 speak = yes_", "bad-observation"),
        ("observe from 2025-02 to 2025-03 speak = no_", "bad-observation"),
        ("observe 2025-05 vote", "bad-observation"),
        ("observe from 2025-07 to 2025-09 vote", "bad-observation"),
        ("observe 2025-03 front", "type-mismatch"),
        ("observe 2025-03 sharp", "type-mismatch"),
        ("observe 2025-03 front = 3 error 0", "bad-observation"),
        ("observe 2025-03 front = 1_100 error 20", "beyond-bounds"),
        ("observe 2025-03 front = -100 error 10%", "beyond-bounds"),
        ("observe 2025-03 front = 0 error 10%", "bad-observation"),
        ("observe 2025-03 front = 3 error -4", "bad-observation"),
        ("observe 2025-03 front = 3 error front", "wrong-kind"),
        ("observe 2025-03 front = 3 error 5 per month", "unit-mismatch"),
        ("observe 2025-03 front = 3 .. 5 error 5", "wrong-kind"),
        ("observe 2025-03 front > 3 error 5", "bad-observation"),
        ("observe 2025-03 attack error 5", "bad-observation"),
        ("observe from 2025-03 to 2025-04 front = 3 error 5", "bad-observation"),
        ("observe 2025-03 front = 3 error 5 reported by nis, hits 90%, false alarms 1%", "bad-observation"),
        ("observe 2025-03 attack reported by kcna, hits 90%, false alarms 1%", "unknown-name"),
        ("observe 2025-03 attack reported by nis, hits 1.5, false alarms 1%", "expected"),
        ("observe 2025-03 attack reported by nis, hits 120%, false alarms 1%", "out-of-bounds"),
        ("observe 2025-03 attack reported by nis, hits said \"likely\", false alarms 1% from nis \"x\"", "bad-said"),
        ("observe 2025-03 attack reported by nis, hits war, false alarms 1%", "wrong-kind"),
        ("observe 2025-03 attack reported by nis, hits 10%, false alarms 10%", "idle-report"),
        ("observe 2025-03 attack reported by nis, hits 10%, false alarms 20%", "idle-report"),
        ("observe 2025-03-10 attack known on 2025-03-09", "known-too-early"),
        ("observe 2025-03 attack known on 2025-02", "known-too-early"),
        ("record complete to 2025-03 for attack known on 2025-02", "known-too-early"),
        ("record complete from 2025-04 to 2025-03 for attack", "bad-time"),
        ("record complete to 2025-03 for war", "wrong-kind"),
        ("record complete to 2025-03 for front", "wrong-kind"),
        ("record complete to 2025-03 for sharp", "wrong-kind"),
        ("record complete to 2025-03 for KP", "wrong-kind"),
        ("reading baseline\n  observe 2025-03 attack", "misplaced-clause"),
        ("reading baseline\n  record complete to 2025-03 for attack", "misplaced-clause"),
        ("observe 2025-03 war = yes\nobserve 2025-03 war = no", "contradictory"),
        ("observe 2025-03 war\nobserve 2025-03 not war", "contradictory"),
        ("observe 2025-03 send = most\nobserve 2025-03-10 send = some_", "contradictory"),
        ("observe 2025-03 aid[KR] >= shells\nobserve 2025-03 aid[KR] = none", "contradictory"),
        ("observe 2025-03 attack\nobserve 2025-03 truce", "contradictory"),
        ("observe 2025-03 attack\nobserve 2025-03 not happened(attack)", "contradictory"),
        ("observe 2025-03 attack\nobserve 2025-03 attack", "repeated-observation"),
        ("observe 2025-03 attack\nobserve 2025-03-10 attack", "repeated-observation"),
        ("observe 2025-03 war = yes\nobserve 2025-03 war = yes", "repeated-observation"),
        ("observe 2025-03 front = 400 error 20\nobserve 2025-03 front = 400 error 20", "repeated-observation"),
        ("record complete to 2025-03 for attack\nrecord complete to 2025-03 for attack", "repeated-observation"),
    ] {
        let found = findings(&world(&format!("{lines}\n")));
        let first: Vec<&str> = found.lines().filter(|line| !line.starts_with(' ')).collect();
        assert!(first.len() == 1 && first[0].contains(&format!("`: {code}: ")), "{lines}\n{found}");
    }
}

#[test]
fn what_may_well_be_so() {
    for lines in [
        "observe 2025-03 attack\nobserve 2025-04 attack",
        "observe 2025-03 attack\nobserve 2025-04 truce",
        "observe 2025-03 aid[KR] >= shells\nobserve 2025-03 aid[KR] = planes",
        "observe 2025-03 aid[KR] >= shells\nobserve 2025-03 aid[KP] = none",
        "observe 2025-03 front = 400 error 20\nobserve 2025-03 front = 600 error 20",
        "observe 2025-03 front = 1_100 error 50\nobserve 2025-04 front = -30 error 10",
        "observe 2025-03 front = 1_100 error 20\nreading wide\n  stock front : men in 0 .. 2000 = 500 assumed \"x\"\nreading baseline",
        "observe 2025-03 attack\nobserve 2025-03 attack reported by nis, hits 90%, false alarms 1%",
        "observe 2025-03 war\nobserve 2025-03 not war reported by nis, hits 90%, false alarms 1%",
        "observe from 2025-03 to 2025-04 war = yes\nobserve 2025-03 war = no",
        "observe 2025-03 share > 0.2 or war\nobserve 2025-03 share > 0.3 or not war",
        "observe 2025-03 send = most\nrecord complete to 2025-03 for send, attack",
        "observe 2025-07 speak = yes_\nobserve from 2025-05 to 2025-07 vote",
        "observe 2025-03 attack reported by nis, hits sharp, false alarms 10% .. 70%",
    ] {
        assert_eq!(findings(&world(&format!("{lines}\n"))), "", "{lines}");
    }
}

#[test]
fn a_measured_number_is_another_observation_than_an_exact_one() {
    let of = |lines: &str| {
        let lines = world(lines);
        assert_eq!(findings(&lines), "", "{lines}");
        program(&lines).observations.iter().map(|seen| seen.name.clone()).collect::<Vec<_>>()
    };
    let (measured, exact) = ("observe 2025-03 front = 400 men error 20", "observe 2025-03 front = 400 men");
    assert_eq!(of(&format!("{measured} assumed \"x\"\n{exact} assumed \"y\"\n")), [measured, exact]);
    assert_eq!(of(&format!("{exact} assumed \"x\"\n{measured} assumed \"y\"\n")), [exact, measured]);
    // Errors and sources tell measurements apart.
    let rough = "observe 2025-03 front = 400 men error 60";
    assert_eq!(of(&format!("{measured} assumed \"x\"\n{rough} assumed \"y\"\n")), [measured, rough]);
    let paper = "source paper \"A paper\"\n";
    let names = of(&format!("{paper}{measured} from nis \"x\"\n{measured} from paper \"y\"\n"));
    assert_eq!(names, [format!("{measured} from nis"), format!("{measured} from paper")]);
}

#[test]
fn twice_the_same_counts_once_and_from_the_first_day() {
    let lines = world("observe 2025-03 attack known on 2025-05\nobserve 2025-03 attack known on 2025-04\n");
    assert_eq!(seen(&program(&lines)), ["2..2 2025-04-30 attack"]);
}

#[test]
fn origins() {
    let with = |rest: &str| codes(&world(rest)).iter().filter(|code| **code == "no-origin").count();
    let none = with("");
    assert_eq!(with("observe 2025-03 attack\n"), none + 1);
    assert_eq!(with("observe 2025-03 attack reported by nis, hits 90%, false alarms 1%\n"), none + 1);
    assert_eq!(with("observe 2025-03 attack from nis \"x\"\nobserve 2025-03 war assumed \"y\"\n"), none);
    assert_eq!(with("record complete to 2025-03 for attack\n"), none);
}

#[test]
fn a_contested_claim_behind_what_was_seen_asks_nothing_of_a_reading() {
    let lines = world(
        "claim c \"C\"\n  nis denies 4.12-20#7c1e09k2m4tq\nreading nis\nobserve 2025-03 attack because c assumed \"x\"\n",
    );
    assert_eq!(findings(&lines), "");
}

#[test]
fn as_of_a_day() {
    let lines = world(
        "\
source late \"Later\" on 2025-06-02
source echo \"Quoted\" quoted in late
observe 2025-03 attack known on 2025-05-10
observe 2025-04 war reported by nis, hits 90% .. 95%, false alarms 1%
observe 2025-05 war reported by nis, hits 90% .. 95%, false alarms 1%
record complete to 2025-07 for truce
record complete to 2025-02 for vote known on 2025-08
reading nis
reading late
reading echo
reading both \"Both\" voices echo, nis
reading baseline
",
    );
    let loaded = loaded(&lines);
    let whole = Model::check(&loaded);
    let names = |model: &Model<'_>| model.readings.iter().map(|reading| reading.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&whole), ["nis", "late", "echo", "both", "baseline"]);
    let mut model = Model::check(&loaded);
    let left_out = model.forget_after(as_of::parse("2025-05-09").unwrap());
    assert_eq!(left_out, ["late", "echo"]);
    assert_eq!(names(&model), ["nis", "both", "baseline"]);
    let program = model.readings[0].program.as_ref().unwrap();
    assert_eq!(
        seen(program),
        ["3..3 2025-04-30 war by nis observe 2025-04 war reported by nis#1 0.01", "0..3 none of truce",]
    );
    // The numbers of what was not known are gone with it; the others have moved up.
    let params = |program: &Program| program.params.iter().map(|param| param.name.clone()).collect::<Vec<_>>();
    assert_eq!(params(program), ["observe 2025-04 war reported by nis#1", "sharp"]);
    assert_eq!(params(whole.readings[0].program.as_ref().unwrap()).len(), 3);
    // What is put on top of it knows no more.
    let patched = model.patched(&model.readings[0], &[]).unwrap();
    assert_eq!(&patched, program);
    // The day itself counts.
    let mut model = Model::check(&loaded);
    assert_eq!(model.forget_after(as_of::parse("2025-06-02").unwrap()), [""; 0]);
    assert_eq!(seen(model.readings[0].program.as_ref().unwrap())[0], "2..2 2025-05-10 attack");
}
