//! Gathering what a report or a brief shows.

use crate::arguments::RunArguments;
use std::collections::BTreeMap;
use variorum::answers::Answers;
use variorum::compare::compare;
use variorum::confidence::{BASELINE, without_case};
use variorum::model::model::{Model, ReadingOf};
use variorum::model::program::Program;
use variorum::statements::statements;
use variorum_report::{Dossier, ReadingNotes};

/// Everything that is known of a model once it has been run.
pub fn gather(
    arguments: &RunArguments,
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    answers: Answers,
) -> Dossier {
    let notes = readings.iter().map(|(reading, _)| ReadingNotes {
        name: reading.name.clone(),
        title: reading.title.clone(),
        voices: reading.voices.iter().cloned().collect(),
        statements: statements(model, reading),
    });
    let mut bare = BTreeMap::<String, Vec<String>>::new();
    let alone = readings.len() == 1;
    for (_, program) in readings.iter().filter(|(reading, _)| alone || reading.name != BASELINE) {
        for question in &program.questions {
            let names = bare.entry(question.name.clone()).or_default();
            names.extend(without_case(program, question));
            names.sort();
            names.dedup();
        }
    }
    Dossier {
        comparison: compare(model),
        readings: notes.collect(),
        without_case: bare,
        whatif: None,
        explanations: Vec::new(),
        command: command(arguments),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        answers,
    }
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
