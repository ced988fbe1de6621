//! What annotated functions inherit from a caller in another process: its time, and who tries again.

use http::{HeaderMap, HeaderName, HeaderValue};
use resilience_runtime::propagation::{Incoming, Scoped, caller};
use resilience_runtime::{
    Adaptive, Bulkhead, BulkheadConfig, RejectedKind, State, current, current_headers, resilient, testing,
};
use resilience_tests::Failure::Transient;
use resilience_tests::{
    Answer, Script, counted, ms, panic_of, pass, poll_once, refusal, secs, snapshot, started, state, timed,
};

fn headers(pairs: &[(&'static str, u32)]) -> HeaderMap {
    let header =
        |(name, value): &(&'static str, u32)| (HeaderName::from_static(name), HeaderValue::from(*value));
    pairs.iter().map(header).collect()
}

/// For a caller that waits so many milliseconds.
fn within<F: Future>(millis: u32, future: F) -> Scoped<F> {
    Incoming::read(&headers(&[("resilience-timeout-ms", millis)])).scope(future)
}

/// For a caller that may try so many times more.
fn retried<F: Future>(times: u32, future: F) -> Scoped<F> {
    Incoming::read(&headers(&[("resilience-attempts-left", times)])).scope(future)
}

fn left() -> String {
    current_headers()["resilience-attempts-left"].to_str().expect("it is a number").to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_function_that_can_be_refused_ends_when_its_caller_waits_no_longer() {
    #[resilient(breaker("inherited_cut", consecutive = 1), name = "inherited_cut")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(within(300, load(&Script::new("P")))).await;
    let rejected = refusal(answer);
    assert_eq!((rejected.kind(), elapsed), (RejectedKind::Deadline, ms(300)));
    assert_eq!(rejected.to_string(), "`inherited_cut` ran into the deadline of the call around it");
    // Its time is not the dependency's fault.
    assert_eq!((state("inherited_cut"), counted("inherited_cut")), (State::Closed, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_function_that_cannot_say_so_goes_on_and_begins_no_wait_past_it() {
    #[resilient(retry = "fixed", base = "100ms", max = 10)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F").taking(ms(150));
    let (answer, elapsed) = timed(within(300, load(&script))).await;
    assert_eq!((answer, elapsed), (Err(Transient(2)), ms(400)));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_functions_own_that_is_sooner_holds_and_counts() {
    #[resilient(timeout = "100ms", breaker("inherited_own", consecutive = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(within(300, load(&Script::new("P")))).await;
    assert_eq!((refusal(answer).kind(), elapsed), (RejectedKind::Timeout, ms(100)));
    assert_eq!(state("inherited_own"), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_callers_time_says_nothing_of_the_dependency() {
    #[resilient(breaker("inherited_late", consecutive = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // Ready in the same moment as the limit: the answer counts, and it is a failure.
    let script = Script::new("F").taking(ms(100));
    assert_eq!(within(100, load(&script)).await, Err(Transient(1)));
    assert_eq!((state("inherited_late"), snapshot("inherited_late").failures), (State::Closed, 0));
    // A moment before it, it is one.
    assert_eq!(within(101, load(&script)).await, Err(Transient(2)));
    assert_eq!(state("inherited_late"), State::Open);
}

#[tokio::test(start_paused = true)]
async fn limits_adapt_to_nothing_that_a_callers_time_cut_off() {
    static PLACES: Bulkhead =
        Bulkhead::new("inherited_places", BulkheadConfig::new(10).adaptive(Adaptive::aimd()));
    #[resilient(bulkhead = PLACES)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead = PLACES, hedge = "1s", idempotent)]
    async fn load_beside(script: &Script) -> Answer {
        script.run().await
    }
    refusal(within(10, load(&Script::new("P"))).await);
    let before = PLACES.snapshot().limit;
    for _ in 0..20 {
        refusal(within(10, load(&Script::new("P"))).await);
        refusal(within(10, load_beside(&Script::new("P"))).await);
        // Fails in the very moment.
        let late = Script::new("F").taking(ms(10));
        assert_eq!(within(10, load(&late)).await, Err(Transient(1)));
        assert!(within(10, load_beside(&late)).await.is_err());
    }
    assert_eq!((PLACES.snapshot().limit, PLACES.snapshot().in_flight), (before, 0));
    // What it makes of failures.
    assert!(load(&Script::new("F")).await.is_err());
    assert!(PLACES.snapshot().limit < before);
}

#[tokio::test(start_paused = true)]
async fn attempts_beside_each_other_end_with_their_callers_time_and_count_as_nothing() {
    #[resilient(hedge("100ms", max = 2), idempotent, breaker("inherited_hedged", consecutive = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let (answer, elapsed) = timed(within(250, load(&script))).await;
    assert_eq!((refusal(answer).kind(), elapsed), (RejectedKind::Deadline, ms(250)));
    assert_eq!((script.executions(), counted("inherited_hedged")), (3, (0, 0)));
    // One that fails then is no failure either; before, it is.
    let script = Script::new("FF").taking(ms(250));
    assert!(within(250, load(&script)).await.is_err());
    assert_eq!(counted("inherited_hedged"), (0, 0));
    assert!(within(251, load(&script)).await.is_err());
    assert_eq!(state("inherited_hedged"), State::Open);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_another_ones_result_ends_with_its_own_caller() {
    #[resilient(coalesce(key = ()), breaker = "inherited_shared", name = "inherited_shared")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(1));
    let (leader, follower) = tokio::join!(within(2000, load(&script)), timed(within(300, load(&script))));
    assert_eq!((leader, script.executions()), (Ok(1), 1));
    assert_eq!((refusal(follower.0).kind(), follower.1), (RejectedKind::Deadline, ms(300)));
}

#[tokio::test(start_paused = true)]
async fn a_leader_without_time_takes_nobody_along() {
    #[resilient(coalesce(key = ()), breaker = "inherited_led", name = "inherited_led")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SS").taking(secs(1));
    let (leader, follower) = tokio::join!(within(300, load(&script)), timed(load(&script)));
    assert_eq!(refusal(leader).kind(), RejectedKind::Deadline);
    assert_eq!((follower, script.executions()), ((Ok(2), ms(1300)), 2));
}

#[tokio::test(start_paused = true)]
async fn no_function_below_tries_again_what_the_caller_does() {
    #[resilient(retry = "fixed", max = 3, name = "inherited_outer")]
    async fn outer(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(retry = "fixed", max = 3, name = "inherited_inner")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("F"), testing::record());
    assert_eq!(retried(1, outer(&script)).await, Err(Transient(1)));
    let calls = recording.calls();
    assert!(calls.iter().all(|call| call.stop_reason.as_deref() == Some("caller_retries")), "{calls:?}");
    assert_eq!(retried(0, outer(&script)).await, Err(Transient(10)));
    // What will not get better is not tried again in any case.
    let script = Script::new("N");
    assert!(retried(1, outer(&script)).await.is_err());
    let stopped = recording.calls().last().and_then(|call| call.stop_reason.clone());
    assert_eq!((stopped.as_deref(), script.executions()), (Some("permanent_error"), 1));
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_the_callers_takes_nothing_from_the_budget() {
    #[resilient(retry = "fixed", base = "1ms", max = 2, budget("inherited_budget", floor = 1, ratio = "1%"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    for _ in 0..5 {
        assert!(retried(1, load(&script)).await.is_err());
    }
    assert_eq!(script.executions(), 5);
    // The only retry that there is in the budget is still there.
    assert_eq!(load(&script).await, Err(Transient(7)));
    assert_eq!(load(&script).await, Err(Transient(8)));
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_what_the_caller_would_try_again() {
    #[resilient(retry = "fixed", max = 3, fallback = Ok(7))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!((retried(1, load(&script)).await, script.executions()), (Ok(7), 1));
}

#[test]
fn functions_that_are_not_async_leave_retries_to_the_caller_too() {
    #[resilient(retry = "fixed", base = "1ms", max = 3)]
    fn load(count: &mut u32) -> Result<(), &'static str> {
        *count += 1;
        Err("down")
    }
    let mut count = 0;
    let mut future = Box::pin(retried(1, async { load(&mut count) }));
    assert!(poll_once(&mut future).is_ready());
    drop(future);
    assert_eq!(count, 1);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_says_how_many_may_follow_whoever_makes_them() {
    #[resilient(retry = "fixed", base = "1ms", max = 3, when = |_: &String| true)]
    async fn outer(said: &mut Vec<String>) -> Result<(), String> {
        said.push(left());
        inner(said).await
    }
    #[resilient(retry = "fixed", base = "1ms", max = 2)]
    async fn inner(said: &mut Vec<String>) -> Result<(), String> {
        said.push(left());
        Err("down".to_owned())
    }
    let mut said = Vec::new();
    outer(&mut said).await.expect_err("it is down");
    // The inner one's last attempt is followed by the outer one's next.
    assert_eq!(said, ["2", "2", "2", "1", "1", "1", "0", "1", "0"]);
    said.clear();
    retried(5, outer(&mut said)).await.expect_err("it is down");
    assert_eq!(said, ["5", "5"]);
}

#[tokio::test(start_paused = true)]
async fn an_extra_attempt_says_its_own_number() {
    #[resilient(hedge("100ms", max = 2), idempotent)]
    async fn load() -> Result<(u32, String, String), std::io::Error> {
        let number = current().attempt();
        pass(ms(1000 / u64::from(number))).await;
        let attempt = current_headers()["resilience-attempt"].to_str().expect("it is a number").to_owned();
        Ok((number, attempt, left()))
    }
    assert_eq!(load().await.expect("it is there"), (3, "3".to_owned(), "0".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn two_requests_on_one_thread_have_each_their_own_caller() {
    async fn look() -> (Option<std::time::Duration>, u32) {
        let mut seen = (None, 0);
        for _ in 0..3 {
            seen = (current().remaining(), caller().map_or(0, |caller| caller.attempts_left()));
            pass(ms(10)).await;
        }
        seen
    }
    let (first, second, none) = tokio::join!(within(1000, look()), retried(4, look()), look());
    assert_eq!((first, second, none), ((Some(ms(980)), 0), (None, 4), (None, 0)));
}

#[tokio::test(start_paused = true)]
async fn after_a_panic_and_a_drop_there_is_no_caller() {
    #[resilient(deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(panic_of(within(1000, load(&Script::new("!")))).await, "execution 1 panics");
    drop(started(within(1000, load(&Script::new("P")))));
    assert_eq!((caller(), current().remaining()), (None, None));
    assert!(current_headers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_works_for_nobody() {
    let spawned = within(1000, async { tokio::spawn(async { (caller(), current().remaining()) }).await });
    assert_eq!(spawned.await.expect("it does not panic"), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_called_itself_passes_on_what_is_left() {
    #[resilient(deadline = "10s")]
    async fn ask() -> Result<HeaderMap, resilience_runtime::Rejected> {
        pass(ms(400)).await;
        Ok(current_headers())
    }
    let sent = within(1000, ask()).await.expect("it has time");
    assert_eq!(sent["resilience-timeout-ms"], "600");
    assert_eq!(within(1000, async { current_headers() }).await["resilience-timeout-ms"], "1000");
    assert_eq!(within(0, async { current_headers() }).await["resilience-timeout-ms"], "0");
}
