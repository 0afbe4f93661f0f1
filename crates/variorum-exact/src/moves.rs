//! One step from a state: all ends that it may have, with their probabilities.

use std::collections::BTreeMap;
use std::rc::Rc;

use variorum_model::program::{EventRule, Occasion, Program};
use variorum_oracle::{Moment, Oracle, State};

use crate::relevant::Relevant;
use crate::watched::{Numbered, Watched, bits};

/// What an event's draw and effects are, in the order in which they are dealt with.
#[derive(Clone, Copy)]
enum Stage {
    /// An event that stands alone is drawn.
    Alone(usize),
    /// Those that exclude each other are drawn.
    Exclusion(usize),
    /// An event's effects apply, if it happened.
    Apply(usize),
    /// Nobody asks any more whether it happened.
    Forget(usize),
}

/// Most ways through one step from one state, before they come to the same.
pub(crate) const MOST_BRANCHES: u64 = 250_000;

/// A moment after the choices, and which events happen.
type Happening = (Moment, Vec<bool>);

/// The ends of a step with their probabilities.
type Ends = Rc<Vec<(u32, f64)>>;

/// A way in which a step may go on.
type Branches<T> = BTreeMap<Vec<u64>, (T, f64)>;

/// An end of a step: the state that the next step begins with, and what is read.
#[derive(Clone)]
pub(crate) struct End {
    pub(crate) core: u32,
    pub(crate) label: Vec<u64>,
}

/// What makes two steps different.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// Where something is set or held now or later.
    step: Option<u32>,
    due: Vec<usize>,
    dated: Vec<usize>,
}

/// The steps of one program with given parameters. A core is what a step leaves to the next: the quantities that matter,
/// and which of the remembered events happened.
pub(crate) struct Moves<'p> {
    program: &'p Program,
    oracle: &'p Oracle<'p>,
    relevant: &'p Relevant,
    watched: &'p Watched<'p>,
    params: Vec<f64>,
    start: State,
    stages: Vec<Stage>,
    numbers: Numbered<Vec<u64>>,
    cores: Vec<Vec<u64>>,
    end_numbers: Numbered<(u32, Vec<u64>)>,
    ends: Vec<End>,
    kinds: Numbered<Kind>,
    known: BTreeMap<(u32, u32), Ends>,
}

