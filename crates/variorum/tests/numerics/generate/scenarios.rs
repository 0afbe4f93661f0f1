//! Scenarios: what is set, held, and said otherwise.

use super::Writer;
use super::repeated::indented;
use super::words::Reads;

impl Writer {
    /// None, or a few.
    pub fn scenarios(&mut self) -> Vec<String> {
        (0..self.dice.below(3)).map(|number| self.scenario(number)).collect()
    }

    fn scenario(&mut self, number: usize) -> String {
        let name = self.fresh("sc", number);
        let mut text = format!("scenario {name} \"what if\"");
        let mut held: Vec<String> = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let Some((target, value)) = self.imposed() else { continue };
            if self.dice.chance(0.4) || held.contains(&target) {
                text += &format!("\n  set {target} = {value} at {}", self.date());
                continue;
            }
            let (from, until) = self.window();
            let from = if self.dice.chance(0.7) { format!(" from {from}") } else { String::new() };
            let until = if self.dice.chance(0.7) { format!(" until {until}") } else { String::new() };
            text += &format!("\n  hold {target} = {value}{from}{until}");
            held.push(target);
        }
        let param = self.dice.any_of(&self.names.params);
        if let Some(param) = param.filter(|_| self.dice.chance(0.5)) {
            text += &indented(&self.param_in_full(&param.text));
        } else if held.is_empty() || self.dice.chance(0.2) {
            let actor = self.dice.one_of(&self.names.actors);
            text += &indented(&self.setting("foresight", &actor));
        }
        text
    }

    /// A quantity and what it is made.
    fn imposed(&mut self) -> Option<(String, String)> {
        match self.dice.below(3) {
            0 => {
                let flag = self.dice.any_of(&self.names.flags)?;
                Some((flag, self.dice.one_of(&["yes", "no"]).to_owned()))
            }
            1 => {
                let ladder = self.dice.any_of(&self.names.ladders)?;
                let level = self.dice.one_of(&ladder.levels);
                Some((ladder.text, level))
            }
            _ => {
                let stock = self.dice.any_of(&self.names.stocks)?;
                // An expression in parameters, without numbers that are uncertain in place.
                let fits = |param: &&super::words::Named| {
                    param.dimension == stock.dimension && param.reads == Reads::Parameters
                };
                let known: Vec<_> = self.names.params.iter().filter(fits).cloned().collect();
                let literal = self.literal(stock.dimension);
                let value = match self.dice.any_of(&known) {
                    Some(param) if self.dice.chance(0.5) => format!("{} + {literal}", param.text),
                    _ => literal,
                };
                Some((stock.text, value))
            }
        }
    }
}
