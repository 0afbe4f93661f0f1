//! Anchors for other tools, as selectors of the W3C Web Annotation Data Model.
//!
//! A `TextQuoteSelector` would carry the words themselves; these two carry positions only, and so hold for one exact
//! text: the one that they were made from.

use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::document::Document;
use crate::verify::{Verdict, verify};

/// A selector of the W3C Web Annotation Data Model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Selector {
    /// Positions between Unicode characters, from 0.
    #[serde(rename = "TextPositionSelector")]
    TextPosition {
        /// The position before the first character.
        start: usize,
        /// The position after the last character.
        end: usize,
    },
    /// The same as a fragment of plain text, after RFC 5147, where a line ending counts as one character.
    #[serde(rename = "FragmentSelector")]
    Fragment {
        /// The rule that the value follows.
        #[serde(rename = "conformsTo")]
        conforms_to: String,
        /// The fragment, as in `char=10,24`.
        value: String,
    },
}

/// The selectors of a cited passage; nothing if the document does not have it in its place.
pub fn selectors(document: &Document, anchor: &Anchor) -> Option<Vec<Selector>> {
    if verify(document, anchor) != Verdict::Holds {
        return None;
    }
    let range = document.given_range(anchor)?;
    let before = document.text().get(..range.start)?;
    let within = document.text().get(range)?;
    let start = before.chars().count();
    let length = within.chars().count();
    // A passage stands within a line, so only the text before it has line endings.
    let fragment = start - before.matches("\r\n").count();
    Some(vec![
        Selector::TextPosition { start, end: start + length },
        Selector::Fragment {
            conforms_to: "http://tools.ietf.org/rfc/rfc5147".to_owned(),
            value: format!("char={},{}", fragment, fragment + length),
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_of_the_text_as_given() {
        let text = "Été\r\n\r\nThe “old  well” is dry.";
        let document = Document::from_text(text);
        let anchor = crate::cite(&document, "old well is dry").unwrap();
        let both = selectors(&document, &anchor).unwrap();
        let (start, end) = (12, 29);
        let cut: String = text.chars().skip(start).take(end - start).collect();
        assert_eq!(cut, "old  well” is dry");
        let json = serde_json::to_value(&both).unwrap();
        assert_eq!(json[0], serde_json::json!({ "type": "TextPositionSelector", "start": start, "end": end }));
        assert_eq!(json[1]["type"], "FragmentSelector");
        assert_eq!(json[1]["value"], "char=10,27");
        let moved = Anchor { first_word: 1, last_word: 4, ..anchor };
        assert_eq!(selectors(&document, &moved), None);
    }
}
