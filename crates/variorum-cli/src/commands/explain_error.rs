//! `variorum explain-error`.

use crate::arguments::ExplainErrorArguments;
use crate::output::{Failure, Styles, answer};
use variorum::pages;

/// Prints what a kind of finding means, or the list of all kinds.
pub fn explain_error(arguments: &ExplainErrorArguments, styles: Styles) -> Result<(), Failure> {
    let Some(id) = &arguments.id else {
        return answer(&variorum_report::kinds(styles.out));
    };
    match pages::kind(id) {
        Ok(code) => answer(&variorum_report::page(pages::page(code), styles.out)),
        Err(near) => {
            let hint =
                near.map_or("`variorum explain-error` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
            Err(Failure::Usage(format!("there is no kind of finding `{id}`; {hint}")))
        }
    }
}
