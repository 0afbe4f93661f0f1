//! Readings: which statements each has, and which it changes, switches off or keeps.

use crate::collect::{Item, Replacement, Shared, duplicate, unknown};
use crate::entities::{Bindings, Entities};
use crate::findings::{Once, Whose};
use crate::items::{Context, Index, bare, declared, one_each, repetitions, unfold};
use crate::names::{nearest, some};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, Path, Reference, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

pub use crate::origin::{Origin, numbers, option_numbers, origin, origin_of_option, origin_of_statement};
pub use crate::standing::{Standing, contested, parts, stances, standing, voices};

/// A reading's statements.
#[derive(Clone, Debug, Default)]
pub struct Composed<'a> {
    /// All of them, switched off ones included.
    pub items: Vec<Item<'a>>,
    /// Paths that are switched off.
    pub off: BTreeSet<String>,
    /// Contested statements that it keeps, with its reason.
    pub keeps: BTreeMap<String, String>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What a scenario does to quantities, with what its variables stand for.
    pub done: Vec<(&'a Statement, Bindings)>,
    /// Each `keeps` as it is written.
    pub(crate) kept: Vec<Kept>,
    /// Where the items stand that the shared model does not have.
    added: Index,
    /// Whether a patch or a scenario is being applied, which may switch off what the reading says itself.
    patching: bool,
}

/// A `keeps`.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// Where its path is written.
    pub span: Span,
    /// Its path as written.
    pub text: String,
    /// The statements that it keeps.
    pub paths: Vec<String>,
    /// Whether it says why.
    pub has_reason: bool,
}

/// A name with its entities, as it is written.
#[must_use]
pub fn show_name(reference: &Reference) -> String {
    let entities: Vec<&str> = reference.entities.iter().map(|name| name.value.as_str()).collect();
    let name = &reference.name.value;
    if entities.is_empty() { name.clone() } else { format!("{name}[{}]", entities.join(", ")) }
}

/// A path as it is written.
#[must_use]
pub fn show(path: &Path) -> String {
    let names: Vec<String> = std::iter::once(&path.name).chain(&path.others).map(show_name).collect();
    let mut text = names.join(", ");
    if let Some(keyword) = &path.keyword {
        text = format!("{} {text}", keyword.value);
    }
    if let Some(option) = &path.option {
        text = format!("{text}.{}", option.value);
    }
    text
}

