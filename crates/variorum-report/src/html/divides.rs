//! What divides the authors: how far every two readings lie apart, and the statement that divides them most.

use super::markup::{Markup, id};
use super::show::minus;
use super::table;
use crate::crux::{because, central, imprecise, moved, paths, version, widest_first};
use crate::dossier::Dossier;
use crate::kinship;
use crate::sentences::{self, RANGE, count};
use std::cmp::Ordering;
use variorum::confidence::BASELINE;
use variorum::crux::{CruxAll, CruxPair, Divided, Divider, Gap, Side};

/// Pairs that are shown unfolded.
const FIRST: usize = 4;
/// What divides a pair besides, in a line.
const FURTHER: usize = 3;

/// The matrix, and the pairs, those farthest apart first.
pub fn divides(into: &mut Markup, dossier: &Dossier, all: &CruxAll) {
    asked(into, dossier, all);
    if !all.complete {
        into.leaf("p", &[("class", "warning")], "Interrupted: this rests on what was done until then.");
    }
    if all.question.is_some() && all.readings.len() > 2 {
        matrix(into, all);
    }
    second_hand(into, dossier, all);
    if all.pairs.iter().any(|pair| pair.most().is_some()) {
        into.leaf("p", &[("class", "legend")], RANGE);
    }
    let pairs = widest_first(all);
    taken_apart(into, &pairs);
    let (first, further) = pairs.split_at(pairs.len().min(FIRST));
    for of in first {
        pair(into, of);
    }
    if !further.is_empty() {
        into.element("details", &[], |details| {
            let what = count(further.len(), "further pair");
            details.leaf("summary", &[], &format!("{what}, less far apart"));
            for of in further {
                pair(details, of);
            }
        });
    }
    into.leaf(
        "p",
        &[("class", "legend")],
        "Worth: the Shapley value of a statement in the difference, the second answer less the first: what the second \
         reading\u{2019}s version in place of the first\u{2019}s adds to the answer, averaged over the orders in which all \
         that divides the two may change sides; in points of probability, or in units of the mean. Together the values add \
         up to the difference. \u{b1}: standard error. `variorum crux A B` shows all that divides two of them.",
    );
}

/// Which pairs are taken apart, where that is not all of them.
fn taken_apart(into: &mut Markup, pairs: &[&CruxPair]) {
    let left_out: Vec<String> =
        pairs.iter().filter(|pair| pair.left_out).map(|pair| pair.readings.join(" with ")).collect();
    if left_out.is_empty() {
        return;
    }
    let left_out: Vec<&str> = left_out.iter().map(String::as_str).collect();
    let (be, shown) = (sentences::verb(left_out.len(), "is", "are"), pairs.len() - left_out.len());
    into.leaf(
        "p",
        &[("class", "faint")],
        &format!(
            "Taken apart below: {shown} of {}, those farthest apart first. {} {be} left out, since errors of a value of half a \
             point take more trajectories than a report plays for all pairs; `variorum crux A B` plays them.",
            count(pairs.len(), "pair"),
            sentences::list(&left_out)
        ),
    );
}

/// Which of the readings compared are known from others' words alone: what divides them from these is in part how they are told.
fn second_hand(into: &mut Markup, dossier: &Dossier, all: &CruxAll) {
    let known =
        all.readings.iter().filter_map(|name| Some(format!("{name} is {}", kinship::second_hand(dossier, name)?)));
    let known: Vec<String> = known.collect();
    if !known.is_empty() {
        let text = format!("Of these readings {}.", known.join("; "));
        into.leaf("p", &[("class", "caution")], &text);
    }
}

/// What was asked, of whom.
fn asked(into: &mut Markup, dossier: &Dossier, all: &CruxAll) {
    let question = all.question.as_ref();
    let question = question.and_then(|name| dossier.answers.questions.iter().find(|question| question.name == *name));
    let seen = if dossier.answers.evidence.is_some() { ", before anything was seen" } else { "" };
    if let Some(question) = question {
        into.element("p", &[], |p| {
            p.text("Of all questions the readings of authors part most, in units of how far the outcomes of each spread, on ");
            p.leaf("a", &[("href", &format!("#{}", id("q", &question.name)))], &question.name);
            p.text(&format!("{seen}: {} ({})", question.text, sentences::window(&question.window)));
        });
    }
    let left: Vec<&str> = dossier.readings.iter().map(|reading| reading.name.as_str()).collect();
    let left: Vec<&str> =
        left.into_iter().filter(|name| *name != BASELINE && !all.readings.iter().any(|of| of == name)).collect();
    if !left.is_empty() {
        let (between, not) = (sentences::verb(left.len(), "lies", "lie"), sentences::verb(left.len(), "is", "are"));
        into.leaf(
            "p",
            &[("class", "faint")],
            &format!(
                "{} {between} between the readings that are compared here, or {not} without an answer, and {not} not compared.",
                sentences::list(&left)
            ),
        );
    }
}

