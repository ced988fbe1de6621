//! The rules of a retry, checked while the user's crate compiles.
//!
//! Each function panics in const evaluation with one sentence, reported at its caller. A rule on several
//! values passes where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::retry::{Backoff, Jitter, UNTIL_DEADLINE};
use crate::text::Text;
use crate::time::nanos;
use crate::timeout::check as timeout;

/// At least one attempt.
///
/// # Panics
///
/// When `max` is zero.
#[track_caller]
pub const fn attempts(max: u32) {
    assert!(max >= 1, "`max` must be at least 1; it counts the first call");
}

/// The cap leaves room for the base.
///
/// # Panics
///
/// When `cap` is shorter than `base`.
#[track_caller]
pub const fn cap(base: Duration, cap: Duration) {
    if !is_below(base, cap) {
        let text =
            Text::new().str("`cap` of ").duration(cap).str(" is shorter than `base` of ").duration(base);
        panic!("{}", text.str("; raise `cap` or lower `base`").as_str());
    }
}

/// The same for a backoff that is a preset's in part.
///
/// # Panics
///
/// As [`cap`].
#[track_caller]
pub const fn cap_fits(backoff: &Backoff) {
    cap(backoff.base(), backoff.get_cap());
}

/// Some `retry_after` is waited for.
///
/// # Panics
///
/// When `longest` is zero, which could as well be meant for no bound.
#[track_caller]
pub const fn retry_after_max(longest: Duration) {
    assert!(
        !longest.is_zero(),
        "`retry_after_max` must be longer than zero; write the longest `retry_after` that is worth waiting for, like \"60s\""
    );
}

/// Delays do not shrink.
///
/// # Panics
///
/// When `factor` is less than 1, infinite or not a number.
#[track_caller]
pub const fn factor(factor: f64) {
    assert!(
        factor_fits(factor),
        "`factor` must be at least 1 and finite, or delays would shrink; 2.0 doubles them"
    );
}

/// The random share is a share.
///
/// # Panics
///
/// When `ratio` is outside of `0.0..=1.0`.
#[track_caller]
pub const fn jitter(ratio: f64) {
    assert!(
        ratio_fits(ratio),
        "`jitter` must be between 0 and 1; it is the share of a delay that is added or taken away"
    );
}

/// All rules on one backoff, for one that is a constant of the user's.
///
/// # Panics
///
/// When one of [`cap`], [`factor`] and [`jitter`] does.
#[track_caller]
pub const fn backoff(backoff: &Backoff) {
    cap(backoff.base(), backoff.get_cap());
    factor(backoff.get_factor());
    if let Jitter::Ratio(ratio) = backoff.get_jitter() {
        jitter(ratio);
    }
}

/// The attempts and the waits between them fit into the deadline, even when all are as long as can be.
///
/// # Panics
///
/// When they do not; for [`UNTIL_DEADLINE`], when even the first wait does not, whatever chance adds to it. Passes where
/// another rule is broken already.
#[track_caller]
pub const fn fits_deadline(backoff: &Backoff, max: u32, timeout: Option<Duration>, deadline: Duration) {
    if max == 0 || !backoff_fits(backoff) || !timeout::in_range(deadline) {
        return;
    }
    if let Some(timeout) = timeout
        && (!timeout::in_range(timeout) || timeout.as_nanos() >= deadline.as_nanos())
    {
        return;
    }
    if max == UNTIL_DEADLINE {
        return leaves_time(backoff, deadline);
    }
    let waits = backoff.longest_total(max - 1);
    let total = plan(waits, max, timeout);
    if total.as_nanos() <= deadline.as_nanos() {
        return;
    }
    let wait = if backoff.is_fixed() { "base" } else { "cap" };
    let text = Text::new().number(max as u128).str(" attempts ");
    let text = match timeout {
        Some(timeout) => {
            let text =
                text.str("of up to ").duration(timeout).str(" and their waits of up to ").duration(waits);
            text.str(" take up to ").duration(total)
        }
        None => text.str("wait up to ").duration(waits),
    };
    let text = text.str(", which exceeds `deadline` of ").duration(deadline);
    let text = match timeout {
        Some(_) => text.str("; lower `max`, `timeout` or `").str(wait),
        None => text.str("; lower `max` or `").str(wait),
    };
    panic!("{}", text.str("`, raise `deadline`, or write `max = \"deadline\"`").as_str());
}

