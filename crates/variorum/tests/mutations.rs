//! Broken, absurd and hostile models: whatever the text, there are findings or answers, in bounded time, and never a
//! panic.
//!
//! 10,000 models are made from good ones by cutting, splicing, random bytes, and by moving, doubling and exchanging
//! words; absurd numbers, depths and lengths are added by hand. The seeds are fixed: what fails once, fails again.
//! Seen to fail: with a panic in the checker for names that occur twice.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use variorum::run::{Run, Unwatched, run};
use variorum::{check, checked, load, shipped};

/// How long one model may take. It is far more than any takes, since machines are busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % (bound.max(1) as u64)).unwrap()
    }
    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Good models: those of the specs, and the shipped one in a single file.
fn corpus() -> Vec<String> {
    let mut models = Vec::new();
    for folder in ["spec/meaning", "book/src/reference", "book/src/tutorial"] {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(path).unwrap();
            let mut block: Option<String> = None;
            for line in text.lines() {
                if line.starts_with("```") {
                    if let Some(model) = block.take() {
                        models.push(model);
                    } else if line.starts_with("```vor") {
                        block = Some(String::new());
                    }
                } else if let Some(model) = &mut block {
                    model.push_str(line);
                    model.push('\n');
                }
            }
        }
    }
    let files = shipped::files();
    let mut order = vec![shipped::ROOT.to_owned()];
    order.extend(files.keys().filter(|path| path.ends_with(".vor") && *path != shipped::ROOT).cloned());
    let whole: String = order.iter().map(|path| files[path].clone()).collect();
    models.push(whole.lines().filter(|line| !line.starts_with("use ")).map(|line| format!("{line}\n")).collect());
    assert!(models.len() > 30, "only {} models", models.len());
    models
}

/// What one model came to.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    answered: usize,
    limited: usize,
    slowest: Duration,
    slowest_of: String,
}

impl Tally {
    fn try_model(&mut self, name: &str, text: &str) {
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| play(text)));
        let took = begun.elapsed();
        match outcome {
            Ok(Outcome::Refused) => self.refused += 1,
            Ok(Outcome::Answered) => self.answered += 1,
            Ok(Outcome::Limited) => self.limited += 1,
            Err(_) => {
                let path = std::env::temp_dir().join("variorum-mutation.vor");
                let _ = std::fs::write(&path, text);
                panic!("{name} panicked; the model is in {}", path.display());
            }
        }
        assert!(took < PATIENCE, "{name} took {took:?}");
        if took > self.slowest {
            self.slowest = took;
            self.slowest_of = name.to_owned();
        }
    }
}

enum Outcome {
    Refused,
    Answered,
    Limited,
}

/// The most steps that are played here, so that the test ends soon; checking knows no such bound.
const STEPS: u32 = 1_000;

