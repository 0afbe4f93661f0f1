//! Statements for each member of a group, and numbers made of all of them.

use super::Writer;
use super::words::{Chosen, Dimension, Family, Kind, Ladder, Named, Names, PLAIN, Reads, Truth};
use std::collections::BTreeMap;

/// What variables stand for.
#[derive(Clone, Debug)]
pub struct Range {
    /// As it is written after `for each`, or in an aggregate.
    pub text: String,
    /// The group.
    group: String,
    /// The variables.
    pub variables: Vec<String>,
    /// Members that are left out, if they are entities.
    except: Vec<String>,
    /// What the variables stand for, in order.
    pub bindings: Vec<Vec<String>>,
}

impl Range {
    /// A text with entities in the variables' places, for each binding.
    pub fn copies(&self, text: &str) -> Vec<String> {
        let of = |binding: &Vec<String>| {
            let names = self.variables.iter().cloned().zip(binding.iter().cloned()).collect();
            with_words(text, &names)
        };
        self.bindings.iter().map(of).collect()
    }

    /// `stem[i]`, `stem[i, j]`.
    pub fn name(&self, stem: &str) -> String {
        format!("{stem}[{}]", self.variables.join(", "))
    }

    /// Whether it gives every member of the group, or every ordered pair: then there are names for all of them.
    fn is_whole(&self, members: usize) -> bool {
        let all = if self.variables.len() == 1 { members } else { members * (members - 1) };
        self.bindings.len() == all
    }

    /// Statements under `for each`.
    pub fn block(&self, statements: &str) -> String {
        format!("for each {}{}", self.text, indented(statements))
    }
}

/// A text with every word replaced that is one of the names.
pub fn with_words(text: &str, names: &BTreeMap<String, String>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut result, mut word) = (String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        result += names.get(&word).unwrap_or(&word);
        word.clear();
        result.push(c);
    }
    result.pop();
    result
}

/// Lines one level deeper, each on a line of its own.
pub fn indented(text: &str) -> String {
    text.lines().map(|line| format!("\n  {line}")).collect()
}

impl Writer {
    /// A range over a group of so many members at least, with these variables: one, or two.
    pub fn range(&mut self, variables: [&str; 2], actors_only: bool) -> Option<Range> {
        let groups = self.names.groups.clone();
        let fits = |members: &Vec<String>| !actors_only || members.iter().all(|name| self.names.actors.contains(name));
        let groups: Vec<_> = groups.into_iter().filter(|(_, members)| fits(members)).collect();
        let (group, mut members) = self.dice.any_of(&groups)?;
        let mut except = Vec::new();
        if members.len() > 2 && self.dice.chance(0.3) {
            let out = self.dice.below(members.len());
            except.push(members.remove(out));
        }
        let without = if except.is_empty() { String::new() } else { format!(" except {}", except.join(", ")) };
        let [first, second] = variables.map(str::to_owned);
        if !(2..=4).contains(&members.len()) || self.dice.chance(0.5) {
            let bindings = members.into_iter().map(|member| vec![member]).collect();
            let text = format!("{first} in {group}{without}");
            return Some(Range { text, group, variables: vec![first], except, bindings });
        }
        let is_pair = self.dice.chance(0.3);
        let place = |name: &String| members.iter().position(|member| member == name);
        let pairs = members.iter().flat_map(|a| members.iter().map(move |b| (a, b)));
        let pairs = pairs.filter(|(a, b)| if is_pair { place(a) < place(b) } else { a != b });
        let bindings = pairs.map(|(a, b)| vec![a.clone(), b.clone()]).collect();
        let text = format!("{}{first}, {second} in {group}{without}", if is_pair { "pair " } else { "" });
        Some(Range { text, group, variables: vec![first, second], except, bindings })
    }

    /// Writes something in which the variables of a range may stand; `reads` names that are there for all bindings.
    pub fn within<T>(&mut self, range: &Range, write: impl FnOnce(&mut Writer) -> T) -> T {
        let outside = self.names.clone();
        let mut single: Vec<String> = range.variables.clone();
        let mut pairs: Vec<String> = Vec::new();
        if let [a, b] = range.variables.as_slice() {
            pairs.extend([format!("{a}, {b}"), format!("{b}, {a}")]);
        }
        for (variable, other) in range.variables.iter().flat_map(|v| range.except.iter().map(move |e| (v, e))) {
            pairs.extend([format!("{variable}, {other}"), format!("{other}, {variable}")]);
        }
        // A variable of an enclosing range over the same group that this one leaves out.
        for outer in self.ranges.iter().filter(|outer| outer.group == range.group) {
            for (a, b) in outer.variables.iter().flat_map(|a| range.variables.iter().map(move |b| (a, b))) {
                if range.except.contains(a) {
                    pairs.extend([format!("{a}, {b}"), format!("{b}, {a}")]);
                }
            }
        }
        single.dedup();
        for family in outside.families.iter().filter(|family| family.group == range.group) {
            let indices = if family.pairs { &pairs } else { &single };
            for index in indices {
                self.names.add(&family.kind, format!("{}[{index}]", family.stem));
            }
        }
        self.ranges.push(range.clone());
        let written = write(self);
        self.ranges.pop();
        let all = std::mem::take(&mut self.names.all);
        self.names = Names { all, ..outside };
        written
    }

