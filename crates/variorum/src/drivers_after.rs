//! What an answer would move with after what was seen.
//!
//! After what was seen the parameters depend on each other. What can still be said of one of them is its *first-order*
//! share: the part of the variance of the answer given the parameters that would go if it alone were known,
//! Var E[f | θ_i] / Var f, with everything that it tells of the others. Such shares need not add up to at most one: where
//! only the sum of two parameters is known, to know one is to know both. A total share would need the parameter's law given
//! all the others, of which a run has no second draw; it stays one of the answer before.
//!
//! The draws of one conditioned run serve all parameters ([`crate::fitted`]). E[f | θ_i] is fitted by a line in each of five
//! bands of equal weight after what was seen; of a parameter of few values, by its values. The lines are in the normal score
//! of the parameter's rank, the rank being the part of the weight that lies below. The same for groups of parameters by origin, and from there their Shapley shares
//! (E. Song, B. L. Nelson and J. Staum, Shapley effects for global sensitivity analysis: theory and computation, SIAM/ASA
//! Journal on Uncertainty Quantification 4 (2016) 1060-1083), with the score, the rank and the square of the score of each
//! parameter, added up.
//!
//! A fit needs draws: of fewer than ten *effective* draws for each of its functions a simpler one is used, and below ten
//! nothing is shared out.

use crate::answers::OriginShare;
use crate::condition::{Conditioned, Halved};
use crate::drivers::few;
use crate::fitted::{Draws, Fitted, Sums};
use crate::freeze::{Player, players};
use crate::influence::Influence;
use crate::origins::{Kind, kinds, together};
use crate::provenance::weight;
use crate::runs::Estimate;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use variorum_engine::math::normal_quantile;
use variorum_engine::proposal::Proposal;
use variorum_model::model::ReadingOf;
use variorum_model::program::{Law, Program};

/// Effective draws below which nothing is shared out, and for each function that is fitted.
pub const FEW: f64 = 10.0;
/// Effective draws for each function that is fitted to share the variance out by origin.
const FEW_OF_ALL: f64 = 5.0;
/// Bands with a line each.
const BANDS: usize = 5;
/// What is fitted, the best first: bands, or so many functions of the whole (score, rank, square).
const ALONE: [Form; 3] = [Form::Bands, Form::Whole(2), Form::Whole(1)];
/// The same, of many parameters at once.
const ADDED: [Form; 3] = [Form::Whole(3), Form::Whole(2), Form::Whole(1)];
/// A parameter of no more values is fitted by them.
const VALUES: usize = 10;

/// What a parameter, or several that are drawn together, are worth after what was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriverAfter {
    /// Share of the variance that would go if it alone were known, with all that it tells of the others.
    #[schemars(with = "Option<f64>")]
    pub first: f64,
    /// Standard error.
    #[schemars(with = "Option<f64>")]
    pub first_error: f64,
    /// The answer where it is in the lowest and the highest fifth of what it can be after what was seen; of several, where the
    /// first of them is.
    #[schemars(with = "[Option<f64>; 2]")]
    pub ends: [f64; 2],
}

/// The variance that is shared out after what was seen.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SharedAfter {
    /// Of the probability, or of the mean, given the parameters and what was seen.
    #[schemars(with = "Option<f64>")]
    pub variance: f64,
    /// Its standard error.
    #[schemars(with = "Option<f64>")]
    pub variance_error: f64,
    /// So many draws that weigh alike would tell as much.
    pub effective: f64,
    /// Parameter draws.
    pub draws: u64,
    /// By where the numbers come from, if that was asked for.
    pub origins: Vec<OriginShare>,
    /// With the shares by origin: what is left. It shows only where several parameters are known together, or in more
    /// detail than was fitted.
    pub rest: Option<f64>,
    /// Its standard error.
    pub rest_error: Option<f64>,
}

/// The draws of a conditioned run, to be shared out.
#[derive(Debug)]
pub(crate) struct Sharing<'p> {
    program: &'p Program,
    seed: u64,
    /// The number of the first draw, and how parameters are drawn.
    drawn: (u64, Proposal),
    draws: Draws,
    variance: Estimate,
    of: u64,
    bearing: BTreeSet<usize>,
}

