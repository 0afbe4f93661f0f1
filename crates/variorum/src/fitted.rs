//! Which part of a variance functions of the parameters explain, from draws that weigh.
//!
//! The draws of a run on condition of what was seen are a weighted sample of the parameters, which then depend on each
//! other: a second value of one parameter alone, as in [`crate::freeze`], would belong to no such sample. So E[f | some
//! parameters] is fitted to the draws that there are: the least squares fit of f by a few functions φ of them. With the
//! weights w, which are those of the variance in `crate::condition::posterior` (z g_a g_b, z being the evidence of a draw and g the
//! share of a half that is asked), W = Σ w, and q = w (f - mean f),
//!
//! ```text
//! G = Σ w φφ' / W    b = Σ q φ / W    S = Σ q² φφ' / W²    r = Σ q²/w / W
//! raw = b' G⁻¹ b    t = tr(G⁻¹ S)    explained = (raw - t) / (1 - t/r)
//! ```
//!
//! `raw` is too large by what chance and the other parameters put into b. t is what that comes to where the functions explain
//! nothing of the draws' own variance r; of what they do explain nothing is chance, so that in proportion less is taken off:
//! explained = raw - t (1 - explained/r). With weights that are all alike this is the adjusted R² (H. Theil, Economic
//! Forecasts and Policy, 1961). The whole variance is the mean of the product of the two halves of a draw,
//! whose chance is independent. Errors are those of the jackknife over [`GROUPS`] groups of draws (B. Efron and C. Stein, The
//! jackknife estimate of variance, Annals of Statistics 9 (1981) 586-596); they are too large rather than too small.

use crate::condition::Halved;
use crate::runs::Estimate;
use variorum_engine::math::exp;

/// Groups of draws that are left out in turn.
pub(crate) const GROUPS: usize = 20;
/// A function of which less than this part is left beside those before it is none of its own.
const OWN: f64 = 1e-9;

/// Draws that weigh.
#[derive(Clone, Debug)]
pub(crate) struct Draws {
    /// Which draws of the run.
    pub(crate) index: Vec<u64>,
    weight: Vec<f64>,
    /// Weight times answer, and weight times the answer's distance from the mean.
    part: Vec<f64>,
    deviation: Vec<f64>,
    /// The weighted product of the halves' distances from the mean.
    product: Vec<f64>,
    whole: f64,
}

impl Draws {
    /// Those of which both halves are alive and asked.
    pub(crate) fn of(halves: &[Halved]) -> Draws {
        let logs = halves.iter().flat_map(|draw| draw.logs);
        let most = logs.fold(f64::NEG_INFINITY, |most, log| if log > most { log } else { most });
        let (mut draws, mut answers) = (
            Draws {
                index: Vec::new(),
                weight: Vec::new(),
                part: Vec::new(),
                deviation: Vec::new(),
                product: Vec::new(),
                whole: 0.0,
            },
            Vec::new(),
        );
        let mut sum = 0.0;
        for (index, draw) in halves.iter().enumerate() {
            let [za, zb] = draw.logs.map(|log| if log > f64::NEG_INFINITY { exp(log - most) } else { 0.0 });
            let ([ga, gb], [ba, bb]) = (draw.asked, draw.part);
            let evidence = 0.5 * (za + zb);
            let weight = evidence * (ga * gb);
            if za > 0.0 && zb > 0.0 && weight > 0.0 {
                let part = evidence * (0.5 * (ba * gb + bb * ga));
                draws.index.push(index as u64);
                draws.weight.push(weight);
                draws.part.push(part);
                draws.whole += weight;
                sum += part;
                answers.push((evidence, draw));
            }
        }
        let mean = sum / draws.whole;
        for ((weight, part), (evidence, draw)) in draws.weight.iter().zip(&draws.part).zip(answers) {
            let [a, b] = [0, 1].map(|half| draw.part[half] - mean * draw.asked[half]);
            draws.deviation.push(part - mean * weight);
            draws.product.push(evidence * (a * b));
        }
        draws
    }

    /// How many equal weights are worth as much: (Σ w)² / Σ w².
    pub(crate) fn effective(&self) -> f64 {
        let squares = self.weight.iter().fold(0.0, |sum, weight| sum + weight * weight);
        if squares > 0.0 { self.whole * self.whole / squares } else { 0.0 }
    }

