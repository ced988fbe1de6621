//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`RetryBudget::new`](super::RetryBudget::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::BudgetConfig;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::text::text;

/// 0 < `ratio` <= 1.
pub const fn budget_ratio(ratio: f64) -> Ruling {
    if !(ratio > 0.0 && ratio <= 1.0) {
        return refuse(&text(
            "the `ratio` of a budget must be above 0 and at most 1; write the share of calls that may be retried, like \"20%\" or 0.2",
        ));
    }
    HOLDS
}

/// `floor` >= 1.
pub const fn budget_floor(retries: u32) -> Ruling {
    if retries == 0 {
        return refuse(&text(
            "the `floor` of a budget must be at least 1, or a function with few calls never retries; write a number like 3",
        ));
    }
    HOLDS
}

/// `window` > 0.
pub const fn budget_window(window: Duration) -> Ruling {
    if window.is_zero() {
        return refuse(&text("the `window` of a budget must be longer than 0s; write a time like \"10s\""));
    }
    HOLDS
}

/// All the rules.
pub(crate) const fn config(config: &BudgetConfig) -> Ruling {
    require!(budget_ratio(config.ratio));
    require!(budget_floor(config.floor));
    budget_window(config.window)
}
