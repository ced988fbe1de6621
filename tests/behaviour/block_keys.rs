//! What a method of a block says over what the block says: which settings then hold, as the catalog shows them.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use resilience_runtime::catalog::{Entry, Origin, Policy};
use resilience_runtime::{Breaker, Bulkhead, BulkheadConfig, State, catalog, current, resilient};
use resilience_tests::{ms, pass, secs};

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// What holds for the method of this path.
fn entry(method: &str) -> Entry {
    let mut entries = catalog().entries;
    entries.retain(|entry| entry.operation.ends_with(&format!("block_keys::{method}")));
    assert_eq!(entries.len(), 1, "{method}");
    entries.remove(0)
}

fn setting(policy: Option<&Policy>, key: &str) -> Option<String> {
    let setting = policy?.settings.iter().find(|setting| setting.name == key)?;
    Some(setting.value.to_string())
}

struct Groups;

#[resilient(
    retry("exp", factor = 3.0, jitter = "none", base = "10ms"),
    breaker("block-keys", window = 100, min_calls = 7),
    bulkhead("block-keys", max = 10, queue = 3, wait = "1s"),
    rate_limit("100/s", wait = "1s"),
    budget("20%", floor = 9)
)]
impl Groups {
    async fn as_the_block(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(breaker(open_for = "5s"))]
    async fn settings_alone(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(breaker("block-keys-other", open_for = "5s"))]
    async fn another_name(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(bulkhead = 5, rate_limit(rate = "7/s"), budget(ratio = "30%"))]
    async fn main_settings(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(max = 5, base = "20ms")]
    async fn flat(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(retry("linear", max = 5))]
    async fn grouped(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(bulkhead = SLOTS)]
    async fn of_a_static(&self) -> io::Result<()> {
        Ok(())
    }

    #[resilient(retry = "none", breaker = "none", bulkhead = "none", rate_limit = "none", timeout = "none")]
    async fn without_any(&self) -> io::Result<()> {
        Err(reset())
    }
}

static SLOTS: Bulkhead = Bulkhead::new("block-keys-slots", BulkheadConfig::new(2));

#[tokio::test(start_paused = true)]
async fn the_methods_of_the_block_run() {
    let it = Groups;
    it.as_the_block().await.unwrap();
    it.settings_alone().await.unwrap();
    it.another_name().await.unwrap();
    it.main_settings().await.unwrap();
    it.flat().await.unwrap();
    it.grouped().await.unwrap();
    it.of_a_static().await.unwrap();
    it.without_any().await.unwrap_err();
}

#[test]
fn a_group_without_its_first_value_changes_settings_of_the_block() {
    let breaker = |method| entry(method).breaker;
    for (method, name) in
        [("Groups::settings_alone", "block-keys"), ("Groups::another_name", "block-keys-other")]
    {
        let changed = breaker(method);
        assert_eq!(changed.as_ref().map(|it| (it.name, it.origin)), Some((name, Origin::Name)));
        assert_eq!(setting(changed.as_ref(), "open_for").as_deref(), Some("5s"));
        for key in ["window", "min_calls"] {
            let of_block = setting(breaker("Groups::as_the_block").as_ref(), key);
            assert_eq!(setting(changed.as_ref(), key), of_block, "{key}");
        }
    }
}

#[test]
fn the_main_setting_is_one_whether_it_stands_first_or_has_its_key() {
    let Entry { bulkhead, rate_limit, budget, .. } = entry("Groups::main_settings");
    assert_eq!(bulkhead.as_ref().map(|it| it.origin), Some(Origin::Own));
    assert_eq!(setting(bulkhead.as_ref(), "max").as_deref(), Some("5"));
    assert_eq!(setting(bulkhead.as_ref(), "queue").as_deref(), Some("3"));
    assert_eq!(setting(rate_limit.as_ref(), "rate").as_deref(), Some("7/s"));
    assert_eq!(setting(rate_limit.as_ref(), "wait").as_deref(), Some("1s"));
    assert_eq!(setting(budget.as_ref(), "ratio").as_deref(), Some("30%"));
    assert_eq!(setting(budget.as_ref(), "floor").as_deref(), Some("9"));
}

#[test]
fn flat_and_grouped_settings_are_the_same() {
    let delays = |method: &str| {
        let retry = entry(method).retry.unwrap();
        let delays = [1, 2].map(|number| retry.backoff.unwrap().ceiling(number));
        (retry.strategy, retry.max, delays)
    };
    assert_eq!(delays("Groups::as_the_block"), ("exp", Some(3), [ms(10), ms(30)]));
    assert_eq!(delays("Groups::flat"), ("exp", Some(5), [ms(20), ms(60)]));
    // It has no factor: that of the block is no mistake.
    assert_eq!(delays("Groups::grouped"), ("linear", Some(5), [ms(10), ms(20)]));
}

#[test]
fn a_policy_of_a_static_leaves_nothing_of_the_block() {
    let bulkhead = entry("Groups::of_a_static").bulkhead;
    assert_eq!(bulkhead.as_ref().map(|it| it.origin), Some(Origin::Static));
    assert_eq!(setting(bulkhead.as_ref(), "max").as_deref(), Some("2"));
}

