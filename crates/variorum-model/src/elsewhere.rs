//! Names that are declared, and not where they are used: in one reading or scenario alone.

use crate::collect::Shared;
use variorum_syntax::ast::{Name, Reference, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What to say of a name that nothing declares here, if a reading or a scenario declares it for itself.
pub(crate) fn in_a_reading(shared: &Shared<'_>, name: &Name) -> Option<Diagnostic> {
    if shared.index.get(&name.value).is_some() || !shared.index.instances(&name.value).is_empty() {
        return None;
    }
    let readings = shared.readings.iter().map(|reading| ("reading", &reading.name, &reading.statements));
    let scenarios = shared.scenarios.iter().map(|scenario| ("scenario", &scenario.name, &scenario.statements));
    let (kind, whose, span) = readings
        .chain(scenarios)
        .find_map(|(kind, whose, statements)| Some((kind, whose.as_ref()?, declared(statements, &name.value)?)))?;
    let whose = &whose.value;
    Some(
        Diagnostic::new(
            Code::UnknownName,
            name.span,
            format!("`{}` is declared in the {kind} `{whose}` alone, and this is read without it", name.value),
        )
        .label("not declared here")
        .also(span, format!("seen only in `{whose}`"))
        .help(format!(
            "move its declaration to the left margin, where all readings have it (`{whose}` may give it another value), or use it below `{kind} {whose}` alone"
        )),
    )
}

/// Where some statements, or those repeated among them, declare a name.
fn declared(statements: &[Statement], name: &str) -> Option<Span> {
    statements.iter().find_map(|statement| match &statement.kind {
        StatementKind::ForEach(for_each) => declared(&for_each.statements, name),
        kind => names(kind).into_iter().find(|declared| declared.name.value == name).map(|_| statement.head),
    })
}

/// The names of values, events and choices that a statement declares.
pub(crate) fn names(kind: &StatementKind) -> Vec<&Reference> {
    match kind {
        StatementKind::Param(param) => param.name.iter().collect(),
        StatementKind::Event(event) => event.name.iter().collect(),
        StatementKind::Choice(choice) => choice.name.iter().collect(),
        StatementKind::Stock(stock) => stock.targets.iter().collect(),
        StatementKind::Ladder(ladder) => ladder.targets.iter().collect(),
        StatementKind::Flag(flag) => flag.targets.iter().collect(),
        StatementKind::Let(formula) => formula.target.iter().collect(),
        _ => Vec::new(),
    }
}

/// What a name is that is no value, and what to write: a level, an option, a claim or a source. (A question often has
/// the name of what it asks for, whose declaration is then what is missing.)
pub(crate) fn no_value(shared: &Shared<'_>, name: &str) -> Option<(String, String)> {
    let is = |list: &[Name]| list.iter().any(|one| one.value == name);
    for item in &shared.items {
        let path = &item.path;
        match &item.statement.kind {
            StatementKind::Ladder(ladder) if is(&ladder.levels) => {
                return Some((
                    format!("a level of `{path}`"),
                    format!("compare the ladder with it: `{path} = {name}`"),
                ));
            }
            StatementKind::Choice(choice) if choice.options.iter().any(|option| option.name.value == name) => {
                return Some((
                    format!("an option of `{path}`"),
                    format!("compare the choice with it: `{path} = {name}`"),
                ));
            }
            _ => {}
        }
    }
    if shared.claims.contains_key(name) {
        return Some((
            "a claim".to_owned(),
            format!("a claim is no value: it stands after `because`, as in `because {name}`"),
        ));
    }
    let help = format!("a source is no value: what it says stands after `from {name}:ANCHOR`, or in a claim");
    shared.sources.contains_key(name).then(|| ("a source".to_owned(), help))
}
