//! `variorum explain`.

use super::{failure, forget, settings};
use crate::arguments::ExplainArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, explained, given, json, require_sound, say};
use crate::watch::Terminal;
use variorum::ablate::patch_text;
use variorum::explain::{Asked, ExplainError, explain as library};
use variorum::{check, checked};

/// Prints what the answers to a question rest on, what they would move with, and what each statement is worth.
pub fn explain(arguments: &ExplainArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    forget(&mut model, &arguments.knowing, &arguments.reading)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let all = !arguments.provenance
        && !arguments.drivers
        && !arguments.ablate
        && !arguments.stories
        && arguments.without.is_empty();
    let asked = Asked {
        provenance: arguments.provenance || all,
        drivers: arguments.drivers || all,
        ablate: arguments.ablate || all,
        stories: arguments.stories || all,
        until_error: arguments.until_error,
        without: arguments.without.clone(),
    };
    let explanation = library(&model, &readings, &arguments.question, &asked, &settings, &watch);
    watch.clear();
    let explanation = explanation.map_err(|error| match error {
        ExplainError::Question(why) => Failure::Usage(why),
        ExplainError::Run(error) => failure(error),
        ExplainError::Patch { patch, reading, found } => {
            say(&given(&found, &loaded, &patch_text(&patch), styles.err));
            say(&explained(&found));
            Failure::Usage(format!("in the reading {reading}, `{patch}` cannot be applied"))
        }
    })?;
    if arguments.json {
        json(&serde_json::to_value(&explanation).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else {
        answer(&variorum_report::explanation(&explanation, styles.out))?;
    }
    watch.end()
}
