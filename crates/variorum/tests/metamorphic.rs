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
    answers.head.fingerprint.clear();
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

/// A text repeated with other words in place of some, for each of several lists of these.
fn repeated(text: &str, words: &[&str], bindings: &[&[&str]]) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let replaced = |binding: &[&str]| {
        let (mut result, mut word) = (String::new(), String::new());
        for c in text.chars() {
            if is_word(c) {
                word.push(c);
                continue;
            }
            let place = words.iter().position(|other| *other == word);
            result += place.map_or(word.as_str(), |place| binding[place]);
            word.clear();
            result.push(c);
        }
        result
    };
    bindings.iter().map(|binding| replaced(binding)).collect()
}

const RIVALS: &str = "actor KP, KR, RU\ngroup rivals = KP, KR, RU\nstock arms[rivals] in 0 .. 10 = 2\n\
                      stock grudge[rivals, rivals] in 0 .. 5 = 1\nflag war[rivals] = no\n";

const RIVALRY: &str = "question arms \"q\" = value arms[KR] at 2026-12\nquestion war \"q\" = war[KP] by 2026-12\n\
                       question grudge \"q\" = value grudge[RU, KP] at 2026-12\n\
                       question armed \"q\" = arm[RU] = more by 2025-06\n\
                       question clash \"q\" = happened(clash[KP, RU]) by 2024-12\n";

/// What stands under a `for each` of one variable, of two, of pairs, and without one member.
const EACH: &str = "param zeal[a] in 0 .. 1 = 20% .. 60%\n\
                    choice arm[a] by a every 3 months when not war[a]\n  option wait default\n  option more then arms[a] += 0.5 .. 1\n\
                    choice boast[a] by a after arm[a] = more\n  option silent default\n  option loud 40% then arms[a] *= 1.1\n\
                    utility strength[a]: a = arms[a] * zeal[a]\nprecision a = 1 .. 2\n\
                    flow upkeep[a]: arms[a] -= (3 .. 8) * 1% per month * arms[a]\n";
const EACH_TWO: &str = "event clash[a, b] when not war[a] hazard (0.01 .. 0.05) * grudge[a, b] per month excludes clash[b, a] then war[a] = yes, \
                        arms[b] -= 0.3\nflow bitter[a, b]: grudge[a, b] += (0.02 * arms[b]) per month noise normal 0.1 per month\n";
const EACH_PAIR: &str = "event truce[a, b] when war[a] and war[b] hazard 0.2 per month then grudge[a, b] -= 1, grudge[b, a] -= 1\n\
                         correlate zeal[a], zeal[b] = 0.4\n";
const EACH_BUT: &str = "utility envy[a]: a = -0.1 * (arms[RU] - arms[a]) ^ 2\n";

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

#[test]
fn statements_for_each_are_the_statements_written_out() {
    // To the last bit: the same names, in the same order.
    let blocks = [
        ("a in rivals", EACH),
        ("a, b in rivals", EACH_TWO),
        ("pair a, b in rivals", EACH_PAIR),
        ("a in rivals except RU", EACH_BUT),
    ];
    let repeated_text: String =
        blocks.iter().map(|(range, text)| format!("for each {range}\n{}", indented(text))).collect();
    let one: [&[&str]; 3] = [&["KP"], &["KR"], &["RU"]];
    let two: [&[&str]; 6] = [&["KP", "KR"], &["KP", "RU"], &["KR", "KP"], &["KR", "RU"], &["RU", "KP"], &["RU", "KR"]];
    let pairs: [&[&str]; 3] = [&["KP", "KR"], &["KP", "RU"], &["KR", "RU"]];
    let bindings: [&[&[&str]]; 4] = [&one, &two, &pairs, &one[..2]];
    let written_out: String =
        blocks.iter().zip(bindings).map(|((_, text), bindings)| repeated(text, &["a", "b"], bindings)).collect();
    let model = |text: &str| answers(&format!("{HEAD}{RIVALS}{text}{RIVALRY}"), 400);
    let base = json(&model(&repeated_text));
    assert_eq!(base, json(&model(&written_out)));
    // Other variables, and a range within a range.
    let renamed = repeated(&repeated_text, &["a", "b"], &[&["one", "another"]]);
    assert_eq!(base, json(&model(&renamed)));
    let nested = repeated_text.replace(
        &format!("for each a, b in rivals\n{}", indented(EACH_TWO)),
        &format!("for each a in rivals\n  for each b in rivals except a\n{}", indented(&indented(EACH_TWO))),
    );
    assert_ne!(nested, repeated_text);
    assert_eq!(base, json(&model(&nested)));
    // The rest of the model does answer to these statements.
    assert_ne!(base, json(&model(&written_out.replace("arms[KR] += 0.5 .. 1", "arms[KR] += 2"))));
}

