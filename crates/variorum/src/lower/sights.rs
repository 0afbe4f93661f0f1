//! What has been seen when: observations and records, sorted by the steps and draws on which they bear.

use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{EventRule, Fact, Observation, Occasion, Program};

/// Whether reports on a draw steer it, or weigh what came out at the end of their last step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reports {
    /// The draw is made with what the report says in mind; few trajectories are wasted.
    #[default]
    Steer,
    /// The draw is made blindly, and its outcome weighed.
    Weigh,
}

/// What bears on a draw in a step: an observation, or a record, by its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Witness {
    /// It came out so, for certain.
    Certain(usize),
    /// It came out so, or somebody reports that it did, in one step of a window, or as a reply.
    Within(Open),
    /// Somebody reports that it came out so.
    Reported(usize),
    /// A reply is waited for: what comes out here decides whether it comes up.
    Foreseen(Open, Trigger),
    /// Nothing came out, but what these observations with windows may still wait for.
    Recorded(usize, Vec<Open>),
}

/// What has to come out of a choice for a reply to come up, whether at once or after other replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Trigger {
    /// The option; none if any will do.
    pub(crate) option: Option<usize>,
    /// How many choices have yet to be made then, that reply included.
    pub(crate) draws: u32,
    /// Whether an observation before has seen the same in this step, so that this one is about as good as it.
    pub(crate) is_known: bool,
}

/// An observation that is waited for, in one of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Open {
    /// The observation's place.
    pub(crate) observation: usize,
    /// Whether this is the first draw on which it bears in this step,
    pub(crate) opens: bool,
    /// or in all.
    pub(crate) first: bool,
    /// How many steps it has after this one, rounded down to a power of two, so that the steps of a long window are alike.
    pub(crate) left: u32,
}

impl Open {
    fn new(observation: usize, seen: &Observation, step: u32, opens: bool) -> Open {
        let left = seen.to - step;
        let left = left.checked_ilog2().map_or(0, |power| 1 << power);
        Open { observation, opens, first: opens && step == seen.from, left }
    }

    /// Whether a draw that does not come up leaves what the weight has of it: of a reply that may come up in a later step,
    /// the draw to which it replies has told already.
    pub(crate) fn is_kept(self) -> bool {
        !self.opens && self.left > 0
    }
}

/// What bears on the draws of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Witnesses {
    pub(crate) choices: BTreeMap<usize, Vec<Witness>>,
    pub(crate) events: BTreeMap<usize, Vec<Witness>>,
}

/// What was seen in a step, draws apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Looks {
    /// Observations that are looked for in this step and later ones.
    pub(crate) tracked: Vec<usize>,
    /// Observations that weigh at its end.
    pub(crate) weighed: Vec<usize>,
}

/// All that was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sights {
    /// Different ones, the first with nothing in it.
    witnesses: Vec<Witnesses>,
    /// By step: its witnesses.
    by_step: BTreeMap<u32, usize>,
    /// By witnesses: those on one choice, and those on events.
    of_choice: BTreeMap<(usize, usize), usize>,
    of_events: BTreeMap<usize, usize>,
    /// By step.
    pub(crate) looks: BTreeMap<u32, Looks>,
    /// Observations that are waited for over several steps, or draws of one.
    pub(crate) awaited: BTreeSet<usize>,
    /// Observations of which it is remembered whether they have been so.
    pub(crate) remembered: BTreeSet<usize>,
    /// How many steps are played, if not all.
    pub(crate) steps: Option<u32>,
}

impl Sights {
    pub(crate) fn new(program: &Program, reports: Reports) -> Sights {
        let mut sights = Sights { witnesses: vec![Witnesses::default()], ..Sights::default() };
        let mut found: BTreeMap<u32, Witnesses> = BTreeMap::new();
        for (index, seen) in program.observations.iter().enumerate() {
            let one = seen.from == seen.to;
            let is_draw = matches!(seen.fact, Fact::Event { .. } | Fact::Choice { .. });
            if is_draw && (seen.report.is_none() || reports == Reports::Steer) {
                let triggers = triggers(program, &seen.fact);
                let has_seen = |other: &Observation, step: u32| {
                    let steered = other.report.is_none() || reports == Reports::Steer;
                    other.fact == seen.fact && (other.from..=other.to).contains(&step) && steered
                };
                for step in seen.from..=seen.to {
                    let found = found.entry(step).or_default();
                    for (place, (choice, trigger)) in triggers.iter().enumerate() {
                        let is_known = program.observations[..index].iter().any(|other| has_seen(other, step));
                        let trigger = Trigger { is_known, ..*trigger };
                        let witness = Witness::Foreseen(Open::new(index, seen, step, place == 0), trigger);
                        found.choices.entry(*choice).or_default().push(witness);
                    }
                    let witness = match (one && triggers.is_empty(), &seen.report) {
                        (false, _) => Witness::Within(Open::new(index, seen, step, triggers.is_empty())),
                        (true, None) => Witness::Certain(index),
                        (true, Some(_)) => Witness::Reported(index),
                    };
                    found.add(seen, witness);
                }
                if !(one && triggers.is_empty()) {
                    sights.awaited.insert(index);
                }
            } else {
                sights.looks.entry(seen.to).or_default().weighed.push(index);
                if !one {
                    sights.remembered.insert(index);
                    for step in seen.from..=seen.to {
                        sights.looks.entry(step).or_default().tracked.push(index);
                    }
                }
            }
        }
        for (index, record) in program.records.iter().enumerate() {
            for step in record.from..=record.to {
                for choice in record.choices.iter().filter(|choice| may_come_up(program, **choice, step)) {
                    if let Some(after) =
                        silence(program, step, |fact| matches!(fact, Fact::Choice { choice: of, .. } if of == choice))
                    {
                        let witness = Witness::Recorded(index, after);
                        found.entry(step).or_default().choices.entry(*choice).or_default().push(witness);
                    }
                }
                for event in record.events.iter().filter(|event| may_happen(program, **event, step)) {
                    if let Some(after) =
                        silence(program, step, |fact| matches!(fact, Fact::Event { event: of } if of == event))
                    {
                        let witness = Witness::Recorded(index, after);
                        found.entry(step).or_default().events.entry(*event).or_default().push(witness);
                    }
                }
            }
        }
        for (step, witnesses) in found {
            let place = sights.place(witnesses.clone());
            sights.by_step.insert(step, place);
            for (choice, on) in &witnesses.choices {
                let alone = Witnesses { choices: BTreeMap::from([(*choice, on.clone())]), events: BTreeMap::new() };
                let part = sights.place(alone);
                sights.of_choice.insert((place, *choice), part);
            }
            let part = sights.place(Witnesses { choices: BTreeMap::new(), events: witnesses.events });
            sights.of_events.insert(place, part);
        }
        sights
    }

