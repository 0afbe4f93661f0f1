//! Findings in statements that stand for many: each is said once for its place.

use crate::collect::Shared;
use crate::entities::Bindings;
use std::collections::BTreeMap;
use variorum_syntax::diagnostic::{Code, Diagnostic, Label, Severity, Span};

/// One of the things that a statement stands for.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'b> {
    /// Its number, different from that of all others.
    pub item: usize,
    /// Where the statement stands.
    pub statement: Span,
    /// What the variables around it stand for.
    pub bindings: &'b Bindings,
}

/// Of so many things that one statement stands for the errors are looked for; where all of these have some, the others
/// are not looked at any more. A model with one mistake below `for each` is not to be told it a hundred thousand times.
const ENOUGH: usize = 100;

/// Keeps, of the findings of all that one statement stands for, the first at each place.
#[derive(Debug, Default)]
pub struct Once {
    seen: BTreeMap<(Code, Span), Seen>,
    /// By statement: for how many of the things that it stands for there were errors.
    failed: BTreeMap<Span, usize>,
}

#[derive(Debug)]
struct Seen {
    item: usize,
    statement: Span,
    /// Its place in the list.
    at: usize,
    /// For how many items it was found.
    count: usize,
    /// Whether it was said of other items in other words.
    differs: bool,
    bindings: Bindings,
}

impl Once {
    /// Whether a statement has failed often enough, so that what else it stands for can be passed over.
    pub fn is_enough(&self, statement: Span) -> bool {
        self.failed.get(&statement).is_some_and(|failed| *failed >= ENOUGH)
    }

    /// Whether something was passed over.
    pub fn has_passed_over(&self) -> bool {
        self.failed.values().any(|failed| *failed >= ENOUGH)
    }

    /// Goes through the findings from the place `from` of a list on, which are those of one thing.
    pub fn take(&mut self, list: &mut Vec<Diagnostic>, from: usize, whose: Whose<'_>) {
        if list.len() <= from {
            return;
        }
        let fresh = list.split_off(from);
        if fresh.iter().any(|finding| finding.severity == Severity::Error) {
            *self.failed.entry(whose.statement).or_default() += 1;
        }
        for finding in fresh {
            let key = (finding.code, finding.primary.span);
            match self.seen.get_mut(&key) {
                Some(seen) if seen.item != whose.item => {
                    seen.count += 1;
                    seen.differs |= list.get(seen.at).is_none_or(|first| first.message != finding.message);
                }
                Some(_) => list.push(finding),
                None => {
                    let Whose { item, statement, bindings } = whose;
                    let bindings = bindings.clone();
                    self.seen.insert(key, Seen { item, statement, at: list.len(), count: 1, differs: false, bindings });
                    list.push(finding);
                }
            }
        }
    }

    /// Says what the variables stood for, where a finding depends on it. `stands_for` is for how many things a statement
    /// stands.
    pub fn finish(self, list: &mut [Diagnostic], shared: &Shared<'_>, stands_for: &dyn Fn(Span) -> usize) {
        for seen in self.seen.into_values().filter(|seen| !seen.bindings.is_empty()) {
            let all = stands_for(seen.statement).min(ENOUGH);
            if (seen.differs || seen.count < all)
                && let Some(finding) = list.get_mut(seen.at)
            {
                label(finding, &seen.bindings, shared);
            }
        }
    }
}

/// Says what the variables stand for.
pub fn label(finding: &mut Diagnostic, bindings: &Bindings, shared: &Shared<'_>) {
    for (span, entity) in bindings.places() {
        if !finding.secondary.iter().any(|label| label.span == span) && finding.primary.span != span {
            finding.secondary.push(Label { span, text: format!("here `{}`", shared.name_of(entity)) });
        }
    }
}
