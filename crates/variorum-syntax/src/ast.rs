//! The typed view of a parsed model: plain data with spans, made from the lossless tree.
//!
//! Nothing here knows what a name refers to. A part that did not parse is `None` or `ExprKind::Error`; a
//! diagnostic has then already been given, and later stages stay silent about it.

mod expression;
mod show;

pub use expression::{Aggregate, BinaryOp, Expr, ExprKind, Number, UnaryOp};

use crate::diagnostic::Span;

/// A value with its place in the text.
#[derive(Clone, PartialEq, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

/// A name as written.
pub type Name = At<String>;
/// A quoted text without its quotes, escapes resolved.
pub type Text = At<String>;

/// A date of the precision that was written. Months and days count from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date {
    /// Year.
    pub year: i32,
    /// Month 1..=12 if written.
    pub month: Option<u8>,
    /// Day 1..=31 if written.
    pub day: Option<u8>,
}

/// `4.12-20#7c1e09k2m4tq`: paragraph 4, words 12 to 20 (from 1, inclusive), fingerprint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Anchor {
    /// Paragraph number, from 1.
    pub paragraph: u32,
    /// First word of the passage in its paragraph, from 1.
    pub first_word: u32,
    /// Last word of the passage, inclusive.
    pub last_word: u32,
    /// The fingerprint, lower case.
    pub fingerprint: String,
}

/// One file of a model.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct File {
    /// The statements in the order in which they are written.
    pub statements: Vec<Statement>,
}

/// A statement with what stands behind it.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Why it is there and where its numbers come from.
    pub provenance: Provenance,
    /// All of its text, children included.
    pub span: Span,
    /// The keyword and the name: what a message about the whole statement underlines.
    pub head: Span,
}

/// `because`, `from`, `assumed`, `among`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Provenance {
    /// Claims behind the statement.
    pub because: Vec<Name>,
    /// Anchors or places that state the numbers.
    pub from: Vec<From>,
    /// A judgement, with its reason.
    pub assumed: Option<Text>,
    /// The reference class of a base rate.
    pub among: Option<Text>,
}

/// `from nyt:4.1-9#…` or `from nis "statement of 18 October 2024"`.
#[derive(Clone, PartialEq, Debug)]
pub struct From {
    /// The source.
    pub source: Name,
    /// Where in it.
    pub place: Place,
}

/// Where in a source something stands.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    /// A verifiable passage.
    Anchor(At<Anchor>),
    /// A place in words, for sources that have no document here.
    Words(Text),
}

/// All kinds of statements. The keyword of each is its name in lower case unless said.
#[derive(Clone, PartialEq, Debug)]
pub enum StatementKind {
    /// `model "Title"`
    Model(Option<Text>),
    /// `time monthly from 2023-09 to 2027-12`
    Time(Time),
    /// `use "claims.vor"`
    Use(Option<Text>),
    /// `source corrado "Title" by "Author" on 2023-09-14 text "file.txt"`
    Source(Source),
    /// `actor RU "Russia", KP "North Korea"`
    Actor(Vec<Entity>),
    /// `place Korea, Taiwan`
    Place(Vec<Entity>),
    /// `group axis = RU, KP`
    Group(Group),
    /// `unit people, division = 10_000 people`
    Unit(Vec<Unit>),
    /// `claim bites "…"` with a line for each stance
    Claim(Claim),
    /// `param bite in 0 .. 1 = 0.1 .. 0.4`
    Param(Param),
    /// `stock front[RU] : people = 480_000 .. 560_000, at least 0`
    Stock(Stock),
    /// `ladder aid[KR] = none < nonlethal, starts none`
    Ladder(Ladder),
    /// `flag deployed[KP], war[Korea] = no`
    Flag(Flag),
    /// `let strain = losses / 1000 people`
    Let(Let),
    /// `event invasion "…" when … hazard … then …`
    Event(Event),
    /// `choice take by RU "…" after deploy = offer` with its options
    Choice(Choice),
    /// `flow learning: learned[KP] += 0.02 / month if deployed[KP]`
    Flow(Flow),
    /// `utility learning: KP = 3 * learned[KP]`
    Utility(Utility),
    /// `horizon KP, RU = 12 months`
    Horizon(Setting),
    /// `precision KP, RU = 2 .. 6`
    Precision(Setting),
    /// `foresight RU = 0 replies`, `foresight RU = all`
    Foresight(Foresight),
    /// `patience KP = 0.8`: what a year hence counts against now
    Patience(Setting),
    /// `reading drezner "…" voices nyt` with its statements
    Reading(Reading),
    /// Only inside a reading: `switch off deploy, take.accept, flow front[RU]`
    SwitchOff(Vec<Path>),
    /// Only inside a reading: `keeps take "why"`
    Keeps(Option<Path>, Option<Text>),
    /// Only inside a reading: `option take.accept …` replaces one option of a choice
    OptionOf(Reference, ChoiceOption),
    /// `question korea "…" = war[Korea] by 2027-12`
    Question(Question),
    /// `for each a, b in rivals` with the statements that stand for each of its bindings
    ForEach(ForEach),
    /// `correlate recruits, balance = 0.6`
    Correlate(Correlate),
    /// `scenario arms_now "…"` with what is set, held or changed in it
    Scenario(Scenario),
    /// Only inside a scenario: `set aid[KR] = offensive at 2024-11`
    Set(Set),
    /// Only inside a scenario: `hold aid[KR] = offensive from 2024-11 until 2025-06`
    Hold(Hold),
    /// `observe 2024-10 take = accept  known on 2024-10-18`
    Observe(Observe),
    /// `record complete to 2024-11 for invasion, attack`
    Record(Record),
    /// Did not parse; a diagnostic was given.
    Error,
}

