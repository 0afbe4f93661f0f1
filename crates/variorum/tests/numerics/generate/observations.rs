//! What has been seen: observations, reports and records of a model that is complete otherwise.
//!
//! They have dice of their own, so that models without them stay as they were. Dates, options and conditions are drawn
//! blindly, as the rest of the model is; so most models have observations that cannot have been so, which is no mistake.
//! What would be one is kept out: outcomes at times at which nothing is due, the same thing twice, contradictions.

use super::words::{Base, Chosen, Dimension, PLAIN, Reads};
use super::{Draft, Manner, Writer, written};
use crate::random::Dice;
use std::collections::BTreeSet;

/// Generates a model in which things have been seen: that of [`super::generate`] with observations and records.
pub fn with_observations(seed: u64, manner: Manner) -> Draft {
    let (mut writer, mut draft) = written(seed, manner);
    writer.dice = Dice::new(seed ^ 0x0B5E_77ED_0B5E_77ED);
    let mut paths = BTreeSet::new();
    let mut seen = Vec::new();
    for _ in 0..1 + writer.dice.below(6) {
        let Some((path, text)) = writer.observation() else { continue };
        if paths.insert(path) {
            seen.push(text);
        }
    }
    if writer.dice.chance(0.6) {
        seen.extend(writer.record());
    }
    // They may stand anywhere.
    if writer.dice.chance(0.5) {
        writer.dice.shuffle(&mut seen);
    }
    draft.observations = seen;
    draft
}

impl Writer {
    /// A date that names one step.
    fn step_date(&mut self) -> String {
        let months = self.dice.below(self.clock.span as usize + 1) as u32;
        let date = self.clock.date(months);
        if self.clock.parts > 1 || self.dice.chance(0.2) {
            return format!("{date}-{:02}", self.dice.below(28) + 1);
        }
        date
    }

    /// An observation: what must not be said twice, and its text.
    fn observation(&mut self) -> Option<(String, String)> {
        let is_window = self.dice.chance(0.3);
        let when = if is_window {
            let (from, to) = self.window();
            format!("from {from} to {to}")
        } else {
            self.step_date()
        };
        // What is certain in one step must not contradict: of each kind one is told, and no condition speaks of events.
        let (subject, when, what) = match self.dice.below(7) {
            0 | 1 => {
                let event = self.dice.any_of(&self.names.hazards)?;
                let text = if self.dice.chance(0.8) { event } else { format!("happened({event})") };
                ("event".to_owned(), when, text)
            }
            2 | 3 => {
                let choice = self.dice.any_of(&self.undated())?;
                let option = self.dice.any_of(&choice.outcomes)?;
                (choice.name.clone(), when, format!("{} = {option}", choice.name))
            }
            4 => return self.measurement(),
            5 => {
                let event = self.dice.any_of(&self.events)?;
                let date = event.dated?;
                (event.name.clone(), format!("from {date} to {date}"), event.name)
            }
            _ => {
                // Nothing in it may be in words, as in a utility.
                self.utility = true;
                let condition = self.condition(if is_window { Reads::Now } else { Reads::State }, 2);
                self.utility = false;
                // By itself `happened(e)` or `c = o` is an observation of the event or choice, which may have dates of its own.
                let condition = format!("({condition}) and ({condition})");
                ("condition".to_owned(), when, condition)
            }
        };
        let is_report = self.dice.chance(0.4);
        let report = if is_report { self.report() } else { String::new() };
        let known = self.known_later();
        let why = self.why_seen();
        let key = if is_report || is_window { format!("{when} {what}{report}") } else { format!("certain {subject}") };
        Some((key, format!("observe {when} {what}{report}{known}{why}")))
    }

