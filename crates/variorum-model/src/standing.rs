//! How statements stand to the author of a reading, and what becomes of those that its author rejects.

use crate::collect::{Item, Shared, unknown};
use crate::items::bare;
use crate::readings::Composed;
use serde::Serialize;
use std::collections::BTreeSet;
use variorum_syntax::ast::{self, Provenance, Stance, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// How a statement stands to the claims of a reading's author (semantics, section 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The author asserts a claim behind it.
    Own,
    /// Claims are behind it, and the author is silent on them.
    Borrowed,
    /// The author doubts or denies a claim behind it, and the reading keeps it all the same.
    Contested,
    /// No claim is behind it.
    Unsupported,
}

/// The sources whose stances a reading adopts: the one of its own name, and its voices.
pub fn voices(shared: &Shared<'_>, reading: &ast::Reading, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let mut voices = BTreeSet::new();
    if let Some(name) = &reading.name
        && shared.sources.contains_key(&name.value)
    {
        voices.insert(name.value.clone());
    }
    for voice in &reading.voices {
        if shared.sources.contains_key(&voice.value) {
            voices.insert(voice.value.clone());
        } else {
            let known: Vec<&str> = shared.sources.keys().map(String::as_str).collect();
            diagnostics.push(unknown("source", voice, &known, "source NAME \"title\""));
        }
    }
    voices
}

/// What these sources say of a claim.
pub fn stances<'a>(claim: &'a ast::Claim, voices: &BTreeSet<String>) -> Vec<(&'a str, Stance)> {
    let lines = claim.stances.iter().filter(|line| voices.contains(&line.source.value));
    lines.map(|line| (line.source.value.as_str(), line.stance.value)).collect()
}

/// A statement's standing in a reading with these voices.
pub fn standing(shared: &Shared<'_>, because: &[ast::Name], voices: &BTreeSet<String>) -> Standing {
    let claims: Vec<&&ast::Claim> = because.iter().filter_map(|name| shared.claims.get(&name.value)).collect();
    if because.is_empty() {
        return Standing::Unsupported;
    }
    let said: Vec<Stance> = claims.iter().flat_map(|claim| stances(claim, voices)).map(|(_, stance)| stance).collect();
    if said.iter().any(|stance| *stance != Stance::Asserts) {
        Standing::Contested
    } else if said.is_empty() {
        Standing::Borrowed
    } else {
        Standing::Own
    }
}

/// Whether one of these sources denies one of these claims.
fn denies(shared: &Shared<'_>, because: &[ast::Name], voices: &BTreeSet<String>) -> bool {
    let claims = because.iter().filter_map(|name| shared.claims.get(&name.value));
    claims.flat_map(|claim| stances(claim, voices)).any(|(_, stance)| stance == Stance::Denies)
}

/// A statement and its options, each with the path and the provenance it has of its own.
pub fn parts<'i>(item: &'i Item<'_>) -> Vec<(String, &'i Provenance, Span)> {
    let mut parts = vec![(item.path.clone(), &item.statement.provenance, item.statement.head)];
    parts.extend(
        options(item)
            .map(|(option, _)| (format!("{}.{}", item.path, option.name.value), &option.provenance, option.name.span)),
    );
    parts
}

/// The options of a choice as the reading has them, and whether it has replaced them.
pub(crate) fn options<'i>(item: &'i Item<'_>) -> impl Iterator<Item = (&'i ast::ChoiceOption, bool)> {
    let declared = match &item.statement.kind {
        StatementKind::Choice(choice) => choice.options.as_slice(),
        _ => &[],
    };
    declared.iter().map(|option| match item.options.get(&option.name.value) {
        Some(replacement) => (replacement.option, true),
        None => (option, false),
    })
}

