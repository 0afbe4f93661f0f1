//! What does nothing in any reading: events and choices that nothing feels, utilities by which nobody chooses, questions
//! that cannot come true, names that miss what they seem to mean.

use crate::collect::Shared;
use crate::compile::checks::allowed;
use crate::model::ReadingOf;
use crate::names::nearest;
use crate::program::{EffectOp, Expr, Fact, Occasion, Program, QuantityKind, Query, Rule};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::StatementKind;
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What has been seen in the readings, and in each of them in the scenarios.
#[derive(Debug, Default)]
pub struct Seen {
    /// Events and choices by name: whether one of the programs feels them.
    felt: BTreeMap<String, bool>,
    /// Actors who choose by their utility.
    deciders: BTreeSet<String>,
    /// By question: the ladder or flag that keeps it from a yes in all programs so far, and whether in its `given`.
    never: BTreeMap<String, Option<(String, Vec<String>, bool)>>,
    /// Events, choices and formulas that something names.
    named: BTreeSet<String>,
    /// Whether there is an event or a choice.
    can_happen: bool,
}

impl Seen {
    /// Looks at a program. `risks` are the events whose risk a utility reads.
    pub fn add(&mut self, program: &Program, risks: &BTreeSet<String>) {
        self.named.extend(risks.iter().cloned());
        self.names(program);
        self.felt(program);
        for choice in program.choices.iter().filter(|choice| choice.rule == Rule::Utility) {
            self.deciders.extend(program.actors.get(choice.actor).map(|actor| actor.name.clone()));
        }
        self.questions(program);
    }

    /// Everything that is named.
    fn names(&mut self, program: &Program) {
        let (mut events, mut choices) = (BTreeSet::new(), BTreeSet::new());
        let mut formulas = BTreeSet::new();
        for expr in program.expressions() {
            expr.visit(&mut |part| match part {
                Expr::Happened(event) => {
                    events.insert(*event);
                }
                Expr::Chosen { choice, .. } => {
                    choices.insert(*choice);
                }
                Expr::Formula(formula) => {
                    formulas.insert(*formula);
                }
                _ => {}
            });
        }
        for choice in &program.choices {
            match &choice.occasion {
                Occasion::After { choice, .. } => {
                    choices.insert(*choice);
                }
                Occasion::AfterEvent { event } => {
                    events.insert(*event);
                }
                _ => {}
            }
        }
        // What is observed tells something of what makes it likely, whatever it does.
        for observation in &program.observations {
            match &observation.fact {
                Fact::Event { event } => {
                    events.insert(*event);
                }
                Fact::Choice { choice, .. } => {
                    choices.insert(*choice);
                }
                Fact::Condition(_) | Fact::Number { .. } | Fact::Impossible { .. } => {}
            }
        }
        events.extend(program.records.iter().flat_map(|record| record.events.iter().copied()));
        choices.extend(program.records.iter().flat_map(|record| record.choices.iter().copied()));
        events.extend(program.exclusions.iter().flat_map(|exclusion| exclusion.events.iter().copied()));
        self.named.extend(events.iter().filter_map(|event| program.events.get(*event)).map(|event| event.name.clone()));
        self.named
            .extend(choices.iter().filter_map(|choice| program.choices.get(*choice)).map(|choice| choice.name.clone()));
        self.named.extend(
            formulas.iter().filter_map(|formula| program.formulas.get(*formula)).map(|formula| formula.name.clone()),
        );
    }

    fn felt(&mut self, program: &Program) {
        for event in &program.events {
            *self.felt.entry(event.name.clone()).or_default() |= !event.effects.is_empty();
        }
        for choice in &program.choices {
            let acts = choice.options.iter().any(|option| !option.effects.is_empty());
            // Of a choice by utility it is said that it moves nothing.
            *self.felt.entry(choice.name.clone()).or_default() |= acts || choice.rule == Rule::Utility;
        }
    }

