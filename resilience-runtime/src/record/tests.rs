use core::time::Duration;

use tracing::subscriber::DefaultGuard;
use tracing::{Level, Subscriber, span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};

use super::script::{
    attempt, backoff, call, end_attempt, fail, pass, queue, refuse, succeed, transition, try_once,
};
use super::{Style, draw};
use crate::testing::{Recorder, record};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Users' own spans are there, too, for another layer.
fn record_beside_others() -> (Recorder, DefaultGuard) {
    let recorder = Recorder::new();
    let subscriber = tracing_subscriber::registry().with(recorder.layer()).with(Everything);
    (recorder, tracing::subscriber::set_default(subscriber))
}

struct Everything;

impl<S: Subscriber> Layer<S> for Everything {}

async fn recovered() {
    let call = call("load_user");
    try_once(&call, 1, 0, 12, "retryable_error").await;
    try_once(&call, 2, 100, 20, "retryable_error").await;
    try_once(&call, 3, 200, 160, "success").await;
    succeed(&call);
}

async fn exhausted(attempts: u32, outcome: &str) {
    let call = call("load_user");
    for number in 1..=attempts {
        try_once(&call, number.into(), if number == 1 { 0 } else { 50 }, 10, outcome).await;
    }
    fail(&call, "error", "exhausted", "io::ConnectionReset");
}

#[tokio::test(start_paused = true)]
async fn a_recovered_call_reads_back() {
    let recording = record();
    recovered().await;
    let call = recording.call();
    assert_eq!(
        call.story(),
        "load_user: success after 3 attempts (retryable_error, retryable_error, success), waited 300ms"
    );
    assert!(!call.is_running());
    assert_eq!(call.waits, [ms(100), ms(200)]);
    assert_eq!(call.outcomes(), ["retryable_error", "retryable_error", "success"]);
    assert_eq!(call.duration, ms(492));
    assert_eq!((call.attempts[1].at, call.attempts[1].duration), (ms(112), ms(20)));
    assert_eq!(call.attempts[0].error_type.as_deref(), Some("io::ConnectionReset"));
    assert_eq!(call.attempts[0].error.as_deref(), Some("connection reset by peer"));
    assert_eq!(call.attempts[2].delay, Some(ms(200)));
    assert_eq!(call.waits[0].source.as_deref(), Some("policy"));
    assert_eq!(call.error_type, None);
    assert_eq!(call.fields["code.line.number"], 12);
    assert_eq!(call.fields["reliability.outcome"], "success");
}

#[tokio::test(start_paused = true)]
async fn stories_count_repetitions_and_name_the_end() {
    let recording = record();
    exhausted(5, "timeout").await;
    assert_eq!(
        recording.call().story(),
        "load_user: error after 5 attempts (5x timeout), waited 200ms, stopped: exhausted, error: io::ConnectionReset"
    );
}

