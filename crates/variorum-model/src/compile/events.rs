//! Events, flows, and what events and options do.

use super::Statements;
use super::bounds::Noted;
use super::numbers::{Range, fold, tidy};
use super::scope::{Danger, Meaning, Place, Reads, Scope, Type};
use crate::collect::Item;
use crate::names::some;
use crate::program::{Clock, Effect, EffectOp, Event, EventRule, Exclusion, Expr, Flow, Function, Key, Law};
use crate::time::{End, step};
use crate::units::Dimension;
use std::collections::BTreeMap;
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// The events in order of declaration, and the groups that exclude each other.
pub fn events(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>, clock: &Clock) -> (Vec<Event>, Vec<Exclusion>) {
    let mut list = Vec::new();
    all.each(scope, |scope, item| {
        if let StatementKind::Event(event) = &item.statement.kind {
            let made = self::event(scope, item, event, clock);
            list.push(made);
        }
    });
    let exclusions = exclusions(scope, &list, all);
    (list, exclusions)
}

fn event(scope: &mut Scope<'_, '_>, item: &Item<'_>, event: &ast::Event, clock: &Clock) -> Event {
    let name = item.path.clone();
    let title = event.title.as_ref().map_or_else(|| name.clone(), |title| title.value.clone());
    let mut place = Place::new(&item.path, &item.bindings, Reads::Now);
    let when = event.when.as_ref().and_then(|when| scope.condition(when, &mut place));
    place.with_words(&item.statement.provenance);
    place.did_read = Reads::Constants;
    let hazard = event.hazard.as_ref();
    let hazard = hazard.and_then(|hazard| scope.of_dimension(hazard, &Dimension::rate(), "a hazard", &mut place));
    let hazard_reads = place.did_read;
    let chance = event.chance.as_ref();
    let chance = chance.and_then(|chance| scope.of_dimension(chance, &Dimension::none(), "a chance", &mut place));
    place.without_words();
    if let (Some(made), Some(written)) = (&hazard, &event.hazard) {
        // What follows at once upon something else, or competes with another event, may be all but certain.
        let mut at_once = !event.excludes.is_empty();
        if let Some(when) = &when {
            when.visit(&mut |part| at_once |= matches!(part, Expr::Happened(_) | Expr::Chosen { .. }));
        }
        scope.note(written.span, Noted::Hazard(made.clone(), at_once));
    }
    if let (Some(made), Some(written)) = (&chance, &event.chance) {
        scope.note(written.span, Noted::Probability(made.clone()));
    }
    let head = item.statement.head;
    if let (Some(value), Some(written)) = (chance.as_ref().and_then(fold), &event.chance)
        && !(0.0..=1.0).contains(&value)
    {
        scope.diagnostics.push(
            Diagnostic::new(Code::OutOfBounds, written.span, "a chance lies between 0% and 100%")
                .help("write the probability that it happens on that date, as in `on 2024-11 chance 55%`"),
        );
    }
    let rule = match (&event.hazard, &event.on, &event.chance) {
        (Some(_), None, None) => EventRule::Hazard(hazard.unwrap_or(Expr::Number(0.0))),
        (None, Some(date), Some(_)) => match step(clock, date, End::First) {
            Ok(step) => EventRule::Dated { step, chance: chance.unwrap_or(Expr::Number(0.0)) },
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                EventRule::Hazard(Expr::Number(0.0))
            }
        },
        (hazard, on, chance) => {
            let (message, span, label) = match (hazard, on, chance) {
                (None, Some(on), None) => {
                    (format!("`{name}` has a date but no chance"), on.span, "how likely is it then?")
                }
                (None, None, Some(chance)) => (format!("`{name}` has a chance but no date"), chance.span, "when?"),
                (Some(hazard), Some(_), _) => {
                    (format!("`{name}` has a hazard and a date"), hazard.span, "at any time, or at the date?")
                }
                (Some(hazard), None, Some(_)) => {
                    (format!("`{name}` has a hazard and a chance"), hazard.span, "this, or the chance?")
                }
                _ => (format!("`{name}` says neither how likely it is nor when"), head, "how does it come about?"),
            };
            scope.diagnostics.push(
                Diagnostic::new(Code::BadEvent, span, message)
                    .label(label)
                    .help("write either `hazard 5% per year`, or `on 2024-11 chance 55%`"),
            );
            EventRule::Hazard(Expr::Number(0.0))
        }
    };
    let effects = effects(scope, &event.effects, &mut place);
    let danger = match &rule {
        EventRule::Hazard(hazard) => Danger::Hazard(hazard.clone(), hazard_reads, fixed(scope, &effects)),
        EventRule::Dated { .. } => Danger::Dated,
    };
    scope.dangers.push(danger);
    Event { key: Key::of(&name), name, title, when, rule, effects }
}