    fn questions(&mut self, program: &Program) {
        // Where nothing can happen at all the model is not written yet.
        self.can_happen |= !(program.events.is_empty() && program.choices.is_empty());
        let reached = reached(program);
        for question in &program.questions {
            let asked = match &question.query {
                Query::Ever { condition, .. } | Query::First { condition, .. } => Some((condition, false)),
                Query::Value { .. } => None,
            };
            let given = question.given.as_ref().map(|given| (&given.condition, true));
            let never = asked.into_iter().chain(given).find_map(|(condition, is_given)| {
                let (ladder, levels) = hindered(program, &reached, condition)?;
                Some((ladder, levels, is_given))
            });
            match self.never.get_mut(&question.name) {
                None => {
                    self.never.insert(question.name.clone(), never);
                }
                Some(known) if never.is_none() => *known = None,
                Some(_) => {}
            }
        }
    }

    /// What is to be said, once all programs have been seen.
    pub fn findings(&self, shared: &Shared<'_>, list: &[ReadingOf<'_>], found: &mut Vec<Diagnostic>) {
        self.idle(list, found);
        self.utilities(shared, list, found);
        self.never(shared, found);
        self.near(shared, list, found);
    }

    fn idle(&self, list: &[ReadingOf<'_>], found: &mut Vec<Diagnostic>) {
        // Of what one statement stands for it is enough that one is felt.
        let mut idle = BTreeMap::<Span, Option<(&str, &str)>>::new();
        for item in list.iter().flat_map(|reading| &reading.composed.items) {
            let what = match item.statement.kind {
                StatementKind::Event(_) => "event",
                StatementKind::Choice(_) => "choice",
                _ => continue,
            };
            let Some(felt) = self.felt.get(&item.path) else { continue };
            let slot = idle.entry(item.statement.head).or_insert(Some((what, item.path.as_str())));
            if *felt || self.named.contains(&item.path) {
                *slot = None;
            }
        }
        for (span, (what, path)) in idle.into_iter().filter_map(|(span, idle)| Some((span, idle?))) {
            let help = if what == "event" {
                format!(
                    "give it an effect (`then FLAG = yes`), or ask for it: `question q \"…\" = happened({path}) by DATE`"
                )
            } else {
                "give its options effects (`then FLAG = yes`), or ask for them: `question q \"…\" = CHOICE = OPTION by DATE`"
                    .to_owned()
            };
            found.push(
                Diagnostic::new(
                    Code::DoesNothing,
                    span,
                    format!("`{path}` changes nothing, and nothing asks whether it came"),
                )
                .label(format!("the {what} makes no difference"))
                .help(help),
            );
        }
    }

    fn utilities(&self, shared: &Shared<'_>, list: &[ReadingOf<'_>], found: &mut Vec<Diagnostic>) {
        let mut unused = BTreeMap::<Span, Option<String>>::new();
        for item in list.iter().flat_map(|reading| &reading.composed.items) {
            let StatementKind::Utility(utility) = &item.statement.kind else { continue };
            let Some(actor) = utility.actor.as_ref().and_then(|name| shared.actor(name, &item.bindings).ok()) else {
                continue;
            };
            let actor = shared.name_of(actor);
            let slot = unused.entry(item.statement.head).or_insert_with(|| Some(actor.to_owned()));
            if self.deciders.contains(actor) {
                *slot = None;
            }
        }
        for (span, actor) in unused.into_iter().filter_map(|(span, actor)| Some((span, actor?))) {
            found.push(
                Diagnostic::new(Code::UnusedUtility, span, format!("{actor} chooses nothing by this utility"))
                    .label("nothing depends on it")
                    .help(format!(
                        "write a choice whose options carry no probabilities, `choice NAME by {actor} …`, or delete this"
                    )),
            );
        }
    }

    fn never(&self, shared: &Shared<'_>, found: &mut Vec<Diagnostic>) {
        for statement in shared.questions.iter().filter(|_| self.can_happen) {
            let StatementKind::Question(question) = &statement.kind else { continue };
            let Some(name) = &question.name else { continue };
            let Some(Some((ladder, levels, is_given))) = self.never.get(&name.value) else { continue };
            let message = if *is_given {
                format!("what `{}` takes as given never comes true", name.value)
            } else {
                format!("the answer to `{}` is always no", name.value)
            };
            let (label, help) = match levels.as_slice() {
                [one] => (
                    format!("nothing changes `{ladder}`, which is `{one}`"),
                    format!(
                        "let an event or an option change it, as in `then {ladder} = …`, or ask for something else"
                    ),
                ),
                [.., last] => (
                    format!(
                        "`{ladder}` gets no further than {}",
                        crate::names::some(levels.iter().map(String::as_str))
                    ),
                    format!(
                        "let an event or an option set the level that is asked for, as in `then {ladder} = …`; or ask for `{last}`"
                    ),
                ),
                [] => continue,
            };
            found.push(Diagnostic::new(Code::NeverYes, name.span, message).label(label).help(help));
        }
    }

    /// Statements that a reading adds under a name like that of a shared one, and that nothing else names.
    fn near(&self, shared: &Shared<'_>, list: &[ReadingOf<'_>], found: &mut Vec<Diagnostic>) {
        for reading in list {
            for item in reading.composed.items.iter().filter(|item| item.own && item.replaces.is_none()) {
                let is_named = match item.statement.kind {
                    StatementKind::Event(_) | StatementKind::Choice(_) | StatementKind::Let(_) => {
                        self.named.contains(&item.path)
                    }
                    StatementKind::Flow(_) | StatementKind::Utility(_) => false,
                    _ => continue,
                };
                if is_named || !item.bindings.is_empty() {
                    continue;
                }
                let same = |other: &&crate::collect::Item<'_>| {
                    std::mem::discriminant(&other.statement.kind) == std::mem::discriminant(&item.statement.kind)
                        && !reading.composed.off.contains(&other.path)
                        && slips(&item.path, &other.path)
                };
                let Some(other) = shared.items.iter().find(same) else { continue };
                // What the reading replaces was found under its own name.
                let is_replaced = reading.composed.items.iter().any(|one| one.path == other.path && one.own);
                if is_replaced {
                    continue;
                }
                found.push(
                    Diagnostic::new(
                        Code::NearName,
                        item.statement.head,
                        format!("this reading adds `{}` to the shared `{}`, and nothing else names it", item.path, other.path),
                    )
                    .label("a statement of its own")
                    .also(other.statement.head, "goes on beside it")
                    .help(format!(
                        "to replace the shared one write its name, `{0}`; if both are meant, give this one a name that differs more; if only this one, add `switch off {0}`",
                        other.path
                    )),
                );
            }
        }
        readings(shared, found);
    }
}

