//! When another attempt is made, how often, and what the caller gets in the end.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::pin::pin;

use resilience_runtime::testing::{self, Value};
use resilience_runtime::{Backoff, current, resilient};
use resilience_tests::Failure::{Ignored, Permanent, Throttled, Transient};
use resilience_tests::{Alive, Answer, Script, ms, pass, secs, started, timed};

// G1 G2
#[tokio::test(start_paused = true)]
async fn the_last_error_is_returned_when_all_attempts_have_failed() {
    #[resilient(retry = "fixed", max = 6)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!(answer, Err(Transient(6)));
    assert_eq!(script.executions(), 6);
    assert_eq!(elapsed, ms(5 * 100));
}

#[tokio::test(start_paused = true)]
async fn the_first_success_ends_the_call() {
    #[resilient(retry = "fixed", max = 5)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFS");
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!(answer, Ok(3));
    assert_eq!(script.executions(), 3);
    assert_eq!(elapsed, ms(200));
    assert_eq!(recording.call().outcomes(), ["retryable_error", "retryable_error", "success"]);
}

// G3
#[tokio::test(start_paused = true)]
async fn three_attempts_are_made_unless_max_says_otherwise() {
    #[resilient(retry)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(load(&script).await, Err(Transient(3)));
    assert_eq!(script.executions(), 3);
}

// G3 G4
#[tokio::test(start_paused = true)]
async fn one_attempt_is_no_retry() {
    #[resilient(retry = "fixed", max = 1)]
    async fn once(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "none", timeout = "1s")]
    async fn never(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let recording = testing::record();
    let (answer, elapsed) = timed(once(&script)).await;
    assert_eq!((answer, elapsed), (Err(Transient(1)), ms(0)));
    assert_eq!(recording.call().stop_reason.as_deref(), Some("exhausted"));

    recording.clear();
    let (answer, elapsed) = timed(never(&script)).await;
    assert_eq!((answer, elapsed), (Err(Transient(2)), ms(0)));
    assert_eq!(recording.call().stop_reason, None);
}

const ATTEMPTS: u32 = 2;

#[tokio::test(start_paused = true)]
async fn the_number_of_attempts_may_be_a_constant() {
    #[resilient(retry = "fixed", max = 2 * ATTEMPTS)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(load(&script).await, Err(Transient(4)));
}

// G5
#[tokio::test(start_paused = true)]
async fn attempts_go_on_until_the_deadline_where_max_says_so() {
    #[resilient(retry = "fixed", max = "deadline", deadline = "1h")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFFFS");
    assert_eq!(load(&script).await, Ok(6));
    assert_eq!(script.executions(), 6);
}

// G9 G15
#[tokio::test(start_paused = true)]
async fn an_error_that_is_not_worth_it_is_not_retried() {
    #[resilient(retry = "fixed")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    for (letter, failure, reason) in
        [("N", Permanent(1), "permanent_error"), ("X", Ignored(1), "ignored_error")]
    {
        let script = Script::new(letter);
        let (answer, elapsed) = timed(load(&script)).await;
        assert_eq!((answer, elapsed), (Err(failure), ms(0)));
        assert_eq!(script.executions(), 1);
        assert_eq!(recording.call().stop_reason.as_deref(), Some(reason));
        assert!(recording.events().is_empty(), "the retry is not exhausted");
        recording.clear();
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_not_worth_it_ends_a_series_of_retries() {
    #[resilient(retry = "fixed", max = 5)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFN");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Err(Permanent(3)), ms(200)));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_without_a_hint_waits_as_any_other() {
    #[resilient(retry = "fixed", max = 2)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("t");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Err(Throttled(None)), ms(100)));
    assert_eq!(script.executions(), 2);
}

/// An error with a cause.
#[derive(Debug)]
struct Outer(std::num::ParseIntError);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

// G13
#[tokio::test(start_paused = true)]
async fn the_error_of_an_exhausted_call_is_the_functions_own_with_its_cause() {
    #[resilient(retry = "fixed", max = 4)]
    async fn parse(text: &str) -> Result<u32, Outer> {
        text.parse().map_err(Outer)
    }
    let recording = testing::record();
    let error = parse("seven").await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
    let call = recording.call();
    assert_eq!(call.attempts.len(), 4);
    assert_eq!(call.fields["reliability.attempt.count"], 4);
    assert_eq!(call.error.as_deref(), Some("outer"));
}

/// An error, or a value, that is counted while it is alive.
#[derive(Debug)]
struct Counted<'a>(#[expect(dead_code, reason = "held until it is dropped")] resilience_tests::Guard<'a>);

// G16
#[tokio::test(start_paused = true)]
async fn what_an_attempt_left_is_dropped_before_the_wait_for_the_next() {
    #[resilient(retry = "fixed", base = "1s", when_ok = |_| true)]
    async fn load<'a>(alive: &'a Alive) -> Result<Counted<'a>, Counted<'a>> {
        assert_eq!(alive.count(), 0, "the attempt before has left something");
        let _held = alive.guard();
        pass(ms(10)).await;
        let counted = Counted(alive.guard());
        if current().attempt() == 1 { Ok(counted) } else { Err(counted) }
    }
    let alive = Alive::new();
    let mut call = pin!(load(&alive));
    // At 5 ms and 1015 ms an attempt is running, at 505 ms and 1515 ms a wait.
    for (later, left) in [(5, 1), (500, 0), (510, 1), (500, 0)] {
        tokio::select! {
            _ = &mut call => panic!("the call has two waits"),
            () = pass(ms(later)) => assert_eq!(alive.count(), left),
        }
    }
}

