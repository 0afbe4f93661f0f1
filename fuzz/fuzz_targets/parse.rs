//! Any text becomes a tree that spells it out again, with findings inside it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use variorum_syntax::diagnostic::FileId;

fuzz_target!(|text: &str| {
    let parse = variorum_syntax::parse(FileId(0), text);
    assert_eq!(parse.tree.to_string(), text, "the tree is not lossless");
    for found in &parse.diagnostics {
        let span = found.primary.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{found:?} lies outside the text");
        assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize), "{found:?}");
    }
});
