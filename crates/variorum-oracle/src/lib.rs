//! A slow scalar interpreter of the checked model, written straight from the definition.
//!
//! It takes a [`Program`] and answers what one trajectory of it does, one number at a time, by recursion on expressions
//! and by walking the game tree of every choice. It shares no evaluation code with the engine: random numbers, laws,
//! expressions, steps and choices are written here a second time, so that the two can be held against each other draw
//! by draw. Nothing here is fast, and nothing here knows of text or units.
//!
//! ```text
//! Program --check--> Oracle --(seed, draw)--> parameters --(half, slot)--> history --> one number per question
//! ```

mod check;
mod choose;
mod copula;
mod error;
mod expression;
mod filter;
mod interval;
pub mod law;
mod moves;
mod project;
pub mod random;
mod seen;
pub mod special;
mod step;
mod world;

use std::ops::Range;

use serde::Serialize;
use variorum_model::program::{Expr, Given, Program, Query};

pub use error::OracleError;
pub use filter::{Filtered, Mark};
pub use world::{Moment, State};

use copula::Tie;
use law::Distribution;
use random::Dice;
use world::World;

/// How many trajectories of which stream of random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The seed.
    pub seed: u64,
    /// Trajectories per parameter draw, in two halves; even.
    pub per_draw: u32,
}

/// One parameter draw and the answers of its trajectories.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Draw {
    /// The drawn parameters, in base units.
    pub params: Vec<f64>,
    /// For each half, for each slot, one number per question, as [`Oracle::trajectory`] has them.
    pub halves: [Vec<Vec<f64>>; 2],
}

/// What one step did.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Record {
    /// The quantities at the end of the step.
    pub state: State,
    /// Which events happened in it.
    pub happened: Vec<bool>,
    /// How each choice came out; none where it did not come up, or nobody acted.
    pub outcomes: Vec<Option<usize>>,
}

/// Everything that one trajectory did.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct History {
    /// The parameters of its draw.
    pub params: Vec<f64>,
    /// The quantities before the first step.
    pub start: State,
    /// One record per step.
    pub steps: Vec<Record>,
    /// One number per question: whether and when it was answered by yes, or its value.
    pub answers: Vec<f64>,
    /// For each question whether its `given` came true; true where it has none.
    pub given: Vec<bool>,
}

/// An interpreter of one program with one seed.
///
/// The methods that take a choice, parameters or a moment index by them as the program does, and panic where these do
/// not belong to the program.
#[derive(Clone, Debug)]
pub struct Oracle<'p> {
    program: &'p Program,
    seed: u64,
    laws: Vec<Distribution>,
    ties: Vec<Tie>,
}

impl<'p> Oracle<'p> {
    /// Checks that the program has a meaning, and finds the laws of its parameters.
    pub fn new(program: &'p Program, seed: u64) -> Result<Self, OracleError> {
        check::check(program)?;
        let laws = program.params.iter().map(Distribution::new).collect::<Result<_, _>>()?;
        let ties = program.copulas.iter().map(|copula| {
            let path = copula.params.first().map_or("", |param| &program.params[*param].name);
            Tie::new(copula).map_err(|problem| OracleError::Law { param: path.to_owned(), problem })
        });
        let ties = ties.collect::<Result<_, _>>()?;
        Ok(Oracle { program, seed, laws, ties })
    }

    /// The parameters of a draw, in base units.
    #[must_use]
    pub fn params(&self, draw: u64) -> Vec<f64> {
        let uniforms = self.program.params.iter().map(|param| random::parameter(self.seed, param.key, draw));
        let mut uniforms: Vec<f64> = uniforms.collect();
        self.ties.iter().for_each(|tie| tie.bind(&mut uniforms));
        self.laws.iter().zip(uniforms).map(|(law, u)| law.value(u)).collect()
    }

    /// Runs one trajectory: one number per question. For "ever" and "first date" it is the first step within the window
    /// at whose end the condition holds, and infinite if there is none; otherwise a value in its shown unit. `half` is 0
    /// or 1; `slot` counts within the half.
    #[must_use]
    pub fn trajectory(&self, draw: u64, half: u32, slot: u32) -> Vec<f64> {
        self.history(draw, half, slot).answers
    }

    /// Runs one trajectory and tells everything.
    #[must_use]
    pub fn history(&self, draw: u64, half: u32, slot: u32) -> History {
        let params = self.params(draw);
        let world = World { program: self.program, params: &params };
        let mut dice = Dice { seed: self.seed, draw, half, slot };
        let mut steps: Vec<Record> = Vec::new();
        for step in 0..self.program.clock.steps {
            steps.push(world.step(&mut dice, world.next(step, &steps)));
        }
        self.told(&world, steps)
    }

    /// The history of a trajectory that has done these steps.
    fn told(&self, world: &World<'_>, steps: Vec<Record>) -> History {
        let answers = self.program.questions.iter().map(|question| answer(world, &question.query, &steps)).collect();
        let came_true = |given: &Given| first(world, &given.condition, given.from, given.to, &steps).is_finite();
        let given =
            self.program.questions.iter().map(|question| question.given.as_ref().is_none_or(came_true)).collect();
        History { start: world.start(), steps, answers, given, params: world.params.to_vec() }
    }

    /// The moment before the first choice of the first step.
    #[must_use]
    pub fn opening(&self, params: &[f64]) -> Moment {
        World { program: self.program, params }.next(0, &[])
    }

    /// The probabilities of a choice's options at a moment when it comes up: per occasion, or, of a choice by hazards,
    /// of each act in this step and of none (as the default).
    #[must_use]
    pub fn policy(&self, choice: usize, params: &[f64], moment: &Moment) -> Vec<f64> {
        World { program: self.program, params }.policy(choice, moment)
    }

    /// What each option of a choice is worth to its actor at a moment, `Q(o, x)`.
    #[must_use]
    pub fn values(&self, choice: usize, params: &[f64], moment: &Moment) -> Vec<f64> {
        World { program: self.program, params }.values(choice, moment)
    }

    /// What a choice's option does at a moment: the state and the outcomes after it.
    #[must_use]
    pub fn take(&self, choice: usize, option: usize, params: &[f64], moment: &Moment) -> Moment {
        let mut next = moment.clone();
        World { program: self.program, params }.take(choice, option, &mut next);
        next
    }
}

/// Runs all trajectories of some draws.
pub fn run(program: &Program, settings: Settings, draws: Range<u64>) -> Result<Vec<Draw>, OracleError> {
    let oracle = Oracle::new(program, settings.seed)?;
    let half = |draw, half| (0..settings.per_draw / 2).map(|slot| oracle.trajectory(draw, half, slot)).collect();
    Ok(draws.map(|draw| Draw { params: oracle.params(draw), halves: [half(draw, 0), half(draw, 1)] }).collect())
}

/// What a trajectory answers.
fn answer(world: &World<'_>, query: &Query, steps: &[Record]) -> f64 {
    match query {
        Query::Ever { condition, from, to } | Query::First { condition, from, to } => {
            first(world, condition, *from, *to, steps)
        }
        Query::Value { value, at, scale, .. } => {
            steps.get(*at as usize).map_or(f64::NAN, |record| world.end_of_step(record).value(value)) / scale
        }
    }
}

/// The first step of a window, both ends included, at whose end a condition holds; infinite if there is none.
fn first(world: &World<'_>, condition: &Expr, from: u32, to: u32, steps: &[Record]) -> f64 {
    let holds = |step: &u32| steps.get(*step as usize).is_some_and(|record| world.end_of_step(record).holds(condition));
    (from..=to).find(holds).map_or(f64::INFINITY, f64::from)
}
