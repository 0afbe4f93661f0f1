//! Pieces of sentences and numbers that the terminal, the brief and the report share.

use std::collections::BTreeSet;
use variorum::answers::{Answer, Meaning, Number, OriginShare, Probability, Provenance, QuestionAnswers, Said};
use variorum::compare::Speaker;
use variorum::confidence::{self, Confidence, Ground, Level};
use variorum::statements::StatementRow;
use variorum::words::{percent, significant};

/// What all answers to a question are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Probability,
    /// A number.
    Number,
    /// A date.
    Date,
    /// No reading has an answer.
    Void,
}

/// The kind of a question: that of the first reading that answers it.
pub fn kind(question: &QuestionAnswers) -> Kind {
    let mut kinds = question.readings.iter().map(|reading| match reading.answer {
        Answer::Probability(_) => Kind::Probability,
        Answer::Number(_) => Kind::Number,
        Answer::Date(_) => Kind::Date,
        Answer::Void { .. } => Kind::Void,
    });
    kinds.find(|kind| *kind != Kind::Void).unwrap_or(Kind::Void)
}

/// `2024-01 to 2024-12`, or `at 2024-12`.
pub fn window([from, to]: &[String; 2]) -> String {
    if from == to { format!("at {to}") } else { format!("{from} to {to}") }
}

/// A window with the condition of the question, if it has one: `2024-01 to 2024-12, given talks by 2024-06`.
pub fn asked_in(of: &[String; 2], condition: Option<&str>) -> String {
    condition.map_or_else(|| window(of), |condition| format!("{}, given {condition}", window(of)))
}

/// `4.1% to 25%`: in words, since a hyphen before `>99.99%` looks like an arrow.
pub fn between([low, high]: [f64; 2]) -> String {
    span(percent(low), &percent(high))
}

/// The least and the greatest of these; none of none.
pub fn ends(numbers: &[f64]) -> Option<[f64; 2]> {
    let (first, rest) = numbers.split_first()?;
    let wider = |[low, high]: [f64; 2], x: &f64| [if *x < low { *x } else { low }, if *x > high { *x } else { high }];
    Some(rest.iter().fold([*first; 2], wider))
}

/// `4.1% to 25%`, or the one number if both ends look alike.
pub fn span(low: String, high: &str) -> String {
    if low == high { low } else { format!("{low} to {high}") }
}

/// The 90% interval of a probability, or that the sample is too small to tell what not knowing the numbers is worth.
pub fn interval(answer: &Probability) -> String {
    answer.interval.map_or("small sample".to_owned(), between)
}

/// A standard error in points.
pub fn points(error: f64) -> String {
    let points = 100.0 * error;
    if points.is_nan() {
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
    }
}

/// A difference of probabilities in points, with its sign, to two significant digits.
pub fn change(difference: f64) -> String {
    let points = significant(100.0 * difference, 2);
    if difference > 0.0 { format!("+{points}") } else { points }
}

/// A share in whole percent.
pub fn whole(share: f64) -> String {
    if share > 0.0 && share < 0.005 { "<1%".to_owned() } else { format!("{:.0}%", 100.0 * share) }
}

/// Shares that add up to one, in whole percents that add up to 100%: each is rounded down, and what is left goes to those
/// that lost most (the largest remainders). What is below a half is `<1%`, and the others then stand for the rest.
pub fn percents(shares: &[f64]) -> Vec<String> {
    let small = shares.iter().filter(|share| **share > 0.0 && **share < 0.005).count();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let of = |place: usize| 100.0 * shares.get(place).copied().unwrap_or_default();
    let lost = |place: usize| of(place) - of(place).floor();
    order.sort_by(|a, b| lost(*b).total_cmp(&lost(*a)));
    let is_small = |place: usize| of(place) < 0.5;
    let mut points: Vec<f64> =
        (0..shares.len()).map(|place| if is_small(place) { 0.0 } else { of(place).floor() }).collect();
    for place in order.into_iter().filter(|place| !is_small(*place)) {
        let sum = points.iter().fold(0.0, |sum, points| sum + points);
        if let Some(points) = points.get_mut(place).filter(|_| sum < 99.5) {
            *points += 1.0;
        }
    }
    let shown = shares.iter().zip(points).map(|(share, points)| match points {
        _ if *share <= 0.0 => "0%".to_owned(),
        0.0 => "<1%".to_owned(),
        100.0 if small > 0 => ">99%".to_owned(),
        points => format!("{points:.0}%"),
    });
    shown.collect()
}

