//! A checked model: what it claims, who says so, and a program for each reading.

use crate::collect::{Item, Shared, collect, unknown};
use crate::compile::bounds::{Settled, merge};
use crate::compile::{Compiled, Source, compile};
use crate::idle::Seen;
use crate::items::{Context, bare};
use crate::lints::lint;
use crate::load::Loaded;
use crate::program::{Day, Program};
use crate::questions::question;
use crate::readings::{self, Composed, Origin, Standing};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::ast::{self, At, Place, Scenario, Stance, Statement, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic, Severity, Span};

/// A model and what was found in it.
pub struct Model<'l> {
    /// Its files.
    pub loaded: &'l Loaded,
    /// What all readings share.
    pub shared: Shared<'l>,
    /// Its readings in order of declaration; one called `model` where none is declared.
    pub readings: Vec<ReadingOf<'l>>,
    /// Everything that was found, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// Nothing is known that became known after this day.
    pub as_of: Option<Day>,
}

/// One reading of a model.
pub struct ReadingOf<'l> {
    /// Its name.
    pub name: String,
    /// What people are shown.
    pub title: String,
    /// Its declaration, unless it is the only and implicit one.
    pub declared: Option<&'l ast::Reading>,
    /// Sources whose stances it adopts.
    pub voices: BTreeSet<String>,
    /// Its statements.
    pub composed: Composed<'l>,
    /// Its program, unless there are errors.
    pub program: Option<Program>,
    /// Where parameters and choices stand, by name.
    pub spans: BTreeMap<String, Span>,
}

/// An anchor with the source that it cites.
#[derive(Clone, Debug)]
pub struct Citation<'l> {
    /// The source's key.
    pub source: &'l str,
    /// The anchor.
    pub anchor: &'l At<ast::Anchor>,
}

/// A statement as a reading has it.
#[derive(Clone, Debug, Serialize)]
pub struct StatementEntry {
    /// Its path.
    pub path: String,
    /// Claims behind it.
    pub because: Vec<String>,
    /// How it stands to its author.
    pub standing: Standing,
    /// Where its numbers come from.
    pub origin: Origin,
    /// Whether the reading itself says it.
    pub own: bool,
    /// Whether the reading switches it off.
    pub off: bool,
    /// Why a contested statement is kept.
    pub kept: Option<String>,
}

impl<'l> Model<'l> {
    /// Checks a model: names, types, units and stances, of every reading.
    #[must_use]
    pub fn check(loaded: &'l Loaded) -> Model<'l> {
        let mut diagnostics = loaded.diagnostics.clone();
        let misread = diagnostics.iter().any(|found| found.severity == Severity::Error);
        let mut shared = collect(loaded.files.iter().map(|file| &file.parsed), &mut diagnostics);
        shared.is_misread = misread;
        empty(loaded, &shared, &mut diagnostics);
        sources(&shared, &mut diagnostics);
        claims(&shared, &mut diagnostics);
        for statement in all(loaded) {
            reasons(&shared, statement, &mut diagnostics);
            lint(&shared, statement, &mut diagnostics);
            if let StatementKind::Question(asked) = &statement.kind {
                question(&shared, asked, &mut diagnostics);
            }
        }
        if misread {
            // A reason may stand in what was not understood.
            diagnostics.retain(|found| !matches!(found.code, Code::NoOrigin | Code::NoReason));
        }
        let mut list = Vec::new();
        let mut verdicts = Vec::new();
        let mut used = BTreeSet::new();
        let (mut seen, mut settled) = (Seen::default(), Settled::new());
        let declared: Vec<Option<&'l ast::Reading>> = if shared.readings.is_empty() {
            vec![None]
        } else {
            shared.readings.iter().map(|reading| Some(*reading)).collect()
        };
        for declared in declared {
            let name = declared.and_then(|reading| reading.name.as_ref()).map_or("model", |name| name.value.as_str());
            let title = declared.and_then(|reading| reading.title.as_ref()).map_or(name, |title| title.value.as_str());
            let layers: Vec<(Context, &'l [Statement])> =
                declared.iter().map(|reading| (Context::Reading, reading.statements.as_slice())).collect();
            let mut composed = readings::compose(&shared, &layers);
            let mut voices = BTreeSet::new();
            if let Some(reading) = declared {
                voices = readings::voices(&shared, reading, &mut composed.diagnostics);
                let contested = readings::contested(&shared, &composed, reading, &voices);
                composed.diagnostics.extend(contested);
            }
            let source = Source { reading: name, items: &composed.items, scenario: None };
            let compiled = compile(&shared, &source, &|path| composed.off.contains(path));
            diagnostics.extend(composed.diagnostics.iter().cloned());
            diagnostics.extend(compiled.diagnostics);
            verdicts.push(compiled.verdicts);
            used.extend(compiled.used);
            for (at, finding) in compiled.settled {
                merge(&mut settled, at, finding);
            }
            if let Some(program) = &compiled.program {
                seen.add(program, &compiled.risks);
            }
            list.push(ReadingOf {
                name: name.to_owned(),
                title: title.to_owned(),
                declared,
                voices,
                composed,
                program: compiled.program,
                spans: compiled.spans,
            });
        }
        diagnostics.extend(crate::seen::impossible(verdicts));
        for scenario in &shared.scenarios {
            for reading in list.iter().filter(|reading| reading.program.is_some()) {
                let (found, compiled) = in_scenario(&shared, reading, scenario);
                diagnostics.extend(found);
                used.extend(compiled.used);
                if let Some(program) = &compiled.program {
                    seen.add(program, &compiled.risks);
                }
            }
        }
        diagnostics.extend(settled.into_values().flatten());
        let failed = diagnostics.iter().any(|found| found.severity == Severity::Error);
        if !failed {
            seen.findings(&shared, &list, &mut diagnostics);
            whole(&shared, &list, &used, &mut diagnostics);
        }
        let mut model = Model { loaded, shared, readings: list, diagnostics, as_of: None };
        model.tidy();
        model
    }

    /// Findings in order of place, each once: a shared statement is compiled once for each reading.
    fn tidy(&mut self) {
        self.diagnostics.sort_by_key(|found| (found.primary.span, found.code));
        self.diagnostics
            .dedup_by(|a, b| a.code == b.code && a.primary.span == b.primary.span && a.message == b.message);
    }

    /// Adds findings of a later stage.
    pub fn report(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(found);
        self.tidy();
    }

    /// Whether it cannot be run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|found| found.severity == Severity::Error)
    }

