//! What a question can depend on: the parameters that reach it through the state, the events and the choices.

use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{Choice, Effect, EventRule, Expr, Law, Occasion, Program, Query, Question, Rule};

/// The uncertain parameters on which a query can depend, by index.
#[must_use]
pub fn params(program: &Program, query: &Query) -> BTreeSet<usize> {
    Influence::of(program).query(query)
}

/// What changes what, by what is changed.
#[derive(Debug)]
pub struct Influence<'p> {
    program: &'p Program,
    /// By quantity: the flows into it.
    flows: BTreeMap<usize, Vec<usize>>,
    /// By quantity: effects on it, with the event or choice that has them.
    effects: BTreeMap<usize, Vec<(Node, &'p Effect)>>,
    /// By quantity: what a scenario makes of it.
    imposed: BTreeMap<usize, Vec<&'p Expr>>,
    /// By event: the exclusions that it belongs to.
    exclusions: BTreeMap<usize, Vec<usize>>,
    /// By parameter: the copula that it belongs to.
    copulas: BTreeMap<usize, usize>,
}

impl<'p> Influence<'p> {
    /// In a program.
    #[must_use]
    pub fn of(program: &'p Program) -> Influence<'p> {
        let mut influence = Influence {
            program,
            flows: BTreeMap::new(),
            effects: BTreeMap::new(),
            imposed: BTreeMap::new(),
            exclusions: BTreeMap::new(),
            copulas: BTreeMap::new(),
        };
        for (index, flow) in program.flows.iter().enumerate() {
            influence.flows.entry(flow.stock).or_default().push(index);
        }
        let of_events = program.events.iter().enumerate().map(|(index, event)| (Node::Event(index), &event.effects));
        let of_choices = program.choices.iter().enumerate().flat_map(|(index, choice)| {
            choice.options.iter().map(move |option| (Node::Choice(index), &option.effects))
        });
        for (node, effects) in of_events.chain(of_choices) {
            for effect in effects {
                influence.effects.entry(effect.quantity).or_default().push((node, effect));
            }
        }
        for intervention in &program.interventions {
            influence.imposed.entry(intervention.quantity).or_default().push(&intervention.value);
        }
        for (index, exclusion) in program.exclusions.iter().enumerate() {
            exclusion.events.iter().for_each(|event| influence.exclusions.entry(*event).or_default().push(index));
        }
        for (index, copula) in program.copulas.iter().enumerate() {
            influence.copulas.extend(copula.params.iter().map(|param| (*param, index)));
        }
        influence
    }

    /// The uncertain parameters on which the answer to a question can depend, its condition included, by index. With a
    /// parameter come those that are drawn together with it.
    #[must_use]
    pub fn question(&self, question: &Question) -> BTreeSet<usize> {
        let mut params = self.query(&question.query);
        if let Some(given) = &question.given {
            params.extend(self.expression(&given.condition));
        }
        params
    }

    /// The same for what is asked alone.
    #[must_use]
    pub fn query(&self, query: &Query) -> BTreeSet<usize> {
        match query {
            Query::Ever { condition, .. } | Query::First { condition, .. } => self.expression(condition),
            Query::Value { value, .. } => self.expression(value),
        }
    }

    fn expression(&self, expr: &Expr) -> BTreeSet<usize> {
        let program = self.program;
        let mut reached = Reached { influence: self, seen: BTreeSet::new(), open: Vec::new(), params: BTreeSet::new() };
        reached.read(expr);
        while let Some(node) = reached.open.pop() {
            reached.expand(node);
        }
        let mut params = reached.params;
        let copulas: BTreeSet<usize> = params.iter().filter_map(|param| self.copulas.get(param).copied()).collect();
        params
            .extend(copulas.iter().filter_map(|copula| program.copulas.get(*copula)).flat_map(|copula| &copula.params));
        let uncertain =
            |param: &usize| program.params.get(*param).is_some_and(|param| !matches!(param.law, Law::Point(_)));
        params.into_iter().filter(uncertain).collect()
    }
}

/// What can influence and be influenced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Node {
    Quantity(usize),
    Formula(usize),
    Event(usize),
    Choice(usize),
}

struct Reached<'i, 'p> {
    influence: &'i Influence<'p>,
    seen: BTreeSet<Node>,
    open: Vec<Node>,
    params: BTreeSet<usize>,
}

impl Reached<'_, '_> {
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
        let program = self.influence.program;
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
                let exclusions = self.influence.exclusions.get(&index).into_iter().flatten();
                for exclusion in exclusions.filter_map(|exclusion| program.exclusions.get(*exclusion)) {
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

    /// Its start, what flows into it, what has an effect on it, and what a scenario makes of it.
    fn quantity(&mut self, quantity: usize) {
        let (influence, program) = (self.influence, self.influence.program);
        if let Some(declared) = program.quantities.get(quantity) {
            self.read(&declared.start);
        }
        let flows = influence.flows.get(&quantity).into_iter().flatten();
        for flow in flows.filter_map(|flow| program.flows.get(*flow)) {
            self.read(&flow.rate);
            flow.noise.iter().for_each(|noise| self.read(noise));
        }
        for (node, effect) in influence.effects.get(&quantity).into_iter().flatten() {
            self.read(&effect.value);
            self.reach(*node);
        }
        influence.imposed.get(&quantity).into_iter().flatten().for_each(|value| self.read(value));
    }

    /// When it comes up and how it is made. Who chooses by utility may foresee any other choice.
    fn choice(&mut self, choice: &Choice) {
        let program = self.influence.program;
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
