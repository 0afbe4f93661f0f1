//! How a choice by utility is made: the game tree of a moment, expanded by symbolic execution.
//!
//! For each path of outcomes the effects are applied to a copy of the state whose entries are values; equal states,
//! paths and replies are found again in maps, and what two branches have in common is one value. The replies within
//! sight are weighed by their owners' own policies, those beyond take their default, and at the end of each path the
//! flows are projected over the owner's horizon.
//!
//! Two shortcuts leave the exact meaning as it is and spare most of the tree: a reply whose outcomes all lead to the same
//! value is not weighed, and an average over the horizon of one and the same value is that value.

use super::expression::{Reader, Scene, apply_effects, clamp};
use super::values::{Response, Value, Values};
use super::{LowerError, MAX_GAME_OPERATIONS};
use std::collections::BTreeMap;
use std::rc::Rc;
use variorum_engine::math::pow;
use variorum_engine::op::{Binary, SOFTMAX_OPTIONS, Unary};
use variorum_model::program::{Actor, Expr, Occasion, Program, Rule};

/// How many outcomes and values the places of all trees of a program may hold together (some 200 MB).
const MAX_GAME_MEMORY: usize = 10_000_000;

/// Choices of one moment that see each other: those whose steps have come, or one considered choice, with all replies
/// that descend from them, in order of play.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Component {
    pub(crate) members: Vec<usize>,
    /// By member: the place of the last member that asks for its outcome.
    last_asked: Vec<usize>,
    /// By member: the place of its trigger.
    trigger: Vec<Option<usize>>,
}

impl Component {
    pub(crate) fn new(program: &Program, members: Vec<usize>) -> Component {
        let place = |choice: usize| members.iter().position(|member| *member == choice);
        let trigger: Vec<Option<usize>> = members
            .iter()
            .map(|member| match program.choices[*member].occasion {
                Occasion::After { choice, .. } => place(choice),
                _ => None,
            })
            .collect();
        let mut last_asked = vec![0; members.len()];
        for (asking, asked) in trigger.iter().enumerate() {
            if let Some(asked) = asked {
                last_asked[*asked] = asking;
            }
        }
        Component { members, last_asked, trigger }
    }

    pub(crate) fn place(&self, choice: usize) -> Option<usize> {
        self.members.iter().position(|member| *member == choice)
    }
}

/// How a member of a component has come out on a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It has not been its turn, or nobody asks any more.
    Unknown,
    /// It made no move.
    None,
    /// It came out so.
    Option(usize),
    /// It was made before this look ahead began: by option, whether it came out so.
    Made(Vec<Value>),
}

/// A place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    component: usize,
    place: usize,
    outcomes: Vec<Outcome>,
    state: Vec<Value>,
}

/// Probabilities that are written down, as they are used.
pub(crate) struct Elicited {
    /// By option, the default's included.
    pub(crate) probabilities: Vec<Value>,
    /// Where a written number is no probability, by option.
    pub(crate) invalid: Vec<Value>,
    /// Where the sum exceeds 1.
    pub(crate) scaled: Value,
}

/// The tree as far as it has been expanded.
pub(crate) struct Game<'p> {
    program: &'p Program,
    pub(crate) components: Vec<Component>,
    policies: BTreeMap<Node, Rc<[Value]>>,
    futures: BTreeMap<(usize, u32, Node), Value>,
    projections: BTreeMap<(usize, Vec<Value>), Value>,
    /// By actor: the quantities that its utility depends on, directly or through flows.
    concerns: Vec<Vec<usize>>,
    /// The decision that is being expanded: its choice, and how much there was before it.
    deciding: usize,
    before: usize,
    visits: usize,
    kept: usize,
}

/// What the tree is expanded with.
pub(crate) struct Look<'a> {
    pub(crate) values: &'a mut Values,
    pub(crate) params: &'a [Value],
    pub(crate) happened: &'a [Value],
}

impl Look<'_> {
    pub(crate) fn read(&mut self, program: &Program, state: &[Value], expr: &Expr) -> Value {
        let scene = Scene { params: self.params, happened: self.happened, chosen: None };
        Reader::new(program, self.values, scene.moment(state)).read(expr)
    }

    fn effects(&mut self, program: &Program, choice: usize, option: usize, state: &mut [Value]) {
        let scene = Scene { params: self.params, happened: self.happened, chosen: None };
        apply_effects(program, self.values, scene, &program.choices[choice].options[option].effects, state);
    }
}

