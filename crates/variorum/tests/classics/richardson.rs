//! The arms race: where it ends, how fast it runs away, and how likely it does if nobody knows the coefficients.
//!
//! Seen to fail: with a sum in place of a product in the condition, with the two grudges exchanged, with each nation
//! afraid of its own arms, and with the correlation taken away.

use crate::{Answered, close, first_order, model, with_steps};

/// Coefficients of dx/dt = k y - a x + g, dy/dt = l x - b y + h, per year.
struct Race {
    k: f64,
    l: f64,
    a: f64,
    b: f64,
}

const GRUDGES: [f64; 2] = [0.5, 0.25];
const STABLE: Race = Race { k: 0.2, l: 0.3, a: 0.5, b: 0.4 };
const RUNAWAY: Race = Race { k: 0.4, l: 0.5, a: 0.3, b: 0.2 };

impl Race {
    fn equilibrium(&self) -> [f64; 2] {
        let Race { k, l, a, b } = self;
        let [g, h] = GRUDGES;
        let determinant = a * b - k * l;
        [(k * h + b * g) / determinant, (l * g + a * h) / determinant]
    }

    /// The eigenvalues, the larger first.
    fn rates(&self) -> [f64; 2] {
        let Race { k, l, a, b } = self;
        let root = ((a - b) * (a - b) + 4.0 * k * l).sqrt();
        [(-(a + b) + root) / 2.0, (-(a + b) - root) / 2.0]
    }

    /// Arms of both after so many years, from 1 and 1: in the plane of the deviations from equilibrium, by Sylvester's
    /// formula for the exponential of a matrix of two rows.
    fn arms(&self, years: f64) -> [f64; 2] {
        let [x, y] = self.equilibrium();
        let [fast, slow] = self.rates();
        let (p, q) = ((fast * years).exp(), (slow * years).exp());
        let (same, turned) = ((fast * q - slow * p) / (fast - slow), (p - q) / (fast - slow));
        let (u, v) = (1.0 - x, 1.0 - y);
        [x + same * u + turned * (self.k * v - self.a * u), y + same * v + turned * (self.l * u - self.b * v)]
    }
}

/// The standard normal distribution function, by Simpson's rule.
fn normal(z: f64) -> f64 {
    const CELLS: u32 = 2000;
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = z / f64::from(CELLS);
    let cell = |i: u32| {
        let from = width * f64::from(i);
        width / 6.0 * (density(from) + 4.0 * density(from + width / 2.0) + density(from + width))
    };
    0.5 + (0..CELLS).map(cell).sum::<f64>()
}

/// Mean and variance of the logarithm of a log-normal law with these 5% and 95% quantiles.
fn log_normal(low: f64, high: f64) -> (f64, f64) {
    let deviation = (high / low).ln() / (2.0 * 1.644_853_626_951_472_7);
    (0.5 * (low * high).ln(), deviation * deviation)
}

#[test]
fn the_probability_that_fear_outweighs_fatigue() {
    let (fear, fatigue) = (log_normal(0.15, 0.60), log_normal(0.20, 0.60));
    // ln k + ln l - ln a - ln b is normal; a rank correlation r of k and l is one of 2 sin(π r / 6) of their logarithms.
    let wanted = |rank: f64| {
        let correlation = 2.0 * (std::f64::consts::PI * rank / 6.0).sin();
        normal((2.0 * fear.0 - 2.0 * fatigue.0) / (2.0 * fear.1 * (1.0 + correlation) + 2.0 * fatigue.1).sqrt())
    };
    close("the exact probability", wanted(0.0), 0.3526, 1e-3);
    close("the exact probability", wanted(0.6), 0.3737, 1e-3);
    let answers = Answered::ignorant(&model("richardson"), 40_000);
    answers.agrees("unstable", "uncertain", wanted(0.0));
    answers.agrees("unstable", "alike", wanted(0.6));
    for (reading, wanted) in [("stable", 0.0), ("runaway", 1.0), ("baseline", 0.0)] {
        assert_eq!(answers.value("unstable", reading), wanted, "{reading}");
    }
    // Alone, a nation comes to g/a: the median of the law is at the median of a, within what 40,000 draws leave.
    let median = answers.get("arms_A", "baseline").median;
    close("without fear", median, 0.5 / (0.2_f64 * 0.6).sqrt(), 0.01);
}

#[test]
fn where_it_ends_and_how_fast_it_runs_away() {
    let answers = Answered::certain(&model("richardson"));
    let [x, y] = STABLE.equilibrium();
    assert!((x - 25.0 / 14.0).abs() < 1e-12 && (y - 27.5 / 14.0).abs() < 1e-12);
    // After forty years what is left of the beginning is exp(-0.2 · 40), three in ten thousand.
    close("the one", answers.value("arms_A", "stable"), x, 1e-3);
    close("the other", answers.value("arms_B", "stable"), y, 1e-3);
    // The scheme's eigenvectors are those of the equations, so the rate owes nothing to the step; what is missing is that
    // the other terms of the solution still weigh exp(-0.2 · 40) of the growing one.
    close("growth", answers.value("growth", "runaway"), RUNAWAY.rates()[0], 5e-4);
    assert!((RUNAWAY.rates()[0] - 0.2).abs() < 1e-12);
}

#[test]
fn the_error_is_halved_with_the_step() {
    let mut text = model("richardson");
    text.push_str("question after_ten \"Arms of the one after ten years\" = value arms[A] at 1939-12\n");
    let runs: Vec<Answered> = ["quarterly", "monthly", "2 per month", "4 per month"]
        .iter()
        .map(|step| Answered::certain(&with_steps(&text, step)))
        .collect();
    for (reading, race) in [("stable", STABLE), ("runaway", RUNAWAY)] {
        let wanted = race.arms(10.0)[0];
        let errors: Vec<f64> = runs.iter().map(|run| (run.value("after_ten", reading) - wanted).abs()).collect();
        first_order(reading, &errors[1..], 0.05);
        assert!((errors[0] / errors[1] - 3.0).abs() < 0.3, "{reading}: {errors:?}");
    }
}
