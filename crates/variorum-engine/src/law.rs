//! Laws of parameters: distributions described by quantiles or moments, within bounds, drawn by inversion.
//!
//! A parameter takes exactly one uniform number for each draw, and its value increases with it. So a value depends on
//! nothing else that is drawn, stays comparable from one version of a model to the next, and quantiles of the uniform
//! are quantiles of the value. Everything here works on plain data, one number at a time, with the functions of
//! [`crate::math`], and so gives the same bits on every machine.

use crate::math::truncated::TruncatedNormal;
use crate::math::{
    beta_i, beta_i_upper, beta_quantile, beta_quantile_upper, exp, gamma_p, gamma_q, gamma_quantile,
    gamma_quantile_upper, ln, normal_cdf, normal_density,
};
use crate::points::{Steps, Table};
use std::fmt;

/// The least shape of a beta or gamma law: below it nearly all draws round to an end.
pub const LEAST_SHAPE: f64 = 1e-3;
/// The greatest shape of a beta or gamma law: beyond it the spacing of numbers shows in the probabilities.
pub const GREATEST_SHAPE: f64 = 1e9;

/// The space in which a law given by an interval is normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The value itself.
    Identity,
    /// Its logarithm, for positive values.
    Log,
    /// Its log odds, for values between 0 and 1.
    Logit,
}

impl Shape {
    /// The value in the space; the ends of the domain, and values beyond them, are infinite.
    fn transform(self, x: f64) -> f64 {
        match self {
            Self::Identity => x,
            Self::Log if x <= 0.0 => f64::NEG_INFINITY,
            Self::Log => ln(x),
            Self::Logit if x <= 0.0 => f64::NEG_INFINITY,
            Self::Logit if x >= 1.0 => f64::INFINITY,
            Self::Logit => ln(x / (1.0 - x)),
        }
    }

    /// The value at a place of the space.
    fn inverse(self, y: f64) -> f64 {
        match self {
            Self::Identity => y,
            Self::Log => exp(y),
            Self::Logit => crate::math::logistic(y),
        }
    }

    /// Whether a value is in the domain.
    fn contains(self, x: f64) -> bool {
        match self {
            Self::Identity => true,
            Self::Log => x > 0.0,
            Self::Logit => x > 0.0 && x < 1.0,
        }
    }
}

/// A law of a parameter, before bounds.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Always the same value.
    Point(f64),
    /// Normal, log-normal or logit-normal, by its quantiles once truncated to the bounds.
    Interval {
        /// The 5% quantile.
        q05: f64,
        /// The 95% quantile.
        q95: f64,
        /// The space in which the law is normal.
        shape: Shape,
    },
    /// Uniform between two values.
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, positive.
        sd: f64,
    },
    /// Log-normal, by the moments of the logarithm.
    LogNormal {
        /// Mean of the natural logarithm.
        log_mean: f64,
        /// Standard deviation of the natural logarithm, positive.
        log_sd: f64,
    },
    /// Beta on [0, 1], with density proportional to x^(a-1) (1-x)^(b-1).
    Beta {
        /// First shape, positive.
        a: f64,
        /// Second shape, positive.
        b: f64,
    },
    /// Gamma, with density proportional to x^(shape-1) e^(-rate x).
    Gamma {
        /// Shape, positive.
        shape: f64,
        /// Rate, positive: the inverse of the scale.
        rate: f64,
    },
    /// Triangular.
    Triangular {
        /// The lower end.
        low: f64,
        /// The most probable value, within the ends.
        mode: f64,
        /// The upper end.
        high: f64,
    },
    /// One of some numbers: values, ascending, with their probabilities, which are positive and add up to 1.
    OneOf(Vec<(f64, f64)>),
    /// A quantile function that is linear between points: cumulative probabilities from 0 to 1, ascending, with values,
    /// which may stay the same but not descend.
    Table(Vec<(f64, f64)>),
}

/// A law with the bounds of its parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounded {
    /// The law before bounds.
    pub law: Law,
    /// The least value; may be negative infinity.
    pub low: f64,
    /// The greatest value; may be infinity.
    pub high: f64,
    /// Whether values beyond a bound are set to it, so that they pile up there; otherwise the law is truncated, and
    /// keeps its form between the bounds.
    pub clip: bool,
}

