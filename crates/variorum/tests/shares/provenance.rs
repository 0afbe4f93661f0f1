//! Shapley shares by origin.

use crate::{HEAD, correlated, given, loaded, near, playing, reading, same_number};
use variorum::answers::Provenance;
use variorum::provenance::provenance;
use variorum::run::Unwatched;

/// What the answers of a model's first reading rest on, by question.
fn of(text: &str, seed: u64, draws: u64) -> Vec<Provenance> {
    let loaded = loaded(text);
    reading!(loaded, model, reading, program);
    provenance(&model, reading, &program, &playing(seed, draws), &Unwatched::default()).unwrap()
}

fn share(found: &Provenance, origin: &str) -> (f64, f64) {
    let share = found.shares.iter().find(|share| share.origin == origin);
    let share = share.unwrap_or_else(|| panic!("no share of {origin} in {found:?}"));
    (share.share, share.error)
}

/// One parameter of each of three origins; `b` is a base rate that the questions may leave out.
fn three(stock: &str) -> String {
    format!(
        "{HEAD}
param a = uniform(0, 1)
  from s \"page 1\"
param b = 3 of 12
  among \"twelve cases\"
param c = uniform(0, 2)
  assumed \"a guess\"
stock x = {stock}
question level \"How much?\" = value x at 2025-02
"
    )
}

/// Two independent events on one date, with chances p and q.
fn two_events() -> String {
    format!(
        "{HEAD}
param p = uniform(0.2, 0.8)
  from s \"page 1\"
param q = uniform(0.2, 0.8)
  assumed \"a guess\"
flag one, two = no
event first on 2025-01 chance p then one = yes
  assumed \"so\"
event second on 2025-01 chance q then two = yes
  assumed \"so\"
question both \"Both?\" = one and two by 2025-03
question of_two \"The second?\" = two by 2025-03
"
    )
}

/// The variance of Beta(3.5, 9.5): a b / ((a + b)² (a + b + 1)).
const BETA: f64 = 3.5 * 9.5 / (13.0 * 13.0 * 14.0);

#[test]
fn a_linear_model() {
    // Shares are variances: 1/12, 16 times that of the base rate, 4/12.
    let found = &of(&three("a + 4 * b + c"), 1, 4096)[0];
    let variances = [1.0 / 12.0, 16.0 * BETA, 4.0 / 12.0];
    let whole: f64 = variances.iter().sum();
    near("the variance", found.variance, found.variance_error, whole);
    for (origin, variance) in ["cited", "base_rate", "assumed"].into_iter().zip(variances) {
        let (value, error) = share(found, origin);
        near(origin, value, error, variance / whole);
        assert!(error < 0.012, "the error of {origin} is {error}");
    }
}

