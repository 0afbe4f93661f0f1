//! Closed forms.
//!
//! The code was broken on purpose, in one way at a time, and tests of these failed each time: the evidence of one half left
//! out; every draw weighing alike; weights squared; the logarithm of the evidence doubled; a report's false alarms in place of
//! its hits, where it steers and where it weighs; a record that weighs nothing; a fact in a window that cannot come again; a
//! slot of each resampling not copied; weights kept after resampling; resampling always by 0. (Without resampling all of them
//! pass, as they should: it is no less right then.)

use crate::support::{
    agrees, choice, conditioned, event, interval, program, quantity, record, reported, seen, value, weighed,
};
use variorum::model::program::{Expr, Fact, Function, Program};

/// ln Γ for whole numbers.
fn ln_factorial(n: u32) -> f64 {
    (1..=n).map(|k| f64::from(k).ln()).sum()
}

/// An event every month with an unknown chance per month.
fn coin() -> Program {
    program(
        "model \"Coin\"\n\
         time monthly from 2020-01 to 2027-12\n\
         param p in 0 .. 1 = uniform(0.0, 1.0) assumed \"a test\"\n\
         stock heads = 0, at least 0\n\
         event toss \"E\" hazard -ln(1 - p) / 1 month then heads += 1\n\
         question p_now \"Q\" = value p at 2027-12\n\
         question another \"Q\" = heads >= 61 by 2025-02\n",
    )
}

#[test]
fn beta_bernoulli() {
    // 60 successes in 61 months under a uniform prior: the evidence is B(61, 2) = 60! 1! / 62!, the posterior Beta(61, 2).
    let mut coin = coin();
    let toss = event(&coin, "toss");
    for month in 0..60 {
        coin.observations.push(seen(Fact::Event { event: toss }, month..=month));
    }
    coin.records.push(record(&coin, 60..=60, &["toss"]));
    let found = conditioned(&coin, 20_000, 2, 1);
    let expected = (ln_factorial(60) + ln_factorial(1) - ln_factorial(62)) / std::f64::consts::LN_2;
    agrees("evidence", (found.log2(), found.error()), expected);
    agrees("posterior mean", value(&coin, "p_now", &found), 61.0 / 63.0);
    // The interval of what the parameter makes of it is as wide as 1,300 effective draws tell.
    let [low, high] = interval(&coin, "p_now", &found);
    let wide = 2.0 * 1.6448536 * (61.0f64 * 2.0 / (63.0 * 63.0 * 64.0)).sqrt();
    assert!(((high - low) / wide - 1.0).abs() < 0.15, "{low} .. {high}, not {wide} wide");
    // The next success, in 2025-02 (step 61).
    agrees("next", value(&coin, "another", &found), 61.0 / 63.0);
    // The chance of such a draw is known: the effective sample size is n E[Z]² / E[Z²].
    let second = ln_factorial(120) + ln_factorial(2) - ln_factorial(123);
    let effective = 20_000.0 * (2.0 * (ln_factorial(60) + ln_factorial(1) - ln_factorial(62)) - second).exp();
    assert!((found.effective() / effective - 1.0).abs() < 0.2, "{} {effective}", found.effective());
}

#[test]
fn poisson_rate() {
    // A hazard drawn from Gamma(3, 24 months): 5 events seen in 36 months with at most one in a month. With p = 1 -
    // exp(-h), the evidence is E[p^5 (1 - p)^31] = Σ_j (5 over j) (-1)^j (24 / (24 + 31 + j))^3.
    let mut arrivals = program(
        "model \"Arrivals\"\n\
         time monthly from 2020-01 to 2023-12\n\
         param rate : 1 / month = gamma(3, 24) assumed \"a test\"\n\
         stock count = 0, at least 0\n\
         event arrival \"E\" hazard rate then count += 1\n\
         question rate_now \"Q\" = value rate at 2023-12\n",
    );
    let arrival = event(&arrivals, "arrival");
    for month in [2, 7, 8, 20, 33] {
        arrivals.observations.push(seen(Fact::Event { event: arrival }, month..=month));
    }
    arrivals.records.push(record(&arrivals, 0..=35, &["arrival"]));
    let sum = |extra: f64, power: i32| -> f64 {
        let terms = [1.0, -5.0, 10.0, -10.0, 5.0, -1.0];
        (0..6).map(|j| terms[j] * extra * (24.0f64.powi(3)) / (24.0 + 31.0 + j as f64).powi(power)).sum()
    };
    let evidence = sum(1.0, 3);
    let found = conditioned(&arrivals, 40_000, 2, 1);
    agrees("evidence", (found.log2(), found.error()), evidence.log2());
    // E[h p^5 (1-p)^31]: h times a gamma density is 3 / (24 + n) of the next higher one.
    agrees("posterior mean", value(&arrivals, "rate_now", &found), sum(3.0, 4) / evidence);
}

