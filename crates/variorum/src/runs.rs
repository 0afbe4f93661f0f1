//! Programs run side by side on the same random numbers: what each answers draw by draw, and numbers with their errors
//! made of that.

use crate::lower::lower;
use crate::run::{Run, RunError, Watch, settings};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use variorum_engine::ensemble::ensemble;
use variorum_engine::plan::Plan;
use variorum_engine::run::ChunkResult;
use variorum_model::program::Program;

/// By draw, a number of each half.
pub type Halves = Vec<[f64; 2]>;

/// What one run answers to one question: by draw, the means over the trajectories of each half.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Of the answer, 1 for a yes; of a conditional question with 0 for the trajectories that are not asked.
    answer: Halves,
    /// Of a conditional question the share of those that are asked.
    given: Option<Halves>,
}

impl Column {
    /// Nothing yet.
    #[must_use]
    pub fn new(conditional: bool) -> Column {
        Column { answer: Vec::new(), given: conditional.then(Vec::new) }
    }

    /// Draws.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answer.len()
    }

    /// Whether there is no draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answer.is_empty()
    }

    /// Adds a chunk. Chunks must come in order.
    pub fn add(&mut self, chunk: &ChunkResult, question: usize) {
        let draws = usize::try_from(chunk.draws.end - chunk.draws.start).unwrap_or(0);
        let half = number(chunk.per_draw / 2);
        for draw in 0..draws {
            self.answer.push([0, 1].map(|side| chunk.sum(draw, side, question) / half));
            if let Some(given) = &mut self.given {
                given.push([0, 1].map(|side| number(chunk.count(draw, side, question)) / half));
            }
        }
    }

    /// Adds a draw that weighs: what its halves answer and how much of them is asked, each times its evidence. The column
    /// must be one of a conditional question.
    pub fn add_weighed(&mut self, answer: [f64; 2], asked: [f64; 2]) {
        self.answer.push(answer);
        self.given.iter_mut().for_each(|given| given.push(asked));
    }

    /// Its first draws.
    #[must_use]
    pub fn first(&self, draws: usize) -> Column {
        let of = |halves: &Halves| halves.iter().take(draws).copied().collect();
        Column { answer: of(&self.answer), given: self.given.as_ref().map(of) }
    }

    /// Whether it answers only where a condition comes true, so that its answer is a quotient.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.given.is_some()
    }

    /// Adds the draws of another column, which follow upon those of this one.
    pub fn append(&mut self, mut later: Column) {
        self.answer.append(&mut later.answer);
        if let (Some(given), Some(mut later)) = (&mut self.given, later.given) {
            given.append(&mut later);
        }
    }

    /// The effective sample size over draws, (Σ w)² / Σ w², of how much is asked in each; none where all draws count alike.
    #[must_use]
    pub fn effective(&self) -> Option<f64> {
        let (mut sum, mut squares) = (0.0, 0.0);
        for [a, b] in self.given.as_ref()? {
            sum += a + b;
            squares += (a + b) * (a + b);
        }
        Some(if squares > 0.0 { sum * sum / squares } else { 0.0 })
    }

    /// The Monte Carlo standard error of [`Column::whole`], clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        Estimate::mean(&self.contributions()).error
    }

    /// The quotient of the means of two columns, as the answer to a conditional question is one. Both must be columns of
    /// questions without a condition, of the same draws.
    #[must_use]
    pub fn quotient(part: &Column, whole: &Column) -> Column {
        Column { answer: part.answer.clone(), given: Some(whole.answer.clone()) }
    }

    /// The variance over parameter draws of the answer given the parameters, by products across the halves of a draw. May
    /// come out below 0 by chance.
    #[must_use]
    pub fn variance(&self) -> Estimate {
        let centre = Centre::of(&[self]);
        let squares = centre.deviations(self).into_iter().map(|[a, b]| a * b + centre.lacking);
        Estimate::mean(&squares.collect::<Vec<f64>>())
    }

    /// By draw, what it contributes to the error of the whole: the mean of its halves' deviations.
    #[must_use]
    pub fn contributions(&self) -> Vec<f64> {
        Centre::of(&[self]).deviations(self).into_iter().map(|[a, b]| 0.5 * (a + b)).collect()
    }

    /// Over these draws: the sums of the answer and of the condition (of an unconditional question the number of halves).
    #[must_use]
    pub fn sums(&self, draws: impl Iterator<Item = usize>) -> (f64, f64) {
        let (mut answer, mut given) = (0.0, 0.0);
        for draw in draws {
            let Some([a, b]) = self.answer.get(draw) else { break };
            answer += a + b;
            given += match &self.given {
                None => 2.0,
                Some(given) => given.get(draw).map_or(0.0, |[a, b]| a + b),
            };
        }
        (answer, given)
    }

    /// The answer over all draws: a mean, or the share of yes where the condition came true; not a number where it never
    /// did.
    #[must_use]
    pub fn whole(&self) -> f64 {
        let (answer, given) = self.sums(0..self.len());
        answer / given
    }
}

