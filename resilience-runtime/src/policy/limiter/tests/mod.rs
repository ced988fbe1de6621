//! What the tests of this room share: scripts of calls, waiting tasks, and what was told of them.

use core::time::Duration;

use super::{Algorithm, Rate, RateLimitConfig, RateLimiter};
use crate::event::{Event, ear};
use crate::time::Tick;

mod bucket;
mod check;
mod jumps;
mod keys;
mod lease;
mod model;
mod reconfigure;
mod registry;
mod threads;
mod waiting;
mod window;

const SECOND: Duration = Duration::from_secs(1);

/// A time far from both ends of the scale.
const START: Tick = Tick::from_nanos(1_000_000_000_000_000_000);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A sliding window.
const fn window(count: u32, period: Duration) -> RateLimitConfig {
    RateLimitConfig::new(Rate::new(count, period)).algorithm(Algorithm::SlidingWindow)
}

/// The events of that limiter so far: how long each call that was refused would have had to wait.
fn heard(name: &str) -> Vec<Duration> {
    let is_named =
        |event: &Event| matches!(event, Event::RateLimitRejected { limiter, .. } if *limiter == name);
    let wait = |event| match event {
        Event::RateLimitRejected { retry_after, .. } => retry_after,
        other => panic!("{other:?}"),
    };
    ear::heard(is_named).into_iter().map(wait).collect()
}

/// Makes so many calls that do not wait; how long each would have to, in milliseconds, and 0 for one that is admitted.
fn calls(limiter: &RateLimiter, count: usize) -> Vec<u128> {
    let call = |_| match limiter.try_acquire() {
        Ok(()) => 0,
        Err(rejected) => rejected.retry_after().expect("time helps").as_millis(),
    };
    (0..count).map(call).collect()
}

/// How many of so many calls are admitted at `now`.
fn admitted_at(limiter: &RateLimiter, now: Tick, calls: usize) -> usize {
    (0..calls).filter(|_| limiter.admit_at(None, now).is_ok()).count()
}

async fn pass(duration: Duration) {
    tokio::time::advance(duration).await;
}
