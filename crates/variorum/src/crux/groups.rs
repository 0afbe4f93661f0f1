//! Players: what is taken from one reading or the other together, because it is no model otherwise.
//!
//! They are found by trying. At first every atom is a player. Each is taken alone from the other reading, into either; of
//! few players also every two. Where such a mixture does not compile, what it lacks is looked for among the players that
//! share a name with it, then among those that share a name with these, then among all; what turns out not to be needed
//! is left out again; and the rest is made one player. A mixture that fails later, in a run, is dealt with in the same
//! way, and the run begins anew. Every merger leaves fewer players, and where one is left there are the two readings alone.

use super::divide::{Divide, names};
use crate::lower::validated;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Up to so many players every two are tried, unless said.
pub const PAIRS: usize = 24;

/// Atoms that are taken together, in ascending order.
pub(crate) type Player = Vec<usize>;

/// Finds players.
pub(crate) struct Grouping<'d, 'm, 'l> {
    divide: &'d Divide<'m, 'l>,
    /// Up to so many players every two are tried.
    pairs: usize,
    /// What is known to be a model, and what not.
    tried: RefCell<BTreeMap<Vec<bool>, bool>>,
    /// By atom, the names in its versions.
    reads: Vec<BTreeSet<String>>,
    /// By atom, the names that it declares.
    gives: Vec<BTreeSet<String>>,
}

impl<'d, 'm, 'l> Grouping<'d, 'm, 'l> {
    /// Of what divides two readings; up to how many players every two are tried.
    pub fn new(divide: &'d Divide<'m, 'l>, pairs: usize) -> Grouping<'d, 'm, 'l> {
        let declared = |path: &String| {
            let path = path.split(['[', '.']).next().unwrap_or(path);
            path.rsplit(' ').next().unwrap_or(path).to_owned()
        };
        let gives = divide.atoms.iter().map(|atom| atom.paths.iter().map(declared).collect()).collect();
        let reads = divide.atoms.iter().map(|atom| {
            let texts = atom.texts.iter().flatten();
            texts.flat_map(|text| names(text)).map(str::to_owned).collect()
        });
        Grouping { divide, pairs, tried: RefCell::default(), reads: reads.collect(), gives }
    }

    /// The players, as far as mixtures of one or two show them.
    pub fn players(&self) -> Vec<Player> {
        let mut players: Vec<Player> = (0..self.divide.atoms.len()).map(|atom| vec![atom]).collect();
        while let Some((few, into_second)) = self.failing(&players) {
            self.merge(&mut players, &few, into_second);
        }
        players
    }

    /// One or two players that alone cannot be taken from the other reading into this one.
    fn failing(&self, players: &[Player]) -> Option<(BTreeSet<usize>, bool)> {
        let all = 0..players.len();
        let singles = all.clone().map(|player| BTreeSet::from([player]));
        let pairs = all.clone().flat_map(|a| (0..a).map(move |b| BTreeSet::from([b, a])));
        let few: Vec<BTreeSet<usize>> = singles.chain(pairs.filter(|_| players.len() <= self.pairs)).collect();
        let both = [false, true].into_iter().flat_map(|into| few.iter().map(move |few| (few, into)));
        both.filter(|(few, _)| few.len() < players.len())
            .find(|(few, into)| !self.compiles(players, few, *into))
            .map(|(few, into)| (few.clone(), into))
    }

    /// Whether it is a model to take some players from the other reading: into the second, or into the first.
    fn compiles(&self, players: &[Player], taken: &BTreeSet<usize>, into_second: bool) -> bool {
        if taken.is_empty() || taken.len() == players.len() {
            return true;
        }
        let mut second = vec![into_second; self.divide.atoms.len()];
        for atom in taken.iter().filter_map(|player| players.get(*player)).flatten() {
            if let Some(second) = second.get_mut(*atom) {
                *second = !into_second;
            }
        }
        if let Some(known) = self.tried.borrow().get(&second) {
            return *known;
        }
        let is_model = self.divide.program(&second).is_some_and(|program| validated(&program).is_ok());
        self.tried.borrow_mut().insert(second, is_model);
        is_model
    }

    /// Makes one player of what a mixture needs that is no model: the players in `second` are taken from the second reading.
    pub fn mend(&self, players: &mut Vec<Player>, second: &BTreeSet<usize>) {
        let others: BTreeSet<usize> = (0..players.len()).filter(|player| !second.contains(player)).collect();
        let into_second = second.len() > others.len();
        let taken = if into_second { others } else { second.clone() };
        self.merge(players, &taken, into_second);
    }

    fn merge(&self, players: &mut Vec<Player>, taken: &BTreeSet<usize>, into_second: bool) {
        let group = self.needed(players, taken, into_second);
        let mut merged: Player = Vec::new();
        let mut rest = Vec::new();
        for (place, player) in std::mem::take(players).into_iter().enumerate() {
            if group.contains(&place) { merged.extend(player) } else { rest.push(player) }
        }
        merged.sort_unstable();
        rest.push(merged);
        rest.sort();
        *players = rest;
    }

    /// What has to be taken together so that players can be taken that cannot by themselves.
    fn needed(&self, players: &[Player], taken: &BTreeSet<usize>, into_second: bool) -> BTreeSet<usize> {
        let compiles = |taken: &BTreeSet<usize>| self.compiles(players, taken, into_second);
        let without = |set: &BTreeSet<usize>, player: &usize| -> BTreeSet<usize> {
            set.iter().copied().filter(|other| other != player).collect()
        };
        // The least that fails.
        let mut core = taken.clone();
        for player in taken {
            let less = without(&core, player);
            if !compiles(&less) {
                core = less;
            }
        }
        let mut group = core.clone();
        let mut nearness = 0;
        while !compiles(&group) {
            let more: Vec<usize> = (0..players.len())
                .filter(|player| !group.contains(player))
                .filter(|player| group.iter().any(|of| self.are_near(players, *player, *of, nearness)))
                .collect();
            nearness += usize::from(more.is_empty());
            group.extend(more);
        }
        for _ in 0..2 {
            for player in group.clone().difference(&core) {
                let less = without(&group, player);
                if compiles(&less) {
                    group = less;
                }
            }
        }
        group
    }

    /// Whether two players have to do with each other: one names what the other declares; they share a name; always.
    fn are_near(&self, players: &[Player], one: usize, other: usize, nearness: usize) -> bool {
        let of = |lists: &[BTreeSet<String>], player: usize| -> BTreeSet<String> {
            let atoms = players.get(player).into_iter().flatten();
            atoms.filter_map(|atom| lists.get(*atom)).flatten().cloned().collect()
        };
        let meet = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_disjoint(b);
        let reads = [of(&self.reads, one), of(&self.reads, other)];
        let gives = [of(&self.gives, one), of(&self.gives, other)];
        match nearness {
            0 => meet(&reads[0], &gives[1]) || meet(&gives[0], &reads[1]) || meet(&gives[0], &gives[1]),
            1 => meet(&reads[0], &reads[1]),
            _ => true,
        }
    }
}
