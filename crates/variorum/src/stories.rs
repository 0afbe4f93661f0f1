//! Stories: the most frequent orders of events and choices that lead to a yes, and one trajectory as it went.
//!
//! A trajectory's story is the order in which the milestones that matter first came about, up to the step of the yes. Of all
//! events and outcomes of choices that can bear on the question, those are kept that tell most about it: with the largest
//! mutual information between "it came about by then" and the answer, "then" being the step of the yes, or, of a
//! trajectory without one, the end of the window. Repetitions of a milestone do not show; the trajectory that is told does
//! not leave them out.

use crate::condition::{Conditioning, Playing};
use crate::influence::Influence;
use crate::reach::Reach;
use crate::run::{Run, RunError, Watch};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_engine::math::ln;
use variorum_engine::run::ChunkResult;
use variorum_model::program::{Expr, Occasion, Program, Query, Question};

/// Milestones in a story.
const MILESTONES: usize = 5;
/// What tells less than this about the answer, in nats, is no milestone.
const TELLING: f64 = 1e-3;
/// Stories that are told.
const STORIES: usize = 5;

/// The stories of one question in one reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stories {
    /// The milestones that stories are made of, the most telling first.
    pub milestones: Vec<Milestone>,
    /// The most frequent orders, each with its share of all that lead to a yes.
    pub stories: Vec<Story>,
    /// One trajectory that goes as the most frequent story does.
    pub told: Option<Trajectory>,
    /// Trajectories with a yes.
    pub trajectories: u64,
}

/// Something that a story is made of.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Milestone {
    /// `event attack`, `choice take = accept`.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// How often it came about before a yes, among those with one.
    pub with_yes: f64,
    /// How often it came about by the end of the window, among those without.
    pub without: f64,
}

/// An order of milestones.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Story {
    /// Places of milestones, in the order in which they came about; those of one step in the order of play.
    pub order: Vec<usize>,
    /// Its share of all that lead to a yes.
    pub share: f64,
    /// The standard error of the share, clustered by parameter draw.
    pub error: f64,
}

/// A trajectory as it went.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Trajectory {
    /// Its parameter draw, half and slot: with these and the seed it is the same on any machine.
    pub draw: u64,
    /// 0 or 1.
    pub half: u32,
    /// Its place in the half; after resampling, that in which it ended.
    pub slot: u32,
    /// What came about first when: date and title, in order.
    pub steps: Vec<Happening>,
    /// The date of the yes.
    pub yes: String,
}

/// Something that came about in a trajectory for the first time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Happening {
    /// The date.
    pub date: String,
    /// `event attack`.
    pub name: String,
    /// What people are shown.
    pub title: String,
}

/// Events and outcomes that can bear on a question: condition, name, title.
fn candidates(program: &Program, question: &Question) -> Vec<(Expr, String, String)> {
    let (reach, influence) = (Reach::of(program), Influence::of(program));
    let bears = influence.bearing(question).statements;
    let mut list = Vec::new();
    for (choice, written) in program.choices.iter().enumerate() {
        let at_rate = matches!(written.occasion, Occasion::Considered(_) | Occasion::Hazards);
        for (option, of) in written.options.iter().enumerate() {
            let is_nothing = option == written.default && (at_rate || of.effects.is_empty());
            if is_nothing || !reach.can_come_out(choice, option) || !bears.contains(&written.name) {
                continue;
            }
            let title = format!("{}: {}", written.title, of.title);
            list.push((Expr::Chosen { choice, option }, format!("choice {} = {}", written.name, of.name), title));
        }
    }
    for (event, written) in program.events.iter().enumerate() {
        if reach.can_happen(event) && bears.contains(&written.name) {
            list.push((Expr::Happened(event), format!("event {}", written.name), written.title.clone()));
        }
    }
    list
}

