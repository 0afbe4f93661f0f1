//! Two pages that an analyst can hand on: the answers in standard words, who says what, what it rests on.
//!
//! Markdown that reads well as plain text. The texts of questions, the numbers of single readings and the list of
//! contradictions are given as far as there is room: the brief says less of each, rather than leave a question out.

mod answers;

use crate::crux::{central, imprecise, moved, paths, version, widest_first};
use crate::dossier::Dossier;
use crate::grouping::{Grouped, grouped};
use crate::labels;
use crate::layout::{WIDTH, wrap};
use crate::lookout;
use crate::scores;
use crate::seen;
use crate::sentences::{self, Kind, Scale, count};
use answers::{dates, number, voids, words};
use std::collections::{BTreeMap, BTreeSet};
use variorum::answers::QuestionAnswers;
use variorum::compare::ClaimRow;
use variorum::confidence::{Ground, assumed, authors, confidence, probability};
use variorum::evidence::{Evidence, State};
use variorum::score::model::{Forecaster, Kind as Who};
use variorum::watch::WatchList;
use variorum::whatif::{WhatIfQuestion, WhatIfReading};
use variorum::words::percent;

/// The most words of a brief, if so many do: two pages.
pub const WORDS: usize = 900;

/// How much is said of a question's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// The word of the lowest and of the highest answer.
    Ends,
    /// The same with the names of the readings.
    Named,
    /// The words of all readings.
    Words,
    /// Their numbers too.
    Numbers,
}

/// How much is said of each thing.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Words of a question's text.
    text: usize,
    /// What is said of the answers.
    detail: Detail,
    /// Whether each question has its date and its confidence with the grounds, and statements are counted.
    all: bool,
    /// Contradictions.
    contradictions: usize,
    /// Names in a list.
    names: usize,
}

/// From much to little.
const ROOMS: [Room; 12] = [
    Room { text: 60, detail: Detail::Numbers, all: true, contradictions: 12, names: 20 },
    Room { text: 24, detail: Detail::Numbers, all: true, contradictions: 10, names: 12 },
    Room { text: 14, detail: Detail::Numbers, all: true, contradictions: 8, names: 8 },
    Room { text: 12, detail: Detail::Words, all: true, contradictions: 6, names: 6 },
    Room { text: 9, detail: Detail::Named, all: true, contradictions: 5, names: 5 },
    Room { text: 9, detail: Detail::Named, all: false, contradictions: 4, names: 4 },
    Room { text: 9, detail: Detail::Ends, all: false, contradictions: 3, names: 3 },
    Room { text: 8, detail: Detail::Ends, all: false, contradictions: 2, names: 2 },
    Room { text: 7, detail: Detail::Ends, all: false, contradictions: 1, names: 1 },
    Room { text: 6, detail: Detail::Ends, all: false, contradictions: 0, names: 1 },
    Room { text: 2, detail: Detail::Ends, all: false, contradictions: 0, names: 1 },
    Room { text: 0, detail: Detail::Ends, all: false, contradictions: 0, names: 1 },
];

/// The brief.
#[must_use]
pub fn brief(dossier: &Dossier) -> String {
    let mut text = String::new();
    for room in ROOMS {
        text = at_length(dossier, room);
        if text.split_whitespace().count() <= WORDS {
            break;
        }
    }
    text
}

