//! Probabilities as dots with their intervals, on an axis that shows where the standard words begin and end.

use super::markup::{Markup, id};
use super::plot::{self, Axis, at};
use super::{show, table};
use crate::alike;
use crate::dossier::Dossier;
use crate::seen;
use crate::sentences;
use variorum::answers::{Answer, Meaning, Probability, QuestionAnswers, ReadingAnswer, Said};
use variorum::confidence::{BASELINE, probability};
use variorum::words::{percent, scale};

/// Width and height of a row's plot.
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 22.0;
/// Room beside the axis, so that a dot at its end is whole.
const MARGIN: f64 = 8.0;

/// The axis of a question: from 0 to a round number above all intervals.
pub fn axis(question: &QuestionAnswers) -> Axis {
    let answers = question.readings.iter().filter_map(|reading| probability(&reading.answer));
    let said =
        question.said.iter().filter_map(|said| said.meaning.as_ref()).map(|Meaning { range: [_, high], .. }| *high);
    let curves =
        question.readings.iter().filter_map(|reading| probability(&reading.answer)).flat_map(|answer| &answer.curve);
    let ends = answers
        .map(|answer| answer.interval.map_or(answer.probability, |[_, high]| plot::greater(high, answer.probability)))
        .chain(said)
        .chain(curves.filter_map(|point| point.interval).map(|[_, high]| high));
    let largest = ends.fold(0.0, plot::greater);
    Axis { low: 0.0, high: plot::percent_axis(largest), left: MARGIN, width: WIDTH - 2.0 * MARGIN }
}

/// Where words begin and end on an axis from 0, its ends included: the places for grid lines.
pub fn bounds(high: f64) -> Vec<f64> {
    let mut bounds = vec![0.0];
    let words = scale();
    let edges = words.iter().map(|(low, ..)| low / 100.0).chain(words.last().map(|(_, high, _)| high / 100.0));
    bounds.extend(edges.filter(|edge| *edge < high * 0.999));
    bounds.push(high);
    bounds
}

/// The bounds that have room for a label, the ends first.
pub fn labelled(bounds: &[f64], axis: &Axis, room: f64) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::new();
    let ends = bounds.first().into_iter().chain(bounds.last());
    for bound in ends.chain(bounds) {
        if kept.iter().all(|other| (axis.place(*other) - axis.place(*bound)).abs() >= room) {
            kept.push(*bound);
        }
    }
    kept.sort_by(f64::total_cmp);
    kept
}

/// Every second word's region, and lines at the bounds, behind a row.
pub fn ground(svg: &mut Markup, axis: &Axis, height: f64) {
    let bounds = bounds(axis.high);
    for (place, ends) in bounds.windows(2).enumerate() {
        if let ([from, to], 1) = (ends, place % 2) {
            let (x, width) = (axis.place(*from), axis.place(*to) - axis.place(*from));
            svg.empty(
                "rect",
                &[("class", "zone"), ("x", &at(x)), ("y", "0"), ("width", &at(width)), ("height", &at(height))],
            );
        }
    }
    let lines: String = bounds.iter().map(|bound| format!("M{} 0V{}", at(axis.place(*bound)), at(height))).collect();
    svg.empty("path", &[("class", "grid"), ("d", &lines)]);
}

/// The ground of a table's rows: drawn in the first of them, and used again in the others.
pub struct Ground {
    name: String,
    is_drawn: bool,
}

impl Ground {
    /// With a name of its own in the page.
    pub fn new(kind: &str, name: &str) -> Ground {
        Ground { name: id(kind, name), is_drawn: false }
    }

    /// Draws it, or uses what is drawn.
    pub fn lay(&mut self, svg: &mut Markup, draw: impl FnOnce(&mut Markup)) {
        if self.is_drawn {
            svg.empty("use", &[("href", &format!("#{}", self.name))]);
        } else {
            svg.element("g", &[("id", &self.name)], draw);
        }
        self.is_drawn = true;
    }
}

/// An interval with its dot; hollow for the reading that is no author's.
pub fn dot(svg: &mut Markup, axis: &Axis, y: f64, value: f64, ends: Option<[f64; 2]>, hollow: bool) {
    if let Some([low, high]) = ends {
        plot::line(svg, "bar", [axis.place(low), y, axis.place(high), y]);
    }
    let class = if hollow { "dot hollow" } else { "dot" };
    svg.empty("circle", &[("class", class), ("cx", &at(axis.place(value))), ("cy", &at(y)), ("r", "4.5")]);
}

