//! Documents, numbered paragraphs and anchors.
//!
//! A model cites an article without copying it: an [`Anchor`] names a paragraph, a span of words in it and a
//! fingerprint of those words. Whoever holds the article can check the anchor with [`verify`]; whoever writes a model
//! gets it from [`cite`]. This crate reads no files and knows nothing of models.
//!
//! What the words of a passage *are* is fixed by three rules, which the book repeats on its page about anchors:
//!
//! 1. **Paragraphs.** A paragraph is a non-empty line (ended by `\n` or `\r\n`), numbered from 1.
//! 2. **Folding.** A paragraph is split at white space and each piece is folded (see [`fold`]): Unicode NFKC, case,
//!    one form of quotation mark, one form of dash, no zero-width characters. The pieces joined by single spaces are
//!    the *folded text*. Pieces that hold a letter or a digit are the paragraph's *words*, numbered from 1.
//! 3. **Fingerprint.** The first 60 bits of the SHA-256 of the folded text (UTF-8) from the start of the first word
//!    to the end of the last, written as 12 characters of lower-case base 32 in Crockford's alphabet
//!    (`0123456789abcdefghjkmnpqrstvwxyz`), the most significant five bits first. The quotation marks, brackets,
//!    dashes and sentence marks before the first word and after the last are not of the passage; those inside it are.
//!
//! So a changed, added or missing word, and a changed comma inside the passage, change the fingerprint, while a
//! passage may be cited with or without the full stop after it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod anchor;
mod cite;
mod document;
mod fold;
mod selector;
mod verify;

pub use anchor::{Anchor, FINGERPRINT_LENGTH, ParseAnchorError, fingerprint};
pub use cite::{CiteError, MAX_WORDS, MIN_WORDS, Place, cite};
pub use document::{Document, Paragraph};
pub use fold::fold;
pub use selector::{Selector, selectors};
pub use verify::{Verdict, verify};