impl<'p> Sharing<'p> {
    /// Of a question of this program.
    pub(crate) fn of(
        program: &'p Program,
        question: usize,
        halves: &[Halved],
        (seed, conditioned): (u64, &Conditioned),
    ) -> Sharing<'p> {
        let draws = Draws::of(halves);
        let variance = draws.fit(0, &|_, _| {}).estimate(&Sums::variance);
        let influence = Influence::of(program);
        let mut bearing = influence.seen().params;
        bearing.extend(program.questions.get(question).into_iter().flat_map(|asked| influence.question(asked)));
        let drawn = (conditioned.range().start, conditioned.proposal.clone().unwrap_or_default());
        Sharing { program, seed, drawn, draws, variance, of: halves.len() as u64, bearing }
    }

    /// Whether there is something to share out that is more than chance.
    pub(crate) fn is_known(&self) -> bool {
        self.draws.effective() >= FEW && self.variance.value > 2.0 * self.variance.error
    }

    /// Whether anything uncertain bears on the answer.
    pub(crate) fn is_uncertain(&self) -> bool {
        !self.bearing.is_empty()
    }

    /// The variance, by nothing.
    pub(crate) fn shared(&self) -> SharedAfter {
        SharedAfter {
            variance: self.variance.value,
            variance_error: self.variance.error,
            effective: self.draws.effective(),
            draws: self.of,
            origins: Vec::new(),
            rest: None,
            rest_error: None,
        }
    }

    fn players(&self) -> Vec<Player> {
        let bears = |player: &Player| player.iter().any(|param| self.bearing.contains(param));
        players(self.program).into_iter().filter(bears).collect()
    }

    /// By draw the uniform number of a parameter, which in a copula is its own.
    fn uniform(&self, param: usize) -> Vec<f64> {
        let Some(param) = self.program.params.get(param) else { return Vec::new() };
        let (first, proposal) = &self.drawn;
        self.draws.index.iter().map(|draw| proposal.uniform(self.seed, first + draw, param.key.0)).collect()
    }

    /// What each player is worth; nothing where there is nothing to share out.
    pub(crate) fn drivers(&self) -> Vec<(Player, DriverAfter)> {
        if !self.is_known() {
            return Vec::new();
        }
        let players = few(self.program, self.players());
        let worth = |player: Player| {
            let shapes = self.shapes(&player, &ALONE, FEW);
            let first = match shapes {
                Some(shapes) => {
                    let functions: Vec<usize> = (0..count(&shapes)).collect();
                    self.fit(&shapes).estimate(&|sums| sums.explained(&functions) / sums.variance())
                }
                None => Estimate { value: f64::NAN, error: f64::NAN },
            };
            let after = DriverAfter { first: first.value, first_error: first.error, ends: self.ends(&player) };
            (player, after)
        };
        players.into_iter().map(worth).collect()
    }

    fn ends(&self, player: &Player) -> [f64; 2] {
        let Some(first) = player.first() else { return [f64::NAN; 2] };
        let ranks = self.draws.ranks(&self.uniform(*first));
        [self.draws.answer(|place| ranks[place] < 0.2), self.draws.answer(|place| ranks[place] > 0.8)]
    }

    fn fit(&self, shapes: &[Shape]) -> Fitted {
        self.draws.fit(count(shapes), &|place, row| {
            let mut rest = row;
            for shape in shapes {
                let (own, others) = rest.split_at_mut(shape.count());
                shape.fill(place, own);
                rest = others;
            }
        })
    }

    /// Functions of these parameters, of the first of these forms for which there are draws enough; none if there are for no
    /// form.
    fn shapes(&self, params: &[usize], forms: &[Form], few: f64) -> Option<Vec<Shape>> {
        let effective = self.draws.effective();
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let allowed = |functions: usize| functions as f64 * few <= effective;
        // Parameters of one draw have one uniform number.
        let mut keys = BTreeSet::new();
        let own = |param: &&usize| self.program.params.get(**param).is_some_and(|param| keys.insert(param.key.0));
        let params: Vec<usize> = params.iter().filter(own).copied().collect();
        forms.iter().find_map(|form| {
            let functions: usize = params.iter().map(|param| self.size(*param, *form)).sum();
            allowed(functions).then(|| params.iter().map(|param| self.shape(*param, *form)).collect())
        })
    }

    fn values(&self, param: usize) -> Option<&[(f64, f64)]> {
        match &self.program.params.get(param)?.law {
            Law::OneOf(pairs) if pairs.len() <= VALUES => Some(pairs),
            _ => None,
        }
    }

    fn size(&self, param: usize, form: Form) -> usize {
        self.values(param).map_or(form.count(), |values| values.len().saturating_sub(1))
    }

    fn shape(&self, param: usize, form: Form) -> Shape {
        let uniform = self.uniform(param);
        let Some(values) = self.values(param) else { return Shape::Ranked(form, self.draws.ranks(&uniform)) };
        let mut ends = Vec::new();
        let mut sum = 0.0;
        for (_, probability) in values.iter().take(values.len().saturating_sub(1)) {
            sum += probability;
            ends.push(sum);
        }
        let place = |u: f64| ends.iter().take_while(|end| u >= **end).count();
        Shape::Values(ends.len(), uniform.into_iter().map(place).collect())
    }

    /// The Shapley shares of the parameters' origins, and what is left.
    pub(crate) fn origins(&self, reading: &ReadingOf<'_>) -> SharedAfter {
        let mut shared = self.shared();
        if !self.is_known() {
            return shared;
        }
        let kinds = kinds(reading, self.program);
        let mut groups = BTreeMap::<Kind, Vec<usize>>::new();
        for player in self.players() {
            groups.entry(together(&kinds, &player)).or_default().extend(player);
        }
        let params: Vec<usize> = groups.values().flatten().copied().collect();
        let Some(shapes) = self.shapes(&params, &ADDED, FEW_OF_ALL) else { return shared };
        // The functions of each group: what shares a draw belongs to one group.
        let mut of_group = Vec::<Vec<usize>>::new();
        let (mut next, mut keys) = (0, BTreeSet::new());
        let mut sizes = shapes.iter().map(Shape::count);
        for params in groups.values() {
            let first = next;
            for param in params.iter().filter_map(|param| self.program.params.get(*param)) {
                if keys.insert(param.key.0) {
                    next += sizes.next().unwrap_or(0);
                }
            }
            of_group.push((first..next).collect());
        }
        let fitted = self.fit(&shapes);
        let everything = (1_usize << of_group.len()) - 1;
        let worth = |sums: &Sums, set: usize| {
            let chosen = of_group.iter().enumerate().filter(|(group, _)| set >> group & 1 == 1);
            sums.explained(&chosen.flat_map(|(_, functions)| functions.iter().copied()).collect::<Vec<_>>())
        };
        let share = |sums: &Sums, group: usize| {
            let sets = (0..=everything).filter(|set| set >> group & 1 == 0);
            let gain = sets.fold(0.0, |sum, set| {
                let gained = worth(sums, set | 1 << group) - worth(sums, set);
                sum + weight(set.count_ones(), of_group.len()) * gained
            });
            gain / sums.variance()
        };
        for (group, (kind, params)) in groups.iter().enumerate() {
            let found = fitted.estimate(&|sums| share(sums, group));
            let (origin, parameters) = (kind.name().to_owned(), params.len());
            shared.origins.push(OriginShare { origin, parameters, share: found.value, error: found.error });
        }
        let rest = fitted.estimate(&|sums| 1.0 - worth(sums, everything) / sums.variance());
        (shared.rest, shared.rest_error) = (Some(rest.value), Some(rest.error));
        shared
    }
}