fn at_length(dossier: &Dossier, room: Room) -> String {
    let answers = &dossier.answers;
    let [from, to] = &answers.head.time;
    let mut out = vec![wrap(&format!("# {}", answers.head.model), WIDTH, ""), String::new()];
    let scenario = answers.scenario.as_ref().map_or(String::new(), |name| format!(" In the scenario {name}."));
    let cut = if answers.head.complete { "" } else { " Interrupted: it rests on what was done until then." };
    out.push(paragraph(&format!(
        "{from} to {to}.{scenario}{cut} What follows from each reading's premises as written down in the model, the \
         modeller's assumptions included; no author's own forecast. In square brackets how far the answers move, at 90%, \
         with numbers that nobody knows for certain{}.",
        if has_outcomes(dossier) { "; of numbers and dates, 90% of the outcomes" } else { "" }
    )));
    heading("Answers", &mut out);
    if let (false, Some(end)) = (room.all, common_end(dossier)) {
        out.push(paragraph(&format!("At the end of {end}, unless said otherwise. {}", levels(dossier))));
        out.push(String::new());
    }
    for question in &answers.questions {
        out.push(item(&self::question(dossier, question, room)));
    }
    if let Some(evidence) = &answers.evidence {
        heading("What was seen", &mut out);
        out.extend(what_was_seen(evidence, room).iter().map(|line| item(line)));
    }
    if let Some(list) = &dossier.watch_list {
        let [from, to] = &list.window;
        heading(&format!("What to look out for, {}", sentences::window(&[from.clone(), to.clone()])), &mut out);
        out.extend(lookouts(dossier, list, room).iter().map(|line| item(line)));
    }
    heading("Who says what, and where they part", &mut out);
    out.extend(parting(dossier, room));
    if let Some(text) = divided(dossier, room) {
        out.extend([String::new(), paragraph(&text)]);
    }
    let said = said(dossier, room);
    if !said.is_empty() {
        heading("Said against implied", &mut out);
        out.extend(said.iter().map(|line| item(line)));
    }
    if let Some(text) = right_so_far(dossier, room) {
        heading("How the answers scored so far", &mut out);
        out.push(paragraph(&text));
    }
    let what_if = what_if(dossier, room);
    if !what_if.is_empty() {
        heading("What if", &mut out);
        out.extend(what_if.iter().map(|line| item(line)));
    }
    heading("What it rests on", &mut out);
    out.extend(rests(dossier, room).iter().map(|line| item(line)));
    heading("What it does not cover", &mut out);
    out.extend(limits(dossier, room).iter().map(|line| item(line)));
    out.push(String::new());
    out.push(paragraph(&format!("Again: {} (model {}).", dossier.command, answers.head.fingerprint)));
    out.join("\n") + "\n"
}

/// Whether some question is answered by a number or a date.
fn has_outcomes(dossier: &Dossier) -> bool {
    dossier.answers.questions.iter().any(|question| matches!(sentences::kind(question), Kind::Number | Kind::Date))
}

fn heading(title: &str, out: &mut Vec<String>) {
    out.extend([String::new(), format!("## {title}"), String::new()]);
}

fn paragraph(text: &str) -> String {
    wrap(text, WIDTH, "")
}

/// A list's item, its further lines indented.
fn item(text: &str) -> String {
    let body = wrap(text, WIDTH, "  ");
    body.get(2..).map_or(body.clone(), |rest| format!("- {}", rest))
}

/// So many names, and how many there are besides.
fn some(names: &[&str], most: usize) -> String {
    match names.get(..most) {
        Some(shown) if names.len() > most + 1 => format!("{} and {} more", shown.join(", "), names.len() - most),
        _ => sentences::list(names),
    }
}

