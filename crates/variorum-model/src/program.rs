//! One reading of a model, ready to be run: every name resolved, every unit gone, every reading merged.
//!
//! This is the contract between the checker, the engine, the oracle and any outsider: `variorum debug model --json`
//! prints it. Numbers are in base units (time in months; a declared unit in itself), conditions are 0 or 1, levels of
//! a ladder are 0, 1, 2 … from the lowest. The comments below settle what `semantics.md` leaves open; the book's
//! chapter on the meaning says the same at greater length.
//!
//! Arithmetic is IEEE 754 double precision, evaluated exactly as the tree is written: no reassociation, no fused
//! operations. `exp`, `ln`, `pow` may differ by an ulp between implementations, nothing else may.

mod expression;
mod observation;

pub use expression::{Expr, Function};
pub use observation::{Day, Fact, Observation, Record, Report, days_in};

use serde::Serialize;

/// A reading of a model. Positions in the vectors are the indices that expressions use.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Program {
    /// The model's title.
    pub model: String,
    /// The reading's name; `model` where the model has no readings.
    pub reading: String,
    /// The scenario's name, if one is played.
    pub scenario: Option<String>,
    /// Steps and dates.
    pub clock: Clock,
    /// Everything drawn once per parameter draw, in order of name (in-place numbers by their statement's path).
    pub params: Vec<Param>,
    /// Stocks and ladders (a flag is a ladder of two levels, no and yes).
    pub quantities: Vec<Quantity>,
    /// `let` formulas; each refers only to earlier ones.
    pub formulas: Vec<Formula>,
    /// Who chooses, wants, looks ahead.
    pub actors: Vec<Actor>,
    /// Choices in order of play: declaration order, a reply after its trigger.
    pub choices: Vec<Choice>,
    /// Events in order of declaration.
    pub events: Vec<Event>,
    /// Events that compete for one draw.
    pub exclusions: Vec<Exclusion>,
    /// Flows in order of declaration.
    pub flows: Vec<Flow>,
    /// Parameters that are drawn together.
    pub copulas: Vec<Copula>,
    /// What is done to the world in a scenario.
    pub interventions: Vec<Intervention>,
    /// What is asked.
    pub questions: Vec<Question>,
    /// What has been seen, in order of declaration. Only conditioned runs look at it.
    pub observations: Vec<Observation>,
    /// Of what the record is complete, in order of declaration. Only conditioned runs look at it.
    pub records: Vec<Record>,
}

/// A key of a random stream: the first 8 bytes, little-endian, of the SHA-256 of a name in UTF-8. JSON: hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key(pub u64);

impl Key {
    /// The key of a name.
    #[must_use]
    pub fn of(name: &str) -> Key {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(name.as_bytes());
        let mut word = [0u8; 8];
        word.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
        Key(u64::from_le_bytes(word))
    }
}

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

/// Time. Step `t` of `0..steps` has the calendar step `first + t`, by which its random numbers are keyed.
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct Clock {
    /// Calendar step of step 0: floor(parts * (12 * year + month - 1) / months) of the first date.
    pub first: i32,
    /// Number of steps.
    pub steps: u32,
    /// A step is `months / parts` months long.
    pub months: u32,
    /// See `months`.
    pub parts: u32,
}

impl Clock {
    /// The length of a step in months.
    #[must_use]
    pub fn step(&self) -> f64 {
        f64::from(self.months) / f64::from(self.parts)
    }
    /// The month in which a step begins, as `2024-11`; with parts of a month `2024-11 2/4`.
    #[must_use]
    pub fn label(&self, step: u32) -> String {
        let calendar = i64::from(self.first) + i64::from(step);
        let month = calendar * i64::from(self.months) / i64::from(self.parts);
        let date = format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        if self.parts == 1 {
            return date;
        }
        let part = (calendar * i64::from(self.months)).rem_euclid(i64::from(self.parts)) + 1;
        format!("{date} {part}/{}", self.parts)
    }
}

/// A number that is drawn once per parameter draw, by inverse CDF of one uniform keyed by `key`.
/// Its value is `scale * t(x)`, x being drawn from the law truncated to `low..high` (with `clip`: drawn from the whole
/// law, then clamped to them), and t(x) = x, or -ln(1 - x) / within where `within` is given.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Param {
    /// `bite`; for a number written in place its statement's path and ordinal from 1, `attack.strike#1`.
    pub name: String,
    /// Whose random number it takes: its own name, or `said SOURCE` for words of probability, since one reader's
    /// percentile serves all phrases of a source. Where a parameter has to be drawn a second time, to see what not knowing
    /// it is worth, the second value takes the key of this name with an apostrophe after it.
    pub draw: String,
    /// Key of its random number: that of `draw`.
    pub key: Key,
    /// Its law, in the unit that was written.
    pub law: Law,
    /// Lower bound, in the written unit; none is minus infinity.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Values beyond the bounds pile up at them.
    pub clip: bool,
    /// A probability within so many months, turned into a hazard.
    pub within: Option<f64>,
    /// From the written unit to base units.
    pub scale: f64,
}

