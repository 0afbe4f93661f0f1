//! What has been seen, as far as it concerns all readings together: paths, origins, repetitions, and what no reading
//! allows.

use crate::collect::Shared;
use crate::compile::Verdict;
use crate::entities::Bindings;
use crate::readings::{Origin, origin, show_name};
use crate::time::show;
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{Expr, Name, Observe, Provenance, Record, Reference, Statement};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// An expression as text, with what variables stand for.
pub fn shown(shared: &Shared<'_>, expr: &Expr, bindings: &Bindings) -> String {
    expr.show(&|name: &Name| match bindings.get(&name.value) {
        Some(id) => shared.name_of(id).to_owned(),
        None => name.value.clone(),
    })
}

/// The path of an observation: `observe 2024-10 take = accept`, with what variables stand for. Several may report the same
/// thing, so the path of a report ends in `reported by nis`; and several may measure the same number, which is no exact
/// one: its path ends in `error 500 men from post`. None where it could not be read.
pub fn observation(
    shared: &Shared<'_>,
    observe: &Observe,
    provenance: &Provenance,
    bindings: &Bindings,
) -> Option<String> {
    let date = show(observe.from.as_ref()?.value);
    let when = observe.to.as_ref().map_or_else(|| date.clone(), |to| format!("from {date} to {}", show(to.value)));
    let by = observe.reported.as_ref().and_then(|reported| reported.by.as_ref());
    let by = by.map_or(String::new(), |by| format!(" reported by {}", by.value));
    let measured = observe.error.as_ref().map_or(String::new(), |error| {
        let mut sources: Vec<&str> = provenance.from.iter().map(|from| from.source.value.as_str()).collect();
        sources.dedup();
        let from = if sources.is_empty() { String::new() } else { format!(" from {}", sources.join(", ")) };
        format!(" error {}{from}", shown(shared, error, bindings))
    });
    Some(format!("observe {when} {}{measured}{by}", shown(shared, observe.what.as_ref()?, bindings)))
}

/// The path of a record: `record complete to 2024-11 for invasion, attack`. None where it could not be read.
pub fn record(shared: &Shared<'_>, record: &Record, bindings: &Bindings) -> Option<String> {
    let name = |reference: &Reference| match shared.entities_of(reference, bindings) {
        Ok(entities) => shared.show(&reference.name.value, entities),
        Err(_) => show_name(reference),
    };
    let names: Vec<String> = record.names.iter().map(name).collect();
    let from = record.from.as_ref().map_or(String::new(), |from| format!(" from {}", show(from.value)));
    let to = show(record.to.as_ref()?.value);
    (!names.is_empty()).then(|| format!("record complete{from} to {to} for {}", names.join(", ")))
}

/// The same observation or record a second time.
pub fn repeated(path: &str, second: Span, first: Span) -> Diagnostic {
    let help = if path.starts_with("record ") {
        "delete one of them"
    } else if path.contains(" error ") {
        "if the number was measured twice, name by whom: with another source behind `from`, both count"
    } else {
        "write it once, with `from` for each source; who reports something and may err is named by `reported by`"
    };
    Diagnostic::new(Code::RepeatedObservation, second, format!("this says `{path}` again, and it counts once"))
        .label("the second time")
        .also(first, "the first time")
        .help(help)
}

/// An observation of which nothing says whose it is.
pub fn no_origin(statement: &Statement) -> Option<Diagnostic> {
    (origin(&statement.provenance) == Origin::None).then(|| {
        Diagnostic::new(Code::NoOrigin, statement.head, "this was seen, and nothing says where that is said")
            .label("who says so?")
            .help("write `from SOURCE:ANCHOR`, `from SOURCE \"where\"`, or `assumed \"why\"`")
    })
}

/// What is wrong with observations and records that no reading allows: there, something does not exist or cannot have been
/// so. What one reading allows is no mistake, but evidence against the others.
pub fn impossible(readings: Vec<BTreeMap<String, Verdict>>) -> Vec<Diagnostic> {
    let mut found = BTreeMap::<String, Option<Vec<Diagnostic>>>::new();
    for (path, verdict) in readings.into_iter().flatten() {
        let all = found.entry(path).or_insert_with(|| Some(Vec::new()));
        match (verdict, all) {
            (Verdict::Objected(objections), Some(list)) if list.is_empty() => *list = objections,
            (Verdict::Possible, all) => *all = None,
            _ => {}
        }
    }
    // What a statement that stands for many gets wrong is told once.
    let mut places = BTreeSet::new();
    let mut list: Vec<Diagnostic> = found.into_values().flatten().flatten().collect();
    list.retain(|objection| places.insert((objection.primary.span, objection.code)));
    list
}