/// One question: the answers in words, the interval, the confidence, the outcome.
fn question(dossier: &Dossier, question: &QuestionAnswers, room: Room) -> String {
    let others = dossier.answers.questions.iter().filter(|other| other.name != question.name);
    let others: Vec<&str> = others.map(|other| other.text.as_str()).collect();
    let text = sentences::apart(&question.text, &others, room.text);
    let [_, to] = &question.window;
    let end = if text.ends_with(['.', '?', '…', '!']) { "" } else { "." };
    let by = if sentences::kind(question) == Kind::Number { "at" } else { "by" };
    let in_words = |condition| format!(", given {}", labels::in_words(condition, &dossier.labels));
    let given = question.condition.as_deref().map_or(String::new(), in_words);
    let when = if room.all || Some(to) != common_end(dossier) { format!(" ({by} {to}{given})") } else { String::new() };
    let mut line = format!("**{}**{when}: {text}{end} ", question.name);
    line.push_str(&both(dossier, question, room));
    let void: Vec<&str> = voids(question).map(|reading| reading.reading.as_str()).collect();
    if !void.is_empty() && sentences::kind(question) != Kind::Void {
        line.push_str(&format!(" No answer in {}.", sentences::list(&void)));
    }
    if let Some(confidence) = confidence(question, dossier.without_case(&question.name)).filter(|_| room.all) {
        let grounds: Vec<&str> = confidence.grounds.iter().map(ground).collect();
        let why = if grounds.is_empty() { String::new() } else { format!(" ({})", grounds.join(", ")) };
        line.push_str(&format!(" Confidence {}{why}.", sentences::level(&confidence)));
    }
    if let Some(resolved) = &question.resolved {
        line.push_str(&format!(" The world: {}.", resolved.outcome));
    } else if seen::unanswered(question, dossier.answers.evidence.as_ref()).is_some() {
        line.push_str(" Date passed, no outcome entered.");
    }
    let states = [seen::unsettled(dossier, question), seen::lapsed(question, dossier.answers.evidence.as_ref())];
    for [few, _] in states.into_iter().flatten().filter(|_| room.all) {
        line.push_str(&format!(" {}.", sentences::capital(&few)));
    }
    line
}

/// The answers in words.
fn said_of(question: &QuestionAnswers, room: Room) -> String {
    match sentences::kind(question) {
        Kind::Void => "No reading has an answer.".to_owned(),
        Kind::Number => number(question),
        // With the least room the dates alone: they say as much.
        Kind::Date if room.detail == Detail::Ends => dates(question, room),
        Kind::Date => {
            format!("{} That it comes by then: {}", dates(question, room), sentences::lowered(&words(question, room)))
        }
        Kind::Probability => words(question, room),
    }
}

/// The answers: after what was seen first, where something was, since that is what is known now, and then before it. With the
/// least room, of those after it all in one.
fn both(dossier: &Dossier, question: &QuestionAnswers, room: Room) -> String {
    let before = said_of(question, room);
    if let Some(settled) = seen::settled(question, dossier.answers.evidence.as_ref()) {
        let text = seen::settled_in_words(&settled);
        return format!("S{}. Before it: {}", text.get(1..).unwrap_or_default(), sentences::lowered(&before));
    }
    if let (Some(met), Some(other)) = (seen::met_in_words(dossier, question), seen::same_now(dossier, question)) {
        let met = met.get(1..).unwrap_or_default();
        return format!("T{met}: now the same as {}. Before it: {}", other.name, sentences::lowered(&before));
    }
    let Some(after) = seen::after(question) else {
        let lacking = if seen::is_observed(question) { " No reading has what was seen." } else { "" };
        return format!("{before}{lacking}");
    };
    let before = format!("Before it: {}", sentences::lowered(&before));
    let weighted = question.pooled.as_ref().and_then(|pooled| pooled.weighted_after);
    let scale = Scale::of(seen::numbers(question));
    let pooled = match sentences::kind(question) {
        Kind::Number => weighted.map(|mean| format!("a mean of {} {}", scale.show(mean, 2), scale.unit)),
        _ => weighted.map(percent),
    };
    let pooled = pooled.map(|pooled| pooled.trim_end().to_owned());
    match (room.detail, pooled) {
        (Detail::Ends, Some(pooled)) => format!("After what was seen {pooled}, by weight. {before}"),
        (_, pooled) => {
            let pooled = pooled.map_or(String::new(), |pooled| format!(" By weight {pooled}."));
            format!("After what was seen: {}{pooled} {before}", sentences::lowered(&said_of(&after, room)))
        }
    }
}

