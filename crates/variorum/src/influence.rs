//! What a question can depend on: the parameters that reach it through the state, the events and the choices.

use std::collections::BTreeSet;
use variorum_model::program::{Choice, EventRule, Expr, Law, Occasion, Program, QuantityKind, Query, Rule};

/// The uncertain parameters on which a question can depend, by index.
#[must_use]
pub fn params(program: &Program, query: &Query) -> BTreeSet<usize> {
    let mut reached = Reached { program, seen: BTreeSet::new(), open: Vec::new(), params: BTreeSet::new() };
    match query {
        Query::Ever { condition, .. } | Query::First { condition, .. } => reached.read(condition),
        Query::Value { value, .. } => reached.read(value),
    }
    while let Some(node) = reached.open.pop() {
        reached.expand(node);
    }
    let uncertain = |param: &usize| program.params.get(*param).is_some_and(|param| !matches!(param.law, Law::Point(_)));
    reached.params.into_iter().filter(uncertain).collect()
}

/// What can influence and be influenced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Node {
    Quantity(usize),
    Formula(usize),
    Event(usize),
    Choice(usize),
}

struct Reached<'p> {
    program: &'p Program,
    seen: BTreeSet<Node>,
    open: Vec<Node>,
    params: BTreeSet<usize>,
}

impl Reached<'_> {
    fn reach(&mut self, node: Node) {
        if self.seen.insert(node) {
            self.open.push(node);
        }
    }

    fn read(&mut self, expr: &Expr) {
        let mut nodes = Vec::new();
        let params = &mut self.params;
        expr.visit(&mut |expr| match expr {
            Expr::Param(param) => {
                params.insert(*param);
            }
            Expr::Quantity(quantity) => nodes.push(Node::Quantity(*quantity)),
            Expr::Formula(formula) => nodes.push(Node::Formula(*formula)),
            Expr::Happened(event) => nodes.push(Node::Event(*event)),
            Expr::Chosen { choice, .. } => nodes.push(Node::Choice(*choice)),
            Expr::Number(_) | Expr::Apply(..) => {}
        });
        nodes.into_iter().for_each(|node| self.reach(node));
    }

    fn expand(&mut self, node: Node) {
        let program = self.program;
        match node {
            Node::Formula(formula) => {
                if let Some(formula) = program.formulas.get(formula) {
                    self.read(&formula.value);
                }
            }
            Node::Quantity(quantity) => self.quantity(quantity),
            Node::Event(index) => {
                let Some(event) = program.events.get(index) else { return };
                event.when.iter().for_each(|when| self.read(when));
                match &event.rule {
                    EventRule::Hazard(hazard) => self.read(hazard),
                    EventRule::Dated { chance, .. } => self.read(chance),
                }
                for exclusion in program.exclusions.iter().filter(|exclusion| exclusion.events.contains(&index)) {
                    exclusion.events.iter().for_each(|event| self.reach(Node::Event(*event)));
                }
            }
            Node::Choice(choice) => {
                if let Some(choice) = program.choices.get(choice) {
                    self.choice(choice);
                }
            }
        }
    }

    /// Its start, what flows into it, and what has an effect on it.
    fn quantity(&mut self, quantity: usize) {
        let program = self.program;
        if let Some(declared) = program.quantities.get(quantity) {
            self.read(&declared.start);
            if let QuantityKind::Stock { .. } = declared.kind {
                for flow in program.flows.iter().filter(|flow| flow.stock == quantity) {
                    self.read(&flow.rate);
                    flow.noise.iter().for_each(|noise| self.read(noise));
                }
            }
        }
        for (index, event) in program.events.iter().enumerate() {
            for effect in event.effects.iter().filter(|effect| effect.quantity == quantity) {
                self.read(&effect.value);
                self.reach(Node::Event(index));
            }
        }
        for (index, choice) in program.choices.iter().enumerate() {
            let effects = choice.options.iter().flat_map(|option| &option.effects);
            for effect in effects.filter(|effect| effect.quantity == quantity) {
                self.read(&effect.value);
                self.reach(Node::Choice(index));
            }
        }
    }

    /// When it comes up and how it is made. Who chooses by utility may foresee any other choice.
    fn choice(&mut self, choice: &Choice) {
        let program = self.program;
        match &choice.occasion {
            Occasion::Considered(rate) => self.read(rate),
            Occasion::After { choice, .. } => self.reach(Node::Choice(*choice)),
            Occasion::AfterEvent { event } => self.reach(Node::Event(*event)),
            Occasion::Hazards | Occasion::Steps(_) => {}
        }
        choice.when.iter().for_each(|when| self.read(when));
        choice.options.iter().filter_map(|option| option.weight.as_ref()).for_each(|weight| self.read(weight));
        if choice.rule == Rule::Utility {
            if let Some(actor) = program.actors.get(choice.actor) {
                actor.precision.iter().for_each(|precision| self.read(precision));
                self.read(&actor.patience);
                actor.utility.iter().for_each(|term| self.read(&term.value));
            }
            (0..program.choices.len()).for_each(|other| self.reach(Node::Choice(other)));
        }
    }
}
