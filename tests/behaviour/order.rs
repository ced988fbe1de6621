//! Policies together: what is around what, and what they make of each other's refusals.
//!
//! The order, outermost first: fallback, deadline, retry, breaker, timeout, body.

use resilience_runtime::testing;
use resilience_runtime::{Breaker, BreakerConfig, RejectedKind, State, resilient};
use resilience_tests::Failure::{Rejected, Transient};
use resilience_tests::{Answer, Script, ms, pass, play, secs, started, timed};

const BREAKS_AT_ONCE: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(secs(1));

// O2
#[tokio::test(start_paused = true)]
async fn a_refusal_is_retried_when_the_next_wait_ends_with_the_open_period() {
    static DB: Breaker = Breaker::new("o2", BREAKS_AT_ONCE);
    #[resilient(retry = "fixed", max = 3, base = "1s", breaker = DB, name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    let script = Script::new("S");
    let recording = testing::record();
    assert_eq!(timed(load(&script)).await, (Ok(1), secs(1)));
    assert_eq!(script.executions(), 1);
    assert_eq!(recording.call().story(), "load: success after 1 attempt, waited 1s");
}

// O2
#[tokio::test(start_paused = true)]
async fn a_call_outlives_the_open_period_that_its_own_failure_began() {
    static DB: Breaker = Breaker::new("o2_own", BREAKS_AT_ONCE);
    #[resilient(retry = "linear", max = 4, base = "600ms", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // Refused at 600 ms with 400 ms to go; the next wait is 1200 ms long.
    let script = Script::new("FS");
    assert_eq!(timed(load(&script)).await, (Ok(2), ms(600 + 1_200)));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_refuses_the_last_try_is_why_there_is_no_other() {
    static DB: Breaker = Breaker::new("refuses_the_last", BREAKS_AT_ONCE);
    #[resilient(name = "refused_last", retry = "fixed", max = 2, base = "1ms", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let recording = testing::record();
    assert!(matches!(load(&script).await, Err(Rejected(_))));
    let call = recording.call();
    // One attempt of two, so that nothing is exhausted.
    assert_eq!((call.attempts.len(), call.stop_reason.as_deref()), (1, Some("breaker_open")));
}

// O3
#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_retried_when_the_next_wait_is_too_short() {
    static DB: Breaker = Breaker::new("o3", BREAKS_AT_ONCE);
    #[resilient(retry = "fixed", max = 20, base = "999ms", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    let script = Script::new("S");
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    let Err(Rejected(rejected)) = answer else { panic!("{answer:?} is no refusal") };
    assert_eq!((rejected.kind(), rejected.retry_after()), (RejectedKind::BreakerOpen, Some(secs(1))));
    assert_eq!((elapsed, script.executions()), (ms(0), 0));
    assert_eq!(recording.call().stop_reason.as_deref(), Some("breaker_open"));
}

// O3
#[tokio::test(start_paused = true)]
async fn a_breaker_that_opens_during_a_call_ends_its_retries() {
    #[resilient(retry = "fixed", max = 5, breaker("o3_during", consecutive = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    assert!(matches!(answer, Err(Rejected(_))));
    assert_eq!((elapsed, script.executions()), (ms(200), 2));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_uses_up_a_try_and_is_no_attempt() {
    static DB: Breaker = Breaker::new("tries", BREAKS_AT_ONCE.open_for(ms(100)).probes(3).successes(1));
    #[resilient(retry = "fixed", max = 3, base = "100ms", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // Whether anyone listens or not.
    DB.trip();
    assert_eq!(timed(load(&Script::new("F"))).await, (Err(Transient(2)), ms(200)));
    DB.reset();
    DB.trip();
    let recording = testing::record();
    assert_eq!(timed(load(&Script::new("F"))).await, (Err(Transient(2)), ms(200)));
    let call = recording.call();
    let numbers: Vec<_> = call.attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!((numbers, call.stop_reason.as_deref()), (vec![1, 2], Some("exhausted")));
}

#[tokio::test(start_paused = true)]
async fn an_isolated_breaker_is_waited_for_by_nobody() {
    static DB: Breaker = Breaker::new("isolated", BREAKS_AT_ONCE);
    #[resilient(retry = "fixed", max = 3, base = "10s", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.isolate();
    let (answer, elapsed) = timed(load(&Script::new("S"))).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.retry_after().is_none()));
    assert_eq!(elapsed, ms(0));
}

