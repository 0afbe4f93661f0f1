//! Runs every reading and answers every question.

use crate::answer::{Answering, at_most};
use crate::answers::{Answers, Head, QuestionAnswers, ReadingAnswer, Resolution, Said};
use crate::lower::lower;
use crate::origins::text;
use crate::runs::{Column, each};
pub use crate::tally::{Tallies, Tally};
use crate::verbal;
use sha2::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::run::DEFAULT_LANES;
use variorum_exact::ExactError;
use variorum_model::as_of::{self, had_spoken};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Clock, Law, Program, Query};
use variorum_model::time::show;
use variorum_oracle::{Oracle, OracleError};
use variorum_syntax::ast::{self, Outcome, Question as Asked, SaidValue, StatementKind};

/// The most parameter draws that `until_error` goes to.
pub const MAX_DRAWS: u64 = 1 << 22;
/// The most parameter draws that can be asked for: sums of counts stay exact up to there.
pub const MOST_DRAWS: u64 = 1 << 32;

/// How to run. Only `seed`, `draws`, `per_draw` and `until_error` have a bearing on the answers.
#[derive(Clone, Debug)]
pub struct Run {
    /// The seed.
    pub seed: u64,
    /// Parameter draws.
    pub draws: u64,
    /// Trajectories per draw, in two halves.
    pub per_draw: u32,
    /// Double the draws until every error is at most this (a probability; for numbers a share of the deviation).
    pub until_error: Option<f64>,
    /// Threads.
    pub threads: usize,
    /// Trajectories side by side.
    pub lanes: usize,
    /// Use the slow interpreter in place of the engine.
    pub oracle: bool,
}

impl Default for Run {
    /// 20,000 trajectories: 1,250 parameter draws of 16, on all cores.
    fn default() -> Run {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Run { seed: 1, draws: 1250, per_draw: 16, until_error: None, threads, lanes: DEFAULT_LANES, oracle: false }
    }
}

/// Who watches over a run.
pub trait Watch: Sync {
    /// Set to end the run early; the answers then rest on what is done.
    fn stop(&self) -> &AtomicBool;
    /// So many of so many draws of a reading are done.
    fn progress(&self, reading: &str, done: u64, of: u64);
}

/// Nobody.
#[derive(Debug, Default)]
pub struct Unwatched(AtomicBool);

impl Watch for Unwatched {
    fn stop(&self) -> &AtomicBool {
        &self.0
    }
    fn progress(&self, _reading: &str, _done: u64, _of: u64) {}
}

/// Why there are no answers.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// The model is too large, or a law cannot be.
    Lower(crate::lower::LowerError),
    /// The settings cannot be.
    Settings(String),
    /// The slow interpreter refuses the program.
    Oracle(OracleError),
    /// The program cannot be solved exactly.
    Exact {
        /// The reading.
        reading: String,
        /// Why.
        error: ExactError,
    },
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Lower(error) => error.fmt(f),
            RunError::Settings(error) => error.fmt(f),
            RunError::Oracle(error) => error.fmt(f),
            RunError::Exact { reading, error } => write!(f, "{reading}: {error}"),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs one program.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn tallies(program: &Program, run: &Run, watch: &dyn Watch) -> Result<Tallies, RunError> {
    played(program, run, watch, &mut [])
}

/// The same, with what each draw answers to these questions, the first of the program; in the slow interpreter that stays
/// empty.
fn played(program: &Program, run: &Run, watch: &dyn Watch, columns: &mut [Column]) -> Result<Tallies, RunError> {
    if run.draws > MOST_DRAWS {
        return Err(RunError::Settings(format!("{} parameter draws; {MOST_DRAWS} is the limit", run.draws)));
    }
    if run.oracle {
        return by_oracle(program, run, watch);
    }
    let plan = lower(program).map_err(RunError::Lower)?;
    let mut tallies = Tallies::of_plan(program, &plan, run.per_draw);
    let plans = [plan];
    let mut target = run.draws;
    loop {
        let settings = settings(run, tallies.draws..target);
        let from = tallies.draws;
        let done = ensemble(&plans, &settings, watch.stop(), &mut |_, chunks| {
            if let [chunk] = chunks {
                tallies.add(chunk);
                columns.iter_mut().enumerate().for_each(|(question, column)| column.add(chunk, question));
                watch.progress(&program.reading, tallies.draws, target);
            }
        });
        let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
        let wanted = run.until_error.is_some_and(|error| !reached(largest_error(program, &tallies), error));
        tallies.complete = done == target - from;
        if !tallies.complete || !wanted || target >= MAX_DRAWS {
            return Ok(tallies);
        }
        target = (target.next_multiple_of(64) * 2).min(MAX_DRAWS);
    }
}

