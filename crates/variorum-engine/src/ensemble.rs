//! Runs plans on all cores, chunk by chunk, and hands the results over in order.

use crate::plan::Plan;
use crate::random::DRAWS;
use crate::run::{CHUNK_DRAWS, ChunkResult, Machine};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Most trajectories per parameter draw.
pub const MAX_PER_DRAW: usize = 256;
/// How many chunks per thread may be finished before the callback has taken the earlier ones.
const LOOK_AHEAD: u64 = 4;
/// But no more than fit in so many bytes, or one for each thread.
const LOOK_AHEAD_BYTES: usize = 256 << 20;

/// Why an ensemble cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnsembleError {
    /// The number of trajectories per draw is odd, or not in 2 ..= 256.
    PerDraw(usize),
    /// A draw has a number beyond 2^48.
    Draws(u64),
    /// A thread ended before its work was done.
    Thread,
}

impl fmt::Display for EnsembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EnsembleError::PerDraw(count) => {
                write!(f, "{count} trajectories per draw; an even number from 2 to {MAX_PER_DRAW} is needed")
            }
            EnsembleError::Draws(end) => write!(f, "{end} parameter draws; {DRAWS} is the limit"),
            EnsembleError::Thread => write!(f, "a thread ended before its work was done"),
        }
    }
}

impl std::error::Error for EnsembleError {}

/// How an ensemble is run. Only `seed`, `draws` and `per_draw` have a bearing on the results.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed.
    pub seed: u64,
    /// The parameter draws.
    pub draws: Range<u64>,
    /// Trajectories per draw, half of them in each half: an even number from 2 to 256.
    pub per_draw: usize,
    /// Trajectories run side by side, rounded up to a multiple of 8; fewer where a plan has very many columns.
    pub lanes: usize,
    /// Threads; with one or none, everything happens on the caller's.
    pub threads: usize,
}

/// Runs all plans with the same random numbers; calls `on_chunk` with each chunk's number and, by plan, its results,
/// in order and on the caller's thread. Chunk k holds the draws 64 k .. 64 (k + 1), as far as they are asked for.
/// Ends early, at the end of a chunk, once `stop` is set. Returns the number of draws done.
///
/// # Errors
/// If `per_draw` is not an even number from 2 to 256, or draws beyond 2^48 are asked for.
pub fn ensemble(
    plans: &[Plan],
    settings: &Settings,
    stop: &AtomicBool,
    on_chunk: &mut dyn FnMut(u64, &[ChunkResult]),
) -> Result<u64, EnsembleError> {
    let per_draw = settings.per_draw;
    if !(2..=MAX_PER_DRAW).contains(&per_draw) || !per_draw.is_multiple_of(2) {
        return Err(EnsembleError::PerDraw(per_draw));
    }
    if settings.draws.end > DRAWS {
        return Err(EnsembleError::Draws(settings.draws.end));
    }
    if settings.draws.is_empty() {
        return Ok(0);
    }
    let work = Work { plans, settings };
    let chunks = settings.draws.start / CHUNK_DRAWS..settings.draws.end.div_ceil(CHUNK_DRAWS);
    let threads = (settings.threads as u64).min(chunks.end - chunks.start);
    if threads > 1 {
        in_parallel(&work, chunks, threads, stop, on_chunk)
    } else {
        Ok(in_turn(&work, chunks, stop, on_chunk))
    }
}

/// What there is to do.
struct Work<'a> {
    plans: &'a [Plan],
    settings: &'a Settings,
}

