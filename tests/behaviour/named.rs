//! Policies by name, one of whose functions says how they are set.

use core::ptr;

use resilience_runtime::{
    Breaker, BreakerConfig, Rate, RateLimitConfig, RateLimiter, State, breakers, caches, resilient,
};
use resilience_tests::{Answer, Failure, Script, play, started, state};

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

#[tokio::test(start_paused = true)]
async fn those_without_a_name_are_found_by_the_operation() {
    static HELD: Breaker = Breaker::new("named_static", BreakerConfig::new());
    #[resilient(
        name = "named::own",
        preset = "standard",
        retry = "none",
        breaker(consecutive = 2),
        cache("60s")
    )]
    async fn own() -> Answer {
        Err(Failure::Transient(1))
    }
    #[resilient(breaker = HELD)]
    async fn held() -> Answer {
        Ok(1)
    }
    #[resilient(breaker = HELD)]
    async fn too() -> Answer {
        Ok(1)
    }
    let found = || breakers().iter().filter(|breaker| breaker.name() == "named_static").count();
    drop((held(), too()));
    assert_eq!(found(), 1, "it is there before a call, and once however many functions have it");
    assert!(ptr::eq(Breaker::named("named_static").unwrap(), &raw const HELD));

    assert!(Breaker::named("named::own").is_none(), "nobody called it");
    assert_eq!(play(3, async || own().await).await, "FFR");
    let breaker = Breaker::named("named::own").unwrap();
    assert!(breakers().iter().any(|other| ptr::eq(*other, breaker)));
    breaker.reset();
    assert_eq!(play(1, async || own().await).await, "F");
    assert!(caches().iter().any(|cache| cache.name() == "named::own"));
}