#[test]
fn sums_over_a_group_are_sums_written_out() {
    let model = |sum: &str, count: &str, any: &str, all: &str| {
        let text = format!(
            "event clash when not war[KP] hazard (0.01 * ({sum})) per month then war[KP] = yes\n\
             event spread when {any} hazard 0.1 per month then war[RU] = yes, arms[RU] += 0.7\n\
             event more hazard 0.3 per month then arms[KP] += 0.1 * ({count}), arms[KR] += 0.3\n\
             event end when {all} hazard 0.3 per month then war[KP] = no, grudge[KP, RU] += 0.5\n\
             question q1 \"q\" = value {sum} at 2026-12\nquestion q2 \"q\" = {any} by 2025-06\n\
             question q3 \"q\" = {all} by 2026-12\nquestion q4 \"q\" = value {count} at 2026-12\n"
        );
        values(&answers(&format!("{HEAD}{RIVALS}{text}"), 400))
    };
    let short = model(
        "sum(b in rivals: arms[b] * 0.7) + sum(a, b in rivals except KR: grudge[a, b])",
        "count(b in rivals except RU: arms[b] > 2.5)",
        "any(a in rivals: war[a])",
        "all(pair a, b in rivals except KR: war[a] and war[b])",
    );
    let long = model(
        "(arms[KP] * 0.7 + arms[KR] * 0.7 + arms[RU] * 0.7) + (grudge[KP, RU] + grudge[RU, KP])",
        "(arms[KP] > 2.5) + (arms[KR] > 2.5)",
        "(war[KP] or war[KR] or war[RU])",
        "(war[KP] and war[RU])",
    );
    assert_eq!(short, long);
    assert!(short.values().all(|(value, error)| *value > 0.0 && *error > 0.0), "{short:?}");
}

#[test]
fn no_correlation_is_as_good_as_none() {
    let base = values(&answers(&whole(), 500));
    let text = format!("{}param other in 0 .. 1 = uniform(0, 1)\n", whole());
    for pairs in ["base, bite", "bite, other", "base, other, bite"] {
        // A uniform number goes through the normal law and back, which moves its last bits.
        for (name, (value, error)) in values(&answers(&format!("{text}correlate {pairs} = 0\n"), 500)) {
            let close = (value - base[&name].0).abs() < 1e-12 && (error - base[&name].1).abs() < 1e-12;
            assert!(close, "{pairs}: {name} is {value}, and without it {}", base[&name].0);
        }
        let correlated = values(&answers(&format!("{text}correlate {pairs} = 0.7\n"), 500));
        assert_eq!(correlated == base, pairs == "bite, other", "{pairs}");
    }
}

#[test]
fn replies_to_events_tend_to_what_is_answered_at_once() {
    let body = "actor A\nflag struck = no\nevent raid hazard 0.4 per month\n\
                choice answer by A after event raid when not struck\n  option wait default\n  option strike 30% then struck = yes\n\
                question struck \"q\" = struck by 2024-06\n";
    let mut last = 0.0;
    for (cadence, step) in STEPS {
        // Of n steps n - 1 can bring a raid that is answered in time.
        let raid = -variorum::engine::math::exp_m1(-0.4 * step);
        let truth = 1.0 - variorum::engine::math::pow(1.0 - 0.3 * raid, 6.0 / step - 1.0);
        let (p, error) = at_step(cadence, body, 1500)["struck"];
        assert!((p - truth).abs() < 4.5 * error, "{cadence}: {p} +- {error}, and it is {truth}");
        assert!(truth > last, "{cadence}: a shorter step lets answers come earlier");
        last = truth;
    }
    assert!((last - (1.0 - variorum::engine::math::exp(-0.3 * 0.4 * 6.0))).abs() < 0.01, "{last}");
}

#[test]
fn risk_does_not_depend_on_the_step() {
    // The stock that the hazard reads grows along a straight line; but the risk is no straight line, so that the
    // projection's rule has an error, far below that of the sample.
    let body = "actor A\nstock heat in 0 .. 10 = 1\nflag war = no\nflow heat += 0.1 per month\n\
                event attack when heat > 9 hazard (0.02 * heat) per month then war = yes\n\
                choice calm by A on 2024-03 when not war\n  option wait default\n  option act then heat -= 0.9\n\
                utility A = -3 * risk(attack within 6 months)\nprecision A = 4\nhorizon A = 3 months\n\
                question act \"q\" = calm = act by 2024-12\n";
    let base = at_step("monthly", body, 3000)["act"];
    for cadence in ["2 per month", "4 per month"] {
        let other = at_step(cadence, body, 3000)["act"];
        let error = (base.1 * base.1 + other.1 * other.1).sqrt();
        assert!((base.0 - other.0).abs() < 4.5 * error, "{cadence}: {base:?} and {other:?}");
    }
    assert!(base.0 > 0.55 && base.0 < 0.95, "{base:?}");
}

