//! The standard words of estimative probability, with their ranges.

/// A word and its range in percent: Intelligence Community Directive 203 (Office of the Director of National
/// Intelligence, 2015), section D.6.e.2.a.
const SCALE: [(f64, f64, &str); 7] = [
    (1.0, 5.0, "almost no chance"),
    (5.0, 20.0, "very unlikely"),
    (20.0, 45.0, "unlikely"),
    (45.0, 55.0, "roughly even chance"),
    (55.0, 80.0, "likely"),
    (80.0, 95.0, "very likely"),
    (95.0, 99.0, "almost certain"),
];

/// The standard word for a probability with its range in brackets; beyond the scale's ends the bound alone.
#[must_use]
pub fn standard(probability: f64) -> String {
    match rank(probability) {
        0 => "below the scale (under 1%)".to_owned(),
        place => SCALE.get(place - 1).map_or_else(
            || "above the scale (over 99%)".to_owned(),
            |(low, high, word)| format!("{word} ({low}-{high}%)"),
        ),
    }
}

/// The place of a probability's word on the scale: 0 below it, 1 to 7 for its words, 8 above it.
#[must_use]
pub fn rank(probability: f64) -> usize {
    // The word belongs to the number that people are shown beside it.
    let shown = percent(probability).trim_matches(['<', '>', '%']).parse::<f64>();
    let percent = shown.unwrap_or(100.0 * probability);
    if percent < 1.0 {
        0
    } else if percent > 99.0 {
        SCALE.len() + 1
    } else {
        SCALE.iter().position(|(_, high, _)| percent <= *high).map_or(SCALE.len(), |place| place + 1)
    }
}

/// The scale: from and to, in percent, and the word.
#[must_use]
pub fn scale() -> &'static [(f64, f64, &'static str)] {
    &SCALE
}

/// A probability in percent to two significant digits; never 0% or 100% for what is neither.
#[must_use]
pub fn percent(probability: f64) -> String {
    let percent = 100.0 * probability;
    if probability == 0.0 || probability == 1.0 {
        return format!("{percent:.0}%");
    }
    // Near 100% it is what is missing that tells.
    let telling = if percent > 50.0 { 100.0 - percent } else { percent };
    let decimals = if telling >= 9.95 || (percent > 50.0 && telling >= 0.995) {
        0
    } else if telling >= 0.995 || (percent > 50.0 && telling >= 0.0995) {
        1
    } else if telling >= 0.0995 {
        2
    } else if telling >= 0.00995 {
        3
    } else {
        return if percent > 50.0 { ">99.99%".to_owned() } else { "<0.01%".to_owned() };
    };
    format!("{percent:.decimals$}%")
}

/// A number to `digits` significant digits, with `_` between thousands.
#[must_use]
pub fn significant(x: f64, digits: i32) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let mut magnitude = 0;
    let mut scaled = x.abs();
    while scaled >= 10.0 {
        scaled /= 10.0;
        magnitude += 1;
    }
    while scaled < 1.0 {
        scaled *= 10.0;
        magnitude -= 1;
    }
    if magnitude < -4 {
        #[expect(clippy::cast_sign_loss, reason = "positive")]
        let text = format!("{x:.*e}", (digits - 1) as usize);
        return text;
    }
    // What is rounded up to the next power of ten has one figure more before the point.
    let mut steps = 5.0;
    for _ in 0..digits {
        steps /= 10.0;
    }
    if scaled + steps >= 10.0 {
        magnitude += 1;
    }
    let decimals = digits - 1 - magnitude;
    if decimals > 0 {
        #[expect(clippy::cast_sign_loss, reason = "positive")]
        let text = format!("{x:.*}", decimals.min(17) as usize);
        return text;
    }
    let mut unit = 1.0;
    for _ in decimals..0 {
        unit *= 10.0;
    }
    let whole = format!("{:.0}", (x / unit).round() * unit);
    let (sign, figures) = whole.strip_prefix('-').map_or(("", whole.as_str()), |figures| ("-", figures));
    let mut grouped = String::new();
    for (place, figure) in figures.chars().enumerate() {
        if place > 0 && (figures.len() - place).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(figure);
    }
    format!("{sign}{grouped}")
}

/// As [`significant`], with millions, billions and trillions as `M`, `bn` and `tn`.
#[must_use]
pub fn short(x: f64, digits: i32) -> String {
    match x.abs() {
        size if size >= 1e12 => format!("{}tn", significant(x / 1e12, digits)),
        size if size >= 1e9 => format!("{}bn", significant(x / 1e9, digits)),
        size if size >= 1e6 => format!("{}M", significant(x / 1e6, digits)),
        _ => significant(x, digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_ranges() {
        assert_eq!(standard(0.03), "almost no chance (1-5%)");
        assert_eq!(standard(0.5), "roughly even chance (45-55%)");
        assert_eq!(standard(0.2), "very unlikely (5-20%)");
        assert_eq!(standard(0.001), "below the scale (under 1%)");
        assert_eq!(standard(0.999), "above the scale (over 99%)");
        assert_eq!([0.0, 0.01, 0.05, 0.3, 0.99, 1.0].map(rank), [0, 1, 1, 3, 7, 8]);
    }

    #[test]
    fn two_significant_digits() {
        assert_eq!(percent(0.12345), "12%");
        assert_eq!(percent(0.012345), "1.2%");
        assert_eq!(percent(0.0012345), "0.12%");
        assert_eq!(percent(0.916), "92%");
        assert_eq!(percent(0.996), "99.6%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(1e-9), "<0.01%");
        assert_eq!(significant(527_341.0, 2), "530_000");
        assert_eq!(significant(0.01234, 2), "0.012");
        assert_eq!(significant(-12.34, 3), "-12.3");
        assert_eq!([0.996, 9.96, 99.6, 0.994].map(|x| significant(x, 2)), ["1.0", "10", "100", "0.99"]);
    }
}
