//! Loops over columns, as macros.
//!
//! They are expanded inside the interpreter, which is compiled once per instruction set, because only what stands
//! there for certain becomes vector code at its width: a closure, even a small one, may be left as a call. For the same
//! reason there are no branches in the loops and no selections between loads.

use crate::columns::Column;

/// The columns of a batch and how many of their lanes are in use.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) all: &'a [Column],
    pub(crate) lanes: usize,
}

impl<'a> Columns<'a> {
    #[inline(always)]
    pub(crate) fn get(self, column: u32) -> &'a [f64] {
        self.all[column as usize].lanes(self.lanes)
    }
}

/// to = f(a), f(a, b) or f(a, b, c), lane by lane; in the form with `=>`, the old content of `to` is the first argument.
macro_rules! each {
    ($to:expr, ($($x:ident = $column:expr),+) $value:expr) => {{
        let to: &mut [f64] = $to;
        let n = to.len();
        $(let $x: &[f64] = &$column[..n];)+
        for i in 0..n {
            $(let $x = $x[i];)+
            to[i] = $value;
        }
    }};
    ($to:expr, $old:ident => ($($x:ident = $column:expr),+) $value:expr) => {{
        let to: &mut [f64] = $to;
        let n = to.len();
        $(let $x: &[f64] = &$column[..n];)+
        for i in 0..n {
            $(let $x = $x[i];)+
            let $old = to[i];
            to[i] = $value;
        }
    }};
}

/// A function of two arguments that are columns or numbers.
macro_rules! binary {
    ($to:expr, $columns:expr, $left:expr, $right:expr, |$a:ident, $b:ident| $value:expr) => {
        match ($left, $right) {
            (Operand::Column(a), Operand::Column(b)) => {
                each!($to, ($a = $columns.get(a), $b = $columns.get(b)) $value)
            }
            (Operand::Column(a), Operand::Number($b)) => each!($to, ($a = $columns.get(a)) $value),
            (Operand::Number($a), Operand::Column(b)) => each!($to, ($b = $columns.get(b)) $value),
            (Operand::Number($a), Operand::Number($b)) => $to.fill($value),
        }
    };
}

/// A function of a column and of two arguments that are columns or numbers.
macro_rules! ternary {
    ($to:expr, $columns:expr, $first:expr, $left:expr, $right:expr, |$x:ident, $a:ident, $b:ident| $value:expr) => {{
        let first = $columns.get($first);
        match ($left, $right) {
            (Operand::Column(a), Operand::Column(b)) => {
                each!($to, ($x = first, $a = $columns.get(a), $b = $columns.get(b)) $value)
            }
            (Operand::Column(a), Operand::Number($b)) => each!($to, ($x = first, $a = $columns.get(a)) $value),
            (Operand::Number($a), Operand::Column(b)) => each!($to, ($x = first, $b = $columns.get(b)) $value),
            (Operand::Number($a), Operand::Number($b)) => each!($to, ($x = first) $value),
        }
    }};
}

pub(crate) use {binary, each, ternary};