/// The levels that effects set ladders and flags to, where these are known beforehand.
fn fixed(scope: &Scope<'_, '_>, effects: &[Effect]) -> Vec<(usize, f64)> {
    let levels = effects.iter().filter_map(|effect| match (effect.op, &effect.value) {
        (EffectOp::Set, Expr::Number(level)) => Some((effect.quantity, *level)),
        _ => None,
    });
    levels.filter(|(quantity, _)| !matches!(scope.quantities.get(*quantity), None | Some(Type::Number(_)))).collect()
}

/// Joins what excludes each other into groups. An event that is switched off still joins those around it.
fn exclusions(scope: &mut Scope<'_, '_>, events: &[Event], all: &Statements<'_, '_>) -> Vec<Exclusion> {
    // Events by their path, those that are switched off too, each with its index among those that are on.
    let mut places = BTreeMap::<&str, usize>::new();
    let mut indices: Vec<Option<usize>> = Vec::new();
    let mut on = 0;
    for item in all.items.iter().filter(|item| matches!(item.statement.kind, StatementKind::Event(_))) {
        let is_on = !(all.off)(&item.path);
        places.entry(&item.path).or_insert(indices.len());
        indices.push(is_on.then_some(on));
        on += usize::from(is_on);
    }
    let mut parents: Vec<usize> = (0..indices.len()).collect();
    all.all(scope, |scope, item, is_on| {
        let StatementKind::Event(event) = &item.statement.kind else { return };
        let Some(place) = places.get(item.path.as_str()).copied() else { return };
        for other in &event.excludes {
            if scope.event(other, &item.bindings).is_none() {
                continue;
            }
            let Ok(entities) = scope.shared.entities_of(other, &item.bindings) else { continue };
            let path = scope.shared.show(&other.name.value, entities);
            let Some(other_place) = places.get(path.as_str()).copied() else { continue };
            let dated = |place: usize| {
                let index = indices.get(place).copied().flatten();
                index
                    .and_then(|index| events.get(index))
                    .is_some_and(|event| matches!(event.rule, EventRule::Dated { .. }))
            };
            if is_on && (dated(place) || dated(other_place)) {
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadEvent, other.span, "only events with hazards compete")
                        .label("one of the two has a date")
                        .help("use conditions (`when`) to keep a dated event from another"),
                );
            }
            if place == other_place {
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadEvent, other.span, format!("`{path}` cannot exclude itself"))
                        .label("the event itself")
                        .help("name the events that it competes with"),
                );
            }
            let (a, b) = (root(&mut parents, place), root(&mut parents, other_place));
            if let Some(parent) = parents.get_mut(a.max(b)) {
                *parent = a.min(b);
            }
        }
    });
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for (place, index) in indices.iter().enumerate() {
        if let Some(index) = index {
            groups.entry(root(&mut parents, place)).or_default().push(*index);
        }
    }
    let mut list = Vec::new();
    for (_, mut together) in groups.into_iter().filter(|(_, together)| together.len() > 1) {
        together.sort_by_key(|event| events.get(*event).map(|event| event.name.as_str()));
        let names: Vec<&str> =
            together.iter().filter_map(|event| events.get(*event).map(|event| event.name.as_str())).collect();
        let name = names.join("|");
        list.push(Exclusion { key: Key::of(&name), name, events: together });
    }
    list
}

/// The first of a group, to which parents lead; on the way every second one is skipped for the next who asks.
fn root(parents: &mut [usize], mut place: usize) -> usize {
    while let Some(parent) = parents.get(place).copied().filter(|parent| *parent != place) {
        let next = parents.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(place) {
            *slot = next;
        }
        place = parent;
    }
    place
}

