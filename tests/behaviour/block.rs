//! The attribute on an `impl` block.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use resilience_runtime::{current, resilient};

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

#[resilient(retry = "fixed", max = 3)]
impl Store {
    async fn load(&self) -> io::Result<u32> {
        self.third_time_lucky()
    }

    #[resilient(retry = "fixed", max = 2)]
    async fn load_less(&self) -> io::Result<u32> {
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

#[tokio::test(start_paused = true)]
async fn a_method_with_the_attribute_keeps_its_own() {
    let store = Store::default();
    store.load_less().await.unwrap_err();
    assert_eq!(store.runs(), 2);
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
