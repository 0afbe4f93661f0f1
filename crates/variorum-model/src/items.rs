//! The statements of a model, of a reading or of a scenario, one by one: `for each` unfolded, groups resolved, each with
//! the path by which a reading replaces it or switches it off.

use crate::collect::{Item, Shared, duplicate, unknown};
use crate::compile::MAX_STATEMENTS;
use crate::entities::{Bindings, Entities, EntityId, too_many};
use crate::findings::{Once, Whose};
use std::collections::BTreeMap;
use variorum_syntax::ast::{ForEach, Name, Reference, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// Where a list of statements stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Context {
    /// At the left margin.
    Shared,
    /// In a reading.
    Reading,
    /// In a scenario.
    Scenario,
    /// In what is put on top of a reading, to see what it does.
    Patch,
}

/// Where in a list of items each path stands.
#[derive(Clone, Debug, Default)]
pub struct Index {
    paths: BTreeMap<String, usize>,
    /// By name without entities, of what has entities.
    instances: BTreeMap<String, Vec<usize>>,
}

impl Index {
    /// The item of a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<usize> {
        self.paths.get(path).copied()
    }
    /// The items that have this path and entities besides: `clash[KP, KR]` and all others of `clash`.
    #[must_use]
    pub fn instances(&self, bare: &str) -> &[usize] {
        self.instances.get(bare).map_or(&[], Vec::as_slice)
    }
    /// Adds an item; the place of an earlier one of this path, if there is one.
    pub fn add(&mut self, path: &str, place: usize) -> Option<usize> {
        if let Some(earlier) = self.paths.get(path) {
            return Some(*earlier);
        }
        self.paths.insert(path.to_owned(), place);
        if let Some(bare) = bare(path) {
            match self.instances.get_mut(bare) {
                Some(list) => list.push(place),
                None => {
                    self.instances.insert(bare.to_owned(), vec![place]);
                }
            }
        }
        None
    }
}

/// What is named by all that it says, so that entities stand in the middle of its path.
const KEYWORDS: [&str; 3] = ["correlate ", "observe ", "record "];

/// A path without its entities, if it has some. (Correlations are named by all that they correlate, observations by what
/// was seen.)
#[must_use]
pub fn bare(path: &str) -> Option<&str> {
    path.split_once('[').map(|(bare, _)| bare).filter(|bare| !KEYWORDS.iter().any(|keyword| bare.starts_with(keyword)))
}

/// Two declarations of one path, or of one name by two kinds of statements. Where each path stands first.
pub fn one_each(items: &[Item<'_>], diagnostics: &mut Vec<Diagnostic>) -> Index {
    let mut index = Index::default();
    let mut repeated = std::collections::BTreeSet::new();
    for (place, item) in items.iter().enumerate() {
        let Some(earlier) = index.add(&item.path, place) else { continue };
        let Some(earlier) = items.get(earlier) else { continue };
        let head = item.statement.head;
        if let StatementKind::Observe(_) | StatementKind::Record(_) = item.statement.kind {
            diagnostics.push(crate::seen::repeated(&item.path, head, earlier.statement.head));
            continue;
        }
        if std::ptr::eq(earlier.statement, item.statement) && !item.bindings.is_empty() {
            if repeated.insert(head) {
                diagnostics.push(
                    Diagnostic::new(
                        Code::DuplicateName,
                        head,
                        format!("`for each` repeats this statement, and `{}` would be declared again", item.path),
                    )
                    .label("each repetition needs a name of its own")
                    .help(by_variable(item.statement)),
                );
            }
            continue;
        }
        let mut diagnostic = duplicate(&item.path, head, earlier.statement.head);
        if let StatementKind::Flow(_) | StatementKind::Utility(_) = item.statement.kind {
            diagnostic.help = Some(
                "several of them add up if each has a label: `flow losses: front[RU] -= …`, `utility fear: KP = …`"
                    .to_owned(),
            );
        }
        diagnostics.push(diagnostic);
    }
    index
}

/// How to name what is repeated.
fn by_variable(statement: &Statement) -> String {
    let name = match &statement.kind {
        StatementKind::Flow(flow) => match &flow.label {
            Some(label) => format!("flow {}[a]: …", label.name.value),
            None => {
                return "write its variables into the stock's brackets, or give it a label, `flow trade[a]: …`".into();
            }
        },
        StatementKind::Utility(utility) => match &utility.label {
            Some(label) => format!("utility {}[a]: …", label.name.value),
            None => "utility fear[a]: …".to_owned(),
        },
        StatementKind::Param(param) => named("param", param.name.as_ref()),
        StatementKind::Event(event) => named("event", event.name.as_ref()),
        StatementKind::Choice(choice) => named("choice", choice.name.as_ref()),
        StatementKind::Let(formula) => named("let", formula.target.as_ref()),
        StatementKind::Stock(stock) => named("stock", stock.targets.first()),
        StatementKind::Ladder(ladder) => named("ladder", ladder.targets.first()),
        StatementKind::Flag(flag) => named("flag", flag.targets.first()),
        _ => return "use all variables of the `for each`, or move the statement out of it".to_owned(),
    };
    format!("write all variables of the `for each` into its name, as in `{name}`")
}

fn named(keyword: &str, name: Option<&Reference>) -> String {
    format!("{keyword} {}[a] …", name.map_or("NAME", |name| name.name.value.as_str()))
}

/// The statements of a list with their paths, in the order of the text, those below a `for each` repeated for each of its
/// bindings.
pub fn items_of<'a>(
    shared: &Shared<'a>,
    statements: impl Iterator<Item = &'a Statement>,
    context: Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Item<'a>> {
    declared(shared, &unfold(shared, statements, context, diagnostics), context != Context::Shared, diagnostics)
}