/// The largest error: of probabilities, and of means as a share of the predictive deviation. Questions whose condition
/// cannot come true have no answer, and so no error.
fn largest_error(program: &Program, tallies: &Tallies) -> f64 {
    let answering = Answering::new(program);
    let errors = program.questions.iter().zip(&tallies.questions).map(|(question, tally)| match tally {
        tally if tally.asked().asked == 0 && answering.is_never_asked(question) => 0.0,
        // Without a single yes (or no) nothing is known but a bound.
        Tally::Share(share) if share.mean() == 0.0 || share.mean() == 1.0 => {
            1.0 - at_most(crate::answer::count(share.asked.answering))
        }
        Tally::Share(share) => share.error(),
        Tally::Numbers(numbers) if numbers.deviation() == 0.0 && numbers.asked.answering > 1 => 0.0,
        Tally::Numbers(numbers) => numbers.error() / numbers.deviation(),
    });
    // An error that is not known is larger than any.
    errors.fold(0.0, |largest, error| if error > largest || error.is_nan() { error } else { largest })
}

/// The engine's settings for some draws.
#[must_use]
pub fn settings(run: &Run, draws: std::ops::Range<u64>) -> Settings {
    Settings { seed: run.seed, draws, per_draw: run.per_draw as usize, lanes: run.lanes, threads: run.threads }
}

fn by_oracle(program: &Program, run: &Run, watch: &dyn Watch) -> Result<Tallies, RunError> {
    let mut tallies = Tallies::new(program, run.per_draw);
    if !(2..=256).contains(&run.per_draw) || !run.per_draw.is_multiple_of(2) {
        return Err(RunError::Settings(format!(
            "{} trajectories per draw; an even number from 2 to 256 is needed",
            run.per_draw
        )));
    }
    let oracle = Oracle::new(program, run.seed).map_err(RunError::Oracle)?;
    for draw in 0..run.draws {
        if watch.stop().load(std::sync::atomic::Ordering::Relaxed) {
            break;
        }
        let places = (0..2).flat_map(|half| (0..run.per_draw / 2).map(move |slot| (half, slot)));
        let histories: Vec<(Vec<f64>, Vec<bool>)> = places
            .map(|(half, slot)| oracle.history(draw, half, slot))
            .map(|history| (history.answers, history.given))
            .collect();
        for question in 0..program.questions.len() {
            let of = |(answers, _): &(Vec<f64>, Vec<bool>)| answers.get(question).copied();
            let came_true = |(_, given): &(Vec<f64>, Vec<bool>)| given.get(question).copied();
            let answers: Vec<f64> = histories.iter().filter_map(of).collect();
            let asked: Vec<bool> = histories.iter().filter_map(came_true).collect();
            tallies.add_draw(question, &answers, Some(&asked));
        }
        tallies.draws += 1;
        watch.progress(&program.reading, tallies.draws, run.draws);
    }
    tallies.complete = tallies.draws == run.draws;
    Ok(tallies)
}

/// Runs these readings of a model and answers its questions.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn run(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    watch: &dyn Watch,
) -> Result<Answers, RunError> {
    answered(model, readings, run, watch, false).map(|(answers, _)| answers)
}

/// What readings answered as they are, for what is compared with that on the same random numbers.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    by_reading: BTreeMap<String, (Tallies, Vec<Column>)>,
}

impl Kept {
    /// So many numbers of draws and questions are kept at most: 64 MB, twice that of conditional questions.
    const MOST: u64 = 1 << 22;

    /// Of a reading that was played so: its tallies, and by question what each draw answers.
    pub(crate) fn of(&self, reading: &str, run: &Run) -> Option<(&Tallies, &[Column])> {
        let (tallies, columns) = self.by_reading.get(reading)?;
        let is_whole = |column: &Column| column.len() as u64 == run.draws;
        let is_it = tallies.complete && tallies.draws == run.draws && columns.iter().all(is_whole);
        is_it.then_some((tallies, columns.as_slice()))
    }
}

