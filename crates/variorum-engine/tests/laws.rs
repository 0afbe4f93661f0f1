//! Laws of parameters: quantiles, bounds, order, errors, and pinned bits.
#![allow(clippy::unwrap_used)]

use variorum_engine::law::{Bounded, Law, LawError, Sampler, Shape};
use variorum_engine::math::{beta_i, exp, gamma_p, gamma_q, ln, normal_cdf, normal_quantile};
use variorum_engine::random::parameter;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// The i-th of a sequence of uniforms, of which there are many.
fn uniform(i: u32, sequence: u64) -> f64 {
    parameter(0x1a35, u64::from(i), sequence, 0)
}

/// The relative difference.
fn off(value: f64, reference: f64) -> f64 {
    if value == reference { 0.0 } else { ((value - reference) / reference).abs() }
}

fn bounded(law: Law, low: f64, high: f64) -> Bounded {
    Bounded { law, low, high, clip: false }
}

fn free(law: Law) -> Sampler {
    Sampler::new(&bounded(law, -INF, INF)).unwrap()
}

fn truncated(law: Law, low: f64, high: f64) -> Sampler {
    Sampler::new(&bounded(law, low, high)).unwrap()
}

fn clipped(law: Law, low: f64, high: f64) -> Sampler {
    Sampler::new(&Bounded { law, low, high, clip: true }).unwrap()
}

fn error(law: Law, low: f64, high: f64) -> LawError {
    Sampler::new(&bounded(law, low, high)).unwrap_err()
}

fn interval(q05: f64, q95: f64, shape: Shape) -> Law {
    Law::Interval { q05, q95, shape }
}

/// Each law with several bounds, which are given too.
fn samples() -> Vec<(Sampler, f64, f64)> {
    let laws = [
        interval(0.2, 0.6, Shape::Identity),
        interval(0.2, 0.6, Shape::Log),
        interval(0.2, 0.6, Shape::Logit),
        interval(0.15, 0.85, Shape::Identity),
        Law::Uniform { low: 0.05, high: 0.8 },
        Law::Normal { mean: 0.4, sd: 0.3 },
        Law::Normal { mean: -1.0, sd: 0.2 },
        Law::LogNormal { log_mean: -1.0, log_sd: 0.7 },
        Law::Beta { a: 2.0, b: 3.0 },
        Law::Beta { a: 0.3, b: 0.1 },
        Law::Gamma { shape: 2.5, rate: 6.0 },
        Law::Gamma { shape: 0.1, rate: 0.1 },
        Law::Triangular { low: 0.02, mode: 0.3, high: 0.9 },
        Law::Triangular { low: 0.3, mode: 0.3, high: 0.9 },
    ];
    let mut all = Vec::new();
    for law in laws {
        for (low, high) in [(-INF, INF), (0.1, INF), (-INF, 0.9), (0.1, 0.9)] {
            for clip in [false, true] {
                let law = law.clone();
                all.push((Sampler::new(&Bounded { law, low, high, clip }).unwrap(), low, high));
            }
        }
    }
    all.push((free(Law::Point(3.0)), -INF, INF));
    all
}

#[test]
fn intervals_without_bounds_are_closed_forms() {
    let z = normal_quantile(0.95);
    for u in [1e-10, 0.01, 0.05, 0.3, 0.5, 0.95, 0.999] {
        let t = normal_quantile(u) / z;
        assert!((free(interval(-1.0, 5.0, Shape::Identity)).draw(u) - (2.0 + 3.0 * t)).abs() < 1e-13);
        assert!(off(free(interval(2.0, 50.0, Shape::Log)).draw(u), 10.0 * exp(0.5 * ln(25.0) * t)) < 1e-13);
        let odds = 0.5 * exp(0.5 * ln(4.0) * t);
        let law = interval(0.2, 0.5, Shape::Logit);
        assert!(off(free(law.clone()).draw(u), odds / (1.0 + odds)) < 1e-13);
        // The natural bounds of the shape change nothing.
        assert_eq!(truncated(law.clone(), 0.0, 1.0).draw(u), free(law).draw(u));
        assert_eq!(
            truncated(interval(2.0, 50.0, Shape::Log), 0.0, INF).draw(u),
            free(interval(2.0, 50.0, Shape::Log)).draw(u)
        );
    }
}