/// The shape of an interval: the space in which the law is normal.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Normal.
    Identity,
    /// Log-normal.
    Log,
    /// Logit-normal.
    Logit,
}

/// Parameters whose ranks are correlated: a Gaussian copula. With the uniform numbers u_i of the parameters (each by its
/// own key), z_i = Φ⁻¹(u_i) and L the Cholesky factor of the matrix of the 2 sin(π r_ij / 6), r_ij being the ranks'
/// correlations (1 on the diagonal), parameter i takes Φ(Σ_{j ≤ i} L_ij z_j) for its u, the sum running from the first j
/// to i. A pivot (what is left of the diagonal, before the square root) below 1e-9 counts as 0, and so does the rest of
/// its column: the matrix may be singular. A parameter belongs to one copula at most, and takes that u whatever its law.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Copula {
    /// The parameters, in order of name.
    pub params: Vec<usize>,
    /// Spearman's rank correlations: a row for each parameter, with as many entries.
    pub ranks: Vec<Vec<f64>>,
}

/// Something that a scenario does to a quantity.
///
/// A `Set` acts once, when step `from` begins, before the choices; several in one step act in their order here. A `Hold`
/// acts from the beginning of step `from` to the end of step `until` (both included): the quantity has this value, and no
/// effect, flow or `Set` changes it. After that it keeps the value until something changes it. Effects of other
/// quantities, outcomes and events go on as ever: an event whose effect is cut off has happened all the same.
///
/// Where an actor looks ahead, in replies and in its projection, it counts with every hold, in the steps in which it is
/// in force, and with no `Set` that is yet to come. Time τ of a projection that begins in step t belongs to step
/// t + floor(τ / step + 1e-9), or to the last step if that is beyond it: what is held to the end of the model's time is
/// foreseen to be held beyond. A flow over an interval does not move what is held at its beginning; at each time, the
/// quantities held in its step take their values before utilities and rates are read.
///
/// A hold that begins after step `known` comes as a surprise: before that step no actor counts with it.
///
/// Values are expressions in parameters, clamped to the bounds of a stock.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Intervention {
    /// What is changed.
    pub quantity: usize,
    /// To what.
    pub value: Expr,
    /// First step.
    pub from: u32,
    /// Last step in which it is held; none: it is set once and then left alone.
    pub until: Option<u32>,
    /// First step in which actors count with what is held. It is 0 in what a model says; see [`Program::surprising`].
    #[serde(skip_serializing_if = "is_first")]
    pub known: u32,
}

/// What is known in the first step is not written down.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_first(step: &u32) -> bool {
    *step == 0
}

/// A law of a parameter, before truncation except where said.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Law {
    /// That number.
    Point(f64),
    /// 5% and 95% quantiles of the law after truncation to the bounds.
    Interval {
        /// 5% quantile.
        q05: f64,
        /// 95% quantile.
        q95: f64,
        /// Normal, log-normal or logit-normal.
        shape: Shape,
    },
    /// Uniform.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Log-normal.
    LogNormal {
        /// Mean of the logarithm.
        log_mean: f64,
        /// Standard deviation of the logarithm.
        log_sd: f64,
    },
    /// Beta.
    Beta {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
    },
    /// Gamma.
    Gamma {
        /// Shape.
        shape: f64,
        /// Rate.
        rate: f64,
    },
    /// Triangular.
    Triangular {
        /// Lower end.
        low: f64,
        /// Mode.
        mode: f64,
        /// Upper end.
        high: f64,
    },
    /// One of some numbers: pairs of a value and its probability, values ascending, probabilities above 0 that add up
    /// to 1. The draw is the first value whose cumulated probability (summed from the first) exceeds u, else the last.
    /// All values lie within the bounds.
    OneOf(Vec<(f64, f64)>),
    /// A quantile function that is linear between points: pairs of a cumulative probability and a value, both
    /// ascending (values perhaps equal), from 0 to 1. All values lie within the bounds. For u between p_k and p_{k+1}:
    /// x = x_k + (u - p_k) / (p_{k+1} - p_k) * (x_{k+1} - x_k).
    Table(Vec<(f64, f64)>),
}