impl<'p> Game<'p> {
    pub(crate) fn new(program: &'p Program) -> Game<'p> {
        Game {
            program,
            components: Vec::new(),
            policies: BTreeMap::new(),
            futures: BTreeMap::new(),
            projections: BTreeMap::new(),
            concerns: program.actors.iter().map(|actor| concerns(program, actor)).collect(),
            deciding: 0,
            before: 0,
            visits: 0,
            kept: 0,
        }
    }

    /// The number of a component, the same for equal ones.
    pub(crate) fn component(&mut self, members: Vec<usize>) -> usize {
        let component = Component::new(self.program, members);
        match self.components.iter().position(|known| *known == component) {
            Some(index) => index,
            None => {
                self.components.push(component);
                self.components.len() - 1
            }
        }
    }

    /// The probabilities of a choice's options in a state, `made` saying how the earlier choices of its component
    /// have come out.
    pub(crate) fn decide(
        &mut self,
        look: &mut Look<'_>,
        component: usize,
        choice: usize,
        made: &[Vec<Value>],
        state: &[Value],
    ) -> Result<Rc<[Value]>, LowerError> {
        self.deciding = choice;
        self.before = look.values.len();
        self.visits = 0;
        let members = &self.components[component];
        let place = members.place(choice).unwrap_or(0);
        let mut outcomes = vec![Outcome::Unknown; members.members.len()];
        for (earlier, outcome) in outcomes.iter_mut().enumerate().take(place) {
            if members.last_asked[earlier] > place {
                *outcome = Outcome::Made(made[members.members[earlier]].clone());
            }
        }
        self.policy(look, Node { component, place, outcomes, state: state.to_vec() })
    }

    /// By option: the probability that the member at this place takes it.
    fn policy(&mut self, look: &mut Look<'_>, node: Node) -> Result<Rc<[Value]>, LowerError> {
        if let Some(known) = self.policies.get(&node) {
            return Ok(known.clone());
        }
        let choice = self.components[node.component].members[node.place];
        let probabilities = match self.program.choices[choice].rule {
            Rule::Utility => self.response(look, &node, choice)?,
            Rule::Probabilities | Rule::Hazards => elicited(self.program, look, choice, &node.state).probabilities,
        };
        let probabilities: Rc<[Value]> = probabilities.into();
        self.policies.insert(node, probabilities.clone());
        Ok(probabilities)
    }

    /// The quantal response to the qualities of the options.
    fn response(&mut self, look: &mut Look<'_>, node: &Node, choice: usize) -> Result<Vec<Value>, LowerError> {
        let program = self.program;
        let chooser = program.choices[choice].actor;
        let actor = &program.actors[chooser];
        let foresight = actor.foresight.unwrap_or(u32::MAX);
        let precision = actor.precision.as_ref().ok_or_else(|| LowerError::Malformed {
            what: format!("{} chooses by utility and has no precision", actor.name),
        })?;
        let precision = look.read(program, &node.state, precision);
        let options = 0..program.choices[choice].options.len();
        let qualities: Result<Vec<Value>, LowerError> =
            options.map(|option| self.quality(look, node, chooser, foresight, option)).collect();
        let response = Response { precision, qualities: qualities?, default: program.choices[choice].default };
        Ok(softmax(look.values, response))
    }

    /// What an option is worth to whoever looks ahead from this place.
    fn quality(
        &mut self,
        look: &mut Look<'_>,
        node: &Node,
        actor: usize,
        foresight: u32,
        option: usize,
    ) -> Result<Value, LowerError> {
        let program = self.program;
        let choice = self.components[node.component].members[node.place];
        let next = if option == program.choices[choice].default && is_at_a_rate(program, choice) {
            // Not acting is no outcome: it changes nothing, and nobody replies to it.
            self.after(node, Outcome::None, node.state.clone())
        } else {
            let mut state = node.state.clone();
            look.effects(program, choice, option, &mut state);
            self.after(node, Outcome::Option(option), state)
        };
        self.future(look, actor, foresight, next)
    }

    /// The next place, after the member at this one came out so.
    fn after(&self, node: &Node, outcome: Outcome, state: Vec<Value>) -> Node {
        let component = &self.components[node.component];
        let place = node.place + 1;
        let mut outcomes = node.outcomes.clone();
        outcomes[node.place] = outcome;
        for (outcome, last_asked) in outcomes.iter_mut().zip(&component.last_asked) {
            // What nobody asks for any more must not keep equal places apart.
            if *last_asked < place {
                *outcome = Outcome::Unknown;
            }
        }
        Node { component: node.component, place, outcomes, state }
    }

    /// What the rest of the moment and the horizon are worth to an actor who still foresees so many moves.
    fn future(&mut self, look: &mut Look<'_>, actor: usize, foresight: u32, node: Node) -> Result<Value, LowerError> {
        let component = &self.components[node.component];
        let left = component.members.len() - node.place;
        if left == 0 {
            return Ok(self.projected(look, actor, &node.state));
        }
        let foresight = foresight.min(left as u32);
        let key = (actor, foresight, node);
        if let Some(known) = self.futures.get(&key) {
            return Ok(*known);
        }
        self.visits += 1;
        // Each place is kept with the outcomes and the state that lead to it, over all decisions of the program.
        self.kept += key.2.outcomes.len() + key.2.state.len();
        let operations = self.visits + look.values.len() - self.before;
        if operations > MAX_GAME_OPERATIONS || self.kept > MAX_GAME_MEMORY {
            let choice = self.program.choices[self.deciding].name.clone();
            return Err(LowerError::GameTooLarge { choice, operations });
        }
        let node = &key.2;
        let value = match self.comes_up(look.values, node) {
            ComesUp::Never => {
                self.future(look, actor, foresight, self.after(node, Outcome::None, node.state.clone()))?
            }
            ComesUp::Always => self.move_or_none(look, actor, foresight, node)?,
            ComesUp::Where(condition) => {
                let up = self.move_or_none(look, actor, foresight, node)?;
                let not = self.after(node, Outcome::None, node.state.clone());
                let not = self.future(look, actor, foresight, not)?;
                look.values.select(condition, up, not)
            }
        };
        self.futures.insert(key, value);
        Ok(value)
    }

    fn comes_up(&self, values: &mut Values, node: &Node) -> ComesUp {
        let component = &self.components[node.component];
        let Occasion::After { option: wanted, .. } = self.program.choices[component.members[node.place]].occasion
        else {
            return ComesUp::Always;
        };
        let outcome = component.trigger[node.place].and_then(|trigger| node.outcomes.get(trigger));
        match outcome {
            Some(Outcome::Option(option)) if wanted.is_none_or(|wanted| wanted == *option) => ComesUp::Always,
            Some(Outcome::Made(options)) => {
                let condition = outcome_is(values, options, wanted);
                match values.as_number(condition) {
                    Some(0.0) => ComesUp::Never,
                    Some(_) => ComesUp::Always,
                    None => ComesUp::Where(condition),
                }
            }
            _ => ComesUp::Never,
        }
    }

    /// The member at this place comes up: it moves where its condition holds. Either way it is one of those foreseen.
    fn move_or_none(
        &mut self,
        look: &mut Look<'_>,
        actor: usize,
        foresight: u32,
        node: &Node,
    ) -> Result<Value, LowerError> {
        let program = self.program;
        let choice = self.components[node.component].members[node.place];
        let rest = foresight.saturating_sub(1);
        let Some(when) = &program.choices[choice].when else {
            return self.move_made(look, actor, foresight, node);
        };
        let when = look.read(program, &node.state, when);
        let holds = look.values.as_number(when).map(|when| when != 0.0);
        let no_move = self.after(node, Outcome::None, node.state.clone());
        match holds {
            Some(true) => self.move_made(look, actor, foresight, node),
            Some(false) => self.future(look, actor, rest, no_move),
            None => {
                let moved = self.move_made(look, actor, foresight, node)?;
                let not = self.future(look, actor, rest, no_move)?;
                Ok(look.values.select(when, moved, not))
            }
        }
    }

    fn move_made(
        &mut self,
        look: &mut Look<'_>,
        actor: usize,
        foresight: u32,
        node: &Node,
    ) -> Result<Value, LowerError> {
        let program = self.program;
        let choice = self.components[node.component].members[node.place];
        let branch = |game: &mut Self, look: &mut Look<'_>, option: usize| {
            let mut state = node.state.clone();
            look.effects(program, choice, option, &mut state);
            let next = game.after(node, Outcome::Option(option), state);
            game.future(look, actor, foresight.saturating_sub(1), next)
        };
        if foresight == 0 {
            return branch(self, look, program.choices[choice].default);
        }
        let options = program.choices[choice].options.len();
        let branches: Vec<Value> = (0..options).map(|option| branch(self, look, option)).collect::<Result<_, _>>()?;
        if let Some(first) = branches.first()
            && branches.iter().all(|branch| branch == first)
        {
            return Ok(*first);
        }
        let probabilities = self.policy(look, node.clone())?;
        let mut sum: Option<Value> = None;
        for (probability, branch) in probabilities.iter().zip(branches) {
            let term = look.values.binary(Binary::Multiply, *probability, branch);
            let term = where_it_can_happen(look.values, *probability, branch, term);
            sum = Some(sum.map_or(term, |sum| look.values.binary(Binary::Add, sum, term)));
        }
        Ok(sum.unwrap_or_else(|| look.values.number(0.0)))
    }

