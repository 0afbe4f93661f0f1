//! Text to tokens: every byte of the text is in exactly one token.
//!
//! Signs and comments of other languages are recognised here, reported once, and given the kind of what they were
//! meant to be (`==` becomes an `Equal`), so that the parser reads on as if nothing had happened.

mod habits;

use crate::ast::Date;
use crate::diagnostic::{Code, Diagnostic, FileId, Span};
use crate::kind::SyntaxKind;
use crate::literals;
use crate::words;

/// How many findings one stage gives for one file; further ones would bury what matters.
pub(crate) const MAX_DIAGNOSTICS: usize = 1_000;

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub kind: SyntaxKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Characters before it in its line.
    pub column: u32,
    /// Whether nothing but white space and comments stands before it in its line.
    pub first_on_line: bool,
    /// Whether a finding about it was already given.
    pub reported: bool,
}

/// Cuts `text` into tokens.
pub(crate) fn lex(file: FileId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer {
        text,
        file,
        position: 0,
        column: 0,
        line_is_empty: true,
        tokens: Vec::with_capacity(text.len() / 4),
        diagnostics: Vec::new(),
        reported: false,
        open_parentheses: 0,
        unclosed_comments_from: usize::MAX,
        unclosed_triple_quotes_from: usize::MAX,
        no_single_quote_until: 0,
    };
    lexer.run();
    (lexer.tokens, lexer.diagnostics)
}

struct Lexer<'t> {
    text: &'t str,
    file: FileId,
    position: usize,
    column: u32,
    line_is_empty: bool,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// Whether the token that is being read was reported.
    reported: bool,
    /// How many parentheses are open in this line.
    open_parentheses: u32,
    /// No `*/` stands after this byte. Keeps many `/*` from searching the rest of the file each.
    unclosed_comments_from: usize,
    /// No `"""` stands after this byte.
    unclosed_triple_quotes_from: usize,
    /// No closing single quote stands before this byte. Keeps many `'` from searching their line each.
    no_single_quote_until: usize,
}

impl<'t> Lexer<'t> {
    fn run(&mut self) {
        while let Some(first) = self.peek() {
            let start = self.position;
            self.reported = false;
            let kind = self.token(first);
            if self.position == start {
                self.position += first.len_utf8();
            }
            self.push(kind, start);
        }
    }

