//! Gathering what a report or a brief shows.

use super::divided::divided;
use super::failure;
use super::whatif::fail;
use crate::arguments::RunArguments;
use crate::output::{Failure, Styles};
use std::collections::BTreeMap;
use variorum::answers::Answers;
use variorum::compare::compare;
use variorum::condition::Conditioning;
use variorum::confidence::{BASELINE, without_case};
use variorum::explain::{Asked, ExplainError, Explanation, explain};
use variorum::known::{gone, inputs, met, unsettled, without_condition};
use variorum::model::model::{Model, ReadingOf};
use variorum::model::program::{Program, Question};
use variorum::run::{Kept, Run, RunError, Watch};
use variorum::score::model::{Pool, Score, score};
use variorum::statements::statements;
use variorum::stories::{Stories, stories_of};
use variorum::watch::{Looking, Lookout, WatchList, next_step, watch};
use variorum::whatif::{WhatIf, scene, whatif};
use variorum_report::{Dossier, ReadingNotes, ReadingStories};

/// A model with the readings that are asked for, how it is run, and who watches.
pub struct Played<'r, 'm, 'l> {
    /// The model.
    pub model: &'r Model<'l>,
    /// Its readings.
    pub readings: &'r [(&'m ReadingOf<'l>, &'m Program)],
    /// How they are run.
    pub run: &'r Run,
    /// What is kept of the run that gave the answers.
    pub kept: &'r Kept,
    /// Who watches.
    pub watch: &'r dyn Watch,
}

/// Everything that is known of a model once it has been run; the watch list where it has come with the answers.
pub fn gather(
    arguments: &RunArguments,
    played: &Played<'_, '_, '_>,
    (answers, watch_list): (Answers, Option<WatchList>),
    styles: Styles,
) -> Result<Dossier, Failure> {
    let notes = played.readings.iter().map(|(reading, program)| ReadingNotes {
        no_case: bare(program),
        name: reading.name.clone(),
        title: reading.title.clone(),
        voices: reading.voices.iter().cloned().collect(),
        statements: statements(played.model, reading),
    });
    let notes: Vec<ReadingNotes> = notes.collect();
    let explanations = if arguments.drivers { drivers(played, &answers)? } else { Vec::new() };
    Ok(Dossier {
        comparison: compare(played.model),
        asked: asked(played.readings, &notes, &answers),
        without_case: bare_in_authors(&notes),
        readings: notes,
        labels: labels(played.model),
        model: arguments.model.as_ref().map_or(String::new(), |model| quoted(&model.display().to_string())),
        whatif: scenarios(played, styles)?,
        explanations,
        watch_list: watch_list.map_or_else(|| look(played), |list| Ok(Some(list)))?,
        stories: if arguments.html.is_some() { stories_told(played, &answers)? } else { Vec::new() },
        cruxes: divided(played, &answers, arguments.html.is_some())?,
        score: scores(played.model, &answers),
        command: command(arguments),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        answers,
    })
}

/// The base rates of no case on which each question can depend in a reading.
fn bare(program: &Program) -> BTreeMap<String, Vec<String>> {
    let of = |question: &Question| (question.name.clone(), without_case(program, question));
    program.questions.iter().map(of).collect()
}

/// The same in the readings of authors together.
fn bare_in_authors(notes: &[ReadingNotes]) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    let alone = notes.len() == 1;
    for reading in notes.iter().filter(|reading| alone || reading.name != BASELINE) {
        for (question, bare) in &reading.no_case {
            let names = all.entry(question.clone()).or_default();
            names.extend(bare.iter().cloned());
            names.sort();
            names.dedup();
        }
    }
    all
}

