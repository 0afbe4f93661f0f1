//! Elementary functions: special values, accuracy against a second implementation and known values, and pinned bits.
#![allow(clippy::unwrap_used)]

use variorum_engine::math::{and, exp, exp_m1, happens, ln, ln_1p, logistic, max, min, not, or, pow, select, truth};
use variorum_engine::random::parameter;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// The i-th of a sequence of uniforms, of which there are many.
fn uniform(i: u32, sequence: u64) -> f64 {
    parameter(0x7e57, u64::from(i), sequence, 0)
}

/// The distance of two numbers in units of the last place of the second.
fn ulps(value: f64, reference: f64) -> f64 {
    if value == reference {
        return 0.0;
    }
    let ulp = f64::from_bits(reference.abs().to_bits() + 1) - reference.abs();
    (value - reference).abs() / ulp
}

/// A number of any magnitude, positive and finite, subnormal ones included.
fn any_positive(u: f64) -> f64 {
    f64::from_bits((u * 9_218_868_437_227_405_312.0) as u64)
}

#[test]
fn exponential_special_values() {
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp(-0.0), 1.0);
    assert!(ulps(exp(1.0), std::f64::consts::E) <= 1.0);
    assert_eq!(exp(INF), INF);
    assert_eq!(exp(-INF), 0.0);
    assert!(exp(NAN).is_nan());
    assert!(exp(709.782_712_893_383_9) < INF);
    assert_eq!(exp(709.782_712_893_384_1), INF);
    assert_eq!(exp(-745.133_219_101_941_1), 5e-324);
    assert_eq!(exp(-745.133_219_101_941_3), 0.0);
    assert_eq!(exp_m1(0.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(exp_m1(-0.0).to_bits(), (-0.0f64).to_bits());
    assert_eq!(exp_m1(5e-324), 5e-324);
    assert_eq!(exp_m1(-1e-310), -1e-310);
    assert_eq!(exp_m1(INF), INF);
    assert_eq!(exp_m1(-INF), -1.0);
    assert!(exp_m1(709.7) < INF);
    assert_eq!(exp_m1(709.8), INF);
    assert!(exp_m1(NAN).is_nan());
}

#[test]
fn logarithm_special_values() {
    assert_eq!(ln(1.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(ln(std::f64::consts::E), 1.0);
    assert_eq!(ln(0.0), -INF);
    assert_eq!(ln(-0.0), -INF);
    assert_eq!(ln(INF), INF);
    assert!(ln(-1.0).is_nan() && ln(-5e-324).is_nan() && ln(-INF).is_nan() && ln(NAN).is_nan());
    assert_eq!(ln(5e-324), -744.440_071_921_381_2);
    assert_eq!(ln(f64::MIN_POSITIVE), -708.396_418_532_264_1);
    assert_eq!(ln(f64::MAX), 709.782_712_893_384);
    assert_eq!(ln_1p(0.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(ln_1p(-0.0).to_bits(), (-0.0f64).to_bits());
    assert_eq!(ln_1p(1e-320), 1e-320);
    assert_eq!(ln_1p(-1.0), -INF);
    assert_eq!(ln_1p(INF), INF);
    assert!(ln_1p(-1.000_000_1).is_nan() && ln_1p(-INF).is_nan() && ln_1p(NAN).is_nan());
    assert_eq!(ln_1p(f64::MAX), 709.782_712_893_384);
}

#[test]
fn accuracy_against_a_second_implementation() {
    // The second implementation is itself right to within one unit.
    for i in 0..200_000 {
        let (u, v) = (uniform(i, 1), uniform(i, 2));
        for x in [1_500.0 * (u - 0.5), 20.0 * (u - 0.5), u - 0.5] {
            if x > -745.0 && x < 709.7 {
                assert!(ulps(exp(x), libm::exp(x)) <= 1.0, "exp {x}");
            }
        }
        for x in [1_400.0 * (u - 0.5), 4.0 * (u - 0.5), (u - 0.5) * v * 1e-3] {
            assert!(ulps(exp_m1(x), libm::expm1(x)) <= 2.0, "exp_m1 {x}");
        }
        for x in [any_positive(u), 4.0 * u, 1.0 + 0.01 * (u - 0.5)] {
            assert!(ulps(ln(x), libm::log(x)) <= 1.0, "ln {x}");
        }
        for x in [any_positive(u), 2.0 * u - 1.0, 1e-3 * v * (u - 0.5), 50.0 * u] {
            assert!(ulps(ln_1p(x), libm::log1p(x)) <= 1.0, "ln_1p {x}");
        }
        let (x, y) = (any_positive(0.3 + 0.4 * u), 100.0 * (v - 0.5));
        for (x, y) in [(x, y / 20.0), (4.0 * u, y), (1.0 + 1e-6 * (u - 0.5), 1e7 * y)] {
            let reference = libm::pow(x, y);
            if reference > 1e-300 && reference < 1e300 {
                assert!(ulps(pow(x, y), reference) <= 1.0, "pow {x} {y}");
            }
        }
    }
}

#[test]
fn power_special_values() {
    for y in [0.0, -0.0] {
        for x in [0.0, -0.0, 1.0, -3.5, INF, -INF, 5e-324] {
            assert_eq!(pow(x, y), 1.0, "{x}^{y}");
        }
    }
    for y in [1.5, -7.0, INF, -INF, 1e300] {
        assert_eq!(pow(1.0, y), 1.0);
    }
    assert_eq!((pow(NAN, 0.0), pow(NAN, -0.0), pow(1.0, NAN)), (1.0, 1.0, 1.0));
    assert!(pow(NAN, 1.0).is_nan() && pow(2.0, NAN).is_nan() && pow(-1.0, NAN).is_nan() && pow(0.0, NAN).is_nan());
    // Negative bases: integer powers only.
    assert_eq!(pow(-2.0, 3.0), -8.0);
    assert_eq!(pow(-2.0, 4.0), 16.0);
    assert_eq!(pow(-2.0, -3.0), -0.125);
    assert!(pow(-2.0, 0.5).is_nan() && pow(-1.0, 0.1).is_nan() && pow(-INF, 0.5).is_nan());
    assert_eq!(pow(-1.0, INF), 1.0);
    assert_eq!(pow(-1.0, 4_503_599_627_370_497.0), -1.0);
    assert_eq!(pow(-1.0, 9_007_199_254_740_991.0), -1.0);
    assert_eq!(pow(-1.0, 9_007_199_254_740_992.0), 1.0);
    assert!(pow(-1.0, 4_503_599_627_370_495.5).is_nan());
    // Zeros and infinities.
    assert_eq!(pow(0.0, 2.5), 0.0);
    assert_eq!(pow(0.0, -2.5), INF);
    assert_eq!(pow(-0.0, 3.0).to_bits(), (-0.0f64).to_bits());
    assert_eq!(pow(-0.0, 2.0).to_bits(), 0.0f64.to_bits());
    assert_eq!(pow(-0.0, -3.0), -INF);
    assert_eq!(pow(-0.0, 0.5).to_bits(), 0.0f64.to_bits());
    assert_eq!(pow(INF, 0.1), INF);
    assert_eq!(pow(INF, -0.1), 0.0);
    assert_eq!(pow(-INF, 3.0), -INF);
    assert_eq!(pow(-INF, -3.0).to_bits(), (-0.0f64).to_bits());
    for (x, y, expected) in [(0.5, INF, 0.0), (0.5, -INF, INF), (2.0, INF, INF), (2.0, -INF, 0.0), (0.0, INF, 0.0)] {
        assert_eq!(pow(x, y), expected);
    }
    assert_eq!(pow(2.0, 1024.0), INF);
    assert_eq!(pow(2.0, -1074.0), 5e-324);
    assert_eq!(pow(2.0, -1080.0), 0.0);
}

#[test]
fn powers_that_are_exact() {
    for base in 2..=30u64 {
        let mut exact = 1u64;
        let mut exponent = 0.0;
        while exact < 1 << 53 {
            assert_eq!(pow(base as f64, exponent), exact as f64);
            exact *= base;
            exponent += 1.0;
        }
    }
    for i in 1..2_000u32 {
        let x = f64::from(i) / 8.0;
        assert_eq!(pow(x, 1.0), x);
        assert_eq!(pow(x * x, 0.5), x);
        assert_eq!(pow(2.0, f64::from(i) - 1_000.0), f64::from_bits((u64::from(i) + 23) << 52));
    }
}

#[test]
fn powers_known_to_forty_digits() {
    for (x, y, value) in [
        (1.1, 7_000.0, 5.607_846_372_419_733e289),
        (0.999_999_9, 5e9, 7.124_400_169_530_441e-218),
        (2.5, -0.75, 0.502_973_371_873_174_1),
        (1e-300, 0.99, 1.000_000_000_000_006_2e-297),
        (3.0, -600.25, 4.054_775_881_035_302e-287),
        (1.000_000_000_000_000_2, 1e18, 2.708_611_108_976_671_7e96),
    ] {
        assert!(ulps(pow(x, y), value) <= 1.0, "{x}^{y} = {}", pow(x, y));
    }
}

#[test]
fn extremes() {
    for (a, b) in [(1.0, 2.0), (2.0, 1.0), (-INF, 3.0), (INF, 3.0), (-1.5, -1.5)] {
        let (less, more) = if a < b { (a, b) } else { (b, a) };
        assert_eq!((min(a, b), max(a, b)), (less, more));
    }
    for (a, b) in [(NAN, 1.0), (1.0, NAN), (NAN, NAN), (NAN, INF), (-INF, NAN), (NAN, 0.0), (-0.0, NAN)] {
        assert!(min(a, b).is_nan() && max(a, b).is_nan());
    }
    for (a, b) in [(0.0, -0.0), (-0.0, 0.0)] {
        assert_eq!(min(a, b).to_bits(), (-0.0f64).to_bits());
        assert_eq!(max(a, b).to_bits(), 0.0f64.to_bits());
    }
    assert_eq!(max(-0.0, -0.0).to_bits(), (-0.0f64).to_bits());
    assert_eq!(min(0.0, 0.0).to_bits(), 0.0f64.to_bits());
}

#[test]
fn truth_values() {
    assert_eq!((truth(true), truth(false)), (1.0, 0.0));
    assert_eq!(select(1.0, 2.0, NAN), 2.0);
    assert_eq!(select(0.0, NAN, 3.0), 3.0);
    assert_eq!(select(1.0, -0.0, 1.0).to_bits(), (-0.0f64).to_bits());
    for (a, b) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
        assert_eq!(and(a, b), a * b);
        assert_eq!(or(a, b), max(a, b));
        assert_eq!(not(a), 1.0 - a);
    }
}

#[test]
fn logistic_values() {
    assert_eq!(logistic(0.0), 0.5);
    assert_eq!(logistic(INF), 1.0);
    assert_eq!(logistic(-INF), 0.0);
    assert!(logistic(NAN).is_nan());
    // In the far lower tail it is the exponential, down to subnormal values.
    for x in [-40.0, -700.0, -730.0, -744.0] {
        assert_eq!(logistic(x), exp(x));
    }
    for i in 0..100_000 {
        let x = 80.0 * (uniform(i, 3) - 0.5);
        let reference = if x < 0.0 { libm::exp(x) / (1.0 + libm::exp(x)) } else { 1.0 / (1.0 + libm::exp(-x)) };
        assert!(ulps(logistic(x), reference) <= 3.5, "{x}");
    }
}

#[test]
fn events() {
    assert_eq!(happens(0.5, 0.0), 0.0);
    assert_eq!(happens(1e-16, -0.0), 0.0);
    assert_eq!(happens(1e-16, -1.0), 0.0);
    assert_eq!(happens(1e-16, -INF), 0.0);
    assert_eq!(happens(1e-16, NAN), 0.0);
    assert_eq!(happens(1.0 - f64::EPSILON / 2.0, INF), 1.0);
    assert_eq!(happens(1.0 - f64::EPSILON / 2.0, 50.0), 1.0);
    // Small hazards keep their digits: 1 - e^-l is l to first order.
    assert_eq!(happens(0.999_999e-14, 1e-14), 1.0);
    assert_eq!(happens(1.000_001e-14, 1e-14), 0.0);
    assert_eq!(happens(0.393_469_340_287_366_5, 0.5), 1.0);
    assert_eq!(happens(0.393_469_340_287_366_7, 0.5), 0.0);
}

/// Order-dependent hash (FNV-1a over 64-bit words) of results; all NaNs count as one.
fn hash(values: impl Iterator<Item = f64>) -> u64 {
    values.fold(0xcbf2_9ce4_8422_2325, |state, value| {
        let bits = if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() };
        (state ^ bits).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Arguments of every kind: special, of any magnitude and either sign, and of middle size.
fn arguments() -> Vec<f64> {
    let mut all = vec![0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 5e-324, -5e-324, f64::MAX, f64::MIN, f64::MIN_POSITIVE];
    for i in 0..4_000 {
        let (u, v) = (uniform(i, 4), uniform(i, 5));
        all.extend([u, any_positive(u), -any_positive(v), 20.0 * (u - 0.5), 1_600.0 * (v - 0.5), 1e-3 * (u - v)]);
    }
    all
}

#[test]
fn bits_are_pinned() {
    let x = arguments();
    let pairs = || x.iter().zip(x.iter().skip(1)).map(|(&a, &b)| (a, b));
    let hashes = [
        hash(x.iter().map(|&x| exp(x))),
        hash(x.iter().map(|&x| ln(x))),
        hash(x.iter().map(|&x| exp_m1(x))),
        hash(x.iter().map(|&x| ln_1p(x))),
        hash(x.iter().map(|&x| logistic(x))),
        hash(pairs().map(|(a, b)| pow(a, b))),
        hash(pairs().map(|(a, b)| pow(a.abs(), 0.01 * b))),
        hash(pairs().map(|(a, b)| min(a, b) - max(b, a))),
        hash(pairs().map(|(a, b)| happens(a, b))),
    ];
    let pinned = [
        0x6455_0357_6920_f2bb,
        0x91c0_71db_93f2_d0fe,
        0xef03_9933_f6d1_3177,
        0xbad9_b43f_f925_50ce,
        0x3426_9f16_ff8b_42f1,
        0x6d04_ef23_4640_46f9,
        0xe58a_dcdc_8320_0013,
        0xe216_728b_670e_6c6a,
        0x8235_9b25_4ea5_fd97,
    ];
    assert_eq!(hashes, pinned, "{hashes:#x?}");
}
