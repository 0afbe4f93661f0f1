//! Readings: which statements each has, and what its author says of the claims behind them.

use crate::collect::{Item, Shared, items, one_each, unknown};
use crate::names::{nearest, some};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, ExprKind, Path, Provenance, Stance, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// How a statement stands to the claims of a reading's author (semantics, section 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The author asserts a claim behind it.
    Own,
    /// Claims are behind it, and the author is silent on them.
    Borrowed,
    /// The author doubts or denies a claim behind it, and the reading keeps it all the same.
    Contested,
    /// No claim is behind it.
    Unsupported,
}

/// Where a statement's numbers come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A source states them.
    Cited,
    /// A count among a reference class.
    BaseRate,
    /// A judgement, openly.
    Assumed,
    /// It has no numbers, or none that need an origin.
    None,
}

/// A reading's statements.
#[derive(Clone, Debug, Default)]
pub struct Composed<'a> {
    /// All of them, switched off ones included.
    pub items: Vec<Item<'a>>,
    /// Paths that are switched off.
    pub off: BTreeSet<String>,
    /// Contested statements that it keeps, with its reason.
    pub keeps: BTreeMap<String, String>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether a patch is being applied, which may switch off what the reading says itself.
    patching: bool,
}

/// The path that is written.
#[must_use]
pub fn show(path: &Path) -> String {
    let entities: Vec<String> = path.name.entities.iter().map(|name| name.value.clone()).collect();
    let mut text = crate::collect::show(&path.name.name.value, &entities);
    if let Some(keyword) = &path.keyword {
        text = format!("{} {text}", keyword.value);
    }
    if let Some(option) = &path.option {
        text = format!("{text}.{}", option.value);
    }
    text
}

/// Merges the shared statements with those of a reading, and then with a patch (statements as a reading has them).
pub fn compose<'a>(shared: &Shared<'a>, layers: &[&'a [Statement]]) -> Composed<'a> {
    let mut composed = Composed { items: shared.items.clone(), ..Composed::default() };
    for (place, layer) in layers.iter().enumerate() {
        composed.patching = place > 0;
        layer_over(shared, layer, &mut composed);
    }
    composed
}

fn layer_over<'a>(shared: &Shared<'a>, layer: &'a [Statement], composed: &mut Composed<'a>) {
    let mut own: Vec<Item<'a>> = Vec::new();
    for statement in layer {
        match &statement.kind {
            StatementKind::Param(_)
            | StatementKind::Stock(_)
            | StatementKind::Ladder(_)
            | StatementKind::Flag(_)
            | StatementKind::Let(_)
            | StatementKind::Event(_)
            | StatementKind::Choice(_)
            | StatementKind::Flow(_)
            | StatementKind::Utility(_)
            | StatementKind::Horizon(_)
            | StatementKind::Precision(_)
            | StatementKind::Patience(_)
            | StatementKind::Foresight(_) => own.extend(items(statement, shared, true, &mut composed.diagnostics)),
            StatementKind::SwitchOff(_)
            | StatementKind::Keeps(..)
            | StatementKind::OptionOf(..)
            | StatementKind::Error => {}
            _ => composed.diagnostics.push(
                Diagnostic::new(Code::MisplacedClause, statement.head, "this belongs to all readings, not to one")
                    .label("inside a reading")
                    .help("move it to the left margin, outside the reading"),
            ),
        }
    }
    one_each(&own, &mut composed.diagnostics);
    for item in own {
        match composed.items.iter_mut().find(|other| other.path == item.path) {
            Some(other)
                if std::mem::discriminant(&other.statement.kind) == std::mem::discriminant(&item.statement.kind) =>
            {
                let replaces = Some(other.replaces.unwrap_or(other.statement));
                *other = Item { replaces, ..item };
            }
            Some(other) => composed.diagnostics.push(
                Diagnostic::new(
                    Code::WrongKind,
                    item.statement.head,
                    format!("`{}` is something else in the shared model", item.path),
                )
                .label("replaced by another kind of statement")
                .also(other.statement.head, "declared here")
                .help("a reading replaces a statement by one of the same kind; give a new one a name of its own"),
            ),
            None => composed.items.push(item),
        }
    }
    for statement in layer {
        match &statement.kind {
            StatementKind::OptionOf(choice, option) => replace_option(composed, &choice.name, option),
            StatementKind::SwitchOff(paths) => paths.iter().for_each(|path| switch_off(composed, path)),
            StatementKind::Keeps(Some(path), why) => {
                let text = show(path);
                if known(composed, &text) {
                    composed.keeps.insert(text, why.as_ref().map_or(String::new(), |why| why.value.clone()));
                } else {
                    let diagnostic = unknown_path(composed, path, &text);
                    composed.diagnostics.push(diagnostic);
                }
            }
            _ => {}
        }
    }
}

