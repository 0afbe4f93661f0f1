//! `run --record` and `history`: what is kept, two at once, killed in the middle, no room, files of others.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

mod common;

use common::{SMALL, err, model, out, variorum};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const RECORD: [&str; 5] = ["run", "m.vor", "--draws", "20", "--record"];

fn history(arguments: &[&str], folder: &Path) -> Value {
    let output = variorum(&[&["history"][..], arguments, &["--json"]].concat(), folder);
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn begun(arguments: &[&str], folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_variorum"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn how_an_answer_has_moved() {
    let folder = model(SMALL);
    let at = folder.path();
    let first = variorum(&RECORD, at);
    assert!(first.status.success(), "{}", err(&first));
    assert!(err(&first).contains("variorum.ledger: run 1 recorded"), "{}", err(&first));
    // What is printed is what is printed without it.
    assert_eq!(first.stdout, variorum(&RECORD[..4], at).stdout);
    assert!(variorum(&[&RECORD[..], &["--seed", "18446744073709551615"]].concat(), at).status.success());
    std::fs::write(at.join("m.vor"), SMALL.replace("5% .. 20%", "40% .. 60%")).unwrap();
    assert!(variorum(&[&RECORD[..], &["--seed", "18446744073709551615"]].concat(), at).status.success());
    let found = history(&["q", "m.vor"], at);
    let schema: Value = serde_json::from_slice(&variorum(&["schema", "history"], at).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&found), "{found}");
    let changed: Vec<Vec<&str>> = found["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["changed"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect())
        .collect();
    assert_eq!(changed, [vec![], vec!["seed"], vec!["fingerprint"]]);
    assert_eq!(found["runs"][1]["seed"], 18_446_744_073_709_551_615_u64);
    let points = found["readings"][0]["points"].as_array().unwrap();
    let run = variorum(&["run", "m.vor", "--draws", "20", "--seed", "18446744073709551615", "--json"], at);
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    // To the last digit.
    for name in ["interval", "error", "word"] {
        assert_eq!(points[2][name], run["questions"][0]["readings"][0][name], "{name}");
    }
    assert_eq!(points[2]["value"], run["questions"][0]["readings"][0]["probability"]);
    let moved = points[2]["value"].as_f64().unwrap() - points[1]["value"].as_f64().unwrap();
    assert!(moved > 0.1 && points[2]["moved"].as_f64() == Some(moved), "{moved}");
    let recorded = found["runs"][0]["recorded"].as_str().unwrap();
    assert!(recorded.len() == 20 && recorded.ends_with('Z') && recorded > "2025");
    // In words, on the page; from within the folder without a model's name.
    let text = out(&variorum(&["history", "q"], at));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("the model was edited") && text.contains("seed 1 -> 18446744073709551615"), "{text}");
    assert_eq!(text, out(&variorum(&["history", "q", "--ledger", "variorum.ledger"], at)));
}

#[test]
fn where_ledgers_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("sub")).unwrap();
    std::fs::write(at.join("sub/model.vor"), SMALL).unwrap();
    let run = |words: &[&str]| variorum(&[&["run", "--draws", "8", "--record"][..], words].concat(), at);
    assert!(run(&["sub"]).status.success());
    assert!(at.join("sub/variorum.ledger").exists() && !at.join("variorum.ledger").exists());
    assert_eq!(history(&["q", "sub"], at)["runs"].as_array().unwrap().len(), 1);
    assert_eq!(history(&["q", "sub/model.vor"], at)["runs"][0]["model"], "sub");
    assert!(run(&["sub", "--ledger", "mine"]).status.success());
    assert_eq!(history(&["q", "--ledger", "mine"], at)["runs"].as_array().unwrap().len(), 1);
    // The shipped model has no folder.
    assert!(run(&[]).status.success());
    let other = variorum(&["history", "nothing"], at);
    assert_eq!(other.status.code(), Some(2));
    assert!(err(&other).contains("no run in variorum.ledger answers a question `nothing`; there are"));
    let names: Vec<String> =
        std::fs::read_dir(at).unwrap().map(|x| x.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.contains("journal") && !name.contains("-wal")), "{names:?}");
}

