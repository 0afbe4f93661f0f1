//! Scenarios: a reading with something done to its world.

use variorum_syntax::ast::{Name, Scenario, StatementKind};
use variorum_syntax::diagnostic::{Diagnostic, FileId, Span};

/// The text that is read where the lines of a scenario are given: what places in findings refer to.
#[must_use]
pub fn text(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    format!("scenario lines\n{indented}")
}

/// A scenario of lines as they stand in one, for instance `hold aid[KR] = offensive from 2024-11`. Places in its findings
/// have the file `u32::MAX`.
///
/// # Errors
/// What cannot be read.
pub fn parse(name: &str, lines: &str) -> Result<Scenario, Vec<Diagnostic>> {
    let file = FileId(u32::MAX);
    let parse = variorum_syntax::parse(file, &text(lines));
    if !parse.diagnostics.is_empty() {
        return Err(parse.diagnostics);
    }
    let scenario = parse.file.statements.into_iter().find_map(|statement| match statement.kind {
        StatementKind::Scenario(scenario) => Some(scenario),
        _ => None,
    });
    let span = Span { file, start: 0, end: 0 };
    Ok(Scenario {
        name: Some(Name { value: name.to_owned(), span }),
        title: None,
        statements: scenario.map(|scenario| scenario.statements).unwrap_or_default(),
    })
}
