//! What an answer would move with: for each parameter the share of the variance that it is worth (semantics, section 9).
//!
//! With `T` and the runs of [`crate::freeze`], three runs tell of player i: that of the values θ, that of θ', and the one
//! in which only i has its second value (A. Saltelli et al., Variance based sensitivity analysis of model output, Computer
//! Physics Communications 181 (2010) 259-270). Its *total* share is T of the first and the third, what would be left of
//! the variance if all else were known. Its *first-order* share is the covariance of the second and the third, which
//! have nothing but i in common: what would go if it alone were known.
//!
//! After what was seen: [`crate::drivers_after`].
//!
//! Draws are doubled until every error is as small as wanted, [`ERROR`] unless said. Who has reached it is not run further.

use crate::explain::Driver;
use crate::freeze::{Player, half_squares, players, products, redrawn, redrawn_plans, second};
use crate::influence::{Influence, statement};
use crate::lower::lower_asked;
use crate::origins::{kinds, spot, text, together};
use crate::run::{Run, RunError, Watch};
use crate::runs::{Centre, Column, Estimate, Runs, progress, quotient};
use crate::statements::{StatementRow, bare, statements};
use std::collections::BTreeMap;
use variorum_engine::random::parameter;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;
use variorum_syntax::diagnostic::Span;

/// The error of a share that is aimed at unless another one is asked for.
pub const ERROR: f64 = 0.02;
/// Parameter draws to begin with.
pub const FIRST_DRAWS: u64 = 256;
/// Draws are doubled up to so many times those of the run.
pub const MOST: u64 = 8;
/// The most players that are told apart: of more, those whose names differ in the entities alone are taken together.
pub const MOST_PLAYERS: usize = 200;
/// How many players are run side by side.
const TOGETHER: usize = 48;

/// The drivers of an answer.
#[derive(Clone, Debug)]
pub struct Drivers {
    /// The most important first. Empty where nothing uncertain bears on the answer, or its variance cannot be told from 0.
    pub drivers: Vec<Driver>,
    /// The variance over parameters of the answer given the parameters.
    pub variance: Estimate,
    /// The most parameter draws that were used.
    pub draws: u64,
    /// False if it was interrupted.
    pub complete: bool,
}

impl Drivers {
    /// The largest error of a share.
    #[must_use]
    pub fn largest_error(&self) -> f64 {
        let errors = self.drivers.iter().flat_map(|driver| [driver.first_error, driver.total_error]);
        errors.fold(0.0, |largest, error| if error > largest || error.is_nan() { error } else { largest })
    }
}

/// Shares of a player.
#[derive(Clone, Copy, Debug)]
struct Shares {
    first: Estimate,
    total: Estimate,
}

impl Shares {
    fn known(&self, error: f64) -> bool {
        self.first.error <= error && self.total.error <= error
    }
}

/// What is asked of a program.
#[derive(Clone, Copy)]
struct Wanted<'p> {
    program: &'p Program,
    /// The question's index.
    question: usize,
    conditional: bool,
    /// The largest error of a share that is good enough.
    error: f64,
}

/// The drivers of one question, by its index, with errors of at most `error` if that can be had.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub fn drivers(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    question: usize,
    error: f64,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Drivers, RunError> {
    let none = Drivers { drivers: Vec::new(), variance: Estimate { value: 0.0, error: 0.0 }, draws: 0, complete: true };
    let Some(asked) = program.questions.get(question) else { return Ok(none) };
    let params = Influence::of(program).question(asked);
    let bearing = players(program).into_iter().filter(|player| player.iter().any(|param| params.contains(param)));
    let players = few(program, bearing.collect());
    if players.is_empty() {
        return Ok(none);
    }
    let wanted = Wanted { program, question, conditional: asked.given.is_some(), error };
    let mut found = Vec::new();
    let mut longest = [Column::default(), Column::default()];
    let mut complete = true;
    for (number, batch) in players.chunks(TOGETHER).enumerate() {
        let name = match players.len() > TOGETHER {
            true => format!("{}: drivers {} of {}", program.reading, number * TOGETHER, players.len()),
            false => format!("{}: drivers", program.reading),
        };
        let sampled = sample(wanted, batch, run, watch, &name)?;
        found.extend(sampled.shares);
        complete &= sampled.complete;
        if sampled.ends[0].len() > longest[0].len() {
            longest = sampled.ends;
        }
        if !complete {
            break;
        }
    }
    let variance = variance([&longest[0], &longest[1]]);
    let draws = longest[0].len() as u64;
    // What cannot be told from 0 cannot be shared out.
    if variance.error.is_nan() || variance.value <= 2.0 * variance.error {
        return Ok(Drivers { variance, draws, complete, ..none });
    }
    let kinds = kinds(reading, program);
    let rows = statements(model, reading);
    let mut list: Vec<Driver> = players
        .iter()
        .zip(found)
        .map(|(player, shares)| {
            let described = describe(model, reading, program, &rows, player);
            Driver {
                origin: together(&kinds, player).name().to_owned(),
                first: shares.first.value,
                first_error: shares.first.error,
                total: shares.total.value,
                total_error: shares.total.error,
                ends: ends(program, player, &longest, run.seed),
                ..described
            }
        })
        .collect();
    list.sort_by(|a, b| b.total.total_cmp(&a.total).then_with(|| b.first.total_cmp(&a.first)));
    Ok(Drivers { drivers: list, variance, draws, complete })
}

