//! `crux` as a user meets it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{err, model, out, variorum};

/// Long names, large numbers, statements of several entities, and readings that switch off, replace and add.
const LONG: &str = "model \"Long\"
time monthly from 2024-01 to 2024-12
unit people
source the_first_of_all_sources \"A source\"
claim a_claim_with_a_long_name \"It is so, and the claim is so long that it needs a second line wherever it is printed in full\"
  the_first_of_all_sources asserts 1.1-2#aaaaaaaaaaaa
actor Abcdefghijklmnopqrst, Bcdefghijklmnopqrstu, Cdefghijklmnopqrstuv
group all_of_them = Abcdefghijklmnopqrst, Bcdefghijklmnopqrstu, Cdefghijklmnopqrstuv
param a_number_with_a_very_long_name : people = 1_000_000 .. 9_000_000_000
  because a_claim_with_a_long_name
  assumed \"to see whether the columns hold, whatever it is called and however large it is\"
stock men_under_arms[all_of_them] : people = a_number_with_a_very_long_name
flag war[all_of_them] = no
for each member in all_of_them
  event beginning_of_a_war[member] \"a war begins, and its title is so long that it does not fit into one line at all\"
    when not war[member]
    hazard 1% .. 90% per year
    then war[member] = yes, men_under_arms[member] += a_number_with_a_very_long_name
    because a_claim_with_a_long_name
    assumed \"so\"
question a_question_with_a_long_name \"Is there a war that is so long in the asking that the question needs two lines?\" = war[Abcdefghijklmnopqrst] by 2024-12
question how_many_men \"How many?\" = value men_under_arms[Bcdefghijklmnopqrstu] at 2024-12
question which_first \"When?\" = first date war[Cdefghijklmnopqrstuv] by 2024-12
question after_the_other \"And then?\" = war[Abcdefghijklmnopqrst] by 2024-12 given war[Bcdefghijklmnopqrstu] by 2024-06
reading the_first_of_all_sources \"A reading whose title is so long that it has to be broken, wherever it is shown\"
reading b \"Another\"
  param a_number_with_a_very_long_name : people = 2_000_000 .. 8_000_000_000
    assumed \"so\"
  event beginning_of_a_war[Cdefghijklmnopqrstuv] \"another title\"
    when not war[Cdefghijklmnopqrstuv]
    hazard 50% .. 90% per year
    then war[Cdefghijklmnopqrstuv] = yes
    assumed \"so\"
reading baseline \"Nobody's\"
  switch off beginning_of_a_war
  event another_beginning_which_is_added
    when not war[Abcdefghijklmnopqrst]
    hazard 2 in 70 years
    then war[Abcdefghijklmnopqrst] = yes
    among \"years\"
";

const QUESTIONS: [&str; 4] = ["a_question_with_a_long_name", "how_many_men", "which_first", "after_the_other"];

fn every_way() -> Vec<Vec<&'static str>> {
    let mut commands = vec![
        vec!["crux", "--all", "m.vor"],
        vec!["crux", "--all", "how_many_men", "m.vor"],
        vec!["crux", "--all", "after_the_other", "m.vor"],
        vec!["crux", "--all", "m.vor", "--reading", "b", "--reading", "baseline"],
        vec!["crux", "b", "baseline", "m.vor"],
        vec!["crux", "baseline", "the_first_of_all_sources", QUESTIONS[0], QUESTIONS[1], "m.vor"],
    ];
    for question in QUESTIONS {
        commands.push(vec!["crux", "the_first_of_all_sources", "b", question, "m.vor"]);
        commands.push(vec!["crux", "the_first_of_all_sources", "baseline", question, "m.vor"]);
    }
    commands.iter_mut().for_each(|command| command.extend(["--draws", "64", "--until-error", "50%"]));
    commands
}

#[test]
fn everything_fits_the_terminal() {
    let folder = model(LONG);
    for command in every_way() {
        let output = variorum(&command, folder.path());
        assert!(output.status.success(), "{command:?}: {}", err(&output));
        for line in out(&output).lines() {
            assert!(line.chars().count() <= 80, "{command:?}: {} columns: {line}", line.chars().count());
        }
        assert!(!out(&output).contains('\u{1b}') && !out(&output).contains("NaN"), "{}", out(&output));
    }
}

