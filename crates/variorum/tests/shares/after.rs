//! Drivers, shares by origin and ablations after what was seen, against closed forms.

#![allow(clippy::disallowed_methods, reason = "references share no mathematics with the engine")]

use crate::{loaded, near, playing};
use variorum::ablate::Effect;
use variorum::check::programs;
use variorum::explain::{Asked, Driver, Explanation, ReadingExplanation, explain};
use variorum::run::{Run, Unwatched};

const HEAD: &str =
    "model \"After\"\ntime monthly from 2025-01 to 2025-06\nsource s \"A source\"\nflag rung, hot = no\n";

fn explained(text: &str, asked: &Asked, run: &Run) -> Explanation {
    let loaded = loaded(&format!("{HEAD}{text}"));
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let readings = programs(&model, &[]).unwrap();
    explain(&model, &readings, "q", asked, run, &Unwatched::default()).unwrap()
}

fn only(text: &str, asked: &Asked, run: &Run) -> ReadingExplanation {
    let mut found = explained(text, asked, run);
    assert_eq!(found.readings.len(), 1);
    found.readings.remove(0)
}

fn both() -> Asked {
    Asked { provenance: true, drivers: true, ..Asked::default() }
}

fn driver<'d>(found: &'d ReadingExplanation, name: &str) -> &'d Driver {
    let driver = found.drivers.iter().find(|driver| driver.parameter == name);
    driver.unwrap_or_else(|| panic!("no driver {name} in {found:#?}"))
}

fn after(found: &ReadingExplanation, name: &str, truth: f64) {
    let after = driver(found, name).after.as_ref().unwrap_or_else(|| panic!("{name} has no share in {found:#?}"));
    near(&format!("{name}, after"), after.first, after.first_error, truth);
    assert!(after.first_error < 0.08, "{name}: {after:?}");
}

fn origin(found: &ReadingExplanation, name: &str, truth: f64) {
    let shared = found.shared_after.as_ref().unwrap();
    let share = shared.origins.iter().find(|share| share.origin == name);
    let share = share.unwrap_or_else(|| panic!("no {name} in {shared:?}"));
    near(&format!("{name}, after"), share.share, share.error, truth);
    assert!(share.error < 0.08, "{shared:?}");
}

fn effect<'e>(found: &'e ReadingExplanation, name: &str) -> &'e Effect {
    found.effects.iter().find(|effect| effect.without == name).unwrap_or_else(|| panic!("no {name}: {found:#?}"))
}

/// Three events of three, each with the chance p: p has the law Beta(4, 1) afterwards, with the variance 2/75. The answer
/// is (p + r)/2.
const RINGS: &str = "
param p = uniform(0, 1)
  from s \"page 1\"
param r = uniform(0, 1)
  assumed \"a guess\"
event first on 2025-01 chance p then hot = yes
  assumed \"so\"
event second on 2025-02 chance p then hot = yes
  assumed \"so\"
event third on 2025-03 chance p then hot = yes
  assumed \"so\"
event last on 2025-05 chance (p + r) / 2 then rung = yes
  assumed \"so\"
question q \"The last?\" = rung by 2025-06
";
const SEEN: &str = "
observe 2025-01 first
  assumed \"seen\"
observe 2025-02 second
  assumed \"seen\"
observe 2025-03 third
  assumed \"seen\"
";

#[test]
fn what_was_learned_moves_an_answer_less() {
    let found = only(&format!("{RINGS}{SEEN}"), &both(), &playing(1, 4096));
    let (of_p, of_r) = (2.0 / 75.0, 1.0 / 12.0);
    for (name, kind, variance) in [("p", "cited", of_p), ("r", "assumed", of_r)] {
        let before = driver(&found, name);
        near(name, before.first, before.first_error, 0.5);
        after(&found, name, variance / (of_p + of_r));
        origin(&found, kind, variance / (of_p + of_r));
    }
    let shared = found.shared_after.as_ref().unwrap();
    near("the variance", shared.variance, shared.variance_error, (of_p + of_r) / 4.0);
    near("what is left", shared.rest.unwrap(), shared.rest_error.unwrap(), 0.0);
    // Σ p³ twice over Σ p⁶, of the draws: 7/16 of them.
    assert_eq!(shared.draws, 4096);
    assert!((shared.effective / 4096.0 - 7.0 / 16.0).abs() < 0.03, "{shared:?}");
    // The lowest and the highest fifth of Beta(4, 1): the means of p between its quantiles 0 and 0.2^(1/4), 0.8^(1/4) and 1.
    let mean = |low: f64, high: f64| 0.8 * (high.powf(1.25) - low.powf(1.25)) / (high - low);
    let ends = driver(&found, "p").after.as_ref().unwrap().ends;
    for (end, expected) in ends.into_iter().zip([mean(0.0, 0.2), mean(0.8, 1.0)]) {
        assert!((end - (expected + 0.5) / 2.0).abs() < 0.03, "{ends:?}");
    }
    assert_eq!(found.drivers[0].parameter, "r", "what matters more afterwards comes first");
}

