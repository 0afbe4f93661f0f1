//! Conditioned runs: a reading played forward on condition of what has been seen.
//!
//! `variorum_model::program` defines what an observation does to a trajectory; the engine runs each half of a parameter
//! draw as a particle filter; here trajectories per draw and draws are doubled until the evidence is known well enough,
//! and what the weighted trajectories answer is added up (semantics, section 5).
//!
//! | module | |
//! |---|---|
//! | [`adapt`] | where parameters are drawn from |
//! | [`scale`] | sums of evidences |
//! | [`posterior`] | what weighted trajectories answer |
//! | [`answers`] | from there to answers |
//! | [`side`] | programs side by side |
//! | [`forbidden`] | why a reading cannot have what was seen |

mod adapt;
mod answers;
mod forbidden;
mod posterior;
mod scale;
mod side;

use crate::lower::{Conditioned as Lowered, Reports, lower_conditioned, lower_evidence, samplers};
use crate::run::{Run, RunError, Watch, settings};
use adapt::{FIRST_PROPOSED, adapt};
pub(crate) use posterior::Halved;
use posterior::{Answered, Kind, Numbers, Posterior, Shares, weigh};
use scale::{Evidences, Scale};
use std::ops::Range;
use std::sync::atomic::Ordering;
use variorum_engine::ensemble::ensemble;
use variorum_engine::law::Sampler;
use variorum_engine::math::{exp, ln};
use variorum_engine::plan::Plan;
use variorum_engine::proposal::Proposal;
use variorum_engine::run::ChunkResult;
use variorum_model::program::{Program, Query};

pub use answers::answer_of;
pub use forbidden::{Forbidden, forbidden};
pub(crate) use side::{Settled, SideBySide, side_by_side, side_by_side_as, weighed};

/// Parameter draws by which the number of trajectories per draw is found.
const PILOT_DRAWS: u64 = 256;
/// Var log(Ẑa / Ẑb) up to which the number of trajectories per draw is enough.
const ENOUGH: f64 = 1.0;
/// The same where parameters are proposed and draws are what there is enough of. With normal errors of log Ẑ of variance v / 2
/// the mean of the halves lets 1 / (1 + ½ (exp(v / 2) - 1)) of the draws count; twice the trajectories, which halve v, make
/// that more than twice as much from v = 3.5 on.
const PAYS: f64 = 3.5;
/// The share of draws that is good enough for nothing to be proposed.
const GOOD_SHARE: f64 = 0.2;
/// Trajectories per draw are doubled up to this.
const MOST_PER_DRAW: u32 = 256;
/// Bands of equal probability into which the draws of a parameter are sorted.
pub const BANDS: usize = 5;

/// How to condition. Only `reports`, `effective` and `trajectories` have a bearing on the answers.
#[derive(Clone, Copy, Debug)]
pub struct Conditioning {
    /// Whether reports steer draws.
    pub reports: Reports,
    /// Draws are doubled until the effective sample size over draws is at least this (see [`Conditioning::aim`]).
    pub effective: f64,
    /// But not beyond so many trajectories.
    pub trajectories: u64,
}

impl Conditioning {
    /// The effective sample size that is aimed at: proportionally less where fewer draws are asked for than by default, so
    /// that who wants a quick look gets one.
    #[must_use]
    pub fn aim(&self, run: &Run) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let asked = run.draws as f64 / Run::default().draws as f64;
        if asked < 1.0 { self.effective * asked } else { self.effective }
    }
}

impl Default for Conditioning {
    fn default() -> Conditioning {
        Conditioning { reports: Reports::Steer, effective: 400.0, trajectories: 1 << 23 }
    }
}

/// What a reading answers on condition of what was seen, and how well it foretold it.
#[derive(Clone, Debug)]
pub struct Conditioned {
    /// By question.
    pub(crate) questions: Vec<Posterior>,
    evidence: Evidences,
    /// By draw, the natural logarithm of its evidence, the mean of its halves'.
    by_draw: Vec<f64>,
    /// By mark: what weighed there (an observation or, after all observations, a record), and the evidence then.
    path: Vec<(usize, Evidences)>,
    /// Sum and count of (log Ẑa - log Ẑb)², over draws of which both halves are alive.
    disagreement: (f64, u64),
    /// Draws of which one half is dead.
    lopsided: u64,
    /// By parameter and band: the evidence of the draws in it; where they are proposed, the others count as 0.
    bands: Vec<[Evidences; BANDS]>,
    /// How parameters were drawn, if not by their laws.
    pub(crate) proposal: Option<Proposal>,
    /// Trajectories per draw.
    pub per_draw: u32,
    /// False if it was cut short.
    pub complete: bool,
}

