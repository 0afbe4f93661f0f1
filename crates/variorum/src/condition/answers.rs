//! From weighted sums to answers.

use super::Conditioned;
use super::posterior::{Kind, Numbers, Ratio, Shares};
use crate::answer::{QUANTILES, at_most, bounded};
use crate::answers::{Answer, Condition, CurvePoint, FirstDate, Number, Probability};
use crate::influence::Influence;
use crate::stats::{beta_interval, moment_interval};
use crate::words;
use variorum_model::program::{Program, Query, Question};

/// The answer to the question at this place on condition of what was seen, and how often its own condition came true; none
/// if there is no such question, or no trajectory agrees with what was seen.
#[must_use]
pub fn answer_of(program: &Program, index: usize, conditioned: &Conditioned) -> Option<(Answer, Option<Condition>)> {
    let (question, posterior) = (program.questions.get(index)?, conditioned.questions.get(index)?);
    if conditioned.is_starved() {
        return None;
    }
    let effective = conditioned.effective();
    let asked = &posterior.asked;
    let condition = question.given.as_ref().map(|_| Condition {
        probability: asked.mean(),
        error: asked.error(),
        trajectories: posterior.trajectories,
    });
    if posterior.trajectories == 0 {
        let bound = words::percent(1.0 - at_most(effective));
        let reason = format!(
            "its condition came true in no trajectory that agrees with what was seen: its probability is below {bound}, \
             with 95% confidence"
        );
        return Some((Answer::Void { reason }, condition));
    }
    let answer = match &posterior.kind {
        Kind::Numbers(numbers) => Answer::Number(number(&question.query, numbers)),
        Kind::Shares(shares) => {
            let uncertain = !Influence::of(program).question(question).is_empty();
            let probability = probability(program, question, shares, (effective, uncertain));
            match question.query {
                Query::First { .. } => Answer::Date(first_date(program, probability, shares)),
                _ => Answer::Probability(probability),
            }
        }
    };
    Some((answer, condition))
}

fn probability(
    program: &Program,
    question: &Question,
    shares: &Shares,
    (effective, uncertain): (f64, bool),
) -> Probability {
    let whole = &shares.whole;
    let probability = share(whole);
    let reason = (probability == 0.0 || probability == 1.0).then(|| {
        let seen = if probability == 0.0 { "none" } else { "all" };
        let bound = bounded(probability == 1.0, effective);
        let which = if question.given.is_some() { " and with its condition" } else { "" };
        format!(
            "a yes in {seen} of the trajectories that agree with what was seen{which}: {bound}, with 95% confidence"
        )
    });
    let curve = shares.points.iter().map(|(step, ratio)| CurvePoint {
        date: program.clock.label(*step),
        probability: share(ratio),
        interval: interval(uncertain, ratio),
    });
    let mut curve: Vec<CurvePoint> = curve.collect();
    if curve.len() < 2 {
        curve.clear();
    }
    Probability {
        probability,
        interval: interval(uncertain, whole),
        variance: whole.variance(),
        error: whole.error(),
        word: words::standard(probability),
        reason,
        curve,
    }
}

/// The share of yes. Sums of weights are rounded: what differs from all by less than that is all.
fn share(ratio: &Ratio) -> f64 {
    let mean = ratio.mean();
    if mean > 1.0 - 1e-12 { 1.0 } else { mean }
}

/// As for answers before anything was seen: a point where nothing is uncertain, none where the halves do not agree enough
/// to show that anything is.
fn interval(uncertain: bool, ratio: &Ratio) -> Option<[f64; 2]> {
    let mean = share(ratio);
    if !uncertain || mean == 0.0 || mean == 1.0 {
        return Some([mean, mean]);
    }
    let variance = ratio.variance();
    let (low, high) = beta_interval(mean, variance);
    (variance > 0.0).then_some([low, high])
}

fn first_date(program: &Program, ever: Probability, shares: &Shares) -> FirstDate {
    let dates = |of: f64| {
        [0.05, 0.5, 0.95].map(|p| {
            let reached = |(_, ratio): &&(u32, Ratio)| ratio.part() > 0.0 && ratio.part() >= p * of;
            shares.points.iter().find(reached).map(|(step, _)| program.clock.label(*step))
        })
    };
    FirstDate { ever, quantiles: dates(shares.whole.asked()), if_ever: dates(shares.whole.part()) }
}

fn number(query: &Query, numbers: &Numbers) -> Number {
    let unit = match query {
        Query::Value { unit, .. } => unit.clone(),
        Query::Ever { .. } | Query::First { .. } => String::new(),
    };
    let quantiles = QUANTILES.iter().zip(numbers.quantiles(&QUANTILES)).map(|(p, value)| [*p, value]);
    let few = numbers.quantiles(&[0.05, 0.5, 0.95]);
    let mean = numbers.mean();
    let variance = if numbers.ratio.has_halves() { numbers.ratio.variance() } else { 0.0 };
    let (low, high) = moment_interval(mean, variance, numbers.is_positive());
    Number {
        unit,
        median: few.get(1).copied().unwrap_or(f64::NAN),
        predictive: [few.first().copied().unwrap_or(f64::NAN), few.get(2).copied().unwrap_or(f64::NAN)],
        quantiles: quantiles.collect(),
        deviation: numbers.deviation(),
        mean,
        interval: [low, high],
        error: numbers.ratio.error(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::posterior::Weights;
    use super::*;

    #[test]
    fn what_is_rounded_beyond_all_is_all() {
        let mut ratio = Ratio::default();
        let weights = Weights { evidence: [1.0; 2] };
        ratio.add(weights, [1.0; 2], [1.0 + 2.0 * f64::EPSILON; 2]);
        assert!(ratio.mean() > 1.0);
        assert_eq!((share(&ratio), interval(true, &ratio)), (1.0, Some([1.0, 1.0])));
    }
}
