//! Why two readings differ: Shapley values of the statements on which they part (semantics, section 9).
//!
//! ```text
//! two readings --Divide--> atoms --Grouping--> players --bearing--> those that matter --Sharing--> values
//! ```
//!
//! A value is what a player adds to the answer when the second reading's version takes the place of the first's; the
//! values add up to the difference of the two answers. What cannot bear on the question is worth 0 and is not played.

mod bearing;
mod divide;
mod document;
mod evaluate;
mod gaps;
mod groups;
mod pairs;
mod shapley;

pub use document::{Behind, Crux, CruxAll, CruxPair, CruxQuestion, Divided, Divider, Gap, Method, Side};
pub use evaluate::{Columns, Evaluate, Found, Mixture, unconditioned};
pub use pairs::{OF_ALL, crux_all, in_report};

use crate::condition::{Conditioning, Settled, forbidden};
use crate::run::{Run, RunError, Watch, asked, fingerprint};
use crate::runs::Estimate;
use crate::statements::{StatementRow, statements, texts};
use bearing::bearing;
use divide::{Divide, Texts};
use evaluate::{Seen, conditioned};
use gaps::{Played, gaps, play, play_observed};
use groups::{Grouping, PAIRS, Player};
use shapley::{Failure, Game, How, Set, Sharing, Values};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Program, Question};

/// The largest error of a value that is good enough: of a probability, and of a mean as a share of the answer's predictive
/// standard deviation.
pub const ERROR: f64 = 0.005;
/// Up to so many players all mixtures are played.
pub const EXACT: usize = 8;
/// Beyond so many they are not, whatever is asked for.
const MOST_EXACT: usize = 16;
/// The most parameter draws.
pub const MAX_DRAWS: u64 = 1 << 14;
/// Draws are not doubled beyond so many draws of mixtures.
const BUDGET: u64 = 400_000;

/// The smallest effective sample size over draws of which an error can be told.
const FEWEST: f64 = 10.0;

/// How precisely values are found.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
    /// Draws are doubled until every value has an error of at most this; see [`ERROR`].
    pub error: f64,
    /// Up to so many players all mixtures are played; see [`EXACT`].
    pub exact: usize,
    /// So many draws are played at first, if the run asks for more.
    pub first: u64,
    /// So many trajectories of each draw are played at most. Where what is not known for certain divides draws more than
    /// chance does trajectories, few of each tell most.
    pub per_draw: u32,
    /// Up to so many players it is tried whether every two can change sides together; see [`PAIRS`].
    pub pairs: usize,
    /// So many draws of mixtures all pairs of readings may cost together. A pair whose values would not become as precise as
    /// wanted within what is left is left out, in place of being shown with larger errors.
    pub allowed: Option<u64>,
}

impl Default for Precision {
    fn default() -> Precision {
        Precision { error: ERROR, exact: EXACT, first: u64::MAX, per_draw: u32::MAX, pairs: PAIRS, allowed: None }
    }
}

/// Why there is no crux.
#[derive(Clone, Debug, PartialEq)]
pub enum CruxError {
    /// A question or reading does not exist, or there is nothing to compare.
    Unknown(String),
    /// What was seen cannot be, or did not come about, in a reading or in a mixture of the two.
    Unseen(String),
    /// A run failed.
    Run(RunError),
}

impl From<RunError> for CruxError {
    fn from(error: RunError) -> CruxError {
        CruxError::Run(error)
    }
}

/// What is known of a model before readings are compared.
struct Context<'c, 'l> {
    model: &'c Model<'l>,
    texts: Texts,
    precision: Precision,
    run: &'c Run,
    watch: &'c dyn Watch,
    /// Draws of mixtures that may still be played.
    left: Cell<u64>,
    /// What answers are conditioned on, if they are.
    seen: Option<Seen>,
}

/// A reading with its program and its statements as people see them.
struct Party<'c, 'l> {
    reading: &'c ReadingOf<'l>,
    program: &'c Program,
    rows: Vec<StatementRow>,
    /// Its place among all readings.
    place: usize,
}

