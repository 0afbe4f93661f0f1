//! What the terminal, the brief and the report say alike of what was seen: bits, weights, pairs, what would flip them.
//!
//! A weight is relative to the readings of the model, all of them wrong; it is nowhere worded as the probability that an
//! author is right.

use crate::dossier::Dossier;
use crate::sentences;
use variorum::answers::{Answer, Answers, Condition, Number, Probability, QuestionAnswers, ReadingAnswer};
use variorum::confidence::probability;
use variorum::evidence::{Evidence, Flip, Pair, ReadingEvidence, State, Weights, pooled_number};
use variorum::known::Unsettled;
use variorum::words::significant;

/// Whether something was seen that bears on this question's answers.
pub fn is_observed(question: &QuestionAnswers) -> bool {
    question.pooled.is_some() || question.readings.iter().any(|reading| reading.after.is_some())
}

/// The question with the answers on condition of what was seen in the place of those before it; readings that have it in no
/// trajectory are left out. None where nothing was seen.
pub fn after(question: &QuestionAnswers) -> Option<QuestionAnswers> {
    let mut later = question.clone();
    later.readings.clear();
    for reading in &question.readings {
        if let Some(after) = &reading.after {
            let mut reading = reading.clone();
            reading.answer = after.answer.clone();
            reading.given = after.given.clone();
            reading.provenance = None;
            reading.after = None;
            later.readings.push(reading);
        }
    }
    (!later.readings.is_empty()).then_some(later)
}

/// The numbers of a question before and after what was seen.
pub fn numbers(question: &QuestionAnswers) -> impl Iterator<Item = &Number> {
    let answers = question
        .readings
        .iter()
        .flat_map(|reading| std::iter::once(&reading.answer).chain(reading.after.as_ref().map(|after| &after.answer)));
    answers.filter_map(|answer| match answer {
        Answer::Number(number) => Some(number),
        _ => None,
    })
}

/// Whether all that a question asks for lies before the end of what was seen, and when that is. The report knows no other
/// clock: it is the same whenever it is written.
pub fn passed<'e>(question: &QuestionAnswers, evidence: Option<&'e Evidence>) -> Option<&'e str> {
    over(&question.window, evidence?)
}

/// Whether a span of time lies before the end of what was seen, and when that is.
fn over<'e>([_, to]: &[String; 2], evidence: &'e Evidence) -> Option<&'e str> {
    let last = evidence.observations.iter().map(|observed| observed.known.as_str()).max()?;
    let month = to.get(..7)?;
    let is_over = match last.get(..7)? {
        seen if seen > month => true,
        seen if seen == month => last.get(8..).and_then(|day| day.parse::<u8>().ok()) == Some(days(month)),
        _ => false,
    };
    is_over.then_some(last)
}

/// The days of a month `2024-02`.
fn days(month: &str) -> u8 {
    let (year, month) = month.split_once('-').unwrap_or_default();
    let year = year.parse::<u32>().unwrap_or_default();
    match month {
        "02" if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        "02" => 28,
        "04" | "06" | "09" | "11" => 30,
        _ => 31,
    }
}

/// Whether the world's answer is missing though its date has passed: when that was last known.
pub fn unanswered<'e>(question: &QuestionAnswers, evidence: Option<&'e Evidence>) -> Option<&'e str> {
    passed(question, evidence).filter(|_| question.resolved.is_none())
}

/// A question that what was seen settles: the answer, and since when.
pub fn settled(question: &QuestionAnswers, evidence: Option<&Evidence>) -> Option<(bool, Option<String>)> {
    let is_yes = crate::observed::settled(question)?;
    let known = question.resolved.as_ref().and_then(|resolved| resolved.on.clone());
    let on = known.or_else(|| if is_yes { certain(question) } else { passed(question, evidence).map(str::to_owned) });
    Some((is_yes, on))
}