    /// For a number by draw the part of the whole weight that lies below it, half of its own included.
    pub(crate) fn ranks(&self, numbers: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..self.weight.len()).collect();
        order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]).then(a.cmp(b)));
        let mut ranks = vec![0.0; self.weight.len()];
        let mut below = 0.0;
        for place in order {
            ranks[place] = (below + 0.5 * self.weight[place]) / self.whole;
            below += self.weight[place];
        }
        ranks
    }

    /// The answer of the draws for which it says so.
    pub(crate) fn answer(&self, chosen: impl Fn(usize) -> bool) -> f64 {
        let (mut part, mut weight) = (0.0, 0.0);
        for place in (0..self.weight.len()).filter(|place| chosen(*place)) {
            part += self.part[place];
            weight += self.weight[place];
        }
        part / weight
    }

    /// The sums for so many functions, whose values at a draw are filled in.
    pub(crate) fn fit(&self, functions: usize, fill: &dyn Fn(usize, &mut [f64])) -> Fitted {
        let mut row = vec![0.0; functions];
        let mut means = vec![0.0; functions];
        for (place, weight) in self.weight.iter().enumerate() {
            fill(place, &mut row);
            means.iter_mut().zip(&row).for_each(|(mean, value)| *mean += weight / self.whole * value);
        }
        let mut groups = vec![Sums::new(functions); GROUPS];
        for (place, weight) in self.weight.iter().enumerate() {
            fill(place, &mut row);
            row.iter_mut().zip(&means).for_each(|(value, mean)| *value -= mean);
            groups[place % GROUPS].add(*weight, self.deviation[place], self.product[place], &row);
        }
        let mut all = Sums::new(functions);
        groups.iter().for_each(|group| all.plus(group, 1.0));
        groups.iter_mut().for_each(|group| {
            let mut others = all.clone();
            others.plus(group, -1.0);
            *group = others;
        });
        Fitted { all, without: groups }
    }
}

/// Sums over draws, and the same without each group.
#[derive(Clone, Debug)]
pub(crate) struct Fitted {
    all: Sums,
    without: Vec<Sums>,
}

impl Fitted {
    /// Something that follows from the sums, with its error.
    pub(crate) fn estimate(&self, of: &dyn Fn(&Sums) -> f64) -> Estimate {
        let others: Vec<f64> = self.without.iter().map(of).collect();
        #[expect(clippy::cast_precision_loss, reason = "twenty")]
        let count = others.len() as f64;
        let mean = others.iter().fold(0.0, |sum, x| sum + x) / count;
        let squares = others.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        Estimate { value: of(&self.all), error: (squares * (count - 1.0) / count).sqrt() }
    }
}

/// Sums over draws.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    weight: f64,
    product: f64,
    squares: f64,
    spread: f64,
    moment: Vec<f64>,
    /// By row.
    gram: Vec<f64>,
    scatter: Vec<f64>,
}

impl Sums {
    fn new(functions: usize) -> Sums {
        let square = vec![0.0; functions * functions];
        let moment = vec![0.0; functions];
        Sums { weight: 0.0, product: 0.0, squares: 0.0, spread: 0.0, moment, gram: square.clone(), scatter: square }
    }

    fn add(&mut self, weight: f64, deviation: f64, product: f64, row: &[f64]) {
        self.weight += weight;
        self.product += product;
        self.squares += deviation * deviation;
        self.spread += deviation * deviation / weight;
        for (i, x) in row.iter().enumerate() {
            self.moment[i] += deviation * x;
            for (j, y) in row.iter().enumerate() {
                self.gram[i * row.len() + j] += weight * (x * y);
                self.scatter[i * row.len() + j] += deviation * deviation * (x * y);
            }
        }
    }

