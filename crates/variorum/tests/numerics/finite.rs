//! Random finite programs, with random observations: what the exact solver can solve.
//!
//! [`finite`] makes a program of a seed: parameters that are points or take a few values, ladders, stocks that stay on a
//! few whole numbers, all kinds of choices, events, exclusions, holds, flows without noise, questions with and without a
//! condition. [`observed`] is the same with observations and records of all kinds, taken from one of its own trajectories
//! (of draw [`TRUTH`], which no test should use), so that what was seen can be. [`finite_with`] leaves out what is not
//! wanted. Nothing depends on anything but the seed.
//!
//! Another test crate may include this file and `random.rs` beside it by `#[path]`.

use super::random::Dice;
use variorum_model::program::{
    Actor, Choice, ChoiceOption, Clock, Day, Effect, EffectOp, Event, EventRule, Exclusion, Expr, Fact, Flow, Formula,
    Function, Given, Intervention, Key, Law, Observation, Occasion, Param, Program, Quantity, QuantityKind, Query,
    Question, Record, Report, Rule, UtilityTerm,
};
use variorum_oracle::{History, Oracle};

/// The draw from which observations are taken.
pub const TRUTH: u64 = 1 << 40;

/// What a program is to have.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Parameters with several values.
    pub uncertain: bool,
    /// What is set and held.
    pub interventions: bool,
}

/// A random program that reaches finitely many states.
pub fn finite(seed: u64) -> Program {
    finite_with(seed, Wanted { uncertain: true, interventions: true })
}

/// The same without some things.
pub fn finite_with(seed: u64, wanted: Wanted) -> Program {
    let mut maker = Maker { dice: Dice::new(seed ^ 0x00F1_917E), program: empty(), wanted };
    maker.frame();
    maker.params();
    maker.quantities();
    maker.formulas_and_actors();
    maker.events();
    maker.choices();
    maker.effects();
    maker.flows();
    if wanted.interventions {
        maker.interventions();
    }
    maker.questions();
    maker.program
}

/// A random finite program with random observations and records.
pub fn observed(seed: u64) -> Program {
    observe(finite(seed), seed)
}

/// A program with random observations and records.
pub fn observe(program: Program, seed: u64) -> Program {
    let history = Oracle::new(&program, seed).unwrap().history(TRUTH, 0, 0);
    let mut witness = Witness { dice: Dice::new(seed ^ 0x0B5E_47ED), truth: program.clone(), program, history };
    witness.observations();
    witness.records();
    witness.program
}

fn empty() -> Program {
    Program {
        model: "finite".into(),
        reading: "model".into(),
        scenario: None,
        clock: Clock { first: 12 * 2024, steps: 1, months: 1, parts: 1 },
        params: Vec::new(),
        quantities: Vec::new(),
        formulas: Vec::new(),
        actors: Vec::new(),
        choices: Vec::new(),
        events: Vec::new(),
        exclusions: Vec::new(),
        flows: Vec::new(),
        copulas: Vec::new(),
        interventions: Vec::new(),
        questions: Vec::new(),
        observations: Vec::new(),
        records: Vec::new(),
    }
}

fn n(number: f64) -> Expr {
    Expr::Number(number)
}

fn apply(function: Function, arguments: &[Expr]) -> Expr {
    Expr::Apply(function, arguments.to_vec())
}

/// What an expression may speak of.
#[derive(Clone, Copy)]
struct Scope {
    happened: bool,
    chosen: bool,
    formulas: usize,
}

/// The state alone.
const STATE: Scope = Scope { happened: false, chosen: false, formulas: 2 };
/// And the events of the step before.
const BEFORE: Scope = Scope { happened: true, ..STATE };
/// And the choices of this step.
const NOW: Scope = Scope { chosen: true, ..BEFORE };

struct Maker {
    dice: Dice,
    program: Program,
    wanted: Wanted,
}

impl Maker {
    fn frame(&mut self) {
        let clock = &mut self.program.clock;
        clock.steps = 3 + self.dice.below(6) as u32;
        clock.first += self.dice.below(2) as i32;
        clock.parts = self.dice.one_of(&[1, 1, 2]);
    }

