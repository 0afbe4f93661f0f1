//! What the trajectories of a reading answer, added up in the order of draws.

use crate::curve::Curve;
use crate::stats::{Asked, Numbers, Share};
use variorum_engine::plan::{CounterKind, Plan};
use variorum_engine::run::ChunkResult;
use variorum_model::program::{Program, Query};

/// What the trajectories of one reading say to one question.
#[derive(Clone, Debug)]
pub enum Tally {
    /// Yes or no, or when.
    Share(Share),
    /// A number, in the shown unit.
    Numbers(Numbers),
}

impl Tally {
    /// Nothing yet, for a query of so many trajectories in each draw.
    #[must_use]
    pub fn of(query: &Query, per_draw: u32) -> Tally {
        match query {
            Query::Ever { .. } | Query::First { .. } => Tally::Share(Share::new(u64::from(per_draw / 2))),
            Query::Value { .. } => Tally::Numbers(Numbers::default()),
        }
    }

    /// Adds what a draw's trajectories answer, the first half before the second: their values, or the steps in which
    /// something first held (infinite: never). `asked` tells which of them are asked, where not all are.
    pub fn add(&mut self, answers: &[f64], asked: Option<&[bool]>) {
        match self {
            Tally::Share(share) => {
                let (mut yes, mut of) = ([0; 2], [0; 2]);
                for (place, step) in answers.iter().enumerate() {
                    let half = usize::from(place >= answers.len() / 2);
                    let is_asked = asked.is_none_or(|asked| asked.get(place) == Some(&true));
                    of[half] += u64::from(is_asked);
                    yes[half] += u64::from(is_asked && *step != f64::INFINITY);
                }
                share.add_asked(yes, of);
            }
            Tally::Numbers(numbers) => numbers.add_asked(answers, asked),
        }
    }

    /// Of how many trajectories the question was asked.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        match self {
            Tally::Share(share) => &share.asked,
            Tally::Numbers(numbers) => &numbers.asked,
        }
    }
}

/// A reading's tallies by question.
#[derive(Clone, Debug)]
pub struct Tallies {
    /// By question.
    pub questions: Vec<Tally>,
    /// By question: how likely it is by when, if it asks for more than a moment and is not for a number.
    pub curves: Vec<Option<Curve>>,
    /// Parameter draws done.
    pub draws: u64,
    /// False if the run was cut short.
    pub complete: bool,
    /// How often something was scaled or could not be, by counter: what was counted and how often.
    pub counts: Vec<(String, u64)>,
}

impl Tallies {
    /// Nothing yet, with so many trajectories in each draw.
    #[must_use]
    pub fn new(program: &Program, per_draw: u32) -> Tallies {
        let curve = |query: &Query| match query {
            Query::Ever { from, to, .. } if from < to => Some(Curve::new(*from, *to)),
            Query::First { from, to, .. } => Some(Curve::new(*from, *to)),
            Query::Ever { .. } | Query::Value { .. } => None,
        };
        let queries = || program.questions.iter().map(|question| &question.query);
        Tallies {
            questions: queries().map(|query| Tally::of(query, per_draw)).collect(),
            curves: queries().map(curve).collect(),
            draws: 0,
            complete: true,
            counts: Vec::new(),
        }
    }

    /// The same, with a name for everything that the plan counts.
    #[must_use]
    pub fn of_plan(program: &Program, plan: &Plan, per_draw: u32) -> Tallies {
        let describe = |kind: CounterKind| match kind {
            CounterKind::Scaled => "probabilities that add up to more than 1 were scaled down",
            CounterKind::Invalid => "a probability or hazard was negative or no number, and counted as 0",
        };
        let counters = plan.counters().iter();
        let counts = counters.map(|counter| (format!("{}: {}", counter.name, describe(counter.kind)), 0)).collect();
        Tallies { counts, ..Tallies::new(program, per_draw) }
    }

    /// Adds a chunk. Chunks must come in order.
    pub fn add(&mut self, chunk: &ChunkResult) {
        let draws = usize::try_from(chunk.draws.end - chunk.draws.start).unwrap_or(0);
        for question in 0..self.questions.len() {
            for draw in 0..draws {
                self.add_draw(question, chunk.of_draw(draw, question), chunk.asked(draw, question));
            }
        }
        self.draws += chunk.draws.end - chunk.draws.start;
        for ((_, total), count) in self.counts.iter_mut().zip(&chunk.counts) {
            *total += count;
        }
    }

    /// Adds what a draw's trajectories answer to a question, as [`Tally::add`].
    pub(crate) fn add_draw(&mut self, question: usize, answers: &[f64], asked: Option<&[bool]>) {
        if let Some(tally) = self.questions.get_mut(question) {
            tally.add(answers, asked);
        }
        if let Some(Some(curve)) = self.curves.get_mut(question) {
            curve.add(answers, asked);
        }
    }
}
