//! A page of Markdown as a terminal shows it, and the list of the kinds of findings.

use crate::Style;
use crate::layout::{WIDTH, pad, wrap};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use variorum::syntax::diagnostic::{Code, Severity};

/// By how much code is set off.
const INDENT: &str = "    ";

/// A page without its marks: headings stand out, paragraphs and items are broken to 80 columns, code is indented and
/// kept as it is. A table or a quotation loses its form: the pages of findings have none.
#[must_use]
pub fn page(markdown: &str, style: Style) -> String {
    let mut blocks: Vec<String> = Vec::new();
    // The words of the heading, paragraph or item that is open, or the lines of the code.
    let mut text = String::new();
    let mut in_code = false;
    let mut in_item = false;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                if let Some(name) = file(&kind) {
                    blocks.push(format!("The file {name}:"));
                }
            }
            Event::Start(Tag::Item) => in_item = true,
            Event::Text(words) => text.push_str(&words),
            Event::Code(words) => text.push_str(&format!("`{words}`")),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                let lines = text.lines().map(|line| format!("{INDENT}{line}").trim_end().to_owned());
                blocks.push(lines.collect::<Vec<String>>().join("\n"));
                text.clear();
            }
            Event::End(TagEnd::Heading(_)) => {
                blocks.push(style.strong(&text));
                text.clear();
            }
            Event::End(TagEnd::Item) => {
                in_item = false;
                let item = wrap(&text, WIDTH, "  ");
                blocks.push(format!("-{}", item.get(1..).unwrap_or_default()));
                text.clear();
            }
            Event::End(TagEnd::Paragraph) if !in_item => {
                blocks.push(wrap(&text, WIDTH, ""));
                text.clear();
            }
            _ => {}
        }
        debug_assert!(!(in_code && in_item), "code in a list is not shown well");
    }
    blocks.join("\n\n") + "\n"
}

/// The name that a page gives to a block of code.
fn file<'p>(kind: &'p CodeBlockKind<'_>) -> Option<&'p str> {
    let CodeBlockKind::Fenced(information) = kind else { return None };
    information.split_whitespace().find_map(|word| word.strip_prefix("file="))
}

/// All kinds of findings, in the order of the language, a line each.
#[must_use]
pub fn kinds(style: Style) -> String {
    let width = Code::ALL.iter().map(|code| code.id().len()).max().unwrap_or(0);
    let indent = " ".repeat(width + 2);
    let mut out = Vec::new();
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings")] {
        out.push(style.strong(title));
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            let line = wrap(code.summary(), WIDTH, &indent);
            out.push(format!("{}  {}", pad(code.id(), width, false), line.trim_start()));
        }
        out.push(String::new());
    }
    out.push(style.faint("`variorum explain-error ID` explains one of them."));
    out.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::*;
    use variorum::pages;

    #[test]
    fn a_page_is_text() {
        let markdown = "# one\n\nSome `code` and *stress*,\nover [two](x.md) lines.\n\n```vor file=a.vor\nmodel \"A\"\n\n  x\n```\n\n\
                        - an item\n- another\n";
        let wanted = "one\n\nSome `code` and stress, over two lines.\n\nThe file a.vor:\n\n    model \"A\"\n\n      x\n\n\
                      - an item\n\n- another\n";
        assert_eq!(page(markdown, Style::Plain), wanted);
        assert!(page(markdown, Style::Coloured).starts_with("\u{1b}[1mone\u{1b}[0m\n"));
    }

    /// The pages consist of what is shown well, and no line of theirs is lost.
    #[test]
    fn the_pages_of_findings() {
        for code in Code::ALL {
            let markdown = pages::page(*code);
            for event in Parser::new(markdown) {
                if let Event::Start(tag) = event {
                    let known = matches!(
                        tag,
                        Tag::Heading { .. }
                            | Tag::Paragraph
                            | Tag::CodeBlock(_)
                            | Tag::List(None)
                            | Tag::Item
                            | Tag::Emphasis
                            | Tag::Strong
                            | Tag::Link { .. }
                    );
                    assert!(known, "{}: {tag:?} is not shown well", code.id());
                }
            }
            let shown = page(markdown, Style::Plain);
            assert!(!shown.contains("```") && !shown.contains('\u{1b}'), "{shown}");
            for line in shown.lines().filter(|line| !line.starts_with(INDENT)) {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", code.id());
            }
            let code_lines = markdown.split("```").skip(1).step_by(2).flat_map(|block| block.lines().skip(1));
            for line in code_lines.filter(|line| !line.trim().is_empty()) {
                assert!(shown.lines().any(|shown| shown.trim() == line.trim()), "{}: lost `{line}`", code.id());
            }
        }
    }
}
