//! Elementary functions with the same bits on every machine.
//!
//! The mathematical functions of a platform differ in their last bits, and a compiler may replace them by others.
//! Everything here is therefore written in additions, subtractions, multiplications, divisions, comparisons and bit
//! operations of IEEE 754 binary64, each of which has exactly one right result; nothing is ever fused. The functions
//! have no branches (every choice is a selection between values already computed), so that a loop over a column
//! becomes vector code at whatever width the caller compiles for, and a vector lane gives the bits of the scalar.
//!
//! The polynomials are minimax fits computed for this file with the exchange algorithm of Remez in 60-digit
//! arithmetic; the error of each fit is given where it stands. Errors in units of the last place (ulp) are the
//! largest seen over dense grids against 40-digit values, and the tests hold them.
//!
//! The payload and sign of a NaN are not specified (machines differ in them); that a result is NaN is.

/// Adding this number, 1.5 * 2^52, rounds to the nearest integer, ties to even, and leaves it in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// 2^52: the exponent pattern under which an integer below 2^52 can be laid as mantissa.
const TWO_52: f64 = 4_503_599_627_370_496.0;
/// The bit pattern of 1.0.
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
/// The bit pattern of the square root of one half, rounded.
const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
/// The mantissa of a number.
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
/// The upper 42 bits of ln 2: its product with an integer of up to 11 bits is exact.
const LN2_HIGH: f64 = 0.693_147_180_559_890_3;
/// ln 2 less [`LN2_HIGH`].
const LN2_LOW: f64 = 5.497_923_018_708_371e-14;
/// Below this the exponential rounds to 0.
const EXP_LOWEST: f64 = -746.0;
/// Above this the exponential is infinite.
const EXP_HIGHEST: f64 = 710.0;

/// The value of a choice between two values: `a` where `condition` holds, else `b`.
#[inline(always)]
pub(crate) fn pick(condition: bool, a: f64, b: f64) -> f64 {
    if condition { a } else { b }
}

/// The value at `x` of a polynomial of degree 7, constant term first, by Estrin's scheme.
///
/// Each coefficient passes through few roundings, and the chains of dependent operations are short. Written out, since
/// a loop over the coefficients would keep the compiler from making vector code of the loop over a column.
#[inline(always)]
pub(crate) fn polynomial(x: f64, c: [f64; 8]) -> f64 {
    let x2 = x * x;
    let low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    let high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    low + high * (x2 * x2)
}

/// The value at `x` of the polynomial with the given coefficients, constant term first, by Horner's rule.
#[inline(always)]
pub(crate) fn horner<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum * x + coefficients[i];
    }
    sum
}

/// A number with its lowest 27 bits cleared: the product of two such numbers is exact.
#[inline(always)]
fn upper_half(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !0x07ff_ffff)
}

/// 2^k where `rounded` is k + [`ROUNDER`] and |k| <= 1022.
#[inline(always)]
fn power_of_two(rounded: f64) -> f64 {
    f64::from_bits((rounded.to_bits() << 52).wrapping_add(ONE_BITS))
}

// ---------------------------------------------------------------------------------------------------------------------
// Truth values and choices

/// A truth value as a number: 1.0 for true, 0.0 for false.
#[inline(always)]
#[must_use]
pub fn truth(condition: bool) -> f64 {
    pick(condition, 1.0, 0.0)
}

/// `a` where `mask` is 1.0, `b` where it is 0.0; the bits of the chosen operand are kept, whatever the other holds.
///
/// Any other nonzero mask, NaN included, counts as true. The comparison compiles to a bit mask, and disappears where
/// the mask was itself made by [`truth`] from a comparison.
#[inline(always)]
#[must_use]
pub fn select(mask: f64, a: f64, b: f64) -> f64 {
    pick(mask != 0.0, a, b)
}

/// Negation of a truth value: 1.0 for 0.0, else 0.0.
#[inline(always)]
#[must_use]
pub fn not(mask: f64) -> f64 {
    truth(mask == 0.0)
}

/// Conjunction of two truth values.
#[inline(always)]
#[must_use]
pub fn and(a: f64, b: f64) -> f64 {
    truth((a != 0.0) & (b != 0.0))
}

/// Disjunction of two truth values.
#[inline(always)]
#[must_use]
pub fn or(a: f64, b: f64) -> f64 {
    truth((a != 0.0) | (b != 0.0))
}

/// The lesser of two numbers: IEEE 754-2019 `minimum`. NaN if either is NaN; -0.0 counts as less than 0.0.
#[inline(always)]
#[must_use]
pub fn min(a: f64, b: f64) -> f64 {
    // The two orders of asking agree unless the operands are zeros of opposite sign or one is NaN. Then each order
    // gives another operand, and the union of their bits is -0.0, or NaN (all ones in the exponent, some mantissa).
    let (one, other) = (pick(a < b, a, b), pick(b < a, b, a));
    f64::from_bits(one.to_bits() | other.to_bits())
}

