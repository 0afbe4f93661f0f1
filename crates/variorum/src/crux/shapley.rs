//! Shapley values of players on the answers to questions.
//!
//! A set S of players is worth v(S), the answer of the mixture that takes these from the second reading. A player's value
//! is what it adds to that, averaged over the orders in which the players may change sides (L. S. Shapley, A value for
//! n-person games, Contributions to the Theory of Games II, 1953). In every order what is added adds up to v(all) - v(none),
//! and so do the values, whatever chance does.
//!
//! All mixtures share their random numbers, so most of chance cancels in what a player adds. *Exactly*: v is found for all
//! 2^n sets; the error is that of chance alone, by draw. *By orders*: every block of parameter draws has an order of its
//! own and its reverse (the antithetic pair of R. Mitchell, J. Cooper, E. Frank and G. Holmes, Sampling permutations for
//! Shapley value estimation, Journal of Machine Learning Research 23 (2022)), and only the sets along these are played, on
//! this block. Blocks are independent and alike, so the spread over blocks is the error of orders and of chance together.
//! Where the answer is a quotient, whose numerator and denominator are sums over all draws, every order is played on all
//! of them; its error is put together of that of chance, by draw, and that of orders, by order.
//!
//! Orders are those of keyed random numbers of the players' paths: the same seed gives the same orders, and players that
//! two pairs of readings have in common follow one another in the same order.

use super::divide::Divide;
use super::evaluate::{Columns, Evaluate, Mixture};
use super::groups::Player;
use crate::lower::lower;
use crate::run::{RunError, Watch};
use crate::runs::{Column, Estimate, in_parallel};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use variorum_engine::random::{Domain, Stream};
use variorum_model::program::{Key, Program};

/// How many programs are run side by side.
const TOGETHER: usize = 12;
/// Pieces for each thread that are played until all wait for the last.
const AHEAD: usize = 6;
/// How many mixtures are kept at hand with their plans, of about a megabyte each.
const AT_HAND: usize = 64;
/// Draws that share an order, at most. A mixture takes as long to compile as some hundred draws of it take to play.
const BLOCK: u64 = 512;
/// So many blocks are wanted at least, each time.
const BLOCKS: u64 = 16;
/// Pairs of orders for quotients, at first; and at most.
const WALKS: u64 = 8;
const MOST_WALKS: u64 = 64;

/// A set of players that are taken from the second reading, in ascending order.
pub(crate) type Set = BTreeSet<usize>;

/// Why there are no values.
pub(crate) enum Failure {
    /// A run failed.
    Run(RunError),
    /// A mixture is no model.
    Mixture(Set),
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        Failure::Run(error)
    }
}

/// The values on one question.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// By player.
    pub values: Vec<Estimate>,
    /// The answers of both readings on the same draws.
    pub answers: [f64; 2],
    /// Their difference, second less first.
    pub difference: Estimate,
    /// A mixture in which the condition never came true.
    pub void: Option<Set>,
    /// Of answers that are quotients, the mixture of the smallest effective sample size over draws, and that.
    pub weakest: Option<(Set, f64)>,
}

/// How values are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Of all mixtures.
    Exactly,
    /// Of so many pairs of orders.
    ByOrders(u64),
}

/// What is to be shared out among whom.
pub(crate) struct Game<'g, 'm, 'l> {
    /// The readings.
    pub divide: &'g Divide<'m, 'l>,
    /// The programs of the readings themselves.
    pub programs: [&'g Program; 2],
    /// The players that can bear on a question, by their places among all.
    pub players: &'g [Player],
    /// What mixtures answer.
    pub evaluate: &'g Evaluate<'g>,
    /// How many questions are asked.
    pub questions: usize,
    /// The seed of orders.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Who watches.
    pub watch: &'g dyn Watch,
    /// What is shown of it.
    pub name: String,
    /// Mixtures that are at hand.
    pub mixtures: Mutex<BTreeMap<Set, Arc<Mixture>>>,
}

