//! The command as a user meets it: exit codes, what goes where, the same bytes whatever the threads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn variorum(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_variorum")).args(arguments).current_dir(folder).output().unwrap()
}

fn model(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.vor"), text).unwrap();
    folder
}

const SMALL: &str = "model \"Small\"\ntime monthly from 2024-01 to 2024-12\nflag war = no\n\
    event w hazard 5% .. 20% per year then war = yes assumed \"r\"\nquestion q \"war\" = war by 2024-12\n";

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_same_bytes_for_any_threads_and_batch() {
    let folder = model(SMALL);
    for file in ["m.vor", ""] {
        let base: Vec<&str> =
            ["run", "--json", "--draws", "200", file].into_iter().filter(|word| !word.is_empty()).collect();
        let first = variorum(&base, folder.path());
        assert!(first.status.success(), "{}", err(&first));
        for extra in [["--threads", "1"], ["--threads", "2"], ["--threads", "3"], ["--batch", "8"], ["--batch", "1000"]]
        {
            let again = variorum(&[&base[..], &extra[..]].concat(), folder.path());
            assert_eq!(first.stdout, again.stdout, "{extra:?}");
        }
        let other = variorum(&[&base[..], &["--seed", "2"]].concat(), folder.path());
        assert_ne!(first.stdout, other.stdout, "the seed does nothing");
    }
}

#[test]
fn the_oracle_gives_the_same_answers_on_the_shipped_model() {
    let folder = tempfile::tempdir().unwrap();
    let parse = |output: Output| -> serde_json::Value {
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let engine = parse(variorum(&["run", "--json", "--draws", "40"], folder.path()));
    let oracle = parse(variorum(&["run", "--json", "--draws", "40", "--oracle"], folder.path()));
    let close = |a: &serde_json::Value, b: &serde_json::Value| {
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        (a - b).abs() <= 1e-9 * (1.0 + a.abs())
    };
    let mut compared = 0;
    let (left, right) = (engine["questions"].as_array().unwrap(), oracle["questions"].as_array().unwrap());
    for (left, right) in left.iter().zip(right) {
        for (a, b) in left["readings"].as_array().unwrap().iter().zip(right["readings"].as_array().unwrap()) {
            let key = if a["kind"] == "probability" { "probability" } else { "mean" };
            assert!(close(&a[key], &b[key]), "{}: {a} {b}", left["name"]);
            assert!(close(&a["error"], &b["error"]), "{}: {a} {b}", left["name"]);
            compared += 1;
        }
    }
    assert!(compared >= 20, "only {compared} answers were compared");
}

#[test]
fn exit_codes_are_as_documented() {
    let folder = model(SMALL);
    let at = folder.path();
    std::fs::write(at.join("bad.vor"), "model \"Bad\"\ntime monthly from 2024-01 to 2024-12\nflow x += 1\n").unwrap();
    std::fs::write(at.join("long.vor"), "model \"Long\"\ntime 1000 per month from 0001 to 9999\n").unwrap();
    std::fs::write(at.join("bare.vor"), SMALL.replace("assumed \"r\"", "")).unwrap();
    std::fs::write(at.join("bytes.vor"), [0xff, 0xfe, 0x00]).unwrap();
    let code = |arguments: &[&str]| variorum(arguments, at).status.code();
    assert_eq!(code(&["run", "m.vor", "--draws", "10"]), Some(0));
    assert_eq!(code(&["run", "bad.vor"]), Some(1));
    assert_eq!(code(&["check", "bad.vor"]), Some(1));
    assert_eq!(code(&["check", "m.vor"]), Some(0));
    assert_eq!(code(&["check", "m.vor", "--strict"]), Some(0));
    assert_eq!(code(&["check", "bare.vor"]), Some(0));
    assert_eq!(code(&["check", "bare.vor", "--strict"]), Some(1));
    assert_eq!(code(&["run", "m.vor", "--draws", "0"]), Some(2));
    assert_eq!(code(&["run", "m.vor", "--per-draw", "3"]), Some(2));
    assert_eq!(code(&["run", "m.vor", "--reading", "nobody"]), Some(2));
    assert_eq!(code(&["explain", "nothing", "m.vor", "--ablate"]), Some(2));
    assert_eq!(code(&["no-such-command"]), Some(2));
    assert_eq!(code(&["run", "missing.vor"]), Some(3));
    assert_eq!(code(&["run", "bytes.vor"]), Some(3));
    assert_eq!(code(&["run", "."]), Some(3));
    assert_eq!(code(&["check", "m.vor", "--sources", "nowhere"]), Some(3));
    assert_eq!(code(&["check", "long.vor"]), Some(4));
    assert!(err(&variorum(&["run", "missing.vor"], at)).contains("missing.vor cannot be read"));
}

#[test]
fn nothing_but_the_answer_is_on_standard_output() {
    let folder = model(SMALL);
    let output = variorum(&["run", "m.vor", "--json", "--draws", "64"], folder.path());
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let bad = model("model \"Bad\"\ntime monthly from 2024-01 to 2024-12\nflow x += 1\n");
    let output = variorum(&["run", "m.vor"], bad.path());
    assert_eq!(out(&output), "");
    assert!(err(&output).contains("[unknown-name]"));
}

#[test]
fn answers_fit_the_terminal_and_have_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["run", "--draws", "64"][..],
        &["compare"],
        &["explain", "korea", "--ablate", "--draws", "64", "--reading", "lee"],
    ] {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        for line in out(&output).lines() {
            assert!(line.chars().count() <= 80, "{arguments:?}: {} columns: {line}", line.chars().count());
        }
        assert!(!out(&output).contains('\u{1b}'));
    }
}

