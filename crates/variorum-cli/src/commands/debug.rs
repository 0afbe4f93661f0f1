//! `variorum debug`.

use crate::arguments::{DebugArguments, Stage};
use crate::files;
use crate::output::{Failure, Styles, answer, json, require_sound};
use variorum::lower::lower;
use variorum::syntax::diagnostic::FileId;
use variorum::{check, checked, compare, syntax};

/// Prints what a stage has made of a model.
pub fn debug(arguments: &DebugArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    if arguments.stage == Stage::Tree {
        let mut text = String::new();
        for file in &loaded.files {
            let tree = syntax::parse(FileId(0), &file.text).tree;
            text.push_str(&format!("{}\n{}\n", file.path, syntax::debug_tree(&tree)));
        }
        return answer(&text);
    }
    let model = checked(&loaded);
    require_sound(&model, styles)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let internal = |error: serde_json::Error| Failure::Internal(error.to_string());
    if arguments.stage == Stage::Plan {
        let mut text = String::new();
        for (_, program) in readings {
            let plan = lower(program).map_err(|error| Failure::Limit(error.to_string()))?;
            text.push_str(&format!("{plan}\n"));
        }
        return answer(&text);
    }
    let mut list = Vec::new();
    for (reading, program) in readings {
        list.push(serde_json::json!({
            "name": reading.name,
            "title": reading.title,
            "voices": reading.voices,
            "statements": model.statements(reading),
            "program": program,
        }));
    }
    let comparison = serde_json::to_value(compare::compare(&model)).map_err(internal)?;
    let document = serde_json::json!({ "format": 1, "comparison": comparison, "readings": list });
    if arguments.json {
        return json(&document);
    }
    let mut text = String::new();
    for (_, program) in check::programs(&model, &arguments.reading).map_err(Failure::Usage)? {
        text.push_str(&format!("{program:#?}\n"));
    }
    answer(&text)
}
