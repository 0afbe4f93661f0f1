//! Two discrete Bayesian networks, written as models with evidence by `observe`, against exact inference.
//!
//! Always against the sum over all states of the network; and against pyAgrum, in a virtual environment of the test's own:
//!
//! `cargo test --release -p variorum-cli --test networks -- --ignored --nocapture`
//!
//! That needs `python3` with `venv`, and PyPI; where they are missing the test says so and does nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// By question a probability and its standard error, and the evidence with its own.
type Found = BTreeMap<String, (f64, f64)>;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/networks")
}

/// What the command answers on condition of the evidence.
fn answered(model: &str) -> Found {
    let arguments = ["run", "--json", "--draws", "20000", "--seed", "1", model];
    let output = Command::new(env!("CARGO_BIN_EXE_variorum")).args(arguments).current_dir(here()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: Value = serde_json::from_slice(&output.stdout).unwrap();
    let evidence = &answers["evidence"]["readings"][0];
    let probability = variorum::engine::math::exp(evidence["log2"].as_f64().unwrap() * std::f64::consts::LN_2);
    let error = evidence["error"].as_f64().unwrap() * std::f64::consts::LN_2 * probability;
    let mut found = Found::from([("evidence".to_owned(), (probability, error))]);
    for question in answers["questions"].as_array().unwrap() {
        let after = &question["readings"][0]["after"];
        let name = question["name"].as_str().unwrap().to_owned();
        found.insert(name, (after["probability"].as_f64().unwrap(), after["error"].as_f64().unwrap()));
    }
    found
}

/// Everything that was answered lies within 4.5 standard errors of what it is.
fn agree(model: &str, exact: &BTreeMap<String, f64>) {
    let found = answered(model);
    assert!(found.len() >= 4 && found.keys().eq(exact.keys()), "{found:?} {exact:?}");
    for (name, (value, error)) in found {
        let exact = exact[&name];
        println!("{model} {name}: {value:.5} ± {error:.5}, exact {exact:.5}");
        assert!(error > 0.0 && (value - exact).abs() < 4.5 * error, "{model} {name}: {value} ± {error}, not {exact}");
    }
}

/// A node: its name, and its chance of yes by the values of the nodes before it.
type Node = (&'static str, fn(&[bool]) -> f64);

/// Sums over all states of a network.
fn summed(nodes: &[Node], evidence: &[(&str, bool)]) -> BTreeMap<String, f64> {
    let place = |name: &str| nodes.iter().position(|(node, _)| *node == name).unwrap();
    let seen: Vec<(usize, bool)> = evidence.iter().map(|(name, value)| (place(name), *value)).collect();
    let mut sums = vec![0.0; nodes.len()];
    let mut all = 0.0;
    for state in 0..1u32 << nodes.len() {
        let values: Vec<bool> = (0..nodes.len()).map(|node| state >> node & 1 == 1).collect();
        if seen.iter().any(|(node, value)| values[*node] != *value) {
            continue;
        }
        let chance = |(place, (_, yes)): (usize, &Node)| if values[place] { yes(&values) } else { 1.0 - yes(&values) };
        let probability: f64 = nodes.iter().enumerate().map(chance).product();
        all += probability;
        sums.iter_mut().zip(&values).filter(|(_, yes)| **yes).for_each(|(sum, _)| *sum += probability);
    }
    let asked = nodes.iter().zip(&sums).filter(|((name, _), _)| evidence.iter().all(|(seen, _)| seen != name));
    let mut found: BTreeMap<String, f64> = asked.map(|((name, _), sum)| ((*name).to_owned(), sum / all)).collect();
    found.insert("evidence".to_owned(), all);
    found
}

/// One of two numbers.
fn of(condition: bool, yes: f64, no: f64) -> f64 {
    if condition { yes } else { no }
}

#[test]
fn sprinkler() {
    let nodes: [Node; 4] = [
        ("cloudy", |_| 0.5),
        ("sprinkler", |before| of(before[0], 0.1, 0.5)),
        ("rain", |before| of(before[0], 0.8, 0.2)),
        ("wet", |before| of(before[1], of(before[2], 0.99, 0.9), of(before[2], 0.9, 0.0))),
    ];
    agree("sprinkler.vor", &summed(&nodes, &[("wet", true)]));
}

#[test]
fn asia() {
    let nodes: [Node; 7] = [
        ("asia", |_| 0.01),
        ("smoke", |_| 0.5),
        ("tub", |before| of(before[0], 0.05, 0.01)),
        ("lung", |before| of(before[1], 0.1, 0.01)),
        ("bronc", |before| of(before[1], 0.6, 0.3)),
        ("xray", |before| of(before[2] || before[3], 0.98, 0.05)),
        ("dysp", |before| of(before[2] || before[3], of(before[4], 0.9, 0.7), of(before[4], 0.8, 0.1))),
    ];
    agree("asia.vor", &summed(&nodes, &[("asia", true), ("xray", true), ("dysp", true)]));
}

/// What a command prints; if it fails, why.
fn printed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[test]
#[ignore = "installs pyAgrum from PyPI"]
fn pyagrum() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("bin/python");
    let installed = printed(Command::new("python3").args(["-m", "venv"]).arg(folder.path()))
        .and_then(|_| printed(Command::new(&python).args(["-m", "pip", "install", "--quiet", "pyagrum>=2,<4"])));
    if let Err(error) = installed {
        println!("SKIPPED networks: pyAgrum cannot be installed: {error}");
        return;
    }
    let exact = printed(Command::new(&python).arg("-B").arg(here().join("exact.py"))).unwrap();
    let exact: BTreeMap<String, BTreeMap<String, f64>> = serde_json::from_str(&exact).unwrap();
    for (model, exact) in &exact {
        agree(&format!("{model}.vor"), exact);
    }
}
