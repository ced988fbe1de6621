//! What `testing::reset` does to the policies of a process, and to calls that are under way.

use resilience_runtime::chaos::Chaos;
use resilience_runtime::{
    Breaker, BreakerConfig, Bulkhead, Cache, Rate, RateLimitConfig, RateLimiter, RetryBudget, State,
    Throttle, current, resilient, testing,
};
use resilience_tests::Failure::Transient;
use resilience_tests::{Answer, Script, alone, ms, pass, play, poll_once, secs, started, state, timed};

#[test]
fn a_policy_of_a_name_a_static_and_a_function_is_at_its_beginning() {
    static FIXED: Breaker = Breaker::new("fixed", BreakerConfig::new().consecutive(1));
    #[resilient(breaker("by_name", consecutive = 1))]
    async fn by_name(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(breaker = FIXED)]
    async fn by_static(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit = "1/h")]
    async fn own(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let (fails, works) = (Script::new("F"), Script::new("S"));
        // Known by its function, which nobody has called.
        FIXED.trip();
        testing::reset();
        assert_eq!(FIXED.state(), State::Closed);
        for _ in 0..2 {
            assert_eq!(play(2, async || by_name(&fails).await).await, "FR");
            assert_eq!(play(2, async || by_static(&fails).await).await, "FR");
            assert_eq!(play(2, async || own(&works).await).await, "SL");
            testing::reset();
        }
    });
}

#[test]
fn limits_give_all_they_have() {
    #[resilient(rate_limit("bucket", rate = "2/h"))]
    async fn bucket(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit("window", rate = "2/h", algorithm = "sliding_window"))]
    async fn window(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(rate_limit("keys", rate = "2/h", max_keys = 1, key = id))]
    async fn keys(id: u32, script: &Script) -> Answer {
        let _ = id;
        script.run().await
    }
    #[resilient(rate_limit("lease", rate = "2/h", lease = 2))]
    async fn lease(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let works = Script::new("S");
        for _ in 0..2 {
            // Of the lease a token is left, which is void then.
            assert_eq!(play(1, async || lease(&works).await).await, "S");
            testing::reset();
            assert_eq!(play(3, async || bucket(&works).await).await, "SSL");
            assert_eq!(play(3, async || window(&works).await).await, "SSL");
            assert_eq!(play(3, async || keys(1, &works).await).await, "SSL");
            // Of the one that is forgotten for it, another key has what is left.
            assert_eq!(play(1, async || keys(2, &works).await).await, "L");
            assert_eq!(play(3, async || lease(&works).await).await, "SSL");
            let all = ["bucket", "window", "keys", "lease"]
                .map(|name| RateLimiter::named(name).expect("it was called").snapshot());
            assert_eq!(all.map(|limit| limit.rejections), [1, 1, 2, 1]);
            testing::reset();
            let all = ["bucket", "window", "keys", "lease"]
                .map(|name| RateLimiter::named(name).expect("it was called").snapshot());
            assert_eq!(all.map(|limit| (limit.rejections, limit.keys, limit.available)), [(0, 0, 2); 4]);
        }
    });
}

#[test]
fn what_was_learned_is_forgotten() {
    #[resilient(retry = "fixed", max = 2, base = "1s", budget("retries", floor = 1))]
    async fn retried(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(throttle = "sheds")]
    async fn shed(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead("adapts", max = 10, adaptive = "aimd"))]
    async fn adapted(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(hedge = "p95", idempotent)]
    async fn hedged(first: u64) -> Answer {
        let number = current().attempt();
        pass(ms(if number == 1 { first } else { 1 })).await;
        Ok(number)
    }
    #[resilient(cache("1h", key = id, name = "answers"))]
    async fn cached(id: u32, script: &Script) -> Answer {
        let _ = id;
        script.run().await
    }
    #[resilient(chaos("faults", error = Transient(0), error_rate = "50%", seed = 7, release = true))]
    async fn faulty(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let (fails, works) = (Script::new("F"), Script::new("S"));
        for _ in 0..2 {
            assert_eq!(play(2, async || retried(&fails).await).await, "FF");
            let budget = RetryBudget::named("retries").expect("it was called");
            assert_eq!((budget.snapshot().retries, budget.snapshot().rejections), (1, 1));
            assert!(play(30, async || shed(&fails).await).await.contains('H'));
            assert_eq!(play(2, async || adapted(&fails).await).await, "FF");
            let adapts = Bulkhead::named("adapts").expect("it was called");
            assert!(adapts.limit() < 10);
            for _ in 0..20 {
                assert_eq!(hedged(10).await, Ok(1));
            }
            assert_eq!(hedged(1_000).await, Ok(2));
            let before = works.executions();
            assert_eq!(play(2, async || cached(7, &works).await).await, "SS");
            assert_eq!(works.executions(), before + 1);
            let cache = Cache::named("answers").expect("it was called");
            assert_eq!((cache.snapshot().hits, cache.snapshot().misses), (1, 1));
            let chaos = Chaos::named("faults").expect("it is annotated");
            assert_eq!(play(8, async || faulty(&works).await).await, "FSFFFFSS");

            testing::reset();
            assert_eq!((budget.snapshot().calls, budget.snapshot().retries), (0, 0));
            assert_eq!(budget.snapshot().rejections, 0);
            let throttle = Throttle::named("sheds").expect("it was called").snapshot();
            assert_eq!((throttle.requests, throttle.rejections, throttle.accepts), (0, 0, 0));
            assert_eq!(adapts.limit(), 10);
            assert_eq!(timed(hedged(1_000)).await, (Ok(1), secs(1)));
            assert_eq!((cache.snapshot().hits, cache.snapshot().misses, cache.snapshot().entries), (0, 0, 0));
            assert_eq!((chaos.snapshot().attempts, chaos.snapshot().errors), (0, 0));
        }
    });
}