    fn params(&mut self) {
        for (index, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let spread = self.wanted.uncertain && index < 3 && self.dice.chance(0.3);
            let point = self.dice.between(0.1, 1.5);
            let law = match spread {
                false => Law::Point(point),
                true => {
                    let rare = self.dice.between(0.2, 0.4);
                    Law::OneOf(vec![(0.5 * point, rare), (point, 1.0 - 2.0 * rare), (1.6 * point, rare)])
                }
            };
            self.program.params.push(Param {
                name: name.into(),
                draw: name.into(),
                key: Key::of(name),
                law,
                low: None,
                high: None,
                clip: false,
                within: None,
                scale: 1.0,
            });
        }
    }

    fn quantities(&mut self) {
        let ladder = |name: &str, levels: usize, start: usize| Quantity {
            name: name.into(),
            kind: QuantityKind::Ladder { levels: (0..levels).map(|level| format!("{name}{level}")).collect() },
            start: n(start as f64),
        };
        let stock = |name: &str, low: f64, high: f64, start: f64| Quantity {
            name: name.into(),
            kind: QuantityKind::Stock { low: Some(low), high: Some(high) },
            start: n(start),
        };
        let (rung, pile) = (self.dice.below(3), self.dice.below(3) as f64);
        self.program.quantities = vec![ladder("flag", 2, 0), ladder("rung", 3, rung), stock("pile", 0.0, 3.0, pile)];
        if self.dice.chance(0.5) {
            self.program.quantities.push(stock("debt", -1.0, 1.0, 0.0));
        }
    }

    fn formulas_and_actors(&mut self) {
        for index in 0..2 {
            let value = self.number(Scope { formulas: index, ..STATE }, 2);
            self.program.formulas.push(Formula { name: format!("let {index}"), value });
        }
        for name in ["A", "B"] {
            let utility = self.number(STATE, 2);
            self.program.actors.push(Actor {
                name: name.into(),
                precision: Some(n(self.dice.between(0.3, 2.0))),
                foresight: self.dice.one_of(&[None, None, Some(0), Some(1)]),
                horizon: self.dice.one_of(&[0.0, 0.0, 1.0, 2.5]),
                patience: n(self.dice.between(0.5, 1.0)),
                utility: vec![UtilityTerm { path: format!("utility {name}"), value: utility }],
            });
        }
    }

    /// Events with their conditions and hazards; their effects come later, with those of choices.
    fn events(&mut self) {
        let count = 2 + self.dice.below(3);
        for index in 0..count {
            let name = format!("event {index}");
            self.program.events.push(Event {
                key: Key::of(&name),
                title: name.clone(),
                name,
                when: None,
                rule: EventRule::Hazard(n(0.3)),
                effects: Vec::new(),
            });
        }
    }

    fn choices(&mut self) {
        for _ in 0..1 + self.dice.below(4) {
            let choice = self.choice();
            self.program.choices.push(choice);
        }
    }

    fn choice(&mut self) -> Choice {
        let index = self.program.choices.len();
        let steps = self.program.clock.steps;
        let occasion = match self.dice.below(7) {
            0 => Occasion::Considered(n(self.dice.between(0.2, 1.2))),
            1 => Occasion::Hazards,
            2 | 3 => {
                let every = 1 + self.dice.below(3) as u32;
                Occasion::Steps((self.dice.below(2) as u32..steps).step_by(every as usize).collect())
            }
            4 | 5 if index > 0 => {
                let choice = self.dice.below(index);
                let options = self.program.choices[choice].options.len();
                let option = if self.dice.chance(0.5) { None } else { Some(self.dice.below(options)) };
                Occasion::After { choice, option }
            }
            _ => Occasion::AfterEvent { event: self.dice.below(self.program.events.len()) },
        };
        let rule = match occasion {
            Occasion::Hazards => Rule::Hazards,
            _ => self.dice.one_of(&[Rule::Utility, Rule::Probabilities]),
        };
        let count = 2 + self.dice.below(2);
        let default = self.dice.below(count);
        let mut options = Vec::new();
        for option in 0..count {
            let weight = (rule != Rule::Utility && option != default).then(|| self.part(BEFORE, 0.1, 0.6));
            let name = format!("option {option}");
            options.push(ChoiceOption { title: name.clone(), name, weight, effects: Vec::new() });
        }
        let name = format!("choice {index}");
        let when = self.dice.chance(0.3).then(|| self.condition(BEFORE, 1));
        let actor = self.dice.below(2);
        Choice { key: Key::of(&name), title: name.clone(), name, actor, occasion, when, rule, options, default }
    }