/// Merges the shared statements with those of a reading, and then with a patch or a scenario (statements as a reading has
/// them).
pub fn compose<'a>(shared: &Shared<'a>, layers: &[(Context, &'a [Statement])]) -> Composed<'a> {
    let mut composed = Composed { items: shared.items.clone(), ..Composed::default() };
    for (context, layer) in layers {
        composed.patching = *context != Context::Reading;
        composed.layer(shared, *context, layer);
    }
    composed
}

/// What a path in a reading means: items, and for each the path of it or of its option.
struct Target {
    item: usize,
    path: String,
}

impl<'a> Composed<'a> {
    fn layer(&mut self, shared: &Shared<'a>, context: Context, layer: &'a [Statement]) {
        let statements = unfold(shared, layer.iter(), context, &mut self.diagnostics);
        let own = declared(shared, &statements, true, &mut self.diagnostics);
        one_each(&own, &mut self.diagnostics);
        for item in own {
            self.place(shared, item);
        }
        let mut once = Once::default();
        for (item, (statement, bindings)) in statements.iter().enumerate() {
            if once.is_enough(statement.span) {
                continue;
            }
            let before = self.diagnostics.len();
            match &statement.kind {
                StatementKind::OptionOf(choice, option) => self.replace_option(shared, choice, option, bindings),
                StatementKind::SwitchOff(paths) => {
                    paths.iter().for_each(|path| self.switch_off(shared, path, bindings));
                }
                StatementKind::Keeps(Some(path), why) => self.keep(shared, path, why.as_ref(), bindings),
                StatementKind::Set(_) | StatementKind::Hold(_) if context == Context::Scenario => {
                    self.done.push((statement, bindings.clone()));
                }
                _ => {}
            }
            once.take(&mut self.diagnostics, before, Whose { item, statement: statement.span, bindings });
        }
        once.finish(&mut self.diagnostics, shared, &|statement| repetitions(statement, &statements));
    }

    fn find(&self, shared: &Shared<'a>, path: &str) -> Option<usize> {
        shared.index.get(path).or_else(|| self.added.get(path))
    }

    /// A correlation of the same parameters, in whatever order they are written.
    fn correlation(&self, path: &str) -> Option<usize> {
        let sorted = |path: &str| {
            let mut names: Vec<String> = path.strip_prefix("correlate ")?.split(", ").map(str::to_owned).collect();
            names.sort();
            Some(names)
        };
        let wanted = sorted(path)?;
        self.items.iter().position(|item| sorted(&item.path).is_some_and(|names| names == wanted))
    }

    fn instances(&self, shared: &Shared<'a>, path: &str) -> Vec<usize> {
        let all = shared.index.instances(path).iter().chain(self.added.instances(path));
        all.copied().collect()
    }

    /// Puts a statement of the reading in place of the shared one, or beside them.
    fn place(&mut self, shared: &Shared<'a>, item: Item<'a>) {
        let other_order =
            || matches!(item.statement.kind, StatementKind::Correlate(_)).then(|| self.correlation(&item.path));
        if let Some(place) = self.find(shared, &item.path).or_else(|| other_order().flatten()) {
            let path = self.items.get(place).map_or_else(|| item.path.clone(), |other| other.path.clone());
            self.replace(place, Item { path, ..item });
            return;
        }
        let instances = if item.entities == Entities::World { self.instances(shared, &item.path) } else { Vec::new() };
        if instances.is_empty() {
            self.added.add(&item.path, self.items.len());
            self.items.push(item);
            return;
        }
        // Without entities all that have them are meant, where the statement says the same of each.
        if matches!(
            item.statement.kind,
            StatementKind::Flow(_) | StatementKind::Utility(_) | StatementKind::Choice(_) | StatementKind::Correlate(_)
        ) {
            let first = instances.first().and_then(|place| self.items.get(*place));
            let first = first.map_or(String::new(), |first| first.path.clone());
            self.diagnostics.push(
                Diagnostic::new(
                    Code::WrongEntities,
                    item.statement.head,
                    format!("there are several `{}`, as `{first}`, and this does not say which it replaces", item.path),
                )
                .label("one for all of them?")
                .help("write its entities, or repeat the statement below `for each` as in the shared model"),
            );
            return;
        }
        for place in instances {
            let Some(other) = self.items.get(place) else { continue };
            let item = Item { path: other.path.clone(), entities: other.entities, ..item.clone() };
            self.replace(place, item);
        }
    }

    fn replace(&mut self, place: usize, item: Item<'a>) {
        let Some(other) = self.items.get_mut(place) else { return };
        if std::mem::discriminant(&other.statement.kind) == std::mem::discriminant(&item.statement.kind) {
            let replaced = other.statement;
            let replaces = Some(other.replaces.unwrap_or(replaced));
            let head = item.statement.head;
            let lost = lost_effects(replaced, item.statement).map(|span| (item.path.clone(), span));
            *other = Item { replaces, ..item };
            if let Some((path, span)) = lost {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::LostEffects,
                        head,
                        format!("here `{path}` does nothing, since the whole event is replaced"),
                    )
                    .label("no `then`")
                    .also(span, "what the shared event does")
                    .help(format!("repeat `then …`; if it shall have no effect, write `switch off {path}`")),
                );
            }
            return;
        }
        let found = Diagnostic::new(
            Code::WrongKind,
            item.statement.head,
            format!("`{}` is something else in the shared model", item.path),
        )
        .label("replaced by another kind of statement")
        .also(other.statement.head, "declared here")
        .help("a reading replaces a statement by one of the same kind; give a new one a name of its own");
        self.diagnostics.push(found);
    }

    /// The items that a name in a reading means: the one of that name, else all that have entities besides.
    fn named(&self, shared: &Shared<'a>, path: &str, has_entities: bool) -> Vec<usize> {
        match self.find(shared, path) {
            Some(place) => vec![place],
            None if has_entities => Vec::new(),
            None => self.instances(shared, path),
        }
    }

    /// What a path means. Where it means nothing a diagnostic says so.
    fn targets(&self, shared: &Shared<'a>, path: &Path, bindings: &Bindings) -> Result<Vec<Target>, Diagnostic> {
        let name = &path.name.name;
        let keyword = path.keyword.as_ref().map(|keyword| keyword.value.as_str());
        let mut places = Vec::new();
        match keyword {
            // What follows is an actor, and may be a variable or a group.
            Some(keyword @ ("utility" | "horizon" | "precision" | "patience" | "foresight"))
                if path.name.entities.is_empty()
                    && (bindings.get(&name.value).is_some() || shared.groups.contains_key(&name.value)) =>
            {
                for actor in shared.actors(name, bindings)? {
                    places.extend(self.find(shared, &format!("{keyword} {}", shared.name_of(actor))));
                }
            }
            Some("correlate") => {
                let mut names = Vec::new();
                for reference in std::iter::once(&path.name).chain(&path.others) {
                    names.push(shared.show(&reference.name.value, shared.entities_of(reference, bindings)?));
                }
                let text = format!("correlate {}", names.join(", "));
                places.extend(self.find(shared, &text).or_else(|| self.correlation(&text)));
            }
            _ => {
                let entities = shared.entities_of(&path.name, bindings)?;
                let mut text = shared.show(&name.value, entities);
                if let Some(keyword) = keyword {
                    text = format!("{keyword} {text}");
                }
                places = self.named(shared, &text, entities != Entities::World);
            }
        }
        let of = |place: usize| -> Option<Target> {
            let item = self.items.get(place)?;
            match (&path.option, &item.statement.kind) {
                (None, _) => Some(Target { item: place, path: item.path.clone() }),
                (Some(option), StatementKind::Choice(choice))
                    if choice.options.iter().any(|other| other.name.value == option.value) =>
                {
                    Some(Target { item: place, path: format!("{}.{}", item.path, option.value) })
                }
                _ => None,
            }
        };
        let targets: Vec<Target> = places.into_iter().filter_map(of).collect();
        if targets.is_empty() { Err(self.unknown_path(shared, path)) } else { Ok(targets) }
    }

    fn unknown_path(&self, shared: &Shared<'a>, path: &Path) -> Diagnostic {
        if path.keyword.is_none()
            && let Some(found) = crate::elsewhere::in_a_reading(shared, &path.name.name)
        {
            return found;
        }
        let text = show(path);
        let unknown = || {
            Diagnostic::new(Code::UnknownName, path.span, format!("there is no statement `{text}`"))
                .label("not a statement")
        };
        if let Some(help) = self.other_path(path) {
            return unknown().help(help);
        }
        let options = self.items.iter().flat_map(|item| match &item.statement.kind {
            StatementKind::Choice(choice) => {
                choice.options.iter().map(|option| format!("{}.{}", item.path, option.name.value)).collect()
            }
            _ => Vec::new(),
        });
        let bases: BTreeSet<&str> = self.items.iter().filter_map(|item| bare(&item.path)).collect();
        let all: Vec<String> = self
            .items
            .iter()
            .map(|item| item.path.clone())
            .chain(options)
            .chain(bases.into_iter().map(str::to_owned))
            .collect();
        let help = match nearest(&text, all.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let ending = format!(" {text}");
                let all = all.iter().map(String::as_str);
                let similar: Vec<&str> =
                    all.filter(|path| path.ends_with(&ending) || path.starts_with(text.as_str())).collect();
                if similar.is_empty() {
                    "`variorum check --statements` lists all statements by their paths".to_owned()
                } else {
                    format!("there are {}", some(similar.into_iter()))
                }
            }
        };
        unknown().help(help)
    }

    /// What a path that means nothing means if a pair is turned round, or if it is an option without its choice.
    fn other_path(&self, path: &Path) -> Option<String> {
        if let [first, second] = path.name.entities.as_slice() {
            let name = Reference { entities: vec![second.clone(), first.clone()], ..path.name.clone() };
            let turned = show(&Path { name, option: None, ..path.clone() });
            let is_there = self.items.iter().any(|item| item.path == turned);
            return is_there.then(|| format!("write `{turned}`: of a pair the order counts"));
        }
        if path.keyword.is_some() || path.option.is_some() {
            return None;
        }
        let name = &path.name.name.value;
        let of = self.items.iter().filter_map(|item| match &item.statement.kind {
            StatementKind::Choice(choice) if choice.options.iter().any(|option| option.name.value == *name) => {
                Some(format!("{}.{name}", item.path))
            }
            _ => None,
        });
        let of: Vec<String> = of.collect();
        match of.as_slice() {
            [] => None,
            [one] => Some(format!("an option is named with its choice: `{one}`")),
            _ => Some(format!("an option is named with its choice: {}", some(of.iter().map(String::as_str)))),
        }
    }

    fn keep(&mut self, shared: &Shared<'a>, path: &Path, why: Option<&ast::Text>, bindings: &Bindings) {
        match self.targets(shared, path, bindings) {
            Err(diagnostic) => self.diagnostics.push(diagnostic),
            Ok(targets) => {
                let why = why.map_or(String::new(), |why| why.value.clone());
                let has_reason = !why.trim().is_empty();
                let paths: Vec<String> = targets.into_iter().map(|target| target.path).collect();
                for path in &paths {
                    self.keeps.insert(path.clone(), why.clone());
                }
                self.kept.push(Kept { span: path.span, text: show(path), paths, has_reason });
            }
        }
    }

    fn replace_option(
        &mut self,
        shared: &Shared<'a>,
        choice: &Reference,
        option: &'a ast::ChoiceOption,
        bindings: &Bindings,
    ) {
        let places = match shared.entities_of(choice, bindings) {
            Ok(entities) => self.named(shared, &shared.show(&choice.name.value, entities), entities != Entities::World),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        let choices: Vec<usize> = places
            .into_iter()
            .filter(|place| {
                self.items.get(*place).is_some_and(|item| matches!(item.statement.kind, StatementKind::Choice(_)))
            })
            .collect();
        if choices.is_empty() {
            let all = self.items.iter().filter(|item| matches!(item.statement.kind, StatementKind::Choice(_)));
            let names: Vec<&str> = all.map(|item| bare(&item.path).unwrap_or(&item.path)).collect();
            self.diagnostics.push(unknown("choice", &choice.name, &names, "choice NAME by ACTOR"));
            return;
        }
        for place in choices {
            let found = self.items.get_mut(place).and_then(|item| put_option(item, choice, option, bindings));
            self.diagnostics.extend(found);
        }
    }

    fn switch_off(&mut self, shared: &Shared<'a>, path: &Path, bindings: &Bindings) {
        let targets = match self.targets(shared, path, bindings) {
            Ok(targets) => targets,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        let is_one = targets.len() == 1;
        for target in targets {
            let Some(item) = self.items.get(target.item) else { continue };
            if let Some(found) = cannot(item, path, &target.path) {
                self.diagnostics.push(found);
                return;
            }
            if item.own && !self.patching && path.option.is_none() {
                // Of many, those that the reading says itself stay.
                if is_one {
                    let found = Diagnostic::new(
                        Code::BadSwitchOff,
                        path.span,
                        format!("this reading says `{}` itself, and switches it off", target.path),
                    )
                    .label("switched off here")
                    .also(item.statement.head, "said here")
                    .help("delete one of the two");
                    self.diagnostics.push(found);
                }
                continue;
            }
            self.off.insert(target.path);
        }
    }
}

/// Replaces an option of a choice; what is wrong with it.
fn put_option<'a>(
    item: &mut Item<'a>,
    choice: &Reference,
    option: &'a ast::ChoiceOption,
    bindings: &Bindings,
) -> Option<Diagnostic> {
    let StatementKind::Choice(declared) = &item.statement.kind else { return None };
    let Some(shared) = declared.options.iter().find(|other| other.name.value == option.name.value) else {
        return Some(
            Diagnostic::new(
                Code::UnknownName,
                option.name.span,
                format!("`{}` has no option `{}`", choice.name.value, option.name.value),
            )
            .label("not one of its options")
            .help("repeat the whole choice in the reading to give it another option"),
        );
    };
    let replacement = Replacement { option, bindings: bindings.clone() };
    if let Some(earlier) = item.options.insert(option.name.value.clone(), replacement)
        && !std::ptr::eq(earlier.option, option)
    {
        return Some(duplicate(&option.name.value, option.name.span, earlier.option.name.span));
    }
    if option.effects.is_empty() && !shared.effects.is_empty() {
        let span = shared.effects.iter().map(|effect| effect.span).reduce(Span::to).unwrap_or(shared.name.span);
        return Some(
            Diagnostic::new(
                Code::LostEffects,
                option.name.span,
                format!("here `{}` does nothing, since the whole option is replaced", option.name.value),
            )
            .label("no `then`")
            .also(span, "what the shared option does")
            .help("repeat `then …`; if it shall have no effect, repeat the whole choice"),
        );
    }
    None
}