/// Why a law cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LawError {
    /// A number of the law is infinite or NaN, or a bound is NaN.
    NotFinite(f64),
    /// The lower bound or end is not below the upper.
    Reversed {
        /// The lower one.
        low: f64,
        /// The upper one.
        high: f64,
    },
    /// A number that has to be positive is not.
    NotPositive {
        /// Which number, by the name of its field in [`Law`].
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// A shape of a beta or gamma law is too small or too large to be drawn with precision.
    ShapeRange {
        /// Which number, by the name of its field in [`Law`].
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// An end of an interval is outside the domain of its shape: positive for Log, between 0 and 1 for Logit.
    OutsideDomain {
        /// The shape.
        shape: Shape,
        /// The end.
        end: f64,
    },
    /// An end of an interval, or a fixed value, is beyond a bound, or an end is on it.
    OutsideBounds {
        /// The end or value.
        end: f64,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// The mode of a triangular law is not within its ends.
    ModeOutside {
        /// The lower end.
        low: f64,
        /// The mode.
        mode: f64,
        /// The upper end.
        high: f64,
    },
    /// The interval is too wide for the bounds: no normal truncated to them has such quantiles.
    TooWide {
        /// The 5% quantile.
        q05: f64,
        /// The 95% quantile.
        q95: f64,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// The law has no probability between the bounds.
    NoMass {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A law of some numbers has none, or a table of quantiles does not go from probability 0 to 1.
    NoPoints,
    /// The probabilities of some numbers do not add up to 1.
    NotWhole {
        /// What they add up to.
        sum: f64,
    },
    /// The law reaches values that a 64-bit number cannot hold.
    Overflow,
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotFinite(value) => write!(f, "{value} is not a finite number"),
            Self::Reversed { low, high } => write!(f, "the lower value {low} is not below the upper value {high}"),
            Self::NotPositive { name, value } => write!(f, "{name} is {value}, but has to be positive"),
            Self::ShapeRange { name, value } => {
                write!(f, "{name} is {value}, but has to be between {LEAST_SHAPE} and {GREATEST_SHAPE}")
            }
            Self::OutsideDomain { shape: Shape::Logit, end } => {
                write!(f, "{end} is not between 0 and 1, as a logit-normal law needs")
            }
            Self::OutsideDomain { end, .. } => write!(f, "{end} is not positive, as a log-normal law needs"),
            Self::OutsideBounds { end, low, high } => write!(f, "{end} is not between the bounds {low} and {high}"),
            Self::ModeOutside { low, mode, high } => write!(f, "the mode {mode} is not between {low} and {high}"),
            Self::TooWide { q05, q95, low, high } => write!(
                f,
                "the interval from {q05} to {q95} is too wide for the bounds {low} and {high}: \
                 no normal law truncated to them has it as 5% and 95% quantiles"
            ),
            Self::NoMass { low, high } => write!(f, "the law has no probability between {low} and {high}"),
            Self::NoPoints => write!(f, "there are no points, or they do not go from probability 0 to 1"),
            Self::NotWhole { sum } => write!(f, "the probabilities add up to {sum}, but have to add up to 1"),
            Self::Overflow => write!(f, "the law reaches values too large for a 64-bit number"),
        }
    }
}

impl std::error::Error for LawError {}

/// What is drawn, before the last check against the bounds.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Constant(f64),
    Uniform { low: f64, high: f64 },
    Normal { law: TruncatedNormal, shape: Shape },
    Tabled { base: Base, range: Option<Range> },
    Steps(Steps),
    Table(Table),
}

/// Laws with distribution functions of both tails, and their inverses.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Base {
    Beta { a: f64, b: f64 },
    Gamma { shape: f64, rate: f64 },
    Triangular { low: f64, mode: f64, high: f64 },
}

/// The part of a law between the bounds, in probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    /// The probabilities below the lower and below the upper bound.
    below: (f64, f64),
    /// The probabilities above the lower and above the upper bound.
    above: (f64, f64),
}

