//! The readings of a model, and what sources said themselves, scored on the questions that the world has answered.
//!
//! What is scored is what followed from the premises *before* anything was seen ([`ReadingAnswer::answer`], not
//! [`after`](ReadingAnswer::after)), since an answer on condition of a war is right about the war.

use super::calibration::{Bin, Calibration};
use super::moments::Moments;
use super::{Difference, EVEN, Means, Paired, Sums, rules};
use crate::answers::{Answer, Answers, Head, QuestionAnswers, ReadingAnswer};
use crate::confidence::{BASELINE, probability};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_model::model::Model;
use variorum_model::program::Query;
use variorum_model::time::{End, step};
use variorum_syntax::ast::{At, Date, Outcome, Question, StatementKind};

/// Who was right so far. `variorum score --json` prints this.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Score {
    /// Version of this document's form.
    pub format: u32,
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// The questions that were scored, in the order of the model.
    pub questions: Vec<ScoredQuestion>,
    /// Those that were not, and why.
    pub unscored: Vec<Unscored>,
    /// Mean scores by forecaster, over questions that are answered by yes or no.
    pub forecasters: Vec<Forecaster>,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// A question with its outcome, and what each forecast of it was worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScoredQuestion {
    /// Its name.
    pub name: String,
    /// In words.
    pub text: String,
    /// From when to when; twice the same for a moment.
    pub window: [String; 2],
    /// `yes`, `no` or a number.
    pub outcome: String,
    /// When it was known.
    pub on: Option<String>,
    /// Who says so.
    pub from: Option<String>,
    /// The unit of a number; empty for plain numbers, none for yes and no.
    pub unit: Option<String>,
    /// The forecasts: readings in the order of the model, then pools, then what sources said, then 50%.
    pub forecasts: Vec<Forecast>,
}

/// A question that was not scored.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unscored {
    /// The question.
    pub question: String,
    /// The forecaster, where others were scored.
    pub who: Option<Who>,
    /// Why not.
    pub why: String,
}

/// A forecaster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Who {
    /// Of which kind.
    pub kind: Kind,
    /// The name of the reading, of the pool or of the source; `50%`.
    pub name: String,
}

/// Kinds of forecasters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What follows from a reading's premises.
    Reading,
    /// A mean of readings.
    Pool,
    /// What a source said itself.
    Said,
    /// Always 50%.
    Even,
}

/// Whether a forecast was written before the outcome was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// Before it.
    Before,
    /// After it: retrospective, and no forecast.
    After,
    /// The dates of sources and outcome do not tell.
    Unknown,
}

/// What one forecast was worth.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Forecast {
    /// Who made it.
    pub who: Who,
    /// The probability of a yes; none for a number.
    pub probability: Option<f64>,
    /// The predictive median of a number, or the number that a source said.
    pub median: Option<f64>,
    /// Its words, if it was said in words.
    pub phrase: Option<String>,
    /// Whether it was written before the outcome was known.
    pub written: Written,
    /// Brier score of a probability.
    pub brier: Option<f64>,
    /// Log score of a probability in bits; none: minus infinity (see `note`), or a number.
    pub log: Option<f64>,
    /// Continuous ranked probability score of a number, in its unit.
    pub crps: Option<f64>,
    /// What has to be known with it.
    pub note: Option<String>,
}

/// Mean scores of a forecaster.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Forecaster {
    /// Who.
    pub who: Who,
    /// Whether these are the forecasts that were written after the outcome; the others are meant otherwise.
    pub retrospective: bool,
    /// Among them those of which the dates do not tell whether they were written before.
    pub undated: u64,
    /// The means.
    pub means: Means,
    /// Against the reading `baseline` on the same questions.
    pub against_baseline: Option<Difference>,
    /// Against always saying 50%.
    pub against_even: Option<Difference>,
    /// How much of what was given so much came true.
    pub calibration: Vec<Bin>,
}

/// A mean of readings that is scored beside them.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Weights by reading, not negative; readings that are not named have none. Without: all readings but `baseline` alike.
    pub weights: Option<BTreeMap<String, f64>>,
}

impl Default for Pool {
    /// All alike.
    fn default() -> Pool {
        Pool { name: "pooled".to_owned(), weights: None }
    }
}

