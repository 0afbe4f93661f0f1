//! The model's time: from dates to steps.

use crate::program::Clock;
use variorum_syntax::ast::{At, Cadence, Date, Time};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// The most steps that a model may have.
pub const MAX_STEPS: i64 = 100_000;

/// Which end of a date of coarser precision is meant: `2024` is January 2024 or December 2024.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The first step that meets the date.
    First,
    /// The last.
    Last,
}

/// The calendar step in which an end of a date lies.
fn calendar(date: Date, cadence: Cadence, end: End) -> i64 {
    let month = match (date.month, end) {
        (Some(month), _) => i64::from(month) - 1,
        (None, End::First) => 0,
        (None, End::Last) => 11,
    };
    let parts = i64::from(cadence.parts);
    let part = match (date.day, end) {
        (Some(day), _) => (i64::from(day) - 1) * parts / 31,
        (None, End::First) => 0,
        (None, End::Last) => parts - 1,
    };
    ((12 * i64::from(date.year) + month) * parts + part).div_euclid(i64::from(cadence.months))
}

/// A date as people write it.
#[must_use]
pub fn show(date: Date) -> String {
    match (date.month, date.day) {
        (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", date.year),
        (Some(month), None) => format!("{:04}-{month:02}", date.year),
        _ => format!("{:04}", date.year),
    }
}

/// The model's clock.
///
/// # Errors
/// The end lies before the start, or there are too many steps. `None` where a part did not parse.
pub fn clock(time: &Time, head: Span) -> Result<Option<Clock>, Diagnostic> {
    let (Some(cadence), Some(from), Some(to)) = (&time.cadence, &time.from, &time.to) else { return Ok(None) };
    let Cadence { months, parts } = cadence.value;
    if months == 0 || parts == 0 || months > 1200 || parts > 1000 {
        return Err(Diagnostic::new(
            Code::BadTime,
            cadence.span,
            "a step lasts at most 1200 months, and a month has at most 1000 steps",
        )
        .label("not such a step")
        .help("write `monthly`, `quarterly`, `yearly`, `every 2 months` or `4 per month`"));
    }
    let first = calendar(from.value, cadence.value, End::First);
    let last = calendar(to.value, cadence.value, End::Last);
    if last < first {
        return Err(Diagnostic::new(Code::BadTime, to.span, "the model's time ends before it begins")
            .label(format!("the end, {}", show(to.value)))
            .also(from.span, "the start")
            .help("write the earlier date first: `time monthly from 2023-09 to 2027-12`"));
    }
    let steps = last - first + 1;
    let (Ok(first), Ok(count)) = (i32::try_from(first), u32::try_from(steps)) else {
        return Err(too_many(head, steps));
    };
    if steps > MAX_STEPS {
        return Err(too_many(head, steps));
    }
    Ok(Some(Clock { first, steps: count, months, parts }))
}

fn too_many(head: Span, steps: i64) -> Diagnostic {
    Diagnostic::new(Code::TooLarge, head, format!("this time has {steps} steps; the limit is {MAX_STEPS}"))
        .help("choose a longer step, or an earlier end")
}

/// The step in which an end of a date lies.
///
/// # Errors
/// The date lies outside the model's time.
pub fn step(clock: &Clock, date: &At<Date>, end: End) -> Result<u32, Diagnostic> {
    let cadence = Cadence { months: clock.months, parts: clock.parts };
    let step = calendar(date.value, cadence, end) - i64::from(clock.first);
    match u32::try_from(step) {
        Ok(step) if step < clock.steps => Ok(step),
        _ => Err(Diagnostic::new(
            Code::DateOutside,
            date.span,
            format!("{} lies outside the model's time", show(date.value)),
        )
        .label(format!("the model runs from {} to {}", clock.label(0), clock.label(clock.steps.saturating_sub(1))))
        .help("move the date, or the dates after `time`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Span = Span { file: variorum_syntax::diagnostic::FileId(0), start: 0, end: 0 };

    fn at(year: i32, month: u8, day: Option<u8>) -> At<Date> {
        At { value: Date { year, month: (month > 0).then_some(month), day }, span: ZERO }
    }

    fn model(months: u32, parts: u32) -> Clock {
        let time = Time {
            cadence: Some(At { value: Cadence { months, parts }, span: ZERO }),
            from: Some(at(2023, 9, None)),
            to: Some(at(2027, 12, None)),
        };
        clock(&time, ZERO).unwrap().unwrap()
    }

    #[test]
    fn steps_of_dates() {
        let monthly = model(1, 1);
        assert_eq!(monthly.steps, 52);
        assert_eq!(monthly.label(0), "2023-09");
        assert_eq!(step(&monthly, &at(2024, 0, None), End::First).unwrap(), 4);
        assert_eq!(step(&monthly, &at(2024, 0, None), End::Last).unwrap(), 15);
        assert!(step(&monthly, &at(2023, 8, None), End::Last).is_err());
        assert!(step(&monthly, &at(2028, 1, None), End::First).is_err());
        let half = model(1, 2);
        assert_eq!(half.steps, 104);
        assert_eq!(half.label(3), "2023-10 2/2");
        assert_eq!(step(&half, &at(2023, 10, Some(31)), End::First).unwrap(), 3);
        assert_eq!(step(&half, &at(2023, 10, None), End::Last).unwrap(), 3);
        let quarterly = model(3, 1);
        assert_eq!(quarterly.label(0), "2023-07");
        assert_eq!(step(&quarterly, &at(2023, 12, None), End::Last).unwrap(), 1);
    }
}
