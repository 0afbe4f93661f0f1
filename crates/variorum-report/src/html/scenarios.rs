//! Scenarios side by side: the same trajectories in the world as it is and with an intervention.

use super::markup::{Markup, id};
use super::plot::{self, Axis};
use super::{show, table};
use crate::alike;
use crate::dossier::Dossier;
use crate::labels;
use crate::sentences::{self, Scale};
use variorum::answers::Answer;
use variorum::confidence::probability;
use variorum::whatif::{WhatIf, WhatIfAnswer, WhatIfQuestion, WhatIfReading};
use variorum::words::percent;

const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 22.0;

/// The scenarios, and what each moves.
pub fn scenarios(into: &mut Markup, dossier: &Dossier, whatif: &WhatIf) {
    if dossier.answers.evidence.is_some() {
        into.leaf(
            "p",
            &[("class", "legend")],
            "All of this section before anything was seen: what follows from the premises alone, so that its numbers are not those of the answers \
             after it. `variorum whatif --given-observed` goes on from what was seen.",
        );
    }
    into.leaf(
        "p",
        &[],
        "Each scenario is played with the same random numbers as the world as it is, so even small differences can be told \
         from chance. Shown is what a scenario moves by more than two standard errors, from the least to the largest of these \
         readings, and below it reading by reading; readings that it moves alike to the last bit stand together. In plots a hollow dot or \
         the grey bar is the world as it is, a full dot or the blue bar the scenario.",
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
                list.element("dd", &[], |line| {
                    line.text(&labels::in_words(action, &dossier.labels)).text(" ");
                    line.leaf("code", &[], action);
                });
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
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" (means, {})", scale.unit) };
    let columns = ["Scenario", "As it is", "In it", "Difference", ""];
    let all = question.readings.len();
    table::table(into, "answers whatif", &format!("{}{unit}", question.name), &columns, |body| {
        for played in &whatif.scenarios {
            let (moved, still) = moved(question, &played.name);
            let Some(first) = moved.first() else { continue };
            let one = moved.len() == 1;
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&played.title).text(" ");
                    let how_many = if moved.iter().map(|group| group.names.len()).sum::<usize>() == all {
                        "moves all readings".to_owned()
                    } else {
                        let names: Vec<&str> = moved.iter().flat_map(|group| &group.names).copied().collect();
                        format!("moves {}", few(&names))
                    };
                    head.leaf("small", &[], &how_many);
                });
                let values = |pick: &dyn Fn(&Group<'_>) -> Option<f64>| {
                    let found = moved.iter().filter_map(pick);
                    let [low, high] = found.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| {
                        [plot::lesser(low, x), plot::greater(high, x)]
                    });
                    if numeric { show::span(&scale, [low, high], 3) } else { sentences::between([low, high]) }
                };
                if one {
                    table::text(cells, "number", "as it is ", &shown(first.without, &scale));
                    table::text(cells, "number", "in it ", &shown(&first.with.answer, &scale));
                    table::text(cells, "number strong", "difference ", &difference(first.with, numeric, &scale));
                } else {
                    table::text(cells, "number", "as it is ", &values(&|group| value(group.without)));
                    table::text(cells, "number", "in it ", &values(&|group| value(&group.with.answer)));
                    table::text(cells, "number strong", "difference ", &reach(&moved, numeric, &scale));
                }
                table::cell(cells, "plot", "", |cell| arrows(cell, &axis, &moved, &value));
            });
            if !one {
                let each = moved.iter().map(|group| {
                    let (from, to) = (shown(group.without, &scale), shown(&group.with.answer, &scale));
                    format!("{} {from} to {to} ({})", group.names.join(", "), difference(group.with, numeric, &scale))
                });
                table::note(body, columns.len(), &format!("One by one: {}.", each.collect::<Vec<String>>().join("; ")));
            }
            if !still.is_empty() {
                table::note(body, columns.len(), &format!("Not beyond chance in {}.", sentences::list(&still)));
            }
        }
    });
    let idle: Vec<&str> = whatif
        .scenarios
        .iter()
        .filter(|played| moved(question, &played.name).0.is_empty())
        .map(|played| played.name.as_str())
        .collect();
    let mut legend = String::new();
    if numeric && !scale.unit.is_empty() {
        legend.push_str(&format!("Means, in {}. ", scale.unit));
    }
    if !idle.is_empty() {
        legend.push_str(&format!("Not moved beyond chance by {}.", sentences::list(&idle)));
    }
    if !legend.is_empty() {
        into.leaf("p", &[("class", "legend")], legend.trim_end());
    }
}

