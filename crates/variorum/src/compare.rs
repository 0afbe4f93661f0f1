//! Who says what: claims by sources, contradictions, dates. No number is needed for it.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use variorum_model::as_of::{had_spoken, source_date};
use variorum_model::model::{Model, verb};
use variorum_model::readings;
use variorum_model::time::show;
use variorum_syntax::ast::{Stance, StanceLine, StatementKind};

/// What the sources say to the claims of a model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// The model's title.
    pub model: String,
    /// Sources in the order of the dates at which they were known, those without any last.
    pub sources: Vec<Speaker>,
    /// Claims in the order of the model.
    pub claims: Vec<ClaimRow>,
}

/// A source.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Speaker {
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its author.
    pub by: Option<String>,
    /// Its date.
    pub on: Option<String>,
    /// Its date, or else that of the source in which it is quoted: then it was known.
    pub known: Option<String>,
    /// The source that quotes it.
    pub quoted_in: Option<String>,
    /// How many claims it speaks to.
    pub claims: usize,
}

/// A claim with what each source says to it. Sources that are not listed are silent, which is not agreement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClaimRow {
    /// Its key.
    pub key: String,
    /// In the modeller's words.
    pub text: String,
    /// What the modeller adds.
    pub note: Option<String>,
    /// Who says what, and where.
    pub stances: Vec<StanceRow>,
    /// Whether some assert and others doubt or deny it.
    pub contradicted: bool,
    /// The statements that rest on it, in any reading.
    pub statements: Vec<String>,
    /// The questions on which a source's forecast cites it or that share its anchors.
    pub forecasts: Vec<String>,
}

/// A source's stance.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StanceRow {
    /// The source.
    pub source: String,
    /// `asserts`, `doubts` or `denies`.
    pub stance: String,
    /// Where.
    pub anchors: Vec<String>,
}

/// Compares the sources of a model.
#[must_use]
pub fn compare(model: &Model<'_>) -> Comparison {
    let is_known = |source: &str| model.as_of.is_none_or(|day| had_spoken(&model.shared, source, day));
    let mut claims = Vec::new();
    for key in &model.shared.claim_order {
        let Some(claim) = model.shared.claims.get(key) else { continue };
        let lines: Vec<_> = claim.stances.iter().filter(|line| is_known(&line.source.value)).collect();
        let stances: Vec<StanceRow> = lines
            .iter()
            .map(|line| StanceRow {
                source: line.source.value.clone(),
                stance: verb(line.stance.value).to_owned(),
                anchors: places(line),
            })
            .collect();
        let asserted = lines.iter().any(|line| line.stance.value == Stance::Asserts);
        let contested = lines.iter().any(|line| line.stance.value != Stance::Asserts);
        claims.push(ClaimRow {
            key: key.clone(),
            text: claim.text.as_ref().map_or(String::new(), |text| text.value.clone()),
            note: claim.note.as_ref().map(|note| note.value.clone()),
            contradicted: asserted && contested,
            statements: resting(model, key),
            forecasts: forecasts(model, &stances),
            stances,
        });
    }
    let mut sources: Vec<Speaker> = model
        .shared
        .source_order
        .iter()
        .filter(|key| is_known(key))
        .filter_map(|key| {
            let source = model.shared.sources.get(key)?;
            Some(Speaker {
                key: key.clone(),
                title: source.title.as_ref().map_or(String::new(), |title| title.value.clone()),
                by: source.by.as_ref().map(|by| by.value.clone()),
                on: source.on.as_ref().map(|on| show(on.value)),
                known: source_date(&model.shared, key).map(show),
                quoted_in: source.quoted_in.as_ref().map(|name| name.value.clone()),
                claims: claims.iter().filter(|claim| claim.stances.iter().any(|stance| stance.source == *key)).count(),
            })
        })
        .collect();
    sources.sort_by_key(|source| (source.known.is_none(), source.known.clone()));
    Comparison { model: model.shared.title.clone(), sources, claims }
}

/// An anchor as it is written.
pub(crate) fn anchor_text(anchor: &variorum_syntax::ast::Anchor) -> String {
    format!("{}.{}-{}#{}", anchor.paragraph, anchor.first_word, anchor.last_word, anchor.fingerprint)
}

/// Where a source speaks to a claim: anchors, and places in words as they are written.
pub(crate) fn places(line: &StanceLine) -> Vec<String> {
    let anchors = line.anchors.iter().map(|anchor| anchor_text(&anchor.value));
    anchors.chain(line.places.iter().map(|place| format!("\"{}\"", place.value))).collect()
}

/// The statements that rest on a claim, in any reading.
fn resting(model: &Model<'_>, claim: &str) -> Vec<String> {
    let mut paths = BTreeSet::new();
    for reading in &model.readings {
        for item in &reading.composed.items {
            for (path, provenance, _) in readings::parts(item) {
                if provenance.because.iter().any(|because| because.value == claim) {
                    paths.insert(path);
                }
            }
        }
    }
    paths.into_iter().collect()
}

/// Questions for which a source's forecast is the passage in which it speaks to the claim.
fn forecasts(model: &Model<'_>, stances: &[StanceRow]) -> Vec<String> {
    let mut names = Vec::new();
    for statement in &model.shared.questions {
        let StatementKind::Question(question) = &statement.kind else { continue };
        let cited = question.said.iter().any(|said| {
            stances.iter().any(|stance| {
                stance.source == said.source.value
                    && said.anchors.iter().any(|anchor| stance.anchors.contains(&anchor_text(&anchor.value)))
            })
        });
        if let Some(name) = question.name.as_ref().filter(|_| cited) {
            names.push(name.value.clone());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn who_is_quoted_was_known_when_the_quoter_was() {
        let text = "model \"A\"\ntime monthly from 2025-01 to 2026-12\n\
                    source late \"Late\" on 2024-11-20\n\
                    source lost \"Lost\"\n\
                    source early \"Early\" on 2024-11-02\n\
                    source voice \"A voice\" quoted in early\n\
                    source echo \"Who quotes the voice\" quoted in voice\n\
                    source own \"With a date of its own\" on 2024-10-01 quoted in late\n";
        let files = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
        let loaded = crate::load("model.vor", &files).unwrap();
        let model = crate::checked(&loaded);
        let found: Vec<(String, Option<String>)> =
            compare(&model).sources.into_iter().map(|source| (source.key, source.known)).collect();
        let found: Vec<(&str, Option<&str>)> =
            found.iter().map(|(key, known)| (key.as_str(), known.as_deref())).collect();
        let (first, second, third) = (Some("2024-10-01"), Some("2024-11-02"), Some("2024-11-20"));
        let wanted =
            [("own", first), ("early", second), ("voice", second), ("echo", second), ("late", third), ("lost", None)];
        assert_eq!(found, wanted, "{:#?}", model.diagnostics);
    }

    #[test]
    fn a_source_without_a_document_is_shown_with_its_places_in_words() {
        let text = "model \"A\"\ntime monthly from 2025-01 to 2026-12\nsource okoro \"A book\"\n\
                    claim near \"War is near\"\n  okoro asserts \"chapter 3\", 4.1-2#7c1e09k2m4tq, \"page 120\"\n";
        let files = BTreeMap::from([("model.vor".to_owned(), text.to_owned())]);
        let loaded = crate::load("model.vor", &files).unwrap();
        let model = crate::checked(&loaded);
        let stances = &compare(&model).claims[0].stances;
        assert_eq!(
            stances[0].anchors,
            ["4.1-2#7c1e09k2m4tq", "\"chapter 3\"", "\"page 120\""],
            "{:#?}",
            model.diagnostics
        );
    }
}
