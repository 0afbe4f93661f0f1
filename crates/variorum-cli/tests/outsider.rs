//! A third interpreter, written in another language from the book's chapters on the meaning alone, against the engine.
//!
//! `outsider/interpreter.py` reads what `variorum debug model --json` prints and computes the means that
//! `variorum run --json` answers with, from the same seed: they differ by rounding only. It needs `python3`, 3.9 or
//! later, and nothing else; where there is none these tests say so and do nothing, except where `CI` is set to `true`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILES: [&str; 3] = ["interpreter.py", "arithmetic.py", "laws.py"];
const SEED: &str = "7";
/// Largest difference, relative to the answer.
const TOLERANCE: f64 = 1e-9;

/// Draws and trajectories of each.
type Size = [&'static str; 2];

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outsider")
}

fn python_is_missing() -> bool {
    let version = Command::new("python3").args(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).output();
    if version.is_ok_and(|output| output.status.success()) {
        return false;
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "python3 is not here, and this is CI");
    println!("SKIPPED outsider: python3 is not here");
    true
}

/// What the command prints, for the model that is given or the shipped one.
fn variorum(arguments: &[&str], model: Option<&Path>) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_variorum")).args(arguments).args(model).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The answers of the interpreter in `folder`: question, reading, mean.
fn interpreted(folder: &Path, program: &[u8], size: Size) -> Value {
    let mut child = Command::new("python3")
        .arg("-B")
        .arg(folder.join(FILES[0]))
        .args(size)
        .arg(SEED)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let sent = child.stdin.take().unwrap().write_all(program);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sent.unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Where the interpreter in `folder` and the engine differ.
fn differences(folder: &Path, model: Option<&Path>, size: Size) -> Vec<String> {
    let found = interpreted(folder, &variorum(&["debug", "model", "--json"], model), size);
    let run = ["run", "--json", "--draws", size[0], "--per-draw", size[1], "--seed", SEED];
    let answers: Value = serde_json::from_slice(&variorum(&run, model)).unwrap();
    let mut differences = Vec::new();
    let mut compared = 0;
    for question in answers["questions"].as_array().unwrap() {
        let name = question["name"].as_str().unwrap();
        for answer in question["readings"].as_array().unwrap() {
            let reading = answer["reading"].as_str().unwrap();
            let engine = match answer["kind"].as_str().unwrap() {
                "probability" => answer["probability"].clone(),
                "number" => answer["mean"].clone(),
                "date" => {
                    let dates = answer["quantiles"].as_array().unwrap();
                    [&answer["ever"]["probability"]].into_iter().chain(dates).cloned().collect()
                }
                _ => Value::Null,
            };
            let outsider = &found[name][reading];
            compared += 1;
            if !is_close(&engine, outsider) {
                differences.push(format!("{name}@{reading}: the engine says {engine}, the interpreter {outsider}"));
            }
        }
    }
    assert!(compared > 0, "nothing was compared");
    differences
}

/// Whether two answers are the same but for rounding.
fn is_close(engine: &Value, outsider: &Value) -> bool {
    match (engine, outsider) {
        (Value::Array(engine), Value::Array(outsider)) => {
            engine.len() == outsider.len() && engine.iter().zip(outsider).all(|(a, b)| is_close(a, b))
        }
        (Value::Number(engine), Value::Number(outsider)) => {
            let (engine, outsider) = (engine.as_f64().unwrap(), outsider.as_f64().unwrap());
            (outsider - engine).abs() <= TOLERANCE * engine.abs()
        }
        _ => engine == outsider,
    }
}

fn agree(model: Option<&Path>, size: Size, what: &str) {
    let differences = differences(&here(), model, size);
    assert!(differences.is_empty(), "{what}:\n{}", differences.join("\n"));
}

/// The models of a page of `spec/meaning` that check.
fn models(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/meaning").join(page);
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let blocks = text.split("\n```vor\n").skip(1).map(|rest| rest.split_once("\n```\n").unwrap());
    let valid = blocks.filter(|(_, after)| !after.trim_start().starts_with("```diagnostics"));
    valid.map(|(model, _)| model.to_owned() + "\n").collect()
}

/// A model in a folder of its own, to be kept as long as it is used.
fn written(model: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.vor");
    std::fs::write(&path, model).unwrap();
    (folder, path)
}

fn page_agrees(page: &str, least: usize) {
    if python_is_missing() {
        return;
    }
    let models = models(page);
    assert!(models.len() >= least, "{page} has {} models", models.len());
    for model in models {
        let (_folder, path) = written(&model);
        agree(Some(&path), ["12", "4"], &format!("{page}, {}", model.lines().next().unwrap()));
    }
}

#[test]
fn shipped_model() {
    if !python_is_missing() {
        agree(None, ["4", "2"], "the shipped model");
    }
}

#[test]
fn strait() {
    page_agrees("strait.md", 1);
}

#[test]
fn centipede() {
    page_agrees("centipede.md", 2);
}

#[test]
fn competing() {
    page_agrees("competing.md", 6);
}

#[test]
fn laws() {
    page_agrees("laws.md", 3);
}

#[test]
fn order() {
    page_agrees("order.md", 5);
}

#[test]
fn patience() {
    page_agrees("patience.md", 2);
}

/// The page on laws asks how often a parameter is below a number. This asks for the parameters themselves.
const DRAWN: &str = r#"model "Drawn"
time monthly from 2025-01 to 2025-01
param wide = 10 .. 1000                         assumed "given"
param signed = -2 .. 6                          assumed "given"
param share in 0 .. 1 = 2% .. 20%               assumed "given"
param bitten = -1 .. 3, at least -2             assumed "given"
param cut in -1 .. 2 = normal(0, 1)             assumed "given"
param piled in -1 .. 2 = clip(normal(0, 1))     assumed "given"
param flat = uniform(2, 6)                      assumed "given"
param hill = triangular(0, 1, 4)                assumed "given"
param skew = lognormal(0, 1)                    assumed "given"
param odds = beta(2, 1)                         assumed "given"
param rare = beta(0.5, 40)                      assumed "given"
param wait = gamma(1, 2)                        assumed "given"
param few = gamma(0.5, 30)                      assumed "given"
param many = gamma(12.5, 3)                     assumed "given"
question wide "wide" = value wide at 2025-01
question signed "signed" = value signed at 2025-01
question share "share" = value share at 2025-01
question bitten "bitten" = value bitten at 2025-01
question cut "cut" = value cut at 2025-01
question piled "piled" = value piled at 2025-01
question flat "flat" = value flat at 2025-01
question hill "hill" = value hill at 2025-01
question skew "skew" = value skew at 2025-01
question odds "odds" = value odds at 2025-01
question rare "rare" = value rare at 2025-01
question wait "wait" = value wait at 2025-01
question few "few" = value few at 2025-01
question many "many" = value many at 2025-01
"#;

#[test]
fn drawn_parameters() {
    if !python_is_missing() {
        let (_folder, path) = written(DRAWN);
        agree(Some(&path), ["200", "2"], "parameters");
    }
}

/// The comparison finds an interpreter that is wrong. In copies of it these are broken, one at a time.
#[test]
fn a_broken_interpreter_is_found() {
    if python_is_missing() {
        return;
    }
    let drawn = || vec![DRAWN.to_owned()];
    let broken = [
        // A uniform number is half of what it should be.
        ("arithmetic.py", "word >> 12", "word >> 13", drawn()),
        // What lies beyond the bounds of a law is piled up on them.
        ("laws.py", "(0.0, 1.0) if clipped else", "(0.0, 1.0) if True else", drawn()),
        // Everybody foresees one move more.
        ("interpreter.py", "foreseen >= foresight", "foreseen > foresight", models("centipede.md")),
        // Of competing events the first takes the share of all.
        ("interpreter.py", "so_far / total * acts > u", "acts > u", models("competing.md")),
        // Events and flows do not see what was chosen.
        ("interpreter.py", "moment.chosen = outcomes", "moment.chosen = None", models("order.md")),
        // Flows are held within no bounds.
        ("interpreter.py", "for stock in moved:", "for stock in ():", models("order.md")),
        // In the look ahead time stands still.
        ("interpreter.py", "rate(moment) * after for", "rate(moment) * 0.0 for", models("patience.md")),
    ];
    for (file, right, wrong, models) in broken {
        let copy = tempfile::tempdir().unwrap();
        for name in FILES {
            let text = std::fs::read_to_string(here().join(name)).unwrap();
            let text = if name == file {
                assert_eq!(text.matches(right).count(), 1, "`{right}` in {file}");
                text.replace(right, wrong)
            } else {
                text
            };
            std::fs::write(copy.path().join(name), text).unwrap();
        }
        let found = models.iter().any(|model| {
            let (_folder, path) = written(model);
            !differences(copy.path(), Some(&path), ["24", "4"]).is_empty()
        });
        assert!(found, "`{wrong}` in {file} was not noticed");
    }
}
