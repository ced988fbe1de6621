//! The token bucket.

use super::*;
use crate::policy::limiter::limits::Limits;

#[tokio::test(start_paused = true)]
async fn admits_the_burst_and_then_one_call_per_interval() {
    let limiter = RateLimiter::new("bucket", RateLimitConfig::new(Rate::per_second(10)).burst(3));
    assert_eq!(calls(&limiter, 5), [0, 0, 0, 100, 100]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 1), [50]);
    pass(millis(50)).await;
    assert_eq!(calls(&limiter, 2), [0, 100]);
    pass(millis(250)).await;
    assert_eq!(calls(&limiter, 3), [0, 0, 50]);
}

#[test]
fn a_call_at_the_very_nanosecond_is_admitted_and_one_before_it_is_not() {
    let limiter = RateLimiter::new("instant", RateLimitConfig::new(Rate::per_second(1)));
    assert_eq!(limiter.admit_at(None, START), Ok(()));
    let before = START.after(SECOND).before(Duration::from_nanos(1));
    assert_eq!(limiter.admit_at(None, before), Err(Duration::from_nanos(1)));
    assert_eq!(limiter.admit_at(None, START.after(SECOND)), Ok(()));
    assert_eq!(limiter.admit_at(None, START.after(SECOND)), Err(SECOND));
}

#[test]
fn intervals_that_are_no_whole_nanoseconds_add_up() {
    for count in [3, 7, 333, 1009, 4093] {
        let limiter = RateLimiter::new("thirds", RateLimitConfig::new(Rate::per_second(count)).burst(1));
        let mut now = START;
        let mut admitted = 0;
        // Always at the earliest moment: no rounding is left over after a minute.
        while now <= START.after(60 * SECOND) {
            match limiter.admit_at(None, now) {
                Ok(()) => admitted += 1,
                Err(retry_after) => now = now.after(retry_after),
            }
        }
        // Waits are rounded up to the nanosecond, and with a burst of one that cannot be made good.
        assert!((60 * count - 1..=60 * count + 1).contains(&admitted), "{count}: {admitted}");

        let limiter = RateLimiter::new("thirds", RateLimitConfig::new(Rate::per_second(count)));
        for second in 0..60 {
            let now = START.after(SECOND * second);
            assert_eq!(admitted_at(&limiter, now, 5_000), count as usize, "{count} at {second}");
        }
    }
}

#[test]
fn intervals_too_fine_for_the_scale_are_rounded_to_the_safe_side() {
    let limiter = RateLimiter::new("fine", RateLimitConfig::new(Rate::per_second(999_983)).burst(10));
    let mut now = START;
    let mut admitted = 0;
    while now < START.after(SECOND) {
        match limiter.admit_at(None, now) {
            Ok(()) => admitted += 1,
            Err(retry_after) => now = now.after(retry_after),
        }
    }
    assert!((999_980..=999_983 + 10).contains(&admitted), "{admitted}");
}

#[test]
fn a_long_pause_fills_the_bucket_and_no_more() {
    for (rate, burst) in
        [(Rate::per_second(4093), 5), (Rate::per_hour(1), 5), (Rate::per_second(1_000_000), 5)]
    {
        let limiter = RateLimiter::new("pause", RateLimitConfig::new(rate).burst(burst));
        let mut now = START;
        for pause in [0, 3600, 86_400, 26 * 86_400, 365 * 86_400, 50 * 365 * 86_400] {
            now = now.after(SECOND * pause).after(5 * rate.period());
            assert_eq!(admitted_at(&limiter, now, 20), 5, "{rate:?} after {pause}s");
        }
    }
}

// A point in time wraps around after some days at this scale: nothing of that is to be seen.
#[test]
fn no_pause_is_mistaken_for_another() {
    let rate = Rate::new(4093, 100 * SECOND);
    let Limits::Bucket(pace) = Limits::bucket(rate, 5) else { panic!("a bucket") };
    let around = Duration::from_nanos(u64::MAX / pace.scale);
    for share in 1..64 {
        for slack in [Duration::ZERO, millis(10), SECOND] {
            let limiter = RateLimiter::new("around", RateLimitConfig::new(rate).burst(5));
            assert_eq!(admitted_at(&limiter, START, 20), 5);
            let later = START.after(around * share / 32).after(slack);
            assert_eq!(admitted_at(&limiter, later, 20), 5, "{share} {slack:?}");
        }
    }
}

#[test]
fn no_rate_is_too_small_or_too_large() {
    let rates = [1, 2, 1_000_000_007, u32::MAX].into_iter().flat_map(|count| {
        let periods =
            [Duration::from_nanos(1), SECOND, 3600 * SECOND, Duration::from_secs(1 << 40), Duration::MAX];
        periods.map(|period| Rate::new(count, period))
    });
    for rate in rates {
        for config in [
            RateLimitConfig::new(rate),
            RateLimitConfig::new(rate).burst(1),
            RateLimitConfig::new(rate).burst(u32::MAX),
            RateLimitConfig::new(rate).algorithm(Algorithm::SlidingWindow),
        ] {
            let limiter = RateLimiter::new("extreme", config);
            assert_eq!(limiter.admit_at(None, START), Ok(()), "{config:?}");
            let _ = (limiter.admit_at(None, START), limiter.snapshot());
            assert_eq!(limiter.admit_at(None, Tick::from_nanos(u64::MAX)), Ok(()), "{config:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_shows_what_is_left() {
    let limiter = RateLimiter::new("left", RateLimitConfig::new(Rate::per_second(10)));
    assert_eq!((limiter.snapshot().available, limiter.snapshot().retry_after), (10, Duration::ZERO));
    calls(&limiter, 7);
    assert_eq!((limiter.snapshot().available, limiter.snapshot().retry_after), (3, Duration::ZERO));
    calls(&limiter, 5);
    let snapshot = limiter.snapshot();
    assert_eq!((snapshot.available, snapshot.retry_after, snapshot.rejections), (0, millis(100), 2));
    pass(SECOND).await;
    assert_eq!(limiter.snapshot().available, 10);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_which_limiter_and_when() {
    use crate::outcome::RejectedKind;

    let limiter = RateLimiter::new("told", RateLimitConfig::new(Rate::per_second(4)).burst(1));
    calls(&limiter, 1);
    let rejected = limiter.try_acquire().expect_err("empty");
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::RateLimited, "told"));
    assert_eq!(rejected.retry_after(), Some(millis(250)));
    assert_eq!(heard("told"), [millis(250)]);
}

#[test]
fn a_listener_may_call_back_and_may_panic() {
    use std::sync::Arc;

    let limiter = Arc::new(RateLimiter::new("listened", RateLimitConfig::new(Rate::per_hour(1))));
    calls(&limiter, 1);
    let (other, called) = (Arc::clone(&limiter), Arc::new(()));
    let seen = Arc::downgrade(&called);
    ear::react(move |_| {
        let _ = (&called, other.try_acquire(), other.snapshot());
        panic!("by a listener");
    });
    assert_eq!(calls(&limiter, 1).len(), 1);
    assert_eq!(seen.strong_count(), 0, "the listener has panicked and is gone");
    assert_eq!(limiter.snapshot().rejections, 2);
}
