//! Laws of a program as laws of the engine.

use variorum_engine::law::{self, Bounded, LawError, Sampler};
use variorum_model::program::{Law, Shape};

/// What draws from a law, truncated to bounds or clipped to them.
pub(crate) fn sampler(law: &Law, low: f64, high: f64, clip: bool) -> Result<Sampler, LawError> {
    let law = match *law {
        Law::OneOf(ref pairs) => law::Law::OneOf(pairs.clone()),
        Law::Table(ref points) => law::Law::Table(points.clone()),
        Law::Point(value) => law::Law::Point(value),
        Law::Interval { q05, q95, shape } => {
            let shape = match shape {
                Shape::Identity => law::Shape::Identity,
                Shape::Log => law::Shape::Log,
                Shape::Logit => law::Shape::Logit,
            };
            law::Law::Interval { q05, q95, shape }
        }
        Law::Uniform { low, high } => law::Law::Uniform { low, high },
        Law::Normal { mean, sd } => law::Law::Normal { mean, sd },
        Law::LogNormal { log_mean, log_sd } => law::Law::LogNormal { log_mean, log_sd },
        Law::Beta { a, b } => law::Law::Beta { a, b },
        Law::Gamma { shape, rate } => law::Law::Gamma { shape, rate },
        Law::Triangular { low, mode, high } => law::Law::Triangular { low, mode, high },
    };
    Sampler::new(&Bounded { law, low, high, clip })
}
