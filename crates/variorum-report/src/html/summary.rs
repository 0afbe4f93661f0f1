//! All questions by all readings, on one page.

use super::markup::{Markup, id};
use super::{show, table};
use crate::alike;
use crate::dossier::Dossier;
use crate::seen;
use crate::sentences::{self, Kind, Scale};
use crate::spread;
use variorum::answers::{Answer, QuestionAnswers, ReadingAnswer};
use variorum::confidence::{confidence, probability};
use variorum::words::percent;

/// Words of a question's text that are shown here; the rest stands with its answers.
const WORDS: usize = 14;

/// The table of all answers.
pub fn summary(into: &mut Markup, dossier: &Dossier) {
    let questions = &dossier.answers.questions;
    let readings: Vec<&str> = dossier.readings.iter().map(|reading| reading.name.as_str()).collect();
    // What is one for all readings comes before them, so that it is in sight however many they are.
    let world = questions.iter().any(|question| question.resolved.is_some() || passed(dossier, question));
    let pooled = questions.iter().any(|question| question.pooled.is_some());
    let mut columns = vec!["Question"];
    columns.extend(world.then_some("The world"));
    columns.extend(pooled.then_some("All, by weight"));
    columns.extend(&readings);
    columns.push("Confidence");
    let many = readings.len() > 9;
    let class = if many { "summary many" } else { "summary" };
    into.element(
        "div",
        &[("class", "wide full"), ("tabindex", "0"), ("role", "region"), ("aria-label", "All answers")],
        |wide| {
            table::table(wide, class, "All questions by all readings", &columns, |body| {
                for question in questions {
                    row(body, dossier, question, &readings, (world, pooled));
                }
            });
        },
    );
}

/// Whether the date of a question has passed without an outcome.
fn passed(dossier: &Dossier, question: &QuestionAnswers) -> bool {
    seen::unanswered(question, dossier.answers.evidence.as_ref()).is_some()
}

/// What the numbers of a row are.
fn measure(question: &QuestionAnswers, scale: &Scale) -> String {
    let unit = if scale.unit.is_empty() { String::new() } else { format!(" in {}", scale.unit) };
    match sentences::kind(question) {
        Kind::Probability => "probability".to_owned(),
        Kind::Number => format!("a number{unit}: medians with 90% of the outcomes"),
        Kind::Date => "a date: probability that it comes by the end".to_owned(),
        Kind::Void => "no answer".to_owned(),
    }
}

fn row(
    body: &mut Markup,
    dossier: &Dossier,
    question: &QuestionAnswers,
    readings: &[&str],
    (world, pooled): (bool, bool),
) {
    let scale = Scale::of(seen::numbers(question));
    let evidence = dossier.answers.evidence.as_ref();
    let settled = seen::settled(question, evidence);
    let same = if settled.is_none() { seen::same_now(dossier, question) } else { None };
    table::row(body, "", |cells| {
        table::head(cells, |head| {
            head.leaf("a", &[("href", &format!("#{}", id("q", &question.name)))], &question.name);
            head.leaf("small", &[], &sentences::short(&question.text, WORDS));
            head.leaf("small", &[("class", "measure")], &measure(question, &scale));
            let met = seen::met_in_words(dossier, question).filter(|_| settled.is_none() && same.is_none());
            let [lapsed, unsettled] =
                [seen::lapsed(question, evidence), seen::unsettled(dossier, question)].map(|of| of.map(|[few, _]| few));
            for flag in met.into_iter().chain(lapsed).chain(unsettled) {
                head.leaf("small", &[("class", "flag")], &flag);
            }
        });
        if world {
            let outcome = match &question.resolved {
                Some(resolved) => show::outcome(&resolved.outcome),
                None if passed(dossier, question) => "date passed, no outcome entered".to_owned(),
                None => String::new(),
            };
            table::text(cells, "word", if outcome.is_empty() { "" } else { "the world" }, &outcome);
        }
        let met = seen::met_in_words(dossier, question);
        let state = match (&settled, same, met) {
            (Some(settled), ..) => Some(seen::settled_in_words(settled)),
            (None, Some(same), Some(met)) => Some(format!("{met}: now the same question as {}", same.name)),
            _ => None,
        };
        if let Some(state) = state {
            let columns = (readings.len() + usize::from(pooled)).to_string();
            cells.element("td", &[("class", "settled"), ("role", "cell"), ("colspan", &columns)], |cell| {
                cell.leaf("b", &[], &state);
                cell.text(" ").leaf("small", &[], &format!("before it: {}", over_all(question)));
            });
        } else {
            if pooled {
                self::pooled(cells, question);
            }
            let groups = alike::groups(question);
            for name in readings {
                let reading = question.readings.iter().find(|reading| reading.reading == *name);
                let first = reading.and_then(|reading| first_alike(&groups, reading));
                answer(cells, name, (reading, first), &scale, seen::is_observed(question));
            }
        }
        // Of what is settled nobody need be confident.
        let level = confidence(question, dossier.without_case(&question.name)).filter(|_| settled.is_none());
        table::text(cells, "word", "confidence", level.as_ref().map_or("", sentences::level));
    });
}

