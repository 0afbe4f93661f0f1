//! One reading of a model, from its statements to a program.

mod actions;
mod checks;
mod expr;
mod functions;
mod numbers;
mod order;
mod scope;

pub use functions::FUNCTIONS;
pub use numbers::DISTRIBUTIONS;

use crate::collect::{EntityKind, Item, Shared};
use crate::program::{Actor, Expr, Formula, Law, Program, Quantity, QuantityKind, Query, Question, UtilityTerm};
use crate::time::{End, step};
use crate::units::{Dimension, Unit};
use numbers::{Range, fold};
use scope::{FormulaType, Place, Reads, Scope, Symbol, Type};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// A compiled reading.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The program, unless there are errors.
    pub program: Option<Program>,
    /// Where parameters (those written in place too) and choices stand, by name.
    pub spans: BTreeMap<String, Span>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Declared parameters that something reads.
    pub used: BTreeSet<String>,
}

/// The most quantities, events, choices, flows and formulas together that one reading may have.
pub const MAX_STATEMENTS: usize = 200_000;

/// Compiles the statements of one reading. `off` are the paths that it switches off.
pub fn compile<'a>(shared: &Shared<'a>, items: &[Item<'a>], off: &dyn Fn(&str) -> bool, reading: &str) -> Compiled {
    let mut compiled = Compiled::default();
    if items.len() > MAX_STATEMENTS {
        let at = items.last().map_or(Span::default(), |item| item.statement.head);
        compiled.diagnostics.push(
            Diagnostic::new(Code::TooLarge, at, format!("this model has more than {MAX_STATEMENTS} statements"))
                .help("declare fewer entities, or fewer pairs of them"),
        );
        return compiled;
    }
    let Some(clock) = shared.clock else { return compiled };
    let items = order::ordered(items, &mut compiled.diagnostics);
    let present: Vec<&Item<'a>> = items.iter().filter(|item| !off(&item.path)).collect();
    let mut scope = Scope::new(shared, &items, off);
    scope.diagnostics.append(&mut compiled.diagnostics);

    params(&mut scope, &present);
    let formulas = formulas(&mut scope, &present);
    let quantities = quantities(&mut scope, &present);
    let names: Vec<String> = shared
        .entities
        .iter()
        .filter(|(_, entity)| entity.kind == EntityKind::Actor)
        .map(|(name, _)| name.clone())
        .collect();
    let actors = actors(&mut scope, &present, &names);
    let choices = actions::choices(&mut scope, &present, &names, &clock, off);
    let (events, exclusions) = actions::events(&mut scope, &present, &clock);
    let flows = actions::flows(&mut scope, &present);
    let questions = questions(&mut scope, &clock);

    for item in &present {
        compiled.spans.insert(item.path.clone(), item.statement.head);
    }
    for (param, span) in &scope.params {
        compiled.spans.insert(param.name.clone(), *span);
    }
    let mut program = Program {
        model: shared.title.clone(),
        reading: reading.to_owned(),
        scenario: None,
        clock,
        params: scope.params.iter().map(|(param, _)| param.clone()).collect(),
        quantities,
        formulas,
        actors,
        choices,
        events,
        exclusions,
        flows,
        copulas: Vec::new(),
        interventions: Vec::new(),
        questions,
    };
    let failed = |scope: &Scope<'_, '_>| {
        scope.diagnostics.iter().any(|found| found.severity == variorum_syntax::diagnostic::Severity::Error)
    };
    let so_far = failed(&scope);
    checks::program(&program, &compiled.spans, so_far, &mut scope.diagnostics);
    let failed = failed(&scope);
    compiled.diagnostics = scope.diagnostics;
    compiled.used = scope.used;
    if !failed {
        program.sort_params();
        compiled.program = Some(program);
    }
    compiled
}

