//! What divides readings, against closed forms.
//!
//! Where all numbers are points and nothing is left to chance, values are exact to rounding. Elsewhere bounds are 4 standard
//! errors as reported (a failure by chance once in 16,000 comparisons).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod observed;

use std::collections::BTreeMap;
use variorum::Loaded;
use variorum::crux::{Crux, CruxError, CruxQuestion, Divider, Method, OF_ALL, Precision, crux, crux_all};
use variorum::run::{Run, Unwatched};

const HEAD: &str = "model \"Crux\"\ntime monthly from 2025-01 to 2025-03\nsource s \"A source\"\n\
    claim c \"A claim\"\n  s asserts 1.1-2#aaaaaaaaaaaa\n";

fn loaded(text: &str) -> Loaded {
    let files = BTreeMap::from([("model.vor".to_owned(), format!("{HEAD}{text}"))]);
    variorum::load("model.vor", &files).unwrap()
}

fn playing(draws: u64) -> Run {
    Run { draws, ..Run::default() }
}

fn between(text: &str, readings: [&str; 2], precision: Precision, run: &Run) -> Crux {
    let loaded = loaded(text);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    crux(&model, readings, &[], precision, run, &Unwatched::default()).unwrap()
}

fn one(text: &str, precision: Precision, draws: u64) -> CruxQuestion {
    between(text, ["a", "b"], precision, &playing(draws)).questions.remove(0)
}

fn exactly(players: usize) -> Precision {
    Precision { exact: players, ..Precision::default() }
}

fn divider<'q>(question: &'q CruxQuestion, path: &str) -> &'q Divider {
    let has = |divider: &&Divider| divider.statements.iter().any(|statement| statement.path == path);
    question.players.iter().find(has).unwrap_or_else(|| panic!("no {path} in {question:#?}"))
}

fn adds_up(question: &CruxQuestion) {
    let sum: f64 = question.players.iter().map(|divider| divider.value).sum();
    let [first, second] = question.answers;
    let size = first.abs() + second.abs();
    assert!((sum - question.difference).abs() <= 1e-12 * size, "{sum} in place of {}", question.difference);
    assert!((second - first - question.difference).abs() <= 1e-12 * size, "{question:#?}");
}

fn near(found: &Divider, truth: f64) {
    assert!((found.value - truth).abs() <= 4.0 * found.error + 1e-9, "{truth} expected: {found:#?}");
}

/// Three parameters with values for both readings, and what is asked of them.
fn three(formula: &str, a: [&str; 3], b: [&str; 3]) -> String {
    let reading = |name: &str, values: [&str; 3]| {
        let lines = ["x", "y", "z"].iter().zip(values).map(|(name, value)| format!("  param {name} = {value}\n"));
        let lines: String = lines.map(|line| line.replace('\n', "\n    assumed \"so\"\n")).collect();
        format!("reading {name} \"{name}\"\n{lines}")
    };
    format!(
        "param x = 0\nparam y = 0\nparam z = 0\nstock level = {formula}\n\
         question level \"How much?\" = value level at 2025-02\n{}{}",
        reading("a", a),
        reading("b", b)
    )
}

#[test]
fn a_linear_model() {
    // Each is worth its own difference; what is the same on both sides is no player.
    let question = one(&three("x + 2 * y + z", ["1", "2", "3"], ["2", "5", "3"]), exactly(8), 64);
    assert_eq!(question.players.len(), 2, "{question:#?}");
    assert!((divider(&question, "x").value - 1.0).abs() < 1e-12);
    assert!((divider(&question, "y").value - 6.0).abs() < 1e-12);
    assert_eq!(question.method, Method::Mixtures { count: 4 });
    assert_eq!((question.answers, question.unit.as_deref()), ([8.0, 15.0], Some("")));
    adds_up(&question);
    let sides = &divider(&question, "y").statements[0].sides;
    assert_eq!((sides[0].written.as_str(), sides[1].written.as_str()), ("param y = 2", "param y = 5"));
    assert_eq!((sides[0].reading.as_str(), sides[0].state.as_str()), ("a", "own"));
}

