//! What can be seen of a reading by the bounds of its quantities and the laws of its numbers alone: comparisons that are
//! settled beforehand, rates and probabilities that cannot be what was meant.

use super::numbers::tidy;
use super::scope::{Scope, Type};
use crate::program::{Expr, Formula, Function, Law, Param, Quantity, QuantityKind};
use std::collections::BTreeMap;
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What is to be looked at once a reading is compiled.
#[derive(Clone, Debug, PartialEq)]
pub enum Noted {
    /// Left and right of a comparison, and whether levels are compared.
    Comparison(Function, Expr, Expr, bool),
    /// A hazard per month, and whether it may well be that of something all but certain.
    Hazard(Expr, bool),
    /// A probability.
    Probability(Expr),
    /// What a year hence counts against now.
    Patience(Expr),
}

/// What was noted at one place: once for each of the things that its statement stands for.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    list: Vec<Noted>,
    /// More than are looked at.
    is_full: bool,
}

/// By place: the finding if it is one for all that its statement stands for.
pub type Settled = BTreeMap<(Code, Span), Option<Diagnostic>>;

/// So many things of one statement are looked at; of a statement that stands for more nothing is said.
const MOST: usize = 1_000;
/// So large an expression is looked at.
const LARGEST: usize = 200;

impl Scope<'_, '_> {
    /// Keeps something to be looked at once the bounds of all quantities are known.
    pub fn note(&mut self, span: Span, noted: Noted) {
        let notes = self.notes.entry(span).or_default();
        // A choice's options are read twice.
        if notes.is_full || notes.list.contains(&noted) {
            return;
        }
        let mut size = 0;
        noted.expressions().into_iter().for_each(|expr| expr.visit(&mut |_| size += 1));
        if notes.list.len() >= MOST || size > LARGEST {
            notes.is_full = true;
            notes.list.clear();
        } else {
            notes.list.push(noted);
        }
    }
}

impl Noted {
    fn expressions(&self) -> Vec<&Expr> {
        match self {
            Noted::Comparison(_, left, right, _) => vec![left, right],
            Noted::Hazard(expr, _) | Noted::Probability(expr) | Noted::Patience(expr) => vec![expr],
        }
    }
}

/// The values that an expression may have, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reach {
    low: f64,
    high: f64,
    /// Whether it depends on the state.
    state: bool,
}

const ALL: Reach = Reach { low: f64::NEG_INFINITY, high: f64::INFINITY, state: false };
const TRUTH: Reach = Reach { low: 0.0, high: 1.0, state: false };

fn least(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

fn most(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

impl Reach {
    fn point(x: f64) -> Reach {
        if x.is_nan() { ALL } else { Reach { low: x, high: x, state: false } }
    }

    fn between(low: f64, high: f64) -> Reach {
        if low.is_nan() || high.is_nan() { ALL } else { Reach { low, high, state: false } }
    }

    /// The smallest that covers some values; anything if one of them is no number.
    fn over(values: impl Iterator<Item = f64>) -> Reach {
        let mut reach = Reach { low: f64::INFINITY, high: f64::NEG_INFINITY, state: false };
        for x in values {
            if x.is_nan() {
                return ALL;
            }
            (reach.low, reach.high) = (least(reach.low, x), most(reach.high, x));
        }
        if reach.low > reach.high { ALL } else { reach }
    }

    fn is_point(self) -> bool {
        self.low == self.high
    }

    /// As a message says it.
    fn show(self) -> String {
        match (self.low.is_finite(), self.high.is_finite()) {
            _ if self.is_point() => format!("is {}", tidy(self.low)),
            (true, true) => format!("lies in {} .. {}", tidy(self.low), tidy(self.high)),
            (true, false) => format!("is at least {}", tidy(self.low)),
            (false, true) => format!("is at most {}", tidy(self.high)),
            (false, false) => "is anything".to_owned(),
        }
    }
}

/// How much of the law of a number is taken for what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All that its declared bounds allow, whatever a reading takes it for.
    Bounds,
    /// From its 5% to its 95% quantile, or a little more.
    Quantiles,
}

/// What parameters, quantities and formulas may be.
struct Reaches<'p> {
    params: Vec<&'p Param>,
    quantities: &'p [Quantity],
    formulas: Vec<Reach>,
    extent: Extent,
}