    /// The patience-weighted mean of an actor's utility over its horizon.
    fn projected(&mut self, look: &mut Look<'_>, actor: usize, state: &[Value]) -> Value {
        let concerns: Vec<Value> = self.concerns[actor].iter().map(|quantity| state[*quantity]).collect();
        let key = (actor, concerns);
        if let Some(known) = self.projections.get(&key) {
            return *known;
        }
        let value = project(self.program, look, actor, &self.concerns[actor], state);
        self.projections.insert(key, value);
        value
    }
}

/// Whether a member comes up on a path.
enum ComesUp {
    Never,
    Always,
    Where(Value),
}

/// Where a choice came out so; by no option, where it came out at all.
pub(crate) fn outcome_is(values: &mut Values, options: &[Value], wanted: Option<usize>) -> Value {
    match wanted {
        Some(option) => options[option],
        None => {
            let none = values.truth(false);
            options.iter().fold(none, |any, option| values.binary(Binary::Or, any, *option))
        }
    }
}

/// Whether a choice comes up at a rate, so that its default is not acting.
pub(crate) fn is_at_a_rate(program: &Program, choice: usize) -> bool {
    matches!(program.choices[choice].occasion, Occasion::Considered(_) | Occasion::Hazards)
}

/// exp(x_o) / Σ exp(x_o'), relative to the largest; what is no number counts as 0, and the default then takes all.
fn softmax(values: &mut Values, response: Response) -> Vec<Value> {
    if SOFTMAX_OPTIONS.contains(&response.qualities.len()) {
        return values.response(response);
    }
    let Response { precision, qualities, default } = response;
    let weighted: Vec<Value> =
        qualities.into_iter().map(|quality| values.binary(Binary::Multiply, precision, quality)).collect();
    let largest = weighted.iter().copied().reduce(|a, b| values.binary(Binary::Max, a, b));
    let Some(largest) = largest else { return Vec::new() };
    let powers: Vec<Value> = weighted
        .iter()
        .map(|value| {
            let below = values.binary(Binary::Subtract, *value, largest);
            let power = values.unary(Unary::Exp, below);
            values.narrow(power, 0.0, 1.0);
            power
        })
        .collect();
    let sum = powers.iter().copied().reduce(|a, b| values.binary(Binary::Add, a, b)).unwrap_or(largest);
    values.narrow(sum, 1.0, weighted.len() as f64);
    let may_fail = values.range(sum).nan;
    let mut share = |option: usize, power: Value| {
        let share = values.binary(Binary::Divide, power, sum);
        values.narrow(share, 0.0, 1.0);
        if !may_fail {
            share
        } else if option == default {
            let one = values.number(1.0);
            let valid = values.binary(Binary::Equal, sum, sum);
            values.select(valid, share, one)
        } else {
            values.unary(Unary::Clean, share)
        }
    };
    powers.into_iter().enumerate().map(|(option, power)| share(option, power)).collect()
}

