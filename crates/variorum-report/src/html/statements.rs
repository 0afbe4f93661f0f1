//! Every statement with its claims, its origin and its place, file by file; what readings say differently below it.

use super::claims::links;
use super::markup::{Markup, id};
use crate::dossier::Dossier;
use crate::grouping::{Grouped, grouped};
use crate::sentences::{self, HALF, count};
use std::collections::{BTreeMap, BTreeSet};
use variorum::statements::StatementRow;

/// Where statements stand in the page: by every path, the name of the statement that speaks of it.
pub fn places(dossier: &Dossier) -> BTreeMap<String, String> {
    let groups = grouped(dossier);
    groups.iter().flat_map(|group| group.paths.iter().map(|path| ((*path).to_owned(), group.name.clone()))).collect()
}

/// All statements.
pub fn statements(into: &mut Markup, dossier: &Dossier) {
    let groups = grouped(dossier);
    let mut files: Vec<&str> = Vec::new();
    for group in &groups {
        if !files.contains(&group.row.file.as_str()) {
            files.push(&group.row.file);
        }
    }
    let known = Known {
        claims: dossier.comparison.claims.iter().map(|claim| claim.key.as_str()).collect(),
        uncounted: dossier.uncounted(),
    };
    for file in files {
        let mut here: Vec<&Grouped<'_>> = groups.iter().filter(|group| group.row.file == file).collect();
        here.sort_by_key(|group| group.row.line);
        into.element("details", &[("class", "file")], |details| {
            details.element("summary", &[], |summary| {
                summary.leaf("code", &[], file);
                summary.text(&format!(" {}", count(here.len(), "statement")));
            });
            for group in here {
                statement(details, group, dossier.readings.len(), &known);
            }
        });
    }
}

/// What is known beside statements: the claims that have a place in the page, the statements with base rates of no case.
struct Known<'d> {
    claims: BTreeSet<&'d str>,
    uncounted: BTreeSet<&'d str>,
}

fn statement(into: &mut Markup, group: &Grouped<'_>, all: usize, known: &Known<'_>) {
    let row = group.row;
    into.element("section", &[("class", "statement"), ("id", &id("s", &group.name))], |section| {
        section.element("p", &[("class", "path")], |p| {
            p.leaf("b", &[], &group.name);
            p.text(&format!(" {}", row.kind));
            if !row.title.is_empty() {
                p.text(&format!(": {}", row.title));
            }
            p.text(" ").leaf("small", &[], &format!("{}:{}", row.file, row.line));
        });
        body(section, row, known);
        // Who says something else stands to that, not to this.
        let (others, same): (Vec<_>, Vec<_>) =
            group.in_readings.iter().copied().partition(|(_, other)| other.own && !is_same(other, row));
        let whose = standings(&same, all);
        if !whose.is_empty() {
            section.leaf("p", &[("class", "faint")], &whose);
        }
        let mut said = BTreeSet::new();
        for (reading, other) in &same {
            // A part of what the statement says is called by its name.
            let what = if group.paths.len() == other.paths.len() || is_same(other, row) && !other.off {
                "it"
            } else {
                other.path.as_str()
            };
            let mut lines = Vec::new();
            if other.off {
                lines.push(format!("{reading} switches {what} off."));
            } else if other.own {
                lines.push(format!("Only {reading} says it."));
            }
            if let Some(why) = &other.kept {
                lines.push(format!("{reading} keeps it, contested as it is: {why}"));
            }
            for line in lines {
                if said.insert(line.clone()) {
                    section.leaf("p", &[("class", "differs")], &line);
                }
            }
        }
        let mut said = BTreeSet::new();
        for (reading, other) in others {
            if !said.insert((reading, &other.file, other.line, &other.written)) {
                continue;
            }
            section.element("div", &[("class", "differs")], |differs| {
                differs.element("p", &[], |p| {
                    p.leaf("b", &[], reading);
                    let what = if other.off { " says of it" } else { " says instead" };
                    p.text(what);
                    if group.paths.len() > other.paths.len() {
                        p.text(&format!(", of {}", other.path));
                    }
                    let own = match other.standing.as_str() {
                        "unsupported" => "without a claim".to_owned(),
                        standing => format!("{standing} there"),
                    };
                    p.text(&format!(" ({own}) ")).leaf("small", &[], &format!("{}:{}", other.file, other.line));
                });
                body(differs, other, known);
                if let Some(why) = &other.kept {
                    differs.leaf("p", &[("class", "faint")], &format!("Kept, contested as it is: {why}"));
                }
            });
        }
    });
}

/// Whether two rows are of the same text, at the same place.
fn is_same(a: &StatementRow, b: &StatementRow) -> bool {
    a.file == b.file && a.line == b.line && a.written == b.written
}

/// The text, the claims behind it, where its numbers come from.
fn body(into: &mut Markup, row: &StatementRow, Known { claims, uncounted }: &Known<'_>) {
    into.element("p", &[("class", "written")], |p| p.leaf("code", &[], &row.written));
    into.element("p", &[("class", "why")], |p| {
        if row.because.is_empty() {
            p.text("No claim is behind it.");
        } else {
            p.text("Because ");
            let (linked, plain): (Vec<String>, Vec<String>) =
                row.because.iter().cloned().partition(|claim| claims.contains(claim.as_str()));
            links(p, "c", &linked);
            p.text(&plain.join(", ")).text(".");
        }
        if row.origin != "none" {
            p.text(" Numbers ");
            p.leaf("b", &[("class", "origin")], &sentences::origins(row));
            if sentences::is_uncounted(row, uncounted) {
                p.text(&format!(" of no case, for which {HALF}"));
            }
            let text = row.origin_text.strip_prefix(row.origin.as_str()).unwrap_or(&row.origin_text).trim_start();
            let text = if text.is_empty() { ".".to_owned() } else { format!(": {text}") };
            p.text(&text);
        }
    });
}

/// `Own to lee; borrowed by corrado and wary.`, of the readings that say it as it stands.
fn standings(readings: &[(&str, &StatementRow)], all: usize) -> String {
    let mut parts = Vec::new();
    let here: BTreeSet<&str> = readings.iter().map(|(name, _)| *name).collect();
    for standing in ["own", "contested", "borrowed", "unsupported"] {
        let mut names: Vec<&str> =
            readings.iter().filter(|(_, row)| !row.off && row.standing == standing).map(|(name, _)| *name).collect();
        names.dedup();
        if names.is_empty() || (standing == "unsupported" && names.len() == here.len()) {
            continue;
        }
        let whose = if names.len() == all && all > 1 { "all readings".to_owned() } else { sentences::list(&names) };
        parts.push(match standing {
            "own" => format!("own to {whose}"),
            "contested" => format!("contested by {whose}"),
            "borrowed" => format!("borrowed by {whose}"),
            _ => format!("without a claim in {whose}"),
        });
    }
    let mut text = parts.join("; ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
        text.push('.');
    }
    text
}
