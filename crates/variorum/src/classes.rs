//! Values of single trajectories, in classes of values that are nearly equal: what quantiles are read from.
//!
//! A class is 2^-10 wide, relative to its values. Alone, that would be too much of a good thing: of a quantity that lies on
//! both sides of 0, ever smaller values turn up the more trajectories are played, each in a class of its own, and memory
//! grows with the logarithm of their number. So below a *floor* classes are 2^-10 of the floor wide, and no narrower. The
//! floor is a power of two such that at most a 64th of what is not 0 is nearer to 0 than that. The largest value would be
//! no scale to measure by: with a heavy tail it is millions of times the median.
//!
//! The floor is set anew whenever the number of values exceeds 2^18, 2^19 and so on. Values are added draw by draw, in the
//! order of draws, whatever the number of threads or the size of a batch, and so is the floor found. Classes with a higher
//! floor are unions of those with a lower one, so that nothing is lost but what the floor is for. 0 itself is a class of
//! its own: what is often exactly 0 has quantiles of exactly 0.

use std::collections::BTreeMap;

/// Bits of a double that a class ignores: 42 of the 52 of its fraction.
const IGNORED: u32 = 42;

/// Width of a class, relative to its values or to the floor.
const WIDTH: f64 = 1.0 / 1024.0;

/// The key of 0.
const ZERO: u64 = 1 << (63 - IGNORED);

/// So many values are taken as they come.
const FIRST: u64 = 1 << 18;

/// At most one part in so many lies below the floor.
const BELOW: f64 = 64.0;

/// Values that are nearly equal.
#[derive(Clone, Copy, Debug)]
struct Class {
    weight: f64,
    low: f64,
    high: f64,
}

impl Class {
    fn add(&mut self, other: Class) {
        self.weight += other.weight;
        if other.low < self.low {
            self.low = other.low;
        }
        if other.high > self.high {
            self.high = other.high;
        }
    }

    fn middle(&self) -> f64 {
        if self.low == self.high { self.low } else { self.low + 0.5 * (self.high - self.low) }
    }
}

/// Weighted values, added one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Classes {
    classes: BTreeMap<u64, Class>,
    /// A power of two, or 0 for none.
    floor: f64,
    /// How many values there are, and after how many the floor is found anew.
    values: u64,
    next: u64,
}

impl Default for Classes {
    fn default() -> Classes {
        Classes { classes: BTreeMap::new(), floor: 0.0, values: 0, next: FIRST }
    }
}

impl Classes {
    /// Adds a value.
    pub(crate) fn add(&mut self, value: f64, weight: f64) {
        if self.values == self.next {
            self.next *= 2;
            self.settle();
        }
        self.values += 1;
        add(&mut self.classes, self.floor, Class { weight, low: value, high: value });
    }

    /// Multiplies all weights.
    pub(crate) fn rescale(&mut self, by: f64) {
        self.classes.values_mut().for_each(|class| class.weight *= by);
    }

    /// Finds the floor for what there is, and classes by it.
    fn settle(&mut self) {
        self.floor = self.found_floor();
        for class in std::mem::take(&mut self.classes).into_values() {
            add(&mut self.classes, self.floor, class);
        }
    }

    /// The greatest power of two with at most a 64th of the weight of what is not 0 below it; 0 where that is none.
    fn found_floor(&self) -> f64 {
        let mut octaves: BTreeMap<u64, f64> = BTreeMap::new();
        for class in self.classes.values() {
            let (low, high) = (class.low.abs(), class.high.abs());
            let magnitude = if low > high { low } else { high };
            if magnitude > 0.0 && magnitude < f64::INFINITY {
                *octaves.entry(magnitude.to_bits() >> 52).or_insert(0.0) += class.weight;
            }
        }
        let total: f64 = octaves.values().sum();
        let mut below = 0.0;
        for (exponent, weight) in octaves {
            below += weight;
            if below * BELOW > total {
                // Of numbers hardly above the smallest that there are, a thousandth would not be exact.
                return if exponent > 128 { f64::from_bits(exponent << 52) } else { 0.0 };
            }
        }
        0.0
    }

    /// Whether all values are above 0.
    pub(crate) fn is_positive(&self) -> bool {
        self.classes.values().next().is_some_and(|class| class.low > 0.0)
    }

    /// Quantiles, for probabilities in ascending order: exact where a class holds one value, else to a precision of half a
    /// class.
    pub(crate) fn quantiles(&self, probabilities: &[f64]) -> Vec<f64> {
        let total: f64 = self.classes.values().map(|class| class.weight).sum();
        let mut classes = self.classes.values();
        let (mut seen, mut reached) = (0.0, None);
        let mut quantile = |p: &f64| {
            while seen < p * total || reached.is_none() {
                let Some(class) = classes.next() else { break };
                seen += class.weight;
                reached = Some(class);
            }
            reached.map_or(f64::NAN, Class::middle)
        };
        probabilities.iter().map(&mut quantile).collect()
    }
}

/// Adds to the class of the lowest of some values that are in one class.
fn add(classes: &mut BTreeMap<u64, Class>, floor: f64, new: Class) {
    classes.entry(key(new.low, floor)).and_modify(|class| class.add(new)).or_insert(new);
}