impl<'c, 'l> Context<'c, 'l> {
    fn new(model: &'c Model<'l>, precision: Precision, run: &'c Run, watch: &'c dyn Watch) -> Context<'c, 'l> {
        let left = Cell::new(precision.allowed.unwrap_or(u64::MAX));
        Context { model, texts: texts(model), precision, run, watch, left, seen: None }
    }

    /// How mixtures are played.
    fn mixing(&self) -> Run {
        if let Some(Seen { settled, .. }) = &self.seen {
            return Run { draws: settled.draws, per_draw: settled.per_draw, ..self.run.clone() };
        }
        Run { per_draw: self.run.per_draw.min(self.precision.per_draw), ..self.run.clone() }
    }

    fn is_stopped(&self) -> bool {
        self.watch.stop().load(Ordering::Relaxed)
    }

    /// Whether what was seen came about in a program.
    fn has_seen(&self, program: &Program) -> Result<bool, CruxError> {
        let Some(Seen { conditioning, .. }) = &self.seen else { return Ok(true) };
        Ok(!Settled::of(program, self.run, conditioning, self.watch)?.is_starved)
    }
}

/// How both readings are conditioned.
fn seen(
    context: &Context<'_, '_>,
    parties: [&Party<'_, '_>; 2],
    conditioning: &Conditioning,
) -> Result<Seen, CruxError> {
    if !parties.iter().any(|party| party.program.is_observed()) {
        let why = "nothing was seen, so that there is nothing to be conditioned on; leave out --given-observed";
        return Err(CruxError::Unknown(why.to_owned()));
    }
    let mut both: Option<Settled> = None;
    for party in parties {
        let settled = Settled::of(party.program, context.run, conditioning, context.watch)?;
        if settled.is_starved && settled.complete {
            let name = &party.reading.name;
            return Err(CruxError::Unseen(match forbidden(party.program) {
                Some(why) => format!(
                    "`{name}` cannot have what was seen: `{}` is forbidden by {}: {}",
                    why.observation, why.statement, why.reason
                ),
                None => format!(
                    "what was seen came about in none of {} parameter draws of {} trajectories of `{name}`, though it is not \
                     proved impossible; `variorum run` tells where the last were lost",
                    settled.draws, settled.per_draw
                ),
            }));
        }
        both = Some(match both {
            None => settled,
            Some(other) => other.with(settled),
        });
    }
    let settled = both.ok_or_else(|| CruxError::Unknown("there is no reading".to_owned()))?;
    Ok(Seen { conditioning: *conditioning, settled })
}

fn party<'c, 'l>(model: &'c Model<'l>, name: &str) -> Result<Party<'c, 'l>, CruxError> {
    let place = model.readings.iter().position(|reading| reading.name == name).ok_or_else(|| {
        let known: Vec<&str> = model.readings.iter().map(|reading| reading.name.as_str()).collect();
        CruxError::Unknown(format!("there is no reading `{name}`; there are {}", known.join(", ")))
    })?;
    let reading = model.readings.get(place);
    let program = reading.and_then(|reading| Some((reading, reading.program.as_ref()?)));
    let Some((reading, program)) = program else {
        return Err(CruxError::Unknown(format!("the reading `{name}` has errors")));
    };
    Ok(Party { reading, program, rows: statements(model, reading), place })
}

/// The places of questions.
fn places(program: &Program, questions: &[String]) -> Result<Vec<usize>, CruxError> {
    let place = |name: &String| {
        program.questions.iter().position(|question| question.name == *name).ok_or_else(|| {
            let known: Vec<&str> = program.questions.iter().map(|question| question.name.as_str()).collect();
            CruxError::Unknown(format!("there is no question `{name}`; there are {}", known.join(", ")))
        })
    };
    let mut list = Vec::new();
    for name in questions {
        let place = place(name)?;
        if !list.contains(&place) {
            list.push(place);
        }
    }
    Ok(list)
}

/// What divides two readings on some questions; on the one on which they differ most if none is given. What is to be added
/// to the first reading's answer to come to the second's. If it is interrupted, with what there is.
///
/// # Errors
/// A reading or question does not exist, a program is too large, or the settings cannot be.
pub fn crux(
    model: &Model<'_>,
    readings: [&str; 2],
    questions: &[String],
    precision: Precision,
    run: &Run,
    watch: &dyn Watch,
) -> Result<Crux, CruxError> {
    between(model, readings, questions, (precision, None), run, watch)
}

