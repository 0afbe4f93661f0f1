//! From the outcomes of trajectories to numbers with their errors.
//!
//! The unit is a parameter draw with its M trajectories in two independent halves a and b. What the two halves of a
//! draw have in common is owed to the parameters: E[f_a f_b] = E[P²], P being the probability given the parameters, so
//! the variance of P is measured without counting the noise of small samples as ignorance (semantics, section 6).
//! A conditional question is asked only of the trajectories in which its condition comes true; its answer is a ratio of
//! two sums, and its errors are those of ratios, to the first order.

use crate::classes::Classes;
use variorum_engine::math::{beta_quantile, exp, ln};

/// 95% quantile of the standard normal law.
const Z95: f64 = 1.6448536269514722;

/// Of how many trajectories a question is asked: of all, or of those in which its condition comes true. Whole numbers:
/// any order of addition gives the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Parameter draws.
    pub draws: u64,
    /// Trajectories.
    pub of: u64,
    /// Those that are asked.
    pub asked: u64,
    /// Parameter draws that have any of those.
    pub answering: u64,
    /// Sum over draws of the square of the number of those that are asked.
    squared: u128,
    /// Sum over draws of the product of the halves' numbers, and of its square.
    weight: u128,
    weight_squared: u128,
}

impl Asked {
    /// Adds a draw: so many in each half are asked, of `half`.
    fn add(&mut self, [a, b]: [u64; 2], half: u64) {
        let (both, weight) = (u128::from(a + b), u128::from(a) * u128::from(b));
        self.draws += 1;
        self.of += 2 * half;
        self.asked += a + b;
        self.answering += u64::from(a + b > 0);
        self.squared += both * both;
        self.weight += weight;
        self.weight_squared += weight * weight;
    }

    /// How likely the condition comes true.
    #[must_use]
    pub fn probability(&self) -> f64 {
        ratio(self.asked, self.of)
    }

    /// The Monte Carlo standard error of that, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        let (draws, asked) = (number(self.draws), number(self.asked));
        clustered(self.draws, wide(self.squared) - asked * asked / draws) / number(self.of)
    }

    /// The Monte Carlo standard error of a ratio to the number of those that are asked, clustered by draw: `squares` is
    /// the sum over draws of the square of its numerator, `products` that of the numerator times the number asked.
    fn error_of(&self, mean: f64, squares: f64, products: f64) -> f64 {
        let residuals = squares - 2.0 * mean * products + mean * mean * wide(self.squared);
        clustered(self.draws, residuals) / number(self.asked)
    }

    /// The variance over parameter draws of what the halves estimate, each draw counting by the product of the halves'
    /// numbers of trajectories that are asked. The squared mean is cleared of the mean's own error, and the result may
    /// come out below 0 by chance. No number where no draw has any in both halves.
    fn variance(&self, halves: &Halves) -> f64 {
        let weight = wide(self.weight);
        let mean = halves.cross / weight;
        let residuals =
            halves.cross_squared - 2.0 * mean * halves.cross_weight + mean * mean * wide(self.weight_squared);
        let error = clustered(self.draws, residuals) / weight;
        halves.product / weight - (mean * mean - error * error)
    }
}

/// Sums over draws of what the halves have, a and b, of `of_a` and `of_b`.
struct Halves {
    /// a b
    product: f64,
    /// x = (a of_b + b of_a) / 2
    cross: f64,
    /// x²
    cross_squared: f64,
    /// x of_a of_b
    cross_weight: f64,
}

/// The square root of draws / (draws - 1) times the sum of squared residuals: the standard error of a sum over draws.
fn clustered(draws: u64, residuals: f64) -> f64 {
    if draws < 2 {
        return f64::NAN;
    }
    let draws = number(draws);
    (positive(residuals) * draws / (draws - 1.0)).sqrt()
}

/// Counts for a question that is answered by yes or no. Whole numbers: any order of addition gives the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Of whom it is asked.
    pub asked: Asked,
    /// Trajectories per half of a draw.
    pub half: u64,
    /// Trajectories with a yes.
    pub yes: u64,
    /// The sums that errors and variances need.
    pub(crate) sums: ShareSums,
}

