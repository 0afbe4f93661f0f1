//! Laws of a program as laws of the engine.

use variorum_engine::law::{self, LawError, Sampler};
use variorum_model::program::Law;

/// What draws from a law, truncated to bounds or clipped to them.
pub(crate) fn sampler(law: &Law, low: f64, high: f64, clip: bool) -> Result<Sampler, LawError> {
    let law = match *law {
        Law::Point(value) => law::Law::Point(value),
        Law::Uniform { low, high } => law::Law::Uniform { low, high },
        Law::Normal { mean, sd } => law::Law::Normal { mean, sd },
        Law::LogNormal { log_mean, log_sd } => law::Law::LogNormal { log_mean, log_sd },
        _ => return Err(LawError),
    };
    Sampler::new(law, low, high, clip)
}