/// What an event did that its replacement does not do, having no effects at all.
fn lost_effects(replaced: &Statement, by: &Statement) -> Option<Span> {
    let (StatementKind::Event(replaced), StatementKind::Event(by)) = (&replaced.kind, &by.kind) else { return None };
    let spans = replaced.effects.iter().map(|effect| effect.span);
    spans.reduce(Span::to).filter(|_| by.effects.is_empty())
}

/// Why something cannot be switched off.
fn cannot(item: &Item<'_>, path: &Path, text: &str) -> Option<Diagnostic> {
    let name = bare(text).unwrap_or(text);
    let what = match &item.statement.kind {
        StatementKind::Param(_) => Some(("parameter", format!("give it a neutral value: `param {name} = 0`"))),
        StatementKind::Let(_) => Some(("formula", format!("give it a neutral value: `let {text} = 0`"))),
        StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_) => {
            Some(("quantity", "switch off the flows, events and choices that change it".to_owned()))
        }
        _ => None,
    };
    if let Some((what, help)) = what {
        return Some(
            Diagnostic::new(Code::BadSwitchOff, path.span, format!("a {what} cannot be switched off"))
                .label("other statements read it")
                .help(help),
        );
    }
    let option = path.option.as_ref()?;
    if !is_default(item, &option.value) {
        return None;
    }
    let choice = show(&Path { option: None, ..path.clone() });
    Some(
        Diagnostic::new(Code::BadSwitchOff, path.span, format!("the default of `{choice}` cannot be switched off"))
            .label("what is left if nobody acts?")
            .help(format!("switch off the whole choice, `switch off {choice}`, or another option")),
    )
}

/// Whether an option is the default of its choice, as far as the reading has changed it.
fn is_default(item: &Item<'_>, option: &str) -> bool {
    let StatementKind::Choice(declared) = &item.statement.kind else { return false };
    let mut options = declared.options.iter().filter(|declared| declared.name.value == option);
    options
        .any(|declared| item.options.get(option).map_or(declared, |replacement| replacement.option).default.is_some())
}
