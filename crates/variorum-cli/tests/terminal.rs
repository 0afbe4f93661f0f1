//! Colours where they belong, and what shells and manuals are told.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod common;

use common::{BAD, SMALL, err, model, out, variorum};
use std::path::Path;
use std::process::{Command, Output};

const ESCAPE: char = '\u{1b}';

fn with(variables: &[(&str, &str)], arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_variorum"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied()).current_dir(folder).output().unwrap()
}

/// The commands that print text, with enough of a model for each.
const COMMANDS: [&[&str]; 6] = [
    &["run", "m.vor", "--draws", "64"],
    &["compare", "m.vor"],
    &["explain", "q", "m.vor", "--draws", "64"],
    &["words"],
    &["words", "likely"],
    &["explain-error", "unknown-name"],
];

#[test]
fn colours_as_asked_for() {
    let folder = model(SMALL);
    for command in COMMANDS {
        let coloured = |variables: &[(&str, &str)], more: &[&str]| {
            let output = with(variables, &[command, more].concat(), folder.path());
            assert!(output.status.success(), "{command:?}: {}", err(&output));
            out(&output).contains(ESCAPE)
        };
        // Into a pipe: none, unless they are asked for.
        assert!(!coloured(&[], &[]), "{command:?}");
        assert!(coloured(&[], &["--color", "always"]), "{command:?}");
        assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]), "{command:?}");
        // Who wants none gets none, unless the command line itself asks for them.
        assert!(!coloured(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]), "{command:?}");
        assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]), "{command:?}");
        assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]), "{command:?}");
    }
}

#[test]
fn findings_have_colours_as_asked_for() {
    let folder = model(BAD);
    let said = |arguments: &[&str]| {
        let output = with(&[], arguments, folder.path());
        out(&output) + &err(&output)
    };
    assert!(!said(&["check", "m.vor"]).contains(ESCAPE));
    assert!(said(&["check", "m.vor", "--color", "always"]).contains(ESCAPE));
    assert!(said(&["--color", "always", "run", "m.vor"]).contains(ESCAPE));
}

/// Programs read JSON, so it has no colours whatever is asked for.
#[test]
fn json_has_no_colours() {
    let folder = model(SMALL);
    for command in [&["run", "m.vor", "--draws", "64", "--json"][..], &["words", "--json"], &["schema"]] {
        let output = with(&[("CLICOLOR_FORCE", "1")], &[command, &["--color", "always"]].concat(), folder.path());
        assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "{command:?}");
    }
}

/// On a terminal, which util-linux's `script` plays.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_has_colours() {
    if Command::new("script").arg("--version").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "script (of util-linux) is not here, and this is CI");
        println!("SKIPPED a_terminal_has_colours: script is not here");
        return;
    }
    let folder = model(SMALL);
    let shown = |variables: &[(&str, &str)]| {
        let line = format!("{} compare m.vor", env!("CARGO_BIN_EXE_variorum"));
        let mut command = Command::new("script");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
            command.env_remove(name);
        }
        let output = command
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm-256color")
            .envs(variables.iter().copied())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    assert!(shown(&[]).contains(ESCAPE));
    assert!(!shown(&[("NO_COLOR", "1")]).contains(ESCAPE));
    assert!(!shown(&[("CLICOLOR", "0")]).contains(ESCAPE));
}

/// The names of all commands, as `-h` lists them.
fn commands(folder: &Path) -> Vec<String> {
    let help = out(&variorum(&["-h"], folder));
    let list = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).filter(|name| name != "help").collect()
}

#[test]
fn shells_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let names = commands(folder.path());
    assert!(names.len() >= 12, "{names:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = variorum(&["completions", shell], folder.path());
        assert!(output.status.success(), "{}", err(&output));
        let script = out(&output);
        for name in names.iter().map(String::as_str).chain(["--until-error", "--per-draw"]) {
            let name = name.trim_start_matches('-');
            assert!(script.contains(name), "{shell} does not know {name}");
        }
    }
    // The shell itself has to understand it.
    let script = folder.path().join("variorum.bash");
    std::fs::write(&script, variorum(&["completions", "bash"], folder.path()).stdout).unwrap();
    if let Ok(output) = Command::new("bash").arg("-n").arg(&script).output() {
        assert!(output.status.success(), "{}", err(&output));
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = variorum(&["man", "--out", "manual"], folder.path());
    assert!(output.status.success(), "{}", err(&output));
    for name in commands(folder.path()) {
        let page = std::fs::read_to_string(folder.path().join(format!("manual/variorum-{name}.1"))).unwrap();
        assert!(page.contains(".SH NAME"), "{name}");
    }
    let page = out(&variorum(&["man"], folder.path()));
    assert!(page.contains(".TH variorum") && page.contains("Exit codes"));
}
