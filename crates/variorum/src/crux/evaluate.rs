//! What mixtures answer.

use crate::condition::{Conditioning, Settled, weighed};
use crate::influence::Influence;
use crate::lower::lower_briefly;
use crate::run::{Run, RunError, Watch};
use crate::runs::{Column, Runs, in_parallel};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use variorum_engine::plan::Plan;
use variorum_model::program::{EventRule, Expr, Program};

/// By program, then by question.
pub type Columns = Vec<Vec<Column>>;

/// What mixtures come to, if they were not interrupted.
pub type Found = Result<Option<Columns>, RunError>;

/// A program that is played again and again, of which the plan is made once.
#[derive(Debug)]
pub struct Mixture {
    /// The program.
    pub program: Program,
    plan: OnceLock<Result<Plan, RunError>>,
}

impl Mixture {
    /// Of a program.
    #[must_use]
    pub fn new(program: Program) -> Mixture {
        Mixture { program, plan: OnceLock::new() }
    }

    fn plan(&self, make: impl FnOnce(&Program) -> Result<Plan, RunError>) -> Result<Plan, RunError> {
        self.plan.get_or_init(|| make(&self.program)).clone()
    }
}

/// The one way in which answers come into a crux: programs and a range of parameter draws to columns, by program, then by
/// question; none if it was interrupted. All programs have to share their random numbers, draw by draw. With an answer that
/// is a quotient (of a conditional question, or of weighted draws) the column says so, and what follows takes care of it.
/// The last number says how many threads may be used. A program must always come to the same one of these.
pub type Evaluate<'e> = dyn Fn(&[Arc<Mixture>], Range<u64>, usize) -> Found + Sync + 'e;

/// As the readings play before anything has been seen.
pub fn unconditioned<'e>(
    run: &'e Run,
    questions: &'e [usize],
    stop: &'e AtomicBool,
) -> impl Fn(&[Arc<Mixture>], Range<u64>, usize) -> Found + Sync + 'e {
    move |mixtures, draws, threads| {
        let make = |program: &Program| lower_briefly(&slice(asking(program, questions))).map_err(RunError::Lower);
        let plans = in_parallel(mixtures, threads, &|mixture| mixture.plan(make))?;
        let of = |mixture: &Arc<Mixture>| -> Vec<(usize, Column)> {
            let asked = questions.iter().filter_map(|place| mixture.program.questions.get(*place));
            asked.map(|question| Column::new(question.given.is_some())).enumerate().collect()
        };
        let mut columns: Vec<Vec<(usize, Column)>> = mixtures.iter().map(of).collect();
        let run = Run { threads, ..run.clone() };
        let complete = Runs::of_plans(plans).extend(&run, draws, &Quiet(stop), &mut |_| {}, &mut columns)?;
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
) -> impl Fn(&[Arc<Mixture>], Range<u64>, usize) -> Found + Sync + 'e {
    move |mixtures, draws, threads| {
        let make = |program: &Program| seen.settled.plan(&asking(program, questions), &seen.conditioning);
        let plans = in_parallel(mixtures, threads, &|mixture| mixture.plan(make))?;
        weighed(&plans, questions.len(), (&seen.settled, &Run { threads, ..run.clone() }), draws, stop)
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
fn asking(program: &Program, questions: &[usize]) -> Program {
    let questions = questions.iter().filter_map(|question| program.questions.get(*question).cloned()).collect();
    Program { questions, ..program.clone() }
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
                let whole = asking(program, &[question]);
                let mut columns = vec![vec![(0, Column::new(whole.questions[0].given.is_some()))]];
                let mixtures = [Arc::new(Mixture::new(program.clone()))];
                let found = unconditioned(&run, &[question], &stop)(&mixtures, 0..16, 2);
                Runs::new(&[whole], 1).unwrap().extend(&run, 0..16, &Quiet(&stop), &mut |_| {}, &mut columns).unwrap();
                let (sliced, whole) = (found.unwrap().unwrap(), &columns[0][0].1);
                assert_eq!(sliced[0][0].whole().to_bits(), whole.whole().to_bits(), "{question} in {}", reading.name);
            }
        }
    }
}
