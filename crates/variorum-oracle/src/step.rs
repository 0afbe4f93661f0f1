//! One step: choices, then events, then flows, then the record.

use variorum_model::program::{Event, EventRule, Exclusion, Key};

use crate::Record;
use crate::choose::{acts, cumulated_acts, first_above, with_rest};
use crate::expression::{View, min};
use crate::random::Dice;
use crate::special::normal_quantile;
use crate::world::{Moment, State, World};

/// What comes out of a step's draws. The calendar step is that of the step.
pub(crate) trait Luck {
    /// How a choice comes out; nothing where it does not come up, or nobody acts.
    fn choice(&mut self, world: &World<'_>, choice: usize, comes_up: bool, moment: &Moment) -> Option<usize>;

    /// Whether an event happens that stands alone.
    fn event(&mut self, world: &World<'_>, event: usize, step: u32, view: View<'_>) -> bool;

    /// Which of the events that exclude each other happens, if one does.
    fn exclusion(&mut self, world: &World<'_>, exclusion: usize, step: u32, view: View<'_>) -> Option<usize>;

    /// The uniform number of a flow's noise.
    fn noise(&mut self, key: Key, calendar: i32) -> f64;
}

/// Nothing is known of what comes out: every draw goes by its uniform number alone.
impl Luck for Dice {
    fn choice(&mut self, world: &World<'_>, choice: usize, comes_up: bool, moment: &Moment) -> Option<usize> {
        let u = self.uniform(world.program.choices[choice].key, world.calendar(moment.step));
        if comes_up { world.outcome(choice, moment, u) } else { None }
    }

    fn event(&mut self, world: &World<'_>, event: usize, step: u32, view: View<'_>) -> bool {
        let about = &world.program.events[event];
        self.uniform(about.key, world.calendar(step)) < world.chance(about, step, view)
    }

    fn exclusion(&mut self, world: &World<'_>, exclusion: usize, step: u32, view: View<'_>) -> Option<usize> {
        let about = &world.program.exclusions[exclusion];
        world.winner(about, self.uniform(about.key, world.calendar(step)), view)
    }

    fn noise(&mut self, key: Key, calendar: i32) -> f64 {
        self.uniform(key, calendar)
    }
}

impl World<'_> {
    /// Runs a step from the moment at which it begins.
    pub(crate) fn step(&self, luck: &mut dyn Luck, mut moment: Moment) -> Record {
        self.play(luck, &mut moment);
        let happened = self.happenings(luck, &moment);
        let Moment { step, state, outcomes, .. } = &mut moment;
        for (event, _) in self.program.events.iter().zip(&happened).filter(|(_, happened)| **happened) {
            self.affect(&event.effects, *step, state, &happened, outcomes);
        }
        self.flow(moment, happened, luck)
    }

    /// The calendar step of a step.
    pub(crate) fn calendar(&self, step: u32) -> i32 {
        self.program.clock.first.wrapping_add_unsigned(step)
    }

    /// The end of a step after the effects of its events.
    pub(crate) fn flow(&self, moment: Moment, happened: Vec<bool>, luck: &mut dyn Luck) -> Record {
        let Moment { step, state, outcomes, .. } = moment;
        let state = self.flowed(luck, step, self.view(&state.0, &happened, &outcomes));
        Record { state, happened, outcomes }
    }

    /// What questions read at the end of a step.
    pub(crate) fn end_of_step<'s>(&'s self, record: &'s Record) -> View<'s> {
        self.view(&record.state.0, &record.happened, &record.outcomes)
    }

    /// What conditions, hazards and chances of events read.
    pub(crate) fn view_of_events<'s>(&'s self, moment: &'s Moment) -> View<'s> {
        self.view(&moment.state.0, &moment.happened, &moment.outcomes)
    }

