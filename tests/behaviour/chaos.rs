//! Chaos: faults in front of the body, and what the policies around it make of them.
//!
//! The tests run in release builds too, so that each says `release = true`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use resilience_runtime::catalog::{Severity, catalog};
use resilience_runtime::chaos::{self, Chaos, ChaosConfig};
use resilience_runtime::{
    Breaker, BreakerConfig, Event, Fault, RejectedKind, observe_named, resilient, testing,
};
use resilience_tests::watch::watch;
use resilience_tests::{
    Answer, Failure, Script, drop_after, ms, panic_of, play, poll_at_most, refusal, secs, started, timed,
};

const LOST: Failure = Failure::Transient(0);

fn of(name: &str) -> &'static Chaos {
    Chaos::named(name).expect("a function of this program has it")
}

#[tokio::test(start_paused = true)]
async fn a_rate_of_all_uses_up_the_retries_and_never_reaches_the_body() {
    #[resilient(
        retry = "fixed", max = 3, base = "100ms", name = "chaos_all",
        chaos(error = LOST, error_rate = "100%", release = true)
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let (recording, script) = (testing::record(), Script::new("S"));
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((answer, elapsed, script.executions()), (Err(LOST), ms(200), 0));
    assert_eq!(of("chaos_all").snapshot().errors, 3);
    let story = recording.calls()[0].story();
    assert!(story.starts_with("chaos_all: error after 3 attempts"), "{story}");
}

#[tokio::test(start_paused = true)]
async fn a_seed_gives_one_sequence() {
    #[resilient(chaos("chaos_seeded", error = LOST, error_rate = "50%", seed = 7, release = true))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    assert_eq!(play(24, async || load(&script).await).await, "FSFFFFSSSSSFSFSSFSFFSFFS");
    assert_eq!(u64::from(script.executions()) + of("chaos_seeded").snapshot().errors, 24);
}

#[tokio::test(start_paused = true)]
async fn without_a_seed_the_random_source_decides() {
    #[resilient(chaos(error = LOST, error_rate = 0.5, release = true))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    let mut twice = Vec::new();
    for _ in 0..2 {
        testing::seed(3);
        twice.push(play(32, async || load(&script).await).await);
    }
    assert_eq!(twice[0], twice[1]);
    assert!(twice[0].contains('S') && twice[0].contains('F'));
}

#[tokio::test(start_paused = true)]
async fn a_latency_runs_into_the_timeout() {
    #[resilient(
        retry = "fixed",
        max = 2,
        base = "100ms",
        timeout = "1s",
        chaos("chaos_slow", latency = "2s", latency_rate = "100%", release = true)
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    let (answer, elapsed) = timed(load(&script)).await;
    assert_eq!((refusal(answer).kind(), elapsed), (RejectedKind::Timeout, ms(2_100)));
    assert_eq!((script.executions(), of("chaos_slow").snapshot().latencies), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_latency_within_the_timeout_only_takes_its_time() {
    #[resilient(timeout = "1s", chaos(latency = ms(900), latency_rate = 1.0, release = true))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    assert_eq!(timed(load(&Script::new("S"))).await, (Ok(1), ms(900)));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_may_be_slow_and_fail() {
    #[resilient(chaos(
        "chaos_both", latency = "1s", latency_rate = "100%", error = LOST, error_rate = "100%", release = true
    ))]
    async fn load() -> Answer {
        Ok(1)
    }
    let watch = watch();
    assert_eq!(timed(load()).await, (Err(LOST), secs(1)));
    let attempt = watch.span("attempt");
    assert_eq!(attempt.get("reliability.chaos.fault"), Some("error"));
    assert_eq!(attempt.get("reliability.chaos.latency"), Some("1"));
    let told: Vec<_> = watch.events();
    let faults: Vec<_> = told.iter().map(|event| event.get("reliability.chaos.fault").unwrap()).collect();
    assert_eq!(faults, ["latency", "error"]);
    assert!(told.iter().all(|event| event.get("reliability.chaos.name") == Some("chaos_both")));
}

