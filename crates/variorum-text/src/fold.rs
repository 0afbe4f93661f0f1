//! The folding: what counts as the same text.
//!
//! Two copies of one article differ in curly or straight quotes, in kinds of dash and space, in invisible characters
//! and in the case of a headline. Folding removes these differences and no others: letters, digits, symbols and inner
//! punctuation stay. The order of the steps matters (NFKC turns an acute accent that stands for an apostrophe into a
//! space, and a small em dash into an em dash), so marks are made plain both before and after it.

use unicode_normalization::UnicodeNormalization;

/// Folds text: pieces between white space, each folded, joined by single spaces.
///
/// Folding twice is the same as folding once.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for piece in text.split_whitespace() {
        push_piece(&mut folded, piece);
    }
    folded
}

/// Appends one piece (text without white space) to a folded text, with a space between if both are not empty.
///
/// NFKC opens a few single characters into several words; their spaces are kept, as single ones.
pub(crate) fn push_piece(folded: &mut String, piece: &str) {
    if piece.is_ascii() {
        return push_ascii(folded, piece);
    }
    let cased: String = piece.chars().filter_map(plain).nfkc().filter_map(plain).flat_map(fold_case).nfkc().collect();
    for part in cased.split_whitespace() {
        let start = begin(folded);
        part.chars().filter_map(plain).for_each(|c| push(folded, start, c));
        end(folded, start);
    }
}

/// The same for ASCII, where only case and dashes can change.
fn push_ascii(folded: &mut String, piece: &str) {
    let start = begin(folded);
    piece.chars().filter_map(plain).for_each(|c| push(folded, start, c.to_ascii_lowercase()));
    end(folded, start);
}

fn begin(folded: &mut String) -> usize {
    if !folded.is_empty() {
        folded.push(' ');
    }
    folded.len()
}

/// A run of dashes is one dash, so that `--` is a dash too.
fn push(folded: &mut String, start: usize, c: char) {
    if !(c == '-' && folded.len() > start && folded.ends_with('-')) {
        folded.push(c);
    }
}

/// Takes the space back if nothing came after it.
fn end(folded: &mut String, start: usize) {
    if folded.len() == start && start > 0 {
        folded.pop();
    }
}

/// Full case folding as far as the standard library carries it: by way of upper case, so that `ß` and `ẞ` are `ss` and
/// `ς` is `σ`.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// A plain form of quotation marks and dashes; nothing for a character that has no width.
pub(crate) fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' => return None,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => return None,
        '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0100}'..='\u{E01EF}' => return None,
        '\0'..='\u{8}' | '\u{E}'..='\u{1B}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}' => return None,
        '`' | '´' | '‘' | '’' | '‚' | '‛' | '′' | '‵' | '‹' | '›' | 'ʼ' | 'ʻ' | 'ʹ' | 'ˈ' | '❛' | '❜' => {
            '\''
        }
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | '〝' | '〞' | '〟' | 'ʺ' | '❝' | '❞' => {
            '"'
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{58A}' | '\u{5BE}' | '\u{1806}' => '-',
        '\u{2E3A}' | '\u{2E3B}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' | '\u{2E17}' | '\u{2E1A}' => '-',
        other => other,
    })
}

/// Whether a folded character is a mark that may stand around a word without being of it.
///
/// Signs that change what a number says (`%`, `$`, `+`, `<`) are not in the list.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\'' | '"'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '.'
            | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '-'
            | '*'
            | '_'
            | '¿'
            | '¡'
    ) || matches!(
        c,
        '•' | '·' | '†' | '‡' | '、' | '。' | '・' | '「'..='】' | '《' | '》' | '〈' | '〉' | '،' | '؛' | '؟'
    )
}

/// The part of a piece, folded or not, without the marks and the invisible characters around it.
///
/// A dash or point in front of a digit or a sign belongs to it: `-5` and `.5` are not `5`.
pub(crate) fn core(piece: &str) -> &str {
    let outside = |c: char| plain(c).is_none_or(is_mark);
    let mut rest = piece.trim_end_matches(outside);
    let mut chars = rest.chars();
    while let Some(first) = chars.next().filter(|&c| outside(c)) {
        let after = chars.as_str();
        let value = match plain(first) {
            Some('-') => after.strip_prefix('.').unwrap_or(after),
            Some('.') => after,
            _ => "",
        };
        if value.starts_with(|c: char| !c.is_alphabetic() && !outside(c)) {
            break;
        }
        rest = after;
    }
    rest
}

/// Whether a piece is a word: it holds a letter or a digit.
pub(crate) fn is_word(piece: &str) -> bool {
    piece.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_dashes_spaces_case_and_forms_are_one() {
        for (a, b) in [
            ("“Well”, he said", "\"well\", HE SAID"),
            ("«Well»", "\"well\""),
            ("don’t", "don't"),
            ("don´t", "don't"),
            ("state‑on–state", "state-on-state"),
            ("one — two", "one -- two"),
            ("a\u{a0}b\u{3000}\t c", "a b c"),
            ("zero\u{200b}width\u{feff} soft\u{ad}ly", "zerowidth softly"),
            ("ﬁnal Ｆｕｌｌ", "final full"),
            ("e\u{301}tat", "État"),
            ("Straße ΟΔΟΣ", "STRASSE οδος"),
            ("wait…", "wait..."),
            ("5 − 3", "5 - 3"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn words_and_numbers_that_differ_stay_different() {
        for (a, b) in [("can't", "cant"), ("5%", "5"), ("co-op", "coop"), ("non-zero", "zero"), ("a, b", "a b")] {
            assert_ne!(fold(a), fold(b));
        }
    }

    #[test]
    fn folding_is_idempotent_for_every_character() {
        for c in '\0'..=char::MAX {
            for text in [format!("{c}"), format!("a{c}b")] {
                let once = fold(&text);
                assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn ascii_takes_the_same_way_as_the_rest() {
        for c in '\0'..='\u{7f}' {
            let with_accent = fold(&format!("x{c}--Y é"));
            let mut ascii = fold(&format!("x{c}--Y"));
            ascii.push_str(" é");
            assert_eq!(with_accent, ascii);
        }
    }

    #[test]
    fn marks_around_a_word_are_not_of_it() {
        for (piece, word) in [
            ("(word),", "word"),
            ("\"word.\"", "word"),
            ("-word-", "word"),
            ("don't", "don't"),
            ("-5%", "-5%"),
            (".5", ".5"),
            ("-.5", "-.5"),
            ("-$5", "-$5"),
            ("25,000,", "25,000"),
            ("(-5)", "-5"),
            ("...and", "and"),
        ] {
            assert_eq!(core(piece), word);
        }
        assert_eq!(core("-"), "");
        assert!(!is_word("-") && !is_word("***") && is_word("a") && is_word("(7)"));
    }
}
