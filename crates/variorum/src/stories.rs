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

/// An event or outcome that can be a milestone: condition, name, title.
type Candidate = (Expr, String, String);

/// All that can be a milestone, in the order of play, each with its statement.
fn candidates(program: &Program) -> Vec<(&str, Candidate)> {
    let reach = Reach::of(program);
    let mut list = Vec::new();
    for (choice, written) in program.choices.iter().enumerate() {
        let at_rate = matches!(written.occasion, Occasion::Considered(_) | Occasion::Hazards);
        for (option, of) in written.options.iter().enumerate() {
            let is_nothing = option == written.default && (at_rate || of.effects.is_empty());
            if is_nothing || !reach.can_come_out(choice, option) {
                continue;
            }
            let title = format!("{}: {}", written.title, of.title);
            let name = format!("choice {} = {}", written.name, of.name);
            list.push((written.name.as_str(), (Expr::Chosen { choice, option }, name, title)));
        }
    }
    for (event, written) in program.events.iter().enumerate() {
        if reach.can_happen(event) {
            let candidate = (Expr::Happened(event), format!("event {}", written.name), written.title.clone());
            list.push((written.name.as_str(), candidate));
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
    let found = stories_of(program, &[question], run, conditioning, watch)?;
    Ok(found.into_iter().next().flatten())
}

/// The same of several questions, all on the same trajectories.
///
/// # Errors
/// As [`stories`].
pub fn stories_of(
    program: &Program,
    questions: &[usize],
    run: &Run,
    conditioning: &Conditioning,
    watch: &dyn Watch,
) -> Result<Vec<Option<Stories>>, RunError> {
    let influence = Influence::of(program);
    let candidates = candidates(program);
    // What is asked of a trajectory: the questions, then what bears on any of them.
    let mut tellings: Vec<Option<Telling>> = Vec::new();
    let (mut asked, mut columns) = (Vec::new(), vec![None; candidates.len()]);
    for question in questions.iter().map(|question| program.questions.get(*question)) {
        let to = match question.map(|question| &question.query) {
            Some(Query::Ever { to, .. } | Query::First { to, .. }) => *to,
            Some(Query::Value { .. }) | None => {
                tellings.push(None);
                continue;
            }
        };
        let bears = question.map(|question| influence.bearing(question).statements).unwrap_or_default();
        let bearing = candidates.iter().enumerate().filter(|(_, (statement, _))| bears.contains(*statement));
        let bearing: Vec<usize> = bearing.map(|(place, _)| place).collect();
        bearing.iter().for_each(|place| columns[*place] = Some(0));
        tellings.push(Some(Telling { question: asked.len(), to, candidates: bearing, ..Telling::default() }));
        asked.extend(question.cloned());
    }
    let Some(to) = tellings.iter().flatten().map(|telling| telling.to).max() else {
        return Ok(tellings.iter().map(|_| None).collect());
    };
    for (column, (_, (condition, name, title))) in columns.iter_mut().zip(&candidates) {
        if column.is_some() {
            *column = Some(asked.len());
            let query = Query::First { condition: condition.clone(), from: 0, to };
            asked.push(Question { name: name.clone(), text: title.clone(), query, given: None });
        }
    }
    for telling in tellings.iter_mut().flatten() {
        telling.columns = telling.candidates.iter().map(|place| columns[*place].unwrap_or_default()).collect();
        telling.counts = vec![Table::default(); telling.candidates.len()];
    }
    let extended = Program { questions: asked, ..program.clone() };
    // Two passes over the same trajectories: which milestones tell, and in which order they come.
    let playing = Playing::settle(&extended, run, conditioning, watch)?;
    playing.play(run, watch, &mut |chunk, evidence| {
        tellings.iter_mut().flatten().for_each(|telling| telling.count(chunk, evidence));
    })?;
    tellings.iter_mut().flatten().for_each(Telling::choose);
    playing.play(run, watch, &mut |chunk, evidence| {
        tellings.iter_mut().flatten().for_each(|telling| telling.sort(chunk, evidence));
    })?;
    let candidates: Vec<Candidate> = candidates.into_iter().map(|(_, candidate)| candidate).collect();
    Ok(tellings.into_iter().map(|telling| telling?.stories(program, &candidates)).collect())
}

/// The stories of a question in the making.
#[derive(Clone, Debug, Default)]
struct Telling {
    /// Its place among what is asked of a trajectory.
    question: usize,
    /// The last step of its window.
    to: u32,
    /// What bears on it, in the order of play: places in the list of all.
    candidates: Vec<usize>,
    /// By candidate: its place among what is asked.
    columns: Vec<usize>,
    /// By candidate.
    counts: Vec<Table>,
    /// The milestones, the most telling first: places among its candidates.
    milestones: Vec<usize>,
    /// By order of milestones.
    found: BTreeMap<Vec<usize>, Tally>,
    /// The weight of a yes, and how many there are.
    all: f64,
    trajectories: u64,
    by_draw: Vec<(u64, f64)>,
}

impl Telling {
    /// Counts which candidates come before a yes, and without one.
    fn count(&mut self, chunk: &ChunkResult, evidence: &dyn Fn(usize) -> [f64; 2]) {
        let Telling { question, to, columns, counts, .. } = self;
        each(chunk, evidence, *question, columns, &mut |seen| {
            for (place, table) in counts.iter_mut().enumerate() {
                table.add(seen.is_yes(), seen.came_by(place, *to), seen.weight);
            }
        });
    }

    /// Chooses the milestones.
    fn choose(&mut self) {
        let counts = &self.counts;
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by(|a, b| counts[*b].information().total_cmp(&counts[*a].information()).then(a.cmp(b)));
        order.retain(|place| counts[*place].information() > TELLING);
        order.truncate(MILESTONES);
        self.milestones = order;
    }

    /// Sorts what leads to a yes by the order of the milestones.
    fn sort(&mut self, chunk: &ChunkResult, evidence: &dyn Fn(usize) -> [f64; 2]) {
        let Telling { question, to, columns, milestones, found, all, trajectories, by_draw, .. } = self;
        each(chunk, evidence, *question, columns, &mut |seen| {
            if !seen.is_yes() {
                return;
            }
            *trajectories += 1;
            *all += seen.weight;
            if by_draw.last().is_none_or(|(draw, _)| *draw != seen.draw) {
                by_draw.push((seen.draw, 0.0));
            }
            if let Some((_, sum)) = by_draw.last_mut() {
                *sum += seen.weight;
            }
            let tally = found.entry(seen.order(milestones, *to)).or_default();
            tally.add(&seen);
        });
    }

    /// What is told; none without a yes.
    fn stories(self, program: &Program, candidates: &[Candidate]) -> Option<Stories> {
        let Telling { to, candidates: own, counts, milestones, found, all, trajectories, by_draw, .. } = self;
        if all <= 0.0 {
            return None;
        }
        let own: Vec<&Candidate> = own.iter().filter_map(|place| candidates.get(*place)).collect();
        let mut ranked: Vec<(Vec<usize>, Tally)> = found.into_iter().collect();
        ranked.sort_by(|(a, of_a), (b, of_b)| of_b.weight.total_cmp(&of_a.weight).then(a.cmp(b)));
        let squares_of_all: f64 = by_draw.iter().map(|(_, sum)| sum * sum).sum();
        let told = ranked.first().and_then(|(_, tally)| tally.heaviest.as_ref());
        let told = told.map(|told| tell(program, &own, told, to));
        let stories = ranked.into_iter().take(STORIES).map(|(order, tally)| {
            let share = tally.weight / all;
            // Residuals by draw: own weight less the share of all.
            let residuals = tally.squares - 2.0 * share * tally.products(&by_draw) + share * share * squares_of_all;
            let error = if residuals > 0.0 { residuals.sqrt() / all } else { 0.0 };
            Story { order, share, error }
        });
        let milestones = milestones.iter().map(|place| {
            let (_, name, title) = own[*place];
            let [with_yes, without] = counts[*place].shares();
            Milestone { name: name.clone(), title: title.clone(), with_yes, without }
        });
        let (milestones, stories) = (milestones.collect(), stories.collect());
        Some(Stories { milestones, stories, told, trajectories })
    }
}

/// One trajectory as a question and its candidates were answered.
struct Seen<'a> {
    chunk: &'a ChunkResult,
    question: usize,
    columns: &'a [usize],
    draw: u64,
    place: usize,
    trajectory: usize,
    weight: f64,
}

impl Seen<'_> {
    fn step(&self, column: usize) -> f64 {
        self.chunk.of_draw(self.place, column).get(self.trajectory).copied().unwrap_or(f64::INFINITY)
    }

    /// The step of the yes.
    fn yes(&self) -> f64 {
        self.step(self.question)
    }

    fn is_yes(&self) -> bool {
        self.yes() != f64::INFINITY
    }

    /// The step in which a candidate came about.
    fn came(&self, candidate: usize) -> f64 {
        self.columns.get(candidate).map_or(f64::INFINITY, |column| self.step(*column))
    }

    /// Whether a candidate came about by the step of the yes, or by the end.
    fn came_by(&self, candidate: usize, to: u32) -> bool {
        let yes = self.yes();
        self.came(candidate) <= if yes == f64::INFINITY { f64::from(to) } else { yes }
    }

    /// The order in which these candidates came about, by their places among them.
    fn order(&self, milestones: &[usize], to: u32) -> Vec<usize> {
        let mut came: Vec<(f64, usize, usize)> = milestones
            .iter()
            .enumerate()
            .filter(|(_, candidate)| self.came_by(**candidate, to))
            .map(|(place, candidate)| (self.came(*candidate), *candidate, place))
            .collect();
        // Candidates are in the order of play: choices, then events.
        came.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        came.into_iter().map(|(_, _, place)| place).collect()
    }
}

