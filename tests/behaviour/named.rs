//! Policies by name, one of whose functions says how they are set.

use resilience_runtime::{Breaker, Rate, RateLimitConfig, RateLimiter, State, resilient};
use resilience_tests::{Answer, Script, play, started, state};

#[resilient(
    breaker("named_breaker", consecutive = 3),
    rate_limit("named_rate", rate = "5/h"),
    bulkhead("named_places", max = 2)
)]
async fn sets(script: &Script) -> Answer {
    script.run().await
}

#[tokio::test(start_paused = true)]
async fn settings_hold_before_the_function_that_gives_them_is_called() {
    #[resilient(breaker = "named_breaker")]
    async fn guarded(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "named_rate")]
    async fn paced(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead = "named_places")]
    async fn inside(script: &Script) -> Answer {
        script.run().await
    }
    let (fails, works, hangs) = (Script::new("F"), Script::new("S"), Script::new("P"));
    assert_eq!(play(4, async || guarded(&fails).await).await, "FFFR");
    assert_eq!(play(6, async || paced(&works).await).await, "SSSSSL");
    let _inside = [started(inside(&hangs)), started(inside(&hangs))];
    assert_eq!(play(1, async || inside(&works).await).await, "B");
    assert_eq!(state("named_breaker"), State::Open);
    assert_eq!(Breaker::named("named_breaker").map(Breaker::name), Some("named_breaker"));
    // The one that gives them is held to the same.
    assert_eq!(play(1, async || sets(&works).await).await, "R");
}

#[tokio::test(start_paused = true)]
async fn what_the_program_sets_is_not_set_back_by_a_first_call() {
    #[resilient(rate_limit = "named_by_hand")]
    async fn names(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit("named_by_hand", rate = "1000/s"))]
    async fn sets(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(1, async || names(&script).await).await, "S");
    let limiter = RateLimiter::named("named_by_hand").expect("it was called");
    limiter.reconfigure(RateLimitConfig::new(Rate::per_hour(2))).unwrap();
    assert_eq!(play(2, async || sets(&script).await).await, "SL");
}
