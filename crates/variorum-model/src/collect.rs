//! What all readings share: sources, entities, groups, units, claims, and the list of statements by path.

use crate::entities::{Bindings, Entities, EntityId};
use crate::items::{Context, Index, items_of, one_each};
use crate::names::{nearest, some};
use crate::program::Clock;
use crate::units::{Unit, Units};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, Name, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What an entity is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntityKind {
    /// It can choose.
    Actor,
    /// It cannot.
    Place,
}

/// An actor or a place.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Which of both.
    pub kind: EntityKind,
    /// What people are shown.
    pub title: String,
    /// Where it is declared.
    pub span: Span,
    /// Its number.
    pub id: EntityId,
}

/// One thing that a reading can replace or switch off, found by its path.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// `deploy`, `clash[KP, KR]`, `front[RU]`, `flow losses`, `utility KP`, `precision KP`.
    pub path: String,
    /// The statement that declares it.
    pub statement: &'a Statement,
    /// Which of the statement's targets it is.
    pub part: usize,
    /// The entities of its name; of `precision KP` and its like the actor.
    pub entities: Entities,
    /// What the variables of the ranges around the statement stand for.
    pub bindings: Bindings,
    /// Options of a choice that a reading replaces, by the name of the option.
    pub options: BTreeMap<String, Replacement<'a>>,
    /// Whether the reading says it (replaced or added), as opposed to shared.
    pub own: bool,
    /// The shared statement that it replaces.
    pub replaces: Option<&'a Statement>,
}

/// An option that a reading puts in place of another.
#[derive(Clone, Debug)]
pub struct Replacement<'a> {
    /// The option.
    pub option: &'a ast::ChoiceOption,
    /// What the variables around it stand for.
    pub bindings: Bindings,
}

/// What all readings share.
#[derive(Debug, Default)]
pub struct Shared<'a> {
    /// The title.
    pub title: String,
    /// Where findings about the model as a whole point: at its title, else at its first statement.
    pub at: Span,
    /// Whether a part of the text could not be read.
    pub is_misread: bool,
    /// Time, where it could be understood.
    pub clock: Option<Clock>,
    /// Sources by key.
    pub sources: BTreeMap<String, &'a ast::Source>,
    /// The order of the sources' declarations.
    pub source_order: Vec<String>,
    /// Actors and places by key.
    pub entities: BTreeMap<String, Entity>,
    /// The names of actors and places in order of declaration: [`EntityId`]s are places in it.
    pub entity_names: Vec<String>,
    /// Groups by key, members resolved to entities.
    pub groups: BTreeMap<String, Vec<EntityId>>,
    /// Units.
    pub units: Units,
    /// Claims by key.
    pub claims: BTreeMap<String, &'a ast::Claim>,
    /// The order of the claims' declarations.
    pub claim_order: Vec<String>,
    /// Statements in order of declaration.
    pub items: Vec<Item<'a>>,
    /// Where in `items` each path stands.
    pub index: Index,
    /// Readings in order of declaration.
    pub readings: Vec<&'a ast::Reading>,
    /// Scenarios in order of declaration.
    pub scenarios: Vec<&'a ast::Scenario>,
    /// Questions in order of declaration.
    pub questions: Vec<&'a Statement>,
}

/// Reports two declarations of one name.
pub fn duplicate(name: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateName, span, format!("`{name}` is declared twice"))
        .label("declared again")
        .also(first, "declared here first")
        .help("give one of them another name; a reading replaces a shared statement by repeating it indented below `reading`")
}

/// Reports a name that nothing declares.
pub fn unknown(what: &str, name: &Name, known: &[&str], declare: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::UnknownName, name.span, format!("no {what} is called `{}`", name.value))
        .label("not declared");
    let declare = declare.replace("NAME", &name.value);
    diagnostic.help = Some(match nearest(&name.value, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("this model has no {what} yet: declare it with `{declare}`"),
        None => format!("declare it with `{declare}`, or use one of {}", some(known.iter().copied())),
    });
    diagnostic
}