/// A divisor for numbers of a question, and the unit in words: `billion USD`.
#[derive(Clone, Debug)]
pub struct Scale {
    divisor: f64,
    /// `billion USD`; empty for plain numbers.
    pub unit: String,
}

impl Scale {
    /// That in which the largest of these numbers reads well.
    pub fn of<'n>(numbers: impl Iterator<Item = &'n Number>) -> Scale {
        let mut largest = 0.0;
        let mut unit = "";
        for number in numbers {
            unit = &number.unit;
            for end in number.predictive {
                if end.abs() > largest {
                    largest = end.abs();
                }
            }
        }
        Scale::for_largest(largest, unit)
    }

    /// That in which a number of this size reads well.
    pub fn for_largest(largest: f64, unit: &str) -> Scale {
        let (divisor, name) = match largest {
            x if x >= 1e12 => (1e12, "trillion "),
            x if x >= 1e9 => (1e9, "billion "),
            x if x >= 1e6 => (1e6, "million "),
            _ => (1.0, ""),
        };
        Scale { divisor, unit: format!("{name}{unit}").trim().to_owned() }
    }

    /// A number to so many digits, without the unit.
    pub fn show(&self, x: f64, digits: i32) -> String {
        significant(x / self.divisor, digits)
    }
}

/// The numbers of a question, by reading.
pub fn numbers(question: &QuestionAnswers) -> impl Iterator<Item = &Number> {
    question.readings.iter().filter_map(|reading| match &reading.answer {
        Answer::Number(number) => Some(number),
        _ => None,
    })
}

/// `a, b and c`.
pub fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `1-4, 7`.
pub fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let shown = |(first, last): &(usize, usize)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    runs.iter().map(shown).collect::<Vec<String>>().join(", ")
}

/// Whether all answers are yes in every trajectory, or all are no; none where they are not, or there are none.
pub fn alike<'a>(answers: impl Iterator<Item = Option<&'a Probability>>) -> Option<bool> {
    let mut found = None;
    for answer in answers {
        let is_yes = match answer?.probability {
            1.0 => true,
            0.0 => false,
            _ => return None,
        };
        if found.is_some_and(|found| found != is_yes) {
            return None;
        }
        found = Some(is_yes);
    }
    found
}

/// `yes to a, b and c, no to d`.
pub fn settled(yes: &[&str], no: &[&str]) -> String {
    let parts = [("yes to", yes), ("no to", no)].into_iter().filter(|(_, names)| !names.is_empty());
    parts.map(|(word, names)| format!("{word} {}", list(names))).collect::<Vec<String>>().join(", ")
}

/// `1 claim`, `2 claims`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The origin of numbers in words.
pub fn origin(origin: &str) -> &str {
    match origin {
        "base_rate" => "base rates",
        "none" => "no numbers of its own",
        other => other,
    }
}

/// The origins of a statement's numbers: a count may have a judgement beside it for what it has not counted.
pub fn origins(row: &StatementRow) -> String {
    let besides = row.origin != "assumed" && is_assumed(row);
    let first = origin(&row.origin);
    if besides { format!("{first}, others assumed") } else { first.to_owned() }
}

/// What `a .. b` means where a number stands.
pub const RANGE: &str = "a .. b in the place of a number: nobody knows it, and whoever wrote it is 90% sure that it lies between \
                         a and b, with 5% for less and 5% for more.";

/// What stands in the place of a count of no case: Jeffreys' prior.
pub const HALF: &str = "half a case is assumed";