/// Shared statements that a reading's author doubts or denies must be replaced, switched off or kept with a reason.
pub fn contested(
    shared: &Shared<'_>,
    composed: &Composed<'_>,
    reading: &ast::Reading,
    voices: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // What the author contests, and whether it denies it.
    let mut rejected = BTreeSet::new();
    let mut denied = BTreeSet::new();
    let mut reported = BTreeSet::new();
    let name = reading.name.as_ref().map_or("", |name| name.value.as_str());
    let at = reading.name.as_ref().map_or(Span::default(), |name| name.span);
    // What was seen is no mechanism: no reading can replace it or leave it out.
    let is_mechanism =
        |item: &&Item<'_>| !matches!(item.statement.kind, StatementKind::Observe(_) | StatementKind::Record(_));
    for item in composed.items.iter().filter(is_mechanism) {
        let whole = (None, &item.statement.provenance, item.statement.head, item.own);
        let options = options(item).map(|(option, is_replaced)| {
            (Some(option.name.value.as_str()), &option.provenance, option.name.span, is_replaced)
        });
        for (option, provenance, span, is_own) in std::iter::once(whole).chain(options) {
            if standing(shared, &provenance.because, voices) != Standing::Contested {
                continue;
            }
            let of = |path: &str| option.map_or(path.to_owned(), |option| format!("{path}.{option}"));
            let path = of(&item.path);
            let claim = provenance.because.iter().find_map(|because| {
                let claim = shared.claims.get(&because.value)?;
                let (source, stance) =
                    stances(claim, voices).into_iter().find(|(_, stance)| *stance != Stance::Asserts)?;
                let verb = if stance == Stance::Doubts { "doubts" } else { "denies" };
                Some((format!("{source} {verb} `{}`", because.value), because.span))
            });
            let Some((why, because)) = claim else { continue };
            if composed.keeps.contains_key(&path) {
                if denies(shared, &provenance.because, voices) {
                    denied.insert(path.clone());
                }
                rejected.insert(path);
                continue;
            }
            let off = composed.off.contains(&path) || composed.off.contains(&item.path);
            if item.own || is_own || off || !reported.insert((span, option)) {
                continue;
            }
            // What is declared for many can be dealt with at once.
            let path = of(bare(&item.path).filter(|_| !item.bindings.is_empty()).unwrap_or(&item.path));
            let message = format!("`{name}` has to say what becomes of `{path}`: {why}, on which it rests");
            found.push(
                Diagnostic::new(Code::Contested, at, message)
                    .label("this reading is silent on it")
                    .also(span, "the statement")
                    .also(because, "the claim behind it")
                    .help(remedy(item, &path)),
            );
        }
    }
    for kept in &composed.kept {
        let text = &kept.text;
        if kept.paths.iter().all(|path| !rejected.contains(path)) {
            let message = format!("`{name}` keeps `{text}`, which its author does not contest");
            found.push(
                Diagnostic::new(Code::NeedlessKeeps, kept.span, message)
                    .label("nobody asks why")
                    .help("delete `keeps`, or record the doubt among the stances of the claim"),
            );
        } else if !kept.has_reason && kept.paths.iter().any(|path| denied.contains(path)) {
            let message = format!("`{name}` keeps `{text}`, which its author denies, and does not say why");
            found.push(
                Diagnostic::new(Code::KeepsWithoutWhy, kept.span, message)
                    .label("why is it kept?")
                    .help(format!("write the reason: `keeps {text} \"why\"`; or replace it, or `switch off {text}`")),
            );
        }
    }
    found
}

/// What a reading can do about a statement that its author contests.
fn remedy(item: &Item<'_>, path: &str) -> String {
    match item.statement.kind {
        StatementKind::Param(_) => {
            format!("in the reading, give it the author's value, `param {path} = …`, or write `keeps {path} \"why\"`")
        }
        StatementKind::Let(_) => {
            format!("in the reading, write the author's formula, `let {path} = …`, or `keeps {path} \"why\"`")
        }
        StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_) => {
            format!("in the reading, declare it anew, or write `keeps {path} \"why\"`")
        }
        _ => format!("in the reading, replace the statement, or write `switch off {path}`, or `keeps {path} \"why\"`"),
    }
}