    /// The reading of that name.
    #[must_use]
    pub fn reading(&self, name: &str) -> Option<&ReadingOf<'l>> {
        self.readings.iter().find(|reading| reading.name == name)
    }

    /// The scenario of that name.
    #[must_use]
    pub fn scenario(&self, name: &str) -> Option<&'l Scenario> {
        let is_it = |scenario: &&&'l Scenario| scenario.name.as_ref().is_some_and(|other| other.value == name);
        self.shared.scenarios.iter().find(is_it).copied()
    }

    /// A reading with some statements changed, as a reading changes them.
    ///
    /// # Errors
    /// What is wrong with the changed model.
    pub fn patched(&self, reading: &ReadingOf<'l>, patch: &[Statement]) -> Result<Program, Vec<Diagnostic>> {
        self.variant(reading, None, patch)
    }

    /// A reading in a scenario: one of the model, or one that was read by [`crate::scenario::parse`].
    ///
    /// # Errors
    /// What is wrong with the scenario in this reading.
    pub fn scenario_program(&self, reading: &ReadingOf<'l>, scenario: &Scenario) -> Result<Program, Vec<Diagnostic>> {
        self.variant(reading, Some(scenario), &[])
    }

    /// A reading, in a scenario if one is given, with some statements changed.
    ///
    /// # Errors
    /// What is wrong with the changed model.
    pub fn variant(
        &self,
        reading: &ReadingOf<'l>,
        scenario: Option<&Scenario>,
        patch: &[Statement],
    ) -> Result<Program, Vec<Diagnostic>> {
        let (compiled, mut found) = variant(&self.shared, reading, scenario, patch);
        found.retain(|found| found.severity == Severity::Error);
        match compiled.program {
            Some(program) if found.is_empty() => Ok(self.known(program)),
            _ => Err(found),
        }
    }

    /// A program of statements that are put together from several readings; `off` are the paths that are switched off.
    ///
    /// # Errors
    /// Why these statements are no model together.
    pub fn put_together(
        &self,
        reading: &str,
        items: &[Item<'l>],
        off: &BTreeSet<String>,
    ) -> Result<Program, Vec<Diagnostic>> {
        let mut compiled =
            compile(&self.shared, &Source { reading, items, scenario: None }, &|path| off.contains(path));
        compiled.diagnostics.retain(|found| found.severity == Severity::Error);
        compiled.program.ok_or(compiled.diagnostics)
    }

    /// The statements of a reading.
    #[must_use]
    pub fn statements(&self, reading: &ReadingOf<'l>) -> Vec<StatementEntry> {
        let mut entries = Vec::new();
        for item in &reading.composed.items {
            let whole = (None, &item.statement.provenance, readings::origin_of_statement(item.statement), item.own);
            let options = crate::standing::options(item).map(|(option, is_replaced)| {
                // Numbers that do not say where they come from have that from their choice.
                let origin = match readings::origin_of_option(option) {
                    Origin::None if readings::option_numbers(option) => readings::origin(&item.statement.provenance),
                    origin => origin,
                };
                (Some(&option.name.value), &option.provenance, origin, item.own || is_replaced)
            });
            for (option, provenance, origin, own) in std::iter::once(whole).chain(options) {
                let path = option.map_or_else(|| item.path.clone(), |option| format!("{}.{option}", item.path));
                let off = reading.composed.off.contains(&path) || reading.composed.off.contains(&item.path);
                // An option without reasons of its own has those of its choice.
                let inherits = option.is_some() && provenance.because.is_empty() && provenance.assumed.is_none();
                let because = if inherits { &item.statement.provenance.because } else { &provenance.because };
                entries.push(StatementEntry {
                    because: because.iter().map(|name| name.value.clone()).collect(),
                    standing: readings::standing(&self.shared, because, &reading.voices),
                    origin,
                    own,
                    off,
                    kept: reading.composed.keeps.get(&path).cloned(),
                    path,
                });
            }
        }
        entries
    }

    /// Every anchor of the model with the source that it cites.
    #[must_use]
    pub fn citations(&self) -> Vec<Citation<'l>> {
        let mut list = Vec::new();
        for statement in all(self.loaded) {
            let mut provenances = vec![&statement.provenance];
            match &statement.kind {
                StatementKind::Claim(claim) => {
                    for line in &claim.stances {
                        list.extend(line.anchors.iter().map(|anchor| Citation { source: &line.source.value, anchor }));
                    }
                }
                StatementKind::Question(question) => {
                    for said in &question.said {
                        list.extend(said.anchors.iter().map(|anchor| Citation { source: &said.source.value, anchor }));
                    }
                }
                StatementKind::Choice(choice) => {
                    provenances.extend(choice.options.iter().map(|option| &option.provenance))
                }
                StatementKind::OptionOf(_, option) => provenances.push(&option.provenance),
                _ => {}
            }
            for from in provenances.into_iter().flat_map(|provenance| &provenance.from) {
                if let Place::Anchor(anchor) = &from.place {
                    list.push(Citation { source: &from.source.value, anchor });
                }
            }
        }
        list
    }

    /// The file name of the document in which a source speaks, if it has one.
    #[must_use]
    pub fn document(&self, source: &str) -> Option<&str> {
        document(&self.shared, source)
    }
}

