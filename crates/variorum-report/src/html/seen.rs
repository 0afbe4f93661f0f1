//! What was seen: how well each reading foretold it, the weights, the path to them, pairs of readings and what would turn
//! them.

use super::markup::{Markup, id};
use super::plot::{self, Axis, at};
use super::table;
use crate::dossier::Dossier;
use crate::labels::Names;
use crate::observed::pooled_rows;
use crate::seen;
use crate::sentences::Scale;
use variorum::answers::QuestionAnswers;
use variorum::evidence::{Evidence, ReadingEvidence, State};

/// A plot of bits.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 128.0;
const LEFT: f64 = 30.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 18.0;
/// Flips that are listed.
const FLIPS: usize = 12;

/// The section.
pub fn evidence(into: &mut Markup, dossier: &Dossier, evidence: &Evidence) {
    into.leaf("p", &[("class", "legend")], seen::WEIGHT);
    observations(into, dossier, evidence);
    into.leaf("h3", &[], "How well each reading foretold it");
    readings(into, evidence);
    if paths(evidence).next().is_some() {
        into.leaf("h3", &[], "Step by step");
        into.leaf(
            "p",
            &[("class", "legend")],
            "The bits of each reading after each observation, in order of date, all other readings in grey: a reading that was \
             surprised falls. What is level for all tells none of them from another.",
        );
        path(into, evidence);
        folded(into, evidence);
    }
    let compared = seen::compared(evidence);
    if !compared.is_empty() {
        into.leaf("h3", &[], "Pair by pair");
        into.leaf(
            "p",
            &[("class", "legend")],
            "By how many bits the reading of the row foretold better than that of the column what was seen since the later of \
             the two was written, given what had been seen before. Each pair begins on a day of its own, so that its bits are \
             no difference of those above, which begin when the last of all was written. In brackets: within two standard \
             errors. Below it, small: on the whole record, in hindsight.",
        );
        matrix(into, evidence);
        flips(into, evidence);
    }
}

fn observations(into: &mut Markup, dossier: &Dossier, evidence: &Evidence) {
    let names = Names::of(dossier);
    table::table(into, "sources seen", "What was seen", &["", "Known on", "What"], |body| {
        for (place, observed) in evidence.observations.iter().enumerate() {
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&(place + 1).to_string());
                });
                table::text(cells, "number", "", &observed.known);
                table::cell(cells, "title", "", |cell| {
                    cell.text(&names.seen(observed)).text(" ");
                    cell.element("small", &[], |small| small.leaf("code", &[], &crate::evidence::named(observed)));
                });
            });
        }
    });
}

/// `−5.78 ± 0.01`.
fn with_error(bits: f64, error: f64) -> String {
    format!("{} ± {}", minus(&seen::bits(bits)), seen::error(error))
}

fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

fn readings(into: &mut Markup, evidence: &Evidence) {
    let (weighs, dated) = (seen::weighs(evidence), evidence.since.after.is_some());
    let since = evidence.since.after.as_ref().map_or("All".to_owned(), |day| format!("Bits since {day}"));
    let mut columns = vec!["Reading", "Written"];
    if weighs {
        columns.extend([since.as_str(), "Weight", ""]);
    }
    if dated || !weighs {
        columns.extend(["All bits: hindsight", "Weight"]);
    }
    let weights = [seen::percents(&evidence.since), seen::percents(&evidence.hindsight)];
    table::table(into, "answers evidence", "Evidence and weights of the readings", &columns, |body| {
        for (place, reading) in evidence.readings.iter().enumerate() {
            let [of_since, of_all] = &weights;
            let weight = |weights: &[String]| weights.get(place).map_or("–".to_owned(), Clone::clone);
            let nothing = || seen::state(reading).to_owned();
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&reading.reading);
                });
                table::text(cells, "number faint", "written ", reading.written.as_deref().unwrap_or("no date"));
                if weighs {
                    let since = evidence.since.weights.get(place);
                    let bits = since.and_then(|weight| Some(with_error(weight.log2?, weight.error)));
                    table::text(cells, "number", "bits ", &bits.unwrap_or_else(nothing));
                    table::text(cells, "value", "weight ", &weight(of_since));
                    table::cell(cells, "plot", "", |cell| bar(cell, since.map_or(0.0, |weight| weight.weight)));
                }
                if dated || !weighs {
                    let bits = reading.log2.map(|log2| with_error(log2, reading.error));
                    table::text(cells, "number faint", "in hindsight ", &bits.unwrap_or_else(nothing));
                    table::text(cells, "number faint", "weight ", &weight(of_all));
                }
            });
            if let Some(why) = seen::lacks(reading) {
                table::note(body, columns.len(), &why);
            }
        }
    });
    let mut text = "Bits: the binary logarithm of the probability (density, where numbers were measured) that a reading gave to what \
                    was seen; the higher, the better foretold."
        .to_owned();
    if weighs {
        text.push_str(&format!(" The weights rest on {}.", seen::since(evidence)));
    } else if let Some(day) = &evidence.since.after {
        text.push_str(&format!(
            " Nothing was seen since {day}, when the last of the readings was written: for the answers all weigh alike."
        ));
    }
    if dated {
        text.push_str(" Hindsight: on all that was seen, though the authors had read some of it when they wrote.");
    }
    into.leaf("p", &[("class", "legend")], &text);
}

