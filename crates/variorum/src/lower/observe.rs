//! Draws with likelihoods, and what is weighed at the end of a step: what observations and records do to a step.
//!
//! The definition is in `variorum_model::program`, in the comment on observations.

use super::of_params;
use super::sights::{Looks, Open, Trigger, Witness};
use super::step::Moving;
use super::values::Value;
use variorum_engine::op::{Binary, Unary};
use variorum_model::program::{Expr, Fact};

/// The probability below which an outcome tells nothing of how probable it is in a later step,
const AS_GOOD_AS_NEVER: f64 = 1e-9;
/// and what is supposed there instead: about one in 80 years of months.
const GUESSED: f64 = 1e-3;
/// The chance that what is waited for comes later is never taken for more than this, so that the weight does not forget
/// that it may not come.
const MOST_AHEAD: f64 = 0.5;
/// The chance that each choice on the way to a reply is supposed to have of coming out as it must, and the reply of being
/// what was seen.
const EACH_REPLY: f64 = 0.5;
/// The same on the whole where something else has been seen of it before. Not 1: what is reported here may be all but
/// impossible if it was so, and a weight that is 0 cannot be made good for.
const KNOWN_REPLY: f64 = 0.99;
/// √(2π)
const ROOT_TWO_PI: f64 = 2.5066282746310002;

/// How likely what was seen is if a draw comes out in some way. What is 0 or 1 whatever happens costs nothing.
#[derive(Clone, Copy, Debug)]
enum Likelihood {
    Never,
    Always,
    Is(Value),
}

/// An outcome of a draw, as observations tell outcomes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An option of a choice that is not its default, or an event.
    Act(usize),
    /// The default of a choice, as an outcome.
    Default(usize),
    /// Nothing.
    Nothing,
    /// Of what is spoken of: anything but nothing.
    Any,
}

impl Outcome {
    /// Whether an outcome is of what is spoken of.
    fn covers(self, outcome: Outcome) -> bool {
        self == outcome || self == Outcome::Any && outcome != Outcome::Nothing
    }
}

/// What an observation that is waited for says of a draw.
struct Waiting {
    open: Open,
    /// What it waits for.
    about: Outcome,
    /// The likelihood of that, and of everything else.
    so: Value,
    not: Value,
    /// What the weight has of it after that, and after everything else, where it is still waited for.
    then: Value,
    ahead: Value,
    /// What it had before, and whether it is waited for; none where it had nothing and all wait.
    had: Option<(Value, Value)>,
}

impl Waiting {
    fn of(&self, matches: bool) -> Value {
        if matches { self.so } else { self.not }
    }
}

/// A draw with likelihoods: whether each outcome but the last comes out, and the last.
pub(super) struct Drawn {
    pub(super) outcomes: Vec<Value>,
    pub(super) last: Value,
}

impl Moving<'_, '_> {
    /// The weight of the trajectory.
    fn weight(&mut self) -> Value {
        match (self.weight, self.slots.weight) {
            (Some(weight), _) => weight,
            (None, Some(slot)) => self.slots.load(self.values, slot),
            (None, None) => self.values.number(1.0),
        }
    }

    /// Multiplies the weight by what an observation or record makes of it.
    fn weigh(&mut self, label: usize, factor: Value) {
        let weight = self.weight();
        let weight = self.values.binary(Binary::Multiply, weight, factor);
        self.weight = Some(weight);
        self.roots.marks.push((label, weight));
    }

