//! From the outcomes of trajectories to numbers with their errors.
//!
//! The unit is a parameter draw with its M trajectories in two independent halves a and b. What the two halves of a
//! draw have in common is owed to the parameters: E[f_a f_b] = E[P²], P being the probability given the parameters, so
//! the variance of P is measured without counting the noise of small samples as ignorance (semantics, section 6).

use std::collections::BTreeMap;
use variorum_engine::math::{beta_quantile, exp, ln};

/// 95% quantile of the standard normal law.
const Z95: f64 = 1.6448536269514722;

/// Counts for a question that is answered by yes or no. Whole numbers: any order of addition gives the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Parameter draws.
    pub draws: u64,
    /// Trajectories per half of a draw.
    pub half: u64,
    /// Trajectories with a yes.
    pub yes: u64,
    /// Sum over draws of the square of the number of yes.
    yes_squared: u128,
    /// Sum over draws of the product of the halves' numbers of yes.
    product: u128,
}

impl Share {
    /// Nothing yet; `half` trajectories in each half of a draw.
    #[must_use]
    pub fn new(half: u64) -> Share {
        Share { half, ..Share::default() }
    }

    /// Adds a draw with so many yes in each half.
    pub fn add(&mut self, a: u64, b: u64) {
        let both = a + b;
        self.draws += 1;
        self.yes += both;
        self.yes_squared += u128::from(both) * u128::from(both);
        self.product += u128::from(a) * u128::from(b);
    }

    /// Trajectories.
    #[must_use]
    pub fn trajectories(&self) -> u64 {
        self.draws * self.half * 2
    }

    /// The probability.
    #[must_use]
    pub fn mean(&self) -> f64 {
        ratio(self.yes, self.trajectories())
    }

    /// The Monte Carlo standard error of the probability, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        let (mean, draws) = (self.mean(), number(self.draws));
        let squares = wide(self.yes_squared) / (4.0 * number(self.half) * number(self.half));
        if self.draws < 2 {
            return f64::NAN;
        }
        positive((squares - draws * mean * mean) / (draws * (draws - 1.0))).sqrt()
    }

    /// The variance over parameter draws of the probability given the parameters: the weighted mean of f_a f_b less
    /// the squared mean, the square being cleared of the mean's own error. May come out below 0 by chance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let both = wide(self.product) / (number(self.draws) * number(self.half) * number(self.half));
        let (mean, error) = (self.mean(), self.error());
        both - (mean * mean - error * error)
    }

    /// The 90% interval of the probability given the parameters: quantiles of the beta law with that mean and variance.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        beta_interval(self.mean(), self.variance())
    }
}

/// 5% and 95% quantiles of the beta law of this mean and variance; the mean itself where there is no variance.
#[must_use]
pub fn beta_interval(mean: f64, variance: f64) -> (f64, f64) {
    let most = mean * (1.0 - mean);
    if variance.is_nan() || variance <= most * 1e-6 {
        return (mean, mean);
    }
    // A variance beyond what a beta law can have is that of a law with almost all of it at 0 and 1.
    let variance = if variance > most * 0.999 { most * 0.999 } else { variance };
    let size = most / variance - 1.0;
    let (a, b) = (mean * size, (1.0 - mean) * size);
    (beta_quantile(a, b, 0.05), beta_quantile(a, b, 0.95))
}

/// Sums for a question that is answered by a number. Added in the order of draws, always the same.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Parameter draws.
    pub draws: u64,
    /// The first trajectory's value: sums are taken relative to it, so that large means cost no precision.
    origin: Option<f64>,
    mean: f64,
    mean_squared: f64,
    product: f64,
    /// Sum over trajectories of the squared distance from the origin.
    squares: f64,
    /// The values by classes of width 2^-10 (relative).
    classes: BTreeMap<u64, Class>,
    values: u64,
}

impl Numbers {
    /// Adds a draw by the values of its trajectories, the first half before the second.
    pub fn add(&mut self, values: &[f64]) {
        let origin = *self.origin.get_or_insert_with(|| values.first().copied().unwrap_or(0.0));
        let half = values.len() / 2;
        let mean =
            |part: &[f64]| part.iter().fold(0.0, |sum, value| sum + (value - origin)) / number(part.len() as u64);
        let (a, b) = (mean(values.get(..half).unwrap_or_default()), mean(values.get(half..).unwrap_or_default()));
        let both = 0.5 * (a + b);
        self.draws += 1;
        self.mean += both;
        self.mean_squared += both * both;
        self.product += a * b;
        for value in values {
            self.classes.entry(class(*value)).or_insert(Class { count: 0, low: *value, high: *value }).add(*value);
            self.squares += (value - origin) * (value - origin);
            self.values += 1;
        }
    }

