//! The rules of a retry, checked while the user's crate compiles.
//!
//! What a rule refuses it refuses with one sentence, reported at the user's value: what is wrong, then what to do. A
//! rule on several values passes where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use crate::policy::retry::{Backoff, Jitter, UNTIL_DEADLINE};
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::policy::timeout::check as timeout;
use crate::text::text;
use crate::time::nanos;

/// At least one attempt.
pub const fn attempts(max: u32) -> Ruling {
    if max == 0 {
        return refuse(&text("`max` must be at least 1; it counts the first call"));
    }
    HOLDS
}

/// The cap leaves room for the base.
pub const fn cap(base: Duration, cap: Duration) -> Ruling {
    if !is_below(base, cap) {
        return refuse(
            &text("`cap` of ")
                .duration(cap)
                .str(" is shorter than `base` of ")
                .duration(base)
                .str("; raise `cap` or lower `base`"),
        );
    }
    HOLDS
}

/// The same for a backoff that is a preset's in part.
pub const fn cap_fits(backoff: &Backoff) -> Ruling {
    cap(backoff.base(), backoff.get_cap())
}

/// Some `retry_after` is waited for.
pub const fn retry_after_max(longest: Duration) -> Ruling {
    if longest.is_zero() {
        return refuse(&text(
            "`retry_after_max` must be longer than zero; write the longest `retry_after` that is worth waiting for, like \"60s\"",
        ));
    }
    HOLDS
}

/// `retry_after_max` < `deadline`, or it would bound nothing.
pub const fn retry_after_below_deadline(longest: Duration, deadline: Duration) -> Ruling {
    if timeout::in_range(deadline) && nanos(longest) >= nanos(deadline) {
        return refuse(
            &text("`retry_after_max` of ")
                .duration(longest)
                .str(" has no effect beside `deadline` of ")
                .duration(deadline)
                .str(", which bounds a `retry_after` too; lower `retry_after_max` or remove it"),
        );
    }
    HOLDS
}

/// Delays do not shrink.
pub const fn factor(factor: f64) -> Ruling {
    if !factor_fits(factor) {
        return refuse(&text(
            "`factor` must be at least 1 and finite, or delays would shrink; 2.0 doubles them",
        ));
    }
    HOLDS
}

/// The random share is a share.
pub const fn jitter(ratio: f64) -> Ruling {
    if !ratio_fits(ratio) {
        return refuse(&text(
            "`jitter` must be between 0 and 1; it is the share of a delay that is added or taken away",
        ));
    }
    HOLDS
}

/// All rules on one backoff, for one that is a constant of the user's.
pub const fn backoff(backoff: &Backoff) -> Ruling {
    require!(cap(backoff.base(), backoff.get_cap()));
    require!(factor(backoff.get_factor()));
    if let Jitter::Ratio(ratio) = backoff.get_jitter() {
        require!(jitter(ratio));
    }
    HOLDS
}

/// The attempts and the waits between them fit into the deadline, even when all are as long as can be.
pub const fn fits_deadline(
    backoff: &Backoff,
    max: u32,
    timeout: Option<Duration>,
    deadline: Duration,
) -> Ruling {
    if max == 0 || !backoff_fits(backoff) || !timeout::in_range(deadline) {
        return HOLDS;
    }
    if let Some(timeout) = timeout
        && (!timeout::in_range(timeout) || timeout.as_nanos() >= deadline.as_nanos())
    {
        return HOLDS;
    }
    if max == UNTIL_DEADLINE {
        return leaves_time(backoff, deadline);
    }
    let waits = backoff.longest_total(max - 1);
    let total = plan(waits, max, timeout);
    if total.as_nanos() <= deadline.as_nanos() {
        return HOLDS;
    }
    let wait = if backoff.is_fixed() { "base" } else { "cap" };
    let plan = text("").number(max as u128).str(" attempts ");
    let plan = match timeout {
        Some(timeout) => {
            let plan =
                plan.str("of up to ").duration(timeout).str(" and their waits of up to ").duration(waits);
            plan.str(" take up to ").duration(total)
        }
        None => plan.str("wait up to ").duration(waits),
    };
    let plan = plan.str(", which exceeds `deadline` of ").duration(deadline);
    let plan = match timeout {
        Some(_) => plan.str("; lower `max`, `timeout` or `").str(wait),
        None => plan.str("; lower `max` or `").str(wait),
    };
    refuse(&plan.str("`, raise `deadline`, or write `max = \"deadline\"`"))
}

