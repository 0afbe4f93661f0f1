//! The standard normal distribution: its quantiles, both tails of its distribution function, and Mills' ratio.
//!
//! Quantiles turn the uniforms of noise columns into normals, so they are free of branches: the regions of the
//! approximation share one rational form and differ in selected coefficients. All fits are minimax fits computed for
//! this file with the exchange algorithm of Remez in 60-digit arithmetic.

use super::elementary::{exp_of_sum, horner, ln, ln_normal, pick, polynomial};

/// sqrt(2 pi).
const SQRT_TAU: f64 = 2.506_628_274_631_000_7;
/// Half width of the central region in p: the rational function of the square holds for |p - 1/2| up to here.
const CENTRAL: f64 = 0.425;
/// Square of [`CENTRAL`].
const CENTRAL_SQUARE: f64 = 0.180_625;
/// Where the middle tail ends, as a value of sqrt(-ln p); p = 2^-53 is at 6.061.
const FAR: f64 = 6.095;

/// Coefficients of a rational function of degree 7 over degree 7, constant term first.
type Rational = ([f64; 8], [f64; 8]);

/// z / (p - 1/2) as a function of 0.425^2 - (p - 1/2)^2; relative error of the fit 7.5e-17.
const CENTRAL_FIT: Rational = (
    [
        3.387_132_872_796_366_5,
        133.141_480_989_174_48,
        1_971.584_802_427_807_7,
        13_731.621_948_636_057,
        45_921.593_776_724_73,
        67_265.026_451_740_52,
        33_430.074_023_912_195,
        2_509.031_462_613_903_4,
    ],
    [
        1.0,
        42.313_275_521_418_46,
        687.185_026_592_751_2,
        5_394.170_082_625_67,
        21_213.642_219_521_95,
        39_307.500_486_735_64,
        28_728.696_344_338_296,
        5_226.402_765_311_384,
    ],
);

/// sqrt(2) s - |z| as a function of s - 1.6 with s = sqrt(-ln p), for p in [2^-53, 0.075]; error of the fit 8.9e-17 of z.
const TAIL_FIT: Rational = (
    [
        0.839_304_589_047_268_1,
        1.464_456_135_165_250_7,
        0.988_795_879_607_507_9,
        0.322_748_779_977_650_6,
        0.051_152_277_476_491_53,
        0.003_427_460_784_419_292,
        0.000_068_041_751_904_803_19,
        6.456_164_055_466_954e-8,
    ],
    [
        1.0,
        2.094_580_781_581_958,
        1.764_034_734_848_483,
        0.760_898_054_022_075_3,
        0.176_002_143_370_318_9,
        0.020_671_615_981_377_59,
        0.001_041_995_596_645_182_2,
        0.000_014_972_493_112_077_799,
    ],
);

/// The same as a function of s - 6, for p in [2^-1074, 2^-53]; error of the fit 4.9e-18 of z.
const FAR_FIT: Rational = (
    [
        0.364_686_606_333_546_77,
        0.152_746_734_624_680_7,
        0.023_442_481_802_504_172,
        0.001_633_493_774_041_697,
        0.000_052_159_522_037_273_916,
        6.796_554_489_161_856e-7,
        2.582_716_589_268_783_4e-9,
        4.045_440_151_852_680_4e-13,
    ],
    [
        1.0,
        0.534_151_999_183_439_7,
        0.110_706_815_763_663_6,
        0.011_244_739_092_429_063,
        0.000_583_425_183_923_492,
        0.000_014_700_941_683_705_944,
        1.542_785_746_977_348_3e-7,
        4.558_861_881_339_399_4e-10,
    ],
);

/// Coefficients of `a` where `condition` holds, else of `b`.
#[inline(always)]
fn pick_each(condition: bool, a: [f64; 8], b: [f64; 8]) -> [f64; 8] {
    let at = |i: usize| pick(condition, a[i], b[i]);
    [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
}

/// The quantile from the value of the rational function: q times it in the centre, sqrt(2) s less it in the tails.
///
/// In the tails the rational function is only a part of z, which keeps its rounding errors small against z.
#[inline(always)]
fn assemble(central: bool, q: f64, s: f64, value: f64) -> f64 {
    let tail = std::f64::consts::SQRT_2 * s - value;
    pick(central, q, pick(q < 0.0, -1.0, 1.0)) * pick(central, value, tail)
}

/// The standard normal quantile of a uniform from [`crate::random::uniform`], that is of u in [2^-53, 1 - 2^-53].
///
/// Gives the bits of [`normal_quantile`] there in fewer operations; outside that range the result is meaningless.
#[inline(always)]
#[must_use]
pub fn standard_normal(u: f64) -> f64 {
    let q = u - 0.5;
    let central = q.abs() <= CENTRAL;
    let s = (-ln_normal(pick(q < 0.0, u, 1.0 - u))).sqrt();
    let r = pick(central, CENTRAL_SQUARE - q * q, s - 1.6);
    let numerator = polynomial(r, pick_each(central, CENTRAL_FIT.0, TAIL_FIT.0));
    let denominator = polynomial(r, pick_each(central, CENTRAL_FIT.1, TAIL_FIT.1));
    assemble(central, q, s, numerator / denominator)
}

/// The standard normal quantile: the z below which a standard normal falls with probability `p`.
///
/// Negative infinity at 0, infinity at 1, NaN outside [0, 1]. Relative error below 1e-15, for subnormal p too; the
/// quantile of 1 - p is exactly the negative wherever 1 - p is exact. The division into regions is that of Wichura,
/// Algorithm AS 241, Applied Statistics 37 (1988); the fits are new, and in the tails of the difference to sqrt(-2 ln p).
#[inline(always)]
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    let central = q.abs() <= CENTRAL;
    let tail = pick(q < 0.0, p, 1.0 - p);
    let s = (-ln(tail)).sqrt();
    let far = s > FAR;
    let r = pick(central, CENTRAL_SQUARE - q * q, s - pick(far, 6.0, 1.6));
    let numerator = polynomial(r, pick_each(central, CENTRAL_FIT.0, pick_each(far, FAR_FIT.0, TAIL_FIT.0)));
    let denominator = polynomial(r, pick_each(central, CENTRAL_FIT.1, pick_each(far, FAR_FIT.1, TAIL_FIT.1)));
    let inside = assemble(central, q, s, numerator / denominator);
    pick(tail > 0.0, inside, pick(tail == 0.0, q * f64::INFINITY, f64::NAN))
}

