//! What a reader needs beside a number: whose it is, what stands behind it, why it is as it is. From data made by hand.

use super::support::observed::observed_dossier;
use super::support::{self, divided, piece, well_formed};
use std::collections::BTreeMap;
use variorum::answers::{Answer, Condition, QuestionAnswers, Resolution};
use variorum::confidence::probability;
use variorum::known::{Gone, Unsettled};
use variorum_report::{Asked, Dossier, Style, brief, report, watch_list};

/// The text of markup in one line, without what is between angle brackets.
fn text(markup: &str) -> String {
    let mut out = String::new();
    for piece in markup.split('<') {
        out.push(' ');
        out.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    out.split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn article(page: &str, name: &str) -> String {
    text(piece(page, &format!("<article class=\"question\" id=\"q-{name}\">"), "</article>"))
}

fn section(page: &str, name: &str) -> String {
    text(piece(page, &format!("<section id=\"{name}\""), "</section>"))
}

fn question<'d>(dossier: &'d mut Dossier, name: &str) -> &'d mut QuestionAnswers {
    dossier.answers.questions.iter_mut().find(|question| question.name == name).unwrap()
}

/// A reading whose answer stays where it was: the time that has gone by is set against what else was seen, where both are known.
#[test]
fn an_answer_that_stays_says_why() {
    let stay = |alone: Option<f64>| {
        let mut dossier = observed_dossier();
        for reading in &mut question(&mut dossier, "war").readings {
            if let Some(after) = reading.after.as_mut().filter(|_| reading.reading == "ash") {
                after.answer = reading.answer.clone();
            }
        }
        let gone = Gone { months: 28.0, of: 52.0, to: "2026-04".to_owned(), by_then: 0.0, alone };
        let asked = Asked { gone: BTreeMap::from([("ash".to_owned(), gone)]), ..Asked::default() };
        dossier.asked.insert("war".to_owned(), asked);
        article(&report(&dossier), "war")
    };
    let both = "Hardly moved by what was seen, within two standard errors, but both ways: 28 of 52 months have gone by without \
                it, which alone would make it 12%; what else was seen makes it likelier again.";
    assert!(stay(Some(0.12)).contains(both), "{}", stay(Some(0.12)));
    // Where time alone would leave it where it is, or is not known, no more is said than that it stays.
    for alone in [Some(0.309), None] {
        let shown = stay(alone);
        assert!(shown.contains("within two standard errors.") && !shown.contains("both ways"), "{shown}");
    }
    assert_eq!(
        stay(None).matches("Hardly moved").count(),
        2,
        "ash, and the baseline, whose two errors are more than its move"
    );
}

/// Base rates of no case are marked where the origin stands, and named by the readings that have them.
#[test]
fn base_rates_of_no_case_are_marked() {
    let mut dossier = support::dossier();
    for reading in dossier.readings.iter_mut().filter(|reading| reading.name != "wary") {
        reading.no_case.insert("war".to_owned(), vec!["spark".to_owned()]);
        for row in reading.statements.iter_mut().filter(|row| row.paths.iter().any(|path| path == "spark")) {
            row.origin = "base_rate".to_owned();
        }
    }
    let page = report(&dossier);
    well_formed(&page);
    let war = article(&page, "war");
    assert!(
        war.contains(
            "\u{2020} Among them base rates that have counted no case, for which half a case is assumed: spark in all but \
             wary."
        ),
        "{war}"
    );
    assert!(war.contains("14% ± 2 base rates \u{2020}"), "{war}");
    assert!(!article(&page, "rare").contains('\u{2020}'));
    if dossier.uncounted().contains("spark") && page.contains("id=\"s-spark\"") {
        let spark = text(piece(&page, "<section class=\"statement\" id=\"s-spark\">", "</section>"));
        assert!(spark.contains("of no case, for which half a case is assumed"), "{spark}");
    }
    assert!(!report(&support::dossier()).contains("Among them base rates"));
}

/// What the world has answered is not settled where the model knows of it by a report, or not at all.
#[test]
fn an_outcome_that_does_not_settle_says_why() {
    let with = |unsettled: Unsettled| {
        let mut dossier = observed_dossier();
        question(&mut dossier, "war").resolved = Some(Resolution { outcome: "yes".to_owned(), on: None, from: None });
        let asked = Asked { unsettled: Some(unsettled), ..Asked::default() };
        dossier.asked.insert("war".to_owned(), asked);
        dossier
    };
    let reported = with(Unsettled::Reported(vec![("monitors".to_owned(), "2025-05-29".to_owned())]));
    let page = report(&reported);
    let shown = article(&page, "war");
    assert!(
        shown.contains(
            "The model does not take that outcome for certain: it has observed it by a report alone (monitors, 2025-05-29), \
             which can err."
        ),
        "{shown}"
    );
    assert!(section(&page, "answers").contains("not settled in the model: only reported"));
    let shown = article(&report(&with(Unsettled::NotObserved)), "war");
    assert!(shown.contains("none of its observations is of this"), "{shown}");
    // What is settled needs no reason.
    let mut settled = with(Unsettled::NotObserved);
    for after in question(&mut settled, "war").readings.iter_mut().filter_map(|reading| reading.after.as_mut()) {
        after.answer = Answer::Probability(support::probability(0.0, 48));
    }
    assert!(!report(&settled).contains("not settled in the model"));
}

