//! Several attributes on one function: each is a call of its own around the next, the first one outermost.

use async_trait::async_trait;
use resilience_runtime::{Breaker, RejectedKind, State, resilient, testing};
use resilience_tests::Failure::Rejected;
use resilience_tests::{Answer, Script, ms, timed};

#[resilient(retry = "fixed", max = 2, base = "1s", breaker("stacked-outer", consecutive = 9), name = "outer")]
#[resilient(
    retry = "fixed",
    max = 3,
    base = "10ms",
    breaker("stacked-inner", consecutive = 100),
    name = "inner"
)]
async fn load(script: &Script) -> Answer {
    script.run().await
}

#[tokio::test(start_paused = true)]
async fn each_has_its_own_retries_and_its_own_state() {
    let script = Script::new("F");
    let (answer, elapsed) = timed(load(&script)).await;
    answer.unwrap_err();
    assert_eq!((script.executions(), elapsed), (6, ms(20 + 1_000 + 20)));
    let counted = |name| {
        let snapshot = Breaker::named(name).unwrap().snapshot();
        (snapshot.state, snapshot.consecutive_failures)
    };
    assert_eq!(counted("stacked-outer"), (State::Closed, 2));
    assert_eq!(counted("stacked-inner"), (State::Closed, 6));
}

#[tokio::test(start_paused = true)]
async fn the_spans_of_the_second_are_in_the_attempts_of_the_first() {
    #[resilient(retry = "fixed", max = 2, name = "first")]
    #[resilient(retry = "fixed", max = 3, name = "second")]
    async fn named(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    named(&Script::new("FFFS")).await.unwrap();
    let call = recording.call();
    assert_eq!((call.operation.as_str(), call.outcomes()), ("first", vec!["retryable_error", "success"]));
    let nested = call.nested();
    let attempts = nested.iter().map(|inner| (inner.operation.as_str(), inner.attempts.len()));
    assert_eq!(attempts.collect::<Vec<_>>(), [("second", 3), ("second", 1)]);
}

/// `call` makes attempts every 400 ms, and is stopped after a second.
async fn assert_limited(call: impl AsyncFn(&Script) -> Answer) {
    let script = Script::new("F");
    let (answer, elapsed) = timed(call(&script)).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Timeout));
    assert_eq!((script.executions(), elapsed), (3, ms(1_000)));
}

#[tokio::test(start_paused = true)]
async fn the_first_limits_all_that_the_second_does() {
    #[resilient(timeout = "1s")]
    #[resilient(retry = "fixed", max = 9, base = "400ms")]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    assert_limited(limited).await;
}

struct Client(Script);

#[resilient(retry = "fixed", max = 7, base = "1ms")]
impl Client {
    // In a block they are all that the method has.
    #[resilient(retry = "fixed", max = 2, base = "1ms")]
    #[resilient(timeout = "1s")]
    async fn load(&self) -> Answer {
        self.0.run().await
    }
}

#[async_trait]
trait Load {
    async fn load_boxed(&mut self) -> Answer;
}

#[async_trait]
impl Load for Client {
    #[resilient(retry = "fixed", max = 2, base = "1ms")]
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn load_boxed(&mut self) -> Answer {
        self.0.run().await
    }
}

#[tokio::test(start_paused = true)]
async fn methods_take_several() {
    let mut client = Client(Script::new("F"));
    client.load().await.unwrap_err();
    assert_eq!(client.0.executions(), 2);
    client.load_boxed().await.unwrap_err();
    assert_eq!(client.0.executions(), 2 + 6);
}

#[tokio::test(start_paused = true)]
async fn the_order_is_that_of_the_code_under_any_path_and_condition() {
    #[resilience_runtime::resilient(timeout = "1s")]
    #[cfg_attr(false, resilient(max = 1))]
    #[cfg_attr(all(), resilience_runtime::resilient(retry = "fixed", max = 9, base = "400ms"))]
    async fn limited(script: &Script) -> Answer {
        script.run().await
    }
    assert_limited(limited).await;
}

#[tokio::test(start_paused = true)]
async fn a_function_inside_of_another_has_its_own() {
    #[resilient(retry = "fixed", max = 2, base = "1ms")]
    async fn outer(script: &Script) -> Answer {
        #[resilient(retry = "fixed", max = 3, base = "1ms")]
        async fn inner(script: &Script) -> Answer {
            script.run().await
        }
        inner(script).await
    }
    let script = Script::new("F");
    outer(&script).await.unwrap_err();
    assert_eq!(script.executions(), 6);
}
