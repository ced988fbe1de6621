//! Every policy on one function: what is around what, read back from spans, events and handles.

use resilience_runtime::chaos::Chaos;
use resilience_runtime::{Breaker, Bulkhead, Cache, RateLimiter, RetryBudget, Throttle, resilient, testing};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Script, ms, pass, secs, timed};

#[resilient(
    name = "every", timeout = "50ms", bulkhead("every", max = 2), rate_limit("every", rate = "100/h"),
    breaker("every", consecutive = 8), throttle("every", k = 100.0), hedge = "20ms", idempotent, retry = "fixed", max = 2,
    base = "10ms", budget("every", floor = 10), coalesce, deadline = "5s",
    cache("10s", key = id, stale_if_error = "10s", name = "every"),
    fallback = |_, _, error| Ok(if error == Transient(0) { 100 } else { 200 }),
    chaos("every", error = Transient(0), error_rate = "100%", enabled = false, release = true),
)]
async fn load(id: u32, script: &Script) -> Answer {
    let _ = id;
    script.run().await
}

/// What each of the policies that are asked has heard: the throttle, the rate limiter, the budget.
fn asked() -> (u64, u64, u64) {
    let throttle = Throttle::named("every").expect("it was called").snapshot();
    let limiter = RateLimiter::named("every").expect("it was called").snapshot();
    let budget = RetryBudget::named("every").expect("it was called").snapshot();
    (throttle.requests, limiter.available.into(), budget.retries)
}

// O1, O5, O9
#[tokio::test(start_paused = true)]
async fn the_order_is_read_back() {
    // So many that the throttle lets all that follows pass.
    let healthy = Script::new("S");
    for id in 100..110 {
        assert!(load(id, &healthy).await.is_ok());
    }
    // Two at once miss the cache, and one leads. Its first attempt and the hedge beside it hang until the timeout of each;
    // the retry succeeds.
    let script = Script::new("PPS");
    let recording = testing::record();
    let (one, other) = tokio::join!(timed(load(1, &script)), load(1, &script));
    assert_eq!((one, other), ((Ok(3), ms(70 + 10)), Ok(3)));
    let calls = recording.calls();
    let [leader, follower] = calls.as_slice() else { panic!("{calls:?}") };
    let attempts = |call: &testing::Call| -> Vec<(String, String)> {
        call.attempts.iter().map(|attempt| (attempt.kind.clone(), attempt.outcome.clone())).collect()
    };
    let said = |attempts: &[(&str, &str)]| -> Vec<(String, String)> {
        attempts.iter().map(|(kind, outcome)| ((*kind).to_owned(), (*outcome).to_owned())).collect()
    };
    assert_eq!(
        attempts(leader),
        said(&[("original", "timeout"), ("hedge", "timeout"), ("retry", "success")])
    );
    assert_eq!((follower.outcome.as_str(), follower.attempts.len()), ("coalesced", 0));
    assert_eq!(
        leader.fields["reliability.policy.digest"],
        "retry=fixed base=10ms max=2 budget=every hedge=20ms extra=1 throttle=every breaker=every rate_limit=every \
         bulkhead=every timeout=50ms deadline=5s fallback cache=every coalesce chaos=every",
    );
    // Each attempt asks throttle and limiter; retry and hedge are taken from the budget.
    assert_eq!(asked(), (13, 87, 2));

    // A hit is outside of all that.
    let recording = testing::record();
    assert_eq!(load(1, &script).await, Ok(3));
    assert_eq!((recording.call().outcome.as_str(), asked()), ("cached", (13, 87, 2)));

    // Chaos is the innermost: each attempt asks everybody and fails, and where one
    // fails the one beside it begins at once. The older answer is in front of the fallback.
    Chaos::named("every").expect("it is annotated").enable();
    pass(secs(10)).await;
    let recording = testing::record();
    assert_eq!(load(1, &script).await, Ok(3));
    let call = recording.call();
    assert_eq!(
        attempts(&call),
        said(&["original", "hedge", "retry", "hedge"].map(|kind| (kind, "retryable_error")))
    );
    assert_eq!((call.outcome.as_str(), asked(), script.executions()), ("stale", (17, 83, 5), 3));
    let names: Vec<_> = call.events.iter().map(|event| event.name).collect();
    assert_eq!(
        names,
        [
            "reliability.cache.miss",
            "reliability.hedge.started",
            "reliability.retry.scheduled",
            "reliability.hedge.started",
            "reliability.retry.exhausted",
            "reliability.cache.stale",
        ]
    );
    assert_eq!(call.attempts[0].events[0].name, "reliability.chaos.injected");

    // Behind its time there is the fallback, which is given the error of the last attempt.
    Cache::named("every").expect("it was called").clear();
    let recording = testing::record();
    assert_eq!(load(1, &script).await, Ok(100));
    assert_eq!(recording.call().outcome, "fallback");
    // The eighth failure has opened the breaker; it refuses before limiter and bulkhead are asked, and the fallback answers.
    assert_eq!(
        (Breaker::named("every").expect("it was called").state().as_str(), asked()),
        ("open", (21, 79, 8))
    );
    assert_eq!(load(1, &script).await, Ok(200));
    // What never reached the dependency is no call for the throttle either.
    assert_eq!(asked(), (21, 79, 8));
    assert_eq!(Bulkhead::named("every").expect("it was called").snapshot().in_flight, 0);
}
