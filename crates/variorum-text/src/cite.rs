//! From words to their anchor.
//!
//! The words are compared one by one after folding and without the marks around each, so that a passage typed by hand
//! is found although a comma is missing; the fingerprint is then taken from the document. One pass (Knuth, Morris and
//! Pratt) finds every place, passages that run on into the next paragraph, and the longest beginning that is there.

use std::fmt;

use crate::anchor::Anchor;
use crate::document::Document;
use crate::fold::{core, fold, is_word};

/// A passage has at least this many words: fewer are found by chance.
pub const MIN_WORDS: usize = 3;

/// A passage has at most this many words: more is no passage but a page, and slow to look for.
pub const MAX_WORDS: usize = 250;

/// How many places a message lists.
const LISTED: usize = 8;

/// A word of a document: a paragraph and a word in it, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The paragraph, from 1.
    pub paragraph: u32,
    /// The word, from 1.
    pub word: u32,
}

/// Why words have no anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CiteError {
    /// Fewer than [`MIN_WORDS`] words.
    TooShort {
        /// How many there are.
        words: usize,
    },
    /// More than [`MAX_WORDS`] words.
    TooLong {
        /// How many there are.
        words: usize,
    },
    /// The words stand in several places, as in an article with pull quotes; each is listed, in order.
    Several(
        /// The anchor of each place.
        Vec<Anchor>,
    ),
    /// The words are there, but run over the end of a paragraph.
    SpansParagraphs {
        /// The first word.
        from: Place,
        /// The last word.
        to: Place,
    },
    /// The words are not there.
    NotFound {
        /// How many words from the beginning are found together.
        found: usize,
        /// Where those begin, if there are any.
        at: Option<Place>,
        /// The first word, folded, that is not there.
        wanted: String,
        /// What the document has in its place, folded; nothing at its end.
        reads: Option<String>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.paragraph, self.word)
    }
}

impl fmt::Display for CiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { words } => {
                write!(f, "too few words to cite ({words}); take at least {MIN_WORDS}")
            }
            Self::TooLong { words } => {
                write!(f, "too many words to cite ({words}); take the passage that decides, {MAX_WORDS} at most")
            }
            Self::Several(anchors) => {
                write!(f, "the words stand in {} places:", anchors.len())?;
                anchors.iter().take(LISTED).try_for_each(|anchor| write!(f, " {anchor}"))?;
                let more = if anchors.len() > LISTED { " and more" } else { "" };
                write!(f, "{more}; choose one, or cite more words")
            }
            Self::SpansParagraphs { from, to } => {
                write!(
                    f,
                    "the passage runs from {from} to {to}, over the end of a paragraph; cite each paragraph by itself"
                )
            }
            Self::NotFound { found, at: Some(at), wanted, reads } => {
                match found {
                    1 => write!(f, "not found; the nearest is {at}, where the first word stands, ")?,
                    _ => write!(f, "not found; the nearest is {at}, where the first {found} words stand, ")?,
                }
                match reads {
                    Some(reads) => write!(f, "but then `{reads}` and not `{wanted}`"),
                    None => write!(f, "but then the document ends, without `{wanted}`"),
                }
            }
            Self::NotFound { wanted, .. } => write!(f, "not found; not even the first word, `{wanted}`, is there"),
        }
    }
}

impl std::error::Error for CiteError {}

/// The anchor of the one passage of a document that has these words.
///
/// The words must follow each other within one paragraph; quotes, dashes, case, white space and the marks around each
/// word do not matter.
pub fn cite(document: &Document, words: &str) -> Result<Anchor, CiteError> {
    let folded = fold(words);
    let wanted: Vec<&str> = folded.split(' ').filter(|piece| is_word(piece)).map(core).collect();
    match wanted.len() {
        count if count < MIN_WORDS => return Err(CiteError::TooShort { words: count }),
        count if count > MAX_WORDS => return Err(CiteError::TooLong { words: count }),
        _ => {}
    }
    let words: Vec<(Place, &str)> = places(document).collect();
    let search = search(words.iter().map(|&(_, word)| word), &wanted);
    let place = |index: usize| words.get(index).map(|&(place, _)| place);
    let spans: Vec<(Place, Place)> =
        search.starts.iter().filter_map(|&start| place(start).zip(place(start + wanted.len() - 1))).collect();
    let anchors: Vec<Anchor> = spans
        .iter()
        .filter(|(from, to)| from.paragraph == to.paragraph)
        .filter_map(|(from, to)| document.anchor(from.paragraph, from.word, to.word))
        .collect();
    match (anchors.as_slice(), spans.first()) {
        ([only], _) => Ok(only.clone()),
        ([_, ..], _) => Err(CiteError::Several(anchors)),
        ([], Some(&(from, to))) => Err(CiteError::SpansParagraphs { from, to }),
        ([], None) => Err(CiteError::NotFound {
            found: search.longest,
            at: place(search.longest_start).filter(|_| search.longest > 0),
            wanted: wanted.get(search.longest).copied().unwrap_or_default().to_owned(),
            reads: words.get(search.longest_start + search.longest).map(|&(_, word)| word.to_owned()),
        }),
    }
}

/// The words of a document in order, each with its place.
fn places(document: &Document) -> impl Iterator<Item = (Place, &str)> {
    (1_u32..)
        .zip(document.paragraphs())
        .flat_map(|(paragraph, p)| (1_u32..).zip(p.words()).map(move |(word, text)| (Place { paragraph, word }, text)))
}

/// What one pass over words finds.
#[derive(Default)]
struct Search {
    /// Where the wanted words begin.
    starts: Vec<usize>,
    /// How long the longest beginning of them is that was found, and where it first stands.
    longest: usize,
    longest_start: usize,
}

fn search<'a>(words: impl Iterator<Item = &'a str>, wanted: &[&str]) -> Search {
    let borders = borders(wanted);
    let border = |matched: usize| matched.checked_sub(1).and_then(|last| borders.get(last)).copied().unwrap_or(0);
    let mut search = Search::default();
    let mut matched = 0;
    for (end, word) in (1..).zip(words) {
        while matched > 0 && wanted.get(matched) != Some(&word) {
            matched = border(matched);
        }
        if wanted.get(matched) == Some(&word) {
            matched += 1;
        }
        if matched > search.longest {
            search.longest = matched;
            search.longest_start = end - matched;
        }
        if matched == wanted.len() {
            search.starts.push(end - matched);
            matched = border(matched);
        }
    }
    search
}

/// For each beginning of the words, the length of its longest proper beginning that also ends it.
fn borders(words: &[&str]) -> Vec<usize> {
    let mut borders = Vec::with_capacity(words.len());
    let mut length = 0;
    for (i, word) in words.iter().enumerate() {
        while length > 0 && words.get(length) != Some(word) {
            length = borders.get(length - 1).copied().unwrap_or(0);
        }
        if i > 0 && words.get(length) == Some(word) {
            length += 1;
        }
        borders.push(length);
    }
    borders
}
