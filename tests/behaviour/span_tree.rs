//! Which span stands below which: nested calls, calls side by side, tasks, and the user's own spans.

use std::io;
use std::pin::pin;
use std::time::Duration;

use resilience_runtime::{current, resilient, testing};
use resilience_tests::watch::{Span, Watcher, watch};
use tokio::task::yield_now;
use tracing::instrument::{Instrument as _, WithSubscriber as _};
use tracing::{Level, info, info_span};

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Fails once, and lets others run meanwhile.
async fn recover() -> io::Result<()> {
    yield_now().await;
    if current().attempt() < 2 { Err(reset()) } else { Ok(()) }
}

#[resilient(retry = "fixed", base = "10ms", max = 2, fields(id))]
async fn inner(id: i64) -> io::Result<i64> {
    info_span!("step", id, attempt = i64::from(current().attempt())).in_scope(|| info!(id, "in a step"));
    recover().await?;
    Ok(id)
}

#[resilient(retry = "fixed", base = "10ms", max = 2)]
async fn outer() -> io::Result<()> {
    inner(i64::from(current().attempt())).await?;
    recover().await
}

#[tokio::test(start_paused = true)]
async fn a_nested_call_is_a_child_of_the_attempt_that_made_it() {
    let recording = testing::record();
    outer().await.unwrap();
    let call = recording.call();
    assert!(call.is_of("outer"));
    for (attempt, id) in call.attempts.iter().zip(1..) {
        let [inner] = &attempt.calls[..] else { panic!("{call}") };
        assert_eq!(inner.fields["id"], id);
        assert_eq!(inner.outcomes(), ["retryable_error", "success"]);
    }
}

#[resilient(retry = "fixed", max = 2, base = "1ms")]
async fn descend(depth: u32) -> io::Result<u32> {
    if depth == 0 { Ok(current().depth()) } else { Box::pin(descend(depth - 1)).await }
}

#[tokio::test(start_paused = true)]
async fn a_recursive_call_is_below_itself() {
    let watch = watch();
    assert_eq!(descend(2).await.unwrap(), 3);
    assert_eq!(watch.tree(), "call\n  attempt\n    call\n      attempt\n        call\n          attempt\n");
}

/// Every span and event with an `id` stands below the call of that `id`, in the attempt that made it.
fn assert_untangled(spans: &[Span], calls: usize) {
    let attempts = spans.iter().filter(|span| span.name == "attempt");
    assert_eq!(attempts.count(), 2 * calls);
    for span in spans.iter().filter(|span| span.name == "step") {
        let attempt = &spans[span.parent.expect("a step is in an attempt")];
        let call = &spans[attempt.parent.expect("an attempt is in a call")];
        assert_eq!((attempt.name, call.name), ("attempt", "call"));
        assert_eq!(attempt.get("reliability.attempt.number"), span.get("attempt"));
        assert_eq!(call.get("id"), span.get("id"));
    }
    let calls_seen = spans.iter().filter(|span| span.name == "call");
    let waits = spans.iter().filter(|span| span.name == "backoff");
    assert!(waits.chain(calls_seen).all(|span| span.closed && span.entered == 0));
}

#[tokio::test(start_paused = true)]
async fn calls_side_by_side_on_one_thread_do_not_get_into_each_other() {
    let watch = watch();
    let (one, two, three) = tokio::join!(inner(1), inner(2), inner(3));
    assert_eq!((one.unwrap(), two.unwrap(), three.unwrap()), (1, 2, 3));
    let spans = watch.spans();
    assert_untangled(&spans, 3);
    assert!(
        spans.iter().filter(|span| span.name == "call").all(|span| span.parent.is_none()),
        "{}",
        watch.tree()
    );
    for event in watch.events().iter().filter(|event| event.fields.contains_key("id")) {
        assert_eq!(spans[event.parent.unwrap()].get("id"), event.get("id"));
    }
}

