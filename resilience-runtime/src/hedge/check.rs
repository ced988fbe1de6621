//! The rules of a hedge, checked while the user's crate compiles.
//!
//! Each function panics in const evaluation with one sentence, reported at its caller. A rule on two values passes
//! where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::preset::Preset;
use crate::text::{refuse, text};
use crate::timeout::check::in_range;

/// Far above what any caller waits for: a longer delay is a wrong unit.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An extra attempt comes while somebody waits.
///
/// # Panics
///
/// When `after` is longer than a day.
#[track_caller]
pub const fn hedge_after(after: Duration) {
    if !fits(after) {
        refuse(
            &text("`hedge` of ").duration(after).str(" is longer than a day; lower it, or leave `hedge` out"),
        );
    }
}

/// At least one extra attempt.
///
/// # Panics
///
/// When `max` is zero.
#[track_caller]
pub const fn hedge_max(max: u32) {
    assert!(
        max >= 1,
        "`max` of `hedge` must be at least 1; it counts the extra attempts, without the first one"
    );
}

/// Some calls are faster, and some slower.
///
/// # Panics
///
/// When `millionths` is not between zero and a million.
#[track_caller]
pub const fn hedge_percentile(millionths: u32) {
    assert!(
        0 < millionths && millionths < 1_000_000,
        "`hedge` must be between `p0` and `p100`, which are the fastest and the slowest call; write one like \"p95\""
    );
}

/// An extra attempt begins before the first one has run out of time.
///
/// # Panics
///
/// When `after` is not shorter than `timeout`.
#[track_caller]
pub const fn hedge_below_timeout(after: Duration, timeout: Duration) {
    below(after, timeout, "`timeout`");
}

/// An extra attempt begins before the call has run out of time.
///
/// # Panics
///
/// When `after` is not shorter than `deadline`.
#[track_caller]
pub const fn hedge_below_deadline(after: Duration, deadline: Duration) {
    below(after, deadline, "`deadline`");
}

/// The same of a preset, with what an attribute says in the place of its parts.
///
/// # Panics
///
/// As [`hedge_below_timeout`] and [`hedge_below_deadline`].
#[track_caller]
pub const fn plan_hedge(after: Duration, plan: &Preset) {
    match (plan.timeout, plan.deadline) {
        (Some(timeout), _) => hedge_below_timeout(after, timeout),
        (None, Some(deadline)) => hedge_below_deadline(after, deadline),
        (None, None) => {}
    }
}

/// How long a hedged attempt takes at most: the last extra one begins that much after the first.
#[must_use]
pub const fn hedged_timeout(timeout: Duration, after: Duration, max: u32) -> Duration {
    timeout.saturating_add(after.saturating_mul(max))
}

#[track_caller]
const fn below(after: Duration, limit: Duration, key: &str) {
    if fits(after) && in_range(limit) && after.as_nanos() >= limit.as_nanos() {
        let text = text("`hedge` of ").duration(after).str(" must be shorter than ").str(key).str(" of ");
        refuse(&text.duration(limit).str("; lower `hedge` or raise ").str(key));
    }
}

const fn fits(after: Duration) -> bool {
    after.as_nanos() <= LONGEST.as_nanos()
}
