//! The functions of the language.

use super::scope::{Meaning, Place, Reads, Scope, Symbol, Type, Typed};
use crate::collect::unknown;
use crate::entities::Bindings;
use crate::names::{nearest, some};
use crate::program::{Expr, Function};
use variorum_syntax::ast::{self, ExprKind, Name, Reference};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// The functions of the language: name, arguments as help shows them.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("abs", "abs(x)"),
    ("clip", "clip(x, low, high)"),
    ("exp", "exp(x)"),
    ("happened", "happened(EVENT)"),
    ("ln", "ln(x)"),
    ("max", "max(x, y)"),
    ("min", "min(x, y)"),
    ("sqrt", "sqrt(x)"),
];

impl Scope<'_, '_> {
    /// A function of its arguments.
    pub(super) fn call(&mut self, name: &Name, args: &[ast::Expr], span: Span, place: &mut Place<'_>) -> Option<Typed> {
        let known = FUNCTIONS.iter().find(|(known, _)| *known == name.value);
        let Some((_, usage)) = known else {
            let all = FUNCTIONS
                .iter()
                .map(|(known, _)| *known)
                .chain(super::numbers::DISTRIBUTIONS.iter().map(|(known, _)| *known));
            let help = match (name.value.to_lowercase().as_str(), nearest(&name.value, all.clone())) {
                ("above", _) => "write the comparison, `(aid[KR] > nonlethal)`: it counts as 0 or 1".to_owned(),
                ("log", _) => "the natural logarithm is `ln(x)`".to_owned(),
                ("if", _) => "write `if CONDITION then X else Y`".to_owned(),
                (_, Some(near)) => format!("did you mean `{near}`?"),
                _ => format!("there are {}", some(all)),
            };
            self.diagnostics.push(
                Diagnostic::new(Code::UnknownName, name.span, format!("no function is called `{}`", name.value))
                    .label("not a function")
                    .help(help),
            );
            return None;
        };
        let want = 1 + usage.matches(',').count();
        if args.len() != want {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadArguments,
                    span,
                    format!(
                        "`{}` takes {want} argument{}, and {} given",
                        name.value,
                        if want == 1 { "" } else { "s" },
                        super::numbers::so_many(args.len())
                    ),
                )
                .help(format!("write `{usage}`")),
            );
            return None;
        }
        if name.value == "happened" {
            let arg = args.first()?;
            let ExprKind::Reference(reference) = &arg.kind else {
                self.diagnostics.push(
                    Diagnostic::new(Code::BadArguments, arg.span, "`happened` takes the name of an event")
                        .help("write `happened(EVENT)`"),
                );
                return None;
            };
            let event = self.event(reference, &place.bindings)?;
            self.read(Reads::Before, || format!("whether `{}` happened", reference.name.value), span, place)?;
            let expr = event.map_or(Expr::Number(0.0), Expr::Happened);
            return Some(Typed { expr, ty: Type::Truth });
        }
        let mut typed = Vec::new();
        for arg in args {
            let (expr, dimension) = self.number(arg, place)?;
            typed.push((Typed { expr, ty: Type::Number(dimension.clone()) }, dimension, arg.span));
        }
        let (_, dimension, first_span) = typed.first()?.clone();
        let (function, dimension) = match name.value.as_str() {
            "exp" | "ln" => {
                if !dimension.is_none() {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::UnitMismatch,
                            first_span,
                            format!("`{}` takes a plain number", name.value),
                        )
                        .label(dimension.show())
                        .help("divide by one unit first, as in `front[RU] / 1000 people`"),
                    );
                    return None;
                }
                (if name.value == "exp" { Function::Exp } else { Function::Ln }, dimension)
            }
            "sqrt" => match dimension.root() {
                Some(root) => (Function::Sqrt, root),
                None => {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::UnitMismatch,
                            first_span,
                            format!("the root of {} has no unit", dimension.show()),
                        )
                        .help("divide by one unit first"),
                    );
                    return None;
                }
            },
            "abs" => (Function::Abs, dimension),
            _ => {
                let mut dimension = dimension;
                let mut so_far = typed.first()?.0.clone();
                for (other, _, other_span) in typed.iter().skip(1) {
                    match self.same(&so_far, first_span, other, *other_span)? {
                        Type::Number(common) => {
                            dimension = common;
                            so_far = Typed {
                                ty: Type::Number(dimension.clone()),
                                expr: if so_far.expr == Expr::Number(0.0) { other.expr.clone() } else { so_far.expr },
                            };
                        }
                        _ => return None,
                    }
                }
                let function = match name.value.as_str() {
                    "min" => Function::Min,
                    "max" => Function::Max,
                    _ => Function::Clip,
                };
                (function, dimension)
            }
        };
        Some(Typed {
            expr: Expr::Apply(function, typed.into_iter().map(|(typed, _, _)| typed.expr).collect()),
            ty: Type::Number(dimension),
        })
    }

    /// The index of an event, unless this reading has switched it off; a diagnostic if the reference names none.
    pub fn event(&mut self, reference: &Reference, bindings: &Bindings) -> Option<Option<usize>> {
        if let Some(Symbol::Event(_)) = self.symbols.get(&reference.name.value) {
            return match self.meaning(reference, bindings)? {
                Meaning::Event(event) => Some(event),
                _ => None,
            };
        }
        if let Some(Symbol::Choice(_)) = self.symbols.get(&reference.name.value) {
            let name = &reference.name.value;
            self.diagnostics.push(
                Diagnostic::new(Code::WrongKind, reference.span, format!("`{name}` is a choice, not an event"))
                    .label("an event was expected here")
                    .help(format!("a reply says `after {name} = OPTION`; in a condition write `{name} = OPTION`")),
            );
            return None;
        }
        if let Some(symbol) = self.symbols.get(&reference.name.value) {
            let found = self.no_event(reference, symbol);
            self.diagnostics.push(found);
            return None;
        }
        if let Some(found) = crate::elsewhere::in_a_reading(self.shared, &reference.name) {
            self.diagnostics.push(found);
            return None;
        }
        let known = self.names_of(|symbol| matches!(symbol, Symbol::Event(_)));
        let found = unknown("event", &reference.name, &known, "event NAME hazard …");
        self.diagnostics.push(found);
        None
    }

    /// Says that something else was named where an event is needed; of a flag or ladder, which events change it.
    fn no_event(&self, reference: &Reference, symbol: &Symbol) -> Diagnostic {
        let name = &reference.name.value;
        let ty = match symbol {
            Symbol::Quantity(instances) => {
                instances.values().next().and_then(|index| self.quantities.get(*index)).map(|ty| match ty {
                    Type::Truth => ("a flag", name.clone()),
                    Type::Level(levels) => (
                        "a ladder",
                        format!("{name} = {}", levels.get(1).or(levels.first()).map_or("LEVEL", |level| level)),
                    ),
                    Type::Number(_) => ("a stock", format!("{name} > 0")),
                })
            }
            _ => None,
        };
        let kind = match (symbol, &ty) {
            (_, Some((kind, _))) => kind,
            (Symbol::Param(_), None) => "a parameter",
            (Symbol::Formula(_), None) => "a formula",
            _ => "an actor, place or group",
        };
        let found = Diagnostic::new(Code::WrongKind, reference.span, format!("`{name}` is {kind}, not an event"))
            .label("an event was expected here");
        let Some((_, condition)) = ty else { return found.help("name an event: `event NAME hazard …` declares one") };
        let changes = |effects: &[ast::Effect]| effects.iter().any(|effect| effect.target.name.value == *name);
        let mut events: Vec<&str> = Vec::new();
        for item in &self.shared.items {
            if let ast::StatementKind::Event(event) = &item.statement.kind
                && changes(&event.effects)
            {
                events.push(&item.path);
            }
        }
        let here = if events.is_empty() {
            "no event changes it".to_owned()
        } else {
            format!("those that change it are {}", some(events.into_iter()))
        };
        found.help(format!("{kind} is read by its name, as in `{condition}`; or name an event: {here}"))
    }
}