#[test]
fn a_fact_in_a_window() {
    // A hazard of 20% per month: once at least in 3 months has probability 1 - 0.8³; in which of them first is 0.2, 0.16,
    // 0.128 of that.
    let mut program = program(
        "model \"Window\"\n\
         time monthly from 2020-01 to 2020-12\n\
         flag first = no\n\
         flag late = no\n\
         event strike \"E\" hazard 20% per month then first = yes\n\
         question in_march \"Q\" = first by 2020-03\n",
    );
    let strike = event(&program, "strike");
    program.observations.push(seen(Fact::Event { event: strike }, 1..=3));
    program.records.push(record(&program, 0..=0, &["strike"]));
    let found = conditioned(&program, 20_000, 8, 3);
    agrees("evidence", (found.log2(), found.error()), (0.8 * (1.0 - 0.8f64.powi(3))).log2());
    agrees("first two", value(&program, "in_march", &found), 0.36 / 0.488);
    // With the record complete beyond: it was once only. The first is in the month k of the three, then none.
    program.records[0].to = 3;
    let found = conditioned(&program, 20_000, 8, 3);
    agrees("evidence of one", (found.log2(), found.error()), (0.8 * 3.0 * 0.2 * 0.64f64).log2());
    agrees("even odds", value(&program, "in_march", &found), 2.0 / 3.0);
}

#[test]
fn reports_that_err() {
    // p = 10% in the month, hits 90%, false alarms 5%: the report has 0.1 * 0.9 + 0.9 * 0.05 = 0.135.
    let mut program = program(
        "model \"Report\"\n\
         time monthly from 2020-01 to 2020-12\n\
         flag done = no\n\
         event strike \"E\" when not done hazard 10% per month then done = yes\n\
         question so \"Q\" = done by 2020-01\n\
         question soon \"Q\" = done by 2020-03\n",
    );
    let strike = event(&program, "strike");
    let report = reported(seen(Fact::Event { event: strike }, 0..=0), 0.9, 0.05);
    program.observations.push(report.clone());
    for (how, found) in [("steers", conditioned(&program, 20_000, 8, 3)), ("weighs", weighed(&program, 20_000, 8, 3))] {
        agrees(&format!("evidence, {how}"), (found.log2(), found.error()), 0.135f64.log2());
        agrees(&format!("so, {how}"), value(&program, "so", &found), 0.09 / 0.135);
    }
    // Two reports, one of which denies: what a report of nothing says is a report on the flag.
    let flag = Expr::Quantity(quantity(&program, "done"));
    let no = Expr::Apply(Function::Not, vec![flag.clone()]);
    program.observations.push(reported(seen(Fact::Condition(no), 0..=0), 0.8, 0.3));
    let found = conditioned(&program, 20_000, 8, 3);
    let (yes, no) = (0.1 * 0.9 * 0.3, 0.9 * 0.05 * 0.8);
    agrees("both", (found.log2(), found.error()), f64::log2(yes + no));
    agrees("so after both", value(&program, "so", &found), yes / (yes + no));
    // A report on a window of three months: it happened in them or not.
    program.observations = vec![reported(seen(Fact::Event { event: strike }, 0..=2), 0.9, 0.05)];
    let found = conditioned(&program, 20_000, 8, 3);
    let ever = 1.0 - 0.9f64.powi(3);
    let evidence = ever * 0.9 + (1.0 - ever) * 0.05;
    agrees("window", (found.log2(), found.error()), evidence.log2());
    agrees("soon", value(&program, "soon", &found), ever * 0.9 / evidence);
}

