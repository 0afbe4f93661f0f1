//! What each statement and claim is worth: the same trajectories with it and without it.

use crate::lower::lower;
use crate::run::{Run, RunError, Watch, settings};
use crate::stats::{ConditionalDifference, Difference};
use crate::tally::Tally;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_engine::ensemble::ensemble;
use variorum_engine::plan::Plan;
use variorum_engine::run::ChunkResult;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Program, Question};
use variorum_model::readings::Standing;
use variorum_syntax::ast::{Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, FileId, Span};

/// Something to be taken away.
#[derive(Clone, Debug)]
pub struct Without {
    /// `invasion`, `claim contagion`, or what was given.
    pub name: String,
    /// How it stands to the reading's author: own, borrowed, contested, unsupported; none for claims and patches.
    pub standing: Option<Standing>,
    /// The changed program.
    pub program: Program,
}

/// What taking something away does to one question in one reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Effect {
    /// What is taken away.
    pub without: String,
    /// For statements, how they stand to the reading's author: `own`, `borrowed`, `contested` or `unsupported`.
    pub standing: Option<String>,
    /// The answer with it: a probability, or a mean.
    pub with_it: f64,
    /// The answer without it.
    pub without_it: f64,
    /// With less without: positive if it raises the answer.
    pub effect: f64,
    /// Its standard error, clustered by draw.
    pub error: f64,
    /// For probabilities: the difference of the log-odds.
    pub log_odds: Option<f64>,
    /// For numbers: the difference in predictive standard deviations.
    pub deviations: Option<f64>,
}

/// The statements of a patch: lines as they stand in a reading.
///
/// # Errors
/// What cannot be read.
pub fn parse_patch(text: &str) -> Result<Vec<Statement>, Vec<Diagnostic>> {
    let indented: String = text.lines().map(|line| format!("  {line}\n")).collect();
    let parse = variorum_syntax::parse(FileId(u32::MAX), &format!("reading patch\n{indented}"));
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
    let known = |path: &str| reading.composed.items.iter().any(|item| item.path == path);
    for statement in &statements {
        // A parameter that is new changes nothing, and saying so would mislead.
        if let StatementKind::Param(param) = &statement.kind
            && let Some(name) = param.name.as_ref().map(|name| &name.name).filter(|name| !known(&name.value))
        {
            let message = format!("no parameter is called `{}`", name.value);
            return Err(vec![
                Diagnostic::new(Code::UnknownName, name.span, message)
                    .help("`variorum check --statements` lists the parameters and the claims behind them"),
            ]);
        }
    }
    model.patched(reading, &statements)
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
    patched(model, reading, &format!("switch off {}", paths.join(", ")))
}

/// Everything in a reading that can be switched off by itself: each statement, and for each claim all statements that
/// rest on it and can be. Also the claims that carry parameters and formulas alone, with these: they need a neutral
/// value given by hand.
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
    for entry in model.statements(reading) {
        // The only option of a choice is worth what the choice is, and is not listed besides.
        let only = entry.path.split_once('.').is_some_and(|(choice, _)| options(choice) <= 2);
        if entry.off {
            continue;
        }
        let patch = format!("switch off {}", entry.path);
        match patched(model, reading, &patch) {
            Ok(program) => {
                for claim in &entry.because {
                    by_claim.entry(claim.clone()).or_default().push(entry.path.clone());
                }
                if !only {
                    list.push(Without { name: entry.path, standing: Some(entry.standing), program });
                }
            }
            // Of what cannot be switched off, only parameters and formulas can be given a neutral value.
            Err(_) => {
                let neutral = compiled.is_some_and(|program| {
                    program.params.iter().any(|param| param.name == entry.path)
                        || program.formulas.iter().any(|formula| formula.name == entry.path)
                });
                for claim in entry.because.into_iter().filter(|_| neutral) {
                    with_params.entry(claim).or_default().push(entry.path.clone());
                }
            }
        }
    }
    let order = &model.shared.claim_order;
    for claim in order {
        let Some(paths) = by_claim.get(claim) else { continue };
        match patched(model, reading, &format!("switch off {}", paths.join(", "))) {
            Ok(program) => list.push(Without { name: format!("claim {claim}"), standing: None, program }),
            // Each can be missed, and not all together: an actor who chooses has to want something.
            Err(_) => with_params.entry(claim.clone()).or_default().extend(paths.iter().cloned()),
        }
    }
    let needs = with_params.into_iter().map(|(claim, params)| format!("{claim} ({})", params.join(", "))).collect();
    (list, needs)
}

