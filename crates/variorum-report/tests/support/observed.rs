//! What has been seen, made by hand: five observations, readings that have them and readings that have not, a watch list,
//! stories.

use super::{READINGS, number, probability};
use variorum::answers::{After, Answer, Answers, Condition, FirstDate, QuestionAnswers};
use variorum::condition::Forbidden;
use variorum::evidence::{
    Evidence, Flip, Observed, Pair, Pooled, ReadingEvidence, State, Weight, Weights, pooled_number,
};
use variorum::stories::{Happening, Milestone, Stories, Story, Trajectory};
use variorum::watch::{Absent, Item, ItemReading, WatchList};
use variorum_report::{Dossier, ReadingStories};

/// The reading that cannot have what was seen.
pub const FORBIDDEN: &str = "wary";
/// The reading in which it did not come about.
pub const STARVED: &str = "hazel";

fn observed(name: &str, known: &str, reported_by: Option<&str>) -> Observed {
    Observed {
        name: name.to_owned(),
        title: String::new(),
        known: known.to_owned(),
        reported_by: reported_by.map(str::to_owned),
    }
}

fn observations() -> Vec<Observed> {
    vec![
        observed("observe 2024-03 clash", "2024-03-31", None),
        observed("observe from 2024-05 to 2024-07 clash", "2024-07-31", None),
        observed("observe 2024-11 offer <b> = accept", "2024-11-18", None),
        observed("record complete to 2024-12 for clash, war", "2024-12-31", None),
        observed("observe 2025-01 attack reported by nis", "2025-02-03", Some("nis")),
    ]
}

/// Bits of the observations by reading.
fn bits_of(place: usize) -> Vec<f64> {
    let shift = place as f64 * 0.37;
    vec![-2.9 + shift, -2.1 - 0.5 * shift, -0.8, -1.2 - shift, -4.6 + 2.0 * shift]
}

#[expect(clippy::disallowed_methods, reason = "data of a test")]
fn weights(readings: &[String], after: Option<&str>, count: usize, of: &dyn Fn(usize) -> Option<f64>) -> Weights {
    let bits: Vec<Option<f64>> = (0..readings.len()).map(of).collect();
    let most = bits.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let share = |bits: f64| (bits - most).exp2();
    let sum: f64 = bits.iter().flatten().map(|bits| share(*bits)).sum();
    let weight = |(reading, bits): (&String, &Option<f64>)| Weight {
        reading: reading.clone(),
        weight: bits.map_or(0.0, |bits| share(bits) / sum),
        log2: *bits,
        error: if bits.is_some() { 0.021 } else { 0.0 },
    };
    Weights {
        after: after.map(str::to_owned),
        observations: count,
        weights: readings.iter().zip(&bits).map(weight).collect(),
    }
}

/// How readings of these names stand to what was seen; those that lack it say so.
pub fn evidence(readings: &[String], observations: Vec<Observed>, bits: &dyn Fn(usize) -> Vec<f64>) -> Evidence {
    let state = |name: &str| match name {
        FORBIDDEN => State::Forbidden,
        STARVED => State::Starved,
        _ => State::Known,
    };
    let has = |place: usize| readings.get(place).is_some_and(|name| state(name) == State::Known);
    let total = |place: usize, from: usize| has(place).then(|| bits(place).iter().skip(from).sum::<f64>());
    let late = observations.len() - observations.len() * 3 / 5;
    let of = readings.iter().enumerate().map(|(place, name)| ReadingEvidence {
        reading: name.clone(),
        written: (name != "baseline").then(|| format!("2024-{:02}-15", place % 9 + 1)),
        log2: total(place, 0),
        error: if has(place) { 0.014 } else { 0.0 },
        bits: bits(place),
        draws: 1250,
        per_draw: 64,
        effective: 812.0,
        disagreement: has(place).then_some(0.2),
        state: state(name),
        forbidden: (state(name) == State::Forbidden).then(|| Forbidden {
            observation: "observe 2024-03 clash".to_owned(),
            statement: "event clash".to_owned(),
            reason: "this reading has no event clash".to_owned(),
        }),
        lost: (state(name) == State::Starved).then(|| "observe 2024-03 clash".to_owned()),
    });
    let mut pairs = Vec::new();
    for (first, name) in readings.iter().enumerate() {
        for (second, other) in readings.iter().enumerate().skip(first + 1) {
            let bits = total(first, late).zip(total(second, late)).map(|(a, b)| a - b);
            let better = match (has(first), has(second)) {
                (true, true) => bits.filter(|bits| *bits != 0.0).map(|bits| bits > 0.0),
                (false, false) => None,
                (first, _) => Some(first),
            };
            let flip = |bits: f64| Flip {
                reading: other.clone(),
                parameter: "pride".to_owned(),
                low: 0.2,
                high: 0.5,
                bits: -0.3 * bits,
                error: 0.05,
            };
            pairs.push(Pair {
                first: name.clone(),
                second: other.clone(),
                after: Some("2024-06-15".to_owned()),
                bits,
                error: if bits.is_some() { 0.03 } else { 0.0 },
                hindsight: total(first, 0).zip(total(second, 0)).map(|(a, b)| a - b),
                hindsight_error: 0.02,
                better: better.map(|is_first| if is_first { name.clone() } else { other.clone() }),
                flips: bits.filter(|_| second == first + 1).map(flip).into_iter().collect(),
            });
        }
    }
    Evidence {
        readings: of.collect(),
        pairs,
        since: weights(readings, Some("2024-06-15"), observations.len() - late, &|place| total(place, late)),
        hindsight: weights(readings, None, observations.len(), &|place| total(place, 0)),
        observations,
    }
}

