//! How commands end: the documented exit codes, and that an end is orderly whatever happens to the output.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{BAD, SMALL, err, model, out, variorum};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

#[test]
fn exit_codes_are_as_documented() {
    let folder = model(SMALL);
    let at = folder.path();
    std::fs::write(at.join("bad.vor"), BAD).unwrap();
    std::fs::write(at.join("long.vor"), "model \"Long\"\ntime 1000 per month from 0001 to 9999\n").unwrap();
    std::fs::write(at.join("bare.vor"), SMALL.replace("assumed \"r\"", "")).unwrap();
    std::fs::write(at.join("bytes.vor"), [0xff, 0xfe, 0x00]).unwrap();
    std::fs::write(at.join("text.txt"), "Nothing here. Nothing here.\n").unwrap();
    let code = |arguments: &[&str]| variorum(arguments, at).status.code();
    assert_eq!(code(&["run", "m.vor", "--draws", "10"]), Some(0));
    assert_eq!(code(&["check", "m.vor"]), Some(0));
    assert_eq!(code(&["check", "m.vor", "--strict"]), Some(0));
    assert_eq!(code(&["check", "bare.vor"]), Some(0));
    assert_eq!(code(&["words"]), Some(0));
    assert_eq!(code(&["words", "nobody", "knows"]), Some(0));
    assert_eq!(code(&["explain-error"]), Some(0));
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["--version"]), Some(0));

    assert_eq!(code(&["run", "bad.vor"]), Some(1));
    assert_eq!(code(&["check", "bad.vor"]), Some(1));
    assert_eq!(code(&["check", "bad.vor", "--json"]), Some(1));
    assert_eq!(code(&["check", "bare.vor", "--strict"]), Some(1));
    assert_eq!(code(&["cite", "text.txt", "something else"]), Some(1));
    assert_eq!(code(&["cite", "text.txt", "Nothing here."]), Some(1));

    assert_eq!(code(&["run", "m.vor", "--draws", "0"]), Some(2));
    assert_eq!(code(&["run", "m.vor", "--per-draw", "3"]), Some(2));
    assert_eq!(code(&["run", "m.vor", "--reading", "nobody"]), Some(2));
    assert_eq!(code(&["explain", "nothing", "m.vor", "--ablate"]), Some(2));
    assert_eq!(code(&["check", "m.vor", "--statements", "--reading", "nobody"]), Some(2));
    assert_eq!(code(&["check", "m.vor", "--reading", "model"]), Some(2));
    assert_eq!(code(&["explain-error", "nothing"]), Some(2));
    assert_eq!(code(&["completions", "no-such-shell"]), Some(2));
    assert_eq!(code(&["no-such-command"]), Some(2));

    assert_eq!(code(&["run", "missing.vor"]), Some(3));
    assert_eq!(code(&["run", "bytes.vor"]), Some(3));
    assert_eq!(code(&["run", "."]), Some(3));
    assert_eq!(code(&["check", "m.vor", "--sources", "nowhere"]), Some(3));
    assert_eq!(code(&["cite", "missing.txt", "words"]), Some(3));
    assert_eq!(code(&["man", "--out", "m.vor"]), Some(3));

    assert_eq!(code(&["check", "long.vor"]), Some(4));
}