// O4
#[tokio::test(start_paused = true)]
async fn timeouts_are_failures_for_the_breaker() {
    #[resilient(timeout = "1s", breaker("o4", window = 2, min_calls = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    assert_eq!(play(3, async || load(&script).await).await, "OOR");
    assert_eq!(script.executions(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_the_deadline_cuts_off_is_a_failure_for_the_breaker() {
    #[resilient(deadline = "1s", breaker("o4_deadline", consecutive = 2))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(3, async || load(&Script::new("P")).await).await, "OOR");
}

// N6
#[tokio::test(start_paused = true)]
async fn the_breaker_counts_each_attempt() {
    #[resilient(retry = "fixed", max = 3, breaker("n6", failure_rate = 1.0, window = 10, min_calls = 10))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(load(&Script::new("FFS")).await, Ok(3));
    let snapshot = Breaker::named("n6").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (3, 2));
}

// N6
#[tokio::test(start_paused = true)]
async fn stacked_attributes_nest_so_that_a_breaker_around_retries_counts_calls() {
    #[resilient(breaker("n6_around", failure_rate = 1.0, window = 10, min_calls = 10))]
    #[resilient(retry = "fixed", max = 3)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(timed(load(&script)).await, (Err(Transient(3)), ms(200)));
    let snapshot = Breaker::named("n6_around").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (1, 1));
}

// O5
#[tokio::test(start_paused = true)]
async fn the_order_can_be_read_back_from_one_call() {
    static DB: Breaker = Breaker::new("o5", BreakerConfig::new().consecutive(3).open_for(secs(60)));
    #[resilient(
        timeout = "400ms", fallback = instead, breaker = DB, deadline = "10s", retry = "fixed", max = 5,
        base = "100ms", name = "load",
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script) -> Answer {
        pass(secs(60)).await;
        Ok(100)
    }
    let recording = testing::record();
    let script = Script::new("P");
    assert_eq!(timed(load(&script)).await, (Ok(100), ms(400 + 100 + 400 + 100 + 400 + 100) + secs(60)));
    let call = recording.call();
    // The retry is around the breaker, which stopped it, and the breaker around the timeout, which opened it.
    assert_eq!(call.outcomes(), ["timeout", "timeout", "timeout"]);
    assert_eq!(call.stop_reason.as_deref(), Some("breaker_open"));
    let starts: Vec<_> = call.attempts.iter().map(|attempt| (attempt.at, attempt.duration)).collect();
    assert_eq!(starts, [0, 500, 1_000].map(|at| (ms(at), ms(400))));
    // The fallback is around all of it: once, at the end, for longer than the deadline.
    let fallback = call.fallback.as_ref().unwrap();
    assert_eq!((fallback.at, fallback.duration), (ms(1_500), secs(60)));
    assert_eq!(fallback.reason, "circuit_breaker_open");
    let names: Vec<_> = call.all_events().iter().map(|event| event.name).collect();
    assert_eq!(
        names,
        [
            "reliability.timeout",
            "reliability.retry.scheduled",
            "reliability.timeout",
            "reliability.retry.scheduled",
            "reliability.circuit_breaker.transition",
            "reliability.timeout",
            "reliability.retry.scheduled",
            "reliability.circuit_breaker.rejected",
            "reliability.retry.exhausted",
            "reliability.fallback.used",
        ]
    );
    assert_eq!(
        call.fields["reliability.policy.digest"],
        "retry=fixed base=100ms max=5 breaker=o5 timeout=400ms deadline=10s fallback",
    );
}

// O8
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_holds_no_probe() {
    static DB: Breaker = Breaker::new("o8", BREAKS_AT_ONCE.probes(2).successes(1));
    #[resilient(retry = "fixed", max = 2, base = "5s", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    pass(secs(1)).await;
    let script = Script::new("FS");
    let waiting = started(load(&script));
    // Its probe has ended: it is counted, and the one that is left closes the breaker.
    assert_eq!((DB.snapshot().calls, DB.snapshot().failures), (1, 1));
    assert_eq!(load(&Script::new("S")).await, Ok(1));
    assert_eq!(DB.state(), State::Closed);
    assert_eq!(waiting.await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_probe_is_retried_as_any_other_attempt() {
    static DB: Breaker = Breaker::new("probe_retried", BREAKS_AT_ONCE.probes(1));
    #[resilient(retry = "fixed", max = 3, base = "1s", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    DB.trip();
    pass(secs(1)).await;
    let recording = testing::record();
    // The first probe fails and opens the breaker for a second, which the next wait is long enough for.
    assert_eq!(timed(load(&Script::new("FS"))).await, (Ok(2), secs(1)));
    let call = recording.call();
    let kinds: Vec<_> = call.attempts.iter().map(|attempt| attempt.kind.as_str()).collect();
    assert_eq!(kinds, ["probe", "probe"]);
}
