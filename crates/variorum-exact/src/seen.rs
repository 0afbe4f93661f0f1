//! What has been seen: by what it multiplies the probability of a way through a step, and what has to be remembered for it.
//!
//! Nothing is guessed of what is left of a window, or of a reply before it comes up, as it is where trajectories are played:
//! a certain observation with a window multiplies by 1 or 0 at the end of its last step, by whether it was so in some step
//! of it; until then it is remembered whether it has been so. A record leaves room for it until then.

use variorum_model::program::{EventRule, Fact, Observation, Occasion, Program};
use variorum_oracle::Oracle;

use crate::watched::{Thing, Watched};

/// Which observations have been so within their windows, while these are open; packed by the caller.
pub(crate) type Memory = Vec<bool>;

/// Something that speaks in a step.
#[derive(Clone, Debug)]
enum Speaker {
    /// An observation or report: if it was so, and if not.
    Fact { observation: usize, chances: [f64; 2] },
    /// A number with its error.
    Number { observed: f64, error: f64, place: usize },
    /// Something did not happen, unless this is the first step in which one of these windows saw it.
    Record { place: usize, windows: Vec<usize> },
    /// What cannot be was seen.
    Impossible { false_alarms: f64 },
}

/// What speaks in each step, in order of play: an observation's index, or the number of observations and a record's.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    steps: Vec<Vec<(usize, Vec<Speaker>)>>,
    /// By observation: what it reads, and its first and last step.
    observations: Vec<(Option<usize>, u32, u32)>,
}

/// What can be drawn, in order of play.
#[derive(Clone, Copy)]
enum Variable {
    Choice(usize),
    Exclusion(usize),
    Event(usize),
}

/// What the observations and records of a program read of the ends of steps.
pub(crate) fn watch<'p>(program: &'p Program, watched: &mut Watched<'p>) {
    program.observations.iter().for_each(|seen| {
        watched.fact(&seen.fact);
    });
    for record in &program.records {
        record.events.iter().for_each(|event| {
            watched.place(Thing::Event(*event));
        });
        record.choices.iter().for_each(|choice| {
            watched.place(Thing::Act(*choice));
        });
    }
}

