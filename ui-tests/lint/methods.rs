//! Methods: of a type, in a trait's `impl`, native and under `#[async_trait]`.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use resilience_runtime::resilient;

use super::{Client, LIMIT, LoadError, fetch};

impl Client {
    #[resilient(hedge = LIMIT, idempotency_key = self.name, fallback = Self::length)]
    pub(super) async fn hedged(&self, id: u64) -> Result<u64, LoadError> {
        Ok(fetch(id).await?.wrapping_add(self.runs))
    }

    #[resilient(rate_limit("1000/s", key = self.name), bulkhead("adaptive", max = 10), retry = "fixed")]
    pub(super) async fn limited(&self, id: u64) -> Result<u64, LoadError> {
        Ok(fetch(id).await?.wrapping_add(self.runs))
    }

    pub(super) const fn matters(error: &LoadError) -> bool {
        matches!(error, LoadError::Busy { .. })
    }

    pub(super) async fn cached(id: u64, _name: &str) -> Result<u64, LoadError> {
        fetch(id).await
    }

    #[resilient(retry = "fixed", fallback = Self::length)]
    pub(super) async fn shared(&self, id: u64) -> Result<u64, LoadError> {
        Ok(fetch(id).await?.wrapping_add(self.runs))
    }

    #[resilient(retry = "fixed", timeout = "1s")]
    pub(super) async fn exclusive(&mut self, id: u64) -> Result<&'static str, LoadError> {
        self.runs = fetch(id).await?;
        Ok("done")
    }

    #[resilient(retry = "fixed")]
    pub(super) async fn owned(mut self, id: u64) -> Result<Self, LoadError> {
        self.runs = fetch(id).await?;
        Ok(self)
    }

    #[resilient(retry = "fixed")]
    pub(super) async fn in_an_arc(self: Arc<Self>) -> io::Result<Arc<str>> {
        Ok(Arc::clone(&self.name))
    }

    #[expect(clippy::unused_async, reason = "so are many fallbacks")]
    pub(super) async fn length(&self, id: u64) -> Result<u64, LoadError> {
        Ok(id.wrapping_add(self.runs))
    }
}

/// Where things are stored.
#[async_trait]
pub trait Store: Send + Sync {
    /// Loads.
    ///
    /// # Errors
    ///
    /// When there is nothing.
    async fn load(&self, id: u64, name: String) -> Result<u64, LoadError>;

    /// Stores.
    ///
    /// # Errors
    ///
    /// When there is no room.
    async fn store(&mut self, pair: (u64, u64), log: &mut Vec<u64>) -> Result<(), LoadError>;

    /// Of one expression, on one line, where braces too many would be noticed.
    ///
    /// # Errors
    ///
    /// When there is nothing.
    #[rustfmt::skip]
    #[resilient(retry = "fixed")]
    async fn size(&self) -> Result<u64, LoadError> { Ok(u64::MAX) }
}

#[async_trait]
impl Store for Client {
    #[resilient(retry = "fixed", timeout = "1s", fields(name = name.len()))]
    async fn load(&self, id: u64, mut name: String) -> Result<u64, LoadError> {
        name.push('!');
        drop(name);
        Ok(fetch(id).await?.wrapping_add(self.runs))
    }

    #[resilient(retry = "fixed", max = 2, fallback = |_, _, _| Ok(()))]
    async fn store(&mut self, (one, two): (u64, u64), log: &mut Vec<u64>) -> Result<(), LoadError> {
        log.push(fetch(one.wrapping_add(two)).await?);
        self.runs = self.runs.wrapping_add(1);
        Ok(())
    }
}

pub(super) trait Native {
    fn load(&self, id: u64) -> impl Future<Output = Result<u64, LoadError>> + Send;
}

#[resilient(retry = "exp", max = 3, timeout = "1s")]
impl Native for Client {
    #[resilient(max = 2, timeout = LIMIT)]
    async fn load(&self, id: u64) -> Result<u64, LoadError> {
        Ok(fetch(id).await?.wrapping_add(self.runs))
    }
}
