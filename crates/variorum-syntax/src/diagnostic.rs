//! What every stage says when something is wrong: one plain value that a terminal, an editor or a page can render.
//!
//! A diagnostic has a stable kebab-case id (`Code`), says what was seen and what was expected (`message`), points at
//! the place (`primary`), and says what to write instead (`help`). Each id has a page in `spec/diagnostics`.

use serde::Serialize;

/// Which file of the model a span lies in; an index into the list of files that was parsed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Hash, Default)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that covers both (of the same file).
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The model cannot be run.
    Error,
    /// The model runs, but probably not as meant.
    Warning,
}

/// A place with a remark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What there is to say about it; may be empty.
    pub text: String,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Diagnostic {
    /// Stable kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// What was seen and what was expected, in one sentence.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error or a warning, as the code prescribes, at `span`.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            help: None,
        }
    }
    /// Sets the remark at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }
    /// Adds another place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, text: text.into() });
        self
    }
    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident $id:literal $severity:ident;)*) => {
        /// The kinds of findings. Their ids never change their meaning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }
        impl Code {
            /// All kinds, in the order of the language.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];
            /// The stable kebab-case id.
            pub fn id(self) -> &'static str { match self { $(Code::$variant => $id),* } }
            /// Whether it is an error or a warning.
            pub fn severity(self) -> Severity { match self { $(Code::$variant => Severity::$severity),* } }
            /// What it is, in a line.
            pub fn summary(self) -> &'static str { match self { $(Code::$variant => concat!($($doc),*).trim()),* } }
        }
    };
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

