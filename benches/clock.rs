//! Policies on the clock that a service has, which other tests do not read: theirs may be paused.
//!
//! Built alone, without a crate that turns on tokio's `test-util`, it is the system's, or with the feature `tsc` the
//! processor's. Timers are the system's in any case. A machine may be late by any time, but nothing is early.

use std::future::pending;
use std::io;
use std::time::{Duration, Instant};

use resilience_runtime::{Breaker, BreakerConfig, Rejected, RejectedKind, State, resilient};
use tokio::runtime::Builder;

const SHORT: Duration = Duration::from_millis(40);

/// What two clocks may be apart after so short a time, and far more.
const APART: Duration = Duration::from_micros(100);

#[expect(clippy::disallowed_methods, reason = "one clock is held against the other")]
fn clock() -> Instant {
    Instant::now()
}

fn kind<T>(result: &io::Result<T>) -> Option<RejectedKind> {
    result.as_ref().err()?.get_ref()?.downcast_ref::<Rejected>().map(Rejected::kind)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime needs nothing but memory").block_on(future)
}

#[test]
fn an_open_breaker_is_half_open_after_its_period() {
    for open in [Breaker::trip, |breaker: &Breaker| breaker.try_acquire().unwrap().failure()] {
        let breaker =
            Breaker::new("open for a short time", BreakerConfig::new().consecutive(1).open_for(SHORT));
        let start = clock();
        open(&breaker);
        let remaining = breaker.snapshot().open_remaining;
        assert!(remaining <= SHORT && remaining + start.elapsed() + APART >= SHORT, "{remaining:?}");
        while breaker.state() == State::Open {
            assert!(start.elapsed() < Duration::from_secs(10));
            std::thread::yield_now();
        }
        assert!(start.elapsed() + APART >= SHORT, "{:?}", start.elapsed());
    }
}

#[resilient(deadline = "40ms")]
async fn late() -> io::Result<()> {
    pending().await
}

// The timer is of another clock than the deadline: ended too early, it would be taken for that of the attempt.
#[test]
fn a_deadline_is_over_when_its_timer_ends() {
    block_on(async {
        for _ in 0..5 {
            let start = clock();
            assert_eq!(kind(&late().await), Some(RejectedKind::Deadline));
            assert!(start.elapsed() >= SHORT, "{:?}", start.elapsed());
        }
    });
}

#[resilient(rate_limit("1/40ms", wait = "10s"))]
async fn limited() -> io::Result<Instant> {
    Ok(clock())
}

#[test]
fn a_rate_limit_makes_calls_wait_for_their_turn() {
    block_on(async {
        let start = clock();
        for turn in 0..4 {
            let after = limited().await.unwrap() - start;
            assert!(after + APART >= turn * SHORT, "{after:?} at turn {turn}");
        }
    });
}
