//! What literals mean: numbers, dates, anchors and texts, from their characters to their values.
//!
//! The lexer asks these functions how far a literal reaches and whether it is right, the lowering asks for its value,
//! so the two cannot disagree.

use crate::ast::{Anchor, Date};

/// How many characters a fingerprint has.
const FINGERPRINT_LENGTH: usize = 12;

fn run_length(text: &str, test: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| test(*byte)).count()
}

fn digits(text: &str) -> usize {
    run_length(text, |byte| byte.is_ascii_digit())
}

/// The length of the number at the beginning of `text`, which begins with a digit.
pub(crate) fn number_length(text: &str) -> usize {
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let mut length = run_length(text, is_part);
    let after = |length: usize| text.get(length..).unwrap_or_default();
    if let Some(fraction) = after(length).strip_prefix('.')
        && digits(fraction) > 0
    {
        length += 1 + run_length(fraction, is_part);
    }
    if let Some(exponent) = after(length).strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let count = digits(exponent.get(sign..).unwrap_or_default());
        if count > 0 {
            length += 1 + sign + count;
        }
    }
    length
}

/// The value of a number; none if it is too large.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    plain.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// The value of a number that was written in the manner of another country: `25,000`, `25 000`, `25'000` and
/// `1.250.000` are thousands, `0,5` is one half.
pub(crate) fn foreign_number(text: &str) -> Option<f64> {
    let joint = if is_decimal_comma(text) { "." } else { "" };
    let mut plain = text.replace(',', joint);
    plain.retain(|character| !character.is_whitespace() && !matches!(character, '\'' | '’'));
    if plain.bytes().filter(|byte| *byte == b'.').count() > 1 {
        plain.retain(|character| character != '.');
    }
    number(&plain)
}

/// Whether the comma in `0,5` was meant as a decimal point.
pub(crate) fn is_decimal_comma(text: &str) -> bool {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let whole = |group: &str| group.split('.').next().is_some_and(|group| group.len() == 3);
    let all_thousands = groups.clone().all(whole);
    groups.count() == 1 && (!all_thousands || first.starts_with('0')) && !text.contains('.')
}

/// The length and value of the date with a month at the beginning of `text`.
pub(crate) fn date_prefix(text: &str) -> Option<(usize, Date)> {
    if digits(text) != 4 {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    let month = two_digits(text.get(4..)?, 12)?;
    if let Some(day) = text.get(7..).and_then(|rest| two_digits(rest, 31))
        && ends_here(text.get(10..))
    {
        return Some((10, Date { year, month: Some(month), day: Some(day) }));
    }
    ends_here(text.get(7..)).then_some((7, Date { year, month: Some(month), day: None }))
}

/// `-` and two digits at the beginning of `text`, from 1 to `most`.
fn two_digits(text: &str, most: u8) -> Option<u8> {
    let text = text.strip_prefix('-')?;
    if digits(text) != 2 {
        return None;
    }
    text.get(..2)?.parse().ok().filter(|value| (1..=most).contains(value))
}

fn ends_here(rest: Option<&str>) -> bool {
    let next = rest.and_then(|rest| rest.chars().next());
    next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
}

/// The value of a date token or of a bare year.
pub(crate) fn date(text: &str) -> Option<Date> {
    if let Some((length, date)) = date_prefix(text) {
        let day_exists =
            date.day.is_none_or(|day| date.month.is_some_and(|month| day <= days_in_month(date.year, month)));
        return (length == text.len() && day_exists).then_some(date);
    }
    (text.len() == 4 && digits(text) == 4)
        .then(|| text.parse().ok().map(|year| Date { year, month: None, day: None }))
        .flatten()
}

/// How many days a month has in the Gregorian calendar.
pub(crate) fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

/// The length of an anchor at the beginning of `text`, or of what was surely meant as one.
///
/// `4#half` is a number and a comment: without paragraph and span, only what has a digit among at least four
/// characters is taken for a fingerprint.
pub(crate) fn anchor_length(text: &str) -> Option<usize> {
    let after = |length: usize| text.get(length..).unwrap_or_default();
    let mut length = digits(text);
    let mut parts = 1;
    for separator in ['.', '-'] {
        if let Some(rest) = after(length).strip_prefix(separator)
            && digits(rest) > 0
        {
            length += 1 + digits(rest);
            parts += 1;
        }
    }
    let fingerprint = after(length).strip_prefix('#')?;
    let size = run_length(fingerprint, |byte| byte.is_ascii_alphanumeric());
    let found = fingerprint.get(..size).unwrap_or_default();
    let is_meant = parts == 3 && size > 0 || size >= 4 && found.bytes().any(|byte| byte.is_ascii_digit());
    is_meant.then_some(length + 1 + size)
}

/// The value of an anchor, or what is wrong with it.
pub(crate) fn anchor(text: &str) -> Result<Anchor, String> {
    let (place, fingerprint) = text.split_once('#').ok_or("this anchor has no fingerprint")?;
    let span = place.split_once('.').and_then(|(paragraph, words)| Some((paragraph, words.split_once('-')?)));
    let Some((paragraph, (first, last))) = span else {
        return Err("this anchor does not say which words of the paragraph are meant".to_owned());
    };
    let count = |text: &str| text.parse::<u32>().ok().filter(|count| *count > 0);
    let (Some(paragraph), Some(first_word), Some(last_word)) = (count(paragraph), count(first), count(last)) else {
        return Err("paragraphs and words of an anchor are counted from 1".to_owned());
    };
    if first_word > last_word {
        return Err(format!("this anchor's last word, {last_word}, stands before its first, {first_word}"));
    }
    if fingerprint.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("a fingerprint is in lower case".to_owned());
    }
    if let Some(wrong) = fingerprint.chars().find(|letter| matches!(letter, 'i' | 'l' | 'o' | 'u')) {
        return Err(format!(
            "a fingerprint has no `{wrong}`: its characters are digits and letters but `i`, `l`, `o`, `u`"
        ));
    }
    let length = fingerprint.len();
    if length != FINGERPRINT_LENGTH {
        return Err(format!("a fingerprint has {FINGERPRINT_LENGTH} characters, this one has {length}"));
    }
    Ok(Anchor { paragraph, first_word, last_word, fingerprint: fingerprint.to_owned() })
}