#[test]
fn a_product() {
    // x y: v is 2, 6 (with x), 5 (with y), 15: x is worth (4 + 10) / 2, y (3 + 9) / 2.
    let question = one(&three("x * y + z", ["1", "2", "0"], ["3", "5", "0"]), exactly(8), 64);
    assert!((divider(&question, "x").value - 7.0).abs() < 1e-12, "{question:#?}");
    assert!((divider(&question, "y").value - 6.0).abs() < 1e-12);
    adds_up(&question);
}

#[test]
fn three_that_need_all() {
    // Only all three together make a difference: a third for each.
    let question = one(&three("x * y * z", ["0", "0", "0"], ["2", "3", "4"]), exactly(8), 64);
    for name in ["x", "y", "z"] {
        assert!((divider(&question, name).value - 8.0).abs() < 1e-12, "{question:#?}");
    }
    adds_up(&question);
}

#[test]
fn uncertain_numbers() {
    // Linear in expectations: E x goes from 1/2 to 2, E y from 1 to 5/2.
    let text = three("x + y + z", ["uniform(0, 1)", "uniform(0, 2)", "1"], ["uniform(1, 3)", "uniform(2, 3)", "1"]);
    for precision in [exactly(8), exactly(0)] {
        let question = one(&text, precision, 640);
        let (x, y) = (divider(&question, "x"), divider(&question, "y"));
        near(x, 1.5);
        near(y, 1.5);
        assert!(x.error > 0.0 && x.error <= question.wanted, "{question:#?}");
        adds_up(&question);
    }
}

/// Two dated events in a row; the second waits for the first.
fn events(p: [&str; 2], q: [&str; 2], asked: &str) -> String {
    let reading = |name: &str, side: usize| {
        format!(
            "reading {name} \"{name}\"\n  param p = {}\n    assumed \"so\"\n  param q = {}\n    assumed \"so\"\n",
            p[side], q[side]
        )
    };
    format!(
        "param p = 0.5\n  assumed \"so\"\nparam q = 0.5\n  assumed \"so\"\nflag one, two = no\n\
         event first on 2025-01 chance p then one = yes\n  because c\n\
         event second on 2025-02 when one chance q then two = yes\n  because c\n{asked}\n{}{}",
        reading("a", 0),
        reading("b", 1)
    )
}

#[test]
fn events_in_a_row() {
    // p q from 0.1 to 0.48: p is worth (0.06 + 0.18) / 2, q (0.2 + 0.32) / 2.
    let text = events(["0.5", "0.8"], ["0.2", "0.6"], "question two \"Both?\" = two by 2025-03");
    for precision in [exactly(8), exactly(0)] {
        let question = one(&text, precision, 1250);
        near(divider(&question, "p"), 0.12);
        near(divider(&question, "q"), 0.26);
        assert!(question.players.iter().all(|divider| divider.error <= question.wanted), "{question:#?}");
        adds_up(&question);
    }
}

#[test]
fn a_conditional_question() {
    // Given the first, the second has the chance q, whatever p is.
    let text = events(["0.5", "0.8"], ["0.2", "0.6"], "question two \"If?\" = two by 2025-03 given one by 2025-03");
    for precision in [exactly(8), exactly(0)] {
        let question = one(&text, precision, 1250);
        near(divider(&question, "p"), 0.0);
        near(divider(&question, "q"), 0.4);
        assert!(divider(&question, "q").error > 0.0 && question.given.is_some());
        adds_up(&question);
    }
}