/// Sums over draws for a question by yes or no: b_a and b_b are the numbers of yes in the halves, g_a and g_b those of
/// trajectories that are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShareSums {
    /// (b_a + b_b)²
    pub(crate) squared: u128,
    /// (b_a + b_b) (g_a + g_b)
    pub(crate) asked: u128,
    /// b_a b_b
    pub(crate) product: u128,
    /// x = b_a g_b + b_b g_a
    pub(crate) cross: u128,
    /// x²
    pub(crate) cross_squared: u128,
    /// x g_a g_b
    pub(crate) cross_weight: u128,
}

impl ShareSums {
    /// What one draw adds.
    pub(crate) fn of_draw(yes: [u64; 2], asked: [u64; 2]) -> ShareSums {
        let ([yes_a, yes_b], [asked_a, asked_b]) = (yes.map(u128::from), asked.map(u128::from));
        let cross = yes_a * asked_b + yes_b * asked_a;
        ShareSums {
            squared: (yes_a + yes_b) * (yes_a + yes_b),
            asked: (yes_a + yes_b) * (asked_a + asked_b),
            product: yes_a * yes_b,
            cross,
            cross_squared: cross * cross,
            cross_weight: cross * (asked_a * asked_b),
        }
    }

    /// These sums and others.
    pub(crate) fn plus(self, other: ShareSums) -> ShareSums {
        ShareSums {
            squared: self.squared + other.squared,
            asked: self.asked + other.asked,
            product: self.product + other.product,
            cross: self.cross + other.cross,
            cross_squared: self.cross_squared + other.cross_squared,
            cross_weight: self.cross_weight + other.cross_weight,
        }
    }
}

impl Share {
    /// Nothing yet; `half` trajectories in each half of a draw.
    #[must_use]
    pub fn new(half: u64) -> Share {
        Share { half, ..Share::default() }
    }

    /// Adds a draw with so many yes in each half, all trajectories being asked.
    pub fn add(&mut self, a: u64, b: u64) {
        self.add_asked([a, b], [self.half; 2]);
    }

    /// Adds a draw with so many yes in each half among those that are asked.
    pub fn add_asked(&mut self, yes: [u64; 2], asked: [u64; 2]) {
        self.asked.add(asked, self.half);
        self.yes += yes[0] + yes[1];
        self.sums = self.sums.plus(ShareSums::of_draw(yes, asked));
    }

    /// Parameter draws.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.asked.draws
    }

    /// Trajectories.
    #[must_use]
    pub fn trajectories(&self) -> u64 {
        self.asked.of
    }

    /// The probability, among those that are asked; no number if none is.
    #[must_use]
    pub fn mean(&self) -> f64 {
        ratio(self.yes, self.asked.asked)
    }

    /// The Monte Carlo standard error of the probability, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.asked.error_of(self.mean(), wide(self.sums.squared), wide(self.sums.asked))
    }

    /// The variance over parameter draws of the probability given the parameters: the weighted mean of f_a f_b less
    /// the squared mean, the square being cleared of the mean's own error. May come out below 0 by chance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.asked.variance(&Halves {
            product: wide(self.sums.product),
            cross: wide(self.sums.cross) / 2.0,
            cross_squared: wide(self.sums.cross_squared) / 4.0,
            cross_weight: wide(self.sums.cross_weight) / 2.0,
        })
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

/// The 90% interval of the log-normal law with this mean and variance where all is positive, else of the normal law.
pub(crate) fn moment_interval(mean: f64, variance: f64, all_positive: bool) -> (f64, f64) {
    if all_positive && variance > 0.0 {
        let log_variance = ln(1.0 + variance / (mean * mean));
        let (middle, width) = (ln(mean) - 0.5 * log_variance, Z95 * log_variance.sqrt());
        return (exp(middle - width), exp(middle + width));
    }
    let width = Z95 * positive(variance).sqrt();
    (mean - width, mean + width)
}

