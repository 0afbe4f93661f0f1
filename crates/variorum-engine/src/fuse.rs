//! Arithmetic in one pass.
//!
//! Sums of products are what models are made of, and written as one operation each they spend most of their time on
//! loading and storing. Where a result is used only once, and by further arithmetic, both become one chain, whose running
//! value stays in registers. Nothing is reassociated and nothing rounds differently: the chain does the same operations
//! in the same order.

use crate::allocate::Code;
use crate::op::{Binary, Link, Op, Operand, Role, Unary};

/// Most links of a chain.
const MAX_LINKS: usize = 64;

impl Code {
    /// Makes chains of arithmetic.
    pub(crate) fn fuse(&mut self) {
        let mut fusion = Fusion::new(self);
        let mut fused: Vec<Op> = Vec::with_capacity(self.ops.len());
        // From the end, so that the longest chains are found first.
        for position in (0..self.ops.len()).rev() {
            if !fusion.absorbed[position] {
                fused.push(fusion.chain(position).unwrap_or_else(|| self.ops[position].clone()));
            }
        }
        fused.reverse();
        self.ops = fused;
    }
}

struct Fusion<'a> {
    ops: &'a [Op],
    /// By value: the operation that defines it.
    defined: Vec<Option<usize>>,
    /// By value: how often it is read or stored.
    uses: Vec<usize>,
    absorbed: Vec<bool>,
}

