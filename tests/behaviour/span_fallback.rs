//! The span of a fallback, and what the call's says then.

use std::io;
use std::time::Duration;

use resilience_runtime::resilient;
use resilience_tests::drop_after;
use resilience_tests::watch::watch;

/// What the fallback of [`saved`] does.
#[derive(Clone, Copy, Debug)]
enum Plan {
    Answer,
    Fail,
    Hang,
    Panic,
}

#[resilient(retry = "fixed", base = "100ms", max = 2, fallback = rescue, name = "saved")]
async fn saved(plan: Plan) -> io::Result<u32> {
    let _ = plan;
    Err(io::ErrorKind::ConnectionReset.into())
}

async fn rescue(plan: Plan) -> io::Result<u32> {
    match plan {
        Plan::Answer => Ok(7),
        Plan::Fail => Err(io::ErrorKind::NotFound.into()),
        Plan::Hang => std::future::pending().await,
        Plan::Panic => panic!("in the fallback"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_its_fallback_answered_is_no_error() {
    let watch = watch();
    assert_eq!(saved(Plan::Answer).await.unwrap(), 7);
    assert_eq!(watch.tree(), "call\n  attempt\n  backoff\n  attempt\n  fallback\n");
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("fallback"));
    assert_eq!(call.get("reliability.retry.stop_reason"), Some("exhausted"));
    assert_eq!((call.get("otel.status_code"), call.get("error.type")), (None, None));
    let fallback = watch.span("fallback");
    assert_eq!(fallback.get("otel.name"), Some("saved fallback"));
    assert_eq!(fallback.get("reliability.fallback.reason"), Some("io::ConnectionReset"));
    assert_eq!((fallback.get("otel.status_code"), fallback.get("error.type")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_fallback_that_fails_is_the_callers_error() {
    let watch = watch();
    saved(Plan::Fail).await.unwrap_err();
    assert_eq!(watch.span("call").get("reliability.outcome"), Some("error"));
    for name in ["call", "fallback"] {
        let span = watch.span(name);
        assert_eq!(span.get("otel.status_code"), Some("ERROR"), "{name}");
        assert_eq!(span.get("error.type"), Some("io::NotFound"), "{name}");
        assert_eq!(span.get("otel.status_description"), Some("entity not found"), "{name}");
    }
    assert_eq!(watch.span("fallback").get("reliability.fallback.reason"), Some("io::ConnectionReset"));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_fallback_was_cancelled_after_the_retries_had_stopped() {
    let watch = watch();
    drop_after(Duration::from_millis(500), saved(Plan::Hang)).await;
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("cancelled"));
    assert_eq!(call.get("reliability.retry.stop_reason"), Some("exhausted"));
    assert_eq!(watch.span("fallback").get("otel.status_code"), None);
    assert!(watch.spans().iter().all(|span| span.closed));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_fallback_marks_it_and_the_call() {
    let watch = watch();
    let joined = tokio::spawn(saved(Plan::Panic)).await;
    assert!(joined.unwrap_err().is_panic());
    assert_eq!(watch.span("call").get("reliability.outcome"), Some("panicked"));
    for name in ["call", "fallback"] {
        assert_eq!(watch.span(name).get("otel.status_code"), Some("ERROR"), "{name}");
        assert_eq!(watch.span(name).get("error.type"), Some("panic"), "{name}");
    }
    assert_eq!(watch.named("attempt")[1].get("reliability.attempt.outcome"), Some("retryable_error"));
}
