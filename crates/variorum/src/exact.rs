//! Answers without chance: finite models solved exactly.

use crate::answer::{Answering, QUANTILES};
use crate::answers::{After, Answer, Answers, Condition, CurvePoint, FirstDate, Number, Probability, ReadingAnswer};
use crate::evidence::{evidence_of_solutions, notes, pool};
use crate::run::{Run, RunError, Watch, asked, head};
use crate::words;
pub use variorum_exact::{Answered, ExactError, Limits, Mark, Solution, solve};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Program, Query, Question};

/// Solves these readings of a model exactly and answers its questions, before and after what their programs have seen.
///
/// # Errors
/// A program is not finite, or too large, or the watch stopped it.
pub fn run(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Answers, RunError> {
    let mut questions = asked(model);
    let is_observed = readings.iter().any(|(_, program)| program.is_observed());
    let mut solved = |reading: &ReadingOf<'_>, program: &Program| {
        let mut progress = |done, of| watch.progress(&reading.name, done, of);
        solve(program, limits, watch.stop(), &mut progress)
            .map_err(|error| RunError::Exact { reading: reading.name.clone(), error })
    };
    let mut solutions = Vec::new();
    for (reading, program) in readings {
        let unobserved = program.unobserved();
        let before = solved(reading, &unobserved)?;
        let after = if is_observed { Some(solved(reading, program)?) } else { None };
        let answering = Answering::new(program);
        for (index, question) in questions.iter_mut().enumerate() {
            let Some(of) = program.questions.get(index) else { continue };
            let answered = |program: &Program, solution: &Solution| {
                let answered = solution.questions.get(index)?;
                let given = of.given.as_ref().filter(|_| is_possible(solution)).map(|_| Condition {
                    probability: answered.given,
                    error: 0.0,
                    trajectories: 0,
                });
                Some((given, answer(&answering, program, of, answered, solution)))
            };
            let Some((given, answer)) = answered(&unobserved, &before) else { continue };
            let after = after.as_ref().filter(|after| is_possible(after)).and_then(|after| answered(program, after));
            question.readings.push(ReadingAnswer {
                reading: reading.name.clone(),
                draws: 0,
                given,
                provenance: None,
                answer,
                after: after.map(|(given, answer)| After { given, answer }),
            });
        }
        solutions.extend(after);
    }
    let evidence = match is_observed {
        true => Some(evidence_of_solutions(model, readings, &solutions, &mut solved)?),
        false => None,
    };
    if let Some(evidence) = &evidence {
        questions.iter_mut().for_each(|question| question.pooled = Some(pool(question, evidence)));
    }
    let notes = evidence.as_ref().map_or(Vec::new(), |evidence| notes(evidence, 0.0));
    let clock = readings.first().map(|(_, program)| program.clock);
    let exactly = Run { seed: 0, per_draw: 0, ..Run::default() };
    Ok(Answers { format: 1, head: head(model, clock, &exactly, true), questions, scenario: None, evidence, notes })
}

/// What a reading cannot have, where it has not what was seen.
fn refuted(program: &Program, solution: &Solution) -> String {
    let Some(last) = solution.path.last() else { return "what was seen cannot be".to_owned() };
    let observations = program.observations.iter().map(|seen| &seen.name);
    let records = program.records.iter().map(|record| &record.name);
    let name = observations.chain(records).nth(last.statement).map_or("", String::as_str);
    format!("in this reading `{name}` has probability 0 in {}", program.clock.label(last.step))
}

fn is_possible(solution: &Solution) -> bool {
    solution.log_evidence > f64::NEG_INFINITY
}

fn answer(
    answering: &Answering<'_>,
    program: &Program,
    question: &Question,
    answered: &Answered,
    solution: &Solution,
) -> Answer {
    if answered.given == 0.0 {
        return Answer::Void { reason: void(answering, program, question, solution) };
    }
    if let Query::Value { unit, .. } = &question.query {
        return Answer::Number(number(unit, answered));
    }
    let probability = probability(answering, program, question, answered);
    if !matches!(question.query, Query::First { .. }) {
        return Answer::Probability(probability);
    }
    let yes = answered.yes();
    let date = |p: f64| answered.first_by(p).map(|step| program.clock.label(step));
    Answer::Date(FirstDate {
        ever: probability,
        quantiles: [0.05, 0.5, 0.95].map(date),
        if_ever: [0.05, 0.5, 0.95].map(|p| if yes > 0.0 { date(p * yes) } else { None }),
    })
}

/// Why a question has no answer.
fn void(answering: &Answering<'_>, program: &Program, question: &Question, solution: &Solution) -> String {
    if !is_possible(solution) {
        return refuted(program, solution);
    }
    let reason = question.given.as_ref().and_then(|given| answering.never(given));
    let reason = reason.unwrap_or_else(|| "it holds in no state that can be reached".to_owned());
    format!("its condition cannot come true: {reason}")
}

/// 5% and 95% quantiles over the values of the parameters.
fn interval(answered: &Answered) -> [f64; 2] {
    [0.05, 0.95].map(|p| answered.quantile_by_world(p))
}

fn probability(answering: &Answering<'_>, program: &Program, question: &Question, answered: &Answered) -> Probability {
    let probability = answered.yes();
    let certain = [0.0, 1.0].iter().position(|certain| probability == *certain);
    let reason = certain.map(|certain| match answering.reach().reason(&question.query) {
        Some((outcome, reason)) if outcome == (certain == 1) => reason,
        _ if certain == 1 => "yes on every way through the states that can be reached".to_owned(),
        _ => "no on every way through the states that can be reached".to_owned(),
    });
    let one = answered.by_world.len() == 1;
    let point = |step: u32| {
        let by = if Some(step) == last(&question.query) { probability } else { answered.by(step) };
        CurvePoint { date: program.clock.label(step), probability: by, interval: one.then_some([by, by]) }
    };
    let curve = match &question.query {
        Query::Ever { from, to, .. } | Query::First { from, to, .. } if from < to => (*from..=*to).map(point).collect(),
        _ => Vec::new(),
    };
    Probability {
        probability,
        interval: Some(if one { [probability, probability] } else { interval(answered) }),
        variance: answered.variance_by_world(),
        error: 0.0,
        word: words::standard(probability),
        reason,
        curve,
    }
}

/// The last step of a window.
fn last(query: &Query) -> Option<u32> {
    match query {
        Query::Ever { to, .. } | Query::First { to, .. } => Some(*to),
        Query::Value { .. } => None,
    }
}

fn number(unit: &str, answered: &Answered) -> Number {
    Number {
        unit: unit.to_owned(),
        median: answered.quantile(0.5),
        predictive: [answered.quantile(0.05), answered.quantile(0.95)],
        quantiles: QUANTILES.iter().map(|p| [*p, answered.quantile(*p)]).collect(),
        deviation: answered.deviation(),
        mean: answered.mean(),
        interval: interval(answered),
        error: 0.0,
    }
}
