//! `variorum crux`.

use super::{failure, forget, settings};
use crate::arguments::CruxArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, json, require_sound};
use crate::watch::Terminal;
use std::path::Path;
use variorum::condition::Conditioning;
use variorum::crux::{CruxError, OF_ALL, Precision, crux as library, crux_all, crux_given_observed};
use variorum::{check, checked};

/// Prints what divides two readings, or every two.
pub fn crux(arguments: &CruxArguments, styles: Styles) -> Result<(), Failure> {
    let mut words = arguments.words.as_slice();
    let mut path = None;
    if let Some((last, before)) = words.split_last()
        && (files::is_path(last) || (files::is_model(last) && (arguments.all || before.len() >= 2)))
    {
        (path, words) = (Some(Path::new(last)), before);
    }
    let loaded = files::model(path)?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    let known = |word: &&String| model.readings.iter().any(|reading| reading.name == **word);
    let named: Vec<String> = words.iter().take(2).filter(known).cloned().collect();
    forget(&mut model, &arguments.knowing, if arguments.all { &arguments.reading } else { &named })?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let usual = if arguments.all { OF_ALL } else { Precision::default() };
    let precision = Precision { error: arguments.until_error.unwrap_or(usual.error), ..usual };
    let document = if arguments.all {
        let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
        let readings: Vec<&str> = readings.iter().map(|(reading, _)| reading.name.as_str()).collect();
        if let [_, more, ..] = words {
            return Err(Failure::Usage(format!(
                "with --all one question can be asked, and `{more}` is another; a model is a file, or a folder with {}",
                files::ROOT
            )));
        }
        let question = words.first().map(String::as_str);
        let all = crux_all(&model, &readings, question, precision, &settings, &watch).map_err(fail);
        watch.clear();
        let all = all?;
        if arguments.json { Err(serde_json::to_value(&all)) } else { Ok(variorum_report::crux_all(&all, styles.out)) }
    } else {
        let [first, second, questions @ ..] = words else {
            let names: Vec<&str> = model.readings.iter().map(|reading| reading.name.as_str()).collect();
            return Err(Failure::Usage(format!(
                "name two readings, as in `variorum crux A B`, or --all; there are {}",
                names.join(", ")
            )));
        };
        let names = [first.as_str(), second.as_str()];
        let crux = match arguments.given_observed {
            false => library(&model, names, questions, precision, &settings, &watch),
            true => {
                let how = (precision, &Conditioning::default());
                crux_given_observed(&model, names, questions, how, &settings, &watch)
            }
        }
        .map_err(fail);
        watch.clear();
        let crux = crux?;
        if arguments.json { Err(serde_json::to_value(&crux)) } else { Ok(variorum_report::crux(&crux, styles.out)) }
    };
    match document {
        Ok(text) => answer(&text)?,
        Err(document) => json(&document.map_err(|error| Failure::Internal(error.to_string()))?)?,
    }
    watch.end()
}

fn fail(error: CruxError) -> Failure {
    match error {
        CruxError::Unknown(why) | CruxError::Unseen(why) => Failure::Usage(why),
        CruxError::Run(error) => failure(error),
    }
}
