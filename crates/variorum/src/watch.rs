//! What to look out for: which observable of the next months would tell most about the readings, or about a question.
//!
//! The mutual information between an observable and the reading is I = H(p̄) - Σ w_r H(p_r), in bits, with the readings'
//! weights w_r, the observable's probability p_r under each, and p̄ = Σ w_r p_r. Estimated probabilities make it too large by
//! about Σ w_r s_r² / (2 ln 2 p_r (1 - p_r)) - Σ w_r² s_r² / (2 ln 2 p̄ (1 - p̄)), s_r being their standard errors (the second
//! term of Taylor's series; Miller 1955 for counts); that is taken off. What is left of an observable that tells nothing is
//! chance. Its quantile, by the gamma law of the same mean and variance, is the noise floor: that of 1 - 5% / n where n
//! observables are looked at, so that of all those that tell nothing one passes with at most 5% (Bonferroni).
//!
//! An error that is estimated by the very sample is small where the sample happens to have no yes. So the floor takes the error
//! that there would be if the observable told nothing: p̄ (1 - p̄) / n, where n = p (1 - p) / s² is the number of independent
//! trials that the clustered error s of a probability p stands for (Kish's effective number: trajectories that share a draw, or
//! by resampling a past, are worth less than their count).

use crate::answers::{Answer, Head};
use crate::condition::{Conditioning, answer_of};
use crate::evidence::{Scope, Weighed, Weight, evidence_of_programs};
use crate::known::setters;
use crate::reach::Reach;
use crate::run::{Run, RunError, Watch, head};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use variorum_engine::math::{gamma_quantile, ln};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Clock, Expr, Function, Given, Occasion, Program, QuantityKind, Query, Question};

/// What to look out for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WatchList {
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// First and last step looked at.
    pub window: [String; 2],
    /// The weights of the readings beforehand.
    pub weights: Vec<Weight>,
    /// How much there is to be told: the entropy of the weights or, where it is about a question, of its answer, in bits.
    pub entropy: f64,
    /// The question that is to be told about, in place of the reading.
    pub question: Option<String>,
    /// What can be observed, the most telling first.
    pub items: Vec<Item>,
    /// What is left out, since learning it would be learning nothing, or the answer itself.
    pub left_out: Vec<LeftOut>,
    /// What was out of the ordinary.
    pub notes: Vec<String>,
}

/// Something that can be observed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Item {
    /// `event attack`, `choice take = accept`, `aid[KR] >= offensive`.
    pub name: String,
    /// What people are shown; of a level, its name and what brings it about: `line, by: a truce on the line`.
    pub title: String,
    /// What it tells, in bits, bias taken off.
    pub bits: f64,
    /// What would be seen by chance of an observable that tells nothing, with 5% for the whole list: with 5% divided by its
    /// length for each.
    pub floor: f64,
    /// Its probability within the window, by reading.
    pub readings: Vec<ItemReading>,
    /// Where the list is about a question: what it says, all readings pooled by weight, if this is seen and if it is not.
    pub answer: Option<[f64; 2]>,
    /// The standard errors of these two.
    pub answer_error: Option<[f64; 2]>,
}

/// An observable that is not on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Needless,
    /// The readings that have it, where not all do.
    pub only: Vec<String>,
}

/// Why an observable is not on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Needless {
    /// It is so already, or sure to come: it has probability 1 under every reading.
    Certain,
    /// It came about in no trajectory of any reading.
    Never,
    /// The question that is to be told about asks for it.
    Answer,
}

/// An observable under one reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemReading {
    /// The reading.
    pub reading: String,
    /// The observable's probability under it; none if it has not what was seen so far.
    pub probability: Option<f64>,
    /// The Monte Carlo standard error, clustered by draw.
    pub error: f64,
    /// Why the observable cannot come about under it, where that follows from its statements.
    pub absent: Option<Absent>,
    /// The reading's weight if the observable is seen within the window.
    pub if_seen: f64,
    /// And if it is not.
    pub if_not: f64,
}

