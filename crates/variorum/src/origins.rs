//! Where each parameter's number comes from, and where it is written.

use crate::influence::{Bearing, statement};
use std::collections::BTreeMap;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Law, Param, Program};
use variorum_model::readings::{self, Origin};
use variorum_syntax::ast::Provenance;
use variorum_syntax::diagnostic::Span;

/// Where a number comes from (semantics, section 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A source states it.
    Cited,
    /// A count among a reference class.
    BaseRate,
    /// Words of probability.
    Wording,
    /// A judgement, openly.
    Assumed,
    /// Of several parameters that are drawn together: of several kinds.
    Mixed,
}

impl Kind {
    /// `cited`, `base_rate`, `wording`, `assumed` or `mixed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Cited => "cited",
            Kind::BaseRate => "base_rate",
            Kind::Wording => "wording",
            Kind::Assumed => "assumed",
            Kind::Mixed => "mixed",
        }
    }
}

/// The kind of each parameter of a reading's program, by index.
#[must_use]
pub fn kinds(reading: &ReadingOf<'_>, program: &Program) -> Vec<Kind> {
    let mut provenances = BTreeMap::<String, [&Provenance; 2]>::new();
    for item in &reading.composed.items {
        for (path, provenance, _) in readings::parts(item) {
            provenances.insert(path, [provenance, &item.statement.provenance]);
        }
    }
    let of = |param: &Param| match provenances.get(statement(&param.name)) {
        Some([own, above]) => kind(param, if readings::origin(own) == Origin::None { above } else { own }),
        None => Kind::Assumed,
    };
    program.params.iter().map(of).collect()
}

/// A statement may have a base rate and other numbers besides, whose origin is then said apart: the base rate is what has
/// the law of one. Numbers that need no origin (`unknown`, `uniform(0, 1)`) are judgements.
fn kind(param: &Param, provenance: &Provenance) -> Kind {
    if param.draw != param.name {
        return Kind::Wording;
    }
    let counted = matches!(param.law, Law::Gamma { .. } | Law::Beta { .. });
    let apart = !provenance.from.is_empty() || provenance.assumed.is_some();
    match provenance {
        Provenance { among: Some(_), .. } if counted || !apart => Kind::BaseRate,
        Provenance { from, .. } if !from.is_empty() => Kind::Cited,
        _ => Kind::Assumed,
    }
}

/// The kind of parameters that are drawn together.
#[must_use]
pub fn together(kinds: &[Kind], params: &[usize]) -> Kind {
    let mut of = params.iter().filter_map(|param| kinds.get(*param).copied());
    let first = of.next().unwrap_or(Kind::Assumed);
    if of.all(|kind| kind == first) { first } else { Kind::Mixed }
}

/// A place in a model's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Where a span begins.
#[must_use]
pub fn spot(model: &Model<'_>, span: Span) -> Spot {
    let Some(file) = model.loaded.files.get(span.file.0 as usize) else { return Spot::default() };
    let before = file.text.get(..span.start as usize).unwrap_or_default();
    let line = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1);
    Spot { file: file.path.clone(), line }
}

/// The text of a span on one line, without parentheses around it.
#[must_use]
pub fn text(model: &Model<'_>, span: Span) -> String {
    let file = model.loaded.files.get(span.file.0 as usize);
    let text = file.and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let inner = line.strip_prefix('(').and_then(|line| line.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).map_or(line.clone(), |inner| inner.trim().to_owned())
}

/// Whether a statement's path is among those that an answer can depend on. A correlation has a bearing if one of its
/// parameters has.
#[must_use]
pub fn bears(bearing: &Bearing, path: &str) -> bool {
    match path.strip_prefix("correlate ") {
        None => bearing.statements.contains(path),
        Some(names) => split(names).iter().any(|name| bearing.statements.contains(*name)),
    }
}

/// Splits a list of names at the commas that are not inside brackets.
fn split(names: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let parts = names.split(|c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_entities_are_one_name() {
        assert_eq!(split("spark[KP, KR], balance"), ["spark[KP, KR]", "balance"]);
    }
}