#[test]
fn events_that_exclude_each_other() {
    // Hazards 1 and 2 per year: in a month something happens with 1 - exp(-3/12), one third of it the first.
    let mut program = program(
        "model \"Rivals\"\n\
         time monthly from 2020-01 to 2020-12\n\
         stock a = 0\n\
         stock b = 0\n\
         event one \"E\" hazard 1 per year excludes two then a += 1\n\
         event two \"E\" hazard 2 per year then b += 1\n\
         question both \"Q\" = value a at 2020-02\n",
    );
    let (one, two) = (event(&program, "one"), event(&program, "two"));
    let happens = 1.0 - (-0.25f64).exp();
    program.observations.push(seen(Fact::Event { event: two }, 0..=0));
    program.records.push(record(&program, 1..=1, &["two"]));
    let found = conditioned(&program, 5_000, 8, 3);
    agrees("evidence", (found.log2(), found.error()), (happens * 2.0 / 3.0 * (1.0 - happens * 2.0 / 3.0)).log2());
    let in_second = happens / 3.0 / (1.0 - happens * 2.0 / 3.0);
    agrees("the other", value(&program, "both", &found), in_second);
    program.observations[0] = reported(seen(Fact::Event { event: one }, 0..=0), 0.7, 0.2);
    program.records.clear();
    let found = conditioned(&program, 20_000, 8, 3);
    let evidence = happens / 3.0 * 0.7 + (1.0 - happens / 3.0) * 0.2;
    agrees("report", (found.log2(), found.error()), evidence.log2());
}

#[test]
fn choices_by_rate_by_date_and_in_reply() {
    let mut program = program(
        "model \"Choices\"\n\
         time monthly from 2020-01 to 2020-12\n\
         actor N \"North\", S \"South\"\n\
         flag sent = no\n\
         choice ask by N \"C\" considered 2 per month\n\
         \x20 option wait \"O\" default\n\
         \x20 option small \"O\" 20%\n\
         \x20 option large \"O\" 30%\n\
         choice vote by S \"C\" on 2020-03\n\
         \x20 option stay \"O\" default\n\
         \x20 option go \"O\" 25%\n\
         choice answer by S \"C\" after ask = large\n\
         \x20 option deny \"O\" default\n\
         \x20 option grant \"O\" 40% then sent = yes\n\
         question q \"Q\" = sent by 2020-01\n",
    );
    let act = 1.0 - (-1.0f64).exp();
    let of = |program: &Program, name: &str, option: &str| {
        let (choice, option) = choice(program, name, option);
        Fact::Choice { choice, option }
    };
    let evidence = |program: &Program, what: &str, expected: f64| {
        let found = conditioned(program, 10_000, 8, 5);
        agrees(what, (found.log2(), found.error()), expected.log2());
        found
    };
    let large = act * 0.6;
    program.observations = vec![seen(of(&program, "ask", "large"), 0..=0)];
    let found = evidence(&program, "at a rate", large);
    agrees("the reply", value(&program, "q", &found), 0.4);
    program.observations = vec![seen(of(&program, "answer", "deny"), 0..=0)];
    evidence(&program, "a reply's default", large * 0.6);
    program.observations.push(reported(seen(of(&program, "ask", "small"), 0..=0), 0.9, 0.1));
    evidence(&program, "and a wrong report", large * 0.1 * 0.6);
    program.observations = vec![seen(of(&program, "vote", "go"), 2..=2)];
    evidence(&program, "by date", 0.25);
    program.observations = vec![seen(of(&program, "vote", "go"), 1..=3)];
    evidence(&program, "by date, in a window", 0.25);
    program.observations = vec![reported(seen(of(&program, "answer", "grant"), 0..=0), 0.8, 0.1)];
    let found = evidence(&program, "a report on a reply", large * 0.4 * 0.8 + (1.0 - large * 0.4) * 0.1);
    agrees("so", value(&program, "q", &found), large * 0.4 * 0.8 / (large * 0.4 * 0.8 + (1.0 - large * 0.4) * 0.1));
    program.observations = vec![reported(seen(of(&program, "answer", "deny"), 0..=0), 0.8, 0.1)];
    evidence(&program, "a report on a default", large * 0.6 * 0.8 + (1.0 - large * 0.6) * 0.1);
    program.observations.clear();
    program.records = vec![record(&program, 0..=2, &[])];
    program.records[0].choices = vec![choice(&program, "ask", "wait").0, choice(&program, "vote", "go").0];
    evidence(&program, "a record", (1.0 - act).powi(3) * 0.75);
    program.observations = vec![seen(of(&program, "ask", "large"), 0..=2)];
    evidence(&program, "a window in a record", 3.0 * (1.0 - act).powi(2) * large * 0.75);
}

