//! From the values of a segment to columns.
//!
//! A segment arrives as straight-line code in which every value is defined once. Operations that nothing depends on are
//! dropped; the others get columns, which are given back after their last use, so that all columns of a batch stay in
//! the first-level cache. A result that is to be stored goes to its persistent column at once where nobody reads the
//! old content any more.

use crate::op::{Op, Operand, Role};
use std::collections::BTreeMap;

/// Straight-line code: values `0 .. inputs.len()` are the persistent columns listed, the others are defined by
/// operations, each once, before they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    /// The persistent columns that are read, no column twice.
    pub inputs: Vec<u32>,
    /// Operations on values.
    pub ops: Vec<Op>,
    /// What persistent columns hold in the end, no column twice.
    pub stores: Vec<(u32, Operand)>,
}

/// Code on columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment {
    /// Operations on columns: the persistent ones first, then those for temporary use.
    pub ops: Vec<Op>,
    /// How many columns for temporary use there must be.
    pub temporaries: usize,
}

/// No column yet, or never used.
const NONE: u32 = u32::MAX;

impl Code {
    /// One more than the largest value.
    pub(crate) fn values(&self) -> usize {
        let mut values = self.inputs.len();
        for op in &self.ops {
            op.writes(|value| values = values.max(value as usize + 1));
        }
        values
    }

    /// Drops operations that neither a store nor a counter depends on.
    pub(crate) fn drop_unused(&mut self) {
        let mut used = vec![false; self.values()];
        for (_, value) in &self.stores {
            if let Operand::Column(value) = value {
                used[*value as usize] = true;
            }
        }
        let mut kept: Vec<Op> = Vec::with_capacity(self.ops.len());
        for op in self.ops.drain(..).rev() {
            let mut needed = matches!(op, Op::Count { .. } | Op::Mark { .. });
            op.writes(|value| needed |= used[value as usize]);
            if needed {
                op.reads(|value| used[value as usize] = true);
                kept.push(op);
            }
        }
        kept.reverse();
        self.ops = kept;
    }

    /// Gives every value a column; columns from `persistent` on are for temporary use.
    pub(crate) fn allocate(&self, persistent: u32) -> Segment {
        Allocation::new(self, persistent).run(self)
    }
}

/// Makes operations on columns of what stands inside an operation.
fn finish_sparse(op: &mut Op) {
    if let Op::Sparse(sparse) = op {
        let own = sparse.inputs.len() + sparse.outputs.len();
        let mut code = std::mem::take(&mut sparse.code);
        code.drop_unused();
        code.fuse();
        let Segment { ops, temporaries } = code.allocate(own as u32);
        sparse.code.ops = ops;
        sparse.columns = own + temporaries;
    }
}

struct Allocation {
    /// Column of each value.
    column: Vec<u32>,
    /// Position of the last operation that reads a value; `ops.len()` if it must live to the end.
    last: Vec<usize>,
    free: Vec<u32>,
    next: u32,
    persistent: u32,
}

impl Allocation {
    fn new(code: &Code, persistent: u32) -> Allocation {
        let values = code.values();
        let mut last = vec![0; values];
        let mut defined = vec![usize::MAX; values];
        for (position, op) in code.ops.iter().enumerate() {
            op.reads(|value| last[value as usize] = position);
            op.writes(|value| defined[value as usize] = position);
        }
        for (_, value) in &code.stores {
            if let Operand::Column(value) = value {
                last[*value as usize] = code.ops.len();
            }
        }
        let mut column = vec![NONE; values];
        for (value, input) in code.inputs.iter().enumerate() {
            column[value] = *input;
        }
        let read_at_all = |input: usize| last[input] > 0 || code.ops.first().is_some_and(|op| reads(op, input as u32));
        let inputs = places(code.inputs.iter().copied());
        for (target, value) in &code.stores {
            let Operand::Column(value) = value else { continue };
            let value = *value as usize;
            if column[value] != NONE {
                continue;
            }
            // A chain may overwrite what it reads; nothing else may.
            let is_chain = |position: usize| matches!(code.ops.get(position), Some(Op::Chain { .. }));
            let is_over = |old: usize| {
                let defined = defined[value];
                !read_at_all(old) || last[old] < defined || last[old] == defined && is_chain(defined)
            };
            if inputs.get(target).is_none_or(|old| is_over(*old)) {
                column[value] = *target;
            }
        }
        Allocation { column, last, free: Vec::new(), next: persistent, persistent }
    }

