//! Many tasks on one function and one breaker.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::testing::{self, Recorder};
use resilience_runtime::{Breaker, BreakerConfig, State, Window, current, resilient};
use resilience_tests::Failure::{Ignored, Rejected, Transient};
use resilience_tests::{Answer, Script, ms, pass, secs, timed};
use tokio::sync::Barrier;
use tokio::task::{JoinSet, yield_now};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::SubscriberExt as _;

/// As the recording of a breaker tells its changes of state.
fn moved<const N: usize>(states: [(&str, &str); N]) -> Vec<(String, String)> {
    states.map(|(from, to)| (from.to_owned(), to.to_owned())).to_vec()
}

#[tokio::test(start_paused = true)]
async fn each_of_many_calls_counts_its_own_attempts() {
    static EXECUTIONS: AtomicU32 = AtomicU32::new(0);
    #[resilient(retry = "fixed", max = 5, base = "1s", breaker("many", window = "1m", min_calls = 100_000))]
    async fn load(succeeds_at: u32) -> Answer {
        EXECUTIONS.fetch_add(1, Ordering::SeqCst);
        yield_now().await;
        if current().attempt() < succeeds_at { Err(Transient(current().attempt())) } else { Ok(succeeds_at) }
    }
    let mut tasks = JoinSet::new();
    for call in 0..1_000 {
        tasks.spawn(timed(load(call % 5 + 1)));
    }
    while let Some(ended) = tasks.join_next().await {
        let (answer, elapsed) = ended.unwrap();
        assert_eq!(elapsed, secs(u64::from(answer.unwrap()) - 1));
    }
    assert_eq!(EXECUTIONS.load(Ordering::SeqCst), 200 * (1 + 2 + 3 + 4 + 5));
    let snapshot = Breaker::named("many").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (3_000, 2_000));
}

// E8 A11
#[tokio::test(start_paused = true)]
async fn failures_at_the_same_moment_open_the_breaker_once() {
    #[resilient(breaker("e8", failure_rate = 0.5, window = 100, min_calls = 50))]
    async fn load() -> Answer {
        pass(secs(1)).await;
        Err(Transient(0))
    }
    let recording = testing::record();
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        tasks.spawn(load());
    }
    assert!(tasks.join_all().await.iter().all(|answer| *answer == Err(Transient(0))));
    assert_eq!(recording.transitions("e8"), moved([("closed", "open")]));
    // Those that ended after it opened were admitted before, and are not counted any more.
    let snapshot = Breaker::named("e8").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures, snapshot.opened), (50, 50, 1));
}

// F10
#[tokio::test(start_paused = true)]
async fn of_a_thousand_calls_at_the_end_of_the_open_period_only_the_probes_are_admitted() {
    static DB: Breaker = Breaker::new("f10", BreakerConfig::new().open_for(secs(1)).probes(7).successes(7));
    static SCRIPT: Script = Script::new("S").taking(ms(500));
    #[resilient(breaker = DB)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    let recording = testing::record();
    DB.trip();
    pass(secs(1)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..1_000 {
        tasks.spawn(load());
    }
    let answers = tasks.join_all().await;
    assert_eq!(SCRIPT.executions(), 7);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 7);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Rejected(_)))));
    assert_eq!(DB.snapshot().rejections, 993);
    assert_eq!(
        recording.transitions("f10"),
        moved([("closed", "open"), ("open", "half_open"), ("half_open", "closed")]),
    );
}

// F10
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_admit_exactly_the_probes_and_tell_each_change_once() {
    static DB: Breaker = Breaker::new("threads", BreakerConfig::new().probes(5).successes(5));
    static ADMITTED: AtomicU32 = AtomicU32::new(0);
    static REFUSED: AtomicU32 = AtomicU32::new(0);
    /// Waits until every call has been admitted or refused.
    #[resilient(breaker = DB)]
    async fn load() -> Answer {
        ADMITTED.fetch_add(1, Ordering::SeqCst);
        while ADMITTED.load(Ordering::SeqCst) + REFUSED.load(Ordering::SeqCst) < 200 {
            yield_now().await;
        }
        Ok(0)
    }
    let recorder = Recorder::new();
    let subscriber = Arc::new(tracing_subscriber::registry().with(recorder.layer()));
    let start = Arc::new(Barrier::new(200));
    tracing::subscriber::with_default(Arc::clone(&subscriber), || DB.open_for(ms(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let start = Arc::clone(&start);
        let call = async move {
            start.wait().await;
            if matches!(load().await, Err(Rejected(_))) {
                REFUSED.fetch_add(1, Ordering::SeqCst);
            }
        };
        tasks.spawn(call.with_subscriber(Arc::clone(&subscriber)));
    }
    tasks.join_all().await;
    assert_eq!((ADMITTED.load(Ordering::SeqCst), REFUSED.load(Ordering::SeqCst)), (5, 195));
    assert_eq!(DB.state(), State::Closed);
    assert_eq!(
        recorder.transitions("threads"),
        moved([("closed", "open"), ("open", "half_open"), ("half_open", "closed")]),
    );
}

// A23
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_lose_no_outcome() {
    static DB: Breaker =
        Breaker::new("a23", BreakerConfig::new().failure_rate(1.0).window(Window::Calls(100_000)));
    #[resilient(breaker = DB)]
    async fn load(call: u32) -> Answer {
        match call % 4 {
            0 | 2 => Ok(call),
            1 => Err(Transient(call)),
            _ => Err(Ignored(call)),
        }
    }
    // One success more than failures in front, so that the rate of failures never reaches all.
    assert_eq!(load(0).await, Ok(0));
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        tasks.spawn(async {
            for call in 0..10_000 {
                _ = load(call).await;
            }
        });
    }
    tasks.join_all().await;
    let snapshot = DB.snapshot();
    assert_eq!((snapshot.state, snapshot.failures), (State::Closed, 25_000));
    assert!((1..=75_001).contains(&snapshot.calls), "{}", snapshot.calls);
}
