//! The answers of a run: per question a row per reading.

use crate::Style;
use crate::layout::{self, WIDTH, as_of, interval, pad, wrap};
use crate::observed::{self, Columns};
use crate::seen;
use crate::sentences::{self, Kind, Scale};
use variorum::answers::{Answer, Answers, FirstDate, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence;
use variorum::words::percent;

/// Columns of a plot, if there is room for so many.
const PLOT: usize = 11;

/// The widths of columns that are alike in all tables of a run.
#[derive(Clone, Copy)]
struct Widths {
    /// The readings' names.
    name: usize,
    /// The 90% intervals of probabilities.
    interval: usize,
}

impl Widths {
    fn of(answers: &Answers) -> Widths {
        let readings = || answers.questions.iter().flat_map(|question| &question.readings);
        let longest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let intervals = readings().filter_map(|reading| confidence::probability(&reading.answer));
        Widths {
            name: longest(&mut readings().map(|reading| reading.reading.chars().count())).clamp(7, 11),
            interval: longest(&mut intervals.map(|answer| sentences::interval(answer).chars().count())).clamp(13, 17),
        }
    }

    /// What a plot may have beside the name, the probability, its interval and error, and the word.
    fn plot(self) -> usize {
        let others = 2 + self.name + 1 + 6 + 1 + self.interval + 1 + 4 + 1 + 28 + 1;
        PLOT.min(WIDTH.saturating_sub(others))
    }
}

/// What stands below a row.
const BELOW: &str = "      ";

/// All questions of a run.
#[must_use]
pub fn answers(answers: &Answers, style: Style) -> String {
    let mut out = Vec::new();
    let draws = answers.questions.iter().flat_map(|question| &question.readings).map(|reading| reading.draws);
    let (least, most) = draws.fold((u64::MAX, 0), |(least, most), draws| (least.min(draws), most.max(draws)));
    out.push(style.strong(&wrap(&answers.head.model, WIDTH, "")));
    if let Some(scenario) = &answers.scenario {
        out.push(style.strong(&wrap(&format!("in the scenario {scenario}"), WIDTH, "")));
    }
    let [from, to] = &answers.head.time;
    let each = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    let how = match answers.is_exact() {
        _ if answers.questions.is_empty() => "it asks nothing, so there is nothing to answer".to_owned(),
        true => "each reading solved exactly".to_owned(),
        false => format!(
            "each reading played {each} x {} times (parameter draws x trajectories), seed {}",
            answers.head.per_draw, answers.head.seed
        ),
    };
    out.push(wrap(&format!("{from} to {to}; {how}, model {}.", answers.head.fingerprint), WIDTH, ""));
    out.extend(as_of(answers.head.as_of.as_deref()));
    if !answers.head.complete {
        out.push("Interrupted: these answers rest on what was done until then.".to_owned());
    }
    if let Some(warning) = answers.evidence.as_ref().and_then(seen::nothing_left) {
        out.push(String::new());
        out.push(style.strong(&wrap(&format!("Warning: {warning}"), WIDTH, "")));
    }
    let (widths, columns) = (Widths::of(answers), Columns::of(answers));
    for question in &answers.questions {
        out.push(String::new());
        out.push(self::question(question, widths, columns, style));
    }
    if let Some(settled) = observed::all_settled(answers) {
        out.push(String::new());
        out.push(wrap(&settled, WIDTH, ""));
    }
    if let Some(evidence) = &answers.evidence {
        out.push(String::new());
        out.push(crate::evidence::evidence(evidence, style));
    }
    for note in seen::other_notes(answers) {
        out.push(String::new());
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    if most > 0 || answers.is_exact() {
        out.push(String::new());
        out.push(style.faint(&wrap(&legend(answers), WIDTH, "")));
    }
    out.join("\n") + "\n"
}

/// What the columns mean, as far as they occur.
fn legend(answers: &Answers) -> String {
    let seen = answers.questions.iter().any(seen::is_observed);
    let mut text = match answers.is_exact() {
        true => {
            "90%: interval of the probability (or mean) over the values of the parameters; +-: no error, nothing was \
             drawn; words: ICD 203."
        }
        false => {
            "90%: approximate interval of the probability (or mean) owed to what nobody knows for certain; +-: Monte Carlo \
             standard error (in points); words: ICD 203."
        }
    }
    .to_owned();
    if answers.questions.iter().any(lacks_interval) {
        text.push_str(" small sample, too few: too small a sample to tell the interval from chance.");
    }
    let by_date = |question: &QuestionAnswers| sentences::kind(question) == Kind::Date && !seen::is_observed(question);
    if answers.questions.iter().any(by_date) {
        text.push_str(" 5%, 50%, 95% by: the date by which it has come true with that probability; -: not by the end.");
    }
    if seen {
        text.push_str(
            " Before: from the premises alone; after: on condition of what was seen. All, alike: the mean of the readings' \
             answers; by weight: by their weights on what was seen since the last of them was written.",
        );
    }
    let measured = |question: &QuestionAnswers| question.readings.iter().any(|reading| reading.provenance.is_some());
    if answers.questions.iter().any(measured) {
        text.push_str(
            " Rests on: shares of the variance by the origin of the numbers; statements on which it can depend",
        );
        text.push_str(if seen { ", before anything was seen." } else { "." });
    }
    if answers.questions.iter().any(|question| question.resolved.is_some()) {
        text.push_str(
            " The world answered: an outcome is scored, and not used in any answer; only `observe` and `record` count.",
        );
    }
    text.push_str(" An answer is what follows from a reading's premises as written down in the model.");
    text
}

/// Whether some interval of a question cannot be told from chance.
fn lacks_interval(question: &QuestionAnswers) -> bool {
    let both = |reading: &'_ ReadingAnswer| {
        let after = reading.after.as_ref().and_then(|after| confidence::probability(&after.answer));
        [confidence::probability(&reading.answer), after].into_iter().flatten().any(|answer| answer.interval.is_none())
    };
    question.readings.iter().any(both)
}

fn question(question: &QuestionAnswers, widths: Widths, columns: Columns, style: Style) -> String {
    let mut out = Vec::new();
    let window = sentences::asked_in(&question.window, question.condition.as_deref());
    out.push(layout::heading(&question.name, &window, style));
    out.push(wrap(&question.text, WIDTH, "  "));
    if seen::is_observed(question) {
        observed::rows(question, columns, style, &mut out);
    } else {
        rows(question, widths, style, &mut out);
    }
    said(question, &mut out);
    if let Some(resolved) = &question.resolved {
        let on = resolved.on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        out.push(wrap(&format!("the world answered {}{on}", resolved.outcome), WIDTH, "  "));
    }
    out.join("\n")
}

/// A row for each reading.
fn rows(question: &QuestionAnswers, widths: Widths, style: Style, out: &mut Vec<String>) {
    let Widths { name, .. } = widths;
    let row: Box<dyn Fn(&ReadingAnswer) -> String> = match sentences::kind(question) {
        Kind::Number => numbers(question, name, style, out),
        Kind::Date => dates(widths, style, out),
        Kind::Probability => probabilities(widths, style, out),
        Kind::Void => Box::new(|_| String::new()),
    };
    for reading in &question.readings {
        if let Answer::Void { reason } = &reading.answer {
            out.push(format!("  {} no answer", pad(&reading.reading, name, false)));
            out.push(wrap(reason, WIDTH, BELOW));
        } else {
            out.push(row(reading).trim_end().to_owned());
        }
        below(reading, out);
    }
}

/// What is said of a row: the reason of a 0, the condition, what it rests on.
fn below(reading: &ReadingAnswer, out: &mut Vec<String>) {
    if let Some(reason) = confidence::probability(&reading.answer).and_then(|answer| answer.reason.as_ref()) {
        out.push(wrap(reason, WIDTH, BELOW));
    }
    if let Answer::Date(FirstDate { if_ever, ever, .. }) = &reading.answer
        && ever.probability < 1.0
        && let [Some(early), Some(middle), Some(late)] = if_ever
    {
        out.push(wrap(&format!("if it comes true: 5% by {early}, 50% by {middle}, 95% by {late}"), WIDTH, BELOW));
    }
    if let Some(given) = &reading.given {
        let mut often = format!("the condition holds in {}", percent(given.probability));
        // In an exact solution nothing was drawn.
        if reading.draws > 0 {
            let trajectories = sentences::counted(given.trajectories, "trajectory", "trajectories");
            often.push_str(&format!(" +-{} ({trajectories})", sentences::points(given.error)));
        }
        out.push(wrap(&often, WIDTH, BELOW));
    }
    if let Some(provenance) = &reading.provenance {
        out.push(wrap(&format!("rests on {}", sentences::rests_on(provenance)), WIDTH, BELOW));
    }
}

/// What sources said, beside what their readings imply.
fn said(question: &QuestionAnswers, out: &mut Vec<String>) {
    for said in &question.said {
        let mut line = format!("{} said {}", said.source, sentences::phrase(said));
        if let Some(meaning) = sentences::meaning(said) {
            line.push_str(&format!(", {meaning}"));
        }
        let reading = question.readings.iter().find(|reading| reading.reading == said.source);
        if let Some(implied) = reading.and_then(|reading| confidence::probability(&reading.answer)) {
            line.push_str(&format!("; its premises, as completed here, imply {}", percent(implied.probability)));
            let after = reading.and_then(|reading| confidence::probability(&reading.after.as_ref()?.answer));
            if let Some(after) = after {
                line.push_str(&format!(", {} after what was seen", percent(after.probability)));
            }
        }
        out.push(wrap(&line, WIDTH, "  "));
    }
}

type Row<'q> = Box<dyn Fn(&ReadingAnswer) -> String + 'q>;

fn probabilities<'q>(widths: Widths, style: Style, out: &mut Vec<String>) -> Row<'q> {
    out.push(style.faint(&format!(
        "  {} {} {} {} {}",
        pad("reading", widths.name, false),
        pad("prob.", 6, true),
        pad("90%", widths.interval, true),
        pad("+-", 4, true),
        "in words"
    )));
    Box::new(move |reading| match &reading.answer {
        Answer::Probability(answer) => {
            format!("{} {} {}", likely(reading, answer, widths), pad(&answer.word, 28, false), dot(answer, widths))
        }
        _ => String::new(),
    })
}

/// Name, probability, interval, error.
fn likely(reading: &ReadingAnswer, answer: &Probability, widths: Widths) -> String {
    format!(
        "  {} {} {} {}",
        pad(&reading.reading, widths.name, false),
        pad(&percent(answer.probability), 6, true),
        pad(&sentences::interval(answer), widths.interval, true),
        pad(&sentences::points(answer.error), 4, true)
    )
}

fn dot(answer: &Probability, widths: Widths) -> String {
    interval(answer.probability, answer.interval.unwrap_or([answer.probability; 2]), 0.0, 1.0, widths.plot())
}

fn dates<'q>(widths: Widths, style: Style, out: &mut Vec<String>) -> Row<'q> {
    out.push(style.faint(&format!(
        "  {} {} {} {} {} {} {}",
        pad("reading", widths.name, false),
        pad("ever", 6, true),
        pad("90%", widths.interval, true),
        pad("+-", 4, true),
        pad("5% by", 11, true),
        pad("50% by", 11, true),
        pad("95% by", 11, true)
    )));
    Box::new(move |reading| match &reading.answer {
        Answer::Date(answer) => {
            let dates: Vec<String> =
                answer.quantiles.iter().map(|date| pad(date.as_deref().unwrap_or("-"), 11, true)).collect();
            format!("{} {}", likely(reading, &answer.ever, widths), dates.join(" "))
        }
        _ => String::new(),
    })
}

fn numbers<'q>(question: &'q QuestionAnswers, name: usize, style: Style, out: &mut Vec<String>) -> Row<'q> {
    let fold = |pick: fn(&Number) -> f64, better: fn(f64, f64) -> bool| {
        sentences::numbers(question).map(pick).fold(None, |best: Option<f64>, x| match best {
            Some(best) if !better(x, best) => Some(best),
            _ => Some(x),
        })
    };
    let low = fold(|answer| answer.predictive[0], |x, best| x < best).unwrap_or(0.0);
    let high = fold(|answer| answer.predictive[1], |x, best| x > best).unwrap_or(1.0);
    let high = if high > low { high } else { low + 1.0 };
    let scale = Scale::of(sentences::numbers(question));
    out.push(
        style.faint(
            format!(
                "  {} {} {} {} {}",
                pad("reading", name, false),
                pad("median", 10, true),
                pad("90% of outcomes", 21, true),
                pad("mean +-", 18, true),
                if scale.unit.is_empty() { String::new() } else { format!("({})", scale.unit) }
            )
            .trim_end(),
        ),
    );
    Box::new(move |reading| match &reading.answer {
        Answer::Number(answer) => {
            let [from, to] = answer.predictive;
            format!(
                "  {} {} {} {} {}",
                pad(&reading.reading, name, false),
                pad(&scale.show(answer.median, 2), 10, true),
                pad(&sentences::span(scale.show(from, 2), &scale.show(to, 2)), 21, true),
                pad(&format!("{} +-{}", scale.show(answer.mean, 3), scale.show(answer.error, 1)), 18, true),
                interval(answer.median, answer.predictive, low, high, PLOT)
            )
        }
        _ => String::new(),
    })
}
