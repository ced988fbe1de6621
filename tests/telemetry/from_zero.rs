//! What can happen is counted from zero: where a series begins with one, whoever asks for its increase does not see that
//! one.

use resilience_runtime::resilient;

use crate::support::{Backend, Plan, PlanError, follow, turn};

#[resilient(
    name = "zeros",
    retry = "fixed",
    max = 3,
    hedge = "10ms",
    idempotent,
    budget("zeros", ratio = "10%"),
    breaker("metrics_zeros", consecutive = 5),
    timeout = "1s",
    deadline = "1m"
)]
async fn zeros(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[resilient(name = "bare", timeout = "1s")]
async fn bare(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test(start_paused = true)]
async fn what_the_policies_of_a_called_function_can_do_is_counted_from_zero() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install();
    let counters = |name: &'static str| {
        let mut lines = Vec::new();
        for (metric, collected) in backend.collect().0 {
            for (mut attributes, value) in collected.series {
                if collected.instrument != "histogram"
                    && attributes.remove("reliability.operation.name").as_deref() == Some(name)
                {
                    let what = attributes.into_values().collect::<Vec<_>>().join(" ");
                    lines.push(format!("{metric} {what}: {value:?}"));
                }
            }
        }
        lines.sort();
        lines
    };
    // One that nobody calls has none.
    assert_eq!(counters("zeros"), [""; 0]);
    zeros(&[Plan::Succeed]).await.expect("it is to succeed");
    bare(&[Plan::Succeed]).await.expect("it is to succeed");
    assert_eq!(
        counters("zeros"),
        [
            "reliability.hedge.requests : Number(0.0)",
            "reliability.hedge.wins : Number(0.0)",
            "reliability.retry.failures : Number(0.0)",
            "reliability.retry.not_attempted budget: Number(0.0)",
            "reliability.retry.successes : Number(0.0)",
            "reliability.timeouts attempt: Number(0.0)",
            "reliability.timeouts call: Number(0.0)",
            "retry.attempts hedge: Number(0.0)",
            "retry.attempts original: Number(1.0)",
            "retry.attempts probe: Number(0.0)",
            "retry.attempts retry: Number(0.0)",
            "retry.failures exhausted: Number(0.0)",
            "retry.successes : Number(1.0)",
        ]
    );
    assert_eq!(
        counters("bare"),
        [
            "reliability.timeouts attempt: Number(0.0)",
            "retry.attempts original: Number(1.0)",
            "retry.failures exhausted: Number(0.0)",
            "retry.successes : Number(1.0)",
        ]
    );
}
