//! The mechanisms of the shipped model that `claims.toml` lists work: each, taken away alone, moves the answer as said; and
//! every kind of row measures what it says, against closed forms.
//!
//! 2^17 trajectories a clause, common random numbers, standard errors clustered by draw, three seeds. The numbers that are
//! recorded in the file are those of the first seed. Seen to fail (as `variorum rows` on a copy of the model): with the sign
//! of a clause turned round.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "references share no mathematics with the engine")]

use std::collections::{BTreeMap, BTreeSet};
use variorum::ablate::{Without, ablate, patched};
use variorum::rows::{Clause, Finding, Kind, Measured, failure, measure, measure_one, parse};
use variorum::run::{Run, Unwatched};
use variorum::{checked, load, shipped};

/// All rows of the sources.
const ROWS: &[&str] = &[
    "J1", "J2", "J3", "J4", "J5", "J6", "J7", "J8", "J9", "J10", "J11", "J12", "D1", "D2", "D3", "D4", "D5", "D6",
    "D7", "D8", "D9", "D10", "D11", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "G1", "G2", "G3", "G4", "G5",
    "G6", "G7", "G8", "G9", "G10", "G11", "G12", "G13", "G14", "G15", "G16", "G17", "C1", "C2", "C3", "C4", "C5", "C6",
    "C7", "C8", "C9", "C10", "C11", "C12",
];
#[test]
fn every_row_is_named_once() {
    assert_eq!(ROWS.iter().collect::<BTreeSet<_>>().len(), 12 + 11 + 9 + 17 + 12);
}

#[test]
fn every_listed_mechanism_works() {
    works(1);
}

/// Two other seeds; `cargo test --release -p variorum --test rows -- --ignored`, some ten minutes on two cores.
#[test]
#[ignore = "twice as long as the first seed"]
fn every_listed_mechanism_works_with_other_seeds() {
    works(2);
    works(3);
}

