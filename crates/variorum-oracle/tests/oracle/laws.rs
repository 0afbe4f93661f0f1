//! Laws of parameters against values computed to many digits.

use variorum_model::program::{Law, Param, Shape};
use variorum_oracle::Oracle;
use variorum_oracle::law::Distribution;

use crate::build::*;

fn within(law: Law, low: Option<f64>, high: Option<f64>) -> Param {
    Param { low, high, ..param(law) }
}

fn value(param: &Param, u: f64) -> f64 {
    Distribution::new(param).unwrap().value(u)
}

#[track_caller]
fn is(param: &Param, u: f64, known: f64) {
    close(value(param, u), known, 2e-13 * libm::fabs(known));
}

const LOW: Option<f64> = Some(0.0);

#[test]
fn known_quantiles() {
    let normal = param(Law::Normal { mean: 2.0, sd: 3.0 });
    is(&normal, 0.5, 2.0);
    is(&normal, 0.975, 2.0 + 3.0 * 1.959_963_984_540_053_9);
    is(&param(Law::LogNormal { log_mean: 1.0, log_sd: 0.5 }), 0.9, 5.159_170_355_622_592);
    is(&param(Law::Beta { a: 2.5, b: 38.5 }), 0.25, 0.033_503_944_833_414_72);
    is(&param(Law::Beta { a: 0.5, b: 70.5 }), 0.01, 1.118_055_340_628_657_3e-6);
    is(&param(Law::Gamma { shape: 2.5, rate: 71.0 }), 0.95, 0.077_961_251_362_791_23);
    is(&param(Law::Gamma { shape: 0.5, rate: 10.0 }), 0.05, 0.000_196_607_000_000_976_14);
    is(&param(Law::Uniform { low: -1.0, high: 3.0 }), 0.25, 0.0);
    let triangular = param(Law::Triangular { low: 0.0, mode: 1.0, high: 4.0 });
    is(&triangular, 0.16, 0.8);
    is(&triangular, 0.25, 1.0);
    is(&triangular, 0.75, 4.0 - libm::sqrt(3.0));
}

#[test]
fn truncation() {
    is(&within(Law::Normal { mean: 2.0, sd: 3.0 }, LOW, None), 0.3, 1.825_024_240_246_429_2);
    is(&within(Law::Normal { mean: 0.0, sd: 1.0 }, Some(6.0), Some(7.0)), 0.5, 6.111_358_215_508_885);
    is(&within(Law::Normal { mean: 0.0, sd: 1.0 }, Some(-7.0), Some(-6.0)), 0.5, -6.111_358_215_508_885);
    is(&within(Law::Gamma { shape: 2.0, rate: 3.0 }, Some(1.0), Some(2.0)), 0.6, 1.340_248_625_279_531);
    is(&within(Law::Uniform { low: 0.0, high: 10.0 }, Some(6.0), Some(8.0)), 0.25, 6.5);
    is(&within(Law::Triangular { low: 0.0, mode: 0.0, high: 1.0 }, Some(0.5), None), 0.75, 0.75);
    is(&within(Law::Triangular { low: 0.0, mode: 1.0, high: 1.0 }, None, Some(0.5)), 0.25, 0.25);
}

#[test]
fn clipping_piles_up_at_the_bounds() {
    let clipped = Param { clip: true, ..within(Law::Normal { mean: 2.0, sd: 3.0 }, LOW, Some(4.0)) };
    assert_eq!(value(&clipped, 0.1), 0.0);
    assert_eq!(value(&clipped, 0.5), 2.0);
    assert_eq!(value(&clipped, 0.9), 4.0);
}

#[test]
fn a_point_ignores_its_bounds() {
    assert_eq!(value(&within(Law::Point(9.0), LOW, Some(4.0)), 0.3), 9.0);
}

#[test]
fn intervals_between_far_bounds() {
    let years = param(Law::Interval { q05: 10.0, q95: 20.0, shape: Shape::Log });
    is(&years, 0.5, 14.142_135_623_730_95);
    is(&years, 0.8, 16.886_082_753_170_865);
    let share = within(Law::Interval { q05: 0.1, q95: 0.4, shape: Shape::Logit }, LOW, Some(1.0));
    is(&share, 0.7, 0.265_860_593_778_606_1);
    let change = param(Law::Interval { q05: -1.0, q95: 3.0, shape: Shape::Identity });
    is(&change, 0.5, 1.0);
    is(&change, 0.05, -1.0);
    is(&change, 0.95, 3.0);
}

#[test]
fn truncated_intervals_keep_their_quantiles() {
    let laws = [
        within(Law::Interval { q05: -1.0, q95: 3.0, shape: Shape::Identity }, Some(-2.0), None),
        within(Law::Interval { q05: -1.0, q95: 3.0, shape: Shape::Identity }, Some(-1.1), Some(4.0)),
        within(Law::Interval { q05: 2.0, q95: 9.0, shape: Shape::Log }, Some(1.0), Some(10.0)),
        within(Law::Interval { q05: 2.0, q95: 9.0, shape: Shape::Log }, LOW, Some(10.0)),
        within(Law::Interval { q05: 0.1, q95: 0.4, shape: Shape::Logit }, Some(0.05), Some(0.5)),
    ];
    for law in laws {
        let Law::Interval { q05, q95, .. } = law.law else { continue };
        close(value(&law, 0.05), q05, 1e-11);
        close(value(&law, 0.95), q95, 1e-11);
        assert!(law.low.is_none_or(|low| value(&law, 1e-12) >= low));
        assert!(law.high.is_none_or(|high| value(&law, 1.0 - 1e-12) <= high));
    }
    let law = within(Law::Interval { q05: -1.0, q95: 3.0, shape: Shape::Identity }, Some(-2.0), None);
    close(value(&law, 0.5), 0.963_615_828_227_937_9, 1e-11);
    let law = within(Law::Interval { q05: 2.0, q95: 9.0, shape: Shape::Log }, Some(1.0), Some(10.0));
    close(value(&law, 0.5), 4.800_395_206_692_691, 1e-11);
}