#[test]
fn intervals_keep_their_quantiles_under_truncation() {
    let mut refused = 0;
    for i in 0..3_000 {
        let (mut q05, mut q95) = (uniform(i, 1), uniform(i, 2));
        if q05 > q95 {
            (q05, q95) = (q95, q05);
        }
        if q95 - q05 < 1e-3 {
            continue;
        }
        let low = [-INF, 0.0, q05 * uniform(i, 3), q05 - 1e-3][i as usize % 4];
        let high = [INF, 1.0, q95 + (1.0 - q95) * uniform(i, 4)][i as usize % 3];
        for shape in [Shape::Identity, Shape::Log, Shape::Logit] {
            match Sampler::new(&bounded(interval(q05, q95, shape), low, high)) {
                Ok(sampler) => {
                    let spread = q95 - q05;
                    assert!((sampler.draw(0.05) - q05).abs() < 1e-9 * spread, "{q05} {q95} {low} {high} {shape:?}");
                    assert!((sampler.draw(0.95) - q95).abs() < 1e-9 * spread, "{q05} {q95} {low} {high} {shape:?}");
                }
                Err(error) => {
                    assert!(
                        matches!(error, LawError::TooWide { .. }) && (low > -INF || high < INF),
                        "{error} {q05} {q95} {low} {high}"
                    );
                    refused += 1;
                }
            }
        }
    }
    assert!((10..3_000).contains(&refused), "{refused}");
}

#[test]
fn the_widest_intervals() {
    // Against one bound the limit is the exponential law: (q95 - low)/(q05 - low) = ln(0.05)/ln(0.95) = 58.404.
    let limit = ln(0.05) / ln(0.95);
    for (shape, map) in [(Shape::Identity, (|x| x) as fn(f64) -> f64), (Shape::Log, exp as fn(f64) -> f64)] {
        for factor in [0.5, 0.99, 0.999_999, 1.0 - 1e-9] {
            let (q05, q95) = (map(0.01), map(0.01 * limit * factor));
            let sampler = truncated(interval(q05, q95, shape), map(0.0), INF);
            assert!((sampler.draw(0.05) - q05).abs() < 1e-9 * (q95 - q05));
            assert!((sampler.draw(0.95) - q95).abs() < 1e-9 * (q95 - q05));
        }
        let (q05, q95) = (map(0.01), map(0.01 * limit * 1.000_001));
        let expected = LawError::TooWide { q05, q95, low: map(0.0), high: INF };
        assert_eq!(error(interval(q05, q95, shape), map(0.0), INF), expected);
    }
    // Mirrored.
    assert!(matches!(error(interval(-0.59, -0.01, Shape::Identity), -INF, 0.0), LawError::TooWide { .. }));
    truncated(interval(-0.58, -0.01, Shape::Identity), -INF, 0.0);
    // Between two bounds the uniform law is such a limit.
    let sampler = truncated(interval(0.05, 0.95, Shape::Identity), 0.0, 1.0);
    for u in [1e-6, 0.05, 0.3, 0.5, 0.95, 0.999] {
        assert!((sampler.draw(u) - u).abs() < 1e-9);
    }
    assert!(matches!(error(interval(0.049, 0.95, Shape::Identity), 0.0, 1.0), LawError::TooWide { .. }));
    truncated(interval(0.051, 0.95, Shape::Identity), 0.0, 1.0);
}

#[test]
fn draws_increase_and_stay_within_bounds() {
    for (sampler, low, high) in samples() {
        let mut last = -INF;
        let ends = (sampler.draw(0.0), sampler.draw(1.0));
        assert!(ends.0 >= low && ends.1 <= high && ends.0 <= ends.1);
        for i in 1..4_000u32 {
            let x = sampler.draw(f64::from(i) / 4_000.0);
            assert!(x >= last && x >= low && x <= high, "{sampler:?} at {i}: {x} after {last}");
            last = x;
        }
        for i in 0..500 {
            let u = uniform(i, 5);
            for u in [u * u * u * u * u * u, 1.0 - u * 1e-13, f64::EPSILON / 2.0, 1.0 - f64::EPSILON / 2.0] {
                let x = sampler.draw(u);
                assert!(x.is_finite() && x >= low && x <= high, "{sampler:?} at {u}: {x}");
            }
        }
    }
}

