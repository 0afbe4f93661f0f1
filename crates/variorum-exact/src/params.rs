//! The joint values of parameters with finitely many values.

use std::collections::BTreeMap;

use variorum_model::program::{Key, Law, Param, Program};
use variorum_oracle::Oracle;

use crate::error::ExactError;
use crate::relevant::Relevant;

/// All combinations of the values of the parameters that matter, with their probabilities.
pub(crate) fn combinations(
    program: &Program,
    oracle: &Oracle<'_>,
    relevant: &Relevant,
    limit: u64,
) -> Result<Vec<(f64, Vec<f64>)>, ExactError> {
    // Parameters of one key take one uniform number: they vary together.
    let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, param) in program.params.iter().enumerate().filter(|(index, _)| relevant.params.contains(index)) {
        match values(param) {
            None => return Err(ExactError::Uncertain { param: param.name.clone() }),
            Some(1) => (),
            Some(_) => groups.entry(param.key).or_default().push(index),
        }
    }
    for copula in &program.copulas {
        let several = |param: &&usize| groups.values().flatten().any(|other| other == *param);
        let tied: Vec<&usize> = copula.params.iter().filter(several).collect();
        if let [first, _, ..] = tied.as_slice() {
            return Err(ExactError::Correlated { param: program.params[**first].name.clone() });
        }
    }
    let value = |param: usize, u: f64| oracle.laws()[param].value(u);
    // Where nothing depends on a parameter, any of its values will do.
    let middle: Vec<f64> = (0..program.params.len()).map(|param| value(param, 0.5)).collect();
    let mut all = vec![(1.0, middle)];
    for group in groups.values() {
        let parts = parts(program, group);
        let found = all.len() as u64 * parts.len() as u64;
        if found > limit {
            let most = groups.values().flatten().max_by_key(|param| values(&program.params[**param]));
            let (param, values) = most.map_or((String::new(), 0), |param| {
                (program.params[*param].name.clone(), values(&program.params[*param]).unwrap_or(0))
            });
            return Err(ExactError::Combinations { combinations: found, limit, param, values });
        }
        let with = |(probability, params): &(f64, Vec<f64>)| -> Vec<(f64, Vec<f64>)> {
            let each = parts.iter().map(|(from, to)| {
                let mut params = params.clone();
                group.iter().for_each(|param| params[*param] = value(*param, from + (to - from) / 2.0));
                (probability * (to - from), params)
            });
            each.collect()
        };
        all = all.iter().flat_map(with).collect();
    }
    Ok(all)
}

/// How many values a parameter may have; none is no end of them.
fn values(param: &Param) -> Option<usize> {
    match &param.law {
        Law::Point(_) => Some(1),
        Law::OneOf(values) => Some(values.len()),
        _ => None,
    }
}

/// The parts of 0..1 in which none of these parameters changes its value.
fn parts(program: &Program, group: &[usize]) -> Vec<(f64, f64)> {
    let mut ends = vec![1.0];
    for param in group {
        if let Law::OneOf(values) = &program.params[*param].law {
            let mut sum = 0.0;
            // The last one reaches to the end, whatever the sum.
            for (_, probability) in values.iter().take(values.len().saturating_sub(1)) {
                sum += probability;
                ends.push(sum);
            }
        }
    }
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    let mut from = 0.0;
    let mut parts = Vec::new();
    for to in ends.into_iter().filter(|end| *end > 0.0 && *end <= 1.0) {
        parts.push((from, to));
        from = to;
    }
    parts
}
