//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`Chaos::new`](super::Chaos::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::ChaosConfig;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::text::text;

/// 0 <= a rate <= 1.
pub const fn chaos_rate(rate: f64) -> Ruling {
    if !(rate >= 0.0 && rate <= 1.0) {
        return refuse(&text(
            "a rate of `chaos` must be between 0% and 100% of the attempts; write a percentage like \"5%\", or a share like 0.05",
        ));
    }
    HOLDS
}

/// `latency` > 0.
pub const fn chaos_latency(latency: Duration) -> Ruling {
    if latency.is_zero() {
        return refuse(&text("the `latency` of `chaos` must be longer than 0s; write a time like \"200ms\""));
    }
    HOLDS
}

/// `error_rate` + `panic_rate` <= 1.
pub const fn chaos_rates(error_rate: f64, panic_rate: f64) -> Ruling {
    /// What adding two decimal fractions may be off by.
    const ROUNDING: f64 = 1e-9;
    if error_rate + panic_rate > 1.0 + ROUNDING {
        return refuse(&text(
            "`error_rate` and `panic_rate` of `chaos` come to more than 100%, and an attempt ends once; lower one of them",
        ));
    }
    HOLDS
}

/// No chaos in a build without debug assertions, unless it is meant: `debug` is whether the user's crate has them.
pub const fn chaos_release(debug: bool, release: bool) -> Ruling {
    if !debug && !release {
        return refuse(&text(
            "`chaos` would be active in a release build; write `chaos(.., release = true)` if that is meant, or remove it",
        ));
    }
    HOLDS
}

/// All the rules.
pub(crate) const fn config(config: &ChaosConfig) -> Ruling {
    require!(chaos_rate(config.latency_rate));
    require!(chaos_rate(config.error_rate));
    require!(chaos_rate(config.panic_rate));
    chaos_rates(config.error_rate, config.panic_rate)
}
