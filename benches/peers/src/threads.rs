//! One object, two threads: how much two get done beside one, each on a core of its own.
//!
//! A thread that is interrupted leaves the object to the other, which then looks as if it had scaled. So a stretch counts
//! only when the kernel took no core away while it lasted; on a busy machine it takes many tries.

use std::fs;
use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use core_affinity::CoreId;
use quanta::Clock;

use crate::RUNTIME;
use crate::case::{Case, since};
use crate::spread::{Spread, median};
use crate::turns::clock_time;

/// How long the threads run at a stretch: shorter than what the scheduler gives at once.
const STRETCH: Duration = Duration::from_millis(1);

/// Tries of each stretch that is to count.
const TRIES: usize = 30;

/// What one case did, in the stretches in the middle.
#[derive(Clone, Copy, Debug)]
pub struct Scaling {
    /// Calls a second of one thread.
    pub one: f64,
    /// Calls a second of two threads together.
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

/// Lets one thread and two run by turns, until each has done so undisturbed so many times; `None` when the machine is
/// too busy for that.
#[must_use]
pub fn measure(case: &Case, cores: [CoreId; 2], turns: usize) -> Option<Scaling> {
    let clock = Clock::new();
    let overhead = clock_time(&clock);
    let (mut one, mut two, mut singles) = (Vec::new(), Vec::new(), Vec::new());
    let mut single_turns = 0;
    for _ in 0..turns * TRIES {
        if one.len() < turns {
            one.extend(rate(case, &cores[..1], &clock));
        }
        if two.len() < turns {
            two.extend(rate(case, &cores, &clock));
        }
        if single_turns < turns
            && let Some(times) = times(case, &cores, &clock)
        {
            single_turns += 1;
            singles.extend(times);
        }
        if one.len() == turns && two.len() == turns && single_turns == turns {
            let spread = Spread::of(&mut singles, overhead);
            return Some(Scaling { one: median(&mut one), two: median(&mut two), spread });
        }
    }
    None
}

/// Calls a second, of all threads together.
fn rate(case: &Case, cores: &[CoreId], clock: &Clock) -> Option<f64> {
    let stretches = on_each(cores, || {
        let (start, mut calls) = (clock.raw(), 0_u32);
        loop {
            case.call(64);
            calls += 64;
            let end = clock.raw();
            if clock.delta(start, end) >= STRETCH {
                return (start, end, calls);
            }
        }
    })?;
    let start = stretches.iter().map(|(start, ..)| *start).min()?;
    let end = stretches.iter().map(|(_, end, _)| *end).max()?;
    let calls: u32 = stretches.iter().map(|(.., calls)| *calls).sum();
    Some(f64::from(calls) / clock.delta(start, end).as_secs_f64())
}

/// The times of single calls, of all threads.
fn times(case: &Case, cores: &[CoreId], clock: &Clock) -> Option<Vec<u32>> {
    let times = on_each(cores, || {
        let (mut times, mut some) = (Vec::with_capacity(20_000), [0; 64]);
        let start = clock.raw();
        while u128::from(since(clock, start)) < STRETCH.as_nanos() {
            case.time(clock, &mut some);
            times.extend_from_slice(&some);
        }
        times
    });
    Some(times?.concat())
}

/// Runs the same on each core at once, and waits for all; `None` when one was interrupted.
fn on_each<T: Send>(cores: &[CoreId], work: impl Fn() -> T + Sync) -> Option<Vec<T>> {
    let waiting = AtomicUsize::new(cores.len());
    let run = |core: CoreId| {
        let _guard = RUNTIME.enter();
        core_affinity::set_for_current(core);
        waiting.fetch_sub(1, Ordering::SeqCst);
        // To sleep until the other is there would be to start behind it.
        while waiting.load(Ordering::SeqCst) > 0 {
            hint::spin_loop();
        }
        let before = interruptions();
        let result = work();
        (interruptions()? == before?).then_some(result)
    };
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = cores.iter().map(|core| scope.spawn(move || run(*core))).collect();
        threads.into_iter().map(|thread| thread.join().ok().flatten()).collect()
    })
}

/// How often the kernel has taken the core away from this thread.
fn interruptions() -> Option<u64> {
    let text = fs::read_to_string("/proc/thread-self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:"))?;
    line.trim().parse().ok()
}
