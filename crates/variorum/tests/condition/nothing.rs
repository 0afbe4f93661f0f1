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
    for seen in [twice, count, state, both] {
        let (answers, evidence) = answers(seen);
        assert_eq!(states(&evidence)[1], State::Starved, "{seen}");
        for question in &answers.questions {
            let plain = question.readings.iter().find(|answer| answer.reading == "plain").unwrap();
            assert!(plain.after.is_none(), "{seen}");
        }
        let reading = &evidence.readings[1];
        assert_eq!((reading.log2, reading.effective, &reading.forbidden), (None, 0.0, &None));
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
