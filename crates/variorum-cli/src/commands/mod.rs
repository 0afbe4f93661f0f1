//! One module for each command.

pub mod check;
pub mod cite;
pub mod compare;
pub mod crux;
pub mod debug;
pub mod divided;
pub mod dossier;
pub mod explain;
pub mod explain_error;
pub mod history;
pub mod rows;
pub mod run;
pub mod score;
pub mod shell;
pub mod watch;
pub mod whatif;
pub mod words;

use crate::arguments::{Knowing, Playing};
use crate::output::{Failure, say};
use variorum::Model;
use variorum::exact::ExactError;
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
        lanes: playing.batch.map_or(Run::default().lanes, |batch| batch as usize),
        oracle,
    }
}

/// Forgets what was not known by the day that was given, and says which readings are left out for it. `wanted` are those
/// that are asked for.
pub fn forget(model: &mut Model<'_>, knowing: &Knowing, wanted: &[String]) -> Result<(), Failure> {
    let Some(day) = knowing.as_of else { return Ok(()) };
    let later = model.forget_after(day);
    if let Some(reading) = wanted.iter().find(|reading| later.contains(reading)) {
        return Err(Failure::Usage(format!("all sources of the reading {reading} are later than {day}")));
    }
    if !later.is_empty() {
        say(&format!("left out, since all their sources are later than {day}: {}\n", later.join(", ")));
    }
    if model.readings.is_empty() {
        return Err(Failure::Usage(format!("all readings rest on sources that are later than {day}")));
    }
    Ok(())
}

/// A run's error with its exit code.
pub fn failure(error: RunError) -> Failure {
    match error {
        RunError::Lower(error @ variorum::lower::LowerError::Law { .. }) => Failure::Usage(error.to_string()),
        RunError::Lower(error) => Failure::Limit(error.to_string()),
        RunError::Settings(error) => Failure::Usage(error),
        RunError::Oracle(error) => Failure::Limit(error.to_string()),
        RunError::Exact { error: ExactError::Stopped, .. } => Failure::Interrupted,
        RunError::Exact {
            error: ref error @ (ExactError::Program(_) | ExactError::Combinations { .. } | ExactError::TooMany { .. }),
            ref reading,
        } => Failure::Limit(format!("{reading}: {error}")),
        RunError::Exact { .. } => Failure::Usage(error.to_string()),
    }
}
