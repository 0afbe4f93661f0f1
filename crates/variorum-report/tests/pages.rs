//! The report, the brief and the tables of a dossier in which everything occurs: escaped, whole, within their bounds.
//!
//! `UPDATE=1 cargo test -p variorum-report --test pages` writes what is printed now into `tests/snapshots`; read the
//! difference before you commit it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod seen;
mod standing;
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use support::{AMPERSAND, HOSTILE, READINGS, divided, dossier, piece, well_formed};
use variorum::ablate::Effect;
use variorum::ablate_after::EffectAfter;
use variorum::answers::{Answer, OriginShare};
use variorum::compare::{ClaimRow, Speaker, StanceRow};
use variorum::drivers_after::{DriverAfter, SharedAfter};
use variorum_report::{Dossier, Style, answers, brief, comparison, explanation, report, statements, whatif};

/// Compares with a file in `tests/snapshots`, or writes it.
fn snapshot(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let wanted = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(wanted == text, "{} is different now:\n{text}", file.display());
}

#[test]
fn the_brief_of_everything() {
    snapshot("brief.md", &brief(&dossier()));
}

#[test]
fn the_tables_of_everything() {
    snapshot("answers.txt", &answers(&dossier().answers, Style::Plain));
}

#[test]
fn pieces_of_the_report() {
    let page = report(&dossier());
    let mut pieces = String::new();
    for (from, to) in [
        ("<title>", "</title>"),
        ("<h1>", "</h1>"),
        // One row of a table of each kind, with its plot.
        ("<article class=\"question\" id=\"q-never\">", "</table>"),
        ("<article class=\"question\" id=\"q-money\">", "</table>"),
        ("<article class=\"question\" id=\"q-first\">", "</table>"),
        ("<article class=\"question\" id=\"q-condition\">", "</table>"),
        ("<section class=\"statement\" id=\"s-fuel\">", "</section>"),
    ] {
        pieces.push_str(piece(&page, from, to));
        pieces.push('\n');
    }
    snapshot("pieces.html", &pieces);
}

/// A title with markup and quotes, a reading called `&`.
#[test]
fn what_a_model_says_is_text() {
    let page = report(&dossier());
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;North&quot; &amp; South"));
    assert!(!page.contains("<script") && !page.contains("<img"), "markup of the model got into the page");
    assert!(page.contains(">&amp;</th>"), "the reading called & has no row");
    assert!(page.contains("likelier &lt;b&gt;"));
    assert_eq!(HOSTILE.matches("</title>").count(), 1, "the test is about this");
    assert_eq!(page.matches("</title>").count(), page.matches("<title>").count());
}

