//! The models beside the shipped one are sound, know a baseline, and answer every question.
//!
//! `cargo test --release -p variorum --test others`

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use variorum::answers::Answer;
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load};

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let models = entries.filter(|path| path.extension().is_some_and(|extension| extension == "vor"));
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    models.map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn july_and_the_seminar_have_answers_and_no_findings() {
    for name in ["july-1914", "seminar"] {
        let world = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name));
        let loaded = load("model.vor", &world).unwrap();
        let model = checked(&loaded);
        assert!(model.diagnostics.is_empty(), "{name}: {:?}", model.diagnostics);
        assert!(model.reading("baseline").is_some(), "{name} has no baseline");
        let programs = check::programs(&model, &[]).unwrap();
        let settings = Run { draws: 200, ..Run::default() };
        let answers = run(&model, &programs, &settings, &Unwatched::default()).unwrap();
        for question in &answers.questions {
            for reading in &question.readings {
                if let Answer::Probability(answer) = &reading.answer {
                    let is_bare = answer.reason.is_none() && (answer.probability == 0.0 || answer.probability == 1.0);
                    assert!(!is_bare, "{name}: {} in {}", question.name, reading.reading);
                }
            }
        }
    }
}
