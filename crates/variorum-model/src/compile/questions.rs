//! Questions: what is asked of a trajectory.

use super::scope::{Place, Reads, Scope};
use crate::program::{Clock, Given, Query, Question};
use crate::time::{End, show, step};
use variorum_syntax::ast::{self, At, Date, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// The questions in order of declaration.
pub fn questions(scope: &mut Scope<'_, '_>, clock: &Clock) -> Vec<Question> {
    let mut list = Vec::new();
    let statements = scope.shared.questions.clone();
    for statement in statements {
        let StatementKind::Question(question) = &statement.kind else { continue };
        let (Some(name), Some(query)) = (&question.name, &question.query) else { continue };
        let path = format!("question {}", name.value);
        let mut place = Place::new(&path, &crate::entities::Bindings::default(), Reads::Now);
        let mut asker = Asker { scope, clock, place: &mut place };
        let query = asker.query(query);
        let given = question.given.as_ref().map(|given| asker.given(given));
        let (Some(query), Some(given)) = (query, given.map_or(Some(None), |given| given.map(Some))) else { continue };
        let text = question.text.as_ref().map_or(String::new(), |text| text.value.clone());
        list.push(Question { name: name.value.clone(), text, query, given });
    }
    list
}

struct Asker<'x, 's, 'a, 'p> {
    scope: &'x mut Scope<'s, 'a>,
    clock: &'x Clock,
    place: &'x mut Place<'p>,
}

impl Asker<'_, '_, '_, '_> {
    fn at(&mut self, date: &At<Date>, end: End) -> Option<u32> {
        step(self.clock, date, end).map_err(|diagnostic| self.scope.diagnostics.push(diagnostic)).ok()
    }

    fn last(&self) -> u32 {
        self.clock.steps.saturating_sub(1)
    }

    fn condition(&mut self, condition: &ast::Expr) -> Option<crate::program::Expr> {
        self.scope.condition(condition, self.place)
    }

    /// A window from one date to another.
    fn window(&mut self, first: &At<Date>, last: &At<Date>) -> Option<(u32, u32)> {
        let (from, to) = (self.at(first, End::First), self.at(last, End::Last));
        let (from, to) = (from?, to?);
        if to < from {
            self.scope.diagnostics.push(
                Diagnostic::new(Code::BadTime, last.span, "this window ends before it begins")
                    .label(format!("before its first date, {}", show(first.value)))
                    .help("write the earlier date first"),
            );
            return None;
        }
        Some((from, to))
    }

    fn query(&mut self, query: &ast::Query) -> Option<Query> {
        match query {
            ast::Query::By(condition, date) => {
                let condition = self.condition(condition);
                let to = self.at(date, End::Last)?;
                Some(Query::Ever { condition: condition?, from: 0, to })
            }
            ast::Query::At(condition, date) => {
                let condition = self.condition(condition);
                let at = self.at(date, End::Last)?;
                Some(Query::Ever { condition: condition?, from: at, to: at })
            }
            ast::Query::Within(condition, first, last) => {
                let condition = self.condition(condition);
                let (from, to) = self.window(first, last)?;
                Some(Query::Ever { condition: condition?, from, to })
            }
            ast::Query::First(condition, date) => {
                let condition = self.condition(condition);
                let to = match date {
                    Some(date) => self.at(date, End::Last)?,
                    None => self.last(),
                };
                Some(Query::First { condition: condition?, from: 0, to })
            }
            ast::Query::Value(value, date) => {
                let shown = shown_unit(self.scope, value, self.place);
                let value = self.scope.number(value, self.place);
                let at = self.at(date, End::Last)?;
                let (value, dimension) = value?;
                let own = || (if dimension.is_none() { String::new() } else { dimension.show() }, 1.0);
                let (unit, scale) = shown.unwrap_or_else(own);
                Some(Query::Value { value, at, scale, unit })
            }
        }
    }

    /// The condition of a question.
    fn given(&mut self, given: &ast::Query) -> Option<Given> {
        match self.query(given)? {
            Query::Ever { condition, from, to } => Some(Given { condition, from, to }),
            Query::First { .. } | Query::Value { .. } => {
                let span = match given {
                    ast::Query::First(expr, _) | ast::Query::Value(expr, _) => expr.span,
                    ast::Query::By(expr, _) | ast::Query::At(expr, _) | ast::Query::Within(expr, ..) => expr.span,
                };
                self.scope.diagnostics.push(
                    Diagnostic::new(Code::TypeMismatch, span, "`given` is followed by a condition with a date")
                        .label("this is a number or a date")
                        .help("write, for instance, `given talks by 2025-06`"),
                );
                None
            }
        }
    }
}

/// The unit in which the stock behind a question is declared: its name and size.
fn shown_unit(scope: &Scope<'_, '_>, value: &ast::Expr, place: &Place<'_>) -> Option<(String, f64)> {
    let ast::ExprKind::Reference(reference) = &value.kind else { return None };
    let entities = scope.shared.entities_of(reference, &place.bindings).ok()?;
    let path = scope.shared.show(&reference.name.value, entities);
    let item = scope.shared.items.get(scope.shared.index.get(&path)?)?;
    let StatementKind::Stock(stock) = &item.statement.kind else { return None };
    let written = stock.unit.as_ref()?;
    let unit = scope.shared.units.expression(written).ok()?;
    let over = written.factors.iter().filter(|(_, power)| *power > 0).map(|(name, _)| name.value.as_str());
    let under = written.factors.iter().filter(|(_, power)| *power < 0).map(|(name, _)| name.value.as_str());
    let mut text = over.collect::<Vec<_>>().join(" * ");
    for name in under {
        text = format!("{} / {name}", if text.is_empty() { "1" } else { text.as_str() });
    }
    Some((text, unit.scale))
}
