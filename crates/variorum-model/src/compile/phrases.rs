//! Words of probability as numbers, and one of several numbers.

use super::numbers::{Literal, Range, tidy};
use super::scope::{Place, Scope};
use crate::program::{Key, Law, Param};
use crate::units::{Dimension, Unit};
use crate::verbal::{self, Meaning};
use variorum_syntax::ast::{self, Provenance, Text};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

impl Scope<'_, '_> {
    /// `said "unlikely"`: what surveyed readers take the words to mean.
    pub(super) fn words(&mut self, words: &Text, span: Span) -> Option<Literal> {
        let phrase = match verbal::meaning(&words.value) {
            Meaning::Surveyed(phrase) => phrase,
            Meaning::NoNumber => {
                let message = format!("\"{}\" stands for no number", words.value);
                self.diagnostics.push(
                    Diagnostic::new(Code::BadSaid, words.span, message)
                        .label("grants that it can be, and no more")
                        .help(
                            "write a number of your own with `assumed \"why\"`; the words are kept beside a question",
                        ),
                );
                return None;
            }
            Meaning::Unknown { nearest } => {
                self.diagnostics.push(unknown_phrase(words, nearest, false));
                return None;
            }
        };
        Some(Literal {
            law: Law::Table(verbal::table(phrase)),
            probability: true,
            dimension: Dimension::none(),
            scale: 1.0,
            within: None,
            clip: false,
            is_words: true,
            span,
        })
    }

    /// Gives a parameter of words the draw of their source.
    pub(super) fn sourced(&mut self, param: &mut Param, provenance: &Provenance, span: Span) -> Option<()> {
        let mut sources = provenance.from.iter().map(|from| from.source.value.as_str());
        let first = sources.next();
        match first {
            Some(source) if sources.all(|other| other == source) => {
                param.draw = format!("said {source}");
                param.key = Key::of(&param.draw);
                Some(())
            }
            _ => {
                let (message, help) = if first.is_none() {
                    ("nothing says whose words these are", "write `from SOURCE:ANCHOR` after them")
                } else {
                    ("these words cannot be those of several sources", "leave one `from SOURCE:ANCHOR`")
                };
                self.diagnostics.push(Diagnostic::new(Code::BadSaid, span, message).label("who said so?").help(help));
                None
            }
        }
    }

    /// Words of probability where they are no number.
    pub(super) fn words_elsewhere(&mut self, span: Span, place: &Place<'_>) {
        let (message, help) = if place.in_utility {
            ("words of probability say nothing of what an actor wants", "give the term a weight, with its origin")
        } else {
            (
                "words of probability stand for the number of a `param`, an option, a `hazard` or a `chance`",
                "name it by `param`, and use that here",
            )
        };
        self.diagnostics.push(Diagnostic::new(Code::BadSaid, span, message).label("not a probability").help(help));
    }

    /// `oneof(2: 0.2, 5: 0.8)`.
    pub(super) fn one_of(
        &mut self,
        entries: &[(ast::Expr, ast::Expr)],
        declared: &Unit,
        bounds: Range,
        span: Span,
    ) -> Option<Literal> {
        let bad = |span: Span, message: String| Diagnostic::new(Code::BadDistribution, span, message);
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut first: Option<Literal> = None;
        let mut scales = Vec::new();
        let mut sum = 0.0;
        for (value, weight) in entries {
            let (x, literal) = self.value(value, declared, bounds)?;
            match &first {
                None => first = Some(literal.clone()),
                Some(first) if first.dimension != literal.dimension || first.probability != literal.probability => {
                    let what = |literal: &Literal| match literal.probability {
                        true => "a probability".to_owned(),
                        false => super::scope::Type::Number(literal.dimension.clone()).show(),
                    };
                    let message = format!("this value is {}, and the first is {}", what(&literal), what(first));
                    self.diagnostics.push(
                        Diagnostic::new(Code::UnitMismatch, value.span, message)
                            .help("give all values one unit, or write all with `%`"),
                    );
                    return None;
                }
                Some(_) => {}
            }
            let (p, dimension) = self.constant(weight)?;
            if !dimension.is_none() || p.is_nan() || p <= 0.0 || p > 1.0 {
                self.diagnostics.push(
                    bad(weight.span, "the probability of a value is above 0 and at most 1".to_owned())
                        .help("write each value with its probability: `oneof(2: 0.2, 5: 0.8)`"),
                );
                return None;
            }
            sum += p;
            points.push((x, p));
            scales.push(literal.scale);
        }
        if !(1.0 - 1e-9..=1.0 + 1e-9).contains(&sum) {
            self.diagnostics.push(
                bad(span, format!("these probabilities add up to {}, not to 1", tidy(sum)))
                    .help("write each value with its probability: `oneof(2: 0.2, 5: 0.8)`"),
            );
            return None;
        }
        let first = first?;
        // Values in several units of one kind are taken in base units.
        let scale = if scales.iter().all(|scale| *scale == first.scale) { first.scale } else { 1.0 };
        for ((x, _), own) in points.iter_mut().zip(&scales) {
            if scale != *own {
                *x *= own;
            }
        }
        points.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some([(twice, _), _]) = points.windows(2).find(|two| matches!(two, [(a, _), (b, _)] if a == b)) {
            self.diagnostics.push(
                bad(span, format!("the value {} is listed twice", tidy(*twice))).help("add its probabilities up"),
            );
            return None;
        }
        Some(Literal { law: Law::OneOf(points), scale, span, clip: false, is_words: false, ..first })
    }

    /// One of the values: in its own unit, and what it is.
    fn value(&mut self, value: &ast::Expr, declared: &Unit, bounds: Range) -> Option<(f64, Literal)> {
        if Self::is_literal(value) {
            let literal = self.literal(value, declared, bounds)?;
            if let (Law::Point(x), None) = (&literal.law, literal.within) {
                return Some((*x, literal));
            }
            self.diagnostics.push(
                Diagnostic::new(Code::WrongKind, value.span, "each value of `oneof` is a single number")
                    .label("not a single number")
                    .help(
                        "write, for instance, `oneof(2: 0.2, 5: 0.8)`; a time follows the whole: `oneof(…) per year`",
                    ),
            );
            return None;
        }
        let (x, dimension) = self.constant(value)?;
        let unit = if dimension.is_none() { declared.clone() } else { Unit { dimension, scale: 1.0 } };
        let literal = Literal {
            law: Law::Point(x),
            probability: false,
            dimension: unit.dimension,
            scale: unit.scale,
            within: None,
            clip: false,
            is_words: false,
            span: value.span,
        };
        Some((x, literal))
    }
}

/// Words that no survey has.
pub(crate) fn unknown_phrase(words: &Text, nearest: Option<String>, is_beside_question: bool) -> Diagnostic {
    let mut help = match nearest {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "`variorum words` lists the phrases of the surveys".to_owned(),
    };
    if is_beside_question {
        help.push_str("; words that stand for no number are marked as such: `SOURCE said \"…\" no number`");
    }
    Diagnostic::new(Code::UnknownPhrase, words.span, format!("no survey has asked what \"{}\" means", words.value))
        .label("how likely is that?")
        .help(help)
}
