//! How far readings differ, before it is asked why.

use super::document::Gap;
use super::evaluate::Seen;
use crate::condition::{Conditioned, SideBySide, side_by_side_as};
use crate::run::{Run, RunError, Tally, Watch};
use crate::runs::{Column, Runs, difference, progress};
use variorum_engine::run::ChunkResult;
use variorum_model::program::{Program, Query};

/// What readings answer to all questions, on the same random numbers.
pub(crate) struct Played {
    /// By reading, by question.
    columns: Vec<Vec<Column>>,
    deviations: Vec<Vec<f64>>,
    /// By question, the unit of a number.
    units: Vec<Option<String>>,
    /// By question, its name and its words.
    asked: Vec<[String; 2]>,
    /// False if it was interrupted.
    pub complete: bool,
}

impl Played {
    /// What errors of a question's values are measured by, its place given: 1 for probabilities, twice the largest predictive
    /// standard deviation for numbers. Twice that of a probability is 1 at most.
    pub fn scale(&self, question: usize) -> f64 {
        if self.units.get(question).is_none_or(Option::is_none) {
            return 1.0;
        }
        let of = self.deviations.iter().filter_map(|reading| reading.get(question));
        2.0 * of.fold(0.0, |largest, deviation| if *deviation > largest { *deviation } else { largest })
    }
}

/// Plays readings.
pub(crate) fn play(programs: &[&Program], run: &Run, watch: &dyn Watch) -> Result<Played, RunError> {
    let Some(first) = programs.first() else {
        let (columns, deviations, units, asked) = Default::default();
        return Ok(Played { columns, deviations, units, asked, complete: true });
    };
    let tallies = |program: &&Program| -> Vec<Tally> {
        program.questions.iter().map(|question| Tally::of(&question.query, run.per_draw)).collect()
    };
    let mut tallies: Vec<Vec<Tally>> = programs.iter().map(tallies).collect();
    let of = |program: &&Program| -> Vec<(usize, Column)> {
        let questions = program.questions.iter().enumerate();
        questions.map(|(place, question)| (place, Column::new(question.given.is_some()))).collect()
    };
    let mut columns: Vec<Vec<(usize, Column)>> = programs.iter().map(of).collect();
    let also = &mut |chunks: &[ChunkResult]| {
        for (tallies, chunk) in tallies.iter_mut().zip(chunks) {
            let draws = usize::try_from(chunk.draws.end - chunk.draws.start).unwrap_or(0);
            for (question, tally) in tallies.iter_mut().enumerate() {
                for draw in 0..draws {
                    tally.add(chunk.of_draw(draw, question), chunk.asked(draw, question));
                }
            }
        }
        progress(watch, "readings", run.draws, chunks);
    };
    let runs = Runs::new(&programs.iter().map(|program| (*program).clone()).collect::<Vec<_>>(), run.threads)?;
    let complete = runs.extend(run, 0..run.draws, watch, also, &mut columns)?;
    let deviation = |tally: &Tally| match tally {
        Tally::Share(share) => (share.mean() * (1.0 - share.mean())).sqrt(),
        Tally::Numbers(numbers) => numbers.deviation(),
    };
    Ok(Played {
        columns: columns.into_iter().map(|run| run.into_iter().map(|(_, column)| column).collect()).collect(),
        deviations: tallies.iter().map(|tallies| tallies.iter().map(deviation).collect()).collect(),
        units: first.questions.iter().map(|question| unit(&question.query)).collect(),
        asked: first.questions.iter().map(|question| [question.name.clone(), question.text.clone()]).collect(),
        complete,
    })
}

/// Plays readings on condition of what was seen.
pub(crate) fn play_observed(
    programs: &[&Program],
    seen: &Seen,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Played, RunError> {
    let all: Vec<Program> = programs.iter().map(|program| (*program).clone()).collect();
    let SideBySide { conditioned, columns, .. } = side_by_side_as(&all, &seen.settled, run, &seen.conditioning, watch)?;
    let questions = programs.first().map_or(&[][..], |program| program.questions.as_slice());
    let deviations =
        |conditioned: &Conditioned| (0..questions.len()).map(|place| conditioned.deviation(place)).collect();
    Ok(Played {
        columns,
        deviations: conditioned.iter().map(deviations).collect(),
        units: questions.iter().map(|question| unit(&question.query)).collect(),
        asked: questions.iter().map(|question| [question.name.clone(), question.text.clone()]).collect(),
        complete: conditioned.iter().all(|conditioned| conditioned.complete),
    })
}

fn unit(query: &Query) -> Option<String> {
    match query {
        Query::Value { unit, .. } => Some(unit.clone()),
        Query::Ever { .. } | Query::First { .. } => None,
    }
}

/// How far two readings, by their places among those that were played, differ on all questions.
pub(crate) fn gaps(played: &Played, sides: [usize; 2]) -> Vec<Gap> {
    (0..played.units.len()).filter_map(|question| of(played, sides, question)).collect()
}

/// How far they differ on one.
pub(crate) fn of(played: &Played, sides: [usize; 2], question: usize) -> Option<Gap> {
    let [a, b] = sides;
    let column = |side: usize| played.columns.get(side)?.get(question);
    let deviation = |side: usize| played.deviations.get(side)?.get(question).copied();
    let (first, second) = (column(a)?, column(b)?);
    let (of_first, of_second) = (deviation(a)?, deviation(b)?);
    let moved = difference(second, first);
    let [name, text] = played.asked.get(question)?.clone();
    Some(Gap {
        question: name,
        text,
        unit: played.units.get(question)?.clone(),
        answers: [first.whole(), second.whole()],
        difference: moved.value,
        error: moved.error,
        deviation: (0.5 * (of_first * of_first + of_second * of_second)).sqrt(),
        scale: played.scale(question),
    })
}

/// The place of the question on which two readings differ most, in predictive standard deviations: of those whose difference
/// is more than chance, if there is one. None if they do not differ at all.
pub(crate) fn widest(gaps: &[Gap]) -> Option<usize> {
    let told = |gap: &Gap| gap.difference.abs() > 2.0 * gap.error;
    let differing = gaps.iter().enumerate().filter(|(_, gap)| gap.deviations() > 0.0);
    let widest = differing.reduce(|best, next| {
        let (is_told, was_told) = (told(next.1), told(best.1));
        let is_wider = next.1.deviations() > best.1.deviations();
        if (is_told && !was_told) || (is_told == was_told && is_wider) { next } else { best }
    });
    widest.map(|(place, _)| place)
}
