//! Choices: when they come up, who makes them, how, and what comes of it.

use super::Statements;
use super::actors::Roster;
use super::bounds::Noted;
use super::events::effects;
use super::numbers::{fold, tidy};
use super::scope::{Meaning, Place, Reads, Scope, Symbol, Type};
use crate::collect::{Item, unknown};
use crate::entities::Bindings;
use crate::program::{Choice, ChoiceOption, Clock, Expr, Key, Law, Occasion, Rule};
use crate::time::{End, step};
use crate::units::Dimension;
use std::collections::BTreeMap;
use variorum_syntax::ast::{self, Provenance, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// An option as the reading has it.
struct Chosen<'i> {
    option: &'i ast::ChoiceOption,
    /// What the variables around it stand for.
    bindings: &'i Bindings,
}

impl<'i> Chosen<'i> {
    /// Where its numbers come from: what it says itself, else what its choice says.
    fn origins(&self, item: &'i Item<'_>) -> &'i Provenance {
        if self.option.provenance.from.is_empty() { &item.statement.provenance } else { &self.option.provenance }
    }
}

/// The choices in order of play.
pub fn choices(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>, roster: &Roster, clock: &Clock) -> Vec<Choice> {
    let mut list = Vec::new();
    all.each(scope, |scope, item| {
        if let StatementKind::Choice(choice) = &item.statement.kind {
            let made = self::choice(scope, item, choice, roster, clock, list.len(), all.off);
            list.push(made);
        }
    });
    list
}

fn choice(
    scope: &mut Scope<'_, '_>,
    item: &Item<'_>,
    choice: &ast::Choice,
    roster: &Roster,
    clock: &Clock,
    index: usize,
    off: &dyn Fn(&str) -> bool,
) -> Choice {
    let path = item.path.clone();
    let title = choice.title.as_ref().map_or_else(|| path.clone(), |title| title.value.clone());
    let actor = choice.by.as_ref().and_then(|by| roster.actor(scope, by, &item.bindings)).unwrap_or(0);
    let mut place = Place::new(&item.path, &item.bindings, Reads::Before);
    let when = choice.when.as_ref().and_then(|when| scope.condition(when, &mut place));
    // Options that the reading replaces keep their place.
    let options: Vec<Chosen<'_>> = choice
        .options
        .iter()
        .map(|option| match item.options.get(&option.name.value) {
            Some(replacement) => Chosen { option: replacement.option, bindings: &replacement.bindings },
            None => Chosen { option, bindings: &item.bindings },
        })
        .collect();
    let default = default_option(scope, item, &options);
    let (rule, has_weights) = rule(scope, item, choice, &options, default);
    let occasion = occasion(scope, choice, clock, index, &mut place, item.statement.head, rule);
    let acts_only = matches!(occasion, Occasion::Considered(_) | Occasion::Hazards);
    let mut made = Vec::new();
    for (number, chosen) in options.iter().enumerate() {
        let option = chosen.option;
        let path = format!("{path}.{}", option.name.value);
        let mut place = Place::new(&path, chosen.bindings, Reads::Before);
        let weight = match (has_weights, &option.probability) {
            (true, Some(weight)) if number != default => {
                let dimension = if rule == Rule::Hazards { Dimension::rate() } else { Dimension::none() };
                let what = if rule == Rule::Hazards { "a hazard" } else { "a probability per occasion" };
                let made = scope.of_dimension(weight, &dimension, what, place.with_words(chosen.origins(item)));
                if let Some(made) = &made {
                    if rule == Rule::Probabilities {
                        probability(scope, made, weight.span);
                        scope.note(weight.span, Noted::Probability(made.clone()));
                    } else {
                        scope.note(weight.span, Noted::Hazard(made.clone(), true));
                    }
                }
                made
            }
            _ => None,
        };
        let effects = effects(scope, &option.effects, place.without_words());
        if number == default && acts_only && !option.effects.is_empty() {
            let message =
                format!("the default of `{}` means that nothing is done, so it can have no effect", item.path);
            scope.diagnostics.push(
                Diagnostic::new(Code::BadDefault, option.span, message).label("an effect of not acting").help(
                    "write a flow or an event for what goes on anyway, or give the choice a date (`every month`)",
                ),
            );
        }
        if off(&path) {
            if number == default {
                let message = format!("the default of `{}` cannot be switched off", item.path);
                scope.diagnostics.push(
                    Diagnostic::new(Code::BadSwitchOff, item.statement.head, message)
                        .help(format!("switch off the choice: `switch off {}`", item.path)),
                );
            }
            continue;
        }
        let title = option.title.as_ref().unwrap_or(&option.name).value.clone();
        made.push(ChoiceOption { name: option.name.value.clone(), title, weight, effects });
    }
    let default = options
        .get(default)
        .and_then(|default| made.iter().position(|option| option.name == default.option.name.value))
        .unwrap_or(0);
    let key = Key::of(&path);
    Choice { name: path, key, title, actor, occasion, when, rule, options: made, default }
}

