//! What statements are worth after what was seen: the answer with them and without them, each on condition of the same
//! observations, and how much better what was seen is foretold with them.

use crate::ablate::{TOGETHER, Without, bears_on};
use crate::answers::Answer;
use crate::condition::{Conditioning, answer_of, forbidden, side_by_side};
use crate::influence::Influence;
use crate::run::{Run, RunError, Watch};
use crate::runs::{Estimate, difference};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_engine::math::exp;
use variorum_model::program::Program;

/// What taking something away does after what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EffectAfter {
    /// The answer with it: a probability, or a mean. Not a number (null) where there is none; so below.
    #[schemars(with = "Option<f64>")]
    pub with_it: f64,
    /// The answer without it, on condition of the same observations.
    #[schemars(with = "Option<f64>")]
    pub without_it: f64,
    /// With less without: positive if it raises the answer.
    #[schemars(with = "Option<f64>")]
    pub effect: f64,
    /// Its standard error, clustered by draw.
    #[schemars(with = "Option<f64>")]
    pub error: f64,
    /// The binary logarithm of the evidence with it less that without: positive if what was seen is likelier with it.
    #[schemars(with = "Option<f64>")]
    pub bits: f64,
    /// Its standard error.
    #[schemars(with = "Option<f64>")]
    pub bits_error: f64,
    /// The effective sample size over draws without it.
    pub effective: f64,
    /// Why there is no answer without it.
    pub reason: Option<String>,
}

impl EffectAfter {
    fn none(reason: String) -> EffectAfter {
        let nan = f64::NAN;
        EffectAfter {
            with_it: nan,
            without_it: nan,
            effect: nan,
            error: nan,
            bits: nan,
            bits_error: nan,
            effective: 0.0,
            reason: Some(reason),
        }
    }
}

/// Measures what taking each thing away does to the question at this place, given what was seen. All programs share their
/// random numbers. Empty if what was seen came about in no trajectory of the whole program, fewer if interrupted.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn ablate_after(
    program: &Program,
    question: usize,
    without: &[Without],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Vec<EffectAfter>, RunError> {
    let Some(asked) = program.questions.get(question) else { return Ok(Vec::new()) };
    let influence = Influence::of(program);
    let bearing = [influence.bearing(asked), influence.seen()];
    let alone = |program: &Program| {
        let questions = program.questions.get(question).into_iter().cloned().collect();
        Program { questions, ..program.clone() }
    };
    // What cannot bear on the question nor on what was seen is as good as the unchanged program.
    let mut known = BTreeMap::<&[String], usize>::new();
    let mut moving = Vec::<&Without>::new();
    let mut places = Vec::<Result<Option<usize>, String>>::new();
    for without in without {
        places.push(match impossible(&without.program) {
            Some(reason) => Err(reason),
            None if !bearing.iter().any(|bearing| bears_on(bearing, without)) => Ok(None),
            None => {
                let next = moving.len();
                let place = without.paths.as_deref().map_or(next, |paths| *known.entry(paths).or_insert(next));
                moving.extend((place == next).then_some(without));
                Ok(Some(place))
            }
        });
    }
    let mut groups: Vec<&[&Without]> = moving.chunks(TOGETHER).collect();
    if groups.is_empty() {
        groups.push(&[]);
    }
    let (mut unmoved, mut moved) = (None, Vec::<EffectAfter>::new());
    for group in groups {
        let changed = group.iter().map(|without| &without.program);
        let programs: Vec<Program> = [program].into_iter().chain(changed).map(alone).collect();
        let found = side_by_side(&programs, run, conditioning, watch)?;
        let whole = found.conditioned.first();
        if whole.is_none_or(|whole| whole.is_starved()) || found.conditioned.iter().any(|each| !each.complete) {
            break;
        }
        let mut effects = (0..programs.len()).map_while(|place| {
            let (with, without) = (found.conditioned.first()?, found.conditioned.get(place)?);
            if without.is_starved() {
                let draws = without.draws();
                return Some(EffectAfter::none(format!(
                    "without it what was seen came about in none of {draws} parameter draws"
                )));
            }
            let answer = |place: usize| {
                let answer = answer_of(programs.get(place)?, 0, found.conditioned.get(place)?);
                answer.map(|(answer, _)| number(&answer))
            };
            let (with_it, without_it) = (answer(0)?, answer(place)?);
            let by = difference(found.columns.first()?.first()?, found.columns.get(place)?.first()?);
            Some(EffectAfter {
                with_it,
                without_it,
                effect: with_it - without_it,
                error: by.error,
                bits: with.log2() - without.log2(),
                bits_error: likelier(found.evidence.first()?, found.evidence.get(place)?),
                effective: without.effective(),
                reason: None,
            })
        });
        unmoved = effects.next().or(unmoved);
        moved.extend(effects);
    }
    let effects = places.into_iter().map_while(|place| match place {
        Err(reason) => Some(EffectAfter::none(reason)),
        Ok(None) => unmoved.clone(),
        Ok(Some(place)) => moved.get(place).cloned(),
    });
    Ok(if unmoved.is_some() { effects.collect() } else { Vec::new() })
}

/// Why what was seen cannot be in a program, if its structure shows that.
fn impossible(program: &Program) -> Option<String> {
    if !program.is_observed() {
        return Some("without it nothing is left that was seen".to_owned());
    }
    let found = forbidden(program)?;
    Some(format!("without it `{}` cannot be: {}", found.observation, found.reason))
}

fn number(answer: &Answer) -> f64 {
    match answer {
        Answer::Probability(answer) => answer.probability,
        Answer::Number(answer) => answer.mean,
        Answer::Date(answer) => answer.ever.probability,
        Answer::Void { .. } => f64::NAN,
    }
}

/// The standard error, in bits, of the difference of two logarithms of evidences on the same draws, to the first order: of
/// the mean of z/Z - y/Y.
fn likelier(first: &[[f64; 2]], second: &[[f64; 2]]) -> f64 {
    let [first, second] = [first, second].map(relative);
    let moved: Vec<f64> = first.iter().zip(&second).map(|(z, y)| z - y).collect();
    Estimate::mean(&moved).error / std::f64::consts::LN_2
}

/// By draw the evidence, divided by the mean of all.
fn relative(evidence: &[[f64; 2]]) -> Vec<f64> {
    let most = evidence.iter().flatten().fold(f64::NEG_INFINITY, |most, log| if *log > most { *log } else { most });
    let of = |log: f64| if log > f64::NEG_INFINITY { exp(log - most) } else { 0.0 };
    let list: Vec<f64> = evidence.iter().map(|[a, b]| 0.5 * (of(*a) + of(*b))).collect();
    let mean = Estimate::mean(&list).value;
    list.into_iter().map(|evidence| evidence / mean).collect()
}