#[resilient(retry = "fixed", max = 2, base = "10ms")]
async fn both() -> io::Result<()> {
    let (one, two) = tokio::join!(inner(1), inner(2));
    one?;
    two?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn calls_that_an_attempt_joins_are_its_children() {
    let recording = testing::record();
    both().await.unwrap();
    let ids: Vec<_> =
        recording.call().attempts[0].calls.iter().map(|call| call.fields["id"].clone()).collect();
    assert_eq!(ids, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn no_span_stays_entered_while_the_call_is_suspended() {
    let watch = watch();
    let mut call = pin!(outer());
    let mut polls = 0;
    std::future::poll_fn(|cx| {
        let polled = call.as_mut().poll(cx);
        polls += 1;
        assert!(tracing::Span::current().is_none());
        assert!(watch.spans().iter().all(|span| span.entered == 0), "after poll {polls}");
        polled
    })
    .await
    .unwrap();
    assert!(polls > 4);
}

#[resilient(retry = "fixed", max = 2, base = "10ms")]
async fn spawning() -> io::Result<()> {
    let below = tokio::spawn(inner(1).in_current_span());
    let apart = tokio::spawn(inner(2));
    below.await.map_err(io::Error::other)??;
    apart.await.map_err(io::Error::other)??;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_is_below_the_attempt_if_it_takes_the_span_along() {
    let recording = testing::record();
    spawning().await.unwrap();
    let calls = recording.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].attempts[0].calls[0].fields["id"], 1);
    assert_eq!(calls[1].fields["id"], 2);
}

#[resilient(timeout = "10ms")]
async fn leaves_a_task_behind() -> io::Result<()> {
    tokio::spawn(inner(7).in_current_span());
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_task_that_outlives_the_call_does_not_keep_its_outcome_back() {
    let watch = watch();
    leaves_a_task_behind().await.unwrap_err();
    let call = watch.named("call").remove(0);
    assert_eq!(call.get("reliability.outcome"), Some("timeout"));
    tokio::time::advance(Duration::from_secs(1)).await;
    yield_now().await;
    let attempt = watch.named("attempt").remove(0);
    assert_eq!(attempt.get("reliability.attempt.outcome"), Some("timeout"));
    assert!(watch.tree().starts_with("call\n  attempt\n    call\n      attempt\n"), "{}", watch.tree());
}

#[test]
fn calls_on_many_threads_do_not_get_into_each_other() {
    let watcher = Watcher::default();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    runtime.block_on(async {
        let dispatch = watcher.dispatch();
        let tasks: Vec<_> =
            (0..64).map(|id| tokio::spawn(inner(id).with_subscriber(dispatch.clone()))).collect();
        for (task, id) in tasks.into_iter().zip(0..) {
            assert_eq!(task.await.unwrap().unwrap(), id);
        }
    });
    let spans = watcher.spans();
    assert_untangled(&spans, 64);
    assert_eq!(spans.iter().filter(|span| span.parent.is_none()).count(), 64);
}

#[tracing::instrument]
#[resilient(retry = "fixed", base = "10ms", max = 2)]
async fn instrumented_above() -> io::Result<()> {
    recover().await
}

#[resilient(retry = "fixed", base = "10ms", max = 2)]
#[tracing::instrument(err)]
async fn instrumented_below() -> io::Result<()> {
    recover().await
}

#[tokio::test(start_paused = true)]
async fn an_attribute_of_tracing_may_stand_above_or_below() {
    let watch = watch();
    instrumented_above().await.unwrap();
    assert_eq!(
        watch.tree(),
        "call\n  attempt\n    instrumented_above\n  backoff\n  attempt\n    instrumented_above\n"
    );
    drop(watch);
    let watch = resilience_tests::watch::watch();
    instrumented_below().await.unwrap();
    assert_eq!(watch.tree(), "instrumented_below\n  call\n    attempt\n    backoff\n    attempt\n");
}

#[tokio::test(start_paused = true)]
async fn a_call_is_below_the_span_it_is_made_in() {
    let watch = watch();
    inner(1).instrument(info_span!("request")).await.unwrap();
    assert_eq!(
        watch.tree(),
        "request\n  call\n    attempt\n      step\n    backoff\n    attempt\n      step\n"
    );
}

/// Says something when it is dropped.
struct Farewell;

impl Drop for Farewell {
    fn drop(&mut self) {
        info!("farewell");
    }
}

#[resilient(timeout = "10ms")]
async fn cut_off() -> io::Result<()> {
    let _farewell = Farewell;
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn what_a_body_says_when_it_is_cut_off_belongs_to_its_attempt() {
    let watch = watch();
    cut_off().await.unwrap_err();
    let events = watch.events();
    let farewell = events.iter().find(|event| event.get("message") == Some("farewell")).unwrap();
    let attempt = &watch.spans()[farewell.parent.unwrap()];
    assert_eq!(attempt.name, "attempt");
    assert_eq!(farewell.level, Level::INFO);
}