#[test]
fn a_ledger_that_cannot_be() {
    let folder = model(SMALL);
    let at = folder.path();
    let missing = variorum(&["history", "q", "m.vor"], at);
    assert_eq!(missing.status.code(), Some(3));
    assert!(err(&missing).contains("nothing has been recorded there yet"), "{}", err(&missing));
    assert!(!at.join("variorum.ledger").exists());
    std::fs::write(at.join("text"), "some notes of mine\n").unwrap();
    let refused = |ledger: &str| {
        let output = variorum(&[&RECORD[..], &["--ledger", ledger]].concat(), at);
        assert_eq!(output.status.code(), Some(3), "{ledger}");
        // Found out before anything is played.
        assert_eq!(out(&output), "");
        err(&output)
    };
    assert!(refused("text").contains("text cannot be recorded in: it is no ledger of variorum, and is left alone"));
    assert_eq!(std::fs::read_to_string(at.join("text")).unwrap(), "some notes of mine\n");
    assert!(refused(".").contains("it is a folder"));
    assert!(refused("no/where").contains("its folder does not exist"));
    #[cfg(target_os = "linux")]
    assert!(refused("/sys/kernel/variorum.ledger").contains("writing there is not allowed"));
    assert_eq!(variorum(&["run", "m.vor", "--ledger", "x"], at).status.code(), Some(2));
}

#[test]
fn two_runs_at_once() {
    let folder = model(SMALL);
    let at = folder.path();
    let seeds: Vec<String> = (1..=6).map(|seed| seed.to_string()).collect();
    let children: Vec<Child> = seeds.iter().map(|seed| begun(&[&RECORD[..], &["--seed", seed]].concat(), at)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let found = history(&["q"], at);
    let mut kept: Vec<u64> =
        found["runs"].as_array().unwrap().iter().map(|run| run["seed"].as_u64().unwrap()).collect();
    kept.sort_unstable();
    assert_eq!(kept, [1, 2, 3, 4, 5, 6]);
}

/// Killed at any time, a run is kept wholly or not at all.
#[test]
fn a_run_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let words = ["run", "--draws", "4", "--record"];
    assert!(variorum(&words, at).status.success());
    let began = std::time::Instant::now();
    assert!(variorum(&words, at).status.success());
    let whole = began.elapsed();
    let mut before = 2;
    for round in 1..=10_u32 {
        let mut child = begun(&words, at);
        std::thread::sleep(whole * round / 10 + Duration::from_millis(u64::from(round)));
        let _ = child.kill();
        child.wait().unwrap();
        let (deploy, runs) = first_question(at);
        assert!(runs == before || runs == before + 1, "{before} {runs}");
        assert_eq!(deploy["readings"][0]["points"].as_array().unwrap().len(), runs);
        let last = deploy["readings"].as_array().unwrap().iter();
        assert!(last.into_iter().all(|reading| reading["points"].as_array().unwrap().len() == runs));
        before = runs;
    }
}

fn first_question(folder: &Path) -> (Value, usize) {
    let run = variorum(&["run", "--draws", "2", "--json"], folder);
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    let found = history(&[run["questions"][0]["name"].as_str().unwrap()], folder);
    let runs = found["runs"].as_array().unwrap().len();
    (found, runs)
}

/// No room: the answers are printed, what was recorded stays, the exit code says that this run was not.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(variorum(&["run", "--draws", "4", "--record"], at).status.success());
    let size = std::fs::metadata(at.join("variorum.ledger")).unwrap().len() / 1024;
    let limited = Command::new("bash")
        .args(["-c", &format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" run --draws 4 --record", size + 16)])
        .arg(env!("CARGO_BIN_EXE_variorum"))
        .current_dir(at)
        .output();
    let Ok(limited) = limited else {
        println!("SKIPPED: no bash");
        return;
    };
    assert_eq!(limited.status.code(), Some(3), "{}", err(&limited));
    assert!(out(&limited).contains("90%"), "the answers are printed all the same");
    assert!(err(&limited).contains("what was recorded before is still there"), "{}", err(&limited));
    assert_eq!(first_question(at).1, 1);
    assert!(variorum(&["run", "--draws", "4", "--record"], at).status.success());
    assert_eq!(first_question(at).1, 2);
}
