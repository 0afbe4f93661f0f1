//! What a model under construction has declared so far, and of what dimension each thing is.

/// What a number measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// Nothing: a plain number.
    Plain,
    /// Of a unit that the model declares.
    People,
    /// Of another one.
    Money,
}

/// The dimension of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dimension {
    /// What it measures.
    pub base: Base,
    /// Whether it is per time.
    pub rate: bool,
}

/// Plain numbers.
pub const PLAIN: Dimension = Dimension { base: Base::Plain, rate: false };
/// Hazards.
pub const HAZARD: Dimension = Dimension { base: Base::Plain, rate: true };

impl Dimension {
    /// The same per time.
    pub fn per_time(self) -> Dimension {
        Dimension { rate: true, ..self }
    }

    /// A number without the time.
    pub fn amount(self) -> Dimension {
        Dimension { rate: false, ..self }
    }
}

/// How much of the world an expression may read where it stands, as the checker has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reads {
    /// Numbers and parameters.
    Parameters,
    /// And the state.
    State,
    /// And what happened in the step before.
    Before,
    /// And what was chosen in this step.
    Now,
}

/// A number that can be referred to.
#[derive(Clone, Debug)]
pub struct Named {
    /// As it is referred to: `front[RU]`.
    pub text: String,
    /// Its dimension.
    pub dimension: Dimension,
    /// How much a formula reads; `State` for stocks, `Parameters` for parameters.
    pub reads: Reads,
}

/// A ladder or a formula that is one of its levels.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// As it is referred to.
    pub text: String,
    /// Its levels.
    pub levels: Vec<String>,
}

/// A condition that can be referred to: a flag, or a formula that is one.
#[derive(Clone, Debug)]
pub struct Truth {
    /// As it is referred to.
    pub text: String,
    /// How much it reads.
    pub reads: Reads,
}

/// A choice that has been declared.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Its options.
    pub options: Vec<String>,
    /// Those that can come out: not acting is no outcome.
    pub outcomes: Vec<String>,
}

/// What exists for every member of a group, or for every ordered pair of different members.
#[derive(Clone, Debug)]
pub struct Family {
    /// The name without entities.
    pub stem: String,
    /// The group.
    pub group: String,
    /// Whether it is for pairs.
    pub pairs: bool,
    /// What it is.
    pub kind: Kind,
}

/// What can be there for many.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A parameter.
    Param(Dimension),
    /// A stock.
    Stock(Dimension),
    /// A formula that is a number, and how much it reads.
    Formula(Dimension, Reads),
    /// A formula that is a condition.
    Truth(Reads),
    /// A flag.
    Flag,
    /// A ladder with its levels.
    Ladder(Vec<String>),
    /// An event with a hazard.
    Event,
    /// A choice.
    Choice {
        /// Its options.
        options: Vec<String>,
        /// Those that can come out.
        outcomes: Vec<String>,
    },
}

/// Everything that can be referred to.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Actors.
    pub actors: Vec<String>,
    /// Places.
    pub places: Vec<String>,
    /// Groups with their members.
    pub groups: Vec<(String, Vec<String>)>,
    /// Parameters.
    pub params: Vec<Named>,
    /// Stocks.
    pub stocks: Vec<Named>,
    /// Formulas that are numbers.
    pub formulas: Vec<Named>,
    /// Ladders proper, which have look-ups and effects.
    pub ladders: Vec<Ladder>,
    /// Formulas that are levels.
    pub levels: Vec<Ladder>,
    /// Flags proper.
    pub flags: Vec<String>,
    /// Formulas that are conditions.
    pub truths: Vec<Truth>,
    /// Events.
    pub events: Vec<String>,
    /// Those of them that have hazards.
    pub hazards: Vec<String>,
    /// What is there for whole groups.
    pub families: Vec<Family>,
    /// Choices.
    pub choices: Vec<Chosen>,
    /// Every name that was declared, for those who rename them.
    pub all: Vec<String>,
}
