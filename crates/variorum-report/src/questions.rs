//! The answers of a run: per question a row per reading.

use crate::Style;
use crate::layout::{WIDTH, interval, pad, wrap};
use variorum::answers::{Answer, Answers, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::words::{percent, significant};

/// Columns of the plot.
const PLOT: usize = 11;

/// All questions of a run.
#[must_use]
pub fn answers(answers: &Answers, style: Style) -> String {
    let mut out = Vec::new();
    let draws = answers.questions.iter().flat_map(|question| &question.readings).map(|reading| reading.draws);
    let (least, most) = draws.fold((u64::MAX, 0), |(least, most), draws| (least.min(draws), most.max(draws)));
    out.push(style.strong(&answers.model));
    let [from, to] = &answers.time;
    let each = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    out.push(wrap(
        &format!(
            "{from} to {to}; each reading played {each} x {} times (parameter draws x trajectories), seed {}, model {}.",
            answers.per_draw, answers.seed, answers.fingerprint
        ),
        WIDTH,
        "",
    ));
    if !answers.complete {
        out.push("Interrupted: these answers rest on what was done until then.".to_owned());
    }
    for question in &answers.questions {
        out.push(String::new());
        out.push(self::question(question, style));
    }
    for note in &answers.notes {
        out.push(String::new());
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    if most > 0 {
        out.push(String::new());
        out.push(style.faint(&wrap(
            "90%: approximate interval of the probability (or mean) owed to what nobody knows for certain; +-: Monte \
             Carlo standard error (in points); words: ICD 203. An answer is what follows from a reading's premises as \
             written down in the model.",
            WIDTH,
            "",
        )));
    }
    out.join("\n") + "\n"
}

fn question(question: &QuestionAnswers, style: Style) -> String {
    let mut out = Vec::new();
    let [from, to] = &question.window;
    let window = if from == to { format!("at {to}") } else { format!("{from} to {to}") };
    let one_line = question.name.chars().count() + 2 + window.chars().count() <= WIDTH;
    let between = if one_line { "  " } else { "\n  " };
    out.push(format!("{}{between}{}", style.strong(&question.name), style.faint(&window)));
    out.push(wrap(&question.text, WIDTH, "  "));
    let name = question.readings.iter().map(|reading| reading.reading.chars().count()).max().unwrap_or(0).clamp(7, 11);
    let number = question.readings.iter().any(|reading| matches!(reading.answer, Answer::Number(_)));
    if number {
        numbers(question, name, style, &mut out);
    } else {
        out.push(style.faint(&format!(
            "  {} {} {} {} {}",
            pad("reading", name, false),
            pad("prob.", 6, true),
            pad("90%", 13, true),
            pad("+-", 4, true),
            "in words"
        )));
        for reading in &question.readings {
            if let Answer::Probability(answer) = &reading.answer {
                out.push(probability(reading, answer, name));
                if let Some(reason) = &answer.reason {
                    out.push(wrap(reason, WIDTH, "      "));
                }
            }
        }
    }
    for said in &question.said {
        let implied = question.readings.iter().find(|reading| reading.reading == said.source);
        let implied = match implied.map(|reading| &reading.answer) {
            Some(Answer::Probability(answer)) => {
                format!("; its premises, as completed here, imply {}", percent(answer.probability))
            }
            _ => String::new(),
        };
        out.push(wrap(&format!("{} said \"{}\"{implied}", said.source, said.phrase), WIDTH, "  "));
    }
    if let Some(resolved) = &question.resolved {
        let on = resolved.on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
        out.push(wrap(&format!("the world answered {}{on}", resolved.outcome), WIDTH, "  "));
    }
    out.join("\n")
}

fn probability(reading: &ReadingAnswer, answer: &Probability, name: usize) -> String {
    let points = 100.0 * answer.error;
    let error = if points.is_nan() {
        "?".to_owned()
    } else if points == 0.0 {
        "0".to_owned()
    } else if points >= 0.95 {
        format!("{points:.0}")
    } else if points >= 0.095 {
        format!("{points:.1}")
    } else if points >= 0.0095 {
        format!("{points:.2}")
    } else {
        "<.01".to_owned()
    };
    format!(
        "  {} {} {} {} {} {}",
        pad(&reading.reading, name, false),
        pad(&percent(answer.probability), 6, true),
        pad(&answer.interval.map_or("none seen".to_owned(), between), 13, true),
        pad(&error, 4, true),
        pad(&answer.word, 28, false),
        interval(answer.probability, answer.interval.unwrap_or([answer.probability; 2]), 0.0, 1.0, PLOT)
    )
    .trim_end()
    .to_owned()
}

/// `4.1-25%`.
fn between([low, high]: [f64; 2]) -> String {
    let low = percent(low);
    format!("{}-{}", low.strip_suffix('%').unwrap_or(&low), percent(high))
}

/// Large numbers are shown in thousands of thousands: the divisor, and its name before the unit.
fn scale(largest: f64) -> (f64, &'static str) {
    match largest {
        x if x >= 1e12 => (1e12, "trillion "),
        x if x >= 1e9 => (1e9, "billion "),
        x if x >= 1e6 => (1e6, "million "),
        _ => (1.0, ""),
    }
}

fn numbers(question: &QuestionAnswers, name: usize, style: Style, out: &mut Vec<String>) {
    let all: Vec<(&ReadingAnswer, &Number)> = question
        .readings
        .iter()
        .filter_map(|reading| match &reading.answer {
            Answer::Number(answer) => Some((reading, answer)),
            _ => None,
        })
        .collect();
    let unit = all.first().map_or("", |(_, answer)| answer.unit.as_str());
    let fold = |pick: fn(&Number) -> f64, better: fn(f64, f64) -> bool| {
        all.iter().map(|(_, answer)| pick(answer)).fold(None, |best: Option<f64>, x| match best {
            Some(best) if !better(x, best) => Some(best),
            _ => Some(x),
        })
    };
    let low = fold(|answer| answer.predictive[0], |x, best| x < best).unwrap_or(0.0);
    let high = fold(|answer| answer.predictive[1], |x, best| x > best).unwrap_or(1.0);
    let high = if high > low { high } else { low + 1.0 };
    let (divisor, name_of_scale) = scale(if high.abs() > low.abs() { high.abs() } else { low.abs() });
    let unit = format!("{name_of_scale}{unit}");
    let show = |x: f64, digits: i32| significant(x / divisor, digits);
    out.push(style.faint(&format!(
        "  {} {} {} {} {}",
        pad("reading", name, false),
        pad("median", 10, true),
        pad("90% of outcomes", 21, true),
        pad("mean +-", 18, true),
        if unit.is_empty() { String::new() } else { format!("({})", unit.trim()) }
    )));
    for (reading, answer) in all {
        let [from, to] = answer.predictive;
        out.push(format!(
            "  {} {} {} {} {}",
            pad(&reading.reading, name, false),
            pad(&show(answer.median, 3), 10, true),
            pad(&format!("{} .. {}", show(from, 3), show(to, 3)), 21, true),
            pad(&format!("{} +-{}", show(answer.mean, 3), show(answer.error, 1)), 18, true),
            interval(answer.median, answer.predictive, low, high, PLOT)
        ));
    }
}
