//! What all readings share: sources, entities, groups, units, claims, and the list of statements by path.

use crate::names::{nearest, some};
use crate::program::Clock;
use crate::units::{Unit, Units};
use std::collections::BTreeMap;
use variorum_syntax::ast::{self, Name, Reference, Statement, StatementKind};
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
}

/// One thing that a reading can replace or switch off, found by its path.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// `deploy`, `front[RU]`, `flow losses`, `utility KP`, `precision KP`.
    pub path: String,
    /// The statement that declares it.
    pub statement: &'a Statement,
    /// Which of the statement's targets or actors it is.
    pub part: usize,
    /// The entities of a target, groups resolved.
    pub entities: Vec<String>,
    /// Options of a choice that a reading replaces, by the name of the option.
    pub options: BTreeMap<String, &'a ast::ChoiceOption>,
    /// Whether the reading says it (replaced or added), as opposed to shared.
    pub own: bool,
    /// The shared statement that it replaces.
    pub replaces: Option<&'a Statement>,
}

/// What all readings share.
#[derive(Debug, Default)]
pub struct Shared<'a> {
    /// The title.
    pub title: String,
    /// Where findings about the model as a whole point: at its title, else at its first statement.
    pub at: Span,
    /// Time, where it could be understood.
    pub clock: Option<Clock>,
    /// Sources by key.
    pub sources: BTreeMap<String, &'a ast::Source>,
    /// The order of the sources' declarations.
    pub source_order: Vec<String>,
    /// Actors and places by key.
    pub entities: BTreeMap<String, Entity>,
    /// Groups by key, members resolved to entities.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Units.
    pub units: Units,
    /// Claims by key.
    pub claims: BTreeMap<String, &'a ast::Claim>,
    /// The order of the claims' declarations.
    pub claim_order: Vec<String>,
    /// Statements in order of declaration.
    pub items: Vec<Item<'a>>,
    /// Readings in order of declaration.
    pub readings: Vec<&'a ast::Reading>,
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
pub fn unknown<'n>(what: &str, name: &Name, known: impl Iterator<Item = &'n str> + Clone, declare: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::UnknownName, name.span, format!("no {what} is called `{}`", name.value))
        .label("not declared");
    let declare = declare.replace("NAME", &name.value);
    diagnostic.help = Some(match nearest(&name.value, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.clone().next().is_none() => format!("this model has no {what} yet: declare it with `{declare}`"),
        None => format!("declare it with `{declare}`, or use one of {}", some(known)),
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
                        let title = entity.title.as_ref().unwrap_or(&entity.name).value.clone();
                        shared
                            .entities
                            .insert(entity.name.value.clone(), Entity { kind, title, span: entity.name.span });
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
    for statement in &statements {
        let items = items(statement, &shared, false, diagnostics);
        shared.items.extend(items);
    }
    one_each(&shared.items, diagnostics);
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
            if shared.entities.contains_key(&member.value) {
                members.push(member.value.clone());
            } else if let Some(inner) = shared.groups.get(&member.value) {
                members.extend(inner.clone());
            } else {
                diagnostics.push(unknown(
                    "actor, place or earlier group",
                    member,
                    shared.entities.keys().chain(shared.groups.keys()).map(String::as_str),
                    "actor NAME",
                ));
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        members.retain(|member| seen.insert(member.clone()));
        shared.groups.insert(name.value.clone(), members);
    }
}

/// Two declarations of one path, or of one name by two kinds of statements.
pub fn one_each(items: &[Item<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::<&str, Span>::new();
    for item in items {
        match first.get(item.path.as_str()) {
            None => {
                first.insert(&item.path, item.statement.head);
            }
            Some(earlier) => {
                let mut diagnostic = duplicate(&item.path, item.statement.head, *earlier);
                if let StatementKind::Flow(_) | StatementKind::Utility(_) = item.statement.kind {
                    diagnostic.help = Some(
                        "several of them add up if each has a label: `flow losses: front[RU] -= …`, `utility fear: KP = …`"
                            .to_owned(),
                    );
                }
                diagnostics.push(diagnostic);
            }
        }
    }
}

/// The most levels that a ladder may have.
pub const MAX_LEVELS: usize = 1_000;
/// The most levels of all the ladders that one statement declares.
const MAX_ALL_LEVELS: usize = 1_000_000;

/// The paths that a statement declares.
pub fn items<'a>(
    statement: &'a Statement,
    shared: &Shared<'a>,
    own: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Item<'a>> {
    let item = |path: String, part: usize, entities: Vec<String>| Item {
        path,
        statement,
        part,
        entities,
        options: BTreeMap::new(),
        own,
        replaces: None,
    };
    let named = |name: &Option<Reference>| -> Vec<Item<'a>> {
        name.iter().map(|name| item(name.name.value.clone(), 0, Vec::new())).collect()
    };
    let settings = |keyword: &str, actors: &[Name]| -> Vec<Item<'a>> {
        let path =
            |(part, actor): (usize, &Name)| item(format!("{keyword} {}", actor.value), part, vec![actor.value.clone()]);
        actors.iter().enumerate().map(path).collect()
    };
    let mut expanded = |targets: &mut dyn Iterator<Item = &Reference>| -> Vec<Item<'a>> {
        let mut list = Vec::new();
        for (part, target) in targets.enumerate() {
            for entities in tuples(target, shared, diagnostics) {
                list.push(item(show(&target.name.value, &entities), part, entities));
            }
        }
        list
    };
    match &statement.kind {
        StatementKind::Param(param) => named(&param.name),
        StatementKind::Event(event) => named(&event.name),
        StatementKind::Choice(choice) => named(&choice.name),
        StatementKind::Stock(stock) => expanded(&mut stock.targets.iter()),
        StatementKind::Ladder(ladder) => {
            let list = expanded(&mut ladder.targets.iter());
            let levels = ladder.levels.len();
            if levels > MAX_LEVELS || levels.saturating_mul(list.len()) > MAX_ALL_LEVELS {
                diagnostics.push(
                    Diagnostic::new(Code::TooLarge, statement.head, "this ladder has too many levels")
                        .label(format!("{levels} levels; {MAX_LEVELS} are the limit, and {MAX_ALL_LEVELS} for all entities together"))
                        .help("declare a stock, whose number may be anything between its bounds"),
                );
                return Vec::new();
            }
            list
        }
        StatementKind::Flag(flag) => expanded(&mut flag.targets.iter()),
        StatementKind::Let(formula) => expanded(&mut formula.target.iter()),
        StatementKind::Flow(flow) => match (&flow.label, &flow.target) {
            (Some(label), _) => vec![item(format!("flow {}", label.name.value), 0, Vec::new())],
            (None, Some(target)) => {
                let entities: Vec<String> = target.entities.iter().map(|name| name.value.clone()).collect();
                vec![item(format!("flow {}", show(&target.name.value, &entities)), 0, Vec::new())]
            }
            (None, None) => Vec::new(),
        },
        StatementKind::Utility(utility) => match (utility.label.as_ref().map(|label| &label.name), &utility.actor) {
            (Some(name), _) | (None, Some(name)) => vec![item(format!("utility {}", name.value), 0, Vec::new())],
            (None, None) => Vec::new(),
        },
        StatementKind::Horizon(setting) => settings("horizon", &setting.actors),
        StatementKind::Precision(setting) => settings("precision", &setting.actors),
        StatementKind::Patience(setting) => settings("patience", &setting.actors),
        StatementKind::Foresight(setting) => settings("foresight", &setting.actors),
        _ => Vec::new(),
    }
}