impl Base {
    /// The probabilities of at most and of more than x.
    fn tails(self, x: f64) -> (f64, f64) {
        match self {
            Self::Beta { .. } | Self::Gamma { .. } if x <= 0.0 => (0.0, 1.0),
            Self::Beta { .. } if x >= 1.0 => (1.0, 0.0),
            Self::Beta { a, b } => (beta_i(a, b, x), beta_i_upper(a, b, x)),
            Self::Gamma { shape, rate } => (gamma_p(shape, rate * x), gamma_q(shape, rate * x)),
            Self::Triangular { low, .. } if x <= low => (0.0, 1.0),
            Self::Triangular { high, .. } if x >= high => (1.0, 0.0),
            Self::Triangular { low, mode, high } => {
                // On either side of the mode one triangle, and a sum: no difference costs digits.
                let (left, right, width) = (mode - low, high - mode, high - low);
                if x < mode {
                    let d = mode - x;
                    (((x - low) / width) * ((x - low) / left), (right + d * ((x - low + left) / left)) / width)
                } else {
                    let d = x - mode;
                    ((left + d * ((high - x + right) / right)) / width, ((high - x) / width) * ((high - x) / right))
                }
            }
        }
    }

    /// The quantile by the probabilities p below and q above; the smaller of the two decides.
    fn quantile(self, p: f64, q: f64) -> f64 {
        let lower = p <= 0.5;
        match self {
            Self::Beta { a, b } if lower => beta_quantile(a, b, p),
            Self::Beta { a, b } => beta_quantile_upper(a, b, q),
            Self::Gamma { shape, rate } if lower => gamma_quantile(shape, p) / rate,
            Self::Gamma { shape, rate } => gamma_quantile_upper(shape, q) / rate,
            Self::Triangular { low, mode, high } if lower => low + triangular(p, mode - low, high - mode),
            Self::Triangular { low, mode, high } => high - triangular(q, high - mode, mode - low),
        }
    }

    /// The law between the bounds.
    fn between(self, low: f64, high: f64) -> Result<Option<Range>, LawError> {
        let ((p0, q0), (p1, q1)) = (self.tails(low), self.tails(high));
        // Of the two differences the one of smaller terms; what is left of it has to be more than rounding.
        let (more, less) = if p0 > 0.5 { (q0, q1) } else { (p1, p0) };
        if more - less > 1e-300 + 1e-12 * more {
            let cut = p0 > 0.0 || q1 > 0.0;
            Ok(cut.then_some(Range { below: (p0, p1), above: (q0, q1) }))
        } else {
            Err(LawError::NoMass { low, high })
        }
    }
}

/// The distance from an end of a triangular law below which the probability is p, with the mode at the distance `rise`
/// from that end and `fall` from the other.
fn triangular(p: f64, rise: f64, fall: f64) -> f64 {
    let width = rise + fall;
    let excess = p * width - rise;
    if excess <= 0.0 {
        width * (p * (rise / width)).sqrt()
    } else {
        // Beyond the mode by d with d (2 fall - d) = excess fall; the root without cancellation.
        rise + excess / (1.0 + (1.0 - excess / fall).sqrt())
    }
}

/// A law prepared for drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampler {
    kind: Kind,
    low: f64,
    high: f64,
}

/// An error unless all numbers are finite.
fn finite(values: &[f64]) -> Result<(), LawError> {
    values.iter().find(|value| !value.is_finite()).map_or(Ok(()), |&value| Err(LawError::NotFinite(value)))
}

/// An error unless the number is positive.
fn positive(name: &'static str, value: f64) -> Result<(), LawError> {
    if value > 0.0 { Ok(()) } else { Err(LawError::NotPositive { name, value }) }
}

/// An error unless the number can be a shape of a beta or gamma law.
fn shape_within(name: &'static str, value: f64) -> Result<(), LawError> {
    finite(&[value])?;
    positive(name, value)?;
    if (LEAST_SHAPE..=GREATEST_SHAPE).contains(&value) { Ok(()) } else { Err(LawError::ShapeRange { name, value }) }
}

