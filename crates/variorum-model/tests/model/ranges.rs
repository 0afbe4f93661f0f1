//! Aggregates over ranges, and ranges that are wrong.

use crate::harness::{codes, findings, program, show};

#[test]
fn aggregates_have_a_term_for_each_member() {
    let program = program(
        "\
stock tie[states, states] = 1
flag war[states]
for each a in states
  let out[a] = sum(b in states except a: tie[a, b])
let most = sum(a, b in states: tie[a, b] * 2)
let pairs = count(pair a, b in states: war[a] and war[b])
let anyone = any(a in allies: war[a])
let everyone = all(a in states except allies: war[a])
let nested = sum(a in allies: count(b in states except a: tie[a, b] > 0))
",
    );
    let formula = |name: &str| {
        let formula = program.formulas.iter().find(|formula| formula.name == name).unwrap();
        show(&program, &formula.value)
    };
    assert_eq!(formula("out[KR]"), "Sum(tie[KR, KP], tie[KR, RU])");
    assert_eq!(formula("anyone"), "AnyOf(war[KP], war[RU])");
    assert_eq!(formula("everyone"), "AllOf(war[KR])");
    assert_eq!(formula("pairs"), "Sum(And(war[KP], war[KR]), And(war[KP], war[RU]), And(war[KR], war[RU]))");
    assert_eq!(
        formula("nested"),
        "Sum(Sum(Greater(tie[KP, KR], 0), Greater(tie[KP, RU], 0)), \
         Sum(Greater(tie[RU, KP], 0), Greater(tie[RU, KR], 0)))"
    );
    assert!(formula("most").starts_with("Sum(Multiply(tie[KP, KR], 2), Multiply(tie[KP, RU], 2), "));
}

#[test]
fn formulas_are_put_in_order_through_ranges() {
    let program = program(
        "\
stock arms[states] = 1
let total = sum(a in states: strength[a])
for each a in states
  let strength[a] = arms[a] / share[a]
  let share[a] = 1 / count(b in states: arms[b] > 0)
",
    );
    let place = |name: &str| program.formulas.iter().position(|formula| formula.name == name).unwrap();
    assert!(place("share[RU]") < place("strength[RU]") && place("strength[RU]") < place("total"));
}

#[test]
fn a_number_in_an_aggregate_is_one_number() {
    let program = program("stock arms[states] = 1\nlet all_ = sum(a in states: (0.1 .. 0.3) * arms[a])\n");
    assert_eq!(program.params.len(), 1);
    assert_eq!(
        show(&program, &program.formulas[0].value),
        "Sum(Multiply(all_#1, arms[KP]), Multiply(all_#1, arms[KR]), Multiply(all_#1, arms[RU]))"
    );
}

#[test]
fn sums_keep_their_unit_and_circles_are_seen() {
    let circle = "let a_ = sum(s in states: b_[s])\nfor each s in states\n  let b_[s] = a_\n";
    assert_eq!(codes(circle).iter().filter(|code| **code == "circular").count(), 1, "{}", findings(circle));
    assert_eq!(
        findings(
            "\
unit men
stock army[states] : men = 5
let total : men = sum(s in states: army[s])
let wrong = total + sum(s in states: 1)
"
        ),
        "\
4 `sum(s in states: 1)`: unit-mismatch: a number of men and a plain number cannot be added, compared or exchanged
  4 `total`: a number of men
4 `s`: unused-variable: `s` is not used in what follows
"
    );
}

#[test]
fn what_is_wrong_with_a_range() {
    assert_eq!(
        findings(
            "\
stock x[states] = 1
for each RU in states
  event a_[RU] hazard 1% per year
for each s in nobody
  event b_[s] hazard 1% per year
for each s in KP
  event c_[s] hazard 1% per year
for each s in allies except allies
  event d_[s] hazard 1% per year
for each s in states except nobody
  event e_[s] hazard 1% per year
for each s, s in states
  event f_[s] hazard 1% per year
for each s in states
  for each s in allies
    event g_[s] hazard 1% per year
let h_ = sum(s in allies except states: x[s])
for each Korea in states
  event i_[Korea] hazard 1% per year
"
        ),
        "\
2 `RU`: bad-range: `RU` cannot be a variable here: it is an actor
  -3 `RU`: declared here
4 `nobody`: unknown-name: no group is called `nobody`
6 `KP`: wrong-kind: `KP` is no group
8 `s in allies except allies`: empty-range: this range runs over nothing
10 `nobody`: unknown-name: no actor, place, group or outer variable is called `nobody`
12 `s`: bad-range: the two members of a pair need two names
15 `s`: bad-range: `s` cannot be a variable here: it is a variable of an outer range
  14 `s`: declared here
17 `s in allies except states`: empty-range: this range runs over nothing
18 `Korea`: bad-range: `Korea` cannot be a variable here: it is a place
  -2 `Korea`: declared here
"
    );
}

#[test]
fn a_range_that_is_empty_only_sometimes_is_fine() {
    assert_eq!(
        findings("stock x[states] = 1\nfor each a in states\n  let y[a] = sum(b in allies except KP, a: x[b])\n"),
        ""
    );
}

#[test]
fn each_finding_is_told_once() {
    // The same for every binding: no binding is named.
    assert_eq!(
        findings("for each a, b in states\n  event clash[a, b] hazard nothing per year\n"),
        "2 `nothing`: unknown-name: nothing is called `nothing`\n"
    );
    // Only for some: the first of them is named.
    assert_eq!(
        findings(
            "stock tie[KP, states] = 1\nfor each a, b in states\n  event clash[a, b] when tie[a, b] > 1 hazard 1% per year\n"
        ),
        "\
3 `tie[a, b]`: wrong-entities: there is no `tie[KR, KP]`
  2 `a`: here `KR`
  2 `b`: here `KP`
"
    );
    assert_eq!(
        findings("stock tie[KP, states] = 1\nlet all_ = sum(a in states: tie[KP, a])\n"),
        "\
2 `tie[KP, a]`: wrong-entities: there is no `tie[KP, KP]`
  2 `a`: here `KP`
"
    );
}

#[test]
fn repetitions_need_names_of_their_own() {
    assert_eq!(
        findings(
            "stock x = 1\nfor each a in states\n  event boom hazard 1% per year\n  flow x += 1 / month\n  utility a = 0\n"
        ),
        "\
3 `event boom`: duplicate-name: `for each` repeats this statement, and `boom` would be declared again
4 `flow x`: duplicate-name: `for each` repeats this statement, and `flow x` would be declared again
"
    );
}

#[test]
fn variables_stand_for_entities_only() {
    assert_eq!(
        findings(
            "\
stock x[states] = 1
for each a in states
  event boom[a] when a > 1 hazard 1% per year
  choice go[b] by a every month
    option yes_ 5% then x[a] += 1
    option no_ default
event boom[states] hazard 1% per year
for each p in lands
  utility p = 1
group lands = Korea
"
        ),
        "\
3 `a`: wrong-kind: `a` stands for an actor or place (as `KP`), which is no value
  2 `a`: here `KP`
4 `b`: unknown-name: no actor, place or variable is called `b`
7 `states`: wrong-kind: `states` is a group, and one actor or place is needed here
9 `p`: wrong-kind: `p` stands for `Korea`, which is a place, and places decide nothing
"
    );
}
