//! Trafalgar: the square law's arithmetic, and what the explicit scheme makes of its invariant.
//!
//! Seen to fail: with the fire of the van counted twice (on the column of eight and on the main body), and with the main
//! body firing at the van from the beginning.

use crate::{Answered, close, first_order, model, with_steps};

/// With equal fire on both sides a step of length h takes A² - B² to (1 - h²) times what it was, exactly.
#[test]
fn the_balance_of_a_step() {
    let mut text = model("lanchester");
    text.push_str("question early \"After a month\" = value balance at 1805-10\n");
    for per_month in [64_u32, 256] {
        let answers = Answered::certain(&with_steps(&text, &format!("{per_month} per month")));
        let step = 1.0 / f64::from(per_month);
        let left: f64 = (0..per_month).map(|_| 1.0 - step * step).product();
        close("balance", answers.value("early", "former_days"), -516.0 * left, 1e-10);
    }
}

/// Lanchester's own figures: a balance of 30 and 5½ ships for Nelson, 516 and 23 ships for the usage of former days.
#[test]
fn the_printed_figures() {
    let answers = Answered::certain(&model("lanchester"));
    close("British ships", answers.value("british", "memorandum"), 30_f64.sqrt(), 0.025);
    close("balance", answers.value("balance", "memorandum"), 30.0, 0.05);
    close("French and Spanish ships", answers.value("combined", "former_days"), 516_f64.sqrt(), 0.005);
    close("balance", answers.value("balance", "former_days"), -516.0, 0.01);
    for (reading, british, combined) in [("memorandum", true, false), ("former_days", false, true)] {
        assert_eq!(answers.value("british", reading) > 0.0, british);
        assert_eq!(answers.value("combined", reading) > 0.0, combined);
        assert_eq!(answers.value("victory", reading), f64::from(u8::from(british)));
    }
    // As duels, 40 against 46 leave 6, whatever the plan. 8/256 and all its sums are exact.
    assert_eq!(answers.value("combined", "baseline"), 6.0);
    assert_eq!(answers.value("british", "baseline"), 0.0);
}

/// The end of a battle falls somewhere within a step, so the order is measured over steps that shrink fourfold.
#[test]
fn the_error_shrinks_with_the_step() {
    let text = model("lanchester");
    let runs: Vec<Answered> = [32, 128, 512]
        .iter()
        .map(|steps| Answered::certain(&with_steps(&text, &format!("{steps} per month"))))
        .collect();
    for (question, reading, wanted) in [("british", "memorandum", 30_f64), ("combined", "former_days", 516.0)] {
        let errors: Vec<f64> = runs.iter().map(|run| (run.value(question, reading) - wanted.sqrt()).abs()).collect();
        let halved: Vec<f64> = errors.windows(2).map(|pair| (pair[0] / pair[1]).sqrt()).collect();
        for ratio in &halved {
            first_order(question, &[*ratio, 1.0], 0.15);
        }
    }
}
