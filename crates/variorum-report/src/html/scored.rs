//! Who was right so far: mean scores by forecaster, and question by question.

use super::markup::{Markup, id};
use super::show::{self, minus};
use super::table;
use crate::dossier::Dossier;
use crate::scores::{FEW, bits, blocks, for_calibration, name, proves_little, scored, three, unlike, unscored_groups};
use crate::sentences;
use variorum::score::calibration::Bin;
use variorum::score::model::{Forecast, Forecaster, Kind, Score, ScoredQuestion, Written};
use variorum::score::{Difference, Paired};
use variorum::words::{percent, significant};

/// The scores.
pub fn score(into: &mut Markup, dossier: &Dossier, score: &Score) {
    into.leaf("p", &[], &format!("Scored on what the world has answered: {}.", scored(score)));
    if !score.forecasters.is_empty() {
        // Before the numbers: what they cannot show.
        into.element("p", &[("class", "caution")], |p| {
            p.leaf("b", &[], "Before you compare: ");
            p.text(&cautions(dossier, score).join(" "));
        });
        means(into, score);
        if let Some(shown) = for_calibration(&score.forecasters).filter(|shown| shown.means.n >= FEW) {
            calibration(into, shown);
        }
    }
    into.element("details", &[], |details| {
        details.leaf("summary", &[], "Question by question");
        for question in &score.questions {
            self::question(details, question);
        }
        for (all, why) in unscored_groups(&score.unscored) {
            details.leaf("p", &[("class", "faint")], &format!("Not scored: {}: {why}.", all.join(", ")));
        }
    });
    let mut legend = String::new();
    if !score.forecasters.is_empty() {
        legend.push_str(
            "Brier: (probability \u{2212} outcome) squared, from 0 (best) to 1. Log: log2 of the probability that was given \
             to what came, in bits, 0 is best. Against: the mean difference of the Brier scores on the same questions, with \
             its 90% t interval; below 0 is better. The intervals take questions for independent; those of one crisis are \
             not.",
        );
    }
    if score.forecasters.iter().any(|forecaster| forecaster.who.kind == Kind::Pool) {
        legend.push_str(
            " Pooled: without the baseline, since that is what forecasts are compared with; \u{201c}all, alike\u{201d} and \
             \u{201c}all, by weight\u{201d} in the other tables have it in them.",
        );
    }
    if score.questions.iter().any(|question| question.unit.is_some()) {
        legend.push_str(
            " CRPS: continuous ranked probability score, in the unit of the number, 0 is best; of different questions it \
             cannot be averaged.",
        );
    }
    into.leaf("p", &[("class", "legend")], legend.trim_start());
}

/// What has to be known before the means are looked at.
fn cautions(dossier: &Dossier, score: &Score) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    if unlike(score).is_some() {
        texts.push(
            "not all of these means are over the same questions, and a mean over other questions can be lower because they were \
             easier. Compare within a block of the table only, or by the columns \u{201c}against\u{201d}, which are on the same \
             questions."
                .to_owned(),
        );
    }
    if score.forecasters.iter().any(|forecaster| forecaster.retrospective) {
        texts.push(
            "What was written after the outcome was known is hindsight and no forecast; it stands last.".to_owned(),
        );
    }
    let undated =
        score.forecasters.iter().any(|of| of.undated > 0 && matches!(of.who.kind, Kind::Reading | Kind::Said));
    if undated {
        texts.push(
            "Where a remark says of so many that their date does not tell, the source has none, or one too coarse, so that nothing \
             tells whether these were written before the outcome."
                .to_owned(),
        );
    }
    texts.extend(proves_little(&score.forecasters));
    texts.push(
        "When the model itself was written, and its numbers chosen, the dates of its sources do not show: the modeller may have \
         known the outcomes."
            .to_owned(),
    );
    if dossier.answers.evidence.is_some() {
        texts.push("Scored are the answers before anything was seen.".to_owned());
    }
    texts
}

fn means(into: &mut Markup, score: &Score) {
    let with_baseline = score.forecasters.iter().any(|forecaster| forecaster.against_baseline.is_some());
    let mut columns = vec!["Forecaster", "Brier", "Log"];
    columns.extend(with_baseline.then_some("Against baseline"));
    columns.push("Against 50%");
    let caption =
        "Mean scores by forecaster, in blocks of the same questions; means in different blocks cannot be compared";
    table::captioned(into, "answers scored", caption, &columns, |body| {
        for block in blocks(score) {
            let names = match block.questions.len() {
                few if few <= NAMED && few > 0 => format!(" ({})", block.questions.join(", ")),
                _ => String::new(),
            };
            let over = sentences::counted(block.n, "question", "questions");
            let title = if block.retrospective {
                format!("Retrospective, written after the outcome, which is no forecast, over {over}{names}:")
            } else {
                let same = if block.forecasters.len() > 1 { "the same " } else { "" };
                format!("Over {same}{over}{names}:")
            };
            table::row(body, "block", |cells| {
                cells.leaf("td", &[("role", "cell"), ("colspan", &columns.len().to_string())], &title);
            });
            for forecaster in block.forecasters {
                row(body, forecaster, with_baseline);
            }
        }
    });
}

/// Questions that are named where a block is of no more.
const NAMED: usize = 6;

