//! The lossless tree to the typed view.
//!
//! Gives no findings: whatever is missing here was reported by the lexer or the parser, and becomes `None`, an empty
//! list or `ExprKind::Error`.

mod expressions;
mod statements;

use rowan::{NodeOrToken, TextRange};

use crate::ast::{At, Date, Expr, ExprKind, Name, Text};
use crate::diagnostic::{FileId, Span};
use crate::kind::{SyntaxKind as K, SyntaxNode, SyntaxToken};
use crate::literals;

/// Makes the typed view of a whole file.
pub(crate) fn lower(file: FileId, tree: &SyntaxNode) -> crate::ast::File {
    Lower { file }.file(tree)
}

#[derive(Clone, Copy)]
struct Lower {
    file: FileId,
}

impl Lower {
    fn span(self, range: TextRange) -> Span {
        Span { file: self.file, start: range.start().into(), end: range.end().into() }
    }

    fn name_of(self, token: &SyntaxToken) -> Name {
        At { value: token.text().to_owned(), span: self.span(token.text_range()) }
    }

    /// The names directly in a node.
    fn names(self, node: &SyntaxNode) -> Vec<Name> {
        tokens(node).filter(|token| token.kind() == K::Name).map(|token| self.name_of(&token)).collect()
    }

    /// The first name directly in a node.
    fn name(self, node: &SyntaxNode) -> Option<Name> {
        token(node, K::Name).map(|token| self.name_of(&token))
    }

    /// The names of the list in a node.
    fn listed_names(self, node: &SyntaxNode) -> Vec<Name> {
        child(node, K::NameList).map(|list| self.names(&list)).unwrap_or_default()
    }

    /// The first text directly in a node.
    fn text(self, node: &SyntaxNode) -> Option<Text> {
        let token = token(node, K::Text)?;
        Some(At { value: literals::text(token.text()), span: self.span(token.text_range()) })
    }

    /// All texts directly in a node.
    fn texts(self, node: &SyntaxNode) -> Vec<Text> {
        let texts = tokens(node).filter(|token| token.kind() == K::Text);
        texts.map(|token| At { value: literals::text(token.text()), span: self.span(token.text_range()) }).collect()
    }

    /// The text in the first child of a kind.
    fn text_in(self, node: &SyntaxNode, kind: K) -> Option<Text> {
        self.text(&child(node, kind)?)
    }

    fn date_value(self, node: &SyntaxNode) -> Option<At<Date>> {
        let value = literals::date(&node.text().to_string())?;
        Some(At { value, span: self.span(node.text_range()) })
    }

    /// The first date directly in a node.
    fn date(self, node: &SyntaxNode) -> Option<At<Date>> {
        self.date_value(&child(node, K::DateValue)?)
    }

    /// The date after a word directly in a node.
    fn date_after(self, node: &SyntaxNode, word: &str) -> Option<At<Date>> {
        let mut elements = node.children_with_tokens();
        elements.find(|element| element.as_token().is_some_and(|token| is_word(token, word)))?;
        for element in elements {
            match element {
                NodeOrToken::Node(node) if node.kind() == K::DateValue => return self.date_value(&node),
                NodeOrToken::Token(token) if token.kind() == K::Keyword => return None,
                _ => {}
            }
        }
        None
    }

    /// The only expression directly in a node.
    fn expr(self, node: &SyntaxNode) -> Option<Expr> {
        Some(self.expression(&expressions_of(node).next()?))
    }

    /// The expression in the first child of a kind.
    fn expr_in(self, node: &SyntaxNode, kind: K) -> Option<Expr> {
        self.expr(&child(node, kind)?)
    }

    /// An expression where one must be: an error with the place of `node` if there is none.
    fn expr_or_error(self, node: Option<&SyntaxNode>, around: &SyntaxNode) -> Expr {
        match node {
            Some(node) => self.expression(node),
            None => Expr { kind: ExprKind::Error, span: self.span(around.text_range()) },
        }
    }
}

/// The tokens directly in a node.
fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> {
    node.children_with_tokens().filter_map(NodeOrToken::into_token)
}

/// The first token of a kind directly in a node.
fn token(node: &SyntaxNode, kind: K) -> Option<SyntaxToken> {
    tokens(node).find(|token| token.kind() == kind)
}

/// The first child of a kind.
fn child(node: &SyntaxNode, kind: K) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

fn children(node: &SyntaxNode, kind: K) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(move |child| child.kind() == kind)
}

fn expressions_of(node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(|child| child.kind().is_expression())
}

/// Whether a token is this word as a keyword.
fn is_word(token: &SyntaxToken, word: &str) -> bool {
    token.kind() == K::Keyword && token.text() == word
}

/// Whether this word stands as a keyword directly in a node.
fn has_word(node: &SyntaxNode, word: &str) -> bool {
    tokens(node).any(|token| is_word(&token, word))
}
