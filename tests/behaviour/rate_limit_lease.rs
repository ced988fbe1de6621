//! Rate limits whose threads take tokens in advance.

use std::sync::Barrier;
use std::thread;

use resilience_runtime::{Rate, RateLimitConfig, RateLimiter, resilient};
use resilience_tests::{Answer, Script, ms, pass, play, refusal, secs, started, timed};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// A bucket of ten, and leases of four.
const TEN: RateLimitConfig = RateLimitConfig::new(Rate::per_second(10)).lease(4);

#[tokio::test(start_paused = true)]
async fn a_thread_that_calls_all_the_time_is_held_to_the_rate() {
    #[resilient(rate_limit("10/s", lease = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(12, async || load(&script).await).await, "SSSSSSSSSSLL");
    for _ in 0..10 {
        pass(ms(300)).await;
        assert_eq!(play(4, async || load(&script).await).await, "SSSL");
        assert_eq!(refusal(load(&script).await).retry_after(), Some(ms(100)));
    }
    assert_eq!(script.executions(), 40);
}

#[tokio::test(start_paused = true)]
async fn what_a_thread_has_kept_comes_on_top_of_the_burst() {
    #[resilient(rate_limit("lease_kept", rate = "10/s", lease = 4))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    let limiter = RateLimiter::named("lease_kept").unwrap();
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (5, 3));
    // A minute would be enough for six hundred.
    pass(secs(60)).await;
    assert_eq!(play(15, async || load(&script).await).await, "SSSSSSSSSSSSSLL");
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_exact_limit_has_nothing_on_top() {
    #[resilient(rate_limit("10/s", lease = 1))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    pass(secs(60)).await;
    assert_eq!(play(12, async || load(&script).await).await, "SSSSSSSSSSLL");
}

#[tokio::test(start_paused = true)]
async fn several_threads_get_no_more_than_the_bound() {
    const THREADS: usize = 3;
    static API: RateLimiter = RateLimiter::new("lease_bound", TEN.burst(20));
    static PHASES: Barrier = Barrier::new(THREADS + 1);
    #[resilient(rate_limit = API)]
    fn load() -> Answer {
        Ok(1)
    }
    let threads = [(); THREADS].map(|()| {
        let clock = Handle::current();
        thread::spawn(move || {
            // For the paused time.
            let _guard = clock.enter();
            let first = (load(), load());
            PHASES.wait();
            PHASES.wait();
            // Nothing fails before the others have been waited for.
            assert_eq!(first, (Ok(1), Ok(1)));
            (0..1_000).take_while(|_| load().is_ok()).count() as u64
        })
    });
    PHASES.wait();
    let kept = API.snapshot().leased;
    pass(secs(60)).await;
    PHASES.wait();
    let admitted: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert!((1..=3 * 3).contains(&kept), "{kept}");
    assert_eq!(admitted, 20 + kept);
}

#[tokio::test(start_paused = true)]
async fn functions_that_share_a_name_share_what_was_leased() {
    #[resilient(rate_limit("lease_shared", rate = "10/s", lease = 4))]
    async fn one(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "lease_shared")]
    async fn other(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(2, async || one(&script).await).await, "SS");
    pass(secs(60)).await;
    assert_eq!(play(3, async || other(&script).await).await, "SSS");
    let limiter = RateLimiter::named("lease_shared").unwrap();
    assert_eq!((limiter.snapshot().available, limiter.snapshot().leased), (10, 0));
    assert_eq!(play(8, async || one(&script).await).await, "SSSSSSSS");
    assert_eq!(play(3, async || other(&script).await).await, "SSL");
}

#[tokio::test(start_paused = true)]
async fn another_configuration_makes_void_what_was_leased() {
    static API: RateLimiter = RateLimiter::new("lease_reconfigured", TEN);
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(2, async || load(&script).await).await, "SS");
    API.reconfigure(TEN.lease(3)).unwrap();
    // Three were lost: five are left of ten.
    assert_eq!(API.snapshot().leased, 0);
    assert_eq!(play(6, async || load(&script).await).await, "SSSSSL");
    pass(secs(60)).await;
    assert_eq!(play(11, async || load(&script).await).await, "SSSSSSSSSSL");
}

#[tokio::test(start_paused = true)]
async fn calls_wait_in_order_and_nobody_leases_in_front_of_them() {
    static API: RateLimiter = RateLimiter::new("lease_wait", TEN.wait(secs(1)));
    #[resilient(rate_limit = API)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(10, async || load(&script).await).await, "SSSSSSSSSS");
    let waiting = started(load(&script));
    assert_eq!((API.snapshot().waiting, API.snapshot().leased), (1, 0));
    pass(ms(500)).await;
    // Four more than the one in line are there, and are taken one by one.
    assert_eq!(timed(load(&script)).await, (Ok(11), ms(0)));
    assert_eq!((API.snapshot().available, API.snapshot().leased), (3, 0));
    assert_eq!(timed(waiting).await, (Ok(12), ms(0)));
    assert_eq!(timed(load(&script)).await, (Ok(13), ms(0)));
    assert_eq!((API.snapshot().available, API.snapshot().leased), (0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_thousand_calls_no_more_than_the_burst_is_admitted() {
    // Another one would be admitted in a day.
    const DAY: RateLimitConfig = RateLimitConfig::new(Rate::new(1, secs(24 * 3_600)));
    static API: RateLimiter = RateLimiter::new("lease_l14", DAY.burst(1_000).lease(64));
    static SCRIPT: Script = Script::new("S");
    #[resilient(rate_limit = API)]
    async fn load() -> Answer {
        SCRIPT.run().await
    }
    let mut tasks = JoinSet::new();
    for _ in 0..10_000 {
        tasks.spawn(load());
    }
    let admitted = tasks.join_all().await.iter().filter(|answer| answer.is_ok()).count() as u64;
    let snapshot = API.snapshot();
    assert_eq!(admitted + snapshot.leased, 1_000);
    assert_eq!((u64::from(SCRIPT.executions()), snapshot.rejections), (admitted, 10_000 - admitted));
}
