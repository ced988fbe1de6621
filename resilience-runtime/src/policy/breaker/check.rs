//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value, and
//! [`Breaker::new`](super::Breaker::new) all of them.
//!
//! What a rule refuses it refuses with one sentence: what is wrong, then what to do. A rule on several values passes
//! where one of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use super::config::{BreakerConfig, Window};
use crate::policy::preset::Preset;
use crate::policy::ruling::{HOLDS, Ruling, refuse, require};
use crate::policy::timeout::check as limits;
use crate::text::text;

const fn is_share(share: f64) -> bool {
    share > 0.0 && share <= 1.0
}

/// 0 < `failure_rate` <= 1.
pub const fn failure_rate(rate: f64) -> Ruling {
    if !is_share(rate) {
        return refuse(&text(
            "`failure_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5",
        ));
    }
    HOLDS
}

/// 0 < `slow_rate` <= 1.
pub const fn slow_rate(rate: f64) -> Ruling {
    if !is_share(rate) {
        return refuse(&text("`slow_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5"));
    }
    HOLDS
}

/// `failures` >= 1.
pub const fn failures(failures: u32) -> Ruling {
    if failures == 0 {
        return refuse(&text(
            "`failures` must be at least 1; it counts the failures in the window that open the breaker",
        ));
    }
    HOLDS
}

/// `failures` can be reached in a window that counts calls.
pub const fn failures_fit(failures: u32, window: Window) -> Ruling {
    if let Window::Calls(calls) = window
        && calls > 0
        && failures > calls
    {
        return refuse(
            &text("`failures` of ")
                .number(failures as u128)
                .str(" can never be reached in a `window` of ")
                .number(calls as u128)
                .str(" calls; lower `failures` or raise `window`"),
        );
    }
    HOLDS
}

/// `consecutive` >= 1.
pub const fn consecutive(failures: u32) -> Ruling {
    if failures == 0 {
        return refuse(&text(
            "`consecutive` must be at least 1; it counts the failures in a row that open the breaker",
        ));
    }
    HOLDS
}

/// `slow_call` > 0.
pub const fn slow_call(limit: Duration) -> Ruling {
    if limit.is_zero() {
        return refuse(&text(
            "`slow_call` must be longer than 0s, or every call is slow; write a time like \"2s\"",
        ));
    }
    HOLDS
}

/// `slow_call` < `timeout`: an attempt that takes longer than its limit ends there, as a failure.
pub const fn slow_call_below_timeout(slow_call: Duration, timeout: Duration) -> Ruling {
    if limits::in_range(timeout) && slow_call.as_nanos() >= timeout.as_nanos() {
        return refuse(
            &text("`slow_call` of ")
                .duration(slow_call)
                .str(" must be shorter than `timeout` of ")
                .duration(timeout)
                .str(", or no call is ever slow; lower `slow_call` or raise `timeout`"),
        );
    }
    HOLDS
}

/// The same for what is a preset's in part.
pub const fn plan_slow_call(plan: &Preset) -> Ruling {
    if let (Some(config), Some(timeout)) = (&plan.breaker, plan.timeout)
        && let Some(limit) = config.settings().slow_call
    {
        require!(slow_call_below_timeout(limit, timeout));
    }
    HOLDS
}

/// A `window` of at least one call.
pub const fn window_calls(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text(
            "`window` must hold at least 1 call; write a number of calls like 100 or a time like \"60s\"",
        ));
    }
    HOLDS
}

/// A `window` longer than nothing.
pub const fn window_time(time: Duration) -> Ruling {
    if time.is_zero() {
        return refuse(&text(
            "`window` must be longer than 0s; write a time like \"60s\" or a number of calls like 100",
        ));
    }
    HOLDS
}

/// `min_calls` >= 1.
pub const fn min_calls(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text("`min_calls` must be at least 1; a rate needs a call to be taken of"));
    }
    HOLDS
}

/// `min_calls` can be reached in a window that counts calls.
pub const fn min_calls_fit(min_calls: u32, window: Window) -> Ruling {
    if let Window::Calls(calls) = window
        && calls > 0
        && min_calls > calls
    {
        return refuse(
            &text("`min_calls` of ")
                .number(min_calls as u128)
                .str(" can never be reached in a `window` of ")
                .number(calls as u128)
                .str(" calls; lower `min_calls` or raise `window`"),
        );
    }
    HOLDS
}

/// `open_for` > 0.
pub const fn open_for(period: Duration) -> Ruling {
    if period.is_zero() {
        return refuse(&text(
            "`open_for` must be longer than 0s, or the breaker never refuses; write a time like \"30s\"",
        ));
    }
    HOLDS
}

/// `open_growth` >= 1, and a number.
pub const fn open_growth(factor: f64) -> Ruling {
    if !(factor >= 1.0 && factor.is_finite()) {
        return refuse(&text(
            "`open_growth` must be at least 1; write 1.0 for open periods of one length or 2.0 to double them",
        ));
    }
    HOLDS
}

/// `open_max` >= `open_for`.
pub const fn open_max(open_max: Duration, open_for: Duration) -> Ruling {
    if !open_for.is_zero() && open_max.as_nanos() < open_for.as_nanos() {
        return refuse(
            &text("`open_max` of ")
                .duration(open_max)
                .str(" is shorter than `open_for` of ")
                .duration(open_for)
                .str("; raise `open_max` or lower `open_for`"),
        );
    }
    HOLDS
}