/// Why an observable cannot come about under a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// The reading has no event, choice or quantity of that name: it may have put another in its place.
    NotThere,
    /// It has one, which cannot happen, or cannot come out so.
    Impossible,
}

/// What is asked of the next months.
#[derive(Clone, Debug)]
pub struct Lookout {
    /// How many months.
    pub months: f64,
    /// The question to be told about; none is the readings.
    pub question: Option<String>,
}

/// An observable before it is asked for.
#[derive(Clone, Debug, PartialEq)]
struct Observable {
    name: String,
    title: String,
    /// By reading: its condition, if it can be.
    condition: BTreeMap<usize, Expr>,
}

impl Observable {
    /// Why it cannot come about under the reading at this place; none where it can.
    fn absent(&self, place: usize, program: Option<&Program>) -> Option<Absent> {
        if self.condition.contains_key(&place) {
            return None;
        }
        let program = program?;
        let mut words = self.name.split(' ');
        let is_there = match (words.next(), words.next()) {
            (Some("event"), Some(name)) => program.events.iter().any(|event| event.name == name),
            (Some("choice"), Some(name)) => program.choices.iter().any(|choice| choice.name == name),
            (Some(name), _) => program.quantities.iter().any(|quantity| quantity.name == name),
            (None, _) => false,
        };
        Some(if is_there { Absent::Impossible } else { Absent::NotThere })
    }
}