fn works(seed: u64) {
    let files = shipped::files();
    let loaded = load(shipped::ROOT, &files).unwrap();
    let model = checked(&loaded);
    let rows = parse(&files["claims.toml"]).unwrap();
    let listed: BTreeSet<&str> = rows.clause.iter().map(|clause| clause.row.as_str()).collect();
    for row in ROWS {
        assert!(listed.contains(row), "{row} is not listed");
    }
    let mut wrong = Vec::new();
    let settings = Run { draws: 8192, seed, ..Run::default() };
    let outcomes = measure(&model, &rows.clause, &settings, &Unwatched::default());
    for (clause, outcome) in rows.clause.iter().zip(outcomes) {
        let what = if clause.question.is_empty() { clause.observed.join("; ") } else { clause.question.clone() };
        let name = format!("{} ({}, {what}), seed {seed}", clause.row, clause.reading);
        match outcome {
            Err(why) => wrong.push(format!("{name}: {why}")),
            Ok(finding) => {
                if let Some(why) = failure(clause, &finding) {
                    wrong.push(format!("{name}: {why}"));
                }
                let is_recorded = |recorded: &Measured| recorded.agrees(&Measured::of(&finding));
                if seed == 1 && !clause.measured.as_ref().is_some_and(is_recorded) {
                    wrong.push(format!("{name}: what is recorded is not what is measured; see CONTRIBUTING.md"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is measured with all questions in one run, to the last step that one asks about, is what a run of its own finds.
#[test]
fn runs_are_shared_without_changing_a_bit() {
    let files = shipped::files();
    let loaded = load(shipped::ROOT, &files).unwrap();
    let model = checked(&loaded);
    let rows = parse(&files["claims.toml"]).unwrap();
    let settings = Run { draws: 64, ..Run::default() };
    let mechanisms: Vec<Clause> = rows.clause.into_iter().filter(|clause| clause.kind == Kind::Mechanism).collect();
    let together = measure(&model, &mechanisms, &settings, &Unwatched::default());
    for (clause, shared) in mechanisms.iter().zip(together).step_by(4) {
        let reading = model.reading(&clause.reading).unwrap();
        let changed = patched(&model, reading, &clause.off.join("\n")).unwrap();
        let program = reading.program.as_ref().unwrap();
        let without = [Without::patch("", changed)];
        let alone = ablate(program, &clause.question, &without, &settings, &Unwatched::default()).unwrap();
        let Ok(Finding::Effect(shared)) = shared else { panic!("{shared:?}") };
        let bits = |effect: &variorum::ablate::Effect| {
            [effect.with_it, effect.without_it, effect.effect, effect.error].map(f64::to_bits)
        };
        assert_eq!(bits(&shared), bits(&alone[0]), "{}", clause.row);
        assert_eq!(shared.deviations, alone[0].deviations, "{}", clause.row);
    }
}

/// What happens in the first month has the probability a + b, or half of it: a is uniform to 0.4, b to 0.2.
const KINDS: &str = r#"model "Kinds"
time monthly from 2024-01 to 2024-12
source ash "Ash" on 2023-01-01
source birch "Birch" on 2023-02-01
claim push "It pushes"
  ash asserts 5.2-8#00112233445e
claim pull "It pulls"
  birch asserts 2.1-9#ba9876543210
param a in 0 .. 1 = uniform(0.0, 0.4) because push assumed "a test"
param b in 0 .. 1 = uniform(0.0, 0.2) because pull assumed "a test"
stock calm in 0 .. 1 = 0
stock count = 0, at least 0
event w "W" hazard -ln(1 - (a + b) * (1 - calm)) / 1 month because push then count += 1
event never "N" when count < 0 hazard 1 per year because push then count += 1 assumed "a test"
reading ash "Ash"
reading birch "Birch"
reading baseline "Base"
scenario prepared "Prepared"
  set calm = 0.5 at 2024-01
question first "Does it happen in the first month?" = happened(w) at 2024-01
  ash said "unlikely" 5.2-8#00112233445e window assumed "the text names none"
  birch said 30%
question nothing "Does what cannot happen happen?" = happened(never) by 2024-12
question count "How often?" = value count at 2024-12
observe 2024-01 w from birch "a test"
record complete to 2024-02 for w from birch "a test"
"#;

fn clauses(text: &str) -> Vec<Clause> {
    let head = |rest: &str| format!("[[clause]]\nrow = \"X1\"\nclaim = [\"push\"]\nreading = \"ash\"\n{rest}\n");
    parse(&text.split("\n\n").map(head).collect::<String>()).unwrap().clause
}

/// Measures clauses on the model above.
fn found(clauses: &[Clause]) -> Vec<Result<Finding, String>> {
    let world: BTreeMap<String, String> = BTreeMap::from([("m.vor".to_owned(), KINDS.to_owned())]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    let messages: Vec<String> = model.diagnostics.iter().map(|found| found.message.clone()).collect();
    assert!(!model.has_errors(), "{messages:?}");
    measure(&model, clauses, &Run { draws: 8192, ..Run::default() }, &Unwatched::default())
}

/// Within 4.5 standard errors, and these not larger than supposed.
fn agrees(what: &str, (value, error): (f64, f64), expected: f64, most: f64) {
    assert!((value - expected).abs() <= 4.5 * error && error <= most, "{what}: {value} +- {error}, not {expected}");
}

const OFF: &str = "off = ['param b in 0 .. 1 = 0 assumed \"neutral\"']";

#[test]
fn every_kind_agrees_with_its_closed_form() {
    let list = clauses(&format!(
        "kind = \"mechanism\"\nquestion = \"first\"\nsign = \"+\"\n{OFF}\n\n\
         kind = \"small\"\nbelow = 0.2\nquestion = \"first\"\nsign = \"+\"\n{OFF}\n\n\
         kind = \"small\"\nbelow = 0.05\nquestion = \"first\"\nsign = \"+\"\n{OFF}\n\n\
         kind = \"weight\"\nobserved = [\"observe 2024-01 w\"]\nsign = \"+\"\n{OFF}\n\n\
         kind = \"weight\"\nobserved = [\"record complete to 2024-02 for w\"]\nsign = \"-\"\n{OFF}\n\n\
         kind = \"uncertainty\"\nquestion = \"first\"\nparameters = [\"a\"]\n\n\
         kind = \"uncertainty\"\nquestion = \"first\"\nparameters = [\"b\"]\n\n\
         kind = \"uncertainty\"\nquestion = \"first\"\nparameters = [\"a\", \"b\"]\n\n\
         kind = \"scenario\"\nquestion = \"first\"\nscenario = \"prepared\"\nsign = \"-\"\n\n\
         kind = \"forecast\"\nquestion = \"first\"\nsource = \"ash\""
    ));
    let found: Vec<Finding> = found(&list).into_iter().map(Result::unwrap).collect();
    let failures: Vec<Option<String>> =
        list.iter().zip(&found).map(|(clause, finding)| failure(clause, finding)).collect();
    let effect = |place: usize| match &found[place] {
        Finding::Effect(effect) => effect.clone(),
        other => panic!("{other:?}"),
    };
    let share = |place: usize| match &found[place] {
        Finding::Share(share) => (share.share, share.error),
        other => panic!("{other:?}"),
    };
    for place in 0..3 {
        let effect = effect(place);
        agrees("effect", (effect.effect, effect.error), 0.1, 0.002);
    }
    assert!(failures[2].as_ref().unwrap().contains("not below 0.05"), "{failures:?}");
    // Seen in January: 0.3 against 0.2.
    let seen = effect(3);
    agrees("seen", (seen.effect, seen.error), 1.5f64.log2(), 0.02);
    agrees("its evidence", (seen.with_it, 0.01), 0.3f64.log2(), 0.01);
    // Not seen in two months: the mean of (1 - a - b)², with the mean 0.7 and the variance 0.2 / 12, or 0.8 and 0.16 / 12.
    let unseen = effect(4);
    let expected = ((0.49_f64 + 0.2 / 12.0) / (0.64 + 0.16 / 12.0)).log2();
    agrees("not seen", (unseen.effect, unseen.error), expected, 0.02);
    // The variance of a + b is 0.16 / 12 and 0.04 / 12.
    agrees("share of a", share(5), 0.8, 0.03);
    agrees("share of b", share(6), 0.2, 0.03);
    assert!((share(7).0 - 1.0).abs() < 0.02, "{:?}", share(7));
    let scenario = effect(8);
    agrees("scenario", (scenario.effect, scenario.error), -0.15, 0.003);
    agrees("in the scenario", (scenario.with_it, 0.003), 0.15, 0.01);
    let Finding::Forecast(forecast) = &found[9] else { panic!("{:?}", found[9]) };
    agrees("implied", (forecast.implied, forecast.error), 0.3, 0.002);
    assert_eq!((forecast.words.as_str(), forecast.window_assumed, forecast.is_probability), ("unlikely", true, true));
    assert_eq!(forecast.window, ["2024-01", "2024-01"]);
    assert!(forecast.means.is_some_and(|[low, high]| low < high));
    assert!(failures.iter().enumerate().all(|(place, why)| place == 2 || why.is_none()), "{failures:?}");
    // What is recorded is what was found, to six digits.
    for finding in &found {
        let recorded = Measured::of(finding);
        let text = toml::to_string(&BTreeMap::from([("measured", &recorded)])).unwrap();
        let read: BTreeMap<String, Measured> = toml::from_str(&text).unwrap();
        assert!(recorded.agrees(&read["measured"]), "{text}");
    }
    assert!(!Measured::of(&found[0]).agrees(&Measured::of(&found[5])));
    assert!(!Measured::of(&found[0]).agrees(&Measured::of(&found[3])));
}

#[test]
fn what_does_not_work_is_told() {
    let list = clauses(&format!(
        "kind = \"mechanism\"\nquestion = \"first\"\nsign = \"-\"\n{OFF}\n\n\
         kind = \"mechanism\"\nquestion = \"nothing\"\nsign = \"+\"\noff = [\"switch off w\"]\n\n\
         kind = \"mechanism\"\nquestion = \"first\"\nsign = \"+\"\noff = [\"switch off w\"]\n\n\
         kind = \"mechanism\"\nquestion = \"first\"\nsign = \"+\"\ncertain = \"no other way\"\noff = [\"switch off w\"]\n\n\
         kind = \"weight\"\nobserved = [\"observe 2024-01 w\"]\nsign = \"+\"\noff = [\"switch off w\"]\n\n\
         kind = \"weight\"\nobserved = [\"observe 2024-01 w\"]\ncertain = \"no other way\"\nsign = \"+\"\n\
         off = [\"switch off w\"]\n\n\
         kind = \"weight\"\nobserved = [\"observe 2024-02 w\"]\nsign = \"+\"\n{OFF}\n\n\
         kind = \"uncertainty\"\nquestion = \"first\"\nparameters = [\"c\"]\n\n\
         kind = \"uncertainty\"\nquestion = \"nothing\"\nparameters = [\"a\"]\n\n\
         kind = \"scenario\"\nquestion = \"first\"\nscenario = \"unprepared\"\nsign = \"-\"\n\n\
         kind = \"forecast\"\nquestion = \"count\"\nsource = \"ash\"\n\n\
         kind = \"forecast\"\nquestion = \"first\"\nsource = \"birch\"\n\n\
         kind = \"forecast\"\nquestion = \"last\"\nsource = \"ash\""
    ));
    let why: Vec<String> = found(&list)
        .into_iter()
        .zip(&list)
        .map(|(found, clause)| found.map_or_else(|why| why, |found| failure(clause, &found).unwrap_or_default()))
        .collect();
    let expected = [
        "the wrong sign",
        "the wrong sign",
        "the probability without it is 0: say why",
        "",
        "what was observed came about in no trajectory without it: say why",
        "",
        "nothing that was seen is called `observe 2024-02 w`; there is observe 2024-01 w;",
        "no parameter is called `c`",
        "cannot be told from 0",
        "there is no scenario `unprepared`",
        "`ash` says nothing beside the question `count`",
        "what `birch` said of `first` has no anchor",
        "there is no question `last`",
    ];
    for (place, (why, expected)) in why.iter().zip(expected).enumerate() {
        assert_eq!(why.is_empty(), expected.is_empty(), "{place}: {why}");
        assert!(why.contains(expected), "{place}: {why}, not {expected}");
    }
}

#[test]
fn a_reading_owns_what_its_sources_assert() {
    let mut clause = clauses("kind = \"forecast\"\nquestion = \"first\"\nsource = \"ash\"").into_iter().next().unwrap();
    let mut tell = |change: &dyn Fn(&mut Clause)| {
        change(&mut clause);
        found(std::slice::from_ref(&clause)).remove(0).err().unwrap_or_default()
    };
    assert_eq!(tell(&|_| {}), "");
    let why = tell(&|clause| clause.claim = vec!["pull".to_owned()]);
    assert!(why.contains("no source of the reading `ash` (ash) asserts pull"), "{why}");
    assert_eq!(tell(&|clause| clause.inferred = Some("it follows".to_owned())), "");
    let why = tell(&|clause| clause.claim = vec!["tug".to_owned()]);
    assert!(why.contains("there is no claim `tug`"), "{why}");
    let why = tell(&|clause| clause.reading = "cedar".to_owned());
    assert!(why.contains("there is no reading `cedar`"), "{why}");
    for (text, missing) in [
        ("kind = \"mechanism\"\nquestion = \"q\"\nsign = \"+\"", "needs `off`"),
        (
            "kind = \"mechanism\"\nquestion = \"q\"\nsign = \"up\"\noff = [\"switch off w\"]",
            "needs `sign` (`+` or `-`)",
        ),
        ("kind = \"small\"\nquestion = \"q\"\nsign = \"+\"\noff = [\"switch off w\"]", "needs `below`"),
        ("kind = \"weight\"\nsign = \"+\"\noff = [\"switch off w\"]", "needs `observed`"),
        ("kind = \"uncertainty\"\nquestion = \"q\"", "needs `parameters`"),
        ("kind = \"scenario\"\nquestion = \"q\"\nsign = \"+\"", "needs `scenario`"),
        ("kind = \"forecast\"\nquestion = \"q\"", "needs `source`"),
    ] {
        let text = format!("[[clause]]\nrow = \"X1\"\nclaim = []\nreading = \"r\"\n{text}\n");
        let why = parse(&text).unwrap_err();
        assert!(why.contains(missing), "{why}");
    }
}

#[test]
fn one_clause_is_measured_as_among_others() {
    let world: BTreeMap<String, String> = BTreeMap::from([("m.vor".to_owned(), KINDS.to_owned())]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    let run = Run { draws: 256, ..Run::default() };
    let list = clauses(&format!(
        "kind = \"scenario\"\nquestion = \"first\"\nscenario = \"prepared\"\nsign = \"-\"\n\n\
         kind = \"mechanism\"\nquestion = \"count\"\nsign = \"+\"\n{OFF}\n\n\
         kind = \"mechanism\"\nquestion = \"first\"\nsign = \"+\"\n{OFF}"
    ));
    let together = measure(&model, &list, &run, &Unwatched::default());
    for (clause, together) in list.iter().zip(together) {
        let alone = measure_one(&model, clause, &run, &Unwatched::default()).unwrap();
        let Finding::Effect(alone) = alone else { panic!("{alone:?}") };
        let Ok(Finding::Effect(together)) = together else { panic!("{together:?}") };
        assert_eq!(alone.effect.to_bits(), together.effect.to_bits());
        assert_eq!(alone.error.to_bits(), together.error.to_bits());
    }
}
