//! What was seen, how the readings stand to it, and what moved them apart: the part of a run's tables below the questions.

use crate::Style;
use crate::layout::{self, WIDTH, pad, wrap};
use crate::seen::{self, Compared};
use crate::sentences;
use variorum::evidence::{Evidence, Observed, State};

/// Pairs that are listed.
const PAIRS: usize = 6;
/// Flips that are listed.
const FLIPS: usize = 6;
/// Observations in the table of bits: as many as have a column.
const COLUMNS: usize = 8;
/// Columns of one of them.
const CELL: usize = 7;

/// The section.
pub fn evidence(evidence: &Evidence, style: Style) -> String {
    let mut out = vec![style.strong("What was seen")];
    let places = evidence.observations.len().to_string().len();
    for (place, observed) in evidence.observations.iter().enumerate() {
        let indent = " ".repeat(2 + places + 2 + 10 + 2);
        let text = wrap(&named(observed), WIDTH, &indent);
        let number = pad(&(place + 1).to_string(), places, true);
        out.push(format!("  {number}  {}  {}", pad(&observed.known, 10, false), text.trim_start()));
    }
    out.push(String::new());
    out.extend(readings(evidence, style));
    let pairs = pairs(evidence, style);
    if !pairs.is_empty() {
        out.push(String::new());
        out.extend(pairs);
    }
    let path = path(evidence, style);
    if !path.is_empty() {
        out.push(String::new());
        out.extend(path);
    }
    out.join("\n")
}

/// What was seen, and who reports it.
pub fn named(observed: &Observed) -> String {
    match &observed.reported_by {
        Some(source) if !observed.name.contains(&format!("reported by {source}")) => {
            format!("{} (reported by {source})", observed.name)
        }
        _ => observed.name.clone(),
    }
}

/// What was seen as a sentence: `North Korea offers: yes (2024-10, as nis reports)`, where it has a title; otherwise as it is
/// written.
pub fn in_words(observed: &Observed) -> String {
    let source = observed.reported_by.as_ref().map_or(String::new(), |source| format!(", as {source} reports"));
    if let Some(rest) = observed.name.strip_prefix("record complete ") {
        let (when, what) = rest.split_once(" for ").unwrap_or((rest, ""));
        return format!("Nothing else happened {when} of {what}");
    }
    let when = observed.name.strip_prefix("observe ").and_then(|rest| {
        let words: Vec<&str> = rest.split_whitespace().collect();
        match words.as_slice() {
            ["from", from, "to", to, ..] => Some(format!("{from} to {to}")),
            [date, ..] => Some((*date).to_owned()),
            [] => None,
        }
    });
    match (when, observed.title.is_empty()) {
        (Some(when), false) => format!("{} ({when}{source})", observed.title),
        _ => named(observed),
    }
}

/// The longest name, within bounds.
fn name_width(evidence: &Evidence) -> usize {
    evidence.readings.iter().map(|reading| reading.reading.chars().count()).max().unwrap_or(0).clamp(7, 14)
}

/// Bits and weights of each reading, since the last of them was written and in hindsight.
fn readings(evidence: &Evidence, style: Style) -> Vec<String> {
    let name = name_width(evidence);
    let mut out = vec![style.strong("How well each reading foretold it, in bits")];
    let (weighs, dated) = (seen::weighs(evidence), evidence.since.after.is_some());
    let since = match &evidence.since.after {
        Some(day) => format!("since {day}"),
        None => "all".to_owned(),
    };
    let mut head = format!("  {} {}", pad("reading", name, false), pad("written", 10, false));
    if weighs {
        head.push_str(&format!("  {} {}", pad(&since, 16, true), pad("weight", 6, true)));
    }
    if dated || !weighs {
        head.push_str(&format!("  {} {}", pad("all: hindsight", 16, true), pad("weight", 6, true)));
    }
    out.push(style.faint(&head));
    let weights = [seen::percents(&evidence.since), seen::percents(&evidence.hindsight)];
    for (place, reading) in evidence.readings.iter().enumerate() {
        let written = reading.written.as_deref().unwrap_or("-");
        let mut line = format!("  {} {}", layout::name(&reading.reading, name), pad(written, 10, false));
        let mut cells = |weights: &[String], bits: Option<(f64, f64)>| {
            let bits = bits.map_or(seen::state(reading).to_owned(), |(bits, error)| {
                format!("{} +-{}", seen::bits(bits), seen::error(error))
            });
            let weight = weights.get(place).map_or("-", String::as_str);
            line.push_str(&format!("  {} {}", pad(&bits, 16, true), pad(weight, 6, true)));
        };
        let [of_since, of_all] = &weights;
        if weighs {
            let since = evidence.since.weights.get(place);
            cells(of_since, since.and_then(|weight| Some((weight.log2?, weight.error))));
        }
        if dated || !weighs {
            cells(of_all, reading.log2.map(|log2| (log2, reading.error)));
        }
        out.push(line);
        out.extend(seen::lacks(reading).map(|why| wrap(&why, WIDTH, "      ")));
    }
    let mut text =
        "Bits: the binary logarithm of the probability (density, where numbers were measured) that a reading gave to \
                    what was seen; the higher, the better foretold."
            .to_owned();
    if weighs {
        text.push_str(&format!(" Weights rest on {}. {}", seen::since(evidence), seen::WEIGHT));
    } else if let Some(day) = &evidence.since.after {
        text.push_str(&format!(
            " Nothing was seen since {day}, when the last of the readings was written: for the answers all weigh alike. {}",
            seen::WEIGHT
        ));
    }
    if dated {
        text.push_str(" Hindsight: all that was seen, though the authors had read some of it when they wrote.");
    }
    out.push(style.faint(&wrap(&text, WIDTH, "  ")));
    out
}