/// What was seen, and how the readings stand to it.
fn what_was_seen(evidence: &Evidence, room: Room) -> Vec<String> {
    let chosen = seen::telling(evidence, room.names);
    let mut lines: Vec<String> = chosen
        .iter()
        .filter_map(|place| evidence.observations.get(*place))
        .map(|observed| format!("{}, known on {}.", crate::evidence::in_words(observed), observed.known))
        .collect();
    lines.splice(0..0, seen::nothing_left(evidence));
    if chosen.len() < evidence.observations.len() {
        let rest = evidence.observations.len() - chosen.len();
        lines.push(format!("And {} on which the readings part less.", count(rest, "observation")));
    }
    if seen::weighs(evidence) {
        let mut weights: Vec<(&str, f64, String)> = evidence
            .since
            .weights
            .iter()
            .zip(seen::percents(&evidence.since))
            .filter(|(weight, _)| weight.log2.is_some())
            .map(|(weight, text)| (weight.reading.as_str(), weight.weight, text))
            .collect();
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let shown: Vec<String> = weights.iter().map(|(name, _, text)| format!("{name} {text}")).collect();
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        if !shown.is_empty() {
            lines.push(format!(
                "Weights among these readings, all of them wrong, by {}: {}. They do not say who is right.",
                seen::since(evidence),
                some(&shown, room.names)
            ));
        }
    } else if let Some(day) = &evidence.since.after {
        lines
            .push(format!("Nothing was seen since {day}, when the last of the readings was written: all weigh alike."));
    }
    let compared = seen::compared(evidence);
    if let Some(first) = compared.first().filter(|first| first.stands_out()) {
        lines.push(format!(
            "Farthest apart: {} foretold what was seen since the later of the two was written better than {}, by {} bits.",
            first.better,
            first.worse,
            seen::bits(first.bits)
        ));
    }
    let flips = compared.iter().flat_map(|of| of.pair.flips.iter().map(|flip| seen::flip(of, flip, "+-")));
    lines.extend(flips.take(if room.all { 2 } else { 1 }).map(|flip| format!("It could turn: {flip}.")));
    let lacking = |state: State| -> Vec<&str> {
        let lacking = evidence.readings.iter().filter(|reading| reading.state == state);
        lacking.map(|reading| reading.reading.as_str()).collect()
    };
    for (state, what) in [(State::Forbidden, "cannot be"), (State::Starved, "came about in no trajectory")] {
        let names = lacking(state);
        if !names.is_empty() {
            lines.push(format!("What was seen {what} in {}.", some(&names, room.names)));
        }
    }
    lines
}

