//! What throttles, breakers and limits count.

use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::telemetry::metrics::watch;
use resilience_runtime::{
    Breaker, BreakerConfig, Bulkhead, BulkheadConfig, Rate, RateLimitConfig, RateLimiter, Throttle,
    ThrottleConfig, resilient,
};
use resilience_tests::poll_once;

use crate::support::{Backend, Metrics, Plan, PlanError, Value, follow, turn, turn_now};

const BREAKER: &str = "reliability.circuit_breaker.name";

fn state(metrics: &Metrics, name: &str) -> Option<u64> {
    let with = [(BREAKER, name)];
    let series = metrics.series("reliability.circuit_breaker.state", &with);
    assert!(series.len() <= 1, "one series for each breaker: {series:?}");
    (!series.is_empty()).then(|| metrics.count("reliability.circuit_breaker.state", &with))
}

#[resilient(breaker("metrics_uncalled", consecutive = 2), rate_limit("metrics_uncalled", rate = "7/s"))]
async fn uncalled() -> Result<(), PlanError> {
    Ok(())
}

#[resilient(breaker = "metrics_uncalled", bulkhead("metrics_uncalled", max = 7))]
async fn uncalled_too() -> Result<(), PlanError> {
    Ok(())
}

static UNUSED: Breaker = Breaker::new("metrics_unused", BreakerConfig::new());

#[resilient(breaker = UNUSED)]
async fn unused() -> Result<(), PlanError> {
    Ok(())
}

// P6
#[tokio::test]
async fn policies_that_no_call_has_reached_are_told() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    drop((uncalled(), uncalled_too(), unused()));
    let metrics = backend.collect();
    assert_eq!(state(&metrics, "metrics_uncalled"), Some(0));
    assert_eq!(state(&metrics, "metrics_unused"), Some(0));
    let changes = metrics.series("reliability.circuit_breaker.transitions", &[(BREAKER, "metrics_unused")]);
    let changes = changes.iter().map(|(attributes, value)| {
        let state =
            |key: &str| attributes.get(&format!("reliability.circuit_breaker.{key}")).map(String::as_str);
        (state("previous_state"), state("state"), *value)
    });
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|(from, to, _)| (*from, *to));
    let none = |from, to| (Some(from), Some(to), Value::Number(0.0));
    assert_eq!(
        changes,
        [
            none("closed", "open"),
            none("half_open", "closed"),
            none("half_open", "open"),
            none("open", "half_open")
        ]
    );
    let name = [("reliability.bulkhead.name", "metrics_uncalled")];
    assert_eq!(metrics.count("reliability.bulkhead.limit", &name), 7);
    assert_eq!(
        metrics
            .series("reliability.rate_limit.allowed", &[("reliability.rate_limit.name", "metrics_uncalled")])
            .len(),
        1
    );
    // To be told is not to be made: whose settings hold is decided by calls.
    assert!(Breaker::named("metrics_uncalled").is_none());
}

#[resilient(
    name = "guarded",
    breaker("metrics_guard", consecutive = 1, open_for = "10s", probes = 1, successes = 1)
)]
async fn guarded(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

// P4
#[tokio::test(start_paused = true)]
async fn a_breaker_tells_its_state_its_changes_and_its_refusals() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    guarded(&[Plan::Succeed]).await.expect("it is to succeed");
    assert_eq!(state(&backend.collect(), "metrics_guard"), Some(0));

    guarded(&[Plan::Fail]).await.expect_err("it is to fail");
    guarded(&[Plan::Succeed]).await.expect_err("the breaker is open");
    assert_eq!(state(&backend.collect(), "metrics_guard"), Some(1));

    tokio::time::advance(Duration::from_secs(10)).await;
    let mut probe = Box::pin(guarded(&[Plan::Hang]));
    assert!(poll_once(&mut probe).is_pending());
    assert_eq!(state(&backend.collect(), "metrics_guard"), Some(2));
    drop(probe);
    guarded(&[Plan::Succeed]).await.expect("it is to succeed");

    let metrics = backend.collect();
    assert_eq!(state(&metrics, "metrics_guard"), Some(0));
    let changes = |from, to| {
        let from = ("reliability.circuit_breaker.previous_state", from);
        let to = ("reliability.circuit_breaker.state", to);
        metrics.count("reliability.circuit_breaker.transitions", &[(BREAKER, "metrics_guard"), from, to])
    };
    assert_eq!(changes("closed", "open"), 1);
    assert_eq!(changes("open", "half_open"), 1);
    assert_eq!(changes("half_open", "closed"), 1);
    let name = [(BREAKER, "metrics_guard")];
    assert_eq!(metrics.count("reliability.circuit_breaker.rejections", &name), 1);
    let kind = ("reliability.attempt.kind", "probe");
    assert_eq!(metrics.of_with("retry.attempts", "guarded", kind), 2);

    // A counter never goes back.
    Breaker::named("metrics_guard").expect("it was called").reset();
    assert_eq!(backend.collect().count("reliability.circuit_breaker.rejections", &name), 1);
}

#[test]
fn the_series_of_a_breaker_that_is_dropped_disappear() {
    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    let breaker = Arc::new(Breaker::new("metrics_dropped", BreakerConfig::new()));
    watch(&breaker);
    watch(&breaker);
    breaker.trip();
    breaker.try_acquire().expect_err("it is open");
    let metrics = backend.collect();
    let name = [(BREAKER, "metrics_dropped")];
    assert_eq!(state(&metrics, "metrics_dropped"), Some(1));
    assert_eq!(metrics.count("reliability.circuit_breaker.rejections", &name), 1);

    drop(breaker);
    let metrics = backend.collect();
    for metric in metrics.0.keys() {
        assert!(metrics.series(metric, &name).is_empty(), "{metric}");
    }
}