// G16
#[tokio::test(start_paused = true)]
async fn what_an_attempt_left_is_dropped_before_the_next_that_follows_at_once() {
    #[resilient(retry = "fixed", base = "0s")]
    async fn load(alive: &Alive) -> Result<Counted<'_>, Counted<'_>> {
        assert_eq!(alive.count(), 0, "the attempt before has left something");
        let counted = Counted(alive.guard());
        if current().attempt() < 3 { Err(counted) } else { Ok(counted) }
    }
    let alive = Alive::new();
    let (answer, elapsed) = timed(load(&alive)).await;
    assert_eq!(elapsed, ms(0));
    assert_eq!(alive.count(), 1);
    drop(answer);
}

// G17
#[tokio::test(start_paused = true)]
async fn the_body_knows_the_number_of_its_attempt() {
    #[resilient(retry = "fixed", max = 4)]
    async fn load(seen: &RefCell<Vec<u32>>) -> Result<(), &'static str> {
        seen.borrow_mut().push(current().attempt());
        pass(ms(1)).await;
        seen.borrow_mut().push(current().attempt());
        Err("again")
    }
    let seen = RefCell::default();
    assert_eq!(load(&seen).await, Err("again"));
    assert_eq!(*seen.borrow(), [1, 1, 2, 2, 3, 3, 4, 4]);
    assert_eq!(current().attempt(), 0);
}

// G18
#[tokio::test(start_paused = true)]
async fn a_retry_is_told_before_its_wait_and_none_after_the_last_attempt() {
    #[resilient(retry = "exp", max = 4, base = "100ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(load(&Script::new("F")).await, Err(Transient(4)));
    let events = recording.events();
    let scheduled = events.iter().filter(|event| event.name == "reliability.retry.scheduled");
    let scheduled = scheduled.map(|event| {
        let delay = event.fields["reliability.retry.delay"].as_duration();
        (event.at, &event.fields["reliability.attempt.number"], delay, event.text("error.type"))
    });
    let scheduled: Vec<_> = scheduled.collect();
    assert_eq!(
        scheduled,
        [
            (ms(0), &Value::Int(1), Some(ms(100)), "Failure::Transient"),
            (ms(100), &Value::Int(2), Some(ms(200)), "Failure::Transient"),
            (ms(300), &Value::Int(3), Some(ms(400)), "Failure::Transient"),
        ]
    );
    let last = events.last().unwrap();
    assert_eq!((last.name, last.at), ("reliability.retry.exhausted", ms(700)));
}

const SHARED: Backoff = Backoff::exp(ms(100));

// G20
#[tokio::test(start_paused = true)]
async fn calls_that_share_a_policy_count_for_themselves() {
    #[resilient(retry = SHARED, max = 3)]
    async fn one(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = SHARED, max = 4)]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    let scripts = [Script::new("F"), Script::new("F"), Script::new("F")];
    let (ends, elapsed) = timed(async {
        tokio::join!(timed(one(&scripts[0])), timed(other(&scripts[1])), timed(one(&scripts[2])))
    })
    .await;
    assert_eq!(ends.0, (Err(Transient(3)), ms(300)));
    assert_eq!(ends.1, (Err(Transient(4)), ms(700)));
    assert_eq!(ends.2, (Err(Transient(3)), ms(300)));
    assert_eq!(elapsed, ms(700));
}

#[tokio::test(start_paused = true)]
async fn nothing_runs_before_the_first_poll_or_during_a_wait() {
    #[resilient(retry = "fixed", base = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FS");
    let call = load(&script);
    pass(secs(60)).await;
    assert_eq!(script.executions(), 0);
    let call = started(call);
    assert_eq!(script.executions(), 1);
    pass(ms(9_999)).await;
    assert_eq!(script.executions(), 1);
    assert_eq!(call.await, Ok(2));
}

// A retry without a delay is no busy loop.
#[tokio::test(start_paused = true)]
async fn other_tasks_run_between_attempts_without_a_delay() {
    #[resilient(retry = "fixed", base = "0s", max = 10)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", base = "0s", max = 10, hedge = "1s", idempotent)]
    async fn hedged(script: &Script) -> Answer {
        script.run().await
    }
    async fn seen_between(call: impl AsyncFn(&Script) -> Answer) -> (Vec<u32>, u32) {
        let script = Script::new("F");
        let mut seen = Vec::new();
        let other = async {
            for _ in 0..3 {
                seen.push(script.executions());
                tokio::task::yield_now().await;
            }
        };
        let (answer, ()) = tokio::join!(biased; call(&script), other);
        assert!(answer.is_err());
        (seen, script.executions())
    }
    assert_eq!(seen_between(load).await, (vec![1, 2, 3], 10));
    // A failure starts the extra attempt at once.
    assert_eq!(seen_between(hedged).await, (vec![2, 4, 6], 20));
}