/// A condition whose time is over, and that is not known to have come true.
#[test]
fn a_condition_whose_time_is_over() {
    let over = |voids: bool| {
        let mut dossier = observed_dossier();
        let condition = question(&mut dossier, "condition");
        condition.given = Some(["2024-01".to_owned(), "2024-06".to_owned()]);
        for (place, after) in condition.readings.iter_mut().filter_map(|reading| reading.after.as_mut()).enumerate() {
            let often = if place == 0 { 0.1 } else { 0.3 };
            after.given = Some(Condition { probability: often, error: 0.01, trajectories: 900 });
            if voids {
                after.given = None;
                after.answer = Answer::Void { reason: "never".to_owned() };
            }
        }
        dossier
    };
    let page = report(&over(false));
    let shown = article(&page, "condition");
    assert!(
        shown.contains(
            "The time of its condition is over (it ended with 2024-06), and what was seen does not show whether it came true: \
             it did in 10% to 30% of what agrees with it."
        ),
        "{shown}"
    );
    assert!(section(&page, "answers").contains("the time of its condition is over, undecided"));
    let shown = article(&report(&over(true)), "condition");
    assert!(shown.contains("Its condition can no longer come true: its time ended with 2024-06"), "{shown}");
    let shown = article(&report(&observed_dossier()), "condition");
    assert!(!shown.contains("condition is over") && !shown.contains("no longer come true"), "{shown}");
    assert!(brief(&over(false)).split_whitespace().count() <= 900);
}

/// A reading known from its opponents alone, readings of one author, and one that rests on another's claims.
#[test]
fn whose_voice_a_reading_is() {
    let mut dossier = Dossier { cruxes: Some(divided::cruxes()), ..observed_dossier() };
    for reading in &mut dossier.readings {
        reading.voices = vec![reading.name.clone()];
        for row in &mut reading.statements {
            row.own = false;
        }
    }
    dossier.readings[2].voices = vec!["ash".to_owned()];
    let keys: Vec<String> = dossier.comparison.sources.iter().map(|source| source.key.clone()).collect();
    assert!(keys.contains(&"birch".to_owned()) && keys.contains(&"ash".to_owned()), "{keys:?}");
    let birch = dossier.comparison.sources.iter_mut().find(|source| source.key == "birch").unwrap();
    birch.quoted_in = Some("ash".to_owned());
    let page = report(&dossier);
    well_formed(&page);
    let known = "birch is known only as ash quotes it, who contradicts it";
    assert!(section(&page, "divides").contains(&format!("Of these readings {known}.")), "{page}");
    assert!(text(piece(&page, "<header>", "</header>")).contains("known only as ash quotes it"));
    assert!(
        section(&page, "answers")
            .contains("Of these ash and wary are readings of A. ash: each of them counts for itself."),
        "{}",
        section(&page, "answers")
    );
    // What one says otherwise rests on a claim behind the other's version.
    let claim = dossier.comparison.claims[0].key.clone();
    for reading in dossier.readings.iter_mut().filter(|reading| reading.name == "birch" || reading.name == "hazel") {
        let row = &mut reading.statements[0];
        (row.own, row.because) = (true, vec![claim.clone()]);
    }
    let shown = section(&report(&dossier), "answers");
    assert!(shown.contains("what birch says otherwise rests on one claim that is behind hazel too"), "{shown}");
    let mut alone = dossier;
    alone.readings.truncate(1);
    assert!(!section(&report(&alone), "answers").contains("Of these"));
}

