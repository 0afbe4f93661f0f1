//! Why an answer is what it is: what it rests on, what it would move with, and what each statement is worth to it.

use crate::ablate::{Effect, Without, ablate, candidates, patched};
use crate::ablate_after::ablate_after;
use crate::answers::{After, Answer, Condition, Head, Provenance};
use crate::condition::{Conditioned, Conditioning, answer_of, condition_kept};
use crate::drivers::{Drivers, ERROR, describe, drivers};
use crate::drivers_after::{DriverAfter, FEW, SharedAfter, Sharing};
use crate::influence::Influence;
use crate::known::{Gone, gone};
use crate::origins::{kinds, together};
use crate::provenance::provenance_of;
use crate::run::{self, Run, RunError, Watch};
use crate::statements::statements;
use crate::stories::{Stories, stories};
use crate::words::{percent, short};
use schemars::JsonSchema;
use serde::Serialize;
use variorum_engine::math::{gamma_quantile, ln};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;
use variorum_syntax::diagnostic::Diagnostic;

/// Up to so many statements are taken away after what was seen too, where none is named: each costs a conditioned run.
const MOST_AFTER: usize = 24;

/// A question explained.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// Parameter draws for answers and ablations.
    pub draws: u64,
    /// The question's name.
    pub question: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// For a conditional question, its condition as written.
    pub condition: Option<String>,
    /// By reading.
    pub readings: Vec<ReadingExplanation>,
}

/// One reading's answer explained.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingExplanation {
    /// The reading's name.
    pub reading: String,
    /// What people are shown.
    pub title: String,
    /// For a conditional question: how often its condition came true. Only these trajectories answer.
    pub given: Option<Condition>,
    /// Its answer.
    pub answer: Answer,
    /// What it rests on, if asked for.
    pub provenance: Option<Provenance>,
    /// What it would move with, the most important first, if asked for: by the total share before what was seen, or by the
    /// share after it, whichever is larger.
    pub drivers: Vec<Driver>,
    /// What taking away each statement and claim does, if asked for: signed, and never to be summed.
    pub effects: Vec<Effect>,
    /// Claims that carry parameters and formulas alone, with these: they need a neutral value given by hand.
    pub needs_value: Vec<String>,
    /// The answer on condition of what was seen; none where nothing was, or the reading has it in no trajectory.
    pub after: Option<After>,
    /// What was seen moved these parameters most, of those that bear on the question, if anything was seen.
    pub learned: Vec<Learned>,
    /// How many parameters that bear on it were not moved by more than chance would, or hardly.
    pub unmoved: usize,
    /// How much of the question's window lies before the end of what was seen; none where nothing of it does, or nothing was
    /// seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
    /// The variance that is left after what was seen, if anything was and provenance or drivers were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_after: Option<SharedAfter>,
    /// How it comes about, if asked for: after what was seen, where something was.
    pub stories: Option<Stories>,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// A parameter, or several that are drawn together, and the variance that it is worth (semantics, section 9).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Driver {
    /// Its name; several joined by `, `.
    pub parameter: String,
    /// The statement that it belongs to, as a path.
    pub statement: String,
    /// What people are shown of that statement: whose it is, and its title or its text.
    pub title: String,
    /// Where that stands, as `file:line`.
    pub place: String,
    /// `cited`, `base_rate`, `wording`, `assumed` or `mixed`.
    pub origin: String,
    /// The origin in words: the anchor, the reference class, the judgement; empty if its parameters have several.
    pub origin_text: String,
    /// Its law as written.
    pub written: String,
    /// Share of the variance that would go if it alone were known.
    #[schemars(with = "Option<f64>")]
    pub first: f64,
    /// Standard error.
    #[schemars(with = "Option<f64>")]
    pub first_error: f64,
    /// Share of the variance that would be left if all else were known.
    #[schemars(with = "Option<f64>")]
    pub total: f64,
    /// Standard error.
    #[schemars(with = "Option<f64>")]
    pub total_error: f64,
    /// The answer where it is in the lowest and the highest fifth of its law; of several, where the first of them is.
    #[schemars(with = "[Option<f64>; 2]")]
    pub ends: [f64; 2],
    /// The same after what was seen; only where something was, and there is enough to be shared out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<DriverAfter>,
}

