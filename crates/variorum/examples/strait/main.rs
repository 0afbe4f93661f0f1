//! A benchmark: two sides of a strait, two choices by utility, five events and six flows in each of 60 months.
//!
//! Prints the trajectories per second and the answers, to be held against the values that hand-written programs gave:
//! P(war) = 0.62232, P(coup) = 0.80180, E[T] = 0.71548.
//!
//! Arguments: parameter draws, of two trajectories each; threads; lanes. `plan` prints the plan instead.

mod model;

use std::sync::atomic::AtomicBool;
use std::time::Instant;
use variorum::lower::lower;
use variorum_engine::ensemble::{Settings, ensemble};

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plan = lower(&model::strait())?;
    if arguments.first().is_some_and(|argument| argument == "plan") {
        print!("{plan}");
        return Ok(());
    }
    let number = |place: usize, otherwise: u64| arguments.get(place).and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let draws = number(0, 131_072);
    let settings = Settings {
        seed: 1,
        draws: 0..draws,
        per_draw: 2,
        lanes: number(2, 128) as usize,
        threads: number(1, 1) as usize,
    };
    println!("{} operations, {} columns", plan.operations(), plan.column_count());
    let plans = [plan];
    for seed in 1..=5 {
        let settings = Settings { seed, ..settings.clone() };
        let mut sums = [0.0; 3];
        let clock = Instant::now();
        let done = ensemble(&plans, &settings, &AtomicBool::new(false), &mut |_, results| {
            for result in results {
                for (place, sum) in result.sums.iter().enumerate() {
                    sums[place % 3] += sum;
                }
            }
        })?;
        let seconds = clock.elapsed().as_secs_f64();
        let count = (done * 2) as f64;
        let [war, coup, tension] = sums.map(|sum| sum / count);
        println!("{:.0} per second  P(war) {war:.5}  P(coup) {coup:.5}  E[T] {tension:.5}", count / seconds);
    }
    Ok(())
}
