//! A step as values: choices, events, flows and what the questions remember.

use super::LowerError;
use super::calendar::{Memory, Window};
use super::expression::{Reader, Scene, apply_effects, clamp};
use super::game::{Game, Look, elicited, is_at_a_rate, odds, outcome_is};
use super::slots::Slots;
use super::values::{Value, Values};
use std::collections::BTreeSet;
use variorum_engine::op::{Binary, Unary};
use variorum_model::program::{EventRule, Expr, Occasion, Program, Query, Rule};

/// What a segment leaves: contents of persistent columns, and conditions to be counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roots {
    pub(crate) stores: Vec<(u32, Value)>,
    pub(crate) counts: Vec<(u32, Value)>,
}

/// What tells one step from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StepKind {
    /// Whether the calendar step is odd.
    pub(crate) odd: bool,
    /// Dated choices that are due.
    pub(crate) due: BTreeSet<usize>,
    /// Dated events that are due.
    pub(crate) dated: BTreeSet<usize>,
}

impl StepKind {
    pub(crate) fn of(program: &Program, step: u32) -> StepKind {
        let is_due = |choice: &usize| match &program.choices[*choice].occasion {
            Occasion::Steps(steps) => steps.contains(&step),
            _ => false,
        };
        let is_dated = |event: &usize| match &program.events[*event].rule {
            EventRule::Dated { step: dated, .. } => *dated == step,
            EventRule::Hazard(_) => false,
        };
        StepKind {
            odd: program.clock.first.wrapping_add(step as i32).rem_euclid(2) == 1,
            due: (0..program.choices.len()).filter(is_due).collect(),
            dated: (0..program.events.len()).filter(is_dated).collect(),
        }
    }
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
    program: &'p Program,
    values: &'a mut Values,
    game: &'a mut Game<'p>,
    slots: &'a Slots,
    params: &'a [Value],
    kind: &'a StepKind,
    /// Contents of columns when the segment begins.
    before: Vec<Value>,
    state: Vec<Value>,
    /// By event: in the step before, and then in this step.
    happened_before: Vec<Value>,
    happened: Vec<Value>,
    /// By choice and option.
    chosen: Vec<Vec<Value>>,
    /// By choice: whether it came out at all.
    came_out: Vec<Value>,
    roots: Roots,
}