/// Probabilities that are written down: what is negative or no number counts as 0; if the sum exceeds 1, each is
/// divided by it.
pub(crate) fn elicited(program: &Program, look: &mut Look<'_>, choice: usize, state: &[Value]) -> Elicited {
    let written = &program.choices[choice];
    let (zero, one) = (look.values.number(0.0), look.values.number(1.0));
    let mut invalid = vec![zero; written.options.len()];
    let mut probabilities = vec![zero; written.options.len()];
    let mut sum: Option<Value> = None;
    for (option, weight) in written.options.iter().map(|option| &option.weight).enumerate() {
        if option == written.default {
            continue;
        }
        let weight = weight.as_ref().map_or(zero, |weight| look.read(program, state, weight));
        invalid[option] = look.values.unary(Unary::Invalid, weight);
        probabilities[option] = look.values.unary(Unary::Clean, weight);
        let term = probabilities[option];
        sum = Some(sum.map_or(term, |sum| look.values.binary(Binary::Add, sum, term)));
    }
    let sum = sum.unwrap_or(zero);
    let scaled = look.values.binary(Binary::Greater, sum, one);
    if look.values.as_number(scaled) != Some(0.0) {
        let others: Vec<usize> = (0..written.options.len()).filter(|option| *option != written.default).collect();
        let weights: Vec<Value> = others.iter().map(|option| probabilities[*option]).collect();
        let odds = odds(look.values, &weights);
        let total = odds.iter().copied().reduce(|a, b| look.values.binary(Binary::Add, a, b)).unwrap_or(sum);
        for (option, odd) in others.into_iter().zip(odds) {
            let part = look.values.binary(Binary::Divide, odd, total);
            let part = look.values.unary(Unary::Clean, part);
            look.values.narrow(part, 0.0, 1.0);
            let probability = look.values.select(scaled, part, probabilities[option]);
            // Where the sum does not exceed 1, no term does.
            look.values.narrow(probability, 0.0, 1.0);
            probabilities[option] = probability;
        }
    }
    let rest = look.values.binary(Binary::Subtract, one, sum);
    probabilities[written.default] = look.values.binary(Binary::Max, rest, zero);
    Elicited { probabilities, invalid, scaled }
}

