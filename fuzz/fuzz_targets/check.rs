//! Any text is checked to the end, every finding can be shown, and what is sound can be made ready to run.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use variorum::lower::lower;
use variorum::render::render;
use variorum::{checked, load};

fuzz_target!(|text: &str| {
    let world = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
    let Ok(loaded) = load("model.vor", &world) else { return };
    let model = checked(&loaded);
    for found in &model.diagnostics {
        assert!(!render(found, &loaded, false).is_empty());
    }
    for program in model.readings.iter().filter_map(|reading| reading.program.as_ref()) {
        // A limit is an answer too.
        let _ = lower(program);
    }
});
