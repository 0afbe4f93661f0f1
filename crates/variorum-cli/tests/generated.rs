//! The pages of the book that are written by the program: options from the command line's definition, the chapter of
//! findings from `spec/diagnostics`.
//!
//! `UPDATE=1 cargo test -p variorum-cli --test generated` writes them; read the difference.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../src/arguments.rs"]
#[allow(dead_code, unreachable_pub, reason = "only its definition is looked at")]
mod arguments;

use clap::{Arg, Command, CommandFactory};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use variorum::syntax::diagnostic::{Code, Severity};

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src").canonicalize().unwrap()
}

/// Compares a page with what it should be, or writes it.
fn settle(path: &Path, wanted: &str) {
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    if found == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let differs = found.lines().zip(wanted.lines()).position(|(a, b)| a != b);
    panic!(
        "{} is stale (line {:?}); write it with UPDATE=1 cargo test -p variorum-cli --test generated",
        path.display(),
        differs.map(|line| line + 1)
    );
}

/// A cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `--draws N`, `[MODEL]`.
fn name(arg: &Arg) -> String {
    let values: Vec<&str> = arg.get_value_names().into_iter().flatten().map(|name| name.as_str()).collect();
    let several = arg.get_action().takes_values() && arg.get_num_args().is_some_and(|range| range.max_values() > 1);
    let dots = if several { "…" } else { "" };
    match arg.get_long() {
        Some(long) if arg.get_action().takes_values() => format!("--{long} {}", values.join(" ")),
        Some(long) => format!("--{long}"),
        None if arg.is_required_set() => values.join(" ") + dots,
        None => format!("[{}{dots}]", values.join(" ")),
    }
}

/// What an option does, with its values and its default.
fn what(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let possible: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set() && arg.get_action().takes_values())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({})", value.get_name(), help.to_string().to_lowercase()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !possible.is_empty() {
        write!(text, ": {}", possible.join(", ")).unwrap();
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        write!(text, " [default: {}]", defaults.join(" ")).unwrap();
    }
    text
}

/// The table of a command: how it is called, and its options. Those of all commands stand with the program itself.
fn options(command: &Command) -> String {
    let mut usage = command.clone();
    let usage = usage.render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage: ");
    let mut text = format!("```text\n{usage}\n```\n");
    let top = command.get_name() == "variorum";
    let shown = |arg: &&Arg| {
        let standard = matches!(arg.get_id().as_str(), "help" | "version");
        !arg.is_hide_set() && !standard && (top || !arg.is_global_set())
    };
    let rows: Vec<String> = command
        .get_arguments()
        .filter(shown)
        .map(|arg| format!("| `{}` | {} |", cell(&name(arg)), cell(&what(arg))))
        .collect();
    if !rows.is_empty() {
        write!(text, "\n| | |\n|---|---|\n{}\n", rows.join("\n")).unwrap();
    }
    text
}

#[test]
fn command_line() {
    let path = book().join("command-line.md");
    let page = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let mut program = arguments::Arguments::command();
    program.build();
    let mut commands: Vec<&Command> = vec![&program];
    commands.extend(program.get_subcommands().filter(|command| command.get_name() != "help"));
    let mut wanted = page.clone();
    for command in &commands {
        let begin = format!("<!-- generated: {} -->\n", command.get_name());
        let (before, rest) = wanted
            .split_once(&begin)
            .unwrap_or_else(|| panic!("the page has no `{}`: describe the command", begin.trim()));
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        wanted = format!("{before}{begin}{}<!-- end -->{after}", options(command));
    }
    assert_eq!(wanted.matches("<!-- generated: ").count(), commands.len(), "a command on the page does not exist");
    settle(&path, &wanted);
}

const FINDINGS: &str = "# Errors and warnings

A finding says what was seen, where, and what to write instead. Its kind stands in square brackets. A kind never changes
its meaning, and `variorum explain-error KIND` prints its page. With errors a model is not run; with warnings it is, but
probably not as it was meant. `variorum check --strict` counts warnings as errors.
";

/// The first line of a generated page, by which the test of the documents knows that its blocks are run elsewhere.
const MARK: &str = "<!-- generated by UPDATE=1 cargo test -p variorum-cli --test generated -->\n\n";

/// A page for each kind of finding, copied from `spec/diagnostics`, an index of them, and their lines in the table of
/// contents.
#[test]
fn findings() {
    let folder = book().join("diagnostics");
    let mut index = format!("{MARK}{FINDINGS}");
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings")] {
        write!(index, "\n| {title} | |\n|---|---|\n").unwrap();
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            writeln!(index, "| [{0}]({0}.md) | {1} |", code.id(), cell(code.summary())).unwrap();
        }
    }
    settle(&folder.join("index.md"), &index);
    for code in Code::ALL {
        // From disk: what is embedded is as old as the last build.
        let source = book().join(format!("../../spec/diagnostics/{}.md", code.id()));
        let page = std::fs::read_to_string(&source).unwrap_or_else(|_| panic!("{} is not there", source.display()));
        let page = page.replace("\r\n", "\n");
        settle(&folder.join(format!("{}.md", code.id())), &format!("{MARK}{page}"));
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(name == "index" || Code::ALL.iter().any(|code| code.id() == name), "{name} is no kind of finding");
    }
    let contents = book().join("SUMMARY.md");
    let text = std::fs::read_to_string(&contents).unwrap().replace("\r\n", "\n");
    let mut wanted = String::new();
    for line in text.lines().filter(|line| !line.starts_with("  - [") || !line.contains("(diagnostics/")) {
        writeln!(wanted, "{line}").unwrap();
        if line.contains("(diagnostics/index.md)") {
            for code in Code::ALL {
                writeln!(wanted, "  - [{0}](diagnostics/{0}.md)", code.id()).unwrap();
            }
        }
    }
    settle(&contents, &wanted);
}