    fn push(&mut self, kind: SyntaxKind, start: usize) {
        let text = self.text.get(start..self.position).unwrap_or_default();
        match kind {
            SyntaxKind::LeftParenthesis => self.open_parentheses += 1,
            SyntaxKind::RightParenthesis => self.open_parentheses = self.open_parentheses.saturating_sub(1),
            _ => {}
        }
        self.tokens.push(Token {
            kind,
            start: offset(start),
            end: offset(self.position),
            column: self.column,
            first_on_line: self.line_is_empty && !kind.is_trivia(),
            reported: self.reported,
        });
        match text.rfind(['\n', '\r']) {
            Some(newline) => {
                self.open_parentheses = 0;
                self.column = characters(text.get(newline + 1..).unwrap_or_default());
                self.line_is_empty = true;
            }
            // Editors do not show the mark, so it takes no column.
            None if kind == SyntaxKind::ByteOrderMark => {}
            None => {
                self.column = self.column.saturating_add(characters(text));
                self.line_is_empty = self.line_is_empty && kind.is_trivia();
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves to the first character that does not satisfy `test`.
    fn skip_while(&mut self, test: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.position += rest.find(|character| !test(character)).unwrap_or(rest.len());
    }

    fn skip_line(&mut self) {
        self.skip_while(|character| character != '\n' && character != '\r');
    }

    fn take(&mut self, length: usize, kind: SyntaxKind) -> SyntaxKind {
        self.position += length;
        kind
    }

    /// Reports `length` bytes from here on and takes them as `kind`.
    fn foreign(&mut self, length: usize, kind: SyntaxKind, message: &str, help: &str) -> SyntaxKind {
        let start = self.position;
        self.position += length;
        self.report(Code::ForeignHabit, start, message, help);
        kind
    }

    /// Reports what stands from `start` to here.
    fn report(&mut self, code: Code, start: usize, message: impl Into<String>, help: impl Into<String>) {
        self.report_span(code, start, self.position, message, help);
    }

    fn report_span(
        &mut self,
        code: Code,
        start: usize,
        end: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.reported = true;
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            let span = Span { file: self.file, start: offset(start), end: offset(end) };
            self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
        }
    }

    /// Reads one token from here and says what it is.
    fn token(&mut self, first: char) -> SyntaxKind {
        match first {
            '\u{feff}' if self.position == 0 => SyntaxKind::ByteOrderMark,
            '\n' => SyntaxKind::Newline,
            '\r' => self.take(if self.rest().starts_with("\r\n") { 2 } else { 1 }, SyntaxKind::Newline),
            _ if first.is_whitespace() => {
                self.skip_while(|character| character.is_whitespace() && character != '\n' && character != '\r');
                SyntaxKind::Whitespace
            }
            '#' => {
                self.skip_line();
                SyntaxKind::Comment
            }
            '"' if self.rest().starts_with("\"\"\"") => self.triple_quotes(),
            '"' => self.text_literal(),
            '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' | '‹' | '›' => {
                self.typographic_text(first)
            }
            '\'' => self.single_quoted(),
            '0'..='9' => self.digits(),
            '.' if self.rest().as_bytes().get(1).is_some_and(u8::is_ascii_digit) => self.bare_fraction(),
            _ if is_name_start(first) => {
                let start = self.position;
                self.skip_while(is_name_part);
                let word = self.text.get(start..self.position).unwrap_or_default();
                if words::is_reserved(word) { SyntaxKind::Keyword } else { SyntaxKind::Name }
            }
            _ => self.sign(first),
        }
    }

    fn text_literal(&mut self) -> SyntaxKind {
        let start = self.position;
        self.position += 1;
        loop {
            self.skip_while(|character| !matches!(character, '"' | '\\' | '\n' | '\r'));
            match self.peek() {
                Some('"') => {
                    self.position += 1;
                    return SyntaxKind::Text;
                }
                Some('\\') => {
                    let backslash = self.position;
                    self.position += 1;
                    match self.peek() {
                        Some('"' | '\\') => self.position += 1,
                        Some(other) if other != '\n' && other != '\r' => {
                            self.position += other.len_utf8();
                            let message = format!("`\\{}` means nothing in a text", other.escape_debug());
                            let help = "write `\\\\` for a backslash and `\\\"` for a quotation mark";
                            self.report(Code::BadLiteral, backslash, message, help);
                        }
                        _ => {}
                    }
                }
                _ => {
                    let help =
                        "a text stands on one line between two `\"`; write `\\\"` for a quotation mark inside it";
                    self.report(Code::UnclosedString, start, "this text has no closing quotation mark", help);
                    return SyntaxKind::Text;
                }
            }
        }
    }

    fn typographic_text(&mut self, open: char) -> SyntaxKind {
        let start = self.position;
        self.position += open.len_utf8();
        let single = matches!(open, '‘' | '’' | '‚' | '‹' | '›');
        self.skip_while(|character| match character {
            '\n' | '\r' | '"' => false,
            '“' | '”' | '»' | '«' => single,
            '‘' | '’' | '›' => !single,
            _ => true,
        });
        if let Some(close) = self.peek()
            && close != '\n'
            && close != '\r'
        {
            self.position += close.len_utf8();
        }
        let end = start + open.len_utf8();
        let message = format!("`{open}` is a typographic quotation mark, which a model does not use");
        self.report_span(Code::UnknownCharacter, start, end, message, "use straight quotes: \"like this\"");
        SyntaxKind::Text
    }

    fn single_quoted(&mut self) -> SyntaxKind {
        let start = self.position;
        let mut close = None;
        if start >= self.no_single_quote_until {
            let mut before = '\'';
            let mut characters = self.rest().char_indices().skip(1).peekable();
            let mut line_end = self.text.len();
            while let Some((index, character)) = characters.next() {
                if character == '\n' || character == '\r' {
                    line_end = start + index;
                    break;
                }
                // An apostrophe between two letters closes nothing.
                let after = characters.peek().map_or('\n', |(_, after)| *after);
                if character == '\'' && !(before.is_alphanumeric() && after.is_alphanumeric()) {
                    close = Some(start + index);
                    break;
                }
                before = character;
            }
            if close.is_none() {
                self.no_single_quote_until = line_end;
            }
        }
        let help = "texts stand in double quotes: \"like this\"";
        if let Some(close) = close {
            self.position = close + 1;
            self.report(Code::ForeignHabit, start, "a text stands in double quotes here, not in single ones", help);
            SyntaxKind::Text
        } else {
            self.position += 1;
            self.report(Code::UnknownCharacter, start, "a single quote means nothing here", help);
            SyntaxKind::Unknown
        }
    }

    /// `.5`
    fn bare_fraction(&mut self) -> SyntaxKind {
        let start = self.position;
        self.position += 1;
        self.skip_while(|character| character.is_ascii_digit());
        let text = self.text.get(start..self.position).unwrap_or_default();
        let help = format!("write `0{}`", short(text));
        self.report(Code::BadLiteral, start, "a number begins with a digit", help);
        SyntaxKind::Number
    }

    /// An anchor, a date or a number.
    fn digits(&mut self) -> SyntaxKind {
        let start = self.position;
        let rest = self.rest();
        if let Some(length) = literals::anchor_length(rest) {
            self.position += length;
            let text = self.text.get(start..self.position).unwrap_or_default();
            if let Err(problem) = literals::anchor(text) {
                let help = "`variorum cite FILE \"words\"` prints the anchor of a passage, like `4.12-20#7c1e09k2m4tq`";
                self.report(Code::BadLiteral, start, problem, help);
            }
            return SyntaxKind::Anchor;
        }
        if let Some((length, date)) = literals::date_prefix(rest) {
            self.position += length;
            self.check_day(start, date);
            return SyntaxKind::Date;
        }
        if let Some(kind) = self.foreign_digits() {
            return kind;
        }
        self.position += literals::number_length(rest);
        let text = self.text.get(start..self.position).unwrap_or_default();
        if literals::number(text).is_none() {
            self.report(
                Code::BadLiteral,
                start,
                "this number is too large to be calculated with",
                "the largest number is about `1.8e308`",
            );
        } else if text.ends_with('_') || text.contains("__") || text.contains("_.") || text.contains("_e") {
            let help = "one `_` may stand between two digits: `25_000`";
            self.report(Code::BadLiteral, start, "a `_` in a number stands between two digits", help);
        }
        SyntaxKind::Number
    }

    fn check_day(&mut self, start: usize, date: Date) {
        let (Some(month), Some(day)) = (date.month, date.day) else { return };
        let days = literals::days_in_month(date.year, month);
        if day > days {
            let message = format!("{:04}-{month:02} has {days} days", date.year);
            let help = format!("the last day of that month is `{:04}-{month:02}-{days}`", date.year);
            self.report(Code::BadLiteral, start, message, help);
        }
    }

    /// Anything that is neither a word nor a literal.
    fn sign(&mut self, first: char) -> SyntaxKind {
        if let Some(kind) = self.foreign_sign() {
            return kind;
        }
        let second = self.rest().as_bytes().get(1).copied();
        match (first, second) {
            ('!', Some(b'=')) => self.take(2, SyntaxKind::NotEqual),
            ('<', Some(b'=')) => self.take(2, SyntaxKind::LessEqual),
            ('>', Some(b'=')) => self.take(2, SyntaxKind::GreaterEqual),
            ('+', Some(b'=')) => self.take(2, SyntaxKind::PlusEqual),
            ('-', Some(b'=')) => self.take(2, SyntaxKind::MinusEqual),
            ('*', Some(b'=')) => self.take(2, SyntaxKind::StarEqual),
            ('.', Some(b'.')) => self.take(2, SyntaxKind::DotDot),
            ('!', _) => self.foreign(1, SyntaxKind::Keyword, "`!` is written as a word here", "write `not`"),
            ('&', _) => self.foreign(1, SyntaxKind::Keyword, "`&` is written as a word here", "write `and`"),
            ('|', _) => {
                let help = "write `or`; the condition of a question is written `given`, an absolute value `abs(x)`";
                self.foreign(1, SyntaxKind::Keyword, "`|` is written as a word here", help)
            }
            ('%', _) => SyntaxKind::Percent,
            ('=', _) => SyntaxKind::Equal,
            ('<', _) => SyntaxKind::Less,
            ('>', _) => SyntaxKind::Greater,
            ('+', _) => SyntaxKind::Plus,
            ('-', _) => SyntaxKind::Minus,
            ('*', _) => SyntaxKind::Star,
            ('/', _) => SyntaxKind::Slash,
            ('^', _) => SyntaxKind::Caret,
            ('.', _) => SyntaxKind::Dot,
            (',', _) => SyntaxKind::Comma,
            (':', _) => SyntaxKind::Colon,
            ('(', _) => SyntaxKind::LeftParenthesis,
            (')', _) => SyntaxKind::RightParenthesis,
            ('[', _) => SyntaxKind::LeftBracket,
            (']', _) => SyntaxKind::RightBracket,
            _ => self.unknown(first),
        }
    }

    /// A run of characters that the language does not use.
    fn unknown(&mut self, first: char) -> SyntaxKind {
        if first == '±' {
            return self.plus_minus_sign();
        }
        let start = self.position;
        self.skip_while(is_unused);
        let help = match first {
            '{' | '}' => "a list of things that belong together is indented; values are grouped with `( )`",
            '$' | '€' | '£' => "a currency is a unit: `unit dollar`, then `100 dollar`",
            '?' => "leave it out: a condition is `if a then b else c`; a question begins with the keyword `question`",
            '∑' | 'Σ' => "write `sum(b in rivals: x[b])`",
            '√' => "write `sqrt(x)`",
            '~' | '≈' => "what is known roughly is an interval: `8 .. 12`",
            '@' | '\\' | '`' => "names are letters, digits and `_`",
            '→' => "effects follow `then`",
            _ => "names are letters, digits and `_`; texts stand in double quotes",
        };
        let message = format!("a model does not use `{}`", first.escape_debug());
        self.report(Code::UnknownCharacter, start, message, help);
        SyntaxKind::Unknown
    }
}

/// Whether a name can begin with it.
fn is_name_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// Whether it can stand inside a name.
fn is_name_part(character: char) -> bool {
    character == '_' || character.is_alphanumeric() && !is_small_number(character)
}

/// Whether it is a power or a fraction in one character.
fn is_small_number(character: char) -> bool {
    matches!(character, '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '¼' | '½' | '¾' | '⅓' | '⅔')
}

/// Whether it begins no token at all.
fn is_unused(character: char) -> bool {
    !(character.is_whitespace()
        || is_name_part(character)
        || is_small_number(character)
        || habits::is_foreign_sign(character)
        || "#\"'“”„‟«»‘’‚‹›.,:=<>!&|+-*/^%()[]".contains(character))
}

/// A byte offset; texts longer than `MAX_BYTES` are refused before they get here.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The beginning of `text`, short enough for a message.
pub(crate) fn short(text: &str) -> String {
    const LIMIT: usize = 24;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(LIMIT).collect();
    cut.push('…');
    cut
}
