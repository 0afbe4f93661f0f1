//! What mixtures answer.

use crate::condition::{Conditioning, Settled, weighed};
use crate::influence::Influence;
use crate::run::{Run, RunError, Watch};
use crate::runs::{Column, Runs};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use variorum_model::program::{EventRule, Expr, Program};

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
        let asked: Vec<Program> = asking(programs, questions).into_iter().map(slice).collect();
        let of = |program: &Program| -> Vec<(usize, Column)> {
            let questions = program.questions.iter().enumerate();
            questions.map(|(place, question)| (place, Column::new(question.given.is_some()))).collect()
        };
        let mut columns: Vec<Vec<(usize, Column)>> = asked.iter().map(of).collect();
        let run = Run { threads, ..run.clone() };
        let complete = Runs::new(&asked, threads)?.extend(&run, draws, &Quiet(stop), &mut |_| {}, &mut columns)?;
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

/// The program without the events and flows that have no bearing on its questions. No number changes, as random numbers go by
/// name, and there is less to compile: mixtures are many, and few draws are played of each.
fn slice(mut program: Program) -> Program {
    let influence = Influence::of(&program);
    let bearing: BTreeSet<String> =
        program.questions.iter().flat_map(|question| influence.bearing(question).statements).collect();
    program.flows.retain(|flow| bearing.contains(&flow.path));
    for event in program.events.iter_mut().filter(|event| !bearing.contains(&event.name)) {
        event.when = None;
        event.rule = EventRule::Hazard(Expr::Number(0.0));
        event.effects.clear();
    }
    program
}

/// Watches in silence: mixtures are too many to be shown one by one.
struct Quiet<'s>(&'s AtomicBool);

impl Watch for Quiet<'_> {
    fn stop(&self) -> &AtomicBool {
        self.0
    }
    fn progress(&self, _reading: &str, _done: u64, _of: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checked, load, shipped};

    #[test]
    fn what_is_left_out_changes_no_bit() {
        let loaded = load(shipped::ROOT, &shipped::files()).unwrap();
        let model = checked(&loaded);
        let (run, stop) = (Run { draws: 16, ..Run::default() }, AtomicBool::new(false));
        for reading in &model.readings {
            let program = reading.program.as_ref().unwrap();
            let sliced: Vec<usize> = (0..program.questions.len()).step_by(11).collect();
            for question in sliced {
                let whole = asking(std::slice::from_ref(program), &[question]);
                let mut columns = vec![vec![(0, Column::new(whole[0].questions[0].given.is_some()))]];
                let found = unconditioned(&run, &[question], &stop)(std::slice::from_ref(program), 0..16, 2);
                Runs::new(&whole, 1).unwrap().extend(&run, 0..16, &Quiet(&stop), &mut |_| {}, &mut columns).unwrap();
                let (sliced, whole) = (found.unwrap().unwrap(), &columns[0][0].1);
                assert_eq!(sliced[0][0].whole().to_bits(), whole.whole().to_bits(), "{question} in {}", reading.name);
            }
        }
    }
}
