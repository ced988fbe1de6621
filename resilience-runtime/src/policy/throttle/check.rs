//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`Throttle::new`](super::Throttle::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::ThrottleConfig;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::text::text;

/// 1 <= `k`, and a number.
pub const fn throttle_k(k: f64) -> Ruling {
    if !(k >= 1.0 && k.is_finite()) {
        return refuse(&text(
            "the `k` of a throttle must be at least 1 and finite, the calls let through for each that is accepted; write a number like 2.0",
        ));
    }
    HOLDS
}

/// `window` > 0.
pub const fn throttle_window(window: Duration) -> Ruling {
    if window.is_zero() {
        return refuse(&text("the `window` of a throttle must be longer than 0s; write a time like \"2m\""));
    }
    HOLDS
}

/// All the rules.
pub(crate) const fn config(config: &ThrottleConfig) -> Ruling {
    require!(throttle_k(config.k));
    throttle_window(config.window)
}
