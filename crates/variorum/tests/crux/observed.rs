//! What divides readings after what was seen, against closed forms.

use super::{HEAD, adds_up, divider, events, exactly, loaded, near, playing};
use variorum::condition::Conditioning;
use variorum::crux::{Crux, CruxError, Method, Precision, crux_given_observed};
use variorum::run::{Run, Unwatched};

fn after(text: &str, readings: [&str; 2], precision: Precision, run: &Run) -> Result<Crux, CruxError> {
    let loaded = loaded(text);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{HEAD}{text}: {:#?}", model.diagnostics);
    crux_given_observed(&model, readings, &[], (precision, &Conditioning::default()), run, &Unwatched::default())
}

/// A coin that nobody knows for certain has come up heads; will it again? What is sure to be told of it is q.
fn coins(asked: &str) -> String {
    let reading = |name: &str, law: &str, q: &str| {
        format!(
            "reading {name} \"{name}\"\n  param p = {law}\n    assumed \"so\"\n  param q = {q}\n    assumed \"so\"\n"
        )
    };
    format!(
        "param p = 0.5\n  assumed \"so\"\nparam q = 0.5\n  assumed \"so\"\nflag one, two = no\n\
         event first on 2025-01 chance p then one = yes\n  because c\n\
         event second on 2025-02 chance p * q then two = yes\n  because c\n\
         observe 2025-01 first assumed \"seen\"\n{asked}\n{}{}",
        reading("a", "oneof(0.2: 0.5, 0.8: 0.5)", "0.5"),
        reading("b", "oneof(0.2: 0.8, 0.8: 0.2)", "1"),
    )
}

const TWO: &str = "question two \"Again?\" = two by 2025-03";

#[test]
fn a_coin_that_has_come_up() {
    // After one head the chance of another is q E p² / E p: with the first's law 0.34 / 0.5 = 0.68, with the second's
    // 0.16 / 0.32 = 0.5. So v is 0.34, 0.25 (with p), 0.68 (with q), 0.5: p is worth (-0.09 - 0.18) / 2, q (0.34 + 0.25) / 2.
    // Before, E p is 0.5 and 0.32, and p would be worth (-0.09 - 0.18) / 2 + 0.09 ...: another number, with v 0.25, 0.16, 0.5,
    // 0.32: p (-0.09 - 0.18) / 2 too, q (0.25 + 0.16) / 2.
    for precision in [exactly(8), exactly(0)] {
        let found = after(&coins(TWO), ["a", "b"], precision, &playing(5000)).unwrap();
        let question = &found.questions[0];
        near(divider(question, "p"), -0.135);
        near(divider(question, "q"), 0.295);
        adds_up(question);
        assert!(found.given_observed && question.effective.unwrap() >= 400.0, "{question:#?}");
        for (answer, truth) in question.answers.iter().zip([0.34, 0.5]) {
            assert!((answer - truth).abs() < 0.02, "{question:#?}");
        }
        for divider in &question.players {
            assert!(divider.error > 0.0 && divider.error <= question.wanted, "{divider:#?}");
        }
    }
    let all = after(&coins(TWO), ["a", "b"], exactly(8), &playing(1250)).unwrap();
    assert_eq!(all.questions[0].method, Method::Mixtures { count: 4 });
}

#[test]
fn a_conditional_question_after_what_was_seen() {
    // Given that the second head is seen, whether it is: 1 whatever the rest; and of the number of heads the mean.
    let asked = "question two \"If?\" = two by 2025-03 given two by 2025-03\n\
        stock heads = 0\nflow heads += 1 per month\n  because c\n\
        question heads \"How many?\" = value heads at 2025-02";
    let loaded = loaded(&coins(asked));
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let asked = ["two".to_owned(), "heads".to_owned()];
    let how = (exactly(8), &Conditioning::default());
    let found = crux_given_observed(&model, ["a", "b"], &asked, how, &playing(1250), &Unwatched::default()).unwrap();
    for question in &found.questions {
        assert!(question.difference.abs() < 1e-12, "{question:#?}");
        assert!(question.players.iter().all(|divider| divider.value.abs() < 1e-12), "{question:#?}");
    }
}

#[test]
fn errors_after_what_was_seen_are_those_of_the_spread_over_seeds() {
    // Of 40 seeds and two players that err together the mean of the squared t-values is about 1, with a standard deviation
    // of at most sqrt(2 / 40) = 0.22; the bounds are 3 of them.
    let text = coins(TWO);
    let loose = Precision { error: 1.0, exact: 8, ..Precision::default() };
    let (mut squares, mut count) = (0.0, 0.0);
    for seed in 1..=40 {
        let run = Run { seed, draws: 200, per_draw: 4, ..Run::default() };
        let found = after(&text, ["a", "b"], loose, &run).unwrap();
        for (path, truth) in [("p", -0.135), ("q", 0.295)] {
            let found = divider(&found.questions[0], path);
            let off = (found.value - truth) / found.error;
            squares += off * off;
            count += 1.0;
        }
    }
    let ratio: f64 = squares / count;
    assert!((0.35..1.66).contains(&ratio), "{ratio}");
}

#[test]
fn the_other_way_round_and_on_any_number_of_threads() {
    let with = |readings: [&str; 2], threads: usize| {
        let run = Run { threads, ..playing(640) };
        after(&coins(TWO), readings, exactly(8), &run).unwrap()
    };
    let (there, back) = (with(["a", "b"], 1), with(["b", "a"], 1));
    for path in ["p", "q"] {
        let (one, other) = (divider(&there.questions[0], path), divider(&back.questions[0], path));
        assert_eq!((one.value, one.error), (-other.value, other.error), "{path}");
    }
    let together = serde_json::to_string(&with(["a", "b"], 2)).unwrap();
    assert_eq!(serde_json::to_string(&there).unwrap(), together);
}

fn unseen(text: &str, readings: [&str; 2]) -> String {
    match after(text, readings, exactly(8), &playing(64)) {
        Err(CruxError::Unseen(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mixture_that_cannot_have_what_was_seen() {
    // The first or another one has happened; in each reading one of them can, in a mixture neither.
    let text = "param p = 0\nparam q = 0\nflag one, two = no\n\
        event first on 2025-01 chance p then one = yes\n  because c\n\
        event other on 2025-01 chance q then one = yes\n  because c\n\
        event second on 2025-02 when one chance p + q then two = yes\n  because c\n\
        observe 2025-01 one = yes assumed \"seen\"\n\
        question two \"Two?\" = two by 2025-03\n\
        reading a \"a\"\n  param p = 0.5\n    assumed \"so\"\n\
        reading b \"b\"\n  param q = 0.6\n    assumed \"so\"\n";
    let why = unseen(text, ["a", "b"]);
    assert!(why.contains("in the mixture that takes p from b and all else from a"), "{why}");
    let why = unseen(text, ["b", "a"]);
    assert!(why.contains("in the mixture that takes q from a and all else from b"), "{why}");
}

#[test]
fn a_reading_that_cannot_have_what_was_seen() {
    let text = events(
        ["0.5", "0"],
        ["0.2", "0.6"],
        "observe 2025-01 first assumed \"seen\"\nquestion two \"Both?\" = two by 2025-03",
    );
    let why = unseen(&text, ["a", "b"]);
    assert!(why.contains("`b`"), "{why}");
}

#[test]
fn nothing_that_was_seen() {
    let text = events(["0.5", "0.6"], ["0.2", "0.6"], "question two \"Both?\" = two by 2025-03");
    match after(&text, ["a", "b"], exactly(8), &playing(64)) {
        Err(CruxError::Unknown(why)) => assert!(why.contains("nothing was seen"), "{why}"),
        other => panic!("{other:?}"),
    }
}
