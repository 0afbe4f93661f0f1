//! What bears on the questions and on what has been seen; nothing else is kept apart.
//!
//! A stock that nobody reads would multiply the states for nothing, and a parameter on which nothing depends need not have
//! finitely many values.

use std::collections::BTreeSet;

use variorum_model::program::{Effect, EventRule, Expr, Fact, Occasion, Program, Query, Rule};

/// What matters, by index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Relevant {
    pub(crate) quantities: BTreeSet<usize>,
    pub(crate) events: BTreeSet<usize>,
    pub(crate) choices: BTreeSet<usize>,
    pub(crate) params: BTreeSet<usize>,
    formulas: BTreeSet<usize>,
    /// Events of which the next step has to know whether they happened.
    pub(crate) remembered: BTreeSet<usize>,
    /// Events and choices of which the end of the step has to know how they came out.
    pub(crate) kept_events: BTreeSet<usize>,
    pub(crate) kept_choices: BTreeSet<usize>,
    /// Whether effects of events read which events happen.
    pub(crate) effects_read_events: bool,
}

impl Relevant {
    pub(crate) fn of(program: &Program) -> Relevant {
        let mut finder = Finder { program, found: Relevant::default(), open: Vec::new() };
        finder.roots();
        while let Some(item) = finder.open.pop() {
            finder.follow(item);
        }
        finder.found
    }
}

#[derive(Clone, Copy)]
enum Item {
    Quantity(usize),
    Event(usize),
    Choice(usize),
    Formula(usize),
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In something that a step does.
    Step,
    /// In what is read at its end.
    End,
}

struct Finder<'p> {
    program: &'p Program,
    found: Relevant,
    open: Vec<Item>,
}

impl<'p> Finder<'p> {
    fn roots(&mut self) {
        let program = self.program;
        for question in &program.questions {
            match &question.query {
                Query::Ever { condition, .. } | Query::First { condition, .. } => self.read(condition, Place::End),
                Query::Value { value, .. } => self.read(value, Place::End),
            }
            question.given.iter().for_each(|given| self.read(&given.condition, Place::End));
        }
        for seen in &program.observations {
            match &seen.fact {
                Fact::Event { event } => self.observed_event(*event),
                Fact::Choice { choice, .. } => self.observed_choice(*choice),
                Fact::Condition(condition) => self.read(condition, Place::End),
                Fact::Number { value, error, .. } => [value, error].iter().for_each(|expr| self.read(expr, Place::End)),
                Fact::Impossible { .. } => (),
            }
            let report = seen.report.iter().flat_map(|report| [&report.hits, &report.false_alarms]);
            report.for_each(|expr| self.read(expr, Place::End));
        }
        for record in &program.records {
            record.events.iter().for_each(|event| self.observed_event(*event));
            record.choices.iter().for_each(|choice| self.observed_choice(*choice));
        }
    }

    fn observed_event(&mut self, event: usize) {
        self.found.kept_events.insert(event);
        self.want(Item::Event(event));
    }

    fn observed_choice(&mut self, choice: usize) {
        self.found.kept_choices.insert(choice);
        self.want(Item::Choice(choice));
    }

    fn want(&mut self, item: Item) {
        let is_new = match item {
            Item::Quantity(quantity) => self.found.quantities.insert(quantity),
            Item::Event(event) => self.found.events.insert(event),
            Item::Choice(choice) => self.found.choices.insert(choice),
            Item::Formula(formula) => self.found.formulas.insert(formula),
        };
        if is_new {
            self.open.push(item);
        }
    }

    fn read(&mut self, expr: &'p Expr, place: Place) {
        expr.visit(&mut |part| match part {
            Expr::Number(_) | Expr::Apply(..) => (),
            Expr::Param(param) => {
                self.found.params.insert(*param);
            }
            Expr::Quantity(quantity) => self.want(Item::Quantity(*quantity)),
            Expr::Formula(formula) => self.want(Item::Formula(*formula)),
            Expr::Happened(event) => {
                self.observed_event(*event);
                if place == Place::Step {
                    self.found.remembered.insert(*event);
                }
            }
            Expr::Chosen { choice, .. } => self.observed_choice(*choice),
        });
    }

    fn follow(&mut self, item: Item) {
        let program = self.program;
        match item {
            // Who reads it is not asked: whatever happened may be read in a step.
            Item::Formula(formula) => self.read(&program.formulas[formula].value, Place::Step),
            Item::Quantity(quantity) => self.quantity(quantity),
            Item::Event(event) => {
                let about = &program.events[event];
                about.when.iter().for_each(|when| self.read(when, Place::Step));
                match &about.rule {
                    EventRule::Hazard(hazard) => self.read(hazard, Place::Step),
                    EventRule::Dated { chance, .. } => self.read(chance, Place::Step),
                }
                let rivals = program.exclusions.iter().filter(|exclusion| exclusion.events.contains(&event));
                rivals.flat_map(|exclusion| &exclusion.events).for_each(|rival| self.want(Item::Event(*rival)));
            }
            Item::Choice(choice) => self.choice(choice),
        }
    }

    fn quantity(&mut self, quantity: usize) {
        let program = self.program;
        self.read(&program.quantities[quantity].start, Place::Step);
        for flow in program.flows.iter().filter(|flow| flow.stock == quantity) {
            self.read(&flow.rate, Place::Step);
            flow.noise.iter().for_each(|noise| self.read(noise, Place::Step));
        }
        for done in program.interventions.iter().filter(|done| done.quantity == quantity) {
            self.read(&done.value, Place::Step);
        }
        let changes = |effects: &'p [Effect]| effects.iter().filter(move |effect| effect.quantity == quantity);
        for (index, event) in program.events.iter().enumerate() {
            for effect in changes(&event.effects) {
                self.want(Item::Event(index));
                self.read(&effect.value, Place::Step);
                effect.value.visit(&mut |part| {
                    // A formula may read them too.
                    let reads = matches!(part, Expr::Happened(_) | Expr::Formula(_));
                    self.found.effects_read_events |= reads;
                });
            }
        }
        for (index, choice) in program.choices.iter().enumerate() {
            for effect in choice.options.iter().flat_map(|option| changes(&option.effects)) {
                self.want(Item::Choice(index));
                self.read(&effect.value, Place::Step);
            }
        }
    }

    fn choice(&mut self, choice: usize) {
        let program = self.program;
        let about = &program.choices[choice];
        match &about.occasion {
            Occasion::Considered(rate) => self.read(rate, Place::Step),
            Occasion::After { choice: trigger, .. } => self.want(Item::Choice(*trigger)),
            Occasion::AfterEvent { event } => {
                self.found.remembered.insert(*event);
                self.observed_event(*event);
            }
            Occasion::Hazards | Occasion::Steps(_) => (),
        }
        about.when.iter().for_each(|when| self.read(when, Place::Step));
        let weights = about.options.iter().filter_map(|option| option.weight.as_ref());
        weights.for_each(|weight| self.read(weight, Place::Step));
        if about.rule == Rule::Utility {
            let actor = &program.actors[about.actor];
            actor.precision.iter().for_each(|precision| self.read(precision, Place::Step));
            self.read(&actor.patience, Place::Step);
            actor.utility.iter().for_each(|term| self.read(&term.value, Place::Step));
            // Who looks ahead no farther than a few choices has to know all of them, to count them.
            if actor.foresight.is_some_and(|foresight| foresight > 0) {
                (0..program.choices.len()).for_each(|other| self.want(Item::Choice(other)));
            }
        }
    }
}
