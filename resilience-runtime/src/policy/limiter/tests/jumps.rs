//! Clocks that jump.

use super::*;

fn limiters() -> [RateLimiter; 2] {
    [
        RateLimiter::new("jump", RateLimitConfig::new(Rate::per_second(5))),
        RateLimiter::new("jump", window(5, SECOND)),
    ]
}

#[test]
fn a_jump_ahead_admits_the_burst_and_no_more() {
    for limiter in limiters() {
        let mut now = START;
        for years in 0..10 {
            assert_eq!(admitted_at(&limiter, now, 20), 5, "{years}");
            now = now.after(SECOND * 365 * 86_400 * (years + 1));
        }
    }
}

#[test]
fn a_jump_back_neither_admits_more_nor_refuses_for_longer() {
    for limiter in limiters() {
        let mut now = START;
        for days in [1, 100, 1] {
            assert_eq!(admitted_at(&limiter, now, 20), 5);
            now = now.before(SECOND * 86_400 * days);
            assert_eq!(admitted_at(&limiter, now, 20), 0, "back by {days} days");
            now = now.after(2 * SECOND);
        }
        assert_eq!(admitted_at(&limiter, now, 20), 5);
    }
}

// As where one test's paused clock ends, and the next test's begins.
#[test]
fn what_was_left_before_a_jump_back_is_left_after_it() {
    for limiter in limiters() {
        assert_eq!(admitted_at(&limiter, START.after(SECOND * 3600), 2), 2);
        assert_eq!(admitted_at(&limiter, START, 20), 3);
        assert_eq!(admitted_at(&limiter, START.after(SECOND), 20), 5);
    }
}

#[test]
fn small_steps_back_are_none() {
    for limiter in limiters() {
        assert_eq!(admitted_at(&limiter, START, 3), 3);
        assert_eq!(admitted_at(&limiter, START.before(millis(900)), 20), 2);
        assert_eq!(admitted_at(&limiter, START.after(millis(1_000)), 20), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_jump_no_more_waiting_calls_start_at_once_than_the_burst() {
    let bucket = RateLimitConfig::new(Rate::per_second(5)).burst(2);
    for config in [bucket, window(2, millis(400))] {
        let limiter = RateLimiter::new("jump-line", config.wait(60 * SECOND));
        assert_eq!(calls(&limiter, 2), [0, 0]);
        let mut line: Vec<_> = (0..20).map(|_| limiter.reserve(None, 60 * SECOND).unwrap()).collect();
        pass(30 * SECOND).await;
        let mut start = || {
            let before = line.len();
            line = core::mem::take(&mut line).into_iter().filter_map(|place| place.take().err()).collect();
            before - line.len()
        };
        assert_eq!(start(), 2);
        // Nor does anybody else get past them.
        assert!(limiter.try_acquire().is_err());
        pass(millis(400)).await;
        assert_eq!(start(), 2);
        pass(100 * SECOND).await;
        assert_eq!(start(), 2);
    }
}