impl<'a> Fusion<'a> {
    fn new(code: &'a Code) -> Fusion<'a> {
        let values = code.values();
        let (mut defined, mut uses) = (vec![None; values], vec![0; values]);
        for (position, op) in code.ops.iter().enumerate() {
            op.visit(&mut |role, value| match role {
                Role::Read => uses[value as usize] += 1,
                Role::Write => defined[value as usize] = Some(position),
            });
        }
        for (_, value) in &code.stores {
            if let Operand::Column(value) = value {
                uses[*value as usize] += 1;
            }
        }
        Fusion { ops: &code.ops, defined, uses, absorbed: vec![false; code.ops.len()] }
    }

    /// The arithmetic that defines a value used only here.
    fn inner(&self, operand: Operand) -> Option<usize> {
        let Operand::Column(value) = operand else { return None };
        let position = self.defined[value as usize]?;
        (self.uses[value as usize] == 1 && step(&self.ops[position]).is_some()).then_some(position)
    }

    /// The factors of a product used only here, the first of which is a column.
    fn product(&self, operand: Operand) -> Option<(usize, u32, Operand)> {
        let position = self.inner(operand)?;
        match self.ops[position] {
            Op::Binary { kind: Binary::Multiply, left: Operand::Column(x), right, .. } => Some((position, x, right)),
            _ => None,
        }
    }

    /// The chain that ends with an operation, if there is more than that operation to it.
    fn chain(&mut self, end: usize) -> Option<Op> {
        let mut links: Vec<Link> = Vec::new();
        let mut inside: Vec<usize> = Vec::new();
        let mut position = end;
        let first = loop {
            let (kind, left, right) = step(&self.ops[position])?;
            let full = links.len() >= MAX_LINKS;
            let (running, other, mirrored) = self.sides(kind, left, right)?;
            let product = if full || mirrored && kind == Binary::Subtract { None } else { self.product(other) };
            let link = match product.filter(|_| matches!(kind, Binary::Add | Binary::Subtract)) {
                Some((factor, x, y)) => {
                    inside.push(factor);
                    match (kind, y) {
                        (Binary::Add, Operand::Number(k)) => Link::AddScaled(x, k),
                        (Binary::Add, Operand::Column(y)) => Link::AddProduct(x, y),
                        (_, Operand::Number(k)) => Link::AddScaled(x, -k),
                        (_, Operand::Column(y)) => Link::SubtractProduct(x, y),
                    }
                }
                None => link(kind, other, mirrored)?,
            };
            links.push(link);
            match self.inner(Operand::Column(running)) {
                Some(next) if !full => {
                    inside.push(next);
                    position = next;
                }
                _ => break running,
            }
        };
        if inside.is_empty() {
            return None;
        }
        inside.into_iter().for_each(|position| self.absorbed[position] = true);
        links.reverse();
        let mut to = None;
        self.ops[end].writes(|value| to = Some(value));
        Some(Op::Chain { to: to?, first, links })
    }

    /// Which argument the running value is, the other, and whether they have changed places.
    fn sides(&self, kind: Binary, left: Operand, right: Operand) -> Option<(u32, Operand, bool)> {
        let may_turn = matches!(kind, Binary::Add | Binary::Multiply | Binary::Subtract);
        match (left, right) {
            (Operand::Column(a), Operand::Column(b)) if may_turn => {
                // The longer of two goes on; a product can be taken in by the other.
                let (one, two) = (self.inner(left), self.inner(right));
                let turned = match (one, two) {
                    (None, Some(_)) => true,
                    (Some(_), Some(_)) => self.product(left).is_some() && self.product(right).is_none(),
                    _ => false,
                };
                Some(if turned { (b, left, true) } else { (a, right, false) })
            }
            (Operand::Column(a), _) => Some((a, right, false)),
            (Operand::Number(_), Operand::Column(b)) if may_turn => Some((b, left, true)),
            _ => None,
        }
    }
}

/// An operation as arithmetic of two arguments, if it can be part of a chain.
fn step(op: &Op) -> Option<(Binary, Operand, Operand)> {
    match *op {
        // -a is -0 - a, also of zeros.
        Op::Unary { kind: Unary::Negate, of, .. } => {
            Some((Binary::Subtract, Operand::Number(-0.0), Operand::Column(of)))
        }
        Op::Binary { kind: kind @ (Binary::Add | Binary::Subtract | Binary::Multiply), left, right, .. } => {
            Some((kind, left, right))
        }
        Op::Binary {
            kind: Binary::Divide, left: left @ Operand::Column(_), right: right @ Operand::Number(_), ..
        } => Some((Binary::Divide, left, right)),
        Op::Binary { kind: Binary::Min, left, right: right @ Operand::Number(bound), .. } if bound != 0.0 => {
            (!bound.is_nan()).then_some((Binary::Min, left, right))
        }
        Op::Binary { kind: Binary::Max, left, right: right @ Operand::Number(bound), .. } => {
            let negative_zero = bound == 0.0 && bound.is_sign_negative();
            (!bound.is_nan() && !negative_zero).then_some((Binary::Max, left, right))
        }
        _ => None,
    }
}

fn link(kind: Binary, other: Operand, mirrored: bool) -> Option<Link> {
    Some(match (kind, other) {
        (Binary::Add, Operand::Column(x)) => Link::Add(x),
        (Binary::Add, Operand::Number(k)) => Link::AddNumber(k),
        (Binary::Subtract, Operand::Column(x)) if mirrored => Link::From(x),
        (Binary::Subtract, Operand::Number(k)) if mirrored => Link::FromNumber(k),
        (Binary::Subtract, Operand::Column(x)) => Link::Subtract(x),
        (Binary::Subtract, Operand::Number(k)) => Link::AddNumber(-k),
        (Binary::Multiply, Operand::Column(x)) => Link::Multiply(x),
        (Binary::Multiply, Operand::Number(k)) => Link::MultiplyNumber(k),
        (Binary::Divide, Operand::Number(k)) if !mirrored => Link::DivideNumber(k),
        (Binary::Min, Operand::Number(k)) => Link::MinNumber(k),
        (Binary::Max, Operand::Number(k)) => Link::MaxNumber(k),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(to: u32, kind: Binary, left: Operand, right: Operand) -> Op {
        Op::Binary { to, kind, left, right }
    }

    #[test]
    fn a_sum_of_products_is_one_pass() {
        use Operand::{Column, Number};
        let ops = vec![
            binary(3, Binary::Multiply, Column(0), Number(0.5)),
            binary(4, Binary::Multiply, Column(1), Column(2)),
            binary(5, Binary::Add, Column(3), Column(4)),
            binary(6, Binary::Subtract, Column(5), Number(1.0)),
            binary(7, Binary::Subtract, Number(2.0), Column(6)),
            binary(8, Binary::Min, Column(7), Number(1.0)),
            binary(9, Binary::Max, Column(8), Number(0.0)),
        ];
        let mut code = Code { inputs: vec![0, 1, 2], ops, stores: vec![(0, Column(9))] };
        code.fuse();
        let links = vec![
            Link::MultiplyNumber(0.5),
            Link::AddProduct(1, 2),
            Link::AddNumber(-1.0),
            Link::FromNumber(2.0),
            Link::MinNumber(1.0),
            Link::MaxNumber(0.0),
        ];
        assert_eq!(code.ops, vec![Op::Chain { to: 9, first: 0, links }]);
    }

    #[test]
    fn what_is_used_twice_is_kept() {
        use Operand::Column;
        let ops = vec![
            binary(1, Binary::Multiply, Column(0), Column(0)),
            binary(2, Binary::Add, Column(1), Column(0)),
            binary(3, Binary::Add, Column(1), Column(2)),
        ];
        let mut code = Code { inputs: vec![0], ops: ops.clone(), stores: vec![(0, Column(3))] };
        code.fuse();
        assert_eq!(code.ops[0], ops[0]);
        assert_eq!(code.ops[1], Op::Chain { to: 3, first: 1, links: vec![Link::Add(0), Link::Add(1)] });
    }
}
