//! What has been seen, in the tables, the report and the brief, from data made by hand.

use super::{snapshot, support};
use support::observed::{FORBIDDEN, STARVED, crowded, observed_dossier, stories};
use support::{piece, well_formed};
use variorum_report::{Style, answers, brief, report, watch_list};

/// The text in one line, for what may be broken anywhere.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[test]
fn the_tables_after_what_was_seen() {
    snapshot("observed.txt", &answers(&observed_dossier().answers, Style::Plain));
}

#[test]
fn a_watch_list_and_stories() {
    let list = watch_list(observed_dossier().watch_list.as_ref().unwrap(), Style::Plain);
    snapshot("watch.txt", &list);
    snapshot("stories.txt", &variorum_report::stories(&stories(), Style::Plain));
    assert!(!list.contains("drill") && list.contains("2 observables below the noise floor"), "{list}");
}

#[test]
fn the_brief_after_what_was_seen() {
    snapshot("observed.md", &brief(&observed_dossier()));
    for dossier in [observed_dossier(), crowded()] {
        let text = brief(&dossier);
        let words = text.split_whitespace().count();
        assert!(words <= 900, "{words} words");
        assert!(text.contains("## What was seen") && text.contains("## What to look out for"), "{text}");
        assert!(text.contains("among these readings, all of them wrong") || text.contains("among these\n"), "{text}");
    }
}

/// What was seen has its section, questions have both answers, and what a model says is text.
#[test]
fn the_page_after_what_was_seen() {
    let page = report(&observed_dossier());
    let mut pieces = String::new();
    for (from, to) in [
        ("<article class=\"question\" id=\"q-war\">", "</table>"),
        ("<article class=\"question\" id=\"q-troops\">", "</table>"),
        ("<section id=\"seen\"", "</section>"),
        ("<section id=\"watch\"", "</section>"),
        ("<h4>How it comes about</h4>", "</details>"),
    ] {
        pieces.push_str(piece(&page, from, to));
        pieces.push('\n');
    }
    snapshot("observed.html", &pieces);
    assert!(page.contains("offer &lt;b&gt; = accept") && !page.contains("lethal <b>clash"));
    for dossier in [observed_dossier(), crowded()] {
        let page = report(&dossier);
        well_formed(&page);
        assert!(!page.contains("NaN") && !page.contains(">inf") && page.len() < 1_000_000, "{}", page.len());
        assert!(page.contains("href=\"#seen\"") && page.contains("href=\"#watch\""));
    }
    // Where nothing was seen there is no trace of it.
    let page = report(&support::dossier());
    let page = page.replace(piece(&page, "<style>", "</style>"), "");
    for absent in ["id=\"seen\"", "id=\"watch\"", "was seen", "How it comes about"] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[test]
fn text_fits_80_columns() {
    let dossier = crowded();
    let mut asked = dossier.watch_list.clone().unwrap();
    asked.question = Some("war".to_owned());
    asked.items[0].answer = Some([0.5, 0.2]);
    let texts = [
        ("answers", answers(&dossier.answers, Style::Plain)),
        ("answers", answers(&observed_dossier().answers, Style::Plain)),
        ("watch", watch_list(dossier.watch_list.as_ref().unwrap(), Style::Plain)),
        ("watch a question", watch_list(&asked, Style::Plain)),
        ("stories", variorum_report::stories(&dossier.stories[0].stories, Style::Plain)),
        ("brief", brief(&dossier)),
        ("brief", brief(&observed_dossier())),
    ];
    for (name, text) in &texts {
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{name}: {} columns: {line}", line.chars().count());
        }
        assert!(!text.contains("NaN") && !text.contains("inf "), "{name}: {text}");
    }
    // Every reading is in the table of weights, though not every pair and observation is listed.
    let shown = &texts[0].1;
    assert!(shown.contains("the 8 of 25 on which the readings part most"), "{shown}");
    assert!(shown.contains("pairs with smaller differences"), "{shown}");
}

/// A reading without what was seen has no answer after it, says why, and is in no pair.
#[test]
fn who_has_not_what_was_seen() {
    let dossier = observed_dossier();
    let table = flat(&answers(&dossier.answers, Style::Plain));
    assert!(
        table.contains("forbidden: `observe 2024-03 clash` cannot be, by event clash: this reading has no event"),
        "{table}"
    );
    assert!(table.contains("starved: what was seen came about in none of 1250 parameter draws of 64"), "{table}");
    assert!(!table.contains("Note: wary"), "it is said once:\n{table}");
    let pairs = table.split("Who foretold better").nth(1).unwrap();
    assert!(!pairs.contains(FORBIDDEN) && !pairs.contains(STARVED), "{pairs}");
    assert_eq!(table.matches("no trajectory agrees").count(), 2 * dossier.answers.questions.len(), "{table}");
}

/// No weight is worded as a probability that an author is right.
#[test]
fn weights_are_among_readings() {
    let dossier = observed_dossier();
    let text = flat(&answers(&dossier.answers, Style::Plain));
    assert!(text.contains("among these readings, all of them wrong"));
    assert!(text.contains("all: hindsight"));
    for wrong in ["probability that", "likely to be right", "is right with"] {
        assert!(!text.contains(wrong), "{wrong}");
    }
    // Where nothing counts it is said.
    let mut nothing = dossier.answers.clone();
    if let Some(evidence) = &mut nothing.evidence {
        evidence.since.observations = 0;
    }
    let text = flat(&answers(&nothing, Style::Plain));
    assert!(text.contains("Nothing was seen since 2024-06-15"), "{text}");
    // What was not seen changes nothing.
    let plain = support::dossier();
    assert!(!answers(&plain.answers, Style::Plain).contains("What was seen"));
}