/// An error unless low is below high.
fn ordered(low: f64, high: f64) -> Result<(), LawError> {
    if low < high { Ok(()) } else { Err(LawError::Reversed { low, high }) }
}

impl Sampler {
    /// Prepares a law for drawing.
    ///
    /// # Errors
    ///
    /// - [`LawError::NotFinite`]: a number of the law is infinite or NaN, or a bound is NaN;
    /// - [`LawError::Reversed`]: low >= high among the bounds, the ends of a uniform or triangular law, or q05 >= q95;
    /// - [`LawError::NotPositive`]: a standard deviation, shape or rate is 0 or negative;
    /// - [`LawError::ShapeRange`]: a shape is below [`LEAST_SHAPE`] or above [`GREATEST_SHAPE`];
    /// - [`LawError::ModeOutside`]: the mode of a triangular law is beyond its ends;
    /// - [`LawError::OutsideDomain`]: an end of an interval does not suit its shape;
    /// - [`LawError::OutsideBounds`]: an end of an interval is on or beyond a bound, or a fixed value or one of some is
    ///   beyond one;
    /// - [`LawError::NoPoints`], [`LawError::NotWhole`]: points that make no law;
    /// - [`LawError::TooWide`]: no normal truncated to the bounds has those quantiles;
    /// - [`LawError::NoMass`]: truncation leaves nothing;
    /// - [`LawError::Overflow`]: values would be infinite.
    pub fn new(bounded: &Bounded) -> Result<Self, LawError> {
        let Bounded { law, low, high, clip } = bounded;
        let (low, high, clip) = (*low, *high, *clip);
        if low.is_nan() || high.is_nan() {
            return Err(LawError::NotFinite(f64::NAN));
        }
        ordered(low, high)?;
        // Clipping leaves the law as it is; the bounds come last, in any case.
        let (from, to) = if clip { (f64::NEG_INFINITY, f64::INFINITY) } else { (low, high) };
        let nothing = LawError::NoMass { low, high };
        let within = |(least, greatest): (f64, f64)| match (least < from, greatest > to) {
            (false, false) => Ok(()),
            (below, _) => Err(LawError::OutsideBounds { end: if below { least } else { greatest }, low, high }),
        };
        let kind = match *law {
            Law::Point(value) => {
                finite(&[value])?;
                within((value, value))?;
                Kind::Constant(value)
            }
            Law::Interval { q05, q95, shape } => {
                finite(&[q05, q95])?;
                ordered(q05, q95)?;
                if let Some(&end) = [q05, q95].iter().find(|&&end| !shape.contains(end)) {
                    return Err(LawError::OutsideDomain { shape, end });
                }
                if let Some(&end) = [q05, q95].iter().find(|&&end| end <= low || end >= high) {
                    return Err(LawError::OutsideBounds { end, low, high });
                }
                let place = |x: f64| shape.transform(x);
                let law = TruncatedNormal::with_quantiles(place(q05), place(q95), place(from), place(to));
                Kind::Normal { law: law.ok_or(LawError::TooWide { q05, q95, low, high })?, shape }
            }
            Law::Uniform { low: a, high: b } => {
                finite(&[a, b])?;
                ordered(a, b)?;
                let (a, b) = (if a < from { from } else { a }, if b > to { to } else { b });
                if a < b { Kind::Uniform { low: a, high: b } } else { return Err(nothing) }
            }
            Law::Normal { mean, sd } => {
                finite(&[mean, sd])?;
                positive("sd", sd)?;
                let law = TruncatedNormal::new(mean, sd, from, to).ok_or(nothing)?;
                Kind::Normal { law, shape: Shape::Identity }
            }
            Law::LogNormal { log_mean, log_sd } => {
                finite(&[log_mean, log_sd])?;
                positive("log_sd", log_sd)?;
                let (from, to) = (Shape::Log.transform(from), Shape::Log.transform(to));
                let law = TruncatedNormal::new(log_mean, log_sd, from, to).ok_or(nothing)?;
                Kind::Normal { law, shape: Shape::Log }
            }
            Law::Beta { a, b } => {
                shape_within("a", a)?;
                shape_within("b", b)?;
                let base = Base::Beta { a, b };
                Kind::Tabled { base, range: base.between(from, to)? }
            }
            Law::Gamma { shape, rate } => {
                shape_within("shape", shape)?;
                finite(&[rate])?;
                positive("rate", rate)?;
                let base = Base::Gamma { shape, rate };
                Kind::Tabled { base, range: base.between(from, to)? }
            }
            Law::Triangular { low: a, mode, high: b } => {
                finite(&[a, mode, b])?;
                ordered(a, b)?;
                if mode < a || mode > b {
                    return Err(LawError::ModeOutside { low: a, mode, high: b });
                }
                let base = Base::Triangular { low: a, mode, high: b };
                Kind::Tabled { base, range: base.between(from, to)? }
            }
            Law::OneOf(ref pairs) => {
                let steps = Steps::new(pairs)?;
                within(steps.ends())?;
                Kind::Steps(steps)
            }
            Law::Table(ref points) => {
                let table = Table::new(points)?;
                within(table.ends())?;
                Kind::Table(table)
            }
        };
        let sampler = Self { kind, low, high };
        // The extremes of the uniforms of `crate::random`.
        let last = f64::EPSILON / 2.0;
        if sampler.draw(last).is_finite() && sampler.draw(1.0 - last).is_finite() {
            Ok(sampler)
        } else {
            Err(LawError::Overflow)
        }
    }

