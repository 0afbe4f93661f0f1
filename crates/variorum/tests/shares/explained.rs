//! Explanations: what belongs to each reading, and where it stands.

use crate::{loaded, playing};
use variorum::ablate::{Without, ablate, candidates};
use variorum::check::programs;
use variorum::explain::{Asked, ExplainError, Explanation, explain};
use variorum::run::Unwatched;
use variorum::statements::statements;

const MODEL: &str = "model \"Explained\"
time monthly from 2025-01 to 2025-06
source s \"A source\"
source t \"Another\"
claim moves \"The first leads to the second\"
  s asserts 1.1-2#aaaaaaaaaaaa
claim idle \"It leads nowhere\"
  t asserts 1.1-2#aaaaaaaaaaaa
param p = 30% .. 60%   # a comment
  from s \"page 1\"
flag one, two, three = no
event first \"The first of all\" on 2025-01
  chance p
  then one = yes
  because moves
event second when one
  hazard (0.2 .. 0.9 per month)
  then two = yes
  because moves
  assumed \"a guess\"
event third hazard 1 per month then three = yes
  because idle
  assumed \"a guess\"
choice act by A \"do something\" on 2025-02
  assumed \"so\"
  option wait default
  option go \"go there\" 20% then two = yes
    assumed \"rarely\"
actor A
question two \"The second?\" = two by 2025-06
reading s \"The author\"
reading t \"The other\"
  switch off act
reading baseline \"None\"
";

fn explained(asked: &Asked) -> Result<Explanation, ExplainError> {
    let loaded = loaded(MODEL);
    let model = variorum::checked(&loaded);
    assert!(!model.has_errors(), "{:#?}", model.diagnostics);
    let readings = programs(&model, &[]).unwrap();
    explain(&model, &readings, "two", asked, &playing(1, 256), &Unwatched::default())
}

#[test]
fn everything_about_a_question() {
    let without = vec!["param p = 0".to_owned()];
    let asked = Asked { provenance: true, drivers: true, ablate: true, without, ..Asked::default() };
    let found = explained(&asked).unwrap();
    let names: Vec<&str> = found.readings.iter().map(|reading| reading.reading.as_str()).collect();
    assert_eq!(names, ["s", "t", "baseline"]);
    assert!(found.head.complete && found.window == ["2025-01", "2025-06"]);
    let [first, second, _] = found.readings.as_slice() else { panic!("three readings") };
    // Drivers: the two ranges, with the words and places of the model.
    let mut drivers: Vec<(&str, &str, &str, &str)> = Vec::new();
    for driver in &first.drivers {
        drivers.push((&driver.parameter, &driver.written, &driver.place, &driver.origin));
    }
    drivers.sort_unstable();
    assert_eq!(
        drivers,
        [("p", "30% .. 60%", "model.vor:9", "cited"), ("second#1", "0.2 .. 0.9 per month", "model.vor:17", "assumed"),]
    );
    // Effects: everything that can be switched off, by standing, with titles; the third event leads nowhere.
    let effect = |name: &str| first.effects.iter().find(|effect| effect.without == name).unwrap();
    assert_eq!((effect("first").title.as_str(), effect("first").place.as_str()), ("The first of all", "model.vor:12"));
    assert_eq!(effect("first").standing.as_deref(), Some("own"));
    assert!(effect("first").effect > 0.1 && effect("first").without_it < effect("first").with_it);
    assert_eq!((effect("third").effect, effect("third").error), (0.0, 0.0));
    assert_eq!(effect("claim moves").title, "The first leads to the second");
    assert_eq!(effect("claim moves").place, "model.vor:5");
    // Without a chance of the first there is no second but by the choice.
    assert_eq!(effect("param p = 0").without_it, effect("first").without_it);
    assert!(second.effects.iter().all(|effect| effect.without != "act"), "it is switched off there");
    assert!(first.provenance.is_some() && !first.provenance.as_ref().unwrap().shares.is_empty());
}

#[test]
fn what_was_not_asked_for_is_left_out() {
    let found = explained(&Asked { drivers: true, ..Asked::default() }).unwrap();
    for reading in &found.readings {
        assert!(reading.provenance.is_none() && reading.effects.is_empty() && !reading.drivers.is_empty());
    }
    let unknown = explained(&Asked { without: vec!["switch off nothing".to_owned()], ..Asked::default() });
    let Err(ExplainError::Patch { reading, found, .. }) = unknown else { panic!("{unknown:?}") };
    assert!(reading == "s" && !found.is_empty());
}

#[test]
fn effects_are_those_of_every_program_run() {
    // What is said to have no bearing, and what is taken away twice, is not run: the effects are those of running it.
    let loaded = loaded(MODEL);
    let model = variorum::checked(&loaded);
    for reading in &model.readings {
        let program = reading.program.as_ref().unwrap();
        let (list, _) = candidates(&model, reading);
        let each: Vec<Without> = list.iter().map(|without| Without { paths: None, ..without.clone() }).collect();
        let measure = |list: &[Without]| {
            let effects = ablate(program, "two", list, &playing(1, 64), &Unwatched::default()).unwrap();
            effects.iter().map(|effect| (effect.effect, effect.error, effect.without_it)).collect::<Vec<_>>()
        };
        assert!(list.len() >= 5);
        assert_eq!(measure(&list), measure(&each));
    }
}

#[test]
fn statements_on_one_line() {
    let loaded = loaded(MODEL);
    let model = variorum::checked(&loaded);
    let rows = statements(&model, &model.readings[1]);
    let row = |path: &str| rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path}"));
    assert_eq!(row("p").written, "param p = 30% .. 60%");
    assert_eq!((row("p").origin.as_str(), row("p").origin_text.as_str()), ("cited", "from s \"page 1\""));
    assert_eq!(row("second").written, "event second when one hazard (0.2 .. 0.9 per month) then two = yes");
    assert_eq!(row("act").written, "choice act by A \"do something\" on 2025-02");
    assert_eq!(row("act.go").written, "option go \"go there\" 20% then two = yes");
    assert_eq!((row("act.go").title.as_str(), row("act.go").kind.as_str()), ("go there", "option"));
    assert_eq!(row("act.go").origin_text, "assumed \"rarely\"");
    assert_eq!((row("third").standing.as_str(), row("third").line), ("own", 21));
    assert!(row("act").off && row("act.go").off && !row("third").off);
}

#[test]
fn numbers_of_an_option_have_the_origin_of_their_choice() {
    let loaded = loaded(
        "model \"Options\"\n\
         time monthly from 2025-01 to 2025-12\n\
         actor A \"North\"\n\
         flag sent = no\n\
         choice send by A \"send\" on 2025-02\n\
         \x20 option stay default\n\
         \x20 option go 2 of 70 then sent = yes\n\
         \x20 among \"years\"\n\
         question q \"Q\" = sent by 2025-06\n",
    );
    let model = variorum::checked(&loaded);
    let rows = statements(&model, &model.readings[0]);
    let origin = |path: &str| {
        let row = rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path}"));
        (row.origin.as_str(), row.origin_text.as_str())
    };
    assert_eq!(origin("send.go"), ("base_rate", "among \"years\""));
    assert_eq!(origin("send.stay").0, "none");
}
