//! Actors and places as numbers, the tuples of them in square brackets, and the variables that stand for them.
//!
//! A model may have tens of thousands of pairs, each with several statements. Trees are therefore never copied: a
//! statement below `for each` stays one statement, and what it means for one pair is said by its [`Bindings`].

use crate::collect::{EntityKind, Shared, unknown};
use std::sync::Arc;
use variorum_syntax::ast::{self, Name, Reference};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// An actor or place, by its place in the order of declaration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EntityId(u32);

impl EntityId {
    /// The entity declared after `count` others.
    pub(crate) fn new(count: usize) -> EntityId {
        EntityId(u32::try_from(count).unwrap_or(u32::MAX))
    }
    /// Its place in the order of declaration.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a name belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Entities {
    /// `war`
    #[default]
    World,
    /// `front[RU]`
    One(EntityId),
    /// `tie[KP, RU]`
    Pair(EntityId, EntityId),
}

/// Variables and the entities that they stand for: a list that grows at its inner end and shares the rest.
#[derive(Clone, Debug, Default)]
pub struct Bindings(Option<Arc<Bound>>);

#[derive(Debug)]
struct Bound {
    variable: Arc<str>,
    /// Where the variable is declared.
    span: Span,
    entity: EntityId,
    outer: Bindings,
}

impl Bindings {
    /// Whether no variable is bound.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What a variable stands for.
    #[must_use]
    pub fn get(&self, variable: &str) -> Option<EntityId> {
        self.iter().find(|bound| *bound.variable == *variable).map(|bound| bound.entity)
    }

    /// These bindings and one more.
    fn with(&self, (variable, span): &(Arc<str>, Span), entity: EntityId) -> Bindings {
        Bindings(Some(Arc::new(Bound { variable: variable.clone(), span: *span, entity, outer: self.clone() })))
    }

    /// From the innermost variable to the outermost.
    fn iter(&self) -> impl Iterator<Item = &Bound> {
        std::iter::successors(self.0.as_deref(), |bound| bound.outer.0.as_deref())
    }

    /// Where each variable is declared and what it stands for, the outermost first.
    pub(crate) fn places(&self) -> Vec<(Span, EntityId)> {
        let mut places: Vec<(Span, EntityId)> = self.iter().map(|bound| (bound.span, bound.entity)).collect();
        places.reverse();
        places
    }

    /// The names of the variables, the innermost first.
    fn variables(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|bound| &*bound.variable)
    }
}

/// A range whose group is known.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// One or two, with the places where they are declared.
    variables: Vec<(Arc<str>, Span)>,
    members: Vec<EntityId>,
    /// Of two members each pair once, in the group's order.
    once: bool,
}

impl Resolved {
    /// How many bindings there are.
    pub fn count(&self) -> usize {
        let members = self.members.len();
        match (self.variables.len(), self.once) {
            (2, false) => members.saturating_mul(members.saturating_sub(1)),
            (2, true) => members.saturating_mul(members.saturating_sub(1)) / 2,
            _ => members,
        }
    }

    /// Every binding, inside others.
    pub fn bindings(&self, outer: &Bindings) -> Vec<Bindings> {
        match self.variables.as_slice() {
            [one] => self.members.iter().map(|member| outer.with(one, *member)).collect(),
            [first, second] => {
                let mut list = Vec::with_capacity(self.count());
                for (place, a) in self.members.iter().enumerate() {
                    let bound = outer.with(first, *a);
                    let from = if self.once { place + 1 } else { 0 };
                    let others = self.members.iter().skip(from).filter(|b| *b != a);
                    list.extend(others.map(|b| bound.with(second, *b)));
                }
                list
            }
            _ => Vec::new(),
        }
    }
}

