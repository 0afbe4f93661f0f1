//! Tokens to the lossless tree, by recursive descent.
//!
//! This module is the machine: it looks ahead, moves on, builds nodes, knows where the block that is being read ends,
//! and gives at most one finding for each place. What statements and expressions look like is in the modules below.
//!
//! Layout: a block (a statement, an option) has the column of its first token. Its end is the next token that begins a
//! line at that column or further left; from there on the parser sees `End`, whatever parentheses are open.

mod advice;
mod asking;
mod children;
mod clauses;
mod compound;
mod effects;
mod expressions;
mod functions;
mod habits;
mod intervals;
mod observations;
mod questions;
mod slips;
mod statements;
mod values;

pub use compound::MAX_LOOPS;
pub use expressions::{MAX_DEPTH, MAX_OPERATORS};
pub(crate) use intervals::help_for_plus_minus;

use rowan::{Checkpoint, GreenNode, GreenNodeBuilder, Language};

use crate::diagnostic::{Code, Diagnostic, FileId, Span};
use crate::kind::{SyntaxKind, Variorum};
use crate::lexer::{MAX_DIAGNOSTICS, Token, short};
use crate::words;

/// Builds the tree of a file from its tokens. The second part is what was found to be wrong.
pub(crate) fn parse(file: FileId, text: &str, tokens: &[Token]) -> (GreenNode, Vec<Diagnostic>) {
    let significant = (0..tokens.len()).filter(|index| tokens.get(*index).is_some_and(|token| !token.kind.is_trivia()));
    let mut parser = Parser {
        text,
        file,
        tokens,
        significant: significant.collect(),
        position: 0,
        written: 0,
        builder: GreenNodeBuilder::new(),
        diagnostics: Vec::new(),
        findings: 0,
        silent_at: None,
        block: None,
        depth: 0,
        operators: 0,
        mode: Mode::default(),
        effect: None,
        whole: usize::MAX,
        stop_words: &[],
    };
    parser.file();
    (parser.builder.finish(), parser.diagnostics)
}

struct Parser<'t> {
    text: &'t str,
    file: FileId,
    tokens: &'t [Token],
    /// The indices of the tokens that are not trivia.
    significant: Vec<usize>,
    /// Where in `significant` the parser is.
    position: usize,
    /// How many of `tokens` are in the tree.
    written: usize,
    builder: GreenNodeBuilder<'static>,
    diagnostics: Vec<Diagnostic>,
    /// How many findings there were, also those beyond the limit.
    findings: usize,
    /// The place about which enough was said: a position, and whether the block ended before it.
    silent_at: Option<(usize, bool)>,
    block: Option<Block>,
    /// How many expressions are open around this place.
    depth: u32,
    /// How many operators the outermost open expression has so far.
    operators: u32,
    mode: Mode,
    /// The value of an effect that is being read.
    effect: Option<effects::EffectValue>,
    /// Where a value began that is all that its clause has.
    whole: usize,
    /// Words that end what is being read: `option` inside an option.
    stop_words: &'static [&'static str],
}

/// What is being read as one indented piece.
#[derive(Clone, Copy)]
struct Block {
    /// The column of its first token.
    column: u32,
    /// The position of its first token, which does not end it.
    first: usize,
}

/// What an expression may not take because what surrounds it needs it.
#[derive(Clone, Copy, Default)]
struct Mode {
    /// `..` belongs to bounds.
    without_interval: bool,
    /// `per` belongs to a noise.
    without_per: bool,
    /// A comma may separate arguments that are numbers.
    in_arguments: bool,
}

impl<'t> Parser<'t> {
    // ---- looking

    /// Whether the token at `position` begins a line that no longer belongs to the block.
    fn ends_block(&self, position: usize) -> bool {
        match (self.block, self.token(position)) {
            (_, None) => true,
            (None, _) => false,
            (Some(block), Some(token)) => {
                token.first_on_line && token.column <= block.column && position != block.first
            }
        }
    }

