//! The files of a model: the root file and whatever it uses, read through one small trait.
//!
//! `use` reaches only files in the root file's folder and below. Paths are written with `/` on every system.

use std::collections::BTreeSet;
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, FileId, Span};

/// How the library reads a model's files. A path is relative to the model's folder, with `/` between its parts.
pub trait World {
    /// The text of a file.
    ///
    /// # Errors
    /// A sentence for people: the file is missing, is no UTF-8, cannot be read.
    fn read(&self, path: &str) -> Result<String, String>;
}

/// Files held in memory: embedded models and tests.
impl World for std::collections::BTreeMap<String, String> {
    fn read(&self, path: &str) -> Result<String, String> {
        self.get(path).cloned().ok_or_else(|| "there is no such file".to_owned())
    }
}

/// One file of a model.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path, relative to the model's folder.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What the parser made of it.
    pub parsed: ast::File,
}

/// A model's files, parsed.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// In the order in which they are first used; `FileId` is the index.
    pub files: Vec<SourceFile>,
    /// What the parser found, and files that could not be used.
    pub diagnostics: Vec<Diagnostic>,
}

/// The most files that one model may have.
pub const MAX_FILES: usize = 1_000;

/// Reads and parses `root` and all files that it uses.
///
/// # Errors
/// Only if the root file itself cannot be read: the sentence of the [`World`].
pub fn load(root: &str, world: &dyn World) -> Result<Loaded, String> {
    let mut loaded = Loaded::default();
    let mut seen = BTreeSet::new();
    let text = world.read(root)?;
    seen.insert(root.to_owned());
    add(&mut loaded, root.to_owned(), text);
    let mut next = 0;
    while next < loaded.files.len() {
        let uses: Vec<(String, Span)> = loaded.files[next]
            .parsed
            .statements
            .iter()
            .filter_map(|statement| match &statement.kind {
                StatementKind::Use(Some(text)) => Some((text.value.clone(), text.span)),
                _ => None,
            })
            .collect();
        let folder = loaded.files[next].path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        for (written, span) in uses {
            match resolve(&folder, &written) {
                None => loaded.diagnostics.push(
                    Diagnostic::new(Code::BadUse, span, format!("\"{written}\" lies outside the model's folder"))
                        .label("only files in the folder of the model's first file, and below, can be used")
                        .help("copy the file into the model's folder and write `use \"file.vor\"`"),
                ),
                Some(path) if seen.contains(&path) => loaded.diagnostics.push(
                    Diagnostic::new(Code::BadUse, span, format!("\"{path}\" is already part of this model"))
                        .label("used a second time")
                        .help("each file is used once; delete this line"),
                ),
                Some(_) if loaded.files.len() >= MAX_FILES => loaded.diagnostics.push(Diagnostic::new(
                    Code::TooLarge,
                    span,
                    format!("this model has more than {MAX_FILES} files"),
                )),
                Some(path) => match world.read(&path) {
                    Err(why) => loaded.diagnostics.push(
                        Diagnostic::new(Code::BadUse, span, format!("\"{path}\" cannot be read: {why}"))
                            .help("the path starts at the folder of the file in which `use` stands"),
                    ),
                    Ok(text) => {
                        seen.insert(path.clone());
                        add(&mut loaded, path, text);
                    }
                },
            }
        }
        next += 1;
    }
    Ok(loaded)
}

fn add(loaded: &mut Loaded, path: String, text: String) {
    let id = FileId(u32::try_from(loaded.files.len()).unwrap_or(u32::MAX));
    let parse = variorum_syntax::parse(id, &text);
    loaded.diagnostics.extend(parse.diagnostics);
    loaded.files.push(SourceFile { path, text, parsed: parse.file });
}

/// The path of `written` seen from `folder` (empty or ending in `/`); none if it leaves the model's folder.
fn resolve(folder: &str, written: &str) -> Option<String> {
    if written.starts_with('/') || written.contains('\\') || written.contains(':') || written.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn paths_stay_in_the_folder() {
        assert_eq!(resolve("", "a.vor").as_deref(), Some("a.vor"));
        assert_eq!(resolve("claims/", "../b.vor").as_deref(), Some("b.vor"));
        assert_eq!(resolve("", "../b.vor"), None);
        assert_eq!(resolve("a/", "../../b.vor"), None);
        assert_eq!(resolve("", "/etc/passwd"), None);
        assert_eq!(resolve("", "C:\\x"), None);
    }
}