impl Seen {
    pub(crate) fn new<'p>(program: &'p Program, oracle: &Oracle<'_>, params: &[f64], watched: &Watched<'p>) -> Seen {
        // All places are known already.
        let mut watched = watched.clone();
        let places: Vec<Option<usize>> = program.observations.iter().map(|seen| watched.fact(&seen.fact)).collect();
        let chance = |chance: f64| {
            if chance > 1.0 {
                1.0
            } else if chance > 0.0 {
                chance
            } else {
                0.0
            }
        };
        let speaker = |index: usize, seen: &Observation| {
            let chances = match &seen.report {
                None => [1.0, 0.0],
                Some(report) => [&report.hits, &report.false_alarms].map(|expr| chance(oracle.of_params(expr, params))),
            };
            match (&seen.fact, places[index]) {
                (Fact::Number { observed, error, .. }, Some(place)) => {
                    Speaker::Number { observed: *observed, error: oracle.of_params(error, params), place }
                }
                (_, Some(_)) => Speaker::Fact { observation: index, chances },
                (_, None) => Speaker::Impossible { false_alarms: chances[1] },
            }
        };
        let competes = |event: &usize| program.exclusions.iter().any(|exclusion| exclusion.events.contains(event));
        let variables: Vec<Variable> = (0..program.choices.len())
            .map(Variable::Choice)
            .chain((0..program.exclusions.len()).map(Variable::Exclusion))
            .chain((0..program.events.len()).filter(|event| !competes(event)).map(Variable::Event))
            .collect();
        let mut steps = Vec::new();
        for step in 0..program.clock.steps {
            let mut speaking = Vec::new();
            for variable in &variables {
                for (index, seen) in program.observations.iter().enumerate() {
                    if seen.from == step && seen.to == step && is_of(program, *variable, &seen.fact) {
                        speaking.push((index, vec![speaker(index, seen)]));
                    }
                }
                for (index, record) in program.records.iter().enumerate() {
                    if step < record.from || record.to < step {
                        continue;
                    }
                    let targets: Vec<(Thing<'_>, Vec<usize>)> = match variable {
                        Variable::Choice(choice) => {
                            record.choices.iter().filter(|other| *other == choice).collect::<Vec<_>>()
                        }
                        Variable::Exclusion(exclusion) => {
                            let rivals = &program.exclusions[*exclusion].events;
                            record.events.iter().filter(|event| rivals.contains(event)).collect()
                        }
                        Variable::Event(event) => record.events.iter().filter(|other| *other == event).collect(),
                    }
                    .into_iter()
                    .filter_map(|target| match variable {
                        Variable::Choice(choice) => {
                            let about = |fact: &Fact| matches!(fact, Fact::Choice { choice: of, .. } if of == choice);
                            let windows =
                                windows(program, step, &about).filter(|_| may_come_up(program, *choice, step))?;
                            Some((Thing::Act(*choice), windows))
                        }
                        Variable::Exclusion(_) | Variable::Event(_) => {
                            let about = |fact: &Fact| matches!(fact, Fact::Event { event } if event == target);
                            let dated =
                                matches!(program.events[*target].rule, EventRule::Dated { step: at, .. } if at != step);
                            Some((Thing::Event(*target), windows(program, step, &about).filter(|_| !dated)?))
                        }
                    })
                    .collect();
                    if !targets.is_empty() {
                        let records = targets
                            .into_iter()
                            .map(|(thing, windows)| Speaker::Record { place: watched.place(thing), windows });
                        speaking.push((program.observations.len() + index, records.collect()));
                    }
                }
            }
            for (index, seen) in program.observations.iter().enumerate().filter(|(_, seen)| seen.to == step) {
                let is_of_draw = matches!(seen.fact, Fact::Event { .. } | Fact::Choice { .. });
                if seen.from < seen.to || !is_of_draw {
                    speaking.push((index, vec![speaker(index, seen)]));
                }
            }
            steps.push(speaking);
        }
        let observations =
            program.observations.iter().zip(places).map(|(seen, place)| (place, seen.from, seen.to)).collect();
        Seen { steps, observations }
    }

    /// The statements that speak in a step, in order.
    pub(crate) fn statements(&self, step: u32) -> impl Iterator<Item = usize> {
        self.steps[step as usize].iter().map(|(statement, _)| *statement)
    }

    /// Nothing has been so yet.
    pub(crate) fn nothing(&self) -> Memory {
        vec![false; self.observations.len()]
    }

    /// What each statement multiplies by, of a way through a step at whose end these things were read.
    pub(crate) fn factors(&self, step: u32, memory: &Memory, label: &[u64], into: &mut Vec<f64>) {
        into.clear();
        for (_, speakers) in &self.steps[step as usize] {
            into.push(speakers.iter().fold(1.0, |product, speaker| product * self.factor(speaker, memory, label)));
        }
    }

    fn factor(&self, speaker: &Speaker, memory: &Memory, label: &[u64]) -> f64 {
        match speaker {
            Speaker::Fact { observation, chances } => {
                let now = self.observations[*observation].0.is_some_and(|place| label[place] != 0);
                chances[usize::from(!(now || memory[*observation]))]
            }
            Speaker::Number { observed, error, place } => {
                let z = (observed - f64::from_bits(label[*place])) / error;
                let density = libm::exp(-z * z / 2.0) / (error * libm::sqrt(2.0 * std::f64::consts::PI));
                if *error > 0.0 && density.is_finite() { density } else { 0.0 }
            }
            Speaker::Record { place, windows } => {
                let is_so = |window: usize| self.observations[window].0.is_some_and(|place| label[place] != 0);
                let silent = windows.iter().any(|window| !memory[*window] && is_so(*window));
                if label[*place] != 0 && !silent { 0.0 } else { 1.0 }
            }
            Speaker::Impossible { false_alarms } => *false_alarms,
        }
    }

    /// What is remembered after a step.
    pub(crate) fn remember(&self, step: u32, memory: &Memory, label: &[u64]) -> Memory {
        let each = self.observations.iter().zip(memory).map(|((place, from, to), before)| {
            let now = place.is_some_and(|place| label[place] != 0);
            *from <= step && step < *to && (now || *before)
        });
        each.collect()
    }

    /// Whether anything has to be remembered after a step.
    pub(crate) fn remembers(&self, step: u32) -> bool {
        self.observations.iter().any(|(place, from, to)| place.is_some() && *from <= step && step < *to)
    }
}

/// Whether an observation speaks of the outcome of a draw.
fn is_of(program: &Program, variable: Variable, fact: &Fact) -> bool {
    match (variable, fact) {
        (Variable::Choice(drawn), Fact::Choice { choice, .. }) => drawn == *choice,
        (Variable::Event(drawn), Fact::Event { event }) => drawn == *event,
        (Variable::Exclusion(drawn), Fact::Event { event }) => program.exclusions[drawn].events.contains(event),
        _ => false,
    }
}

/// Whether a choice may come up in a step, as far as dates tell.
fn may_come_up(program: &Program, choice: usize, step: u32) -> bool {
    match &program.choices[choice].occasion {
        Occasion::Steps(steps) => steps.contains(&step),
        Occasion::After { choice, .. } => may_come_up(program, *choice, step),
        Occasion::Considered(_) | Occasion::Hazards | Occasion::AfterEvent { .. } => true,
    }
}

/// The certain windows that are open in a step on something, in whose own step records are silent; none where another
/// observation of it keeps them silent.
fn windows(program: &Program, step: u32, about: &dyn Fn(&Fact) -> bool) -> Option<Vec<usize>> {
    let mut windows = Vec::new();
    for (index, seen) in program.observations.iter().enumerate() {
        if about(&seen.fact) && seen.from <= step && step <= seen.to {
            if seen.report.is_some() || seen.from == seen.to {
                return None;
            }
            windows.push(index);
        }
    }
    Some(windows)
}
