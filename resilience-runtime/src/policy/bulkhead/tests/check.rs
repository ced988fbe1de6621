//! What is refused, and in which words.

use std::panic::catch_unwind;

use super::*;
use crate::policy::bulkhead::{Adaptive, check};
use crate::policy::ruling::sentence;

// Q1 Q2
#[test]
fn limits_are_exact() {
    let accepted = [
        check::bulkhead_max(1),
        check::bulkhead_max(u32::MAX),
        check::queue_fits(0, Duration::ZERO),
        check::queue_fits(1, Duration::from_nanos(1)),
        check::priority_needs_queue(1, SECOND),
        check::bulkhead_wait(SECOND, 2 * SECOND),
        check::adaptive_min(1),
        check::adaptive_bounds(3, 3),
        check::adaptive_start(3, 3, 3),
        check::adaptive_latency(Duration::from_nanos(1)),
        check::adaptive_tolerance(1.0),
        check::config(&BulkheadConfig::default()),
        check::config(&BulkheadConfig::new(5).adaptive(Adaptive::gradient().min(5))),
    ];
    for rule in accepted {
        assert_eq!(sentence(&rule), None);
    }
    let refused = [
        check::bulkhead_max(0),
        check::queue_fits(1, Duration::ZERO),
        check::queue_fits(0, SECOND),
        check::priority_needs_queue(0, Duration::ZERO),
        check::bulkhead_wait(SECOND, SECOND),
        check::adaptive_min(0),
        check::adaptive_bounds(4, 3),
        check::adaptive_start(2, 3, 4),
        check::adaptive_start(5, 3, 4),
        check::adaptive_latency(Duration::ZERO),
        check::adaptive_tolerance(0.99),
        check::adaptive_tolerance(f64::NAN),
    ];
    for (number, rule) in refused.into_iter().enumerate() {
        assert!(sentence(&rule).is_some(), "{number}");
    }
}

#[test]
fn one_mistake_is_reported_once() {
    check::priority_needs_queue(0, SECOND).hold();
    check::priority_needs_queue(1, Duration::ZERO).hold();
    check::adaptive_bounds(0, 0).hold();
    check::adaptive_bounds(4, 0).hold();
    check::adaptive_start(0, 1, 3).hold();
    check::adaptive_start(1, 4, 3).hold();
    check::bulkhead_wait(SECOND, Duration::ZERO).hold();
}

#[test]
fn sentences_say_what_is_wrong_and_what_to_do() {
    let table = [
        (
            check::bulkhead_max(0),
            "a bulkhead must let at least 1 call run, or it refuses all; write a number like 10",
        ),
        (
            check::queue_fits(5, Duration::ZERO),
            "a `queue` of 5 has no effect with a `wait` of 0s; add a `wait` like \"100ms\", or remove `queue`",
        ),
        (
            check::queue_fits(0, Duration::from_millis(1500)),
            "a `wait` of 1.5s has no effect with a `queue` of 0; add a `queue` like 10, or remove `wait`",
        ),
        (
            check::bulkhead_wait(5 * SECOND, 2 * SECOND),
            "`wait` of 5s must be shorter than `deadline` of 2s; lower `wait` or raise `deadline`",
        ),
        (check::adaptive_bounds(20, 10), "`min` of 20 is above `max` of 10; lower `min` or raise `max`"),
        (
            check::adaptive_start(50, 5, 20),
            "a limit that begins with 50 is outside of its bounds, 5 to 20; begin within them, or move them",
        ),
        (
            check::adaptive_tolerance(0.5),
            "`tolerance` must be at least 1; write 1.25 for calls that may take a quarter longer than without load",
        ),
        (
            check::config(&BulkheadConfig::new(5).adaptive(Adaptive::gradient().latency(SECOND))),
            "`latency` has no effect with `gradient`, which compares latencies; set `tolerance`, or take `aimd`",
        ),
        (
            check::config(&BulkheadConfig::new(5).adaptive(Adaptive::aimd().tolerance(2.0))),
            "`tolerance` has no effect with `aimd`, which knows one latency; set `latency`, or take `gradient`",
        ),
    ];
    for (rule, expected) in table {
        assert_eq!(sentence(&rule).as_deref(), Some(expected));
    }
}

#[test]
fn a_bulkhead_refuses_what_a_rule_refuses() {
    let wrong: [fn() -> BulkheadConfig; 8] = [
        || BulkheadConfig::new(0),
        || BulkheadConfig::new(1).queue(1),
        || BulkheadConfig::new(1).wait(SECOND),
        || BulkheadConfig::new(1).adaptive(Adaptive::aimd().min(0)),
        || BulkheadConfig::new(1).adaptive(Adaptive::aimd().max(0)),
        || BulkheadConfig::new(1).adaptive(Adaptive::aimd().min(2)),
        || BulkheadConfig::new(9).adaptive(Adaptive::aimd().latency(Duration::ZERO)),
        || BulkheadConfig::new(9).adaptive(Adaptive::gradient().max(5)),
    ];
    for (number, config) in wrong.into_iter().enumerate() {
        assert!(catch_unwind(|| Bulkhead::new("wrong", config())).is_err(), "{number}");
        let bulkhead = Bulkhead::new("reloaded", BulkheadConfig::new(2));
        assert!(bulkhead.reconfigure(config()).is_err(), "{number}");
        assert_eq!(bulkhead.limit(), 2);
    }
}

#[test]
fn every_configuration_comes_to_one_that_lets_calls_run() {
    let configs = [
        BulkheadConfig::new(0),
        BulkheadConfig::new(u32::MAX),
        BulkheadConfig::new(0).adaptive(Adaptive::aimd().min(0).max(0)),
        BulkheadConfig::new(7).adaptive(Adaptive::gradient().min(u32::MAX).max(3).tolerance(f64::NAN)),
    ];
    for config in configs {
        let bulkhead = Bulkhead::with_settings("total", config.settings());
        assert!(bulkhead.limit() >= 1 && bulkhead.try_enter().is_ok(), "{config:?}");
    }
}
