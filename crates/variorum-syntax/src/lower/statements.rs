//! Statements and their parts, from nodes to plain data.

use super::{Lower, child, children, expressions_of, has_word, is_word, token, tokens};
use crate::ast::*;
use crate::diagnostic::Span;
use crate::kind::{SyntaxKind as K, SyntaxNode};
use crate::literals;

impl Lower {
    pub(super) fn file(self, node: &SyntaxNode) -> File {
        File { statements: self.statements(node) }
    }

    fn statements(self, node: &SyntaxNode) -> Vec<Statement> {
        node.children().filter(|child| child.kind().is_statement()).map(|child| self.statement(&child)).collect()
    }

    fn statement(self, node: &SyntaxNode) -> Statement {
        let kind = match node.kind() {
            K::Model => StatementKind::Model(self.text(node)),
            K::Time => StatementKind::Time(self.time(node)),
            K::Use => StatementKind::Use(self.text(node)),
            K::Source => StatementKind::Source(self.source(node)),
            K::Actor => StatementKind::Actor(self.entities(node)),
            K::Place => StatementKind::Place(self.entities(node)),
            K::Group => StatementKind::Group(Group { name: self.name(node), members: self.listed_names(node) }),
            K::Unit => StatementKind::Unit(children(node, K::UnitItem).filter_map(|item| self.unit(&item)).collect()),
            K::Claim => StatementKind::Claim(self.claim(node)),
            K::Param => StatementKind::Param(Param {
                name: self.reference_in(node),
                unit: self.unit_expr(node),
                bounds: self.bounds(node),
                value: self.expr(node),
            }),
            K::Stock => StatementKind::Stock(Stock {
                targets: self.references(node),
                unit: self.unit_expr(node),
                bounds: self.bounds(node),
                start: self.expr(node),
            }),
            K::Ladder => StatementKind::Ladder(Ladder {
                targets: self.references(node),
                levels: child(node, K::Levels).map(|levels| self.names(&levels)).unwrap_or_default(),
                starts: child(node, K::Starts).and_then(|starts| self.name(&starts)),
            }),
            K::Flag => StatementKind::Flag(Flag { targets: self.references(node), start: self.truth(node) }),
            K::Let => StatementKind::Let(Let {
                target: self.reference_in(node),
                unit: self.unit_expr(node),
                value: self.expr(node),
            }),
            K::Event => StatementKind::Event(self.event(node)),
            K::Choice => StatementKind::Choice(self.choice(node)),
            K::Flow => StatementKind::Flow(self.flow(node)),
            K::Utility => StatementKind::Utility(Utility {
                label: self.label(node),
                actor: self.name(node),
                value: self.expr(node),
            }),
            K::Horizon => StatementKind::Horizon(self.setting(node)),
            K::Precision => StatementKind::Precision(self.setting(node)),
            K::Patience => StatementKind::Patience(self.setting(node)),
            K::Foresight => StatementKind::Foresight(Foresight {
                actors: self.listed_names(node),
                replies: child(node, K::Replies).and_then(|replies| self.whole_number(&replies)),
            }),
            K::Correlate => {
                StatementKind::Correlate(Correlate { params: self.references(node), value: self.expr(node) })
            }
            K::Reading => StatementKind::Reading(Reading {
                name: self.name(node),
                title: self.text(node),
                voices: children(node, K::Voices).flat_map(|voices| self.listed_names(&voices)).collect(),
                statements: self.statements(node),
            }),
            K::Question => StatementKind::Question(self.question(node)),
            K::SwitchOff => {
                StatementKind::SwitchOff(children(node, K::Path).filter_map(|path| self.path(&path)).collect())
            }
            K::Keeps => StatementKind::Keeps(child(node, K::Path).and_then(|path| self.path(&path)), self.text(node)),
            K::OptionOf => self.option_of(node),
            K::Scenario => StatementKind::Scenario(Scenario {
                name: self.name(node),
                title: self.text(node),
                statements: self.statements(node),
            }),
            K::Observe => StatementKind::Observe(self.observe(node)),
            K::Record => StatementKind::Record(self.record(node)),
            K::Set => self.set(node),
            K::Hold => self.hold(node),
            K::ForEach => {
                StatementKind::ForEach(ForEach { range: self.range_in(node), statements: self.statements(node) })
            }
            _ => StatementKind::Error,
        };
        let provenance = self.provenance(node);
        Statement { kind, provenance, span: self.span(node.text_range()), head: self.head(node) }
    }

