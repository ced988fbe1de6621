//! Policies by name, one of whose functions says how they are set.

use core::{fmt, ptr};
use std::sync::atomic::{AtomicU32, Ordering};

use resilience_runtime::{
    Breaker, BreakerConfig, Bulkhead, Rate, RateLimitConfig, RateLimiter, State, breakers, caches, resilient,
};
use resilience_tests::{Answer, Failure, Script, play, started, state};
use tracing::field::Field;
use tracing::subscriber::set_default;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{Layer, registry};

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

/// Does something at the event that says that two functions differ.
struct AtConflict(fn());

impl<S: Subscriber> Layer<S> for AtConflict {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut is_it = false;
        event.record(&mut |_: &Field, value: &dyn fmt::Debug| {
            is_it |= format!("{value:?}").contains("differently");
        });
        if is_it {
            (self.0)();
        }
    }
}

#[test]
fn who_hears_of_a_conflict_may_call_the_function() {
    static HEARD: AtomicU32 = AtomicU32::new(0);
    #[resilient(breaker("named_conflict", consecutive = 2))]
    fn one() -> Answer {
        Ok(1)
    }
    #[resilient(breaker("named_conflict", consecutive = 3))]
    fn other() -> Answer {
        Ok(2)
    }
    let hear = || {
        HEARD.fetch_add(1, Ordering::Relaxed);
        assert_eq!(other(), Ok(2));
    };
    let _guard = set_default(registry().with(AtConflict(hear)));
    assert_eq!((one(), other(), other()), (Ok(1), Ok(2), Ok(2)));
    assert_eq!(HEARD.load(Ordering::Relaxed), 1);
}

#[test]
fn who_panics_at_a_conflict_takes_nothing_from_the_call() {
    #[resilient(bulkhead("named_panic", max = 1), retry = "fixed", budget("named_panic", floor = 2))]
    fn one() -> Answer {
        Ok(1)
    }
    #[resilient(bulkhead = "named_panic", retry = "fixed", budget("named_panic", floor = 3))]
    fn other() -> Answer {
        Ok(2)
    }
    let _guard = set_default(registry().with(AtConflict(|| panic!("a subscriber that panics"))));
    assert_eq!((one(), other()), (Ok(1), Ok(2)));
    assert_eq!(Bulkhead::named("named_panic").unwrap().snapshot().in_flight, 0);
}
