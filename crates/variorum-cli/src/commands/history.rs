//! `variorum history`, and the recording of runs for it.

use crate::arguments::{HistoryArguments, RunArguments};
use crate::clock;
use crate::files;
use crate::output::{Failure, Styles, answer, json, say};
use std::path::{Path, PathBuf};
use variorum::answers::Answers;
use variorum::history::{Circumstances, entry, history as library};
use variorum::model::model::ReadingOf;
use variorum::model::program::Program;
use variorum_ledger::{Ledger, LedgerError};

/// The name of a ledger in its folder.
const LEDGER: &str = "variorum.ledger";

/// What stands for the name of the shipped model.
const SHIPPED: &str = "(shipped)";

/// The ledger of a model: in its folder, or where one is for the shipped model.
fn place(model: Option<&Path>, ledger: Option<&Path>) -> PathBuf {
    match (ledger, model) {
        (Some(ledger), _) => ledger.to_path_buf(),
        (None, Some(model)) => files::place(model).0.join(LEDGER),
        (None, None) => PathBuf::from(LEDGER),
    }
}

/// A ledger's error with its exit code.
fn fail(path: &Path, what: &str, error: &LedgerError) -> Failure {
    Failure::Files(format!("{} cannot be {what}: {error}", path.display()))
}

/// Records a run.
pub struct Recorder {
    ledger: Ledger,
    path: PathBuf,
    model: String,
}

impl Recorder {
    /// Opens the ledger.
    pub fn begin(arguments: &RunArguments) -> Result<Recorder, Failure> {
        let path = place(arguments.model.as_deref(), arguments.ledger.as_deref());
        let ledger = Ledger::to_record(&path).map_err(|error| fail(&path, "recorded in", &error))?;
        let model = arguments.model.as_ref().map_or(SHIPPED.to_owned(), |model| model.display().to_string());
        Ok(Recorder { ledger, path, model })
    }

    /// Keeps the answers. If that fails they are printed all the same.
    pub fn record(mut self, answers: &Answers, readings: &[(&ReadingOf<'_>, &Program)]) -> Result<(), Failure> {
        let circumstances = Circumstances {
            recorded: clock::now(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: self.model,
            as_of: answers.head.as_of.clone(),
            observed_to: observed_to(readings.iter().map(|(_, program)| *program)),
        };
        let entry = entry(answers, circumstances).map_err(|error| Failure::Internal(error.to_string()))?;
        let run = self.ledger.record(&entry).map_err(|error| fail(&self.path, "recorded in", &error))?;
        say(&format!("{}: run {run} recorded\n", self.path.display()));
        Ok(())
    }
}

/// The day on which the last of what was seen was known: of observations, and of what a record covers.
fn observed_to<'p>(programs: impl Iterator<Item = &'p Program>) -> Option<String> {
    let mut last = None;
    for program in programs {
        let records = program.records.iter().map(|record| record.known.unwrap_or(program.clock.last_day(record.to)));
        let days = program.observations.iter().map(|observation| observation.known).chain(records);
        last = days.fold(last, |last, day| if last.is_some_and(|last| last >= day) { last } else { Some(day) });
    }
    last.map(|day| day.to_string())
}

/// Prints how an answer has moved.
pub fn history(arguments: &HistoryArguments, styles: Styles) -> Result<(), Failure> {
    let path = place(arguments.model.as_deref(), arguments.ledger.as_deref());
    let fail = |error: LedgerError| self::fail(&path, "read", &error);
    let mut ledger = Ledger::to_read(&path).map_err(fail)?;
    let kept = ledger.history(&arguments.question).map_err(fail)?;
    if kept.is_empty() {
        let known = ledger.questions().map_err(fail)?;
        let known = if known.is_empty() { "no run yet".to_owned() } else { known.join(", ") };
        return Err(Failure::Usage(format!(
            "no run in {} answers a question `{}`; there are {known}",
            path.display(),
            arguments.question
        )));
    }
    let mut found = library(&path.display().to_string(), &arguments.question, &kept);
    for name in &arguments.reading {
        if found.readings.iter().all(|reading| reading.reading != *name) {
            let known: Vec<&str> = found.readings.iter().map(|reading| reading.reading.as_str()).collect();
            return Err(Failure::Usage(format!("no reading `{name}` was recorded; there are {}", known.join(", "))));
        }
    }
    found.readings.retain(|reading| arguments.reading.is_empty() || arguments.reading.contains(&reading.reading));
    if arguments.json {
        json(&serde_json::to_value(&found).map_err(|error| Failure::Internal(error.to_string()))?)
    } else {
        answer(&variorum_report::history(&found, styles.out))
    }
}
