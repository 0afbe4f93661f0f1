//! Names and conditions of a model in words: what is shown of actors and places in the place of their keys, comparisons and
//! underscores spelt out. The code itself stands beside them, where the page says how a thing is written.

use crate::dossier::Dossier;
use crate::evidence;
use std::collections::BTreeMap;
use variorum::evidence::Observed;
use variorum::watch::Item;

/// `aid[KR] >= defensive` as `aid (South Korea) at least defensive`. Text in quotes is left as it is.
pub fn in_words(code: &str, labels: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest.get(1..).and_then(|inner| inner.find('"')).map_or(rest.len(), |end| end + 2),
            '[' => rest.find(']').map_or(rest.len(), |end| end + 1),
            c if is_name(c) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        match first {
            '"' => out.push_str(piece),
            '[' => {
                let keys = piece.trim_matches(['[', ']']).split(',').map(str::trim);
                let named: Vec<&str> = keys.map(|key| labels.get(key).map_or(key, String::as_str)).collect();
                out.push_str(&format!(" ({})", named.join(", ")));
            }
            c if is_name(c) => {
                out.push_str(&labels.get(piece).map_or_else(|| piece.replace('_', "\u{a0}"), Clone::clone))
            }
            '>' | '<' | '=' | '!' => {
                // A sign of two characters is read at its first.
                let (sign, left) = match rest.strip_prefix('=') {
                    Some(left) => (format!("{first}="), left),
                    None => (first.to_string(), rest),
                };
                rest = left;
                out.push_str(match sign.as_str() {
                    ">=" => "at least",
                    "<=" => "at most",
                    ">" => "above",
                    "<" => "below",
                    "!=" => "other than",
                    _ => "=",
                });
            }
            _ => out.push_str(piece),
        }
    }
    out
}

/// What is looked out for, in words: its title, with the name that it begins with in words where it is a level's.
pub fn watched(item: &Item, labels: &BTreeMap<String, String>) -> String {
    let title = if item.title.is_empty() { &item.name } else { &item.title };
    match title.strip_prefix(item.name.as_str()) {
        Some(rest) if is_code(&item.name) => format!("{}{rest}", in_words(&item.name, labels)),
        _ => title.clone(),
    }
}

/// What people are shown of a model's names.
pub struct Names<'d> {
    titles: BTreeMap<&'d str, &'d str>,
    labels: &'d BTreeMap<String, String>,
}

impl<'d> Names<'d> {
    /// Those of a dossier.
    pub fn of(dossier: &'d Dossier) -> Names<'d> {
        let rows = dossier.readings.iter().flat_map(|reading| &reading.statements);
        let titles = rows.filter(|row| !row.title.is_empty()).map(|row| (row.path.as_str(), row.title.as_str()));
        Names { titles: titles.collect(), labels: &dossier.labels }
    }

    /// An event or a choice by its title, or else by its name in words.
    pub fn title(&self, name: &str) -> String {
        self.titles.get(name).map_or_else(|| in_words(name, self.labels), |title| (*title).to_owned())
    }

    /// What can be observed: `event attack`, `choice take = accept`, `aid[KR] >= offensive`.
    pub fn observable(&self, name: &str) -> String {
        if let Some(event) = name.strip_prefix("event ") {
            return self.title(event);
        }
        match name.strip_prefix("choice ").and_then(|choice| choice.split_once(" = ")) {
            Some((choice, option)) => {
                let of = self.titles.get(format!("{choice}.{option}").as_str()).copied().unwrap_or(option);
                format!("{}: {of}", self.title(choice))
            }
            None => in_words(name, self.labels),
        }
    }

    /// An observation as a sentence, a record with the titles of what it is kept of.
    pub fn seen(&self, observed: &Observed) -> String {
        if let Some((when, what)) =
            observed.name.strip_prefix("record complete ").and_then(|rest| rest.split_once(" for "))
        {
            let what = what.split(" reported by ").next().unwrap_or(what);
            let named: Vec<String> = what.split(", ").map(|name| self.title(name)).collect();
            return format!("Nothing else happened {when} of: {}", named.join("; "));
        }
        let told = evidence::in_words(observed);
        if told == evidence::named(observed) { in_words(&told, self.labels) } else { told }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether text is code that says nothing to whoever does not know the model: it has brackets, comparisons or underscores.
pub fn is_code(text: &str) -> bool {
    text.contains(['[', '>', '<', '=', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_in_words() {
        let labels = BTreeMap::from([("KR".to_owned(), "South Korea".to_owned())]);
        assert_eq!(in_words("aid[KR] >= defensive", &labels), "aid (South Korea) at least defensive");
        assert_eq!(
            in_words("war[Korea, KR] or x_y = no by 2026-12", &labels),
            "war (Korea, South Korea) or x\u{a0}y = no by 2026-12"
        );
        assert_eq!(in_words("\"a_b\" < 3 <= é", &labels), "\"a_b\" below 3 at most é");
        assert_eq!(in_words("aid[KR", &labels), "aid (South Korea)");
        assert!(is_code("a[b]") && !is_code("a strike"));
    }
}