/// Which functions of a parameter's rank are fitted.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Bands, with a line each.
    Bands,
    /// So many of the normal score, the rank, and the square of the score.
    Whole(usize),
}

impl Form {
    fn count(self) -> usize {
        match self {
            Form::Bands => 2 * BANDS - 1,
            Form::Whole(functions) => functions,
        }
    }
}

fn count(shapes: &[Shape]) -> usize {
    shapes.iter().map(Shape::count).sum()
}

/// Functions of a parameter.
#[derive(Debug)]
enum Shape {
    /// One less than values, and by draw which value it has.
    Values(usize, Vec<usize>),
    /// Of this form, and by draw the rank.
    Ranked(Form, Vec<f64>),
}

impl Shape {
    fn count(&self) -> usize {
        match self {
            Shape::Values(count, _) => *count,
            Shape::Ranked(form, _) => form.count(),
        }
    }

    fn fill(&self, place: usize, row: &mut [f64]) {
        row.fill(0.0);
        match self {
            Shape::Values(count, values) if values[place] < *count => row[values[place]] = 1.0,
            Shape::Values(..) => {}
            Shape::Ranked(Form::Whole(functions), ranks) => {
                let score = normal_quantile(ranks[place]);
                let all = [score, ranks[place], score * score];
                row.iter_mut().zip(all).take(*functions).for_each(|(value, function)| *value = function);
            }
            Shape::Ranked(Form::Bands, ranks) => {
                #[expect(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "at most five"
                )]
                let (band, middle) = {
                    let band = ((ranks[place] * BANDS as f64) as usize).min(BANDS - 1);
                    (band, (band as f64 + 0.5) / BANDS as f64)
                };
                row[band] = normal_quantile(ranks[place]) - normal_quantile(middle);
                // The last band's level follows from those of the others.
                if band + 1 < BANDS {
                    row[BANDS + band] = 1.0;
                }
            }
        }
    }
}