/// `time CADENCE from DATE to DATE`.
#[derive(Clone, PartialEq, Debug)]
pub struct Time {
    /// How long a step is.
    pub cadence: Option<At<Cadence>>,
    /// The first step's date.
    pub from: Option<At<Date>>,
    /// The last step's date.
    pub to: Option<At<Date>>,
}

/// The length of a step, `monthly` being 1/1: `months` months divided by `parts`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cadence {
    /// `quarterly` 3, `yearly` 12, `every 2 months` 2; else 1.
    pub months: u32,
    /// `4 per month` is 4; else 1.
    pub parts: u32,
}

/// A document or a speaker.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// The key.
    pub name: Option<Name>,
    /// The title.
    pub title: Option<Text>,
    /// `by "Author"`.
    pub by: Option<Text>,
    /// `on 2023-09-14`.
    pub on: Option<At<Date>>,
    /// `text "file.txt"`: the document's file name in the folder given to `check --sources`.
    pub text: Option<Text>,
    /// `quoted in drezner`: the source in whose document this one speaks.
    pub quoted_in: Option<Name>,
}

/// An actor or a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Entity {
    /// The key.
    pub name: Name,
    /// What people are shown.
    pub title: Option<Text>,
}

/// A named list of entities.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The key.
    pub name: Option<Name>,
    /// Its members, entities or other groups.
    pub members: Vec<Name>,
}

/// A unit, perhaps a multiple of another.
#[derive(Clone, PartialEq, Debug)]
pub struct Unit {
    /// The key.
    pub name: Name,
    /// `= 10_000 people`.
    pub is: Option<(At<f64>, UnitExpr)>,
}

/// A sentence in the modeller's words.
#[derive(Clone, PartialEq, Debug)]
pub struct Claim {
    /// The key.
    pub name: Option<Name>,
    /// The sentence.
    pub text: Option<Text>,
    /// Who speaks to it.
    pub stances: Vec<StanceLine>,
    /// `note "…"`: what the modeller adds, for instance that a sign is inferred.
    pub note: Option<Text>,
}

/// What a source says of a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stance {
    /// Holds it true.
    Asserts,
    /// Is not sure.
    Doubts,
    /// Holds it false.
    Denies,
}

/// `drezner asserts 13.1-9#…, 6.2-8#…` or `okoro asserts "chapter 3"`
#[derive(Clone, PartialEq, Debug)]
pub struct StanceLine {
    /// Who.
    pub source: Name,
    /// What.
    pub stance: At<Stance>,
    /// Where.
    pub anchors: Vec<At<Anchor>>,
    /// Where, in words: `"chapter 3"`, of a source that has no document here.
    pub places: Vec<Text>,
}

/// A unit as written: products of powers, `people / month` is `[(people, 1), (month, -1)]`.
#[derive(Clone, PartialEq, Debug)]
pub struct UnitExpr {
    /// Names and exponents.
    pub factors: Vec<(Name, i32)>,
    /// Where.
    pub span: Span,
}

