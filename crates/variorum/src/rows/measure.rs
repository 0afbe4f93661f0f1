//! Measuring clauses: each reading is run once for all of its clauses, and once more for each way in which something is
//! taken away; all on the same random numbers.

use super::weight::{keeping, only, weigh};
use super::{Clause, Finding, Forecast, Kind, Share, owner};
use crate::ablate::{Base, Moved, patched};
use crate::answers::QuestionAnswers;
use crate::drivers::total_shares;
use crate::lower::lower_asked;
use crate::run::{Run, RunError, Watch, asked};
use crate::runs::{Column, Runs, progress};
use std::collections::{BTreeMap, BTreeSet};
use variorum_engine::plan::Plan;
use variorum_engine::run::ChunkResult;
use variorum_model::items::bare;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::{Law, Program};

/// How many programs are run side by side: their columns are in memory at once.
const TOGETHER: usize = 16;

/// What a clause came to, or why nothing was measured, in words.
pub type Outcome = Result<Finding, String>;

/// How it is run, and who watches.
#[derive(Clone, Copy)]
pub(super) struct Running<'r> {
    pub(super) run: &'r Run,
    pub(super) watch: &'r dyn Watch,
}

/// Measures clauses, each by its kind; in their order.
#[must_use]
pub fn measure(model: &Model<'_>, clauses: &[Clause], run: &Run, watch: &dyn Watch) -> Vec<Outcome> {
    let running = Running { run, watch };
    let mut found: Vec<Option<Outcome>> = vec![None; clauses.len()];
    let mut by_reading = BTreeMap::<&str, Vec<usize>>::new();
    for (place, clause) in clauses.iter().enumerate() {
        match owner(model, clause) {
            Ok(_) => by_reading.entry(clause.reading.as_str()).or_default().push(place),
            Err(why) => put(&mut found, place, Err(why)),
        }
    }
    let questions = asked(model);
    for (name, places) in by_reading {
        let Some(reading) = model.reading(name) else { continue };
        let Some(program) = reading.program.as_ref() else {
            places.iter().for_each(|place| put(&mut found, *place, Err(format!("the reading `{name}` has errors"))));
            continue;
        };
        let with = OfReading { model, reading, program, clauses, questions: &questions, running };
        let of = |kinds: &[Kind]| -> Vec<usize> {
            let is = |place: &&usize| clauses.get(**place).is_some_and(|clause| kinds.contains(&clause.kind));
            places.iter().filter(is).copied().collect()
        };
        with.answers(&of(&[Kind::Mechanism, Kind::Small, Kind::Scenario, Kind::Forecast]), &mut found);
        with.weights(&of(&[Kind::Weight]), &mut found);
        with.shares(&of(&[Kind::Uncertainty]), &mut found);
    }
    let of_clause = |(found, clause): (Option<Outcome>, &Clause)| {
        let named = |why: String| {
            if why.starts_with(&format!("{}:", clause.row)) { why } else { format!("{}: {why}", clause.row) }
        };
        found.unwrap_or_else(|| Err("it was interrupted".to_owned())).map_err(named)
    };
    found.into_iter().zip(clauses).map(of_clause).collect()
}

/// Measures one clause alone.
///
/// # Errors
/// Why nothing was measured: what it names does not exist or does not compile, or cannot be run.
pub fn measure_one(model: &Model<'_>, clause: &Clause, run: &Run, watch: &dyn Watch) -> Outcome {
    let found = measure(model, std::slice::from_ref(clause), run, watch).into_iter().next();
    found.unwrap_or_else(|| Err("nothing was measured".to_owned()))
}

fn put(found: &mut [Option<Outcome>], place: usize, outcome: Outcome) {
    if let Some(found) = found.get_mut(place) {
        *found = Some(outcome);
    }
}

/// The clauses of one reading.
struct OfReading<'a, 'm, 'l> {
    model: &'a Model<'l>,
    reading: &'a ReadingOf<'l>,
    program: &'m Program,
    clauses: &'a [Clause],
    questions: &'a [QuestionAnswers],
    running: Running<'a>,
}