fn replace_option<'a>(composed: &mut Composed<'a>, choice: &ast::Name, option: &'a ast::ChoiceOption) {
    let item = composed.items.iter_mut().find(|item| item.path == choice.value);
    let Some(item) = item else {
        let choices = composed.items.iter().filter(|item| matches!(item.statement.kind, StatementKind::Choice(_)));
        let names: Vec<&str> = choices.map(|item| item.path.as_str()).collect();
        let diagnostic = unknown("choice", choice, names.iter().copied(), "choice NAME by ACTOR");
        composed.diagnostics.push(diagnostic);
        return;
    };
    if let StatementKind::Choice(declared) = &item.statement.kind
        && declared.options.iter().any(|other| other.name.value == option.name.value)
    {
        if let Some(earlier) = item.options.insert(option.name.value.clone(), option) {
            let found = crate::collect::duplicate(&option.name.value, option.name.span, earlier.name.span);
            composed.diagnostics.push(found);
        }
        return;
    }
    composed.diagnostics.push(
        Diagnostic::new(
            Code::UnknownName,
            option.name.span,
            format!("`{}` has no option `{}`", choice.value, option.name.value),
        )
        .label("not one of its options")
        .help("repeat the whole choice in the reading to give it another option"),
    );
}

fn options<'c>(composed: &'c Composed<'_>) -> impl Iterator<Item = String> + 'c {
    composed.items.iter().flat_map(|item| match &item.statement.kind {
        StatementKind::Choice(choice) => {
            choice.options.iter().map(|option| format!("{}.{}", item.path, option.name.value)).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    })
}

fn known(composed: &Composed<'_>, path: &str) -> bool {
    composed.items.iter().any(|item| item.path == path) || options(composed).any(|option| option == path)
}

fn unknown_path(composed: &Composed<'_>, path: &Path, text: &str) -> Diagnostic {
    let all: Vec<String> = composed.items.iter().map(|item| item.path.clone()).chain(options(composed)).collect();
    let help = match nearest(text, all.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let ending = format!(" {text}");
            let similar: Vec<&str> = all
                .iter()
                .map(String::as_str)
                .filter(|path| path.ends_with(&ending) || path.starts_with(text))
                .collect();
            if similar.is_empty() {
                "`variorum check --statements` lists all statements by their paths".to_owned()
            } else {
                format!("there are {}", some(similar.into_iter()))
            }
        }
    };
    Diagnostic::new(Code::UnknownName, path.span, format!("there is no statement `{text}`"))
        .label("not a statement")
        .help(help)
}

fn switch_off(composed: &mut Composed<'_>, path: &Path) {
    let text = show(path);
    if !known(composed, &text) {
        let diagnostic = unknown_path(composed, path, &text);
        composed.diagnostics.push(diagnostic);
        return;
    }
    let item = composed.items.iter().find(|item| item.path == text);
    let what = match item.map(|item| &item.statement.kind) {
        Some(StatementKind::Param(_)) => Some(("parameter", format!("give it a neutral value: `param {text} = 0`"))),
        Some(StatementKind::Let(_)) => Some(("formula", format!("give it a neutral value: `let {text} = 0`"))),
        Some(StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_)) => {
            Some(("quantity", "switch off the flows, events and choices that change it".to_owned()))
        }
        _ => None,
    };
    if let Some((what, help)) = what {
        composed.diagnostics.push(
            Diagnostic::new(Code::BadSwitchOff, path.span, format!("a {what} cannot be switched off"))
                .label("other statements read it")
                .help(help),
        );
        return;
    }
    if let Some(option) = &path.option
        && is_default(composed, &path.name.name.value, &option.value)
    {
        let choice = &path.name.name.value;
        composed.diagnostics.push(
            Diagnostic::new(Code::BadSwitchOff, path.span, format!("the default of `{choice}` cannot be switched off"))
                .label("what is left if nobody acts?")
                .help(format!("switch off the whole choice, `switch off {choice}`, or another option")),
        );
        return;
    }
    if let Some(own) = item.filter(|item| item.own && !composed.patching) {
        let found = Diagnostic::new(
            Code::BadSwitchOff,
            path.span,
            format!("this reading says `{text}` itself, and switches it off"),
        )
        .label("switched off here")
        .also(own.statement.head, "said here")
        .help("delete one of the two");
        composed.diagnostics.push(found);
        return;
    }
    composed.off.insert(text);
}

