//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`RateLimiter::new`](super::RateLimiter::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do.

use core::time::Duration;

use super::config::{Algorithm, Rate, RateLimitConfig};
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::text::text;

/// A `rate` of at least one call, in a period longer than nothing.
pub const fn rate(rate: Rate) -> Ruling {
    if rate.count() == 0 {
        return refuse(&text("`rate` must admit at least 1 call; write a rate like \"100/s\""));
    }
    if rate.period().is_zero() {
        return refuse(&text("the period of `rate` must be longer than 0s; write a rate like \"100/s\""));
    }
    HOLDS
}

/// `burst` >= 1.
pub const fn burst(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text(
            "`burst` must be at least 1, or no call is ever admitted; it counts the calls admitted at once",
        ));
    }
    HOLDS
}

/// `max_keys` >= 1.
pub const fn max_keys(keys: u32) -> Ruling {
    if keys == 0 {
        return refuse(&text(
            "`max_keys` must be at least 1; it counts the keys that are remembered at a time",
        ));
    }
    HOLDS
}

/// `lease` >= 1.
pub const fn lease(tokens: u32) -> Ruling {
    if tokens == 0 {
        return refuse(&text(
            "`lease` must be at least 1; it counts the tokens that a thread takes at once, and 1 is an exact limit",
        ));
    }
    HOLDS
}

/// A lease comes from a bucket, which has so many tokens when it is full.
pub const fn lease_fits(config: &RateLimitConfig) -> Ruling {
    if config.lease <= 1 {
        return HOLDS;
    }
    if matches!(config.algorithm, Algorithm::SlidingWindow) {
        return refuse(&text(
            "`lease` has no effect with `algorithm = \"sliding_window\"`, which asks for each call; remove `lease` or use \"token_bucket\"",
        ));
    }
    let bucket = config.bucket();
    // A bucket without tokens breaks a rule of its own.
    if bucket > 0 && config.lease > bucket {
        return refuse(
            &text("`lease` of ")
                .number(config.lease as u128)
                .str(" is more than the ")
                .number(bucket as u128)
                .str(" tokens of a full bucket; lower `lease` or raise `burst`"),
        );
    }
    HOLDS
}

/// `wait` < `deadline`.
pub const fn limit_wait(wait: Duration, deadline: Duration) -> Ruling {
    if !deadline.is_zero() && wait.as_nanos() >= deadline.as_nanos() {
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

/// All the rules that need nothing but the configuration, and that no setting is without effect.
pub(crate) const fn config(config: &RateLimitConfig) -> Ruling {
    require!(rate(config.rate));
    if let Some(calls) = config.burst {
        require!(burst(calls));
        if matches!(config.algorithm, Algorithm::SlidingWindow) {
            return refuse(&text(
                "`burst` has no effect with `algorithm = \"sliding_window\"`, which admits `rate` at once; remove `burst` or use \"token_bucket\"",
            ));
        }
    }
    require!(max_keys(config.max_keys));
    require!(lease(config.lease));
    lease_fits(config)
}

/// A breaker's time window that is long enough to see `min_calls` at this rate.
pub const fn rate_window(window: Duration, min_calls: u32, rate: Rate) -> Ruling {
    let period = rate.period().as_nanos();
    if rate.count() == 0 || period == 0 || window.is_zero() || min_calls == 0 {
        // Each of these is refused for itself.
        return HOLDS;
    }
    // At most 2^32 times 2^94 nanoseconds: what is too much for the type is enough for any `min_calls`.
    let Some(calls) = window.as_nanos().checked_mul(rate.count() as u128) else { return HOLDS };
    if calls < min_calls as u128 * period {
        return refuse(
            &text("at this `rate` a `window` of ")
                .duration(window)
                .str(" sees at most ")
                .number(calls / period)
                .str(" calls, fewer than `min_calls` of ")
                .number(min_calls as u128)
                .str(", so that the breaker never opens; lower `min_calls`, or raise `window` or `rate`"),
        );
    }
    HOLDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_sees_min_calls() {
        rate_window(Duration::from_secs(10), 10, Rate::per_second(1)).hold();
        rate_window(Duration::MAX, u32::MAX, Rate::per_second(u32::MAX)).hold();
    }

    #[test]
    fn a_window_or_a_rate_of_nothing_is_told_by_its_own_rule() {
        let second = Duration::from_secs(1);
        rate_window(second, 10, Rate::new(0, second)).hold();
        rate_window(second, 10, Rate::new(1, Duration::ZERO)).hold();
        rate_window(Duration::ZERO, 10, Rate::new(1, second)).hold();
        rate_window(second, 0, Rate::new(1, second)).hold();
    }

    #[test]
    #[should_panic(expected = "sees at most 9 calls, fewer than `min_calls` of 10")]
    fn a_window_that_sees_fewer_is_refused() {
        rate_window(Duration::from_secs(9), 10, Rate::per_second(1)).hold();
    }
}
