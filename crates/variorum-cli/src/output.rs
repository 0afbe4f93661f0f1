//! What goes where: answers to standard output, all else to standard error; and the exit codes.

use crate::arguments::Colour;
use std::collections::BTreeSet;
use std::io::Write;
use variorum::model::load::SourceFile;
use variorum::render::render;
use variorum::syntax::diagnostic::{Diagnostic, FileId, Severity};
use variorum::{Loaded, Model};
use variorum_report::Style;

/// Whether the two streams may carry colours.
#[derive(Clone, Copy, Debug)]
pub struct Styles {
    /// Standard output.
    pub out: Style,
    /// Standard error.
    pub err: Style,
}

impl Styles {
    /// As asked for, or as the terminal and the environment (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`) have it.
    pub fn of(colour: Colour) -> Styles {
        let style = |detected: anstream::ColorChoice| match colour {
            Colour::Always => Style::Coloured,
            Colour::Never => Style::Plain,
            Colour::Auto if detected == anstream::ColorChoice::Never => Style::Plain,
            Colour::Auto => Style::Coloured,
        };
        Styles {
            out: style(anstream::AutoStream::choice(&std::io::stdout())),
            err: style(anstream::AutoStream::choice(&std::io::stderr())),
        }
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// The model has errors, or a check failed; what was found has been printed.
    Model(String),
    /// What was asked cannot be.
    Usage(String),
    /// A file could not be read or written.
    Files(String),
    /// A documented limit.
    Limit(String),
    /// Interrupted; what was done has been printed.
    Interrupted,
    /// A fault of this program.
    Internal(String),
}

impl Failure {
    /// The documented exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Model(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Files(_) => 3,
            Failure::Limit(_) => 4,
            Failure::Interrupted => 130,
            Failure::Internal(_) => 70,
        }
    }

    /// Says it on standard error.
    pub fn report(&self) {
        let text = match self {
            Failure::Model(text) | Failure::Usage(text) | Failure::Files(text) | Failure::Limit(text) => text.clone(),
            Failure::Interrupted => "interrupted; the answers rest on what was done until then".to_owned(),
            Failure::Internal(text) => format!("this is a fault of variorum, please report it: {text}"),
        };
        if !text.is_empty() {
            say(&format!("variorum: {text}\n"));
        }
    }
}

/// Writes the answer. A reader who has gone away (`| head`) is no failure.
pub fn answer(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Says something beside the answer; if nobody listens there is nothing to be done.
pub fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Findings as people read them.
pub fn findings(found: &[Diagnostic], loaded: &Loaded, style: Style) -> String {
    found.iter().map(|found| render(found, loaded, style == Style::Coloured) + "\n\n").collect()
}

/// As [`findings`], of what was found in a text that was given on the command line: it stands in no file.
pub fn given(found: &[Diagnostic], loaded: &Loaded, text: &str, style: Style) -> String {
    let mut loaded = loaded.clone();
    let file = FileId(u32::try_from(loaded.files.len()).unwrap_or(u32::MAX));
    loaded.files.push(SourceFile { path: "as given".to_owned(), text: text.to_owned(), parsed: Default::default() });
    let mut found = found.to_vec();
    let labels = found.iter_mut().flat_map(|found| found.secondary.iter_mut().chain([&mut found.primary]));
    for label in labels.filter(|label| label.span.file == FileId(u32::MAX)) {
        label.span.file = file;
    }
    findings(&found, &loaded, style)
}

/// Where the kinds of these findings are explained: a line, or nothing where nothing was found.
pub fn explained(found: &[Diagnostic]) -> String {
    let kinds: BTreeSet<&str> = found.iter().map(|found| found.code.id()).collect();
    match kinds.first() {
        None => String::new(),
        Some(kind) if kinds.len() == 1 => format!("`variorum explain-error {kind}` explains it\n"),
        Some(_) => "`variorum explain-error ID` explains each; the ID stands in square brackets\n".to_owned(),
    }
}

/// Says what is wrong with a model; an error if it cannot be run. Warnings are only counted.
pub fn require_sound(model: &Model<'_>, styles: Styles) -> Result<(), Failure> {
    let (errors, warnings): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        model.diagnostics.iter().partition(|found| found.severity == Severity::Error);
    if errors.is_empty() {
        use variorum::syntax::diagnostic::Code;
        // No error of `check`: one may well begin with an empty file. But then there is nothing to play.
        if let Some(empty) = warnings.iter().find(|found| found.code == Code::EmptyModel) {
            let empty = [(*empty).clone()];
            say(&findings(&empty, model.loaded, styles.err));
            say(&explained(&empty));
            return Err(Failure::Model("the model is empty; nothing was run".to_owned()));
        }
        if !warnings.is_empty() {
            say(&format!("{}; `variorum check` (of the same model) shows them\n", count(warnings.len(), "warning")));
        }
        return Ok(());
    }
    let errors: Vec<Diagnostic> = errors.into_iter().cloned().collect();
    say(&findings(&errors, model.loaded, styles.err));
    say(&explained(&errors));
    Err(too_large(&errors)
        .unwrap_or_else(|| Failure::Model(format!("{}; nothing was run", count(errors.len(), "error")))))
}

/// A limit has an exit code of its own.
pub fn too_large(errors: &[Diagnostic]) -> Option<Failure> {
    use variorum::syntax::diagnostic::Code;
    let limit = errors.iter().any(|found| matches!(found.code, Code::TooLarge | Code::NestedTooDeep));
    limit.then(|| Failure::Limit(format!("{}; the model exceeds a limit", count(errors.len(), "error"))))
}

/// `1 error`, `2 errors`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// A document as JSON.
pub fn json(document: &serde_json::Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document).map_err(|error| Failure::Internal(error.to_string()))?;
    answer(&(text + "\n"))
}
