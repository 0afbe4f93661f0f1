//! Whether a program keeps the rules of its form, so that the rest may index it without asking.

use variorum_model::program::{
    Choice, Effect, EffectOp, EventRule, Expr, Fact, Occasion, Program, QuantityKind, Query, Rule,
};

use crate::error::OracleError;
use crate::expression::takes;

/// Checks a program.
pub(crate) fn check(program: &Program) -> Result<(), OracleError> {
    let checker = Checker { program };
    checker.clock()?;
    checker.quantities()?;
    checker.formulas()?;
    checker.actors()?;
    for (place, choice) in program.choices.iter().enumerate() {
        checker.choice(place, choice)?;
    }
    checker.events()?;
    checker.exclusions()?;
    checker.flows()?;
    checker.copulas()?;
    checker.interventions()?;
    checker.questions()?;
    checker.observations()?;
    checker.records()
}

struct Checker<'p> {
    program: &'p Program,
}

/// What an expression may read.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    Params,
    State,
}

impl Checker<'_> {
    fn clock(&self) -> Result<(), OracleError> {
        let clock = self.program.clock;
        ensure(clock.months > 0 && clock.parts > 0, "clock", "a step has no length")?;
        ensure(clock.first.checked_add_unsigned(clock.steps).is_some(), "clock", "it ends too late")
    }

    fn quantities(&self) -> Result<(), OracleError> {
        for quantity in &self.program.quantities {
            self.expr(&quantity.name, Reads::Params, &quantity.start)?;
            if let QuantityKind::Ladder { levels } = &quantity.kind {
                ensure(!levels.is_empty(), &quantity.name, "a ladder without levels")?;
            }
        }
        Ok(())
    }

    fn formulas(&self) -> Result<(), OracleError> {
        for (place, formula) in self.program.formulas.iter().enumerate() {
            self.expr_with(&formula.name, Reads::State, &formula.value, place)?;
        }
        Ok(())
    }

    fn actors(&self) -> Result<(), OracleError> {
        for actor in &self.program.actors {
            let path = &actor.name;
            ensure(actor.horizon >= 0.0 && actor.horizon.is_finite(), path, "a horizon that is no length of time")?;
            self.expr(path, Reads::Params, &actor.patience)?;
            self.maybe(path, Reads::Params, actor.precision.as_ref())?;
            for term in &actor.utility {
                self.expr(&term.path, Reads::State, &term.value)?;
            }
        }
        Ok(())
    }

    fn choice(&self, place: usize, choice: &Choice) -> Result<(), OracleError> {
        let path = &choice.name;
        ensure(choice.default < choice.options.len(), path, "its default is none of its options")?;
        let Some(actor) = self.program.actors.get(choice.actor) else {
            return ensure(false, path, "its actor is missing");
        };
        let by_hazards = choice.rule == Rule::Hazards;
        ensure(by_hazards == (choice.occasion == Occasion::Hazards), path, "hazards are both occasion and rule")?;
        let lacks_precision = choice.rule == Rule::Utility && actor.precision.is_none();
        ensure(!lacks_precision, path, "its actor has no precision")?;
        match &choice.occasion {
            Occasion::Considered(rate) => self.expr(path, Reads::State, rate)?,
            Occasion::Hazards | Occasion::Steps(_) => (),
            Occasion::After { choice: trigger, option } => {
                ensure(*trigger < place, path, "a reply that is not after its trigger")?;
                let options = self.program.choices[*trigger].options.len();
                ensure(option.is_none_or(|option| option < options), path, "it replies to an option that is missing")?;
            }
            Occasion::AfterEvent { event } => {
                ensure(*event < self.program.events.len(), path, "it replies to an event that is missing")?;
            }
        }
        self.maybe(path, Reads::State, choice.when.as_ref())?;
        for (option, about) in choice.options.iter().enumerate() {
            let weighs = choice.rule != Rule::Utility && option != choice.default;
            ensure(about.weight.is_some() == weighs, path, "an option that lacks a weight, or has one too many")?;
            self.maybe(path, Reads::State, about.weight.as_ref())?;
            self.effects(path, &about.effects)?;
        }
        Ok(())
    }

    fn events(&self) -> Result<(), OracleError> {
        for event in &self.program.events {
            self.maybe(&event.name, Reads::State, event.when.as_ref())?;
            match &event.rule {
                EventRule::Hazard(hazard) => self.expr(&event.name, Reads::State, hazard)?,
                EventRule::Dated { chance, .. } => self.expr(&event.name, Reads::State, chance)?,
            }
            self.effects(&event.name, &event.effects)?;
        }
        Ok(())
    }

    fn exclusions(&self) -> Result<(), OracleError> {
        let mut seen = vec![false; self.program.events.len()];
        for exclusion in &self.program.exclusions {
            for event in &exclusion.events {
                let rule = self.program.events.get(*event).map(|event| &event.rule);
                let has_hazard = matches!(rule, Some(EventRule::Hazard(_)));
                ensure(has_hazard, &exclusion.name, "it competes over an event without a hazard")?;
                let twice = std::mem::replace(&mut seen[*event], true);
                ensure(!twice, &exclusion.name, "an event competes twice")?;
            }
        }
        Ok(())
    }

    fn flows(&self) -> Result<(), OracleError> {
        for flow in &self.program.flows {
            ensure(self.is_stock(flow.stock) == Some(true), &flow.path, "it flows into no stock")?;
            self.expr(&flow.path, Reads::State, &flow.rate)?;
            self.maybe(&flow.path, Reads::State, flow.noise.as_ref())?;
        }
        Ok(())
    }

    fn copulas(&self) -> Result<(), OracleError> {
        let mut seen = vec![false; self.program.params.len()];
        for copula in &self.program.copulas {
            let path = copula.params.first().and_then(|param| self.program.params.get(*param));
            let path = path.map_or("a copula", |param| &param.name);
            for param in &copula.params {
                ensure(*param < seen.len(), path, "it is correlated with a parameter that is not there")?;
                ensure(!std::mem::replace(&mut seen[*param], true), path, "a parameter is correlated twice")?;
            }
            let size = copula.params.len();
            let square = copula.ranks.len() == size && copula.ranks.iter().all(|row| row.len() == size);
            ensure(square, path, "its correlations are no square")?;
            for (row, ranks) in copula.ranks.iter().enumerate() {
                for (column, rank) in ranks.iter().enumerate() {
                    let fits = if row == column { *rank == 1.0 } else { (-1.0..=1.0).contains(rank) };
                    ensure(fits && *rank == copula.ranks[column][row], path, "its correlations are none")?;
                }
            }
        }
        Ok(())
    }

    fn interventions(&self) -> Result<(), OracleError> {
        for intervention in &self.program.interventions {
            let Some(quantity) = self.program.quantities.get(intervention.quantity) else {
                return ensure(false, "an intervention", "its quantity is missing");
            };
            self.expr(&quantity.name, Reads::Params, &intervention.value)?;
            let last = intervention.until.unwrap_or(intervention.from);
            let fits = intervention.from <= last && last < self.program.clock.steps;
            ensure(fits, &quantity.name, "an intervention at no time of the program")?;
        }
        Ok(())
    }

    fn questions(&self) -> Result<(), OracleError> {
        for question in &self.program.questions {
            let last = match &question.query {
                Query::Ever { condition, to, .. } | Query::First { condition, to, .. } => {
                    self.expr(&question.name, Reads::State, condition)?;
                    *to
                }
                Query::Value { value, at, .. } => {
                    self.expr(&question.name, Reads::State, value)?;
                    *at
                }
            };
            let given = question.given.as_ref();
            self.maybe(&question.name, Reads::State, given.map(|given| &given.condition))?;
            let last = given.map_or(last, |given| std::cmp::max(last, given.to));
            ensure(last < self.program.clock.steps, &question.name, "it asks for a time after the last step")?;
        }
        Ok(())
    }

    fn observations(&self) -> Result<(), OracleError> {
        let steps = self.program.clock.steps;
        for observation in &self.program.observations {
            let path = &observation.name;
            ensure(
                observation.from <= observation.to && observation.to < steps,
                path,
                "seen at no time of the program",
            )?;
            match &observation.fact {
                Fact::Event { event } => ensure(*event < self.program.events.len(), path, "its event is missing")?,
                Fact::Choice { choice, option } => {
                    let Some(choice) = self.program.choices.get(*choice) else {
                        return ensure(false, path, "its choice is missing");
                    };
                    ensure(*option < choice.options.len(), path, "its option is missing")?;
                    let by_chance = matches!(choice.occasion, Occasion::Considered(_) | Occasion::Hazards);
                    ensure(!by_chance || *option != choice.default, path, "what is not done is no outcome")?;
                }
                Fact::Condition(condition) => self.expr(path, Reads::State, condition)?,
                Fact::Number { value, error, .. } => {
                    self.expr(path, Reads::State, value)?;
                    self.expr(path, Reads::Params, error)?;
                    ensure(observation.from == observation.to, path, "a number is seen in one step")?;
                    ensure(observation.report.is_none(), path, "a number has its error, and no report")?;
                }
                Fact::Impossible { .. } => (),
            }
            if let Some(report) = &observation.report {
                self.expr(path, Reads::Params, &report.hits)?;
                self.expr(path, Reads::Params, &report.false_alarms)?;
            }
        }
        Ok(())
    }

    fn records(&self) -> Result<(), OracleError> {
        for record in &self.program.records {
            let path = &record.name;
            let fits = record.from <= record.to && record.to < self.program.clock.steps;
            ensure(fits, path, "a record of no time of the program")?;
            let events = record.events.iter().all(|event| *event < self.program.events.len());
            let choices = record.choices.iter().all(|choice| *choice < self.program.choices.len());
            ensure(events && choices, path, "it is a record of something that is not there")?;
        }
        Ok(())
    }

    fn effects(&self, path: &str, effects: &[Effect]) -> Result<(), OracleError> {
        for effect in effects {
            let fits = match (self.is_stock(effect.quantity), effect.op) {
                (None, _) => false,
                (Some(_), EffectOp::Set) => true,
                (Some(is_stock), EffectOp::NextLevel | EffectOp::PreviousLevel) => !is_stock,
                (Some(is_stock), _) => is_stock,
            };
            ensure(fits, path, "an effect that does not suit its quantity")?;
            self.expr(path, Reads::State, &effect.value)?;
        }
        Ok(())
    }

    fn is_stock(&self, quantity: usize) -> Option<bool> {
        let quantity = self.program.quantities.get(quantity)?;
        Some(matches!(quantity.kind, QuantityKind::Stock { .. }))
    }

    fn maybe(&self, path: &str, reads: Reads, expr: Option<&Expr>) -> Result<(), OracleError> {
        expr.map_or(Ok(()), |expr| self.expr(path, reads, expr))
    }

    fn expr(&self, path: &str, reads: Reads, expr: &Expr) -> Result<(), OracleError> {
        self.expr_with(path, reads, expr, self.program.formulas.len())
    }

    /// An expression that may refer to so many of the formulas.
    fn expr_with(&self, path: &str, reads: Reads, expr: &Expr, formulas: usize) -> Result<(), OracleError> {
        let of_state = |is_there: bool| {
            ensure(is_there, path, "it refers to something that is not there")?;
            ensure(reads == Reads::State, path, "it may read parameters alone")
        };
        match expr {
            Expr::Number(_) => Ok(()),
            Expr::Param(param) => {
                ensure(*param < self.program.params.len(), path, "it refers to a parameter that is not there")
            }
            Expr::Quantity(quantity) => of_state(*quantity < self.program.quantities.len()),
            Expr::Happened(event) => of_state(*event < self.program.events.len()),
            Expr::Chosen { choice, option } => {
                let choice = self.program.choices.get(*choice);
                of_state(choice.is_some_and(|choice| *option < choice.options.len()))
            }
            Expr::Formula(formula) => {
                ensure(*formula < formulas, path, "it refers to a formula that is not there yet")?;
                let value = &self.program.formulas[*formula].value;
                if reads == Reads::Params { self.expr_with(path, reads, value, *formula) } else { Ok(()) }
            }
            Expr::Apply(function, arguments) => {
                ensure(takes(*function, arguments.len()), path, "a function with too many or too few arguments")?;
                arguments.iter().try_for_each(|argument| self.expr_with(path, reads, argument, formulas))
            }
        }
    }
}

fn ensure(holds: bool, path: &str, problem: &str) -> Result<(), OracleError> {
    if holds { Ok(()) } else { Err(OracleError::Malformed { path: path.to_owned(), problem: problem.to_owned() }) }
}