/// What divides the readings, and who was right so far: where it is there, and nowhere else.
#[test]
fn what_divides_and_who_was_right() {
    let with = || Dossier { cruxes: Some(divided::cruxes()), score: Some(divided::score()), ..dossier() };
    let (page, text) = (report(&with()), brief(&with()));
    well_formed(&page);
    let (score, divides) = ("<section id=\"score\"", "<section id=\"divides\"");
    snapshot(
        "divided.html",
        &format!("{}\n{}\n", piece(&page, score, "</section>"), piece(&page, divides, "</section>")),
    );
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for shown in [
        "Farthest apart on war: wary 17%, & 62%, a difference of +45.0 points. What the two say on `fuel` makes +33.8 +-0.6 of it",
        "2 of 7 questions",
        "pooled 0.038 (2), ash 0.194 (3), baseline 0.326 (3) and & 0.384 (3).",
        "which is no forecast: hazel 0.203.",
        "prove little",
    ] {
        assert!(flat.contains(shown), "{shown}\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80) && text.split_whitespace().count() <= 900, "{text}");
    assert!(!page.contains("NaN") && !page.contains("<i>") && page.contains("param fuel = 0 &lt;i&gt;"));
    // So few forecasts have no calibration.
    assert!(!page.contains("Calibration of"));
    let mut many = divided::score();
    many.forecasters[3].means.n = 30;
    assert!(report(&Dossier { score: Some(many), ..dossier() }).contains("Calibration of pooled"));

    let mut numbers = divided::score();
    numbers.forecasters.clear();
    numbers.questions.remove(0);
    let mut interrupted = divided::cruxes();
    interrupted.complete = false;
    for pair in &mut interrupted.pairs {
        pair.crux = None;
        pair.gap.difference = f64::NAN;
    }
    let cut = Dossier { cruxes: Some(interrupted), score: Some(numbers), ..dossier() };
    well_formed(&report(&cut));
    assert!(report(&cut).contains("Interrupted: this rests") && !report(&cut).contains("NaN"));
    assert!(!brief(&cut).contains("Farthest apart") && !brief(&cut).contains("Who was right"));
    let mut nothing = divided::score();
    nothing.questions.clear();
    for without in [dossier(), Dossier { score: Some(nothing), ..dossier() }] {
        let page = report(&without);
        assert!(!page.contains("id=\"score\"") && !page.contains("id=\"divides\""));
        assert!(!brief(&without).contains("Farthest apart"));
    }
    let full = Dossier { cruxes: Some(divided::cruxes()), score: Some(divided::score()), ..large() };
    assert!(report(&full).len() < 1_000_000 && brief(&full).split_whitespace().count() <= 900);
}

/// Opening tags, closing tags, attributes: everything closed in order, identifiers unique, links within the page.
#[test]
fn the_page_is_well_formed() {
    well_formed(&report(&dossier()));
}

/// Nothing is fetched and nothing runs.
#[test]
fn the_page_needs_nothing_else() {
    let page = report(&dossier());
    for word in
        ["src=", "http:", "https:", "@import", "url(http", "<script", "javascript:", " onclick", "<iframe", "<object"]
    {
        let found = page.replace("onerror=alert(1)", "").replace("&lt;img src=x", "").contains(word);
        assert!(!found, "`{word}` is in the page");
    }
    assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
}

/// Whatever is empty is not shown, and leaves no trace.
#[test]
fn what_is_not_there_is_not_shown() {
    let mut bare: Dossier = dossier();
    bare.whatif = None;
    bare.explanations.clear();
    bare.comparison.claims.clear();
    bare.comparison.sources.clear();
    for reading in &mut bare.readings {
        reading.statements.clear();
    }
    for question in &mut bare.answers.questions {
        question.said.clear();
        for reading in &mut question.readings {
            reading.provenance = None;
            match &mut reading.answer {
                Answer::Probability(answer) => answer.curve.clear(),
                Answer::Number(answer) => answer.quantiles.clear(),
                Answer::Date(answer) => answer.ever.curve.clear(),
                Answer::Void { .. } => {}
            }
        }
    }
    let page = report(&bare);
    for absent in
        ["id=\"scenarios\"", "id=\"statements\"", "class=\"panels\"", "What it rests on", "Said against", "NaN", "inf"]
    {
        assert!(!page.contains(absent), "`{absent}` is in the page");
    }
    assert!(page.contains("q-war") && page.contains("31%"));
    let text = brief(&bare);
    assert!(text.contains("not measured") && !text.contains("Said against"));
    bare.answers.questions.clear();
    assert!(report(&bare).contains("asks nothing"));
    assert!(brief(&bare).contains("## Answers"));
}

/// A dossier as large as that of the shipped model may become.
fn large() -> Dossier {
    let mut large = dossier();
    let (questions, rows) = (large.answers.questions.clone(), large.readings[0].statements.clone());
    large.answers.questions.clear();
    for number in 0..32 {
        let mut question = questions[number % questions.len()].clone();
        question.name = format!("question_{number}");
        question.said.truncate(1);
        large.answers.questions.push(question);
    }
    for reading in &mut large.readings {
        reading.statements = (0..200)
            .map(|number| {
                let mut row = rows[number % rows.len()].clone();
                row.path = format!("statement_{number}");
                row.paths = vec![row.path.clone()];
                row
            })
            .collect();
    }
    let claim = large.comparison.claims[1].clone();
    large.comparison.claims.extend((0..100).map(|number| ClaimRow { key: format!("claim_{number}"), ..claim.clone() }));
    large
}

#[test]
fn two_pages_and_a_megabyte_are_enough() {
    let large = large();
    let text = brief(&large);
    let words = text.split_whitespace().count();
    assert!(words <= 900, "{words} words");
    for question in &large.answers.questions {
        assert!(text.contains(&format!("**{}**", question.name)), "{} is left out", question.name);
    }
    let page = report(&large);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

#[test]
fn text_fits_80_columns() {
    let mut wide = large();
    let long = "x".repeat(120);
    wide.answers.questions[0].name = long.clone();
    wide.answers.questions[1].condition = Some(format!("{long} > 0 by 2025-12"));
    if let Answer::Probability(answer) = &mut wide.answers.questions[0].readings[0].answer {
        answer.interval = Some([0.000_01, 0.999_99]);
    }
    wide.explanations[0].question = long.clone();
    wide.explanations[0].condition = Some(format!("{long} > 0 by 2025-12"));
    wide.explanations[0].readings[0].title = format!("{long} {long}");
    wide.explanations[0].readings[0].drivers[0].parameter = long.clone();
    wide.whatif.as_mut().unwrap().questions[0].condition = Some(format!("{long} > 0 by 2025-12"));
    wide.readings[0].statements[0].path = format!("{long}[a, b] and 12 more");
    wide.readings[0].statements[1].path = format!("{}.{}", "choice".repeat(6), "option".repeat(6));
    wide.readings[0].statements[2].written = long.clone();
    wide.readings[0].statements[2].file = format!("{long}/model.vor");
    wide.answers.scenario = Some("prepared".to_owned());
    wide.comparison.sources = (0..40)
        .map(|number| Speaker { key: format!("source_number_{number}"), ..wide.comparison.sources[0].clone() })
        .collect();
    wide.comparison.claims[0].statements = vec![format!("flow {long}[a, b]"), long];
    wide.comparison.claims[0].stances = (0..40)
        .map(|number| StanceRow {
            source: format!("source_number_{number}"),
            ..wide.comparison.claims[1].stances[0].clone()
        })
        .collect();
    let texts = [
        ("brief", brief(&wide)),
        ("answers", answers(&wide.answers, Style::Plain)),
        ("comparison", comparison(&wide.comparison, Style::Plain)),
        ("explanation", explanation(&wide.explanations[0], Style::Plain)),
        ("whatif", whatif(wide.whatif.as_ref().unwrap(), Style::Plain)),
        ("statements", statements("ash", &wide.readings[0].statements, Style::Plain)),
    ];
    for (name, text) in &texts {
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{name}: {} columns: {line}", line.chars().count());
        }
    }
    // Every source has its column, in one of the blocks.
    let table = piece(&texts[2].1, "Claims by sources", "Contradictions");
    assert_eq!(table.matches("further sources").count(), 1);
    assert!(texts[1].1.contains("in the scenario prepared"));
}

/// Every kind of answer of every reading stands in the terminal, the report and the brief.
#[test]
fn every_kind_is_shown() {
    let dossier = dossier();
    let (table, page, text) = (answers(&dossier.answers, Style::Plain), report(&dossier), brief(&dossier));
    let everywhere = [
        ("the condition holds in 12%", "The condition holds in 12%", ""),
        ("given clashes > 0 by 2025-12", "given clashes &gt; 0 by 2025-12", "given clashes above 0 by"),
        ("no answer", "no answer: in this reading clashes can only be 0", "No answer in wary"),
        ("50% by", "half by 2025-04", "Median dates 2025-03"),
        ("readers take for 5.0% to 40%", "5.0% to 40%, median 18% (cap2026)", "(readers: 5.0% to 40%)"),
        ("birch said 30%;", "a number of its own", "birch said 30%"),
        ("stands for no number", "recorded, never scored", ""),
        ("83% assumed", "83% ± 2", "assumed"),
        ("the world answered 52_000", "52\u{202f}000", "The world: 52_000"),
    ];
    for (in_table, in_page, in_brief) in everywhere {
        assert!(table.contains(in_table), "{in_table}");
        assert!(page.contains(in_page), "{in_page}");
        assert!(text.contains(in_brief), "{in_brief}");
    }
    for reading in READINGS.iter().filter(|name| **name != AMPERSAND) {
        assert!(page.matches(reading).count() > 10, "{reading}");
    }
    let levels: BTreeMap<&str, usize> = ["high", "moderate", "low"]
        .into_iter()
        .map(|level| (level, text.matches(&format!("Confidence {level}")).count()))
        .collect();
    assert_eq!(levels.values().sum::<usize>(), dossier.answers.questions.len(), "{levels:?}");
}

/// Estimates of shares that are unbiased come out below 0 and above one by chance: people are not shown that.
#[test]
fn shares_add_up() {
    let mut dossier = dossier();
    let measured = |shares: &[(&str, f64)]| {
        let mut provenance = support::provenance(0.5);
        provenance.shares.truncate(shares.len());
        for (of, (origin, share)) in provenance.shares.iter_mut().zip(shares) {
            (of.origin, of.share) = ((*origin).to_owned(), *share);
        }
        Some(provenance)
    };
    let readings = &mut dossier.answers.questions[0].readings;
    readings[0].provenance = measured(&[("assumed", 1.012), ("cited", -0.012)]);
    readings[1].provenance = measured(&[("assumed", 0.905), ("base_rate", 0.105), ("cited", -0.01)]);
    readings[2].provenance = measured(&[("assumed", 0.998), ("cited", 0.002)]);
    dossier.explanations[0].readings[0].provenance = measured(&[("assumed", 1.012), ("cited", -0.012)]);
    dossier.explanations[0].readings[0].drivers[0].first = -0.007;
    dossier.explanations[0].readings[0].drivers[0].total = 1.02;
    let (table, page) = (answers(&dossier.answers, Style::Plain), report(&dossier));
    for shown in ["rests on all assumed;", "rests on 90% assumed, 10% base rates;", "rests on >99% assumed, <1% cited;"]
    {
        assert!(table.contains(shown), "{shown}\n{table}");
    }
    let explained = explanation(&dossier.explanations[0], Style::Plain);
    assert!(explained.contains("  100% +-2") && explained.contains("    0% +-2"), "{explained}");
    for text in [table, page, explained, brief(&dossier)] {
        for wrong in ["101%", "102%", "-1%", "-0.7%"] {
            assert!(!text.contains(wrong), "{wrong}\n{text}");
        }
    }
}

/// A line that declares several things is one statement, in the report and in what the brief counts.
#[test]
fn a_statement_is_shown_and_counted_once() {
    let mut dossier = dossier();
    let before = brief(&dossier);
    assert!(before.contains("3 statements, each counted once"), "{before}");
    for reading in &mut dossier.readings {
        for path in ["calm[North]", "peace"] {
            let mut flag = reading.statements[2].clone();
            (flag.path, flag.paths, flag.title, flag.off) =
                (path.to_owned(), vec![path.to_owned()], String::new(), false);
            (flag.kind, flag.written, flag.line) = ("flag".to_owned(), "flag calm[North], peace = no".to_owned(), 7);
            (flag.standing, flag.origin) = ("unsupported".to_owned(), "none".to_owned());
            flag.because.clear();
            reading.statements.push(flag);
        }
    }
    let page = report(&dossier);
    assert_eq!(page.matches("flag calm[North], peace = no").count(), 1);
    assert_eq!(page.matches("<b>calm[North], peace</b>").count(), 1);
    let after = brief(&dossier).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(after.contains("4 statements, each counted once, rest: 1 on a claim"), "{after}");
    assert!(after.contains("1 on no claim. Their numbers: 2 assumed, 1 from base rates, 1 without numbers"), "{after}");
}

/// What stands to whom is said of those who say it so: who says something else stands to that.
#[test]
fn whoever_differs_is_not_counted() {
    let mut dossier = dossier();
    for reading in &mut dossier.readings {
        reading.statements[1].standing = "own".to_owned();
    }
    let page = report(&dossier);
    let fuel = piece(&page, "<section class=\"statement\" id=\"s-fuel\">", "</section>");
    assert!(fuel.contains("Own to birch, wary, hazel, &amp; and baseline."), "{fuel}");
    assert!(fuel.contains("<b>ash</b> says instead (own there)"), "{fuel}");
}

/// Where something was seen, each table has columns before and after; where nothing was, none.
#[test]
fn drivers_origins_and_effects_before_and_after() {
    let mut dossier = dossier();
    let (before, page_before) = (explanation(&dossier.explanations[0], Style::Plain), report(&dossier));
    assert!(!before.contains("after") && !page_before.contains("Alone, after"), "{before}");
    let reading = &mut dossier.explanations[0].readings[0];
    reading.drivers[0].after = Some(DriverAfter { first: 0.12, first_error: 0.02, ends: [0.3, f64::NAN] });
    let nothing = DriverAfter { first: 0.07, first_error: 0.01, ends: [0.3, 0.2] };
    let spark = &mut reading.drivers[1];
    (spark.first, spark.first_error, spark.total, spark.total_error) = (f64::NAN, f64::NAN, f64::NAN, f64::NAN);
    (spark.ends, spark.after) = ([f64::NAN; 2], Some(nothing));
    reading.provenance = Some(support::provenance(0.5));
    let (origin, alone) = (reading.provenance.as_ref().unwrap().shares[0].origin.clone(), "mixed".to_owned());
    let share = |origin, share| OriginShare { origin, parameters: 2, share, error: 0.01 };
    reading.shared_after = Some(SharedAfter {
        variance: 0.02,
        variance_error: 0.001,
        effective: 410.0,
        draws: 5120,
        origins: vec![share(origin, 0.77), share(alone, 0.18)],
        rest: Some(0.05),
        rest_error: Some(0.02),
    });
    let effect = |without: &str, after: EffectAfter| Effect {
        without: without.to_owned(),
        title: String::new(),
        place: String::new(),
        standing: None,
        with_it: 0.4,
        without_it: 0.4,
        effect: 0.0,
        error: 0.0,
        log_odds: Some(0.0),
        deviations: None,
        after: Some(after),
    };
    let moved = EffectAfter {
        with_it: 0.45,
        without_it: 0.15,
        effect: 0.3,
        error: 0.01,
        bits: 1.5,
        bits_error: 0.05,
        effective: 300.0,
        reason: None,
    };
    let few = EffectAfter { effective: 4.0, bits: -2.0, ..moved.clone() };
    let reason = Some("without it `observe 2024-10 raid` cannot be: this reading has no event raid".to_owned());
    let never = EffectAfter { reason, ..moved.clone() };
    reading.effects = vec![effect("switch off a", moved), effect("switch off b", few), effect("switch off c", never)];
    let (text, page) = (explanation(&dossier.explanations[0], Style::Plain), report(&dossier));
    for shown in [
        "first, after",
        " 12% +-2",
        "after 30% to ?",
        "spark 7% +-1 fifths after 30% to 20%",
        " 77% +-1",
        " 18% +-1",
        "not told apart",
        "after: 45% with it, 15% without: +30 +-1; evidence +1.5 +-0.05 bits",
        "only 4.0 effective draws",
        "after: without it `observe 2024-10 raid` cannot be",
    ] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(shown.trim()), "{shown}\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(page.contains("Alone, after") && page.contains("12% ± 2") && page.contains("30% to ?"));
    well_formed(&page);
}
