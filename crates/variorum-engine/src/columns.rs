//! Columns: one number for every lane, side by side.

/// Bytes in a cache line, to which columns are aligned.
const LINE: usize = 64;
/// Lanes in a cache line; the number of lanes of a batch is a multiple of it.
pub const LANE_MULTIPLE: usize = LINE / size_of::<f64>();

/// Lanes of a batch in which many columns would take more than this are fewer than was asked for, down to one cache
/// line: large models run as fast with few lanes as with many, since their columns stay in no cache.
const MAX_BATCH_BYTES: usize = 32 << 20;

/// How many lanes a batch of so many columns has where so many are asked for: whole cache lines.
pub(crate) fn lanes_for(columns: usize, wanted: usize) -> usize {
    let room = MAX_BATCH_BYTES / (columns.max(1) * size_of::<f64>());
    let most = room.saturating_sub(LANE_MULTIPLE) / LANE_MULTIPLE * LANE_MULTIPLE;
    wanted.max(1).next_multiple_of(LANE_MULTIPLE).min(most.max(LANE_MULTIPLE))
}

/// All columns of a batch. Every column begins a cache line, so that no vector straddles two; results do not depend on
/// that.
#[derive(Debug)]
pub(crate) struct Columns {
    numbers: Vec<f64>,
    /// Where the first column begins.
    first: usize,
    /// From one column to the next. A line more than the lanes need, where there are more than a few: columns would
    /// otherwise share their places in the cache.
    stride: usize,
}

impl Columns {
    /// Columns of zeros; `lanes` is a multiple of [`LANE_MULTIPLE`].
    pub(crate) fn new(columns: usize, lanes: usize) -> Columns {
        let stride = if lanes > LANE_MULTIPLE { lanes + LANE_MULTIPLE } else { lanes };
        let numbers = vec![0.0; (columns + 1) * stride];
        let first = numbers.as_ptr().align_offset(LINE).min(LANE_MULTIPLE);
        Columns { numbers, first, stride }
    }

    /// The first lanes of a column.
    #[inline(always)]
    pub(crate) fn get(&self, column: u32, lanes: usize) -> &[f64] {
        &self.numbers[self.first + column as usize * self.stride..][..lanes]
    }

    /// The first lanes of a column, to be changed.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, column: u32, lanes: usize) -> &mut [f64] {
        &mut self.numbers[self.first + column as usize * self.stride..][..lanes]
    }

    /// The first lanes of two columns, to be changed; they must not be the same.
    #[inline(always)]
    pub(crate) fn two_mut(&mut self, one: u32, other: u32, lanes: usize) -> (&mut [f64], &mut [f64]) {
        let stride = self.stride;
        let (lower, upper) = if one < other { (one, other) } else { (other, one) };
        let (before, after) = self.numbers[self.first..].split_at_mut(upper as usize * stride);
        let (lower, upper) = (&mut before[lower as usize * stride..][..lanes], &mut after[..lanes]);
        if one < other { (lower, upper) } else { (upper, lower) }
    }

    /// Fills the first columns with the given lanes of `inputs`, columns of `from`; their number is filled up to
    /// `lanes` with copies of the last.
    pub(crate) fn gather(&mut self, from: &Columns, inputs: &[u32], places: &[u32], lanes: usize) {
        let last = places.last().map_or(0, |last| *last as usize);
        for (to, input) in (0..).zip(inputs) {
            let from = from.get(*input, last + 1);
            let (to, rest) = self.get_mut(to, lanes).split_at_mut(places.len());
            for (to, place) in to.iter_mut().zip(places) {
                *to = from[*place as usize];
            }
            rest.fill(from[last]);
        }
    }

    /// Fills columns with 0, and the given lanes with the columns of `from` that begin with `first`.
    pub(crate) fn scatter(&mut self, from: &Columns, first: usize, outputs: &[u32], places: &[u32], lanes: usize) {
        for (from_column, output) in (first as u32..).zip(outputs) {
            let to = self.get_mut(*output, lanes);
            to.fill(0.0);
            if places.is_empty() {
                continue;
            }
            for (value, place) in from.get(from_column, places.len()).iter().zip(places) {
                to[*place as usize] = *value;
            }
        }
    }

    /// The first lanes of a column, to be written, and of all others, to be read.
    #[inline(always)]
    pub(crate) fn split(&mut self, to: u32, lanes: usize) -> (&mut [f64], Others<'_>) {
        let begin = self.first + to as usize * self.stride;
        let (before, rest) = self.numbers.split_at_mut(begin);
        let (to_numbers, after) = rest.split_at_mut(self.stride);
        let before = &before[self.first..];
        (&mut to_numbers[..lanes], Others { before, after, to, stride: self.stride, lanes })
    }
}

/// All columns but the one that is being written.
#[derive(Clone, Copy)]
pub(crate) struct Others<'a> {
    before: &'a [f64],
    after: &'a [f64],
    to: u32,
    stride: usize,
    lanes: usize,
}

impl<'a> Others<'a> {
    /// The lanes of a column, which is not the one that is being written.
    #[inline(always)]
    pub(crate) fn get(self, column: u32) -> &'a [f64] {
        let (part, place) =
            if column < self.to { (self.before, column) } else { (self.after, column.wrapping_sub(self.to + 1)) };
        &part[place as usize * self.stride..][..self.lanes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_columns_have_few_lanes() {
        assert_eq!(lanes_for(50, 128), 128);
        assert_eq!(lanes_for(50, 1), 8);
        assert_eq!(lanes_for(0, 100), 104);
        assert_eq!(lanes_for(40_000, 128), 96);
        assert_eq!(lanes_for(1_000_000, 128), 8);
        for columns in [1_000, 10_000, 100_000, 200_000] {
            let stride = Columns::new(1, lanes_for(columns, 4096)).stride;
            assert!(columns * stride * 8 <= MAX_BATCH_BYTES && columns * (stride + 8) * 8 > MAX_BATCH_BYTES / 2);
        }
    }

    #[test]
    fn columns_begin_cache_lines() {
        for lanes in [8, 24, 128] {
            let mut columns = Columns::new(3, lanes);
            for column in 0..3 {
                assert_eq!(columns.get(column, lanes).as_ptr() as usize % LINE, 0);
                columns.get_mut(column, lanes).fill(f64::from(column));
            }
            let (to, others) = columns.split(1, lanes);
            to.fill(7.0);
            assert_eq!((others.get(0)[lanes - 1], others.get(2)[lanes - 1]), (0.0, 2.0));
            assert_eq!(columns.get(1, lanes)[0], 7.0);
            let (two, none) = columns.two_mut(2, 0, lanes);
            assert_eq!((two[0], none[0]), (2.0, 0.0));
        }
    }
}
