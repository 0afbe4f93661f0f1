//! The rates that a model implies, against closed forms; and history beside them.
//!
//! "Agrees" means within 4.5 standard errors (7 in a million for one comparison), and these not larger than said. Closed forms
//! are computed with the platform's mathematics.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "references share no mathematics with the engine")]

use std::collections::BTreeMap;
use variorum::rates::{ItemReading, Per, Rates, rates};
use variorum::run::{Run, Unwatched};
use variorum::{check, checked, load};

const MODEL: &str = r#"model "Rates"
time monthly from 2025-01 to 2034-12
actor A, B
flag fallen, gone, left = no
stock held in 0 .. 1 = 1
param base : 1 / year = 20 in 10 years among "raids since the border was drawn"
let twice = 2 * base
event strike "a strike" hazard 2 in 71 years among "years of peace"
event fall when not fallen hazard 0.24 per year then fallen = yes assumed "it ends itself"
event raid hazard twice then held = 1 assumed "twice what history has"
event never when held < 0 hazard 1 per year then held = 1 assumed "what cannot be"
event calm hazard 0 in 70 years among "years without any" then held = 1
event vote on 2026-06 chance 3 of 40 among "votes on such things" then held = 1
choice walk by A "walk out"
  when not gone
  assumed "a test"
  option stay default
  option leave 30% within 12 months then gone = yes
choice drop by A "let it drop"
  considered 2 per year
  when not left
  assumed "a test"
  option keep default
  option loose then left = yes
choice answer by B "answer"
  after walk = leave
  assumed "a test"
  option silence default
  option reply 25%
choice visit by B "a visit" every 12 months from 2025-03
  assumed "a test"
  option no_ default
  option come 10% .. 50%
utility A = 0 assumed "indifferent"
precision A = 1 assumed "indifferent"
reading birch "Birch"
reading baseline "Base"
  switch off never
  event strike "a strike" hazard 1 per year assumed "another world"
question fallen "Q" = fallen by 2034-12
"#;

fn found(text: &str, run: &Run) -> Rates {
    let world: BTreeMap<String, String> = BTreeMap::from([("m.vor".to_owned(), text.to_owned())]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    let messages: Vec<&str> = model.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert!(!model.has_errors(), "{messages:?}");
    rates(&model, &check::programs(&model, &[]).unwrap(), run, &Unwatched::default()).unwrap()
}

fn many() -> Rates {
    found(MODEL, &Run { draws: 8000, ..Run::default() })
}

fn of<'r>(rates: &'r Rates, name: &str, reading: &str) -> &'r ItemReading {
    let item = rates.items.iter().find(|item| item.name == name).unwrap_or_else(|| panic!("no {name}"));
    item.readings.iter().find(|of| of.reading == reading).unwrap_or_else(|| panic!("{name} is not in {reading}"))
}

fn agrees(what: &str, (value, error): (f64, f64), expected: f64, most: f64) {
    assert!((value - expected).abs() <= 4.5 * error && error <= most, "{what}: {value} +- {error}, not {expected}");
}

/// Within a part in so many: intervals have no error of their own.
fn is_near(what: &str, value: f64, expected: f64, part: f64) {
    assert!((value / expected - 1.0).abs() <= part, "{what}: {value}, not {expected}");
}

/// The probability that something of a hazard per year happens in a month.
fn monthly(hazard: f64) -> f64 {
    1.0 - (-hazard / 12.0).exp()
}

#[test]
fn a_hazard_is_implied_as_it_is_given() {
    let rates = many();
    assert!((rates.years - 10.0).abs() < 1e-12);
    // Gamma(5/2, 71 years): a month has 1 - (71 / (71 + 1/12))^(5/2).
    let strike = of(&rates, "event strike", "birch");
    let mean = 12.0 * (1.0 - (71.0f64 / (71.0 + 1.0 / 12.0)).powf(2.5));
    agrees("strike", (strike.rate.unwrap(), strike.error), mean, 0.001);
    agrees("over all time", (strike.overall, strike.overall_error), mean, 0.001);
    is_near("exposure", strike.exposure, 10.0, 1e-9);
    assert_eq!(
        (strike.per, strike.outside, strike.origins.as_slice()),
        (Per::Year, false, &["base_rate".to_owned()][..])
    );
    let [base] = strike.history.as_slice() else { panic!("{strike:?}") };
    is_near("counted", base.count, 2.0, 1e-9);
    is_near("in", base.of, 71.0, 1e-9);
    is_near("history", base.rate, 2.0 / 71.0, 1e-9);
    assert_eq!(base.class, "among \"years of peace\"");
    // The log-normal law of the mean 5/2 / 71 and the squared coefficient of variation 2/5.
    let (middle, width) = ((2.5f64 / 71.0).ln() - 0.5 * 1.4f64.ln(), 1.644_853_6 * 1.4f64.ln().sqrt());
    let [low, high] = strike.interval.unwrap();
    is_near("low", low, (middle - width).exp(), 0.1);
    is_near("high", high, (middle + width).exp(), 0.1);
    // Nothing counted in 70 years: half a case is within what is implied.
    let calm = of(&rates, "event calm", "birch");
    assert_eq!((calm.history[0].count, calm.outside), (0.0, false), "{calm:?}");
    // In the other reading the same event has a number of its own, and no base rate.
    let other = of(&rates, "event strike", "baseline");
    agrees("another world", (other.rate.unwrap(), other.error), 12.0 * monthly(1.0), 0.005);
    assert_eq!((other.history.len(), other.origins.as_slice()), (0, &["assumed".to_owned()][..]));
}

