//! What answers rest on: shares of the variance by the origin of numbers, standings of statements, drivers.

use super::markup::Markup;
use super::plot::{self, at};
use super::table;
use crate::dossier::Dossier;
use crate::sentences::{self, HALF, ORIGINS, RANGE};
use std::collections::BTreeMap;
use variorum::answers::{Provenance, QuestionAnswers};
use variorum::explain::Explanation;
use variorum::influence::statement;
use variorum::words::{percent, significant};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 14.0;
/// Drivers that are shown for a reading.
const DRIVERS: usize = 5;

/// The patterns by which origins are told apart without colours, once for the page.
pub fn patterns(into: &mut Markup) {
    into.element("svg", &[("class", "patterns"), ("width", "0"), ("height", "0"), ("aria-hidden", "true")], |svg| {
        svg.element("defs", &[], |defs| {
            for (origin, line) in
                [("base_rate", "M0 6L6 0M-1 1L1 -1M5 7L7 5"), ("wording", "M0 3H6"), ("mixed", "M3 0V6M0 3H6")]
            {
                let name = format!("o-{origin}");
                let attributes =
                    [("id", name.as_str()), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse")];
                defs.element("pattern", &attributes, |pattern| {
                    pattern.empty("rect", &[("class", "ground"), ("width", "6"), ("height", "6")]);
                    pattern.empty("path", &[("class", "hatch"), ("d", line)]);
                });
            }
        });
    });
}

/// The origins that are shown for some of these questions, in their order.
fn origins(questions: &[QuestionAnswers]) -> Vec<&'static str> {
    let readings = || questions.iter().flat_map(|question| &question.readings);
    let all = || readings().filter_map(|reading| reading.provenance.as_ref()).filter(|one| measured(one));
    let told = |origin: &str| all().any(|one| sentences::shares(one).iter().any(|(share, ..)| share.origin == origin));
    ORIGINS.into_iter().filter(|origin| told(origin)).collect()
}

/// A sample of each origin's pattern with its name, as far as they occur.
pub fn legend(into: &mut Markup, questions: &[QuestionAnswers]) {
    let origins = origins(questions);
    if origins.is_empty() {
        return;
    }
    into.element("p", &[("class", "legend")], |p| {
        for origin in origins {
            let class = format!("share {origin}");
            p.element("span", &[("class", "key")], |key| {
                plot::ornament(key, "swatch", 22.0, 12.0, |svg| {
                    svg.empty(
                        "rect",
                        &[("class", &class), ("x", "0.5"), ("y", "0.5"), ("width", "21"), ("height", "11")],
                    );
                });
                key.text(&format!(" {}", sentences::origin(origin)));
            });
            p.text(" ");
        }
    });
}

/// Whether it was measured for any reading.
pub fn any(question: &QuestionAnswers) -> bool {
    question.readings.iter().any(|reading| reading.provenance.is_some())
}

/// What each reading's answer rests on: a bar of shares, then the shares and the statements in numbers.
pub fn provenance(into: &mut Markup, dossier: &Dossier, question: &QuestionAnswers) {
    let all = || question.readings.iter().filter_map(|reading| reading.provenance.as_ref());
    let origins = origins(std::slice::from_ref(question));
    let occurs = |place: usize| all().any(|one| counts(one).get(place).is_some_and(|count| *count > 0));
    let told: Vec<&str> =
        STANDINGS.into_iter().enumerate().filter(|(place, _)| occurs(*place)).map(|(_, name)| name).collect();
    let region = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "What the answers rest on")];
    into.element("div", &region, |wide| {
        wide.element("table", &[("class", "rests")], |table| {
            table.leaf("caption", &[("class", "unseen")], "What the answers rest on");
            table.element("thead", &[], |head| {
                let group = |row: &mut Markup, columns: usize, text: &str| {
                    if columns > 0 {
                        row.leaf("th", &[("scope", "colgroup"), ("colspan", &columns.to_string())], text);
                    }
                };
                head.element("tr", &[("class", "groups")], |row| {
                    row.leaf("th", &[("scope", "col"), ("rowspan", "2")], "Reading");
                    group(row, 1 + origins.len(), "Shares of the variance, by the origin of numbers");
                    group(row, told.len(), "Statements, by how they stand to its author");
                });
                head.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", "col")], "As a bar");
                    let names = origins.iter().map(|origin| sentences::origin(origin)).chain(told.iter().copied());
                    names.for_each(|column| row.leaf("th", &[("scope", "col")], column));
                });
            });
            table.element("tbody", &[], |body| {
                for (readings, provenance) in groups(question) {
                    body.element("tr", &[], |cells| {
                        let all = readings.len() == question.readings.len() && readings.len() > 1;
                        let names = if all { "all readings".to_owned() } else { readings.join(", ") };
                        cells.leaf("th", &[("scope", "row")], &names);
                        let no_case =
                            readings.iter().any(|reading| !dossier.no_case(reading, &question.name).is_empty());
                        shares(cells, provenance, &origins, no_case);
                        for (name, count) in STANDINGS.into_iter().zip(counts(provenance)) {
                            if told.contains(&name) {
                                cells.leaf("td", &[], &count.to_string());
                            }
                        }
                    });
                }
            });
        });
    });
    if let Some(text) = uncounted(dossier, question).filter(|_| origins.contains(&"base_rate")) {
        into.leaf("p", &[("class", "legend")], &text);
    }
}

