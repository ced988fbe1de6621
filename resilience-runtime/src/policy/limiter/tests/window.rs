//! The sliding window.

use super::*;

// L1
#[tokio::test(start_paused = true)]
async fn two_calls_a_period() {
    let limiter = RateLimiter::new("l1", window(2, millis(100)));
    assert_eq!(calls(&limiter, 3), [0, 0, 100]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 1), [50]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 1), [0]);
}

// L3, whose calls count when they are refused, too: here only those that are admitted do
#[tokio::test(start_paused = true)]
async fn calls_that_are_refused_do_not_count() {
    let limiter = RateLimiter::new("l3", window(2, millis(100)));
    assert_eq!(calls(&limiter, 3), [0, 0, 100]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 2), [50, 50]);
    pass(millis(70)).await;
    assert_eq!(calls(&limiter, 1), [0]);
    pass(millis(70)).await;
    assert_eq!(calls(&limiter, 2), [0, 30]);
}

// L4, of which the last call is admitted: the one at 50 ms that was refused does not count
#[tokio::test(start_paused = true)]
async fn four_calls_a_period() {
    let limiter = RateLimiter::new("l4", window(4, millis(100)));
    assert_eq!(calls(&limiter, 5), [0, 0, 0, 0, 100]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 1), [50]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 5), [0, 0, 0, 0, 100]);
}

#[tokio::test(start_paused = true)]
async fn a_window_that_starts_anywhere_holds() {
    let limiter = RateLimiter::new("anywhere", window(4, millis(100)));
    assert_eq!(calls(&limiter, 1), [0]);
    pass(millis(90)).await;
    assert_eq!(calls(&limiter, 4), [0, 0, 0, 10]);
    pass(millis(10)).await;
    // One has left the window; three have not.
    assert_eq!(calls(&limiter, 2), [0, 90]);
    assert_eq!(limiter.snapshot().available, 0);
    pass(millis(90)).await;
    assert_eq!(limiter.snapshot().available, 3);
}

#[test]
fn a_call_leaves_the_window_at_the_very_nanosecond() {
    let limiter = RateLimiter::new("leaves", window(1, SECOND));
    assert_eq!(limiter.admit_at(None, START), Ok(()));
    let before = START.after(SECOND).before(Duration::from_nanos(1));
    assert_eq!(limiter.admit_at(None, before), Err(Duration::from_nanos(1)));
    assert_eq!(limiter.admit_at(None, START.after(SECOND)), Ok(()));
}