fn play(text: &str) -> Outcome {
    let files = BTreeMap::from([("m.vor".to_owned(), text.to_owned())]);
    let loaded = load("m.vor", &files).unwrap();
    let model = checked(&loaded);
    for found in model.diagnostics.iter().take(20) {
        assert!(!variorum::render::render(found, &loaded, false).is_empty());
    }
    let _ = variorum::compare::compare(&model);
    if model.has_errors() {
        return Outcome::Refused;
    }
    let programs = check::programs(&model, &[]).unwrap();
    if programs.iter().any(|(_, program)| program.clock.steps > STEPS) {
        return Outcome::Limited;
    }
    let settings = Run { draws: 1, per_draw: 2, threads: 1, lanes: 8, ..Run::default() };
    match run(&model, &programs, &settings, &Unwatched::default()) {
        Ok(_) => Outcome::Answered,
        Err(_) => Outcome::Limited,
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn mutate(dice: &mut Dice, corpus: &[String]) -> String {
    let mut text = dice.pick(corpus).clone();
    for _ in 0..=dice.below(4) {
        let cut = |dice: &mut Dice, text: &str| boundary(text, dice.below(text.len() + 1));
        match dice.below(9) {
            0 => {
                let at = cut(dice, &text);
                text.truncate(at);
            }
            1 => {
                let other = dice.pick(corpus).clone();
                let (from, at) = (cut(dice, &other), cut(dice, &text));
                text = format!("{}{}", &text[..at], &other[from..]);
            }
            2 => {
                let mut bytes = text.into_bytes();
                for _ in 0..=dice.below(8) {
                    if !bytes.is_empty() {
                        let at = dice.below(bytes.len());
                        bytes[at] = u8::try_from(dice.below(256)).unwrap();
                    }
                }
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            3..=5 => {
                let mut words: Vec<String> = text.split_inclusive([' ', '\n']).map(str::to_owned).collect();
                if words.len() > 1 {
                    let (a, b) = (dice.below(words.len()), dice.below(words.len()));
                    match dice.below(3) {
                        0 => words.swap(a, b),
                        1 => {
                            words.remove(a);
                        }
                        _ => {
                            let word = words[b].clone();
                            words.insert(a, word);
                        }
                    }
                }
                text = words.concat();
            }
            6 => {
                let mut lines: Vec<&str> = text.lines().collect();
                if lines.len() > 1 {
                    let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
                    if dice.below(2) == 0 {
                        lines.swap(a, b);
                    } else {
                        let line = lines[b];
                        lines.insert(a, line);
                    }
                }
                text = lines.join("\n");
            }
            7 => {
                let numbers =
                    ["0", "1e400", "-1", "1e308", "1e-320", "100%", "1000000000", "0.5 .. 0.5", "nan", "2 in 0 years"];
                let digits: Vec<usize> =
                    text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
                if !digits.is_empty() {
                    let from = *dice.pick(&digits);
                    let end = text[from..].find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.');
                    let end = end.map_or(text.len(), |length| from + length);
                    text = format!("{}{}{}", &text[..from], dice.pick::<&str>(&numbers), &text[end..]);
                }
            }
            _ => {
                let inserts = [
                    "(",
                    ")",
                    "\"",
                    "[",
                    "..",
                    "if ",
                    "#",
                    "\t",
                    "not ",
                    "\u{feff}",
                    "-",
                    "^",
                    "per year ",
                    "\r\n",
                    "option ",
                ];
                let at = cut(dice, &text);
                text.insert_str(at, dice.pick::<&str>(&inserts));
            }
        }
    }
    text
}

#[test]
fn three_thousand_mutated_models() {
    let corpus = corpus();
    let mut tally = Tally::default();
    for model in &corpus {
        // Blocks that continue others, or show what goes wrong, are refused; most are answered.
        tally.try_model("an unchanged model", model);
    }
    assert!(tally.answered > corpus.len() / 3, "{tally:?}");
    let mut dice = Dice(20_241_028);
    for number in 0..10_000 {
        let text = mutate(&mut dice, &corpus);
        tally.try_model(&format!("mutated model {number}"), &text);
    }
    println!("{tally:?}");
    assert!(tally.refused > 1000 && tally.answered > 100, "{tally:?}");
}

const HEAD: &str = "model \"M\"\ntime monthly from 2024-01 to 2024-12\nactor A\nflag f = no\nstock x = 1\n";

fn many(count: usize, line: &dyn Fn(usize) -> String) -> String {
    let mut text = HEAD.to_owned();
    (0..count).for_each(|number| text.push_str(&line(number)));
    text.push_str("question q \"q\" = f by 2024-12\n");
    text
}

#[test]
fn absurd_models() {
    let deep = |open: &str, close: &str| {
        format!(
            "{HEAD}let y = {}1{}\nquestion q \"q\" = value y at 2024-12\n",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    let models: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("one byte", "\0".to_owned()),
        ("parentheses", deep("(", ")")),
        ("not", deep("not ", "")),
        ("minus", deep("- ", "")),
        ("if", deep("if f then ", " else 0")),
        ("powers", deep("2 ^ ", "")),
        ("functions", deep("exp(", ")")),
        ("a long sum", format!("{HEAD}let y = {}1\nquestion q \"q\" = value y at 2024-12\n", "1 + ".repeat(100_000))),
        (
            "10^9 steps",
            "model \"M\"\ntime 1000 per month from 0001 to 9999\nquestion q \"q\" = 1 > 0 by 2000\n".to_owned(),
        ),
        (
            "the limit of steps",
            many(0, &|_| String::new()).replace("monthly from 2024-01 to 2024-12", "900 per month from 2020 to 2028"),
        ),
        ("1e400", format!("{HEAD}param p = 1e400\nparam q in 1 .. 1e400 = 2\n")),
        (
            "a chain of formulas",
            many(5_000, &|n| if n == 0 { "let y0 = x\n".to_owned() } else { format!("let y{n} = y{} + 1\n", n - 1) }),
        ),
        (
            "formulas that double",
            many(64, &|n| if n == 0 { "let y0 = x\n".to_owned() } else { format!("let y{n} = y{0} + y{0}\n", n - 1) })
                + "question v \"v\" = value y63 at 2024-12\nevent e hazard y63 per year then f = yes\n",
        ),
        ("a circle of formulas", many(1_000, &|n| format!("let y{n} = y{} + 1\n", (n + 1) % 1_000))),
        ("many events", many(3_000, &|n| format!("event e{n} hazard 1% per year then f = yes\n"))),
        (
            "many events that exclude",
            many(500, &|n| format!("event e{n} excludes e0 hazard 1% per year then f = yes\n")),
        ),
        ("events that conflict", many(400, &|n| format!("event e{n} hazard 1% per year then x = {n}\n"))),
        ("many parameters", many(20_000, &|n| format!("param p{n} = 1 .. 2\n"))),
        ("many flows", many(2_000, &|n| format!("flow l{n}: x += 1% per year\n"))),
        (
            "a long list of actors",
            format!("{HEAD}actor {}\n", (0..100_000).map(|n| format!("a{n}")).collect::<Vec<_>>().join(", ")),
        ),
        (
            "all pairs",
            format!(
                "{HEAD}actor {}\ngroup g = {}\nstock tie[g, g] = 0\n",
                (0..700).map(|n| format!("a{n}")).collect::<Vec<_>>().join(", "),
                (0..700).map(|n| format!("a{n}")).collect::<Vec<_>>().join(", ")
            ),
        ),
        ("a huge name", format!("{HEAD}param {} = 1\n", "n".repeat(1_000_000))),
        ("a huge string", format!("{HEAD}claim c \"{}\"\n", "word ".repeat(200_000))),
        (
            "a ladder of many levels",
            format!(
                "{HEAD}ladder l = {}\nevent up hazard 12 per year then l = next level\nquestion q \"q\" = l >= v1999 by 2024-12\n",
                (0..2_000).map(|n| format!("v{n}")).collect::<Vec<_>>().join(" < ")
            ),
        ),
        ("a game of many replies", game(40, 3, 0)),
        ("a game with a far horizon", game(6, 3, 100)),
        ("many options", game(3, 400, 1)),
        (
            "endless hazards",
            format!("{HEAD}event e hazard 1e308 * 1e308 per year then f = yes\nquestion q \"q\" = f by 2024-12\n"),
        ),
        (
            "no numbers",
            format!(
                "{HEAD}let y = ln(0 - x) / 0\nevent e hazard y per year then f = yes\nquestion q \"q\" = f by 2024-12\n"
            ),
        ),
        ("readings of readings", many(300, &|n| format!("reading r{n}\n  flow x += {n} per year assumed \"r\"\n"))),
        ("only line breaks", "\n".repeat(1_000_000)),
        ("only quotes", "\"".repeat(100_000)),
        ("only dots", ".".repeat(1_000_000)),
        ("a line of words", "word ".repeat(200_000)),
    ];
    let mut tally = Tally::default();
    for (name, text) in &models {
        tally.try_model(name, text);
    }
    println!("{tally:?}");
    assert_eq!(tally.refused + tally.answered + tally.limited, models.len());
}

/// A chain of replies by utility, each with so many options, over a horizon of years.
fn game(replies: usize, options: usize, years: usize) -> String {
    let mut text = format!(
        "{HEAD}utility u: A = x assumed \"r\"\nprecision A = 2 assumed \"r\"\nhorizon A = {years} years assumed \"r\"\n\
         flow x += 1% per year * x assumed \"r\"\n"
    );
    for reply in 0..replies {
        let when = if reply == 0 { "considered 1 per year".to_owned() } else { format!("after c{}", reply - 1) };
        text.push_str(&format!("choice c{reply} by A {when} assumed \"r\"\n  option stay default\n"));
        for option in 1..options {
            text.push_str(&format!("  option o{option} then x += 0.{}{option}\n", reply + 1));
        }
    }
    text + "question q \"q\" = x > 3 by 2024-12\n"
}