/// The same after what was seen: the difference of the answers on that condition, taken apart by the same statements. Each
/// mixture is conditioned by itself.
///
/// # Errors
/// As for [`crux`]; nothing was seen, or it cannot be in a reading or in a mixture of the two.
pub fn crux_given_observed(
    model: &Model<'_>,
    readings: [&str; 2],
    questions: &[String],
    (precision, conditioning): (Precision, &Conditioning),
    run: &Run,
    watch: &dyn Watch,
) -> Result<Crux, CruxError> {
    between(model, readings, questions, (precision, Some(conditioning)), run, watch)
}

fn between(
    model: &Model<'_>,
    readings: [&str; 2],
    questions: &[String],
    (precision, conditioning): (Precision, Option<&Conditioning>),
    run: &Run,
    watch: &dyn Watch,
) -> Result<Crux, CruxError> {
    let [first, second] = readings;
    let parties = [party(model, first)?, party(model, second)?];
    if first == second {
        return Err(CruxError::Unknown(format!("`{first}` does not differ from itself; name two readings")));
    }
    let mut chosen = places(parties[0].program, questions)?;
    let mut context = Context::new(model, precision, run, watch);
    if let Some(conditioning) = conditioning {
        context.seen = Some(seen(&context, [&parties[0], &parties[1]], conditioning)?);
    }
    let programs = parties.each_ref().map(|party| party.program);
    let played = match &context.seen {
        None => play(&programs, run, watch)?,
        Some(seen) => play_observed(&programs, seen, run, watch)?,
    };
    let gaps = gaps(&played, [0, 1]);
    if chosen.is_empty() {
        chosen.extend(gaps::widest(&gaps));
    }
    let questions = divide_on(&context, [&parties[0], &parties[1]], &chosen, &played, [0, 1])?;
    let others = gaps.into_iter().enumerate().filter(|(place, _)| !chosen.contains(place)).map(|(_, gap)| gap);
    Ok(Crux {
        model: model.shared.title.clone(),
        fingerprint: fingerprint(model),
        seed: run.seed,
        per_draw: context.mixing().per_draw,
        complete: played.complete && !context.is_stopped(),
        given_observed: conditioning.is_some(),
        observed: programs.iter().any(|program| program.is_observed()),
        readings: parties.each_ref().map(|party| party.reading.name.clone()),
        titles: parties.each_ref().map(|party| party.reading.title.clone()),
        questions,
        others: others.collect(),
    })
}

/// What divides two readings on some questions, by their places. The order in which the readings are named changes signs
/// and nothing else: inside, the one that the model declares first comes first.
fn divide_on(
    context: &Context<'_, '_>,
    parties: [&Party<'_, '_>; 2],
    questions: &[usize],
    played: &Played,
    sides: [usize; 2],
) -> Result<Vec<CruxQuestion>, CruxError> {
    let flipped = parties[0].place > parties[1].place;
    let ordered = if flipped { [parties[1], parties[0]] } else { parties };
    let divide = Divide::new(context.model, ordered.map(|party| party.reading), &context.texts);
    let grouping = Grouping::new(&divide, context.precision.pairs);
    let mut players = grouping.players();
    let has_given =
        |place: &usize| ordered[0].program.questions.get(*place).is_some_and(|question| question.given.is_some());
    // What draws weigh is known of all of them together.
    let is_conditional = |place: &usize| context.seen.is_some() || has_given(place);
    let (quotients, plain): (Vec<usize>, Vec<usize>) =
        questions.iter().copied().partition(|place| is_conditional(place));
    let mut found = Vec::<(usize, CruxQuestion)>::new();
    for (list, quotients) in [(plain, false), (quotients, true)] {
        if list.is_empty() || context.is_stopped() {
            continue;
        }
        let shared = share(context, &divide, &grouping, &mut players, ordered, &list, played, quotients)?;
        let Some(shared) = shared else { continue };
        for (number, place) in list.iter().enumerate() {
            let gap = gaps::of(played, sides, *place);
            let Some((question, gap)) = ordered[0].program.questions.get(*place).zip(gap) else { continue };
            let described = Described { context, divide: &divide, players: &players, parties, flipped };
            if context.seen.is_some() {
                described.require_seen(number, question, &shared)?;
            }
            found.extend(described.question(question, gap, number, &shared).map(|question| (*place, question)));
        }
    }
    found.sort_by_key(|(place, _)| questions.iter().position(|other| other == place));
    Ok(found.into_iter().map(|(_, question)| question).collect())
}