/// The characters that a text stands for: without its quotation marks, escapes resolved.
pub(crate) fn text(literal: &str) -> String {
    let mut characters = literal.chars();
    let open = characters.next();
    let mut value = String::with_capacity(literal.len());
    while let Some(character) = characters.next() {
        let at_end = characters.as_str().is_empty();
        match character {
            '\\' if open == Some('"') => match characters.clone().next() {
                Some(escaped @ ('"' | '\\')) => {
                    characters.next();
                    value.push(escaped);
                }
                _ => value.push('\\'),
            },
            '"' | '”' | '“' | '»' | '«' | '’' | '‘' | '›' | '\'' if at_end => {}
            other => value.push(other),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_reach_as_far_as_they_should() {
        for (text, length) in [
            ("25_000 people", 6),
            ("10..20", 2),
            ("1.5..2", 3),
            ("1e6x", 3),
            ("1e-6", 4),
            ("1e", 1),
            ("3.x", 1),
            ("0.02/month", 4),
        ] {
            assert_eq!(number_length(text), length, "{text}");
        }
        assert_eq!(number("25_000"), Some(25_000.0));
        assert_eq!(number("1e-2"), Some(0.01));
        assert_eq!(number("1e400"), None);
    }

    #[test]
    fn separators_are_thousands_or_decimals() {
        assert_eq!(foreign_number("25,000"), Some(25_000.0));
        assert_eq!(foreign_number("1,250,000.5"), Some(1_250_000.5));
        assert_eq!(foreign_number("0,5"), Some(0.5));
        assert_eq!(foreign_number("0,125"), Some(0.125));
        assert_eq!(foreign_number("12,75"), Some(12.75));
        assert_eq!(foreign_number("25 000"), Some(25_000.0));
        assert_eq!(foreign_number("25'000"), Some(25_000.0));
        assert_eq!(foreign_number("1.250.000"), Some(1_250_000.0));
        assert_eq!(foreign_number("1.25"), Some(1.25));
    }

    #[test]
    fn dates_need_a_month_that_exists() {
        let date = |year, month, day| Some(Date { year, month, day });
        assert_eq!(date_prefix("2024-11 to").map(|found| found.0), Some(7));
        assert_eq!(date_prefix("2024-11-05").map(|found| found.0), Some(10));
        assert_eq!(date_prefix("2024-13"), None);
        assert_eq!(date_prefix("2024-1"), None);
        assert_eq!(date_prefix("2024-111"), None);
        assert_eq!(date_prefix("2024-11x"), None);
        assert_eq!(date_prefix("20241-11"), None);
        assert_eq!(date_prefix("2024-11-45").map(|found| found.0), Some(7));
        assert_eq!(super::date("2024"), date(2024, None, None));
        assert_eq!(super::date("2024-02-29"), date(2024, Some(2), Some(29)));
        assert_eq!(super::date("2023-02-29"), None);
        assert_eq!(super::date("1900-02-29"), None);
        assert_eq!(super::date("202"), None);
    }

    #[test]
    fn anchors_and_what_is_nearly_one() {
        let whole = |text: &str| anchor_length(text) == Some(text.len());
        assert!(whole("4.12-20#7c1e09k2m4tq"));
        assert!(whole("4#7c1e09k2m4tq"));
        assert!(whole("4.12#7c1e09"));
        assert!(whole("4.12-20#ABC"));
        assert_eq!(anchor_length("4#half"), None);
        assert_eq!(anchor_length("4 #7c1e09"), None);
        assert_eq!(anchor_length("4.5"), None);
        let good = anchor("4.12-20#7c1e09k2m4tq").unwrap();
        assert_eq!((good.paragraph, good.first_word, good.last_word), (4, 12, 20));
        for (text, problem) in [
            ("4#7c1e09k2m4tq", "which words"),
            ("4.12#7c1e09k2m4tq", "which words"),
            ("0.1-2#7c1e09k2m4tq", "from 1"),
            ("99999999999.1-2#7c1e09k2m4tq", "from 1"),
            ("4.20-12#7c1e09k2m4tq", "before its first"),
            ("4.12-20#7C1E09K2M4TQ", "lower case"),
            ("4.12-20#7c1e", "this one has 4"),
            ("4.12-20#7c1e09k2m4to", "has no `o`"),
        ] {
            assert!(anchor(text).unwrap_err().contains(problem), "{text}");
        }
    }

    #[test]
    fn texts_lose_quotes_and_escapes() {
        assert_eq!(text("\"a \\\"b\\\" \\\\ c\""), "a \"b\" \\ c");
        assert_eq!(text("\"open"), "open");
        assert_eq!(text("\"\""), "");
        assert_eq!(text("“curly”"), "curly");
        assert_eq!(text("'it's'"), "it's");
        assert_eq!(text("\"C:\\n\""), "C:\\n");
    }
}
