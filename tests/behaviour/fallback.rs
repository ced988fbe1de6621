//! What answers when all else failed.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::testing;
use resilience_runtime::{Breaker, RejectedKind, current, resilient};
use resilience_tests::Failure::{self, Permanent, Rejected, Transient};
use resilience_tests::{Answer, Script, ms, pass, secs, timed};

// N1
#[tokio::test(start_paused = true)]
async fn a_failed_call_is_answered_by_the_fallback_and_a_success_is_not() {
    #[resilient(fallback = instead, name = "load")]
    async fn load(script: &Script, other: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script, other: &Script) -> Answer {
        other.run().await.map(|execution| 100 + execution)
    }
    let other = Script::new("S");
    let recording = testing::record();
    assert_eq!(load(&Script::new("S"), &other).await, Ok(1));
    assert_eq!(other.executions(), 0);
    assert_eq!(recording.call().fallback, None);

    recording.clear();
    assert_eq!(load(&Script::new("F"), &other).await, Ok(101));
    assert_eq!(other.executions(), 1);
    assert_eq!(recording.call().story(), "load: fallback after 1 attempt (retryable_error)");
}

#[tokio::test(start_paused = true)]
async fn every_failure_is_answered_whatever_its_class() {
    #[resilient(retry = "fixed", max = 2, fallback = |_| Ok(100))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for (letter, executions) in [("F", 2), ("t", 2), ("N", 1), ("X", 1)] {
        let script = Script::new(letter);
        assert_eq!(load(&script).await, Ok(100), "{letter}");
        assert_eq!(script.executions(), executions, "{letter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_that_counts_as_a_failure_is_answered_too() {
    #[resilient(retry = "fixed", max = 3, when_ok = |value| *value < 100, fallback = |_| Ok(200))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    let recording = testing::record();
    assert_eq!(load(&script).await, Ok(200));
    assert_eq!(script.executions(), 3);
    assert_eq!(recording.call().fallback.unwrap().reason, "_OTHER");
}

// N2
#[tokio::test(start_paused = true)]
async fn the_error_of_a_fallback_that_fails_is_the_callers() {
    #[resilient(retry = "fixed", max = 2, fallback = instead, name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script) -> Answer {
        pass(ms(1)).await;
        Err(Permanent(7))
    }
    let script = Script::new("F");
    let recording = testing::record();
    assert_eq!(load(&script).await, Err(Permanent(7)));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.error_type.as_deref()), ("error", Some("Failure::Permanent")));
    let fallback = call.fallback.unwrap();
    assert_eq!(fallback.reason, "Failure::Transient");
    assert_eq!(fallback.error_type.as_deref(), Some("Failure::Permanent"));
}

// N4 N5 N6
#[tokio::test(start_paused = true)]
async fn the_fallback_comes_once_after_all_attempts_each_of_which_the_breaker_has_counted() {
    static FALLBACKS: AtomicU32 = AtomicU32::new(0);
    #[resilient(retry = "fixed", max = 3, breaker = "fallback::n4", fallback = instead)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(script: &Script) -> Answer {
        FALLBACKS.fetch_add(1, Ordering::SeqCst);
        script.run().await.or(Ok(100))
    }
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Ok(100), ms(200)));
    assert_eq!(FALLBACKS.load(Ordering::SeqCst), 1);
    let snapshot = Breaker::named("fallback::n4").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (3, 3));
}