/// A stock or a ladder.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Quantity {
    /// `front[RU]`.
    pub name: String,
    /// What it is.
    pub kind: QuantityKind,
    /// Its value before the first step: of a stock an expression in parameters alone, clamped to the bounds; of a
    /// ladder a level.
    pub start: Expr,
}

/// What a quantity is.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum QuantityKind {
    /// A number. Every change of it, by effect or flow, is clamped to its bounds: max(low, min(high, x)).
    Stock {
        /// Lower bound.
        low: Option<f64>,
        /// Upper bound.
        high: Option<f64>,
    },
    /// A level, 0 being the lowest.
    Ladder {
        /// The levels' names.
        levels: Vec<String>,
    },
}

/// A named formula of the state.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Formula {
    /// `strain[RU]`.
    pub name: String,
    /// Its value.
    pub value: Expr,
}

/// An actor as a decision maker.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Actor {
    /// `KP`.
    pub name: String,
    /// Precision λ, an expression in parameters; none if never said (the actor then chooses nothing by utility).
    pub precision: Option<Expr>,
    /// How many of the next replies and choices of the same moment it foresees; none is all of them. A reply counts
    /// when the outcome that triggers it lies on the path looked at, whether or not its own condition holds.
    pub foresight: Option<u32>,
    /// Horizon h in months. The projection visits the times 0, step, 2 step … up to h, the last interval being
    /// shorter where h is no multiple of the step; over an interval d every stock moves by Σ rate * d, clamped.
    pub horizon: f64,
    /// What a year hence counts against now, an expression in parameters: the weight at time τ (in months) is
    /// patience^(τ/12). Q is the weighted mean of U over [0, h] by the trapezoidal rule: with times τ_0 .. τ_n and
    /// g_k = patience^(τ_k/12), Q = Σ_k w_k g_k U_k / Σ_k w_k g_k, where w_k is half the length of the intervals that
    /// meet at τ_k. h = 0: Q = U_0.
    pub patience: Expr,
    /// The terms of its utility, to be added in this order.
    pub utility: Vec<UtilityTerm>,
}

/// One term of a utility.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct UtilityTerm {
    /// `utility learning`.
    pub path: String,
    /// Its value in a state; it reads quantities, formulas and parameters alone.
    pub value: Expr,
}

/// A choice.
///
/// In one step the choices are visited in this order, each against the state that the earlier ones have left.
/// One uniform u (aleatory, keyed by `key`) decides: outcomes are laid along 0..1 in the order of the non-default
/// options as declared, then the default; the outcome is the first whose cumulated probability exceeds u.
/// `considered` and hazards: with hazards h_o (r * P(o | x), or as written) of the non-default options, H their sum in
/// declaration order, an act happens with probability 1 - exp(-H * step), option o having the share h_o / H of it;
/// cumulated as (h_1 + .. + h_o) / H * (1 - exp(-H * step)). Without an act nothing is recorded and no reply comes up.
/// Occasions by date and replies: cumulated probabilities of the non-default options; the default is an outcome, and a
/// reply may be triggered by it. A choice whose `when` is false does not come up: no outcome, no reply to it.
/// Negative probabilities and hazards, and those that are not numbers, count as 0. Infinite ones are certain, and share
/// equally where there are several. If a Q is not a number the default is taken. The default of a choice that is
/// considered at a rate, or carries hazards, has no effects and triggers nothing.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Choice {
    /// `deploy`.
    pub name: String,
    /// Key of its random numbers.
    pub key: Key,
    /// What people are shown.
    pub title: String,
    /// Who chooses.
    pub actor: usize,
    /// When it comes up.
    pub occasion: Occasion,
    /// Its condition, read in the state when it comes up; none is always.
    pub when: Option<Expr>,
    /// How it is made.
    pub rule: Rule,
    /// The options in order of declaration.
    pub options: Vec<ChoiceOption>,
    /// Which of them is the default.
    pub default: usize,
}

/// When a choice comes up.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// At a rate per month.
    Considered(Expr),
    /// Its options are hazards per month (`Rule::Hazards`).
    Hazards,
    /// At these steps, ascending.
    Steps(Vec<u32>),
    /// In the same step, after another choice came out so.
    After {
        /// The choice replied to.
        choice: usize,
        /// Its option; none is any outcome, the default's included.
        option: Option<usize>,
    },
    /// In the step after an event happened. Its default is an outcome, as that of a reply. Choices after one event are of
    /// one moment, as replies to one choice are, with the replies that descend from them. Choices after different events
    /// are not, even if both events happened, nor are they of one moment with choices by date.
    AfterEvent {
        /// The event.
        event: usize,
    },
}

