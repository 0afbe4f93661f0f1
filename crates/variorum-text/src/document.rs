//! A document: its paragraphs and their words, with the way back to the text as it was given.

use crate::anchor::{Anchor, fingerprint};
use crate::fold::{core, is_word, push_piece};

/// A text in numbered paragraphs.
#[derive(Debug, Clone)]
pub struct Document {
    text: String,
    paragraphs: Vec<Paragraph>,
}

/// A non-empty line of a document.
#[derive(Debug, Clone)]
pub struct Paragraph {
    start: usize,
    end: usize,
    folded: String,
    words: Vec<Word>,
}

/// Where a word stands, without the marks around it: in the folded text and in the document as given (bytes).
#[derive(Debug, Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    given_start: usize,
    given_end: usize,
}

impl Document {
    /// Numbers the paragraphs of a text and folds their words.
    ///
    /// Any text will do; it takes time in proportion to its length.
    pub fn from_text(text: &str) -> Self {
        let mut paragraphs = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            paragraphs.extend(Paragraph::from_line(line, start));
            start += line.len();
        }
        Self { text: text.to_owned(), paragraphs }
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paragraphs in order; the first is number 1.
    pub fn paragraphs(&self) -> &[Paragraph] {
        &self.paragraphs
    }

    /// The paragraph of this number, counted from 1.
    pub fn paragraph(&self, number: u32) -> Option<&Paragraph> {
        self.paragraphs.get((number as usize).checked_sub(1)?)
    }

    /// A paragraph as it was given, without the white space around it.
    pub fn paragraph_text(&self, number: u32) -> Option<&str> {
        let paragraph = self.paragraph(number)?;
        self.text.get(paragraph.start..paragraph.end)
    }

    /// The anchor of a span of words, if the document has it.
    pub fn anchor(&self, paragraph: u32, first_word: u32, last_word: u32) -> Option<Anchor> {
        let passage = self.paragraph(paragraph)?.passage(first_word as usize, last_word as usize)?;
        Some(Anchor { paragraph, first_word, last_word, fingerprint: fingerprint(passage) })
    }

    /// The words at the place that an anchor names, as they were given, whether or not they are still the cited ones.
    pub fn quote(&self, anchor: &Anchor) -> Option<&str> {
        self.text.get(self.given_range(anchor)?)
    }

    /// Where those words stand in the document, in bytes.
    pub(crate) fn given_range(&self, anchor: &Anchor) -> Option<std::ops::Range<usize>> {
        let paragraph = self.paragraph(anchor.paragraph)?;
        let first = paragraph.word(anchor.first_word as usize)?;
        let last = paragraph.word(anchor.last_word as usize)?;
        Some(first.given_start..last.given_end)
    }
}

impl Paragraph {
    /// Reads a line that begins at this byte of the document; nothing if it shows nothing.
    fn from_line(line: &str, start: usize) -> Option<Self> {
        let mut folded = String::with_capacity(line.len());
        let mut words = Vec::new();
        for piece in line.split_whitespace() {
            let before = folded.len();
            push_piece(&mut folded, piece);
            let given_start = start + offset_in(line, piece);
            push_words(&mut words, &folded, before, piece, given_start);
        }
        if folded.is_empty() {
            return None;
        }
        folded.shrink_to_fit();
        let shown = line.trim();
        let start = start + offset_in(line, shown);
        Some(Self { start, end: start + shown.len(), folded, words })
    }

    /// How many words it has.
    pub fn word_count(&self) -> usize {
        self.words.len()
    }

    /// Its words in order, folded, without the marks around them.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().filter_map(|word| self.folded.get(word.start..word.end))
    }

    /// The folded text of a span of words, both counted from 1: what a fingerprint is of.
    pub(crate) fn passage(&self, first: usize, last: usize) -> Option<&str> {
        self.folded.get(self.word(first)?.start..self.word(last)?.end)
    }

    fn word(&self, number: usize) -> Option<&Word> {
        self.words.get(number.checked_sub(1)?)
    }
}

/// Records the words that a piece added to the folded text after byte `before`.
fn push_words(words: &mut Vec<Word>, folded: &str, before: usize, piece: &str, given_start: usize) {
    let added = folded.get(before..).unwrap_or_default();
    for part in added.split(' ').filter(|part| is_word(part)) {
        let word = core(part);
        let start = before + offset_in(added, word);
        let given = Some(core(piece)).filter(|given| !given.is_empty()).unwrap_or(piece);
        let given_start = given_start + offset_in(piece, given);
        words.push(Word { start, end: start + word.len(), given_start, given_end: given_start + given.len() });
    }
}

/// At which byte of `whole` its part begins.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(document: &Document, paragraph: u32) -> Vec<&str> {
        document.paragraph(paragraph).unwrap().words().collect()
    }

    #[test]
    fn paragraphs_are_the_lines_that_show_something() {
        let document = Document::from_text("\u{feff}One  here.\r\n\r\n \t\u{a0}\n* * *\n\u{200b}\nTwo — “there”,\nend");
        assert_eq!(document.paragraphs().len(), 4);
        assert_eq!(words(&document, 1), ["one", "here"]);
        assert_eq!(words(&document, 2), [""; 0]);
        assert_eq!(words(&document, 3), ["two", "there"]);
        assert_eq!(document.paragraph_text(3), Some("Two — “there”,"));
        assert_eq!(document.paragraph_text(4), Some("end"));
        assert!(document.paragraph(0).is_none() && document.paragraph(5).is_none());
    }

    #[test]
    fn nothing_is_a_document_too() {
        for text in ["", "\n", "\r\n \n"] {
            assert!(Document::from_text(text).paragraphs().is_empty());
        }
    }

    #[test]
    fn a_quote_is_the_text_as_given() {
        let document = Document::from_text("x\n\nHe said: “The  well — is\u{a0}dry,” then –5% (or so).");
        let quote = |first, last| document.quote(&document.anchor(2, first, last).unwrap()).unwrap();
        assert_eq!(quote(3, 6), "The  well — is\u{a0}dry");
        assert_eq!(quote(7, 8), "then –5%");
        assert_eq!(quote(9, 10), "or so");
        assert!(document.anchor(2, 9, 11).is_none() && document.anchor(3, 1, 1).is_none());
        assert!(document.anchor(2, 0, 3).is_none() && document.anchor(2, 4, 3).is_none());
    }

    /// One character that NFKC opens into four words: they all stand at its place.
    #[test]
    fn a_piece_may_hold_several_words() {
        let document = Document::from_text("a \u{fdfa} b");
        assert_eq!(document.paragraph(1).unwrap().word_count(), 6);
        assert_eq!(document.quote(&document.anchor(1, 3, 4).unwrap()), Some("\u{fdfa}"));
    }
}
