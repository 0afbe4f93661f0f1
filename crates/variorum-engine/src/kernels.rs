//! Loops over columns.
//!
//! All of this is expanded inside the interpreter, which is compiled once per instruction set, and only what stands there
//! for certain becomes vector code at its width: a closure, even a small one, may be left as a call, so the simplest
//! loops are macros. For the same reason there are no branches in the loops and no selections between loads.

use crate::columns::{Columns, Others};
use crate::math::elementary::{exp, exp_m1, exp_moderate, truth};
use crate::op::{Link, Operand, blend};
use crate::random::{Domain, Stream, block_of};
use pulp::Simd;

/// to = f(a), f(a, b) or f(a, b, c), lane by lane; in the form with `=>`, the old content of `to` is an argument too.
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

/// Lanes that go through a longer computation together: few enough for what it leaves to stay near.
const TILE: usize = 32;

/// The parts of a column that go together through a longer computation, as (first lane, number of lanes).
#[inline(always)]
fn tiles(lanes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..lanes).step_by(TILE).map(move |first| (first, TILE.min(lanes - first)))
}

/// The value that belongs to a level.
#[inline(always)]
pub(crate) fn lookup(to: &mut [f64], columns: Others<'_>, level: u32, values: &[Operand]) {
    let level = columns.get(level);
    if let [Operand::Number(a), Operand::Number(b), Operand::Number(c)] = *values {
        return each!(to, (x = level) blend(x >= 2.0, c, blend(x >= 1.0, b, a)));
    }
    for (index, value) in values.iter().enumerate() {
        let at = index as f64;
        match *value {
            Operand::Number(value) if index == 0 => to.fill(value),
            Operand::Column(value) if index == 0 => to.copy_from_slice(columns.get(value)),
            Operand::Number(value) => each!(to, old => (x = level) blend(x >= at, value, old)),
            Operand::Column(value) => each!(to, old => (x = level, y = columns.get(value)) blend(x >= at, y, old)),
        }
    }
}

/// This step where a condition holds and no step is known yet, else what is known.
#[inline(always)]
pub(crate) fn first(to: &mut [f64], columns: Others<'_>, before: u32, condition: u32, step: f64) {
    each!(to, (known = columns.get(before), holds = columns.get(condition)) {
        blend((known == f64::INFINITY) & (holds != 0.0), step, known)
    });
}

/// One uniform of a block.
#[inline(always)]
pub(crate) fn uniform(to: &mut [f64], stream: Stream, calendar: i32, (c0, c1): (&[u32], &[u32])) {
    let (block, place) = block_of(calendar);
    let n = to.len();
    let (c0, c1) = (&c0[..n], &c1[..n]);
    for i in 0..n {
        let (even, odd) = stream.pair(Domain::Aleatory, c0[i], c1[i], block);
        to[i] = blend(place == 1, odd, even);
    }
}

/// Both uniforms of a block.
#[inline(always)]
pub(crate) fn uniforms(
    columns: &mut Columns,
    (to, spare): (u32, u32),
    stream: Stream,
    calendar: i32,
    (c0, c1): (&[u32], &[u32]),
    lanes: usize,
) {
    let (block, _) = block_of(calendar);
    let (even, odd) = columns.two_mut(to, spare, lanes);
    let n = even.len();
    let (odd, c0, c1) = (&mut odd[..n], &c0[..n], &c1[..n]);
    for i in 0..n {
        (even[i], odd[i]) = stream.pair(Domain::Aleatory, c0[i], c1[i], block);
    }
}