/// What was learned about a parameter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Learned {
    /// Its name.
    pub parameter: String,
    /// What people are shown of the statement that it belongs to: whose it is, and its title or its text.
    pub title: String,
    /// Where it stands, as `file:line`.
    pub place: String,
    /// Its law as written, with its unit.
    pub written: String,
    /// The ends of its fifths, in the unit in which it is written: five intervals of equal probability before anything was seen.
    pub ends: Vec<f64>,
    /// The probability of each fifth afterwards.
    pub fifths: Vec<f64>,
    /// How far that is from before: the relative entropy, in bits.
    pub bits: f64,
    /// What would be seen by chance of a parameter that was not moved, with 5% for all that are looked at, in bits.
    pub floor: f64,
}

/// What is to be explained.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What the answer rests on.
    pub provenance: bool,
    /// What it would move with.
    pub drivers: bool,
    /// What each statement and claim is worth.
    pub ablate: bool,
    /// How it comes about.
    pub stories: bool,
    /// The largest error of a driver's share that is good enough; none is [`ERROR`].
    pub until_error: Option<f64>,
    /// These are taken away besides: `claim NAME`, or lines as they stand in a reading.
    pub without: Vec<String>,
}

/// Why there is no explanation.
#[derive(Clone, Debug)]
pub enum ExplainError {
    /// The question does not exist.
    Question(String),
    /// Lines to be taken away do not fit a reading.
    Patch {
        /// The lines.
        patch: String,
        /// The reading's name.
        reading: String,
        /// What was found.
        found: Vec<Diagnostic>,
    },
    /// A run failed.
    Run(RunError),
}

impl From<RunError> for ExplainError {
    fn from(error: RunError) -> ExplainError {
        ExplainError::Run(error)
    }
}

