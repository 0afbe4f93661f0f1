//! What is written as the language allows, and often meant otherwise; forecasts, outcomes and reasons.

use crate::harness::{codes, findings};

#[test]
fn a_percentage_over_a_time() {
    assert_eq!(
        findings(
            "\
unit men
stock front : men = 500
flow a_: front -= front * 5% / month
flow b_: front -= 2% .. 8% / 6 months * front
flow c_: front -= front * (5% per month)
flow d_: front -= front * 0.05 / month
flow e_: front -= front * 5% / (1 + 1) / month
"
        ),
        "\
3 `5%`: share-or-hazard: a percentage divided by a time: is so much of it to flow in each month, or is this a probability?
4 `2% .. 8%`: share-or-hazard: a percentage divided by a time: is so much of it to flow in each month, or is this a probability?
7 `5%`: share-or-hazard: a percentage divided by a time: is so much of it to flow in each month, or is this a probability?
"
    );
}

#[test]
fn a_condition_after_a_sum() {
    assert_eq!(
        findings(
            "\
flag war
stock x = 1
let a_ = x + 1 if war
let b_ = (x + 1) if war
let c_ = x + (1 if war)
let d_ = x * 2 if war
let e_ = x - 1 if war else 2
let f_ = if war then x + 1 else 2
"
        ),
        "\
3 `war`: if-covers-sum: this condition is that of the whole sum before it
  3 `x`: this counts only where it holds
  3 `1`: as does this
"
    );
}

#[test]
fn a_condition_after_what_is_set_or_asked() {
    assert_eq!(
        findings(
            "\
flag war, fire, talks
stock x = 1
stock y = 1
event a_ hazard 0.1 per month then war = yes if talks, x *= 2 if talks
event b_ hazard 0.1 per month then fire = yes if talks else fire
event c_ hazard 0.1 per month then x += 1 if talks
event d_ hazard 0.1 per month then y = (1 if talks)
event e_ when war hazard 0.1 per month then talks = yes, x *= if war then 2 else 1
question f_ \"F\" = war if talks by 2025-06
question g_ \"G\" = value x if talks at 2025-06
question h_ \"H\" = (war if talks) by 2025-06
question i_ \"I\" = value (x if talks) at 2025-06
question j_ \"J\" = war by 2025-06 given talks by 2025-06
"
        ),
        "\
4 `talks`: if-resets: where this fails, `war` is set too: to 0, no or the lowest level
  4 `yes`: this is the value where it holds
4 `talks`: if-resets: where this fails, `x` is multiplied by 0
  4 `2`: this is the value where it holds
9 `talks`: if-or-given: where this fails, the answer is no: both must hold at once
  9 `war`: this is asked of all trajectories
10 `talks`: if-or-given: where this fails, the value counts as 0
  10 `x`: this is asked of all trajectories
"
    );
}

#[test]
fn forecasts_and_outcomes_fit_their_questions() {
    assert_eq!(
        findings(
            "\
source ash \"Ash\"
flag war
stock x = 1
question a_ \"A\" = war by 2025-06
  ash said 30%
  resolved 7
question b_ \"B\" = value x at 2025-06
  ash said 130
  resolved yes
question c_ \"C\" = war by 2025-06
  ash said 130%
  resolved void
question d_ \"D\" = first date war
  resolved yes
question e_ \"E\" = first date war by 2025-11
  resolved yes on 2025-03-01
question f_ \"F\" = value x at 2025-06 given war by 2025-03
  resolved 7
question g_ \"G\" = first date war
  resolved 3
"
        ),
        "\
4 `a_`: bad-outcome: `a_` is answered by yes or no, and its outcome is a number
7 `b_`: bad-outcome: `b_` asks for a number, and its outcome is yes or no
11 `130%`: bad-outcome: the forecast of ash is a probability, from 0% to 100%
13 `d_`: bad-outcome: `d_` asks when, and its outcome has no date
19 `g_`: bad-outcome: `g_` asks when, and its outcome is a number
"
    );
}

const DENIED: &str = "\
source ash \"Ash\"
source oak \"Oak\"
claim eager \"They are eager\"
  note \"a note may stand before the stances\"
  ash denies 1.1-3#7c1e09k2m4tq
  oak doubts 1.1-3#7c1e09k2m4tq
flag war[states]
for each a in states
  event raid[a] hazard 1% per year then war[a] = yes because eager
";

#[test]
fn what_the_author_denies_is_kept_for_a_reason() {
    assert_eq!(
        findings(&format!("{DENIED}reading ash \"Ash\"\n  keeps raid \"\"\nreading oak \"Oak\"\n  keeps raid \"\"\n")),
        "11 `raid`: keeps-without-why: `ash` keeps `raid`, which its author denies, and does not say why\n"
    );
    assert_eq!(findings(&format!("{DENIED}reading ash \"Ash\"\n  keeps raid \"no other number\"\n")), "");
}