/// The date by which a yes is certain in all readings that have what was seen.
fn certain(question: &QuestionAnswers) -> Option<String> {
    let after = question.readings.iter().filter_map(|reading| reading.after.as_ref());
    let answers = after.filter_map(|after| probability(&after.answer));
    let sure =
        answers.map(|answer| answer.curve.iter().find(|point| point.probability >= 1.0).map(|point| &point.date));
    sure.collect::<Option<Vec<&String>>>()?.into_iter().max().cloned()
}

/// `settled by observation on 2024-10-28: yes`.
pub fn settled_in_words(of: &(bool, Option<String>)) -> String {
    let (is_yes, on) = of;
    let on = on.as_ref().map_or(String::new(), |on| format!(" on {on}"));
    format!("settled by observation{on}: {}", if *is_yes { "yes" } else { "no" })
}

/// Whether the condition of a question has come true by what was seen, in all readings that have it.
pub fn is_met(question: &QuestionAnswers) -> bool {
    let mut after = question.readings.iter().filter_map(|reading| reading.after.as_ref()).peekable();
    let certain = |given: &Condition| given.probability > 1.0 - CERTAIN && given.error < CERTAIN;
    question.given.is_some() && after.peek().is_some() && after.all(|after| after.given.as_ref().is_some_and(certain))
}

/// Sums of many weights differ so little from one by rounding.
const CERTAIN: f64 = 1e-6;

/// The question of which a conditional one, its condition being met, is now the same: both have the same answers after what
/// was seen.
pub fn same_now<'a>(dossier: &'a Dossier, question: &QuestionAnswers) -> Option<&'a QuestionAnswers> {
    let name = dossier.asked.get(&question.name)?.without_condition.as_ref().filter(|_| is_met(question))?;
    let other = dossier.answers.questions.iter().find(|other| other.name == *name)?;
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= CERTAIN * if a.abs() > 1.0 { a.abs() } else { 1.0 },
        (a, b) => a.is_none() && b.is_none(),
    };
    let central = |reading: &ReadingAnswer| pooled_number(&reading.after.as_ref()?.answer);
    let alike = question.readings.iter().zip(&other.readings).all(|(a, b)| near(central(a), central(b)));
    alike.then_some(other)
}

/// `the condition has been met (2025-06-22)`.
pub fn met_in_words(dossier: &Dossier, question: &QuestionAnswers) -> Option<String> {
    if !is_met(question) {
        return None;
    }
    let on = dossier.asked.get(&question.name).and_then(|asked| asked.met.as_ref());
    Some(format!("the condition has been met{}", on.map_or(String::new(), |on| format!(" ({on})"))))
}

/// What has become of a condition whose time is over without its being known to have come true: in a few words, and in a
/// sentence. None of what is not over, or is met.
pub fn lapsed(question: &QuestionAnswers, evidence: Option<&Evidence>) -> Option<[String; 2]> {
    let given = question.given.as_ref()?;
    over(given, evidence?)?;
    if is_met(question) {
        return None;
    }
    let [_, end] = given;
    let after = || question.readings.iter().filter_map(|reading| reading.after.as_ref());
    after().next()?;
    if after().all(|after| matches!(after.answer, Answer::Void { .. })) {
        return Some([
            "its condition can no longer come true".to_owned(),
            format!(
                "Its condition can no longer come true: its time ended with {end}, and in no trajectory that agrees with what \
                 was seen has it come true. So there is no answer."
            ),
        ]);
    }
    let holds: Vec<f64> = after().filter_map(|after| Some(after.given.as_ref()?.probability)).collect();
    Some([
        "the time of its condition is over, undecided".to_owned(),
        format!(
            "The time of its condition is over (it ended with {end}), and what was seen does not show whether it came true: it did \
             in {} of what agrees with it.",
            sentences::between(sentences::ends(&holds)?)
        ),
    ])
}

