//! What functions count.

use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, Throttle, ThrottleConfig, resilient, testing};
use resilience_tests::{panic_of, poll_once};

use crate::durations::{OPERATION, assert_near};
use crate::support::{Backend, Plan, PlanError, follow, turn, turn_now};

const KIND: &str = "reliability.attempt.kind";
const STOP_REASON: &str = "reliability.retry.stop_reason";
const REASON: &str = "reliability.retry.not_attempted.reason";

#[resilient(name = "retried", retry = "fixed", base = "100ms", max = 3)]
async fn retried(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

// P1, P2
#[tokio::test(start_paused = true)]
async fn attempts_and_calls_are_counted_apart() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    retried(&[Plan::Succeed]).await.expect("it is to succeed");
    retried(&[Plan::Fail, Plan::Fail, Plan::Succeed]).await.expect("it is to succeed");
    retried(&[Plan::Fail]).await.expect_err("it is to fail");
    retried(&[Plan::Refuse]).await.expect_err("it is to fail");

    let metrics = backend.collect();
    assert_eq!(metrics.of_with("retry.attempts", "retried", (KIND, "original")), 4);
    assert_eq!(metrics.of_with("retry.attempts", "retried", (KIND, "retry")), 4);
    assert_eq!(metrics.of("retry.successes", "retried"), 2);
    assert_eq!(metrics.of_with("retry.failures", "retried", (STOP_REASON, "exhausted")), 1);
    assert_eq!(metrics.of_with("retry.failures", "retried", (STOP_REASON, "permanent_error")), 1);
    assert_eq!(metrics.of("reliability.retry.successes", "retried"), 1);
    assert_eq!(metrics.of("reliability.retry.failures", "retried"), 1);
    // Two calls had retries, two each: a call without any is not recorded.
    assert_eq!(metrics.of("reliability.retry.attempts", "retried"), 2);
    assert_near(metrics.sum("reliability.retry.attempts", &[(OPERATION, "retried")]), 4.0);
    metrics.assert_agree("retried", 4);
}

#[resilient(name = "hedged", retry = "fixed", base = "1s", max = 2, hedge = "10ms", idempotent)]
async fn hedged(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test(start_paused = true)]
async fn extra_attempts_are_counted_apart_and_are_no_retries() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    hedged(&[Plan::Succeed]).await.expect("it is to succeed");
    hedged(&[Plan::Hang, Plan::Succeed]).await.expect("the second is to succeed");
    hedged(&[Plan::Fail, Plan::Fail, Plan::Succeed]).await.expect("the retry is to succeed");

    let metrics = backend.collect();
    assert_eq!(metrics.of_with("retry.attempts", "hedged", (KIND, "original")), 3);
    assert_eq!(metrics.of_with("retry.attempts", "hedged", (KIND, "hedge")), 2);
    assert_eq!(metrics.of_with("retry.attempts", "hedged", (KIND, "retry")), 1);
    assert_eq!(metrics.of("reliability.hedge.requests", "hedged"), 2);
    assert_eq!(metrics.of("reliability.hedge.wins", "hedged"), 1);
    assert_eq!(metrics.of("retry.successes", "hedged"), 3);
    assert_eq!(metrics.of("reliability.retry.successes", "hedged"), 1);
    assert_near(metrics.sum("reliability.retry.attempts", &[(OPERATION, "hedged")]), 1.0);
    metrics.assert_agree("hedged", 3);
}

