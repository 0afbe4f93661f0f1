//! `variorum compare`.

use crate::arguments::CompareArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, json};
use variorum::compare;
use variorum::{Model, syntax::diagnostic::Severity};

/// Prints who says what. Claims need no mechanisms, so a model whose mechanisms have errors is compared all the same.
pub fn compare(arguments: &CompareArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let model = Model::check(&loaded);
    let errors = model.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    if errors > 0 {
        crate::output::say(&format!(
            "{} in this model; `variorum check` shows them\n",
            crate::output::count(errors, "error")
        ));
    }
    let comparison = compare::compare(&model);
    if arguments.json {
        json(&serde_json::to_value(&comparison).map_err(|error| Failure::Internal(error.to_string()))?)
    } else {
        answer(&variorum_report::comparison(&comparison, styles.out))
    }
}
