//! Scenarios side by side: the same trajectories in the world as it is and with an intervention.

use super::markup::{Markup, id};
use super::plot::{self, Axis};
use super::{show, table};
use crate::sentences::{self, Scale};
use variorum::answers::Answer;
use variorum::confidence::probability;
use variorum::whatif::{WhatIf, WhatIfAnswer, WhatIfQuestion, WhatIfReading};
use variorum::words::percent;

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 22.0;

/// The scenarios, and what each moves.
pub fn scenarios(into: &mut Markup, whatif: &WhatIf, observed: bool) {
    if observed {
        into.leaf(
            "p",
            &[("class", "legend")],
            "Before anything was seen: what follows from the premises alone. `variorum whatif --given-observed` goes on from \
             what was seen.",
        );
    }
    into.leaf(
        "p",
        &[],
        "Each scenario is played with the same random numbers as the world as it is, so even small differences can be told \
         from chance. Shown are the questions that some scenario moves by more than two standard errors in some reading.",
    );
    into.element("dl", &[("class", "scenarios")], |list| {
        for scenario in &whatif.scenarios {
            list.element("dt", &[], |term| {
                term.leaf("b", &[], &scenario.title);
                if scenario.title != scenario.name {
                    term.text(" ").leaf("code", &[], &scenario.name);
                }
            });
            for action in &scenario.actions {
                list.element("dd", &[], |line| line.leaf("code", &[], action));
            }
        }
    });
    let (moved, still): (Vec<&WhatIfQuestion>, Vec<&WhatIfQuestion>) =
        whatif.questions.iter().partition(|question| question.readings.iter().any(moves));
    for question in moved {
        into.element("section", &[("class", "question")], |section| {
            section.element("h3", &[], |head| {
                head.leaf("a", &[("href", &format!("#{}", id("q", &question.name)))], &question.name);
                head.text(" ").leaf("small", &[], &sentences::short(&question.text, 18));
            });
            one(section, whatif, question);
        });
    }
    if !still.is_empty() {
        let names: Vec<&str> = still.iter().map(|question| question.name.as_str()).collect();
        into.leaf("p", &[("class", "faint")], &format!("Not moved beyond chance: {}.", names.join(", ")));
    }
    for note in &whatif.notes {
        into.leaf("p", &[("class", "faint")], &format!("Note: {note}."));
    }
}

/// Whether a difference stands out from chance.
fn stands_out(answer: &WhatIfAnswer) -> bool {
    matches!((answer.difference, answer.error), (Some(difference), Some(error)) if difference.abs() > 2.0 * error)
}

fn moves(reading: &WhatIfReading) -> bool {
    reading.scenarios.iter().any(stands_out)
}

fn one(into: &mut Markup, whatif: &WhatIf, question: &WhatIfQuestion) {
    let answers = || {
        question.readings.iter().flat_map(|reading| {
            std::iter::once(&reading.without).chain(reading.scenarios.iter().map(|scenario| &scenario.answer))
        })
    };
    let scale = Scale::of(answers().filter_map(|answer| match answer {
        Answer::Number(number) => Some(number),
        _ => None,
    }));
    let value = |answer: &Answer| match answer {
        Answer::Number(number) => Some(number.mean),
        other => probability(other).map(|answer| answer.probability),
    };
    let numeric = answers().any(|answer| matches!(answer, Answer::Number(_)));
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in answers().filter_map(value) {
        low = plot::lesser(low, value);
        high = plot::greater(high, value);
    }
    if !numeric {
        (low, high) = (0.0, plot::percent_axis(high));
    } else if low > 0.0 && low < 0.5 * high {
        low = 0.0;
    }
    let axis = Axis { low, high, left: 8.0, width: WIDTH - 16.0 };
    let several = whatif.scenarios.len() > 1;
    let mut columns = vec!["Reading"];
    columns.extend(several.then_some("Scenario"));
    columns.extend(["As it is", "In it", "Difference", ""]);
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" (means, {})", scale.unit) };
    table::table(into, "answers whatif", &format!("{}{unit}", question.name), &columns, |body| {
        for reading in &question.readings {
            for (place, scenario) in reading.scenarios.iter().enumerate() {
                let played = whatif.scenarios.iter().find(|played| played.name == scenario.scenario);
                let title = played.map_or(scenario.scenario.as_str(), |played| played.title.as_str());
                let class = if place == 0 && several { "first" } else { "" };
                table::row(body, class, |cells| {
                    table::head(cells, |head| {
                        head.text(if place == 0 { &reading.reading } else { "" });
                    });
                    if several {
                        table::text(cells, "word", "", title);
                    }
                    table::text(cells, "number", "as it is ", &shown(&reading.without, &scale));
                    table::text(cells, "number", "in it ", &shown(&scenario.answer, &scale));
                    let class = if stands_out(scenario) { "number strong" } else { "number faint" };
                    table::text(cells, class, "difference ", &difference(scenario, numeric, &scale));
                    table::cell(cells, "plot", "", |cell| {
                        if let (Some(from), Some(to)) = (value(&reading.without), value(&scenario.answer)) {
                            arrow(cell, &axis, from, to);
                        }
                    });
                });
            }
        }
    });
    if numeric && !scale.unit.is_empty() {
        into.leaf("p", &[("class", "legend")], &format!("Means, in {}.", scale.unit));
    }
}

fn shown(answer: &Answer, scale: &Scale) -> String {
    match answer {
        Answer::Number(number) => show::number(scale, number.mean, 3),
        Answer::Void { .. } => "no answer".to_owned(),
        other => probability(other).map_or(String::new(), |answer| percent(answer.probability)),
    }
}

fn difference(answer: &WhatIfAnswer, numeric: bool, scale: &Scale) -> String {
    let (Some(difference), Some(error)) = (answer.difference, answer.error) else { return "none".to_owned() };
    if numeric {
        let size = show::number(scale, difference.abs(), 2);
        let sign = if difference < 0.0 { "-" } else { "" };
        format!("{} ± {}", show::signed(&format!("{sign}{size}")), show::number(scale, error, 1))
    } else {
        format!("{} ± {} points", show::signed(&points(difference)), sentences::points(error))
    }
}

/// A difference of probabilities in points, to two digits.
fn points(difference: f64) -> String {
    let points = 100.0 * difference;
    match points.abs() {
        size if size >= 9.95 => format!("{points:.0}"),
        size if size >= 0.995 => format!("{points:.1}"),
        _ => format!("{points:.2}"),
    }
}

/// From a hollow dot to a full one.
fn arrow(into: &mut Markup, axis: &Axis, from: f64, to: f64) {
    plot::ornament(into, "", WIDTH, HEIGHT, |svg| {
        let y = HEIGHT / 2.0;
        plot::line(svg, "grid", [axis.left, y, axis.left + axis.width, y]);
        plot::line(svg, "bar", [axis.place(from), y, axis.place(to), y]);
        super::likelihood::dot(svg, axis, y, from, None, true);
        super::likelihood::dot(svg, axis, y, to, None, false);
    });
}