/// Whether a statement has a base rate of no case.
pub fn is_uncounted(row: &StatementRow, uncounted: &BTreeSet<&str>) -> bool {
    let in_it = || std::iter::once(&row.path).chain(&row.paths).any(|path| uncounted.contains(path.as_str()));
    row.origin == "base_rate" && in_it()
}

/// Whether some number of a statement is assumed.
pub fn is_assumed(row: &StatementRow) -> bool {
    row.origin == "assumed" || row.origin_text.starts_with("assumed \"") || row.origin_text.contains("; assumed \"")
}

/// Where the numbers of a reading come from, statement by statement: `of its 45 statements with numbers 12 have base rates (5 of
/// them with others that are assumed; 2 of no case, for which half a case is assumed) and 33 are assumed`. `uncounted` are the
/// paths of those of no case.
pub fn numbers_from(rows: &[StatementRow], uncounted: &BTreeSet<&str>) -> Option<String> {
    let on = || rows.iter().filter(|row| !row.off && row.origin != "none");
    let words = [
        ("cited", ["cites a source", "cite a source"]),
        ("base_rate", ["has a base rate", "have base rates"]),
        ("wording", ["goes by words of probability", "go by words of probability"]),
        ("assumed", ["is assumed", "are assumed"]),
    ];
    let parts = words.into_iter().filter_map(|(kind, [one, many])| {
        let rows: Vec<&StatementRow> = on().filter(|row| row.origin == kind).collect();
        let besides = rows.iter().filter(|row| kind != "assumed" && is_assumed(row)).count();
        let bare = rows.iter().filter(|row| is_uncounted(row, uncounted)).count();
        let bare = if bare == 0 { String::new() } else { format!("{bare} of no case, for which {HALF}") };
        let besides = match besides {
            0 if bare.is_empty() => String::new(),
            0 => format!(" ({bare})"),
            all if all == rows.len() && bare.is_empty() => ", others in the same statement being assumed".to_owned(),
            some if bare.is_empty() => format!(" ({some} of them with others that are assumed)"),
            some => format!(" ({some} of them with others that are assumed; {bare})"),
        };
        (!rows.is_empty()).then(|| format!("{} {}{besides}", rows.len(), verb(rows.len(), one, many)))
    });
    let parts: Vec<String> = parts.collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    (!parts.is_empty()).then(|| format!("of its {} with numbers {}", count(on().count(), "statement"), list(&parts)))
}

/// The order in which origins are shown, the firmest ground first.
pub const ORIGINS: [&str; 5] = ["cited", "base_rate", "wording", "mixed", "assumed"];

/// The shares as people are shown them ([`Provenance::shown`]), in that order, each with its percentage.
pub fn shares(provenance: &Provenance) -> Vec<(&OriginShare, f64, String)> {
    let mut shares = provenance.shown();
    shares.sort_by_key(|(share, _)| ORIGINS.iter().position(|origin| *origin == share.origin));
    let percents = percents(&shares.iter().map(|(_, share)| *share).collect::<Vec<f64>>());
    shares.into_iter().zip(percents).map(|((of, share), percent)| (of, share, percent)).collect()
}

/// `1 trajectory`, `2 trajectories`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The verb that goes with a number: `1 claim carries`, `2 claims carry`.
pub fn verb<'v>(number: usize, one: &'v str, many: &'v str) -> &'v str {
    if number == 1 { one } else { many }
}

/// Whether the variance stands out from chance, so that shares of it mean something.
pub fn measurable(provenance: &Provenance) -> bool {
    provenance.variance > 2.0 * provenance.variance_error
}

/// What an answer rests on, in one line: `83% assumed, 14% base rates, 3% cited; 3 of 20 statements its own`, or `all
/// assumed; …`.
pub fn rests_on(provenance: &Provenance) -> String {
    let mut shares = shares(provenance);
    shares.reverse();
    let variance = if provenance.shares.is_empty() {
        "nothing uncertain".to_owned()
    } else if shares.is_empty() || !measurable(provenance) {
        "too little variance to share out".to_owned()
    } else if let [(of, ..)] = shares.as_slice() {
        format!("all {}", origin(&of.origin))
    } else {
        let parts: Vec<String> =
            shares.iter().map(|(of, _, percent)| format!("{percent} {}", origin(&of.origin))).collect();
        parts.join(", ")
    };
    let of = &provenance.standings;
    let all = of.own + of.borrowed + of.contested + of.unsupported;
    if all == 0 { variance } else { format!("{variance}; {} of {} its own", of.own, count(all, "statement")) }
}