/// A program to be compared with the reading's, and what is asked of it: clauses, by place.
struct Variant {
    program: Program,
    clauses: Vec<usize>,
}

/// A program that is ready to run, with the questions that are asked of it in the order of the plan.
struct Ready {
    plan: Plan,
    columns: Vec<(usize, Column)>,
    names: Vec<String>,
}

impl Ready {
    /// With these questions alone, and to the last step that one of them asks about.
    fn new(program: &Program, wanted: &BTreeSet<&str>) -> Result<Ready, RunError> {
        let mut program = program.clone();
        program.questions.retain(|question| wanted.contains(question.name.as_str()));
        let columns = program.questions.iter().map(|question| Column::new(question.given.is_some()));
        let columns = columns.enumerate().collect();
        let names = program.questions.iter().map(|question| question.name.clone()).collect();
        Ok(Ready { plan: lower_asked(&program).map_err(RunError::Lower)?, columns, names })
    }

    fn column(&self, question: &str) -> Option<&Column> {
        let place = self.names.iter().position(|name| name == question)?;
        self.columns.get(place).map(|(_, column)| column)
    }
}

impl OfReading<'_, '_, '_> {
    fn clause(&self, place: usize) -> Option<&Clause> {
        self.clauses.get(place)
    }

    /// A question of the reading.
    fn question(&self, name: &str) -> Result<usize, String> {
        self.program.questions.iter().position(|question| question.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.program.questions.iter().map(|question| question.name.as_str()).collect();
            format!("there is no question `{name}`; there are {}", known.join(", "))
        })
    }

    /// The reading without what a clause takes away.
    fn without(&self, clause: &Clause) -> Result<Program, String> {
        patched(self.model, self.reading, &clause.off.join("\n")).map_err(|found| {
            let first = found.first().map_or(String::new(), |found| found.message.clone());
            format!("`off` does not compile: {first}")
        })
    }

    /// The program that a clause compares the reading with; none of a forecast.
    fn variant(&self, clause: &Clause) -> Result<Option<(String, Program)>, String> {
        self.question(&clause.question)?;
        match (&clause.kind, &clause.scenario) {
            (Kind::Forecast, _) => Ok(None),
            (Kind::Scenario, Some(name)) => {
                let scenario = self.model.scenario(name).ok_or_else(|| format!("there is no scenario `{name}`"))?;
                let program = self.model.scenario_program(self.reading, scenario).map_err(|found| {
                    let first = found.first().map_or(String::new(), |found| found.message.clone());
                    format!("the scenario `{name}` does not compile: {first}")
                })?;
                Ok(Some((format!("scenario {name}"), program)))
            }
            _ => Ok(Some((clause.off.join("\n"), self.without(clause)?))),
        }
    }

    /// Mechanisms, scenarios and forecasts: answers with and without.
    fn answers(&self, places: &[usize], found: &mut [Option<Outcome>]) {
        let mut variants = BTreeMap::<String, Variant>::new();
        let mut wanted = BTreeSet::<&str>::new();
        let mut known = Vec::new();
        for place in places.iter().copied() {
            let Some(clause) = self.clause(place) else { continue };
            match self.variant(clause) {
                Err(why) => put(found, place, Err(why)),
                Ok(variant) => {
                    wanted.insert(&clause.question);
                    known.push(place);
                    if let Some((name, program)) = variant {
                        let of = Variant { program, clauses: Vec::new() };
                        variants.entry(name).or_insert(of).clauses.push(place);
                    }
                }
            }
        }
        if known.is_empty() {
            return;
        }
        match self.run(&wanted, variants.values().collect()) {
            Err(error) => known.iter().for_each(|place| put(found, *place, Err(error.to_string()))),
            Ok(None) => {}
            Ok(Some(ran)) => {
                for place in known {
                    let ready = ran.variants.iter().find(|(of, _)| of.contains(&place)).map(|(_, ready)| ready);
                    put(found, place, self.compared(place, &ran, ready));
                }
            }
        }
    }

    /// Runs the reading and its variants; none if it was interrupted.
    fn run(&self, wanted: &BTreeSet<&str>, variants: Vec<&Variant>) -> Result<Option<Ran>, RunError> {
        let Running { run, watch } = self.running;
        let mut base = Ready::new(self.program, wanted)?;
        let mut bases: Vec<Base> = Vec::new();
        for name in &base.names {
            let asked = self.program.questions.iter().find(|question| question.name == *name);
            bases.extend(asked.map(|asked| Base::new(asked, run.per_draw)));
        }
        let mut done = Vec::new();
        let (count, mut reached) = (variants.len() + 1, 0);
        let mut rest = variants.into_iter().peekable();
        loop {
            let is_first = reached == 0;
            let mut group: Vec<Ready> = Vec::new();
            let mut of = Vec::new();
            while group.len() + usize::from(is_first) < TOGETHER
                && let Some(variant) = rest.next()
            {
                let clauses = variant.clauses.iter().filter_map(|place| self.clause(*place));
                group.push(Ready::new(&variant.program, &clauses.map(|clause| clause.question.as_str()).collect())?);
                of.push(variant.clauses.clone());
            }
            let name = format!("{}: {reached} of {count}", self.program.reading);
            let mut plans = Vec::new();
            let mut columns = Vec::new();
            for ready in is_first.then_some(&mut base).into_iter().chain(&mut group) {
                plans.push(ready.plan.clone());
                columns.push(std::mem::take(&mut ready.columns));
            }
            let also = &mut |chunks: &[ChunkResult]| {
                if let Some(chunk) = chunks.first().filter(|_| is_first) {
                    bases.iter_mut().enumerate().for_each(|(question, base)| base.add(chunk, question));
                }
                progress(watch, &name, run.draws, chunks);
            };
            let complete = Runs::of_plans(plans).extend(run, 0..run.draws, watch, also, &mut columns)?;
            if !complete {
                return Ok(None);
            }
            let ran = is_first.then_some(&mut base).into_iter().chain(&mut group);
            ran.zip(columns).for_each(|(ready, columns)| ready.columns = columns);
            reached += group.len() + usize::from(is_first);
            done.extend(of.into_iter().zip(group));
            if rest.peek().is_none() {
                break;
            }
        }
        Ok(Some(Ran { bases, base, variants: done }))
    }

    /// What a clause comes to.
    fn compared(&self, place: usize, ran: &Ran, variant: Option<&Ready>) -> Outcome {
        let nothing = || "nothing was measured".to_owned();
        let clause = self.clause(place).ok_or_else(nothing)?;
        let at = ran.base.names.iter().position(|name| *name == clause.question).ok_or_else(nothing)?;
        let base = ran.bases.get(at).ok_or_else(nothing)?;
        let column = ran.base.column(&clause.question).ok_or_else(nothing)?;
        if clause.kind == Kind::Forecast {
            return self.forecast(clause, base, column);
        }
        let other = variant.and_then(|variant| variant.column(&clause.question)).ok_or_else(nothing)?;
        let moved = match clause.kind {
            Kind::Scenario => base.between(other, column),
            _ => base.between(column, other),
        };
        let what = clause.scenario.clone().unwrap_or_else(|| clause.off.join("; "));
        Ok(Finding::Effect(Moved::named(moved, what)))
    }

    /// A source's forecast beside the answer.
    fn forecast(&self, clause: &Clause, base: &Base, column: &Column) -> Outcome {
        let source = clause.source.as_deref().unwrap_or_default();
        let question = self.questions.iter().find(|question| question.name == clause.question);
        let question = question.ok_or_else(|| format!("there is no question `{}`", clause.question))?;
        let said = question.said.iter().find(|said| said.source == source).ok_or_else(|| {
            format!("`{source}` says nothing beside the question `{}`; write `{source} said …` there", clause.question)
        })?;
        if said.anchors.is_empty() {
            return Err(format!("what `{source}` said of `{}` has no anchor", clause.question));
        }
        let implied = base.between(column, column);
        Ok(Finding::Forecast(Forecast {
            words: said.phrase.clone(),
            means: said.meaning.as_ref().map(|meaning| meaning.range),
            window: question.window.clone(),
            window_assumed: said.window_assumed.is_some(),
            is_probability: implied.deviation().is_none(),
            implied: column.whole(),
            error: column.error(),
        }))
    }

    /// What observations say with and without.
    fn weights(&self, places: &[usize], found: &mut [Option<Outcome>]) {
        let mut by_seen = BTreeMap::<&[String], Vec<(usize, Program)>>::new();
        for place in places.iter().copied() {
            let Some(clause) = self.clause(place) else { continue };
            match only(self.program, &clause.observed).and_then(|_| self.without(clause)) {
                Err(why) => put(found, place, Err(why)),
                Ok(without) => {
                    let without = keeping(&without, &clause.observed);
                    by_seen.entry(&clause.observed).or_default().push((place, without));
                }
            }
        }
        for (names, variants) in by_seen {
            let with = keeping(self.program, names);
            let (places, without): (Vec<usize>, Vec<Program>) = variants.into_iter().unzip();
            let programs: Vec<Program> = std::iter::once(with).chain(without).collect();
            let name = format!("{}: weights", self.program.reading);
            match weigh(&programs, &name, self.running) {
                Err(error) => places.iter().for_each(|place| put(found, *place, Err(error.to_string()))),
                Ok(None) => {}
                Ok(Some(effects)) => {
                    for (place, mut effect) in places.into_iter().zip(effects) {
                        effect.without = self.clause(place).map_or(String::new(), |clause| clause.off.join("; "));
                        put(found, place, Ok(Finding::Effect(effect)));
                    }
                }
            }
        }
    }

    /// The uncertain parameters of these names, by index.
    fn parameters(&self, clause: &Clause) -> Result<Vec<usize>, String> {
        let mut list = Vec::new();
        for name in &clause.parameters {
            let is = |of: &str| of == name || bare(of) == Some(name);
            let named = self.program.params.iter().enumerate().filter(|(_, param)| is(&param.name));
            let before = list.len();
            let mut fixed = 0;
            for (index, param) in named {
                match param.law {
                    Law::Point(_) => fixed += 1,
                    _ => list.push(index),
                }
            }
            if list.len() == before {
                return Err(match fixed {
                    0 => format!("no parameter is called `{name}`"),
                    _ => format!("`{name}` is a fixed number in this reading"),
                });
            }
        }
        Ok(list)
    }

    /// Shares of the variance over parameters.
    fn shares(&self, places: &[usize], found: &mut [Option<Outcome>]) {
        let mut wanted = Vec::new();
        for place in places.iter().copied() {
            let Some(clause) = self.clause(place) else { continue };
            let question = self.question(&clause.question);
            match question.and_then(|question| Ok((question, self.parameters(clause)?))) {
                Err(why) => put(found, place, Err(why)),
                Ok(of) => wanted.push((place, of)),
            }
        }
        let (places, wanted): (Vec<usize>, Vec<(usize, Vec<usize>)>) = wanted.into_iter().unzip();
        if places.is_empty() {
            return;
        }
        let Running { run, watch } = self.running;
        match total_shares(self.program, &wanted, run, watch) {
            Err(error) => places.iter().for_each(|place| put(found, *place, Err(error.to_string()))),
            Ok(None) => {}
            Ok(Some(shares)) => {
                for (place, (share, variance)) in places.into_iter().zip(shares) {
                    let (variance, variance_error) = (variance.value, variance.error);
                    let share = Share { share: share.value, error: share.error, variance, variance_error };
                    put(found, place, Ok(Finding::Share(share)));
                }
            }
        }
    }
}

/// A reading's runs.
struct Ran {
    /// By question: what its answers are measured in.
    bases: Vec<Base>,
    base: Ready,
    /// With the clauses that ask for each.
    variants: Vec<(Vec<usize>, Ready)>,
}
