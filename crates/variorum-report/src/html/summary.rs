//! All questions by all readings, on one page.

use super::markup::{Markup, id};
use super::{show, table};
use crate::dossier::Dossier;
use crate::seen;
use crate::sentences::{self, Kind, Scale};
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
    let resolved = questions.iter().any(|question| question.resolved.is_some());
    let pooled = questions.iter().any(|question| question.pooled.is_some());
    let mut columns = vec!["Question"];
    columns.extend(resolved.then_some("The world"));
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
                    row(body, dossier, question, &readings, (resolved, pooled));
                }
            });
        },
    );
}

fn row(
    body: &mut Markup,
    dossier: &Dossier,
    question: &QuestionAnswers,
    readings: &[&str],
    (resolved, pooled): (bool, bool),
) {
    let scale = Scale::of(seen::numbers(question));
    table::row(body, "", |cells| {
        table::head(cells, |head| {
            head.leaf("a", &[("href", &format!("#{}", id("q", &question.name)))], &question.name);
            let unit = if scale.unit.is_empty() { String::new() } else { format!(" ({})", scale.unit) };
            head.leaf("small", &[], &format!("{}{unit}", sentences::short(&question.text, WORDS)));
        });
        if resolved {
            let world = question.resolved.as_ref().map_or(String::new(), |resolved| show::outcome(&resolved.outcome));
            table::text(cells, "word", if world.is_empty() { "" } else { "the world" }, &world);
        }
        if pooled {
            let of = question.pooled.as_ref();
            let shown = |x: f64| match sentences::kind(question) {
                Kind::Number => show::number(&scale, x, 3),
                _ => percent(x),
            };
            let mean = if sentences::kind(question) == Kind::Number { "mean " } else { "" };
            table::cell(cells, "answer", "all, by weight", |cell| {
                let Some(after) = of.and_then(|of| of.weighted_after) else { return };
                cell.leaf("b", &[], &format!("{mean}{}", shown(after)));
                if let Some(before) = of.and_then(|of| of.equal_before) {
                    cell.text(" ").leaf("small", &[], &format!("before, alike {}", shown(before)));
                }
            });
        }
        for name in readings {
            let reading = question.readings.iter().find(|reading| reading.reading == *name);
            answer(cells, name, reading, &scale, seen::is_observed(question));
        }
        let level = confidence(question, dossier.without_case(&question.name));
        table::text(cells, "word", "confidence", level.as_ref().map_or("", sentences::level));
    });
}

fn answer(cells: &mut Markup, name: &str, reading: Option<&ReadingAnswer>, scale: &Scale, observed: bool) {
    let Some(reading) = reading else { return table::text(cells, "answer", name, "") };
    // What was seen is known now: the answer after it comes first.
    let shown = reading.after.as_ref().map_or(&reading.answer, |after| &after.answer);
    let shade = probability(shown).map(|answer| format!("--p:{:.0}%", 40.0 * answer.probability));
    let mut attributes = vec![("class", "answer"), ("role", "cell"), ("data-label", name)];
    if let Some(shade) = &shade {
        attributes.push(("style", shade));
    }
    cells.element("td", &attributes, |cell| {
        let below = match shown {
            Answer::Probability(answer) => show::interval(answer),
            Answer::Number(answer) => show::span(scale, answer.predictive, 2),
            Answer::Date(answer) => match answer.quantiles.get(1).and_then(Option::as_ref) {
                Some(half) => format!("half by {half}"),
                None => show::interval(&answer.ever),
            },
            Answer::Void { .. } => String::new(),
        };
        cell.leaf("b", &[], &show::brief(shown, scale));
        // Of an answer without an interval it would say the same again.
        if !below.is_empty() && below != show::brief(shown, scale) {
            cell.text(" ").leaf("small", &[], &below);
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
            let medians = || sentences::numbers(question).map(|number| number.median);
            let low = medians().fold(f64::INFINITY, super::plot::lesser);
            let high = medians().fold(f64::NEG_INFINITY, super::plot::greater);
            let span = show::span(&scale, [low, high], 2);
            let one = sentences::numbers(question).count() == 1;
            let which = if one { "The median is" } else { "The medians of the readings:" };
            format!("{which} {span} {}", scale.unit).trim_end().to_owned() + "."
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
            let text = parts.join("; ");
            let mut characters = text.chars();
            let first = characters.next().map_or(String::new(), |first| first.to_uppercase().to_string());
            format!("{first}{}.", characters.as_str())
        }
    }
}
