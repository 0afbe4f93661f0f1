//! Why an answer is what it is: what it rests on, what it would move with, what each statement is worth to it.

use crate::Style;
use crate::layout::{self, WIDTH, as_of, pad, wrap};
use crate::sentences;
use crate::telling;
use variorum::ablate::Effect;
use variorum::ablate_after::EffectAfter;
use variorum::answers::{Answer, Head, OriginShare, Provenance};
use variorum::drivers_after::SharedAfter;
use variorum::explain::{Driver, Explanation, Learned, ReadingExplanation};
use variorum::known::Gone;
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
    let (mut shares, mut drivers, mut effects, mut after, mut evidence) = (false, false, false, false, false);
    for reading in &explanation.readings {
        out.push(String::new());
        out.push(self::reading(reading, style));
        shares |= reading.provenance.as_ref().is_some_and(|provenance| !provenance.shares.is_empty());
        drivers |= !reading.drivers.is_empty();
        effects |= !reading.effects.is_empty();
        after |= reading.shared_after.as_ref().is_some_and(|after| !after.origins.is_empty())
            || reading.drivers.iter().any(|driver| driver.after.is_some());
        evidence |= reading.effects.iter().any(|effect| effect.after.is_some());
    }
    let mut legend = Vec::new();
    if shares {
        legend.push(
            "Rests on: Shapley shares of the variance that the answer owes to parameters nobody knows for certain, by \
             where their numbers come from.",
        );
        if !drivers {
            legend.push("The parameters are counted here; --drivers names them.");
        }
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
    if after {
        legend.push(
            "After: the same after what was seen. Parameters then depend on each other, so that what one tells of the others \
             is in its share, and shares by parameter may add up to more than 100%.",
        );
    }
    if evidence {
        legend.push(
            "Evidence: by how many bits what was seen is likelier with it than without; answers after, with it and without \
             it, are on condition of the same observations.",
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
    if let Some(after) = &reading.after {
        out.push(wrap(&format!("before anything was seen: {}", answer(&reading.answer)), WIDTH, "  "));
        out.push(wrap(&format!("after what was seen: {}", answer(&after.answer)), WIDTH, "  "));
    } else {
        out.push(wrap(&answer(&reading.answer), WIDTH, "  "));
    }
    out.extend(reading.gone.as_ref().map(|gone| wrap(&self::gone(gone), WIDTH, "  ")));
    if !reading.learned.is_empty() {
        out.push(learned(&reading.learned, style));
    }
    if reading.unmoved > 0 {
        let (all, were) =
            (sentences::count(reading.unmoved, "parameter"), sentences::verb(reading.unmoved, "was", "were"));
        let other = if reading.learned.is_empty() { "" } else { "of the others " };
        let text = format!("{other}{all} that bear on it {were} not moved by what was seen beyond chance, or hardly");
        out.push(style.faint(&wrap(&text, WIDTH, "  ")));
    }
    if let Some(stories) = &reading.stories {
        out.push(telling::stories(stories, style));
    }
    if let Some(provenance) = &reading.provenance {
        let after = reading.shared_after.as_ref().filter(|after| !after.origins.is_empty());
        out.push(self::provenance(provenance, after, reading.after.is_some(), style));
    }
    if !reading.drivers.is_empty() {
        out.push(drivers(reading, style));
    }
    if !reading.effects.is_empty() {
        out.push(effects(&reading.effects, reading.after.is_some(), style));
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

/// How much of the window has gone by, in a sentence: `28 of 52 months have gone by without, to 2026-04: that alone makes it
/// 2.9%.`
fn gone(gone: &Gone) -> String {
    let whole = |months: f64| if months.fract() == 0.0 { format!("{months:.0}") } else { significant(months, 3) };
    let (months, of) = (whole(gone.months), whole(gone.of));
    let months = format!("{months} of {of} months of its window have gone by");
    match gone.alone {
        Some(_) if gone.months >= gone.of => format!("{months} without."),
        Some(alone) => format!("{months} without, to {}: that alone makes it {}.", gone.to, percent(alone)),
        None if gone.by_then == 1.0 => format!("{months}, to {}, and it has come about.", gone.to),
        None => format!("{months}, to {}: by then it has come about with {}.", gone.to, percent(gone.by_then)),
    }
}

/// What was learned about parameters: the probabilities of fifths that were alike beforehand, and that in words.
fn learned(learned: &[Learned], style: Style) -> String {
    let head =
        "of the parameters that bear on it, what was seen moved most: the probability of each fifth, 20% beforehand";
    let mut out = vec![style.faint(&wrap(head, WIDTH, "  "))];
    for learned in learned {
        let fifths: Vec<String> = learned.fifths.iter().map(|share| pad(&sentences::whole(*share), 4, true)).collect();
        let ends: Vec<String> = learned.ends.iter().map(|end| short(*end, 2)).collect();
        let floor = format!("noise floor {:.2}", learned.floor);
        out.push(format!("  {}  {:>5.2} bits, {floor}", fifths.join(" "), learned.bits));
        let text = format!("{}{}: fifths between {}", learned.parameter, direction(learned), ends.join(", "));
        out.push(wrap(&text, WIDTH, "      "));
        // The text of a parameter's own statement says what has just been said.
        let title = if learned.title.contains(&learned.written) { "" } else { learned.title.as_str() };
        let title = if title.is_empty() { String::new() } else { format!(", in {title}") };
        out.push(style.faint(&wrap(&format!("{}{title}, {}", learned.written, learned.place), WIDTH, "      ")));
    }
    out.join("\n")
}

/// Where a parameter went: by where the middle of its law now lies among the fifths, 2.5 beforehand.
fn direction(learned: &Learned) -> &'static str {
    let middle: f64 = (0_u8..).zip(&learned.fifths).map(|(place, share)| (f64::from(place) + 0.5) * share).sum();
    match middle {
        x if x > 2.75 => ", higher than was thought",
        x if x < 2.25 => ", lower than was thought",
        _ => "",
    }
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

fn origin(of: &str) -> &str {
    if of == "mixed" { "of several kinds" } else { sentences::origin(of) }
}

/// A driver's share: by chance it comes out below 0 or above one, and is shown as that.
fn clipped(share: f64) -> String {
    if share.is_nan() { "?".to_owned() } else { sentences::whole(share.clamp(0.0, 1.0)) }
}

/// `41% +-2`, in columns.
fn share(value: &str, error: f64) -> String {
    format!("{} {}", pad(value, 6, true), pad(&format!("+-{}", points(error)), 7, false))
}

fn provenance(provenance: &Provenance, after: Option<&SharedAfter>, observed: bool, style: Style) -> String {
    let mut out = vec![match after {
        None if observed => style.faint("  rests on, before anything was seen"),
        None => style.faint("  rests on"),
        Some(_) => style.faint(&format!("  {} {} after", pad("rests on", 18, false), pad("  before", 14, false))),
    }];
    let shown = sentences::shares(provenance);
    let mut after_alone: Vec<&OriginShare> = after.iter().flat_map(|after| &after.origins).collect();
    for of in &provenance.shares {
        // What came out below 0 by chance is not among those that are shown.
        let found = shown.iter().find(|(share, ..)| share.origin == of.origin);
        let (share, percent) = found.map_or((0.0, "0%"), |(_, share, percent)| (*share, percent.as_str()));
        let count = sentences::count(of.parameters, "parameter");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column"
        )]
        let filled = (share * BAR as f64).round() as usize;
        let before = self::share(percent, of.error);
        let line = match after_alone.iter().position(|after| after.origin == of.origin) {
            Some(place) => {
                let after = after_alone.remove(place);
                let after = self::share(&clipped(after.share), after.error);
                format!("    {} {before} {after} {count}", pad(origin(&of.origin), 16, false))
            }
            None if after.is_some() => {
                format!("    {} {before} {} {count}", pad(origin(&of.origin), 16, false), pad("", 14, false))
            }
            None => format!(
                "    {} {before} {} {}",
                pad(origin(&of.origin), 16, false),
                pad(&count, 15, false),
                "█".repeat(filled)
            ),
        };
        out.push(line.trim_end().to_owned());
    }
    // What bears on the answer only by way of what was seen, and what no origin has alone.
    for of in after_alone {
        let count = sentences::count(of.parameters, "parameter");
        let after = self::share(&clipped(of.share), of.error);
        out.push(format!("    {} {} {after} {count}", pad(origin(&of.origin), 16, false), pad("", 14, false)));
    }
    if let Some((rest, error)) = after.and_then(|after| after.rest.zip(after.rest_error)) {
        let rest = self::share(&clipped(rest), error);
        let line = format!("    {} {} {rest}", pad("not told apart", 16, false), pad("", 14, false));
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
    let is_after = reading.drivers.iter().any(|driver| driver.after.is_some());
    let mut out = Vec::new();
    if reading.after.is_some() {
        let what = if is_after {
            "before anything was seen, and after it where that is said:"
        } else {
            "before anything was seen:"
        };
        out.push(style.faint(&wrap(what, WIDTH, "  ")));
    }
    out.push(style.faint(&format!(
        "  {} {} {} {}",
        pad("moves with", name + 2, false),
        pad("  first", 14, false),
        pad("  total", 14, false),
        if is_after { "  first, after" } else { "fifths" }
    )));
    let probability = !matches!(reading.answer, Answer::Number(_));
    let fifths = |ends: [f64; 2]| {
        let [low, high] = ends.map(|end| match end {
            end if end.is_nan() => "?".to_owned(),
            end if probability => percent(end),
            end => short(end, 2),
        });
        format!("{low} to {high}")
    };
    for driver in shown {
        // What bears on the answer only by way of what was seen has nothing before.
        let is_before = !(driver.total.is_nan() && driver.total_error.is_nan() && driver.after.is_some());
        let before = |of: f64, error: f64| if is_before { share(&clipped(of), error) } else { pad("", 14, false) };
        let row = format!(
            "    {} {} {}",
            pad(&driver.parameter, name, false),
            before(driver.first, driver.first_error),
            before(driver.total, driver.total_error)
        );
        match &driver.after {
            None if is_after => {
                out.push(row.trim_end().to_owned());
                out.push(format!("      fifths {}", fifths(driver.ends)));
            }
            None => out.push(format!("{row} {}", fifths(driver.ends))),
            Some(after) => {
                let first = share(&clipped(after.first), after.first_error);
                out.push(format!("{row} {first}").trim_end().to_owned());
                let ends = fifths(after.ends);
                out.push(match is_before {
                    true => format!("      fifths {}, after {ends}", fifths(driver.ends)),
                    false => format!("      fifths after {ends}"),
                });
            }
        }
        out.push(style.faint(&wrap(&behind(driver), WIDTH, "      ")));
    }
    let rest = reading.drivers.get(DRIVERS..).unwrap_or_default();
    if let Some(next) = rest.first() {
        let number = rest.len();
        let text = match (is_after, is_noise(next)) {
            (true, _) => format!("and {number} more, with less before and after"),
            (false, true) => format!("and {number} more, not told from 0"),
            (false, false) => format!("and {number} more, with totals of {} and less", clipped(next.total)),
        };
        out.push(wrap(&text, WIDTH, "    "));
    }
    // A total cannot be less than what goes if this alone is known.
    let is_upside_down = |driver: &&Driver| driver.total < driver.first && is_noise(driver);
    if reading.drivers.iter().take(DRIVERS).any(|driver| is_upside_down(&driver)) {
        out.push(wrap("where first exceeds total, or total is within two errors of 0, that is noise", WIDTH, "    "));
    }
    out.join("\n")
}

/// Whether a driver's total cannot be told from 0.
fn is_noise(driver: &Driver) -> bool {
    driver.total < 2.0 * driver.total_error
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
fn effects(effects: &[Effect], observed: bool, style: Style) -> String {
    let mut out = Vec::new();
    if observed {
        out.push(style.faint("  before anything was seen, and after it where that is said:"));
    }
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
        let seen = |effect: &&Effect| {
            group == "as given"
                || !(effect.effect.abs() < 2.0 * effect.error || is_idle(effect))
                || effect.after.as_ref().is_some_and(is_seen)
        };
        let (seen, small): (Vec<&Effect>, Vec<&Effect>) = list.into_iter().partition(seen);
        let as_one = |a: &&Effect, b: &&Effect| {
            a.effect == b.effect && a.error == b.error && a.after == b.after && group != "as given"
        };
        for same in seen.chunk_by(as_one) {
            // What does exactly the same, does it by the same trajectories: one line of numbers.
            for (place, effect) in same.iter().enumerate() {
                // The first line has the numbers; those that do the same say so.
                out.push(match place {
                    0 => line(effect, name),
                    _ => format!("      {} the same", pad(&effect.without, name, false)),
                });
                if let Some(after) = effect.after.as_ref().filter(|_| place == 0) {
                    out.push(wrap(&effect_after(after, effect.log_odds.is_some()), WIDTH, "        "));
                }
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

/// Bits of evidence below which a statement is not listed for them.
const BITS: f64 = 0.1;
/// Effective draws that are too few to pass in silence.
const FEW: f64 = 10.0;

/// Whether there is more than chance in what it does after what was seen.
fn is_seen(after: &EffectAfter) -> bool {
    let moves = after.effect != 0.0 && after.effect.abs() >= 2.0 * after.error;
    let tells = after.bits.abs() >= BITS && after.bits.abs() >= 2.0 * after.bits_error;
    after.reason.is_some() || moves || tells
}

/// What taking it away does after what was seen, in a sentence.
fn effect_after(after: &EffectAfter, probability: bool) -> String {
    if let Some(reason) = &after.reason {
        return format!("after: {reason}");
    }
    let show = |x: f64| match x {
        x if x.is_nan() => "void".to_owned(),
        x if probability => percent(x),
        x => short(x, 2),
    };
    let (change, error) = match (after.effect, after.error) {
        (effect, _) if effect.is_nan() => ("?".to_owned(), "?".to_owned()),
        (effect, error) if probability => (sentences::change(effect), sentences::points(error)),
        (effect, error) => (short(effect, 2), short(error, 1)),
    };
    let sign = if after.bits > 0.0 { "+" } else { "" };
    let bits = format!("{sign}{} +-{} bits", short(after.bits, 2), short(after.bits_error, 1));
    let few = match after.effective {
        effective if effective < FEW => format!("; only {} effective draws without it", short(effective, 2)),
        _ => String::new(),
    };
    let (with_it, without_it) = (show(after.with_it), show(after.without_it));
    format!("after: {with_it} with it, {without_it} without: {change} +-{error}; evidence {bits}{few}")
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
