//! Runs every code block of the README, the book, the specs and the pages of models.
//!
//! The word after the fence says what a block is:
//!
//! - `vor` is a model of its own; it must check without errors unless a `diagnostics` block follows it.
//!   `vor file=NAME` keeps it under that name for the commands of the page; `vor continued` adds to the block before;
//!   `vor part file=NAME` is a file that another one uses, not a model of its own.
//!   `vor in=PATH` is a piece of a file of the project, and has to stand there.
//! - `document file=NAME` is a document to cite from.
//! - `diagnostics` is what `check` says of the model before it.
//! - `expect` states answers of the model before it: `QUESTION[@READING] [in SCENARIO] = NUMBER +- TOLERANCE` (of a
//!   probability, or of the mean of a number), or `… within N errors`, N being Monte Carlo standard errors; of a first
//!   date with `by P%` (5, 50 or 95) `= DATE`, the date by which it has come true with this probability, or `= never`.
//! - `console` is a session: `$ variorum …` with what it prints, standard error after standard output.
//! - `sh` lines must be run by `.ci/run` or be shown there; `text` is not run.
//!
//! On a page of `models/` sessions are held in the project's folder, and an `expect` block without a model before it is
//! about the `model.vor` beside the page.
//!
//! `UPDATE=1 cargo test -p variorum-cli --test documents` writes what was printed into the files; read the difference.
//! With `PAGES=reference/` only the pages run whose path has that in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use variorum::answers::{Answer, Answers};
use variorum::model::model::{Model, ReadingOf};
use variorum::model::program::Program;
use variorum::render::render;
use variorum::run::{Run, Unwatched, run};
use variorum::syntax::diagnostic::{Code, Severity};
use variorum::{check, checked, load};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn pages(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            pages(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "md") {
            into.push(entry);
        }
    }
}

struct Block {
    /// Line of the opening fence, from 0.
    line: usize,
    kind: String,
    options: Vec<String>,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, content) in text.lines().enumerate() {
        if content.starts_with("```") {
            match open.take() {
                Some(block) => blocks.push(block),
                None => {
                    let mut words = content.trim_start_matches('`').split_whitespace().map(str::to_owned);
                    let kind = words.next().unwrap_or_else(|| "text".to_owned());
                    open = Some(Block { line, kind, options: words.collect(), text: String::new() });
                }
            }
        } else if let Some(block) = &mut open {
            block.text.push_str(content);
            block.text.push('\n');
        }
    }
    assert!(open.is_none(), "a code block is not closed");
    blocks
}

/// What `check` says of one file.
fn findings(name: &str, text: &str) -> (String, usize) {
    let files = BTreeMap::from([(name.to_owned(), text.to_owned())]);
    let loaded = load(name, &files).unwrap();
    let model = checked(&loaded);
    let errors = model.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    let shown = model.diagnostics.iter().map(|found| render(found, &loaded, false) + "\n\n").collect::<String>();
    (shown.trim_end().to_owned() + "\n", errors)
}

fn play(model: &Model<'_>, programs: &[(&ReadingOf<'_>, &Program)]) -> Result<Answers, String> {
    let settings = Run { draws: 4096, ..Run::default() };
    run(model, programs, &settings, &Unwatched::default()).map_err(|error| error.to_string())
}

