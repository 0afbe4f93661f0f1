//! A dossier in which all that a report can show occurs, made up by hand.

use std::collections::{BTreeMap, BTreeSet};
use variorum::answers::{
    Answer, Answers, Condition, CurvePoint, FirstDate, Head, Meaning, Number, OriginShare, Probability, Provenance,
    QuestionAnswers, ReadingAnswer, Resolution, Said, Standings,
};
use variorum::compare::{ClaimRow, Comparison, Speaker, StanceRow};
use variorum::explain::{Driver, Explanation, ReadingExplanation};
use variorum::statements::StatementRow;
use variorum::whatif::{Played, WhatIf, WhatIfAnswer, WhatIfQuestion, WhatIfReading};
use variorum::words;
use variorum_report::{Dossier, ReadingNotes};

pub mod divided;
pub mod observed;

/// A title that would do harm, were it not escaped.
pub const HOSTILE: &str = "<script>alert('x')</script> \"North\" & South </title><img src=x onerror=alert(1)>";
/// A reading's name that is markup.
pub const AMPERSAND: &str = "&";
/// All readings.
pub const READINGS: [&str; 6] = ["ash", "birch", "wary", "hazel", AMPERSAND, "baseline"];

fn label(step: usize) -> String {
    format!("{}-{:02}", 2024 + step / 12, step % 12 + 1)
}

/// A probability with a rising curve over `steps` steps.
pub fn probability(end: f64, steps: usize) -> Probability {
    let around = |p: f64| [0.25 * p, p + (1.0 - p) * 0.6 * p];
    let curve = (0..steps).map(|step| {
        let share = (step + 1) as f64 / steps as f64;
        let p = end * share * (2.0 - share);
        CurvePoint { date: label(step), probability: p, interval: Some(around(p)) }
    });
    Probability {
        probability: end,
        interval: Some(if end == 0.0 { [0.0, 0.0] } else { around(end) }),
        variance: 0.01,
        error: 0.0041,
        word: words::standard(end),
        reason: (end == 0.0).then(|| "in this reading war can only be no".to_owned()),
        curve: curve.collect(),
    }
}

/// A number whose outcomes lie like those of a triangle.
pub fn number(median: f64, spread: f64, unit: &str) -> Number {
    let quantiles: Vec<[f64; 2]> = [0.005, 0.025]
        .into_iter()
        .chain((1..=19).map(|step| f64::from(step) * 0.05))
        .chain([0.975, 0.995])
        .map(|p: f64| {
            let distance = if p < 0.5 { (2.0 * p).sqrt() - 1.0 } else { 1.0 - (2.0 - 2.0 * p).sqrt() };
            [p, median + spread * distance]
        })
        .collect();
    let at = |p: f64| quantiles.iter().find(|[q, _]| (q - p).abs() < 1e-9).unwrap()[1];
    Number {
        unit: unit.to_owned(),
        median,
        predictive: [at(0.05), at(0.95)],
        deviation: spread / 2.4,
        mean: median * 1.01,
        interval: [median * 0.9, median * 1.1],
        error: spread / 300.0,
        quantiles,
    }
}

pub fn provenance(assumed: f64) -> Provenance {
    let share =
        |origin: &str, share: f64| OriginShare { origin: origin.to_owned(), parameters: 7, share, error: 0.021 };
    Provenance {
        shares: vec![
            share("assumed", assumed),
            share("base_rate", 0.8 * (1.0 - assumed)),
            share("cited", 0.2 * (1.0 - assumed)),
        ],
        variance: 0.01,
        variance_error: 0.0004,
        standings: Standings { own: 3, borrowed: 12, contested: 1, unsupported: 4 },
    }
}

fn reading(name: &str, answer: Answer) -> ReadingAnswer {
    let provenance = (!matches!(answer, Answer::Void { .. })).then(|| provenance(0.83));
    ReadingAnswer { reading: name.to_owned(), draws: 1250, given: None, provenance, answer, after: None }
}

pub fn question(name: &str, text: &str, answers: Vec<Answer>) -> QuestionAnswers {
    QuestionAnswers {
        name: name.to_owned(),
        text: text.to_owned(),
        window: ["2024-01".to_owned(), "2027-12".to_owned()],
        given: None,
        condition: None,
        readings: READINGS.iter().zip(answers).map(|(name, answer)| reading(name, answer)).collect(),
        said: Vec::new(),
        resolved: None,
        pooled: None,
    }
}

