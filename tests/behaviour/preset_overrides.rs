//! What an attribute says over a preset, key by key, and presets of the user's.

use std::time::Duration;

use resilience_runtime::{
    Backoff, Breaker, BreakerConfig, BudgetConfig, BulkheadConfig, Preset, Rate, RateLimitConfig,
    RejectedKind, State, ThrottleConfig, Window, catalog, resilient, testing,
};
use resilience_tests::{Answer, Script, ms, play, refusal, secs, started, state, timed};

use crate::presets::settings;

#[tokio::test(start_paused = true)]
async fn a_key_changes_what_it_names_and_nothing_else() {
    #[resilient(
        preset = "critical",
        max = 2,
        breaker("presets_changed", open_for = "5s"),
        rate_limit("1/s", burst = 3),
        timeout = "1s",
        deadline = "20s",
        budget = "10%",
        name = "presets_changed"
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let (answer, time) = timed(load(&script)).await;
    assert_eq!((refusal(answer).kind(), script.executions()), (RejectedKind::Timeout, 2));
    assert!(time >= secs(2) && time <= secs(2) + ms(100), "{time:?}");
    assert!(load(&script).await.is_err());
    let open = Breaker::named("presets_changed").expect("it was called").snapshot();
    assert_eq!((open.state, open.failures), (State::Open, 3));
    assert!(open.open_remaining > secs(4) && open.open_remaining <= secs(5), "{open:?}");

    let entry = catalog().find("presets_changed").cloned().expect("annotated");
    assert_eq!(entry.retry.map(|retry| (retry.max, retry.strategy)), Some((Some(2), "exp_jitter")));
    assert_eq!(
        settings(entry.breaker),
        "failures 3, window 30s, open_for 5s, probes 5, successes 3, probe_timeout 30s"
    );
    let limit = "rate 1/s, burst 3, algorithm token_bucket, wait 1s, max_keys 10000, lease 1";
    assert_eq!(settings(entry.rate_limit), limit);
    assert_eq!(settings(entry.budget), "ratio 10%, floor 3, window 10s");
}

#[test]
fn settings_of_the_retry_change_each_its_own() {
    #[resilient(preset = "batch", base = "20ms", name = "presets_base")]
    async fn base(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = "batch", retry("fibonacci", cap = "1s"), name = "presets_strategy")]
    async fn strategy(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = MINE, cap = "1s", jitter = "none", factor = 4.0, name = "presets_cap")]
    async fn cap(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    drop((base(&script), strategy(&script), cap(&script)));
    let retry = |name| {
        let retry = catalog().find(name).and_then(|entry| entry.retry).expect("a retry");
        (retry.backoff.expect("a backoff"), retry.max)
    };
    assert_eq!(retry("presets_base"), (Backoff::exp_jitter(ms(20)), Some(6)));
    assert_eq!(retry("presets_strategy"), (Backoff::fibonacci(ms(100)).cap(secs(1)), Some(6)));
    assert_eq!(retry("presets_cap"), (Backoff::exp(ms(5)).cap(secs(1)).factor(4.0), Some(3)));
}

#[tokio::test(start_paused = true)]
async fn rules_of_the_breaker_take_the_place_of_the_presets() {
    #[resilient(preset = "critical", retry = "none", breaker("presets_rules", consecutive = 5))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFSF");
    assert_eq!(play(11, async || load(&script).await).await, "FFFFSFFFFFR");
}

#[tokio::test(start_paused = true)]
async fn what_is_switched_off_is_not_there() {
    #[resilient(
        preset = "standard",
        retry = "none",
        breaker = "none",
        rate_limit = "none",
        timeout = "none",
        name = "presets_nothing"
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(600, async || load(&script).await).await, "F".repeat(600));
    let entry = catalog().find("presets_nothing").cloned().expect("annotated");
    assert_eq!((entry.retry, entry.timeout, entry.policies().count()), (None, None, 0));
}

mod shared {
    use super::{
        Backoff, BreakerConfig, BudgetConfig, BulkheadConfig, Preset, Rate, RateLimitConfig, ThrottleConfig,
        Window, ms, secs,
    };

    /// Everything that a preset can have.
    pub(super) const FULL: Preset = Preset::new()
        .retry(Backoff::fixed(ms(10)), 3)
        .budget(BudgetConfig::new().floor(50))
        .throttle(ThrottleConfig::new().k(10.0))
        .breaker(BreakerConfig::new().failures(2).window(Window::Calls(10)).open_for(secs(1)))
        .rate_limit(RateLimitConfig::new(Rate::per_second(100)))
        .bulkhead(BulkheadConfig::new(1))
        .timeout(secs(1))
        .deadline(secs(5));
}

const MINE: Preset = Preset::new().retry(Backoff::exp_jitter(ms(5)), 3);

#[tokio::test(start_paused = true)]
async fn a_constant_of_another_module_has_effect() {
    #[resilient(preset = shared::FULL, breaker(failures = 100, window = "1m"), throttle = "none")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFS");
    assert_eq!(timed(load(&script)).await, (Ok(3), ms(20)));
    let slow = Script::new("P");
    let first = started(load(&slow));
    // Tried again as often as there are attempts, which the bulkhead refuses.
    assert_eq!(refusal(load(&slow).await).kind(), RejectedKind::BulkheadFull);
    drop(first);
    assert_eq!(slow.executions(), 1);
    let (answer, time) = timed(load(&slow)).await;
    assert_eq!((refusal(answer).kind(), time), (RejectedKind::Timeout, secs(3) + ms(20)));
}

#[tokio::test(start_paused = true)]
async fn a_constant_breaks_and_limits() {
    #[resilient(preset = shared::FULL, breaker = "presets_full", throttle = "none")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = shared::FULL, rate_limit = "1/m", deadline = "none", timeout = "none")]
    async fn seldom(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(2, async || load(&script).await).await, "RR");
    assert_eq!((state("presets_full"), script.executions()), (State::Open, 2));
    let script = Script::new("S");
    assert_eq!(timed(seldom(&script)).await, (Ok(1), Duration::ZERO));
    // Refused, it comes again when it would be admitted: nothing limits its time.
    assert_eq!(timed(seldom(&script)).await, (Ok(2), secs(60)));
}

#[tokio::test(start_paused = true)]
async fn a_constant_sheds() {
    #[resilient(preset = shared::FULL, retry = "none", breaker = "none")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    testing::seed(7);
    let answers = play(50, async || load(&Script::new("F")).await).await;
    assert!(answers.contains('H') && answers.starts_with('F'), "{answers}");
}
