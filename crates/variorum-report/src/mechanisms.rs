//! The mechanisms of a model, as measured: a table for each kind of row.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::ablate::Effect;
use variorum::rows::{Clause, Finding, Forecast, Kind, Share, failure};
use variorum::words::{percent, short};

/// Columns of what a row is about; what is longer has a line of its own.
const HEAD: usize = 28;
/// What is put before what belongs to a row.
const INDENT: &str = "     ";

/// The rows of `claims.toml` as measured, a table for each kind.
#[must_use]
pub fn rows(measured: &[(Clause, Result<Finding, String>)], style: Style) -> String {
    let kinds =
        [Kind::Mechanism, Kind::Small, Kind::Weight, Kind::Uncertainty, Kind::Scenario, Kind::Forecast].into_iter();
    let tables = kinds.filter_map(|kind| {
        let of_kind: Vec<&(Clause, Result<Finding, String>)> =
            measured.iter().filter(|(clause, _)| clause.kind == kind).collect();
        (!of_kind.is_empty()).then(|| table(kind, &of_kind, style))
    });
    tables.collect::<Vec<String>>().join("\n\n") + "\n"
}

fn table(kind: Kind, rows: &[&(Clause, Result<Finding, String>)], style: Style) -> String {
    let differences = [pad("with", 8, true), pad("without", 8, true), pad("effect", 8, true), pad("+-", 6, true)];
    let (title, columns) = match kind {
        Kind::Mechanism => ("Mechanisms: the answer with and without", differences.join(" ")),
        Kind::Small => ("Small ones, below a bound", differences.join(" ")),
        Kind::Weight => ("Weights: bits of evidence with and without (hindsight)", differences.join(" ")),
        Kind::Uncertainty => ("Uncertainties: shares of the variance over parameters", pad("share +-", 12, true)),
        Kind::Scenario => ("Scenarios: the answer with and without", differences.join(" ")),
        Kind::Forecast => ("Forecasts: what a source said, and what its reading answers", pad("implied +-", 13, true)),
    };
    let about = if kind == Kind::Weight { "seen" } else { "question" };
    let head = format!("{} {} {}", pad("row", 4, false), pad("reading", 10, false), about);
    let mut out = vec![style.strong(title), style.faint(&beside(&head, &columns))];
    for (clause, finding) in rows {
        let about = match kind {
            Kind::Weight => clause.sign.clone(),
            Kind::Uncertainty | Kind::Forecast => clause.question.clone(),
            _ => format!("{} {}", pad_to(&clause.question, 10), clause.sign),
        };
        let head = format!("{} {} {about}", pad_to(&clause.row, 4), pad_to(&clause.reading, 10));
        match finding {
            Err(why) => {
                out.push(head.trim_end().to_owned());
                out.push(wrap(why, WIDTH, INDENT));
                continue;
            }
            Ok(Finding::Effect(effect)) => out.push(beside(&head, &difference(kind, effect))),
            Ok(Finding::Share(share)) => out.push(beside(&head, &of_share(share))),
            Ok(Finding::Forecast(forecast)) => out.push(beside(&head, &implied(forecast))),
        }
        let mut line = |text: String| out.push(style.faint(&wrap(&text, WIDTH, INDENT)));
        match (kind, finding) {
            (Kind::Weight, _) => line(format!("on {}", clause.observed.join("; "))),
            (Kind::Uncertainty, _) => line(format!("of {}", clause.parameters.join(", "))),
            (Kind::Scenario, _) => line(format!("scenario {}", clause.scenario.as_deref().unwrap_or_default())),
            (Kind::Forecast, Ok(Finding::Forecast(forecast))) => line(said(clause, forecast)),
            _ => {}
        }
        if let Ok(finding) = finding
            && let Some(failure) = failure(clause, finding)
        {
            out.push(wrap(&format!("does not work: {failure}"), WIDTH, INDENT));
        }
    }
    out.join("\n")
}

/// Pads, without cutting anything off.
fn pad_to(text: &str, width: usize) -> String {
    if text.chars().count() > width { text.to_owned() } else { pad(text, width, false) }
}

/// A row's columns beside what it is about, or below it where that is too long.
fn beside(head: &str, columns: &str) -> String {
    if head.chars().count() <= HEAD {
        return format!("{} {columns}", pad(head, HEAD, false)).trim_end().to_owned();
    }
    format!("{}\n{} {columns}", wrap(head, WIDTH, ""), " ".repeat(HEAD))
}

fn difference(kind: Kind, effect: &Effect) -> String {
    let probability = effect.log_odds.is_some();
    let show = |x: f64| match kind {
        Kind::Weight => bits(x),
        _ if probability => percent(x),
        _ => short(x, 4),
    };
    let change = |x: f64| match kind {
        Kind::Weight => bits(x),
        _ if probability => format!("{:+.2}", 100.0 * x),
        _ => short(x, 3),
    };
    let size = match (kind, effect.log_odds, effect.deviations) {
        (Kind::Weight, ..) => "bits".to_owned(),
        (_, Some(odds), _) => format!("log-odds {odds:+.2}"),
        (_, _, Some(deviations)) => format!("{deviations:+.2} sd"),
        _ => String::new(),
    };
    let error = if probability { 100.0 * effect.error } else { effect.error };
    format!(
        "{} {} {} {} {size}",
        pad(&show(effect.with_it), 8, true),
        pad(&show(effect.without_it), 8, true),
        pad(&change(effect.effect), 8, true),
        pad(&short(error, 2), 6, true)
    )
}

fn bits(x: f64) -> String {
    if x.is_finite() { format!("{x:.3}") } else { "none".to_owned() }
}

fn of_share(share: &Share) -> String {
    format!("{:>5.1}% {:>5.1}", 100.0 * share.share, 100.0 * share.error)
}

fn implied(forecast: &Forecast) -> String {
    let (shown, error) = match forecast.is_probability {
        true => (percent(forecast.implied), 100.0 * forecast.error),
        false => (short(forecast.implied, 4), forecast.error),
    };
    format!("{} {}", pad(&shown, 8, true), short(error, 2))
}

/// What a source said, of which window.
fn said(clause: &Clause, forecast: &Forecast) -> String {
    let means = forecast.means.map_or(String::new(), |[low, high]| format!(" ({} to {})", percent(low), percent(high)));
    let window = if forecast.window_assumed { ", a window that is assumed" } else { "" };
    let [from, to] = &forecast.window;
    let source = clause.source.as_deref().unwrap_or_default();
    format!("{source} said \"{}\"{means}, {from} to {to}{window}", forecast.words)
}
