//! What is refused, and in which words.

use std::panic::catch_unwind;

use super::*;
use crate::policy::budget::check;
use crate::policy::ruling::sentence;

#[test]
fn limits_are_exact() {
    let accepted = [
        check::budget_ratio(1.0),
        check::budget_ratio(f64::MIN_POSITIVE),
        check::budget_floor(1),
        check::budget_floor(u32::MAX),
        check::budget_window(Duration::from_nanos(1)),
        check::config(&BudgetConfig::new()),
    ];
    for rule in accepted {
        assert_eq!(sentence(&rule), None);
    }
    let refused = [
        check::budget_ratio(0.0),
        check::budget_ratio(1.01),
        check::budget_ratio(-0.1),
        check::budget_ratio(f64::NAN),
        check::config(&BudgetConfig::new().ratio(20.0)),
        check::config(&BudgetConfig::new().window(Duration::ZERO)),
    ];
    for (number, rule) in refused.into_iter().enumerate() {
        assert!(sentence(&rule).is_some(), "{number}");
    }
}

#[test]
fn a_budget_refuses_what_a_rule_refuses() {
    let wrong = BudgetConfig::new().floor(0);
    assert!(catch_unwind(|| RetryBudget::new("wrong", wrong)).is_err());
    let budget = RetryBudget::new("reloaded", BudgetConfig::new().floor(2));
    assert!(budget.reconfigure(wrong).is_err());
    assert_eq!(retry(&budget, 5), 2);
}

#[test]
fn sentences_say_what_is_wrong_and_what_to_do() {
    let table = [
        (
            check::budget_ratio(20.0),
            "the `ratio` of a budget must be above 0 and at most 1; write the share of calls that may be retried, like \"20%\" or 0.2",
        ),
        (
            check::budget_floor(0),
            "the `floor` of a budget must be at least 1, or a function with few calls never retries; write a number like 3",
        ),
        (
            check::budget_window(Duration::ZERO),
            "the `window` of a budget must be longer than 0s; write a time like \"10s\"",
        ),
    ];
    for (rule, expected) in table {
        assert_eq!(sentence(&rule).as_deref(), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn settings_are_total() {
    let nonsense = BudgetConfig::new().ratio(f64::NAN).floor(0).window(Duration::ZERO);
    let budget = RetryBudget::with_settings("nonsense", nonsense.settings());
    deposit(&budget, 100);
    assert_eq!(retry(&budget, 5), 1);
    assert_eq!(budget.snapshot().available, 0);
}