/// What is left of an answer once something was seen.
fn later(answer: &Answer) -> Answer {
    match answer {
        Answer::Probability(p) => {
            Answer::Probability(probability((1.4 * p.probability).clamp(0.0, 0.97), p.curve.len()))
        }
        Answer::Number(n) => Answer::Number(number(1.1 * n.median, 0.7 * n.deviation * 2.4, &n.unit)),
        Answer::Date(of) => {
            let ever = probability((1.2 * of.ever.probability).clamp(0.0, 0.99), of.ever.curve.len());
            Answer::Date(FirstDate { ever, quantiles: of.quantiles.clone(), if_ever: of.if_ever.clone() })
        }
        void @ Answer::Void { .. } => void.clone(),
    }
}

fn mean(numbers: impl Iterator<Item = (f64, Option<f64>)>) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (weight, number) in numbers.filter_map(|(weight, number)| Some((weight, number?))) {
        sum += weight * number;
        all += weight;
    }
    (all > 0.0).then(|| sum / all)
}

fn observe(question: &mut QuestionAnswers, evidence: &Evidence) {
    for reading in &mut question.readings {
        let has = evidence.readings.iter().any(|of| of.reading == reading.reading && of.state == State::Known);
        let given = reading.given.as_ref().map(|given| Condition { probability: 0.4, ..given.clone() });
        reading.after = has.then(|| After { given, answer: later(&reading.answer) });
    }
    let weight = |name: &str| {
        let weight = evidence.since.weights.iter().find(|weight| weight.reading == name);
        weight.map_or(0.0, |weight| weight.weight)
    };
    let readings = || question.readings.iter();
    let after = |reading: &variorum::answers::ReadingAnswer| pooled_number(&reading.after.as_ref()?.answer);
    question.pooled = Some(Pooled {
        equal_before: mean(readings().map(|reading| (1.0, pooled_number(&reading.answer)))),
        equal_after: mean(readings().map(|reading| (1.0, after(reading)))),
        weighted_after: mean(readings().map(|reading| (weight(&reading.reading), after(reading)))),
    });
}

/// The answers after what was seen.
pub fn observe_all(answers: &mut Answers, evidence: Evidence) {
    for question in &mut answers.questions {
        observe(question, &evidence);
    }
    for reading in &evidence.readings {
        if let Some(why) = &reading.forbidden {
            answers.notes.push(format!(
                "{}: what was seen cannot be in it: `{}` is forbidden by {}: {}",
                reading.reading, why.observation, why.statement, why.reason
            ));
        }
    }
    answers.evidence = Some(evidence);
}

/// What to look out for.
pub fn watch_list(dossier: &Dossier, evidence: &Evidence) -> WatchList {
    let item = |name: &str, title: &str, bits: f64, likely: f64| Item {
        name: name.to_owned(),
        title: title.to_owned(),
        bits,
        floor: 0.0021,
        readings: evidence
            .since
            .weights
            .iter()
            .enumerate()
            .map(|(place, weight)| {
                let replaced = weight.reading == "baseline" && name.starts_with("choice");
                let p = (weight.weight > 0.0).then(|| if replaced { 0.0 } else { likely / (place + 1) as f64 });
                ItemReading {
                    reading: weight.reading.clone(),
                    probability: p,
                    error: 0.004,
                    absent: (weight.reading == "baseline" && name.starts_with("choice")).then_some(Absent::NotThere),
                    if_seen: weight.weight * p.unwrap_or(0.0),
                    if_not: weight.weight * (1.0 - p.unwrap_or(0.0)),
                }
            })
            .collect(),
        answer: None,
        answer_error: None,
    };
    let mut items = vec![
        item("event clash", "a lethal <b>clash</b> at the border", 0.31, 0.8),
        item(
            "choice offer = accept",
            "the offer: accepted, with a very long title that has to be broken at its spaces",
            0.043,
            0.3,
        ),
        item("war", "war", 0.0004, 0.02),
        item("event drill", "drill", -0.0002, 0.5),
    ];
    for item in &mut items {
        let sums = [true, false].map(|seen| -> f64 {
            item.readings.iter().map(|reading| if seen { reading.if_seen } else { reading.if_not }).sum()
        });
        for reading in &mut item.readings {
            reading.if_seen /= sums[0];
            reading.if_not /= sums[1];
        }
    }
    WatchList {
        head: dossier.answers.head.clone(),
        window: ["2025-02".to_owned(), "2025-07".to_owned()],
        weights: evidence.since.weights.clone(),
        entropy: 1.73,
        question: None,
        items,
        left_out: Vec::new(),
        notes: vec![format!("no trajectory of {STARVED} agrees with what was seen: it is left out")],
    }
}

