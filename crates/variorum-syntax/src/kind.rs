//! The kinds of tokens and nodes in the lossless tree.
//!
//! Every character of a file is in exactly one token, also white space, comments and what could not be read; the nodes
//! only group tokens. The typed view in `ast` is made from this tree, and a formatter or an editor works on it directly.

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident,)*) => {
        /// What a token or a node is.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum SyntaxKind { $($(#[doc = $doc])* $variant,)* }

        impl SyntaxKind {
            /// All kinds in the order of their numbers.
            pub const ALL: &'static [SyntaxKind] = &[$(SyntaxKind::$variant),*];
        }
    };
}

kinds! {
    // ---- tokens between which nothing depends on
    /// Spaces and tabs.
    Whitespace,
    /// The end of a line.
    Newline,
    /// `# to the end of the line`
    Comment,
    /// `// a comment of another language`, reported and then passed over.
    ForeignComment,
    /// `;`, reported and then passed over.
    Semicolon,
    /// The mark that some editors put before the first character of a file.
    ByteOrderMark,

    // ---- words and literals
    /// `front`: also the words that mean something only in their place, until the parser has seen that place.
    Name,
    /// `because`: a reserved word, or another word in the place where it is a keyword (`param`, `asserts`, `level`).
    Keyword,
    /// `25_000`
    Number,
    /// `2024-11-05`; a bare year is a `Number`.
    Date,
    /// `4.12-20#7c1e09k2m4tq`
    Anchor,
    /// `"words"`
    Text,

    // ---- signs
    /// `%`
    Percent,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `^`
    Caret,
    /// `+=`
    PlusEqual,
    /// `-=`
    MinusEqual,
    /// `*=`
    StarEqual,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `(`
    LeftParenthesis,
    /// `)`
    RightParenthesis,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `@`: characters that the language does not use.
    Unknown,
    /// The end of the statement or of the file. Never in a tree; the parser sees it where nothing more belongs.
    End,

    // ---- the file and its statements
    /// A whole file.
    File,
    /// `model "Title"`
    Model,
    /// `time monthly from 2023-09 to 2027-12`
    Time,
    /// `use "claims.vor"`
    Use,
    /// `source corrado "Title" by "Author" on 2023-09-14`
    Source,
    /// `actor RU "Russia", KP`
    Actor,
    /// `place Korea, Taiwan`
    Place,
    /// `group axis = RU, KP`
    Group,
    /// `unit people, division = 10_000 people`
    Unit,
    /// `claim bites "Advanced weapons hurt"` with its stances
    Claim,
    /// `param bite in 0 .. 1 = 0.1 .. 0.4`
    Param,
    /// `stock front[RU] : people = 480_000`
    Stock,
    /// `ladder aid[KR] = none < nonlethal, starts none`
    Ladder,
    /// `flag war[Korea] = no`
    Flag,
    /// `let strain = losses / 1000 people`
    Let,
    /// `event invasion when calm hazard 1% per year then war = yes`
    Event,
    /// `choice take by RU after deploy = offer` with its options
    Choice,
    /// `flow learned[KP] += 0.02 / month`
    Flow,
    /// `utility learning: KP = 3 * learned[KP]`
    Utility,
    /// `horizon KP, RU = 12 months`
    Horizon,
    /// `precision KP = 2 .. 6`
    Precision,
    /// `patience KP = 0.8`
    Patience,
    /// `foresight RU = 0 replies`
    Foresight,
    /// `reading drezner voices nyt` with its statements
    Reading,
    /// `question korea "War?" = war[Korea] by 2027-12`
    Question,
    /// `switch off deploy, take.accept`
    SwitchOff,
    /// `keeps take "why"`
    Keeps,
    /// `option take.accept default`, in a reading
    OptionOf,
    /// `for each a, b in rivals` with its statements
    ForEach,
    /// `correlate recruits, balance = 0.6`
    Correlate,
    /// `scenario arms_now "Arms at once"` with its statements
    Scenario,
    /// `set aid[KR] = offensive at 2024-11`, in a scenario
    Set,
    /// `hold aid[KR] = offensive from 2024-11 until 2025-06`, in a scenario
    Hold,
    /// `observe 2024-10 take = accept known on 2024-10-18`
    Observe,
    /// `record complete to 2024-11 for invasion, attack`
    Record,
    /// A statement that could not be read at all.
    ErrorStatement,

    // ---- parts of statements
    /// `monthly`, `4 per month`, `every 2 months`
    Cadence,
    /// `by "Author"`
    By,
    /// `on 2024-11`
    On,
    /// `text "file.txt"`
    SourceText,
    /// `quoted in drezner`
    QuotedIn,
    /// `RU "Russia"` in a list of actors or places
    Entity,
    /// `division = 10_000 people` in a list of units
    UnitItem,
    /// `people / month`
    UnitExpr,
    /// `RU, KP`
    NameList,
    /// `pair a, b in rivals except KP`
    Range,
    /// `except KP`
    Except,
    /// `learning:` before the target of a flow or utility
    Label,
    /// `drezner asserts 13.1-9#09aa41v7c3xe`
    StanceLine,
    /// `note "inferred"`
    Note,
    /// `in 0 .. 1`, `at least 0`
    Bounds,
    /// `aid[KR]` where it is declared or acted on
    Reference,
    /// `none < nonlethal < offensive`
    Levels,
    /// `starts none`
    Starts,
    /// `when not war`
    When,
    /// `hazard 2 per year`
    Hazard,
    /// `chance 55%`
    Chance,
    /// `excludes truce, peace`
    Excludes,
    /// `then war = yes, front += 3`
    Then,
    /// `front += 3`
    Effect,
    /// `considered 2 per year`
    Considered,
    /// `every 3 months from 2024-01 until 2025-01`
    Every,
    /// `after take = accept`, `after event invasion`
    After,
    /// `option accept default`
    ChoiceOption,
    /// `noise normal 0.02 per month`
    Noise,
    /// `0 replies`, `all`
    Replies,
    /// `voices nyt, nis`
    Voices,
    /// `flow front[RU]`, `take.accept`, `correlate recruits, balance`
    Path,
    /// `war[Korea] by 2027-12`, `first date war[Korea]`
    Query,
    /// `given talks by 2025-06`
    Given,
    /// `corrado said "not zero" no number 13.1-4#77a3f0c2d9hk`, `corrado said 30%`
    Said,
    /// `window assumed "the text names none"`
    Window,
    /// `error 50_000 people`
    Deviation,
    /// `known on 2024-10-18`
    Known,
    /// `reported by nis, hits 95%, false alarms 2%`
    Reported,
    /// `hits 95%`
    Hits,
    /// `false alarms 2%`
    FalseAlarms,
    /// `resolved no on 2025-12-31 from "public record"`
    Resolved,
    /// `because wants_in, bites`
    Because,
    /// `from nyt:4.1-9#7c1e09k2m4tq`
    From,
    /// `assumed "a guess"`
    Assumed,
    /// `among "years since the armistice"`
    Among,
    /// `2024-11` or `2024` where a date belongs
    DateValue,
    /// `25,000`: a number with commas, reported and read as meant.
    ForeignNumber,

    // ---- expressions
    /// `100_000 people`
    NumberExpr,
    /// `-1% .. 4%`
    IntervalExpr,
    /// `2 in 71 years`
    CountInTimeExpr,
    /// `3 of 40`
    CountOfExpr,
    /// `yes`
    TruthExpr,
    /// `unknown`
    UnknownExpr,
    /// `aid[KR]` as a value
    ReferenceExpr,
    /// `above(aid[KR], nonlethal)`
    CallExpr,
    /// `lookup aid[KR] (none: 0, else: 1)`
    LookupExpr,
    /// `none: 0` in a lookup
    LookupEntry,
    /// `else: 1` in a lookup
    LookupElse,
    /// `sum(b in rivals except a: tie[a, b])`
    AggregateExpr,
    /// `risk(invasion within 12 months)`
    RiskExpr,
    /// `oneof(2: 0.2, 5: 0.8)`
    OneOfExpr,
    /// `2: 0.2` in a `oneof`
    OneOfEntry,
    /// `said "unlikely"`
    SaidExpr,
    /// `(a + b)`
    ParenthesisExpr,
    /// `not a`, `-a`
    UnaryExpr,
    /// `a + b`
    BinaryExpr,
    /// `if a then b else c`
    IfExpr,
    /// `b if a else c`
    TrailingIfExpr,
    /// `2 per year`
    PerExpr,
    /// `30% within 6 months`
    WithinExpr,
    /// A value that is missing or could not be read.
    ErrorExpr,

    // ---- what is left
    /// Tokens that were passed over after an error.
    Error,
}