codes! {
    // ---- text
    /// A character that the language does not use.
    UnknownCharacter "unknown-character" Error;
    /// A string without its closing quote on the same line.
    UnclosedString "unclosed-string" Error;
    /// Something that looks like a number, a date or an anchor but is not.
    BadLiteral "bad-literal" Error;
    /// A line that begins with no statement's keyword.
    UnknownStatement "unknown-statement" Error;
    /// Something else was expected here.
    Expected "expected" Error;
    /// A reserved word where a name should be.
    ReservedName "reserved-name" Error;
    /// A clause that this statement does not take, or takes only once.
    MisplacedClause "misplaced-clause" Error;
    /// Parentheses or statements nested too deep.
    NestedTooDeep "nested-too-deep" Error;
    /// A habit of a spreadsheet, Python or R.
    ForeignHabit "foreign-habit" Error;
    /// A statement that a later version will understand.
    NotYet "not-yet" Error;
    // ---- files
    /// `use` of a file that is outside the model's folder, missing, or used twice.
    BadUse "bad-use" Error;
    // ---- names
    /// Two declarations of one name.
    DuplicateName "duplicate-name" Error;
    /// A name that nothing declares.
    UnknownName "unknown-name" Error;
    /// A name of another kind than is needed here.
    WrongKind "wrong-kind" Error;
    /// Wrong number or kind of entities in square brackets.
    WrongEntities "wrong-entities" Error;
    /// A range whose variables are too many, too few, or named like something else.
    BadRange "bad-range" Error;
    /// A range without members.
    EmptyRange "empty-range" Warning;
    /// A variable of a range that is not used in it.
    UnusedVariable "unused-variable" Warning;
    /// Definitions that need each other.
    Circular "circular" Error;
    /// Two names with one 64-bit hash.
    HashCollision "hash-collision" Error;
    // ---- time
    /// A model without time, or with a time that cannot be.
    BadTime "bad-time" Error;
    /// A date outside the model's time.
    DateOutside "date-outside" Error;
    // ---- units and types
    /// Quantities of different units added, compared or set.
    UnitMismatch "unit-mismatch" Error;
    /// A number where a condition is needed, or the reverse.
    TypeMismatch "type-mismatch" Error;
    /// A level that the ladder does not have.
    UnknownLevel "unknown-level" Error;
    /// A lookup table that lacks a level or lists one twice.
    BadLookup "bad-lookup" Error;
    /// A function with the wrong arguments.
    BadArguments "bad-arguments" Error;
    /// `risk` where it cannot stand, or of an event that has none.
    BadRisk "bad-risk" Error;
    /// `a + b if CONDITION`, where the condition covers the whole sum.
    IfCoversSum "if-covers-sum" Warning;
    /// `then war = yes if CONDITION`, which sets `no` where the condition fails.
    IfResets "if-resets" Warning;
    /// `question x = war if CONDITION by DATE`, where `given CONDITION` may be meant.
    IfOrGiven "if-or-given" Warning;
    /// A comparison that always or never holds, whatever happens.
    SettledComparison "settled-comparison" Warning;
    // ---- numbers
    /// An interval, distribution or base rate that cannot mean what it says.
    BadDistribution "bad-distribution" Error;
    /// An end of an interval that lies on the bound.
    IntervalOnBound "interval-on-bound" Error;
    /// A value that lies outside its bounds.
    OutOfBounds "out-of-bounds" Error;
    /// An effect, or a number that was measured, beyond the bounds of its stock.
    BeyondBounds "beyond-bounds" Warning;
    /// A hazard or probability that can come out negative, or a probability above 100%.
    OddProbability "odd-probability" Warning;
    /// Patience above 1, where a share is meant.
    OddPatience "odd-patience" Warning;
    /// A percentage used as a rate without a time, or a rate where a probability is needed.
    NeedsTime "needs-time" Error;
    /// `5% / month` in a flow, where the hazard `5% per month` may be meant.
    ShareOrHazard "share-or-hazard" Warning;
    /// Words of probability that no survey has.
    UnknownPhrase "unknown-phrase" Error;
    /// Words of probability where they can be no number, or without the source that said them.
    BadSaid "bad-said" Error;
    /// Parameters that cannot be correlated, or not like this.
    BadCorrelation "bad-correlation" Error;
    /// `unknown` for a quantity without bounds.
    UnknownNeedsBounds "unknown-needs-bounds" Error;
    /// A number with no origin.
    NoOrigin "no-origin" Warning;
    /// A statement with neither a claim behind it nor `assumed`.
    NoReason "no-reason" Warning;
    /// A parameter that nothing uses.
    UnusedParameter "unused-parameter" Warning;
    // ---- choices and events
    /// A choice without exactly one default option, or whose default carries a number or an effect.
    BadDefault "bad-default" Error;
    /// A choice that comes up in no way, or in two.
    BadOccasion "bad-occasion" Error;
    /// Options of one choice, some with probabilities and some without.
    MixedOptions "mixed-options" Error;
    /// An event without a hazard or a dated chance, or with both.
    BadEvent "bad-event" Error;
    /// An event that happens in nearly every step.
    FrequentEvent "frequent-event" Warning;
    /// An event or choice that does nothing and that nothing speaks of.
    DoesNothing "does-nothing" Warning;
    /// Two events that can occur together set one quantity to different values.
    ConflictingEffects "conflicting-effects" Error;
    /// An effect that cannot act on its target.
    BadEffect "bad-effect" Error;
    /// An actor who chooses by utility but has none.
    NoUtility "no-utility" Error;
    /// An actor whose utility none of its options can move.
    IdleUtility "idle-utility" Warning;
    /// The utility of an actor who chooses nothing by it.
    UnusedUtility "unused-utility" Warning;
    /// The outcome of a choice read where it is not known.
    OutcomeNotKnown "outcome-not-known" Error;
    // ---- claims and readings
    /// A source that speaks twice to one claim.
    DoubleStance "double-stance" Error;
    /// A statement that rests on a claim its reading's author doubts or denies.
    Contested "contested" Error;
    /// `keeps` where nothing is contested.
    NeedlessKeeps "needless-keeps" Warning;
    /// `keeps` without a reason, where the author denies a claim behind it.
    KeepsWithoutWhy "keeps-without-why" Error;
    /// An option that a reading replaces without the effects of the shared one.
    LostEffects "lost-effects" Warning;
    /// `switch off` of something that cannot be switched off.
    BadSwitchOff "bad-switch-off" Error;
    /// A name in a reading that differs little from the one that seems to be meant.
    NearName "near-name" Warning;
    /// No reading called baseline.
    NoBaseline "no-baseline" Warning;
    /// A place in words of a source whose document could be cited by an anchor.
    PlaceInWords "place-in-words" Error;
    /// A claim to which no source speaks.
    NoStance "no-stance" Warning;
    // ---- scenarios
    /// Something that a scenario cannot set or hold, or not at this time.
    BadScenario "bad-scenario" Error;
    // ---- questions
    /// An outcome or a forecast that is no answer to its question.
    BadOutcome "bad-outcome" Error;
    /// A question that is never answered by yes, since nothing in the model leads there.
    NeverYes "never-yes" Warning;
    /// A model that asks nothing.
    NoQuestion "no-question" Warning;
    /// A model without a statement.
    EmptyModel "empty-model" Warning;
    // ---- what was seen
    /// Something that cannot be seen, or not so, or not then.
    BadObservation "bad-observation" Error;
    /// Something that was known before it was.
    KnownTooEarly "known-too-early" Error;
    /// Two observations that cannot both be right.
    Contradictory "contradictory" Error;
    /// The same observation twice.
    RepeatedObservation "repeated-observation" Warning;
    /// A report that says nothing, or the opposite of what it reports.
    IdleReport "idle-report" Warning;
    // ---- limits
    /// A model too large for this program's documented limits.
    TooLarge "too-large" Error;
    // ---- anchors
    /// A cited passage that stands elsewhere in the source now.
    AnchorMoved "anchor-moved" Warning;
    /// A cited passage whose words have changed.
    AnchorChanged "anchor-changed" Error;
    /// A cited paragraph that is no longer there.
    AnchorGone "anchor-gone" Error;
    /// A source whose document is not in the folder.
    SourceNotHere "source-not-here" Warning;
}
