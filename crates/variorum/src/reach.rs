//! What can and cannot come to pass in a program, without running it: the reason behind an answer of 0% or 100%.
//!
//! The levels that each ladder can ever have are found by a fixed point: an event or option whose condition can hold
//! at levels that can be reached adds the levels that it sets. Stocks may be anything. What is left out cannot happen;
//! what is left in perhaps can.
//!
//! The same is done step by step for what was seen ([`Reach::start`], [`Reach::play`], [`Reach::keep`]): at the end of some
//! steps levels that do not agree with an observation are struck out, and in some steps events are known not to have
//! happened.

use std::collections::{BTreeMap, BTreeSet};
use variorum_model::program::{EffectOp, EventRule, Expr, Function, Occasion, Program, QuantityKind, Query};

/// The values that an expression may have: a few numbers, or anything.
#[derive(Clone, PartialEq, Debug)]
enum Values {
    Any,
    Some(Vec<f64>),
}

/// The most values that are told apart.
const MOST: usize = 64;

/// What can come to pass in a program.
#[derive(Debug)]
pub struct Reach<'p> {
    program: &'p Program,
    /// Levels that each ladder can have; none for stocks.
    levels: Vec<Option<BTreeSet<usize>>>,
    /// Which quantities are held from the first step to the last.
    held: Vec<bool>,
    /// Which events can happen in the steps that are played, and which options can come out.
    events: Vec<bool>,
    options: Vec<Vec<bool>>,
    /// Which events can have happened before them.
    earlier: Vec<bool>,
    /// The first and the last step that are played.
    steps: (u32, u32),
    /// In which steps nothing of this kind came to pass.
    absent: Absent,
    /// What each formula may be, given the levels so far.
    formulas: Vec<Values>,
}

/// Steps in which events are known not to have happened, and choices to have come out as nothing but their default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Absent {
    pub(crate) events: BTreeMap<usize, BTreeSet<u32>>,
    pub(crate) choices: BTreeMap<usize, BTreeSet<u32>>,
}

impl Absent {
    /// Whether that is known of all these steps.
    fn covers(of: &BTreeMap<usize, BTreeSet<u32>>, index: usize, (from, to): (u32, u32)) -> bool {
        of.get(&index).is_some_and(|steps| (from..=to).all(|step| steps.contains(&step)))
    }
}

/// Why a question's answer must be exactly no or exactly yes; none if neither follows from the structure.
#[must_use]
pub fn reason(program: &Program, query: &Query) -> Option<(bool, String)> {
    Reach::of(program).reason(query)
}