/// The common mean of runs, from which their answers are measured. All runs have one law, so their means are one.
#[derive(Clone, Copy, Debug)]
pub struct Centre {
    mean: f64,
    given: f64,
    /// The variance of the mean: what the products of deviations lack because the mean is that of the same numbers.
    pub lacking: f64,
}

impl Centre {
    /// Of these runs, which have as many draws each.
    #[must_use]
    pub fn of(runs: &[&Column]) -> Centre {
        let (mut answer, mut given, mut halves, mut draws) = (0.0, 0.0, 0.0, 0);
        for run in runs {
            let (of_answer, of_given) = run.sums(0..run.len());
            answer += of_answer;
            given += of_given;
            halves += 2.0 * number(run.len());
            draws = run.len();
        }
        let mut centre = Centre { mean: answer / given, given: given / halves, lacking: 0.0 };
        let deviations: Vec<Halves> = runs.iter().map(|run| centre.deviations(run)).collect();
        let count = number(deviations.len());
        let by_draw = (0..draws).map(|draw| {
            let sum = deviations.iter().filter_map(|run| run.get(draw)).fold(0.0, |sum, [a, b]| sum + 0.5 * (a + b));
            sum / count
        });
        let squares = by_draw.fold(0.0, |sum, mean| sum + mean * mean);
        centre.lacking = squares / (number(draws) * (number(draws) - 1.0));
        centre
    }

    /// How far the answer of each half lies from the mean. Of a conditional question, whose answer is a quotient
    /// E b / E g, what each half contributes to it: (b - answer * g) / E g. Its variance over parameters is that of the
    /// answer given the parameters, each draw weighing as often as the condition comes true in it.
    #[must_use]
    pub fn deviations(&self, run: &Column) -> Halves {
        match &run.given {
            None => run.answer.iter().map(|halves| halves.map(|answer| answer - self.mean)).collect(),
            Some(given) => {
                let deviation = |answer: f64, given: f64| (answer - self.mean * given) / self.given;
                let pairs = run.answer.iter().zip(given);
                pairs.map(|([a, b], [in_a, in_b])| [deviation(*a, *in_a), deviation(*b, *in_b)]).collect()
            }
        }
    }
}

/// A number with its Monte Carlo standard error, clustered by draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

impl Estimate {
    /// The mean of a number by draw.
    #[must_use]
    pub fn mean(numbers: &[f64]) -> Estimate {
        let value = mean(numbers);
        let squares = numbers.iter().fold(0.0, |sum, x| sum + (x - value) * (x - value));
        Estimate { value, error: error(squares, numbers.len()) }
    }
}