#[tokio::test(start_paused = true)]
async fn the_breaker_sees_what_is_injected() {
    static DB: Breaker = Breaker::new("chaos_breaker", BreakerConfig::new().consecutive(2));
    #[resilient(breaker = DB, name = "chaos_guarded", chaos(panic_rate = "100%", release = true))]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    for _ in 0..2 {
        assert_eq!(panic_of(load(&script)).await, "`chaos` injected this panic into `chaos_guarded`");
    }
    assert_eq!(refusal(load(&script).await).kind(), RejectedKind::BreakerOpen);
    assert_eq!((DB.snapshot().opened, of("chaos_guarded").snapshot().panics, script.executions()), (1, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_disabled_one_is_as_none() {
    #[resilient(retry = "fixed", max = 2, name = "same")]
    async fn plain(script: &Script) -> Answer {
        script.run().await
    }
    #[resilient(
        retry = "fixed", max = 2, name = "same",
        chaos(
            "chaos_off", latency = "1s", latency_rate = "100%", error = LOST, error_rate = "100%", enabled = false,
            release = true
        )
    )]
    async fn with_chaos(script: &Script) -> Answer {
        script.run().await
    }
    let recording = testing::record();
    for letters in ["S", "FS", "FF", "N"] {
        let without = timed(plain(&Script::new(letters))).await;
        let with = timed(with_chaos(&Script::new(letters))).await;
        assert_eq!(without, with);
    }
    let calls = recording.calls();
    for pair in calls.chunks(2) {
        assert_eq!(pair[0].story(), pair[1].story());
    }
    assert_eq!(of("chaos_off").snapshot().attempts, 0);
}

