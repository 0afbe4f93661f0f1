//! Everything that a report or a brief shows, gathered once.

use std::collections::{BTreeMap, BTreeSet};
use variorum::answers::Answers;
use variorum::compare::Comparison;
use variorum::crux::CruxAll;
use variorum::explain::Explanation;
use variorum::influence::statement;
use variorum::known::{Gone, Unsettled};
use variorum::score::model::Score;
use variorum::statements::StatementRow;
use variorum::stories::Stories;
use variorum::watch::WatchList;
use variorum::whatif::WhatIf;

/// What is known of a model after it has been run. Whatever is empty is not shown.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The answers of a run.
    pub answers: Answers,
    /// Who says what.
    pub comparison: Comparison,
    /// The readings that were run, in the order of the model.
    pub readings: Vec<ReadingNotes>,
    /// The base rates of no case on which each question can depend in some reading of an author, by question.
    pub without_case: BTreeMap<String, Vec<String>>,
    /// What the model itself says of each question, by question.
    pub asked: BTreeMap<String, Asked>,
    /// What people are shown of actors and places, by their keys.
    pub labels: BTreeMap<String, String>,
    /// The model as a command names it; empty for the one that comes with the program.
    pub model: String,
    /// The model's scenarios side by side.
    pub whatif: Option<WhatIf>,
    /// What answers would move with.
    pub explanations: Vec<Explanation>,
    /// What to look out for.
    pub watch_list: Option<WatchList>,
    /// How a yes comes about, by question and reading.
    pub stories: Vec<ReadingStories>,
    /// What divides the readings of authors most, on one question; in a brief of two of them.
    pub cruxes: Option<CruxAll>,
    /// Who was right so far.
    pub score: Option<Score>,
    /// The command that gives the same again.
    pub command: String,
    /// The program's version.
    pub version: String,
}

/// What a model says of a question, apart from any run.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Of a conditional question, that which asks the same without a condition.
    pub without_condition: Option<String>,
    /// Of a conditional question, the day on which its condition was known to have come true; of use only where the answers
    /// show that it has.
    pub met: Option<String>,
    /// The sources whose own words on it are a number of the model on which the answer depends.
    pub inputs: BTreeSet<String>,
    /// Why what was observed need not settle it.
    pub unsettled: Option<Unsettled>,
    /// How much of its window has gone by, by reading, where something was seen.
    pub gone: BTreeMap<String, Gone>,
}

/// A reading beside its answers.
#[derive(Clone, Debug)]
pub struct ReadingNotes {
    /// Its name.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// The sources whose stances it adopts.
    pub voices: Vec<String>,
    /// Its statements.
    pub statements: Vec<StatementRow>,
    /// The base rates of no case on which each question can depend in it, by question.
    pub no_case: BTreeMap<String, Vec<String>>,
}

/// The stories of one question in one reading.
#[derive(Clone, Debug)]
pub struct ReadingStories {
    /// The question.
    pub question: String,
    /// The reading.
    pub reading: String,
    /// Its stories.
    pub stories: Stories,
}

impl Dossier {
    /// The base rates of no case on which a question can depend.
    #[must_use]
    pub fn without_case(&self, question: &str) -> &[String] {
        self.without_case.get(question).map_or(&[], Vec::as_slice)
    }

    /// The base rates of no case on which a question can depend in one reading.
    #[must_use]
    pub fn no_case(&self, reading: &str, question: &str) -> &[String] {
        let notes = self.readings.iter().find(|notes| notes.name == reading);
        notes.and_then(|notes| notes.no_case.get(question)).map_or(&[], Vec::as_slice)
    }

    /// The paths of the statements with base rates of no case, in any reading.
    #[must_use]
    pub fn uncounted(&self) -> BTreeSet<&str> {
        let all = self.readings.iter().flat_map(|notes| notes.no_case.values());
        all.flatten().map(|parameter| statement(parameter)).collect()
    }

    /// Whether a source's own words on a question are a number of the model on which the answer depends.
    #[must_use]
    pub fn is_input(&self, question: &str, source: &str) -> bool {
        self.asked.get(question).is_some_and(|asked| asked.inputs.contains(source))
    }

    /// A command on this model: `variorum explain korea models/pyongyang`.
    #[must_use]
    pub fn run(&self, command: &str) -> String {
        format!("variorum {command} {}", self.model).trim_end().to_owned()
    }
}
