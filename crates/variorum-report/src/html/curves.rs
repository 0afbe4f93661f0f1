//! How likely by when: a small plot for each reading, all others in grey behind it.

use super::likelihood::{axis as likelihood, bounds, labelled};
use super::markup::{Markup, id};
use super::plot::{self, Axis, at};
use crate::alike::{self, Voices};
use crate::sentences::between;
use variorum::answers::{Answer, CurvePoint, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence::probability;

/// The drawing, and the field of the plot in it.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 128.0;
const LEFT: f64 = 30.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 18.0;
/// How far a drawn line may be from the true one.
const TOLERANCE: f64 = 0.35;

/// Whether there are curves, and they go anywhere.
pub fn any(question: &QuestionAnswers) -> bool {
    let rising = |curve: &[CurvePoint]| curve.len() > 1 && curve.last().is_some_and(|last| last.probability > 0.0);
    question.readings.iter().filter_map(|reading| probability(&reading.answer)).any(|answer| rising(&answer.curve))
}

/// The curves of a question.
pub fn curves(into: &mut Markup, question: &QuestionAnswers, voices: &Voices) {
    let y = Axis { left: HEIGHT - BOTTOM, width: -(HEIGHT - BOTTOM - TOP), ..likelihood(question) };
    let groups: Vec<Vec<&ReadingAnswer>> = voices
        .within(question)
        .into_iter()
        .filter(|group| group.first().and_then(|first| probability(&first.answer)).is_some_and(|a| a.curve.len() > 1))
        .collect();
    let Some(longest) = groups.iter().filter_map(|group| curve(group)).max_by_key(|curve| curve.len()) else { return };
    let x = steps(longest.len());
    let ground = id("grid", &question.name);
    into.element("div", &[("class", "panels")], |panels| {
        for (place, group) in groups.iter().enumerate() {
            let Some(answer) = group.first().and_then(|first| probability(&first.answer)) else { continue };
            let names = alike::names(group, question.readings.len());
            let different = different(group);
            let ends = different.iter().map(|answer| answer.probability);
            let reached = [ends.clone().fold(1.0, plot::lesser), ends.fold(0.0, plot::greater)];
            panels.element("figure", &[("class", "panel")], |figure| {
                figure.element("figcaption", &[], |caption| {
                    caption.leaf("b", &[], &names);
                    caption.text(&format!(" {}", between(reached)));
                });
                let last = answer.curve.last().map_or("", |point| point.date.as_str());
                let title = format!("{names}: probability by date, {} by {last}", between(reached));
                plot::drawing(figure, WIDTH, HEIGHT, &title, |svg| {
                    if place == 0 {
                        // The field and everybody's line, drawn once and used in every plot.
                        svg.element("g", &[("id", &ground)], |back| field(back, &x, &y, longest, &groups));
                    } else {
                        svg.empty("use", &[("href", &format!("#{ground}"))]);
                    }
                    for other in different.iter().skip(1) {
                        let points = plot::thinned(&points(&x, &y, &other.curve, |point| point.probability), TOLERANCE);
                        svg.empty("path", &[("class", "line also"), ("d", &plot::path(&points))]);
                    }
                    own(svg, &x, &y, answer, group.first().map(|first| &first.answer));
                });
            });
        }
    });
}

/// The different answers of a group.
fn different<'a>(group: &[&'a ReadingAnswer]) -> Vec<&'a Probability> {
    let mut readings: Vec<&ReadingAnswer> = Vec::new();
    for reading in group {
        if !readings.iter().any(|other| alike::same_answer(&other.answer, &reading.answer)) {
            readings.push(reading);
        }
    }
    readings.into_iter().filter_map(|reading| probability(&reading.answer)).collect()
}

fn curve<'a>(group: &[&'a ReadingAnswer]) -> Option<&'a [CurvePoint]> {
    group.first().and_then(|first| probability(&first.answer)).map(|answer| answer.curve.as_slice())
}

/// The axis of steps: step 0 ends at 1.
fn steps(count: usize) -> Axis {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
    let high = count as f64;
    Axis { low: 0.0, high, left: LEFT, width: WIDTH - LEFT - RIGHT }
}

/// The points of a curve, from nothing at the beginning of the window.
fn points(x: &Axis, y: &Axis, curve: &[CurvePoint], pick: impl Fn(&CurvePoint) -> f64) -> Vec<(f64, f64)> {
    let start = (x.place(0.0), y.place(0.0));
    #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
    let rest = curve.iter().enumerate().map(|(step, point)| (x.place((step + 1) as f64), y.place(pick(point))));
    std::iter::once(start).chain(rest).collect()
}

