//! How an answer has moved from run to run.

use crate::Style;
use crate::layout::{WIDTH, interval, pad, wrap};
use crate::sentences::{self, Scale};
use variorum::history::{Change, History, HistoryPoint, HistoryReading, HistoryRun};
use variorum::words::{percent, significant};

/// Columns of the plot.
const PLOT: usize = 21;

/// The runs, what changed between them, and the answers of each reading.
#[must_use]
pub fn history(history: &History, style: Style) -> String {
    let mut out = vec![style.strong(&wrap(&history.question, WIDTH, ""))];
    out.push(wrap(&history.text, WIDTH, "  "));
    let runs = if history.runs.len() == 1 { "1 run".to_owned() } else { format!("{} runs", history.runs.len()) };
    out.push(wrap(&format!("{runs} in {}", history.ledger), WIDTH, "  "));
    for reading in &history.readings {
        out.push(String::new());
        out.extend(self::reading(&reading.reading, &reading.points, history, style));
    }
    out.push(String::new());
    out.push(style.strong("Runs"));
    out.extend(history.runs.iter().enumerate().map(|(place, one)| run(one, place == 0)));
    out.push(String::new());
    let seen = |reading: &HistoryReading| reading.points.iter().any(|point| point.before.is_some());
    let seen = if history.readings.iter().any(seen) { "Answers are those after what had been seen. " } else { "" };
    out.push(style.faint(&wrap(
        &(seen.to_owned()
            + "Times are universal time. 90%: of a probability, what not knowing the parameters is worth; of a number, of its \
         outcomes. moved: since the answer before, in points. +-: Monte Carlo standard error (in points): with another \
         seed an answer moves about so much by chance; with the same seed and model not at all."),
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

fn reading(name: &str, points: &[HistoryPoint], history: &History, style: Style) -> Vec<String> {
    let mut out = vec![style.strong(&wrap(name, WIDTH, ""))];
    let ends = points.iter().filter(|point| point.figures.kind == "number");
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for end in ends.clone().filter_map(|point| point.figures.interval).flatten() {
        low = if end < low { end } else { low };
        high = if end > high { end } else { high };
    }
    let unit = ends.clone().map(|point| point.figures.word.as_str()).next_back().unwrap_or_default();
    let largest = if high.abs() > low.abs() { high.abs() } else { low.abs() };
    let scale = Scale::for_largest(if largest.is_finite() { largest } else { 0.0 }, unit);
    let high = if high > low { high } else { low + 1.0 };
    out.push(
        style.faint(
            format!(
                "  {} {} {} {} {} {} {}",
                pad("run", 4, true),
                pad("recorded", 10, false),
                pad("answer", 8, true),
                pad("90%", 15, true),
                pad("moved", 8, true),
                pad("+-", 6, true),
                if scale.unit.is_empty() { String::new() } else { format!("({})", scale.unit) }
            )
            .trim_end(),
        ),
    );
    for point in points {
        let recorded = history.runs.iter().find(|run| run.run == point.run);
        let day = recorded.and_then(|run| run.circumstances.recorded.get(..10)).unwrap_or_default();
        let figures = &point.figures;
        let number = figures.kind == "number";
        let shown = |x: f64| if number { scale.show(x, 3) } else { percent(x) };
        let between = match figures.interval {
            Some([low, high]) if number => format!("{} .. {}", shown(low), shown(high)),
            Some([low, high]) => format!("{}-{}", shown(low).trim_end_matches('%'), shown(high)),
            None => String::new(),
        };
        let moved = match point.moved {
            Some(by) if number => signed(&scale.show(by, 2), by),
            Some(by) => signed(&significant(100.0 * by, 2), by),
            None => String::new(),
        };
        let error = match figures.error {
            Some(error) if number => scale.show(error, 1),
            Some(error) => sentences::points(error),
            None => String::new(),
        };
        let plot = figures.value.map_or(String::new(), |value| {
            let ends = figures.interval.unwrap_or([value; 2]);
            if number { interval(value, ends, low, high, PLOT) } else { interval(value, ends, 0.0, 1.0, PLOT) }
        });
        let line = format!(
            "  {} {day:10} {} {} {} {} {plot}",
            pad(&point.run.to_string(), 4, true),
            pad(&figures.value.map_or("none".to_owned(), shown), 8, true),
            pad(&between, 15, true),
            pad(&moved, 8, true),
            pad(&error, 6, true),
        );
        out.push(line.trim_end().to_owned());
    }
    out
}

fn signed(text: &str, x: f64) -> String {
    if x > 0.0 { format!("+{text}") } else { text.to_owned() }
}

/// A run, and what is not as in the one before.
fn run(run: &HistoryRun, first: bool) -> String {
    let when = run.circumstances.recorded.replace('T', " ").replace('Z', "");
    let mut text = format!("{} {when}:", run.run);
    if first {
        let as_of = run.circumstances.as_of.as_ref().map_or(String::new(), |day| format!(", as of {day}"));
        text.push_str(&format!(
            " model {} (\"{}\"), seed {}, {} x {} played{as_of}",
            run.fingerprint, run.title, run.seed, run.draws, run.per_draw
        ));
    } else if run.changed.is_empty() {
        text.push_str(" as the run before");
    } else {
        let changes: Vec<String> = run.changed.iter().map(change).collect();
        text.push_str(&format!(" {}", changes.join("; ")));
    }
    if !run.complete {
        text.push_str("; interrupted");
    }
    let lines = wrap(&text, WIDTH - 2, "  ");
    lines.replace('\n', "\n  ")
}

fn change(change: &Change) -> String {
    let none = || "none".to_owned();
    let (from, to) = (change.from.clone().unwrap_or_else(none), change.to.clone().unwrap_or_else(none));
    match change.what.as_str() {
        "fingerprint" => format!("the model was edited ({from} -> {to})"),
        "title" => format!("title \"{from}\" -> \"{to}\""),
        "text" => format!("the question was \"{from}\" and is \"{to}\""),
        "model" => format!("read from {from} -> {to}"),
        "as_of" => format!("as of {from} -> {to}"),
        "observed_to" => format!("observed to {from} -> {to}"),
        "per_draw" => format!("trajectories per draw {from} -> {to}"),
        "version" => format!("version of variorum {from} -> {to}"),
        what => format!("{what} {from} -> {to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use variorum::history::{Circumstances, Figures, Kept, KeptAnswer, history as library};

    fn kept(run: i64, kind: &str, value: f64, interval: Option<[f64; 2]>) -> Kept {
        let word = if kind == "number" { "USD" } else { "unlikely (20-45%)" };
        let figures =
            Figures { kind: kind.to_owned(), value: Some(value), interval, error: Some(0.004), word: word.to_owned() };
        Kept {
            run,
            circumstances: Circumstances {
                recorded: format!("2025-01-0{run}T08:12:40Z"),
                version: "0.1.0".to_owned(),
                model: "a model with a long path/".repeat(8),
                as_of: (run > 1).then(|| "2024-12-31".to_owned()),
                observed_to: None,
            },
            title: "A title".to_owned(),
            fingerprint: "300f5b071e9a6054".to_owned(),
            seed: u64::MAX - 1,
            per_draw: 16,
            complete: run != 2,
            scenario: None,
            text: "A question in words".to_owned(),
            answers: vec![KeptAnswer {
                reading: "a reading of a long name".to_owned(),
                draws: 1250,
                after: (run > 1).then(|| figures.clone()),
                figures,
            }],
        }
    }

    #[test]
    fn rows_fit_the_page() {
        let runs = [
            kept(1, "probability", 0.31, Some([0.2, 0.45])),
            kept(2, "probability", 0.28, None),
            kept(3, "number", -3.2e12, Some([-1.234e13, 2.5e12])),
            kept(4, "number", 1.1e12, Some([-1.0e12, 2.25e12])),
        ];
        let shown = history(&library("variorum.ledger", "q", &runs), Style::Plain);
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
        let flowing = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for wanted in ["31% 20-45%", "28% -3.0", "(trillion USD)", "+4.3", "as of none -> 2024-12-31; interrupted"] {
            assert!(flowing.contains(wanted), "{wanted}: {shown}");
        }
        let shown = history(&library("variorum.ledger", "q", &runs[..2]), Style::Plain);
        assert!(!shown.contains("trillion"), "{shown}");
    }
}
