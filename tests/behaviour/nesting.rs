//! Annotated functions that call annotated functions: what the inner one inherits, and what both can see.

use std::pin::Pin;

use resilience_runtime::testing;
use resilience_runtime::{RejectedKind, current, resilient};
use resilience_tests::Failure::{Rejected, Transient};
use resilience_tests::{Answer, Failure, Script, ms, pass, secs, timed};
use tokio::task::yield_now;

// J10
#[tokio::test(start_paused = true)]
async fn the_sooner_deadline_of_the_call_around_it_limits_an_attempt() {
    #[resilient(deadline = "200ms")]
    async fn outer(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(retry = "fixed", max = 3, timeout = "500ms", name = "inner")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(outer(&Script::new("P"))).await;
    let Err(Rejected(rejected)) = answer else { panic!("{answer:?} is no refusal") };
    assert_eq!((rejected.kind(), elapsed), (RejectedKind::Deadline, ms(200)));
    assert_eq!(rejected.to_string(), "`inner` ran into the deadline of the call around it");
}

// J10
#[tokio::test(start_paused = true)]
async fn what_is_left_of_the_outer_deadline_is_passed_on() {
    #[resilient(deadline = "1s")]
    async fn outer(script: &Script) -> Answer {
        pass(ms(700)).await;
        middle(script).await
    }
    #[resilient(retry = "fixed")]
    async fn middle(script: &Script) -> Answer {
        assert_eq!(current().remaining(), Some(ms(300)));
        inner(script).await
    }
    #[resilient(deadline = "10s")]
    async fn inner(script: &Script) -> Answer {
        assert_eq!(current().remaining(), Some(ms(300)));
        script.run().await
    }
    let (answer, elapsed) = timed(outer(&Script::new("P"))).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Deadline));
    assert_eq!(elapsed, secs(1));
}

#[tokio::test(start_paused = true)]
async fn the_sooner_deadline_of_the_inner_call_ends_it_alone() {
    #[resilient(retry = "fixed", max = 3, base = "100ms", deadline = "10s", when = |_| true)]
    async fn outer(script: &Script) -> Answer {
        let answer = inner(script).await;
        assert_eq!(
            current().remaining(),
            Some(ms(10_000 - 1_100 * (u64::from(current().attempt()) - 1) - 1_000))
        );
        answer
    }
    #[resilient(deadline = "1s")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("P");
    let (answer, elapsed) = timed(outer(&script)).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.kind() == RejectedKind::Deadline));
    assert_eq!((elapsed, script.executions()), (ms(3_200), 3));
}