    /// The keyword and the name, or the nearest thing to a name that the statement has.
    fn head(self, node: &SyntaxNode) -> Span {
        let first = node.first_token().map_or(node.text_range(), |token| token.text_range());
        let name = match node.kind() {
            K::Actor | K::Place => child(node, K::Entity).and_then(|entity| token(&entity, K::Name)),
            K::Unit => child(node, K::UnitItem).and_then(|item| token(&item, K::Name)),
            K::SwitchOff => tokens(node).find(|token| is_word(token, "off")),
            K::OptionOf => child(node, K::ChoiceOption).and_then(|option| token(&option, K::Name)),
            K::Source | K::Group | K::Claim | K::Utility | K::Reading | K::Scenario | K::Question => {
                token(node, K::Name)
            }
            K::Model | K::Use => token(node, K::Text),
            _ => None,
        };
        let name = name.map(|token| token.text_range());
        let name = name.or_else(|| {
            let part = match node.kind() {
                K::Stock | K::Ladder | K::Flag | K::Correlate | K::Record => children(node, K::Reference).last(),
                K::Observe => expressions_of(node).next(),
                K::Param | K::Let | K::Event | K::Choice | K::Set | K::Hold => child(node, K::Reference),
                // With a label, the label is the name.
                K::Flow => match child(node, K::Label).and_then(|label| child(&label, K::Reference)) {
                    Some(label) => Some(label),
                    None => child(node, K::Reference),
                },
                K::Horizon | K::Precision | K::Patience | K::Foresight => child(node, K::NameList),
                K::Keeps => child(node, K::Path),
                K::ForEach => child(node, K::Range),
                _ => None,
            };
            part.map(|part| part.text_range())
        });
        self.span(name.map_or(first, |name| first.cover(name)))
    }

    fn provenance(self, node: &SyntaxNode) -> Provenance {
        Provenance {
            because: children(node, K::Because).flat_map(|because| self.listed_names(&because)).collect(),
            from: children(node, K::From).flat_map(|from| self.origins(&from)).collect(),
            assumed: self.text_in(node, K::Assumed),
            among: self.text_in(node, K::Among),
        }
    }

    fn origins(self, node: &SyntaxNode) -> Vec<From> {
        let Some(source) = self.name(node) else { return Vec::new() };
        let anchors = self.anchors(node).into_iter().map(Place::Anchor);
        let places = anchors.chain(self.text(node).map(Place::Words));
        places.map(|place| From { source: source.clone(), place }).collect()
    }

    // ---- shared parts

    fn anchors(self, node: &SyntaxNode) -> Vec<At<Anchor>> {
        let anchors = tokens(node).filter(|token| token.kind() == K::Anchor);
        anchors
            .filter_map(|token| {
                let value = literals::anchor(token.text()).ok()?;
                Some(At { value, span: self.span(token.text_range()) })
            })
            .collect()
    }

    pub(super) fn reference(self, node: &SyntaxNode) -> Option<Reference> {
        let mut names = self.names(node).into_iter();
        // The names of the entities stand after the bracket, even where the name itself is missing.
        let open = token(node, K::LeftBracket).map(|open| u32::from(open.text_range().start()));
        let name = names.next().filter(|name| open.is_none_or(|open| name.span.start < open))?;
        let span = self.span(node.text_range());
        Some(Reference { name, entities: names.collect(), span })
    }

    pub(super) fn reference_in(self, node: &SyntaxNode) -> Option<Reference> {
        self.reference(&child(node, K::Reference)?)
    }

    fn references(self, node: &SyntaxNode) -> Vec<Reference> {
        children(node, K::Reference).filter_map(|reference| self.reference(&reference)).collect()
    }

    fn unit_expr(self, node: &SyntaxNode) -> Option<UnitExpr> {
        let node = child(node, K::UnitExpr)?;
        let mut factors = Vec::new();
        let mut exponent = 1;
        for token in tokens(&node) {
            match token.kind() {
                K::Star => exponent = 1,
                K::Slash => exponent = -1,
                K::Name => factors.push((self.name_of(&token), exponent)),
                _ => {}
            }
        }
        let is_plain = token(&node, K::Number).is_some();
        (is_plain || !factors.is_empty()).then(|| UnitExpr { factors, span: self.span(node.text_range()) })
    }

