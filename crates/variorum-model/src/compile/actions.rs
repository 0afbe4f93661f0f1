//! Choices, events, flows, and what they do.

use super::scope::{Place, Reads, Scope, Symbol, Type};
use crate::collect::{Item, unknown};
use crate::names::some;
use crate::program::{
    Choice, ChoiceOption, Clock, Effect, EffectOp, Event, EventRule, Exclusion, Expr, Flow, Function, Key, Occasion,
    Rule,
};
use crate::time::{End, step};
use crate::units::Dimension;
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// The choices in order of play.
pub fn choices(
    scope: &mut Scope<'_, '_>,
    items: &[&Item<'_>],
    actors: &[String],
    clock: &Clock,
    off: &dyn Fn(&str) -> bool,
) -> Vec<Choice> {
    let mut list = Vec::new();
    for item in items {
        let StatementKind::Choice(choice) = &item.statement.kind else { continue };
        let index = list.len();
        let path = item.path.clone();
        let title = choice.title.as_ref().map_or_else(|| path.clone(), |title| title.value.clone());
        let actor = choice.by.as_ref().and_then(|by| super::actor(scope, by, actors)).unwrap_or(0);
        let mut place = Place::new(&path, Reads::Before);
        let when = choice.when.as_ref().and_then(|when| scope.condition(when, &mut place));
        // Options that the reading replaces keep their place.
        let options: Vec<&ast::ChoiceOption> = choice
            .options
            .iter()
            .map(|option| item.options.get(&option.name.value).copied().unwrap_or(option))
            .collect();
        let default = default_option(scope, item, &options);
        let rule = rule(scope, choice, &options, default, item.statement.head);
        let occasion = occasion(scope, choice, clock, index, &mut place, item.statement.head, rule.0);
        let (rule, weights) = (rule.0, rule.1);
        let acts_only = matches!(occasion, Occasion::Considered(_) | Occasion::Hazards);
        let mut made = Vec::new();
        for (number, option) in options.iter().enumerate() {
            let mut place = Place::new(&format!("{path}.{}", option.name.value), Reads::Before);
            let switched_off = off(&place.path);
            let weight = match (weights, &option.probability) {
                (true, Some(weight)) if number != default => {
                    let dimension = if rule == Rule::Hazards { Dimension::rate() } else { Dimension::none() };
                    let what = if rule == Rule::Hazards { "a hazard" } else { "a probability per occasion" };
                    scope.of_dimension(weight, &dimension, what, &mut place)
                }
                _ => None,
            };
            let effects = effects(scope, &option.effects, &mut place);
            if number == default && acts_only && !option.effects.is_empty() {
                scope.diagnostics.push(
                    Diagnostic::new(
                        Code::BadDefault,
                        option.span,
                        format!("the default of `{path}` means that nothing is done, so it can have no effect"),
                    )
                    .label("an effect of not acting")
                    .help(
                        "write a flow or an event for what goes on anyway, or give the choice a date (`every month`)",
                    ),
                );
            }
            if switched_off {
                if number == default {
                    scope.diagnostics.push(
                        Diagnostic::new(
                            Code::BadSwitchOff,
                            item.statement.head,
                            format!("the default of `{path}` cannot be switched off"),
                        )
                        .help(format!("switch off the choice: `switch off {path}`")),
                    );
                }
                continue;
            }
            let title = option.title.as_ref().unwrap_or(&option.name).value.clone();
            made.push(ChoiceOption { name: option.name.value.clone(), title, weight, effects });
        }
        let default = options
            .get(default)
            .and_then(|default| made.iter().position(|option| option.name == default.name.value))
            .unwrap_or(0);
        let key = Key::of(&path);
        list.push(Choice { name: path, key, title, actor, occasion, when, rule, options: made, default });
    }
    list
}

fn default_option(scope: &mut Scope<'_, '_>, item: &Item<'_>, options: &[&ast::ChoiceOption]) -> usize {
    let mut seen = BTreeMap::<&str, Span>::new();
    for option in options {
        if let Some(first) = seen.insert(&option.name.value, option.name.span) {
            scope.diagnostics.push(crate::collect::duplicate(&option.name.value, option.name.span, first));
        }
    }
    let defaults: Vec<usize> =
        options.iter().enumerate().filter(|(_, option)| option.default.is_some()).map(|(index, _)| index).collect();
    match defaults.as_slice() {
        [one] => {
            if let Some(option) = options.get(*one)
                && let Some(weight) = &option.probability
            {
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadDefault, weight.span, "the default option carries no probability")
                        .label("it gets what the others leave")
                        .help("delete this number"),
                );
            }
            *one
        }
        [] => {
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::BadDefault,
                    item.statement.head,
                    format!("no option of `{}` is the default", item.path),
                )
                .label("what happens if nothing is decided?")
                .help("write `default` after that option, as in `option wait default`"),
            );
            0
        }
        [first, second, ..] => {
            let span = |index: &usize| options.get(*index).map_or(item.statement.head, |option| option.name.span);
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::BadDefault,
                    span(second),
                    format!("two options of `{}` are the default", item.path),
                )
                .label("another default")
                .also(span(first), "the first")
                .help("leave `default` at one of them"),
            );
            *first
        }
    }
}

