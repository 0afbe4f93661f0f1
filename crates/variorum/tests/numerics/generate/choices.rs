//! Choices: when they come up, how they are made, what replies to what.

use super::Writer;
use super::words::{Chosen, Kind, Reads};

/// A choice as it is written.
struct Written {
    text: String,
    options: Vec<String>,
    outcomes: Vec<String>,
    /// Options with a probability per occasion, and what they do.
    weighted: Vec<(String, String)>,
    by_utility: bool,
}

/// When a choice comes up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Occasion {
    Considered,
    Hazards,
    Dated,
    Reply,
    EventReply,
}

impl Writer {
    /// All choices of a model.
    pub fn choices(&mut self) {
        let count = self.dice.below(8);
        for number in 0..count {
            self.choice(number);
        }
    }

    /// A choice, or one for each of a range.
    fn choice(&mut self, number: usize) {
        let stem = self.fresh("d", number);
        let range = if self.dice.chance(0.25) { self.range(["i", "j"], true) } else { None };
        let Some(range) = range.filter(|range| range.bindings.len() < 4) else {
            let actor = self.dice.one_of(&self.names.actors);
            let written = self.choice_text(number, &stem, &actor, 1);
            if written.by_utility && !self.deciders.contains(&actor) {
                self.deciders.push(actor);
            }
            let weighted = written.weighted.into_iter().map(|(option, then)| (stem.clone(), option, then));
            self.weighted.extend(weighted);
            self.declare_choice(&stem, &written.options, written.outcomes);
            self.add("choice", vec![stem], written.text);
            return;
        };
        let actor = self.dice.one_of(&range.variables);
        let name = range.name(&stem);
        let written = self.within(&range, |writer| writer.choice_text(number, &name, &actor, range.bindings.len()));
        let actors = range.copies(&actor);
        if written.by_utility {
            for actor in actors {
                if !self.deciders.contains(&actor) {
                    self.deciders.push(actor);
                }
            }
        }
        for (option, then) in &written.weighted {
            let copies = range.copies(&name).into_iter().zip(range.copies(then));
            self.weighted.extend(copies.map(|(name, then)| (name, option.clone(), then)));
        }
        let kind = Kind::Choice { options: written.options, outcomes: written.outcomes };
        let paths = self.declare_copies(&range, &stem, &kind);
        self.add("choice", paths, range.block(&written.text));
    }

    /// The text of a choice of which there are so many copies.
    fn choice_text(&mut self, number: usize, name: &str, actor: &str, copies: usize) -> Written {
        let triggers = self.names.choices.clone();
        let events = self.names.events.clone();
        // Replies and dated choices share moments, and game trees grow with them.
        let large = self.elsewhere >= 4;
        let occasion = match self.dice.below(10) {
            0..=2 if !triggers.is_empty() && !large => Occasion::Reply,
            3 | 4 if !events.is_empty() && !large => Occasion::EventReply,
            5 | 6 if !large => Occasion::Dated,
            7 => Occasion::Hazards,
            _ => Occasion::Considered,
        };
        if matches!(occasion, Occasion::Reply | Occasion::Dated | Occasion::EventReply) {
            self.elsewhere += copies;
        }
        let by_utility = occasion != Occasion::Hazards && self.dice.chance(0.55);
        let mut weighted = Vec::new();
        let when =
            if self.dice.chance(0.4) { format!(" when {}", self.condition(Reads::Before, 2)) } else { String::new() };
        let comes_up = self.occasion(occasion, &triggers);
        let mut options: Vec<String> = Vec::new();
        let mut lines = String::new();
        let others = 1 + self.dice.below(3);
        let default = self.dice.below(others + 1);
        for option in 0..=others {
            let option_name = format!("o{number}_{option}");
            let effects = self.option_effects(option == default, occasion);
            let then = if effects.is_empty() { String::new() } else { format!(" then {}", effects.join(", ")) };
            let how = if option == default {
                " default".to_owned()
            } else if by_utility {
                String::new()
            } else if occasion == Occasion::Hazards {
                format!(" {}", self.hazard(Reads::Before))
            } else {
                format!(" {}", self.probability())
            };
            if option != default && !by_utility && occasion != Occasion::Hazards {
                weighted.push((option_name.clone(), then.clone()));
            }
            let title = self.dice.one_of(&["", " \"do it so\""]);
            let why = self.dice.one_of(&["", " assumed \"a guess\""]);
            lines += &format!("\n  option {option_name}{title}{how}{then}{why}");
            options.push(option_name);
        }
        let title = self.dice.one_of(&["", " \"decide on it\""]);
        let why = self.why();
        let text = format!("choice {name} by {actor}{title}{comes_up}{when}{why}{lines}");
        self.names.all.extend(options.iter().cloned());
        let silent = matches!(occasion, Occasion::Considered | Occasion::Hazards);
        let outcomes = options.iter().enumerate().filter(|(option, _)| !(silent && *option == default));
        let outcomes = outcomes.map(|(_, option)| option.clone()).collect();
        Written { text, options, outcomes, weighted, by_utility }
    }

    fn occasion(&mut self, occasion: Occasion, triggers: &[Chosen]) -> String {
        match occasion {
            Occasion::Hazards => String::new(),
            Occasion::Considered => {
                let rate = match (self.nasty, self.dice.below(3)) {
                    (true, 0) => self.hazard(Reads::Before),
                    (_, 1) => self.number(super::words::HAZARD, Reads::Before, 1),
                    _ => self
                        .dice
                        .one_of(&["4 per year", "1 per month", "(1 .. 3) per quarter", "12 per year"])
                        .to_owned(),
                };
                format!(" considered {rate}")
            }
            Occasion::Dated if self.dice.chance(0.5) => format!(" on {}", self.date()),
            Occasion::Dated => {
                let every = match (self.clock.months, self.clock.parts) {
                    (1, 1) => self.dice.one_of(&["month", "2 months", "quarter", "1.5 months"]),
                    (1, _) => self.dice.one_of(&["month", "3 weeks", "25 days", "0.75 months"]),
                    (12, _) => self.dice.one_of(&["year", "2 years"]),
                    _ => self.dice.one_of(&["quarter", "4 months", "year"]),
                };
                let (from, until) = self.window();
                let from = if self.dice.chance(0.5) { format!(" from {from}") } else { String::new() };
                let until = if self.dice.chance(0.4) { format!(" until {until}") } else { String::new() };
                format!(" every {every}{from}{until}")
            }
            Occasion::EventReply => {
                let event = self.dice.one_of(&self.names.events);
                format!(" after event {event}")
            }
            Occasion::Reply => {
                // The latest ones more often: that makes chains.
                let first = if self.dice.chance(0.5) { triggers.len() - 1 } else { 0 };
                let trigger = self.dice.one_of(&triggers[first..]);
                match self.dice.below(3) {
                    0 => format!(" after {}", trigger.name),
                    _ => format!(" after {} = {}", trigger.name, self.dice.one_of(&trigger.outcomes)),
                }
            }
        }
    }

    fn option_effects(&mut self, default: bool, occasion: Occasion) -> Vec<String> {
        let acts_only = matches!(occasion, Occasion::Considered | Occasion::Hazards);
        if default && (acts_only || self.dice.chance(0.6)) {
            return Vec::new();
        }
        let count = 1 + self.dice.below(3);
        (0..count).filter_map(|_| self.effect(Reads::Before)).map(|(target, effect)| target + &effect).collect()
    }
}
