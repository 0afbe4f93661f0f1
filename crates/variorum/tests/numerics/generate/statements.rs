//! Everything but choices and readings: time, entities, state, formulas, events, flows, wishes, questions.

use super::literals::Bounds;
use super::repeated::Range;
use super::words::{Base, Chosen, Dimension, Family, HAZARD, Kind, Ladder, Named, PLAIN, Reads};
use super::{EventDraft, EventPlan, Writer};

/// The model's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// A step has `months / parts` months.
    pub months: u32,
    /// See `months`.
    pub parts: u32,
    /// The first month, counted from year 0.
    pub first: u32,
    /// Months from the first to the last.
    pub span: u32,
}

/// Whose a quantity is.
#[derive(Clone, Debug)]
struct Owner {
    stem: String,
    /// As it is written in the declaration.
    written: String,
    /// What is declared.
    paths: Vec<String>,
    /// The group that has it, and whether its pairs do.
    family: Option<(String, bool)>,
    /// What its statement is repeated for.
    range: Option<Range>,
}

impl Owner {
    fn of(stem: &str, written: String, paths: Vec<String>) -> Owner {
        Owner { stem: stem.to_owned(), written, paths, family: None, range: None }
    }

    /// A statement, under `for each` if it is repeated.
    fn block(&self, statement: String) -> String {
        self.range.as_ref().map_or_else(|| statement.clone(), |range| range.block(&statement))
    }
}

impl Clock {
    /// A date some months after the first.
    pub fn date(self, months: u32) -> String {
        let month = self.first + months;
        format!("{:04}-{:02}", month / 12, month % 12 + 1)
    }
}

impl Writer {
    /// A date within the model's time.
    pub fn date(&mut self) -> String {
        let months = self.dice.below(self.clock.span as usize + 1) as u32;
        let date = self.clock.date(months);
        if self.clock.parts > 1 && self.dice.chance(0.5) {
            return format!("{date}-{:02}", self.dice.below(28) + 1);
        }
        date
    }

    /// Two dates within the model's time, the earlier first.
    pub fn window(&mut self) -> (String, String) {
        let earlier = self.dice.below(self.clock.span as usize + 1) as u32;
        let later = earlier + self.dice.below((self.clock.span - earlier) as usize + 1) as u32;
        (self.clock.date(earlier), self.clock.date(later))
    }

    /// Title, time, units, sources, entities, groups, claims.
    pub fn head(&mut self, seed: u64) -> Vec<String> {
        let (cadence, months, parts) = self.dice.one_of(&[
            ("monthly", 1, 1),
            ("monthly", 1, 1),
            ("monthly", 1, 1),
            ("quarterly", 3, 1),
            ("yearly", 12, 1),
            ("every 2 months", 2, 1),
            ("2 per month", 1, 2),
            ("4 per month", 1, 4),
        ]);
        // Where many steps differ in what is due, plans are made in another way.
        self.long = self.dice.chance(0.1);
        let steps = if self.long { 24 + self.dice.below(40) } else { 3 + self.dice.below(14) } as u32;
        let span = (steps * months / parts).max(2) - 1;
        let first = 12 * (2018 + self.dice.below(10) as u32) + self.dice.below(12) as u32;
        self.clock = Clock { months, parts, first, span };
        let mut head = vec![
            format!("model \"Generated from {seed}\""),
            format!("time {cadence} from {} to {}", self.clock.date(0), self.clock.date(span)),
            "unit people, USD, division = 10_000 people".to_owned(),
            "source s0 \"A report\" by \"Somebody\" on 2024-10-23 text \"report.txt\"".to_owned(),
            "source s1 \"A speech\" quoted in s0".to_owned(),
        ];
        self.names.all.extend(["s0".to_owned(), "s1".to_owned()]);
        for (stem, count) in [("A", 1 + self.dice.below(3)), ("P", self.dice.below(3))] {
            for number in 0..count {
                let name = self.fresh(stem, number);
                let keyword = if stem == "A" { "actor" } else { "place" };
                head.push(format!("{keyword} {name} \"{keyword} number {number}\""));
                if stem == "A" { self.names.actors.push(name) } else { self.names.places.push(name) }
            }
        }
        if self.dice.chance(0.7) {
            let members: Vec<String> = self.names.actors.iter().chain(&self.names.places).cloned().collect();
            let name = self.fresh("G", 0);
            head.push(format!("group {name} = {}", members.join(", ")));
            self.names.groups.push((name, members));
        }
        if self.names.actors.len() > 1 && self.dice.chance(0.7) {
            let mut members = self.names.actors.clone();
            self.dice.shuffle(&mut members);
            let name = self.fresh("G", 1);
            head.push(format!("group {name} = {}", members.join(", ")));
            self.names.groups.push((name, members));
        }
        for number in 0..self.dice.below(3) {
            let name = self.fresh("c", number);
            let stance = self.dice.one_of(&["asserts", "asserts", "doubts", "denies"]);
            let also = if self.dice.chance(0.5) { "\n  s1 asserts 5.1-8#7c1e09k2m4tq, 6.2-8#7c1e09k2m4tq" } else { "" };
            head.push(format!(
                "claim {name} \"That it is so\"\n  s0 {stance} 4.12-20#7c1e09k2m4tq{also}\n  note \"inferred\""
            ));
            self.claims.push(name);
        }
        head
    }