#[test]
fn documents_are_what_the_schemas_say() {
    let folder = model(LONG);
    let schema = |of: &str| -> jsonschema::Validator {
        let schema: serde_json::Value = serde_json::from_str(&out(&variorum(&["schema", of], folder.path()))).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (two, all) = (schema("crux"), schema("crux-all"));
    for mut command in every_way() {
        let schema = if command.contains(&"--all") { &all } else { &two };
        command.push("--json");
        let document: serde_json::Value = serde_json::from_slice(&variorum(&command, folder.path()).stdout).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{command:?}: {}", wrong.join("\n"));
    }
    assert!(!two.is_valid(&serde_json::json!({ "readings": 3 })));
}

#[test]
fn what_is_said_of_several_entities_is_one_player() {
    let folder = model(LONG);
    let command = ["crux", "the_first_of_all_sources", "baseline", QUESTIONS[0], "m.vor", "--json", "--draws", "64"];
    let document: serde_json::Value = serde_json::from_slice(&variorum(&command, folder.path()).stdout).unwrap();
    let players = document["questions"][0]["players"].as_array().unwrap();
    let paths: Vec<&str> = players.iter().map(|player| player["statements"][0]["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["beginning_of_a_war", "another_beginning_which_is_added"]);
    let [off, on] = [0, 1].map(|side| players[0]["statements"][0]["sides"][side]["state"].as_str().unwrap());
    assert_eq!((off, on), ("shared", "off"));
}

#[test]
fn the_same_bytes_for_any_threads_and_batch() {
    let folder = model(LONG);
    for command in [
        &["crux", "b", "baseline", "m.vor", "--json", "--draws", "100"][..],
        &["crux", "--all", "m.vor", "--json", "--draws", "100"],
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
fn after_what_was_seen() {
    let folder = model(LONG);
    let asked =
        ["crux", "drezner", "wary", "troops", "--as-of", "2024-11-30", "--draws", "160", "--until-error", "50%"];
    let given = [&asked[..], &["--given-observed"]].concat();
    let output = variorum(&given, folder.path());
    assert!(output.status.success(), "{}", err(&output));
    let text = out(&output);
    let flat = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    assert!(flat.contains("After what was seen") && flat.contains("an effective sample size of"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let schema: serde_json::Value =
        serde_json::from_slice(&variorum(&["schema", "crux"], folder.path()).stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let with = |extra: &[&str]| -> serde_json::Value {
        let command = [&given[..], &["--json"], extra].concat();
        serde_json::from_slice(&variorum(&command, folder.path()).stdout).unwrap()
    };
    let document = with(&["--threads", "1"]);
    assert!(schema.is_valid(&document) && document["given_observed"] == true, "{document:#}");
    let question = &document["questions"][0];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let sum: f64 = question["players"].as_array().unwrap().iter().map(|player| number(&player["value"])).sum();
    assert!((sum - number(&question["difference"])).abs() < 1e-12, "{question:#}");
    assert!(number(&question["effective"]) >= 10.0, "{question:#}");
    assert_eq!(document, with(&["--threads", "2"]));
    // Before it the answers were others.
    let before = variorum(&[&asked[..], &["--json"]].concat(), folder.path());
    let before: serde_json::Value = serde_json::from_slice(&before.stdout).unwrap();
    assert!(before["given_observed"] == false && before["questions"][0]["effective"].is_null());
    assert_ne!(before["questions"][0]["answers"], question["answers"]);
    // Where nothing was seen there is nothing to go by.
    let output = variorum(&["crux", "b", "baseline", "m.vor", "--given-observed"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("nothing was seen"), "{}", err(&output));
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_can() {
    let folder = model(LONG);
    for (arguments, told) in [
        (&["crux", "b", "m.vor"][..], "name two readings, as in `variorum crux A B`, or --all"),
        (&["crux", "b", "x", "m.vor"], "there is no reading `x`; there are the_first_of_all_sources, b, baseline"),
        (&["crux", "b", "b", "m.vor"], "`b` does not differ from itself"),
        (&["crux", "b", "baseline", "war", "m.vor"], "there is no question `war`; there are a_question"),
        (&["crux", "--all", "how_many_men", "which_first", "m.vor"], "with --all one question can be asked"),
        (&["crux", "--all", "m.vor", "--reading", "b"], "two readings at least are needed"),
        (&["crux", "--all", "m.vor", "--reading", "x"], "there is no reading `x`"),
        (&["crux", "b", "baseline", "m.vor", "--reading", "b"], "--all"),
    ] {
        let output = variorum(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(told), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "");
    }
    let missing = variorum(&["crux", "b", "baseline", "n.vor"], folder.path());
    assert_eq!(missing.status.code(), Some(3), "{}", err(&missing));
}

/// A choice of which one option differs, and foresight that only one of two has.
const CHOICE: &str = "model \"Answers\"
time monthly from 2025-01 to 2025-12
actor N \"North\", S \"South\"
stock raids = 0
flag war = no
event raid \"A raid\" hazard 20% .. 40% per month then raids += 1
  assumed \"given\"
choice answer by N \"How it is answered\" after event raid
  assumed \"given\"
  option nothing \"It is let pass\" default
  option protest \"A note\" 20% .. 40%  assumed \"given\"
  option strike \"Shells\" 5% .. 10% then war = yes  assumed \"given\"
choice dare by S considered 1 per year when not war
  option wait default
  option go then raids += 1  assumed \"given\"
choice counter by N after dare = go
  option calm default
  option loud then war = yes  assumed \"given\"
utility N = war  assumed \"given\"
utility S = raids - 5 * war  assumed \"given\"
precision N, S = 1  assumed \"given\"
reading ash \"ash\"
  foresight S = 0 replies  assumed \"given\"
reading birch \"birch\"
  choice answer by N \"How it is answered\" after event raid
    assumed \"given\"
    option nothing \"It is let pass\" default
    option protest \"A note\" 20% .. 40%  assumed \"given\"
    option strike \"Shells\" 15% .. 30% then war = yes  assumed \"given\"
question war \"Is there war?\" = war by 2025-12
observe 2025-02 raid assumed \"seen\"
";

#[test]
fn numbers_of_options_and_what_holds_by_default_are_told() {
    let folder = model(CHOICE);
    let pair = variorum(&["crux", "ash", "birch", "war", "m.vor", "--draws", "100"], folder.path());
    let all = variorum(&["crux", "--all", "war", "m.vor", "--draws", "100"], folder.path());
    for output in [&pair, &all] {
        assert_eq!(output.status.code(), Some(0), "{}", err(output));
        assert!(out(output).contains("Before anything was seen"), "{}", out(output));
    }
    // The option that differs with its number, and none that does not.
    let flat = |text: &str| text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let text = flat(&out(&pair));
    assert!(text.contains("5% .. 10%") && text.contains("15% .. 30%") && !text.contains("A note"), "{text}");
    assert!(text.contains("has none: by default it foresees all replies"), "{text}");
    // Foresight is worth -23 points, the answer as many, of a difference of less than one.
    let text = flat(&out(&all));
    assert!(text.contains("more than the whole: the others together work the other way"), "{text}");
    assert!(text.contains("in predictive standard deviations"), "{text}");
}