/// Readings that nearly have the name of a source, whose stances they would then adopt.
fn readings(shared: &Shared<'_>, found: &mut Vec<Diagnostic>) {
    let names: BTreeSet<&str> =
        shared.readings.iter().filter_map(|reading| reading.name.as_ref()).map(|name| name.value.as_str()).collect();
    for reading in &shared.readings {
        let Some(name) = reading.name.as_ref().filter(|_| reading.voices.is_empty()) else { continue };
        if name.value == "baseline" || shared.sources.contains_key(&name.value) {
            continue;
        }
        let free = shared.sources.keys().map(String::as_str).filter(|source| !names.contains(source));
        let Some(source) = nearest(&name.value, free).filter(|source| is_spelling(&name.value, source)) else {
            continue;
        };
        let at = shared.sources.get(source).and_then(|source| source.name.as_ref()).map_or(name.span, |name| name.span);
        found.push(
            Diagnostic::new(
                Code::NearName,
                name.span,
                format!("no source is called `{}`, so this reading has nobody's stances", name.value),
            )
            .label(format!("is `{source}` meant?"))
            .also(at, "the source")
            .help(format!("write `reading {source}`, or `reading {} voices {source}`", name.value)),
        );
    }
}

/// Whether a name may be a slip for another: one letter too many, too few or exchanged with its neighbour, in a word of
/// four letters at least; or, in one of seven, one letter for another. Names that are told apart by a number or by a
/// letter of its own (`attack_n`, `attack_s`) are different names.
fn slips(name: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (name.chars().collect(), other.chars().collect());
    if a.len() > 64 || b.len() > 64 || strsim::damerau_levenshtein(name, other) != 1 || !is_spelling(name, other) {
        return false;
    }
    let letters = a.len().min(b.len());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let changed = a.len() == b.len() && a.iter().skip(start + 1).eq(b.iter().skip(start + 1));
    letters >= if changed { 7 } else { 4 }
}

