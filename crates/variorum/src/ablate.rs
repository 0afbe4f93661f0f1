//! What each statement and claim is worth: the same trajectories with it and without it. After what was seen:
//! [`crate::ablate_after`].

use crate::ablate_after::EffectAfter;
use crate::influence::{Bearing, Influence};
use crate::origins::{bears, spot};
use crate::run::{Run, RunError, Tally, Watch};
use crate::runs::{Column, Estimate, Runs, difference, progress};
use crate::statements::statements;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_engine::run::ChunkResult;
use variorum_model::collect::Item;
use variorum_model::items::bare;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Program, Question};
use variorum_model::readings;
use variorum_syntax::ast::{Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, FileId, Span};

/// Something to be taken away.
#[derive(Clone, Debug)]
pub struct Without {
    /// `invasion`, `claim contagion`, or what was given.
    pub name: String,
    /// What people are shown: a statement's title or its text, a claim's sentence; empty for what was given.
    pub title: String,
    /// Where it stands, as `file:line`; empty for what was given.
    pub place: String,
    /// How it stands to the reading's author: `own`, `borrowed`, `contested` or `unsupported`; none for claims and patches.
    pub standing: Option<String>,
    /// The statements that are switched off, by path. Unless one of them bears on a question, its answer stays the same to
    /// the last bit. None: anything may have changed.
    pub paths: Option<Vec<String>>,
    /// The changed program.
    pub program: Program,
}

impl Without {
    /// What is left by a patch.
    #[must_use]
    pub fn patch(patch: &str, program: Program) -> Without {
        Without {
            name: patch.to_owned(),
            title: String::new(),
            place: String::new(),
            standing: None,
            paths: None,
            program,
        }
    }
}

/// What taking something away does to one question in one reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Effect {
    /// What is taken away.
    pub without: String,
    /// What people are shown: a statement's title or its text, a claim's sentence; empty for what was given.
    pub title: String,
    /// Where it stands, as `file:line`; empty for what was given.
    pub place: String,
    /// For statements, how they stand to the reading's author: `own`, `borrowed`, `contested` or `unsupported`.
    pub standing: Option<String>,
    /// The answer with it: a probability, or a mean. Not a number (null) where the condition of a conditional question
    /// never came true; so below.
    #[schemars(with = "Option<f64>")]
    pub with_it: f64,
    /// The answer without it.
    #[schemars(with = "Option<f64>")]
    pub without_it: f64,
    /// With less without: positive if it raises the answer.
    #[schemars(with = "Option<f64>")]
    pub effect: f64,
    /// Its standard error, clustered by draw.
    #[schemars(with = "Option<f64>")]
    pub error: f64,
    /// For probabilities: the difference of the log-odds.
    pub log_odds: Option<f64>,
    /// For numbers: the difference in predictive standard deviations.
    pub deviations: Option<f64>,
    /// The same after what was seen; only where something was, and the reading has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<EffectAfter>,
}

/// The text that is read where a patch is given: a reading that consists of it.
#[must_use]
pub fn patch_text(patch: &str) -> String {
    let indented: String = patch.lines().map(|line| format!("  {line}\n")).collect();
    format!("reading given\n{indented}")
}

/// The statements of a patch: lines as they stand in a reading.
///
/// # Errors
/// What cannot be read, in the file of the largest number.
pub fn parse_patch(text: &str) -> Result<Vec<Statement>, Vec<Diagnostic>> {
    let parse = variorum_syntax::parse(FileId(u32::MAX), &patch_text(text));
    if !parse.diagnostics.is_empty() {
        return Err(parse.diagnostics);
    }
    let statements = parse.file.statements.into_iter().find_map(|statement| match statement.kind {
        StatementKind::Reading(reading) => Some(reading.statements),
        _ => None,
    });
    Ok(statements.unwrap_or_default())
}

/// A reading's program after a patch: lines as they stand in a reading, or `claim NAME` for switching off all that rests
/// on a claim.
///
/// # Errors
/// What cannot be read, names a parameter that does not exist, or does not compile.
pub fn patched(model: &Model<'_>, reading: &ReadingOf<'_>, patch: &str) -> Result<Program, Vec<Diagnostic>> {
    if let Some(claim) = patch.trim().strip_prefix("claim ") {
        return without_claim(model, reading, claim.trim());
    }
    let statements = parse_patch(patch)?;
    // A parameter for each of several entities is known by its bare name too.
    let is = |item: &Item<'_>, path: &str| item.path == path || bare(&item.path) == Some(path);
    let known = |path: &str| reading.composed.items.iter().any(|item| is(item, path));
    for statement in &statements {
        // A parameter that is new changes nothing, and saying so would mislead.
        if let StatementKind::Param(param) = &statement.kind
            && let Some(name) = param.name.as_ref().filter(|name| !known(&readings::show_name(name)))
        {
            let message = format!("no parameter is called `{}`", readings::show_name(name));
            return Err(vec![
                Diagnostic::new(Code::UnknownName, name.span, message)
                    .help("`variorum check --statements` lists the parameters and the claims behind them"),
            ]);
        }
    }
    model.patched(reading, &statements)
}

