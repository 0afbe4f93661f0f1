//! Numbers of new kinds: one of several, words of probability, correlations, risks.

use crate::harness::{findings, names, program, program_of, show};
use variorum_model::program::{Key, Law};

#[test]
fn one_of_several_numbers() {
    let program = program(
        "\
unit men, division = 10_000 men
param a_ = oneof(5: 0.8, 2: 0.2)
param b_ : men = oneof(1 division: 50%, 500: 1/2)
param c_ in 0 .. 1 = oneof(10%: 0.5, 30%: 0.5)
param d_ = oneof(10%: 0.5, 30%: 0.5) within 6 months
event e_ hazard oneof(0.1: 0.25, 0.3: 0.75) per year
",
    );
    let law = |name: &str| {
        let param = program.params.iter().find(|param| param.name == name).unwrap();
        let Law::OneOf(points) = &param.law else { panic!("{:?}", param.law) };
        (points.clone(), param.scale, param.within, param.low)
    };
    assert_eq!(law("a_"), (vec![(2.0, 0.2), (5.0, 0.8)], 1.0, None, None));
    assert_eq!(law("b_"), (vec![(500.0, 0.5), (10_000.0, 0.5)], 1.0, None, None));
    assert_eq!(law("c_"), (vec![(0.1, 0.5), (0.3, 0.5)], 1.0, None, Some(0.0)));
    assert_eq!(law("d_"), (vec![(0.1, 0.5), (0.3, 0.5)], 1.0, Some(6.0), Some(0.0)));
    assert_eq!(law("e_#1"), (vec![(0.1, 0.25), (0.3, 0.75)], 1.0 / 12.0, None, None));
}

#[test]
fn what_is_wrong_with_one_of_several() {
    assert_eq!(
        findings(
            "\
unit men
param a_ = oneof(2: 0.2, 5: 0.7)
param b_ = oneof(2: 0, 5: 1)
param c_ = oneof(2: 0.5, 2: 0.5)
param d_ = oneof(2 men: 0.5, 5%: 0.5)
param e_ in 0 .. 3 = oneof(2: 0.5, 5: 0.5)
param f_ = oneof(50%: 0.5, 100%: 0.5) per year
param g_ = oneof(1 .. 2: 0.5, 5: 0.5)
param h_ = oneof(10%: 0.5, 120%: 0.5)
param i_ = oneof(2: 0.2 .. 0.3, 5: 0.8)
"
        ),
        "\
2 `oneof(2: 0.2, 5: 0.7)`: bad-distribution: these probabilities add up to 0.9, not to 1
3 `0`: bad-distribution: the probability of a value is above 0 and at most 1
4 `oneof(2: 0.5, 2: 0.5)`: bad-distribution: the value 2 is listed twice
5 `5%`: unit-mismatch: this value is a probability, and the first is a number of men
6 `oneof(2: 0.5, 5: 0.5)`: out-of-bounds: one of these values, 5, lies outside the bounds, 0 .. 3
7 `oneof(50%: 0.5, 100%: 0.5) per year`: out-of-bounds: a probability within a time is at least 0 and below 1, and one of these is 1
8 `1 .. 2`: wrong-kind: each value of `oneof` is a single number
9 `oneof(10%: 0.5, 120%: 0.5)`: out-of-bounds: one of these values, 1.2, lies outside the bounds, 0 .. 1
10 `0.2 .. 0.3`: wrong-kind: a single number is needed here
"
    );
}

const SOURCES: &str = "source nyt \"NYT\"\nsource ash \"Ash\"\n";

#[test]
fn words_of_one_source_share_their_draw() {
    let program = program(&format!(
        "{SOURCES}\
param p = said \"unlikely\" from nyt \"p. 4\"
event raid hazard said \"Highly unlikely\" within 12 months from nyt \"p. 5\"
event vote on 2025-06 chance said \"likely\" from ash \"a talk\"
choice go by KP every month from nyt \"p. 6\"
  option act said \"improbable\"
  option run_ said \"little chance\" from ash \"a talk\"
  option wait default
let used = p
"
    ));
    let draws: Vec<(&str, &str)> =
        program.params.iter().map(|param| (param.name.as_str(), param.draw.as_str())).collect();
    assert_eq!(
        draws,
        [
            ("go.act#1", "said nyt"),
            ("go.run_#1", "said ash"),
            ("p", "said nyt"),
            ("raid#1", "said nyt"),
            ("vote#1", "said ash")
        ]
    );
    assert!(program.params.iter().all(|param| param.key == Key::of(&param.draw)));
    let p = &program.params[2];
    let points = [(0.0, 0.0375), (0.05, 0.05), (0.25, 0.1), (0.5, 0.2), (0.75, 0.25), (0.95, 0.4), (1.0, 0.4375)];
    let Law::Table(found) = &p.law else { panic!("{:?}", p.law) };
    assert_eq!(found.len(), points.len());
    for ((p, x), (q, y)) in found.iter().zip(&points) {
        assert!((p - q).abs() < 1e-15 && (x - y).abs() < 1e-12, "{found:?}");
    }
    assert_eq!((p.low, p.high, p.within), (Some(0.0), Some(1.0), None));
    assert_eq!(program.params[3].within, Some(12.0));
}