    /// The rest of events, which may read choices, and what everything does.
    fn effects(&mut self) {
        let steps = self.program.clock.steps as usize;
        for event in 0..self.program.events.len() {
            let weight = self.part(NOW, 0.05, 0.8);
            let when = self.dice.chance(0.5).then(|| self.condition(NOW, 1));
            let effects = self.some_effects(NOW);
            let rule = match self.dice.chance(0.2) && event > 1 {
                true => EventRule::Dated { step: self.dice.below(steps) as u32, chance: weight },
                false => EventRule::Hazard(weight),
            };
            let about = &mut self.program.events[event];
            (about.when, about.rule, about.effects) = (when, rule, effects);
        }
        if self.dice.chance(0.4) {
            let name = "event 0|event 1".to_owned();
            self.program.exclusions = vec![Exclusion { key: Key::of(&name), name, events: vec![0, 1] }];
        }
        for choice in 0..self.program.choices.len() {
            let at_a_rate =
                matches!(self.program.choices[choice].occasion, Occasion::Considered(_) | Occasion::Hazards);
            for option in 0..self.program.choices[choice].options.len() {
                if !(at_a_rate && option == self.program.choices[choice].default) {
                    self.program.choices[choice].options[option].effects = self.some_effects(BEFORE);
                }
            }
        }
    }

    fn some_effects(&mut self, scope: Scope) -> Vec<Effect> {
        let mut list = Vec::new();
        for _ in 0..self.dice.below(3) {
            let quantity = self.dice.below(self.program.quantities.len());
            let (op, value) = match &self.program.quantities[quantity].kind {
                QuantityKind::Ladder { levels } => match self.dice.below(3) {
                    0 => (EffectOp::NextLevel, n(0.0)),
                    1 => (EffectOp::PreviousLevel, n(0.0)),
                    _ => (EffectOp::Set, n(self.dice.below(levels.len()) as f64)),
                },
                QuantityKind::Stock { .. } => {
                    let op = self.dice.one_of(&[
                        EffectOp::Set,
                        EffectOp::Add,
                        EffectOp::Add,
                        EffectOp::Subtract,
                        EffectOp::Multiply,
                    ]);
                    let value = n(self.dice.below(3) as f64);
                    let condition = self.condition(scope, 0);
                    let value =
                        if self.dice.chance(0.3) { apply(Function::If, &[condition, value, n(1.0)]) } else { value };
                    (op, value)
                }
            };
            list.push(Effect { quantity, op, value });
        }
        list
    }

    /// Flows that move stocks by whole numbers in a step.
    fn flows(&mut self) {
        for stock in (2..self.program.quantities.len()).filter(|_| self.dice.chance(0.4)).collect::<Vec<usize>>() {
            let path = format!("flow {stock}");
            let condition = self.condition(NOW, 1);
            let per_step = f64::from(self.program.clock.parts) * self.dice.one_of(&[-1.0, 1.0]);
            let rate = apply(Function::If, &[condition, n(per_step), n(0.0)]);
            self.program.flows.push(Flow { key: Key::of(&path), path, stock, rate, noise: None });
        }
    }

    fn interventions(&mut self) {
        let steps = self.program.clock.steps as usize;
        for quantity in 0..self.program.quantities.len() {
            let from = self.dice.below(steps) as u32;
            let until = from + self.dice.below(steps - from as usize) as u32;
            let value = n(self.dice.below(2) as f64);
            if self.dice.chance(0.15) {
                let until = self.dice.chance(0.6).then_some(until);
                self.program.interventions.push(Intervention { quantity, value, from, until, known: 0 });
            }
        }
    }

    fn questions(&mut self) {
        for index in 0..8 {
            let (from, to) = self.window();
            let query = match index % 3 {
                0 => Query::Ever { condition: self.condition(NOW, 1), from, to },
                1 => Query::First { condition: self.condition(NOW, 1), from: 0, to },
                _ => Query::Value { value: self.number(NOW, 1), at: to, scale: 2.0, unit: String::new() },
            };
            let given = self.dice.chance(0.4).then(|| {
                let (from, to) = self.window();
                Given { condition: self.condition(NOW, 1), from, to }
            });
            self.program.questions.push(Question {
                name: format!("question {index}"),
                text: String::new(),
                query,
                given,
            });
        }
    }