    /// Notes that something is declared for a range: a name for each binding, and, if none is left out, a family.
    pub fn declare_copies(&mut self, range: &Range, stem: &str, kind: &Kind) -> Vec<String> {
        let names = range.copies(&range.name(stem));
        for name in &names {
            self.names.add(kind, name.clone());
        }
        let members = self.names.groups.iter().find(|(group, _)| *group == range.group);
        if members.is_some_and(|(_, members)| range.is_whole(members.len())) {
            let pairs = range.variables.len() == 2;
            self.names.families.push(Family {
                stem: stem.to_owned(),
                group: range.group.clone(),
                pairs,
                kind: kind.clone(),
            });
        }
        names
    }

    /// A sum or a count over a range, of a dimension.
    pub fn aggregate(&mut self, dimension: Dimension, reads: Reads, depth: u32) -> Option<String> {
        let range = self.inner_range()?;
        if dimension == PLAIN && self.dice.chance(0.4) {
            let condition = self.within(&range, |writer| writer.condition(reads, depth));
            return Some(format!("count({}: {condition})", range.text));
        }
        let value = self.within(&range, |writer| writer.number(dimension, reads, depth));
        Some(format!("sum({}: {value})", range.text))
    }

    /// Whether something holds for one or for all of a range.
    pub fn any_or_all(&mut self, reads: Reads, depth: u32) -> Option<String> {
        let range = self.inner_range()?;
        let word = self.dice.one_of(&["any", "all"]);
        let condition = self.within(&range, |writer| writer.condition(reads, depth));
        Some(format!("{word}({}: {condition})", range.text))
    }

    /// A range within a statement, with variables that no other has; it may leave out a variable around it.
    fn inner_range(&mut self) -> Option<Range> {
        if self.ranges.len() > 1 {
            return None;
        }
        self.inner += 1;
        let variables = [format!("k{}", self.inner), format!("m{}", self.inner)];
        let [first, second] = &variables;
        let outer = self.ranges.first().cloned();
        if let Some(outer) = outer
            && self.dice.chance(0.5)
            && let Some(variable) = self.dice.any_of(&outer.variables)
        {
            let text = format!("{first} in {} except {variable}", outer.group);
            let members = self.names.groups.iter().find(|(group, _)| *group == outer.group)?.1.clone();
            if members.len() < 2 {
                return None;
            }
            let bindings = members.into_iter().map(|member| vec![member]).collect();
            return Some(Range {
                text,
                group: outer.group,
                variables: vec![first.clone()],
                except: vec![variable],
                bindings,
            });
        }
        self.range([first, second], false)
    }
}

impl Writer {
    /// Puts some statements that are repeated for the same range under one `for each`.
    pub fn join_blocks(&mut self) {
        let ordered = ["choice", "event", "flow", "utility"];
        let pieces = std::mem::take(&mut self.pieces);
        for piece in pieces {
            let head = piece.text.lines().next().filter(|line| line.starts_with("for each ")).map(str::to_owned);
            let twin = head
                .as_ref()
                .and_then(|head| self.pieces.iter_mut().find(|other| other.text.lines().next() == Some(head.as_str())));
            match (twin, head) {
                (Some(twin), Some(head)) if self.dice.chance(0.5) => {
                    twin.text += piece.text.get(head.len()..).unwrap_or_default();
                    twin.paths.extend(piece.paths);
                    twin.keyword = match (ordered.contains(&twin.keyword), ordered.contains(&piece.keyword)) {
                        (true, true) if twin.keyword != piece.keyword => "for each",
                        (false, _) if twin.keyword != "for each" => piece.keyword,
                        _ => twin.keyword,
                    };
                }
                _ => self.pieces.push(piece),
            }
        }
    }
}

impl Names {
    /// Adds something that can be referred to.
    pub fn add(&mut self, kind: &Kind, text: String) {
        match kind {
            Kind::Param(dimension) => {
                self.params.push(Named { text, dimension: *dimension, reads: Reads::Parameters });
            }
            Kind::Stock(dimension) => self.stocks.push(Named { text, dimension: *dimension, reads: Reads::State }),
            Kind::Formula(dimension, reads) => {
                self.formulas.push(Named { text, dimension: *dimension, reads: *reads });
            }
            Kind::Truth(reads) => self.truths.push(Truth { text, reads: *reads }),
            Kind::Flag => self.flags.push(text),
            Kind::Ladder(levels) => self.ladders.push(Ladder { text, levels: levels.clone() }),
            Kind::Event => {
                self.events.push(text.clone());
                self.hazards.push(text);
            }
            Kind::Choice { options, outcomes } => {
                self.choices.push(Chosen { name: text, options: options.clone(), outcomes: outcomes.clone() });
            }
        }
    }
}
