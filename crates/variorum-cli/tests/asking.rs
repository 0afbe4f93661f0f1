//! `explain`, `whatif`, `check --statements` as a user meets them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{SMALL, err, model, out, variorum};

/// Names and titles that are long, numbers that are large, statements said of several entities.
const LONG: &str = "model \"Long\"
time monthly from 2024-01 to 2024-12
unit people
actor Abcdefghijklmnopqrst, Bcdefghijklmnopqrstu, Cdefghijklmnopqrstuv
group all_of_them = Abcdefghijklmnopqrst, Bcdefghijklmnopqrstu, Cdefghijklmnopqrstuv
param a_number_with_a_very_long_name : people = 1_000_000 .. 9_000_000_000
  assumed \"to see whether the columns hold, whatever it is called and however large it is\"
stock men_under_arms[all_of_them] : people = a_number_with_a_very_long_name
flag war[all_of_them] = no
for each member in all_of_them
  event beginning_of_a_war[member] \"a war begins, and its title is so long that it does not fit into one line at all\"
    when not war[member]
    hazard 1% .. 90% per year
    then war[member] = yes, men_under_arms[member] += a_number_with_a_very_long_name
    assumed \"so\"
question a_question_with_a_long_name \"Is there a war that is so long in the asking that the question needs two lines?\" = war[Abcdefghijklmnopqrst] by 2024-12
question how_many_men \"How many?\" = value men_under_arms[Bcdefghijklmnopqrstu] at 2024-12
question which_first \"When?\" = first date war[Cdefghijklmnopqrstuv] by 2024-12
question after_the_other \"And then?\" = war[Abcdefghijklmnopqrst] by 2024-12 given war[Bcdefghijklmnopqrstu] by 2024-06
scenario quiet_at_last \"Quiet, and a title that is long enough to be broken into two lines by whoever prints it\"
  hold war[Abcdefghijklmnopqrst] = no from 2024-02
  switch off beginning_of_a_war[Cdefghijklmnopqrstuv]
reading baseline \"The only one\"
";

const QUESTIONS: [&str; 4] = ["a_question_with_a_long_name", "how_many_men", "which_first", "after_the_other"];

#[test]
fn everything_fits_the_terminal() {
    let folder = model(LONG);
    let mut commands = vec![
        vec!["check", "m.vor", "--statements"],
        vec!["whatif", "quiet_at_last", "set war[Bcdefghijklmnopqrstu] = yes at 2024-03", "--model", "m.vor"],
    ];
    for question in QUESTIONS {
        commands.push(vec!["explain", question, "m.vor"]);
        commands.push(vec!["explain", question, "m.vor", "--without", "switch off beginning_of_a_war"]);
    }
    for mut command in commands {
        if command[0] != "check" {
            command.extend(["--draws", "64"]);
        }
        let output = variorum(&command, folder.path());
        assert!(output.status.success(), "{command:?}: {}", err(&output));
        for line in out(&output).lines() {
            assert!(line.chars().count() <= 80, "{command:?}: {} columns: {line}", line.chars().count());
        }
        assert!(!out(&output).contains('\u{1b}') && !out(&output).contains("NaN"), "{}", out(&output));
    }
}

#[test]
fn what_is_said_of_several_entities_is_taken_away_at_once() {
    let folder = model(LONG);
    let output = variorum(&["explain", "how_many_men", "m.vor", "--ablate", "--json", "--draws", "64"], folder.path());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let effects = document["readings"][0]["effects"].as_array().unwrap();
    let names: Vec<&str> = effects.iter().map(|effect| effect["without"].as_str().unwrap()).collect();
    assert_eq!(names, ["beginning_of_a_war"]);
    let listed = out(&variorum(&["check", "m.vor", "--statements"], folder.path()));
    assert_eq!(listed.matches("beginning_of_a_war (3 of them)").count(), 1, "{listed}");
    assert_eq!(listed.matches("beginning_of_a_war").count(), 1, "{listed}");
}

