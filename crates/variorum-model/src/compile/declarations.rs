//! Parameters, formulas and quantities.

use super::numbers::{Literal, Range, fold, tidy};
use super::scope::{Declared, FormulaType, Place, Reads, Scope, Type, Typed};
use super::{Statements, range, unit};
use crate::collect::Item;
use crate::program::{Expr, Formula, Key, Law, Param, Quantity, QuantityKind};
use crate::units::{Dimension, Unit};
use std::collections::BTreeMap;
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// Draws up the declared parameters: nothing may read a parameter before.
pub fn params(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>) {
    let mut list = Vec::new();
    all.each(scope, |scope, item| {
        let StatementKind::Param(param) = &item.statement.kind else { return };
        list.push(self::param(scope, item, param));
    });
    for (param, span, declared) in list {
        scope.params.push((param, span));
        scope.declared.push(declared);
    }
}

fn param(scope: &mut Scope<'_, '_>, item: &Item<'_>, param: &ast::Param) -> (Param, Span, Declared) {
    // A reading that gives a shared parameter another value need not repeat its unit and bounds.
    let shared = match item.replaces.map(|statement| &statement.kind) {
        Some(StatementKind::Param(shared)) => Some(shared),
        _ => None,
    };
    let written_unit = param.unit.as_ref().or(shared.and_then(|shared| shared.unit.as_ref()));
    let written_bounds = param.bounds.as_ref().or(shared.and_then(|shared| shared.bounds.as_ref()));
    let unit = unit(scope, written_unit, param.value.as_ref());
    let bounds = range(scope, written_bounds, &unit);
    let (mut is_probability, mut is_unclear) = (false, false);
    let made = param.value.as_ref().and_then(|value| {
        let literal = self::value(scope, item, value, &unit, bounds)?;
        is_probability = literal.probability && literal.within.is_none();
        let (span, is_words) = (literal.span, literal.is_words);
        let mut made = scope.param(item.path.clone(), literal, bounds)?;
        if is_words {
            scope.sourced(&mut made, &item.statement.provenance, span)?;
        }
        Some((made, span))
    });
    // A parameter that failed still has a name and a type, so that its uses are not reported too.
    let (made, span) = made.unwrap_or_else(|| {
        is_unclear = written_unit.is_none();
        let name = item.path.clone();
        let none = Param {
            key: Key::of(&name),
            draw: name.clone(),
            name,
            law: Law::Point(0.0),
            low: None,
            high: None,
            clip: false,
            within: None,
            scale: 1.0,
        };
        (none, item.statement.head)
    });
    let ty = Type::Number(unit.dimension);
    (made, span, Declared { ty, is_used: false, is_probability, own: item.own, is_unclear })
}

/// The number of a parameter in the unit that the parameter is declared in.
fn value(scope: &mut Scope<'_, '_>, item: &Item<'_>, value: &ast::Expr, unit: &Unit, bounds: Range) -> Option<Literal> {
    let literal = if Scope::is_literal(value) {
        scope.literal(value, unit, bounds)?
    } else {
        let (x, dimension) = scope.constant(value)?;
        let law = Law::Point(x);
        let (span, scale) = (value.span, 1.0);
        Literal { law, probability: false, dimension, scale, within: None, clip: false, is_words: false, span }
    };
    if literal.dimension == unit.dimension || literal.law == Law::Point(0.0) {
        return Some(literal);
    }
    let wanted = unit.dimension.show();
    let found = Type::Number(literal.dimension.clone()).show();
    let is_rate = unit.dimension == Dimension::rate();
    let code = if literal.probability && is_rate { Code::NeedsTime } else { Code::UnitMismatch };
    let message = format!("`{}` is declared in {wanted}, and its value is {found}", item.path);
    scope.diagnostics.push(Diagnostic::new(code, value.span, message).help(if is_rate {
        "say per what time: `5% per year`, `30% within 6 months`, `0.1 .. 0.3 per year`"
    } else {
        "write the number without a unit, to be taken in the declared one, or change the declaration"
    }));
    None
}