#[resilient(name = "skipping", retry = "fixed", base = "1s", max = "deadline", deadline = "2500ms")]
async fn skipping(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(name = "saving", retry = "fixed", base = "1ms", max = 3, budget("metrics_saving", floor = 1))]
async fn saving(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

static SHUT: Breaker = Breaker::new("metrics_shut", BreakerConfig::new());

#[resilient(name = "shut", retry = "fixed", base = "1ms", max = 3, breaker = SHUT)]
async fn shut(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

// P9, P5
#[tokio::test(start_paused = true)]
async fn retries_that_are_not_made_are_counted_by_reason() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    skipping(&[Plan::Fail]).await.expect_err("it is to fail");
    skipping(&[Plan::Refuse]).await.expect_err("it is to fail");
    skipping(&[Plan::Ignore]).await.expect_err("it is to fail");
    saving(&[Plan::Fail]).await.expect_err("it is to fail");
    saving(&[Plan::PutOff]).await.expect_err("it is to fail");
    SHUT.isolate();
    shut(&[Plan::Succeed]).await.expect_err("the breaker is open");

    let metrics = backend.collect();
    let skipped = "reliability.retry.not_attempted";
    assert_eq!(metrics.of_with(skipped, "skipping", (REASON, "deadline")), 1);
    assert_eq!(metrics.of_with(skipped, "skipping", (REASON, "not_retryable")), 2);
    assert_eq!(metrics.of_with("retry.failures", "skipping", (STOP_REASON, "permanent_error")), 1);
    assert_eq!(metrics.of_with("retry.failures", "skipping", (STOP_REASON, "ignored_error")), 1);
    assert_eq!(metrics.of_with(skipped, "saving", (REASON, "budget")), 1);
    assert_eq!(metrics.of_with(skipped, "saving", (REASON, "retry_after")), 1);
    assert_eq!(metrics.of_with("retry.failures", "saving", (STOP_REASON, "retry_after")), 1);
    assert_eq!(metrics.of_with(skipped, "shut", (REASON, "breaker_open")), 1);
    assert_eq!(metrics.of("retry.attempts", "shut"), 0);
    assert_eq!(metrics.of_with("retry.failures", "shut", (STOP_REASON, "breaker_open")), 1);
    for (operation, entered) in [("skipping", 3), ("saving", 2), ("shut", 1)] {
        metrics.assert_agree(operation, entered);
    }
}

#[resilient(name = "single", timeout = "1s")]
async fn single(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(name = "late", deadline = "1s")]
async fn late(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test(start_paused = true)]
async fn functions_without_retry_are_counted_too() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    single(&[Plan::Succeed]).await.expect("it is to succeed");
    single(&[Plan::Refuse]).await.expect_err("it is to fail");
    single(&[Plan::Hang]).await.expect_err("it takes too long");
    late(&[Plan::Hang]).await.expect_err("it takes too long");

    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.successes", "single"), 1);
    assert_eq!(metrics.of_with("retry.failures", "single", (STOP_REASON, "permanent_error")), 1);
    assert_eq!(metrics.of_with("retry.failures", "single", (STOP_REASON, "exhausted")), 1);
    assert_eq!(metrics.of_with("retry.failures", "late", (STOP_REASON, "deadline")), 1);
    let scope = "reliability.timeout.scope";
    assert_eq!(metrics.of_with("reliability.timeouts", "single", (scope, "attempt")), 1);
    assert_eq!(metrics.of_with("reliability.timeouts", "late", (scope, "call")), 1);
    // Nothing was left out: there was nothing to make.
    assert_eq!(metrics.of("reliability.retry.not_attempted", "single"), 0);
    metrics.assert_agree("single", 3);
    metrics.assert_agree("late", 1);
}

static OUT: Breaker = Breaker::new("metrics_out", BreakerConfig::new());

#[resilient(name = "out", breaker = OUT)]
async fn out() -> Result<(), PlanError> {
    Ok(())
}

#[resilient(name = "spent", rate_limit("metrics_spent", rate = "1/h"))]
async fn spent() -> Result<(), PlanError> {
    Ok(())
}

#[resilient(name = "full", bulkhead("metrics_full", max = 1))]
async fn full() -> Result<(), PlanError> {
    core::future::pending().await
}

static SHEDDING: Throttle = Throttle::new("metrics_shedding", ThrottleConfig::new());

#[resilient(name = "shed", throttle = SHEDDING)]
async fn shed() -> Result<(), PlanError> {
    Ok(())
}