/// A term of an average: what cannot happen does not count, not even where its worth is infinite or no number.
fn where_it_can_happen(values: &mut Values, probability: Value, branch: Value, term: Value) -> Value {
    let worth = values.range(branch);
    let is_finite = !worth.nan && worth.low > f64::NEG_INFINITY && worth.high < f64::INFINITY;
    if is_finite || values.range(probability).low > 0.0 {
        return term;
    }
    let zero = values.number(0.0);
    let can_happen = values.binary(Binary::Greater, probability, zero);
    values.select(can_happen, term, zero)
}

/// Weights in proportion to which something is shared: infinite ones, where there are any, share it equally.
pub(crate) fn odds(values: &mut Values, weights: &[Value]) -> Vec<Value> {
    if weights.iter().all(|weight| values.range(*weight).high < f64::INFINITY) {
        return weights.to_vec();
    }
    let (none, infinity) = (values.truth(false), values.number(f64::INFINITY));
    let infinite: Vec<Value> = weights.iter().map(|weight| values.binary(Binary::Equal, *weight, infinity)).collect();
    let any = infinite.iter().fold(none, |any, infinite| values.binary(Binary::Or, any, *infinite));
    infinite.into_iter().zip(weights).map(|(infinite, weight)| values.select(any, infinite, *weight)).collect()
}

