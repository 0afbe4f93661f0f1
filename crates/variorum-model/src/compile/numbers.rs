//! Numbers as they are written: points, intervals, base rates, distributions, with their units and times.

use super::order::references;
use super::scope::{Place, Reads, Scope, Type, Typed};
use crate::program::{Expr, Function, Key, Law, Param, Shape};
use crate::units::{Dimension, Unit};
use variorum_syntax::ast::{self, ExprKind, Name, UnaryOp};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// A number as written, before it becomes a parameter or a constant.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Its law in the written unit; an interval's shape is settled when its bounds are known.
    pub law: Law,
    /// Whether it is a probability: written in percent, a share, a beta law.
    pub probability: bool,
    /// Its dimension after `scale` and `within`.
    pub dimension: Dimension,
    /// From the written unit to base units.
    pub scale: f64,
    /// A probability within so many months, to be turned into a hazard.
    pub within: Option<f64>,
    /// Pile up at the bounds.
    pub clip: bool,
    /// Whether it is a source's words, whose draw is shared by all words of the source.
    pub is_words: bool,
    /// Where it is written.
    pub span: Span,
}

/// Words of probability that become a hazard stand for at most this.
const MOST_LIKELY: f64 = 0.999;

/// Bounds in base units.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Range {
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

/// The names of the distributions, with the names of their arguments.
pub const DISTRIBUTIONS: &[(&str, &[&str])] = &[
    ("uniform", &["low", "high"]),
    ("normal", &["mean", "sd"]),
    ("lognormal", &["log_mean", "log_sd"]),
    ("beta", &["a", "b"]),
    ("gamma", &["shape", "rate"]),
    ("triangular", &["low", "mode", "high"]),
];

/// `0.95` reads better than `0.9500000000000001`.
pub(super) fn tidy(x: f64) -> String {
    let short = format!("{x:.6}");
    let short = short.trim_end_matches('0').trim_end_matches('.');
    if short.parse::<f64>().is_ok_and(|y| (y - x).abs() <= 1e-9 * x.abs()) { short.to_owned() } else { x.to_string() }
}

