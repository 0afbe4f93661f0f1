//! Correlated parameters.

use super::Statements;
use super::scope::{Meaning, Scope};
use crate::collect::Item;
use crate::program::{Copula, Law};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// The most parameters that may be correlated with each other, directly or by others in between.
pub const MAX_CORRELATED: usize = 300;

/// Two parameters by their indices, the smaller first, with their rank correlation and where it is said.
type Pairs = BTreeMap<(usize, usize), (f64, Span)>;

/// The parameters that are drawn together.
pub fn copulas(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>) -> Vec<Copula> {
    let mut pairs = Pairs::new();
    all.each(scope, |scope, item| {
        if let StatementKind::Correlate(correlate) = &item.statement.kind {
            self::correlate(scope, item, correlate, &mut pairs);
        }
    });
    let mut list = Vec::new();
    for members in components(&pairs) {
        list.extend(copula(scope, members, &pairs));
    }
    list
}

fn bad(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::BadCorrelation, span, message)
}

fn correlate(scope: &mut Scope<'_, '_>, item: &Item<'_>, correlate: &ast::Correlate, pairs: &mut Pairs) {
    let head = item.statement.head;
    let mut members: Vec<(usize, Span)> = Vec::new();
    for reference in &correlate.params {
        let Some(index) = parameter(scope, item, reference) else { return };
        if let Some((_, first)) = members.iter().find(|(member, _)| *member == index) {
            let name = &reference.name.value;
            scope.diagnostics.push(
                bad(reference.span, format!("`{name}` cannot be correlated with itself"))
                    .label("named again")
                    .also(*first, "named here")
                    .help("name two parameters, or more: `correlate a, b = 0.6`"),
            );
            return;
        }
        match is_drawn(scope, item, index, reference) {
            Some(true) => members.push((index, reference.span)),
            Some(false) => {}
            None => return,
        }
    }
    let Some(value) = &correlate.value else { return };
    let Some((rank, dimension)) = scope.constant(value) else { return };
    if !dimension.is_none() || !(-1.0..=1.0).contains(&rank) {
        scope.diagnostics.push(
            bad(value.span, "a correlation is a plain number from -1 to 1".to_owned())
                .label("Spearman's rank correlation")
                .help("write, for instance, `correlate a, b = 0.6`"),
        );
        return;
    }
    for (place, (first, _)) in members.iter().enumerate() {
        for (second, span) in members.iter().skip(place + 1) {
            let pair = (*first.min(second), *first.max(second));
            if let Some((_, earlier)) = pairs.insert(pair, (rank, head)) {
                let name = |index: usize| scope.params.get(index).map_or("", |(param, _)| param.name.as_str());
                let message = format!("`{}` and `{}` are correlated twice", name(pair.0), name(pair.1));
                let found = bad(*span, message)
                    .label("again")
                    .also(earlier, "the first time")
                    .help("leave one; a reading replaces `correlate a, b` if it names them in the same order");
                scope.diagnostics.push(found);
            }
        }
    }
}

/// The parameter that a name means.
fn parameter(scope: &mut Scope<'_, '_>, item: &Item<'_>, reference: &Reference) -> Option<usize> {
    match scope.meaning(reference, &item.bindings)? {
        Meaning::Param(index) => Some(index),
        _ => {
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::WrongKind,
                    reference.span,
                    format!("`{}` is no parameter, and only parameters are drawn together", reference.name.value),
                )
                .label("a parameter was expected here")
                .help("declare the number by `param NAME = …`, use it where it was, and correlate that"),
            );
            None
        }
    }
}

/// Whether a parameter has a draw of its own. One that this reading has made a single number is left out of what the
/// shared model correlates; else a diagnostic says so.
fn is_drawn(scope: &mut Scope<'_, '_>, item: &Item<'_>, index: usize, reference: &Reference) -> Option<bool> {
    let (param, span) = scope.params.get(index)?;
    let name = &param.name;
    let (message, help) = if matches!(param.law, Law::Point(_)) {
        (
            format!("`{name}` is a single number, and what does not vary is not correlated"),
            "give it an interval or a distribution, or leave it out here",
        )
    } else if param.draw != *name {
        (
            format!("`{name}` is a source's words, whose reading is shared with all its words"),
            "give it an interval or a distribution, or leave it out here",
        )
    } else {
        return Some(true);
    };
    if scope.declared.get(index).is_some_and(|declared| declared.own) && !item.own {
        return Some(false);
    }
    let found = bad(reference.span, message).label("cannot be correlated").also(*span, "its value").help(help);
    scope.diagnostics.push(found);
    None
}

/// Parameters that are connected by correlations.
fn components(pairs: &Pairs) -> Vec<BTreeSet<usize>> {
    let mut neighbours = BTreeMap::<usize, Vec<usize>>::new();
    for (a, b) in pairs.keys() {
        neighbours.entry(*a).or_default().push(*b);
        neighbours.entry(*b).or_default().push(*a);
    }
    let (mut seen, mut list) = (BTreeSet::new(), Vec::new());
    for first in neighbours.keys() {
        let (mut members, mut open) = (BTreeSet::new(), vec![*first]);
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                members.insert(next);
                open.extend(neighbours.get(&next).into_iter().flatten());
            }
        }
        if !members.is_empty() {
            list.push(members);
        }
    }
    list
}

