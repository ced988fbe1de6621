//! `cache`: answers are given again, for a time.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use resilience_runtime::{Breaker, Cache, CacheConfig, caches, catalog, resilient, testing};
use resilience_tests::Failure::{Permanent, Transient};
use resilience_tests::{Answer, Failure, Script, pass, poll_once, secs, started};
use tokio::time::advance;

const NANO: Duration = Duration::from_nanos(1);

#[tokio::test(start_paused = true)]
async fn an_answer_is_given_again_until_it_is_as_old_as_its_ttl() {
    #[resilient(cache("10s", key = ()))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SSS");
    assert_eq!(load(&script).await, Ok(1));
    assert_eq!(load(&script).await, Ok(1));
    advance(secs(10).saturating_sub(NANO)).await;
    assert_eq!(load(&script).await, Ok(1));
    advance(NANO).await;
    assert_eq!(load(&script).await, Ok(2));
    // From its own time on.
    advance(secs(9)).await;
    assert_eq!(load(&script).await, Ok(2));
    assert_eq!(script.executions(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_key_is_all_arguments() {
    thread_local!(static RUNS: RefCell<u32> = const { RefCell::new(0) });

    #[resilient(cache = "10s")]
    async fn of(shop: &str, mut item: u32, tags: &[u8], owner: Arc<String>) -> Result<String, Failure> {
        RUNS.with_borrow_mut(|runs| *runs += 1);
        item += 1;
        Ok(format!("{shop} {item} {tags:?} {owner}"))
    }

    let owner = Arc::new("me".to_owned());
    for _ in 0..2 {
        assert_eq!(of("a", 1, &[1], Arc::clone(&owner)).await.unwrap(), "a 2 [1] me");
        assert_eq!(of("b", 1, &[1], Arc::clone(&owner)).await.unwrap(), "b 2 [1] me");
        assert_eq!(of("a", 2, &[1], Arc::clone(&owner)).await.unwrap(), "a 3 [1] me");
        assert_eq!(of("a", 1, &[], Arc::clone(&owner)).await.unwrap(), "a 2 [] me");
        assert_eq!(of("a", 1, &[1], Arc::default()).await.unwrap(), "a 2 [1] ");
    }
    assert_eq!(RUNS.with_borrow(|runs| *runs), 5);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_what_the_answer_depends_on() {
    #[derive(Debug)]
    struct Store(u32);

    impl Store {
        #[resilient(cache("10s", key = (self.0, name)), retry = "fixed", max = 2)]
        async fn load(&self, name: String, (script, _): (&Script, u8)) -> Answer {
            drop(name);
            script.run().await.map(|execution| self.0 + execution)
        }
    }
    let script = Script::new("SSSSSS");
    for _ in 0..2 {
        assert_eq!(Store(10).load("a".to_owned(), (&script, 0)).await, Ok(11));
        assert_eq!(Store(20).load("a".to_owned(), (&script, 1)).await, Ok(22));
        assert_eq!(Store(10).load("b".to_owned(), (&script, 2)).await, Ok(13));
    }
    assert_eq!(script.executions(), 3);
}

#[tokio::test(start_paused = true)]
async fn errors_and_values_that_count_as_failures_are_not_remembered() {
    #[resilient(cache("10s", key = ()), when_ok = |execution| *execution < 3)]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FSSS");
    assert_eq!(load(&script).await, Err(Transient(1)));
    for execution in [2, 3, 3, 3] {
        assert_eq!(load(&script).await, Ok(execution));
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_a_retry_is_remembered_and_that_of_a_fallback_is_not() {
    #[resilient(retry = "fixed", base = "1s", max = 2, cache("60s", key = ()), fallback = |_| Ok(100))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("FFFSS");
    for answer in [100, 4, 4, 4] {
        assert_eq!(load(&script).await, Ok(answer));
    }
}

// O5
#[tokio::test(start_paused = true)]
async fn a_hit_is_answered_while_the_breaker_is_open_and_the_rate_is_used_up() {
    #[resilient(
        cache("60s", key = id), breaker("cache_open", consecutive = 1), rate_limit = "2/10m", bulkhead = 1,
        name = "cache_hit",
    )]
    async fn load(id: u32, script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SF");
    assert_eq!(load(7, &script).await, Ok(1));
    assert_eq!(load(8, &script).await, Err(Transient(2)));
    assert!(load(8, &script).await.is_err());
    assert_eq!(Breaker::named("cache_open").unwrap().state().as_str(), "open");

    let recording = testing::record();
    assert_eq!(load(7, &script).await, Ok(1));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.attempts.len(), call.error_type), ("cached", 0, None));
    assert!(call.events.iter().any(|event| event.name == "reliability.cache.hit"), "{:?}", call.events);
    assert_eq!(script.executions(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_stands_in_for_an_error_and_not_for_longer_than_is_said() {
    #[resilient(cache("10s", key = (), stale_if_error = "20s", name = "cache_stale"))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFNFS");
    assert_eq!(load(&script).await, Ok(1));
    advance(secs(10)).await;
    let recording = testing::record();
    assert_eq!(load(&script).await, Ok(1));
    let call = recording.call();
    assert_eq!((call.outcome.as_str(), call.attempts.len(), call.error_type), ("stale", 1, None));
    let attempt = &call.attempts[0];
    assert_eq!(
        (attempt.error_type.as_deref(), attempt.error.as_deref()),
        (Some("Failure::Transient"), Some("Transient(2)"))
    );
    let names: Vec<_> = call.events.iter().map(|event| event.name).collect();
    assert_eq!(names, ["reliability.cache.miss", "reliability.cache.stale"]);
    for event in &call.events {
        assert_eq!(event.fields["reliability.cache.name"], "cache_stale", "{}", event.name);
    }
    let counts = Cache::named("cache_stale").unwrap().snapshot();
    assert_eq!((counts.hits, counts.misses, counts.stale, counts.entries), (0, 2, 1, 1));
    // The dependency has answered.
    assert_eq!(load(&script).await, Err(Permanent(3)));
    advance(secs(20)).await;
    assert_eq!(load(&script).await, Err(Transient(4)));
    assert_eq!(load(&script).await, Ok(5));
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_that_grows_too_old_while_the_call_retries_is_not_given() {
    #[resilient(
        retry = "fixed", base = "1s", max = 3, cache("10s", key = (), stale_if_error = "20s"),
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFFFSFFF");
    assert_eq!(load(&script).await, Ok(1));
    // The last attempt of three fails one second before it is too old, and at the very moment.
    advance(secs(27)).await;
    assert_eq!(load(&script).await, Ok(1));
    assert_eq!(load(&script).await, Ok(5));
    advance(secs(28)).await;
    assert_eq!(load(&script).await, Err(Transient(8)));
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_comes_after_the_retries_and_before_the_fallback() {
    #[resilient(
        retry = "fixed", base = "1s", max = 3, cache("10s", key = (), stale_if_error = "1h"), fallback = |_| Ok(100),
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SFFF");
    assert_eq!(load(&script).await, Ok(1));
    advance(secs(10)).await;
    assert_eq!(load(&script).await, Ok(1));
    assert_eq!(script.executions(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_stands_in_for_limits_that_ran_out_and_for_refusals() {
    #[resilient(cache("10s", key = (), stale_if_error = "1h"), breaker("cache_refused", consecutive = 2), timeout = "1s")]
    async fn attempt(sleeps: Duration) -> Result<u32, Failure> {
        pass(sleeps).await;
        Ok(1)
    }
    #[resilient(cache("10s", key = (), stale_if_error = "1h"), deadline = "1s")]
    async fn call(sleeps: Duration) -> Result<u32, Failure> {
        pass(sleeps).await;
        Ok(1)
    }
    assert_eq!((attempt(NANO).await, call(NANO).await), (Ok(1), Ok(1)));
    advance(secs(10)).await;
    for _ in 0..2 {
        assert_eq!(attempt(secs(5)).await, Ok(1));
    }
    assert_eq!(Breaker::named("cache_refused").unwrap().state().as_str(), "open");
    assert_eq!(attempt(secs(5)).await, Ok(1));
    assert_eq!(call(secs(5)).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn instances_of_a_generic_function_do_not_get_each_others_answers() {
    trait Unit {
        const NAME: &'static str;
    }
    struct Metre;
    struct Foot;
    impl Unit for Metre {
        const NAME: &'static str = "m";
    }
    impl Unit for Foot {
        const NAME: &'static str = "ft";
    }

    #[resilient(cache = "10s")]
    async fn measure<U: Unit>(length: u32) -> Result<String, Failure> {
        Ok(format!("{length} {}", U::NAME))
    }

    for _ in 0..2 {
        assert_eq!(measure::<Metre>(3).await.unwrap(), "3 m");
        assert_eq!(measure::<Foot>(3).await.unwrap(), "3 ft");
    }
}

#[tokio::test(start_paused = true)]
async fn functions_share_a_named_cache_and_not_their_answers() {
    #[resilient(cache("10s", name = "cache_shared"))]
    async fn name(id: u64) -> Result<String, Failure> {
        Ok(format!("name {id}"))
    }
    #[resilient(cache(name = "cache_shared"))]
    async fn mail(id: u64) -> Result<String, Failure> {
        Ok(format!("mail {id}"))
    }
    for _ in 0..2 {
        assert_eq!(name(1).await.unwrap(), "name 1");
        assert_eq!(mail(1).await.unwrap(), "mail 1");
    }
    let cache = Cache::named("cache_shared").unwrap();
    let snapshot = cache.snapshot();
    assert_eq!((snapshot.hits, snapshot.misses, snapshot.stale, snapshot.entries), (2, 2, 0, 2));
    assert!(caches().iter().any(|other| core::ptr::eq(*other, cache)));
    cache.invalidate(&1_u64);
    assert_eq!(cache.snapshot().entries, 0);
    assert_eq!(name(1).await.unwrap(), "name 1");
    assert_eq!(cache.snapshot().misses, 3);
}

#[tokio::test(start_paused = true)]
async fn a_static_is_the_cache_of_all_who_name_its_path() {
    static USERS: Cache = Cache::new("cache_static", CacheConfig::new(secs(10)).capacity(5));

    #[resilient(cache(USERS, key = id))]
    async fn load(id: &str, script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("SS");
    assert_eq!(load("a", &script).await, Ok(1));
    assert_eq!(load("a", &script).await, Ok(1));
    USERS.invalidate("a");
    assert_eq!(load("a", &script).await, Ok(2));
    USERS.clear();
    assert_eq!(USERS.snapshot().entries, 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_invalidated_on_its_way_is_not_for_those_who_come_later() {
    static SHARED: Cache = Cache::new("cache_shared", CacheConfig::new(secs(60)));
    #[resilient(cache(SHARED, key = id), coalesce)]
    async fn load(id: u32, script: &Script) -> Answer {
        let _ = id;
        let answer = script.run().await;
        pass(secs(1)).await;
        answer
    }
    let script = Script::new("SSS");
    let from_before = started(load(1, &script));
    SHARED.invalidate(&1_u32);
    let (late, later) = (started(load(1, &script)), load(1, &script));
    assert_eq!(tokio::join!(from_before, late, later), (Ok(1), Ok(2), Ok(2)));
    assert_eq!((load(1, &script).await, script.executions()), (Ok(2), 2));
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_from_one_invalidation_of_another_key_to_the_next_is_remembered() {
    static BUSY: Cache = Cache::new("cache_busy", CacheConfig::new(secs(60)));
    #[resilient(cache(BUSY, key = id))]
    async fn load(id: u32) -> Answer {
        pass(secs(2)).await;
        Ok(id)
    }
    // A few of them may be counted together with the one that is taken back.
    let mut calls: Vec<_> = (1..=20).map(|id| started(load(id))).collect();
    for _ in 0..3 {
        pass(secs(1)).await;
        BUSY.invalidate(&0_u32);
    }
    for call in &mut calls {
        assert!(poll_once(call).is_ready());
    }
    assert!(BUSY.snapshot().entries > 10, "{:?}", BUSY.snapshot());
}

#[tokio::test(start_paused = true)]
async fn what_is_invalidated_on_its_way_is_not_remembered() {
    static CACHE: Cache = Cache::new("cache_on_its_way", CacheConfig::new(secs(10)));

    #[resilient(cache(CACHE, key = ()))]
    async fn load(script: &Script) -> Answer {
        pass(secs(1)).await;
        script.run().await
    }
    let script = Script::new("SS");
    let mut running = Box::pin(load(&script));
    assert!(poll_once(&mut running).is_pending());
    CACHE.clear();
    assert_eq!(running.await, Ok(1));
    assert_eq!(load(&script).await, Ok(2));
    assert_eq!(load(&script).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_or_panics_remembers_nothing() {
    #[resilient(cache = "10s")]
    async fn load(plan: u8) -> Result<u32, Failure> {
        pass(secs(1)).await;
        assert!(plan != 0, "as planned");
        Ok(1)
    }
    let mut dropped = Box::pin(load(1));
    assert!(poll_once(&mut dropped).is_pending());
    drop(dropped);
    tokio::spawn(load(0)).await.unwrap_err();
    let recording = testing::record();
    assert_eq!(load(1).await, Ok(1));
    assert_eq!(recording.call().attempts.len(), 1);
}

#[test]
fn many_threads_get_one_answer_each_and_never_anothers() {
    #[resilient(cache = "10s")]
    async fn square(number: u64) -> Result<u64, Failure> {
        Ok(number * number)
    }
    let threads = (0..4).map(|_| {
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                for number in (0..200).chain(0..200) {
                    assert_eq!(square(number).await, Ok(number * number));
                }
            });
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

#[test]
fn functions_that_are_not_async_have_it_too() {
    #[resilient(cache = "1h")]
    fn load(word: &str) -> Result<Arc<str>, Failure> {
        Ok(Arc::from(word))
    }
    assert_eq!(&*load("a").unwrap(), "a");
}

#[test]
fn the_catalog_tells_of_it() {
    #[resilient(cache("90s", capacity = 50, stale_if_error = "5m"), name = "cache_in_catalog")]
    async fn load(id: u32) -> Result<u32, Failure> {
        Ok(id)
    }
    drop(load(1));
    let catalog = catalog();
    let entry = catalog.entries.iter().find(|entry| entry.operation == "cache_in_catalog").unwrap();
    let settings: HashSet<_> =
        entry.cache.as_ref().unwrap().settings.iter().map(ToString::to_string).collect();
    assert!(settings.contains("capacity 50"), "{settings:?}");
    assert_eq!(settings.len(), 3);
}