/// Scores the answers of a model.
#[must_use]
pub fn score(model: &Model<'_>, answers: &Answers, pools: &[Pool]) -> Score {
    let mut out = Score {
        format: 1,
        head: answers.head.clone(),
        questions: Vec::new(),
        unscored: Vec::new(),
        forecasters: Vec::new(),
        notes: answers.notes.clone(),
    };
    let mut declared: BTreeMap<&str, &Question> = BTreeMap::new();
    for statement in &model.shared.questions {
        if let StatementKind::Question(question) = &statement.kind
            && let Some(name) = &question.name
        {
            declared.insert(&name.value, question);
        }
    }
    for question in &answers.questions {
        match declared.get(question.name.as_str()).map(|declared| outcome(model, question, declared)) {
            Some(Ok((came, on))) => {
                let scored = Scoring { model, question, came, on, unscored: &mut out.unscored }.question(pools);
                out.questions.push(scored);
            }
            Some(Err(why)) => out.unscored.push(Unscored { question: question.name.clone(), who: None, why }),
            None => {}
        }
    }
    out.forecasters = forecasters(&out.questions);
    out
}

/// What came.
#[derive(Clone, Copy)]
enum Came {
    Truth(bool),
    Number(f64),
}

/// The outcome of a question and when it was known; or why it is not scored.
fn outcome<'q>(
    model: &Model<'_>,
    question: &QuestionAnswers,
    declared: &'q Question,
) -> Result<(Came, Option<&'q At<Date>>), String> {
    // What became known only after the day as of which the model is taken does not stand in the answers.
    let resolved = declared.resolved.as_ref().filter(|_| question.resolved.is_some());
    let resolved = resolved.ok_or("not answered yet, as far as the model says")?;
    let on = resolved.on.as_ref();
    let came = match resolved.outcome {
        Outcome::Void if question.given.is_some() => {
            return Err("void: its condition did not come true, or it has lost its sense".to_owned());
        }
        Outcome::Void => return Err("void: it has lost its sense".to_owned()),
        Outcome::Number(number) => Came::Number(number),
        Outcome::No => Came::Truth(false),
        Outcome::Yes => Came::Truth(match (last_of_first_date(model, &question.name), on) {
            (Some((clock, to)), Some(on)) => {
                let came = step(&clock, on, End::First).map_err(|found| found.message)?;
                came <= to
            }
            _ => true,
        }),
    };
    Ok((came, on))
}

/// The clock and the last step of the window, if the question asks for a first date.
fn last_of_first_date(model: &Model<'_>, name: &str) -> Option<(variorum_model::program::Clock, u32)> {
    let program = model.readings.iter().find_map(|reading| reading.program.as_ref())?;
    match program.questions.iter().find(|question| question.name == name)?.query {
        Query::First { to, .. } => Some((program.clock, to)),
        _ => None,
    }
}

/// One question being scored.
struct Scoring<'s, 'm, 'l> {
    model: &'s Model<'l>,
    question: &'s QuestionAnswers,
    came: Came,
    on: Option<&'m At<Date>>,
    unscored: &'s mut Vec<Unscored>,
}

