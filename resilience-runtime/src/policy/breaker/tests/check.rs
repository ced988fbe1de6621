//! What is refused, and in which words.

use std::panic::catch_unwind;

use super::*;
use crate::policy::breaker::{BreakerConfig, Window, check};
use crate::policy::preset::Preset;
use crate::policy::ruling::sentence;

/// No call of it can be slow, which by default is one of more than two seconds.
const SLOW: Preset = Preset::new().breaker(BreakerConfig::new().slow_rate(0.5)).timeout(SECOND);

#[test]
fn limits_are_exact() {
    let accepted = [
        check::failure_rate(1.0),
        check::failure_rate(f64::MIN_POSITIVE),
        check::slow_rate(1.0),
        check::failures(1),
        check::failures_fit(10, Window::Calls(10)),
        check::failures_fit(10, Window::Time(SECOND)),
        check::consecutive(1),
        check::slow_call(Duration::from_nanos(1)),
        check::slow_call_below_timeout(SECOND, Duration::from_nanos(1_000_000_001)),
        check::slow_call_below_timeout(SECOND, Duration::ZERO),
        check::plan_slow_call(&Preset::STANDARD),
        check::window_calls(1),
        check::window_time(Duration::from_nanos(1)),
        check::min_calls(1),
        check::min_calls_fit(10, Window::Calls(10)),
        check::open_growth(1.0),
        check::open_max(SECOND, SECOND),
        check::successes_fit(5, 5),
        check::window_sees_timeouts(2 * SECOND, SECOND),
        check::window_sees_timeouts(Duration::MAX, Duration::MAX),
        check::config(&BreakerConfig::new()),
    ];
    for rule in accepted {
        assert_eq!(sentence(&rule), None);
    }
    let refused = [
        check::failure_rate(0.0),
        check::failure_rate(1.01),
        check::failure_rate(f64::NAN),
        check::slow_rate(-0.5),
        check::failures(0),
        check::failures_fit(11, Window::Calls(10)),
        check::config(&BreakerConfig::new().failures(3).min_calls(3)),
        check::consecutive(0),
        check::slow_call(Duration::ZERO),
        check::slow_call_below_timeout(SECOND, SECOND),
        check::plan_slow_call(&SLOW),
        check::window_calls(0),
        check::window_time(Duration::ZERO),
        check::min_calls(0),
        check::open_for(Duration::ZERO),
        check::open_growth(0.9),
        check::open_growth(f64::INFINITY),
        check::open_growth(f64::NAN),
        check::probes(0),
        check::successes(0),
        check::successes_fit(6, 5),
        check::probe_timeout(Duration::ZERO),
    ];
    for (number, rule) in refused.into_iter().enumerate() {
        assert!(sentence(&rule).is_some(), "{number}");
    }
}

#[test]
fn what_another_rule_refuses_is_not_told_twice() {
    let told_elsewhere = [
        check::failures_fit(1, Window::Calls(0)),
        check::min_calls_fit(1, Window::Calls(0)),
        check::successes_fit(1, 0),
    ];
    for rule in told_elsewhere {
        assert_eq!(sentence(&rule), None);
    }
}

#[test]
fn a_breaker_that_is_a_presets_in_part_is_held_to_the_rules_on_two_settings() {
    let few = BreakerConfig::new().window(Window::Calls(5));
    let wrong = [
        few.min_calls(6),
        few.failures(6),
        BreakerConfig::new().open_for(2 * SECOND).open_max(SECOND),
        BreakerConfig::new().probes(2).successes(3),
    ];
    for config in wrong {
        assert!(sentence(&check::breaker_fits(&config)).is_some(), "{config:?}");
    }
    let right = few.min_calls(5).failures(5).open_for(SECOND).open_max(SECOND).probes(2).successes(2);
    assert_eq!(sentence(&check::breaker_fits(&right)), None);
}

