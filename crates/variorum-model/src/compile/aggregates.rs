//! Sums, counts and conditions over the members of a group, and the risk of an event.

use super::scope::{Danger, Place, Reads, Scope, Type, Typed};
use crate::entities::Bindings;
use crate::findings::label;
use crate::program::{Expr, Function};
use crate::units::Dimension;
use variorum_syntax::ast::{self, Aggregate, At, Name, Reference};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// The most terms that the aggregates of one reading may have together.
pub const MAX_TERMS: usize = 2_000_000;

impl Scope<'_, '_> {
    /// Whether so many more terms can be made; a diagnostic if not.
    fn terms(&mut self, count: usize, span: Span) -> bool {
        self.terms = self.terms.saturating_add(count);
        if self.terms <= MAX_TERMS {
            return true;
        }
        let message = format!("the sums and counts of this model have more than {MAX_TERMS} terms");
        self.diagnostics.push(
            Diagnostic::new(Code::TooLarge, span, message)
                .label("here they become too many")
                .help("name what does not depend on the outer variables by `let`, so that it is added up once"),
        );
        false
    }

    /// `sum(b in rivals except a: tie[a, b])` and its like.
    pub(super) fn aggregate(
        &mut self,
        aggregate: Aggregate,
        range: &ast::Range,
        body: &ast::Expr,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        let resolved = self.shared.range(range, &place.bindings, &mut self.diagnostics)?;
        *self.ranges.entry(range.span).or_insert(true) &= resolved.count() == 0;
        if !self.terms(resolved.count(), range.span) {
            return None;
        }
        let outer = place.bindings.clone();
        let mut terms = Vec::with_capacity(resolved.count());
        // One finding stands for all terms; what the variables stood for is said where others did better or worse.
        let mut failed: Option<(Vec<Diagnostic>, Bindings)> = None;
        let mut depends = false;
        for bindings in resolved.bindings(&outer) {
            let before = self.diagnostics.len();
            place.bindings = bindings;
            let term = self.term(aggregate, body, terms.last(), place);
            match (term, &failed) {
                (Some(term), None) => terms.push(term),
                (Some(_), Some(_)) => {
                    depends = true;
                    break;
                }
                (None, None) => {
                    depends = !terms.is_empty();
                    failed = Some((self.diagnostics.split_off(before), place.bindings.clone()));
                    if depends {
                        break;
                    }
                }
                (None, Some((first, _))) => {
                    let found = self.diagnostics.split_off(before);
                    let said = |list: &[Diagnostic]| list.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
                    depends = said(&found) != said(first);
                    break;
                }
            }
        }
        place.bindings = outer;
        if let Some((mut found, bindings)) = failed {
            if depends {
                found.iter_mut().for_each(|finding| label(finding, &bindings, self.shared));
            }
            self.diagnostics.append(&mut found);
            return None;
        }
        let ty = match aggregate {
            Aggregate::Sum => terms.last().map_or(Type::Number(Dimension::none()), |term| term.ty.clone()),
            Aggregate::Count => Type::Number(Dimension::none()),
            Aggregate::Any | Aggregate::All => Type::Truth,
        };
        let args: Vec<Expr> = terms.into_iter().map(|term| term.expr).collect();
        let expr = match (aggregate, args.is_empty()) {
            (Aggregate::Sum | Aggregate::Count | Aggregate::Any, true) => Expr::Number(0.0),
            (Aggregate::All, true) => Expr::Number(1.0),
            (Aggregate::Sum | Aggregate::Count, false) => Expr::Apply(Function::Sum, args),
            (Aggregate::Any, false) => Expr::Apply(Function::AnyOf, args),
            (Aggregate::All, false) => Expr::Apply(Function::AllOf, args),
        };
        Some(Typed { expr, ty })
    }