/// Bounds in base units.
fn range(scope: &mut Scope<'_, '_>, bounds: Option<&ast::Bounds>, unit: &Unit) -> Range {
    let Some(bounds) = bounds else { return Range::default() };
    let mut end = |expr: &Option<ast::Expr>| -> Option<f64> {
        let mut place = Place::new("", Reads::Constants);
        let written = expr.as_ref()?;
        let expr = scope.quantity_of(written, unit, Range::default(), "a bound", &mut place)?;
        let end = fold(&expr).filter(|end| end.is_finite());
        if end.is_none() {
            scope.diagnostics.push(
                Diagnostic::new(Code::WrongKind, written.span, "a bound is a number that is known beforehand")
                    .label("this cannot be computed")
                    .help("write the number; leave a bound out where there is none: `at least 0`"),
            );
        }
        end
    };
    let (low, high) = (end(&bounds.low), end(&bounds.high));
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        scope.diagnostics.push(
            Diagnostic::new(Code::OutOfBounds, bounds.span, "the lower bound is not below the upper one")
                .label("no value lies between these")
                .help("write the lower bound first: `in 0 .. 1`"),
        );
        return Range::default();
    }
    Range { low, high }
}

/// The unit of a declaration: as written, else that of its value.
fn unit(scope: &mut Scope<'_, '_>, written: Option<&ast::UnitExpr>, value: Option<&ast::Expr>) -> Unit {
    match written {
        Some(written) => match scope.shared.units.expression(written) {
            Ok(unit) => unit,
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                Unit::one()
            }
        },
        None => {
            let own = value.and_then(|value| scope.literal_unit(value)).unwrap_or_else(Unit::one);
            Unit { scale: 1.0, ..own }
        }
    }
}

