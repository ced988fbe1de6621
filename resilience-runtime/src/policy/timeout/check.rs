//! The rules of the two limits, for const evaluation: the attribute asserts each at the user's value.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do. The rule on both values passes
//! where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::policy::ruling::{HOLDS, Ruling, refuse};
use crate::text::text;

/// Far above what any caller waits for: a longer limit is a wrong unit, or no limit at all.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An attempt may take some time, and not for ever.
pub const fn timeout(timeout: Duration) -> Ruling {
    limit("`timeout`", timeout)
}

/// A call may take some time, and not for ever.
pub const fn deadline(deadline: Duration) -> Ruling {
    limit("`deadline`", deadline)
}

/// An attempt ends before the call does.
pub const fn timeout_below_deadline(timeout: Duration, deadline: Duration) -> Ruling {
    if in_range(timeout) && in_range(deadline) && timeout.as_nanos() >= deadline.as_nanos() {
        return refuse(
            &text("`timeout` of ")
                .duration(timeout)
                .str(" must be shorter than `deadline` of ")
                .duration(deadline)
                .str("; lower `timeout` or raise `deadline`"),
        );
    }
    HOLDS
}

/// Whether this is a limit that [`timeout`] and [`deadline`] accept.
pub(crate) const fn in_range(limit: Duration) -> bool {
    !limit.is_zero() && limit.as_nanos() <= LONGEST.as_nanos()
}

const fn limit(key: &str, limit: Duration) -> Ruling {
    if limit.is_zero() {
        return refuse(&text(key).str(" must be longer than zero; leave it out for no limit"));
    }
    if !in_range(limit) {
        return refuse(
            &text(key)
                .str(" of ")
                .duration(limit)
                .str(" is longer than a day; lower it, or leave it out for no limit"),
        );
    }
    HOLDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ruling::sentence;

    const SECOND: Duration = Duration::from_secs(1);

    // J11
    #[test]
    fn a_limit_is_longer_than_zero_and_at_most_a_day() {
        timeout(Duration::from_nanos(1)).hold();
        deadline(LONGEST).hold();
        assert_eq!(
            sentence(&timeout(Duration::ZERO)).unwrap(),
            "`timeout` must be longer than zero; leave it out for no limit"
        );
        assert_eq!(
            sentence(&deadline(LONGEST + SECOND)).unwrap(),
            "`deadline` of 86401s is longer than a day; lower it, or leave it out for no limit"
        );
    }

    // J12, Q21
    #[test]
    fn a_timeout_is_shorter_than_the_deadline() {
        timeout_below_deadline(SECOND, SECOND * 2).hold();
        assert_eq!(
            sentence(&timeout_below_deadline(SECOND, SECOND)).unwrap(),
            "`timeout` of 1s must be shorter than `deadline` of 1s; lower `timeout` or raise `deadline`"
        );
    }

    #[test]
    fn a_limit_that_is_wrong_by_itself_is_reported_once() {
        timeout_below_deadline(SECOND, Duration::ZERO).hold();
        timeout_below_deadline(Duration::MAX, SECOND).hold();
    }
}