/// The column's answer less the row's.
fn matrix(into: &mut Markup, all: &CruxAll) {
    let unit = all.pairs.first().and_then(|pair| pair.gap.unit.as_deref());
    let unit = unit.map_or("points of probability", |unit| if unit.is_empty() { "the mean" } else { unit });
    let caption = format!("The column\u{2019}s answer less the row\u{2019}s, in {unit}");
    into.leaf("p", &[("class", "legend")], &format!("{caption}."));
    let region = [("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "How far readings differ")];
    into.element("div", &region, |wide| {
        let mut columns = vec!["", "answer"];
        columns.extend(all.readings.iter().map(String::as_str));
        table::table(wide, "pairs", &caption, &columns, |body| {
            for row in &all.readings {
                table::row(body, "", |cells| {
                    table::head(cells, |head| {
                        head.text(row);
                    });
                    table::text(cells, "number", "", &answer_of(all, row).unwrap_or_default());
                    for column in &all.readings {
                        cell(cells, all, row, column);
                    }
                });
            }
        });
    });
}

fn cell(cells: &mut Markup, all: &CruxAll, row: &str, column: &str) {
    let found = all.pairs.iter().find_map(|pair| {
        let [first, second] = pair.readings.each_ref().map(String::as_str);
        match (first == row && second == column, first == column && second == row) {
            (true, _) => Some((&pair.gap, pair.gap.difference)),
            (_, true) => Some((&pair.gap, 0.0 - pair.gap.difference)),
            _ => None,
        }
    });
    let Some((gap, difference)) = found else { return table::text(cells, "number faint", "", "") };
    let class = match difference.partial_cmp(&0.0) {
        Some(Ordering::Greater) if is_told(gap) => "number ahead",
        Some(Ordering::Less) if is_told(gap) => "number behind",
        _ => "number faint",
    };
    table::text(cells, class, "", &minus(&moved(gap.unit.as_ref(), difference)));
}

/// Whether a difference is more than chance.
fn is_told(gap: &Gap) -> bool {
    gap.difference.abs() > 2.0 * gap.error
}

fn answer_of(all: &CruxAll, reading: &str) -> Option<String> {
    all.pairs.iter().find_map(|pair| {
        let place = pair.readings.iter().position(|name| name == reading)?;
        pair.gap.answers.get(place).map(|answer| central(pair.gap.unit.as_ref(), *answer))
    })
}

/// What the two sides say of a statement: in words, and folded as it is written, with the passages.
fn sides(into: &mut Markup, statement: &Divided) {
    let pairs = || statement.sides.iter().zip(statement.sides.iter().rev());
    for (side, other) in pairs() {
        into.element("p", &[("class", "differs")], |p| {
            p.leaf("b", &[], &side.reading);
            p.text(&format!(" {}", position(side, other, value(&statement.kind, side))));
        });
    }
    into.element("details", &[("class", "code")], |details| {
        details.leaf("summary", &[], "As it is written, with the passages");
        for (side, other) in pairs() {
            details.element("div", &[("class", "differs")], |says| {
                says.element("p", &[("class", "written")], |p| {
                    let (state, written) = version(side, other);
                    p.leaf("b", &[], &side.reading);
                    p.text(&format!(" {state}"));
                    if !written.is_empty() {
                        p.text(" ").leaf("code", &[], &written);
                    }
                });
                if let Some(reasons) = because(side) {
                    says.leaf("p", &[("class", "faint")], &reasons);
                }
            });
        }
    });
}

/// Where a side stands, in words: whether it has the statement, whose it is, and the claims behind it with who says what, or the
/// modeller's reason.
fn position(side: &Side, other: &Side, value: Option<&str>) -> String {
    let has = match side.state.as_str() {
        "absent" => return format!("{}.", version(side, other).0.trim_end_matches(':')),
        "off" => return "switches it off.".to_owned(),
        "shared" => "has it as the shared model says",
        _ if matches!(other.state.as_str(), "absent" | "off") => "alone has it",
        _ => "says it otherwise",
    };
    let standing = match side.standing.as_str() {
        "" => String::new(),
        "unsupported" => " (no claim is behind it)".to_owned(),
        standing => format!(" ({standing})"),
    };
    let claims: Vec<String> = side
        .because
        .iter()
        .map(|behind| {
            let who = |verb: &str| {
                let of = behind.stances.iter().filter(|line| line.stance == verb);
                of.map(|line| line.source.as_str()).collect::<Vec<&str>>()
            };
            let verbs = [("asserts", "asserted by"), ("doubts", "doubted by"), ("denies", "denied by")];
            let told = verbs.into_iter().map(|(verb, by)| (who(verb), by)).filter(|(names, _)| !names.is_empty());
            let told: Vec<String> = told.map(|(names, by)| format!("{by} {}", sentences::list(&names))).collect();
            format!("\u{201c}{}\u{201d}, {}", behind.text, told.join(", "))
        })
        .collect();
    let reason = side.origin_text.split("; ").find_map(|part| part.strip_prefix("assumed "));
    let because = if claims.is_empty() { String::new() } else { format!(", because: {}", claims.join("; ")) };
    let reason = reason.map_or(String::new(), |reason| format!("; the number is assumed: {reason}"));
    let value = value.map_or(String::new(), |value| format!(", {value}"));
    format!("{has}{value}{standing}{because}{reason}.")
}

/// The number of a parameter, which is as short as words would be.
fn value<'s>(kind: &str, side: &'s Side) -> Option<&'s str> {
    let (_, value) = side.written.split_once(" = ").filter(|_| kind == "param")?;
    Some(value.trim())
}