/// The items that these statements declare.
pub fn declared<'a>(
    shared: &Shared<'a>,
    statements: &[(&'a Statement, Bindings)],
    own: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Item<'a>> {
    let mut once = Once::default();
    let mut list = Vec::new();
    let mut levels = 0;
    for (item, (statement, bindings)) in statements.iter().enumerate() {
        if once.is_enough(statement.span) {
            continue;
        }
        let before = diagnostics.len();
        let mut one = One { shared, statement, bindings, own, list: &mut list, levels: &mut levels, diagnostics };
        one.items();
        once.take(diagnostics, before, Whose { item, statement: statement.span, bindings });
        if list.len() > MAX_STATEMENTS {
            diagnostics.push(too_large(statement.head));
            list.truncate(MAX_STATEMENTS);
            break;
        }
    }
    once.finish(diagnostics, shared, &|statement| repetitions(statement, statements));
    list
}

/// How often a statement is repeated.
pub fn repetitions(statement: Span, statements: &[(&Statement, Bindings)]) -> usize {
    statements.iter().filter(|(other, _)| other.span == statement).count()
}

fn too_large(at: Span) -> Diagnostic {
    Diagnostic::new(Code::TooLarge, at, format!("this model has more than {MAX_STATEMENTS} statements"))
        .label("here it becomes too many")
        .help("declare fewer entities, or fewer pairs of them; `for each` repeats what is below it for each binding")
}

/// The most bindings that the ranges of a list of statements may make.
const MAX_BINDINGS: usize = 10 * MAX_STATEMENTS;

/// The statements of a list, those below a `for each` once for each of its bindings.
pub fn unfold<'a>(
    shared: &Shared<'a>,
    statements: impl Iterator<Item = &'a Statement>,
    context: Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(&'a Statement, Bindings)> {
    let mut unfold = Unfold {
        shared,
        list: Vec::new(),
        diagnostics,
        once: Once::default(),
        ranges: BTreeMap::new(),
        made: 0,
        is_full: false,
    };
    for statement in statements {
        misplaced(statement, context, false, unfold.diagnostics);
        unfold.statement(statement, &Bindings::default());
    }
    let Unfold { list, ranges, once, .. } = unfold;
    once.finish(diagnostics, shared, &|_| 0);
    for (span, _) in ranges.into_iter().filter(|(_, is_empty)| *is_empty) {
        diagnostics.push(empty_range(span).help("delete it, or name a group that has other members"));
    }
    list
}

/// A range that runs over nothing.
pub fn empty_range(span: Span) -> Diagnostic {
    Diagnostic::new(Code::EmptyRange, span, "this range runs over nothing")
        .label("no member is left, or no pair of two different members")
}

struct Unfold<'x, 'a> {
    shared: &'x Shared<'a>,
    list: Vec<(&'a Statement, Bindings)>,
    diagnostics: &'x mut Vec<Diagnostic>,
    once: Once,
    /// Whether each range was empty whenever it was met.
    ranges: BTreeMap<Span, bool>,
    made: usize,
    is_full: bool,
}

impl<'a> Unfold<'_, 'a> {
    fn statement(&mut self, statement: &'a Statement, bindings: &Bindings) {
        if self.is_full {
            return;
        }
        if let StatementKind::ForEach(for_each) = &statement.kind {
            self.repeat(for_each, bindings);
        } else if self.list.len() >= MAX_STATEMENTS {
            self.full(statement.head);
        } else {
            self.list.push((statement, bindings.clone()));
        }
    }

    fn full(&mut self, at: Span) {
        self.is_full = true;
        self.diagnostics.push(too_large(at));
    }

    fn repeat(&mut self, for_each: &'a ForEach, bindings: &Bindings) {
        let statement = for_each.range.span;
        if self.once.is_enough(statement) {
            return;
        }
        let before = self.diagnostics.len();
        let resolved = self.shared.range(&for_each.range, bindings, self.diagnostics);
        self.made += 1;
        self.once.take(self.diagnostics, before, Whose { item: self.made, statement, bindings });
        let Some(resolved) = resolved else { return };
        let count = resolved.count();
        *self.ranges.entry(for_each.range.span).or_insert(true) &= count == 0;
        self.made = self.made.saturating_add(count);
        if self.made > MAX_BINDINGS {
            self.full(for_each.range.span);
            return;
        }
        for inner in resolved.bindings(bindings) {
            for statement in &for_each.statements {
                self.statement(statement, &inner);
            }
        }
    }
}

/// Reports statements that cannot stand where they do; they are passed over later.
fn misplaced(statement: &Statement, context: Context, is_repeated: bool, diagnostics: &mut Vec<Diagnostic>) {
    use StatementKind as K;
    let fits = match &statement.kind {
        K::ForEach(for_each) => {
            for inner in &for_each.statements {
                misplaced(inner, context, true, diagnostics);
            }
            true
        }
        K::Param(_)
        | K::Stock(_)
        | K::Ladder(_)
        | K::Flag(_)
        | K::Let(_)
        | K::Event(_)
        | K::Choice(_)
        | K::Flow(_)
        | K::Utility(_)
        | K::Horizon(_)
        | K::Precision(_)
        | K::Patience(_)
        | K::Foresight(_)
        | K::Correlate(_)
        | K::Error => true,
        K::Observe(_) | K::Record(_) => context == Context::Shared,
        K::SwitchOff(_) | K::OptionOf(..) => context != Context::Shared,
        K::Keeps(..) => matches!(context, Context::Reading | Context::Patch),
        K::Set(_) | K::Hold(_) => context == Context::Scenario,
        _ => context == Context::Shared && !is_repeated,
    };
    if fits {
        return;
    }
    let (message, label, help) = match (&statement.kind, context) {
        (K::SwitchOff(_) | K::OptionOf(..) | K::Keeps(..), Context::Shared) => {
            ("this changes the shared statements, as a reading does", "outside a reading", "indent it below `reading`")
        }
        (K::Set(_) | K::Hold(_), _) => {
            ("this is done to the world in a scenario", "outside a scenario", "indent it below `scenario NAME`")
        }
        (K::Keeps(..), _) => (
            "a scenario keeps whatever it does not change",
            "inside a scenario",
            "delete this line; `keeps` stands in a reading",
        ),
        (_, Context::Reading | Context::Patch) => (
            "this belongs to all readings, not to one",
            "inside a reading",
            "move it to the left margin, outside the reading",
        ),
        (_, Context::Scenario) => (
            "this belongs to the model, not to a scenario",
            "inside a scenario",
            "move it to the left margin, outside the scenario",
        ),
        (_, Context::Shared) => {
            ("this cannot be repeated for each entity", "below `for each`", "move it to the left margin")
        }
    };
    diagnostics.push(Diagnostic::new(Code::MisplacedClause, statement.head, message).label(label).help(help));
}

/// One statement with one binding of its variables.
struct One<'x, 'a> {
    shared: &'x Shared<'a>,
    statement: &'a Statement,
    bindings: &'x Bindings,
    own: bool,
    list: &'x mut Vec<Item<'a>>,
    /// The levels of all ladders so far.
    levels: &'x mut usize,
    diagnostics: &'x mut Vec<Diagnostic>,
}

impl<'a> One<'_, 'a> {
    fn items(&mut self) {
        match &self.statement.kind {
            StatementKind::Param(param) => self.named("", param.name.as_ref()),
            StatementKind::Event(event) => self.named("", event.name.as_ref()),
            StatementKind::Choice(choice) => self.named("", choice.name.as_ref()),
            StatementKind::Stock(stock) => self.expanded(&stock.targets),
            StatementKind::Ladder(ladder) => self.ladder(&ladder.targets, ladder.levels.len()),
            StatementKind::Flag(flag) => self.expanded(&flag.targets),
            StatementKind::Let(formula) => self.expanded(formula.target.as_slice()),
            StatementKind::Flow(flow) => self.named("flow ", flow.label.as_ref().or(flow.target.as_ref())),
            StatementKind::Utility(utility) => match (&utility.label, &utility.actor) {
                (Some(label), _) => self.named("utility ", Some(label)),
                (None, Some(actor)) => match self.shared.actor(actor, self.bindings) {
                    Ok(id) => self.setting("utility", id),
                    Err(diagnostic) => self.diagnostics.push(diagnostic),
                },
                (None, None) => {}
            },
            StatementKind::Horizon(setting) => self.settings("horizon", &setting.actors),
            StatementKind::Precision(setting) => self.settings("precision", &setting.actors),
            StatementKind::Patience(setting) => self.settings("patience", &setting.actors),
            StatementKind::Foresight(setting) => self.settings("foresight", &setting.actors),
            StatementKind::Correlate(correlate) => {
                let paths = correlate.params.iter().map(|param| self.path("", param)).collect::<Option<Vec<_>>>();
                if let Some(paths) = paths {
                    let names: Vec<String> = paths.into_iter().map(|(path, _)| path).collect();
                    self.add(format!("correlate {}", names.join(", ")), 0, Entities::World);
                }
            }
            StatementKind::Observe(observe) if !self.own => {
                if let Some(path) =
                    crate::seen::observation(self.shared, observe, &self.statement.provenance, self.bindings)
                {
                    self.add(path, 0, Entities::World);
                }
            }
            StatementKind::Record(record) if !self.own => {
                if let Some(path) = crate::seen::record(self.shared, record, self.bindings) {
                    self.add(path, 0, Entities::World);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, path: String, part: usize, entities: Entities) {
        self.list.push(Item {
            path,
            statement: self.statement,
            part,
            entities,
            bindings: self.bindings.clone(),
            options: BTreeMap::new(),
            own: self.own,
            replaces: None,
        });
    }

    /// The path of a name whose entities are single ones.
    fn path(&mut self, keyword: &str, name: &Reference) -> Option<(String, Entities)> {
        let entities = match self.shared.entities_of(name, self.bindings) {
            Ok(Entities::Pair(a, b)) if a == b => {
                self.diagnostics.push(no_pair(name));
                return None;
            }
            Ok(entities) => entities,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let path = self.shared.show(&name.name.value, entities);
        Some((if keyword.is_empty() { path } else { format!("{keyword}{path}") }, entities))
    }

    fn named(&mut self, keyword: &str, name: Option<&Reference>) {
        if let Some((path, entities)) = name.and_then(|name| self.path(keyword, name)) {
            self.add(path, 0, entities);
        }
    }

    fn settings(&mut self, keyword: &str, actors: &[Name]) {
        for name in actors {
            match self.shared.actors(name, self.bindings) {
                Ok(actors) => actors.into_iter().for_each(|actor| self.setting(keyword, actor)),
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    fn setting(&mut self, keyword: &str, actor: EntityId) {
        self.add(format!("{keyword} {}", self.shared.name_of(actor)), 0, Entities::One(actor));
    }

    fn expanded(&mut self, targets: &[Reference]) {
        for (part, target) in targets.iter().enumerate() {
            for entities in self.tuples(target) {
                self.add(self.shared.show(&target.name.value, entities), part, entities);
            }
        }
    }

    fn ladder(&mut self, targets: &[Reference], levels: usize) {
        let before = self.list.len();
        self.expanded(targets);
        let made = self.list.len() - before;
        *self.levels = self.levels.saturating_add(levels.saturating_mul(made));
        if levels > MAX_LEVELS || *self.levels > MAX_ALL_LEVELS {
            self.list.truncate(before);
            self.diagnostics.push(
                Diagnostic::new(Code::TooLarge, self.statement.head, "this ladder has too many levels")
                    .label(format!(
                        "{levels} levels; {MAX_LEVELS} are the limit, and {MAX_ALL_LEVELS} for all ladders together"
                    ))
                    .help("declare a stock, whose number may be anything between its bounds"),
            );
        }
    }

    /// The entities that a declaration's square brackets stand for: a group stands for each of its members; two groups
    /// for each pair of different members.
    fn tuples(&mut self, target: &Reference) -> Vec<Entities> {
        let mut lists = Vec::new();
        for name in &target.entities {
            let group = self.shared.groups.get(&name.value).filter(|_| self.bindings.get(&name.value).is_none());
            let entity = self.shared.entity(name, self.bindings);
            match (group, entity) {
                (Some(members), _) => lists.push(members.clone()),
                (None, Ok(id)) => lists.push(vec![id]),
                (None, Err(_)) => {
                    let known = self.shared.entities.keys().chain(self.shared.groups.keys()).map(String::as_str);
                    let what = if self.bindings.is_empty() {
                        "actor, place or group"
                    } else {
                        "actor, place, group or variable"
                    };
                    self.diagnostics.push(unknown(what, name, &known.collect::<Vec<_>>(), "actor NAME"));
                    return Vec::new();
                }
            }
        }
        match lists.as_slice() {
            [] => vec![Entities::World],
            [one] => one.iter().map(|entity| Entities::One(*entity)).collect(),
            [one, two] if one.len().saturating_mul(two.len()) > MAX_STATEMENTS => {
                let pairs = one.len().saturating_mul(two.len());
                let message = format!("these are {pairs} pairs; the limit is {MAX_STATEMENTS}");
                self.diagnostics.push(
                    Diagnostic::new(Code::TooLarge, target.span, message)
                        .help("declare fewer entities, or fewer pairs of them"),
                );
                Vec::new()
            }
            [one, two] => {
                let pairs =
                    one.iter().flat_map(|a| two.iter().filter(move |b| *b != a).map(|b| Entities::Pair(*a, *b)));
                let pairs: Vec<Entities> = pairs.collect();
                if pairs.is_empty() {
                    self.diagnostics.push(no_pair(target));
                }
                pairs
            }
            _ => {
                self.diagnostics.push(too_many(target));
                Vec::new()
            }
        }
    }
}

fn no_pair(target: &Reference) -> Diagnostic {
    Diagnostic::new(Code::WrongEntities, target.span, "no pair of two different entities is left here")
        .label("nothing is declared by this")
        .help(match target.entities.as_slice() {
            [one, two] if one.value != two.value => {
                let (a, b) = (&one.value, &two.value);
                format!("let them differ: `for each {a}, {b} in GROUP`, or `for each {b} in GROUP except {a}` inside")
            }
            _ => "a pair is two entities: write `name[FROM, TO]`, or `name[ENTITY]` for one".to_owned(),
        })
}

/// The most levels that a ladder may have.
pub const MAX_LEVELS: usize = 1_000;
/// The most levels of all ladders together.
const MAX_ALL_LEVELS: usize = 1_000_000;
