//! Random models as text: well formed, deterministic in their seed, and with something of everything in the language.
//!
//! A share of them is numerically nasty: infinite and negative hazards, probabilities that sum above 1, precisions
//! that make a choice certain, logarithms of negative numbers. All of them pass the checker; a model that does not is a
//! fault of the generator or of the checker.

mod choices;
mod expressions;
mod literals;
pub mod observations;
mod readings;
pub mod repeated;
mod scenarios;
mod statements;
mod together;
pub mod words;

use super::random::Dice;
use std::collections::BTreeSet;
use words::Names;

/// A statement of a generated model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its first word.
    pub keyword: &'static str,
    /// The paths that it declares.
    pub paths: Vec<String>,
    /// Its text, without a line break at the end.
    pub text: String,
}

/// An event as it is drawn, kept so that readings can repeat it with other numbers.
#[derive(Clone, Debug)]
struct EventDraft {
    name: String,
    dated: Option<String>,
    /// The rest: what it excludes, and what it does.
    rest: String,
    /// Whether its hazard reads the state alone, so that somebody may ask for its risk.
    is_plain: bool,
}

/// An event that is declared but not written yet.
#[derive(Clone, Debug)]
struct EventPlan {
    /// Its name; of events for each of a range the name without entities.
    stem: String,
    range: Option<repeated::Range>,
}

/// A generated model.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Title, time, units, sources, entities, groups, claims.
    pub head: Vec<String>,
    /// The statements that readings may change.
    pub pieces: Vec<Piece>,
    /// Questions.
    pub questions: Vec<String>,
    /// Scenarios.
    pub scenarios: Vec<String>,
    /// What has been seen; nothing unless that is asked for.
    pub observations: Vec<String>,
    /// Readings.
    pub readings: Vec<String>,
    /// One more reading, to be held against the model written directly.
    pub change: Change,
    /// Everything that was declared.
    pub names: Names,
}

/// A reading, and its statements as they would stand in a model of their own.
#[derive(Clone, Debug)]
pub struct Change {
    /// The reading's text.
    pub reading: String,
    /// Paths and texts.
    pub statements: Vec<(String, String)>,
}

impl Draft {
    /// The model as one file.
    pub fn text(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| &piece.text);
        let after = [&self.questions, &self.observations, &self.scenarios, &self.readings];
        let all = self.head.iter().chain(pieces).chain(after.into_iter().flatten());
        all.fold(String::new(), |text, part| text + part + "\n")
    }

    /// The model without its readings.
    pub fn without_readings(&self) -> Draft {
        Draft { readings: Vec::new(), ..self.clone() }
    }
}

/// What kind of model to generate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Numbers of usual sizes.
    Tame,
    /// Numbers that go wrong.
    Nasty,
}

/// Generates a model.
pub fn generate(seed: u64, manner: Manner) -> Draft {
    written(seed, manner).1
}

/// A model, and who has written it.
fn written(seed: u64, manner: Manner) -> (Writer, Draft) {
    let nasty = manner == Manner::Nasty;
    let mut writer = Writer {
        dice: Dice::new(seed),
        nasty,
        names: Names::default(),
        pieces: Vec::new(),
        plans: Vec::new(),
        events: Vec::new(),
        weighted: Vec::new(),
        deciders: Vec::new(),
        utilities: Vec::new(),
        elsewhere: 0,
        clock: statements::Clock::default(),
        long: false,
        claims: Vec::new(),
        param_bounds: Vec::new(),
        uncertain: Vec::new(),
        tied: BTreeSet::new(),
        ranges: Vec::new(),
        inner: 0,
        words: None,
        utility: false,
    };
    let head = writer.head(seed);
    writer.params();
    writer.correlations();
    writer.state();
    writer.lets();
    writer.declare_events();
    writer.choices();
    writer.lets();
    writer.events();
    writer.flows();
    writer.wishes();
    let questions = writer.questions();
    let scenarios = writer.scenarios();
    let readings = writer.readings();
    let change = writer.change();
    writer.join_blocks();
    // Declarations may stand in any order: formulas after what reads them, replies before their triggers.
    if writer.dice.chance(0.3) {
        let mut pieces = std::mem::take(&mut writer.pieces);
        writer.dice.shuffle(&mut pieces);
        writer.pieces = pieces;
    }
    let (pieces, names) = (writer.pieces.clone(), writer.names.clone());
    let draft = Draft { head, pieces, questions, scenarios, observations: Vec::new(), readings, change, names };
    (writer, draft)
}

/// A model under construction.
pub struct Writer {
    dice: Dice,
    nasty: bool,
    names: Names,
    pieces: Vec<Piece>,
    plans: Vec<EventPlan>,
    events: Vec<EventDraft>,
    /// Options with a probability per occasion, which readings may replace: choice, option, its effects.
    weighted: Vec<(String, String, String)>,
    /// Actors who choose by utility.
    deciders: Vec<String>,
    /// Labels of utility terms with their actors.
    utilities: Vec<(String, String)>,
    /// How many replies and dated choices there are: what makes game trees large.
    elsewhere: usize,
    clock: statements::Clock,
    /// Whether it has many steps, and many dates.
    long: bool,
    claims: Vec<String>,
    /// By parameter.
    param_bounds: Vec<literals::Bounds>,
    /// Parameters with a law that is more than one number, in so many words.
    uncertain: Vec<String>,
    /// Those that are correlated with others, which no reading may make certain.
    tied: BTreeSet<String>,
    /// The ranges around what is being written, the outermost first.
    ranges: Vec<repeated::Range>,
    /// How many ranges stand within statements: their variables have names of their own.
    inner: usize,
    /// The source whose words of probability the statement has that is being written.
    words: Option<&'static str>,
    /// Whether a utility is being written, in which nothing may be in words.
    utility: bool,
}

impl Writer {
    /// A new name.
    fn fresh(&mut self, stem: &str, number: usize) -> String {
        let name = format!("{stem}{number}");
        self.names.all.push(name.clone());
        name
    }

    fn add(&mut self, keyword: &'static str, paths: Vec<String>, text: String) {
        self.pieces.push(Piece { keyword, paths, text });
    }

    /// Why a statement is there and where its numbers come from.
    fn why(&mut self) -> String {
        if let Some(source) = self.words.take() {
            let claim = self.dice.any_of(&self.claims).filter(|_| self.dice.chance(0.3));
            let because = claim.map_or(String::new(), |claim| format!(" because {claim}"));
            return format!("{because} from {source}:4.12-20#7c1e09k2m4tq");
        }
        let claim = self.dice.any_of(&self.claims);
        match (self.dice.below(5), claim) {
            (0, Some(claim)) => format!("\n  because {claim}\n  assumed \"a guess\""),
            (1, Some(claim)) => format!(" because {claim} from s0 \"page 3\""),
            (2, _) => " assumed \"as usual\" among \"such things since 1945\"".to_owned(),
            (3, _) => "\n  from s1:4.12-20#7c1e09k2m4tq assumed \"read so\"  # a note".to_owned(),
            _ => "   assumed \"for the test\"".to_owned(),
        }
    }
}
