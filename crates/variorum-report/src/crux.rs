//! Why readings differ: what divides two of them on a question, and what divides every two most.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use variorum::crux::{Crux, CruxAll, CruxPair, CruxQuestion, Divided, Divider, Gap, Method, Side};
use variorum::words::{percent, short, significant};

/// The most dividers that are shown one by one.
const DIVIDERS: usize = 12;
/// Columns of the plot.
const PLOT: usize = 44;
/// Where something was seen.
const BEFORE: &str = "Before anything was seen: what follows from the premises alone. `crux A B --given-observed` compares answers \
                      after it.";

/// What divides two readings.
#[must_use]
pub fn crux(crux: &Crux, style: Style) -> String {
    let [first, second] = &crux.readings;
    let mut out = vec![style.strong(&wrap(&format!("From {first} to {second}"), WIDTH, ""))];
    for (name, title) in crux.readings.iter().zip(&crux.titles).filter(|(name, title)| name != title) {
        out.push(hanging(&format!("  {}", pad(name, names(crux), false)), title));
    }
    let how = format!(
        "{}, model {}, seed {}, {} trajectories per parameter draw.",
        crux.model, crux.fingerprint, crux.seed, crux.per_draw
    );
    out.push(style.faint(&wrap(&how, WIDTH, "")));
    if crux.given_observed {
        let seen =
            "After what was seen: every answer, of the readings and of their mixtures, is that on condition of it.";
        out.push(wrap(seen, WIDTH, ""));
    } else if crux.observed {
        out.push(wrap(BEFORE, WIDTH, ""));
    }
    if !crux.complete {
        out.push("Interrupted: what follows rests on what was done until then.".to_owned());
    }
    for question in &crux.questions {
        out.push(String::new());
        out.push(self::question(question, &crux.readings, style));
    }
    if crux.questions.is_empty() && crux.complete {
        out.push(String::new());
        out.push(wrap("They give the same answer to every question.", WIDTH, ""));
    }
    if !crux.others.is_empty() {
        out.push(String::new());
        out.push(others(&crux.others, &crux.readings, style));
    }
    if !crux.questions.is_empty() {
        out.push(String::new());
        let legend = format!(
            "worth: Shapley value, what {second}'s version in place of {first}'s adds to the answer, averaged over the \
             orders in which all that divides them may change sides (points of probability, or units of the mean); the \
             values add up to the difference. +-: standard error."
        );
        out.push(style.faint(&wrap(&legend, WIDTH, "")));
    }
    out.join("\n") + "\n"
}

fn names(crux: &Crux) -> usize {
    crux.readings.iter().map(|name| name.chars().count()).max().unwrap_or(0).clamp(5, 20)
}

/// A head, and a text that is broken beside it.
fn hanging(head: &str, text: &str) -> String {
    let indent = " ".repeat(head.chars().count() + 1);
    let body = wrap(text, WIDTH, &indent);
    if body.is_empty() { head.to_owned() } else { format!("{head} {}", body.trim_start()) }
}

