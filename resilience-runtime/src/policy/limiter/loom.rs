//! Every interleaving of two or three threads. Time is not paused here and decides nothing.

use core::time::Duration;

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::{Rate, RateLimitConfig, RateLimiter};
use crate::counting::seat::Seats;
use crate::time::Tick;

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
        limiter.reconfigure(RateLimitConfig::new(Rate::new(7, Duration::from_secs(3600))).burst(4)).unwrap();
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
        limiter.reconfigure(RateLimitConfig::new(Rate::new(7, Duration::from_secs(700))).burst(1)).unwrap();
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

/// Two calls in an hour for each of two threads.
const LEASED: RateLimitConfig = RateLimitConfig::new(Rate::per_hour(1)).burst(4).lease(2);

/// As [`admits`], of a thread with that seat.
fn admits_seated(limiter: &RateLimiter, seat: usize) -> u32 {
    u32::from(limiter.admit_seated(seat, Tick::now()).is_ok())
}

#[test]
fn no_token_is_leased_twice() {
    model(|| {
        let limiter = open(LEASED);
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits_seated(&other, 1) + admits_seated(&other, 1));
        let admitted = admits_seated(&limiter, 0) + admits_seated(&limiter, 0) + thread.join().unwrap();
        // Three were left, and whoever came second had to do with one.
        assert_eq!((admitted, limiter.snapshot().available, limiter.leases.held()), (3, 0, 0));
    });
}

#[test]
fn what_a_thread_leaves_is_used_once_by_who_has_its_seat_next() {
    model(|| {
        let (limiter, seats) = (open(LEASED), Arc::new(Seats::new()));
        // Each with a seat for a call, and then without: they may have the same one after the other.
        let calls = |limiter: Arc<RateLimiter>, seats: Arc<Seats>| {
            let seat = seats.take().unwrap();
            admits_seated(&limiter, seat.number)
        };
        let (other, others) = (Arc::clone(&limiter), Arc::clone(&seats));
        let thread = thread::spawn(move || calls(other, others));
        let admitted = calls(Arc::clone(&limiter), seats) + thread.join().unwrap();
        let left = u64::from(limiter.snapshot().available) + limiter.leases.held();
        assert_eq!((admitted, left), (2, 1));
    });
}

#[test]
fn a_lease_under_one_pace_is_void_under_the_next() {
    model(|| {
        let limiter = open(LEASED);
        let other = Arc::clone(&limiter);
        let thread = thread::spawn(move || admits_seated(&other, 1));
        limiter
            .reconfigure(RateLimitConfig::new(Rate::new(7, Duration::from_secs(3600))).burst(2).lease(2))
            .unwrap();
        assert_eq!(thread.join().unwrap(), 1);
        // Before the change it was three of four, and the bucket of two is empty; after it, it was one, and one more.
        assert_eq!((limiter.snapshot().available, limiter.leases.held()), (0, 0));
        assert_eq!(admits_seated(&limiter, 1), 0);
    });
}