/// Collects what the files say, in their order.
pub fn collect<'a>(files: impl Iterator<Item = &'a ast::File>, diagnostics: &mut Vec<Diagnostic>) -> Shared<'a> {
    let statements: Vec<&'a Statement> = files.flat_map(|file| &file.statements).collect();
    let mut shared = Shared { title: "untitled".to_owned(), ..Shared::default() };
    let mut first = BTreeMap::<(&'static str, String), Span>::new();
    let mut fresh = |space: &'static str, name: &Name, diagnostics: &mut Vec<Diagnostic>| {
        let earlier = *first.entry((space, name.value.clone())).or_insert(name.span);
        if earlier != name.span {
            diagnostics.push(duplicate(&name.value, name.span, earlier));
        }
        earlier == name.span
    };
    let mut model_at: Option<Span> = None;
    let mut time_at: Option<Span> = None;
    let title = statements.iter().find(|statement| matches!(statement.kind, StatementKind::Model(_)));
    shared.at = title.or(statements.first()).map_or(Span::default(), |statement| statement.head);
    for statement in &statements {
        match &statement.kind {
            StatementKind::Model(Some(title)) => {
                if let Some(earlier) = model_at {
                    diagnostics.push(duplicate("model", statement.head, earlier));
                    continue;
                }
                model_at = Some(statement.head);
                shared.title.clone_from(&title.value);
            }
            StatementKind::Time(time) => {
                if let Some(earlier) = time_at {
                    diagnostics.push(duplicate("time", statement.head, earlier));
                    continue;
                }
                time_at = Some(statement.head);
                match crate::time::clock(time, statement.head) {
                    Ok(clock) => shared.clock = clock,
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
            }
            StatementKind::Source(source) => {
                if let Some(name) = &source.name
                    && fresh("source", name, diagnostics)
                {
                    shared.sources.insert(name.value.clone(), source);
                    shared.source_order.push(name.value.clone());
                }
            }
            StatementKind::Actor(list) | StatementKind::Place(list) => {
                let kind = match statement.kind {
                    StatementKind::Actor(_) => EntityKind::Actor,
                    _ => EntityKind::Place,
                };
                for entity in list {
                    if fresh("value", &entity.name, diagnostics) {
                        let name = entity.name.value.clone();
                        let title = entity.title.as_ref().unwrap_or(&entity.name).value.clone();
                        let id = EntityId::new(shared.entity_names.len());
                        shared.entity_names.push(name.clone());
                        shared.entities.insert(name, Entity { kind, title, span: entity.name.span, id });
                    }
                }
            }
            StatementKind::Claim(claim) => {
                if let Some(name) = &claim.name
                    && fresh("claim", name, diagnostics)
                {
                    shared.claims.insert(name.value.clone(), claim);
                    shared.claim_order.push(name.value.clone());
                }
            }
            StatementKind::Question(question) => {
                if let Some(name) = &question.name
                    && fresh("question", name, diagnostics)
                {
                    shared.questions.push(statement);
                }
            }
            StatementKind::Reading(reading) => {
                if let Some(name) = &reading.name
                    && fresh("reading", name, diagnostics)
                {
                    shared.readings.push(reading);
                }
            }
            StatementKind::Scenario(scenario) => {
                if let Some(name) = &scenario.name
                    && fresh("scenario", name, diagnostics)
                {
                    shared.scenarios.push(scenario);
                }
            }
            StatementKind::Unit(units) => {
                for unit in units {
                    let is = unit.is.as_ref().map(|(count, of)| {
                        shared.units.expression(of).map(|of| Unit { scale: of.scale * count.value, ..of })
                    });
                    match is.transpose() {
                        Err(diagnostic) => diagnostics.push(diagnostic),
                        Ok(is) => {
                            if let Some(is) = &is
                                && (is.scale.is_nan() || is.scale <= 0.0 || is.scale.is_infinite())
                            {
                                diagnostics.push(Diagnostic::new(
                                    Code::OutOfBounds,
                                    unit.name.span,
                                    "a unit must be a positive multiple of another",
                                ));
                            } else if !shared.units.declare(&unit.name.value, is) {
                                diagnostics.push(
                                    Diagnostic::new(
                                        Code::DuplicateName,
                                        unit.name.span,
                                        format!("the unit `{}` exists already", unit.name.value),
                                    )
                                    .label("declared again")
                                    .help("delete this line; units of time are built in"),
                                );
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    groups(&statements, &mut shared, diagnostics);
    let items = items_of(&shared, statements.iter().copied(), Context::Shared, diagnostics);
    shared.index = one_each(&items, diagnostics);
    shared.items = items;
    if time_at.is_none() && !statements.is_empty() {
        diagnostics.push(
            Diagnostic::new(Code::BadTime, shared.at, "this model does not say from when to when it runs")
                .label("no `time` statement follows")
                .help("write, for instance, `time monthly from 2024-01 to 2026-12`"),
        );
    }
    shared
}

/// Groups may name groups that are declared earlier.
fn groups(statements: &[&Statement], shared: &mut Shared<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::<String, Span>::new();
    for statement in statements {
        let StatementKind::Group(group) = &statement.kind else { continue };
        let Some(name) = &group.name else { continue };
        let earlier = shared.entities.get(&name.value).map(|entity| entity.span);
        if let Some(earlier) = earlier.or(first.get(&name.value).copied()) {
            diagnostics.push(duplicate(&name.value, name.span, earlier));
            continue;
        }
        first.insert(name.value.clone(), name.span);
        let mut members = Vec::new();
        for member in &group.members {
            if let Some(entity) = shared.entities.get(&member.value) {
                members.push(entity.id);
            } else if let Some(inner) = shared.groups.get(&member.value) {
                members.extend(inner.iter().copied());
            } else {
                let known = shared.entities.keys().chain(shared.groups.keys()).map(String::as_str);
                let known: Vec<&str> = known.collect();
                diagnostics.push(unknown("actor, place or earlier group", member, &known, "actor NAME"));
            }
        }
        let mut seen = BTreeSet::new();
        members.retain(|member| seen.insert(*member));
        shared.groups.insert(name.value.clone(), members);
    }
}