fn question(question: &CruxQuestion, readings: &[String; 2], style: Style) -> String {
    let [from, to] = &question.window;
    let window = if from == to { format!("at {to}") } else { format!("{from} to {to}") };
    let mut out = vec![
        format!("{}  {}", style.strong(&question.question), style.faint(&window)),
        wrap(&question.text, WIDTH, "  "),
    ];
    let [first, second] = readings;
    let [of_first, of_second] = question.answers.map(|answer| shown(question, answer));
    let unit = unit(question);
    let difference = format!(
        "{first} {of_first}, {second} {of_second}: {} +-{}{unit}",
        change(question, question.difference),
        error(question, question.error)
    );
    out.push(wrap(&difference, WIDTH, "  "));
    if let Some(taken) = &question.void {
        let taken = if taken.is_empty() { "nothing".to_owned() } else { taken.join(", ") };
        let void = format!(
            "No values: in the mixture that takes {taken} from {second} and all else from {first} the condition of the \
             question never came true. More --draws may help."
        );
        out.push(wrap(&void, WIDTH, "  "));
        return out.join("\n");
    }
    if question.players.is_empty() {
        out.push(wrap("Nothing that the program looks at divides them.", WIDTH, "  "));
        return out.join("\n");
    }
    let (alike, seen): (Vec<&Divider>, Vec<&Divider>) =
        question.players.iter().partition(|divider| divider.value == 0.0 && divider.error == 0.0);
    let is_told =
        |divider: &Divider| divider.value.abs() >= 2.0 * divider.error && change(question, divider.value) != "0.00";
    let (mut single, mut rest): (Vec<&Divider>, Vec<&Divider>) =
        seen.iter().copied().partition(|divider| is_told(divider));
    let more = single.split_off(single.len().min(DIVIDERS));
    let are_small = more.is_empty();
    rest.splice(0..0, more);
    let (single, rest) = (single.as_slice(), rest.as_slice());
    out.push(String::new());
    if !seen.is_empty() {
        out.push(style.faint(&format!(
            "  {} {} {}",
            pad("what divides them", WIDTH - 22, false),
            pad("worth", 10, true),
            pad("+-", 7, true)
        )));
    }
    for (number, divider) in single.iter().enumerate() {
        out.push(self::divider(question, number + 1, divider, style));
    }
    if !rest.is_empty() {
        let sum = rest.iter().fold(0.0, |sum, divider| sum + divider.value);
        let what = if are_small { "not told from 0, or as good as 0; together" } else { "the others, together" };
        out.push(format!("     {} {}", pad(what, WIDTH - 25, false), pad(&change(question, sum), 10, true)));
        let list: Vec<String> = rest.iter().map(|divider| paths(divider)).collect();
        out.push(style.faint(&wrap(&list.join("; "), WIDTH, "       ")));
    }
    let (idle, mute): (Vec<&Divider>, Vec<&Divider>) = alike.into_iter().partition(|divider| divider.bears);
    for (what, list) in [("without effect", idle), ("cannot bear on it", mute)] {
        if !list.is_empty() {
            let list: Vec<String> = list.into_iter().map(paths).collect();
            out.push(wrap(&format!("{what}: {}", list.join("; ")), WIDTH, "     "));
        }
    }
    if !seen.is_empty() {
        out.push(String::new());
        out.push(waterfall(question, readings, single, rest));
        out.push(style.faint(&wrap(&method(question), WIDTH, "  ")));
    }
    out.join("\n")
}

/// How the values were found, and whether as precisely as was wanted.
fn method(question: &CruxQuestion) -> String {
    let how = match question.method {
        Method::Mixtures { count } => format!("From all {count} mixtures of the two"),
        Method::Orders { count } => format!("From {count} orders of changing sides, by chance"),
    };
    let largest = question.players.iter().fold(0.0, |largest: f64, divider| {
        if divider.error > largest || divider.error.is_nan() { divider.error } else { largest }
    });
    let seen = question
        .effective
        .map_or(String::new(), |effective| format!("; an effective sample size of {effective:.0} at least"));
    let draws = question.draws;
    if largest > question.wanted || largest.is_nan() {
        format!(
            "{how}, {draws} parameter draws{seen}. Errors of up to {}, more than the {} aimed at: more --draws may help.",
            error(question, largest),
            error(question, question.wanted)
        )
    } else {
        format!("{how}, {draws} parameter draws{seen}.")
    }
}