#[test]
fn flows_for_each_converge_as_the_step_is_halved() {
    let body = "place N, S\ngroup both = N, S\nstock x[both] = 100\nfor each a in both\n  flow decay[a]: x[a] -= 0.05 per month * x[a]\n\
                question x \"q\" = value sum(a in both: x[a]) at 2024-12\n";
    let truth = 200.0 * variorum::engine::math::exp(-0.6);
    let errors: Vec<f64> = STEPS.iter().map(|(cadence, _)| (at_step(cadence, body, 64)["x"].0 - truth).abs()).collect();
    for (pair, (_, step)) in errors.windows(2).zip(&STEPS[1..]) {
        let shrinks = if *step < 0.1 { 8.0 } else { 2.0 };
        assert!((pair[0] / pair[1] / shrinks - 1.0).abs() < 0.05, "errors {errors:?}");
    }
}

/// The answers of a model in its only scenario.
fn in_scenario(text: &str, draws: u64) -> BTreeMap<String, (f64, f64)> {
    let world = files(&[("m.vor", text)]);
    let loaded = load("m.vor", &world).unwrap();
    let model = checked(&loaded);
    let messages: Vec<&String> = model.diagnostics.iter().map(|found| &found.message).collect();
    assert!(!model.has_errors(), "{messages:?}");
    let programs = check::programs(&model, &[]).unwrap();
    let program = model.scenario_program(programs[0].0, model.shared.scenarios[0]).unwrap();
    let settings = Run { draws, ..Run::default() };
    values(&run(&model, &[(programs[0].0, &program)], &settings, &Unwatched::default()).unwrap())
}

#[test]
fn what_nobody_else_changes_may_be_held_or_set() {
    // Of a quantity that no effect and no flow changes, holding it is setting it: to the last bit, if nobody looks ahead
    // to when it begins.
    let text = format!("{}stock gift in 0 .. 1 = 0\nlet moved = gift * (1 - bite)\n", whole())
        .replace("utility RU = front[RU]", "utility RU = front[RU] + moved")
        .replace(
            "event clash when not war[RU] hazard base",
            "event clash when not war[RU] hazard base * (1 + 3 * gift)",
        );
    let base = values(&answers(&text, 400));
    let held = in_scenario(&format!("{text}scenario s\n  hold gift = 0.7\n"), 400);
    let set = in_scenario(&format!("{text}scenario s\n  set gift = 0.7 at 2024-01\n"), 400);
    let never = in_scenario(&format!("{text}scenario s\n  hold gift = 0\n"), 400);
    assert_eq!(held, set);
    assert_eq!(base, never);
    assert_ne!(base, held);
    // And holding what its start says already is no change of the start.
    let started = values(&answers(&text.replace("gift in 0 .. 1 = 0\n", "gift in 0 .. 1 = 0.7\n"), 400));
    assert_eq!(held, started);
}

#[test]
fn a_scenario_without_an_act_is_the_reading() {
    let base = values(&answers(&whole(), 300));
    let same = in_scenario(&format!("{}scenario s\n  param bite in 0 .. 1 = 0.1 .. 0.4\n", whole()), 300);
    assert_eq!(base, same);
    let changed = in_scenario(&format!("{}scenario s\n  param bite in 0 .. 1 = 0.5 .. 0.8\n", whole()), 300);
    assert_eq!(changed, values(&answers(&whole().replace("= 0.1 .. 0.4", "= 0.5 .. 0.8"), 300)));
    assert_ne!(base, changed);
}

#[test]
fn what_is_held_and_foreseen_does_not_depend_on_the_step() {
    // Between the dates at which a hold ends everything goes along straight lines, on which the trapezoidal rule is
    // exact at any step.
    let body = "actor A\nstock x in 0 .. 10 = 1\nflag running = no\nutility A = x\nprecision A = 1.5\nhorizon A = 6 months\n\
                flow x += 0.4 per month if running\nchoice switch by A on 2024-03 when not running\n  option wait default\n  \
                option go then running = yes\nquestion running \"q\" = running by 2024-09\n\
                question x \"q\" = value x at 2024-12\nscenario s\n  hold x = 2 from 2024-02 until 2024-05\n";
    let at = |cadence: &str| in_scenario(&format!("model \"M\"\ntime {cadence} from 2024-01 to 2024-12\n{body}"), 3000);
    // Held for the first three of six months, and then 0.4 a month for three: a mean of 0.3 more.
    let truth = 1.0 / (1.0 + variorum::engine::math::exp(-1.5 * 0.3));
    for cadence in ["monthly", "2 per month", "4 per month"] {
        let found = at(cadence);
        let (running, error) = found["running"];
        assert!((running - truth).abs() < 4.5 * error, "{cadence}: {running} +- {error}, and it is {truth}");
        // Seven months from June on.
        let (x, error) = found["x"];
        assert!((x - (2.0 + 0.4 * 7.0 * truth)).abs() < 4.5 * error, "{cadence}: {x} +- {error}");
    }
}
