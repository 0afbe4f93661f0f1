//! The engine and the oracle give the same numbers on the shipped model, and on every model of the specs and the book.

use super::harness::{Sample, asking_everything, compare, programs};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use variorum::{load, shipped};

#[test]
fn on_the_shipped_model() {
    let loaded = load(shipped::ROOT, &shipped::files()).unwrap();
    let programs = programs(&loaded).unwrap();
    assert!(programs.len() > 3);
    for program in programs {
        // One draw beyond 2^32, where counters have a second word.
        for first in [0, 1 << 32] {
            let sample = Sample { seed: 1, draws: first..first + 1, per_draw: 4 };
            if let Err(found) = compare(&asking_everything(&program), &sample) {
                panic!("{}", found.what);
            }
        }
    }
}

/// A fenced block of a page.
struct Block {
    words: Vec<String>,
    text: String,
}

/// The blocks of a page that begin with the word `vor`; continued ones with what they continue.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<(Vec<String>, String)> = None;
    for line in page.lines() {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some((info.split_whitespace().map(str::to_owned).collect(), String::new()));
            }
            (Some((words, text)), Some(_)) if words.first().is_some_and(|word| word == "vor") => {
                let continued = words.iter().any(|word| word == "continued");
                let before =
                    blocks.last().filter(|_| continued).map_or(String::new(), |block: &Block| block.text.clone());
                blocks.push(Block { words, text: before + &text });
            }
            (Some((words, text)), None) => open = Some((words, text + line + "\n")),
            _ => {}
        }
    }
    blocks
}

/// All pages under a folder, in order of path.
fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            pages(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            into.push(path);
        }
    }
}

fn on_pages(folder: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut list = Vec::new();
    pages(&root.join(folder), &mut list);
    let (mut compared, mut faults) = (0, Vec::new());
    for path in list {
        let page = std::fs::read_to_string(&path).unwrap();
        if page.starts_with("<!-- generated") {
            // A copy of a page of the specs.
            continue;
        }
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for (number, block) in blocks(&page).into_iter().enumerate() {
            let name = block.words.iter().find_map(|word| word.strip_prefix("file=")).unwrap_or("block.vor").to_owned();
            files.insert(name.clone(), block.text);
            // What does not check is shown because of what is wrong with it; another test holds the pages to that.
            let loaded = load(&name, &files).unwrap();
            let Ok(programs) = programs(&loaded) else { continue };
            for program in programs {
                let sample = Sample { seed: 7, draws: 0..2, per_draw: 4 };
                compared += 1;
                if let Err(found) = compare(&asking_everything(&program), &sample) {
                    faults.push(format!("{}, model {}: {}", path.display(), number + 1, found.what));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(compared > 10, "only {compared} models found under {folder}");
}

#[test]
fn on_the_models_of_the_specs() {
    on_pages("spec");
}

#[test]
fn on_the_models_of_the_book() {
    on_pages("book/src");
}
