//! What is refused, and in which words.

use std::panic::catch_unwind;

use super::*;
use crate::policy::limiter::check;
use crate::policy::ruling::sentence;

#[test]
fn limits_are_exact() {
    let accepted = [
        check::rate(Rate::new(1, Duration::from_nanos(1))),
        check::rate(Rate::new(u32::MAX, Duration::MAX)),
        check::burst(1),
        check::max_keys(1),
        check::limit_wait(Duration::ZERO, SECOND),
        check::limit_wait(SECOND, SECOND + Duration::from_nanos(1)),
        check::config(&RateLimitConfig::new(Rate::per_second(100))),
        check::config(&window(100, SECOND)),
    ];
    for rule in accepted {
        assert_eq!(sentence(&rule), None);
    }
    // A deadline of zero breaks a rule of its own, and one mistake is reported once.
    check::limit_wait(SECOND, Duration::ZERO).hold();
}

#[test]
fn sentences_say_what_is_wrong_and_what_to_do() {
    let table = [
        (check::rate(Rate::per_second(0)), "`rate` must admit at least 1 call; write a rate like \"100/s\""),
        (
            check::rate(Rate::new(1, Duration::ZERO)),
            "the period of `rate` must be longer than 0s; write a rate like \"100/s\"",
        ),
        (
            check::burst(0),
            "`burst` must be at least 1, or no call is ever admitted; it counts the calls admitted at once",
        ),
        (
            check::max_keys(0),
            "`max_keys` must be at least 1; it counts the keys that are remembered at a time",
        ),
        (
            check::limit_wait(SECOND, SECOND),
            "`wait` of 1s must be shorter than `deadline` of 1s; lower `wait` or raise `deadline`",
        ),
        (
            check::config(&window(1, SECOND).burst(2)),
            "`burst` has no effect with `algorithm = \"sliding_window\"`, which admits `rate` at once; remove `burst` or use \"token_bucket\"",
        ),
    ];
    for (rule, expected) in table {
        assert_eq!(sentence(&rule).as_deref(), Some(expected));
    }
}

#[test]
fn a_limiter_refuses_what_a_rule_refuses() {
    let wrong: [fn() -> RateLimitConfig; 5] = [
        || RateLimitConfig::new(Rate::per_second(0)),
        || RateLimitConfig::new(Rate::new(1, Duration::ZERO)),
        || RateLimitConfig::new(Rate::per_second(1)).burst(0),
        || RateLimitConfig::new(Rate::per_second(1)).max_keys(0),
        || window(1, SECOND).burst(1),
    ];
    for (number, config) in wrong.into_iter().enumerate() {
        assert!(catch_unwind(|| RateLimiter::new("wrong", config())).is_err(), "{number}");
        let limiter = RateLimiter::new("reloaded", RateLimitConfig::new(Rate::per_hour(2)));
        assert!(limiter.reconfigure(config()).is_err(), "{number}");
        assert_eq!(admitted_at(&limiter, START, 3), 2);
    }
}

#[test]
fn a_default_that_is_written_out_comes_to_the_same() {
    let config = RateLimitConfig::new(Rate::per_second(100));
    assert_eq!(config.settings(), config.burst(100).wait(Duration::ZERO).max_keys(10_000).settings());
    // A rate is a rate; the burst makes the difference.
    let minute = RateLimitConfig::new(Rate::per_minute(60));
    assert_ne!(RateLimitConfig::new(Rate::per_second(1)).settings(), minute.settings());
    assert_eq!(RateLimitConfig::new(Rate::per_second(1)).settings(), minute.burst(1).settings());
}
