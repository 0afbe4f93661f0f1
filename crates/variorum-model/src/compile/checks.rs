//! What can be seen only once a whole reading is compiled: conflicting effects, actors that cannot act on what they
//! want, equal hashes.

use super::reach::deciders;
use crate::program::{EffectOp, Event, EventRule, Expr, Function, Key, Occasion, Program, QuantityKind};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// Runs all checks; in a program that `failed`, those that do not depend on what is missing in it.
pub fn program(program: &Program, at: &dyn Fn(&str) -> Span, failed: bool, diagnostics: &mut Vec<Diagnostic>) {
    conflicts(program, at, diagnostics);
    if !failed {
        deciders(program, at, diagnostics);
        replies(program, at, diagnostics);
    }
    hashes(program, at, diagnostics);
}

/// How many conflicts are reported: more would not be read.
const MOST_CONFLICTS: usize = 50;

/// Two events that can occur in one step and set one quantity to different values.
fn conflicts(program: &Program, at: &dyn Fn(&str) -> Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut setters = BTreeMap::<usize, Vec<(usize, &Expr)>>::new();
    for (index, event) in program.events.iter().enumerate() {
        for effect in event.effects.iter().filter(|effect| effect.op == EffectOp::Set) {
            setters.entry(effect.quantity).or_default().push((index, &effect.value));
        }
    }
    let mut group = BTreeMap::<usize, usize>::new();
    for (index, exclusion) in program.exclusions.iter().enumerate() {
        group.extend(exclusion.events.iter().map(|event| (*event, index)));
    }
    let conditions: BTreeMap<usize, Levels> =
        setters.values().flatten().map(|(event, _)| (*event, levels(program, *event))).collect();
    let (mut reported, mut places) = (BTreeSet::new(), BTreeSet::new());
    for (quantity, list) in &setters {
        let first = list.first().map(|(_, value)| *value);
        if matches!(first, Some(Expr::Number(_))) && list.iter().all(|(_, value)| Some(*value) == first) {
            continue;
        }
        for (place, (first, value)) in list.iter().enumerate() {
            for (second, other) in list.iter().skip(place + 1) {
                let same = matches!(value, Expr::Number(_)) && value == other;
                if first == second || same {
                    continue;
                }
                let together = group.get(first);
                let excluded = together.is_some() && together == group.get(second);
                if excluded || reported.contains(&(*first, *second)) {
                    continue;
                }
                if places.len() >= MOST_CONFLICTS {
                    return;
                }
                let (Some(a), Some(b)) = (program.events.get(*first), program.events.get(*second)) else { continue };
                if disjoint(a, b, conditions.get(first), conditions.get(second)) {
                    continue;
                }
                // Of events that one statement stands for, one conflict is told.
                reported.insert((*first, *second));
                if !places.insert((at(&a.name), at(&b.name))) {
                    continue;
                }
                let name = program.quantities.get(*quantity).map_or("", |quantity| quantity.name.as_str());
                diagnostics.push(
                    Diagnostic::new(
                        Code::ConflictingEffects,
                        at(&b.name),
                        format!("`{}` and `{}` can happen in one step and set `{name}` to different values", a.name, b.name),
                    )
                    .label("sets it to one value")
                    .also(at(&a.name), "sets it to another")
                    .help(format!(
                        "write `excludes {}` in `{}`, give them conditions (`when`) that cannot both hold, or use `+=` or `next level`",
                        a.name, b.name
                    )),
                );
            }
        }
    }
}

/// By ladder that an event's condition reads: the levels at which it may hold.
type Levels = BTreeMap<usize, BTreeSet<usize>>;

fn levels(program: &Program, event: usize) -> Levels {
    let mut found = Levels::new();
    let Some(condition) = program.events.get(event).and_then(|event| event.when.as_ref()) else { return found };
    let mut read = BTreeSet::new();
    condition.visit(&mut |expr| {
        if let Expr::Quantity(quantity) = expr {
            read.insert(*quantity);
        }
    });
    for quantity in read {
        if let Some(QuantityKind::Ladder { levels }) = program.quantities.get(quantity).map(|quantity| &quantity.kind) {
            found.insert(quantity, allowed(condition, quantity, levels.len()));
        }
    }
    found
}

/// Whether two events can be seen never to occur in the same step.
fn disjoint(a: &Event, b: &Event, levels_a: Option<&Levels>, levels_b: Option<&Levels>) -> bool {
    if let (EventRule::Dated { step: a, .. }, EventRule::Dated { step: b, .. }) = (&a.rule, &b.rule)
        && a != b
    {
        return true;
    }
    let (Some(a), Some(b)) = (levels_a, levels_b) else { return false };
    let never = |levels: &Levels| levels.values().any(BTreeSet::is_empty);
    never(a) || never(b) || a.iter().any(|(ladder, at)| b.get(ladder).is_some_and(|other| at.is_disjoint(other)))
}

