//! The typed view as short text, so that a test can say on one line what a statement should have become.
//!
//! Every field of the typed view is shown, under its own name where it has one; what is missing is left out.

use variorum_syntax::ast::*;
use variorum_syntax::diagnostic::{Diagnostic, FileId};
use variorum_syntax::{Parse, parse};

/// Parses a text and checks that its tree is the text.
pub fn read(text: &str) -> Parse {
    let parse = parse(FileId(0), text);
    assert_eq!(parse.tree.text().to_string(), text, "the tree must be the text");
    parse
}

/// The statements of a text that must have nothing wrong with it.
pub fn good(text: &str) -> Vec<Statement> {
    let parse = read(text);
    assert_eq!(parse.diagnostics, Vec::<Diagnostic>::new(), "in {text}");
    parse.file.statements
}

/// All statements of a good text, one line each.
pub fn shown(text: &str) -> String {
    good(text).iter().map(statement).collect::<Vec<_>>().join("\n")
}

/// The expression of `let x = TEXT`, which must have nothing wrong with it.
pub fn value(text: &str) -> String {
    value_of(&good(&format!("let x = {text}\n")))
}

/// The expression of `let x = TEXT`, whatever is wrong with it.
pub fn recovered_value(text: &str) -> String {
    value_of(&read(&format!("let x = {text}\n")).file.statements)
}

fn value_of(statements: &[Statement]) -> String {
    match statements.first().map(|statement| &statement.kind) {
        Some(StatementKind::Let(Let { value: Some(value), .. })) => expression(value),
        other => panic!("no value in {other:?}"),
    }
}

fn field(name: &str, value: Option<String>) -> String {
    value.map_or(String::new(), |value| format!(" {name}={value}"))
}

fn named(name: &Option<Name>) -> String {
    name.as_ref().map_or(" ?".to_owned(), |name| format!(" {}", name.value))
}

fn referred(name: &Option<Reference>) -> String {
    name.as_ref().map_or(" ?".to_owned(), |name| format!(" {}", reference(name)))
}

fn titled(title: &Option<Text>) -> String {
    title.as_ref().map_or(String::new(), |title| format!(" {:?}", title.value))
}

fn list<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(",")
}

fn name_list(names: &[Name]) -> String {
    list(names, |name| name.value.clone())
}

fn some_list(field_name: &str, items: String) -> String {
    if items.is_empty() { String::new() } else { format!(" {field_name}={items}") }
}

/// A date.
pub fn date(date: &At<Date>) -> String {
    let part = |part: Option<u8>| part.map_or(String::new(), |part| format!("-{part:02}"));
    format!("{}{}{}", date.value.year, part(date.value.month), part(date.value.day))
}

fn anchor(anchor: &At<Anchor>) -> String {
    let Anchor { paragraph, first_word, last_word, fingerprint } = &anchor.value;
    format!("{paragraph}.{first_word}-{last_word}#{fingerprint}")
}

fn unit(unit: &UnitExpr) -> String {
    if unit.factors.is_empty() {
        return "1".to_owned();
    }
    list(&unit.factors, |(name, exponent)| format!("{}^{exponent}", name.value))
}

fn reference(reference: &Reference) -> String {
    if reference.entities.is_empty() {
        return reference.name.value.clone();
    }
    format!("{}[{}]", reference.name.value, name_list(&reference.entities))
}

fn optional(expr: &Option<Expr>) -> Option<String> {
    expr.as_ref().map(expression)
}

fn bounds(bounds: &Bounds) -> String {
    let end = |end: &Option<Expr>| optional(end).unwrap_or_default();
    format!("[{};{}]", end(&bounds.low), end(&bounds.high))
}

fn effect(effect: &Effect) -> String {
    format!(
        "{}:{:?}{}",
        reference(&effect.target),
        effect.op,
        optional(&effect.value).map_or(String::new(), |v| format!(":{v}"))
    )
}

fn occasion(occasion: &At<Occasion>) -> String {
    match &occasion.value {
        Occasion::Considered(rate) => format!("considered:{}", expression(rate)),
        Occasion::On(on) => format!("on:{}", date(on)),
        Occasion::Every { count, unit, from, until } => {
            let end = |end: &Option<At<Date>>| end.as_ref().map_or("*".to_owned(), date);
            format!("every:{}:{}:{}:{}", count.value, unit.value, end(from), end(until))
        }
        Occasion::After { choice, option } => {
            let option = option.as_ref().map_or(String::new(), |option| format!(":{}", option.value));
            format!("after:{}{option}", reference(choice))
        }
        Occasion::AfterEvent(event) => format!("after event:{}", reference(event)),
    }
}