// Nobody traces them, and they have nothing else to try: they never begin.
#[tokio::test(start_paused = true)]
async fn refused_calls_are_counted_though_they_never_begin() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    OUT.trip();
    out().await.expect_err("the breaker is open");
    spent().await.expect("the first");
    spent().await.expect_err("one in an hour");
    let mut inside = Box::pin(full());
    assert!(poll_once(&mut inside).is_pending());
    full().await.expect_err("one at a time");
    testing::seed(2);
    // Each that is dropped has failed.
    (0..1_000).for_each(|_| drop(SHEDDING.try_admit()));
    shed().await.expect_err("the dependency accepts nothing");

    let metrics = backend.collect();
    let refused = [
        ("out", "breaker_open", "circuit_breaker_open"),
        ("spent", "exhausted", "rate_limited"),
        ("full", "exhausted", "bulkhead_full"),
        ("shed", "throttled", "throttled"),
    ];
    for (operation, reason, error_type) in refused {
        assert_eq!(metrics.of_with("retry.failures", operation, (STOP_REASON, reason)), 1, "{operation}");
        let duration = "reliability.request.duration";
        assert_eq!(metrics.of_with(duration, operation, ("error.type", error_type)), 1, "{operation}");
        assert_eq!(
            metrics.of_with(duration, operation, ("reliability.outcome", "rejected")),
            1,
            "{operation}"
        );
    }
    for (policy, count, name) in [
        ("circuit_breaker", "rejections", "metrics_out"),
        ("rate_limit", "rejected", "metrics_spent"),
        ("bulkhead", "rejections", "metrics_full"),
    ] {
        let (metric, key) = (format!("reliability.{policy}.{count}"), format!("reliability.{policy}.name"));
        assert_eq!(metrics.count(&metric, &[(&key, name)]), 1, "{policy}");
    }
    metrics.assert_agree("out", 1);
    metrics.assert_agree("spent", 2);
}

#[resilient(name = "blocking", retry = "fixed", base = "1ms", max = 2)]
fn blocking(succeeds: bool) -> Result<(), PlanError> {
    if succeeds { Ok(()) } else { Err(PlanError::Rejected) }
}

#[test]
fn functions_that_are_not_async_are_counted_too() {
    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    blocking(true).expect("it is to succeed");
    blocking(false).expect_err("it is to fail");

    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.successes", "blocking"), 1);
    assert_eq!(metrics.of_with("retry.failures", "blocking", (STOP_REASON, "ignored_error")), 1);
    metrics.assert_agree("blocking", 2);
}

#[resilient(name = "given_up", retry = "fixed", base = "1s", max = 3)]
async fn given_up(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_is_neither_success_nor_failure() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    for plan in [Plan::Hang, Plan::Fail] {
        // In its body, and in a wait.
        let plans = [plan];
        let mut call = Box::pin(given_up(&plans));
        assert!(poll_once(&mut call).is_pending());
        tokio::time::advance(Duration::from_millis(300)).await;
        drop(call);
    }
    // Never polled, so that it never was.
    drop(given_up(&[Plan::Hang]));

    let metrics = backend.collect();
    let outcome = ("reliability.outcome", "cancelled");
    assert_eq!(metrics.of_with("reliability.request.duration", "given_up", outcome), 2);
    assert_eq!(metrics.of("retry.successes", "given_up") + metrics.of("retry.failures", "given_up"), 0);
    assert_eq!(metrics.of("retry.attempts", "given_up"), 2);
    let outcome = ("reliability.attempt.outcome", "cancelled");
    assert_eq!(metrics.of_with("reliability.attempt.duration", "given_up", outcome), 1);
    // What was waited, and no more.
    assert_near(metrics.sum("retry.backoff_duration", &[(OPERATION, "given_up")]), 0.3);
    metrics.assert_agree("given_up", 2);
}