    fn bounds(self, node: &SyntaxNode) -> Option<Bounds> {
        let node = child(node, K::Bounds)?;
        let mut ends = expressions_of(&node).map(|end| self.expression(&end));
        let (low, high) = if has_word(&node, "most") { (None, ends.next()) } else { (ends.next(), ends.next()) };
        Some(Bounds { low, high, span: self.span(node.text_range()) })
    }

    fn truth(self, node: &SyntaxNode) -> Option<At<bool>> {
        let node = child(node, K::TruthExpr)?;
        let value = node.first_token().is_some_and(|token| super::expressions::is_true(token.text()));
        Some(At { value, span: self.span(node.text_range()) })
    }

    /// What a `for each` or an aggregate runs over; of what could not be read, the parts are missing.
    pub(super) fn range_in(self, node: &SyntaxNode) -> Range {
        let Some(range) = child(node, K::Range) else {
            let span = self.span(node.text_range());
            return Range { pair: None, variables: Vec::new(), group: None, except: Vec::new(), span };
        };
        let pair = tokens(&range).find(|token| is_word(token, "pair"));
        Range {
            pair: pair.map(|token| self.span(token.text_range())),
            variables: self.listed_names(&range),
            group: self.name(&range),
            except: child(&range, K::Except).map(|except| self.listed_names(&except)).unwrap_or_default(),
            span: self.span(range.text_range()),
        }
    }

    fn label(self, node: &SyntaxNode) -> Option<Reference> {
        self.reference_in(&child(node, K::Label)?)
    }

    fn whole_number(self, node: &SyntaxNode) -> Option<At<u32>> {
        let number = self.numbers(node).into_iter().next()?;
        let value = number.value.value;
        // The parser has reported what is no whole number.
        let fits = value >= 0.0 && value <= f64::from(u32::MAX) && value.trunc() == value;
        fits.then_some(At { value: value as u32, span: number.span })
    }

    // ---- declarations

    fn time(self, node: &SyntaxNode) -> Time {
        Time {
            cadence: child(node, K::Cadence).and_then(|cadence| self.cadence(&cadence)),
            from: self.date_after(node, "from"),
            to: self.date_after(node, "to"),
        }
    }

    fn cadence(self, node: &SyntaxNode) -> Option<At<Cadence>> {
        let count = self.whole_number(node).map(|count| count.value).filter(|count| *count > 0);
        let word =
            node.children_with_tokens().find_map(|element| element.into_token().filter(|t| t.kind() == K::Keyword));
        let value = match word.as_ref().map(|word| word.text())? {
            "monthly" => Cadence { months: 1, parts: 1 },
            "quarterly" => Cadence { months: 3, parts: 1 },
            "yearly" => Cadence { months: 12, parts: 1 },
            "every" => Cadence { months: count?, parts: 1 },
            "per" => Cadence { months: 1, parts: count? },
            _ => return None,
        };
        Some(At { value, span: self.span(node.text_range()) })
    }

    fn source(self, node: &SyntaxNode) -> Source {
        Source {
            name: self.name(node),
            title: self.text(node),
            by: self.text_in(node, K::By),
            on: child(node, K::On).and_then(|on| self.date(&on)),
            text: self.text_in(node, K::SourceText),
            quoted_in: child(node, K::QuotedIn).and_then(|quoted| self.name(&quoted)),
        }
    }

    fn entities(self, node: &SyntaxNode) -> Vec<Entity> {
        let entity = |item: SyntaxNode| Some(Entity { name: self.name(&item)?, title: self.text(&item) });
        children(node, K::Entity).filter_map(entity).collect()
    }

    fn unit(self, node: &SyntaxNode) -> Option<Unit> {
        let number = self.numbers(node).into_iter().next();
        let number = number.map(|number| At { value: number.value.value, span: number.span });
        Some(Unit { name: self.name(node)?, is: number.zip(self.unit_expr(node)) })
    }

    fn claim(self, node: &SyntaxNode) -> Claim {
        Claim {
            name: self.name(node),
            text: self.text(node),
            stances: children(node, K::StanceLine).filter_map(|line| self.stance(&line)).collect(),
            note: self.text_in(node, K::Note),
        }
    }

    fn stance(self, node: &SyntaxNode) -> Option<StanceLine> {
        let word = tokens(node).find(|token| token.kind() == K::Keyword)?;
        let value = match word.text() {
            "asserts" => Stance::Asserts,
            "doubts" => Stance::Doubts,
            _ => Stance::Denies,
        };
        let stance = At { value, span: self.span(word.text_range()) };
        Some(StanceLine { source: self.name(node)?, stance, anchors: self.anchors(node), places: self.texts(node) })
    }

