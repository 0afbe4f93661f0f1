//! `variorum words`.

use crate::arguments::WordsArguments;
use crate::output::{Failure, Styles, answer, json};
use variorum::verbal::{dictionary, look_up};

/// Prints the dictionary of words of probability, or what one phrase means and how to use it.
pub fn words(arguments: &WordsArguments, styles: Styles) -> Result<(), Failure> {
    let internal = |error: serde_json::Error| Failure::Internal(error.to_string());
    if arguments.phrase.is_empty() {
        let dictionary = dictionary();
        return if arguments.json {
            json(&serde_json::to_value(&dictionary).map_err(internal)?)
        } else {
            answer(&variorum_report::dictionary(&dictionary, styles.out))
        };
    }
    let found = look_up(&arguments.phrase.join(" "));
    if arguments.json {
        json(&serde_json::to_value(&found).map_err(internal)?)
    } else {
        answer(&variorum_report::phrase(&found, styles.out))
    }
}
