//! Columns: one number for every lane, side by side.

/// Bytes in a cache line, to which columns are aligned.
const LINE: usize = 64;
/// Lanes in a cache line; the number of lanes of a batch is a multiple of it.
pub const LANE_MULTIPLE: usize = LINE / size_of::<f64>();

/// A column. Its first lane begins a cache line, so that no vector straddles two; results do not depend on that.
#[derive(Debug, Default)]
pub(crate) struct Column {
    numbers: Vec<f64>,
    /// Where the first cache line begins.
    first: usize,
}

impl Column {
    /// A column of zeros.
    pub(crate) fn new(lanes: usize) -> Column {
        let numbers = vec![0.0; lanes + LANE_MULTIPLE];
        let first = numbers.as_ptr().align_offset(LINE).min(LANE_MULTIPLE);
        Column { numbers, first }
    }

    /// The first lanes.
    #[inline(always)]
    pub(crate) fn lanes(&self, count: usize) -> &[f64] {
        &self.numbers[self.first..][..count]
    }

    /// The first lanes, to be changed.
    #[inline(always)]
    pub(crate) fn lanes_mut(&mut self, count: usize) -> &mut [f64] {
        &mut self.numbers[self.first..][..count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_begin_cache_lines() {
        for lanes in [8, 24, 128] {
            let mut column = Column::new(lanes);
            assert_eq!(column.lanes(lanes).as_ptr() as usize % LINE, 0);
            column.lanes_mut(lanes)[lanes - 1] = 1.0;
            assert_eq!(column.lanes(lanes)[lanes - 1], 1.0);
        }
    }
}
