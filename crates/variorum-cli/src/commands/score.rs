//! `variorum score`.

use super::{failure, forget, settings};
use crate::arguments::{ForecastScale, ScoreArguments};
use crate::files;
use crate::output::{Failure, Styles, answer, json, require_sound, say};
use crate::watch::Terminal;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use variorum::score::list::{Columns, ListError, Scale, list};
use variorum::score::model::{Pool, score as library};
use variorum::{check, checked, run};

/// Scores a model, or a list.
pub fn score(arguments: &ScoreArguments, styles: Styles) -> Result<(), Failure> {
    match &arguments.forecasts {
        Some(file) => forecasts(arguments, file, styles),
        None => model(arguments, styles),
    }
}

/// Plays every reading without what has been seen, and prints what its answers were worth.
fn model(arguments: &ScoreArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    forget(&mut model, &arguments.knowing, &arguments.reading)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let answers = run::run(&model, &readings, &settings, &watch).map_err(failure)?;
    watch.clear();
    let scored = library(&model, &answers, &[Pool::default()]);
    if arguments.json {
        json(&serde_json::to_value(&scored).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else {
        answer(&variorum_report::score(&scored, styles.out))?;
    }
    watch.end()
}

/// Scores any list.
fn forecasts(arguments: &ScoreArguments, file: &Path, styles: Styles) -> Result<(), Failure> {
    let columns = Columns {
        probability: arguments.probability.clone(),
        outcome: arguments.outcome.clone(),
        name: arguments.name.clone(),
        group: arguments.group.clone(),
        scale: arguments.scale.map(|scale| match scale {
            ForecastScale::Share => Scale::Share,
            ForecastScale::Percent => Scale::Percent,
        }),
    };
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    let reader = open(file).map_err(|why| Failure::Files(format!("{name} cannot be read: {why}")))?;
    let scored = list(reader, &name, &columns).map_err(|error| fail(&name, error))?;
    if arguments.json {
        json(&serde_json::to_value(&scored).map_err(|error| Failure::Internal(error.to_string()))?)
    } else {
        answer(&variorum_report::forecasts(&scored, styles.out))
    }
}

fn open(file: &Path) -> Result<Box<dyn Read>, String> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    if file.is_dir() {
        return Err("it is a folder".to_owned());
    }
    let opened = File::open(file).map_err(|error| files::words(&error))?;
    Ok(Box::new(opened))
}

/// A list's error with its exit code: bad rows are what errors are in a model.
fn fail(name: &str, error: ListError) -> Failure {
    match error {
        ListError::Read(why) => Failure::Files(format!("{name} cannot be read: {why}")),
        ListError::Column(why) | ListError::Scale(why) => Failure::Usage(format!("{name}: {why}")),
        ListError::Limit(why) => Failure::Limit(format!("{name}: {why}")),
        ListError::Empty(why) => Failure::Model(format!("{name}: {why}")),
        ListError::Rows(rows, more) => {
            for (line, why) in &rows {
                say(&format!("{name}:{line}: {why}\n"));
            }
            let rows = crate::output::count(rows.len(), "row");
            let more = if more { " and perhaps more" } else { "" };
            Failure::Model(format!("{rows}{more} cannot be scored; nothing was"))
        }
    }
}
