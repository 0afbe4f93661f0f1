//! Belgium: the closed forms of three laws of growth, the order of the explicit scheme, and Verhulst's own table.
//!
//! Seen to fail: with the sign of the crowding term turned round, with `count_1830` and `count_1845` exchanged, and, for
//! the order, with a rate that is 1% too large.

use crate::{Answered, close, first_order, model, with_steps};

const COUNTS: [f64; 3] = [3_627_253.0, 4_247_113.0, 4_800_861.0];

/// Ceiling and yearly rate of the logistic curve through the three counts, 15 years apart.
///
/// In 1/P the curve decays exponentially to 1/K; so (1/P0 - 1/K)(1/P2 - 1/K) = (1/P1 - 1/K)².
fn logistic() -> (f64, f64) {
    let [a, b, c] = COUNTS.map(|count| 1.0 / count);
    let inverse = (a * c - b * b) / (a + c - 2.0 * b);
    (1.0 / inverse, ((a - inverse) / (b - inverse)).ln() / 15.0)
}

/// The population `years` after 1815, by reading.
fn exact(reading: &str, years: f64) -> f64 {
    let [first, second, _] = COUNTS;
    match reading {
        "memoir_1845" => {
            let (ceiling, rate) = logistic();
            ceiling / (1.0 + (ceiling / first - 1.0) * (-rate * years).exp())
        }
        "memoir_1847" => {
            let ceiling = 9_400_000.0;
            let rate = ((ceiling - first) / (ceiling - second)).ln() / 15.0;
            ceiling - (ceiling - first) * (-rate * years).exp()
        }
        _ => first * (second / first).powf(years / 15.0),
    }
}

const READINGS: [&str; 3] = ["memoir_1845", "memoir_1847", "baseline"];
const QUESTIONS: [(&str, f64); 3] = [("in_1830", 15.0), ("in_1840", 25.0), ("in_1845", 30.0)];

#[test]
fn the_constants_are_verhulsts() {
    let (ceiling, rate) = logistic();
    // K = 6.58 millions is what Verhulst found in 1845.
    close("ceiling", ceiling, 6.58e6, 1e-3);
    close("rate", rate, 0.0262, 1e-3);
    let answers = Answered::certain(&model("verhulst"));
    close("ceiling", answers.value("ceiling", "memoir_1845"), ceiling, 1e-9);
}

#[test]
fn monthly_steps_are_close_to_the_closed_forms() {
    let answers = Answered::certain(&model("verhulst"));
    for reading in READINGS {
        for (question, years) in QUESTIONS {
            close(question, answers.value(question, reading), exact(reading, years), 2e-4);
        }
    }
}

#[test]
fn the_error_is_halved_with_the_step() {
    let text = model("verhulst");
    let families: [&[&str]; 3] = [
        &["every 60 months", "every 30 months", "every 15 months"],
        &["yearly", "every 6 months", "quarterly"],
        &["monthly", "2 per month", "4 per month"],
    ];
    for family in families {
        let runs: Vec<Answered> = family.iter().map(|step| Answered::certain(&with_steps(&text, step))).collect();
        for reading in READINGS {
            for (question, years) in QUESTIONS {
                let wanted = exact(reading, years);
                let errors: Vec<f64> = runs.iter().map(|run| (run.value(question, reading) - wanted).abs()).collect();
                first_order(&format!("{question}@{reading}, {}", family[0]), &errors, 0.1);
            }
        }
    }
}

/// The column of the second memoir that Verhulst computed, as transcribed by J. R. Lobry: his table is met to 0.05%.
#[test]
fn the_table_of_the_second_memoir() {
    let printed =
        [(1825, 4_048_200.0), (1830, 4_247_100.0), (1835, 4_438_600.0), (1840, 4_622_600.0), (1845, 4_799_100.0)];
    let mut text = model("verhulst");
    for (year, _) in printed {
        text.push_str(&format!("question table_{year} \"In {year}\" = value population at {}-12\n", year - 1));
    }
    let answers = Answered::certain(&text);
    for (year, wanted) in printed {
        close(&year.to_string(), answers.value(&format!("table_{year}"), "memoir_1847"), wanted, 5e-4);
    }
}