/// Why a question that the world has answered is not settled in the model: in a few words, and in a sentence. None of what is
/// settled, and of questions for numbers.
pub fn unsettled(dossier: &Dossier, question: &QuestionAnswers) -> Option<[String; 2]> {
    let evidence = dossier.answers.evidence.as_ref()?;
    question.resolved.as_ref()?;
    if settled(question, Some(evidence)).is_some() {
        return None;
    }
    let (few, why) = match dossier.asked.get(&question.name)?.unsettled.as_ref()? {
        Unsettled::NotObserved => ("not observed", "none of its observations is of this".to_owned()),
        Unsettled::Open => ("left open", "what it has observed leaves it open".to_owned()),
        Unsettled::Reported(reports) => {
            let mut named: Vec<String> = reports.iter().map(|(who, when)| format!("{who}, {when}")).collect();
            named.dedup();
            let (a, can) = if named.len() == 1 { ("a report", "") } else { ("reports", " each") };
            ("only reported", format!("it has observed it by {a} alone ({}), which{can} can err", named.join("; ")))
        }
    };
    Some([
        format!("not settled in the model: {few}"),
        format!("The model does not take that outcome for certain: {why}. It is what the answers are scored by."),
    ])
}

/// Of readings that what was seen has hardly moved, why, as far as that is known: that it works both ways, since the time that has
/// gone by without alone would make it less likely. None of those that it moved by more than their errors.
pub fn unmoved(dossier: &Dossier, question: &QuestionAnswers, group: &[&ReadingAnswer]) -> Option<String> {
    let both = |reading: &&ReadingAnswer| {
        let [was, is] = [&reading.answer, &reading.after.as_ref()?.answer].map(probability);
        Some((was?.clone(), is?.clone()))
    };
    let pairs: Vec<_> = group.iter().filter_map(both).collect();
    if pairs.is_empty() || pairs.len() < group.len() {
        return None;
    }
    let error = |(was, is): &(Probability, Probability)| (was.error * was.error + is.error * is.error).sqrt();
    let still = |of: &(Probability, Probability)| (of.0.probability - of.1.probability).abs() <= 2.0 * error(of);
    let certain = |of: &(Probability, Probability)| of.0.error == 0.0 && of.1.error == 0.0;
    if !pairs.iter().all(still) || pairs.iter().all(certain) {
        return None;
    }
    let gone = &dossier.asked.get(&question.name)?.gone;
    let alone: Option<Vec<f64>> = group.iter().map(|reading| gone.get(&reading.reading)?.alone).collect();
    let hardly = "Hardly moved by what was seen, within two standard errors";
    let moved = alone.filter(|alone| {
        let apart = |(of, alone): (&(Probability, Probability), &f64)| {
            of.0.probability - alone > 2.0 * of.0.error && of.1.probability - alone > 2.0 * error(of)
        };
        pairs.iter().zip(alone).all(apart)
    });
    let Some(alone) = moved else { return Some(format!("{hardly}.")) };
    let of = gone.get(&group.first()?.reading)?;
    Some(format!(
        "{hardly}, but both ways: {:.0} of {:.0} months have gone by without it, which alone would make it {}; what else was seen \
         makes it likelier again.",
        of.months,
        of.of,
        sentences::between(sentences::ends(&alone)?)
    ))
}

/// How many of a question's readings give different answers: those that are the same to the last bit are one.
pub fn voices(question: &QuestionAnswers) -> usize {
    crate::alike::groups(question).len()
}

/// `13 readings, of which 4 differ`, of what is pooled.
pub fn pooled_of(question: &QuestionAnswers) -> String {
    let (all, voices) = (question.readings.len(), voices(question));
    if all == voices {
        return format!("of {}, all different", sentences::count(all, "reading"));
    }
    format!("of {} with {}", sentences::count(all, "reading"), sentences::count(voices, "different answer"))
}

