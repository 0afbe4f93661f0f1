//! Readings: statements replaced, added, switched off and kept.

use super::{Change, Writer};

impl Writer {
    /// None, or a few readings of which one is the baseline.
    pub fn readings(&mut self) -> Vec<String> {
        if self.dice.chance(0.4) {
            return Vec::new();
        }
        let count = 1 + self.dice.below(2);
        let mut readings: Vec<String> = (0..count).map(|number| self.reading(number)).collect();
        readings.push("reading baseline \"base rates only\"\n  switch off".to_owned());
        let baseline = readings.last_mut();
        let switchable = self.switchable(&["choice"]);
        if let Some(baseline) = baseline {
            if switchable.is_empty() {
                *baseline = "reading baseline".to_owned();
            } else {
                *baseline += &format!(" {}", switchable.join(", "));
            }
        }
        readings
    }

    fn reading(&mut self, number: usize) -> String {
        let name = self.fresh("r", number);
        let voices = self.dice.one_of(&["", " voices s0", " voices s0, s1"]);
        let mut text = format!("reading {name} \"another view\"{voices}");
        let mut said: Vec<String> = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            if let Some((path, statement)) = self.override_one(number)
                && !said.contains(&path)
            {
                text += &indented(&statement);
                said.push(path);
            }
        }
        let switchable = self.switchable(&["choice", "event", "flow", "horizon", "patience", "foresight"]);
        if let Some(path) = self.dice.any_of(&switchable)
            && self.dice.chance(0.5)
            && !said.contains(&path)
        {
            text += &format!("\n  switch off {path}");
            said.push(path);
        }
        let weighted = self.weighted.clone();
        if let Some((choice, option, _)) = self.dice.any_of(&weighted)
            && self.dice.chance(0.3)
            && !said.iter().any(|path| path.starts_with(&choice))
        {
            text += &format!("\n  switch off {choice}.{option}");
        }
        if !voices.is_empty() {
            text += &self.kept(&said);
        }
        text
    }

    /// A reading of whole statements, also written out as statements of a model.
    pub fn change(&mut self) -> Change {
        let mut change = Change { reading: "reading rx".to_owned(), statements: Vec::new() };
        for _ in 0..2 + self.dice.below(5) {
            // A parameter that is not repeated in full takes unit and bounds from the shared one.
            let in_full = self.dice.chance(0.3);
            let found = match in_full {
                true => self.dice.any_of(&self.names.params).map(|param| {
                    let text = self.param_in_full(&param.text);
                    (param.text, text)
                }),
                false => self.override_one(90),
            };
            let Some((path, statement)) = found else { continue };
            let said = change.statements.iter().any(|(other, _)| *other == path);
            // What is one of many copies cannot be written in its place.
            let is_copy =
                self.pieces.iter().any(|piece| piece.text.starts_with("for each") && piece.paths.contains(&path));
            if is_copy {
                continue;
            }
            let whole = !statement.starts_with("option") && (!statement.starts_with("param") || in_full);
            if !said && whole {
                change.reading += &indented(&statement);
                change.statements.push((path, statement));
            }
        }
        change.reading += "\n";
        change
    }

    /// What can be switched off without leaving anybody unable to choose.
    fn switchable(&self, keywords: &[&str]) -> Vec<String> {
        let pieces = self.pieces.iter().filter(|piece| keywords.contains(&piece.keyword));
        pieces.flat_map(|piece| piece.paths.iter().cloned()).collect()
    }

    /// A statement that replaces a shared one or is added: its path and its text.
    fn override_one(&mut self, reading: usize) -> Option<(String, String)> {
        match self.dice.below(8) {
            0 | 1 => {
                let param = self.dice.any_of(&self.names.params)?;
                let text = self.param_again(&param.text);
                Some((param.text, text))
            }
            2 => {
                let index = self.dice.below(self.events.len().max(1));
                let text = self.event_text_for_reading(index)?;
                Some((self.events[index].name.clone(), text))
            }
            3 => {
                let stock = self.dice.any_of(&self.names.stocks)?;
                let (text, path) = self.flow(&stock, &format!("v{reading}"), true);
                Some((path, text))
            }
            4 => {
                let weighted = self.weighted.clone();
                let (choice, option, then) = self.dice.any_of(&weighted)?;
                let probability = self.probability();
                Some((format!("{choice}.{option}"), format!("option {choice}.{option} {probability}{then}")))
            }
            5 => {
                let actor = self.dice.one_of(&self.names.actors);
                let text = self.precision(&actor);
                Some((format!("precision {actor}"), text))
            }
            6 => {
                let utilities = self.utilities.clone();
                let (label, actor) = self.dice.any_of(&utilities)?;
                let value = self.wish();
                let why = self.why();
                Some((format!("utility {label}"), format!("utility {label}: {actor} = {value}{why}")))
            }
            _ => {
                let actor = self.dice.one_of(&self.names.actors);
                let keyword = self.dice.one_of(&["horizon", "foresight"]);
                let text = self.setting(keyword, &actor);
                Some((format!("{keyword} {actor}"), text))
            }
        }
    }

    /// Keeps everything that rests on a claim, contested or not: what is not contested gives a warning only.
    fn kept(&mut self, said: &[String]) -> String {
        let mut text = String::new();
        let pieces = self.pieces.iter().filter(|piece| piece.text.contains("because"));
        for path in pieces.flat_map(|piece| &piece.paths).filter(|path| !said.contains(path)) {
            text += &format!("\n  keeps {path} \"it is the reader's, not the author's\"");
        }
        text
    }
}

/// A statement as it stands in a reading.
fn indented(statement: &str) -> String {
    statement.lines().map(|line| format!("\n  {line}")).collect()
}
