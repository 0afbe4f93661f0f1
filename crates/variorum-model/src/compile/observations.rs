//! What has been seen: observations, reports and records of one reading.
//!
//! Observations belong to the model, and a reading may lack what was seen: it has switched it off, or never had it. That
//! is evidence against the reading and no mistake, unless no reading has it. Of each observation a reading therefore gives
//! a [`Verdict`], and only the model as a whole knows whether it is an error.

use super::Statements;
use super::declarations::Stocks;
use super::numbers::{Range, fold, tidy};
use super::scope::{ChoiceSymbol, Meaning, Place, Reads, Scope, Symbol};
use crate::as_of::{first_day, last_day};
use crate::collect::Item;
use crate::entities::Entities;
use crate::names::some;
use crate::program::{
    Choice, Clock, Day, Event, EventRule, Expr, Fact, Function, Law, Observation, Occasion, Record, Report,
};
use crate::time::{End, show, step};
use crate::units::Unit;
use std::collections::BTreeMap;
use variorum_syntax::ast::{self, At, BinaryOp, Date, ExprKind, Reference, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// What a reading says of an observation or a record.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It can have been so.
    Possible,
    /// The reading has switched off what was seen.
    Off,
    /// In this reading it cannot have been so, or means nothing. An error if every reading objects.
    Objected(Vec<Diagnostic>),
}

/// What is compiled already.
#[derive(Clone, Copy)]
pub struct World<'w> {
    /// Steps and dates.
    pub clock: &'w Clock,
    /// The units of the stocks.
    pub stocks: &'w Stocks,
    /// The choices.
    pub choices: &'w [Choice],
    /// The events.
    pub events: &'w [Event],
}

/// What a reading has of all that was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// In order of declaration.
    pub observations: Vec<Observation>,
    /// Where each observation stands.
    pub places: Vec<Span>,
    /// In order of declaration.
    pub records: Vec<Record>,
    /// By path.
    pub verdicts: BTreeMap<String, Verdict>,
}

/// The observations and records, in order of declaration.
pub fn observations(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>, world: World<'_>) -> Seen {
    let mut seen = Seen::default();
    let mut places = BTreeMap::<String, usize>::new();
    all.each(scope, |scope, item| {
        let params = scope.params.len();
        let mut observer = Observer { scope, item, world, place: Place::new(&item.path, &item.bindings, Reads::Now) };
        match &item.statement.kind {
            StatementKind::Observe(observe) => {
                let Some((observation, verdict)) = observer.observe(observe) else { return };
                let first = places.get(&observation.name).and_then(|place| seen.observations.get_mut(*place));
                if let Some(first) = first {
                    // Said twice, it counts once, from the day on which it was first known.
                    first.known = first.known.min(observation.known);
                    scope.params.truncate(params);
                    return;
                }
                places.insert(observation.name.clone(), seen.observations.len());
                seen.observations.push(observation);
                seen.places.push(item.statement.head);
                seen.verdicts.insert(item.path.clone(), verdict);
            }
            StatementKind::Record(record) => {
                let Some((record, verdict)) = observer.record(record) else { return };
                if seen.verdicts.insert(item.path.clone(), verdict).is_none() {
                    seen.records.push(record);
                }
            }
            _ => {}
        }
    });
    seen
}

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::BadObservation, span, message)
}

/// A number that was measured lies this many standard deviations of its error away now and then.
const OFTEN: f64 = 4.0;

/// When something was seen: its steps, and when that was known at the earliest and is taken to have been.
struct When {
    from: u32,
    to: u32,
    known: Day,
}

struct Observer<'x, 's, 'a, 'i, 'b> {
    scope: &'x mut Scope<'s, 'a>,
    item: &'i Item<'b>,
    world: World<'x>,
    place: Place<'i>,
}

