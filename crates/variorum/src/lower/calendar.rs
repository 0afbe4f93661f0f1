//! What is due when: dated choices and events, what a scenario does, the windows in which questions remember something.

use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{EventRule, Intervention, Occasion, Program, Query};

/// What tells one step from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StepKind {
    /// Whether the calendar step is odd.
    pub(crate) odd: bool,
    /// Dated choices that are due.
    pub(crate) due: BTreeSet<usize>,
    /// Dated events that are due.
    pub(crate) dated: BTreeSet<usize>,
    /// What is held, now or as far ahead as anybody looks: the place of [`Holds`] in the calendar.
    pub(crate) holds: usize,
    /// What has been seen of its draws: the place of the witnesses among [`super::sights::Sights`].
    pub(crate) seen: usize,
}

/// A hold as it is seen from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HoldAhead {
    /// Its place among the interventions.
    pub(crate) intervention: usize,
    pub(crate) quantity: usize,
    /// In how many steps it begins; 0 where it is in force.
    pub(crate) from: u32,
    /// Its last step, likewise; [`FOR_EVER`] where nobody looks as far as to its end.
    pub(crate) until: u32,
}

/// The end of what is held as far ahead as anybody looks.
pub(crate) const FOR_EVER: u32 = u32::MAX;

impl HoldAhead {
    /// Whether it is in force so many steps from now.
    pub(crate) fn covers(self, step: u32) -> bool {
        (self.from..=self.until).contains(&step)
    }
}

/// All that is held, seen from a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    /// In the order of interventions.
    pub(crate) ahead: Vec<HoldAhead>,
    /// The quantities that are held now.
    pub(crate) now: BTreeSet<usize>,
}

impl Holds {
    fn new(ahead: Vec<HoldAhead>) -> Holds {
        let now = ahead.iter().filter(|hold| hold.covers(0)).map(|hold| hold.quantity).collect();
        Holds { ahead, now }
    }

    /// What is held so many steps from now, and by which interventions.
    pub(crate) fn at(&self, step: u32) -> impl Iterator<Item = &HoldAhead> {
        self.ahead.iter().filter(move |hold| hold.covers(step))
    }
}

/// What is remembered for a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Memory {
    /// Its answer.
    Answer,
    /// Whether its condition has come true.
    Condition,
}

/// Steps in which some questions remember something.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// What is remembered, by question.
    pub(crate) asked: Vec<(usize, Memory)>,
}

/// What is due when.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    first: i32,
    last: u32,
    due: BTreeMap<u32, BTreeSet<usize>>,
    dated: BTreeMap<u32, BTreeSet<usize>>,
    /// By step: what a scenario changes when it begins, in order. Of what is held, only the beginning changes anything.
    acts: BTreeMap<u32, Vec<usize>>,
    /// What is held, as it is seen from some step; nothing is held in the first.
    pub(crate) holds: Vec<Holds>,
    /// By place in `holds`: the same as far as the present step is concerned.
    present: Vec<usize>,
    /// The place in `holds` from a step on, to the next such step.
    held_from: BTreeMap<u32, usize>,
    pub(crate) windows: Vec<Window>,
}

#[derive(Clone, Copy, Debug)]
struct Hold {
    intervention: usize,
    quantity: usize,
    from: u32,
    until: u32,
    /// First step in which actors count with it.
    known: u32,
    /// How many steps ahead an actor looks to whom the quantity may matter.
    seen: u32,
}

impl Calendar {
    /// `seen` says by quantity how many steps ahead an actor looks to whom it may matter; it is asked for what is held.
    pub(crate) fn new(program: &Program, seen: &mut dyn FnMut(usize) -> u32) -> Calendar {
        let mut calendar = Calendar {
            first: program.clock.first,
            last: program.clock.steps.saturating_sub(1),
            due: BTreeMap::new(),
            dated: BTreeMap::new(),
            acts: BTreeMap::new(),
            holds: vec![Holds::default()],
            present: vec![0],
            held_from: BTreeMap::new(),
            windows: windows(program),
        };
        let mut holds = Vec::new();
        for (index, choice) in program.choices.iter().enumerate() {
            if let Occasion::Steps(steps) = &choice.occasion {
                for step in steps {
                    calendar.due.entry(*step).or_default().insert(index);
                }
            }
        }
        for (index, event) in program.events.iter().enumerate() {
            if let EventRule::Dated { step, .. } = event.rule {
                calendar.dated.entry(step).or_default().insert(index);
            }
        }
        let is_held = |quantity: usize, step: u32| {
            let mut holds = program.interventions.iter().filter(|held| held.quantity == quantity);
            holds.any(|held| held.until.is_some_and(|until| (held.from..=until).contains(&step)))
        };
        for (index, intervention) in program.interventions.iter().enumerate() {
            let Intervention { quantity, from, until, known, .. } = *intervention;
            if let Some(until) = until {
                let seen = seen(quantity);
                holds.push(Hold { intervention: index, quantity, from, until, known, seen });
            }
            // What is held is not changed by what is set.
            if until.is_some() || !is_held(quantity, from) {
                calendar.acts.entry(from).or_default().push(index);
            }
        }
        calendar.hold(&holds);
        calendar
    }