/// What the model itself says of each question: of readings that differ in it the first that knows.
fn asked(
    readings: &[(&ReadingOf<'_>, &Program)],
    notes: &[ReadingNotes],
    answers: &Answers,
) -> BTreeMap<String, variorum_report::Asked> {
    let mut all = BTreeMap::<String, variorum_report::Asked>::new();
    for ((_, program), notes) in readings.iter().zip(notes) {
        for question in &program.questions {
            let of = all.entry(question.name.clone()).or_default();
            if of.without_condition.is_none() {
                of.without_condition = without_condition(program, question).map(str::to_owned);
            }
            if of.met.is_none() {
                of.met = question.given.as_ref().and_then(|given| met(program, given));
            }
            if of.unsettled.is_none() {
                of.unsettled = unsettled(program, question);
            }
            let answered = answers.questions.iter().find(|answered| answered.name == question.name);
            let both = answered.and_then(|answered| {
                let of = answered.readings.iter().find(|reading| reading.reading == notes.name)?;
                gone(program, question, &of.answer, &of.after.as_ref()?.answer)
            });
            of.gone.extend(both.map(|gone| (notes.name.clone(), gone)));
            let passages: Vec<(&str, &[String])> = answered
                .iter()
                .flat_map(|answered| &answered.said)
                .map(|said| (said.source.as_str(), said.anchors.as_slice()))
                .collect();
            if !passages.is_empty() {
                of.inputs.extend(inputs(program, question, &notes.statements, &passages));
            }
        }
    }
    all
}

/// What people are shown of actors and places.
fn labels(model: &Model<'_>) -> BTreeMap<String, String> {
    let entities = model.shared.entities.iter();
    entities.map(|(key, entity)| (key.clone(), entity.title.clone())).collect()
}

/// The model's scenarios side by side, if it has any.
fn scenarios(played: &Played<'_, '_, '_>, styles: Styles) -> Result<Option<WhatIf>, Failure> {
    let fail = |error| fail(error, played.model.loaded, styles);
    let mut scenes = Vec::new();
    for name in played.model.shared.scenarios.iter().filter_map(|scenario| scenario.name.as_ref()) {
        scenes.push(scene(played.model, &name.value).map_err(fail)?);
    }
    if scenes.is_empty() {
        return Ok(None);
    }
    let how = (None, Some(played.kept));
    whatif(played.model, played.readings, &scenes, &[], how, played.run, played.watch).map(Some).map_err(fail)
}

/// What the answers, as they are without what was seen, were worth, once the world has answered a question. What follows in
/// a scenario is no forecast.
fn scores(model: &Model<'_>, answers: &Answers) -> Option<Score> {
    let any = answers.questions.iter().any(|question| question.resolved.is_some());
    (any && answers.scenario.is_none()).then(|| score(model, answers, &[Pool::default()]))
}

/// What a report looks out for: the next six months.
const LOOKOUT: Lookout = Lookout { months: 6.0, question: None };

/// Whether the model's time goes on after what was seen.
fn goes_on(readings: &[(&ReadingOf<'_>, &Program)]) -> bool {
    next_step(readings) < readings.first().map_or(0, |(_, program)| program.clock.steps)
}

/// What has to be asked for a report's watch list; none where the model's time ends before.
pub fn looking(readings: &[(&ReadingOf<'_>, &Program)]) -> Result<Option<Looking>, RunError> {
    if goes_on(readings) { Looking::besides(readings, &LOOKOUT).map(Some) } else { Ok(None) }
}

/// What to look out for, where it has not come with the answers.
fn look(played: &Played<'_, '_, '_>) -> Result<Option<WatchList>, Failure> {
    if !goes_on(played.readings) {
        return Ok(None);
    }
    let Played { model, readings, run, watch: overseer, .. } = played;
    watch(model, readings, &LOOKOUT, run, &Conditioning::default(), *overseer).map(Some).map_err(failure)
}

/// How the questions come to be answered by yes, in the reading that weighs most; in the first of an author where nothing
/// was seen.
fn stories_told(played: &Played<'_, '_, '_>, answers: &Answers) -> Result<Vec<ReadingStories>, Failure> {
    let heaviest = answers.evidence.as_ref().and_then(|evidence| {
        let weights = evidence.since.weights.iter();
        weights.max_by(|a, b| a.weight.total_cmp(&b.weight)).map(|weight| weight.reading.as_str())
    });
    let chosen = played.readings.iter().find(|(reading, _)| match heaviest {
        Some(name) => reading.name == name,
        None => reading.name != BASELINE,
    });
    let Some((reading, program)) = chosen.or(played.readings.first()) else { return Ok(Vec::new()) };
    // Shares of orders need fewer draws than evidences.
    let conditioning = Conditioning { effective: 100.0, ..Conditioning::default() };
    let all: Vec<usize> = (0..program.questions.len()).collect();
    let found = stories_of(program, &all, played.run, &conditioning, played.watch).map_err(failure)?;
    let told = |(question, stories): (&Question, Option<Stories>)| {
        let (question, reading) = (question.name.clone(), reading.name.clone());
        Some(ReadingStories { question, reading, stories: stories? })
    };
    Ok(program.questions.iter().zip(found).filter_map(told).collect())
}

/// With which numbers each answer would move.
fn drivers(played: &Played<'_, '_, '_>, answers: &Answers) -> Result<Vec<Explanation>, Failure> {
    let asked = Asked { drivers: true, ..Asked::default() };
    let mut explanations = Vec::new();
    for question in &answers.questions {
        let found = explain(played.model, played.readings, &question.name, &asked, played.run, played.watch);
        explanations.push(found.map_err(|error| match error {
            ExplainError::Run(error) => failure(error),
            // Every question is one of the model's, and nothing is taken away.
            other => Failure::Internal(format!("{other:?}")),
        })?);
    }
    Ok(explanations)
}

/// The command that gives the same answers again: what has a bearing on them, and nothing else.
fn command(arguments: &RunArguments) -> String {
    let playing = &arguments.playing;
    let mut words = vec!["variorum run".to_owned()];
    if let Some(model) = &arguments.model {
        words.push(quoted(&model.display().to_string()));
    }
    words.push(format!("--draws {} --per-draw {} --seed {}", playing.draws, playing.per_draw, playing.seed));
    if let Some(error) = arguments.until_error {
        words.push(format!("--until-error {error}"));
    }
    words.extend(arguments.knowing.as_of.map(|day| format!("--as-of {day}")));
    words.extend(arguments.reading.iter().map(|reading| format!("--reading {}", quoted(reading))));
    words.join(" ")
}

/// A word of a command line, in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '+' | ',' | ':' | '@');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn the_command_can_be_pasted() {
        let mut arguments = RunArguments { model: Some(PathBuf::from("my model/it's")), ..RunArguments::default() };
        arguments.reading = vec!["lee".to_owned()];
        assert_eq!(
            command(&arguments),
            r"variorum run 'my model/it'\''s' --draws 1250 --per-draw 16 --seed 1 --reading lee"
        );
    }
}
