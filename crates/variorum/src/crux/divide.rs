//! Where two readings differ, and the programs that lie between them.
//!
//! An *atom* is the least that can be taken from one reading or the other: a statement, by its path, that one of them
//! replaces, adds or switches off and the other does not, or not in the same words; of a choice that both have, an option.
//! What one statement says of several entities is one atom. A *mixture* takes for each atom one of the two versions.

use crate::statements::bare;
use std::collections::{BTreeMap, BTreeSet};
use variorum_model::collect::Item;
use variorum_model::entities::Bindings;
use variorum_model::model::{Model, ReadingOf};
use variorum_model::program::Program;
use variorum_syntax::ast::{ChoiceOption, Provenance, StatementKind};
use variorum_syntax::diagnostic::{FileId, Span};

/// The texts of statements and options, by file and by where they begin.
pub(crate) type Texts = BTreeMap<(FileId, u32), String>;

/// The text of a span, if it is that of a statement or an option.
pub(crate) fn text_of(texts: &Texts, span: Span) -> &str {
    texts.get(&(span.file, span.start)).map_or("", String::as_str)
}

/// Something on which two readings differ.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    /// The paths of statements, or of options.
    pub paths: Vec<String>,
    /// The text of each side's version; none where it has none, or switches it off.
    pub texts: [Option<String>; 2],
}

/// How the two readings differ on a statement.
#[derive(Debug)]
enum Differs {
    Nowhere,
    /// By an atom.
    Whole(usize),
    /// Only by some options of a choice, each an atom.
    Options(Vec<(String, usize)>),
}

/// A statement's place in both readings.
#[derive(Debug)]
struct Slot<'m, 'l> {
    items: [Option<&'m Item<'l>>; 2],
    /// What each switches off of it: its path, or those of options.
    off: [Vec<&'m str>; 2],
    differs: Differs,
}

impl Slot<'_, '_> {
    /// Whether a side has it, and has not switched it off as a whole.
    fn is_present(&self, side: usize) -> bool {
        self.items[side].is_some_and(|item| !self.off[side].contains(&item.path.as_str()))
    }
}

/// Two readings side by side.
pub(crate) struct Divide<'m, 'l> {
    model: &'m Model<'l>,
    /// The readings.
    pub sides: [&'m ReadingOf<'l>; 2],
    slots: Vec<Slot<'m, 'l>>,
    /// On what they differ.
    pub atoms: Vec<Atom>,
}

/// By the statements of both sides and the name without entities: what is one atom.
type Kin = (Option<Span>, Option<Span>, String);

impl<'m, 'l> Divide<'m, 'l> {
    /// Compares two readings.
    pub fn new(model: &'m Model<'l>, sides: [&'m ReadingOf<'l>; 2], texts: &Texts) -> Divide<'m, 'l> {
        let mut divide = Divide { model, sides, slots: slots(model, sides), atoms: Vec::new() };
        let mut known = BTreeMap::<Kin, usize>::new();
        for slot in &mut divide.slots {
            let mut atom = |path: String, spans: [Option<Span>; 2]| {
                let [first, second] = spans;
                let atom = *known.entry((first, second, bare(&path))).or_insert_with(|| {
                    let texts = spans.map(|span| span.map(|span| text_of(texts, span).to_owned()));
                    divide.atoms.push(Atom { paths: Vec::new(), texts });
                    divide.atoms.len() - 1
                });
                if let Some(atom) = divide.atoms.get_mut(atom) {
                    atom.paths.push(path);
                }
                atom
            };
            let present = [0, 1].map(|side| slot.items[side].filter(|_| slot.is_present(side)));
            slot.differs = match present {
                [None, None] => Differs::Nowhere,
                [Some(first), Some(second)] if same(texts, first, second) => {
                    let mut options = Vec::new();
                    for (name, spans) in unlike_options(texts, [first, second], &slot.off) {
                        let atom = atom(format!("{}.{name}", first.path), spans);
                        options.push((name, atom));
                    }
                    if options.is_empty() { Differs::Nowhere } else { Differs::Options(options) }
                }
                _ => {
                    let path = slot.items.iter().flatten().next().map_or(String::new(), |item| item.path.clone());
                    Differs::Whole(atom(path, present.map(|item| item.map(|item| item.statement.span))))
                }
            };
        }
        divide
    }