/// From the least to the largest probability, or median, before anything was seen.
fn over_all(question: &QuestionAnswers) -> String {
    if sentences::kind(question) == Kind::Number {
        return sentences::lowered(&gist(question)).trim_end_matches('.').to_owned();
    }
    let readings = question.readings.iter();
    let all = readings.filter_map(|of| Some((of.reading.as_str(), probability(&of.answer)?.probability)));
    spread::in_words(&all.collect::<Vec<_>>(), "", &percent).unwrap_or_default()
}

/// All readings in one, and of how many answers that is the mean.
fn pooled(cells: &mut Markup, question: &QuestionAnswers) {
    let of = question.pooled.as_ref();
    table::cell(cells, "answer", "all, by weight", |cell| {
        let Some(after) = of.and_then(|of| of.weighted_after) else { return };
        // Beside medians a mean of means would be read as one of them.
        if sentences::kind(question) == Kind::Number {
            cell.leaf("small", &[], "as a mean, below");
            return;
        }
        cell.leaf("b", &[], &percent(after));
        cell.text(" ").leaf("small", &[], &seen::pooled_of(question));
        let alike = [of.and_then(|of| of.equal_after), of.and_then(|of| of.equal_before)];
        if let [Some(after), Some(before)] = alike {
            let text = format!("each counting alike: {}; before: {}", percent(after), percent(before));
            cell.text(" ").leaf("small", &[], &text);
        }
    });
}

/// The reading before this one with the same answers, before and after what was seen, if there is one.
fn first_alike<'q>(groups: &[Vec<&'q ReadingAnswer>], reading: &ReadingAnswer) -> Option<&'q str> {
    let group = groups.iter().find(|group| group.iter().any(|other| other.reading == reading.reading))?;
    let later = |of: &'_ ReadingAnswer| of.after.as_ref().map(|after| after.answer.clone());
    let is_same = |other: &&&ReadingAnswer| match (later(other), later(reading)) {
        (Some(a), Some(b)) => alike::same_answer(&a, &b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let first = group.iter().find(is_same)?;
    (first.reading != reading.reading).then_some(first.reading.as_str())
}

fn answer(
    cells: &mut Markup,
    name: &str,
    (reading, first): (Option<&ReadingAnswer>, Option<&str>),
    scale: &Scale,
    observed: bool,
) {
    let Some(reading) = reading else { return table::text(cells, "answer", name, "") };
    // What was seen is known now: the answer after it comes first.
    let shown = reading.after.as_ref().map_or(&reading.answer, |after| &after.answer);
    let shade = probability(shown).map(|answer| format!("--p:{:.0}%", 40.0 * answer.probability));
    let mut attributes = vec![("class", "answer"), ("role", "cell"), ("data-label", name)];
    if let Some(shade) = &shade {
        attributes.push(("style", shade));
    }
    cells.element("td", &attributes, |cell| {
        cell.leaf("b", &[], &show::brief(shown, scale));
        if let Some(first) = first {
            cell.text(" ").leaf("small", &[], &format!("the same as {first}"));
            return;
        }
        let below = match shown {
            Answer::Probability(answer) => show::interval(answer),
            Answer::Number(answer) => show::span(scale, answer.predictive, 2),
            Answer::Date(answer) => match answer.quantiles.get(1).and_then(Option::as_ref) {
                Some(half) => format!("half by {half}"),
                None => show::interval(&answer.ever),
            },
            Answer::Void { .. } => String::new(),
        };
        // Of an answer without an interval it would say the same again.
        if !below.is_empty() && below != show::brief(shown, scale) {
            cell.text(" ").leaf("small", &[], &below);
        }
        if let (true, Some(answer)) = (reading.after.is_some(), probability(shown))
            && answer.error > 0.0
        {
            cell.text(" ").leaf("small", &[], &format!("± {} points", sentences::points(answer.error)));
        }
        if reading.after.is_some() {
            cell.text(" ").leaf("small", &[], &format!("before {}", show::brief(&reading.answer, scale)));
        } else if observed {
            cell.text(" ").leaf("small", &[], "before only");
        }
    });
}

/// What the readings say to a question, in a sentence or two.
pub fn gist(question: &QuestionAnswers) -> String {
    match sentences::kind(question) {
        Kind::Void => "No reading has an answer.".to_owned(),
        Kind::Number => {
            let scale = Scale::of(sentences::numbers(question));
            let readings = question.readings.iter();
            let medians = readings.filter_map(|reading| match &reading.answer {
                Answer::Number(number) => Some((reading.reading.as_str(), number.median)),
                _ => None,
            });
            let medians: Vec<(&str, f64)> = medians.collect();
            let shown = |x: f64| show::number(&scale, x, 2);
            let span = spread::in_words(&medians, &scale.unit, &shown).unwrap_or_default();
            let which = if medians.len() == 1 { "The median is" } else { "The medians of the readings:" };
            format!("{which} {span}.")
        }
        Kind::Probability | Kind::Date => {
            let groups = sentences::by_word(question);
            let parts: Vec<String> = groups
                .iter()
                .map(|(word, members)| {
                    let word = word.replace('-', "–");
                    if groups.len() == 1 && members.len() > 1 {
                        return format!("{word} in all readings");
                    }
                    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
                    format!("{word} in {}", sentences::list(&names))
                })
                .collect();
            let mut text = format!("{}.", sentences::capital(&parts.join("; ")));
            if let Some(line) = spread::at_a_line(question) {
                text.push_str(&format!(" {}.", sentences::capital(&line)));
            }
            text
        }
    }
}
