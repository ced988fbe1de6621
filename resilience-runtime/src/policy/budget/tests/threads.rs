//! Real threads: no call lost, no retry too many.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Barrier;
use std::thread;

use super::*;
use crate::policy::budget::Withdrawal;

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

const HOUR: BudgetConfig = BudgetConfig::new().window(Duration::from_secs(3600));

#[test]
fn no_call_is_lost_and_no_retry_made_twice() {
    let budget = RetryBudget::new("threads", HOUR);
    let made = AtomicUsize::new(0);
    together(10, |_| {
        for call in 0..10_000 {
            budget.deposit();
            if call % 3 == 0 {
                made.fetch_add(retry(&budget, 1), Ordering::Relaxed);
            }
        }
    });
    assert_eq!(counts(&budget).0, 100_000);
    // Whatever was refused while there were fewer calls, no more than a fifth was made, and can be made now.
    let left = budget.snapshot().available;
    assert_eq!(made.into_inner() as u64 + left, 20_000);
    assert_eq!(retry(&budget, 30_000) as u64, left);
}

#[test]
fn a_thousand_retries_at_once_are_as_many_as_allowed() {
    let budget = RetryBudget::new("at-once", HOUR);
    deposit(&budget, 500);
    let made = AtomicUsize::new(0);
    together(10, |_| {
        made.fetch_add(retry(&budget, 100), Ordering::Relaxed);
    });
    assert_eq!((made.into_inner(), budget.snapshot().rejections), (100, 900));
    assert_eq!(exhaustions("at-once"), 900);
}

// I12
#[test]
fn every_dropped_retry_is_given_back() {
    let budget = RetryBudget::new("given-back", HOUR.floor(5));
    together(8, |number| {
        for _ in 0..5_000 {
            budget.deposit();
            let withdrawals: Vec<Withdrawal<'_>> =
                (0..=number % 3).filter_map(|_| budget.withdraw()).collect();
            drop(withdrawals);
        }
    });
    assert_eq!(counts(&budget), (40_000, 0));
    assert_eq!(budget.snapshot().available, 8_000);
}

#[test]
fn handles_go_anywhere() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<RetryBudget>();
    is_send_and_sync::<Withdrawal<'_>>();
    assert_eq!(size_of::<Option<Withdrawal<'_>>>(), 16);
}