/// Mills' ratio of the standard normal, (1 - cdf(x)) / density(x), for x >= 0, infinity included; NaN for NaN.
///
/// Relative error below 1e-15. The product (x + 4) m(x) is smooth up to infinity, and a polynomial in
/// (x - 4)/(x + 4) fits it with relative error 6.3e-17; the idea is that of Shepherd and Laframboise, Chebyshev
/// approximation of (1 + 2x) exp(x^2) erfc(x) in 0 <= x < infinity, Mathematics of Computation 36 (1981).
#[inline(always)]
#[must_use]
pub fn mills_ratio(x: f64) -> f64 {
    // Bounded, so that infinity gives 1 and not the quotient of two infinities.
    let bounded = pick(x > 1e300, 1e300, x);
    let w = (bounded - 4.0) / (bounded + 4.0);
    let c = [
        1.893_219_063_308_485_3,
        -1.523_770_910_819_985_3,
        0.970_409_554_867_609_7,
        -0.467_540_962_998_172_66,
        0.151_391_762_311_346_38,
        -0.018_900_450_865_896_323,
        -0.008_722_295_252_553_542,
        0.004_087_855_731_486_388_4,
        0.000_334_244_397_148_827_3,
        -0.000_579_269_638_766_366_8,
        -4.781_972_344_519_624e-6,
        8.809_708_229_132_941e-5,
        1.791_604_854_269_435_4e-6,
        -1.484_677_512_541_421e-5,
        -1.567_136_952_632_257_8e-6,
        2.574_674_016_094_376e-6,
        6.642_313_836_504_643e-7,
        -4.070_095_086_211_749_5e-7,
        -1.978_958_261_569_346_6e-7,
        4.922_554_307_604_996e-8,
        4.042_270_083_883_834e-8,
        -3.236_882_975_246_846e-9,
        -4.254_851_534_486e-9,
    ];
    // Even and odd powers apart: nearly Horner's accuracy in half its length.
    let w2 = w * w;
    let even = [c[0], c[2], c[4], c[6], c[8], c[10], c[12], c[14], c[16], c[18], c[20], c[22]];
    let odd = [c[1], c[3], c[5], c[7], c[9], c[11], c[13], c[15], c[17], c[19], c[21]];
    (horner(w2, even) + w * horner(w2, odd)) / (x + 4.0)
}

/// The standard normal density at `x`, without loss in the tails: relative error below 1e-15; NaN for NaN.
#[inline(always)]
#[must_use]
pub fn normal_density(x: f64) -> f64 {
    exp_minus_half_square(x) / SQRT_TAU
}

/// e^(-x^2/2): the square is carried to twice the precision, as its rounding error would be magnified by its size.
#[inline(always)]
fn exp_minus_half_square(x: f64) -> f64 {
    // Beyond 39 the result is 0; the bound keeps the square finite, hence its error too.
    let a = x.abs();
    let a = pick(a > 40.0, 40.0, a);
    let upper = f64::from_bits(a.to_bits() & !0x07ff_ffff);
    let lower = a - upper;
    let square = a * a;
    let error = (upper * upper - square) + 2.0 * (upper * lower) + lower * lower;
    exp_of_sum(-0.5 * square, -0.5 * error)
}

/// The standard normal distribution function: the probability of a value at most `x`.
///
/// 0 at negative infinity, 1 at infinity, NaN for NaN. Relative error below 2e-15 in the lower tail, down to subnormal
/// results (where it is half the least number); for the upper tail use `normal_cdf(-x)`, the probability of more than
/// `x`.
#[inline(always)]
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    let tail = mills_ratio(x.abs()) * exp_minus_half_square(x) / SQRT_TAU;
    pick(x > 0.0, 1.0 - tail, tail)
}
