//! `variorum explain`.

use super::{failure, settings};
use crate::arguments::ExplainArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, explained, findings, json, require_sound, say};
use crate::watch::Terminal;
use variorum::ablate::{Without, ablate, candidates, patched};
use variorum::{check, checked};

/// Prints what each statement and claim is worth to a question.
pub fn explain(arguments: &ExplainArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let model = checked(&loaded);
    require_sound(&model, styles)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let mut documents = Vec::new();
    let mut text = String::new();
    for (reading, program) in readings {
        let (mut without, mut needs_value) = (Vec::new(), Vec::new());
        if arguments.ablate || arguments.without.is_empty() {
            (without, needs_value) = candidates(&model, reading);
        }
        for line in &arguments.without {
            match patched(&model, reading, line) {
                Ok(program) => without.push(Without { name: line.clone(), standing: None, program }),
                Err(found) => {
                    say(&findings(&found, &loaded, styles.err));
                    say(&explained(&found));
                    return Err(Failure::Usage(format!("in the reading {}, `{line}` cannot be applied", reading.name)));
                }
            }
        }
        let effects = ablate(program, &arguments.question, &without, &settings, &watch).map_err(failure)?;
        if arguments.json {
            documents.push(serde_json::json!({
                "reading": reading.name,
                "question": arguments.question,
                "effects": effects,
                "needs_value": needs_value,
            }));
        } else {
            let table =
                variorum_report::ablation(&reading.name, &arguments.question, &effects, &needs_value, styles.out);
            text.push_str(&format!("{table}\n"));
        }
    }
    watch.clear();
    if arguments.json {
        json(&documents.into())?
    } else {
        answer(&text)?
    }
    watch.end()
}
