//! One object, two threads: how much two get done beside one, each on a core of its own.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use core_affinity::CoreId;
use quanta::Clock;

use crate::RUNTIME;
use crate::case::{Case, since};
use crate::spread::Spread;
use crate::turns::clock_time;

/// How long the threads run at a stretch.
const STRETCH: Duration = Duration::from_millis(5);

/// Single calls of one thread in a stretch of timed ones, at most.
const SINGLE: usize = 20_000;

/// What one case did.
#[derive(Clone, Copy, Debug)]
pub struct Scaling {
    /// Calls a second of one thread, in its best stretch.
    pub one: f64,
    /// Calls a second of two threads together, in their best stretch.
    pub two: f64,
    /// Single calls while another thread makes the same.
    pub spread: Spread,
}

/// The two cores; `None` where there is only one.
#[must_use]
pub fn cores() -> Option<[CoreId; 2]> {
    match core_affinity::get_core_ids()?.as_slice() {
        [first, second, ..] => Some([*first, *second]),
        _ => None,
    }
}

/// Lets one thread and two run by turns, so many times, and keeps the best of each: what another process takes away
/// is not the object's doing.
#[must_use]
pub fn measure(case: &Case, cores: [CoreId; 2], turns: usize) -> Scaling {
    let clock = Clock::new();
    let overhead = clock_time(&clock);
    let (mut one, mut two, mut spread) = (0.0_f64, 0.0_f64, None::<Spread>);
    for _ in 0..turns {
        one = one.max(rate(case, &cores[..1]));
        two = two.max(rate(case, &cores));
        let now = Spread::of(&mut singles(case, &cores, &clock), overhead);
        let best =
            spread.map_or(now, |best| Spread { percentiles: lower(best.percentiles, now.percentiles) });
        spread = Some(best);
    }
    Scaling { one, two, spread: spread.unwrap_or(Spread { percentiles: [0; 4] }) }
}

fn lower(left: [u32; 4], right: [u32; 4]) -> [u32; 4] {
    std::array::from_fn(|index| left[index].min(right[index]))
}

/// Calls a second, of all threads together.
fn rate(case: &Case, cores: &[CoreId]) -> f64 {
    let rates = on_each(cores, || {
        let clock = Clock::new();
        let (start, mut calls) = (clock.raw(), 0_u32);
        loop {
            case.call(64);
            calls += 64;
            let time = clock.delta(start, clock.raw());
            if time >= STRETCH {
                return f64::from(calls) / time.as_secs_f64();
            }
        }
    });
    rates.iter().sum()
}

/// The times of single calls, of all threads.
fn singles(case: &Case, cores: &[CoreId], clock: &Clock) -> Vec<u32> {
    let times = on_each(cores, || {
        let (start, mut times) = (clock.raw(), Vec::with_capacity(SINGLE));
        let mut some = [0; 64];
        while times.len() < SINGLE && u128::from(since(clock, start)) < STRETCH.as_nanos() {
            case.time(clock, &mut some);
            times.extend_from_slice(&some);
        }
        times
    });
    times.concat()
}

/// Runs the same on each core at once, and waits for all.
fn on_each<T: Send>(cores: &[CoreId], work: impl Fn() -> T + Sync) -> Vec<T> {
    let (barrier, work) = (Barrier::new(cores.len()), &work);
    thread::scope(|scope| {
        let threads: Vec<_> = cores
            .iter()
            .map(|core| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let _guard = RUNTIME.enter();
                    core_affinity::set_for_current(*core);
                    barrier.wait();
                    work()
                })
            })
            .collect();
        // A thread that panicked has said so.
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}
