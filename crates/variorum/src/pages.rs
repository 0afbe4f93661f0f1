//! The pages of `spec/diagnostics`, embedded: what each kind of finding means, with a model that shows it.

use include_dir::{Dir, include_dir};
use variorum_model::names::nearest;
use variorum_syntax::diagnostic::Code;

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../spec/diagnostics");

/// The page of a kind of finding, in Markdown. Each kind has one; a test sees to it.
#[must_use]
pub fn page(code: Code) -> &'static str {
    PAGES.get_file(format!("{}.md", code.id())).and_then(|file| file.contents_utf8()).unwrap_or_default()
}

/// The kind of an id, however it was copied: `unknown-name`, `[unknown-name]`, `error[unknown-name]:`.
///
/// # Errors
/// The nearest id, if one is near, where there is no such kind.
pub fn kind(id: &str) -> Result<Code, Option<&'static str>> {
    let inner = id.split_once('[').map_or(id, |(_, rest)| rest);
    let inner = inner.split_once(']').map_or(inner, |(inner, _)| inner);
    let id = inner.trim().trim_end_matches(".md").to_lowercase().replace([' ', '_'], "-");
    let found = Code::ALL.iter().find(|code| code.id() == id);
    found.copied().ok_or_else(|| nearest(&id, Code::ALL.iter().map(|code| code.id())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_however_they_were_copied() {
        for id in ["unknown-name", "[unknown-name]", "error[unknown-name]:", "Unknown_Name", "unknown-name.md"] {
            assert_eq!(kind(id), Ok(Code::UnknownName), "{id}");
        }
        assert_eq!(kind("unknwon-name"), Err(Some("unknown-name")));
        assert_eq!(kind("E0308 and all that"), Err(None));
    }

    #[test]
    fn every_kind_has_a_page_and_a_line() {
        for code in Code::ALL {
            assert!(page(*code).starts_with(&format!("# {}\n", code.id())), "{}", code.id());
            let line = code.summary();
            assert!(line.ends_with('.') && line.chars().count() < 100, "{}: {line}", code.id());
        }
    }
}