fn pair(into: &mut Markup, pair: &CruxPair) {
    let ([first, second], gap) = (&pair.readings, &pair.gap);
    let unit = gap.unit.as_ref();
    let [of_first, of_second] = gap.answers.map(|answer| minus(&central(unit, answer)));
    into.leaf("h3", &[], &format!("{first} and {second}"));
    into.element("p", &[], |p| {
        p.text(&format!("{}: {of_first} and {of_second}", gap.question));
        if gap.difference == 0.0 {
            p.text(", no difference.");
        } else if gap.difference.is_finite() {
            let difference = minus(&moved(unit, gap.difference));
            p.text(&format!(", {difference} \u{b1} {}.", imprecise(unit, gap.error)));
        } else {
            p.text(".");
        }
    });
    if pair.left_out {
        let text = format!("Not taken apart here: `variorum crux {first} {second}` does.");
        into.leaf("p", &[("class", "faint")], &text);
    }
    let Some(crux) = &pair.crux else { return };
    if crux.void.is_some() {
        into.leaf(
            "p",
            &[("class", "faint")],
            "In a mixture of the two the condition of the question never came true, so that no statement has a value.",
        );
        return;
    }
    let Some(most) = pair.most() else {
        if gap.difference != 0.0 {
            into.leaf("p", &[("class", "faint")], "Nothing that divides them bears on it.");
        }
        return;
    };
    into.element("p", &[], |p| {
        p.text("What divides them most, ").leaf("b", &[], &paths(most));
        p.text(", is worth ");
        p.leaf("b", &[], &minus(&moved(unit, most.value)));
        p.text(&format!(" \u{b1} {}.", imprecise(unit, most.error)));
    });
    for statement in &most.statements {
        sides(into, statement);
    }
    let told = |divider: &&Divider| divider.value.abs() > 2.0 * divider.error;
    let further: Vec<String> = crux
        .players
        .iter()
        .skip(1)
        .filter(told)
        .take(FURTHER)
        .map(|divider| {
            let (value, error) = (minus(&moved(unit, divider.value)), imprecise(unit, divider.error));
            format!("{} {value} \u{b1} {error}", paths(divider))
        })
        .collect();
    if !further.is_empty() {
        into.leaf("p", &[("class", "legend")], &format!("Next: {}.", further.join("; ")));
    }
}
