//! Numbers as densities over one axis, one row for each reading.

use super::markup::Markup;
use super::plot::{self, Axis, at};
use super::{show, table};
use crate::alike::{self, Voices};
use crate::sentences::{self, Scale};
use variorum::answers::{Answer, Number, QuestionAnswers};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 40.0;
const MARGIN: f64 = 8.0;
/// The base line, and the highest a density is drawn.
const BASE: f64 = 34.0;
const TALL: f64 = 30.0;

/// The readings' answers to a question for a number.
pub fn rows(into: &mut Markup, question: &QuestionAnswers) {
    let scale = Scale::of(sentences::numbers(question));
    let (axis, highest, outcome) = drawing(question);
    let drawn = (&axis, highest, outcome);
    let median = if scale.unit.is_empty() { "Median".to_owned() } else { format!("Median ({})", scale.unit) };
    let columns = ["Reading", median.as_str(), "90% of outcomes", "Mean", "±", ""];
    table::table(into, "answers numbers", "The readings' answers", &columns, |body| {
        for group in alike::groups(question) {
            let Some(first) = group.first() else { continue };
            match &first.answer {
                Answer::Number(number) => table::row(body, "", |cells| {
                    table::head(cells, |head| show::heading(head, &group, question.readings.len()));
                    let median = show::number(&scale, number.median, 3);
                    let outcomes = show::span(&scale, number.predictive, 2);
                    table::text(cells, "value", "", &median);
                    table::text(cells, "number", "90% ", &outcomes);
                    table::text(cells, "number", "mean ", &show::number(&scale, number.mean, 3));
                    table::text(cells, "number faint", "± ", &show::number(&scale, number.error, 1));
                    shape(cells, number, drawn);
                }),
                Answer::Void { reason } => table::row(body, "void", |cells| {
                    table::head(cells, |head| show::heading(head, &group, question.readings.len()));
                    cells.leaf("td", &[("role", "cell"), ("colspan", "5")], &format!("no answer: {reason}"));
                }),
                _ => {}
            }
            for note in super::likelihood::notes(first) {
                table::note(body, 6, &note);
            }
        }
        foot(body, 5, &axis, &scale);
    });
}

/// The shapes alone, one for each group; where it has several answers, of the first of them. The numbers stand elsewhere.
pub fn shapes(into: &mut Markup, question: &QuestionAnswers, voices: &Voices) {
    let scale = Scale::of(sentences::numbers(question));
    let (axis, highest, outcome) = drawing(question);
    table::table(into, "answers shapes", "The densities of the outcomes", &["Reading", ""], |body| {
        for group in voices.within(question) {
            let numbers = group.iter().filter_map(|reading| match &reading.answer {
                Answer::Number(number) => Some((reading, number)),
                _ => None,
            });
            let numbers: Vec<_> = numbers.collect();
            let Some((first, number)) = numbers.first() else { continue };
            let is_one = numbers.iter().all(|(reading, _)| alike::same_answer(&reading.answer, &first.answer));
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&alike::names(&group, question.readings.len()));
                    if !is_one {
                        head.text(" ").leaf("small", &[], &format!("drawn: {}", first.reading));
                    }
                });
                shape(cells, number, (&axis, highest, outcome));
            });
        }
        foot(body, 1, &axis, &scale);
    });
}

fn shape(cells: &mut Markup, number: &Number, (axis, highest, outcome): (&Axis, f64, Option<f64>)) {
    table::cell(cells, "plot", "", |cell| {
        plot::ornament(cell, "", WIDTH, HEIGHT, |svg| draw(svg, number, axis, highest, outcome));
    });
}

/// The axis, the highest density that is drawn, and what the world answered.
fn drawing(question: &QuestionAnswers) -> (Axis, f64, Option<f64>) {
    let outcome = question.resolved.as_ref().and_then(|resolved| resolved.outcome.replace('_', "").parse::<f64>().ok());
    let axis = axis(question, outcome);
    let densities: Vec<f64> = sentences::numbers(question).filter_map(|number| peak(number, &axis)).collect();
    // Areas are alike, so that a peak says how certain a reading is; but one reading that is nearly certain may not
    // flatten all the others.
    let lowest = densities.iter().copied().fold(f64::INFINITY, plot::lesser);
    let highest = plot::lesser(densities.iter().copied().fold(0.0, plot::greater), 4.0 * lowest);
    (axis, highest, outcome)
}