/// A parameter's band: the draws between two of its quantiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// From which value, in the unit in which it is written; of what is written as a probability, that.
    pub low: f64,
    /// To which.
    pub high: f64,
    /// The binary logarithm of the evidence of the draws in it.
    pub log2: f64,
    /// Its standard error, in bits.
    pub error: f64,
}

impl Conditioned {
    fn new(program: &Program, labels: &[usize], per_draw: u32) -> Conditioned {
        let of = |query: &Query| match query {
            Query::Ever { from, to, .. } => Kind::Shares(Shares::new(*from, *to, from < to)),
            Query::First { from, to, .. } => Kind::Shares(Shares::new(*from, *to, true)),
            Query::Value { .. } => Kind::Numbers(Numbers::default()),
        };
        let of = |query: &Query| Posterior::new(of(query));
        Conditioned {
            questions: program.questions.iter().map(|question| of(&question.query)).collect(),
            evidence: Evidences::default(),
            by_draw: Vec::new(),
            path: labels.iter().map(|label| (*label, Evidences::default())).collect(),
            disagreement: (0.0, 0),
            lopsided: 0,
            bands: vec![<[Evidences; BANDS]>::default(); program.params.len()],
            proposal: None,
            per_draw,
            complete: true,
        }
    }

    /// The numbers of its draws. Proposed ones begin where no stage of the search for the proposal has been.
    pub(crate) fn range(&self) -> Range<u64> {
        let first = self.first();
        first..first + self.draws()
    }

    fn first(&self) -> u64 {
        self.proposal.as_ref().map_or(0, |_| FIRST_PROPOSED)
    }