    /// A quantity's place: of the world, an entity, a group or all pairs of a group, in one statement or in one for each.
    fn owner(&mut self, name: &str) -> Owner {
        let entities: Vec<String> = self.names.actors.iter().chain(&self.names.places).cloned().collect();
        let group = self.dice.any_of(&self.names.groups);
        let range = self.range(["i", "j"], false);
        match (self.dice.below(8), group, range) {
            (0 | 1, _, _) => {
                let entity = self.dice.one_of(&entities);
                Owner::of(name, format!("{name}[{entity}]"), vec![format!("{name}[{entity}]")])
            }
            (2, Some((group, members)), _) => {
                let paths = members.iter().map(|member| format!("{name}[{member}]")).collect();
                Owner { family: Some((group.clone(), false)), ..Owner::of(name, format!("{name}[{group}]"), paths) }
            }
            (3, Some((group, members)), _) if (2..4).contains(&members.len()) => {
                let pairs = members.iter().flat_map(|a| members.iter().map(move |b| (a, b))).filter(|(a, b)| a != b);
                let paths = pairs.map(|(a, b)| format!("{name}[{a}, {b}]")).collect();
                let written = format!("{name}[{group}, {group}]");
                Owner { family: Some((group, true)), ..Owner::of(name, written, paths) }
            }
            (4 | 5, _, Some(range)) => {
                let paths = range.copies(&range.name(name));
                Owner { range: Some(range.clone()), ..Owner::of(name, range.name(name), paths) }
            }
            _ => Owner::of(name, name.to_owned(), vec![name.to_owned()]),
        }
    }

    /// Notes what a statement has declared.
    fn declare(&mut self, owner: &Owner, kind: &Kind) {
        if let Some(range) = &owner.range {
            self.declare_copies(range, &owner.stem, kind);
            return;
        }
        owner.paths.iter().for_each(|path| self.names.add(kind, path.clone()));
        if let Some((group, pairs)) = owner.family.clone() {
            self.names.families.push(Family { stem: owner.stem.clone(), group, pairs, kind: kind.clone() });
        }
    }

    /// Writes something in which the variables may stand for which a statement is repeated, if it is.
    fn for_owner<T>(&mut self, owner: &Owner, write: impl FnOnce(&mut Writer) -> T) -> T {
        match &owner.range {
            Some(range) => self.within(range, write),
            None => write(self),
        }
    }