/// Values that were found for some questions.
struct Shared {
    /// The players that can bear on any of the questions, by their places among all.
    live: Vec<usize>,
    /// By question: those that can bear on it, by their places among all.
    bearing: Vec<BTreeSet<usize>>,
    values: Vec<Values>,
    how: How,
    draws: u64,
    per_draw: u32,
}

/// None where they would not become as precise as wanted with the draws of mixtures that are left.
#[expect(clippy::too_many_arguments, reason = "one caller")]
fn share(
    context: &Context<'_, '_>,
    divide: &Divide<'_, '_>,
    grouping: &Grouping<'_, '_, '_>,
    players: &mut Vec<Player>,
    parties: [&Party<'_, '_>; 2],
    questions: &[usize],
    played: &Played,
    quotients: bool,
) -> Result<Option<Shared>, CruxError> {
    let Context { watch, precision, .. } = context;
    let run = &context.mixing();
    let asked: Vec<&Question> = questions.iter().filter_map(|place| parties[0].program.questions.get(*place)).collect();
    let atoms: Vec<BTreeSet<usize>> =
        asked.iter().map(|question| bearing(context.model, divide, &context.texts, &question.name)).collect();
    let scales: Vec<f64> = questions.iter().map(|place| played.scale(*place)).collect();
    let (plain, weighed);
    let evaluate: &Evaluate<'_> = match &context.seen {
        None => {
            plain = unconditioned(run, questions, watch.stop());
            &plain
        }
        Some(seen) => {
            weighed = conditioned(run, seen, questions, watch.stop());
            &weighed
        }
    };
    loop {
        let bears = |atoms: &BTreeSet<usize>| -> BTreeSet<usize> {
            let bearing =
                players.iter().enumerate().filter(|(_, player)| player.iter().any(|atom| atoms.contains(atom)));
            bearing.map(|(place, _)| place).collect()
        };
        let bearing: Vec<BTreeSet<usize>> = atoms.iter().map(bears).collect();
        let live: Vec<usize> = bearing.iter().flatten().copied().collect::<BTreeSet<usize>>().into_iter().collect();
        let playing: Vec<Player> = live.iter().filter_map(|place| players.get(*place).cloned()).collect();
        let exactly = playing.len() <= precision.exact.min(MOST_EXACT);
        let game = Game {
            divide,
            programs: parties.map(|party| party.program),
            players: &playing,
            evaluate,
            questions: questions.len(),
            seed: run.seed,
            threads: run.threads,
            watch: *watch,
            name: format!("{}, {}", parties[0].reading.name, parties[1].reading.name),
            mixtures: Mutex::default(),
        };
        let mixtures = if exactly { 1 << playing.len() } else { 2 * playing.len() as u64 };
        let most = (BUDGET / mixtures).clamp(run.draws, MAX_DRAWS.max(run.draws)).min(context.left.get() / mixtures);
        let mut draws = run.draws.min(precision.first);
        if draws > most {
            return Ok(None);
        }
        let mut sharing = Sharing::new(&game, exactly, quotients);
        let outcome = loop {
            let before = sharing.draws();
            match sharing.extend(draws) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(failure) => break Err(failure),
            }
            // Quotients are found anew.
            let played = if quotients && !exactly { draws } else { draws - before };
            context.left.set(context.left.get().saturating_sub(played * mixtures));
            let values = sharing.values();
            let is_void = values.iter().any(|values| values.void.is_some());
            let excess = excess(&values, &scales, precision.error);
            if excess <= 1.0 || is_void {
                break Ok(());
            }
            let next = match quotients {
                true => draws.next_multiple_of(64) * 2,
                false => wanted(draws, excess),
            };
            if precision.allowed.is_some() && (draws >= most || next > most) {
                return Ok(None);
            }
            if draws >= most {
                break Ok(());
            }
            draws = next.min(most);
        };
        let mend: Set = match outcome {
            Ok(()) => {
                let (values, how, draws) = (sharing.values(), sharing.how(), sharing.draws());
                return Ok(Some(Shared { live, bearing, values, how, draws, per_draw: run.per_draw }));
            }
            Err(Failure::Run(error)) => return Err(CruxError::Run(error)),
            Err(Failure::Mixture(set)) => set.iter().filter_map(|player| live.get(*player).copied()).collect(),
        };
        grouping.mend(players, &mend);
    }
}

