//! Statements of all readings, each once: what a line says of several things, and what readings say in its place, are one
//! statement.

use crate::dossier::Dossier;
use std::collections::BTreeMap;
use variorum::statements::StatementRow;

/// A statement in all readings that have it.
pub struct Grouped<'d> {
    /// As the shared model says it, or the first reading that does.
    pub row: &'d StatementRow,
    /// The path; of a line that declares several things, all of theirs: `forced[RU], crisis[RU]`.
    pub name: String,
    /// All paths that it stands for.
    pub paths: Vec<&'d str>,
    /// By reading.
    pub in_readings: Vec<(&'d str, &'d StatementRow)>,
}

impl Grouped<'_> {
    /// The strongest way in which it stands to an author: `own` if it is that in some reading, otherwise `contested`,
    /// `borrowed` or `unsupported`.
    pub fn standing(&self) -> &'static str {
        let stands = |standing: &&str| self.in_readings.iter().any(|(_, row)| !row.off && row.standing == *standing);
        ["own", "contested", "borrowed"].into_iter().find(stands).unwrap_or("unsupported")
    }

    /// Whether some reading has it at all.
    pub fn is_on(&self) -> bool {
        self.in_readings.iter().any(|(_, row)| !row.off)
    }
}

/// The statements of all readings, in the order of the first reading that has each.
pub fn grouped(dossier: &Dossier) -> Vec<Grouped<'_>> {
    let readings = dossier.readings.iter();
    let all: Vec<(&str, &StatementRow)> =
        readings.flat_map(|reading| reading.statements.iter().map(|row| (reading.name.as_str(), row))).collect();
    let mut places: BTreeMap<(&str, u32, &str), usize> = BTreeMap::new();
    let mut paths: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Grouped<'_>> = Vec::new();
    // What is shared comes first: what a reading says itself stands in the place of something, if that is there.
    for own in [false, true] {
        for (reading, row) in all.iter().filter(|(_, row)| row.own == own) {
            let place = (row.file.as_str(), row.line, row.written.as_str());
            let by_path = || row.paths.iter().find_map(|path| paths.get(path.as_str()));
            let known = if own { by_path().or(places.get(&place)) } else { places.get(&place).or_else(by_path) };
            let index = known.copied().unwrap_or(groups.len());
            if index == groups.len() {
                groups.push(Grouped { row, name: String::new(), paths: Vec::new(), in_readings: Vec::new() });
            }
            places.entry(place).or_insert(index);
            let Some(group) = groups.get_mut(index) else { continue };
            group.in_readings.push((reading, row));
            for path in &row.paths {
                if paths.insert(path, index).is_none() {
                    group.paths.push(path);
                }
            }
        }
    }
    for group in &mut groups {
        group.name = name(group);
        let order = |reading: &str| dossier.readings.iter().position(|notes| notes.name == reading);
        group.in_readings.sort_by_key(|(reading, _)| order(reading));
    }
    groups
}

/// The paths of the reading that says it in the fewest rows; a keyword that they share is said once.
fn name(group: &Grouped<'_>) -> String {
    let mut by_reading: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (reading, row) in group.in_readings.iter().filter(|(_, row)| row.own == group.row.own) {
        by_reading.entry(reading).or_default().push(&row.path);
    }
    let Some(names) = by_reading.into_values().min_by_key(Vec::len) else { return group.row.path.clone() };
    let keyword = names.first().and_then(|name| name.split_once(' ')).map(|(keyword, _)| keyword);
    let rest = |name: &str| Some(name.strip_prefix(keyword?)?.strip_prefix(' ')?.to_owned());
    match (keyword, names.iter().map(|name| rest(name)).collect::<Option<Vec<String>>>()) {
        (Some(keyword), Some(rest)) => format!("{keyword} {}", rest.join(", ")),
        _ => names.join(", "),
    }
}