    /// What is seen at the end of a step.
    pub(crate) fn look_back(&mut self, looks: &Looks) {
        let program = self.program;
        let mut held: Vec<(usize, Value)> = Vec::new();
        for index in looks.tracked.iter().chain(&looks.weighed) {
            if held.iter().any(|(known, _)| known == index) {
                continue;
            }
            let now = self.is_so(&program.observations[*index].fact);
            let held_now = match self.slots.sightings[*index] {
                Some(slot) => {
                    let before = self.slots.load(self.values, slot);
                    let so_far = self.values.binary(Binary::Or, before, now);
                    self.roots.stores.push((slot, so_far));
                    so_far
                }
                None => now,
            };
            held.push((*index, held_now));
        }
        for index in &looks.weighed {
            let seen = &program.observations[*index];
            let held = held
                .iter()
                .find(|(known, _)| known == index)
                .map_or_else(|| self.values.truth(false), |(_, held)| *held);
            let factor = match (&seen.fact, &seen.report) {
                (Fact::Number { value, observed, error }, _) => self.density(value, *observed, error),
                (_, Some(report)) => {
                    let (hits, alarms) = (self.chance(&report.hits), self.chance(&report.false_alarms));
                    self.values.select(held, hits, alarms)
                }
                (_, None) => held,
            };
            self.weigh(*index, factor);
        }
    }

    /// Whether a fact is so at the end of this step.
    fn is_so(&mut self, fact: &Fact) -> Value {
        match fact {
            Fact::Event { event } => self.happened[*event],
            Fact::Choice { choice, option } => self.chosen[*choice][*option],
            Fact::Condition(condition) => {
                let holds = self.reader(true).read(condition);
                let zero = self.values.number(0.0);
                self.values.binary(Binary::NotEqual, holds, zero)
            }
            Fact::Number { .. } | Fact::Impossible { .. } => self.values.truth(false),
        }
    }

    /// The density of a measured number; 0 where there is none.
    fn density(&mut self, value: &Expr, observed: f64, error: &Expr) -> Value {
        let value = self.reader(true).read(value);
        let error = of_params(self.frame, self.values, error);
        let values = &mut *self.values;
        let observed = values.number(observed);
        let distance = values.binary(Binary::Subtract, observed, value);
        let scaled = values.binary(Binary::Divide, distance, error);
        let square = values.binary(Binary::Multiply, scaled, scaled);
        let two = values.number(2.0);
        let half = values.binary(Binary::Divide, square, two);
        let exponent = values.unary(Unary::Negate, half);
        let bell = values.unary(Unary::Exp, exponent);
        let root = values.number(ROOT_TWO_PI);
        let width = values.binary(Binary::Multiply, error, root);
        let density = values.binary(Binary::Divide, bell, width);
        let (invalid, zero) = (values.unary(Unary::Invalid, density), values.number(0.0));
        values.select(invalid, zero, density)
    }

    /// A chance that parameters give, cut to 0..1.
    fn chance(&mut self, expr: &Expr) -> Value {
        let chance = of_params(self.frame, self.values, expr);
        let chance = self.values.unary(Unary::Clean, chance);
        let one = self.values.number(1.0);
        self.values.binary(Binary::Min, chance, one)
    }

    /// How likely what a witness says is if the draw comes out so; `of` tells what an observation is about.
    fn likelihood(&mut self, witness: &Witness, matches: bool, outcome: Outcome) -> Likelihood {
        let certain = |yes: bool| if yes { Likelihood::Always } else { Likelihood::Never };
        match witness {
            Witness::Certain(_) => certain(matches),
            // See `Waiting`.
            Witness::Within(_) | Witness::Foreseen(..) => Likelihood::Always,
            Witness::Reported(index) => {
                let Some(report) = &self.program.observations[*index].report else { return certain(matches) };
                let chance = if matches { &report.hits } else { &report.false_alarms };
                Likelihood::Is(self.chance(chance))
            }
            Witness::Recorded(_, windows) => {
                if !matches!(outcome, Outcome::Act(_)) || !matches {
                    return Likelihood::Always;
                }
                let mut room: Option<Value> = None;
                for open in windows {
                    if self.about(open.observation) != outcome {
                        continue;
                    }
                    let waits = match self.awaited(*open) {
                        Some((_, waits)) => waits,
                        None => self.values.truth(true),
                    };
                    room = Some(room.map_or(waits, |room| self.values.binary(Binary::Or, room, waits)));
                }
                room.map_or(Likelihood::Never, Likelihood::Is)
            }
        }
    }