/// `probes` >= 1.
pub const fn probes(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text(
            "`probes` must be at least 1, or an open breaker never closes again; write a number like 5",
        ));
    }
    HOLDS
}

/// `successes` >= 1.
pub const fn successes(calls: u32) -> Ruling {
    if calls == 0 {
        return refuse(&text(
            "`successes` must be at least 1; it counts the probes that must succeed to close the breaker",
        ));
    }
    HOLDS
}

/// `successes` <= `probes`.
pub const fn successes_fit(successes: u32, probes: u32) -> Ruling {
    if probes > 0 && successes > probes {
        return refuse(
            &text("`successes` of ")
                .number(successes as u128)
                .str(" can never be reached with ")
                .number(probes as u128)
                .str(" `probes`; lower `successes` or raise `probes`"),
        );
    }
    HOLDS
}

/// `probe_timeout` > 0.
pub const fn probe_timeout(limit: Duration) -> Ruling {
    if limit.is_zero() {
        return refuse(&text(
            "`probe_timeout` must be longer than 0s, or every call is a probe; write a time like \"30s\"",
        ));
    }
    HOLDS
}

/// A time window in which two attempts that time out one after the other are seen together.
pub const fn window_sees_timeouts(window: Duration, timeout: Duration) -> Ruling {
    let needed = timeout.saturating_mul(2);
    if !window.is_zero() && limits::in_range(timeout) && window.as_nanos() < needed.as_nanos() {
        return refuse(
            &text("a `window` of ")
                .duration(window)
                .str(" has forgotten one attempt's `timeout` of ")
                .duration(timeout)
                .str(" before the next; make `window` at least ")
                .duration(needed)
                .str(" or lower `timeout`"),
        );
    }
    HOLDS
}

/// The rules on two settings, for a configuration that is a preset's in part.
pub const fn breaker_fits(config: &BreakerConfig) -> Ruling {
    if let Some(window) = config.window {
        if let Some(calls) = config.min_calls {
            require!(min_calls_fit(calls, window));
        }
        if let Some(number) = config.failures {
            require!(failures_fit(number, window));
        }
    }
    if let Some(longest) = config.open_max {
        require!(open_max(longest, config.open_for));
    }
    if let Some(calls) = config.successes {
        require!(successes_fit(calls, config.probes));
    }
    HOLDS
}

/// All the rules that need nothing but the configuration, and that no setting is without effect.
pub const fn config(config: &BreakerConfig) -> Ruling {
    if let Some(rate) = config.failure_rate {
        require!(failure_rate(rate));
    }
    if let Some(number) = config.failures {
        require!(failures(number));
        if let Some(window) = config.window {
            require!(failures_fit(number, window));
        }
    }
    if let Some(failures) = config.consecutive {
        require!(consecutive(failures));
    }
    if let Some(rate) = config.slow_rate {
        require!(slow_rate(rate));
    }
    if let Some(limit) = config.slow_call {
        require!(slow_call(limit));
    }
    match config.window {
        Some(Window::Calls(calls)) => require!(window_calls(calls)),
        Some(Window::Time(time)) => require!(window_time(time)),
        None => {}
    }
    if let Some(calls) = config.min_calls {
        require!(min_calls(calls));
        if let Some(window) = config.window {
            require!(min_calls_fit(calls, window));
        }
    }
    require!(open_for(config.open_for));
    if let Some(factor) = config.open_growth {
        require!(open_growth(factor));
    }
    if let Some(longest) = config.open_max {
        require!(open_max(longest, config.open_for));
    }
    require!(probes(config.probes));
    if let Some(calls) = config.successes {
        require!(successes(calls));
        require!(successes_fit(calls, config.probes));
    }
    require!(probe_timeout(config.probe_timeout));
    effects(config)
}

/// A setting that no rule reads is a mistake, not a wish.
const fn effects(config: &BreakerConfig) -> Ruling {
    if config.slow_call.is_some() && config.slow_rate.is_none() {
        return refuse(&text(
            "`slow_call` has no effect without `slow_rate`; add `slow_rate` or remove `slow_call`",
        ));
    }
    if config.open_max.is_some() && config.open_growth.is_none() {
        return refuse(&text(
            "`open_max` has no effect without `open_growth`; add `open_growth` or remove `open_max`",
        ));
    }
    if config.settings().window.is_none() {
        if config.window.is_some() {
            return refuse(&text(
                "`window` has no effect with `consecutive` alone; add `failure_rate`, `failures` or `slow_rate`, or remove `window`",
            ));
        }
        if config.min_calls.is_some() {
            return refuse(&text(
                "`min_calls` has no effect with `consecutive` alone; add `failure_rate` or `slow_rate`, or remove `min_calls`",
            ));
        }
    } else if config.min_calls.is_some() && !config.has_rates() {
        return refuse(&text(
            "`min_calls` has no effect with `failures`, which is no rate; add `failure_rate` or `slow_rate`, or remove `min_calls`",
        ));
    }
    HOLDS
}