/// The greater of two numbers: IEEE 754-2019 `maximum`. NaN if either is NaN; 0.0 counts as greater than -0.0.
#[inline(always)]
#[must_use]
pub fn max(a: f64, b: f64) -> f64 {
    // As in `min`, with the intersection of the bits: that settles zeros, but loses a NaN.
    let (one, other) = (pick(a > b, a, b), pick(b > a, b, a));
    pick(a.is_nan() | b.is_nan(), f64::NAN, f64::from_bits(one.to_bits() & other.to_bits()))
}

// ---------------------------------------------------------------------------------------------------------------------
// The exponential

/// (e^r - 1 - r) / r^2 for |r| <= ln(2)/2; the fit contributes less than 3e-19 to the relative error of e^r - 1.
#[inline(always)]
pub(crate) fn exp_series(r: f64) -> f64 {
    let r2 = r * r;
    // Estrin's order: shorter chains than Horner's, and here as accurate.
    let a = (0.5 + r * 0.166_666_666_666_666_77) + r2 * (0.041_666_666_666_666_7 + r * 0.008_333_333_333_321_626);
    let b = (0.001_388_888_888_886_686_7 + r * 0.000_198_412_698_861_326_23)
        + r2 * (2.480_158_736_050_013_4e-5 + r * 2.755_724_421_092_622_7e-6);
    let c = (2.755_724_280_522_168e-7 + r * 2.510_903_384_876_046e-8) + r2 * 2.092_442_985_437_077_4e-9;
    let r4 = r2 * r2;
    a + r4 * (b + r4 * c)
}

/// k + [`ROUNDER`] and e^r - 1, where high + low = k ln 2 + r with integer k and |r| <= ln(2)/2.
///
/// Two-part reduction after Cody and Waite, Software Manual for the Elementary Functions (1980), chapter 6. The
/// argument must be within [-746, 710] or NaN; `low` must be small against it.
#[inline(always)]
fn exp_reduced(high: f64, low: f64) -> (f64, f64) {
    let rounded = high * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let r = (high - k * LN2_HIGH) - (k * LN2_LOW - low);
    (rounded, r + r * r * exp_series(r))
}

/// e^(high + low), where `low` is small against `high`; overflow, underflow and NaN as in [`exp`].
#[inline(always)]
pub(crate) fn exp_of_sum(high: f64, low: f64) -> f64 {
    let high = pick(high > EXP_HIGHEST, EXP_HIGHEST, high);
    let high = pick(high < EXP_LOWEST, EXP_LOWEST, high);
    let (rounded, p) = exp_reduced(high, low);
    // 2^k in two factors: 1 + p times the first is exact, so that a subnormal result is rounded once.
    let k = rounded - ROUNDER;
    let half = k * 0.5 + ROUNDER;
    let rest = (k - (half - ROUNDER)) + ROUNDER;
    (1.0 + p) * power_of_two(half) * power_of_two(rest)
}

/// The exponential function e^x.
///
/// Infinite for x above 709.782712893384, subnormal below -708.39, 0 below -745.13; NaN for NaN. Error below 0.9 ulp.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    exp_of_sum(x, 0.0)
}

/// [`exp`], to the bit, of an argument that is known to lie within -700 and 700, in fewer operations.
#[inline(always)]
#[must_use]
pub fn exp_moderate(x: f64) -> f64 {
    let (rounded, p) = exp_reduced(x, 0.0);
    (1.0 + p) * power_of_two(rounded)
}

/// e^x - 1, accurate near 0 as well.
///
/// Infinite for x above 709.782712893384, -1 for large negative x, a zero for itself, NaN for NaN. Error below 2 ulp.
#[inline(always)]
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    let clamped = pick(x > EXP_HIGHEST, EXP_HIGHEST, x);
    let clamped = pick(clamped < -50.0, -50.0, clamped);
    let (rounded, p) = exp_reduced(clamped, 0.0);
    // Twice the half of 2^k (e^r - 1) + (2^k - 1): the halves keep 2^1024 within range and are exact.
    let scale = power_of_two(rounded - 1.0);
    let general = 2.0 * (scale * p + (scale - 0.5));
    // With k = 0 the sum is p itself; going through the halves would lose the last bit of a subnormal.
    pick(x == 0.0, x, pick(rounded == ROUNDER, p, general))
}

// ---------------------------------------------------------------------------------------------------------------------
// The logarithm