/// One divider: what it is worth, and what both say.
fn divider(question: &CruxQuestion, number: usize, divider: &Divider, style: Style) -> String {
    let mut out = Vec::new();
    let last = divider.statements.len();
    for (place, statement) in divider.statements.iter().enumerate() {
        let label = if place == 0 { format!("{number:>2}") } else { "  ".to_owned() };
        // What needs each other is worth something together.
        let path = if place + 1 < last { format!("{},", statement.path) } else { statement.path.clone() };
        let room = WIDTH - 25;
        if place == 0 {
            let columns = format!(
                "{} {}",
                pad(&change(question, divider.value), 10, true),
                pad(&error(question, divider.error), 7, true)
            );
            if path.chars().count() > room {
                out.push(hanging(&format!("  {label}"), &path));
                out.push(format!("     {} {columns}", pad("", room, false)));
            } else {
                out.push(format!("  {label} {} {columns}", pad(&path, room, false)));
            }
        } else {
            out.push(hanging(&format!("  {label}"), &path));
        }
        out.push(style.faint(&sides(statement)));
    }
    out.join("\n")
}

/// What both readings say in a statement's place.
fn sides(statement: &Divided) -> String {
    let width = statement.sides.iter().map(|side| side.reading.chars().count()).max().unwrap_or(0).clamp(5, 16);
    let [first, second] = &statement.sides;
    let line =
        |side: &Side, other| hanging(&format!("       {}", pad(&side.reading, width, false)), &said(side, other));
    [line(first, second), line(second, first)].join("\n")
}

/// A reading's version with what is behind it.
fn said(side: &Side, other: &Side) -> String {
    let (state, written) = version(side, other);
    let what = match side.state.as_str() {
        "absent" => state.to_owned(),
        "own" => written,
        _ => format!("{state} {written}"),
    };
    because(side).map_or(what.clone(), |reasons| format!("{what} [{reasons}]"))
}

/// How a reading comes to its version, and the version, empty where it has none. Where the other reading has none there is
/// nothing to compare it with word by word, and a title says enough. Of a choice the options on which they part.
pub fn version(side: &Side, other: &Side) -> (&'static str, String) {
    let alone = matches!(other.state.as_str(), "absent" | "off") || side.state == "off";
    let written = if side.title.is_empty() || !alone { side.written.as_str() } else { side.title.as_str() };
    // What is said alike tells nothing.
    let parts = side.options.join("; ");
    let written = match (parts.is_empty() || alone, side.written == other.written) {
        (true, _) if side.state == "own" => side.written.clone(),
        (true, _) => written.to_owned(),
        (false, true) => parts,
        (false, false) => format!("{written}: {parts}"),
    };
    match side.state.as_str() {
        "absent" => (lacking(&other.written), String::new()),
        "off" => ("switches off:", written),
        "shared" => ("as shared:", written),
        _ => ("", written),
    }
}

/// What holds where a reading does not have what the other writes: for some words that is not nothing.
fn lacking(written: &str) -> &'static str {
    match written.split_whitespace().next() {
        Some("foresight") => "has none: by default it foresees all replies",
        Some("horizon") => "has none: by default 1 month",
        Some("patience") => "has none: by default 1, a year hence counts like now",
        _ => "has none",
    }
}

/// What is behind a version: its standing, the claims with who says what of them, its place. None of what is not there; of
/// what is switched off nobody asks who says so.
pub fn because(side: &Side) -> Option<String> {
    if matches!(side.state.as_str(), "absent" | "off") {
        return None;
    }
    let because = side.because.iter().map(|behind| {
        let stances = behind.stances.iter().map(|line| {
            let anchors = if line.anchors.is_empty() { String::new() } else { format!(" {}", line.anchors.join(", ")) };
            format!("{} {}{anchors}", line.source, line.stance)
        });
        let stances: Vec<String> = stances.collect();
        if stances.is_empty() { behind.claim.clone() } else { format!("{} ({})", behind.claim, stances.join("; ")) }
    });
    let because: Vec<String> = because.collect();
    let mut reasons = vec![side.standing.clone()];
    if because.is_empty() {
        reasons.extend((!side.origin_text.is_empty()).then(|| side.origin_text.clone()));
    } else {
        reasons.push(format!("because {}", because.join(", ")));
    }
    reasons.push(side.place.clone());
    Some(reasons.join("; "))
}

