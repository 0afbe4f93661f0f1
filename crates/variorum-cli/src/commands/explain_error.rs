//! `variorum explain-error`.

use crate::arguments::ExplainErrorArguments;
use crate::output::{Failure, Styles, answer};
use variorum::pages;

/// Prints what a kind of finding means, or the list of all kinds.
pub fn explain_error(arguments: &ExplainErrorArguments, styles: Styles) -> Result<(), Failure> {
    let Some(id) = &arguments.id else {
        return answer(&variorum_report::kinds(styles.out));
    };
    if matches!(id.as_str(), "starved" | "forbidden") {
        return Err(Failure::Usage(format!(
            "`{id}` is no kind of finding, but how a reading stands to what was seen; the book tells it on the page \"How to read the \
             answers\", under \"What was seen, and who foretold it\""
        )));
    }
    match pages::kind(id) {
        Ok(code) => answer(&variorum_report::page(pages::page(code), styles.out)),
        Err(near) => {
            let hint =
                near.map_or("`variorum explain-error` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
            Err(Failure::Usage(format!("there is no kind of finding `{id}`; {hint}")))
        }
    }
}