    /// Choices that can come up at any time. (A choice with a date is not decided at others.)
    fn undated(&self) -> Vec<Chosen> {
        let is_dated = |choice: &&Chosen| {
            let of = |text: &str| text.replace("decide on", "").contains(" on ") || text.contains(" every ");
            let declared = self.pieces.iter().filter(|piece| piece.paths.contains(&choice.name));
            declared
                .into_iter()
                .any(|piece| piece.text.lines().any(|line| line.trim_start().starts_with("choice") && of(line)))
        };
        self.names.choices.iter().filter(|choice| !is_dated(choice)).cloned().collect()
    }

    /// A number with its error.
    fn measurement(&mut self) -> Option<(String, String)> {
        let stock = self.dice.any_of(&self.names.stocks)?;
        let unit = match stock.dimension.base {
            Base::Plain => "",
            Base::People => " people",
            Base::Money => " USD",
        };
        let (observed, error) = match stock.dimension.base {
            Base::Plain => (self.dice.one_of(&["0.3", "0.6", "1", "12", "0.05"]), self.dice.one_of(&["0.2", "1", "5"])),
            _ => (self.dice.one_of(&["500", "12_000", "3_500.5", "40"]), self.dice.one_of(&["200", "5_000", "1e4"])),
        };
        let error = match self.dice.below(5) {
            0 => format!(" error {}", self.dice.one_of(&["10%", "50%", "20% .. 80%", "3 of 4"])),
            1 => format!(" error {error}{unit} + {}", self.uncertain_error(stock.dimension)),
            _ => format!(" error {error}{unit}"),
        };
        let when = self.step_date();
        let known = self.known_later();
        let why = self.why_seen();
        let what = format!("{} = {observed}{unit}", stock.text);
        Some((format!("{when} {what}"), format!("observe {when} {what}{error}{known}{why}")))
    }

    fn uncertain_error(&mut self, dimension: Dimension) -> String {
        self.utility = true;
        let literal = self.uncertain(dimension);
        self.utility = false;
        if dimension == PLAIN { "(0.1 .. 0.4)".to_owned() } else { format!("({literal})") }
    }

    /// Who reports it, and how far that can be trusted.
    fn report(&mut self) -> String {
        let source = self.dice.one_of(&["s0", "s1"]);
        let hits = self.dice.one_of(&["95%", "80% .. 99%", "0.9", "beta(9, 1)", "1", "100%", "30%"]);
        let alarms = self.dice.one_of(&["2%", "1% .. 10%", "0", "1 of 40", "0.25"]);
        match self.dice.below(3) {
            0 => format!("\n  reported by {source}\n  hits {hits}, false alarms {alarms}"),
            1 => format!(" reported by {source}, false alarms {alarms}, hits {hits}"),
            _ => format!(" reported by {source}, hits {hits}, false alarms {alarms}"),
        }
    }

    /// When it became known, after the end of the model's time.
    fn known_later(&mut self) -> String {
        if self.dice.chance(0.7) {
            return String::new();
        }
        let months = self.clock.span + 1 + self.dice.below(12) as u32;
        format!(" known on {}", self.clock.date(months))
    }

    fn why_seen(&mut self) -> String {
        self.dice.one_of(&[" assumed \"seen\"", "\n  from s0 \"page 3\"", " from s1:4.12-20#7c1e09k2m4tq"]).to_owned()
    }

    /// Of what nothing else happened.
    fn record(&mut self) -> Option<String> {
        let (earlier, later) = self.window();
        let from = if self.dice.chance(0.4) { format!(" from {earlier}") } else { String::new() };
        let mut names: Vec<String> = Vec::new();
        for _ in 0..1 + self.dice.below(3) {
            let choices: Vec<String> = self.names.choices.iter().map(|choice| choice.name.clone()).collect();
            let name = match self.dice.below(3) {
                0 => self.dice.any_of(&choices),
                _ => self.dice.any_of(&self.names.events),
            };
            names.extend(name.filter(|name| !names.contains(name)));
        }
        let known = self.known_later();
        (!names.is_empty()).then(|| format!("record complete{from} to {later} for {}{known}", names.join(", ")))
    }
}