#[test]
fn a_call_under_way_holds_what_it_holds() {
    #[resilient(bulkhead("places", max = 1))]
    async fn placed(script: &Script) -> Answer {
        script.run().await
    }
    alone(async || {
        let (slow, works) = (Script::new("S").taking(secs(1)), Script::new("S"));
        let first = started(placed(&slow));
        testing::reset();
        assert_eq!(play(1, async || placed(&works).await).await, "B");
        assert_eq!(first.await, Ok(1));
        let places = Bulkhead::named("places").expect("it was called");
        assert_eq!((places.in_flight(), places.snapshot().rejections), (0, 1));
        assert_eq!(play(1, async || placed(&works).await).await, "S");
    });
}

#[test]
fn a_call_from_before_is_not_counted_after() {
    #[resilient(
        breaker("before", consecutive = 1),
        retry = "fixed",
        max = 2,
        base = "1s",
        budget("before", floor = 1)
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(bulkhead("adapts_before", max = 10, adaptive = "aimd"))]
    async fn adapted(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(cache("1h", key = id, name = "before"))]
    async fn cached(id: u32, script: &Script) -> Answer {
        let _ = id;
        script.run().await
    }
    alone(async || {
        let slow = Script::new("F").taking(secs(1));
        let (call, inside) = (started(load(&slow)), started(adapted(&slow)));
        let answer = Script::new("S").taking(secs(1));
        let cached_call = started(cached(7, &answer));
        pass(ms(1)).await;
        testing::reset();
        assert!(inside.await.is_err());
        assert_eq!(Bulkhead::named("adapts_before").expect("it was called").limit(), 10);
        assert!(cached_call.await.is_ok());
        assert_eq!(Cache::named("before").expect("it was called").snapshot().entries, 0);
        // Its failure did not open the breaker, or there were no second attempt.
        let mut call = call;
        assert!(poll_once(&mut call).is_pending());
        assert_eq!(state("before"), State::Closed);
        // A retry that is waited for, and not made: of the budget that was put back nothing is given back.
        let budget = RetryBudget::named("before").expect("it was called");
        assert_eq!(budget.snapshot().retries, 1);
        testing::reset();
        drop(call);
        assert_eq!((budget.snapshot().retries, budget.snapshot().available), (0, 1));
    });
}

#[test]
fn calls_that_wait_start_in_their_order() {
    #[resilient(rate_limit("line", rate = "1/h", wait = "10h"))]
    async fn in_line(id: u32) -> Answer {
        Ok(id)
    }
    #[resilient(rate_limit("lines", rate = "1/h", wait = "10h", key = id % 2))]
    async fn by_key(id: u32) -> Answer {
        Ok(id)
    }
    alone(async || {
        assert_eq!((in_line(0).await, by_key(0).await), (Ok(0), Ok(0)));
        let (mut first, mut second) = (started(in_line(1)), started(in_line(2)));
        let (mut third, mut fourth) = (started(by_key(2)), started(by_key(4)));
        testing::reset();
        assert!(poll_once(&mut second).is_pending() && poll_once(&mut fourth).is_pending());
        assert!(poll_once(&mut first).is_ready() && poll_once(&mut third).is_ready());
        let [line, lines] = ["line", "lines"].map(|name| RateLimiter::named(name).expect("it was called"));
        assert_eq!((line.snapshot().waiting, lines.snapshot().waiting, lines.snapshot().keys), (1, 1, 1));
        assert_eq!(timed(second).await, (Ok(2), secs(3600)));
        drop(fourth);
        testing::reset();
        assert_eq!((lines.snapshot().waiting, lines.snapshot().keys), (0, 0));
    });
}

#[test]
fn a_policy_that_no_function_has_is_not_known() {
    static BY_HAND: RateLimiter = RateLimiter::new("by_hand", RateLimitConfig::new(Rate::new(1, secs(3600))));
    alone(async || {
        assert!(BY_HAND.try_acquire().is_ok());
        testing::reset();
        assert!(BY_HAND.try_acquire().is_err());
        BY_HAND.reset();
        assert!(BY_HAND.try_acquire().is_ok());
    });
}
