//! Scores: of a model's readings, and of a list of forecasts.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use crate::sentences::{count, window};
use std::collections::{BTreeMap, BTreeSet};
use variorum::score::calibration::Bin;
use variorum::score::list::{List, Scale};
use variorum::score::model::{Forecast, Forecaster, Kind, Score, ScoredQuestion, Unscored, Who, Written};
use variorum::score::{Means, Paired};
use variorum::words::{percent, significant};

/// Columns of the plot.
const PLOT: usize = 31;
/// Columns of a forecaster's name.
const NAME: usize = 22;
/// The number of questions below which it is said that there are few.
pub const FEW: u64 = 30;

/// Who was right so far.
#[must_use]
pub fn score(score: &Score, style: Style) -> String {
    let mut out = vec![style.strong(&wrap(&score.head.model, WIDTH, ""))];
    out.push(wrap(
        &format!(
            "Scored on what the world has answered: {}. The readings were played without what has been seen \
             since, seed {}, model {}.",
            scored(score),
            score.head.seed,
            score.head.fingerprint
        ),
        WIDTH,
        "",
    ));
    if !score.head.complete {
        out.push("Interrupted: these answers rest on what was done until then.".to_owned());
    }
    for question in &score.questions {
        out.push(String::new());
        out.extend(self::question(question, style));
    }
    if !score.unscored.is_empty() {
        out.push(String::new());
        out.push(style.strong("Not scored"));
        out.extend(unscored(&score.unscored));
    }
    if !score.forecasters.is_empty() {
        out.push(String::new());
        out.extend(means(score, style));
    }
    for note in &score.notes {
        out.push(String::new());
        out.push(wrap(&format!("Note: {note}."), WIDTH, ""));
    }
    if !score.questions.is_empty() {
        out.push(String::new());
        out.push(style.faint(&wrap(&legend(score), WIDTH, "")));
    }
    out.join("\n") + "\n"
}

/// `3 of 11 questions`.
pub fn scored(score: &Score) -> String {
    let all = score.questions.len() + score.unscored.iter().filter(|unscored| unscored.who.is_none()).count();
    format!("{} of {}", score.questions.len(), count(all, "question"))
}

fn unscored(list: &[Unscored]) -> Vec<String> {
    let groups = unscored_groups(list).into_iter();
    groups.map(|(all, why)| hanging(&format!("{}: {why}", all.join(", ")))).collect()
}

/// Questions, and forecasts of them, that were not scored, with what they have in common said once.
pub fn unscored_groups(list: &[Unscored]) -> Vec<(Vec<String>, &str)> {
    let mut groups: Vec<(Vec<String>, &str)> = Vec::new();
    for unscored in list {
        let who = unscored.who.as_ref().map_or(String::new(), |who| format!(" ({})", name(who, None)));
        let what = format!("{}{who}", unscored.question);
        match groups.iter_mut().find(|(_, why)| *why == unscored.why) {
            Some((all, _)) => all.push(what),
            None => groups.push((vec![what], &unscored.why)),
        }
    }
    groups
}

fn legend(score: &Score) -> String {
    let mut text = String::new();
    if !score.forecasters.is_empty() {
        text.push_str(
            "Brier: (probability - outcome) squared, from 0 (best) to 1. Log: log2 of the probability that was given to \
             what came, in bits, 0 is best. Against: mean difference of the Brier scores on the same questions with its \
             90% t interval; below 0 is better. The intervals take questions for independent; those of one crisis are \
             not.",
        );
    }
    if score.questions.iter().any(|question| question.unit.is_some()) {
        text.push_str(
            " CRPS: continuous ranked probability score, in the unit of the number, 0 is best; of different questions \
             it cannot be averaged.",
        );
    }
    text.push_str(
        " The dates are those of the sources: when the model was written, and its numbers chosen, only a ledger can \
         show (`variorum run --record`).",
    );
    text.trim_start().to_owned()
}

