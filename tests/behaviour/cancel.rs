//! Calls that are dropped: at every await, by `select!`, by a timeout around them, and with their task.

use std::cell::Cell;

use resilience_runtime::testing;
use resilience_runtime::{Breaker, BreakerConfig, State, current, resilient};
use resilience_tests::Failure::Transient;
use resilience_tests::{Alive, Answer, Script, ms, pass, poll_at_most, secs, started, timed};
use tokio::task::yield_now;

const ONE_PROBE: BreakerConfig = BreakerConfig::new().consecutive(1).open_for(secs(1)).probes(1);

/// A body of several awaits, which fails twice before it succeeds.
async fn work(alive: &Alive, executions: &Cell<u32>) -> Answer {
    let _held = alive.guard();
    executions.set(executions.get() + 1);
    yield_now().await;
    pass(ms(10)).await;
    yield_now().await;
    if current().attempt() < 3 { Err(Transient(current().attempt())) } else { Ok(current().attempt()) }
}

// F7 F8 G14 N9
#[tokio::test(start_paused = true)]
async fn a_call_may_be_dropped_at_every_await() {
    static DB: Breaker = Breaker::new("every_await", BreakerConfig::new().failure_rate(1.0).min_calls(100));
    static FALLBACKS: Alive = Alive::new();
    #[resilient(
        retry = "fixed", max = 3, base = "20ms", breaker = DB, timeout = "1s", deadline = "1m",
        when_ok = |_| true, fallback = instead,
    )]
    async fn load(alive: &Alive, executions: &Cell<u32>) -> Answer {
        work(alive, executions).await
    }
    async fn instead(_alive: &Alive, _executions: &Cell<u32>) -> Answer {
        let _running = FALLBACKS.guard();
        yield_now().await;
        Ok(100)
    }
    let mut seen = Vec::new();
    for polls in 0.. {
        DB.reset();
        let (alive, executions) = (Alive::new(), Cell::new(0));
        let recording = testing::record();
        let answer = poll_at_most(polls, load(&alive, &executions)).await;
        let run = executions.get();
        // Nothing of it is left: no guard, no frame, nothing that goes on, and nothing counted but what had ended.
        assert_eq!((alive.count(), FALLBACKS.count()), (0, 0), "after {polls} polls");
        assert_eq!((current().attempt(), current().depth()), (0, 0));
        pass(secs(60)).await;
        assert_eq!(executions.get(), run);
        let calls = recording.calls();
        let cancelled = calls.iter().flat_map(|call| &call.attempts).any(|it| it.outcome == "cancelled");
        assert_eq!(DB.state(), State::Closed);
        if answer.is_some() {
            assert_eq!(answer, Some(Ok(100)));
            assert_eq!(calls[0].outcome, "fallback");
            break;
        }
        if polls > 0 {
            assert_eq!(calls[0].outcome, "cancelled");
            // In the fallback the attempts had stopped already, for a reason of their own.
            let attempts_were_over = calls[0].fallback.is_some();
            let reason = if attempts_were_over { "exhausted" } else { "cancelled" };
            assert_eq!(calls[0].stop_reason.as_deref(), Some(reason));
        }
        seen.push((run, cancelled));
    }
    // Dropped before the first poll, in each attempt, in each wait and in the fallback.
    for stage in [(0, false), (1, true), (1, false), (2, true), (2, false), (3, true), (3, false)] {
        assert!(seen.contains(&stage), "{stage:?} of {seen:?}");
    }
}

// F7 F8
#[tokio::test(start_paused = true)]
async fn a_dropped_probe_gives_its_place_back_at_every_await() {
    static DB: Breaker = Breaker::new("dropped_probe", ONE_PROBE);
    #[resilient(breaker = DB, timeout = "1s")]
    async fn load(alive: &Alive, executions: &Cell<u32>) -> Answer {
        _ = work(alive, executions).await;
        yield_now().await;
        Ok(executions.get())
    }
    let (alive, executions) = (Alive::new(), Cell::new(0));
    let mut dropped = 0;
    for polls in 0.. {
        DB.reset();
        DB.trip();
        pass(secs(1)).await;
        if poll_at_most(polls, load(&alive, &executions)).await.is_some() {
            break;
        }
        dropped += 1;
        assert_eq!((DB.state(), DB.snapshot().calls), (State::HalfOpen, 0), "after {polls} polls");
        assert!(load(&alive, &executions).await.is_ok(), "the place is free again");
        assert_eq!(DB.state(), State::Closed);
    }
    assert!(dropped >= 4, "{dropped} awaits");
}

