//! A question's answers before and after what was seen, side by side, in 80 columns.

use crate::Style;
use crate::layout::{self, WIDTH, pad, wrap};
use crate::seen::{LACKING, is_observed};
use crate::sentences::{self, Kind, Scale};
use variorum::answer::bounded;
use variorum::answers::{Answer, Answers, Condition, FirstDate, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence;
use variorum::evidence::{Pooled, State};
use variorum::words::{percent, standard};

/// What stands below a row.
const BELOW: &str = "      ";

/// The widths of columns that are alike in all tables of a run.
#[derive(Clone, Copy)]
pub struct Columns {
    /// The readings' names.
    name: usize,
    /// Probabilities.
    share: usize,
    /// 90% intervals.
    interval: usize,
    /// Whether the word has room in the row; otherwise it stands below.
    beside: bool,
}

impl Columns {
    /// Those of a run.
    pub fn of(answers: &Answers) -> Columns {
        let readings = || {
            answers.questions.iter().filter(|question| is_observed(question)).flat_map(|question| &question.readings)
        };
        let longest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let likely = || readings().flat_map(|reading| [before(reading), after(reading)]).flatten();
        let name = longest(&mut readings().map(|reading| reading.reading.chars().count())).clamp(10, 14);
        let share = longest(&mut likely().map(|answer| percent(answer.probability).chars().count())).clamp(5, 7);
        let interval = longest(&mut likely().map(|answer| narrow(answer).chars().count())).clamp(7, 14);
        let word = longest(&mut readings().map(|reading| word(reading).chars().count()));
        let row = 2 + name + 1 + share + 1 + interval + 2 + share + 1 + interval + 1 + 4 + 1 + word;
        Columns { name, share, interval, beside: row <= WIDTH }
    }
}

/// The probability before anything was seen.
fn before(reading: &ReadingAnswer) -> Option<&Probability> {
    confidence::probability(&reading.answer)
}

/// The probability after it.
fn after(reading: &ReadingAnswer) -> Option<&Probability> {
    confidence::probability(&reading.after.as_ref()?.answer)
}

/// The word for what a reading answers after what was seen.
fn word(reading: &ReadingAnswer) -> String {
    match (after(reading), &reading.after) {
        (Some(answer), _) => answer.word.clone(),
        (None, Some(_)) => "no answer".to_owned(),
        (None, None) => LACKING.to_owned(),
    }
}

/// `4.1..25%`: as the language writes intervals, since there are two in a row.
fn narrow(answer: &Probability) -> String {
    answer.interval.map_or("too few".to_owned(), |[low, high]| {
        let (low, high) = (percent(low), percent(high));
        if low == high { low } else { format!("{}..{high}", low.trim_end_matches('%')) }
    })
}

/// The rows of a question, and the pooled ones.
pub fn rows(question: &QuestionAnswers, columns: Columns, style: Style, out: &mut Vec<String>) {
    match sentences::kind(question) {
        Kind::Number => numbers(question, columns.name, style, out),
        Kind::Probability | Kind::Date | Kind::Void => probabilities(question, columns, style, out),
    }
}

fn probabilities(question: &QuestionAnswers, columns: Columns, style: Style, out: &mut Vec<String>) {
    let Columns { name, share, interval, beside } = columns;
    let first = if sentences::kind(question) == Kind::Date { "ever" } else { "prob." };
    let groups = format!(
        "  {} {}  {}",
        pad("", name, false),
        pad("before", share + 1 + interval, true),
        pad("after", share + 1 + interval, true)
    );
    out.push(style.faint(groups.trim_end()));
    let head = format!(
        "  {} {} {}  {} {} {} {}",
        pad("reading", name, false),
        pad(first, share, true),
        pad("90%", interval, true),
        pad(first, share, true),
        pad("90%", interval, true),
        pad("+-", 4, true),
        if beside { "in words, after" } else { "" }
    );
    out.push(style.faint(head.trim_end()));
    let cells = |answer: Option<&Probability>| {
        let (p, ends) =
            answer.map_or(("-".to_owned(), "-".to_owned()), |answer| (percent(answer.probability), narrow(answer)));
        format!("{} {}", pad(&p, share, true), pad(&ends, interval, true))
    };
    for reading in &question.readings {
        let error = after(reading).map_or(String::new(), |answer| sentences::points(answer.error));
        let row = format!(
            "  {} {}  {} {} {}",
            layout::name(&reading.reading, name),
            cells(before(reading)),
            cells(after(reading)),
            pad(&error, 4, true),
            if beside { word(reading) } else { String::new() }
        );
        out.push(row.trim_end().to_owned());
        if !beside {
            out.push(wrap(&word(reading), WIDTH, BELOW));
        }
        below(reading, settled(question).is_some(), out);
    }
    let Some(pooled) = &question.pooled else { return };
    for (label, was, is) in pooled_rows(pooled) {
        let shown = |p: Option<f64>| pad(&p.map_or("-".to_owned(), percent), share, true);
        // The label may reach over what it has no number for.
        let left = match was {
            Some(was) => {
                format!("{} {} {}", pad(label, name, false), pad(&percent(was), share, true), pad("", interval, true))
            }
            None => pad(label, name + 1 + share + 1 + interval, false),
        };
        let word = is.map_or(String::new(), standard);
        let row = format!(
            "  {left}  {} {} {} {}",
            shown(is),
            pad("", interval, true),
            pad("", 4, true),
            if beside { &word } else { "" }
        );
        out.push(row.trim_end().to_owned());
        if !beside && !word.is_empty() {
            out.push(wrap(&word, WIDTH, BELOW));
        }
    }
}

/// The pooled answers: what they are called, before, after.
pub fn pooled_rows(pooled: &Pooled) -> [(&'static str, Option<f64>, Option<f64>); 2] {
    [("all, alike", pooled.equal_before, pooled.equal_after), ("all, by weight", None, pooled.weighted_after)]
}

/// Whether what was seen settles a question: the same yes or no in every trajectory that agrees with it, in all readings
/// that have it.
pub fn settled(question: &QuestionAnswers) -> Option<bool> {
    let known = question.readings.iter().filter_map(|reading| reading.after.as_ref());
    sentences::alike(known.map(|after| confidence::probability(&after.answer)))
}

/// The questions that are settled, in a sentence; none where none is.
pub fn all_settled(answers: &Answers) -> Option<String> {
    let of = |yes: bool| {
        let names = answers.questions.iter().filter(|question| settled(question) == Some(yes));
        names.map(|question| question.name.as_str()).collect::<Vec<&str>>()
    };
    let (yes, no) = (of(true), of(false));
    if yes.is_empty() && no.is_empty() {
        return None;
    }
    let known = answers.evidence.iter().flat_map(|evidence| &evidence.readings);
    let draws = known.filter(|reading| reading.state == State::Known).map(|reading| reading.effective);
    let least = draws.reduce(|a, b| if b < a { b } else { a });
    let bound = least.map_or(String::new(), |least| {
        let of = [(true, &yes), (false, &no)].into_iter().filter(|(_, names)| !names.is_empty());
        let bounds: Vec<String> = of.map(|(is_yes, _)| bounded(is_yes, least)).collect();
        format!(". With 95% confidence their probabilities are {}", bounds.join(" and "))
    });
    Some(format!(
        "Settled, the same in every trajectory that agrees with what was seen, in all readings: {}{bound}.",
        sentences::settled(&yes, &no)
    ))
}

/// What the sample supports of a question that is settled: `below 3.5%`; of the reading with the least draws.
pub fn settled_bound(answers: &Answers, is_yes: bool) -> Option<String> {
    let known = answers.evidence.iter().flat_map(|evidence| &evidence.readings);
    let draws = known.filter(|reading| reading.state == State::Known).map(|reading| reading.effective);
    draws.reduce(|a, b| if b < a { b } else { a }).map(|least| bounded(is_yes, least))
}

/// Of one reading: why an answer is 0, dates, its condition, what it rests on. Why an answer of a question that is settled is
/// 0 or 1 afterwards is said once, for all questions.
fn below(reading: &ReadingAnswer, settled: bool, out: &mut Vec<String>) {
    let later = reading.after.as_ref().map(|after| &after.answer);
    let [was, is] = [reason(Some(&reading.answer)), reason(later).filter(|_| !settled)];
    if was.is_some() && was == is {
        out.extend(was.map(|reason| wrap(&reason, WIDTH, BELOW)));
    } else {
        out.extend(was.map(|reason| wrap(&format!("before: {reason}"), WIDTH, BELOW)));
        out.extend(is.map(|reason| wrap(&format!("after: {reason}"), WIDTH, BELOW)));
    }
    for (when, answer) in [("before", Some(&reading.answer)), ("after", later)] {
        if let Some(Answer::Date(FirstDate { quantiles: [early, half, late], .. })) = answer {
            let by = |share: &str, date: &Option<String>| match date {
                Some(date) => format!("{share} by {date}"),
                None => format!("{share} not by the end"),
            };
            let text = format!("{when}: {}, {}, {}", by("5%", early), by("50%", half), by("95%", late));
            out.push(wrap(&text, WIDTH, BELOW));
        }
    }
    out.extend(given(reading).map(|given| wrap(&given, WIDTH, BELOW)));
    if let Some(provenance) = &reading.provenance {
        out.push(wrap(&format!("rests on {}", sentences::rests_on(provenance)), WIDTH, BELOW));
    }
}

/// Why an answer is exactly 0 or 1, or is none.
fn reason(answer: Option<&Answer>) -> Option<String> {
    match answer? {
        Answer::Void { reason } => Some(reason.clone()),
        other => confidence::probability(other)?.reason.clone(),
    }
}

/// How often the condition of a conditional question holds, before and after.
fn given(reading: &ReadingAnswer) -> Option<String> {
    let often = |given: &Condition| {
        format!(
            "{} +-{} ({})",
            percent(given.probability),
            sentences::points(given.error),
            sentences::counted(given.trajectories, "trajectory", "trajectories")
        )
    };
    let was = reading.given.as_ref().map(often)?;
    let is = reading.after.as_ref().and_then(|after| after.given.as_ref());
    let is = is.map_or(String::new(), |is| format!(", after what was seen in {}", often(is)));
    Some(format!("the condition holds in {was}{is}"))
}

/// Both numbers of a reading.
fn both(reading: &ReadingAnswer) -> [Option<&Number>; 2] {
    let of = |answer: &'_ Answer| matches!(answer, Answer::Number(_));
    let before = Some(&reading.answer).filter(|answer| of(answer));
    let after = reading.after.as_ref().map(|after| &after.answer);
    [before, after].map(|answer| match answer {
        Some(Answer::Number(number)) => Some(number),
        _ => None,
    })
}

fn numbers(question: &QuestionAnswers, name: usize, style: Style, out: &mut Vec<String>) {
    let all = || question.readings.iter().flat_map(both);
    let scale = Scale::of(all().flatten());
    let median = |number: &Number| scale.show(number.median, 2);
    let outcomes = |number: &Number| {
        let [low, high] = number.predictive;
        sentences::span(scale.show(low, 2), &scale.show(high, 2))
    };
    let mean = |number: &Number| format!("{} +-{}", scale.show(number.mean, 3), scale.show(number.error, 1));
    let widest = |of: &dyn Fn(&Number) -> String, least: usize| {
        all().flatten().map(|number| of(number).chars().count()).max().unwrap_or(0).max(least)
    };
    let (middle, span, means) = (widest(&median, 6), widest(&outcomes, 7), widest(&mean, 7));
    let half = middle + 1 + span;
    let row = 2 + name + 1 + half + 2 + half + 1 + means;
    let beside = row <= WIDTH;
    // Where even two ranges are too wide for a line, what was before stands below.
    let wide = 2 + name + 1 + half + 2 + half > WIDTH;
    let unit = if scale.unit.is_empty() { String::new() } else { format!(", in {}", scale.unit) };
    let half_head = || format!("{} {}", pad("median", middle, true), pad("90%", span, true));
    if wide {
        out.push(style.faint(&wrap(
            &format!("after, and below it before: median, 90% of outcomes, mean +-{unit}"),
            WIDTH,
            "  ",
        )));
    } else {
        let first = wrap(&format!("90%: of outcomes{unit}"), WIDTH, "  ");
        out.push(style.faint(&first));
        let groups = format!("  {} {}  {}", pad("", name, false), pad("before", half, true), pad("after", half, true));
        out.push(style.faint(&groups));
        let last = if beside { pad("mean +-", means, true) } else { String::new() };
        let head = format!("  {} {}  {} {last}", pad("reading", name, false), half_head(), half_head());
        out.push(style.faint(head.trim_end()));
    }
    let cells = |number: Option<&Number>| match number {
        Some(number) => format!("{} {}", pad(&median(number), middle, true), pad(&outcomes(number), span, true)),
        None => format!("{} {}", pad("-", middle, true), pad("-", span, true)),
    };
    for reading in &question.readings {
        let [was, is] = both(reading);
        if wide {
            out.push(wrap(&reading.reading, WIDTH, "  "));
            for (when, number) in [("after", is), ("before", was)] {
                let text = number.map_or(format!("{when}: none"), |number| {
                    format!("{when}: {}, {}, {}", median(number), outcomes(number), mean(number))
                });
                out.push(wrap(&text, WIDTH, BELOW));
            }
        } else {
            let last = if beside { is.map_or(String::new(), |is| pad(&mean(is), means, true)) } else { String::new() };
            let row = format!("  {} {}  {} {last}", layout::name(&reading.reading, name), cells(was), cells(is));
            out.push(row.trim_end().to_owned());
            if !beside {
                out.extend(is.map(|is| wrap(&format!("mean {}", mean(is)), WIDTH, BELOW)));
            }
        }
        if reading.after.is_none() {
            out.push(wrap(LACKING, WIDTH, BELOW));
        }
        below(reading, false, out);
    }
    let Some(pooled) = &question.pooled else { return };
    for (label, was, is) in pooled_rows(pooled) {
        let was = was.map(|was| format!("{} before", scale.show(was, 3)));
        let is = is.map(|is| format!("{} after", scale.show(is, 3)));
        let parts: Vec<String> = [was, is].into_iter().flatten().collect();
        if !parts.is_empty() {
            out.push(wrap(&format!("{label}: mean {}", parts.join(", ")), WIDTH, "  "));
        }
    }
}
