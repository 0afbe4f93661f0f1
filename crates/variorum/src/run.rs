//! Runs every reading and answers every question.

use crate::answers::{Answer, Answers, Number, Probability, QuestionAnswers, ReadingAnswer, Resolution, Said};
use crate::lower::lower;
use crate::stats::{Numbers, Share};
use crate::{influence, reach, verbal, words};
use sha2::Digest;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use variorum_engine::ensemble::{Settings, ensemble};
use variorum_engine::plan::{CounterKind, Plan};
use variorum_engine::run::{ChunkResult, DEFAULT_LANES};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Law, Program, Query};
use variorum_model::time::show;
use variorum_oracle::{Oracle, OracleError};
use variorum_syntax::ast::{Outcome, SaidValue, StatementKind};

/// The most parameter draws that `until_error` goes to.
pub const MAX_DRAWS: u64 = 1 << 22;

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
pub trait Watch {
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
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Lower(error) => error.fmt(f),
            RunError::Settings(error) => error.fmt(f),
            RunError::Oracle(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

/// What the trajectories of one reading say to one question.
#[derive(Clone, Debug)]
pub enum Tally {
    /// Yes or no.
    Share(Share),
    /// A number, in the shown unit.
    Numbers(Numbers),
}

/// A reading's tallies by question.
#[derive(Clone, Debug)]
pub struct Tallies {
    /// By question.
    pub questions: Vec<Tally>,
    /// Parameter draws done.
    pub draws: u64,
    /// False if the run was cut short.
    pub complete: bool,
    /// How often something was scaled or could not be, by counter: what was counted and how often.
    pub counts: Vec<(String, u64)>,
}

impl Tallies {
    pub(crate) fn new(program: &Program, per_draw: u32) -> Tallies {
        let questions = program.questions.iter().map(|question| match question.query {
            Query::Ever { .. } | Query::First { .. } => Tally::Share(Share::new(u64::from(per_draw / 2))),
            Query::Value { .. } => Tally::Numbers(Numbers::default()),
        });
        Tallies { questions: questions.collect(), draws: 0, complete: true, counts: Vec::new() }
    }

    /// Adds a chunk. Chunks must come in order.
    pub(crate) fn add(&mut self, chunk: &ChunkResult) {
        let draws = usize::try_from(chunk.draws.end - chunk.draws.start).unwrap_or(0);
        for (index, tally) in self.questions.iter_mut().enumerate() {
            for draw in 0..draws {
                match tally {
                    Tally::Share(share) => {
                        share.add(whole(chunk.sum(draw, 0, index)), whole(chunk.sum(draw, 1, index)))
                    }
                    Tally::Numbers(numbers) => {
                        let from = draw * chunk.per_draw;
                        let values = chunk.values.get(index).and_then(|values| values.get(from..from + chunk.per_draw));
                        numbers.add(values.unwrap_or_default());
                    }
                }
            }
        }
        self.draws += chunk.draws.end - chunk.draws.start;
        for ((_, total), count) in self.counts.iter_mut().zip(&chunk.counts) {
            *total += count;
        }
    }

    /// The largest error: of probabilities, and of means as a share of the predictive deviation.
    fn largest_error(&self) -> f64 {
        let errors = self.questions.iter().map(|tally| match tally {
            // Without a single yes (or no) nothing is known but a bound.
            Tally::Share(share) if share.mean() == 0.0 || share.mean() == 1.0 => 1.0 - at_most(share.draws),
            Tally::Share(share) => share.error(),
            Tally::Numbers(numbers) if numbers.deviation() == 0.0 && numbers.draws > 1 => 0.0,
            Tally::Numbers(numbers) => numbers.error() / numbers.deviation(),
        });
        // An error that is not known is larger than any.
        errors.fold(0.0, |largest, error| if error > largest || error.is_nan() { error } else { largest })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, exact in a double")]
fn whole(count: f64) -> u64 {
    count as u64
}

/// Runs one program.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn tallies(program: &Program, run: &Run, watch: &dyn Watch) -> Result<Tallies, RunError> {
    let mut tallies = Tallies::new(program, run.per_draw);
    if run.oracle {
        return by_oracle(program, run, watch, tallies);
    }
    let plan = lower(program).map_err(RunError::Lower)?;
    tallies.counts = counters(&plan);
    let plans = [plan];
    let mut target = run.draws;
    loop {
        let settings = settings(run, tallies.draws..target);
        let from = tallies.draws;
        let done = ensemble(&plans, &settings, watch.stop(), &mut |_, chunks| {
            if let [chunk] = chunks {
                tallies.add(chunk);
                watch.progress(&program.reading, tallies.draws, target);
            }
        });
        let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
        let wanted = run.until_error.is_some_and(|error| !reached(tallies.largest_error(), error));
        tallies.complete = done == target - from;
        if !tallies.complete || !wanted || target >= MAX_DRAWS {
            return Ok(tallies);
        }
        target = (target.next_multiple_of(64) * 2).min(MAX_DRAWS);
    }
}

pub(crate) fn counters(plan: &Plan) -> Vec<(String, u64)> {
    let describe = |kind: CounterKind| match kind {
        CounterKind::Scaled => "probabilities that add up to more than 1 were scaled down",
        CounterKind::Invalid => "a probability or hazard was negative or no number, and counted as 0",
    };
    plan.counters().iter().map(|counter| (format!("{}: {}", counter.name, describe(counter.kind)), 0)).collect()
}

/// The engine's settings for some draws.
#[must_use]
pub fn settings(run: &Run, draws: std::ops::Range<u64>) -> Settings {
    Settings { seed: run.seed, draws, per_draw: run.per_draw as usize, lanes: run.lanes, threads: run.threads }
}

fn by_oracle(program: &Program, run: &Run, watch: &dyn Watch, mut tallies: Tallies) -> Result<Tallies, RunError> {
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
        let mut outcomes = Vec::new();
        for half in 0..2 {
            for slot in 0..run.per_draw / 2 {
                outcomes.push(oracle.trajectory(draw, half, slot));
            }
        }
        for (index, tally) in tallies.questions.iter_mut().enumerate() {
            let values: Vec<f64> = outcomes.iter().filter_map(|outcome| outcome.get(index).copied()).collect();
            let half = values.len() / 2;
            // Yes is the step in which it came true, no is infinite.
            let yes =
                |part: Option<&[f64]>| part.unwrap_or_default().iter().filter(|step| step.is_finite()).count() as u64;
            match tally {
                Tally::Share(share) => share.add(yes(values.get(..half)), yes(values.get(half..))),
                Tally::Numbers(numbers) => numbers.add(&values),
            }
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
    let mut questions = asked(model);
    let mut notes = Vec::new();
    let mut complete = true;
    let mut without_case = BTreeSet::new();
    let mut clock = None;
    for (reading, program) in readings {
        clock = Some(program.clock);
        let tallies = tallies(program, run, watch)?;
        complete &= tallies.complete;
        if let Some(error) = run.until_error
            && !reached(tallies.largest_error(), error)
        {
            notes.push(format!("{}: the error asked for was not reached in {} draws", reading.name, tallies.draws));
        }
        for (what, count) in tallies.counts.iter().filter(|(_, count)| *count > 0) {
            notes.push(format!("{}: {what} ({count} times)", reading.name));
        }
        without_case.extend(unseen(program));
        if tallies.draws == 0 {
            continue;
        }
        for (question, (asked, tally)) in questions.iter_mut().zip(program.questions.iter().zip(&tallies.questions)) {
            question.readings.push(ReadingAnswer {
                reading: reading.name.clone(),
                draws: tallies.draws,
                given: None,
                provenance: None,
                answer: answer(program, &asked.query, tally),
            });
        }
    }
    if !without_case.is_empty() {
        let names: Vec<String> = without_case.into_iter().collect();
        notes.push(format!("not once in their reference class, so that the prior speaks: {}", names.join(", ")));
    }
    let time = clock
        .map_or([String::new(), String::new()], |clock| [clock.label(0), clock.label(clock.steps.saturating_sub(1))]);
    Ok(Answers {
        format: 1,
        model: model.shared.title.clone(),
        fingerprint: fingerprint(model),
        seed: run.seed,
        per_draw: run.per_draw,
        complete,
        time,
        questions,
        scenario: None,
        notes,
    })
}

pub(crate) fn answer(program: &Program, query: &Query, tally: &Tally) -> Answer {
    match tally {
        Tally::Share(share) => {
            let probability = share.mean();
            let reason = (probability == 0.0 || probability == 1.0).then(|| match reach::reason(program, query) {
                Some((outcome, reason)) if outcome == (probability == 1.0) => reason,
                _ => bound(share.draws, probability),
            });
            Answer::Probability(Probability {
                probability,
                interval: interval(program, query, share),
                variance: share.variance(),
                error: share.error(),
                word: words::standard(probability),
                reason,
                curve: Vec::new(),
            })
        }
        Tally::Numbers(numbers) => {
            let (low, high) = numbers.interval();
            let unit = match query {
                Query::Value { unit, .. } => unit.clone(),
                Query::Ever { .. } | Query::First { .. } => String::new(),
            };
            Answer::Number(Number {
                unit,
                median: numbers.quantile(0.5),
                predictive: [numbers.quantile(0.05), numbers.quantile(0.95)],
                quantiles: Vec::new(),
                deviation: numbers.deviation(),
                mean: numbers.mean(),
                interval: [low, high],
                error: numbers.error(),
            })
        }
    }
}

/// The parameters that rest on a base rate without a single case.
fn unseen(program: &Program) -> impl Iterator<Item = String> {
    let prior = |law: &Law| matches!(law, Law::Gamma { shape: 0.5, .. } | Law::Beta { a: 0.5, .. });
    program.params.iter().filter(move |param| prior(&param.law)).map(|param| param.name.clone())
}

/// The interval: a point where nothing is uncertain, none where the halves of the draws do not agree enough to show
/// that anything is.
fn interval(program: &Program, query: &Query, share: &Share) -> Option<[f64; 2]> {
    let mean = share.mean();
    if influence::params(program, query).is_empty() || mean == 0.0 || mean == 1.0 {
        return Some([mean, mean]);
    }
    let (low, high) = share.interval();
    (share.variance() > 0.0).then_some([low, high])
}

/// Whether an error is known and small enough.
fn reached(error: f64, wanted: f64) -> bool {
    error <= wanted
}

/// 0.05^(1 / draws): a probability above 1 less this would have shown itself among so many draws that share nothing,
/// with probability 95% (Clopper and Pearson 1934; about 1 - 3 / draws).
fn at_most(draws: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let draws = draws as f64;
    variorum_engine::math::pow(0.05, 1.0 / draws)
}

/// What a sample without a single yes (or no) supports.
fn bound(draws: u64, probability: f64) -> String {
    let bound = words::percent(1.0 - at_most(draws));
    let (seen, side) = if probability == 0.0 { ("no", "below") } else { ("only", "from 100% by less than") };
    format!("{seen} yes in {draws} parameter draws: {side} {bound}, with 95% confidence")
}

/// The hash of a model's files: the first 16 hexadecimal digits of a SHA-256 of their paths and texts.
#[must_use]
pub fn fingerprint(model: &Model<'_>) -> String {
    let mut hash = sha2::Sha256::new();
    for file in &model.loaded.files {
        for part in [&file.path, &file.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The questions with what sources said and how they came out, yet without answers.
pub(crate) fn asked(model: &Model<'_>) -> Vec<QuestionAnswers> {
    let compiled = model.readings.iter().find_map(|reading| reading.program.as_ref());
    let asked = compiled.map_or(&[][..], |program| program.questions.as_slice());
    let mut list = Vec::new();
    for question in asked {
        let declared = model.shared.questions.iter().find_map(|statement| match &statement.kind {
            StatementKind::Question(declared)
                if declared.name.as_ref().is_some_and(|name| name.value == question.name) =>
            {
                Some(declared)
            }
            _ => None,
        });
        let clock = compiled.map(|program| program.clock);
        let label = |step: u32| clock.map_or(String::new(), |clock| clock.label(step));
        let window = match question.query {
            Query::Ever { from, to, .. } | Query::First { from, to, .. } => [label(from), label(to)],
            Query::Value { at, .. } => [label(at), label(at)],
        };
        let said = declared.iter().flat_map(|declared| &declared.said).map(|said| Said {
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
                    format!("{}.{}-{}#{}", anchor.paragraph, anchor.first_word, anchor.last_word, anchor.fingerprint)
                })
                .collect(),
            window_assumed: said.window_assumed.as_ref().map(|why| why.value.clone()),
        });
        let resolved = declared.and_then(|declared| declared.resolved.as_ref()).map(|resolved| Resolution {
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
            given: None,
            readings: Vec::new(),
            said: said.collect(),
            resolved,
        });
    }
    list
}
