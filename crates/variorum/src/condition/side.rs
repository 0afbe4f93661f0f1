//! Programs side by side on condition of the same observations: the same draws, and as far as the programs go together the
//! same trajectories with the same weights.

use super::{Adding, Conditioned, Conditioning, condition};
use crate::lower::{Conditioned as Lowered, lower_conditioned};
use crate::run::{Run, RunError, Watch, settings};
use crate::runs::Column;
use variorum_engine::ensemble::ensemble;
use variorum_engine::math::exp;
use variorum_engine::plan::Plan;
use variorum_engine::run::ChunkResult;
use variorum_model::program::Program;

/// Runs programs with the same questions and observations: what each answers, and by program and question what each draw
/// contributes, so that differences can be told with their error.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub(crate) fn side_by_side(
    programs: &[Program],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<(Vec<Conditioned>, Vec<Vec<Column>>), RunError> {
    let Some(first) = programs.first() else { return Ok((Vec::new(), Vec::new())) };
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
    let mut plans: Vec<Plan> = lowered.iter().map(|lowered| lowered.plan.clone()).collect();
    let propose = |proposal| plans.iter_mut().for_each(|plan: &mut Plan| plan.propose(proposal));
    settled.proposal.iter().for_each(propose);
    adding.iter_mut().for_each(|adding| adding.sums.proposal.clone_from(&settled.proposal));
    let mut columns = vec![vec![Column::new(true); first.questions.len()]; programs.len()];
    let (draws, range) = (settled.draws(), settled.range());
    let (first_draw, plans) = (range.start, &plans);
    let run = Run { per_draw, ..run.clone() };
    let done = ensemble(plans, &settings(&run, range), watch.stop(), &mut |_, chunks| {
        for (((adding, columns), plan), chunk) in adding.iter_mut().zip(&mut columns).zip(plans).zip(chunks) {
            adding.add(plan, chunk);
            add(columns, chunk, reference);
        }
        if let Some(chunk) = chunks.first() {
            watch.progress(&first.reading, chunk.draws.end - first_draw, draws);
        }
    });
    let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
    let finish = |adding: Adding<'_>| Conditioned { complete: done == draws && settled.complete, ..adding.sums };
    Ok((adding.into_iter().map(finish).collect(), columns))
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
