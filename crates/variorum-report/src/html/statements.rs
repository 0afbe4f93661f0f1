//! Every statement with its claims, its origin and its place, file by file; what readings say differently below it.

use super::claims::links;
use super::markup::{Markup, id};
use crate::dossier::Dossier;
use crate::sentences::{self, count};
use std::collections::{BTreeMap, BTreeSet};
use variorum::statements::StatementRow;

/// A statement in all readings that have it.
struct Shared<'d> {
    /// As the shared model says it, or the first reading that does.
    row: &'d StatementRow,
    /// By reading.
    in_readings: Vec<(&'d str, &'d StatementRow)>,
}

/// Where statements stand in the page: by every path that a row stands for, the row's path.
pub fn places(dossier: &Dossier) -> BTreeMap<&str, &str> {
    let rows = dossier.readings.iter().flat_map(|reading| &reading.statements);
    rows.flat_map(|row| row.paths.iter().map(|path| (path.as_str(), row.path.as_str()))).collect()
}

/// All statements.
pub fn statements(into: &mut Markup, dossier: &Dossier) {
    let all: Vec<&str> = dossier.readings.iter().map(|reading| reading.name.as_str()).collect();
    let mut order: Vec<&str> = Vec::new();
    let mut by_path: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for reading in &dossier.readings {
        for row in &reading.statements {
            let shared = by_path.entry(&row.path).or_insert_with(|| {
                order.push(&row.path);
                Shared { row, in_readings: Vec::new() }
            });
            if shared.row.own && !row.own {
                shared.row = row;
            }
            shared.in_readings.push((&reading.name, row));
        }
    }
    let mut files: Vec<&str> = Vec::new();
    for shared in order.iter().filter_map(|path| by_path.get(path)) {
        if !files.contains(&shared.row.file.as_str()) {
            files.push(&shared.row.file);
        }
    }
    let known: BTreeSet<&str> = dossier.comparison.claims.iter().map(|claim| claim.key.as_str()).collect();
    for file in files {
        let mut here: Vec<&Shared<'_>> =
            order.iter().filter_map(|path| by_path.get(path)).filter(|shared| shared.row.file == file).collect();
        here.sort_by_key(|shared| shared.row.line);
        into.element("details", &[("class", "file")], |details| {
            details.element("summary", &[], |summary| {
                summary.leaf("code", &[], file);
                summary.text(&format!(" {}", count(here.len(), "statement")));
            });
            for shared in here {
                statement(details, shared, &all, &known);
            }
        });
    }
}

fn statement(into: &mut Markup, shared: &Shared<'_>, all: &[&str], claims: &BTreeSet<&str>) {
    let row = shared.row;
    into.element("section", &[("class", "statement"), ("id", &id("s", &row.path))], |section| {
        section.element("p", &[("class", "path")], |p| {
            p.leaf("b", &[], &row.path);
            p.text(&format!(" {}", row.kind));
            if !row.title.is_empty() {
                p.text(&format!(": {}", row.title));
            }
            p.text(" ").leaf("small", &[], &format!("{}:{}", row.file, row.line));
        });
        body(section, row, claims);
        let whose = standings(&shared.in_readings, all.len());
        if !whose.is_empty() {
            section.leaf("p", &[("class", "faint")], &whose);
        }
        for (reading, other) in &shared.in_readings {
            if other.off {
                section.leaf("p", &[("class", "differs")], &format!("{reading} switches it off."));
            } else if other.own && !std::ptr::eq(*other, row) {
                section.element("div", &[("class", "differs")], |differs| {
                    differs.element("p", &[], |p| {
                        p.leaf("b", &[], reading);
                        p.text(" says instead").text(" ").leaf("small", &[], &format!("{}:{}", other.file, other.line));
                    });
                    body(differs, other, claims);
                });
            } else if other.own {
                section.leaf("p", &[("class", "differs")], &format!("Only {reading} says it."));
            }
            if let Some(why) = &other.kept {
                section.leaf("p", &[("class", "differs")], &format!("{reading} keeps it, contested as it is: {why}"));
            }
        }
    });
}

/// The text, the claims behind it, where its numbers come from.
fn body(into: &mut Markup, row: &StatementRow, claims: &BTreeSet<&str>) {
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
            p.leaf("b", &[("class", "origin")], sentences::origin(&row.origin));
            let text = row.origin_text.strip_prefix(row.origin.as_str()).unwrap_or(&row.origin_text).trim_start();
            let text = if text.is_empty() { ".".to_owned() } else { format!(": {text}") };
            p.text(&text);
        }
    });
}

/// `own: lee; borrowed: all others`.
fn standings(readings: &[(&str, &StatementRow)], all: usize) -> String {
    let mut parts = Vec::new();
    for standing in ["own", "contested", "borrowed", "unsupported"] {
        let names: Vec<&str> =
            readings.iter().filter(|(_, row)| !row.off && row.standing == standing).map(|(name, _)| *name).collect();
        if names.is_empty() || (standing == "unsupported" && names.len() == readings.len()) {
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