/// `front[RU]`.
#[must_use]
pub fn show(name: &str, entities: &[String]) -> String {
    if entities.is_empty() { name.to_owned() } else { format!("{name}[{}]", entities.join(", ")) }
}

/// The entities that a declaration's square brackets stand for: a group stands for each of its members; two groups
/// for each pair of different members.
fn tuples(target: &Reference, shared: &Shared<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Vec<String>> {
    let mut lists = Vec::new();
    for name in &target.entities {
        if shared.entities.contains_key(&name.value) {
            lists.push(vec![name.value.clone()]);
        } else if let Some(members) = shared.groups.get(&name.value) {
            lists.push(members.clone());
        } else {
            diagnostics.push(unknown(
                "actor, place or group",
                name,
                shared.entities.keys().chain(shared.groups.keys()).map(String::as_str),
                "actor NAME",
            ));
            return Vec::new();
        }
    }
    match lists.as_slice() {
        [] => vec![Vec::new()],
        [one] => one.iter().map(|entity| vec![entity.clone()]).collect(),
        [one, two] if one.len().saturating_mul(two.len()) > crate::compile::MAX_STATEMENTS => {
            diagnostics.push(
                Diagnostic::new(
                    Code::TooLarge,
                    target.span,
                    format!(
                        "these are {} pairs; the limit is {}",
                        one.len().saturating_mul(two.len()),
                        crate::compile::MAX_STATEMENTS
                    ),
                )
                .help("declare fewer entities, or fewer pairs of them"),
            );
            Vec::new()
        }
        [one, two] => {
            let pairs = one.iter().flat_map(|a| two.iter().map(move |b| vec![a.clone(), b.clone()]));
            let pairs: Vec<Vec<String>> = pairs.filter(|pair| pair.first() != pair.last()).collect();
            if pairs.is_empty() {
                diagnostics.push(
                    Diagnostic::new(Code::WrongEntities, target.span, "no pair of two different entities is left here")
                        .label("nothing is declared by this")
                        .help("a pair is two entities: write `name[FROM, TO]`, or `name[ENTITY]` for one"),
                );
            }
            pairs
        }
        _ => {
            diagnostics.push(
                Diagnostic::new(
                    Code::WrongEntities,
                    target.span,
                    "a quantity belongs to the world, an entity or a pair",
                )
                .label("more than two entities")
                .help("write `name`, `name[ENTITY]` or `name[FROM, TO]`"),
            );
            Vec::new()
        }
    }
}
