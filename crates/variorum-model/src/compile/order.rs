//! The order in which statements have to be taken: formulas after what they read, replies after their triggers.

use crate::collect::{Item, show};
use std::collections::BTreeMap;
use variorum_syntax::ast::{Expr, ExprKind, Occasion, Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// The statements with formulas and choices put in order among themselves; all else stays where it is.
pub fn ordered<'a>(items: &[Item<'a>], diagnostics: &mut Vec<Diagnostic>) -> Vec<Item<'a>> {
    let mut list: Vec<Item<'a>> = items.to_vec();
    let formula = |item: &Item<'_>| matches!(item.statement.kind, StatementKind::Let(_));
    let choice = |item: &Item<'_>| matches!(item.statement.kind, StatementKind::Choice(_));
    sort(&mut list, &formula, &formula_needs, "formulas", diagnostics);
    sort(&mut list, &choice, &choice_needs, "choices", diagnostics);
    list
}

/// Puts those items that `which` selects into an order in which each follows what it `needs`, otherwise as declared.
fn sort(
    list: &mut [Item<'_>],
    which: &dyn Fn(&Item<'_>) -> bool,
    needs: &dyn Fn(&Item<'_>) -> Vec<String>,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let places: Vec<usize> = list.iter().enumerate().filter(|(_, item)| which(item)).map(|(place, _)| place).collect();
    let chosen: Vec<Item<'_>> = places.iter().filter_map(|place| list.get(*place).cloned()).collect();
    let by_path: BTreeMap<&str, usize> =
        chosen.iter().enumerate().map(|(index, item)| (item.path.as_str(), index)).collect();
    let edges: Vec<Vec<usize>> = chosen
        .iter()
        .map(|item| needs(item).iter().filter_map(|path| by_path.get(path.as_str()).copied()).collect())
        .collect();
    // Depth first with an explicit stack: a chain of formulas may be long.
    let mut done = vec![false; chosen.len()];
    let mut open = vec![false; chosen.len()];
    let mut order = Vec::new();
    for root in 0..chosen.len() {
        let mut stack = vec![(root, 0usize)];
        while let Some((node, next)) = stack.pop() {
            if done[node] {
                continue;
            }
            if next == 0 {
                open[node] = true;
            }
            match edges[node].get(next) {
                None => {
                    open[node] = false;
                    done[node] = true;
                    order.push(node);
                }
                Some(&needed) => {
                    stack.push((node, next + 1));
                    if open[needed] {
                        diagnostics.push(circle(&chosen[node], &chosen[needed], what));
                    } else if !done[needed] {
                        stack.push((needed, 0));
                    }
                }
            }
        }
    }
    for (place, node) in places.iter().zip(order) {
        list[*place] = chosen[node].clone();
    }
}

/// Says that an item needs another one which, at last, needs it.
fn circle(item: &Item<'_>, needed: &Item<'_>, what: &str) -> Diagnostic {
    let help = if matches!(item.statement.kind, StatementKind::Choice(_)) {
        "let one of them come up by itself: `considered 4 per year`, `on 2024-11`, `every month`"
    } else {
        "what depends on its own past is a stock, changed by a `flow`, or a ladder"
    };
    let (path, head) = (&item.path, item.statement.head);
    if item.path == needed.path {
        let message = format!("`{path}` needs itself");
        return Diagnostic::new(Code::Circular, head, message).label("no value to begin with").help(help);
    }
    Diagnostic::new(Code::Circular, head, format!("these {what} need each other: `{path}` and `{}`", needed.path))
        .label(format!("needs `{}`", needed.path))
        .also(needed.statement.head, format!("needs `{path}`, if by others in between"))
        .help(help)
}

fn choice_needs(item: &Item<'_>) -> Vec<String> {
    let StatementKind::Choice(choice) = &item.statement.kind else { return Vec::new() };
    let after = |occasion: &variorum_syntax::ast::At<Occasion>| match &occasion.value {
        Occasion::After { choice, .. } => Some(choice.name.value.clone()),
        _ => None,
    };
    choice.occasions.iter().filter_map(after).collect()
}

fn formula_needs(item: &Item<'_>) -> Vec<String> {
    let StatementKind::Let(formula) = &item.statement.kind else { return Vec::new() };
    let mut names = Vec::new();
    if let Some(value) = &formula.value {
        references(value, &mut |reference| {
            let entities: Vec<String> = reference.entities.iter().map(|name| name.value.clone()).collect();
            names.push(show(&reference.name.value, &entities));
        });
    }
    names
}

/// Visits every name in an expression.
pub fn references(expr: &Expr, visit: &mut dyn FnMut(&Reference)) {
    match &expr.kind {
        ExprKind::Reference(reference) => visit(reference),
        ExprKind::Call(_, args) => args.iter().for_each(|arg| references(arg, visit)),
        ExprKind::Unary(_, inner) | ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) => references(inner, visit),
        ExprKind::Binary(_, left, right) => {
            references(left, visit);
            references(right, visit);
        }
        ExprKind::If(condition, then, otherwise) => {
            references(condition, visit);
            references(then, visit);
            if let Some(otherwise) = otherwise {
                references(otherwise, visit);
            }
        }
        ExprKind::Lookup { on, entries, otherwise } => {
            visit(on);
            entries.iter().for_each(|(_, entry)| references(entry, visit));
            if let Some(otherwise) = otherwise {
                references(otherwise, visit);
            }
        }
        _ => {}
    }
}
