//! The order in which statements have to be taken: formulas after what they read, replies after their triggers.

use super::MAX_TERMS;
use crate::collect::{Item, Shared};
use crate::entities::{Bindings, Entities};
use crate::items::bare;
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{Expr, ExprKind, Occasion, Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// The statements with formulas and choices put in order among themselves; all else stays where it is.
pub fn ordered<'i, 'a>(
    shared: &Shared<'a>,
    items: &'i [Item<'a>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<&'i Item<'a>> {
    let mut list: Vec<&'i Item<'a>> = items.iter().collect();
    let formula = |item: &Item<'_>| matches!(item.statement.kind, StatementKind::Let(_));
    let choice = |item: &Item<'_>| matches!(item.statement.kind, StatementKind::Choice(_));
    sort(shared, &mut list, &formula, "formulas", diagnostics);
    sort(shared, &mut list, &choice, "choices", diagnostics);
    list
}

/// Items by name and entities.
type Named<'i> = BTreeMap<&'i str, BTreeMap<Entities, usize>>;

/// Puts those items that `which` selects into an order in which each follows what it needs, otherwise as declared.
fn sort<'i, 'a>(
    shared: &Shared<'a>,
    list: &mut [&'i Item<'a>],
    which: &dyn Fn(&Item<'_>) -> bool,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let places: Vec<usize> = list.iter().enumerate().filter(|(_, item)| which(item)).map(|(place, _)| place).collect();
    let chosen: Vec<&'i Item<'a>> = places.iter().filter_map(|place| list.get(*place).copied()).collect();
    let mut named = Named::new();
    for (index, item) in chosen.iter().enumerate() {
        let name = bare(&item.path).unwrap_or(&item.path);
        named.entry(name).or_default().insert(item.entities, index);
    }
    let mut needs = Needs { shared, named, terms: 0 };
    let edges: Vec<Vec<usize>> = chosen.iter().map(|item| needs.of(item)).collect();
    // Depth first with an explicit stack: a chain of formulas may be long.
    let mut done = vec![false; chosen.len()];
    let mut open = vec![false; chosen.len()];
    let mut order = Vec::new();
    let mut circles = BTreeSet::new();
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
                        // Of statements that stand for many, one circle is told.
                        if circles.insert((chosen[node].statement.head, chosen[needed].statement.head)) {
                            diagnostics.push(circle(chosen[node], chosen[needed], what));
                        }
                    } else if !done[needed] {
                        stack.push((needed, 0));
                    }
                }
            }
        }
    }
    for (place, node) in places.iter().zip(order) {
        list[*place] = chosen[node];
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

/// What items need.
struct Needs<'x, 'i, 'a> {
    shared: &'x Shared<'a>,
    named: Named<'i>,
    /// How many terms of aggregates were looked at.
    terms: usize,
}

impl Needs<'_, '_, '_> {
    fn of(&mut self, item: &Item<'_>) -> Vec<usize> {
        let mut needed = Vec::new();
        match &item.statement.kind {
            StatementKind::Choice(choice) => {
                for occasion in &choice.occasions {
                    if let Occasion::After { choice, .. } = &occasion.value {
                        needed.extend(self.index(choice, &item.bindings));
                    }
                }
            }
            StatementKind::Let(formula) => {
                if let Some(value) = &formula.value {
                    self.read(value, &item.bindings, &mut needed);
                }
            }
            _ => {}
        }
        needed
    }

    fn index(&self, reference: &Reference, bindings: &Bindings) -> Option<usize> {
        let instances = self.named.get(reference.name.value.as_str())?;
        let entities = self.shared.entities_of(reference, bindings).ok()?;
        instances.get(&entities).copied()
    }

    /// The items that an expression reads. Ranges are gone through only where something in them may be one.
    fn read(&mut self, expr: &Expr, bindings: &Bindings, needed: &mut Vec<usize>) {
        let mut ranges = Vec::new();
        visit(expr, &mut |part| match part {
            Part::Name(reference) => {
                needed.extend(self.index(reference, bindings));
                true
            }
            Part::Range(range, body) => {
                ranges.push((range, body));
                false
            }
        });
        for (range, body) in ranges {
            let mut concerns = false;
            references(body, &mut |reference| concerns |= self.named.contains_key(reference.name.value.as_str()));
            if !concerns {
                continue;
            }
            // What is wrong with a range is told where the formula is compiled.
            let Some(resolved) = self.shared.range(range, bindings, &mut Vec::new()) else { continue };
            self.terms = self.terms.saturating_add(resolved.count());
            if self.terms > MAX_TERMS {
                return;
            }
            for inner in resolved.bindings(bindings) {
                self.read(body, &inner, needed);
            }
        }
    }
}

/// What an expression is made of, as far as names matter.
enum Part<'e> {
    Name(&'e Reference),
    Range(&'e variorum_syntax::ast::Range, &'e Expr),
}

/// Visits every name in an expression.
pub fn references(expr: &Expr, see: &mut dyn FnMut(&Reference)) {
    visit(expr, &mut |part| {
        if let Part::Name(reference) = part {
            see(reference);
        }
        true
    });
}

/// Visits every name and every range in an expression; into a range only where the visitor says so.
fn visit<'e>(expr: &'e Expr, see: &mut dyn FnMut(Part<'e>) -> bool) {
    match &expr.kind {
        ExprKind::Reference(reference) => {
            see(Part::Name(reference));
        }
        ExprKind::Call(_, args) => args.iter().for_each(|arg| visit(arg, see)),
        ExprKind::Unary(_, inner) | ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) => visit(inner, see),
        ExprKind::Binary(_, left, right) => {
            visit(left, see);
            visit(right, see);
        }
        ExprKind::If(condition, then, otherwise) => {
            visit(condition, see);
            visit(then, see);
            if let Some(otherwise) = otherwise {
                visit(otherwise, see);
            }
        }
        ExprKind::Lookup { on, entries, otherwise } => {
            see(Part::Name(on));
            entries.iter().for_each(|(_, entry)| visit(entry, see));
            if let Some(otherwise) = otherwise {
                visit(otherwise, see);
            }
        }
        ExprKind::Aggregate(_, range, body) => {
            if see(Part::Range(range, body)) {
                visit(body, see);
            }
        }
        ExprKind::OneOf(entries) => entries.iter().for_each(|(value, weight)| {
            visit(value, see);
            visit(weight, see);
        }),
        ExprKind::Number(..)
        | ExprKind::Interval(..)
        | ExprKind::CountInTime { .. }
        | ExprKind::CountOf { .. }
        | ExprKind::Truth(_)
        | ExprKind::Unknown
        | ExprKind::Risk(..)
        | ExprKind::Said(_)
        | ExprKind::Error => {}
    }
}
