//! What a name means in one reading, and what an expression may read where it stands.

use super::bounds::Notes;
use super::numbers::Range;
use crate::collect::{Item, Shared};
use crate::entities::{Bindings, Entities};
use crate::findings::Once;
use crate::items::bare;
use crate::names::{nearest, some, some_of};
use crate::program::{Expr, Param};
use crate::units::{Dimension, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;
use variorum_syntax::ast::{Provenance, Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What kind of value an expression has.
#[derive(Clone, PartialEq, Debug)]
pub enum Type {
    /// A number with its dimension.
    Number(Dimension),
    /// A condition; counts as 0 or 1 in arithmetic.
    Truth,
    /// A level of a ladder with these levels.
    Level(Arc<[String]>),
}

impl Type {
    /// As a message says it.
    pub fn show(&self) -> String {
        match self {
            Type::Number(dimension) if dimension.is_none() => "a plain number".to_owned(),
            Type::Number(dimension) if *dimension == Dimension::rate() => "a rate per time (1 / month)".to_owned(),
            Type::Number(dimension) if *dimension == Dimension::base("month") => "a time".to_owned(),
            Type::Number(dimension) => format!("a number of {}", dimension.show()),
            Type::Truth => "a condition".to_owned(),
            Type::Level(levels) => format!("a level of {}", levels.join(" < ")),
        }
    }
}

/// A checked expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Typed {
    /// What is computed.
    pub expr: Expr,
    /// What kind of value it is.
    pub ty: Type,
}

/// How much of the world an expression may read where it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reads {
    /// Numbers alone.
    Constants,
    /// And parameters.
    Parameters,
    /// And the state.
    State,
    /// And what happened in the step before (choices).
    Before,
    /// And what was chosen or happened in this step (events, flows, questions).
    Now,
}

/// What is declared under one name, by its entities.
pub type Instances<T> = BTreeMap<Entities, T>;

/// A choice: its index, unless this reading has switched it off, and its options by name with their places among those
/// that the reading has left on.
#[derive(Clone, Debug)]
pub struct ChoiceSymbol {
    /// Its index.
    pub index: Option<usize>,
    /// Its options.
    pub options: Arc<[(String, Option<usize>)]>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Symbol {
    /// An actor, place or group.
    Entity,
    /// Parameters, by their index in the order of declaration.
    Param(Instances<usize>),
    /// Stocks, ladders and flags.
    Quantity(Instances<usize>),
    /// Formulas.
    Formula(Instances<usize>),
    /// Events; none for those that this reading has switched off.
    Event(Instances<Option<usize>>),
    /// Choices.
    Choice(Instances<ChoiceSymbol>),
}

/// What a name with its entities stands for.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// An actor, place or group.
    Entity,
    /// A parameter.
    Param(usize),
    /// A quantity.
    Quantity(usize),
    /// A formula.
    Formula(usize),
    /// An event, if it is on.
    Event(Option<usize>),
    /// A choice.
    Choice(ChoiceSymbol),
}

impl Symbol {
    fn get(&self, entities: Entities) -> Option<Meaning> {
        Some(match self {
            Symbol::Entity => Meaning::Entity,
            Symbol::Param(map) => Meaning::Param(*map.get(&entities)?),
            Symbol::Quantity(map) => Meaning::Quantity(*map.get(&entities)?),
            Symbol::Formula(map) => Meaning::Formula(*map.get(&entities)?),
            Symbol::Event(map) => Meaning::Event(*map.get(&entities)?),
            Symbol::Choice(map) => Meaning::Choice(map.get(&entities)?.clone()),
        })
    }

    /// The first few entities that it is declared for, and for how many.
    fn declared(&self) -> (Vec<Entities>, usize) {
        fn of<T>(map: &Instances<T>) -> (Vec<Entities>, usize) {
            (map.keys().take(8).copied().collect(), map.len())
        }
        match self {
            Symbol::Entity => (Vec::new(), 0),
            Symbol::Param(map) | Symbol::Quantity(map) | Symbol::Formula(map) => of(map),
            Symbol::Event(map) => of(map),
            Symbol::Choice(map) => of(map),
        }
    }
}

