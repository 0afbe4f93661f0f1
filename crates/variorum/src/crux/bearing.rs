//! What can have a bearing on a question in any mixture of two readings, by the names that statements read and change.
//!
//! A question depends on what it names. What is depended on depends in turn on the names in the statements that declare
//! it, and in every statement that changes it: flows into it, events and choices with an effect on it. Of an event come
//! those that exclude it; of an actor who chooses by utility all that anybody wants, and every choice, since it may be
//! foreseen. A mixture is made of the versions of two readings, and can make one statement depend on another only by a
//! name in its text: so what is not reached from the question through the versions of both readings cannot bear on it
//! in any mixture. This is coarser than [`crate::influence`], which looks at one program: it knows no entities.

use super::divide::{Divide, Texts, names, text_of};
use crate::origins::text;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::model::Model;
use variorum_syntax::ast::{ChoiceOption, Effect, Expr, StatementKind};
use variorum_syntax::diagnostic::Span;

/// What a statement, or an option in place of another, has to do with names.
#[derive(Debug, Default)]
struct Says {
    /// Names that it declares or changes, or that it makes depend on it.
    gives: BTreeSet<String>,
    /// Names in its text.
    reads: BTreeSet<String>,
    /// Whether what actors want belongs to it: all of that bears on whatever one of them chooses.
    wants: bool,
    /// Whether it is a choice.
    chooses: bool,
    /// Whether it is a choice by utility, or an option of one.
    by_utility: bool,
    atoms: BTreeSet<usize>,
}

/// The atoms that can bear on a question, in some mixture.
pub(crate) fn bearing(model: &Model<'_>, divide: &Divide<'_, '_>, texts: &Texts, question: &str) -> BTreeSet<usize> {
    let asked = model.shared.questions.iter().find(|statement| match &statement.kind {
        StatementKind::Question(asked) => asked.name.as_ref().is_some_and(|name| name.value == question),
        _ => false,
    });
    let mut reached: BTreeSet<String> = asked.map_or_else(BTreeSet::new, |asked| owned(text_of(texts, asked.span)));
    let mut open = says(model, divide, texts);
    let (mut wanted, mut atoms) = (false, BTreeSet::new());
    loop {
        let is_reached = |says: &Says| {
            (wanted && (says.wants || says.chooses)) || says.gives.iter().any(|name| reached.contains(name))
        };
        let (now, rest): (Vec<Says>, Vec<Says>) = open.into_iter().partition(is_reached);
        if now.is_empty() {
            return atoms;
        }
        for says in now {
            reached.extend(says.reads);
            atoms.extend(says.atoms);
            wanted |= says.by_utility;
        }
        open = rest;
    }
}

fn owned(text: &str) -> BTreeSet<String> {
    names(text).into_iter().map(str::to_owned).collect()
}

fn targets(effects: &[Effect]) -> impl Iterator<Item = String> {
    effects.iter().map(|effect| effect.target.name.value.clone())
}

/// Whether an option leaves its chance to what its actor wants.
fn by_utility(option: &ChoiceOption) -> bool {
    option.default.is_none() && option.probability.is_none()
}

/// The names in expressions, and in nothing else: that something has an effect on a quantity does not make it depend on it.
fn read<'e>(model: &Model<'_>, exprs: impl IntoIterator<Item = &'e Expr>) -> BTreeSet<String> {
    exprs.into_iter().flat_map(|expr| owned(&text(model, expr.span))).collect()
}

fn of_effects(effects: &[Effect]) -> impl Iterator<Item = &Expr> {
    effects.iter().filter_map(|effect| effect.value.as_ref())
}