impl Game<'_, '_, '_> {
    fn mixture(&self, set: &Set) -> Result<Arc<Mixture>, Failure> {
        let at_hand = || self.mixtures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = at_hand().get(set) {
            return Ok(Arc::clone(known));
        }
        let mixture = Arc::new(Mixture::new(self.program(set)?));
        let mut mixtures = at_hand();
        if mixtures.len() >= AT_HAND {
            mixtures.clear();
        }
        mixtures.insert(set.clone(), Arc::clone(&mixture));
        Ok(mixture)
    }

    fn program(&self, set: &Set) -> Result<Program, Failure> {
        if set.is_empty() {
            return Ok(self.programs[0].clone());
        }
        if set.len() == self.players.len() {
            return Ok(self.programs[1].clone());
        }
        let mut second = vec![false; self.divide.atoms.len()];
        for atom in set.iter().filter_map(|player| self.players.get(*player)).flatten() {
            if let Some(second) = second.get_mut(*atom) {
                *second = true;
            }
        }
        self.divide.program(&second).ok_or_else(|| Failure::Mixture(set.clone()))
    }

    /// What went wrong, if it is that one of these mixtures cannot be run.
    fn blame(&self, error: RunError, sets: &[Set]) -> Failure {
        for set in sets.iter().filter(|set| !set.is_empty() && set.len() < self.players.len()) {
            match self.program(set) {
                Ok(program) if lower(&program).is_ok() => {}
                _ => return Failure::Mixture(set.clone()),
            }
        }
        Failure::Run(error)
    }

    fn is_stopped(&self) -> bool {
        self.watch.stop().load(Ordering::Relaxed)
    }

    /// The order of a number: the players by keyed random numbers of their names.
    fn order(&self, number: u64) -> Vec<usize> {
        let names = self.players.iter().enumerate().map(|(place, player)| {
            let atom = player.first().and_then(|atom| self.divide.atoms.get(*atom));
            let name = atom.and_then(|atom| atom.paths.first()).map_or("", String::as_str);
            let stream = Stream::new(self.seed, Key::of(&format!("crux {name}")).0);
            let (c0, c1) = variorum_engine::random::counter(number, 0, 0);
            let [word, _] = stream.words(Domain::Parameter, c0, c1, 0);
            (word, name, place)
        });
        let mut order: Vec<(u64, &str, usize)> = names.collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, place)| place).collect()
    }

    /// The columns of sets, on some draws, a few programs at a time.
    fn columns(&self, sets: &[Set], draws: Range<u64>, threads: usize) -> Result<Option<Columns>, Failure> {
        let mut list = Vec::new();
        for sets in sets.chunks(TOGETHER) {
            let mixtures = sets.iter().map(|set| self.mixture(set)).collect::<Result<Vec<_>, Failure>>()?;
            let found = (self.evaluate)(&mixtures, draws.clone(), threads).map_err(|error| self.blame(error, sets))?;
            match found {
                Some(found) => list.extend(found),
                None => return Ok(None),
            }
        }
        Ok(Some(list))
    }
}

/// What is known so far; it can be asked for more draws.
pub(crate) enum Sharing<'s, 'g, 'm, 'l> {
    /// All mixtures.
    Exactly(Exactly<'s, 'g, 'm, 'l>),
    /// Blocks of draws.
    ByBlocks(ByBlocks<'s, 'g, 'm, 'l>),
    /// All draws, order by order.
    ByWalks(ByWalks<'s, 'g, 'm, 'l>),
}

impl<'s, 'g, 'm, 'l> Sharing<'s, 'g, 'm, 'l> {
    /// Of a game with so few players that all mixtures can be played, or not; the answers may be quotients.
    pub fn new(game: &'s Game<'g, 'm, 'l>, exactly: bool, quotients: bool) -> Sharing<'s, 'g, 'm, 'l> {
        if exactly {
            Sharing::Exactly(Exactly { game, draws: 0, columns: Vec::new() })
        } else if quotients {
            Sharing::ByWalks(ByWalks { game, draws: 0, walks: WALKS, values: Vec::new() })
        } else {
            let nothing = vec![Column::new(false); game.questions];
            Sharing::ByBlocks(ByBlocks { game, draws: 0, ends: [nothing.clone(), nothing], added: Vec::new() })
        }
    }

    /// Plays on to so many draws; false if it was interrupted.
    pub fn extend(&mut self, draws: u64) -> Result<bool, Failure> {
        match self {
            Sharing::Exactly(sharing) => sharing.extend(draws),
            Sharing::ByBlocks(sharing) => sharing.extend(draws),
            Sharing::ByWalks(sharing) => sharing.extend(draws),
        }
    }

