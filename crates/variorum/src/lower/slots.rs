//! What a trajectory carries from step to step, and where its random numbers come from.

use super::calendar::Calendar;
use super::expression::top_level;
use super::range::Range;
use super::sights::Sights;
use super::values::{Value, Values};
use std::collections::BTreeMap;
use variorum_model::program::{Choice, EventRule, Occasion, Program, QuantityKind, Query, Rule};

/// A source of uniforms.
#[derive(Clone, Debug)]
pub(crate) struct StreamSlot {
    pub(crate) name: String,
    pub(crate) key: u64,
    /// Where the uniform of the next step is kept, if one is used in every step.
    pub(crate) spare: Option<u32>,
}

/// Counters of a choice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChoiceCounters {
    pub(crate) scaled: u32,
    pub(crate) invalid: u32,
}

/// Where a chain of replies begins. Choices of one moment have the same root, but that those by date are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Root {
    /// A choice that comes up at a rate.
    Rate(usize),
    /// A choice by date.
    Date(usize),
    /// An event of the step before.
    Event(usize),
}

/// All persistent columns that there may be, and what is known of their contents.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    pub(crate) names: Vec<String>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) streams: Vec<StreamSlot>,
    pub(crate) counters: Vec<(String, bool)>,
    pub(crate) quantities: Vec<u32>,
    pub(crate) happened: Vec<u32>,
    pub(crate) chosen: Vec<Vec<u32>>,
    /// By question: its answer, that of one by yes or no being the first step in which it is so.
    pub(crate) questions: Vec<u32>,
    /// By question: whether its condition has come true, if it has one.
    pub(crate) given: Vec<Option<u32>>,
    /// By choice: where its chain of triggers begins.
    pub(crate) roots: Vec<Root>,
    /// The choices of each chain, in order of play.
    pub(crate) chains: BTreeMap<Root, Vec<usize>>,
    pub(crate) choice_streams: Vec<u32>,
    pub(crate) event_streams: Vec<u32>,
    pub(crate) exclusion_streams: Vec<u32>,
    pub(crate) flow_streams: Vec<u32>,
    pub(crate) choice_counters: Vec<ChoiceCounters>,
    pub(crate) event_counters: Vec<u32>,
    /// The weight of the trajectory, where something was seen.
    pub(crate) weight: Option<u32>,
    /// By observation: what the weight already has of it while it is waited for, and 0 once it has been so; and whether it
    /// has been so, where that is remembered.
    pub(crate) awaited: Vec<Option<u32>>,
    pub(crate) sightings: Vec<Option<u32>>,
}

impl Slots {
    pub(crate) fn new(program: &Program, calendar: &Calendar, sights: &Sights) -> Slots {
        let roots = roots(program);
        let mut chains: BTreeMap<Root, Vec<usize>> = BTreeMap::new();
        roots.iter().enumerate().for_each(|(choice, root)| chains.entry(*root).or_default().push(choice));
        let mut slots = Slots {
            names: Vec::new(),
            ranges: Vec::new(),
            streams: Vec::new(),
            counters: Vec::new(),
            quantities: Vec::new(),
            happened: Vec::new(),
            chosen: Vec::new(),
            questions: Vec::new(),
            given: Vec::new(),
            roots,
            chains,
            choice_streams: Vec::new(),
            event_streams: Vec::new(),
            exclusion_streams: Vec::new(),
            flow_streams: Vec::new(),
            choice_counters: Vec::new(),
            event_counters: Vec::new(),
            weight: None,
            awaited: Vec::new(),
            sightings: Vec::new(),
        };
        for quantity in &program.quantities {
            let slot = slots.slot(quantity.name.clone(), content(&quantity.kind));
            slots.quantities.push(slot);
        }
        for event in &program.events {
            let slot = slots.slot(format!("happened {}", event.name), Range::TRUTH);
            slots.happened.push(slot);
            let every_step = matches!(event.rule, EventRule::Hazard(_));
            let stream = slots.stream(&format!("event {}", event.name), event.key.0, every_step);
            slots.event_streams.push(stream);
            let counter = slots.counter(&format!("event {}", event.name), false);
            slots.event_counters.push(counter);
        }
        for (index, choice) in program.choices.iter().enumerate() {
            let option = |option: &str| format!("chosen {}.{option}", choice.name);
            let options: Vec<u32> =
                choice.options.iter().map(|named| slots.slot(option(&named.name), Range::TRUTH)).collect();
            slots.chosen.push(options);
            let every_step = is_visited_always(calendar, slots.roots[index]) && !is_rarely_made(choice);
            let name = format!("choice {}", choice.name);
            let stream = slots.stream(&name, choice.key.0, every_step);
            slots.choice_streams.push(stream);
            let counters = ChoiceCounters { scaled: slots.counter(&name, true), invalid: slots.counter(&name, false) };
            slots.choice_counters.push(counters);
        }
        for exclusion in &program.exclusions {
            let stream = slots.stream(&format!("events {}", exclusion.name), exclusion.key.0, true);
            slots.exclusion_streams.push(stream);
        }
        for flow in &program.flows {
            let stream = slots.stream(&flow.path, flow.key.0, flow.noise.is_some());
            slots.flow_streams.push(stream);
        }
        for question in &program.questions {
            let content = match question.query {
                Query::Ever { .. } | Query::First { .. } => Range::new(0.0, f64::INFINITY),
                Query::Value { .. } => Range::ANY,
            };
            let slot = slots.slot(format!("question {}", question.name), content);
            slots.questions.push(slot);
            let given = question.given.as_ref();
            let given = given.map(|_| slots.slot(format!("condition of {}", question.name), Range::TRUTH));
            slots.given.push(given);
        }
        slots.observe(program, sights);
        slots
    }