/// The quotient of two means, corrected by a control whose mean is known to be 0; all by draw. Its error by the delta
/// method: to first order the quotient is r + mean of (part - r * whole) / E whole.
#[must_use]
pub fn quotient(parts: &[f64], wholes: &[f64], control: &[f64]) -> Estimate {
    let whole = mean(wholes);
    let ratio = mean(parts) / whole;
    let control_mean = mean(control);
    let terms = || parts.iter().zip(wholes).map(|(part, of)| (part - ratio * of) / whole);
    let controls = || control.iter().map(|control| control - control_mean);
    let spread = controls().fold(0.0, |sum, control| sum + control * control);
    let common = terms().zip(controls()).fold(0.0, |sum, (term, control)| sum + term * control);
    let slope = if spread > 0.0 { common / spread } else { 0.0 };
    let squares = terms().zip(controls()).fold(0.0, |sum, (term, control)| {
        let rest = term - slope * control;
        sum + rest * rest
    });
    Estimate { value: ratio - slope * control_mean, error: error(squares, parts.len()) }
}

/// By how much the answers of two programs that share their random numbers differ, first less second, with the error
/// clustered by draw; not a number where a condition never came true. Conditional answers are quotients, and their errors
/// those of their deviations (delta method).
#[must_use]
pub fn difference(first: &Column, second: &Column) -> Estimate {
    let [of_first, of_second] = [first, second].map(|run| Centre::of(&[run]).deviations(run));
    let moved: Vec<f64> =
        of_first.iter().zip(&of_second).map(|([xa, xb], [ya, yb])| 0.5 * (xa - ya) + 0.5 * (xb - yb)).collect();
    Estimate { value: first.whole() - second.whole(), error: Estimate::mean(&moved).error }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, x| sum + x) / number(numbers.len())
}

/// The standard error of a mean, from the sum of squared deviations; not known of one draw alone.
fn error(squares: f64, draws: usize) -> f64 {
    if draws < 2 {
        return f64::NAN;
    }
    let draws = number(draws);
    (squares / (draws * (draws - 1.0))).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

/// Shows how far the runs are.
pub(crate) fn progress(watch: &dyn Watch, name: &str, of: u64, chunks: &[ChunkResult]) {
    if let Some(chunk) = chunks.first() {
        watch.progress(name, chunk.draws.end, of);
    }
}

/// Makes something of each of these, on so many threads; the first error, if there is one.
///
/// # Errors
/// What `of` has.
pub(crate) fn in_parallel<T: Sync, R: Send + Sync, E: From<RunError> + Send + Sync>(
    list: &[T],
    threads: usize,
    of: &(dyn Fn(&T) -> Result<R, E> + Sync),
) -> Result<Vec<R>, E> {
    in_turn(list, threads, &|one, _| of(one))
}

/// What is made of one of a list, given what has come of those before.
type InTurn<'f, T, R, E> = dyn Fn(&T, &[OnceLock<Result<R, E>>]) -> Result<R, E> + Sync + 'f;

/// What is done with one of a list, how it is to be run, and who watches.
type Each<'f, T, R> = dyn Fn(&T, &Run, &dyn Watch) -> Result<R, RunError> + Sync + 'f;

/// The same; `of` is given, too, what has come of those before.
fn in_turn<T: Sync, R: Send + Sync, E: From<RunError> + Send + Sync>(
    list: &[T],
    threads: usize,
    of: &InTurn<'_, T, R, E>,
) -> Result<Vec<R>, E> {
    let results: Vec<OnceLock<Result<R, E>>> = list.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let (Some(one), Some(result)) = (list.get(place), results.get(place)) else { return };
            let found = of(one, &results[..place]);
            if found.is_err() {
                // Nothing else is begun. What comes earlier in the list has been.
                next.store(list.len(), Ordering::Relaxed);
            }
            let _ = result.set(found);
        }
    };
    let threads = threads.min(list.len());
    if threads <= 1 {
        work();
    } else {
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }
    let lost = || Err(RunError::Settings("a thread ended before its work was done".to_owned()).into());
    results.into_iter().map(|result| result.into_inner().unwrap_or_else(lost)).collect()
}