impl<'p> Moves<'p> {
    pub(crate) fn new(
        program: &'p Program,
        oracle: &'p Oracle<'p>,
        relevant: &'p Relevant,
        watched: &'p Watched<'p>,
        params: Vec<f64>,
    ) -> Moves<'p> {
        let start = oracle.start(&params);
        let mut moves = Moves {
            program,
            oracle,
            relevant,
            watched,
            params,
            start,
            stages: stages(program, relevant),
            numbers: Numbered::default(),
            cores: Vec::new(),
            end_numbers: Numbered::default(),
            ends: Vec::new(),
            kinds: Numbered::default(),
            known: BTreeMap::new(),
        };
        let state = moves.start.clone();
        moves.core(&state, &vec![false; program.events.len()]);
        moves
    }

    pub(crate) fn params(&self) -> &[f64] {
        &self.params
    }

    /// The core before the first step.
    pub(crate) const fn first(&self) -> u32 {
        0
    }

    pub(crate) fn end(&self, end: u32) -> &End {
        &self.ends[end as usize]
    }

    /// By quantity that matters: its value in a core.
    pub(crate) fn quantities(&self, core: u32) -> impl Iterator<Item = (usize, u64)> {
        self.relevant.quantities.iter().copied().zip(self.cores[core as usize].iter().copied())
    }

    /// The ends of a step that begins with a core, with their probabilities.
    /// An error tells how many ways there were when it was given up.
    pub(crate) fn from(&mut self, step: u32, core: u32) -> Result<Ends, u64> {
        let kind = self.kinds.of(self.kind(step)).0;
        if let Some(known) = self.known.get(&(kind, core)) {
            return Ok(Rc::clone(known));
        }
        let found = Rc::new(self.step(step, core)?);
        self.known.insert((kind, core), Rc::clone(&found));
        Ok(found)
    }

    fn kind(&self, step: u32) -> Kind {
        let program = self.program;
        let touched = program.interventions.iter().any(|done| step <= done.until.unwrap_or(done.from));
        let is_due = |choice: &usize| matches!(&program.choices[*choice].occasion, Occasion::Steps(steps) if steps.contains(&step));
        let is_dated =
            |event: &usize| matches!(program.events[*event].rule, EventRule::Dated { step: at, .. } if at == step);
        Kind {
            step: touched.then_some(step),
            due: (0..program.choices.len()).filter(is_due).collect(),
            dated: (0..program.events.len()).filter(is_dated).collect(),
        }
    }

    fn step(&mut self, step: u32, core: u32) -> Result<Vec<(u32, f64)>, u64> {
        let (state, happened) = self.state(core);
        let begin = self.oracle.begins(step, &self.params, state, happened);
        let mut ends: BTreeMap<u32, f64> = BTreeMap::new();
        for (moment, probability) in self.after_choices(begin)? {
            for ((moment, happened), part) in self.after_events(moment)? {
                let record = self.oracle.ends(&self.params, moment, happened);
                let label = self.watched.label(self.program, self.oracle, &self.params, &record);
                let core = self.core(&record.state, &record.happened);
                let (end, is_new) = self.end_numbers.of((core, label.clone()));
                if is_new {
                    self.ends.push(End { core, label });
                }
                *ends.entry(end).or_insert(0.0) += probability * part;
            }
        }
        Ok(ends.into_iter().collect())
    }

    /// All ways in which the choices may come out; of the outcomes only those that are read later.
    fn after_choices(&self, begin: Moment) -> Result<Vec<(Moment, f64)>, u64> {
        let mut branches = vec![(begin, 1.0)];
        for choice in &self.relevant.choices {
            let mut next: Branches<Moment> = BTreeMap::new();
            for (moment, probability) in branches {
                for (outcome, chance) in self.oracle.outcomes(*choice, &self.params, &moment) {
                    if chance > 0.0 {
                        let taken = |option| self.oracle.take(*choice, option, &self.params, &moment);
                        let taken = outcome.map_or_else(|| moment.clone(), taken);
                        add(&mut next, self.key(&taken, &[]), taken, probability * chance);
                    }
                }
            }
            branches = few(next)?;
        }
        let mut last: Branches<Moment> = BTreeMap::new();
        for (mut moment, probability) in branches {
            for (choice, outcome) in moment.outcomes.iter_mut().enumerate() {
                if !self.relevant.kept_choices.contains(&choice) {
                    *outcome = None;
                }
            }
            add(&mut last, self.key(&moment, &[]), moment, probability);
        }
        Ok(last.into_values().collect())
    }

    /// All ways in which the events may happen, with their effects.
    fn after_events(&self, moment: Moment) -> Result<Vec<(Happening, f64)>, u64> {
        let before = moment.clone();
        let mut branches = vec![((moment, vec![false; self.program.events.len()]), 1.0)];
        for stage in &self.stages {
            // All events are judged in the same state.
            let outcomes = match stage {
                Stage::Alone(event) => self.oracle.event(*event, &self.params, &before),
                Stage::Exclusion(exclusion) => self.oracle.exclusion(*exclusion, &self.params, &before),
                Stage::Apply(_) | Stage::Forget(_) => vec![(None, 1.0)],
            };
            let mut next: Branches<Happening> = BTreeMap::new();
            for ((moment, happened), probability) in branches {
                for (outcome, chance) in outcomes.iter().filter(|(_, chance)| *chance > 0.0) {
                    let (mut moment, mut happened) = (moment.clone(), happened.clone());
                    if let Some(event) = outcome {
                        happened[*event] = true;
                    }
                    match stage {
                        Stage::Apply(event) if happened[*event] => {
                            self.oracle.happen(*event, &self.params, &mut moment, &happened);
                        }
                        Stage::Forget(event) => happened[*event] = false,
                        _ => (),
                    }
                    add(&mut next, self.key(&moment, &happened), (moment, happened), probability * chance);
                }
            }
            branches = few(next)?;
        }
        Ok(branches)
    }

    /// What tells branches of one step apart.
    fn key(&self, moment: &Moment, happened: &[bool]) -> Vec<u64> {
        let quantities = self.relevant.quantities.iter().map(|quantity| bits(moment.state.0[*quantity]));
        let outcome = |choice: &usize| moment.outcomes[*choice].map_or(u64::MAX, |option| option as u64);
        let outcomes = self.relevant.choices.iter().map(outcome);
        quantities.chain(outcomes).chain(packed(happened.iter().copied())).collect()
    }

    /// The number of a core.
    fn core(&mut self, state: &State, happened: &[bool]) -> u32 {
        let quantities = self.relevant.quantities.iter().map(|quantity| bits(state.0[*quantity]));
        let remembered = self.relevant.remembered.iter().map(|event| happened[*event]);
        let key: Vec<u64> = quantities.chain(packed(remembered)).collect();
        let (number, is_new) = self.numbers.of(key.clone());
        if is_new {
            self.cores.push(key);
        }
        number
    }

    /// A core as a state and what happened; whatever does not matter is as it was at the start.
    fn state(&self, core: u32) -> (State, Vec<bool>) {
        let (mut state, mut happened) = (self.start.clone(), vec![false; self.program.events.len()]);
        for (quantity, value) in self.quantities(core) {
            state.0[quantity] = f64::from_bits(value);
        }
        let words = &self.cores[core as usize][self.relevant.quantities.len()..];
        for (place, event) in self.relevant.remembered.iter().enumerate() {
            happened[*event] = words[place / 64] >> (place % 64) & 1 == 1;
        }
        (state, happened)
    }
}

