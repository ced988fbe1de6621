//! The rules of a hedge, for const evaluation: the attribute asserts each at the user's value.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do. A rule on two values passes where
//! one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::policy::preset::Preset;
use crate::policy::ruling::{HOLDS, Ruling, refuse};
use crate::policy::timeout::check::in_range;
use crate::text::text;

/// Far above what any caller waits for: a longer delay is a wrong unit.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An extra attempt comes while somebody waits.
pub const fn hedge_after(after: Duration) -> Ruling {
    if !fits(after) {
        return refuse(
            &text("`hedge` of ").duration(after).str(" is longer than a day; lower it, or leave `hedge` out"),
        );
    }
    HOLDS
}

/// At least one extra attempt.
pub const fn hedge_max(max: u32) -> Ruling {
    if max == 0 {
        return refuse(&text(
            "`max` of `hedge` must be at least 1; it counts the extra attempts, without the first one",
        ));
    }
    HOLDS
}

/// Some calls are faster, and some slower.
pub const fn hedge_percentile(millionths: u32) -> Ruling {
    if millionths == 0 || millionths >= 1_000_000 {
        return refuse(&text(
            "`hedge` must be between `p0` and `p100`, which are the fastest and the slowest call; write one like \"p95\"",
        ));
    }
    HOLDS
}

/// An extra attempt begins before the first one has run out of time.
pub const fn hedge_below_timeout(after: Duration, timeout: Duration) -> Ruling {
    below(after, timeout, "`timeout`")
}

/// An extra attempt begins before the call has run out of time.
pub const fn hedge_below_deadline(after: Duration, deadline: Duration) -> Ruling {
    below(after, deadline, "`deadline`")
}

/// The same of a preset, with what an attribute says in the place of its parts.
pub const fn plan_hedge(after: Duration, plan: &Preset) -> Ruling {
    match (plan.timeout, plan.deadline) {
        (Some(timeout), _) => hedge_below_timeout(after, timeout),
        (None, Some(deadline)) => hedge_below_deadline(after, deadline),
        (None, None) => HOLDS,
    }
}

/// How long a hedged attempt takes at most: the last extra one begins that much after the first.
#[must_use]
pub const fn hedged_timeout(timeout: Duration, after: Duration, max: u32) -> Duration {
    timeout.saturating_add(after.saturating_mul(max))
}

const fn below(after: Duration, limit: Duration, key: &str) -> Ruling {
    if fits(after) && in_range(limit) && after.as_nanos() >= limit.as_nanos() {
        let text = text("`hedge` of ").duration(after).str(" must be shorter than ").str(key).str(" of ");
        return refuse(&text.duration(limit).str("; lower `hedge` or raise ").str(key));
    }
    HOLDS
}

const fn fits(after: Duration) -> bool {
    after.as_nanos() <= LONGEST.as_nanos()
}