// G14
#[tokio::test(start_paused = true)]
async fn a_call_dropped_before_its_first_poll_has_done_nothing() {
    static DB: Breaker = Breaker::new("unpolled", ONE_PROBE);
    #[resilient(retry = "fixed", breaker = DB)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("S"), testing::record());
    drop(load(&script));
    assert_eq!(script.executions(), 0);
    assert!(recording.calls().is_empty());
}

// G14
#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_a_wait_ends_at_once() {
    #[resilient(retry = "fixed", base = "1s", name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("F"), testing::record());
    let (answer, elapsed) = timed(async {
        tokio::select! {
            answer = load(&script) => Some(answer),
            () = pass(ms(50)) => None,
        }
    })
    .await;
    assert_eq!((answer, elapsed), (None, ms(50)));
    assert_eq!(
        recording.call().story(),
        "load: cancelled after 1 attempt (retryable_error), waited 50ms, stopped: cancelled",
    );
    pass(secs(60)).await;
    assert_eq!(script.executions(), 1);
}

// N9
#[tokio::test(start_paused = true)]
async fn a_cancelled_call_has_no_fallback() {
    #[resilient(fallback = instead)]
    async fn load(script: &Script, other: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script, other: &Script) -> Answer {
        other.run().await
    }
    let (script, other) = (Script::new("P"), Script::new("S"));
    drop(started(load(&script, &other)));
    assert_eq!((script.executions(), other.executions()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_is_no_failure() {
    #[resilient(breaker("cancelled", consecutive = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("PPPS");
    for _ in 0..3 {
        drop(started(load(&script)));
    }
    let snapshot = Breaker::named("cancelled").unwrap().snapshot();
    assert_eq!((snapshot.state, snapshot.calls), (State::Closed, 0));
    assert_eq!(load(&script).await, Ok(4));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_callers_own_around_a_call_cancels_it() {
    static DB: Breaker = Breaker::new("around", ONE_PROBE);
    #[resilient(retry = "fixed", max = 5, breaker = DB, timeout = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(timeout = "1s")]
    async fn around(script: &Script) -> Answer {
        load(script).await
    }
    let (script, recording) = (Script::new("P"), testing::record());
    let (answer, elapsed) = timed(around(&script)).await;
    assert!(answer.is_err());
    assert_eq!(elapsed, secs(1));
    assert_eq!((DB.state(), DB.snapshot().calls), (State::Closed, 0));
    assert_eq!(recording.call_of("load").outcome, "cancelled");
}

#[tokio::test(start_paused = true)]
async fn an_aborted_task_gives_its_probe_back() {
    static DB: Breaker = Breaker::new("aborted", ONE_PROBE);
    static SCRIPT: Script = Script::new("PS");
    #[resilient(breaker = DB)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    DB.trip();
    pass(secs(1)).await;
    let task = tokio::spawn(load());
    yield_now().await;
    assert_eq!(SCRIPT.executions(), 1);
    assert!(load().await.is_err(), "the place is taken");
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(load().await, Ok(2));
    assert_eq!(DB.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_call_may_be_dropped_within_another_one() {
    #[resilient(retry = "fixed", max = 2)]
    async fn outer(script: &Script) -> Answer {
        drop(started(inner(script)));
        assert_eq!((current().attempt(), current().depth()), (1, 1));
        Ok(script.executions())
    }
    #[resilient(retry = "fixed", max = 2, timeout = "1s")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(outer(&Script::new("P")).await, Ok(1));
}