#[test]
fn truncation_is_inversion_on_the_range() {
    let (low, high) = (0.1, 0.9);
    let laws: [(Law, &dyn Fn(f64) -> f64); 5] = [
        (Law::Normal { mean: 0.4, sd: 0.3 }, &|x| normal_cdf((x - 0.4) / 0.3)),
        (Law::LogNormal { log_mean: -1.0, log_sd: 0.7 }, &|x| normal_cdf((ln(x) + 1.0) / 0.7)),
        (Law::Beta { a: 2.0, b: 3.0 }, &|x| beta_i(2.0, 3.0, x)),
        (Law::Gamma { shape: 2.5, rate: 6.0 }, &|x| gamma_p(2.5, 6.0 * x)),
        (Law::Triangular { low: 0.0, mode: 0.0, high: 2.0 }, &|x| 1.0 - (1.0 - 0.5 * x) * (1.0 - 0.5 * x)),
    ];
    for (law, cdf) in laws {
        let sampler = truncated(law.clone(), low, high);
        for i in 0..1_000 {
            let u = uniform(i, 6);
            let found = (cdf(sampler.draw(u)) - cdf(low)) / (cdf(high) - cdf(low));
            assert!((found - u).abs() < 1e-12, "{law:?} {u} {found}");
        }
    }
    let sampler = truncated(Law::Uniform { low: 0.0, high: 4.0 }, 1.0, 9.0);
    assert_eq!((sampler.draw(0.0), sampler.draw(0.5), sampler.draw(1.0)), (1.0, 2.5, 4.0));
}

#[test]
fn truncation_to_far_tails_keeps_its_digits() {
    // Probabilities above the bound near 1e-60: relative precision needs the upper tail.
    let normal = truncated(Law::Normal { mean: 0.0, sd: 1.0 }, 16.0, INF);
    let gamma = truncated(Law::Gamma { shape: 3.0, rate: 1.0 }, 150.0, INF);
    for u in [1e-9, 0.1, 0.5, 0.9, 0.999_999] {
        assert!(off(normal_cdf(-normal.draw(u)), (1.0 - u) * normal_cdf(-16.0)) < 1e-12);
        assert!(off(gamma_q(3.0, gamma.draw(u)), (1.0 - u) * gamma_q(3.0, 150.0)) < 1e-12);
    }
}

#[test]
fn clipping_piles_up_at_the_bounds() {
    let sampler = clipped(Law::Normal { mean: 0.0, sd: 1.0 }, -1.0, 2.0);
    assert_eq!(sampler.draw(0.1), -1.0);
    assert_eq!(sampler.draw(0.5), 0.0);
    assert_eq!(sampler.draw(0.99), 2.0);
    // The ends of an interval are within the bounds, so they stay its quantiles; nothing is too wide.
    let sampler = clipped(interval(0.001, 0.9, Shape::Identity), 0.0, 1.0);
    assert!((sampler.draw(0.05) - 0.001).abs() < 1e-12 && (sampler.draw(0.95) - 0.9).abs() < 1e-12);
    assert_eq!((sampler.draw(0.001), sampler.draw(0.999)), (0.0, 1.0));
    assert_eq!(clipped(Law::Point(7.0), 0.0, 1.0).draw(0.5), 1.0);
    assert_eq!(clipped(Law::Uniform { low: 3.0, high: 4.0 }, 0.0, 1.0).draw(0.5), 1.0);
}