pub fn questions() -> Vec<QuestionAnswers> {
    let likely = |ends: [f64; 6]| ends.map(|end| Answer::Probability(probability(end, 48))).to_vec();
    let mut war = question(
        "war",
        "By the end of 2027, have 1,000 soldiers been killed within twelve months in fighting between the two, by the \
         count of two news agencies?",
        likely([0.31, 0.27, 0.17, 0.45, 0.62, 0.009]),
    );
    war.said = vec![
        Said {
            source: "ash".to_owned(),
            phrase: "unlikely".to_owned(),
            meaning: Some(Meaning { median: 0.18, range: [0.05, 0.4], survey: Some("cap2026".to_owned()) }),
            anchors: vec!["4.49-62#ve08vthgheak".to_owned()],
            window_assumed: Some("the text names none".to_owned()),
        },
        Said {
            source: "birch".to_owned(),
            phrase: "30%".to_owned(),
            meaning: Some(Meaning { median: 0.3, range: [0.3, 0.3], survey: None }),
            anchors: vec!["1.2-9#ba9876543210".to_owned()],
            window_assumed: None,
        },
        Said {
            source: "stranger".to_owned(),
            phrase: "not zero".to_owned(),
            meaning: None,
            anchors: vec!["13.26-33#87vcfnxrsd81".to_owned()],
            window_assumed: None,
        },
    ];
    war.resolved = Some(Resolution {
        outcome: "no".to_owned(),
        on: Some("2027-12-31".to_owned()),
        from: Some("public record".to_owned()),
    });
    let rare = question("rare", "A rare thing by the end of 2027", likely([0.021; 6]));
    let never = question("never", "What cannot be", likely([0.0, 0.0, 0.0, 0.0, 0.0, 0.012]));
    let troops = [41_000.0, 44_000.0, 39_000.0, 60_000.0, 47_000.0, 30_000.0];
    let mut numbers = question(
        "troops",
        "Soldiers at the border at the end of 2027",
        troops.map(|median| Answer::Number(number(median, 0.4 * median, "people"))).to_vec(),
    );
    numbers.window = ["2027-12".to_owned(), "2027-12".to_owned()];
    numbers.resolved = Some(Resolution { outcome: "52_000".to_owned(), on: None, from: None });
    let mut money = question(
        "money",
        "Hard currency at the end of 2027",
        [2.4e9, 2.5e9, 2.3e9, 2.4e9, 2.4e9, 2.2e9].map(|m| Answer::Number(number(m, 0.8 * m, "USD"))).to_vec(),
    );
    money.window = ["2027-12".to_owned(), "2027-12".to_owned()];
    let dates = [0.9, 0.7, 0.55, 0.4, 0.97, 0.2].map(|end: f64| {
        let ever = probability(end, 48);
        let by =
            |share: f64| ever.curve.iter().find(|point| point.probability >= share).map(|point| point.date.clone());
        let (quantiles, if_ever) = ([by(0.05), by(0.5), by(0.95)], [by(0.05 * end), by(0.5 * end), by(0.95 * end)]);
        Answer::Date(FirstDate { ever, quantiles, if_ever })
    });
    let first = question("first", "When does the first clash come?", dates.to_vec());
    let mut condition =
        question("condition", "If there is a clash by 2025, is there war?", likely([0.5, 0.4, 0.3, 0.2, 0.1, 0.6]));
    condition.given = Some(["2024-01".to_owned(), "2025-12".to_owned()]);
    condition.condition = Some("clashes > 0 by 2025-12".to_owned());
    for (place, reading) in condition.readings.iter_mut().enumerate() {
        reading.given = Some(Condition { probability: 0.12, error: 0.003, trajectories: 2_400 + place as u64 });
    }
    if let Some(void) = condition.readings.get_mut(2) {
        void.answer = Answer::Void { reason: "in this reading clashes can only be 0".to_owned() };
        void.provenance = None;
    }
    vec![war, rare, never, numbers, money, first, condition]
}

