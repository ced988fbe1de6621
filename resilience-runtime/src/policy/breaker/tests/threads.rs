//! Real threads: exact counts, one transition, as many probes as configured.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

use super::*;
use crate::policy::breaker::{BreakerConfig, Permit, Window};

/// Runs `work` on that many threads at once, with the thread's number.
fn together(threads: usize, work: impl Fn(usize) + Sync) {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        for number in 0..threads {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                start.wait();
                work(number);
            });
        }
    });
}

// A23
#[test]
fn no_call_is_lost_or_counted_twice() {
    let hour = Duration::from_secs(3600);
    for window in [Window::Calls(1_000_000), Window::Time(hour)] {
        let config = BreakerConfig::new().failure_rate(1.0).window(window);
        let breaker = Breaker::new("a23", config);
        together(10, |_| {
            for call in 0..10_000 {
                let permit = breaker.try_acquire().expect("closed");
                if call % 2 == 0 { permit.success() } else { permit.ignore() }
            }
        });
        assert_eq!(counts(&breaker), (50_000, 0));
    }
}

// A23, with failures among them that turn counting without a lock off and on, and readers that collect
#[test]
fn no_call_is_lost_when_counting_changes_over() {
    let config = BreakerConfig::new().failure_rate(1.0).window(Window::Time(Duration::from_secs(3600)));
    let breaker = Breaker::new("a23-mixed", config);
    together(8, |number| {
        for call in 0..5_000 {
            let permit = breaker.try_acquire().expect("closed");
            if number == 0 && call == 4_000 {
                permit.failure();
            } else {
                permit.success();
            }
            if number == 1 && call % 10 == 0 {
                let _ = breaker.snapshot();
            }
        }
    });
    assert_eq!(counts(&breaker), (40_000, 1));
}

// A23, while the parts of the window change: one thread's time is paused and runs ahead of the others', by less than
// what counts as a clock that was set back
#[test]
fn no_call_is_lost_when_parts_of_the_window_change() {
    let config = BreakerConfig::new().failure_rate(1.0).window(Window::Time(Duration::from_secs(10)));
    let breaker = Breaker::new("a23-parts", config);
    together(4, |number| {
        if number == 0 {
            let paused =
                tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            paused.unwrap().block_on(async {
                for _ in 0..20 {
                    pass(Duration::from_millis(45)).await;
                    play(&breaker, "S");
                }
            });
        } else {
            for _ in 0..20_000 {
                breaker.try_acquire().expect("closed").success();
            }
        }
    });
    assert_eq!(counts(&breaker), (60_020, 0));
}

// E8 A11
#[test]
fn a_hundred_simultaneous_failures_are_one_transition() {
    let breaker = Breaker::new("e8", BreakerConfig::new().window(Window::Calls(10)));
    let admitted: Vec<_> = (0..100).map(|_| Mutex::new(breaker.try_acquire().ok())).collect();
    together(10, |number| {
        for permit in &admitted[number * 10..][..10] {
            permit.lock().unwrap().take().expect("closed").failure();
        }
    });
    assert_eq!(transitions("e8"), ["closed>open failure_rate"]);
    assert_eq!(breaker.snapshot().opened, 1);
}

// F10
#[test]
fn a_thousand_calls_at_the_end_of_the_open_period_are_as_many_probes_as_configured() {
    let breaker = Breaker::new("f10", BreakerConfig::new().consecutive(1).probes(7));
    breaker.open_for(Duration::ZERO);
    let admitted = AtomicUsize::new(0);
    together(10, |_| {
        let permits: Vec<Permit<'_>> = (0..100).filter_map(|_| breaker.try_acquire().ok()).collect();
        admitted.fetch_add(permits.len(), Ordering::Relaxed);
        permits.into_iter().for_each(core::mem::forget);
    });
    assert_eq!(admitted.into_inner(), 7);
    assert_eq!(transitions("f10"), ["closed>open manual", "open>half_open open_period_elapsed"]);
    assert_eq!(breaker.snapshot().rejections, 993);
}

#[test]
fn handles_and_permits_go_anywhere() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Breaker>();
    is_send_and_sync::<Permit<'_>>();
    assert_eq!(size_of::<Permit<'_>>(), 24);
    assert_eq!(size_of::<Option<Permit<'_>>>(), 24);
}
