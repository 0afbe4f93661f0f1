//! What stands beside a question: forecasts of sources, and what the world has answered.

use crate::collect::Shared;
use crate::compile::unknown_phrase;
use crate::model::known_source;
use crate::verbal::{Meaning, meaning};
use variorum_syntax::ast::{At, Number, Outcome, Query, Question, Said, SaidValue};
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
                }
            }
            SaidValue::Number(number) => diagnostics.extend(forecast(said, number, answer)),
        }
    }
    let name = question.name.as_ref();
    diagnostics.extend(name.and_then(|name| outcome(question, &name.value, name.span, answer)));
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