    fn plus(&mut self, other: &Sums, times: f64) {
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(x, y)| *x += times * y);
        self.weight += times * other.weight;
        self.product += times * other.product;
        self.squares += times * other.squares;
        self.spread += times * other.spread;
        add(&mut self.moment, &other.moment);
        add(&mut self.gram, &other.gram);
        add(&mut self.scatter, &other.scatter);
    }

    /// The variance over parameters, the square of the mean being cleared of its own error.
    pub(crate) fn variance(&self) -> f64 {
        self.product / self.weight + self.squares / (self.weight * self.weight)
    }

    /// What these functions explain of it together.
    pub(crate) fn explained(&self, chosen: &[usize]) -> f64 {
        let (size, all) = (chosen.len(), self.moment.len());
        let at = |of: &[f64], i: usize, j: usize| of[chosen[i] * all + chosen[j]];
        // The Cholesky factor of G, by row; a function that is none of its own has a diagonal of 0.
        let mut factor = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let inner = (0..j).fold(0.0, |sum, k| sum + factor[i * size + k] * factor[j * size + k]);
                let rest = at(&self.gram, i, j) / self.weight - inner;
                let diagonal = factor[j * size + j];
                factor[i * size + j] = match i == j {
                    true if rest > OWN * at(&self.gram, i, i) / self.weight => rest.sqrt(),
                    false if diagonal > 0.0 => rest / diagonal,
                    _ => 0.0,
                };
            }
        }
        let solve = |right: &mut [f64]| {
            for i in 0..size {
                let inner = (0..i).fold(0.0, |sum, k| sum + factor[i * size + k] * right[k]);
                let diagonal = factor[i * size + i];
                right[i] = if diagonal > 0.0 { (right[i] - inner) / diagonal } else { 0.0 };
            }
        };
        let mut moment: Vec<f64> = chosen.iter().map(|function| self.moment[*function] / self.weight).collect();
        solve(&mut moment);
        // tr(G⁻¹ S) is the trace of L⁻¹ (L⁻¹ S)'.
        let half: Vec<Vec<f64>> = (0..size)
            .map(|column| {
                let mut right: Vec<f64> = (0..size).map(|row| at(&self.scatter, row, column)).collect();
                solve(&mut right);
                right
            })
            .collect();
        let by_chance = (0..size).fold(0.0, |sum, row| {
            let mut right: Vec<f64> = half.iter().map(|column| column[row]).collect();
            solve(&mut right);
            sum + right[row]
        });
        let by_chance = by_chance / (self.weight * self.weight);
        let of_chance = by_chance * self.weight / self.spread;
        // Where the draws are too few for the functions, nothing is known.
        if of_chance >= 1.0 {
            return f64::NAN;
        }
        (moment.iter().fold(0.0, |sum, x| sum + x * x) - by_chance) / (1.0 - of_chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws whose halves have the same answer, of these evidences.
    fn draws(of: &[(f64, f64)]) -> Draws {
        let halved = |(log, answer): &(f64, f64)| Halved { logs: [*log; 2], asked: [1.0; 2], part: [*answer; 2] };
        Draws::of(&of.iter().map(halved).collect::<Vec<_>>())
    }

    #[test]
    fn ranks_are_parts_of_the_weight() {
        let draws = draws(&[(0.0, 1.0), (f64::NEG_INFINITY, 5.0), (std::f64::consts::LN_2, 2.0)]);
        assert_eq!(draws.index, [0, 2]);
        let ranks = draws.ranks(&[0.9, 0.1]);
        assert!((ranks[1] - 1.0 / 3.0).abs() < 1e-12 && (ranks[0] - 5.0 / 6.0).abs() < 1e-12, "{ranks:?}");
        assert!((draws.answer(|_| true) - 5.0 / 3.0).abs() < 1e-12);
        assert!((draws.effective() - 9.0 / 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_function_twice_explains_no_more() {
        let list: Vec<(f64, f64)> = (0..400).map(|i| (0.0, f64::from(i % 20))).collect();
        let draws = draws(&list);
        let fitted = draws.fit(2, &|place, row| row.fill(list[place].1));
        let once = fitted.estimate(&|sums| sums.explained(&[0]) / sums.variance());
        let twice = fitted.estimate(&|sums| sums.explained(&[0, 1]) / sums.variance());
        assert_eq!(once, twice);
        // All of it, up to the chance that is taken off both.
        assert!((once.value - 1.0).abs() < 0.01, "{once:?}");
    }
}