/// Notes of the run that the section on what was seen does not say anyhow.
pub fn other_notes(answers: &Answers) -> impl Iterator<Item = &String> {
    let said = |note: &String| {
        let readings = answers.evidence.iter().flat_map(|evidence| &evidence.readings);
        let mut lacking = readings.filter(|reading| reading.state != State::Known);
        lacking.any(|reading| {
            note.strip_prefix(reading.reading.as_str()).is_some_and(|rest| rest.starts_with(": what was seen c"))
        })
    };
    answers.notes.iter().filter(move |note| !said(note))
}

/// A number of bits: two decimals, fewer of large numbers.
pub fn bits(x: f64) -> String {
    let text = match x.abs() {
        size if size >= 99.95 => format!("{x:.0}"),
        size if size >= 9.995 => format!("{x:.1}"),
        _ => format!("{x:.2}"),
    };
    // What is rounded to nothing has no sign.
    if text == "-0.00" { "0.00".to_owned() } else { text }
}

/// A number of bits, and whether it is for or against.
pub fn signed(x: f64) -> String {
    let text = bits(x);
    if x > 0.0 && text != "0.00" { format!("+{text}") } else { text }
}

/// A standard error in bits.
pub fn error(x: f64) -> String {
    match x {
        x if x.is_nan() => "?".to_owned(),
        0.0 => "0".to_owned(),
        x if x < 0.005 => "<.01".to_owned(),
        x => bits(x),
    }
}

/// Why a reading has no evidence; none where it has.
pub fn lacks(reading: &ReadingEvidence) -> Option<String> {
    match (reading.state, &reading.forbidden) {
        (State::Known, _) => None,
        (State::Forbidden, Some(why)) => {
            Some(format!("forbidden: `{}` cannot be, by {}: {}", why.observation, why.statement, why.reason))
        }
        (State::Forbidden, None) => Some("forbidden: what was seen cannot be in it".to_owned()),
        (State::Starved, _) => Some(format!("starved: {}", reading.starved())),
    }
}

/// What stands in the place of an answer where a reading has no trajectory with what was seen.
pub const LACKING: &str = "no trajectory agrees";

/// What has to be said before all else: that no reading has what was seen, so that nothing is answered after it. None where
/// one has.
pub fn nothing_left(evidence: &Evidence) -> Option<String> {
    let readings = &evidence.readings;
    if readings.is_empty() || readings.iter().any(|reading| reading.state == State::Known) {
        return None;
    }
    let mut culprits: Vec<&str> = readings
        .iter()
        .filter_map(|reading| match &reading.forbidden {
            Some(why) => Some(why.observation.as_str()),
            None => reading.lost.as_deref(),
        })
        .collect();
    culprits.sort_unstable();
    culprits.dedup();
    let all = if readings.len() == 1 { "The reading has" } else { "All readings have" };
    let at = match culprits.as_slice() {
        [] => String::new(),
        [one] => format!(" They part from the world at `{one}`."),
        several => format!(
            " They part from the world at {}.",
            several.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Some(format!(
        "{all} no trajectory that agrees with all that was seen: there is no answer after it, only before.{at}"
    ))
}

/// What a reading's state is called where there is no number.
pub fn state(reading: &ReadingEvidence) -> &'static str {
    match reading.state {
        State::Known => "known",
        State::Starved => "starved",
        State::Forbidden => "forbidden",
    }
}

/// Whether some of what was seen counts for the weights.
pub fn weighs(evidence: &Evidence) -> bool {
    evidence.since.observations > 0
}

/// On what the weights rest: `what was seen since 2025-09-10, when the last of them was written (4 of 5)`.
pub fn since(evidence: &Evidence) -> String {
    let (some, all) = (evidence.since.observations, evidence.observations.len());
    match &evidence.since.after {
        Some(day) => format!("what was seen since {day}, when the last of them was written ({some} of {all})"),
        None => "all that was seen, since none of them has a date".to_owned(),
    }
}

/// Why steps and sums do not add up.
pub const STEPS: &str = "The bits of an observation are given what happened before it, whenever that became known. Bits since a \
                         day are given what was known on it. So they are not the sum of the observations known later: where \
                         something became known late, reports that were known before it turn out to have been more probable.";

/// What a weight is, and is not.
pub const WEIGHT: &str = "A weight is a reading's share of the evidence among these readings, all of them wrong and all \
                          counting alike beforehand; it does not say who is right.";

/// Weights in whole percent, by reading; empty where no reading has what was seen.
pub fn percents(weights: &Weights) -> Vec<String> {
    let shares: Vec<f64> = weights.weights.iter().map(|weight| weight.weight).collect();
    let sum: f64 = shares.iter().fold(0.0, |sum, share| sum + share);
    if sum > 0.0 { sentences::percents(&shares) } else { Vec::new() }
}

/// A pair as it is told: the better one first.
#[derive(Clone, Debug)]
pub struct Compared<'e> {
    /// The pair.
    pub pair: &'e Pair,
    /// Which foretold better what was seen after the later was written.
    pub better: &'e str,
    /// The other.
    pub worse: &'e str,
    /// By how many bits; never negative.
    pub bits: f64,
    /// The same on the whole record: hindsight.
    pub hindsight: Option<f64>,
}