/// The exponent e and the mantissa m of a positive number y = m 2^e with m in [sqrt(1/2), sqrt(2)).
///
/// `bias` is 1023, or more if y had been scaled up by a power of two.
#[inline(always)]
fn split(y: f64, bias: f64) -> (f64, f64) {
    let shifted = y.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let e = f64::from_bits(TWO_52.to_bits() | (shifted >> 52)) - (TWO_52 + bias);
    let m = f64::from_bits((shifted & MANTISSA) + SQRT_HALF_BITS);
    (e, m)
}

/// P(z) = 2 (artanh(s) - s) / s^3 with z = s^2, for z in [0, 0.02944], that is for (1 + s)/(1 - s) within a factor of
/// sqrt(2) of 1; the fit contributes less than 2e-18 to the relative error of artanh.
#[inline(always)]
pub(crate) fn artanh_series(z: f64) -> f64 {
    let z2 = z * z;
    (0.666_666_666_666_673_4 + z * 0.399_999_999_994_146_76)
        + z2 * ((0.285_714_287_423_881_9 + z * 0.222_221_985_731_138_02)
            + z2 * ((0.181_835_643_303_403_74 + z * 0.153_140_504_318_156_46) + z2 * 0.147_959_510_167_564_56))
}

/// ln(y) + correction for a positive number y, normal or scaled to be.
///
/// With s = f/(2 + f) and f = m - 1, ln m = 2 artanh(s) = 2s + s^3 P(s^2), and 2s = f - f s keeps the exact leading
/// term f (the form goes back to Gal and Bachelis, An accurate elementary mathematical library for the IEEE floating
/// point standard, ACM TOMS 17 (1991)).
#[inline(always)]
fn ln_corrected(y: f64, bias: f64, correction: f64) -> f64 {
    let (e, m) = split(y, bias);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    e * LN2_HIGH + (f - (s * (f - z * artanh_series(z)) - (e * LN2_LOW + correction)))
}

/// The natural logarithm of a positive normal number; the bits of [`ln`], without its special cases.
#[inline(always)]
pub(crate) fn ln_normal(x: f64) -> f64 {
    ln_corrected(x, 1023.0, 0.0)
}

/// The scale that makes a subnormal number normal, and the exponent bias that undoes it; 1 and 1023 if it is normal.
#[inline(always)]
fn normalizing(x: f64) -> (f64, f64) {
    let tiny = x < f64::MIN_POSITIVE;
    (pick(tiny, 18_014_398_509_481_984.0, 1.0), pick(tiny, 1077.0, 1023.0))
}

/// The natural logarithm of x.
///
/// NaN for x < 0 and for NaN, negative infinity for a zero of either sign, infinity for infinity; subnormal arguments
/// are as accurate as others. Error below 0.9 ulp.
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    let (scale, bias) = normalizing(x);
    let general = ln_corrected(x * scale, bias, 0.0);
    let outside = pick(x == 0.0, f64::NEG_INFINITY, f64::NAN);
    pick(x > 0.0, pick(x < f64::INFINITY, general, x), outside)
}

/// ln(1 + x), accurate near 0 as well.
///
/// NaN for x < -1 and for NaN, negative infinity for -1, infinity for infinity, a zero for itself. Error below 1 ulp.
#[inline(always)]
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    // u is 1 + x rounded, and the rounding error d is exact; ln(u + d) = ln(u) + d/u to twice the precision.
    let u = 1.0 + x;
    let d = pick(x > 1.0, 1.0 - (u - x), x - (u - 1.0));
    let general = pick(x == 0.0, x, ln_corrected(u, 1023.0, d / u));
    let outside = pick(x == -1.0, f64::NEG_INFINITY, f64::NAN);
    pick(x > -1.0, pick(x < f64::INFINITY, general, x), outside)
}

// ---------------------------------------------------------------------------------------------------------------------
// Powers

