//! Claims by sources.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use crate::sentences;
use std::collections::{BTreeMap, BTreeSet};
use variorum::compare::{ClaimRow, Comparison};

/// Columns of a source's key in the list of sources.
const KEY: usize = 12;
/// Columns of a source in the table.
const COLUMN: usize = 3;

/// Who says what; contradictions first, if only those are wanted.
#[must_use]
pub fn comparison(comparison: &Comparison, style: Style) -> String {
    let mut out =
        vec![style.strong(&wrap(&comparison.model, WIDTH, "")), String::new(), style.strong("Sources, by date")];
    for source in &comparison.sources {
        let by = source.by.as_ref().map_or(String::new(), |by| format!(", {by}"));
        let date = source.known.as_deref().unwrap_or("no date");
        let text = format!(
            "{}{by}{}; speaks to {}",
            source.title,
            sentences::quoted(source),
            sentences::count(source.claims, "claim")
        );
        let body = wrap(&text, WIDTH, &" ".repeat(2 + 10 + 1 + KEY + 1));
        // A long key has a line of its own.
        if source.key.chars().count() > KEY {
            out.push(format!("  {} {}", pad(date, 10, false), pad(&source.key, WIDTH - 13, false).trim_end()));
            out.push(body);
        } else {
            out.push(format!("  {} {} {}", pad(date, 10, false), pad(&source.key, KEY, false), body.trim_start()));
        }
    }
    let speaking: Vec<&str> =
        comparison.sources.iter().filter(|source| source.claims > 0).map(|source| source.key.as_str()).collect();
    out.push(String::new());
    out.push(style.strong("Claims by sources"));
    out.push(wrap("+ asserts, ? doubts, - denies, . silent (not agreement), ! contradicted", WIDTH, "  "));
    let letters = labels(&speaking);
    let key_width = comparison.claims.iter().map(|claim| claim.key.chars().count()).max().unwrap_or(0).clamp(5, 20);
    let legend: Vec<String> =
        speaking.iter().map(|key| format!("{} {key}", letters.get(key).map_or("", String::as_str).trim())).collect();
    out.push(wrap(&legend.join(", "), WIDTH, "  "));
    // As many columns as fit; further sources stand in a table below, with the claims to which they speak.
    let fit = (WIDTH - 2 - key_width - 3) / COLUMN;
    for (block, speaking) in speaking.chunks(fit).enumerate() {
        if block > 0 {
            out.push(String::new());
            out.push("  further sources, and the claims to which they speak".to_owned());
        }
        let head: Vec<String> =
            speaking.iter().map(|key| pad(letters.get(key).map_or("", String::as_str), COLUMN, false)).collect();
        out.push(format!("  {}   {}", " ".repeat(key_width), head.join("")).trim_end().to_owned());
        for claim in &comparison.claims {
            if block > 0 && !claim.stances.iter().any(|stance| speaking.contains(&stance.source.as_str())) {
                continue;
            }
            let marks: Vec<String> = speaking.iter().map(|key| pad(mark(claim, key), COLUMN, false)).collect();
            let flag = if claim.contradicted { "!" } else { " " };
            let line = format!("  {} {flag} {}", pad(&claim.key, key_width, false), marks.join(""));
            out.push(line.trim_end().to_owned());
        }
    }
    out.push(String::new());
    out.push(style.strong("Contradictions"));
    let contradicted: Vec<&ClaimRow> = comparison.claims.iter().filter(|claim| claim.contradicted).collect();
    if contradicted.is_empty() {
        out.push("  none".to_owned());
    }
    for claim in contradicted {
        out.push(wrap(&format!("{}: {}", claim.key, claim.text), WIDTH, "  "));
        for stance in &claim.stances {
            let line = format!("{} {} {}", stance.source, stance.stance, stance.anchors.join(", "));
            out.push(wrap(&line, WIDTH, "      "));
        }
    }
    let idle: Vec<&str> = comparison
        .claims
        .iter()
        .filter(|claim| claim.statements.is_empty() && claim.forecasts.is_empty())
        .map(|claim| claim.key.as_str())
        .collect();
    out.push(String::new());
    out.push(style.strong("Claims without statements"));
    out.push(if idle.is_empty() { "  none".to_owned() } else { wrap(&idle.join(", "), WIDTH, "  ") });
    out.push(String::new());
    out.push(style.strong("The claims"));
    for claim in &comparison.claims {
        out.push(wrap(&format!("{}: {}", claim.key, claim.text), WIDTH, "  "));
        if let Some(note) = &claim.note {
            out.push(wrap(&format!("({note})"), WIDTH, "      "));
        }
        for stance in &claim.stances {
            let line = format!("{} {} {}", stance.source, stance.stance, stance.anchors.join(", "));
            out.push(wrap(&line, WIDTH, "      "));
        }
        if !claim.statements.is_empty() {
            out.push(wrap(&format!("behind {}", claim.statements.join(", ")), WIDTH, "      "));
        }
        if !claim.forecasts.is_empty() {
            out.push(wrap(&format!("a forecast on {}", claim.forecasts.join(", ")), WIDTH, "      "));
        }
    }
    out.join("\n") + "\n"
}

/// A label of two letters for each source, different from those of the others (three where letters run out).
fn labels<'k>(keys: &[&'k str]) -> BTreeMap<&'k str, String> {
    let mut taken = BTreeSet::new();
    let mut labels = BTreeMap::new();
    for key in keys {
        let letters: Vec<char> = key.chars().collect();
        let first = letters.first().copied().unwrap_or('x');
        let second_word = key.split_once('_').and_then(|(_, word)| word.chars().next());
        let digit = letters.last().copied().filter(char::is_ascii_digit);
        let second = second_word.or(digit).or(letters.get(1).copied());
        let wanted = second.into_iter().chain(('0'..='9').chain('a'..='z')).map(|second| format!("{first}{second}"));
        let further = (10..1000).map(|number| number.to_string());
        let label = wanted.chain(further).find(|label| !taken.contains(label)).unwrap_or_default();
        taken.insert(label.clone());
        labels.insert(*key, label);
    }
    labels
}

fn mark<'c>(claim: &'c ClaimRow, source: &str) -> &'c str {
    match claim.stances.iter().find(|stance| stance.source == source).map(|stance| stance.stance.as_str()) {
        Some("asserts") => "+",
        Some("doubts") => "?",
        Some("denies") => "-",
        _ => ".",
    }
}