/// A formula once it is checked.
#[derive(Clone, Debug)]
pub struct FormulaType {
    /// Its type.
    pub ty: Type,
    /// The most that it reads.
    pub reads: Reads,
}

/// A declared parameter.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its type.
    pub ty: Type,
    /// Whether something reads it.
    pub is_used: bool,
    /// Whether it is written as a probability without a time.
    pub is_probability: bool,
    /// Whether it is the reading's own.
    pub own: bool,
    /// Whether its value could not be understood, and nothing else says in what unit it is.
    pub is_unclear: bool,
}

/// What `risk` needs to know of an event.
#[derive(Clone, Debug)]
pub enum Danger {
    /// Its hazard, the most that this reads, and the levels that its effects set.
    Hazard(Expr, Reads, Vec<(usize, f64)>),
    /// It has a date.
    Dated,
}

/// Where an expression stands.
pub struct Place<'p> {
    /// Path of its statement: names numbers that are written in place.
    pub path: &'p str,
    /// What the variables around it stand for.
    pub bindings: Bindings,
    /// What it may read.
    pub reads: Reads,
    /// The most that it did read.
    pub did_read: Reads,
    /// Where words of probability may stand for a number: the origins of the statement.
    pub words: Option<&'p Provenance>,
    /// Whether it is a utility.
    pub in_utility: bool,
    /// How many numbers are written in place so far.
    pub ordinal: u32,
    /// The parameters of the numbers that are written in place: one for each, however often an aggregate repeats it.
    pub made: Vec<(Span, usize)>,
}

impl<'p> Place<'p> {
    /// An expression of the statement `path`.
    pub fn new(path: &'p str, bindings: &Bindings, reads: Reads) -> Place<'p> {
        Place {
            path,
            bindings: bindings.clone(),
            reads,
            did_read: Reads::Constants,
            words: None,
            in_utility: false,
            ordinal: 0,
            made: Vec::new(),
        }
    }
    /// A number that is computed beforehand.
    pub fn constant() -> Place<'static> {
        Place::new("", &Bindings::default(), Reads::Constants)
    }
    /// The same statement, and words of probability are numbers here.
    pub fn with_words(&mut self, provenance: &'p Provenance) -> &mut Place<'p> {
        self.words = Some(provenance);
        self
    }
    /// The same statement, and words of probability are no numbers any more.
    pub fn without_words(&mut self) -> &mut Place<'p> {
        self.words = None;
        self
    }
}