impl Shared<'_> {
    /// The name of an entity.
    #[must_use]
    pub fn name_of(&self, id: EntityId) -> &str {
        self.entity_names.get(id.index()).map_or("", String::as_str)
    }

    /// `front[RU]`.
    #[must_use]
    pub fn show(&self, name: &str, entities: Entities) -> String {
        let mut text = String::with_capacity(name.len() + 16);
        text.push_str(name);
        match entities {
            Entities::World => {}
            Entities::One(a) => {
                text.push('[');
                text.push_str(self.name_of(a));
                text.push(']');
            }
            Entities::Pair(a, b) => {
                text.push('[');
                text.push_str(self.name_of(a));
                text.push_str(", ");
                text.push_str(self.name_of(b));
                text.push(']');
            }
        }
        text
    }

    /// What a name stands for: a variable, an actor or a place.
    fn known(&self, name: &str, bindings: &Bindings) -> Option<EntityId> {
        bindings.get(name).or_else(|| self.entities.get(name).map(|entity| entity.id))
    }

    /// The actor or place that a name or variable stands for.
    pub(crate) fn entity(&self, name: &Name, bindings: &Bindings) -> Result<EntityId, Diagnostic> {
        match self.known(&name.value, bindings) {
            Some(id) => Ok(id),
            None if self.groups.contains_key(&name.value) => Err(self.group_for_one(name, "one actor or place")),
            None => {
                let what = if bindings.is_empty() { "actor or place" } else { "actor, place or variable" };
                let names = bindings.variables().chain(self.entities.keys().map(String::as_str));
                Err(unknown(what, name, &names.collect::<Vec<_>>(), "actor NAME"))
            }
        }
    }

    fn group_for_one(&self, name: &Name, wanted: &str) -> Diagnostic {
        let group = &name.value;
        let mut help = format!("write `for each a in {group}`, indent the statement below it, and write `a` here");
        if wanted != "one actor" {
            help += &format!("; in a question or a formula, `any(a in {group}: …)`, `all` or `sum`");
        }
        Diagnostic::new(Code::WrongKind, name.span, format!("`{group}` is a group, and {wanted} is needed here"))
            .label("a group")
            .help(help)
    }

    /// Whether an entity can decide.
    pub(crate) fn is_actor(&self, id: EntityId) -> bool {
        self.entities.get(self.name_of(id)).is_some_and(|entity| entity.kind == EntityKind::Actor)
    }

    /// The actor that a name or variable stands for.
    pub(crate) fn actor(&self, name: &Name, bindings: &Bindings) -> Result<EntityId, Diagnostic> {
        match self.known(&name.value, bindings) {
            Some(id) if self.is_actor(id) => Ok(id),
            Some(id) => Err(self.place_for_actor(name, id)),
            None if self.groups.contains_key(&name.value) => Err(self.group_for_one(name, "one actor")),
            None => {
                let actors = self.entities.iter().filter(|(_, entity)| entity.kind == EntityKind::Actor);
                let names = bindings.variables().chain(actors.map(|(name, _)| name.as_str()));
                let what = if bindings.is_empty() { "actor" } else { "actor or variable" };
                Err(unknown(what, name, &names.collect::<Vec<_>>(), "actor NAME"))
            }
        }
    }

    fn place_for_actor(&self, name: &Name, id: EntityId) -> Diagnostic {
        let place = self.name_of(id);
        let message = if place == name.value {
            format!("`{place}` is a place, and places decide nothing")
        } else {
            format!("`{}` stands for `{place}`, which is a place, and places decide nothing", name.value)
        };
        Diagnostic::new(Code::WrongKind, name.span, message)
            .label("an actor was expected here")
            .help(format!("declare it with `actor {place}`"))
    }

    /// The actors that a name in a list stands for: itself, or the members of a group.
    pub(crate) fn actors(&self, name: &Name, bindings: &Bindings) -> Result<Vec<EntityId>, Diagnostic> {
        let Some(members) = self.groups.get(&name.value).filter(|_| bindings.get(&name.value).is_none()) else {
            return self.actor(name, bindings).map(|id| vec![id]);
        };
        match members.iter().find(|id| !self.is_actor(**id)) {
            None => Ok(members.clone()),
            Some(place) => {
                let place = self.name_of(*place);
                let message = format!("`{}` has the member `{place}`, a place, and places decide nothing", name.value);
                Err(Diagnostic::new(Code::WrongKind, name.span, message)
                    .label("not all of them are actors")
                    .help("name a group of actors alone"))
            }
        }
    }

    /// The entities of a name in a formula, an effect or a path.
    pub(crate) fn entities_of(&self, reference: &Reference, bindings: &Bindings) -> Result<Entities, Diagnostic> {
        match reference.entities.as_slice() {
            [] => Ok(Entities::World),
            [one] => self.entity(one, bindings).map(Entities::One),
            [one, two] => Ok(Entities::Pair(self.entity(one, bindings)?, self.entity(two, bindings)?)),
            _ => Err(too_many(reference)),
        }
    }

    /// Checks a range and looks its group up. `None`: a diagnostic was given, here or by the parser.
    pub(crate) fn range(&self, range: &ast::Range, outer: &Bindings, found: &mut Vec<Diagnostic>) -> Option<Resolved> {
        let before = found.len();
        self.variables(range, outer, found);
        let group = range.group.as_ref()?;
        let Some(members) = self.groups.get(&group.value) else {
            found.push(match self.known(&group.value, outer) {
                Some(_) => Diagnostic::new(Code::WrongKind, group.span, format!("`{}` is no group", group.value))
                    .label("a group was expected here")
                    .help(format!("declare one, for instance `group rivals = {}, OTHER`", group.value)),
                None => {
                    let groups = self.groups.keys().map(String::as_str);
                    unknown("group", group, &groups.collect::<Vec<_>>(), "group NAME = ACTOR, ACTOR")
                }
            });
            return None;
        };
        let mut members = members.clone();
        for name in &range.except {
            match (self.known(&name.value, outer), self.groups.get(&name.value)) {
                (Some(id), _) => members.retain(|member| *member != id),
                (None, Some(others)) => {
                    let others: std::collections::BTreeSet<EntityId> = others.iter().copied().collect();
                    members.retain(|member| !others.contains(member));
                }
                (None, None) => {
                    let names = outer.variables().chain(self.entities.keys().chain(self.groups.keys()).map(|k| &**k));
                    let names: Vec<&str> = names.collect();
                    found.push(unknown("actor, place, group or outer variable", name, &names, "actor NAME"));
                }
            }
        }
        let variables: Vec<(Arc<str>, Span)> =
            range.variables.iter().map(|name| (Arc::from(name.value.as_str()), name.span)).collect();
        (found.len() == before).then_some(Resolved { variables, members, once: range.pair.is_some() })
    }

    /// Checks the variables of a range: one or two, and none that means something else.
    fn variables(&self, range: &ast::Range, outer: &Bindings, found: &mut Vec<Diagnostic>) {
        match (range.pair, range.variables.as_slice()) {
            (Some(pair), [one]) => found.push(
                Diagnostic::new(Code::BadRange, pair, "a pair has two members, and this names one")
                    .label("a pair of what?")
                    .help(format!("write `pair {0}, other in GROUP`, or `{0} in GROUP` for each member", one.value)),
            ),
            (_, [_, _, third, ..]) => found.push(
                Diagnostic::new(Code::BadRange, third.span, "a range has one variable, or two for pairs")
                    .label("one too many")
                    .help("write another `for each` inside this one, indented deeper"),
            ),
            (_, [first, second]) if first.value == second.value => found.push(
                Diagnostic::new(Code::BadRange, second.span, "the two members of a pair need two names")
                    .label("named like the first")
                    .help("write, for instance, `a, b in GROUP`"),
            ),
            _ => {}
        }
        for name in &range.variables {
            let (what, span) = if let Some(entity) = self.entities.get(&name.value) {
                (if entity.kind == EntityKind::Actor { "an actor" } else { "a place" }, Some(entity.span))
            } else if self.groups.contains_key(&name.value) {
                ("a group", None)
            } else if let Some(bound) = outer.iter().find(|bound| *bound.variable == *name.value) {
                ("a variable of an outer range", Some(bound.span))
            } else {
                continue;
            };
            let message = format!("`{}` cannot be a variable here: it is {what}", name.value);
            let mut diagnostic = Diagnostic::new(Code::BadRange, name.span, message)
                .label("which of the two would it mean?")
                .help("give the variable a name of its own, as in `for each a in GROUP`");
            if let Some(span) = span {
                diagnostic = diagnostic.also(span, "declared here");
            }
            found.push(diagnostic);
        }
    }
}

/// More than two names in square brackets.
pub(crate) fn too_many(reference: &Reference) -> Diagnostic {
    Diagnostic::new(Code::WrongEntities, reference.span, "what has a name belongs to the world, an entity or a pair")
        .label("more than two entities")
        .help("write `name`, `name[ENTITY]` or `name[FROM, TO]`")
}