/// The levels of a ladder at which a condition may hold.
pub(crate) fn allowed(condition: &Expr, ladder: usize, levels: usize) -> BTreeSet<usize> {
    let all: BTreeSet<usize> = (0..levels).collect();
    match condition {
        Expr::Quantity(quantity) if *quantity == ladder => all.into_iter().filter(|level| *level > 0).collect(),
        Expr::Apply(Function::And | Function::AllOf, args) => {
            args.iter().fold(all, |all, arg| &all & &allowed(arg, ladder, levels))
        }
        Expr::Apply(Function::Or | Function::AnyOf, args) => {
            args.iter().fold(BTreeSet::new(), |some, arg| &some | &allowed(arg, ladder, levels))
        }
        Expr::Apply(Function::Not, args) => match args.as_slice() {
            [Expr::Quantity(quantity)] if *quantity == ladder => all.into_iter().filter(|level| *level == 0).collect(),
            [Expr::Apply(function, args)] if compares(args, ladder) && is_comparison(*function) => {
                &all - &allowed(&Expr::Apply(*function, args.clone()), ladder, levels)
            }
            _ => all,
        },
        Expr::Apply(function, args) if compares(args, ladder) => {
            let Some(Expr::Number(number)) = args.get(1) else { return all };
            all.into_iter()
                .filter(|level| {
                    #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
                    let level = *level as f64;
                    match function {
                        Function::Equal => level == *number,
                        Function::NotEqual => level != *number,
                        Function::Less => level < *number,
                        Function::AtMost => level <= *number,
                        Function::Greater => level > *number,
                        Function::AtLeast => level >= *number,
                        _ => true,
                    }
                })
                .collect()
        }
        _ => all,
    }
}

fn is_comparison(function: Function) -> bool {
    use Function::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    matches!(function, Equal | NotEqual | Less | AtMost | Greater | AtLeast)
}

fn compares(args: &[Expr], ladder: usize) -> bool {
    matches!(args, [Expr::Quantity(quantity), Expr::Number(_)] if *quantity == ladder)
}

/// Not acting is no outcome of a choice that comes up at a rate: nobody can reply to it.
fn replies(program: &Program, at: &dyn Fn(&str) -> Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut places = BTreeSet::new();
    for reply in &program.choices {
        let Occasion::After { choice, option: Some(option) } = reply.occasion else { continue };
        let Some(trigger) = program.choices.get(choice) else { continue };
        let at_a_rate = matches!(trigger.occasion, Occasion::Considered(_) | Occasion::Hazards);
        if at_a_rate && option == trigger.default && places.insert(at(&reply.name)) {
            diagnostics.push(
                Diagnostic::new(
                    Code::BadOccasion,
                    at(&reply.name),
                    format!("`{}` never comes up: the default of `{}` means that nothing is done", reply.name, trigger.name),
                )
                .label("a reply to not acting")
                .also(at(&trigger.name), "comes up at a rate")
                .help("reply to another option, or give the first choice a date (`every month`): its default is then an outcome"),
            );
        }
    }
}

/// Random numbers are keyed by 64-bit hashes of names; no two names may share one.
fn hashes(program: &Program, at: &dyn Fn(&str) -> Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut names = BTreeMap::<Key, &str>::new();
    let keyed = program
        .params
        .iter()
        // Words of one source share a draw, and that is meant.
        .map(|param| (param.key, param.draw.as_str()))
        .chain(program.choices.iter().map(|choice| (choice.key, choice.name.as_str())))
        .chain(program.events.iter().map(|event| (event.key, event.name.as_str())))
        .chain(program.exclusions.iter().map(|exclusion| (exclusion.key, exclusion.name.as_str())))
        .chain(program.flows.iter().map(|flow| (flow.key, flow.path.as_str())));
    for (key, name) in keyed {
        if let Some(other) = names.insert(key, name)
            && other != name
        {
            diagnostics.push(
                Diagnostic::new(
                    Code::HashCollision,
                    at(name),
                    format!("`{name}` and `{other}` would share their random numbers"),
                )
                .help("rename one of them (this is a coincidence of 1 in 2^64)"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Clock, Law, Param};

    #[test]
    fn equal_hashes_are_reported() {
        let param = |name: &str, key: u64| Param {
            name: name.to_owned(),
            draw: name.to_owned(),
            key: Key(key),
            law: Law::Point(0.0),
            low: None,
            high: None,
            clip: false,
            within: None,
            scale: 1.0,
        };
        let mut program = Program {
            model: String::new(),
            reading: String::new(),
            scenario: None,
            clock: Clock { first: 0, steps: 1, months: 1, parts: 1 },
            params: vec![param("base", 1), param("other", 2)],
            quantities: Vec::new(),
            formulas: Vec::new(),
            actors: Vec::new(),
            choices: Vec::new(),
            events: Vec::new(),
            exclusions: Vec::new(),
            flows: Vec::new(),
            copulas: Vec::new(),
            interventions: Vec::new(),
            observations: Vec::new(),
            records: Vec::new(),
            questions: Vec::new(),
        };
        let mut found = Vec::new();
        super::program(&program, &|_| Span::default(), false, &mut found);
        assert!(found.is_empty());
        program.params[1].key = Key(1);
        super::program(&program, &|_| Span::default(), false, &mut found);
        assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), [Code::HashCollision]);
        assert_eq!(found[0].message, "`other` and `base` would share their random numbers");
    }
}