    /// Finds what is held as seen from each step; it changes only near the ends of what is held.
    fn hold(&mut self, holds: &[Hold]) {
        let mut changes: BTreeSet<u32> = BTreeSet::new();
        for hold in holds {
            changes.extend(hold.from.saturating_sub(hold.seen)..=hold.from);
            if hold.until < self.last {
                changes.extend(hold.until.saturating_sub(hold.seen)..=hold.until + 1);
            }
        }
        let mut known: BTreeMap<Vec<HoldAhead>, usize> = BTreeMap::from([(Vec::new(), 0)]);
        for step in changes {
            let ahead: Vec<HoldAhead> = holds.iter().filter_map(|hold| self.ahead(*hold, step)).collect();
            let now = ahead.iter().filter(|hold| hold.covers(0));
            let now: Vec<HoldAhead> = now.map(|hold| HoldAhead { until: FOR_EVER, ..*hold }).collect();
            let present = self.known(&mut known, now, None);
            let place = self.known(&mut known, ahead, Some(present));
            self.held_from.insert(step, place);
        }
    }

    fn known(
        &mut self,
        known: &mut BTreeMap<Vec<HoldAhead>, usize>,
        ahead: Vec<HoldAhead>,
        present: Option<usize>,
    ) -> usize {
        if let Some(place) = known.get(&ahead) {
            return *place;
        }
        let place = self.holds.len();
        self.holds.push(Holds::new(ahead.clone()));
        self.present.push(present.unwrap_or(place));
        known.insert(ahead, place);
        place
    }

    /// The same as far as the present step is concerned.
    pub(crate) fn present(&self, holds: usize) -> usize {
        self.present[holds]
    }

    /// What tells a step from others.
    pub(crate) fn kind(&self, step: u32) -> StepKind {
        StepKind {
            odd: self.first.wrapping_add(step as i32).rem_euclid(2) == 1,
            due: self.due.get(&step).cloned().unwrap_or_default(),
            dated: self.dated.get(&step).cloned().unwrap_or_default(),
            holds: self.held_from.range(..=step).next_back().map_or(0, |(_, holds)| *holds),
            seen: 0,
        }
    }

    /// What a scenario changes when a step begins.
    pub(crate) fn acts(&self, step: u32) -> Option<&Vec<usize>> {
        self.acts.get(&step)
    }

    /// Whether a dated choice is due in every step.
    pub(crate) fn is_always_due(&self, choice: usize) -> bool {
        (0..=self.last).all(|step| self.due.get(&step).is_some_and(|due| due.contains(&choice)))
    }

    /// A hold as it is seen from a step, if it is seen. The last step goes on for ever.
    fn ahead(&self, hold: Hold, step: u32) -> Option<HoldAhead> {
        let from = hold.from.saturating_sub(step);
        let until = hold.until.checked_sub(step)?;
        let endless = until >= hold.seen || hold.until >= self.last;
        let Hold { intervention, quantity, seen, .. } = hold;
        // What has begun is seen by all.
        let is_known = from == 0 || step >= hold.known;
        (is_known && from <= seen).then_some(HoldAhead {
            intervention,
            quantity,
            from,
            until: if endless { FOR_EVER } else { until },
        })
    }
}

/// All windows of a program, in order; those of the same steps are one.
fn windows(program: &Program) -> Vec<Window> {
    let mut found: BTreeMap<(u32, u32), Vec<(usize, Memory)>> = BTreeMap::new();
    for (index, question) in program.questions.iter().enumerate() {
        let (from, to) = match question.query {
            Query::Ever { from, to, .. } | Query::First { from, to, .. } => (from, to),
            Query::Value { at, .. } => (at, at),
        };
        found.entry((from, to)).or_default().push((index, Memory::Answer));
        if let Some(given) = &question.given {
            found.entry((given.from, given.to)).or_default().push((index, Memory::Condition));
        }
    }
    found.into_iter().map(|((from, to), asked)| Window { from, to, asked }).collect()
}
