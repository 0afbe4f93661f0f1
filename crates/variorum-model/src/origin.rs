//! Where numbers come from, and which of them have to say so.

use serde::Serialize;
use variorum_syntax::ast::{self, Expr, ExprKind, Provenance, Statement, StatementKind};

/// Where a statement's numbers come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A source states them.
    Cited,
    /// A count among a reference class.
    BaseRate,
    /// A source's words, as readers take them.
    Wording,
    /// A judgement, openly.
    Assumed,
    /// It has no numbers, or none that need an origin.
    None,
}

/// The expressions of a statement, those of its options left out, whose numbers need an origin.
fn expressions(statement: &Statement) -> Vec<&Expr> {
    let mut exprs: Vec<&Expr> = Vec::new();
    match &statement.kind {
        StatementKind::Param(param) => exprs.extend(&param.value),
        StatementKind::Stock(stock) => exprs.extend(&stock.start),
        StatementKind::Let(formula) => exprs.extend(&formula.value),
        StatementKind::Flow(flow) => {
            exprs.extend(&flow.rate);
            exprs.extend(flow.noise.iter().map(|(sd, _)| sd));
        }
        StatementKind::Utility(utility) => exprs.extend(&utility.value),
        StatementKind::Horizon(setting) | StatementKind::Precision(setting) | StatementKind::Patience(setting) => {
            exprs.extend(&setting.value);
        }
        StatementKind::Event(event) => {
            exprs.extend(event.hazard.iter().chain(&event.chance));
            exprs.extend(event.effects.iter().filter_map(|effect| effect.value.as_ref()));
        }
        StatementKind::Choice(choice) => {
            for occasion in &choice.occasions {
                if let ast::Occasion::Considered(rate) = &occasion.value {
                    exprs.push(rate);
                }
            }
        }
        StatementKind::Correlate(correlate) => exprs.extend(&correlate.value),
        StatementKind::Observe(observe) => {
            exprs.extend(observe.what.iter().chain(&observe.error));
            exprs.extend(
                observe.reported.iter().flat_map(|reported| reported.hits.iter().chain(&reported.false_alarms)),
            );
        }
        // What a scenario sets and holds is supposed, and needs no origin.
        _ => {}
    }
    exprs
}

/// The expressions of an option whose numbers need an origin.
fn of_option(option: &ast::ChoiceOption) -> impl Iterator<Item = &Expr> {
    option.probability.iter().chain(option.effects.iter().filter_map(|effect| effect.value.as_ref()))
}

/// Whether a statement has numbers that need an origin.
#[must_use]
pub fn numbers(statement: &Statement) -> bool {
    expressions(statement).into_iter().any(telling)
}

/// Whether an option has numbers that need an origin.
#[must_use]
pub fn option_numbers(option: &ast::ChoiceOption) -> bool {
    of_option(option).any(telling)
}

/// Whether an expression contains a number other than 0 and 1 that is no base rate.
fn telling(expr: &Expr) -> bool {
    let is_number = |expr: &Expr| matches!(expr.kind, ExprKind::Number(..));
    match &expr.kind {
        ExprKind::Number(number, _) => number.value != 0.0 && (number.percent || number.value != 1.0),
        // `1 per year` is a rate like any other.
        ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) if is_number(inner) => true,
        ExprKind::Interval(..)
        | ExprKind::CountInTime { .. }
        | ExprKind::CountOf { .. }
        | ExprKind::OneOf(_)
        | ExprKind::Said(_) => true,
        _ => any_part(expr, &telling),
    }
}

/// Whether words of probability stand in an expression.
fn has_words(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Said(_)) || any_part(expr, &has_words)
}

/// Whether something holds for one of the expressions of which another is made. A number of months in `risk` is a time
/// and not a number of the world.
fn any_part(expr: &Expr, holds: &dyn Fn(&Expr) -> bool) -> bool {
    expr.parts().into_iter().any(holds)
}

/// Where numbers come from, by what is written after them.
#[must_use]
pub fn origin(provenance: &Provenance) -> Origin {
    match provenance {
        Provenance { among: Some(_), .. } => Origin::BaseRate,
        Provenance { from, .. } if !from.is_empty() => Origin::Cited,
        Provenance { assumed: Some(_), .. } => Origin::Assumed,
        _ => Origin::None,
    }
}

/// Where the numbers of a statement come from, those of its options left out.
#[must_use]
pub fn origin_of_statement(statement: &Statement) -> Origin {
    if expressions(statement).into_iter().any(has_words) { Origin::Wording } else { origin(&statement.provenance) }
}

/// Where the numbers of an option come from; none if it does not say so itself.
#[must_use]
pub fn origin_of_option(option: &ast::ChoiceOption) -> Origin {
    if of_option(option).any(has_words) { Origin::Wording } else { origin(&option.provenance) }
}