    /// Stocks, ladders, flags.
    pub fn state(&mut self) {
        for number in 0..1 + self.dice.below(4) {
            let name = self.fresh("x", number);
            let base = self.dice.one_of(&[Base::Plain, Base::Plain, Base::People, Base::Money]);
            let dimension = Dimension { base, rate: false };
            let owner = self.owner(&name);
            let mut owners = vec![owner];
            if owners[0].range.is_none() && self.dice.chance(0.2) {
                let second = self.fresh("xx", number);
                let also = self.owner(&second);
                owners.extend(Some(also).filter(|also| also.range.is_none()));
            }
            let written = owners.iter().map(|owner| owner.written.as_str()).collect::<Vec<_>>().join(", ");
            let bounds = match (base, self.nasty) {
                (Base::Plain, false) => self.dice.one_of(&[Bounds::Unit, Bounds::Unit, Bounds::Positive, Bounds::Wide]),
                (Base::Plain, true) => self.dice.one_of(&[Bounds::Unit, Bounds::None, Bounds::Positive, Bounds::Below]),
                (_, false) => self.dice.one_of(&[Bounds::Positive, Bounds::Wide, Bounds::Wide]),
                (_, true) => self.dice.one_of(&[Bounds::None, Bounds::Positive, Bounds::Wide]),
            };
            let unit = match base {
                Base::Plain => "",
                Base::People if self.dice.chance(0.3) => " : division",
                Base::People => " : people",
                Base::Money => " : USD",
            };
            let start = if self.dice.chance(0.2) {
                let number = self.for_owner(&owners[0], |writer| writer.number(dimension, Reads::Parameters, 1));
                format!("min({number}, {})", self.literal(dimension))
            } else {
                self.bounded_value(dimension, bounds)
            };
            let (before, why) = (self.bounds(bounds), self.why());
            let clamped = if bounds == Bounds::Unit { start } else { start.replace("unknown", "0.5 .. 0.9") };
            let text = format!("stock {written}{unit}{before} = {clamped}{why}");
            let text = owners[0].block(text);
            owners.iter().for_each(|owner| self.declare(owner, &Kind::Stock(dimension)));
            self.add("stock", owners.into_iter().flat_map(|owner| owner.paths).collect(), text);
        }
        for number in 0..self.dice.below(3) {
            let name = self.fresh("l", number);
            let owner = self.owner(&name);
            let levels: Vec<String> = self
                .dice
                .one_of(&[
                    vec!["low", "mid", "high"],
                    vec!["calm", "tense"],
                    vec!["none", "some", "much", "most", "whole"],
                ])
                .into_iter()
                .map(str::to_owned)
                .collect();
            let starts =
                if self.dice.chance(0.5) { format!(", starts {}", self.dice.one_of(&levels)) } else { String::new() };
            let text = owner.block(format!("ladder {} = {}{starts}", owner.written, levels.join(" < ")));
            self.declare(&owner, &Kind::Ladder(levels));
            self.add("ladder", owner.paths, text);
        }
        for number in 0..1 + self.dice.below(3) {
            let name = self.fresh("f", number);
            let owner = self.owner(&name);
            let start = self.dice.one_of(&["", " = no", " = yes", ""]);
            self.declare(&owner, &Kind::Flag);
            let text = owner.block(format!("flag {}{start}", owner.written));
            self.add("flag", owner.paths, text);
        }
    }