/// Provenance, with a space before each part.
pub fn provenance(provenance: &Provenance) -> String {
    let place = |place: &Place| match place {
        Place::Anchor(at) => anchor(at),
        Place::Words(words) => format!("{:?}", words.value),
    };
    some_list("because", name_list(&provenance.because))
        + &some_list("from", list(&provenance.from, |from| format!("{}:{}", from.source.value, place(&from.place))))
        + &field("assumed", provenance.assumed.as_ref().map(|text| format!("{:?}", text.value)))
        + &field("among", provenance.among.as_ref().map(|text| format!("{:?}", text.value)))
}

fn option(option: &ChoiceOption) -> String {
    let mut shown = option.name.value.clone() + &titled(&option.title);
    if option.default.is_some() {
        shown += " default";
    }
    shown += &field("p", optional(&option.probability));
    shown += &some_list("then", list(&option.effects, effect));
    format!("{{{shown}{}}}", provenance(&option.provenance))
}

fn path(path: &Path) -> String {
    let keyword = path.keyword.as_ref().map_or(String::new(), |keyword| format!("{} ", keyword.value));
    let others: String = path.others.iter().map(|other| format!("&{}", reference(other))).collect();
    let option = path.option.as_ref().map_or(String::new(), |option| format!(".{}", option.value));
    format!("{keyword}{}{others}{option}", reference(&path.name))
}

fn query(query: &Query) -> String {
    match query {
        Query::By(asked, by) => format!("by:{}:{}", expression(asked), date(by)),
        Query::At(asked, at) => format!("at:{}:{}", expression(asked), date(at)),
        Query::Within(asked, from, to) => format!("within:{}:{}:{}", expression(asked), date(from), date(to)),
        Query::Value(asked, at) => format!("value:{}:{}", expression(asked), date(at)),
        Query::First(asked, by) => {
            format!("first:{}:{}", expression(asked), by.as_ref().map_or("*".to_owned(), date))
        }
    }
}

fn said(said: &Said) -> String {
    let value = match &said.value {
        SaidValue::Phrase(words) => format!("{:?}", words.value),
        SaidValue::Number(value) => number(&value.value),
    };
    format!("{}:{value}", said.source.value)
        + if said.no_number.is_some() { " no number" } else { "" }
        + &some_list("at", list(&said.anchors, anchor))
        + &field("window", said.window_assumed.as_ref().map(|text| format!("{:?}", text.value)))
}

fn inner(statements: &[Statement]) -> String {
    statements.iter().map(statement).collect::<Vec<_>>().join("; ")
}

fn range(range: &Range) -> String {
    let pair = if range.pair.is_some() { "pair " } else { "" };
    format!("{pair}{} in{}", name_list(&range.variables), named(&range.group))
        + &some_list("except", name_list(&range.except))
}

