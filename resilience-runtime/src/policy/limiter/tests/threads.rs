//! Real threads: exact counts.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use super::*;
use crate::policy::limiter::Reservation;

/// Runs `work` on that many threads at once, with the thread's number; the sum of what it returns.
fn together(threads: usize, work: impl Fn(usize) -> usize + Sync) -> usize {
    let start = Barrier::new(threads);
    let sum = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..threads {
            let (start, work, sum) = (&start, &work, &sum);
            scope.spawn(move || {
                start.wait();
                sum.fetch_add(work(number), Ordering::Relaxed);
            });
        }
    });
    sum.into_inner()
}

// L14, on fewer threads: as many would leave no seat to the tests beside it.
#[test]
fn sixty_four_tasks_are_admitted_as_often_as_the_rate_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(8).build().unwrap();
    let bucket = RateLimitConfig::new(Rate::per_second(1_000)).burst(500);
    for (config, burst) in [(bucket, 500), (window(1_000, SECOND), 1_000)] {
        let shared = Arc::new((RateLimiter::new("l14", config), tokio::sync::Barrier::new(64)));
        let task = |shared: Arc<(RateLimiter, tokio::sync::Barrier)>| async move {
            let (limiter, everyone) = &*shared;
            let mut admitted = 0;
            for step in 0..10 {
                // 250 ms from one step to the next: for the bucket 250 more, for the window 1000 every fourth.
                everyone.wait().await;
                admitted += admitted_at(limiter, START.after(millis(step * 250)), 1_000);
            }
            admitted
        };
        let tasks: Vec<_> = (0..64).map(|_| runtime.spawn(task(Arc::clone(&shared)))).collect();
        let admitted: usize = tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).sum();
        let expected = if burst == 500 { 500 + 9 * 250 } else { 3 * 1_000 };
        assert_eq!(admitted, expected, "{config:?}");
    }
}

#[test]
fn nothing_is_lost_while_others_wait_leave_and_reconfigure() {
    let config = RateLimitConfig::new(Rate::per_hour(1)).burst(20_000);
    let limiter = RateLimiter::new("busy", config);
    let admitted = together(8, |number| {
        let mut admitted = 0;
        for call in 0..5_000 {
            match number {
                0 => limiter.reconfigure(config).unwrap(),
                1 if call % 2 == 0 => drop(limiter.reserve(None, SECOND)),
                2 => {
                    let place = limiter.reserve(None, SECOND);
                    admitted += usize::from(place.is_ok_and(|place| place.take().is_ok()));
                }
                3 => drop(limiter.snapshot()),
                _ => admitted += usize::from(limiter.try_acquire().is_ok()),
            }
        }
        admitted
    });
    let left = together(1, |_| (0..30_000).filter(|_| limiter.try_acquire().is_ok()).count());
    assert_eq!(admitted + left, 20_000);
    assert_eq!(limiter.snapshot().waiting, 0);
}

#[test]
fn each_key_has_its_limit_from_all_threads() {
    let limiter = RateLimiter::new("keys", RateLimitConfig::new(Rate::per_hour(3)));
    let admitted = together(8, |_| {
        let call = |key: &u64| limiter.try_acquire_key(*key).is_ok();
        (0..10_000).chain(0..10_000).filter(call).count()
    });
    assert_eq!(admitted, 30_000);
    assert_eq!(limiter.snapshot().keys, 10_000);
}

#[test]
fn there_are_never_more_keys_than_allowed() {
    let limiter = RateLimiter::new("many", RateLimitConfig::new(Rate::per_hour(3)).max_keys(1_000));
    together(8, |number| {
        for key in 0..5_000 {
            let _ = limiter.try_acquire_key((number * 5_000 + key) as u64);
            assert!(limiter.snapshot().keys <= 1_000);
        }
        0
    });
    assert_eq!(limiter.snapshot().keys, 1_000);
}

#[test]
fn handles_and_reservations_go_anywhere() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send(_: &impl Send) {}
    is_send_and_sync::<RateLimiter>();
    is_send_and_sync::<Reservation<'_>>();
    let limiter = RateLimiter::new("anywhere", RateLimitConfig::new(Rate::per_hour(1)));
    is_send(&limiter.acquire());
    assert_eq!([size_of::<Reservation<'_>>(), size_of::<Option<Reservation<'_>>>()], [48, 48]);
}