impl<'a, 'p> Moving<'a, 'p> {
    /// A segment for steps of a kind; `whole` if it begins with the step and goes on to the last flow.
    pub(crate) fn new(
        program: &'p Program,
        values: &'a mut Values,
        game: &'a mut Game<'p>,
        slots: &'a Slots,
        params: &'a [Value],
        kind: &'a StepKind,
        whole: bool,
    ) -> Self {
        let state: Vec<Value> = slots.quantities.iter().map(|slot| slots.load(values, *slot)).collect();
        let happened: Vec<Value> = slots.happened.iter().map(|slot| slots.load(values, *slot)).collect();
        // A segment that begins with the step knows that nothing has been chosen yet.
        let mut option = |slot: &u32| if whole { values.truth(false) } else { slots.load(values, *slot) };
        let chosen: Vec<Vec<Value>> =
            slots.chosen.iter().map(|options| options.iter().map(&mut option).collect()).collect();
        let came_out = chosen.iter().map(|options| outcome_is(values, options, None)).collect();
        Moving {
            program,
            values,
            game,
            slots,
            params,
            kind,
            before: state.clone(),
            state,
            happened_before: happened.clone(),
            happened,
            chosen,
            came_out,
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

    /// Ends the segment: what has changed is stored.
    pub(crate) fn finish(mut self) -> Roots {
        for (quantity, value) in self.state.iter().enumerate() {
            if *value != self.before[quantity] {
                self.roots.stores.push((self.slots.quantities[quantity], *value));
            }
        }
        self.roots
    }

    fn read(&mut self, expr: &Expr, happened_now: bool) -> Value {
        let happened = if happened_now { &self.happened } else { &self.happened_before };
        let scene = Scene { params: self.params, happened, chosen: Some(&self.chosen) };
        Reader::new(self.program, self.values, scene.moment(&self.state)).read(expr)
    }

    fn look(&mut self) -> (Look<'_>, &mut Game<'p>, &[Value], &[Vec<Value>]) {
        let look = Look { values: self.values, params: self.params, happened: &self.happened_before };
        (look, self.game, &self.state, &self.chosen)
    }

    /// The uniform of a statement: those used in every step take both words of a block.
    fn uniform(&mut self, stream: u32) -> Value {
        let Some(spare) = self.slots.streams[stream as usize].spare else { return self.values.uniform(stream) };
        if self.kind.odd {
            return self.slots.load(self.values, spare);
        }
        let next = self.values.spare(stream);
        self.roots.stores.push((spare, next));
        self.values.uniform(stream)
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
        let root = self.slots.roots[choice];
        is_at_a_rate(self.program, root) || self.kind.due.contains(&root)
    }

    /// The component of a choice in steps of this kind.
    fn component(&mut self, choice: usize) -> usize {
        let (program, roots) = (self.program, &self.slots.roots);
        let root = roots[choice];
        let members = (0..program.choices.len()).filter(|other| {
            let other = roots[*other];
            if is_at_a_rate(program, root) { other == root } else { self.kind.due.contains(&other) }
        });
        self.game.component(members.collect())
    }

    fn choice(&mut self, choice: usize) -> Result<(), LowerError> {
        if !self.is_made(choice) {
            return Ok(());
        }
        let program = self.program;
        let written = &program.choices[choice];
        let live = match written.occasion {
            Occasion::After { choice: trigger, option: Some(option) } => self.chosen[trigger][option],
            Occasion::After { choice: trigger, option: None } => self.came_out[trigger],
            _ => self.values.truth(true),
        };
        let live = match &written.when {
            Some(when) => {
                let (mut look, _, state, _) = self.look();
                let when = look.read(program, state, when);
                self.values.and(live, when)
            }
            None => live,
        };
        // A choice that does not come up must not draw on the tree, which may be large.
        let none = self.values.truth(false);
        let mut chosen = vec![none; written.options.len()];
        if self.values.as_number(live) != Some(0.0) {
            let bounds = match is_at_a_rate(program, choice) {
                true => self.bounds_at_a_rate(choice, live)?,
                false => self.bounds_on_occasion(choice, live)?,
            };
            self.draw(choice, live, &bounds, &mut chosen);
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
            let component = self.component(choice);
            let (mut look, game, state, chosen) = self.look();
            return Ok(game.decide(&mut look, component, choice, chosen, state)?.to_vec());
        }
        let (mut look, _, state, _) = self.look();
        let elicited = elicited(program, &mut look, choice, state);
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
        let program = self.program;
        let written = &program.choices[choice];
        let counters = self.slots.choice_counters[choice];
        let others = self.others(choice);
        let hazards: Vec<Value> = if let Occasion::Considered(rate) = &written.occasion {
            let probabilities = self.probabilities(choice, live)?;
            let (mut look, _, state, _) = self.look();
            let rate = look.read(program, state, rate);
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
                let weight = weight.as_ref().map_or(zero, |weight| look.read(program, state, weight));
                hazards.push(self.cleaned(counters.invalid, weight, live));
            }
            hazards
        };
        Ok(competing(self.values, &hazards, program.clock.step()))
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

    /// Where a choice by utility can come out at all, if that is not everywhere: where it comes up, and its rate makes
    /// an act possible, whatever its policy says.
    fn gate(&mut self, choice: usize, live: Value, uniform: Value) -> Option<Value> {
        /// More than all that is rounded on the way from the rate to the probability of an act.
        const MARGIN: f64 = 1e-9;
        let program = self.program;
        let written = &program.choices[choice];
        if written.rule != Rule::Utility {
            return None;
        }
        let gate = match &written.occasion {
            Occasion::Considered(rate) => {
                let (mut look, _, state, _) = self.look();
                let rate = look.read(program, state, rate);
                let step = self.values.number(program.clock.step() * (1.0 + MARGIN));
                let most = self.values.binary(Binary::Multiply, rate, step);
                let possible = self.values.happens(uniform, most);
                self.values.and(possible, live)
            }
            _ => live,
        };
        self.values.as_number(gate).is_none().then_some(gate)
    }

    /// Where an option was chosen, its effects apply.
    fn take_effect(&mut self, choice: usize, chosen: &[Value]) {
        let program = self.program;
        let before = self.state.clone();
        for (option, chosen) in chosen.iter().enumerate() {
            if self.values.as_number(*chosen) == Some(0.0) {
                continue;
            }
            let mut after = before.clone();
            let scene = Scene { params: self.params, happened: &self.happened_before, chosen: None };
            apply_effects(program, self.values, scene, &program.choices[choice].options[option].effects, &mut after);
            for (quantity, after) in after.into_iter().enumerate() {
                if after != before[quantity] {
                    self.state[quantity] = self.values.select(*chosen, after, self.state[quantity]);
                }
            }
        }
    }

    // ---- events

    fn events(&mut self) {
        let program = self.program;
        let mut happened: Vec<Value> = vec![self.values.truth(false); program.events.len()];
        let mut competes = vec![false; program.events.len()];
        for (index, exclusion) in program.exclusions.iter().enumerate() {
            let step = program.clock.step();
            let hazards: Vec<Value> = exclusion.events.iter().map(|event| self.hazard_where_possible(*event)).collect();
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
            happened[event] = self.event(event);
        }
        self.happened = happened;
        for (event, happened) in self.happened.clone().into_iter().enumerate() {
            self.roots.stores.push((self.slots.happened[event], happened));
            if self.values.as_number(happened) == Some(0.0) {
                continue;
            }
            let before = self.state.clone();
            let scene = Scene { params: self.params, happened: &self.happened, chosen: Some(&self.chosen) };
            let mut after = before.clone();
            apply_effects(program, self.values, scene, &program.events[event].effects, &mut after);
            for (quantity, after) in after.into_iter().enumerate() {
                self.state[quantity] = self.values.select(happened, after, before[quantity]);
            }
        }
    }

    /// Whether an event's condition holds.
    fn possible(&mut self, event: usize) -> Value {
        match &self.program.events[event].when {
            Some(when) => {
                let when = self.read(when, false);
                let zero = self.values.number(0.0);
                self.values.binary(Binary::NotEqual, when, zero)
            }
            None => self.values.truth(true),
        }
    }

    /// The hazard of an event, 0 where its condition does not hold.
    fn hazard_where_possible(&mut self, event: usize) -> Value {
        let zero = self.values.number(0.0);
        let EventRule::Hazard(hazard) = &self.program.events[event].rule else { return zero };
        let possible = self.possible(event);
        let hazard = self.read(hazard, false);
        let hazard = self.cleaned(self.slots.event_counters[event], hazard, possible);
        self.values.select(possible, hazard, zero)
    }

    /// Whether an event that excludes no other happens.
    fn event(&mut self, event: usize) -> Value {
        let program = self.program;
        let counter = self.slots.event_counters[event];
        let stream = self.slots.event_streams[event];
        match &program.events[event].rule {
            EventRule::Hazard(hazard) => {
                let possible = self.possible(event);
                let hazard = self.read(hazard, false);
                let hazard = self.cleaned(counter, hazard, possible);
                let step = self.values.number(program.clock.step());
                let hazard = self.values.binary(Binary::Multiply, hazard, step);
                let uniform = self.uniform(stream);
                let happens = self.values.happens(uniform, hazard);
                self.values.and(happens, possible)
            }
            EventRule::Dated { chance, .. } if self.kind.dated.contains(&event) => {
                let possible = self.possible(event);
                let chance = self.read(chance, false);
                let chance = self.cleaned(counter, chance, possible);
                let uniform = self.uniform(stream);
                let happens = self.values.binary(Binary::Less, uniform, chance);
                self.values.and(happens, possible)
            }
            EventRule::Dated { .. } => self.values.truth(false),
        }
    }

    // ---- flows

    fn flows(&mut self) {
        let program = self.program;
        let length = program.clock.step();
        let step = self.values.number(length);
        let root = self.values.number(length.sqrt());
        let mut changes = Vec::with_capacity(program.flows.len());
        for (index, flow) in program.flows.iter().enumerate() {
            let rate = self.read(&flow.rate, true);
            let mut change = self.values.binary(Binary::Multiply, rate, step);
            if let Some(noise) = &flow.noise {
                let noise = self.read(noise, true);
                let spread = self.values.binary(Binary::Multiply, noise, root);
                let uniform = self.uniform(self.slots.flow_streams[index]);
                let normal = self.values.unary(Unary::Normal, uniform);
                let noise = self.values.binary(Binary::Multiply, normal, spread);
                change = self.values.binary(Binary::Add, change, noise);
            }
            changes.push(change);
        }
        let mut flown = vec![false; program.quantities.len()];
        for (flow, change) in program.flows.iter().zip(changes) {
            self.state[flow.stock] = self.values.binary(Binary::Add, self.state[flow.stock], change);
            flown[flow.stock] = true;
        }
        for (quantity, _) in flown.into_iter().enumerate().filter(|(_, flown)| *flown) {
            self.state[quantity] = clamp(self.values, &program.quantities[quantity].kind, self.state[quantity]);
        }
    }

    // ---- questions

    /// What questions remember of a step of this window.
    pub(crate) fn record(&mut self, window: &Window) {
        for (question, memory) in &window.asked {
            let written = &self.program.questions[*question];
            let (slot, value) = match (memory, &written.query, &written.given) {
                (Memory::Answer, Query::Ever { condition, .. } | Query::First { condition, .. }, _) => {
                    let slot = self.slots.questions[*question];
                    let holds = self.read(condition, true);
                    let before = self.slots.load(self.values, slot);
                    (slot, self.values.first(before, holds))
                }
                (Memory::Answer, Query::Value { value, scale, .. }, _) => {
                    let (value, scale) = (self.read(value, true), self.values.number(*scale));
                    (self.slots.questions[*question], self.values.binary(Binary::Divide, value, scale))
                }
                (Memory::Condition, _, Some(given)) => {
                    let Some(slot) = self.slots.given[*question] else { continue };
                    let holds = self.read(&given.condition, true);
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
        for choice in 0..self.program.choices.len() {
            if self.kind.due.contains(&self.slots.roots[choice]) {
                let options = self.slots.chosen[choice].iter();
                self.roots.stores.extend(options.map(|slot| (*slot, none)));
            }
        }
    }
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
