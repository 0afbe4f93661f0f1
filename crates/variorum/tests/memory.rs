//! Peak memory does not grow with the number of trajectories: ten million take no more than 5% more than a million.
//!
//! `cargo test --release -p variorum --test memory -- --ignored --nocapture` (Linux: it reads `/proc`). Each size is
//! played in a process of its own, this program again, since a process' peak never sinks.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::process::Command;
use variorum::condition::{Conditioning, condition};
use variorum::run::{Run, Unwatched, tallies};
use variorum::{checked, load};

/// How many trajectories, and whether what was seen counts: `1000000 seen`.
const TASK: &str = "VARIORUM_MEMORY_TASK";

const MODEL: &str = "model \"Memory\"\n\
    time monthly from 2020-01 to 2021-12\n\
    source nis \"A service\"\n\
    param heat in 0 .. 1 = 5% .. 40%\n\
    stock x = 0\n\
    flag war = no\n\
    flow x -= 0.1 * x per month noise normal 0.3 per month\n\
    event clash \"E\" hazard heat / 1 month then x += 0.2\n\
    event attack \"E\" when not war hazard 0.02 * exp(x) / 1 month then war = yes\n\
    observe 2020-02 clash\n\
    observe 2020-05 clash reported by nis, hits 90%, false alarms 5%\n\
    observe 2020-06 x = 0.7 error 0.3\n\
    record complete from 2020-01 to 2020-06 for attack\n\
    question war \"Q\" = war by 2021-12\n\
    question early \"Q\" = war by 2021-06 given x > 0 at 2020-12\n\
    question x_at_last \"Q\" = value x at 2021-12\n\
    question first \"Q\" = first date war\n";

#[test]
#[ignore = "a part of `peak`"]
fn one_run() {
    let Ok(task) = std::env::var(TASK) else {
        println!("SKIPPED memory: `{TASK}` says how many trajectories; `peak` sets it");
        return;
    };
    let (count, seen) = task.split_once(' ').unwrap();
    let (count, seen): (u64, bool) = (count.parse().unwrap(), seen == "seen");
    let files = BTreeMap::from([("m.vor".to_owned(), MODEL.to_owned())]);
    let loaded = load("m.vor", &files).unwrap();
    let model = checked(&loaded);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let program = model.readings[0].program.clone().unwrap();
    let run = Run { draws: count / 16, per_draw: 16, ..Run::default() };
    let done = if seen {
        let conditioning = Conditioning { effective: 0.0, trajectories: count, ..Conditioning::default() };
        let found = condition(&program, &run, &conditioning, &Unwatched::default()).unwrap();
        found.draws() * u64::from(found.per_draw)
    } else {
        let found = tallies(&program, &run, &Unwatched::default()).unwrap();
        found.draws * 16
    };
    assert!(done * 20 > count * 19, "only {done} trajectories");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    println!("peak {} kB", line.split_whitespace().nth(1).unwrap());
}

/// The peak of a process, in kB.
fn peak_of(count: u64, seen: &str) -> f64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "one_run", "--nocapture", "--test-threads", "1"])
        .env(TASK, format!("{count} {seen}"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    let line = text.lines().find_map(|line| line.split_once("peak ")).unwrap().1;
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "plays 22 million trajectories"]
fn peak() {
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("SKIPPED memory: there is no /proc here");
        return;
    }
    for seen in ["unseen", "seen"] {
        let [million, ten] = [1_000_000, 10_000_000].map(|count| peak_of(count, seen));
        println!(
            "{seen}: {million} kB for 10^6 trajectories, {ten} kB for 10^7: {:+.1}%",
            100.0 * (ten / million - 1.0)
        );
        assert!((ten / million - 1.0).abs() < 0.05, "{seen}: {million} kB, {ten} kB");
    }
}