/// Every trajectory that is asked and counts.
fn each(
    chunk: &ChunkResult,
    evidence: &dyn Fn(usize) -> [f64; 2],
    question: usize,
    columns: &[usize],
    visit: &mut dyn FnMut(Seen<'_>),
) {
    for (place, draw) in chunk.draws.clone().enumerate() {
        let halves = evidence(place);
        let (asked, weights) = (chunk.asked(place, question), chunk.weights_of(place));
        for trajectory in 0..chunk.per_draw {
            if asked.is_some_and(|asked| asked.get(trajectory) != Some(&true)) {
                continue;
            }
            let half = usize::from(trajectory >= chunk.per_draw / 2);
            let weight = weights.and_then(|weights| weights.get(trajectory)).copied().unwrap_or(1.0) * halves[half];
            if weight > 0.0 {
                visit(Seen { chunk, question, columns, draw, place, trajectory, weight });
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
    /// The heaviest trajectory.
    heaviest: Option<Told>,
}

/// A trajectory that can be told: when the yes came, and by candidate when that did.
#[derive(Clone, Debug)]
struct Told {
    weight: f64,
    draw: u64,
    trajectory: usize,
    per_draw: usize,
    yes: f64,
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
                yes: seen.yes(),
                steps: (0..seen.columns.len()).map(|candidate| seen.came(candidate)).collect(),
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
fn tell(program: &Program, candidates: &[&Candidate], told: &Told, to: u32) -> Trajectory {
    let yes = told.yes;
    let mut came: Vec<(f64, usize)> = told.steps.iter().copied().zip(0..).filter(|(step, _)| *step <= yes).collect();
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
