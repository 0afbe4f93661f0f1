//! Expressions, from nodes to plain data.
//!
//! Recursion is as deep as the tree, which the parser limits.

use rowan::NodeOrToken;

use super::{Lower, child, children, expressions_of, token, tokens};
use crate::ast::{Aggregate, At, BinaryOp, Expr, ExprKind, Name, Number, UnaryOp};
use crate::kind::{SyntaxKind as K, SyntaxNode};
use crate::literals;
use crate::parser::meant;

impl Lower {
    pub(super) fn expression(self, node: &SyntaxNode) -> Expr {
        if node.kind() == K::ParenthesisExpr {
            // The parentheses are in the place, since a message about the value should underline them too.
            let inner = expressions_of(node).next();
            let kind = inner.map_or(ExprKind::Error, |inner| self.expression(&inner).kind);
            return Expr { kind, span: self.span(node.text_range()) };
        }
        let kind = self.expression_kind(node).unwrap_or(ExprKind::Error);
        Expr { kind, span: self.span(node.text_range()) }
    }

    fn expression_kind(self, node: &SyntaxNode) -> Option<ExprKind> {
        Some(match node.kind() {
            K::NumberExpr => {
                let number = self.numbers(node).into_iter().next()?;
                ExprKind::Number(number.value, self.name(node))
            }
            K::IntervalExpr => {
                let mut ends = self.numbers(node).into_iter();
                // Where a unit stands after both ends, the second one counts: it is where it belongs.
                let unit = self.names(node).pop();
                ExprKind::Interval(ends.next()?.value, ends.next()?.value, unit)
            }
            K::CountInTimeExpr => {
                let mut numbers = self.numbers(node).into_iter();
                let (count, time) = (numbers.next()?.value.value, numbers.next()?.value.value);
                ExprKind::CountInTime { count, time, unit: self.name(node)? }
            }
            K::CountOfExpr => {
                let mut numbers = self.numbers(node).into_iter();
                ExprKind::CountOf { count: numbers.next()?.value.value, of: numbers.next()?.value.value }
            }
            K::TruthExpr => ExprKind::Truth(is_true(node.first_token()?.text())),
            K::UnknownExpr => ExprKind::Unknown,
            K::ReferenceExpr => ExprKind::Reference(self.reference(node)?),
            K::CallExpr => {
                let arguments = expressions_of(node).map(|argument| self.expression(&argument));
                ExprKind::Call(self.name(node)?, arguments.collect())
            }
            K::LookupExpr => self.lookup(node)?,
            K::AggregateExpr => ExprKind::Aggregate(aggregate(node)?, self.range_in(node), self.operand(node, 0)),
            K::RiskExpr => {
                let number = self.numbers(node).into_iter().next()?;
                let time = At { value: number.value.value, span: number.span };
                ExprKind::Risk(self.reference_in(node)?, time, self.name(node)?)
            }
            K::OneOfExpr => {
                let entries = children(node, K::OneOfEntry);
                ExprKind::OneOf(entries.map(|entry| (*self.operand(&entry, 0), *self.operand(&entry, 1))).collect())
            }
            K::SaidExpr => ExprKind::Said(self.text(node)?),
            K::UnaryExpr => {
                let op = if token(node, K::Minus).is_some() { UnaryOp::Minus } else { UnaryOp::Not };
                ExprKind::Unary(op, self.operand(node, 0))
            }
            K::BinaryExpr => ExprKind::Binary(binary_op(node)?, self.operand(node, 0), self.operand(node, 1)),
            K::IfExpr => ExprKind::If(self.operand(node, 0), self.operand(node, 1), Some(self.operand(node, 2))),
            K::TrailingIfExpr => {
                let has_else = expressions_of(node).nth(2).is_some();
                let otherwise = has_else.then(|| self.operand(node, 2));
                ExprKind::If(self.operand(node, 1), self.operand(node, 0), otherwise)
            }
            K::PerExpr => ExprKind::Per(self.operand(node, 0), self.name(node)?),
            K::WithinExpr => {
                let number = self.numbers(node).into_iter().next()?;
                let time = At { value: number.value.value, span: number.span };
                ExprKind::Within(self.operand(node, 0), time, self.name(node)?)
            }
            _ => return None,
        })
    }

    fn operand(self, node: &SyntaxNode, index: usize) -> Box<Expr> {
        Box::new(self.expr_or_error(expressions_of(node).nth(index).as_ref(), node))
    }

    fn lookup(self, node: &SyntaxNode) -> Option<ExprKind> {
        let entry = |entry: SyntaxNode| -> Option<(Name, Expr)> { Some((self.name(&entry)?, self.expr(&entry)?)) };
        Some(ExprKind::Lookup {
            on: self.reference_in(node)?,
            entries: children(node, K::LookupEntry).filter_map(entry).collect(),
            otherwise: child(node, K::LookupElse).and_then(|entry| self.expr(&entry)).map(Box::new),
        })
    }

    /// The numbers directly in a node, each with its sign and percent.
    pub(super) fn numbers(self, node: &SyntaxNode) -> Vec<At<Number>> {
        let mut numbers: Vec<At<Number>> = Vec::new();
        let mut is_negative = false;
        for element in node.children_with_tokens() {
            let (text, range) = match &element {
                NodeOrToken::Token(token) => match token.kind() {
                    K::Minus => {
                        is_negative = true;
                        continue;
                    }
                    K::Percent => {
                        if let Some(last) = numbers.last_mut() {
                            last.value.percent = true;
                            last.span = last.span.to(self.span(token.text_range()));
                        }
                        continue;
                    }
                    K::Number => (token.text().to_owned(), token.text_range()),
                    _ => continue,
                },
                NodeOrToken::Node(node) if node.kind() == K::ForeignNumber => {
                    let parts: String = tokens(node).map(|token| token.text().to_owned()).collect();
                    (parts, node.text_range())
                }
                NodeOrToken::Node(_) => continue,
            };
            if let Some(value) = literals::foreign_number(&text) {
                let value = if is_negative { -value } else { value };
                numbers.push(At { value: Number { value, percent: false }, span: self.span(range) });
            }
            is_negative = false;
        }
        numbers
    }
}

/// Whether a word for yes or no, ours or foreign, is yes.
pub(super) fn is_true(word: &str) -> bool {
    word == "yes" || word.eq_ignore_ascii_case("true")
}

fn aggregate(node: &SyntaxNode) -> Option<Aggregate> {
    Some(match token(node, K::Keyword)?.text() {
        "sum" => Aggregate::Sum,
        "count" => Aggregate::Count,
        "any" => Aggregate::Any,
        "all" => Aggregate::All,
        _ => return None,
    })
}

fn binary_op(node: &SyntaxNode) -> Option<BinaryOp> {
    tokens(node).find_map(|token| {
        Some(match token.kind() {
            K::Plus => BinaryOp::Add,
            K::Minus => BinaryOp::Subtract,
            K::Star => BinaryOp::Multiply,
            K::Slash => BinaryOp::Divide,
            K::Caret => BinaryOp::Power,
            K::Equal => BinaryOp::Equal,
            K::NotEqual => BinaryOp::NotEqual,
            K::Less => BinaryOp::Less,
            K::LessEqual => BinaryOp::AtMost,
            K::Greater => BinaryOp::Greater,
            K::GreaterEqual => BinaryOp::AtLeast,
            K::Keyword => match meant(token.text()).to_ascii_lowercase().as_str() {
                "and" => BinaryOp::And,
                "or" => BinaryOp::Or,
                _ => return None,
            },
            _ => return None,
        })
    })
}