#[tokio::test(start_paused = true)]
async fn it_is_switched_by_name_before_and_between_calls() {
    #[resilient(chaos("chaos_switched", error = LOST, error_rate = "100%", enabled = false, release = true))]
    async fn load() -> Answer {
        Ok(1)
    }
    let chaos = of("chaos_switched");
    let next = async || play(1, load).await;
    assert_eq!(next().await, "S");
    chaos.enable();
    assert_eq!(next().await, "F");
    chaos.set_error_rate(0.0).unwrap();
    assert_eq!(next().await, "S");
    chaos.set_error_rate(1.0).unwrap();
    assert_eq!(next().await, "F");
    chaos.disable();
    assert_eq!(next().await, "S");
    assert!(chaos::all().iter().any(|other| std::ptr::eq(*other, chaos)));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_one_chaos_for_functions_with_errors_of_their_own() {
    #[resilient(chaos("chaos_shared", error = LOST, error_rate = "100%", release = true))]
    async fn load() -> Answer {
        Ok(1)
    }
    #[resilient(chaos("chaos_shared", error = format!("no {id}"), release = true))]
    async fn find(id: u32) -> Result<u32, String> {
        Ok(id)
    }
    #[resilient(chaos("chaos_shared", release = true))]
    async fn has_none() -> Answer {
        Ok(1)
    }
    // The one that gives no rate comes first, and has that of the other.
    assert_eq!(find(7).await, Err("no 7".to_owned()));
    assert_eq!((load().await, has_none().await), (Err(LOST), Ok(1)));
    let snapshot = of("chaos_shared").snapshot();
    assert_eq!((snapshot.errors, snapshot.attempts), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_static_is_one_chaos_too() {
    static DB: Chaos = Chaos::new("chaos_static", ChaosConfig::new().error_rate(1.0));
    #[resilient(chaos(DB, error = LOST, release = true))]
    async fn load() -> Answer {
        Ok(1)
    }
    assert_eq!(load().await, Err(LOST));
    DB.disable();
    assert_eq!(load().await, Ok(1));
    assert!(std::ptr::eq(of("chaos_static"), &raw const DB));
}

#[tokio::test(start_paused = true)]
async fn observers_are_told() {
    #[resilient(name = "chaos_told", chaos(error = LOST, error_rate = 1.0, release = true))]
    async fn load() -> Answer {
        Ok(1)
    }
    static HEARD: AtomicUsize = AtomicUsize::new(0);
    let observing = observe_named("chaos_told", |event: &Event| {
        if let Event::ChaosInjected { operation: "chaos_told", fault: Fault::Error, .. } = event {
            HEARD.fetch_add(1, Ordering::Relaxed);
        }
    });
    load().await.unwrap_err();
    drop(observing);
    assert_eq!(HEARD.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_its_span_leaves_that_around_it_alone() {
    #[resilient(level = "trace", chaos(error = LOST, error_rate = 1.0, release = true))]
    async fn inner() -> Answer {
        Ok(1)
    }
    #[resilient(name = "around_chaos")]
    async fn outer() -> Answer {
        inner().await
    }
    let watch = resilience_tests::watch::watch_at(tracing::level_filters::LevelFilter::INFO);
    assert_eq!(outer().await, Err(LOST));
    assert_eq!(watch.span("attempt").get("reliability.chaos.fault"), None);
}

#[tokio::test(start_paused = true)]
async fn dropped_at_any_poll_it_leaves_everything_in_order() {
    static DB: Breaker = Breaker::new("chaos_dropped", BreakerConfig::new().consecutive(1).open_for(secs(1)));
    #[resilient(
        retry = "fixed", max = 2, breaker = DB, bulkhead("chaos_place", max = 1), timeout = "10s",
        chaos("chaos_drop", latency = "1s", latency_rate = "100%", release = true)
    )]
    async fn load(script: &Script) -> Answer {
        script.run().await
    }
    let script = Script::new("S");
    drop(started(load(&script)));
    drop_after(ms(500), load(&script)).await;
    for polls in 0..4 {
        let _ = poll_at_most(polls, load(&script)).await;
    }
    let before = script.executions();
    assert_eq!(timed(load(&script)).await, (Ok(before + 1), secs(1)));
    assert_eq!(DB.snapshot().failures, 0);
}

#[test]
fn a_catalog_lists_it_and_warns_while_it_is_active() {
    #[resilient(
        name = "chaos_listed",
        chaos("chaos_warned", error = LOST, error_rate = "5%", seed = 7, release = true)
    )]
    async fn load() -> Answer {
        Ok(1)
    }
    let warns = || {
        let findings = catalog().findings;
        let found = findings.iter().find(|finding| finding.message.contains("chaos `chaos_warned`"));
        found.map(|finding| (finding.severity, finding.places[0].operation))
    };
    drop(load());
    let catalog = catalog();
    let chaos = catalog.find("chaos_listed").unwrap().chaos.clone().unwrap();
    assert_eq!((chaos.key, chaos.name), ("chaos", "chaos_warned"));
    let settings: Vec<_> = chaos.settings.iter().map(ToString::to_string).collect();
    assert_eq!(settings, ["error_rate 5%", "seed 7", "enabled true"]);
    assert!(catalog.to_json().contains(r#""seed": "7""#));
    assert_eq!(warns(), Some((Severity::Warning, "chaos_listed")));
    of("chaos_warned").disable();
    assert_eq!(warns(), None);
}

struct Store {
    name: String,
}

#[async_trait]
trait Boxed {
    async fn boxed(&mut self, id: String) -> Result<String, String>;
}

#[async_trait]
impl Boxed for Store {
    #[resilient(
        retry = "fixed", max = 2, base = "1ms",
        chaos("chaos_shapes", error = format!("{}: {id}", self.name), error_rate = "100%", release = true)
    )]
    async fn boxed(&mut self, id: String) -> Result<String, String> {
        self.name.push_str(&id);
        Ok(id)
    }
}

impl Store {
    #[resilient(chaos("chaos_shapes", error = format!("{}: {id}", self.name), release = true))]
    async fn once(&self, id: String) -> Result<String, String> {
        Ok(id)
    }

    #[resilient(
        retry = "fixed", max = 2, base = "1ms",
        chaos("chaos_shapes", error = format!("{}: {id}", self.name), release = true)
    )]
    async fn again(&mut self, (id, _): (String, u32)) -> Result<(), String> {
        self.name.push('!');
        drop(id);
        Ok(())
    }

    #[resilient(
        retry = "fixed", max = 2, base = "1ms",
        chaos("chaos_shapes", error = self.name.clone(), release = true)
    )]
    async fn in_an_arc(self: Arc<Self>) -> Result<(), String> {
        Ok(())
    }

    #[resilient(chaos("chaos_shapes", error = self.name.clone(), release = true))]
    fn future(&self) -> impl Future<Output = Result<usize, String>> + Send {
        let length = self.name.len();
        async move { Ok(length) }
    }

    #[resilient(
        fallback = |store: &Store, _| Err(store.name.clone()),
        chaos("chaos_shapes", error = idle.to_string(), release = true)
    )]
    async fn idle(&self, idle: u32) -> Result<usize, String> {
        Ok(1)
    }
}

#[resilient(chaos("chaos_shapes", error = "a".into(), release = true))]
async fn generic<T: Send>(value: T) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
    Ok(value)
}

#[resilient(chaos("chaos_shapes", error = std::io::ErrorKind::Other.into(), release = true))]
async fn alias(words: &str) -> std::io::Result<impl Iterator<Item = char>> {
    Ok(words.chars())
}

#[tokio::test(start_paused = true)]
async fn it_stands_at_functions_of_every_shape() {
    let mut store = Store { name: "store".into() };
    assert_eq!(store.once("7".into()).await, Err("store: 7".into()));
    assert_eq!(store.again(("8".into(), 0)).await, Err("store: 8".into()));
    assert_eq!(store.boxed("9".into()).await, Err("store: 9".into()));
    assert_eq!(store.future().await, Err("store".into()));
    assert_eq!(store.idle(10).await, Err("store".into()));
    let spawned = tokio::spawn(generic(1)).await.unwrap();
    assert_eq!(spawned.unwrap_err().to_string(), "a");
    assert!(alias("abc").await.is_err());
    assert_eq!(Arc::new(store).in_an_arc().await, Err("store".into()));
}
