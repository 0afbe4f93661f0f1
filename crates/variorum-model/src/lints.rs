//! Things that are written as the language allows, and often meant otherwise. Each is told once where it is written.

use crate::collect::Shared;
use crate::units::{Dimension, Units};
use variorum_syntax::ast::{
    self, BinaryOp, EffectOp, Expr, ExprKind, ForEach, Reference, Statement, StatementKind, UnaryOp,
};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// Looks at one statement, not at those inside it.
pub fn lint(shared: &Shared<'_>, statement: &Statement, diagnostics: &mut Vec<Diagnostic>) {
    if let StatementKind::Flow(flow) = &statement.kind
        && let Some(rate) = &flow.rate
    {
        parts(rate, &mut |part| diagnostics.extend(share_or_hazard(&shared.units, part)));
    }
    if let StatementKind::ForEach(for_each) = &statement.kind {
        idle_variables(for_each, diagnostics);
        // A reading may well say one thing of all.
        if !is_own(shared, statement) {
            diagnostics.extend(for_each.statements.iter().filter_map(|one| same_for_each(for_each, one)));
        }
    }
    expressions(statement, &mut |expr| {
        parts(expr, &mut |part| {
            diagnostics.extend(if_covers_sum(part));
            unused_variables(part, diagnostics);
        });
    });
    trailing_ifs(statement, diagnostics);
}

/// Whether a statement stands in a reading or in a scenario.
fn is_own(shared: &Shared<'_>, statement: &Statement) -> bool {
    let readings = shared.readings.iter().flat_map(|reading| &reading.statements);
    let mut own = readings.chain(shared.scenarios.iter().flat_map(|scenario| &scenario.statements));
    let at = statement.span;
    own.any(|one| one.span.file == at.file && one.span.start <= at.start && at.end <= one.span.end)
}

/// Every expression of a statement.
fn expressions<'s>(statement: &'s Statement, visit: &mut dyn FnMut(&'s Expr)) {
    let effects = |effects: &'s [ast::Effect], visit: &mut dyn FnMut(&'s Expr)| {
        effects.iter().filter_map(|effect| effect.value.as_ref()).for_each(visit);
    };
    let option = |option: &'s ast::ChoiceOption, visit: &mut dyn FnMut(&'s Expr)| {
        option.probability.iter().for_each(&mut *visit);
        effects(&option.effects, visit);
    };
    match &statement.kind {
        StatementKind::Param(param) => param.value.iter().for_each(visit),
        StatementKind::Stock(stock) => stock.start.iter().for_each(visit),
        StatementKind::Let(formula) => formula.value.iter().for_each(visit),
        StatementKind::Event(event) => {
            event.when.iter().chain(&event.hazard).chain(&event.chance).for_each(&mut *visit);
            effects(&event.effects, visit);
        }
        StatementKind::Choice(choice) => {
            for occasion in &choice.occasions {
                if let ast::Occasion::Considered(rate) = &occasion.value {
                    visit(rate);
                }
            }
            choice.when.iter().for_each(&mut *visit);
            choice.options.iter().for_each(|one| option(one, visit));
        }
        StatementKind::OptionOf(_, one) => option(one, visit),
        StatementKind::Flow(flow) => {
            flow.rate.iter().chain(flow.noise.as_ref().map(|(sd, _)| sd)).for_each(visit);
        }
        StatementKind::Utility(utility) => utility.value.iter().for_each(visit),
        StatementKind::Horizon(setting) | StatementKind::Precision(setting) | StatementKind::Patience(setting) => {
            setting.value.iter().for_each(visit);
        }
        StatementKind::Observe(observe) => {
            let reported = observe.reported.iter();
            let chances = reported.flat_map(|reported| reported.hits.iter().chain(&reported.false_alarms));
            observe.what.iter().chain(&observe.error).chain(chances).for_each(visit);
        }
        StatementKind::Set(set) => set.value.iter().for_each(visit),
        StatementKind::Hold(hold) => hold.value.iter().for_each(visit),
        StatementKind::Question(question) => {
            for query in question.query.iter().chain(&question.given) {
                match query {
                    ast::Query::By(expr, _)
                    | ast::Query::At(expr, _)
                    | ast::Query::Within(expr, ..)
                    | ast::Query::Value(expr, _)
                    | ast::Query::First(expr, _) => visit(expr),
                }
            }
        }
        _ => {}
    }
}