#[test]
fn one_that_is_watched_stays_when_another_comes() {
    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    let names = ["metrics_watched_first", "metrics_watched_second"];
    let breakers = names.map(|name| Arc::new(Breaker::new(name, BreakerConfig::new())));
    for breaker in &breakers {
        watch(breaker);
    }
    let metrics = backend.collect();
    assert_eq!(names.map(|name| state(&metrics, name)), [Some(0), Some(0)]);
}

#[test]
fn two_breakers_of_one_name_are_one_series() {
    static ONE: Breaker = Breaker::new("metrics_twins", BreakerConfig::new());
    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    let other = Arc::new(Breaker::new("metrics_twins", BreakerConfig::new()));
    watch(&ONE);
    watch(&other);
    for breaker in [&ONE, &*other] {
        breaker.trip();
        breaker.try_acquire().expect_err("it is open");
    }
    ONE.reset();
    let metrics = backend.collect();
    assert_eq!(state(&metrics, "metrics_twins"), Some(1));
    let name = [(BREAKER, "metrics_twins")];
    assert_eq!(metrics.count("reliability.circuit_breaker.rejections", &name), 2);
}

#[tokio::test]
async fn a_throttle_tells_what_it_refused() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    let throttle = Arc::new(Throttle::new("metrics_throttle", ThrottleConfig::new()));
    watch(&throttle);
    let name = [("reliability.throttle.name", "metrics_throttle")];
    assert_eq!(backend.collect().count("reliability.throttle.rejections", &name), 0);
    // Nothing is accepted, so that sooner or later it refuses.
    while throttle.try_admit().is_ok() {}
    assert_eq!(backend.collect().count("reliability.throttle.rejections", &name), 1);
    // A counter goes on, whatever its policy forgets.
    throttle.reset();
    assert_eq!(throttle.snapshot().rejections, 0);
    assert_eq!(backend.collect().count("reliability.throttle.rejections", &name), 1);
}

#[tokio::test(start_paused = true)]
async fn a_limiter_tells_what_it_let_through_and_what_not() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    let config = RateLimitConfig::new(Rate::per_minute(2)).wait(Duration::from_secs(30));
    let limiter = Arc::new(RateLimiter::new("metrics_limiter", config));
    watch(&limiter);
    limiter.try_acquire().expect("the first");
    limiter.acquire().await.expect("the second");
    limiter.acquire().await.expect("after a wait");
    limiter.try_acquire().expect_err("too early");
    // Keys are people and tenants: they are counted, and no series.
    for key in 0..50 {
        limiter.try_acquire_key(RateLimiter::key(&key)).expect("the first of its key");
    }

    let metrics = backend.collect();
    let name = [("reliability.rate_limit.name", "metrics_limiter")];
    assert_eq!(metrics.count("reliability.rate_limit.allowed", &name), 53);
    assert_eq!(metrics.count("reliability.rate_limit.rejected", &name), 1);
    assert_eq!(metrics.series("reliability.rate_limit.allowed", &name).len(), 1);
}

#[test]
fn a_bulkhead_tells_how_full_it_is() {
    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    let bulkhead = Arc::new(Bulkhead::new("metrics_bulkhead", BulkheadConfig::new(2)));
    watch(&bulkhead);
    let name = [("reliability.bulkhead.name", "metrics_bulkhead")];
    let one = bulkhead.try_enter().expect("the first of two");
    let other = bulkhead.try_enter().expect("the second of two");
    bulkhead.try_enter().expect_err("it is full");
    let metrics = backend.collect();
    assert_eq!(metrics.count("reliability.bulkhead.usage", &name), 2);
    assert_eq!(metrics.count("reliability.bulkhead.limit", &name), 2);
    assert_eq!(metrics.count("reliability.bulkhead.rejections", &name), 1);
    drop((one, other));
    assert_eq!(backend.collect().count("reliability.bulkhead.usage", &name), 0);
}

#[resilient(name = "metrics_remembers", cache("10s", key = (), stale_if_error = "10s", name = "metrics_cache"), coalesce)]
async fn remembers(plans: &'static [Plan]) -> Result<(), PlanError> {
    tokio::task::yield_now().await;
    follow(plans).await
}

#[resilient(name = "metrics_shares", coalesce(key = ()))]
async fn shares() -> Result<(), PlanError> {
    tokio::task::yield_now().await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_caches_and_other_calls_gave_is_counted_by_what_it_was() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    let count = |name: &str, result: &str| {
        let with = [("reliability.cache.name", name), ("reliability.cache.result", result)];
        backend.collect().count("reliability.cache.requests", &with)
    };
    let all = [remembers(&[Plan::Succeed]), remembers(&[Plan::Succeed]), remembers(&[Plan::Succeed])];
    let [first, second, third] = all;
    let _ = tokio::join!(first, second, third);
    remembers(&[Plan::Fail]).await.expect("it is remembered");
    tokio::time::advance(Duration::from_secs(10)).await;
    remembers(&[Plan::Fail]).await.expect("an older answer stands in");
    let results = ["hit", "miss", "stale", "coalesced"];
    assert_eq!(results.map(|result| count("metrics_cache", result)), [1, 4, 1, 2]);
    let _ = tokio::join!(shares(), shares());
    assert_eq!(count("metrics_shares", "coalesced"), 1);
}