impl Compared<'_> {
    /// Whether the difference can be told from chance.
    pub fn stands_out(&self) -> bool {
        self.bits > 2.0 * self.pair.error
    }
}

/// The pairs of which both have what was seen and one foretold it better, the largest difference first.
pub fn compared(evidence: &Evidence) -> Vec<Compared<'_>> {
    let mut list: Vec<Compared<'_>> = evidence
        .pairs
        .iter()
        .filter_map(|pair| {
            let (better, bits) = (pair.better.as_deref()?, pair.bits?);
            let is_first = better == pair.first;
            let worse = if is_first { pair.second.as_str() } else { pair.first.as_str() };
            let hindsight = pair.hindsight.map(|bits| if is_first { bits } else { -bits });
            Some(Compared { pair, better, worse, bits: bits.abs(), hindsight })
        })
        .collect();
    list.sort_by(|a, b| b.bits.total_cmp(&a.bits));
    list
}

/// What would turn a pair: `baseline would be ahead of lee by 0.30 bits +-0.10 if the first number in "utility fear" lay
/// between 0.20 and 0.50 in lee`.
pub fn flip(compared: &Compared<'_>, flip: &Flip, plus_minus: &str) -> String {
    format!(
        "{} would be ahead of {} by {} bits {plus_minus}{} if {} lay between {} and {} in {}",
        compared.worse,
        compared.better,
        bits(flip.bits.abs()),
        error(flip.error),
        parameter(&flip.parameter),
        significant(flip.low, 2),
        significant(flip.high, 2),
        flip.reading
    )
}

/// A parameter in words: `utility fear#1` is the first number in "utility fear".
pub fn parameter(name: &str) -> String {
    let Some((statement, number)) = name.rsplit_once('#') else { return name.to_owned() };
    let number = match number {
        "1" => "the first number".to_owned(),
        "2" => "the second number".to_owned(),
        "3" => "the third number".to_owned(),
        other => format!("number {other}"),
    };
    format!("{number} in \"{statement}\"")
}

/// The places of the observations on which the readings part most, at most so many, in order of date. Readings without what
/// was seen have no part in it.
pub fn telling(evidence: &Evidence, most: usize) -> Vec<usize> {
    let mut spread: Vec<(usize, f64)> =
        (0..evidence.observations.len()).map(|place| (place, parting(evidence, place))).collect();
    spread.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut kept: Vec<usize> = spread.into_iter().take(most).map(|(place, _)| place).collect();
    kept.sort_unstable();
    kept
}

/// By how many bits the readings part on one observation.
pub fn parting(evidence: &Evidence, place: usize) -> f64 {
    let known = evidence.readings.iter().filter(|reading| reading.state == State::Known);
    let bits: Vec<f64> = known.filter_map(|reading| reading.bits.get(place).copied()).collect();
    sentences::ends(&bits).map_or(0.0, |[least, most]| most - least)
}
