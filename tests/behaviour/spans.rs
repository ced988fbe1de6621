//! The spans of a call: which there are, how they end, and what they say then.

use std::io;
use std::time::Duration;

use resilience_runtime::{Breaker, BreakerConfig, Classify, Error, Rejected, current, resilient, testing};
use resilience_tests::watch::{watch, watch_at};
use resilience_tests::{drop_after, poll_once};
use tracing::level_filters::LevelFilter;

const MS: Duration = Duration::from_millis(1);

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Fails in all attempts before this one.
fn succeed_at(attempt: u32) -> io::Result<u32> {
    if current().attempt() < attempt { Err(reset()) } else { Ok(current().attempt()) }
}

#[resilient(retry = "fixed", base = "100ms", max = 3, name = "load")]
async fn load(succeeds_at: u32) -> io::Result<u32> {
    let attempt = succeed_at(succeeds_at)?;
    Ok(attempt)
}

// P1
#[tokio::test(start_paused = true)]
async fn a_recovered_call_is_no_error_and_its_failed_attempts_are() {
    let watch = watch();
    load(3).await.unwrap();

    assert_eq!(watch.tree(), "call\n  attempt\n  backoff\n  attempt\n  backoff\n  attempt\n");
    let call = watch.span("call");
    assert_eq!(call.get("otel.name"), Some("load"));
    assert_eq!(call.get("reliability.outcome"), Some("success"));
    assert_eq!(call.get("reliability.attempt.count"), Some("3"));
    assert_eq!(call.get("reliability.retry.total_delay"), Some("0.2"));
    for unset in
        ["otel.status_code", "otel.status_description", "error.type", "reliability.retry.stop_reason"]
    {
        assert_eq!(call.get(unset), None, "{unset}");
        assert!(call.declared.contains(&unset), "{unset}");
    }

    let attempts = watch.named("attempt");
    for (attempt, number) in attempts.iter().zip(1..) {
        let failed = number < 3;
        assert_eq!(attempt.get("otel.name"), Some("load attempt"));
        assert_eq!(attempt.get("reliability.attempt.number"), Some(number.to_string().as_str()));
        assert_eq!(
            attempt.get("reliability.attempt.kind"),
            Some(if number == 1 { "original" } else { "retry" })
        );
        assert_eq!(
            attempt.get("reliability.attempt.outcome"),
            Some(if failed { "retryable_error" } else { "success" })
        );
        assert_eq!(attempt.get("otel.status_code"), failed.then_some("ERROR"));
        assert_eq!(attempt.get("error.type"), failed.then_some("io::ConnectionReset"));
        assert_eq!(attempt.get("otel.status_description"), failed.then_some("connection reset"));
        assert_eq!(attempt.get("reliability.retry.delay"), (number > 1).then_some("0.1"));
    }
    assert!(watch.spans().iter().all(|span| span.closed && span.entered == 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_says_what_its_caller_got() {
    let watch = watch();
    load(9).await.unwrap_err();

    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("error"));
    assert_eq!(call.get("reliability.attempt.count"), Some("3"));
    assert_eq!(call.get("reliability.retry.stop_reason"), Some("exhausted"));
    assert_eq!(call.get("otel.status_code"), Some("ERROR"));
    assert_eq!(call.get("error.type"), Some("io::ConnectionReset"));
    assert_eq!(call.get("otel.status_description"), Some("connection reset"));
}

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    #[error("no such user: {0}")]
    #[permanent]
    NotFound(u64),
    #[error("slow down")]
    #[throttled(retry_after = 0)]
    Throttled(Duration),
    #[error("the caller went away")]
    #[ignored]
    Gone,
    #[error(transparent)]
    #[classify(transparent)]
    Rejected(#[from] Rejected),
}

#[resilient(retry = "fixed", base = "100ms", max = 2, timeout = "1s", name = "ask")]
async fn ask(answer: fn() -> Result<(), ApiError>) -> Result<(), ApiError> {
    answer()
}

#[resilient(retry = "fixed", base = "100ms", max = 2, timeout = "1s", when_ok = |n| *n == 0, name = "count")]
async fn count() -> Result<u32, Error<io::Error>> {
    Ok(0)
}

#[resilient(
    retry = "fixed",
    base = "100ms",
    max = "deadline",
    timeout = "1s",
    deadline = "1500ms",
    name = "hang"
)]
async fn hang() -> Result<(), Error<io::Error>> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn each_end_of_an_attempt_has_its_word() {
    let recording = testing::record();
    ask(|| Err(ApiError::NotFound(7))).await.unwrap_err();
    ask(|| Err(ApiError::Gone)).await.unwrap_err();
    ask(|| Err(ApiError::Throttled(3 * MS))).await.unwrap_err();
    count().await.unwrap();
    hang().await.unwrap_err();
    let stories: Vec<_> = recording.calls().iter().map(testing::Call::story).collect();
    assert_eq!(
        stories,
        [
            "ask: error after 1 attempt (permanent_error), stopped: permanent_error, error: ApiError::NotFound",
            "ask: error after 1 attempt (ignored_error), stopped: ignored_error, error: ApiError::Gone",
            "ask: error after 2 attempts (retryable_error, retryable_error), waited 3ms, stopped: exhausted, \
             error: ApiError::Throttled",
            "count: error after 2 attempts (retryable_error, retryable_error), waited 100ms, stopped: exhausted",
            "hang: timeout after 2 attempts (timeout, timeout), waited 100ms, stopped: deadline, error: timeout",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_value_that_counts_as_a_failure_marks_the_attempts_and_not_the_call() {
    let watch = watch();
    count().await.unwrap();
    assert_eq!(watch.span("call").get("otel.status_code"), None);
    for attempt in watch.named("attempt") {
        assert_eq!(attempt.get("otel.status_code"), Some("ERROR"));
        assert_eq!(attempt.get("error.type"), Some("_OTHER"));
        assert_eq!(attempt.get("otel.status_description"), None);
    }
}

// P7
#[tokio::test(start_paused = true)]
async fn what_an_error_says_is_the_description_and_no_other_field() {
    let watch = watch();
    ask(|| Err(ApiError::NotFound(123_456))).await.unwrap_err();
    for span in watch.spans() {
        assert_eq!(span.get("otel.status_description"), Some("no such user: 123456"));
        for (name, (_, value)) in &span.fields {
            assert!(*name == "otel.status_description" || !value.contains("123456"), "{name}");
        }
    }
    assert!(
        watch.events().iter().all(|event| event.fields.values().all(|(_, value)| !value.contains("123456")))
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_which_limit_it_was() {
    let watch = watch();
    hang().await.unwrap_err();
    let descriptions: Vec<_> = watch
        .named("attempt")
        .iter()
        .map(|attempt| attempt.get("otel.status_description").map(str::to_owned).unwrap_or_default())
        .collect();
    assert_eq!(descriptions, ["took longer than 1s", "ran into the deadline of 1.5s"]);
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("timeout"));
    assert_eq!(call.get("error.type"), Some("timeout"));
    assert_eq!(call.get("otel.status_description"), Some("`hang` exceeded its deadline of 1.5s"));
}

#[resilient(retry = "fixed", base = "1s", max = "deadline", deadline = "1500ms", name = "late")]
async fn late() -> io::Result<()> {
    Err(reset())
}

#[resilient(timeout = "1s", name = "once")]
async fn once() -> io::Result<()> {
    Err(reset())
}

#[resilient(deadline = "1s", name = "once_hanging")]
async fn once_hanging() -> io::Result<()> {
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn the_stop_reason_is_that_of_the_retry_policy() {
    let recording = testing::record();
    late().await.unwrap_err();
    assert_eq!(recording.call().stop_reason.as_deref(), Some("deadline"));
    recording.clear();
    once().await.unwrap_err();
    assert_eq!(recording.call().stop_reason, None, "it has none");
    recording.clear();
    once_hanging().await.unwrap_err();
    assert_eq!(recording.call().stop_reason, None, "it has none");
    recording.clear();
    load(1).await.unwrap();
    assert_eq!(recording.call().stop_reason, None, "it stopped nothing");
}

static OPEN: Breaker = Breaker::new("spans_open", BreakerConfig::new());

#[resilient(retry = "fixed", base = "1ms", max = 3, breaker = OPEN, name = "refused")]
async fn refused() -> io::Result<()> {
    unreachable!("the breaker is open")
}

// P5
#[tokio::test(start_paused = true)]
async fn a_refused_call_has_one_span_and_no_attempt() {
    OPEN.trip();
    let watch = watch();
    refused().await.unwrap_err();
    assert_eq!(watch.tree(), "call\n");
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("rejected"));
    assert_eq!(call.get("reliability.attempt.count"), Some("0"));
    assert_eq!(call.get("reliability.retry.stop_reason"), Some("breaker_open"));
    assert_eq!(call.get("reliability.circuit_breaker.name"), Some("spans_open"));
    assert_eq!(call.get("reliability.circuit_breaker.state"), Some("open"));
    assert_eq!(call.get("otel.status_code"), Some("ERROR"));
    assert_eq!(call.get("error.type"), Some("circuit_breaker_open"));
    assert_eq!(
        call.get("otel.status_description"),
        Some("circuit breaker `spans_open` is open; retry after 30s")
    );
}

#[tokio::test(start_paused = true)]
async fn a_breaker_tells_its_state_at_entry_and_which_attempts_are_probes() {
    const SETTINGS: BreakerConfig =
        BreakerConfig::new().consecutive(2).open_for(Duration::from_millis(250)).probes(1).successes(1);
    static BREAKER: Breaker = Breaker::new("spans_probed", SETTINGS);

    #[resilient(retry = "fixed", base = "100ms", max = 9, breaker = BREAKER, name = "probed")]
    async fn probed(succeeds_at: u32) -> io::Result<u32> {
        succeed_at(succeeds_at)
    }

    let recording = testing::record();
    probed(9).await.unwrap_err();
    probed(9).await.unwrap_err();
    tokio::time::advance(250 * MS).await;
    probed(1).await.unwrap();
    probed(1).await.unwrap();
    let calls = recording.calls();
    let states: Vec<_> =
        calls.iter().map(|call| call.fields["reliability.circuit_breaker.state"].clone()).collect();
    assert_eq!(states, ["closed", "open", "half_open", "closed"]);
    let kinds: Vec<Vec<_>> = calls
        .iter()
        .map(|call| call.attempts.iter().map(|attempt| attempt.kind.as_str()).collect())
        .collect();
    assert_eq!(kinds, [vec!["original", "retry"], vec![], vec!["probe"], vec!["original"]]);
    assert_eq!(
        calls[0].story(),
        "probed: rejected after 2 attempts (retryable_error, retryable_error), waited 200ms, \
         stopped: breaker_open, error: circuit_breaker_open"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_breaker_stands_on_the_first_attempt() {
    const SETTINGS: BreakerConfig =
        BreakerConfig::new().consecutive(1).open_for(Duration::from_millis(80)).probes(1).successes(1);
    static BREAKER: Breaker = Breaker::new("spans_waited", SETTINGS);

    #[resilient(retry = "fixed", base = "100ms", max = 3, breaker = BREAKER, name = "waiting")]
    async fn waiting() -> io::Result<()> {
        Ok(())
    }

    BREAKER.trip();
    let watch = watch();
    waiting().await.unwrap();
    assert_eq!(watch.tree(), "call\n  backoff\n  attempt\n");
    let attempt = watch.span("attempt");
    assert_eq!(attempt.get("reliability.attempt.number"), Some("1"));
    assert_eq!(attempt.get("reliability.attempt.kind"), Some("probe"));
    assert_eq!(attempt.get("reliability.retry.delay"), Some("0.1"));
    assert_eq!(watch.span("call").get("reliability.circuit_breaker.state"), Some("open"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_says_who_chose_it() {
    let watch = watch();
    load(2).await.unwrap();
    ask(|| Err(ApiError::Throttled(3 * MS))).await.unwrap_err();
    let waits: Vec<_> = watch.named("backoff").iter().map(|wait| wait.fields.clone()).collect();
    assert_eq!(waits[0]["otel.name"].1, "backoff");
    assert_eq!(waits[0]["reliability.retry.delay"], ("f64", "0.1".to_owned()));
    assert_eq!(waits[0]["reliability.retry.delay_source"].1, "policy");
    assert_eq!(waits[1]["reliability.retry.delay"], ("f64", "0.003".to_owned()));
    assert_eq!(waits[1]["reliability.retry.delay_source"].1, "server_hint");
}

#[tokio::test(start_paused = true)]
async fn waits_have_spans_at_debug_alone_and_the_call_knows_them_without() {
    let watch = watch_at(LevelFilter::INFO);
    load(3).await.unwrap();
    assert_eq!(watch.tree(), "call\n  attempt\n  attempt\n  attempt\n");
    assert_eq!(watch.span("call").get("reliability.retry.total_delay"), Some("0.2"));
    assert_eq!(watch.named("attempt")[2].get("reliability.retry.delay"), Some("0.1"));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_never_polled_has_no_span() {
    let watch = watch();
    drop(load(1));
    assert_eq!(watch.tree(), "");
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_its_body_was_cancelled() {
    let watch = watch();
    let mut call = Box::pin(hang());
    assert!(poll_once(&mut call).is_pending());
    drop(call);
    let (call, attempt) = (watch.span("call"), watch.span("attempt"));
    assert_eq!(call.get("reliability.outcome"), Some("cancelled"));
    assert_eq!(call.get("reliability.attempt.count"), Some("1"));
    assert_eq!(call.get("reliability.retry.stop_reason"), Some("cancelled"));
    assert_eq!(attempt.get("reliability.attempt.outcome"), Some("cancelled"));
    for span in [call, attempt] {
        assert_eq!((span.get("otel.status_code"), span.get("error.type")), (None, None));
        assert!(span.closed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_a_wait_has_waited_so_far_and_no_longer() {
    let watch = watch();
    drop_after(130 * MS, load(9)).await;
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("cancelled"));
    assert_eq!(call.get("reliability.attempt.count"), Some("2"));
    assert_eq!(call.get("reliability.retry.total_delay"), Some("0.13"));
    assert_eq!(call.get("otel.status_code"), None);
    let outcomes: Vec<_> = watch
        .named("attempt")
        .iter()
        .map(|span| span.fields["reliability.attempt.outcome"].1.clone())
        .collect();
    assert_eq!(outcomes, ["retryable_error", "retryable_error"]);
    assert!(watch.spans().iter().all(|span| span.closed));
}

#[resilient(retry = "fixed", base = "100ms", max = 3, name = "panics")]
async fn panics() -> io::Result<u32> {
    succeed_at(2)?;
    panic!("in the body")
}

#[tokio::test(start_paused = true)]
async fn a_panic_marks_the_attempt_and_the_call() {
    let watch = watch();
    let joined = tokio::spawn(panics()).await;
    assert!(joined.unwrap_err().is_panic());
    let call = watch.span("call");
    assert_eq!(call.get("reliability.outcome"), Some("panicked"));
    assert_eq!(call.get("reliability.retry.stop_reason"), None);
    let attempts = watch.named("attempt");
    assert_eq!(attempts[0].get("reliability.attempt.outcome"), Some("retryable_error"));
    assert_eq!(attempts[1].get("reliability.attempt.outcome"), Some("panicked"));
    for span in [&call, &attempts[1]] {
        assert_eq!(span.get("otel.status_code"), Some("ERROR"));
        assert_eq!(span.get("error.type"), Some("panic"));
    }
    assert!(watch.spans().iter().all(|span| span.closed && span.entered == 0));
}
