//! The rules a configuration must hold to, for const evaluation: the attribute asserts each at the user's value,
//! and [`Breaker::new`](super::Breaker::new) all of them.
//!
//! Every function panics with one sentence: what is wrong, then what to do. A rule on several values passes where one
//! of them breaks a rule of its own, so that one mistake is reported once.

use core::time::Duration;

use super::config::{BreakerConfig, Window};
use crate::preset::Preset;
use crate::text::{refuse, text};
use crate::timeout::check as limits;

const fn is_share(share: f64) -> bool {
    share > 0.0 && share <= 1.0
}

/// 0 < `failure_rate` <= 1.
#[track_caller]
pub const fn failure_rate(rate: f64) {
    if !is_share(rate) {
        refuse(&text("`failure_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5"));
    }
}

/// 0 < `slow_rate` <= 1.
#[track_caller]
pub const fn slow_rate(rate: f64) {
    if !is_share(rate) {
        refuse(&text("`slow_rate` must be above 0 and at most 1; write a share like \"50%\" or 0.5"));
    }
}

/// `failures` >= 1.
#[track_caller]
pub const fn failures(failures: u32) {
    if failures == 0 {
        refuse(&text(
            "`failures` must be at least 1; it counts the failures in the window that open the breaker",
        ));
    }
}

/// `failures` can be reached in a window that counts calls.
#[track_caller]
pub const fn failures_fit(failures: u32, window: Window) {
    if let Window::Calls(calls) = window
        && calls > 0
        && failures > calls
    {
        refuse(
            &text("`failures` of ")
                .number(failures as u128)
                .str(" can never be reached in a `window` of ")
                .number(calls as u128)
                .str(" calls; lower `failures` or raise `window`"),
        );
    }
}

/// `consecutive` >= 1.
#[track_caller]
pub const fn consecutive(failures: u32) {
    if failures == 0 {
        refuse(&text(
            "`consecutive` must be at least 1; it counts the failures in a row that open the breaker",
        ));
    }
}

/// `slow_call` > 0.
#[track_caller]
pub const fn slow_call(limit: Duration) {
    if limit.is_zero() {
        refuse(&text("`slow_call` must be longer than 0s, or every call is slow; write a time like \"2s\""));
    }
}

/// `slow_call` < `timeout`: an attempt that takes longer than its limit ends there, as a failure.
#[track_caller]
pub const fn slow_call_below_timeout(slow_call: Duration, timeout: Duration) {
    if limits::in_range(timeout) && slow_call.as_nanos() >= timeout.as_nanos() {
        refuse(
            &text("`slow_call` of ")
                .duration(slow_call)
                .str(" must be shorter than `timeout` of ")
                .duration(timeout)
                .str(", or no call is ever slow; lower `slow_call` or raise `timeout`"),
        );
    }
}

/// The same for what is a preset's in part.
#[track_caller]
pub const fn plan_slow_call(plan: &Preset) {
    if let (Some(config), Some(timeout)) = (&plan.breaker, plan.timeout)
        && let Some(limit) = config.settings().slow_call
    {
        slow_call_below_timeout(limit, timeout);
    }
}

/// A `window` of at least one call.
#[track_caller]
pub const fn window_calls(calls: u32) {
    if calls == 0 {
        refuse(&text(
            "`window` must hold at least 1 call; write a number of calls like 100 or a time like \"60s\"",
        ));
    }
}

/// A `window` longer than nothing.
#[track_caller]
pub const fn window_time(time: Duration) {
    if time.is_zero() {
        refuse(&text(
            "`window` must be longer than 0s; write a time like \"60s\" or a number of calls like 100",
        ));
    }
}

/// `min_calls` >= 1.
#[track_caller]
pub const fn min_calls(calls: u32) {
    if calls == 0 {
        refuse(&text("`min_calls` must be at least 1; a rate needs a call to be taken of"));
    }
}

/// `min_calls` can be reached in a window that counts calls.
#[track_caller]
pub const fn min_calls_fit(min_calls: u32, window: Window) {
    if let Window::Calls(calls) = window
        && calls > 0
        && min_calls > calls
    {
        refuse(
            &text("`min_calls` of ")
                .number(min_calls as u128)
                .str(" can never be reached in a `window` of ")
                .number(calls as u128)
                .str(" calls; lower `min_calls` or raise `window`"),
        );
    }
}

/// `open_for` > 0.
#[track_caller]
pub const fn open_for(period: Duration) {
    if period.is_zero() {
        refuse(&text(
            "`open_for` must be longer than 0s, or the breaker never refuses; write a time like \"30s\"",
        ));
    }
}

/// `open_growth` >= 1, and a number.
#[track_caller]
pub const fn open_growth(factor: f64) {
    if !(factor >= 1.0 && factor.is_finite()) {
        refuse(&text(
            "`open_growth` must be at least 1; write 1.0 for open periods of one length or 2.0 to double them",
        ));
    }
}