/// ln(a) for a positive number as a sum of two, the first rounded from the whole: error near 2^-64 relative.
///
/// As in [`ln_corrected`], with s to about 80 bits and the cubic term 2/3 s^3 likewise: the remaining terms are below
/// 2^-11 of the whole, so that their rounding is below 2^-63. The fit of those terms contributes less than 2e-20.
#[inline(always)]
fn ln_in_two(a: f64) -> (f64, f64) {
    const TWO_THIRDS: f64 = 2.0 / 3.0;
    /// The upper 26 bits of 2/3, and the rest.
    const TWO_THIRDS_HIGH: f64 = 0.666_666_656_732_559_2;
    const TWO_THIRDS_LOW: f64 = 9.934_107_462_565_104e-9;
    let (scale, bias) = normalizing(a);
    let (e, m) = split(a * scale, bias);
    let f = m - 1.0;
    // s = f / (1 + m): a short upper part, and the remainder of the division by it.
    let den = 1.0 + m;
    let den_high = upper_half(den);
    let den_low = m - (den_high - 1.0);
    let s = f / den;
    let s_high = upper_half(s);
    let s_low = ((f - s_high * den_high) - s_high * den_low) * (0.5 - 0.5 * s);
    // ln m = 2/3 s (3 + s^2 + rest).
    let z_high = s_high * s_high;
    let z_low = s_low * (s_high + s);
    let z = z_high + z_low;
    let z2 = z * z;
    let rest = z2
        * ((0.600_000_000_000_033_7 + z * 0.428_571_428_551_520_86)
            + z2 * ((0.333_333_337_794_586_24 + z * 0.272_726_765_835_272_7)
                + z2 * ((0.230_801_346_432_759_99 + z * 0.198_852_552_992_695_33) + z2 * 0.197_942_468_223_158_09)))
        + z_low;
    let t_high = upper_half(3.0 + (z_high + rest));
    let t_low = rest - ((t_high - 3.0) - z_high);
    // The product s t in two parts, the first short again, then times 2/3.
    let product_high = s_high * t_high;
    let product_low = s_low * t_high + t_low * s;
    let u_high = upper_half(product_high + product_low);
    let u_low = product_low - (u_high - product_high);
    let l_high = u_high * TWO_THIRDS_HIGH;
    let l_low = u_high * TWO_THIRDS_LOW + u_low * TWO_THIRDS + e * LN2_LOW;
    // e ln 2 is either 0 or larger than ln m, so the error of the sum is exact (Dekker's fast two-sum).
    let base = e * LN2_HIGH;
    let sum = base + l_high;
    let low = ((base - sum) + l_high) + l_low;
    let high = sum + low;
    (high, low - (high - sum))
}

/// x to the power y.
///
/// - y = 0 gives 1 and x = 1 gives 1, whatever the other is, NaN included, as IEEE 754 has it.
/// - x < 0 is defined for integer y only (the sign follows the parity of y) and NaN for any other finite y. An infinite
///   y counts as an even integer, as does any |y| >= 2^53.
/// - x = 0: 0 for y > 0, infinity for y < 0; the sign of -0.0 stays where y is an odd integer.
/// - Otherwise NaN if either operand is NaN.
///
/// Error below 1 ulp: an exactly representable result, such as 10^2, is given exactly.
#[inline(always)]
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    let a = x.abs();
    let (log_high, log_low) = ln_in_two(a);
    let log_high = pick(a == 0.0, f64::NEG_INFINITY, pick(a < f64::INFINITY, log_high, a));
    // The product y ln(a) in two parts (Dekker 1971), without a fused multiply-add.
    let high = y * log_high;
    let (y_upper, log_upper) = (upper_half(y), upper_half(log_high));
    let (y_lower, log_lower) = (y - y_upper, log_high - log_upper);
    let low = ((y_upper * log_upper - high) + y_upper * log_lower + y_lower * log_upper)
        + (y_lower * log_lower + y * log_low);
    // Beyond the range of the exponential the low part is of no use and may be NaN.
    let low = pick(high.abs() < 750.0, low, 0.0);
    let magnitude = exp_of_sum(high, low);
    let magnitude = pick((y == 0.0) | (a == 1.0), 1.0, magnitude);
    // Integers below 2^52 survive the addition of 2^52, which brings their parity to the lowest bit.
    let b = y.abs();
    let large = b >= TWO_52;
    let laid = pick(large, b, b + TWO_52);
    let integer = large | (laid - TWO_52 == b);
    let odd = integer & (b < 2.0 * TWO_52) & (laid.to_bits() & 1 == 1);
    let sign = pick(odd, f64::from_bits(x.to_bits() & (1 << 63)), 0.0);
    let signed = f64::from_bits(magnitude.to_bits() | sign.to_bits());
    let power = pick((x < 0.0) & !integer | x.is_nan() | y.is_nan(), f64::NAN, signed);
    pick((y == 0.0) | (x == 1.0), 1.0, power)
}

// ---------------------------------------------------------------------------------------------------------------------
// Compositions

/// The logistic function 1 / (1 + e^-x), accurate in both tails: 0 at negative infinity, 1 at infinity, NaN for NaN.
///
/// Error below 2.5 ulp.
#[inline(always)]
#[must_use]
pub fn logistic(x: f64) -> f64 {
    let e = exp(-x.abs());
    pick(x < 0.0, e, 1.0) / (1.0 + e)
}

/// Whether an event of hazard `l` (an integrated rate, at least 0) happens, by the uniform `u` in (0, 1): 1.0 or 0.0.
///
/// It happens where u < 1 - e^-l. A negative or NaN hazard never happens, an infinite one always does.
#[inline(always)]
#[must_use]
pub fn happens(u: f64, l: f64) -> f64 {
    truth(u < -exp_m1(-l))
}