    /// The term of one binding; of a sum with the type of all terms so far.
    fn term(
        &mut self,
        aggregate: Aggregate,
        body: &ast::Expr,
        before: Option<&Typed>,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        if aggregate != Aggregate::Sum {
            return self.condition(body, place).map(|expr| Typed { expr, ty: Type::Truth });
        }
        let (expr, dimension) = self.number(body, place)?;
        let term = Typed { expr, ty: Type::Number(dimension) };
        let Some(before) = before else { return Some(term) };
        let ty = self.same(before, body.span, &term, body.span)?;
        Some(Typed { ty, ..term })
    }

    /// `risk(invasion within 12 months)`: how likely the event is to happen within that time, as its hazard now says; 1
    /// while what it does stands.
    pub(super) fn risk(
        &mut self,
        event: &Reference,
        count: &At<f64>,
        unit: &Name,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        let plain = Type::Number(Dimension::none());
        let index = self.event(event, &place.bindings)?;
        let months = match self.shared.units.months(unit) {
            Ok(months) => months * count.value,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let name = &event.name.value;
        let bad = |span: Span, message: String| Diagnostic::new(Code::BadRisk, span, message);
        if !place.in_utility {
            self.diagnostics.push(
                bad(span, "`risk` is what an actor fears or hopes for, and stands in utilities alone".to_owned())
                    .label("not in a utility")
                    .help("elsewhere write what the hazard depends on, or the flag that the event sets"),
            );
            return None;
        }
        if !(months > 0.0 && months <= 1200.0) {
            self.diagnostics.push(
                bad(count.span, "the time of a risk is longer than nothing and at most 100 years".to_owned())
                    .help(format!("write, for instance, `risk({name} within 12 months)`")),
            );
            return None;
        }
        // What this reading has switched off cannot happen.
        let Some(index) = index else { return Some(Typed { expr: Expr::Number(0.0), ty: plain }) };
        self.risks.insert(index);
        let (hazard, sets) = match self.dangers.get(index)? {
            Danger::Hazard(_, reads, _) if *reads > Reads::State => {
                let message = format!("the hazard of `{name}` depends on what has just happened or been chosen");
                self.diagnostics.push(
                    bad(event.span, message)
                        .label("an actor who looks ahead cannot know it")
                        .help("let it depend on the state: a flag or ladder that the event or option sets"),
                );
                return None;
            }
            Danger::Hazard(hazard, _, sets) => (hazard.clone(), sets),
            Danger::Dated => {
                self.diagnostics.push(
                    bad(event.span, format!("`{name}` has a date, and `risk` needs a hazard"))
                        .label("happens on its date or never")
                        .help("read the flag or ladder that it sets, or give the event a hazard"),
                );
                return None;
            }
        };
        let apply = Expr::Apply;
        let stands: Vec<Expr> = sets
            .iter()
            .map(|(quantity, level)| apply(Function::Equal, vec![Expr::Quantity(*quantity), Expr::Number(*level)]))
            .collect();
        // A hazard that is negative, or not a number, counts as 0.
        let positive = apply(Function::Greater, vec![hazard.clone(), Expr::Number(0.0)]);
        let hazard = apply(Function::If, vec![positive, hazard, Expr::Number(0.0)]);
        let exponent = apply(Function::Negate, vec![apply(Function::Multiply, vec![hazard, Expr::Number(months)])]);
        let survival = apply(Function::Exp, vec![exponent]);
        let risk = apply(Function::Subtract, vec![Expr::Number(1.0), survival]);
        let expr = match stands.as_slice() {
            [] => risk,
            _ => apply(Function::If, vec![all_of(stands), Expr::Number(1.0), risk]),
        };
        place.did_read = place.did_read.max(Reads::State);
        Some(Typed { expr, ty: plain })
    }
}

/// All of some conditions, one at least.
fn all_of(mut conditions: Vec<Expr>) -> Expr {
    match (conditions.len(), conditions.pop()) {
        (1, Some(one)) => one,
        (_, Some(last)) => {
            conditions.push(last);
            Expr::Apply(Function::AllOf, conditions)
        }
        (_, None) => Expr::Number(1.0),
    }
}
