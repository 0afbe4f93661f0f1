//! `--as-of`: what is known by a day, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{err, model, out, variorum};

/// A model with facts of several years; lines that end in `# later` became known after March 2025, or cannot be known to
/// have been known by then. What is shown with its line stands above them.
const WHOLE: &str = "model \"Border\"
time monthly from 2024-01 to 2026-12
actor N \"North\"
unit men
source early \"Early\" by \"E\" on 2024-05-01
source undated \"Undated\"
flag war = no
stock front : men = 5_000                                    assumed \"given\"
param heat in 0 .. 1 = 0.2 .. 0.6                            assumed \"given\"
event attack hazard heat * (20% per year) then war = yes     assumed \"given\"
event raid hazard 1 per year then front -= 100 men            assumed \"given\"
choice advance by N considered 2 per year                    assumed \"given\"
  option go 20% then front += 500 men
  option stay default
source late \"Late\" by \"L\" on 2025-04-01 # later
source echo \"Quoted by the late one\" quoted in late # later
reading early
reading late # later
reading both \"Both\" voices early, undated
reading baseline
question war \"War\" = war by 2026-12
  early said \"likely\" 4.1-8#7c1e09k2m4tq
  late said 90% # later
  echo said \"unlikely\" # later
  undated said 5%
  resolved yes on 2026-05-01 from \"the record\" # later
question front \"Front\" = value front at 2025-03
  resolved 4_900 on 2025-03-31 from \"the record\"
question raids \"Raids\" = front < 4_000 men by 2025-12
  resolved no # later
scenario calm \"Calm\"
  hold war = no until 2025-06
observe 2024-03 raid                                         from early \"page 2\"
observe from 2024-06 to 2025-02 advance = go                 assumed \"seen\"
observe 2025-03-31 front = 4_800 error 5% .. 10%             assumed \"counted\"
observe 2025-02 raid                                         assumed \"seen\"
  reported by undated, hits 80% .. 95%, false alarms 10%
observe 2025-02-10 war reported by undated, hits 80% .. 95%, false alarms 10% known on 2025-04 assumed \"seen\" # later
observe 2025-03 attack known on 2025-04-01 assumed \"seen\" # later
observe 2025-04 raid reported by undated, hits 70% .. 90%, false alarms 1% .. 5% assumed \"seen\" # later
observe 2026-01 front = 5_100 error 10% .. 20% assumed \"counted\" # later
record complete to 2025-06 for attack
record complete to 2025-01 for advance known on 2025-06 # later
";

/// The model without what was known later.
fn without_later() -> String {
    // A record is known step by step: of this one what was over by then is left.
    let text = WHOLE.replace("record complete to 2025-06", "record complete to 2025-03");
    text.lines().filter(|line| !line.ends_with("# later")).map(|line| format!("{line}\n")).collect()
}

fn printed(text: &str, arguments: &[&str]) -> String {
    let folder = model(text);
    let output = variorum(arguments, folder.path());
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    without_lines(&out(&output))
}

/// Lines that stand elsewhere have other numbers.
fn without_lines(text: &str) -> String {
    let mut kept = String::new();
    for (place, part) in text.split("m.vor:").enumerate() {
        kept.push_str(if place == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) });
    }
    kept
}

#[test]
fn what_is_known_later_might_as_well_not_be_written() {
    let commands: [&[&str]; 8] = [
        &["run", "m.vor"],
        &["run", "m.vor", "--json"],
        &["run", "m.vor", "--json", "--provenance"],
        &["run", "m.vor", "--brief"],
        &["explain", "war", "m.vor"],
        &["explain", "war", "m.vor", "--without", "switch off attack", "--json"],
        &["whatif", "calm", "hold front = 0 men", "--model", "m.vor"],
        &["whatif", "calm", "--model", "m.vor", "--json"],
    ];
    for command in commands {
        let command: Vec<&str> = command.iter().copied().chain(["--draws", "64", "--as-of", "2025-03"]).collect();
        assert_eq!(printed(WHOLE, &command), printed(&without_later(), &command), "{command:?}");
    }
    // It is not so without the day, and one that is later knows more.
    let run = ["run", "m.vor", "--draws", "64"];
    assert_ne!(printed(WHOLE, &run), printed(&without_later(), &run));
    let later = ["run", "m.vor", "--draws", "64", "--as-of", "2025-04-01"];
    assert_ne!(printed(WHOLE, &later), printed(&without_later(), &later));
}

#[test]
fn a_page_as_of_a_day() {
    let page = |text: &str| {
        let folder = model(text);
        let run = ["run", "m.vor", "--draws", "64", "--as-of", "2025-03", "--html", "page.html"];
        let output = variorum(&run, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
        without_lines(&page)
    };
    assert!(page(WHOLE) == page(&without_later()), "the pages differ");
}

#[test]
fn readings_of_later_sources_are_left_out() {
    let folder = model(WHOLE);
    let output = variorum(&["run", "m.vor", "--draws", "16", "--as-of", "2025-03-31"], folder.path());
    assert!(
        err(&output).contains("left out, since all their sources are later than 2025-03-31: late"),
        "{}",
        err(&output)
    );
    assert!(out(&output).contains("As of 2025-03-31"), "{}", out(&output));
    let output = variorum(&["run", "m.vor", "--reading", "late", "--as-of", "2025-03-31"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("all sources of the reading late are later than 2025-03-31"), "{}", err(&output));
    let output = variorum(&["run", "m.vor", "--as-of", "March 2025"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("2024-11-05"), "{}", err(&output));
}

#[test]
fn the_fingerprint_is_of_what_a_model_means() {
    let print = |text: &str| {
        let text = printed(text, &["run", "m.vor", "--draws", "2", "--json"]);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json.get("fingerprint").and_then(serde_json::Value::as_str).unwrap().to_owned()
    };
    let whole = print(WHOLE);
    assert_eq!(whole, print(&WHOLE.replace("assumed \"given\"", "assumed \"otherwise\" # said")));
    assert_ne!(whole, print(&WHOLE.replace("0.2 .. 0.6", "0.2 .. 0.7")));
    assert_ne!(whole, print(&WHOLE.replace("by \"E\"", "by \"F\"")));
    assert_ne!(whole, print(&WHOLE.replace("observe 2024-03 raid", "observe 2024-04 raid")));
}
