//! The command as a user meets it: what goes where, the same bytes whatever the threads, what the smaller commands say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::{BAD, SMALL, err, model, out, variorum};
use std::io::Write;
use std::process::Output;

#[test]
fn the_same_bytes_for_any_threads_and_batch() {
    let folder = model(SMALL);
    // Two readings of the shipped model, of which one draws parameters by a proposal.
    let shipped = ["run", "--json", "--draws", "100", "--reading", "lee", "--reading", "corrado"];
    for base in [&["run", "--json", "--draws", "200", "m.vor"][..], &shipped] {
        let first = variorum(base, folder.path());
        assert!(first.status.success(), "{}", err(&first));
        for extra in [["--threads", "1"], ["--threads", "2"], ["--threads", "3"], ["--batch", "8"], ["--batch", "1000"]]
        {
            let again = variorum(&[base, &extra[..]].concat(), folder.path());
            assert_eq!(first.stdout, again.stdout, "{extra:?}");
        }
        let other = variorum(&[base, &["--seed", "2"]].concat(), folder.path());
        assert_ne!(first.stdout, other.stdout, "the seed does nothing");
    }
}

#[test]
fn the_oracle_gives_the_same_answers_on_the_shipped_model() {
    let folder = tempfile::tempdir().unwrap();
    let parse = |output: Output| -> serde_json::Value {
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    // The oracle is slow: few draws of two readings.
    let arguments = ["run", "--json", "--draws", "20", "--reading", "johansson", "--reading", "baseline"];
    let engine = parse(variorum(&[&arguments[..], &[]].concat(), folder.path()));
    let oracle = parse(variorum(&[&arguments[..], &["--oracle"]].concat(), folder.path()));
    let close = |a: &serde_json::Value, b: &serde_json::Value| {
        let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
        (a - b).abs() <= 1e-9 * (1.0 + a.abs())
    };
    let mut compared = 0;
    let (left, right) = (engine["questions"].as_array().unwrap(), oracle["questions"].as_array().unwrap());
    for (left, right) in left.iter().zip(right) {
        for (a, b) in left["readings"].as_array().unwrap().iter().zip(right["readings"].as_array().unwrap()) {
            // A condition that never came true has no answer.
            assert_eq!(a["kind"], b["kind"], "{}", left["name"]);
            if a["kind"] == "void" {
                continue;
            }
            let key = if a["kind"] == "probability" { "probability" } else { "mean" };
            assert!(close(&a[key], &b[key]), "{}: {a} {b}", left["name"]);
            assert!(close(&a["error"], &b["error"]), "{}: {a} {b}", left["name"]);
            compared += 1;
        }
    }
    assert!(compared >= 20, "only {compared} answers were compared");
}

#[test]
fn nothing_but_the_answer_is_on_standard_output() {
    let folder = model(SMALL);
    let output = variorum(&["run", "m.vor", "--json", "--draws", "64"], folder.path());
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let bad = model(BAD);
    let output = variorum(&["run", "m.vor"], bad.path());
    assert_eq!(out(&output), "");
    assert!(err(&output).contains("[unknown-name]"));
}

#[test]
fn answers_fit_the_terminal_and_have_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["run", "--draws", "64"][..],
        &["compare"],
        &["explain", "korea", "--draws", "64", "--reading", "lee"],
        &["whatif", "hold aid[KR] = offensive from 2024-11", "--draws", "64"],
        &["check", "--statements"],
    ] {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        for line in out(&output).lines() {
            assert!(line.chars().count() <= 80, "{arguments:?}: {} columns: {line}", line.chars().count());
        }
        assert!(!out(&output).contains('\u{1b}'));
    }
}

