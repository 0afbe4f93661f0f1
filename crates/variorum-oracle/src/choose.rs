//! Choices: when they come up, how probable their options are, and the walk through the game tree behind that.

use variorum_model::program::{Actor, Choice, Occasion, Rule};

use crate::expression::count;
use crate::step::Luck;
use crate::world::{Moment, World};

/// What a chain of replies begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Choice(usize),
    Event(usize),
}

impl World<'_> {
    /// Plays the choices of a step in order of play.
    pub(crate) fn play(&self, luck: &mut dyn Luck, moment: &mut Moment) {
        for choice in 0..self.program.choices.len() {
            let comes_up = self.comes_up(choice, moment) && self.may_be_made(choice, moment);
            if let Some(option) = luck.choice(self, choice, comes_up, moment) {
                self.take(choice, option, moment);
            }
        }
    }

    /// Takes an option: its effects apply, and it is the choice's outcome.
    pub(crate) fn take(&self, choice: usize, option: usize, moment: &mut Moment) {
        let effects = &self.program.choices[choice].options[option].effects;
        self.affect(effects, moment.step, &mut moment.state, &moment.happened, &[]);
        moment.outcomes[choice] = Some(option);
    }

    /// The probabilities of a choice's options, as `Oracle::policy` says.
    pub(crate) fn policy(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        match self.program.choices[choice].rule {
            Rule::Utility => self.response(choice, moment),
            Rule::Probabilities => self.elicited(choice, moment),
            Rule::Hazards => self.acts(choice, moment),
        }
    }

    /// What each option is worth to the choice's actor.
    pub(crate) fn values(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        let about = &self.program.choices[choice];
        let actor = &self.program.actors[about.actor];
        let ahead = self.ahead(choice, moment.step);
        let worth = |option| {
            let mut next = moment.clone();
            if !(comes_up_by_chance(about) && option == about.default) {
                self.take(choice, option, &mut next);
            }
            self.expectation(actor, &ahead, actor.foresight, next)
        };
        (0..about.options.len()).map(worth).collect()
    }

    /// What an actor expects at a moment, with these choices of the same moment ahead, the next few of which it
    /// foresees (none is all).
    fn expectation(&self, actor: &Actor, ahead: &[usize], foreseen: Option<u32>, mut moment: Moment) -> f64 {
        let Some((&next, rest)) = ahead.split_first() else { return self.prospect(actor, &moment) };
        if !self.comes_up(next, &moment) {
            return self.expectation(actor, rest, foreseen, moment);
        }
        let left = foreseen.map(|foreseen| foreseen.saturating_sub(1));
        if !self.may_be_made(next, &moment) {
            return self.expectation(actor, rest, left, moment);
        }
        if foreseen == Some(0) {
            self.take(next, self.program.choices[next].default, &mut moment);
            return self.expectation(actor, rest, left, moment);
        }
        let mut sum = 0.0;
        for (option, probability) in self.policy(next, &moment).into_iter().enumerate() {
            // What cannot happen does not count, not even where its worth is not a number.
            if probability > 0.0 {
                let mut taken = moment.clone();
                self.take(next, option, &mut taken);
                sum += probability * self.expectation(actor, rest, left, taken);
            }
        }
        sum
    }

    /// The choices after this one, in order of play, that belong to the same moment: those by date with all replies
    /// that descend from them, those that descend from the same considered choice, or those that reply to the same event,
    /// with their replies.
    fn ahead(&self, choice: usize, step: u32) -> Vec<usize> {
        let own = self.root(choice);
        let later = choice + 1..self.program.choices.len();
        later
            .filter(|&other| {
                let root = self.root(other);
                root == own || (self.is_dated(own, step) && self.is_dated(root, step))
            })
            .collect()
    }

    /// Where a chain of replies begins.
    fn root(&self, choice: usize) -> Root {
        match self.program.choices[choice].occasion {
            Occasion::After { choice: trigger, .. } => self.root(trigger),
            Occasion::AfterEvent { event } => Root::Event(event),
            _ => Root::Choice(choice),
        }
    }

    /// Whether a chain begins with a choice that is made by date, and this is its date.
    fn is_dated(&self, root: Root, step: u32) -> bool {
        matches!(root, Root::Choice(choice) if self.is_due(choice, step))
    }

    /// Whether a choice is made by date, and this is its date.
    fn is_due(&self, choice: usize, step: u32) -> bool {
        matches!(&self.program.choices[choice].occasion, Occasion::Steps(steps) if steps.contains(&step))
    }

    /// Whether a choice comes up, its own condition left aside.
    fn comes_up(&self, choice: usize, moment: &Moment) -> bool {
        match &self.program.choices[choice].occasion {
            Occasion::Considered(_) | Occasion::Hazards => true,
            Occasion::Steps(_) => self.is_due(choice, moment.step),
            Occasion::AfterEvent { event } => moment.happened[*event],
            Occasion::After { choice: trigger, option } => {
                let outcome = moment.outcomes[*trigger];
                outcome.is_some() && (option.is_none() || *option == outcome)
            }
        }
    }

    /// Whether a choice's own condition holds.
    fn may_be_made(&self, choice: usize, moment: &Moment) -> bool {
        self.view_of_choices(moment).allows(self.program.choices[choice].when.as_ref())
    }

    /// How a choice that comes up comes out; nothing where it comes up by chance and nobody acts.
    pub(crate) fn outcome(&self, choice: usize, moment: &Moment, u: f64) -> Option<usize> {
        let about = &self.program.choices[choice];
        let others = other_options(about);
        match &about.occasion {
            Occasion::Considered(_) | Occasion::Hazards => {
                let cumulated = cumulated_acts(&self.hazards(choice, moment), self.program.clock.step());
                first_above(&cumulated, u).map(|place| others[place])
            }
            Occasion::Steps(_) | Occasion::After { .. } | Occasion::AfterEvent { .. } => {
                let policy = self.policy(choice, moment);
                let cumulated = sums(&others.iter().map(|&option| policy[option]).collect::<Vec<f64>>());
                Some(first_above(&cumulated, u).map_or(about.default, |place| others[place]))
            }
        }
    }

    /// How probable each outcome of a choice is in this step: the options other than the default in order, then the
    /// default, or nothing where it comes up by chance or not at all.
    pub(crate) fn chances_of_choice(&self, choice: usize, moment: &Moment) -> Vec<(Option<usize>, f64)> {
        let about = &self.program.choices[choice];
        if !(self.comes_up(choice, moment) && self.may_be_made(choice, moment)) {
            return vec![(None, 1.0)];
        }
        let others = other_options(about);
        if comes_up_by_chance(about) {
            let chances = acts(&self.hazards(choice, moment), self.program.clock.step());
            return with_rest(others.into_iter().zip(chances), None);
        }
        let policy = self.policy(choice, moment);
        with_rest(others.into_iter().map(|option| (option, policy[option])), Some(about.default))
    }

    /// The hazards of the options other than the default, in order of declaration.
    fn hazards(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        let about = &self.program.choices[choice];
        match &about.occasion {
            Occasion::Considered(rate) => {
                let rate = self.view_of_choices(moment).weight(rate);
                let policy = self.policy(choice, moment);
                other_options(about).iter().map(|&option| count(rate * policy[option])).collect()
            }
            _ => self.weights(about, moment),
        }
    }

    /// The written probabilities or hazards of the options other than the default.
    fn weights(&self, about: &Choice, moment: &Moment) -> Vec<f64> {
        let view = self.view_of_choices(moment);
        let weight = |option: &usize| about.options[*option].weight.as_ref().map_or(0.0, |weight| view.weight(weight));
        other_options(about).iter().map(weight).collect()
    }

    /// The quantal response of the choice's actor.
    fn response(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        let about = &self.program.choices[choice];
        let precision = self.program.actors[about.actor].precision.as_ref();
        let precision = precision.map_or(f64::NAN, |precision| self.view(&[], &[], &[]).value(precision));
        let exponents: Vec<f64> = self.values(choice, moment).iter().map(|value| precision * value).collect();
        let largest = exponents.iter().fold(f64::NEG_INFINITY, |largest, x| if *x > largest { *x } else { largest });
        let odds: Vec<f64> = exponents.iter().map(|exponent| libm::exp(exponent - largest)).collect();
        let sum = sum(&odds);
        let probabilities: Vec<f64> = odds.iter().map(|odd| count(odd / sum)).collect();
        if probabilities.iter().all(|probability| *probability == 0.0) {
            return only(about.default, about.options.len());
        }
        probabilities
    }

    /// Written probabilities, scaled where they sum above 1; the rest is the default's.
    fn elicited(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        let about = &self.program.choices[choice];
        let weights = self.weights(about, moment);
        let sum = sum(&weights);
        let weights = if sum > 1.0 { shares(&weights) } else { weights };
        let mut policy = only(about.default, about.options.len());
        policy[about.default] = count(1.0 - sum);
        for (option, probability) in other_options(about).into_iter().zip(weights) {
            policy[option] = probability;
        }
        policy
    }

    /// The probabilities of acting in this step, and of not acting.
    fn acts(&self, choice: usize, moment: &Moment) -> Vec<f64> {
        let about = &self.program.choices[choice];
        let cumulated = cumulated_acts(&self.hazards(choice, moment), self.program.clock.step());
        let mut policy = only(about.default, about.options.len());
        let mut before = 0.0;
        for (option, cumulated) in other_options(about).into_iter().zip(cumulated) {
            policy[option] = cumulated - before;
            before = cumulated;
        }
        policy[about.default] = 1.0 - before;
        policy
    }
}

