//! How likely a yes is by each step of a window: the counts of [`Share`] for many steps at once.
//!
//! A draw changes the counts only at the steps in which one of its trajectories turns to yes, so that only differences
//! are kept, and added up when the curve is asked for. All are whole numbers.

use crate::stats::{Share, ShareSums};

/// Most points of a curve. A window of more steps has points at equal distances, the last at its end; what comes to pass
/// between two points is seen at the later one.
pub const MAX_POINTS: u32 = 600;

/// The counts of a question by yes or no at the steps of its window.
#[derive(Clone, Debug)]
pub struct Curve {
    to: u32,
    /// Steps from one point to the next.
    stride: u32,
    /// By point: what changes there.
    changes: Vec<Change>,
    /// For use within a draw: the points at which trajectories turn to yes, and their halves.
    turns: Vec<(u32, u8)>,
}

/// What changes at a point: sums over draws, as those of [`ShareSums`]. With at most 256 trajectories in a draw they stay
/// below 2^64 for as many draws as can be asked for ([`crate::run::MOST_DRAWS`]).
#[derive(Clone, Copy, Debug, Default)]
struct Change {
    yes: u64,
    squared: u64,
    asked: u64,
    product: u64,
    cross: u64,
    cross_squared: u64,
    cross_weight: u64,
}

impl Change {
    fn add(&mut self, yes: u64, before: ShareSums, after: ShareSums) {
        #[expect(clippy::cast_possible_truncation, reason = "differences of sums over one draw, below 2^31")]
        let change = |before: u128, after: u128| (after - before) as u64;
        self.yes += yes;
        self.squared += change(before.squared, after.squared);
        self.asked += change(before.asked, after.asked);
        self.product += change(before.product, after.product);
        self.cross += change(before.cross, after.cross);
        self.cross_squared += change(before.cross_squared, after.cross_squared);
        self.cross_weight += change(before.cross_weight, after.cross_weight);
    }

    fn sums(self) -> ShareSums {
        ShareSums {
            squared: self.squared.into(),
            asked: self.asked.into(),
            product: self.product.into(),
            cross: self.cross.into(),
            cross_squared: self.cross_squared.into(),
            cross_weight: self.cross_weight.into(),
        }
    }
}

