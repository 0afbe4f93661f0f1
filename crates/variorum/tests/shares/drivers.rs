//! First-order and total shares by parameter.

use crate::{HEAD, loaded, near, playing, reading, same_number};
use variorum::drivers::{Drivers, ERROR, drivers};
use variorum::explain::Driver;
use variorum::run::Unwatched;

fn of(text: &str, seed: u64, draws: u64) -> Drivers {
    until(ERROR, text, seed, draws)
}

fn until(error: f64, text: &str, seed: u64, draws: u64) -> Drivers {
    let loaded = loaded(text);
    reading!(loaded, model, reading, program);
    drivers(&model, reading, &program, 0, error, &playing(seed, draws), &Unwatched::default()).unwrap()
}

fn driver<'d>(found: &'d Drivers, name: &str) -> &'d Driver {
    let driver = found.drivers.iter().find(|driver| driver.parameter == name);
    driver.unwrap_or_else(|| panic!("no driver {name} in {found:#?}"))
}

fn close(found: &Driver, first: f64, total: f64) {
    near(&format!("first of {}", found.parameter), found.first, found.first_error, first);
    near(&format!("total of {}", found.parameter), found.total, found.total_error, total);
}

fn model(stock: &str) -> String {
    format!(
        "{HEAD}
param a = uniform(0, 1)
  from s \"page 1\"
param b = uniform(0, 2)
  assumed \"a guess\"
param c = uniform(0, 0.1)
  assumed \"a guess\"
stock x = {stock}
question level \"How much?\" = value x at 2025-02
"
    )
}

#[test]
fn a_linear_model() {
    // First order and total are the same: in proportion to the variances 1, 4 and 0.01 (twelfths).
    let found = of(&model("a + b + c"), 1, 1250);
    for (name, variance) in [("a", 1.0), ("b", 4.0), ("c", 0.01)] {
        close(driver(&found, name), variance / 5.01, variance / 5.01);
    }
    assert!(found.complete && found.largest_error() <= ERROR, "{found:#?}");
    near("the variance", found.variance.value, found.variance.error, 5.01 / 12.0);
    let order: Vec<&str> = found.drivers.iter().map(|driver| driver.parameter.as_str()).collect();
    assert_eq!(order, ["b", "a", "c"]);
}

#[test]
fn a_product_model_to_a_hundredth() {
    // Of x y, first order Var x E² y; total with the interaction Var x Var y. Errors of at most 0.0025: a hundredth is
    // four of them.
    let found = until(0.0025, &model("a * (1 + b)"), 4, 32768);
    assert!(found.largest_error() <= 0.0025 && found.draws > 10_000, "{found:#?}");
    let (x, y) = ((0.5, 1.0 / 12.0), (2.0, 4.0 / 12.0));
    let both = x.1 * y.1;
    let (alone_x, alone_y) = (x.1 * y.0 * y.0, y.1 * x.0 * x.0);
    let whole = alone_x + alone_y + both;
    close(driver(&found, "a"), alone_x / whole, (alone_x + both) / whole);
    close(driver(&found, "b"), alone_y / whole, (alone_y + both) / whole);
    for (name, first, total) in [("a", alone_x, alone_x + both), ("b", alone_y, alone_y + both)] {
        let found = driver(&found, name);
        assert!((found.first - first / whole).abs() < 0.01 && (found.total - total / whole).abs() < 0.01);
    }
    assert_eq!(found.drivers.len(), 2, "c does not bear on it: {found:#?}");
}

#[test]
fn numbers_drawn_together_are_one_driver() {
    // b and c move together: a's variance is 1, theirs that of 2.1 u.
    let loaded = loaded(&model("a + b + c"));
    reading!(loaded, model, reading, program);
    let mut program = program;
    same_number(&mut program, ["b", "c"], "said s");
    let found = drivers(&model, reading, &program, 0, ERROR, &playing(1, 1250), &Unwatched::default()).unwrap();
    let whole = 1.0 + 2.1 * 2.1;
    close(driver(&found, "b, c"), 2.1 * 2.1 / whole, 2.1 * 2.1 / whole);
    close(driver(&found, "a"), 1.0 / whole, 1.0 / whole);
    assert_eq!(driver(&found, "b, c").origin, "wording");
}

#[test]
fn the_answer_at_the_ends_of_a_parameter() {
    // The mean of a in its lowest and highest fifth is 0.1 and 0.9; of b 0.2 and 1.8. 2 x 1/5 of at least 1,000 draws,
    // whose standard deviation is below 0.7: 4 errors are 0.14.
    let found = of(&model("a + b"), 1, 1250);
    for (name, low, high) in [("a", 1.1, 1.9), ("b", 0.7, 2.3)] {
        let [found_low, found_high] = driver(&found, name).ends;
        assert!(
            (found_low - low).abs() < 0.14 && (found_high - high).abs() < 0.14,
            "{name}: {:?}",
            driver(&found, name)
        );
    }
}

#[test]
fn interrupted_before_anything_is_known() {
    struct Stopped(std::sync::atomic::AtomicBool);
    impl variorum::run::Watch for Stopped {
        fn stop(&self) -> &std::sync::atomic::AtomicBool {
            &self.0
        }
        fn progress(&self, _: &str, _: u64, _: u64) {}
    }
    let loaded = loaded(&model("a + b"));
    reading!(loaded, model, reading, program);
    let watch = Stopped(true.into());
    let found = drivers(&model, reading, &program, 0, ERROR, &playing(1, 1250), &watch).unwrap();
    assert!(!found.complete && found.drivers.is_empty());
}
