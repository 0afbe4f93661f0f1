//! What if: the same trajectories in the world as it is and with an intervention.

use crate::answer::Answering;
use crate::answers::{Answer, Head};
use crate::condition::{Conditioned, Conditioning, SideBySide, answer_of, side_by_side};
use crate::evidence::observed;
use crate::origins::text;
use crate::run::{Kept, Run, RunError, Tallies, Watch, asked, head, times};
use crate::runs::{Column, Runs, difference, each, progress};
use schemars::JsonSchema;
use serde::Serialize;
use variorum_engine::run::ChunkResult;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;
use variorum_model::scenario;
use variorum_syntax::ast;
use variorum_syntax::diagnostic::Diagnostic;

/// Scenarios side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIf {
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// What is compared with the world as it is.
    pub scenarios: Vec<Played>,
    /// What all this is on condition of, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// The questions in the order of the model.
    pub questions: Vec<WhatIfQuestion>,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// What was seen before the first change: the past that the world as it is and all scenarios have in common. What a scenario
/// holds comes as a surprise, so that no actor acts on it beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Given {
    /// The first step in which a scenario changes anything.
    pub since: String,
    /// The last step before it of which anything was seen; none where nothing was.
    pub until: Option<String>,
    /// What counts, as it is written.
    pub observations: Vec<String>,
    /// The places of that in the list of all that was seen that `run` shows, counted from 1.
    pub numbers: Vec<usize>,
    /// To which step records count; none where none does.
    pub records: Option<String>,
    /// How much was seen in all.
    pub of: usize,
}

impl Given {
    fn new(program: &Program, since: u32) -> Given {
        let (all, label) = (observed(Some(program)), |step: u32| program.clock.label(step));
        let before = program.seen_before(since);
        let observations = before.observations.iter().map(|seen| &seen.name);
        let last = before.observations.iter().map(|seen| seen.to).chain(before.records.iter().map(|record| record.to));
        let last = last.max();
        let kept: Vec<&String> = observations.chain(before.records.iter().map(|record| &record.name)).collect();
        let (numbers, observations) = all
            .iter()
            .enumerate()
            .filter(|(_, (_, (_, observed)))| kept.contains(&&observed.name))
            .map(|(place, (_, (_, observed)))| (place + 1, observed.name.clone()))
            .unzip();
        Given {
            since: label(since),
            until: last.map(label),
            observations,
            numbers,
            records: before.records.iter().map(|record| record.to).max().map(label),
            of: all.len(),
        }
    }
}

/// A scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Played {
    /// Its name, or the line that was given.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// What is done in it, line by line as written.
    pub actions: Vec<String>,
}

/// One question in all scenarios.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfQuestion {
    /// Its name.
    pub name: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// For a conditional question, its condition as written.
    pub condition: Option<String>,
    /// By reading.
    pub readings: Vec<WhatIfReading>,
}

/// One reading's answers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfReading {
    /// The reading's name.
    pub reading: String,
    /// The answer in the world as it is.
    pub without: Answer,
    /// The answers in the scenarios, in their order.
    pub scenarios: Vec<WhatIfAnswer>,
}

/// An answer in a scenario.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhatIfAnswer {
    /// The scenario's name.
    pub scenario: String,
    /// The answer in it.
    pub answer: Answer,
    /// By how much it moves the probability or the mean, on the same random numbers; none where either is void.
    pub difference: Option<f64>,
    /// Its standard error, clustered by draw.
    pub error: Option<f64>,
}

/// A scenario to be played.
#[derive(Clone, Debug)]
pub struct Scene {
    /// What people are shown of it.
    pub shown: Played,
    /// What it does.
    pub parsed: ast::Scenario,
}

/// Why scenarios cannot be played.
#[derive(Clone, Debug)]
pub enum WhatIfError {
    /// A scenario does not fit a reading.
    Scenario {
        /// The scenario's name.
        scenario: String,
        /// The reading's name; empty if it cannot even be read.
        reading: String,
        /// What was found.
        found: Vec<Diagnostic>,
    },
    /// The question or the scenario does not exist.
    Unknown(String),
    /// The run failed.
    Run(RunError),
}

impl From<RunError> for WhatIfError {
    fn from(error: RunError) -> WhatIfError {
        WhatIfError::Run(error)
    }
}

/// The lines that are given in place of a scenario's name; `;` stands for the end of a line.
#[must_use]
pub fn lines(given: &str) -> String {
    given.split([';', '\n']).map(|line| format!("{}\n", line.trim())).collect()
}

