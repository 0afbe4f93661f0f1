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
        let mut touched: Vec<String> = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let Some((target, value)) = self.imposed() else { continue };
            if touched.contains(&target) {
                continue;
            }
            touched.push(target.clone());
            if self.dice.chance(0.4) {
                text += &format!("\n  set {target} = {value} at {}", self.date());
                continue;
            }
            let span = self.clock.span;
            let earlier = self.dice.below(span as usize + 1) as u32;
            let later = earlier + self.dice.below((span - earlier) as usize + 1) as u32;
            let from =
                if self.dice.chance(0.7) { format!(" from {}", self.clock.date(earlier)) } else { String::new() };
            let ends = self.dice.chance(0.7);
            let until = if ends { format!(" until {}", self.clock.date(later)) } else { String::new() };
            text += &format!("\n  hold {target} = {value}{from}{until}");
            // Once it is let go of it may be set, or held again.
            let after = later + 2 * self.clock.months;
            if ends && after <= span && self.dice.chance(0.4) {
                let again = self.dice.one_of(&["set", "hold"]);
                let at = if again == "set" { "at" } else { "from" };
                text += &format!("\n  {again} {target} = {value} {at} {}", self.clock.date(after));
            }
        }
        let param = self.dice.any_of(&self.names.params);
        if let Some(param) = param.filter(|_| self.dice.chance(0.5)) {
            text += &indented(&self.param_in_full(&param.text));
        } else if touched.is_empty() || self.dice.chance(0.2) {
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
                // An expression in parameters, which may lead beyond the bounds.
                let fits = |param: &&super::words::Named| {
                    param.dimension == stock.dimension && param.reads == Reads::Parameters
                };
                let known: Vec<_> = self.names.params.iter().filter(fits).cloned().collect();
                let literal = self.literal(stock.dimension);
                let value = match self.dice.any_of(&known) {
                    Some(param) if self.dice.chance(0.5) => format!("{} + {literal}", param.text),
                    _ if self.dice.chance(0.3) => format!("({}) + {literal}", self.uncertain(stock.dimension)),
                    _ => format!("max({literal}, {})", self.literal(stock.dimension)),
                };
                Some((stock.text, value))
            }
        }
    }
}