/// The players, or if they are too many, those of one number for each entity as one.
pub(crate) fn few(program: &Program, players: Vec<Player>) -> Vec<Player> {
    if players.len() <= MOST_PLAYERS {
        return players;
    }
    let mut merged = BTreeMap::<String, Player>::new();
    for player in players {
        let name = player.first().and_then(|param| program.params.get(*param)).map(|param| bare(&param.name));
        merged.entry(name.unwrap_or_default()).or_default().extend(player);
    }
    merged.into_values().collect()
}

/// What a batch of players came to.
struct Sampled {
    /// By player; fewer if it was interrupted before there was anything.
    shares: Vec<Shares>,
    /// The runs of the values θ and θ'.
    ends: [Column; 2],
    complete: bool,
}

fn sample(
    wanted: Wanted<'_>,
    players: &[Player],
    run: &Run,
    watch: &dyn Watch,
    name: &str,
) -> Result<Sampled, RunError> {
    let Wanted { program, question, conditional, error } = wanted;
    let both = [Vec::new(), (0..program.params.len()).collect()];
    let sets: Vec<Vec<usize>> = both.into_iter().chain(players.iter().cloned()).collect();
    let mut runs = Runs::of_plans(redrawn_plans(program, &sets)?);
    let mut columns = vec![vec![(question, Column::new(conditional))]; players.len() + 2];
    let mut open: Vec<usize> = (0..players.len()).collect();
    let mut shares: Vec<Option<Shares>> = vec![None; players.len()];
    let most = run.draws.saturating_mul(MOST);
    let (mut from, mut to) = (0, if run.draws < FIRST_DRAWS { run.draws } else { FIRST_DRAWS });
    let complete = loop {
        let also = &mut |chunks: &[_]| progress(watch, name, to, chunks);
        let complete = runs.extend(run, from..to, watch, also, &mut columns)?;
        let answers: Vec<&Column> = columns.iter().flatten().map(|(_, column)| column).collect();
        let [base, other, mixed @ ..] = answers.as_slice() else { break complete };
        if base.len() < 2 {
            break complete;
        }
        for (player, of_player) in open.iter().zip(estimate(base, other, mixed)) {
            if let Some(shares) = shares.get_mut(*player) {
                *shares = Some(of_player);
            }
        }
        let wanted = |player: &usize| !matches!(shares.get(*player), Some(Some(shares)) if shares.known(error));
        if !complete || to >= most || !open.iter().any(wanted) {
            break complete;
        }
        let keep: Vec<bool> = [true, true].into_iter().chain(open.iter().map(wanted)).collect();
        let mut kept = keep.iter();
        columns.retain(|_| kept.next().copied().unwrap_or(false));
        runs.keep(&keep);
        open.retain(wanted);
        (from, to) = (to, if to * 2 < most { to * 2 } else { most });
    };
    let mut ends = columns.into_iter().flatten().map(|(_, column)| column);
    let ends = [ends.next().unwrap_or_default(), ends.next().unwrap_or_default()];
    Ok(Sampled { shares: shares.into_iter().flatten().collect(), ends, complete })
}

/// The total share of the variance that some parameters are worth together, with that variance, of answers by their
/// questions' indices; parameters that are drawn together with others stand for all of them. All draws of `run` are used.
/// None if it was interrupted.
///
/// # Errors
/// The program is too large, or the settings cannot be.
pub(crate) fn total_shares(
    program: &Program,
    wanted: &[(usize, Vec<usize>)],
    run: &Run,
    watch: &dyn Watch,
) -> Result<Option<Vec<(Estimate, Estimate)>>, RunError> {
    let together = players(program);
    let whole = |params: &[usize]| -> Vec<usize> {
        let theirs = together.iter().filter(|player| player.iter().any(|param| params.contains(param)));
        theirs.flatten().copied().collect()
    };
    let everything = program.params.iter().enumerate().map(|(index, _)| index);
    // What is not asked need not be played.
    let asking = |program: Program, questions: &[usize]| {
        let list = questions.iter().filter_map(|question| program.questions.get(*question)).cloned().collect();
        let program = Program { questions: list, ..program };
        let columns = program.questions.iter().map(|question| Column::new(question.given.is_some()));
        let columns: Vec<(usize, Column)> = columns.enumerate().collect();
        lower_asked(&program).map(|plan| (plan, columns)).map_err(RunError::Lower)
    };
    let all: Vec<usize> = wanted.iter().map(|(question, _)| *question).collect();
    let both = [program.clone(), redrawn(program, everything)].map(|program| asking(program, &all));
    let mixed = wanted.iter().map(|(question, params)| asking(redrawn(program, whole(params)), &[*question]));
    let ready: Result<Vec<_>, RunError> = both.into_iter().chain(mixed).collect();
    let (plans, mut columns): (Vec<_>, Vec<_>) = ready?.into_iter().unzip();
    let runs = Runs::of_plans(plans);
    let name = format!("{}: shares", program.reading);
    let also = &mut |chunks: &[_]| progress(watch, &name, run.draws, chunks);
    if !runs.extend(run, 0..run.draws, watch, also, &mut columns)? {
        return Ok(None);
    }
    let [base, other, mixed @ ..] = columns.as_slice() else { return Ok(None) };
    let shares =
        base.iter().zip(other).zip(mixed.iter().flatten()).filter_map(|(((_, base), (_, other)), (_, mixed))| {
            let shares = estimate(base, other, &[mixed]).into_iter().next()?;
            Some((shares.total, variance([base, other])))
        });
    Ok(Some(shares.collect()))
}