// N7
#[tokio::test(start_paused = true)]
async fn refusals_of_every_policy_are_answered_and_told_apart() {
    #[resilient(timeout = "1s", fallback = |_| Ok(100))]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(deadline = "2s", fallback = |_| Ok(100))]
    async fn bounded(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker("fallback::n7", consecutive = 1), fallback = |_| Ok(100))]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(timed(limited(&Script::new("P"))).await, (Ok(100), secs(1)));
    assert_eq!(timed(bounded(&Script::new("P"))).await, (Ok(100), secs(2)));
    let script = Script::new("F");
    assert_eq!(guarded(&script).await, Ok(100));
    assert_eq!(guarded(&script).await, Ok(100));
    assert_eq!(script.executions(), 1);

    let calls = recording.calls();
    let reasons = calls.iter().map(|call| call.fallback.as_ref().unwrap().reason.as_str());
    let reasons: Vec<_> = reasons.collect();
    assert_eq!(reasons, ["timeout", "deadline", "Failure::Transient", "circuit_breaker_open"]);
    let scope = |call: usize| calls[call].all_events()[0].text("reliability.timeout.scope");
    assert_eq!((scope(0), scope(1)), ("attempt", "call"));
    assert!(calls[3].attempts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_fallback_is_neither_retried_nor_limited_nor_counted_by_the_breaker() {
    #[resilient(
        retry = "fixed", max = 2, base = "10ms", breaker = "fallback::outermost", timeout = "100ms",
        deadline = "1s", fallback = instead,
    )]
    async fn load(script: &Script, other: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script, other: &Script) -> Answer {
        other.run().await
    }
    let (script, other) = (Script::new("F"), Script::new("F").taking(secs(30)));
    let (answer, elapsed) = timed(load(&script, &other)).await;
    assert_eq!((answer, elapsed), (Err(Transient(1)), ms(10) + secs(30)));
    assert_eq!((script.executions(), other.executions()), (2, 1));
    let snapshot = Breaker::named("fallback::outermost").unwrap().snapshot();
    assert_eq!((snapshot.calls, snapshot.failures), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_deadline_ended_is_answered_after_it() {
    #[resilient(retry = "fixed", max = 3, deadline = "1s", fallback = instead)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script) -> Answer {
        pass(secs(5)).await;
        Ok(100)
    }
    assert_eq!(timed(load(&Script::new("P"))).await, (Ok(100), secs(6)));
}

struct Client {
    region: &'static str,
    calls: u32,
}

impl Client {
    #[resilient(retry = "fixed", max = 2, fallback = Self::stale)]
    async fn load(
        &mut self,
        key: String,
        seen: &mut Vec<String>,
        (a, _): (u32, u8),
    ) -> Result<String, String> {
        self.calls += a;
        seen.push(key.clone());
        Err(key)
    }

    async fn stale(
        &mut self,
        key: String,
        seen: &mut Vec<String>,
        pair: (u32, u8),
    ) -> Result<String, String> {
        pass(ms(1)).await;
        seen.push(format!("stale {key}"));
        Ok(format!("{} {} {pair:?}", self.region, self.calls))
    }
}