/// Of what is worth something together, the first statement that both have otherwise.
pub fn telling(divider: &Divider) -> Option<&Divided> {
    let differs = |statement: &&Divided| {
        let [first, second] = &statement.sides;
        first.written != second.written || first.state == "off" || second.state == "off" || !first.options.is_empty()
    };
    divider.statements.iter().find(differs).or(divider.statements.first())
}

/// The paths of what is worth something together.
pub fn paths(divider: &Divider) -> String {
    let paths: Vec<&str> = divider.statements.iter().map(|statement| statement.path.as_str()).collect();
    paths.join(" with ")
}

/// From the first answer, step by step, to the second.
fn waterfall(question: &CruxQuestion, readings: &[String; 2], single: &[&Divider], rest: &[&Divider]) -> String {
    let [first, second] = question.answers;
    let mut steps: Vec<(String, f64)> =
        single.iter().enumerate().map(|(number, divider)| (format!("{}", number + 1), divider.value)).collect();
    if !rest.is_empty() {
        steps.push(("others".to_owned(), rest.iter().fold(0.0, |sum, divider| sum + divider.value)));
    }
    let mut at = first;
    let mut levels = vec![first, second];
    for (_, value) in &steps {
        at += value;
        levels.push(at);
    }
    let mut low = levels.iter().copied().fold(f64::INFINITY, |low, x| if x < low { x } else { low });
    let mut high = levels.iter().copied().fold(f64::NEG_INFINITY, |high, x| if x > high { x } else { high });
    let margin = if high > low { 0.05 * (high - low) } else { 1.0 };
    (low, high) = (low - margin, high + margin);
    let column = |x: f64| -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a column"
        )]
        let column = (((x - low) / (high - low)).clamp(0.0, 1.0) * (PLOT - 1) as f64).round() as usize;
        column
    };
    let name = readings.iter().map(|name| name.chars().count()).max().unwrap_or(0).clamp(6, 16);
    let row = |label: &str, value: &str, from: usize, to: usize, mark: char| {
        let cells = (0..PLOT).map(|cell| match cell {
            _ if cell == to => mark,
            _ if (from.min(to)..=from.max(to)).contains(&cell) => '─',
            _ => '·',
        });
        format!("  {} {} {}", pad(label, name, false), pad(value, 10, true), cells.collect::<String>())
    };
    let answer = |place: usize, x: f64| {
        let label = readings.get(place).map_or("", String::as_str);
        row(label, &shown(question, x), column(x), column(x), '●')
    };
    let mut out = vec![answer(0, first)];
    at = first;
    for (label, value) in steps {
        let (from, to) = (column(at), column(at + value));
        let mark = if value < 0.0 { '<' } else { '>' };
        out.push(row(&label, &change(question, value), from, to, mark));
        at += value;
    }
    out.push(answer(1, second));
    out.join("\n")
}

fn is_probability(unit: Option<&String>) -> bool {
    unit.is_none()
}

fn shown(question: &CruxQuestion, x: f64) -> String {
    central(question.unit.as_ref(), x)
}

/// An answer: a probability or a mean.
pub fn central(unit: Option<&String>, x: f64) -> String {
    match x {
        x if x.is_nan() => "void".to_owned(),
        x if is_probability(unit) => percent(x),
        x => short(x, 4),
    }
}

fn change(question: &CruxQuestion, x: f64) -> String {
    signed(question.unit.as_ref(), x)
}

/// A difference in points of probability, or in units of the mean.
fn signed(unit: Option<&String>, x: f64) -> String {
    let sign = if x > 0.0 { "+" } else { "" };
    match x {
        x if x.is_nan() => "?".to_owned(),
        x if is_probability(unit) => match format!("{:+.2}", 100.0 * x) {
            zero if zero.ends_with("0.00") && x.abs() < 0.001 => "0.00".to_owned(),
            points => points,
        },
        x => format!("{sign}{}", short(x, 3)),
    }
}