#[test]
fn closed_forms() {
    for u in [1e-12, 0.1, 0.25, 0.5, 0.77, 0.999] {
        let v = 1.0 - u;
        assert!(off(free(Law::Gamma { shape: 1.0, rate: 4.0 }).draw(u), -libm::log1p(-u) / 4.0) < 1e-14);
        assert!(off(free(Law::Beta { a: 1.0, b: 2.0 }).draw(u), u / (1.0 + v.sqrt())) < 1e-14);
        let triangle = free(Law::Triangular { low: 1.0, mode: 2.0, high: 5.0 });
        let expected = if u <= 0.25 { 1.0 + (4.0 * u).sqrt() } else { 5.0 - (12.0 * v).sqrt() };
        assert!(off(triangle.draw(u), expected) < 1e-14);
        assert_eq!(triangle.quantile(u), triangle.draw(u));
        assert_eq!(free(Law::Point(-2.5)).draw(u), -2.5);
    }
}

#[test]
fn means() {
    let z = normal_quantile(0.95);
    for (sampler, mean, tolerance) in [
        (free(Law::Point(3.0)), 3.0, 1e-15),
        (free(interval(1.0, 5.0, Shape::Identity)), 3.0, 1e-12),
        (free(Law::Uniform { low: 1.0, high: 4.0 }), 2.5, 1e-12),
        (free(Law::Normal { mean: 1e6, sd: 2.0 }), 1e6, 1e-15),
        (free(Law::LogNormal { log_mean: 0.0, log_sd: 1.0 }), exp(0.5), 1e-9),
        (free(interval(exp(-z), exp(z), Shape::Log)), exp(0.5), 1e-9),
        (free(Law::Beta { a: 2.0, b: 3.0 }), 0.4, 1e-9),
        (free(Law::Gamma { shape: 2.5, rate: 5.0 }), 0.5, 1e-9),
        (free(Law::Triangular { low: 0.0, mode: 1.0, high: 2.0 }), 1.0, 1e-12),
        (free(Law::Triangular { low: 0.0, mode: 0.5, high: 2.5 }), 1.0, 1e-4),
        // A half normal, and its clipped counterpart.
        (truncated(Law::Normal { mean: 0.0, sd: 1.0 }, 0.0, INF), 0.797_884_560_802_865_4, 1e-9),
        (clipped(Law::Normal { mean: 0.0, sd: 1.0 }, 0.0, INF), 0.398_942_280_401_432_7, 1e-3),
    ] {
        assert!(off(sampler.mean(), mean) < tolerance, "{sampler:?} {} {mean}", sampler.mean());
    }
}

