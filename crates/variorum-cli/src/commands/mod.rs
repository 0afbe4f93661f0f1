//! One module for each command.

pub mod check;
pub mod cite;
pub mod compare;
pub mod crux;
pub mod debug;
pub mod dossier;
pub mod explain;
pub mod explain_error;
pub mod rows;
pub mod run;
pub mod shell;
pub mod whatif;
pub mod words;

use crate::arguments::Playing;
use crate::output::Failure;
use variorum::run::{Run, RunError};

/// The library's settings.
pub fn settings(playing: &Playing, until_error: Option<f64>, oracle: bool) -> Run {
    let threads = playing.threads.map_or_else(|| Run::default().threads, usize::from);
    Run {
        seed: playing.seed,
        draws: playing.draws,
        per_draw: playing.per_draw,
        until_error,
        threads,
        lanes: playing.batch as usize,
        oracle,
    }
}

/// A run's error with its exit code.
pub fn failure(error: RunError) -> Failure {
    match error {
        RunError::Lower(error @ variorum::lower::LowerError::Law { .. }) => Failure::Usage(error.to_string()),
        RunError::Lower(error) => Failure::Limit(error.to_string()),
        RunError::Settings(error) => Failure::Usage(error),
        RunError::Oracle(error) => Failure::Limit(error.to_string()),
    }
}
