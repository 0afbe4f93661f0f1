//! Answers before and after what was seen: two dots for each reading.

use super::likelihood::{Ground, bounds, ground, is_baseline, labelled};
use super::markup::Markup;
use super::plot::{self, Axis, at};
use super::{show, table};
use crate::observed::pooled_rows;
use crate::seen;
use crate::sentences::{self, Kind, Scale};
use variorum::answers::{Answer, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence::probability;
use variorum::words::{percent, standard};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 28.0;
const MARGIN: f64 = 8.0;
/// Heights of the two dots.
const BEFORE: f64 = 8.0;
const AFTER: f64 = 20.0;
/// What the dots mean.
const DOTS: &str = "The small dot above is the answer before anything was seen, the large one below it the answer on condition of \
                    what was seen; bars are 90% intervals.";

/// The readings' answers, whatever they are.
pub fn rows(into: &mut Markup, question: &QuestionAnswers) {
    match sentences::kind(question) {
        Kind::Number => numbers(into, question),
        Kind::Probability | Kind::Date | Kind::Void => likely(into, question),
    }
    into.leaf("p", &[("class", "legend")], DOTS);
}

/// The answer after what was seen.
fn later(reading: &ReadingAnswer) -> Option<&Answer> {
    reading.after.as_ref().map(|after| &after.answer)
}

fn likely(into: &mut Markup, question: &QuestionAnswers) {
    let all = || {
        let both = |reading: &'_ ReadingAnswer| {
            [probability(&reading.answer).cloned(), later(reading).and_then(probability).cloned()]
        };
        question.readings.iter().flat_map(both).flatten()
    };
    let largest = all()
        .map(|answer| answer.interval.map_or(answer.probability, |[_, high]| plot::greater(high, answer.probability)))
        .fold(0.0, plot::greater);
    let axis = Axis { low: 0.0, high: plot::percent_axis(largest), left: MARGIN, width: WIDTH - 2.0 * MARGIN };
    let mut below = Ground::new("g", &question.name);
    let columns = ["Reading", "Before", "90% interval", "After", "90% interval", "±", "In words, after", ""];
    table::table(into, "answers both", "The readings' answers before and after what was seen", &columns, |body| {
        for group in show::groups(question) {
            let Some(first) = group.first() else { continue };
            let names = show::names(&group, question.readings.len());
            let (was, is) = (probability(&first.answer), later(first).and_then(probability));
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&names);
                });
                let shown = |answer: Option<&Probability>| match answer {
                    Some(answer) => {
                        let (p, ends) = (percent(answer.probability), show::interval(answer));
                        if p == ends { (p, String::new()) } else { (p, ends) }
                    }
                    None => ("–".to_owned(), String::new()),
                };
                let ((p, ends), (later, later_ends)) = (shown(was), shown(is));
                table::text(cells, "number", "before ", &p);
                table::text(cells, "number faint", "", &ends);
                table::text(cells, "value", "after ", &later);
                table::text(cells, "number", "", &later_ends);
                let error = is.map_or(String::new(), |is| sentences::points(is.error));
                table::text(cells, "number faint", if error.is_empty() { "" } else { "± " }, &error);
                let word = match (is, &first.after) {
                    (Some(is), _) => show::word(is),
                    (None, Some(_)) => "no answer".to_owned(),
                    (None, None) => crate::seen::LACKING.to_owned(),
                };
                table::text(cells, "word", "", &word);
                table::cell(cells, "plot", "", |cell| {
                    plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                        below.lay(svg, |back| ground(back, &axis, HEIGHT));
                        let of = |answer: &Probability| (answer.probability, answer.interval);
                        dots(svg, &axis, was.map(of), is.map(of), is_baseline(&group));
                    });
                });
            });
            for note in notes(first) {
                table::note(body, columns.len(), &note);
            }
        }
        pooled(body, question, &axis, &mut below);
        foot(body, columns.len() - 1, |svg| {
            for bound in labelled(&bounds(axis.high), &axis, 26.0) {
                plot::label(svg, "tick", axis.place(bound), 12.0, "middle", &plot::percent_tick(bound));
            }
        });
    });
}

/// All readings in one answer.
fn pooled(body: &mut Markup, question: &QuestionAnswers, axis: &Axis, below: &mut Ground) {
    let Some(pooled) = &question.pooled else { return };
    for (label, was, is) in pooled_rows(pooled) {
        table::row(body, "pooled", |cells| {
            table::head(cells, |head| {
                head.text(label);
            });
            table::text(
                cells,
                "number",
                if was.is_some() { "before " } else { "" },
                &was.map_or(String::new(), percent),
            );
            table::text(cells, "number", "", "");
            table::text(cells, "value", "after ", &is.map_or("–".to_owned(), percent));
            table::text(cells, "number", "", "");
            table::text(cells, "number", "", "");
            table::text(cells, "word", "", &is.map_or(String::new(), |is| standard(is).replace('-', "–")));
            table::cell(cells, "plot", "", |cell| {
                plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                    below.lay(svg, |back| ground(back, axis, HEIGHT));
                    dots(svg, axis, was.map(|was| (was, None)), is.map(|is| (is, None)), true);
                });
            });
        });
    }
}