#[test]
fn documents_are_what_the_schemas_say() {
    let folder = model(LONG);
    let schema = |of: &str| -> jsonschema::Validator {
        let schema: serde_json::Value = serde_json::from_str(&out(&variorum(&["schema", of], folder.path()))).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (explain, whatif) = (schema("explain"), schema("whatif"));
    let mut commands: Vec<(&jsonschema::Validator, Vec<&str>)> =
        QUESTIONS.iter().map(|question| (&explain, vec!["explain", question, "m.vor"])).collect();
    // Where the condition never comes true there is no number.
    let never = "switch off beginning_of_a_war";
    commands.push((&explain, vec!["explain", "after_the_other", "m.vor", "--without", never]));
    commands.push((&whatif, vec!["whatif", "quiet_at_last", never, "--model", "m.vor"]));
    for (schema, command) in commands {
        let output = variorum(&[&command[..], &["--json", "--draws", "64"]].concat(), folder.path());
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{command:?}: {}", wrong.join("\n"));
    }
    assert!(!explain.is_valid(&serde_json::json!({ "readings": 3 })));
}

#[test]
fn the_same_bytes_for_any_threads_and_batch() {
    let folder = model(LONG);
    for command in [
        &["explain", "how_many_men", "m.vor", "--json", "--draws", "100"][..],
        &["whatif", "quiet_at_last", "--model", "m.vor", "--json", "--draws", "100"],
        &["run", "m.vor", "--provenance", "--json", "--draws", "100"],
    ] {
        let first = variorum(command, folder.path());
        assert!(first.status.success(), "{}", err(&first));
        for extra in [["--threads", "1"], ["--threads", "3"], ["--batch", "8"]] {
            let again = variorum(&[command, &extra[..]].concat(), folder.path());
            assert_eq!(first.stdout, again.stdout, "{command:?} {extra:?}");
        }
    }
}

#[test]
fn an_answer_rests_on_what_explain_says() {
    // `run --provenance` measures with the same draws.
    let folder = model(SMALL);
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = variorum(arguments, folder.path());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)))
    };
    let run = json(&["run", "m.vor", "--provenance", "--json", "--draws", "2000"]);
    let explained = json(&["explain", "q", "m.vor", "--provenance", "--json", "--draws", "2000"]);
    let provenance = &run["questions"][0]["readings"][0]["provenance"];
    assert_eq!(provenance, &explained["readings"][0]["provenance"]);
    assert_eq!(provenance["shares"][0]["origin"], "assumed");
    assert_eq!(json(&["run", "m.vor", "--json", "--draws", "2000"])["questions"][0]["readings"][0]["provenance"], {
        serde_json::Value::Null
    });
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_can() {
    let folder = model(LONG);
    for (arguments, told) in [
        (&["explain", "war", "m.vor"][..], "there is no question `war`; there are a_question_with_a_long_name"),
        (&["explain", "how_many_men", "m.vor", "--reading", "x"], "there is no reading `x`; there are baseline"),
        (&["explain", "how_many_men", "m.vor", "--without", "switch of x"], "`switch of x` cannot be applied"),
        (&["explain", "how_many_men", "m.vor", "--without", "param x = 0"], "no parameter is called `x`"),
        (&["whatif", "loud", "--model", "m.vor"], "there is no scenario `loud`; there are quiet_at_last"),
        (&["whatif", "hold nothing = 3", "--model", "m.vor"], "`hold nothing = 3` cannot be played"),
        (&["whatif", "quiet_at_last; ;;", "--model", "m.vor"], "cannot be played"),
        (&["whatif", "", "--model", "m.vor"], "there is no scenario"),
        (&["whatif", "quiet_at_last", "--model", "m.vor", "--question", "x"], "there is no question `x`"),
        (&["check", "m.vor", "--statements", "--reading", "x"], "there is no reading `x`"),
    ] {
        let output = variorum(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "");
    }
    // The place in what was given is shown.
    let output = variorum(&["whatif", "set war[Nobody] = yes at 2024-03", "--model", "m.vor"], folder.path());
    assert!(err(&output).contains("set war[Nobody] = yes"), "{}", err(&output));
}
