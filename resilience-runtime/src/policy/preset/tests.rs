//! What presets come to, what an override begins with, and what is refused.

use core::time::Duration;

use super::{Preset, check, merge};
use crate::policy::breaker::{BreakerConfig, Window};
use crate::policy::budget::BudgetConfig;
use crate::policy::bulkhead::{Adaptive, BulkheadConfig};
use crate::policy::limiter::{Rate, RateLimitConfig};
use crate::policy::retry::{Backoff, BackoffPolicy, Jitter, UNTIL_DEADLINE};
use crate::policy::ruling::{Ruling, require, sentence};
use crate::policy::throttle::ThrottleConfig;
use crate::rng::Rng;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

#[derive(Debug)]
struct Own;

impl BackoffPolicy for Own {
    fn delay(&self, _: u32, _: Duration, _: &mut Rng) -> Duration {
        SECOND
    }
}

/// All rules, as the attribute applies them to a constant.
const fn rules(preset: &Preset) -> Ruling {
    require!(check::preset(preset));
    require!(check::plan_timeouts(preset));
    require!(check::plan_attempts(preset));
    require!(check::plan_budget(preset));
    require!(check::plan_rate_limit(preset));
    require!(check::plan_bulkhead(preset));
    check::plan_window(preset)
}

// The attribute leaves the rules out where only a built-in preset is concerned.
const _: () = {
    rules(&Preset::CRITICAL).hold();
    rules(&Preset::STANDARD).hold();
    rules(&Preset::BATCH).hold();
    rules(&Preset::new()).hold();
};

fn refused(preset: &Preset) -> String {
    sentence(&rules(preset)).expect("a rule is broken")
}