/// The scenario of that name; of what is no scenario's name the lines that it consists of.
///
/// # Errors
/// What cannot be read, in the file of the largest number.
pub fn scene(model: &Model<'_>, given: &str) -> Result<Scene, WhatIfError> {
    let given = given.trim();
    if let Some(scenario) = model.scenario(given) {
        let title = scenario.title.as_ref().map_or(given, |title| title.value.as_str());
        let actions = scenario.statements.iter().map(|statement| text(model, statement.span)).collect();
        let shown = Played { name: given.to_owned(), title: title.to_owned(), actions };
        return Ok(Scene { shown, parsed: scenario.clone() });
    }
    // One word is the name of a scenario that does not exist.
    if !given.contains(char::is_whitespace) {
        let known: Vec<&str> = model
            .shared
            .scenarios
            .iter()
            .filter_map(|scenario| scenario.name.as_ref())
            .map(|name| name.value.as_str())
            .collect();
        let known =
            if known.is_empty() { "this model has none".to_owned() } else { format!("there are {}", known.join(", ")) };
        return Err(WhatIfError::Unknown(format!(
            "there is no scenario `{given}`; {known}; lines of one can be given in quotes, as in \"hold aid[KR] = offensive\""
        )));
    }
    let lines = lines(given);
    match scenario::parse(given, &lines) {
        Ok(parsed) => {
            let actions = lines.lines().map(str::to_owned).collect();
            Ok(Scene { shown: Played { title: given.to_owned(), name: given.to_owned(), actions }, parsed })
        }
        Err(found) => Err(WhatIfError::Scenario { scenario: given.to_owned(), reading: String::new(), found }),
    }
}

