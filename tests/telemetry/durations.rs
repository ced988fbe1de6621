//! What calls record in histograms.

use std::time::Duration;

use resilience_runtime::resilient;

use crate::support::{Backend, Plan, PlanError, follow, turn};

pub(crate) const OPERATION: &str = "reliability.operation.name";

#[resilient(name = "timed", retry = "fixed", base = "500ms", max = 2)]
async fn timed(plans: &[Plan]) -> Result<(), PlanError> {
    tokio::time::advance(Duration::from_secs(2)).await;
    follow(plans).await
}

#[track_caller]
pub(crate) fn assert_near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 0.01, "{value} is not about {expected}");
}

#[tokio::test(start_paused = true)]
async fn durations_are_in_seconds_and_apart() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    timed(&[Plan::Fail, Plan::Succeed]).await.expect("it is to succeed");
    timed(&[Plan::Refuse]).await.expect_err("it is to fail");

    let metrics = backend.collect();
    let with = |key, value| [(OPERATION, "timed"), (key, value)];
    assert_near(metrics.sum("reliability.request.duration", &with("reliability.outcome", "success")), 4.5);
    assert_near(metrics.sum("reliability.request.duration", &with("reliability.outcome", "error")), 2.0);
    assert_near(metrics.sum("reliability.request.duration", &with("error.type", "planned")), 2.0);
    for outcome in ["success", "retryable_error", "permanent_error"] {
        let attempt = with("reliability.attempt.outcome", outcome);
        assert_near(metrics.sum("reliability.attempt.duration", &attempt), 2.0);
    }
    assert_near(metrics.sum("retry.backoff_duration", &[(OPERATION, "timed")]), 0.5);
}

#[resilient(
    name = "queueing",
    retry = "fixed",
    base = "1ms",
    max = 1,
    rate_limit("metrics_line", rate = "1/s", wait = "5s"),
    bulkhead("metrics_queue", max = 1, queue = 2, wait = "1s")
)]
async fn queueing(time: Duration) -> Result<(), PlanError> {
    resilience_tests::pass(time).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn waits_for_limits_are_recorded_under_the_limits_names() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    // The second waits a second for its turn and one for its slot, in vain.
    let (first, second) = tokio::join!(queueing(Duration::from_secs(10)), queueing(Duration::from_secs(1)));
    first.expect("it is the first");
    second.expect_err("the slot is taken for longer");

    let metrics = backend.collect();
    let wait = |kind, name, outcome| {
        let kind = ("reliability.queue.kind", kind);
        let name = ("reliability.queue.name", name);
        metrics.sum("reliability.queue.wait_time", &[kind, name, ("reliability.queue.outcome", outcome)])
    };
    assert_near(wait("rate_limit", "metrics_line", "admitted"), 1.0);
    assert_near(wait("bulkhead", "metrics_queue", "rejected"), 1.0);
    // What was waited before the attempt is no part of it.
    let attempt = [(OPERATION, "queueing"), ("reliability.attempt.outcome", "success")];
    assert_near(metrics.sum("reliability.attempt.duration", &attempt), 10.0);
    metrics.assert_agree("queueing", 2);
}

#[derive(Debug)]
struct Text(&'static str);

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl resilience_runtime::Classify for Text {
    fn classify(&self) -> resilience_runtime::Class {
        resilience_runtime::Class::Permanent
    }

    fn error_type(&self) -> &'static str {
        self.0
    }
}

#[resilient(name = "talkative")]
async fn talkative(text: &'static str) -> Result<(), Text> {
    Err(Text(text))
}

// P7
#[tokio::test]
async fn error_types_are_bounded() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    for number in 0..100 {
        talkative(Box::leak(number.to_string().into_boxed_str())).await.expect_err("it fails");
    }
    let metrics = backend.collect();
    let calls = metrics.series("reliability.request.duration", &[(OPERATION, "talkative")]);
    assert_eq!(calls.len(), 33);
    let others = ("error.type", "_OTHER");
    assert_eq!(metrics.of_with("reliability.request.duration", "talkative", others), 100 - 32);
}
