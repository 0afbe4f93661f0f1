//! Scenarios side by side.

use crate::Style;
use crate::explanation::answer;
use crate::layout::{self, WIDTH, as_of, pad, wrap};
use crate::sentences;
use variorum::answers::Answer;
use variorum::confidence;
use variorum::whatif::{Given, WhatIf, WhatIfAnswer, WhatIfQuestion};
use variorum::words::{percent, short};

/// Every question in the world as it is and in the scenarios.
#[must_use]
pub fn whatif(document: &WhatIf, style: Style) -> String {
    let [from, to] = &document.head.time;
    let mut out = vec![style.strong(&wrap(&document.head.model, WIDTH, ""))];
    let how = format!(
        "{from} to {to}; every scenario on the same random numbers, {} trajectories per parameter draw, seed {}, model {}.",
        document.head.per_draw, document.head.seed, document.head.fingerprint
    );
    out.push(wrap(&how, WIDTH, ""));
    out.extend(document.given.as_ref().map(|given| wrap(&self::given(given), WIDTH, "")));
    out.extend(as_of(document.head.as_of.as_deref()));
    if !document.head.complete {
        out.push("Interrupted: these answers rest on what was done until then.".to_owned());
    }
    out.push(String::new());
    for (number, scenario) in document.scenarios.iter().enumerate() {
        let label = self::label(number);
        let title = if scenario.title == scenario.name { String::new() } else { format!("  {}", scenario.title) };
        out.push(wrap(&format!("{label} {}{title}", scenario.name), WIDTH, ""));
        if scenario.actions.as_slice() != [scenario.name.clone()] {
            out.extend(scenario.actions.iter().map(|action| wrap(action, WIDTH, "    ")));
        }
    }
    // Alone, a question is shown whatever it answers.
    let settled = |question: &&WhatIfQuestion| {
        document.given.is_some() && document.questions.len() > 1 && self::settled(question).is_some()
    };
    let (settled, open): (Vec<&WhatIfQuestion>, Vec<&WhatIfQuestion>) = document.questions.iter().partition(settled);
    for question in open {
        out.push(String::new());
        out.push(self::question(question, style));
    }
    if !settled.is_empty() {
        let of = |yes: bool| {
            let names = settled.iter().filter(|question| self::settled(question) == Some(yes));
            names.map(|question| question.name.as_str()).collect::<Vec<&str>>()
        };
        out.push(String::new());
        let text = sentences::settled(&of(true), &of(false));
        out.push(wrap(&format!("Settled, with and without all of this, in every reading: {text}."), WIDTH, ""));
    }
    for note in &document.notes {
        out.push(String::new());
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    out.push(String::new());
    out.push(style.faint(&wrap(
        "as it is: without any scenario; change: the answer in the scenario less that (points of probability, or units of \
         the mean; none: no trajectory differs); +-: Monte Carlo standard error of the change.",
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

/// What all this is on condition of: `On condition of what was seen up to 2024-10 (observations 1-4 of 9, records to 2024-10)`.
fn given(given: &Given) -> String {
    let Some(until) = given.until.as_ref().filter(|_| !given.numbers.is_empty()) else {
        return format!(
            "Nothing was seen before {}, when the first change begins: without any condition.",
            given.since
        );
    };
    let what = if given.numbers.len() == 1 { "observation" } else { "observations" };
    let records = given.records.as_ref().map_or(String::new(), |to| format!(", records to {to}"));
    format!(
        "On condition of what was seen up to {until} ({what} {} of {}{records}), before the first change. What is held comes \
         as a surprise: no actor counts with it before the scenario begins.",
        sentences::ranges(&given.numbers),
        given.of
    )
}

/// Whether it is the same yes or no in every trajectory of the world as it is and of all scenarios, in all readings.
fn settled(question: &WhatIfQuestion) -> Option<bool> {
    let answers = question.readings.iter().flat_map(|reading| {
        std::iter::once(&reading.without).chain(reading.scenarios.iter().map(|scenario| &scenario.answer))
    });
    sentences::alike(answers.map(confidence::probability))
}

/// `A`, `B` … `Z`, then numbers.
fn label(number: usize) -> String {
    let letter = u8::try_from(number).ok().filter(|number| *number < 26).map(|number| char::from(b'A' + number));
    letter.map_or_else(|| (number + 1).to_string(), String::from)
}

fn question(question: &WhatIfQuestion, style: Style) -> String {
    let mut out = vec![layout::heading(
        &question.name,
        &sentences::asked_in(&question.window, question.condition.as_deref()),
        style,
    )];
    out.push(wrap(&question.text, WIDTH, "  "));
    let name = question.readings.iter().map(|reading| reading.reading.chars().count()).max().unwrap_or(0).clamp(7, 20);
    out.push(style.faint(&format!(
        "  {} {} {} {} {}",
        pad("reading", name, false),
        pad("scenario", 10, false),
        pad("answer", 9, true),
        pad("change", 10, true),
        pad("+-", 8, true)
    )));
    for reading in &question.readings {
        let without = format!(
            "  {} {} {}",
            pad(&reading.reading, name, false),
            pad("as it is", 10, false),
            pad(&central(&reading.without), 9, true)
        );
        out.push(without);
        out.extend(void(&reading.without));
        for (number, scenario) in reading.scenarios.iter().enumerate() {
            let line = format!(
                "  {} {} {} {}",
                pad("", name, false),
                pad(&label(number), 10, false),
                pad(&central(&scenario.answer), 9, true),
                change(scenario)
            );
            out.push(line.trim_end().to_owned());
            out.extend(void(&scenario.answer));
        }
    }
    out.join("\n")
}

/// The probability or the mean.
fn central(answer: &Answer) -> String {
    match answer {
        Answer::Probability(answer) => percent(answer.probability),
        Answer::Number(answer) => short(answer.mean, 2),
        Answer::Date(answer) => percent(answer.ever.probability),
        Answer::Void { .. } => "void".to_owned(),
    }
}

/// Why there is no answer, or none but a structural one.
fn void(of: &Answer) -> Option<String> {
    let reason = match of {
        Answer::Probability(of) => of.reason.clone(),
        Answer::Void { .. } => Some(answer(of)),
        _ => None,
    };
    reason.map(|reason| wrap(&reason, WIDTH, "      "))
}

fn change(scenario: &WhatIfAnswer) -> String {
    let (Some(difference), Some(error)) = (scenario.difference, scenario.error) else { return String::new() };
    if difference == 0.0 && error == 0.0 {
        return pad("none", 10, true);
    }
    let (difference, error) = match &scenario.answer {
        Answer::Number(_) => {
            let sign = if difference > 0.0 { "+" } else { "" };
            (format!("{sign}{}", short(difference, 2)), short(error, 1))
        }
        _ => (sentences::change(difference), sentences::points(error)),
    };
    format!("{} {}", pad(&difference, 10, true), pad(&error, 8, true))
}
