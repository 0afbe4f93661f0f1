//! Citing and verifying, as a modeller meets them. The texts are made up.

#![allow(clippy::unwrap_used, clippy::panic)]

use variorum_text::{Anchor, CiteError, Document, Place, Verdict, cite, fingerprint, fold, verify};

const ARTICLE: &str = "The ferry dispute, explained\n\
\n\
“The harbour master isn’t the one who decides,” says Vane — the council is; its vote was 12–3.\n\
The council is split, and the ferry won't sail before May.\n\
The ferry won’t sail before May\n\
* * *\n\
Prices fell by –5% in March, or 5 % in sum.\n";

fn article() -> Document {
    Document::from_text(ARTICLE)
}

fn words_of(document: &Document, anchor: &Anchor) -> Vec<String> {
    let quote = document.quote(anchor).unwrap();
    quote.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_passage_is_found_however_it_is_typed() {
    let document = article();
    let anchor = cite(&document, "the one who decides").unwrap();
    assert_eq!(anchor.to_string(), format!("2.5-8#{}", fingerprint("the one who decides")));
    for typed in [
        "The One WHO decides",
        "the one who decides,",
        "the one who decides,”",
        "\"the one\u{a0}who   decides\"",
        "the one\nwho decides",
        "…the one who deci\u{ad}des…",
        "the, one: who; decides",
        "ｔｈｅ one who decides",
    ] {
        assert_eq!(cite(&document, typed).as_ref(), Ok(&anchor), "{typed}");
    }
    let quoted = cite(&document, "harbour master isn't the one who decides says vane the council is").unwrap();
    assert_eq!(verify(&document, &quoted), Verdict::Holds);
    // Inner marks are of the passage, whether they were typed or not.
    let passage = fold("harbour master isn’t the one who decides,” says Vane — the council is");
    assert_eq!(quoted.fingerprint, fingerprint(&passage));
}

#[test]
fn copies_that_differ_in_form_only_verify() {
    let anchors: Vec<Anchor> = ["the one who decides, says Vane", "council is; its vote was 12-3", "fell by -5% in"]
        .iter()
        .map(|words| cite(&article(), words).unwrap())
        .collect();
    let straight = ARTICLE.replace(['“', '”'], "\"").replace('’', "'").replace('–', "-").replace('—', "--");
    let shouted = ARTICLE.to_uppercase();
    let spaced = ARTICLE.replace(' ', "\u{a0} \u{2009}").replace('\n', " \r\n\r\n");
    let invisible = ARTICLE.replace('e', "e\u{200b}");
    for copy in [straight, shouted, spaced, invisible] {
        let document = Document::from_text(&copy);
        for anchor in &anchors {
            assert_eq!(verify(&document, anchor), Verdict::Holds, "{copy}");
        }
    }
}

#[test]
fn changing_any_single_word_of_a_passage_makes_verification_fail() {
    let document = article();
    for (number, paragraph) in (1..).zip(document.paragraphs()) {
        let count = u32::try_from(paragraph.word_count()).unwrap();
        for first in 1..=count {
            for last in first + 2..=count {
                let anchor = document.anchor(number, first, last).unwrap();
                let words = words_of(&document, &anchor);
                for i in 0..words.len() {
                    for change in [words[i].clone() + "s", "other".to_owned(), String::new(), words[i].repeat(2)] {
                        let mut changed = words.clone();
                        changed[i] = change;
                        // Nothing else of the document is left, so that a pull quote cannot stand in.
                        let text = "x\n".repeat(number as usize - 1) + &changed.join(" ");
                        let changed = Document::from_text(&text);
                        let lone = !words[i].contains(char::is_alphanumeric);
                        let verdict = verify(&changed, &anchor);
                        assert!(lone || matches!(verdict, Verdict::Changed | Verdict::Gone), "{anchor} {text}");
                    }
                }
            }
        }
    }
}

#[test]
fn swapped_words_signs_and_inner_marks_are_changes_too() {
    for (words, from, to) in [
        ("harbour master isn't the one", "isn’t", "is"),
        ("harbour master isn't the one", "harbour master", "master harbour"),
        ("fell by -5% in March", "–5%", "5%"),
        ("fell by -5% in March", "–5%", "–5"),
        ("council is; its vote", "is;", "is,"),
        ("says Vane the council is", " — ", " + "),
        ("vote was 12-3", "12–3", "123"),
    ] {
        let anchor = cite(&article(), words).unwrap();
        assert!(ARTICLE.contains(from));
        let changed = Document::from_text(&ARTICLE.replacen(from, to, 1));
        assert_eq!(verify(&changed, &anchor), Verdict::Changed, "{words}: {from} to {to}");
    }
}

#[test]
fn a_sign_before_the_first_word_is_of_it() {
    let anchor = cite(&article(), "-5% in March").unwrap();
    assert_eq!(verify(&Document::from_text(&ARTICLE.replace('–', "")), &anchor), Verdict::Changed);
    assert!(matches!(cite(&article(), "5% in March"), Err(CiteError::NotFound { .. })));
}

#[test]
fn pull_quotes_are_listed_and_each_holds_in_its_place() {
    let document = article();
    let Err(CiteError::Several(anchors)) = cite(&document, "the ferry won't sail before May") else { panic!() };
    let places: Vec<(u32, u32)> = anchors.iter().map(|a| (a.paragraph, a.first_word)).collect();
    assert_eq!(places, [(3, 6), (4, 1)]);
    assert!(anchors.iter().all(|a| verify(&document, a) == Verdict::Holds));
    // Longer words choose the sentence itself.
    assert_eq!(cite(&document, "and the ferry won't sail before May").unwrap().paragraph, 3);
    // If the sentence is cut, the pull quote is where its words are now.
    let cut = Document::from_text(&ARTICLE.replace(", and the ferry won't sail before May", ""));
    assert_eq!(verify(&cut, &anchors[0]), Verdict::Moved(anchors[1].clone()));
}

#[test]
fn moved_passages_are_found_nearest_first() {
    let anchor = cite(&article(), "council is split").unwrap();
    let longer = Document::from_text(&format!("Updated today.\n{ARTICLE}"));
    assert_eq!(verify(&longer, &anchor), Verdict::Moved(Anchor { paragraph: 4, ..anchor.clone() }));
    let within = Document::from_text(&ARTICLE.replace("The council is split", "By now the council is split"));
    assert_eq!(verify(&within, &anchor), Verdict::Moved(Anchor { first_word: 4, last_word: 6, ..anchor.clone() }));
    let twice = Document::from_text("council is split\nx\nx\nx\nthe council is split\n council is split");
    assert_eq!(verify(&twice, &anchor), Verdict::Moved(Anchor { paragraph: 1, first_word: 1, last_word: 3, ..anchor }));
}

#[test]
fn a_paragraph_that_is_missing_is_gone() {
    let anchor = cite(&article(), "Prices fell by").unwrap();
    assert_eq!(anchor.paragraph, 6);
    let cut = Document::from_text(&ARTICLE[..ARTICLE.find("Prices").unwrap()]);
    assert_eq!(verify(&cut, &anchor), Verdict::Gone);
    assert_eq!(verify(&Document::from_text(""), &anchor), Verdict::Gone);
    // Shorter, but there.
    let cut = Document::from_text(&ARTICLE.replace("Prices fell by –5% in March, or 5 % in sum.", "Prices"));
    assert_eq!(verify(&cut, &anchor), Verdict::Changed);
    // Words that moved away from a paragraph that is missing are moved, not gone.
    let joined = Document::from_text("Prices fell by much");
    assert!(matches!(verify(&joined, &anchor), Verdict::Moved(_)));
}

#[test]
fn what_cannot_be_cited_says_why() {
    let document = article();
    let error = |words: &str| cite(&document, words).unwrap_err();
    assert_eq!(error(""), CiteError::TooShort { words: 0 });
    assert_eq!(error("— the council!"), CiteError::TooShort { words: 2 });
    assert_eq!(error(&"word ".repeat(300)), CiteError::TooLong { words: 300 });
    let (from, to) = (Place { paragraph: 2, word: 15 }, Place { paragraph: 3, word: 2 });
    assert_eq!(error("vote was 12-3. The council"), CiteError::SpansParagraphs { from, to });
    let missing = error("the council is split and angry");
    let at = Some(Place { paragraph: 3, word: 1 });
    let (wanted, reads) = ("angry".to_owned(), Some("the".to_owned()));
    assert_eq!(missing, CiteError::NotFound { found: 5, at, wanted, reads });
    assert_eq!(
        missing.to_string(),
        "not found; the nearest is 3.1, where the first 5 words stand, but then `the` and not `angry`"
    );
    let at_end = error("in sum total");
    assert!(at_end.to_string().contains("the document ends"), "{at_end}");
    let nowhere = error("purple elephants sing");
    assert!(nowhere.to_string().contains("`purple`"), "{nowhere}");
    assert!(matches!(
        cite(&Document::from_text(""), "one two three"),
        Err(CiteError::NotFound { found: 0, at: None, .. })
    ));
}

#[test]
fn overlapping_repeats_are_all_found() {
    let document = Document::from_text("a b a b a b c\na b a b c");
    let Err(CiteError::Several(all)) = cite(&document, "a b a") else { panic!() };
    let places: Vec<(u32, u32)> = all.iter().map(|a| (a.paragraph, a.first_word)).collect();
    assert_eq!(places, [(1, 1), (1, 3), (2, 1)]);
    let once = cite(&document, "a b a b a b c").unwrap();
    assert_eq!((once.paragraph, once.first_word, once.last_word), (1, 1, 7));
    assert_eq!(cite(&document, "b a b a b").unwrap().first_word, 2);
}

/// The search against the obvious one, on texts of few different words.
#[test]
fn the_search_agrees_with_the_obvious_one() {
    let mut state = 7_u64;
    let mut next = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    for _ in 0..2_000 {
        let words: Vec<&str> = (0..30).map(|_| ["a", "b", "c\n"][next(3) as usize]).collect();
        let wanted: Vec<&str> = (0..3 + next(4)).map(|_| ["a", "b", "c"][next(3) as usize]).collect();
        let document = Document::from_text(&words.join(" "));
        let mut expected = Vec::new();
        for (number, paragraph) in (1_u32..).zip(document.paragraphs()) {
            let line: Vec<&str> = paragraph.words().collect();
            for (first, window) in (1_u32..).zip(line.windows(wanted.len())) {
                if window == wanted {
                    expected.extend(document.anchor(number, first, first + wanted.len() as u32 - 1));
                }
            }
        }
        match (cite(&document, &wanted.join(" ")), expected.as_slice()) {
            (Ok(anchor), [only]) => assert_eq!(&anchor, only),
            (Err(CiteError::Several(all)), [_, _, ..]) => assert_eq!(all, expected),
            (Err(CiteError::NotFound { .. } | CiteError::SpansParagraphs { .. }), []) => {}
            (other, _) => panic!("{other:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn ten_megabytes_in_one_line_are_read_cited_and_verified() {
    let mut text = String::new();
    for i in 0_u32.. {
        text.push_str(if i % 2 == 0 { "word " } else { "other " });
        if i == 900_000 {
            text.push_str("the needle is here ");
        }
        if text.len() > 10_000_000 {
            break;
        }
    }
    let document = Document::from_text(&text);
    let anchor = cite(&document, "the needle is here").unwrap();
    assert_eq!(verify(&document, &anchor), Verdict::Holds);
    let shifted = Document::from_text(&format!("one more {text}"));
    let expected = Anchor { first_word: anchor.first_word + 2, last_word: anchor.last_word + 2, ..anchor };
    assert_eq!(verify(&shifted, &expected), Verdict::Holds);
    let unbroken = "x".repeat(10_000_000);
    assert_eq!(Document::from_text(&unbroken).paragraphs().len(), 1);
    let empty = Document::from_text(&"\n".repeat(1_000_000));
    assert!(empty.paragraphs().is_empty());
}

#[test]
fn odd_text_does_no_harm() {
    for text in ["\u{301}\u{301} \u{202e}", "\0\0", "💥 💥 💥", "コメント", "\u{fdfa}\u{fdfa}", "a\u{85}b c", "- – —"]
    {
        let document = Document::from_text(text);
        for (number, paragraph) in (1..).zip(document.paragraphs()) {
            let count = u32::try_from(paragraph.word_count()).unwrap();
            for first in 1..=count {
                let anchor = document.anchor(number, first, count).unwrap();
                assert_eq!(verify(&document, &anchor), Verdict::Holds);
                assert!(document.quote(&anchor).is_some());
            }
        }
    }
}