#[test]
fn each_policy_is_held_to_its_own_rules() {
    let new = Preset::new;
    let table = [
        (new().retry(Backoff::fixed(SECOND), 0), "`max` must be at least 1"),
        (new().retry(Backoff::exp(SECOND).cap(MS), 2), "`cap` of 1ms is shorter than `base` of 1s"),
        (
            new().retry_with(&Own, 2).retry_after_max(Duration::ZERO),
            "`retry_after_max` must be longer than zero",
        ),
        (new().breaker(BreakerConfig::new().failures(0)), "`failures` must be at least 1"),
        (new().rate_limit(RateLimitConfig::new(Rate::per_second(0))), "`rate` must admit at least 1 call"),
        (new().bulkhead(BulkheadConfig::new(0)), "a bulkhead must let at least 1 call run"),
        (new().throttle(ThrottleConfig::new().k(0.0)), "the `k` of a throttle must be at least 1"),
        (
            new().retry_with(&Own, 2).budget(BudgetConfig::new().ratio(2.0)),
            "the `ratio` of a budget must be above 0",
        ),
        (new().timeout(Duration::ZERO), "`timeout` must be longer than zero"),
        (new().deadline(Duration::MAX), "`deadline` of"),
    ];
    for (preset, expected) in table {
        let text = refused(&preset);
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn policies_go_together() {
    let new = Preset::new;
    let table = [
        (new().timeout(SECOND).deadline(SECOND), "`timeout` of 1s must be shorter than `deadline` of 1s"),
        (new().retry(Backoff::fixed(SECOND), 3).deadline(SECOND), "3 attempts wait up to 2s, which exceeds"),
        (new().retry(Backoff::fixed(SECOND), UNTIL_DEADLINE), "`max = \"deadline\"` needs a deadline"),
        (new().budget(BudgetConfig::new()), "a budget has no effect without a retry"),
        (
            Preset::BATCH.without_retry().without_timeout().deadline(SECOND),
            "`wait` of 10s must be shorter than",
        ),
        (
            new().bulkhead(BulkheadConfig::new(1).queue(1).wait(SECOND)).deadline(SECOND),
            "`wait` of 1s must be shorter",
        ),
        (
            new().breaker(BreakerConfig::new()).rate_limit(RateLimitConfig::new(Rate::per_hour(1))),
            "at this `rate` a `window` of 60s sees at most 0 calls",
        ),
    ];
    for (preset, expected) in table {
        let text = refused(&preset);
        assert!(text.starts_with(expected), "{text}");
    }
    // A number of failures is no rate.
    rules(
        &new().breaker(BreakerConfig::new().failures(1)).rate_limit(RateLimitConfig::new(Rate::per_hour(1))),
    )
    .hold();
}

#[test]
fn a_function_that_is_not_async_has_no_limits() {
    let table = [
        (
            sentence(&check::plan_blocking(&Preset::BATCH)).unwrap(),
            "the preset has a `timeout`, which cannot stop",
        ),
        (
            sentence(&check::plan_blocking(&Preset::new().deadline(SECOND))).unwrap(),
            "the preset has a `deadline`, which",
        ),
    ];
    for (text, expected) in table {
        assert!(text.starts_with(expected), "{text}");
    }
    check::plan_blocking(&Preset::BATCH.without_timeout()).hold();
}

#[test]
fn what_is_to_be_changed_has_to_be_there() {
    let table = [
        (sentence(&check::preset_has_retry(&Preset::new())).unwrap(), "the preset has no retry to change"),
        (sentence(&check::preset_has_backoff(&Preset::new())).unwrap(), "the preset has no retry to change"),
        (
            sentence(&check::preset_has_backoff(&Preset::new().retry_with(&Own, 2))).unwrap(),
            "the delays of the preset come",
        ),
        (
            sentence(&check::preset_has_rate_limit(&Preset::new())).unwrap(),
            "the preset has no rate limit to change",
        ),
        (
            sentence(&check::preset_has_bulkhead(&Preset::CRITICAL)).unwrap(),
            "the preset has no bulkhead to change",
        ),
    ];
    for (text, expected) in table {
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn a_strategy_keeps_the_numbers_of_the_preset() {
    let own = Backoff::exp(SECOND).cap(5 * SECOND).factor(3.0).jitter(Jitter::Equal);
    let preset = Preset::new().retry(own, 7);
    let named = Backoff::exp_jitter(MS);
    assert_eq!(merge::strategy(&preset, named), own.jitter(Jitter::Full));
    assert_eq!(merge::strategy(&Preset::new(), named), named);
    assert_eq!(merge::strategy(&Preset::new().retry_with(&Own, 2), named), named);
    assert_eq!(merge::based(merge::backoff(&preset), MS).base(), MS);
    assert_eq!((merge::max(&preset), merge::max(&Preset::new())), (7, 3));
    assert_eq!(merge::max(&preset.max(2)), 2);
    assert!(Preset::new().max(2).retry.is_none());
    let bound = |preset: Preset| preset.retry.and_then(|retry| retry.retry_after_max());
    assert_eq!((bound(preset), bound(preset.retry_after_max(SECOND).max(2))), (None, Some(SECOND)));
    assert!(Preset::new().retry_after_max(SECOND).retry.is_none());
}

#[test]
fn rules_of_the_breaker_take_the_place_of_all() {
    let preset = Preset::new().breaker(
        BreakerConfig::new()
            .failures(3)
            .consecutive(5)
            .failure_rate(0.1)
            .slow_rate(0.2)
            .window(Window::Calls(9))
            .open_for(SECOND),
    );
    let expected = BreakerConfig::new().window(Window::Calls(9)).open_for(SECOND);
    assert_eq!(merge::breaker_without_rules(&preset), expected);
    assert_eq!(merge::breaker(&Preset::new()), BreakerConfig::new());
}

#[test]
fn a_rate_and_a_number_keep_the_rest() {
    let limit = RateLimitConfig::new(Rate::per_second(10)).burst(3).wait(SECOND);
    let bulkhead = BulkheadConfig::new(5).queue(3).wait(SECOND).adaptive(Adaptive::aimd().max(50));
    let preset = Preset::new().rate_limit(limit).bulkhead(bulkhead);
    let rate = Rate::per_hour(1);
    assert_eq!(merge::rate_limit_at(&preset, rate), RateLimitConfig::new(rate).burst(3).wait(SECOND));
    assert_eq!(merge::rate_limit_at(&Preset::new(), rate), RateLimitConfig::new(rate));
    let expected = BulkheadConfig::new(7).queue(3).wait(SECOND).adaptive(Adaptive::aimd().max(7));
    assert_eq!(merge::bulkhead_at(&preset, 7), expected);
    assert_eq!(merge::bulkhead_max(&preset), 5);
}

#[test]
fn without_takes_a_policy_out() {
    let full = Preset::STANDARD
        .throttle(ThrottleConfig::new())
        .bulkhead(BulkheadConfig::new(1))
        .deadline(60 * SECOND);
    let empty = full
        .without_retry()
        .without_throttle()
        .without_breaker()
        .without_rate_limit()
        .without_bulkhead()
        .without_timeout()
        .without_deadline();
    assert_eq!(format!("{empty:?}"), format!("{:?}", Preset::default()));
    assert!(full.without_budget().retry.is_some());
}