impl<'p> Reaches<'p> {
    fn new(params: Vec<&'p Param>, quantities: &'p [Quantity], formulas: &[Formula], extent: Extent) -> Reaches<'p> {
        let mut reaches = Reaches { params, quantities, formulas: Vec::with_capacity(formulas.len()), extent };
        for formula in formulas {
            let mut size = 0;
            formula.value.visit(&mut |_| size += 1);
            let reach = if size > LARGEST { Reach { state: true, ..ALL } } else { reaches.of(&formula.value) };
            reaches.formulas.push(reach);
        }
        reaches
    }

    fn param(&self, index: usize) -> Reach {
        let Some(param) = self.params.get(index) else { return ALL };
        let (low, high) = (param.low.unwrap_or(f64::NEG_INFINITY), param.high.unwrap_or(f64::INFINITY));
        let written = match (self.extent, &param.law) {
            (Extent::Bounds, _) => Reach::between(low, high),
            (Extent::Quantiles, Law::Point(x)) => Reach::point(*x),
            (Extent::Quantiles, Law::Interval { q05, q95, .. }) => Reach::between(*q05, *q95),
            (Extent::Quantiles, Law::Uniform { low: from, high: to } | Law::Triangular { low: from, high: to, .. }) => {
                Reach::between(most(low, *from), least(high, *to))
            }
            (Extent::Quantiles, Law::OneOf(points)) => Reach::over(points.iter().map(|(value, _)| *value)),
            (Extent::Quantiles, Law::Table(points)) => Reach::over(points.iter().map(|(_, value)| *value)),
            (Extent::Quantiles, Law::Beta { .. }) => Reach::between(most(low, 0.0), least(high, 1.0)),
            (Extent::Quantiles, Law::Gamma { .. } | Law::LogNormal { .. }) => Reach::between(most(low, 0.0), high),
            (Extent::Quantiles, Law::Normal { .. }) => Reach::between(low, high),
        };
        match param.within {
            None => Reach::between(written.low * param.scale, written.high * param.scale),
            Some(months) => hazard(written, months),
        }
    }

    fn of(&self, expr: &Expr) -> Reach {
        match expr {
            Expr::Number(x) => Reach::point(*x),
            Expr::Param(index) => self.param(*index),
            Expr::Quantity(index) => {
                let reach = match self.quantities.get(*index).map(|quantity| &quantity.kind) {
                    Some(QuantityKind::Stock { low, high }) => {
                        Reach::between(low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY))
                    }
                    #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
                    Some(QuantityKind::Ladder { levels }) => Reach::between(0.0, levels.len().saturating_sub(1) as f64),
                    None => ALL,
                };
                Reach { state: true, ..reach }
            }
            Expr::Formula(index) => self.formulas.get(*index).copied().unwrap_or(Reach { state: true, ..ALL }),
            Expr::Happened(_) | Expr::Chosen { .. } => Reach { state: true, ..TRUTH },
            Expr::Apply(function, args) => {
                let args: Vec<Reach> = args.iter().map(|arg| self.of(arg)).collect();
                let state = args.iter().any(|arg| arg.state);
                Reach { state, ..apply(*function, &args) }
            }
        }
    }
}

/// Bounds of -ln(1 - p) / months, which lies between p and p / (1 - p) by the months.
fn hazard(p: Reach, months: f64) -> Reach {
    if p.low < 0.0 || p.high >= 1.0 || months <= 0.0 {
        return Reach::between(0.0, f64::INFINITY);
    }
    Reach::between(p.low / months, p.high / (1.0 - p.high) / months)
}

