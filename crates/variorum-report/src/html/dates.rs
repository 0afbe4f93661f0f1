//! Dates on an axis of time: when it has come with probabilities of 5%, a half, and 95%.

use super::markup::Markup;
use super::plot::{self, Axis, at};
use super::{curves, likelihood, table};
use crate::alike;
use variorum::answers::{Answer, CurvePoint, FirstDate, QuestionAnswers};

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 22.0;
const MARGIN: f64 = 8.0;
/// Room at the right for what lies beyond the window.
const BEYOND: f64 = 20.0;

/// The readings' answers to a question for a date.
pub fn rows(into: &mut Markup, question: &QuestionAnswers) {
    let longest = question.readings.iter().filter_map(|reading| match &reading.answer {
        Answer::Date(dates) => Some(dates.ever.curve.as_slice()),
        _ => None,
    });
    let curve = longest.max_by_key(|curve| curve.len()).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
    let axis = Axis { low: 0.0, high: curve.len() as f64, left: MARGIN, width: WIDTH - 2.0 * MARGIN - BEYOND };
    let columns =
        ["Reading", "Ever", "90% interval", "±", "In words", "5% by", "Half by", "95% by", "If ever, half by", ""];
    table::table(into, "answers dates", "The readings' answers", &columns, |body| {
        for group in alike::groups(question) {
            let Some(first) = group.first() else { continue };
            let whose = (group.as_slice(), question.readings.len());
            match &first.answer {
                Answer::Void { reason } => likelihood::void(body, whose, reason, columns.len()),
                Answer::Date(dates) => table::row(body, "", |cells| {
                    likelihood::cells_of(cells, whose, &dates.ever);
                    for (date, label) in dates.quantiles.iter().zip(["5% by ", "half by ", "95% by "]) {
                        table::text(cells, "number", label, date.as_deref().unwrap_or("later"));
                    }
                    let middle = dates.if_ever.get(1).and_then(|date| date.as_deref()).unwrap_or("never");
                    table::text(cells, "number faint", "if ever, half by ", middle);
                    table::cell(cells, "plot", "", |cell| {
                        if !curve.is_empty() {
                            plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                                draw(svg, &axis, curve, dates, likelihood::is_baseline(&group));
                            });
                        }
                    });
                }),
                _ => {}
            }
            for note in likelihood::notes(first) {
                table::note(body, columns.len(), &note);
            }
        }
        if !curve.is_empty() {
            foot(body, &axis, curve, columns.len() - 1);
        }
    });
    into.leaf(
        "p",
        &[("class", "legend")],
        "Later: not within the window with that probability. If ever: among the cases in which it comes within the window; \
         a ring below the bar.",
    );
}

/// Where the end of a date's step lies.
fn place(axis: &Axis, curve: &[CurvePoint], date: Option<&String>) -> Option<f64> {
    let step = curve.iter().position(|point| Some(&point.date) == date)?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand steps")]
    Some(axis.place((step + 1) as f64))
}

fn draw(svg: &mut Markup, axis: &Axis, curve: &[CurvePoint], dates: &FirstDate, hollow: bool) {
    let (middle, end) = (HEIGHT / 2.0 - 2.0, axis.left + axis.width);
    let mut lines = String::new();
    for (step, _) in curves::ticks(curve) {
        lines.push_str(&format!("M{} 0V{}", at(axis.place(step)), at(HEIGHT)));
    }
    svg.empty("path", &[("class", "grid"), ("d", &lines)]);
    plot::line(svg, "edge", [end, 0.0, end, HEIGHT]);
    let [early, half, late] = dates.quantiles.each_ref().map(|date| place(axis, curve, date.as_ref()));
    if let Some(early) = early {
        plot::line(svg, "bar", [early, middle, late.unwrap_or(end), middle]);
        if late.is_none() {
            let tip = end + BEYOND - 6.0;
            plot::line(svg, "bar beyond", [end, middle, tip, middle]);
            let head = format!("M{} {}l5 4l-5 4", at(tip), at(middle - 4.0));
            svg.empty("path", &[("class", "tip"), ("d", &head)]);
        }
    }
    if let Some(half) = half {
        let class = if hollow { "dot hollow" } else { "dot" };
        svg.empty("circle", &[("class", class), ("cx", &at(half)), ("cy", &at(middle)), ("r", "4.5")]);
    }
    let [_, if_ever, _] = dates.if_ever.each_ref().map(|date| place(axis, curve, date.as_ref()));
    if let Some(if_ever) = if_ever.filter(|_| dates.ever.probability < 1.0) {
        svg.empty("circle", &[("class", "ring"), ("cx", &at(if_ever)), ("cy", &at(HEIGHT - 4.0)), ("r", "2.5")]);
    }
}

fn foot(body: &mut Markup, axis: &Axis, curve: &[CurvePoint], columns: usize) {
    let columns = columns.to_string();
    table::row(body, "axis", |cells| {
        cells.leaf("td", &[("role", "cell"), ("colspan", &columns)], "");
        table::cell(cells, "plot", "", |cell| {
            plot::ornament(cell, "", WIDTH, 16.0, |svg| {
                for (step, text) in curves::ticks(curve) {
                    plot::label(svg, "tick", axis.place(step), 12.0, "middle", &text);
                }
                plot::label(svg, "tick", WIDTH, 12.0, "end", "later");
            });
        });
    });
}
