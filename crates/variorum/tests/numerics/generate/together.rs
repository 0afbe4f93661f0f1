//! Parameters that are drawn together.

use super::Writer;
use super::words::Kind;

impl Writer {
    /// Correlations: chains and sets of parameters that have laws, each parameter in one of them.
    pub fn correlations(&mut self) {
        let mut free = self.uncertain.clone();
        self.dice.shuffle(&mut free);
        if free.len() > 1 && self.dice.chance(0.5) {
            let size = 2 + self.dice.below(2);
            let some: Vec<String> = free.drain(..free.len().min(size)).collect();
            self.correlated(&some);
        }
        if free.len() > 2 && self.dice.chance(0.3) {
            let chain: Vec<String> = free.drain(..3).collect();
            for two in chain.windows(2) {
                let strength = self.dice.one_of(&["0.5", "-0.6", "0.35", "0", "-10%"]);
                self.correlate(two, strength);
            }
            self.tied.extend(chain);
        }
        // All of a family with each other, two by two.
        let families =
            self.names.families.iter().filter(|family| matches!(family.kind, Kind::Param(_)) && !family.pairs);
        let families: Vec<(String, String)> =
            families.map(|family| (family.stem.clone(), family.group.clone())).collect();
        for (stem, group) in families {
            let members = self.names.groups.iter().find(|(name, _)| *name == group).map(|(_, members)| members.clone());
            let names: Vec<String> =
                members.unwrap_or_default().iter().map(|member| format!("{stem}[{member}]")).collect();
            let all_free = names.iter().all(|name| free.contains(name));
            if names.len() > 1 && all_free && self.dice.chance(0.5) {
                let pairs = names
                    .iter()
                    .enumerate()
                    .flat_map(|(place, a)| names.iter().skip(place + 1).map(move |b| format!("correlate {a}, {b}")));
                let paths = pairs.collect();
                let why = self.why();
                let text = format!("for each pair i, j in {group}\n  correlate {stem}[i], {stem}[j] = 0.3{why}");
                self.add(
                    "correlate",
                    paths,
                    text.replace("\n  because", "\n    because")
                        .replace("\n  from", "\n    from")
                        .replace("\n  assumed", "\n    assumed"),
                );
                self.tied.extend(names);
            }
        }
    }

    fn correlated(&mut self, some: &[String]) {
        let strength = self.dice.one_of(&["0.6", "-0.3", "0.9", "25%", "0"]);
        self.correlate(some, strength);
        self.tied.extend(some.iter().cloned());
    }

    fn correlate(&mut self, some: &[String], strength: &str) {
        let why = self.why();
        let names = some.join(", ");
        self.add("correlate", vec![format!("correlate {names}")], format!("correlate {names} = {strength}{why}"));
    }
}
