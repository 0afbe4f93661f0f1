//! Words of probability: the dictionary, and one phrase.

use crate::Style;
use crate::layout::{WIDTH, interval, pad, wrap};
use std::collections::BTreeSet;
use variorum::model::verbal::{Phrase, Yardstick};
use variorum::verbal::{Dictionary, Lookup};

/// Columns of the plot.
const PLOT: usize = 17;

/// All phrases: the surveyed ones with their numbers, the prescribed ones, and those without a number.
#[must_use]
pub fn dictionary(dictionary: &Dictionary, style: Style) -> String {
    let mut out = vec![style.strong("What readers take words of probability to mean")];
    out.push(style.faint(&format!(
        "  {} {} {} {} {}",
        pad("phrase", 21, false),
        pad("median", 6, true),
        pad("5-95%", 8, true),
        pad("readers", 7, true),
        "survey"
    )));
    let mut shown = BTreeSet::new();
    let mut used: Vec<&Phrase> = Vec::new();
    for survey in dictionary.surveys {
        used.extend(
            dictionary
                .phrases
                .iter()
                .filter(|phrase| phrase.survey == survey.key)
                .filter(|phrase| shown.insert(phrase.text.as_str())),
        );
    }
    used.sort_by(|a, b| b.quantiles[2].total_cmp(&a.quantiles[2]).then(b.quantiles[1].total_cmp(&a.quantiles[1])));
    for phrase in used {
        let [low, _, median, _, high] = phrase.quantiles;
        out.push(format!(
            "  {} {} {} {} {} {}",
            pad(&phrase.text, 21, false),
            pad(&percent(median), 6, true),
            pad(&range(low, high), 8, true),
            pad(&phrase.n.to_string(), 7, true),
            pad(&phrase.survey, 14, false),
            interval(median, [low, high], 0.0, 1.0, PLOT)
        ));
    }
    out.push(String::new());
    out.push(style.strong("What bodies prescribe to their authors, in percent"));
    out.extend(scales(dictionary.yardsticks, style));
    out.push(String::new());
    out.push(style.strong("Words that stand for no number"));
    out.push(wrap(&dictionary.no_number.join(", "), WIDTH, "  "));
    out.push(String::new());
    for survey in dictionary.surveys {
        out.push(style.faint(&wrap(&format!("{}: {}; {}", survey.key, survey.reference, survey.licence), WIDTH, "")));
    }
    out.push(style.faint(&wrap(
        "A phrase that both surveys have is shown, and used, as the first one has it. `variorum words PHRASE` says what \
         to write in a model.",
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

/// Phrases by bodies.
fn scales(yardsticks: &[Yardstick], style: Style) -> Vec<String> {
    let mut bodies: Vec<&str> = Vec::new();
    let mut phrases: Vec<&str> = Vec::new();
    for yardstick in yardsticks {
        if !bodies.contains(&yardstick.body.as_str()) {
            bodies.push(&yardstick.body);
        }
        if !phrases.contains(&yardstick.phrase.as_str()) {
            phrases.push(&yardstick.phrase);
        }
    }
    let middle = |phrase: &str| {
        let (mut sum, mut count) = (0.0, 0.0);
        for yardstick in yardsticks.iter().filter(|yardstick| yardstick.phrase == phrase) {
            sum += (yardstick.low + yardstick.high) / 2.0;
            count += 1.0;
        }
        sum / count
    };
    phrases.sort_by(|a, b| middle(b).total_cmp(&middle(a)));
    let head: Vec<String> = bodies.iter().map(|body| pad(body, 8, true)).collect();
    let mut out = vec![style.faint(&format!("  {} {}", pad("phrase", 24, false), head.join(" ")))];
    for phrase in phrases {
        let cells: Vec<String> = bodies
            .iter()
            .map(|body| {
                let found = yardsticks.iter().find(|one| one.phrase == phrase && one.body == *body);
                pad(&found.map_or(".".to_owned(), |one| range(one.low, one.high)), 8, true)
            })
            .collect();
        out.push(format!("  {} {}", pad(phrase, 24, false), cells.join(" ")));
    }
    out
}

/// One phrase: what it means, and what to write.
#[must_use]
pub fn phrase(found: &Lookup, style: Style) -> String {
    let mut out = vec![style.strong(&found.phrase)];
    for phrase in &found.surveyed {
        let [low, q25, median, q75, high] = phrase.quantiles;
        let text = format!(
            "{} readers ({}): median {}, half of them {}%, nine in ten {}%",
            phrase.n,
            phrase.survey,
            percent(median),
            range(q25, q75),
            range(low, high)
        );
        out.push(wrap(&text, WIDTH, "  "));
    }
    if !found.yardsticks.is_empty() {
        let list = found.yardsticks.iter().map(|one| format!("{} {}%", one.body, range(one.low, one.high)));
        out.push(wrap(&format!("prescribed by {}", list.collect::<Vec<String>>().join(", ")), WIDTH, "  "));
    }
    let (why, as_number, beside) = match found.kind {
        "surveyed" => (
            String::new(),
            format!("said \"{}\" within 12 months from SOURCE:ANCHOR", found.phrase),
            format!("SOURCE said \"{}\" ANCHOR", found.phrase),
        ),
        "no_number" => (
            "It grants that something can be, and does not say how likely. It is recorded, never made a number, and \
             never scored."
                .to_owned(),
            "1% .. 40% within 12 months assumed \"your reason\"".to_owned(),
            format!("SOURCE said \"{}\" ANCHOR", found.phrase),
        ),
        _ => (
            match &found.nearest {
                Some(nearest) => format!("No survey at hand has this phrase. Was `{nearest}` meant?"),
                None => "No survey at hand has this phrase. `variorum words` lists those that they have.".to_owned(),
            },
            "5% .. 30% within 12 months assumed \"your reason\"".to_owned(),
            format!("SOURCE said \"{}\" no number ANCHOR", found.phrase),
        ),
    };
    if !why.is_empty() {
        out.push(wrap(&why, WIDTH, "  "));
    }
    out.push(String::new());
    out.push(
        match found.kind {
            "surveyed" => "As a number in a model, with the time that the source means:",
            _ => "As a number in a model there is only your own judgement, for instance:",
        }
        .to_owned(),
    );
    out.push(format!("    {as_number}"));
    out.push("As a source's own forecast, below a question:".to_owned());
    out.push(format!("    {beside}"));
    out.join("\n") + "\n"
}

/// `29%`.
fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// `5-40`, in percent.
fn range(low: f64, high: f64) -> String {
    format!("{:.0}-{:.0}", 100.0 * low, 100.0 * high)
}
