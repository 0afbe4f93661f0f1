//! Anchors, and how they are written: `4.12-20#7c1e09k2m4tq`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many characters of base 32 a fingerprint has: 60 bits.
pub const FINGERPRINT_LENGTH: usize = 12;

/// Crockford's alphabet in lower case: no `i`, `l`, `o`, `u`, so that nothing is misread.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A passage of a document: a paragraph, a span of its words, both counted from 1, and a fingerprint of the words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Anchor {
    /// The paragraph, from 1.
    pub paragraph: u32,
    /// The first word of the passage, from 1.
    pub first_word: u32,
    /// The last word of the passage, which belongs to it.
    pub last_word: u32,
    /// The fingerprint: 12 characters of lower-case base 32.
    pub fingerprint: String,
}

impl Anchor {
    /// How many words the passage has.
    pub fn word_count(&self) -> usize {
        (self.last_word as usize + 1).saturating_sub(self.first_word as usize)
    }
}

/// The fingerprint of a text that is folded already.
pub fn fingerprint(folded: &str) -> String {
    let bits = fingerprint_bits(folded);
    (1..=FINGERPRINT_LENGTH)
        .filter_map(|i| ALPHABET.get((bits >> (60 - 5 * i)) as usize & 31).map(|&c| char::from(c)))
        .collect()
}

/// The same as a number of 60 bits.
pub(crate) fn fingerprint_bits(folded: &str) -> u64 {
    let digest = Sha256::digest(folded.as_bytes());
    digest.iter().take(8).fold(0, |bits, &byte| (bits << 8) | u64::from(byte)) >> 4
}

/// A written fingerprint as a number; nothing if it is none.
pub(crate) fn parse_bits(fingerprint: &str) -> Option<u64> {
    let digit = |byte| ALPHABET.iter().zip(0_u64..).find_map(|(&c, value)| (c == byte).then_some(value));
    let right_length = fingerprint.len() == FINGERPRINT_LENGTH;
    fingerprint.bytes().try_fold(0, |bits, byte| Some((bits << 5) | digit(byte)?)).filter(|_| right_length)
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}-{}#{}", self.paragraph, self.first_word, self.last_word, self.fingerprint)
    }
}

/// Why a text is not an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseAnchorError {
    /// It does not have the form `paragraph.first-last#fingerprint`.
    Form,
    /// A number is 0, too large, or written with leading zeros.
    Number(String),
    /// The last word comes before the first.
    Backwards,
    /// The fingerprint does not have 12 characters.
    Length(usize),
    /// The fingerprint has a character that is not in the alphabet.
    Character(char),
}

impl fmt::Display for ParseAnchorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => {
                write!(f, "an anchor is a paragraph, a span of words and a fingerprint, as in 4.12-20#7c1e09k2m4tq")
            }
            Self::Number(text) => write!(f, "`{text}` is no number of a paragraph or word: they count from 1"),
            Self::Backwards => write!(f, "the last word of the span comes before the first"),
            Self::Length(n) => write!(f, "a fingerprint has {FINGERPRINT_LENGTH} characters, this one has {n}"),
            Self::Character(c) => {
                write!(f, "`{c}` is not in the alphabet of fingerprints: digits, and a to z without i, l, o, u")
            }
        }
    }
}

impl std::error::Error for ParseAnchorError {}

impl FromStr for Anchor {
    type Err = ParseAnchorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (place, fingerprint) = text.split_once('#').ok_or(ParseAnchorError::Form)?;
        let (paragraph, span) = place.split_once('.').ok_or(ParseAnchorError::Form)?;
        let (first, last) = span.split_once('-').ok_or(ParseAnchorError::Form)?;
        let (paragraph, first_word, last_word) = (number(paragraph)?, number(first)?, number(last)?);
        if last_word < first_word {
            return Err(ParseAnchorError::Backwards);
        }
        if let Some(c) = fingerprint.chars().find(|&c| !c.is_ascii() || !ALPHABET.contains(&(c as u8))) {
            return Err(ParseAnchorError::Character(c));
        }
        if fingerprint.len() != FINGERPRINT_LENGTH {
            return Err(ParseAnchorError::Length(fingerprint.len()));
        }
        Ok(Self { paragraph, first_word, last_word, fingerprint: fingerprint.to_owned() })
    }
}

/// A number from 1 in its one canonical form.
fn number(text: &str) -> Result<u32, ParseAnchorError> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| canonical).ok_or_else(|| ParseAnchorError::Number(text.to_owned()))
}

impl From<Anchor> for String {
    fn from(anchor: Anchor) -> Self {
        anchor.to_string()
    }
}

impl TryFrom<String> for Anchor {
    type Error = ParseAnchorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() {
        let text = "4.12-20#7c1e09k2m4tq";
        let anchor: Anchor = text.parse().unwrap();
        assert_eq!((anchor.paragraph, anchor.first_word, anchor.last_word), (4, 12, 20));
        assert_eq!(anchor.word_count(), 9);
        assert_eq!(anchor.to_string(), text);
        assert_eq!(serde_json::to_string(&anchor).unwrap(), format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Anchor>(&format!("\"{text}\"")).unwrap(), anchor);
    }

    #[test]
    fn what_is_no_anchor_says_why() {
        use ParseAnchorError as E;
        let number = |t: &str| E::Number(t.to_owned());
        for (text, error) in [
            ("", E::Form),
            ("4#7c1e09k2m4tq", E::Form),
            ("4.12#7c1e09k2m4tq", E::Form),
            ("4.12-20", E::Form),
            ("0.1-2#7c1e09k2m4tq", number("0")),
            ("4.01-2#7c1e09k2m4tq", number("01")),
            ("+4.1-2#7c1e09k2m4tq", number("+4")),
            (".1-2#7c1e09k2m4tq", number("")),
            ("4.1-4294967296#7c1e09k2m4tq", number("4294967296")),
            ("4.3-2#7c1e09k2m4tq", E::Backwards),
            ("4.1-2#7c1e09k2m4t", E::Length(11)),
            ("4.1-2#7c1e09k2m4tqq", E::Length(13)),
            ("4.1-2#7c1e09k2m4tu", E::Character('u')),
            ("4.1-2#7C1e09k2m4tq", E::Character('C')),
            ("4.1-2#7c1e09k2m4tš", E::Character('š')),
        ] {
            assert_eq!(text.parse::<Anchor>(), Err(error), "{text}");
        }
    }

    /// SHA-256 of "abc" is ba7816bf 8f01cfea …, so the first 60 bits are known.
    #[test]
    fn the_fingerprint_is_the_first_sixty_bits_of_sha_256() {
        let bits: u64 = 0xba78_16bf_8f01_cfea;
        let alphabet: Vec<char> = "0123456789abcdefghjkmnpqrstvwxyz".chars().collect();
        let expected: String = (0..12).map(|i| alphabet[(bits >> (59 - 5 * i)) as usize & 31]).collect();
        assert_eq!(fingerprint("abc"), expected);
        assert_eq!(fingerprint("abc"), "q9w1dfwf077y");
        assert_eq!(fingerprint_bits("abc"), bits >> 4);
        assert_eq!(parse_bits("q9w1dfwf077y"), Some(bits >> 4));
        assert_eq!((parse_bits("q9w1dfwf077"), parse_bits("q9w1dfwf077u")), (None, None));
    }
}
