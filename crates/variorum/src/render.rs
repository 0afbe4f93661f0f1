//! Diagnostics as people read them: the source line, the place, what to write instead.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use variorum_model::load::Loaded;
use variorum_syntax::diagnostic::{Diagnostic, FileId, Severity, Span};

/// How many columns messages are broken to.
const WIDTH: usize = 100;

/// A diagnostic with its source lines; with colours for a terminal if `colour`.
#[must_use]
pub fn render(diagnostic: &Diagnostic, loaded: &Loaded, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.id()));
    let mut files: Vec<FileId> = vec![diagnostic.primary.span.file];
    for label in &diagnostic.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    for file in files {
        let Some(source) = loaded.files.get(file.0 as usize) else { continue };
        let mut snippet = Snippet::source(source.text.as_str()).path(source.path.as_str()).fold(true);
        if diagnostic.primary.span.file == file {
            let range = range(diagnostic.primary.span, &source.text);
            snippet = snippet.annotation(AnnotationKind::Primary.span(range).label(diagnostic.primary.text.as_str()));
        }
        for label in diagnostic.secondary.iter().filter(|label| label.span.file == file) {
            let range = range(label.span, &source.text);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(label.text.as_str()));
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(WIDTH).render(&[group])
}

/// A range of whole characters inside the text.
fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let clamp = |at: u32| {
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (clamp(span.start), clamp(span.end));
    start..end.max(start)
}
