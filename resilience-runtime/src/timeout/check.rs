//! The rules of the two limits, checked while the user's crate compiles.
//!
//! Each function panics in const evaluation with one sentence, reported at its caller. The rule on both
//! values passes where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::text::Text;

/// Far above what any caller waits for: a longer limit is a wrong unit, or no limit at all.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An attempt may take some time, and not for ever.
///
/// # Panics
///
/// When `timeout` is zero or longer than a day.
#[track_caller]
pub const fn timeout(timeout: Duration) {
    limit("`timeout`", timeout);
}

/// A call may take some time, and not for ever.
///
/// # Panics
///
/// When `deadline` is zero or longer than a day.
#[track_caller]
pub const fn deadline(deadline: Duration) {
    limit("`deadline`", deadline);
}

/// An attempt ends before the call does.
///
/// # Panics
///
/// When `timeout` is not shorter than `deadline`.
#[track_caller]
pub const fn timeout_below_deadline(timeout: Duration, deadline: Duration) {
    if in_range(timeout) && in_range(deadline) && timeout.as_nanos() >= deadline.as_nanos() {
        let text = Text::new().str("`timeout` of ").duration(timeout);
        let text = text.str(" must be shorter than `deadline` of ").duration(deadline);
        panic!("{}", text.str("; lower `timeout` or raise `deadline`").as_str());
    }
}

/// Whether this is a limit that [`timeout`] and [`deadline`] accept.
pub(crate) const fn in_range(limit: Duration) -> bool {
    !limit.is_zero() && limit.as_nanos() <= LONGEST.as_nanos()
}

#[track_caller]
const fn limit(key: &str, limit: Duration) {
    if in_range(limit) {
        return;
    }
    let text = Text::new().str(key);
    let text = if limit.is_zero() {
        text.str(" must be longer than zero; leave it out for no limit")
    } else {
        text.str(" of ").duration(limit).str(" is longer than a day; lower it, or leave it out for no limit")
    };
    panic!("{}", text.as_str());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::check::tests::panic_text;

    const SECOND: Duration = Duration::from_secs(1);

    // J11
    #[test]
    fn a_limit_is_longer_than_zero_and_at_most_a_day() {
        timeout(Duration::from_nanos(1));
        deadline(LONGEST);
        assert_eq!(
            panic_text(|| timeout(Duration::ZERO)),
            "`timeout` must be longer than zero; leave it out for no limit"
        );
        assert_eq!(
            panic_text(|| deadline(LONGEST + SECOND)),
            "`deadline` of 86401s is longer than a day; lower it, or leave it out for no limit"
        );
    }

    // J12, Q21
    #[test]
    fn a_timeout_is_shorter_than_the_deadline() {
        timeout_below_deadline(SECOND, SECOND * 2);
        assert_eq!(
            panic_text(|| timeout_below_deadline(SECOND, SECOND)),
            "`timeout` of 1s must be shorter than `deadline` of 1s; lower `timeout` or raise `deadline`"
        );
    }

    #[test]
    fn a_limit_that_is_wrong_by_itself_is_reported_once() {
        timeout_below_deadline(SECOND, Duration::ZERO);
        timeout_below_deadline(Duration::MAX, SECOND);
    }
}
