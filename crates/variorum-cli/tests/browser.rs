//! The report in a real browser: no error, nothing fetched, no sideways scroll on a phone, all of it on paper.
//!
//! `browser/prepare` finds a Chromium, or installs Debian's where this runs as root, and gets the npm package
//! playwright-core, into a temporary folder; `browser/look.mjs` opens the reports and prints what it saw. Where that cannot
//! be had the test says so and does nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{err, variorum};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A model in which all kinds of answers occur, and a title that would do harm, were it not escaped.
const ALL_KINDS: &str = r#"model "<script>alert('x')</script> & <img src=https://example.invalid/x onerror=alert(1)>"
time monthly from 2025-01 to 2028-12
source ash "Why they will not <b>fight</b>" by "A. Ash" on 2024-11-02
source birch "Why they will" by "B. Birch" on 2024-11-20
claim rare "Such neighbours rarely fight"
  ash asserts 3.4-12#0123456789ab
claim spiral "Each clash makes the next one likelier"
  birch asserts 2.1-9#ba9876543210
  ash denies 5.2-8#00112233445e
unit people
stock clashes = 0
stock troops : people = 40_000                    assumed "public estimates"
flag war, peace = no
param spark : 1 / year = 3 in 10 years among "years since the border was drawn" because rare
param fuel in 0 .. 3 = 0.3 .. 1                   because spiral assumed "the source gives no size"
param calm in 0 .. 1 = 0.4 .. 0.9                 assumed "what preparation does"
stock readiness in 0 .. 1 = 0                     assumed "none yet"
event clash "a lethal clash at the border"
  hazard spark * (1 + fuel * clashes) * (1 - calm * readiness)
  because rare, spiral
  then clashes += 1, troops += 1_000 .. 9_000 people
  assumed "mobilisation"
event attack when clashes > 0 and not war hazard 10% .. 40% per year
  then war = yes
  assumed "a clash is a pretext"
reading ash "Ash: no spiral"
  param fuel in 0 .. 3 = 0                        assumed "denied"
  keeps clash "without fuel it no longer spirals"
reading birch
reading calm "nobody fights"
  switch off clash
reading baseline "the base rate alone"
  param fuel in 0 .. 3 = 0                        assumed "no author, no spiral"
scenario prepared "Preparation from now on"
  hold readiness = 1 from 2025-01
question war "War by the end of 2028" = war by 2028-12
  ash said "unlikely" 5.2-8#00112233445e window assumed "the text names none"
  birch said 30% 2.1-9#ba9876543210
  resolved no on 2029-01-10 from "public record"
question peace "Peace by the end of 2028" = peace by 2028-12
question troops "Soldiers at the border at the end of 2028" = value troops at 2028-12
question first "The first clash" = first date clashes > 0 by 2028-12
question afterwards "If there is a clash by the end of 2026, is there war by the end of 2028?"
  = war by 2028-12 given clashes > 0 by 2026-12
"#;

/// How long installing, and how long looking may take.
const PREPARE: Duration = Duration::from_secs(240);
const LOOK: Duration = Duration::from_secs(120);
/// Bytes of a report of thirteen readings and fifty questions, at most.
const LARGEST: u64 = 2_000_000;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

fn reader(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = from.read_to_string(&mut text);
        text
    })
}

/// Standard output of a command that is ended when its time is over; what it said where it failed.
fn within(time: Duration, command: &mut Command) -> Result<String, String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    // Both ends are read while it runs: a full pipe would hold it up.
    let out = reader(child.stdout.take().unwrap());
    let errors = reader(child.stderr.take().unwrap());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if start.elapsed() > time {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    match status {
        Some(status) if status.success() => Ok(out.join().unwrap()),
        Some(_) => Err(errors.join().unwrap()),
        None => Err(format!("it took longer than {} seconds", time.as_secs())),
    }
}

/// Chromium and playwright-core, or nothing where they cannot be had.
fn browser(folder: &Path) -> Option<[String; 2]> {
    let found = within(PREPARE, Command::new("bash").arg(here().join("prepare")).arg(folder));
    let found = found.and_then(|lines| {
        let mut lines = lines.lines().map(str::to_owned);
        lines.next().zip(lines.next()).ok_or_else(|| "it found nothing".to_owned())
    });
    match found {
        Ok((chromium, playwright)) => Some([chromium, playwright]),
        Err(why) => {
            // Past the test's capture, so that it is seen.
            let last = why.lines().last().unwrap_or("no reason given");
            let _ = writeln!(std::io::stderr(), "SKIPPED browser: no browser could be had: {last}");
            None
        }
    }
}