#[test]
fn files_outside_the_folder_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(folder.path().join("secret.vor"), "flag secret = yes\n").unwrap();
    let text = "model \"M\"\ntime monthly from 2024-01 to 2024-12\n";
    std::fs::write(inner.join("a.vor"), format!("{text}use \"../secret.vor\"\n")).unwrap();
    assert!(out(&variorum(&["check", "inner/a.vor"], folder.path())).contains("[bad-use]"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("secret.vor"), inner.join("link.vor")).unwrap();
        std::fs::write(inner.join("b.vor"), format!("{text}use \"link.vor\"\n")).unwrap();
        assert!(out(&variorum(&["check", "inner/b.vor"], folder.path())).contains("[bad-use]"));
    }
}

#[test]
fn the_schema_describes_the_answers() {
    let folder = model(SMALL);
    let schema: serde_json::Value = serde_json::from_str(&out(&variorum(&["schema"], folder.path()))).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["run", "m.vor", "--json", "--draws", "64"][..], &["run", "--json", "--draws", "64"]] {
        let document: serde_json::Value = serde_json::from_str(&out(&variorum(arguments, folder.path()))).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "questions": 3 })));
}

/// A reader who goes away ends the output, not with an error.
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_variorum"))
        .arg("compare")
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = model(SMALL);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_variorum"))
        .args(["run", "m.vor", "--draws", "64"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("could not be written"));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_it_has() {
    let folder = model(SMALL);
    let mut child = Command::new(env!("CARGO_BIN_EXE_variorum"))
        .args(["run", "m.vor", "--draws", "4000000000"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let begun = Instant::now();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = loop {
        if child.try_wait().unwrap().is_some() {
            break child.wait_with_output().unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(output.status.code(), Some(130));
    assert!(out(&output).contains("Interrupted"), "{}", out(&output));
    assert!(out(&output).contains('%'));
}

#[test]
fn rows_are_written_wholly_or_not_at_all() {
    let folder = model(SMALL);
    std::fs::rename(folder.path().join("m.vor"), folder.path().join("model.vor")).unwrap();
    let rows = "# kept\n[[clause]]\nrow = \"X1\"\nclaim = []\nkind = \"mechanism\"\nreading = \"model\"\nquestion = \"q\"\n\
                sign = \"+\"\noff = [\"switch off w\"]\n";
    let mut file = std::fs::File::create(folder.path().join("claims.toml")).unwrap();
    file.write_all(rows.as_bytes()).unwrap();
    let output = variorum(&["rows", ".", "--write", "--draws", "256"], folder.path());
    assert!(out(&output).contains("X1"), "{}{}", out(&output), err(&output));
    let written = std::fs::read_to_string(folder.path().join("claims.toml")).unwrap();
    assert!(written.starts_with("# kept\n") && written.contains("measured = {"), "{written}");
}