fn params(scope: &mut Scope<'_, '_>, items: &[&Item<'_>]) {
    for item in items {
        let StatementKind::Param(param) = &item.statement.kind else { continue };
        // A reading that gives a shared parameter another value need not repeat its unit and bounds.
        let shared = match item.replaces.map(|statement| &statement.kind) {
            Some(StatementKind::Param(shared)) => Some(shared),
            _ => None,
        };
        let written_unit = param.unit.as_ref().or(shared.and_then(|shared| shared.unit.as_ref()));
        let written_bounds = param.bounds.as_ref().or(shared.and_then(|shared| shared.bounds.as_ref()));
        let unit = unit(scope, written_unit, param.value.as_ref());
        let bounds = range(scope, written_bounds, &unit);
        let ty = Type::Number(unit.dimension.clone());
        let made = param.value.as_ref().and_then(|value| {
            let literal = if Scope::is_literal(value) {
                scope.literal(value, &unit, bounds)?
            } else {
                let (x, dimension) = scope.constant(value)?;
                let law = Law::Point(x);
                numbers::Literal {
                    law,
                    probability: false,
                    dimension,
                    scale: 1.0,
                    within: None,
                    clip: false,
                    span: value.span,
                }
            };
            if literal.dimension != unit.dimension && literal.law != Law::Point(0.0) {
                let wanted = unit.dimension.show();
                let found = Type::Number(literal.dimension.clone()).show();
                let mut diagnostic = Diagnostic::new(
                    if literal.probability && unit.dimension == Dimension::rate() {
                        Code::NeedsTime
                    } else {
                        Code::UnitMismatch
                    },
                    value.span,
                    format!("`{}` is declared in {wanted}, and its value is {found}", item.path),
                );
                diagnostic.help = Some(if unit.dimension == Dimension::rate() {
                    "say per what time: `5% per year`, `30% within 6 months`, `0.1 .. 0.3 per year`".to_owned()
                } else {
                    "write the number without a unit, to be taken in the declared one, or change the declaration"
                        .to_owned()
                });
                scope.diagnostics.push(diagnostic);
                return None;
            }
            if literal.probability && literal.within.is_none() {
                scope.probabilities.insert(item.path.clone());
            }
            let span = literal.span;
            let made = scope.param(item.path.clone(), literal, bounds)?;
            Some((made, span))
        });
        // A parameter that failed still has a name and a type, so that its uses are not reported too.
        let (made, span) = made.unwrap_or_else(|| {
            let law = Law::Point(0.0);
            let key = crate::program::Key::of(&item.path);
            let name = item.path.clone();
            (
                crate::program::Param {
                    draw: name.clone(),
                    name,
                    key,
                    law,
                    low: None,
                    high: None,
                    clip: false,
                    within: None,
                    scale: 1.0,
                },
                item.statement.head,
            )
        });
        scope.params.push((made, span));
        let symbol = Symbol::Param(scope.params.len() - 1, ty);
        match scope.symbols.get(&item.path) {
            Some(Symbol::Entity) => {
                let first = scope.shared.entities.get(&item.path).map_or(item.statement.head, |entity| entity.span);
                scope.diagnostics.push(crate::collect::duplicate(&item.path, item.statement.head, first));
            }
            Some(Symbol::Quantity(_) | Symbol::Formula(_)) => scope.diagnostics.push(
                Diagnostic::new(
                    Code::DuplicateName,
                    item.statement.head,
                    format!("`{}` names things of two kinds", item.path),
                )
                .help("give one of them another name"),
            ),
            _ => {}
        }
        scope.symbols.insert(item.path.clone(), symbol);
    }
}

fn formulas(scope: &mut Scope<'_, '_>, items: &[&Item<'_>]) -> Vec<Formula> {
    let mut list = Vec::new();
    for item in items {
        let StatementKind::Let(formula) = &item.statement.kind else { continue };
        let index = list.len();
        let mut place = Place::new(&item.path, Reads::Now);
        let typed = formula.value.as_ref().and_then(|value| match &formula.unit {
            None => scope.expr(value, &mut place),
            Some(written) => {
                let unit = unit(scope, Some(written), None);
                let expr =
                    scope.quantity_of(value, &unit, Range::default(), &format!("`{}`", item.path), &mut place)?;
                Some(scope::Typed { expr, ty: Type::Number(unit.dimension) })
            }
        });
        // Formulas change with the state even where they read parameters alone: they stand for values over time.
        let reads = place.did_read;
        if let Some(typed) = &typed {
            scope.formulas.insert(index, FormulaType { ty: typed.ty.clone(), reads });
        }
        let value = typed.map_or(Expr::Number(0.0), |typed| typed.expr);
        list.push(Formula { name: item.path.clone(), value });
    }
    list
}

fn quantities(scope: &mut Scope<'_, '_>, items: &[&Item<'_>]) -> Vec<Quantity> {
    let mut list = Vec::new();
    for item in items {
        let name = item.path.clone();
        match &item.statement.kind {
            StatementKind::Stock(stock) => {
                let unit = unit(scope, stock.unit.as_ref(), stock.start.as_ref());
                let bounds = range(scope, stock.bounds.as_ref(), &unit);
                let mut place = Place::new(&item.path, Reads::Parameters);
                let start = stock
                    .start
                    .as_ref()
                    .and_then(|start| scope.quantity_of(start, &unit, bounds, &format!("`{name}`"), &mut place));
                list.push(Quantity {
                    name,
                    kind: QuantityKind::Stock { low: bounds.low, high: bounds.high },
                    start: start.unwrap_or(Expr::Number(0.0)),
                });
            }
            StatementKind::Ladder(ladder) => {
                let levels: Vec<String> = ladder.levels.iter().map(|level| level.value.clone()).collect();
                for (index, level) in ladder.levels.iter().enumerate() {
                    if let Some(earlier) = ladder.levels.iter().take(index).find(|other| other.value == level.value)
                        && item.part == 0
                    {
                        scope.diagnostics.push(crate::collect::duplicate(&level.value, level.span, earlier.span));
                    }
                }
                let start = match &ladder.starts {
                    None => Expr::Number(0.0),
                    Some(level) => scope.level(level, &levels).map_or(Expr::Number(0.0), |typed| typed.expr),
                };
                list.push(Quantity { name, kind: QuantityKind::Ladder { levels }, start });
            }
            StatementKind::Flag(flag) => {
                let levels = vec!["no".to_owned(), "yes".to_owned()];
                let start = Expr::Number(f64::from(u8::from(flag.start.as_ref().is_some_and(|start| start.value))));
                list.push(Quantity { name, kind: QuantityKind::Ladder { levels }, start });
            }
            _ => {}
        }
    }
    list
}

/// The actor that a statement names, by its index.
fn actor(scope: &mut Scope<'_, '_>, name: &ast::Name, actors: &[String]) -> Option<usize> {
    let index = actors.iter().position(|actor| *actor == name.value);
    if index.is_none() {
        if scope.shared.entities.contains_key(&name.value) {
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::WrongKind,
                    name.span,
                    format!("`{}` is a place, and places decide nothing", name.value),
                )
                .label("an actor was expected here")
                .help(format!("declare it with `actor {}`", name.value)),
            );
        } else {
            let known = actors.iter().map(String::as_str);
            scope.diagnostics.push(crate::collect::unknown("actor", name, known, "actor NAME"));
        }
    }
    index
}

fn actors(scope: &mut Scope<'_, '_>, items: &[&Item<'_>], names: &[String]) -> Vec<Actor> {
    let fresh = |name: &String| Actor {
        name: name.clone(),
        precision: None,
        foresight: None,
        horizon: 1.0,
        patience: Expr::Number(1.0),
        utility: Vec::new(),
    };
    let mut list: Vec<Actor> = names.iter().map(fresh).collect();
    for item in items {
        let mut place = Place::new(&item.path, Reads::Parameters);
        let whose = |actors: &[ast::Name]| actors.get(item.part).cloned();
        match &item.statement.kind {
            StatementKind::Utility(utility) => {
                let (Some(name), Some(value)) = (&utility.actor, &utility.value) else { continue };
                let index = actor(scope, name, names);
                let value = scope.of_dimension(value, &Dimension::none(), "a utility", place.reading(Reads::State));
                if let (Some(index), Some(value)) = (index, value)
                    && let Some(actor) = list.get_mut(index)
                {
                    actor.utility.push(UtilityTerm { path: item.path.clone(), value });
                }
            }
            StatementKind::Precision(setting) | StatementKind::Patience(setting) => {
                let (Some(name), Some(value)) = (whose(&setting.actors), &setting.value) else { continue };
                let index = actor(scope, &name, names);
                let low = Range { low: Some(0.0), high: None };
                let what = if item.path.starts_with("precision") { "a precision" } else { "patience" };
                let written = value.span;
                let value = scope.quantity_of(value, &Unit::one(), low, what, &mut place);
                if value.as_ref().and_then(fold).is_some_and(|value| value.is_nan() || value < 0.0) {
                    scope.diagnostics.push(
                        Diagnostic::new(Code::OutOfBounds, written, format!("{what} is at least 0"))
                            .help("an actor who avoids something has a negative utility of it"),
                    );
                }
                if let (Some(index), Some(value)) = (index, value)
                    && let Some(actor) = list.get_mut(index)
                {
                    if item.path.starts_with("precision") {
                        actor.precision = Some(value)
                    } else {
                        actor.patience = value
                    }
                }
            }
            StatementKind::Horizon(setting) => {
                let (Some(name), Some(value)) = (whose(&setting.actors), &setting.value) else { continue };
                let index = actor(scope, &name, names);
                let months = scope.constant(value).and_then(|(months, dimension)| {
                    let fits =
                        (dimension == Dimension::base("month") || months == 0.0) && (0.0..=1200.0).contains(&months);
                    if !fits {
                        scope.diagnostics.push(
                            Diagnostic::new(Code::UnitMismatch, value.span, "a horizon is a time of at most 100 years")
                                .label(format!("this is {}", dimension.show()))
                                .help("write, for instance, `horizon KP = 12 months`"),
                        );
                    }
                    fits.then_some(months)
                });
                if let (Some(index), Some(months)) = (index, months)
                    && let Some(actor) = list.get_mut(index)
                {
                    actor.horizon = months;
                }
            }
            StatementKind::Foresight(foresight) => {
                let Some(name) = whose(&foresight.actors) else { continue };
                if let Some(index) = actor(scope, &name, names)
                    && let Some(actor) = list.get_mut(index)
                {
                    actor.foresight = foresight.replies.as_ref().map(|replies| replies.value);
                }
            }
            _ => {}
        }
    }
    list
}

fn questions(scope: &mut Scope<'_, '_>, clock: &crate::program::Clock) -> Vec<Question> {
    let mut list = Vec::new();
    let statements = scope.shared.questions.clone();
    for statement in statements {
        let StatementKind::Question(question) = &statement.kind else { continue };
        let (Some(name), Some(query)) = (&question.name, &question.query) else { continue };
        let mut place = Place::new(&format!("question {}", name.value), Reads::Now);
        let at = |scope: &mut Scope<'_, '_>, date: &ast::At<ast::Date>, end: End| match step(clock, date, end) {
            Ok(step) => Some(step),
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                None
            }
        };
        let query = match query {
            ast::Query::By(condition, date) => {
                let condition = scope.condition(condition, &mut place);
                at(scope, date, End::Last).zip(condition).map(|(to, condition)| Query::Ever { condition, from: 0, to })
            }
            ast::Query::At(condition, date) => {
                let condition = scope.condition(condition, &mut place);
                at(scope, date, End::Last).zip(condition).map(|(to, condition)| Query::Ever { condition, from: to, to })
            }
            ast::Query::Within(condition, first, last) => {
                let condition = scope.condition(condition, &mut place);
                let (from, to) = (at(scope, first, End::First), at(scope, last, End::Last));
                from.zip(to).zip(condition).and_then(|((from, to), condition)| {
                    if to < from {
                        scope.diagnostics.push(
                            Diagnostic::new(Code::BadTime, last.span, "this window ends before it begins")
                                .label(format!("before its first date, {}", crate::time::show(first.value)))
                                .help("write the earlier date first"),
                        );
                        return None;
                    }
                    Some(Query::Ever { condition, from, to })
                })
            }
            ast::Query::First(condition, date) => {
                let condition = scope.condition(condition, &mut place);
                let last = clock.steps.saturating_sub(1);
                let to = date.as_ref().map_or(Some(last), |date| at(scope, date, End::Last));
                to.zip(condition).map(|(to, condition)| Query::First { condition, from: 0, to })
            }
            ast::Query::Value(value, date) => {
                let shown = shown_unit(scope, value);
                let value = scope.number(value, &mut place);
                at(scope, date, End::Last).zip(value).map(|(at, (value, dimension))| {
                    let (unit, scale) = shown
                        .unwrap_or_else(|| (if dimension.is_none() { String::new() } else { dimension.show() }, 1.0));
                    Query::Value { value, at, scale, unit }
                })
            }
        };
        let Some(query) = query else { continue };
        let text = question.text.as_ref().map_or(String::new(), |text| text.value.clone());
        list.push(Question { name: name.value.clone(), text, query, given: None });
    }
    list
}

/// The unit in which the stock behind a question is declared: its name and size.
fn shown_unit(scope: &Scope<'_, '_>, value: &ast::Expr) -> Option<(String, f64)> {
    let ast::ExprKind::Reference(reference) = &value.kind else { return None };
    let stock = scope.shared.items.iter().find_map(|item| match &item.statement.kind {
        StatementKind::Stock(stock) => stock
            .targets
            .get(item.part)
            .is_some_and(|target| target.name.value == reference.name.value)
            .then_some(stock),
        _ => None,
    })?;
    let written = stock.unit.as_ref()?;
    let unit = scope.shared.units.expression(written).ok()?;
    let over = written.factors.iter().filter(|(_, power)| *power > 0).map(|(name, _)| name.value.as_str());
    let under = written.factors.iter().filter(|(_, power)| *power < 0).map(|(name, _)| name.value.as_str());
    let mut text = over.collect::<Vec<_>>().join(" * ");
    for name in under {
        text = format!("{} / {name}", if text.is_empty() { "1" } else { text.as_str() });
    }
    Some((text, unit.scale))
}