/// Whether u < 1 - exp(-l), to the bit as the function of this name says, but mostly without an exponential.
///
/// The Taylor polynomials of degree 6 and 7 are a lower and an upper bound for every l ≥ 0. They are moved apart by far
/// more than all that is rounded; the rare lanes between them, and those that are no numbers, take the exact test.
#[inline(always)]
pub(crate) fn happens(to: &mut [f64], columns: Others<'_>, uniform: u32, hazard: Operand) {
    const MARGIN: f64 = 1e-12;
    let uniform = columns.get(uniform);
    let hazard = match hazard {
        Operand::Column(hazard) => columns.get(hazard),
        Operand::Number(hazard) => {
            let chance = -exp_m1(-hazard);
            return each!(to, (u = uniform) truth(u < chance));
        }
    };
    let n = to.len();
    let (uniform, hazard) = (&uniform[..n], &hazard[..n]);
    let mut open = 0u64;
    for i in 0..n {
        let (u, l) = (uniform[i], hazard[i]);
        let l2 = l * l;
        let l4 = l2 * l2;
        let head = l + l2 * (l * (1.0 / 6.0) - 0.5);
        let tail = (l * (1.0 / 120.0) - 1.0 / 24.0) + l2 * (-1.0 / 720.0);
        let low = head + l4 * tail;
        let high = low + l4 * (l2 * (l * (1.0 / 5040.0)));
        let margin = l * MARGIN;
        let certain = u < low - margin;
        to[i] = truth(certain);
        open |= u64::from(!(certain | (u >= high + margin)));
    }
    if open != 0 {
        each!(to, (u = uniform, l = hazard) truth(u < -exp_m1(-l)));
    }
}

/// Several steps of arithmetic, the running value being kept in registers. Each part of a column is written after all that
/// is read of that part, so that the result may go to a column that is read.
#[inline(always)]
pub(crate) fn chain<S: Simd>(simd: S, columns: &mut Columns, to: u32, first: u32, links: &[Link], lanes: usize) {
    /// Vectors that go through the chain side by side; fewer where there are not so many.
    const WIDE: usize = 8;
    const NARROW: usize = 3;
    let vectors = lanes / S::F64_LANES;
    let mut at = 0;
    while at + WIDE <= vectors {
        chain_part::<S, WIDE>(simd, columns, to, first, links, at);
        at += WIDE;
    }
    while at + NARROW <= vectors {
        chain_part::<S, NARROW>(simd, columns, to, first, links, at);
        at += NARROW;
    }
    while at < vectors {
        chain_part::<S, 1>(simd, columns, to, first, links, at);
        at += 1;
    }
}

#[inline(always)]
fn chain_part<S: Simd, const N: usize>(simd: S, columns: &mut Columns, to: u32, first: u32, links: &[Link], at: usize) {
    let end = (at + N) * S::F64_LANES;
    macro_rules! part {
        ($column:expr) => {
            &S::as_simd_f64s(columns.get($column, end)).0[at..][..N]
        };
    }
    let mut running = [simd.splat_f64s(0.0); N];
    running.copy_from_slice(part!(first));
    macro_rules! change {
        (|$i:ident| $value:expr) => {
            for $i in 0..N {
                running[$i] = $value;
            }
        };
    }
    for link in links {
        match *link {
            Link::Add(x) => {
                let x = part!(x);
                change!(|i| simd.add_f64s(running[i], x[i]));
            }
            Link::AddNumber(k) => {
                let k = simd.splat_f64s(k);
                change!(|i| simd.add_f64s(running[i], k));
            }
            Link::Subtract(x) => {
                let x = part!(x);
                change!(|i| simd.sub_f64s(running[i], x[i]));
            }
            Link::From(x) => {
                let x = part!(x);
                change!(|i| simd.sub_f64s(x[i], running[i]));
            }
            Link::FromNumber(k) => {
                let k = simd.splat_f64s(k);
                change!(|i| simd.sub_f64s(k, running[i]));
            }
            Link::Multiply(x) => {
                let x = part!(x);
                change!(|i| simd.mul_f64s(running[i], x[i]));
            }
            Link::MultiplyNumber(k) => {
                let k = simd.splat_f64s(k);
                change!(|i| simd.mul_f64s(running[i], k));
            }
            Link::DivideNumber(k) => {
                let k = simd.splat_f64s(k);
                change!(|i| simd.div_f64s(running[i], k));
            }
            Link::AddProduct(x, y) => {
                let (x, y) = (part!(x), part!(y));
                change!(|i| simd.add_f64s(running[i], simd.mul_f64s(x[i], y[i])));
            }
            Link::SubtractProduct(x, y) => {
                let (x, y) = (part!(x), part!(y));
                change!(|i| simd.sub_f64s(running[i], simd.mul_f64s(x[i], y[i])));
            }
            Link::AddScaled(x, k) => {
                let (x, k) = (part!(x), simd.splat_f64s(k));
                change!(|i| simd.add_f64s(running[i], simd.mul_f64s(x[i], k)));
            }
            Link::MinNumber(k) => {
                // What is no number is not greater and stays.
                let k = simd.splat_f64s(k);
                change!(|i| simd.select_f64s(simd.greater_than_f64s(running[i], k), k, running[i]));
            }
            Link::MaxNumber(k) => {
                // Adding 0 changes nothing but -0, which is less than 0.
                let (k, zero) = (simd.splat_f64s(k), simd.splat_f64s(0.0));
                change!(|i| {
                    let larger = simd.select_f64s(simd.less_than_f64s(running[i], k), k, running[i]);
                    simd.add_f64s(larger, zero)
                });
            }
        }
    }
    S::as_mut_simd_f64s(columns.get_mut(to, end)).0[at..][..N].copy_from_slice(&running);
}

