//! How readings stand to their sources and to each other: which are known from others' words alone, and which are not
//! independent, so that a mean of them counts an author or a claim more than once.

use crate::dossier::{Dossier, ReadingNotes};
use crate::sentences::list;
use std::collections::{BTreeMap, BTreeSet};
use variorum::compare::Speaker;

/// The sources that a reading speaks for, as far as they say anything.
fn speakers<'d>(dossier: &'d Dossier, reading: &ReadingNotes) -> Vec<&'d Speaker> {
    dossier.comparison.sources.iter().filter(|source| reading.voices.contains(&source.key)).collect()
}

/// Whether one source asserts a claim that the other doubts or denies.
fn part(dossier: &Dossier, one: &str, other: &str) -> bool {
    dossier.comparison.claims.iter().any(|claim| {
        let asserts = |source: &str| {
            let stance = claim.stances.iter().find(|stance| stance.source == source);
            stance.map(|stance| stance.stance == "asserts")
        };
        matches!((asserts(one), asserts(other)), (Some(a), Some(b)) if a != b)
    })
}

/// Of a reading whose sources are all known from the words of others alone, by whom: `known only as lee quotes it, who
/// contradicts it`.
pub fn second_hand(dossier: &Dossier, reading: &str) -> Option<String> {
    let notes = dossier.readings.iter().find(|notes| notes.name == reading)?;
    let speakers = speakers(dossier, notes);
    let quoting: Option<BTreeSet<&str>> = speakers.iter().map(|speaker| speaker.quoted_in.as_deref()).collect();
    let quoting: Vec<&str> = quoting?.into_iter().collect();
    if quoting.is_empty() {
        return None;
    }
    let opposed = quoting.iter().all(|by| speakers.iter().any(|speaker| part(dossier, by, &speaker.key)));
    let verb = if quoting.len() == 1 { "quotes" } else { "quote" };
    let against = match (opposed, quoting.len()) {
        (false, _) => "",
        (true, 1) => ", who contradicts it",
        (true, _) => ", who contradict it",
    };
    Some(format!("known only as {} {verb} it{against}", list(&quoting)))
}

/// Readings of one author, by their text: `two of Daniel Drezner (drezner, wary)`.
fn of_one_author(dossier: &Dossier) -> Vec<(String, BTreeSet<&str>)> {
    let mut by_author: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reading in &dossier.readings {
        // Whom others quote is rarely whose reading it is, though it may adopt what he says.
        for speaker in speakers(dossier, reading).into_iter().filter(|speaker| speaker.quoted_in.is_none()) {
            let author = speaker.by.as_deref().unwrap_or(&speaker.key);
            by_author.entry(author).or_default().insert(&reading.name);
        }
    }
    let several = by_author.into_iter().filter(|(_, readings)| readings.len() > 1);
    let mut groups: Vec<(String, BTreeSet<&str>)> = Vec::new();
    for (author, readings) in several {
        match groups.iter_mut().find(|(_, others)| *others == readings) {
            Some((authors, _)) => authors.push_str(&format!(" and {author}")),
            None => groups.push((author.to_owned(), readings)),
        }
    }
    groups
}

/// The claims on which a reading's own statements rest.
fn claims(reading: &ReadingNotes) -> BTreeSet<&str> {
    let own = reading.statements.iter().filter(|row| row.own);
    own.flat_map(|row| row.because.iter().map(String::as_str)).collect()
}

/// What is pooled though it is not independent: `two readings are Daniel Drezner's (drezner and wary), and what commenter2
/// says otherwise rests on claims that commenter1's version rests on too`. None where all are independent, as far as that can
/// be seen.
pub fn dependent(dossier: &Dossier) -> Option<String> {
    let authors = of_one_author(dossier);
    let mut parts: Vec<String> = authors
        .iter()
        .map(|(author, readings)| {
            let names: Vec<&str> = readings.iter().copied().collect();
            format!("{} are readings of {author}", list(&names))
        })
        .collect();
    let one_author = |a: &str, b: &str| authors.iter().any(|(_, of)| of.contains(a) && of.contains(b));
    let all: Vec<(&str, BTreeSet<&str>)> =
        dossier.readings.iter().map(|reading| (reading.name.as_str(), claims(reading))).collect();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (place, (name, claims)) in all.iter().enumerate().filter(|(_, (_, claims))| !claims.is_empty()) {
        let shared = all.iter().enumerate().filter(|(other, (of, theirs))| {
            *other != place && claims.is_subset(theirs) && !told.contains(of) && !one_author(name, of)
        });
        let shared: Vec<&str> = shared.map(|(_, (other, _))| *other).collect();
        if !shared.is_empty() && told.insert(name) {
            let claim = if claims.len() == 1 { "one claim that is" } else { "claims that are all" };
            parts.push(format!("what {name} says otherwise rests on {claim} behind {} too", list(&shared)));
        }
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    (!parts.is_empty()).then(|| list(&parts))
}
