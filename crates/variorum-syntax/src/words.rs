//! The words of the language: which are reserved, which begin a statement, and which clauses each statement takes.
//!
//! The parser decides by these tables and its messages quote them, so what a message promises is what is accepted.

use crate::kind::SyntaxKind;

/// Words that cannot be names, sorted.
pub const RESERVED: &[&str] = &[
    "after",
    "all",
    "among",
    "and",
    "assumed",
    "at",
    "because",
    "by",
    "chance",
    "considered",
    "default",
    "else",
    "every",
    "excludes",
    "from",
    "hazard",
    "if",
    "in",
    "lookup",
    "next",
    "no",
    "noise",
    "not",
    "of",
    "on",
    "option",
    "or",
    "per",
    "previous",
    "said",
    "starts",
    "then",
    "to",
    "unknown",
    "until",
    "value",
    "when",
    "within",
    "yes",
];

/// Whether `word` cannot be a name.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// A kind of statement.
pub(crate) struct Rule {
    /// Its first word.
    pub keyword: &'static str,
    /// The node it becomes.
    pub kind: SyntaxKind,
    /// How messages call it.
    pub noun: &'static str,
    /// The words that begin its clauses.
    pub clauses: &'static [&'static str],
    /// The signs that begin its clauses.
    pub signs: &'static [SyntaxKind],
    /// Whether it takes `because`, `from`, `assumed` and `among`.
    pub provenance: bool,
}

macro_rules! rules {
    ($($keyword:literal $kind:ident $noun:literal [$($clause:literal)*] [$($sign:ident)*] $provenance:literal;)*) => {
        &[$(Rule {
            keyword: $keyword, kind: SyntaxKind::$kind, noun: $noun, clauses: &[$($clause),*],
            signs: &[$(SyntaxKind::$sign),*], provenance: $provenance,
        }),*]
    };
}

/// All statements that may stand anywhere.
pub(crate) const STATEMENTS: &[Rule] = rules! {
    "model" Model "a model" [] [] false;
    "time" Time "a time" ["from" "to"] [] false;
    "use" Use "a use" [] [] false;
    "source" Source "a source" ["by" "on" "text" "quoted"] [] false;
    "actor" Actor "an actor" [] [Comma] false;
    "place" Place "a place" [] [Comma] false;
    "group" Group "a group" [] [Equal] false;
    "unit" Unit "a unit" [] [Comma] false;
    "claim" Claim "a claim" ["note"] [] false;
    "param" Param "a param" ["in" "at"] [Colon Equal] true;
    "stock" Stock "a stock" ["in" "at"] [Colon Equal] true;
    "ladder" Ladder "a ladder" ["starts"] [Equal] true;
    "flag" Flag "a flag" [] [Equal] true;
    "let" Let "a let" [] [Colon Equal] true;
    "event" Event "an event" ["when" "hazard" "on" "chance" "excludes" "then"] [] true;
    "choice" Choice "a choice" ["by" "considered" "on" "every" "after" "when" "option"] [] true;
    "flow" Flow "a flow" ["noise"] [PlusEqual MinusEqual] true;
    "utility" Utility "a utility" [] [Equal] true;
    "horizon" Horizon "a horizon" [] [Equal] true;
    "precision" Precision "a precision" [] [Equal] true;
    "patience" Patience "a patience" [] [Equal] true;
    "foresight" Foresight "a foresight" [] [Equal] true;
    "correlate" Correlate "a correlation" [] [Equal] true;
    "for" ForEach "a `for each`" [] [] false;
    "reading" Reading "a reading" ["voices"] [] false;
    "scenario" Scenario "a scenario" [] [] false;
    "question" Question "a question" ["given" "resolved"] [Equal] false;
    "observe" Observe "an observation" ["error" "known" "reported"] [] true;
    "record" Record "a record" ["from" "to" "for" "known"] [] true;
};

/// What stands only inside a reading or a scenario.
pub(crate) const SWITCH_OFF: &Rule = &Rule {
    keyword: "switch",
    kind: SyntaxKind::SwitchOff,
    noun: "a `switch off`",
    clauses: &[],
    signs: &[],
    provenance: false,
};
/// What stands only inside a reading.
pub(crate) const KEEPS: &Rule =
    &Rule { keyword: "keeps", kind: SyntaxKind::Keeps, noun: "a `keeps`", clauses: &[], signs: &[], provenance: false };