/// The largest differences, and what would turn them.
fn pairs(evidence: &Evidence, style: Style) -> Vec<String> {
    let all = seen::compared(evidence);
    if all.is_empty() {
        return Vec::new();
    }
    let name = name_width(evidence);
    let mut out = vec![style.strong("Who foretold better what was seen since the later of two was written")];
    out.push(style.faint(&format!(
        "  {} {} {} {} {} {}",
        pad("better", name, false),
        pad("than", name, false),
        pad("since", 10, false),
        pad("bits", 7, true),
        pad("+-", 5, true),
        pad("hindsight", 9, true)
    )));
    let row = |compared: &Compared<'_>| {
        let hindsight = compared.hindsight.map_or("-".to_owned(), seen::signed);
        let chance = if compared.stands_out() { "" } else { " within error" };
        let line = format!(
            "  {} {} {} {} {} {}{chance}",
            layout::name(compared.better, name),
            layout::name(compared.worse, name),
            pad(compared.pair.after.as_deref().unwrap_or("-"), 10, false),
            pad(&seen::bits(compared.bits), 7, true),
            pad(&seen::error(compared.pair.error), 5, true),
            pad(&hindsight, 9, true)
        );
        line
    };
    out.extend(all.iter().take(PAIRS).map(row));
    if all.len() > PAIRS {
        out.push(format!("  and {} with smaller differences", sentences::count(all.len() - PAIRS, "pair")));
    }
    let flips: Vec<String> = all
        .iter()
        .flat_map(|compared| compared.pair.flips.iter().map(|flip| seen::flip(compared, flip, "+-")))
        .collect();
    if flips.is_empty() {
        let text = "No plausible precision or utility weight (a fifth of what a reading holds possible) would turn one of those told from 0.";
        out.push(wrap(text, WIDTH, "  "));
    } else {
        out.push(wrap("What would turn them, within what the readings hold plausible:", WIDTH, "  "));
        out.extend(flips.iter().take(FLIPS).map(|flip| wrap(flip, WIDTH, "    ")));
        if flips.len() > FLIPS {
            out.push(format!("    and {} more, which --json lists", flips.len() - FLIPS));
        }
    }
    out
}

/// By how many bits at most the readings part on an observation that is not shown.
fn left(evidence: &Evidence, chosen: &[usize]) -> f64 {
    let rest = (0..evidence.observations.len()).filter(|place| !chosen.contains(place));
    rest.map(|place| seen::parting(evidence, place)).fold(0.0, |most, bits| if bits > most { bits } else { most })
}

/// What each observation took from each reading, in bits.
fn path(evidence: &Evidence, style: Style) -> Vec<String> {
    let known = || evidence.readings.iter().filter(|reading| reading.state == State::Known);
    if known().next().is_none() || evidence.observations.is_empty() {
        return Vec::new();
    }
    let name = name_width(evidence);
    let chosen = seen::telling(evidence, COLUMNS);
    let mut out = vec![style.strong("Bits by observation")];
    if chosen.len() < evidence.observations.len() {
        let text = format!("the {} of {} on which the readings part most", chosen.len(), evidence.observations.len());
        out.push(style.faint(&wrap(&text, WIDTH, "  ")));
    }
    let numbers: Vec<String> = chosen.iter().map(|place| pad(&format!("({})", place + 1), CELL, true)).collect();
    out.push(style.faint(&format!("  {} {}", pad("reading", name, false), numbers.join(" "))));
    for reading in known() {
        let cells: Vec<String> = chosen
            .iter()
            .map(|place| pad(&reading.bits.get(*place).map_or("-".to_owned(), |x| seen::bits(*x)), CELL, true))
            .collect();
        out.push(format!("  {} {}", layout::name(&reading.reading, name), cells.join(" ")));
    }
    let parting: Vec<String> =
        chosen.iter().map(|place| pad(&seen::bits(seen::parting(evidence, *place)), CELL, true)).collect();
    if known().count() > 1 {
        out.push(style.faint(&format!("  {} {}", pad("apart", name, false), parting.join(" "))));
    }
    let mut text =
        "What each took from each reading, given what was seen before it: what two of them say in common is put \
                    down to the first in the order of play."
            .to_owned();
    if chosen.len() < evidence.observations.len() {
        let (few, rest) = (evidence.observations.len() - chosen.len(), left(evidence, &chosen));
        text.push_str(&format!(
            " Left out are {} on which they part by {} bits and less; --json lists them.",
            sentences::count(few, "observation"),
            seen::bits(rest)
        ));
    }
    out.push(style.faint(&wrap(&text, WIDTH, "  ")));
    out
}