    /// The value for a uniform `u` in (0, 1): the quantile of the bounded law at u, increasing with u.
    ///
    /// Always within the bounds, and finite for the uniforms of [`crate::random`]. Increasing but for rounding, which may
    /// exchange values that differ in their last digits. At 0 and 1 it gives the ends of the law, which may be infinite.
    #[must_use]
    pub fn draw(&self, u: f64) -> f64 {
        let value = match self.kind {
            Kind::Constant(value) => value,
            Kind::Steps(ref steps) => steps.draw(u),
            Kind::Table(ref table) => table.draw(u),
            Kind::Uniform { low, high } => low * (1.0 - u) + high * u,
            Kind::Normal { law, shape } => shape.inverse(law.quantile(u)),
            Kind::Tabled { base, range: None } => base.quantile(u, 1.0 - u),
            Kind::Tabled { base, range: Some(Range { below, above }) } => {
                let v = 1.0 - u;
                base.quantile(below.0 * v + below.1 * u, above.0 * v + above.1 * u)
            }
        };
        // Rounding may carry a truncated value past a bound, and clipping is nothing else.
        if value < self.low {
            self.low
        } else if value > self.high {
            self.high
        } else {
            value
        }
    }

    /// The quantile of the bounded law at the probability `p`: the same as [`Sampler::draw`].
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        self.draw(p)
    }

    /// The mean of the bounded law, as drawn.
    ///
    /// The integral of the quantile function by the trapezoidal rule in z with p = cdf(z), |z| <= 8.2, which is where
    /// the uniforms of [`crate::random`] end. For laws without kinks the error is near 1e-9 of the standard deviation,
    /// for triangular and clipped ones 1e-4, for those of some numbers 1e-2. Laws so heavy-tailed that values of probability below 1e-16 matter
    /// (log-normal, from a standard deviation of about 3) have a mean above this one.
    #[must_use]
    pub fn mean(&self) -> f64 {
        /// Points from the middle to either end, and their distance.
        const POINTS: u32 = 328;
        const STEP: f64 = 0.025;
        let middle = self.draw(0.5);
        let (mut sum, mut weights) = (0.0, 0.0);
        for i in 1..=POINTS {
            let z = f64::from(i) * STEP;
            let (weight, p) = (normal_density(z), normal_cdf(-z));
            // Differences from the median, so that a large level costs no digits.
            sum += weight * ((self.draw(p) - middle) + (self.draw(1.0 - p) - middle));
            weights += 2.0 * weight;
        }
        let mean = middle + sum / (weights + normal_density(0.0));
        if mean < self.low {
            self.low
        } else if mean > self.high {
            self.high
        } else {
            mean
        }
    }
}