/// ` (quoted in johansson)`; of a source without a date of its own also that the date shown is the other's.
pub fn quoted(source: &Speaker) -> String {
    match (&source.quoted_in, &source.on) {
        (None, _) => String::new(),
        (Some(quoted), None) if source.known.is_some() => format!(" (no date of its own; quoted in {quoted})"),
        (Some(quoted), _) => format!(" (quoted in {quoted})"),
    }
}

/// `"unlikely"`, or `30%`.
pub fn phrase(said: &Said) -> String {
    match &said.meaning {
        Some(Meaning { survey: None, .. }) => said.phrase.clone(),
        _ => format!("\"{}\"", said.phrase),
    }
}

/// What a source's words stand for: `which readers take for 5.0% to 40%, median 18% (cap2026)`.
pub fn meaning(said: &Said) -> Option<String> {
    match &said.meaning {
        None => Some("which stands for no number".to_owned()),
        Some(Meaning { survey: None, .. }) => None,
        Some(Meaning { median, range, survey: Some(survey) }) => {
            Some(format!("which readers take for {}, median {} ({survey})", between(*range), percent(*median)))
        }
    }
}

/// High, moderate or low.
pub fn level(confidence: &Confidence) -> &'static str {
    match confidence.level {
        Level::High => "high",
        Level::Moderate => "moderate",
        Level::Low => "low",
    }
}

/// The grounds of a confidence in a few words each.
pub fn grounds(confidence: &Confidence) -> Vec<String> {
    let mut parts: Vec<String> = confidence
        .grounds
        .iter()
        .map(|ground| match ground {
            Ground::Assumed(share) => format!("{} of the variance assumed", whole(*share)),
            Ground::Wide => "wide interval".to_owned(),
            Ground::Apart => "readings apart".to_owned(),
            Ground::NoCase(_) => format!("a base rate that has counted no case ({HALF})"),
        })
        .collect();
    if !confidence.measured {
        parts.push("origins not measured".to_owned());
    }
    parts
}

/// The readings of a question by the standard words of their answers, the likeliest first: the word with its range, and
/// the readings with their probabilities.
pub fn by_word(question: &QuestionAnswers) -> Vec<(String, Vec<(&str, f64)>)> {
    let mut answers: Vec<(&str, &Probability)> = question
        .readings
        .iter()
        .filter_map(|reading| Some((reading.reading.as_str(), confidence::probability(&reading.answer)?)))
        .collect();
    answers.sort_by(|(_, a), (_, b)| b.probability.total_cmp(&a.probability));
    let mut groups: Vec<(String, Vec<(&str, f64)>)> = Vec::new();
    for (reading, answer) in answers {
        match groups.last_mut() {
            Some((word, members)) if *word == answer.word => members.push((reading, answer.probability)),
            _ => groups.push((answer.word.clone(), vec![(reading, answer.probability)])),
        }
    }
    groups
}

/// With a capital letter at its beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map_or(String::new(), |first| first.to_uppercase().to_string());
    format!("{first}{}", letters.as_str())
}

/// A sentence to stand after a colon.
pub fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}", first.to_lowercase(), letters.as_str()))
}

/// A question's text without the date that its window says anyhow.
fn undated(text: &str) -> &str {
    let told = ["By the end of ", "By "].iter().find_map(|start| {
        let (date, rest) = text.strip_prefix(start)?.split_once(", ")?;
        let is_date = !date.is_empty() && date.chars().all(|c| c.is_ascii_digit() || c == '-');
        is_date.then_some(rest)
    });
    told.unwrap_or(text)
}