#[test]
fn errors_carry_their_numbers() {
    use LawError::{ModeOutside, NoMass, NotPositive, OutsideBounds, OutsideDomain, Overflow, Reversed, ShapeRange};
    let (low, high) = (0.0, 1.0);
    let normal = Law::Normal { mean: 0.0, sd: 1.0 };
    assert_eq!(error(normal.clone(), 1.0, 1.0), Reversed { low: 1.0, high: 1.0 });
    assert_eq!(error(normal.clone(), 2.0, 1.0), Reversed { low: 2.0, high: 1.0 });
    assert!(matches!(error(normal.clone(), NAN, 1.0), LawError::NotFinite(x) if x.is_nan()));
    assert!(matches!(error(Law::Point(NAN), low, high), LawError::NotFinite(x) if x.is_nan()));
    assert_eq!(error(Law::Point(INF), low, high), LawError::NotFinite(INF));
    assert_eq!(error(Law::Point(2.0), low, high), OutsideBounds { end: 2.0, low, high });
    assert_eq!(truncated(Law::Point(1.0), low, high).draw(0.5), 1.0);
    assert_eq!(error(interval(0.5, 0.5, Shape::Log), low, high), Reversed { low: 0.5, high: 0.5 });
    assert_eq!(error(interval(0.5, INF, Shape::Log), low, INF), LawError::NotFinite(INF));
    assert_eq!(error(interval(0.0, 0.5, Shape::Identity), low, high), OutsideBounds { end: 0.0, low, high });
    assert_eq!(error(interval(0.5, 1.0, Shape::Identity), low, high), OutsideBounds { end: 1.0, low, high });
    assert_eq!(error(interval(0.0, 0.5, Shape::Log), -INF, INF), OutsideDomain { shape: Shape::Log, end: 0.0 });
    assert_eq!(error(interval(0.5, 1.0, Shape::Logit), -INF, INF), OutsideDomain { shape: Shape::Logit, end: 1.0 });
    let not_positive = |law, name, value| assert_eq!(error(law, -INF, INF), NotPositive { name, value });
    not_positive(Law::Normal { mean: 0.0, sd: 0.0 }, "sd", 0.0);
    not_positive(Law::LogNormal { log_mean: 0.0, log_sd: -1.0 }, "log_sd", -1.0);
    not_positive(Law::Beta { a: 0.0, b: 1.0 }, "a", 0.0);
    not_positive(Law::Beta { a: 1.0, b: -2.0 }, "b", -2.0);
    not_positive(Law::Gamma { shape: 0.0, rate: 1.0 }, "shape", 0.0);
    not_positive(Law::Gamma { shape: 1.0, rate: 0.0 }, "rate", 0.0);
    let shape_range = |law, name, value| assert_eq!(error(law, -INF, INF), ShapeRange { name, value });
    shape_range(Law::Gamma { shape: 1e-4, rate: 1.0 }, "shape", 1e-4);
    shape_range(Law::Beta { a: 1e10, b: 1.0 }, "a", 1e10);
    shape_range(Law::Beta { a: 1.0, b: 1e10 }, "b", 1e10);
    assert_eq!(error(Law::Uniform { low: 3.0, high: 3.0 }, -INF, INF), Reversed { low: 3.0, high: 3.0 });
    let triangle = |low, mode, high| Law::Triangular { low, mode, high };
    assert_eq!(error(triangle(0.0, 2.0, 1.0), -INF, INF), ModeOutside { low: 0.0, mode: 2.0, high: 1.0 });
    assert_eq!(error(triangle(1.0, 1.0, 1.0), -INF, INF), Reversed { low: 1.0, high: 1.0 });
    for law in [
        Law::Uniform { low: 3.0, high: 4.0 },
        Law::Normal { mean: 50.0, sd: 1.0 },
        Law::Normal { mean: -50.0, sd: 1.0 },
        Law::LogNormal { log_mean: 50.0, log_sd: 1.0 },
        Law::Gamma { shape: 1e7, rate: 1.0 },
        triangle(1.0, 2.0, 3.0),
        triangle(-3.0, -2.0, 0.0),
    ] {
        assert_eq!(error(law.clone(), low, high), NoMass { low, high }, "{law:?}");
    }
    assert_eq!(error(Law::Beta { a: 2.0, b: 2.0 }, 1.0, 2.0), NoMass { low: 1.0, high: 2.0 });
    assert_eq!(error(Law::LogNormal { log_mean: 0.0, log_sd: 1.0 }, -2.0, 0.0), NoMass { low: -2.0, high: 0.0 });
    assert_eq!(error(Law::LogNormal { log_mean: 700.0, log_sd: 2.0 }, -INF, INF), Overflow);
    assert_eq!(error(Law::Normal { mean: f64::MAX, sd: 1e308 }, -INF, INF), Overflow);
    truncated(Law::LogNormal { log_mean: 700.0, log_sd: 2.0 }, -INF, 1e308);
    for error in [
        error(normal.clone(), 2.0, 1.0),
        error(interval(0.01, 0.99, Shape::Identity), low, high),
        error(triangle(0.0, 2.0, 1.0), -INF, INF),
    ] {
        assert!(!error.to_string().is_empty());
    }
}

/// Order-dependent hash (FNV-1a over 64-bit words) of results.
fn hash(values: impl Iterator<Item = f64>) -> u64 {
    values.fold(0xcbf2_9ce4_8422_2325, |state, value| (state ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01b3))
}

#[test]
fn bits_are_pinned() {
    let hashes = [hash(
        samples().iter().flat_map(|(sampler, ..)| (0..50).map(|i| sampler.draw(uniform(i, 7))).collect::<Vec<_>>()),
    )];
    let pinned = [0x2bd7_c0d2_c114_35d1];
    assert_eq!(hashes, pinned, "{hashes:#x?}");
}

