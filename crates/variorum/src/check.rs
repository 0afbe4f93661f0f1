//! Checking a model beyond its text: whether its numbers can be, and whether its citations hold.

use crate::lower::{LowerError, lower};
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::load::World;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};
use variorum_text::{Anchor, Document, Verdict, verify};

/// Lowers every reading, and reports what cannot be run.
pub fn laws(model: &mut Model<'_>) {
    let mut found = Vec::new();
    for reading in &model.readings {
        if let Some(program) = &reading.program
            && let Err(error) = lower(program)
        {
            found.push(diagnostic(&error, reading));
        }
    }
    model.report(found);
}

/// A lowering error at its place in the text.
#[must_use]
pub fn diagnostic(error: &LowerError, reading: &ReadingOf<'_>) -> Diagnostic {
    let at = |name: &str| reading.spans.get(name).copied().unwrap_or_default();
    match error {
        LowerError::Law { param, error } => Diagnostic::new(
            Code::BadDistribution,
            at(param),
            format!("these numbers have no distribution: {error}"),
        )
        .label("cannot be drawn")
        .help(
            "widen the bounds, narrow the interval, or name a distribution: `uniform(…)`, `triangular(…)`, `beta(…)`",
        ),
        LowerError::GameTooLarge { choice, .. } => Diagnostic::new(Code::TooLarge, at(choice), error.to_string())
            .label("this choice foresees too much")
            .help("limit the foresight (`foresight ACTOR = 2 replies`), shorten the horizon, or give fewer options"),
        other => Diagnostic::new(Code::TooLarge, Span::default(), other.to_string())
            .help("shorten the model's time, or declare fewer statements"),
    }
}

/// How many citations came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Citations {
    /// The words stand where the anchor says.
    pub hold: usize,
    /// They stand elsewhere in the document.
    pub moved: usize,
    /// The paragraph is there, and the words are not.
    pub changed: usize,
    /// The document has no such paragraph.
    pub gone: usize,
    /// The document is not in the folder, or the source has none.
    pub not_here: usize,
}

/// Verifies every anchor of the model against the documents in a folder.
pub fn citations(model: &mut Model<'_>, documents: &dyn World) -> Citations {
    let mut count = Citations::default();
    let mut found = Vec::new();
    let mut read = BTreeMap::<String, Result<Document, String>>::new();
    let mut missing = BTreeSet::new();
    for citation in model.citations() {
        let span = citation.anchor.span;
        let Some(name) = model.document(citation.source) else {
            count.not_here += 1;
            if !missing.insert(citation.source.to_owned()) {
                continue;
            }
            found.push(
                Diagnostic::new(Code::SourceNotHere, span, format!("the source `{}` has no document", citation.source))
                    .label("cannot be verified")
                    .help("name its file after `source`: `text \"file.txt\"`, or say `quoted in SOURCE`"),
            );
            continue;
        };
        let document =
            read.entry(name.to_owned()).or_insert_with(|| documents.read(name).map(|text| Document::from_text(&text)));
        let document = match document {
            Ok(document) => document,
            Err(why) => {
                count.not_here += 1;
                // Said once for each document, at its first citation.
                if !missing.insert(name.to_owned()) {
                    continue;
                }
                found.push(
                    Diagnostic::new(Code::SourceNotHere, span, format!("\"{name}\" cannot be read: {why}"))
                        .label("cannot be verified")
                        .help("put the document into the folder given to `--sources`, under that name"),
                );
                continue;
            }
        };
        let written = &citation.anchor.value;
        let anchor = Anchor {
            paragraph: written.paragraph,
            first_word: written.first_word,
            last_word: written.last_word,
            fingerprint: written.fingerprint.clone(),
        };
        let source = citation.source;
        match verify(document, &anchor) {
            Verdict::Holds => count.hold += 1,
            Verdict::Moved(to) => {
                count.moved += 1;
                found.push(
                    Diagnostic::new(
                        Code::AnchorMoved,
                        span,
                        format!("the words that {source} is cited with stand elsewhere now"),
                    )
                    .label("not here any more")
                    .help(format!("write `{to}`")),
                );
            }
            Verdict::Changed => {
                count.changed += 1;
                found.push(
                    Diagnostic::new(
                        Code::AnchorChanged,
                        span,
                        format!("paragraph {} of {source} no longer has the words that are cited", anchor.paragraph),
                    )
                    .label("the words have changed")
                    .help(format!("read the paragraph again; `variorum cite {name} \"words\"` prints the new anchor")),
                );
            }
            Verdict::Gone => {
                count.gone += 1;
                found.push(
                    Diagnostic::new(Code::AnchorGone, span, format!("{source} has no paragraph {}", anchor.paragraph))
                        .label("nothing is there")
                        .help(format!(
                            "read the document again; `variorum cite {name} \"words\"` prints the anchor of a passage"
                        )),
                );
            }
        }
    }
    model.report(found);
    count
}

/// The programs of the readings that are asked for (all, if none is named).
///
/// # Errors
/// A name that is no reading, with those that are.
pub fn programs<'m, 'l>(
    model: &'m Model<'l>,
    names: &[String],
) -> Result<Vec<(&'m ReadingOf<'l>, &'m Program)>, String> {
    let wanted = readings(model, names)?;
    Ok(wanted.into_iter().filter_map(|reading| reading.program.as_ref().map(|program| (reading, program))).collect())
}

/// The readings of these names in the order of the model; all of them where no name is given.
///
/// # Errors
/// In words, where there is no reading of a name.
pub fn readings<'m, 'l>(model: &'m Model<'l>, names: &[String]) -> Result<Vec<&'m ReadingOf<'l>>, String> {
    for name in names {
        if model.reading(name).is_none() {
            let known: Vec<&str> = model.readings.iter().map(|reading| reading.name.as_str()).collect();
            return Err(format!("there is no reading `{name}`; there are {}", known.join(", ")));
        }
    }
    Ok(model.readings.iter().filter(|reading| names.is_empty() || names.contains(&reading.name)).collect())
}