    fn place(&mut self, witnesses: Witnesses) -> usize {
        self.witnesses.iter().position(|known| *known == witnesses).unwrap_or_else(|| {
            self.witnesses.push(witnesses);
            self.witnesses.len() - 1
        })
    }

    /// The witnesses of a step, by their place.
    pub(crate) fn in_step(&self, step: u32) -> usize {
        self.by_step.get(&step).copied().unwrap_or(0)
    }

    /// Of these witnesses those on one choice.
    pub(crate) fn of_choice(&self, witnesses: usize, choice: usize) -> usize {
        self.of_choice.get(&(witnesses, choice)).copied().unwrap_or(0)
    }

    /// Of these witnesses those on events.
    pub(crate) fn of_events(&self, witnesses: usize) -> usize {
        self.of_events.get(&witnesses).copied().unwrap_or(0)
    }

    /// The witnesses at a place.
    pub(crate) fn at(&self, place: usize) -> &Witnesses {
        &self.witnesses[place]
    }

    /// The steps in which anything is weighed, ascending.
    pub(crate) fn due(&self) -> Vec<u32> {
        let weighed = self.looks.iter().filter(|(_, looks)| !looks.weighed.is_empty()).map(|(step, _)| *step);
        let steps: BTreeSet<u32> = self.by_step.keys().copied().chain(weighed).collect();
        steps.into_iter().collect()
    }
}

impl Witnesses {
    fn add(&mut self, seen: &Observation, witness: Witness) {
        match seen.fact {
            Fact::Event { event } => self.events.entry(event).or_default().push(witness),
            Fact::Choice { choice, .. } => self.choices.entry(choice).or_default().push(witness),
            _ => {}
        }
    }
}

/// Whether a choice may come up in a step, as far as its date goes. Replies may wherever what they reply to does.
fn may_come_up(program: &Program, choice: usize, step: u32) -> bool {
    match &program.choices[choice].occasion {
        Occasion::Steps(steps) => steps.contains(&step),
        Occasion::After { choice, .. } => may_come_up(program, *choice, step),
        _ => true,
    }
}

/// Whether an event may happen in a step, as far as its date goes.
fn may_happen(program: &Program, event: usize, step: u32) -> bool {
    match program.events[event].rule {
        EventRule::Dated { step: dated, .. } => dated == step,
        EventRule::Hazard(_) => true,
    }
}

/// Whether a record speaks of something in a step: none if an observation does; otherwise the observations with windows
/// that it leaves room for.
fn silence(program: &Program, step: u32, of: impl Fn(&Fact) -> bool) -> Option<Vec<Open>> {
    let mut windows = Vec::new();
    for (index, seen) in program.observations.iter().enumerate() {
        if !of(&seen.fact) || !(seen.from..=seen.to).contains(&step) {
            continue;
        }
        if seen.report.is_some() || seen.from == seen.to {
            return None;
        }
        windows.push(Open::new(index, seen, step, triggers(program, &seen.fact).is_empty()));
    }
    Some(windows)
}

/// The choices that have to come out in some way for a reply to come up, the first of them first; none for anything else.
fn triggers(program: &Program, fact: &Fact) -> Vec<(usize, Trigger)> {
    let mut triggers = Vec::new();
    let mut reply = match fact {
        Fact::Choice { choice, .. } => *choice,
        _ => return triggers,
    };
    while let Occasion::After { choice, option } = program.choices[reply].occasion {
        let draws = triggers.len() as u32 + 1;
        triggers.push((choice, Trigger { option, draws, is_known: false }));
        reply = choice;
    }
    triggers.reverse();
    triggers
}