/// Who lies outside all others is named in a range, and who answers at the line between two words.
#[test]
fn ranges_and_lines() {
    let mut dossier = observed_dossier();
    let ends = [0.2, 0.21, 0.2, 0.205, 0.2, 0.73];
    for (reading, end) in question(&mut dossier, "war").readings.iter_mut().zip(ends) {
        reading.answer = Answer::Probability(support::probability(end, 48));
        if let Some(after) = &mut reading.after {
            after.answer = Answer::Probability(support::probability(0.0, 48));
        }
    }
    let page = report(&dossier);
    assert!(section(&page, "answers").contains("before it: 20% to 21% in all but baseline, 73%"), "{page}");
    let shown = article(&page, "war");
    assert!(shown.contains("The words part at 20%, and 5 readings lie at that line."), "{shown}");
    let words: Vec<(String, String)> = question(&mut dossier, "war")
        .readings
        .iter()
        .filter_map(|reading| probability(&reading.answer))
        .map(|answer| (variorum::words::percent(answer.probability), answer.word.clone()))
        .collect();
    // The word is that of the number that is shown.
    for (shown, word) in &words {
        let same: Vec<&str> = words.iter().filter(|(other, _)| other == shown).map(|(_, word)| word.as_str()).collect();
        assert!(same.iter().all(|other| other == word), "{words:?}");
    }
}

/// What comes to nearly the same is one row, what few readings have says whose it is, and states say what brings them about.
#[test]
fn what_is_looked_out_for_is_said_once() {
    let mut dossier = observed_dossier();
    let list = dossier.watch_list.as_mut().unwrap();
    let mut twin = list.items[0].clone();
    (twin.name, twin.title, twin.bits) = ("war[KR]".to_owned(), "war[KR], by: a strike".to_owned(), 0.3);
    list.items.insert(1, twin);
    let mut lone = list.items[2].clone();
    lone.name = "choice climb = yes".to_owned();
    lone.title = "climbs: yes".to_owned();
    for reading in lone.readings.iter_mut() {
        reading.absent = (reading.reading != "birch").then_some(variorum::watch::Absent::NotThere);
    }
    lone.bits = 0.2;
    list.items.insert(2, lone);
    list.left_out.push(variorum::watch::LeftOut {
        name: "event drill2".to_owned(),
        why: variorum::watch::Needless::Never,
        only: vec!["birch".to_owned()],
    });
    let all: Vec<String> = list.weights.iter().map(|weight| weight.reading.clone()).collect();
    list.left_out.push(variorum::watch::LeftOut {
        name: "event drill3".to_owned(),
        why: variorum::watch::Needless::Never,
        only: all.into_iter().filter(|name| name != "baseline").collect(),
    });
    let told = watch_list(dossier.watch_list.as_ref().unwrap(), Style::Plain);
    let told = told.split_whitespace().collect::<Vec<&str>>().join(" ");
    assert!(told.contains("nearly the same: war[KR], by: a strike"), "{told}");
    assert!(told.contains("— only in birch") && told.contains("event drill2 (only in birch)"), "{told}");
    assert!(told.contains("event drill3 (not in baseline)"), "{told}");
    assert!(!told.contains("more tell less"), "{told}");
    let page = section(&report(&dossier), "watch");
    assert!(page.contains("nearly the same: war (South &lt;Korea&gt;), by: a strike"), "{page}");
    assert!(page.contains("— only in birch"), "{page}");
}

/// Terms are linked to where they are explained, the rule of confidence stands at its first use, and code is folded.
#[test]
fn terms_are_explained_where_they_are_used() {
    let dossier = Dossier { cruxes: Some(divided::cruxes()), score: Some(divided::score()), ..observed_dossier() };
    let page = report(&dossier);
    well_formed(&page);
    let answers = piece(&page, "<section id=\"answers\"", "<table");
    for link in ["href=\"#term-confidence\"", "href=\"#term-probability\"", "href=\"#term-seen\""] {
        assert!(answers.contains(link), "{link}: {answers}");
    }
    assert!(text(answers).contains("is high where none of four things gives ground for doubt"), "{answers}");
    assert!(piece(&page, "<section id=\"questions\"", "<article").contains("href=\"#term-words\""));
    assert!(piece(&page, "<nav", "</nav>").contains("href=\"#reading\""));
    let divides = piece(&page, "<section id=\"divides\"", "</section>");
    let (words, folded) = divides.split_once("<details class=\"code\">").unwrap();
    assert!(!words.contains("param fuel in") && folded.contains("param fuel in 0 .. 3 = 0.3 .. 1"), "{divides}");
    let words = text(words);
    let says = "has it as the shared model says, 0.3 .. 1 (borrowed), because: \u{201c}Each clash makes the next one likelier \
                &lt;b&gt;\u{201d}, asserted by birch.";
    assert!(words.contains(says), "{words}");
    assert!(words.contains("says it otherwise, 0 &lt;i&gt; (borrowed)"), "{words}");
    assert!(words.contains("a .. b in the place of a number: nobody knows it"), "before the first of them: {words}");
    assert!(section(&page, "score").contains("Pooled: without the baseline"));
}
