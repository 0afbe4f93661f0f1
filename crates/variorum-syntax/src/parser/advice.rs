//! What advice is made of: pieces of the text that a message repeats, and what the file declares elsewhere.
//!
//! An advice that names the writer's own quantities can be copied as it stands. All of it is a guess from tokens; what
//! cannot be found is left to an example.

use super::Parser;
use crate::ast::Date;
use crate::kind::SyntaxKind as K;
use crate::lexer::MAX_DIAGNOSTICS;
use crate::literals;
use crate::words;

/// What is longer than this is not repeated in a help.
pub(super) const REPEATED: usize = 60;

/// How many tokens of a file are searched for a declaration: with many findings the search must stay short.
const SEARCHED: usize = 20_000;

impl<'t> Parser<'t> {
    /// The text from one position up to before another on one line, if it is short enough for a help.
    pub(super) fn repeated(&self, from: usize, to: usize) -> Option<String> {
        let text = self.text_between(from, to);
        let is_short = !text.is_empty() && text.len() <= REPEATED && !text.contains('#');
        is_short.then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The positions that are searched for declarations.
    fn searched(&self) -> std::ops::Range<usize> {
        // Beyond the limit no finding is shown, so no advice is needed.
        if self.diagnostics.len() >= MAX_DIAGNOSTICS { 0..0 } else { 0..self.significant.len().min(SEARCHED) }
    }

    fn kind_at(&self, position: usize) -> K {
        self.token(position).map_or(K::End, |token| token.kind)
    }

    /// The keyword of the statement that declares `name`, if this file has it.
    pub(super) fn declared_as(&self, name: &str) -> Option<&'static str> {
        self.searched().find_map(|position| {
            let begins_line = self.token(position)?.first_on_line;
            let rule = words::statement(self.text_at(position)).filter(|_| begins_line)?;
            (self.text_at(position + 1) == name).then_some(rule.keyword)
        })
    }

    /// The group over whose members `name` is declared: `stock name[group]`.
    pub(super) fn group_of(&self, name: &str) -> Option<&'t str> {
        let mut found = self.searched().filter_map(|position| {
            let is_declared = self.text_at(position) == name
                && self.kind_at(position + 1) == K::LeftBracket
                && self.kind_at(position + 3) == K::RightBracket;
            is_declared.then(|| self.text_at(position + 2))
        });
        found.find(|group| self.declared_as(group) == Some("group"))
    }

    /// A name for a member of a group that the file does not use otherwise.
    pub(super) fn free_variable(&self, group: &str) -> String {
        let first: String = group.chars().take(1).flat_map(char::to_lowercase).collect();
        let candidates = [first.as_str(), "m", "member"];
        let is_used = |name: &str| self.searched().any(|position| self.text_at(position) == name);
        let free = candidates.into_iter().find(|name| !words::is_reserved(name) && !is_used(name));
        free.unwrap_or("each_one").to_owned()
    }

    /// The last date of the model's time, if this file has it.
    pub(super) fn last_date(&self) -> Option<&'t str> {
        let begins_time = |position: &usize| {
            self.text_at(*position) == "time" && self.token(*position).is_some_and(|token| token.first_on_line)
        };
        let time = self.searched().find(begins_time)?;
        let to = (time..time + 12).find(|position| self.text_at(*position) == "to")?;
        let date = self.text_at(to + 1);
        literals::date(date).map(|_| date)
    }
}

/// The month or day before a date, or the year's last month before a year.
pub(super) fn before(text: &str) -> Option<String> {
    let Date { year, month, day } = literals::date(text)?;
    Some(match (month, day) {
        (None, _) | (Some(1), None) => format!("{:04}-12", year.checked_sub(1)?),
        (Some(month), None) => format!("{year:04}-{:02}", month - 1),
        (Some(month), Some(day)) if day > 1 => format!("{year:04}-{month:02}-{:02}", day - 1),
        (Some(1), Some(_)) => format!("{:04}-12-31", year.checked_sub(1)?),
        (Some(month), Some(_)) => {
            format!("{year:04}-{:02}-{:02}", month - 1, literals::days_in_month(year, month - 1))
        }
    })
}

/// The month or day after a date, or the first month after a year.
pub(super) fn after(text: &str) -> Option<String> {
    let Date { year, month, day } = literals::date(text)?;
    Some(match (month, day) {
        (None, _) | (Some(12), None) => format!("{:04}-01", year + 1),
        (Some(month), None) => format!("{year:04}-{:02}", month + 1),
        (Some(month), Some(day)) if day < literals::days_in_month(year, month) => {
            format!("{year:04}-{month:02}-{:02}", day + 1)
        }
        (Some(12), Some(_)) => format!("{:04}-01-01", year + 1),
        (Some(month), Some(_)) => format!("{year:04}-{:02}-01", month + 1),
    })
}

/// The first month of a year; other dates as they are.
pub(super) fn first_of(text: &str) -> Option<String> {
    let date = literals::date(text)?;
    Some(if date.month.is_none() { format!("{:04}-01", date.year) } else { text.to_owned() })
}

/// The last month of a year; other dates as they are.
pub(super) fn last_of(text: &str) -> Option<String> {
    let date = literals::date(text)?;
    Some(if date.month.is_none() { format!("{:04}-12", date.year) } else { text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{after, before, first_of, last_of};

    #[test]
    fn dates_before_others() {
        for (text, expected) in [
            ("2026", "2025-12"),
            ("2026-01", "2025-12"),
            ("2026-03", "2026-02"),
            ("2026-03-05", "2026-03-04"),
            ("2024-03-01", "2024-02-29"),
            ("2026-01-01", "2025-12-31"),
        ] {
            assert_eq!(before(text).as_deref(), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("2026", "2027-01"),
            ("2026-12", "2027-01"),
            ("2026-03", "2026-04"),
            ("2026-02-28", "2026-03-01"),
            ("2026-12-31", "2027-01-01"),
        ] {
            assert_eq!(after(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(before("soon"), None);
        assert_eq!(first_of("2026").as_deref(), Some("2026-01"));
        assert_eq!(last_of("2026").as_deref(), Some("2026-12"));
        assert_eq!(last_of("2026-03").as_deref(), Some("2026-03"));
    }
}
