//! What divides readings and who was right so far, made by hand.

use super::{AMPERSAND, head};
use variorum::compare::StanceRow;
use variorum::crux::{Behind, CruxAll, CruxPair, CruxQuestion, Divided, Divider, Gap, Method, Side};
use variorum::score::calibration::Bin;
use variorum::score::model::{Forecast, Forecaster, Kind, Score, ScoredQuestion, Unscored, Who, Written};
use variorum::score::{Difference, Means, Paired};

const AUTHORS: [(&str, f64); 5] = [("ash", 0.31), ("birch", 0.27), ("wary", 0.17), ("hazel", 0.45), (AMPERSAND, 0.62)];

fn side(reading: &str, state: &str, written: &str) -> Side {
    let claim = Behind {
        claim: "spiral".to_owned(),
        text: "Each clash makes the next one likelier <b>".to_owned(),
        stances: vec![StanceRow {
            source: "birch".to_owned(),
            stance: "asserts".to_owned(),
            anchors: vec!["2.1-9#ba9876543210".to_owned()],
        }],
    };
    let is_absent = state == "absent";
    Side {
        reading: reading.to_owned(),
        state: state.to_owned(),
        written: written.to_owned(),
        options: Vec::new(),
        title: String::new(),
        place: if is_absent { String::new() } else { "border.vor:9".to_owned() },
        standing: if is_absent { String::new() } else { "borrowed".to_owned() },
        because: if is_absent { Vec::new() } else { vec![claim] },
        origin: "none".to_owned(),
        origin_text: String::new(),
    }
}

fn divider(readings: [&str; 2], path: &str, value: f64) -> Divider {
    let [first, second] = readings;
    let other = if path == "fuel" { side(second, "own", "param fuel = 0 <i>") } else { side(second, "absent", "") };
    Divider {
        value,
        error: 0.0062,
        bears: true,
        statements: vec![Divided {
            path: path.to_owned(),
            paths: vec![path.to_owned()],
            kind: "param".to_owned(),
            title: String::new(),
            sides: [side(first, "shared", "param fuel in 0 .. 3 = 0.3 .. 1"), other],
        }],
    }
}

/// What divides every two authors on `war`.
pub fn cruxes() -> CruxAll {
    let mut pairs = Vec::new();
    for (place, (first, of_first)) in AUTHORS.iter().enumerate() {
        for (second, of_second) in AUTHORS.iter().skip(place + 1) {
            let readings = [*first, *second];
            let difference = of_second - of_first;
            let gap = Gap {
                question: "war".to_owned(),
                text: "Is there war?".to_owned(),
                unit: None,
                answers: [*of_first, *of_second],
                difference,
                error: 0.004,
                deviation: 0.45,
                scale: 1.0,
            };
            let crux = CruxQuestion {
                question: "war".to_owned(),
                text: gap.text.clone(),
                window: ["2024-01".to_owned(), "2027-12".to_owned()],
                given: None,
                unit: None,
                answers: gap.answers,
                difference,
                error: gap.error,
                deviation: gap.deviation,
                draws: 512,
                per_draw: 16,
                effective: None,
                method: Method::Mixtures { count: 4 },
                wanted: 0.01,
                players: vec![
                    divider(readings, "fuel", 0.75 * difference),
                    divider(readings, "utility <b>", 0.25 * difference),
                ],
                void: None,
            };
            pairs.push(CruxPair { readings: readings.map(str::to_owned), gap, crux: Some(crux), left_out: false });
        }
    }
    let head = head();
    CruxAll {
        model: head.model,
        fingerprint: head.fingerprint,
        seed: 1,
        per_draw: 16,
        complete: true,
        observed: true,
        readings: AUTHORS.iter().map(|(name, _)| (*name).to_owned()).collect(),
        question: Some("war".to_owned()),
        pairs,
    }
}

fn forecast(kind: Kind, name: &str, probability: f64, written: Written) -> Forecast {
    Forecast {
        who: Who { kind, name: name.to_owned() },
        probability: Some(probability),
        median: None,
        phrase: None,
        written,
        brier: Some(probability * probability),
        log: Some(-0.4),
        crps: None,
        note: None,
    }
}

fn forecaster(kind: Kind, name: &str, n: u64, brier: f64, retrospective: bool) -> Forecaster {
    let interval = (n > 1).then_some([-0.42, 0.118]);
    let against = |name: &str| Difference {
        against: name.to_owned(),
        n,
        brier: Paired { mean: -0.151, error: interval.map(|_| 0.09), interval },
        log: None,
    };
    Forecaster {
        who: Who { kind, name: name.to_owned() },
        retrospective,
        undated: u64::from(name == AMPERSAND),
        means: Means { n, brier, log: (name != "ash").then_some(-0.71), infinite: u64::from(name == "ash") },
        against_baseline: (name != "baseline").then(|| against("baseline")),
        against_even: (kind != Kind::Even).then(|| against("50%")),
        calibration: vec![Bin {
            from: 0.1,
            to: 0.2,
            n,
            yes: 1,
            forecast: 0.17,
            share: 1.0 / n as f64,
            interval: [0.01, 0.34],
        }],
    }
}

/// Who was right, on two questions of seven.
pub fn score() -> Score {
    let question = |name: &str, outcome: &str, unit: Option<&str>, forecasts| ScoredQuestion {
        name: name.to_owned(),
        text: format!("What of {name}?"),
        window: ["2024-01".to_owned(), "2027-12".to_owned()],
        outcome: outcome.to_owned(),
        on: Some("2027-12-31".to_owned()),
        from: None,
        unit: unit.map(str::to_owned),
        forecasts,
    };
    let soldiers = |name: &str, median: f64| Forecast {
        probability: None,
        median: Some(median),
        brier: None,
        log: None,
        crps: Some(4_210.0),
        ..forecast(Kind::Reading, name, 0.0, Written::Unknown)
    };
    Score {
        format: 1,
        head: head(),
        questions: vec![
            question(
                "war",
                "no",
                None,
                vec![
                    forecast(Kind::Reading, "ash", 0.31, Written::Before),
                    forecast(Kind::Reading, AMPERSAND, 0.62, Written::Unknown),
                    forecast(Kind::Reading, "hazel", 0.45, Written::After),
                    Forecast {
                        phrase: Some("unlikely".to_owned()),
                        ..forecast(Kind::Said, "ash", 0.18, Written::Before)
                    },
                    forecast(Kind::Even, "50%", 0.5, Written::Before),
                ],
            ),
            question("troops", "52000", Some("people"), vec![soldiers("ash", 41_000.0), soldiers("birch", 44_000.0)]),
        ],
        unscored: ["rare", "never", "money", "first", "condition"]
            .iter()
            .map(|name| Unscored {
                question: (*name).to_owned(),
                who: None,
                why: "not answered yet, as far as the model says".to_owned(),
            })
            .collect(),
        forecasters: vec![
            forecaster(Kind::Reading, "ash", 3, 0.194, false),
            forecaster(Kind::Reading, AMPERSAND, 3, 0.384, false),
            forecaster(Kind::Reading, "baseline", 3, 0.326, false),
            forecaster(Kind::Pool, "pooled", 2, 0.038, false),
            forecaster(Kind::Even, "50%", 3, 0.25, false),
            forecaster(Kind::Reading, "hazel", 1, 0.203, true),
        ],
        notes: Vec::new(),
    }
}