// G8
#[tokio::test(start_paused = true)]
async fn a_wait_that_would_pass_the_outer_deadline_is_not_begun() {
    #[resilient(deadline = "1s")]
    async fn outer(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(retry = "fixed", max = 5, base = "400ms")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(timed(outer(&script)).await, (Err(Transient(3)), ms(800)));
}

#[tokio::test(start_paused = true)]
async fn the_outer_deadline_drops_an_inner_call_without_limits() {
    #[resilient(deadline = "1s", name = "outer")]
    async fn outer(script: &Script) -> Answer {
        inner(script).await
    }
    #[resilient(retry = "fixed", name = "inner")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    let (answer, elapsed) = timed(outer(&Script::new("P"))).await;
    assert!(matches!(answer, Err(Rejected(rejected)) if rejected.name() == "outer"));
    assert_eq!(elapsed, secs(1));
    assert_eq!(recording.call_of("inner").outcome, "cancelled");
}

#[tokio::test(start_paused = true)]
async fn the_body_sees_what_is_left_of_its_deadline() {
    #[resilient(deadline = "1s")]
    async fn bounded() -> Answer {
        assert_eq!(current().remaining(), Some(secs(1)));
        pass(ms(300)).await;
        assert_eq!(current().remaining(), Some(ms(700)));
        tokio::time::advance(secs(5)).await;
        assert_eq!(current().remaining(), Some(ms(0)));
        Ok(0)
    }
    #[resilient(timeout = "1s")]
    async fn unbounded() -> Answer {
        assert_eq!(current().remaining(), None);
        Ok(0)
    }
    assert_eq!(bounded().await, Ok(0));
    assert_eq!(unbounded().await, Ok(0));
    assert_eq!(current().remaining(), None);
}

// G17
#[tokio::test(start_paused = true)]
async fn attempt_and_depth_are_those_of_the_innermost_call() {
    #[resilient(retry = "fixed", max = 2)]
    async fn outer(seen: &mut Vec<(u32, u32)>) -> Result<(), u32> {
        seen.push((current().attempt(), current().depth()));
        let answer = inner(seen).await;
        yield_now().await;
        seen.push((current().attempt(), current().depth()));
        answer
    }
    #[resilient(retry = "fixed", max = 2)]
    async fn inner(seen: &mut Vec<(u32, u32)>) -> Result<(), u32> {
        seen.push((current().attempt(), current().depth()));
        pass(ms(1)).await;
        Err(current().attempt())
    }
    let mut seen = Vec::new();
    assert_eq!(outer(&mut seen).await, Err(2));
    assert_eq!(seen, [(1, 1), (1, 2), (2, 2), (1, 1), (2, 1), (1, 2), (2, 2), (2, 1)]);
    assert_eq!((current().attempt(), current().depth()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn calls_side_by_side_keep_their_own_frames() {
    #[resilient(retry = "fixed", max = 4, base = "10ms")]
    async fn outer() -> Result<u32, u32> {
        let (a, b) = tokio::join!(inner(2), inner(3));
        assert_eq!((current().attempt(), current().depth()), (1, 1));
        Ok(a? * 10 + b?)
    }
    #[resilient(retry = "fixed", max = 4, base = "10ms")]
    async fn inner(succeeds_at: u32) -> Result<u32, u32> {
        yield_now().await;
        let (attempt, depth) = (current().attempt(), current().depth());
        assert_eq!(depth, 2);
        if attempt < succeeds_at { Err(attempt) } else { Ok(attempt) }
    }
    assert_eq!(outer().await, Ok(23));
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_is_no_part_of_the_call() {
    #[resilient(deadline = "1s")]
    async fn outer() -> Answer {
        let seen = tokio::spawn(async { (current().attempt(), current().remaining()) }).await;
        assert_eq!(seen.unwrap(), (0, None));
        Ok(current().attempt())
    }
    assert_eq!(outer().await, Ok(1));
}

struct Client {
    script: Script,
}

impl Client {
    #[resilient(retry = "fixed", max = 2, base = "1s", name = "load")]
    async fn load(&self) -> Answer {
        self.connect().await
    }

    #[resilient(retry = "fixed", max = 3, base = "100ms", name = "connect")]
    async fn connect(&self) -> Answer {
        self.script.run().await
    }
}

// O7
#[tokio::test(start_paused = true)]
async fn a_method_that_calls_another_of_its_type_goes_through_its_policies() {
    let client = Client { script: Script::new("F") };
    let recording = testing::record();
    assert_eq!(timed(client.load()).await, (Err(Transient(6)), ms(200 + 1_000 + 200)));
    let call = recording.call();
    assert_eq!((call.operation.as_str(), call.attempts.len()), ("load", 2));
    for inner in call.nested() {
        assert_eq!((inner.operation.as_str(), inner.attempts.len()), ("connect", 3));
    }
    assert_eq!(recording.calls_of("connect").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_may_call_itself() {
    #[resilient(retry = "fixed", max = 2, deadline = "1m")]
    async fn down(to_go: u32, script: &Script) -> Answer {
        if to_go == 0 {
            script.run().await?;
            return Ok(current().depth());
        }
        Box::pin(down(to_go - 1, script)).await
    }
    #[resilient(retry = "fixed", max = 2)]
    fn down_boxed(to_go: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
        Box::pin(async move { if to_go == 0 { Ok(current().depth()) } else { down_boxed(to_go - 1).await } })
    }
    let script = Script::new("FFFS");
    assert_eq!(timed(down(4, &script)).await, (Ok(5), ms(300)));
    assert_eq!(script.executions(), 4);
    assert_eq!(tokio::spawn(down_boxed(3)).await.unwrap(), Ok(4));
}