#[test]
fn one_of_some_numbers() {
    // Seen to fail with `>=` in place of `>` where the cumulated probability is looked up.
    let pairs = vec![(-2.0, 0.25), (0.0, 0.5), (7.0, 0.25)];
    let sampler = truncated(Law::OneOf(pairs.clone()), -2.0, 7.0);
    for (u, value) in [(0.0, -2.0), (0.24, -2.0), (0.25, 0.0), (0.74, 0.0), (0.75, 7.0), (1.0, 7.0)] {
        assert_eq!(sampler.draw(u), value, "{u}");
    }
    assert_eq!(free(Law::OneOf(vec![(0.0, 0.3), (1.0, 0.7 - 5e-10)])).draw(1.0 - f64::EPSILON / 2.0), 1.0);
    assert_eq!(clipped(Law::OneOf(pairs.clone()), -1.0, 5.0).draw(0.1), -1.0);
    assert_eq!(
        error(Law::OneOf(pairs.clone()), -1.0, INF),
        LawError::OutsideBounds { end: -2.0, low: -1.0, high: INF }
    );
    assert_eq!(error(Law::OneOf(pairs), -INF, 5.0), LawError::OutsideBounds { end: 7.0, low: -INF, high: 5.0 });
    let refused = |pairs: &[(f64, f64)]| error(Law::OneOf(pairs.to_vec()), -INF, INF);
    assert_eq!(refused(&[]), LawError::NoPoints);
    assert_eq!(refused(&[(1.0, 0.5), (1.0, 0.5)]), LawError::Reversed { low: 1.0, high: 1.0 });
    assert_eq!(refused(&[(1.0, 1.0), (2.0, 0.0)]), LawError::NotPositive { name: "probability", value: 0.0 });
    assert_eq!(refused(&[(1.0, 0.5), (2.0, 0.25)]), LawError::NotWhole { sum: 0.75 });
    assert_eq!(refused(&[(1.0, 0.5), (INF, 0.5)]), LawError::NotFinite(INF));
    assert!(matches!(refused(&[(1.0, 0.5), (2.0, NAN)]), LawError::NotFinite(x) if x.is_nan()));
}

#[test]
fn tables_of_quantiles() {
    // Seen to fail with the width of a piece left out.
    let points = vec![(0.0, 0.01), (0.05, 0.03), (0.25, 0.1), (0.5, 0.1), (0.95, 0.4), (1.0, 0.5)];
    let sampler = truncated(Law::Table(points.clone()), 0.0, 1.0);
    for (probability, value) in &points {
        assert_eq!(sampler.draw(*probability), *value);
    }
    assert_eq!(sampler.draw(0.15), 0.03 + (0.15 - 0.05) / (0.25 - 0.05) * (0.1 - 0.03));
    assert_eq!(sampler.draw(0.3), 0.1);
    assert_eq!(sampler.draw(0.725), 0.1 + (0.725 - 0.5) / (0.95 - 0.5) * (0.4 - 0.1));
    assert_eq!(error(Law::Table(points), 0.0, 0.4), LawError::OutsideBounds { end: 0.5, low: 0.0, high: 0.4 });
    let refused = |points: &[(f64, f64)]| error(Law::Table(points.to_vec()), -INF, INF);
    for points in [&[][..], &[(0.0, 1.0)], &[(0.0, 1.0), (0.9, 2.0)], &[(0.1, 1.0), (1.0, 2.0)]] {
        assert_eq!(refused(points), LawError::NoPoints);
    }
    assert_eq!(refused(&[(0.0, 1.0), (1.0, 0.5)]), LawError::Reversed { low: 1.0, high: 0.5 });
    assert_eq!(refused(&[(0.0, 1.0), (0.5, 1.0), (0.5, 2.0), (1.0, 2.0)]), LawError::Reversed { low: 0.5, high: 0.5 });
    assert_eq!(refused(&[(0.0, -INF), (1.0, 0.5)]), LawError::NotFinite(-INF));
}
