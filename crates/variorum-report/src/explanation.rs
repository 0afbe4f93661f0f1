//! Why an answer is what it is: what it rests on, what it would move with, what each statement is worth to it.

use crate::Style;
use crate::layout::{self, WIDTH, as_of, pad, wrap};
use crate::sentences;
use crate::telling;
use variorum::ablate::Effect;
use variorum::answers::{Answer, Head, Provenance};
use variorum::explain::{Driver, Explanation, Learned, ReadingExplanation};
use variorum::words::{percent, short, significant};

/// The most drivers that are shown.
const DRIVERS: usize = 10;
/// Columns of a bar.
const BAR: usize = 20;

/// A question explained, reading by reading.
#[must_use]
pub fn explanation(explanation: &Explanation, style: Style) -> String {
    let window = sentences::asked_in(&explanation.window, explanation.condition.as_deref());
    let mut out = vec![layout::heading(&explanation.question, &window, style), wrap(&explanation.text, WIDTH, "  ")];
    let Explanation { draws, head: Head { model, fingerprint, seed, per_draw, .. }, .. } = explanation;
    let how = format!("{model}, model {fingerprint}, seed {seed}, {draws} x {per_draw} trajectories.");
    out.push(style.faint(&wrap(&how, WIDTH, "  ")));
    out.extend(as_of(explanation.head.as_of.as_deref()).map(|line| format!("  {line}")));
    if !explanation.head.complete {
        out.push("Interrupted: what follows rests on what was done until then.".to_owned());
    }
    let (mut shares, mut drivers, mut effects) = (false, false, false);
    for reading in &explanation.readings {
        out.push(String::new());
        out.push(self::reading(reading, style));
        shares |= reading.provenance.as_ref().is_some_and(|provenance| !provenance.shares.is_empty());
        drivers |= !reading.drivers.is_empty();
        effects |= !reading.effects.is_empty();
    }
    let mut legend = Vec::new();
    if shares {
        legend.push(
            "Rests on: Shapley shares of the variance that the answer owes to parameters nobody knows for certain, by \
             where their numbers come from.",
        );
    }
    if drivers {
        legend.push(
            "First: how much of that variance would go if this alone were known; total: how much would stay if all \
             else were known; fifths: the answer where it is in the lowest and in the highest fifth of its law.",
        );
    }
    if effects {
        legend.push(
            "Effect: the answer with it less the answer without it, on the same random numbers (points of probability, \
             or units of the mean). Effects do not add up.",
        );
    }
    if !legend.is_empty() {
        legend.push("+-: Monte Carlo standard error.");
        out.push(String::new());
        out.push(style.faint(&wrap(&legend.join(" "), WIDTH, "")));
    }
    out.join("\n") + "\n"
}

fn reading(reading: &ReadingExplanation, style: Style) -> String {
    let mut out = Vec::new();
    let title = if reading.title == reading.reading { "" } else { reading.title.as_str() };
    out.push(layout::heading(&reading.reading, title, style));
    out.push(wrap(&answer(&reading.answer), WIDTH, "  "));
    if let Some(after) = &reading.after {
        out.push(wrap(&format!("after what was seen: {}", answer(&after.answer)), WIDTH, "  "));
    }
    if !reading.learned.is_empty() {
        out.push(learned(&reading.learned, style));
    }
    if let Some(stories) = &reading.stories {
        out.push(telling::stories(stories, style));
    }
    if let Some(provenance) = &reading.provenance {
        out.push(self::provenance(provenance, style));
    }
    if !reading.drivers.is_empty() {
        out.push(drivers(reading, style));
    }
    if !reading.effects.is_empty() {
        out.push(effects(&reading.effects, style));
    }
    if !reading.needs_value.is_empty() {
        let needs = format!(
            "Claims behind parameters and formulas alone, which cannot be switched off; give what stands in brackets a \
             neutral value instead, as in --without 'param NAME = 0': {}",
            reading.needs_value.join(", ")
        );
        out.push(wrap(&needs, WIDTH, "  "));
    }
    out.extend(reading.notes.iter().map(|note| wrap(&format!("Note: {note}."), WIDTH, "  ")));
    out.join("\n")
}

/// What was learned about parameters: the probabilities of fifths that were alike beforehand.
fn learned(learned: &[Learned], style: Style) -> String {
    let head = "what was seen moved most: the probability of each fifth of a parameter, 20% beforehand";
    let mut out = vec![style.faint(&wrap(head, WIDTH, "  "))];
    for learned in learned {
        let fifths: Vec<String> = learned.fifths.iter().map(|share| pad(&sentences::whole(*share), 4, true)).collect();
        let ends: Vec<String> = learned.ends.iter().map(|end| short(*end, 2)).collect();
        out.push(format!("  {}  {:>5.2} bits", fifths.join(" "), learned.bits));
        out.push(wrap(&format!("{}: fifths between {}", learned.parameter, ends.join(", ")), WIDTH, "      "));
    }
    out.join("\n")
}