    /// The values by question; empty if nothing is known.
    pub fn values(&self) -> Vec<Values> {
        match self {
            Sharing::Exactly(sharing) => sharing.values(),
            Sharing::ByBlocks(sharing) => sharing.values(),
            Sharing::ByWalks(sharing) => sharing.values.clone(),
        }
    }

    /// How they were found.
    pub fn how(&self) -> How {
        match self {
            Sharing::Exactly(_) => How::Exactly,
            Sharing::ByBlocks(sharing) => How::ByOrders(sharing.added.len() as u64),
            Sharing::ByWalks(sharing) => How::ByOrders(sharing.walks),
        }
    }

    /// Draws that were played.
    pub fn draws(&self) -> u64 {
        match self {
            Sharing::Exactly(sharing) => sharing.draws,
            Sharing::ByBlocks(sharing) => sharing.draws,
            Sharing::ByWalks(sharing) => sharing.draws,
        }
    }
}

/// A set's worth, with what each draw contributes to its error.
struct Worth {
    value: f64,
    by_draw: Vec<f64>,
    effective: Option<f64>,
}

impl Worth {
    fn of(column: &Column) -> Worth {
        Worth { value: column.whole(), by_draw: column.contributions(), effective: column.effective() }
    }
}

/// The mixture of the smallest effective sample size.
fn weakest<'w>(worths: impl Iterator<Item = (Set, &'w Worth)>) -> Option<(Set, f64)> {
    let sizes = worths.filter_map(|(set, worth)| Some((set, worth.effective?)));
    sizes.min_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// A weighted sum of worths, with its error by draw.
#[derive(Clone)]
struct Sum {
    value: f64,
    by_draw: Vec<f64>,
}

impl Sum {
    fn new(draws: usize) -> Sum {
        Sum { value: 0.0, by_draw: vec![0.0; draws] }
    }

    fn add(&mut self, weight: f64, with: &Worth, without: &Worth) {
        self.value += weight * (with.value - without.value);
        for (sum, (with, without)) in self.by_draw.iter_mut().zip(with.by_draw.iter().zip(&without.by_draw)) {
            *sum += weight * (with - without);
        }
    }

    fn estimate(&self) -> Estimate {
        Estimate { value: self.value, error: Estimate::mean(&self.by_draw).error }
    }
}

/// All 2^n mixtures: the set of a number has the players whose bits are set.
pub(crate) struct Exactly<'s, 'g, 'm, 'l> {
    game: &'s Game<'g, 'm, 'l>,
    draws: u64,
    columns: Vec<Vec<Column>>,
}

fn members(mask: usize, players: usize) -> Set {
    (0..players).filter(|player| mask >> player & 1 == 1).collect()
}

impl Exactly<'_, '_, '_, '_> {
    fn extend(&mut self, draws: u64) -> Result<bool, Failure> {
        let game = self.game;
        let sets: Vec<Set> = (0..1_usize << game.players.len()).map(|mask| members(mask, game.players.len())).collect();
        let mut new = Vec::new();
        for chunk in sets.chunks(TOGETHER) {
            game.watch.progress(&game.name, new.len() as u64, sets.len() as u64);
            match game.columns(chunk, self.draws..draws, game.threads)? {
                Some(columns) => new.extend(columns),
                None => return Ok(false),
            }
        }
        if self.columns.is_empty() {
            self.columns = new;
        } else {
            let pairs = self.columns.iter_mut().flatten().zip(new.into_iter().flatten());
            pairs.for_each(|(column, later)| column.append(later));
        }
        self.draws = draws;
        Ok(true)
    }

    fn values(&self) -> Vec<Values> {
        if self.columns.is_empty() {
            return Vec::new();
        }
        (0..self.game.questions).map(|question| self.of_question(question)).collect()
    }

    fn of_question(&self, question: usize) -> Values {
        let players = self.game.players.len();
        let columns: Vec<&Column> = self.columns.iter().filter_map(|set| set.get(question)).collect();
        let worths: Vec<Worth> = columns.iter().map(|column| Worth::of(column)).collect();
        let void = worths.iter().position(|worth| worth.value.is_nan()).map(|mask| members(mask, players));
        let draws = columns.first().map_or(0, |column| column.len());
        let value = |player: usize| {
            let mut sum = Sum::new(draws);
            for mask in (0..worths.len()).filter(|mask| mask >> player & 1 == 0) {
                if let (Some(without), Some(with)) = (worths.get(mask), worths.get(mask | 1 << player)) {
                    sum.add(weight(mask.count_ones(), players), with, without);
                }
            }
            sum.estimate()
        };
        Values {
            values: (0..players).map(value).collect(),
            answers: ends(worths.first(), worths.last()),
            difference: gap(worths.first(), worths.last(), draws),
            void,
            weakest: weakest(worths.iter().enumerate().map(|(mask, worth)| (members(mask, players), worth))),
        }
    }
}

fn ends(first: Option<&Worth>, second: Option<&Worth>) -> [f64; 2] {
    [first, second].map(|worth| worth.map_or(f64::NAN, |worth| worth.value))
}

fn gap(first: Option<&Worth>, second: Option<&Worth>, draws: usize) -> Estimate {
    let mut sum = Sum::new(draws);
    if let (Some(first), Some(second)) = (first, second) {
        sum.add(1.0, second, first);
    }
    sum.estimate()
}

/// The share of the orders of so many players in which exactly these `before` precede one of them: 1 / (players C(players -
/// 1, before)).
fn weight(before: u32, players: usize) -> f64 {
    let mut weight = 1.0 / number(players);
    for k in 0..before as usize {
        // C(m, k + 1) = C(m, k) (m - k) / (k + 1)
        weight *= number(k + 1) / number(players - 1 - k);
    }
    weight
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

/// The sets along an order and along its reverse; of both the empty set and the whole are the first and the last.
fn walk(order: &[usize]) -> [Vec<Set>; 2] {
    let along = |order: &mut dyn Iterator<Item = &usize>| {
        let mut set = Set::new();
        let mut sets = vec![set.clone()];
        for player in order {
            set.insert(*player);
            sets.push(set.clone());
        }
        sets
    };
    [along(&mut order.iter()), along(&mut order.iter().rev())]
}

/// A block of draws with an order and its reverse.
struct Block {
    draws: u64,
    /// By question, by player: what it adds, on average over the block.
    added: Vec<Vec<f64>>,
}

/// Block by block.
pub(crate) struct ByBlocks<'s, 'g, 'm, 'l> {
    game: &'s Game<'g, 'm, 'l>,
    draws: u64,
    /// By question, the columns of both readings.
    ends: [Vec<Column>; 2],
    added: Vec<Block>,
}

/// A block that is being played: its draws, its order, the sets along it, and what is known of them.
struct Open {
    draws: Range<u64>,
    order: Vec<usize>,
    wanted: usize,
    columns: BTreeMap<Set, Vec<Column>>,
}

/// Some of the sets of a block.
struct Piece {
    draws: Range<u64>,
    sets: Vec<Set>,
}

impl ByBlocks<'_, '_, '_, '_> {
    fn extend(&mut self, draws: u64) -> Result<bool, Failure> {
        let game = self.game;
        let threads = game.threads.max(1);
        let (mut open, mut waiting) = (VecDeque::<Open>::new(), VecDeque::<Piece>::new());
        let mut from = self.draws;
        let size = draws.saturating_sub(from).div_ceil(BLOCKS).clamp(1, BLOCK);
        loop {
            // A block is too little for several threads, and all its programs may be too much for the memory.
            while waiting.len() < AHEAD * threads && from < draws {
                let block = from..(from + size).min(draws);
                let order = game.order((self.added.len() + open.len()) as u64);
                let sets: BTreeSet<Set> = walk(&order).into_iter().flatten().collect();
                let sets: Vec<Set> = sets.into_iter().collect();
                let piece = |sets: &[Set]| Piece { draws: block.clone(), sets: sets.to_vec() };
                waiting.extend(sets.chunks(TOGETHER).map(piece));
                from = block.end;
                open.push_back(Open { draws: block, order, wanted: sets.len(), columns: BTreeMap::new() });
            }
            if waiting.is_empty() {
                return Ok(true);
            }
            if game.is_stopped() {
                return Ok(false);
            }
            game.watch.progress(&game.name, self.draws, draws);
            let pieces: Vec<Piece> = waiting.drain(..(AHEAD * threads).min(waiting.len())).collect();
            let play = |piece: &Piece| {
                let mixtures = piece.sets.iter().map(|set| game.mixture(set)).collect::<Result<Vec<_>, Failure>>()?;
                (game.evaluate)(&mixtures, piece.draws.clone(), 1).map_err(|error| game.blame(error, &piece.sets))
            };
            for (piece, columns) in pieces.iter().zip(in_parallel(&pieces, threads, &play)?) {
                let (Some(columns), Some(block)) = (columns, open.iter_mut().find(|block| block.draws == piece.draws))
                else {
                    return Ok(false);
                };
                block.columns.extend(piece.sets.iter().cloned().zip(columns));
            }
            while open.front().is_some_and(|block| block.columns.len() == block.wanted) {
                open.pop_front().iter().for_each(|block| self.take(block));
            }
        }
    }

    fn take(&mut self, block: &Open) {
        let players = self.game.players.len();
        let mut added = Vec::new();
        for question in 0..self.game.questions {
            let worth = |set: &Set| {
                let column = block.columns.get(set).and_then(|columns| columns.get(question));
                column.map_or(f64::NAN, Column::whole)
            };
            let mut by_player = vec![0.0; players];
            let [there, back] = walk(&block.order);
            let reverse: Vec<usize> = block.order.iter().rev().copied().collect();
            for (sets, order) in [(there, &block.order), (back, &reverse)] {
                let worths: Vec<f64> = sets.iter().map(worth).collect();
                for (player, pair) in order.iter().zip(worths.windows(2)) {
                    if let (Some(sum), [without, with]) = (by_player.get_mut(*player), pair) {
                        *sum += 0.5 * (with - without);
                    }
                }
            }
            added.push(by_player);
        }
        for (side, set) in [Set::new(), (0..players).collect()].iter().enumerate() {
            let columns = block.columns.get(set).into_iter().flatten();
            self.ends[side].iter_mut().zip(columns).for_each(|(end, column)| end.append(column.clone()));
        }
        let draws = block.draws.end - block.draws.start;
        self.draws += draws;
        self.added.push(Block { draws, added });
    }

    fn values(&self) -> Vec<Values> {
        if self.added.is_empty() {
            return Vec::new();
        }
        let of_question = |question: usize| {
            let of = |player: usize| {
                let blocks = self
                    .added
                    .iter()
                    .filter_map(|block| Some((block.draws as f64, *block.added.get(question)?.get(player)?)));
                weighted(&blocks.collect::<Vec<_>>())
            };
            let end = |side: usize| self.ends[side].get(question).map(Worth::of);
            let (first, second) = (end(0), end(1));
            let draws = first.as_ref().map_or(0, |first| first.by_draw.len());
            Values {
                values: (0..self.game.players.len()).map(of).collect(),
                answers: ends(first.as_ref(), second.as_ref()),
                difference: gap(first.as_ref(), second.as_ref(), draws),
                void: None,
                weakest: None,
            }
        };
        (0..self.game.questions).map(of_question).collect()
    }
}

/// The mean of numbers with weights, and its standard error from their spread: sqrt(K / (K - 1) Σ w² (x - mean)²) / Σ w, K
/// being how many count, (Σ w)² / Σ w².
fn weighted(numbers: &[(f64, f64)]) -> Estimate {
    let whole = numbers.iter().fold(0.0, |sum, (weight, _)| sum + weight);
    let value = numbers.iter().fold(0.0, |sum, (weight, x)| sum + weight * x) / whole;
    let squares = numbers.iter().fold(0.0, |sum, (weight, x)| {
        let part = weight * (x - value);
        sum + part * part
    });
    let count = whole * whole / numbers.iter().fold(0.0, |sum, (weight, _)| sum + weight * weight);
    let error = if numbers.len() < 2 { f64::NAN } else { (squares * count / (count - 1.0)).sqrt() / whole };
    Estimate { value, error }
}

/// Order by order, each on all draws.
pub(crate) struct ByWalks<'s, 'g, 'm, 'l> {
    game: &'s Game<'g, 'm, 'l>,
    draws: u64,
    walks: u64,
    values: Vec<Values>,
}

impl ByWalks<'_, '_, '_, '_> {
    /// Quotients are found anew, with twice the orders too.
    fn extend(&mut self, draws: u64) -> Result<bool, Failure> {
        let game = self.game;
        let walks = if self.draws == 0 { WALKS } else { (2 * self.walks).min(MOST_WALKS) };
        let size = usize::try_from(draws).unwrap_or(usize::MAX);
        let mut known = BTreeMap::<Set, Vec<Worth>>::new();
        // By question, by player: the sum over orders, and what each order came to.
        let players = game.players.len();
        let mut sums = vec![vec![Sum::new(size); players]; game.questions];
        let mut by_walk = vec![vec![Vec::<f64>::new(); players]; game.questions];
        let share = 1.0 / number(usize::try_from(walks).unwrap_or(1));
        for walk_number in 0..walks {
            game.watch.progress(&game.name, walk_number, walks);
            let order = game.order(walk_number);
            let reverse: Vec<usize> = order.iter().rev().copied().collect();
            let [there, back] = walk(&order);
            let new: BTreeSet<Set> =
                there.iter().chain(&back).filter(|set| !known.contains_key(*set)).cloned().collect();
            let new: Vec<Set> = new.into_iter().collect();
            let Some(columns) = game.columns(&new, 0..draws, game.threads)? else { return Ok(false) };
            let worths = columns.iter().map(|set| set.iter().map(Worth::of).collect());
            known.extend(new.into_iter().zip(worths));
            for question in 0..game.questions {
                let mut of_walk = vec![0.0; players];
                for (sets, order) in [(&there, &order), (&back, &reverse)] {
                    for (player, pair) in order.iter().zip(sets.windows(2)) {
                        let [without, with] = pair else { continue };
                        let worth = |set: &Set| known.get(set).and_then(|worths| worths.get(question));
                        let (Some(without), Some(with)) = (worth(without), worth(with)) else { continue };
                        if let Some(sum) = sums.get_mut(question).and_then(|sums| sums.get_mut(*player)) {
                            sum.add(0.5 * share, with, without);
                        }
                        if let Some(sum) = of_walk.get_mut(*player) {
                            *sum += 0.5 * (with.value - without.value);
                        }
                    }
                }
                let lists = by_walk.get_mut(question).into_iter().flatten();
                lists.zip(of_walk).for_each(|(list, value)| list.push(value));
            }
        }
        self.values = (0..game.questions)
            .map(|question| {
                let of = |set: &Set| known.get(set).and_then(|worths| worths.get(question));
                let (first, second) = (of(&Set::new()), of(&(0..players).collect()));
                let void =
                    known.iter().find(|(_, worths)| worths.get(question).is_some_and(|worth| worth.value.is_nan()));
                let values = sums.get(question).into_iter().flatten().zip(by_walk.get(question).into_iter().flatten());
                let values = values.map(|(sum, by_walk)| {
                    let (chance, orders) = (sum.estimate(), Estimate::mean(by_walk).error);
                    Estimate { value: chance.value, error: (chance.error * chance.error + orders * orders).sqrt() }
                });
                Values {
                    values: values.collect(),
                    answers: ends(first, second),
                    difference: gap(first, second, size),
                    void: void.map(|(set, _)| set.clone()),
                    weakest: weakest(
                        known.iter().filter_map(|(set, worths)| Some((set.clone(), worths.get(question)?))),
                    ),
                }
            })
            .collect();
        self.draws = draws;
        self.walks = walks;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_a_player_add_up_to_one() {
        for players in 1..=10 {
            let sum: f64 = (0..1_usize << (players - 1)).map(|set| weight(set.count_ones(), players)).sum();
            assert!((sum - 1.0).abs() < 1e-14, "{players} players: {sum}");
        }
    }

    #[test]
    fn sets_along_an_order() {
        let [there, back] = walk(&[2, 0, 1]);
        let set = |list: &[usize]| list.iter().copied().collect::<Set>();
        assert_eq!(there, [set(&[]), set(&[2]), set(&[0, 2]), set(&[0, 1, 2])]);
        assert_eq!(back, [set(&[]), set(&[1]), set(&[0, 1]), set(&[0, 1, 2])]);
    }

    #[test]
    fn the_error_of_blocks() {
        // Of equal weights it is that of a mean.
        let found = weighted(&[(2.0, 1.0), (2.0, 2.0), (2.0, 3.0), (2.0, 6.0)]);
        let mean = Estimate::mean(&[1.0, 2.0, 3.0, 6.0]);
        assert!((found.value - mean.value).abs() < 1e-15 && (found.error - mean.error).abs() < 1e-15);
    }
}