/// Whether an option is the default of its choice, as far as the reading has changed it.
fn is_default(composed: &Composed<'_>, choice: &str, option: &str) -> bool {
    composed.items.iter().filter(|item| item.path == choice).any(|item| match &item.statement.kind {
        StatementKind::Choice(declared) => declared
            .options
            .iter()
            .filter(|declared| declared.name.value == option)
            .any(|declared| item.options.get(option).copied().unwrap_or(declared).default.is_some()),
        _ => false,
    })
}

/// The sources whose stances a reading adopts: the one of its own name, and its voices.
pub fn voices(shared: &Shared<'_>, reading: &ast::Reading, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let mut voices = BTreeSet::new();
    if let Some(name) = &reading.name
        && shared.sources.contains_key(&name.value)
    {
        voices.insert(name.value.clone());
    }
    for voice in &reading.voices {
        if shared.sources.contains_key(&voice.value) {
            voices.insert(voice.value.clone());
        } else {
            diagnostics.push(unknown(
                "source",
                voice,
                shared.sources.keys().map(String::as_str),
                "source NAME \"title\"",
            ));
        }
    }
    voices
}

/// What these sources say of a claim.
pub fn stances<'a>(claim: &'a ast::Claim, voices: &BTreeSet<String>) -> Vec<(&'a str, Stance)> {
    let lines = claim.stances.iter().filter(|line| voices.contains(&line.source.value));
    lines.map(|line| (line.source.value.as_str(), line.stance.value)).collect()
}

/// A statement's standing in a reading with these voices.
pub fn standing(shared: &Shared<'_>, because: &[ast::Name], voices: &BTreeSet<String>) -> Standing {
    let claims: Vec<&&ast::Claim> = because.iter().filter_map(|name| shared.claims.get(&name.value)).collect();
    if because.is_empty() {
        return Standing::Unsupported;
    }
    let said: Vec<Stance> = claims.iter().flat_map(|claim| stances(claim, voices)).map(|(_, stance)| stance).collect();
    if said.iter().any(|stance| *stance != Stance::Asserts) {
        Standing::Contested
    } else if said.is_empty() {
        Standing::Borrowed
    } else {
        Standing::Own
    }
}

/// A statement and its options, each with the path and the provenance it has of its own.
pub fn parts<'i>(item: &'i Item<'_>) -> Vec<(String, &'i Provenance, Span)> {
    let mut parts = vec![(item.path.clone(), &item.statement.provenance, item.statement.head)];
    if let StatementKind::Choice(choice) = &item.statement.kind {
        for option in &choice.options {
            let option = item.options.get(&option.name.value).copied().unwrap_or(option);
            parts.push((format!("{}.{}", item.path, option.name.value), &option.provenance, option.name.span));
        }
    }
    parts
}

/// Shared statements that a reading's author doubts or denies must be replaced, switched off or kept with a reason.
pub fn contested(
    shared: &Shared<'_>,
    composed: &Composed<'_>,
    reading: &ast::Reading,
    voices: &BTreeSet<String>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut needed = BTreeSet::new();
    let name = reading.name.as_ref().map_or("", |name| name.value.as_str());
    let at = reading.name.as_ref().map_or(Span::default(), |name| name.span);
    for item in &composed.items {
        for (path, provenance, span) in parts(item) {
            let own_option = path.split_once('.').is_some_and(|(_, option)| item.options.contains_key(option));
            let off = composed.off.contains(&path) || composed.off.contains(&item.path);
            if standing(shared, &provenance.because, voices) != Standing::Contested {
                continue;
            }
            if composed.keeps.contains_key(&path) {
                needed.insert(path);
                continue;
            }
            if item.own || own_option || off {
                continue;
            }
            let claim = provenance.because.iter().find_map(|because| {
                let claim = shared.claims.get(&because.value)?;
                let (source, stance) =
                    stances(claim, voices).into_iter().find(|(_, stance)| *stance != Stance::Asserts)?;
                let verb = if stance == Stance::Doubts { "doubts" } else { "denies" };
                Some((format!("{source} {verb} `{}`", because.value), because.span))
            });
            let (why, because) = claim.unwrap_or_default();
            found.push(
                Diagnostic::new(
                    Code::Contested,
                    at,
                    format!("`{name}` has to say what becomes of `{path}`: {why}, on which it rests"),
                )
                .label("this reading is silent on it")
                .also(span, "the statement")
                .also(because, "the claim behind it")
                .help(remedy(item, &path)),
            );
        }
    }
    for path in composed.keeps.keys().filter(|path| !needed.contains(*path)) {
        let written = reading.statements.iter().find_map(|statement| match &statement.kind {
            StatementKind::Keeps(Some(kept), _) if show(kept) == *path => Some(kept.span),
            _ => None,
        });
        let message = format!("`{name}` keeps `{path}`, which its author does not contest");
        found.push(
            Diagnostic::new(Code::NeedlessKeeps, written.unwrap_or(at), message)
                .label("nobody asks why")
                .help("delete `keeps`, or record the doubt among the stances of the claim"),
        );
    }
    found
}