/// `in 0 .. 1`, `at least 0`, `at most 5`: ends in the quantity's unit.
#[derive(Clone, PartialEq, Debug)]
pub struct Bounds {
    /// Lower end.
    pub low: Option<Expr>,
    /// Upper end.
    pub high: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// Variables and the entities that they stand for: `a, b in rivals except KP`, `pair a, b in rivals`.
/// With two variables: every ordered pair of different members, or with `pair` every pair once, in the group's order.
#[derive(Clone, PartialEq, Debug)]
pub struct Range {
    /// Whether `pair` is written, and where.
    pub pair: Option<Span>,
    /// One variable or two.
    pub variables: Vec<Name>,
    /// The group.
    pub group: Option<Name>,
    /// Members that are left out: entities, groups, or variables of an enclosing range.
    pub except: Vec<Name>,
    /// All of it.
    pub span: Span,
}

/// `for each RANGE` with its statements, in which the variables stand where entities do.
#[derive(Clone, PartialEq, Debug)]
pub struct ForEach {
    /// What it runs over.
    pub range: Range,
    /// The statements under it.
    pub statements: Vec<Statement>,
}

/// `correlate A, B = RHO`: rank correlation of every two of the parameters.
#[derive(Clone, PartialEq, Debug)]
pub struct Correlate {
    /// The parameters, two or more.
    pub params: Vec<Reference>,
    /// Spearman's rank correlation.
    pub value: Option<Expr>,
}

/// `scenario NAME "title"` with what is done in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Scenario {
    /// The name.
    pub name: Option<Name>,
    /// What people are shown.
    pub title: Option<Text>,
    /// `set`, `hold`, and statements as a reading has them.
    pub statements: Vec<Statement>,
}

/// `set TARGET = VALUE at DATE`: done once, when the step of the date begins.
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// The quantity.
    pub target: Reference,
    /// Its value, or a level.
    pub value: Option<Expr>,
    /// When.
    pub at: Option<At<Date>>,
}

/// `hold TARGET = VALUE from DATE until DATE`: nothing else changes it meanwhile.
#[derive(Clone, PartialEq, Debug)]
pub struct Hold {
    /// The quantity.
    pub target: Reference,
    /// Its value, or a level.
    pub value: Option<Expr>,
    /// From the start unless said.
    pub from: Option<At<Date>>,
    /// To the end unless said; the last step in which it is held.
    pub until: Option<At<Date>>,
}

/// `param NAME : UNIT BOUNDS = VALUE`.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// The name, perhaps with entities: `spark[KP, KR]`.
    pub name: Option<Reference>,
    /// Its unit; none is a plain number.
    pub unit: Option<UnitExpr>,
    /// Its bounds.
    pub bounds: Option<Bounds>,
    /// Its value or law.
    pub value: Option<Expr>,
}

/// A name with its entities: `front[RU]`, `tie[KP, RU]`, `war`.
#[derive(Clone, PartialEq, Debug)]
pub struct Reference {
    /// The name.
    pub name: Name,
    /// The entities (or groups, in a declaration).
    pub entities: Vec<Name>,
    /// All of it.
    pub span: Span,
}

/// `stock A[X], B[Y] : UNIT BOUNDS = START`.
#[derive(Clone, PartialEq, Debug)]
pub struct Stock {
    /// What is declared.
    pub targets: Vec<Reference>,
    /// Unit.
    pub unit: Option<UnitExpr>,
    /// Bounds.
    pub bounds: Option<Bounds>,
    /// Value at the start.
    pub start: Option<Expr>,
}

/// `ladder A[X] = low < high, starts low`.
#[derive(Clone, PartialEq, Debug)]
pub struct Ladder {
    /// What is declared.
    pub targets: Vec<Reference>,
    /// The levels from the lowest.
    pub levels: Vec<Name>,
    /// The level at the start; the lowest unless said.
    pub starts: Option<Name>,
}

/// `flag A[X], B = no`.
#[derive(Clone, PartialEq, Debug)]
pub struct Flag {
    /// What is declared.
    pub targets: Vec<Reference>,
    /// Its value at the start; `no` unless said.
    pub start: Option<At<bool>>,
}

/// `let NAME[X] : UNIT = FORMULA`.
#[derive(Clone, PartialEq, Debug)]
pub struct Let {
    /// What is declared.
    pub target: Option<Reference>,
    /// Unit, checked against the formula where written.
    pub unit: Option<UnitExpr>,
    /// The formula.
    pub value: Option<Expr>,
}

