//! Every interleaving of two or three threads. Time is not paused here and decides nothing.

use core::time::Duration;

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::{Rate, RateLimitConfig, RateLimiter};

/// Two calls in an hour.
const TWO: RateLimitConfig = RateLimitConfig::new(Rate::per_hour(1)).burst(2);

const HOURS: Duration = Duration::from_secs(10 * 3600);

/// A limiter that has admitted one call, so that its gate is open.
fn open(config: RateLimitConfig) -> Arc<RateLimiter> {
    let limiter = Arc::new(RateLimiter::new("loom", config));
    assert!(limiter.try_acquire().is_ok());
    limiter
}

fn admits(limiter: &RateLimiter) -> u32 {
    u32::from(limiter.try_acquire().is_ok())
}

// L14
#[test]
fn the_last_call_is_admitted_once() {
    model(|| {
        let limiter = open(TWO);
        let threads = [(); 2].map(|()| {
            let limiter = Arc::clone(&limiter);
            thread::spawn(move || admits(&limiter))
        });
        let admitted = admits(&limiter) + threads.map(|thread| thread.join().unwrap()).iter().sum::<u32>();
        assert_eq!(admitted, 1);
    });
}

#[test]
fn the_first_calls_are_all_counted() {
    model(|| {
        let limiter = Arc::new(RateLimiter::new("loom", TWO));
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits(&other) + admits(&other));
        let admitted = admits(&limiter) + thread.join().unwrap();
        assert_eq!((admitted, admits(&limiter)), (2, 0));
    });
}

#[test]
fn a_call_meets_one_that_waits_and_only_one_is_admitted() {
    model(|| {
        let limiter = open(TWO);
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits(&other));
        let place = limiter.reserve(None, HOURS).unwrap();
        let taken = u32::from(place.take().is_ok());
        assert_eq!(thread.join().unwrap() + taken, 1);
        assert_eq!(admits(&limiter), 0);
    });
}

// L13
#[test]
fn who_leaves_opens_the_gate_for_the_others() {
    model(|| {
        let limiter = open(TWO);
        let place = limiter.reserve(None, HOURS).unwrap();
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits(&other));
        drop(place);
        let admitted = thread.join().unwrap();
        assert_eq!(admitted + admits(&limiter), 1);
    });
}

#[test]
fn a_call_counts_under_one_pace_or_the_other() {
    model(|| {
        let limiter = open(TWO.burst(3));
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits(&other));
        // Another scale, so that nothing of one pace means anything in the other.
        limiter.reconfigure(RateLimitConfig::new(Rate::new(7, Duration::from_secs(3600))).burst(4));
        assert_eq!(thread.join().unwrap(), 1);
        assert_eq!(limiter.snapshot().available, 2);
    });
}

#[test]
fn a_refusal_is_told_with_the_time_of_its_own_pace() {
    const ONE: RateLimitConfig = RateLimitConfig::new(Rate::per_hour(1));
    model(|| {
        let limiter = open(ONE);
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || other.try_acquire().unwrap_err().retry_after().unwrap());
        limiter.reconfigure(RateLimitConfig::new(Rate::new(7, Duration::from_secs(700))).burst(1));
        let wait = thread.join().unwrap().as_secs_f64();
        assert!((3500.0..=3600.0).contains(&wait) || (90.0..=100.0).contains(&wait), "{wait}");
    });
}

#[test]
fn a_reader_disturbs_nobody() {
    model(|| {
        let limiter = open(TWO);
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits(&other));
        assert!(limiter.snapshot().available <= 1);
        assert_eq!(thread.join().unwrap(), 1);
        assert_eq!(limiter.snapshot().available, 0);
    });
}