/// The first wait, where it is certain, ends before the deadline.
#[track_caller]
const fn leaves_time(backoff: &Backoff, deadline: Duration) {
    let base = backoff.base();
    if matches!(backoff.get_jitter(), Jitter::None) && nanos(base) >= nanos(deadline) {
        let text = Text::new().str("`base` of ").duration(base);
        let text = text.str(" leaves no time for a retry before `deadline` of ").duration(deadline);
        panic!("{}", text.str("; lower `base` or raise `deadline`").as_str());
    }
}

/// How long `max` attempts of at most `timeout` take with `waits` between them.
pub(crate) const fn plan(waits: Duration, max: u32, timeout: Option<Duration>) -> Duration {
    match timeout {
        Some(timeout) => waits.saturating_add(timeout.saturating_mul(max)),
        None => waits,
    }
}

const fn is_below(base: Duration, cap: Duration) -> bool {
    nanos(base) <= nanos(cap)
}

const fn factor_fits(factor: f64) -> bool {
    factor >= 1.0 && factor.is_finite()
}

const fn ratio_fits(ratio: f64) -> bool {
    ratio >= 0.0 && ratio <= 1.0
}

const fn backoff_fits(backoff: &Backoff) -> bool {
    let ratio_fits = match backoff.get_jitter() {
        Jitter::Ratio(ratio) => ratio_fits(ratio),
        Jitter::None | Jitter::Full | Jitter::Equal => true,
    };
    ratio_fits && factor_fits(backoff.get_factor()) && is_below(backoff.base(), backoff.get_cap())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What `rule` says when it is broken.
    pub(crate) fn panic_text(rule: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let payload = std::panic::catch_unwind(rule).expect_err("the rule is broken");
        match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => (*payload.downcast::<&str>().expect("a text")).to_owned(),
        }
    }

    // Rules hold in const evaluation.
    const _: () = {
        attempts(1);
        cap(SECOND, SECOND);
        retry_after_max(Duration::from_nanos(1));
        retry_after_max(Duration::MAX);
        factor(1.0);
        jitter(0.0);
        jitter(1.0);
        backoff(&Backoff::exp_jitter(SECOND));
        fits_deadline(&Backoff::exp(SECOND), 5, None, Duration::from_secs(15));
        fits_deadline(&Backoff::exp(SECOND), 5, Some(SECOND), Duration::from_secs(20));
        fits_deadline(&Backoff::exp(SECOND), UNTIL_DEADLINE, None, Duration::from_nanos(1_000_000_001));
        fits_deadline(&Backoff::exp_jitter(SECOND), UNTIL_DEADLINE, None, Duration::from_nanos(1));
        fits_deadline(&Backoff::fixed(SECOND).jitter(Jitter::Equal), UNTIL_DEADLINE, None, SECOND);
    };

    // G4, Q9
    #[test]
    fn no_attempt_at_all_is_refused() {
        assert_eq!(panic_text(|| attempts(0)), "`max` must be at least 1; it counts the first call");
    }

    // Q11
    #[test]
    fn a_cap_below_the_base_is_refused() {
        assert_eq!(
            panic_text(|| cap(SECOND * 2, SECOND)),
            "`cap` of 1s is shorter than `base` of 2s; raise `cap` or lower `base`"
        );
    }

    #[test]
    fn to_wait_for_no_hint_at_all_is_refused() {
        assert_eq!(
            panic_text(|| retry_after_max(Duration::ZERO)),
            "`retry_after_max` must be longer than zero; write the longest `retry_after` that is worth waiting for, \
             like \"60s\""
        );
    }

    // Q11
    #[test]
    fn a_factor_that_shrinks_is_refused() {
        for bad in [0.999, 0.0, -2.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                panic_text(move || factor(bad)),
                "`factor` must be at least 1 and finite, or delays would shrink; 2.0 doubles them"
            );
        }
    }

    // Q8, Q12
    #[test]
    fn a_jitter_outside_of_its_range_is_refused() {
        for bad in [-0.1, 1.1, f64::NAN] {
            assert_eq!(
                panic_text(move || jitter(bad)),
                "`jitter` must be between 0 and 1; it is the share of a delay that is added or taken away"
            );
        }
    }

    #[test]
    fn a_constant_backoff_is_held_to_every_rule() {
        for bad in [
            Backoff::exp(SECOND).cap(Duration::ZERO),
            Backoff::exp(SECOND).factor(0.5),
            Backoff::fixed(SECOND).jitter(Jitter::Ratio(2.0)),
        ] {
            panic_text(move || backoff(&bad));
        }
    }

    // Q7, Q13, Q23
    #[test]
    fn waits_that_pass_the_deadline_are_refused() {
        assert_eq!(
            panic_text(|| fits_deadline(&Backoff::exp(SECOND), 5, None, SECOND * 5)),
            "5 attempts wait up to 15s, which exceeds `deadline` of 5s; lower `max` or `cap`, raise `deadline`, \
             or write `max = \"deadline\"`"
        );
        panic_text(|| fits_deadline(&Backoff::exp(SECOND), 5, None, Duration::from_millis(14_999)));
    }

    #[test]
    fn a_first_wait_as_long_as_the_deadline_leaves_no_retry() {
        for backoff in [Backoff::fixed(SECOND), Backoff::exp(SECOND), Backoff::decorrelated(SECOND)] {
            assert_eq!(
                panic_text(move || fits_deadline(&backoff, UNTIL_DEADLINE, None, SECOND)),
                "`base` of 1s leaves no time for a retry before `deadline` of 1s; lower `base` or raise `deadline`"
            );
        }
    }

    // Q23
    #[test]
    fn attempts_and_waits_that_pass_the_deadline_are_refused() {
        assert_eq!(
            panic_text(|| fits_deadline(&Backoff::exp(SECOND), 5, Some(SECOND * 2), SECOND * 5)),
            "5 attempts of up to 2s and their waits of up to 15s take up to 25s, which exceeds `deadline` of 5s; \
             lower `max`, `timeout` or `cap`, raise `deadline`, or write `max = \"deadline\"`"
        );
    }

    #[test]
    fn advice_on_a_fixed_delay_names_its_base() {
        assert_eq!(
            panic_text(|| fits_deadline(&Backoff::fixed(SECOND), 5, None, SECOND * 3)),
            "5 attempts wait up to 4s, which exceeds `deadline` of 3s; lower `max` or `base`, raise `deadline`, \
             or write `max = \"deadline\"`"
        );
    }

    #[test]
    fn what_another_rule_refuses_is_not_reported_twice() {
        let backoff = Backoff::exp(SECOND);
        fits_deadline(&backoff, 0, None, SECOND);
        fits_deadline(&backoff, 9, None, Duration::ZERO);
        fits_deadline(&backoff, 9, Some(Duration::ZERO), SECOND);
        fits_deadline(&backoff, 9, Some(SECOND), SECOND);
        fits_deadline(&backoff.factor(f64::NAN), 9, None, SECOND);
        fits_deadline(&backoff.cap(Duration::ZERO), 9, None, SECOND);
        fits_deadline(&backoff.jitter(Jitter::Ratio(-1.0)), 9, None, SECOND);
    }

    #[test]
    fn a_total_beyond_every_clock_is_refused_without_overflow() {
        let backoff = Backoff::exp(Duration::MAX).cap(Duration::MAX);
        panic_text(move || fits_deadline(&backoff, u32::MAX - 1, Some(SECOND), SECOND * 2));
    }
}