/// Every code is said where people look for it.
#[test]
fn exit_codes_are_documented() {
    let folder = tempfile::tempdir().unwrap();
    let help = out(&variorum(&["--help"], folder.path()));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/command-line.md");
    let book = std::fs::read_to_string(book).unwrap();
    for code in [0, 1, 2, 3, 4, 70, 130] {
        assert!(help.contains(&format!(" {code} ")), "{code} is not in --help");
        assert!(book.contains(&format!("| {code} |")), "{code} is not in the book");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = model(SMALL);
    let at = folder.path();
    let said = |arguments: &[&str]| {
        let output = variorum(arguments, at);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert_eq!(out(&output), "", "{arguments:?}");
        err(&output)
    };
    assert_eq!(said(&["run", "missing.vor"]), "variorum: missing.vor cannot be read: there is no such file\n");
    std::fs::create_dir(at.join("empty")).unwrap();
    assert!(said(&["run", "empty"]).contains("empty cannot be read: there is no such file"));
    std::fs::create_dir(at.join("folder.vor")).unwrap();
    std::fs::create_dir(at.join("folder.vor/model.vor")).unwrap();
    assert!(said(&["run", "folder.vor"]).contains("folder.vor cannot be read: it is no file"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        // A link to itself cannot be read by anybody, not even by root.
        symlink(at.join("loop.vor"), at.join("loop.vor")).unwrap();
        assert!(said(&["run", "loop.vor"]).contains("loop.vor cannot be read: "));
        let closed = at.join("closed");
        std::fs::create_dir(&closed).unwrap();
        std::fs::write(closed.join("model.vor"), SMALL).unwrap();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        // Root reads it all the same.
        if std::fs::read_dir(&closed).is_err() {
            assert!(said(&["run", "closed"]).contains("reading it is not allowed"));
        }
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn what_is_empty_is_not_run() {
    let folder = model(SMALL);
    let at = folder.path();
    let asking_nothing: String =
        SMALL.lines().filter(|line| !line.starts_with("question")).map(|line| format!("{line}\n")).collect();
    std::fs::write(at.join("silent.vor"), asking_nothing).unwrap();
    for text in ["", "\n\n", "# To be written.\n"] {
        std::fs::write(at.join("empty.vor"), text).unwrap();
        for arguments in [&["run", "empty.vor"][..], &["run", "empty.vor", "--json"], &["run", "empty.vor", "--exact"]]
        {
            let output = variorum(arguments, at);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            assert_eq!(out(&output), "", "{arguments:?}");
            let said = err(&output);
            assert!(said.contains("there is nothing in this model"), "{said}");
            assert!(said.contains("write, for instance, `model \"A strait\"`"), "{said}");
            assert!(said.ends_with("variorum: the model is empty; nothing was run\n"), "{said}");
        }
        // One may begin with an empty file.
        assert_eq!(variorum(&["check", "empty.vor"], at).status.code(), Some(0));
    }
    let output = variorum(&["run", "silent.vor"], at);
    assert_eq!(output.status.code(), Some(0));
    let said = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("it asks nothing, so there is nothing to answer") && !said.contains("18446744073709551615"),
        "{said}"
    );
}

fn begun(arguments: &[&str], folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_variorum"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A reader who goes away ends the output, not with an error: at once, or after some of it (more than a pipe holds).
#[test]
fn a_closed_pipe_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["compare"][..], &["run", "--json", "--draws", "32"], &["explain-error"], &["debug", "tree"]] {
        for bytes in [0, 10] {
            let mut child = begun(arguments, folder.path());
            let mut reader = child.stdout.take().unwrap();
            reader.read_exact(&mut vec![0; bytes]).unwrap();
            drop(reader);
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", err(&output));
            assert!(!err(&output).contains("written") && !err(&output).contains("panicked"), "{}", err(&output));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = model(SMALL);
    for arguments in [
        &["run", "m.vor", "--draws", "64"][..],
        &["run", "m.vor", "--draws", "64", "--json"],
        &["check", "m.vor", "--statements"],
        &["compare", "m.vor"],
        &["schema"],
        &["words"],
        &["explain-error"],
        &["completions", "bash"],
        &["man"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_variorum"))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(err(&output).contains("could not be written"), "{arguments:?}: {}", err(&output));
    }
}

/// Waits for an end, for so long.
#[cfg(unix)]
fn ended(mut child: Child, most: Duration) -> Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < most, "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_it_has() {
    let folder = model(SMALL);
    for name in ["-INT", "-TERM"] {
        let child = begun(&["run", "m.vor", "--draws", "4000000000"], folder.path());
        std::thread::sleep(Duration::from_millis(1500));
        signal(&child, name);
        let output = ended(child, Duration::from_secs(20));
        assert_eq!(output.status.code(), Some(130), "{name}");
        assert!(out(&output).contains("Interrupted"), "{name}: {}", out(&output));
        assert!(out(&output).contains('%'));
        assert!(err(&output).contains("interrupted"), "{name}: {}", err(&output));
    }
}