/// What a reading can do about a statement that its author contests.
fn remedy(item: &Item<'_>, path: &str) -> String {
    match item.statement.kind {
        StatementKind::Param(_) => {
            format!("in the reading, give it the author's value, `param {path} = …`, or write `keeps {path} \"why\"`")
        }
        StatementKind::Let(_) => {
            format!("in the reading, write the author's formula, `let {path} = …`, or `keeps {path} \"why\"`")
        }
        StatementKind::Stock(_) | StatementKind::Ladder(_) | StatementKind::Flag(_) => {
            format!("in the reading, declare it anew, or write `keeps {path} \"why\"`")
        }
        _ => format!("in the reading, replace the statement, or write `switch off {path}`, or `keeps {path} \"why\"`"),
    }
}

/// Whether a statement has numbers that need an origin.
pub fn numbers(statement: &Statement) -> bool {
    let mut exprs: Vec<&ast::Expr> = Vec::new();
    match &statement.kind {
        StatementKind::Param(param) => exprs.extend(&param.value),
        StatementKind::Stock(stock) => exprs.extend(&stock.start),
        StatementKind::Let(formula) => exprs.extend(&formula.value),
        StatementKind::Flow(flow) => {
            exprs.extend(&flow.rate);
            exprs.extend(flow.noise.iter().map(|(sd, _)| sd));
        }
        StatementKind::Utility(utility) => exprs.extend(&utility.value),
        StatementKind::Horizon(setting) | StatementKind::Precision(setting) | StatementKind::Patience(setting) => {
            exprs.extend(&setting.value);
        }
        StatementKind::Event(event) => {
            exprs.extend(event.hazard.iter().chain(&event.chance));
            exprs.extend(event.effects.iter().filter_map(|effect| effect.value.as_ref()));
        }
        StatementKind::Choice(choice) => {
            for occasion in &choice.occasions {
                if let ast::Occasion::Considered(rate) = &occasion.value {
                    exprs.push(rate);
                }
            }
        }
        _ => {}
    }
    exprs.iter().any(|expr| telling(expr))
}

/// Whether an option has numbers that need an origin.
pub fn option_numbers(option: &ast::ChoiceOption) -> bool {
    option.probability.iter().chain(option.effects.iter().filter_map(|effect| effect.value.as_ref())).any(telling)
}

/// Whether an expression contains a number other than 0 and 1 that is no base rate.
fn telling(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(number, _) => number.value != 0.0 && (number.percent || number.value != 1.0),
        // `1 per year` is a rate like any other.
        ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) if matches!(inner.kind, ExprKind::Number(..)) => true,
        ExprKind::Interval(..) | ExprKind::CountInTime { .. } | ExprKind::CountOf { .. } => true,
        ExprKind::Call(_, args) => args.iter().any(telling),
        ExprKind::Unary(_, inner) | ExprKind::Per(inner, _) | ExprKind::Within(inner, ..) => telling(inner),
        ExprKind::Binary(_, left, right) => telling(left) || telling(right),
        ExprKind::If(condition, then, otherwise) => {
            telling(condition) || telling(then) || otherwise.as_ref().is_some_and(|otherwise| telling(otherwise))
        }
        ExprKind::Lookup { entries, otherwise, .. } => {
            entries.iter().any(|(_, entry)| telling(entry))
                || otherwise.as_ref().is_some_and(|otherwise| telling(otherwise))
        }
        _ => false,
    }
}

/// Where numbers come from, by what is written.
pub fn origin(provenance: &Provenance) -> Origin {
    match provenance {
        Provenance { among: Some(_), .. } => Origin::BaseRate,
        Provenance { from, .. } if !from.is_empty() => Origin::Cited,
        Provenance { assumed: Some(_), .. } => Origin::Assumed,
        _ => Origin::None,
    }
}
