//! The laws of parameters: from a uniform number to a value, by inverse distribution function.

use variorum_model::program::{Law, Param, Shape};

use crate::error::OracleError;
use crate::expression::clamp;
use crate::interval::normal_with_quantiles;
use crate::special::{
    beta_below_above, first_number_where, gamma_below_above, normal_above, normal_below, normal_quantile,
};

/// How a parameter is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    kernel: Kernel,
    low: Option<f64>,
    high: Option<f64>,
    clip: bool,
    within: Option<f64>,
    scale: f64,
}

/// A law before truncation.
#[derive(Clone, Debug, PartialEq)]
enum Kernel {
    Point(f64),
    /// Values with their probabilities.
    OneOf(Vec<(f64, f64)>),
    /// A quantile function by its corners: cumulative probabilities and values.
    Table(Vec<(f64, f64)>),
    /// Normal in the space of the shape.
    Normal {
        mean: f64,
        sd: f64,
        shape: Shape,
    },
    Uniform {
        low: f64,
        high: f64,
    },
    Beta {
        a: f64,
        b: f64,
    },
    Gamma {
        shape: f64,
        rate: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
}

impl Distribution {
    /// The law of a parameter, where there is such a law.
    pub fn new(param: &Param) -> Result<Self, OracleError> {
        let wrong = |problem| OracleError::Law { param: param.name.clone(), problem };
        let law = Distribution {
            kernel: kernel(param).map_err(wrong)?,
            low: param.low,
            high: param.high,
            clip: param.clip,
            within: param.within,
            scale: param.scale,
        };
        if law.has_values() { Ok(law) } else { Err(wrong("it has no mass within its bounds")) }
    }

    /// The parameter's value at a uniform number, in base units.
    #[must_use]
    pub fn value(&self, u: f64) -> f64 {
        let x = self.drawn(u);
        self.scale * self.within.map_or(x, |within| -libm::log(1.0 - x) / within)
    }

    /// The value drawn from the law, in the written unit.
    fn drawn(&self, u: f64) -> f64 {
        let kernel = &self.kernel;
        match kernel {
            Kernel::Point(x) => return *x,
            // These lie within their bounds, where there are any.
            Kernel::OneOf(_) | Kernel::Table(_) => return kernel.with_mass_below(u),
            _ => {}
        }
        let x = if self.clip {
            kernel.with_mass_below(u)
        } else if self.begins_above_the_median() {
            let (from, to) = self.masses(Kernel::above, 1.0, 0.0);
            kernel.with_mass_above(from - u * (from - to))
        } else {
            let (from, to) = self.masses(Kernel::below, 0.0, 1.0);
            kernel.with_mass_below(from + u * (to - from))
        };
        clamp(x, self.low, self.high)
    }

    /// Whether anything is left of the law between its bounds.
    fn has_values(&self) -> bool {
        let listed = match &self.kernel {
            Kernel::Point(_) => return true,
            Kernel::OneOf(values) => Some(values.iter().map(|(value, _)| *value).collect::<Vec<f64>>()),
            Kernel::Table(corners) => Some(corners.iter().map(|(_, value)| *value).collect()),
            _ => None,
        };
        if let Some(values) = listed {
            return values.iter().all(|value| clamp(*value, self.low, self.high) == *value);
        }
        let (from, to) = if self.begins_above_the_median() {
            self.masses(Kernel::above, 1.0, 0.0)
        } else {
            self.masses(Kernel::below, 0.0, 1.0)
        };
        self.clip || from != to
    }

    fn begins_above_the_median(&self) -> bool {
        self.low.is_some_and(|low| self.kernel.below(low) >= 0.5)
    }

