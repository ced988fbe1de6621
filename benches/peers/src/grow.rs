//! What more of everything does: tasks that call at once, breakers by name, keys of a rate limit.

use std::pin::pin;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use quanta::Clock;
use tokio::runtime::Builder;

use crate::cases::{RATE, by_hand_tasks};
use crate::operation::{Error, operation, ready};
use crate::{names, ours};

/// How many tasks call at once.
pub const TASKS: [u64; 4] = [1, 10, 100, 10_000];

/// How many breakers with names of their own are called in turn.
pub const NAMES: [usize; 4] = [1, 10, 100, 1_000];

/// How many keys of one limit are live.
pub const KEYS: [u64; 4] = [1, 100, 10_000, 100_000];

/// Calls of each measurement.
const CALLS: u32 = 200_000;

/// Calls a second, of each of those that are run in turns: the best of some tries.
fn best<const N: usize>(tries: usize, mut runs: [&mut dyn FnMut(); N]) -> [f64; N] {
    let clock = Clock::new();
    let mut fastest = [Duration::MAX; N];
    for _ in 0..tries {
        for (run, fastest) in runs.iter_mut().zip(&mut fastest) {
            let start = clock.raw();
            run();
            *fastest = clock.delta(start, clock.raw()).min(*fastest);
        }
    }
    fastest.map(|time| f64::from(CALLS) / time.as_secs_f64())
}

/// Calls a second of tasks on two threads, each of which waits once a call: ours, and those of the stack by hand.
///
/// # Errors
///
/// When there is no runtime to be had.
pub fn tasks(number: u64, tries: usize) -> std::io::Result<[f64; 2]> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    let each = u64::from(CALLS) / number;
    let mut ours = || runtime.block_on(all(number, each, ours::all_tasks));
    let mut hand = || runtime.block_on(all(number, each, by_hand_tasks));
    // More tries than elsewhere: two threads that meet at tokio's timer are fast or slow by luck.
    Ok(best(4 * tries, [&mut ours, &mut hand]))
}

/// Spawns the tasks, and waits for them all.
async fn all<F>(tasks: u64, calls: u64, call: fn(u64) -> F)
where
    F: Future<Output = Result<u64, Error>> + Send + 'static,
{
    let spawned: Vec<_> = (0..tasks)
        .map(|_| {
            tokio::spawn(async move {
                for n in 0..calls {
                    assert!(call(n).await.is_ok(), "a call was refused, which makes it too cheap");
                }
            })
        })
        .collect();
    for task in spawned {
        assert!(task.await.is_ok(), "a task panicked");
    }
}

/// Calls a second of functions with so many names, in turn: annotated ones, and plain ones.
#[must_use]
pub fn names(number: usize, tries: usize) -> [f64; 2] {
    let mut ours = || names::run(number, CALLS as usize);
    let mut plain = || names::run_plain(number, CALLS as usize);
    best(tries, [&mut ours, &mut plain])
}

/// Calls a second of a rate limit with so many keys, in turn: ours, and governor's.
///
/// # Panics
///
/// When a call is refused.
#[must_use]
pub fn keys(number: u64, tries: usize) -> [f64; 2] {
    let mut ours = || {
        for n in 0..u64::from(CALLS) {
            assert!(
                ready(pin!(ours::keyed(n, number))).is_ok(),
                "a call was refused, which makes it too cheap"
            );
        }
    };
    let limiter: DefaultKeyedRateLimiter<u64> = RateLimiter::keyed(Quota::per_second(RATE));
    let mut governor = || {
        for n in 0..u64::from(CALLS) {
            assert!(limiter.check_key(&(n % number)).is_ok(), "a call was refused, which makes it too cheap");
            assert!(ready(pin!(operation(n))).is_ok(), "the operation never fails");
        }
    };
    best(tries, [&mut ours, &mut governor])
}
