//! The time of day, which nothing but a record of runs needs.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in universal time to the second: `2025-03-01T09:30:00Z`.
pub fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    written(since)
}

/// Seconds since the beginning of 1970 as a date. Days are counted from 1 March of year 0, so that the leap day is the last
/// of a year, in eras of 400 years (146,097 days); after Hinnant, "chrono-compatible low-level date algorithms" (2013).
fn written(seconds: u64) -> String {
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    // March is the first month.
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + 400 * era + next;
    format!("{year:04}-{month:02}-{of_month:02}T{:02}:{:02}:{:02}Z", second / 3600, second % 3600 / 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_the_calendar_has_them() {
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(written(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(written(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(written(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(written(4_107_542_400), "2100-03-01T00:00:00Z");
        assert!(now().as_str() > "2025");
    }
}