/// A statement.
pub fn statement(statement: &Statement) -> String {
    use StatementKind as S;
    let setting = |word: &str, setting: &Setting| {
        format!("{word} {}{}", name_list(&setting.actors), field("value", optional(&setting.value)))
    };
    let entities = |word: &str, entities: &[Entity]| {
        format!("{word} {}", list(entities, |entity| entity.name.value.clone() + &titled(&entity.title)))
    };
    let shown = match &statement.kind {
        S::Model(title) => format!("model{}", titled(title)),
        S::Time(time) => {
            "time".to_owned()
                + &field(
                    "step",
                    time.cadence.as_ref().map(|cadence| format!("{}/{}", cadence.value.months, cadence.value.parts)),
                )
                + &field("from", time.from.as_ref().map(date))
                + &field("to", time.to.as_ref().map(date))
        }
        S::Use(file) => format!("use{}", titled(file)),
        S::Source(source) => {
            format!("source{}{}", named(&source.name), titled(&source.title))
                + &field("by", source.by.as_ref().map(|text| format!("{:?}", text.value)))
                + &field("on", source.on.as_ref().map(date))
                + &field("text", source.text.as_ref().map(|text| format!("{:?}", text.value)))
                + &field("quoted_in", source.quoted_in.as_ref().map(|name| name.value.clone()))
        }
        S::Actor(actors) => entities("actor", actors),
        S::Place(places) => entities("place", places),
        S::Group(group) => format!("group{} {}", named(&group.name), name_list(&group.members)),
        S::Unit(units) => {
            let is = |item: &Unit| item.is.as_ref().map_or(String::new(), |(n, u)| format!("={}*{}", n.value, unit(u)));
            format!("unit {}", list(units, |item| item.name.value.clone() + &is(item)))
        }
        S::Claim(claim) => {
            let line = |line: &StanceLine| {
                format!("{}:{:?}:{}", line.source.value, line.stance.value, list(&line.anchors, anchor))
                    + &some_list("at", list(&line.places, |place| format!("{:?}", place.value)))
            };
            format!("claim{}{}", named(&claim.name), titled(&claim.text))
                + &some_list("stances", list(&claim.stances, line))
                + &field("note", claim.note.as_ref().map(|text| format!("{:?}", text.value)))
        }
        S::Param(param) => {
            format!("param{}", referred(&param.name))
                + &field("unit", param.unit.as_ref().map(unit))
                + &field("bounds", param.bounds.as_ref().map(bounds))
                + &field("value", optional(&param.value))
        }
        S::Stock(stock) => {
            format!("stock {}", list(&stock.targets, reference))
                + &field("unit", stock.unit.as_ref().map(unit))
                + &field("bounds", stock.bounds.as_ref().map(bounds))
                + &field("start", optional(&stock.start))
        }
        S::Ladder(ladder) => {
            format!("ladder {} levels={}", list(&ladder.targets, reference), name_list(&ladder.levels))
                + &field("starts", ladder.starts.as_ref().map(|name| name.value.clone()))
        }
        S::Flag(flag) => {
            format!("flag {}", list(&flag.targets, reference))
                + &field("start", flag.start.as_ref().map(|s| s.value.to_string()))
        }
        S::Let(item) => {
            "let".to_owned()
                + &field("target", item.target.as_ref().map(reference))
                + &field("unit", item.unit.as_ref().map(unit))
                + &field("value", optional(&item.value))
        }
        S::Event(event) => {
            format!("event{}{}", referred(&event.name), titled(&event.title))
                + &field("when", optional(&event.when))
                + &field("hazard", optional(&event.hazard))
                + &field("on", event.on.as_ref().map(date))
                + &field("chance", optional(&event.chance))
                + &some_list("excludes", list(&event.excludes, reference))
                + &some_list("then", list(&event.effects, effect))
        }
        S::Choice(choice) => {
            format!("choice{}", referred(&choice.name))
                + &field("by", choice.by.as_ref().map(|name| name.value.clone()))
                + &titled(&choice.title)
                + &some_list("occasions", list(&choice.occasions, occasion))
                + &field("when", optional(&choice.when))
                + &some_list("options", list(&choice.options, option))
        }
        S::Flow(flow) => {
            "flow".to_owned()
                + &field("label", flow.label.as_ref().map(reference))
                + &field("target", flow.target.as_ref().map(reference))
                + if flow.negative { " negative" } else { "" }
                + &field("rate", optional(&flow.rate))
                + &field("noise", flow.noise.as_ref().map(|(size, per)| format!("{}/{}", expression(size), per.value)))
        }
        S::Utility(utility) => {
            "utility".to_owned()
                + &field("label", utility.label.as_ref().map(reference))
                + &field("actor", utility.actor.as_ref().map(|name| name.value.clone()))
                + &field("value", optional(&utility.value))
        }
        S::Horizon(item) => setting("horizon", item),
        S::Precision(item) => setting("precision", item),
        S::Patience(item) => setting("patience", item),
        S::Foresight(item) => {
            let replies = item.replies.as_ref().map_or("all".to_owned(), |replies| replies.value.to_string());
            format!("foresight {} replies={replies}", name_list(&item.actors))
        }
        S::Reading(reading) => {
            format!("reading{}{}", named(&reading.name), titled(&reading.title))
                + &some_list("voices", name_list(&reading.voices))
                + &format!(" {{{}}}", inner(&reading.statements))
        }
        S::SwitchOff(paths) => format!("switch off {}", list(paths, path)),
        S::Keeps(kept, why) => format!("keeps {}{}", kept.as_ref().map_or("?".to_owned(), path), titled(why)),
        S::OptionOf(choice, item) => format!("option of {} {}", reference(choice), option(item)),
        S::Question(question) => {
            let resolved = question.resolved.as_ref().map(|resolved| {
                format!("{:?}", resolved.outcome)
                    + &resolved.on.as_ref().map_or(String::new(), |on| format!(":{}", date(on)))
                    + &resolved.from.as_ref().map_or(String::new(), |from| format!(":{:?}", from.value))
            });
            format!("question{}{}", named(&question.name), titled(&question.text))
                + &field("query", question.query.as_ref().map(query))
                + &field("given", question.given.as_ref().map(query))
                + &some_list("said", list(&question.said, said))
                + &field("resolved", resolved)
        }
        S::ForEach(item) => format!("for each {} {{{}}}", range(&item.range), inner(&item.statements)),
        S::Correlate(item) => {
            format!("correlate {}", list(&item.params, reference)) + &field("value", optional(&item.value))
        }
        S::Scenario(scenario) => {
            format!("scenario{}{}", named(&scenario.name), titled(&scenario.title))
                + &format!(" {{{}}}", inner(&scenario.statements))
        }
        S::Set(set) => {
            format!("set {}", reference(&set.target))
                + &field("value", optional(&set.value))
                + &field("at", set.at.as_ref().map(date))
        }
        S::Hold(hold) => {
            format!("hold {}", reference(&hold.target))
                + &field("value", optional(&hold.value))
                + &field("from", hold.from.as_ref().map(date))
                + &field("until", hold.until.as_ref().map(date))
        }
        S::Observe(item) => {
            let reported = item.reported.as_ref().map(|reported| {
                let chance = |chance: &Option<Expr>| optional(chance).unwrap_or_else(|| "?".to_owned());
                let by = reported.by.as_ref().map_or("?", |by| by.value.as_str());
                format!("{by}:{}:{}", chance(&reported.hits), chance(&reported.false_alarms))
            });
            "observe".to_owned()
                + &field("from", item.from.as_ref().map(date))
                + &field("to", item.to.as_ref().map(date))
                + &field("what", optional(&item.what))
                + &field("error", optional(&item.error))
                + &field("known", item.known.as_ref().map(date))
                + &field("reported", reported)
        }
        S::Record(item) => {
            "record".to_owned()
                + &field("from", item.from.as_ref().map(date))
                + &field("to", item.to.as_ref().map(date))
                + &some_list("for", list(&item.names, reference))
                + &field("known", item.known.as_ref().map(date))
        }
        S::Error => "error".to_owned(),
    };
    shown + &provenance(&statement.provenance)
}

