//! Real threads: no call lost, whether it was counted with the lock or without.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Barrier;
use std::thread;

use super::*;
use crate::policy::throttle::Admission;

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

const HOUR: ThrottleConfig = ThrottleConfig::new().window(Duration::from_secs(3600));

#[test]
fn no_call_is_lost_while_none_is_shed() {
    let throttle = Throttle::new("threads", HOUR);
    together(10, |number| {
        for called in 0..10_000 {
            let admission = throttle.try_admit().expect("fewer than half fail");
            // The first calls are accepted: were the first to end failures, the next would rightly be shed.
            match called % 100 {
                98 if number < 5 => drop(admission),
                99 if number < 5 => admission.ignore(),
                _ => admission.accept(),
            }
        }
    });
    assert_eq!(counts(&throttle), (100_000 - 500, 100_000 - 1_000));
}

// I9
#[test]
fn no_call_is_lost_while_some_are_shed() {
    let throttle = Throttle::new("threads-shed", HOUR);
    let (admitted, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    together(8, |number| {
        for called in 0..5_000 {
            // Fails, recovers, and fails again.
            let is_accepted = (1_000..3_000).contains(&called) || number == 0;
            match throttle.try_admit() {
                Err(_) => refused.fetch_add(1, Ordering::Relaxed),
                Ok(admission) if is_accepted => {
                    admission.accept();
                    admitted.fetch_add(1, Ordering::Relaxed)
                }
                Ok(admission) => {
                    drop(admission);
                    0
                }
            };
        }
    });
    let refused = refused.into_inner();
    assert_eq!(counts(&throttle), (40_000, admitted.into_inner()));
    assert_eq!((refusals("threads-shed").len() as u64, throttle.snapshot().rejections), (refused, refused));
}

#[test]
fn handles_go_anywhere() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Throttle>();
    is_send_and_sync::<Admission<'_>>();
    assert_eq!(size_of::<Option<Admission<'_>>>(), 8);
}