    fn run(mut self, code: &Code) -> Segment {
        let mut ops = Vec::with_capacity(code.ops.len() + code.stores.len());
        let saved = self.save_overwritten_inputs(code, &mut ops);
        for (position, op) in code.ops.iter().enumerate() {
            let mut dead: Vec<u32> = Vec::new();
            let mut op = op.clone();
            finish_sparse(&mut op);
            op.rename(&mut |role, value| {
                let index = *value as usize;
                if role == Role::Write && self.column[index] == NONE {
                    self.column[index] = self.take();
                }
                if self.last[index] <= position && !dead.contains(&self.column[index]) {
                    dead.push(self.column[index]);
                }
                *value = self.column[index];
            });
            ops.push(op);
            self.free.extend(dead.into_iter().filter(|column| *column >= self.persistent));
        }
        for (to, value) in &code.stores {
            match value {
                Operand::Number(value) => ops.push(Op::Fill { to: *to, value: *value }),
                Operand::Column(value) => {
                    let from = saved.get(*value as usize).copied().filter(|from| *from != NONE);
                    let from = from.unwrap_or(self.column[*value as usize]);
                    if from != *to {
                        ops.push(Op::Copy { to: *to, from });
                    }
                }
            }
        }
        Segment { ops, temporaries: (self.next - self.persistent) as usize }
    }

    /// An input that is stored in another column while its own is overwritten is copied first.
    fn save_overwritten_inputs(&mut self, code: &Code, ops: &mut Vec<Op>) -> Vec<u32> {
        let mut saved = vec![NONE; code.inputs.len()];
        let overwritten = places(code.stores.iter().map(|(to, _)| *to));
        for (target, value) in &code.stores {
            let Operand::Column(value) = value else { continue };
            let Some(input) = code.inputs.get(*value as usize) else { continue };
            if target != input && overwritten.contains_key(input) && saved[*value as usize] == NONE {
                let column = self.take();
                saved[*value as usize] = column;
                ops.push(Op::Copy { to: column, from: *input });
            }
        }
        saved
    }

    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

/// Where each of these numbers stands.
fn places(numbers: impl Iterator<Item = u32>) -> BTreeMap<u32, usize> {
    numbers.enumerate().map(|(place, number)| (number, place)).collect()
}

fn reads(op: &Op, value: u32) -> bool {
    let mut found = false;
    op.reads(|read| found |= read == value);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Binary, Link};

    fn add(to: u32, left: u32, right: u32) -> Op {
        Op::Binary { to, kind: Binary::Add, left: Operand::Column(left), right: Operand::Column(right) }
    }

    #[test]
    fn unused_operations_are_dropped() {
        let mut code =
            Code { inputs: vec![0], ops: vec![add(1, 0, 0), add(2, 0, 1)], stores: vec![(0, Operand::Column(1))] };
        code.drop_unused();
        assert_eq!(code.ops, vec![add(1, 0, 0)]);
    }

    #[test]
    fn temporaries_are_reused() {
        let ops = vec![add(1, 0, 0), add(2, 1, 1), add(3, 2, 2), add(4, 3, 3)];
        let code = Code { inputs: vec![0], ops, stores: vec![(0, Operand::Column(4))] };
        let segment = code.allocate(1);
        assert_eq!(segment.temporaries, 2);
        assert_eq!(segment.ops.last(), Some(&add(0, 1, 1)));
    }

    #[test]
    fn a_chain_overwrites_what_it_reads_last() {
        let chain = |to: u32, first: u32, other: u32| Op::Chain { to, first, links: vec![Link::Add(other)] };
        let stores = || vec![(0, Operand::Column(2)), (1, Operand::Column(3))];
        // The first chain reads the second column, which the second one overwrites afterwards.
        let code = Code { inputs: vec![0, 1], ops: vec![chain(2, 0, 1), chain(3, 1, 1)], stores: stores() };
        assert_eq!(code.allocate(2).ops, vec![chain(0, 0, 1), chain(1, 1, 1)]);
        // Here the first column is still to be read.
        let code = Code { inputs: vec![0, 1], ops: vec![chain(2, 0, 1), chain(3, 1, 0)], stores: stores() };
        assert_eq!(code.allocate(2).ops, vec![chain(2, 0, 1), chain(1, 1, 0), Op::Copy { to: 0, from: 2 }]);
    }

    #[test]
    fn an_operation_does_not_overwrite_what_it_reads() {
        let code = Code { inputs: vec![0], ops: vec![add(1, 0, 0)], stores: vec![(0, Operand::Column(1))] };
        let segment = code.allocate(1);
        assert_eq!(segment.ops, vec![add(1, 0, 0), Op::Copy { to: 0, from: 1 }]);
    }

    #[test]
    fn columns_change_places() {
        let stores = vec![(0, Operand::Column(1)), (1, Operand::Column(0))];
        let code = Code { inputs: vec![0, 1], ops: Vec::new(), stores };
        let segment = code.allocate(2);
        let copies: Vec<Op> = [(2, 1), (3, 0), (0, 2), (1, 3)].map(|(to, from)| Op::Copy { to, from }).into();
        assert_eq!(segment.ops, copies);
    }

    #[test]
    fn a_column_that_is_read_later_is_not_overwritten_early() {
        let ops = vec![add(2, 1, 1), add(3, 0, 2)];
        let stores = vec![(0, Operand::Column(2)), (1, Operand::Column(3))];
        let code = Code { inputs: vec![0, 1], ops, stores };
        let segment = code.allocate(2);
        assert_eq!(segment.ops, vec![add(2, 1, 1), add(1, 0, 2), Op::Copy { to: 0, from: 2 }]);
    }
}
