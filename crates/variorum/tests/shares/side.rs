//! Programs side by side: differences on the same random numbers.

use crate::{HEAD, given, loaded, near, playing, reading};
use variorum::answers::Answer;
use variorum::model::program::{EventRule, Expr};
use variorum::provenance::{measure, provenance};
use variorum::run::{Unwatched, run_kept};
use variorum::whatif::{play, scene, whatif};

fn model() -> String {
    format!(
        "{HEAD}
param p = uniform(0.2, 0.8)
  assumed \"a guess\"
flag one, two = no
stock x = 0
event first on 2025-01 chance p then one = yes, x += 3
  assumed \"so\"
event second on 2025-02 chance 50% when one then two = yes
  assumed \"so\"
question first \"The first?\" = one by 2025-03
question second \"The second?\" = two by 2025-03
question level \"How much?\" = value x at 2025-03
"
    )
}

#[test]
fn differences_on_the_same_random_numbers() {
    // The first event made certain: 1 - E p more of it, half of that more of the second, three times that in the stock.
    // Half of the draws' variance goes, as the answers are those of the same trajectories: each difference is 0 or 1.
    let loaded = loaded(&model());
    reading!(loaded, model, reading, program);
    assert_eq!(reading.name, "model");
    let mut certain = program.clone();
    let EventRule::Dated { chance, .. } = &mut certain.events[0].rule else { panic!("not dated") };
    *chance = Expr::Number(1.0);
    let programs = [program.clone(), program, certain];
    let side = play(&programs, None, &playing(1, 4096), &Unwatched::default()).unwrap();
    assert!(side.complete && side.questions.len() == 3);
    for (answers, truth) in side.questions.iter().zip([0.5, 0.25, 1.5]) {
        assert_eq!(answers[0].1, Some((0.0, 0.0)));
        assert_eq!(answers[1].1, Some((0.0, 0.0)), "the same program gives the same answer");
        let (difference, error) = answers[2].1.unwrap();
        near("the difference", difference, error, truth);
        assert!(error < 0.004 * 3.0 * truth, "{error}");
    }
    let Answer::Probability(of) = &side.questions[0][2].0 else { panic!("no probability") };
    assert_eq!(of.probability, 1.0);
}

#[test]
fn scenarios_of_the_model_and_in_lines() {
    // Held from the start, the flag needs no first event, whose other effect stays; held down until the second could
    // come, there is none; raised in February, the second has its chance.
    let text = format!(
        "{}scenario sure \"It has happened\"\n  hold one = yes\n  switch off second\nreading alone \"Alone\"\nreading baseline \"None\"\n  switch off first\n",
        model()
    );
    let loaded = loaded(&text);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let readings = variorum::check::programs(&model, &[]).unwrap();
    let given = ["sure", "hold one = no until 2025-02", "set one = yes at 2025-02; switch off first"];
    let scenes = given.map(|given| scene(&model, given).unwrap());
    let found =
        whatif(&model, &readings, &scenes, &[], (None, None), &playing(1, 4096), &Unwatched::default()).unwrap();
    // What is kept of the run that gave the answers stands in for another.
    let (mut answers, kept) = run_kept(&model, &readings, &playing(1, 4096), &Unwatched::default()).unwrap();
    let how = (None, Some(&kept));
    let spared = whatif(&model, &readings, &scenes, &[], how, &playing(1, 4096), &Unwatched::default()).unwrap();
    assert_eq!(serde_json::to_string(&spared).unwrap(), serde_json::to_string(&found).unwrap());
    measure(&model, &readings, (&mut answers, &kept), &playing(1, 4096), &Unwatched::default()).unwrap();
    for (place, (reading, program)) in readings.iter().enumerate() {
        let alone = provenance(&model, reading, program, &playing(1, 4096), &Unwatched::default()).unwrap();
        for (question, alone) in answers.questions.iter().zip(alone) {
            let spared = question.readings[place].provenance.as_ref();
            assert_eq!(serde_json::to_string(&spared).unwrap(), serde_json::to_string(&alone).unwrap());
        }
    }
    let shown: Vec<(&str, &str)> =
        found.scenarios.iter().map(|scenario| (scenario.name.as_str(), scenario.title.as_str())).collect();
    assert_eq!(shown, [("sure", "It has happened"), (given[1], given[1]), (given[2], given[2])]);
    assert_eq!(found.scenarios[0].actions, ["hold one = yes", "switch off second"]);
    assert_eq!(found.scenarios[2].actions, ["set one = yes at 2025-02", "switch off first"]);
    let expected = [
        // first, second, level in `alone`: p, p / 2, 3 p with E p = 1/2.
        [[0.5, -0.5, 0.5], [-0.25, -0.25, 0.25], [0.0, 0.0, -1.5]],
        // In `baseline` nothing happens by itself.
        [[1.0, 0.0, 1.0], [0.0, 0.0, 0.5], [0.0, 0.0, 0.0]],
    ];
    for (reading, expected) in expected.iter().enumerate() {
        for (question, expected) in found.questions.iter().zip(expected) {
            let of = &question.readings[reading];
            for (scenario, expected) in of.scenarios.iter().zip(expected) {
                let what = format!("{} in {} of {}", question.name, scenario.scenario, of.reading);
                near(&what, scenario.difference.unwrap(), scenario.error.unwrap(), *expected);
            }
        }
    }
    // Only what is asked for.
    let one = whatif(
        &model,
        &readings[1..],
        &scenes[..1],
        &["level".to_owned()],
        (None, None),
        &playing(1, 64),
        &Unwatched::default(),
    );
    let one = one.unwrap();
    assert!(one.questions.len() == 1 && one.questions[0].name == "level" && one.questions[0].readings.len() == 1);
}

#[test]
fn conditional_differences_and_void_ones() {
    // Given the first event the second has probability 1/2 in both; where the first cannot happen there is no answer.
    let loaded = loaded(&model());
    reading!(loaded, model, reading, program);
    assert_eq!(reading.name, "model");
    let mut program = program;
    given(&mut program, "second", "one");
    let with_chance = |number: f64| {
        let mut changed = program.clone();
        let EventRule::Dated { chance, .. } = &mut changed.events[0].rule else { panic!("not dated") };
        *chance = Expr::Number(number);
        changed
    };
    let programs = [program.clone(), with_chance(1.0), with_chance(0.0)];
    let side = play(&programs, None, &playing(2, 4096), &Unwatched::default()).unwrap();
    let answers = &side.questions[1];
    let (difference, error) = answers[1].1.unwrap();
    near("the difference", difference, error, 0.0);
    // Of 65,536 trajectories half are asked in the first and all in the second; those asked in both cancel. The variance
    // of the difference is 1/4 (1/n - 1/m) with n = 32,768 and m = 65,536; the draws' own numbers add a little.
    let expected = (0.25_f64 * (1.0 / 32768.0 - 1.0 / 65536.0)).sqrt();
    assert!((error / expected - 1.0).abs() < 0.25, "the error is {error} in place of about {expected}");
    assert!(matches!(answers[2].0, Answer::Void { .. }) && answers[2].1.is_none());
}
