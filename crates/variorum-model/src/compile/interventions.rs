//! What a scenario does to quantities.

use super::declarations::{Stocks, outside};
use super::scope::{Meaning, Place, Reads, Scope, Type};
use crate::entities::Bindings;
use crate::findings::Whose;
use crate::program::{Clock, Expr, Intervention};
use crate::time::{End, step};
use variorum_syntax::ast::{self, At, Date, Reference, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What is set and held, in the order of the text.
pub fn interventions(
    scope: &mut Scope<'_, '_>,
    scenario: &str,
    done: &[(&Statement, Bindings)],
    stocks: &Stocks,
    clock: &Clock,
) -> Vec<Intervention> {
    let path = format!("scenario {scenario}");
    // Numbers that are written in place are numbered through the whole scenario.
    let mut ordinal = 0;
    let mut list: Vec<(Intervention, Span)> = Vec::new();
    for (number, (statement, bindings)) in done.iter().enumerate() {
        if scope.once.is_enough(statement.span) {
            continue;
        }
        let before = scope.diagnostics.len();
        let mut place = Place::new(&path, bindings, Reads::Parameters);
        place.ordinal = ordinal;
        let made = self::intervention(scope, statement, stocks, clock, &mut place);
        ordinal = place.ordinal;
        if let Some(made) = made {
            clashes(scope, &made, statement.head, &list);
            list.push((made, statement.head));
        }
        scope.once.take(
            &mut scope.diagnostics,
            before,
            Whose { item: usize::MAX - number, statement: statement.span, bindings },
        );
    }
    list.into_iter().map(|(intervention, _)| intervention).collect()
}

fn intervention(
    scope: &mut Scope<'_, '_>,
    statement: &Statement,
    stocks: &Stocks,
    clock: &Clock,
    place: &mut Place<'_>,
) -> Option<Intervention> {
    let at = |scope: &mut Scope<'_, '_>, date: &At<Date>, end: End| {
        step(clock, date, end).map_err(|diagnostic| scope.diagnostics.push(diagnostic)).ok()
    };
    match &statement.kind {
        StatementKind::Set(set) => {
            let (quantity, value) = change(scope, &set.target, set.value.as_ref()?, stocks, place)?;
            let from = at(scope, set.at.as_ref()?, End::First)?;
            Some(Intervention { quantity, value, from, until: None, known: 0 })
        }
        StatementKind::Hold(hold) => {
            let (quantity, value) = change(scope, &hold.target, hold.value.as_ref()?, stocks, place)?;
            let from = match &hold.from {
                Some(date) => at(scope, date, End::First)?,
                None => 0,
            };
            let until = match &hold.until {
                Some(date) => at(scope, date, End::Last)?,
                None => clock.steps.saturating_sub(1),
            };
            if until < from {
                let span = hold.until.as_ref().or(hold.from.as_ref()).map_or(statement.head, |date| date.span);
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadTime, span, "this ends before it begins")
                        .help("write the earlier date after `from`"),
                );
                return None;
            }
            Some(Intervention { quantity, value, from, until: Some(until), known: 0 })
        }
        _ => None,
    }
}

/// The quantity that is changed, and to what.
fn change(
    scope: &mut Scope<'_, '_>,
    target: &Reference,
    value: &ast::Expr,
    stocks: &Stocks,
    place: &mut Place<'_>,
) -> Option<(usize, Expr)> {
    let name = &target.name.value;
    let (kind, help) = match scope.meaning(target, &place.bindings)? {
        Meaning::Quantity(index) => {
            let value = match scope.quantities.get(index)?.clone() {
                Type::Number(_) => {
                    let (unit, bounds) = stocks.get(&index)?.clone();
                    let made = scope.quantity_of(value, &unit, bounds, &format!("`{name}`"), place)?;
                    outside(scope, &made, bounds, value.span);
                    made
                }
                Type::Truth => {
                    if let Some(stray) = scope.stray(value, &place.bindings) {
                        scope.no_truth(target, stray);
                        return None;
                    }
                    scope.condition(value, place)?
                }
                Type::Level(levels) => match &value.kind {
                    ast::ExprKind::Reference(level) if level.entities.is_empty() => {
                        scope.level(&level.name, &levels)?.expr
                    }
                    _ => {
                        let known = levels.iter().map(String::as_str);
                        scope.diagnostics.push(
                            Diagnostic::new(Code::BadEffect, value.span, format!("`{name}` takes one of its levels"))
                                .label("not a level")
                                .help(format!("its levels are {}", crate::names::some(known))),
                        );
                        return None;
                    }
                },
            };
            return Some((index, value));
        }
        Meaning::Param(_) => ("a parameter", format!("write its value in the scenario: `param {name} = …`")),
        Meaning::Formula(_) => ("a formula", format!("write another in the scenario: `let {name} = …`")),
        Meaning::Event(_) => {
            ("an event", format!("write `switch off {name}`, or give it another hazard in the scenario"))
        }
        Meaning::Choice(_) => ("a choice", format!("write `switch off {name}`, or repeat it in the scenario")),
        Meaning::Entity => ("an actor, place or group", format!("name one of its quantities: `QUANTITY[{name}]`")),
    };
    scope.diagnostics.push(
        Diagnostic::new(
            Code::BadScenario,
            target.span,
            format!("`{name}` is {kind}, and `set` and `hold` are for stocks, ladders and flags"),
        )
        .label("cannot be held")
        .help(help),
    );
    None
}

/// Whether something else is done to the same quantity at the same time.
fn clashes(scope: &mut Scope<'_, '_>, new: &Intervention, at: Span, earlier: &[(Intervention, Span)]) {
    let until = |one: &Intervention| one.until.unwrap_or(one.from);
    let clash = earlier
        .iter()
        .find(|(other, _)| other.quantity == new.quantity && other.from <= until(new) && new.from <= until(other));
    let Some((other, first)) = clash else { return };
    let (message, help) = match (other.until, new.until) {
        (Some(_), Some(_)) => ("this is held twice at one time", "let the first end before the second begins"),
        (None, None) => ("this is set twice at one time", "leave one of the two"),
        _ => ("this is set while it is held", "what is held has its value: change that, or the dates"),
    };
    scope
        .diagnostics
        .push(Diagnostic::new(Code::BadScenario, at, message).label("the second").also(*first, "the first").help(help));
}