impl SyntaxKind {
    /// Whether the parser passes over tokens of this kind.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        self <= SyntaxKind::ByteOrderMark
    }

    /// Whether nodes of this kind are expressions.
    #[must_use]
    pub fn is_expression(self) -> bool {
        matches!(
            self,
            SyntaxKind::NumberExpr
                | SyntaxKind::IntervalExpr
                | SyntaxKind::CountInTimeExpr
                | SyntaxKind::CountOfExpr
                | SyntaxKind::TruthExpr
                | SyntaxKind::UnknownExpr
                | SyntaxKind::ReferenceExpr
                | SyntaxKind::CallExpr
                | SyntaxKind::LookupExpr
                | SyntaxKind::AggregateExpr
                | SyntaxKind::RiskExpr
                | SyntaxKind::OneOfExpr
                | SyntaxKind::SaidExpr
                | SyntaxKind::ParenthesisExpr
                | SyntaxKind::UnaryExpr
                | SyntaxKind::BinaryExpr
                | SyntaxKind::IfExpr
                | SyntaxKind::TrailingIfExpr
                | SyntaxKind::PerExpr
                | SyntaxKind::WithinExpr
                | SyntaxKind::ErrorExpr
        )
    }

    /// Whether nodes of this kind are statements.
    #[must_use]
    pub fn is_statement(self) -> bool {
        (SyntaxKind::Model..=SyntaxKind::ErrorStatement).contains(&self)
    }
}

/// The language of the tree, for `rowan`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Variorum {}

impl rowan::Language for Variorum {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        // Every raw kind in our trees was made by `kind_to_raw`; a foreign one can only be unknown.
        SyntaxKind::ALL.get(usize::from(raw.0)).copied().unwrap_or(SyntaxKind::Unknown)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

/// A node of the lossless tree.
pub type SyntaxNode = rowan::SyntaxNode<Variorum>;
/// A token of the lossless tree.
pub type SyntaxToken = rowan::SyntaxToken<Variorum>;
/// A node or a token of the lossless tree.
pub type SyntaxElement = rowan::SyntaxElement<Variorum>;
