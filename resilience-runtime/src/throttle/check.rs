//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value,
//! and [`Throttle::new`](super::Throttle::new) all of them.
//!
//! Every function panics with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::ThrottleConfig;
use crate::text::{refuse, text};

/// 1 <= `k`, and a number.
#[track_caller]
pub const fn throttle_k(k: f64) {
    if !(k >= 1.0 && k.is_finite()) {
        refuse(&text(
            "the `k` of a throttle must be at least 1 and finite, the calls let through for each that is accepted; write a number like 2.0",
        ));
    }
}

/// `window` > 0.
#[track_caller]
pub const fn throttle_window(window: Duration) {
    if window.is_zero() {
        refuse(&text("the `window` of a throttle must be longer than 0s; write a time like \"2m\""));
    }
}

/// All the rules.
#[track_caller]
pub(crate) const fn config(config: &ThrottleConfig) {
    throttle_k(config.k);
    throttle_window(config.window);
}