#[tokio::test(start_paused = true)]
async fn a_single_attempt_that_ended_as_its_call_is_not_listed() {
    let recording = record();
    let call = call("load_user");
    try_once(&call, 1, 0, 5, "success").await;
    succeed(&call);
    assert_eq!(recording.call().story(), "load_user: success after 1 attempt");
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_has_no_attempt() {
    let recording = record();
    let call = call("load_user");
    call.in_scope(|| refuse("db", 4.2));
    fail(&call, "rejected", "breaker_open", "circuit_breaker_open");
    assert_eq!(
        recording.call().story(),
        "load_user: rejected without an attempt, stopped: breaker_open, error: circuit_breaker_open"
    );
    assert_eq!(recording.call().events[0].fields["reliability.retry_after"], 4.2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_goes_on_is_running() {
    let recording = record();
    let call = call("load_user");
    let attempt = attempt(&call, 1, 0.0);
    pass(30).await;
    let read = recording.call();
    assert!(read.is_running());
    assert_eq!(read.story(), "load_user: running after 1 attempt");
    assert_eq!(read.attempts[0].duration, ms(30));
    drop((attempt, call));
    assert_eq!(recording.call().story(), "load_user: unknown after 1 attempt");
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_with_its_outcome_not_with_what_it_spawned() {
    let (recorder, guard) = record_beside_others();
    let call = call("load_user");
    let spawned = call.in_scope(|| span!(target: "app", Level::INFO, "spawned"));
    pass(10).await;
    succeed(&call);
    drop(call);
    pass(1000).await;
    drop((spawned, guard));
    assert_eq!(recorder.call().duration, ms(10));
}

#[tokio::test(start_paused = true)]
async fn nested_calls_stand_below_the_attempt_that_made_them() {
    let (recorder, guard) = record_beside_others();
    let outer = call("shop::checkout");
    let first = attempt(&outer, 1, 0.0);
    let users = first.in_scope(|| span!(target: "app", Level::INFO, "handler"));
    let inner = users.in_scope(|| call("shop::Users::load"));
    try_once(&inner, 1, 0, 10, "retryable_error").await;
    try_once(&inner, 2, 50, 10, "success").await;
    succeed(&inner);
    drop((inner, users));
    end_attempt(&first, "success");
    succeed(&outer);
    drop(guard);

    let call = recorder.call();
    assert_eq!(call.attempts[0].calls.len(), 1);
    assert_eq!(call.nested()[0].operation, "shop::Users::load");
    assert_eq!(recorder.call_of("Users::load").attempts[1].at, ms(60));
    assert_eq!(recorder.calls_of("sers::load"), []);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_cut_counts_as_long_as_it_was() {
    let recording = record();
    let call = call("load_user");
    try_once(&call, 1, 0, 5, "retryable_error").await;
    let wait = backoff(&call, 10.0, "server_hint");
    pass(70).await;
    drop(wait);
    fail(&call, "cancelled", "cancelled", "_OTHER");
    let read = recording.call();
    assert_eq!(read.waits, [Duration::from_secs(10)]);
    assert_eq!(read.waited(), ms(70));
    assert!(read.to_string().contains("· wait 10s, as the server asked, cut short"), "{read}");
}

#[tokio::test(start_paused = true)]
async fn waits_for_limits_read_back_apart_from_those_between_attempts() {
    let recording = record();
    let call = call("load_user");
    queue(&call, "rate_limit", "api", 20, "admitted").await;
    try_once(&call, 1, 0, 5, "retryable_error").await;
    let wait = backoff(&call, 0.1, "policy");
    pass(100).await;
    drop(wait);
    queue(&call, "bulkhead", "db", 70, "rejected").await;
    fail(&call, "rejected", "exhausted", "bulkhead_full");
    let read = recording.call();
    assert_eq!(read.queues, [ms(20), ms(70)]);
    let told: Vec<_> =
        read.queues.iter().map(|queue| [&*queue.kind, &*queue.name, &*queue.outcome]).collect();
    assert_eq!(told, [["rate_limit", "api", "admitted"], ["bulkhead", "db", "rejected"]]);
    assert_eq!((read.queues[1].at, read.queued()), (ms(125), ms(90)));
    assert_eq!(read.queues[0].fields["otel.name"], "acquire api");
    assert_eq!(read.waits, [ms(100)]);
    assert_eq!(read.waited(), ms(100));
    assert_eq!(
        read.story(),
        "load_user: rejected after 1 attempt (retryable_error), waited 100ms, stopped: exhausted, error: bulkhead_full"
    );
}

#[tokio::test(start_paused = true)]
async fn without_spans_of_waits_the_attempts_tell_of_them() {
    let recorder = Recorder::new();
    let layer = recorder.layer().with_filter(LevelFilter::INFO);
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    recovered().await;
    drop(guard);
    let call = recorder.call();
    assert_eq!(call.waits, [ms(100), ms(200)]);
    assert_eq!(call.waits[1].at, ms(132));
    assert_eq!(call.waits[1].source, None);
}

#[tokio::test(start_paused = true)]
async fn events_are_kept_within_calls_and_outside() {
    let recording = record();
    transition("db", "closed", "open", "manual");
    let call = call("load_user");
    let attempt = attempt(&call, 1, 0.0);
    attempt.in_scope(|| transition("db", "open", "half_open", "open_period_elapsed"));
    call.in_scope(|| transition("other", "closed", "open", "failure_rate"));
    drop((attempt, call));
    transition("db", "half_open", "closed", "probes_succeeded");
    let pairs = [("closed", "open"), ("open", "half_open"), ("half_open", "closed")];
    assert_eq!(recording.transitions("db"), pairs.map(|(from, to)| (from.to_owned(), to.to_owned())));
    assert_eq!(recording.events().len(), 4);
    assert_eq!(recording.call().attempts[0].events.len(), 1);
    recording.clear();
    assert_eq!(recording.events(), []);
    assert_eq!(recording.calls(), []);
}

#[test]
fn a_test_without_a_recording_does_not_switch_off_the_spans_of_one_with() {
    fn emit() {
        let _ = span!(target: "reliability", Level::INFO, "call", reliability.operation.name = "shared");
    }
    let recording = record();
    std::thread::spawn(emit).join().expect("the thread only makes a span");
    emit();
    assert_eq!(recording.call().operation, "shared");
}

#[test]
fn threads_that_share_a_recorder_do_not_mix_their_calls() {
    let recorder = Recorder::new();
    let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(recorder.layer()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                tracing::dispatcher::with_default(&dispatch, || {
                    for _ in 0..50 {
                        let outer = call("outer");
                        let body = attempt(&outer, 1, 0.0);
                        succeed(&body.in_scope(|| call("inner")));
                        end_attempt(&body, "success");
                        succeed(&outer);
                    }
                });
            });
        }
    });
    let calls = recorder.calls();
    assert_eq!(calls.len(), 200);
    for call in calls {
        assert_eq!(call.story(), "outer: success after 1 attempt");
        assert_eq!(call.nested().len(), 1);
    }
}

#[test]
fn two_recorders_see_the_same_calls() {
    let (one, two) = (Recorder::new(), Recorder::new());
    let subscriber = tracing_subscriber::registry().with(one.layer()).with(two.layer());
    tracing::subscriber::with_default(subscriber, || succeed(&call("load_user")));
    assert_eq!(one.call().story(), two.call().story());
}

#[test]
fn spans_that_lack_every_field_are_read_all_the_same() {
    let recording = record();
    let call = span!(target: "reliability", Level::INFO, "call");
    for name in 0..4 {
        let _ = match name {
            0 => span!(target: "reliability", parent: &call, Level::INFO, "attempt"),
            1 => span!(target: "reliability", parent: &call, Level::INFO, "backoff"),
            2 => span!(target: "reliability", parent: &call, Level::INFO, "acquire"),
            _ => span!(target: "reliability", parent: &call, Level::INFO, "fallback"),
        };
    }
    let orphan = span!(target: "reliability", parent: None, Level::INFO, "attempt");
    drop((call, orphan));
    let call = recording.call();
    assert_eq!(call.story(), "(unnamed): unknown after 1 attempt");
    assert!(!draw(&call, &Style::new()).is_empty());
}

#[test]
#[should_panic(expected = "expected one call, recorded 2:\n✓ one: success without an attempt")]
fn asking_for_the_one_call_of_two_shows_both() {
    let recording = record();
    succeed(&call("one"));
    succeed(&call("two"));
    let _ = recording.call();
}

#[test]
#[should_panic(
    expected = "expected one call, recorded none; those on other threads are for a `Recorder`'s layer"
)]
fn asking_for_the_one_call_of_none_says_where_others_are() {
    let _ = record().call();
}

#[test]
#[should_panic(
    expected = "expected one call of `two`, recorded none, but:\n✓ one: success without an attempt"
)]
fn asking_for_a_call_of_another_name_shows_what_there_is() {
    let recording = record();
    succeed(&call("one"));
    let _ = recording.call_of("two");
}