    /// Formulas.
    pub fn lets(&mut self) {
        for _ in 0..self.dice.below(3) {
            let number = self.names.formulas.len() + self.names.truths.len() + self.names.levels.len();
            let name = self.fresh("g", number);
            let owner = self.owner(&name);
            let reads = self.dice.one_of(&[Reads::Parameters, Reads::State, Reads::State, Reads::Before, Reads::Now]);
            let why = self.why();
            if self.dice.chance(0.3) {
                let value = self.for_owner(&owner, |writer| writer.condition(reads, 2));
                let text = owner.block(format!("let {} = {value}{why}", owner.written));
                self.declare(&owner, &Kind::Truth(reads));
                self.add("let", owner.paths, text);
                continue;
            }
            let ladder = self.dice.any_of(&self.names.ladders);
            if let Some(ladder) = ladder
                && self.dice.chance(0.15)
            {
                let levels = ladder.levels.clone();
                self.names
                    .levels
                    .extend(owner.paths.iter().map(|path| Ladder { text: path.clone(), levels: levels.clone() }));
                let text = owner.block(format!("let {} = {}", owner.written, ladder.text));
                self.add("let", owner.paths, text);
                continue;
            }
            let base = self.dice.one_of(&[Base::Plain, Base::Plain, Base::People, Base::Money]);
            let dimension = Dimension { base, rate: self.dice.chance(0.3) };
            let value = self.for_owner(&owner, |writer| writer.number(dimension, reads, 3));
            // Without a unit a formula takes that of its value; a literal zero would have none.
            let unit = match base {
                Base::Plain => "1",
                Base::People => "people",
                Base::Money => "USD",
            };
            let unit = format!(" : {unit}{}", if dimension.rate { " / month" } else { "" });
            let text = owner.block(format!("let {}{unit} = ({value}){why}", owner.written));
            self.declare(&owner, &Kind::Formula(dimension, reads));
            self.add("let", owner.paths, text);
        }
    }

    /// The names of the events, so that everything may ask whether they happened.
    pub fn declare_events(&mut self) {
        let count = if self.long { 12 + self.dice.below(20) } else { self.dice.below(5) };
        for number in 0..count {
            let stem = self.fresh("e", number);
            let many = !self.long && self.dice.chance(0.35);
            let range =
                if many { self.range(["i", "j"], false).filter(|range| range.bindings.len() < 7) } else { None };
            match &range {
                Some(range) => {
                    self.declare_copies(range, &stem, &Kind::Event);
                }
                None => self.names.events.push(stem.clone()),
            }
            self.plans.push(EventPlan { stem, range });
        }
    }

