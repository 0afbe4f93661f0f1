//! What stands beside a question: forecasts of sources, and what the world has answered.

use crate::collect::Shared;
use crate::compile::unknown_phrase;
use crate::model::known_source;
use crate::time::show;
use crate::verbal::{Meaning, meaning};
use variorum_syntax::ast::{At, Date, Number, Outcome, Query, Question, Said, SaidValue};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What a question is answered by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Truth,
    Number,
    Date,
}

/// Checks the forecasts and the outcome of a question.
pub fn question(shared: &Shared<'_>, question: &Question, diagnostics: &mut Vec<Diagnostic>) {
    for said in &question.said {
        known_source(shared, &said.source, diagnostics);
    }
    let answer = match &question.query {
        Some(Query::By(..) | Query::At(..) | Query::Within(..)) => Answer::Truth,
        Some(Query::Value(..)) => Answer::Number,
        Some(Query::First(..)) => Answer::Date,
        None => return,
    };
    for said in &question.said {
        match &said.value {
            SaidValue::Phrase(words) => {
                if said.no_number.is_none()
                    && let Meaning::Unknown { nearest } = meaning(&words.value)
                {
                    diagnostics.push(unknown_phrase(words, nearest, true));
                } else if said.no_number.is_none() && answer == Answer::Number {
                    diagnostics.push(
                        bad(words.span, "this question asks for a number, and words of probability forecast none".to_owned())
                            .label("how likely is what?")
                            .help(format!(
                                "write the number that {0} gives, as in `{0} said 12_000`; or ask whether it comes to more: `question q \"…\" = … > 12_000 at DATE`",
                                said.source.value
                            )),
                    );
                }
            }
            SaidValue::Number(number) => diagnostics.extend(forecast(said, number, answer)),
        }
    }
    let name = question.name.as_ref();
    diagnostics.extend(name.and_then(|name| outcome(question, &name.value, name.span, answer)));
    diagnostics.extend(too_early(shared, question));
}

fn bad(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::BadOutcome, span, message)
}

/// A forecast of a yes is a probability.
fn forecast(said: &Said, number: &At<Number>, answer: Answer) -> Option<Diagnostic> {
    let written = number.value.value;
    let value = if number.value.percent { written / 100.0 } else { written };
    if answer == Answer::Number || (0.0..=1.0).contains(&value) {
        return None;
    }
    let source = &said.source.value;
    Some(
        bad(number.span, format!("the forecast of {source} is a probability, from 0% to 100%"))
            .label("no probability")
            .help(format!("write, for instance, `{source} said 30%`; a `value` question takes any number")),
    )
}

/// The outcome must be of the kind that is asked for.
fn outcome(question: &Question, name: &str, at: Span, answer: Answer) -> Option<Diagnostic> {
    let resolved = question.resolved.as_ref()?;
    let (message, help) = match (answer, resolved.outcome) {
        (Answer::Truth, Outcome::Number(_)) => (
            format!("`{name}` is answered by yes or no, and its outcome is a number"),
            "write `resolved yes`, `resolved no` or `resolved void`; a number is asked for by `value … at DATE`",
        ),
        (Answer::Number, Outcome::Yes | Outcome::No) => (
            format!("`{name}` asks for a number, and its outcome is yes or no"),
            "write the number, as in `resolved 12_000`, or `resolved void`",
        ),
        (Answer::Date, Outcome::Number(_)) => (
            format!("`{name}` asks when, and its outcome is a number"),
            "write `resolved yes on DATE`, or `resolved no` if it has not come",
        ),
        (Answer::Date, Outcome::Yes) if resolved.on.is_none() => {
            (format!("`{name}` asks when, and its outcome has no date"), "write the date: `resolved yes on 2025-03-01`")
        }
        _ => return None,
    };
    Some(bad(at, message).label("resolved otherwise").help(help))
}

/// The month of a date, counted from year 0; the last one where only a year is written, or the first.
fn month(date: Date, last: bool) -> i64 {
    let month = date.month.map_or(if last { 12 } else { 1 }, i64::from);
    12 * i64::from(date.year) + month - 1
}

/// The world cannot have answered before the time that is asked about.
fn too_early(shared: &Shared<'_>, question: &Question) -> Option<Diagnostic> {
    let resolved = question.resolved.as_ref()?;
    let (on, clock) = (resolved.on.as_ref()?, shared.clock?);
    let (begins, what) = match question.query.as_ref()? {
        Query::Within(_, from, _) => (month(from.value, false), "its window begins"),
        Query::At(_, at) | Query::Value(_, at) => (month(at.value, false), "the date that it asks about"),
        Query::By(..) | Query::First(..) => {
            let month = i64::from(clock.first) * i64::from(clock.months);
            (month.div_euclid(i64::from(clock.parts)), "the model's time begins")
        }
    };
    if resolved.outcome == Outcome::Void || month(on.value, true) >= begins {
        return None;
    }
    Some(
        bad(on.span, format!("this question is answered on {}, before {what}", show(on.value)))
            .label(format!("before {:04}-{:02}", begins.div_euclid(12), begins.rem_euclid(12) + 1))
            .help("write the date on which the world answered, or ask about an earlier time"),
    )
}