/// In which order events are drawn and take effect: one by one, so that what comes to the same is one again before the
/// next; but all are drawn first where effects read what happens.
fn stages(program: &Program, relevant: &Relevant) -> Vec<Stage> {
    let mut drawn = Vec::new();
    let mut applied = Vec::new();
    let mut one_by_one = Vec::new();
    for event in relevant.events.iter().copied() {
        let exclusion = program.exclusions.iter().position(|exclusion| exclusion.events.contains(&event));
        let first_of = |exclusion: usize| program.exclusions[exclusion].events.iter().min() == Some(&event);
        let draw = match exclusion {
            None => Some(Stage::Alone(event)),
            Some(exclusion) => first_of(exclusion).then_some(Stage::Exclusion(exclusion)),
        };
        let forget = (!relevant.kept_events.contains(&event)).then_some(Stage::Forget(event));
        drawn.extend(draw);
        applied.push(Stage::Apply(event));
        one_by_one.extend(draw);
        one_by_one.push(Stage::Apply(event));
        one_by_one.extend(forget);
    }
    if relevant.effects_read_events { drawn.into_iter().chain(applied).collect() } else { one_by_one }
}

fn add<T>(branches: &mut Branches<T>, key: Vec<u64>, branch: T, probability: f64) {
    branches.entry(key).or_insert((branch, 0.0)).1 += probability;
}

/// The branches, if they are not too many; else how many there are.
fn few<T>(branches: Branches<T>) -> Result<Vec<(T, f64)>, u64> {
    let found = branches.len() as u64;
    if found > MOST_BRANCHES { Err(found) } else { Ok(branches.into_values().collect()) }
}

/// Truths, 64 to a word.
pub(crate) fn packed(truths: impl Iterator<Item = bool>) -> Vec<u64> {
    let mut words = Vec::new();
    for (place, truth) in truths.enumerate() {
        if place % 64 == 0 {
            words.push(0);
        }
        words[place / 64] |= u64::from(truth) << (place % 64);
    }
    words
}