#[resilient(name = "panicking", retry = "fixed", base = "1ms", max = 3)]
async fn panicking(plans: &'static [Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    panic_of(panicking(&[Plan::Panic])).await;
    panic_of(panicking(&[Plan::Fail, Plan::Panic])).await;

    let metrics = backend.collect();
    assert_eq!(metrics.of_with("retry.failures", "panicking", (STOP_REASON, "panicked")), 2);
    assert_eq!(metrics.of("retry.attempts", "panicking"), 3);
    let outcome = ("reliability.outcome", "panicked");
    assert_eq!(metrics.of_with("reliability.request.duration", "panicking", outcome), 2);
    metrics.assert_agree("panicking", 2);
}

#[resilient(name = "rescued", retry = "fixed", base = "1ms", max = 2, fallback = rescue)]
async fn rescued(plans: &'static [Plan], then: Plan) -> Result<(), PlanError> {
    let _ = then;
    follow(plans).await
}

async fn rescue(_plans: &'static [Plan], then: Plan) -> Result<(), PlanError> {
    crate::support::carry_out(then).await
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_fallback_answers_is_a_failure_of_its_attempts() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    rescued(&[Plan::Succeed], Plan::Succeed).await.expect("it is to succeed");
    rescued(&[Plan::Fail], Plan::Succeed).await.expect("the fallback is to succeed");
    rescued(&[Plan::Fail], Plan::Fail).await.expect_err("the fallback is to fail");
    panic_of(rescued(&[Plan::Fail], Plan::Panic)).await;
    let mut dropped = Box::pin(rescued(&[Plan::Refuse], Plan::Hang));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);

    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.successes", "rescued"), 1);
    assert_eq!(metrics.of("retry.failures", "rescued"), 4);
    let reason = ("reliability.fallback.reason", "planned");
    assert_eq!(metrics.of_with("reliability.fallback.invocations", "rescued", reason), 4);
    for (outcome, count) in [("success", 1), ("fallback", 1), ("error", 1), ("panicked", 1), ("cancelled", 1)]
    {
        let outcome = ("reliability.outcome", outcome);
        assert_eq!(metrics.of_with("reliability.request.duration", "rescued", outcome), count, "{outcome:?}");
    }
    metrics.assert_agree("rescued", 5);
}

#[resilient(name = "busy", retry = "fixed", base = "0ms", max = 2)]
async fn busy(plans: &'static [Plan]) -> Result<(), PlanError> {
    tokio::task::yield_now().await;
    follow(plans).await
}

#[test]
fn nothing_is_lost_however_many_threads_call() {
    const PLANS: [&[Plan]; 4] =
        [&[Plan::Succeed], &[Plan::Fail, Plan::Succeed], &[Plan::Fail], &[Plan::Hang]];
    const TASKS: usize = 16;
    const CALLS: usize = 50;

    let (_turn, backend) = (turn_now(), Backend::new());
    let _metrics = backend.install();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    runtime.block_on(async {
        let tasks = (0..TASKS).map(|task| {
            tokio::spawn(async move {
                for call in 0..CALLS {
                    match PLANS[(task + call) % PLANS.len()] {
                        [Plan::Hang] => {
                            let mut dropped = Box::pin(busy(&[Plan::Hang]));
                            assert!(poll_once(&mut dropped).is_pending());
                        }
                        plans => _ = busy(plans).await,
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("no call panics");
        }
    });

    let (metrics, each) = (backend.collect(), (TASKS * CALLS / PLANS.len()) as u64);
    assert_eq!(metrics.of("retry.successes", "busy"), 2 * each);
    assert_eq!(metrics.of("retry.failures", "busy"), each);
    assert_eq!(metrics.of_with("retry.attempts", "busy", (KIND, "original")), 4 * each);
    assert_eq!(metrics.of_with("retry.attempts", "busy", (KIND, "retry")), 2 * each);
    assert_eq!(metrics.of("reliability.retry.successes", "busy"), each);
    assert_eq!(metrics.of("reliability.retry.failures", "busy"), each);
    metrics.assert_agree("busy", 4 * each);
}