/// `1 is`, `3 are`.
pub fn so_many(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

/// Bounds as people write them.
fn between(low: Option<f64>, high: Option<f64>) -> String {
    match (low.filter(|low| low.is_finite()), high.filter(|high| high.is_finite())) {
        (Some(low), Some(high)) => format!("{} .. {}", tidy(low), tidy(high)),
        (Some(low), None) => format!("at least {}", tidy(low)),
        (None, Some(high)) => format!("at most {}", tidy(high)),
        (None, None) => "none".to_owned(),
    }
}

impl Scope<'_, '_> {
    /// The unit that a bare literal carries itself, for quantities declared without one.
    pub fn literal_unit(&self, expr: &ast::Expr) -> Option<Unit> {
        // A formula of parameters has the unit that they give it, which is not known here.
        let mut is_of_numbers = true;
        references(expr, &mut |name| is_of_numbers &= self.shared.units.get(&name.name.value).is_some());
        if !is_of_numbers {
            return None;
        }
        match &expr.kind {
            ExprKind::Number(_, unit) | ExprKind::Interval(_, _, unit) => {
                unit.as_ref().and_then(|unit| self.shared.units.get(&unit.value).cloned())
            }
            ExprKind::CountInTime { .. } => Some(Unit { dimension: Dimension::rate(), scale: 1.0 }),
            ExprKind::OneOf(entries) => entries.iter().find_map(|(value, _)| self.literal_unit(value)),
            ExprKind::Per(inner, unit) => {
                let inner = self.literal_unit(inner).unwrap_or_else(Unit::one);
                let unit = self.shared.units.get(&unit.value)?;
                Some(Unit { dimension: inner.dimension.times(&unit.dimension, -1), scale: 1.0 })
            }
            ExprKind::Within(..) => Some(Unit { dimension: Dimension::rate(), scale: 1.0 }),
            ExprKind::Unary(UnaryOp::Minus, inner) => self.literal_unit(inner),
            ExprKind::Call(_, args) => args.iter().find_map(|arg| self.literal_unit(arg)),
            ExprKind::Binary(ast::BinaryOp::Multiply, a, b) => {
                let (a, b) =
                    (self.literal_unit(a).unwrap_or_else(Unit::one), self.literal_unit(b).unwrap_or_else(Unit::one));
                Some(Unit { dimension: a.dimension.times(&b.dimension, 1), scale: 1.0 })
            }
            ExprKind::Binary(ast::BinaryOp::Divide, a, b) => {
                let a = self.literal_unit(a).unwrap_or_else(Unit::one);
                let b = match &b.kind {
                    ExprKind::Reference(name) => self.shared.units.get(&name.name.value).cloned(),
                    _ => self.literal_unit(b),
                };
                Some(Unit { dimension: a.dimension.times(&b.unwrap_or_else(Unit::one).dimension, -1), scale: 1.0 })
            }
            _ => None,
        }
    }

    fn unit_of(&mut self, unit: Option<&Name>, percent: bool, declared: &Unit) -> Option<Unit> {
        match unit {
            Some(name) => match self.shared.units.named(name) {
                Ok(unit) => Some(unit.clone()),
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    None
                }
            },
            None if percent => Some(Unit::one()),
            None => Some(declared.clone()),
        }
    }

    fn months(&mut self, unit: &Name) -> Option<f64> {
        self.shared.units.months(unit).map_err(|diagnostic| self.diagnostics.push(diagnostic)).ok()
    }

    /// Whether an expression is a number as written, rather than a formula.
    pub fn is_literal(expr: &ast::Expr) -> bool {
        match &expr.kind {
            ExprKind::Number(..)
            | ExprKind::Interval(..)
            | ExprKind::CountInTime { .. }
            | ExprKind::CountOf { .. }
            | ExprKind::OneOf(_)
            | ExprKind::Said(_)
            | ExprKind::Unknown => true,
            ExprKind::Unary(UnaryOp::Minus, inner) => matches!(inner.kind, ExprKind::Number(..)),
            ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) => Self::is_literal(inner),
            ExprKind::Call(name, args) if name.value == "clip" => args.len() == 1,
            ExprKind::Call(name, _) => DISTRIBUTIONS.iter().any(|(known, _)| *known == name.value),
            _ => false,
        }
    }

    /// Reads a number as written. A bare number is in the `declared` unit; `bounds` are in base units.
    pub fn literal(&mut self, expr: &ast::Expr, declared: &Unit, bounds: Range) -> Option<Literal> {
        let span = expr.span;
        let value = |number: ast::Number| if number.percent { number.value / 100.0 } else { number.value };
        let plain = |law: Law, unit: Unit, probability: bool| Literal {
            law,
            probability,
            dimension: unit.dimension,
            scale: unit.scale,
            within: None,
            clip: false,
            is_words: false,
            span,
        };
        match &expr.kind {
            ExprKind::Number(number, unit) => {
                let unit = self.unit_of(unit.as_ref(), number.percent, declared)?;
                Some(plain(Law::Point(value(*number)), unit, number.percent))
            }
            ExprKind::Unary(UnaryOp::Minus, inner) => {
                let mut literal = self.literal(inner, declared, bounds)?;
                if let Law::Point(x) = literal.law {
                    literal.law = Law::Point(-x);
                }
                Some(Literal { span, ..literal })
            }
            ExprKind::Interval(low, high, unit) => {
                if low.percent != high.percent {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::BadLiteral,
                            span,
                            "one end of this interval is a percentage, the other is not",
                        )
                        .help("write both with `%` or both without: `5% .. 20%`, `0.05 .. 0.2`"),
                    );
                    return None;
                }
                let unit = self.unit_of(unit.as_ref(), low.percent, declared)?;
                let law = Law::Interval { q05: value(*low), q95: value(*high), shape: Shape::Identity };
                Some(plain(law, unit, low.percent))
            }
            ExprKind::CountInTime { count, time, unit } => {
                let months = self.months(unit)?;
                if !(*count >= 0.0 && *time > 0.0 && *count <= 1e12 && *time <= 1e12) {
                    let empty = *time <= 0.0;
                    self.bad_base_rate(
                        span,
                        if empty { "in a time of 0 nothing can be counted" } else { "this counts too much" },
                    );
                    return None;
                }
                let law = Law::Gamma { shape: count + 0.5, rate: *time };
                Some(plain(law, Unit { dimension: Dimension::rate(), scale: 1.0 / months }, false))
            }
            ExprKind::CountOf { count, of } => {
                if !(*count >= 0.0 && of >= count && *of > 0.0 && *of <= 1e12) {
                    let more = of < count;
                    let message = if more {
                        "it cannot have happened in more cases than there were"
                    } else {
                        "there have to be cases, and not too many"
                    };
                    self.bad_base_rate(span, message);
                    return None;
                }
                Some(plain(Law::Beta { a: count + 0.5, b: of - count + 0.5 }, Unit::one(), true))
            }
            ExprKind::Unknown => match bounds {
                Range { low: Some(low), high: Some(high) } => {
                    let law = Law::Uniform { low: low / declared.scale, high: high / declared.scale };
                    Some(plain(law, declared.clone(), false))
                }
                _ => {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::UnknownNeedsBounds,
                            span,
                            "`unknown` is spread evenly over bounds, and there are none",
                        )
                        .label("between what and what?")
                        .help("write bounds before the `=`, as in `param share in 0 .. 1 = unknown`, or an interval"),
                    );
                    None
                }
            },
            ExprKind::Call(name, args) if name.value == "clip" => {
                let inner = args.first()?;
                let literal = self.literal(inner, declared, bounds)?;
                if bounds == Range::default() {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::UnknownNeedsBounds,
                            span,
                            "`clip` piles values up at bounds, and there are none",
                        )
                        .help("write bounds before the `=`, as in `param resolve in 0 .. 1 = clip(normal(0.5, 0.2))`"),
                    );
                    return None;
                }
                Some(Literal { clip: true, span, ..literal })
            }
            ExprKind::Call(name, args) => self.distribution(name, args, declared, span),
            ExprKind::OneOf(entries) => self.one_of(entries, declared, bounds, span),
            ExprKind::Said(words) => self.words(words, span),
            ExprKind::Per(inner, unit) => {
                let literal = self.literal(inner, &Unit::one(), Range::default())?;
                let months = self.months(unit)?;
                self.timed(literal, months, span)
            }
            ExprKind::Within(inner, count, unit) => {
                let literal = self.literal(inner, &Unit::one(), Range::default())?;
                let months = self.months(unit)? * count.value;
                if !(literal.dimension.is_none() && literal.within.is_none()) {
                    self.needs_time(span, "`within` follows a probability");
                    return None;
                }
                self.timed(Literal { probability: true, ..literal }, months, span)
            }
            _ => None,
        }
    }

    fn timed(&mut self, literal: Literal, months: f64, span: Span) -> Option<Literal> {
        if !(months > 0.0 && months <= 1e9) {
            self.diagnostics.push(
                Diagnostic::new(Code::BadLiteral, span, "the time of a rate must be longer than nothing")
                    .help("write, for instance, `5% within 6 months`"),
            );
            return None;
        }
        if literal.probability {
            if literal.within.is_some() {
                self.needs_time(span, "this has two times");
                return None;
            }
            return Some(Literal { within: Some(months), dimension: Dimension::rate(), span, ..literal });
        }
        let dimension = literal.dimension.times(&Dimension::base("month"), -1);
        Some(Literal { dimension, scale: literal.scale / months, span, ..literal })
    }

    fn bad_base_rate(&mut self, span: Span, message: &str) {
        self.diagnostics.push(
            Diagnostic::new(Code::BadDistribution, span, message)
                .label("not a base rate")
                .help("write how often it happened in how long, `2 in 71 years`, or in how many cases, `3 of 40`"),
        );
    }

    fn needs_time(&mut self, span: Span, message: &str) {
        self.diagnostics.push(
            Diagnostic::new(Code::NeedsTime, span, message)
                .label("this already is per time")
                .help("write a probability with one time, as in `5% per year` or `30% within 6 months`"),
        );
    }

    fn distribution(&mut self, name: &Name, args: &[ast::Expr], declared: &Unit, span: Span) -> Option<Literal> {
        let (_, wanted) = DISTRIBUTIONS.iter().find(|(known, _)| *known == name.value)?;
        if args.len() != wanted.len() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadArguments,
                    span,
                    format!("`{}` takes {} numbers, and {} given", name.value, wanted.len(), so_many(args.len())),
                )
                .help(format!("write `{}({})`", name.value, wanted.join(", "))),
            );
            return None;
        }
        let mut numbers = Vec::new();
        let mut dimension: Option<Dimension> = None;
        for arg in args {
            let (x, of) = self.constant(arg)?;
            if !of.is_none() {
                dimension.get_or_insert_with(|| of.clone());
            }
            numbers.push((x, of));
        }
        let unitless = matches!(name.value.as_str(), "beta" | "lognormal");
        let gamma = name.value == "gamma";
        for (index, (x, of)) in numbers.iter().enumerate() {
            let want = match &dimension {
                Some(dimension) if !(unitless || gamma && index == 0) => dimension.clone(),
                _ => Dimension::none(),
            };
            if *of != want && !(*x == 0.0 && of.is_none()) {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::UnitMismatch,
                        args.get(index).map_or(span, |arg| arg.span),
                        format!("this is {}, where {} is needed", of.show(), want.show()),
                    )
                    .help(format!("give the numbers of `{}` one unit", name.value)),
                );
                return None;
            }
        }
        let unit = match &dimension {
            Some(dimension) if gamma => Unit { dimension: Dimension::none().times(dimension, -1), scale: 1.0 },
            Some(dimension) => Unit { dimension: dimension.clone(), scale: 1.0 },
            None if name.value == "beta" => Unit::one(),
            None => declared.clone(),
        };
        let x = |index: usize| numbers.get(index).map_or(f64::NAN, |(x, _)| *x);
        let law = match name.value.as_str() {
            "uniform" => Law::Uniform { low: x(0), high: x(1) },
            "normal" => Law::Normal { mean: x(0), sd: x(1) },
            "lognormal" => Law::LogNormal { log_mean: x(0), log_sd: x(1) },
            "beta" => Law::Beta { a: x(0), b: x(1) },
            "gamma" => Law::Gamma { shape: x(0), rate: x(1) },
            _ => Law::Triangular { low: x(0), mode: x(1), high: x(2) },
        };
        let wrong = match law {
            Law::Uniform { low, high } if low >= high => Some("its first number must be below its second"),
            Law::Normal { sd, .. } if sd <= 0.0 => Some("its standard deviation must be above 0"),
            Law::LogNormal { log_sd, .. } if log_sd <= 0.0 => Some("its standard deviation must be above 0"),
            Law::Beta { a, b } if a <= 0.0 || b <= 0.0 => Some("its numbers must be above 0"),
            Law::Gamma { shape, rate } if shape <= 0.0 || rate <= 0.0 => Some("its numbers must be above 0"),
            Law::Triangular { low, mode, high } if !(low <= mode && mode <= high && low < high) => {
                Some("its numbers must ascend")
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadDistribution,
                    span,
                    format!("this `{}` is no distribution: {wrong}", name.value),
                )
                .help(format!("write `{}({})`", name.value, wanted.join(", "))),
            );
            return None;
        }
        Some(Literal {
            law,
            probability: name.value == "beta",
            dimension: unit.dimension,
            scale: unit.scale,
            within: None,
            clip: false,
            is_words: false,
            span,
        })
    }

    /// Makes a parameter of a written number; checks it against its bounds (in base units).
    pub fn param(&mut self, name: String, literal: Literal, bounds: Range) -> Option<Param> {
        let Literal { mut law, probability, scale, within, clip, span, dimension, .. } = literal;
        if within.is_some() && bounds != Range::default() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::OutOfBounds,
                    span,
                    "a rate that is written as a probability has the bounds of one",
                )
                .help("leave the bounds out, or write the rate itself: `0.1 .. 0.3 per year`"),
            );
            return None;
        }
        let natural = probability && bounds == Range::default();
        let (mut low, mut high) = (bounds.low.map(|x| x / scale), bounds.high.map(|x| x / scale));
        if natural && !matches!(law, Law::Point(_)) || within.is_some() {
            (low, high) = (Some(0.0), Some(1.0));
        }
        let unit_interval = low.is_some_and(|x| x >= 0.0) && high.is_some_and(|x| x <= 1.0);
        if within.is_some()
            && let Law::Table(points) = &mut law
        {
            // Certain within a time would be an infinite hazard.
            points.iter_mut().filter(|(_, x)| *x > MOST_LIKELY).for_each(|(_, x)| *x = MOST_LIKELY);
        }
        match &mut law {
            Law::OneOf(points) | Law::Table(points) => {
                let is_outside = |x: f64| {
                    low.is_some_and(|low| x < low)
                        || high.is_some_and(|high| x > high)
                        || (within.is_some() && x >= 1.0)
                };
                let is_table = literal.is_words;
                let values = points.iter().map(|(first, second)| if is_table { *second } else { *first });
                if let Some(x) = values.into_iter().find(|x| is_outside(*x)) {
                    let message = if within.is_some() {
                        format!(
                            "a probability within a time is at least 0 and below 1, and one of these is {}",
                            tidy(x)
                        )
                    } else {
                        format!("one of these values, {}, lies outside the bounds, {}", tidy(x), between(low, high))
                    };
                    self.diagnostics
                        .push(Diagnostic::new(Code::OutOfBounds, span, message).help("move the values or the bounds"));
                    return None;
                }
            }
            Law::Point(x) => {
                let (low, high) = (low.unwrap_or(f64::NEG_INFINITY), high.unwrap_or(f64::INFINITY));
                if !(low <= *x && *x <= high) || (within.is_some() && *x >= 1.0) {
                    let x = tidy(*x);
                    let message = if within.is_some() {
                        format!("a probability lies between 0 and 1 (and below 1 within a time); this is {x}")
                    } else {
                        format!("{x} lies outside its bounds, {}", between(Some(low), Some(high)))
                    };
                    self.diagnostics
                        .push(Diagnostic::new(Code::OutOfBounds, span, message).help("move the number or the bounds"));
                    return None;
                }
            }
            Law::Interval { q05, q95, shape } => {
                let (a, b) = (*q05, *q95);
                if a >= b {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::BadDistribution,
                            span,
                            "an interval goes from its lower to its higher end",
                        )
                        .label(format!("{} is not below {}", tidy(a), tidy(b)))
                        .help(if a == b {
                            format!(
                                "write the number alone, `{}`, if it is certain; else an interval around it",
                                tidy(a)
                            )
                        } else {
                            format!("write `{} .. {}`, or a single number", tidy(b), tidy(a))
                        }),
                    );
                    return None;
                }
                let on_bound = low == Some(a) || high == Some(b) || (a == 0.0);
                if on_bound {
                    let below = low == Some(a) || a == 0.0;
                    let (from, to) = (tidy(a), tidy(b));
                    let end = if below { &from } else { &to };
                    // A beta law has 95% of its probability on this side of the far end.
                    let near = match (below, low, high) {
                        (true, Some(0.0), Some(1.0)) if b < 1.0 => format!("beta(1, {})", tidy((3.0 / b).round())),
                        (false, Some(0.0), Some(1.0)) => format!("beta({}, 1)", tidy((3.0 / (1.0 - a)).round())),
                        _ => format!("triangular({from}, {end}, {to})"),
                    };
                    let side = if below { "below" } else { "above" };
                    let unit = if dimension.is_none() || dimension == Dimension::rate() {
                        ""
                    } else {
                        " (with the unit after each number, where none is declared)"
                    };
                    let message = if low == Some(a) || high == Some(b) {
                        format!("5% of an interval's probability lies {side} its end {end}, which is the bound itself")
                    } else {
                        "an interval cannot begin at 0: 5% of its probability lies below its lower end".to_owned()
                    };
                    self.diagnostics.push(
                        Diagnostic::new(Code::IntervalOnBound, span, message)
                            .label(format!("what should lie {side} {end}?"))
                            .help(format!(
                                "if all of it is equally likely, write `uniform({from}, {to})`; if it is likeliest near {end}, `{near}`{unit}"
                            )),
                    );
                    return None;
                }
                if low.is_some_and(|low| a < low) || high.is_some_and(|high| b > high) {
                    let (message, help) = if natural || within.is_some() {
                        (
                            "probabilities lie between 0% and 100%, and this interval reaches beyond",
                            "a growth or a factor is a plain number: `0.8 .. 1.3`; a probability keeps within 0% and 100%",
                        )
                    } else {
                        ("this interval reaches beyond the bounds of its quantity", "move the interval or the bounds")
                    };
                    self.diagnostics.push(
                        Diagnostic::new(Code::OutOfBounds, span, message)
                            .label(format!("its bounds are {}", between(low, high)))
                            .help(help),
                    );
                    return None;
                }
                *shape = if unit_interval {
                    Shape::Logit
                } else if a > 0.0 {
                    Shape::Log
                } else {
                    Shape::Identity
                };
            }
            _ => {}
        }
        Some(Param { key: Key::of(&name), draw: name.clone(), name, law, low, high, clip, within, scale })
    }

    /// A number written in place: a constant, or a parameter of its own named after the statement.
    pub fn in_place(&mut self, literal: Literal, bounds: Range, place: &mut Place<'_>) -> Option<Typed> {
        let ty = Type::Number(literal.dimension.clone());
        if let Some((_, index)) = place.made.iter().find(|(span, _)| *span == literal.span) {
            return Some(Typed { expr: Expr::Param(*index), ty });
        }
        if let Law::Point(x) = literal.law {
            let expr = match literal.within {
                None => Expr::Number(x * literal.scale),
                Some(months) if (0.0..1.0).contains(&x) => {
                    Expr::Apply(Function::HazardWithin, vec![Expr::Number(x), Expr::Number(months)])
                }
                Some(_) => {
                    self.diagnostics.push(
                        Diagnostic::new(Code::OutOfBounds, literal.span, "a probability within a time lies from 0% to below 100%")
                            .label(format!("this is {}%", tidy(100.0 * x)))
                            .help("what happens for certain is no rate; write `on 2024-11 chance 100%`, or a smaller probability"),
                    );
                    return None;
                }
            };
            if let (Expr::Number(x), Range { low, high }) = (&expr, bounds)
                && (low.is_some_and(|low| *x < low) || high.is_some_and(|high| *x > high))
            {
                let bounds = between(low.map(|x| x / literal.scale), high.map(|x| x / literal.scale));
                let message = format!("{} lies outside its bounds, {bounds}", tidy(x / literal.scale));
                self.diagnostics.push(
                    Diagnostic::new(Code::OutOfBounds, literal.span, message).help("move the number or the bounds"),
                );
                return None;
            }
            return Some(Typed { expr, ty });
        }
        if place.reads < Reads::Parameters {
            self.diagnostics.push(
                Diagnostic::new(Code::WrongKind, literal.span, "a single number is needed here")
                    .label("this is uncertain")
                    .help("write one number"),
            );
            return None;
        }
        if literal.is_words && place.words.is_none() {
            self.words_elsewhere(literal.span, place);
            return None;
        }
        place.ordinal += 1;
        let name = format!("{}#{}", place.path, place.ordinal);
        let (span, words) = (literal.span, place.words.filter(|_| literal.is_words));
        let mut param = self.param(name, literal, bounds)?;
        if let Some(provenance) = words {
            self.sourced(&mut param, provenance, span)?;
        }
        place.made.push((span, self.params.len()));
        self.params.push((param, span));
        place.did_read = place.did_read.max(Reads::Parameters);
        Some(Typed { expr: Expr::Param(self.params.len() - 1), ty })
    }

    /// A constant: its value in base units and its dimension.
    pub fn constant(&mut self, expr: &ast::Expr) -> Option<(f64, Dimension)> {
        let mut place = Place::constant();
        let typed = self.expr(expr, &mut place)?;
        match (fold(&typed.expr), typed.ty) {
            (Some(x), Type::Number(dimension)) if x.is_finite() => Some((x, dimension)),
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(Code::WrongKind, expr.span, "a single number is needed here")
                        .label("this is not a number that can be computed beforehand")
                        .help("write a number; what is computed from others is a formula, `let NAME = …`"),
                );
                None
            }
        }
    }
}

/// The value of an expression of numbers alone.
pub fn fold(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Number(x) => Some(*x),
        Expr::Apply(function, args) => {
            let x = args.iter().map(fold).collect::<Option<Vec<f64>>>()?;
            match (function, x.as_slice()) {
                (Function::Negate, [a]) => Some(-a),
                (Function::Add, [a, b]) => Some(a + b),
                (Function::Subtract, [a, b]) => Some(a - b),
                (Function::Multiply, [a, b]) => Some(a * b),
                (Function::Divide, [a, b]) => Some(a / b),
                (Function::Sum, terms) => Some(terms.iter().fold(0.0, |sum, term| sum + term)),
                _ => None,
            }
        }
        _ => None,
    }
}