/// How a choice is made, and whether its options carry weights.
fn rule(
    scope: &mut Scope<'_, '_>,
    choice: &ast::Choice,
    options: &[&ast::ChoiceOption],
    default: usize,
    head: Span,
) -> (Rule, bool) {
    let others: Vec<&&ast::ChoiceOption> = options
        .iter()
        .enumerate()
        .filter(|(index, option)| *index != default && option.default.is_none())
        .map(|(_, option)| option)
        .collect();
    let weighted: Vec<&&&ast::ChoiceOption> = others.iter().filter(|option| option.probability.is_some()).collect();
    if others.is_empty() {
        scope.diagnostics.push(
            Diagnostic::new(Code::MixedOptions, head, "a choice needs an option besides the default")
                .label("nothing to choose")
                .help("add one: `option act then …`"),
        );
    }
    if weighted.is_empty() {
        return (Rule::Utility, false);
    }
    if let Some(bare) = others.iter().find(|option| option.probability.is_none()) {
        scope.diagnostics.push(
            Diagnostic::new(
                Code::MixedOptions,
                bare.name.span,
                format!("`{}` has no probability, and others of this choice have", bare.name.value),
            )
            .label("no probability here")
            .also(weighted.first().map_or(head, |option| option.name.span), "one here")
            .help("give all options but the default a probability, or none (the actor then chooses by its utility)"),
        );
        return (Rule::Utility, false);
    }
    // Whether the numbers are hazards shows in their dimension: look without keeping what is found.
    let mut hazards = 0;
    let (mut timed, mut plain) = (head, head);
    for option in &weighted {
        if let Some(weight) = &option.probability {
            let mut place = Place::new(&format!("look {}", option.name.value), Reads::Before);
            let (params, found) = (scope.params.len(), scope.diagnostics.len());
            let typed = scope.expr(weight, &mut place);
            scope.params.truncate(params);
            scope.diagnostics.truncate(found);
            if let Some(Type::Number(dimension)) = typed.map(|typed| typed.ty)
                && dimension == Dimension::rate()
            {
                hazards += 1;
                timed = weight.span;
            } else {
                plain = weight.span;
            }
        }
    }
    let has_occasion = !choice.occasions.is_empty();
    match (hazards == weighted.len(), hazards > 0, has_occasion) {
        (true, _, false) => (Rule::Hazards, true),
        (_, true, true) => {
            let occasion = choice.occasions.first().map_or(head, |occasion| occasion.span);
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::BadOccasion,
                    occasion,
                    "options with hazards come up of themselves, and this choice has an occasion too",
                )
                .label("an occasion")
                .also(timed, "a hazard")
                .help(
                    "write probabilities per occasion (`5% .. 20%`), or leave `considered`, `on`, `every`, `after` out",
                ),
            );
            (Rule::Probabilities, false)
        }
        (false, true, false) => {
            scope.diagnostics.push(
                Diagnostic::new(
                    Code::MixedOptions,
                    plain,
                    "some options of this choice carry hazards, and some plain probabilities",
                )
                .label("a plain probability")
                .also(timed, "a hazard")
                .help("give all of them a time: `5% within 6 months`"),
            );
            (Rule::Hazards, false)
        }
        (_, false, false) => {
            let span =
                weighted.first().and_then(|option| option.probability.as_ref()).map_or(head, |weight| weight.span);
            scope.diagnostics.push(
                Diagnostic::new(Code::NeedsTime, span, "this probability belongs to no time and no occasion")
                    .label("of what time, or how often?")
                    .help("write `5% within 6 months`, or say when the choice comes up: `considered 4 per year`"),
            );
            (Rule::Probabilities, false)
        }
        (_, false, true) => (Rule::Probabilities, true),
    }
}