fn question(question: &ScoredQuestion, style: Style) -> Vec<String> {
    let mut out = vec![style.strong(&wrap(&format!("{}  {}", question.name, window(&question.window)), WIDTH, ""))];
    out.push(wrap(&question.text, WIDTH, "  "));
    let on = question.on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
    let from = question.from.as_ref().map_or(String::new(), |from| format!(" ({from})"));
    let outcome = match (&question.unit, question.outcome.parse::<f64>()) {
        (Some(unit), Ok(number)) if number.abs() < 10_000.0 => {
            format!("{} {unit}", question.outcome).trim_end().to_owned()
        }
        (Some(unit), Ok(number)) => format!("{} {unit}", significant(number, 4)).trim_end().to_owned(),
        _ => question.outcome.clone(),
    };
    out.push(wrap(&format!("the world answered {outcome}{on}{from}"), WIDTH, "  "));
    let (value, scores) = if question.unit.is_some() {
        ("median", pad("CRPS", 10, true))
    } else {
        ("prob.", format!("{} {}", pad("Brier", 6, true), pad("log", 6, true)))
    };
    out.push(style.faint(&format!("  {} {} {scores}", pad("forecast", NAME, false), pad(value, 10, true))));
    for forecast in &question.forecasts {
        out.push(row(forecast));
        out.extend(forecast.note.as_ref().map(|note| wrap(note, WIDTH, "      ")));
    }
    out
}

fn row(forecast: &Forecast) -> String {
    let written = match (forecast.written, forecast.who.kind) {
        (Written::After, _) => "retrospective",
        (Written::Unknown, Kind::Reading | Kind::Said) => "undated",
        _ => "",
    };
    let name = pad(&name(&forecast.who, forecast.phrase.as_deref()), NAME, false);
    let line = match (forecast.probability, forecast.brier) {
        (Some(probability), Some(brier)) => format!(
            "  {name} {} {} {}  {written}",
            pad(&percent(probability), 10, true),
            pad(&three(brier), 6, true),
            pad(&bits(forecast.log), 6, true)
        ),
        _ => format!(
            "  {name} {} {}  {written}",
            pad(&forecast.median.map_or(String::new(), |median| significant(median, 3)), 10, true),
            pad(&forecast.crps.map_or("-".to_owned(), |crps| significant(crps, 3)), 10, true)
        ),
    };
    line.trim_end().to_owned()
}

/// `lee`, `drezner said "unlikely"`, `50%`.
pub fn name(who: &Who, phrase: Option<&str>) -> String {
    match (who.kind, phrase) {
        (Kind::Said, Some(phrase)) => format!("{} said \"{phrase}\"", who.name),
        (Kind::Said, None) => format!("{} said", who.name),
        (Kind::Even, _) => "always 50%".to_owned(),
        _ => who.name.clone(),
    }
}

fn means(score: &Score, style: Style) -> Vec<String> {
    let forecasters = &score.forecasters;
    let mut out = vec![style.strong("Means over questions that are answered by yes or no")];
    out.push(style.faint(&format!(
        "  {} {} {} {}  {}  {}",
        pad("forecaster", NAME, false),
        pad("n", 3, true),
        pad("Brier", 6, true),
        pad("log", 6, true),
        pad("against baseline", 16, false),
        "against 50%"
    )));
    let mut retrospective = false;
    for forecaster in forecasters {
        if forecaster.retrospective && !retrospective {
            out.push("  written after the outcome, which is no forecast:".to_owned());
            retrospective = true;
        }
        let Means { n, brier, log, infinite } = forecaster.means;
        let against = |difference: &Option<variorum::score::Difference>| {
            difference.as_ref().map_or("-".to_owned(), |difference| paired(&difference.brier))
        };
        let line = format!(
            "  {} {} {} {}  {}  {}",
            pad(&name(&forecaster.who, None), NAME, false),
            pad(&n.to_string(), 3, true),
            pad(&three(brier), 6, true),
            pad(&bits(log), 6, true),
            pad(&against(&forecaster.against_baseline), 16, false),
            against(&forecaster.against_even)
        );
        out.push(line.trim_end().to_owned());
        if infinite > 0 {
            out.push(wrap(
                &format!(
                    "the mean log score is minus infinity: of {n}, {infinite} that had been given a probability of 0 \
                     came"
                ),
                WIDTH,
                "      ",
            ));
        }
    }
    out.extend(unlike(score).map(|text| wrap(text, WIDTH, "  ")));
    out.extend(proves_little(forecasters).map(|text| wrap(&text, WIDTH, "  ")));
    if let Some(shown) = for_calibration(forecasters).filter(|shown| shown.means.n > 1) {
        out.push(String::new());
        out.extend(calibration(&name(&shown.who, None), &shown.calibration, style));
    }
    out
}

