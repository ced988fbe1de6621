//! Every interleaving of two or three threads. Time is not paused here and decides nothing.

use core::time::Duration;

use ::loom::sync::Arc;
use ::loom::{model, thread};

use super::{Breaker, BreakerConfig, State, Window};

/// Makes one call after the other: `S` succeeds, `F` fails, `D` is dropped. Returns how many were admitted.
fn play(breaker: &Breaker, script: &str) -> usize {
    let call = |outcome: &char| {
        let Ok(permit) = breaker.try_acquire() else { return false };
        match outcome {
            'S' => permit.success(),
            'F' => permit.failure(),
            _ => drop(permit),
        }
        true
    };
    script.chars().filter(call).count()
}

const ONE: BreakerConfig = BreakerConfig::new().consecutive(1).probes(1);

/// The share of failures over an hour, from two calls on.
const HOUR: BreakerConfig =
    BreakerConfig::new().failure_rate(1.0).window(Window::Time(Duration::from_secs(3600))).min_calls(2);

// F10
#[test]
fn half_open_admits_as_many_as_configured_and_once() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", ONE));
        breaker.open_for(Duration::ZERO);
        let try_one = |breaker: &Breaker| match breaker.try_acquire() {
            Ok(permit) => {
                core::mem::forget(permit);
                1
            }
            Err(_) => 0,
        };
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let breaker = Arc::clone(&breaker);
                thread::spawn(move || try_one(&breaker))
            })
            .collect();
        let admitted =
            try_one(&breaker) + threads.into_iter().map(|thread| thread.join().unwrap()).sum::<u32>();
        assert_eq!((admitted, breaker.snapshot().half_opened), (1, 1));
    });
}

// E8
#[test]
fn simultaneous_failures_open_once() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", ONE));
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "F"));
        play(&breaker, "F");
        thread.join().unwrap();
        assert_eq!((breaker.state(), breaker.snapshot().opened), (State::Open, 1));
    });
}

#[test]
fn a_success_meets_a_failure_and_one_of_them_is_first() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", BreakerConfig::new().consecutive(2)));
        play(&breaker, "F");
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "S"));
        play(&breaker, "F");
        thread.join().unwrap();
        let snapshot = breaker.snapshot();
        // F S F leaves a run of one, F F opens; F F S is the latter, with the success refused or late.
        let expected = if snapshot.state == State::Open { (1, 0) } else { (0, 1) };
        assert!((snapshot.opened, u64::from(snapshot.consecutive_failures)) == expected, "{snapshot:?}");
    });
}

// A23
#[test]
fn successes_counted_without_the_lock_are_all_there() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", HOUR));
        play(&breaker, "S");
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "SS"));
        play(&breaker, "F");
        play(&breaker, "S");
        thread.join().unwrap();
        assert_eq!((breaker.snapshot().calls, breaker.snapshot().failures), (5, 1));
    });
}

// A23, with both the first failure and a success of a third thread
#[test]
fn three_threads_count_exactly() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", HOUR));
        play(&breaker, "S");
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let breaker = Arc::clone(&breaker);
                thread::spawn(move || play(&breaker, "S"))
            })
            .collect();
        play(&breaker, "F");
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!((breaker.snapshot().calls, breaker.snapshot().failures), (4, 1));
    });
}

#[test]
fn a_reader_collects_without_loss() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", HOUR));
        play(&breaker, "S");
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "SS"));
        let calls = breaker.snapshot().calls;
        assert!((1..=3).contains(&calls));
        thread.join().unwrap();
        assert_eq!(breaker.snapshot().calls, 3);
    });
}

// F1
#[test]
fn a_late_success_is_not_counted_in_the_next_generation() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", HOUR));
        play(&breaker, "S");
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || {
            let late = other.try_acquire().unwrap();
            let generation = late.ticket().generation;
            late.success();
            generation
        });
        breaker.reset();
        play(&breaker, "S");
        let before_reset = thread.join().unwrap() == 0;
        assert_eq!(breaker.snapshot().calls, if before_reset { 1 } else { 2 });
    });
}

// F7
#[test]
fn a_dropped_probe_gives_its_place_back_once() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", ONE.probes(2).successes(2)));
        breaker.open_for(Duration::ZERO);
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "D"));
        let held = breaker.try_acquire();
        thread.join().unwrap();
        assert!(held.is_ok());
        let next = breaker.try_acquire();
        assert!(next.is_ok() && breaker.try_acquire().is_err());
    });
}

#[test]
fn a_refusal_never_outlives_the_open_state() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", ONE));
        breaker.trip();
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || other.reset());
        let _ = breaker.try_acquire();
        thread.join().unwrap();
        assert_eq!(play(&breaker, "S"), 1);
    });
}

// D22
#[test]
fn a_state_comes_with_its_time() {
    model(|| {
        let breaker = Arc::new(Breaker::new("loom", ONE));
        let other = Arc::clone(&breaker);
        let thread = thread::spawn(move || play(&other, "F"));
        assert_ne!(breaker.state(), State::HalfOpen);
        thread.join().unwrap();
        assert_eq!(breaker.state(), State::Open);
    });
}