fn apply(function: Function, args: &[Reach]) -> Reach {
    use Function as F;
    match (function, args) {
        (F::Add, [a, b]) => Reach::between(a.low + b.low, a.high + b.high),
        (F::Subtract, [a, b]) => Reach::between(a.low - b.high, a.high - b.low),
        (F::Multiply, [a, b]) => Reach::over([a.low, a.high].into_iter().flat_map(|x| [x * b.low, x * b.high])),
        (F::Divide, [a, b]) if b.low > 0.0 || b.high < 0.0 => {
            Reach::over([a.low, a.high].into_iter().flat_map(|x| [x / b.low, x / b.high]))
        }
        (F::Negate, [a]) => Reach::between(-a.high, -a.low),
        (F::Abs, [a]) if a.low >= 0.0 => *a,
        (F::Abs, [a]) => Reach::between(most(0.0, -a.high), most(-a.low, a.high)),
        (F::Min, [a, b]) => Reach::between(least(a.low, b.low), least(a.high, b.high)),
        (F::Max, [a, b]) => Reach::between(most(a.low, b.low), most(a.high, b.high)),
        (F::Clip, [x, low, high]) => {
            Reach::between(most(low.low, least(high.low, x.low)), most(low.high, least(high.high, x.high)))
        }
        (F::If, [_, a, b]) => Reach::between(least(a.low, b.low), most(a.high, b.high)),
        (F::Lookup, [_, values @ ..]) => Reach::over(values.iter().flat_map(|value| [value.low, value.high])),
        (F::Sum, terms) => {
            terms.iter().fold(Reach::point(0.0), |sum, term| Reach::between(sum.low + term.low, sum.high + term.high))
        }
        (F::Exp | F::Sqrt, _) => Reach::between(0.0, f64::INFINITY),
        (F::Power, [base, _]) if base.low >= 0.0 => Reach::between(0.0, f64::INFINITY),
        (F::HazardWithin, [p, months]) if p.low >= 0.0 && months.is_point() => hazard(*p, months.low),
        (
            F::Equal
            | F::NotEqual
            | F::Less
            | F::AtMost
            | F::Greater
            | F::AtLeast
            | F::And
            | F::Or
            | F::Not
            | F::AnyOf
            | F::AllOf,
            _,
        ) => TRUTH,
        _ => ALL,
    }
}

/// Whether a comparison always holds (true) or never (false); none if that depends.
fn verdict(function: Function, a: Reach, b: Reach) -> Option<bool> {
    let decide = |always: bool, never: bool| match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let (apart, same) = (a.high < b.low || b.high < a.low, a.is_point() && a == b);
    match function {
        Function::Less => decide(a.high < b.low, a.low >= b.high),
        Function::AtMost => decide(a.high <= b.low, a.low > b.high),
        Function::Greater => decide(a.low > b.high, a.high <= b.low),
        Function::AtLeast => decide(a.low >= b.high, a.high < b.low),
        Function::Equal => decide(same, apart),
        Function::NotEqual => decide(apart, same),
        _ => None,
    }
}

/// Looks at all that was noted. `step` is the length of a step in months.
pub fn settled(
    notes: &BTreeMap<Span, Notes>,
    params: &[&Param],
    quantities: &[Quantity],
    formulas: &[Formula],
    step: f64,
) -> Settled {
    let bounds = Reaches::new(params.to_vec(), quantities, formulas, Extent::Bounds);
    let likely = Reaches::new(params.to_vec(), quantities, formulas, Extent::Quantiles);
    let mut found = Settled::new();
    for (span, notes) in notes {
        for noted in &notes.list {
            let fresh: Vec<(Code, Option<Diagnostic>)> = match noted {
                Noted::Comparison(function, left, right, levels) => {
                    let (left, right) = (bounds.of(left), bounds.of(right));
                    vec![(Code::SettledComparison, comparison(*span, *function, left, right, *levels))]
                }
                Noted::Hazard(hazard, at_once) => vec![
                    (Code::FrequentEvent, frequent(*span, likely.of(hazard), step).filter(|_| !at_once)),
                    (Code::OddProbability, odd(*span, hazard, &likely, true)),
                ],
                Noted::Probability(probability) => {
                    vec![(Code::OddProbability, odd(*span, probability, &likely, false))]
                }
                Noted::Patience(patience) => vec![(Code::OddPatience, self::patience(*span, likely.of(patience)))],
            };
            for (code, finding) in fresh {
                merge(&mut found, (code, *span), finding);
            }
        }
    }
    found
}

/// Adds what another reading, or another thing that a statement stands for, says of a place.
pub fn merge(found: &mut Settled, at: (Code, Span), finding: Option<Diagnostic>) {
    match found.get_mut(&at) {
        None => {
            found.insert(at, finding);
        }
        Some(known) if finding.is_none() => *known = None,
        Some(_) => {}
    }
}