/// As [`run`], with what is kept of it: nothing where it would take much memory, or cannot be used.
///
/// # Errors
/// As for [`run`].
pub fn run_kept(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    watch: &dyn Watch,
) -> Result<(Answers, Kept), RunError> {
    let questions: usize = readings.iter().map(|(_, program)| program.questions.len()).sum();
    let is_little = run.draws.saturating_mul(questions as u64) <= Kept::MOST;
    answered(model, readings, run, watch, is_little && run.until_error.is_none() && !run.oracle)
}

fn answered(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    watch: &dyn Watch,
    keep: bool,
) -> Result<(Answers, Kept), RunError> {
    let mut kept = Kept::default();
    let mut questions = asked(model);
    let mut notes = Vec::new();
    let mut complete = true;
    let mut without_case = BTreeSet::new();
    let mut clock = None;
    let played = each(readings, run, watch, &|(_, program), run, watch| {
        let of = |question: &variorum_model::program::Question| Column::new(question.given.is_some());
        let mut columns: Vec<Column> = program.questions.iter().filter(|_| keep).map(of).collect();
        played(program, run, watch, &mut columns).map(|tallies| (tallies, columns))
    })?;
    for ((reading, program), (tallies, columns)) in readings.iter().zip(played) {
        clock = Some(program.clock);
        complete &= tallies.complete;
        if let Some(error) = run.until_error
            && !reached(largest_error(program, &tallies), error)
        {
            notes.push(format!("{}: the error asked for was not reached in {} draws", reading.name, tallies.draws));
        }
        for (what, count) in tallies.counts.iter().filter(|(_, count)| *count > 0) {
            notes.push(format!("{}: {what} ({})", reading.name, times(*count)));
        }
        without_case.extend(unseen(program));
        if tallies.draws == 0 {
            continue;
        }
        let answering = Answering::new(program);
        for (index, question) in questions.iter_mut().enumerate() {
            let Some(answer) = answering.answer(index, &tallies) else { continue };
            question.readings.push(ReadingAnswer {
                reading: reading.name.clone(),
                draws: tallies.draws,
                given: answering.condition(index, &tallies),
                provenance: None,
                answer,
                after: None,
            });
        }
        if keep {
            kept.by_reading.insert(reading.name.clone(), (tallies, columns));
        }
    }
    if !without_case.is_empty() {
        let names: Vec<String> = without_case.into_iter().collect();
        notes.push(format!(
            "not once in their reference class, so that half a case in that time is assumed: {}",
            names.join(", ")
        ));
    }
    let head = head(model, clock, run, complete);
    Ok((Answers { format: 1, head, questions, scenario: None, evidence: None, notes }, kept))
}

/// The head of a document; without a reading that was run there are no dates.
pub(crate) fn head(model: &Model<'_>, clock: Option<Clock>, run: &Run, complete: bool) -> Head {
    Head {
        model: model.shared.title.clone(),
        fingerprint: fingerprint(model),
        as_of: model.as_of.map(|day| day.to_string()),
        seed: run.seed,
        per_draw: run.per_draw,
        complete,
        time: time(clock),
    }
}

/// `1 time`, `2 times`.
pub(crate) fn times(count: u64) -> String {
    if count == 1 { "1 time".to_owned() } else { format!("{count} times") }
}

/// The dates of the first and the last step.
fn time(clock: Option<Clock>) -> [String; 2] {
    clock.map_or([String::new(), String::new()], |clock| [clock.label(0), clock.label(clock.steps.saturating_sub(1))])
}

/// The parameters that rest on a base rate without a single case.
fn unseen(program: &Program) -> impl Iterator<Item = String> {
    let prior = |law: &Law| matches!(law, Law::Gamma { shape: 0.5, .. } | Law::Beta { a: 0.5, .. });
    program.params.iter().filter(move |param| prior(&param.law)).map(|param| param.name.clone())
}

/// Whether an error is known and small enough.
fn reached(error: f64, wanted: f64) -> bool {
    error <= wanted
}