/// Lines that switch off some statements, a line for each: commas stand in the names of correlations too.
fn switch_off(paths: &[String]) -> String {
    paths.iter().map(|path| format!("switch off {path}\n")).collect()
}

/// A reading's program without the statements behind a claim.
fn without_claim(model: &Model<'_>, reading: &ReadingOf<'_>, claim: &str) -> Result<Program, Vec<Diagnostic>> {
    let resting = |path: &str| patched(model, reading, &format!("switch off {path}")).is_ok();
    let paths: Vec<String> = model
        .statements(reading)
        .into_iter()
        .filter(|entry| !entry.off && entry.because.iter().any(|because| because == claim) && resting(&entry.path))
        .map(|entry| entry.path)
        .collect();
    if paths.is_empty() {
        let message = format!("nothing that can be switched off rests on the claim `{claim}` in this reading");
        return Err(vec![
            Diagnostic::new(Code::UnknownName, Span::default(), message)
                .help("claims behind parameters alone need a neutral value: `param NAME = 0`"),
        ]);
    }
    patched(model, reading, &switch_off(&paths))
}

/// Everything in a reading that can be switched off by itself: each statement (of what one statement says of several
/// entities, all at once), and for each claim all statements that rest on it and can be. Also the claims that carry
/// parameters and formulas alone, with these: they need a neutral value given by hand.
#[must_use]
pub fn candidates(model: &Model<'_>, reading: &ReadingOf<'_>) -> (Vec<Without>, Vec<String>) {
    let mut list = Vec::new();
    let mut by_claim = BTreeMap::<String, Vec<String>>::new();
    let mut with_params = BTreeMap::<String, Vec<String>>::new();
    let compiled = reading.program.as_ref();
    let options = |choice: &str| {
        let found = compiled.and_then(|program| program.choices.iter().find(|other| other.name == choice));
        found.map_or(0, |choice| choice.options.len())
    };
    for row in statements(model, reading).into_iter().filter(|row| !row.off) {
        // The only option of a choice is worth what the choice is, and is not listed besides.
        let first = row.paths.first().map_or("", String::as_str);
        let only = first.rsplit_once('.').is_some_and(|(choice, _)| options(choice) == 2);
        match patched(model, reading, &switch_off(&row.paths)) {
            Ok(program) => {
                for claim in &row.because {
                    by_claim.entry(claim.clone()).or_default().extend(row.paths.iter().cloned());
                }
                if !only {
                    list.push(Without {
                        title: row.shown(),
                        name: row.path,
                        place: format!("{}:{}", row.file, row.line),
                        standing: Some(row.standing),
                        paths: Some(row.paths),
                        program,
                    });
                }
            }
            // Of what cannot be switched off, only parameters and formulas can be given a neutral value.
            Err(_) => {
                let neutral = matches!(row.kind.as_str(), "param" | "let");
                for claim in row.because.into_iter().filter(|_| neutral) {
                    with_params.entry(claim).or_default().push(row.path.clone());
                }
            }
        }
    }
    for key in &model.shared.claim_order {
        let (Some(paths), Some(claim)) = (by_claim.remove(key), model.shared.claims.get(key)) else { continue };
        match patched(model, reading, &switch_off(&paths)) {
            Ok(program) => list.push(Without {
                name: format!("claim {key}"),
                title: claim.text.as_ref().map_or(String::new(), |text| text.value.clone()),
                place: claim.name.as_ref().map_or(String::new(), |name| spot(model, name.span).to_string()),
                standing: None,
                paths: Some(paths),
                program,
            }),
            // Each can be missed, and not all together: an actor who chooses has to want something.
            Err(_) => with_params.entry(key.clone()).or_default().extend(paths),
        }
    }
    let needs = with_params.into_iter().map(|(claim, params)| format!("{claim} ({})", params.join(", "))).collect();
    (list, needs)
}

/// Whether what is taken away can have a bearing.
pub(crate) fn bears_on(bearing: &Bearing, without: &Without) -> bool {
    without.paths.as_ref().is_none_or(|paths| paths.iter().any(|path| bears(bearing, path)))
}

/// How many programs are run side by side with the unchanged one.
pub(crate) const TOGETHER: usize = 12;