impl Observer<'_, '_, '_, '_, '_> {
    fn observe(&mut self, observe: &ast::Observe) -> Option<(Observation, Verdict)> {
        let when = self.when(observe);
        let what = observe.what.as_ref()?;
        let seen = match &observe.error {
            Some(error) => self.number(observe, what, error),
            None => self.fact(what),
        };
        let report = observe.reported.as_ref().map(|reported| self.report(reported));
        let When { from, to, known } = when?;
        let (fact, verdict) = seen?;
        let report = match report {
            None => None,
            Some(report) => Some(report?),
        };
        let (fact, verdict) = self.timely(fact, verdict, from, to, what.span);
        let name = self.item.path.clone();
        Some((Observation { name, from, to, known, fact, report }, verdict))
    }

    // ---- dates

    fn at(&mut self, date: &At<Date>, end: End) -> Option<u32> {
        step(self.world.clock, date, end).map_err(|found| self.scope.diagnostics.push(found)).ok()
    }

    fn when(&mut self, observe: &ast::Observe) -> Option<When> {
        let first = observe.from.as_ref()?;
        let from = self.at(first, End::First);
        let (last, to) = match &observe.to {
            None => (first, self.one_step(first, from?)?),
            Some(last) => (last, self.at(last, End::Last)?),
        };
        let from = from?;
        if to < from {
            self.scope.diagnostics.push(
                Diagnostic::new(Code::BadTime, last.span, "this window ends before it begins")
                    .label(format!("before its first date, {}", show(first.value)))
                    .help("write the earlier date first"),
            );
            return None;
        }
        let known = self.known(observe.known.as_ref(), last, to)?;
        Some(When { from, to, known })
    }

    /// The only step of a date.
    fn one_step(&mut self, date: &At<Date>, first: u32) -> Option<u32> {
        let last = self.at(date, End::Last)?;
        if last == first {
            return Some(first);
        }
        let (shown, steps) = (show(date.value), last - first + 1);
        let clock = self.world.clock;
        let example = if clock.parts == 1 { clock.label(last) } else { clock.last_day(last).to_string() };
        self.scope.diagnostics.push(
            bad(date.span, format!("{shown} has {steps} steps, and this does not say which of them is meant"))
                .label("when?")
                .help(format!(
                    "write one of them, as in `observe {example} …`; if it is not known which, `observe from {shown} to {shown} …`"
                )),
        );
        None
    }

    /// The day on which something is known whose last step this is.
    fn known(&mut self, known: Option<&At<Date>>, last: &At<Date>, step: u32) -> Option<Day> {
        let clock = self.world.clock;
        let earliest = match last.value.day {
            Some(_) => first_day(last.value),
            None => clock.first_day(step),
        };
        let Some(known) = known else {
            return Some(if last.value.day.is_some() { earliest } else { clock.last_day(step) });
        };
        let day = last_day(known.value);
        if day < earliest {
            self.scope.diagnostics.push(
                Diagnostic::new(Code::KnownTooEarly, known.span, "this was known before it was")
                    .label(format!("before {earliest}"))
                    .also(last.span, "its date")
                    .help("give the day on which it became known, or leave `known on` out: it is then known at once"),
            );
            return None;
        }
        Some(day)
    }

    // ---- what was seen

    fn fact(&mut self, what: &ast::Expr) -> Option<(Fact, Verdict)> {
        match &what.kind {
            ExprKind::Reference(reference) if self.is_event(reference) => self.event(reference),
            ExprKind::Call(name, args) if name.value == "happened" => match args.as_slice() {
                [ast::Expr { kind: ExprKind::Reference(reference), .. }] if self.is_event(reference) => {
                    self.event(reference)
                }
                _ => self.condition(what),
            },
            ExprKind::Reference(reference) if self.is_choice(reference) => {
                let name = &reference.name.value;
                let written = crate::readings::show_name(reference);
                let Some(Symbol::Choice(instances)) = self.scope.symbols.get(name) else { return None };
                let options = instances.values().next().map(|choice| choice.options.clone());
                let options = options.as_deref().unwrap_or_default();
                let known = options.iter().map(|(option, _)| option.as_str());
                // Of a choice at a rate the default is no outcome.
                let index = instances.values().next().and_then(|choice| choice.index);
                let default = index.and_then(|index| self.world.choices.get(index)).map(|choice| choice.default);
                let first = options.iter().find(|(_, place)| place.is_some() && *place != default);
                let first = first.map_or("OPTION", |(option, _)| option.as_str());
                let help = format!("write `{written} = {first}`; its options are {}", some(known));
                self.scope.diagnostics.push(
                    bad(what.span, format!("`{written}` is a choice, and this does not say how it came out"))
                        .label("how was it decided?")
                        .help(help),
                );
                None
            }
            ExprKind::Binary(BinaryOp::Equal, left, right) => match &left.kind {
                ExprKind::Reference(choice) if self.is_choice(choice) => self.choice(choice, right, what),
                _ => self.condition(what),
            },
            _ => self.condition(what),
        }
    }

    fn is_event(&self, reference: &Reference) -> bool {
        matches!(self.scope.symbols.get(&reference.name.value), Some(Symbol::Event(_)))
    }

    fn is_choice(&self, reference: &Reference) -> bool {
        matches!(self.scope.symbols.get(&reference.name.value), Some(Symbol::Choice(_)))
    }

    /// What a name means; where it means nothing here, what is to be said about that unless another reading has it.
    fn meaning(&mut self, reference: &Reference) -> Result<Meaning, Vec<Diagnostic>> {
        let before = self.scope.diagnostics.len();
        let meaning = self.scope.meaning(reference, &self.place.bindings);
        meaning.ok_or_else(|| self.scope.diagnostics.split_off(before))
    }

    /// A path with what its variables stand for.
    fn path(&self, reference: &Reference) -> String {
        let entities = self.scope.shared.entities_of(reference, &self.place.bindings).unwrap_or_default();
        self.scope.shared.show(&reference.name.value, entities)
    }

    /// An expression with what its variables stand for.
    fn shown(&self, expr: &ast::Expr) -> String {
        crate::seen::shown(self.scope.shared, expr, &self.place.bindings)
    }

    fn event(&mut self, reference: &Reference) -> Option<(Fact, Verdict)> {
        let off = Fact::Impossible { statement: format!("event {}", self.path(reference)) };
        Some(match self.meaning(reference) {
            Ok(Meaning::Event(Some(event))) => (Fact::Event { event }, Verdict::Possible),
            Ok(_) => (off, Verdict::Off),
            Err(found) => (off, Verdict::Objected(found)),
        })
    }

    fn choice(&mut self, choice: &Reference, option: &ast::Expr, what: &ast::Expr) -> Option<(Fact, Verdict)> {
        let path = self.path(choice);
        let name = match &option.kind {
            ExprKind::Reference(option) if option.entities.is_empty() => &option.name,
            // Says what a choice is compared with.
            _ => return self.condition(what),
        };
        let impossible = |statement: String| Fact::Impossible { statement };
        let ChoiceSymbol { index, options } = match self.meaning(choice) {
            Ok(Meaning::Choice(symbol)) => symbol,
            Ok(_) => return None,
            Err(found) => return Some((impossible(format!("choice {path}")), Verdict::Objected(found))),
        };
        let Some((_, option)) = options.iter().find(|(option, _)| *option == name.value) else {
            let before = self.scope.diagnostics.len();
            self.scope.no_option(&path, name, &options);
            let found = self.scope.diagnostics.split_off(before);
            return Some((impossible(format!("option {path}.{}", name.value)), Verdict::Objected(found)));
        };
        Some(match (index, *option) {
            (Some(choice), Some(option)) => (Fact::Choice { choice, option }, Verdict::Possible),
            (None, _) => (impossible(format!("choice {path}")), Verdict::Off),
            (_, None) => (impossible(format!("option {path}.{}", name.value)), Verdict::Off),
        })
    }

    fn condition(&mut self, what: &ast::Expr) -> Option<(Fact, Verdict)> {
        let (before, params) = (self.scope.diagnostics.len(), self.scope.params.len());
        if let Some(condition) = self.scope.condition(what, &mut self.place) {
            return Some((Fact::Condition(condition), Verdict::Possible));
        }
        let found = self.scope.diagnostics.get(before..).unwrap_or_default();
        let is_lack =
            |found: &Diagnostic| matches!(found.code, Code::UnknownName | Code::WrongEntities | Code::UnknownLevel);
        if found.is_empty() || !found.iter().all(is_lack) {
            return None;
        }
        let found = self.scope.diagnostics.split_off(before);
        self.scope.params.truncate(params);
        let statement = self.shown(what);
        Some((Fact::Impossible { statement }, Verdict::Objected(found)))
    }

    /// A measured number.
    fn number(&mut self, observe: &ast::Observe, what: &ast::Expr, error: &ast::Expr) -> Option<(Fact, Verdict)> {
        if let Some(to) = &observe.to {
            self.scope.diagnostics.push(
                bad(to.span, "a number is measured at one time, and this is a window")
                    .label("when was it measured?")
                    .help(format!("write one date, as in `observe {} {} error …`", show(to.value), self.shown(what))),
            );
            return None;
        }
        if let Some(reported) = &observe.reported {
            self.scope.diagnostics.push(
                bad(reported.span, "a number has an error, and no hits and false alarms")
                    .label("of a number?")
                    .also(error.span, "its error")
                    .help("leave `reported by` out; who measured it is said by `from SOURCE`"),
            );
            return None;
        }
        let ExprKind::Binary(BinaryOp::Equal, value, observed) = &what.kind else {
            self.scope.diagnostics.push(
                bad(what.span, "an error belongs to a number that was measured, and this is none")
                    .label("not `QUANTITY = NUMBER`")
                    .also(error.span, "the error")
                    .help("write, for instance, `front[RU] = 600_000 people error 50_000 people`; leave the error out for a condition"),
            );
            return None;
        };
        let (expr, dimension) = self.scope.number(value, &mut self.place)?;
        let unit = match &expr {
            Expr::Quantity(index) => self.world.stocks.get(index).map(|(unit, _)| unit.clone()),
            _ => None,
        };
        let unit = unit.unwrap_or(Unit { dimension, scale: 1.0 });
        let shown = self.shown(value);
        let constant = &mut Place::constant();
        let wanted = format!("what was measured of `{shown}`");
        let measured = self.scope.quantity_of(observed, &unit, Range::default(), &wanted, constant)?;
        let Some(measured) = fold(&measured).filter(|number| number.is_finite()) else {
            self.scope.not_single("this", observed.span);
            return None;
        };
        let error = self.error(error, &unit, &shown, measured)?;
        let found = self.beyond(&expr, &shown, measured, &error, observed.span);
        let verdict = found.map_or(Verdict::Possible, |found| Verdict::Objected(vec![found]));
        Some((Fact::Number { value: expr, observed: measured, error }, verdict))
    }

    /// A stock that was measured so far outside its bounds that its error does not explain it.
    fn beyond(&self, value: &Expr, shown: &str, measured: f64, error: &Expr, at: Span) -> Option<Diagnostic> {
        let Expr::Quantity(quantity) = value else { return None };
        let (unit, Range { low, high }) = self.world.stocks.get(quantity)?;
        let error = fold(error)?;
        let over = high.map_or(0.0, |high| measured - high);
        let under = low.map_or(0.0, |low| low - measured);
        let (distance, bound) = if over > under { (over, *high) } else { (under, *low) };
        if distance <= OFTEN * error {
            return None;
        }
        let written = |x: f64| tidy(x / unit.scale);
        let bounds = match (low, high) {
            (Some(low), Some(high)) => format!("in {} .. {}", written(*low), written(*high)),
            (Some(low), None) => format!("at least {}", written(*low)),
            (None, Some(high)) => format!("at most {}", written(*high)),
            (None, None) => return None,
        };
        let message = format!(
            "`{shown}` is {bounds}, and this measures {}, {} errors beyond {}",
            written(measured),
            tidy((distance / error).round()),
            bound.map_or(String::new(), written)
        );
        Some(
            Diagnostic::new(Code::BeyondBounds, at, message)
                .label("no trajectory comes near it")
                .help("correct the number or its error, or widen the bounds of the stock: as it is, each trajectory gives almost no probability to what was seen"),
        )
    }

    /// The standard deviation of an error; a percentage is one of the number that came out.
    fn error(&mut self, written: &ast::Expr, unit: &Unit, shown: &str, measured: f64) -> Option<Expr> {
        self.place.reads = Reads::Parameters;
        let bounds = Range { low: Some(0.0), high: None };
        let what = format!("the error of `{shown}`");
        let mut error = None;
        if Scope::is_literal(written) {
            let literal = self.scope.literal(written, unit, bounds)?;
            if matches!(literal.law, Law::Point(x) if x <= 0.0) {
                self.no_error(written.span);
                return None;
            }
            if literal.probability && literal.within.is_none() {
                let share = self.scope.in_place(literal, bounds, &mut self.place)?.expr;
                error = Some(Expr::Apply(Function::Multiply, vec![share, Expr::Number(measured.abs())]));
            } else {
                let typed = self.scope.in_place(literal, bounds, &mut self.place)?;
                error = Some(self.scope.fits(typed, written.span, &unit.dimension, &what)?);
            }
        }
        let error = match error {
            Some(error) => error,
            None => self.scope.of_dimension(written, &unit.dimension, &what, &mut self.place)?,
        };
        match fold(&error) {
            Some(number) if number > 0.0 => Some(Expr::Number(number)),
            Some(_) => {
                self.no_error(written.span);
                None
            }
            None => Some(error),
        }
    }

    fn no_error(&mut self, span: Span) {
        self.scope.diagnostics.push(
            bad(span, "the error of a number is above 0").label("no number is measured without error").help(
                "write the standard deviation of its error, as in `error 50_000 people`, or `error 10%` of the number",
            ),
        );
    }

    /// A report that can err.
    fn report(&mut self, reported: &ast::Reported) -> Option<Report> {
        self.place.reads = Reads::Parameters;
        let hits = reported.hits.as_ref().and_then(|hits| self.chance(hits, "hits"));
        let alarms = reported.false_alarms.as_ref().and_then(|alarms| self.chance(alarms, "false alarms"));
        let (hits, false_alarms) = (hits?, alarms?);
        let (ends, others) = (self.ends(&hits), self.ends(&false_alarms));
        if let (Some((low, high)), Some((from, to))) = (ends, others) {
            let idle = |message: &str, help: &str| {
                Diagnostic::new(Code::IdleReport, reported.span, message).label("no evidence").help(help)
            };
            let found = if low == high && from == to && low == from {
                Some(idle(
                    "such a report is as likely if it was so as if it was not, so it says nothing",
                    "hits are how likely it is if it was so, false alarms if it was not: leave the report out if they are equal",
                ))
            } else if high < from {
                Some(idle(
                    "such a report is likelier if it was not so than if it was, so it speaks against what it reports",
                    "hits are how likely it is if it was so, false alarms if it was not: were they exchanged?",
                ).label("hits below false alarms"))
            } else {
                None
            };
            self.scope.diagnostics.extend(found);
        }
        Some(Report { source: reported.by.as_ref()?.value.clone(), hits, false_alarms })
    }

    fn chance(&mut self, written: &ast::Expr, what: &str) -> Option<Expr> {
        let bounds = Range { low: Some(0.0), high: Some(1.0) };
        let expr = self.scope.quantity_of(written, &Unit::one(), bounds, what, &mut self.place)?;
        if let Some(chance) = fold(&expr)
            && !(0.0..=1.0).contains(&chance)
        {
            self.scope.diagnostics.push(
                Diagnostic::new(Code::OutOfBounds, written.span, format!("{what} lie between 0% and 100%"))
                    .label(format!("this is {}%", tidy(100.0 * chance)))
                    .help("write how likely such a report is, as in `hits 95%`"),
            );
            return None;
        }
        Some(expr)
    }

    /// The ends of a chance as it is written in place.
    fn ends(&self, chance: &Expr) -> Option<(f64, f64)> {
        match chance {
            Expr::Param(index) => match self.scope.params.get(*index)?.0.law {
                Law::Interval { q05, q95, .. } => Some((q05, q95)),
                Law::Point(x) => Some((x, x)),
                _ => None,
            },
            other => fold(other).map(|x| (x, x)),
        }
    }

    // ---- whether it can have been so

    /// Whether something can have come about in these steps; what cannot is evidence against the reading.
    fn timely(&self, fact: Fact, verdict: Verdict, from: u32, to: u32, at: Span) -> (Fact, Verdict) {
        let clock = self.world.clock;
        match &fact {
            Fact::Event { event } => {
                match self.world.events.get(*event) {
                    Some(Event { name, rule: EventRule::Dated { step, .. }, .. }) if *step < from || to < *step => {
                        let due = clock.label(*step);
                        let found = bad(at, format!("`{name}` can happen in {due} alone, and this is another time"))
                        .label("not then")
                        .help(format!("move the date, or give the event a hazard; `observe {due} {name}` says that it happened"));
                        (fact, Verdict::Objected(vec![found]))
                    }
                    _ => (fact, verdict),
                }
            }
            Fact::Choice { choice, option } => {
                let Some(choice) = self.world.choices.get(*choice) else { return (fact, verdict) };
                let name = &choice.name;
                if let Occasion::Considered(_) | Occasion::Hazards = choice.occasion
                    && *option == choice.default
                {
                    let option = choice.options.get(*option).map_or("", |option| option.name.as_str());
                    let date = clock.label(to);
                    let found = bad(
                        at,
                        format!("`{name}` comes up at a rate, and `{option}` means that nothing was done"),
                    )
                    .label("not acting is no outcome")
                    .help(format!(
                        "that nothing else was done in all this time is said by `record complete to {date} for {name}`"
                    ));
                    let statement = format!("option {name}.{option}");
                    return (Fact::Impossible { statement }, Verdict::Objected(vec![found]));
                }
                let Occasion::Steps(steps) = &choice.occasion else { return (fact, verdict) };
                if steps.iter().any(|step| (from..=to).contains(step)) {
                    return (fact, verdict);
                }
                let due: Vec<String> = steps.iter().map(|step| clock.label(*step)).collect();
                let help = match due.as_slice() {
                    [] => format!("say when `{name}` is made, as in `on {}`", clock.label(from)),
                    _ => format!("it comes up in {}", some(due.iter().map(String::as_str))),
                };
                let found =
                    bad(at, format!("`{name}` does not come up at this time")).label("not decided then").help(help);
                (fact, Verdict::Objected(vec![found]))
            }
            _ => (fact, verdict),
        }
    }

    // ---- records

    fn record(&mut self, record: &ast::Record) -> Option<(Record, Verdict)> {
        let last = record.to.as_ref()?;
        let from = match &record.from {
            Some(from) => self.at(from, End::First),
            None => Some(0),
        };
        let to = self.at(last, End::Last);
        let mut made = Record {
            name: self.item.path.clone(),
            from: from?,
            to: to?,
            known: None,
            events: Vec::new(),
            choices: Vec::new(),
        };
        if made.to < made.from {
            self.scope.diagnostics.push(
                Diagnostic::new(Code::BadTime, last.span, "this record ends before it begins")
                    .help("write the earlier date after `from`"),
            );
            return None;
        }
        if let Some(known) = &record.known {
            made.known = Some(self.known(Some(known), last, made.to)?);
        }
        let mut objections = Vec::new();
        for reference in &record.names {
            match self.recorded(reference, &mut made) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(found) => objections.extend(found),
            }
        }
        for list in [&mut made.events, &mut made.choices] {
            list.sort_unstable();
            list.dedup();
        }
        let verdict = if objections.is_empty() { Verdict::Possible } else { Verdict::Objected(objections) };
        Some((made, verdict))
    }

    /// Adds what a record is of: one event or choice, or all of one name.
    fn recorded(&mut self, reference: &Reference, record: &mut Record) -> Result<bool, Vec<Diagnostic>> {
        let name = &reference.name.value;
        let is_bare = reference.entities.is_empty();
        match self.scope.symbols.get(name) {
            Some(Symbol::Event(instances)) if is_bare && !instances.contains_key(&Entities::World) => {
                record.events.extend(instances.values().flatten());
                return Ok(true);
            }
            Some(Symbol::Choice(instances)) if is_bare && !instances.contains_key(&Entities::World) => {
                record.choices.extend(instances.values().filter_map(|choice| choice.index));
                return Ok(true);
            }
            _ => {}
        }
        let (kind, help) = match self.meaning(reference)? {
            Meaning::Event(event) => {
                record.events.extend(event);
                return Ok(true);
            }
            Meaning::Choice(choice) => {
                record.choices.extend(choice.index);
                return Ok(true);
            }
            Meaning::Quantity(_) => (
                "a quantity",
                format!("what it was at a date is `observe 2024-11 {name} = …`; a record is of what changes it"),
            ),
            Meaning::Param(_) => ("a parameter", "name what happens or is decided".to_owned()),
            Meaning::Formula(_) => ("a formula", "name what happens or is decided".to_owned()),
            Meaning::Entity => ("an actor, place or group", "name what happens or is decided".to_owned()),
        };
        self.scope.diagnostics.push(
            Diagnostic::new(
                Code::WrongKind,
                reference.span,
                format!("`{name}` is {kind}, and a record is of events and choices"),
            )
            .label("neither happens nor is decided")
            .help(help),
        );
        Ok(false)
    }
}