fn foot(body: &mut Markup, columns: usize, axis: &Axis, scale: &Scale) {
    let columns = columns.to_string();
    table::row(body, "axis", |cells| {
        cells.leaf("td", &[("role", "cell"), ("colspan", &columns)], "");
        table::cell(cells, "plot", "", |cell| {
            plot::ornament(cell, "", WIDTH, 16.0, |svg| {
                for tick in axis.ticks(4) {
                    let place = axis.place(tick);
                    let anchor = if place > WIDTH - 20.0 { "end" } else { "middle" };
                    let place = if anchor == "end" { WIDTH } else { place };
                    plot::label(svg, "tick", place, 12.0, anchor, &show::tick(scale, tick));
                }
            });
        });
    });
}

/// From the lowest to the highest quantile that is drawn in any reading; 0 is on it where it is near.
fn axis(question: &QuestionAnswers, outcome: Option<f64>) -> Axis {
    let ends = |ends: [f64; 2]| {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for number in sentences::numbers(question) {
            let [from, to] = number.predictive;
            let at = |p: f64| number.quantiles.iter().find(|[other, _]| (other - p).abs() < 1e-6).map(|[_, x]| *x);
            let [outer, beyond] = ends.map(at);
            for x in [from, to, outer.unwrap_or(from), beyond.unwrap_or(to)] {
                low = plot::lesser(low, x);
                high = plot::greater(high, x);
            }
        }
        (low, high)
    };
    // All of the shapes, unless their thin ends would take most of the room.
    let (inner, outer) = (ends([0.025, 0.975]), ends([0.005, 0.995]));
    let (mut low, mut high) = if outer.1 - outer.0 <= 1.6 * (inner.1 - inner.0) { outer } else { inner };
    if let Some(outcome) = outcome {
        low = plot::lesser(low, outcome);
        high = plot::greater(high, outcome);
    }
    if !low.is_finite() || !high.is_finite() {
        (low, high) = (0.0, 1.0);
    }
    if low > 0.0 && low < 0.25 * high {
        low = 0.0;
    }
    if high <= low {
        let room = if low == 0.0 { 1.0 } else { 0.5 * low.abs() };
        (low, high) = (low - room, high + room);
    }
    Axis { low, high, left: MARGIN, width: WIDTH - 2.0 * MARGIN }
}

/// Pieces of equal certainty: from, to, and the probability between.
fn pieces(number: &Number) -> impl Iterator<Item = (f64, f64, f64)> {
    number.quantiles.windows(2).filter_map(|pair| match pair {
        [[p, from], [q, to]] => Some((*from, *to, q - p)),
        _ => None,
    })
}

/// Whether a piece is so narrow that it is a single value.
fn single(from: f64, to: f64, axis: &Axis) -> bool {
    to - from <= (axis.high - axis.low) / 1000.0
}

/// The highest density that is drawn; none where all is single values.
fn peak(number: &Number, axis: &Axis) -> Option<f64> {
    let drawn = pieces(number).filter(|(from, to, _)| !single(*from, *to, axis));
    drawn.map(|(from, to, mass)| mass / (to - from)).reduce(plot::greater)
}

fn draw(svg: &mut Markup, number: &Number, axis: &Axis, highest: f64, outcome: Option<f64>) {
    plot::line(svg, "grid", [MARGIN, BASE, WIDTH - MARGIN, BASE]);
    let height = |density: f64| BASE - TALL * plot::lesser(density / highest, 1.0);
    let mut shape: Vec<(f64, f64)> = Vec::new();
    // A polygon through the middles of the pieces; what lies on single values is drawn as a line of its own.
    for (from, to, mass) in pieces(number) {
        if single(from, to, axis) {
            let place = axis.place(from);
            shape.push((place, shape.last().map_or(BASE, |(_, y)| *y)));
            plot::line(svg, "single", [place, BASE, place, BASE - TALL]);
        } else {
            let place = axis.place(from + 0.5 * (to - from));
            shape.push((place, height(mass / (to - from))));
        }
    }
    if shape.len() > 2 && highest > 0.0 {
        let end = |end: Option<&[f64; 2]>| (end.map_or(0.0, |[_, x]| axis.place(*x)), BASE);
        let mut around = vec![end(number.quantiles.first())];
        around.extend(shape);
        around.push(end(number.quantiles.last()));
        svg.empty("path", &[("class", "density"), ("d", &format!("{}Z", plot::path(&plot::thinned(&around, 0.2))))]);
    }
    let [low, high] = number.predictive;
    plot::line(svg, "bar", [axis.place(low), BASE, axis.place(high), BASE]);
    let x = axis.place(number.median);
    plot::line(svg, "median", [x, BASE - TALL, x, BASE]);
    svg.empty("circle", &[("class", "dot"), ("cx", &at(x)), ("cy", &at(BASE)), ("r", "3.5")]);
    if let Some(outcome) = outcome {
        let x = axis.place(outcome);
        plot::line(svg, "outcome", [x, 0.0, x, BASE + 4.0]);
    }
}
