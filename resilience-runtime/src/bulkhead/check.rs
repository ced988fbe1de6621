//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value,
//! and [`Bulkhead::new`](super::Bulkhead::new) all that need nothing else.
//!
//! Every function panics with one sentence: what is wrong, then what to do. A rule on two values passes where
//! one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use super::config::{BulkheadConfig, Rule};
use crate::text::{refuse, text};
use crate::timeout::check::in_range;

/// A limit of at least one call.
#[track_caller]
pub const fn bulkhead_max(calls: u32) {
    if calls == 0 {
        refuse(&text("a bulkhead must let at least 1 call run, or it refuses all; write a number like 10"));
    }
}

/// A `queue` in which calls may wait, and a `wait` that has a queue.
#[track_caller]
pub const fn queue_fits(queue: u32, wait: Duration) {
    if queue > 0 && wait.is_zero() {
        refuse(
            &text("a `queue` of ")
                .number(queue as u128)
                .str(" has no effect with a `wait` of 0s; add a `wait` like \"100ms\", or remove `queue`"),
        );
    }
    if queue == 0 && !wait.is_zero() {
        refuse(
            &text("a `wait` of ")
                .duration(wait)
                .str(" has no effect with a `queue` of 0; add a `queue` like 10, or remove `wait`"),
        );
    }
}

/// A `priority` among calls that wait. A queue of none with a `wait` is refused for itself.
#[track_caller]
pub const fn priority_needs_queue(queue: u32, wait: Duration) {
    if queue == 0 && wait.is_zero() {
        refuse(&text(
            "`priority` has no effect with a `queue` of 0, where no call waits; raise `queue`, or remove `priority`",
        ));
    }
}

/// A call that waits for as long as it may still has time for its body.
#[track_caller]
pub const fn bulkhead_wait(wait: Duration, deadline: Duration) {
    if in_range(deadline) && wait.as_nanos() >= deadline.as_nanos() {
        refuse(
            &text("`wait` of ")
                .duration(wait)
                .str(" must be shorter than `deadline` of ")
                .duration(deadline)
                .str("; lower `wait` or raise `deadline`"),
        );
    }
}

/// A queue and a wait that go together, in a configuration that is a preset's in part.
#[track_caller]
pub const fn bulkhead_fits(config: &BulkheadConfig) {
    queue_fits(config.queue, config.wait);
}

/// `min` >= 1.
#[track_caller]
pub const fn adaptive_min(min: u32) {
    if min == 0 {
        refuse(&text("`min` must be at least 1, or an adaptive limit could refuse all calls for ever"));
    }
}

/// `min` <= `max`, the bounds of an adaptive limit.
#[track_caller]
pub const fn adaptive_bounds(min: u32, max: u32) {
    if min > 0 && max > 0 && min > max {
        refuse(
            &text("`min` of ")
                .number(min as u128)
                .str(" is above `max` of ")
                .number(max as u128)
                .str("; lower `min` or raise `max`"),
        );
    }
}

/// An adaptive limit begins within its bounds.
#[track_caller]
pub const fn adaptive_start(start: u32, min: u32, max: u32) {
    if start > 0 && min <= max && (start < min || start > max) {
        refuse(
            &text("a limit that begins with ")
                .number(start as u128)
                .str(" is outside of its bounds, ")
                .number(min as u128)
                .str(" to ")
                .number(max as u128)
                .str("; begin within them, or move them"),
        );
    }
}

/// `latency` > 0.
#[track_caller]
pub const fn adaptive_latency(limit: Duration) {
    if limit.is_zero() {
        refuse(&text("`latency` must be longer than 0s, or every call is slow; write a time like \"250ms\""));
    }
}

/// `tolerance` >= 1, and a number.
#[track_caller]
pub const fn adaptive_tolerance(factor: f64) {
    if !(factor >= 1.0 && factor.is_finite()) {
        refuse(&text(
            "`tolerance` must be at least 1; write 1.25 for calls that may take a quarter longer than without load",
        ));
    }
}

/// All the rules that need nothing but the configuration, and that no setting is without effect.
#[track_caller]
pub(crate) const fn config(config: &BulkheadConfig) {
    bulkhead_max(config.max);
    queue_fits(config.queue, config.wait);
    let Some(adaptive) = config.adaptive else { return };
    adaptive_min(adaptive.min);
    let max = match adaptive.max {
        Some(max) => max,
        None => config.max,
    };
    bulkhead_max(max);
    adaptive_bounds(adaptive.min, max);
    adaptive_start(config.max, adaptive.min, max);
    if let Some(limit) = adaptive.latency {
        adaptive_latency(limit);
        if matches!(adaptive.rule, Rule::Gradient) {
            refuse(&text(
                "`latency` has no effect with `gradient`, which compares latencies; set `tolerance`, or take `aimd`",
            ));
        }
    }
    if let Some(factor) = adaptive.tolerance {
        adaptive_tolerance(factor);
        if matches!(adaptive.rule, Rule::Aimd) {
            refuse(&text(
                "`tolerance` has no effect with `aimd`, which knows one latency; set `latency`, or take `gradient`",
            ));
        }
    }
}
