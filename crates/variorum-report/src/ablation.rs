//! What each statement and claim is worth.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::ablate::Effect;
use variorum::rows::{Clause, failure};
use variorum::words::{percent, short};

/// The effects on one question in one reading, the largest first.
#[must_use]
pub fn ablation(reading: &str, question: &str, effects: &[Effect], needs_value: &[String], style: Style) -> String {
    let mut sorted: Vec<&Effect> = effects.iter().collect();
    sorted.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()).then_with(|| a.without.cmp(&b.without)));
    let name = sorted.iter().map(|effect| effect.without.chars().count()).max().unwrap_or(0).clamp(12, 29);
    let mut out = vec![style.strong(&format!("{question} in the reading {reading}"))];
    out.push(style.faint(&format!(
        "  {} {} {} {} {} {}",
        pad("without", name, false),
        pad("whose", 11, false),
        pad("with it", 9, true),
        pad("without", 9, true),
        pad("effect", 9, true),
        pad("+-", 7, true)
    )));
    let (moved, idle): (Vec<&Effect>, Vec<&Effect>) =
        sorted.into_iter().partition(|effect| effect.effect != 0.0 || effect.error != 0.0);
    for group in moved.chunk_by(|a, b| a.effect == b.effect && a.error == b.error) {
        // What does exactly the same, does it by the same trajectories: one line.
        for (place, effect) in group.iter().enumerate() {
            if place + 1 < group.len() {
                out.push(format!("  {},", effect.without));
            } else {
                out.push(line(&effect.without, name, effect));
            }
        }
    }
    if !idle.is_empty() {
        let names: Vec<&str> = idle.iter().map(|effect| effect.without.as_str()).collect();
        out.push(wrap(&format!("No effect: {}", names.join(", ")), WIDTH, "  "));
    }
    if !needs_value.is_empty() {
        out.push(wrap(
            &format!(
                "Claims behind parameters and formulas alone, which cannot be switched off; give what stands in brackets a \
                 neutral value instead, as in --without 'param NAME = 0': {}",
                needs_value.join(", ")
            ),
            WIDTH,
            "  ",
        ));
    }
    out.push(style.faint(&wrap(
        "effect: the answer with it less the answer without it, on the same random numbers (points of probability, or \
         units of the mean); +-: its standard error. Effects do not add up.",
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

fn line(what: &str, name: usize, effect: &Effect) -> String {
    let standing = effect.standing.as_deref().unwrap_or("");
    let probability = effect.log_odds.is_some();
    let show = |x: f64| if probability { percent(x) } else { short(x, 4) };
    let change = |x: f64| if probability { format!("{:+.2}", 100.0 * x) } else { short(x, 3) };
    let error = if probability { format!("{:.2}", 100.0 * effect.error) } else { short(effect.error, 2) };
    format!(
        "  {} {} {} {} {} {}",
        pad(what, name, false),
        pad(standing, 11, false),
        pad(&show(effect.with_it), 9, true),
        pad(&show(effect.without_it), 9, true),
        pad(&change(effect.effect), 9, true),
        pad(&error, 7, true)
    )
}

/// The rows of `claims.toml` as measured.
#[must_use]
pub fn rows(measured: &[(Clause, Result<Effect, String>)], style: Style) -> String {
    let mut out = vec![style.faint(&format!(
        "{} {} {} {} {} {} {} {}",
        pad("row", 4, false),
        pad("reading", 10, false),
        pad("question", 10, false),
        pad("", 1, false),
        pad("with", 8, true),
        pad("without", 8, true),
        pad("effect", 8, true),
        pad("+-", 6, true)
    ))];
    for (clause, effect) in measured {
        let head = format!(
            "{} {} {} {}",
            pad(&clause.row, 4, false),
            pad(&clause.reading, 10, false),
            pad(&clause.question, 10, false),
            pad(&clause.sign, 1, false)
        );
        match effect {
            Err(why) => {
                out.push(head);
                out.push(wrap(why, WIDTH, "     "));
            }
            Ok(effect) => {
                let probability = effect.log_odds.is_some();
                let show = |x: f64| if probability { percent(x) } else { short(x, 4) };
                let change = |x: f64| if probability { format!("{:+.2}", 100.0 * x) } else { short(x, 3) };
                let size = match (effect.log_odds, effect.deviations) {
                    (Some(odds), _) => format!("log-odds {odds:+.2}"),
                    (_, Some(deviations)) => format!("{deviations:+.2} sd"),
                    _ => String::new(),
                };
                let error = if probability { 100.0 * effect.error } else { effect.error };
                out.push(format!(
                    "{head} {} {} {} {} {size}",
                    pad(&show(effect.with_it), 8, true),
                    pad(&show(effect.without_it), 8, true),
                    pad(&change(effect.effect), 8, true),
                    pad(&short(error, 2), 6, true)
                ));
                if let Some(failure) = failure(clause, effect) {
                    out.push(wrap(&format!("does not work: {failure}"), WIDTH, "     "));
                }
            }
        }
    }
    out.join("\n") + "\n"
}
