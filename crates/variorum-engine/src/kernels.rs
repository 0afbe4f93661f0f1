//! Loops over columns. All are inlined into the interpreter, which is compiled once per instruction set, and written so
//! that the compiler turns them into vector code: one index, no branches, blends of bits instead of selections.

use crate::columns::Column;
use crate::op::{Operand, blend};

/// The columns of a batch and how many of their lanes are in use.
pub(crate) struct Columns<'a> {
    pub(crate) all: &'a [Column],
    pub(crate) lanes: usize,
}

impl Columns<'_> {
    #[inline(always)]
    pub(crate) fn get(&self, column: u32) -> &[f64] {
        self.all[column as usize].lanes(self.lanes)
    }
}

#[inline(always)]
pub(crate) fn map(to: &mut [f64], a: &[f64], f: impl Fn(f64) -> f64) {
    let n = to.len();
    let a = &a[..n];
    for i in 0..n {
        to[i] = f(a[i]);
    }
}

#[inline(always)]
pub(crate) fn map2(to: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) {
    let n = to.len();
    let (a, b) = (&a[..n], &b[..n]);
    for i in 0..n {
        to[i] = f(a[i], b[i]);
    }
}

#[inline(always)]
pub(crate) fn map3(to: &mut [f64], a: &[f64], b: &[f64], c: &[f64], f: impl Fn(f64, f64, f64) -> f64) {
    let n = to.len();
    let (a, b, c) = (&a[..n], &b[..n], &c[..n]);
    for i in 0..n {
        to[i] = f(a[i], b[i], c[i]);
    }
}

/// A function of two arguments that are columns or numbers.
#[inline(always)]
pub(crate) fn binary(
    to: &mut [f64],
    columns: &Columns<'_>,
    left: Operand,
    right: Operand,
    f: impl Fn(f64, f64) -> f64 + Copy,
) {
    match (left, right) {
        (Operand::Column(a), Operand::Column(b)) => map2(to, columns.get(a), columns.get(b), f),
        (Operand::Column(a), Operand::Number(k)) => map(to, columns.get(a), |x| f(x, k)),
        (Operand::Number(k), Operand::Column(b)) => map(to, columns.get(b), |y| f(k, y)),
        (Operand::Number(j), Operand::Number(k)) => to.fill(f(j, k)),
    }
}

/// A function of a column and of two arguments that are columns or numbers.
#[inline(always)]
pub(crate) fn ternary(
    to: &mut [f64],
    columns: &Columns<'_>,
    first: u32,
    left: Operand,
    right: Operand,
    f: impl Fn(f64, f64, f64) -> f64 + Copy,
) {
    let first = columns.get(first);
    match (left, right) {
        (Operand::Column(a), Operand::Column(b)) => map3(to, first, columns.get(a), columns.get(b), f),
        (Operand::Column(a), Operand::Number(k)) => map2(to, first, columns.get(a), |c, x| f(c, x, k)),
        (Operand::Number(k), Operand::Column(b)) => map2(to, first, columns.get(b), |c, y| f(c, k, y)),
        (Operand::Number(j), Operand::Number(k)) => map(to, first, |c| f(c, j, k)),
    }
}

/// The value that belongs to a level.
#[inline(always)]
pub(crate) fn lookup(to: &mut [f64], columns: &Columns<'_>, level: u32, values: &[Operand]) {
    let level = columns.get(level);
    if let [Operand::Number(a), Operand::Number(b)] = *values {
        return map(to, level, |x| blend(x >= 1.0, b, a));
    }
    if let [Operand::Number(a), Operand::Number(b), Operand::Number(c)] = *values {
        return map(to, level, |x| blend(x >= 2.0, c, blend(x >= 1.0, b, a)));
    }
    for (index, value) in values.iter().enumerate() {
        let at = index as f64;
        match *value {
            Operand::Number(value) if index == 0 => to.fill(value),
            Operand::Column(value) if index == 0 => to.copy_from_slice(columns.get(value)),
            Operand::Number(value) => update(to, level, level, |old, x, _| blend(x >= at, value, old)),
            Operand::Column(value) => update(to, level, columns.get(value), |old, x, y| blend(x >= at, y, old)),
        }
    }
}

#[inline(always)]
fn update(to: &mut [f64], a: &[f64], b: &[f64], f: impl Fn(f64, f64, f64) -> f64) {
    let n = to.len();
    let (a, b) = (&a[..n], &b[..n]);
    for i in 0..n {
        to[i] = f(to[i], a[i], b[i]);
    }
}