impl<'p> Reach<'p> {
    /// In a program, over all its steps.
    #[must_use]
    pub fn of(program: &'p Program) -> Reach<'p> {
        let mut reach = Reach::start(program, Absent::default());
        reach.play(0, program.clock.steps.saturating_sub(1));
        reach
    }

    /// Before the first step.
    pub(crate) fn start(program: &'p Program, absent: Absent) -> Reach<'p> {
        let start = |expr: &Expr| match expr {
            Expr::Number(level) => level_of(*level),
            _ => 0,
        };
        let of_quantity = |quantity: &variorum_model::program::Quantity| match quantity.kind {
            QuantityKind::Ladder { .. } => Some(BTreeSet::from([start(&quantity.start)])),
            QuantityKind::Stock { .. } => None,
        };
        Reach {
            program,
            levels: program.quantities.iter().map(of_quantity).collect(),
            held: vec![false; program.quantities.len()],
            events: vec![false; program.events.len()],
            options: program.choices.iter().map(|choice| vec![false; choice.options.len()]).collect(),
            earlier: vec![false; program.events.len()],
            steps: (0, 0),
            absent,
            formulas: Vec::new(),
        }
    }

    /// Goes on to the end of a step, from the end of the one before the first of these. Afterwards the levels are those
    /// that can have been in any of these steps, or right before them.
    pub(crate) fn play(&mut self, from: u32, to: u32) {
        for (earlier, now) in self.earlier.iter_mut().zip(&mut self.events) {
            *earlier |= std::mem::take(now);
        }
        self.options.iter_mut().flatten().for_each(|can| *can = false);
        self.steps = (from, to);
        self.impose();
        loop {
            self.read_formulas();
            if !self.grow() {
                return;
            }
        }
    }

    fn read_formulas(&mut self) {
        // Formulas refer only to earlier ones.
        self.formulas.clear();
        for formula in &self.program.formulas {
            let values = self.values(&formula.value);
            self.formulas.push(values);
        }
    }

    /// Strikes out the levels with which a condition cannot hold at the end of the step.
    pub(crate) fn keep(&mut self, condition: &Expr) {
        let mut ladders = BTreeSet::new();
        condition.quantities(self.program, &mut ladders);
        for ladder in ladders {
            let Some(all) = self.levels.get(ladder).cloned().flatten() else { continue };
            let mut kept = BTreeSet::new();
            for level in all {
                self.assume(ladder, BTreeSet::from([level]));
                if self.can(condition, true) {
                    kept.insert(level);
                }
            }
            self.assume(ladder, kept);
        }
    }

    fn assume(&mut self, ladder: usize, levels: BTreeSet<usize>) {
        if let Some(Some(known)) = self.levels.get_mut(ladder) {
            *known = levels;
        }
        self.read_formulas();
    }

    /// What a scenario makes of the ladders: what is held all the time can be nothing else.
    fn impose(&mut self) {
        let last = self.program.clock.steps.saturating_sub(1);
        for intervention in &self.program.interventions {
            let all = match self.program.quantities.get(intervention.quantity).map(|quantity| &quantity.kind) {
                Some(QuantityKind::Ladder { levels }) => levels.len(),
                _ => continue,
            };
            let new: BTreeSet<usize> = match self.values(&intervention.value) {
                Values::Any => (0..all).collect(),
                Values::Some(values) => values.into_iter().map(level_of).collect(),
            };
            let always = intervention.from == 0 && intervention.until.is_some_and(|until| until >= last);
            let held = self.held.get_mut(intervention.quantity);
            let Some((held, Some(levels))) = held.zip(self.levels.get_mut(intervention.quantity)) else { continue };
            if always {
                *held = true;
                *levels = new;
            } else if !*held {
                levels.extend(new);
            }
        }
    }

    /// Whether an event can happen, as far as the structure tells.
    #[must_use]
    pub fn can_happen(&self, event: usize) -> bool {
        self.events.get(event).copied().unwrap_or(false)
    }

    /// Whether a choice can come out so, as far as the structure tells.
    #[must_use]
    pub fn can_come_out(&self, choice: usize, option: usize) -> bool {
        self.options.get(choice).and_then(|options| options.get(option)).copied().unwrap_or(false)
    }

    /// Why a question's answer must be exactly no or exactly yes; none if neither follows from the structure. A condition
    /// under which it is asked changes nothing in that.
    #[must_use]
    pub fn reason(&self, query: &Query) -> Option<(bool, String)> {
        match query {
            Query::Ever { condition, .. } | Query::First { condition, .. } => self.of_condition(condition),
            Query::Value { .. } => None,
        }
    }

    /// Why a condition never or always holds at the end of a step; none if neither follows from the structure.
    #[must_use]
    pub fn of_condition(&self, condition: &Expr) -> Option<(bool, String)> {
        let reads = || {
            self.reads(condition)
                .map_or("nothing in this reading leads there".to_owned(), |reads| format!("in this reading {reads}"))
        };
        match (self.can(condition, true), self.can(condition, false)) {
            (false, _) => Some((false, reads())),
            (_, false) => Some((true, reads())),
            _ => None,
        }
    }

    /// Which levels the ladders that a condition reads can have; none where that says nothing.
    pub(crate) fn reads(&self, condition: &Expr) -> Option<String> {
        let mut quantities = BTreeSet::new();
        condition.quantities(self.program, &mut quantities);
        let names: Vec<String> = quantities
            .iter()
            .filter_map(|quantity| {
                let levels = self.levels.get(*quantity)?.as_ref()?;
                let quantity = self.program.quantities.get(*quantity)?;
                let QuantityKind::Ladder { levels: all } = &quantity.kind else { return None };
                let can: Vec<&str> = levels.iter().filter_map(|level| all.get(*level).map(String::as_str)).collect();
                (can.len() < all.len()).then(|| format!("{} can only be {}", quantity.name, can.join(" or ")))
            })
            .collect();
        (!names.is_empty()).then(|| names.join("; "))
    }

    /// One round; whether anything new can happen.
    fn grow(&mut self) -> bool {
        let before = (self.levels.clone(), self.events.clone(), self.options.clone());
        let program = self.program;
        for (index, choice) in program.choices.iter().enumerate() {
            let comes_up = match &choice.occasion {
                Occasion::Steps(steps) => {
                    let (from, to) = self.steps;
                    steps.iter().any(|step| (from..=to).contains(step))
                }
                Occasion::Considered(rate) => *rate != Expr::Number(0.0),
                Occasion::Hazards => true,
                Occasion::AfterEvent { event } => {
                    [&self.events, &self.earlier].iter().any(|events| events.get(*event) == Some(&true))
                }
                Occasion::After { choice, option } => self.options.get(*choice).is_some_and(|options| match option {
                    Some(option) => options.get(*option).copied().unwrap_or(false),
                    None => options.iter().any(|can| *can),
                }),
            };
            if !comes_up || !choice.when.as_ref().is_none_or(|when| self.can(when, true)) {
                continue;
            }
            let is_absent = Absent::covers(&self.absent.choices, index, self.steps);
            let acts_only = matches!(choice.occasion, Occasion::Considered(_) | Occasion::Hazards);
            for (number, option) in choice.options.iter().enumerate() {
                let never = option.weight.as_ref().is_some_and(|weight| self.values(weight) == Values::Some(vec![0.0]));
                let is_out = if number == choice.default { acts_only } else { is_absent };
                if never || is_out {
                    continue;
                }
                if let Some(can) = self.options.get_mut(index).and_then(|options| options.get_mut(number)) {
                    *can = true;
                }
                option.effects.iter().for_each(|effect| self.effect(effect));
            }
        }
        for (index, event) in program.events.iter().enumerate() {
            let weight = match &event.rule {
                EventRule::Hazard(hazard) => hazard,
                EventRule::Dated { chance, .. } => chance,
            };
            let due = match &event.rule {
                EventRule::Hazard(_) => true,
                EventRule::Dated { step, .. } => (self.steps.0..=self.steps.1).contains(step),
            };
            let is_absent = Absent::covers(&self.absent.events, index, self.steps);
            let never = !due || is_absent || self.values(weight) == Values::Some(vec![0.0]);
            if never || !event.when.as_ref().is_none_or(|when| self.can(when, true)) {
                continue;
            }
            if let Some(can) = self.events.get_mut(index) {
                *can = true;
            }
            event.effects.iter().for_each(|effect| self.effect(effect));
        }
        before != (self.levels.clone(), self.events.clone(), self.options.clone())
    }

    fn effect(&mut self, effect: &variorum_model::program::Effect) {
        if self.held.get(effect.quantity) == Some(&true) {
            return;
        }
        let Some(QuantityKind::Ladder { levels: all }) =
            self.program.quantities.get(effect.quantity).map(|quantity| &quantity.kind)
        else {
            return;
        };
        let new = self.values(&effect.value);
        let Some(Some(levels)) = self.levels.get_mut(effect.quantity) else { return };
        match effect.op {
            EffectOp::NextLevel => levels.extend(levels.clone().iter().map(|level| (level + 1).min(all.len() - 1))),
            EffectOp::PreviousLevel => levels.extend(levels.clone().iter().map(|level| level.saturating_sub(1))),
            _ => match new {
                Values::Any => levels.extend(0..all.len()),
                Values::Some(values) => levels.extend(values.into_iter().map(level_of)),
            },
        }
    }

    /// Whether a condition can come out so.
    pub(crate) fn can(&self, condition: &Expr, outcome: bool) -> bool {
        let (yes, no) = self.outcomes(condition);
        if outcome { yes } else { no }
    }

    /// Whether a condition can hold, and whether it can fail. Its values are found once: conditions are deep.
    fn outcomes(&self, condition: &Expr) -> (bool, bool) {
        match self.values(condition) {
            Values::Any => (true, true),
            Values::Some(values) => (values.iter().any(|value| *value != 0.0), values.contains(&0.0)),
        }
    }

    fn values(&self, expr: &Expr) -> Values {
        let truth = |can: bool| if can { Values::Some(vec![0.0, 1.0]) } else { Values::Some(vec![0.0]) };
        match expr {
            Expr::Number(x) => Values::Some(vec![*x]),
            Expr::Param(_) => Values::Any,
            Expr::Quantity(quantity) => match self.levels.get(*quantity) {
                #[expect(clippy::cast_precision_loss, reason = "ladders are short")]
                Some(Some(levels)) => Values::Some(levels.iter().map(|level| *level as f64).collect()),
                _ => Values::Any,
            },
            Expr::Formula(formula) => self.formulas.get(*formula).cloned().unwrap_or(Values::Any),
            Expr::Happened(event) => truth(self.events.get(*event).copied().unwrap_or(true)),
            Expr::Chosen { choice, option } => {
                truth(self.options.get(*choice).and_then(|options| options.get(*option)).copied().unwrap_or(true))
            }
            Expr::Apply(function, args) => self.apply(*function, args),
        }
    }

    fn apply(&self, function: Function, args: &[Expr]) -> Values {
        let bool_of = |yes: bool, no: bool| {
            Values::Some([(no, 0.0), (yes, 1.0)].into_iter().filter(|(can, _)| *can).map(|(_, value)| value).collect())
        };
        let pairs = |combine: fn(f64, f64) -> f64| -> Values {
            let [a, b] = args else { return Values::Any };
            match (self.values(a), self.values(b)) {
                (Values::Some(a), Values::Some(b)) if a.len() * b.len() <= MOST => {
                    let mut all: Vec<f64> = a.iter().flat_map(|x| b.iter().map(move |y| combine(*x, *y))).collect();
                    all.sort_by(f64::total_cmp);
                    all.dedup();
                    Values::Some(all)
                }
                (Values::Some(zero), _) | (_, Values::Some(zero))
                    if function == Function::Multiply && zero == [0.0] =>
                {
                    Values::Some(vec![0.0])
                }
                _ => Values::Any,
            }
        };
        match (function, args) {
            (Function::And, [a, b]) => {
                let ((a, not_a), (b, not_b)) = (self.outcomes(a), self.outcomes(b));
                bool_of(a && b, not_a || not_b)
            }
            (Function::Or, [a, b]) => {
                let ((a, not_a), (b, not_b)) = (self.outcomes(a), self.outcomes(b));
                bool_of(a || b, not_a && not_b)
            }
            (Function::AnyOf, _) => {
                let outcomes = args.iter().map(|arg| self.outcomes(arg));
                let (yes, no) = outcomes.fold((false, true), |(yes, no), (can, can_not)| (yes || can, no && can_not));
                bool_of(yes, no)
            }
            (Function::AllOf, _) => {
                let outcomes = args.iter().map(|arg| self.outcomes(arg));
                let (yes, no) = outcomes.fold((true, false), |(yes, no), (can, can_not)| (yes && can, no || can_not));
                bool_of(yes, no)
            }
            (Function::Sum, _) => {
                let mut sums = vec![0.0];
                for arg in args {
                    let Values::Some(values) = self.values(arg) else { return Values::Any };
                    sums = sums.iter().flat_map(|x| values.iter().map(move |y| x + y)).collect();
                    sums.sort_by(f64::total_cmp);
                    sums.dedup();
                    if sums.len() > MOST {
                        return Values::Any;
                    }
                }
                Values::Some(sums)
            }
            (Function::Not, [a]) => {
                let (yes, no) = self.outcomes(a);
                bool_of(no, yes)
            }
            (Function::If, [condition, then, otherwise]) => {
                let mut all = Vec::new();
                let (yes, no) = self.outcomes(condition);
                for (branch, can) in [(then, yes), (otherwise, no)] {
                    if can {
                        match self.values(branch) {
                            Values::Any => return Values::Any,
                            Values::Some(values) => all.extend(values),
                        }
                    }
                }
                all.sort_by(f64::total_cmp);
                all.dedup();
                Values::Some(all)
            }
            (Function::Equal, _) => pairs(|a, b| f64::from(u8::from(a == b))),
            (Function::NotEqual, _) => pairs(|a, b| f64::from(u8::from(a != b))),
            (Function::Less, _) => pairs(|a, b| f64::from(u8::from(a < b))),
            (Function::AtMost, _) => pairs(|a, b| f64::from(u8::from(a <= b))),
            (Function::Greater, _) => pairs(|a, b| f64::from(u8::from(a > b))),
            (Function::AtLeast, _) => pairs(|a, b| f64::from(u8::from(a >= b))),
            (Function::Add, _) => pairs(|a, b| a + b),
            (Function::Subtract, _) => pairs(|a, b| a - b),
            (Function::Multiply, _) => pairs(|a, b| a * b),
            _ => Values::Any,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level's number")]
fn level_of(value: f64) -> usize {
    value as usize
}