/// How a choice is made.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Quantal response to the actor's utility.
    Utility,
    /// Options carry probabilities per occasion: if the non-default ones sum to s > 1 each is divided by s.
    Probabilities,
    /// Options carry hazards per month.
    Hazards,
}

/// An option.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct ChoiceOption {
    /// `accept`.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// Probability or hazard, as the choice's rule says; none for the default and for choices by utility.
    pub weight: Option<Expr>,
    /// What it does, in order.
    pub effects: Vec<Effect>,
}

/// An event.
///
/// Conditions, hazards and chances of all events of a step read the state after the choices. It happens if u < p, u
/// being its uniform (aleatory, keyed by `key`) and p = 1 - exp(-hazard * step), or the chance. Then the effects of
/// those that happened apply in order of declaration, each reading the state that the earlier effects have left.
/// Negative hazards and chances, and those that are not numbers, count as 0.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Event {
    /// `invasion`.
    pub name: String,
    /// Key of its random numbers.
    pub key: Key,
    /// What people are shown.
    pub title: String,
    /// Its condition; none is always.
    pub when: Option<Expr>,
    /// Its hazard or its dated chance.
    pub rule: EventRule,
    /// What it does, in order.
    pub effects: Vec<Effect>,
}

/// How likely an event is.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum EventRule {
    /// Hazard per month at every step.
    Hazard(Expr),
    /// At one step, with this probability.
    Dated {
        /// The step.
        step: u32,
        /// The probability.
        chance: Expr,
    },
}

/// Events that exclude each other: one draw per step, keyed by `key`. With hazards h_e (0 where `when` is false) in
/// the order of `events` (that of their names) and H their sum, outcome e has the cumulated probability
/// (h_1 + .. + h_e) / H * (1 - exp(-H * step)); the first that exceeds u happens.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Exclusion {
    /// The names joined by `|`.
    pub name: String,
    /// Key of the draw.
    pub key: Key,
    /// The events, in order of name.
    pub events: Vec<usize>,
}

/// A change of a quantity. Its value reads the state at the moment when it applies.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Effect {
    /// What changes.
    pub quantity: usize,
    /// How.
    pub op: EffectOp,
    /// By or to what; 0 for the steps of a ladder.
    pub value: Expr,
}

/// How an effect acts.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum EffectOp {
    /// x = v
    Set,
    /// x = x + v
    Add,
    /// x = x - v
    Subtract,
    /// x = x * v
    Multiply,
    /// One level up, if there is one.
    NextLevel,
    /// One level down, if there is one.
    PreviousLevel,
}

/// What flows into a stock.
///
/// All flows read the state after the events. For each stock, x' = clamp(((x + f_1) + f_2) + ..) over its flows in
/// order of declaration, f = rate * step, or with noise f = rate * step + z * (sd * sqrt(step)), z being the standard
/// normal quantile of the flow's uniform (aleatory, keyed by `key`). In projections f = rate * interval.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Flow {
    /// `flow losses`, or `flow front[RU]` where it has no label.
    pub path: String,
    /// Key of its noise.
    pub key: Key,
    /// The stock.
    pub stock: usize,
    /// Units per month.
    pub rate: Expr,
    /// Standard deviation of the noise over one month.
    pub noise: Option<Expr>,
}

/// A question.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Question {
    /// `korea`.
    pub name: String,
    /// In words.
    pub text: String,
    /// What is asked of a trajectory.
    pub query: Query,
    /// Asked only of the trajectories in which this comes true.
    pub given: Option<Given>,
}

/// A condition that holds at the end of some step of a window. Whether it came true is asked of the whole trajectory:
/// its window may lie before, within or after that of the question.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Given {
    /// The condition.
    pub condition: Expr,
    /// First step.
    pub from: u32,
    /// Last step, included.
    pub to: u32,
}

/// What a question asks. The state is recorded at the end of every step; `happened` and `chosen` speak of that step.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Whether the condition holds at the end of some step from `from` to `to`, both included.
    Ever {
        /// The condition.
        condition: Expr,
        /// First step.
        from: u32,
        /// Last step.
        to: u32,
    },
    /// The first step (counted from that of the model, not of the window) at whose end the condition holds, from `from` to
    /// `to`, both included; none is an answer too.
    First {
        /// The condition.
        condition: Expr,
        /// First step.
        from: u32,
        /// Last step.
        to: u32,
    },
    /// A number at the end of a step; shown in a unit of `scale` base units.
    Value {
        /// The number.
        value: Expr,
        /// The step.
        at: u32,
        /// Base units per shown unit.
        scale: f64,
        /// The shown unit's name; empty for plain numbers.
        unit: String,
    },
}