/// The quantities that an actor's utility depends on, directly or through what flows into them; ascending.
fn concerns(program: &Program, actor: &Actor) -> Vec<usize> {
    let mut concerned = vec![false; program.quantities.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut add = |expr: &Expr, open: &mut Vec<usize>| {
        quantities_in(program, expr, &mut |quantity| {
            if !std::mem::replace(&mut concerned[quantity], true) {
                open.push(quantity);
            }
        });
    };
    actor.utility.iter().for_each(|term| add(&term.value, &mut open));
    while let Some(quantity) = open.pop() {
        let into = program.flows.iter().filter(|flow| flow.stock == quantity);
        into.for_each(|flow| add(&flow.rate, &mut open));
    }
    (0..program.quantities.len()).filter(|quantity| concerned[*quantity]).collect()
}

/// Calls `visit` for every quantity that an expression reads, each formula being visited once.
fn quantities_in(program: &Program, expr: &Expr, visit: &mut dyn FnMut(usize)) {
    fn walk(program: &Program, expr: &Expr, seen: &mut [bool], visit: &mut dyn FnMut(usize)) {
        match expr {
            Expr::Quantity(quantity) => visit(*quantity),
            Expr::Formula(formula) if !std::mem::replace(&mut seen[*formula], true) => {
                walk(program, &program.formulas[*formula].value, seen, visit);
            }
            Expr::Apply(_, arguments) => arguments.iter().for_each(|argument| walk(program, argument, seen, visit)),
            _ => {}
        }
    }
    walk(program, expr, &mut vec![false; program.formulas.len()], visit);
}

/// The lengths of the intervals into which a horizon is cut: steps, the last one shorter where it does not fit.
pub(crate) fn intervals(horizon: f64, step: f64) -> Vec<f64> {
    let whole = horizon / step;
    let nearest = whole.round();
    if (whole - nearest).abs() < 1e-9 {
        return vec![step; nearest as usize];
    }
    let mut intervals = vec![step; whole.floor() as usize];
    intervals.push(horizon - whole.floor() * step);
    intervals
}

fn project(program: &Program, look: &mut Look<'_>, actor: usize, concerns: &[usize], state: &[Value]) -> Value {
    let actor = &program.actors[actor];
    let intervals = intervals(actor.horizon, program.clock.step());
    let mut state = state.to_vec();
    let mut utilities = vec![utility(program, look, actor, &state)];
    for interval in &intervals {
        flow_for(program, look, *interval, concerns, &mut state);
        utilities.push(utility(program, look, actor, &state));
    }
    let first = utilities[0];
    let patience = look.read(program, &state, &actor.patience);
    if utilities.iter().all(|utility| *utility == first) && is_its_own_mean(look.values, first, patience, actor.horizon)
    {
        return first;
    }
    let (mut above, mut below): (Option<Value>, Option<Value>) = (None, None);
    for (index, utility) in utilities.iter().enumerate() {
        let before = if index == 0 { 0.0 } else { intervals[index - 1] };
        let after = intervals.get(index).copied().unwrap_or(0.0);
        let width = look.values.number((before + after) / 2.0);
        // The last time is the horizon itself, which need not be a multiple of the step.
        let time = if index == intervals.len() { actor.horizon } else { index as f64 * program.clock.step() };
        let years = look.values.number(time / 12.0);
        let discount = look.values.binary(Binary::Power, patience, years);
        let weight = look.values.binary(Binary::Multiply, width, discount);
        let term = look.values.binary(Binary::Multiply, weight, *utility);
        above = Some(above.map_or(term, |sum| look.values.binary(Binary::Add, sum, term)));
        below = Some(below.map_or(weight, |sum| look.values.binary(Binary::Add, sum, weight)));
    }
    match (above, below) {
        (Some(above), Some(below)) => look.values.binary(Binary::Divide, above, below),
        _ => first,
    }
}

/// Whether the weighted mean of one and the same value is that value: the weights must be finite, and where the value
/// may be infinite or no number none of them may be 0.
fn is_its_own_mean(values: &Values, value: Value, patience: Value, horizon: f64) -> bool {
    let (value, patience, years) = (values.range(value), values.range(patience), horizon / 12.0);
    let is_finite = !value.nan && value.low > f64::NEG_INFINITY && value.high < f64::INFINITY;
    let weights = (pow(patience.low, years), pow(patience.high, years));
    !patience.nan && patience.low >= 0.0 && weights.1 < f64::INFINITY && (is_finite || weights.0 > 0.0)
}

/// The sum of an actor's utility terms.
fn utility(program: &Program, look: &mut Look<'_>, actor: &Actor, state: &[Value]) -> Value {
    let scene = Scene { params: look.params, happened: look.happened, chosen: None };
    let mut reader = Reader::new(program, look.values, scene.moment(state));
    let terms: Vec<Value> = actor.utility.iter().map(|term| reader.read(&term.value)).collect();
    let sum = terms.into_iter().reduce(|a, b| look.values.binary(Binary::Add, a, b));
    sum.unwrap_or_else(|| look.values.number(0.0))
}

/// Lets the flows run for an interval, without noise and events, as far as an actor is concerned.
fn flow_for(program: &Program, look: &mut Look<'_>, interval: f64, concerns: &[usize], state: &mut [Value]) {
    let scene = Scene { params: look.params, happened: look.happened, chosen: None };
    let flows: Vec<_> = program.flows.iter().filter(|flow| concerns.binary_search(&flow.stock).is_ok()).collect();
    let mut reader = Reader::new(program, look.values, scene.moment(state));
    let rates: Vec<Value> = flows.iter().map(|flow| reader.read(&flow.rate)).collect();
    let interval = look.values.number(interval);
    let mut sums: BTreeMap<usize, Value> = BTreeMap::new();
    for (flow, rate) in flows.iter().zip(rates) {
        let change = look.values.binary(Binary::Multiply, rate, interval);
        let old = *sums.get(&flow.stock).unwrap_or(&state[flow.stock]);
        sums.insert(flow.stock, look.values.binary(Binary::Add, old, change));
    }
    for (stock, sum) in sums {
        state[stock] = clamp(look.values, &program.quantities[stock].kind, sum);
    }
}
