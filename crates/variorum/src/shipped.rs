//! The shipped model, embedded: it runs without any file.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;

static PYONGYANG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../models/pyongyang");

/// The root file of the shipped model.
pub const ROOT: &str = "model.vor";

/// The files of the shipped model by their paths.
#[must_use]
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    gather(&PYONGYANG, &mut files);
    files
}

fn gather(folder: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in folder.files() {
        if let Some(text) = file.contents_utf8() {
            let path: Vec<String> = file.path().iter().map(|part| part.to_string_lossy().into_owned()).collect();
            files.insert(path.join("/"), text.to_owned());
        }
    }
    for folder in folder.dirs() {
        gather(folder, files);
    }
}
