//! What a question can depend on: the parameters and statements that reach it through the state, the events and the
//! choices.

use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{Choice, Effect, EventRule, Expr, Fact, Law, Occasion, Program, Query, Question, Rule};

/// The uncertain parameters on which a query can depend, by index.
#[must_use]
pub fn params(program: &Program, query: &Query) -> BTreeSet<usize> {
    Influence::of(program).query(query)
}

/// What has a bearing on an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearing {
    /// Uncertain parameters, by index. With a parameter come those that are drawn together with it.
    pub params: BTreeSet<usize>,
    /// Paths of statements: of all whose text the answer can depend on, and perhaps of some that do not exist (settings of
    /// actors that are left as they are).
    pub statements: BTreeSet<String>,
}

/// The path of the statement that a parameter belongs to: its own, or that in which its number is written.
#[must_use]
pub fn statement(param: &str) -> &str {
    param.split_once('#').map_or(param, |(path, _)| path)
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

    /// What has a bearing on the answer to a question, its condition included.
    #[must_use]
    pub fn bearing(&self, question: &Question) -> Bearing {
        let given = question.given.as_ref().map(|given| &given.condition);
        self.reach([asked(&question.query)].into_iter().chain(given), [])
    }

    /// The uncertain parameters on which the answer to a question can depend, its condition included, by index. With a
    /// parameter come those that are drawn together with it.
    #[must_use]
    pub fn question(&self, question: &Question) -> BTreeSet<usize> {
        self.bearing(question).params
    }

    /// The same for what is asked alone.
    #[must_use]
    pub fn query(&self, query: &Query) -> BTreeSet<usize> {
        self.reach([asked(query)], []).params
    }

    /// What has a bearing on how likely all is that was seen. Knowing that, an answer can depend on it too, through what
    /// both depend on.
    #[must_use]
    pub fn seen(&self) -> Bearing {
        let (mut exprs, mut nodes) = (Vec::new(), Vec::new());
        for seen in &self.program.observations {
            match &seen.fact {
                Fact::Event { event } => nodes.push(Node::Event(*event)),
                Fact::Choice { choice, .. } => nodes.push(Node::Choice(*choice)),
                Fact::Condition(condition) => exprs.push(condition),
                Fact::Number { value, error, .. } => exprs.extend([value, error]),
                Fact::Impossible { .. } => {}
            }
            exprs.extend(seen.report.iter().flat_map(|report| [&report.hits, &report.false_alarms]));
        }
        for record in &self.program.records {
            nodes.extend(record.events.iter().map(|event| Node::Event(*event)));
            nodes.extend(record.choices.iter().map(|choice| Node::Choice(*choice)));
        }
        self.reach(exprs, nodes)
    }

    fn reach<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>, nodes: impl IntoIterator<Item = Node>) -> Bearing {
        let program = self.program;
        let mut reached = Reached {
            influence: self,
            seen: BTreeSet::new(),
            open: Vec::new(),
            params: BTreeSet::new(),
            statements: BTreeSet::new(),
        };
        exprs.into_iter().for_each(|expr| reached.read(expr));
        nodes.into_iter().for_each(|node| reached.reach(node));
        while let Some(node) = reached.open.pop() {
            reached.expand(node);
        }
        let (mut params, mut statements) = (reached.params, reached.statements);
        let copulas: BTreeSet<usize> = params.iter().filter_map(|param| self.copulas.get(param).copied()).collect();
        params
            .extend(copulas.iter().filter_map(|copula| program.copulas.get(*copula)).flat_map(|copula| &copula.params));
        for param in params.iter().filter_map(|param| program.params.get(*param)) {
            statements.insert(statement(&param.name).to_owned());
        }
        let uncertain =
            |param: &usize| program.params.get(*param).is_some_and(|param| !matches!(param.law, Law::Point(_)));
        Bearing { params: params.into_iter().filter(uncertain).collect(), statements }
    }
}

fn asked(query: &Query) -> &Expr {
    match query {
        Query::Ever { condition, .. } | Query::First { condition, .. } => condition,
        Query::Value { value, .. } => value,
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
    statements: BTreeSet<String>,
}

impl Reached<'_, '_> {
    /// The text of a statement has a bearing.
    fn says(&mut self, path: impl Into<String>) {
        self.statements.insert(path.into());
    }

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
                    self.says(&formula.name);
                    self.read(&formula.value);
                }
            }
            Node::Quantity(quantity) => self.quantity(quantity),
            Node::Event(index) => {
                let Some(event) = program.events.get(index) else { return };
                self.says(&event.name);
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
            self.says(&declared.name);
            self.read(&declared.start);
        }
        let flows = influence.flows.get(&quantity).into_iter().flatten();
        for flow in flows.filter_map(|flow| program.flows.get(*flow)) {
            self.says(&flow.path);
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
        self.says(&choice.name);
        choice.options.iter().for_each(|option| self.says(format!("{}.{}", choice.name, option.name)));
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
                for setting in ["precision", "patience", "horizon", "foresight"] {
                    self.says(format!("{setting} {}", actor.name));
                }
                for term in &actor.utility {
                    self.says(&term.path);
                    self.read(&term.value);
                }
            }
            (0..program.choices.len()).for_each(|other| self.reach(Node::Choice(other)));
        }
    }
}