/// Why an answer is 0 or 1 or none, and how often the condition holds, before and after.
fn notes(reading: &ReadingAnswer) -> Vec<String> {
    let mut notes = super::likelihood::notes(reading);
    if let Answer::Void { reason } = &reading.answer {
        notes.insert(0, format!("Before: no answer: {reason}"));
    }
    if let Some(after) = &reading.after {
        if let Answer::Void { reason } = &after.answer {
            notes.push(format!("After: no answer: {reason}"));
        }
        let same = probability(&reading.answer).and_then(|answer| answer.reason.as_ref());
        let reason = probability(&after.answer).and_then(|answer| answer.reason.as_ref());
        notes.extend(reason.filter(|reason| Some(*reason) != same).map(|reason| format!("After: {reason}")));
        if let Some(given) = &after.given {
            notes.push(format!(
                "After what was seen the condition holds in {} ± {} ({}).",
                percent(given.probability),
                sentences::points(given.error),
                sentences::counted(given.trajectories, "trajectory", "trajectories")
            ));
        }
    }
    notes
}

/// A value and its 90%.
type Dot = (f64, Option<[f64; 2]>);

/// The small dot above, the large one below.
fn dots(svg: &mut Markup, axis: &Axis, was: Option<Dot>, is: Option<Dot>, hollow: bool) {
    if let Some((value, ends)) = was {
        if let Some([low, high]) = ends {
            plot::line(svg, "bar was", [axis.place(low), BEFORE, axis.place(high), BEFORE]);
        }
        let (cx, cy) = (at(axis.place(value)), at(BEFORE));
        svg.empty("circle", &[("class", "dot was"), ("cx", &cx), ("cy", &cy), ("r", "3")]);
    }
    if let Some((value, ends)) = is {
        super::likelihood::dot(svg, axis, AFTER, value, ends, hollow);
    }
}

/// The axis below the rows.
fn foot(body: &mut Markup, columns: usize, ticks: impl FnOnce(&mut Markup)) {
    let columns = columns.to_string();
    table::row(body, "axis", |cells| {
        cells.leaf("td", &[("role", "cell"), ("colspan", &columns)], "");
        table::cell(cells, "plot", "", |cell| plot::ornament(cell, "", WIDTH, 16.0, ticks));
    });
}

fn numbers(into: &mut Markup, question: &QuestionAnswers) {
    let scale = Scale::of(seen::numbers(question));
    let ends = || seen::numbers(question).flat_map(|number| number.predictive);
    let (mut low, mut high) = (ends().fold(f64::INFINITY, plot::lesser), ends().fold(f64::NEG_INFINITY, plot::greater));
    if !low.is_finite() || !high.is_finite() {
        (low, high) = (0.0, 1.0);
    }
    if low > 0.0 && low < 0.25 * high {
        low = 0.0;
    }
    if high <= low {
        high = low + 1.0;
    }
    let axis = Axis { low, high, left: MARGIN, width: WIDTH - 2.0 * MARGIN };
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" ({})", scale.unit) };
    let before = format!("Before{unit}");
    let columns = ["Reading", before.as_str(), "90% of outcomes", "After", "90% of outcomes", "Mean, after", "±", ""];
    table::table(into, "answers both", "The readings' answers before and after what was seen", &columns, |body| {
        for group in show::groups(question) {
            let Some(first) = group.first() else { continue };
            let names = show::names(&group, question.readings.len());
            let number = |answer: Option<&Answer>| match answer {
                Some(Answer::Number(number)) => Some(number.clone()),
                _ => None,
            };
            let (was, is) = (number(Some(&first.answer)), number(later(first)));
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&names);
                });
                let shown = |number: &Option<Number>| match number {
                    Some(number) => (show::number(&scale, number.median, 3), show::span(&scale, number.predictive, 2)),
                    None => ("–".to_owned(), String::new()),
                };
                let ((median, outcomes), (later, later_outcomes)) = (shown(&was), shown(&is));
                table::text(cells, "number", "before ", &median);
                table::text(cells, "number faint", "", &outcomes);
                table::text(cells, "value", "after ", &later);
                table::text(cells, "number", "", &later_outcomes);
                let (mean, error) = is.as_ref().map_or((String::new(), String::new()), |is| {
                    (show::number(&scale, is.mean, 3), show::number(&scale, is.error, 1))
                });
                let labels = if is.is_some() { ["mean ", "± "] } else { ["", ""] };
                table::text(cells, "number", labels[0], &mean);
                table::text(cells, "number faint", labels[1], &error);
                table::cell(cells, "plot", "", |cell| {
                    plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                        for tick in axis.ticks(4) {
                            plot::line(svg, "grid", [axis.place(tick), 0.0, axis.place(tick), HEIGHT]);
                        }
                        let of = |number: &Number| (number.median, Some(number.predictive));
                        dots(svg, &axis, was.as_ref().map(of), is.as_ref().map(of), is_baseline(&group));
                    });
                });
            });
            if first.after.is_none() {
                table::note(body, columns.len(), "Has not what was seen.");
            }
            for note in notes(first) {
                table::note(body, columns.len(), &note);
            }
        }
        foot(body, columns.len() - 1, |svg| {
            for tick in axis.ticks(4) {
                plot::label(svg, "tick", axis.place(tick), 12.0, "middle", &show::tick(&scale, tick));
            }
        });
    });
    super::seen::pooled(into, question);
}
