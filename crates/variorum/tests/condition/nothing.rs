//! What was seen came about in no trajectory: because structure forbids it, or for no such reason. Neither is a panic.

use std::collections::BTreeMap;
use variorum::answers::Answers;
use variorum::condition::Conditioning;
use variorum::evidence::{Evidence, State, conclude};
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load};

const MODEL: &str = "model \"Nothing\"\n\
    time monthly from 2020-01 to 2020-12\n\
    source nis \"A service\"\n\
    flag war = no\n\
    flag truce = no\n\
    stock x = 0\n\
    event attack \"E\" when not war hazard 20% per month then war = yes assumed \"a test\"\n\
    event push \"E\" hazard 20% per month then x += 1 assumed \"a test\"\n\
    event pact \"E\" when truce hazard 20% per month then x -= 1 assumed \"a test\"\n\
    question war \"Q\" = war by 2020-12\n\
    question x \"Q\" = value x at 2020-12\n\
    question odds \"Q\" = x > 2 at 2020-12 given war by 2020-06\n\
    reading calm\n\
    \x20 switch off attack\n\
    reading plain\n";

/// The answers of the model in which these things were seen.
fn answers(seen: &str) -> (Answers, Evidence) {
    let (shared, readings) = MODEL.split_at(MODEL.find("question war").unwrap());
    let text = format!("{shared}{seen}{readings}");
    let files = BTreeMap::from([("m.vor".to_owned(), text)]);
    let loaded = load("m.vor", &files).unwrap();
    let model = checked(&loaded);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let programs = check::programs(&model, &[]).unwrap();
    let settings = Run { draws: 64, ..Run::default() };
    let mut answers = run(&model, &programs, &settings, &Unwatched::default()).unwrap();
    let conditioning = Conditioning { trajectories: 1 << 15, ..Conditioning::default() };
    conclude(&mut answers, &model, &programs, &settings, &conditioning, &Unwatched::default()).unwrap();
    let evidence = answers.evidence.clone().unwrap();
    (answers, evidence)
}

/// Calm first, then plain.
fn states(evidence: &Evidence) -> [State; 2] {
    let names: Vec<&str> = evidence.readings.iter().map(|reading| reading.reading.as_str()).collect();
    assert_eq!(names, ["calm", "plain"]);
    [evidence.readings[0].state, evidence.readings[1].state]
}

#[test]
fn what_is_possible_one_by_one_and_not_together() {
    // It happens once only, and is seen twice.
    let twice = "observe 2020-02 attack assumed \"a\"\nobserve 2020-05 attack assumed \"a\"\n";
    // More pushes than there are months.
    let count = "observe 2020-03 x = 5 error 0.000000001 assumed \"a\"\nrecord complete to 2020-03 for push\n";
    // A state that what was seen has ended.
    let state = "observe 2020-02 attack assumed \"a\"\nobserve 2020-04 war = no assumed \"a\"\n";
    // A window in which the record says that there was nothing.
    let both = "observe from 2020-02 to 2020-04 x > 0 assumed \"a\"\nrecord complete to 2020-04 for push\n";
    for (seen, lost) in [
        (twice, "observe 2020-05 attack"),
        (count, "observe 2020-03 x = 5 error 0.000000001"),
        (state, "observe 2020-04 war = no"),
        (both, "observe from 2020-02 to 2020-04 x > 0"),
    ] {
        let (answers, evidence) = answers(seen);
        assert_eq!(states(&evidence)[1], State::Starved, "{seen}");
        for question in &answers.questions {
            let plain = question.readings.iter().find(|answer| answer.reading == "plain").unwrap();
            assert!(plain.after.is_none(), "{seen}");
        }
        let reading = &evidence.readings[1];
        assert_eq!((reading.log2, reading.effective, &reading.forbidden), (None, 0.0, &None));
        assert_eq!(reading.lost.as_deref(), Some(lost), "{seen}");
        assert!(answers.notes.iter().any(|note| note.starts_with("plain: what was seen came about in none")), "{seen}");
    }
}

#[test]
fn what_structure_forbids_is_named_with_what_forbids_it() {
    let (answers, evidence) = answers("observe 2020-02 attack assumed \"a\"\n");
    assert_eq!(states(&evidence), [State::Forbidden, State::Known]);
    let forbidden = evidence.readings[0].forbidden.clone().unwrap();
    assert_eq!(
        (forbidden.observation.as_str(), forbidden.statement.as_str()),
        ("observe 2020-02 attack", "event attack")
    );
    let note = "calm: what was seen cannot be in it: `observe 2020-02 attack` is forbidden by event attack";
    assert!(answers.notes.iter().any(|found| found.starts_with(note)), "{:?}", answers.notes);
    let weights: Vec<f64> = evidence.hindsight.weights.iter().map(|weight| weight.weight).collect();
    assert_eq!(weights, [0.0, 1.0]);
    // The readings are pooled without it.
    let war = answers.questions.iter().find(|question| question.name == "war").unwrap();
    assert_eq!(war.pooled.as_ref().unwrap().equal_after, Some(1.0));
}