    fn window(&mut self) -> (u32, u32) {
        let steps = self.program.clock.steps as usize;
        let from = self.dice.below(steps);
        (from as u32, (from + self.dice.below(steps - from)) as u32)
    }

    /// A number between two others.
    fn part(&mut self, scope: Scope, low: f64, high: f64) -> Expr {
        let number = self.number(scope, 2);
        apply(Function::Clip, &[number, n(low), n(high)])
    }

    fn number(&mut self, scope: Scope, depth: usize) -> Expr {
        let quantity = self.dice.below(self.program.quantities.len());
        match self.dice.below(if depth == 0 { 4 } else { 7 }) {
            0 => n(self.dice.below(5) as f64 * 0.25),
            1 => Expr::Param(self.dice.below(self.program.params.len())),
            2 => Expr::Quantity(quantity),
            3 if scope.formulas > 0 => Expr::Formula(self.dice.below(scope.formulas)),
            3 => apply(Function::Multiply, &[n(0.25), Expr::Quantity(quantity)]),
            4 | 5 => {
                let function =
                    self.dice.one_of(&[Function::Add, Function::Subtract, Function::Multiply, Function::Max]);
                let (a, b) = (self.number(scope, depth - 1), self.number(scope, depth - 1));
                apply(function, &[a, b])
            }
            _ => {
                let condition = self.condition(scope, depth - 1);
                let (a, b) = (self.number(scope, depth - 1), self.number(scope, depth - 1));
                apply(Function::If, &[condition, a, b])
            }
        }
    }

    fn condition(&mut self, scope: Scope, depth: usize) -> Expr {
        match self.dice.below(if depth == 0 { 4 } else { 6 }) {
            0 if scope.happened => Expr::Happened(self.dice.below(self.program.events.len())),
            1 if scope.chosen && !self.program.choices.is_empty() => {
                let choice = self.dice.below(self.program.choices.len());
                Expr::Chosen { choice, option: self.dice.below(self.program.choices[choice].options.len()) }
            }
            4 => {
                let function = self.dice.one_of(&[Function::Or, Function::And]);
                let (a, b) = (self.condition(scope, depth - 1), self.condition(scope, depth - 1));
                apply(function, &[a, b])
            }
            5 => {
                let inner = self.condition(scope, depth - 1);
                apply(Function::Not, &[inner])
            }
            _ => {
                let function = self.dice.one_of(&[Function::Greater, Function::AtMost, Function::Equal]);
                let quantity = self.dice.below(self.program.quantities.len());
                apply(function, &[Expr::Quantity(quantity), n(self.dice.below(3) as f64)])
            }
        }
    }
}

/// Somebody who has seen one trajectory, and says some of it.
struct Witness {
    dice: Dice,
    /// The program without observations.
    truth: Program,
    program: Program,
    history: History,
}

impl Witness {
    fn observations(&mut self) {
        for _ in 0..1 + self.dice.below(6) {
            let step = self.dice.below(self.truth.clock.steps as usize) as u32;
            match self.dice.below(8) {
                0..=2 => self.draw(step),
                3 | 4 => self.condition(step),
                5 | 6 => self.number(step),
                _ => {
                    let fact = Fact::Impossible { statement: "event that is not there".into() };
                    let (from, to) = self.around(step);
                    let report = self.report();
                    self.add(from, to, fact, Some(report));
                }
            }
        }
    }