    /// The mean over all trajectories.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.origin.unwrap_or(0.0) + self.mean / number(self.draws)
    }

    /// Its Monte Carlo standard error, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        let draws = number(self.draws);
        let mean = self.mean / draws;
        if self.draws < 2 {
            return f64::NAN;
        }
        positive((self.mean_squared - draws * mean * mean) / (draws * (draws - 1.0))).sqrt()
    }

    /// The variance over parameter draws of the mean given the parameters.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let draws = number(self.draws);
        let (mean, error) = (self.mean / draws, self.error());
        self.product / draws - (mean * mean - error * error)
    }

    /// The 90% interval of the mean given the parameters: that of the log-normal law with that mean and variance where
    /// all values were positive, else of the normal law.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        let (mean, variance) = (self.mean(), positive(self.variance()));
        let all_positive = self.classes.values().next().is_some_and(|class| class.low > 0.0);
        if all_positive && variance > 0.0 {
            let log_variance = ln(1.0 + variance / (mean * mean));
            let (middle, width) = (ln(mean) - 0.5 * log_variance, Z95 * log_variance.sqrt());
            return (exp(middle - width), exp(middle + width));
        }
        let width = Z95 * variance.sqrt();
        (mean - width, mean + width)
    }

    /// A quantile of the values of single trajectories, to a relative precision of 2^-11; exact where a class holds one
    /// value.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let target = p * number(self.values);
        let mut seen = 0.0;
        for class in self.classes.values() {
            seen += number(class.count);
            if seen >= target {
                return class.middle();
            }
        }
        self.classes.values().next_back().map_or(f64::NAN, Class::middle)
    }

    /// The predictive standard deviation.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let mean = self.mean / number(self.draws);
        positive(self.squares / number(self.values) - mean * mean).sqrt()
    }
}

/// Values that are nearly equal.
#[derive(Clone, Copy, Debug)]
struct Class {
    count: u64,
    low: f64,
    high: f64,
}

impl Class {
    fn add(&mut self, value: f64) {
        self.count += 1;
        if value < self.low {
            self.low = value;
        }
        if value > self.high {
            self.high = value;
        }
    }
    fn middle(&self) -> f64 {
        if self.low == self.high { self.low } else { self.low + 0.5 * (self.high - self.low) }
    }
}

/// Bits of a double that a class ignores: 42 of the 52 of its fraction.
const IGNORED: u32 = 42;

/// The class of a number; classes ascend as the numbers do.
fn class(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    ordered >> IGNORED
}

/// The paired difference of a question under two programs that share their random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Difference {
    draws: u64,
    sum: f64,
    squares: f64,
}

impl Difference {
    /// Adds a draw: the mean of its trajectories under the first program and under the second.
    pub fn add(&mut self, first: f64, second: f64) {
        let difference = first - second;
        self.draws += 1;
        self.sum += difference;
        self.squares += difference * difference;
    }

    /// First less second.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sum / number(self.draws)
    }

    /// Its standard error, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        let (mean, draws) = (self.mean(), number(self.draws));
        if self.draws < 2 {
            return f64::NAN;
        }
        positive((self.squares - draws * mean * mean) / (draws * (draws - 1.0))).sqrt()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "sums of squares of counts; a rounding of 2^-53 does not matter")]
fn wide(count: u128) -> f64 {
    count as f64
}

fn ratio(part: u64, of: u64) -> f64 {
    number(part) / number(of)
}

/// What is below 0 by rounding or chance counts as 0; what is no number stays so.
fn positive(x: f64) -> f64 {
    if x > 0.0 || x.is_nan() { x } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_ascend_and_are_narrow() {
        let numbers = [f64::NEG_INFINITY, -1e9, -3.0, -2.99, -1e-300, 0.0, 1e-300, 0.5, 0.501, 7.0, 1e9, f64::INFINITY];
        for pair in numbers.windows(2) {
            assert!(class(pair[0]) < class(pair[1]), "{pair:?}");
        }
        assert_eq!(class(-0.0), class(0.0));
        for x in [0.7, 123_456.0] {
            assert!(class(x) < class(x * (1.0 + 1.0 / 512.0)), "a class is wider than that");
        }
    }

    #[test]
    fn a_certain_outcome_has_no_interval() {
        let mut share = Share::new(8);
        (0..100).for_each(|_| share.add(8, 8));
        assert_eq!((share.mean(), share.error()), (1.0, 0.0));
        assert_eq!(share.interval(), (1.0, 1.0));
    }

    #[test]
    fn a_constant_is_exact() {
        let mut numbers = Numbers::default();
        (0..3).for_each(|_| numbers.add(&[0.1, 0.1]));
        assert_eq!((numbers.mean(), numbers.quantile(0.5), numbers.deviation()), (0.1, 0.1, 0.0));
        assert_eq!((numbers.error(), numbers.interval()), (0.0, (0.1, 0.1)));
    }

    #[test]
    fn quantiles_of_a_ladder_of_numbers() {
        let mut numbers = Numbers::default();
        for draw in 0..100 {
            numbers.add(&[f64::from(draw), f64::from(draw)]);
        }
        assert!((numbers.quantile(0.5) - 49.5).abs() < 1.0);
        assert!((numbers.mean() - 49.5).abs() < 1e-12);
        assert!((numbers.deviation() - 28.87).abs() < 0.1);
    }
}