/// How many programs are run side by side with the unchanged one.
const TOGETHER: usize = 12;

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
    let base = lower(program).map_err(RunError::Lower)?;
    let asked = program.questions.iter().enumerate().find(|(_, asked)| asked.name == question);
    let Some((index, asked)) = asked else {
        let known: Vec<&str> = program.questions.iter().map(|question| question.name.as_str()).collect();
        return Err(RunError::Settings(format!("there is no question `{question}`; there are {}", known.join(", "))));
    };
    let mut effects = Vec::new();
    for group in without.chunks(TOGETHER) {
        let mut plans: Vec<Plan> = vec![base.clone()];
        for variant in group {
            plans.push(lower(&variant.program).map_err(RunError::Lower)?);
        }
        let mut pairs: Vec<Pair> = group.iter().map(|_| Pair::new(asked, index, run.per_draw)).collect();
        let settings = settings(run, 0..run.draws);
        let done = ensemble(&plans, &settings, watch.stop(), &mut |_, chunks| {
            let Some((with, rest)) = chunks.split_first() else { return };
            for (pair, without) in pairs.iter_mut().zip(rest) {
                pair.add(with, without);
            }
            watch.progress(&program.reading, with.draws.end, run.draws);
        });
        done.map_err(|error| RunError::Settings(error.to_string()))?;
        for (variant, pair) in group.iter().zip(&pairs) {
            effects.push(pair.effect(variant));
        }
    }
    Ok(effects)
}

/// A question with something and without it, on the same trajectories.
struct Pair {
    question: usize,
    is_conditional: bool,
    with: Tally,
    without: Tally,
    difference: Difference,
    conditional: ConditionalDifference,
    /// What answers are measured from, so that large ones cost no precision.
    origin: Option<f64>,
}

impl Pair {
    fn new(asked: &Question, question: usize, per_draw: u32) -> Pair {
        Pair {
            question,
            is_conditional: asked.given.is_some(),
            with: Tally::of(&asked.query, per_draw),
            without: Tally::of(&asked.query, per_draw),
            difference: Difference::default(),
            conditional: ConditionalDifference::default(),
            origin: None,
        }
    }

    fn add(&mut self, with: &ChunkResult, without: &ChunkResult) {
        let draws = usize::try_from(with.draws.end - with.draws.start).unwrap_or(0);
        for draw in 0..draws {
            let mut of_draw = [(0.0, 0); 2];
            let both = [(with, &mut self.with), (without, &mut self.without)];
            for ((chunk, tally), result) in both.into_iter().zip(&mut of_draw) {
                let (answers, asked) = (chunk.of_draw(draw, self.question), chunk.asked(draw, self.question));
                tally.add(answers, asked);
                let is_number = matches!(tally, Tally::Numbers(_));
                let asked = |place: usize| asked.is_none_or(|asked| asked.get(place) == Some(&true));
                for (_, answer) in answers.iter().enumerate().filter(|(place, _)| asked(*place)) {
                    let value = match is_number {
                        true => answer - *self.origin.get_or_insert(*answer),
                        false => f64::from(u8::from(*answer != f64::INFINITY)),
                    };
                    result.0 += value;
                    result.1 += 1;
                }
            }
            let [first, second] = of_draw;
            if self.is_conditional {
                self.conditional.add(first, second);
            } else {
                #[expect(clippy::cast_precision_loss, reason = "at most 256")]
                let mean = |(sum, count): (f64, u64)| sum / count as f64;
                self.difference.add(mean(first), mean(second));
            }
        }
    }

    fn effect(&self, variant: &Without) -> Effect {
        let answer = |tally: &Tally| match tally {
            Tally::Share(share) => (share.mean(), None),
            Tally::Numbers(numbers) => (numbers.mean(), Some(numbers.deviation())),
        };
        let ((with_it, deviation), (without_it, _)) = (answer(&self.with), answer(&self.without));
        let (effect, error) = match self.is_conditional {
            true => (self.conditional.mean(), self.conditional.error()),
            false => (self.difference.mean(), self.difference.error()),
        };
        let odds = |p: f64| variorum_engine::math::ln(p / (1.0 - p));
        Effect {
            without: variant.name.clone(),
            standing: variant.standing.map(|standing| format!("{standing:?}").to_lowercase()),
            with_it,
            without_it,
            effect,
            error,
            log_odds: deviation.is_none().then(|| odds(with_it) - odds(without_it)),
            deviations: deviation.map(|deviation| effect / deviation),
        }
    }
}
