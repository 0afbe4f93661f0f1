//! The numbers in the prose of a shipped model's page are the model's.
//!
//! A number that is followed by a comment that no reader sees, as in `27%<!--troops johansson-->`, is compared with what
//! `variorum run` prints for that model at its default settings, or with what `claims.toml` records of a row.
//! `UPDATE=1 cargo test --release -p variorum-cli --test figures` writes them; read the difference, and the sentences.
//!
//! | key | |
//! |---|---|
//! | `QUESTION READING` | the answer before anything was seen: a probability or a mean |
//! | `QUESTION READING FIELD` | `low`, `high` (90% interval), `sd`, `from`, `to` (of outcomes), `after`, `after-low`, `after-high` |
//! | `QUESTION all`, `QUESTION all after`, `QUESTION all weighted` | the mean of the readings, after what was seen, by weight |
//! | `bits READING`, `weight READING`, `since READING`, `effective READING` | its evidence; its weight on the whole record, and on what was seen since the last author wrote; its effective sample size |
//! | `pair A B` | by how many bits A foretold better than B what was seen after both had written |
//! | `pair-hindsight A B` | the same of all that was seen |
//! | `row ROW N FIELD` | of the row's clause N (from 1): `with`, `without`, `effect`; `share` of an uncertainty |
//!
//! `/1e9` behind a key divides the number first.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
}

/// What a page's keys stand for.
struct Figures {
    run: Value,
    rows: toml::Table,
}

/// A number as people are shown it.
enum Shown {
    Share(f64),
    Plain(f64),
}

impl Figures {
    fn of(name: &str) -> Figures {
        let output =
            Command::new(env!("CARGO_BIN_EXE_variorum")).args(["run", "--json"]).arg(folder(name)).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = std::fs::read_to_string(folder(name).join("claims.toml")).unwrap_or_default();
        Figures { run: serde_json::from_slice(&output.stdout).unwrap(), rows: rows.parse().unwrap() }
    }

    fn named<'v>(list: &'v Value, field: &str, name: &str) -> Option<&'v Value> {
        list.as_array()?.iter().find(|entry| entry[field] == name)
    }

    fn answer(&self, question: &str, reading: &str, field: &str) -> Option<Shown> {
        let question = Figures::named(&self.run["questions"], "name", question)?;
        let is_share = question["readings"][0]["kind"] != "number";
        let show = |value: &Value| value.as_f64().map(if is_share { Shown::Share } else { Shown::Plain });
        if reading == "all" {
            let field = match field {
                "" => "equal_before",
                "after" => "equal_after",
                _ => "weighted_after",
            };
            return show(&question["pooled"][field]);
        }
        let before = Figures::named(&question["readings"], "reading", reading)?;
        let (answer, field) = match field.strip_prefix("after") {
            Some(rest) => (&before["after"], rest.trim_start_matches('-')),
            None => (before, field),
        };
        match field {
            "" if is_share => show(&answer["probability"]),
            "" => show(&answer["mean"]),
            "low" => show(&answer["interval"][0]),
            "high" => show(&answer["interval"][1]),
            "sd" => show(&answer["deviation"]),
            "from" => show(&answer["predictive"][0]),
            "to" => show(&answer["predictive"][1]),
            _ => None,
        }
    }

    fn row(&self, row: &str, number: usize, field: &str) -> Option<Shown> {
        let clauses = self.rows.get("clause")?.as_array()?;
        let clause = clauses.iter().filter(|clause| clause["row"].as_str() == Some(row)).nth(number - 1)?;
        let number = |name: &str| clause.get("measured")?.get(name)?.as_float();
        if field == "share" {
            return number("share").map(Shown::Share);
        }
        let (with, without) = (number("with")?, number("without")?);
        let question = Figures::named(&self.run["questions"], "name", clause["question"].as_str()?)?;
        let show = if question["readings"][0]["kind"] == "number" || clause["kind"].as_str() == Some("weight") {
            Shown::Plain
        } else {
            Shown::Share
        };
        Some(match field {
            "with" => show(with),
            "without" => show(without),
            "effect" => show(with - without),
            _ => return None,
        })
    }

    fn of_key(&self, key: &str) -> Option<Shown> {
        let words: Vec<&str> = key.split_whitespace().collect();
        let evidence = &self.run["evidence"];
        let of = |list: &Value, reading: &str, field: &str| Figures::named(list, "reading", reading)?[field].as_f64();
        match words[..] {
            ["bits", reading] => of(&evidence["readings"], reading, "log2").map(Shown::Plain),
            ["effective", reading] => of(&evidence["readings"], reading, "effective").map(Shown::Plain),
            ["weight", reading] => of(&evidence["hindsight"]["weights"], reading, "weight").map(Shown::Share),
            ["since", reading] => of(&evidence["since"]["weights"], reading, "weight").map(Shown::Share),
            ["pair", a, b] => evidence["pairs"].as_array()?.iter().find_map(|pair| {
                let is_these = |x: &str, y: &str| pair["first"] == x && pair["second"] == y;
                let bits = pair["bits"].as_f64()?;
                let by = if pair["better"] == a { bits.abs() } else { -bits.abs() };
                (is_these(a, b) || is_these(b, a)).then_some(Shown::Plain(by))
            }),
            ["pair-hindsight", a, b] => {
                Some(Shown::Plain(of(&evidence["readings"], a, "log2")? - of(&evidence["readings"], b, "log2")?))
            }
            ["row", row, number, field] => self.row(row, number.parse().ok()?, field),
            [question, reading] => self.answer(question, reading, ""),
            [question, reading, field] => self.answer(question, reading, field),
            _ => None,
        }
    }

    /// The text of a key's number.
    fn text(&self, key: &str) -> Option<String> {
        let (key, by) = match key.split_once('/') {
            Some((key, by)) => (key, by.trim().parse::<f64>().ok()?),
            None => (key, 1.0),
        };
        Some(match self.of_key(key)? {
            Shown::Share(share) => format!("{}%", rounded(100.0 * share, 2)),
            Shown::Plain(number) => rounded(number / by, 2 + usize::from((number / by).abs() >= 100.0)),
        })
    }
}