/// The shares of each player from its run, beside those of the values θ and θ'.
fn estimate(base: &Column, other: &Column, mixed: &[&Column]) -> Vec<Shares> {
    let centre = Centre::of(&[base, other]);
    let (base, other) = (centre.deviations(base), centre.deviations(other));
    let whole = |product: f64| product + centre.lacking;
    let control: Vec<f64> = products(&base, &other).into_iter().map(whole).collect();
    let (of_base, of_other) = (products(&base, &base), products(&other, &other));
    let shares = mixed.iter().map(|mixed| {
        let mixed = centre.deviations(mixed);
        let of_mixed = products(&mixed, &mixed);
        let pooled = |of: &[f64]| -> Vec<f64> { of.iter().zip(&of_mixed).map(|(x, y)| whole(0.5 * (x + y))).collect() };
        let common: Vec<f64> = products(&other, &mixed).into_iter().map(whole).collect();
        Shares {
            first: quotient(&common, &pooled(&of_other), &control),
            total: quotient(&half_squares(&base, &mixed), &pooled(&of_base), &control),
        }
    });
    shares.collect()
}

fn variance([base, other]: [&Column; 2]) -> Estimate {
    let centre = Centre::of(&[base, other]);
    let (base, other) = (centre.deviations(base), centre.deviations(other));
    let squares = products(&base, &base).into_iter().zip(products(&other, &other));
    Estimate::mean(&squares.map(|(x, y)| 0.5 * (x + y) + centre.lacking).collect::<Vec<f64>>())
}

/// The answer in the lowest and in the highest fifth of a player: of the draws whose uniform number is below 0.2, or
/// above 0.8. Of several parameters the first counts, which in a copula takes its own number.
fn ends(program: &Program, player: &Player, runs: &[Column; 2], seed: u64) -> [f64; 2] {
    let Some(param) = player.first().and_then(|param| program.params.get(*param)) else { return [f64::NAN; 2] };
    let keys = [param.key, second(&param.draw)];
    let within = |range: std::ops::Range<f64>| {
        let (mut answer, mut given) = (0.0, 0.0);
        for (run, key) in runs.iter().zip(keys) {
            let draws = (0..run.len()).filter(|draw| range.contains(&parameter(seed, *draw as u64, key.0, 0)));
            let (of_answer, of_given) = run.sums(draws);
            answer += of_answer;
            given += of_given;
        }
        answer / given
    };
    [within(0.0..0.2), within(0.8..1.0)]
}

/// The names, statements and texts of a player's parameters; shares and origin are left open.
pub(crate) fn describe(
    model: &Model<'_>,
    reading: &ReadingOf<'_>,
    program: &Program,
    rows: &[StatementRow],
    player: &Player,
) -> Driver {
    let params: Vec<_> = player.iter().filter_map(|param| program.params.get(*param)).collect();
    let span = |name: &str| reading.spans.get(name).copied();
    let mut statements: Vec<&str> = params.iter().map(|param| statement(&param.name)).collect();
    statements.dedup();
    let mut spans: Vec<Span> = params.iter().filter_map(|param| span(&param.name)).collect();
    spans.dedup();
    let mut of = statements.iter().map(|path| rows.iter().find(|row| row.paths.iter().any(|other| other == path)));
    let row = of.next().flatten();
    // What is said of several statements is said of all of them, or not at all.
    let one = of.all(|other| other.map(|row| (&row.file, row.line)) == row.map(|row| (&row.file, row.line)));
    let row = row.filter(|_| one);
    let shown = |names: Vec<&str>| match names.as_slice() {
        [first, _, _, _, ..] => format!("{first} and {} more", names.len() - 1),
        _ => names.join(", "),
    };
    let written: Vec<String> = spans.iter().map(|span| text(model, *span)).collect();
    Driver {
        parameter: params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>().join(", "),
        title: row.map_or(String::new(), StatementRow::shown),
        origin_text: row.map_or(String::new(), |row| row.origin_text.clone()),
        statement: shown(statements),
        place: spans.first().map_or(String::new(), |span| spot(model, *span).to_string()),
        origin: String::new(),
        written: shown(written.iter().map(String::as_str).collect()),
        first: f64::NAN,
        first_error: f64::NAN,
        total: f64::NAN,
        total_error: f64::NAN,
        ends: [f64::NAN; 2],
        after: None,
    }
}
