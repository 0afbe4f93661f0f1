//! The mechanisms of a model, as measured.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::ablate::Effect;
use variorum::rows::{Clause, failure};
use variorum::words::{percent, short};

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