/// Whether two names differ in letters, and not in numbers or in short words of which names are made up.
fn is_spelling(name: &str, other: &str) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let parts = |name: &str| -> Vec<String> { name.split(['_', '[', ']', ',', ' ']).map(str::to_owned).collect() };
    let (a, b) = (parts(name), parts(other));
    let short = |x: &String| x.chars().count() <= 2;
    digits(name) == digits(other)
        && a.len() == b.len()
        && a.iter().zip(&b).all(|(x, y)| x == y || !short(x) && !short(y))
}

/// By ladder: the levels that it may come to.
fn reached(program: &Program) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut reached = BTreeMap::new();
    for (index, quantity) in program.quantities.iter().enumerate() {
        if let (QuantityKind::Ladder { levels }, Expr::Number(start)) = (&quantity.kind, &quantity.start) {
            let start = (0..levels.len()).filter(|level| number(*level) == *start).collect::<BTreeSet<usize>>();
            reached.insert(index, start);
        }
    }
    let options = program.choices.iter().flat_map(|choice| choice.options.iter().flat_map(|option| &option.effects));
    let effects = program.events.iter().flat_map(|event| &event.effects).chain(options);
    let set = program.interventions.iter().map(|done| (done.quantity, EffectOp::Set, &done.value));
    for (quantity, op, value) in effects.map(|effect| (effect.quantity, effect.op, &effect.value)).chain(set) {
        let Some(QuantityKind::Ladder { levels }) = program.quantities.get(quantity).map(|quantity| &quantity.kind)
        else {
            continue;
        };
        let Some(known) = reached.get_mut(&quantity) else { continue };
        match (op, value) {
            (EffectOp::Set, Expr::Number(level)) => {
                known.extend((0..levels.len()).filter(|index| number(*index) == *level))
            }
            // Step by step it comes to all of them.
            _ => known.extend(0..levels.len()),
        }
    }
    reached
}

#[expect(clippy::cast_precision_loss, reason = "ladders are short")]
fn number(level: usize) -> f64 {
    level as f64
}

/// The ladder that keeps a condition from ever holding, with the levels that it comes to.
fn hindered(
    program: &Program,
    reached: &BTreeMap<usize, BTreeSet<usize>>,
    condition: &Expr,
) -> Option<(String, Vec<String>)> {
    let mut condition = condition;
    while let Expr::Formula(index) = condition {
        condition = &program.formulas.get(*index)?.value;
    }
    let mut read = BTreeSet::new();
    condition.visit(&mut |expr| {
        if let Expr::Quantity(quantity) = expr {
            read.insert(*quantity);
        }
    });
    read.into_iter().find_map(|quantity| {
        let of = program.quantities.get(quantity)?;
        let QuantityKind::Ladder { levels } = &of.kind else { return None };
        let reached = reached.get(&quantity)?;
        let allowed = allowed(condition, quantity, levels.len());
        // Where no level will do at all the comparison itself is told.
        if allowed.is_empty() || !allowed.is_disjoint(reached) {
            return None;
        }
        Some((of.name.clone(), reached.iter().filter_map(|level| levels.get(*level).cloned()).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_other_names() {
        for (name, other) in
            [("strikes", "strike"), ("stirke", "strike"), ("mediaton", "mediation"), ("invasian", "invasion")]
        {
            assert!(slips(name, other), "{name} {other}");
        }
        for (name, other) in
            [("clash", "crash"), ("strike2", "strike1"), ("attack_n", "attack_s"), ("war", "wars"), ("raid", "strike")]
        {
            assert!(!slips(name, other), "{name} {other}");
        }
    }
}