    /// Parameter draws.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.evidence.draws()
    }

    /// The binary logarithm of the evidence: of the probability (or density) of all that was seen.
    #[must_use]
    pub fn log2(&self) -> f64 {
        self.evidence.log2()
    }

    /// The standard error of [`Conditioned::log2`], in bits, to the first order, clustered by draw.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.evidence.error()
    }

    /// By draw, by how many bits it moves [`Conditioned::log2`], to the first order: (Ẑ / mean - 1) / (n ln 2). What runs
    /// on the same draws have in common cancels in differences of these.
    pub(crate) fn moves(&self) -> impl Iterator<Item = f64> + '_ {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let count = self.by_draw.len() as f64;
        let mean = self.log2() * std::f64::consts::LN_2;
        self.by_draw.iter().map(move |log| (exp(log - mean) - 1.0) / (count * std::f64::consts::LN_2))
    }

    /// The effective sample size over draws, (Σ Ẑ)² / Σ Ẑ².
    #[must_use]
    pub fn effective(&self) -> f64 {
        self.evidence.effective()
    }

    /// Whether nothing that was seen came about in any trajectory.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.effective() == 0.0
    }

    /// Where nothing that was seen came about in any trajectory: the observation or, after all observations, the record at
    /// which the last trajectories were lost.
    #[must_use]
    pub fn lost(&self) -> Option<usize> {
        self.path.iter().find(|(_, evidence)| evidence.log2() == f64::NEG_INFINITY).map(|(place, _)| *place)
    }

    /// The predictive standard deviation of a question's answer; not a number where there is none.
    pub(crate) fn deviation(&self, question: usize) -> f64 {
        match self.questions.get(question).map(|posterior| &posterior.kind) {
            Some(Kind::Shares(shares)) => {
                let mean = shares.whole.mean();
                (mean * (1.0 - mean)).sqrt()
            }
            Some(Kind::Numbers(numbers)) => numbers.deviation(),
            None => f64::NAN,
        }
    }

    /// Var log(Ẑa / Ẑb): how far the two halves of a draw disagree on its evidence. No number where no draw has two.
    #[must_use]
    pub fn disagreement(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let count = self.disagreement.1 as f64;
        self.disagreement.0 / count
    }

    /// By observation, and then by record: how many bits it took from the evidence, in the order of time; records in one
    /// sum over all their steps.
    #[must_use]
    pub fn bits(&self, observations_and_records: usize) -> Vec<f64> {
        let mut bits = vec![0.0; observations_and_records];
        let mut before = 0.0;
        for (label, evidence) in &self.path {
            let now = evidence.log2();
            if before == f64::NEG_INFINITY {
                break;
            }
            bits[*label] += now - before;
            before = now;
        }
        bits
    }

    /// By band of a parameter its probability after what was seen, all being alike beforehand; none as for
    /// [`Conditioned::bands_of`], or where nothing is left.
    #[must_use]
    pub fn learned(&self, program: &Program, param: usize) -> Option<(Vec<Band>, Vec<f64>)> {
        let bands = self.bands_of(program, param)?;
        let most = bands.iter().map(|band| band.log2).fold(f64::NEG_INFINITY, |a, b| if a > b { a } else { b });
        if most == f64::NEG_INFINITY {
            return None;
        }
        let relative = |log2: f64| exp((log2 - most) * std::f64::consts::LN_2);
        let sum: f64 = bands.iter().map(|band| relative(band.log2)).sum();
        let shares = bands.iter().map(|band| relative(band.log2) / sum).collect();
        Some((bands, shares))
    }

    /// The bands of a parameter; none where all its draws are the same, or it is drawn together with others.
    #[must_use]
    pub fn bands_of(&self, program: &Program, param: usize) -> Option<Vec<Band>> {
        let sampler: Sampler = samplers(program).ok()?.into_iter().nth(param)?;
        let is_joined = program.copulas.iter().any(|copula| copula.params.contains(&param));
        let ends: Vec<f64> = [1e-3, 0.2, 0.4, 0.6, 0.8, 1.0 - 1e-3].into_iter().map(|p| sampler.draw(p)).collect();
        if is_joined || ends.first() == ends.last() {
            return None;
        }
        let bands = self.bands.get(param)?.iter().zip(ends.windows(2));
        // The mean is over the draws in a band, or over all where they are proposed: then a band has a fifth of it.
        let share =
            self.proposal.as_ref().map_or(0.0, |_| variorum_engine::math::ln(BANDS as f64) / std::f64::consts::LN_2);
        let band = |(evidence, ends): (&Evidences, &[f64])| Band {
            low: ends[0],
            high: ends[1],
            log2: evidence.log2() + share,
            error: evidence.error(),
        };
        Some(bands.map(band).collect())
    }

    /// Whether more trajectories per draw are needed.
    fn is_too_noisy(&self) -> bool {
        let (_, both) = self.disagreement;
        let enough = if self.proposal.is_some() { PAYS } else { ENOUGH };
        self.lopsided * 10 > both || self.disagreement() > enough
    }

    /// To how many draws to go on: twice as many. Proposed draws count all much alike, so that what they still lack can be
    /// told: no more than that and a little, but at least by an eighth on.
    fn next(&self, aim: f64) -> u64 {
        let twice = self.draws().next_multiple_of(64) * 2;
        if self.proposal.is_none() {
            return twice;
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let lacking = 1.03 * aim / self.effective() * self.draws() as f64;
        let least = (self.draws() + self.draws() / 8).next_multiple_of(64);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of draws; it saturates")]
        let lacking = (lacking as u64).clamp(least, twice.max(least));
        lacking.next_multiple_of(64)
    }

    /// Whether so many draws would do, as far as these can tell: as many would count as are aimed at, or a good part.
    fn foretells(&self, draws: u64, aim: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let (done, draws) = (self.draws() as f64, draws as f64);
        let share = self.effective() / done;
        share >= GOOD_SHARE || share * draws >= aim
    }
}

/// The sums of a run in the making.
struct Adding<'p> {
    reading: &'p str,
    seed: u64,
    scale: Scale,
    sums: Conditioned,
    /// By draw what the halves answer to the first question, if that is to be kept.
    kept: Option<Vec<Halved>>,
}

