//! Whether a document still has the words that an anchor cites.

use serde::{Deserialize, Serialize};

use crate::anchor::{Anchor, fingerprint_bits, parse_bits};
use crate::cite::MAX_WORDS;
use crate::document::{Document, Paragraph};

/// What became of a cited passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The words stand where the anchor says.
    Holds,
    /// The same words stand elsewhere; the anchor of the place nearest to the old one.
    Moved(Anchor),
    /// The paragraph is there, but the words are nowhere in the document.
    Changed,
    /// The document has no such paragraph, and the words are nowhere in it.
    Gone,
}

/// Compares an anchor with a document.
///
/// The time is in proportion to the length of the document; only for a passage that is not in its place does every
/// span of as many words have to be hashed, which multiplies it by the length of the passage (at most [`MAX_WORDS`]
/// words; longer ones, which [`cite`](crate::cite()) does not make, are compared in their place and not looked for).
pub fn verify(document: &Document, anchor: &Anchor) -> Verdict {
    let paragraph = document.paragraph(anchor.paragraph);
    let place = parse_bits(&anchor.fingerprint).and_then(|bits| {
        let holds = paragraph.is_some_and(|p| stands(p, anchor.first_word as usize, anchor.word_count(), bits));
        if holds { Some(anchor.clone()) } else { find(document, anchor, bits) }
    });
    match (place, paragraph) {
        (Some(place), _) if place == *anchor => Verdict::Holds,
        (Some(place), _) => Verdict::Moved(place),
        (None, Some(_)) => Verdict::Changed,
        (None, None) => Verdict::Gone,
    }
}

/// Whether so many words from this one on have the fingerprint.
fn stands(paragraph: &Paragraph, first: usize, count: usize, bits: u64) -> bool {
    paragraph.passage(first, (first + count).saturating_sub(1)).is_some_and(|p| fingerprint_bits(p) == bits)
}

/// The place nearest to the anchor's that has its words: its own paragraph, then outwards, the earlier one first.
fn find(document: &Document, anchor: &Anchor, bits: u64) -> Option<Anchor> {
    let count = anchor.word_count();
    if count == 0 || count > MAX_WORDS {
        return None;
    }
    let mut paragraphs: Vec<(u32, &Paragraph)> = (1_u32..).zip(document.paragraphs()).collect();
    paragraphs.sort_by_key(|(number, _)| number.abs_diff(anchor.paragraph));
    paragraphs.iter().find_map(|&(number, paragraph)| {
        let starts = 1..=(paragraph.word_count() + 1).saturating_sub(count);
        let first_word = starts
            .filter(|&first| stands(paragraph, first, count, bits))
            .filter_map(|first| u32::try_from(first).ok())
            .min_by_key(|first| first.abs_diff(anchor.first_word))?;
        let last_word = first_word.checked_add(u32::try_from(count - 1).ok()?)?;
        Some(Anchor { paragraph: number, first_word, last_word, fingerprint: anchor.fingerprint.clone() })
    })
}
