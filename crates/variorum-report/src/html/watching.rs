//! What to look out for.

use super::markup::Markup;
use super::plot::{self, Axis, at};
use super::table;
use crate::dossier::Dossier;
use crate::labels::{self, Names};
use crate::lookout;
use crate::sentences;
use variorum::confidence::BASELINE;
use variorum::watch::{Item, WatchList};

const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 18.0;
/// Observables that are listed.
const ITEMS: usize = 40;
/// Readings that are named beside a plot.
const NAMED: usize = 6;

/// The watch list.
pub fn watch_list(into: &mut Markup, dossier: &Dossier, list: &WatchList) {
    let [from, to] = &list.window;
    let about = match &list.question {
        Some(question) => format!("about the answer to {question}"),
        None => "about the readings".to_owned(),
    };
    let when = sentences::window(&[from.clone(), to.clone()]);
    into.leaf("p", &[], &format!("{when}: what would tell most {about}, if one learns whether it comes about (of a state, whether it is so at any time in them, since whenever)."));
    let told = lookout::telling(list);
    if let Some(little) = lookout::little(list) {
        into.leaf("p", &[], &little);
    }
    if !told.is_empty() {
        let after = match &list.question {
            Some(question) => question.clone(),
            None => "Weights".to_owned(),
        };
        let columns = ["What", "Bits", "Likely", "", &format!("{after} if seen"), "If not"];
        table::table(into, "answers watch", "What to look out for", &columns, |body| {
            for group in lookout::alike(&told).iter().take(ITEMS) {
                row(body, dossier, group);
            }
        });
    }
    let names = Names::of(dossier);
    let rest = lookout::rest_named(list, ITEMS, &|name| names.observable(name));
    if !rest.is_empty() {
        into.leaf("p", &[("class", "faint")], &rest);
    }
    into.leaf(
        "p",
        &[("class", "legend")],
        &format!(
            "Bits: mutual information, bias taken off, with the noise floor below it: {}. Each dot is a reading's \
             probability, on an axis from 0% to 100%; a hollow one is the baseline's. Nearly the same: as likely in every reading, \
             within a tenth, and as telling. By: what brings a state about. —: the reading has no such event or choice \
             (it may have put another in its place), or it cannot come out so there: that is its structure, not a forecast of 0%.",
            lookout::FLOOR
        ),
    );
    for note in &list.notes {
        into.leaf("p", &[("class", "faint")], &format!("Note: {note}."));
    }
}

fn row(body: &mut Markup, dossier: &Dossier, group: &[&Item]) {
    let Some(item) = group.first() else { return };
    table::row(body, "", |cells| {
        table::head(cells, |head| {
            let title = labels::watched(item, &dossier.labels);
            head.text(&title);
            if title != item.name {
                head.text(" ").element("small", &[], |small| small.leaf("code", &[], &item.name));
            }
            let called = |item: &Item| labels::watched(item, &dossier.labels);
            if let Some(same) = lookout::nearly_the_same(group, &called) {
                head.text(" ").leaf("small", &[], &same);
            }
        });
        table::cell(cells, "number", "bits ", |cell| {
            cell.leaf("b", &[], &lookout::small(item.bits));
            cell.text(" ").leaf("small", &[], &format!("floor {}", lookout::small(item.floor)));
        });
        table::cell(cells, "word", "likely ", |cell| {
            cell.text(&lookout::likelihoods(item, NAMED));
            for lacking in lookout::lacking(item) {
                cell.text(" ").leaf("small", &[], &lacking);
            }
        });
        table::cell(cells, "plot", "", |cell| {
            plot::ornament(cell, "", WIDTH, HEIGHT, |svg| dots(svg, item));
        });
        let [if_seen, if_not] = match item.answer {
            Some(answer) => lookout::answers(answer, item.answer_error).map(|text| text.replace("+-", "±")),
            None => [true, false].map(|seen| lookout::weights(item, seen, NAMED)),
        };
        table::text(cells, "word", "if seen ", &if_seen);
        table::text(cells, "word", "if not ", &if_not);
    });
}

fn dots(svg: &mut Markup, item: &Item) {
    let axis = Axis { low: 0.0, high: 1.0, left: 8.0, width: WIDTH - 16.0 };
    let y = HEIGHT / 2.0;
    let ends: String =
        [0.0, 0.5, 1.0].iter().map(|end| format!("M{} 3V{}", at(axis.place(*end)), at(HEIGHT - 3.0))).collect();
    svg.empty("path", &[("class", "grid"), ("d", &ends)]);
    plot::line(svg, "grid", [axis.left, y, axis.left + axis.width, y]);
    for reading in item.readings.iter().filter(|reading| reading.absent.is_none()) {
        if let Some(p) = reading.probability {
            super::likelihood::dot(svg, &axis, y, p, None, reading.reading == BASELINE);
        }
    }
}
