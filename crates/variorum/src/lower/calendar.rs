//! What is due when: the windows in which questions remember something.

use std::collections::BTreeMap;
use variorum_model::program::{Program, Query};

/// What is remembered for a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Memory {
    /// Its answer.
    Answer,
    /// Whether its condition has come true.
    Condition,
}

/// Steps in which some questions remember something.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// What is remembered, by question.
    pub(crate) asked: Vec<(usize, Memory)>,
}

/// All windows of a program, in order; those of the same steps are one.
pub(crate) fn windows(program: &Program) -> Vec<Window> {
    let mut found: BTreeMap<(u32, u32), Vec<(usize, Memory)>> = BTreeMap::new();
    for (index, question) in program.questions.iter().enumerate() {
        let (from, to) = match question.query {
            Query::Ever { from, to, .. } | Query::First { from, to, .. } => (from, to),
            Query::Value { at, .. } => (at, at),
        };
        found.entry((from, to)).or_default().push((index, Memory::Answer));
        if let Some(given) = &question.given {
            found.entry((given.from, given.to)).or_default().push((index, Memory::Condition));
        }
    }
    found.into_iter().map(|((from, to), asked)| Window { from, to, asked }).collect()
}