/// That some of the means are of different questions than others, so that they cannot be compared; none where all are of
/// the same.
pub fn unlike(score: &Score) -> Option<&'static str> {
    let sets = sets(score);
    let differ = [false, true].into_iter().any(|late| {
        let of = sets.iter().filter(|((who, retrospective), _)| *retrospective == late && who.kind != Kind::Even);
        let mut of = of.map(|(_, set)| set);
        let first = of.next();
        of.any(|set| Some(set) != first)
    });
    differ.then_some(
        "Not all of these means are over the same questions, and those over different ones cannot be compared: see the \
         differences on the same questions.",
    )
}

/// Of which questions each forecaster's mean is: by the forecaster, and whether these are forecasts in hindsight.
fn sets(score: &Score) -> BTreeMap<(&Who, bool), BTreeSet<&str>> {
    let mut sets: BTreeMap<(&Who, bool), BTreeSet<&str>> = BTreeMap::new();
    for question in &score.questions {
        for forecast in question.forecasts.iter().filter(|forecast| forecast.brier.is_some()) {
            let of = sets.entry((&forecast.who, forecast.written == Written::After)).or_default();
            of.insert(&question.name);
        }
    }
    sets
}

/// Forecasters whose means are over the same questions.
pub struct Block<'s> {
    /// Whether these are forecasts in hindsight.
    pub retrospective: bool,
    /// How many questions.
    pub n: u64,
    /// The questions.
    pub questions: Vec<&'s str>,
    /// The forecasters.
    pub forecasters: Vec<&'s Forecaster>,
}

/// The forecasters, those over the same questions together: only their means can be compared.
pub fn blocks(score: &Score) -> Vec<Block<'_>> {
    let sets = sets(score);
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for forecaster in &score.forecasters {
        let retrospective = forecaster.retrospective;
        let known = sets.get(&(&forecaster.who, retrospective));
        let questions: Vec<&str> = known.into_iter().flatten().copied().collect();
        let n = forecaster.means.n;
        let is_same = |block: &&mut Block<'_>| {
            block.retrospective == retrospective && block.n == n && block.questions == questions
        };
        match blocks.iter_mut().find(is_same) {
            Some(block) => block.forecasters.push(forecaster),
            None => blocks.push(Block { retrospective, n, questions, forecasters: vec![forecaster] }),
        }
    }
    blocks.sort_by_key(|block| block.retrospective);
    blocks
}

/// That so few questions prove little; nothing where there are many.
pub fn proves_little(forecasters: &[Forecaster]) -> Option<String> {
    let most = forecasters.iter().map(|forecaster| forecaster.means.n).max().unwrap_or(0);
    let one = if most == 1 { "One question proves" } else { "So few questions prove" };
    (most < FEW).then(|| {
        format!(
            "{one} little: one more that comes out otherwise can turn the order round, and a good forecaster is often \
             behind a poor one on so few."
        )
    })
}

/// The forecaster whose calibration is shown: the pool, or who comes first.
pub fn for_calibration(forecasters: &[Forecaster]) -> Option<&Forecaster> {
    let pooled = forecasters.iter().find(|forecaster| forecaster.who.kind == Kind::Pool && !forecaster.retrospective);
    pooled.or_else(|| forecasters.first())
}

/// `-0.074 +-0.036`.
fn paired(paired: &Paired) -> String {
    let reach = match (paired.interval, paired.mean) {
        (Some([_, high]), mean) => three(high - mean),
        (None, _) => "?".to_owned(),
    };
    format!("{:+.3} +-{reach}", paired.mean + 0.0)
}

/// A Brier score.
pub fn three(x: f64) -> String {
    format!("{x:.3}")
}

/// A log score.
pub fn bits(log: Option<f64>) -> String {
    let shown = log.map_or("-inf".to_owned(), |log| format!("{log:.2}"));
    if shown == "-0.00" { "0.00".to_owned() } else { shown }
}