/// The first step that nothing has been seen of: that after the last with an observation, or a record, in any reading.
#[must_use]
pub fn next_step(readings: &[(&ReadingOf<'_>, &Program)]) -> u32 {
    let last = readings.iter().flat_map(|(_, program)| {
        let observations = program.observations.iter().map(|seen| seen.to + 1);
        observations.chain(program.records.iter().map(|record| record.to + 1))
    });
    last.max().unwrap_or(0)
}

/// All that can be observed, in the order of the first reading that has it.
fn observables(readings: &[(&ReadingOf<'_>, &Program)]) -> Vec<Observable> {
    let mut list: Vec<Observable> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |reading: usize, name: String, title: &str, condition: Expr| {
        let place = *places.entry(name.clone()).or_insert_with(|| {
            list.push(Observable { name, title: title.to_owned(), condition: BTreeMap::new() });
            list.len() - 1
        });
        if let Some(observable) = list.get_mut(place) {
            observable.condition.insert(reading, condition);
        }
    };
    // By name of a level: what brings it about, in each reading that has it.
    let mut set_by: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for (reading, (_, program)) in readings.iter().enumerate() {
        let reach = Reach::of(program);
        for (event, written) in program.events.iter().enumerate().filter(|(event, _)| reach.can_happen(*event)) {
            add(reading, format!("event {}", written.name), &written.title, Expr::Happened(event));
        }
        for (choice, written) in program.choices.iter().enumerate() {
            let at_rate = matches!(written.occasion, Occasion::Considered(_) | Occasion::Hazards);
            for (option, of) in written.options.iter().enumerate() {
                let is_default = option == written.default;
                if !reach.can_come_out(choice, option) || (is_default && at_rate) {
                    continue;
                }
                let title = format!("{}: {}", written.title, of.title);
                let name = format!("choice {} = {}", written.name, of.name);
                add(reading, name, &title, Expr::Chosen { choice, option });
            }
        }
        for (quantity, written) in program.quantities.iter().enumerate() {
            let QuantityKind::Ladder { levels } = &written.kind else { continue };
            for (level, name) in levels.iter().enumerate().skip(1) {
                #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
                let reached = vec![Expr::Quantity(quantity), Expr::Number(level as f64)];
                let condition = Expr::Apply(Function::AtLeast, reached);
                if reach.of_condition(&condition).is_some() {
                    continue;
                }
                let is_flag = levels.len() == 2 && name == "yes";
                let name = if is_flag { written.name.clone() } else { format!("{} >= {name}", written.name) };
                #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
                let titles = setters(program, &reach, quantity, level as f64);
                set_by.entry(name.clone()).or_default().push(titles);
                add(reading, name.clone(), &name, condition);
            }
        }
    }
    for observable in &mut list {
        if let Some(titles) = set_by.get(&observable.name) {
            observable.title = brought_about(&observable.name, titles);
        }
    }
    list
}

/// So many of what brings a level about are named.
const SETTERS: usize = 3;

/// `line, by: The fighting ends on the lines then held`: a level by what brings it about in any reading; that which does so in
/// most of them first.
fn brought_about(name: &str, by_reading: &[Vec<String>]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for title in by_reading.iter().flatten() {
        match counted.iter_mut().find(|(other, _)| other == title) {
            Some((_, count)) => *count += 1,
            None => counted.push((title, 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut named: Vec<String> = counted.iter().take(SETTERS).map(|(title, _)| (*title).to_owned()).collect();
    if counted.len() > SETTERS {
        named.push(format!("{} more", counted.len() - SETTERS));
    }
    if named.is_empty() { name.to_owned() } else { format!("{name}, by: {}", named.join("; or ")) }
}

/// What to look out for in the next months.
///
/// # Errors
/// The question does not exist or has no probability (in words), a program is too large, or the settings cannot be.
pub fn watch(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    lookout: &Lookout,
    run: &Run,
    conditioning: &Conditioning,
    overseer: &dyn Watch,
) -> Result<WatchList, RunError> {
    let looking = Looking::alone(readings, lookout)?;
    let extended = looking.readings(readings);
    let (evidence, weighed) = evidence_of_programs(model, &extended, run, (conditioning, Scope::Since), overseer)?;
    Ok(looking.list(model, readings, run, (evidence.since.weights, &weighed)))
}

/// A watch list in the making: what is asked of the readings for it.
#[derive(Debug)]
pub struct Looking {
    lookout: Lookout,
    clock: Clock,
    /// First and last step.
    window: (u32, u32),
    observables: Vec<Observable>,
    /// By reading: its program with the questions of the list.
    programs: Vec<Program>,
    /// By reading: how many questions of its own come before these.
    own: Vec<usize>,
}

impl Looking {
    /// Asks for the list alone.
    fn alone(readings: &[(&ReadingOf<'_>, &Program)], lookout: &Lookout) -> Result<Looking, RunError> {
        let clock = readings.first().map(|(_, program)| program.clock);
        let Some(clock) = clock else { return Err(RunError::Settings("there is no reading".to_owned())) };
        let from = next_step(readings);
        if from >= clock.steps {
            let end = clock.label(clock.steps.saturating_sub(1));
            return Err(RunError::Settings(format!("what was seen reaches to the end of the model's time, {end}")));
        }
        let steps = (lookout.months / clock.step()).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of steps, cut to the model's"
        )]
        let to = from.saturating_add(if steps >= 1.0 { steps as u32 - 1 } else { 0 }).min(clock.steps - 1);
        let observables = observables(readings);
        let asked = target(readings, lookout)?;
        let programs = readings
            .iter()
            .enumerate()
            .map(|(place, (_, program))| asking(program, place, &observables, (from, to), asked.get(&place).copied()));
        let (programs, own) = (programs.collect(), vec![0; readings.len()]);
        Ok(Looking { lookout: lookout.clone(), clock, window: (from, to), observables, programs, own })
    }

    /// Asks for the list besides the readings' own questions, so that one run answers both. Neither has a bearing on the
    /// other: what is asked of trajectories does not change them.
    ///
    /// # Errors
    /// As for [`watch`].
    pub fn besides(readings: &[(&ReadingOf<'_>, &Program)], lookout: &Lookout) -> Result<Looking, RunError> {
        let mut looking = Looking::alone(readings, lookout)?;
        looking.own = readings.iter().map(|(_, program)| program.questions.len()).collect();
        for (asking, (_, program)) in looking.programs.iter_mut().zip(readings) {
            asking.questions.splice(0..0, program.questions.iter().cloned());
        }
        Ok(looking)
    }

    /// The readings with the programs that are to be run.
    pub(crate) fn readings<'r, 'l>(
        &'r self,
        readings: &[(&'r ReadingOf<'l>, &Program)],
    ) -> Vec<(&'r ReadingOf<'l>, &'r Program)> {
        readings.iter().map(|(reading, _)| *reading).zip(&self.programs).collect()
    }

    /// The list, from what the programs answered on condition of what was seen.
    pub(crate) fn list(
        &self,
        model: &Model<'_>,
        readings: &[(&ReadingOf<'_>, &Program)],
        run: &Run,
        (weights, weighed): (Vec<Weight>, &[Weighed]),
    ) -> WatchList {
        let Looking { lookout, clock, window: (from, to), observables, programs, own } = self;
        let notes = weighed.iter().zip(readings).filter(|(weighed, _)| weighed.whole.is_starved());
        let notes = notes.map(|(_, (reading, _))| {
            format!("no trajectory of {} agrees with what was seen: it is left out", reading.name)
        });
        let answer = |place: usize, question: usize| {
            number(programs, weighed, place, own.get(place).copied().unwrap_or(0) + question)
        };
        let shares: Vec<f64> = weights.iter().map(|weight| weight.weight).collect();
        // By observable, then by reading.
        let known: Vec<Vec<Option<(f64, f64)>>> = observables
            .iter()
            .enumerate()
            .map(|(index, observable)| {
                let of = |(place, weighed): (usize, &Weighed)| match () {
                    () if weighed.whole.is_starved() => None,
                    () if observable.condition.contains_key(&place) => answer(place, index),
                    () => Some((0.0, 0.0)),
                };
                weighed.iter().enumerate().map(of).collect()
            })
            .collect();
        let mut left_out = Vec::new();
        for (index, (observable, known)) in observables.iter().zip(&known).enumerate() {
            if let Some(why) = self.needless(index, known) {
                let having = observable.condition.keys().filter_map(|place| readings.get(*place));
                let only: Vec<String> = having.map(|(reading, _)| reading.name.clone()).collect();
                let only = if only.len() < readings.len() { only } else { Vec::new() };
                left_out.push(LeftOut { name: observable.name.clone(), why, only });
            }
        }
        let looked_at = observables.len() - left_out.len();
        let level = 1.0 - LIST / if looked_at > 1 { count(looked_at) } else { 1.0 };
        let trials: Vec<f64> = weighed.iter().enumerate().map(|(place, of)| trials(&known, place, of)).collect();
        let entropy = match lookout.question {
            None => weights.iter().map(|weight| -times_log2(weight.weight)).sum(),
            Some(_) => {
                let of = |(place, share): (usize, &f64)| Some((*share, answer(place, observables.len())?.0));
                let all: Vec<(f64, f64)> = shares.iter().enumerate().filter_map(of).collect();
                let sum: f64 = all.iter().map(|(share, _)| share).sum();
                let yes: f64 = all.iter().map(|(share, p)| share * p).sum();
                if sum > 0.0 { entropy(yes / sum) } else { 0.0 }
            }
        };
        let mut items = Vec::new();
        for (index, (observable, probabilities)) in observables.iter().zip(&known).enumerate() {
            if left_out.iter().any(|left| left.name == observable.name) {
                continue;
            }
            let (mut told, mut says) = (Told::default(), None);
            if lookout.question.is_some() {
                let given = |place: usize| answer(place, observables.len() + 1 + index);
                let asked = |place: usize| answer(place, observables.len());
                if let Some((bits, numbers)) = told_of_question(&shares, probabilities, &asked, &given, level) {
                    (told, says) = (bits, Some(numbers));
                }
            } else {
                // What is impossible by structure has no error; what merely did not come about has.
                let by =
                    |place: usize| trials.get(place).copied().filter(|_| observable.condition.contains_key(&place));
                told = told_of_readings(&shares, probabilities, &by, level);
            }
            let updated = |seen: bool| -> Vec<f64> {
                let of = |(share, probability): (&f64, &Option<(f64, f64)>)| {
                    probability.map_or(0.0, |(p, _)| share * if seen { p } else { 1.0 - p })
                };
                let joint: Vec<f64> = shares.iter().zip(probabilities).map(of).collect();
                let sum: f64 = joint.iter().sum();
                joint.into_iter().map(|joint| if sum > 0.0 { joint / sum } else { 0.0 }).collect()
            };
            let (if_seen, if_not) = (updated(true), updated(false));
            let by_reading = readings.iter().enumerate().map(|(place, (reading, _))| ItemReading {
                reading: reading.name.clone(),
                probability: probabilities.get(place).copied().flatten().map(|(p, _)| p),
                error: probabilities.get(place).copied().flatten().map_or(0.0, |(_, error)| error),
                absent: observable.absent(place, programs.get(place)),
                if_seen: if_seen.get(place).copied().unwrap_or(0.0),
                if_not: if_not.get(place).copied().unwrap_or(0.0),
            });
            items.push(Item {
                name: observable.name.clone(),
                title: observable.title.clone(),
                bits: told.bits,
                floor: told.floor,
                readings: by_reading.collect(),
                answer: says.map(|numbers| numbers.map(|(p, _)| p)),
                answer_error: says.map(|numbers| numbers.map(|(_, error)| error)),
            });
        }
        items.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        WatchList {
            head: head(model, Some(*clock), run, weighed.iter().all(|weighed| weighed.whole.complete)),
            window: [clock.label(*from), clock.label(*to)],
            weights,
            entropy,
            question: lookout.question.clone(),
            items,
            left_out,
            notes: notes.collect(),
        }
    }
}

impl Looking {
    /// Why an observable is not to be listed, if it is not.
    fn needless(&self, index: usize, known: &[Option<(f64, f64)>]) -> Option<Needless> {
        let observable = self.observables.get(index)?;
        let all = |p: f64| known.iter().flatten().next().is_some() && known.iter().flatten().all(|(of, _)| *of == p);
        if all(1.0) {
            return Some(Needless::Certain);
        }
        if all(0.0) {
            return Some(Needless::Never);
        }
        let asked = self.lookout.question.as_ref()?;
        let mut conditions = observable.condition.iter().map(|(place, condition)| {
            let program = self.programs.get(*place)?;
            let question = program.questions.iter().find(|question| question.name == *asked)?;
            match &question.query {
                Query::Ever { condition: of, .. } | Query::First { condition: of, .. } => {
                    Some(is_same(program, of, condition))
                }
                Query::Value { .. } => None,
            }
        });
        conditions.all(|same| same == Some(true)).then_some(Needless::Answer)
    }
}

/// Whether two conditions say the same: that a flag is set can be written as the flag, or as its having at least its level 1.
fn is_same(program: &Program, a: &Expr, b: &Expr) -> bool {
    let is_flag = |quantity: &usize| match program.quantities.get(*quantity).map(|quantity| &quantity.kind) {
        Some(QuantityKind::Ladder { levels }) => levels.len() == 2,
        _ => false,
    };
    let flag = |expr: &Expr| match expr {
        Expr::Quantity(quantity) => Some(*quantity).filter(is_flag),
        Expr::Apply(Function::AtLeast | Function::Equal, parts) => match parts.as_slice() {
            [Expr::Quantity(quantity), Expr::Number(1.0)] => Some(*quantity).filter(is_flag),
            _ => None,
        },
        _ => None,
    };
    a == b || flag(a).is_some_and(|quantity| flag(b) == Some(quantity))
}

/// By reading: the question to be told about.
fn target<'p>(
    readings: &[(&ReadingOf<'_>, &'p Program)],
    lookout: &Lookout,
) -> Result<BTreeMap<usize, &'p Question>, RunError> {
    let Some(name) = &lookout.question else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for (place, (_, program)) in readings.iter().enumerate() {
        let Some(question) = program.questions.iter().find(|question| question.name == *name) else {
            let known: Vec<&str> = program.questions.iter().map(|question| question.name.as_str()).collect();
            let why = format!("there is no question `{name}`; there are {}", known.join(", "));
            return Err(RunError::Settings(why));
        };
        if matches!(question.query, Query::Value { .. }) || question.given.is_some() {
            let why =
                format!("`{name}` is no question of yes or no without a condition, and only such can be watched for");
            return Err(RunError::Settings(why));
        }
        found.insert(place, question);
    }
    Ok(found)
}

/// A program that asks for every observable within the window; and, where there is a question to be told about, for that,
/// and for it given each observable.
fn asking(
    program: &Program,
    place: usize,
    observables: &[Observable],
    (from, to): (u32, u32),
    asked: Option<&Question>,
) -> Program {
    let of = |observable: &Observable| observable.condition.get(&place).cloned().unwrap_or(Expr::Number(0.0));
    let mut questions: Vec<Question> = Vec::new();
    for observable in observables {
        let query = Query::Ever { condition: of(observable), from, to };
        let (name, text) = (observable.name.clone(), observable.title.clone());
        questions.push(Question { name, text, query, given: None });
    }
    if let Some(asked) = asked {
        questions.push(asked.clone());
        for observable in observables {
            let given = Some(Given { condition: of(observable), from, to });
            questions.push(Question { given, ..asked.clone() });
        }
    }
    Program { questions, ..program.clone() }
}

/// A probability with its error.
fn number(programs: &[Program], weighed: &[Weighed], place: usize, question: usize) -> Option<(f64, f64)> {
    match answer_of(programs.get(place)?, question, &weighed.get(place)?.whole)?.0 {
        Answer::Probability(answer) => Some((answer.probability, answer.error)),
        Answer::Date(answer) => Some((answer.ever.probability, answer.ever.error)),
        _ => None,
    }
}

/// The chance that anything passes the floor in a list of which nothing tells.
const LIST: f64 = 0.05;

/// What an observable tells, with its noise floor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    bits: f64,
    floor: f64,
}

/// ln 2
const LN_2: f64 = std::f64::consts::LN_2;

fn times_log2(p: f64) -> f64 {
    if p > 0.0 { p * ln(p) / LN_2 } else { 0.0 }
}

/// The entropy of yes or no, in bits.
fn entropy(p: f64) -> f64 {
    -times_log2(p) - times_log2(1.0 - p)
}

#[expect(clippy::cast_precision_loss, reason = "observables are few")]
fn count(number: usize) -> f64 {
    number as f64
}

/// How many independent trials a probability with this error stands for; none where it has none.
fn effective((p, error): (f64, f64)) -> Option<f64> {
    let trials = p * (1.0 - p) / (error * error);
    (trials.is_finite() && trials > 0.0).then_some(trials)
}

/// The same for a whole reading: the median over the observables, or the effective number of its draws.
fn trials(known: &[Vec<Option<(f64, f64)>>], place: usize, weighed: &Weighed) -> f64 {
    let mut all: Vec<f64> = known.iter().filter_map(|known| effective(known.get(place).copied().flatten()?)).collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_else(|| weighed.whole.effective())
}

/// A group's weight, the probability in it, its error as estimated, and its error if all groups had the same probability.
type Group = (f64, f64, f64, f64);

/// What yes or no with these probabilities by group tells about the group. The floor has this level.
fn told(groups: &[Group], level: f64) -> Told {
    let all: f64 = groups.iter().map(|(weight, ..)| weight).sum();
    if all <= 0.0 {
        return Told::default();
    }
    let groups: Vec<Group> = groups.iter().map(|(weight, p, error, null)| (weight / all, *p, *error, *null)).collect();
    let mean: f64 = groups.iter().map(|(weight, p, ..)| weight * p).sum();
    let raw = entropy(mean) - groups.iter().map(|(weight, p, ..)| weight * entropy(*p)).sum::<f64>();
    // What squared errors add to an entropy; where yes or no is certain they are 0.
    let curve = |p: f64, square: f64| if p > 0.0 && p < 1.0 { square / (2.0 * LN_2 * p * (1.0 - p)) } else { 0.0 };
    let within: f64 = groups.iter().map(|(weight, p, error, _)| weight * curve(*p, error * error)).sum();
    let between = curve(mean, groups.iter().map(|(weight, _, error, _)| weight * weight * error * error).sum());
    // By chance alone, with the same probability in all groups, Σ w_r (p_r - p̄)² is a quadratic form in normal numbers with
    // the matrix A = diag(w) - w wᵀ: with S = diag(s²) its mean is tr A S, its variance 2 tr (A S)².
    let (mut expected, mut variance) = (0.0, 0.0);
    for (place, (weight, _, _, error)) in groups.iter().enumerate() {
        expected += weight * (1.0 - weight) * curve(mean, error * error);
        for (other, (other_weight, _, _, other_error)) in groups.iter().enumerate() {
            let entry = if place == other { weight * (1.0 - weight) } else { weight * other_weight };
            let term = entry * curve(mean, error * other_error);
            variance += 2.0 * term * term;
        }
    }
    // The same bias is taken off both.
    let floor = match expected > 0.0 && variance > 0.0 {
        true => gamma_quantile(expected * expected / variance, level) * variance / expected - (within - between),
        false => 0.0,
    };
    Told { bits: raw - (within - between), floor: if floor > 0.0 { floor } else { 0.0 } }
}

/// What an observable tells about the readings; those without a probability have no weight. `trials` are the independent
/// trials of a reading, for which it is no matter of structure.
fn told_of_readings(
    weights: &[f64],
    probabilities: &[Option<(f64, f64)>],
    trials: &dyn Fn(usize) -> Option<f64>,
    level: f64,
) -> Told {
    let known = || weights.iter().zip(probabilities).enumerate().filter_map(|(place, (w, p))| Some((place, *w, (*p)?)));
    let all: f64 = known().map(|(_, weight, _)| weight).sum();
    let mean: f64 = known().map(|(_, weight, (p, _))| weight * p).sum::<f64>() / all;
    let groups: Vec<Group> = known()
        .map(|(place, weight, (p, error))| {
            let square = match effective((p, error)).or_else(|| trials(place)) {
                Some(trials) => mean * (1.0 - mean) / trials,
                None => 0.0,
            };
            let null = if square > error * error { square.sqrt() } else { error };
            (weight, p, error, null)
        })
        .collect();
    told(&groups, level)
}

/// By reading: its weight; the observable's probability, the question's, and that given the observable, with their errors.
type Part = (f64, (f64, f64), (f64, f64), (f64, f64));

/// What an observable tells about the question, all readings pooled: and what the question's probability is if it is seen
/// and if it is not, with its errors. None where it is never seen, or always.
fn told_of_question(
    weights: &[f64],
    probabilities: &[Option<(f64, f64)>],
    asked: &dyn Fn(usize) -> Option<(f64, f64)>,
    given: &dyn Fn(usize) -> Option<(f64, f64)>,
    level: f64,
) -> Option<(Told, [(f64, f64); 2])> {
    let parts: Vec<Part> = weights
        .iter()
        .zip(probabilities)
        .enumerate()
        .filter_map(|(place, (weight, known))| {
            let (p, q) = ((*known)?, asked(place)?);
            let given = if p.0 > 0.0 { given(place).unwrap_or_default() } else { (0.0, 0.0) };
            Some((*weight, p, q, given))
        })
        .collect();
    let all: f64 = parts.iter().map(|(weight, ..)| weight).sum();
    let mean = |of: &dyn Fn(&Part) -> f64| parts.iter().map(|part| part.0 * of(part)).sum::<f64>() / all;
    let square =
        |of: &dyn Fn(&Part) -> f64| parts.iter().map(|part| (part.0 / all) * (part.0 / all) * of(part)).sum::<f64>();
    let (seen, yes, both) = (mean(&|part| part.1.0), mean(&|part| part.2.0), mean(&|part| part.1.0 * part.3.0));
    if !(all > 0.0 && seen > 0.0 && seen < 1.0) {
        return None;
    }
    let cut = |p: f64| p.clamp(0.0, 1.0);
    let (if_seen, if_not) = (cut(both / seen), cut((yes - both) / (1.0 - seen)));
    // To the first order: the errors of the answers, and those of the observable, by which readings mix.
    let squared = |x: f64| x * x;
    let of_seen = square(&|(_, p, _, g)| squared(p.0 * g.1) + squared((g.0 - if_seen) * p.1));
    let of_not = square(&|(_, p, q, g)| squared(q.1) + squared(p.0 * g.1) + squared((if_not - g.0) * p.1));
    let estimated = [of_seen.sqrt() / seen, of_not.sqrt() / (1.0 - seen)];
    // If the observable told nothing.
    let trials = [(seen, square(&|part| squared(part.1.1)).sqrt()), (yes, square(&|part| squared(part.2.1)).sqrt())];
    let trials = trials.into_iter().filter_map(effective).reduce(|a, b| if b < a { b } else { a });
    let null = |share: f64, error: f64| {
        let square = trials.map_or(0.0, |trials| yes * (1.0 - yes) / (trials * share));
        if square > error * error { square.sqrt() } else { error }
    };
    let [seen_error, not_error] = estimated;
    let groups = [
        (seen, if_seen, seen_error, null(seen, seen_error)),
        (1.0 - seen, if_not, not_error, null(1.0 - seen, not_error)),
    ];
    let shown = groups.map(|(_, p, _, error)| (p, error));
    Some((told(&groups, level), shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_tell_tells_all() {
        let found = told(&[(0.25, 1.0, 0.0, 0.0), (0.75, 0.0, 0.0, 0.0)], 0.99);
        assert!((found.bits - entropy(0.25)).abs() < 1e-12 && found.floor == 0.0, "{found:?}");
        let none = told(&[(0.25, 0.3, 0.01, 0.01), (0.75, 0.3, 0.01, 0.01)], 0.99);
        assert!(none.bits < none.floor, "{none:?}");
        // A reading that is left out has no part in it.
        let (known, trials) = ([Some((1.0, 0.0)), Some((0.0, 0.0)), None], |_| Some(1000.0));
        let one = told_of_readings(&[0.25, 0.25, 0.5], &known, &trials, 0.99);
        assert!((one.bits - 1.0).abs() < 1e-12);
    }

    #[test]
    fn noise_is_taken_off_and_rarely_passes_the_floor() {
        // Normal errors by the quantiles of a grid, in two groups.
        let quantile = |place: u32| variorum_engine::math::normal_quantile((f64::from(place) + 0.5) / 100.0);
        let (mut sum, mut above, mut rounds) = (0.0, 0, 0);
        for a in 0..100 {
            for b in 0..100 {
                let of = |weight: f64, place: u32| (weight, 0.3 + 0.02 * quantile(place), 0.02, 0.02);
                let found = told(&[of(0.4, a), of(0.6, b)], 0.99);
                sum += found.bits;
                above += u32::from(found.bits > found.floor);
                rounds += 1;
            }
        }
        let mean = sum / f64::from(rounds);
        let one = told(&[(0.4, 0.3, 0.02, 0.02), (0.6, 0.3, 0.02, 0.02)], 0.99);
        assert!(mean.abs() < 0.05 * one.bits.abs(), "{mean} {one:?}");
        assert!((0.005..0.02).contains(&(f64::from(above) / f64::from(rounds))), "{above} of {rounds}");
    }
}