#[test]
fn a_condition_that_never_comes_true_in_a_mixture() {
    // The first or another one; in each reading one of them can be, in a mixture neither.
    let text = "param p = 0\nparam q = 0\nflag one, two = no\n\
        event first on 2025-01 chance p then one = yes\n  because c\n\
        event other on 2025-01 chance q then one = yes\n  because c\n\
        event second on 2025-02 when one chance p + q then two = yes\n  because c\n\
        question two \"If?\" = two by 2025-03 given one by 2025-03\n\
        reading a \"a\"\n  param p = 0.5\n    assumed \"so\"\n\
        reading b \"b\"\n  param q = 0.6\n    assumed \"so\"\n";
    for precision in [exactly(8), exactly(0)] {
        let question = one(text, precision, 64);
        assert_eq!(question.void.as_deref(), Some(&["p".to_owned()][..]), "{question:#?}");
        let flipped = between(text, ["b", "a"], precision, &playing(64)).questions.remove(0);
        assert_eq!(flipped.void.as_deref(), Some(&["q".to_owned()][..]), "{flipped:#?}");
    }
}

/// What only belongs to one reading: an event, a number in it, and a reply to it; and a number that stands by itself.
const NEEDY: &str = "actor K\nparam base = 0.2\n  assumed \"so\"\nflag one, two = no\n\
    event first on 2025-01 chance base then one = yes\n  because c\n\
    question two \"Two?\" = two by 2025-03\n\
    question one \"One?\" = one by 2025-03\n\
    reading a \"a\"\n\
    reading b \"b\"\n  param base = 0.4\n    assumed \"so\"\n\
    \x20 param push = 0.5\n    assumed \"so\"\n\
    \x20 event strike \"a strike\" on 2025-01 chance push then one = yes\n    because c\n\
    \x20 choice reply by K \"the reply\" after event strike\n    assumed \"so\"\n\
    \x20   option wait default\n    option go 60% then two = yes\n      assumed \"so\"\n";

#[test]
fn statements_that_need_each_other() {
    let loaded = loaded(NEEDY);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let asked = ["two".to_owned(), "one".to_owned()];
    let run = playing(640);
    let found = crux(&model, ["a", "b"], &asked, exactly(8), &run, &Unwatched::default()).unwrap();
    let [two, first] = found.questions.as_slice() else { panic!("{found:#?}") };
    // The reply is nothing without the event, and the event not without its number.
    let together = divider(two, "strike");
    let paths: Vec<&str> = together.statements.iter().map(|statement| statement.path.as_str()).collect();
    assert_eq!(paths, ["push", "strike", "reply"]);
    near(together, 0.3);
    assert_eq!(together.statements[1].sides[0].state, "absent");
    assert_eq!(together.statements[1].sides[1].because[0].stances[0].source, "s");
    // The number cannot bear on the reply.
    let base = divider(two, "base");
    assert!(!base.bears && base.value == 0.0 && base.error == 0.0, "{base:#?}");
    // On the other question: 1 - (1 - base)(1 - push): from 0.2 to 0.7; with base alone 0.4, with the strike alone 0.6.
    near(divider(first, "base"), 0.15);
    near(divider(first, "strike"), 0.35);
    adds_up(two);
    adds_up(first);
}

#[test]
fn mixtures_that_cannot_be_are_merged() {
    // Both events set one quantity to different values, which is an error where both can be: one reading has the one, the
    // other the other, so they change sides together.
    let text = "stock level in 0 .. 10 = 0\nquestion level \"Level?\" = value level at 2025-03\n\
        param other = 1\n  assumed \"so\"\nflow level += other per month\n  because c\n\
        reading a \"a\"\n  event up on 2025-01 chance 50% then level = 1\n    because c\n    assumed \"so\"\n\
        reading b \"b\"\n  event down on 2025-01 chance 50% then level = 2\n    because c\n    assumed \"so\"\n\
        \x20 param other = 2\n    assumed \"so\"\n";
    let question = one(text, exactly(8), 64);
    let sizes: Vec<usize> = question.players.iter().map(|divider| divider.statements.len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 3);
    assert_eq!(divider(&question, "up").statements.len(), 2, "{question:#?}");
    adds_up(&question);
}