/// The names of one reading, and what has been compiled so far.
pub struct Scope<'s, 'a> {
    /// What all readings share.
    pub shared: &'s Shared<'a>,
    /// Names of parameters, quantities, formulas, events, choices, entities.
    pub symbols: BTreeMap<String, Symbol>,
    /// Parameters in the order in which they are found, with their places in the text: first the declared ones.
    pub params: Vec<(Param, Span)>,
    /// The declared parameters.
    pub declared: Vec<Declared>,
    /// The types of the quantities.
    pub quantities: Vec<Type>,
    /// The bounds of the stocks that are already compiled (in base units), by the index of the quantity.
    pub stocks: BTreeMap<usize, Range>,
    /// Formulas that are already checked.
    pub formulas: Vec<Option<FormulaType>>,
    /// What `risk` needs of the events, once they are compiled.
    pub dangers: Vec<Danger>,
    /// Whether each range of an aggregate was empty whenever it was met.
    pub ranges: BTreeMap<Span, bool>,
    /// What is to be looked at once all bounds are known, by place.
    pub notes: BTreeMap<Span, Notes>,
    /// The events whose risk a utility reads.
    pub risks: std::collections::BTreeSet<usize>,
    /// How many terms aggregates have made.
    pub terms: usize,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What was found of statements that stand for many.
    pub once: Once,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// Gives a name to every statement of the reading. `off` are the paths that it switches off.
    pub fn new(shared: &'s Shared<'a>, items: &[&Item<'a>], off: &dyn Fn(&str) -> bool) -> Scope<'s, 'a> {
        let mut scope = Scope {
            shared,
            symbols: BTreeMap::new(),
            params: Vec::new(),
            declared: Vec::new(),
            quantities: Vec::new(),
            stocks: BTreeMap::new(),
            formulas: Vec::new(),
            notes: BTreeMap::new(),
            risks: std::collections::BTreeSet::new(),
            dangers: Vec::new(),
            ranges: BTreeMap::new(),
            terms: 0,
            diagnostics: Vec::new(),
            once: Once::default(),
        };
        for name in shared.entities.keys().chain(shared.groups.keys()) {
            scope.symbols.insert(name.clone(), Symbol::Entity);
        }
        let (mut params, mut formulas, mut events, mut choices) = (0, 0, 0, 0);
        let mut types = BTreeMap::<Span, Type>::new();
        let mut clashes = std::collections::BTreeSet::new();
        for item in items {
            let next = |counter: &mut usize| {
                *counter += 1;
                *counter - 1
            };
            let is_on = !off(&item.path);
            let name = bare(&item.path).unwrap_or(&item.path);
            let new = match &item.statement.kind {
                StatementKind::Event(_) => {
                    Symbol::Event(Instances::from([(item.entities, is_on.then(|| next(&mut events)))]))
                }
                StatementKind::Choice(choice) => {
                    let mut place = 0;
                    let options = choice.options.iter().map(|option| {
                        let on = !off(&format!("{}.{}", item.path, option.name.value));
                        (option.name.value.clone(), on.then(|| next(&mut place)))
                    });
                    let options = options.collect();
                    let symbol = ChoiceSymbol { index: is_on.then(|| next(&mut choices)), options };
                    Symbol::Choice(Instances::from([(item.entities, symbol)]))
                }
                StatementKind::Param(_) if is_on => {
                    Symbol::Param(Instances::from([(item.entities, next(&mut params))]))
                }
                StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_) if is_on => {
                    let ty = match types.get(&item.statement.span) {
                        Some(ty) => ty.clone(),
                        None => {
                            let ty = scope.quantity_type(item);
                            types.insert(item.statement.span, ty.clone());
                            ty
                        }
                    };
                    scope.quantities.push(ty);
                    Symbol::Quantity(Instances::from([(item.entities, scope.quantities.len() - 1)]))
                }
                StatementKind::Let(_) if is_on => {
                    Symbol::Formula(Instances::from([(item.entities, next(&mut formulas))]))
                }
                _ => continue,
            };
            let clash = match scope.symbols.get_mut(name) {
                None => {
                    scope.symbols.insert(name.to_owned(), new);
                    continue;
                }
                Some(known) => !join(known, new),
            };
            // Of a clash each statement is told once, however many things it declares.
            if clash && clashes.insert(item.statement.head) {
                scope.clash(name, item);
            }
        }
        scope.formulas = vec![None; formulas];
        scope
    }

    /// One name for things of two kinds.
    fn clash(&mut self, name: &str, item: &Item<'_>) {
        let head = item.statement.head;
        if let (Some(Symbol::Entity), Some(entity)) = (self.symbols.get(name), self.shared.entities.get(name)) {
            self.diagnostics.push(crate::collect::duplicate(name, head, entity.span));
        } else {
            self.diagnostics.push(
                Diagnostic::new(Code::DuplicateName, head, format!("`{name}` names things of two kinds"))
                    .help("give one of them another name"),
            );
        }
    }

