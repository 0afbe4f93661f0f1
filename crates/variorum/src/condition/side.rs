//! Programs side by side on condition of the same observations: the same draws, and as far as the programs go together the
//! same trajectories with the same weights.

use super::{Adding, Conditioned, Conditioning, condition};
use crate::lower::{Conditioned as Lowered, lower_conditioned};
use crate::run::{Run, RunError, Watch, settings};
use crate::runs::{Column, progress};
use variorum_engine::ensemble::ensemble;
use variorum_engine::math::exp;
use variorum_engine::plan::Plan;
use variorum_engine::run::ChunkResult;
use variorum_model::program::Program;

/// What programs side by side come to.
#[derive(Debug)]
pub(crate) struct SideBySide {
    /// What each answers.
    pub(crate) conditioned: Vec<Conditioned>,
    /// By program and question what each draw contributes, so that differences can be told with their error.
    pub(crate) columns: Vec<Vec<Column>>,
    /// By program and draw the natural logarithms of the halves' evidences.
    pub(crate) evidence: Vec<Vec<[f64; 2]>>,
}

/// Runs programs with the same questions and observations.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub(crate) fn side_by_side(
    programs: &[Program],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<SideBySide, RunError> {
    let Some(first) = programs.first() else {
        return Ok(SideBySide { conditioned: Vec::new(), columns: Vec::new(), evidence: Vec::new() });
    };
    let alone = Program { questions: Vec::new(), ..first.clone() };
    let settled = condition(&alone, run, conditioning, watch)?;
    let reference = if settled.is_starved() { 0.0 } else { settled.log2() * std::f64::consts::LN_2 };
    let lowered: Result<Vec<Lowered>, RunError> = programs
        .iter()
        .map(|program| lower_conditioned(program, conditioning.reports).map_err(RunError::Lower))
        .collect();
    let lowered = lowered?;
    let per_draw = settled.per_draw;
    let mut adding: Vec<Adding<'_>> = programs
        .iter()
        .zip(&lowered)
        .map(|(program, lowered)| Adding::new(program, run.seed, &lowered.labels, per_draw))
        .collect();
    let plans: Vec<Plan> = lowered.iter().map(|lowered| lowered.plan.clone()).collect();
    let mut columns = vec![vec![Column::new(true); first.questions.len()]; programs.len()];
    let mut evidence = vec![Vec::new(); programs.len()];
    let draws = settled.draws();
    let run = Run { per_draw, ..run.clone() };
    let done = ensemble(&plans, &settings(&run, 0..draws), watch.stop(), &mut |_, chunks| {
        let programs = adding.iter_mut().zip(&mut columns).zip(&mut evidence);
        for (((adding, columns), evidence), chunk) in programs.zip(chunks) {
            adding.add(chunk);
            add(columns, chunk, reference);
            evidence.extend(chunk.draws.clone().enumerate().map(|(place, _)| chunk.evidence_of(place)));
        }
        progress(watch, &first.reading, draws, chunks);
    });
    let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
    let finish = |adding: Adding<'_>| Conditioned { complete: done == draws && settled.complete, ..adding.sums };
    Ok(SideBySide { conditioned: adding.into_iter().map(finish).collect(), columns, evidence })
}

/// What the draws of a chunk contribute to each question.
fn add(columns: &mut [Column], chunk: &ChunkResult, reference: f64) {
    #[expect(clippy::cast_precision_loss, reason = "at most 128")]
    let half = (chunk.per_draw / 2) as f64;
    for (place, _) in chunk.draws.clone().enumerate() {
        let evidence = chunk.evidence_of(place).map(|log| exp(log - reference));
        for (question, column) in columns.iter_mut().enumerate() {
            let answer = [0, 1].map(|side| evidence[side] * chunk.sum(place, side, question) / half);
            let asked = [0, 1].map(|side| evidence[side] * chunk.weight_asked(place, side, question) / half);
            column.add_weighed(answer, asked);
        }
    }
}