/// The largest error of a value as a multiple of the one wanted; 0 where none is measured, since the answer is the same in
/// all trajectories of both readings. Not a number where an error is not known.
fn excess(values: &[Values], scales: &[f64], error: f64) -> f64 {
    let measured = values.iter().zip(scales).filter(|(_, scale)| **scale > 0.0);
    let all = measured.flat_map(|(values, scale)| values.values.iter().map(move |value| value.error / (error * scale)));
    all.fold(0.0, |largest, excess| if excess > largest || excess.is_nan() { excess } else { largest })
}

/// How many draws make errors small enough, as far as can be told: errors fall with the root of draws. A tenth more, so that
/// it seldom takes another round; at least a quarter more, and not more than four times as many. Whole chunks of the engine.
fn wanted(draws: u64, excess: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "far below 2^53"
    )]
    let wanted = (1.1 * draws as f64 * (excess * excess)) as u64;
    let wanted = if excess.is_nan() { 2 * draws } else { wanted };
    wanted.clamp(draws + draws.div_ceil(4), 4 * draws).next_multiple_of(64)
}

/// What is needed to tell people of values.
struct Described<'d, 'm, 'l> {
    context: &'d Context<'d, 'l>,
    divide: &'d Divide<'m, 'l>,
    players: &'d [Player],
    /// As they were asked for.
    parties: [&'d Party<'d, 'l>; 2],
    /// Whether that is not their order in the model.
    flipped: bool,
}

