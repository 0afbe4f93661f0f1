//! How often a model makes happen what can happen, beside how often it has: a prior-predictive check of its rates (semantics,
//! section 9; G. E. P. Box, Sampling and Bayes' inference in scientific modelling and robustness, Journal of the Royal
//! Statistical Society A 143, 1980, 383-430).
//!
//! Let N be how often something happens in a trajectory, and T the years in which it could: for an event the steps in which
//! its `when` held and its hazard was above 0 when events were drawn, for a choice at a rate the steps in which its `when`
//! held when the choice came up. The rate that a reading implies is E N / E T, as a historian would count it over many
//! histories. Of dated events, dated choices and replies T is the number of occasions, and E N / E T a probability. Nothing
//! that was seen is taken into account.
//!
//! Given the parameters the rate is E[N | θ] / E[T | θ]; its variance over draws is that of a conditional answer (see
//! [`crate::runs::Centre::deviations`]): from products across the halves of a draw, in which chance cancels, draws counting
//! by how long it could happen in them. The 90% interval is that of the log-normal law with this mean and variance, or of the
//! beta law for probabilities.
//!
//! Counting needs nothing of the engine: [`counting`] adds counters to a program as stocks, and what adds to them as events
//! and choices that are certain.

mod counting;

use crate::answers::Head;
use crate::origins::{Kind, kinds};
use crate::run::{Run, RunError, Watch, head};
use crate::runs::{Column, Runs, progress};
use crate::statements::{StatementRow, statements};
use crate::stats::{beta_interval, moment_interval};
use counting::{Counted, counted, counting};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Expr, Law, Program};

/// How many counters a program gets at once.
const TOGETHER: usize = 256;

/// The rates of a model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rates {
    /// What was run, and how.
    #[serde(flatten)]
    pub head: Head,
    /// The length of the model's time in years.
    pub years: f64,
    /// The readings that were run.
    pub readings: Vec<String>,
    /// Events, then the options of choices that are not their default, in the order of the first reading that has them.
    pub items: Vec<Item>,
}

/// Something that can happen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Item {
    /// `event attack`, `choice take = accept`.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// Readings that have it, in the order of the model.
    pub readings: Vec<ItemReading>,
}

/// What a rate is a rate of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Times in a year in which it could happen.
    Year,
    /// Times in an occasion: a probability.
    Occasion,
}

/// How often a reading makes it happen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemReading {
    /// The reading.
    pub reading: String,
    /// What its rate is a rate of.
    pub per: Per,
    /// Times in a year in which it could happen, or its share of occasions; none where it never could.
    pub rate: Option<f64>,
    /// The Monte Carlo standard error of the rate, clustered by draw.
    pub error: f64,
    /// The 90% interval of the rate over the values of the parameters.
    pub interval: Option<[f64; 2]>,
    /// Times in a year of the model's time, whether it could happen or not.
    pub overall: f64,
    /// Its standard error.
    pub overall_error: f64,
    /// In how many years of the model's time it could happen, or on how many occasions: the mean of all trajectories.
    pub exposure: f64,
    /// Where the numbers of its statement come from: `cited`, `base_rate`, `wording`, `assumed`; several in alphabetical
    /// order, none where it has no numbers of its own.
    pub origins: Vec<String>,
    /// The base rates on which its hazard or probability is built, without formulas that multiply them.
    pub history: Vec<BaseRate>,
    /// Whether the only base rate, of the same kind, lies outside of the interval by more than two standard errors.
    pub outside: bool,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BaseRate {
    /// The parameter that has it.
    pub parameter: String,
    /// How often.
    pub count: f64,
    /// In how many years, or of how many occasions.
    pub of: f64,
    /// Which of the two.
    pub per: Per,
    /// Times in a year, or the share of occasions.
    pub rate: f64,
    /// The reference class, as `among "…"`, with what else is said of its origin.
    pub class: String,
}

impl BaseRate {
    /// What an implied rate is compared with: the rate; where nothing was counted, half a case, as the prior has it (H.
    /// Jeffreys, An invariant form for the prior probability in estimation problems, 1946).
    #[must_use]
    pub fn compared(&self) -> f64 {
        if self.count > 0.0 { self.rate } else { 0.5 / self.of }
    }
}