    /// All that was found, once everything is compiled.
    pub fn finish(&mut self, items: &[&Item<'_>]) {
        let stands_for = |statement: Span| items.iter().filter(|item| item.statement.span == statement).count();
        std::mem::take(&mut self.once).finish(&mut self.diagnostics, self.shared, &stands_for);
        for (span, _) in self.ranges.iter().filter(|(_, is_empty)| **is_empty) {
            let help = "delete it, or name a group that has other members";
            self.diagnostics.push(crate::items::empty_range(*span).help(help));
        }
    }

    /// The type of a quantity, from its declaration alone. A stock without a unit takes that of its start.
    fn quantity_type(&mut self, item: &Item<'_>) -> Type {
        match &item.statement.kind {
            StatementKind::Flag(_) => Type::Truth,
            StatementKind::Ladder(ladder) => {
                Type::Level(ladder.levels.iter().map(|level| level.value.clone()).collect())
            }
            StatementKind::Stock(stock) => {
                let unit = match (&stock.unit, &stock.start) {
                    (Some(unit), _) => self.shared.units.expression(unit).ok(),
                    (None, Some(start)) => self.literal_unit(start),
                    (None, None) => None,
                };
                Type::Number(unit.unwrap_or_else(Unit::one).dimension)
            }
            _ => Type::Number(Dimension::none()),
        }
    }

    /// What a name in a formula or an effect means; a diagnostic if it means nothing.
    pub fn meaning(&mut self, reference: &Reference, bindings: &Bindings) -> Option<Meaning> {
        let Some(symbol) = self.symbols.get(&reference.name.value) else {
            self.unknown_value(reference, bindings);
            return None;
        };
        if let Symbol::Entity = symbol {
            return Some(Meaning::Entity);
        }
        match self.shared.entities_of(reference, bindings) {
            Ok(entities) => {
                let meaning = symbol.get(entities);
                if meaning.is_none() {
                    self.wrong_entities(reference, entities);
                }
                meaning
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    /// The index and type of a quantity; a diagnostic if the reference names none.
    pub fn quantity(&mut self, reference: &Reference, bindings: &Bindings, what: &str) -> Option<(usize, Type)> {
        match self.meaning(reference, bindings)? {
            Meaning::Quantity(index) => Some((index, self.quantities.get(index)?.clone())),
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::WrongKind,
                        reference.span,
                        format!("`{}` is no {what}", reference.name.value),
                    )
                    .label(format!("a {what} was expected here")),
                );
                None
            }
        }
    }

    /// Names of one kind, to be shown as those that exist.
    pub fn names_of(&self, kind: fn(&Symbol) -> bool) -> Vec<&str> {
        self.symbols.iter().filter(|(_, symbol)| kind(symbol)).map(|(name, _)| name.as_str()).collect()
    }

    /// Says which entities a name has.
    fn wrong_entities(&mut self, reference: &Reference, entities: Entities) {
        let name = &reference.name.value;
        let written = self.shared.show(name, entities);
        let (known, count) = self.symbols.get(name).map(Symbol::declared).unwrap_or_default();
        let shown: Vec<String> = known.iter().map(|entities| self.shared.show(name, *entities)).collect();
        let turned = match entities {
            Entities::Pair(a, b) => Some(Entities::Pair(b, a)),
            _ => None,
        };
        let is_there = |turned: &Entities| self.symbols.get(name).is_some_and(|symbol| symbol.get(*turned).is_some());
        let help = match (turned.filter(is_there), shown.as_slice()) {
            (Some(turned), _) => {
                format!("declared is `{}`: of a pair the order counts", self.shared.show(name, turned))
            }
            (None, [one]) => format!("declared is `{one}`"),
            (None, _) => format!("declared are {}", some_of(&shown, count)),
        };
        self.diagnostics.push(
            Diagnostic::new(Code::WrongEntities, reference.span, format!("there is no `{written}`"))
                .label("not declared")
                .help(help),
        );
    }

    /// Says that one number is needed, and that this is more.
    pub fn not_single(&mut self, what: &str, span: Span) {
        self.diagnostics.push(
            Diagnostic::new(Code::WrongKind, span, format!("a single number is needed here, and {what} is not one"))
                .label("not a number")
                .help("write a number; what is computed from others is a formula, `let NAME = …`"),
        );
    }

    /// Says that a name means nothing here.
    fn unknown_value(&mut self, reference: &Reference, bindings: &Bindings) {
        let name = &reference.name.value;
        if let Some(entity) = bindings.get(name).filter(|_| reference.entities.is_empty()) {
            let entity = self.shared.name_of(entity);
            self.diagnostics.push(
                Diagnostic::new(
                    Code::WrongKind,
                    reference.span,
                    format!("`{name}` stands for an actor or place (as `{entity}`), which is no value"),
                )
                .help(format!("name one of its quantities: `QUANTITY[{name}]`")),
            );
            return;
        }
        if let Some(found) = crate::elsewhere::in_a_reading(self.shared, &reference.name) {
            self.diagnostics.push(found);
            return;
        }
        if let Some((what, help)) = crate::elsewhere::no_value(self.shared, name) {
            self.diagnostics.push(
                Diagnostic::new(Code::WrongKind, reference.span, format!("`{name}` is {what}, not a value"))
                    .label("no value by itself")
                    .help(help),
            );
            return;
        }
        let known = self.symbols.keys().map(String::as_str).chain(self.shared.units.names());
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it, for instance `param {name} = …`, `stock {name} = …` or `let {name} = …`"),
        };
        self.diagnostics.push(
            Diagnostic::new(Code::UnknownName, reference.span, format!("nothing is called `{name}`"))
                .label("not declared")
                .help(help),
        );
    }