/// Whether a choice comes up by chance: its default then is that nothing happens, never an outcome.
fn comes_up_by_chance(choice: &Choice) -> bool {
    matches!(choice.occasion, Occasion::Considered(_) | Occasion::Hazards)
}

/// The options other than the default, in order of declaration.
fn other_options(choice: &Choice) -> Vec<usize> {
    (0..choice.options.len()).filter(|option| *option != choice.default).collect()
}

/// The policy that always takes one option.
fn only(option: usize, options: usize) -> Vec<f64> {
    (0..options).map(|other| if other == option { 1.0 } else { 0.0 }).collect()
}

/// Cumulated probabilities of acts with these hazards in a step of this length: the sum of the hazards says whether
/// one happens, their shares say which.
pub(crate) fn cumulated_acts(hazards: &[f64], step: f64) -> Vec<f64> {
    let total = sum(hazards);
    let happens = 1.0 - libm::exp(-total * step);
    let odds = odds(hazards);
    let total = sum(&odds);
    let share = |cumulated: f64| if total > 0.0 { cumulated / total } else { 0.0 };
    sums(&odds).into_iter().map(|cumulated| share(cumulated) * happens).collect()
}

/// Outcomes with their probabilities, and what they leave to 1 for the last.
pub(crate) fn with_rest(
    outcomes: impl Iterator<Item = (usize, f64)>,
    last: Option<usize>,
) -> Vec<(Option<usize>, f64)> {
    let mut all: Vec<(Option<usize>, f64)> = outcomes.map(|(outcome, chance)| (Some(outcome), chance)).collect();
    let taken = all.iter().fold(0.0, |sum, (_, chance)| sum + chance);
    all.push((last, count(1.0 - taken)));
    all
}