/// A word's range with its middle, as readers take it.
fn word(svg: &mut Markup, axis: &Axis, y: f64, meaning: &Meaning) {
    let [low, high] = meaning.range;
    plot::line(svg, "said", [axis.place(low), y, axis.place(high), y]);
    let x = axis.place(meaning.median);
    let diamond = format!("M{} {}l5 -5l5 5l-5 5z", at(x - 5.0), at(y));
    svg.empty("path", &[("class", "diamond"), ("d", &diamond)]);
}

/// The axis below the rows.
fn foot(into: &mut Markup, axis: &Axis, columns: usize) {
    let columns = columns.to_string();
    table::row(into, "axis", |cells| {
        cells.leaf("td", &[("role", "cell"), ("colspan", &columns)], "");
        table::cell(cells, "plot", "", |cell| {
            plot::ornament(cell, "", WIDTH, 16.0, |svg| {
                for bound in labelled(&bounds(axis.high), axis, 26.0) {
                    plot::label(svg, "tick", axis.place(bound), 12.0, "middle", &plot::percent_tick(bound));
                }
            });
        });
    });
}

/// The readings' answers to a question of yes or no.
pub fn rows(into: &mut Markup, question: &QuestionAnswers) {
    let axis = axis(question);
    let columns = ["Reading", "Probability", "90% interval", "±", "In words", ""];
    let mut below = Ground::new("g", &question.name);
    let common = common(question);
    table::table(into, "answers", "The readings' answers", &columns, |body| {
        for group in alike::groups(question) {
            let Some(first) = group.first() else { continue };
            let whose = (group.as_slice(), question.readings.len());
            match &first.answer {
                Answer::Void { reason } => void(body, whose, reason, columns.len()),
                Answer::Probability(answer) => row(body, &axis, &mut below, whose, answer),
                _ => {}
            }
            if common.is_none() {
                for note in notes(first) {
                    table::note(body, columns.len(), &note);
                }
            }
        }
        for note in common.into_iter().flatten() {
            table::note(body, columns.len(), &format!("In all readings: {note}"));
        }
        foot(body, &axis, columns.len() - 1);
    });
}

/// The readings of a row, and how many the question has.
pub type Whose<'g, 'q> = (&'g [&'q ReadingAnswer], usize);

/// A row without an answer.
pub fn void(body: &mut Markup, (group, of): Whose<'_, '_>, reason: &str, columns: usize) {
    table::row(body, "void", |cells| {
        table::head(cells, |head| show::heading(head, group, of));
        let rest = (columns - 1).to_string();
        cells.leaf("td", &[("role", "cell"), ("colspan", &rest)], &format!("no answer: {reason}"));
    });
}

/// Whether a group is nobody's: its dots are hollow.
pub fn is_baseline(group: &[&ReadingAnswer]) -> bool {
    group.iter().all(|reading| reading.reading == BASELINE)
}

fn row(into: &mut Markup, axis: &Axis, below: &mut Ground, whose: Whose<'_, '_>, answer: &Probability) {
    table::row(into, "", |cells| {
        cells_of(cells, whose, answer);
        table::cell(cells, "plot", "", |cell| {
            plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                below.lay(svg, |back| ground(back, axis, HEIGHT));
                dot(svg, axis, HEIGHT / 2.0, answer.probability, answer.interval, is_baseline(whose.0));
            });
        });
    });
}

/// The name, the probability, its interval and error, and the word.
pub fn cells_of(cells: &mut Markup, (group, of): Whose<'_, '_>, answer: &Probability) {
    table::head(cells, |head| show::heading(head, group, of));
    table::text(cells, "value", "", &percent(answer.probability));
    table::text(cells, "number", "90% ", &show::interval(answer));
    table::text(cells, "number faint", "± ", &sentences::points(answer.error));
    table::text(cells, "word", "", &show::word(answer));
}

/// What is said of all rows alike, where there are several.
fn common(question: &QuestionAnswers) -> Option<Vec<String>> {
    let groups = alike::groups(question);
    let mut all = groups.iter().filter_map(|group| group.first()).map(|first| notes(first));
    let first = all.next().filter(|notes| groups.len() > 1 && !notes.is_empty())?;
    all.all(|notes| notes == first).then_some(first)
}

/// What is said below a row: why it is 0 or 1, how often the condition holds.
pub fn notes(reading: &ReadingAnswer) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(reason) = probability(&reading.answer).and_then(|answer| answer.reason.clone()) {
        notes.push(reason);
    }
    if let Some(given) = &reading.given {
        notes.push(format!(
            "The condition holds in {} ± {} of all trajectories ({}).",
            percent(given.probability),
            sentences::points(given.error),
            sentences::counted(given.trajectories, "of them answers", "of them answer")
        ));
    }
    notes
}

