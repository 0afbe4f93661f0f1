//! `run --html` and `run --brief` as a user meets them: what goes where, and what happens where nothing can be written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{SMALL, err, model, out, variorum};
use std::path::Path;

const DRAWS: [&str; 4] = ["run", "m.vor", "--draws", "64"];

fn run(more: &[&str], folder: &Path) -> std::process::Output {
    variorum(&[&DRAWS[..], more].concat(), folder)
}

/// What lies in a folder, hidden files too.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_report_is_written_and_nothing_is_printed() {
    let folder = model(SMALL);
    let output = run(&["--html", "report.html"], folder.path());
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(out(&output), "");
    assert!(err(&output).contains("report.html: "), "{}", err(&output));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("variorum run m.vor --draws 64 --per-draw 16 --seed 1"));
    assert_eq!(files(folder.path()), ["m.vor", "report.html"], "something was left behind");
    // The same run gives the same page, and a second one takes the place of the first.
    let again = run(&["--html", "report.html", "--threads", "1"], folder.path());
    assert!(again.status.success());
    assert_eq!(std::fs::read_to_string(folder.path().join("report.html")).unwrap(), page);
    let other = run(&["--html", "report.html", "--seed", "2"], folder.path());
    assert!(other.status.success());
    assert_ne!(std::fs::read_to_string(folder.path().join("report.html")).unwrap(), page);
}

#[test]
fn what_else_is_asked_for_is_printed_besides() {
    let folder = model(SMALL);
    let brief = run(&["--brief"], folder.path());
    assert!(out(&brief).starts_with("# Small\n"), "{}", out(&brief));
    assert!(out(&brief).lines().all(|line| line.chars().count() <= 80));
    let both = run(&["--brief", "--html", "a.html"], folder.path());
    assert_eq!(out(&both), out(&brief));
    let json = run(&["--json", "--html", "b.html"], folder.path());
    serde_json::from_slice::<serde_json::Value>(&json.stdout).unwrap();
    assert_eq!(files(folder.path()), ["a.html", "b.html", "m.vor"]);
    assert_eq!(run(&["--brief", "--json"], folder.path()).status.code(), Some(2));
    assert_eq!(run(&["--drivers"], folder.path()).status.code(), Some(2), "drivers are shown in the report alone");
    let driven = run(&["--drivers", "--html", "c.html"], folder.path());
    assert!(driven.status.success(), "{}", err(&driven));
    let page = std::fs::read_to_string(folder.path().join("c.html")).unwrap();
    assert!(page.contains("What it would move with"));
}

#[test]
fn scenarios_of_the_model_are_in_it() {
    let text = format!("{SMALL}scenario saved \"The war is held off\"\n  hold war = no\n");
    let folder = model(&text);
    let output = run(&["--brief", "--html", "report.html"], folder.path());
    assert!(output.status.success(), "{}", err(&output));
    assert!(out(&output).contains("## What if") && out(&output).contains("The war is held off"), "{}", out(&output));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("id=\"scenarios\"") && page.contains("hold war = no"));
}

#[test]
fn where_nothing_can_be_written_it_says_so() {
    let folder = model(SMALL);
    let at = folder.path();
    std::fs::create_dir(at.join("inner")).unwrap();
    for (file, why) in [
        ("missing/report.html", "its folder does not exist"),
        ("inner", "it is a folder"),
        ("m.vor/report.html", "cannot be written"),
    ] {
        let output = run(&["--html", file], at);
        assert_eq!(output.status.code(), Some(3), "{file}: {}", err(&output));
        assert!(err(&output).contains(file) && err(&output).contains(why), "{file}: {}", err(&output));
        // It is found out before the work is done, so nothing is printed either.
        assert_eq!(out(&output), "");
    }
    assert_eq!(files(at), ["inner", "m.vor"]);
    // An error of the model leaves an old report as it is.
    std::fs::write(at.join("old.html"), "old").unwrap();
    std::fs::write(at.join("m.vor"), common::BAD).unwrap();
    assert_eq!(run(&["--html", "old.html"], at).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(at.join("old.html")).unwrap(), "old");
}

/// Two authors and the baseline, and the world has answered one question of two.
const DIVIDED: &str = "model \"Divided\"\ntime monthly from 2024-01 to 2024-12\n\
    source early \"Before\" on 2023-11-02\nsource late \"After\" on 2024-09-01\n\
    claim c \"Wars come\"\n  early asserts 1.1-9#0123456789ab\n  late asserts 1.1-9#0123456789ab\n\
    flag war = no\nflag peace = no\n\
    event w hazard 30% per year then war = yes because c assumed \"r\"\n\
    event t hazard 20% per year then peace = yes assumed \"r\"\n\
    reading early\nreading late\n  event w hazard 60% per year then war = yes because c assumed \"r\"\n\
    reading baseline\n  switch off w\n\
    question war \"war in 2024\" = war by 2024-12\n  resolved yes on 2024-06-10 from \"the press\"\n\
    question peace \"peace in 2024\" = peace by 2024-12\n";

#[test]
fn what_divides_authors_and_who_was_right() {
    let folder = model(DIVIDED);
    let output = run(&["--brief", "--html", "report.html"], folder.path());
    assert!(output.status.success(), "{}", err(&output));
    let text = out(&output);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("Farthest apart on war: early 2") && flat.contains("What the two say on `w` makes +"),
        "{text}"
    );
    assert!(flat.contains("Mean Brier scores on 1 of 2 questions that the world has answered"), "{text}");
    assert!(flat.contains("no forecast: late 0."), "{text}");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("<section id=\"score\"") && page.contains("One question proves little"));
    assert!(page.contains("<section id=\"divides\"") && page.contains(">early and late</h3>"));
    // A brief alone says the same; one reading alone is not divided.
    assert_eq!(out(&run(&["--brief"], folder.path())), text);
    let alone = out(&run(&["--brief", "--reading", "late", "--reading", "baseline"], folder.path()));
    assert!(!alone.contains("Farthest apart") && alone.contains("How the answers scored so far"), "{alone}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let folder = model(SMALL);
    let output = run(&["--html", "/dev/full"], folder.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("/dev/full cannot be written: the disk is full"), "{}", err(&output));
}

/// A file is replaced through a link to it, keeps who may read it, and stays whole where there is no room for the new one.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_replaced_wholly_or_not_at_all() {
    use std::os::unix::fs::PermissionsExt;
    let folder = model(SMALL);
    let (at, old) = (folder.path(), folder.path().join("old.html"));
    std::fs::write(&old, "old").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("old.html", at.join("link.html")).unwrap();
    // With a limit on the size of files the new one cannot be written to its end.
    let command = format!(
        "ulimit -f 1; trap '' XFSZ; exec {} run m.vor --draws 64 --html link.html",
        env!("CARGO_BIN_EXE_variorum")
    );
    let output = std::process::Command::new("bash").args(["-c", &command]).current_dir(at).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(files(at), ["link.html", "m.vor", "old.html"], "something was left behind");
    assert!(run(&["--html", "link.html"], at).status.success());
    assert!(at.join("link.html").is_symlink());
    assert!(std::fs::read_to_string(&old).unwrap().starts_with("<!DOCTYPE html>"));
    assert_eq!(old.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}