fn comparison() -> Comparison {
    let speaker = |key: &str, on: Option<&str>, claims| Speaker {
        key: key.to_owned(),
        title: format!("What {key} wrote"),
        by: Some(format!("A. {key}")),
        on: on.map(str::to_owned),
        known: on.map(str::to_owned),
        quoted_in: None,
        claims,
    };
    let stance = |source: &str, stance: &str| StanceRow {
        source: source.to_owned(),
        stance: stance.to_owned(),
        anchors: vec!["2.1-9#ba9876543210".to_owned()],
    };
    let claim = |key: &str, text: &str, stances: Vec<StanceRow>, statements: &[&str]| ClaimRow {
        key: key.to_owned(),
        text: text.to_owned(),
        note: None,
        contradicted: stances.iter().any(|row| row.stance != "asserts")
            && stances.iter().any(|row| row.stance == "asserts"),
        stances,
        statements: statements.iter().map(|path| (*path).to_owned()).collect(),
        forecasts: Vec::new(),
    };
    Comparison {
        model: HOSTILE.to_owned(),
        sources: vec![
            speaker("ash", Some("2023-11-02"), 2),
            speaker("birch", Some("2023-11-20"), 2),
            speaker("stranger", None, 1),
        ],
        claims: vec![
            claim("rare", "Such neighbours rarely fight", vec![stance("ash", "asserts")], &["war"]),
            claim(
                "spiral",
                "Each clash makes the next one likelier <b>",
                vec![stance("birch", "asserts"), stance("ash", "denies"), stance("stranger", "doubts")],
                &["clash", "fuel"],
            ),
            claim("idle", "Nothing rests on this", vec![stance("birch", "asserts")], &[]),
        ],
    }
}

fn row(path: &str, kind: &str, written: &str, file: &str, line: u32) -> StatementRow {
    StatementRow {
        path: path.to_owned(),
        paths: vec![path.to_owned()],
        kind: kind.to_owned(),
        title: format!("what {path} is"),
        owner: None,
        written: written.to_owned(),
        file: file.to_owned(),
        line,
        because: vec!["spiral".to_owned()],
        standing: "borrowed".to_owned(),
        origin: "assumed".to_owned(),
        origin_text: "the source gives no size".to_owned(),
        own: false,
        off: false,
        kept: None,
    }
}

fn statements(reading: &str) -> Vec<StatementRow> {
    let mut clash =
        row("clash", "event", "event clash \"a lethal clash\" hazard spark * (1 + fuel * clashes)", "border.vor", 3);
    let mut fuel = row("fuel", "param", "param fuel in 0 .. 3 = 0.3 .. 1", "border.vor", 9);
    let mut war = row("war", "event", "event war when clashes > 2 hazard 0 in 70 years", "war.vor", 1);
    war.origin = "base_rate".to_owned();
    war.origin_text = "years since 1953".to_owned();
    match reading {
        "ash" => {
            fuel = StatementRow {
                own: true,
                written: "param fuel in 0 .. 3 = 0".to_owned(),
                file: "readings/ash.vor".to_owned(),
                ..fuel
            };
            clash.kept = Some("without fuel it no longer spirals".to_owned());
            clash.standing = "contested".to_owned();
        }
        "birch" => clash.standing = "own".to_owned(),
        "baseline" => war.off = true,
        _ => {}
    }
    vec![clash, fuel, war]
}

fn whatif(questions: &[QuestionAnswers]) -> WhatIf {
    let moved = |question: &QuestionAnswers| WhatIfQuestion {
        name: question.name.clone(),
        text: question.text.clone(),
        window: question.window.clone(),
        condition: question.condition.clone(),
        readings: question
            .readings
            .iter()
            .map(|reading| {
                let (answer, difference) = match &reading.answer {
                    Answer::Probability(p) if question.name == "war" => {
                        (Answer::Probability(probability(p.probability * 0.6, 48)), Some(p.probability * -0.4))
                    }
                    Answer::Number(n) if question.name == "troops" => {
                        (Answer::Number(number(n.median * 1.2, n.deviation, "people")), Some(n.median * 0.2))
                    }
                    other => (other.clone(), Some(0.0)),
                };
                WhatIfReading {
                    reading: reading.reading.clone(),
                    without: reading.answer.clone(),
                    scenarios: vec![WhatIfAnswer {
                        scenario: "prepared".to_owned(),
                        answer,
                        difference,
                        error: Some(0.002),
                    }],
                }
            })
            .collect(),
    };
    WhatIf {
        head: head(),
        scenarios: vec![Played {
            name: "prepared".to_owned(),
            title: "Preparation from now on".to_owned(),
            actions: vec!["hold readiness = 2 from 2024-06".to_owned()],
        }],
        given: None,
        questions: questions.iter().map(moved).collect(),
        notes: Vec::new(),
    }
}