#[test]
fn what_ends_itself_is_counted_while_it_could() {
    let rates = many();
    let months = 120;
    for (name, p) in [("event fall", monthly(0.24)), ("choice walk = leave", 1.0 - 0.7f64.powf(1.0 / 12.0))] {
        let fall = of(&rates, name, "birch");
        let never = (1.0 - p).powi(months);
        agrees(name, (fall.rate.unwrap(), fall.error), 12.0 * p, 0.003);
        agrees("over all time", (fall.overall, fall.overall_error), (1.0 - never) / 10.0, 0.001);
        is_near("exposure", fall.exposure, (1.0 - never) / p / 12.0, 0.02);
        assert_eq!((fall.per, fall.origins.as_slice()), (Per::Year, &["assumed".to_owned()][..]), "{name}");
        // Nothing is unknown of it.
        let [low, high] = fall.interval.unwrap();
        assert!(high - low < 0.25 * 12.0 * p, "{low} .. {high}");
    }
    // Considered twice a year, and done every second time.
    let drop = of(&rates, "choice drop = loose", "birch");
    agrees("drop", (drop.rate.unwrap(), drop.error), 12.0 * monthly(1.0), 0.02);
    assert_eq!(drop.history.len(), 0);
}

#[test]
fn occasions_have_probabilities() {
    let rates = many();
    let vote = of(&rates, "event vote", "birch");
    agrees("vote", (vote.rate.unwrap(), vote.error), 3.5 / 41.0, 0.002);
    agrees("over all time", (vote.overall, vote.overall_error), 0.35 / 41.0, 0.0002);
    is_near("one occasion", vote.exposure, 1.0, 1e-12);
    assert_eq!((vote.per, vote.history[0].per, vote.outside), (Per::Occasion, Per::Occasion, false));
    is_near("history", vote.history[0].rate, 3.0 / 40.0, 1e-9);
    // 5% and 95% quantiles of Beta(3.5, 37.5).
    let [low, high] = vote.interval.unwrap();
    assert!((low - 0.0290).abs() < 0.006 && (high - 0.1668).abs() < 0.012, "{low} .. {high}");
    let answer = of(&rates, "choice answer = reply", "birch");
    agrees("answer", (answer.rate.unwrap(), answer.error), 0.25, 0.003);
    is_near("as often as there is something to answer", answer.exposure, 1.0 - 0.7f64.powi(10), 0.02);
    let visit = of(&rates, "choice visit = come", "birch");
    is_near("ten visits", visit.exposure, 10.0, 1e-9);
    let [low, high] = visit.interval.unwrap();
    assert!((0.05..0.15).contains(&low) && (0.45..0.6).contains(&high), "{low} .. {high}");
}

#[test]
fn history_that_is_left_behind_is_marked() {
    let rates = many();
    // Twice Gamma(20.5, 10 years), in months.
    let raid = of(&rates, "event raid", "birch");
    let mean = 12.0 * (1.0 - (10.0f64 / (10.0 + 2.0 / 12.0)).powf(20.5));
    agrees("raid", (raid.rate.unwrap(), raid.error), mean, 0.02);
    let [base] = raid.history.as_slice() else { panic!("{raid:?}") };
    assert_eq!((base.parameter.as_str(), base.class.as_str()), ("base", "among \"raids since the border was drawn\""));
    is_near("history", base.rate, 2.0, 1e-9);
    assert!(raid.outside, "{raid:?}");
    // What cannot be has no rate, and a reading that does not have it is not listed.
    let never = of(&rates, "event never", "birch");
    assert_eq!(
        (never.rate, never.interval, never.overall, never.exposure, never.outside),
        (None, None, 0.0, 0.0, false)
    );
    assert!(rates.items.iter().find(|item| item.name == "event never").unwrap().readings.len() == 1);
    let names: Vec<&str> = rates.items.iter().map(|item| item.name.as_str()).collect();
    let first_choice = names.iter().position(|name| name.starts_with("choice ")).unwrap();
    assert!(names[first_choice..].iter().all(|name| name.starts_with("choice ")), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("stay") || name.contains("silence")), "{names:?}");
}

#[test]
fn threads_and_lanes_change_no_bit() {
    let run = |threads: usize, lanes: usize| {
        let found = found(MODEL, &Run { draws: 60, threads, lanes, ..Run::default() });
        serde_json::to_string(&found).unwrap()
    };
    let one = run(1, 128);
    assert_eq!(one, run(2, 32));
}