/// The mark of base rates of no case.
const MARK: char = '\u{2020}';

/// Which of the base rates on which the answers can depend have counted no case: `† Among them base rates that have counted no
/// case, so that half a case is assumed: rare in all readings; late in ash.`
fn uncounted(dossier: &Dossier, question: &QuestionAnswers) -> Option<String> {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reading in &question.readings {
        for parameter in dossier.no_case(&reading.reading, &question.name) {
            let names = by_name.entry(statement(parameter)).or_default();
            if !names.contains(&reading.reading.as_str()) {
                names.push(&reading.reading);
            }
        }
    }
    let mut by_readings: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (name, readings) in by_name {
        match by_readings.iter_mut().find(|(_, others)| *others == readings) {
            Some((names, _)) => names.push(name),
            None => by_readings.push((vec![name], readings)),
        }
    }
    let whose = |readings: &[&str]| {
        let others = question.readings.iter().map(|reading| reading.reading.as_str());
        let others: Vec<&str> = others.filter(|name| !readings.contains(name)).collect();
        match others.len() {
            0 => "all readings".to_owned(),
            few if few < readings.len() => format!("all but {}", sentences::list(&others)),
            _ => sentences::list(readings),
        }
    };
    let parts = by_readings.iter().map(|(names, of)| format!("{} in {}", sentences::list(names), whose(of)));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| {
        format!("{MARK} Among them base rates that have counted no case, for which {HALF}: {}.", parts.join("; "))
    })
}

/// Readings by what their answers rest on: those of which it is the same, together.
fn groups(question: &QuestionAnswers) -> Vec<(Vec<&str>, &Provenance)> {
    let mut groups: Vec<(Vec<&str>, &Provenance)> = Vec::new();
    for reading in &question.readings {
        let Some(provenance) = &reading.provenance else { continue };
        match groups.iter_mut().find(|(_, other)| is_same(other, provenance)) {
            Some((names, _)) => names.push(&reading.reading),
            None => groups.push((vec![&reading.reading], provenance)),
        }
    }
    groups
}

/// Whether the same is shown of both.
fn is_same(a: &Provenance, b: &Provenance) -> bool {
    let shown = |of: &Provenance| -> Vec<(String, String, String)> {
        let shares = sentences::shares(of).into_iter();
        shares.map(|(share, _, text)| (share.origin.clone(), text, sentences::points(share.error))).collect()
    };
    measured(a) == measured(b)
        && a.shares.is_empty() == b.shares.is_empty()
        && counts(a) == counts(b)
        && shown(a) == shown(b)
}

/// How statements can stand to a reading's author.
const STANDINGS: [&str; 4] = ["own", "borrowed", "contested", "unsupported"];

fn counts(provenance: &Provenance) -> [usize; 4] {
    let of = &provenance.standings;
    [of.own, of.borrowed, of.contested, of.unsupported]
}

/// Whether the variance can be shared out.
fn measured(provenance: &Provenance) -> bool {
    sentences::measurable(provenance) && !sentences::shares(provenance).is_empty()
}

fn shares(cells: &mut Markup, provenance: &Provenance, origins: &[&str], no_case: bool) {
    if !measured(provenance) {
        let why = if provenance.shares.is_empty() {
            "not measured"
        } else {
            "too little to be shared out with this many draws"
        };
        let columns = (origins.len() + 1).to_string();
        cells.leaf("td", &[("class", "faint"), ("colspan", &columns)], why);
        return;
    }
    cells.element("td", &[("class", "plot")], |cell| bar(cell, provenance));
    for origin in origins {
        let share = sentences::shares(provenance).into_iter().find(|(share, ..)| share.origin == *origin);
        let some = share.as_ref().is_some_and(|(_, share, _)| *share > 0.0);
        let shown = share
            .map_or("0%".to_owned(), |(share, _, percent)| format!("{percent} ± {}", sentences::points(share.error)));
        // Each says what it is a share of: whoever has the text alone sees no column.
        cells.element("td", &[], |cell| {
            let mark = if no_case && some && *origin == "base_rate" { format!("\u{a0}{MARK}") } else { String::new() };
            cell.text(&shown).text(" ").leaf("small", &[], &format!("{}{mark}", sentences::origin(origin)));
        });
    }
}

