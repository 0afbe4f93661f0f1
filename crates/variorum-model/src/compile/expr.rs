//! Expressions: what each name means, what type each part has, what it may read.

use super::bounds::{Noted, of_levels};
use super::numbers::Range;
use super::scope::{ChoiceSymbol, FormulaType, Meaning, Place, Reads, Scope, Symbol, Type, Typed};
use crate::names::{nearest, some};
use crate::program::{Expr, Function};
use crate::units::{Dimension, Unit};
use std::sync::Arc;
use variorum_syntax::ast::{self, BinaryOp, ExprKind, Name, Reference, UnaryOp};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

fn number(dimension: Dimension) -> Type {
    Type::Number(dimension)
}

fn apply(function: Function, args: Vec<Expr>) -> Expr {
    Expr::Apply(function, args)
}

/// So much of a unit, as an example: `100 people / month`.
fn hundred(dimension: &Dimension) -> String {
    format!("100 {}", dimension.show()).replacen("100 1 /", "100 /", 1)
}

impl Scope<'_, '_> {
    /// Checks an expression. `None`: a diagnostic was given.
    pub fn expr(&mut self, expr: &ast::Expr, place: &mut Place<'_>) -> Option<Typed> {
        let span = expr.span;
        if Self::is_literal(expr) {
            let literal = self.literal(expr, &Unit::one(), Range::default())?;
            return self.in_place(literal, Range::default(), place);
        }
        match &expr.kind {
            ExprKind::Truth(truth) => Some(Typed { expr: Expr::Number(f64::from(u8::from(*truth))), ty: Type::Truth }),
            ExprKind::Reference(reference) => self.reference(reference, place),
            ExprKind::Call(name, args) => self.call(name, args, span, place),
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let inner = self.condition(inner, place)?;
                Some(Typed { expr: apply(Function::Not, vec![inner]), ty: Type::Truth })
            }
            ExprKind::Unary(UnaryOp::Minus, inner) => {
                let (inner, dimension) = self.number(inner, place)?;
                Some(Typed { expr: apply(Function::Negate, vec![inner]), ty: number(dimension) })
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, span, place),
            ExprKind::If(condition, then, otherwise) => {
                let condition = self.condition(condition, place);
                let then_typed = self.expr(then, place);
                let otherwise_typed = match otherwise {
                    Some(otherwise) => self.expr(otherwise, place),
                    None => Some(Typed { expr: Expr::Number(0.0), ty: Type::Truth }),
                };
                let (condition, then_typed, otherwise_typed) = (condition?, then_typed?, otherwise_typed?);
                let ty = match otherwise {
                    None if then_typed.ty == Type::Truth => Type::Truth,
                    None => self.as_number(&then_typed, then.span).map(number)?,
                    Some(otherwise) => self.same(&then_typed, then.span, &otherwise_typed, otherwise.span)?,
                };
                Some(Typed { expr: apply(Function::If, vec![condition, then_typed.expr, otherwise_typed.expr]), ty })
            }
            ExprKind::Per(inner, unit) => {
                if let ExprKind::Reference(name) = &inner.kind
                    && self.is_probability(name, place)
                {
                    let (name, unit) = (&name.name.value, &unit.value);
                    self.diagnostics.push(
                        Diagnostic::new(Code::NeedsTime, span, format!("`{name}` is a probability, and `per {unit}` may mean two things"))
                            .label("a hazard, or a share?")
                            .help(format!("for the hazard of that probability write `{name} within 1 {unit}`; for that share of something, `{name} / {unit}`")),
                    );
                    return None;
                }
                let (inner, dimension) = self.number(inner, place)?;
                let unit = match self.shared.units.named(unit) {
                    Ok(unit) => unit.clone(),
                    Err(diagnostic) => {
                        self.diagnostics.push(diagnostic);
                        return None;
                    }
                };
                let expr = if unit.scale == 1.0 {
                    inner
                } else {
                    apply(Function::Divide, vec![inner, Expr::Number(unit.scale)])
                };
                Some(Typed { expr, ty: number(dimension.times(&unit.dimension, -1)) })
            }
            ExprKind::Within(inner, count, unit) => {
                let (p, dimension) = self.number(inner, place)?;
                let months = match self.shared.units.months(unit) {
                    Ok(months) => months * count.value,
                    Err(diagnostic) => {
                        self.diagnostics.push(diagnostic);
                        return None;
                    }
                };
                if !dimension.is_none() || months.is_nan() || months <= 0.0 {
                    self.diagnostics.push(
                        Diagnostic::new(
                            Code::NeedsTime,
                            span,
                            "`within` follows a probability and is followed by a time",
                        )
                        .help("write, for instance, `30% within 6 months`"),
                    );
                    return None;
                }
                let expr = apply(Function::HazardWithin, vec![p, Expr::Number(months)]);
                Some(Typed { expr, ty: number(Dimension::rate()) })
            }
            ExprKind::Lookup { on, entries, otherwise } => self.lookup(on, entries, otherwise.as_deref(), span, place),
            ExprKind::Aggregate(aggregate, range, body) => self.aggregate(*aggregate, range, body, place),
            ExprKind::Risk(event, count, unit) => self.risk(event, count, unit, span, place),
            // Literals were dealt with above.
            ExprKind::Number(..)
            | ExprKind::Interval(..)
            | ExprKind::CountInTime { .. }
            | ExprKind::CountOf { .. }
            | ExprKind::Unknown
            | ExprKind::OneOf(_)
            | ExprKind::Said(_)
            | ExprKind::Error => None,
        }
    }

    /// An expression that must be a condition.
    pub fn condition(&mut self, expr: &ast::Expr, place: &mut Place<'_>) -> Option<Expr> {
        let typed = self.expr(expr, place)?;
        if typed.ty == Type::Truth {
            return Some(typed.expr);
        }
        let help = match typed.ty {
            Type::Level(levels) => format!(
                "compare it with a level, as in `… >= {}`",
                levels.get(1).or(levels.first()).map_or("level", String::as_str)
            ),
            _ if place.path.starts_with("question ") => {
                "to ask for a number write `value … at DATE`; or compare it with something, as in `… > 0`".to_owned()
            }
            _ => "compare it with something, as in `… > 0`".to_owned(),
        };
        self.diagnostics.push(
            Diagnostic::new(
                Code::TypeMismatch,
                expr.span,
                "a condition is needed here, something that holds or does not",
            )
            .label("this is a value")
            .help(help),
        );
        None
    }

    /// An expression that must be a number, with its dimension.
    pub fn number(&mut self, expr: &ast::Expr, place: &mut Place<'_>) -> Option<(Expr, Dimension)> {
        let typed = self.expr(expr, place)?;
        let dimension = self.as_number(&typed, expr.span)?;
        Some((typed.expr, dimension))
    }

    fn as_number(&mut self, typed: &Typed, span: Span) -> Option<Dimension> {
        match &typed.ty {
            Type::Number(dimension) => Some(dimension.clone()),
            Type::Truth => Some(Dimension::none()),
            Type::Level(levels) => {
                let level = levels.get(1).or(levels.first()).map_or("level", String::as_str);
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::TypeMismatch,
                        span,
                        "a number is needed here, and a level of a ladder is not one",
                    )
                    .label(format!("one of {}", some(levels.iter().map(String::as_str))))
                    .help(format!(
                        "compare it, `(… >= {level})` counts as 0 or 1; or give each level a number by `lookup`"
                    )),
                );
                None
            }
        }
    }

    /// An expression that must have this dimension; 0 has every dimension.
    pub fn of_dimension(
        &mut self,
        expr: &ast::Expr,
        dimension: &Dimension,
        what: &str,
        place: &mut Place<'_>,
    ) -> Option<Expr> {
        let typed = self.expr(expr, place)?;
        self.fits(typed, expr.span, dimension, what)
    }

    /// As [`Scope::of_dimension`], but a bare literal takes the unit and keeps to the bounds (in base units).
    pub fn quantity_of(
        &mut self,
        expr: &ast::Expr,
        unit: &Unit,
        bounds: Range,
        what: &str,
        place: &mut Place<'_>,
    ) -> Option<Expr> {
        let typed = if Self::is_literal(expr) {
            let literal = self.literal(expr, unit, bounds)?;
            self.in_place(literal, bounds, place)?
        } else {
            self.expr(expr, place)?
        };
        self.fits(typed, expr.span, &unit.dimension, what)
    }

    pub(super) fn fits(&mut self, typed: Typed, span: Span, wanted: &Dimension, what: &str) -> Option<Expr> {
        let dimension = self.as_number(&typed, span)?;
        if dimension == *wanted || typed.expr == Expr::Number(0.0) {
            return Some(typed.expr);
        }
        let wanted_words = if wanted.is_none() || *wanted == Dimension::rate() {
            Type::Number(wanted.clone()).show()
        } else {
            format!("measured in {}", wanted.show())
        };
        let mut diagnostic = Diagnostic::new(
            if dimension.is_none() && *wanted == Dimension::rate() { Code::NeedsTime } else { Code::UnitMismatch },
            span,
            format!("{what} is {wanted_words}, and this is {}", typed.ty.show()),
        );
        let months = Dimension::base("month");
        diagnostic.help = Some(if typed.ty == Type::Truth && *wanted == Dimension::rate() {
            "a condition stands after `when`; say how likely it is while that holds, as in `when war hazard 5% per year`"
                .to_owned()
        } else if *wanted == dimension.times(&months, -1) {
            "say per what time: `… per month`, `5% per year`, `30% within 6 months`".to_owned()
        } else if wanted.times(&months, -1) == dimension {
            "this is per time; leave the `per …` out, or multiply it by a time".to_owned()
        } else if dimension == Dimension::rate() && wanted.times(&months, 1) != *wanted {
            "a share per time has to be multiplied by what it is a share of: `front[RU] * (5% per month)`".to_owned()
        } else if what == "a hazard" && dimension == months {
            "a hazard is how often in a time: `1 in 3 months`, `4 per year`".to_owned()
        } else if what == "a hazard" {
            let timeless = dimension.times(&months, 1);
            let counted = if timeless.show().contains("month") { dimension } else { timeless };
            format!(
                "how often something happens has no other unit: write `3 per year`, or divide a quantity by so much of \
                 its unit, as in `(1% per year) * QUANTITY / ({})`",
                hundred(&counted)
            )
        } else if wanted.is_none() {
            format!("divide it by so much of its unit, as in `… / ({})`", hundred(&dimension))
        } else if dimension.is_none() {
            format!("give the number its unit, as in `{}`", hundred(wanted))
        } else {
            format!("multiply or divide by what is missing, so that {} results", wanted.show())
        });
        self.diagnostics.push(diagnostic);
        None
    }

    /// Two branches or sides of one type: their common type.
    pub(super) fn same(&mut self, left: &Typed, left_span: Span, right: &Typed, right_span: Span) -> Option<Type> {
        if left.ty == right.ty {
            return Some(left.ty.clone());
        }
        if let (Type::Level(_), _) | (_, Type::Level(_)) = (&left.ty, &right.ty) {
            self.diagnostics.push(
                Diagnostic::new(Code::TypeMismatch, right_span, "these two are of different kinds")
                    .label(format!("this is {}", right.ty.show()))
                    .also(left_span, format!("this is {}", left.ty.show()))
                    .help("a ladder is compared with one of its levels; `lookup` gives each level a number"),
            );
            return None;
        }
        let a = self.as_number(left, left_span)?;
        let b = self.as_number(right, right_span)?;
        let zero = Expr::Number(0.0);
        match () {
            () if a == b || right.expr == zero => Some(number(a)),
            () if left.expr == zero => Some(number(b)),
            () => {
                let help = match (a.is_none(), b.is_none()) {
                    (true, false) => format!("give the plain number its unit, as in `{}`", hundred(&b)),
                    (false, true) => format!("give the plain number its unit, as in `{}`", hundred(&a)),
                    _ => "multiply or divide one of them by what is missing".to_owned(),
                };
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::UnitMismatch,
                        right_span,
                        format!("{} and {} cannot be added, compared or exchanged", left.ty.show(), right.ty.show()),
                    )
                    .label(right.ty.show())
                    .also(left_span, left.ty.show())
                    .help(help),
                );
                None
            }
        }
    }

    pub(super) fn read(
        &mut self,
        reads: Reads,
        what: impl FnOnce() -> String,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<()> {
        place.did_read = place.did_read.max(reads);
        if reads <= place.reads {
            return Some(());
        }
        let what = what();
        let diagnostic = match place.reads {
            Reads::Constants => {
                self.not_single(&what, span);
                return None;
            }
            Reads::Parameters => {
                Diagnostic::new(Code::WrongKind, span, format!("{what} changes with time, and this is settled before the start"))
                    .help("use numbers and parameters alone; a formula of the state is written `let NAME = …`")
            }
            _ => Diagnostic::new(Code::OutcomeNotKnown, span, format!("{what} is not known where this is decided"))
                .help("let the event or option set a flag or a ladder, and read that; a reply says `after CHOICE = OPTION`"),
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// Whether a name is that of a parameter that is written as a probability without a time.
    fn is_probability(&self, reference: &Reference, place: &Place<'_>) -> bool {
        let Some(Symbol::Param(instances)) = self.symbols.get(&reference.name.value) else { return false };
        let entities = self.shared.entities_of(reference, &place.bindings);
        let index = entities.ok().and_then(|entities| instances.get(&entities).copied());
        index.and_then(|index| self.declared.get(index)).is_some_and(|declared| declared.is_probability)
    }

    fn reference(&mut self, reference: &Reference, place: &mut Place<'_>) -> Option<Typed> {
        let name = &reference.name.value;
        if !self.symbols.contains_key(name)
            && let Some(unit) = self.shared.units.get(name).filter(|_| reference.entities.is_empty())
        {
            return Some(Typed { expr: Expr::Number(unit.scale), ty: number(unit.dimension.clone()) });
        }
        let (message, help) = match self.meaning(reference, &place.bindings)? {
            Meaning::Param(index) => {
                self.read(Reads::Parameters, || format!("the parameter `{name}`"), reference.span, place)?;
                let declared = self.declared.get_mut(index)?;
                declared.is_used = true;
                if declared.is_unclear {
                    return None;
                }
                return Some(Typed { expr: Expr::Param(index), ty: declared.ty.clone() });
            }
            Meaning::Quantity(index) => {
                self.read(Reads::State, || format!("`{name}`"), reference.span, place)?;
                return Some(Typed { expr: Expr::Quantity(index), ty: self.quantities.get(index)?.clone() });
            }
            Meaning::Formula(index) => {
                let FormulaType { ty, reads } = self.formulas.get(index).cloned().flatten()?;
                self.read(reads, || format!("what `{name}` reads"), reference.span, place)?;
                return Some(Typed { expr: Expr::Formula(index), ty });
            }
            Meaning::Event(_) => (
                format!("`{name}` is an event, not a value"),
                format!("write `happened({name})`, or read the flag that it sets"),
            ),
            Meaning::Choice(choice) => {
                let option = choice.options.first().map_or("OPTION", |(name, _)| name.as_str());
                (
                    format!("`{name}` is a choice, not a value"),
                    format!("compare it with an option: `{name} = {option}`"),
                )
            }
            Meaning::Entity => (
                format!("`{name}` is an actor, place or group, not a value"),
                format!("name one of its quantities: `QUANTITY[{name}]`"),
            ),
        };
        self.diagnostics.push(Diagnostic::new(Code::WrongKind, reference.span, message).help(help));
        None
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        let function = match op {
            BinaryOp::Add => Function::Add,
            BinaryOp::Subtract => Function::Subtract,
            BinaryOp::Multiply => Function::Multiply,
            BinaryOp::Divide => Function::Divide,
            BinaryOp::Power => Function::Power,
            BinaryOp::Equal => Function::Equal,
            BinaryOp::NotEqual => Function::NotEqual,
            BinaryOp::Less => Function::Less,
            BinaryOp::AtMost => Function::AtMost,
            BinaryOp::Greater => Function::Greater,
            BinaryOp::AtLeast => Function::AtLeast,
            BinaryOp::And => Function::And,
            BinaryOp::Or => Function::Or,
        };
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let (left, right) = (self.condition(left, place), self.condition(right, place));
                Some(Typed { expr: apply(function, vec![left?, right?]), ty: Type::Truth })
            }
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::AtMost
            | BinaryOp::Greater
            | BinaryOp::AtLeast => self.comparison(function, left, right, span, place),
            BinaryOp::Add | BinaryOp::Subtract => {
                let (a, b) = (self.expr(left, place), self.expr(right, place));
                let (a, b) = (a?, b?);
                // Conditions count as numbers in sums.
                let dims = [self.as_number(&a, left.span)?, self.as_number(&b, right.span)?];
                let [da, db] = dims;
                let a = Typed { ty: number(da), ..a };
                let b = Typed { ty: number(db), ..b };
                let ty = self.same(&a, left.span, &b, right.span)?;
                Some(Typed { expr: apply(function, vec![a.expr, b.expr]), ty })
            }
            BinaryOp::Multiply | BinaryOp::Divide => {
                let (a, b) = (self.number(left, place), self.number(right, place));
                let ((a, da), (b, db)) = (a?, b?);
                let power = if op == BinaryOp::Multiply { 1 } else { -1 };
                let expr = if b == Expr::Number(1.0) { a } else { apply(function, vec![a, b]) };
                Some(Typed { expr, ty: number(da.times(&db, power)) })
            }
            BinaryOp::Power => {
                let (a, b) = (self.number(left, place), self.number(right, place));
                let ((a, da), (b, db)) = (a?, b?);
                if !db.is_none() {
                    self.diagnostics.push(
                        Diagnostic::new(Code::UnitMismatch, right.span, "an exponent is a plain number")
                            .label(db.show()),
                    );
                    return None;
                }
                let dimension = match (&b, da.is_none()) {
                    (_, true) => Dimension::none(),
                    (Expr::Number(n), false) if n.fract() == 0.0 && n.abs() <= 16.0 =>
                    {
                        #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most 16")]
                        Dimension::none().times(&da, *n as i32)
                    }
                    _ => {
                        self.diagnostics.push(
                            Diagnostic::new(
                                Code::UnitMismatch,
                                right.span,
                                "what has a unit can be raised only to a whole number",
                            )
                            .help("divide by one unit first: `(front / 1000 people) ^ 0.5`"),
                        );
                        return None;
                    }
                };
                Some(Typed { expr: apply(function, vec![a, b]), ty: number(dimension) })
            }
        }
    }

    fn comparison(
        &mut self,
        function: Function,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        if let ExprKind::Reference(choice) = &left.kind
            && let Some(Symbol::Choice(_)) = self.symbols.get(&choice.name.value)
        {
            let Meaning::Choice(symbol) = self.meaning(choice, &place.bindings)? else { return None };
            return self.outcome(function, choice, &symbol, right, span, place);
        }
        let bare = |expr: &ast::Expr| match &expr.kind {
            ExprKind::Reference(reference) if reference.entities.is_empty() => Some(reference.name.clone()),
            _ => None,
        };
        let level_first = bare(left).filter(|name| !self.symbols.contains_key(&name.value));
        let (a, b) = if let Some(level) = level_first
            && let ExprKind::Reference(other) = &right.kind
            && self.is_ladder(other, place)
        {
            let b = self.expr(right, place)?;
            let Type::Level(levels) = &b.ty else { return None };
            (self.level(&level, levels)?, b)
        } else {
            let a = self.expr(left, place)?;
            if a.ty == Type::Truth
                && let (ExprKind::Reference(flag), Some(value)) = (&left.kind, self.stray(right, &place.bindings))
            {
                self.no_truth(flag, value);
                return None;
            }
            let b = match (&a.ty, bare(right)) {
                (Type::Level(levels), Some(level))
                    if !self.symbols.contains_key(&level.value) || levels.contains(&level.value) =>
                {
                    self.level(&level, levels)?
                }
                _ => self.expr(right, place)?,
            };
            (a, b)
        };
        let truth_like = a.ty == Type::Truth && b.ty == Type::Truth;
        if truth_like && !matches!(function, Function::Equal | Function::NotEqual) {
            self.diagnostics.push(
                Diagnostic::new(Code::TypeMismatch, span, "of two conditions neither is greater")
                    .help("use `=`, `!=`, `and`, `or`, `not`"),
            );
            return None;
        }
        self.same(&a, left.span, &b, right.span)?;
        // Of two conditions nothing is known; `1 < x < 3` is told elsewhere.
        if a.ty == Type::Truth || b.ty == Type::Truth {
            return Some(Typed { expr: apply(function, vec![a.expr, b.expr]), ty: Type::Truth });
        }
        let levels = of_levels(&a.ty) || of_levels(&b.ty);
        self.note(span, Noted::Comparison(function, a.expr.clone(), b.expr.clone(), levels));
        Some(Typed { expr: apply(function, vec![a.expr, b.expr]), ty: Type::Truth })
    }

    fn is_ladder(&self, reference: &Reference, place: &Place<'_>) -> bool {
        let Some(Symbol::Quantity(instances)) = self.symbols.get(&reference.name.value) else { return false };
        let entities = self.shared.entities_of(reference, &place.bindings);
        let index = entities.ok().and_then(|entities| instances.get(&entities)).or(instances.values().next());
        matches!(index.and_then(|index| self.quantities.get(*index)), Some(Type::Level(_)))
    }

    /// A level by its name.
    pub fn level(&mut self, name: &Name, levels: &Arc<[String]>) -> Option<Typed> {
        if let Some(index) = levels.iter().position(|level| *level == name.value) {
            #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
            let index = index as f64;
            return Some(Typed { expr: Expr::Number(index), ty: Type::Level(levels.clone()) });
        }
        let help = match nearest(&name.value, levels.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its levels are {}", some(levels.iter().map(String::as_str))),
        };
        self.diagnostics.push(
            Diagnostic::new(Code::UnknownLevel, name.span, format!("this ladder has no level `{}`", name.value))
                .label("not one of its levels")
                .help(help),
        );
        None
    }

    fn outcome(
        &mut self,
        function: Function,
        choice: &Reference,
        symbol: &ChoiceSymbol,
        right: &ast::Expr,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        let options = &symbol.options;
        let name = match &right.kind {
            ExprKind::Reference(reference) if reference.entities.is_empty() => &reference.name,
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(Code::TypeMismatch, right.span, "a choice is compared with one of its options")
                        .label("not one of its options")
                        .help(format!("the options are {}", some(options.iter().map(|(name, _)| name.as_str())))),
                );
                return None;
            }
        };
        let Some((_, option)) = options.iter().find(|(option, _)| *option == name.value) else {
            self.no_option(&choice.name.value, name, options);
            return None;
        };
        self.read(Reads::Now, || format!("what was chosen in `{}`", choice.name.value), span, place)?;
        let chosen = match (symbol.index, *option) {
            (Some(choice), Some(option)) => Expr::Chosen { choice, option },
            _ => Expr::Number(0.0),
        };
        match function {
            Function::Equal => Some(Typed { expr: chosen, ty: Type::Truth }),
            Function::NotEqual => Some(Typed { expr: apply(Function::Not, vec![chosen]), ty: Type::Truth }),
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(Code::TypeMismatch, span, "options have no order")
                        .help("compare a choice with an option by `=` or `!=`"),
                );
                None
            }
        }
    }

    fn lookup(
        &mut self,
        on: &Reference,
        entries: &[(Name, ast::Expr)],
        otherwise: Option<&ast::Expr>,
        span: Span,
        place: &mut Place<'_>,
    ) -> Option<Typed> {
        let (index, ty) = self.quantity(on, &place.bindings, "ladder")?;
        self.read(Reads::State, || format!("`{}`", on.name.value), on.span, place)?;
        let levels = match ty {
            Type::Level(levels) => levels,
            Type::Truth => Arc::from(["no".to_owned(), "yes".to_owned()]),
            Type::Number(_) => {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::WrongKind,
                        on.span,
                        format!("`{}` is a stock, and `lookup` reads a ladder", on.name.value),
                    )
                    .help("use a formula of it, or declare a ladder"),
                );
                return None;
            }
        };
        let mut values: Vec<Option<(Typed, Span)>> = vec![None; levels.len()];
        let mut complete = true;
        for (name, entry) in entries {
            let Some(Typed { expr: Expr::Number(level), .. }) = self.level(name, &levels) else {
                complete = false;
                continue;
            };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index that was just made")]
            let Some(slot) = values.get_mut(level as usize) else { continue };
            if slot.is_some() {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::BadLookup,
                        name.span,
                        format!("`{}` has two values in this table", name.value),
                    )
                    .label("its second value")
                    .also(
                        entries
                            .iter()
                            .find(|(other, _)| other.value == name.value)
                            .map_or(span, |(other, _)| other.span),
                        "its first value",
                    )
                    .help("give each level one value"),
                );
                complete = false;
                continue;
            }
            match self.expr(entry, place) {
                Some(typed) => *slot = Some((typed, entry.span)),
                None => complete = false,
            }
        }
        if let Some(otherwise) = otherwise {
            let typed = self.expr(otherwise, place)?;
            for slot in &mut values {
                slot.get_or_insert_with(|| (typed.clone(), otherwise.span));
            }
        }
        if !complete {
            return None;
        }
        let missing: Vec<&str> =
            levels.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(level, _)| level.as_str()).collect();
        if !missing.is_empty() {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::BadLookup,
                    span,
                    format!("this table has no value for {}", some(missing.iter().copied())),
                )
                .help(format!(
                    "add `{}: …`, or `else: …` for all that are left",
                    missing.first().copied().unwrap_or("level")
                )),
            );
            return None;
        }
        let values: Vec<(Typed, Span)> = values.into_iter().flatten().collect();
        let (first, first_span) = values.first()?.clone();
        let mut ty = first.ty.clone();
        let mut so_far = first;
        for (typed, span) in values.iter().skip(1) {
            ty = self.same(&so_far, first_span, typed, *span)?;
            if so_far.expr == Expr::Number(0.0) || so_far.ty == Type::Truth {
                so_far = Typed { ty: ty.clone(), expr: typed.expr.clone() };
            }
        }
        let mut args = vec![Expr::Quantity(index)];
        args.extend(values.into_iter().map(|(typed, _)| typed.expr));
        Some(Typed { expr: apply(Function::Lookup, args), ty })
    }
}