impl Work<'_> {
    fn machine(&self) -> Machine {
        Machine::new(self.plans, self.settings.lanes, self.settings.per_draw)
    }

    fn draws(&self, chunk: u64) -> Range<u64> {
        let draws = &self.settings.draws;
        let first = chunk * CHUNK_DRAWS;
        first.max(draws.start)..first.saturating_add(CHUNK_DRAWS).min(draws.end)
    }

    /// How many chunks may be finished before their turn.
    fn ahead(&self, threads: u64) -> u64 {
        let of_plan = |plan: &Plan| {
            let weights = usize::from(plan.filter().is_some());
            (plan.questions().len() + weights) * self.settings.per_draw + 2 * plan.marks()
        };
        let numbers: usize = self.plans.iter().map(of_plan).sum();
        let bytes = numbers * CHUNK_DRAWS as usize * size_of::<f64>();
        let room = (LOOK_AHEAD_BYTES / bytes.max(1)) as u64;
        (threads * LOOK_AHEAD).min(room.max(threads))
    }

    fn run(&self, machine: &mut Machine, chunk: u64) -> Vec<ChunkResult> {
        let Settings { seed, per_draw, .. } = *self.settings;
        self.plans.iter().map(|plan| machine.chunk(plan, seed, self.draws(chunk), per_draw)).collect()
    }
}

fn in_turn(
    work: &Work<'_>,
    chunks: Range<u64>,
    stop: &AtomicBool,
    on_chunk: &mut dyn FnMut(u64, &[ChunkResult]),
) -> u64 {
    let mut machine = work.machine();
    let mut done = 0;
    for chunk in chunks {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let results = work.run(&mut machine, chunk);
        on_chunk(chunk, &results);
        let draws = work.draws(chunk);
        done += draws.end - draws.start;
    }
    done
}

/// What the threads share.
struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

struct Progress {
    /// The next chunk to be run.
    next: u64,
    /// The next chunk to be handed over; chunks beyond it by the look-ahead have to wait.
    due: u64,
    /// Chunks that are finished before their turn.
    finished: BTreeMap<u64, Vec<ChunkResult>>,
    /// Nobody needs to begin another chunk.
    over: bool,
    /// Threads still at work.
    working: u64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, progress: MutexGuard<'a, Progress>) -> MutexGuard<'a, Progress> {
        self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that a thread is done, even if it ends by a panic: nobody shall wait for it in vain.
struct Leave<'a>(&'a Shared);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
        self.0.changed.notify_all();
    }
}

/// Says that all is over, even if the callback panics.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.changed.notify_all();
    }
}

fn in_parallel(
    work: &Work<'_>,
    chunks: Range<u64>,
    threads: u64,
    stop: &AtomicBool,
    on_chunk: &mut dyn FnMut(u64, &[ChunkResult]),
) -> Result<u64, EnsembleError> {
    let progress =
        Progress { next: chunks.start, due: chunks.start, finished: BTreeMap::new(), over: false, working: threads };
    let ahead = work.ahead(threads);
    let shared = Shared { progress: Mutex::new(progress), changed: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let _leave = Leave(&shared);
                let mut machine = work.machine();
                while let Some(chunk) = claim(&shared, chunks.end, ahead, stop) {
                    let results = work.run(&mut machine, chunk);
                    shared.lock().finished.insert(chunk, results);
                    shared.changed.notify_all();
                }
            });
        }
        let _finish = Finish(&shared);
        let mut done = 0;
        for chunk in chunks.clone() {
            let mut progress = shared.lock();
            let results = loop {
                // A stop is obeyed before anything else, so that it takes effect at the same chunk on any machine.
                if stop.load(Ordering::Relaxed) {
                    return Ok(done);
                }
                if let Some(results) = progress.finished.remove(&chunk) {
                    break results;
                }
                if progress.working == 0 {
                    return Err(EnsembleError::Thread);
                }
                progress = shared.wait(progress);
            };
            progress.due = chunk + 1;
            drop(progress);
            shared.changed.notify_all();
            on_chunk(chunk, &results);
            let draws = work.draws(chunk);
            done += draws.end - draws.start;
        }
        Ok(done)
    })
}

/// The next chunk to be run, if there is one; waits while too much is finished and not handed over.
fn claim(shared: &Shared, end: u64, ahead: u64, stop: &AtomicBool) -> Option<u64> {
    let mut progress = shared.lock();
    loop {
        if progress.over || progress.next >= end || stop.load(Ordering::Relaxed) {
            return None;
        }
        if progress.next < progress.due + ahead {
            let chunk = progress.next;
            progress.next += 1;
            return Some(chunk);
        }
        progress = shared.wait(progress);
    }
}