/// The option that is taken if nothing is decided.
/// A written probability lies between 0 and 1: `30` is most likely meant as `30%`.
fn probability(scope: &mut Scope<'_, '_>, made: &Expr, span: Span) {
    let ends = match made {
        // The one that was written in place.
        Expr::Param(index) => scope.params.get(*index).and_then(|(param, _)| match param.law {
            Law::Interval { q05, q95, .. } => Some((q05 * param.scale, q95 * param.scale)),
            _ => None,
        }),
        other => fold(other).map(|x| (x, x)),
    };
    if let Some((low, high)) = ends
        && (low < 0.0 || high > 1.0)
    {
        scope.diagnostics.push(
            Diagnostic::new(Code::OutOfBounds, span, "the probability of an option lies between 0% and 100%")
                .label(format!("this reaches {}%", tidy(100.0 * if high > 1.0 { high } else { low })))
                .help("write percentages with their sign, `30%` or `20% .. 40%`, or shares, `0.3`"),
        );
    }
}

fn default_option(scope: &mut Scope<'_, '_>, item: &Item<'_>, options: &[Chosen<'_>]) -> usize {
    let options: Vec<&ast::ChoiceOption> = options.iter().map(|chosen| chosen.option).collect();
    let mut seen = BTreeMap::<&str, Span>::new();
    for option in &options {
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
    item: &Item<'_>,
    choice: &ast::Choice,
    options: &[Chosen<'_>],
    default: usize,
) -> (Rule, bool) {
    let head = item.statement.head;
    let others: Vec<&ast::ChoiceOption> = options
        .iter()
        .enumerate()
        .filter(|(index, chosen)| *index != default && chosen.option.default.is_none())
        .map(|(_, chosen)| chosen.option)
        .collect();
    let weighted: Vec<&ast::ChoiceOption> =
        others.iter().copied().filter(|option| option.probability.is_some()).collect();
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
    for chosen in options {
        let is_weighted = weighted.iter().any(|option| std::ptr::eq(*option, chosen.option));
        if let Some(weight) = chosen.option.probability.as_ref().filter(|_| is_weighted) {
            let mut place = Place::new(&item.path, chosen.bindings, Reads::Before);
            let (params, found) = (scope.params.len(), scope.diagnostics.len());
            let typed = scope.expr(weight, place.with_words(chosen.origins(item)));
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

/// When a choice comes up.
fn occasion(
    scope: &mut Scope<'_, '_>,
    choice: &ast::Choice,
    clock: &Clock,
    index: usize,
    place: &mut Place<'_>,
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
                    .help("write `considered 4 per year`, `on 2024-11`, `every month`, `after CHOICE = OPTION` or `after event EVENT`"),
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
        ast::Occasion::After { choice: trigger, option } => {
            if let Some(Symbol::Event(_)) = scope.symbols.get(&trigger.name.value) {
                let name = &trigger.name.value;
                scope.diagnostics.push(
                    Diagnostic::new(Code::WrongKind, trigger.span, format!("`{name}` is an event, not a choice"))
                        .label("a choice was expected here")
                        .help(format!("what comes up in the step after an event says `after event {name}`")),
                );
                return never;
            }
            let Some(Symbol::Choice(_)) = scope.symbols.get(&trigger.name.value) else {
                let known = scope.names_of(|symbol| matches!(symbol, Symbol::Choice(_)));
                let found = unknown("choice", &trigger.name, &known, "choice NAME by ACTOR");
                scope.diagnostics.push(found);
                return never;
            };
            let Some(Meaning::Choice(symbol)) = scope.meaning(trigger, &place.bindings) else { return never };
            // A reply to what this reading has switched off never comes up; a circle has been reported.
            let Some(trigger_index) = symbol.index.filter(|trigger| *trigger < index) else { return never };
            let Some(option) = option else { return Occasion::After { choice: trigger_index, option: None } };
            let Some((_, position)) = symbol.options.iter().find(|(name, _)| *name == option.value) else {
                scope.no_option(&trigger.name.value, option, &symbol.options);
                return never;
            };
            match position {
                Some(position) => Occasion::After { choice: trigger_index, option: Some(*position) },
                None => never,
            }
        }
        ast::Occasion::AfterEvent(event) => match scope.event(event, &place.bindings) {
            Some(Some(event)) => Occasion::AfterEvent { event },
            // What is switched off, or unknown, is followed by nothing.
            _ => never,
        },
    }
}