/// The rates of these readings.
///
/// # Errors
/// A program is too large, or the settings cannot be.
pub fn rates(
    model: &Model<'_>,
    readings: &[(&ReadingOf<'_>, &Program)],
    run: &Run,
    watch: &dyn Watch,
) -> Result<Rates, RunError> {
    let clock = readings.first().map(|(_, program)| program.clock);
    let years = clock.map_or(0.0, |clock| f64::from(clock.steps) * clock.step() / 12.0);
    let mut items: Vec<Item> = Vec::new();
    let mut places = BTreeMap::<String, usize>::new();
    let mut complete = true;
    for (reading, program) in readings {
        let Some(found) = of_reading(model, reading, program, (run, watch))? else {
            complete = false;
            break;
        };
        for (counted, of_reading) in found {
            let place = *places.entry(counted.name.clone()).or_insert_with(|| {
                items.push(Item { name: counted.name, title: counted.title, readings: Vec::new() });
                items.len() - 1
            });
            if let Some(item) = items.get_mut(place) {
                item.readings.push(of_reading);
            }
        }
    }
    // Events before choices, whichever reading brings them.
    items.sort_by_key(|item| item.name.starts_with("choice "));
    let readings = readings.iter().map(|(reading, _)| reading.name.clone()).collect();
    Ok(Rates { head: head(model, clock, run, complete), years, readings, items })
}

/// The rates of one reading; none if it was interrupted.
fn of_reading(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    (run, watch): (&Run, &dyn Watch),
) -> Result<Option<Vec<(Counted, ItemReading)>>, RunError> {
    let mut list = Vec::new();
    let about = About { program, kinds: kinds(reading, program), rows: statements(model, reading) };
    let years = f64::from(program.clock.steps) * program.clock.step() / 12.0;
    let all = counted(program);
    let count = all.len();
    let mut rest = all.into_iter().peekable();
    while rest.peek().is_some() {
        let batch: Vec<Counted> = rest.by_ref().take(TOGETHER).collect();
        let runs = Runs::new(&[counting(program, &batch)], 1)?;
        let asked = (0..2 * batch.len()).map(|question| (question, Column::new(false)));
        let mut columns = vec![asked.collect::<Vec<_>>()];
        let name = match count > TOGETHER {
            true => format!("{}: rates {} of {count}", program.reading, list.len()),
            false => format!("{}: rates", program.reading),
        };
        let also = &mut |chunks: &[_]| progress(watch, &name, run.draws, chunks);
        if !runs.extend(run, 0..run.draws, watch, also, &mut columns)? {
            return Ok(None);
        }
        let mut columns = columns.into_iter().flatten().map(|(_, column)| column);
        for counted in batch {
            let (Some(times), Some(exposure)) = (columns.next(), columns.next()) else { break };
            let found = about.found(&reading.name, &counted, (&times, &exposure), years);
            list.push((counted, found));
        }
    }
    Ok(Some(list))
}

/// What is known of a reading's numbers.
struct About<'p> {
    program: &'p Program,
    /// By parameter.
    kinds: Vec<Kind>,
    rows: Vec<StatementRow>,
}

impl About<'_> {
    fn found(
        &self,
        reading: &str,
        counted: &Counted,
        (times, exposure): (&Column, &Column),
        years: f64,
    ) -> ItemReading {
        let history = self.history(counted);
        let overall = times.whole() / years;
        let rate = Column::quotient(times, exposure);
        let (value, error) = (rate.whole(), rate.error());
        let could = exposure.whole() > 0.0;
        let interval = could.then(|| {
            let variance = rate.variance().value;
            let (low, high) = match counted.per {
                _ if value <= 0.0 || variance.is_nan() || variance <= 0.0 => (value, value),
                Per::Year => moment_interval(value, variance, true),
                Per::Occasion => beta_interval(value, variance),
            };
            [low, high]
        });
        let only = match history.as_slice() {
            [base] if base.per == counted.per => Some(base.compared()),
            _ => None,
        };
        let outside = match (only, interval) {
            (Some(base), Some([low, high])) => base < low - 2.0 * error || base > high + 2.0 * error,
            _ => false,
        };
        ItemReading {
            reading: reading.to_owned(),
            per: counted.per,
            rate: could.then_some(value),
            error: if could && !error.is_nan() { error } else { 0.0 },
            interval,
            overall,
            overall_error: Some(times.error() / years).filter(|error| !error.is_nan()).unwrap_or(0.0),
            exposure: exposure.whole(),
            origins: self.origins(counted),
            history,
            outside,
        }
    }

    /// The parameters of which these expressions are made, formulas looked through.
    fn params<'e>(&'e self, exprs: impl Iterator<Item = &'e Expr>) -> BTreeSet<usize> {
        let mut params = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Expr> = exprs.collect();
        while let Some(next) = open.pop() {
            next.visit(&mut |expr| match expr {
                Expr::Param(param) => {
                    params.insert(*param);
                }
                Expr::Formula(formula) => {
                    if let Some(formula) = self.program.formulas.get(*formula).filter(|_| seen.insert(*formula)) {
                        open.push(&formula.value);
                    }
                }
                _ => {}
            });
        }
        params
    }

    /// The statement of a parameter.
    fn row(&self, path: &str) -> Option<&StatementRow> {
        self.rows.iter().find(|row| row.paths.iter().any(|other| other == path))
    }

    /// Where an item's numbers come from; of fixed numbers, which are no parameters, what its statement says.
    fn origins(&self, counted: &Counted) -> Vec<String> {
        let params = self.params(counted.numbers.iter().chain(&counted.considered));
        let of_params = params.iter().filter_map(|param| self.kinds.get(*param)).map(|kind| kind.name().to_owned());
        let mut origins: BTreeSet<String> = of_params.collect();
        if origins.is_empty() {
            // An option without an origin of its own has that of its choice.
            let rows = counted.paths.iter().filter_map(|path| self.row(path));
            origins.extend(rows.map(|row| row.origin.clone()).find(|origin| origin != "none"));
        }
        origins.into_iter().collect()
    }

    /// The base rates among an item's numbers. Their law is the posterior of Jeffreys' prior, Gamma(count + 1/2, time) or
    /// Beta(count + 1/2, others + 1/2), from which the count is read.
    fn history(&self, counted: &Counted) -> Vec<BaseRate> {
        let is_counted = |param: &usize| self.kinds.get(*param) == Some(&Kind::BaseRate);
        let rates = self.params(counted.numbers.iter()).into_iter().filter(is_counted).filter_map(|param| {
            let param = self.program.params.get(param)?;
            let (count, of, per) = match param.law {
                // A rate of 1 in the written unit is `scale` per month.
                Law::Gamma { shape, rate } => (shape - 0.5, rate / (12.0 * param.scale), Per::Year),
                Law::Beta { a, b } => (a - 0.5, a + b - 1.0, Per::Occasion),
                _ => return None,
            };
            let row = self.row(crate::influence::statement(&param.name));
            Some(BaseRate {
                parameter: param.name.clone(),
                count,
                of,
                per,
                rate: count / of,
                class: row.map_or(String::new(), |row| row.origin_text.clone()),
            })
        });
        rates.collect()
    }
}
