//! The attribute on an `impl` block.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use resilience_runtime::catalog::Entry;
use resilience_runtime::{Breaker, State, catalog, current, resilient};
use resilience_tests::timed;

/// Fails until the third attempt, and counts.
#[derive(Debug, Default)]
struct Store {
    runs: AtomicU32,
}

impl Store {
    fn third_time_lucky(&self) -> io::Result<u32> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        if current().attempt() < 3 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(7) }
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::Relaxed)
    }
}

#[resilient(
    retry = "fixed",
    max = 3,
    base = "10ms",
    breaker("block-store", consecutive = 20, open_for = "1m")
)]
impl Store {
    async fn load(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(max = 2)]
    async fn load_less(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(retry("exp", max = 5, factor = 3.0), breaker = "none")]
    async fn load_slower(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(breaker("block-other", open_for = "5s"), retry = "none")]
    async fn load_elsewhere(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(timeout = "1s")]
    async fn load_in_time(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient]
    async fn load_as_they_do(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[cfg(not(test))]
    #[resilient(max = 7)]
    async fn load_never(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(retry = "fixed", base = "1us", max = 2)]
    fn load_blocking(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(skip)]
    async fn load_once(&self) -> io::Result<u32> {
        tokio::task::yield_now().await;
        self.third_time_lucky()
    }

    fn plain(&self) -> u32 {
        self.runs()
    }
}

#[async_trait]
trait Load {
    async fn load_boxed(&mut self, names: Vec<String>) -> io::Result<usize>;
}

#[derive(Debug, Default)]
struct Above(Store);

#[resilient(retry = "fixed", max = 3)]
#[async_trait]
impl Load for Above {
    async fn load_boxed(&mut self, names: Vec<String>) -> io::Result<usize> {
        self.0.third_time_lucky()?;
        Ok(names.len())
    }
}

#[derive(Debug, Default)]
struct Below(Store);

#[async_trait]
#[resilient(retry = "fixed", max = 3)]
impl Load for Below {
    async fn load_boxed(&mut self, names: Vec<String>) -> io::Result<usize> {
        self.0.third_time_lucky()?;
        Ok(names.len())
    }
}

#[tokio::test(start_paused = true)]
async fn its_async_methods_have_the_attribute() {
    let store = Store::default();
    assert_eq!(store.load().await.unwrap(), 7);
    assert_eq!(store.plain(), 3);
}

/// What holds for the method of that path.
fn entry(method: &str) -> Entry {
    let entries = catalog().entries;
    let found = entries.into_iter().find(|entry| entry.operation.ends_with(&format!("block::{method}")));
    found.unwrap_or_else(|| panic!("`{method}` is not in the catalog"))
}

/// The most attempts of the method of that path.
fn max(method: &str) -> Option<u32> {
    entry(method).retry?.max
}

/// The name of its breaker.
fn breaker(method: &str) -> Option<&'static str> {
    entry(method).breaker.map(|breaker| breaker.name)
}

#[tokio::test(start_paused = true)]
async fn a_method_says_otherwise_key_by_key() {
    let store = Store::default();
    store.load_less().await.unwrap_err();
    assert_eq!(store.runs(), 2);
    let of = |method| (max(method), breaker(method), entry(method).timeout);
    assert_eq!(of("Store::load"), (Some(3), Some("block-store"), None));
    assert_eq!(of("Store::load_as_they_do"), of("Store::load"));
    assert_eq!(of("Store::load_less"), (Some(2), Some("block-store"), None));
    assert_eq!(of("Store::load_in_time"), (Some(3), Some("block-store"), Some(Duration::from_secs(1))));
}

#[tokio::test(start_paused = true)]
async fn another_strategy_keeps_the_first_delay_of_the_block() {
    let store = Store::default();
    let (answer, elapsed) = timed(store.load_slower()).await;
    // 10 ms and three times as much.
    assert_eq!((answer.unwrap(), elapsed), (7, Duration::from_millis(40)));
    assert_eq!((max("Store::load_slower"), breaker("Store::load_slower")), (Some(5), None));
}

#[tokio::test(start_paused = true)]
async fn a_method_with_another_name_keeps_the_settings_that_it_does_not_change() {
    let store = Store::default();
    for _ in 0..20 {
        store.load_elsewhere().await.unwrap_err();
    }
    assert_eq!(store.runs(), 20);
    let breaker = Breaker::named("block-other").unwrap();
    assert_eq!(breaker.state(), State::Open);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(breaker.state(), State::HalfOpen);
}

#[tokio::test(start_paused = true)]
async fn methods_with_their_own_share_what_the_block_names() {
    let store = Store::default();
    store.load_in_time().await.unwrap();
    store.load_as_they_do().await.unwrap();
    assert_eq!(store.runs(), 6);
}

#[test]
fn a_method_that_is_not_async_has_its_own_alone() {
    let store = Store::default();
    store.load_blocking().unwrap_err();
    assert_eq!(store.runs(), 2);
    assert_eq!(breaker("Store::load_blocking"), None);
}

#[derive(Debug, Default)]
struct Standard;

#[resilient]
impl Standard {
    #[resilient(max = 2, rate_limit = "none")]
    async fn load(&self) -> io::Result<u32> {
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_without_options_has_the_standard_preset() {
    Standard.load().await.unwrap_err();
    let entry = entry("Standard::load");
    assert_eq!((max("Standard::load"), entry.timeout), (Some(2), Some(Duration::from_secs(10))));
    assert!(entry.breaker.is_some() && entry.budget.is_some() && entry.rate_limit.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_skipped_method_is_left_alone() {
    let store = Store::default();
    store.load_once().await.unwrap_err();
    assert_eq!(store.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn async_trait_stands_above_or_below() {
    let (mut above, mut below) = (Above::default(), Below::default());
    assert_eq!(above.load_boxed(vec!["a".into()]).await.unwrap(), 1);
    assert_eq!(below.load_boxed(vec!["a".into()]).await.unwrap(), 1);
    assert_eq!((above.0.runs(), below.0.runs()), (3, 3));
}
