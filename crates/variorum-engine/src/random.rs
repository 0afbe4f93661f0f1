//! Random numbers as a pure function of what they are for: Philox4x32-10 in counter mode.
//!
//! A number depends on the seed, the name of the quantity, the draw, the time step and a few small indices, and on
//! nothing else: not on the order of evaluation, the number of threads or the width of vectors, nor on which other
//! quantities exist. The generator is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy
//! as 1, 2, 3, SC'11 (2011), section 3.3: a bijection of the 128-bit counter under a 64-bit key.
//!
//! Key, from the seed and the 64-bit name of a quantity: `name ^ mix(seed)`, low word first. [`mix`] is a bijection, so
//! under one seed two names never share a key, and for one name two seeds never do.
//!
//! Counter:
//!
//! | word | content |
//! |------|---------|
//! | c0   | bits 0 to 31 of the draw |
//! | c1   | bits 32 to 47 of the draw (upper half), then the half (bit 15), then the slot (bits 0 to 14) |
//! | c2   | block: the calendar step shifted right by one, or the ordinal of a parameter likewise |
//! | c3   | the [`Domain`] |
//!
//! Of the four output words o0 to o3, o0 + 2^32 o1 makes the first 64-bit word (even steps) and o2 + 2^32 o3 the second
//! (odd steps). Two of these inputs that differ anywhere are two counters of one bijection, so their numbers are
//! independent for all purposes of simulation.

/// The multipliers of the two halves of the counter (Salmon et al. 2011, table 2).
const MULTIPLIER: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
/// The increments of the two key words from round to round: the golden ratio and sqrt(3) - 1.
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
/// The lower 32 bits of a 64-bit lane.
const LOW: u64 = 0xffff_ffff;
/// The number of values of a slot.
pub const SLOTS: u32 = 1 << 15;
/// The number of values of a draw.
pub const DRAWS: u64 = 1 << 48;

/// What random numbers are for; numbers of different domains never share a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Domain {
    /// Parameters: one number for a draw.
    Parameter = 0,
    /// Chance within a run: numbers for each time step.
    Aleatory = 1,
    /// Choice among what has been simulated.
    Resampling = 2,
    /// Whether a draw's parameters are drawn by their laws or by a proposal.
    Proposal = 3,
}

/// A bijection of 64-bit numbers that spreads close numbers apart.
///
/// The golden-ratio increment followed by variant 13 of the finalizers of Stafford (2011), as in SplitMix64 of Steele,
/// Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014. Every step (addition of a constant,
/// xor with a right shift of itself, product with an odd number) can be undone.
#[inline]
#[must_use]
pub const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The random numbers of one quantity under one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    /// The Philox key, low word first.
    pub key: [u32; 2],
}

impl Stream {
    /// The stream of the quantity called `name` (a 64-bit hash) under `seed`.
    #[inline]
    #[must_use]
    pub const fn new(seed: u64, name: u64) -> Self {
        let key = name ^ mix(seed);
        Self { key: [key as u32, (key >> 32) as u32] }
    }

    /// The two 64-bit words of one block; `c0` and `c1` as made by [`counter`].
    #[inline(always)]
    #[must_use]
    pub fn words(self, domain: Domain, c0: u32, c1: u32, block: u32) -> [u64; 2] {
        let [o0, o1, o2, o3] = rounds(self.key, [c0.into(), c1.into(), block.into(), u64::from(domain as u32)]);
        [(o0 & LOW) | (o1 << 32), (o2 & LOW) | (o3 << 32)]
    }

    /// The two uniforms of one block, in (0, 1); `c0` and `c1` as made by [`counter`].
    #[inline(always)]
    #[must_use]
    pub fn pair(self, domain: Domain, c0: u32, c1: u32, block: u32) -> (f64, f64) {
        let [even, odd] = self.words(domain, c0, c1, block);
        (uniform(even), uniform(odd))
    }