fn expect(model: &str, lines: &str) -> Result<(), String> {
    let files = BTreeMap::from([("model.vor".to_owned(), model.to_owned())]);
    let loaded = load("model.vor", &files)?;
    let model = checked(&loaded);
    let programs = check::programs(&model, &[])?;
    // By scenario; the world as it is has no name.
    let mut played = BTreeMap::from([(String::new(), play(&model, &programs)?)]);
    for scenario in &model.shared.scenarios {
        let changed: Vec<_> = programs
            .iter()
            .map(|(reading, _)| model.scenario_program(reading, scenario))
            .collect::<Result<_, _>>()
            .map_err(|found| format!("{found:?}"))?;
        let changed: Vec<_> =
            programs.iter().zip(&changed).map(|((reading, _), program)| (*reading, program)).collect();
        played.insert(scenario.name.as_ref().map_or(String::new(), |name| name.value.clone()), play(&model, &changed)?);
    }
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (what, wanted) = line.split_once(" = ").ok_or_else(|| format!("`{line}`: no ` = `"))?;
        let (what, quantile) = what.trim().split_once(" by ").unwrap_or((what.trim(), ""));
        let (what, scenario) = what.split_once(" in ").unwrap_or((what, ""));
        let answers = played.get(scenario).ok_or_else(|| format!("`{line}`: no such scenario"))?;
        let (question, reading) = what.trim().split_once('@').unwrap_or((what.trim(), ""));
        let asked = answers.questions.iter().find(|asked| asked.name == question);
        let asked = asked.ok_or_else(|| format!("`{line}`: no such question"))?;
        let found = asked.readings.iter().find(|answer| reading.is_empty() || answer.reading == reading);
        let found = found.ok_or_else(|| format!("`{line}`: no such reading"))?;
        if let Some(place) = ["5%", "50%", "95%"].iter().position(|written| *written == quantile) {
            let Answer::Date(answer) = &found.answer else { return Err(format!("`{line}`: not a first date")) };
            let date = answer.quantiles[place].as_deref().unwrap_or("never");
            if date != wanted.trim() {
                return Err(format!("`{line}`: it is {date}"));
            }
            continue;
        }
        let value = match &found.answer {
            Answer::Probability(answer) => answer.probability,
            Answer::Number(answer) => answer.mean,
            Answer::Date(answer) => answer.ever.probability,
            Answer::Void { reason } => return Err(format!("`{line}`: there is no answer: {reason}")),
        };
        let (number, tolerance) = if let Some((number, tolerance)) = wanted.split_once("+-") {
            (number.trim().parse::<f64>().unwrap(), tolerance.trim().parse::<f64>().unwrap())
        } else {
            let (number, errors) = wanted.split_once("within").ok_or_else(|| format!("`{line}`: no tolerance"))?;
            let errors = errors.trim().trim_end_matches("errors").trim().parse::<f64>().unwrap();
            (number.trim().parse::<f64>().unwrap(), errors * found.error())
        };
        if (value - number).abs() > tolerance {
            return Err(format!("`{line}`: it is {value} (standard error {})", found.error()));
        }
    }
    Ok(())
}

/// Runs a session in `folder` and shows it as it should be written.
fn session(text: &str, folder: &Path) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let words = shlex::split(command).unwrap_or_else(|| panic!("`{command}` cannot be split"));
        let (program, arguments) = words.split_first().unwrap();
        assert_eq!(program, "variorum", "only variorum is run in a session: `{command}`");
        let output = Command::new(env!("CARGO_BIN_EXE_variorum")).args(arguments).current_dir(folder).output().unwrap();
        writeln!(shown, "$ {command}").unwrap();
        shown.push_str(&String::from_utf8_lossy(&output.stdout));
        shown.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// Runs the blocks of a page: what is wrong, and the page as it should be.