/// A question's text without the date that its window says anyhow, to at most so many words.
pub fn short(text: &str, most: usize) -> String {
    let words: Vec<&str> = undated(text).split_whitespace().collect();
    if words.len() <= most {
        return words.join(" ");
    }
    let mut kept = words.get(..most).unwrap_or_default().join(" ");
    // Not in the middle of what stands in brackets.
    if let Some(open) =
        kept.rfind('(').filter(|open| *open > 0 && !kept.get(*open..).is_some_and(|rest| rest.contains(')')))
    {
        kept.truncate(open);
    }
    format!("{} …", kept.trim_end().trim_end_matches([',', ';', ':', '.']))
}

/// The same to about so many words: to the end of a clause, if one is near, and so far that it differs from what any of the
/// others is cut to. With the least room not to the end of a clause.
pub fn apart(text: &str, others: &[&str], most: usize) -> String {
    let words: Vec<&str> = undated(text).split_whitespace().collect();
    let others: Vec<Vec<&str>> = others.iter().map(|other| undated(other).split_whitespace().collect()).collect();
    let common = |other: &Vec<&str>| words.iter().zip(other).take_while(|(a, b)| a == b).count();
    // The first word in which it differs from all of them belongs to it.
    // Those that say the same cannot be told apart.
    let others = others.iter().filter(|other| **other != words);
    let telling = others.map(|other| common(other) + 1).max().unwrap_or(0);
    let least = most.max(telling);
    let is_end = |word: &&str| word.ends_with([',', ';', ':', '.', '?']);
    let further = if most > LEAST { CLAUSE } else { 0 };
    let end = words.iter().enumerate().skip(least.saturating_sub(1)).take(further).find(|(_, word)| is_end(word));
    let kept = end.map_or(least, |(place, _)| place + 1);
    if most > LEAST && kept + 2 >= words.len() { words.join(" ") } else { short(&words.join(" "), kept) }
}

/// So few words are meant to be few.
const LEAST: usize = 3;
/// So many words more for a clause that ends with them.
const CLAUSE: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_words() {
        assert_eq!(short("By the end of 2027, have two met?", 9), "have two met?");
        assert_eq!(short("By the end of 2027, have two met?", 2), "have two …");
        assert_eq!(short("Some weapons (guns, shells) for all", 3), "Some weapons …");
        assert_eq!(short("By the river, have two met?", 9), "By the river, have two met?");
        let (first, second) = (
            "By 2027, has S sent shells to the front, by land or sea?",
            "By 2027, has S sent guns to the front, by land?",
        );
        assert_eq!(apart(first, &[second], 2), "has S sent shells …");
        assert_eq!(apart(first, &[second], 5), "has S sent shells to the front …");
        assert_eq!(apart(second, &[first], 2), "has S sent guns …");
        assert_eq!(apart(second, &[first], 5), "has S sent guns to the front, by land?");
        assert_eq!(apart("One two three four five six seven eight nine", &[], 3), "One two three …");
    }

    #[test]
    fn ranges_and_lists() {
        assert_eq!(between([0.041, 0.25]), "4.1% to 25%");
        assert_eq!(between([0.047, 0.99999]), "4.7% to >99.99%");
        assert_eq!(between([0.3, 0.3]), "30%");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(points(0.0), "0");
    }

    #[test]
    fn numbers_in_a_row() {
        assert_eq!(ranges(&[1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8");
        assert_eq!(ranges(&[]), "");
        assert_eq!(settled(&["a", "b"], &["c"]), "yes to a and b, no to c");
        assert_eq!(settled(&[], &["c"]), "no to c");
    }

    #[test]
    fn percents_add_up() {
        assert_eq!(percents(&[1.0 / 3.0; 3]), ["34%", "33%", "33%"]);
        assert_eq!(percents(&[0.995_001, 0.004_999]), [">99%", "<1%"]);
        assert_eq!(percents(&[0.83, 0.136, 0.034]), ["83%", "14%", "3%"]);
        assert_eq!(percents(&[0.005, 0.005, 0.99]), ["1%", "<1%", "99%"]);
        assert_eq!(percents(&[1.0]), ["100%"]);
        assert!(percents(&[]).is_empty());
    }
}
