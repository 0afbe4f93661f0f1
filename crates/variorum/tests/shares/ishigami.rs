//! The shares of Ishigami's function (Ishigami and Homma 1990): the usual test of sensitivity indices, since a variable
//! without any effect of its own acts through another.
//!
//! f = sin x1 + a sin² x2 + b x3⁴ sin x1, with a = 7, b = 0.1 and each x uniform on -π .. π. The language has no sine; its
//! series to the 25th power is exact to 1e-12 on this range.

use crate::{loaded, playing, reading};
use std::f64::consts::PI;
use variorum::drivers::drivers;
use variorum::run::Unwatched;

/// The sine of a name as a formula, by Horner's scheme.
fn sine(x: &str) -> String {
    (1..=12).rev().fold("1".to_owned(), |inner, k| format!("(1 - {x} * {x} / {} * {inner})", 2 * k * (2 * k + 1)))
        + &format!(" * {x}")
}

#[test]
fn ishigami_to_a_hundredth() {
    let text = format!(
        "model \"Ishigami\"\n\
         time monthly from 2025-01 to 2025-01\n\
         param x1 = uniform(-{PI}, {PI}) assumed \"given\"\n\
         param x2 = uniform(-{PI}, {PI}) assumed \"given\"\n\
         param x3 = uniform(-{PI}, {PI}) assumed \"given\"\n\
         let s1 = {}\n\
         let s2 = {}\n\
         question f \"f\" = value s1 + 7 * s2 * s2 + 0.1 * x3 ^ 4 * s1 at 2025-01\n",
        sine("x1"),
        sine("x2"),
    );
    let loaded = loaded(&text);
    reading!(loaded, model, reading, program);
    let found = drivers(&model, reading, &program, 0, 0.0025, &playing(1, 65_536), &Unwatched::default()).unwrap();
    assert!(found.complete && found.largest_error() <= 0.0025, "{found:#?}");
    // The parts of the variance: of x1 alone, of x2 alone, of x1 and x3 together (Ishigami and Homma 1990).
    let (a, b) = (7.0, 0.1);
    let pi_4 = PI * PI * PI * PI;
    let alone_1 = 0.5 * (1.0 + b * pi_4 / 5.0) * (1.0 + b * pi_4 / 5.0);
    let alone_2 = a * a / 8.0;
    let both = b * b * pi_4 * pi_4 * (1.0 / 18.0 - 1.0 / 50.0);
    let whole = alone_1 + alone_2 + both;
    for (name, first, total) in [("x1", alone_1, alone_1 + both), ("x2", alone_2, alone_2), ("x3", 0.0, both)] {
        let driver = found.drivers.iter().find(|driver| driver.parameter == name).unwrap();
        println!("{name}: {:.4} {:.4}, exact {:.4} {:.4}", driver.first, driver.total, first / whole, total / whole);
        assert!((driver.first - first / whole).abs() < 0.01, "first of {name}: {driver:?}");
        assert!((driver.total - total / whole).abs() < 0.01, "total of {name}: {driver:?}");
    }
}