    /// What an observation is called on the path of the evidence; records come after observations.
    pub(super) fn label(&self, witness: &Witness) -> usize {
        match witness {
            Witness::Certain(index) | Witness::Reported(index) => *index,
            Witness::Within(open) | Witness::Foreseen(open, _) => open.observation,
            Witness::Recorded(record, ..) => self.program.observations.len() + record,
        }
    }

    /// Draws with likelihoods. `outcomes` are all outcomes but the last with their probabilities, `last` is what is left,
    /// `witnesses` tell of which outcome each speaks, in order; `otherwise`, where given, is what the last is where that
    /// does not hold.
    pub(super) fn draw_seen(
        &mut self,
        outcomes: &[(Outcome, Value)],
        last: Outcome,
        otherwise: Option<(Value, Outcome)>,
        witnesses: &[(Witness, Outcome)],
        uniform: u32,
    ) -> Drawn {
        let mut sum: Option<Value> = None;
        for (_, probability) in outcomes {
            sum = Some(sum.map_or(*probability, |sum| self.values.binary(Binary::Add, sum, *probability)));
        }
        let one = self.values.number(1.0);
        let left = sum.map_or(one, |sum| self.values.binary(Binary::Subtract, one, sum));
        let left = self.values.unary(Unary::Clean, left);
        let mut joint: Vec<Option<Value>> =
            outcomes.iter().map(|(_, probability)| Some(*probability)).chain([Some(left)]).collect();
        let before = self.weight();
        let mut waiting: Vec<Waiting> = Vec::new();
        for (place, (witness, about)) in witnesses.iter().enumerate() {
            let waits = match witness {
                Witness::Within(open) => Some(self.wait(*open, None, *about, outcomes, (last, left, otherwise))),
                Witness::Foreseen(open, trigger) => {
                    Some(self.wait(*open, Some(*trigger), *about, outcomes, (last, left, otherwise)))
                }
                _ => None,
            };
            for (outcome, entry) in joint.iter_mut().enumerate() {
                let Some(probability) = *entry else { continue };
                let likelihood = match (&waits, outcomes.get(outcome)) {
                    (Some(waits), Some((outcome, _))) => Likelihood::Is(waits.of(about.covers(*outcome))),
                    (Some(waits), None) => Likelihood::Is(self.of_last(waits, about.covers(last), otherwise)),
                    (None, Some((outcome, _))) => self.likelihood_of(witness, *about, *outcome),
                    (None, None) => self.likelihood_of_last(witness, *about, last, otherwise),
                };
                *entry = match likelihood {
                    Likelihood::Never => None,
                    Likelihood::Always => Some(probability),
                    Likelihood::Is(value) => Some(self.values.binary(Binary::Multiply, probability, value)),
                };
            }
            waiting.extend(waits);
            let label = self.label(witness);
            // A record that speaks of several events of one draw is one statement.
            if witnesses.get(place + 1).is_some_and(|(next, _)| self.label(next) == label) {
                continue;
            }
            let sum = self.sum(&joint);
            let weight = self.values.binary(Binary::Multiply, before, sum);
            self.weight = Some(weight);
            self.roots.marks.push((label, weight));
        }
        let drawn = self.outcome(&joint, uniform);
        for waits in waiting {
            let mut matched = self.values.truth(false);
            for ((outcome, _), drawn) in outcomes.iter().zip(&drawn.outcomes) {
                if waits.about.covers(*outcome) {
                    matched = self.values.binary(Binary::Or, matched, *drawn);
                }
            }
            if waits.about.covers(last) {
                let last = otherwise.map_or(drawn.last, |(live, _)| self.values.and(drawn.last, live));
                matched = self.values.binary(Binary::Or, matched, last);
            }
            let still = self.values.select(matched, waits.then, waits.ahead);
            let still = match (waits.open.is_kept(), otherwise, waits.had) {
                (true, Some((live, _)), Some((had, _))) => self.values.select(live, still, had),
                _ => still,
            };
            let zero = self.values.number(0.0);
            let still = match waits.had {
                Some((_, waits)) => self.values.select(waits, still, zero),
                None => still,
            };
            self.awaited.insert(waits.open.observation, still);
        }
        drawn
    }

