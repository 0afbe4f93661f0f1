//! `variorum cite`.

use crate::arguments::CiteArguments;
use crate::files;
use crate::output::{Failure, answer};
use variorum_text::{CiteError, Document, cite as find};

/// Prints the anchor of a passage.
pub fn cite(arguments: &CiteArguments) -> Result<(), Failure> {
    let file = &arguments.file;
    let text = files::read(file).map_err(|why| Failure::Files(format!("{} cannot be read: {why}", file.display())))?;
    match find(&Document::from_text(&text), &arguments.words) {
        Ok(anchor) => answer(&format!("{anchor}\n")),
        Err(CiteError::Several(anchors)) => {
            // A pull quote repeats its sentence: any of these is right.
            let list: String = anchors.iter().map(|anchor| format!("{anchor}\n")).collect();
            answer(&list)?;
            Err(Failure::Model(format!("the passage stands in {} places; paste the one that is meant", anchors.len())))
        }
        Err(error) => Err(Failure::Model(error.to_string())),
    }
}