/// What is seen of a reply bears on that to which it replies: with even chances every half gives the evidence.
#[test]
fn replies_are_foreseen() {
    let mut program = program(
        "model \"Replies\"\n\
         time monthly from 2020-01 to 2020-12\n\
         actor N \"North\", S \"South\"\n\
         flag arms = no\n\
         choice ask by N \"C\" considered 0.00001 per month\n\
         \x20 option wait \"O\" default\n\
         \x20 option ask \"O\" 100%\n\
         choice answer by S \"C\" after ask = ask\n\
         \x20 option deny \"O\" default\n\
         \x20 option grant \"O\" 50%\n\
         choice deliver by S \"C\" after answer\n\
         \x20 option keep \"O\" default\n\
         \x20 option give \"O\" 50% then arms = yes\n\
         question q \"Q\" = arms by 2020-12\n",
    );
    let asks = -(-1e-5f64).exp_m1();
    for (name, option, yes) in
        [("answer", "deny", 0.5 * asks), ("answer", "grant", 0.5 * asks), ("deliver", "give", 0.5 * asks)]
    {
        let (choice, option) = choice(&program, name, option);
        let fact = Fact::Choice { choice, option };
        program.observations = vec![seen(fact.clone(), 4..=4)];
        let found = conditioned(&program, 64, 8, 5);
        assert!((found.log2() - yes.log2()).abs() < 1e-9, "{name}: {} {}", found.log2(), yes.log2());
        // Two who report it in the same month, none of whom would say so otherwise but one in ten thousand.
        program.observations = vec![reported(seen(fact, 4..=4), 0.8, 1e-4); 2];
        let found = conditioned(&program, 64, 8, 5);
        let both = (0.64 * yes + 1e-8 * (1.0 - yes)).log2();
        // The second is taken to be about as good as the first, which leaves little to chance.
        assert!((found.log2() - both).abs() < 0.01, "{name}: {} {both}", found.log2());
    }
}

#[test]
fn a_hidden_chain() {
    // Two states with 10% and 30% per month to change, seen by a report every month: the forward algorithm.
    let mut program = program(
        "model \"Hidden\"\n\
         time monthly from 2020-01 to 2021-12\n\
         flag active = no\n\
         event switch_on \"E\" when not active hazard 10% per month then active = yes\n\
         event switch_off \"E\" when active hazard 30% per month then active = no\n\
         question at_end \"Q\" = active at 2021-12\n",
    );
    let on = Expr::Quantity(quantity(&program, "active"));
    let seen_on = [0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1];
    let (hits, alarms) = (0.8, 0.15);
    let (mut forward, mut evidence) = ([1.0, 0.0], 1.0);
    for (month, yes) in (0..).zip(seen_on) {
        let fact = match yes {
            1 => on.clone(),
            _ => Expr::Apply(Function::Not, vec![on.clone()]),
        };
        // A report of no is right with 1 - alarms, and wrong with 1 - hits.
        let (right, wrong) = if yes == 1 { (hits, alarms) } else { (1.0 - alarms, 1.0 - hits) };
        program.observations.push(reported(seen(Fact::Condition(fact), month..=month), right, wrong));
        let moved = [forward[0] * 0.9 + forward[1] * 0.3, forward[0] * 0.1 + forward[1] * 0.7];
        let of = |state: usize| if (state == 1) == (yes == 1) { right } else { wrong };
        let joint = [moved[0] * of(0), moved[1] * of(1)];
        let sum = joint[0] + joint[1];
        evidence *= sum;
        forward = [joint[0] / sum, joint[1] / sum];
    }
    let found = conditioned(&program, 4_000, 64, 3);
    agrees("evidence", (found.log2(), found.error()), f64::log2(evidence));
    agrees("posterior", value(&program, "at_end", &found), forward[1]);
}
