//! Threads, lanes and the range of draws change no bit of weights, evidence or answers.

use crate::support::{played, program};
use std::ops::Range;
use variorum::condition::{Conditioning, condition};
use variorum::engine::ensemble::Settings;
use variorum::engine::run::ChunkResult;
use variorum::lower::Reports;
use variorum::model::program::Program;
use variorum::run::{Run, Unwatched};

/// Something of every kind is seen: events, choices, conditions, numbers; for certain, in windows, by reports, and not.
fn model() -> Program {
    program(
        "model \"All\"\n\
         time monthly from 2020-01 to 2021-12\n\
         actor N \"North\", S \"South\"\n\
         source nis \"A service\"\n\
         param heat in 0 .. 1 = 5% .. 40% assumed \"a test\"\n\
         param drift = normal(0.1, 0.2) assumed \"a test\"\n\
         stock x = 0\n\
         flag war = no\n\
         ladder aid = none < words < weapons\n\
         flow x += (drift - 0.1 * x) per month noise normal 0.3 per month\n\
         event clash \"E\" hazard heat / 1 month then x += 0.2\n\
         event peace \"E\" when war hazard 20% per month excludes spread then war = no\n\
         event spread \"E\" when war hazard 10% per month then x += 0.3\n\
         event attack \"E\" when not war hazard 0.02 * exp(x) / 1 month then war = yes\n\
         choice ask by N \"C\" considered 1 per month\n\
         \x20 option wait \"O\" default\n\
         \x20 option small \"O\" 20% then aid = words\n\
         \x20 option large \"O\" 30% then aid = weapons\n\
         choice answer by S \"C\" after ask = large\n\
         \x20 option deny \"O\" default then aid = none\n\
         \x20 option grant \"O\" 40%\n\
         observe 2020-02 clash assumed \"a test\"\n\
         observe from 2020-04 to 2020-08 attack assumed \"a test\"\n\
         observe 2020-03 ask = large assumed \"a test\"\n\
         observe 2020-09 clash reported by nis, hits 90%, false alarms 5% .. 20% assumed \"a test\"\n\
         observe 2020-10 answer = grant reported by nis, hits 80%, false alarms 5% assumed \"a test\"\n\
         observe 2020-06 x = 0.7 error 0.3 assumed \"a test\"\n\
         observe 2020-12 x = 1.1 error 0.3 assumed \"a test\"\n\
         observe from 2021-01 to 2021-06 aid >= words assumed \"a test\"\n\
         observe 2021-07 war = no assumed \"a test\"\n\
         record complete from 2021-01 to 2021-03 for clash, attack\n\
         question war \"Q\" = war by 2021-12\n\
         question x_at_last \"Q\" = value x at 2021-12\n\
         question aid \"Q\" = aid = weapons at 2021-12 given war by 2020-06\n\
         question first \"Q\" = first date aid >= words\n",
    )
}

fn run(program: &Program, reports: Reports, draws: Range<u64>, lanes: usize, threads: usize) -> Vec<ChunkResult> {
    played(program, reports, &Settings { seed: 5, draws, per_draw: 20, lanes, threads })
}

#[test]
fn threads_and_lanes_change_no_bit() {
    let model = model();
    for reports in [Reports::Steer, Reports::Weigh] {
        let reference = run(&model, reports, 0..200, 128, 1);
        assert!(
            reference.iter().all(|chunk| chunk.weights.len() == 20 * (chunk.draws.end - chunk.draws.start) as usize)
        );
        let alive = reference.iter().flat_map(|chunk| &chunk.evidence).filter(|log| **log > f64::NEG_INFINITY).count();
        assert!((100..=400).contains(&alive), "{alive} of 400 halves are alive");
        assert!(reference.iter().all(|chunk| chunk.path.len() >= 10 * chunk.evidence.len()));
        for (lanes, threads) in [(128, 2), (8, 1), (64, 2), (1000, 1), (4096, 2)] {
            let found = run(&model, reports, 0..200, lanes, threads);
            assert!(found == reference, "{lanes} lanes, {threads} threads, {reports:?}");
        }
        // What one draw does does not depend on which others there are.
        let later = run(&model, reports, 64..192, 24, 2);
        assert!(later[..] == reference[1..3], "later draws alone, {reports:?}");
    }
}

/// The whole way, with as many trajectories as it takes.
#[test]
fn answers_are_the_same_on_one_thread_and_on_two() {
    let model = model();
    let found = [(1, 128), (2, 128), (2, 48)].map(|(threads, lanes)| {
        let run = Run { draws: 500, per_draw: 8, seed: 2, threads, lanes, ..Run::default() };
        let conditioning = Conditioning { effective: 60.0, trajectories: 1 << 18, ..Conditioning::default() };
        format!("{:?}", condition(&model, &run, &conditioning, &Unwatched::default()).unwrap())
    });
    assert!(found[0] == found[1] && found[0] == found[2]);
}
