//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value,
//! and [`RetryBudget::new`](super::RetryBudget::new) all of them.
//!
//! Every function panics with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::BudgetConfig;
use crate::text::{refuse, text};

/// 0 < `ratio` <= 1.
#[track_caller]
pub const fn budget_ratio(ratio: f64) {
    if !(ratio > 0.0 && ratio <= 1.0) {
        refuse(&text(
            "the `ratio` of a budget must be above 0 and at most 1; write the share of calls that may be retried, like \"20%\" or 0.2",
        ));
    }
}

/// `floor` >= 1.
#[track_caller]
pub const fn budget_floor(retries: u32) {
    if retries == 0 {
        refuse(&text(
            "the `floor` of a budget must be at least 1, or a function with few calls never retries; write a number like 3",
        ));
    }
}

/// `window` > 0.
#[track_caller]
pub const fn budget_window(window: Duration) {
    if window.is_zero() {
        refuse(&text("the `window` of a budget must be longer than 0s; write a time like \"10s\""));
    }
}

/// All the rules.
#[track_caller]
pub(crate) const fn config(config: &BudgetConfig) {
    budget_ratio(config.ratio);
    budget_floor(config.floor);
    budget_window(config.window);
}
