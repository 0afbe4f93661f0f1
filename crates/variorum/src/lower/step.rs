//! A step as values: choices, events, flows and what the questions remember.

use super::LowerError;
use super::calendar::{Holds, Memory, StepKind, Window};
use super::expression::{Frame, Reader, Scene, apply_effects, clamp};
use super::game::{Game, Look, elicited, is_at_a_rate, odds, outcome_is};
use super::observe::Outcome;
use super::project::impose;
use super::sights::{Open, Sights, Witness};
use super::slots::{Root, Slots};
use super::state::State;
use super::values::{Value, Values};
use std::collections::BTreeMap;
use variorum_engine::op::{Binary, Unary};
use variorum_model::program::{Effect, EventRule, Occasion, Program, Query, Rule};

/// What a segment leaves: contents of persistent columns, and conditions to be counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roots {
    pub(crate) stores: Vec<(u32, Value)>,
    pub(crate) counts: Vec<(u32, Value)>,
    /// Weights after they were multiplied, in order, each with what multiplied it: an observation, or a record, by its
    /// place after all observations.
    pub(crate) marks: Vec<(usize, Value)>,
}

/// The parts of a step, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// One choice.
    Choice(usize),
    /// Events.
    Events,
    /// Flows.
    Flows,
}

/// One segment in the making: the state as it is at the moment that has been reached.
pub(crate) struct Moving<'a, 'p> {
    pub(super) program: &'p Program,
    pub(super) values: &'a mut Values,
    game: &'a mut Game<'p>,
    pub(super) slots: &'a Slots,
    sights: &'a Sights,
    pub(super) frame: Frame<'a>,
    kind: &'a StepKind,
    state: State,
    /// By event: in the step before, and then in this step.
    happened_before: Vec<Value>,
    pub(super) happened: Vec<Value>,
    /// By choice and option.
    pub(super) chosen: Vec<Vec<Value>>,
    /// By choice: whether it came out at all.
    came_out: Vec<Value>,
    /// The weight, once something has multiplied it.
    pub(super) weight: Option<Value>,
    /// By observation, where this segment has changed it: what the weight has of it while it is waited for.
    pub(super) awaited: BTreeMap<usize, Value>,
    pub(super) roots: Roots,
}

impl<'a, 'p> Moving<'a, 'p> {
    /// A segment for steps of a kind; `whole` if it begins with the step and goes on to the last flow.
    pub(crate) fn new(
        program: &'p Program,
        values: &'a mut Values,
        game: &'a mut Game<'p>,
        (slots, sights): (&'a Slots, &'a Sights),
        frame: Frame<'a>,
        kind: &'a StepKind,
        whole: bool,
    ) -> Self {
        let happened: Vec<Value> = slots.happened.iter().map(|slot| slots.load(values, *slot)).collect();
        // A segment that begins with the step knows that nothing has been chosen yet.
        let mut option = |slot: &u32| if whole { values.truth(false) } else { slots.load(values, *slot) };
        let chosen: Vec<Vec<Value>> =
            slots.chosen.iter().map(|options| options.iter().map(&mut option).collect()).collect();
        let came_out = chosen.iter().map(|options| outcome_is(values, options, None)).collect();
        let mut state = State::default();
        impose(frame, &game.calendar.holds[kind.holds], 0, &mut state);
        Moving {
            program,
            values,
            game,
            slots,
            sights,
            frame,
            kind,
            state,
            happened_before: happened.clone(),
            happened,
            chosen,
            came_out,
            weight: None,
            awaited: BTreeMap::new(),
            roots: Roots::default(),
        }
    }

    pub(crate) fn part(&mut self, part: Part) -> Result<(), LowerError> {
        match part {
            Part::Choice(choice) => self.choice(choice)?,
            Part::Events => self.events(),
            Part::Flows => self.flows(),
        }
        Ok(())
    }

