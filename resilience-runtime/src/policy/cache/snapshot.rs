//! What a cache has done.

/// What a [`Cache`](super::Cache) has done since it was made or [reset](super::Cache::reset), at one moment.
///
/// Each call that asks is a hit or a miss. A stale answer follows a miss: it is one of the misses that ended without an
/// error all the same.
///
/// ```
/// use resilience_runtime::{Cache, CacheConfig};
/// use std::time::Duration;
///
/// static USERS: Cache = Cache::new("users", CacheConfig::new(Duration::from_secs(60)));
/// let snapshot = USERS.snapshot();
/// assert_eq!((snapshot.hits, snapshot.misses, snapshot.entries), (0, 0, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheSnapshot {
    /// Calls that were given an answer at once.
    pub hits: u64,
    /// Calls that were not, and ran.
    pub misses: u64,
    /// Those of them that failed, and were given an older answer instead of the error.
    pub stale: u64,
    /// Answers that are kept, those too old to be given included.
    pub entries: u64,
}
