//! How a choice by utility is made: the game tree of a moment, expanded by symbolic execution.
//!
//! For each path of outcomes the effects are applied to a copy of the state whose entries are values; equal states,
//! paths and replies are found again in maps, and what two branches have in common is one value. The replies within
//! sight are weighed by their owners' own policies, those beyond take their default, and at the end of each path the
//! flows are projected over the owner's horizon.
//!
//! Two shortcuts leave the exact meaning as it is and spare most of the tree: a reply whose outcomes all lead to the same
//! value is not weighed, and an average over the horizon of one and the same value is that value.

use super::calendar::Calendar;
use super::expression::{Frame, Reader, Scene, apply_effects};
use super::project::{Concerns, concerns, project};
use super::state::State;
use super::values::{Response, Value, Values};
use super::{LowerError, MAX_GAME_OPERATIONS};
use std::collections::BTreeMap;
use std::rc::Rc;
use variorum_engine::op::{Binary, SOFTMAX_OPTIONS, Unary};
use variorum_model::program::{Expr, Occasion, Program, Rule};

/// How many outcomes and values the places of all trees of a program may hold together (some 200 MB).
const MAX_GAME_MEMORY: usize = 10_000_000;

/// Choices of one moment that see each other: those whose steps have come, those after one event, or one considered
/// choice, with all replies that descend from them, in order of play.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) members: Vec<usize>,
    /// By member: the place of the last member that asks for its outcome.
    last_asked: Vec<usize>,
    /// By member: the place of its trigger.
    trigger: Vec<Option<usize>>,
}

