//! What is known of a value before anything is run: an interval, and whether it may be no number.
//!
//! Rounding is monotone, so the ends of an interval, computed by the same operation, bound every result of it; of
//! functions that need not be monotone in their last bit the ends are moved outwards. So the intervals are proofs, and
//! what they prove superfluous (replacing NaN probabilities, scaling a sum that cannot exceed 1) is left out.

use variorum_engine::math::elementary::{exp, ln};
use variorum_engine::op::{Binary, Unary};

/// An interval of doubles, ends included, which may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Whether the value may be no number.
    pub(crate) nan: bool,
    /// Whether it is 0 or 1.
    pub(crate) truth: bool,
}

impl Range {
    /// Anything at all.
    pub(crate) const ANY: Range = Range { low: f64::NEG_INFINITY, high: f64::INFINITY, nan: true, truth: false };
    /// 0 or 1.
    pub(crate) const TRUTH: Range = Range { low: 0.0, high: 1.0, nan: false, truth: true };

    pub(crate) fn new(low: f64, high: f64) -> Range {
        Range { low, high, nan: false, truth: false }
    }

    pub(crate) fn point(value: f64) -> Range {
        if value.is_nan() {
            return Range::ANY;
        }
        Range { low: value, high: value, nan: false, truth: value == 0.0 || value == 1.0 }
    }

    /// Whether every value of `other` is allowed here.
    pub(crate) fn contains(self, other: Range) -> bool {
        self.low <= other.low && other.high <= self.high && (self.nan || !other.nan) && (other.truth || !self.truth)
    }

    /// Everything that either allows.
    pub(crate) fn or(self, other: Range) -> Range {
        Range {
            low: least([self.low, other.low]),
            high: greatest([self.high, other.high]),
            nan: self.nan | other.nan,
            truth: self.truth & other.truth,
        }
    }

    pub(crate) fn is_not_negative(self) -> bool {
        !self.nan && self.low >= 0.0
    }

