//! The rules of presets, for const evaluation: of one by itself, and of the whole that it makes with an attribute.
//!
//! Every function panics with one sentence: what is wrong, then what to do. A rule on several values passes where
//! one of them breaks a rule of its own, so that one mistake is reported once.

use super::config::Preset;
use super::merge::own_backoff;
use crate::limiter::RateLimitConfig;
use crate::retry::UNTIL_DEADLINE;
use crate::text::{refuse, text};
use crate::{breaker, budget, bulkhead, limiter, retry, throttle, timeout};

/// Each of its policies makes sense by itself.
#[track_caller]
pub const fn preset(preset: &Preset) {
    if let Some(retry) = preset.retry {
        retry::check::attempts(retry.attempts());
        if let Some(longest) = retry.retry_after_max() {
            retry::check::retry_after_max(longest);
        }
        if let Some(backoff) = retry.backoff() {
            retry::check::backoff(backoff);
        }
    }
    if let Some(config) = &preset.budget {
        budget::check::config(config);
    }
    if let Some(config) = &preset.throttle {
        throttle::check::config(config);
    }
    if let Some(config) = &preset.breaker {
        breaker::check::config(config);
    }
    if let Some(config) = &preset.rate_limit {
        limiter::check::config(config);
    }
    if let Some(config) = &preset.bulkhead {
        bulkhead::check::config(config);
    }
    if let Some(limit) = preset.timeout {
        timeout::check::timeout(limit);
    }
    if let Some(limit) = preset.deadline {
        timeout::check::deadline(limit);
    }
}

/// A retry whose settings can be changed.
#[track_caller]
pub const fn preset_has_retry(preset: &Preset) {
    if preset.retry.is_none() {
        refuse(&text("the preset has no retry to change; add one, like `retry = \"exp_jitter\"`"));
    }
}

/// A backoff whose settings can be changed.
#[track_caller]
pub const fn preset_has_backoff(preset: &Preset) {
    preset_has_retry(preset);
    if own_backoff(preset).is_none() {
        refuse(&text(
            "the delays of the preset come from a policy of its own; set it there, or write a strategy, like `retry = \"exp_jitter\"`",
        ));
    }
}

/// A rate limit whose settings can be changed.
#[track_caller]
pub const fn preset_has_rate_limit(preset: &Preset) {
    if preset.rate_limit.is_none() {
        refuse(&text(
            "the preset has no rate limit to change; begin with a rate, like `rate_limit(\"100/s\", ..)`",
        ));
    }
}

/// A lease that is changed fits into the bucket of the preset, where it has one.
#[track_caller]
pub const fn preset_lease_fits(preset: &Preset, config: &RateLimitConfig) {
    if preset.rate_limit.is_some() {
        limiter::check::lease_fits(config);
    }
}

/// A bulkhead whose settings can be changed.
#[track_caller]
pub const fn preset_has_bulkhead(preset: &Preset) {
    if preset.bulkhead.is_none() {
        refuse(&text("the preset has no bulkhead to change; begin with a number, like `bulkhead(10, ..)`"));
    }
}

/// `timeout` < `deadline`.
#[track_caller]
pub const fn plan_timeouts(plan: &Preset) {
    if let (Some(timeout), Some(deadline)) = (plan.timeout, plan.deadline) {
        timeout::check::timeout_below_deadline(timeout, deadline);
    }
}

/// All attempts and waits fit into the deadline, which is there where they are as many as fit into it.
#[track_caller]
pub const fn plan_attempts(plan: &Preset) {
    let Some(retry) = plan.retry else { return };
    match (plan.deadline, retry.backoff()) {
        (None, _) if retry.attempts() == UNTIL_DEADLINE => {
            refuse(&text("`max = \"deadline\"` needs a deadline; add one, like `deadline = \"30s\"`"));
        }
        (Some(deadline), Some(backoff)) => {
            retry::check::fits_deadline(backoff, retry.attempts(), plan.timeout, deadline);
        }
        _ => {}
    }
}

/// A budget has retries.
#[track_caller]
pub const fn plan_budget(plan: &Preset) {
    if plan.budget.is_some() && plan.retry.is_none() {
        refuse(&text("a budget has no effect without a retry; add one, like `retry = \"exp_jitter\"`"));
    }
}

/// A call that waits for its turn for as long as it may still has time for its body.
#[track_caller]
pub const fn plan_rate_limit(plan: &Preset) {
    if let (Some(config), Some(deadline)) = (&plan.rate_limit, plan.deadline) {
        limiter::check::limit_wait(config.get_wait(), deadline);
    }
}

/// Likewise for a slot.
#[track_caller]
pub const fn plan_bulkhead(plan: &Preset) {
    if let (Some(config), Some(deadline)) = (&plan.bulkhead, plan.deadline) {
        bulkhead::check::bulkhead_wait(config.get_wait(), deadline);
    }
}

/// No limit that a function which is not async cannot be held to.
#[track_caller]
pub const fn plan_blocking(plan: &Preset) {
    let key = match (plan.timeout, plan.deadline) {
        (Some(_), _) => "timeout",
        (None, Some(_)) => "deadline",
        (None, None) => return,
    };
    refuse(
        &text("the preset has a `")
            .str(key)
            .str("`, which cannot stop a function that is not async; make it `async`, or add `")
            .str(key)
            .str(" = \"none\"`"),
    );
}

/// The breaker's window of time is long enough to see `min_calls` at the rate.
#[track_caller]
pub const fn plan_window(plan: &Preset) {
    if let (Some(breaker), Some(limit)) = (&plan.breaker, &plan.rate_limit)
        && let Some((window, min_calls)) = breaker.rates_over()
    {
        limiter::check::rate_window(window, min_calls, limit.get_rate());
    }
}
