//! What a question can depend on: the parameters and statements that reach it through the state, the events and the
//! choices.

use std::collections::BTreeSet;
use variorum_model::program::{Choice, EventRule, Expr, Law, Occasion, Program, QuantityKind, Query, Question, Rule};

/// What an answer can depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Uncertain parameters, by index. Those of a copula come together.
    pub params: BTreeSet<usize>,
    /// Paths of statements: of all whose text has a bearing, and perhaps of some that do not exist (settings of actors that
    /// are left as they are).
    pub statements: BTreeSet<String>,
}

/// What a question can depend on, its condition included.
#[must_use]
pub fn question(program: &Program, question: &Question) -> Reach {
    let given = question.given.as_ref().map(|given| &given.condition);
    reach(program, [asked(&question.query)].into_iter().chain(given))
}

/// The uncertain parameters on which a question can depend, by index.
#[must_use]
pub fn params(program: &Program, query: &Query) -> BTreeSet<usize> {
    reach(program, [asked(query)]).params
}

fn asked(query: &Query) -> &Expr {
    match query {
        Query::Ever { condition, .. } | Query::First { condition, .. } => condition,
        Query::Value { value, .. } => value,
    }
}

/// What expressions can depend on.
fn reach<'e>(program: &Program, exprs: impl IntoIterator<Item = &'e Expr>) -> Reach {
    let mut reached =
        Reached { program, seen: BTreeSet::new(), open: Vec::new(), params: BTreeSet::new(), paths: BTreeSet::new() };
    exprs.into_iter().for_each(|expr| reached.read(expr));
    while let Some(node) = reached.open.pop() {
        reached.expand(node);
    }
    // A parameter of a copula takes its value from the numbers of the others.
    for copula in &program.copulas {
        if copula.params.iter().any(|param| reached.params.contains(param)) {
            reached.params.extend(copula.params.iter().copied());
        }
    }
    let mut statements = reached.paths;
    for param in reached.params.iter().filter_map(|param| program.params.get(*param)) {
        statements.insert(statement(&param.name).to_owned());
    }
    let uncertain = |param: &usize| program.params.get(*param).is_some_and(|param| !matches!(param.law, Law::Point(_)));
    Reach { params: reached.params.into_iter().filter(uncertain).collect(), statements }
}

/// The path of the statement that a parameter belongs to: its own, or that in which its number is written.
#[must_use]
pub fn statement(param: &str) -> &str {
    param.split_once('#').map_or(param, |(path, _)| path)
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
    paths: BTreeSet<String>,
}

impl Reached<'_> {
    fn reach(&mut self, node: Node) {
        if self.seen.insert(node) {
            self.open.push(node);
        }
    }

    /// A statement's text has a bearing.
    fn says(&mut self, path: impl Into<String>) {
        self.paths.insert(path.into());
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
        for intervention in program.interventions.iter().filter(|intervention| intervention.quantity == quantity) {
            self.read(&intervention.value);
        }
        if let Some(declared) = program.quantities.get(quantity) {
            self.says(&declared.name);
            self.read(&declared.start);
            if let QuantityKind::Stock { .. } = declared.kind {
                for flow in program.flows.iter().filter(|flow| flow.stock == quantity) {
                    self.says(&flow.path);
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