/// Effects, checked against their targets.
pub fn effects(scope: &mut Scope<'_, '_>, effects: &[ast::Effect], place: &mut Place<'_>) -> Vec<Effect> {
    effects.iter().filter_map(|effect| self::effect(scope, effect, place)).collect()
}

fn effect(scope: &mut Scope<'_, '_>, effect: &ast::Effect, place: &mut Place<'_>) -> Option<Effect> {
    let (quantity, kind) = match scope.meaning(&effect.target, &place.bindings)? {
        Meaning::Quantity(index) => (index, None),
        Meaning::Param(_) => (0, Some("a parameter")),
        Meaning::Formula(_) => (0, Some("a formula")),
        Meaning::Event(_) => (0, Some("an event")),
        Meaning::Choice(_) => (0, Some("a choice")),
        Meaning::Entity => (0, Some("an actor, place or group")),
    };
    if let Some(kind) = kind {
        scope.diagnostics.push(
            Diagnostic::new(
                Code::BadEffect,
                effect.target.span,
                format!("`{}` is {kind}, and effects change stocks, ladders and flags", effect.target.name.value),
            )
            .label("cannot be changed")
            .help("declare a `stock`, `ladder` or `flag`, change that, and read it where it matters"),
        );
        return None;
    }
    let ty = scope.quantities.get(quantity)?.clone();
    let target = &effect.target.name.value;
    let bad = |message: String, help: &str| Diagnostic::new(Code::BadEffect, effect.span, message).help(help);
    let op = match effect.op {
        ast::EffectOp::Set => EffectOp::Set,
        ast::EffectOp::Add => EffectOp::Add,
        ast::EffectOp::Subtract => EffectOp::Subtract,
        ast::EffectOp::Multiply => EffectOp::Multiply,
        ast::EffectOp::NextLevel => EffectOp::NextLevel,
        ast::EffectOp::PreviousLevel => EffectOp::PreviousLevel,
    };
    let stepping = matches!(op, EffectOp::NextLevel | EffectOp::PreviousLevel);
    let value = match (&ty, &effect.value) {
        (Type::Number(_), None) => {
            scope.diagnostics.push(bad(
                format!("`{target}` is a stock and has no levels"),
                "write `+=`, `-=`, `*=` or `=` and a number",
            ));
            return None;
        }
        (_, None) => Expr::Number(0.0),
        (Type::Number(dimension), Some(value)) => {
            let dimension = if op == EffectOp::Multiply { Dimension::none() } else { dimension.clone() };
            let made = scope.of_dimension(value, &dimension, &format!("what changes `{target}`"), place)?;
            beyond(scope, quantity, (op, effect), &made);
            made
        }
        (_, Some(_)) if op != EffectOp::Set || stepping => {
            scope.diagnostics.push(bad(
                format!("`{target}` has levels, and levels are not added"),
                "write `= LEVEL`, `= next level` or `= previous level`",
            ));
            return None;
        }
        (Type::Truth, Some(value)) => {
            if let Some(stray) = scope.stray(value, &place.bindings) {
                scope.no_truth(&effect.target, stray);
                return None;
            }
            scope.condition(value, place)?
        }
        (Type::Level(levels), Some(value)) => match &value.kind {
            ast::ExprKind::Reference(reference) if reference.entities.is_empty() => {
                scope.level(&reference.name, levels)?.expr
            }
            _ => {
                let typed = scope.expr(value, place)?;
                if typed.ty != ty {
                    let message = format!("`{target}` takes one of its levels, and this is {}", typed.ty.show());
                    scope.diagnostics.push(
                        Diagnostic::new(Code::BadEffect, value.span, message)
                            .label("not a level")
                            .help(format!("its levels are {}", some(levels.iter().map(String::as_str)))),
                    );
                    return None;
                }
                typed.expr
            }
        },
    };
    Some(Effect { quantity, op, value })
}