/// A difference as reports show it, where tenths of a point are enough.
pub fn moved(unit: Option<&String>, x: f64) -> String {
    match x {
        x if x.is_nan() => "void".to_owned(),
        x if is_probability(unit) => match format!("{:+.1}", 100.0 * x) {
            zero if zero.ends_with("0.0") && x.abs() < 0.001 => "0.0".to_owned(),
            points => points,
        },
        x => signed(unit, x),
    }
}

/// The error of such a difference.
pub fn imprecise(unit: Option<&String>, x: f64) -> String {
    if is_probability(unit) { crate::sentences::points(x) } else { imprecision(unit, x) }
}

/// The pairs, those that are farthest apart first.
pub fn widest_first(all: &CruxAll) -> Vec<&CruxPair> {
    let mut pairs: Vec<&CruxPair> = all.pairs.iter().collect();
    // What has no difference, since there is no answer, comes last.
    let size = |pair: &CruxPair| Some(pair.gap.deviations()).filter(|size| !size.is_nan()).unwrap_or(-1.0);
    pairs.sort_by(|a, b| size(b).total_cmp(&size(a)));
    pairs
}

fn error(question: &CruxQuestion, x: f64) -> String {
    imprecision(question.unit.as_ref(), x)
}

fn imprecision(unit: Option<&String>, x: f64) -> String {
    match x {
        x if x.is_nan() => "?".to_owned(),
        x if is_probability(unit) => format!("{:.2}", 100.0 * x),
        x => short(x, 2),
    }
}

fn unit(question: &CruxQuestion) -> String {
    match &question.unit {
        None => " points".to_owned(),
        Some(unit) if unit.is_empty() => String::new(),
        Some(unit) => format!(" {unit}"),
    }
}

/// How far they differ on other questions, a line for each.
fn others(gaps: &[Gap], readings: &[String; 2], style: Style) -> String {
    let name = gaps.iter().map(|gap| gap.question.chars().count()).max().unwrap_or(0).clamp(13, 24);
    let [first, second] = readings.each_ref().map(|reading| pad(reading, 12, true));
    let mut out = vec![style.faint(&format!(
        "{} {first} {second} {} {}",
        pad("other questions", name + 2, false),
        pad("differ", 10, true),
        pad("+-", 8, true)
    ))];
    for gap in gaps {
        let unit = gap.unit.as_ref();
        let [of_first, of_second] = gap.answers.map(|answer| pad(&central(unit, answer), 12, true));
        let line = if gap.difference == 0.0 && gap.error == 0.0 {
            pad("not at all", 10, true)
        } else {
            format!("{} {}", pad(&signed(unit, gap.difference), 10, true), pad(&imprecision(unit, gap.error), 8, true))
        };
        out.push(format!("  {} {of_first} {of_second} {line}", pad(&gap.question, name, false)));
    }
    out.join("\n")
}

/// What divides every two readings most: a matrix of how far they differ, and a paragraph for each pair, the widest gap
/// first.
#[must_use]
pub fn crux_all(all: &CruxAll, style: Style) -> String {
    let mut out = vec![style.strong(&wrap("What divides every two readings most", WIDTH, ""))];
    let how = format!(
        "{}, model {}, seed {}, {} trajectories per parameter draw.",
        all.model, all.fingerprint, all.seed, all.per_draw
    );
    out.push(style.faint(&wrap(&how, WIDTH, "")));
    if all.observed {
        out.push(wrap(BEFORE, WIDTH, ""));
    }
    if !all.complete {
        out.push("Interrupted: what follows rests on what was done until then.".to_owned());
    }
    out.push(String::new());
    out.push(match &all.question {
        Some(question) => {
            let numbers = all.pairs.first().and_then(|pair| pair.gap.unit.as_ref());
            let unit = numbers.map_or("points of probability", |unit| if unit.is_empty() { "the mean" } else { unit });
            wrap(&format!("{question}, in {unit}: the column's answer less the row's"), WIDTH, "")
        }
        None => wrap(
            "how far they differ on the question on which they differ most, in standard deviations of its answer",
            WIDTH,
            "",
        ),
    });
    out.push(matrix(all, style));
    for pair in widest_first(all) {
        out.push(String::new());
        out.push(self::pair(pair, all.question.is_none(), style));
    }
    out.push(String::new());
    out.push(style.faint(&wrap(
        "Pairs: those farthest apart first, in predictive standard deviations of the answer. worth: Shapley value of the \
         statement in the difference, the second answer less the first (points of probability, or units of the mean); it may \
         exceed the difference, where other statements work the other way; +-: standard error. `variorum crux A B` shows all \
         that divides two of them.",
        WIDTH,
        "",
    )));
    out.join("\n") + "\n"
}

