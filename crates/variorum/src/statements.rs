//! The statements of a reading as people want to see them: titles, places, reasons, where the numbers come from.

use crate::origins::{Spot, spot};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::readings::{self, Origin};
use variorum_syntax::ast::{self, Place, Provenance, StatementKind};
use variorum_syntax::diagnostic::{FileId, Span};
use variorum_syntax::{SyntaxElement, SyntaxKind, SyntaxNode};

/// A statement as a reading has it. What one statement says of several entities is one row.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatementRow {
    /// Its path: `deploy`, `take.accept`, `flow front[RU]`; without entities where it is said of several.
    pub path: String,
    /// The paths that it stands for: itself, or one for each of the entities of which it is said.
    pub paths: Vec<String>,
    /// Its keyword: `choice`, `option`, `flow`.
    pub kind: String,
    /// What people are shown; empty where it has no title.
    pub title: String,
    /// Of choices and options, the actor who chooses; none where a variable stands for several.
    pub owner: Option<String>,
    /// The text of the statement as written, without its reasons, on one line.
    pub written: String,
    /// Where it stands: file and line from 1.
    pub file: String,
    /// See `file`.
    pub line: u32,
    /// Claims behind it.
    pub because: Vec<String>,
    /// `own`, `borrowed`, `contested` or `unsupported`.
    pub standing: String,
    /// Where its numbers come from: `cited`, `base_rate`, `wording`, `assumed`, or `none` if it has none that need an origin.
    pub origin: String,
    /// The origin in words: the anchor, the reference class, the judgement.
    pub origin_text: String,
    /// Whether the reading itself says it.
    pub own: bool,
    /// Whether the reading switches it off.
    pub off: bool,
    /// Why a contested statement is kept.
    pub kept: Option<String>,
}

/// What instances of one statement have in common. A reading may have said otherwise of some.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Same {
    span: Span,
    bare: String,
    off: bool,
    own: bool,
    kept: Option<String>,
}

/// The statements of a reading, in their order: shared ones first.
#[must_use]
pub fn statements(model: &Model<'_>, reading: &ReadingOf<'_>) -> Vec<StatementRow> {
    let texts = texts(model);
    let entries: BTreeMap<String, _> =
        model.statements(reading).into_iter().map(|entry| (entry.path.clone(), entry)).collect();
    let mut rows = Vec::<StatementRow>::new();
    let mut known = BTreeMap::<Same, usize>::new();
    let mut instances = BTreeMap::<String, usize>::new();
    for item in reading.composed.items.iter().filter(|item| is_known(model, reading, item)) {
        for (path, provenance, head) in readings::parts(item) {
            let Some(entry) = entries.get(&path) else { continue };
            let option = option(item, &path);
            let span = option.map_or(item.statement.span, |option| option.span);
            let bare = bare(&path);
            *instances.entry(bare.clone()).or_default() += 1;
            let same = Same { span, bare, off: entry.off, own: entry.own, kept: entry.kept.clone() };
            if let Some(row) = known.get(&same).and_then(|row| rows.get_mut(*row)) {
                row.paths.push(path);
                continue;
            }
            known.insert(same, rows.len());
            let mut written = texts.get(&(span.file, span.start)).cloned().unwrap_or_default();
            let mut path = path;
            // As of a day a record ends with what was over by then.
            if let (StatementKind::Record(_), Some(program)) = (&item.statement.kind, &reading.program)
                && let Some((now, then)) = program.records.iter().find_map(|record| record.ends(&item.path))
                && now != then
            {
                written = written.replacen(&format!("to {then}"), &format!("to {now}"), 1);
                path = path.replacen(&format!("to {then}"), &format!("to {now}"), 1);
            }
            let Spot { file, line } = spot(model, head);
            let own = readings::origin(provenance) != Origin::None;
            rows.push(StatementRow {
                paths: vec![path],
                path: String::new(),
                kind: written.split_whitespace().next().unwrap_or_default().to_owned(),
                title: title(&item.statement.kind, option),
                owner: owner(model, &item.statement.kind),
                written,
                file,
                line,
                because: entry.because.clone(),
                standing: format!("{:?}", entry.standing).to_lowercase(),
                origin: origin(entry.origin).to_owned(),
                origin_text: in_words(if own { provenance } else { &item.statement.provenance }),
                own: entry.own,
                off: entry.off,
                kept: entry.kept.clone(),
            });
        }
    }
    for row in &mut rows {
        let [first, others @ ..] = row.paths.as_slice() else { continue };
        let bare = bare(first);
        row.path = match others.len() {
            0 => first.clone(),
            others if instances.get(&bare) == Some(&(others + 1)) => bare,
            others => format!("{first} and {others} more"),
        };
    }
    rows
}

