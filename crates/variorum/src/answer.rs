//! From tallies to answers: probabilities, numbers and dates with their intervals, errors and reasons.

use crate::answers::{Answer, Condition, CurvePoint, FirstDate, Number, Probability};
use crate::curve::Curve;
use crate::influence::Influence;
use crate::reach::Reach;
use crate::stats::{Numbers, Share};
use crate::tally::{Tallies, Tally};
use crate::words;
use std::cell::OnceCell;
use variorum_model::program::{Clock, Given, Program, Query, Question};

/// Probabilities at which the quantiles of a number are given.
pub(crate) const QUANTILES: [f64; 23] = [
    0.005, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
    0.95, 0.975, 0.995,
];

/// Makes the answers of one program. What follows from its structure is found once, and only if it is asked for.
#[derive(Debug)]
pub struct Answering<'p> {
    program: &'p Program,
    influence: OnceCell<Influence<'p>>,
    reach: OnceCell<Reach<'p>>,
}

impl<'p> Answering<'p> {
    /// For a program.
    #[must_use]
    pub fn new(program: &'p Program) -> Answering<'p> {
        Answering { program, influence: OnceCell::new(), reach: OnceCell::new() }
    }

    /// The answer to the question at this place; none if there is no such question.
    #[must_use]
    pub fn answer(&self, index: usize, tallies: &Tallies) -> Option<Answer> {
        let (question, tally) = (self.program.questions.get(index)?, tallies.questions.get(index)?);
        let curve = tallies.curves.get(index).and_then(Option::as_ref);
        if tally.asked().asked == 0 {
            return Some(Answer::Void { reason: self.void(question, tally) });
        }
        Some(match tally {
            Tally::Numbers(numbers) => Answer::Number(number(&question.query, numbers)),
            Tally::Share(share) => {
                let probability = self.probability(question, share, curve);
                match (&question.query, curve) {
                    (Query::First { .. }, Some(curve)) => {
                        Answer::Date(first_date(probability, share, curve, self.program.clock))
                    }
                    _ => Answer::Probability(probability),
                }
            }
        })
    }

    /// How often the condition of the question at this place came true; none if it has none.
    #[must_use]
    pub fn condition(&self, index: usize, tallies: &Tallies) -> Option<Condition> {
        let tally = tallies.questions.get(index)?;
        self.program.questions.get(index)?.given.as_ref()?;
        let asked = tally.asked();
        Some(Condition { probability: asked.probability(), error: asked.error(), trajectories: asked.asked })
    }

    /// Whether a question has a condition that cannot come true.
    pub(crate) fn is_never_asked(&self, question: &Question) -> bool {
        question.given.as_ref().is_some_and(|given| self.never(given).is_some())
    }

    pub(crate) fn reach(&self) -> &Reach<'p> {
        self.reach.get_or_init(|| Reach::of(self.program))
    }

    /// Why a condition cannot come true, if that follows from the structure.
    pub(crate) fn never(&self, given: &Given) -> Option<String> {
        let reason = self.reach().of_condition(&given.condition);
        reason.filter(|(outcome, _)| !outcome).map(|(_, reason)| reason)
    }

    fn void(&self, question: &Question, tally: &Tally) -> String {
        if let Some(reason) = question.given.as_ref().and_then(|given| self.never(given)) {
            return format!("its condition cannot come true: {reason}");
        }
        let asked = tally.asked();
        let bound = words::percent(1.0 - at_most(count(asked.draws)));
        format!(
            "its condition came true in none of {} trajectories: its probability is below {bound}, with 95% confidence",
            asked.of
        )
    }

    fn probability(&self, question: &Question, share: &Share, curve: Option<&Curve>) -> Probability {
        let probability = share.mean();
        let reason = (probability == 0.0 || probability == 1.0).then(|| match self.reach().reason(&question.query) {
            Some((outcome, reason)) if outcome == (probability == 1.0) => reason,
            _ => bound(question, share),
        });
        let influence = self.influence.get_or_init(|| Influence::of(self.program));
        let is_uncertain = !influence.question(question).is_empty();
        let points = curve.map(|curve| curve.shares(share)).unwrap_or_default();
        let mut curve: Vec<CurvePoint> = Vec::with_capacity(points.len());
        let mut last: Option<Share> = None;
        for (step, share) in points {
            // Where nothing changes, nothing has to be computed anew.
            let same = last.replace(share).filter(|last| *last == share).and(curve.last());
            let interval = same.map_or_else(|| interval(is_uncertain, &share), |point| point.interval);
            curve.push(CurvePoint { date: self.program.clock.label(step), probability: share.mean(), interval });
        }
        if curve.len() < 2 {
            curve.clear();
        }
        Probability {
            probability,
            interval: interval(is_uncertain, share),
            variance: share.variance(),
            error: share.error(),
            word: words::standard(probability),
            reason,
            curve,
        }
    }
}

fn first_date(ever: Probability, share: &Share, curve: &Curve, clock: Clock) -> FirstDate {
    let dates = |of: u64| [0.05, 0.5, 0.95].map(|p| curve.quantile(p, of).map(|step| clock.label(step)));
    FirstDate { ever, quantiles: dates(share.asked.asked), if_ever: dates(share.yes) }
}

fn number(query: &Query, numbers: &Numbers) -> Number {
    let (low, high) = numbers.interval();
    let unit = match query {
        Query::Value { unit, .. } => unit.clone(),
        Query::Ever { .. } | Query::First { .. } => String::new(),
    };
    let quantiles = QUANTILES.iter().zip(numbers.quantiles(&QUANTILES)).map(|(p, value)| [*p, value]);
    Number {
        unit,
        median: numbers.quantile(0.5),
        predictive: [numbers.quantile(0.05), numbers.quantile(0.95)],
        quantiles: quantiles.collect(),
        deviation: numbers.deviation(),
        mean: numbers.mean(),
        interval: [low, high],
        error: numbers.error(),
    }
}

/// The interval: a point where nothing is uncertain, none where the halves of the draws do not agree enough to show
/// that anything is.
fn interval(is_uncertain: bool, share: &Share) -> Option<[f64; 2]> {
    let mean = share.mean();
    if !is_uncertain || mean == 0.0 || mean == 1.0 {
        return Some([mean, mean]);
    }
    let (low, high) = share.interval();
    (share.variance() > 0.0).then_some([low, high])
}

/// 0.05^(1 / draws): a probability above 1 less this would have shown itself among so many draws that share nothing,
/// with probability 95% (Clopper and Pearson 1934; about 1 - 3 / draws).
pub(crate) fn at_most(draws: f64) -> f64 {
    variorum_engine::math::pow(0.05, 1.0 / draws)
}

/// What a sample without a single yes (or no) supports.
fn bound(question: &Question, share: &Share) -> String {
    let draws = share.asked.answering;
    let seen = if share.yes == 0 { "no yes" } else { "nothing but yes" };
    let bound = bounded(share.yes > 0, count(draws));
    let which = if question.given.is_some() { " in which its condition came true" } else { "" };
    format!("{seen} in {draws} parameter draws{which}: {bound}, with 95% confidence")
}

/// What so many draws without an exception support of a probability: `below 0.24%`, or `above 99.8%` where all said yes.
#[must_use]
pub fn bounded(is_yes: bool, draws: f64) -> String {
    let rare = 1.0 - at_most(draws);
    if is_yes {
        format!("above {}", words::percent(1.0 - rare).trim_start_matches('>'))
    } else {
        format!("below {}", words::percent(rare).trim_start_matches('<'))
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn count(draws: u64) -> f64 {
    draws as f64
}
