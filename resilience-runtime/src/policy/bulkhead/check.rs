//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`Bulkhead::new`](super::Bulkhead::new) all that need nothing else.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do. A rule on two values passes where
//! one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use super::config::{BulkheadConfig, Rule};
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::policy::timeout::check::in_range;
use crate::text::text;

/// A limit of at least one call.
pub const fn bulkhead_max(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text(
            "a bulkhead must let at least 1 call run, or it refuses all; write a number like 10",
        ));
    }
    HOLDS
}

/// A `queue` in which calls may wait, and a `wait` that has a queue.
pub const fn queue_fits(queue: u32, wait: Duration) -> Ruling {
    if queue > 0 && wait.is_zero() {
        return refuse(
            &text("a `queue` of ")
                .number(queue as u128)
                .str(" has no effect with a `wait` of 0s; add a `wait` like \"100ms\", or remove `queue`"),
        );
    }
    if queue == 0 && !wait.is_zero() {
        return refuse(
            &text("a `wait` of ")
                .duration(wait)
                .str(" has no effect with a `queue` of 0; add a `queue` like 10, or remove `wait`"),
        );
    }
    HOLDS
}

/// A `priority` among calls that wait. A queue of none with a `wait` is refused for itself.
pub const fn priority_needs_queue(queue: u32, wait: Duration) -> Ruling {
    if queue == 0 && wait.is_zero() {
        return refuse(&text(
            "`priority` has no effect with a `queue` of 0, where no call waits; raise `queue`, or remove `priority`",
        ));
    }
    HOLDS
}

/// A call that waits for as long as it may still has time for its body.
pub const fn bulkhead_wait(wait: Duration, deadline: Duration) -> Ruling {
    if in_range(deadline) && wait.as_nanos() >= deadline.as_nanos() {
        return refuse(
            &text("`wait` of ")
                .duration(wait)
                .str(" must be shorter than `deadline` of ")
                .duration(deadline)
                .str("; lower `wait` or raise `deadline`"),
        );
    }
    HOLDS
}

/// A queue and a wait that go together, in a configuration that is a preset's in part.
pub const fn bulkhead_fits(config: &BulkheadConfig) -> Ruling {
    queue_fits(config.queue, config.wait)
}

/// `min` >= 1.
pub const fn adaptive_min(min: u32) -> Ruling {
    if min == 0 {
        return refuse(&text(
            "`min` must be at least 1, or an adaptive limit could refuse all calls for ever",
        ));
    }
    HOLDS
}

/// `min` <= `max`, the bounds of an adaptive limit.
pub const fn adaptive_bounds(min: u32, max: u32) -> Ruling {
    if min > 0 && max > 0 && min > max {
        return refuse(
            &text("`min` of ")
                .number(min as u128)
                .str(" is above `max` of ")
                .number(max as u128)
                .str("; lower `min` or raise `max`"),
        );
    }
    HOLDS
}

/// An adaptive limit begins within its bounds.
pub const fn adaptive_start(start: u32, min: u32, max: u32) -> Ruling {
    if start > 0 && min <= max && (start < min || start > max) {
        return refuse(
            &text("a limit that begins with ")
                .number(start as u128)
                .str(" is outside of its bounds, ")
                .number(min as u128)
                .str(" to ")
                .number(max as u128)
                .str("; begin within them, or move them"),
        );
    }
    HOLDS
}

/// `latency` > 0.
pub const fn adaptive_latency(limit: Duration) -> Ruling {
    if limit.is_zero() {
        return refuse(&text(
            "`latency` must be longer than 0s, or every call is slow; write a time like \"250ms\"",
        ));
    }
    HOLDS
}

/// `tolerance` >= 1, and a number.
pub const fn adaptive_tolerance(factor: f64) -> Ruling {
    if !(factor >= 1.0 && factor.is_finite()) {
        return refuse(&text(
            "`tolerance` must be at least 1; write 1.25 for calls that may take a quarter longer than without load",
        ));
    }
    HOLDS
}

/// All the rules that need nothing but the configuration, and that no setting is without effect.
pub(crate) const fn config(config: &BulkheadConfig) -> Ruling {
    require!(bulkhead_max(config.max));
    require!(queue_fits(config.queue, config.wait));
    let Some(adaptive) = config.adaptive else { return HOLDS };
    require!(adaptive_min(adaptive.min));
    let max = match adaptive.max {
        Some(max) => max,
        None => config.max,
    };
    require!(bulkhead_max(max));
    require!(adaptive_bounds(adaptive.min, max));
    require!(adaptive_start(config.max, adaptive.min, max));
    if let Some(limit) = adaptive.latency {
        require!(adaptive_latency(limit));
        if matches!(adaptive.rule, Rule::Gradient) {
            return refuse(&text(
                "`latency` has no effect with `gradient`, which compares latencies; set `tolerance`, or take `aimd`",
            ));
        }
    }
    if let Some(factor) = adaptive.tolerance {
        require!(adaptive_tolerance(factor));
        if matches!(adaptive.rule, Rule::Aimd) {
            return refuse(&text(
                "`tolerance` has no effect with `aimd`, which knows one latency; set `latency`, or take `gradient`",
            ));
        }
    }
    HOLDS
}