#[test]
fn an_event_that_cannot_happen_is_the_statement() {
    // There is never a truce, so that no pact is made in any reading.
    let (_, evidence) = answers("observe 2020-02 pact assumed \"a\"\n");
    assert_eq!(states(&evidence), [State::Forbidden; 2]);
    let forbidden = evidence.readings[1].forbidden.clone().unwrap();
    assert_eq!((forbidden.observation.as_str(), forbidden.statement.as_str()), ("observe 2020-02 pact", "event pact"));
    assert!(evidence.hindsight.weights.iter().all(|weight| weight.weight == 0.0));
    // A report of it may be false: then nothing is forbidden.
    let report = "observe 2020-02 pact reported by nis, hits 90%, false alarms 5% assumed \"a\"\n";
    let (_, evidence) = answers(report);
    assert_eq!(states(&evidence), [State::Known; 2]);
    assert!((evidence.readings[1].log2.unwrap() - 0.05f64.log2()).abs() < 1e-9);
}

/// What forbids what in the reading that has everything; none where it is not forbidden.
fn forbids(seen: &str) -> Option<[String; 3]> {
    let (answers, evidence) = answers(seen);
    let reading = &evidence.readings[1];
    let state = if reading.forbidden.is_some() { State::Forbidden } else { State::Known };
    assert_eq!((reading.state, &reading.lost), (state, &None), "{seen}{:?}", answers.notes);
    reading.forbidden.clone().map(|found| [found.observation, found.statement, found.reason])
}

#[test]
fn what_the_record_rules_out_is_forbidden() {
    let war = "observe 2020-03 war = yes assumed \"a\"\n";
    let record = "record complete to 2020-03 for attack, push\n";
    let found = forbids(&format!("{war}{record}record complete to 2020-05 for pact\n"));
    let why =
        ["observe 2020-03 war = yes", "record complete to 2020-03 for attack, push", "in 2020-03 war can only be no"];
    assert_eq!(found, Some(why.map(str::to_owned)));
    // A month without a record, or an attack that was seen or reported or is in doubt, leaves room for it.
    assert_eq!(forbids(&format!("{war}record complete to 2020-02 for attack\n")), None);
    assert_eq!(forbids(&format!("{war}{record}observe 2020-02 attack assumed \"a\"\n")), None);
    assert_eq!(forbids(&format!("{war}{record}observe from 2020-01 to 2020-02 attack assumed \"a\"\n")), None);
    let report = "observe 2020-02 attack reported by nis, hits 90%, false alarms 5% assumed \"a\"\n";
    assert_eq!(forbids(&format!("{war}{record}{report}")), None);
    // Two records together.
    let records = "record complete to 2020-01 for attack\nrecord complete from 2020-02 to 2020-04 for attack\n";
    let [_, statement, _] = forbids(&format!("{war}{records}")).unwrap();
    assert_eq!(statement, records.trim().replace('\n', " and "));
}

#[test]
fn what_was_seen_before_and_never_changes_is_forbidden() {
    let war = "observe 2020-02 war = yes assumed \"a\"\n";
    let found =
        forbids(&format!("observe 2020-01 x = 0 error 1 assumed \"a\"\n{war}observe 2020-03 war = no assumed \"a\"\n"));
    let why = ["observe 2020-03 war = no", "observe 2020-02 war = yes", "in 2020-03 war can only be yes"];
    assert_eq!(found, Some(why.map(str::to_owned)));
    // An attack after the war began.
    let [seen, because, _] = forbids(&format!("{war}observe 2020-03 attack assumed \"a\"\n")).unwrap();
    assert_eq!([seen.as_str(), because.as_str()], ["observe 2020-03 attack", "observe 2020-02 war = yes"]);
    // It may have begun in the last month of a window, or the report be false.
    let window = "observe from 2020-02 to 2020-04 war = yes assumed \"a\"\n";
    assert_eq!(forbids(&format!("{window}observe 2020-03 war = no assumed \"a\"\n")), None);
    let report = "observe 2020-03 war = no reported by nis, hits 90%, false alarms 5% assumed \"a\"\n";
    assert_eq!(forbids(&format!("{war}{report}")), None);
    assert_eq!(forbids("observe 2020-02 war = no assumed \"a\"\nobserve 2020-03 war = yes assumed \"a\"\n"), None);
}