#[test]
fn words_that_become_a_hazard_are_never_certain() {
    let program =
        program(&format!("{SOURCES}event raid hazard said \"will happen\" within 12 months from nyt \"p. 5\"\n"));
    let Law::Table(points) = &program.params[0].law else { panic!("{:?}", program.params[0].law) };
    let values: Vec<f64> = points.iter().map(|(_, x)| *x).collect();
    assert_eq!(values[2..], [0.99, 0.999, 0.999, 0.999, 0.999]);
}

#[test]
fn words_where_they_are_no_number() {
    assert_eq!(
        findings(&format!(
            "{SOURCES}\
param a_ = said \"unlikly\" from nyt \"p. 4\"
param b_ = said \"a possibility\" from nyt \"p. 4\"
param c_ = said \"likely\" assumed \"so I think\"
param d_ = said \"likely\" from nyt \"p. 4\" from ash \"p. 5\"
utility KP = said \"likely\" from nyt \"p. 4\"
let e_ = said \"likely\" from nyt \"p. 4\"
event f_ hazard said \"likely\" from nyt \"p. 4\"
precision KP = said \"likely\" from nyt \"p. 4\"
question g_ \"G\" = happened(f_) by 2025-06
  nyt said \"unlikly\"
  ash said \"quite so\" no number
  ash said \"could\"
"
        )),
        "\
3 `\"unlikly\"`: unknown-phrase: no survey has asked what \"unlikly\" means
4 `\"a possibility\"`: bad-said: \"a possibility\" stands for no number
5 `said \"likely\"`: bad-said: nothing says whose words these are
6 `said \"likely\"`: bad-said: these words cannot be those of several sources
7 `said \"likely\"`: bad-said: words of probability say nothing of what an actor wants
8 `said \"likely\"`: bad-said: words of probability stand for the number of a `param`, an option, a `hazard` or a `chance`
9 `said \"likely\"`: needs-time: a hazard is a rate per time (1 / month), and this is a plain number
10 `said \"likely\"`: bad-said: words of probability stand for the number of a `param`, an option, a `hazard` or a `chance`
12 `\"unlikly\"`: unknown-phrase: no survey has asked what \"unlikly\" means
"
    );
}

const PARAMS: &str = "\
param a_ = 1 .. 2
param b_ = 1 .. 2
param c_ = 1 .. 2
param d_ = 1 .. 2
param e_ = 3
let sum_ = a_ + b_ + c_ + d_ + e_
";

#[test]
fn correlations_connect_parameters() {
    let program = program(&format!("{PARAMS}correlate d_, b_ = 0.6\ncorrelate b_, a_ = -0.2\n"));
    assert_eq!(program.copulas.len(), 1);
    let copula = &program.copulas[0];
    let members: Vec<&str> = copula.params.iter().map(|index| program.params[*index].name.as_str()).collect();
    assert_eq!(members, ["a_", "b_", "d_"]);
    assert_eq!(copula.ranks, [[1.0, -0.2, 0.0], [-0.2, 1.0, 0.6], [0.0, 0.6, 1.0]]);
}

#[test]
fn readings_replace_and_switch_off_correlations() {
    let lines = format!(
        "{PARAMS}correlate a_, b_, c_ = 0.6
question q \"Q\" = value sum_ at 2025-06
reading same \"Same\"
reading weak \"Weak\"
  correlate a_, b_, c_ = 0.1
reading off \"Off\"
  switch off correlate a_, b_, c_
reading point \"Point\"
  param a_ = 1
reading baseline \"Baseline\"
  param c_ = 1
  param a_ = 1
"
    );
    let rank = |reading: &str| {
        let program = program_of(&lines, reading);
        program.copulas.iter().map(|copula| (copula.params.len(), copula.ranks[0][1])).collect::<Vec<_>>()
    };
    assert_eq!(rank("same"), [(3, 0.6)]);
    assert_eq!(rank("weak"), [(3, 0.1)]);
    assert_eq!(rank("off"), []);
    // A reading that settles a number need not say that it goes with no other one any more.
    assert_eq!(rank("point"), [(2, 0.6)]);
    assert_eq!(rank("baseline"), []);
}

#[test]
fn correlations_of_each_pair() {
    let lines = "\
for each a in states
  param will[a] = 0.2 .. 0.4
for each pair a, b in states
  correlate will[a], will[b] = 0.3
let all_ = sum(a in states: will[a])
question q \"Q\" = value all_ at 2025-06
reading same \"Same\"
reading one \"One\"
  switch off correlate will[KP], will[KR]
reading baseline \"Baseline\"
  for each a in states except KP
    correlate will[KP], will[a] = 0.1
";
    let ranks = |reading: &str| program_of(lines, reading).copulas[0].ranks.clone();
    assert_eq!(ranks("same"), [[1.0, 0.3, 0.3], [0.3, 1.0, 0.3], [0.3, 0.3, 1.0]]);
    assert_eq!(ranks("one"), [[1.0, 0.0, 0.3], [0.0, 1.0, 0.3], [0.3, 0.3, 1.0]]);
    assert_eq!(ranks("baseline"), [[1.0, 0.1, 0.1], [0.1, 1.0, 0.3], [0.1, 0.3, 1.0]]);
}