/// Readings that a scenario moves alike, to the last bit.
struct Group<'w> {
    names: Vec<&'w str>,
    without: &'w Answer,
    with: &'w WhatIfAnswer,
}

/// The readings that a scenario moves beyond chance, those that it moves alike together, and the others.
fn moved<'w>(question: &'w WhatIfQuestion, scenario: &str) -> (Vec<Group<'w>>, Vec<&'w str>) {
    let (mut groups, mut still): (Vec<Group<'w>>, Vec<&str>) = (Vec::new(), Vec::new());
    for reading in &question.readings {
        let Some(with) = reading.scenarios.iter().find(|answer| answer.scenario == scenario) else { continue };
        if !stands_out(with) {
            still.push(&reading.reading);
            continue;
        }
        let is_same = |group: &&mut Group<'_>| {
            alike::same_answer(group.without, &reading.without)
                && alike::same_answer(&group.with.answer, &with.answer)
                && group.with.difference == with.difference
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.names.push(&reading.reading),
            None => groups.push(Group { names: vec![&reading.reading], without: &reading.without, with }),
        }
    }
    (groups, still)
}

/// A few names, or how many there are.
fn few(names: &[&str]) -> String {
    if names.len() > 3 { format!("{} readings", names.len()) } else { sentences::list(names) }
}

/// The least and the largest difference, with the largest error.
fn reach(moved: &[Group<'_>], numeric: bool, scale: &Scale) -> String {
    let of = |pick: fn(f64, f64) -> f64, worst: f64| {
        moved.iter().filter_map(|group| group.with.difference).fold(worst, pick)
    };
    let signed = |x: f64| {
        if numeric {
            let sign = if x < 0.0 { "-" } else { "" };
            show::signed(&format!("{sign}{}", show::number(scale, x.abs(), 2)))
        } else {
            show::signed(&points(x))
        }
    };
    let (low, high) = (signed(of(plot::lesser, f64::INFINITY)), signed(of(plot::greater, f64::NEG_INFINITY)));
    let text = sentences::span(low, &high);
    if numeric { text } else { format!("{text} points") }
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

/// Of one answer an arrow from a hollow dot to a full one; of several a thin bar over those as it is, above one over those in it.
fn arrows(into: &mut Markup, axis: &Axis, moved: &[Group<'_>], value: &dyn Fn(&Answer) -> Option<f64>) {
    let ends: Vec<(f64, f64)> =
        moved.iter().filter_map(|group| value(group.without).zip(value(&group.with.answer))).collect();
    plot::ornament(into, "", WIDTH, HEIGHT, |svg| {
        let y = HEIGHT / 2.0;
        plot::line(svg, "grid", [axis.left, y, axis.left + axis.width, y]);
        if let [(from, to)] = ends.as_slice() {
            plot::line(svg, "bar", [axis.place(*from), y, axis.place(*to), y]);
            super::likelihood::dot(svg, axis, y, *from, None, true);
            super::likelihood::dot(svg, axis, y, *to, None, false);
            return;
        }
        let over = |pick: fn(&(f64, f64)) -> f64| {
            let all = || ends.iter().map(pick);
            [all().fold(f64::INFINITY, plot::lesser), all().fold(f64::NEG_INFINITY, plot::greater)]
        };
        for (class, y, [low, high]) in
            [("bar was", y - 4.0, over(|(from, _)| *from)), ("bar", y + 4.0, over(|(_, to)| *to))]
        {
            plot::line(svg, class, [axis.place(low), y, axis.place(high), y]);
        }
    });
}
