//! What was known by the end of a day.
//!
//! A run as of a day uses nothing that is dated later: what was seen ([`Program::as_of`]), how questions came out, what
//! sources said, and readings that speak for such sources alone. [`Model::forget_after`] leaves a model in which only what
//! was known by then is looked at, so that whoever asks the model need not know of the day.

use crate::collect::Shared;
use crate::model::{Model, ReadingOf};
use crate::program::{Day, Program, days_in};
use variorum_syntax::ast::{At, Date, Question, Resolved, Said};

/// The last day of a date: of `2024-02` the 29th.
#[must_use]
pub fn last_day(date: Date) -> Day {
    let month = date.month.unwrap_or(12);
    Day { year: date.year, month, day: date.day.unwrap_or_else(|| days_in(date.year, month)) }
}

/// The first day of a date.
#[must_use]
pub fn first_day(date: Date) -> Day {
    Day { year: date.year, month: date.month.unwrap_or(1), day: date.day.unwrap_or(1) }
}

/// The day that is meant by `2024-11-05`; by `2024-11` and `2024` their last.
///
/// # Errors
/// What was expected.
pub fn parse(text: &str) -> Result<Day, String> {
    let wanted = || "write a day, as in 2024-11-05, or a month, as in 2024-11, for its last day".to_owned();
    let part = |text: &str, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| is_number).ok_or_else(wanted)
    };
    let small = |text: &str| part(text, 2).and_then(|number| u8::try_from(number).map_err(|_| wanted()));
    let parts: Vec<&str> = text.split('-').collect();
    let date = match parts.as_slice() {
        [year] => Date { year: part(year, 4)?, month: None, day: None },
        [year, month] => Date { year: part(year, 4)?, month: Some(small(month)?), day: None },
        [year, month, day] => Date { year: part(year, 4)?, month: Some(small(month)?), day: Some(small(day)?) },
        _ => return Err(wanted()),
    };
    let month = date.month.unwrap_or(1);
    if !(1..=12).contains(&month) {
        return Err(format!("there is no month {month:02}; {}", wanted()));
    }
    match date.day {
        Some(day) if !(1..=days_in(date.year, month)).contains(&day) => {
            Err(format!("{:04}-{month:02} has no day {day:02}", date.year))
        }
        _ => Ok(last_day(date)),
    }
}

/// When a source spoke: its own date, else that of the first in the chain of those that quote it which has one.
#[must_use]
pub fn source_date(shared: &Shared<'_>, source: &str) -> Option<Date> {
    let mut source = shared.sources.get(source)?;
    // A chain that closes on itself is an error of the model, and yet ends here.
    for _ in 0..shared.sources.len() {
        if let Some(on) = &source.on {
            return Some(on.value);
        }
        source = shared.sources.get(&source.quoted_in.as_ref()?.value)?;
    }
    None
}

/// The day by whose end it had spoken; none where no date is known.
#[must_use]
pub fn source_day(shared: &Shared<'_>, source: &str) -> Option<Day> {
    source_date(shared, source).map(last_day)
}

/// Whether a source had spoken by the end of a day. What has no date had.
#[must_use]
pub fn had_spoken(shared: &Shared<'_>, source: &str, day: Day) -> bool {
    source_day(shared, source).is_none_or(|spoken| spoken <= day)
}

/// Whether a reading could have been written by the end of a day: one of its sources had spoken, or it has none.
#[must_use]
pub fn could_be_written(shared: &Shared<'_>, reading: &ReadingOf<'_>, day: Day) -> bool {
    reading.voices.is_empty() || reading.voices.iter().any(|source| had_spoken(shared, source, day))
}

/// The forecasts beside a question that had been made by the end of a day, if one is given.
#[must_use]
pub fn said<'q>(shared: &Shared<'_>, question: &'q Question, day: Option<Day>) -> Vec<&'q Said> {
    let is_known = |said: &&Said| day.is_none_or(|day| had_spoken(shared, &said.source.value, day));
    question.said.iter().filter(is_known).collect()
}

/// The outcome of a question, if it was known by the end of a day. One without a date might have come later.
#[must_use]
pub fn resolved(question: &Question, day: Option<Day>) -> Option<&Resolved> {
    let known = |on: &At<Date>, day: Day| last_day(on.value) <= day;
    let is_known = |resolved: &&Resolved| day.is_none_or(|day| resolved.on.as_ref().is_some_and(|on| known(on, day)));
    question.resolved.as_ref().filter(is_known)
}

impl Model<'_> {
    /// Forgets what was not known by the end of a day. Readings that could not have been written by then are taken out;
    /// returns their names.
    pub fn forget_after(&mut self, day: Day) -> Vec<String> {
        let shared = &self.shared;
        let (known, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.readings).into_iter().partition(|reading| could_be_written(shared, reading, day));
        self.readings = known;
        for program in self.readings.iter_mut().filter_map(|reading| reading.program.as_mut()) {
            *program = program.as_of(day);
        }
        self.as_of = Some(self.as_of.map_or(day, |earlier| earlier.min(day)));
        later.into_iter().map(|reading| reading.name).collect()
    }

    /// A program with what is known in this model.
    pub(crate) fn known(&self, program: Program) -> Program {
        match self.as_of {
            Some(day) => program.as_of(day),
            None => program,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn days_of_the_command_line() {
        let day = |text: &str| parse(text).map(|day| day.to_string()).map_err(|why| why.contains("2024-11-05"));
        assert_eq!(day("2024-11-05").as_deref(), Ok("2024-11-05"));
        assert_eq!(day("2024-02").as_deref(), Ok("2024-02-29"));
        assert_eq!(day("2023-02").as_deref(), Ok("2023-02-28"));
        assert_eq!(day("2024").as_deref(), Ok("2024-12-31"));
        for text in ["", "November", "2024-1", "24-11", "2024-11-5", "2024-11-05-01", "2024-13", "+024-11", "2024-00"] {
            assert_eq!(day(text), Err(true), "{text}");
        }
        assert_eq!(parse("2023-02-29").unwrap_err(), "2023-02 has no day 29");
    }
}