    /// Ends the segment: what has changed is stored. What is held was stored when that began.
    pub(crate) fn finish(mut self) -> Roots {
        let held = &self.game.calendar.holds[self.kind.holds].now;
        for (quantity, value) in self.state.changes().filter(|(quantity, _)| !held.contains(quantity)) {
            self.roots.stores.push((self.slots.quantities[quantity], value));
        }
        self.roots.stores.extend(self.slots.weight.zip(self.weight));
        let slots = &self.slots.awaited;
        self.roots.stores.extend(self.awaited.into_iter().filter_map(|(seen, value)| Some((slots[seen]?, value))));
        self.roots
    }

    /// What a scenario changes when a step begins, in order.
    pub(crate) fn act(&mut self, interventions: &[usize]) {
        for intervention in interventions {
            let quantity = self.program.interventions[*intervention].quantity;
            self.state.set(self.frame.loaded, quantity, self.frame.imposed[*intervention]);
        }
    }

    fn holds(&self) -> &Holds {
        &self.game.calendar.holds[self.kind.holds]
    }

    /// Reads what stands in this step: events and choices as they came out.
    pub(super) fn reader(&mut self, happened_now: bool) -> Reader<'_> {
        let happened = if happened_now { &self.happened } else { &self.happened_before };
        Reader::new(self.values, Scene { frame: self.frame, happened, chosen: Some(&self.chosen) }, &self.state)
    }

    fn look(&mut self) -> (Look<'_>, &mut Game<'p>, &State, &[Vec<Value>]) {
        let look = Look { values: self.values, frame: self.frame, happened: &self.happened_before };
        (look, self.game, &self.state, &self.chosen)
    }

    /// The uniform of a statement: those used in every step take both words of a block.
    pub(super) fn uniform(&mut self, stream: u32) -> Value {
        let Some(spare) = self.slots.streams[stream as usize].spare else { return self.values.uniform(stream) };
        if self.kind.odd {
            return self.slots.load(self.values, spare);
        }
        let next = self.values.spare(stream);
        self.roots.stores.push((spare, next));
        self.values.uniform(stream)
    }

    /// Keeps a stream in step where its uniform is not used: the next step may rely on what is spared for it.
    pub(super) fn skip(&mut self, stream: u32) {
        if self.slots.streams[stream as usize].spare.is_some() {
            self.uniform(stream);
        }
    }

    fn count(&mut self, counter: u32, condition: Value, live: Value) {
        let condition = self.values.and(condition, live);
        if self.values.as_number(condition) != Some(0.0) {
            self.roots.counts.push((counter, condition));
        }
    }

    /// Counts where a hazard or probability is no such thing, and gives what it counts as.
    fn cleaned(&mut self, counter: u32, value: Value, live: Value) -> Value {
        let invalid = self.values.unary(Unary::Invalid, value);
        self.count(counter, invalid, live);
        self.values.unary(Unary::Clean, value)
    }

    // ---- choices

    /// Whether a choice is made in steps of this kind.
    fn is_made(&self, choice: usize) -> bool {
        match self.slots.roots[choice] {
            Root::Rate(_) | Root::Event(_) => true,
            Root::Date(root) => self.kind.due.contains(&root),
        }
    }

    /// The component of a choice in steps of this kind.
    fn component(&mut self, choice: usize) -> usize {
        let chain = |root: Root| self.slots.chains.get(&root).into_iter().flatten().copied();
        let members = match self.slots.roots[choice] {
            root @ (Root::Rate(_) | Root::Event(_)) => chain(root).collect(),
            Root::Date(_) => {
                let mut members: Vec<usize> = self.kind.due.iter().flat_map(|due| chain(Root::Date(*due))).collect();
                members.sort_unstable();
                members
            }
        };
        self.game.component(members)
    }

    fn choice(&mut self, choice: usize) -> Result<(), LowerError> {
        let witnesses = self.sights.at(self.kind.seen).choices.get(&choice);
        if !self.is_made(choice) {
            if let Some(witnesses) = witnesses {
                let never = self.values.truth(false);
                let rate = is_at_a_rate(self.program, choice);
                let probabilities = Vec::new();
                self.draw_choice_seen(choice, (never, rate), probabilities, witnesses);
            }
            return Ok(());
        }
        let program = self.program;
        let written = &program.choices[choice];
        let live = match written.occasion {
            Occasion::After { choice: trigger, option: Some(option) } => self.chosen[trigger][option],
            Occasion::After { choice: trigger, option: None } => self.came_out[trigger],
            Occasion::AfterEvent { event } => self.happened_before[event],
            _ => self.values.truth(true),
        };
        let live = match &written.when {
            Some(when) => {
                let (mut look, _, state, _) = self.look();
                let when = look.read(state, when);
                self.values.and(live, when)
            }
            None => live,
        };
        // A choice that does not come up must not draw on the tree, which may be large.
        let none = self.values.truth(false);
        let mut chosen = vec![none; written.options.len()];
        if let Some(witnesses) = witnesses {
            let rate = is_at_a_rate(program, choice);
            let probabilities = match (self.values.as_number(live) == Some(0.0), rate) {
                (true, _) => Vec::new(),
                (false, true) => self.parts_at_a_rate(choice, live)?,
                (false, false) => {
                    let probabilities = self.probabilities(choice, live)?;
                    self.others(choice).into_iter().map(|option| probabilities[option]).collect()
                }
            };
            chosen = self.draw_choice_seen(choice, (live, rate), probabilities, witnesses);
        } else if self.values.as_number(live) != Some(0.0) {
            let bounds = match is_at_a_rate(program, choice) {
                true => self.bounds_at_a_rate(choice, live)?,
                false => self.bounds_on_occasion(choice, live)?,
            };
            self.draw(choice, live, &bounds, &mut chosen);
        } else {
            self.skip(self.slots.choice_streams[choice]);
        }
        self.came_out[choice] = match is_at_a_rate(program, choice) {
            true => outcome_is(self.values, &chosen, None),
            false => live,
        };
        self.take_effect(choice, &chosen);
        for (option, chosen) in chosen.iter().enumerate() {
            self.roots.stores.push((self.slots.chosen[choice][option], *chosen));
        }
        self.chosen[choice] = chosen;
        Ok(())
    }

    /// The options that are not the default, in order.
    fn others(&self, choice: usize) -> Vec<usize> {
        let written = &self.program.choices[choice];
        (0..written.options.len()).filter(|option| *option != written.default).collect()
    }

    /// The probabilities of all options in the present state, with what is to be counted.
    fn probabilities(&mut self, choice: usize, live: Value) -> Result<Vec<Value>, LowerError> {
        let program = self.program;
        let counters = self.slots.choice_counters[choice];
        if program.choices[choice].rule == Rule::Utility {
            let (component, holds) = (self.component(choice), self.kind.holds);
            let (mut look, game, state, chosen) = self.look();
            return Ok(game.decide(&mut look, (component, holds), choice, chosen, state)?.to_vec());
        }
        let (mut look, _, state, _) = self.look();
        let elicited = elicited(&mut look, choice, state);
        self.count(counters.scaled, elicited.scaled, live);
        elicited.invalid.into_iter().for_each(|invalid| self.count(counters.invalid, invalid, live));
        Ok(elicited.probabilities)
    }

    /// Cumulated probabilities of the options other than the default.
    fn bounds_on_occasion(&mut self, choice: usize, live: Value) -> Result<Vec<Value>, LowerError> {
        let probabilities = self.probabilities(choice, live)?;
        let others = self.others(choice);
        Ok(cumulated(self.values, others.into_iter().map(|option| probabilities[option])))
    }

    /// Cumulated probabilities of acts in this step.
    fn bounds_at_a_rate(&mut self, choice: usize, live: Value) -> Result<Vec<Value>, LowerError> {
        let hazards = self.hazards(choice, live)?;
        Ok(competing(self.values, &hazards, self.program.clock.step()))
    }

    /// Probabilities of acts in this step.
    fn parts_at_a_rate(&mut self, choice: usize, live: Value) -> Result<Vec<Value>, LowerError> {
        let hazards = self.hazards(choice, live)?;
        Ok(competing_parts(self.values, &hazards, self.program.clock.step()))
    }

    /// Draws the outcome of a choice of which something is known: by option, whether it comes out. `live` says whether it
    /// comes up, `rate` whether the default is no outcome; `probabilities` are those of the other options, empty where it
    /// does not come up.
    fn draw_choice_seen(
        &mut self,
        choice: usize,
        (live, rate): (Value, bool),
        probabilities: Vec<Value>,
        witnesses: &[Witness],
    ) -> Vec<Value> {
        let program = self.program;
        let written = &program.choices[choice];
        let outcome = |option: usize| {
            if option == written.default { Outcome::Default(option) } else { Outcome::Act(option) }
        };
        let zero = self.values.number(0.0);
        let mut outcomes = Vec::with_capacity(probabilities.len());
        // A game is played only for the trajectories in which the choice comes up.
        let few = written.rule == Rule::Utility && self.values.as_number(live).is_none();
        for (option, probability) in self.others(choice).into_iter().zip(probabilities) {
            let probability = match few {
                true => self.values.only_where(live, probability, choice),
                false => self.values.select(live, probability, zero),
            };
            outcomes.push((Outcome::Act(option), probability));
        }
        let about = |witness: &Witness| match witness {
            Witness::Certain(index) | Witness::Within(Open { observation: index, .. }) | Witness::Reported(index) => {
                self.about(*index)
            }
            Witness::Foreseen(_, trigger) => trigger.option.map_or(Outcome::Any, outcome),
            Witness::Recorded(..) => Outcome::Nothing,
        };
        let witnesses: Vec<(Witness, Outcome)> =
            witnesses.iter().map(|witness| (witness.clone(), about(witness))).collect();
        let (last, otherwise) = match rate {
            true => (Outcome::Nothing, None),
            false => (outcome(written.default), Some((live, Outcome::Nothing))),
        };
        let drawn = self.draw_seen(&outcomes, last, otherwise, &witnesses, self.slots.choice_streams[choice]);
        let none = self.values.truth(false);
        let mut chosen = vec![none; written.options.len()];
        for ((outcome, _), drawn) in outcomes.iter().zip(drawn.outcomes) {
            if let Outcome::Act(option) = outcome {
                chosen[*option] = drawn;
            }
        }
        if !rate {
            chosen[written.default] = self.values.and(drawn.last, live);
        }
        chosen
    }

    /// The hazards of a choice's acts per month.
    fn hazards(&mut self, choice: usize, live: Value) -> Result<Vec<Value>, LowerError> {
        let program = self.program;
        let written = &program.choices[choice];
        let counters = self.slots.choice_counters[choice];
        let others = self.others(choice);
        let hazards: Vec<Value> = if let Occasion::Considered(rate) = &written.occasion {
            let probabilities = self.probabilities(choice, live)?;
            let (mut look, _, state, _) = self.look();
            let rate = look.read(state, rate);
            let invalid = self.values.unary(Unary::Invalid, rate);
            self.count(counters.invalid, invalid, live);
            let hazard = |values: &mut Values, option: usize| {
                let hazard = values.binary(Binary::Multiply, rate, probabilities[option]);
                values.unary(Unary::Clean, hazard)
            };
            others.iter().map(|option| hazard(self.values, *option)).collect()
        } else {
            let mut hazards = Vec::new();
            for option in others {
                let zero = self.values.number(0.0);
                let (mut look, _, state, _) = self.look();
                let weight = &written.options[option].weight;
                let weight = weight.as_ref().map_or(zero, |weight| look.read(state, weight));
                hazards.push(self.cleaned(counters.invalid, weight, live));
            }
            hazards
        };
        Ok(hazards)
    }

    /// Draws the outcome: the first option whose cumulated probability exceeds the uniform, else the default, which is
    /// no outcome of choices that come up at a rate.
    fn draw(&mut self, choice: usize, live: Value, bounds: &[Value], chosen: &mut [Value]) {
        let uniform = self.uniform(self.slots.choice_streams[choice]);
        let zero = self.values.number(0.0);
        let mut drawn: Vec<(usize, Value)> = Vec::new();
        let mut low: Option<Value> = None;
        for (option, high) in self.others(choice).into_iter().zip(bounds) {
            let within = match low {
                None => self.values.binary(Binary::Less, uniform, *high),
                Some(low) => self.values.between(uniform, low, *high),
            };
            drawn.push((option, within));
            low = Some(*high);
        }
        if !is_at_a_rate(self.program, choice) {
            let rest = self.values.binary(Binary::AtLeast, uniform, low.unwrap_or(zero));
            drawn.push((self.program.choices[choice].default, rest));
        }
        let gate = self.gate(choice, live, uniform);
        for (option, drawn) in drawn {
            chosen[option] = match gate {
                Some(gate) => self.values.only_where(gate, drawn, choice),
                None => self.values.and(drawn, live),
            };
        }
    }

    /// Where a choice can come out at all, if that is not everywhere and not worth while asking: a choice by utility where
    /// it comes up, and its rate makes an act possible, whatever its policy says; what replies to an event where that
    /// happened.
    fn gate(&mut self, choice: usize, live: Value, uniform: Value) -> Option<Value> {
        /// More than all that is rounded on the way from the rate to the probability of an act.
        const MARGIN: f64 = 1e-9;
        let program = self.program;
        let written = &program.choices[choice];
        let gate = match (&written.occasion, written.rule, self.slots.roots[choice]) {
            (Occasion::Considered(rate), Rule::Utility, _) => {
                let (mut look, _, state, _) = self.look();
                let rate = look.read(state, rate);
                let step = self.values.number(program.clock.step() * (1.0 + MARGIN));
                let most = self.values.binary(Binary::Multiply, rate, step);
                let possible = self.values.happens(uniform, most);
                self.values.and(possible, live)
            }
            (_, Rule::Utility, _) | (_, _, Root::Event(_)) => live,
            _ => return None,
        };
        self.values.as_number(gate).is_none().then_some(gate)
    }

    /// Where an option was chosen, its effects apply.
    fn take_effect(&mut self, choice: usize, chosen: &[Value]) {
        let program = self.program;
        let mut new: BTreeMap<usize, Value> = BTreeMap::new();
        for (option, chosen) in chosen.iter().enumerate() {
            if self.values.as_number(*chosen) == Some(0.0) {
                continue;
            }
            let happened = &self.happened_before;
            let scene = Scene { frame: self.frame, happened, chosen: None };
            let effects = &program.choices[choice].options[option].effects;
            let after =
                effects_on(self.values, scene, &self.game.calendar.holds[self.kind.holds], effects, &self.state);
            for (quantity, after) in after {
                let before = self.state.get(self.frame.loaded, quantity);
                let otherwise = *new.get(&quantity).unwrap_or(&before);
                new.insert(quantity, self.values.select(*chosen, after, otherwise));
            }
        }
        new.into_iter().for_each(|(quantity, value)| self.state.set(self.frame.loaded, quantity, value));
    }

    // ---- events

    fn events(&mut self) {
        let program = self.program;
        let weights = self.weights();
        let mut happened: Vec<Value> = vec![self.values.truth(false); program.events.len()];
        let mut competes = vec![false; program.events.len()];
        for (index, exclusion) in program.exclusions.iter().enumerate() {
            let step = program.clock.step();
            let zero = self.values.number(0.0);
            let mut hazards = Vec::with_capacity(exclusion.events.len());
            for event in &exclusion.events {
                let is_hazard = matches!(program.events[*event].rule, EventRule::Hazard(_));
                let hazard = match weights[*event].filter(|_| is_hazard) {
                    Some((possible, hazard)) => {
                        let hazard = self.cleaned(self.slots.event_counters[*event], hazard, possible);
                        self.values.select(possible, hazard, zero)
                    }
                    None => zero,
                };
                hazards.push(hazard);
            }
            if let Some(witnesses) = self.witnesses_of(&exclusion.events) {
                let parts = competing_parts(self.values, &hazards, step);
                let outcomes: Vec<(Outcome, Value)> =
                    exclusion.events.iter().map(|event| Outcome::Act(*event)).zip(parts).collect();
                let stream = self.slots.exclusion_streams[index];
                let drawn = self.draw_seen(&outcomes, Outcome::Nothing, None, &witnesses, stream);
                for (event, drawn) in exclusion.events.iter().zip(drawn.outcomes) {
                    happened[*event] = drawn;
                    competes[*event] = true;
                }
                continue;
            }
            let bounds = competing(self.values, &hazards, step);
            let uniform = self.uniform(self.slots.exclusion_streams[index]);
            let mut low: Option<Value> = None;
            for (event, high) in exclusion.events.iter().zip(bounds) {
                happened[*event] = match low {
                    None => self.values.binary(Binary::Less, uniform, high),
                    Some(low) => self.values.between(uniform, low, high),
                };
                competes[*event] = true;
                low = Some(high);
            }
        }
        for event in (0..program.events.len()).filter(|event| !competes[*event]) {
            if let Some(witnesses) = self.witnesses_of(&[event]) {
                happened[event] = self.event_seen(event, weights[event], &witnesses);
            } else if let Some((possible, weight)) = weights[event] {
                happened[event] = self.event(event, possible, weight);
            }
        }
        self.happened = happened;
        for event in 0..program.events.len() {
            let happened = self.happened[event];
            self.roots.stores.push((self.slots.happened[event], happened));
            if self.values.as_number(happened) == Some(0.0) {
                continue;
            }
            let scene = Scene { frame: self.frame, happened: &self.happened, chosen: Some(&self.chosen) };
            let effects = &program.events[event].effects;
            let after =
                effects_on(self.values, scene, &self.game.calendar.holds[self.kind.holds], effects, &self.state);
            for (quantity, after) in after {
                let before = self.state.get(self.frame.loaded, quantity);
                let value = self.values.select(happened, after, before);
                self.state.set(self.frame.loaded, quantity, value);
            }
        }
    }

    /// By event: whether its condition holds, and its hazard or chance; none if it cannot happen in steps of this kind.
    fn weights(&mut self) -> Vec<Option<(Value, Value)>> {
        let (program, kind) = (self.program, self.kind);
        let mut reader = self.reader(false);
        let mut weights = Vec::with_capacity(program.events.len());
        for (index, event) in program.events.iter().enumerate() {
            let weight = match &event.rule {
                EventRule::Hazard(hazard) => hazard,
                EventRule::Dated { chance, .. } if kind.dated.contains(&index) => chance,
                EventRule::Dated { .. } => {
                    weights.push(None);
                    continue;
                }
            };
            let when = event.when.as_ref().map(|when| reader.read(when));
            weights.push(Some((when, reader.read(weight))));
        }
        let (zero, always) = (self.values.number(0.0), self.values.truth(true));
        let mut possible =
            |when: Option<Value>| when.map_or(always, |when| self.values.binary(Binary::NotEqual, when, zero));
        weights.into_iter().map(|weight| weight.map(|(when, weight)| (possible(when), weight))).collect()
    }

    /// Whether an event that excludes no other happens.
    fn event(&mut self, event: usize, possible: Value, weight: Value) -> Value {
        let program = self.program;
        let weight = self.cleaned(self.slots.event_counters[event], weight, possible);
        let uniform = self.uniform(self.slots.event_streams[event]);
        let happens = match &program.events[event].rule {
            EventRule::Hazard(_) => {
                let step = self.values.number(program.clock.step());
                let hazard = self.values.binary(Binary::Multiply, weight, step);
                self.values.happens(uniform, hazard)
            }
            EventRule::Dated { .. } => self.values.binary(Binary::Less, uniform, weight),
        };
        self.values.and(happens, possible)
    }

    /// What is known of a draw for these events, in order of observations, then records; none if nothing is.
    fn witnesses_of(&self, events: &[usize]) -> Option<Vec<(Witness, Outcome)>> {
        let seen = &self.sights.at(self.kind.seen).events;
        let of = |event: &usize| {
            let witnesses = seen.get(event).into_iter().flatten();
            witnesses.map(|witness| (witness.clone(), Outcome::Act(*event))).collect::<Vec<_>>()
        };
        let mut witnesses: Vec<(Witness, Outcome)> = events.iter().flat_map(of).collect();
        witnesses.sort_by_key(|(witness, _)| self.label(witness));
        (!witnesses.is_empty()).then_some(witnesses)
    }

    /// Whether an event that excludes no other happens, something being known of it.
    fn event_seen(&mut self, event: usize, weight: Option<(Value, Value)>, witnesses: &[(Witness, Outcome)]) -> Value {
        let zero = self.values.number(0.0);
        let probability = match weight {
            None => zero,
            Some((possible, weight)) => {
                let weight = self.cleaned(self.slots.event_counters[event], weight, possible);
                let probability = match &self.program.events[event].rule {
                    EventRule::Hazard(_) => {
                        let step = self.values.number(self.program.clock.step());
                        let hazard = self.values.binary(Binary::Multiply, weight, step);
                        self.values.unary(Unary::Chance, hazard)
                    }
                    EventRule::Dated { .. } => {
                        let one = self.values.number(1.0);
                        self.values.binary(Binary::Min, weight, one)
                    }
                };
                self.values.select(possible, probability, zero)
            }
        };
        let outcomes = [(Outcome::Act(event), probability)];
        let drawn = self.draw_seen(&outcomes, Outcome::Nothing, None, witnesses, self.slots.event_streams[event]);
        drawn.outcomes[0]
    }

    // ---- flows

    fn flows(&mut self) {
        let program = self.program;
        let length = program.clock.step();
        let held = self.holds().now.clone();
        for (index, _) in program.flows.iter().enumerate().filter(|(_, flow)| held.contains(&flow.stock)) {
            self.skip(self.slots.flow_streams[index]);
        }
        let flows = || program.flows.iter().enumerate().filter(|(_, flow)| !held.contains(&flow.stock));
        let mut reader = self.reader(true);
        let mut rates: Vec<(Value, Option<Value>)> = Vec::with_capacity(program.flows.len());
        for (_, flow) in flows() {
            rates.push((reader.read(&flow.rate), flow.noise.as_ref().map(|noise| reader.read(noise))));
        }
        let step = self.values.number(length);
        let root = self.values.number(length.sqrt());
        let mut sums: Vec<Option<Value>> = vec![None; program.quantities.len()];
        for ((index, flow), (rate, noise)) in flows().zip(rates) {
            let mut change = self.values.binary(Binary::Multiply, rate, step);
            if let Some(noise) = noise {
                let spread = self.values.binary(Binary::Multiply, noise, root);
                let uniform = self.uniform(self.slots.flow_streams[index]);
                let normal = self.values.unary(Unary::Normal, uniform);
                let noise = self.values.binary(Binary::Multiply, normal, spread);
                change = self.values.binary(Binary::Add, change, noise);
            }
            let old = sums[flow.stock].unwrap_or_else(|| self.state.get(self.frame.loaded, flow.stock));
            sums[flow.stock] = Some(self.values.binary(Binary::Add, old, change));
        }
        let mut new: Vec<(usize, Value)> = Vec::with_capacity(program.flows.len());
        for (stock, sum) in sums.into_iter().enumerate() {
            if let Some(sum) = sum {
                new.push((stock, clamp(self.values, &program.quantities[stock].kind, sum)));
            }
        }
        self.state.set_all(self.frame.loaded, new.into_iter());
    }

    // ---- questions

    /// What questions remember of a step of this window.
    pub(crate) fn record(&mut self, window: &Window) {
        for (question, memory) in &window.asked {
            let written = &self.program.questions[*question];
            let (slot, value) = match (memory, &written.query, &written.given) {
                (Memory::Answer, Query::Ever { condition, .. } | Query::First { condition, .. }, _) => {
                    let slot = self.slots.questions[*question];
                    let holds = self.reader(true).read(condition);
                    let before = self.slots.load(self.values, slot);
                    (slot, self.values.first(before, holds))
                }
                (Memory::Answer, Query::Value { value, scale, .. }, _) => {
                    let (value, scale) = (self.reader(true).read(value), self.values.number(*scale));
                    (self.slots.questions[*question], self.values.binary(Binary::Divide, value, scale))
                }
                (Memory::Condition, _, Some(given)) => {
                    let Some(slot) = self.slots.given[*question] else { continue };
                    let holds = self.reader(true).read(&given.condition);
                    let before = self.slots.load(self.values, slot);
                    (slot, self.values.binary(Binary::Or, before, holds))
                }
                (Memory::Condition, _, None) => continue,
            };
            self.roots.stores.push((slot, value));
        }
    }

    /// Forgets how dated choices and the replies to them came out.
    pub(crate) fn forget(&mut self) {
        let none = self.values.truth(false);
        for due in &self.kind.due {
            for choice in self.slots.chains.get(&Root::Date(*due)).into_iter().flatten() {
                let options = self.slots.chosen[*choice].iter();
                self.roots.stores.extend(options.map(|slot| (*slot, none)));
            }
        }
    }
}