    /// Says that a flag is yes or no, where something else stands for its value.
    pub fn no_truth(&mut self, flag: &Reference, value: &variorum_syntax::ast::Name) {
        let name = crate::readings::show_name(flag);
        let bare = &flag.name.value;
        self.diagnostics.push(
            Diagnostic::new(
                Code::UnknownLevel,
                value.span,
                format!("`{name}` is a flag, which is yes or no, and nothing is called `{}`", value.value),
            )
            .label("neither yes nor no")
            .help(format!(
                "write `{name} = yes` or `{name} = no`; what has other states is a ladder: `ladder {bare} = no < {}`",
                value.value
            )),
        );
    }

    /// The name of a value that nothing declares, where it stands alone.
    pub fn stray<'e>(
        &self,
        value: &'e variorum_syntax::ast::Expr,
        bindings: &Bindings,
    ) -> Option<&'e variorum_syntax::ast::Name> {
        let variorum_syntax::ast::ExprKind::Reference(reference) = &value.kind else { return None };
        let name = &reference.name.value;
        let is_known =
            self.symbols.contains_key(name) || self.shared.units.get(name).is_some() || bindings.get(name).is_some();
        let is_near = || {
            let flags = self.names_of(|symbol| matches!(symbol, Symbol::Quantity(_) | Symbol::Formula(_)));
            nearest(name, flags.into_iter()).is_some()
        };
        let is_stray = reference.entities.is_empty()
            && !is_known
            && !is_near()
            && crate::elsewhere::in_a_reading(self.shared, &reference.name).is_none();
        is_stray.then_some(&reference.name)
    }

    /// Says that there is no option of that name.
    pub fn no_option(&mut self, choice: &str, option: &variorum_syntax::ast::Name, known: &[(String, Option<usize>)]) {
        let known = known.iter().map(|(name, _)| name.as_str());
        let help = match nearest(&option.value, known.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its options are {}", some(known)),
        };
        self.diagnostics.push(
            Diagnostic::new(Code::UnknownName, option.span, format!("`{choice}` has no option `{}`", option.value))
                .label("not one of its options")
                .help(help),
        );
    }
}

/// Adds what is new under a name to what is known; false if it is of another kind.
fn join(known: &mut Symbol, new: Symbol) -> bool {
    fn add<T>(known: &mut Instances<T>, new: Instances<T>) -> bool {
        for (entities, index) in new {
            known.entry(entities).or_insert(index);
        }
        true
    }
    match (known, new) {
        (Symbol::Param(known), Symbol::Param(new))
        | (Symbol::Quantity(known), Symbol::Quantity(new))
        | (Symbol::Formula(known), Symbol::Formula(new)) => add(known, new),
        (Symbol::Event(known), Symbol::Event(new)) => add(known, new),
        (Symbol::Choice(known), Symbol::Choice(new)) => add(known, new),
        _ => false,
    }
}