/// The stories of a question of yes or no; none of a question for a number, or where there is no yes.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn stories(
    program: &Program,
    question: usize,
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Option<Stories>, RunError> {
    let Some(asked) = program.questions.get(question) else { return Ok(None) };
    let (Query::Ever { to, .. } | Query::First { to, .. }) = asked.query else { return Ok(None) };
    let candidates = candidates(program, asked);
    let mut questions = vec![asked.clone()];
    for (condition, name, title) in &candidates {
        let query = Query::First { condition: condition.clone(), from: 0, to };
        questions.push(Question { name: name.clone(), text: title.clone(), query, given: None });
    }
    let extended = Program { questions, ..program.clone() };
    // Two passes over the same trajectories: which milestones tell, and in which order they come.
    let mut counts = vec![Table::default(); candidates.len()];
    let playing = Playing::settle(&extended, run, conditioning, watch)?;
    playing.play(run, watch, &mut |chunk, evidence| {
        each(chunk, evidence, &mut |seen| {
            for (place, table) in counts.iter_mut().enumerate() {
                table.add(seen.is_yes(), seen.came_by(place, to), seen.weight);
            }
        });
    })?;
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|a, b| counts[*b].information().total_cmp(&counts[*a].information()).then(a.cmp(b)));
    order.retain(|place| counts[*place].information() > TELLING);
    order.truncate(MILESTONES);
    let mut found: BTreeMap<Vec<usize>, Tally> = BTreeMap::new();
    let (mut all, mut trajectories, mut by_draw) = (0.0, 0, Vec::new());
    playing.play(run, watch, &mut |chunk, evidence| {
        each(chunk, evidence, &mut |seen| {
            if !seen.is_yes() {
                return;
            }
            trajectories += 1;
            all += seen.weight;
            if by_draw.last().is_none_or(|(draw, _)| *draw != seen.draw) {
                by_draw.push((seen.draw, 0.0));
            }
            if let Some((_, sum)) = by_draw.last_mut() {
                *sum += seen.weight;
            }
            let tally = found.entry(seen.order(&order, to)).or_default();
            tally.add(&seen);
        });
    })?;
    if all <= 0.0 {
        return Ok(None);
    }
    let mut ranked: Vec<(Vec<usize>, Tally)> = found.into_iter().collect();
    ranked.sort_by(|(a, of_a), (b, of_b)| of_b.weight.total_cmp(&of_a.weight).then(a.cmp(b)));
    let squares_of_all: f64 = by_draw.iter().map(|(_, sum)| sum * sum).sum();
    let told = ranked.first().and_then(|(_, tally)| tally.heaviest.clone());
    let told = told.map(|told| tell(&extended, &candidates, &told, to));
    let stories = ranked.into_iter().take(STORIES).map(|(order, tally)| {
        let share = tally.weight / all;
        // Residuals by draw: own weight less the share of all.
        let residuals = tally.squares - 2.0 * share * tally.products(&by_draw) + share * share * squares_of_all;
        let error = if residuals > 0.0 { residuals.sqrt() / all } else { 0.0 };
        Story { order, share, error }
    });
    let milestones = order.iter().map(|place| {
        let (_, name, title) = &candidates[*place];
        let [with_yes, without] = counts[*place].shares();
        Milestone { name: name.clone(), title: title.clone(), with_yes, without }
    });
    Ok(Some(Stories { milestones: milestones.collect(), stories: stories.collect(), told, trajectories }))
}

/// One trajectory as its questions were answered.
struct Seen<'a> {
    chunk: &'a ChunkResult,
    draw: u64,
    place: usize,
    trajectory: usize,
    weight: f64,
}

impl Seen<'_> {
    fn step(&self, question: usize) -> f64 {
        self.chunk.of_draw(self.place, question).get(self.trajectory).copied().unwrap_or(f64::INFINITY)
    }

    fn is_yes(&self) -> bool {
        self.step(0) != f64::INFINITY
    }

    /// Whether a candidate came about by the step of the yes, or by the end.
    fn came_by(&self, candidate: usize, to: u32) -> bool {
        let yes = self.step(0);
        self.step(candidate + 1) <= if yes == f64::INFINITY { f64::from(to) } else { yes }
    }

    /// The order in which these candidates came about, by their places among them.
    fn order(&self, milestones: &[usize], to: u32) -> Vec<usize> {
        let mut came: Vec<(f64, usize, usize)> = milestones
            .iter()
            .enumerate()
            .filter(|(_, candidate)| self.came_by(**candidate, to))
            .map(|(place, candidate)| (self.step(candidate + 1), *candidate, place))
            .collect();
        // Candidates are in the order of play: choices, then events.
        came.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        came.into_iter().map(|(_, _, place)| place).collect()
    }
}