#[test]
fn files_outside_the_folder_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(folder.path().join("secret.vor"), "flag secret = yes\n").unwrap();
    let text = "model \"M\"\ntime monthly from 2024-01 to 2024-12\n";
    std::fs::write(inner.join("a.vor"), format!("{text}use \"../secret.vor\"\n")).unwrap();
    assert!(out(&variorum(&["check", "inner/a.vor"], folder.path())).contains("[bad-use]"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("secret.vor"), inner.join("link.vor")).unwrap();
        std::fs::write(inner.join("b.vor"), format!("{text}use \"link.vor\"\n")).unwrap();
        assert!(out(&variorum(&["check", "inner/b.vor"], folder.path())).contains("[bad-use]"));
    }
}

#[test]
fn the_schema_describes_the_answers() {
    let folder = model(SMALL);
    let schema: serde_json::Value = serde_json::from_str(&out(&variorum(&["schema"], folder.path()))).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["run", "m.vor", "--json", "--draws", "64"][..], &["run", "--json", "--draws", "20"]] {
        let document: serde_json::Value = serde_json::from_str(&out(&variorum(arguments, folder.path()))).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "questions": 3 })));
}

#[test]
fn rows_are_written_wholly_or_not_at_all() {
    let folder = model(SMALL);
    std::fs::rename(folder.path().join("m.vor"), folder.path().join("model.vor")).unwrap();
    let rows = "# kept\n[[clause]]\nrow = \"X1\"\nclaim = []\nkind = \"mechanism\"\nreading = \"model\"\nquestion = \"q\"\n\
                sign = \"+\"\noff = [\"switch off w\"]\ncertain = \"nothing else begins it\"\n[[clause]]\nrow = \"X2\"\n\
                claim = []\nkind = \"uncertainty\"\nreading = \"model\"\nquestion = \"q\"\nparameters = [\"w#1\"]\n\
                [[clause]]\nrow = \"X3\"\nclaim = []\nkind = \"forecast\"\nreading = \"model\"\nquestion = \"q\"\n\
                source = \"ash\"\n";
    let mut file = std::fs::File::create(folder.path().join("claims.toml")).unwrap();
    file.write_all(rows.as_bytes()).unwrap();
    let output = variorum(&["rows", ".", "--write", "--draws", "256"], folder.path());
    assert!(out(&output).contains("X1"), "{}{}", out(&output), err(&output));
    let written = std::fs::read_to_string(folder.path().join("claims.toml")).unwrap();
    assert!(written.starts_with("# kept\n") && written.contains("measured = { with ="), "{written}");
    // Everything that the only answer owes to not knowing is owed to the only parameter.
    assert!(written.contains("measured = { share = "), "{written}");
    // Nobody forecasts here.
    assert_eq!(written.matches("measured").count(), 2, "{written}");
    assert!(out(&output).contains("`ash` says nothing beside the question `q`"), "{}", out(&output));
    assert!(out(&output).lines().all(|line| line.chars().count() <= 80), "{}", out(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn rates_beside_history() {
    let folder = model(SMALL);
    let shown = |arguments: &[&str]| -> String {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        assert!(out(&output).lines().all(|line| line.chars().count() <= 80), "{}", out(&output));
        out(&output)
    };
    let text = shown(&["check", "m.vor", "--rates", "--draws", "64"]);
    assert!(text.contains("event w") && text.contains("assumed"), "{text}");
    assert_ne!(text, shown(&["check", "m.vor", "--rates", "--draws", "64", "--seed", "2"]));
    let all = shown(&["check", "--rates", "--draws", "32"]);
    let two = shown(&["check", "--rates", "--draws", "32", "--reading", "lee", "--reading", "baseline"]);
    assert!(all.contains("event invasion") && all.contains("all readings"), "{all}");
    assert!(two.contains("baseline") && !two.contains("johansson"), "{two}");
    let schema: serde_json::Value = serde_json::from_str(&shown_raw(&["schema", "rates"], folder.path())).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [
        &["check", "m.vor", "--rates", "--json", "--draws", "64"][..],
        &["check", "--rates", "--json", "--draws", "32"],
    ] {
        let document: serde_json::Value = serde_json::from_str(&shown_raw(arguments, folder.path())).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(!document["items"].as_array().unwrap().is_empty());
    }
    for arguments in [
        &["check", "m.vor", "--rates", "--statements"][..],
        &["check", "m.vor", "--draws", "64"],
        &["check", "m.vor", "--rates", "--reading", "nobody"],
    ] {
        assert_eq!(variorum(arguments, folder.path()).status.code(), Some(2), "{arguments:?}");
    }
}

fn shown_raw(arguments: &[&str], at: &std::path::Path) -> String {
    let output = variorum(arguments, at);
    assert!(output.status.success(), "{}", err(&output));
    out(&output)
}

#[test]
fn words_of_probability() {
    let folder = tempfile::tempdir().unwrap();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let all = json(&["words", "--json"]);
    assert!(all["phrases"].as_array().unwrap().len() > 30 && all["yardsticks"].as_array().unwrap().len() > 20);
    let shown = out(&variorum(&["words"], folder.path()));
    for phrase in all["phrases"].as_array().unwrap() {
        assert!(shown.contains(phrase["text"].as_str().unwrap()), "{phrase}");
        assert!(phrase["survey"].as_str().is_some() && phrase["n"].as_u64().is_some());
    }
    // The licence of the survey asks for its author's name wherever the numbers are shown.
    assert!(shown.contains("Kucharski") && shown.contains("CC BY 4.0"));
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let one = json(&["words", "Highly", "Unlikely", "--json"]);
    assert_eq!((one["kind"].as_str(), one["surveyed"][0]["quantiles"][2].as_f64()), (Some("surveyed"), Some(0.05)));
    assert_eq!(json(&["words", "non-zero", "--json"])["kind"], "no_number");
    assert_eq!(json(&["words", "unlikly", "--json"])["nearest"], "unlikely");
}

/// What `words` proposes for a model is understood by `check`.
#[test]
fn what_words_proposes_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    for phrase in ["highly unlikely", "a possibility", "written in the stars"] {
        let shown = out(&variorum(&["words", phrase], folder.path()));
        let proposed: Vec<&str> = shown.lines().filter_map(|line| line.strip_prefix("    ")).collect();
        let [number, beside] = proposed[..] else { panic!("{shown}") };
        let anchor = "2.1-9#ba9876543210";
        let text = format!(
            "model \"M\"\ntime monthly from 2024-01 to 2024-12\nsource SOURCE \"S\"\nflag war = no\n\
             event w then war = yes hazard {}\nquestion q \"war\" = war by 2024-12\n  {}\n",
            number.replace("ANCHOR", anchor),
            beside.replace("ANCHOR", anchor)
        );
        std::fs::write(folder.path().join("m.vor"), &text).unwrap();
        let output = variorum(&["check", "m.vor"], folder.path());
        assert!(output.status.success(), "{text}\n{}", out(&output));
    }
}

#[test]
fn every_kind_of_finding_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let list = out(&variorum(&["explain-error"], folder.path()));
    let mut explained = 0;
    for line in list.lines().filter(|line| !line.starts_with([' ', '`']) && line.contains("  ")) {
        let id = line.split_whitespace().next().unwrap();
        let page = out(&variorum(&["explain-error", id], folder.path()));
        assert!(page.starts_with(&format!("{id}\n")) && page.contains(&format!("[{id}]")), "{page}");
        explained += 1;
    }
    assert!(explained >= 50, "only {explained} are listed\n{list}");
    let state = variorum(&["explain-error", "starved"], folder.path());
    assert!(state.status.code() == Some(2) && err(&state).contains("How to read the answers"), "{}", err(&state));
    let unknown = variorum(&["explain-error", "unknwon-name"], folder.path());
    assert!(err(&unknown).contains("did you mean `unknown-name`?"), "{}", err(&unknown));
    assert_eq!(out(&unknown), "");
}

/// A finding leads to its explanation.
#[test]
fn findings_say_where_they_are_explained() {
    let folder = model(BAD);
    for arguments in [&["check", "m.vor"][..], &["run", "m.vor"]] {
        let said = err(&variorum(arguments, folder.path()));
        let hints: Vec<&str> = said.lines().filter(|line| line.contains("explain-error")).collect();
        assert_eq!(hints.len(), 1, "{arguments:?}: {said}");
    }
    let sound = model(SMALL);
    assert!(!err(&variorum(&["check", "m.vor"], sound.path())).contains("explain-error"));
    assert!(!err(&variorum(&["check", "m.vor", "--json"], folder.path())).contains("explain-error"));
}

/// A model of few states.
const FINITE: &str = r#"model "A duel"
time monthly from 2025-01 to 2025-12
stock wounds in 0 .. 3 = 0
flag fled = no
param aim : 1 / year = oneof(1: 0.5, 3: 0.5)          assumed "a bad shot or a good one"
event hit when not fled hazard aim                    assumed "as often as the aim is good"
  then wounds += 1
event flight when wounds > 0 and not fled
  hazard 30% per month                                assumed "a wounded man thinks again"
  then fled = yes
reading baseline "nobody's"
question flight "He flees" = first date fled by 2025-12
question alive "Unhurt at the end" = wounds = 0 at 2025-12
question wounds "Wounds at the end" = value wounds at 2025-12 given fled by 2025-12
"#;

#[test]
fn an_exact_solution_is_what_the_engine_comes_close_to() {
    let folder = model(FINITE);
    let parse = |arguments: &[&str]| -> serde_json::Value {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let exact = parse(&["run", "m.vor", "--json", "--exact"]);
    let played = parse(&["run", "m.vor", "--json", "--draws", "20000"]);
    let first = |answers: &serde_json::Value, question: usize| answers["questions"][question]["readings"][0].clone();
    let key = |question: usize| if question == 2 { "mean" } else { "probability" };
    for question in 0..3 {
        let (exact, played) = (first(&exact, question), first(&played, question));
        assert_eq!(exact["kind"], played["kind"]);
        let of = |answer: &serde_json::Value| {
            let answer = if question == 0 { &answer["ever"] } else { answer };
            [key(question), "error"].map(|key| answer[key].as_f64().unwrap())
        };
        let ([exact, none], [played, error]) = (of(&exact), of(&played));
        assert!(none == 0.0 && error > 0.0 && (exact - played).abs() < 4.5 * error, "{exact} {played} +- {error}");
    }
    // A year without a hit, with either aim.
    let exp = variorum::engine::math::exp;
    let unhurt = 0.5 * (exp(-1.0) + exp(-3.0));
    assert!((first(&exact, 1)["probability"].as_f64().unwrap() - unhurt).abs() < 1e-12);
    assert_eq!((&exact["per_draw"], &first(&exact, 0)["draws"]), (&0.into(), &0.into()));
}

/// Two readings and what was seen, all of which the filter knows exactly too: no parameter is uncertain.
const SEEN: &str = r#"model "Two"
time monthly from 2025-01 to 2025-12
flag war = no
event attack hazard 10% per month then war = yes assumed "x"
observe 2025-03 attack assumed "seen"
observe 2025-04 war = yes assumed "seen"
record complete from 2025-05 to 2025-06 for attack
reading calm "Calm"
  event attack hazard 5% per month then war = yes assumed "x"
reading fierce "Fierce"
  event attack hazard 40% per month then war = yes assumed "x"
question again "It goes on" = happened(attack) from 2025-07 to 2025-12
"#;

#[test]
fn an_exact_solution_tells_the_evidence_as_a_run_does() {
    let folder = model(SEEN);
    let parse = |arguments: &[&str]| -> serde_json::Value {
        let output = variorum(arguments, folder.path());
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let exact = parse(&["run", "m.vor", "--json", "--exact"]);
    let played = parse(&["run", "m.vor", "--json", "--draws", "2000"]);
    let close = |pointer: &str| {
        let [a, b] =
            [&exact, &played].map(|answers| answers.pointer(pointer).and_then(serde_json::Value::as_f64).unwrap());
        assert!((a - b).abs() < 1e-9, "{pointer}: {a} {b}");
    };
    for reading in 0..2 {
        close(&format!("/evidence/readings/{reading}/log2"));
        (0..3).for_each(|seen| close(&format!("/evidence/readings/{reading}/bits/{seen}")));
        close(&format!("/evidence/since/weights/{reading}/weight"));
    }
    close("/evidence/pairs/0/bits");
    let pooled = |answers: &serde_json::Value| {
        answers.pointer("/questions/0/pooled/weighted_after").and_then(serde_json::Value::as_f64).unwrap()
    };
    assert!((pooled(&exact) - pooled(&played)).abs() < 0.02);
    let output = variorum(&["run", "m.vor", "--exact"], folder.path());
    let text = out(&output);
    for wanted in ["all, by weight", "How well each reading foretold it", "Bits by observation"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("2^"), "{text}");
    // What cannot be is forbidden, with a proof or by the solution itself.
    let folder = model(&SEEN.replace("2025-04 war = yes", "2025-04 war = no"));
    let output = variorum(&["run", "m.vor", "--exact"], folder.path());
    let text = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Warning: All readings have no trajectory that agrees"), "{text}");
    assert!(text.contains("forbidden: `observe 2025-04 war = no` cannot be"), "{text}");
}

#[test]
fn a_scenario_for_some_questions() {
    let folder = model(SEEN);
    let scenario = "hold war = no from 2025-03";
    let arguments = ["whatif", scenario, "--model", "m.vor", "--draws", "64", "--json"];
    let asked = |more: &[&str]| {
        let output = variorum(&[&arguments[..], more].concat(), folder.path());
        assert!(output.status.success(), "{}", err(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["questions"].as_array().unwrap().len()
    };
    std::fs::write(
        folder.path().join("m.vor"),
        format!("{SEEN}question war \"War\" = war by 2025-12\nquestion late \"Late\" = war at 2025-12\n"),
    )
    .unwrap();
    assert_eq!(asked(&[]), 3);
    assert_eq!(asked(&["--question", "war"]), 1);
    assert_eq!(asked(&["--question", "late", "--question", "war"]), 2);
    let output = variorum(&[&arguments[..], &["--question", "war", "--question", "wra"]].concat(), folder.path());
    assert!(output.status.code() == Some(2) && err(&output).contains("`wra`"), "{}", err(&output));
}

#[test]
fn what_is_not_finite_is_refused_with_its_name() {
    let refused = |text: &str| {
        let folder = model(text);
        let output = variorum(&["run", "m.vor", "--exact"], folder.path());
        assert!(output.stdout.is_empty());
        (output.status.code(), err(&output))
    };
    let (code, said) = refused(&FINITE.replace("oneof(1: 0.5, 3: 0.5)", "1 .. 3"));
    assert!(code == Some(2) && said.contains("`aim`"), "{code:?} {said}");
    let flow = "flow wounds += 0 per month\n  noise normal 0.1 per month assumed \"x\"\nreading baseline";
    let noise = FINITE.replace("reading baseline", flow);
    let (code, said) = refused(&noise);
    assert!(code == Some(2) && said.contains("wounds") && said.contains("noise"), "{code:?} {said}");
    let many: String = (0..20).fold(String::new(), |text, number| {
        text + &format!(
            "flag f{number} = no\nevent e{number} hazard 1% per month assumed \"x\"\n  then f{number} = yes\n"
        )
    });
    let all: Vec<String> = (0..20).map(|number| format!("f{number}")).collect();
    let question = format!("reading baseline\nquestion total \"All\" = {} by 2025-12\n", all.join(" and "));
    let (code, said) = refused(&format!("model \"Many\"\ntime monthly from 2025-01 to 2025-12\n{many}{question}"));
    assert!(code == Some(4) && said.contains("limit"), "{code:?} {said}");
}