/// `event NAME "title" when COND hazard RATE | on DATE chance P  excludes A, B  then EFFECTS`.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// The name, perhaps with entities.
    pub name: Option<Reference>,
    /// What people are shown.
    pub title: Option<Text>,
    /// Its condition.
    pub when: Option<Expr>,
    /// Its hazard.
    pub hazard: Option<Expr>,
    /// Its date.
    pub on: Option<At<Date>>,
    /// Its chance on that date.
    pub chance: Option<Expr>,
    /// The events it competes with.
    pub excludes: Vec<Reference>,
    /// What it does.
    pub effects: Vec<Effect>,
}

/// When a choice comes up.
#[derive(Clone, PartialEq, Debug)]
pub enum Occasion {
    /// `considered 2 per year`
    Considered(Expr),
    /// `on 2024-11`
    On(At<Date>),
    /// `every 3 months from 2024-01 until 2025-01`; `every month`
    Every {
        /// How many units.
        count: At<f64>,
        /// `month`, `quarter`, `year`, in singular or plural.
        unit: Name,
        /// From the start unless said.
        from: Option<At<Date>>,
        /// To the end unless said.
        until: Option<At<Date>>,
    },
    /// `after take = accept`; without an option: whatever was chosen
    After {
        /// The choice replied to.
        choice: Reference,
        /// The option that triggers it.
        option: Option<Name>,
    },
    /// `after event invasion`: in the step after it happened
    AfterEvent(Reference),
}

/// `choice NAME by ACTOR "title" OCCASION when COND`.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The name, perhaps with entities.
    pub name: Option<Reference>,
    /// Who chooses.
    pub by: Option<Name>,
    /// What people are shown.
    pub title: Option<Text>,
    /// Every occasion that was written (one is right, or none for hazards).
    pub occasions: Vec<At<Occasion>>,
    /// Its condition.
    pub when: Option<Expr>,
    /// Its options.
    pub options: Vec<ChoiceOption>,
}

/// `option NAME "title" default PROBABILITY then EFFECTS`.
#[derive(Clone, PartialEq, Debug)]
pub struct ChoiceOption {
    /// The name.
    pub name: Name,
    /// What people are shown.
    pub title: Option<Text>,
    /// Whether `default` is written, and where.
    pub default: Option<Span>,
    /// Probability per occasion, or hazard.
    pub probability: Option<Expr>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// Reasons and origins of its own.
    pub provenance: Provenance,
    /// All of it.
    pub span: Span,
}

/// `TARGET OP VALUE`.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// What changes.
    pub target: Reference,
    /// How.
    pub op: EffectOp,
    /// By or to what; none for `next level` and `previous level`.
    pub value: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// How an effect acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EffectOp {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Subtract,
    /// `*=`
    Multiply,
    /// `= next level`
    NextLevel,
    /// `= previous level`
    PreviousLevel,
}

/// `flow LABEL: TARGET += RATE noise normal SD per UNIT`.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    /// The label, perhaps with entities.
    pub label: Option<Reference>,
    /// The stock.
    pub target: Option<Reference>,
    /// Whether `-=` is written.
    pub negative: bool,
    /// The rate.
    pub rate: Option<Expr>,
    /// Standard deviation over one unit of time, and that unit.
    pub noise: Option<(Expr, Name)>,
}

/// `utility LABEL: ACTOR = VALUE`.
#[derive(Clone, PartialEq, Debug)]
pub struct Utility {
    /// The label, perhaps with entities.
    pub label: Option<Reference>,
    /// Whose.
    pub actor: Option<Name>,
    /// The term.
    pub value: Option<Expr>,
}

/// `horizon`, `precision` or `patience` of some actors.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// Whose.
    pub actors: Vec<Name>,
    /// The value.
    pub value: Option<Expr>,
}

/// `foresight RU = 0 replies`.
#[derive(Clone, PartialEq, Debug)]
pub struct Foresight {
    /// Whose.
    pub actors: Vec<Name>,
    /// `None` is `all`.
    pub replies: Option<At<u32>>,
}