#[test]
fn the_other_way_round() {
    // Exactly negated, however the values are found.
    for precision in [exactly(8), exactly(0)] {
        let text = events(["0.1 .. 0.5", "0.8"], ["0.2", "0.3 .. 0.6"], "question two \"Both?\" = two by 2025-03");
        let there = one(&text, precision, 320);
        let back = between(&text, ["b", "a"], precision, &playing(320)).questions.remove(0);
        assert_eq!(there.answers, [back.answers[1], back.answers[0]]);
        assert_eq!(there.difference, -back.difference);
        for divider in &there.players {
            let path = &divider.statements[0].path;
            let other = self::divider(&back, path);
            assert_eq!((divider.value, divider.error), (-other.value, other.error), "{path}");
            assert_eq!(divider.statements[0].sides[0].reading, other.statements[0].sides[1].reading);
        }
    }
}

/// Eight numbers in two factors.
fn eight() -> String {
    let reading = |name: &str, values: [f64; 8]| {
        let lines = values.iter().enumerate().map(|(n, value)| format!("  param p{n} = {value}\n    assumed \"so\"\n"));
        format!("reading {name} \"{name}\"\n{}", lines.collect::<String>())
    };
    let shared: String = (0..8).map(|n| format!("param p{n} = 0\n")).collect();
    format!(
        "{shared}stock level = (1 + p0 + p1 * p2 + p3) * (1 + p4 * p5 + p6 + p7)\n\
         question level \"How much?\" = value level at 2025-02\n{}{}",
        reading("a", [0.0, 1.0, 0.5, 0.0, 1.0, 2.0, 1.0, 0.5]),
        reading("b", [1.0, 3.0, 1.5, 0.2, 0.5, 5.0, 0.0, 1.5])
    )
}

#[test]
fn by_orders_against_all_mixtures() {
    let text = eight();
    let all = one(&text, exactly(8), 64);
    assert_eq!(all.method, Method::Mixtures { count: 256 });
    adds_up(&all);
    let run = Run { per_draw: 2, ..playing(512) };
    let some = between(&text, ["a", "b"], exactly(7), &run).questions.remove(0);
    let Method::Orders { count: orders } = some.method else { panic!("{some:#?}") };
    assert!(orders >= 32);
    adds_up(&some);
    for wanted in &all.players {
        assert!(wanted.error < 1e-12 && wanted.value != 0.0, "nothing is left to chance: {wanted:#?}");
        let found = divider(&some, &wanted.statements[0].path);
        near(found, wanted.value);
        assert!(found.error > 0.0, "orders are: {found:#?}");
    }
}

#[test]
fn errors_are_those_of_the_spread_over_seeds() {
    // Of 30 seeds and 8 players, each error estimated from 16 blocks: the mean of the squared t-values is 15 / 13, and its
    // standard deviation over independent ones below 0.12; those of one seed are not independent, so the bounds are wide.
    let text = eight();
    let truth = one(&text, exactly(8), 64);
    let loaded = loaded(&text);
    let model = variorum::checked(&loaded);
    let loose = Precision { error: 1.0, exact: 0, ..Precision::default() };
    let mut squares = 0.0;
    let mut count = 0.0;
    for seed in 1..=30 {
        let run = Run { seed, draws: 256, per_draw: 2, ..Run::default() };
        let found = crux(&model, ["a", "b"], &[], loose, &run, &Unwatched::default()).unwrap().questions.remove(0);
        for wanted in &truth.players {
            let found = divider(&found, &wanted.statements[0].path);
            let off = (found.value - wanted.value) / found.error;
            squares += off * off;
            count += 1.0;
        }
    }
    let ratio: f64 = squares / count;
    assert!((0.7..1.8).contains(&ratio), "{ratio}");
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let text = events(["0.1 .. 0.5", "0.8"], ["0.2", "0.3 .. 0.6"], "question two \"Both?\" = two by 2025-03");
    for precision in [exactly(8), exactly(0)] {
        let with = |threads| {
            let run = Run { threads, ..playing(320) };
            serde_json::to_string(&between(&text, ["a", "b"], precision, &run)).unwrap()
        };
        let (alone, together) = (with(1), with(3));
        assert_eq!(alone, together);
    }
}