    /// Which outcome an observation of a draw speaks of.
    pub(super) fn about(&self, observation: usize) -> Outcome {
        match self.program.observations[observation].fact {
            Fact::Event { event } => Outcome::Act(event),
            Fact::Choice { choice, option } if self.program.choices[choice].default == option => {
                Outcome::Default(option)
            }
            Fact::Choice { option, .. } => Outcome::Act(option),
            _ => Outcome::Nothing,
        }
    }

    /// What the weight has of an observation that is waited for, and whether it is; none in the first draw of the first
    /// step, where it has nothing of it and all wait.
    fn awaited(&mut self, open: Open) -> Option<(Value, Value)> {
        let slot = self.slots.awaited[open.observation].filter(|_| !open.first)?;
        let had = match self.awaited.get(&open.observation) {
            Some(had) => *had,
            None => self.slots.load(self.values, slot),
        };
        let zero = self.values.number(0.0);
        Some((had, self.values.binary(Binary::NotEqual, had, zero)))
    }

    /// What an observation that is waited for does to the draw of which it speaks, or to one that triggers that: what may
    /// come in later steps counts as [`MOST_AHEAD`] at most.
    fn wait(
        &mut self,
        open: Open,
        trigger: Option<Trigger>,
        about: Outcome,
        outcomes: &[(Outcome, Value)],
        (last, left, otherwise): (Outcome, Value, Option<(Value, Outcome)>),
    ) -> Waiting {
        let (zero, one) = (self.values.number(0.0), self.values.number(1.0));
        let (hits, alarms) = self.chances_of(open);
        let chance = self.values.number(match trigger {
            None => 1.0,
            Some(trigger) if trigger.is_known => KNOWN_REPLY,
            Some(trigger) => (0..trigger.draws).fold(1.0, |chance, _| chance * EACH_REPLY),
        });
        let ahead = if open.left == 0 {
            alarms
        } else {
            let mut probability: Option<Value> = None;
            let left = otherwise.map_or(left, |(live, _)| self.values.select(live, left, zero));
            for (outcome, of) in outcomes.iter().copied().chain([(last, left)]) {
                if about.covers(outcome) {
                    probability = Some(probability.map_or(of, |sum| self.values.binary(Binary::Add, sum, of)));
                }
            }
            let probability = probability.unwrap_or(zero);
            let (least, guessed) = (self.values.number(AS_GOOD_AS_NEVER), self.values.number(GUESSED));
            let likely = self.values.binary(Binary::AtLeast, probability, least);
            let later = self.values.binary(Binary::Multiply, probability, chance);
            let later = self.values.select(likely, later, guessed);
            let (steps, most) = (self.values.number(f64::from(open.left)), self.values.number(MOST_AHEAD));
            let later = self.values.binary(Binary::Multiply, later, steps);
            let later = self.values.binary(Binary::Min, later, most);
            let gain = self.values.binary(Binary::Subtract, hits, alarms);
            let gain = self.values.binary(Binary::Multiply, gain, later);
            self.values.binary(Binary::Add, alarms, gain)
        };
        let (worth, then) = match trigger {
            None => (hits, zero),
            Some(_) => {
                let gain = self.values.binary(Binary::Subtract, hits, ahead);
                let gain = self.values.binary(Binary::Multiply, gain, chance);
                let worth = self.values.binary(Binary::Add, ahead, gain);
                (worth, worth)
            }
        };
        let had = self.awaited(open);
        let mut relative = |now: Value| match had {
            Some((had, waits)) => {
                let now = self.values.binary(Binary::Divide, now, had);
                self.values.select(waits, now, one)
            }
            None => now,
        };
        let (so, not) = (relative(worth), relative(ahead));
        Waiting { open, about, so, not, then, ahead, had }
    }