    /// An event or an outcome in a step: for certain, somewhere in a window, or by a report that may be wrong.
    fn draw(&mut self, step: u32) {
        let done = &self.history.steps[step as usize];
        let events: Vec<usize> = (0..done.happened.len()).filter(|event| done.happened[*event]).collect();
        let made = |choice: &usize| done.outcomes[*choice].is_some();
        let choices: Vec<usize> = (0..done.outcomes.len()).filter(made).collect();
        let fact = match (self.dice.any_of(&events), self.dice.any_of(&choices), self.dice.chance(0.5)) {
            (Some(event), _, true) | (Some(event), None, _) => Fact::Event { event },
            (_, Some(choice), _) => {
                Fact::Choice { choice, option: self.history.steps[step as usize].outcomes[choice].unwrap() }
            }
            // Nothing happened, yet somebody reports something.
            (None, None, _) => {
                let event = self.dice.below(self.truth.events.len());
                let report = self.report();
                return self.add(step, step, Fact::Event { event }, Some(report));
            }
        };
        match self.dice.below(4) {
            0 => self.add(step, step, fact, None),
            1 => {
                let (from, to) = self.around(step);
                self.add(from, to, fact, None);
            }
            2 => {
                let report = self.report();
                self.add(step, step, fact, Some(report));
            }
            _ => {
                let ((from, to), report) = (self.around(step), self.report());
                self.add(from, to, fact, Some(report));
            }
        }
    }

    /// What holds at the end of a step; with a window, in one of several.
    fn condition(&mut self, step: u32) {
        let quantity = self.dice.below(self.truth.quantities.len());
        let value = self.history.steps[step as usize].state.0[quantity];
        let function = self.dice.one_of(&[Function::Equal, Function::AtLeast, Function::AtMost]);
        let fact = Fact::Condition(apply(function, &[Expr::Quantity(quantity), n(value)]));
        let (from, to) = if self.dice.chance(0.4) { self.around(step) } else { (step, step) };
        let report = self.dice.chance(0.5).then(|| self.report());
        self.add(from, to, fact, report);
    }

    fn number(&mut self, step: u32) {
        let quantity = self.dice.below(self.truth.quantities.len());
        let observed = self.history.steps[step as usize].state.0[quantity] + self.dice.between(-0.7, 0.7);
        let error = n(self.dice.between(0.4, 1.5));
        self.add(step, step, Fact::Number { value: Expr::Quantity(quantity), observed, error }, None);
    }

    /// Of what nothing else happened than what is observed, and what the trajectory says besides.
    fn records(&mut self) {
        for _ in 0..self.dice.below(3) {
            let (from, to) = {
                let step = self.dice.below(self.truth.clock.steps as usize) as u32;
                self.around(step)
            };
            let (mut events, mut choices) = (Vec::new(), Vec::new());
            for event in (0..self.truth.events.len()).filter(|_| self.dice.chance(0.4)).collect::<Vec<usize>>() {
                events.push(event);
                for step in
                    (from..=to).filter(|step| self.history.steps[*step as usize].happened[event]).collect::<Vec<u32>>()
                {
                    self.add(step, step, Fact::Event { event }, None);
                }
            }
            for choice in (0..self.truth.choices.len()).filter(|_| self.dice.chance(0.3)).collect::<Vec<usize>>() {
                choices.push(choice);
                for step in from..=to {
                    let outcome = self.history.steps[step as usize].outcomes[choice];
                    if let Some(option) = outcome.filter(|option| *option != self.truth.choices[choice].default) {
                        self.add(step, step, Fact::Choice { choice, option }, None);
                    }
                }
            }
            let name = format!("record {}", self.program.records.len());
            self.program.records.push(Record { name, from, to, known: None, events, choices });
        }
    }

    fn report(&mut self) -> Report {
        let (hits, false_alarms) = (self.dice.between(0.5, 1.0), self.dice.between(0.05, 0.5));
        Report { source: "S".into(), hits: n(hits), false_alarms: n(false_alarms) }
    }

    fn add(&mut self, from: u32, to: u32, fact: Fact, report: Option<Report>) {
        // The same certain fact of one draw twice says nothing new.
        let is_known =
            |seen: &Observation| (seen.from, seen.to, &seen.fact, &seen.report) == (from, to, &fact, &report);
        if self.program.observations.iter().any(is_known) {
            return;
        }
        let name = format!("observation {}", self.program.observations.len());
        let known = Day { year: 2030, month: 1, day: 1 };
        self.program.observations.push(Observation { name, from, to, known, fact, report });
    }

    /// A window with a step in it.
    fn around(&mut self, step: u32) -> (u32, u32) {
        let last = self.truth.clock.steps - 1;
        let (before, after) = (self.dice.below(3) as u32, self.dice.below(3) as u32);
        (step.saturating_sub(before), std::cmp::min(step + after, last))
    }
}