/// What to look out for.
fn lookouts(dossier: &Dossier, list: &WatchList, room: Room) -> Vec<String> {
    let told = lookout::telling(list);
    let most = room.names.div_ceil(2);
    let mut lines: Vec<String> = lookout::little(list).into_iter().collect();
    let groups = lookout::alike(&told);
    let items = groups.iter().take(most).filter_map(|group| group.first()).map(|item| {
        let title = labels::watched(item, &dossier.labels);
        let after = match item.answer {
            Some(answer) => {
                let [seen, not] = lookout::answers(answer, item.answer_error);
                format!("if seen {seen}, if not {not}")
            }
            None => format!(
                "if seen, weights {}; if not, {}",
                lookout::weights(item, true, 2),
                lookout::weights(item, false, 2)
            ),
        };
        let title = sentences::short(&title, room.text.max(8));
        let likely = if room.all {
            format!("likely {}{}; ", lookout::likelihoods(item, 4), lookout::nowhere(item))
        } else {
            String::new()
        };
        format!("{title} ({} bits): {likely}{after}.", lookout::small(item.bits))
    });
    lines.extend(items);
    let rest = lookout::rest(list, most);
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// The date at which most questions end.
fn common_end(dossier: &Dossier) -> Option<&String> {
    let mut ends: BTreeMap<&String, usize> = BTreeMap::new();
    for question in &dossier.answers.questions {
        let [_, to] = &question.window;
        *ends.entry(to).or_default() += 1;
    }
    ends.into_iter().max_by_key(|(_, number)| *number).map(|(end, _)| end)
}

/// Confidence in all answers in a sentence: the commonest level, and what differs.
fn levels(dossier: &Dossier) -> String {
    let mut by_level: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for question in &dossier.answers.questions {
        if let Some(confidence) = confidence(question, dossier.without_case(&question.name)) {
            by_level.entry(sentences::level(&confidence)).or_default().push(&question.name);
        }
    }
    let mut by_level: Vec<(&str, Vec<&str>)> = by_level.into_iter().collect();
    by_level.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    let parts: Vec<String> = by_level
        .iter()
        .enumerate()
        .map(|(place, (level, names))| match place {
            0 => format!("Confidence is {level}"),
            _ => format!("{level} on {}", sentences::list(names)),
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
}

/// A ground for doubt in a word or two.
fn ground(ground: &Ground) -> &'static str {
    match ground {
        Ground::Assumed(_) => "assumed",
        Ground::Wide => "wide",
        Ground::Apart => "readings apart",
        Ground::NoCase(_) => "no case",
    }
}

/// The contradictions, and the questions on which readings part most.
fn parting(dossier: &Dossier, room: Room) -> Vec<String> {
    let comparison = &dossier.comparison;
    let speaking = comparison.sources.iter().filter(|source| source.claims > 0).count();
    let mut contradicted: Vec<&ClaimRow> = comparison.claims.iter().filter(|claim| claim.contradicted).collect();
    // First what most rests on.
    contradicted.sort_by_key(|claim| std::cmp::Reverse((claim.statements.len(), claim.stances.len())));
    let mut out = Vec::new();
    let (sources, claims) = (count(speaking, "source"), count(comparison.claims.len(), "claim"));
    let apart = apart(dossier);
    let mut text = format!("{sources} speak to {claims}; on {} of them they contradict each other", contradicted.len());
    text.push_str(if contradicted.is_empty() || room.contradictions == 0 {
        "."
    } else if contradicted.len() > room.contradictions {
        ", first of all:"
    } else {
        ":"
    });
    out.push(paragraph(&text));
    for claim in contradicted.iter().take(room.contradictions) {
        let who = |stance: &str| {
            let who: Vec<&str> =
                claim.stances.iter().filter(|row| row.stance == stance).map(|row| row.source.as_str()).collect();
            if who.is_empty() { None } else { Some(some(&who, room.names)) }
        };
        let sides: Vec<String> = [("asserts", "asserted by"), ("doubts", "doubted by"), ("denies", "denied by")]
            .iter()
            .filter_map(|(stance, verb)| Some(format!("{verb} {}", who(stance)?)))
            .collect();
        let text = claim.text.trim_end_matches('.');
        out.push(item(&format!("{text}: {}.", sides.join(", "))));
    }
    if !apart.is_empty() {
        let names: Vec<&str> = apart.iter().map(String::as_str).collect();
        out.push(String::new());
        out.push(paragraph(&format!(
            "The readings' answers part by two words or more on {}.",
            some(&names, room.names)
        )));
    }
    out
}

/// The two readings of authors that lie farthest apart, and the statement that divides them most.
fn divided(dossier: &Dossier, room: Room) -> Option<String> {
    let pair = *widest_first(dossier.cruxes.as_ref()?).first()?;
    let (most, gap) = (pair.most()?, &pair.gap);
    let ([first, second], unit) = (&pair.readings, gap.unit.as_ref());
    let [of_first, of_second] = gap.answers.map(|answer| central(unit, answer));
    let seen = if dossier.answers.evidence.is_some() { ", before anything was seen" } else { "" };
    let words = match unit.map(String::as_str) {
        None => " points",
        Some("") => "",
        Some(unit) => &format!(" {unit}"),
    };
    let mut text = format!(
        "Farthest apart on {}{seen}: {first} {of_first}, {second} {of_second}, a difference of {}{words}. What the two say on \
         `{}` makes {} +-{} of it",
        gap.question,
        moved(unit, gap.difference),
        paths(most),
        moved(unit, most.value),
        imprecise(unit, most.error)
    );
    if let Some(statement) = crate::crux::telling(most).filter(|_| room.all) {
        let sides = statement.sides.iter().zip(statement.sides.iter().rev()).map(|(side, other)| {
            let (state, written) = version(side, other);
            let words = sentences::short(&written, room.text.max(16));
            format!("{} {}", side.reading, format!("{state} {words}").trim()).trim_end().to_owned()
        });
        text.push_str(&format!(": {}", sides.collect::<Vec<String>>().join("; ")));
    }
    Some(text + ".")
}

/// Mean scores, and that they prove little.
fn right_so_far(dossier: &Dossier, room: Room) -> Option<String> {
    let score = dossier.score.as_ref().filter(|score| !score.forecasters.is_empty())?;
    let shown = |of: &Forecaster| {
        let n = if of.means.n == 1 { String::new() } else { format!(" ({})", of.means.n) };
        format!("{} {}{n}", scores::name(&of.who, None), scores::three(of.means.brier))
    };
    let list = |retrospective: bool| {
        let all = score.forecasters.iter();
        let all = all.filter(|of| of.retrospective == retrospective && of.who.kind != Who::Even);
        let mut all: Vec<&Forecaster> = all.collect();
        // The best first: whoever is cut off is not that.
        all.sort_by(|a, b| a.means.brier.total_cmp(&b.means.brier));
        let all: Vec<String> = all.into_iter().map(shown).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        (!all.is_empty()).then(|| some(&all, room.names))
    };
    let mut text = if scores::unlike(score).is_some() {
        "Means over different questions cannot be compared. ".to_owned()
    } else {
        String::new()
    };
    text.push_str(&format!(
        "Mean Brier scores on {} that the world has answered (the best first; 0 is best, always 50% is 0.250; in brackets how many, where \
         more than one)",
        scores::scored(score)
    ));
    text.push_str(&list(false).map_or(".".to_owned(), |list| format!(": {list}.")));
    if let Some(list) = list(true) {
        text.push_str(&format!(" Retrospective, written after the outcome, which is no forecast: {list}."));
    }
    let little = scores::proves_little(&score.forecasters);
    // With less room the reason goes.
    text.push_str(&little.map_or(String::new(), |little| match little.split_once(':') {
        Some((short, _)) if !room.all => format!(" {short}."),
        _ => format!(" {little}"),
    }));
    Some(text)
}

/// The questions on which readings of authors part.
fn apart(dossier: &Dossier) -> Vec<String> {
    let questions = dossier.answers.questions.iter();
    questions
        .filter(|question| {
            confidence(question, &[]).is_some_and(|confidence| confidence.grounds.contains(&Ground::Apart))
        })
        .map(|question| question.name.clone())
        .collect()
}

/// Forecasts of sources that can be compared with what their premises imply.
fn said(dossier: &Dossier, room: Room) -> Vec<String> {
    let mut lines = Vec::new();
    for question in &dossier.answers.questions {
        for said in question.said.iter().filter(|said| said.meaning.is_some()) {
            let reading = question.readings.iter().find(|reading| reading.reading == said.source);
            let Some(implied) = reading.and_then(|reading| probability(&reading.answer)) else { continue };
            let Some(meaning) = &said.meaning else { continue };
            let taken = if meaning.survey.is_some() {
                format!(" (readers: {})", sentences::between(meaning.range))
            } else {
                String::new()
            };
            let implied = percent(implied.probability);
            let after = reading.and_then(|reading| probability(&reading.after.as_ref()?.answer));
            let after =
                after.map_or(String::new(), |after| format!(", {} after what was seen", percent(after.probability)));
            let input = if dossier.is_input(&question.name, &said.source) {
                " These words are an input of the model: that the two agree confirms nothing."
            } else {
                ""
            };
            lines.push(format!(
                "{}: {} said {}{taken}; its premises, as completed here, imply {implied}{after}.{input}",
                question.name,
                said.source,
                sentences::phrase(said)
            ));
        }
    }
    lines.truncate(if room.all { room.names } else { room.names / 2 });
    lines
}

/// What scenarios move most.
fn what_if(dossier: &Dossier, room: Room) -> Vec<String> {
    let Some(whatif) = &dossier.whatif else { return Vec::new() };
    let mut lines = Vec::new();
    for scenario in &whatif.scenarios {
        let (mut moved, mut imposed): (Vec<(f64, String)>, Vec<&str>) = (Vec::new(), Vec::new());
        for question in &whatif.questions {
            // In the reading in which it moves most.
            let answers = question.readings.iter().filter_map(|reading| {
                let answer = reading.scenarios.iter().find(|answer| answer.scenario == scenario.name)?;
                let (from, to) = (probability(&reading.without)?, probability(&answer.answer)?);
                let (difference, error) = (answer.difference?, answer.error?);
                (difference.abs() > 2.0 * error).then_some((difference.abs(), &reading.reading, from, to))
            });
            if let Some((size, reading, from, to)) = answers.max_by(|a, b| a.0.total_cmp(&b.0)) {
                // What it makes certain, in every reading, is what it is: no effect.
                if is_imposed(question, &scenario.name) {
                    imposed.push(&question.name);
                    continue;
                }
                let (from, to) = (percent(from.probability), percent(to.probability));
                moved.push((size, format!("{} from {from} to {to} ({reading})", question.name)));
            }
        }
        moved.sort_by(|a, b| b.0.total_cmp(&a.0));
        let parts: Vec<&str> = moved.iter().take(room.names.div_ceil(2)).map(|(_, text)| text.as_str()).collect();
        let what = if parts.is_empty() { "no probability beyond chance".to_owned() } else { parts.join(", ") };
        let itself = if imposed.is_empty() {
            String::new()
        } else {
            format!(" ({} {} what it sets)", sentences::list(&imposed), sentences::verb(imposed.len(), "is", "are"))
        };
        lines.push(format!("{}: moves {what}{itself}.", scenario.title));
    }
    if !lines.is_empty() && dossier.answers.evidence.is_some() {
        lines.push("All this before anything was seen; `variorum whatif --given-observed` goes on from it.".to_owned());
    }
    lines
}

/// Whether a scenario leaves nothing open of a question that is open without it, in all readings.
fn is_imposed(question: &WhatIfQuestion, scenario: &str) -> bool {
    let of = |reading: &WhatIfReading| {
        let answer = reading.scenarios.iter().find(|answer| answer.scenario == scenario)?;
        Some(probability(&answer.answer)?.probability)
    };
    let all: Vec<Option<f64>> = question.readings.iter().map(of).collect();
    all.first()
        .copied()
        .flatten()
        .is_some_and(|first| (first == 0.0 || first == 1.0) && all.iter().all(|other| *other == Some(first)))
}

/// Origins of the variance, standings of the statements, base rates of no case.
fn rests(dossier: &Dossier, room: Room) -> Vec<String> {
    let mut lines = Vec::new();
    let answered = dossier.answers.questions.iter().flat_map(|question| authors(&question.readings));
    let mut shares: Vec<f64> = answered.filter_map(assumed).collect();
    shares.sort_by(f64::total_cmp);
    match (shares.first(), shares.get(shares.len() / 2), shares.last()) {
        (Some(least), Some(middle), Some(most)) => lines.push(format!(
            "Share of the variance that assumed numbers carry, the median of all answers: {}{}.",
            sentences::whole(*middle),
            if least == most {
                String::new()
            } else {
                format!(" ({})", sentences::span(sentences::whole(*least), &sentences::whole(*most)))
            }
        )),
        _ => lines.push("Where the numbers behind the answers come from was not measured in this run.".to_owned()),
    }
    lines.extend(doubts(dossier));
    if room.all {
        lines.extend(counted(dossier));
    }
    let bare: BTreeSet<&str> = dossier.without_case.values().flatten().map(String::as_str).collect();
    if !bare.is_empty() {
        let names: Vec<&str> = bare.into_iter().collect();
        lines.push(format!(
            "Base rates without a single case, for which half a case is assumed: {}.",
            some(&names, room.names)
        ));
    }
    lines
}

/// How many statements there are, by what they rest on in the reading in which they rest on most, and by where their
/// numbers come from in the shared model; each is counted once.
fn counted(dossier: &Dossier) -> Option<String> {
    let groups: Vec<Grouped<'_>> = grouped(dossier).into_iter().filter(Grouped::is_on).collect();
    let listed = |kinds: &[&str], parts: &[(&str, &str)]| {
        let count = |kind: &str| kinds.iter().filter(|other| **other == kind).count();
        let counted = parts.iter().map(|(kind, what)| (count(kind), what)).filter(|(number, _)| *number > 0);
        counted.map(|(number, what)| format!("{number} {what}")).collect::<Vec<String>>().join(", ")
    };
    let standings = listed(
        &groups.iter().map(Grouped::standing).collect::<Vec<&str>>(),
        &[
            ("own", "on a claim that the author of some reading asserts"),
            ("contested", "on a claim that is doubted or denied, and kept"),
            ("borrowed", "on claims of others alone"),
            ("unsupported", "on no claim"),
        ],
    );
    let origins = listed(
        &groups.iter().map(|group| group.row.origin.as_str()).collect::<Vec<&str>>(),
        &[
            ("assumed", "assumed"),
            ("cited", "cited"),
            ("base_rate", "from base rates"),
            ("wording", "from words of probability"),
            ("none", "without numbers that need an origin"),
        ],
    );
    let all = count(groups.len(), "statement");
    let verb = sentences::verb(groups.len(), "rests", "rest");
    (!groups.is_empty()).then(|| format!("{all}, each counted once, {verb}: {standings}. Their numbers: {origins}."))
}

/// How many questions have each ground for doubt.
fn doubts(dossier: &Dossier) -> Option<String> {
    let questions = &dossier.answers.questions;
    let found: Vec<Ground> = questions
        .iter()
        .filter_map(|question| confidence(question, dossier.without_case(&question.name)))
        .flat_map(|confidence| confidence.grounds)
        .collect();
    let parts: Vec<String> = ["assumed", "wide", "readings apart", "no case"]
        .into_iter()
        .map(|name| (name, found.iter().filter(|found| ground(found) == name).count()))
        .filter(|(_, number)| *number > 0)
        .map(|(name, number)| format!("{name} {number}"))
        .collect();
    let of = count(questions.len(), "question");
    (!parts.is_empty()).then(|| format!("Grounds for doubt, by how many of {of} have them: {}.", parts.join(", ")))
}

/// What the model leaves out, as far as it can know.
fn limits(dossier: &Dossier, room: Room) -> Vec<String> {
    let comparison = &dossier.comparison;
    let mut lines = Vec::new();
    let lonely = comparison.claims.iter().filter(|claim| claim.stances.len() == 1).count();
    if lonely > 0 {
        lines.push(format!(
            "{} of {}: one source speaks, the others are silent, which is not agreement.",
            lonely,
            count(comparison.claims.len(), "claim")
        ));
    }
    let idle: Vec<&str> = comparison
        .claims
        .iter()
        .filter(|claim| claim.statements.is_empty() && claim.forecasts.is_empty())
        .map(|claim| claim.key.as_str())
        .collect();
    if !idle.is_empty() {
        let verb = sentences::verb(idle.len(), "carries", "carry");
        lines.push(format!("{} {verb} nothing in the model: {}.", count(idle.len(), "claim"), some(&idle, room.names)));
    }
    let void: Vec<&str> = dossier
        .answers
        .questions
        .iter()
        .filter(|question| question.readings.is_empty() || voids(question).next().is_some())
        .map(|question| question.name.as_str())
        .collect();
    if !void.is_empty() {
        lines.push(format!("Without an answer in some reading: {}.", some(&void, room.names)));
    }
    for note in seen::other_notes(&dossier.answers) {
        if !note.contains("not once in their reference class") {
            lines.push(format!("{note}."));
        }
    }
    lines.push(
        "If the mechanisms are wrong the intervals do not know it. Whether such a model improves judgement is untested."
            .to_owned(),
    );
    lines
}
