//! Sums of evidences, which are far too small for a double: kept relative to a power of two that grows with the largest.
//!
//! Multiplying by a power of two rounds nothing, so that the scale has no bearing on the sums, and neither has the order in
//! which large evidences turn up, but for the smallest that are lost beside them.

use variorum_engine::math::{exp, ln};

/// ln 2
const LN_2: f64 = std::f64::consts::LN_2;
/// The scale moves by so many powers of two at once.
const STRIDE: f64 = 64.0;

/// A scale 2^e for evidences; minus infinity before anything was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    exponent: f64,
}

impl Default for Scale {
    fn default() -> Scale {
        Scale { exponent: f64::NEG_INFINITY }
    }
}

impl Scale {
    /// Makes room for an evidence, by its natural logarithm: by what all that was summed has to be multiplied, if by
    /// anything but 1.
    pub(crate) fn make_room(&mut self, log: f64) -> Option<f64> {
        if log == f64::NEG_INFINITY || log.is_nan() || log / LN_2 <= self.exponent {
            return None;
        }
        let exponent = (log / LN_2 / STRIDE).ceil() * STRIDE;
        let by = self.exponent - exponent;
        self.exponent = exponent;
        Some(power_of_two(by))
    }

    /// An evidence in this scale; 0 where its logarithm is minus infinity.
    pub(crate) fn of(self, log: f64) -> f64 {
        if self.exponent == f64::NEG_INFINITY { 0.0 } else { exp(log - self.exponent * LN_2) }
    }

    /// The binary logarithm of a number in this scale.
    pub(crate) fn log2(self, number: f64) -> f64 {
        if number > 0.0 { ln(number) / LN_2 + self.exponent } else { f64::NEG_INFINITY }
    }
}

/// 2^e for a whole e that is not above 0; 0 where that is too small.
fn power_of_two(exponent: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 1023")]
    if exponent >= -1022.0 { f64::from_bits(((exponent + 1023.0) as u64) << 52) } else { 0.0 }
}

/// A sum of evidences over draws, with the sum of their squares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Evidences {
    scale: Scale,
    sum: f64,
    squares: f64,
    draws: u64,
}

impl Evidences {
    /// Adds a draw by the logarithms of its halves' evidences, of which it has the mean.
    pub(crate) fn add(&mut self, [a, b]: [f64; 2]) {
        let mut scale = self.scale;
        let _ = scale.make_room(if a > b { a } else { b });
        self.add_in(scale, 0.5 * (scale.of(a) + scale.of(b)));
    }

    /// The same where the mean is already known in a scale with room for it. Of the sum's scale, only such may come that
    /// are no smaller.
    pub(crate) fn add_in(&mut self, scale: Scale, evidence: f64) {
        if self.scale != scale {
            let by = power_of_two(self.scale.exponent - scale.exponent);
            self.sum *= by;
            self.squares *= by * by;
            self.scale = scale;
        }
        self.sum += evidence;
        self.squares += evidence * evidence;
        self.draws += 1;
    }

    /// Adds a draw that has none.
    pub(crate) fn pass(&mut self) {
        self.draws += 1;
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn count(&self) -> f64 {
        self.draws as f64
    }

    /// Draws.
    pub(crate) fn draws(&self) -> u64 {
        self.draws
    }

    /// The binary logarithm of the mean.
    pub(crate) fn log2(&self) -> f64 {
        self.scale.log2(self.sum / self.count())
    }

    /// Its standard error in bits, to the first order.
    pub(crate) fn error(&self) -> f64 {
        let n = self.count();
        let residuals = self.squares - self.sum * self.sum / n;
        let residuals = if residuals > 0.0 || residuals.is_nan() { residuals } else { 0.0 };
        (residuals * n / (n - 1.0)).sqrt() / self.sum / LN_2
    }

    /// The effective sample size over draws, (Σ Z)² / Σ Z² (Kong, Liu and Wong 1994); 0 where all are 0.
    pub(crate) fn effective(&self) -> f64 {
        if self.squares > 0.0 { self.sum * self.sum / self.squares } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiny_evidences_are_added_up() {
        let mut sum = Evidences::default();
        for log in [-2000.0, -1000.0, -1000.0, f64::NEG_INFINITY] {
            sum.add([log, log]);
        }
        // Two of e^-1000 in four.
        assert!((sum.log2() - (-1000.0 / LN_2 - 1.0)).abs() < 1e-9);
        assert!((sum.effective() - 2.0).abs() < 1e-12);
        // The squares are 2, the mean 1/2: residuals 1, by 4/3, over 2.
        assert!((sum.error() - (4.0f64 / 3.0).sqrt() / 2.0 / LN_2).abs() < 1e-12);
        let none = Evidences::default();
        assert_eq!((none.effective(), none.draws()), (0.0, 0));
    }

    #[test]
    fn in_a_common_scale_the_sums_are_the_same() {
        let (mut own, mut common, mut scale) = (Evidences::default(), Evidences::default(), Scale::default());
        for logs in [[f64::NEG_INFINITY; 2], [-700.0, -703.0], [-20.0, f64::NEG_INFINITY], [-21.0, -22.0], [-900.0; 2]]
        {
            own.add(logs);
            scale.make_room(logs[0]);
            common.add_in(scale, 0.5 * (scale.of(logs[0]) + scale.of(logs[1])));
        }
        assert!((own.log2() - common.log2()).abs() < 1e-12, "{own:?} {common:?}");
        assert!((own.error() - common.error()).abs() < 1e-12);
        assert!((own.effective() - common.effective()).abs() < 1e-12);
    }

    #[test]
    fn the_scale_has_no_bearing() {
        let logs = [-3.0, -500.0, 2.0, 40.0, -70.0];
        let mut up = Evidences::default();
        let mut down = Evidences::default();
        logs.iter().for_each(|log| up.add([*log, *log]));
        logs.iter().rev().for_each(|log| down.add([*log, *log]));
        assert!((up.log2() - down.log2()).abs() < 1e-12);
        assert!((up.error() - down.error()).abs() < 1e-12);
    }
}
