//! What mixtures answer.

use crate::condition::{Conditioning, Settled, weighed};
use crate::run::{Run, RunError, Watch};
use crate::runs::{Column, Runs};
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use variorum_model::program::Program;

/// By program, then by question.
pub type Columns = Vec<Vec<Column>>;

/// The one way in which answers come into a crux: programs and a range of parameter draws to columns, by program, then by
/// question; none if it was interrupted. All programs have to share their random numbers, draw by draw. With an answer that
/// is a quotient (of a conditional question, or of weighted draws) the column says so, and what follows takes care of it.
/// The last number says how many threads may be used.
pub type Evaluate<'e> = dyn Fn(&[Program], Range<u64>, usize) -> Result<Option<Columns>, RunError> + Sync + 'e;

/// As the readings play before anything has been seen.
pub fn unconditioned<'e>(
    run: &'e Run,
    questions: &'e [usize],
    stop: &'e AtomicBool,
) -> impl Fn(&[Program], Range<u64>, usize) -> Result<Option<Columns>, RunError> + Sync + 'e {
    move |programs, draws, threads| {
        let asked = asking(programs, questions);
        let of = |program: &Program| -> Vec<(usize, Column)> {
            let questions = program.questions.iter().enumerate();
            questions.map(|(place, question)| (place, Column::new(question.given.is_some()))).collect()
        };
        let mut columns: Vec<Vec<(usize, Column)>> = asked.iter().map(of).collect();
        let run = Run { threads, ..run.clone() };
        let complete = Runs::new(asked)?.extend(&run, draws, &Quiet(stop), &mut |_| {}, &mut columns)?;
        let columns = columns.into_iter().map(|run| run.into_iter().map(|(_, column)| column).collect());
        Ok(complete.then(|| columns.collect()))
    }
}

/// On condition of what was seen: every draw counts by its evidence, so that every answer is a quotient.
pub(crate) fn conditioned<'e>(
    run: &'e Run,
    seen: &'e Seen,
    questions: &'e [usize],
    stop: &'e AtomicBool,
) -> impl Fn(&[Program], Range<u64>, usize) -> Result<Option<Columns>, RunError> + Sync + 'e {
    move |programs, draws, threads| {
        let run = Run { threads, ..run.clone() };
        weighed(&asking(programs, questions), (&seen.settled, &run), draws, &seen.conditioning, stop)
    }
}

/// How readings are conditioned on what was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub conditioning: Conditioning,
    /// As is enough for both.
    pub settled: Settled,
}

/// Nothing else is asked, which saves time and changes no number.
fn asking(programs: &[Program], questions: &[usize]) -> Vec<Program> {
    let asked = programs.iter().map(|program| Program {
        questions: questions.iter().filter_map(|question| program.questions.get(*question).cloned()).collect(),
        ..program.clone()
    });
    asked.collect()
}

/// Watches in silence: mixtures are too many to be shown one by one.
struct Quiet<'s>(&'s AtomicBool);

impl Watch for Quiet<'_> {
    fn stop(&self) -> &AtomicBool {
        self.0
    }
    fn progress(&self, _reading: &str, _done: u64, _of: u64) {}
}