/// The hash of what a model means: the first 16 hexadecimal digits of a SHA-256 of the programs of its readings and of its
/// sources, as JSON, one a line. What is not known in a model as of a day has no part in it.
#[must_use]
pub fn fingerprint(model: &Model<'_>) -> String {
    let mut hash = Hashing(sha2::Sha256::new());
    // Writing to a hash and serialising plain data cannot fail.
    let mut add = |json: &dyn Fn(&mut Hashing) -> serde_json::Result<()>| {
        let _ = json(&mut hash);
        hash.0.update(b"\n");
    };
    for program in model.readings.iter().filter_map(|reading| reading.program.as_ref()) {
        add(&|hash| serde_json::to_writer(hash, program));
    }
    for key in &model.shared.source_order {
        let Some(source) = model.shared.sources.get(key) else { continue };
        if model.as_of.is_some_and(|day| !had_spoken(&model.shared, key, day)) {
            continue;
        }
        let text = |text: &Option<variorum_syntax::ast::Text>| text.as_ref().map(|text| text.value.clone());
        let quoted = source.quoted_in.as_ref().map(|name| &name.value);
        let on = source.on.as_ref().map(|on| show(on.value));
        let source = (key, text(&source.title), text(&source.by), on, quoted);
        add(&|hash| serde_json::to_writer(hash, &source));
    }
    hash.0.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes on their way into a hash.
struct Hashing(sha2::Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The questions with what sources said and how they came out, yet without answers.
pub(crate) fn asked(model: &Model<'_>) -> Vec<QuestionAnswers> {
    let compiled = model.readings.iter().find_map(|reading| reading.program.as_ref());
    let asked = compiled.map_or(&[][..], |program| program.questions.as_slice());
    let declared: BTreeMap<&str, &Asked> = model
        .shared
        .questions
        .iter()
        .filter_map(|statement| match &statement.kind {
            StatementKind::Question(question) => Some((question.name.as_ref()?.value.as_str(), question)),
            _ => None,
        })
        .collect();
    let mut list = Vec::new();
    for question in asked {
        let declared = declared.get(question.name.as_str());
        let clock = compiled.map(|program| program.clock);
        let label = |step: u32| clock.map_or(String::new(), |clock| clock.label(step));
        let window = match question.query {
            Query::Ever { from, to, .. } | Query::First { from, to, .. } => [label(from), label(to)],
            Query::Value { at, .. } => [label(at), label(at)],
        };
        let said =
            declared.iter().flat_map(|declared| as_of::said(&model.shared, declared, model.as_of)).map(|said| Said {
                source: said.source.value.clone(),
                phrase: match &said.value {
                    SaidValue::Phrase(phrase) => phrase.value.clone(),
                    SaidValue::Number(number) => {
                        format!("{}{}", number.value.value, if number.value.percent { "%" } else { "" })
                    }
                },
                meaning: verbal::said(&said.value),
                anchors: said
                    .anchors
                    .iter()
                    .map(|anchor| {
                        let anchor = &anchor.value;
                        format!(
                            "{}.{}-{}#{}",
                            anchor.paragraph, anchor.first_word, anchor.last_word, anchor.fingerprint
                        )
                    })
                    .collect(),
                window_assumed: said.window_assumed.as_ref().map(|why| why.value.clone()),
            });
        let resolved =
            declared.and_then(|declared| as_of::resolved(declared, model.as_of)).map(|resolved| Resolution {
                outcome: match resolved.outcome {
                    Outcome::Yes => "yes".to_owned(),
                    Outcome::No => "no".to_owned(),
                    Outcome::Void => "void".to_owned(),
                    Outcome::Number(number) => number.to_string(),
                },
                on: resolved.on.as_ref().map(|date| show(date.value)),
                from: resolved.from.as_ref().map(|from| from.value.clone()),
            });
        list.push(QuestionAnswers {
            name: question.name.clone(),
            text: question.text.clone(),
            window,
            given: question.given.as_ref().map(|given| [label(given.from), label(given.to)]),
            condition: declared.and_then(|declared| declared.given.as_ref()).map(|given| condition(model, given)),
            readings: Vec::new(),
            said: said.collect(),
            resolved,
            pooled: None,
        });
    }
    list
}

/// A condition as written: `talks by 2025-06`.
fn condition(model: &Model<'_>, given: &ast::Query) -> String {
    let shown = |expr: &ast::Expr| text(model, expr.span);
    match given {
        ast::Query::By(expr, by) => format!("{} by {}", shown(expr), show(by.value)),
        ast::Query::At(expr, at) | ast::Query::Value(expr, at) => format!("{} at {}", shown(expr), show(at.value)),
        ast::Query::Within(expr, from, to) => {
            format!("{} from {} to {}", shown(expr), show(from.value), show(to.value))
        }
        ast::Query::First(expr, Some(by)) => format!("{} by {}", shown(expr), show(by.value)),
        ast::Query::First(expr, None) => shown(expr),
    }
}
