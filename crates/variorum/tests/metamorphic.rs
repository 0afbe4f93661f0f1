//! Changes of a model that must not change what it means, or only as far as the definition says.
//!
//! "The same" means the same numbers to the last bit, since random numbers are keyed by names; "the same in law" means
//! within 4.5 standard errors (7 in a million). Seen to fail: with random numbers keyed by the order of declaration
//! (reordering), and with hazards multiplied by the step (halving).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use variorum::answers::{Answer, Answers};
use variorum::model::program::{Key, Program};
use variorum::run::{Run, Tally, Unwatched, run, tallies};
use variorum::{check, checked, load};

fn files(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// Answers of a model in files, the first being the root; without its fingerprint.
fn answers_of(list: &[(&str, &str)], draws: u64) -> Answers {
    let world = files(list);
    let loaded = load(list[0].0, &world).unwrap();
    let model = checked(&loaded);
    let errors: Vec<String> = model
        .diagnostics
        .iter()
        .filter(|_| model.has_errors())
        .map(|found| format!("{}: {}", found.code.id(), found.message))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let programs = check::programs(&model, &[]).unwrap();
    let settings = Run { draws, ..Run::default() };
    let mut answers = run(&model, &programs, &settings, &Unwatched::default()).unwrap();
    answers.fingerprint.clear();
    answers
}

fn answers(text: &str, draws: u64) -> Answers {
    answers_of(&[("m.vor", text)], draws)
}

fn json(answers: &Answers) -> serde_json::Value {
    serde_json::to_value(answers).unwrap()
}

/// By name: the answer (a probability or a mean) and its error.
fn values(answers: &Answers) -> BTreeMap<String, (f64, f64)> {
    let value = |answer: &Answer| match answer {
        Answer::Probability(answer) => answer.probability,
        Answer::Number(answer) => answer.mean,
        Answer::Date(answer) => answer.ever.probability,
        Answer::Void { .. } => f64::NAN,
    };
    let of = |question: &variorum::answers::QuestionAnswers| {
        let reading = &question.readings[0];
        (question.name.clone(), (value(&reading.answer), reading.error()))
    };
    answers.questions.iter().map(of).collect()
}

fn same_in_law(what: &str, left: &Answers, right: &Answers) {
    let right = values(right);
    for (name, (a, error_a)) in values(left) {
        let (b, error_b) = right[&name];
        let error = (error_a * error_a + error_b * error_b).sqrt();
        assert!((a - b).abs() <= 4.5 * error, "{what}: {name} is {a} and {b}, with an error of {error}");
    }
}

/// A model with a bit of everything, in blocks that may stand in any order.
const BLOCKS: &[&str] = &[
    "actor RU \"Russia\", KP \"North Korea\"\n",
    "flag war[RU] = no\n",
    "flag deployed[KP] = no\n",
    "ladder aid = none < some < much\n",
    "stock front[RU] in 0 .. 10 = 4 .. 6\n",
    "stock learned[KP] in 0 .. 1 = 0\n",
    "param bite in 0 .. 1 = 0.1 .. 0.4\n",
    "param base : 1 / year = 2 in 30 years among \"years\"\n",
    "let strain = (10 - front[RU]) / 10 + 0.5 * bite\n",
    "event clash when not war[RU] hazard base * (1 + strain) then war[RU] = yes, front[RU] -= 1\n",
    "event more when aid < much hazard 40% per year then aid = next level\n",
    "flow front[RU] += (0.1 - 0.02 * front[RU]) per month noise normal 0.1 per month\n",
    "flow learned[KP] += 0.05 per month if deployed[KP]\n",
    "choice offer by KP considered 2 per year when not deployed[KP]\n  option stay default\n  option go\n",
    "choice take by RU after offer = go\n  option refuse default\n  option accept then deployed[KP] = yes, front[RU] += 0.5\n",
    "choice push by RU every 6 months\n  option wait default\n  option strike 10% .. 30% then front[RU] -= 0.5\n",
    "utility KP = 3 * learned[KP] + deployed[KP]\n",
    "utility RU = front[RU] - 0.3 * (aid > none)\n",
    "precision KP, RU = 1 .. 3\n",
    "horizon KP = 12 months\n",
    "patience KP = 0.8\n",
    "question war \"q\" = war[RU] by 2026-12\n",
    "question deployed \"q\" = deployed[KP] by 2026-12\n",
    "question front \"q\" = value front[RU] at 2026-12\n",
    "question aid \"q\" = aid = much by 2026-12\n",
];

const HEAD: &str = "model \"M\"\ntime monthly from 2024-01 to 2026-12\n";

fn whole() -> String {
    format!("{HEAD}{}", BLOCKS.concat())
}

#[test]
fn the_order_of_declarations_does_not_matter() {
    let base = values(&answers(&whole(), 500));
    for turn in [1, 5, 11, 17] {
        let mut blocks = BLOCKS.to_vec();
        blocks.rotate_left(turn);
        if turn % 2 == 1 {
            blocks.reverse();
        }
        let other = values(&answers(&format!("{HEAD}{}", blocks.concat()), 500));
        assert_eq!(base, other, "turned by {turn}");
    }
}

#[test]
fn files_do_not_matter() {
    let base = answers(&whole(), 300);
    let (first, second) = BLOCKS.split_at(9);
    let root = format!("{HEAD}use \"a.vor\"\nuse \"folder/b.vor\"\n");
    let other = answers_of(&[("m.vor", &root), ("a.vor", &first.concat()), ("folder/b.vor", &second.concat())], 300);
    assert_eq!(json(&base), json(&other));
}

#[test]
fn an_unused_parameter_does_not_matter() {
    let base = answers(&whole(), 300);
    let other = answers(&format!("{}param idle = 1 .. 2\n", whole()), 300);
    assert_eq!(json(&base), json(&other));
}

fn program(text: &str) -> Program {
    let world = files(&[("m.vor", text)]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    model.readings[0].program.clone().unwrap_or_else(|| panic!("{:?}", model.diagnostics))
}

fn counts(program: &Program) -> Vec<(f64, f64)> {
    let settings = Run { draws: 300, ..Run::default() };
    let tallies = tallies(program, &settings, &Unwatched::default()).unwrap();
    let of = |tally: &Tally| match tally {
        Tally::Share(share) => (share.mean(), share.error()),
        Tally::Numbers(numbers) => (numbers.mean(), numbers.error()),
    };
    tallies.questions.iter().map(of).collect()
}

#[test]
fn names_of_entities_do_not_matter_if_the_keys_are_held() {
    let base = program(&whole());
    let (old, new) = ("[RU]", "[Zembla]");
    let text = whole().replace(old, new).replace("RU \"Russia\"", "Zembla \"Russia\"");
    let text =
        text.replace("by RU", "by Zembla").replace("utility RU", "utility Zembla").replace("KP, RU", "KP, Zembla");
    let mut renamed = program(&text);
    // Drawn anew under other names the answers differ; under the old keys they are the same.
    assert_ne!(counts(&base), counts(&renamed), "the names are not keys");
    let key = |name: &str| Key::of(&name.replace("Zembla", "RU"));
    renamed.params.iter_mut().for_each(|param| param.key = key(&param.name));
    renamed.choices.iter_mut().for_each(|choice| choice.key = key(&choice.name));
    renamed.events.iter_mut().for_each(|event| event.key = key(&event.name));
    renamed.flows.iter_mut().for_each(|flow| flow.key = key(&flow.path));
    assert_eq!(counts(&base), counts(&renamed));
}

#[test]
fn an_event_may_be_split_in_two() {
    let text = |events: &str| {
        format!(
            "{HEAD}flag war = no\n{events}question war \"q\" = war by 2026-12\nquestion early \"q\" = war by 2024-06\n"
        )
    };
    let one = answers(&text("event a when not war hazard 0.3 per year then war = yes\n"), 4000);
    let two = answers(
        &text(
            "event a when not war hazard 0.1 per year then war = yes\nevent b when not war hazard 0.2 per year then war = yes\n",
        ),
        4000,
    );
    same_in_law("split", &one, &two);
    assert_ne!(json(&one), json(&two), "these are the same random numbers, so nothing was tested");
}

#[test]
fn only_differences_of_utility_matter() {
    let base = answers(&whole(), 500);
    let shifted =
        whole().replace("utility KP = ", "utility KP = 7 + ").replace("utility RU = ", "utility RU = -3.5 + ");
    // Rounding moves probabilities by parts in 10^15: no outcome among 8,000 trajectories turns on that.
    assert_eq!(values(&base), values(&answers(&shifted, 500)));
}

#[test]
fn utility_and_precision_are_one_scale() {
    let base = answers(&whole(), 500);
    let scaled = whole()
        .replace("utility KP = 3 * learned[KP] + deployed[KP]", "utility KP = 4 * (3 * learned[KP] + deployed[KP])")
        .replace("utility RU = front[RU] - 0.3 * (aid > none)", "utility RU = 4 * (front[RU] - 0.3 * (aid > none))")
        .replace("precision KP, RU = 1 .. 3", "param p = 1 .. 3\nprecision KP, RU = p / 4");
    let unscaled = whole().replace("precision KP, RU = 1 .. 3", "param p = 1 .. 3\nprecision KP, RU = p");
    // A factor of 4 loses no bit.
    assert_eq!(values(&answers(&unscaled, 500)), values(&answers(&scaled, 500)));
    assert_ne!(values(&base), values(&answers(&unscaled, 500)), "one precision for both is another model");
}

#[test]
fn a_reading_is_the_model_with_what_it_says_in_its_place() {
    let reading = format!(
        "{}reading other\n  param bite in 0 .. 1 = 0.5 .. 0.8\n  switch off more, push.strike\n  \
         utility KP = 6 * learned[KP]\n  event extra hazard 1% per month then front[RU] += 1\n",
        whole()
    );
    let direct = whole()
        .replace("= 0.1 .. 0.4", "= 0.5 .. 0.8")
        .replace("event more when aid < much hazard 40% per year then aid = next level\n", "")
        .replace("  option strike 10% .. 30% then front[RU] -= 0.5\n", "  option strike 0% then front[RU] -= 0.5\n")
        .replace("utility KP = 3 * learned[KP] + deployed[KP]", "utility KP = 6 * learned[KP]")
        + "event extra hazard 1% per month then front[RU] += 1\n";
    assert_eq!(values(&answers(&reading, 400)), values(&answers(&direct, 400)));
}

/// The first few halvings of a step.
const STEPS: [(&str, f64); 4] =
    [("monthly", 1.0), ("2 per month", 0.5), ("4 per month", 0.25), ("32 per month", 1.0 / 32.0)];

fn at_step(cadence: &str, body: &str, draws: u64) -> BTreeMap<String, (f64, f64)> {
    values(&answers(&format!("model \"M\"\ntime {cadence} from 2024-01 to 2024-12\n{body}"), draws))
}

#[test]
fn acts_per_year_tend_to_what_is_considered() {
    let body = "actor A\nstock acts = 0\nchoice act by A considered 12 per year\n  option wait default\n  \
                option do 40% then acts += 1\nquestion acts \"q\" = value acts at 2024-12\n";
    let mut last = 0.0;
    for (cadence, step) in STEPS {
        // At most one act per step: 12 / step steps a year, each with probability 1 - exp(-0.4 step).
        let truth = 12.0 / step * -variorum::engine::math::exp_m1(-0.4 * step);
        let (acts, error) = at_step(cadence, body, 1500)["acts"];
        assert!((acts - truth).abs() < 4.5 * error, "{cadence}: {acts} +- {error} acts, and it is {truth}");
        assert!(acts > last, "{cadence}: a shorter step lets fewer acts happen");
        last = acts;
    }
    assert!((last - 4.8).abs() < 0.08, "{last} acts a year");
}

#[test]
fn a_step_does_not_change_how_likely_a_hazard_makes_something() {
    let body =
        "flag war = no\nevent w when not war hazard 30% per year then war = yes\nquestion war \"q\" = war by 2024-12\n";
    for (cadence, _) in STEPS {
        let (p, error) = at_step(cadence, body, 1500)["war"];
        assert!((p - 0.3).abs() < 4.5 * error, "{cadence}: {p} +- {error}");
    }
}

#[test]
fn noise_grows_with_time_whatever_the_step() {
    let body =
        "stock x = 0\nflow x += 0 per month noise normal 0.5 per month\nquestion high \"q\" = x > 1 at 2024-12\n";
    // After a year the deviation is 0.5 * sqrt(12).
    let truth = 1.0 - variorum::engine::math::normal_cdf(1.0 / (0.5 * 12.0_f64.sqrt()));
    for (cadence, _) in STEPS {
        let (p, error) = at_step(cadence, body, 1500)["high"];
        assert!((p - truth).abs() < 4.5 * error, "{cadence}: {p} +- {error}, and it is {truth}");
    }
}

#[test]
fn flows_converge_as_the_step_is_halved() {
    let body = "stock x = 100\nflow x -= 0.05 per month * x\nquestion x \"q\" = value x at 2024-12\n";
    let truth = 100.0 * variorum::engine::math::exp(-0.6);
    let errors: Vec<f64> = STEPS.iter().map(|(cadence, _)| (at_step(cadence, body, 64)["x"].0 - truth).abs()).collect();
    for (pair, (_, step)) in errors.windows(2).zip(&STEPS[1..]) {
        let shrinks = if *step < 0.1 { 8.0 } else { 2.0 };
        let ratio = pair[0] / pair[1];
        assert!((ratio / shrinks - 1.0).abs() < 0.05, "errors {errors:?}");
    }
}

#[test]
fn dated_choices_and_horizons_do_not_depend_on_the_step() {
    let body = "actor A\nstock x in 0 .. 10 = 1\nflag running = no\nutility A = x\nprecision A = 2\nhorizon A = 6 months\n\
                flow x += 0.2 per month if running\nchoice switch by A every 3 months when not running\n  option wait default\n  \
                option go then running = yes\nquestion running \"q\" = running by 2024-09\n";
    let base = at_step("monthly", body, 3000)["running"];
    for cadence in ["2 per month", "4 per month"] {
        let other = at_step(cadence, body, 3000)["running"];
        // The utility grows along a straight line, on which the trapezoidal rule is exact.
        let error = (base.1 * base.1 + other.1 * other.1).sqrt();
        assert!((base.0 - other.0).abs() < 4.5 * error, "{cadence}: {base:?} and {other:?}");
    }
}
