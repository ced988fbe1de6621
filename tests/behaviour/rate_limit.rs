//! Rate limits: how many calls are admitted in how long, who waits and for how long.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilience_runtime::{Breaker, Rate, RateLimitConfig, RateLimiter, RejectedKind, resilient, testing};
use resilience_tests::Failure::{Rejected, Transient};
use resilience_tests::{
    Answer, Script, drop_after, ms, pass, play, poll_at_most, refusal, secs, started, timed,
};
use tokio::task::{JoinSet, yield_now};

const A_SECOND_EACH: RateLimitConfig = RateLimitConfig::new(Rate::per_second(1));

#[tokio::test(start_paused = true)]
async fn a_call_over_the_rate_is_refused_with_the_exact_time_to_wait() {
    #[resilient(rate_limit("exact", rate = "2/s"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(3, async || load(&script).await).await, "SSL");
    let rejected = refusal(load(&script).await);
    assert_eq!((rejected.kind(), rejected.name()), (RejectedKind::RateLimited, "exact"));
    assert_eq!(rejected.retry_after(), Some(ms(500)));
    pass(ms(499)).await;
    assert_eq!(refusal(load(&script).await).retry_after(), Some(ms(1)));
    // Refused calls have used nothing up.
    pass(ms(1)).await;
    assert_eq!(play(2, async || load(&script).await).await, "SL");
    assert_eq!(script.executions(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_apart_from_the_rate() {
    #[resilient(rate_limit("10/s", burst = 3))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(4, async || load(&script).await).await, "SSSL");
    pass(ms(100)).await;
    assert_eq!(play(2, async || load(&script).await).await, "SL");
    pass(secs(60)).await;
    assert_eq!(play(4, async || load(&script).await).await, "SSSL");
}

// L1 L4
#[tokio::test(start_paused = true)]
async fn a_sliding_window_admits_no_more_than_its_rate_in_any_period() {
    #[resilient(rate_limit("2/100ms", algorithm = "sliding_window"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    let mut calls = async || load(&script).await;
    assert_eq!(play(1, &mut calls).await, "S");
    pass(ms(60)).await;
    assert_eq!(play(1, &mut calls).await, "S");
    assert_eq!(refusal(calls().await).retry_after(), Some(ms(40)));
    pass(ms(40)).await;
    assert_eq!(play(1, &mut calls).await, "S");
    assert_eq!(refusal(calls().await).retry_after(), Some(ms(60)));
    pass(ms(59)).await;
    assert_eq!(play(1, &mut calls).await, "L");
    pass(ms(1)).await;
    assert_eq!(play(2, &mut calls).await, "SL");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_admitted_in_the_order_they_came() {
    static ORDER: AtomicU32 = AtomicU32::new(0);
    #[resilient(rate_limit("1/s", wait = "1m"))]
    async fn load() -> Answer {
        Ok(ORDER.fetch_add(1, Ordering::SeqCst))
    }
    let mut tasks = JoinSet::new();
    for place in 0..20 {
        tasks.spawn(async move { (place, timed(load()).await) });
        yield_now().await;
    }
    for (place, ended) in tasks.join_all().await {
        assert_eq!(ended, (Ok(place), secs(u64::from(place))));
    }
}

// L11
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_not_begun_and_uses_nothing_up() {
    static API: RateLimiter = RateLimiter::new("l11", A_SECOND_EACH.wait(ms(1_500)));
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(load(&script).await, Ok(1));
    let waiting = started(load(&script));
    for _ in 0..5 {
        let (answer, elapsed) = timed(load(&script)).await;
        assert_eq!((refusal(answer).retry_after(), elapsed), (Some(secs(2)), ms(0)));
    }
    assert_eq!((API.snapshot().waiting, API.snapshot().rejections), (1, 5));
    assert_eq!(timed(waiting).await, (Ok(2), secs(1)));
    assert_eq!(timed(load(&script)).await, (Ok(3), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_into_the_deadline_is_not_begun() {
    #[resilient(rate_limit("1/20s", wait = "12s"), deadline = "15s", retry = "fixed", max = 2, base = "1s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    // The second attempt asks at 9 s, and its turn would be at 20 s.
    let script = Script::new("F").taking(secs(8));
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((refusal(answer).retry_after(), elapsed), (Some(secs(11)), secs(8 + 1)));
    assert_eq!(script.executions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_into_the_deadline_of_a_call_around_it_is_not_begun() {
    static API: RateLimiter = RateLimiter::new("inherited_wait", A_SECOND_EACH.wait(secs(60)));
    #[resilient(deadline = "1500ms")]
    async fn outer(script: &Script) -> Answer {
        let first = inner(script).await?;
        let waiting = started(inner(script));
        let (answer, elapsed) = timed(inner(script)).await;
        assert_eq!((refusal(answer).retry_after(), elapsed), (Some(secs(2)), ms(0)));
        assert_eq!(timed(waiting).await, (Ok(first + 1), secs(1)));
        Ok(first + 1)
    }
    #[resilient(rate_limit = API)]
    async fn inner(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(outer(&Script::new("S")).await, Ok(2));
}

// L13
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_may_be_dropped_at_every_poll() {
    static API: RateLimiter = RateLimiter::new("l13_polls", A_SECOND_EACH.wait(secs(60)));
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        let answer = script.run().await;
        yield_now().await;
        answer
    }
    let mut dropped = 0;
    for polls in 0.. {
        pass(secs(60)).await;
        let (first, script, last) = (Script::new("S"), Script::new("S"), Script::new("S"));
        let (ended, elapsed) = timed(async {
            assert_eq!(load(&first).await, Ok(1));
            let ended = poll_at_most(polls, load(&script)).await;
            assert_eq!(API.snapshot().waiting, 0, "after {polls} polls");
            assert_eq!(load(&last).await, Ok(1));
            ended
        })
        .await;
        // Only a call whose body ran has used its turn up.
        assert_eq!(elapsed, secs(1 + u64::from(script.executions())), "after {polls} polls");
        if ended.is_some() {
            break;
        }
        dropped += 1;
    }
    assert!(dropped >= 3, "{dropped} polls");
}

// L13
#[tokio::test(start_paused = true)]
async fn those_behind_a_dropped_call_move_up() {
    #[resilient(rate_limit("1/s", wait = "1m"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(load(&script).await, Ok(1));
    let left = started(load(&script));
    let behind = timed(load(&script));
    let leaves = async {
        tokio::select! {
            _ = left => panic!("its turn is in a second"),
            () = pass(ms(300)) => {}
        }
    };
    let ((), behind) = tokio::join!(leaves, behind);
    assert_eq!(behind, (Ok(2), secs(1)));
}

#[tokio::test(start_paused = true)]
async fn each_key_has_the_rate_to_itself() {
    #[resilient(rate_limit("1/s", key = (tenant, id % 2), wait = "10s"))]
    async fn load(tenant: &str, id: u32) -> Answer {
        yield_now().await;
        Ok(id)
    }
    let calls = tokio::join!(
        timed(load("a", 0)),
        timed(load("a", 1)),
        timed(load("a", 2)),
        timed(load("b", 0)),
        timed(load("a", 4)),
    );
    let (_, elapsed): (Vec<_>, Vec<_>) = [calls.0, calls.1, calls.2, calls.3, calls.4].into_iter().unzip();
    assert_eq!(elapsed, [0, 0, 1, 0, 2].map(secs));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_limit_for_all_who_say_it() {
    static API: RateLimiter = RateLimiter::new("of_a_static", RateLimitConfig::new(Rate::per_minute(2)));
    #[resilient(rate_limit("shared_rate", rate = "2/m"))]
    async fn named(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "shared_rate")]
    async fn by_name(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = API)]
    async fn one(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = API)]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "2/m")]
    async fn alone(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(1, async || named(&script).await).await, "S");
    assert_eq!(play(2, async || by_name(&script).await).await, "SL");
    assert_eq!(play(1, async || named(&script).await).await, "L");
    assert_eq!(RateLimiter::named("shared_rate").unwrap().snapshot().rejections, 2);
    assert_eq!(play(2, async || one(&script).await).await, "SS");
    assert_eq!(play(1, async || other(&script).await).await, "L");
    assert_eq!(play(3, async || alone(&script).await).await, "SSL");
}

// L15
#[tokio::test(start_paused = true)]
async fn retries_ask_the_limit_and_come_again_when_it_admits() {
    #[resilient(
        rate_limit("4/s"),
        retry = "fixed",
        max = 7,
        base = "10ms",
        name = "load",
        breaker("l15", failure_rate = 1.0, window = 100, min_calls = 100)
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("F");
    let recording = testing::record();
    let (answer, elapsed) = timed(load(&script)).await;
    // Four at once, refused at 40 ms; the fifth at 250 ms, refused at 260 ms, which is the seventh try.
    assert_eq!(refusal(answer).retry_after(), Some(ms(240)));
    assert_eq!((script.executions(), elapsed), (5, ms(260)));
    let call = recording.call();
    let starts: Vec<_> = call.attempts.iter().map(|attempt| attempt.at).collect();
    assert_eq!(starts, [0, 10, 20, 30, 250].map(ms));
    assert_eq!((call.outcome.as_str(), call.stop_reason.as_deref()), ("rejected", Some("exhausted")));
    // What the limit refused says nothing of the dependency.
    let breaker = Breaker::named("l15").unwrap().snapshot();
    assert_eq!((breaker.calls, breaker.failures), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_retried_past_the_deadline() {
    #[resilient(rate_limit = "1/m", retry = "fixed", max = 5, base = "10ms", deadline = "30s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    let recording = testing::record();
    assert_eq!(play(1, async || load(&script).await).await, "S");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((refusal(answer).retry_after(), elapsed), (Some(secs(60)), ms(0)));
    assert_eq!(recording.calls()[1].stop_reason.as_deref(), Some("deadline"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_becomes_slower_has_those_who_wait_wait_longer_or_give_up() {
    static API: RateLimiter = RateLimiter::new("slower", A_SECOND_EACH.wait(secs(5)));
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(load(&script).await, Ok(1));
    let start = async |script| timed(load(script)).await;
    let reconfigured = async {
        pass(ms(500)).await;
        API.reconfigure(RateLimitConfig::new(Rate::new(1, secs(4))).wait(secs(5))).unwrap();
    };
    let (first, second, ()) = tokio::join!(start(&script), start(&script), reconfigured);
    assert_eq!(first.0, Ok(2));
    assert!(first.1 > secs(1) && first.1 <= secs(5), "{:?}", first.1);
    assert!(matches!(second.0, Err(Rejected(_))), "{second:?}");
    assert!(second.1 <= secs(5), "{:?}", second.1);
}

// O8
#[tokio::test(start_paused = true)]
async fn a_call_that_backs_off_stands_in_no_line() {
    static API: RateLimiter =
        RateLimiter::new("o8_rate", RateLimitConfig::new(Rate::per_second(2)).wait(secs(9)));
    #[resilient(rate_limit = API, retry = "fixed", max = 2, base = "10s")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FS");
    let waiting = started(load(&script));
    assert_eq!((API.snapshot().waiting, API.snapshot().available), (0, 1));
    drop_after(secs(2), waiting).await;
    assert_eq!((API.snapshot().waiting, API.snapshot().available), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_does_not_measure_the_wait() {
    #[resilient(rate_limit("1/s", wait = "1m"), timeout = "100ms")]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S").taking(ms(50));
    assert_eq!(timed(load(&script)).await, (Ok(1), ms(50)));
    assert_eq!(timed(load(&script)).await, (Ok(2), ms(950 + 50)));
    // And is a limit of its own after the wait.
    let (answer, elapsed) = timed(load(&Script::new("P"))).await;
    assert_eq!((refusal(answer).kind(), elapsed), (RejectedKind::Timeout, ms(950 + 100)));
}

#[tokio::test(start_paused = true)]
async fn the_fallback_answers_for_a_refusal() {
    #[resilient(rate_limit = "1/m", fallback = |_| Err(Transient(7)))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(play(2, async || load(&Script::new("S")).await).await, "SF");
}

// L14
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_thousand_calls_exactly_the_burst_is_admitted() {
    // Another one would be admitted in a day.
    const DAY: Duration = Duration::from_secs(24 * 3_600);
    static API: RateLimiter = RateLimiter::new("l14", RateLimitConfig::new(Rate::new(1, DAY)).burst(1_000));
    static SCRIPT: Script = Script::new("S");
    #[resilient(rate_limit = API)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    let mut tasks = JoinSet::new();
    for _ in 0..10_000 {
        tasks.spawn(load());
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1_000);
    assert_eq!((SCRIPT.executions(), API.snapshot().rejections), (1_000, 9_000));
}