impl Component {
    /// The members are in ascending order.
    pub(crate) fn new(program: &Program, members: Vec<usize>) -> Component {
        let trigger: Vec<Option<usize>> = members
            .iter()
            .map(|member| match program.choices[*member].occasion {
                Occasion::After { choice, .. } => members.binary_search(&choice).ok(),
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
    /// What is held, and seen ahead of this step.
    holds: usize,
    place: usize,
    outcomes: Vec<Outcome>,
    state: State,
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
    pub(crate) calendar: Calendar,
    components: Vec<Component>,
    known: BTreeMap<Vec<usize>, usize>,
    policies: BTreeMap<Node, Rc<[Value]>>,
    futures: BTreeMap<(usize, u32, Node), Value>,
    projections: BTreeMap<(usize, usize, State), Value>,
    /// By actor: what matters to it, if it chooses by utility.
    concerns: Vec<Option<Concerns>>,
    /// The decision that is being expanded: its choice, and how much there was before it.
    deciding: usize,
    before: usize,
    visits: usize,
    kept: usize,
}

/// What the tree is expanded with.
pub(crate) struct Look<'a> {
    pub(crate) values: &'a mut Values,
    pub(crate) frame: Frame<'a>,
    pub(crate) happened: &'a [Value],
}

impl<'a> Look<'a> {
    pub(crate) fn scene(&self) -> Scene<'a> {
        Scene { frame: self.frame, happened: self.happened, chosen: None }
    }

    pub(crate) fn read(&mut self, state: &State, expr: &Expr) -> Value {
        let scene = self.scene();
        Reader::new(self.values, scene, state).read(expr)
    }
}

impl<'p> Game<'p> {
    pub(crate) fn new(program: &'p Program) -> Game<'p> {
        let concerns = concerns(program);
        let calendar = Calendar::new(program, &mut |quantity| super::project::seen(program, &concerns, quantity));
        Game {
            program,
            calendar,
            components: Vec::new(),
            known: BTreeMap::new(),
            policies: BTreeMap::new(),
            futures: BTreeMap::new(),
            projections: BTreeMap::new(),
            concerns,
            deciding: 0,
            before: 0,
            visits: 0,
            kept: 0,
        }
    }

    /// The number of a component, the same for equal ones.
    pub(crate) fn component(&mut self, members: Vec<usize>) -> usize {
        if let Some(known) = self.known.get(&members) {
            return *known;
        }
        self.components.push(Component::new(self.program, members.clone()));
        self.known.insert(members, self.components.len() - 1);
        self.components.len() - 1
    }

    /// The probabilities of a choice's options in a state, `made` saying how the earlier choices of its component
    /// have come out.
    pub(crate) fn decide(
        &mut self,
        look: &mut Look<'_>,
        (component, holds): (usize, usize),
        choice: usize,
        made: &[Vec<Value>],
        state: &State,
    ) -> Result<Rc<[Value]>, LowerError> {
        self.deciding = choice;
        self.before = look.values.len();
        self.visits = 0;
        let members = &self.components[component];
        let place = members.members.binary_search(&choice).unwrap_or(0);
        let mut outcomes = vec![Outcome::Unknown; members.members.len()];
        for (earlier, outcome) in outcomes.iter_mut().enumerate().take(place) {
            if members.last_asked[earlier] > place {
                *outcome = Outcome::Made(made[members.members[earlier]].clone());
            }
        }
        self.policy(look, Node { component, holds, place, outcomes, state: state.clone() })
    }

    /// By option: the probability that the member at this place takes it.
    fn policy(&mut self, look: &mut Look<'_>, node: Node) -> Result<Rc<[Value]>, LowerError> {
        if let Some(known) = self.policies.get(&node) {
            return Ok(known.clone());
        }
        let choice = self.components[node.component].members[node.place];
        let probabilities = match self.program.choices[choice].rule {
            Rule::Utility => self.response(look, &node, choice)?,
            Rule::Probabilities | Rule::Hazards => elicited(look, choice, &node.state).probabilities,
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
        let precision = look.read(&node.state, precision);
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
            let state = self.taken(look, node, choice, option);
            self.after(node, Outcome::Option(option), state)
        };
        self.future(look, actor, foresight, next)
    }

    /// The state after an option was taken.
    fn taken(&self, look: &mut Look<'_>, node: &Node, choice: usize, option: usize) -> State {
        let mut state = node.state.clone();
        let (scene, holds) = (look.scene(), &self.calendar.holds[node.holds]);
        apply_effects(look.values, scene, holds, &self.program.choices[choice].options[option].effects, &mut state);
        state
    }

    /// The next place, after the member at this one came out so.
    fn after(&self, node: &Node, outcome: Outcome, state: State) -> Node {
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
        Node { component: node.component, holds: node.holds, place, outcomes, state }
    }

    /// What the rest of the moment and the horizon are worth to an actor who still foresees so many moves.
    fn future(&mut self, look: &mut Look<'_>, actor: usize, foresight: u32, node: Node) -> Result<Value, LowerError> {
        let component = &self.components[node.component];
        let left = component.members.len() - node.place;
        if left == 0 {
            return Ok(self.projected(look, actor, node.holds, &node.state));
        }
        let foresight = foresight.min(left as u32);
        let key = (actor, foresight, node);
        if let Some(known) = self.futures.get(&key) {
            return Ok(*known);
        }
        self.visits += 1;
        // Each place is kept with the outcomes and the state that lead to it, over all decisions of the program.
        self.kept += key.2.outcomes.len() + key.2.state.len() + 1;
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
        // Whoever looks at a choice by date, or after an event, is there because its time has come.
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
        let when = look.read(&node.state, when);
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
            let state = game.taken(look, node, choice, option);
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
    fn projected(&mut self, look: &mut Look<'_>, actor: usize, holds: usize, state: &State) -> Value {
        let Some(concerns) = &self.concerns[actor] else { return look.values.number(0.0) };
        let key = (actor, holds, state.of(|quantity| concerns.quantities[quantity]));
        if let Some(known) = self.projections.get(&key) {
            return *known;
        }
        let value = project(look, actor, concerns, &self.calendar.holds[holds], &key.2);
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
pub(crate) fn elicited(look: &mut Look<'_>, choice: usize, state: &State) -> Elicited {
    let written = &look.frame.program.choices[choice];
    let (zero, one) = (look.values.number(0.0), look.values.number(1.0));
    let mut invalid = vec![zero; written.options.len()];
    let mut probabilities = vec![zero; written.options.len()];
    let mut sum: Option<Value> = None;
    for (option, weight) in written.options.iter().map(|option| &option.weight).enumerate() {
        if option == written.default {
            continue;
        }
        let weight = weight.as_ref().map_or(zero, |weight| look.read(state, weight));
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