impl<'p> Adding<'p> {
    fn new(program: &'p Program, seed: u64, labels: &[usize], per_draw: u32) -> Adding<'p> {
        Adding {
            reading: &program.reading,
            seed,
            scale: Scale::default(),
            sums: Conditioned::new(program, labels, per_draw),
            kept: None,
        }
    }

    /// Adds a chunk. Chunks must come in order.
    fn add(&mut self, plan: &Plan, chunk: &ChunkResult) {
        let ones = vec![1.0; chunk.per_draw];
        let mut uniforms = Vec::new();
        for (place, draw) in chunk.draws.clone().enumerate() {
            let logs = chunk.evidence_of(place);
            let (by, weights) = weigh(&mut self.scale, logs);
            let sums = &mut self.sums;
            let [a, b] = logs;
            let evidence = 0.5 * (self.scale.of(a) + self.scale.of(b));
            sums.evidence.add_in(self.scale, evidence);
            let (more, less) = if a > b { (a, b) } else { (b, a) };
            let beside = if less == f64::NEG_INFINITY { 0.0 } else { exp(less - more) };
            sums.by_draw.push(more + ln(0.5 * (1.0 + beside)));
            match (a > f64::NEG_INFINITY, b > f64::NEG_INFINITY) {
                (true, true) => {
                    sums.disagreement.0 += (a - b) * (a - b);
                    sums.disagreement.1 += 1;
                }
                (false, false) => {}
                _ => sums.lopsided += 1,
            }
            let (of_a, of_b) = (chunk.path_of(place, 0), chunk.path_of(place, 1));
            for ((_, mark), (a, b)) in sums.path.iter_mut().zip(of_a.iter().zip(of_b)) {
                mark.add([*a, *b]);
            }
            let _ = plan.uniforms(self.seed, draw, &mut uniforms);
            for (uniform, bands) in uniforms.iter().zip(&mut sums.bands) {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 4")]
                let band = (uniform * BANDS as f64) as usize;
                if let Some(band) = bands.get_mut(band) {
                    band.add_in(self.scale, evidence);
                }
                if sums.proposal.is_some() {
                    // How many draws are in a band says nothing of how probable it is.
                    (0..).zip(bands).filter(|(other, _)| *other != band).for_each(|(_, other)| other.pass());
                }
            }
            for (question, posterior) in sums.questions.iter_mut().enumerate() {
                by.iter().for_each(|by| posterior.rescale(*by));
                let answered = Answered {
                    values: chunk.of_draw(place, question),
                    asked: chunk.asked(place, question),
                    weights: chunk.weights_of(place).unwrap_or(&ones),
                };
                posterior.add(weights, &answered);
                if question == 0 {
                    let kind = &posterior.kind;
                    self.kept.iter_mut().for_each(|kept| kept.push(Halved::of(logs, &answered, kind)));
                }
            }
        }
    }
}

/// Runs one program on condition of what was seen.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn condition(
    program: &Program,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Conditioned, RunError> {
    Ok(settled(program, run, conditioning, watch, (false, None))?.sums)
}

/// The same, with parameters drawn by a proposal that was found for more observations of the same program.
pub(crate) fn condition_by(
    program: &Program,
    proposal: &Proposal,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Conditioned, RunError> {
    Ok(settled(program, run, conditioning, watch, (false, Some(proposal)))?.sums)
}

/// The same, with what the halves of each draw answer to the first question.
pub(crate) fn condition_kept(
    program: &Program,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<(Conditioned, Vec<Halved>), RunError> {
    let found = settled(program, run, conditioning, watch, (true, None))?;
    Ok((found.sums, found.kept.unwrap_or_default()))
}

/// The sums of a run that is as large as it has to be.
fn settled<'p>(
    program: &'p Program,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
    (keep, given): (bool, Option<&Proposal>),
) -> Result<Adding<'p>, RunError> {
    // Where nothing is asked, what comes after the last observation does not matter.
    let lower = if program.questions.is_empty() { lower_evidence } else { lower_conditioned };
    let Lowered { mut plan, mut labels } = lower(program, conditioning.reports).map_err(RunError::Lower)?;
    if given.is_some() {
        // Only the whole of this evidence is compared.
        plan.forget_marks();
        labels.clear();
    }
    let begin = |per_draw: u32, proposal: Option<Proposal>| {
        let kept = keep.then(Vec::new);
        let mut adding = Adding { kept, ..Adding::new(program, run.seed, &labels, per_draw) };
        adding.sums.proposal = proposal;
        adding
    };
    let mut plans = [plan];
    let aim = conditioning.aim(run);
    let pilot = PILOT_DRAWS.min(run.draws);
    given.iter().for_each(|proposal| plans[0].propose(proposal));
    let mut adding = begin(run.per_draw, given.cloned().filter(|_| plans[0].filter().is_some()));
    extend(&mut adding, &plans, run, pilot, watch)?;
    let is_weighed =
        given.is_none() && plans[0].filter().is_some() && adding.sums.complete && !adding.sums.is_starved();
    if is_weighed && !adding.sums.foretells(run.draws, aim) {
        let found = adapt(program, run, conditioning, watch)?;
        if watch.stop().load(Ordering::Relaxed) {
            adding.sums.complete = false;
            return Ok(adding);
        }
        if let Some(proposal) = found {
            plans[0].propose(&proposal);
            adding = begin(run.per_draw, Some(proposal));
            extend(&mut adding, &plans, run, pilot, watch)?;
        }
    }
    let mut per_draw = run.per_draw;
    while adding.sums.complete && adding.sums.is_too_noisy() && per_draw < MOST_PER_DRAW {
        per_draw = (2 * per_draw).min(MOST_PER_DRAW);
        adding = begin(per_draw, adding.sums.proposal);
        extend(&mut adding, &plans, run, pilot, watch)?;
    }
    let most = (conditioning.trajectories / u64::from(per_draw)).max(pilot);
    let mut target = run.draws.min(most);
    loop {
        extend(&mut adding, &plans, run, target, watch)?;
        let enough = adding.sums.effective() >= aim || plans[0].filter().is_none();
        // What has not come about once in so many draws is starved; more of them would hardly help.
        let hopeless = adding.sums.is_starved() && target >= 4 * run.draws;
        if !adding.sums.complete || enough || hopeless || target >= most {
            return Ok(adding);
        }
        target = adding.sums.next(aim).min(most);
    }
}

/// Goes on up to so many draws.
fn extend(adding: &mut Adding<'_>, plans: &[Plan], run: &Run, target: u64, watch: &dyn Watch) -> Result<(), RunError> {
    let wanted = target.saturating_sub(adding.sums.draws());
    if wanted == 0 {
        return Ok(());
    }
    let draws = adding.sums.range().end..adding.sums.first() + target;
    let run = Run { per_draw: adding.sums.per_draw, ..run.clone() };
    let done = ensemble(plans, &settings(&run, draws), watch.stop(), &mut |_, chunks| {
        chunks.iter().for_each(|chunk| adding.add(&plans[0], chunk));
        watch.progress(adding.reading, adding.sums.draws(), target);
    });
    adding.sums.complete &= done.map_err(|error| RunError::Settings(error.to_string()))? == wanted;
    Ok(())
}

/// How much the halves of a draw weigh, by its place in a chunk.
pub(crate) type HalfWeights<'w> = &'w dyn Fn(usize) -> [f64; 2];

/// A program that is played again and again on condition of what was seen, always with the same trajectories.
#[derive(Debug)]
pub(crate) struct Playing {
    plans: [Plan; 1],
    reading: String,
    per_draw: u32,
    draws: Range<u64>,
    /// The natural logarithm of the evidence, relative to which draws weigh.
    reference: f64,
}

impl Playing {
    /// Finds how many trajectories are needed.
    pub(crate) fn settle(
        program: &Program,
        run: &Run,
        conditioning: &Conditioning,
        watch: &dyn Watch,
    ) -> Result<Playing, RunError> {
        let Lowered { mut plan, .. } = lower_conditioned(program, conditioning.reports).map_err(RunError::Lower)?;
        let reading = program.reading.clone();
        if plan.filter().is_none() {
            return Ok(Playing { plans: [plan], reading, per_draw: run.per_draw, draws: 0..run.draws, reference: 0.0 });
        }
        let found = condition(&Program { questions: Vec::new(), ..program.clone() }, run, conditioning, watch)?;
        let reference = if found.is_starved() { 0.0 } else { found.log2() * std::f64::consts::LN_2 };
        found.proposal.iter().for_each(|proposal| plan.propose(proposal));
        plan.forget_marks();
        Ok(Playing { plans: [plan], reading, per_draw: found.per_draw, draws: found.range(), reference })
    }

    /// Plays it; each chunk comes with the weights of its draws' halves, relative to the mean.
    pub(crate) fn play(
        &self,
        run: &Run,
        watch: &dyn Watch,
        on_chunk: &mut dyn FnMut(&ChunkResult, HalfWeights<'_>),
    ) -> Result<bool, RunError> {
        let run = Run { per_draw: self.per_draw, ..run.clone() };
        let wanted = self.draws.end - self.draws.start;
        let done = ensemble(&self.plans, &settings(&run, self.draws.clone()), watch.stop(), &mut |_, chunks| {
            for chunk in chunks {
                let weights = |place: usize| chunk.evidence_of(place).map(|log| exp(log - self.reference));
                on_chunk(chunk, &weights);
                watch.progress(&self.reading, chunk.draws.end - self.draws.start, wanted);
            }
        });
        Ok(done.map_err(|error| RunError::Settings(error.to_string()))? == wanted)
    }
}
