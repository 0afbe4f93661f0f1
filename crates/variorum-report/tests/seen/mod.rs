//! What has been seen, in the tables, the report and the brief, from data made by hand.

use super::{snapshot, support};
use support::observed::{FORBIDDEN, STARVED, crowded, observed_dossier, stories};
use support::{piece, well_formed};
use variorum::answers::{After, Answer, Condition};
use variorum_report::{Asked, Style, answers, brief, report, watch_list};

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

/// The dossier with its first question changed in some way.
fn changed(change: impl FnOnce(&mut variorum_report::Dossier)) -> variorum_report::Dossier {
    let mut dossier = observed_dossier();
    change(&mut dossier);
    dossier
}

/// The article of a question, and its text without markup.
fn article(page: &str, name: &str) -> String {
    piece(page, &format!("<article class=\"question\" id=\"q-{name}\">"), "</article>").to_owned()
}

fn text(markup: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
        if c == '>' {
            out.push(' ');
        }
    }
    flat(&out)
}

/// Readings with the same answer before anything was seen are one row, what they answer after it stands in it from the least
/// to the largest, and what is pooled says of how many answers.
#[test]
fn one_voice_is_one_row() {
    let dossier = changed(|dossier| {
        let war = &mut dossier.answers.questions[0];
        let (first, later) = (war.readings[0].answer.clone(), war.readings[0].after.clone());
        for reading in war.readings.iter_mut().skip(1).take(1) {
            reading.answer = first.clone();
        }
        let amp = war.readings.iter_mut().find(|reading| reading.reading == "&").unwrap();
        (amp.answer, amp.after) = (first, later);
    });
    let page = report(&dossier);
    well_formed(&page);
    let shown = text(&article(&page, "war"));
    assert!(shown.contains("ash, birch, &amp; 3 readings, the same by construction 31%"), "{shown}");
    assert!(shown.contains("After, one by one: ash, &amp; 43% ± 0.4; birch 38% ± 0.4."), "{shown}");
    assert!(shown.contains("38% to 43%"), "{shown}");
    assert!(shown.contains("of 6 readings with 4 different answers"), "{shown}");
    let summary = text(piece(&page, "<section id=\"answers\"", "</table>"));
    assert!(
        summary.contains("43% the same as ash") && summary.contains("of 6 readings with 4 different answers"),
        "{summary}"
    );
    // Where all differ, none is said to be another's voice.
    let page = report(&observed_dossier());
    assert!(!text(&article(&page, "war")).contains("readings, the same"));
    assert!(text(&article(&page, "rare")).contains("the same by construction 2.1%"));
}

/// What was seen settles a question: a line, and no row of 100% after it.
#[test]
fn a_settled_question_is_said_to_be() {
    let dossier = changed(|dossier| {
        let war = &mut dossier.answers.questions[0];
        for after in war.readings.iter_mut().filter_map(|reading| reading.after.as_mut()) {
            after.answer = Answer::Probability(support::probability(0.0, 48));
        }
    });
    let (page, in_brief) = (report(&dossier), flat(&brief(&dossier)));
    let shown = text(&article(&page, "war"));
    assert!(shown.contains("Settled by observation on 2027-12-31: no."), "{shown}");
    assert!(
        shown.contains("Before anything was seen Reading") || shown.contains("Before anything was seen The"),
        "{shown}"
    );
    assert!(!shown.contains("After, one by one") && !article(&page, "war").contains("answers both"), "{shown}");
    let summary = piece(&page, "<section id=\"answers\"", "</table>");
    assert!(summary.contains("class=\"settled\""), "{summary}");
    assert!(text(summary).contains("settled by observation on 2027-12-31: no before it: 0.90% to 62%"), "{summary}");
    assert!(in_brief.contains("Settled by observation on 2027-12-31: no. Before it:"), "{in_brief}");
    assert!(!report(&observed_dossier()).contains("ettled by observation on"));
}