/// Of what was given so much, how much came true: as numbers and as a plot.
fn calibration(whose: &str, bins: &[Bin], style: Style) -> Vec<String> {
    let mut out = vec![style.strong(&format!("Calibration of {whose}"))];
    out.push(style.faint(&format!(
        "  {} {} {} {} {} {}",
        pad("given", 7, false),
        pad("n", 6, true),
        pad("mean", 6, true),
        pad("came", 6, true),
        pad("90%", 11, true),
        pad("0%", PLOT - 4, false) + "100%"
    )));
    for bin in bins {
        let [low, high] = bin.interval;
        out.push(format!(
            "  {} {} {} {} {} {}",
            pad(&format!("{:.0}-{:.0}%", 100.0 * bin.from, 100.0 * bin.to), 7, false),
            pad(&bin.n.to_string(), 6, true),
            pad(&percent(bin.forecast), 6, true),
            pad(&percent(bin.share), 6, true),
            pad(&format!("{:.0}-{:.0}%", 100.0 * low, 100.0 * high), 11, true),
            line(bin)
        ));
    }
    out.push(style.faint(&wrap(
        "|: the mean forecast, and where what came true would lie if it were perfectly calibrated; ●: what came true, \
         with its 90% interval, Beta(k + 1/2, n - k + 1/2); ◆: both.",
        WIDTH,
        "  ",
    )));
    out
}

fn line(bin: &Bin) -> String {
    let place = |x: f64| -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column"
        )]
        let column = (x.clamp(0.0, 1.0) * (PLOT - 1) as f64).round() as usize;
        column
    };
    let (dot, forecast) = (place(bin.share), place(bin.forecast));
    let (from, to) = (place(bin.interval[0]), place(bin.interval[1]));
    (0..PLOT)
        .map(|column| match column {
            _ if column == dot && column == forecast => '◆',
            _ if column == dot => '●',
            _ if column == forecast => '|',
            _ if column >= from && column <= to => '─',
            _ => '·',
        })
        .collect()
}

/// A paragraph that is indented by two columns, and from its second line on by four.
fn hanging(text: &str) -> String {
    let lines = wrap(text, WIDTH - 2, "  ");
    let mut out = String::new();
    for (place, line) in lines.lines().enumerate() {
        if place > 0 {
            out.push_str("\n  ");
        }
        out.push_str(line);
    }
    out
}

