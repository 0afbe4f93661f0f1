//! Deterrence: agents that err, by backward induction, and what a logit that knows no strategy makes of them.
//!
//! Seen to fail: with B's utility of war not depending on the balance, with A blind in the strategic reading, and with the
//! slope of the plain logit turned round.

use crate::{Answered, model};

const PRECISION: f64 = 2.0;
const CELLS: u32 = 2_000;

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// B fights, given the balance: a war is worth -balance - 1 to it, surrender -1.
fn fight(balance: f64) -> f64 {
    logistic(PRECISION * (-balance - 1.0 + 1.0))
}

/// A attacks: a war is worth balance - 1 to it, B's surrender 1, the status quo 0.
fn attack(balance: f64) -> f64 {
    let fight = fight(balance);
    logistic(PRECISION * (fight * (balance - 1.0) + (1.0 - fight) * 1.0))
}

/// The mean of a function over a range of balances, by the midpoint rule.
fn mean(from: f64, to: f64, of: &dyn Fn(f64) -> f64) -> f64 {
    let width = (to - from) / f64::from(CELLS);
    (0..CELLS).map(|cell| of(from + width * (f64::from(cell) + 0.5))).sum::<f64>() / f64::from(CELLS)
}

/// Intercept and slope of the logit of war on the balance that is closest to the strategic pairs: the maximum of its mean
/// log-likelihood, by Newton's method.
fn plain() -> (f64, f64) {
    let war = |balance: f64| attack(balance) * fight(balance);
    let (mut intercept, mut slope) = (0.0, 0.0);
    for _ in 0..30 {
        let share = |balance: f64| logistic(intercept + slope * balance);
        let over = |of: &dyn Fn(f64) -> f64| mean(-3.0, 3.0, of);
        let (g0, g1) = (over(&|b| war(b) - share(b)), over(&|b| (war(b) - share(b)) * b));
        let spread = |b: f64| share(b) * (1.0 - share(b));
        let (h00, h01, h11) = (over(&spread), over(&|b| spread(b) * b), over(&|b| spread(b) * b * b));
        let determinant = h00 * h11 - h01 * h01;
        intercept += (h11 * g0 - h01 * g1) / determinant;
        slope += (h00 * g1 - h01 * g0) / determinant;
    }
    (intercept, slope)
}

/// The question, and the range of balances that it is about.
const PARTS: [(&str, f64, f64); 4] =
    [("war", -3.0, 3.0), ("war_weak", -3.0, -1.0), ("war_even", -1.0, 1.0), ("war_strong", 1.0, 3.0)];

#[test]
fn backward_induction() {
    let answers = Answered::new(&model("deterrence"), 20_000);
    for (question, from, to) in PARTS {
        answers.agrees(question, "strategic", mean(from, to, &|b| attack(b) * fight(b)));
        // Blind, A compares the status quo with a surrender for certain.
        answers.agrees(question, "blind", mean(from, to, &|b| logistic(PRECISION) * fight(b)));
    }
    answers.agrees("attack", "strategic", mean(-3.0, 3.0, &attack));
    answers.agrees("attack", "blind", logistic(PRECISION));
}

#[test]
fn a_logit_without_strategy() {
    let (intercept, slope) = plain();
    let text = model("deterrence");
    assert!(text.contains(&format!("1 / (1 + exp({:.3} - {slope:.4} * balance))", -intercept)), "{intercept} {slope}");
    let war = mean(-3.0, 3.0, &|b| attack(b) * fight(b));
    assert!(text.contains(&format!("option go {:.1}% ", 100.0 * war)), "{war}");
    let answers = Answered::new(&text, 20_000);
    for (question, from, to) in PARTS {
        answers.agrees(question, "plain", mean(from, to, &|b| logistic(intercept + slope * b)));
        answers.agrees(question, "baseline", mean(from, to, &|_| 0.065));
    }
    // It has the mean right and the pattern wrong: war grows with the challenger's strength, when it is likeliest in the
    // middle, four times as likely there as it says.
    assert!(slope > 0.0);
    assert!(attack(0.0) * fight(0.0) > 3.8 * logistic(intercept));
    assert!(attack(3.0) * fight(3.0) < 0.05 * logistic(intercept + 3.0 * slope));
}