    /// The program of a mixture: by atom, whether it is taken from the second reading. None if it is no model.
    pub fn program(&self, second: &[bool]) -> Option<Program> {
        let side_of = |atom: usize| usize::from(second.get(atom) == Some(&true));
        let mut items = Vec::with_capacity(self.slots.len());
        let mut off = BTreeSet::new();
        for slot in &self.slots {
            let side = match &slot.differs {
                Differs::Whole(atom) => side_of(*atom),
                Differs::Options(_) => 0,
                // Where one has not got it the other has switched it off.
                Differs::Nowhere => usize::from(slot.items[0].is_none()),
            };
            let Some(item) = slot.items[side] else { continue };
            let mut item = item.clone();
            off.extend(slot.off[side].iter().map(|path| (*path).to_owned()));
            if let Differs::Options(options) = &slot.differs {
                for (name, atom) in options {
                    let side = side_of(*atom);
                    let replaced = slot.items[side].and_then(|item| item.options.get(name));
                    match replaced {
                        Some(replacement) => item.options.insert(name.clone(), replacement.clone()),
                        None => item.options.remove(name),
                    };
                    let path = format!("{}.{name}", item.path);
                    if slot.off[side].contains(&path.as_str()) {
                        off.insert(path);
                    } else {
                        off.remove(&path);
                    }
                }
            }
            items.push(item);
        }
        self.model.put_together(&self.sides[0].name, &items, &off).ok()
    }

    /// The versions of statements and options that a mixture may have, each with its atom if it is one's. An item comes
    /// with its declared options.
    pub fn versions(&self) -> Vec<Version<'m, 'l>> {
        let mut list = Vec::new();
        for slot in &self.slots {
            for side in [0, 1] {
                let Some(item) = slot.items[side].filter(|_| slot.is_present(side)) else { continue };
                let atoms: Vec<usize> = match &slot.differs {
                    Differs::Nowhere => Vec::new(),
                    Differs::Whole(atom) => vec![*atom],
                    Differs::Options(options) => options.iter().map(|(_, atom)| *atom).collect(),
                };
                list.push(Version { item, option: None, atoms });
                for (name, replacement) in &item.options {
                    let atoms = match &slot.differs {
                        Differs::Whole(atom) => vec![*atom],
                        Differs::Options(options) => {
                            options.iter().filter(|(option, _)| option == name).map(|(_, atom)| *atom).collect()
                        }
                        Differs::Nowhere => Vec::new(),
                    };
                    list.push(Version { item, option: Some(replacement.option), atoms });
                }
            }
        }
        list
    }
}

/// What a mixture may say.
pub(crate) struct Version<'m, 'l> {
    /// The statement.
    pub item: &'m Item<'l>,
    /// Or an option in place of the declared one.
    pub option: Option<&'l ChoiceOption>,
    /// The atoms that it belongs to.
    pub atoms: Vec<usize>,
}

/// The statements of both readings: the shared ones, then those that the readings add, in the order of the first, then of
/// the second.
fn slots<'m, 'l>(model: &Model<'l>, sides: [&'m ReadingOf<'l>; 2]) -> Vec<Slot<'m, 'l>> {
    let mut off = [BTreeMap::new(), BTreeMap::new()];
    let mut places = BTreeMap::<&str, usize>::new();
    let mut slots = Vec::<Slot<'m, 'l>>::new();
    for (side, reading) in sides.into_iter().enumerate() {
        for (place, item) in reading.composed.items.iter().enumerate() {
            // Shared statements stand at the same place in every reading.
            let next = slots.len();
            let place =
                if place < model.shared.items.len() { place } else { *places.entry(&item.path).or_insert(next) };
            if place >= slots.len() {
                let nothing = [Vec::new(), Vec::new()];
                slots.push(Slot { items: [None, None], off: nothing, differs: Differs::Nowhere });
            }
            if let Some(slot) = slots.get_mut(place) {
                slot.items[side] = Some(item);
            }
        }
        let paths: BTreeSet<&str> = reading.composed.items.iter().map(|item| item.path.as_str()).collect();
        for path in &reading.composed.off {
            let item = match path.rsplit_once('.') {
                Some((item, _)) if !paths.contains(path.as_str()) => item,
                _ => path,
            };
            off[side].entry(item).or_insert_with(Vec::new).push(path.as_str());
        }
    }
    for slot in &mut slots {
        for side in [0, 1] {
            let path = slot.items[side].map_or("", |item| item.path.as_str());
            slot.off[side] = off[side].remove(path).unwrap_or_default();
        }
    }
    slots
}

/// Whether two statements of one path say the same, options that readings replace left out.
fn same(texts: &Texts, first: &Item<'_>, second: &Item<'_>) -> bool {
    if first.part != second.part {
        return false;
    }
    if std::ptr::eq(first.statement, second.statement) {
        return true;
    }
    let side = |item: &Item<'_>| (item.statement.span, item.statement.provenance.clone(), item.bindings.clone());
    let ((span, provenance, bindings), (other_span, other_provenance, other_bindings)) = (side(first), side(second));
    let whole = same_text(texts, (span, &provenance, &bindings), (other_span, &other_provenance, &other_bindings));
    let [of_first, of_second] = [first, second].map(declared);
    let alike = |(a, b): (&ChoiceOption, &ChoiceOption)| {
        same_text(texts, (a.span, &a.provenance, &bindings), (b.span, &b.provenance, &other_bindings))
    };
    whole && of_first.len() == of_second.len() && of_first.iter().zip(of_second).all(alike)
}

/// The options that a choice declares.
fn declared<'l>(item: &Item<'l>) -> &'l [ChoiceOption] {
    match &item.statement.kind {
        StatementKind::Choice(choice) => &choice.options,
        _ => &[],
    }
}

