//! How long a whole call may take, with all its attempts and waits.

use resilience_runtime::testing;
use resilience_runtime::{Breaker, Rejected, RejectedKind, resilient};
use resilience_tests::Failure::{Throttled, Transient};
use resilience_tests::{Alive, Answer, Failure, HINT, Script, ms, pass, secs, timed};

/// The refusal that a call ended with.
fn rejected(answer: Answer) -> Rejected {
    match answer {
        Err(Failure::Rejected(rejected)) => rejected,
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_attempt_is_cut_off_and_none_follows() {
    #[resilient(retry = "fixed", max = 3, deadline = "1s", name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(3600));
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    let rejected = rejected(answer);
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::Deadline, "load"));
    assert_eq!(rejected.to_string(), "`load` exceeded its deadline of 1s");
    assert_eq!((elapsed, script.executions()), (secs(1), 1));
    assert_eq!(recording.call().story(), "load: timeout after 1 attempt, stopped: deadline, error: timeout",);
}

#[tokio::test(start_paused = true)]
async fn a_function_without_retry_may_have_a_deadline() {
    #[resilient(deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&Script::new("P"))).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Deadline, secs(1)));
    // There is no retry that could have been stopped.
    assert_eq!(recording.call().stop_reason, None);
    let events: Vec<_> = recording.events().iter().map(|event| event.name).collect();
    assert_eq!(events, ["reliability.timeout"]);
    assert_eq!(timed(load(&Script::new("S").taking(ms(999)))).await, (Ok(1), ms(999)));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_and_not_max_stops_a_call_that_it_cuts_off_in_its_last_attempt() {
    #[resilient(retry = "fixed", max = 2, base = "100ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert!(load(&Script::new("FP")).await.is_err());
    let call = recording.call();
    assert_eq!((call.attempts.len(), call.stop_reason.as_deref()), (2, Some("deadline")));
}

#[tokio::test(start_paused = true)]
async fn attempts_and_waits_count_together() {
    #[resilient(retry = "fixed", max = 4, base = "100ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // Attempts begin at 0 ms, 400 ms and 800 ms; the third is cut off.
    let script = Script::new("F").taking(ms(300));
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Deadline, secs(1)));
    assert_eq!(script.executions(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_sooner_of_timeout_and_deadline_ends_an_attempt() {
    #[resilient(retry = "fixed", max = "deadline", base = "100ms", timeout = "400ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // The first two attempts run out of their own time, the one from 1000 ms on would have none.
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&Script::new("P"))).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Timeout, ms(900)));
    assert_eq!(recording.call().stop_reason.as_deref(), Some("deadline"));

    // Here the third attempt has 300 ms left.
    let script = Script::new("FFP").taking(ms(250));
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Deadline, secs(1)));
    assert_eq!(script.executions(), 3);
}

// G8 H19
#[tokio::test(start_paused = true)]
async fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    #[resilient(retry = "exp", max = "deadline", base = "200ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    // 200 ms and 400 ms; another 800 ms would end at 1400 ms.
    assert_eq!((answer, elapsed), (Err(Transient(3)), ms(600)));
    let call = recording.call();
    assert_eq!(call.waits, [ms(200), ms(400)]);
    assert_eq!(call.stop_reason.as_deref(), Some("deadline"));
    let exhausted = recording.events().pop().unwrap();
    assert_eq!((exhausted.name, exhausted.at), ("reliability.retry.exhausted", ms(600)));
}

// G8
#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_with_the_deadline_is_not_begun() {
    #[resilient(retry = "fixed", max = "deadline", base = "250ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Err(Transient(4)), ms(750)));
}

// H14
#[tokio::test(start_paused = true)]
async fn a_hint_beyond_the_deadline_fails_at_once() {
    #[resilient(retry = "fixed", max = 3, deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("T");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Err(Throttled(Some(HINT))), ms(0)));
    assert_eq!(script.executions(), 1);
}

#[tokio::test(start_paused = true)]
async fn as_many_attempts_are_made_as_fit_into_the_deadline() {
    #[resilient(retry = "fixed", max = "deadline", base = "100ms", deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Err(Transient(10)), ms(900)));
}

// J6
#[tokio::test(start_paused = true)]
async fn a_result_in_the_same_instant_wins() {
    #[resilient(deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("S").taking(secs(1)))).await, (Ok(1), secs(1)));
    assert_eq!(timed(load(&Script::new("F").taking(secs(1)))).await, (Err(Transient(1)), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_deadline_is_the_last() {
    #[resilient(retry = "fixed", max = 3, deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        // Virtual time that passes without an await, as it does in a body that blocks.
        tokio::time::advance(secs(2)).await;
        script.run().await
    }
    let script = Script::new("F");
    assert!(load(&script).await.is_err());
    assert_eq!(script.executions(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_clock_starts_with_the_first_poll() {
    #[resilient(deadline = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(ms(900));
    let call = load(&script);
    pass(secs(5)).await;
    assert_eq!(timed(call).await, (Ok(1), ms(900)));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_off_is_dropped_before_the_call_returns() {
    #[resilient(deadline = "1s")]
    async fn load(alive: &Alive) -> Answer {
        let _held = alive.guard();
        pass(secs(3600)).await;
        Ok(0)
    }
    let alive = Alive::new();
    assert!(load(&alive).await.is_err());
    assert_eq!(alive.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_is_cut_off_by_a_deadline_around_fails_where_there_is_a_limit_of_its_own() {
    #[resilient(breaker = "deadline_without")]
    async fn without(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = "deadline_timeout", timeout = "10s")]
    async fn with_timeout(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = "deadline_own", deadline = "10s")]
    async fn with_deadline(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(deadline = "1s")]
    async fn around(call: impl Future<Output = Answer>) -> Answer {
        call.await
    }
    let hangs = Script::new("P");
    let failures = |name| Breaker::named(name).map(|breaker| breaker.snapshot().failures);
    assert!(around(without(&hangs)).await.is_err());
    assert_eq!(failures("deadline_without"), Some(0));
    assert!(around(with_timeout(&hangs)).await.is_err());
    assert_eq!(failures("deadline_timeout"), Some(1));
    assert!(around(with_deadline(&hangs)).await.is_err());
    assert_eq!(failures("deadline_own"), Some(1));
}