    fn has(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether the value is a number whose magnitude is at most the given one.
    pub(crate) fn is_within(self, magnitude: f64) -> bool {
        !self.nan && self.low >= -magnitude && self.high <= magnitude
    }

    fn is_bounded(self) -> bool {
        self.low > f64::NEG_INFINITY && self.high < f64::INFINITY
    }

    /// Interval between values of which some may be no numbers; those are then possible results.
    fn around<const N: usize>(ends: [f64; N], nan: bool) -> Range {
        if ends.iter().any(|end| end.is_nan()) {
            return Range::ANY;
        }
        Range { low: least(ends), high: greatest(ends), nan, truth: false }
    }

    /// The same, known to be 0 or 1 where only one of them is left.
    fn settled(self) -> Range {
        let only = |number: f64| self.low == number && self.high == number && !self.nan;
        Range { truth: self.truth || only(0.0) || only(1.0), ..self }
    }

    /// The same with its ends moved outwards, for functions whose last bits may not be monotone.
    pub(crate) fn widened(self) -> Range {
        const MARGIN: f64 = 1e-14;
        let outwards =
            |end: f64, sign: f64| if end.is_finite() { end + sign * (MARGIN * end.abs() + 1e-300) } else { end };
        Range { low: outwards(self.low, -1.0), high: outwards(self.high, 1.0), ..self }
    }
}

fn least<const N: usize>(values: [f64; N]) -> f64 {
    values.into_iter().fold(f64::INFINITY, |a, b| if b < a { b } else { a })
}

fn greatest<const N: usize>(values: [f64; N]) -> f64 {
    values.into_iter().fold(f64::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

/// The range of a function of one argument.
pub(crate) fn unary(kind: Unary, a: Range) -> Range {
    unary_range(kind, a).settled()
}

fn unary_range(kind: Unary, a: Range) -> Range {
    match kind {
        Unary::Negate => Range { low: -a.high, high: -a.low, nan: a.nan, truth: false },
        Unary::Not | Unary::Invalid => Range::TRUTH,
        Unary::Exp | Unary::ExpModerate => {
            let range = Range { low: exp(a.low), high: exp(a.high), nan: a.nan, truth: false }.widened();
            Range { low: greatest([range.low, 0.0]), ..range }
        }
        Unary::Ln if a.low >= 0.0 => Range { low: ln(a.low), high: ln(a.high), nan: a.nan, truth: false }.widened(),
        Unary::Sqrt if a.low >= 0.0 => Range { low: a.low.sqrt(), high: a.high.sqrt(), nan: a.nan, truth: false },
        Unary::Ln | Unary::Sqrt => Range::ANY,
        Unary::Abs => Range { low: 0.0, high: greatest([a.low.abs(), a.high.abs()]), nan: a.nan, truth: false },
        Unary::Clean => {
            Range { low: greatest([a.low, 0.0]), high: greatest([a.high, 0.0]), nan: false, truth: a.truth }
        }
        Unary::Chance => Range { nan: a.nan, ..Range::new(if a.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY }, 1.0) },
        Unary::Normal => Range::new(-9.0, 9.0),
    }
}

/// The range of a function of two arguments.
pub(crate) fn binary(kind: Binary, a: Range, b: Range) -> Range {
    binary_range(kind, a, b).settled()
}

fn binary_range(kind: Binary, a: Range, b: Range) -> Range {
    let nan = a.nan | b.nan;
    match kind {
        Binary::Add => {
            let clash = |x: Range, y: Range| x.has(f64::INFINITY) && y.has(f64::NEG_INFINITY);
            let (low, high) = (a.low + b.low, a.high + b.high);
            if clash(a, b) || clash(b, a) { Range::ANY } else { Range::around([low, high], nan) }
        }
        Binary::Subtract => binary(Binary::Add, a, unary(Unary::Negate, b)),
        Binary::Multiply => {
            let clash = |x: Range, y: Range| x.has(0.0) && !y.is_bounded();
            if clash(a, b) || clash(b, a) {
                let low = if a.low >= 0.0 && b.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
                return Range { low, ..Range::ANY };
            }
            let ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
            Range { truth: a.truth & b.truth, ..Range::around(ends, nan) }
        }
        Binary::Divide if !b.has(0.0) && (a.is_bounded() || b.is_bounded()) => {
            Range::around([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high], nan)
        }
        Binary::Divide => Range::ANY,
        Binary::Power if a.low >= 0.0 => Range { nan, ..Range::new(0.0, f64::INFINITY) },
        Binary::Power => Range::ANY,
        Binary::Min => {
            Range { low: least([a.low, b.low]), high: least([a.high, b.high]), nan, truth: a.truth & b.truth }
        }
        Binary::Max => {
            Range { low: greatest([a.low, b.low]), high: greatest([a.high, b.high]), nan, truth: a.truth & b.truth }
        }
        Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::AtMost
        | Binary::Greater
        | Binary::AtLeast
        | Binary::And
        | Binary::Or
        | Binary::AndNot => Range::TRUTH,
    }
}

/// What a comparison gives if the ranges alone decide it.
pub(crate) fn decided(kind: Binary, a: Range, b: Range) -> Option<bool> {
    let nan = a.nan | b.nan;
    match kind {
        Binary::Less if a.high < b.low && !nan => Some(true),
        Binary::Less if a.low >= b.high => Some(false),
        Binary::AtMost if a.high <= b.low && !nan => Some(true),
        Binary::AtMost if a.low > b.high => Some(false),
        Binary::Greater => decided(Binary::Less, b, a),
        Binary::AtLeast => decided(Binary::AtMost, b, a),
        Binary::Equal if a.high < b.low || b.high < a.low => Some(false),
        Binary::NotEqual if a.high < b.low || b.high < a.low => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinity_times_zero_is_suspected() {
        let unit = Range::new(0.0, 1.0);
        let open = Range::new(0.0, f64::INFINITY);
        assert!(binary(Binary::Multiply, unit, open).nan);
        assert!(!binary(Binary::Multiply, unit, unit).nan);
        assert!(binary(Binary::Subtract, open, open).nan);
        assert!(!binary(Binary::Add, open, open).nan);
        assert!(binary(Binary::Divide, unit, unit).nan);
    }

    #[test]
    fn the_exponential_of_a_bounded_number_is_positive() {
        let range = unary(Unary::Exp, Range::new(-2.0, 3.0));
        assert!(range.low > 0.1 && range.high < 21.0 && range.is_not_negative());
    }

    #[test]
    fn comparisons_are_decided_only_where_no_nan_may_be() {
        let (a, b) = (Range::new(0.0, 1.0), Range::new(2.0, 3.0));
        assert_eq!(decided(Binary::Less, a, b), Some(true));
        assert_eq!(decided(Binary::Less, Range { nan: true, ..a }, b), None);
        assert_eq!(decided(Binary::Greater, Range { nan: true, ..a }, b), Some(false));
        assert_eq!(decided(Binary::Less, a, a), None);
    }
}