/// Every trajectory that is asked and counts.
fn each(chunk: &ChunkResult, evidence: &dyn Fn(usize) -> [f64; 2], visit: &mut dyn FnMut(Seen<'_>)) {
    for (place, draw) in chunk.draws.clone().enumerate() {
        let halves = evidence(place);
        let (asked, weights) = (chunk.asked(place, 0), chunk.weights_of(place));
        for trajectory in 0..chunk.per_draw {
            if asked.is_some_and(|asked| asked.get(trajectory) != Some(&true)) {
                continue;
            }
            let half = usize::from(trajectory >= chunk.per_draw / 2);
            let weight = weights.and_then(|weights| weights.get(trajectory)).copied().unwrap_or(1.0) * halves[half];
            if weight > 0.0 {
                visit(Seen { chunk, draw, place, trajectory, weight });
            }
        }
    }
}

/// Weights of yes and no, with and without a milestone.
#[derive(Clone, Copy, Debug, Default)]
struct Table {
    cells: [[f64; 2]; 2],
}

impl Table {
    fn add(&mut self, yes: bool, came: bool, weight: f64) {
        self.cells[usize::from(yes)][usize::from(came)] += weight;
    }

    /// Of yes and of no: the share with the milestone.
    fn shares(&self) -> [f64; 2] {
        [1, 0].map(|yes: usize| {
            let [without, with] = self.cells[yes];
            if with + without > 0.0 { with / (with + without) } else { 0.0 }
        })
    }

    /// The mutual information, in nats.
    fn information(&self) -> f64 {
        let [[a, b], [c, d]] = self.cells;
        let all = a + b + c + d;
        let term = |cell: f64, row: f64, column: f64| {
            if cell > 0.0 { cell / all * ln(cell * all / (row * column)) } else { 0.0 }
        };
        term(a, a + b, a + c) + term(b, a + b, b + d) + term(c, c + d, a + c) + term(d, c + d, b + d)
    }
}

/// What one order has.
#[derive(Clone, Debug, Default)]
struct Tally {
    weight: f64,
    /// By draw, ascending.
    draws: Vec<(u64, f64)>,
    squares: f64,
    /// The heaviest trajectory: its draw, half, slot, and the first steps of all candidates and of the yes.
    heaviest: Option<Told>,
}

#[derive(Clone, Debug)]
struct Told {
    weight: f64,
    draw: u64,
    trajectory: usize,
    per_draw: usize,
    steps: Vec<f64>,
}

impl Tally {
    fn add(&mut self, seen: &Seen<'_>) {
        self.weight += seen.weight;
        match self.draws.last_mut() {
            Some((draw, sum)) if *draw == seen.draw => {
                self.squares -= *sum * *sum;
                *sum += seen.weight;
                self.squares += *sum * *sum;
            }
            _ => {
                self.draws.push((seen.draw, seen.weight));
                self.squares += seen.weight * seen.weight;
            }
        }
        if self.heaviest.as_ref().is_none_or(|heaviest| seen.weight > heaviest.weight) {
            self.heaviest = Some(Told {
                weight: seen.weight,
                draw: seen.draw,
                trajectory: seen.trajectory,
                per_draw: seen.chunk.per_draw,
                steps: (0..seen.chunk.questions).map(|question| seen.step(question)).collect(),
            });
        }
    }

    /// Sum over draws of this order's weight times that of all.
    fn products(&self, all: &[(u64, f64)]) -> f64 {
        let mut all = all.iter();
        let product = |(draw, sum): &(u64, f64)| {
            all.by_ref().find(|(other, _)| other == draw).map_or(0.0, |(_, whole)| sum * whole)
        };
        self.draws.iter().map(product).sum()
    }
}

/// A trajectory as people are told it.
fn tell(program: &Program, candidates: &[(Expr, String, String)], told: &Told, to: u32) -> Trajectory {
    let yes = told.steps.first().copied().unwrap_or(f64::INFINITY);
    let mut came: Vec<(f64, usize)> =
        told.steps.iter().skip(1).copied().zip(0..).filter(|(step, _)| *step <= yes).collect();
    came.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "steps of the model")]
    let label = |step: f64| program.clock.label((step as u32).min(to));
    let steps = came.into_iter().filter_map(|(step, candidate)| {
        let (_, name, title) = candidates.get(candidate)?;
        Some(Happening { date: label(step), name: name.clone(), title: title.clone() })
    });
    let half = told.per_draw / 2;
    #[expect(clippy::cast_possible_truncation, reason = "at most 256")]
    let place = |number: usize| number as u32;
    Trajectory {
        draw: told.draw,
        half: place(told.trajectory / half),
        slot: place(told.trajectory % half),
        steps: steps.collect(),
        yes: label(yes),
    }
}