fn comparison(span: Span, function: Function, left: Reach, right: Reach, levels: bool) -> Option<Diagnostic> {
    if !left.state && !right.state {
        return None;
    }
    let holds = verdict(function, left, right)?;
    let message = if holds { "this holds whatever happens" } else { "this can never hold" };
    if levels {
        let label = if holds { "every level is so" } else { "no level is so" };
        return Some(
            Diagnostic::new(Code::SettledComparison, span, message)
                .label(label)
                .help("compare the ladder with a level that it can be below and above, or delete the comparison"),
        );
    }
    let label = format!("the left side {}, the right side {}", left.show(), right.show());
    // `tension > 50`, of a share.
    let (number, other) = if right.is_point() { (right, left) } else { (left, right) };
    let is_percent =
        number.is_point() && other.low >= 0.0 && other.high == 1.0 && number.high > 1.0 && number.high <= 100.0;
    let help = if is_percent {
        format!("of a share between 0 and 1 the percent sign is part of the number: `{}%`", tidy(number.high))
    } else if holds {
        "delete it, or compare with a value that lies between the bounds".to_owned()
    } else {
        "compare with a value that lies between the bounds, or widen the bounds of the quantity".to_owned()
    };
    Some(Diagnostic::new(Code::SettledComparison, span, message).label(label).help(help))
}

/// So often within a step: then it happens in 86 of 100 of them.
const OFTEN: f64 = 2.0;

fn frequent(span: Span, hazard: Reach, step: f64) -> Option<Diagnostic> {
    if hazard.low * step < OFTEN || hazard.low.is_infinite() {
        return None;
    }
    let times = |x: f64| format!("{:.1}", x * step).trim_end_matches(".0").to_owned();
    let message = if hazard.is_point() {
        format!("this event is to happen {} times in each step of the model's time", times(hazard.low))
    } else {
        format!("this event is to happen {} times or more in each step of the model's time", times(hazard.low))
    };
    Some(
        Diagnostic::new(Code::FrequentEvent, span, message)
            .label("it can happen once in a step, and nearly always will")
            .help("look at the time in `per …`; what goes on all the time is a `flow`, and a shorter step is set by `time`"),
    )
}

/// A rate or a probability of parameters alone, each of which stands in it once.
fn odd(span: Span, expr: &Expr, reaches: &Reaches<'_>, is_rate: bool) -> Option<Diagnostic> {
    let mut params = Vec::new();
    let mut is_plain = matches!(expr, Expr::Apply(..));
    expr.visit(&mut |part| match part {
        Expr::Param(index) => params.push(*index),
        Expr::Number(_) | Expr::Apply(..) => {}
        _ => is_plain = false,
    });
    let all = params.len();
    params.sort_unstable();
    params.dedup();
    if !is_plain || params.is_empty() || params.len() < all {
        return None;
    }
    let reach = reaches.of(expr);
    let what = if is_rate { "hazard" } else { "probability" };
    let is_low = reach.low < -1e-9;
    if !is_low && (is_rate || reach.high <= 1.0 + 1e-9) || !(reach.low.is_finite() && reach.high.is_finite()) {
        return None;
    }
    let (message, help) = if is_low {
        (
            format!("this {what} comes out negative for some of its numbers, and counts as 0 then"),
            "let what is subtracted stay below what it is subtracted from: give it bounds, as in `param NAME in 0 .. 1 = …`",
        )
    } else {
        (
            format!("this {what} comes out above 100% for some of its numbers"),
            "let its factors be smaller, or give them bounds, as in `param NAME in 0 .. 1 = …`",
        )
    };
    let label = "at an end of its intervals";
    Some(Diagnostic::new(Code::OddProbability, span, message).label(label).help(help))
}

fn patience(span: Span, patience: Reach) -> Option<Diagnostic> {
    if patience.high <= 1.0 || patience.high.is_infinite() {
        return None;
    }
    let message = "with a patience above 1 what is far away counts more than what is near";
    let help = if patience.low >= 5.0 && patience.high <= 100.0 {
        let share = if patience.is_point() {
            format!("{}%", tidy(patience.high))
        } else {
            format!("{}% .. {}%", tidy(patience.low), tidy(patience.high))
        };
        format!(
            "patience is what a year hence counts against now: write `{share}` for that share, or a number from 0 to 1"
        )
    } else {
        "patience is what a year hence counts against now, a number from 0 to 1: with 0.8 it counts a fifth less"
            .to_owned()
    };
    let label = format!("this {}", patience.show());
    Some(Diagnostic::new(Code::OddPatience, span, message).label(label).help(help))
}

/// Whether a comparison is one of levels.
pub fn of_levels(ty: &Type) -> bool {
    matches!(ty, Type::Level(_))
}