/// So many significant digits, thousands parted by commas.
fn rounded(x: f64, digits: usize) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{x:.*e}", digits - 1);
    let value: f64 = scientific.parse().unwrap();
    let exponent: i32 = scientific.split_once('e').unwrap().1.parse().unwrap();
    let decimals = usize::try_from(i32::try_from(digits).unwrap() - 1 - exponent).unwrap_or(0);
    let text = format!("{:.*}", decimals, value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(a, b)| (a, format!(".{b}")));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}{grouped}{rest}", if x < 0.0 { "-" } else { "" })
}

/// The page with its numbers filled in, and what does not agree.
fn settled(page: &str, figures: &Figures) -> (String, Vec<String>) {
    let (mut text, mut wrong) = (String::new(), Vec::new());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!--") {
        let (key, behind) = after.split_once("-->").expect("a comment ends");
        let start = before
            .rfind(|c: char| !(c.is_ascii_digit() || ".,%-?".contains(c)))
            .map_or(0, |place| place + before[place..].chars().next().unwrap().len_utf8());
        let (head, found) = before.split_at(start);
        let wanted = figures.text(key).unwrap_or_else(|| panic!("`{key}` is no figure of this model"));
        if found != wanted {
            wrong.push(format!("{key}: the page says {found}, the model {wanted}"));
        }
        write!(text, "{head}{wanted}<!--{key}-->").unwrap();
        rest = behind;
    }
    text.push_str(rest);
    (text, wrong)
}

#[test]
fn numbers_in_prose_are_the_models() {
    for name in ["pyongyang", "july-1914"] {
        let path = folder(name).join("README.md");
        let Ok(page) = std::fs::read_to_string(&path) else { continue };
        if !page.contains("<!--") {
            continue;
        }
        let (text, wrong) = settled(&page, &Figures::of(name));
        if wrong.is_empty() {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, text).unwrap();
            continue;
        }
        panic!("{}:\n{}\nUPDATE=1 writes them", path.display(), wrong.join("\n"));
    }
}

#[test]
fn numbers_are_shown_with_two_digits() {
    for (x, digits, text) in [
        (27.4, 2, "27"),
        (4.53, 2, "4.5"),
        (0.0812, 2, "0.081"),
        (446_812.0, 3, "447,000"),
        (-19.35, 2, "-19"),
        (99.96, 2, "100"),
        (2_722.0, 3, "2,720"),
    ] {
        assert_eq!(rounded(x, digits), text);
    }
}
