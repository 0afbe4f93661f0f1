//! What is wrong with a text, where, and what to write instead.
//!
//! Each file in `findings` holds cases with blank lines between them. A line of a model stands behind `> `;
//! below it stands what is found wrong with it, under the place, with further places and the help. Other lines are
//! titles. `VARIORUM_UPDATE=1 cargo test -p variorum-syntax findings` writes the files anew; read the
//! difference before it is kept.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use variorum_syntax::diagnostic::{Code, Diagnostic, FileId};
use variorum_syntax::parse;

/// A case as it should look: its lines, each with what is wrong with it.
fn render(source: &str, diagnostics: &[Diagnostic]) -> String {
    let mut rendered = String::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let end = start + line.len();
        writeln!(rendered, "> {}", line.trim_end_matches('\n')).unwrap();
        let place = |from: u32, to: u32| {
            let (from, to) = (from as usize, to as usize);
            let column = source[start..from].chars().count();
            (" ".repeat(column + 2), "^".repeat(source[from..to].chars().count().max(1)))
        };
        let is_here = |at: u32| (start..end).contains(&(at as usize));
        for diagnostic in diagnostics {
            let span = diagnostic.primary.span;
            for label in diagnostic.secondary.iter().filter(|label| is_here(label.span.start)) {
                let (indent, carets) = place(label.span.start, label.span.end);
                writeln!(rendered, "{indent}{} {}", carets.replace('^', "-"), label.text).unwrap();
            }
            if is_here(span.start) {
                let (indent, carets) = place(span.start, span.end);
                writeln!(rendered, "{indent}{carets} {}: {}", diagnostic.code.id(), diagnostic.message).unwrap();
                if !diagnostic.primary.text.is_empty() {
                    writeln!(rendered, "{indent}label: {}", diagnostic.primary.text).unwrap();
                }
                let help = diagnostic.help.as_deref().expect("every finding says what to write instead");
                writeln!(rendered, "{indent}help: {help}").unwrap();
            }
        }
        start = end;
    }
    rendered
}

/// The whole file as it should look, and the codes in it.
fn expected(file: &str, codes: &mut BTreeSet<Code>) -> String {
    let cases = file.split("\n\n").map(|case| {
        let source: String =
            case.lines().filter_map(|line| line.strip_prefix("> ")).map(|line| format!("{line}\n")).collect();
        let parse = parse(FileId(0), &source);
        assert_eq!(parse.tree.text().to_string(), source);
        codes.extend(parse.diagnostics.iter().map(|diagnostic| diagnostic.code));
        let titles = case.lines().filter(|line| !line.is_empty() && !line.starts_with(['>', ' ']));
        let titles: String = titles.map(|line| format!("{line}\n")).collect();
        titles + &render(&source, &parse.diagnostics)
    });
    cases.collect::<Vec<_>>().join("\n")
}

#[test]
fn findings_are_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/findings");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 6, "the cases are gone");
    let mut codes = BTreeSet::new();
    let mut wrong = Vec::new();
    for path in paths {
        let written = std::fs::read_to_string(&path).unwrap();
        let expected = expected(&written, &mut codes);
        if std::env::var_os("VARIORUM_UPDATE").is_some() {
            std::fs::write(&path, &expected).unwrap();
        } else if written != expected {
            let line = written.lines().zip(expected.lines()).position(|(a, b)| a != b).unwrap_or(0);
            let now = expected.lines().skip(line).take(4).collect::<Vec<_>>().join("\n");
            wrong.push(format!("{} line {}, now:\n{now}", path.display(), line + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let all = [
        Code::UnknownCharacter,
        Code::UnclosedString,
        Code::BadLiteral,
        Code::UnknownStatement,
        Code::Expected,
        Code::ReservedName,
        Code::MisplacedClause,
        Code::ForeignHabit,
        Code::NotYet,
    ];
    assert_eq!(codes, BTreeSet::from(all), "the kinds of findings that the cases show");
}

#[test]
fn a_text_that_is_too_large_is_refused_whole() {
    let text = " ".repeat(variorum_syntax::MAX_BYTES + 1);
    let refused = parse(FileId(3), &text);
    assert_eq!(refused.diagnostics.len(), 1);
    assert_eq!(refused.diagnostics[0].code, Code::TooLarge);
    assert_eq!(refused.diagnostics[0].primary.span.file, FileId(3));
    assert_eq!(refused.tree.text().len(), rowan::TextSize::of(text.as_str()));
    assert!(parse(FileId(3), &text[1..]).diagnostics.is_empty());
}

#[test]
fn the_grammar_lists_the_reserved_words() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/reference/grammar.md");
    let page = std::fs::read_to_string(page).unwrap();
    let list = page.split("Reserved words cannot be names: `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    let listed: Vec<&str> = list.split_whitespace().collect();
    assert_eq!(listed, variorum_syntax::words::RESERVED);
}