/// The key of a value's class; keys ascend as values do.
fn key(value: f64, floor: f64) -> u64 {
    let magnitude = value.abs();
    if magnitude < floor && magnitude > 0.0 {
        let width = floor * WIDTH;
        // Exact, since the width is a power of two: at most ten bits are left, which are all in the key.
        let end = (magnitude / width).floor() * width;
        return match (end > 0.0, value > 0.0) {
            (true, _) => key(end.copysign(value), 0.0),
            (false, true) => ZERO + 1,
            (false, false) => ZERO - 1,
        };
    }
    let bits = (value + 0.0).to_bits();
    let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
    ordered >> IGNORED
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    #![allow(clippy::float_cmp, reason = "equality of bits is meant")]

    use super::*;
    use variorum_engine::math::{exp, normal_quantile};

    #[test]
    fn keys_ascend_and_are_narrow() {
        let numbers = [f64::NEG_INFINITY, -1e9, -3.0, -2.99, -1e-300, 0.0, 1e-300, 0.5, 0.501, 7.0, 1e9, f64::INFINITY];
        for pair in numbers.windows(2) {
            assert!(key(pair[0], 0.0) < key(pair[1], 0.0), "{pair:?}");
            assert!(key(pair[0], 0.25) < key(pair[1], 0.25), "{pair:?}");
            assert!(key(pair[0], 1024.0) <= key(pair[1], 1024.0), "{pair:?}");
        }
        assert_eq!(key(-0.0, 0.0), key(0.0, 0.0));
        assert_eq!(key(-0.0, 1.0), key(0.0, 1.0));
        for x in [0.7, 123_456.0] {
            assert!(key(x, 0.0) < key(x * (1.0 + 1.0 / 512.0), 0.0), "a class is wider than that");
        }
        // Below the floor: a thousandth of it, and unions of what a lower floor has.
        assert_eq!(key(1e-4, 1.0), key(9e-4, 1.0));
        assert!(key(9e-4, 1.0) < key(1.1e-3, 1.0) && key(-1.1e-3, 1.0) < key(-9e-4, 1.0));
        assert!(key(-9e-4, 1.0) < ZERO && ZERO < key(9e-4, 1.0));
        let ladder: Vec<f64> = (-20_000..20_000).map(|step| f64::from(step) * 1.7e-4).collect();
        for pair in ladder.windows(2) {
            for floor in [0.25, 0.5, 1.0] {
                assert!(key(pair[0], floor) <= key(pair[1], floor), "{pair:?}");
                let together = key(pair[0], floor) == key(pair[1], floor);
                assert!(!together || key(pair[0], 2.0 * floor) == key(pair[1], 2.0 * floor), "{pair:?} are parted");
            }
        }
    }

    /// Values whose quantiles are known: `law` at points that fill the unit interval evenly, whatever their number.
    fn filled(count: u64, law: impl Fn(f64) -> f64) -> Classes {
        let mut classes = Classes::default();
        // Weyl's sequence of the golden section, in whole numbers.
        (1..=count).for_each(|n| {
            let point = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
            classes.add(law((point as f64 + 0.5) / (1u64 << 53) as f64), 1.0);
        });
        classes
    }

    #[test]
    fn ten_times_the_values_take_no_more_classes() {
        let [few, many] = [500_000, 5_000_000].map(|count| filled(count, normal_quantile).classes.len() as f64);
        // Without a floor it was 34% more.
        assert!(many < 1.1 * few, "{few} classes, then {many}");
        assert!(few > 5_000.0, "{few} classes are too few to tell values apart");
    }

    #[test]
    fn quantiles_keep_their_precision_whatever_the_law() {
        let laws: [(&str, &dyn Fn(f64) -> f64); 4] = [
            ("around 0", &normal_quantile),
            ("beside 0", &|u| 3.0 + normal_quantile(u)),
            // The largest of a million is ten million times the median.
            ("with a heavy tail", &|u| exp(3.4 * normal_quantile(u))),
            ("often 0", &|u| if u < 0.6 { 0.0 } else { u - 0.6 }),
        ];
        let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95];
        for (what, law) in laws {
            let classes = filled(1_000_000, law);
            for (p, found) in probabilities.iter().zip(classes.quantiles(&probabilities)) {
                let expected = law(*p);
                let off = (found - expected).abs();
                assert!(off <= 2e-3 * expected.abs() + 2e-5, "{what}, {p}: {found}, not {expected}");
                assert!(expected != 0.0 || what == "around 0" || found == 0.0, "{what}, {p}: {found} is not 0");
            }
        }
    }

    #[test]
    fn a_floor_follows_what_there_is() {
        // Large values first, then ever smaller ones, as when a posterior turns out to lie elsewhere.
        let mut classes = Classes::default();
        for n in 0..FIRST + 1 {
            classes.add(1000.0 + n as f64, 1.0);
        }
        assert_eq!(classes.floor, 4096.0);
        for n in 0..3 * FIRST {
            classes.add(1e-3 * (1.0 + n as f64 / FIRST as f64), 1e9);
        }
        assert!(classes.floor < 2e-3, "{}", classes.floor);
        let median = classes.quantiles(&[0.5])[0];
        assert!((median - 2.5e-3).abs() < 0.3e-3, "{median}");
        // What is no number, or without an end, has its place and is no scale.
        let mut odd = Classes::default();
        for n in 0..2 * FIRST {
            odd.add([f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.0][n as usize % 4], 1.0);
        }
        assert_eq!((odd.floor, odd.classes.len()), (0.0, 4));
    }

    #[test]
    fn few_values_are_taken_as_they_come() {
        let mut classes = Classes::default();
        (0..FIRST).for_each(|n| classes.add(normal_quantile((n as f64 + 0.5) / FIRST as f64), 1.0));
        assert_eq!(classes.floor, 0.0);
        classes.add(0.0, 1.0);
        assert_eq!(classes.floor, 1.0 / 64.0);
    }
}