fn document<'s>(shared: &'s Shared<'_>, source: &str) -> Option<&'s str> {
    let mut source = shared.sources.get(source)?;
    // A quoted source speaks in the document of whoever quotes it; a circle of quotations ends somewhere.
    for _ in 0..16 {
        if let Some(text) = &source.text {
            return Some(&text.value);
        }
        source = shared.sources.get(&source.quoted_in.as_ref()?.value)?;
    }
    None
}

/// Every statement of a model, those inside readings, scenarios and `for each` too.
fn all(loaded: &Loaded) -> Vec<&Statement> {
    fn add<'l>(statements: &'l [Statement], list: &mut Vec<&'l Statement>) {
        for statement in statements {
            list.push(statement);
            match &statement.kind {
                StatementKind::Reading(reading) => add(&reading.statements, list),
                StatementKind::Scenario(scenario) => add(&scenario.statements, list),
                StatementKind::ForEach(for_each) => add(&for_each.statements, list),
                _ => {}
            }
        }
    }
    let mut list = Vec::new();
    loaded.files.iter().for_each(|file| add(&file.parsed.statements, &mut list));
    list
}

/// Compiles a reading, in a scenario if one is given, with some statements changed.
fn variant<'a>(
    shared: &Shared<'a>,
    reading: &ReadingOf<'a>,
    scenario: Option<&'a Scenario>,
    patch: &'a [Statement],
) -> (Compiled, Vec<Diagnostic>) {
    let mut layers: Vec<(Context, &'a [Statement])> =
        reading.declared.iter().map(|declared| (Context::Reading, declared.statements.as_slice())).collect();
    layers.extend(scenario.map(|scenario| (Context::Scenario, scenario.statements.as_slice())));
    if !patch.is_empty() {
        layers.push((Context::Patch, patch));
    }
    let composed = readings::compose(shared, &layers);
    let named = scenario.map(|scenario| scenario.name.as_ref().map_or("", |name| name.value.as_str()));
    let source = Source {
        reading: &reading.name,
        items: &composed.items,
        scenario: named.map(|name| (name, composed.done.as_slice())),
    };
    let mut compiled = compile(shared, &source, &|path| composed.off.contains(path));
    let mut found = composed.diagnostics;
    found.append(&mut compiled.diagnostics);
    (compiled, found)
}

/// What is wrong with a scenario in a reading that is right without it, and the reading in it.
fn in_scenario<'a>(
    shared: &Shared<'a>,
    reading: &ReadingOf<'a>,
    scenario: &'a Scenario,
) -> (Vec<Diagnostic>, Compiled) {
    let (compiled, mut found) = variant(shared, reading, Some(scenario), &[]);
    let name = scenario.name.as_ref().map_or(Span::default(), |name| name.span);
    let spans = scenario.statements.iter().map(|statement| statement.span);
    let whole = spans.fold(name, Span::to);
    let is_inside = |span: Span| span.file == whole.file && whole.start <= span.start && span.end <= whole.end;
    found.retain(|found| found.severity == Severity::Error || is_inside(found.primary.span));
    for finding in found.iter_mut().filter(|finding| !is_inside(finding.primary.span)) {
        let label = match reading.declared {
            Some(_) => format!("in this scenario, as `{}` has the model", reading.name),
            None => "in this scenario".to_owned(),
        };
        finding.secondary.push(variorum_syntax::diagnostic::Label { span: name, text: label });
    }
    (found, compiled)
}