impl Scoring<'_, '_, '_> {
    fn question(mut self, pools: &[Pool]) -> ScoredQuestion {
        let mut forecasts = Vec::new();
        for reading in &self.question.readings {
            forecasts.extend(self.reading(reading));
        }
        for pool in pools {
            forecasts.extend(self.pool(pool, &forecasts));
        }
        for said in &self.question.said {
            forecasts.extend(self.said(said));
        }
        if let Came::Truth(yes) = self.came {
            let who = Who { kind: Kind::Even, name: EVEN.to_owned() };
            forecasts.push(likely(who, 0.5, yes, Written::Before, None));
        }
        let resolved = self.question.resolved.as_ref();
        let unit = self.question.readings.iter().find_map(|reading| match &reading.answer {
            Answer::Number(number) => Some(number.unit.clone()),
            _ => None,
        });
        ScoredQuestion {
            name: self.question.name.clone(),
            text: self.question.text.clone(),
            window: self.question.window.clone(),
            outcome: match self.came {
                Came::Truth(true) => "yes".to_owned(),
                Came::Truth(false) => "no".to_owned(),
                Came::Number(number) => number.to_string(),
            },
            on: resolved.and_then(|resolved| resolved.on.clone()),
            from: resolved.and_then(|resolved| resolved.from.clone()),
            unit: match self.came {
                Came::Truth(_) => None,
                Came::Number(_) => Some(unit.unwrap_or_default()),
            },
            forecasts,
        }
    }

    fn not(&mut self, who: Who, why: &str) {
        self.unscored.push(Unscored { question: self.question.name.clone(), who: Some(who), why: why.to_owned() });
    }

    fn reading(&mut self, reading: &ReadingAnswer) -> Option<Forecast> {
        let who = Who { kind: Kind::Reading, name: reading.reading.clone() };
        let written = self.reading_written(&reading.reading);
        match (&reading.answer, self.came) {
            (Answer::Number(number), Came::Number(x)) => {
                let crps = rules::crps(&number.quantiles, x);
                if crps.is_none() {
                    self.not(who, "its predictive quantiles are no numbers");
                    return None;
                }
                Some(Forecast { crps, ..sized(who, number.median, None, written) })
            }
            (Answer::Void { reason }, _) => {
                self.not(who, &format!("it has no answer: {reason}"));
                None
            }
            (answer, Came::Truth(yes)) => {
                let answer = probability(answer)?;
                let mut forecast = likely(who, answer.probability, yes, written, None);
                if let (Some(note), Some(reason)) = (&mut forecast.note, &answer.reason) {
                    note.push_str(&format!("; {reason}"));
                }
                Some(forecast)
            }
            _ => None,
        }
    }

    /// A mean of the readings' probabilities.
    fn pool(&mut self, pool: &Pool, forecasts: &[Forecast]) -> Option<Forecast> {
        let Came::Truth(yes) = self.came else { return None };
        let weight = |who: &Who| match &pool.weights {
            None if who.name == BASELINE => 0.0,
            None => 1.0,
            Some(weights) => weights.get(&who.name).copied().unwrap_or(0.0),
        };
        let (mut sum, mut all, mut members) = (0.0, 0.0, 0);
        let mut written = Written::Before;
        for forecast in forecasts.iter().filter(|forecast| forecast.who.kind == Kind::Reading) {
            let (Some(probability), weight) = (forecast.probability, weight(&forecast.who)) else { continue };
            if weight > 0.0 {
                sum += weight * probability;
                all += weight;
                members += 1;
                written = match (written, forecast.written) {
                    (Written::After, _) | (_, Written::After) => Written::After,
                    (Written::Unknown, _) | (_, Written::Unknown) => Written::Unknown,
                    _ => Written::Before,
                };
            }
        }
        // Of one reading it would be that reading again.
        (members > 1).then(|| {
            // Rounding must not lift a mean of ones above 1.
            let mean = (sum / all).clamp(0.0, 1.0);
            likely(Who { kind: Kind::Pool, name: pool.name.clone() }, mean, yes, written, None)
        })
    }

    fn said(&mut self, said: &crate::answers::Said) -> Option<Forecast> {
        let who = Who { kind: Kind::Said, name: said.source.clone() };
        let Some(meaning) = &said.meaning else {
            self.not(who, &format!("`{}` stands for no number", said.phrase));
            return None;
        };
        let written = compare(self.source_date(&said.source), self.on);
        let phrase = meaning.survey.is_some().then(|| said.phrase.clone());
        match self.came {
            Came::Truth(yes) => Some(likely(who, meaning.median, yes, written, phrase)),
            Came::Number(_) if phrase.is_some() => {
                self.not(who, &format!("`{}` are words of probability beside a number", said.phrase));
                None
            }
            Came::Number(x) => {
                let crps = rules::crps(&[[0.5, meaning.median]], x);
                Some(Forecast { crps, ..sized(who, meaning.median, None, written) })
            }
        }
    }

    /// The date of a source: its own, or that of the document in which it is quoted.
    fn source_date(&self, name: &str) -> Option<Date> {
        let sources = &self.model.shared.sources;
        let source = sources.get(name)?;
        let quoting = || sources.get(&source.quoted_in.as_ref()?.value)?.on.as_ref();
        source.on.as_ref().or_else(quoting).map(|on| on.value)
    }

    /// A reading is as late as the latest of the sources whose stances it adopts: what was written last may be in it.
    fn reading_written(&self, name: &str) -> Written {
        let Some(reading) = self.model.reading(name) else { return Written::Unknown };
        let all: Vec<Written> =
            reading.voices.iter().map(|source| compare(self.source_date(source), self.on)).collect();
        if all.contains(&Written::After) {
            Written::After
        } else if all.is_empty() || all.contains(&Written::Unknown) {
            Written::Unknown
        } else {
            Written::Before
        }
    }
}

/// Whether something of one date was written before an outcome of another: surely before, surely after, or neither, as on
/// the same day.
fn compare(written: Option<Date>, known: Option<&At<Date>>) -> Written {
    let (Some(written), Some(known)) = (written, known) else { return Written::Unknown };
    let days = |date: Date| {
        let first = (date.year, date.month.unwrap_or(1), date.day.unwrap_or(1));
        let last = (date.year, date.month.unwrap_or(12), date.day.unwrap_or(31));
        (first, last)
    };
    let ((written, done), (known, last)) = (days(written), days(known.value));
    if written > last {
        Written::After
    } else if done < known {
        Written::Before
    } else {
        Written::Unknown
    }
}

/// A scored probability.
fn likely(who: Who, probability: f64, yes: bool, written: Written, phrase: Option<String>) -> Forecast {
    let log = rules::log(probability, yes);
    let note = log.is_infinite().then(|| {
        let what = if yes { "a yes" } else { "a no" };
        format!("{what} had been given a probability of 0, so that the log score is minus infinity")
    });
    Forecast {
        who,
        probability: Some(probability),
        median: None,
        phrase,
        written,
        brier: Some(rules::brier(probability, yes)),
        log: log.is_finite().then_some(log),
        crps: None,
        note,
    }
}