/// What sources said, beside what follows from their premises.
pub fn said(into: &mut Markup, dossier: &Dossier, question: &QuestionAnswers) {
    let axis = Axis { high: 1.0, ..axis(question) };
    let implied: Vec<Vec<&ReadingAnswer>> =
        question.said.iter().map(|said| speaking(dossier, question, said)).collect();
    let drawn = question.said.iter().zip(&implied).any(|(said, implied)| said.meaning.is_some() || !implied.is_empty());
    let implying =
        if seen::is_observed(question) { "Its premises imply, before anything was seen" } else { "Its premises imply" };
    let columns = ["Source", "Said", "Readers take it for", implying, ""];
    let columns = columns.get(..if drawn { 5 } else { 4 }).unwrap_or_default();
    let mut below = Ground::new("a", &question.name);
    table::table(into, "answers against", "What sources said, and what their premises imply", columns, |body| {
        for (said, implied) in question.said.iter().zip(&implied) {
            table::row(body, "", |cells| {
                words(cells, said);
                table::text(cells, "word", "implied ", &implication(said, implied));
                if drawn {
                    table::cell(cells, "plot", "", |cell| {
                        if said.meaning.is_none() && implied.is_empty() {
                            return;
                        }
                        plot::ornament(cell, "", WIDTH, SAID_HEIGHT, |svg| {
                            below.lay(svg, |back| ground(back, &axis, SAID_HEIGHT));
                            if let Some(meaning) = &said.meaning {
                                word(svg, &axis, 9.0, meaning);
                            }
                            for answer in implied.iter().filter_map(|reading| probability(&reading.answer)) {
                                dot(svg, &axis, 23.0, answer.probability, answer.interval, false);
                            }
                        });
                    });
                }
            });
            if dossier.is_input(&question.name, &said.source) {
                table::row(body, "note", |cells| {
                    cells.element("td", &[("role", "cell"), ("colspan", &columns.len().to_string())], |cell| {
                        cell.leaf("b", &[("class", "flag")], "These words are an input. ");
                        cell.text(INPUT);
                    });
                });
            }
            if let Some(why) = &said.window_assumed {
                table::note(body, columns.len(), &format!("The window of time is the modeller's: {why}."));
            }
        }
        if drawn {
            foot(body, &axis, 4);
        }
    });
}

/// What it means that a source's words on a question are a number of the model.
const INPUT: &str = "The model takes a number of its own from this passage, and the answer depends on it: that what is implied agrees \
                     with what was said confirms nothing.";

/// Height of a row that has a word above a reading's answer.
const SAID_HEIGHT: f64 = 32.0;

/// Who said what, and what readers take it for.
fn words(cells: &mut Markup, said: &Said) {
    table::head(cells, |head| {
        head.text(&said.source);
    });
    table::cell(cells, "word", "", |cell| {
        cell.text(&format!("{} ", sentences::phrase(said)));
        cell.leaf("span", &[("class", "anchor")], &said.anchors.join(", "));
    });
    let taken = match &said.meaning {
        None => "no number; recorded, never scored".to_owned(),
        Some(Meaning { survey: None, .. }) => "a number of its own".to_owned(),
        Some(Meaning { median, range, survey: Some(survey) }) => {
            format!("{}, median {} ({survey})", sentences::between(*range), percent(*median))
        }
    };
    table::text(cells, "word", "taken for ", &taken);
}

/// The readings that speak for a source: its own, else those that adopt its stances.
fn speaking<'q>(dossier: &Dossier, question: &'q QuestionAnswers, said: &Said) -> Vec<&'q ReadingAnswer> {
    let own: Vec<&ReadingAnswer> = question.readings.iter().filter(|reading| reading.reading == said.source).collect();
    let voiced = |name: &str| {
        dossier.readings.iter().any(|reading| reading.name == name && reading.voices.contains(&said.source))
    };
    let found = if own.is_empty() {
        question.readings.iter().filter(|reading| voiced(&reading.reading)).collect()
    } else {
        own
    };
    found.into_iter().filter(|reading| probability(&reading.answer).is_some()).collect()
}

fn implication(said: &Said, implied: &[&ReadingAnswer]) -> String {
    let parts: Vec<String> = implied
        .iter()
        .filter_map(|reading| {
            let answer = probability(&reading.answer)?;
            let whose = if reading.reading == said.source { String::new() } else { format!("{} ", reading.reading) };
            Some(format!("{whose}{} ({})", percent(answer.probability), show::interval(answer)))
        })
        .collect();
    if parts.is_empty() { "no reading speaks for it".to_owned() } else { parts.join(", ") }
}