/// How a yes comes about.
pub fn stories() -> Stories {
    let milestone = |name: &str, title: &str, with_yes: f64, without: f64| Milestone {
        name: name.to_owned(),
        title: title.to_owned(),
        with_yes,
        without,
    };
    let happening = |date: &str, name: &str, title: &str| Happening {
        date: date.to_owned(),
        name: name.to_owned(),
        title: title.to_owned(),
    };
    Stories {
        milestones: vec![
            milestone("event clash", "a lethal <b>clash</b> at the border", 0.93, 0.41),
            milestone("choice offer = accept", "the offer: accepted", 0.62, 0.55),
            milestone("event attack", "an attack", 0.38, 0.02),
        ],
        stories: vec![
            Story { order: vec![0, 1], share: 0.44, error: 0.011 },
            Story { order: vec![1, 0, 2], share: 0.29, error: 0.009 },
            Story { order: Vec::new(), share: 0.07, error: 0.004 },
        ],
        told: Some(Trajectory {
            draw: 318,
            half: 1,
            slot: 4,
            steps: vec![
                happening("2024-03", "event clash", "a lethal <b>clash</b> at the border"),
                happening("2025-01", "choice offer = accept", "the offer: accepted"),
                happening("2025-01", "event attack", "an attack"),
            ],
            yes: "2026-08".to_owned(),
        }),
        trajectories: 5_120,
    }
}

/// The dossier, after what was seen.
pub fn observed_dossier() -> Dossier {
    let mut dossier = super::dossier();
    let names: Vec<String> = READINGS.iter().map(|name| (*name).to_owned()).collect();
    let evidence = evidence(&names, observations(), &bits_of);
    dossier.watch_list = Some(watch_list(&dossier, &evidence));
    dossier.stories = ["ash", "birch"]
        .into_iter()
        .map(|reading| ReadingStories { question: "war".to_owned(), reading: reading.to_owned(), stories: stories() })
        .collect();
    observe_all(&mut dossier.answers, evidence);
    dossier
}

/// Thirteen readings with long names, as many observations, names that do not fit.
pub fn crowded() -> Dossier {
    let mut dossier = super::dossier();
    let names: Vec<String> = (0..13)
        .map(|place| match place {
            3 => FORBIDDEN.to_owned(),
            5 => STARVED.to_owned(),
            _ => format!("a_reading_with_a_very_long_name_{place}"),
        })
        .collect();
    for question in &mut dossier.answers.questions {
        let readings = std::mem::take(&mut question.readings);
        question.readings = names
            .iter()
            .zip(readings.iter().cycle())
            .map(|(name, of)| variorum::answers::ReadingAnswer { reading: name.clone(), ..of.clone() })
            .collect();
    }
    let long = "x".repeat(90);
    let seen = (0..25)
        .map(|place| observed(&format!("observe 2024-{:02} {long}[a, b] and more", place % 12 + 1), "2024-03-31", None))
        .collect();
    let bits = |place: usize| {
        (0..25).map(|seen| -123.456 * ((place * 7 + seen * 3) % 11) as f64 / (seen + 1) as f64).collect()
    };
    let evidence = evidence(&names, seen, &bits);
    let mut list = watch_list(&dossier, &evidence);
    for item in &mut list.items {
        item.title = format!("{long} {}", item.title);
    }
    let told = dossier.readings.first().cloned();
    dossier.readings = names
        .iter()
        .filter_map(|name| Some(variorum_report::ReadingNotes { name: name.clone(), ..told.clone()? }))
        .collect();
    dossier.watch_list = Some(list);
    let mut stories = stories();
    stories.milestones[0].title = format!("{long} {long}");
    dossier.stories = vec![ReadingStories { question: "war".to_owned(), reading: names[0].clone(), stories }];
    observe_all(&mut dossier.answers, evidence);
    dossier
}