/// The first wait, where it is certain, ends before the deadline.
const fn leaves_time(backoff: &Backoff, deadline: Duration) -> Ruling {
    let base = backoff.base();
    if matches!(backoff.get_jitter(), Jitter::None) && nanos(base) >= nanos(deadline) {
        return refuse(
            &text("`base` of ")
                .duration(base)
                .str(" leaves no time for a retry before `deadline` of ")
                .duration(deadline)
                .str("; lower `base` or raise `deadline`"),
        );
    }
    HOLDS
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
mod tests {
    use super::*;
    use crate::policy::ruling::sentence;

    const SECOND: Duration = Duration::from_secs(1);

    // Rules hold in const evaluation.
    const _: () = {
        attempts(1).hold();
        cap(SECOND, SECOND).hold();
        retry_after_max(Duration::from_nanos(1)).hold();
        retry_after_max(Duration::MAX).hold();
        retry_after_below_deadline(SECOND, Duration::from_nanos(1_000_000_001)).hold();
        factor(1.0).hold();
        jitter(0.0).hold();
        jitter(1.0).hold();
        backoff(&Backoff::exp_jitter(SECOND)).hold();
        fits_deadline(&Backoff::exp(SECOND), 5, None, Duration::from_secs(15)).hold();
        fits_deadline(&Backoff::exp(SECOND), 5, Some(SECOND), Duration::from_secs(20)).hold();
        fits_deadline(&Backoff::exp(SECOND), UNTIL_DEADLINE, None, Duration::from_nanos(1_000_000_001))
            .hold();
        fits_deadline(&Backoff::exp_jitter(SECOND), UNTIL_DEADLINE, None, Duration::from_nanos(1)).hold();
        fits_deadline(&Backoff::fixed(SECOND).jitter(Jitter::Equal), UNTIL_DEADLINE, None, SECOND).hold();
    };

    // G4, Q9
    #[test]
    fn no_attempt_at_all_is_refused() {
        assert_eq!(sentence(&attempts(0)).unwrap(), "`max` must be at least 1; it counts the first call");
    }

    // Q11
    #[test]
    fn a_cap_below_the_base_is_refused() {
        assert_eq!(
            sentence(&cap(SECOND * 2, SECOND)).unwrap(),
            "`cap` of 1s is shorter than `base` of 2s; raise `cap` or lower `base`"
        );
    }

    #[test]
    fn to_wait_for_no_hint_at_all_is_refused() {
        assert_eq!(
            sentence(&retry_after_max(Duration::ZERO)).unwrap(),
            "`retry_after_max` must be longer than zero; write the longest `retry_after` that is worth waiting for, \
             like \"60s\""
        );
    }

    #[test]
    fn a_bound_on_hints_that_the_deadline_comes_before_is_refused() {
        for longest in [SECOND * 2, Duration::MAX] {
            sentence(&retry_after_below_deadline(longest, SECOND * 2)).unwrap();
        }
        assert_eq!(
            sentence(&retry_after_below_deadline(SECOND * 60, SECOND * 2)).unwrap(),
            "`retry_after_max` of 60s has no effect beside `deadline` of 2s, which bounds a `retry_after` too; \
             lower `retry_after_max` or remove it"
        );
        // Refused for itself.
        retry_after_below_deadline(SECOND, Duration::ZERO).hold();
    }

    // Q11
    #[test]
    fn a_factor_that_shrinks_is_refused() {
        for bad in [0.999, 0.0, -2.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                sentence(&factor(bad)).unwrap(),
                "`factor` must be at least 1 and finite, or delays would shrink; 2.0 doubles them"
            );
        }
    }

    // Q8, Q12
    #[test]
    fn a_jitter_outside_of_its_range_is_refused() {
        for bad in [-0.1, 1.1, f64::NAN] {
            assert_eq!(
                sentence(&jitter(bad)).unwrap(),
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
            sentence(&backoff(&bad)).unwrap();
        }
    }

    // Q7, Q13, Q23
    #[test]
    fn waits_that_pass_the_deadline_are_refused() {
        assert_eq!(
            sentence(&fits_deadline(&Backoff::exp(SECOND), 5, None, SECOND * 5)).unwrap(),
            "5 attempts wait up to 15s, which exceeds `deadline` of 5s; lower `max` or `cap`, raise `deadline`, \
             or write `max = \"deadline\"`"
        );
        sentence(&fits_deadline(&Backoff::exp(SECOND), 5, None, Duration::from_millis(14_999))).unwrap();
    }

    #[test]
    fn a_first_wait_as_long_as_the_deadline_leaves_no_retry() {
        for backoff in [Backoff::fixed(SECOND), Backoff::exp(SECOND), Backoff::decorrelated(SECOND)] {
            assert_eq!(
                sentence(&fits_deadline(&backoff, UNTIL_DEADLINE, None, SECOND)).unwrap(),
                "`base` of 1s leaves no time for a retry before `deadline` of 1s; lower `base` or raise `deadline`"
            );
        }
    }

    // Q23
    #[test]
    fn attempts_and_waits_that_pass_the_deadline_are_refused() {
        assert_eq!(
            sentence(&fits_deadline(&Backoff::exp(SECOND), 5, Some(SECOND * 2), SECOND * 5)).unwrap(),
            "5 attempts of up to 2s and their waits of up to 15s take up to 25s, which exceeds `deadline` of 5s; \
             lower `max`, `timeout` or `cap`, raise `deadline`, or write `max = \"deadline\"`"
        );
    }

    #[test]
    fn advice_on_a_fixed_delay_names_its_base() {
        assert_eq!(
            sentence(&fits_deadline(&Backoff::fixed(SECOND), 5, None, SECOND * 3)).unwrap(),
            "5 attempts wait up to 4s, which exceeds `deadline` of 3s; lower `max` or `base`, raise `deadline`, \
             or write `max = \"deadline\"`"
        );
    }

    #[test]
    fn what_another_rule_refuses_is_not_reported_twice() {
        let backoff = Backoff::exp(SECOND);
        fits_deadline(&backoff, 0, None, SECOND).hold();
        fits_deadline(&backoff, 9, None, Duration::ZERO).hold();
        fits_deadline(&backoff, 9, Some(Duration::ZERO), SECOND).hold();
        fits_deadline(&backoff, 9, Some(SECOND), SECOND).hold();
        // The first three would wait for longer than the deadline, too.
        fits_deadline(&backoff.factor(0.5), 9, None, SECOND).hold();
        fits_deadline(&backoff.cap(SECOND / 2), 9, None, SECOND).hold();
        fits_deadline(&backoff.jitter(Jitter::Ratio(2.0)), 9, None, SECOND).hold();
        fits_deadline(&backoff.factor(f64::NAN), 9, None, SECOND).hold();
        fits_deadline(&backoff.cap(Duration::ZERO), 9, None, SECOND).hold();
        fits_deadline(&backoff.jitter(Jitter::Ratio(-1.0)), 9, None, SECOND).hold();
    }

    #[test]
    fn a_total_beyond_every_clock_is_refused_without_overflow() {
        let backoff = Backoff::exp(Duration::MAX).cap(Duration::MAX);
        sentence(&fits_deadline(&backoff, u32::MAX - 1, Some(SECOND), SECOND * 2)).unwrap();
    }
}
