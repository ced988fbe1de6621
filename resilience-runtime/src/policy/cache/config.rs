//! What a cache is told: the builder a user writes.

use core::time::Duration;

use super::check;
use crate::policy::ruling::Ruling;
use crate::policy::setting::Setting;

/// For how long a [`Cache`](super::Cache) remembers answers, and how many.
///
/// A `const` builder: [`new`](Self::new) has the defaults, and each method changes one setting.
///
/// | setting | default |
/// |---|---|
/// | `ttl` | what [`new`](Self::new) is given |
/// | `capacity` | 10 000 |
/// | `stale_if_error` | none: an answer older than `ttl` is not given |
///
/// The builder takes every value; what makes no sense is refused where the configuration is put to use, at
/// compile time if that is a `static` or the attribute.
///
/// ```
/// use resilience_runtime::{Cache, CacheConfig};
/// use std::time::Duration;
///
/// static USERS: Cache = Cache::new("users", CacheConfig::new(Duration::from_secs(60)).capacity(500));
/// assert_eq!(USERS.name(), "users");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct CacheConfig {
    pub(super) ttl: Duration,
    pub(super) capacity: u32,
    pub(super) stale_if_error: Option<Duration>,
}

impl CacheConfig {
    /// An answer is given again until it is as old as `ttl`.
    pub const fn new(ttl: Duration) -> Self {
        Self { ttl, capacity: 10_000, stale_if_error: None }
    }

    /// How many answers are remembered at most; for a short time it may be a few more.
    pub const fn capacity(mut self, capacity: u32) -> Self {
        self.capacity = capacity;
        self
    }

    /// For how long after its `ttl` an answer still stands in for an error.
    pub const fn stale_if_error(mut self, stale_if_error: Duration) -> Self {
        self.stale_if_error = Some(stale_if_error);
        self
    }

    /// What is to be said of the first thing that makes no sense.
    pub(super) const fn ruling(&self) -> Ruling {
        check::config(self)
    }

    /// As the attribute's settings, for the catalog.
    pub(super) fn described(&self) -> Vec<Setting> {
        let mut described = vec![Setting::time("ttl", self.ttl), Setting::count("capacity", self.capacity)];
        described.extend(self.stale_if_error.map(|time| Setting::time("stale_if_error", time)));
        described
    }
}
