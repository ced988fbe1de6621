//! Times on one thread: the cases take turns, a batch each, so that whatever else the machine does reaches them all.

use std::hint::black_box;

use quanta::Clock;

use crate::case::{Case, since};
use crate::spread::{Spread, median};

/// Calls before the first that counts: names are looked up, windows are filled.
const WARM_UP: u64 = 2_000;

/// How long a batch takes, about, in nanoseconds: long beside the clock's own time, short beside the turns of the
/// scheduler.
const BATCH: u64 = 20_000;

/// Single calls that are timed in each turn.
const SINGLE: usize = 50;

/// What one case took.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// A call of the fastest batch, in nanoseconds.
    pub fastest: f64,
    /// A call of the batch in the middle, in nanoseconds.
    pub median: f64,
    /// Single calls.
    pub spread: Spread,
}

/// What reading the clock twice takes, in nanoseconds: the middle of many tries.
#[must_use]
pub fn clock_time(clock: &Clock) -> u32 {
    let mut times: Vec<u32> = (0..10_000).map(|_| since(clock, black_box(clock.raw()))).collect();
    Spread::of(&mut times, 0).percentiles[0]
}

/// Gives each case as many turns.
#[must_use]
pub fn measure(cases: &[Case], turns: usize) -> Vec<Times> {
    let clock = Clock::new();
    let overhead = clock_time(&clock);
    let sizes: Vec<u64> = cases.iter().map(|case| batch(&clock, case)).collect();
    let mut batches = vec![Vec::with_capacity(turns); cases.len()];
    let mut singles = vec![Vec::with_capacity(turns * SINGLE); cases.len()];
    let mut times = [0; SINGLE];
    for _ in 0..turns {
        for (index, case) in cases.iter().enumerate() {
            let start = clock.raw();
            case.call(sizes[index]);
            let time = since(&clock, start).saturating_sub(overhead);
            #[expect(clippy::cast_precision_loss, reason = "at most ten thousand")]
            batches[index].push(f64::from(time) / sizes[index] as f64);
            case.time(&clock, &mut times);
            singles[index].extend_from_slice(&times);
        }
    }
    let all = batches.iter_mut().zip(&mut singles);
    all.map(|(batches, singles)| Times {
        fastest: batches.iter().copied().fold(f64::INFINITY, f64::min),
        median: median(batches),
        spread: Spread::of(singles, overhead),
    })
    .collect()
}

/// How many calls of the case are a batch.
fn batch(clock: &Clock, case: &Case) -> u64 {
    case.call(WARM_UP);
    let start = clock.raw();
    case.call(100);
    let time = u64::from(since(clock, start)).max(1);
    (BATCH * 100 / time).clamp(1, 10_000)
}