fn occasion(
    scope: &mut Scope<'_, '_>,
    choice: &ast::Choice,
    clock: &Clock,
    index: usize,
    place: &mut Place,
    head: Span,
    rule: Rule,
) -> Occasion {
    let never = Occasion::Steps(Vec::new());
    if let [_, second, ..] = choice.occasions.as_slice() {
        scope.diagnostics.push(
            Diagnostic::new(Code::BadOccasion, second.span, "a choice comes up in one way, and this is a second one")
                .label("the second occasion")
                .also(choice.occasions.first().map_or(head, |first| first.span), "the first")
                .help("keep one of `considered`, `on`, `every`, `after`; write two choices if there are two occasions"),
        );
        return never;
    }
    let Some(occasion) = choice.occasions.first() else {
        if rule == Rule::Hazards {
            return Occasion::Hazards;
        }
        if rule == Rule::Utility {
            scope.diagnostics.push(
                Diagnostic::new(Code::BadOccasion, head, "this choice never comes up")
                    .label("when is it made?")
                    .help("write `considered 4 per year`, `on 2024-11`, `every month` or `after CHOICE = OPTION`"),
            );
        }
        return never;
    };
    match &occasion.value {
        ast::Occasion::Considered(rate) => {
            let rate = scope.of_dimension(rate, &Dimension::rate(), "how often a choice is considered", place);
            Occasion::Considered(rate.unwrap_or(Expr::Number(0.0)))
        }
        ast::Occasion::On(date) => match step(clock, date, End::First) {
            Ok(step) => Occasion::Steps(vec![step]),
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                never
            }
        },
        ast::Occasion::Every { count, unit, from, until } => {
            let months = match scope.shared.units.months(unit) {
                Ok(months) => months * count.value,
                Err(diagnostic) => {
                    scope.diagnostics.push(diagnostic);
                    return never;
                }
            };
            let mut end = |date: &Option<ast::At<ast::Date>>, end: End, otherwise: u32| match date {
                None => otherwise,
                Some(date) => step(clock, date, end).unwrap_or_else(|diagnostic| {
                    scope.diagnostics.push(diagnostic);
                    otherwise
                }),
            };
            let (first, last) = (end(from, End::First, 0), end(until, End::Last, clock.steps.saturating_sub(1)));
            if last < first {
                let at = until.as_ref().or(from.as_ref()).map_or(unit.span, |date| date.span);
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadTime, at, "this choice ends before it begins")
                        .help("write the earlier date after `from`"),
                );
                return never;
            }
            let every = months / clock.step();
            if every.is_nan() || every < 1.0 - 1e-9 {
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadOccasion, count.span, "this comes up more often than the model has steps")
                        .label("shorter than a step")
                        .help("choose a shorter step after `time`, as in `time 4 per month`, or a longer interval"),
                );
                return never;
            }
            let dates = (0..=last.saturating_sub(first)).map(|n| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at most the number of steps; saturates"
                )]
                let ahead = (f64::from(n) * every + 1e-9).floor() as u32;
                first.saturating_add(ahead)
            });
            Occasion::Steps(dates.take_while(|step| *step <= last).collect())
        }
        ast::Occasion::After { choice: trigger, option } => match scope.symbols.get(&trigger.name.value).cloned() {
            Some(Symbol::Choice(Some(trigger_index), options)) if trigger_index < index => {
                let option = match option {
                    None => None,
                    Some(option) => {
                        let Some((_, position)) = options.iter().find(|(name, _)| *name == option.value) else {
                            scope.diagnostics.push(
                                Diagnostic::new(
                                    Code::UnknownName,
                                    option.span,
                                    format!("`{}` has no option `{}`", trigger.name.value, option.value),
                                )
                                .label("not one of its options")
                                .help(format!(
                                    "its options are {}",
                                    some(options.iter().map(|(name, _)| name.as_str()))
                                )),
                            );
                            return never;
                        };
                        if position.is_none() {
                            return never;
                        }
                        *position
                    }
                };
                Occasion::After { choice: trigger_index, option }
            }
            // A reply to what this reading has switched off never comes up; a circle has been reported.
            Some(Symbol::Choice(..)) => never,
            _ => {
                let choices: Vec<String> = scope
                    .symbols
                    .iter()
                    .filter(|(_, symbol)| matches!(symbol, Symbol::Choice(..)))
                    .map(|(name, _)| name.clone())
                    .collect();
                scope.diagnostics.push(unknown(
                    "choice",
                    &trigger.name,
                    choices.iter().map(String::as_str),
                    "choice NAME by ACTOR",
                ));
                never
            }
        },
        ast::Occasion::AfterEvent(_) => never,
    }
}