    // ---- events and choices

    fn event(self, node: &SyntaxNode) -> Event {
        Event {
            name: self.reference_in(node),
            title: self.text(node),
            when: self.expr_in(node, K::When),
            hazard: self.expr_in(node, K::Hazard),
            on: child(node, K::On).and_then(|on| self.date(&on)),
            chance: self.expr_in(node, K::Chance),
            excludes: children(node, K::Excludes).flat_map(|list| self.references(&list)).collect(),
            effects: self.effects(node),
        }
    }

    fn effects(self, node: &SyntaxNode) -> Vec<Effect> {
        let effects = children(node, K::Then).flat_map(|then| children(&then, K::Effect).collect::<Vec<_>>());
        effects.filter_map(|effect| self.effect(&effect)).collect()
    }

    fn effect(self, node: &SyntaxNode) -> Option<Effect> {
        let target = self.reference_in(node)?;
        let value = self.expr(node);
        let op = if has_word(node, "next") {
            EffectOp::NextLevel
        } else if has_word(node, "previous") {
            EffectOp::PreviousLevel
        } else if token(node, K::PlusEqual).is_some() {
            EffectOp::Add
        } else if token(node, K::MinusEqual).is_some() {
            EffectOp::Subtract
        } else if token(node, K::StarEqual).is_some() {
            EffectOp::Multiply
        } else {
            // Without a value no sign was found either.
            value.as_ref()?;
            EffectOp::Set
        };
        Some(Effect { target, op, value, span: self.span(node.text_range()) })
    }

    fn choice(self, node: &SyntaxNode) -> Choice {
        Choice {
            name: self.reference_in(node),
            by: child(node, K::By).and_then(|by| self.name(&by)),
            title: self.text(node),
            occasions: node.children().filter_map(|child| self.occasion(&child)).collect(),
            when: self.expr_in(node, K::When),
            options: children(node, K::ChoiceOption).filter_map(|option| self.option(&option)).collect(),
        }
    }

    fn occasion(self, node: &SyntaxNode) -> Option<At<Occasion>> {
        let value = match node.kind() {
            K::Considered => Occasion::Considered(self.expr(node)?),
            K::On => Occasion::On(self.date(node)?),
            K::Every => {
                let unit = self.name(node)?;
                let count = self.numbers(node).into_iter().next();
                Occasion::Every {
                    count: count.map_or(At { value: 1.0, span: unit.span }, |count| At {
                        value: count.value.value,
                        span: count.span,
                    }),
                    unit,
                    from: self.date_after(node, "from"),
                    until: self.date_after(node, "until"),
                }
            }
            K::After if has_word(node, "event") => Occasion::AfterEvent(self.reference_in(node)?),
            K::After => Occasion::After { choice: self.reference_in(node)?, option: self.name(node) },
            _ => return None,
        };
        Some(At { value, span: self.span(node.text_range()) })
    }

    fn option(self, node: &SyntaxNode) -> Option<ChoiceOption> {
        let default = tokens(node).find(|token| is_word(token, "default"));
        Some(ChoiceOption {
            name: self.name(node)?,
            title: self.text(node),
            default: default.map(|token| self.span(token.text_range())),
            probability: self.expr(node),
            effects: self.effects(node),
            provenance: self.provenance(node),
            span: self.span(node.text_range()),
        })
    }

    fn option_of(self, node: &SyntaxNode) -> StatementKind {
        let option = child(node, K::ChoiceOption).and_then(|option| self.option(&option));
        match self.reference_in(node).zip(option) {
            Some((choice, option)) => StatementKind::OptionOf(choice, option),
            None => StatementKind::Error,
        }
    }

    // ---- flows and settings

    fn flow(self, node: &SyntaxNode) -> Flow {
        Flow {
            label: self.label(node),
            target: self.reference_in(node),
            negative: token(node, K::MinusEqual).is_some(),
            rate: self.expr(node),
            noise: child(node, K::Noise).and_then(|noise| self.expr(&noise).zip(self.name(&noise))),
        }
    }

    fn setting(self, node: &SyntaxNode) -> Setting {
        Setting { actors: self.listed_names(node), value: self.expr(node) }
    }

    // ---- readings, scenarios and questions

