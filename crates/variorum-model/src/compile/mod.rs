//! One reading of a model, from its statements to a program.

mod actors;
mod aggregates;
pub(crate) mod bounds;
pub(crate) mod checks;
mod choices;
mod contradictions;
mod copulas;
mod declarations;
mod events;
mod expr;
mod functions;
mod interventions;
mod numbers;
mod observations;
mod order;
mod phrases;
mod questions;
mod reach;
mod scope;

pub use aggregates::MAX_TERMS;
pub use functions::FUNCTIONS;
pub use numbers::DISTRIBUTIONS;
pub(crate) use observations::Verdict;
pub(crate) use phrases::unknown_phrase;

use crate::collect::{Item, Shared};
use crate::entities::Bindings;
use crate::findings::Whose;
use crate::program::{Param, Program};
use crate::units::Unit;
use numbers::{Range, fold};
use scope::{Place, Scope};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, Statement};
use variorum_syntax::diagnostic::{Code, Diagnostic, Severity, Span};

/// A compiled reading.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The program, unless there are errors.
    pub program: Option<Program>,
    /// Where parameters (those written in place too), choices and events stand, by name.
    pub spans: BTreeMap<String, Span>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Declared parameters that something reads.
    pub used: BTreeSet<String>,
    /// Findings that are told if all readings have them.
    pub settled: bounds::Settled,
    /// The events whose risk a utility reads.
    pub risks: BTreeSet<String>,
    /// What is to be said of each observation and record in this reading, by path.
    pub verdicts: BTreeMap<String, Verdict>,
}

