//! Dice of the tests: SplitMix64 (Steele, Lea, Flood 2014), the same numbers on every machine.
//!
//! Nothing of the generators under test is used here, so that their faults cannot hide behind each other.

/// A stream of numbers from a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Dice {
        let mut dice = Dice(seed ^ 0x5851_F42D_4C95_7F2D);
        dice.word();
        dice
    }

    /// 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        ((self.word() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A number between two others.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// A whole number below `limit`, which is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.word()) * limit as u128) >> 64) as usize
    }

    /// Yes with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of several things.
    pub fn one_of<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }

    /// One of several things, if there are any.
    pub fn any_of<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        if things.is_empty() { None } else { Some(self.one_of(things)) }
    }

    /// Puts things into any order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[test]
fn whole_numbers_are_spread_evenly() {
    // Broken on purpose by `>> 60` in place of `>> 64`: every count falls outside.
    let mut dice = Dice::new(1);
    let mut counts = [0_u32; 7];
    (0..70_000).for_each(|_| counts[dice.below(7)] += 1);
    // A count has the standard deviation sqrt(70000 * 1/7 * 6/7) = 93.
    assert!(counts.iter().all(|count| (i64::from(*count) - 10_000).abs() < 5 * 93), "{counts:?}");
}