/// The scores of a list.
#[must_use]
pub fn forecasts(list: &List, style: Style) -> String {
    let mut out = vec![style.strong(&wrap(&list.file, WIDTH, ""))];
    let scale = match list.scale {
        Scale::Share => "shares of 1",
        Scale::Percent => "percent",
    };
    let mut text = format!(
        "{} of {} rows scored: `{}` against `{}`, read as {scale} ({}).",
        list.means.n, list.rows, list.probability, list.outcome, list.scale_because
    );
    for (number, what) in [(list.open, "no outcome yet"), (list.void, "a void outcome"), (list.without, "no forecast")]
    {
        if number > 0 {
            text.push_str(&format!(" {number} with {what}."));
        }
    }
    out.push(wrap(&text, WIDTH, ""));
    out.push(String::new());
    let head = |name: &str, brier: &str, log: &str, against: &str, of_log: &str| {
        let (name, brier, log) = (pad(name, NAME, false), pad(brier, 6, true), pad(log, 6, true));
        format!("  {name} {brier} {log}  {} {of_log}", pad(against, 20, false)).trim_end().to_owned()
    };
    out.push(style.faint(&head("", "Brier", "log", "difference of Brier", "of log")));
    out.push(head("the forecasts", &three(list.means.brier), &bits(list.means.log), "", ""));
    for reference in &list.references {
        let name = if reference.name == "50%" {
            "always 50%".to_owned()
        } else {
            format!("{}, {}", reference.name, percent(list.base_rate))
        };
        let of_log = reference.difference.log.as_ref().map_or("-inf".to_owned(), paired);
        let against = paired(&reference.difference.brier);
        out.push(head(&name, &three(reference.brier), &bits(Some(reference.log)), &against, &of_log));
    }
    if list.means.infinite > 0 {
        out.push(wrap(
            &format!(
                "The mean log score is minus infinity: of {}, {} that had been given a probability of 0 came.",
                list.means.n, list.means.infinite
            ),
            WIDTH,
            "  ",
        ));
    }
    if list.means.n < FEW {
        out.push(wrap("So few questions prove little.", WIDTH, "  "));
    }
    let parts = list.decomposition;
    out.push(String::new());
    out.push(wrap(
        &format!(
            "{} = reliability {} (0: what was given 30% came true in 30%) - resolution {} (how far they tell questions \
             apart) + uncertainty {} (of the base rate) {} {} (within bins)",
            three(list.means.brier),
            three(parts.reliability),
            three(parts.resolution),
            three(parts.uncertainty),
            if parts.rest <= -0.0005 { "-" } else { "+" },
            three(parts.rest.abs())
        ),
        WIDTH,
        "  ",
    ));
    out.push(String::new());
    out.extend(calibration("the forecasts", &list.calibration, style));
    if !list.groups.is_empty() {
        out.push(String::new());
        out.push(style.faint(&format!(
            "  {} {} {} {} {}",
            pad("group", 30, false),
            pad("n", 8, true),
            pad("came", 6, true),
            pad("Brier", 6, true),
            pad("log", 6, true)
        )));
        for group in &list.groups {
            out.push(format!(
                "  {} {} {} {} {}",
                pad(&group.name, 30, false),
                pad(&group.means.n.to_string(), 8, true),
                pad(&percent(group.base_rate), 6, true),
                pad(&three(group.means.brier), 6, true),
                pad(&bits(group.means.log), 6, true)
            ));
        }
    }
    out.push(String::new());
    out.push(style.strong("What cost most"));
    for costly in &list.costliest {
        let came = if costly.yes { "came" } else { "did not come" };
        let name = costly.name.as_ref().map_or(String::new(), |name| format!(": {name}"));
        let text = format!(
            "line {}, given {}, {came} (Brier {}){name}",
            costly.line,
            percent(costly.probability),
            three(costly.brier)
        );
        out.push(hanging(&text));
    }
    out.push(String::new());
    out.push(style.faint(&wrap(
        "Brier: (probability - outcome) squared, from 0 (best) to 1. Log: log2 of the probability that was given to what \
         came, in bits, 0 is best. Differences: the forecasts less the other, row by row, with a 90% t interval that \
         takes rows for independent; a Brier score below the other's is better, a log score above it. The base rate is \
         that of these rows, which nobody knew before.",
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use variorum::score::list::{Columns, list};

    #[test]
    fn a_list_fits_the_page() {
        let mut text = "p,outcome,name,group\n".to_owned();
        for k in 0..40_u8 {
            let outcome = if k % 3 == 0 { "yes" } else { "no" };
            let name = "a name that goes on and on ".repeat(usize::from(k % 5) + 1);
            text.push_str(&format!("{},{outcome},{name},group {}\n", f64::from(k) / 40.0, k % 4));
        }
        let columns = Columns { name: Some("name".to_owned()), group: Some("group".to_owned()), ..Columns::default() };
        let found = list(text.as_bytes(), "list.csv", &columns).unwrap();
        let shown = forecasts(&found, Style::Plain);
        assert!(shown.lines().all(|line| line.chars().count() <= WIDTH), "{shown}");
        // A probability of 0 came (row 0), so that its log score has no bound.
        assert!(shown.contains("-inf") && shown.contains("minus infinity"), "{shown}");
        assert!(shown.contains("90-100%") && shown.contains("group 3") && shown.contains("line 2, given 0%, came"));
    }

    #[test]
    fn the_reliability_line() {
        let bin = |forecast: f64, share: f64| Bin {
            from: 0.0,
            to: 0.1,
            n: 10,
            yes: 1,
            forecast,
            share,
            interval: [share - 0.1, share + 0.1],
        };
        assert_eq!(line(&bin(0.5, 0.5)), "············───◆───············");
        assert_eq!(line(&bin(0.9, 0.1)), "───●───····················|···");
    }
}