/// A weight as a bar.
fn bar(into: &mut Markup, weight: f64) {
    let axis = Axis { low: 0.0, high: 1.0, left: 0.0, width: 160.0 };
    plot::ornament(into, "", 160.0, 12.0, |svg| {
        svg.empty("rect", &[("class", "zone"), ("x", "0"), ("y", "2"), ("width", "160"), ("height", "8")]);
        let width = at(axis.place(weight));
        svg.empty("rect", &[("class", "weight"), ("x", "0"), ("y", "2"), ("width", &width), ("height", "8")]);
    });
}

/// The readings that have what was seen.
fn paths(evidence: &Evidence) -> impl Iterator<Item = &ReadingEvidence> {
    evidence.readings.iter().filter(|reading| reading.state == State::Known && !reading.bits.is_empty())
}

/// Bits added up, from nothing.
fn added(reading: &ReadingEvidence) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = reading.bits.iter().map(|bits| {
        sum += bits;
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// A small plot for each reading.
fn path(into: &mut Markup, evidence: &Evidence) {
    let all: Vec<(&ReadingEvidence, Vec<f64>)> = paths(evidence).map(|reading| (reading, added(reading))).collect();
    let values = || all.iter().flat_map(|(_, sums)| sums.iter().copied());
    let (low, high) = (values().fold(0.0, plot::lesser), values().fold(0.0, plot::greater));
    let y = Axis { low, high, left: HEIGHT - BOTTOM, width: -(HEIGHT - BOTTOM - TOP) };
    #[expect(clippy::cast_precision_loss, reason = "a few hundred observations")]
    let x = Axis { low: 0.0, high: evidence.observations.len() as f64, left: LEFT, width: WIDTH - LEFT - RIGHT };
    let points = |sums: &[f64]| -> Vec<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred observations")]
        let points = sums.iter().enumerate().map(|(place, sum)| (x.place(place as f64), y.place(*sum)));
        points.collect()
    };
    let ground = id("bits", "all");
    into.element("div", &[("class", "panels")], |panels| {
        for (place, (reading, sums)) in all.iter().enumerate() {
            panels.element("figure", &[("class", "panel")], |figure| {
                let last = minus(&seen::bits(sums.last().copied().unwrap_or_default()));
                figure.element("figcaption", &[], |caption| {
                    caption.leaf("b", &[], &reading.reading);
                    caption.text(&format!(" {last} bits"));
                });
                let title = format!("{}: bits after each observation, {last} in the end", reading.reading);
                plot::drawing(figure, WIDTH, HEIGHT, &title, |svg| {
                    if place == 0 {
                        svg.element("g", &[("id", &ground)], |back| {
                            field(back, evidence, &x, &y);
                            for (_, sums) in &all {
                                back.empty("path", &[("class", "other"), ("d", &plot::path(&points(sums)))]);
                            }
                        });
                    } else {
                        svg.empty("use", &[("href", &format!("#{ground}"))]);
                    }
                    svg.empty("path", &[("class", "line"), ("d", &plot::path(&points(sums)))]);
                });
            });
        }
    });
}

/// Grid, ticks, and a line where the last of the readings was written.
fn field(svg: &mut Markup, evidence: &Evidence, x: &Axis, y: &Axis) {
    let right = WIDTH - RIGHT;
    for tick in y.ticks(4) {
        plot::line(svg, "grid", [LEFT, y.place(tick), right, y.place(tick)]);
        plot::label(svg, "tick", LEFT - 4.0, y.place(tick) + 3.0, "end", &minus(&at(tick)));
    }
    let count = evidence.observations.len();
    let every = count.div_ceil(8).max(1);
    for place in (1..=count).filter(|place| place % every == 0) {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred observations")]
        let at_place = x.place(place as f64);
        plot::line(svg, "grid", [at_place, HEIGHT - BOTTOM, at_place, HEIGHT - BOTTOM + 3.0]);
        plot::label(svg, "tick", at_place, HEIGHT - 4.0, "middle", &place.to_string());
    }
    if let Some(day) = &evidence.since.after {
        // Days are written so that their order is that of their letters.
        let before = evidence.observations.iter().filter(|observed| observed.known <= *day).count();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred observations")]
        let written = x.place(before as f64);
        plot::line(svg, "outcome", [written, TOP, written, HEIGHT - BOTTOM]);
    }
}

/// The numbers behind the plots.
fn folded(into: &mut Markup, evidence: &Evidence) {
    if evidence.since.after.is_some() {
        into.leaf(
            "p",
            &[("class", "legend")],
            "The dashed line stands where the last of the readings was written: what is left of it is hindsight.",
        );
        into.leaf("p", &[("class", "legend")], seen::STEPS);
    }
    let readings: Vec<&ReadingEvidence> = paths(evidence).collect();
    let mut columns = vec!["Observation"];
    columns.extend(readings.iter().map(|reading| reading.reading.as_str()));
    into.element("details", &[], |details| {
        details.leaf("summary", &[], "The bits of each observation");
        let region = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Bits by observation")];
        details.element("div", &region, |wide| {
            table::table(wide, "bits", "Bits by observation and reading", &columns, |body| {
                for (place, observed) in evidence.observations.iter().enumerate() {
                    table::row(body, "", |cells| {
                        table::head(cells, |head| {
                            head.text(&format!("{} ", place + 1));
                            head.leaf("code", &[], &crate::evidence::named(observed));
                        });
                        for reading in &readings {
                            let bits = reading.bits.get(place).map_or(String::new(), |bits| minus(&seen::bits(*bits)));
                            table::text(cells, "number", "", &bits);
                        }
                    });
                }
            });
        });
    });
}

/// Row against column.
fn matrix(into: &mut Markup, evidence: &Evidence) {
    let compared = seen::compared(evidence);
    let names: Vec<&str> = evidence
        .readings
        .iter()
        .map(|reading| reading.reading.as_str())
        .filter(|name| compared.iter().any(|of| of.better == *name || of.worse == *name))
        .collect();
    let region = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Pairs of readings")];
    into.element("div", &region, |wide| {
        let mut columns = vec!["better than"];
        columns.extend(&names);
        table::table(wide, "pairs", "By how many bits one reading foretold better than another", &columns, |body| {
            for row in &names {
                table::row(body, "", |cells| {
                    table::head(cells, |head| {
                        head.text(row);
                    });
                    for column in &names {
                        let found = compared.iter().find(|of| {
                            (of.better == *row && of.worse == *column) || (of.better == *column && of.worse == *row)
                        });
                        let Some(found) = found else {
                            table::text(cells, "number faint", "", if row == column { "" } else { "0" });
                            continue;
                        };
                        let sign = if found.better == *row { 1.0 } else { -1.0 };
                        let text = minus(&seen::signed(sign * found.bits));
                        let (class, text) = match (found.stands_out(), sign > 0.0) {
                            (false, _) => ("number faint", format!("({text})")),
                            (true, true) => ("number ahead", text),
                            (true, false) => ("number behind", text),
                        };
                        table::cell(cells, class, "", |cell| {
                            cell.text(&text);
                            if let Some(hindsight) = found.hindsight {
                                cell.text(" ").leaf("small", &[], &minus(&seen::signed(sign * hindsight)));
                            }
                        });
                    }
                });
            }
        });
    });
}

/// What would turn a pair.
fn flips(into: &mut Markup, evidence: &Evidence) {
    let compared = seen::compared(evidence);
    let all: Vec<String> =
        compared.iter().flat_map(|of| of.pair.flips.iter().map(|flip| seen::flip(of, flip, "± "))).collect();
    into.leaf("h4", &[], "What would turn it");
    if all.is_empty() {
        into.leaf("p", &[], "No precision or utility weight that the readings hold plausible would turn one of those that are told from 0.");
        return;
    }
    into.element("ul", &[], |list| {
        for flip in all.iter().take(FLIPS) {
            list.leaf("li", &[], &format!("{flip}."));
        }
    });
    if all.len() > FLIPS {
        into.leaf("p", &[("class", "faint")], &format!("And {} more.", all.len() - FLIPS));
    }
}

/// The pooled means of a question for a number, in a sentence.
pub fn pooled(into: &mut Markup, question: &QuestionAnswers) {
    let Some(pooled) = &question.pooled else { return };
    let scale = Scale::of(seen::numbers(question));
    let mut parts = Vec::new();
    for (label, was, is) in pooled_rows(pooled) {
        let shown = |x: f64| super::show::number(&scale, x, 3);
        match (was, is) {
            (Some(was), Some(is)) => parts.push(format!("{label}, {} before and {} after", shown(was), shown(is))),
            (Some(was), None) => parts.push(format!("{label}, {} before", shown(was))),
            (None, Some(is)) => parts.push(format!("{label}, {} after", shown(is))),
            (None, None) => {}
        }
    }
    if !parts.is_empty() {
        let of = seen::pooled_of(question);
        let unit = if scale.unit.is_empty() { String::new() } else { format!(" ({})", scale.unit) };
        into.leaf("p", &[("class", "legend")], &format!("Means (not medians) {of}{unit}: {}.", parts.join("; ")));
    }
}