/// Sums for a question that is answered by a number. Added in the order of draws, always the same.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Of whom it is asked.
    pub asked: Asked,
    /// The first trajectory's value: sums are taken relative to it, so that large means cost no precision.
    origin: Option<f64>,
    /// Sum over the trajectories that are asked.
    sum: f64,
    /// Sums over draws: of the square of a draw's sum, and of that sum times the number of those that are asked.
    squared: f64,
    sum_asked: f64,
    /// Of the halves' sums, as [`Halves`].
    product: f64,
    cross: f64,
    cross_squared: f64,
    cross_weight: f64,
    /// Sum over trajectories of the squared distance from the origin.
    squares: f64,
    /// The values by classes of width 2^-10 (relative).
    classes: Classes,
}

impl Numbers {
    /// Adds a draw by the values of its trajectories, the first half before the second.
    pub fn add(&mut self, values: &[f64]) {
        self.add_asked(values, None);
    }

    /// Adds a draw of which only some trajectories are asked; all are where nothing is said.
    pub fn add_asked(&mut self, values: &[f64], asked: Option<&[bool]>) {
        let half = values.len() / 2;
        let is_asked = |place: usize| asked.is_none_or(|asked| asked.get(place).copied().unwrap_or(false));
        let (mut sums, mut counts) = ([0.0; 2], [0u64; 2]);
        for (place, value) in values.iter().enumerate().filter(|(place, _)| is_asked(*place)) {
            let distance = value - *self.origin.get_or_insert(*value);
            let (sum, count) =
                if place < half { (&mut sums[0], &mut counts[0]) } else { (&mut sums[1], &mut counts[1]) };
            *sum += distance;
            *count += 1;
            self.squares += distance * distance;
            self.classes.add(*value, 1.0);
        }
        let ([a, b], [of_a, of_b]) = (sums, counts.map(number));
        let (both, of_both) = (a + b, of_a + of_b);
        let cross = 0.5 * (a * of_b + b * of_a);
        self.asked.add(counts, half as u64);
        self.sum += both;
        self.squared += both * both;
        self.sum_asked += both * of_both;
        self.product += a * b;
        self.cross += cross;
        self.cross_squared += cross * cross;
        self.cross_weight += cross * (of_a * of_b);
    }

    /// Parameter draws.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.asked.draws
    }

    /// The mean less the origin.
    fn distance(&self) -> f64 {
        self.sum / number(self.asked.asked)
    }

    /// The mean over all trajectories that are asked; no number if none is.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.origin.unwrap_or(f64::NAN) + self.distance()
    }

    /// Its Monte Carlo standard error, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.asked.error_of(self.distance(), self.squared, self.sum_asked)
    }

    /// The variance over parameter draws of the mean given the parameters.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let (product, cross) = (self.product, self.cross);
        let (cross_squared, cross_weight) = (self.cross_squared, self.cross_weight);
        self.asked.variance(&Halves { product, cross, cross_squared, cross_weight })
    }

    /// The 90% interval of the mean given the parameters: that of the log-normal law with that mean and variance where
    /// all values were positive, else of the normal law.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        let mean = self.mean();
        let variance = self.variance();
        // Where no draw has any in both halves, nothing shows that it varies.
        let variance = if variance > 0.0 || self.asked.weight > 0 { positive(variance) } else { 0.0 };
        moment_interval(mean, variance, self.classes.is_positive())
    }

    /// A quantile of the values of single trajectories, to a relative precision of 2^-11, and near 0 to 2^-11 of a
    /// magnitude that one value in 64 does not reach; exact where a class holds one value.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        self.quantiles(&[p])[0]
    }

    /// Several of them, in ascending order.
    #[must_use]
    pub fn quantiles(&self, probabilities: &[f64]) -> Vec<f64> {
        self.classes.quantiles(probabilities)
    }

    /// The predictive standard deviation.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let mean = self.distance();
        positive(self.squares / number(self.asked.asked) - mean * mean).sqrt()
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