fn field(svg: &mut Markup, x: &Axis, y: &Axis, curve: &[CurvePoint], groups: &[Vec<&ReadingAnswer>]) {
    let right = WIDTH - RIGHT;
    let bounds = bounds(y.high);
    for (place, ends) in bounds.windows(2).enumerate() {
        if let ([from, to], 1) = (ends, place % 2) {
            let (top, bottom) = (y.place(*to), y.place(*from));
            let (width, height) = (at(right - LEFT), at(bottom - top));
            svg.empty(
                "rect",
                &[("class", "zone"), ("x", &at(LEFT)), ("y", &at(top)), ("width", &width), ("height", &height)],
            );
        }
    }
    let lines: String =
        bounds.iter().map(|bound| format!("M{} {}H{}", at(LEFT), at(y.place(*bound)), at(right))).collect();
    svg.empty("path", &[("class", "grid"), ("d", &lines)]);
    for bound in labelled(&bounds, y, 14.0) {
        plot::label(svg, "tick", LEFT - 4.0, y.place(bound) + 3.0, "end", &plot::percent_tick(bound));
    }
    for (step, text) in ticks(curve) {
        let place = x.place(step);
        plot::line(svg, "grid", [place, HEIGHT - BOTTOM, place, HEIGHT - BOTTOM + 3.0]);
        let anchor = if place > right - 14.0 { "end" } else { "middle" };
        plot::label(svg, "tick", place, HEIGHT - 4.0, anchor, &text);
    }
    for other in groups.iter().filter_map(|group| self::curve(group)) {
        let points = plot::thinned(&points(x, y, other, |point| point.probability), TOLERANCE);
        svg.empty("path", &[("class", "other"), ("d", &plot::path(&points))]);
    }
}

/// The steps at which a year begins, or the first and last where there are not two such; at most five.
pub fn ticks(curve: &[CurvePoint]) -> Vec<(f64, String)> {
    let year = |point: &CurvePoint| point.date.split('-').next().unwrap_or_default().to_owned();
    let mut years: Vec<(usize, String)> = Vec::new();
    for (step, pair) in curve.windows(2).enumerate() {
        if let [before, after] = pair
            && year(before) != year(after)
        {
            years.push((step + 1, year(after)));
        }
    }
    if years.len() < 2 {
        let ends = [(0, curve.first()), (curve.len().saturating_sub(1), curve.last())];
        years = ends.into_iter().filter_map(|(step, point)| Some((step, point?.date.clone()))).collect();
    }
    let every = years.len().div_ceil(5);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
    years.into_iter().step_by(if every == 0 { 1 } else { every }).map(|(step, year)| (step as f64, year)).collect()
}

fn own(svg: &mut Markup, x: &Axis, y: &Axis, answer: &Probability, kind: Option<&Answer>) {
    let curve = &answer.curve;
    band(svg, x, y, curve);
    let line = plot::thinned(&points(x, y, curve, |point| point.probability), TOLERANCE);
    svg.empty("path", &[("class", "line"), ("d", &plot::path(&line))]);
    let end = (x.place(x.high), y.place(answer.probability));
    if let Some(Answer::Date(_)) = kind
        && let Some(half) = curve.iter().position(|point| point.probability >= 0.5)
    {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
        let place = x.place((half + 1) as f64);
        plot::line(svg, "median", [place, y.place(0.0), place, y.place(0.5)]);
        svg.empty("circle", &[("class", "dot"), ("cx", &at(place)), ("cy", &at(y.place(0.5))), ("r", "3.5")]);
        let date = curve.get(half).map_or("", |point| point.date.as_str());
        let (anchor, to) = if place > 0.6 * WIDTH { ("end", place - 5.0) } else { ("start", place + 5.0) };
        plot::label(svg, "mark", to, y.place(0.5) + 12.0, anchor, &format!("half by {date}"));
    } else {
        svg.empty("circle", &[("class", "dot"), ("cx", &at(end.0)), ("cy", &at(end.1)), ("r", "3")]);
    }
}

/// The intervals as an area; in pieces, where the sample is too small to tell some of them.
fn band(svg: &mut Markup, x: &Axis, y: &Axis, curve: &[CurvePoint]) {
    let mut pieces: Vec<Vec<(f64, [f64; 2])>> = Vec::new();
    let mut open = false;
    // At the beginning of the window nothing has come to pass.
    if curve.first().is_some_and(|point| point.interval.is_some()) {
        pieces.push(vec![(0.0, [0.0, 0.0])]);
        open = true;
    }
    for (step, point) in curve.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
        let place = (step + 1) as f64;
        match (point.interval, pieces.last_mut()) {
            (Some(ends), Some(piece)) if open => piece.push((place, ends)),
            (Some(ends), _) => pieces.push(vec![(place, ends)]),
            (None, _) => {}
        }
        open = point.interval.is_some();
    }
    for piece in pieces.iter().filter(|piece| piece.len() > 1) {
        let edge = |pick: fn(&[f64; 2]) -> f64| {
            let points: Vec<(f64, f64)> =
                piece.iter().map(|(step, ends)| (x.place(*step), y.place(pick(ends)))).collect();
            plot::thinned(&points, TOLERANCE)
        };
        let mut around = edge(|[_, high]| *high);
        around.extend(edge(|[low, _]| *low).into_iter().rev());
        svg.empty("path", &[("class", "band"), ("d", &format!("{}Z", plot::path(&around)))]);
    }
}