/// All that a mixture may say, each statement once.
fn says(model: &Model<'_>, divide: &Divide<'_, '_>, texts: &Texts) -> Vec<Says> {
    let mut list = BTreeMap::<Span, Says>::new();
    let of_option = |says: &mut Says, option: &ChoiceOption| {
        says.gives.extend(targets(&option.effects));
        says.reads.extend(read(model, option.probability.iter().chain(of_effects(&option.effects))));
        says.by_utility |= by_utility(option);
        says.chooses = true;
    };
    for version in divide.versions() {
        let item = version.item;
        let name = item.path.split('[').next().unwrap_or_default().to_owned();
        let span = version.option.map_or(item.statement.span, |option| option.span);
        let is_new = !list.contains_key(&span);
        let says = list.entry(span).or_default();
        says.atoms.extend(version.atoms);
        match (version.option, &item.statement.kind) {
            (Some(option), _) => {
                says.gives.insert(name);
                if is_new {
                    of_option(says, option);
                }
            }
            (None, StatementKind::Event(event)) => {
                says.gives.insert(name);
                if is_new {
                    says.gives.extend(event.excludes.iter().map(|other| other.name.value.clone()));
                    says.gives.extend(targets(&event.effects));
                    says.reads.extend(event.excludes.iter().map(|other| other.name.value.clone()));
                    let exprs = event.when.iter().chain(&event.hazard).chain(&event.chance);
                    says.reads.extend(read(model, exprs.chain(of_effects(&event.effects))));
                }
            }
            (None, kind) => {
                if is_new {
                    says.reads = owned(text_of(texts, span));
                }
                match kind {
                    StatementKind::Utility(_)
                    | StatementKind::Horizon(_)
                    | StatementKind::Precision(_)
                    | StatementKind::Patience(_)
                    | StatementKind::Foresight(_) => says.wants = true,
                    StatementKind::Flow(flow) => {
                        says.gives.extend(flow.target.iter().map(|target| target.name.value.clone()));
                    }
                    // What is drawn together depends on each other.
                    StatementKind::Correlate(_) => says.gives.clone_from(&says.reads),
                    // What is declared beside it in one statement is another thing.
                    StatementKind::Stock(stock) => {
                        says.gives.insert(name);
                        if is_new {
                            let bounds = stock.bounds.iter().flat_map(|bounds| bounds.low.iter().chain(&bounds.high));
                            says.reads = read(model, stock.start.iter().chain(bounds));
                        }
                    }
                    StatementKind::Ladder(_) | StatementKind::Flag(_) => {
                        says.gives.insert(name);
                        says.reads.clear();
                    }
                    StatementKind::Choice(choice) => {
                        says.gives.insert(name);
                        says.chooses = true;
                        choice.options.iter().filter(|_| is_new).for_each(|option| of_option(says, option));
                    }
                    _ => {
                        says.gives.insert(name);
                    }
                }
            }
        }
    }
    list.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crux::{Mixture, unconditioned};
    use crate::influence::Influence;
    use crate::origins::bears;
    use crate::run::Run;
    use crate::statements::texts;
    use crate::{checked, load, shipped};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    /// Two flags that have nothing to do with each other.
    const APART: &str = "model \"Apart\"\ntime monthly from 2025-01 to 2025-06\nflag one, two = no\n\
        param p = 30%\n  assumed \"so\"\nparam q = 40%\n  assumed \"so\"\n\
        event first on 2025-02 chance p then one = yes\n  assumed \"so\"\n\
        event second on 2025-02 chance q then two = yes\n  assumed \"so\"\n\
        question one \"The one?\" = one by 2025-06\nquestion two \"The other?\" = two by 2025-06\n\
        reading baseline \"None\"\n\
        reading b \"Another\"\n  param p = 50%\n    assumed \"so\"\n  param q = 60%\n    assumed \"so\"\n";

    /// What bears in a program bears, and what does not changes no bit: how often either was so.
    fn compare(model: &Model<'_>) -> [usize; 2] {
        let texts = texts(model);
        let stop = AtomicBool::new(false);
        let run = Run { draws: 16, ..Run::default() };
        let (mut bearing_somewhere, mut idle_somewhere) = (0, 0);
        for (place, first) in model.readings.iter().enumerate() {
            for second in model.readings.iter().skip(place + 1) {
                let divide = Divide::new(model, [first, second], &texts);
                let programs = [first, second].map(|reading| reading.program.as_ref().unwrap());
                for (number, question) in programs[0].questions.iter().enumerate() {
                    let found = bearing(model, &divide, &texts, &question.name);
                    bearing_somewhere += found.len();
                    for program in programs {
                        // Events and choices have other indices in other programs.
                        let of_program = Influence::of(program).bearing(&program.questions[number]);
                        for (atom, what) in divide.atoms.iter().enumerate() {
                            let reaches = what.paths.iter().any(|path| bears(&of_program, path));
                            assert!(!reaches || found.contains(&atom), "{what:?} bears on {}", question.name);
                        }
                    }
                    // All that does not bear, taken from the second reading.
                    let idle: Vec<bool> = (0..divide.atoms.len()).map(|atom| !found.contains(&atom)).collect();
                    idle_somewhere += idle.iter().filter(|idle| **idle).count();
                    let Some(mixture) = divide.program(&idle).filter(|_| idle.contains(&true)) else { continue };
                    let asked = [number];
                    let both = [programs[0].clone(), mixture];
                    let evaluate = unconditioned(&run, &asked, &stop);
                    let columns = evaluate(&both.map(|program| Arc::new(Mixture::new(program))), 0..run.draws, 2)
                        .unwrap()
                        .unwrap();
                    assert_eq!(columns[0][0].whole().to_bits(), columns[1][0].whole().to_bits(), "{}", question.name);
                }
            }
        }
        [bearing_somewhere, idle_somewhere]
    }

    #[test]
    fn what_bears_in_a_program_bears_and_what_does_not_changes_no_bit() {
        let loaded = load(shipped::ROOT, &shipped::files()).unwrap();
        let [bearing, _] = compare(&checked(&loaded));
        assert!(bearing > 100, "{bearing}");
        let files = BTreeMap::from([("model.vor".to_owned(), APART.to_owned())]);
        let loaded = load("model.vor", &files).unwrap();
        let model = checked(&loaded);
        assert!(!model.has_errors(), "{:#?}", model.diagnostics);
        assert_eq!(compare(&model), [2, 2]);
    }
}
