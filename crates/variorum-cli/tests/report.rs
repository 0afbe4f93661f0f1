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

/// A condition that was seen to come true, words that are a number of the model, a choice in whose place a reading has an event,
/// a date that has passed.
const STATES: &str = r#"model "States"
time monthly from 2024-01 to 2025-12
actor N "The North"
source ash "Signals" on 2023-11-02
claim c "It comes"
  ash asserts 1.1-9#0123456789ab
flag sign, war[N], joined = no
event signal "a signal" hazard 30% per year then sign = yes
  because c assumed "given"
choice arm by N "arms" considered 2 per year
  assumed "given"
  option attack 30% then war[N] = yes
  option wait default
event join "others join" when war[N] hazard said "unlikely" within 1 year then joined = yes
  from ash:1.1-9#0123456789ab assumed "a year"
observe 2024-03 signal assumed "seen"
reading ash
reading baseline
  switch off arm
  event begins "it begins" hazard 10% per year then war[N] = yes
    assumed "given"
question war "War by the end of 2025" = war[N] by 2025-12
question war_then "The same with a signal in 2024" = war[N] by 2025-12 given sign by 2024-12
question joins "Do others join in it?" = joined by 2025-12 given war[N] by 2025-06
  ash said "unlikely" 1.1-9#0123456789ab window assumed "none"
question others "Is there war?" = war[N] by 2025-06
  ash said "unlikely" 1.1-9#0123456789ab window assumed "none"
question early "War in January 2024" = war[N] by 2024-01
"#;

#[test]
fn what_has_become_of_questions() {
    let folder = model(STATES);
    let output = run(&["--brief", "--html", "report.html"], folder.path());
    assert!(output.status.success(), "{}", err(&output));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let article = |name: &str| {
        let id = format!("id=\"q-{}\"", name.replace('_', "_5f_"));
        page.split(&id).nth(1).unwrap().split("</article>").next().unwrap().to_owned()
    };
    let then = article("war_then");
    assert!(then.contains("The condition has been met (2024-03-31)"), "{then}");
    assert!(then.contains("this is the same question as <a href=\"#q-war\">war</a>"), "{then}");
    assert!(!article("joins").contains("condition has been met"));
    // What others do bears on the one question, and not on the other.
    assert!(article("joins").contains("These words are an input.") && !article("others").contains("are an input."));
    assert!(page.contains("\u{2014} baseline: no such choice"), "the baseline has an event in its place");
    assert!(article("early").contains("Its date has passed, no outcome is entered in the model."));
    assert!(
        article("joins").contains("war (The North) by 2025-06") && article("joins").contains("given war[N] by 2025-06")
    );
    assert!(article("war").contains("variorum explain war m.vor</code>"));
    let brief = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(brief.contains("The condition has been met (2024-03-31): now the same as war."), "{brief}");
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