#[test]
fn what_is_wrong_with_correlations() {
    assert_eq!(
        findings(&format!(
            "{PARAMS}\
correlate a_, e_ = 0.5
correlate a_, a_ = 0.5
correlate a_, c_ = 1.5
correlate a_, d_ = 0.2 .. 0.5
correlate a_, b_ = 0.5
correlate b_, a_ = 0.5
correlate a_, sum_ = 0.5
correlate a_, nothing = 0.5
"
        )),
        "\
7 `e_`: bad-correlation: `e_` is a single number, and what does not vary is not correlated
  5 `3`: its value
8 `a_`: bad-correlation: `a_` cannot be correlated with itself
  8 `a_`: named here
9 `1.5`: bad-correlation: a correlation is a plain number from -1 to 1
10 `0.2 .. 0.5`: wrong-kind: a single number is needed here
12 `a_`: bad-correlation: `a_` and `b_` are correlated twice
  11 `correlate a_, b_`: the first time
13 `sum_`: wrong-kind: `sum_` is no parameter, and only parameters are drawn together
14 `nothing`: unknown-name: nothing is called `nothing`
"
    );
    assert_eq!(
        findings(&format!("{PARAMS}correlate a_, b_ = 0.9\ncorrelate b_, c_ = 0.9\ncorrelate a_, c_ = -0.9\n")),
        "\
9 `correlate a_, c_`: bad-correlation: these correlations of `a_`, `b_`, `c_` cannot hold together
  8 `correlate b_, c_`: another one
  7 `correlate a_, b_`: another one
"
    );
}

#[test]
fn the_risk_of_an_event() {
    let program = program(
        "\
ladder aid[states] = none < some_ < much
flag war[Korea]
stock heat = 1
event invasion when heat > 3 hazard heat * (5% .. 9% per year) then war[Korea] = yes, aid[KR] = much, heat += 1
event drift hazard 1% per month then heat += 1
utility KP = 2 * risk(invasion within 1 year)
utility RU = risk(drift within 6 months)
",
    );
    let utility = |actor: &str| {
        let actor = program.actors.iter().find(|other| other.name == actor).unwrap();
        show(&program, &actor.utility[0].value)
    };
    let hazard = "Multiply(heat, invasion#1)";
    assert_eq!(
        utility("KP"),
        format!(
            "Multiply(2, If(AllOf(Equal(war[Korea], 1), Equal(aid[KR], 2)), 1, \
             Subtract(1, Exp(Negate(Multiply(If(Greater({hazard}, 0), {hazard}, 0), 12))))))"
        )
    );
    let hazard = "HazardWithin(0.01, 1)";
    assert_eq!(utility("RU"), format!("Subtract(1, Exp(Negate(Multiply(If(Greater({hazard}, 0), {hazard}, 0), 6))))"));
    assert_eq!(names(&program.params, |param| &param.name), ["invasion#1"]);
}

#[test]
fn the_risk_of_many_events() {
    let program = program(
        "\
flag war[states, states]
for each a, b in states
  event clash[a, b] hazard 1% per year then war[a, b] = yes
for each a in states
  utility fear[a]: a = -sum(b in states except a: risk(clash[b, a] within 12 months))
",
    );
    let value = show(&program, &program.actors[0].utility[0].value);
    assert!(value.starts_with("Negate(Sum(If(Equal(war[KR, KP], 1), 1, Subtract(1, "), "{value}");
}

#[test]
fn what_is_wrong_with_risks() {
    let lines = "\
flag war
event a_ hazard 1% per year then war = yes
event b_ on 2025-06 chance 5%
event c_ hazard if happened(a_) then 5% per year else 1% per year
let d_ = risk(a_ within 12 months)
utility KP = risk(b_ within 12 months) + risk(c_ within 12 months) + risk(a_ within 0 months) + risk(war within 1 year)
utility RU = risk(a_ within 1 war)
question q \"Q\" = war by 2025-12
";
    assert_eq!(
        findings(lines),
        "\
5 `risk(a_ within 12 months)`: bad-risk: `risk` is what an actor fears or hopes for, and stands in utilities alone
6 `b_`: bad-risk: `b_` has a date, and `risk` needs a hazard
6 `c_`: bad-risk: the hazard of `c_` depends on what has just happened or been chosen
6 `0`: bad-risk: the time of a risk is longer than nothing and at most 100 years
6 `war`: wrong-kind: `war` is a flag, not an event
7 `war`: wrong-kind: `war` is no unit of time
"
    );
    let switched_off = "\
event a_ hazard 1% per year
utility KP = 1 + risk(a_ within 12 months)
question q \"Q\" = value 1 at 2025-12
reading baseline \"Baseline\"
  switch off a_
";
    let program = program_of(switched_off, "baseline");
    assert_eq!(show(&program, &program.actors[0].utility[0].value), "Add(1, 0)");
}