impl Program {
    /// Every expression of the program.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut list: Vec<&Expr> = Vec::new();
        list.extend(self.quantities.iter().map(|quantity| &quantity.start));
        list.extend(self.formulas.iter().map(|formula| &formula.value));
        for actor in &self.actors {
            list.extend(actor.precision.iter());
            list.push(&actor.patience);
            list.extend(actor.utility.iter().map(|term| &term.value));
        }
        for choice in &self.choices {
            if let Occasion::Considered(rate) = &choice.occasion {
                list.push(rate);
            }
            list.extend(choice.when.iter());
            for option in &choice.options {
                list.extend(option.weight.iter());
                list.extend(option.effects.iter().map(|effect| &effect.value));
            }
        }
        for event in &self.events {
            list.extend(event.when.iter());
            match &event.rule {
                EventRule::Hazard(hazard) => list.push(hazard),
                EventRule::Dated { chance, .. } => list.push(chance),
            }
            list.extend(event.effects.iter().map(|effect| &effect.value));
        }
        for flow in &self.flows {
            list.push(&flow.rate);
            list.extend(flow.noise.iter());
        }
        list.extend(self.interventions.iter().map(|intervention| &intervention.value));
        for question in &self.questions {
            match &question.query {
                Query::Ever { condition, .. } | Query::First { condition, .. } => list.push(condition),
                Query::Value { value, .. } => list.push(value),
            }
            list.extend(question.given.iter().map(|given| &given.condition));
        }
        list
    }

    /// As [`Program::expressions`], to be changed.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let mut list: Vec<&mut Expr> = Vec::new();
        list.extend(self.quantities.iter_mut().map(|quantity| &mut quantity.start));
        list.extend(self.formulas.iter_mut().map(|formula| &mut formula.value));
        for actor in &mut self.actors {
            list.extend(actor.precision.iter_mut());
            list.push(&mut actor.patience);
            list.extend(actor.utility.iter_mut().map(|term| &mut term.value));
        }
        for choice in &mut self.choices {
            if let Occasion::Considered(rate) = &mut choice.occasion {
                list.push(rate);
            }
            list.extend(choice.when.iter_mut());
            for option in &mut choice.options {
                list.extend(option.weight.iter_mut());
                list.extend(option.effects.iter_mut().map(|effect| &mut effect.value));
            }
        }
        for event in &mut self.events {
            list.extend(event.when.iter_mut());
            match &mut event.rule {
                EventRule::Hazard(hazard) => list.push(hazard),
                EventRule::Dated { chance, .. } => list.push(chance),
            }
            list.extend(event.effects.iter_mut().map(|effect| &mut effect.value));
        }
        for flow in &mut self.flows {
            list.push(&mut flow.rate);
            list.extend(flow.noise.iter_mut());
        }
        list.extend(self.interventions.iter_mut().map(|intervention| &mut intervention.value));
        for question in &mut self.questions {
            match &mut question.query {
                Query::Ever { condition, .. } | Query::First { condition, .. } => list.push(condition),
                Query::Value { value, .. } => list.push(value),
            }
            list.extend(question.given.iter_mut().map(|given| &mut given.condition));
        }
        list.extend(self.observations.iter_mut().flat_map(Observation::expressions_mut));
        list
    }

    /// Puts the parameters in order of name, and every expression with them.
    pub fn sort_params(&mut self) {
        let mut order: Vec<usize> = (0..self.params.len()).collect();
        order.sort_by(|a, b| self.params.get(*a).map(|p| &p.name).cmp(&self.params.get(*b).map(|p| &p.name)));
        let mut place = vec![0; order.len()];
        for (to, from) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(*from) {
                *slot = to;
            }
        }
        self.params.sort_by(|a, b| a.name.cmp(&b.name));
        self.move_params(&place);
    }

    /// Gives parameters other indices, in every expression and copula: by the old index the new one.
    fn move_params(&mut self, place: &[usize]) {
        for copula in &mut self.copulas {
            for index in &mut copula.params {
                *index = place.get(*index).copied().unwrap_or(*index);
            }
        }
        for expr in self.expressions_mut() {
            expr.visit_mut(&mut |expr| {
                if let Expr::Param(index) = expr
                    && let Some(to) = place.get(*index)
                {
                    *index = *to;
                }
            });
        }
    }
}