/// Does the same for each of these, several at once: while one is made ready or added up, others are played. In their order
/// whatever the number of threads; the first error, if there is one. Progress is that of the first that is not done.
///
/// # Errors
/// What `of` has.
pub(crate) fn each<T: Sync, R: Send + Sync>(
    list: &[T],
    run: &Run,
    watch: &dyn Watch,
    of: &Each<'_, T, R>,
) -> Result<Vec<R>, RunError> {
    // At least two for each thread, so that none waits long for the last.
    let together = run.threads.min(list.len().div_ceil(2));
    if together <= 1 {
        return list.iter().map(|one| of(one, run, watch)).collect();
    }
    // What is left when all have had as many has more threads for each.
    let (even, rest) = list.split_at(list.len() / together * together);
    let each_run = Run { threads: (run.threads / together).max(1), ..run.clone() };
    let mut done = in_turn(even, together, &|one, before| of(one, &each_run, &Foremost { watch, before }))?;
    done.extend(each(rest, run, watch, of)?);
    Ok(done)
}

/// Tells of progress if all before is done.
struct Foremost<'w, R> {
    watch: &'w dyn Watch,
    before: &'w [OnceLock<R>],
}

impl<R: Send + Sync> Watch for Foremost<'_, R> {
    fn stop(&self) -> &AtomicBool {
        self.watch.stop()
    }
    fn progress(&self, reading: &str, done: u64, of: u64) {
        if self.before.iter().all(|before| before.get().is_some()) {
            self.watch.progress(reading, done, of);
        }
    }
}

/// Programs that are run side by side, ready to run.
#[derive(Debug)]
pub struct Runs {
    plans: Vec<Plan>,
}

impl Runs {
    /// Lowers the programs, on so many threads.
    ///
    /// # Errors
    /// A program is too large, or a law cannot be.
    pub fn new(programs: &[Program], threads: usize) -> Result<Runs, RunError> {
        let of = |program: &Program| lower(program).map_err(RunError::Lower);
        Ok(Runs { plans: in_parallel(programs, threads, &of)? })
    }

    /// Of plans that were made already.
    #[must_use]
    pub fn of_plans(plans: Vec<Plan>) -> Runs {
        Runs { plans }
    }

    /// The plans, by run.
    pub(crate) fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Leaves out those for which it says so.
    pub fn keep(&mut self, keep: &[bool]) {
        let mut keep = keep.iter();
        self.plans.retain(|_| keep.next().copied().unwrap_or(false));
    }

    /// Runs some draws and adds them to the columns: by run, by question (its index in the program). `also` sees every
    /// chunk of every run. Whether all draws were done.
    ///
    /// # Errors
    /// The settings cannot be.
    pub fn extend(
        &self,
        run: &Run,
        draws: Range<u64>,
        watch: &dyn Watch,
        also: &mut dyn FnMut(&[ChunkResult]),
        columns: &mut [Vec<(usize, Column)>],
    ) -> Result<bool, RunError> {
        let wanted = draws.end.saturating_sub(draws.start);
        let done = ensemble(&self.plans, &settings(run, draws), watch.stop(), &mut |_, chunks| {
            for (of_run, chunk) in columns.iter_mut().zip(chunks) {
                of_run.iter_mut().for_each(|(question, column)| column.add(chunk, *question));
            }
            also(chunks);
        });
        Ok(done.map_err(|error| RunError::Settings(error.to_string()))? == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_with_its_error() {
        // parts = 2 * wholes exactly: no error. A control that is the whole error of the parts takes it away.
        let wholes = [1.0, 2.0, 3.0, 2.0];
        let control = [1.0, -1.0, 1.5, -1.5];
        let parts: Vec<f64> = wholes.iter().map(|x| 2.0 * x).collect();
        assert_eq!(quotient(&parts, &wholes, &[0.0; 4]), Estimate { value: 2.0, error: 0.0 });
        let noisy: Vec<f64> = parts.iter().zip(control).map(|(part, control)| part + 3.0 * control).collect();
        let found = quotient(&noisy, &wholes, &control);
        assert!((found.value - 2.0).abs() < 1e-12 && found.error < 1e-12, "{found:?}");
        let raw = quotient(&noisy, &wholes, &[0.0; 4]);
        assert!(raw.error > 0.5, "{raw:?}");
    }
}
