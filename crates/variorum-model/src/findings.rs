//! Findings in statements that stand for many: each is said once for its place.

use crate::collect::Shared;
use crate::entities::Bindings;
use std::collections::BTreeMap;
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// Keeps, of the findings of all that one statement stands for, the first at each place.
#[derive(Debug, Default)]
pub struct Once {
    seen: BTreeMap<(Code, Span), Seen>,
}

#[derive(Debug)]
struct Seen {
    /// Of which item.
    whose: usize,
    /// Its place in the list.
    at: usize,
    /// For how many items it was found.
    count: usize,
    /// Whether it was said of other items in other words.
    differs: bool,
    bindings: Bindings,
}

impl Once {
    /// Goes through the findings from the place `from` of a list on, which an item (by any number of its own) has given.
    pub fn take(&mut self, list: &mut Vec<Diagnostic>, from: usize, whose: usize, bindings: &Bindings) {
        if list.len() <= from {
            return;
        }
        for finding in list.split_off(from) {
            let key = (finding.code, finding.primary.span);
            match self.seen.get_mut(&key) {
                Some(seen) if seen.whose != whose => {
                    seen.count += 1;
                    seen.differs |= list.get(seen.at).is_none_or(|first| first.message != finding.message);
                }
                Some(_) => list.push(finding),
                None => {
                    let seen = Seen { whose, at: list.len(), count: 1, differs: false, bindings: bindings.clone() };
                    self.seen.insert(key, seen);
                    list.push(finding);
                }
            }
        }
    }

    /// Says what the variables stood for, where a finding depends on it: `items` is for how many the statement of an
    /// item stands.
    pub fn finish(self, list: &mut [Diagnostic], shared: &Shared<'_>, items: &dyn Fn(usize) -> usize) {
        for seen in self.seen.into_values().filter(|seen| !seen.bindings.is_empty()) {
            if (seen.differs || seen.count < items(seen.whose))
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
            finding
                .secondary
                .push(variorum_syntax::diagnostic::Label { span, text: format!("here `{}`", shared.name_of(entity)) });
        }
    }
}