/// Measures what taking each thing away does to a question. All programs share their random numbers.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn ablate(
    program: &Program,
    question: &str,
    without: &[Without],
    run: &Run,
    watch: &dyn Watch,
) -> Result<Vec<Effect>, RunError> {
    let Some(index) = program.questions.iter().position(|asked| asked.name == question) else {
        let known: Vec<&str> = program.questions.iter().map(|question| question.name.as_str()).collect();
        return Err(RunError::Settings(format!("there is no question `{question}`; there are {}", known.join(", "))));
    };
    let Some(asked) = program.questions.get(index) else { return Ok(Vec::new()) };
    let bearing = Influence::of(program).bearing(asked);
    // What cannot bear on the question is as good as the unchanged program, which is run beside the others; and the same
    // statements need no second run.
    let mut known = BTreeMap::<&[String], usize>::new();
    let mut moving = Vec::<&Without>::new();
    let mut runs = Vec::<Option<usize>>::new();
    for without in without {
        runs.push(bears_on(&bearing, without).then(|| {
            let next = moving.len();
            let run = without.paths.as_deref().map_or(next, |paths| *known.entry(paths).or_insert(next));
            moving.extend((run == next).then_some(without));
            run
        }));
    }
    let mut groups: Vec<&[&Without]> = moving.chunks(TOGETHER).collect();
    if groups.is_empty() {
        groups.push(&[]);
    }
    let mut unmoved = None;
    let mut moved = Vec::<Moved>::new();
    for (number, group) in groups.into_iter().enumerate() {
        let name = format!("{}: {} of {}", program.reading, number * TOGETHER, moving.len());
        let programs = [program].into_iter().chain(group.iter().map(|without| &without.program)).cloned();
        let programs: Vec<Program> = programs.collect();
        let mut columns = vec![vec![(index, Column::new(asked.given.is_some()))]; group.len() + 1];
        let mut base = Base::new(asked, run.per_draw);
        let also = &mut |chunks: &[ChunkResult]| {
            if let Some(chunk) = chunks.first() {
                base.add(chunk, index);
            }
            progress(watch, &name, run.draws, chunks);
        };
        let complete = Runs::new(&programs, run.threads)?.extend(run, 0..run.draws, watch, also, &mut columns)?;
        let mut columns = columns.into_iter().flatten().map(|(_, column)| column);
        base.column = columns.next().filter(|column| !column.is_empty());
        unmoved = base.by(base.column.as_ref()).or(unmoved);
        moved.extend(columns.map_while(|column| base.by(Some(&column))));
        if !complete {
            break;
        }
    }
    let effects = without.iter().zip(runs).filter_map(|(without, run)| {
        let moved = run.map_or(unmoved, |run| moved.get(run).copied())?;
        Some(moved.effect(without))
    });
    Ok(effects.collect())
}

/// A question's answers with everything.
pub(crate) struct Base {
    column: Option<Column>,
    tally: Tally,
}

impl Base {
    pub(crate) fn new(asked: &Question, per_draw: u32) -> Base {
        Base { column: None, tally: Tally::of(&asked.query, per_draw) }
    }

    pub(crate) fn add(&mut self, chunk: &ChunkResult, question: usize) {
        let draws = usize::try_from(chunk.draws.end - chunk.draws.start).unwrap_or(0);
        for draw in 0..draws {
            self.tally.add(chunk.of_draw(draw, question), chunk.asked(draw, question));
        }
    }

    /// What it comes to without something; none before there is anything.
    fn by(&self, without: Option<&Column>) -> Option<Moved> {
        Some(self.between(self.column.as_ref()?, without?))
    }

    /// By how much two columns differ, measured in the deviation of what was added.
    pub(crate) fn between(&self, with: &Column, without: &Column) -> Moved {
        Moved {
            with_it: with.whole(),
            without_it: without.whole(),
            by: difference(with, without),
            deviation: match &self.tally {
                Tally::Share(_) => None,
                Tally::Numbers(numbers) => Some(numbers.deviation()),
            },
        }
    }
}

/// The answers with and without something.
#[derive(Clone, Copy)]
pub(crate) struct Moved {
    with_it: f64,
    without_it: f64,
    by: Estimate,
    /// The predictive standard deviation of a number.
    deviation: Option<f64>,
}

impl Moved {
    /// The predictive standard deviation, of numbers.
    pub(crate) fn deviation(self) -> Option<f64> {
        self.deviation
    }

    fn effect(self, without: &Without) -> Effect {
        Effect {
            title: without.title.clone(),
            place: without.place.clone(),
            standing: without.standing.clone(),
            ..self.named(without.name.clone())
        }
    }

    /// The effect of taking away what is called so.
    pub(crate) fn named(self, without: String) -> Effect {
        let Moved { with_it, without_it, by, deviation } = self;
        let odds = |p: f64| variorum_engine::math::ln(p / (1.0 - p));
        Effect {
            without,
            title: String::new(),
            place: String::new(),
            standing: None,
            with_it,
            without_it,
            effect: by.value,
            error: by.error,
            log_odds: deviation.is_none().then(|| odds(with_it) - odds(without_it)),
            deviations: deviation.map(|deviation| by.value / deviation),
            after: None,
        }
    }
}
