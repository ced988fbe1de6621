//! Limits that change at run time.

use super::*;

const TEN: RateLimitConfig = RateLimitConfig::new(Rate::per_second(10));

// L12
#[tokio::test(start_paused = true)]
async fn another_rate_holds_at_once_and_what_was_admitted_counts() {
    let limiter = RateLimiter::new("l12", TEN);
    assert_eq!(calls(&limiter, 4), [0; 4]);
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(5))).unwrap();
    assert_eq!(calls(&limiter, 2), [0, 200]);
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(20))).unwrap();
    assert_eq!(calls(&limiter, 16), [[0; 15].as_slice(), &[50]].concat());
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(1))).unwrap();
    // Twenty are missing in a bucket of one: it is empty, and not in debt.
    assert_eq!(calls(&limiter, 1), [1000]);
    pass(SECOND).await;
    assert_eq!(calls(&limiter, 2), [0, 1000]);
    assert_eq!(limiter.config(), Some(RateLimitConfig::new(Rate::per_second(1))));
}

// L12
#[tokio::test(start_paused = true)]
async fn a_window_keeps_its_calls() {
    let limiter = RateLimiter::new("l12-window", window(4, millis(100)));
    assert_eq!(calls(&limiter, 3), [0, 0, 0]);
    pass(millis(50)).await;
    limiter.reconfigure(window(2, millis(100))).unwrap();
    assert_eq!(calls(&limiter, 1), [50]);
    limiter.reconfigure(window(5, millis(100))).unwrap();
    assert_eq!(calls(&limiter, 3), [0, 0, 50]);
    limiter.reconfigure(window(5, millis(70))).unwrap();
    assert_eq!(calls(&limiter, 1), [20]);
}

#[tokio::test(start_paused = true)]
async fn calls_count_under_another_algorithm_as_if_they_had_just_come() {
    let limiter = RateLimiter::new("algorithms", TEN);
    assert_eq!(calls(&limiter, 4), [0; 4]);
    limiter.reconfigure(window(5, SECOND)).unwrap();
    assert_eq!(calls(&limiter, 2), [0, 1000]);
    limiter.reconfigure(TEN).unwrap();
    assert_eq!(calls(&limiter, 6), [0, 0, 0, 0, 0, 100]);
}

#[test]
fn the_same_again_changes_nothing() {
    let limiter = RateLimiter::new("again", RateLimitConfig::new(Rate::per_second(3)));
    for _ in 0..100 {
        limiter.reconfigure(RateLimitConfig::new(Rate::per_second(3))).unwrap();
    }
    assert_eq!(limiter.snapshot().available, 3);
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_keep_their_order_and_get_new_times() {
    let limiter = RateLimiter::new("new-times", RateLimitConfig::new(Rate::per_second(1)));
    assert_eq!(calls(&limiter, 1), [0]);
    let line: Vec<_> = (0..3).map(|_| limiter.reserve(None, 10 * SECOND).unwrap()).collect();
    let times = |line: &[crate::policy::limiter::Reservation<'_>]| {
        line.iter().map(|place| place.remaining().as_millis()).collect::<Vec<_>>()
    };
    assert_eq!(times(&line), [1000, 2000, 3000]);
    limiter.reconfigure(RateLimitConfig::new(Rate::per_second(10)).burst(1)).unwrap();
    assert_eq!(times(&line), [100, 200, 300]);
    limiter.reconfigure(window(2, SECOND)).unwrap();
    assert_eq!(times(&line), [0, 1000, 1000]);
}