    fn masses(&self, mass: impl Fn(&Kernel, f64) -> f64, without_low: f64, without_high: f64) -> (f64, f64) {
        let at = |bound: Option<f64>, without| bound.map_or(without, |bound| mass(&self.kernel, bound));
        (at(self.low, without_low), at(self.high, without_high))
    }
}

impl Kernel {
    /// The mass at or below a number.
    fn below(&self, x: f64) -> f64 {
        match *self {
            Kernel::Point(_) | Kernel::OneOf(_) | Kernel::Table(_) => f64::NAN,
            Kernel::Normal { mean, sd, shape } => normal_below((to_normal(shape, x) - mean) / sd),
            Kernel::Uniform { low, high } => within_unit((x - low) / (high - low)),
            Kernel::Beta { a, b } => beta_below_above(a, b, x).0,
            Kernel::Gamma { shape, rate } => gamma_below_above(shape, x * rate).0,
            Kernel::Triangular { low, mode, high } => {
                let x = clamp(x, Some(low), Some(high));
                if x < mode { (x - low) * (x - low) / ((high - low) * (mode - low)) } else { 1.0 - self.above(x) }
            }
        }
    }

    /// The mass above a number.
    fn above(&self, x: f64) -> f64 {
        match *self {
            Kernel::Point(_) | Kernel::OneOf(_) | Kernel::Table(_) => f64::NAN,
            Kernel::Normal { mean, sd, shape } => normal_above((to_normal(shape, x) - mean) / sd),
            Kernel::Uniform { low, high } => within_unit((high - x) / (high - low)),
            Kernel::Beta { a, b } => beta_below_above(a, b, x).1,
            Kernel::Gamma { shape, rate } => gamma_below_above(shape, x * rate).1,
            Kernel::Triangular { low, mode, high } => {
                let x = clamp(x, Some(low), Some(high));
                if x < mode {
                    1.0 - self.below(x)
                } else if mode < high {
                    (high - x) * (high - x) / ((high - low) * (high - mode))
                } else {
                    0.0
                }
            }
        }
    }

    /// The number with this mass below it.
    fn with_mass_below(&self, p: f64) -> f64 {
        match *self {
            Kernel::Point(at) => at,
            Kernel::OneOf(ref values) => listed(values, p),
            Kernel::Table(ref corners) => between_corners(corners, p),
            Kernel::Normal { mean, sd, shape } => from_normal(shape, mean + sd * normal_quantile(p)),
            Kernel::Uniform { low, high } => low + p * (high - low),
            Kernel::Triangular { low, mode, high } => {
                if p * (high - low) < mode - low {
                    low + libm::sqrt(p * (high - low) * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - p) * (high - low) * (high - mode))
                }
            }
            Kernel::Beta { .. } | Kernel::Gamma { .. } if p > 0.5 => self.with_mass_above(1.0 - p),
            Kernel::Beta { .. } => first_number_where(1.0, |x| self.below(x) >= p),
            Kernel::Gamma { .. } => first_number_where(f64::MAX, |x| self.below(x) >= p),
        }
    }

    /// The number with this mass above it.
    fn with_mass_above(&self, q: f64) -> f64 {
        match *self {
            Kernel::Normal { mean, sd, shape } => from_normal(shape, mean - sd * normal_quantile(q)),
            Kernel::Uniform { low, high } => high - q * (high - low),
            Kernel::Triangular { low, mode, high } if q * (high - low) < high - mode => {
                high - libm::sqrt(q * (high - low) * (high - mode))
            }
            Kernel::Beta { .. } if q <= 0.5 => first_number_where(1.0, |x| self.above(x) <= q),
            Kernel::Gamma { .. } if q <= 0.5 => first_number_where(f64::MAX, |x| self.above(x) <= q),
            _ => self.with_mass_below(1.0 - q),
        }
    }
}

