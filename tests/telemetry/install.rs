//! Providers come and go.

use resilience_runtime::resilient;
use resilience_tests::poll_once;

use crate::support::{Backend, Plan, PlanError, follow, turn};

#[resilient(name = "early")]
async fn early(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test]
async fn what_was_counted_before_a_provider_was_installed_is_told() {
    let (_turn, backend) = (turn().await, Backend::new());
    early(&[Plan::Succeed]).await.expect("it is to succeed");
    let mut begun = Box::pin(early(&[Plan::Hang]));
    assert!(poll_once(&mut begun).is_pending());
    let _metrics = backend.install();
    // It began before, and has no duration; it must not take part of one either.
    drop(begun);
    early(&[Plan::Succeed]).await.expect("it is to succeed");

    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.successes", "early"), 2);
    assert_eq!(metrics.of("retry.attempts", "early"), 3);
    assert_eq!(metrics.of("reliability.request.duration", "early"), 1);
}

#[resilient(name = "moved")]
async fn moved(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test]
async fn a_provider_that_is_installed_takes_the_place_of_the_one_before() {
    let (_turn, old, new) = (turn().await, Backend::new(), Backend::new());
    let first = old.install();
    moved(&[Plan::Succeed]).await.expect("it is to succeed");
    assert_eq!(old.collect().of("retry.successes", "moved"), 1);

    let second = new.install();
    assert!(!first.is_current() && second.is_current());
    moved(&[Plan::Succeed]).await.expect("it is to succeed");
    let (old, metrics) = (old.collect(), new.collect());
    assert_eq!(old.of("retry.successes", "moved"), 0);
    // Durations that it had recorded remain with it, and no more come.
    assert_eq!(old.of("reliability.request.duration", "moved"), 1);
    assert_eq!(metrics.of("retry.successes", "moved"), 2);
    assert_eq!(metrics.of("reliability.request.duration", "moved"), 1);

    // The handle of the one before has nothing to take away any more.
    drop(first);
    assert!(second.is_current());
    assert_eq!(new.collect().of("retry.successes", "moved"), 2);
}

#[resilient(name = "unheard")]
async fn unheard(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test]
async fn a_handle_that_is_dropped_ends_the_metrics() {
    let (_turn, backend) = (turn().await, Backend::new());
    let metrics = backend.install();
    let mut begun = Box::pin(unheard(&[Plan::Hang]));
    assert!(poll_once(&mut begun).is_pending());
    drop(metrics);
    drop(begun);
    unheard(&[Plan::Succeed]).await.expect("it is to succeed");
    assert!(backend.collect().0.is_empty());

    // Once more, with the same provider: nothing was lost in between but durations.
    let _metrics = backend.install();
    unheard(&[Plan::Succeed]).await.expect("it is to succeed");
    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.successes", "unheard"), 2);
    assert_eq!(metrics.of("reliability.request.duration", "unheard"), 1);
}

#[resilient(name = "counted", retry = "fixed", base = "0ms", max = 2)]
async fn counted(plans: &[Plan]) -> Result<(), PlanError> {
    follow(plans).await
}

#[tokio::test]
async fn counters_alone_record_no_durations() {
    let (_turn, backend) = (turn().await, Backend::new());
    let _metrics = backend.install_counters();
    counted(&[Plan::Fail, Plan::Succeed]).await.expect("it is to succeed");
    let metrics = backend.collect();
    assert_eq!(metrics.of("retry.attempts", "counted"), 2);
    assert!(metrics.0.values().all(|metric| metric.instrument != "histogram"));
}