#[test]
fn a_policy_that_is_switched_off_takes_its_settings_with_it() {
    let left = entry("Groups::without_any");
    assert_eq!((left.retry, left.policies().count()), (None, 0));
}

struct Hedged(AtomicU32);

#[resilient(hedge = "10ms", idempotent)]
impl Hedged {
    async fn once_more(&self) -> io::Result<()> {
        self.hang().await
    }

    #[resilient(hedge(max = 3), timeout = "1s")]
    async fn thrice_more(&self) -> io::Result<()> {
        self.hang().await
    }

    #[resilient(hedge = "none", timeout = "1s")]
    async fn alone(&mut self) -> io::Result<()> {
        self.hang().await
    }

    #[resilient(skip)]
    async fn hang(&self) -> io::Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        pass(secs(60)).await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_that_cannot_be_hedged_is_left_without() {
    let mut it = Hedged(AtomicU32::new(0));
    it.once_more().await.unwrap();
    assert_eq!(it.0.swap(0, Ordering::Relaxed), 2);
    it.thrice_more().await.unwrap_err();
    assert_eq!(it.0.swap(0, Ordering::Relaxed), 4);
    it.alone().await.unwrap_err();
    assert_eq!(it.0.swap(0, Ordering::Relaxed), 1);
}

struct Classified;

#[resilient(retry = "fixed", base = "1ms", when = |_: &io::Error| true, map_rejected = io::Error::other, timeout = "1s")]
impl Classified {
    #[resilient(retry = "none", timeout = "none")]
    async fn once(&self) -> io::Result<()> {
        Err(reset())
    }

    #[resilient(when = |_: &io::Error| false)]
    async fn permanent(&self, runs: &mut u32) -> io::Result<()> {
        *runs += 1;
        Err(reset())
    }
}

#[tokio::test(start_paused = true)]
async fn a_predicate_is_a_key_like_any_other() {
    let mut runs = 0;
    Classified.permanent(&mut runs).await.unwrap_err();
    Classified.once().await.unwrap_err();
    assert_eq!(runs, 1);
    assert_eq!(entry("Classified::once").timeout, None);
}

struct Preset;

#[resilient(preset = "critical", breaker = "none")]
impl Preset {
    #[resilient(breaker("block-keys-on", consecutive = 1))]
    async fn on_again(&self) -> io::Result<()> {
        Err(reset())
    }

    #[resilient(preset = "batch", timeout = "3s")]
    async fn another(&self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_switches_on_what_its_block_has_switched_off() {
    Preset.on_again().await.unwrap_err();
    let state = Breaker::named("block-keys-on").map(Breaker::state);
    assert_eq!(state, Some(State::Open));
    Preset.another().await.unwrap();
    let another = entry("Preset::another");
    assert_eq!((another.timeout, another.retry.and_then(|it| it.max)), (Some(secs(3)), Some(6)));
    assert_eq!(another.breaker, None);
}

#[async_trait]
trait Boxed {
    async fn read(&mut self) -> io::Result<u32>;
    async fn write(&mut self) -> io::Result<u32>;
}

struct Above<T>(T);
struct Below<T>(T);

#[resilient(retry = "fixed", base = "1ms")]
#[async_trait]
impl<T: Send> Boxed for Above<T> {
    async fn read(&mut self) -> io::Result<u32> {
        if current().attempt() < 3 { Err(reset()) } else { Ok(current().attempt()) }
    }

    #[resilient(max = 5)]
    async fn write(&mut self) -> io::Result<u32> {
        if current().attempt() < 5 { Err(reset()) } else { Ok(current().attempt()) }
    }
}

#[async_trait]
#[resilient(retry = "fixed", base = "1ms")]
impl<T: Send> Boxed for Below<T> {
    async fn read(&mut self) -> io::Result<u32> {
        if current().attempt() < 3 { Err(reset()) } else { Ok(current().attempt()) }
    }

    #[resilient(max = 5)]
    async fn write(&mut self) -> io::Result<u32> {
        if current().attempt() < 5 { Err(reset()) } else { Ok(current().attempt()) }
    }
}

#[tokio::test(start_paused = true)]
async fn methods_of_async_trait_say_otherwise_above_and_below() {
    let mut boxed: [Box<dyn Boxed>; 2] = [Box::new(Above(1)), Box::new(Below("b"))];
    for it in &mut boxed {
        assert_eq!((it.read().await.unwrap(), it.write().await.unwrap()), (3, 5));
    }
}

macro_rules! client {
    ($name:ident, $method:ident, $max:literal) => {
        struct $name;

        #[resilient(retry = "fixed", base = "1ms", max = $max)]
        impl $name {
            async fn $method(&self) -> io::Result<u32> {
                Err(io::Error::other(current().attempt().to_string()))
            }

            #[resilient(max = $max + 1)]
            async fn more(&self) -> io::Result<u32> {
                self.$method().await.or_else(|_| Err(io::Error::other(current().attempt().to_string())))
            }
        }
    };
}

client!(Written, load, 2);

#[tokio::test(start_paused = true)]
async fn a_block_may_be_written_by_a_macro() {
    assert_eq!(Written.load().await.unwrap_err().to_string(), "2");
    assert_eq!(Written.more().await.unwrap_err().to_string(), "3");
}
