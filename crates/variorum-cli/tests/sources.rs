//! The shipped model against the five texts. They are no part of the project: where they are absent these tests say so
//! and do nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use variorum::load;
use variorum::model::load::World;
use variorum::shipped;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn texts(test: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/sources");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED {test}: the texts are not here ({})", folder.display());
    None
}

fn check(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_variorum"))
        .args(["check", "models/pyongyang", "--strict", "--sources"])
        .arg(folder)
        .current_dir(root())
        .output()
        .unwrap()
}

#[test]
fn every_citation_of_the_shipped_model_holds() {
    let Some(folder) = texts("every_citation_of_the_shipped_model_holds") else { return };
    let output = check(&folder);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains(" 0 moved, 0 changed, 0 gone, 0 whose source is not here"), "{said}");
}

#[test]
fn a_changed_word_is_found() {
    let Some(folder) = texts("a_changed_word_is_found") else { return };
    let files = shipped::files();
    let loaded = load(shipped::ROOT, &files).unwrap();
    let model = variorum::checked(&loaded);
    let mut documents = BTreeSet::new();
    for citation in model.citations() {
        let Some(document) = model.document(citation.source) else { continue };
        if !documents.insert(document.to_owned()) {
            continue;
        }
        // One word in the middle of the first passage that is cited from each document.
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        let text = std::fs::read_to_string(folder.join(document)).unwrap();
        let anchor = &citation.anchor.value;
        let mut paragraph = 0;
        let changed: Vec<String> = text
            .lines()
            .map(|line| {
                paragraph += u32::from(!line.trim().is_empty());
                if line.trim().is_empty() || paragraph != anchor.paragraph {
                    return line.to_owned();
                }
                let middle = (anchor.first_word + anchor.last_word) / 2;
                let mut word = 0;
                let words = line.split(' ').map(|piece| {
                    word += u32::from(piece.chars().any(char::is_alphanumeric));
                    if word == middle && piece.chars().any(char::is_alphanumeric) { "xyzzy" } else { piece }
                });
                words.collect::<Vec<_>>().join(" ")
            })
            .collect();
        std::fs::write(copy.path().join(document), changed.join("\n")).unwrap();
        let output = check(copy.path());
        assert_eq!(output.status.code(), Some(1), "{document}: the change was not noticed");
        assert!(String::from_utf8_lossy(&output.stdout).contains("[anchor-changed]"), "{document}");
    }
    assert!(documents.len() >= 5, "only {documents:?} are cited");
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn no_sentence_of_the_texts_is_in_the_project() {
    const RUN: usize = 10;
    let Some(folder) = texts("no_sentence_of_the_texts_is_in_the_project") else { return };
    let mut runs = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let words = words(&std::fs::read_to_string(path).unwrap());
            runs.extend(words.windows(RUN).map(<[String]>::to_vec));
        }
    }
    assert!(runs.len() > 1000, "the texts were not read");
    let mut found = Vec::new();
    visit(&root(), &mut |path, text| {
        if let Some(run) = words(text).windows(RUN).find(|run| runs.contains(*run)) {
            found.push(format!("{}: {}", path.display(), run.join(" ")));
        }
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn visit(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != ".git" && !name.starts_with("target-") {
                visit(&path, look);
            }
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            look(&path, &text);
        }
    }
}

/// The embedded files are those in the folder.
#[test]
fn the_embedded_model_is_the_one_in_the_folder() {
    for (path, text) in shipped::files() {
        assert_eq!(std::fs::read_to_string(root().join("models/pyongyang").join(&path)).unwrap(), text, "{path}");
    }
    assert!(shipped::files().read(shipped::ROOT).is_ok());
}
