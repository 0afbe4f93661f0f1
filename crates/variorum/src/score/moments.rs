//! Mean, variance and a t interval of numbers that come one by one.

use variorum_engine::math::beta_quantile_upper;

/// Mean and sum of squared deviations by updating (Welford 1962), which does not lose digits as sums of squares do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
impl Moments {
    /// Adds a number.
    pub fn add(&mut self, x: f64) {
        self.n += 1;
        let from = x - self.mean;
        self.mean += from / self.n as f64;
        self.squares += from * (x - self.mean);
    }

    /// Adds what was gathered apart (Chan, Golub and LeVeque 1983).
    pub fn merge(&mut self, other: &Moments) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let apart = other.mean - self.mean;
        self.n += other.n;
        self.mean += apart * (b / (a + b));
        self.squares += other.squares + apart * apart * (a * b / (a + b));
    }

    /// The same numbers, each less by `x`.
    #[must_use]
    pub fn less(&self, x: f64) -> Moments {
        Moments { mean: self.mean - x, ..*self }
    }

    /// How many.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Their mean; 0 of none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard error of the mean: s / √n with s² = Σ (x - mean)² / (n - 1); none of fewer than two.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        (self.n > 1).then(|| (self.squares / (self.n - 1) as f64 / self.n as f64).sqrt())
    }

    /// The 90% interval of the mean by Student's t with n - 1 degrees of freedom.
    #[must_use]
    pub fn interval(&self) -> Option<[f64; 2]> {
        let reach = self.error()? * student((self.n - 1) as f64);
        Some([self.mean - reach, self.mean + reach])
    }
}

/// The 95% quantile of Student's t: t² / (t² + ν) has the law Beta(1/2, ν/2) (Student 1908; Abramowitz and Stegun 26.5.27),
/// and is above its 90% quantile where |t| is above this.
#[must_use]
pub fn student(degrees: f64) -> f64 {
    let share = beta_quantile_upper(0.5, degrees / 2.0, 0.1);
    (degrees * share / (1.0 - share)).sqrt()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn quantiles_of_t_as_tabled() {
        // Fisher and Yates, Statistical Tables, table III.
        for (degrees, t) in [(1.0, 6.313_752), (2.0, 2.919_986), (9.0, 1.833_113), (30.0, 1.697_261), (1e6, 1.644_855)]
        {
            assert!((student(degrees) - t).abs() < 2e-6, "{degrees}: {}", student(degrees));
        }
    }

    #[test]
    fn moments_of_few_numbers() {
        let mut all = Moments::default();
        assert_eq!((all.n(), all.error(), all.interval()), (0, None, None));
        for x in [1.0, 2.0, 3.0, 4.0] {
            all.add(x);
        }
        // s² = 5/3, s / √4 = √(5/12).
        assert!((all.mean() - 2.5).abs() < 1e-15 && (all.error().unwrap() - (5.0_f64 / 12.0).sqrt()).abs() < 1e-15);
        let reach = 2.353_363 * (5.0_f64 / 12.0).sqrt();
        let [low, high] = all.interval().unwrap();
        assert!((low - (2.5 - reach)).abs() < 1e-5 && (high - (2.5 + reach)).abs() < 1e-5);
    }

    #[test]
    fn parts_merge_into_the_whole() {
        let numbers: Vec<f64> = (0..50).map(|k| f64::from(k * k % 17) + 1e6).collect();
        let mut whole = Moments::default();
        numbers.iter().for_each(|x| whole.add(*x));
        for cut in [0, 1, 20, 50] {
            let (mut left, mut right) = (Moments::default(), Moments::default());
            numbers[..cut].iter().for_each(|x| left.add(*x));
            numbers[cut..].iter().for_each(|x| right.add(*x));
            left.merge(&right);
            assert_eq!(left.n(), 50);
            assert!((left.mean() - whole.mean()).abs() < 1e-9);
            assert!((left.error().unwrap() - whole.error().unwrap()).abs() < 1e-9);
        }
        assert!((whole.less(1e6).error().unwrap() - whole.error().unwrap()).abs() < 1e-12);
    }
}