/// Whether two texts mean the same: the same words, the same entities behind their variables, and where words of
/// probability stand in them the same sources.
fn same_text(
    texts: &Texts,
    (span, provenance, bindings): (Span, &Provenance, &Bindings),
    (other_span, other_provenance, other_bindings): (Span, &Provenance, &Bindings),
) -> bool {
    if span == other_span {
        return true;
    }
    let (text, other) = (text_of(texts, span), text_of(texts, other_span));
    let sources = |provenance: &Provenance| -> Vec<String> {
        provenance.from.iter().map(|from| from.source.value.clone()).collect()
    };
    let words = names(text);
    text == other
        && !text.is_empty()
        && (!words.contains("said") || sources(provenance) == sources(other_provenance))
        && words.iter().all(|word| bindings.get(word) == other_bindings.get(word))
}

/// The options on which two items of one choice differ, with the places of both versions; none: switched off.
fn unlike_options(texts: &Texts, items: [&Item<'_>; 2], off: &[Vec<&str>; 2]) -> Vec<(String, [Option<Span>; 2])> {
    let mut unlike = Vec::new();
    let [first, second] = items.map(declared);
    for (of_first, of_second) in first.iter().zip(second) {
        let name = &of_first.name.value;
        let path = format!("{}.{name}", items[0].path);
        let version = |side: usize, declared| {
            let item: &Item<'_> = items[side];
            let is_off = off[side].contains(&path.as_str());
            let (option, bindings): (&ChoiceOption, &Bindings) = match item.options.get(name) {
                Some(replacement) => (replacement.option, &replacement.bindings),
                None => (declared, &item.bindings),
            };
            (!is_off).then(|| (option.span, option.provenance.clone(), bindings.clone()))
        };
        let (a, b) = (version(0, of_first), version(1, of_second));
        let alike = match (&a, &b) {
            (None, None) => true,
            (Some((span, provenance, bindings)), Some((other, other_provenance, other_bindings))) => {
                same_text(texts, (*span, provenance, bindings), (*other, other_provenance, other_bindings))
            }
            _ => false,
        };
        if !alike {
            unlike.push((name.clone(), [a.map(|(span, ..)| span), b.map(|(span, ..)| span)]));
        }
    }
    unlike
}

/// The words of a text that may be names, what stands in quotes left out.
pub(crate) fn names(text: &str) -> BTreeSet<&str> {
    let outside = text.split('"').step_by(2);
    let words = outside.flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_may_be_names() {
        let found = names("event clash[a] \"a clash of arms\" hazard 2_000 * spark_1 then x += y");
        let wanted = ["a", "clash", "event", "hazard", "spark_1", "then", "x", "y"];
        assert_eq!(found.into_iter().collect::<Vec<_>>(), wanted);
    }
}