/// A condition that has been met: the question is another one from there on, if the answers show it.
#[test]
fn a_condition_that_has_been_met() {
    let met = |same: bool| {
        changed(|dossier| {
            let mut condition = dossier.answers.questions.pop().unwrap();
            let war = dossier.answers.questions[0].clone();
            for (reading, of) in condition.readings.iter_mut().zip(&war.readings) {
                let after = of.after.clone().filter(|_| same).or(reading.after.clone());
                let sure = Condition { probability: 1.0, error: 0.0, trajectories: 900 };
                reading.after = after.map(|after| After { given: Some(sure), ..after });
            }
            dossier.answers.questions.push(condition);
            let asked = Asked {
                without_condition: Some("war".to_owned()),
                met: Some("2025-01-18".to_owned()),
                ..Asked::default()
            };
            dossier.asked.insert("condition".to_owned(), asked);
        })
    };
    let (page, in_brief) = (report(&met(true)), flat(&brief(&met(true))));
    let shown = text(&article(&page, "condition"));
    assert!(
        shown.contains("The condition has been met (2025-01-18) : from here on this is the same question as war ,"),
        "{shown}"
    );
    assert!(!article(&page, "condition").contains("answers both"), "{shown}");
    let summary = text(piece(&page, "<section id=\"answers\"", "</table>"));
    assert!(summary.contains("the condition has been met (2025-01-18): now the same question as war"), "{summary}");
    assert!(in_brief.contains("The condition has been met (2025-01-18): now the same as war."), "{in_brief}");
    // With other answers it is not the same question, whatever its text says.
    let shown = text(&article(&report(&met(false)), "condition"));
    assert!(shown.contains("The condition has been met (2025-01-18) : after what was seen the answers"), "{shown}");
    assert!(!shown.contains("from here on"));
    // As it is, the condition holds in some of the trajectories only.
    assert!(!report(&observed_dossier()).contains("condition has been met"));
    assert!(
        text(&article(&report(&observed_dossier()), "condition"))
            .contains("(written given clashes &gt; 0 by 2025-12 )")
    );
}

/// Words that the model is made of confirm nothing; a date that has passed wants an outcome.
#[test]
fn inputs_and_passed_dates() {
    let dossier = changed(|dossier| {
        let asked = Asked { inputs: ["ash".to_owned()].into(), ..Asked::default() };
        dossier.asked.insert("war".to_owned(), asked);
        // Seen to the end of 2024: the one window is over, the other not.
        dossier.answers.questions[1].window[1] = "2025-01".to_owned();
        dossier.answers.questions[2].window[1] = "2025-02".to_owned();
    });
    let (page, in_brief) = (report(&dossier), flat(&brief(&dossier)));
    let shown = text(&article(&page, "war"));
    assert_eq!(shown.matches("These words are an input.").count(), 1, "{shown}");
    assert!(in_brief.contains("These words are an input of the model"), "{in_brief}");
    assert!(!report(&observed_dossier()).contains("These words are an input."));
    let passed = "Its date has passed, no outcome is entered in the model. What was seen reaches to 2025-02-03.";
    assert!(text(&article(&page, "rare")).contains(passed));
    assert!(!text(&article(&page, "never")).contains("Its date has passed"), "the month is not over");
    assert!(text(piece(&page, "<section id=\"answers\"", "</table>")).contains("date passed, no outcome entered"));
    assert!(in_brief.contains("Date passed, no outcome entered."), "{in_brief}");
}

/// A reading without such a choice has a dash and no dot, and whose numbers are what is said in words.
#[test]
fn what_a_reading_has_not() {
    let dossier = changed(|dossier| {
        let list = dossier.watch_list.as_mut().unwrap();
        list.items[0].name = "aid[KR] >= defensive".to_owned();
        list.items[0].title = list.items[0].name.clone();
    });
    let page = report(&dossier);
    let watch = piece(&page, "<section id=\"watch\"", "</section>");
    assert!(text(watch).contains("— baseline: no such choice"), "{watch}");
    assert!(!text(watch).contains("baseline 0%"), "{watch}");
    assert!(text(watch).contains("aid (South &lt;Korea&gt;) at least defensive aid[KR] &gt;= defensive"), "{watch}");
    let list = flat(&watch_list(dossier.watch_list.as_ref().unwrap(), Style::Plain));
    assert!(list.contains("— baseline: no such choice"), "{list}");
    // Nor is the baseline said to be base rates alone.
    let opening = text(piece(&page, "<header>", "</header>"));
    assert!(opening.contains("What has not been counted is assumed there too"), "{opening}");
    assert!(opening.contains("of its 2 statements with numbers 2 are assumed"), "{opening}");
}
