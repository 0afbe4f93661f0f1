//! `variorum check`.

use super::{failure, settings};
use crate::arguments::{CheckArguments, Playing};
use crate::files::{self, Folder};
use crate::output::{Failure, Styles, answer, count, explained, findings, json, require_sound, say, too_large};
use crate::watch::Terminal;
use variorum::run::Run;
use variorum::syntax::diagnostic::{Diagnostic, Severity};
use variorum::{Model, check, checked, rates, statements};

/// Prints what is wrong with a model.
pub fn check(arguments: &CheckArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    if !arguments.reading.is_empty() && !arguments.statements && !arguments.rates {
        return Err(Failure::Usage("--reading goes with --statements or --rates".to_owned()));
    }
    if arguments.rates {
        return implied(&model, arguments, styles);
    }
    let mut cited = None;
    if let Some(folder) = &arguments.sources {
        if !folder.is_dir() {
            return Err(Failure::Files(format!("{} is no folder", folder.display())));
        }
        cited = Some(check::citations(&mut model, &Folder::new(folder)));
    }
    let errors = model.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = model.diagnostics.len() - errors;
    if arguments.json {
        let list: Vec<serde_json::Value> = model.diagnostics.iter().map(|found| place(found, &model)).collect();
        json(&serde_json::Value::Array(list))?;
    } else {
        let mut text = findings(&model.diagnostics, &loaded, styles.out);
        if arguments.statements {
            text.push_str(&listed(&model, &arguments.reading, styles)?);
        }
        answer(&text)?;
        say(&explained(&model.diagnostics));
    }
    let mut summary = format!(
        "{}: {}, {}, {}",
        model.shared.title,
        count(model.readings.len(), "reading"),
        count(errors, "error"),
        count(warnings, "warning")
    );
    if let Some(cited) = cited {
        summary.push_str(&format!(
            "; anchors: {} hold, {} moved, {} changed, {} gone, {} whose source is not here",
            cited.hold, cited.moved, cited.changed, cited.gone, cited.not_here
        ));
    }
    say(&format!("{summary}\n"));
    if errors > 0 {
        let errors: Vec<Diagnostic> =
            model.diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
        return Err(too_large(&errors).unwrap_or(Failure::Model(String::new())));
    }
    if arguments.strict && warnings > 0 {
        return Err(Failure::Model("warnings count as errors (--strict)".to_owned()));
    }
    Ok(())
}

/// Prints the rates that the model implies.
fn implied(model: &Model<'_>, arguments: &CheckArguments, styles: Styles) -> Result<(), Failure> {
    require_sound(model, styles)?;
    let readings = check::programs(model, &arguments.reading).map_err(Failure::Usage)?;
    let usual = Playing::default();
    let playing = Playing {
        draws: arguments.draws.unwrap_or(usual.draws),
        seed: arguments.seed.unwrap_or(usual.seed),
        threads: arguments.threads,
        ..usual
    };
    let run: Run = settings(&playing, None, false);
    let terminal = Terminal::begin()?;
    let found = rates::rates(model, &readings, &run, &terminal);
    terminal.clear();
    let found = found.map_err(failure)?;
    if arguments.json {
        json(&serde_json::to_value(&found).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else {
        answer(&variorum_report::rates(&found, styles.out))?;
    }
    terminal.end()
}

/// A finding as JSON, with the file's path, line and column (from 1) in place of byte offsets alone.
fn place(found: &Diagnostic, model: &Model<'_>) -> serde_json::Value {
    let mut value = serde_json::to_value(found).unwrap_or_default();
    let span = found.primary.span;
    if let (Some(object), Some(file)) = (value.as_object_mut(), model.loaded.files.get(span.file.0 as usize)) {
        let before = file.text.get(..span.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        object.insert("path".to_owned(), file.path.clone().into());
        object.insert("line".to_owned(), line.into());
        object.insert("column".to_owned(), column.into());
    }
    value
}

/// The statements of the readings that are asked for.
fn listed(model: &Model<'_>, readings: &[String], styles: Styles) -> Result<String, Failure> {
    let readings = check::readings(model, readings).map_err(Failure::Usage)?;
    let list = readings
        .iter()
        .map(|reading| variorum_report::statements(&reading.name, &statements::statements(model, reading), styles.out));
    Ok(list.collect())
}
