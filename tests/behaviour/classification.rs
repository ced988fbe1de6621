//! Which outcomes count as failures: the error's own word, and `when` and `when_ok` over it.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use resilience_runtime::testing;
use resilience_runtime::{Breaker, BreakerConfig, Class, Error, resilient};
use resilience_tests::Failure::{Ignored, Permanent, Throttled, Transient};
use resilience_tests::{Answer, Failure, HINT, Script, counted, ms, play, secs, snapshot, timed};

#[test]
fn a_throttled_failure_is_worth_another_attempt() {
    assert!(Class::Throttled { retry_after: None }.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn each_class_is_retried_and_counted_as_the_table_says() {
    #[resilient(retry = "fixed", max = 2, breaker("classes::f", consecutive = 100))]
    async fn transient(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 2, breaker("classes::t", failure_rate = 1.0, min_calls = 100))]
    async fn throttled(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 2, breaker("classes::n", failure_rate = 1.0, min_calls = 100))]
    async fn permanent(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 2, breaker("classes::x", failure_rate = 1.0, min_calls = 100))]
    async fn ignored(script: &Script) -> Answer {
        script.run().await
    }
    let scripts = ["F", "T", "N", "X"].map(Script::new);
    assert_eq!(timed(transient(&scripts[0])).await, (Err(Transient(2)), ms(100)));
    assert_eq!(timed(throttled(&scripts[1])).await, (Err(Throttled(Some(HINT))), HINT));
    assert_eq!(timed(permanent(&scripts[2])).await, (Err(Permanent(1)), ms(0)));
    assert_eq!(timed(ignored(&scripts[3])).await, (Err(Ignored(1)), ms(0)));
    assert_eq!(scripts.map(|script| script.executions()), [2, 2, 1, 1]);
    assert_eq!(counted("classes::f"), (2, 2));
    assert_eq!(counted("classes::t"), (2, 2));
    assert_eq!(counted("classes::n"), (1, 0));
    assert_eq!(counted("classes::x"), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_which_nothing_is_known_is_transient() {
    #[derive(Debug, PartialEq)]
    struct Unspoken;
    #[resilient(retry = "fixed", max = 3)]
    async fn load(script: &Script) -> Result<u32, Unspoken> {
        script.run().await.map_err(|_| Unspoken)
    }
    let script = Script::new("N");
    assert_eq!(load(&script).await, Err(Unspoken));
    assert_eq!(script.executions(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_within_an_error_that_says_nothing_is_not_tried_again() {
    static ISOLATED: Breaker = Breaker::new("within", BreakerConfig::new());
    type Dynamic = Box<dyn StdError + Send + Sync>;

    #[resilient(breaker = ISOLATED)]
    async fn inner() -> anyhow::Result<()> {
        Ok(())
    }
    #[resilient(retry = "fixed", max = 3)]
    async fn by_anyhow(runs: &AtomicU32, error: Option<&'static str>) -> anyhow::Result<()> {
        runs.fetch_add(1, Ordering::Relaxed);
        match error {
            Some(error) => Err(anyhow::Error::msg(error)),
            None => inner().await.context("within"),
        }
    }
    #[resilient(breaker = ISOLATED)]
    async fn boxed() -> Result<(), Dynamic> {
        Ok(())
    }
    #[resilient(retry = "fixed", max = 3)]
    async fn by_box(runs: &AtomicU32, error: Option<&'static str>) -> Result<(), Dynamic> {
        runs.fetch_add(1, Ordering::Relaxed);
        error.map_or(Ok(()), |error| Err(error.into())).and(boxed().await)
    }
    #[resilient(breaker = ISOLATED)]
    async fn wrapped() -> Result<(), Error<String>> {
        Ok(())
    }
    #[resilient(retry = "fixed", max = 3)]
    async fn by_wrapper(runs: &AtomicU32, error: Option<&'static str>) -> Result<(), Error<String>> {
        runs.fetch_add(1, Ordering::Relaxed);
        error.map_or(Ok(()), |error| Err(error.to_owned().into())).and(wrapped().await)
    }
    ISOLATED.isolate();
    for (error, expected) in [(None, 1), (Some("unknown"), 3)] {
        let runs = AtomicU32::new(0);
        by_anyhow(&runs, error).await.unwrap_err();
        assert_eq!(runs.swap(0, Ordering::Relaxed), expected);
        by_box(&runs, error).await.unwrap_err();
        assert_eq!(runs.swap(0, Ordering::Relaxed), expected);
        by_wrapper(&runs, error).await.unwrap_err();
        assert_eq!(runs.into_inner(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_io_error_is_taken_by_its_kind() {
    #[resilient(retry = "fixed", max = 2)]
    async fn load(script: &Script, kind: io::ErrorKind) -> io::Result<u32> {
        script.run().await.map_err(|_| kind.into())
    }
    for (kind, executions) in [
        (io::ErrorKind::ConnectionReset, 2),
        (io::ErrorKind::TimedOut, 2),
        (io::ErrorKind::NotFound, 1),
        (io::ErrorKind::PermissionDenied, 1),
    ] {
        let script = Script::new("F");
        assert_eq!(load(&script, kind).await.unwrap_err().kind(), kind);
        assert_eq!(script.executions(), executions, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_class_is_found_through_wrappers_and_in_generic_functions() {
    #[resilient(retry = "fixed", max = 2)]
    async fn wrapped(script: &Script) -> Result<u32, Error<Failure>> {
        Ok(script.run().await?)
    }
    #[resilient(retry = "fixed", max = 2)]
    async fn boxed(script: &Script) -> Result<u32, Box<Failure>> {
        Ok(script.run().await?)
    }
    #[resilient(retry = "fixed", max = 2)]
    async fn generic<E: From<Failure> + resilience_runtime::Classify>(script: &Script) -> Result<u32, E> {
        Ok(script.run().await?)
    }
    for (letters, executions) in [("F", 2), ("N", 1)] {
        let scripts = [letters; 3].map(Script::new);
        assert!(wrapped(&scripts[0]).await.is_err());
        assert!(boxed(&scripts[1]).await.is_err());
        assert!(generic::<Failure>(&scripts[2]).await.is_err());
        assert_eq!(scripts.map(|script| script.executions()), [executions; 3], "{letters}");
    }
}

// G9 G10
#[tokio::test(start_paused = true)]
async fn a_predicate_says_which_errors_are_retried() {
    #[resilient(retry = "fixed", max = 2, when = |error| matches!(error, Transient(_) | Permanent(_)))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for (letter, executions) in [("F", 2), ("N", 2), ("X", 1), ("t", 1)] {
        let script = Script::new(letter);
        assert!(load(&script).await.is_err());
        assert_eq!(script.executions(), executions, "{letter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_predicate_may_give_the_class_itself() {
    fn class(error: &Failure) -> Class {
        match error {
            Transient(_) => Class::Permanent,
            Permanent(_) => Class::Throttled { retry_after: Some(secs(7)) },
            _ => Class::Transient,
        }
    }
    #[resilient(retry = "fixed", max = 2, when = class)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    for (letter, executions, waited) in
        [("F", 1, ms(0)), ("N", 2, secs(7)), ("X", 2, ms(100)), ("T", 2, ms(100))]
    {
        let script = Script::new(letter);
        let (answer, elapsed) = timed(load(&script)).await;
        assert!(answer.is_err());
        assert_eq!((script.executions(), elapsed), (executions, waited), "{letter}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_predicate_that_agrees_keeps_the_hint() {
    #[resilient(retry = "fixed", max = 2, when = |_| true)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("TS"))).await, (Ok(2), HINT));
}

// G11
#[tokio::test(start_paused = true)]
async fn a_value_may_count_as_a_failure() {
    #[resilient(retry = "fixed", max = 5, when_ok = |status| *status == 500)]
    async fn load(statuses: &[u32]) -> Result<u32, Failure> {
        Ok(statuses[resilience_runtime::current().attempt() as usize - 1])
    }
    let recording = testing::record();
    assert_eq!(timed(load(&[500, 500, 0])).await, (Ok(0), ms(200)));
    assert_eq!(recording.call().outcomes(), ["retryable_error", "retryable_error", "success"]);
    // Exhausted, the last value is the answer.
    assert_eq!(load(&[500; 5]).await, Ok(500));
}

#[tokio::test(start_paused = true)]
async fn a_value_may_have_a_class() {
    fn class(status: u32) -> Class {
        match status {
            429 => Class::Throttled { retry_after: Some(secs(3)) },
            404 => Class::Ignored,
            _ => Class::Permanent,
        }
    }
    #[resilient(retry = "fixed", max = 3, when_ok = |status| class(*status), breaker = "values::class")]
    async fn load(statuses: &[u32]) -> Result<u32, Failure> {
        Ok(statuses[resilience_runtime::current().attempt() as usize - 1])
    }
    assert_eq!(timed(load(&[429, 200])).await, (Ok(200), secs(3)));
    assert_eq!(counted("values::class"), (2, 1));
    assert_eq!(timed(load(&[404])).await, (Ok(404), ms(0)));
    assert_eq!(counted("values::class"), (2, 1));
}

// A16
#[tokio::test(start_paused = true)]
async fn ignored_outcomes_are_not_counted() {
    #[resilient(breaker("ignored", window = 4, min_calls = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(10, async || load(&Script::new("X")).await).await, "XXXXXXXXXX");
    assert_eq!(counted("ignored"), (0, 0));
    assert_eq!(snapshot("ignored").failure_rate, None);
}

// A17
#[tokio::test(start_paused = true)]
async fn the_narrower_word_of_a_predicate_wins_over_the_errors_own() {
    fn class(error: &Failure) -> Class {
        if matches!(error, Transient(_)) { Class::Ignored } else { Class::Transient }
    }
    #[resilient(breaker("narrow", window = 4, min_calls = 4), when = class)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(10, async || load(&Script::new("F")).await).await, "FFFFFFFFFF");
    assert_eq!(counted("narrow"), (0, 0));
}

// A18 A21
#[tokio::test(start_paused = true)]
async fn an_error_that_the_predicate_does_not_name_counts_as_a_success() {
    #[resilient(breaker("unnamed", window = 4, min_calls = 4), when = |_| false)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(play(5, async || load(&Script::new("F")).await).await, "FFFFF");
    assert_eq!(counted("unnamed"), (4, 0));
    assert_eq!(snapshot("unnamed").failure_rate, Some(0.0));
    assert_eq!(recording.calls()[0].outcomes(), ["permanent_error"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_to_be_retried_fails_for_a_breaker_in_an_attribute_below() {
    #[resilient(retry = "fixed", when = |_| false)]
    #[resilient(breaker("not_again", window = 4, min_calls = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    assert_eq!(play(5, async || load(&script).await).await, "FFFFR");
    assert_eq!(script.executions(), 4);
}

/// Errors that contain each other, as classes of a hierarchy do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    E0,
    E1,
    E2,
}

// A19 G10
#[tokio::test(start_paused = true)]
async fn a_predicate_decides_by_the_most_specific_level() {
    #[resilient(
        retry = "fixed", max = 2, breaker("hierarchy", window = 20, min_calls = 20),
        when = |level: &Level| matches!(level, Level::E0 | Level::E2), map_rejected = |_| Level::E1,
    )]
    async fn load(level: Level, executions: &mut u32) -> Result<(), Level> {
        *executions += 1;
        Err(level)
    }
    for (level, expected) in [(Level::E0, 2), (Level::E1, 1), (Level::E2, 2)] {
        let mut executions = 0;
        assert_eq!(load(level, &mut executions).await, Err(level));
        assert_eq!(executions, expected, "{level:?}");
    }
    assert_eq!(counted("hierarchy"), (5, 4));
}

#[tokio::test(start_paused = true)]
async fn an_inner_refusal_is_final_for_the_call_around_it_but_for_a_timeout() {
    #[resilient(breaker("inner", consecutive = 1), timeout = "100ms")]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(retry = "fixed", max = 3, base = "1ms")]
    async fn outer(script: &Script, tries: &mut u32) -> Answer {
        *tries += 1;
        inner(script).await
    }
    let (script, mut tries) = (Script::new("P"), 0);
    // The first attempt times out, which is retried and opens the breaker; its refusal is not.
    assert!(outer(&script, &mut tries).await.is_err());
    assert_eq!((script.executions(), tries), (1, 2));
}