/// Visits an expression and all expressions in it.
fn parts<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    visit(expr);
    expr.parts().into_iter().for_each(|part| parts(part, visit));
}

/// `front * 5% / month`: so much flows each month, where a share that is lost at random, `5% per month`, may be meant.
fn share_or_hazard(units: &Units, expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Binary(BinaryOp::Divide, share, time) = &expr.kind else { return None };
    let unit = match &time.kind {
        ExprKind::Reference(reference) if reference.entities.is_empty() => &reference.name,
        ExprKind::Number(_, Some(unit)) => unit,
        _ => return None,
    };
    if units.get(&unit.value).is_none_or(|unit| unit.dimension != Dimension::base("month")) {
        return None;
    }
    let (percentage, fraction) = percentage(share)?;
    let unit = unit.value.strip_suffix('s').unwrap_or(&unit.value);
    Some(
        Diagnostic::new(
            Code::ShareOrHazard,
            percentage.span,
            format!(
                "a percentage divided by a time: is so much of it to flow in each {unit}, or is this a probability?"
            ),
        )
        .label("a share, or a hazard?")
        .help(format!(
            "for the share write the plain number, `{fraction} / {unit}`; for a hazard, which compounds, `… per {unit}`"
        )),
    )
}

/// The percentage among the factors of a product, and how it is written without `%`.
fn percentage(expr: &Expr) -> Option<(&Expr, String)> {
    // Digits as they are written, moved by two places, without the rounding of a division.
    let fraction = |value: f64| {
        let text = format!("{:.12}", value / 100.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match &expr.kind {
        ExprKind::Number(number, _) if number.percent => Some((expr, fraction(number.value))),
        ExprKind::Interval(low, high, _) if low.percent => {
            Some((expr, format!("({} .. {})", fraction(low.value), fraction(high.value))))
        }
        ExprKind::Binary(BinaryOp::Multiply, left, right) => percentage(right).or_else(|| percentage(left)),
        ExprKind::Unary(UnaryOp::Minus, inner) | ExprKind::Binary(BinaryOp::Divide, inner, _) => percentage(inner),
        _ => None,
    }
}

/// The condition and the value of `a if c` without brackets and without `else`.
fn trailing_if(expr: &Expr) -> Option<(&Expr, &Expr)> {
    let ExprKind::If(condition, then, None) = &expr.kind else { return None };
    // The place of what stands in brackets begins with them.
    (condition.span.start > then.span.start && expr.span.start == then.span.start).then_some((condition, then))
}

/// `a if c` where what it is elsewhere, 0 or no, is likely not what is meant: set by an effect, or asked.
fn trailing_ifs(statement: &Statement, diagnostics: &mut Vec<Diagnostic>) {
    let resets = |effects: &[ast::Effect], is_event: bool| -> Vec<Diagnostic> {
        effects.iter().filter_map(|effect| if_resets(effect, is_event)).collect()
    };
    match &statement.kind {
        StatementKind::Event(event) => diagnostics.extend(resets(&event.effects, true)),
        StatementKind::Choice(choice) => {
            choice.options.iter().for_each(|option| diagnostics.extend(resets(&option.effects, false)));
        }
        StatementKind::OptionOf(_, option) => diagnostics.extend(resets(&option.effects, false)),
        StatementKind::Question(question) => diagnostics.extend(question.query.iter().filter_map(if_or_given)),
        _ => {}
    }
}

/// `then war = yes if blockade`: without a blockade there is no war afterwards, even if there was one.
fn if_resets(effect: &ast::Effect, is_event: bool) -> Option<Diagnostic> {
    let (condition, value) = trailing_if(effect.value.as_ref()?)?;
    let target = crate::readings::show_name(&effect.target);
    let (what, otherwise) = match effect.op {
        EffectOp::Set => (format!("where this fails, `{target}` is set too: to 0, no or the lowest level"), &*target),
        EffectOp::Multiply => (format!("where this fails, `{target}` is multiplied by 0"), "1"),
        _ => return None,
    };
    let when = if is_event { "; if nothing of the event is to happen there, put `when` before its hazard" } else { "" };
    Some(
        Diagnostic::new(Code::IfResets, condition.span, what)
            .label("only the value depends on this, not whether there is an effect")
            .also(value.span, "this is the value where it holds")
            .help(format!("say what it is otherwise: `… if … else {otherwise}` changes nothing{when}")),
    )
}

/// `war if talks by 2026-12`: war and talks at once, in all trajectories.
fn if_or_given(query: &ast::Query) -> Option<Diagnostic> {
    let (expr, is_number) = match query {
        ast::Query::By(expr, _) | ast::Query::At(expr, _) | ast::Query::Within(expr, ..) => (expr, false),
        ast::Query::First(expr, _) => (expr, false),
        ast::Query::Value(expr, _) => (expr, true),
    };
    let (condition, value) = trailing_if(expr)?;
    let (what, plainly) = match is_number {
        true => ("where this fails, the value counts as 0", "`(… if …)` in brackets, or `… if … else 0`"),
        false => ("where this fails, the answer is no: both must hold at once", "`… and …`"),
    };
    Some(
        Diagnostic::new(Code::IfOrGiven, condition.span, what)
            .label("a condition on which the question is asked?")
            .also(value.span, "this is asked of all trajectories")
            .help(format!(
                "to ask only where it holds, write `given` after the date: `… by DATE given … by DATE`; else say it plainly, {plainly}"
            )),
    )
}

/// `a + b if c` without brackets.
fn if_covers_sum(expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::If(condition, then, None) = &expr.kind else { return None };
    let ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, first, last) = &then.kind else { return None };
    let is_trailing = condition.span.start > then.span.start;
    // The place of what stands in brackets begins with them.
    let is_bracketed = then.span.start < first.span.start;
    if !is_trailing || is_bracketed {
        return None;
    }
    Some(
        Diagnostic::new(Code::IfCoversSum, condition.span, "this condition is that of the whole sum before it")
            .label("for all terms, or for the last?")
            .also(first.span, "this counts only where it holds")
            .also(last.span, "as does this")
            .help("say which by brackets: `(a + b) if c`, or `a + (b if c)`"),
    )
}

/// `sum(b in rivals: tie[a, c])`.
fn unused_variables(expr: &Expr, diagnostics: &mut Vec<Diagnostic>) {
    let ExprKind::Aggregate(_, range, body) = &expr.kind else { return };
    for variable in range.variables.iter().filter(|variable| !mentions(body, &variable.value)) {
        let name = &variable.value;
        diagnostics.push(
            Diagnostic::new(Code::UnusedVariable, variable.span, format!("`{name}` is not used in what follows"))
                .label("the same for each of them?")
                .help(format!("name something of each member, as in `QUANTITY[{name}]`")),
        );
    }
}

/// Whether a variable stands in an expression.
fn mentions(expr: &Expr, variable: &str) -> bool {
    let names = |reference: &Reference| reference.entities.iter().any(|entity| entity.value == variable);
    let mut found = false;
    parts(expr, &mut |part| {
        found |= match &part.kind {
            ExprKind::Reference(reference) | ExprKind::Risk(reference, ..) => names(reference),
            ExprKind::Lookup { on, .. } => names(on),
            ExprKind::Aggregate(_, range, _) => range.except.iter().any(|name| name.value == variable),
            _ => false,
        };
    });
    found
}

/// `for each a in rivals` above statements that name no `a`: they say one thing several times.
fn idle_variables(for_each: &ForEach, diagnostics: &mut Vec<Diagnostic>) {
    // A declaration that is repeated under one name is an error, which says so.
    let is_done = |statement: &Statement| {
        matches!(
            statement.kind,
            StatementKind::SwitchOff(_)
                | StatementKind::Keeps(..)
                | StatementKind::OptionOf(..)
                | StatementKind::Set(_)
                | StatementKind::Hold(_)
        )
    };
    if !for_each.statements.is_empty() && for_each.statements.iter().all(is_done) {
        for variable in &for_each.range.variables {
            let name = &variable.value;
            if !for_each.statements.iter().any(|statement| names(statement, name)) {
                diagnostics.push(
                    Diagnostic::new(
                        Code::UnusedVariable,
                        variable.span,
                        format!("`{name}` is not used in the statements below"),
                    )
                    .label("the same for each of them?")
                    .help(format!(
                        "name something of each member, as in `QUANTITY[{name}]`, or write the statement once, without `for each`"
                    )),
                );
            }
        }
    }
}

/// `for each a in rivals` with `let x[a] = y`, or `utility x[a]: KP = y`, where nothing but the name differs.
fn same_for_each(for_each: &ForEach, statement: &Statement) -> Option<Diagnostic> {
    let (name, value, actor) = match &statement.kind {
        StatementKind::Let(formula) => (formula.target.as_ref()?, formula.value.as_ref()?, None),
        StatementKind::Utility(utility) => (utility.label.as_ref()?, utility.value.as_ref()?, utility.actor.as_ref()),
        _ => return None,
    };
    let variables: Vec<&str> = for_each.range.variables.iter().map(|name| name.value.as_str()).collect();
    let of_name = name.entities.iter().find(|entity| variables.contains(&entity.value.as_str()))?;
    let is_used = variables.iter().any(|variable| mentions(value, variable))
        || actor.is_some_and(|actor| variables.contains(&actor.value.as_str()));
    // Numbers alone, perhaps each drawn for itself, may stand for each of them.
    let (mut reads, mut draws) = (false, false);
    parts(value, &mut |part| match &part.kind {
        ExprKind::Reference(_) | ExprKind::Risk(..) | ExprKind::Lookup { .. } => reads = true,
        ExprKind::Number(..) | ExprKind::Binary(..) | ExprKind::Unary(..) | ExprKind::If(..) | ExprKind::Truth(_) => {}
        ExprKind::Per(..) | ExprKind::Within(..) | ExprKind::Aggregate(..) => {}
        _ => draws = true,
    });
    if is_used || !reads || draws {
        return None;
    }
    let variable = &of_name.value;
    Some(
        Diagnostic::new(
            Code::UnusedVariable,
            of_name.span,
            format!("`{variable}` stands in the name alone, so this is the same for each of them"),
        )
        .label("not used in what follows")
        .help(format!(
            "name something of each member, as in `QUANTITY[{variable}]`, or write the statement once, without `for each`"
        )),
    )
}

/// Whether a variable stands in a statement of what is done: below `switch off`, `keeps`, `option`, `set`, `hold`.
fn names(statement: &Statement, variable: &str) -> bool {
    let of = |reference: &Reference| reference.entities.iter().any(|entity| entity.value == variable);
    let path = |path: &ast::Path| path.name.name.value == variable || of(&path.name) || path.others.iter().any(of);
    let target = match &statement.kind {
        StatementKind::SwitchOff(paths) => paths.iter().any(path),
        StatementKind::Keeps(kept, _) => kept.as_ref().is_none_or(path),
        StatementKind::OptionOf(choice, option) => of(choice) || option.effects.iter().any(|effect| of(&effect.target)),
        StatementKind::Set(set) => of(&set.target),
        StatementKind::Hold(hold) => of(&hold.target),
        _ => true,
    };
    let mut found = target;
    expressions(statement, &mut |expr| found |= mentions(expr, variable));
    found
}