#[test]
fn shares_add_up_to_one() {
    // By construction: to rounding, whatever the draws are.
    for draws in [20, 300] {
        let found = &of(&three("a * b * c + exp(c)"), 3, draws)[0];
        assert_eq!(found.shares.len(), 3);
        let sum: f64 = found.shares.iter().map(|share| share.share).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
}

#[test]
fn a_product_shares_its_interaction_by_halves() {
    // Of x y: Var x E² y for x alone, Var y E² x for y alone, and Var x Var y for both, half of which each gets.
    let found = &of(&three("a * (1 + c)"), 2, 8192)[0];
    let (x, y) = ((0.5, 1.0 / 12.0), (2.0, 4.0 / 12.0));
    let both = x.1 * y.1;
    let (alone_x, alone_y) = (x.1 * y.0 * y.0, y.1 * x.0 * x.0);
    let whole = alone_x + alone_y + both;
    let (value, error) = share(found, "cited");
    near("cited", value, error, (alone_x + 0.5 * both) / whole);
    let (value, error) = share(found, "assumed");
    near("assumed", value, error, (alone_y + 0.5 * both) / whole);
    // The base rate does not bear on the question: it is no part of what the answer rests on.
    assert_eq!(found.shares.len(), 2);
}

#[test]
fn five_groups() {
    // All five kinds of origin; of those drawn together one is cited and one assumed.
    let text = format!(
        "{HEAD}
param a = uniform(0, 1)
  from s \"page 1\"
param b = uniform(0, 1)
  among \"a class\"
param c = uniform(0, 1)
  assumed \"a guess\"
param d = uniform(0, 1)
  assumed \"a guess\"
param e1 = uniform(0, 1)
  assumed \"a guess\"
param e2 = uniform(0, 1)
  from s \"page 2\"
stock x = a + 2 * b + 3 * c + 4 * d + 2.5 * (e1 + e2)
question level \"How much?\" = value x at 2025-02
"
    );
    let loaded = loaded(&text);
    reading!(loaded, model, reading, program);
    let mut program = program;
    // Words of a source; two numbers of different origin that are drawn together.
    same_number(&mut program, ["d", "d"], "said s");
    correlated(&mut program, ["e1", "e2"], 0.6);
    let found = provenance(&model, reading, &program, &playing(5, 4096), &Unwatched::default()).unwrap();
    let found = &found[0];
    let names = ["cited", "base_rate", "assumed", "wording", "mixed"];
    // Spearman's correlation is that of uniform numbers: Var(e1 + e2) = 2 (1 + 0.6) Var e.
    let variances = [1.0, 4.0, 9.0, 16.0, 2.5 * 2.5 * 2.0 * 1.6];
    let whole: f64 = variances.iter().sum();
    near("the variance", found.variance, found.variance_error, whole / 12.0);
    for (variance, origin) in variances.into_iter().zip(names) {
        let (value, error) = share(found, origin);
        near(origin, value, error, variance / whole);
    }
    assert_eq!(found.shares.iter().map(|share| share.parameters).collect::<Vec<_>>(), [1, 1, 1, 1, 2]);
}

#[test]
fn chance_is_not_ignorance() {
    // Two events on one date, chances p and q: of the probability p q, not of what single trajectories do. Half of a
    // draw is 8 trajectories, whose own variance is 2.6 times that of the probability.
    let found = &of(&two_events(), 1, 8192)[0];
    let (mean, variance) = (0.5, 0.36 / 12.0);
    let alone = variance * mean * mean;
    near("the variance", found.variance, found.variance_error, 2.0 * alone + variance * variance);
    for origin in ["cited", "assumed"] {
        let (value, error) = share(found, origin);
        near(origin, value, error, 0.5);
        assert!(error < 0.03, "the error of {origin} is {error}");
    }
}

#[test]
fn conditional_answers() {
    // q asked where p came true. The answer is E q; what a draw contributes is p (q - E q) / E p, of which p has no share
    // alone, q has Var q alone, and both have Var q Var p / E² p together.
    let loaded = loaded(&two_events());
    reading!(loaded, model, reading, program);
    let mut program = program;
    given(&mut program, "of_two", "one");
    let found = &provenance(&model, reading, &program, &playing(1, 16384), &Unwatched::default()).unwrap()[1..];
    let (mean, variance) = (0.5, 0.36 / 12.0);
    let both = variance * variance / (mean * mean);
    near("the variance", found[0].variance, found[0].variance_error, variance + both);
    let (value, error) = share(&found[0], "cited");
    near("cited", value, error, 0.5 * both / (variance + both));
    let (value, error) = share(&found[0], "assumed");
    near("assumed", value, error, (variance + 0.5 * both) / (variance + both));
    assert!(error < 0.03, "the error is {error}");
}

#[test]
fn errors_are_the_spread_over_seeds() {
    // 200 seeds: the deviations from the truth, in reported errors, have mean 0 and standard deviation 1. Bounds of 4
    // standard errors (1 / sqrt(200), and 1 / sqrt(400) for a normal law; its errors vary themselves, hence 0.25).
    let loaded = loaded(&three("a * (1 + c) + 3 * b"));
    reading!(loaded, model, reading, program);
    let (x, y) = ((0.5, 1.0 / 12.0), (2.0, 4.0 / 12.0));
    let both = x.1 * y.1;
    let base = 9.0 * BETA;
    let whole = x.1 * y.0 * y.0 + y.1 * x.0 * x.0 + both + base;
    let truth = [(x.1 * y.0 * y.0 + 0.5 * both) / whole, base / whole, (y.1 * x.0 * x.0 + 0.5 * both) / whole, whole];
    let mut scores = vec![Vec::new(); 4];
    for seed in 0..200 {
        let found = provenance(&model, reading, &program, &playing(seed, 256), &Unwatched::default()).unwrap();
        let found = &found[0];
        for (scores, (share, truth)) in scores.iter_mut().zip(found.shares.iter().zip(truth)) {
            scores.push((share.share - truth) / share.error);
        }
        scores[3].push((found.variance - truth[3]) / found.variance_error);
    }
    for (what, scores) in ["cited", "base rate", "assumed", "variance"].into_iter().zip(&scores) {
        let count = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / count;
        let deviation = (scores.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / count).sqrt();
        assert!(mean.abs() < 4.0 / count.sqrt(), "{what}: the mean deviation is {mean} errors");
        assert!((deviation - 1.0).abs() < 0.25, "{what}: deviations spread by {deviation} errors");
    }
}

#[test]
fn what_cannot_be_told_from_nothing_is_not_shared_out() {
    // A probability of 1 in 10,000 per parameter draw among 64: the variance is 0 or nearly so.
    let text = format!(
        "{HEAD}
param p = uniform(0, 0.0002)
  assumed \"a guess\"
flag one = no
event first on 2025-01 chance p then one = yes
  assumed \"so\"
question rare \"Rare?\" = one by 2025-03
question sure \"Sure?\" = not one at 2025-01
question none \"None?\" = value 3 at 2025-01
"
    );
    let found = of(&text, 1, 64);
    assert!(found[0].shares.is_empty() && found[1].shares.is_empty(), "{found:?}");
    // Where nothing is uncertain there is no variance, and no doubt of it.
    assert_eq!((found[2].variance, found[2].variance_error), (0.0, 0.0));
}

#[test]
fn statements_behind_an_answer_by_standing() {
    let text = format!(
        "{HEAD}
source t \"Another\"
claim yes_ \"It is so\"
  s asserts 1.1-2#aaaaaaaaaaaa
claim silent \"Only the other says so\"
  t asserts 1.1-2#aaaaaaaaaaaa
claim no_ \"It is not so\"
  s denies 1.3-4#aaaaaaaaaaaa
  t asserts 1.1-2#aaaaaaaaaaaa
param p = 10% .. 20%
  because yes_
  assumed \"a guess\"
param q = 10% .. 20%
  because silent
  assumed \"a guess\"
param idle = 10% .. 20%
  because yes_
  assumed \"a guess\"
flag one, two, three = no
event first on 2025-01 chance p then one = yes
  because yes_
event second on 2025-01 chance q when one then two = yes
  because no_
event third on 2025-01 chance idle then three = yes
  because yes_
question both \"Both?\" = two by 2025-03
question other \"Other?\" = three by 2025-03
reading s \"S\"
  keeps second \"for the test\"
"
    );
    let found = of(&text, 1, 16);
    let standings = found[0].standings;
    // p and first; q; second; the flags one and two.
    let counted = (standings.own, standings.borrowed, standings.contested, standings.unsupported);
    assert_eq!(counted, (2, 1, 1, 2));
    let standings = found[1].standings;
    assert_eq!((standings.own, standings.unsupported), (2, 1));
}