    /// The uniforms of one block for a column of counters: lane i gets what [`Stream::pair`] gives for `c0[i]`, `c1[i]`.
    ///
    /// As many lanes are filled as the shortest of the four slices has. Inlined into its caller, so that it becomes
    /// vector code at whatever width the caller compiles for.
    #[inline(always)]
    pub fn fill(self, domain: Domain, block: u32, c0: &[u32], c1: &[u32], even: &mut [f64], odd: &mut [f64]) {
        let counters = c0.iter().zip(c1);
        for ((&c0, &c1), (even, odd)) in counters.zip(even.iter_mut().zip(odd)) {
            (*even, *odd) = self.pair(domain, c0, c1, block);
        }
    }
}

/// The ten rounds. Each 32-bit word lies in a 64-bit lane, where the widening product is one vector instruction.
///
/// Only the low half of a lane counts; the upper halves may hold anything and are masked before each product and by
/// the caller.
#[inline(always)]
fn rounds(key: [u32; 2], counter: [u64; 4]) -> [u64; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..10 {
        let p0 = MULTIPLIER[0].wrapping_mul(c0 & LOW);
        let p1 = MULTIPLIER[1].wrapping_mul(c2 & LOW);
        (c0, c1) = ((p1 >> 32) ^ c1 ^ u64::from(k0), p1);
        (c2, c3) = ((p0 >> 32) ^ c3 ^ u64::from(k1), p0);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    [c0, c1, c2, c3]
}

/// The counter words c0 and c1 of a draw (below [`DRAWS`]), a half (0 or 1) and a slot (below [`SLOTS`]).
///
/// Larger values are reduced to their bits that count; in debug builds they are refused.
#[inline(always)]
#[must_use]
pub fn counter(draw: u64, half: u32, slot: u32) -> (u32, u32) {
    debug_assert!(draw < DRAWS && half < 2 && slot < SLOTS, "draw {draw}, half {half} or slot {slot} is too large");
    let upper = ((draw >> 32) & 0xffff) as u32;
    (draw as u32, (upper << 16) | ((half & 1) << 15) | (slot & (SLOTS - 1)))
}

/// The uniform in the open interval (0, 1) that a 64-bit word stands for: (floor(word / 2^12) + 1/2) 2^-52.
///
/// Both u and 1 - u are exact, from 2^-53 to 1 - 2^-53.
#[inline(always)]
#[must_use]
pub fn uniform(word: u64) -> f64 {
    // The 52 bits as the mantissa of a number in [1, 2); the difference is a multiple of 2^-53 and so exact.
    f64::from_bits((word >> 12) | 0x3ff0_0000_0000_0000) - (1.0 - f64::EPSILON / 2.0)
}

/// The block and the place in it (0 or 1) of a calendar step, which may be negative.
#[inline(always)]
#[must_use]
pub const fn block_of(step: i32) -> (u32, usize) {
    ((step >> 1) as u32, (step & 1) as usize)
}

/// The uniform of the `ordinal`-th parameter of a quantity in a draw: block `ordinal >> 1`, half and slot 0.
#[inline]
#[must_use]
pub fn parameter(seed: u64, draw: u64, name: u64, ordinal: u32) -> f64 {
    let (c0, c1) = counter(draw, 0, 0);
    let (first, second) = Stream::new(seed, name).pair(Domain::Parameter, c0, c1, ordinal >> 1);
    if ordinal & 1 == 0 { first } else { second }
}

/// The uniforms of the even and the odd calendar step of a block.
#[inline]
#[must_use]
pub fn aleatory_pair(seed: u64, draw: u64, half: u32, slot: u32, block: u32, name: u64) -> (f64, f64) {
    let (c0, c1) = counter(draw, half, slot);
    Stream::new(seed, name).pair(Domain::Aleatory, c0, c1, block)
}

/// The uniform of a calendar step.
#[inline]
#[must_use]
pub fn aleatory(seed: u64, draw: u64, half: u32, slot: u32, step: i32, name: u64) -> f64 {
    let (block, place) = block_of(step);
    let (even, odd) = aleatory_pair(seed, draw, half, slot, block, name);
    if place == 0 { even } else { odd }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counter, key and output of the known answers for ten rounds published with Random123 (file `kat_vectors`).
    const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
        ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];

    #[test]
    fn philox_known_answers() {
        for (counter, key, answer) in KNOWN {
            assert_eq!(rounds(key, counter.map(u64::from)).map(|o| o as u32), answer);
        }
    }

    #[test]
    fn words_are_pairs_of_outputs() {
        let stream = Stream { key: [0, 0] };
        let [first, second] = stream.words(Domain::Parameter, 0, 0, 0);
        assert_eq!(first, 0xe169_c58d_6627_e8d5);
        assert_eq!(second, 0x9b00_dbd8_bc57_ac4c);
    }

    #[test]
    fn mixing_known_answers() {
        // The first outputs of SplitMix64 from the state 0, published with the generator.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
        let stream = Stream::new(0, 0xe220_a839_7b1d_cdaf ^ 0x0123_4567_89ab_cdef);
        assert_eq!(stream.key, [0x89ab_cdef, 0x0123_4567]);
    }

    #[test]
    fn counter_layout() {
        assert_eq!(counter(0x0000_abcd_1234_5678, 1, 0x7ffe), (0x1234_5678, 0xabcd_fffe));
        assert_eq!(counter(1, 0, 1), (1, 1));
        assert_eq!(block_of(5), (2, 1));
        assert_eq!(block_of(-1), (u32::MAX, 1));
        assert_eq!(block_of(-2), (u32::MAX, 0));
    }

    #[test]
    fn uniform_is_open_and_exact() {
        assert_eq!(uniform(0), f64::EPSILON / 2.0);
        assert_eq!(uniform(u64::MAX), 1.0 - f64::EPSILON / 2.0);
        for word in [0, 1 << 12, 0x8000_0000_0000_0000, 0x1234_5678_9abc_def0, u64::MAX] {
            let exact = ((word >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0;
            assert_eq!(uniform(word), exact);
            assert_eq!(1.0 - (1.0 - uniform(word)), uniform(word));
        }
    }

    #[test]
    fn scalar_functions_read_the_same_words() {
        let (seed, draw, name) = (7, (3 << 32) | 11, 0xfeed_beef_0bad_cafe);
        let stream = Stream::new(seed, name);
        let (c0, c1) = counter(draw, 1, 9);
        for step in [-3i32, -2, 0, 1, 100_001] {
            let words = stream.words(Domain::Aleatory, c0, c1, (step >> 1) as u32);
            assert_eq!(aleatory(seed, draw, 1, 9, step, name), uniform(words[(step & 1) as usize]));
        }
        let (c0, c1) = counter(draw, 0, 0);
        let words = stream.words(Domain::Parameter, c0, c1, 2);
        assert_eq!(parameter(seed, draw, name, 4), uniform(words[0]));
        assert_eq!(parameter(seed, draw, name, 5), uniform(words[1]));
        assert_ne!(parameter(seed, draw, name, 4), aleatory(seed, draw, 0, 0, 4, name));
    }

    #[test]
    fn columns_equal_scalars() {
        let stream = Stream::new(20_260_101, 42);
        let (c0, c1): (Vec<u32>, Vec<u32>) = (0..1003u64).map(|i| counter(i * 0x1_0000_0001, i as u32 & 1, 77)).unzip();
        let (mut even, mut odd) = (vec![0.0; 1003], vec![0.0; 1003]);
        stream.fill(Domain::Aleatory, 8, &c0, &c1, &mut even, &mut odd);
        for i in 0..1003 {
            assert_eq!((even[i], odd[i]), stream.pair(Domain::Aleatory, c0[i], c1[i], 8));
        }
    }

    #[test]
    fn moments() {
        let n = 200_000;
        let (mut sum, mut square, mut lag) = (0.0, 0.0, 0.0);
        for draw in 0..n {
            let (a, b) = aleatory_pair(1, draw, 0, 0, 0, 5);
            let (a, b) = (a - 0.5, b - 0.5);
            sum += a + b;
            square += a * a + b * b;
            lag += a * b;
        }
        let n = n as f64;
        assert!((sum / (2.0 * n)).abs() < 4.0 / (24.0 * n).sqrt());
        assert!((square / (2.0 * n) - 1.0 / 12.0).abs() < 4.0 * (1.0 / 180.0 / (2.0 * n)).sqrt());
        assert!((lag / n).abs() < 4.0 / 12.0 / n.sqrt());
    }
}
