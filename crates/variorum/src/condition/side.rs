//! Programs side by side on condition of the same observations: the same draws, and as far as the programs go together the
//! same trajectories with the same weights.

use super::{Adding, Conditioned, Conditioning, FIRST_PROPOSED, condition};
use crate::lower::{Conditioned as Lowered, lower_conditioned};
use crate::run::{Run, RunError, Watch, settings};
use crate::runs::Column;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use variorum_engine::ensemble::ensemble;
use variorum_engine::math::exp;
use variorum_engine::plan::Plan;
use variorum_engine::proposal::Proposal;
use variorum_engine::run::ChunkResult;
use variorum_model::program::Program;

/// What programs side by side come to.
#[derive(Debug, Default)]
pub(crate) struct SideBySide {
    /// What each answers.
    pub(crate) conditioned: Vec<Conditioned>,
    /// By program and question what each draw contributes, so that differences can be told with their error.
    pub(crate) columns: Vec<Vec<Column>>,
    /// By program and draw the natural logarithms of the halves' evidences.
    pub(crate) evidence: Vec<Vec<[f64; 2]>>,
}

/// How much has to be played for the evidence to be known well enough.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    /// Parameter draws.
    pub(crate) draws: u64,
    /// How they are drawn, if not by the parameters' laws.
    pub(crate) proposal: Option<Proposal>,
    /// Trajectories of each.
    pub(crate) per_draw: u32,
    /// The natural logarithm of the evidence, relative to which draws weigh.
    pub(crate) reference: f64,
    /// Whether what was seen came about in none.
    pub(crate) is_starved: bool,
    /// False if it was interrupted.
    pub(crate) complete: bool,
}

impl Settled {
    /// Of a program, whatever is asked of it.
    ///
    /// # Errors
    /// The program is too large, or the settings cannot be.
    pub(crate) fn of(
        program: &Program,
        run: &Run,
        conditioning: &Conditioning,
        watch: &dyn Watch,
    ) -> Result<Settled, RunError> {
        let alone = Program { questions: Vec::new(), ..program.clone() };
        let found = condition(&alone, run, conditioning, watch)?;
        let is_starved = found.is_starved();
        Ok(Settled {
            draws: found.draws(),
            per_draw: found.per_draw,
            reference: if is_starved { 0.0 } else { found.log2() * std::f64::consts::LN_2 },
            is_starved,
            complete: found.complete,
            proposal: found.proposal,
        })
    }

    /// A plan that is played with its draws, for [`weighed`].
    ///
    /// # Errors
    /// The program is too large.
    pub(crate) fn plan(&self, program: &Program, conditioning: &Conditioning) -> Result<Plan, RunError> {
        let lowered = lower_conditioned(program, conditioning.reports).map_err(RunError::Lower)?;
        let mut plan = lowered.plan;
        self.proposal.iter().for_each(|proposal| plan.propose(proposal));
        plan.forget_marks();
        Ok(plan)
    }

    /// The number of its first draw.
    fn first(&self) -> u64 {
        self.proposal.as_ref().map_or(0, |_| FIRST_PROPOSED)
    }

    /// Enough for two programs that are played together.
    pub(crate) fn with(self, other: Settled) -> Settled {
        let from_laws = Proposal::default();
        let proposal = (self.proposal.is_some() || other.proposal.is_some()).then(|| {
            let of = |settled: &Settled| settled.proposal.clone().unwrap_or_else(|| from_laws.clone());
            of(&self).between(&of(&other))
        });
        Settled {
            proposal,
            draws: self.draws.max(other.draws),
            per_draw: self.per_draw.max(other.per_draw),
            reference: if self.reference > other.reference { self.reference } else { other.reference },
            is_starved: self.is_starved || other.is_starved,
            complete: self.complete && other.complete,
        }
    }
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
    let Some(first) = programs.first() else { return Ok(SideBySide::default()) };
    let settled = Settled::of(first, run, conditioning, watch)?;
    side_by_side_as(programs, &settled, run, conditioning, watch)
}

/// The same with as many draws and trajectories as were settled on.
///
/// # Errors
/// As for [`side_by_side`].
pub(crate) fn side_by_side_as(
    programs: &[Program],
    settled: &Settled,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<SideBySide, RunError> {
    let Some(first) = programs.first() else { return Ok(SideBySide::default()) };
    let (draws, per_draw, reference) = (settled.draws, settled.per_draw, settled.reference);
    let lowered: Result<Vec<Lowered>, RunError> = programs
        .iter()
        .map(|program| lower_conditioned(program, conditioning.reports).map_err(RunError::Lower))
        .collect();
    let lowered = lowered?;
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
    let mut evidence = vec![Vec::new(); programs.len()];
    let (first_draw, plans) = (settled.first(), &plans);
    let run = Run { per_draw, ..run.clone() };
    let done = ensemble(plans, &settings(&run, first_draw..first_draw + draws), watch.stop(), &mut |_, chunks| {
        let programs = adding.iter_mut().zip(plans).zip(&mut columns).zip(&mut evidence);
        for ((((adding, plan), columns), evidence), chunk) in programs.zip(chunks) {
            adding.add(plan, chunk);
            add(columns, chunk, reference);
            evidence.extend(chunk.draws.clone().enumerate().map(|(place, _)| chunk.evidence_of(place)));
        }
        if let Some(chunk) = chunks.first() {
            watch.progress(&first.reading, chunk.draws.end - first_draw, draws);
        }
    });
    let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
    let finish = |adding: Adding<'_>| Conditioned { complete: done == draws && settled.complete, ..adding.sums };
    Ok(SideBySide { conditioned: adding.into_iter().map(finish).collect(), columns, evidence })
}

/// By plan and question what some draws contribute, on as many threads as `run` says; none if it was interrupted. The plans
/// are [`Settled::plan`]'s, with so many questions.
///
/// # Errors
/// The settings cannot be.
pub(crate) fn weighed(
    plans: &[Plan],
    questions: usize,
    (settled, run): (&Settled, &Run),
    draws: Range<u64>,
    stop: &AtomicBool,
) -> Result<Option<Vec<Vec<Column>>>, RunError> {
    let mut columns = vec![vec![Column::new(true); questions]; plans.len()];
    let wanted = draws.end.saturating_sub(draws.start);
    let run = Run { per_draw: settled.per_draw, ..run.clone() };
    let draws = settled.first() + draws.start..settled.first() + draws.end;
    let done = ensemble(plans, &settings(&run, draws), stop, &mut |_, chunks| {
        columns.iter_mut().zip(chunks).for_each(|(columns, chunk)| add(columns, chunk, settled.reference));
    });
    let done = done.map_err(|error| RunError::Settings(error.to_string()))?;
    Ok((done == wanted).then_some(columns))
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
