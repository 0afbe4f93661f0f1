//! Whether a program is one: every index exists, every function has its arguments, nothing is nested too deeply.
//!
//! The checker makes only such programs. But a program can be written by anybody, and whatever is found here is not
//! looked at again.

use super::LowerError;
use super::expression::arity;
use variorum_model::program::{
    Choice, Effect, EffectOp, EventRule, Expr, Occasion, Program, QuantityKind, Query, Rule,
};

/// How deeply expressions may be nested, formulas included.
const MAX_DEPTH: usize = 1_000;
/// How many steps an actor may look ahead.
const MAX_HORIZON_STEPS: f64 = 10_000.0;

pub(crate) fn validate(program: &Program) -> Result<(), LowerError> {
    Validation { program, depths: Vec::new() }.run()
}

struct Validation<'p> {
    program: &'p Program,
    /// By formula: how deeply it is nested.
    depths: Vec<usize>,
}

fn malformed<T>(what: String) -> Result<T, LowerError> {
    Err(LowerError::Malformed { what })
}

fn within(what: &str, of: &str, index: usize, count: usize) -> Result<(), LowerError> {
    if index < count { Ok(()) } else { malformed(format!("{of}: {what} {index} of {count}")) }
}

impl Validation<'_> {
    fn run(&mut self) -> Result<(), LowerError> {
        let program = self.program;
        let step = program.clock.step();
        if !(step.is_finite() && step > 0.0) {
            return malformed(format!("a step of {step} months"));
        }
        for formula in &program.formulas {
            let depth = self.expression(&formula.name, &formula.value, 0)?;
            self.depths.push(depth);
        }
        for quantity in &program.quantities {
            self.expression(&quantity.name, &quantity.start, 0)?;
            if !is_of_params(&quantity.start) {
                return malformed(format!("{} starts from more than parameters", quantity.name));
            }
            if matches!(&quantity.kind, QuantityKind::Ladder { levels } if levels.is_empty()) {
                return malformed(format!("{} has no levels", quantity.name));
            }
        }
        for actor in &program.actors {
            let own = [&actor.patience];
            let expressions =
                own.into_iter().chain(&actor.precision).chain(actor.utility.iter().map(|term| &term.value));
            expressions.into_iter().try_for_each(|expr| self.expression(&actor.name, expr, 0).map(drop))?;
            let steps = actor.horizon / step;
            if !(0.0..=MAX_HORIZON_STEPS).contains(&steps) {
                return malformed(format!("{} looks {steps} steps ahead", actor.name));
            }
        }
        (0..program.choices.len()).try_for_each(|index| self.choice(index))?;
        for event in &program.events {
            match &event.rule {
                EventRule::Hazard(expr) | EventRule::Dated { chance: expr, .. } => {
                    self.expression(&event.name, expr, 0)?
                }
            };
            event.when.iter().try_for_each(|when| self.expression(&event.name, when, 0).map(drop))?;
            self.effects(&event.name, &event.effects)?;
        }
        self.exclusions()?;
        self.interventions()?;
        for copula in &program.copulas {
            copula.params.iter().try_for_each(|param| within("parameter", "a copula", *param, program.params.len()))?;
        }
        for flow in &program.flows {
            within("quantity", &flow.path, flow.stock, program.quantities.len())?;
            self.expression(&flow.path, &flow.rate, 0)?;
            flow.noise.iter().try_for_each(|noise| self.expression(&flow.path, noise, 0).map(drop))?;
        }
        for question in &program.questions {
            match &question.query {
                Query::Ever { condition: expr, .. }
                | Query::First { condition: expr, .. }
                | Query::Value { value: expr, .. } => {
                    self.expression(&question.name, expr, 0)?;
                }
            }
            let given = question.given.as_ref().map(|given| &given.condition);
            given.map_or(Ok(0), |given| self.expression(&question.name, given, 0))?;
        }
        Ok(())
    }

    fn choice(&self, index: usize) -> Result<(), LowerError> {
        let program = self.program;
        let choice = &program.choices[index];
        let name = &choice.name;
        within("actor", name, choice.actor, program.actors.len())?;
        within("default", name, choice.default, choice.options.len())?;
        match &choice.occasion {
            Occasion::Considered(rate) => self.expression(name, rate, 0).map(drop)?,
            Occasion::After { choice: trigger, option } => {
                within("trigger", name, *trigger, index)?;
                let options = program.choices.get(*trigger).map_or(0, |trigger| trigger.options.len());
                option.map_or(Ok(()), |option| within("option", name, option, options))?;
            }
            Occasion::AfterEvent { event } => within("event", name, *event, program.events.len())?,
            Occasion::Hazards | Occasion::Steps(_) => {}
        }
        if (choice.rule == Rule::Hazards) != (choice.occasion == Occasion::Hazards) {
            return malformed(format!("{name} has hazards and an occasion"));
        }
        if choice.rule == Rule::Utility && program.actors[choice.actor].precision.is_none() {
            return malformed(format!("{name} is made by utility, and its actor has no precision"));
        }
        choice.when.iter().try_for_each(|when| self.expression(name, when, 0).map(drop))?;
        self.options(choice)
    }

    fn options(&self, choice: &Choice) -> Result<(), LowerError> {
        for option in &choice.options {
            option.weight.iter().try_for_each(|weight| self.expression(&choice.name, weight, 0).map(drop))?;
            self.effects(&choice.name, &option.effects)?;
        }
        Ok(())
    }

    fn exclusions(&self) -> Result<(), LowerError> {
        let mut excluded = vec![false; self.program.events.len()];
        for exclusion in &self.program.exclusions {
            for event in &exclusion.events {
                within("event", &exclusion.name, *event, self.program.events.len())?;
                if std::mem::replace(&mut excluded[*event], true) {
                    return malformed(format!("{}: event {event} excludes others twice", exclusion.name));
                }
                if matches!(self.program.events[*event].rule, EventRule::Dated { .. }) {
                    return malformed(format!("{}: a dated event among those that compete", exclusion.name));
                }
            }
        }
        Ok(())
    }

    fn interventions(&self) -> Result<(), LowerError> {
        let quantities = &self.program.quantities;
        let mut holds: Vec<(usize, u32, u32)> = Vec::new();
        for intervention in &self.program.interventions {
            within("quantity", "an intervention", intervention.quantity, quantities.len())?;
            let name = &quantities[intervention.quantity].name;
            self.expression(name, &intervention.value, 0)?;
            if !is_of_params(&intervention.value) {
                return malformed(format!("{name} is set to more than parameters"));
            }
            if let Some(until) = intervention.until {
                holds.push((intervention.quantity, intervention.from, until));
            }
        }
        holds.sort_unstable();
        for pair in holds.windows(2) {
            if pair[0].0 == pair[1].0 && pair[1].1 <= pair[0].2 {
                return malformed(format!("{} is held twice at once", quantities[pair[0].0].name));
            }
        }
        match holds.iter().find(|(_, from, until)| from > until) {
            Some((quantity, ..)) => malformed(format!("{} is held until before it is", quantities[*quantity].name)),
            None => Ok(()),
        }
    }

    fn effects(&self, of: &str, effects: &[Effect]) -> Result<(), LowerError> {
        for effect in effects {
            within("quantity", of, effect.quantity, self.program.quantities.len())?;
            self.expression(of, &effect.value, 0)?;
            let stock = matches!(self.program.quantities[effect.quantity].kind, QuantityKind::Stock { .. });
            let fits = match effect.op {
                EffectOp::Set => true,
                EffectOp::Add | EffectOp::Subtract | EffectOp::Multiply => stock,
                EffectOp::NextLevel | EffectOp::PreviousLevel => !stock,
            };
            if !fits {
                return malformed(format!("{of} has an effect that does not fit the quantity"));
            }
        }
        Ok(())
    }

    /// How deeply an expression is nested, `above` being the depth at which it stands.
    fn expression(&self, of: &str, expr: &Expr, above: usize) -> Result<usize, LowerError> {
        if above > MAX_DEPTH {
            return malformed(format!("{of} is nested more than {MAX_DEPTH} deep"));
        }
        let program = self.program;
        match expr {
            Expr::Number(_) => {}
            Expr::Param(param) => within("parameter", of, *param, program.params.len())?,
            Expr::Quantity(quantity) => within("quantity", of, *quantity, program.quantities.len())?,
            Expr::Formula(formula) => {
                within("formula", of, *formula, self.depths.len())?;
                // A formula that only names another is a level too: it is read by recursion.
                let depth = above + 1 + self.depths[*formula];
                if depth > MAX_DEPTH {
                    return malformed(format!("{of} is nested more than {MAX_DEPTH} deep"));
                }
                return Ok(depth);
            }
            Expr::Happened(event) => within("event", of, *event, program.events.len())?,
            Expr::Chosen { choice, option } => {
                within("choice", of, *choice, program.choices.len())?;
                within("option", of, *option, program.choices[*choice].options.len())?;
            }
            Expr::Apply(function, arguments) => {
                let (least, most) = arity(*function);
                let fits = (least..=most).contains(&arguments.len());
                if !fits {
                    return malformed(format!("{of}: {} arguments of {function:?}", arguments.len()));
                }
                let mut depths = arguments.iter().map(|argument| self.expression(of, argument, above + 1));
                return depths.try_fold(above, |deepest, depth| Ok(deepest.max(depth?)));
            }
        }
        Ok(above)
    }
}

/// Whether an expression reads nothing but parameters.
fn is_of_params(expr: &Expr) -> bool {
    match expr {
        Expr::Number(_) | Expr::Param(_) => true,
        Expr::Apply(_, arguments) => arguments.iter().all(is_of_params),
        _ => false,
    }
}