fn explanation(question: &QuestionAnswers) -> Explanation {
    let driver = |parameter: &str, total: f64| Driver {
        parameter: parameter.to_owned(),
        statement: parameter.to_owned(),
        title: format!("param {parameter} = 0.3 .. 1"),
        place: "border.vor:9".to_owned(),
        origin: "assumed".to_owned(),
        origin_text: "assumed \"the source gives no size\"".to_owned(),
        written: "0.3 .. 1".to_owned(),
        first: 0.8 * total,
        first_error: 0.01,
        total,
        total_error: 0.02,
        ends: [0.1, 0.5],
        after: None,
    };
    let explained = |reading: &ReadingAnswer| ReadingExplanation {
        reading: reading.reading.clone(),
        title: reading.reading.clone(),
        answer: reading.answer.clone(),
        given: reading.given.clone(),
        provenance: None,
        after: None,
        learned: Vec::new(),
        unmoved: 0,
        gone: None,
        shared_after: None,
        stories: None,
        drivers: vec![driver("fuel", 0.7), driver("spark", 0.3)],
        effects: Vec::new(),
        needs_value: Vec::new(),
        notes: Vec::new(),
    };
    Explanation {
        head: head(),
        draws: 1250,
        window: question.window.clone(),
        question: question.name.clone(),
        text: question.text.clone(),
        condition: question.condition.clone(),
        readings: question.readings.iter().take(2).map(explained).collect(),
    }
}

fn head() -> Head {
    Head {
        model: HOSTILE.to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        as_of: None,
        seed: 1,
        per_draw: 16,
        complete: true,
        time: ["2024-01".to_owned(), "2027-12".to_owned()],
    }
}

/// The dossier.
pub fn dossier() -> Dossier {
    let questions = questions();
    Dossier {
        comparison: comparison(),
        readings: READINGS
            .iter()
            .map(|name| ReadingNotes {
                name: (*name).to_owned(),
                title: format!("the reading {name}"),
                voices: vec![(*name).to_owned(), "stranger".to_owned()],
                statements: statements(name),
                no_case: BTreeMap::new(),
            })
            .collect(),
        asked: BTreeMap::new(),
        labels: BTreeMap::from([("KR".to_owned(), "South <Korea>".to_owned())]),
        model: "model.vor".to_owned(),
        without_case: BTreeMap::from([("war".to_owned(), vec!["war#1".to_owned()])]),
        whatif: Some(whatif(&questions)),
        explanations: questions.first().map(explanation).into_iter().collect(),
        watch_list: None,
        stories: Vec::new(),
        cruxes: None,
        score: None,
        command: "variorum run model.vor --html report.html".to_owned(),
        version: "0.1.0".to_owned(),
        answers: Answers {
            format: 1,
            head: head(),
            questions,
            scenario: None,
            evidence: None,
            notes: vec![
                "not once in their reference class, so that half a case in that time is assumed: war#1".to_owned(),
            ],
        },
    }
}

/// The piece of a page from one text to another.
pub fn piece<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let start = page.find(from).unwrap_or_else(|| panic!("no `{from}`"));
    let length = page[start..].find(to).unwrap_or_else(|| panic!("no `{to}`"));
    &page[start..start + length + to.len()]
}

/// Opening tags, closing tags, attributes: everything closed in order, identifiers unique, links within the page.
pub fn well_formed(page: &str) {
    let style = piece(page, "<style>", "</style>");
    let page = page.replace(style, "");
    let (mut open, mut ids, mut links) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap();
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a stray > before {}", &rest[start..start + 40]);
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap();
        for (attribute, into) in [(" id=\"", &mut ids), (" href=\"#", &mut links)] {
            if let Some((_, value)) = tag.split_once(attribute) {
                let value = value.split('"').next().unwrap().to_owned();
                assert!(into.insert(value.clone()) || attribute != " id=\"", "the id {value} occurs twice");
            }
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name.to_owned()), "in the wrong order");
        } else if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    let dangling: Vec<&String> = links.difference(&ids).collect();
    assert!(dangling.is_empty(), "links to nowhere: {dangling:?}");
}
