//! The rules of presets, for const evaluation: of one by itself, and of the whole that it makes with an attribute.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do. A rule on several values passes
//! where one of them breaks a rule of its own, so that one mistake is reported once.

use super::config::Preset;
use super::merge::own_backoff;
use crate::policy::limiter::RateLimitConfig;
use crate::policy::retry::UNTIL_DEADLINE;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::policy::{breaker, budget, bulkhead, limiter, retry, throttle, timeout};
use crate::text::text;

/// Each of its policies makes sense by itself.
pub const fn preset(preset: &Preset) -> Ruling {
    if let Some(retry) = preset.retry {
        require!(retry::check::attempts(retry.attempts()));
        if let Some(longest) = retry.retry_after_max() {
            require!(retry::check::retry_after_max(longest));
        }
        if let Some(backoff) = retry.backoff() {
            require!(retry::check::backoff(backoff));
        }
    }
    if let Some(config) = &preset.budget {
        require!(budget::check::config(config));
    }
    if let Some(config) = &preset.throttle {
        require!(throttle::check::config(config));
    }
    if let Some(config) = &preset.breaker {
        require!(breaker::check::config(config));
    }
    if let Some(config) = &preset.rate_limit {
        require!(limiter::check::config(config));
    }
    if let Some(config) = &preset.bulkhead {
        require!(bulkhead::check::config(config));
    }
    if let Some(limit) = preset.timeout {
        require!(timeout::check::timeout(limit));
    }
    if let Some(limit) = preset.deadline {
        require!(timeout::check::deadline(limit));
    }
    HOLDS
}

/// A retry whose settings can be changed.
pub const fn preset_has_retry(preset: &Preset) -> Ruling {
    if preset.retry.is_none() {
        return refuse(&text("the preset has no retry to change; add one, like `retry = \"exp_jitter\"`"));
    }
    HOLDS
}

/// A backoff whose settings can be changed.
pub const fn preset_has_backoff(preset: &Preset) -> Ruling {
    require!(preset_has_retry(preset));
    if own_backoff(preset).is_none() {
        return refuse(&text(
            "the delays of the preset come from a policy of its own; set it there, or write a strategy, like `retry = \"exp_jitter\"`",
        ));
    }
    HOLDS
}

/// A rate limit whose settings can be changed.
pub const fn preset_has_rate_limit(preset: &Preset) -> Ruling {
    if preset.rate_limit.is_none() {
        return refuse(&text(
            "the preset has no rate limit to change; begin with a rate, like `rate_limit(\"100/s\", ..)`",
        ));
    }
    HOLDS
}

/// A lease that is changed fits into the bucket of the preset, where it has one.
pub const fn preset_lease_fits(preset: &Preset, config: &RateLimitConfig) -> Ruling {
    if preset.rate_limit.is_some() {
        require!(limiter::check::lease_fits(config));
    }
    HOLDS
}

/// A bulkhead whose settings can be changed.
pub const fn preset_has_bulkhead(preset: &Preset) -> Ruling {
    if preset.bulkhead.is_none() {
        return refuse(&text(
            "the preset has no bulkhead to change; begin with a number, like `bulkhead(10, ..)`",
        ));
    }
    HOLDS
}

/// `timeout` < `deadline`.
pub const fn plan_timeouts(plan: &Preset) -> Ruling {
    if let (Some(timeout), Some(deadline)) = (plan.timeout, plan.deadline) {
        require!(timeout::check::timeout_below_deadline(timeout, deadline));
    }
    HOLDS
}

/// All attempts and waits fit into the deadline, which is there where they are as many as fit into it.
pub const fn plan_attempts(plan: &Preset) -> Ruling {
    let Some(retry) = plan.retry else { return HOLDS };
    match (plan.deadline, retry.backoff()) {
        (None, _) if retry.attempts() == UNTIL_DEADLINE => {
            return refuse(&text(
                "`max = \"deadline\"` needs a deadline; add one, like `deadline = \"30s\"`",
            ));
        }
        (Some(deadline), Some(backoff)) => {
            require!(retry::check::fits_deadline(backoff, retry.attempts(), plan.timeout, deadline));
        }
        _ => {}
    }
    HOLDS
}

/// A budget has retries.
pub const fn plan_budget(plan: &Preset) -> Ruling {
    if plan.budget.is_some() && plan.retry.is_none() {
        return refuse(&text(
            "a budget has no effect without a retry; add one, like `retry = \"exp_jitter\"`",
        ));
    }
    HOLDS
}

/// A call that waits for its turn for as long as it may still has time for its body.
pub const fn plan_rate_limit(plan: &Preset) -> Ruling {
    if let (Some(config), Some(deadline)) = (&plan.rate_limit, plan.deadline) {
        require!(limiter::check::limit_wait(config.get_wait(), deadline));
    }
    HOLDS
}

/// Likewise for a slot.
pub const fn plan_bulkhead(plan: &Preset) -> Ruling {
    if let (Some(config), Some(deadline)) = (&plan.bulkhead, plan.deadline) {
        require!(bulkhead::check::bulkhead_wait(config.get_wait(), deadline));
    }
    HOLDS
}

/// No limit that a function which is not async cannot be held to.
pub const fn plan_blocking(plan: &Preset) -> Ruling {
    let key = match (plan.timeout, plan.deadline) {
        (Some(_), _) => "timeout",
        (None, Some(_)) => "deadline",
        (None, None) => return HOLDS,
    };
    refuse(
        &text("the preset has a `")
            .str(key)
            .str("`, which cannot stop a function that is not async; make it `async`, or add `")
            .str(key)
            .str(" = \"none\"`"),
    )
}

/// The breaker's window of time is long enough to see `min_calls` at the rate.
pub const fn plan_window(plan: &Preset) -> Ruling {
    if let (Some(breaker), Some(limit)) = (&plan.breaker, &plan.rate_limit)
        && let Some((window, min_calls)) = breaker.rates_over()
    {
        require!(limiter::check::rate_window(window, min_calls, limit.get_rate()));
    }
    HOLDS
}