/// What stands only inside a scenario.
pub(crate) const SET: &Rule = &Rule {
    keyword: "set",
    kind: SyntaxKind::Set,
    noun: "a `set`",
    clauses: &["at"],
    signs: &[SyntaxKind::Equal],
    provenance: false,
};
/// What stands only inside a scenario.
pub(crate) const HOLD: &Rule = &Rule {
    keyword: "hold",
    kind: SyntaxKind::Hold,
    noun: "a `hold`",
    clauses: &["from", "until"],
    signs: &[SyntaxKind::Equal],
    provenance: false,
};
/// An option of a choice, or of a choice named in a reading.
pub(crate) const OPTION: &Rule = &Rule {
    keyword: "option",
    kind: SyntaxKind::ChoiceOption,
    noun: "an option",
    clauses: &["default", "then"],
    signs: &[],
    provenance: true,
};

/// The statement that begins with `word`.
pub(crate) fn statement(word: &str) -> Option<&'static Rule> {
    STATEMENTS.iter().find(|rule| rule.keyword == word)
}

/// The words that begin statements, in the order of the language.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().map(|rule| rule.keyword)
}

/// The words that begin a provenance clause.
pub(crate) const PROVENANCE: &[&str] = &["because", "from", "assumed", "among"];

/// What a source does to a claim.
pub(crate) const STANCES: &[&str] = &["asserts", "doubts", "denies"];

/// Reserved words that begin a clause of some statement: seen elsewhere they are misplaced rather than unexpected.
pub(crate) const CLAUSES: &[&str] = &[
    "after",
    "among",
    "assumed",
    "at",
    "because",
    "by",
    "chance",
    "considered",
    "default",
    "every",
    "excludes",
    "from",
    "hazard",
    "in",
    "noise",
    "on",
    "option",
    "said",
    "starts",
    "then",
    "until",
    "when",
];

/// Statements of later versions of the language.
pub(crate) const NOT_YET: &[&str] = &["decision", "together"];

/// The name of a month in English, full or cut to three letters or more, as a number from 1.
pub(crate) fn month(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    let position = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
    u8::try_from(position + 1).ok()
}

/// The number of a quarter that is written `Q4`.
pub(crate) fn quarter(word: &str) -> Option<u8> {
    let number = word.strip_prefix(['Q', 'q'])?.parse::<u8>().ok()?;
    (1..=4).contains(&number).then_some(number)
}

/// The statement's keyword that `word` was most likely meant to be.
pub(crate) fn nearest_statement(word: &str) -> Option<&'static Rule> {
    let word = word.to_lowercase();
    if matches!(word.as_str(), "observed" | "observes" | "observing" | "observation" | "observations") {
        return statement("observe");
    }
    // Keywords are short: what is far longer than all of them is not worth the table. `set` belongs to scenarios.
    if word.len() > 20 || word == "set" {
        return None;
    }
    let allowed = (word.chars().count() / 3).clamp(1, 2);
    STATEMENTS
        .iter()
        // Too many words are nearly `for`.
        .filter(|rule| rule.kind != SyntaxKind::ForEach)
        .map(|rule| (strsim::osa_distance(&word, rule.keyword), rule))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
        assert!(RESERVED.iter().all(|word| is_reserved(word)));
        assert!(!is_reserved("front"));
    }

    #[test]
    fn clause_words_are_reserved() {
        assert!(CLAUSES.iter().all(|word| is_reserved(word)));
        assert!(STATEMENTS.iter().all(|rule| !is_reserved(rule.keyword)));
    }

    #[test]
    fn nearest_statement_knows_its_limits() {
        assert_eq!(nearest_statement("evnt").map(|rule| rule.keyword), Some("event"));
        assert_eq!(nearest_statement("PARAM").map(|rule| rule.keyword), Some("param"));
        assert!(nearest_statement("xyzzy").is_none());
        assert!(nearest_statement("x").is_none());
    }

    #[test]
    fn months_are_known_by_three_letters() {
        assert_eq!(month("Nov"), Some(11));
        assert_eq!(month("september"), Some(9));
        assert_eq!(month("no"), None);
        assert_eq!(month("novel"), None);
    }
}