/// The formulas, each after those that it reads.
pub fn formulas(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>) -> Vec<Formula> {
    let mut list = Vec::new();
    all.each(scope, |scope, item| {
        let StatementKind::Let(formula) = &item.statement.kind else { return };
        let mut place = Place::new(&item.path, &item.bindings, Reads::Now);
        let typed = formula.value.as_ref().and_then(|value| match &formula.unit {
            None => scope.expr(value, &mut place),
            Some(written) => {
                let unit = unit(scope, Some(written), None);
                let what = format!("`{}`", item.path);
                let expr = scope.quantity_of(value, &unit, Range::default(), &what, &mut place)?;
                Some(Typed { expr, ty: Type::Number(unit.dimension) })
            }
        });
        // Formulas change with the state even where they read parameters alone: they stand for values over time.
        let reads = place.did_read;
        if let Some(typed) = &typed
            && let Some(slot) = scope.formulas.get_mut(list.len())
        {
            *slot = Some(FormulaType { ty: typed.ty.clone(), reads });
        }
        let value = typed.map_or(Expr::Number(0.0), |typed| typed.expr);
        list.push(Formula { name: item.path.clone(), value });
    });
    list
}

/// The unit and the bounds in which the stocks are declared, by their index.
pub type Stocks = BTreeMap<usize, (Unit, Range)>;

/// Stocks, ladders and flags.
pub fn quantities(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>) -> (Vec<Quantity>, Stocks) {
    let (mut list, mut stocks) = (Vec::new(), Stocks::new());
    all.each(scope, |scope, item| {
        let name = item.path.clone();
        match &item.statement.kind {
            StatementKind::Stock(stock) => {
                let unit = unit(scope, stock.unit.as_ref(), stock.start.as_ref());
                let bounds = range(scope, stock.bounds.as_ref(), &unit);
                let mut place = Place::new(&item.path, &item.bindings, Reads::Parameters);
                let what = format!("`{name}`");
                let start = stock.start.as_ref();
                let start = start.and_then(|start| {
                    let made = scope.quantity_of(start, &unit, bounds, &what, &mut place)?;
                    outside(scope, &made, bounds, start.span);
                    Some(made)
                });
                stocks.insert(list.len(), (unit, bounds));
                scope.stocks.insert(list.len(), bounds);
                list.push(Quantity {
                    name,
                    kind: QuantityKind::Stock { low: bounds.low, high: bounds.high },
                    start: start.unwrap_or(Expr::Number(0.0)),
                });
            }
            StatementKind::Ladder(ladder) => {
                for (index, level) in ladder.levels.iter().enumerate() {
                    if let Some(earlier) = ladder.levels.iter().take(index).find(|other| other.value == level.value) {
                        scope.diagnostics.push(crate::collect::duplicate(&level.value, level.span, earlier.span));
                    }
                }
                let levels: Vec<String> = ladder.levels.iter().map(|level| level.value.clone()).collect();
                let start = match &ladder.starts {
                    None => Expr::Number(0.0),
                    Some(level) => {
                        let known = levels.as_slice().into();
                        scope.level(level, &known).map_or(Expr::Number(0.0), |typed| typed.expr)
                    }
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
    });
    (list, stocks)
}

/// What a stock begins or is held with lies within its bounds, where it is computed from numbers alone; a number that is
/// written was checked.
pub(super) fn outside(scope: &mut Scope<'_, '_>, start: &Expr, bounds: Range, span: Span) {
    let Some(x) = fold(start).filter(|_| matches!(start, Expr::Apply(..))) else { return };
    if bounds.low.is_some_and(|low| x < low) || bounds.high.is_some_and(|high| x > high) {
        scope.diagnostics.push(
            Diagnostic::new(Code::OutOfBounds, span, format!("this is {}, outside the bounds of the stock", tidy(x)))
                .help("move the number or the bounds"),
        );
    }
}