#[test]
fn what_is_asked_decides_nothing_about_the_values() {
    // Asked alone or with another question, by orders.
    let loaded = loaded(NEEDY);
    let model = variorum::checked(&loaded);
    let loose = Precision { error: 1.0, exact: 0, ..Precision::default() };
    let values = |asked: &[&str]| {
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let found = crux(&model, ["a", "b"], &asked, loose, &playing(320), &Unwatched::default()).unwrap();
        let question = found.questions.into_iter().find(|question| question.question == "one").unwrap();
        question.players.iter().map(|divider| (divider.value, divider.error)).collect::<Vec<_>>()
    };
    assert_eq!(values(&["one"]), values(&["two", "one"]));
}

#[test]
fn the_question_on_which_they_differ_most() {
    let loaded = loaded(NEEDY);
    let model = variorum::checked(&loaded);
    let found = crux(&model, ["a", "b"], &[], exactly(8), &playing(640), &Unwatched::default()).unwrap();
    // From 0.2 to 0.7 rather than from 0 to 0.3: 0.5 / 0.43 deviations against 0.3 / 0.32.
    assert_eq!(found.questions[0].question, "one");
    assert_eq!(found.others.len(), 1);
    let other = &found.others[0];
    assert!(other.question == "two" && (other.difference - 0.3).abs() <= 4.0 * other.error);
}

#[test]
fn every_two() {
    let text = format!("{}reading d \"d\"\n  param base = 0.9\n    assumed \"so\"\n", NEEDY);
    let loaded = loaded(&text);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let names = ["a", "b", "d"];
    let all = crux_all(&model, &names, Some("one"), OF_ALL, &playing(320), &Unwatched::default()).unwrap();
    let pairs: Vec<[&str; 2]> = all.pairs.iter().map(|pair| pair.readings.each_ref().map(String::as_str)).collect();
    assert_eq!(pairs, [["a", "b"], ["a", "d"], ["b", "d"]]);
    let most =
        |pair: usize| all.pairs[pair].most().unwrap().statements.iter().map(|one| one.path.clone()).collect::<Vec<_>>();
    assert_eq!(most(0), ["push", "strike", "reply"]);
    assert_eq!(most(1), ["base"]);
    for pair in &all.pairs {
        adds_up(pair.crux.as_ref().unwrap());
    }
    let widest = crux_all(&model, &names, None, OF_ALL, &playing(320), &Unwatched::default()).unwrap();
    // From 0.7 to 0.9 on the one and from 0.3 to 0 on the other: 0.5 and 0.9 deviations.
    let asked: Vec<&str> = widest.pairs.iter().map(|pair| pair.gap.question.as_str()).collect();
    assert_eq!(asked, ["one", "one", "two"]);
}