/// Files in which nothing is written.
fn empty(loaded: &Loaded, shared: &Shared<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let says = |statement: &&Statement| !matches!(statement.kind, StatementKind::Use(_));
    if diagnostics.is_empty() && !all(loaded).iter().any(says) {
        diagnostics.push(
            Diagnostic::new(Code::EmptyModel, shared.at, "there is nothing in this model")
                .label("no statement follows")
                .help("write, for instance, `model \"A strait\"`, `time monthly from 2025-01 to 2026-12`, and then what there is and what can happen"),
        );
    }
}

/// Reports a source that nothing declares.
pub(crate) fn known_source(shared: &Shared<'_>, name: &ast::Name, diagnostics: &mut Vec<Diagnostic>) {
    if !shared.sources.contains_key(&name.value) {
        let known: Vec<&str> = shared.sources.keys().map(String::as_str).collect();
        diagnostics.push(unknown("source", name, &known, "source NAME \"title\""));
    }
}

fn sources(shared: &Shared<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for quoted in shared.sources.values().filter_map(|source| source.quoted_in.as_ref()) {
        known_source(shared, quoted, diagnostics);
    }
}

fn claims(shared: &Shared<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for claim in shared.claims.values() {
        let name = claim.name.as_ref();
        let mut seen = BTreeMap::<&str, Span>::new();
        for line in &claim.stances {
            known_source(shared, &line.source, diagnostics);
            if let (Some(place), Some(file)) = (line.places.first(), document(shared, &line.source.value)) {
                let message = format!("`{}` has a document, which is cited by an anchor", line.source.value);
                diagnostics.push(
                    Diagnostic::new(Code::PlaceInWords, place.span, message)
                        .label("a place in words")
                        .help(format!("`variorum cite {file} \"words\"` prints the anchor of a passage; a place in words is for a source without `text`")),
                );
            }
            if let Some(first) = seen.insert(&line.source.value, line.source.span) {
                diagnostics.push(
                    Diagnostic::new(
                        Code::DoubleStance,
                        line.source.span,
                        format!("{} speaks to this claim twice", line.source.value),
                    )
                    .label("its second stance")
                    .also(first, "its first stance")
                    .help("one line may list several anchors: `SOURCE asserts 4.1-9#…, 6.2-8#…`"),
                );
            }
        }
        if let Some(name) = name.filter(|_| claim.stances.is_empty()) {
            diagnostics.push(
                Diagnostic::new(Code::NoStance, name.span, format!("no source speaks to the claim `{}`", name.value))
                    .help("add a line for each source that does: `SOURCE asserts ANCHOR`; `variorum cite FILE \"words\"` prints anchors"),
            );
        }
    }
}