    /// Events. What they set is chosen so that no two of them can set one thing differently in one step.
    pub fn events(&mut self) {
        let plans = std::mem::take(&mut self.plans);
        let (blocks, alone): (Vec<EventPlan>, Vec<EventPlan>) =
            plans.into_iter().partition(|plan| plan.range.is_some());
        let names: Vec<String> = alone.into_iter().map(|plan| plan.stem).collect();
        let many = if self.long { 8 * names.len() } else { names.len() + 1 };
        let groups: Vec<usize> = names.iter().map(|_| self.dice.below(many)).collect();
        let mut setters: Vec<(String, String, usize)> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let previous = (0..index).rev().find(|other| groups[*other] == groups[index]);
            let next = (index + 1..names.len()).any(|other| groups[other] == groups[index]);
            let competes = groups[index] > 0 && (previous.is_some() || next);
            let group = if competes { groups[index] } else { 1000 + index };
            let share = if self.long { 0.8 } else { 0.25 };
            let dated = (!competes && self.dice.chance(share)).then(|| self.date());
            let mut rest = String::new();
            if let Some(previous) = previous.filter(|_| competes) {
                rest += &format!("\n  excludes {}", names[previous]);
            }
            let effects = self.event_effects(group, &mut setters);
            if !effects.is_empty() {
                rest += &format!("\n  then {}", effects.join(", "));
            }
            // What the future of is seen by an actor reads the state alone.
            let is_plain = dated.is_none() && self.dice.chance(0.6);
            self.names.hazards.extend(Some(name.clone()).filter(|_| is_plain));
            let draft = EventDraft { name: name.clone(), dated, rest, is_plain };
            let text = self.event(&draft);
            self.add("event", vec![name.clone()], text);
            self.events.push(draft);
        }
        for plan in blocks {
            if let Some(range) = &plan.range {
                self.event_block(&plan.stem, range, &mut setters);
            }
        }
    }

    /// Events for each of a range. What they set is set to one level only.
    fn event_block(&mut self, stem: &str, range: &Range, setters: &mut Vec<(String, String, usize)>) {
        let mut rest = String::new();
        let ordered = !range.text.starts_with("pair ");
        if let [a, b] = range.variables.as_slice()
            && ordered
            && self.dice.chance(0.5)
        {
            rest += &format!("\n  excludes {stem}[{b}, {a}]");
        }
        let wanted = self.within(range, |writer| {
            (0..writer.dice.below(4)).filter_map(|_| writer.effect(Reads::Now)).collect::<Vec<_>>()
        });
        let mut effects = Vec::new();
        for (target, effect) in wanted {
            if let Some(value) = effect.strip_prefix(" = ").filter(|value| !value.ends_with(" level")) {
                let targets = range.copies(&target);
                let same =
                    targets.iter().all(|target| setters.iter().all(|(other, set, _)| other != target || set == value));
                if value != "yes" || !same {
                    continue;
                }
                let group = 2000 + setters.len();
                setters.extend(targets.into_iter().map(|target| (target, value.to_owned(), group)));
            }
            effects.push(target + &effect);
        }
        if !effects.is_empty() {
            rest += &format!("\n  then {}", effects.join(", "));
        }
        let draft = EventDraft { name: range.name(stem), dated: None, rest, is_plain: true };
        let text = self.within(range, |writer| writer.event(&draft));
        let names = range.copies(&draft.name);
        let rests = range.copies(&draft.rest);
        let copies = names.iter().cloned().zip(rests);
        self.events.extend(copies.map(|(name, rest)| EventDraft { name, dated: None, rest, is_plain: true }));
        self.add("event", names, range.block(&text));
    }

    fn event_effects(&mut self, group: usize, setters: &mut Vec<(String, String, usize)>) -> Vec<String> {
        let mut effects = Vec::new();
        for _ in 0..self.dice.below(4) {
            let Some((target, effect)) = self.effect(Reads::Now) else { continue };
            if let Some(value) = effect.strip_prefix(" = ").filter(|value| !value.ends_with(" level")) {
                let simple = matches!(value, "yes" | "no");
                let clash = setters
                    .iter()
                    .any(|(other, set, of)| *other == target && *of != group && !(simple && set == value));
                if clash {
                    continue;
                }
                setters.push((target.clone(), value.to_owned(), group));
            }
            effects.push(target + &effect);
        }
        effects
    }

    /// The text of an event; repeated for the same draft it has other numbers.
    pub fn event_text_for_reading(&mut self, index: usize) -> Option<String> {
        let draft = self.events.get(index)?.clone();
        Some(self.event(&draft))
    }

    fn event(&mut self, draft: &EventDraft) -> String {
        let when =
            if self.dice.chance(0.5) { format!("\n  when {}", self.condition(Reads::Now, 2)) } else { String::new() };
        let how = match &draft.dated {
            Some(date) => {
                let chance = self.probability();
                format!("\n  on {date} chance {chance}")
            }
            None => {
                let hazard = self.hazard(if draft.is_plain { Reads::State } else { Reads::Now });
                format!("\n  hazard {hazard}")
            }
        };
        let (title, why) = (self.dice.one_of(&["", " \"Something happens\""]), self.why());
        format!("event {}{title}{when}{how}{}{why}", draft.name, draft.rest)
    }

    /// A hazard; in nasty models also such as no hazard can be.
    pub fn hazard(&mut self, reads: Reads) -> String {
        if self.nasty && self.dice.chance(0.3) {
            let nasty = [
                "0 per month",
                "1e9 per month",
                "1e308 per day",
                "(1e308 * gamma(9, 1e-9) per day)",
                "(-gamma(2, 1) * 1 per month)",
                "(ln(-beta(1, 1)) * 1 per month)",
                "1e-300 per month",
                "(0.99999 within 1 months)",
                "(1 / max(0, -beta(1, 1)) * 1 per year)",
            ];
            return self.dice.one_of(&nasty).to_owned();
        }
        self.number(HAZARD, reads, 2)
    }

    /// A probability per occasion, before a step's events.
    pub fn probability(&mut self) -> String {
        if self.nasty && self.dice.chance(0.3) {
            let nasty = [
                "0.9",
                "70%",
                "0",
                "1",
                "(0.1 - beta(9, 1))",
                "ln(-beta(1, 1))",
                "(1 / max(0, -beta(1, 1)))",
                "(1e308 * beta(3, 1))",
            ];
            return self.dice.one_of(&nasty).to_owned();
        }
        if self.dice.chance(0.4) {
            return format!("clip({}, 0, 0.6)", self.number(PLAIN, Reads::Before, 1));
        }
        self.dice
            .one_of(&["0.3", "25%", "10% .. 40%", "3 of 11", "beta(2, 5)", "(0.2 .. 0.4)", "uniform(0, 0.5)", "1%"])
            .to_owned()
    }

    /// An effect: what it changes, and how.
    pub fn effect(&mut self, reads: Reads) -> Option<(String, String)> {
        match self.dice.below(4) {
            0 => {
                let flag = self.dice.any_of(&self.names.flags)?;
                let value = if self.dice.chance(0.8) {
                    self.dice.one_of(&["yes", "yes", "no"]).to_owned()
                } else {
                    self.condition(reads, 1)
                };
                Some((flag, format!(" = {value}")))
            }
            1 => {
                let ladder = self.dice.any_of(&self.names.ladders)?;
                let level = self.dice.one_of(&ladder.levels);
                let how = [" = next level".to_owned(), " = previous level".to_owned(), format!(" = {level}")];
                Some((ladder.text, self.dice.one_of(&how)))
            }
            _ => {
                let stock = self.dice.any_of(&self.names.stocks)?;
                let effect = match self.dice.below(5) {
                    0 => format!(" *= {}", self.number(PLAIN, reads, 1)),
                    1 => format!(" -= {}", self.number(stock.dimension, reads, 1)),
                    2 => format!(" = {}", self.number(stock.dimension, reads, 1)),
                    _ => format!(" += {}", self.number(stock.dimension, reads, 2)),
                };
                Some((stock.text, effect))
            }
        }
    }

    /// Flows, with and without noise and labels.
    pub fn flows(&mut self) {
        let stocks = self.names.stocks.clone();
        for (number, stock) in stocks.iter().enumerate() {
            for label in 0..self.dice.below(3) {
                let (text, path) = self.flow(stock, &format!("w{number}_{label}"), label > 0);
                self.add("flow", vec![path], text);
            }
        }
        for number in 0..self.dice.below(3) {
            let Some(range) = self.range(["i", "j"], false) else { continue };
            let label = format!("z{number}");
            let (known, name) = (stocks.len(), range.name(&label));
            let written = self.within(&range, |writer| {
                let own: Vec<Named> = writer.names.stocks.get(known..).unwrap_or_default().to_vec();
                writer.dice.any_of(&own).map(|stock| writer.flow(&stock, &name, true))
            });
            let Some((text, path)) = written else { continue };
            self.names.all.push(label);
            self.add("flow", range.copies(&path), range.block(&text));
        }
    }

    /// A flow of a stock, with a label if it needs one.
    pub fn flow(&mut self, stock: &Named, label: &str, labelled: bool) -> (String, String) {
        let labelled = labelled || self.dice.chance(0.4);
        let sign = self.dice.one_of(&["+=", "-="]);
        let rate = self.number(stock.dimension.per_time(), Reads::Now, 2);
        let noise = if self.dice.chance(0.35) {
            let spread = match (self.dice.chance(0.7), self.nasty) {
                (true, _) => self.literal(stock.dimension),
                (false, false) => format!("abs({})", self.number(stock.dimension, Reads::Now, 1)),
                (false, true) => self.number(stock.dimension, Reads::Now, 1),
            };
            format!(" noise normal {spread} per {}", self.dice.one_of(&["month", "year", "week"]))
        } else {
            String::new()
        };
        let why = self.why();
        let (prefix, path) = if labelled {
            self.names.all.extend(Some(label.to_owned()).filter(|label| !label.contains('[')));
            (format!("{label}: "), format!("flow {label}"))
        } else {
            (String::new(), format!("flow {}", stock.text))
        };
        (format!("flow {prefix}{} {sign} {rate}{noise}{why}", stock.text), path)
    }

    /// What actors want, how far they look and how well they choose.
    pub fn wishes(&mut self) {
        let actors = self.names.actors.clone();
        for (number, actor) in actors.iter().enumerate() {
            let decides = self.deciders.contains(actor);
            if !decides && self.dice.chance(0.7) {
                continue;
            }
            for term in 0..1 + self.dice.below(3) {
                let value = self.wish();
                let why = self.why();
                if term == 0 && self.dice.chance(0.5) {
                    self.add("utility", vec![format!("utility {actor}")], format!("utility {actor} = {value}{why}"));
                    continue;
                }
                let label = format!("u{number}_{term}");
                self.names.all.push(label.clone());
                self.add(
                    "utility",
                    vec![format!("utility {label}")],
                    format!("utility {label}: {actor} = {value}{why}"),
                );
                self.utilities.push((label, actor.clone()));
            }
            let precision = self.precision(actor);
            self.add("precision", vec![format!("precision {actor}")], precision);
        }
        for number in 0..self.dice.below(3) {
            let Some(range) = self.range(["i", "j"], true) else { continue };
            let label = format!("y{number}");
            let value = self.within(&range, Writer::wish);
            let why = self.why();
            let text = range.block(&format!("utility {}: {} = {value}{why}", range.name(&label), range.variables[0]));
            let labels = range.copies(&range.name(&label));
            let whose = range.bindings.iter().map(|binding| binding[0].clone());
            self.utilities.extend(labels.iter().cloned().zip(whose));
            self.add("utility", labels.into_iter().map(|label| format!("utility {label}")).collect(), text);
            self.names.all.push(label);
        }
        for (keyword, chance) in [("horizon", 0.7), ("patience", 0.4), ("foresight", 0.5)] {
            let range = self.range(["i", "j"], true).filter(|range| range.variables.len() == 1);
            let mut told: Vec<String> = Vec::new();
            if let Some(range) = range.filter(|_| self.dice.chance(0.3)) {
                let text = range.block(&self.setting(keyword, "i"));
                self.add(keyword, range.copies(&format!("{keyword} i")), text);
                told = range.bindings.concat();
            }
            for actor in &actors {
                if !told.contains(actor) && self.dice.chance(chance) {
                    let text = self.setting(keyword, actor);
                    self.add(keyword, vec![format!("{keyword} {actor}")], text);
                }
            }
        }
    }

    /// A utility. It may be infinite or no number, but no enormous number: times a precision, its last bit would decide
    /// between options that are worth the same.
    pub fn wish(&mut self) -> String {
        self.utility = true;
        let mut value = self.number(PLAIN, Reads::State, 2);
        self.utility = false;
        let feared = self.dice.any_of(&self.names.hazards);
        if let Some(event) = feared.filter(|_| self.dice.chance(0.35)) {
            let weight = self.dice.one_of(&["-2", "-0.5", "1", "-4 * 25%"]);
            let time = self.dice.one_of(&["12 months", "1 year", "2 quarters", "0.5 months"]);
            value = format!("{value} + {weight} * risk({event} within {time})");
        }
        match (self.nasty, self.dice.below(3)) {
            (false, _) => value,
            (true, 0) => format!(
                "clip({value}, -1000, 1000) + (({} / 0) if {})",
                self.dice.one_of(&["1", "0", "-1"]),
                self.condition(Reads::State, 1)
            ),
            (true, _) => format!("clip({value}, -1000, 1000)"),
        }
    }

    /// How precisely an actor chooses.
    pub fn precision(&mut self, actor: &str) -> String {
        let value = if self.nasty && self.dice.chance(0.5) {
            self.dice.one_of(&[
                "0",
                "1000",
                "1e5",
                "(1e308 * 1e10)",
                "(1 - gamma(3, 1))",
                "sqrt(normal(0, 1))",
                "1e-300",
            ])
        } else {
            self.dice.one_of(&["2 .. 6", "3", "0.5", "1 .. 4", "uniform(0, 5)", "2 * 1.5", "gamma(3, 1)"])
        };
        let why = self.why();
        format!("precision {actor} = {value}{why}")
    }

    /// How an actor looks ahead.
    pub fn setting(&mut self, keyword: &str, actor: &str) -> String {
        let length = f64::from(self.clock.months) / f64::from(self.clock.parts);
        let value = match keyword {
            "horizon" if length < 1.0 => self.dice.one_of(&["0", "1 month", "10 days", "1.3 months", "2 months"]),
            "horizon" => {
                self.dice.one_of(&["0", "1 month", "3 months", "0.25 years", "40 days", "7.3 months", "1 year"])
            }
            "foresight" => self.dice.one_of(&["all", "0 replies", "1 reply", "2 replies"]),
            _ if self.nasty => self.dice.one_of(&["0.8", "1", "0", "1.5", "1e-9"]),
            _ => self.dice.one_of(&["0.8", "0.5 .. 0.9", "1", "1.2"]),
        };
        let why = if keyword == "foresight" && self.dice.chance(0.5) { String::new() } else { self.why() };
        format!("{keyword} {actor} = {value}{why}")
    }

    /// Questions of all kinds.
    pub fn questions(&mut self) -> Vec<String> {
        let mut questions = Vec::new();
        for number in 0..3 + self.dice.below(5) {
            let name = self.fresh("q", number);
            let query = match self.dice.below(6) {
                5 => {
                    let by = if self.dice.chance(0.6) { format!(" by {}", self.date()) } else { String::new() };
                    format!("first date {}{by}", self.condition(Reads::Now, 2))
                }
                0 => format!("{} by {}", self.condition(Reads::Now, 2), self.date()),
                1 => format!("{} at {}", self.condition(Reads::Now, 1), self.date()),
                2 => {
                    let (from, to) = self.window();
                    format!("{} from {from} to {to}", self.condition(Reads::Now, 1))
                }
                3 => {
                    let stocks: Vec<String> = self.names.stocks.iter().map(|stock| stock.text.clone()).collect();
                    format!("value {} at {}", self.dice.one_of(&stocks), self.date())
                }
                _ => {
                    let base = self.dice.one_of(&[Base::Plain, Base::People, Base::Money]);
                    let dimension = Dimension { base, rate: self.dice.chance(0.2) };
                    format!("value {} at {}", self.number(dimension, Reads::Now, 3), self.date())
                }
            };
            let given = if self.dice.chance(0.3) {
                let condition = self.condition(Reads::Now, 1);
                let (from, to) = self.window();
                match self.dice.below(3) {
                    0 => format!("\n    given {condition} by {to}"),
                    1 => format!(" given {condition} at {to}"),
                    _ => format!(" given {condition} from {from} to {to}"),
                }
            } else {
                String::new()
            };
            let said = match (self.dice.chance(0.3), query.starts_with("value ")) {
                (false, _) => "",
                (true, false) => "\n  s0 said \"unlikely\" 4.1-8#7c1e09k2m4tq",
                (true, true) => "\n  s0 said 3 4.1-8#7c1e09k2m4tq",
            };
            let resolved =
                if self.dice.chance(0.2) { "\n  resolved void on 2025-12-31 from \"the record\"" } else { "" };
            questions.push(format!("question {name} \"What comes of it?\"\n  = {query}{given}{said}{resolved}"));
        }
        questions
    }

    /// Notes a choice that has been declared.
    pub fn declare_choice(&mut self, name: &str, options: &[String], outcomes: Vec<String>) {
        self.names.choices.push(Chosen { name: name.to_owned(), options: options.to_vec(), outcomes });
    }
}