/// Explains the answers to a question. If it is interrupted, with what there is.
///
/// # Errors
/// The question does not exist, lines do not fit a reading, a program is too large, or the settings cannot be.
pub fn explain(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    question: &str,
    asked: &Asked,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Explanation, ExplainError> {
    let compiled = readings.first().map_or(&[][..], |(_, program)| program.questions.as_slice());
    let Some(index) = compiled.iter().position(|compiled| compiled.name == question) else {
        let known: Vec<&str> = compiled.iter().map(|compiled| compiled.name.as_str()).collect();
        return Err(ExplainError::Question(format!(
            "there is no question `{question}`; there are {}",
            known.join(", ")
        )));
    };
    let mut taken = Vec::new();
    for (reading, _) in readings {
        let (mut list, mut needs) = (Vec::new(), Vec::new());
        if asked.ablate {
            (list, needs) = candidates(model, reading);
        }
        for patch in &asked.without {
            let changed = patched(model, reading, patch).map_err(|found| ExplainError::Patch {
                patch: patch.clone(),
                reading: reading.name.clone(),
                found,
            })?;
            list.push(Without::patch(patch, changed));
        }
        taken.push((list, needs));
    }
    let answers = run::run(model, readings, run, watch)?;
    let mut explanation = Explanation {
        head: answers.head,
        draws: run.draws,
        question: question.to_owned(),
        text: String::new(),
        window: [String::new(), String::new()],
        condition: None,
        readings: Vec::new(),
    };
    let Some(of_question) = answers.questions.into_iter().nth(index) else { return Ok(explanation) };
    (explanation.text, explanation.window) = (of_question.text, of_question.window);
    explanation.condition = of_question.condition;
    let stopped = || watch.stop().load(std::sync::atomic::Ordering::Relaxed);
    for (((reading, program), (without, needs_value)), answer) in readings.iter().zip(taken).zip(of_question.readings) {
        let mut of_reading = ReadingExplanation {
            reading: reading.name.clone(),
            title: reading.title.clone(),
            given: answer.given,
            answer: answer.answer,
            provenance: None,
            drivers: Vec::new(),
            effects: Vec::new(),
            needs_value,
            after: None,
            learned: Vec::new(),
            unmoved: 0,
            gone: None,
            shared_after: None,
            stories: None,
            notes: Vec::new(),
        };
        let conditioning = Conditioning::default();
        let mut sharing = None;
        if program.is_observed() && !stopped() {
            let alone = Program { questions: vec![program.questions[index].clone()], ..(*program).clone() };
            let (conditioned, halves) = condition_kept(&alone, run, &conditioning, watch)?;
            match answer_of(&alone, 0, &conditioned) {
                Some((answer, given)) => of_reading.after = Some(After { given, answer }),
                None => of_reading.notes.push("what was seen came about in no trajectory of this reading".to_owned()),
            }
            (of_reading.learned, of_reading.unmoved) = learned(model, reading, &alone, &conditioned);
            of_reading.gone = of_reading
                .after
                .as_ref()
                .and_then(|after| gone(&alone, alone.questions.first()?, &of_reading.answer, &after.answer));
            let wanted = (asked.provenance || asked.drivers) && !conditioned.is_starved();
            sharing = wanted.then(|| Sharing::of(program, index, &halves, (run.seed, &conditioned)));
        }
        if asked.stories && !stopped() {
            of_reading.stories = stories(program, index, run, &conditioning, watch)?;
        }
        if asked.provenance && !stopped() {
            let of = provenance_of(model, reading, program, (&[index], None), run, watch)?;
            of_reading.provenance = of.into_iter().next();
        }
        if asked.drivers && !stopped() {
            let error = asked.until_error.unwrap_or(ERROR);
            let found = drivers(model, reading, program, index, error, run, watch)?;
            of_reading.notes.extend(remark(&found, error));
            of_reading.drivers = found.drivers;
        }
        if let Some(sharing) = sharing.filter(|_| !stopped()) {
            of_reading.shared_after = Some(if asked.provenance { sharing.origins(reading) } else { sharing.shared() });
            if asked.drivers {
                drivers_after(model, reading, program, &sharing, &mut of_reading.drivers);
            }
            of_reading.notes.extend(remark_after(&sharing, &of_reading.drivers, asked.until_error.unwrap_or(ERROR)));
        }
        if !without.is_empty() && !stopped() {
            of_reading.effects = ablate(program, question, &without, run, watch)?;
            if program.is_observed() && of_reading.after.is_some() && !stopped() {
                // What is found by itself is much: it is played as often as the answers before, and no more.
                let given = without.len() - asked.without.len();
                let quick = Conditioning { effective: 0.0, ..conditioning };
                let given = given.min(of_reading.effects.len());
                let many = given > MOST_AFTER;
                if many {
                    of_reading.notes.push(format!(
                        "what each of {given} statements is worth after what was seen is not played; name some with --without"
                    ));
                }
                let (of_all, of_given) = of_reading.effects.split_at_mut(given);
                for (effects, list, how, skipped) in
                    [(of_all, &without[..given], quick, many), (of_given, &without[given..], conditioning, false)]
                {
                    if !list.is_empty() && !skipped {
                        let after = ablate_after(program, index, list, run, &how, watch)?;
                        effects.iter_mut().zip(after).for_each(|(effect, after)| effect.after = Some(after));
                    }
                }
            }
        }
        explanation.head.complete &= !stopped();
        explanation.readings.push(of_reading);
    }
    Ok(explanation)
}

/// Adds what parameters are worth after what was seen, and the parameters that are worth something only then.
fn drivers_after(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    sharing: &Sharing<'_>,
    drivers: &mut Vec<Driver>,
) {
    let (kinds, rows) = (kinds(reading, program), statements(model, reading));
    for (player, after) in sharing.drivers() {
        let mut found = describe(model, reading, program, &rows, &player);
        match drivers.iter_mut().find(|driver| driver.parameter == found.parameter) {
            Some(driver) => driver.after = Some(after),
            None => {
                together(&kinds, &player).name().clone_into(&mut found.origin);
                found.after = Some(after);
                drivers.push(found);
            }
        }
    }
    let worth = |driver: &Driver| {
        let after = driver.after.as_ref().map_or(f64::NAN, |after| after.first);
        match [driver.total, after].map(|share| if share.is_nan() { f64::NEG_INFINITY } else { share }) {
            [total, after] if after > total => after,
            [total, _] => total,
        }
    };
    drivers.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
}

/// What has to be said of shares after what was seen.
fn remark_after(sharing: &Sharing<'_>, drivers: &[Driver], wanted: f64) -> Option<String> {
    let SharedAfter { effective, draws, .. } = sharing.shared();
    let of = format!("{} effective of {draws} parameter draws", short(effective, 2));
    if !sharing.is_known() {
        let why = if effective < FEW {
            "too few to share out a variance"
        } else {
            "the variance owed to the parameters cannot be told from 0, so it is not shared out"
        };
        return sharing.is_uncertain().then(|| format!("after what was seen, {of}: {why}"));
    }
    let after = drivers.iter().filter_map(|driver| driver.after.as_ref());
    let error = after.fold(0.0, |most, after| if after.first_error > most { after.first_error } else { most });
    (error > wanted).then(|| {
        format!(
            "shares after what was seen have errors of up to {}, more than the {} aimed at, with {of}: more --draws may help",
            percent(error),
            percent(wanted)
        )
    })
}

/// Most parameters that are told.
const LEARNED: usize = 5;
/// A relative entropy below this, in bits, is little, whatever chance moves.
const MOVED: f64 = 0.02;
/// The probability that any is told of those that what was seen did not move.
const CHANCE: f64 = 0.05;

/// The parameters that were moved most, of those on which the first question can depend, and how many were not moved by more
/// than chance would.
///
/// With the errors e_b of the logarithms of the evidences of k fifths, a parameter that was not moved has by chance a relative
/// entropy of (1/2k) Σ (e_b z_b - their mean)² nats to the second order: e² / 2k times a χ² of k - 1 degrees of freedom, e²
/// being the mean of the e_b². The noise floor is its quantile of 1 - 5% / n where n parameters are looked at, as in a watch
/// list.
fn learned(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    conditioned: &Conditioned,
) -> (Vec<Learned>, usize) {
    let Some(question) = program.questions.first() else { return (Vec::new(), 0) };
    let bearing = Influence::of(program).question(question);
    let found: Vec<_> =
        bearing.into_iter().filter_map(|param| Some((param, conditioned.learned(program, param)?))).collect();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred parameters")]
    let level = if found.is_empty() { 1.0 } else { 1.0 - CHANCE / found.len() as f64 };
    let (mut list, mut unmoved) = (Vec::new(), 0);
    for (param, (bands, fifths)) in found {
        #[expect(clippy::cast_precision_loss, reason = "five")]
        let count = fifths.len() as f64;
        let term = |share: &f64| if *share > 0.0 { share * ln(share * count) / std::f64::consts::LN_2 } else { 0.0 };
        let bits: f64 = fifths.iter().map(term).sum();
        let errors: Vec<f64> =
            bands.iter().map(|band| band.error * band.error).filter(|square| square.is_finite()).collect();
        #[expect(clippy::cast_precision_loss, reason = "five")]
        let known = errors.len() as f64;
        // Errors in bits make e² ln² 2 nats squared; χ² of k - 1 degrees is twice a gamma of half as many.
        let square = errors.iter().sum::<f64>() / known * std::f64::consts::LN_2;
        let floor = square / (2.0 * count) * 2.0 * gamma_quantile((count - 1.0) / 2.0, level);
        if bits > floor && bits > MOVED {
            let ends: Vec<f64> = bands.iter().map(|band| band.low).chain(bands.last().map(|band| band.high)).collect();
            list.push((param, ends, fifths, [bits, floor]));
        } else {
            unmoved += 1;
        }
    }
    list.sort_by(|a, b| b.3[0].total_cmp(&a.3[0]));
    list.truncate(LEARNED);
    let rows = if list.is_empty() { Vec::new() } else { statements(model, reading) };
    let told = |(param, ends, fifths, [bits, floor]): (usize, Vec<f64>, Vec<f64>, [f64; 2])| {
        let of = describe(model, reading, program, &rows, &vec![param]);
        let (parameter, title, place, written) = (of.parameter, of.title, of.place, of.written);
        Learned { parameter, title, place, written, ends, fifths, bits, floor }
    };
    (list.into_iter().map(told).collect(), unmoved)
}

/// What has to be said of drivers.
fn remark(found: &Drivers, wanted: f64) -> Option<String> {
    if found.drivers.is_empty() {
        let unknown = found.draws > 0 && found.complete;
        return unknown.then(|| {
            format!(
                "in {} parameter draws the variance owed to the parameters cannot be told from 0, so it is not shared \
                 out: more --draws may help",
                found.draws
            )
        });
    }
    let error = found.largest_error();
    let large = error.is_nan() || error > wanted;
    large.then(|| {
        format!(
            "shares of drivers have errors of up to {}, more than the {} aimed at, in {} parameter draws: more --draws \
             may help",
            percent(error),
            percent(wanted),
            found.draws
        )
    })
}