fn copula(scope: &mut Scope<'_, '_>, members: BTreeSet<usize>, pairs: &Pairs) -> Option<Copula> {
    let mut params: Vec<usize> = members.into_iter().collect();
    params.sort_by(|a, b| {
        let name = |index: &usize| scope.params.get(*index).map(|(param, _)| &param.name);
        name(a).cmp(&name(b))
    });
    let said = |a: usize, b: usize| pairs.get(&(a.min(b), a.max(b)));
    let first = params.iter().find_map(|b| params.first().and_then(|a| said(*a, *b)));
    if params.len() > MAX_CORRELATED {
        let at = first.map_or(Span::default(), |(_, span)| *span);
        let message =
            format!("{} parameters are correlated with each other; the limit is {MAX_CORRELATED}", params.len());
        scope
            .diagnostics
            .push(Diagnostic::new(Code::TooLarge, at, message).help("let them depend on a common parameter instead"));
        return None;
    }
    let rank = |a: usize, b: usize| if a == b { 1.0 } else { said(a, b).map_or(0.0, |(rank, _)| *rank) };
    let ranks: Vec<Vec<f64>> = params.iter().map(|a| params.iter().map(|b| rank(*a, *b)).collect()).collect();
    if !is_possible(&ranks) {
        let names: Vec<&str> =
            params.iter().filter_map(|index| scope.params.get(*index).map(|(param, _)| param.name.as_str())).collect();
        let message = format!("these correlations of {} cannot hold together", crate::names::some(names.into_iter()));
        let all = params.iter().flat_map(|a| params.iter().filter_map(|b| said(*a, *b)));
        let places: BTreeSet<Span> = all.map(|(_, span)| *span).collect();
        let last = places.last().copied().unwrap_or_default();
        let mut found = bad(last, message)
            .label("with this one they contradict each other")
            .help("if `a` goes with `b`, and `b` with `c`, `a` cannot go strongly against `c`; pairs that are not named have 0");
        for place in places.iter().rev().skip(1).take(4) {
            found = found.also(*place, "another one");
        }
        scope.diagnostics.push(found);
        return None;
    }
    Some(Copula { params, ranks })
}

/// Below this a pivot counts as 0 ([`Copula`]).
const LEAST_PIVOT: f64 = 1e-9;
/// What may be left of a column whose pivot counts as 0: at most the root of that pivot, and a little for rounding.
const LEAST_REST: f64 = 4e-5;

/// Whether there is a law with these rank correlations: whether the normal correlations that belong to them are positive
/// semidefinite, by Cholesky's method.
fn is_possible(ranks: &[Vec<f64>]) -> bool {
    let normal = |i: usize, j: usize| {
        let rank = ranks.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0.0);
        if i == j { 1.0 } else { 2.0 * sine(std::f64::consts::PI * rank / 6.0) }
    };
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut pivots: Vec<f64> = Vec::new();
    for i in 0..ranks.len() {
        let mut row = Vec::new();
        for j in 0..=i {
            let other = rows.get(j).unwrap_or(&row);
            let done: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            let rest = normal(i, j) - done;
            if i == j {
                if rest < -LEAST_PIVOT {
                    return false;
                }
                pivots.push(if rest < LEAST_PIVOT { 0.0 } else { rest.sqrt() });
            } else {
                let pivot = pivots.get(j).copied().unwrap_or(0.0);
                if pivot == 0.0 && rest.abs() > LEAST_REST {
                    return false;
                }
                row.push(if pivot == 0.0 { 0.0 } else { rest / pivot });
            }
        }
        row.push(pivots.get(i).copied().unwrap_or(0.0));
        rows.push(row);
    }
    true
}

/// The sine of an angle up to a right one, by its series, so that every machine judges alike.
fn sine(x: f64) -> f64 {
    let (mut term, mut sum) = (x, 0.0);
    for n in 1..12 {
        sum += term;
        let k = f64::from(2 * n);
        term *= -x * x / (k * (k + 1.0));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rank: [f64; 3]) -> Vec<Vec<f64>> {
        let [ab, ac, bc] = rank;
        vec![vec![1.0, ab, ac], vec![ab, 1.0, bc], vec![ac, bc, 1.0]]
    }

    #[test]
    fn the_sine_is_the_sine() {
        assert!((sine(std::f64::consts::FRAC_PI_6) - 0.5).abs() < 1e-15);
        assert!((sine(-std::f64::consts::FRAC_PI_4) + std::f64::consts::FRAC_1_SQRT_2).abs() < 1e-15);
    }

    #[test]
    fn correlations_that_can_and_cannot_be() {
        assert!(is_possible(&matrix([0.5, 0.5, 0.5])));
        assert!(is_possible(&matrix([0.9, 0.9, 0.9])));
        // Singular: all the same, or one the opposite of the other two.
        assert!(is_possible(&matrix([1.0, 1.0, 1.0])));
        assert!(is_possible(&matrix([-1.0, -1.0, 1.0])));
        assert!(is_possible(&matrix([1.0, 0.3, 0.3])));
        assert!(!is_possible(&matrix([1.0, 0.3, 0.4])));
        assert!(!is_possible(&matrix([0.9, 0.9, 0.0])));
        assert!(!is_possible(&matrix([-0.6, -0.6, -0.6])));
        // Three normal variables can each go against the others down to -1/2, whose rank is 6 / π asin(1/4).
        assert!(is_possible(&matrix([-0.4825, -0.4825, -0.4825])));
        assert!(!is_possible(&matrix([-0.4826, -0.4826, -0.4826])));
    }
}