/// Whether a statement is known in a model as of a day: of what was seen, that is what is left in the program.
fn is_known(model: &Model<'_>, reading: &ReadingOf<'_>, item: &variorum_model::collect::Item<'_>) -> bool {
    let (Some(_), Some(program)) = (model.as_of, &reading.program) else { return true };
    match item.statement.kind {
        StatementKind::Observe(_) => program.observations.iter().any(|seen| seen.name == item.path),
        StatementKind::Record(_) => program.records.iter().any(|record| record.ends(&item.path).is_some()),
        _ => true,
    }
}

/// The option that a path names, as the reading has it.
fn option<'i>(item: &'i variorum_model::collect::Item<'_>, path: &str) -> Option<&'i ast::ChoiceOption> {
    let StatementKind::Choice(choice) = &item.statement.kind else { return None };
    let name = path.strip_prefix(item.path.as_str())?.strip_prefix('.')?;
    let declared = choice.options.iter().find(|option| option.name.value == name)?;
    Some(item.options.get(name).map_or(declared, |replacement| replacement.option))
}

/// A path without its entities.
#[must_use]
pub fn bare(path: &str) -> String {
    let mut depth = 0_i32;
    path.chars()
        .filter(|c| {
            depth += i32::from(*c == '[');
            let outside = depth == 0;
            depth -= i32::from(*c == ']');
            outside
        })
        .collect()
}

/// What people are shown.
fn title(kind: &StatementKind, option: Option<&ast::ChoiceOption>) -> String {
    let title = match (option, kind) {
        (Some(option), _) => option.title.as_ref(),
        (None, StatementKind::Event(event)) => event.title.as_ref(),
        (None, StatementKind::Choice(choice)) => choice.title.as_ref(),
        _ => None,
    };
    title.map_or(String::new(), |title| title.value.clone())
}

/// Who chooses.
fn owner(model: &Model<'_>, kind: &StatementKind) -> Option<String> {
    let StatementKind::Choice(choice) = kind else { return None };
    let by = choice.by.as_ref()?;
    model.shared.entities.contains_key(&by.value).then(|| by.value.clone())
}

impl StatementRow {
    /// What people are shown of it in a line: `RU: take the soldiers`; its text where it has no title.
    #[must_use]
    pub fn shown(&self) -> String {
        match (&self.owner, self.title.as_str()) {
            (_, "") => self.written.clone(),
            (Some(owner), title) => format!("{owner}: {title}"),
            (None, title) => title.to_owned(),
        }
    }
}

/// The name of an origin in documents.
#[must_use]
pub fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Cited => "cited",
        Origin::BaseRate => "base_rate",
        Origin::Wording => "wording",
        Origin::Assumed => "assumed",
        Origin::None => "none",
    }
}

fn in_words(provenance: &Provenance) -> String {
    let mut parts = Vec::new();
    if let Some(among) = &provenance.among {
        parts.push(format!("among \"{}\"", among.value));
    }
    for from in &provenance.from {
        parts.push(match &from.place {
            Place::Anchor(anchor) => {
                format!("from {}:{}", from.source.value, crate::compare::anchor_text(&anchor.value))
            }
            Place::Words(words) => format!("from {} \"{}\"", from.source.value, words.value),
        });
    }
    if let Some(assumed) = &provenance.assumed {
        parts.push(format!("assumed \"{}\"", assumed.value));
    }
    parts.join("; ")
}

/// The texts of all statements and options, by file and by where they begin.
pub(crate) fn texts(model: &Model<'_>) -> BTreeMap<(FileId, u32), String> {
    let mut texts = BTreeMap::new();
    for (index, file) in model.loaded.files.iter().enumerate() {
        let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let tree = variorum_syntax::parse(id, &file.text).tree;
        for node in tree.descendants().filter(|node| node.kind().is_statement() || is_option(node)) {
            texts.insert((id, node.text_range().start().into()), one_line(&node));
        }
    }
    texts
}

fn is_option(node: &SyntaxNode) -> bool {
    node.kind() == SyntaxKind::ChoiceOption
}

/// What a statement says, without its reasons and comments; of a choice without its options, which have texts of their own.
fn one_line(node: &SyntaxNode) -> String {
    let mut text = String::new();
    push(node, &mut text);
    text.trim_end_matches([' ', ',']).to_owned()
}

fn push(node: &SyntaxNode, text: &mut String) {
    for child in node.children_with_tokens() {
        match child {
            SyntaxElement::Node(child) => {
                let reason = matches!(
                    child.kind(),
                    SyntaxKind::Because | SyntaxKind::From | SyntaxKind::Assumed | SyntaxKind::Among
                );
                if !reason && !is_option(&child) {
                    push(&child, text);
                }
            }
            SyntaxElement::Token(token) if token.kind().is_trivia() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            SyntaxElement::Token(token) => text.push_str(token.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_without_entities() {
        assert_eq!(bare("arm[KP, KR].yes_"), "arm.yes_");
        assert_eq!(bare("flow trade[KP, RU]"), "flow trade");
        assert_eq!(bare("take.accept"), "take.accept");
    }
}