/// A number that is yet to be scored.
fn sized(who: Who, median: f64, phrase: Option<String>, written: Written) -> Forecast {
    Forecast {
        who,
        probability: None,
        median: Some(median),
        phrase,
        written,
        brier: None,
        log: None,
        crps: None,
        note: None,
    }
}

/// The mean scores: by forecaster, and apart those of what was written after the outcome.
fn forecasters(questions: &[ScoredQuestion]) -> Vec<Forecaster> {
    let mut order: Vec<(&Who, bool)> = Vec::new();
    for forecast in questions.iter().flat_map(|question| &question.forecasts) {
        let key = (&forecast.who, forecast.written == Written::After);
        if forecast.probability.is_some() && !order.contains(&key) {
            order.push(key);
        }
    }
    order.sort_by_key(|(who, retrospective)| (*retrospective, who.kind));
    order.into_iter().filter_map(|(who, retrospective)| forecaster(questions, who, retrospective)).collect()
}

fn forecaster(questions: &[ScoredQuestion], who: &Who, retrospective: bool) -> Option<Forecaster> {
    let mine = |forecast: &&Forecast| {
        forecast.who == *who && (forecast.written == Written::After) == retrospective && forecast.probability.is_some()
    };
    let mut sums = Sums::default();
    let mut undated = 0;
    let mut calibration = Calibration::default();
    let (mut baseline, mut even) = (Pairs::default(), Pairs::default());
    for question in questions {
        let yes = question.outcome == "yes";
        let against = |kind: Kind, name: &str| {
            let mut all = question.forecasts.iter();
            all.find(|forecast| {
                forecast.who.kind == kind && forecast.who.name == name && forecast.probability.is_some()
            })
        };
        for forecast in question.forecasts.iter().filter(mine) {
            let Some(probability) = forecast.probability else { continue };
            sums.add(probability, yes);
            undated += u64::from(forecast.written == Written::Unknown);
            calibration.add(probability, yes);
            baseline.add(forecast, against(Kind::Reading, BASELINE));
            even.add(forecast, against(Kind::Even, EVEN));
        }
    }
    let is_baseline = who.kind == Kind::Reading && who.name == BASELINE;
    Some(Forecaster {
        retrospective,
        undated,
        means: sums.means()?,
        against_baseline: if is_baseline { None } else { baseline.difference(BASELINE) },
        against_even: if who.kind == Kind::Even { None } else { even.difference(EVEN) },
        calibration: calibration.bins(),
        who: who.clone(),
    })
}

/// Differences question by question.
#[derive(Default)]
struct Pairs {
    brier: Moments,
    log: Moments,
}

impl Pairs {
    fn add(&mut self, one: &Forecast, other: Option<&Forecast>) {
        let Some(other) = other else { return };
        if let (Some(one), Some(other)) = (one.brier, other.brier) {
            self.brier.add(one - other);
        }
        if let (Some(one), Some(other)) = (one.log, other.log) {
            self.log.add(one - other);
        }
    }

    fn difference(&self, against: &str) -> Option<Difference> {
        let n = self.brier.n();
        (n > 0).then(|| Difference {
            against: against.to_owned(),
            n,
            brier: Paired::of(&self.brier),
            log: (self.log.n() == n).then(|| Paired::of(&self.log)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use variorum_syntax::diagnostic::{FileId, Span};

    #[test]
    fn before_and_after() {
        let date = |year: i32, month: u8, day: u8| Date {
            year,
            month: (month > 0).then_some(month),
            day: (day > 0).then_some(day),
        };
        let at = |date: Date| At { value: date, span: Span { file: FileId(0), start: 0, end: 0 } };
        let known = at(date(2025, 6, 15));
        let told = |written: Date| compare(Some(written), Some(&known));
        assert_eq!(told(date(2025, 6, 14)), Written::Before);
        assert_eq!(told(date(2025, 6, 15)), Written::Unknown);
        assert_eq!(told(date(2025, 6, 16)), Written::After);
        assert_eq!(told(date(2025, 5, 0)), Written::Before);
        assert_eq!(told(date(2025, 6, 0)), Written::Unknown);
        assert_eq!(told(date(2025, 0, 0)), Written::Unknown);
        assert_eq!(told(date(2026, 0, 0)), Written::After);
        assert_eq!(compare(None, Some(&known)), Written::Unknown);
        assert_eq!(compare(Some(date(2020, 1, 1)), None), Written::Unknown);
    }
}