#[test]
fn within_what_is_allowed() {
    // Pairs are as precise as is wanted, or left out; those farthest apart come first.
    let text = format!(
        "{}reading d \"d\"\n  param p = 0.55\n    assumed \"so\"\n  param q = 0.22\n    assumed \"so\"\n",
        events(["0.5", "0.8"], ["0.2", "0.6"], "question two \"Both?\" = two by 2025-03")
    );
    let loaded = loaded(&text);
    let model = variorum::checked(&loaded);
    let names = ["a", "b", "d"];
    let all = |allowed: u64| {
        let precision = Precision { error: 0.01, exact: 3, first: 64, per_draw: 2, allowed: Some(allowed), ..OF_ALL };
        crux_all(&model, &names, None, precision, &playing(1250), &Unwatched::default()).unwrap()
    };
    let some = all(1 << 17);
    for pair in &some.pairs {
        let question = pair.crux.as_ref().unwrap();
        assert_eq!((question.per_draw, pair.left_out), (2, false));
        assert!(question.players.iter().all(|divider| divider.error <= question.wanted), "{pair:#?}");
        adds_up(question);
    }
    let ab = some.pairs[0].crux.as_ref().unwrap();
    near(divider(ab, "p"), 0.12);
    near(divider(ab, "q"), 0.26);
    // Just enough for the pair that lies farthest apart; for none.
    let draws: u64 = some.pairs[..1].iter().map(|pair| 4 * pair.crux.as_ref().unwrap().draws).sum();
    let few = all(draws + 4);
    let left: Vec<bool> = few.pairs.iter().map(|pair| pair.left_out).collect();
    assert_eq!(left, [false, true, true], "{few:#?}");
    assert!(all(10).pairs.iter().all(|pair| pair.left_out && pair.crux.is_none()));
    assert!(few.complete);
}

#[test]
fn a_number_that_is_certain_is_not_played_for_long() {
    // In both readings it is the same in all trajectories, so that no error is small enough beside its deviation.
    let text = three("x * y + z", ["uniform(0, 2)", "0", "1"], ["1", "1", "1"]);
    let question = one(&text, exactly(8), 64);
    assert_eq!((question.draws, question.wanted), (64, 0.0));
}

#[test]
fn readings_that_say_the_same() {
    let text = format!(
        "{}reading e \"e\"\n",
        events(["0.5", "0.5"], ["0.5", "0.5"], "question two \"Both?\" = two by 2025-03")
    );
    let found = between(&text, ["a", "b"], exactly(8), &playing(64));
    assert!(found.questions.is_empty() && found.others.len() == 1, "{found:#?}");
    // The same words in a reading as in the shared model are no difference either.
    let loaded = loaded(&text);
    let model = variorum::checked(&loaded);
    let asked = ["two".to_owned()];
    let found = crux(&model, ["a", "e"], &asked, exactly(8), &playing(64), &Unwatched::default()).unwrap();
    assert!(found.questions[0].players.is_empty() && found.questions[0].difference == 0.0, "{found:#?}");
}

#[test]
fn what_cannot_be_asked() {
    let loaded = loaded(NEEDY);
    let model = variorum::checked(&loaded);
    let ask = |readings: [&str; 2], asked: &[String]| {
        crux(&model, readings, asked, exactly(8), &playing(64), &Unwatched::default()).unwrap_err()
    };
    let unknown = |error: CruxError| match error {
        CruxError::Unknown(why) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown(ask(["a", "x"], &[])), "there is no reading `x`; there are a, b");
    assert_eq!(unknown(ask(["a", "a"], &[])), "`a` does not differ from itself; name two readings");
    assert_eq!(unknown(ask(["a", "b"], &["x".to_owned()])), "there is no question `x`; there are two, one");
}

#[test]
fn interrupted() {
    struct Stopped(std::sync::atomic::AtomicBool);
    impl variorum::run::Watch for Stopped {
        fn stop(&self) -> &std::sync::atomic::AtomicBool {
            &self.0
        }
        fn progress(&self, _: &str, _: u64, _: u64) {}
    }
    let loaded = loaded(NEEDY);
    let model = variorum::checked(&loaded);
    let watch = Stopped(true.into());
    let found = crux(&model, ["a", "b"], &["one".to_owned()], exactly(8), &playing(64), &watch).unwrap();
    assert!(!found.complete && found.questions.is_empty(), "{found:#?}");
    let all = crux_all(&model, &["a", "b"], None, OF_ALL, &playing(64), &watch).unwrap();
    assert!(!all.complete && all.pairs.iter().all(|pair| pair.crux.is_none()), "{all:#?}");
}