    /// The chance of what was seen if it was so, and if not.
    fn chances_of(&mut self, open: Open) -> (Value, Value) {
        match &self.program.observations[open.observation].report {
            Some(report) => (self.chance(&report.hits), self.chance(&report.false_alarms)),
            None => (self.values.number(1.0), self.values.number(0.0)),
        }
    }

    /// The likelihood, by an observation that is waited for, of the last outcome, which is nothing where `otherwise` does
    /// not hold.
    fn of_last(&mut self, waits: &Waiting, matches: bool, otherwise: Option<(Value, Outcome)>) -> Value {
        match otherwise {
            Some((live, _)) if waits.open.is_kept() => {
                let one = self.values.number(1.0);
                self.values.select(live, waits.of(matches), one)
            }
            Some((live, _)) if matches => self.values.select(live, waits.so, waits.not),
            _ => waits.of(matches),
        }
    }

    fn likelihood_of(&mut self, witness: &Witness, about: Outcome, outcome: Outcome) -> Likelihood {
        // A record of a choice speaks of all its options, one of an event of that event alone.
        let matches = match witness {
            Witness::Recorded(..) => about == Outcome::Nothing || about == outcome,
            _ => about == outcome,
        };
        self.likelihood(witness, matches, outcome)
    }

    fn likelihood_of_last(
        &mut self,
        witness: &Witness,
        about: Outcome,
        last: Outcome,
        otherwise: Option<(Value, Outcome)>,
    ) -> Likelihood {
        let likelihood = self.likelihood_of(witness, about, last);
        let Some((live, nothing)) = otherwise else { return likelihood };
        let other = self.likelihood_of(witness, about, nothing);
        match (likelihood, other) {
            (Likelihood::Always, Likelihood::Always) => Likelihood::Always,
            (Likelihood::Never, Likelihood::Never) => Likelihood::Never,
            (likelihood, other) => {
                let (yes, no) = (self.number_of(likelihood), self.number_of(other));
                Likelihood::Is(self.values.select(live, yes, no))
            }
        }
    }

    fn number_of(&mut self, likelihood: Likelihood) -> Value {
        match likelihood {
            Likelihood::Never => self.values.number(0.0),
            Likelihood::Always => self.values.number(1.0),
            Likelihood::Is(value) => value,
        }
    }

    fn sum(&mut self, terms: &[Option<Value>]) -> Value {
        let mut sum: Option<Value> = None;
        for term in terms.iter().flatten() {
            sum = Some(sum.map_or(*term, |sum| self.values.binary(Binary::Add, sum, *term)));
        }
        sum.unwrap_or_else(|| self.values.number(0.0))
    }

    /// Which outcome comes out, in proportion to what is left of the probabilities.
    fn outcome(&mut self, joint: &[Option<Value>], stream: u32) -> Drawn {
        let possible = joint.iter().flatten().count();
        let (never, always) = (self.values.truth(false), self.values.truth(true));
        let count = joint.len() - 1;
        if possible <= 1 {
            self.skip(stream);
            let of = |entry: &Option<Value>| if entry.is_some() { always } else { never };
            return Drawn { outcomes: joint[..count].iter().map(of).collect(), last: of(&joint[count]) };
        }
        let total = self.sum(joint);
        let uniform = self.uniform(stream);
        let mut cumulated: Option<Value> = None;
        let mut low: Option<Value> = None;
        let mut outcomes = Vec::with_capacity(count);
        for entry in &joint[..count] {
            let Some(term) = entry else {
                outcomes.push(never);
                continue;
            };
            let sum = cumulated.map_or(*term, |sum| self.values.binary(Binary::Add, sum, *term));
            cumulated = Some(sum);
            let high = self.values.binary(Binary::Divide, sum, total);
            outcomes.push(match low {
                None => self.values.binary(Binary::Less, uniform, high),
                Some(low) => self.values.between(uniform, low, high),
            });
            low = Some(high);
        }
        let zero = self.values.number(0.0);
        let last = match joint[count] {
            Some(_) => self.values.binary(Binary::AtLeast, uniform, low.unwrap_or(zero)),
            None => never,
        };
        Drawn { outcomes, last }
    }
}