/// The events in order of declaration, and the groups that exclude each other.
pub fn events(scope: &mut Scope<'_, '_>, items: &[&Item<'_>], clock: &Clock) -> (Vec<Event>, Vec<Exclusion>) {
    let mut list = Vec::new();
    let mut excludes: Vec<(usize, &ast::Name)> = Vec::new();
    for item in items {
        let StatementKind::Event(event) = &item.statement.kind else { continue };
        let name = item.path.clone();
        let title = event.title.as_ref().map_or_else(|| name.clone(), |title| title.value.clone());
        let mut place = Place::new(&name, Reads::Now);
        let when = event.when.as_ref().and_then(|when| scope.condition(when, &mut place));
        let hazard = event
            .hazard
            .as_ref()
            .and_then(|hazard| scope.of_dimension(hazard, &Dimension::rate(), "a hazard", &mut place));
        let chance = event
            .chance
            .as_ref()
            .and_then(|chance| scope.of_dimension(chance, &Dimension::none(), "a chance", &mut place));
        let head = item.statement.head;
        if let (Some(value), Some(written)) = (chance.as_ref().and_then(super::numbers::fold), &event.chance)
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
        let index = list.len();
        excludes.extend(event.excludes.iter().map(|other| (index, &other.name)));
        list.push(Event { key: Key::of(&name), name, title, when, rule, effects });
    }
    let exclusions = exclusions(scope, &list, &excludes);
    (list, exclusions)
}

/// Joins what excludes each other into groups.
fn exclusions(scope: &mut Scope<'_, '_>, events: &[Event], pairs: &[(usize, &ast::Name)]) -> Vec<Exclusion> {
    let mut group: Vec<usize> = (0..events.len()).collect();
    for (index, other) in pairs {
        match scope.symbols.get(&other.value) {
            Some(Symbol::Event(Some(other_index))) => {
                for at in [*index, *other_index] {
                    let dated = events.get(at).is_some_and(|event| matches!(event.rule, EventRule::Dated { .. }));
                    if dated {
                        scope.diagnostics.push(
                            Diagnostic::new(Code::BadEvent, other.span, "only events with hazards compete")
                                .label("one of the two has a date")
                                .help("use conditions (`when`) to keep a dated event from another"),
                        );
                    }
                }
                let (a, b) = (group.get(*index).copied(), group.get(*other_index).copied());
                if let (Some(a), Some(b)) = (a, b) {
                    group.iter_mut().filter(|group| **group == b).for_each(|group| *group = a);
                }
            }
            Some(Symbol::Event(None)) => {}
            _ => {
                let known: Vec<String> = events.iter().map(|event| event.name.clone()).collect();
                scope.diagnostics.push(unknown(
                    "event",
                    other,
                    known.iter().map(String::as_str),
                    "event NAME hazard …",
                ));
            }
        }
    }
    let mut members = BTreeMap::<usize, Vec<usize>>::new();
    for (event, group) in group.iter().enumerate() {
        members.entry(*group).or_default().push(event);
    }
    let mut list = Vec::new();
    for (_, mut together) in members.into_iter().filter(|(_, together)| together.len() > 1) {
        together.sort_by_key(|event| events.get(*event).map(|event| event.name.clone()));
        let names: Vec<&str> =
            together.iter().filter_map(|event| events.get(*event).map(|event| event.name.as_str())).collect();
        let name = names.join("|");
        list.push(Exclusion { key: Key::of(&name), name, events: together });
    }
    list
}

/// Effects, checked against their targets.
fn effects(scope: &mut Scope<'_, '_>, effects: &[ast::Effect], place: &mut Place) -> Vec<Effect> {
    effects.iter().filter_map(|effect| self::effect(scope, effect, place)).collect()
}

fn effect(scope: &mut Scope<'_, '_>, effect: &ast::Effect, place: &mut Place) -> Option<Effect> {
    let kind = match scope.symbols.get(&effect.target.name.value) {
        Some(Symbol::Param(..)) => Some("a parameter"),
        Some(Symbol::Formula(_)) => Some("a formula"),
        Some(Symbol::Event(_)) => Some("an event"),
        Some(Symbol::Choice(..)) => Some("a choice"),
        _ => None,
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
    let (quantity, ty) = scope.quantity(&effect.target, "stock, ladder or flag")?;
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
            scope.of_dimension(value, &dimension, &format!("what changes `{target}`"), place)?
        }
        (_, Some(_)) if op != EffectOp::Set || stepping => {
            scope.diagnostics.push(bad(
                format!("`{target}` has levels, and levels are not added"),
                "write `= LEVEL`, `= next level` or `= previous level`",
            ));
            return None;
        }
        (Type::Truth, Some(value)) => scope.condition(value, place)?,
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

/// The flows in order of declaration.
pub fn flows(scope: &mut Scope<'_, '_>, items: &[&Item<'_>]) -> Vec<Flow> {
    let mut list = Vec::new();
    for item in items {
        let StatementKind::Flow(flow) = &item.statement.kind else { continue };
        let (Some(target), Some(rate)) = (&flow.target, &flow.rate) else { continue };
        let Some((stock, ty)) = scope.quantity(target, "stock") else { continue };
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
            continue;
        };
        let mut place = Place::new(&item.path, Reads::Now);
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
        let Some(rate) = rate else { continue };
        let rate = if flow.negative { Expr::Apply(Function::Negate, vec![rate]) } else { rate };
        list.push(Flow { key: Key::of(&item.path), path: item.path.clone(), stock, rate, noise });
    }
    list
}

/// The quantities that a list of effects changes.
pub fn touched(effects: &[Effect]) -> BTreeSet<usize> {
    effects.iter().map(|effect| effect.quantity).collect()
}
