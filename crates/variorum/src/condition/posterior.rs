//! What weighted trajectories answer: the sums of `crate::stats`, each draw counting by its evidence.
//!
//! With the evidences Ẑa, Ẑb of a draw's halves and the means f̂a, f̂b over their weighted trajectories, an answer is
//! Σ ½(Ẑa f̂a + Ẑb f̂b) / Σ ½(Ẑa + Ẑb). The variance of the answer given the parameters takes the mean of f̂a f̂b, each draw counting by
//! ½(Ẑa + Ẑb), less the squared mean (semantics, section 6); draws with a dead half tell nothing of it. A binomial
//! correction would fail here: after resampling, trajectories share ancestors.

use super::scale::Scale;
use crate::classes::Classes;

/// A draw's halves: how much each weighs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    /// Their evidences, in the scale of the moment.
    pub(crate) evidence: [f64; 2],
}

/// Sums over draws for a ratio: of what the halves have (b) to how much of them is asked (g).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ratio {
    draws: u64,
    /// Of x = ½(Ẑa g_a + Ẑb g_b) and y = ½(Ẑa b_a + Ẑb b_b).
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
    /// Of draws with both halves alive, with z = ½(Ẑa + Ẑb): z g_a g_b, z b_a b_b, and c = z ½(b_a g_b + b_b g_a).
    weight: f64,
    product: f64,
    cross: f64,
    cross_squared: f64,
    cross_weight: f64,
    weight_squared: f64,
}

impl Ratio {
    /// Adds a draw.
    pub(crate) fn add(&mut self, weights: Weights, [ga, gb]: [f64; 2], [ba, bb]: [f64; 2]) {
        let [za, zb] = weights.evidence;
        let (x, y) = (0.5 * (za * ga + zb * gb), 0.5 * (za * ba + zb * bb));
        self.draws += 1;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
        self.yy += y * y;
        if za > 0.0 && zb > 0.0 {
            let z = 0.5 * (za + zb);
            let (weight, cross) = (z * (ga * gb), z * (0.5 * (ba * gb + bb * ga)));
            self.weight += weight;
            self.product += z * (ba * bb);
            self.cross += cross;
            self.cross_squared += cross * cross;
            self.cross_weight += cross * weight;
            self.weight_squared += weight * weight;
        }
    }

    /// Multiplies all evidences.
    pub(crate) fn rescale(&mut self, by: f64) {
        for sum in [&mut self.x, &mut self.y, &mut self.weight, &mut self.product, &mut self.cross] {
            *sum *= by;
        }
        let squares = [&mut self.xx, &mut self.xy, &mut self.yy];
        let crosses = [&mut self.cross_squared, &mut self.cross_weight, &mut self.weight_squared];
        for sum in squares.into_iter().chain(crosses) {
            *sum *= by * by;
        }
    }

    /// How much is asked.
    pub(crate) fn asked(&self) -> f64 {
        self.x
    }

    /// How much there is.
    pub(crate) fn part(&self) -> f64 {
        self.y
    }

    /// The ratio.
    pub(crate) fn mean(&self) -> f64 {
        self.y / self.x
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn clustered(&self, residuals: f64) -> f64 {
        let draws = self.draws as f64;
        let residuals = if residuals > 0.0 || residuals.is_nan() { residuals } else { 0.0 };
        (residuals * draws / (draws - 1.0)).sqrt()
    }

    /// Its Monte Carlo standard error, clustered by draw, to the first order.
    pub(crate) fn error(&self) -> f64 {
        let mean = self.mean();
        self.clustered(self.yy - 2.0 * mean * self.xy + mean * mean * self.xx) / self.x
    }

    /// The variance over draws of what the halves estimate, weighted by evidence; as in `crate::stats`.
    pub(crate) fn variance(&self) -> f64 {
        let mean = self.cross / self.weight;
        let residuals = self.cross_squared - 2.0 * mean * self.cross_weight + mean * mean * self.weight_squared;
        let error = self.clustered(residuals) / self.weight;
        self.product / self.weight - (mean * mean - error * error)
    }

    /// Whether any draw has both halves alive and asked.
    pub(crate) fn has_halves(&self) -> bool {
        self.weight > 0.0
    }
}

/// Trajectories of a draw: what each answers, whether it is asked, how much it weighs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) asked: Option<&'a [bool]>,
    /// Of mean 1 in a half that is alive, else 0.
    pub(crate) weights: &'a [f64],
}

impl Answered<'_> {
    /// Each trajectory that counts: its half, its value, its weight as a share of its half.
    pub(crate) fn each(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let half = self.values.len() / 2;
        #[expect(clippy::cast_precision_loss, reason = "at most 128")]
        let size = half as f64;
        let values = self.values.iter().zip(self.weights).enumerate();
        let is_asked = |place: usize| self.asked.is_none_or(|asked| asked.get(place) == Some(&true));
        values
            .filter(move |(place, (_, weight))| is_asked(*place) && **weight > 0.0)
            .map(move |(place, (value, weight))| (usize::from(place >= half), *value, weight / size))
    }
}

/// What the halves of one draw answer to a question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Halved {
    /// The natural logarithms of their evidences.
    pub(crate) logs: [f64; 2],
    /// The share of each that is asked.
    pub(crate) asked: [f64; 2],
    /// What they answer, 1 for a yes, with 0 for what is not asked.
    pub(crate) part: [f64; 2],
}