/// The probabilities of the same acts, one by one.
pub(crate) fn acts(hazards: &[f64], step: f64) -> Vec<f64> {
    let happens = 1.0 - libm::exp(-sum(hazards) * step);
    let odds = odds(hazards);
    let total = sum(&odds);
    let share = |odd: &f64| if total > 0.0 { odd / total * happens } else { 0.0 };
    odds.iter().map(share).collect()
}

/// The first place whose cumulated probability exceeds a uniform number.
pub(crate) fn first_above(cumulated: &[f64], u: f64) -> Option<usize> {
    cumulated.iter().position(|cumulated| *cumulated > u)
}

/// Weights divided by their sum.
fn shares(weights: &[f64]) -> Vec<f64> {
    let odds = odds(weights);
    let total = sum(&odds);
    odds.iter().map(|odd| odd / total).collect()
}

/// Weights in proportion to which something is shared: infinite ones, where there are any, share it equally.
fn odds(weights: &[f64]) -> Vec<f64> {
    if weights.iter().any(|weight| weight.is_infinite()) {
        return weights.iter().map(|weight| if weight.is_infinite() { 1.0 } else { 0.0 }).collect();
    }
    weights.to_vec()
}

/// Running sums.
fn sums(numbers: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let running = numbers.iter().map(|number| {
        sum += number;
        sum
    });
    running.collect()
}

/// The sum, from the first to the last.
fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_share_the_chance_that_one_happens() {
        let cumulated = cumulated_acts(&[0.1, 0.0, 0.3], 2.0);
        let happens = 1.0 - libm::exp(-0.8);
        assert_eq!(cumulated, [0.1 / 0.4 * happens, 0.1 / 0.4 * happens, happens]);
        assert_eq!(cumulated_acts(&[0.0, 0.0], 1.0), [0.0, 0.0]);
        assert_eq!(cumulated_acts(&[f64::INFINITY, 3.0, f64::INFINITY], 1.0), [0.5, 0.5, 1.0]);
    }

    #[test]
    fn the_first_above_wins() {
        assert_eq!(first_above(&[0.2, 0.2, 0.5], 0.1), Some(0));
        assert_eq!(first_above(&[0.2, 0.2, 0.5], 0.2), Some(2));
        assert_eq!(first_above(&[0.2, 0.2, 0.5], 0.5), None);
    }
}