#[tokio::test(start_paused = true)]
async fn the_fallback_gets_the_receiver_and_all_arguments() {
    let mut client = Client { region: "eu", calls: 0 };
    let mut seen = Vec::new();
    let answer = client.load("k".to_owned(), &mut seen, (3, 4)).await;
    assert_eq!(answer.as_deref(), Ok("eu 6 (3, 4)"));
    assert_eq!(seen, ["k", "k", "stale k"]);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_async_or_not_a_path_or_a_closure() {
    #[resilient(fallback = |name: String| Ok(name + "!"))]
    async fn closure(name: String) -> Result<String, String> {
        Err(name)
    }
    #[resilient(fallback = |name: String| async move { pass(ms(1)).await; Ok(name + "?") })]
    async fn future(name: String) -> Result<String, String> {
        Err(name)
    }
    #[resilient(fallback = Ok)]
    async fn path(name: String) -> Result<String, String> {
        Err(name)
    }
    assert_eq!(closure("a".to_owned()).await.unwrap(), "a!");
    assert_eq!(future("b".to_owned()).await.unwrap(), "b?");
    assert_eq!(path("c".to_owned()).await.unwrap(), "c");
}

#[tokio::test(start_paused = true)]
async fn a_fallback_may_be_an_annotated_function_with_policies_of_its_own() {
    #[resilient(timeout = "1s", fallback = other, name = "load")]
    async fn load(script: &Script, region: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, timeout = "2s", name = "other")]
    async fn other(_script: &Script, region: &Script) -> Answer {
        assert_eq!(current().depth(), 2);
        region.run().await
    }
    let recording = testing::record();
    let region = Script::new("FFS");
    assert_eq!(timed(load(&Script::new("P"), &region)).await, (Ok(3), ms(1_200)));
    let call = recording.call();
    assert_eq!(call.fallback.unwrap().calls[0].attempts.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_fallback_the_refusal_is_the_callers() {
    #[resilient(timeout = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let answer = load(&Script::new("P")).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Timeout));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_that_has_passed_does_not_hold_for_calls_in_the_fallback() {
    #[resilient(retry = "fixed", max = 2, base = "100ms")]
    async fn elsewhere() -> io::Result<u32> {
        if current().attempt() < 2 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(7) }
    }
    #[resilient(deadline = "1s", fallback = elsewhere)]
    async fn load() -> io::Result<u32> {
        std::future::pending().await
    }
    assert_eq!(load().await.unwrap(), 7);
}

// N1
#[tokio::test(start_paused = true)]
async fn a_fallback_that_takes_the_error_is_given_it() {
    #[resilient(retry = "fixed", max = 2, fallback = instead)]
    async fn path(script: &Script) -> Answer {
        script.run().await
    }
    async fn instead(_script: &Script, error: Failure) -> Answer {
        pass(ms(1)).await;
        if error == Transient(2) { Ok(200) } else { Err(error) }
    }
    #[resilient(retry = "fixed", max = 2, fallback = |_, error| if error == Transient(2) { Ok(300) } else { Err(error) })]
    async fn closure(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 2, fallback = async |_script: &Script, error: Failure| Err(error))]
    async fn passed_on(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(path(&Script::new("F")).await, Ok(200));
    assert_eq!(path(&Script::new("N")).await, Err(Permanent(1)));
    assert_eq!(closure(&Script::new("F")).await, Ok(300));
    assert_eq!(closure(&Script::new("N")).await, Err(Permanent(1)));
    assert_eq!(passed_on(&Script::new("F")).await, Err(Transient(2)));
}

type Unknown = Box<dyn std::error::Error + Send + Sync>;

/// `id`, where it is not zero.
fn found(id: u32) -> Result<u32, Unknown> {
    if id == 0 { Err("there is none".into()) } else { Ok(id) }
}

#[resilient(fallback = |_| Ok(Box::new("cached")))]
async fn of_a_trait(id: u32) -> Result<Box<dyn ToString + Send>, Unknown> {
    Ok(Box::new(found(id)?))
}

#[resilient(fallback = Err("out of stock".into()))]
async fn of_an_error(id: u32) -> Result<u32, Unknown> {
    found(id)
}

#[resilient(fallback = |id| if id > 0 { unreachable!("it succeeded") } else { Ok("cached".into()) })]
async fn of_a_branch(id: u32) -> Result<Box<str>, Unknown> {
    Ok(found(id)?.to_string().into())
}

#[resilient(fallback = |_| ["1", "2"].into_iter().map(|text| Ok(text.parse()?)).collect())]
fn of_a_collection(id: u32) -> Result<Vec<u32>, Unknown> {
    Ok(vec![found(id)?])
}

#[resilient(fallback = todo!("nobody knows yet"))]
async fn not_yet(id: u32) -> Result<u32, Unknown> {
    found(id)
}

#[tokio::test(start_paused = true)]
async fn an_answer_has_the_type_of_the_function() {
    assert_eq!(of_a_trait(0).await.unwrap().to_string(), "cached");
    assert_eq!(of_an_error(0).await.unwrap_err().to_string(), "out of stock");
    assert_eq!(&*of_a_branch(0).await.unwrap(), "cached");
    assert_eq!(of_a_collection(0).unwrap(), [1, 2]);
    assert_eq!(not_yet(1).await.unwrap(), 1);
}