fn row(body: &mut Markup, forecaster: &Forecaster, with_baseline: bool) {
    let means = forecaster.means;
    table::row(body, "", |cells| {
        table::head(cells, |head| {
            head.text(&name(&forecaster.who, None));
            if forecaster.who.kind == Kind::Pool && forecaster.who.name == "pooled" {
                head.text(" ").leaf("small", &[], "the mean of all readings but the baseline, each counting alike");
            }
            let mut remarks = Vec::new();
            if forecaster.retrospective {
                remarks.push("retrospective".to_owned());
            }
            if forecaster.undated > 0 && matches!(forecaster.who.kind, Kind::Reading | Kind::Said) {
                remarks.push(format!("of {} the date does not tell", forecaster.undated));
            }
            if means.infinite > 0 {
                remarks.push(format!("{} of probability 0 came", means.infinite));
            }
            if !remarks.is_empty() {
                head.text(" ").leaf("small", &[], &remarks.join(", "));
            }
        });
        table::text(cells, "value", "Brier ", &three(means.brier));
        table::text(cells, "number", "log ", &log(means.log));
        if with_baseline {
            against(cells, "against baseline ", forecaster.against_baseline.as_ref());
        }
        against(cells, "against 50% ", forecaster.against_even.as_ref());
    });
}

fn log(score: Option<f64>) -> String {
    score.map_or("\u{2212}\u{221e}".to_owned(), |log| minus(&bits(Some(log))))
}

/// `-0.132 -0.578 to +0.314`.
fn against(cells: &mut Markup, label: &'static str, difference: Option<&Difference>) {
    let Some(difference) = difference else { return table::text(cells, "number", "", "") };
    let Paired { mean, interval, .. } = difference.brier;
    let signed = |x: f64| minus(&format!("{:+.3}", x + 0.0));
    table::cell(cells, "number", label, |cell| {
        cell.text(&signed(mean)).text(" ");
        let text = match interval {
            Some([low, high]) => format!("{} to {}", signed(low), signed(high)),
            None => "one question".to_owned(),
        };
        cell.leaf("small", &[], &text);
    });
}

fn question(into: &mut Markup, question: &ScoredQuestion) {
    into.element("p", &[("class", "stance")], |p| {
        p.leaf("a", &[("href", &format!("#{}", id("q", &question.name)))], &question.name);
        p.text(": ").leaf("b", &[], &show::outcome(&question.outcome));
        let unit = question.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
        let on = question.on.as_ref().map_or(String::new(), |on| format!(", known on {on}"));
        p.text(&format!("{}{on}.", unit.trim_end()));
    });
    let what = if question.unit.is_some() { "Medians with their CRPS" } else { "Given, with the Brier score" };
    let all = forecasts(&question.forecasts);
    into.leaf("p", &[("class", "legend")], &format!("{what}: {}.", all.join("; ")));
}

/// The forecasts of a question, those with the same number to the last bit together: `lee, critics 32%, 0.469 (retrospective)`.
fn forecasts(of: &[Forecast]) -> Vec<String> {
    let mut groups: Vec<(&Forecast, Vec<String>)> = Vec::new();
    for forecast in of {
        let named = name(&forecast.who, forecast.phrase.as_deref());
        let is_same = |(other, _): &&mut (&Forecast, Vec<String>)| {
            other.who.kind == forecast.who.kind
                && other.probability == forecast.probability
                && other.median == forecast.median
                && other.crps == forecast.crps
                && other.written == forecast.written
        };
        match groups.iter_mut().find(is_same) {
            Some((_, names)) => names.push(named),
            None => groups.push((forecast, vec![named])),
        }
    }
    groups.iter().map(|(first, names)| format!("{} {}", names.join(", "), forecast(first))).collect()
}

/// `32%, 0.469 (retrospective)`.
fn forecast(of: &Forecast) -> String {
    let written = match (of.written, of.who.kind) {
        (Written::After, _) => " (retrospective)",
        (Written::Unknown, Kind::Reading | Kind::Said) => " (its date does not tell)",
        _ => "",
    };
    let value = match (of.probability, of.median) {
        (Some(probability), _) => percent(probability),
        (None, median) => median.map_or(String::new(), |median| show::outcome(&significant(median, 3))),
    };
    let score = match (of.brier, of.crps) {
        (Some(brier), _) => three(brier),
        (None, crps) => crps.map_or("\u{2013}".to_owned(), |crps| show::outcome(&significant(crps, 3))),
    };
    format!("{value}, {score}{written}")
}

/// How much of what was given so much came true.
fn calibration(into: &mut Markup, shown: &Forecaster) {
    let whose = name(&shown.who, None);
    into.leaf("h3", &[], &format!("Calibration of {whose}"));
    let columns = ["Given", "Forecasts", "Their mean", "Came true", "90%"];
    table::table(into, "answers scored", "How much of what was given so much came true", &columns, |body| {
        for Bin { from, to, n, forecast, share, interval, .. } in &shown.calibration {
            table::row(body, "", |cells| {
                table::head(cells, |head| {
                    head.text(&format!("{:.0}\u{2013}{:.0}%", 100.0 * from, 100.0 * to));
                });
                table::text(cells, "number", "forecasts ", &n.to_string());
                table::text(cells, "number", "mean ", &percent(*forecast));
                table::text(cells, "value", "came true ", &percent(*share));
                table::text(cells, "number", "90% ", &sentences::between(*interval));
            });
        }
    });
}