fn number(number: &Number) -> String {
    format!("{}{}", number.value, if number.percent { "%" } else { "" })
}

/// An expression in prefix form.
pub fn expression(expr: &Expr) -> String {
    let unit = |unit: &Option<Name>| unit.as_ref().map_or(String::new(), |unit| format!(" {}", unit.value));
    match &expr.kind {
        ExprKind::Number(n, u) if u.is_none() => number(n),
        ExprKind::Number(n, u) => format!("({}{})", number(n), unit(u)),
        ExprKind::Interval(low, high, u) => format!("(.. {} {}{})", number(low), number(high), unit(u)),
        ExprKind::CountInTime { count, time, unit } => format!("(in {count} {time} {})", unit.value),
        ExprKind::CountOf { count, of } => format!("(of {count} {of})"),
        ExprKind::Truth(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        ExprKind::Unknown => "unknown".to_owned(),
        ExprKind::Reference(name) => reference(name),
        ExprKind::Call(name, arguments) => format!("{}({})", name.value, list(arguments, expression)),
        ExprKind::Unary(op, of) => format!("({op:?} {})", expression(of)),
        ExprKind::Binary(op, left, right) => format!("({op:?} {} {})", expression(left), expression(right)),
        ExprKind::If(condition, then, otherwise) => {
            let otherwise = otherwise.as_ref().map_or(String::new(), |other| format!(" {}", expression(other)));
            format!("(if {} {}{otherwise})", expression(condition), expression(then))
        }
        ExprKind::Per(of, time) => format!("(per {} {})", expression(of), time.value),
        ExprKind::Within(of, time, of_unit) => format!("(within {} {} {})", expression(of), time.value, of_unit.value),
        ExprKind::Lookup { on, entries, otherwise } => {
            let entries = list(entries, |(level, value)| format!("{}:{}", level.value, expression(value)));
            format!(
                "lookup({};{entries};{})",
                reference(on),
                otherwise.as_ref().map_or(String::new(), |o| expression(o))
            )
        }
        ExprKind::Aggregate(kind, over, of) => format!("({kind:?} {}: {})", range(over), expression(of)),
        ExprKind::Risk(event, time, of_unit) => format!("(risk {} {} {})", reference(event), time.value, of_unit.value),
        ExprKind::OneOf(values) => {
            format!("oneof({})", list(values, |(value, p)| format!("{}:{}", expression(value), expression(p))))
        }
        ExprKind::Said(words) => format!("said({:?})", words.value),
        ExprKind::Error => "ERROR".to_owned(),
    }
}