/// The name of a statement: `deploy`, `take.accept`, `flow front[RU]`, `utility learning`, `precision KP`.
#[derive(Clone, PartialEq, Debug)]
pub struct Path {
    /// `flow`, `utility`, `precision`, `horizon`, `foresight`, `patience`, `correlate`; none for what has a name of
    /// its own.
    pub keyword: Option<Name>,
    /// The name.
    pub name: Reference,
    /// The further parameters of `correlate a, b`; empty otherwise.
    pub others: Vec<Reference>,
    /// The option of a choice.
    pub option: Option<Name>,
    /// All of it.
    pub span: Span,
}

/// `reading NAME "title" voices A, B` with the statements in which it differs.
#[derive(Clone, PartialEq, Debug)]
pub struct Reading {
    /// The name; a source of the same name is its author.
    pub name: Option<Name>,
    /// What people are shown.
    pub title: Option<Text>,
    /// Sources whose stances it adopts.
    pub voices: Vec<Name>,
    /// What differs.
    pub statements: Vec<Statement>,
}

/// `question NAME "text" = QUERY` with forecasts and outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// The name.
    pub name: Option<Name>,
    /// The question in words.
    pub text: Option<Text>,
    /// What is asked.
    pub query: Option<Query>,
    /// `given talks by 2025-06`: asked only of the trajectories in which this holds.
    pub given: Option<Query>,
    /// `corrado said "not zero" 13.1-4#…`
    pub said: Vec<Said>,
    /// `resolved no on 2025-12-31 from "…"`
    pub resolved: Option<Resolved>,
}

/// What a question asks of a trajectory.
#[derive(Clone, PartialEq, Debug)]
pub enum Query {
    /// `EXPR by DATE`: true at some step up to and with the date.
    By(Expr, At<Date>),
    /// `EXPR at DATE`: true at the step of the date.
    At(Expr, At<Date>),
    /// `EXPR from D1 to D2`: true at some step from one to the other.
    Within(Expr, At<Date>, At<Date>),
    /// `value EXPR at DATE`: a number.
    Value(Expr, At<Date>),
    /// `first date EXPR by DATE`: when it first holds, the end of the model's time unless a date is said.
    First(Expr, Option<At<Date>>),
}

/// A source's own forecast, in its words.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    /// Who.
    pub source: Name,
    /// The words of probability, or a number.
    pub value: SaidValue,
    /// `no number`: a phrase that stands for no number, and where that is written.
    pub no_number: Option<Span>,
    /// Where.
    pub anchors: Vec<At<Anchor>>,
    /// `window assumed "why"`: the window of time is the modeller's.
    pub window_assumed: Option<Text>,
}

/// A forecast in words or as a number.
#[derive(Clone, PartialEq, Debug)]
pub enum SaidValue {
    /// `"unlikely"`
    Phrase(Text),
    /// `30%`
    Number(At<Number>),
}

/// What the world has answered.
#[derive(Clone, PartialEq, Debug)]
pub struct Resolved {
    /// The answer.
    pub outcome: Outcome,
    /// When it was known.
    pub on: Option<At<Date>>,
    /// Who says so.
    pub from: Option<Text>,
}

/// An answer of the world.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outcome {
    /// It happened.
    Yes,
    /// It did not.
    No,
    /// The question could not be answered.
    Void,
    /// A number.
    Number(f64),
}

/// `observe DATE WHAT` with how far it can be trusted and since when it is known.
#[derive(Clone, PartialEq, Debug)]
pub struct Observe {
    /// When, or the first date of a window.
    pub from: Option<At<Date>>,
    /// The last date of a window: it was in one of these steps.
    pub to: Option<At<Date>>,
    /// What was seen: a bare event, an outcome of a choice, a condition, or with an error `QUANTITY = NUMBER`.
    pub what: Option<Expr>,
    /// The standard deviation of a measured number's error.
    pub error: Option<Expr>,
    /// When it became known.
    pub known: Option<At<Date>>,
    /// Who reports it, if that can err.
    pub reported: Option<Reported>,
}

/// `reported by SOURCE, hits P, false alarms P`.
#[derive(Clone, PartialEq, Debug)]
pub struct Reported {
    /// Who.
    pub by: Option<Name>,
    /// How likely such a report is if it was so.
    pub hits: Option<Expr>,
    /// How likely it is if it was not.
    pub false_alarms: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// `record complete from DATE to DATE for A, B`: apart from what is observed, none of these happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// From the start unless said.
    pub from: Option<At<Date>>,
    /// To when.
    pub to: Option<At<Date>>,
    /// Events and choices.
    pub names: Vec<Reference>,
    /// When it became known as a whole.
    pub known: Option<At<Date>>,
}