impl Described<'_, '_, '_> {
    /// The question of a number among those that were asked together.
    fn question(&self, question: &Question, gap: Gap, number: usize, shared: &Shared) -> Option<CruxQuestion> {
        let (values, bearing) = (shared.values.get(number)?, shared.bearing.get(number)?);
        let asked = asked(self.context.model).into_iter().find(|asked| asked.name == question.name)?;
        let mut players: Vec<Divider> = Vec::new();
        for (place, player) in self.players.iter().enumerate() {
            let bears = bearing.contains(&place);
            let found = shared.live.iter().position(|live| *live == place).filter(|_| bears);
            let value = found.and_then(|live| values.values.get(live)).copied();
            let value = value.unwrap_or(Estimate { value: 0.0, error: 0.0 });
            players.push(Divider {
                value: self.signed(value.value),
                error: value.error,
                bears,
                statements: player.iter().filter_map(|atom| self.divided(*atom)).collect(),
            });
        }
        players.sort_by(|a, b| {
            let path = |divider: &Divider| divider.statements.first().map(|statement| statement.path.clone());
            let size = b.value.abs().total_cmp(&a.value.abs());
            size.then(b.bears.cmp(&a.bears)).then_with(|| path(a).cmp(&path(b)))
        });
        let [first, second] = values.answers;
        Some(CruxQuestion {
            question: question.name.clone(),
            text: question.text.clone(),
            window: asked.window,
            given: asked.given,
            unit: gap.unit,
            answers: if self.flipped { [second, first] } else { [first, second] },
            difference: self.signed(values.difference.value),
            error: values.difference.error,
            deviation: gap.deviation,
            draws: shared.draws,
            per_draw: shared.per_draw,
            effective: self.context.seen.as_ref().and(values.weakest.as_ref()).map(|(_, effective)| *effective),
            method: match shared.how {
                How::Exactly => Method::Mixtures { count: 1 << shared.live.len() },
                How::ByOrders(pairs) => Method::Orders { count: 2 * pairs },
            },
            wanted: self.context.precision.error * gap.scale,
            void: values.void.as_ref().map(|set| self.mixture(set, &shared.live)),
            players,
        })
    }

    fn signed(&self, value: f64) -> f64 {
        if self.flipped { 0.0 - value } else { value }
    }

    /// That no mixture lacks what was seen.
    fn require_seen(&self, number: usize, question: &Question, shared: &Shared) -> Result<(), CruxError> {
        let Some(values) = shared.values.get(number) else { return Ok(()) };
        let weak = values.weakest.as_ref().filter(|(_, effective)| question.given.is_none() && *effective < FEWEST);
        let Some(set) = values.void.as_ref().or(weak.map(|(set, _)| set)) else { return Ok(()) };
        let taken: BTreeSet<usize> = set.iter().filter_map(|player| shared.live.get(*player).copied()).collect();
        let mut second = vec![false; self.divide.atoms.len()];
        for atom in taken.iter().filter_map(|player| self.players.get(*player)).flatten() {
            if let Some(second) = second.get_mut(*atom) {
                *second = true;
            }
        }
        let Some(program) = self.divide.program(&second) else { return Ok(()) };
        let why = match forbidden(&program) {
            Some(why) => format!("`{}` is forbidden by {}: {}", why.observation, why.statement, why.reason),
            None => {
                // It may be the condition of the question alone that never came true.
                if question.given.is_some() && self.context.has_seen(&program)? {
                    return Ok(());
                }
                let effective = weak.map_or(0.0, |(_, effective)| *effective);
                format!(
                    "what was seen came about in too few of {} parameter draws of {} trajectories (an effective sample size \
                     of {effective:.1}), though it is not proved impossible; more --draws may help",
                    shared.draws, shared.per_draw
                )
            }
        };
        let [first, second] = self.parties.map(|party| party.reading.name.as_str());
        let paths = self.mixture(set, &shared.live);
        let taken = if paths.is_empty() { "nothing".to_owned() } else { paths.join(", ") };
        Err(CruxError::Unseen(format!(
            "after what was seen the difference on {} cannot be taken apart: in the mixture that takes {taken} from {second} \
             and all else from {first}, {why}",
            question.name
        )))
    }

    /// The paths that a mixture takes from the second reading, as they were asked for.
    fn mixture(&self, set: &Set, live: &[usize]) -> Vec<String> {
        let taken: BTreeSet<usize> = set.iter().filter_map(|player| live.get(*player).copied()).collect();
        let chosen = live.iter().filter(|player| taken.contains(player) != self.flipped);
        let atoms = chosen.filter_map(|player| self.players.get(*player)).flatten();
        atoms.filter_map(|atom| self.divided(*atom)).map(|divided| divided.path).collect()
    }

    /// An atom as people see it.
    fn divided(&self, atom: usize) -> Option<Divided> {
        let atom = self.divide.atoms.get(atom)?;
        let first = atom.paths.first()?;
        let rows = self.parties.map(|party| party.rows.iter().find(|row| row.paths.contains(first)));
        let row = rows.iter().flatten().find(|row| !row.off).or(rows.iter().flatten().next())?;
        let path = match atom.paths.len() {
            1 => first.clone(),
            _ if row.paths.len() == atom.paths.len() => row.path.clone(),
            more => format!("{first} and {} more", more - 1),
        };
        let side = |number: usize| {
            let party = self.parties[number];
            Side::of(self.context.model, party.reading, rows[number])
        };
        let mut sides = [side(0), side(1)];
        if row.kind == "choice" {
            let [first, second] = [0, 1].map(|number| self.options(first, number));
            // What both say alike does not divide them.
            sides[0].options = first.iter().filter(|option| !second.contains(option)).cloned().collect();
            sides[1].options = second.iter().filter(|option| !first.contains(option)).cloned().collect();
        }
        Some(Divided { path, paths: atom.paths.clone(), kind: row.kind.clone(), title: row.title.clone(), sides })
    }

    /// The options of a choice in a reading, as written.
    fn options(&self, choice: &str, number: usize) -> Vec<String> {
        let of = |path: &String| path.strip_prefix(choice).is_some_and(|rest| rest.starts_with('.'));
        let rows = self.parties[number].rows.iter().filter(|row| row.kind == "option" && !row.off);
        rows.filter(|row| row.paths.iter().any(of)).map(|row| row.written.clone()).collect()
    }
}
