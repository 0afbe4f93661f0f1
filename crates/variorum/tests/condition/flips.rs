//! What would turn the ranking of two readings: fifths of a parameter, in closed form.
//!
//! With the parameter looked up by its place among the parameters of the program as of an earlier day, which lacks the numbers
//! of later observations, the test fails.

use crate::support::agrees;
use std::collections::BTreeMap;
use variorum::condition::Conditioning;
use variorum::evidence::conclude;
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load};

/// The probability of waiting, which is worse by 1.
fn wait(precision: f64) -> f64 {
    1.0 / (1.0 + precision.exp())
}

/// The mean of a function over an interval, by the midpoint rule.
fn mean(of: &dyn Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let steps = 10_000;
    let at = |step: i32| low + (high - low) * (f64::from(step) + 0.5) / f64::from(steps);
    (0..steps).map(|step| of(at(step))).sum::<f64>() / f64::from(steps)
}

#[test]
fn fifths_of_a_precision_are_compared_with_themselves_as_of_an_earlier_day() {
    let choices = ["one", "two", "three"].iter().zip(["02", "06", "07"]).map(|(name, month)| {
        format!(
            "choice {name} by N \"C {name}\" on 2025-{month} assumed \"given\"\n  option rest default\n  \
             option go then done_{name} = yes\n"
        )
    });
    // The report stands before everything that has a number: its own are the first.
    let text = format!(
        "model \"Digs\"\ntime monthly from 2025-01 to 2025-12\n\
         source ash \"A\" by \"A\" on 2025-02-28\nsource birch \"B\" by \"B\" on 2025-04-30\nactor N \"N\"\n\
         source spy \"S\" by \"S\" on 2025-08-31\nstock raids = 0\nflag done_one, done_two, done_three = no\n\
         observe 2025-08 raid reported by spy, hits 50% .. 90%, false alarms 1% .. 10% assumed \"seen\"\n\
         observe 2025-02 one = rest assumed \"seen\"\nobserve 2025-06 two = rest assumed \"seen\"\n\
         observe 2025-07 three = rest assumed \"seen\"\n\
         event raid \"R\" hazard 30% per month then raids += 1\n  assumed \"given\"\n{}\
         utility N = done_one + done_two + done_three assumed \"given\"\nprecision N = 1 assumed \"given\"\n\
         horizon N = 1 month assumed \"given\"\n\
         reading ash \"ash\"\n  precision N = uniform(0, 4) assumed \"given\"\nreading birch \"birch\"\n\
         question raids \"R\" = value raids at 2025-08\n",
        choices.collect::<String>()
    );
    let loaded = load("m.vor", &BTreeMap::from([("m.vor".to_owned(), text)])).unwrap();
    let model = checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let readings = check::programs(&model, &[]).unwrap();
    let settings = Run { draws: 8192, ..Run::default() };
    let mut answers = run(&model, &readings, &settings, &Unwatched::default()).unwrap();
    conclude(&mut answers, &model, &readings, &settings, &Conditioning::default(), &Unwatched::default()).unwrap();
    let pair = &answers.evidence.as_ref().unwrap().pairs[0];
    assert_eq!((pair.first.as_str(), pair.after.as_deref()), ("ash", Some("2025-04-30")));
    // Since the end of April there were two rests; before there was one.
    let birch = 2.0 * wait(1.0).log2();
    let ash = |low, high| {
        (mean(&|precision| wait(precision).powi(3), low, high) / mean(&|precision| wait(precision), low, high)).log2()
    };
    agrees("the pair", (pair.bits.unwrap(), pair.error), ash(0.0, 4.0) - birch);
    assert!(ash(0.0, 4.0) > birch);
    let fifths: Vec<(f64, f64)> = (0..5).map(|fifth| (0.8 * f64::from(fifth), 0.8 * f64::from(fifth + 1))).collect();
    let turned: Vec<_> = fifths.into_iter().filter(|(low, high)| ash(*low, *high) < birch).collect();
    assert_eq!((turned.len(), pair.flips.len()), (4, 4), "{:?}", pair.flips);
    for (low, high) in turned {
        let flip = pair.flips.iter().find(|flip| (flip.low - low).abs() < 0.01).unwrap();
        assert!(flip.reading == "ash" && flip.parameter.contains("precision") && (flip.high - high).abs() < 0.01);
        agrees("a fifth", (flip.bits, flip.error), ash(low, high) - birch);
    }
}
