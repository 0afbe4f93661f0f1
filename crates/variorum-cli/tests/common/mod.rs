//! The command, a small model, and what it prints.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::path::Path;
use std::process::{Command, Output};

pub fn variorum(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_variorum")).args(arguments).current_dir(folder).output().unwrap()
}

/// A folder with a model `m.vor`.
pub fn model(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("m.vor"), text).unwrap();
    folder
}

pub const SMALL: &str = "model \"Small\"\ntime monthly from 2024-01 to 2024-12\nflag war = no\n\
    event w hazard 5% .. 20% per year then war = yes assumed \"r\"\nquestion q \"war\" = war by 2024-12\n";

/// A model with one error.
pub const BAD: &str = "model \"Bad\"\ntime monthly from 2024-01 to 2024-12\nflow x += 1\n";

pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