fn page(path: &Path, wrong: &mut Vec<String>) -> String {
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    if text.starts_with(GENERATED) {
        return text;
    }
    let name = path.strip_prefix(root()).unwrap().display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let of_model = path.starts_with(root().join("models"));
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap_or_default();
    let blocks = blocks(&text);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut replaced: Vec<(usize, usize, String)> = Vec::new();
    let beside = path.with_file_name("model.vor");
    let mut model = if of_model { std::fs::read_to_string(beside).unwrap_or_default() } else { String::new() };
    for (index, block) in blocks.iter().enumerate() {
        let at = format!("{name}:{}", block.line + 1);
        let file = block.options.iter().find_map(|option| option.strip_prefix("file="));
        let source = block.options.iter().find_map(|option| option.strip_prefix("in="));
        let mut compare = |wanted: String| {
            let normal = |text: &str| text.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
            if normal(&wanted) != normal(&block.text) {
                wrong.push(format!("{at}: it says now\n{wanted}"));
                replaced.push((block.line, block.text.lines().count(), wanted));
            }
        };
        match block.kind.as_str() {
            "vor" if source.is_some() => {
                let source = source.unwrap_or_default();
                let whole = std::fs::read_to_string(root().join(source)).unwrap_or_default().replace("\r\n", "\n");
                if !whole.contains(&block.text) {
                    wrong.push(format!("{at}: this does not stand in {source}"));
                }
            }
            "vor" => {
                if block.options.iter().any(|option| option == "continued") {
                    model.push_str(&block.text);
                } else {
                    model.clone_from(&block.text);
                }
                if let Some(file) = file {
                    let path = folder.path().join(file);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, &model).unwrap();
                }
                let judged = blocks.get(index + 1).is_some_and(|next| next.kind == "diagnostics");
                let part = block.options.iter().any(|option| option == "part");
                let uses = part || model.lines().any(|line| line.starts_with("use "));
                if !judged && !uses {
                    let (shown, errors) = findings(file.unwrap_or("model.vor"), &model);
                    if errors > 0 {
                        wrong.push(format!("{at}: this model has errors\n{shown}"));
                    }
                }
            }
            "document" => std::fs::write(folder.path().join(file.unwrap_or("document.txt")), &block.text).unwrap(),
            "diagnostics" => compare(findings("model.vor", &model).0),
            "expect" => {
                if let Err(why) = expect(&model, &block.text) {
                    wrong.push(format!("{at}: {why}"));
                }
            }
            "console" if of_model => compare(session(&block.text, &root())),
            "console" => compare(session(&block.text, folder.path())),
            "sh" => {
                for line in block.text.lines().filter(|line| !line.trim().is_empty()) {
                    if !ci.contains(line.trim()) {
                        wrong.push(format!("{at}: .ci/run does not run `{line}`"));
                    }
                }
            }
            "text" | "json" | "toml" => {}
            kind => wrong.push(format!("{at}: unknown kind of block `{kind}`")),
        }
    }
    for (line, count, wanted) in replaced.into_iter().rev() {
        lines.splice(line + 1..line + 1 + count, wanted.trim_end().lines().map(|line| line.trim_end().to_owned()));
    }
    lines.join("\n") + "\n"
}

/// The first line of a page that another test generates, of blocks that run elsewhere.
const GENERATED: &str = "<!-- generated";

/// Runs pages, several at a time: most of the time goes into the commands that they run.
fn run_pages(list: &[PathBuf]) {
    let wanted = std::env::var("PAGES").unwrap_or_default();
    let list: Vec<&PathBuf> = list.iter().filter(|path| path.to_string_lossy().contains(&wanted)).collect();
    let next = AtomicUsize::new(0);
    let all: Mutex<BTreeMap<usize, Vec<String>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(list.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = list.get(index) else { break };
                    let mut wrong = Vec::new();
                    let text = page(path, &mut wrong);
                    if !wrong.is_empty() && std::env::var_os("UPDATE").is_some() {
                        std::fs::write(path, text).unwrap();
                    }
                    all.lock().unwrap().insert(index, wrong);
                }
            });
        }
    });
    let wrong: Vec<String> = all.into_inner().unwrap().into_values().flatten().collect();
    assert!(wrong.is_empty(), "{}\n\n{} blocks are wrong", wrong.join("\n\n"), wrong.len());
}

#[test]
fn readme() {
    run_pages(&[root().join("README.md")]);
}

#[test]
fn book() {
    let mut list = Vec::new();
    pages(&root().join("book/src"), &mut list);
    run_pages(&list);
}

#[test]
fn specs() {
    let mut list = Vec::new();
    pages(&root().join("spec"), &mut list);
    run_pages(&list);
}

#[test]
fn models() {
    let mut list = Vec::new();
    pages(&root().join("models"), &mut list);
    run_pages(&list);
}

/// Every diagnostic has a page with a model that shows it.
#[test]
fn every_diagnostic_has_a_page() {
    let mut missing = Vec::new();
    for code in Code::ALL {
        let path = root().join(format!("spec/diagnostics/{}.md", code.id()));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if !text.contains(&format!("[{}]", code.id())) {
            missing.push(code.id());
        }
    }
    assert!(missing.is_empty(), "these have no page, or none that shows them: {}", missing.join(", "));
}