/// What effects make of a state, as far as it is not as before.
fn effects_on(
    values: &mut Values,
    scene: Scene<'_>,
    holds: &Holds,
    effects: &[Effect],
    state: &State,
) -> Vec<(usize, Value)> {
    if effects.is_empty() {
        return Vec::new();
    }
    let mut after = state.clone();
    apply_effects(values, scene, holds, effects, &mut after);
    let mut touched: Vec<usize> = effects.iter().map(|effect| effect.quantity).collect();
    touched.sort_unstable();
    touched.dedup();
    let loaded = scene.frame.loaded;
    let changed = touched.into_iter().map(|quantity| (quantity, after.get(loaded, quantity)));
    changed.filter(|(quantity, value)| *value != state.get(loaded, *quantity)).collect()
}

/// Sums of the first, the first two … values.
fn cumulated(values: &mut Values, terms: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut sums: Vec<Value> = Vec::new();
    for term in terms {
        let sum = sums.last().map_or(term, |sum| values.binary(Binary::Add, *sum, term));
        sums.push(sum);
    }
    sums
}

/// Cumulated probabilities of what competes with these hazards per month within a step. Infinite hazards, where there
/// are any, share what happens equally.
fn competing(values: &mut Values, hazards: &[Value], step: f64) -> Vec<Value> {
    let sums = cumulated(values, hazards.iter().copied());
    let Some(total) = sums.last().copied() else { return Vec::new() };
    let step = values.number(step);
    let over_step = values.binary(Binary::Multiply, total, step);
    let chance = values.unary(Unary::Chance, over_step);
    if sums.len() == 1 {
        // h / h is 1 wherever anything can happen.
        return vec![chance];
    }
    let odds = odds(values, hazards);
    let sums = cumulated(values, odds.into_iter());
    let total = sums.last().copied().unwrap_or(total);
    let share = |sum: &Value| {
        let share = values.binary(Binary::Divide, *sum, total);
        values.binary(Binary::Multiply, share, chance)
    };
    sums.iter().map(share).collect()
}

/// The probabilities of what competes with these hazards per month within a step.
fn competing_parts(values: &mut Values, hazards: &[Value], step: f64) -> Vec<Value> {
    let Some(total) = cumulated(values, hazards.iter().copied()).pop() else { return Vec::new() };
    let (step, zero) = (values.number(step), values.number(0.0));
    let over_step = values.binary(Binary::Multiply, total, step);
    let chance = values.unary(Unary::Chance, over_step);
    let odds = odds(values, hazards);
    let Some(total) = cumulated(values, odds.iter().copied()).pop() else { return Vec::new() };
    let possible = values.binary(Binary::Greater, total, zero);
    let part = |odds: Value| {
        let share = values.binary(Binary::Divide, odds, total);
        let part = values.binary(Binary::Multiply, share, chance);
        // 0 / 0 where nothing can happen.
        values.select(possible, part, zero)
    };
    odds.into_iter().map(part).collect()
}