/// A number measured with an error, and a question for another.
fn measured(what: &str, observed: &str, asked: &str) -> String {
    format!(
        "
param a = normal(0, 1)
  from s \"page 1\"
param b = normal(0, 1)
  assumed \"a guess\"
let first = a
let total = a + b
observe 2025-02 {what} = {observed}
  assumed \"measured\"
question q \"How much?\" = value {asked} at 2025-03
"
    )
}

#[test]
fn what_is_known_exactly_moves_nothing() {
    // Of a the variance 0.01/1.01 is left.
    let found = only(&measured("first", "0.5 error 0.1", "total"), &both(), &playing(1, 4096));
    let left = 0.01 / 1.01;
    after(&found, "a", left / (1.0 + left));
    after(&found, "b", 1.0 / (1.0 + left));
    origin(&found, "cited", left / (1.0 + left));
    near("before", driver(&found, "a").first, driver(&found, "a").first_error, 0.5);
}

#[test]
fn what_was_seen_makes_parameters_depend_on_each_other() {
    // Of the sum a measurement with the error 1: variances 2/3, the covariance -1/3. b has no bearing on a before, and tells
    // the square of the correlation of it afterwards. Shapley: a is worth 1, b 1/4, both 1.
    let found = only(&measured("total", "0.5 error 1", "first"), &both(), &playing(2, 4096));
    // (a is fitted by lines in the score of its rank, and so misses by what normal laws differ from their samples.)
    let of_a = driver(&found, "a").after.as_ref().unwrap();
    assert!((of_a.first - 1.0).abs() < 0.002 && of_a.first_error < 0.002, "{of_a:?}");
    after(&found, "b", 0.25);
    origin(&found, "cited", 0.875);
    origin(&found, "assumed", 0.125);
    let b = driver(&found, "b");
    assert!(b.total.is_nan() && b.place == "model.vor:8" && b.origin == "assumed", "{b:?}");
}

#[test]
fn errors_are_those_of_chance() {
    // Over seeds, the squared distance from the truth is that of the error told, or less: the jackknife exaggerates.
    let text = format!("{RINGS}{SEEN}");
    let share = (1.0 / 12.0) / (1.0 / 12.0 + 2.0 / 75.0);
    let mut squares = 0.0;
    for seed in 0..40 {
        let found = only(&text, &Asked { drivers: true, ..Asked::default() }, &playing(100 + seed, 1024));
        let after = driver(&found, "r").after.clone().unwrap();
        squares += ((after.first - share) / after.first_error).powi(2);
    }
    let mean = squares / 40.0;
    assert!(mean > 0.3 && mean < 1.8, "{mean}");
}

#[test]
fn a_parameter_of_few_values() {
    // x is 1 or 2, and the chance of what was seen is x/4: 2 has 2/3 afterwards. Of x + a the variances are 2/9 and 1/12.
    let text = "
param x = oneof(1: 0.5, 2: 0.5)
  assumed \"either\"
param a = uniform(0, 1)
  assumed \"a guess\"
event first on 2025-01 chance x / 4 then hot = yes
  assumed \"so\"
let sum = x + a
observe 2025-01 first
  assumed \"seen\"
question q \"How much?\" = value sum at 2025-03
";
    let found = only(text, &both(), &playing(3, 4096));
    let whole = 2.0 / 9.0 + 1.0 / 12.0;
    after(&found, "x", 2.0 / 9.0 / whole);
    after(&found, "a", 1.0 / 12.0 / whole);
}

#[test]
fn too_few_draws_are_not_shared_out() {
    // Six standard deviations off.
    let found = only(&measured("first", "6 error 0.02", "total"), &both(), &playing(1, 64));
    let shared = found.shared_after.as_ref();
    assert!(found.drivers.iter().all(|driver| driver.after.is_none()), "{found:#?}");
    assert!(shared.is_none_or(|shared| shared.origins.is_empty()), "{found:#?}");
    let said = |note: &String| note.contains("too few to share out") || note.contains("in no trajectory");
    assert!(found.notes.iter().any(said), "{:?}", found.notes);
}

/// A spark that makes what was seen likelier, and the answer.
const SPARK: &str = "
param p = uniform(0, 1)
  assumed \"a guess\"
