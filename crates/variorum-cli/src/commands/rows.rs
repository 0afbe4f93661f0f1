//! `variorum rows`.

use super::settings;
use crate::arguments::RowsArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, require_sound};
use crate::watch::Terminal;
use toml_edit::{DocumentMut, InlineTable, Item, Value};
use variorum::rows::{Clause, Finding, Measured, Outcome, failure, measure, parse};
use variorum::{checked, shipped};

/// The file beside a model that lists its mechanisms.
const FILE: &str = "claims.toml";

/// Measures the mechanisms of a model; an error if one does not work.
pub fn rows(arguments: &RowsArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let model = checked(&loaded);
    require_sound(&model, styles)?;
    let path = arguments.model.as_deref().map(|model| files::place(model).0.join(FILE));
    let text = match &path {
        Some(path) => {
            files::read(path).map_err(|why| Failure::Files(format!("{} cannot be read: {why}", path.display())))?
        }
        None => shipped::files().remove(FILE).ok_or_else(|| Failure::Internal(format!("{FILE} is not embedded")))?,
    };
    let rows = parse(&text).map_err(|why| Failure::Files(format!("{FILE}: {why}")))?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let outcomes = measure(&model, &rows.clause, &settings, &watch);
    let measured: Vec<(Clause, Outcome)> = rows.clause.into_iter().zip(outcomes).collect();
    watch.clear();
    answer(&variorum_report::rows(&measured, styles.out))?;
    if let (true, Some(path)) = (arguments.write, &path) {
        let mut document = text.parse::<DocumentMut>().map_err(|error| Failure::Files(format!("{FILE}: {error}")))?;
        if let Some(clauses) = document.get_mut("clause").and_then(Item::as_array_of_tables_mut) {
            for (table, (_, outcome)) in clauses.iter_mut().zip(&measured) {
                if let Ok(finding) = outcome {
                    table.insert("measured", Item::Value(Value::InlineTable(recorded(finding))));
                }
            }
        }
        files::write_whole(path, document.to_string().as_bytes())?;
    }
    watch.end()?;
    let failed = measured.iter().filter(|(clause, outcome)| match outcome {
        Ok(finding) => failure(clause, finding).is_some(),
        Err(_) => true,
    });
    match failed.count() {
        0 => Ok(()),
        failed => Err(Failure::Model(format!("{failed} of {} clauses do not work", measured.len()))),
    }
}

/// What is recorded of a clause.
fn recorded(finding: &Finding) -> InlineTable {
    let mut values = InlineTable::new();
    let mut insert = |key: &str, value: Value| {
        values.insert(key, value);
    };
    match Measured::of(finding) {
        Measured::Effect { with, without, error } => {
            insert("with", with.into());
            insert("without", without.into());
            insert("error", error.into());
        }
        Measured::Share { share, error } => {
            insert("share", share.into());
            insert("error", error.into());
        }
        Measured::Forecast { words, implied, error } => {
            insert("words", words.into());
            insert("implied", implied.into());
            insert("error", error.into());
        }
    }
    values
}