/// Replaces weighted qualities by their exponentials relative to the largest, and sums those up.
macro_rules! powers {
    ($values:ident, $sums:ident, $n:ident, $exp:ident) => {
        for i in 0..TILE {
            let mut largest = $values[0][i];
            for j in 1..$n {
                largest = blend($values[j][i] > largest, $values[j][i], largest);
            }
            // best[j]: whether one of the options 0 ..= j is the best.
            let mut best = [false; $n];
            let mut differences = [0.0; $n];
            for j in 0..$n {
                best[j] = $values[j][i] == largest;
                if j > 0 {
                    best[j] |= best[j - 1];
                }
                differences[j] = $values[j][i] - largest;
            }
            // The exponentials of all but the best, in order.
            let mut others = [1.0; $n];
            for j in 0..$n - 1 {
                others[j] = $exp(blend(best[j], differences[j + 1], differences[j]));
            }
            let mut sum = 0.0;
            for j in 0..$n {
                let power = if j == 0 {
                    blend(best[0], 1.0, others[0])
                } else {
                    blend(best[j - 1], others[j - 1], blend(best[j], 1.0, others[j]))
                };
                $values[j][i] = power;
                sum += power;
            }
            // An infinite quality leaves no number.
            $sums[i] = sum + (largest - largest);
        }
    };
}

/// What a quantal response is computed from.
pub(crate) struct Softmax<'a> {
    pub(crate) to: &'a [Option<u32>],
    pub(crate) precision: Operand,
    pub(crate) qualities: &'a [Operand],
    pub(crate) default: usize,
    pub(crate) moderate: bool,
}

/// The part of all columns that goes together through a longer computation.
struct Part<'a> {
    columns: &'a Columns,
    lanes: usize,
    first: usize,
    n: usize,
}

impl<'a> Part<'a> {
    #[inline(always)]
    fn get(&self, column: u32) -> &'a [f64] {
        &self.columns.get(column, self.lanes)[self.first..][..self.n]
    }
}

/// The quantal response, to the bit as [`crate::op::softmax`] gives it, with one exponential less than there are
/// options: that of the best is 1.
#[inline(always)]
pub(crate) fn softmax<const N: usize>(columns: &mut Columns, of: &Softmax<'_>, lanes: usize) {
    let mut values = [[0.0; TILE]; N];
    let mut sums = [0.0; TILE];
    for (first, n) in tiles(lanes) {
        let part = Part { columns, lanes, first, n };
        for (values, quality) in values.iter_mut().zip(of.qualities) {
            let values = &mut values[..n];
            binary!(values, part, of.precision, *quality, |precision, quality| precision * quality);
        }
        if of.moderate {
            powers!(values, sums, N, exp_moderate);
        } else {
            powers!(values, sums, N, exp);
        }
        for (option, (to, powers)) in of.to.iter().zip(&values).enumerate() {
            let Some(to) = to else { continue };
            let to = &mut columns.get_mut(*to, lanes)[first..][..n];
            let (powers, sums) = (&powers[..n], &sums[..n]);
            if of.moderate {
                each!(to, (power = powers, sum = sums) power / sum);
            } else if option == of.default {
                each!(to, (power = powers, sum = sums) blend(sum >= 1.0, power / sum, 1.0));
            } else {
                each!(to, (power = powers, sum = sums) blend(sum >= 1.0, power / sum, 0.0));
            }
        }
    }
}