#[test]
fn clipped_intervals_are_those_of_the_whole_law() {
    let law = within(Law::Interval { q05: -1.0, q95: 3.0, shape: Shape::Identity }, Some(-1.5), None);
    let law = Param { clip: true, ..law };
    is(&law, 0.5, 1.0);
    assert_eq!(value(&law, 0.001), -1.5);
}

#[test]
fn probabilities_within_a_window_become_hazards_and_units_become_base_units() {
    let law = Param { within: Some(12.0), ..param(Law::Point(0.5)) };
    is(&law, 0.3, libm::log(2.0) / 12.0);
    is(&Param { scale: 12.0, ..param(Law::Uniform { low: 1.0, high: 2.0 }) }, 0.5, 18.0);
}

#[test]
fn one_of_several_numbers() {
    let law = param(Law::OneOf(vec![(-3.0, 0.25), (2.0, 0.5), (5.0, 0.25)]));
    for (u, known) in [(0.1, -3.0), (0.2499, -3.0), (0.25, 2.0), (0.7499, 2.0), (0.75, 5.0), (0.9999, 5.0)] {
        assert_eq!(value(&law, u), known, "{u}");
    }
    // Ten tenths are a little less than 1, and the last value takes what is left.
    let tenths = param(Law::OneOf((0..10).map(|value| (f64::from(value), 0.1)).collect()));
    assert_eq!(value(&tenths, 1.0 - 0.5 * f64::EPSILON), 9.0);
    let rate = Param { scale: 4.0, within: Some(12.0), ..param(Law::OneOf(vec![(0.2, 0.5), (0.5, 0.5)])) };
    is(&rate, 0.6, 4.0 * libm::log(2.0) / 12.0);
    assert_eq!(value(&Param { clip: true, ..within(law.law.clone(), Some(-3.0), Some(5.0)) }, 0.5), 2.0);
}

#[test]
fn straight_lines_between_quantiles() {
    let corners = vec![(0.0, 0.03), (0.05, 0.05), (0.25, 0.1), (0.5, 0.2), (0.75, 0.2), (0.95, 0.4), (1.0, 0.44)];
    let law = param(Law::Table(corners));
    is(&law, 0.025, 0.04);
    is(&law, 0.05, 0.05);
    is(&law, 0.15, 0.075);
    is(&law, 0.375, 0.15);
    assert_eq!(value(&law, 0.6), 0.2);
    is(&law, 0.99, 0.432);
    is(&Param { within: Some(6.0), ..law }, 0.375, -libm::log(0.85) / 6.0);
}

#[test]
fn laws_that_do_not_exist_are_refused() {
    let refused = [
        param(Law::OneOf(Vec::new())),
        param(Law::OneOf(vec![(1.0, 0.5), (2.0, 0.4)])),
        param(Law::OneOf(vec![(2.0, 0.5), (1.0, 0.5)])),
        param(Law::OneOf(vec![(1.0, 1.0), (2.0, 0.0)])),
        within(Law::OneOf(vec![(-1.0, 0.5), (2.0, 0.5)]), LOW, None),
        param(Law::Table(vec![(0.0, 1.0)])),
        param(Law::Table(vec![(0.0, 1.0), (0.5, 2.0), (0.5, 3.0), (1.0, 4.0)])),
        param(Law::Table(vec![(0.0, 1.0), (1.0, 0.5)])),
        within(Law::Table(vec![(0.0, 1.0), (1.0, 2.0)]), LOW, Some(1.5)),
        param(Law::Normal { mean: 0.0, sd: 0.0 }),
        param(Law::Beta { a: 0.0, b: 1.0 }),
        param(Law::Uniform { low: 1.0, high: 1.0 }),
        within(Law::Uniform { low: 0.0, high: 1.0 }, Some(2.0), None),
        within(Law::Interval { q05: 0.0, q95: 0.5, shape: Shape::Identity }, LOW, None),
        within(Law::Interval { q05: 1.0, q95: 99.0, shape: Shape::Log }, LOW, Some(100.0)),
    ];
    for law in refused {
        assert!(Distribution::new(&law).is_err(), "{law:?}");
    }
}

#[test]
fn parameters_are_drawn_by_name_whatever_their_place() {
    let mut program = empty(1);
    program.params = vec![param(Law::Uniform { low: 0.0, high: 1.0 })];
    program.questions = vec![ask(variorum_model::program::Expr::Param(0), 0)];
    let oracle = Oracle::new(&program, 8).unwrap();
    let drawn: Vec<f64> = (0..4000).map(|draw| oracle.params(draw)[0]).collect();
    close(drawn.iter().sum::<f64>() / 4000.0, 0.5, 5.0 * libm::sqrt(1.0 / 12.0 / 4000.0));
    assert_eq!(oracle.trajectory(7, 1, 3), [drawn[7]]);
    let mut longer = program.clone();
    longer.params.insert(0, Param { key: variorum_model::program::Key::of("other"), ..program.params[0].clone() });
    assert_eq!(Oracle::new(&longer, 8).unwrap().params(7)[1], drawn[7]);
}