impl Curve {
    /// For a window from one step to another, both included.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Curve {
        let steps = to.saturating_sub(from).saturating_add(1);
        let stride = steps.div_ceil(MAX_POINTS);
        let points = steps.div_ceil(stride);
        Curve { to, stride, changes: vec![Change::default(); points as usize], turns: Vec::new() }
    }

    /// The point at which a step shows.
    fn point(&self, step: f64) -> Option<u32> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a step's number")]
        let step = (step <= f64::from(self.to)).then_some(step as u32)?;
        (self.changes.len() as u32 - 1).checked_sub((self.to - step) / self.stride)
    }

    /// Adds a draw by the first step of each trajectory (infinite: none), the first half before the second, and by which
    /// of them are asked; all are where nothing is said.
    pub fn add(&mut self, first: &[f64], asked: Option<&[bool]>) {
        let half = first.len() / 2;
        let mut counts = [0; 2];
        let mut turns = std::mem::take(&mut self.turns);
        turns.clear();
        for (place, step) in first.iter().enumerate() {
            if asked.is_some_and(|asked| asked.get(place) != Some(&true)) {
                continue;
            }
            let part = u8::from(place >= half);
            counts[usize::from(part)] += 1;
            turns.extend(self.point(*step).map(|point| (point, part)));
        }
        turns.sort_unstable();
        let (mut yes, mut before) = ([0; 2], ShareSums::default());
        for together in turns.chunk_by(|a, b| a.0 == b.0) {
            together.iter().for_each(|(_, part)| yes[usize::from(*part)] += 1);
            let after = ShareSums::of_draw(yes, counts);
            let point = together.first().map_or(0, |(point, _)| *point as usize);
            if let Some(change) = self.changes.get_mut(point) {
                change.add(together.len() as u64, before, after);
            }
            before = after;
        }
        self.turns = turns;
    }

    /// By point: its step, and what the question would have counted had its window ended there. `whole` is what it
    /// counted to the end.
    #[must_use]
    pub fn shares(&self, whole: &Share) -> Vec<(u32, Share)> {
        let (mut yes, mut sums) = (0, ShareSums::default());
        let last = self.changes.len() - 1;
        let point = |(place, change): (usize, &Change)| {
            yes += change.yes;
            sums = sums.plus(change.sums());
            (self.to - (last - place) as u32 * self.stride, Share { yes, sums, ..*whole })
        };
        self.changes.iter().enumerate().map(point).collect()
    }

    /// The first point by which at least this share of `of` trajectories has turned to yes, as a step.
    #[must_use]
    pub fn quantile(&self, share: f64, of: u64) -> Option<u32> {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        let target = share * of as f64;
        let mut yes = 0;
        let last = self.changes.len() - 1;
        let place = self.changes.iter().position(|change| {
            yes += change.yes;
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
            let reached = yes > 0 && yes as f64 >= target;
            reached
        });
        place.map(|place| self.to - (last - place) as u32 * self.stride)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: f64 = f64::INFINITY;

    #[test]
    fn each_point_is_a_question_of_its_own() {
        // Against the counts of shares to which each draw is added as a window that ends there sees it. Seen to fail with
        // every turn a step late.
        let draws = [
            ([3.0, 5.0, NEVER, 3.0, 4.0, 7.0], [true, true, true, true, false, true]),
            ([NEVER, 6.0, 3.0, NEVER, 5.0, 5.0], [true, false, false, true, true, true]),
            ([7.0, 7.0, 7.0, 4.0, 4.0, NEVER], [false, false, false, true, true, true]),
        ];
        for with_condition in [false, true] {
            let mut curve = Curve::new(3, 7);
            let mut whole = Share::new(3);
            let mut expected: Vec<Share> = vec![Share::new(3); 5];
            for (first, asked) in &draws {
                let asked: Option<&[bool]> = with_condition.then_some(asked);
                curve.add(first, asked);
                let is_asked = |place: usize| asked.is_none_or(|asked| asked[place]);
                let of = |half: usize, end: f64| {
                    let places = (half * 3..half * 3 + 3).filter(|place| is_asked(*place));
                    places.filter(|place| first[*place] <= end).count() as u64
                };
                let counts = [of(0, NEVER), of(1, NEVER)];
                for (step, share) in (3..).zip(&mut expected) {
                    share.add_asked([of(0, f64::from(step)), of(1, f64::from(step))], counts);
                }
                whole.add_asked([of(0, 7.0), of(1, 7.0)], counts);
            }
            let found = curve.shares(&whole);
            let expected: Vec<(u32, Share)> = (3..).zip(expected).collect();
            assert_eq!(found, expected);
            assert_eq!(found.last().map(|(_, share)| *share), Some(whole));
        }
    }

    #[test]
    fn long_windows_are_thinned() {
        // What comes to pass between two points must not show before it has.
        for steps in [1, 599, 600, 601, 1200, 1201, 100_000] {
            let (from, to) = (17, 16 + steps);
            let mut curve = Curve::new(from, to);
            let mut whole = Share::new(1);
            let first: Vec<f64> = [0, 1, steps / 2, steps - 1].map(|step| f64::from(from + step)).into();
            for step in &first {
                curve.add(&[*step, NEVER], None);
                whole.add(u64::from(*step <= f64::from(to)), 0);
            }
            let points = curve.shares(&whole);
            assert!(points.len() <= MAX_POINTS as usize && points.len() as u32 >= steps.min(MAX_POINTS / 2));
            assert_eq!(points.last().map(|(step, share)| (*step, share.yes)), Some((to, whole.yes)));
            for (step, share) in points {
                let yes = first.iter().filter(|first| **first <= f64::from(step)).count() as u64;
                assert!(step >= from && step <= to && share.yes == yes, "{steps} {step} {} {yes}", share.yes);
            }
        }
    }

    #[test]
    fn dates_by_probability() {
        let mut curve = Curve::new(0, 9);
        curve.add(&[2.0, 4.0, 4.0, NEVER, NEVER, NEVER, NEVER, 9.0], None);
        assert_eq!(curve.quantile(0.05, 8), Some(2));
        assert_eq!(curve.quantile(0.25, 8), Some(4));
        assert_eq!(curve.quantile(0.5, 8), Some(9));
        assert_eq!(curve.quantile(0.51, 8), None);
        assert_eq!(curve.quantile(0.75, 4), Some(4));
        assert_eq!(Curve::new(0, 9).quantile(0.05, 8), None);
    }
}