#[test]
fn what_is_contested_for_all_is_told_once() {
    assert_eq!(
        findings(&format!("{DENIED}reading ash \"Ash\"\n")),
        "\
10 `ash`: contested: `ash` has to say what becomes of `raid`: ash denies `eager`, on which it rests
  9 `event raid[a]`: the statement
  9 `eager`: the claim behind it
"
    );
    let some = format!("{DENIED}reading ash \"Ash\"\n  keeps raid[KP] \"why\"\n  switch off raid[KR]\n");
    assert_eq!(codes(&some).iter().filter(|code| **code == "contested").count(), 1);
    let needless = format!("{DENIED}reading elm \"Elm\"\n  keeps raid \"why\"\n");
    assert!(codes(&needless).contains(&"needless-keeps"));
}

#[test]
fn intervals_that_cannot_mean_what_they_say() {
    assert_eq!(
        findings(
            "\
param a_ = 5 .. 3
param b_ = 4 .. 4
param c_ = 20% .. 120%
param d_ in 5 .. 3 = 4
param e_ = 5 of 3
param f_ : 1 / month = 5% .. 9%
param g_ in 0 .. 1 = 0.5 .. 1.5
param h_ = -5% .. 5%
event i_ hazard 5% .. 9%
event j_ hazard 120% per year
"
        ),
        "\
1 `5 .. 3`: bad-distribution: an interval goes from its lower to its higher end
2 `4 .. 4`: bad-distribution: an interval goes from its lower to its higher end
3 `20% .. 120%`: out-of-bounds: probabilities lie between 0% and 100%, and this interval reaches beyond
4 `in 5 .. 3`: out-of-bounds: the lower bound is not below the upper one
5 `5 of 3`: bad-distribution: it cannot have happened in more cases than there were
6 `5% .. 9%`: needs-time: `f_` is declared in 1 / month, and its value is a plain number
7 `0.5 .. 1.5`: out-of-bounds: this interval reaches beyond the bounds of its quantity
8 `-5% .. 5%`: out-of-bounds: probabilities lie between 0% and 100%, and this interval reaches beyond
9 `5% .. 9%`: needs-time: a hazard is a rate per time (1 / month), and this is a plain number
10 `120% per year`: out-of-bounds: a probability within a time lies from 0% to below 100%
"
    );
}

#[test]
fn numbers_need_an_origin_in_all_places() {
    let lines = "\
param a_ = oneof(2: 0.5, 3: 0.5)
param b_ = 1 .. 2 assumed \"given\"
param c_ = 1 .. 2 assumed \"given\"
correlate b_, c_ = 0.5
let used = a_ + b_ + c_ + count(s in states: yes)
scenario s \"S\"
  param b_ = 3
question q \"Q\" = value used at 2025-02
";
    assert_eq!(codes(lines).iter().filter(|code| **code == "no-origin").count(), 3, "{:?}", codes(lines));
    // Being correlated is no use.
    assert!(codes("param a_ = 1 .. 2\nparam b_ = 1 .. 2\ncorrelate a_, b_ = 0.5\n").contains(&"unused-parameter"));
}

#[test]
fn groups_of_actors_have_settings() {
    assert_eq!(
        findings("group mixed = KP, Korea\nprecision mixed = 2\nhorizon allies = 3 months\nforesight states = all\n"),
        "2 `mixed`: wrong-kind: `mixed` has the member `Korea`, a place, and places decide nothing\n"
    );
    assert!(codes("precision states = 2\nprecision KP = 3\n").contains(&"duplicate-name"));
}

#[test]
fn an_idle_utility_is_told_once_and_risk_counts() {
    let lines = "\
flag war[states]
flag calm[states]
for each a in states
  choice arm[a] by a every month
    option go then calm[a] = yes
    option wait default
  event raid[a] when not war[a] hazard (if calm[a] then 1% per year else 5% per year) then war[a] = yes
precision states = 2
";
    let idle = format!("{lines}for each a in states\n  utility a = war[a]\n");
    assert_eq!(codes(&idle).iter().filter(|code| **code == "idle-utility").count(), 1);
    let alert = format!("{lines}for each a in states\n  utility a = -risk(raid[a] within 12 months)\n");
    assert!(!codes(&alert).contains(&"idle-utility"));
}

#[test]
fn places_in_words_are_for_sources_without_a_document() {
    assert_eq!(
        findings(
            "\
source ash \"Ash\" text \"ash.txt\"
source oak \"Oak\" quoted in ash
source elm \"Elm\"
source fir \"Fir\" quoted in elm
claim eager \"They are eager\"
  ash asserts 1.1-3#7c1e09k2m4tq, \"chapter 3\", \"page 120\"
  oak doubts \"chapter 3\"
  elm asserts \"chapter 3\", 1.1-3#7c1e09k2m4tq
  fir denies \"a talk in May\"
"
        ),
        "\
6 `\"chapter 3\"`: place-in-words: `ash` has a document, which is cited by an anchor
7 `\"chapter 3\"`: place-in-words: `oak` has a document, which is cited by an anchor
"
    );
}