/// Writes the report of a model, the shipped one if none is named.
fn report(folder: &Path, file: &str, model: &[&str]) -> PathBuf {
    let output = variorum(&[&["run", "--draws", "64", "--html", file], model].concat(), folder);
    assert!(output.status.success(), "{}", err(&output));
    assert!(output.stdout.is_empty(), "with --html nothing is printed");
    let path = folder.join(file);
    let size = path.metadata().unwrap().len();
    assert!(size < LARGEST, "{file} has {size} bytes");
    path
}

fn list(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

fn fits(width: &Value) -> bool {
    width[0].as_u64().unwrap() <= width[1].as_u64().unwrap()
}

/// The sum of red, green and blue of `rgb(r, g, b)`.
fn brightness(colour: &Value) -> u32 {
    let inside = colour.as_str().unwrap().split(['(', ')']).nth(1).unwrap();
    inside.split(',').take(3).map(|part| part.trim().parse::<u32>().unwrap()).sum()
}

fn check(seen: &Value, questions: &[&str]) {
    let file = seen["file"].as_str().unwrap();
    assert_eq!(list(&seen["errors"]), [""; 0], "{file}: errors on the console");
    assert_eq!(list(&seen["requests"]), [""; 0], "{file}: something was asked for");
    assert_eq!(seen["scripts"], 0, "{file}");
    for width in ["wide", "narrow", "unfolded"] {
        assert!(fits(&seen[width]), "{file}: the page scrolls sideways ({width}): {}", seen[width]);
    }
    assert_eq!(list(&seen["questions"]), questions, "{file}");

    let [light, dark, paper] = [&seen["light"], &seen["dark"], &seen["paper"]["colours"]];
    assert!(brightness(&light[0]) > 700 && brightness(&light[1]) < 150, "{file}: {light}");
    assert!(brightness(&dark[0]) < 150 && brightness(&dark[1]) > 600, "{file}: {dark}");
    assert!(brightness(&paper[0]) == 765 && brightness(&paper[1]) == 0, "{file}: {paper}");

    assert!(seen["paper"]["parts"].as_u64().unwrap() >= 20, "{file}: {}", seen["paper"]["parts"]);
    assert_eq!(list(&seen["paper"]["hidden"]), [""; 0], "{file}: hidden on paper");
    assert!(fits(&seen["paper"]["width"]), "{file}: too wide for paper");
    assert_eq!(seen["is_pdf"], true);
    assert!(seen["pages"].as_u64().unwrap() >= 4, "{file}: {} pages", seen["pages"]);
    let titles = list(&seen["titles"]);
    for question in questions {
        assert!(titles.contains(question), "{file}: {question} is not in the PDF: {titles:?}");
    }

    assert!(seen["images"].as_u64().unwrap() >= 4, "{file}: hardly any plot");
    for fault in ["unnamed", "headless", "skipped"] {
        assert_eq!(seen[fault], 0, "{file}: {fault}");
    }
}

#[test]
fn reports_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.vor"), ALL_KINDS).unwrap();
    let shipped = report(folder.path(), "shipped.html", &[]);
    let kinds = report(folder.path(), "kinds.html", &["m.vor"]);
    let Some([chromium, playwright]) = browser(&folder.path().join("npm")) else { return };
    let seen = within(
        LOOK,
        Command::new("node").arg(here().join("look.mjs")).args([&chromium, &playwright]).args([&shipped, &kinds]),
    );
    let seen: Value = serde_json::from_str(&seen.unwrap_or_else(|why| panic!("{why}"))).unwrap();
    let answers = variorum(&["run", "--json", "--draws", "4"], folder.path());
    let answers: Value = serde_json::from_slice(&answers.stdout).unwrap();
    let questions: Vec<&str> =
        answers["questions"].as_array().unwrap().iter().map(|question| question["name"].as_str().unwrap()).collect();
    assert!(questions.len() >= 10);
    check(&seen[0], &questions);
    check(&seen[1], &["war", "peace", "troops", "first", "afterwards"]);
    assert!(seen[1]["title"].as_str().unwrap().starts_with("<script>alert('x')</script> & <img"));
    let page = std::fs::read_to_string(&kinds).unwrap();
    for part in [
        "id=\"scenarios\"",
        "Preparation from now on",
        "half by",
        "The condition holds",
        "no answer: ",
        "class=\"density\"",
    ] {
        assert!(page.contains(part), "the report of all kinds has no `{part}`");
    }
}