    /// Which events happen; all of them are judged in the same state. Those that exclude each other come first.
    fn happenings(&self, luck: &mut dyn Luck, moment: &Moment) -> Vec<bool> {
        let (step, view) = (moment.step, self.view_of_events(moment));
        let competes = |event: &usize| self.program.exclusions.iter().any(|exclusion| exclusion.events.contains(event));
        let mut happened = vec![false; self.program.events.len()];
        for exclusion in 0..self.program.exclusions.len() {
            if let Some(event) = luck.exclusion(self, exclusion, step, view) {
                happened[event] = true;
            }
        }
        for event in (0..happened.len()).filter(|event| !competes(event)) {
            happened[event] = luck.event(self, event, step, view);
        }
        happened
    }

    /// The probability of an event that stands alone; a written chance may exceed 1.
    fn chance(&self, event: &Event, step: u32, view: View<'_>) -> f64 {
        if !view.allows(event.when.as_ref()) {
            return 0.0;
        }
        match &event.rule {
            EventRule::Hazard(hazard) => 1.0 - libm::exp(-view.weight(hazard) * self.program.clock.step()),
            EventRule::Dated { step: at, chance } if *at == step => view.weight(chance),
            EventRule::Dated { .. } => 0.0,
        }
    }

    /// How probable it is that an event happens that stands alone, and that it does not.
    pub(crate) fn chances_of_event(&self, event: usize, step: u32, view: View<'_>) -> Vec<(Option<usize>, f64)> {
        let chance = min(self.chance(&self.program.events[event], step, view), 1.0);
        with_rest([(event, chance)].into_iter(), None)
    }

    /// Which of the events that exclude each other happens, if one does.
    fn winner(&self, exclusion: &Exclusion, u: f64, view: View<'_>) -> Option<usize> {
        let cumulated = cumulated_acts(&self.competing(exclusion, view), self.program.clock.step());
        first_above(&cumulated, u).map(|place| exclusion.events[place])
    }

    /// How probable it is that each of the events happens that exclude each other, and that none does.
    pub(crate) fn chances_of_exclusion(&self, exclusion: usize, view: View<'_>) -> Vec<(Option<usize>, f64)> {
        let exclusion = &self.program.exclusions[exclusion];
        let chances = acts(&self.competing(exclusion, view), self.program.clock.step());
        with_rest(exclusion.events.iter().copied().zip(chances), None)
    }

    /// The hazards of events that exclude each other, in their order.
    fn competing(&self, exclusion: &Exclusion, view: View<'_>) -> Vec<f64> {
        let hazard = |event: &usize| {
            let event = &self.program.events[*event];
            match &event.rule {
                EventRule::Hazard(hazard) if view.allows(event.when.as_ref()) => view.weight(hazard),
                _ => 0.0,
            }
        };
        exclusion.events.iter().map(hazard).collect()
    }

    /// The state after the flows; all of them read the same state.
    fn flowed(&self, luck: &mut dyn Luck, step: u32, view: View<'_>) -> State {
        let length = self.program.clock.step();
        let amounts = self.program.flows.iter().map(|flow| {
            let amount = view.value(&flow.rate) * length;
            match &flow.noise {
                None => amount,
                Some(noise) => {
                    let z = normal_quantile(luck.noise(flow.key, self.calendar(step)));
                    amount + z * (view.value(noise) * libm::sqrt(length))
                }
            }
        });
        self.after_flows(view.state, &amounts.collect::<Vec<f64>>(), &|stock| self.is_held(stock, step))
    }

    /// Adds to each stock what flows into it in a step or from it on, in order of declaration, then keeps it within its
    /// bounds. What is held then stays as it is.
    pub(crate) fn after_flows(&self, state: &[f64], amounts: &[f64], is_held: &dyn Fn(usize) -> bool) -> State {
        let mut next = state.to_vec();
        let moves = |stock: usize| !is_held(stock);
        for (flow, amount) in self.program.flows.iter().zip(amounts).filter(|(flow, _)| moves(flow.stock)) {
            next[flow.stock] += amount;
        }
        for flow in self.program.flows.iter().filter(|flow| moves(flow.stock)) {
            next[flow.stock] = self.bounded(flow.stock, next[flow.stock]);
        }
        State(next)
    }
}