// A24
#[test]
fn sentences_say_what_is_wrong_and_what_to_do() {
    let table = [
        (
            check::failure_rate(50.0),
            "`failure_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5",
        ),
        (
            check::min_calls_fit(10, Window::Calls(5)),
            "`min_calls` of 10 can never be reached in a `window` of 5 calls; lower `min_calls` or raise `window`",
        ),
        (
            check::open_max(10 * SECOND, 30 * SECOND),
            "`open_max` of 10s is shorter than `open_for` of 30s; raise `open_max` or lower `open_for`",
        ),
        (
            check::successes_fit(6, 5),
            "`successes` of 6 can never be reached with 5 `probes`; lower `successes` or raise `probes`",
        ),
        (
            check::window_sees_timeouts(SECOND, 2 * SECOND),
            "a `window` of 1s has forgotten one attempt's `timeout` of 2s before the next; make `window` at least 4s or lower `timeout`",
        ),
        (
            check::config(&BreakerConfig::new().slow_call(SECOND)),
            "`slow_call` has no effect without `slow_rate`; add `slow_rate` or remove `slow_call`",
        ),
        (
            check::config(&BreakerConfig::new().open_max(60 * SECOND)),
            "`open_max` has no effect without `open_growth`; add `open_growth` or remove `open_max`",
        ),
        (
            check::config(&BreakerConfig::new().consecutive(1).window(Window::Calls(5))),
            "`window` has no effect with `consecutive` alone; add `failure_rate`, `failures` or `slow_rate`, or remove `window`",
        ),
        (
            check::config(&BreakerConfig::new().consecutive(1).min_calls(5)),
            "`min_calls` has no effect with `consecutive` alone; add `failure_rate` or `slow_rate`, or remove `min_calls`",
        ),
    ];
    for (rule, expected) in table {
        assert_eq!(sentence(&rule).as_deref(), Some(expected));
    }
}

#[test]
fn a_breaker_refuses_what_a_rule_refuses() {
    let wrong: [fn() -> BreakerConfig; 12] = [
        || BreakerConfig::new().failure_rate(0.0),
        || BreakerConfig::new().consecutive(0),
        || BreakerConfig::new().slow_rate(2.0),
        || BreakerConfig::new().slow_rate(0.5).slow_call(Duration::ZERO),
        || BreakerConfig::new().window(Window::Calls(0)),
        || BreakerConfig::new().window(Window::Time(Duration::ZERO)),
        || BreakerConfig::new().window(Window::Calls(5)).min_calls(10),
        || BreakerConfig::new().open_for(Duration::ZERO),
        || BreakerConfig::new().open_growth(0.5),
        || BreakerConfig::new().open_growth(2.0).open_max(SECOND),
        || BreakerConfig::new().probes(2).successes(3),
        || BreakerConfig::new().probe_timeout(Duration::ZERO),
    ];
    for (number, config) in wrong.into_iter().enumerate() {
        assert!(catch_unwind(|| Breaker::new("wrong", config())).is_err(), "{number}");
        let breaker = Breaker::new("reloaded", BreakerConfig::new().consecutive(2));
        assert!(breaker.reconfigure(config()).is_err(), "{number}");
        assert_eq!(play(&breaker, "FFF"), "FFR");
    }
}

#[test]
fn defaults_follow_what_they_must_fit() {
    let settings = BreakerConfig::new().settings();
    assert_eq!((settings.failure_rate, settings.window), (Some(0.5), Some(Window::Time(60 * SECOND))));
    assert_eq!((settings.min_calls, settings.probes, settings.successes), (10, 5, 3));
    assert_eq!((settings.open_for, settings.open_max), (30 * SECOND, 300 * SECOND));
    assert_eq!(settings.slow_call, None);

    let settings = BreakerConfig::new().slow_rate(0.5).probes(2).window(Window::Calls(6)).settings();
    assert_eq!((settings.failure_rate, settings.slow_call), (None, Some(2 * SECOND)));
    assert_eq!((settings.min_calls, settings.successes), (6, 2));

    let settings = BreakerConfig::new().consecutive(3).open_for(600 * SECOND).settings();
    assert_eq!((settings.failure_rate, settings.window, settings.open_max), (None, None, 600 * SECOND));
}
