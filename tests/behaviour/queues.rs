//! Waits for limits, read back and drawn.

use resilience_runtime::testing::{self, Call, Recorder};
use resilience_runtime::{RejectedKind, resilient};
use resilience_tests::{Answer, Script, drop_after, ms, play, refusal, started};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

/// Each wait for a limit: which, how it ended, and how long it took.
fn queues(call: &Call) -> Vec<String> {
    let told = call.queues.iter().map(|queue| {
        let (kind, name, outcome) = (&queue.kind, &queue.name, &queue.outcome);
        format!("{kind} {name} {outcome} {:?} at {:?}", queue.duration, queue.at)
    });
    told.collect()
}

/// The lines that are drawn of the call's parts, without their bars.
fn lines(call: &Call) -> Vec<String> {
    let drawing = call.to_string();
    let rows = drawing.lines().filter(|line| line.starts_with(['├', '└']));
    let words = rows.map(|row| row.chars().take(75).collect::<String>());
    words.map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_rate_limit_is_drawn_in_front_of_its_attempt() {
    #[resilient(rate_limit("queues_rate", rate = "1/s", wait = "5s"), name = "paced")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let script = Script::new("S").taking(ms(400));
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    let calls = recording.calls();
    assert!(calls[0].queues.is_empty() && !calls[0].to_string().contains("queued"));
    assert_eq!(queues(&calls[1]), ["rate_limit queues_rate admitted 600ms at 0ns"]);
    assert_eq!(
        calls[1].to_string(),
        "\
✓ paced: success after 1 attempt in 1s, queued 600ms
├─ · queued for rate limit queues_rate                                600ms ░░░░░░░░░░░░░░··········
└─ ✓ 1 original  success                                              400ms ··············██████████"
    );
    assert!(calls[1].waits.is_empty() && calls[1].waited().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ended_with_a_refusal_is_one_line_and_says_so() {
    #[resilient(
        bulkhead("queues_db", max = 1, queue = 5, wait = "100ms"),
        retry = "fixed",
        max = 2,
        base = "50ms",
        name = "query"
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (slow, script) = (Script::new("S").taking(ms(200)), Script::new("S").taking(ms(10)));
    let recording = testing::record();
    assert_eq!(tokio::join!(load(&slow), load(&script)), (Ok(1), Ok(1)));
    let call = &recording.calls()[1];
    assert_eq!(
        queues(call),
        ["bulkhead queues_db rejected 100ms at 0ns", "bulkhead queues_db admitted 50ms at 150ms"]
    );
    assert_eq!((call.waited(), call.queued()), (ms(50), ms(150)));
    assert_eq!(
        lines(call),
        [
            "├─ · queued for bulkhead queues_db, rejected 100ms",
            "├─ · wait 50ms 50ms",
            "├─ · queued for bulkhead queues_db 50ms",
            "└─ ✓ 1 original success 10ms",
        ]
    );

    // Nobody leaves: both tries are refused after their waits.
    let hang = Script::new("P");
    let _running = started(load(&hang));
    let recording = testing::record();
    assert_eq!(refusal(load(&script).await).kind(), RejectedKind::BulkheadFull);
    let call = recording.call();
    assert_eq!(call.outcome, "rejected");
    assert_eq!(
        lines(&call),
        [
            "├─ · queued for bulkhead queues_db, rejected 100ms",
            "├─ · wait 50ms 50ms",
            "└─ · queued for bulkhead queues_db, rejected 100ms",
        ]
    );
    let refused = call.events.iter().filter(|event| event.name == "reliability.bulkhead.rejected");
    assert_eq!(refused.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_the_queue_was_cancelled_there() {
    #[resilient(
        rate_limit("queues_both", rate = "1/s", wait = "5s"),
        bulkhead("queues_both", max = 1, queue = 5, wait = "5s"),
        name = "both"
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let _running = started(load(&hang));
    let recording = testing::record();
    drop_after(ms(1_250), load(&hang)).await;
    let call = recording.call();
    assert_eq!(call.outcome, "cancelled");
    assert_eq!(
        queues(&call),
        ["rate_limit queues_both admitted 1s at 0ns", "bulkhead queues_both cancelled 250ms at 1s"]
    );
    assert_eq!(
        lines(&call),
        [
            "├─ · queued for rate limit queues_both 1s",
            "└─ · queued for bulkhead queues_both, cancelled 250ms"
        ]
    );
    assert_eq!((call.queued(), call.attempts.len()), (ms(1_250), 0));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_goes_on_is_running() {
    #[resilient(bulkhead("queues_running", max = 1, queue = 5, wait = "5s"), name = "running")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let hang = Script::new("P");
    let _running = started(load(&hang));
    let recording = testing::record();
    let _waiting = started(load(&hang));
    tokio::time::advance(ms(30)).await;
    let call = recording.call();
    assert_eq!(queues(&call), ["bulkhead queues_running running 30ms at 0ns"]);
    assert_eq!(lines(&call), ["└─ · queued for bulkhead queues_running, running 30ms"]);
}

#[tokio::test(start_paused = true)]
async fn waits_for_limits_are_not_seen_above_the_level_of_debug() {
    #[resilient(rate_limit("queues_info", rate = "1/s", wait = "5s"), name = "info")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recorder = Recorder::new();
    let layer = recorder.layer().with_filter(LevelFilter::INFO);
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let script = Script::new("S");
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    let call = &recorder.calls()[1];
    assert!(call.queues.is_empty() && call.queued().is_zero());
    assert_eq!(call.attempts[0].at, ms(1_000));
}
