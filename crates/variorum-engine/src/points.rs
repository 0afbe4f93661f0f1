//! Laws given by points: some numbers with their probabilities, and quantile functions that are linear between points.

use crate::law::LawError;

/// By how much probabilities may miss 1 in sum.
const SUM_MARGIN: f64 = 1e-9;

/// Some numbers, each with a probability.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Steps {
    /// Values, ascending, with the probability of at most that value.
    cumulated: Vec<(f64, f64)>,
}

impl Steps {
    /// From pairs of a value and its probability.
    pub(crate) fn new(pairs: &[(f64, f64)]) -> Result<Steps, LawError> {
        if pairs.is_empty() {
            return Err(LawError::NoPoints);
        }
        let mut sum = 0.0;
        let mut cumulated: Vec<(f64, f64)> = Vec::with_capacity(pairs.len());
        for (value, probability) in pairs.iter().copied() {
            finite(value)?;
            finite(probability)?;
            if probability <= 0.0 {
                return Err(LawError::NotPositive { name: "probability", value: probability });
            }
            if let Some((before, _)) = cumulated.last().filter(|(before, _)| *before >= value) {
                return Err(LawError::Reversed { low: *before, high: value });
            }
            sum += probability;
            cumulated.push((value, sum));
        }
        if (sum - 1.0).abs() > SUM_MARGIN { Err(LawError::NotWhole { sum }) } else { Ok(Steps { cumulated }) }
    }

    /// The least and the greatest value.
    pub(crate) fn ends(&self) -> (f64, f64) {
        ends(self.cumulated.iter().map(|(value, _)| *value))
    }

    /// The first value whose cumulated probability exceeds u, else the last.
    pub(crate) fn draw(&self, u: f64) -> f64 {
        let place = self.cumulated.partition_point(|(_, cumulated)| *cumulated <= u);
        self.cumulated.get(place).or(self.cumulated.last()).map_or(f64::NAN, |(value, _)| *value)
    }
}

/// A quantile function that is linear between points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Cumulative probabilities from 0 to 1, ascending, with their quantiles.
    points: Vec<(f64, f64)>,
}

impl Table {
    /// From pairs of a cumulative probability and a quantile.
    pub(crate) fn new(points: &[(f64, f64)]) -> Result<Table, LawError> {
        for (probability, value) in points.iter().copied() {
            finite(probability)?;
            finite(value)?;
        }
        for pair in points.windows(2) {
            let [(p, x), (q, y)] = [pair[0], pair[1]];
            if p >= q {
                return Err(LawError::Reversed { low: p, high: q });
            }
            if x > y {
                return Err(LawError::Reversed { low: x, high: y });
            }
        }
        match (points.first(), points.last()) {
            (Some((first, _)), Some((last, _))) if *first == 0.0 && *last == 1.0 => {
                Ok(Table { points: points.to_vec() })
            }
            _ => Err(LawError::NoPoints),
        }
    }

    /// The least and the greatest value.
    pub(crate) fn ends(&self) -> (f64, f64) {
        ends(self.points.iter().map(|(_, value)| *value))
    }

    /// The quantile at u, within 0 and 1.
    pub(crate) fn draw(&self, u: f64) -> f64 {
        let above = self.points.partition_point(|(probability, _)| *probability <= u);
        let above = above.clamp(1, self.points.len() - 1);
        let ((p, x), (q, y)) = (self.points[above - 1], self.points[above]);
        x + (u - p) / (q - p) * (y - x)
    }
}

fn ends(mut values: impl DoubleEndedIterator<Item = f64>) -> (f64, f64) {
    let first = values.next().unwrap_or(f64::NAN);
    (first, values.next_back().unwrap_or(first))
}

fn finite(value: f64) -> Result<(), LawError> {
    if value.is_finite() { Ok(()) } else { Err(LawError::NotFinite(value)) }
}