    fn path(self, node: &SyntaxNode) -> Option<Path> {
        let keyword = tokens(node).find(|token| token.kind() == K::Keyword);
        Some(Path {
            keyword: keyword.map(|token| self.name_of(&token)),
            name: self.reference_in(node)?,
            others: children(node, K::Reference).skip(1).filter_map(|other| self.reference(&other)).collect(),
            option: self.name(node),
            span: self.span(node.text_range()),
        })
    }

    fn set(self, node: &SyntaxNode) -> StatementKind {
        let Some(target) = self.reference_in(node) else { return StatementKind::Error };
        StatementKind::Set(Set { target, value: self.expr(node), at: self.date_after(node, "at") })
    }

    fn hold(self, node: &SyntaxNode) -> StatementKind {
        let Some(target) = self.reference_in(node) else { return StatementKind::Error };
        let (from, until) = (self.date_after(node, "from"), self.date_after(node, "until"));
        StatementKind::Hold(Hold { target, value: self.expr(node), from, until })
    }

    fn question(self, node: &SyntaxNode) -> Question {
        Question {
            name: self.name(node),
            text: self.text(node),
            query: child(node, K::Query).and_then(|query| self.query(&query)),
            given: child(node, K::Given).and_then(|given| self.condition(&given)),
            said: children(node, K::Said).filter_map(|said| self.said(&said)).collect(),
            resolved: child(node, K::Resolved).and_then(|resolved| self.resolved(&resolved)),
        }
    }

    /// A query that is a condition; the parser has reported others.
    fn condition(self, node: &SyntaxNode) -> Option<Query> {
        let query = self.query(&child(node, K::Query)?)?;
        matches!(query, Query::By(..) | Query::At(..) | Query::Within(..)).then_some(query)
    }

    fn query(self, node: &SyntaxNode) -> Option<Query> {
        let asked = self.expr(node)?;
        if has_word(node, "first") {
            return Some(Query::First(asked, self.date_after(node, "by")));
        }
        if has_word(node, "value") {
            let date = self.date(node)?;
            return Some(Query::Value(asked, date));
        }
        if has_word(node, "by") {
            return Some(Query::By(asked, self.date_after(node, "by")?));
        }
        if has_word(node, "at") {
            return Some(Query::At(asked, self.date_after(node, "at")?));
        }
        Some(Query::Within(asked, self.date_after(node, "from")?, self.date_after(node, "to")?))
    }

    fn said(self, node: &SyntaxNode) -> Option<Said> {
        let number = self.numbers(node).into_iter().next();
        let value = match number {
            Some(number) => SaidValue::Number(number),
            None => SaidValue::Phrase(self.text(node)?),
        };
        let no_number = tokens(node).filter(|token| is_word(token, "no") || is_word(token, "number"));
        Some(Said {
            source: self.name(node)?,
            value,
            no_number: no_number.map(|token| self.span(token.text_range())).reduce(Span::to),
            anchors: self.anchors(node),
            window_assumed: self.text_in(node, K::Window),
        })
    }

    fn resolved(self, node: &SyntaxNode) -> Option<Resolved> {
        let outcome = if let Some(truth) = self.truth(node) {
            if truth.value { Outcome::Yes } else { Outcome::No }
        } else if has_word(node, "void") {
            Outcome::Void
        } else {
            Outcome::Number(self.numbers(node).into_iter().next()?.value.value)
        };
        Some(Resolved {
            outcome,
            on: child(node, K::On).and_then(|on| self.date(&on)),
            from: self.text_in(node, K::From),
        })
    }

    // ---- what was seen

    fn observe(self, node: &SyntaxNode) -> Observe {
        Observe {
            from: self.date(node),
            to: self.date_after(node, "to"),
            what: self.expr(node),
            error: self.expr_in(node, K::Deviation),
            known: child(node, K::Known).and_then(|known| self.date(&known)),
            reported: child(node, K::Reported).map(|reported| Reported {
                by: self.name(&reported),
                hits: self.expr_in(&reported, K::Hits),
                false_alarms: self.expr_in(&reported, K::FalseAlarms),
                span: self.span(reported.text_range()),
            }),
        }
    }

    fn record(self, node: &SyntaxNode) -> Record {
        Record {
            from: self.date_after(node, "from"),
            to: self.date_after(node, "to"),
            names: self.references(node),
            known: child(node, K::Known).and_then(|known| self.date(&known)),
        }
    }
}