/// An answer in a sentence.
pub fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Probability(answer) => {
            let interval =
                answer.interval.map_or(String::new(), |ends| format!("; 90% interval {}", sentences::between(ends)));
            let reason = answer.reason.as_ref().map_or(String::new(), |reason| format!("; {reason}"));
            let probability = percent(answer.probability);
            format!("{probability} +-{}, {}{interval}{reason}", points(answer.error), answer.word)
        }
        Answer::Number(answer) => {
            let [low, high] = answer.predictive.map(|x| short(x, 2));
            format!(
                "mean {} +-{} {}; median {}, 90% of outcomes {}",
                short(answer.mean, 3),
                short(answer.error, 1),
                answer.unit,
                short(answer.median, 2),
                sentences::span(low, &high)
            )
        }
        Answer::Date(answer) => {
            let [_, median, _] = &answer.quantiles;
            let median = median.as_ref().map_or(String::new(), |date| format!("; with 50% by {date}"));
            format!(
                "{} +-{}, {}, within the window{median}",
                percent(answer.ever.probability),
                points(answer.ever.error),
                answer.ever.word
            )
        }
        Answer::Void { reason } => format!("no answer: {reason}"),
    }
}

/// A standard error in points of probability.
fn points(error: f64) -> String {
    if error.is_nan() { "?".to_owned() } else { significant(100.0 * error, 1) }
}

/// A driver's share: by chance it comes out below 0 or above one, and is shown as that.
fn clipped(share: f64) -> String {
    if share.is_nan() { "?".to_owned() } else { sentences::whole(share.clamp(0.0, 1.0)) }
}

/// `41% +-2`, in columns.
fn share(value: &str, error: f64) -> String {
    format!("{} {}", pad(value, 6, true), pad(&format!("+-{}", points(error)), 7, false))
}

fn provenance(provenance: &Provenance, style: Style) -> String {
    let mut out = vec![style.faint("  rests on")];
    let shown = sentences::shares(provenance);
    for of in &provenance.shares {
        // What came out below 0 by chance is not among those that are shown.
        let found = shown.iter().find(|(share, ..)| share.origin == of.origin);
        let (share, percent) = found.map_or((0.0, "0%"), |(_, share, percent)| (*share, percent.as_str()));
        let origin = if of.origin == "mixed" { "of several kinds" } else { sentences::origin(&of.origin) };
        let count = sentences::count(of.parameters, "parameter");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column"
        )]
        let filled = (share * BAR as f64).round() as usize;
        let line = format!(
            "    {} {} {} {}",
            pad(origin, 16, false),
            self::share(percent, of.error),
            pad(&count, 15, false),
            "█".repeat(filled)
        );
        out.push(line.trim_end().to_owned());
    }
    if provenance.shares.is_empty() {
        out.push(if provenance.variance_error == 0.0 {
            "    nothing uncertain: no parameter that bears on it is a range".to_owned()
        } else {
            "    the variance owed to parameters cannot be told from 0".to_owned()
        });
    }
    let standings = provenance.standings;
    let counted = [
        (standings.own, "own"),
        (standings.borrowed, "borrowed"),
        (standings.contested, "contested"),
        (standings.unsupported, "unsupported"),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted.map(|(count, standing)| format!("{count} {standing}")).collect();
    let all = standings.own + standings.borrowed + standings.contested + standings.unsupported;
    let all = sentences::count(all, "statement");
    out.push(wrap(&if counted.is_empty() { all } else { format!("{all}: {}", counted.join(", ")) }, WIDTH, "    "));
    out.join("\n")
}

fn drivers(reading: &ReadingExplanation, style: Style) -> String {
    let shown = reading.drivers.iter().take(DRIVERS);
    let name = shown.clone().map(|driver| driver.parameter.chars().count()).max().unwrap_or(0).clamp(10, 27);
    let mut out = vec![style.faint(&format!(
        "  {} {} {} {}",
        pad("moves with", name + 2, false),
        pad("  first", 14, false),
        pad("  total", 14, false),
        "fifths"
    ))];
    let probability = !matches!(reading.answer, Answer::Number(_));
    for driver in shown {
        let [low, high] = driver.ends.map(|end| if probability { percent(end) } else { short(end, 2) });
        out.push(format!(
            "    {} {} {} {low} to {high}",
            pad(&driver.parameter, name, false),
            share(&clipped(driver.first), driver.first_error),
            share(&clipped(driver.total), driver.total_error)
        ));
        out.push(style.faint(&wrap(&behind(driver), WIDTH, "      ")));
    }
    let rest = reading.drivers.get(DRIVERS..).unwrap_or_default();
    if let Some(next) = rest.first() {
        let total = clipped(next.total);
        out.push(wrap(&format!("and {} more, with totals of {total} and less", rest.len()), WIDTH, "    "));
    }
    out.join("\n")
}