    /// What trajectories carry where something was seen.
    fn observe(&mut self, program: &Program, sights: &Sights) {
        if !sights.due().is_empty() {
            self.weight = Some(self.slot("weight".to_owned(), Range::ANY));
        }
        for (index, seen) in program.observations.iter().enumerate() {
            let awaited = sights.awaited.contains(&index);
            // It lies between 0 and 1; interval arithmetic sees less of it where hits or false alarms are uncertain.
            let awaited = awaited.then(|| self.slot(format!("waiting for {}", seen.name), Range::new(-2.0, 3.0)));
            self.awaited.push(awaited);
            let sighting = sights.remembered.contains(&index);
            let sighting = sighting.then(|| self.slot(format!("seen so far: {}", seen.name), Range::TRUTH));
            self.sightings.push(sighting);
        }
    }

    /// What a column holds when a segment begins.
    pub(crate) fn load(&self, values: &mut Values, slot: u32) -> Value {
        values.slot(slot, self.ranges[slot as usize])
    }

    fn slot(&mut self, name: String, content: Range) -> u32 {
        self.names.push(name);
        self.ranges.push(content);
        self.names.len() as u32 - 1
    }

    fn stream(&mut self, name: &str, key: u64, every_step: bool) -> u32 {
        let spare = every_step.then(|| self.slot(format!("next uniform of {name}"), Range::new(0.0, 1.0)));
        self.streams.push(StreamSlot { name: name.to_owned(), key, spare });
        self.streams.len() as u32 - 1
    }

    fn counter(&mut self, name: &str, scaled: bool) -> u32 {
        self.counters.push((name.to_owned(), scaled));
        self.counters.len() as u32 - 1
    }
}

/// Whether a choice is a reply that may not come up and is made by utility, so that only those trajectories draw for it
/// where it does.
fn is_rarely_made(choice: &Choice) -> bool {
    match choice.occasion {
        Occasion::After { option, .. } => choice.rule == Rule::Utility && (option.is_some() || choice.when.is_some()),
        _ => false,
    }
}

/// Whether the choices of a chain may come up in every step, and not only after an event.
fn is_visited_always(calendar: &Calendar, root: Root) -> bool {
    match root {
        Root::Rate(_) => true,
        Root::Date(choice) => calendar.is_always_due(choice),
        Root::Event(_) => false,
    }
}

/// By choice: where its chain of triggers begins. Triggers come before replies.
fn roots(program: &Program) -> Vec<Root> {
    let mut roots: Vec<Root> = Vec::with_capacity(program.choices.len());
    for (index, choice) in program.choices.iter().enumerate() {
        let root = match choice.occasion {
            Occasion::After { choice: trigger, .. } => roots.get(trigger).copied().unwrap_or(Root::Rate(index)),
            Occasion::AfterEvent { event } => Root::Event(event),
            Occasion::Steps(_) => Root::Date(index),
            Occasion::Considered(_) | Occasion::Hazards => Root::Rate(index),
        };
        roots.push(root);
    }
    roots
}

/// What a quantity may hold, if nothing but numbers ever flows into it.
fn content(kind: &QuantityKind) -> Range {
    match kind {
        QuantityKind::Stock { low: Some(low), high: Some(high) } => Range::new(*low, *high),
        // Infinities may meet and leave no number.
        QuantityKind::Stock { low, high } => Range {
            low: low.unwrap_or(f64::NEG_INFINITY),
            high: high.unwrap_or(f64::INFINITY),
            nan: true,
            truth: false,
        },
        QuantityKind::Ladder { levels } if levels.len() == 2 => Range::TRUTH,
        QuantityKind::Ladder { .. } => Range::new(0.0, top_level(kind)),
    }
}
