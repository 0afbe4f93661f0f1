//! The rates that a model implies, beside history.

use crate::Style;
use crate::layout::{self, WIDTH, pad, wrap};
use crate::sentences;
use variorum::rates::{BaseRate, Item, ItemReading, Per, Rates};
use variorum::words::{percent, short};

/// The rates of a model: a block for each thing that can happen, readings that are alike together.
#[must_use]
pub fn rates(rates: &Rates, style: Style) -> String {
    let mut out = vec![layout::heading(&rates.head.model, "", style)];
    let [from, to] = &rates.head.time;
    let how = format!(
        "Rates implied from {from} to {to} ({} years), before anything was seen; seed {}, model {}.",
        short(rates.years, 3),
        rates.head.seed,
        rates.head.fingerprint
    );
    out.push(wrap(&how, WIDTH, ""));
    if !rates.head.complete {
        out.push("Interrupted: readings are missing.".to_owned());
    }
    if rates.items.is_empty() {
        out.push("Nothing in it can happen.".to_owned());
        return out.join("\n") + "\n";
    }
    out.push(String::new());
    out.push(style.faint(&line(["", "rate", "+-", "90%", "all time"], "readings")));
    for item in &rates.items {
        out.push(block(item, rates, style));
    }
    out.push(String::new());
    out.push(wrap(&summary(rates), WIDTH, ""));
    let legend = "rate: times in a year in which it could happen, or its share of occasions, over all parameter values; +-: \
                  Monte Carlo standard error; 90%: interval of the rate over the values of the parameters; all time: times \
                  in a year of the model's time, whether it could happen or not. !: what was counted lies outside of the \
                  interval by more than two standard errors. Readings stand together, with the numbers of the first, where \
                  their rates differ by less than an error and all else by less than a tenth.";
    out.push(style.faint(&wrap(legend, WIDTH, "")));
    out.join("\n") + "\n"
}

/// A line of numbers with the readings that have them.
fn line([mark, rate, error, interval, overall]: [&str; 5], readings: &str) -> String {
    let numbers = format!(
        "  {} {} {} {} {}  ",
        pad(mark, 1, false),
        pad(rate, 8, true),
        pad(error, 7, true),
        pad(interval, 19, true),
        pad(overall, 8, true)
    );
    let indent = " ".repeat(numbers.chars().count());
    let readings = wrap(readings, WIDTH, &indent);
    format!("{numbers}{}", readings.trim_start())
}

/// A reading whose numbers are shown, and the names of those that are like it.
type Line<'r> = (&'r ItemReading, Vec<&'r str>);

fn block(item: &Item, rates: &Rates, style: Style) -> String {
    let mut out = vec![String::new(), style.strong(&wrap(&item.name, WIDTH, ""))];
    if !item.title.is_empty() {
        out.push(wrap(&item.title, WIDTH, "  "));
    }
    let mut bases: Vec<(String, Vec<Line<'_>>)> = Vec::new();
    for reading in &item.readings {
        let basis = basis(reading);
        let place = bases.iter().position(|(other, _)| *other == basis).unwrap_or_else(|| {
            bases.push((basis, Vec::new()));
            bases.len() - 1
        });
        let Some((_, lines)) = bases.get_mut(place) else { continue };
        match lines.iter_mut().find(|(other, _)| are_alike(other, reading)) {
            Some((_, names)) => names.push(&reading.reading),
            None => lines.push((reading, vec![&reading.reading])),
        }
    }
    for (basis, lines) in bases {
        out.push(style.faint(&wrap(&basis, WIDTH, "  ")));
        for (reading, names) in lines {
            let named = match names.len() {
                all if all == rates.readings.len() && all > 1 => "all readings".to_owned(),
                _ => names.join(", "),
            };
            out.push(numbers(reading, &named));
        }
    }
    out.join("\n")
}

/// Whether two readings need not be told apart: their rates by less than an error, all else by less than a tenth.
fn are_alike(a: &ItemReading, b: &ItemReading) -> bool {
    let error = if a.error > b.error { a.error } else { b.error };
    let near = |x: f64, y: f64| (x - y).abs() <= 0.1 * if x > y { x } else { y };
    let rates = match (a.rate, b.rate) {
        (Some(x), Some(y)) => (x - y).abs() <= error,
        (x, y) => x == y,
    };
    let intervals = match (a.interval, b.interval) {
        (Some([low, high]), Some([other_low, other_high])) => near(low, other_low) && near(high, other_high),
        (x, y) => x == y,
    };
    rates && intervals && near(a.overall, b.overall) && a.outside == b.outside
}

/// The numbers of a reading.
fn numbers(reading: &ItemReading, named: &str) -> String {
    let show = |x: f64| match reading.per {
        Per::Year => short(x, 3),
        Per::Occasion => percent(x),
    };
    let error = match reading.per {
        Per::Year => short(reading.error, 2),
        Per::Occasion => short(100.0 * reading.error, 2),
    };
    let mark = if reading.outside { "!" } else { "" };
    let overall = short(reading.overall, 3);
    match (reading.rate, reading.interval) {
        (Some(rate), Some([low, high])) => {
            line([mark, &show(rate), &error, &format!("{} to {}", show(low), show(high)), &overall], named)
        }
        _ => line([mark, "-", "", "it never could", &overall], named),
    }
}

/// What a rate is a rate of, and where its numbers come from.
fn basis(reading: &ItemReading) -> String {
    let per = match reading.per {
        Per::Year => "a year",
        Per::Occasion => "of occasions",
    };
    let counted: Vec<String> = reading.history.iter().map(history).collect();
    let others: Vec<String> = reading
        .origins
        .iter()
        .filter(|origin| counted.is_empty() || *origin != "base_rate")
        .map(|origin| origin.replace('_', " "))
        .collect();
    let mut parts = counted;
    match (parts.is_empty(), others.is_empty()) {
        (true, true) => parts.push("no numbers of its own".to_owned()),
        (false, false) => parts.push(format!("and numbers that are {}", others.join(", "))),
        (_, _) => parts.extend(others),
    }
    format!("{per}: {}", parts.join("; "))
}

/// `2 in 71 years (0.0282 a year) among "…"`.
fn history(base: &BaseRate) -> String {
    let (count, of) = (plain(base.count), plain(base.of));
    match base.per {
        Per::Year => format!("{count} in {of} years ({}) {}", short(base.rate, 3), base.class),
        Per::Occasion => format!("{count} of {of} ({}) {}", percent(base.rate), base.class),
    }
}

/// A count as it was written: `2`, `70`, `0.5`.
fn plain(x: f64) -> String {
    let digits = format!("{x:.3}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How many rest on history, and which do not agree with it.
fn summary(rates: &Rates) -> String {
    let counted = rates.items.iter().filter(|item| item.readings.iter().any(|reading| !reading.history.is_empty()));
    let things = sentences::count(rates.items.len(), "thing");
    let mut text = format!(
        "Of {things} that can happen, {} on a base rate.",
        sentences::counted(counted.count() as u64, "rests", "rest")
    );
    let outside: Vec<String> = rates
        .items
        .iter()
        .filter_map(|item| {
            let readings: Vec<&str> = item
                .readings
                .iter()
                .filter(|reading| reading.outside)
                .map(|reading| reading.reading.as_str())
                .collect();
            (!readings.is_empty()).then(|| format!("{} ({})", item.name, readings.join(", ")))
        })
        .collect();
    text.push_str(&match outside.is_empty() {
        true => " None lies outside of what is implied.".to_owned(),
        false => format!(" Outside of what is implied: {}.", outside.join("; ")),
    });
    text
}
