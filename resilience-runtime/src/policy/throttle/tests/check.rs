//! What is refused, and in which words.

use std::panic::catch_unwind;

use super::*;
use crate::policy::ruling::sentence;
use crate::policy::throttle::check;

#[test]
fn limits_are_exact() {
    let accepted = [
        check::throttle_k(1.0),
        check::throttle_k(f64::MAX),
        check::throttle_window(Duration::from_nanos(1)),
        check::config(&ThrottleConfig::new()),
    ];
    for rule in accepted {
        assert_eq!(sentence(&rule), None);
    }
    let refused = [
        check::throttle_k(0.99),
        check::throttle_k(f64::INFINITY),
        check::throttle_k(f64::NAN),
        check::config(&ThrottleConfig::new().k(0.0)),
        check::config(&ThrottleConfig::new().window(Duration::ZERO)),
    ];
    for (number, rule) in refused.into_iter().enumerate() {
        assert!(sentence(&rule).is_some(), "{number}");
    }
}

#[test]
fn a_throttle_refuses_what_a_rule_refuses() {
    let wrong = ThrottleConfig::new().k(-2.0);
    assert!(catch_unwind(|| Throttle::new("wrong", wrong)).is_err());
    let throttle = Throttle::new("reloaded", ThrottleConfig::new().k(3.0));
    assert!(throttle.reconfigure(wrong).is_err());
    assert_eq!(throttle.settings(), ThrottleConfig::new().k(3.0).settings());
}

#[test]
fn sentences_say_what_is_wrong_and_what_to_do() {
    let table = [
        (
            check::throttle_k(0.5),
            "the `k` of a throttle must be at least 1 and finite, the calls let through for each that is accepted; write a number like 2.0",
        ),
        (
            check::throttle_window(Duration::ZERO),
            "the `window` of a throttle must be longer than 0s; write a time like \"2m\"",
        ),
    ];
    for (rule, expected) in table {
        assert_eq!(sentence(&rule).as_deref(), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn settings_are_total() {
    for k in [f64::NAN, 0.0, -1.0, f64::NEG_INFINITY] {
        let nonsense = ThrottleConfig::new().k(k).window(Duration::ZERO);
        let throttle = Throttle::with_settings("nonsense", nonsense.settings());
        assert_eq!(call(&throttle, 100, true), 0);
        assert_eq!(counts(&throttle), (100, 100));
    }
}