stock level = 0
event spark on 2025-01 chance 50% then hot = yes, level += 10
  assumed \"so\"
event ring on 2025-02 chance (if hot then p else 20%) then rung = no
  assumed \"so\"
event idle on 2025-02 chance 50% then rung = no
  assumed \"so\"
event last on 2025-05 chance (if hot then 90% else 10%) then rung = yes
  assumed \"so\"
question q \"The last?\" = rung by 2025-06
";

#[test]
fn ablation_with_its_evidence() {
    let without = ["switch off spark", "switch off idle", "param p = 1", "switch off ring"];
    let asked = Asked { without: without.map(str::to_owned).to_vec(), ..Asked::default() };
    let found = only(&format!("{SPARK}observe 2025-02 ring\n  assumed \"seen\"\n"), &asked, &playing(1, 4096));
    // With the spark what was seen has (1/2 + 1/5)/2, and 5/7 of it with the spark.
    let spark = effect(&found, "switch off spark");
    let after = spark.after.as_ref().unwrap();
    near("evidence", after.bits, after.bits_error, (0.35_f64 / 0.2).log2());
    near("the answer after", after.effect, after.error, 0.1 + 0.8 * 5.0 / 7.0 - 0.1);
    near("the effect before", spark.effect, spark.error, 0.4);
    assert!(after.bits_error > 0.0 && after.bits_error < 0.05 && after.error < 0.02, "{after:?}");
    assert!((after.effect - (after.with_it - after.without_it)).abs() < 1e-12 && after.reason.is_none());
    // What has no bearing on either changes no bit.
    let idle = effect(&found, "switch off idle").after.as_ref().unwrap();
    assert_eq!((idle.effect, idle.bits, idle.bits_error), (0.0, 0.0, 0.0));
    // Were p certain, what was seen would be likelier: (1 + 1/5)/2.
    let certain = effect(&found, "param p = 1").after.as_ref().unwrap();
    near("evidence", certain.bits, certain.bits_error, (0.35_f64 / 0.6).log2());
    // What was seen cannot be without itself.
    let ring = effect(&found, "switch off ring").after.as_ref().unwrap();
    assert!(ring.effect.is_nan() && ring.reason.as_ref().unwrap().contains("cannot be"), "{ring:?}");
}

#[test]
fn a_reading_that_starves_without_a_statement() {
    let asked = Asked {
        without: vec![
            "event spark on 2025-01 chance 0.000001% then hot = yes, level += 10\n  assumed \"so\"".to_owned(),
        ],
        ..Asked::default()
    };
    let found = only(&format!("{SPARK}observe 2025-01 level > 5\n  assumed \"seen\"\n"), &asked, &playing(1, 64));
    let after = found.effects[0].after.as_ref().unwrap();
    assert!(after.reason.as_ref().unwrap().contains("came about in none of"), "{after:?}");
    assert!(after.without_it.is_nan() && after.bits.is_nan());
}

#[test]
fn listed_effects_after_what_was_seen() {
    let asked = Asked { ablate: true, ..Asked::default() };
    let found = only(&format!("{SPARK}observe 2025-02 ring\n  assumed \"seen\"\n"), &asked, &playing(1, 2048));
    let after = |name: &str| effect(&found, name).after.clone().unwrap();
    near("evidence", after("spark").bits, after("spark").bits_error, (0.35_f64 / 0.2).log2());
    assert_eq!((after("idle").effect, after("idle").bits), (0.0, 0.0));
    assert!(after("ring").reason.is_some());
    assert!(found.effects.iter().all(|effect| effect.after.is_some()), "{found:#?}");
}

#[test]
fn threads_change_no_bit() {
    let asked = Asked { ablate: true, without: vec!["param p = 1".to_owned()], ..both() };
    let shown = |threads: usize| {
        let run = Run { threads, ..playing(1, 512) };
        serde_json::to_string(&explained(&format!("{RINGS}{SEEN}"), &asked, &run)).unwrap()
    };
    assert_eq!(shown(1), shown(2));
}

#[test]
fn where_nothing_was_seen_nothing_is_added() {
    let asked = Asked { ablate: true, ..both() };
    let shown = serde_json::to_value(explained(RINGS, &asked, &playing(1, 256))).unwrap();
    let reading = &shown["readings"][0];
    assert!(reading.get("shared_after").is_none());
    let lists = [&reading["drivers"], &reading["effects"]].map(|list| list.as_array().unwrap());
    assert!(lists.iter().all(|list| !list.is_empty() && list.iter().all(|item| item.get("after").is_none())));
}
