//! How long a `retry_after` is waited for: the dependency's, and that of the function's own rate limit.

use std::time::Duration;

use resilience_runtime::testing::{self, Recording};
use resilience_runtime::{Backoff, BackoffPolicy, Preset, Rng, catalog, resilient};
use resilience_tests::Failure::{Throttled, Transient};
use resilience_tests::{Answer, HINT, Script, ms, play, refusal, secs, timed};

const DAY: Duration = secs(24 * 3600);
const MINUTE: Duration = secs(60);

/// Asks for a wait of `hint` the first time, and succeeds then.
#[resilient(retry = "fixed", max = 3)]
async fn load(script: &Script, hint: Duration) -> Answer {
    script.run().await.map_err(|_| Throttled(Some(hint)))
}

fn stop_reason(recording: &Recording) -> Option<String> {
    recording.calls().last().expect("a call was made").stop_reason.clone()
}

#[tokio::test(start_paused = true)]
async fn a_hint_of_a_day_ends_the_call_at_once() {
    for hint in [MINUTE + Duration::from_nanos(1), DAY, Duration::MAX] {
        let (script, recording) = (Script::new("FS"), testing::record());
        let (answer, elapsed) = timed(load(&script, hint)).await;
        assert_eq!((answer, elapsed), (Err(Throttled(Some(hint))), ms(0)));
        assert_eq!((script.executions(), stop_reason(&recording).as_deref()), (1, Some("retry_after")));
        let events: Vec<_> = recording.events().iter().map(|event| event.name).collect();
        assert_eq!(events, ["reliability.retry.exhausted"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hint_of_exactly_the_bound_is_waited_for() {
    assert_eq!(timed(load(&Script::new("FS"), MINUTE)).await, (Ok(2), MINUTE));
}

#[tokio::test(start_paused = true)]
async fn the_bound_may_be_longer_or_shorter() {
    #[resilient(retry = "fixed", retry_after_max = DAY)]
    async fn patient(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    #[resilient(retry("fixed", retry_after_max = "1999ms"))]
    async fn hasty(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(patient(&Script::new("FS"), DAY)).await, (Ok(2), DAY));
    let longer = DAY + ms(1);
    assert_eq!(timed(patient(&Script::new("FS"), longer)).await, (Err(Throttled(Some(longer))), ms(0)));
    assert_eq!(timed(hasty(&Script::new("TS"))).await, (Err(Throttled(Some(HINT))), ms(0)));
}

#[tokio::test(start_paused = true)]
async fn it_is_no_cap_of_computed_delays() {
    #[resilient(retry = "fixed", base = "2m", cap = "2m", retry_after_max = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("FtS"))).await, (Ok(3), 4 * MINUTE));
}

#[tokio::test(start_paused = true)]
async fn each_wait_is_held_to_it_and_a_series_ends_with_its_last_error() {
    #[resilient(retry = "fixed", max = 5)]
    async fn load(script: &Script) -> Answer {
        let number = script.executions();
        script.run().await.map_err(|error| if number == 2 { Throttled(Some(DAY)) } else { error })
    }
    let script = Script::new("F");
    assert_eq!(timed(load(&script)).await, (Err(Throttled(Some(DAY))), ms(200)));
    assert_eq!(script.executions(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_is_held_to_it_too() {
    struct Own;
    impl BackoffPolicy for Own {
        fn delay(&self, _retry: u32, _previous: Duration, _rng: &mut Rng) -> Duration {
            ms(1)
        }
    }
    #[resilient(retry = Own)]
    async fn plain(hint: Duration) -> Answer {
        Err(Throttled(Some(hint)))
    }
    #[resilient(retry = Own, max = 2, retry_after_max = "2m")]
    async fn patient(hint: Duration) -> Answer {
        Err(Throttled(Some(hint)))
    }
    assert_eq!(timed(plain(2 * MINUTE)).await.1, ms(0));
    assert_eq!(timed(patient(2 * MINUTE)).await.1, 2 * MINUTE);
}

#[tokio::test(start_paused = true)]
async fn the_functions_own_rate_limit_is_waited_for_no_longer() {
    #[resilient(rate_limit = "1/h", retry = "fixed", max = 3)]
    async fn by_the_hour(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "1/m", retry = "fixed", max = 3)]
    async fn by_the_minute(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "1/h", retry = "fixed", max = 3, retry_after_max = "1h")]
    async fn patient(script: &Script) -> Answer {
        script.run().await
    }
    let (script, recording) = (Script::new("S"), testing::record());
    assert_eq!(play(1, async || by_the_hour(&script).await).await, "S");
    let (answer, elapsed) = timed(by_the_hour(&script)).await;
    assert_eq!((refusal(answer).retry_after(), elapsed), (Some(secs(3600)), ms(0)));
    assert_eq!((script.executions(), stop_reason(&recording).as_deref()), (1, Some("retry_after")));
    assert_eq!(by_the_minute(&script).await, Ok(2));
    assert_eq!(timed(by_the_minute(&script)).await, (Ok(3), MINUTE));
    assert_eq!(patient(&script).await, Ok(4));
    assert_eq!(timed(patient(&script)).await, (Ok(5), secs(3600)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_comes_first_is_the_reason() {
    #[resilient(retry = "fixed", max = 2, deadline = "2m")]
    async fn load(hint: Duration) -> Answer {
        Err(Throttled(Some(hint)))
    }
    let recording = testing::record();
    for hint in [DAY, 2 * MINUTE] {
        assert_eq!(timed(load(hint)).await, (Err(Throttled(Some(hint))), ms(0)));
        assert_eq!(stop_reason(&recording).as_deref(), Some("deadline"), "{hint:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_there_is_a_deadline_only_a_bound_that_is_set_holds_beside_it() {
    #[resilient(retry = "fixed", max = 2, deadline = "2m", name = "bounded_by_deadline")]
    async fn patient(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    #[resilient(retry = "fixed", max = 2, deadline = "2m", retry_after_max = "1m", name = "bounded_by_both")]
    async fn hasty(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    #[resilient(hedge = "1s", idempotent, deadline = "2m")]
    async fn hedged(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    let (hint, recording) = (MINUTE + ms(1), testing::record());
    assert_eq!(timed(patient(&Script::new("FS"), hint)).await, (Ok(2), hint));
    assert_eq!(timed(hedged(&Script::new("FS"), hint)).await, (Ok(2), hint));
    assert_eq!(timed(hasty(&Script::new("FS"), hint)).await, (Err(Throttled(Some(hint))), ms(0)));
    assert_eq!(stop_reason(&recording).as_deref(), Some("retry_after"));
    let bound =
        |name: &str| catalog().find(name).and_then(|entry| entry.retry).and_then(|it| it.retry_after_max);
    assert_eq!((bound("bounded_by_deadline"), bound("bounded_by_both")), (None, Some(MINUTE)));
}

#[tokio::test(start_paused = true)]
async fn hedged_attempts_are_put_off_no_longer() {
    #[resilient(hedge = "1s", idempotent)]
    async fn alone(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    #[resilient(hedge = "1s", idempotent, retry = "fixed", max = 2, retry_after_max = "2m")]
    async fn retried(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    // A function without a retry has the default.
    assert_eq!(timed(alone(&Script::new("FS"), MINUTE)).await, (Ok(2), MINUTE));
    let (script, longer) = (Script::new("FS"), MINUTE + ms(1));
    assert_eq!(timed(alone(&script, longer)).await, (Err(Throttled(Some(longer))), ms(0)));
    assert_eq!(script.executions(), 1);
    assert_eq!(timed(retried(&Script::new("FS"), 2 * MINUTE)).await, (Ok(2), 2 * MINUTE));
    let (script, recording) = (Script::new("FS"), testing::record());
    assert_eq!(timed(retried(&script, DAY)).await, (Err(Throttled(Some(DAY))), ms(0)));
    assert_eq!((script.executions(), stop_reason(&recording).as_deref()), (1, Some("retry_after")));
}

/// On a thread that waits, by the real clock.
#[test]
fn functions_that_are_not_async_are_held_to_it() {
    #[resilient(retry = "fixed", max = 3, retry_after_max = "1ms")]
    fn hasty(runs: &mut u32) -> Answer {
        *runs += 1;
        Err(Throttled(Some(ms(if *runs < 2 { 1 } else { 2 }))))
    }
    let mut runs = 0;
    assert_eq!((hasty(&mut runs), runs), (Err(Throttled(Some(ms(2)))), 2));
}

#[tokio::test(start_paused = true)]
async fn a_presets_bound_holds_until_the_attribute_says_another() {
    const PATIENT: Preset = Preset::new().retry(Backoff::fixed(ms(1)), 2).retry_after_max(secs(3600));
    #[resilient(preset = "standard", name = "retry_after_standard")]
    async fn standard(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = PATIENT, name = "retry_after_patient")]
    async fn patient(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = PATIENT, retry = "exp", max = 3, name = "retry_after_kept")]
    async fn kept(script: &Script, hint: Duration) -> Answer {
        script.run().await.map_err(|_| Throttled(Some(hint)))
    }
    #[resilient(preset = PATIENT, retry_after_max = "5m", name = "retry_after_changed")]
    async fn changed(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(preset = PATIENT, base = "2ms", retry_after_max = "6m", name = "retry_after_both")]
    async fn both(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    drop((standard(&script), patient(&script), changed(&script), both(&script)));
    let bound = |name: &str| {
        let retry = catalog().find(name).and_then(|entry| entry.retry).expect("a retry");
        (retry.retry_after_max.map(|longest| longest.as_secs()), retry.max)
    };
    assert_eq!(bound("retry_after_standard"), (Some(60), Some(3)));
    assert_eq!(bound("retry_after_patient"), (Some(3600), Some(2)));
    assert_eq!(bound("retry_after_kept"), (Some(3600), Some(3)));
    assert_eq!(bound("retry_after_changed"), (Some(300), Some(2)));
    assert_eq!(bound("retry_after_both"), (Some(360), Some(2)));
    assert_eq!(timed(kept(&Script::new("FS"), secs(3600))).await, (Ok(2), secs(3600)));
}

#[tokio::test(start_paused = true)]
async fn the_digest_tells_one_that_is_set() {
    #[resilient(retry = "fixed", max = 2, retry_after_max = "5m")]
    async fn patient(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    assert_eq!(patient(&Script::new("F")).await, Err(Transient(2)));
    let call = recording.call();
    assert_eq!(call.fields["reliability.policy.digest"], "retry=fixed base=100ms max=2 retry_after_max=300s");
}