/// What is to be compiled.
pub struct Source<'i, 'a> {
    /// The reading's name.
    pub reading: &'i str,
    /// Its statements.
    pub items: &'i [Item<'a>],
    /// The scenario's name and what it does to quantities.
    pub scenario: Option<(&'i str, &'i [(&'a Statement, Bindings)])>,
}

/// The most quantities, events, choices, flows and formulas together that one reading may have.
pub const MAX_STATEMENTS: usize = 200_000;

/// Compiles the statements of one reading. `off` are the paths that it switches off.
pub fn compile<'a>(shared: &Shared<'a>, source: &Source<'_, 'a>, off: &dyn Fn(&str) -> bool) -> Compiled {
    let mut compiled = Compiled::default();
    let items = source.items;
    if items.len() > MAX_STATEMENTS {
        let at = items.last().map_or(Span::default(), |item| item.statement.head);
        compiled.diagnostics.push(
            Diagnostic::new(Code::TooLarge, at, format!("this model has more than {MAX_STATEMENTS} statements"))
                .help("declare fewer entities, or fewer pairs of them"),
        );
        return compiled;
    }
    let Some(clock) = shared.clock else { return compiled };
    let items = order::ordered(shared, items, &mut compiled.diagnostics);
    let all = Statements { items: &items, off };
    let mut scope = Scope::new(shared, &items, off);
    scope.diagnostics.append(&mut compiled.diagnostics);

    declarations::params(&mut scope, &all);
    let formulas = declarations::formulas(&mut scope, &all);
    let (quantities, stocks) = declarations::quantities(&mut scope, &all);
    // Utilities may speak of the risk of an event.
    let (events, exclusions) = events::events(&mut scope, &all, &clock);
    let roster = actors::Roster::new(shared);
    let actors = actors::actors(&mut scope, &all, &roster);
    let choices = choices::choices(&mut scope, &all, &roster, &clock);
    let flows = events::flows(&mut scope, &all);
    let copulas = copulas::copulas(&mut scope, &all);
    let interventions = match source.scenario {
        None => Vec::new(),
        Some((name, done)) => interventions::interventions(&mut scope, name, done, &stocks, &clock),
    };
    let questions = questions::questions(&mut scope, &clock);
    let world = observations::World { clock: &clock, stocks: &stocks, choices: &choices, events: &events };
    let seen = observations::observations(&mut scope, &all, world);

    compiled.spans = spans(&scope, &all);
    let mut program = Program {
        model: shared.title.clone(),
        reading: source.reading.to_owned(),
        scenario: source.scenario.map(|(name, _)| name.to_owned()),
        clock,
        params: std::mem::take(&mut scope.params).into_iter().map(|(param, _)| param).collect(),
        quantities,
        formulas,
        actors,
        choices,
        events,
        exclusions,
        flows,
        copulas,
        interventions,
        questions,
        observations: seen.observations,
        records: seen.records,
    };
    compiled.risks =
        scope.risks.iter().filter_map(|index| program.events.get(*index)).map(|event| event.name.clone()).collect();
    compiled.verdicts = seen.verdicts;
    let failed = |scope: &Scope<'_, '_>| scope.diagnostics.iter().any(|found| found.severity == Severity::Error);
    // What could not be read may be what is missing.
    let so_far = shared.is_misread || failed(&scope);
    let at = |name: &str| {
        let declared = || items.iter().find(|item| item.path == name).map(|item| item.statement.head);
        compiled.spans.get(name).copied().or_else(declared).unwrap_or_default()
    };
    // Where statements were passed over, positions in the program mean nothing.
    if !scope.once.has_passed_over() {
        checks::program(&program, &at, so_far, &mut scope.diagnostics);
        let params: Vec<&Param> = program.params.iter().collect();
        let (quantities, formulas, step) = (&program.quantities, &program.formulas, program.clock.step());
        compiled.settled = bounds::settled(&scope.notes, &params, quantities, formulas, step);
        contradictions::contradictions(&program, &seen.places, &mut scope.diagnostics);
    }
    scope.finish(&items);
    let failed = failed(&scope);
    compiled.used = used(&scope, &program);
    compiled.diagnostics = scope.diagnostics;
    if !failed {
        program.sort_params();
        compiled.program = Some(program);
    }
    compiled
}

/// The statements of a reading in the order in which they have to be taken.
struct Statements<'i, 'a> {
    items: &'i [&'i Item<'a>],
    off: &'i dyn Fn(&str) -> bool,
}

impl<'i, 'a> Statements<'i, 'a> {
    /// Does something with each statement that the reading has not switched off. What is found in a statement that stands
    /// for many is said once.
    fn each(&self, scope: &mut Scope<'_, '_>, mut visit: impl FnMut(&mut Scope<'_, '_>, &'i Item<'a>)) {
        self.all(scope, |scope, item, is_on| {
            if is_on {
                visit(scope, item);
            }
        });
    }

    /// As [`Statements::each`], those that are switched off too.
    fn all(&self, scope: &mut Scope<'_, '_>, mut visit: impl FnMut(&mut Scope<'_, '_>, &'i Item<'a>, bool)) {
        for (number, item) in self.items.iter().enumerate() {
            let statement = item.statement.span;
            if scope.once.is_enough(statement) {
                continue;
            }
            let before = scope.diagnostics.len();
            visit(scope, item, !(self.off)(&item.path));
            let whose = Whose { item: number, statement, bindings: &item.bindings };
            scope.once.take(&mut scope.diagnostics, before, whose);
        }
    }
}

fn spans(scope: &Scope<'_, '_>, all: &Statements<'_, '_>) -> BTreeMap<String, Span> {
    use ast::StatementKind::{Choice, Event};
    let named = all.items.iter().filter(|item| matches!(item.statement.kind, Choice(_) | Event(_)));
    let mut spans: BTreeMap<String, Span> = named.map(|item| (item.path.clone(), item.statement.head)).collect();
    spans.extend(scope.params.iter().map(|(param, span)| (param.name.clone(), *span)));
    spans
}

fn used(scope: &Scope<'_, '_>, program: &Program) -> BTreeSet<String> {
    let declared = scope.declared.iter().zip(&program.params);
    declared.filter(|(declared, _)| declared.is_used).map(|(_, param)| param.name.clone()).collect()
}

/// Bounds in base units.
fn range(scope: &mut Scope<'_, '_>, bounds: Option<&ast::Bounds>, unit: &Unit) -> Range {
    let Some(bounds) = bounds else { return Range::default() };
    let mut end = |expr: &Option<ast::Expr>| -> Option<f64> {
        let mut place = Place::constant();
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
