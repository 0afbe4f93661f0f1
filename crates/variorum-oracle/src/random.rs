//! Keyed random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011), and which counter serves what.
//!
//! Every number is a pure function of the seed, the name of what is drawn, and the place where it is drawn.

use variorum_model::program::Key;

/// The generator: ten rounds on a counter of four words with a key of two.
#[must_use]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut x0, mut x1, mut x2, mut x3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..10 {
        let left = u64::from(x0) * 0xD251_1F53;
        let right = u64::from(x2) * 0xCD9E_8D57;
        (x0, x1, x2, x3) = (high(right) ^ x1 ^ k0, low(right), high(left) ^ x3 ^ k1, low(left));
        k0 = k0.wrapping_add(0x9E37_79B9);
        k1 = k1.wrapping_add(0xBB67_AE85);
    }
    [x0, x1, x2, x3]
}

/// The uniform number of a parameter in a draw.
#[must_use]
pub fn parameter(seed: u64, key: Key, draw: u64) -> f64 {
    let block = philox([low(draw), draw_and_place(draw, 0, 0), 0, 0], key_words(seed, key));
    uniform(block, 0)
}

/// The trajectory for which aleatory numbers are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    /// The seed.
    pub seed: u64,
    /// The parameter draw; 48 bits of it count.
    pub draw: u64,
    /// The half, 0 or 1.
    pub half: u32,
    /// The place within the half; 15 bits of it count.
    pub slot: u32,
}

impl Dice {
    /// The uniform number of a name at a calendar step. A block serves two neighbouring steps.
    #[must_use]
    pub fn uniform(&self, key: Key, calendar: i32) -> f64 {
        self.number(key, calendar, 1)
    }

    /// The uniform number by which the half is resampled at the end of a calendar step; it belongs to slot 0.
    #[must_use]
    pub fn resampling(&self, key: Key, calendar: i32) -> f64 {
        Dice { slot: 0, ..*self }.number(key, calendar, 2)
    }

    fn number(&self, key: Key, calendar: i32, domain: u32) -> f64 {
        let place = draw_and_place(self.draw, self.half, self.slot);
        let block = (calendar >> 1).cast_unsigned();
        uniform(philox([low(self.draw), place, block, domain], key_words(self.seed, key)), calendar & 1)
    }
}

/// Spreads a seed over 64 bits.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn key_words(seed: u64, key: Key) -> [u32; 2] {
    let key = key.0 ^ mix(seed);
    [low(key), high(key)]
}

/// Sixteen upper bits of the draw, one of the half, fifteen of the slot.
fn draw_and_place(draw: u64, half: u32, slot: u32) -> u32 {
    (high(draw) & 0xFFFF) << 16 | (half & 1) << 15 | (slot & 0x7FFF)
}

/// One of the two numbers of a block, strictly between 0 and 1; the lower half of its bits comes first.
fn uniform(block: [u32; 4], word: i32) -> f64 {
    let [x0, x1, x2, x3] = block;
    let bits = if word == 0 { u64::from(x1) << 32 | u64::from(x0) } else { u64::from(x3) << 32 | u64::from(x2) };
    ((bits >> 12) as f64 + 0.5) * f64::EPSILON
}

fn low(word: u64) -> u32 {
    (word & 0xFFFF_FFFF) as u32
}

fn high(word: u64) -> u32 {
    (word >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_known_answers() {
        let zero = philox([0; 4], [0; 2]);
        assert_eq!(zero, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = philox([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]);
        assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn mix_is_the_first_output_of_splitmix64() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn uniforms_keep_clear_of_both_ends() {
        assert_eq!(uniform([0; 4], 0), 0.5 * f64::EPSILON);
        assert_eq!(uniform([u32::MAX; 4], 1), 1.0 - 0.5 * f64::EPSILON);
    }

    #[test]
    fn a_block_serves_an_even_step_and_the_odd_one_after_it() {
        let key = Key(7 ^ mix(3));
        let dice = Dice { seed: 3, draw: 5 | 9 << 32, half: 1, slot: 4 };
        let block = |step: u32| philox([5, 9 << 16 | 1 << 15 | 4, step, 1], [7, 0]);
        assert_eq!(dice.uniform(key, 10), uniform(block(5), 0));
        assert_eq!(dice.uniform(key, 11), uniform(block(5), 1));
        assert_eq!(dice.resampling(key, 10), uniform(philox([5, 9 << 16 | 1 << 15, 5, 2], [7, 0]), 0));
        assert_eq!(dice.uniform(key, -1), uniform(block(u32::MAX), 1));
        assert_eq!(dice.uniform(key, -2), uniform(block(u32::MAX), 0));
        assert_eq!(parameter(3, key, 5 | 9 << 32), uniform(philox([5, 9 << 16, 0, 0], [7, 0]), 0));
    }
}
