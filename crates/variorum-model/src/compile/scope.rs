//! What a name means in one reading, and what an expression may read where it stands.

use crate::collect::{Item, Shared, show};
use crate::names::{nearest, some};
use crate::program::{Expr, Param};
use crate::units::{Dimension, Unit};
use std::collections::BTreeMap;
use variorum_syntax::ast::{Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What kind of value an expression has.
#[derive(Clone, PartialEq, Debug)]
pub enum Type {
    /// A number with its dimension.
    Number(Dimension),
    /// A condition; counts as 0 or 1 in arithmetic.
    Truth,
    /// A level of a ladder with these levels.
    Level(Vec<String>),
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

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Symbol {
    /// A parameter, by its index in the order of declaration.
    Param(usize, Type),
    /// Quantities by their entities.
    Quantity(BTreeMap<Vec<String>, (usize, Type)>),
    /// Formulas by their entities.
    Formula(BTreeMap<Vec<String>, usize>),
    /// An event; none if this reading has switched it off.
    Event(Option<usize>),
    /// A choice and its options by name, with their places among those that this reading has left on; no index if it
    /// has switched off the choice.
    Choice(Option<usize>, Vec<(String, Option<usize>)>),
    /// An actor, place or group.
    Entity,
}

/// A formula once it is checked.
#[derive(Clone, Debug)]
pub struct FormulaType {
    /// Its type.
    pub ty: Type,
    /// The most that it reads.
    pub reads: Reads,
}

/// Where an expression stands.
pub struct Place {
    /// Path of its statement: names numbers that are written in place.
    pub path: String,
    /// How many of them there were so far.
    pub ordinal: u32,
    /// What it may read.
    pub reads: Reads,
    /// The most that it did read.
    pub did_read: Reads,
}

impl Place {
    /// An expression of the statement `path`.
    pub fn new(path: &str, reads: Reads) -> Place {
        Place { path: path.to_owned(), ordinal: 0, reads, did_read: Reads::Constants }
    }
    /// The same statement, another clause: ordinals go on.
    pub fn reading(&mut self, reads: Reads) -> &mut Place {
        self.reads = reads;
        self
    }
}

/// The names of one reading, and what has been compiled so far.
pub struct Scope<'s, 'a> {
    /// What all readings share.
    pub shared: &'s Shared<'a>,
    /// Names of parameters, quantities, formulas, events, choices.
    pub symbols: BTreeMap<String, Symbol>,
    /// Parameters in the order in which they are found, with their places in the text.
    pub params: Vec<(Param, Span)>,
    /// For each declared parameter whether something reads it.
    pub used: std::collections::BTreeSet<String>,
    /// Parameters that are written as probabilities.
    pub probabilities: std::collections::BTreeSet<String>,
    /// Formulas that are already checked.
    pub formulas: BTreeMap<usize, FormulaType>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// Gives a name to every statement of the reading. `off` are the paths that it switches off.
    pub fn new(shared: &'s Shared<'a>, items: &[Item<'a>], off: &dyn Fn(&str) -> bool) -> Scope<'s, 'a> {
        let mut scope = Scope {
            shared,
            symbols: BTreeMap::new(),
            params: Vec::new(),
            used: std::collections::BTreeSet::new(),
            probabilities: std::collections::BTreeSet::new(),
            formulas: BTreeMap::new(),
            diagnostics: Vec::new(),
        };
        for name in shared.entities.keys().chain(shared.groups.keys()) {
            scope.symbols.insert(name.clone(), Symbol::Entity);
        }
        let (mut quantities, mut formulas, mut events, mut choices) = (0, 0, 0, 0);
        for item in items {
            let present = !off(&item.path);
            let number = |counter: &mut usize| -> Option<usize> {
                present.then(|| {
                    *counter += 1;
                    *counter - 1
                })
            };
            let base = item.path.split('[').next().unwrap_or_default().to_owned();
            let symbol = match &item.statement.kind {
                StatementKind::Event(_) => Symbol::Event(number(&mut events)),
                StatementKind::Choice(choice) => {
                    let mut place = 0;
                    let options = choice.options.iter().map(|option| {
                        let on = !off(&format!("{}.{}", item.path, option.name.value));
                        place += usize::from(on);
                        (option.name.value.clone(), on.then(|| place - 1))
                    });
                    let options = options.collect();
                    Symbol::Choice(number(&mut choices), options)
                }
                StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_) => {
                    let Some(index) = number(&mut quantities) else { continue };
                    let ty = scope.quantity_type(item);
                    if let Some(Symbol::Quantity(map)) = scope.symbols.get_mut(&base) {
                        map.entry(item.entities.clone()).or_insert((index, ty));
                        continue;
                    }
                    Symbol::Quantity(BTreeMap::from([(item.entities.clone(), (index, ty))]))
                }
                StatementKind::Let(_) => {
                    let Some(index) = number(&mut formulas) else { continue };
                    if let Some(Symbol::Formula(map)) = scope.symbols.get_mut(&base) {
                        map.entry(item.entities.clone()).or_insert(index);
                        continue;
                    }
                    Symbol::Formula(BTreeMap::from([(item.entities.clone(), index)]))
                }
                _ => continue,
            };
            let clash = scope.symbols.insert(base.clone(), symbol);
            if let (Some(Symbol::Entity), Some(entity)) = (&clash, shared.entities.get(&base)) {
                scope.diagnostics.push(crate::collect::duplicate(&base, item.statement.head, entity.span));
            } else if clash.is_some() {
                scope.diagnostics.push(
                    Diagnostic::new(
                        Code::DuplicateName,
                        item.statement.head,
                        format!("`{base}` names things of two kinds"),
                    )
                    .help("give one of them another name"),
                );
            }
        }
        scope
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

    /// The index and type of a quantity; a diagnostic if the reference names none.
    pub fn quantity(&mut self, reference: &Reference, what: &str) -> Option<(usize, Type)> {
        match self.symbols.get(&reference.name.value) {
            Some(Symbol::Quantity(map)) => {
                let entities: Vec<String> = reference.entities.iter().map(|name| name.value.clone()).collect();
                if let Some((index, ty)) = map.get(&entities) {
                    return Some((*index, ty.clone()));
                }
                let known: Vec<Vec<String>> = map.keys().cloned().collect();
                self.wrong_entities(reference, &known);
                None
            }
            Some(_) => {
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
            None => {
                self.unknown_value(reference);
                None
            }
        }
    }

    /// Says which entities a name has.
    pub fn wrong_entities(&mut self, reference: &Reference, known: &[Vec<String>]) {
        let name = &reference.name.value;
        let entities: Vec<String> = reference.entities.iter().map(|name| name.value.clone()).collect();
        let written = show(name, &entities);
        let shown: Vec<String> = known.iter().map(|entities| show(name, entities)).collect();
        self.diagnostics.push(
            Diagnostic::new(Code::WrongEntities, reference.span, format!("there is no `{written}`"))
                .label("not declared")
                .help(match shown.as_slice() {
                    [one] => format!("declared is `{one}`"),
                    _ => format!("declared are {}", some(shown.iter().map(String::as_str))),
                }),
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
    pub fn unknown_value(&mut self, reference: &Reference) {
        let name = &reference.name.value;
        // Parameters have no order among themselves, so that one of them may not be there yet.
        if self
            .shared
            .items
            .iter()
            .any(|item| item.path == *name && matches!(item.statement.kind, StatementKind::Param(_)))
        {
            self.not_single(&format!("the parameter `{name}`"), reference.span);
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
}