/// The claims and sources behind a statement exist; a mechanism has a reason, and its numbers an origin.
fn reasons(shared: &Shared<'_>, statement: &Statement, diagnostics: &mut Vec<Diagnostic>) {
    let mut provenances = vec![&statement.provenance];
    let mut numbers = readings::numbers(statement);
    match &statement.kind {
        StatementKind::Choice(choice) => {
            provenances.extend(choice.options.iter().map(|option| &option.provenance));
            for option in &choice.options {
                let own = readings::origin(&option.provenance) != Origin::None;
                numbers |= readings::option_numbers(option) && !own;
            }
        }
        StatementKind::OptionOf(_, option) => {
            provenances.push(&option.provenance);
            if readings::option_numbers(option) && readings::origin(&option.provenance) == Origin::None {
                no_origin(statement.head, diagnostics);
            }
        }
        _ => {}
    }
    for provenance in &provenances {
        for name in &provenance.because {
            if !shared.claims.contains_key(&name.value) {
                let known: Vec<&str> = shared.claims.keys().map(String::as_str).collect();
                let mut found = unknown("claim", name, &known, "claim NAME \"in your words\"");
                if shared.sources.contains_key(&name.value) {
                    found.help = Some(format!(
                        "`{0}` is a source: write the claim that it asserts, `claim NAME \"in your words\"`, and `because NAME`; for a number that it gives, `from {0}:ANCHOR`",
                        name.value
                    ));
                }
                diagnostics.push(found);
            }
        }
        for from in &provenance.from {
            known_source(shared, &from.source, diagnostics);
        }
    }
    if let StatementKind::Observe(observe) = &statement.kind {
        if let Some(source) = observe.reported.as_ref().and_then(|reported| reported.by.as_ref()) {
            known_source(shared, source, diagnostics);
        }
        diagnostics.extend(crate::seen::no_origin(statement));
    } else if numbers && readings::origin(&statement.provenance) == Origin::None {
        no_origin(statement.head, diagnostics);
    }
    let mechanism = matches!(
        statement.kind,
        StatementKind::Event(_) | StatementKind::Choice(_) | StatementKind::Flow(_) | StatementKind::Utility(_)
    );
    let provenance = &statement.provenance;
    if mechanism && provenance.because.is_empty() && provenance.assumed.is_none() && provenance.among.is_none() {
        diagnostics.push(
            Diagnostic::new(Code::NoReason, statement.head, "no claim is behind this, and it is not marked as assumed")
                .label("why is it in the model?")
                .help("write `because CLAIM`, or `assumed \"why\"`"),
        );
    }
}

fn no_origin(span: Span, diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.push(
        Diagnostic::new(Code::NoOrigin, span, "this has numbers, and nothing says where they come from")
            .label("whose numbers are these?")
            .help("write `from SOURCE:ANCHOR`, a base rate with `among \"reference class\"`, or `assumed \"why\"`"),
    );
}

/// Findings about the model as a whole, once it compiles.
fn whole(shared: &Shared<'_>, list: &[ReadingOf<'_>], used: &BTreeSet<String>, diagnostics: &mut Vec<Diagnostic>) {
    // Of parameters that one statement declares it is enough that one is used.
    let mut unused = BTreeMap::<Span, Option<&str>>::new();
    for item in list.iter().flat_map(|reading| &reading.composed.items) {
        if let StatementKind::Param(_) = item.statement.kind {
            let name = unused.entry(item.statement.head).or_insert(Some(bare(&item.path).unwrap_or(&item.path)));
            if used.contains(&item.path) {
                *name = None;
            }
        }
    }
    for (span, name) in unused.into_iter().filter_map(|(span, name)| name.map(|name| (span, name))) {
        diagnostics.push(
            Diagnostic::new(Code::UnusedParameter, span, format!("nothing uses the parameter `{name}`"))
                .help("use it in a formula, hazard, flow or utility, or delete it"),
        );
    }
    if shared.questions.is_empty() && list.iter().any(|reading| !reading.composed.items.is_empty()) {
        diagnostics.push(
            Diagnostic::new(Code::NoQuestion, shared.at, "this model asks nothing, so there is nothing to answer")
                .label("no `question` follows")
                .help("write, for instance, `question war \"Will there be war?\" = war[Korea] by 2027-12`"),
        );
    }
    if let Some(first) = shared.readings.first().and_then(|reading| reading.name.as_ref())
        && !shared.readings.iter().any(|reading| reading.name.as_ref().is_some_and(|name| name.value == "baseline"))
    {
        diagnostics.push(
            Diagnostic::new(Code::NoBaseline, first.span, "no reading is called baseline")
                .label("compared with what?")
                .help("add `reading baseline \"base rates only\"`, in which choices give way to events at base rates"),
        );
    }
}

/// A stance as a verb.
#[must_use]
pub fn verb(stance: Stance) -> &'static str {
    match stance {
        Stance::Asserts => "asserts",
        Stance::Doubts => "doubts",
        Stance::Denies => "denies",
    }
}