/// Plays readings with and without scenarios; `only` these questions are answered, or all if none is named. With `observed`,
/// on condition of what was seen before the first of the scenarios' interventions, which then come as a surprise. What is
/// `kept` of the world as it is is not played again.
///
/// # Errors
/// A scenario does not fit a reading, the question does not exist, a program is too large, or the settings cannot be.
pub fn whatif(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    scenes: &[Scene],
    only: &[String],
    (observed, kept): (Option<&Conditioning>, Option<&Kept>),
    run: &Run,
    watch: &dyn Watch,
) -> Result<WhatIf, WhatIfError> {
    let mut questions: Vec<WhatIfQuestion> = asked(model)
        .into_iter()
        .map(|asked| WhatIfQuestion {
            name: asked.name,
            text: asked.text,
            window: asked.window,
            condition: asked.condition,
            readings: Vec::new(),
        })
        .collect();
    if let Some(question) = only.iter().find(|only| !questions.iter().any(|asked| asked.name == **only)) {
        let known: Vec<&str> = questions.iter().map(|asked| asked.name.as_str()).collect();
        let why = format!("there is no question `{question}`; there are {}", known.join(", "));
        return Err(WhatIfError::Unknown(why));
    }
    let mut complete = true;
    let mut notes = Vec::new();
    let mut all: Vec<(&ReadingOf<'_>, Vec<Program>)> = Vec::with_capacity(readings.len());
    for (reading, program) in readings {
        let mut programs = vec![(*program).clone()];
        for scene in scenes {
            programs.push(model.scenario_program(reading, &scene.parsed).map_err(|found| WhatIfError::Scenario {
                scenario: scene.shown.name.clone(),
                reading: reading.name.clone(),
                found,
            })?);
        }
        all.push((reading, programs));
    }
    let since = all.iter().map(|(_, programs)| since(programs)).min().unwrap_or(0);
    let given = readings.first().filter(|_| observed.is_some()).map(|(_, program)| Given::new(program, since));
    let played = each(&all, run, watch, &|(reading, programs), run, watch| match observed {
        None => play(programs, kept.and_then(|kept| kept.of(&reading.name, run)), run, watch),
        // One and the same past: nobody acts beforehand on what a scenario will do.
        Some(conditioning) => {
            let programs: Vec<Program> =
                programs.iter().map(|program| program.seen_before(since).surprising()).collect();
            play_observed(&programs, run, conditioning, watch)
        }
    })?;
    for ((reading, _), played) in all.iter().zip(played) {
        complete &= played.complete;
        notes.extend(played.notes.into_iter().map(|note| format!("{}: {note}", reading.name)));
        for (question, answers) in questions.iter_mut().zip(played.questions) {
            let mut answers = answers.into_iter();
            let Some((without, _)) = answers.next() else { continue };
            let scenarios = answers.zip(scenes).map(|((answer, moved), scene)| WhatIfAnswer {
                scenario: scene.shown.name.clone(),
                answer,
                difference: moved.map(|(by, _)| by),
                error: moved.map(|(_, error)| error),
            });
            let scenarios = scenarios.collect();
            question.readings.push(WhatIfReading { reading: reading.name.clone(), without, scenarios });
        }
    }
    questions.retain(|asked| only.is_empty() || only.contains(&asked.name));
    let clock = readings.first().map(|(_, program)| program.clock);
    Ok(WhatIf {
        head: head(model, clock, run, complete),
        scenarios: scenes.iter().map(|scene| scene.shown.clone()).collect(),
        given,
        questions,
        notes,
    })
}

/// The first step in which any scenario changes something; a changed statement changes everything.
fn since(programs: &[Program]) -> u32 {
    let Some((base, scenarios)) = programs.split_first() else { return 0 };
    let of = |program: &Program| {
        let without = Program { interventions: Vec::new(), scenario: None, ..program.clone() };
        let base = Program { interventions: Vec::new(), scenario: None, ..base.clone() };
        let first = program.interventions.iter().map(|intervention| intervention.from).min();
        if without == base { first.unwrap_or(0) } else { 0 }
    };
    scenarios.iter().map(of).min().unwrap_or(0)
}

/// Runs programs with the same questions and observations side by side, on condition of these.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn play_observed(
    programs: &[Program],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Side, RunError> {
    let SideBySide { conditioned, columns, .. } = side_by_side(programs, run, conditioning, watch)?;
    let mut side = Side { questions: Vec::new(), complete: true, notes: Vec::new() };
    side.complete = conditioned.iter().all(|conditioned| conditioned.complete);
    if conditioned.iter().any(Conditioned::is_starved) {
        side.notes.push("what was seen came about in no trajectory".to_owned());
        return Ok(side);
    }
    for question in 0..programs.first().map_or(0, |program| program.questions.len()) {
        let Some(base) = columns.first().and_then(|columns| columns.get(question)) else { break };
        let mut answers = Vec::new();
        for ((program, conditioned), columns) in programs.iter().zip(&conditioned).zip(&columns) {
            let (Some((answer, _)), Some(column)) = (answer_of(program, question, conditioned), columns.get(question))
            else {
                break;
            };
            let moved = difference(column, base);
            answers.push((answer, (!moved.value.is_nan()).then_some((moved.value, moved.error))));
        }
        side.questions.push(answers);
    }
    Ok(side)
}

/// An answer, and by how much it lies above that of the first program, with the error of that; none where either is void.
pub type Moved = (Answer, Option<(f64, f64)>);

/// What programs with the same questions answer, on the same random numbers.
#[derive(Clone, Debug)]
pub struct Side {
    /// By question, then by program; empty if it was interrupted before anything was done.
    pub questions: Vec<Vec<Moved>>,
    /// False if it was interrupted.
    pub complete: bool,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// Runs programs with the same questions side by side, but the first if it is known.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn play(
    programs: &[Program],
    known: Option<(&Tallies, &[Column])>,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Side, RunError> {
    let Some(first) = programs.first() else {
        return Ok(Side { questions: Vec::new(), complete: true, notes: Vec::new() });
    };
    let new = programs.get(usize::from(known.is_some())..).unwrap_or_default();
    let runs = Runs::new(new, run.threads)?;
    let plans = new.iter().zip(runs.plans());
    let mut tallies: Vec<Tallies> =
        plans.map(|(program, plan)| Tallies::of_plan(program, plan, run.per_draw)).collect();
    let column = |question: &variorum_model::program::Question| Column::new(question.given.is_some());
    let columns = first.questions.iter().map(column).enumerate();
    let mut columns = vec![columns.collect::<Vec<_>>(); new.len()];
    let also = &mut |chunks: &[ChunkResult]| {
        tallies.iter_mut().zip(chunks).for_each(|(tallies, chunk)| tallies.add(chunk));
        progress(watch, &first.reading, run.draws, chunks);
    };
    let complete = runs.extend(run, 0..run.draws, watch, also, &mut columns)?;
    if let Some((of_first, of_draws)) = known {
        // Where it was interrupted, the answers of the first rest on more draws than the differences do.
        let done = columns.iter().flatten().next().map_or(of_first.draws, |(_, column)| column.len() as u64);
        let done = usize::try_from(done).unwrap_or(usize::MAX);
        tallies.insert(0, of_first.clone());
        columns.insert(0, of_draws.iter().map(|column| column.first(done)).enumerate().collect());
    }
    let mut notes = Vec::new();
    for (tallies, program) in tallies.iter().zip(programs) {
        let scenario = program.scenario.as_ref().map_or(String::new(), |scenario| format!("in {scenario}: "));
        let counted = tallies.counts.iter().filter(|(_, count)| *count > 0);
        notes.extend(counted.map(|(what, count)| format!("{scenario}{what} ({})", times(*count))));
    }
    let answering: Vec<Answering<'_>> = programs.iter().map(Answering::new).collect();
    let mut questions = Vec::new();
    for question in 0..first.questions.len() {
        let of = |run: &Vec<(usize, Column)>| run.get(question).map(|(_, column)| column.clone());
        let Some(base) = columns.first().and_then(of).filter(|base| !base.is_empty()) else { break };
        let mut answers = Vec::new();
        for (place, answering) in answering.iter().enumerate() {
            let (Some(tallies), Some(column)) = (tallies.get(place), columns.get(place).and_then(of)) else { break };
            let Some(answer) = answering.answer(question, tallies) else { break };
            let moved = difference(&column, &base);
            let moved = (!moved.value.is_nan()).then_some((moved.value, moved.error));
            answers.push((answer, moved));
        }
        questions.push(answers);
    }
    Ok(Side { questions, complete, notes })
}
