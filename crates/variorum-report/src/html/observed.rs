//! Answers before and after what was seen: a row for each group of readings that are one voice before it.

use super::likelihood::{Ground, bounds, ground, is_baseline, labelled};
use super::markup::Markup;
use super::plot::{self, Axis, at};
use super::{show, table};
use crate::alike;
use crate::dossier::Dossier;
use crate::observed::pooled_rows;
use crate::seen;
use crate::sentences::{self, Kind, Scale};
use variorum::answers::{Answer, Condition, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence::probability;
use variorum::words::{percent, standard};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 28.0;
const MARGIN: f64 = 8.0;
/// Heights of the two dots.
const BEFORE: f64 = 8.0;
const AFTER: f64 = 20.0;

/// The readings' answers, whatever they are.
pub fn rows(into: &mut Markup, dossier: &Dossier, question: &QuestionAnswers) {
    match sentences::kind(question) {
        Kind::Number => numbers(into, question),
        Kind::Probability | Kind::Date | Kind::Void => likely(into, dossier, question),
    }
}

/// The answer after what was seen.
fn later(reading: &ReadingAnswer) -> Option<&Answer> {
    reading.after.as_ref().map(|after| &after.answer)
}

/// The least and the largest of some numbers.
fn ends(numbers: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    numbers.fold(None, |ends, x| match ends {
        Some([low, high]) => Some([plot::lesser(low, x), plot::greater(high, x)]),
        None => Some([x, x]),
    })
}

/// `After, one by one: ash 2.4% ± 0.5; birch, hazel 2.0% ± 0.3.`, where it does not look like one answer.
fn one_by_one(group: &[&ReadingAnswer], shown: &dyn Fn(&Answer) -> String) -> Option<String> {
    let mut apart: Vec<(Vec<&str>, String)> = Vec::new();
    for reading in group {
        let Some(text) = later(reading).map(shown) else { continue };
        match apart.iter_mut().find(|(_, other)| *other == text) {
            Some((names, _)) => names.push(&reading.reading),
            None => apart.push((vec![&reading.reading], text)),
        }
    }
    if apart.len() < 2 {
        return None;
    }
    let parts: Vec<String> = apart.iter().map(|(names, text)| format!("{} {text}", names.join(", "))).collect();
    Some(format!("After, one by one: {}.", parts.join("; ")))
}

fn likely(into: &mut Markup, dossier: &Dossier, question: &QuestionAnswers) {
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
        for group in alike::groups(question) {
            let Some(first) = group.first() else { continue };
            let was = probability(&first.answer);
            let is: Vec<&Probability> =
                group.iter().filter_map(|reading| later(reading).and_then(probability)).collect();
            table::row(body, "", |cells| {
                table::head(cells, |head| show::heading(head, &group, question.readings.len()));
                before(cells, was);
                after(cells, &group, &is);
                table::cell(cells, "plot", "", |cell| {
                    plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                        below.lay(svg, |back| ground(back, &axis, HEIGHT));
                        let of = |answer: &Probability| (answer.probability, answer.interval);
                        let is: Vec<Dot> = is.iter().map(|is| of(is)).collect();
                        dots(svg, &axis, was.map(of), &is, is_baseline(&group));
                    });
                });
            });
            let shown = |answer: &Answer| match probability(answer) {
                Some(answer) => format!("{} ± {}", percent(answer.probability), sentences::points(answer.error)),
                None => "no answer".to_owned(),
            };
            let unmoved = seen::unmoved(dossier, question, &group);
            for note in notes(&group).into_iter().chain(one_by_one(&group, &shown)).chain(unmoved) {
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

/// A probability with its interval; of one without, where nothing is uncertain, that alone.
fn before(cells: &mut Markup, was: Option<&Probability>) {
    let (p, interval) =
        was.map_or(("–".to_owned(), String::new()), |was| (percent(was.probability), show::interval(was)));
    table::text(cells, "number", "before ", &p);
    table::text(cells, "number faint", "", if interval == p { "" } else { &interval });
}

/// What a group answers after what was seen: from the least to the largest, the ends of all intervals, the largest error.
fn after(cells: &mut Markup, group: &[&ReadingAnswer], is: &[&Probability]) {
    let p = ends(is.iter().map(|is| is.probability));
    let shown = p.map_or("–".to_owned(), sentences::between);
    let told = is.iter().filter_map(|is| is.interval);
    let around = ends(told.flatten());
    let some_small = is.iter().any(|is| is.interval.is_none());
    let interval = match around {
        Some(around) if some_small => format!("{}; in some the {}", sentences::between(around), show::SMALL),
        Some(around) => sentences::between(around),
        None if some_small => show::SMALL.to_owned(),
        None => String::new(),
    };
    table::text(cells, "value", "after ", &shown);
    table::text(cells, "number", "", if interval == shown { "" } else { &interval });
    let error = ends(is.iter().map(|is| is.error)).map_or(String::new(), |[_, most]| sentences::points(most));
    table::text(cells, "number faint", if error.is_empty() { "" } else { "± " }, &error);
    let mut words: Vec<String> = Vec::new();
    for word in is.iter().map(|is| show::word(is)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let word = match (words.is_empty(), group.iter().any(|reading| reading.after.is_some())) {
        (false, _) => words.join("; "),
        (true, true) => "no answer".to_owned(),
        (true, false) => seen::LACKING.to_owned(),
    };
    table::text(cells, "word", "", &word);
}

/// All readings in one answer.
fn pooled(body: &mut Markup, question: &QuestionAnswers, axis: &Axis, below: &mut Ground) {
    let Some(pooled) = &question.pooled else { return };
    for (place, (label, was, is)) in pooled_rows(pooled).into_iter().enumerate() {
        table::row(body, "pooled", |cells| {
            table::head(cells, |head| {
                head.text(label);
                if place == 0 {
                    head.text(" ").leaf("small", &[], &seen::pooled_of(question));
                }
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
                    let is: Vec<Dot> = is.map(|is| (is, None)).into_iter().collect();
                    dots(svg, axis, was.map(|was| (was, None)), &is, true);
                });
            });
        });
    }
}

/// Why an answer is 0 or 1 or none, and how often the condition holds, before and after.
fn notes(group: &[&ReadingAnswer]) -> Vec<String> {
    let Some(reading) = group.first() else { return Vec::new() };
    let mut notes = super::likelihood::notes(reading);
    if let Answer::Void { reason } = &reading.answer {
        notes.insert(0, format!("Before: no answer: {reason}"));
    }
    let same = probability(&reading.answer).and_then(|answer| answer.reason.as_ref());
    let mut told: Vec<(Vec<&str>, String)> = Vec::new();
    for reading in group {
        let why = match later(reading) {
            Some(Answer::Void { reason }) => Some(format!("no answer: {reason}")),
            Some(answer) => {
                probability(answer).and_then(|answer| answer.reason.clone()).filter(|reason| Some(reason) != same)
            }
            None => None,
        };
        let Some(why) = why else { continue };
        match told.iter_mut().find(|(_, other)| *other == why) {
            Some((names, _)) => names.push(&reading.reading),
            None => told.push((vec![&reading.reading], why)),
        }
    }
    let whose =
        |names: &[&str]| if told_of_all(names, group) { String::new() } else { format!(", {}", names.join(", ")) };
    notes.extend(told.iter().map(|(names, why)| format!("After{}: {why}", whose(names))));
    notes.extend(holds(group));
    notes
}

fn told_of_all(names: &[&str], group: &[&ReadingAnswer]) -> bool {
    names.len() == group.len()
}

/// How often the condition holds after what was seen, in the readings of a group.
fn holds(group: &[&ReadingAnswer]) -> Option<String> {
    let given: Vec<&Condition> = group.iter().filter_map(|reading| reading.after.as_ref()?.given.as_ref()).collect();
    let often = sentences::between(ends(given.iter().map(|given| given.probability))?);
    let [_, error] = ends(given.iter().map(|given| given.error))?;
    let (least, most) = (given.iter().map(|of| of.trajectories).min()?, given.iter().map(|of| of.trajectories).max()?);
    let count = if least == most {
        sentences::counted(least, "trajectory", "trajectories")
    } else {
        format!("{least} to {most} trajectories")
    };
    Some(format!("After what was seen the condition holds in {often} ± {} ({count}).", sentences::points(error)))
}

/// A value and its 90%.
type Dot = (f64, Option<[f64; 2]>);

/// The small dot above, the large ones below it over the ends of all their intervals.
fn dots(svg: &mut Markup, axis: &Axis, was: Option<Dot>, is: &[Dot], hollow: bool) {
    if let Some((value, ends)) = was {
        if let Some([low, high]) = ends {
            plot::line(svg, "bar was", [axis.place(low), BEFORE, axis.place(high), BEFORE]);
        }
        let (cx, cy) = (at(axis.place(value)), at(BEFORE));
        svg.empty("circle", &[("class", "dot was"), ("cx", &cx), ("cy", &cy), ("r", "3")]);
    }
    let around = ends(is.iter().filter_map(|(_, ends)| *ends).flatten());
    let mut drawn: Vec<String> = Vec::new();
    for (place, (value, _)) in is.iter().enumerate() {
        // Dots that would hide each other are one.
        let x = format!("{:.0}", axis.place(*value));
        if !drawn.contains(&x) {
            super::likelihood::dot(svg, axis, AFTER, *value, around.filter(|_| place == 0), hollow);
            drawn.push(x);
        }
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
    let all = || seen::numbers(question).flat_map(|number| number.predictive);
    let [mut low, mut high] = ends(all()).filter(|ends| ends.iter().all(|x| x.is_finite())).unwrap_or([0.0, 1.0]);
    if low > 0.0 && low < 0.25 * high {
        low = 0.0;
    }
    if high <= low {
        high = low + 1.0;
    }
    let axis = Axis { low, high, left: MARGIN, width: WIDTH - 2.0 * MARGIN };
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" ({})", scale.unit) };
    let before = format!("Median before{unit}");
    let columns = [
        "Reading",
        before.as_str(),
        "90% of outcomes",
        "Median after",
        "90% of outcomes",
        "Mean after",
        "± of the mean",
        "",
    ];
    let number = |answer: Option<&Answer>| match answer {
        Some(Answer::Number(number)) => Some(number.clone()),
        _ => None,
    };
    table::table(into, "answers both", "The readings' answers before and after what was seen", &columns, |body| {
        for group in alike::groups(question) {
            let Some(first) = group.first() else { continue };
            let was = number(Some(&first.answer));
            let is: Vec<Number> = group.iter().filter_map(|reading| number(later(reading))).collect();
            table::row(body, "", |cells| {
                table::head(cells, |head| show::heading(head, &group, question.readings.len()));
                let (median, outcomes) = was.as_ref().map_or(("–".to_owned(), String::new()), |was| {
                    (show::number(&scale, was.median, 3), show::span(&scale, was.predictive, 2))
                });
                table::text(cells, "number", "median before ", &median);
                table::text(cells, "number faint", "", &outcomes);
                let over = |pick: &dyn Fn(&Number) -> f64, digits: i32| {
                    ends(is.iter().map(pick)).map(|ends| show::span(&scale, ends, digits))
                };
                let later = over(&|is| is.median, 3);
                table::text(cells, "value", "median after ", &later.unwrap_or("–".to_owned()));
                let outcomes = ends(is.iter().flat_map(|is| is.predictive));
                table::text(cells, "number", "", &outcomes.map_or(String::new(), |ends| show::span(&scale, ends, 2)));
                let labels = if is.is_empty() { ["", ""] } else { ["mean after ", "± of the mean "] };
                table::text(cells, "number", labels[0], &over(&|is| is.mean, 3).unwrap_or_default());
                let error = ends(is.iter().map(|is| is.error)).map(|[_, most]| show::number(&scale, most, 1));
                table::text(cells, "number faint", labels[1], &error.unwrap_or_default());
                table::cell(cells, "plot", "", |cell| {
                    plot::ornament(cell, "", WIDTH, HEIGHT, |svg| {
                        let grid: String = axis
                            .ticks(4)
                            .into_iter()
                            .map(|tick| format!("M{} 0V{}", at(axis.place(tick)), at(HEIGHT)))
                            .collect();
                        svg.empty("path", &[("class", "grid"), ("d", &grid)]);
                        let of = |number: &Number| (number.median, Some(number.predictive));
                        let is: Vec<Dot> = is.iter().map(of).collect();
                        dots(svg, &axis, was.as_ref().map(of), &is, is_baseline(&group));
                    });
                });
            });
            if first.after.is_none() {
                table::note(body, columns.len(), "Has not what was seen.");
            }
            let shown = |answer: &Answer| match answer {
                Answer::Number(number) => format!("median {}", show::number(&scale, number.median, 3)),
                _ => "no answer".to_owned(),
            };
            for note in notes(&group).into_iter().chain(one_by_one(&group, &shown)) {
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
