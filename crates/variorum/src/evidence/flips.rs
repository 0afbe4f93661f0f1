//! At which plausible precisions and weights of utilities a ranking of readings would turn.
//!
//! Draws are sorted into fifths by each parameter. A reading whose parameter is known to lie in one of them has the mean
//! evidence of the draws in it; where it then stands the other way to its rival, by more than twice the error, the fifth is
//! told.

use super::Flip;
use super::weighing::{Bits, Weighed};
use std::collections::BTreeSet;
use variorum_model::model::ReadingOf;
use variorum_model::program::{Day, Expr, Program};

/// Most that are told of one reading in a pair.
const MOST: usize = 5;

/// Where parameters of a reading would turn its ranking against another, whose bits are `other`. `bits` are those of the
/// pair; they are the reading's less the other's, or the other way where `mirrored`.
pub(super) fn flips(
    (reading, program): (&ReadingOf<'_>, &Program),
    weighed: &Weighed,
    after: Option<Day>,
    other: Bits,
    (bits, mirrored): (f64, bool),
) -> Vec<Flip> {
    let mut found = Vec::new();
    let past = after.and_then(|day| Some((program.as_of(day), weighed.by.get(&day)?)));
    for param in of_behaviour(program) {
        let Some(bands) = weighed.whole.bands_of(program, param) else { continue };
        // What was seen later has taken its own numbers with it, so that places differ.
        let name = &program.params[param].name;
        let earlier = match &past {
            Some((past, run)) => {
                let place = past.params.iter().position(|param| param.name == *name);
                let Some(bands) = place.and_then(|place| run.bands_of(past, place)) else { continue };
                Some(bands)
            }
            None => None,
        };
        for (place, band) in bands.iter().enumerate() {
            let before = earlier.as_ref().and_then(|earlier| earlier.get(place));
            let (before, before_error) = before.map_or((0.0, 0.0), |band| (band.log2, band.error));
            let own = band.log2 - before;
            let difference = if mirrored { other.log2 - own } else { own - other.log2 };
            let error = (band.error * band.error + before_error * before_error + other.error * other.error).sqrt();
            // What is no number or infinite says nothing.
            if difference.is_finite() && difference * bits < 0.0 && difference.abs() > 2.0 * error {
                let (low, high) = (band.low, band.high);
                found.push(Flip {
                    reading: reading.name.clone(),
                    parameter: name.clone(),
                    low,
                    high,
                    bits: difference,
                    error,
                });
            }
        }
    }
    found.sort_by(|a, b| b.bits.abs().total_cmp(&a.bits.abs()));
    found.truncate(MOST);
    found
}

/// The parameters of precisions and utilities.
fn of_behaviour(program: &Program) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Expr> = Vec::new();
    for actor in &program.actors {
        open.extend(&actor.precision);
        open.extend(actor.utility.iter().map(|term| &term.value));
    }
    let mut seen = BTreeSet::new();
    while let Some(expr) = open.pop() {
        expr.visit(&mut |part| match part {
            Expr::Param(param) => {
                found.insert(*param);
            }
            Expr::Formula(formula) if seen.insert(*formula) => {
                open.extend(program.formulas.get(*formula).map(|formula| &formula.value));
            }
            _ => {}
        });
    }
    found
}
