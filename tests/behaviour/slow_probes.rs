//! Half-open breakers where a call may take longer than `probe_timeout`, as under the presets `"critical"` and `"batch"`.

use std::time::Duration;

use resilience_runtime::{Breaker, State, resilient};
use resilience_tests::{Answer, Script, ms, pass, secs, state};
use tokio::task::JoinSet;

/// Trips the breaker, waits until it is half-open, and calls once a second for that long: those calls.
async fn recover<F>(name: &'static str, time: Duration, call: impl Fn() -> F) -> JoinSet<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    tasks.spawn(call());
    tokio::task::yield_now().await;
    Breaker::named(name).expect("it was called").trip();
    pass(secs(30)).await;
    for _ in 0..time.as_secs() {
        tasks.spawn(call());
        pass(secs(1)).await;
    }
    tasks
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_answers_late_recovers() {
    #[resilient(preset = "batch", breaker = "slow_probes", retry = "none", rate_limit = "none")]
    async fn load() -> Answer {
        Script::new("S").taking(secs(40)).run().await
    }
    let _calls = recover("slow_probes", secs(43), load).await;
    assert_eq!(state("slow_probes"), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_hangs_opens_it_again() {
    #[resilient(preset = "critical", breaker = "hung_probes", retry = "none", rate_limit = "none")]
    async fn load() -> Answer {
        Script::new("P").run().await
    }
    let _calls = recover("hung_probes", secs(31), load).await;
    assert_eq!(state("hung_probes"), State::HalfOpen);
    pass(secs(2)).await;
    assert_eq!(state("hung_probes"), State::Open);
}

// What waits for a limit behind the breaker is under way too.
#[tokio::test(start_paused = true)]
async fn probes_that_wait_for_a_limit_count() {
    #[resilient(breaker("queued_probes", consecutive = 1), rate_limit(rate = "1/m", wait = "10m"))]
    async fn load() -> Answer {
        Script::new("S").taking(ms(1)).run().await
    }
    let _calls = recover("queued_probes", secs(180), load).await;
    assert_eq!(state("queued_probes"), State::Closed);
}
