//! How long one attempt may take.

use std::io;

use resilience_runtime::testing;
use resilience_runtime::{Error, Rejected, RejectedKind, resilient};
use resilience_tests::Failure::Transient;
use resilience_tests::{Alive, Answer, Failure, Script, ms, pass, secs, timed};

/// The refusal that a call ended with.
fn rejected(answer: Answer) -> Rejected {
    match answer {
        Err(Failure::Rejected(rejected)) => rejected,
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_cut_off() {
    #[resilient(timeout = "500ms", name = "load")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(3600));
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    let rejected = rejected(answer);
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::Timeout, "load"));
    assert_eq!(rejected.to_string(), "an attempt of `load` timed out after 500ms");
    assert_eq!((elapsed, script.executions()), (ms(500), 1));
    assert_eq!(recording.call().story(), "load: timeout after 1 attempt, error: timeout");
}

// J1
#[tokio::test(start_paused = true)]
async fn each_attempt_has_its_own_clock() {
    #[resilient(retry = "fixed", max = 2, base = "100ms", timeout = "500ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(secs(1));
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!(rejected(answer).kind(), RejectedKind::Timeout);
    assert_eq!((elapsed, script.executions()), (ms(500 + 100 + 500), 2));
    let call = recording.call();
    assert_eq!(call.outcomes(), ["timeout", "timeout"]);
    assert_eq!(call.waits, [ms(100)]);
    assert_eq!(call.stop_reason.as_deref(), Some("exhausted"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_time_leaves_nothing_of_its_clock_to_the_wait_and_the_next_attempt() {
    #[resilient(retry = "fixed", max = 3, base = "1s", timeout = "500ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFS").taking(ms(400));
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed), (Ok(3), ms(3 * 400 + 2 * 1_000)));
}

#[tokio::test(start_paused = true)]
async fn the_time_of_all_awaits_of_an_attempt_counts() {
    #[resilient(timeout = "500ms")]
    async fn load(steps: u32) -> Answer {
        for _ in 0..steps {
            pass(ms(100)).await;
        }
        Ok(steps)
    }
    assert_eq!(timed(load(4)).await, (Ok(4), ms(400)));
    let (answer, elapsed) = timed(load(6)).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Timeout, ms(500)));
}

// J6
#[tokio::test(start_paused = true)]
async fn a_result_in_the_same_instant_wins() {
    #[resilient(timeout = "500ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(load(&Script::new("S").taking(ms(500)))).await;
    assert_eq!((answer, elapsed), (Ok(1), ms(500)));
    let (answer, elapsed) = timed(load(&Script::new("S").taking(ms(501)))).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Timeout, ms(500)));
}

// J7
#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_off_is_dropped_before_anyone_hears_of_it() {
    #[resilient(timeout = "500ms", map_rejected = |_| alive.count())]
    async fn load(alive: &Alive) -> Result<(), u32> {
        let _held = alive.guard();
        pass(secs(1)).await;
        Ok(())
    }
    let alive = Alive::new();
    assert_eq!(load(&alive).await, Err(0));
    assert_eq!(alive.count(), 0);
}

// J7
#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_off_is_dropped_before_the_next_attempt() {
    #[resilient(retry = "fixed", base = "0s", timeout = "500ms")]
    async fn load(alive: &Alive) -> Answer {
        assert_eq!(alive.count(), 0, "the attempt before is still there");
        let _held = alive.guard();
        pass(secs(1)).await;
        Ok(0)
    }
    let alive = Alive::new();
    let (answer, elapsed) = timed(load(&alive)).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Timeout, ms(1_500)));
    assert_eq!(alive.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_time_is_untouched() {
    #[resilient(timeout = "500ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("S"))).await, (Ok(1), ms(0)));
    assert_eq!(timed(load(&Script::new("F").taking(ms(499)))).await, (Err(Transient(1)), ms(499)));
}

const SOON: u64 = 20;

#[tokio::test(start_paused = true)]
async fn the_limit_may_be_a_constant() {
    #[resilient(timeout = ms(2 * SOON))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (answer, elapsed) = timed(load(&Script::new("P"))).await;
    assert_eq!((rejected(answer).kind(), elapsed), (RejectedKind::Timeout, ms(40)));
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_error_can_carry_the_refusal() {
    #[resilient(timeout = "1s")]
    async fn own() -> io::Result<()> {
        pass(secs(2)).await;
        Ok(())
    }
    #[resilient(timeout = "1s")]
    async fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        pass(secs(2)).await;
        Ok(())
    }
    #[resilient(timeout = "1s")]
    async fn wrapped() -> Result<(), Error<u8>> {
        pass(secs(2)).await;
        Ok(())
    }
    #[resilient(timeout = "1s", map_rejected = |rejected| rejected.to_string())]
    async fn mapped() -> Result<(), String> {
        pass(secs(2)).await;
        Ok(())
    }
    let error = own().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(error.into_inner().unwrap().is::<Rejected>());
    assert!(boxed().await.unwrap_err().is::<Rejected>());
    assert_eq!(wrapped().await.unwrap_err().rejected().unwrap().kind(), RejectedKind::Timeout);
    assert!(mapped().await.unwrap_err().ends_with("::mapped` timed out after 1s"));
}
