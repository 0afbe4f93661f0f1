//! `variorum run` and `variorum schema`.

use super::dossier::{Played, gather, looking};
use super::history::Recorder;
use super::{failure, forget, settings};
use crate::arguments::{Document, RunArguments, SchemaArguments};
use crate::files;
use crate::output::{Failure, Styles, answer, json, require_sound, say};
use crate::watch::Terminal;
use variorum::answers::Answers;
use variorum::condition::Conditioning;
use variorum::crux::{Crux, CruxAll};
use variorum::explain::Explanation;
use variorum::history::History;
use variorum::rates::Rates;
use variorum::run::Kept;
use variorum::score::list::List;
use variorum::score::model::Score;
use variorum::watch::WatchList;
use variorum::whatif::WhatIf;
use variorum::{check, checked, evidence, exact, provenance, run};

/// Plays every reading forward, and prints the answers or writes a report.
pub fn run(arguments: &RunArguments, styles: Styles) -> Result<(), Failure> {
    if let Some(file) = &arguments.html {
        files::can_be_written(file)?;
    }
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    forget(&mut model, &arguments.knowing, &arguments.reading)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    // Found out before the work: whether what comes out can be kept.
    let ledger = if arguments.record { Some(Recorder::begin(arguments)?) } else { None };
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, arguments.until_error, arguments.oracle);
    let (mut answers, kept) = match arguments.exact {
        true => {
            let solved = exact::run(&model, &readings, &exact::Limits::default(), &watch).map_err(failure)?;
            (solved, Kept::default())
        }
        false => run::run_kept(&model, &readings, &settings, &watch).map_err(failure)?,
    };
    if arguments.provenance || arguments.brief || arguments.html.is_some() {
        provenance::measure(&model, &readings, (&mut answers, &kept), &settings, &watch).map_err(failure)?;
    }
    // An exact solution has seen it already; the slow interpreter is there to be held against the engine.
    let mut watch_list = None;
    if !arguments.exact && !arguments.oracle {
        // What a report shows besides the answers is asked in the same run.
        let is_wanted = arguments.brief || arguments.html.is_some();
        let looking = if is_wanted { looking(&readings).map_err(failure)? } else { None };
        let how = (&Conditioning::default(), looking.as_ref());
        watch_list =
            evidence::conclude_looking(&mut answers, &model, &readings, &settings, how, &watch).map_err(failure)?;
    }
    watch.clear();
    // Kept before anything is printed: a reader who goes away takes nothing with them.
    let recorded = ledger.map_or(Ok(()), |ledger| ledger.record(&answers, &readings));
    if arguments.json {
        json(&serde_json::to_value(&answers).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else if !arguments.brief && arguments.html.is_none() {
        answer(&variorum_report::answers(&answers, styles.out))?;
    }
    if arguments.brief || arguments.html.is_some() {
        let played = Played { model: &model, readings: &readings, run: &settings, kept: &kept, watch: &watch };
        let dossier = gather(arguments, &played, (answers, watch_list), styles)?;
        watch.clear();
        if arguments.brief {
            answer(&variorum_report::brief(&dossier))?;
        }
        if let Some(file) = &arguments.html {
            let page = variorum_report::report(&dossier);
            files::write_whole(file, page.as_bytes())?;
            say(&format!("{}: {} kB, to be opened in a browser\n", file.display(), page.len().div_ceil(1000)));
        }
    }
    recorded?;
    watch.end()
}

/// Prints the JSON Schema of a document.
pub fn schema(arguments: &SchemaArguments) -> Result<(), Failure> {
    let schema = match arguments.document {
        Document::Run => schemars::schema_for!(Answers),
        Document::Explain => schemars::schema_for!(Explanation),
        Document::Whatif => schemars::schema_for!(WhatIf),
        Document::Watch => schemars::schema_for!(WatchList),
        Document::Score => schemars::schema_for!(Score),
        Document::Forecasts => schemars::schema_for!(List),
        Document::History => schemars::schema_for!(History),
        Document::Crux => schemars::schema_for!(Crux),
        Document::CruxAll => schemars::schema_for!(CruxAll),
        Document::Rates => schemars::schema_for!(Rates),
    };
    json(&serde_json::to_value(schema).map_err(|error| Failure::Internal(error.to_string()))?)
}