/// The law that was written; where its numbers cannot be, what is wrong with them.
fn kernel(param: &Param) -> Result<Kernel, &'static str> {
    let positive = |number: f64| number > 0.0 && number.is_finite();
    let kernel = match param.law {
        Law::OneOf(ref values) if are_alternatives(values) => Kernel::OneOf(values.clone()),
        Law::Table(ref corners) if are_corners(corners) => Kernel::Table(corners.clone()),
        Law::Point(x) => Kernel::Point(x),
        Law::Interval { q05, q95, shape } => {
            let bounds = if param.clip { (None, None) } else { (param.low, param.high) };
            let bound = |bound: Option<f64>, without: f64| bound.map_or(without, |bound| to_normal(shape, bound));
            let bounds = (bound(bounds.0, f64::NEG_INFINITY), bound(bounds.1, f64::INFINITY));
            let (mean, sd) = normal_with_quantiles(to_normal(shape, q05), to_normal(shape, q95), bounds)?;
            Kernel::Normal { mean, sd, shape }
        }
        Law::Uniform { low, high } if low < high => Kernel::Uniform { low, high },
        Law::Normal { mean, sd } if positive(sd) => Kernel::Normal { mean, sd, shape: Shape::Identity },
        Law::LogNormal { log_mean, log_sd } if positive(log_sd) => {
            Kernel::Normal { mean: log_mean, sd: log_sd, shape: Shape::Log }
        }
        Law::Beta { a, b } if positive(a) && positive(b) => Kernel::Beta { a, b },
        Law::Gamma { shape, rate } if positive(shape) && positive(rate) => Kernel::Gamma { shape, rate },
        Law::Triangular { low, mode, high } if low <= mode && mode <= high && low < high => {
            Kernel::Triangular { low, mode, high }
        }
        _ => return Err("its numbers are out of range or out of order"),
    };
    Ok(kernel)
}

/// To the space in which a law is normal; numbers beyond its ends go to the ends.
fn to_normal(shape: Shape, x: f64) -> f64 {
    match shape {
        Shape::Identity => x,
        Shape::Log if x <= 0.0 => f64::NEG_INFINITY,
        Shape::Log => libm::log(x),
        Shape::Logit if x <= 0.0 => f64::NEG_INFINITY,
        Shape::Logit if x >= 1.0 => f64::INFINITY,
        Shape::Logit => libm::log(x) - libm::log1p(-x),
    }
}

fn from_normal(shape: Shape, y: f64) -> f64 {
    match shape {
        Shape::Identity => y,
        Shape::Log => libm::exp(y),
        Shape::Logit => 1.0 / (1.0 + libm::exp(-y)),
    }
}

/// The first value whose cumulated probability exceeds a number, else the last.
fn listed(values: &[(f64, f64)], u: f64) -> f64 {
    let mut cumulated = 0.0;
    for (value, probability) in values {
        cumulated += probability;
        if cumulated > u {
            return *value;
        }
    }
    values.last().map_or(f64::NAN, |(value, _)| *value)
}

/// Along the straight line between the two corners on both sides of a cumulative probability.
fn between_corners(corners: &[(f64, f64)], u: f64) -> f64 {
    let side = corners.windows(2).find(|side| u < side[1].0);
    match side {
        Some([(p, x), (next_p, next_x)]) => x + (u - p) / (next_p - p) * (next_x - x),
        _ => corners.last().map_or(f64::NAN, |(_, x)| *x),
    }
}

/// Values from the least to the greatest, with probabilities that add up to 1.
fn are_alternatives(values: &[(f64, f64)]) -> bool {
    let ascend = values.windows(2).all(|two| two[0].0 < two[1].0);
    let sum = values.iter().fold(0.0, |sum, (_, probability)| sum + probability);
    let probabilities = values.iter().all(|(value, probability)| value.is_finite() && *probability > 0.0);
    ascend && probabilities && libm::fabs(sum - 1.0) <= 1e-9
}

/// Cumulative probabilities from 0 to 1 with values that do not descend.
fn are_corners(corners: &[(f64, f64)]) -> bool {
    let ends = corners.first().is_some_and(|(p, _)| *p == 0.0) && corners.last().is_some_and(|(p, _)| *p == 1.0);
    let ascend = corners.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1);
    ends && ascend && corners.iter().all(|(_, value)| value.is_finite())
}

fn within_unit(x: f64) -> f64 {
    clamp(x, Some(0.0), Some(1.0))
}