/// Columns of a cell.
const CELL: usize = 6;

fn matrix(all: &CruxAll, style: Style) -> String {
    let name = all.readings.iter().map(|name| name.chars().count()).max().unwrap_or(0).clamp(5, 16);
    let fit = (WIDTH - 4 - name) / CELL;
    let cell = |row: usize, column: usize| {
        let of = |number: usize| all.readings.get(number).map_or("", String::as_str);
        let found = all.pairs.iter().find(|pair| pair.readings == [of(row), of(column)]);
        found.map_or(String::new(), |pair| match all.question {
            _ if pair.gap.difference.is_nan() => "void".to_owned(),
            Some(_) if is_probability(pair.gap.unit.as_ref()) => match format!("{:+.1}", 100.0 * pair.gap.difference) {
                zero if pair.gap.difference == 0.0 => zero.trim_start_matches(['+', '-']).to_owned(),
                points => points,
            },
            Some(_) => short(pair.gap.difference, 2),
            None => significant(pair.gap.deviations(), 2),
        })
    };
    let mut out = Vec::new();
    // The first column would be empty.
    let columns: Vec<usize> = (1..all.readings.len()).collect();
    for block in columns.chunks(fit) {
        let heads: String = block.iter().map(|column| pad(&(column + 1).to_string(), CELL, true)).collect();
        out.push(style.faint(&format!("     {}{heads}", pad("", name, false))));
        for (row, reading) in all.readings.iter().enumerate() {
            let cells: String = block.iter().map(|column| pad(&cell(row, *column), CELL, true)).collect();
            let line = format!("  {:>2} {}{cells}", row + 1, pad(reading, name, false));
            out.push(line.trim_end().to_owned());
        }
    }
    out.join("\n")
}

fn pair(pair: &CruxPair, with_question: bool, style: Style) -> String {
    let [first, second] = &pair.readings;
    let gap = &pair.gap;
    let unit = gap.unit.as_ref();
    let [of_first, of_second] = gap.answers.map(|answer| central(unit, answer));
    let on = if with_question { format!(" on {}", gap.question) } else { String::new() };
    let mut out =
        vec![wrap(&format!("{}{on}: {of_first}, {of_second}", style.strong(&format!("{first}, {second}"))), WIDTH, "")];
    let Some(question) = &pair.crux else {
        if gap.difference == 0.0 {
            out.push("  no difference".to_owned());
        }
        return out.join("\n");
    };
    if question.void.is_some() {
        out.push(wrap("no values: in a mixture of the two the condition of the question never came true", WIDTH, "  "));
        return out.join("\n");
    }
    let Some(most) = pair.most() else {
        out.push("  nothing that divides them bears on it".to_owned());
        return out.join("\n");
    };
    let worth = format!(
        "worth {} +-{} of {}: {}",
        change(question, most.value),
        error(question, most.error),
        change(question, question.difference),
        paths(most)
    );
    out.push(wrap(&worth, WIDTH, "  "));
    let (larger, against) = (most.value.abs() > question.difference.abs(), most.value * question.difference < 0.0);
    if against {
        out.push(wrap("works against the difference, which the others make up for", WIDTH, "  "));
    } else if larger {
        out.push(wrap("more than the whole: the others together work the other way", WIDTH, "  "));
    }
    if let Some(statement) = telling(most) {
        out.push(style.faint(&sides(statement)));
    }
    out.join("\n")
}