/// An effect whose number alone says that it ends at a bound of its stock, from wherever it begins.
fn beyond(scope: &mut Scope<'_, '_>, quantity: usize, (op, effect): (EffectOp, &ast::Effect), made: &Expr) {
    let Some(Range { low, high }) = scope.stocks.get(&quantity).copied() else { return };
    // The number, or the ends of the interval that was written in place.
    let ends = match made {
        Expr::Param(index) => scope.params.get(*index).and_then(|(param, _)| match param.law {
            Law::Interval { q05, q95, .. } if param.name.contains('#') && param.within.is_none() => {
                Some((q05 * param.scale, q95 * param.scale))
            }
            _ => None,
        }),
        other => fold(other).map(|x| (x, x)),
    };
    let Some((from, to)) = ends else { return };
    let width = high.zip(low).map(|(high, low)| high - low);
    let is_beyond = match op {
        EffectOp::Set => low.is_some_and(|low| to < low) || high.is_some_and(|high| from > high),
        EffectOp::Add | EffectOp::Subtract => width.is_some_and(|width| from > width || to < -width),
        _ => false,
    };
    if !is_beyond {
        return;
    }
    let target = crate::readings::show_name(&effect.target);
    let bounds = match (low, high) {
        (Some(low), Some(high)) => format!("in {} .. {}", tidy(low), tidy(high)),
        (Some(low), None) => format!("at least {}", tidy(low)),
        (_, Some(high)) => format!("at most {}", tidy(high)),
        (None, None) => return,
    };
    let is_up = if op == EffectOp::Subtract { to < 0.0 } else { from > 0.0 };
    let bound = if op == EffectOp::Set && low.is_some_and(|low| to < low) {
        low
    } else if is_up {
        high
    } else {
        low
    };
    let end = bound.map_or(String::new(), tidy);
    let message = match op {
        EffectOp::Set => format!("`{target}` is {bounds}, and this sets it to {}", tidy(from)),
        _ => format!("`{target}` is {bounds}, and this changes it by more than lies between its bounds"),
    };
    scope.diagnostics.push(
        Diagnostic::new(Code::BeyondBounds, effect.span, message).label(format!("ends at {end}, the bound")).help(
            format!("write `{target} = {end}` if that is meant; else another number, or wider bounds of the stock"),
        ),
    );
}

/// The flows in order of declaration.
pub fn flows(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>) -> Vec<Flow> {
    let mut list = Vec::new();
    all.each(scope, |scope, item| {
        if let StatementKind::Flow(flow) = &item.statement.kind {
            let made = self::flow(scope, item, flow);
            list.extend(made);
        }
    });
    list
}

fn flow(scope: &mut Scope<'_, '_>, item: &Item<'_>, flow: &ast::Flow) -> Option<Flow> {
    let (target, rate) = (flow.target.as_ref()?, flow.rate.as_ref()?);
    let (stock, ty) = scope.quantity(target, &item.bindings, "stock")?;
    let Type::Number(dimension) = ty else {
        scope.diagnostics.push(
            Diagnostic::new(
                Code::BadEffect,
                target.span,
                format!("`{}` has levels, and only stocks have flows", target.name.value),
            )
            .label("not a stock")
            .help("write an event that moves it: `event NAME hazard … then LADDER = next level`"),
        );
        return None;
    };
    let mut place = Place::new(&item.path, &item.bindings, Reads::Now);
    let per_time = dimension.times(&Dimension::base("month"), -1);
    let rate = scope.of_dimension(rate, &per_time, &format!("a flow of `{}`", target.name.value), &mut place);
    let noise = flow.noise.as_ref().and_then(|(sd, unit)| {
        let months = match scope.shared.units.months(unit) {
            Ok(months) => months,
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                return None;
            }
        };
        let sd = scope.of_dimension(sd, &dimension, "the standard deviation of noise", &mut place)?;
        // Variance grows with time: over one month it is 1/months of that over the written unit.
        Some(if months == 1.0 {
            sd
        } else {
            let root = Expr::Apply(Function::Sqrt, vec![Expr::Number(months)]);
            Expr::Apply(Function::Divide, vec![sd, root])
        })
    });
    let rate = rate?;
    let rate = if flow.negative { Expr::Apply(Function::Negate, vec![rate]) } else { rate };
    Some(Flow { key: Key::of(&item.path), path: item.path.clone(), stock, rate, noise })
}