/// What is written, in which statement and where, and where it comes from.
fn behind(driver: &Driver) -> String {
    let name = if driver.parameter == driver.statement { "" } else { driver.statement.as_str() };
    // The text of a parameter's own statement says what has just been said.
    let title = if driver.title.contains(&driver.written) { "" } else { driver.title.as_str() };
    let within = match (name, title) {
        ("", "") => String::new(),
        ("", title) => format!(", {title}"),
        (name, "") => format!(", in {name}"),
        (name, title) => format!(", in {name} ({title})"),
    };
    let origin = match driver.origin.as_str() {
        "base_rate" => "base rate",
        "mixed" => "of several kinds",
        other => other,
    };
    let text = driver.origin_text.strip_prefix(&driver.origin).unwrap_or(&driver.origin_text).trim();
    format!("{}{within}, {}; {origin} {text}", driver.written, driver.place).trim_end().to_owned()
}

/// By standing, claims and patches apart; the largest first.
fn effects(effects: &[Effect], style: Style) -> String {
    let mut out = Vec::new();
    let is_claim = |effect: &Effect| effect.without.starts_with("claim ");
    let of = |group: &str, effect: &Effect| match effect.standing.as_deref() {
        Some(standing) => group == standing,
        None if is_claim(effect) => group == "claims",
        None => group == "as given",
    };
    let name = effects.iter().map(|effect| effect.without.chars().count()).max().unwrap_or(0).clamp(12, 34);
    out.push(style.faint(&format!(
        "  {} {} {} {} {}",
        pad("worth", name + 4, false),
        pad("with it", 9, true),
        pad("without", 9, true),
        pad("effect", 9, true),
        pad("+-", 7, true)
    )));
    for group in ["own", "borrowed", "contested", "unsupported", "claims", "as given"] {
        let mut list: Vec<&Effect> = effects.iter().filter(|effect| of(group, effect)).collect();
        if list.is_empty() {
            continue;
        }
        list.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()).then_with(|| a.without.cmp(&b.without)));
        out.push(format!("    {group}"));
        // An effect of less than two errors is none that was seen. Of what was asked for all is shown.
        let seen =
            |effect: &&Effect| group == "as given" || !(effect.effect.abs() < 2.0 * effect.error || is_idle(effect));
        let (seen, small): (Vec<&Effect>, Vec<&Effect>) = list.into_iter().partition(seen);
        for same in seen.chunk_by(|a, b| a.effect == b.effect && a.error == b.error && group != "as given") {
            // What does exactly the same, does it by the same trajectories: one line of numbers.
            for (place, effect) in same.iter().enumerate() {
                let last = place + 1 == same.len();
                out.push(if last { line(effect, name) } else { format!("      {},", effect.without) });
                let title = if effect.title.is_empty() { String::new() } else { format!("{}, ", effect.title) };
                if !effect.place.is_empty() {
                    out.push(style.faint(&wrap(&format!("{title}{}", effect.place), WIDTH, "        ")));
                }
            }
        }
        let (idle, small): (Vec<&Effect>, Vec<&Effect>) = small.into_iter().partition(|effect| is_idle(effect));
        for (what, list) in [("within two errors of 0", small), ("no effect", idle)] {
            if !list.is_empty() {
                let names: Vec<&str> = list.iter().map(|effect| effect.without.as_str()).collect();
                out.push(wrap(&format!("{what}: {}", names.join(", ")), WIDTH, "      "));
            }
        }
    }
    out.join("\n")
}

fn is_idle(effect: &Effect) -> bool {
    effect.effect == 0.0 && effect.error == 0.0
}

fn line(effect: &Effect, name: usize) -> String {
    let probability = effect.log_odds.is_some();
    let show = |x: f64| match x {
        x if x.is_nan() => "void".to_owned(),
        x if probability => percent(x),
        x => short(x, 2),
    };
    let change = |x: f64| match x {
        x if x.is_nan() => "?".to_owned(),
        x if probability => sentences::change(x),
        x => short(x, 2),
    };
    let error = match effect.error {
        error if error.is_nan() => "?".to_owned(),
        error if probability => sentences::points(error),
        error => short(error, 1),
    };
    format!(
        "      {} {} {} {} {}",
        pad(&effect.without, name, false),
        pad(&show(effect.with_it), 9, true),
        pad(&show(effect.without_it), 9, true),
        pad(&change(effect.effect), 9, true),
        pad(&error, 7, true)
    )
}