impl Halved {
    pub(crate) fn of(logs: [f64; 2], answered: &Answered<'_>, kind: &Kind) -> Halved {
        let (mut asked, mut part) = ([0.0; 2], [0.0; 2]);
        for (half, value, weight) in answered.each() {
            asked[half] += weight;
            part[half] += match kind {
                Kind::Numbers(_) => weight * value,
                Kind::Shares(_) if value == f64::INFINITY => 0.0,
                Kind::Shares(_) => weight,
            };
        }
        Halved { logs, asked, part }
    }
}

/// A question by yes or no: of the whole window, and at points within it.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    /// Of the whole window.
    pub(crate) whole: Ratio,
    /// By point: its last step, and what the question would be had its window ended there. Empty for a moment.
    pub(crate) points: Vec<(u32, Ratio)>,
}

/// Most points of a curve.
const MAX_POINTS: u32 = 120;

impl Shares {
    /// For a window, with points in it where that is asked for.
    pub(crate) fn new(from: u32, to: u32, with_points: bool) -> Shares {
        let steps = to.saturating_sub(from) + 1;
        let stride = steps.div_ceil(MAX_POINTS).max(1);
        let count = if with_points { steps.div_ceil(stride) } else { 0 };
        let points = (0..count).map(|place| (to - (count - 1 - place) * stride, Ratio::default())).collect();
        Shares { whole: Ratio::default(), points }
    }

    pub(crate) fn add(&mut self, weights: Weights, answered: &Answered<'_>) {
        let (mut asked, mut yes) = ([0.0; 2], [0.0; 2]);
        let mut turns: Vec<(f64, usize, f64)> = Vec::new();
        for (half, step, weight) in answered.each() {
            asked[half] += weight;
            if step != f64::INFINITY {
                yes[half] += weight;
                turns.push((step, half, weight));
            }
        }
        self.whole.add(weights, asked, yes);
        if self.points.is_empty() {
            return;
        }
        turns.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut turns, mut so_far) = (turns.into_iter().peekable(), [0.0; 2]);
        for (end, ratio) in &mut self.points {
            while let Some((_, half, weight)) = turns.next_if(|(step, ..)| *step <= f64::from(*end)) {
                so_far[half] += weight;
            }
            ratio.add(weights, asked, so_far);
        }
    }

    pub(crate) fn rescale(&mut self, by: f64) {
        self.whole.rescale(by);
        self.points.iter_mut().for_each(|(_, ratio)| ratio.rescale(by));
    }
}

/// A question by a number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    /// The first value: sums are taken relative to it.
    pub(crate) origin: Option<f64>,
    pub(crate) ratio: Ratio,
    /// Sum of weighted squared distances from the origin.
    squares: f64,
    /// Weights by classes of values.
    classes: Classes,
}

impl Numbers {
    pub(crate) fn add(&mut self, weights: Weights, answered: &Answered<'_>) {
        let (mut asked, mut sums) = ([0.0; 2], [0.0; 2]);
        for (half, value, weight) in answered.each() {
            let distance = value - *self.origin.get_or_insert(value);
            asked[half] += weight;
            sums[half] += weight * distance;
            let weight = 0.5 * weights.evidence[half] * weight;
            self.squares += weight * (distance * distance);
            self.classes.add(value, weight);
        }
        self.ratio.add(weights, asked, sums);
    }

    pub(crate) fn rescale(&mut self, by: f64) {
        self.ratio.rescale(by);
        self.squares *= by;
        self.classes.rescale(by);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.origin.unwrap_or(f64::NAN) + self.ratio.mean()
    }

    pub(crate) fn deviation(&self) -> f64 {
        let mean = self.ratio.mean();
        let variance = self.squares / self.ratio.asked() - mean * mean;
        if variance > 0.0 || variance.is_nan() { variance.sqrt() } else { 0.0 }
    }

    /// Whether all values were above 0.
    pub(crate) fn is_positive(&self) -> bool {
        self.classes.is_positive()
    }

    /// Quantiles of the values of single trajectories, ascending.
    pub(crate) fn quantiles(&self, probabilities: &[f64]) -> Vec<f64> {
        self.classes.quantiles(probabilities)
    }
}

/// What one question was answered.
#[derive(Clone, Debug)]
pub(crate) struct Posterior {
    pub(crate) kind: Kind,
    /// How much is asked, of all.
    pub(crate) asked: Ratio,
    /// Trajectories that are asked and count.
    pub(crate) trajectories: u64,
}

/// How a question is answered.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// By yes or no, or when.
    Shares(Shares),
    /// By a number.
    Numbers(Numbers),
}

impl Posterior {
    pub(crate) fn new(kind: Kind) -> Posterior {
        Posterior { kind, asked: Ratio::default(), trajectories: 0 }
    }

    pub(crate) fn add(&mut self, weights: Weights, answered: &Answered<'_>) {
        let mut asked = [0.0; 2];
        for (half, _, weight) in answered.each() {
            asked[half] += weight;
            self.trajectories += 1;
        }
        self.asked.add(weights, [1.0; 2], asked);
        match &mut self.kind {
            Kind::Shares(shares) => shares.add(weights, answered),
            Kind::Numbers(numbers) => numbers.add(weights, answered),
        }
    }

    pub(crate) fn rescale(&mut self, by: f64) {
        self.asked.rescale(by);
        match &mut self.kind {
            Kind::Shares(shares) => shares.rescale(by),
            Kind::Numbers(numbers) => numbers.rescale(by),
        }
    }
}

/// The evidences of a draw in a scale, and by what all sums have to be multiplied first, if by anything.
pub(crate) fn weigh(scale: &mut Scale, [a, b]: [f64; 2]) -> (Option<f64>, Weights) {
    let by = scale.make_room(if a > b { a } else { b });
    (by, Weights { evidence: [scale.of(a), scale.of(b)] })
}