    fn token(&self, position: usize) -> Option<&'t Token> {
        self.significant.get(position).and_then(|index| self.tokens.get(*index))
    }

    /// The kind of the token that is `ahead` tokens further on, `End` if the block ends before it.
    fn nth(&self, ahead: usize) -> SyntaxKind {
        if (0..=ahead).any(|step| self.ends_block(self.position + step)) {
            return SyntaxKind::End;
        }
        self.token(self.position + ahead).map_or(SyntaxKind::End, |token| token.kind)
    }

    fn kind(&self) -> SyntaxKind {
        self.nth(0)
    }

    fn at(&self, kind: SyntaxKind) -> bool {
        self.kind() == kind
    }

    /// The text of the token that is `ahead` tokens further on, empty at the end of the block.
    fn nth_text(&self, ahead: usize) -> &'t str {
        if self.nth(ahead) == SyntaxKind::End { "" } else { self.text_at(self.position + ahead) }
    }

    fn text_at(&self, position: usize) -> &'t str {
        self.token(position).map_or("", |token| slice(self.text, token))
    }

    /// The word `ahead`, whether reserved or a name, empty if it is something else.
    fn nth_word(&self, ahead: usize) -> &'t str {
        match self.nth(ahead) {
            SyntaxKind::Keyword => meant(self.nth_text(ahead)),
            SyntaxKind::Name => self.nth_text(ahead),
            _ => "",
        }
    }

    fn word(&self) -> &'t str {
        self.nth_word(0)
    }

    /// Whether nothing stands between the tokens `ahead` and the one before it.
    fn is_glued(&self, ahead: usize) -> bool {
        let before = (self.position + ahead).checked_sub(1).and_then(|position| self.token(position));
        match (before, self.token(self.position + ahead)) {
            (Some(before), Some(token)) => before.end == token.start && self.nth(ahead) != SyntaxKind::End,
            _ => false,
        }
    }

    /// Whether a statement begins here, surely by mistake: on a line that is indented under another statement, or
    /// after a `;`.
    fn at_inner_statement(&self) -> bool {
        let begins_line = |position: usize| self.token(position).is_some_and(|token| token.first_on_line);
        self.at(SyntaxKind::Name)
            && words::statement(self.word()).is_some()
            && (matches!(self.nth(1), SyntaxKind::Name | SyntaxKind::Text) || self.at_observation())
            && !begins_line(self.position + 1)
            && !words::STANCES.contains(&self.nth_word(1))
            && !(self.word() == "for" && self.is_in_record())
            && (begins_line(self.position) || self.is_after_semicolon())
    }

    /// Whether the block is a `record`, in which `for` begins a clause.
    fn is_in_record(&self) -> bool {
        self.block.is_some_and(|block| self.text_at(block.first) == "record")
    }

    /// Whether a `;` stands between the last token and the next one.
    fn is_after_semicolon(&self) -> bool {
        let index = |position: usize| self.significant.get(position).copied();
        let (Some(last), Some(next)) = (self.position.checked_sub(1).and_then(index), index(self.position)) else {
            return false;
        };
        let between = self.tokens.get(last + 1..next).unwrap_or_default();
        between.iter().any(|token| token.kind == SyntaxKind::Semicolon)
    }

    /// Whether the block has nothing more to give.
    fn is_done(&self) -> bool {
        self.at(SyntaxKind::End) || self.at_inner_statement() || self.stop_words.contains(&self.word())
    }

    /// The place of the token at `position`.
    fn span_at(&self, position: usize) -> Span {
        let (start, end) = self.token(position).map_or((0, 0), |token| (token.start, token.end));
        Span { file: self.file, start, end }
    }

    /// What a finding about this place underlines: the next token, or the last one if the block ends here.
    fn here(&self) -> Span {
        if self.at(SyntaxKind::End) {
            self.span_at(self.position.saturating_sub(1))
        } else {
            self.span_at(self.position)
        }
    }

    /// The text from one position up to before another.
    fn text_between(&self, from: usize, to: usize) -> &'t str {
        let start = self.span_at(from).start as usize;
        let end = to.checked_sub(1).map_or(0, |last| self.span_at(last).end as usize);
        self.text.get(start..end).unwrap_or_default()
    }

    // ---- building

    /// Writes the trivia before the next token into the node that is open.
    fn write_trivia(&mut self) {
        if !self.at(SyntaxKind::End) {
            self.write_until(self.significant.get(self.position).copied().unwrap_or(self.tokens.len()));
        }
    }

    fn write_until(&mut self, end: usize) {
        while self.written < end {
            let Some(token) = self.tokens.get(self.written) else { return };
            self.builder.token(Variorum::kind_to_raw(token.kind), slice(self.text, token));
            self.written += 1;
        }
    }

    /// Opens a node before the next token.
    fn start(&mut self, kind: SyntaxKind) {
        self.write_trivia();
        self.builder.start_node(Variorum::kind_to_raw(kind));
    }

    /// Marks a place where a node may be found to begin later.
    fn checkpoint(&mut self) -> Checkpoint {
        self.write_trivia();
        self.builder.checkpoint()
    }

    fn start_at(&mut self, checkpoint: Checkpoint, kind: SyntaxKind) {
        self.builder.start_node_at(checkpoint, Variorum::kind_to_raw(kind));
    }

    fn finish(&mut self) {
        self.builder.finish_node();
    }

    /// A node around what `read` reads.
    fn node(&mut self, kind: SyntaxKind, read: impl FnOnce(&mut Self)) {
        self.start(kind);
        read(self);
        self.finish();
    }

    /// Moves past the next token, unless the block ends before it.
    fn bump(&mut self) {
        let kind = self.kind();
        self.bump_as(kind);
    }

    /// Moves past the next token, which has this kind in its place.
    fn bump_as(&mut self, kind: SyntaxKind) {
        if self.at(SyntaxKind::End) {
            return;
        }
        self.write_trivia();
        if let Some(token) = self.token(self.position) {
            self.builder.token(Variorum::kind_to_raw(kind), slice(self.text, token));
        }
        self.written += 1;
        self.position += 1;
    }

    /// Moves past the next token, a word that is a keyword in this place.
    fn keyword(&mut self) {
        self.bump_as(SyntaxKind::Keyword);
    }

    /// Moves past a sign if it is next.
    fn eat(&mut self, kind: SyntaxKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// Moves past a word if it is next.
    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.keyword();
        }
        found
    }

    /// Passes over tokens into an error node until `stop` holds or the block ends.
    fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) {
        if self.at(SyntaxKind::End) || stop(self) {
            return;
        }
        self.start(SyntaxKind::Error);
        while !self.at(SyntaxKind::End) && !stop(self) {
            self.bump();
        }
        self.finish();
        self.stay_silent();
    }

    // ---- reporting

    /// Whether something was already said about this place.
    fn is_silent(&self) -> bool {
        let reported = !self.at(SyntaxKind::End) && self.token(self.position).is_some_and(|token| token.reported);
        self.silent_at == Some(self.place()) || reported
    }

    /// Takes what is wrong at this place as said.
    fn stay_silent(&mut self) {
        self.silent_at = Some(self.place());
    }

    /// Where findings count as one. The end of a block is another place than the token after it.
    fn place(&self) -> (usize, bool) {
        (self.position, self.at(SyntaxKind::End))
    }

    /// Gives a finding, whatever was said about its place.
    fn push(&mut self, diagnostic: Diagnostic) {
        self.findings += 1;
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Gives a finding about this place unless there was one.
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.is_silent() {
            self.findings += 1;
        } else {
            self.push(diagnostic);
        }
        self.stay_silent();
    }

    /// Reports that something else was expected here.
    fn expected(&mut self, what: &str, help: impl Into<String>) {
        let diagnostic = self.expectation(what).help(help);
        self.report(diagnostic);
    }

    fn expectation(&self, what: &str) -> Diagnostic {
        let at_end = self.at(SyntaxKind::End);
        let message = format!("expected {what}, but {}", self.found());
        let label = if at_end { format!("{what} should follow") } else { format!("expected {what}") };
        Diagnostic::new(Code::Expected, self.here(), message).label(label)
    }

    /// Reports a habit of another language at this place.
    fn foreign(&mut self, message: &str, help: impl Into<String>) {
        let diagnostic = Diagnostic::new(Code::ForeignHabit, self.here(), message).help(help);
        self.report(diagnostic);
    }

    /// Reports that something is needed here, if nothing was found wrong since there were `findings` findings.
    fn missing(&mut self, findings: usize, what: &str, help: impl Into<String>) {
        if self.findings == findings {
            self.expected(what, help);
        }
    }

    /// How a message calls the next token.
    fn found(&self) -> String {
        if self.at(SyntaxKind::End) {
            let last = self.position.checked_sub(1).map_or("", |last| self.text_at(last));
            return format!("the statement ends after `{}`", short(last));
        }
        let text = short(self.nth_text(0));
        match self.kind() {
            SyntaxKind::Text => format!("found the text {text}"),
            SyntaxKind::Number => format!("found the number `{text}`"),
            SyntaxKind::Date => format!("found the date `{text}`"),
            SyntaxKind::Anchor => format!("found the anchor `{text}`"),
            SyntaxKind::Name => format!("found the name `{text}`"),
            _ => format!("found `{text}`"),
        }
    }

    // ---- blocks

    /// Begins a block at the next token; what is returned belongs to `close_block`.
    fn open_block(&mut self) -> Option<Block> {
        let column = self.token(self.position).map_or(0, |token| token.column);
        self.block.replace(Block { column, first: self.position })
    }

    fn close_block(&mut self, outer: Option<Block>) {
        self.block = outer;
    }
}

/// The text of a token.
fn slice<'t>(text: &'t str, token: &Token) -> &'t str {
    text.get(token.start as usize..token.end as usize).unwrap_or_default()
}

/// The word of this language that a keyword token stands for.
pub(crate) fn meant(word: &str) -> &str {
    match word {
        "&&" | "&" | "∧" => "and",
        "||" | "|" | "∨" => "or",
        "!" | "¬" => "not",
        "∈" => "in",
        other => other,
    }
}