fn bar(into: &mut Markup, provenance: &Provenance) {
    let shares = sentences::shares(provenance);
    plot::ornament(into, "", WIDTH, HEIGHT, |svg| {
        let mut x = 0.5;
        for (of, share, _) in shares {
            let width = (WIDTH - 1.0) * share;
            let class = format!("share {}", of.origin);
            let attributes = [
                ("class", class),
                ("x", at(x)),
                ("y", "0.5".to_owned()),
                ("width", at(width)),
                ("height", at(HEIGHT - 1.0)),
            ];
            let attributes: Vec<(&'static str, &str)> =
                attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
            svg.empty("rect", &attributes);
            x += width;
        }
    });
}

/// Whether anything is known of what a question would move with.
pub fn driven(explanation: &Explanation) -> bool {
    explanation.readings.iter().any(|reading| !reading.drivers.is_empty())
}

/// The numbers with which the answers would move most.
pub fn drivers(into: &mut Markup, dossier: &Dossier, explanation: &Explanation) {
    let is_after =
        explanation.readings.iter().flat_map(|reading| &reading.drivers).any(|driver| driver.after.is_some());
    let mut columns = vec!["Reading", "Number", "As written", "Alone", "In all", "Lowest and highest fifth"];
    if is_after {
        columns.extend(["Alone, after", "Fifths, after"]);
    }
    table::table(into, "answers drivers", "What the answers would move with", &columns, |body| {
        for reading in &explanation.readings {
            for (place, driver) in reading.drivers.iter().take(DRIVERS).enumerate() {
                table::row(body, if place == 0 { "first" } else { "" }, |cells| {
                    table::head(cells, |head| {
                        head.text(if place == 0 { &reading.reading } else { "" });
                    });
                    table::cell(cells, "word", "", |cell| {
                        cell.text(&driver.parameter);
                        let no_case = dossier.no_case(&reading.reading, &explanation.question);
                        let bare = driver.origin == "base_rate" && no_case.contains(&driver.parameter);
                        let origin = sentences::origin(&driver.origin);
                        let origin = if bare { format!("{origin}, of no case: {HALF}") } else { origin.to_owned() };
                        cell.text(" ").leaf("small", &[], &origin);
                    });
                    table::cell(cells, "word", "", |cell| cell.leaf("code", &[], &driver.written));
                    let share = |share: f64, error: f64| {
                        if share.is_nan() {
                            return "?".to_owned();
                        }
                        format!("{} ± {}", sentences::whole(share.clamp(0.0, 1.0)), sentences::points(error))
                    };
                    table::text(cells, "number", "alone ", &share(driver.first, driver.first_error));
                    table::text(cells, "number", "in all ", &share(driver.total, driver.total_error));
                    let number = matches!(reading.answer, variorum::answers::Answer::Number(_));
                    let fifths = |ends: [f64; 2]| {
                        let [low, high] = ends.map(|end| match end {
                            end if end.is_nan() => "?".to_owned(),
                            end if number => significant(end, 2),
                            end => percent(end),
                        });
                        format!("{low} to {high}")
                    };
                    table::text(cells, "number", "ends ", &fifths(driver.ends));
                    if is_after {
                        let after = driver.after.as_ref();
                        let first = after.map_or(String::new(), |after| share(after.first, after.first_error));
                        let ends = after.map_or(String::new(), |after| fifths(after.ends));
                        table::text(cells, "number", "alone, after ", &first);
                        table::text(cells, "number", "ends, after ", &ends);
                    }
                });
            }
        }
    });
    into.leaf(
        "p",
        &[("class", "legend")],
        &format!(
            "{RANGE} Alone: the share of the variance that would go if this number alone were known. In all: the share that \
             would be left if everything else were known. Last, the answer where it is in the lowest and in the highest fifth \
             of its law."
        ),
    );
    if is_after {
        into.leaf(
            "p",
            &[("class", "legend")],
            "After: the same after what was seen. Numbers then depend on each other, and what one tells of the others is in \
             its share: such shares may add up to more than 100%.",
        );
    }
}

/// A note that shares do not speak of mechanisms.
pub const CAVEAT: &str = "Shares of the variance that not knowing the numbers leaves in the answer, by where the numbers \
come from (Shapley values, with their standard errors: cited from a source, counted as a base rate, read from words of \
probability, or assumed by the modeller), and the statements on which it can depend, by how they stand to \
the reading's author: own, borrowed (its author is silent), contested (doubted or denied, and kept), unsupported (no claim \
is behind it). Whether the mechanisms are right is not in these shares. \
Not measured: nothing uncertain bears on the answer, or so few trajectories say yes that shares would be chance.";
