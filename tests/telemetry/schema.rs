//! Nothing is told that is not in the schema, and everything in it is told.

use std::collections::BTreeSet;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use resilience_runtime::propagation::Incoming;
use resilience_runtime::{Throttle, ThrottleConfig, resilient};
use resilience_tests::{panic_of, poll_once};
use xtask::registry::Registry;

use crate::support::{Attributes, Backend, Plan, PlanError, carry_out, follow, turn};

/// The schema that readers of the telemetry are given too.
const REGISTRY: &str = include_str!("../../resilience-runtime/telemetry/registry.yaml");

static SHEDS: Throttle = Throttle::new("metrics_schema", ThrottleConfig::new());

#[resilient(name = "schema", retry = "fixed", base = "100ms", max = 2, timeout = "1s", deadline = "5s", fallback = rescue)]
async fn plain(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

async fn rescue(_plans: &'static [Plan]) -> Result<(), PlanError> {
    carry_out(Plan::Fail).await
}

#[resilient(
    name = "schema_late",
    retry = "fixed",
    base = "400ms",
    max = "deadline",
    deadline = "1s",
    breaker("metrics_schema", consecutive = 100, probes = 1)
)]
async fn late(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(
    name = "schema_limited", retry = "fixed", base = "1ms", max = 2, throttle = SHEDS,
    rate_limit("metrics_schema", rate = "5/10s", wait = "5s"), bulkhead("metrics_schema", max = 1, queue = 1, wait = "1s"),
)]
async fn limited(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(
    name = "schema_spent",
    retry = "fixed",
    base = "1ms",
    max = 2,
    budget("metrics_schema", floor = 1)
)]
async fn spent(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(name = "schema_hedged", hedge = "10ms", idempotent)]
async fn hedged(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(name = "schema_shared", cache("10s", key = (), stale_if_error = "10s"), coalesce)]
async fn shared(plans: &'static [Plan]) -> Result<(), PlanError> {
    tokio::task::yield_now().await;
    follow(plans).await
}

/// Makes everything happen that is counted.
async fn everything() {
    let plans: [&[Plan]; 7] = [
        &[Plan::Succeed],
        &[Plan::Fail, Plan::Succeed],
        &[Plan::Fail],
        &[Plan::Refuse],
        &[Plan::Ignore],
        &[Plan::Hang],
        &[Plan::Fail, Plan::Hang],
    ];
    for plans in plans {
        let _ = plain(plans).await;
        let _ = late(plans).await;
    }
    panic_of(late(&[Plan::Panic])).await;
    let mut dropped = Box::pin(late(&[Plan::Hang]));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);

    // The first has the only retry that there is.
    for _ in 0..2 {
        spent(&[Plan::Fail]).await.expect_err("it is to fail");
    }
    spent(&[Plan::PutOff]).await.expect_err("it is to fail");
    hedged(&[Plan::Hang, Plan::Succeed]).await.expect("the second is to succeed");

    let header = |name, value| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let said = [header("resilience-attempts-left", "1"), header("resilience-attempt", "0")];
    let caller = Incoming::read(&HeaderMap::from_iter(said));
    caller.scope(plain(&[Plan::Fail])).await.expect_err("the caller is to try again");

    let (first, second) = tokio::join!(shared(&[Plan::Succeed]), shared(&[Plan::Succeed]));
    first.and(second).expect("it is to succeed");
    shared(&[Plan::Fail]).await.expect("it is remembered");
    tokio::time::advance(Duration::from_secs(10)).await;
    shared(&[Plan::Fail]).await.expect("an older answer stands in");

    let breaker = resilience_runtime::Breaker::named("metrics_schema").expect("it was called");
    breaker.trip();
    late(&[Plan::Succeed]).await.expect_err("the breaker is open");
    tokio::time::advance(Duration::from_secs(30)).await;
    late(&[Plan::Succeed]).await.expect("it lets a probe through");
    breaker.reset();

    let mut running = Box::pin(limited(&[Plan::Hang]));
    assert!(poll_once(&mut running).is_pending());
    limited(&[Plan::Succeed]).await.expect_err("the bulkhead is full");
    let mut waiting = Box::pin(limited(&[Plan::Succeed]));
    assert!(poll_once(&mut waiting).is_pending());
    drop(waiting);
    drop(running);
    for _ in 0..5 {
        let _ = limited(&[Plan::Fail]).await;
    }
    // A dependency that refuses: the throttle sheds.
    for _ in 0..10_000 {
        drop(SHEDS.try_admit());
    }
    limited(&[Plan::Succeed]).await.expect_err("the throttle sheds");
}

#[tokio::test(start_paused = true)]
async fn what_is_told_is_what_the_schema_says() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    resilience_runtime::testing::seed(4);
    everything().await;

    let (metrics, registry) = (backend.collect(), Registry::parse(REGISTRY).expect("it is well-formed"));
    let names: BTreeSet<_> = metrics.0.keys().map(String::as_str).collect();
    assert_eq!(names, registry.metrics.iter().map(|metric| metric.name.as_str()).collect());
    for metric in &registry.metrics {
        let (name, told) = (&metric.name, &metrics.0[&metric.name]);
        assert_eq!(told.instrument, metric.instrument, "{name}");
        assert_eq!(told.unit, metric.unit, "{name}");
        assert_eq!(told.description, metric.brief, "{name}");
        let boundaries: Vec<f64> = metric.boundaries.iter().map(|it| it.parse().unwrap()).collect();
        assert_eq!(told.boundaries, boundaries, "{name}");

        let may_have: BTreeSet<_> = metric.attributes.iter().map(|used| used.key.as_str()).collect();
        let mut has = BTreeSet::new();
        for (attributes, _) in &told.series {
            has.extend(attributes.keys().map(String::as_str));
            for used in metric.attributes.iter().filter(|used| used.condition.is_none()) {
                assert!(attributes.contains_key(&used.key), "{name} without {}", used.key);
            }
            assert_values(&registry, name, attributes);
        }
        assert_eq!(has, may_have, "{name}");
    }
    for key in
        ["reliability.attempt.kind", "reliability.attempt.outcome", "reliability.retry.not_attempted.reason"]
    {
        let all = told_values(
            &metrics.0.values().flat_map(|it| &it.series).map(|(it, _)| it).collect::<Vec<_>>(),
            key,
        );
        let set: BTreeSet<_> = registry.attribute(key).unwrap().values.iter().cloned().collect();
        assert_eq!(all, set, "{key}");
    }
}

// P7
fn assert_values(registry: &Registry, name: &str, attributes: &Attributes) {
    for (key, value) in attributes {
        assert!(!value.contains("/users/17"), "{name} tells a message");
        let set = &registry.attribute(key).expect("it is in the schema").values;
        assert!(set.is_empty() || set.contains(value), "{name}: {key} cannot be {value}");
    }
}

fn told_values(series: &[&Attributes], key: &str) -> BTreeSet<String> {
    series.iter().filter_map(|attributes| attributes.get(key).cloned()).collect()
}