/// `open_max` >= `open_for`.
#[track_caller]
pub const fn open_max(open_max: Duration, open_for: Duration) {
    if !open_for.is_zero() && open_max.as_nanos() < open_for.as_nanos() {
        refuse(
            &text("`open_max` of ")
                .duration(open_max)
                .str(" is shorter than `open_for` of ")
                .duration(open_for)
                .str("; raise `open_max` or lower `open_for`"),
        );
    }
}

/// `probes` >= 1.
#[track_caller]
pub const fn probes(calls: u32) {
    if calls == 0 {
        refuse(&text(
            "`probes` must be at least 1, or an open breaker never closes again; write a number like 5",
        ));
    }
}

/// `successes` >= 1.
#[track_caller]
pub const fn successes(calls: u32) {
    if calls == 0 {
        refuse(&text(
            "`successes` must be at least 1; it counts the probes that must succeed to close the breaker",
        ));
    }
}

/// `successes` <= `probes`.
#[track_caller]
pub const fn successes_fit(successes: u32, probes: u32) {
    if probes > 0 && successes > probes {
        refuse(
            &text("`successes` of ")
                .number(successes as u128)
                .str(" can never be reached with ")
                .number(probes as u128)
                .str(" `probes`; lower `successes` or raise `probes`"),
        );
    }
}

/// `probe_timeout` > 0.
#[track_caller]
pub const fn probe_timeout(limit: Duration) {
    if limit.is_zero() {
        refuse(&text(
            "`probe_timeout` must be longer than 0s, or every call is a probe; write a time like \"30s\"",
        ));
    }
}

/// A time window in which two attempts that time out one after the other are seen together.
#[track_caller]
pub const fn window_sees_timeouts(window: Duration, timeout: Duration) {
    let needed = timeout.saturating_mul(2);
    if !window.is_zero() && limits::in_range(timeout) && window.as_nanos() < needed.as_nanos() {
        refuse(
            &text("a `window` of ")
                .duration(window)
                .str(" has forgotten one attempt's `timeout` of ")
                .duration(timeout)
                .str(" before the next; make `window` at least ")
                .duration(needed)
                .str(" or lower `timeout`"),
        );
    }
}

/// The rules on two settings, for a configuration that is a preset's in part.
#[track_caller]
pub const fn breaker_fits(config: &BreakerConfig) {
    if let Some(window) = config.window {
        if let Some(calls) = config.min_calls {
            min_calls_fit(calls, window);
        }
        if let Some(number) = config.failures {
            failures_fit(number, window);
        }
    }
    if let Some(longest) = config.open_max {
        open_max(longest, config.open_for);
    }
    if let Some(calls) = config.successes {
        successes_fit(calls, config.probes);
    }
}

/// All the rules that need nothing but the configuration, and that no setting is without effect.
#[track_caller]
pub const fn config(config: &BreakerConfig) {
    if let Some(rate) = config.failure_rate {
        failure_rate(rate);
    }
    if let Some(number) = config.failures {
        failures(number);
        if let Some(window) = config.window {
            failures_fit(number, window);
        }
    }
    if let Some(failures) = config.consecutive {
        consecutive(failures);
    }
    if let Some(rate) = config.slow_rate {
        slow_rate(rate);
    }
    if let Some(limit) = config.slow_call {
        slow_call(limit);
    }
    match config.window {
        Some(Window::Calls(calls)) => window_calls(calls),
        Some(Window::Time(time)) => window_time(time),
        None => {}
    }
    if let Some(calls) = config.min_calls {
        min_calls(calls);
        if let Some(window) = config.window {
            min_calls_fit(calls, window);
        }
    }
    open_for(config.open_for);
    if let Some(factor) = config.open_growth {
        open_growth(factor);
    }
    if let Some(longest) = config.open_max {
        open_max(longest, config.open_for);
    }
    probes(config.probes);
    if let Some(calls) = config.successes {
        successes(calls);
        successes_fit(calls, config.probes);
    }
    probe_timeout(config.probe_timeout);
    effects(config);
}

/// A setting that no rule reads is a mistake, not a wish.
#[track_caller]
const fn effects(config: &BreakerConfig) {
    if config.slow_call.is_some() && config.slow_rate.is_none() {
        refuse(&text("`slow_call` has no effect without `slow_rate`; add `slow_rate` or remove `slow_call`"));
    }
    if config.open_max.is_some() && config.open_growth.is_none() {
        refuse(&text(
            "`open_max` has no effect without `open_growth`; add `open_growth` or remove `open_max`",
        ));
    }
    if config.settings().window.is_none() {
        if config.window.is_some() {
            refuse(&text(
                "`window` has no effect with `consecutive` alone; add `failure_rate`, `failures` or `slow_rate`, or remove `window`",
            ));
        }
        if config.min_calls.is_some() {
            refuse(&text(
                "`min_calls` has no effect with `consecutive` alone; add `failure_rate` or `slow_rate`, or remove `min_calls`",
            ));
        }
    } else if config.min_calls.is_some() && !config.has_rates() {
        refuse(&text(
            "`min_calls` has no effect with `failures`, which is no rate; add `failure_rate` or `slow_rate`, or remove `min_calls`",
        ));
    }
}
