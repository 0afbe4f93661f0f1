//! Text of a model to a lossless tree, and a typed view of it.
//!
//! The parser never stops at the first error: what it cannot read becomes an error node with a diagnostic, and the
//! rest of the file is read as usual. Nothing here knows what a model means.

pub mod ast;
pub mod diagnostic;
mod kind;
mod lexer;
mod literals;
mod lower;
mod parser;
pub mod words;

use rowan::{GreenNodeBuilder, Language, NodeOrToken, WalkEvent};

use crate::diagnostic::{Code, Diagnostic, FileId, Span};
pub use crate::kind::{SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken, Variorum};
pub use crate::parser::{MAX_DEPTH, MAX_LOOPS, MAX_OPERATORS};

/// The largest file that is read.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// What became of a text.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The lossless tree: its text is the text that was parsed.
    pub tree: SyntaxNode,
    /// The typed view.
    pub file: ast::File,
    /// What was wrong, in the order of the text. After the first 1000 findings of a stage the rest is left out.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text. Never fails: what could not be read is in the diagnostics. Of a text longer than `MAX_BYTES` nothing is
/// read.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parse {
    if text.len() > MAX_BYTES {
        return too_large(file, text);
    }
    let (tokens, mut diagnostics) = lexer::lex(file, text);
    let (green, found) = parser::parse(file, text, &tokens);
    diagnostics.extend(found);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    let tree = SyntaxNode::new_root(green);
    let typed = lower::lower(file, &tree);
    Parse { tree, file: typed, diagnostics }
}

fn too_large(file: FileId, text: &str) -> Parse {
    let mut builder = GreenNodeBuilder::new();
    builder.start_node(Variorum::kind_to_raw(SyntaxKind::File));
    // Places in a tree have 32 bits; what does not even fit there is left out.
    let shown = if u32::try_from(text.len()).is_ok() { text } else { "" };
    builder.token(Variorum::kind_to_raw(SyntaxKind::Unknown), shown);
    builder.finish_node();
    let message = format!("this file has {} bytes, more than the {MAX_BYTES} that are read", text.len());
    let diagnostic = Diagnostic::new(Code::TooLarge, Span { file, start: 0, end: 0 }, message)
        .help("put parts of the model into files of their own and name them with `use \"claims.vor\"`");
    Parse { tree: SyntaxNode::new_root(builder.finish()), file: ast::File::default(), diagnostics: vec![diagnostic] }
}

/// The tree as indented lines: a kind for each node, a kind and a text for each token.
#[must_use]
pub fn debug_tree(tree: &SyntaxNode) -> String {
    let mut lines = String::new();
    let mut depth = 0_usize;
    let mut line = |depth: usize, text: String| {
        lines.extend(std::iter::repeat_n("  ", depth));
        lines.push_str(&text);
        lines.push('\n');
    };
    for event in tree.preorder_with_tokens() {
        match event {
            WalkEvent::Enter(NodeOrToken::Node(node)) => {
                line(depth, format!("{:?}", node.kind()));
                depth += 1;
            }
            WalkEvent::Enter(NodeOrToken::Token(token)) => {
                line(depth, format!("{:?} {:?}", token.kind(), token.text()))
            }
            WalkEvent::Leave(NodeOrToken::Node(_)) => depth = depth.saturating_sub(1),
            WalkEvent::Leave(NodeOrToken::Token(_)) => {}
        }
    }
    lines
}
